//! Program status registers (ARM60 data sheet, chapter 3).

use serde::{Deserialize, Serialize};
use std::fmt;

/// A status register: flags N Z C V in bits 31-28, interrupt masks I and F in bits 7 and 6,
/// the mode in bits 4-0.
///
/// The reserved bits are not implemented and read as zero.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u32", into = "u32")]
pub struct Psr(u32);

impl Psr {
    /// The bits that exist.
    pub const MASK: u32 = 0xF000_00DF;
    /// The flags N Z C V.
    pub const FLAGS: u32 = 0xF000_0000;
    /// The bits only a privileged mode can change: masks and mode.
    pub const CONTROL: u32 = 0x0000_00DF;
    const N: u32 = 1 << 31;
    const Z: u32 = 1 << 30;
    const C: u32 = 1 << 29;
    const V: u32 = 1 << 28;
    const I: u32 = 1 << 7;
    const F: u32 = 1 << 6;

    /// A status register with the given bits; reserved ones are dropped.
    pub const fn new(bits: u32) -> Psr {
        Psr(bits & Psr::MASK)
    }

    /// All bits.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Negative.
    pub const fn n(self) -> bool {
        self.0 & Psr::N != 0
    }

    /// Zero.
    pub const fn z(self) -> bool {
        self.0 & Psr::Z != 0
    }

    /// Carry; after a subtraction, "no borrow".
    pub const fn c(self) -> bool {
        self.0 & Psr::C != 0
    }

    /// Signed overflow.
    pub const fn v(self) -> bool {
        self.0 & Psr::V != 0
    }

    /// IRQ is masked.
    pub const fn irq_masked(self) -> bool {
        self.0 & Psr::I != 0
    }

    /// FIQ is masked.
    pub const fn fiq_masked(self) -> bool {
        self.0 & Psr::F != 0
    }

    /// The mode, if the bits name one that exists.
    pub const fn mode(self) -> Option<Mode> {
        Mode::of(self.0)
    }

    /// The same with other flags.
    pub const fn with_nzcv(self, n: bool, z: bool, c: bool, v: bool) -> Psr {
        let flags = (n as u32) << 31 | (z as u32) << 30 | (c as u32) << 29 | (v as u32) << 28;
        Psr(self.0 & !Psr::FLAGS | flags)
    }

    /// The same with the bits of `mask` taken from `bits`.
    pub const fn with(self, bits: u32, mask: u32) -> Psr {
        Psr::new(self.0 & !mask | bits & mask)
    }
}

impl From<u32> for Psr {
    fn from(bits: u32) -> Psr {
        Psr::new(bits)
    }
}

impl From<Psr> for u32 {
    fn from(psr: Psr) -> u32 {
        psr.bits()
    }
}

impl fmt::Display for Psr {
    /// Set flags and masks in capitals, then the mode: `nZCv iF usr`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |set: bool, name: char| {
            if set { name } else { name.to_ascii_lowercase() }
        };
        write!(
            f,
            "{}{}{}{} {}{} ",
            letter(self.n(), 'N'),
            letter(self.z(), 'Z'),
            letter(self.c(), 'C'),
            letter(self.v(), 'V'),
            letter(self.irq_masked(), 'I'),
            letter(self.fiq_masked(), 'F'),
        )?;
        match self.mode() {
            Some(mode) => f.write_str(mode.name()),
            None => write!(f, "reserved mode {:#04x}", self.0 & 0x1F),
        }
    }
}

impl fmt::Debug for Psr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Psr({:08X}: {self})", self.0)
    }
}

/// A processor mode, and so a register bank. System mode came with ARMv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mode {
    /// Programs.
    User,
    /// Fast interrupt.
    Fiq,
    /// Interrupt.
    Irq,
    /// The operating system.
    Supervisor,
    /// Refused memory accesses.
    Abort,
    /// Undefined instructions.
    Undefined,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Mode; 6] = [
        Mode::User,
        Mode::Fiq,
        Mode::Irq,
        Mode::Supervisor,
        Mode::Abort,
        Mode::Undefined,
    ];

    /// The mode a PSR names, if it exists.
    pub const fn of(psr: u32) -> Option<Mode> {
        Some(match psr & 0x1F {
            0x10 => Mode::User,
            0x11 => Mode::Fiq,
            0x12 => Mode::Irq,
            0x13 => Mode::Supervisor,
            0x17 => Mode::Abort,
            0x1B => Mode::Undefined,
            _ => return None,
        })
    }

    /// Bits 4-0 of a PSR in this mode.
    pub const fn bits(self) -> u32 {
        match self {
            Mode::User => 0x10,
            Mode::Fiq => 0x11,
            Mode::Irq => 0x12,
            Mode::Supervisor => 0x13,
            Mode::Abort => 0x17,
            Mode::Undefined => 0x1B,
        }
    }

    /// The suffix of this mode's private registers.
    pub const fn name(self) -> &'static str {
        match self {
            Mode::User => "usr",
            Mode::Fiq => "fiq",
            Mode::Irq => "irq",
            Mode::Supervisor => "svc",
            Mode::Abort => "abt",
            Mode::Undefined => "und",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_bits_read_as_zero() {
        assert_eq!(Psr::new(u32::MAX).bits(), 0xF000_00DF);
        assert_eq!(
            Psr::new(0x6000_0010).with(0x9FFF_FFFF, Psr::FLAGS).bits(),
            0x9000_0010
        );
    }

    #[test]
    fn there_are_six_modes_and_no_system_mode() {
        for mode in Mode::ALL {
            assert_eq!(Mode::of(mode.bits()), Some(mode));
        }
        assert_eq!(Psr::new(0x1F).mode(), None);
        assert_eq!(Psr::new(0x00).mode(), None);
    }

    #[test]
    fn a_psr_reads_well() {
        assert_eq!(Psr::new(0x6000_0053).to_string(), "nZCv iF svc");
        assert_eq!(Psr::new(0x1F).to_string(), "nzcv if reserved mode 0x1f");
    }
}
