//! The register file: 31 general registers and 6 status registers
//! (ARM60 data sheet, chapter 3).

use super::psr::{Mode, Psr};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A register number in an instruction.
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Reg {
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
    R11,
    R12,
    Sp,
    Lr,
    Pc,
}

impl Reg {
    /// Every register.
    pub const ALL: [Reg; 16] = [
        Reg::R0,
        Reg::R1,
        Reg::R2,
        Reg::R3,
        Reg::R4,
        Reg::R5,
        Reg::R6,
        Reg::R7,
        Reg::R8,
        Reg::R9,
        Reg::R10,
        Reg::R11,
        Reg::R12,
        Reg::Sp,
        Reg::Lr,
        Reg::Pc,
    ];

    /// The register named by the four bits of `word` from bit `low` up.
    pub const fn at(word: u32, low: u32) -> Reg {
        Reg::ALL[(word >> low & 15) as usize]
    }

    /// Its number.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The processor's state: a plain value without any cache.
///
/// Two processors in the same state compare equal: a register that the current mode shows
/// is kept in `visible` and its place in `hidden` is zero.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// R0-R15 as the current mode sees them; R15 is the address of the next instruction.
    pub(super) visible: [u32; 16],
    /// Private registers of other modes, in the order of [`place`].
    hidden: [u32; 22],
    cpsr: Psr,
    /// SPSRs of FIQ, IRQ, supervisor, abort and undefined mode.
    spsr: [Psr; 5],
    /// The bank in view. It follows the CPSR except while that names a mode that does not
    /// exist: then the bank before it stays.
    bank: Mode,
}

/// Where `hidden` keeps register `n` (8-14) of a mode.
const fn place(mode: Mode, n: usize) -> usize {
    match (mode, n) {
        (Mode::Fiq, _) => 7 + (n - 8),
        (Mode::Supervisor, 13..) => 14 + (n - 13),
        (Mode::Abort, 13..) => 16 + (n - 13),
        (Mode::Irq, 13..) => 18 + (n - 13),
        (Mode::Undefined, 13..) => 20 + (n - 13),
        _ => n - 8,
    }
}

/// Which of the five saved status registers a mode has.
const fn spsr_place(mode: Mode) -> Option<usize> {
    match mode {
        Mode::User => None,
        Mode::Fiq => Some(0),
        Mode::Irq => Some(1),
        Mode::Supervisor => Some(2),
        Mode::Abort => Some(3),
        Mode::Undefined => Some(4),
    }
}

impl Cpu {
    /// The state after reset: supervisor mode, interrupts masked, at address 0.
    pub fn new() -> Cpu {
        Cpu {
            visible: [0; 16],
            hidden: [0; 22],
            cpsr: Psr::new(0xC0 | Mode::Supervisor.bits()),
            spsr: [Psr::new(Mode::User.bits()); 5],
            bank: Mode::Supervisor,
        }
    }

    /// A program's start: user mode, interrupts on, every register 0.
    pub fn user() -> Cpu {
        Cpu {
            cpsr: Psr::new(Mode::User.bits()),
            bank: Mode::User,
            ..Cpu::new()
        }
    }

    /// Register `n` modulo 16 as the current mode sees it; 15 is the address of the next
    /// instruction to execute.
    pub fn reg(&self, n: usize) -> u32 {
        self.visible[n & 15]
    }

    /// Writes a register of the current mode; bits 1-0 of R15 stay zero.
    pub fn set_reg(&mut self, n: usize, value: u32) {
        self.visible[n & 15] = if n & 15 == 15 { value & !3 } else { value };
    }

    /// The address of the next instruction to execute.
    pub fn pc(&self) -> u32 {
        self.visible[15]
    }

    /// Continues elsewhere; bits 1-0 are ignored.
    pub fn set_pc(&mut self, addr: u32) {
        self.visible[15] = addr & !3;
    }

    /// The current status register.
    pub fn cpsr(&self) -> Psr {
        self.cpsr
    }

    /// Writes the whole status register and brings the registers of its mode into view. A
    /// mode that does not exist keeps the registers of the one before.
    pub fn set_cpsr(&mut self, psr: Psr) {
        self.cpsr = psr;
        if let Some(mode) = psr.mode()
            && mode != self.bank
        {
            for n in 8..15 {
                self.hidden[place(self.bank, n)] = self.visible[n];
            }
            for n in 8..15 {
                self.visible[n] = std::mem::take(&mut self.hidden[place(mode, n)]);
            }
            self.bank = mode;
        }
    }

    /// The mode whose registers are in view.
    pub fn bank(&self) -> Mode {
        self.bank
    }

    /// May change masks and mode.
    pub fn privileged(&self) -> bool {
        self.bank != Mode::User
    }

    /// The saved status register of the current mode; user mode has none.
    pub fn spsr(&self) -> Option<Psr> {
        spsr_place(self.bank).map(|place| self.spsr[place])
    }

    /// Writes the saved status register of the current mode; ignored in user mode.
    pub fn set_spsr(&mut self, psr: Psr) {
        if let Some(place) = spsr_place(self.bank) {
            self.spsr[place] = psr;
        }
    }

    /// A register of the user bank, whatever the mode.
    pub(super) fn user_reg(&self, n: Reg) -> u32 {
        self.general(Mode::User, n.index())
    }

    /// Writes a register of the user bank, whatever the mode.
    pub(super) fn set_user_reg(&mut self, n: Reg, value: u32) {
        self.set_general(Mode::User, n.index(), value);
    }

    fn shows(&self, mode: Mode, n: usize) -> bool {
        n < 8 || n == 15 || place(mode, n) == place(self.bank, n)
    }

    fn general(&self, mode: Mode, n: usize) -> u32 {
        if self.shows(mode, n) {
            self.visible[n]
        } else {
            self.hidden[place(mode, n)]
        }
    }

    fn set_general(&mut self, mode: Mode, n: usize, value: u32) {
        if self.shows(mode, n) {
            self.visible[n] = value;
        } else {
            self.hidden[place(mode, n)] = value;
        }
    }

    /// Reads a register by its name, whatever the mode.
    pub fn physical(&self, register: Physical) -> u32 {
        match register {
            Physical::General(mode, n) => self.general(mode, usize::from(n & 15)),
            Physical::Spsr(mode) => spsr_place(mode).map_or(0, |place| self.spsr[place].bits()),
            Physical::Cpsr => self.cpsr.bits(),
        }
    }

    /// Writes a register by its name, whatever the mode.
    pub fn set_physical(&mut self, register: Physical, value: u32) {
        match register {
            Physical::General(_, 15) => self.set_pc(value),
            Physical::General(mode, n) => self.set_general(mode, usize::from(n & 15), value),
            Physical::Spsr(mode) => {
                if let Some(place) = spsr_place(mode) {
                    self.spsr[place] = Psr::new(value);
                }
            }
            Physical::Cpsr => self.set_cpsr(Psr::new(value)),
        }
    }
}

impl Default for Cpu {
    fn default() -> Cpu {
        Cpu::new()
    }
}

impl fmt::Debug for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}", self.cpsr)?;
        for register in Physical::all() {
            writeln!(f, "{register}={:08X}", self.physical(register))?;
        }
        Ok(())
    }
}

/// A register by its own name, independent of the mode: `r3`, `r13_svc`, `spsr_irq`, `cpsr`,
/// `pc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Physical {
    /// A general register as the mode sees it; number 15 is the program counter.
    General(Mode, u8),
    /// The saved status register of a mode.
    Spsr(Mode),
    /// The current status register.
    Cpsr,
}

impl Physical {
    /// The program counter.
    pub const PC: Physical = Physical::General(Mode::User, 15);

    /// Every register once: r0-r14, those of FIQ, supervisor, abort, IRQ and undefined
    /// mode, the SPSRs in the same order, CPSR, PC.
    pub fn all() -> impl Iterator<Item = Physical> {
        let private = [
            (Mode::User, 0),
            (Mode::Fiq, 8),
            (Mode::Supervisor, 13),
            (Mode::Abort, 13),
            (Mode::Irq, 13),
            (Mode::Undefined, 13),
        ];
        let general = private
            .into_iter()
            .flat_map(|(mode, first)| (first..15).map(move |n| Physical::General(mode, n)));
        let saved = private
            .into_iter()
            .skip(1)
            .map(|(mode, _)| Physical::Spsr(mode));
        general.chain(saved).chain([Physical::Cpsr, Physical::PC])
    }
}

impl fmt::Display for Physical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Physical::PC => f.write_str("pc"),
            Physical::Cpsr => f.write_str("cpsr"),
            Physical::Spsr(mode) => write!(f, "spsr_{}", mode.name()),
            Physical::General(Mode::User, n) => write!(f, "r{n}"),
            Physical::General(mode, n) => write!(f, "r{n}_{}", mode.name()),
        }
    }
}

impl FromStr for Physical {
    type Err = UnknownRegister;

    fn from_str(name: &str) -> Result<Physical, UnknownRegister> {
        Physical::all()
            .find(|register| register.to_string() == name)
            .ok_or_else(|| UnknownRegister(name.to_owned()))
    }
}

/// No register has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no register is called `{0}`")]
pub struct UnknownRegister(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_register_has_one_place_and_one_name() {
        let mut cpu = Cpu::user();
        for (i, register) in Physical::all().enumerate() {
            if register != Physical::Cpsr {
                cpu.set_physical(register, 0x10 + 4 * i as u32);
            }
            assert_eq!(register.to_string().parse(), Ok(register));
        }
        for mode in Mode::ALL {
            cpu.set_cpsr(Psr::new(mode.bits()));
            for (i, register) in Physical::all().enumerate() {
                if register != Physical::Cpsr {
                    let value = Psr::MASK & (0x10 + 4 * i as u32);
                    let seen = cpu.physical(register);
                    assert_eq!(seen & Psr::MASK, value, "{register} in {mode:?}");
                }
            }
        }
        assert_eq!(Physical::all().count(), 37);
        assert!("r8_svc".parse::<Physical>().is_err());
    }

    #[test]
    fn a_round_through_all_modes_changes_nothing() {
        let mut cpu = Cpu::user();
        for n in 0..15 {
            cpu.set_reg(n, n as u32);
        }
        let before = cpu.clone();
        for mode in Mode::ALL {
            cpu.set_cpsr(Psr::new(mode.bits()));
        }
        cpu.set_cpsr(before.cpsr());
        assert_eq!(cpu, before);
    }

    #[test]
    fn a_mode_that_does_not_exist_keeps_the_bank() {
        let mut cpu = Cpu::new();
        cpu.set_reg(13, 7);
        cpu.set_cpsr(Psr::new(0x1F));
        assert_eq!((cpu.reg(13), cpu.bank()), (7, Mode::Supervisor));
        assert_eq!(cpu.cpsr().bits(), 0x1F);
        cpu.set_cpsr(Psr::new(0x10));
        assert_eq!(cpu.reg(13), 0);
    }
}
