//! Entering exceptions (ARM60 data sheet, chapter 3, section 4).

use super::psr::{Mode, Psr};
use super::{Cpu, Reg};

/// An event that leaves the program for a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exception {
    /// Power-on.
    Reset,
    /// An undefined or coprocessor instruction.
    Undefined,
    /// A software interrupt.
    Swi,
    /// The instruction could not be fetched.
    PrefetchAbort,
    /// The instruction's data access was refused.
    DataAbort,
    /// An interrupt.
    Irq,
    /// A fast interrupt: what the console's interrupt controller drives.
    Fiq,
}

impl Exception {
    /// Where the handler begins.
    pub const fn vector(self) -> u32 {
        match self {
            Exception::Reset => 0x00,
            Exception::Undefined => 0x04,
            Exception::Swi => 0x08,
            Exception::PrefetchAbort => 0x0C,
            Exception::DataAbort => 0x10,
            Exception::Irq => 0x18,
            Exception::Fiq => 0x1C,
        }
    }

    /// The mode the handler runs in.
    pub const fn mode(self) -> Mode {
        match self {
            Exception::Reset | Exception::Swi => Mode::Supervisor,
            Exception::Undefined => Mode::Undefined,
            Exception::PrefetchAbort | Exception::DataAbort => Mode::Abort,
            Exception::Irq => Mode::Irq,
            Exception::Fiq => Mode::Fiq,
        }
    }

    /// What the return address is ahead of the program counter as the exits of a run leave
    /// it: past the instruction for SWI and undefined, on it for aborts.
    const fn link_offset(self) -> u32 {
        match self {
            Exception::Reset | Exception::Undefined | Exception::Swi => 0,
            Exception::PrefetchAbort | Exception::Irq | Exception::Fiq => 4,
            Exception::DataAbort => 8,
        }
    }
}

impl Cpu {
    /// Goes to the vector of `exception`, with R14 and SPSR of its mode set for the return.
    ///
    /// The program counter must be where the corresponding exit of a run left it; for an
    /// interrupt, on the next instruction to execute.
    pub fn take_exception(&mut self, exception: Exception) {
        let from = self.cpsr();
        let link = self.pc().wrapping_add(exception.link_offset());
        let masks = match exception {
            Exception::Reset | Exception::Fiq => 0xC0,
            _ => 0x80,
        };
        self.set_cpsr(Psr::new(
            from.bits() & !0x1F | masks | exception.mode().bits(),
        ));
        if exception != Exception::Reset {
            self.set_spsr(from);
            self.set_reg(Reg::Lr.index(), link);
        }
        self.set_pc(exception.vector());
    }

    /// The interrupt the processor accepts at an instruction boundary when these lines are
    /// asserted, if any: the fast one goes first.
    pub fn accepted(&self, irq: bool, fiq: bool) -> Option<Exception> {
        if fiq && !self.cpsr().fiq_masked() {
            Some(Exception::Fiq)
        } else if irq && !self.cpsr().irq_masked() {
            Some(Exception::Irq)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fiq_and_reset_mask_fiq() {
        for (exception, psr) in [
            (Exception::Undefined, 0x6000_009B),
            (Exception::Swi, 0x6000_0093),
            (Exception::PrefetchAbort, 0x6000_0097),
            (Exception::DataAbort, 0x6000_0097),
            (Exception::Irq, 0x6000_0092),
            (Exception::Fiq, 0x6000_00D1),
        ] {
            let mut cpu = Cpu::user();
            cpu.set_cpsr(Psr::new(0x6000_0010));
            cpu.set_pc(0x1000);
            cpu.take_exception(exception);
            assert_eq!(cpu.cpsr(), Psr::new(psr), "{exception:?}");
            assert_eq!(cpu.spsr(), Some(Psr::new(0x6000_0010)));
            assert_eq!(cpu.pc(), exception.vector());
            assert_eq!(cpu.reg(14), 0x1000 + exception.link_offset());
        }
        let mut cpu = Cpu::user();
        cpu.take_exception(Exception::Reset);
        assert_eq!(cpu.cpsr(), Psr::new(0xD3));
    }

    #[test]
    fn fiq_goes_before_irq_and_masks_are_honoured() {
        let mut cpu = Cpu::user();
        assert_eq!(cpu.accepted(true, true), Some(Exception::Fiq));
        assert_eq!(cpu.accepted(true, false), Some(Exception::Irq));
        cpu.take_exception(Exception::Irq);
        assert_eq!(cpu.accepted(true, false), None);
        assert_eq!(cpu.accepted(true, true), Some(Exception::Fiq));
        cpu.take_exception(Exception::Fiq);
        assert_eq!(cpu.accepted(true, true), None);
    }
}
