//! What requests are made of: buffers, terms, devices, operations, errors.

use super::{Damage, Field, Hex, Reader, clipped, not, word_fields};
use crate::device::{BufId, Buffer, DevError, DeviceClass, Op, Terms};
use crate::time::Ticks;
use std::fmt::Write;

/// `-`, `0x4ff70+8` in guest memory, or `k3+8` in the kernel's buffer 3.
impl Field for Buffer {
    fn encode(&self, to: &mut Vec<u8>) {
        match *self {
            Buffer::None => to.push(0),
            Buffer::Guest { addr, len } => {
                to.push(1);
                addr.encode(to);
                len.encode(to);
            }
            Buffer::Kernel { id, len } => {
                to.push(2);
                id.0.encode(to);
                len.encode(to);
            }
        }
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        Ok(match from.byte()? {
            0 => Buffer::None,
            1 => Buffer::Guest {
                addr: u32::decode(from)?,
                len: u32::decode(from)?,
            },
            2 => Buffer::Kernel {
                id: BufId(u64::decode(from)?),
                len: u32::decode(from)?,
            },
            _ => return Err(Damage::Number),
        })
    }
    fn write(&self, to: &mut String) {
        let _ = match *self {
            Buffer::None => write!(to, "-"),
            Buffer::Guest { addr, len } => write!(to, "{addr:#x}+{len}"),
            Buffer::Kernel { id, len } => write!(to, "k{}+{len}", id.0),
        };
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        if word == "-" {
            return Ok(Buffer::None);
        }
        let bad = || not("a buffer such as 0x4ff70+8", word);
        let (place, len) = word.split_once('+').ok_or_else(bad)?;
        let len = u32::parse(len)?;
        match place.strip_prefix('k') {
            Some(id) => u64::parse(id).map(|id| Buffer::Kernel { id: BufId(id), len }),
            None => Hex::parse(place).map(|addr| Buffer::Guest { addr: addr.0, len }),
        }
    }
    fn essence(&self) -> Self {
        match *self {
            Buffer::None => Buffer::None,
            Buffer::Guest { len, .. } => Buffer::Guest { addr: 0, len },
            Buffer::Kernel { len, .. } => Buffer::Kernel { id: BufId(0), len },
        }
    }
}

/// What the time of a request went into: the terms that are not zero, `seek:3+reading:8`.
impl Field for Terms {
    fn encode(&self, to: &mut Vec<u8>) {
        let parts = self.parts();
        let present = parts
            .iter()
            .enumerate()
            .filter(|(_, (_, ticks))| ticks.0 > 0);
        to.push(present.fold(0, |bits, (n, _)| bits | 1 << n));
        for (_, ticks) in parts.iter().filter(|(_, ticks)| ticks.0 > 0) {
            ticks.encode(to);
        }
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let bits = from.byte()?;
        let mut terms = Terms::default();
        for (n, term) in terms.terms_mut().into_iter().enumerate() {
            if bits & 1 << n != 0 {
                *term = Ticks::decode(from)?;
                if term.0 == 0 {
                    return Err(Damage::Number);
                }
            }
        }
        if bits & 0x80 != 0 {
            Err(Damage::Number)
        } else {
            Ok(terms)
        }
    }
    fn write(&self, to: &mut String) {
        let mut separator = "";
        for (name, ticks) in self.parts().iter().filter(|(_, ticks)| ticks.0 > 0) {
            let _ = write!(to, "{separator}{}:{}", name.replace(' ', "-"), ticks.0);
            separator = "+";
        }
        if separator.is_empty() {
            to.push('-');
        }
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        let mut terms = Terms::default();
        if word == "-" {
            return Ok(terms);
        }
        let names = terms.parts().map(|(name, _)| name.replace(' ', "-"));
        let mut next = 0;
        for part in word.split('+') {
            let bad = || not("a list of terms such as seek:3+reading:8", word);
            let (name, ticks) = part.split_once(':').ok_or_else(bad)?;
            let place = names.iter().position(|known| known == name);
            let place = place.filter(|&place| place >= next).ok_or_else(bad)?;
            next = place + 1;
            let ticks = Ticks::parse(ticks)?;
            if ticks.0 == 0 {
                return Err(bad());
            }
            *terms.terms_mut()[place] = ticks;
        }
        Ok(terms)
    }
    /// Times are compared where times are.
    fn essence(&self) -> Self {
        Terms::default()
    }
}

word_fields! {
    DeviceClass, "device":
        DeviceClass::Timer => 0 "timer",
        DeviceClass::CdRom => 1 "cdrom",
        DeviceClass::Ram => 2 "ram",
        DeviceClass::ControlPort => 3 "control-port",
        DeviceClass::Xbus => 4 "xbus",
        DeviceClass::Display => 5 "display",
        DeviceClass::Sport => 6 "sport",
        DeviceClass::Other => 7 "other";
}

/// `write`, `read`, `status` or `control3`.
impl Field for Op {
    fn encode(&self, to: &mut Vec<u8>) {
        match *self {
            Op::Write => to.push(0),
            Op::Read => to.push(1),
            Op::Status => to.push(2),
            Op::Control(n) => {
                to.push(3);
                n.encode(to);
            }
        }
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        Ok(match from.byte()? {
            0 => Op::Write,
            1 => Op::Read,
            2 => Op::Status,
            3 => Op::Control(u16::decode(from)?),
            _ => return Err(Damage::Number),
        })
    }
    fn write(&self, to: &mut String) {
        match self {
            Op::Write => to.push_str("write"),
            Op::Read => to.push_str("read"),
            Op::Status => to.push_str("status"),
            Op::Control(n) => {
                let _ = write!(to, "control{n}");
            }
        }
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        match word {
            "write" => Ok(Op::Write),
            "read" => Ok(Op::Read),
            "status" => Ok(Op::Status),
            _ => match word.strip_prefix("control") {
                Some(n) => u16::parse(n).map(Op::Control),
                None => Err(not("an operation such as read", word)),
            },
        }
    }
    fn essence(&self) -> Self {
        *self
    }
}

/// The error of a device in one word; a kernel's own code has its number behind it.
impl Field for DevError {
    fn encode(&self, to: &mut Vec<u8>) {
        match self {
            DevError::Refused(code) => {
                to.push(0);
                code.encode(to);
            }
            other => {
                let place = DEV_ERRORS.iter().position(|(known, _)| known == other);
                to.push(place.map_or(u8::MAX, |place| place as u8 + 1));
            }
        }
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        match usize::from(from.byte()?) {
            0 => i32::decode(from).map(DevError::Refused),
            n => match DEV_ERRORS.get(n - 1) {
                Some((error, _)) => Ok(*error),
                None => Err(Damage::Unknown {
                    what: "error",
                    value: n.to_string(),
                }),
            },
        }
    }
    fn write(&self, to: &mut String) {
        if let DevError::Refused(code) = self {
            let _ = write!(to, "refused:{code}");
        }
        let known = DEV_ERRORS.iter().find(|(known, _)| known == self);
        to.push_str(known.map_or("", |(_, word)| word));
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        if let Some(code) = word.strip_prefix("refused:") {
            return i32::parse(code).map(DevError::Refused);
        }
        let known = DEV_ERRORS.iter().find(|(_, known)| *known == word);
        known
            .map(|(error, _)| *error)
            .ok_or_else(|| not("an error of a device", word))
    }
    fn essence(&self) -> Self {
        *self
    }
}

const DEV_ERRORS: [(DevError, &str); 11] = [
    (DevError::BadCommand, "bad-command"),
    (DevError::BadArgument, "bad-argument"),
    (DevError::BadUnit, "bad-unit"),
    (DevError::Aborted, "aborted"),
    (DevError::Offline, "offline"),
    (DevError::Media, "media"),
    (DevError::EndOfMedium, "end-of-medium"),
    (DevError::Hardware, "hardware"),
    (DevError::NotPrivileged, "not-privileged"),
    (DevError::NotSupported, "not-supported"),
    (DevError::Incomplete, "incomplete"),
];
