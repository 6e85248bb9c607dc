//! The processor as the protocol of GDB knows it: registers and their order.

use emu_core::kernel::abi::Registers;
use gdbstub::arch::{Arch, RegId};
use std::num::NonZeroUsize;

/// Words between pc and cpsr: eight registers of three words and one of a coprocessor for
/// floating point, which the console does not have.
const ABSENT_WORDS: usize = 25;
/// Bytes of all registers in a packet.
pub const REGISTER_BYTES: usize = (16 + ABSENT_WORDS + 1) * 4;
/// The number of cpsr: GDB counts the absent registers by eight and one.
const CPSR: usize = 25;

/// An ARM60 in big-endian order.
#[derive(Debug)]
pub enum Arm60 {}

/// The registers of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskRegisters(pub Registers);

/// One register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// r0 to r15.
    General(u8),
    /// The status register.
    Cpsr,
}

impl RegId for Register {
    fn from_raw_id(id: usize) -> Option<(Register, Option<NonZeroUsize>)> {
        let register = match id {
            0..=15 => Register::General(u8::try_from(id).ok()?),
            CPSR => Register::Cpsr,
            _ => return None,
        };
        Some((register, NonZeroUsize::new(4)))
    }
}

impl gdbstub::arch::Registers for TaskRegisters {
    type ProgramCounter = u32;

    fn pc(&self) -> u32 {
        self.0.pc()
    }

    fn gdb_serialize(&self, mut write_byte: impl FnMut(Option<u8>)) {
        let mut word = |value: u32| value.to_be_bytes().map(|byte| write_byte(Some(byte)));
        for value in self.0.r {
            word(value);
        }
        for _ in 0..ABSENT_WORDS * 4 {
            write_byte(None);
        }
        for byte in self.0.cpsr.to_be_bytes() {
            write_byte(Some(byte));
        }
    }

    fn gdb_deserialize(&mut self, bytes: &[u8]) -> Result<(), ()> {
        if bytes.len() != REGISTER_BYTES {
            return Err(());
        }
        let (words, _) = bytes.as_chunks::<4>();
        for (value, word) in self.0.r.iter_mut().zip(words) {
            *value = u32::from_be_bytes(*word);
        }
        self.0.cpsr = words.last().map_or(0, |word| u32::from_be_bytes(*word));
        Ok(())
    }
}

impl Arch for Arm60 {
    type Usize = u32;
    type Registers = TaskRegisters;
    type BreakpointKind = usize;
    type RegId = Register;

    // There is no element for the order of bytes: users say `set endian big`.
    fn target_description_xml() -> Option<&'static str> {
        Some(
            "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">\
             <target version=\"1.0\"><architecture>armv3</architecture></target>",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gdbstub::arch::Registers as _;

    #[test]
    fn registers_are_written_as_they_are_read() {
        let mut registers = TaskRegisters::default();
        for (n, value) in (0x0102_0304_u32..).zip(&mut registers.0.r) {
            *value = n;
        }
        registers.0.cpsr = 0x8000_0010;
        let mut bytes = Vec::new();
        registers.gdb_serialize(|byte| bytes.push(byte.unwrap_or(0)));
        assert_eq!(bytes.len(), REGISTER_BYTES);
        assert_eq!(bytes[..4], [1, 2, 3, 4]);
        let mut again = TaskRegisters::default();
        assert_eq!(again.gdb_deserialize(&bytes), Ok(()));
        assert_eq!(again, registers);
        assert!(again.gdb_deserialize(&bytes[1..]).is_err());
    }

    #[test]
    fn registers_that_the_console_does_not_have_have_no_number() {
        assert_eq!(
            Register::from_raw_id(15).map(|r| r.0),
            Some(Register::General(15))
        );
        assert_eq!(Register::from_raw_id(25).map(|r| r.0), Some(Register::Cpsr));
        for id in (16..25).chain(26..40).chain([usize::MAX]) {
            assert!(Register::from_raw_id(id).is_none(), "{id}");
        }
    }
}
