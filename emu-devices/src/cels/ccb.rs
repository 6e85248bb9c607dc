//! Cel control blocks: flags, registers, lists (graphics sheet 2.2 to 2.4).

use super::Stop;
use super::cost::{self, Meter};
use super::preamble::{Depth, Pre0};
use emu_core::device::display::ccb_flag;
use emu_core::mem::{GuestPtr, Memory};
use serde::{Deserialize, Serialize};

/// Addresses have 24 bits and are those of words.
pub(super) const ADDRESS: u32 = 0x00FF_FFFC;

/// ccb_Flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags(pub u32);

impl Flags {
    pub fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }

    /// POVER: the P-mode that is forced on all pixels.
    pub fn forced_p(self) -> Option<usize> {
        match self.0 >> 7 & 3 {
            2 => Some(0),
            3 => Some(1),
            _ => None,
        }
    }

    /// The high bits of PLUT indices of 1, 2 and 4 bits.
    pub fn plut_bits(self) -> u32 {
        self.0 & 0xF
    }
}

/// What the engine keeps from cel to cel. Positions and steps are 16.16.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Registers {
    pub x: i32,
    pub y: i32,
    pub hdx: i32,
    pub hdy: i32,
    pub vdx: i32,
    pub vdy: i32,
    pub hddx: i32,
    pub hddy: i32,
    pub pixc: u32,
    pub pre0: u32,
    pub pre1: u32,
    pub plut: [u16; 32],
}

/// A CCB as far as it is no register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ccb {
    pub flags: Flags,
    /// The next CCB; 0 = none.
    pub next: u32,
    /// The pixel data.
    pub source: u32,
}

/// Words in a row.
struct Words<'a> {
    memory: &'a Memory,
    at: u32,
    read: u64,
}

impl Words<'_> {
    fn next(&mut self) -> Result<u32, Stop> {
        let word = word(self.memory, self.at)?;
        self.at += 4;
        self.read += 1;
        Ok(word)
    }

    fn next_signed(&mut self) -> Result<i32, Stop> {
        Ok(self.next()? as i32)
    }

    /// Where the pointer in the next word points to.
    fn pointer(&mut self, absolute: bool) -> Result<u32, Stop> {
        let after = self.at + 4;
        let value = self.next()?;
        let base = if absolute { 0 } else { after };
        Ok(base.wrapping_add(value) & ADDRESS)
    }
}

fn word(memory: &Memory, at: u32) -> Result<u32, Stop> {
    match memory.bytes(at, 4) {
        Some(_) => Ok(memory.peek(GuestPtr::<u32>::new(at))),
        None => Err(Stop::NoMemory(at)),
    }
}

impl Ccb {
    /// Reads the CCB at `at`; what it loads goes to `registers`.
    pub fn load(
        at: u32,
        registers: &mut Registers,
        memory: &Memory,
        meter: &mut Meter,
    ) -> Result<Ccb, Stop> {
        meter.charge(cost::CEL, 1);
        let mut words = Words {
            memory,
            at,
            read: 0,
        };
        let flags = Flags(words.next()?);
        let next = words.pointer(flags.has(ccb_flag::NPABS))?;
        let mut source = words.pointer(flags.has(ccb_flag::SPABS))?;
        let plut = words.pointer(flags.has(ccb_flag::PPABS))?;
        let position = (words.next_signed()?, words.next_signed()?);
        let skipped = flags.has(ccb_flag::SKIP);
        if flags.has(ccb_flag::YOXY) && !skipped {
            (registers.x, registers.y) = position;
        }
        if flags.has(ccb_flag::LDSIZE) {
            registers.hdx = words.next_signed()? >> 4;
            registers.hdy = words.next_signed()? >> 4;
            registers.vdx = words.next_signed()?;
            registers.vdy = words.next_signed()?;
        }
        if flags.has(ccb_flag::LDPRS) {
            registers.hddx = words.next_signed()? >> 4;
            registers.hddy = words.next_signed()? >> 4;
        }
        if flags.has(ccb_flag::LDPPMP) {
            registers.pixc = words.next()?;
        }
        let two = !flags.has(ccb_flag::PACKED);
        if flags.has(ccb_flag::CCBPRE) {
            registers.pre0 = words.next()?;
            if two {
                registers.pre1 = words.next()?;
            }
            meter.charge(cost::CCB_WORD, words.read);
        } else {
            meter.charge(cost::CCB_WORD, words.read);
            let read = registers.load_preamble(source, two, memory);
            match read {
                Ok(words) => {
                    meter.charge(cost::SOURCE_WORD, words);
                    source += 4 * words as u32;
                }
                // Whoever skips a cel may have nothing to show.
                Err(_) if skipped => {}
                Err(stop) => return Err(stop),
            }
        }
        if flags.has(ccb_flag::LDPLUT) {
            match registers.load_plut(plut, memory) {
                Ok(words) => meter.charge(cost::CCB_WORD, words),
                Err(stop) if !skipped && Pre0(registers.pre0).is_coded() => return Err(stop),
                Err(_) => {}
            }
        }
        Ok(Ccb {
            flags,
            next,
            source,
        })
    }
}

impl Registers {
    /// Takes the preamble from the beginning of the source data; tells how many words it has.
    fn load_preamble(&mut self, at: u32, two: bool, memory: &Memory) -> Result<u64, Stop> {
        self.pre0 = word(memory, at)?;
        if two {
            self.pre1 = word(memory, at + 4)?;
        }
        Ok(1 + u64::from(two))
    }

    /// Loads as many entries as the depth needs; tells how many words those are.
    fn load_plut(&mut self, at: u32, memory: &Memory) -> Result<u64, Stop> {
        let words = match Pre0(self.pre0).depth() {
            None => 0,
            Some(Depth::One | Depth::Two) => 4,
            Some(Depth::Four) => 8,
            Some(Depth::Six | Depth::Eight | Depth::Sixteen) => 16,
        };
        let Some(bytes) = memory.bytes(at, 4 * words) else {
            return Err(Stop::NoMemory(at));
        };
        for (entry, half) in self.plut.iter_mut().zip(bytes.chunks_exact(2)) {
            *entry = u16::from_be_bytes([half[0], half[1]]);
        }
        Ok(u64::from(words))
    }
}
