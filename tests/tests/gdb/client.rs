//! A server in a thread, and a small client for its packets.

use emu_frontend::cli::{self, Command};
use emu_frontend::debug::DebugArgs;
use emu_frontend::gdb::{serve, wire};
use emu_frontend::report::Status;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than any answer takes, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The options of a command line.
pub fn arguments(words: &[&str]) -> DebugArgs {
    let words = ["overture", "debug"].iter().chain(words);
    let parsed = cli::parse(words.map(Into::into)).expect("a command line");
    match parsed.command {
        Some(Command::Debug(args)) => *args,
        other => panic!("{other:?}"),
    }
}

/// A server.
pub struct Server {
    pub address: SocketAddr,
    status: Receiver<Status>,
}

impl Server {
    /// One for these options.
    pub fn start(words: &[&str]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let args = arguments(words);
        let (tell, status) = channel();
        std::thread::spawn(move || {
            let (out, err) = (Box::new(io::sink()), Box::new(io::sink()));
            let _ = tell.send(serve(&args, &listener, out, err));
        });
        Server { address, status }
    }

    pub fn client(&self) -> Client {
        let stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        Client { stream }
    }

    /// Its end, which must come.
    pub fn ended(&self) -> Status {
        self.status.recv_timeout(PATIENCE).expect("the server ends")
    }

    /// A client that comes now is answered, and can end the session.
    pub fn is_alive(&self) {
        let mut client = self.client();
        assert!(client.ask("?").starts_with("T05thread:"));
        client.send(b"$k#6b");
        assert_eq!(self.ended(), Status::Success);
    }
}

/// A client.
pub struct Client {
    pub stream: TcpStream,
}

impl Client {
    pub fn send(&mut self, bytes: &[u8]) {
        // A server that has given up is a result, too: the next answer is empty then.
        let _ = self.stream.write_all(bytes);
    }

    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        match self.stream.read(&mut byte) {
            Ok(1) => Some(byte[0]),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                ) =>
            {
                panic!("no answer");
            }
            _ => None,
        }
    }

    /// The next packet; `None` when the server has hung up.
    pub fn packet(&mut self) -> Option<String> {
        while self.byte()? != b'$' {}
        let mut body = Vec::new();
        loop {
            match self.byte()? {
                b'#' => break,
                byte => body.push(byte),
            }
        }
        let sum = [self.byte()?, self.byte()?];
        assert_eq!(
            sum.to_vec(),
            format!("{:02x}", wire::checksum(&body)).into_bytes()
        );
        Some(expanded(&body))
    }

    /// The answer to a packet, without texts of the guest.
    pub fn ask(&mut self, body: &str) -> String {
        self.send(&wire::packet(body.as_bytes()));
        self.answer()
    }

    pub fn answer(&mut self) -> String {
        loop {
            let packet = self.packet().expect("an answer");
            if packet == "OK" || !packet.starts_with('O') {
                return packet;
            }
        }
    }

    /// The answer of a command of `monitor`.
    pub fn monitor(&mut self, line: &str) -> String {
        let digits: String = line.bytes().map(|byte| format!("{byte:02x}")).collect();
        self.send(&wire::packet(format!("qRcmd,{digits}").as_bytes()));
        let mut text = Vec::new();
        loop {
            let packet = self.packet().expect("an answer");
            if packet == "OK" {
                return String::from_utf8(text).expect("text");
            }
            let digits = packet.strip_prefix('O').expect("a text");
            text.extend(bytes(digits));
        }
    }

    /// A register of the thread that was chosen.
    pub fn register(&mut self, number: u32) -> u32 {
        let digits = self.ask(&format!("p{number:x}"));
        u32::from_str_radix(&digits, 16).expect("a register")
    }

    pub fn pc(&mut self) -> u32 {
        self.register(15)
    }
}

/// Hexadecimal digits as bytes.
pub fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(|pair| byte(pair).expect("digits")).collect()
}

/// Repeated characters written out.
fn expanded(body: &[u8]) -> String {
    let mut text: Vec<u8> = Vec::new();
    let mut bytes = body.iter();
    while let Some(&byte) = bytes.next() {
        match (byte, text.last().copied()) {
            (b'*', Some(last)) => {
                let count = bytes.next().expect("a count") - 29;
                text.extend(std::iter::repeat_n(last, usize::from(count)));
            }
            _ => text.push(byte),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}
