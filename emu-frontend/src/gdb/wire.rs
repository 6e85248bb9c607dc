//! Bytes of a connection as packets, and packets as bytes.
//!
//! A packet with a wrong checksum is asked for again and one that is too long is dropped, as the
//! protocol has it; what comes while the guest runs waits until it stops, but for the interrupt.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Bytes of a packet, at most, with what surrounds its body.
pub const PACKET_MAX: usize = 0x4000;
/// Packets that wait for the guest to stop, at most: no client sends so many without an answer.
const WAITING_MAX: usize = 64;
/// How often in a row an answer is sent again.
const AGAIN_MAX: u32 = 16;
/// How long a client may refuse to read.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to a client.
pub trait Link {
    /// Waits for bytes; 0 when the client is gone.
    fn wait(&mut self, to: &mut [u8]) -> io::Result<usize>;
    /// Takes bytes that are there; `None` when there are none now.
    fn poll(&mut self, to: &mut [u8]) -> io::Result<Option<usize>>;
    /// Sends all of these.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// Bytes that are known beforehand; answers go nowhere.
impl Link for &[u8] {
    fn wait(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.read(to)
    }

    fn poll(&mut self, to: &mut [u8]) -> io::Result<Option<usize>> {
        self.read(to).map(Some)
    }

    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

/// A connection over the network.
pub struct Network(TcpStream);

impl Network {
    /// Over this stream.
    pub fn new(stream: TcpStream) -> io::Result<Network> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nonblocking(false)?;
        Ok(Network(stream))
    }
}

impl Link for Network {
    fn wait(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(to) {
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                result => return result,
            }
        }
    }

    fn poll(&mut self, to: &mut [u8]) -> io::Result<Option<usize>> {
        self.0.set_nonblocking(true)?;
        let result = self.0.read(to);
        self.0.set_nonblocking(false)?;
        match result {
            Ok(count) => Ok(Some(count)),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }
}

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A packet with the right checksum: its body.
    Packet(Vec<u8>),
    /// A packet with a wrong one.
    Garbled,
    /// A packet that is longer than was agreed.
    TooLong,
    /// The guest is to stop.
    Interrupt,
    /// The last answer did not arrive well.
    Again,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Outside,
    Body,
    FirstDigit,
    SecondDigit(u8),
}

/// Finds packets in a stream of bytes.
#[derive(Debug, Default)]
pub struct Framer {
    place: Place,
    body: Vec<u8>,
    is_too_long: bool,
}

impl Framer {
    /// Takes a byte; it may end a frame.
    pub fn push(&mut self, byte: u8) -> Option<Frame> {
        match (self.place, byte) {
            (Place::Outside, 0x03) => return Some(Frame::Interrupt),
            (Place::Outside, b'-') => return Some(Frame::Again),
            (Place::Outside | Place::Body, b'$') => {
                self.body.clear();
                self.is_too_long = false;
                self.place = Place::Body;
            }
            (Place::Outside, _) => (),
            (Place::Body, b'#') => self.place = Place::FirstDigit,
            (Place::Body, byte) => {
                // The frame around the body counts, too.
                if self.body.len() < PACKET_MAX - 4 {
                    self.body.push(byte);
                } else {
                    self.is_too_long = true;
                }
            }
            (Place::FirstDigit, byte) => self.place = Place::SecondDigit(byte),
            (Place::SecondDigit(first), second) => {
                self.place = Place::Outside;
                let body = std::mem::take(&mut self.body);
                let digits = [first, second];
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let sum = digits
                    .iter()
                    .try_fold(0, |sum, &byte| Some(sum * 16 + digit(byte)?));
                return Some(match sum {
                    _ if self.is_too_long => Frame::TooLong,
                    Some(sum) if sum == u32::from(checksum(&body)) => Frame::Packet(body),
                    _ => Frame::Garbled,
                });
            }
        }
        None
    }
}

/// The checksum of a packet's body.
pub fn checksum(body: &[u8]) -> u8 {
    body.iter().fold(0, |sum, &byte| sum.wrapping_add(byte))
}

/// A body as a packet.
pub fn packet(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 4);
    bytes.push(b'$');
    bytes.extend_from_slice(body);
    bytes.extend_from_slice(format!("#{:02x}", checksum(body)).as_bytes());
    bytes
}

/// A conversation with a client.
pub struct Wire<'l> {
    link: &'l mut dyn Link,
    framer: Framer,
    waiting: VecDeque<Frame>,
    /// Whether packets are acknowledged.
    acknowledges: bool,
    /// The last answer, for a client that did not get it well.
    last: Vec<u8>,
    again: u32,
    lost: bool,
}

impl<'l> Wire<'l> {
    /// One that begins.
    pub fn new(link: &'l mut dyn Link) -> Wire<'l> {
        Wire {
            link,
            framer: Framer::default(),
            waiting: VecDeque::new(),
            acknowledges: true,
            last: Vec::new(),
            again: 0,
            lost: false,
        }
    }

    /// Packets are not acknowledged any more.
    pub fn stop_acknowledging(&mut self) {
        self.acknowledges = false;
    }

    /// Whether the client is gone.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// Sends an answer as it stands.
    pub fn answer(&mut self, bytes: Vec<u8>) {
        self.send(&bytes);
        if bytes.contains(&b'$') {
            self.last = bytes;
        }
    }

    /// Acknowledges a packet and answers it.
    pub fn reply(&mut self, body: &[u8]) {
        let mut bytes = if self.acknowledges {
            vec![b'+']
        } else {
            Vec::new()
        };
        bytes.extend(packet(body));
        self.answer(bytes);
    }

    /// Sends a packet that is no answer.
    pub fn tell(&mut self, body: &[u8]) {
        self.send(&packet(body));
    }

    fn send(&mut self, bytes: &[u8]) {
        if !self.lost && !bytes.is_empty() && self.link.send(bytes).is_err() {
            self.lost = true;
        }
    }

    /// The body of the next packet; `None` when the client is gone.
    pub fn next_packet(&mut self) -> Option<Vec<u8>> {
        let mut bytes = [0; 4096];
        loop {
            while let Some(frame) = self.waiting.pop_front() {
                if let Frame::Packet(body) = frame {
                    return Some(body);
                }
            }
            if self.lost {
                return None;
            }
            match self.link.wait(&mut bytes) {
                Ok(count) if count > 0 => self.take(&bytes[..count]),
                _ => self.lost = true,
            }
        }
    }

    /// Whether the guest is to stop; looks at what has come and does not wait.
    pub fn is_interrupted(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.link.poll(&mut bytes) {
            Ok(Some(count)) if count > 0 => self.take(&bytes[..count]),
            Ok(None) => (),
            _ => self.lost = true,
        }
        let before = self.waiting.len();
        self.waiting.retain(|frame| *frame != Frame::Interrupt);
        self.lost || self.waiting.len() < before
    }

    fn take(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match self.framer.push(byte) {
                None => (),
                Some(Frame::Again) => self.repeat(),
                Some(Frame::Garbled | Frame::TooLong) if self.acknowledges => self.send(b"-"),
                Some(Frame::Garbled | Frame::TooLong) => (),
                Some(frame) => {
                    self.again = 0;
                    self.waiting.push_back(frame);
                }
            }
        }
        if self.waiting.len() > WAITING_MAX {
            self.lost = true;
        }
    }

    fn repeat(&mut self) {
        self.again += 1;
        if self.again > AGAIN_MAX {
            self.lost = true;
        }
        let last = std::mem::take(&mut self.last);
        self.send(&last);
        self.last = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(bytes: &[u8]) -> Vec<Frame> {
        let mut framer = Framer::default();
        bytes.iter().filter_map(|&byte| framer.push(byte)).collect()
    }

    #[test]
    fn packets_are_found_among_other_bytes() {
        let found = frames(b"+++$g#67\x03-$m0,4#fd$?#00x$qC#b4");
        let packet = |body: &[u8]| Frame::Packet(body.to_vec());
        assert_eq!(
            found,
            [
                packet(b"g"),
                Frame::Interrupt,
                Frame::Again,
                packet(b"m0,4"),
                Frame::Garbled,
                packet(b"qC")
            ]
        );
    }

    #[test]
    fn a_packet_begins_anew_at_each_dollar_sign() {
        assert_eq!(frames(b"$half$g#67"), [Frame::Packet(b"g".to_vec())]);
        assert_eq!(frames(b"$g#zz$g#6"), [Frame::Garbled]);
    }

    #[test]
    fn what_is_too_long_takes_no_memory() {
        let mut framer = Framer::default();
        assert_eq!(framer.push(b'$'), None);
        for _ in 0..10 * PACKET_MAX {
            assert_eq!(framer.push(b'x'), None);
        }
        assert!(framer.body.len() < PACKET_MAX);
        assert_eq!(framer.push(b'#'), None);
        assert_eq!(framer.push(b'0'), None);
        assert_eq!(framer.push(b'0'), Some(Frame::TooLong));
        assert_eq!(packet(b"OK"), b"$OK#9a");
    }
}
