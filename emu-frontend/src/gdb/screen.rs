//! Packets that are answered before the library for the protocol sees them.
//!
//! It gives a whole connection up for a packet that it cannot read. Here such a packet gets an
//! error for an answer, and the conversation goes on.

use super::arch::REGISTER_BYTES;
use super::wire::PACKET_MAX;

/// Bytes of memory in one answer, at most.
const READ_MAX: u32 = (PACKET_MAX / 2 - 16) as u32;
/// The answer to what makes no sense: an invalid argument.
const WRONG: &[u8] = b"E16";

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screened {
    /// The library sees this.
    Pass(Vec<u8>),
    /// It is answered so.
    Answer(&'static [u8]),
}

/// A thread that a packet names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thread {
    All,
    Any,
    One(u32),
}

/// Looks at packets in their order.
#[derive(Debug, Default)]
pub struct Screen {
    /// The client has said that what comes concerns all threads.
    steps_all: bool,
}

impl Screen {
    /// What becomes of a packet; `current` is the thread that stands still.
    pub fn look(&mut self, body: Vec<u8>, current: u32) -> Screened {
        let pass = Screened::Pass;
        let wrong = || Screened::Answer(WRONG);
        let check = |is_right: bool, body: Vec<u8>| if is_right { pass(body) } else { wrong() };
        let rest = body.get(1..).unwrap_or_default();
        match body.first().copied() {
            Some(b'm') => match pair(rest) {
                Some((_, 0)) | None => wrong(),
                Some((addr, len)) => pass(format!("m{addr:x},{:x}", len.min(READ_MAX)).into()),
            },
            Some(b'M') => check(is_write(rest, hex_length), body),
            Some(b'X') => check(is_write(rest, binary_length), body),
            Some(b'G') => check(hex_length(rest) == Some(REGISTER_BYTES), body),
            Some(b'P') => check(is_register_write(rest), body),
            Some(b'p') => check(number(rest).is_some(), body),
            Some(b'Z' | b'z') => check(is_point(rest), body),
            Some(b'H') => self.select(body),
            Some(b'T') => check(matches!(thread(rest), Some(Thread::One(_))), body),
            Some(b'c') if rest.is_empty() => pass(b"vCont;c".to_vec()),
            Some(b's') if rest.is_empty() => pass(format!("vCont;s:{current:x}").into()),
            Some(b'C') if is_signal(rest) => pass(b"vCont;c".to_vec()),
            Some(b'S') if is_signal(rest) => pass(format!("vCont;s:{current:x}").into()),
            // To go on elsewhere: the program counter can be set.
            Some(b'c' | b's' | b'C' | b'S') => wrong(),
            Some(b'b') if rest == b"s" && self.steps_all => wrong(),
            Some(b'v') if body.starts_with(b"vCont") => check(is_resume(&body), body),
            Some(b'q') if body.starts_with(b"qSupported") => {
                let mut features = body.split(|&byte| matches!(byte, b':' | b';'));
                let many = features.any(|feature| feature == b"multiprocess+");
                let sign = if many { '+' } else { '-' };
                pass(format!("qSupported:multiprocess{sign}").into())
            }
            _ => match is_known(&body) {
                Some(is_right) => check(is_right, body),
                // The protocol's word for: there is no such thing here.
                None => Screened::Answer(b""),
            },
        }
    }

    /// `H`: which thread is meant from now on.
    fn select(&mut self, body: Vec<u8>) -> Screened {
        let is_step = body.get(1) == Some(&b'c');
        let named = thread(body.get(2..).unwrap_or_default());
        if is_step {
            self.steps_all = named == Some(Thread::All);
        }
        match named {
            Some(Thread::All) if !is_step => Screened::Answer(WRONG),
            Some(_) => Screened::Pass(body),
            None => Screened::Answer(WRONG),
        }
    }
}

/// A hexadecimal number of 32 bits.
fn number(digits: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(text, 16).ok().filter(|_| is_plain)
}

/// `A,B`.
fn pair(text: &[u8]) -> Option<(u32, u32)> {
    let mut parts = text.splitn(2, |&byte| byte == b',');
    Some((number(parts.next()?)?, number(parts.next()?)?))
}

/// How many bytes hexadecimal digits stand for.
fn hex_length(text: &[u8]) -> Option<usize> {
    let is_digit = |&byte: &u8| byte.is_ascii_hexdigit() || byte == b'x';
    let is_hex = text.len().is_multiple_of(2) && text.iter().all(is_digit);
    is_hex.then_some(text.len() / 2)
}

/// How many bytes binary data stand for, in which one byte escapes others.
fn binary_length(text: &[u8]) -> Option<usize> {
    let mut bytes = text.iter();
    let mut length = 0;
    while let Some(&byte) = bytes.next() {
        if byte == b'}' {
            bytes.next()?;
        }
        length += 1;
    }
    Some(length)
}

/// `ADDR,LENGTH:DATA`, and the data are as long as they say.
fn is_write(text: &[u8], length: impl Fn(&[u8]) -> Option<usize>) -> bool {
    let mut parts = text.splitn(2, |&byte| byte == b':');
    let head = parts.next().and_then(pair);
    let data = parts.next().and_then(length);
    head.is_some_and(|(_, said)| data == Some(said as usize))
}

/// `N=VALUE`.
fn is_register_write(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |&byte| byte == b'=');
    let is_number = parts.next().and_then(number).is_some();
    is_number && parts.next().and_then(hex_length) == Some(4)
}

/// `TYPE,ADDR,KIND`, and perhaps more behind a semicolon.
fn is_point(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |&byte| byte == b';');
    let fields: Vec<&[u8]> = match parts.next() {
        Some(head) => head.split(|&byte| byte == b',').collect(),
        None => return false,
    };
    let are_numbers = fields.iter().all(|field| number(field).is_some());
    // Conditions and commands would have to be carried out here: nobody has said that they can be.
    parts.next().is_none() && fields.len() == 3 && fields[0].len() == 1 && are_numbers
}

fn is_signal(text: &[u8]) -> bool {
    text.len() == 2 && number(text).is_some()
}

/// Whether a packet of the rarer kinds makes sense; `None` when its kind is not known.
fn is_known(body: &[u8]) -> Option<bool> {
    const BARE: [&[u8]; 9] = [
        b"?",
        b"g",
        b"k",
        b"bc",
        b"bs",
        b"qOffsets",
        b"qfThreadInfo",
        b"qsThreadInfo",
        b"QStartNoAckMode",
    ];
    const OBJECTS: [&[u8]; 2] = [
        b"qXfer:features:read:target.xml:",
        b"qXfer:memory-map:read::",
    ];
    if BARE.contains(&body) || body == b"D" || body == b"qAttached" {
        return Some(true);
    }
    let process = [&b"D;"[..], b"qAttached:", b"vKill;"];
    let mut process = process.iter().filter_map(|kind| body.strip_prefix(*kind));
    if let Some(number) = process.next() {
        return Some(matches!(thread(number), Some(Thread::One(_))));
    }
    if let Some(digits) = body.strip_prefix(b"qRcmd,") {
        let is_plain = digits.iter().all(u8::is_ascii_hexdigit);
        return Some(is_plain && digits.len().is_multiple_of(2));
    }
    if let Some(who) = body.strip_prefix(b"qThreadExtraInfo,") {
        return Some(matches!(thread(who), Some(Thread::One(_))));
    }
    if body.starts_with(b"qXfer:features:read:") || body.starts_with(OBJECTS[1]) {
        let mut parts = OBJECTS.iter().filter_map(|kind| body.strip_prefix(*kind));
        return Some(parts.next().and_then(pair).is_some());
    }
    None
}

/// `vCont` as it is understood.
fn is_resume(body: &[u8]) -> bool {
    let Some(actions) = body.strip_prefix(b"vCont") else {
        return false;
    };
    if actions == b"?" {
        return true;
    }
    let Some(actions) = actions.strip_prefix(b";") else {
        return false;
    };
    actions.split(|&byte| byte == b';').all(|action| {
        let mut parts = action.splitn(2, |&byte| byte == b':');
        let what = parts.next().unwrap_or_default();
        let who = parts.next().map(thread);
        let is_one = matches!(who, Some(Some(Thread::One(_))));
        match what.split_first() {
            Some((b'c', [])) => who != Some(None),
            Some((b'C', signal)) => is_signal(signal) && who != Some(None),
            Some((b's', [])) => is_one,
            Some((b'S', signal)) => is_signal(signal) && is_one,
            Some((b'r', range)) => pair(range).is_some() && is_one,
            _ => false,
        }
    })
}

/// A thread's name: `TID`, `pPID.TID` or `pPID`.
fn thread(text: &[u8]) -> Option<Thread> {
    let id = |text: &[u8]| match text {
        b"-1" => Some(Thread::All),
        b"0" => Some(Thread::Any),
        digits => number(digits).filter(|&n| n > 0).map(Thread::One),
    };
    let Some(text) = text.strip_prefix(b"p") else {
        return id(text);
    };
    let mut parts = text.splitn(2, |&byte| byte == b'.');
    id(parts.next()?)?;
    parts.next().map_or(Some(Thread::All), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(body: &str) -> Screened {
        Screen::default().look(body.as_bytes().to_vec(), 0x20)
    }

    #[test]
    fn packets_that_make_sense_pass() {
        for body in [
            "?",
            "g",
            "M48000,2:0102",
            "X48000,0:",
            "X48000,2:a}\x03",
            "p19",
            "P0=00000001",
            "Z0,48000,4",
            "z4,48000,10",
            "Hgp1.20",
            "Hc-1",
            "Hg0",
            "Tp1.20",
            "vCont?",
            "vCont;c",
            "vCont;s:p1.20;c:p1.-1",
            "vCont;r48000,48010:20",
            "vCont;C0b:p1.20",
            "bc",
            "bs",
            "k",
            "D",
            "D;1",
            "qRcmd,7768",
            "qXfer:features:read:target.xml:0,fff",
            "qThreadExtraInfo,p1.20",
        ] {
            let passed = Screened::Pass(body.as_bytes().to_vec());
            assert_eq!(look(body), passed, "{body}");
        }
    }

    #[test]
    fn packets_that_make_none_get_an_error() {
        for body in [
            "m",
            "m0",
            "m0,0",
            "m100000000,4",
            "m0,x",
            "M0,2:01",
            "M0,1:0g",
            "X0,5:a",
            "X0,1:}",
            "G00",
            "qXfer:features:read:other.xml:0,10",
            "qXfer:memory-map:read::0",
            "qRcmd,7",
            "qThreadExtraInfo,",
            "D;",
            "P0=01",
            "P=00000001",
            "Z0,48000",
            "Z0,48000,4;X3,220022",
            "Z9999,0,4",
            "Hg-1",
            "Hgp1.-1",
            "Hx",
            "Tp1.-1",
            "T",
            "vCont",
            "vCont;",
            "vCont;s",
            "vCont;s:-1",
            "vCont;t:20",
            "vCont;r1,2",
            "vCont;c:zz",
            "c48000",
            "C",
            "szz",
        ] {
            assert_eq!(look(body), Screened::Answer(WRONG), "{body}");
        }
    }

    #[test]
    fn what_is_not_known_is_answered_with_nothing() {
        for body in [
            "",
            "vMustReplyEmpty",
            "qTStatus",
            "!",
            "gg",
            "QNonStop:1",
            "vRun;x",
            "R",
        ] {
            assert_eq!(look(body), Screened::Answer(b""), "{body}");
        }
    }

    #[test]
    fn old_forms_and_large_wishes_are_put_right() {
        for (body, to) in [
            ("c", "vCont;c"),
            ("s", "vCont;s:20"),
            ("C0b", "vCont;c"),
            ("mffff,ffffffff", "mffff,1ff0"),
            ("qSupported", "qSupported:multiprocess-"),
            ("qSupported:;;multiprocess+;", "qSupported:multiprocess+"),
        ] {
            assert_eq!(look(body), Screened::Pass(to.as_bytes().to_vec()), "{body}");
        }
    }

    #[test]
    fn a_step_back_needs_a_thread() {
        let mut screen = Screen::default();
        screen.look(b"Hc-1".to_vec(), 1);
        assert_eq!(screen.look(b"bs".to_vec(), 1), Screened::Answer(WRONG));
        screen.look(b"Hcp1.20".to_vec(), 1);
        assert_eq!(
            screen.look(b"bs".to_vec(), 1),
            Screened::Pass(b"bs".to_vec())
        );
    }
}
