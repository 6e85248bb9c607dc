//! The processor while the fast engine runs it: flags taken apart, and the operations of
//! the lowered kinds.

use super::super::bus::{Abort, Bus, Stored};
use super::super::decode::{Alu, Cond, Shift};
use super::super::psr::Psr;
use super::super::registers::{Cpu, Reg};
use super::op::{Form, Op};

/// `amount` of an op with an unrotated immediate: C stays. Otherwise 0 or 1 is what it
/// becomes.
pub(super) const CARRY_STAYS: u8 = 2;

/// The flags in the form in which they are cheapest to set: N and Z as the results that
/// decide them, computed only when a condition asks.
#[derive(Clone, Copy)]
pub(super) struct Flags {
    /// N is bit 31.
    n: u32,
    /// Z is set when this is zero.
    z: u32,
    c: bool,
    v: bool,
}

impl Flags {
    fn of(psr: Psr) -> Flags {
        Flags {
            n: psr.bits(),
            z: u32::from(!psr.z()),
            c: psr.c(),
            v: psr.v(),
        }
    }

    fn in_psr(self, psr: Psr) -> Psr {
        psr.with_nzcv(self.n >> 31 != 0, self.z == 0, self.c, self.v)
    }

    #[inline(always)]
    fn less(self) -> bool {
        (self.n >> 31 != 0) != self.v
    }

    /// Whether a condition is satisfied. Out of line: inlined, the compiler works out all
    /// conditions before each instruction, in case one is asked for.
    #[inline(never)]
    fn hold(&self, cond: Cond) -> bool {
        match cond {
            Cond::Eq => self.z == 0,
            Cond::Ne => self.z != 0,
            Cond::Cs => self.c,
            Cond::Cc => !self.c,
            Cond::Mi => self.n >> 31 != 0,
            Cond::Pl => self.n >> 31 == 0,
            Cond::Vs => self.v,
            Cond::Vc => !self.v,
            Cond::Hi => self.c && self.z != 0,
            Cond::Ls => !self.c || self.z == 0,
            Cond::Ge => !self.less(),
            Cond::Lt => self.less(),
            Cond::Gt => self.z != 0 && !self.less(),
            Cond::Le => self.z == 0 || self.less(),
            Cond::Al => true,
            Cond::Nv => false,
        }
    }
}

/// A data access the memory refused.
pub(super) struct Refused {
    pub addr: u32,
    pub write: bool,
}

/// The processor while it runs: R15 and the flags of the CPSR are elsewhere.
pub(super) struct Core<'a> {
    pub cpu: &'a mut Cpu,
    flags: Flags,
}

impl<'a> Core<'a> {
    pub fn enter(cpu: &'a mut Cpu) -> Core<'a> {
        let flags = Flags::of(cpu.cpsr());
        Core { cpu, flags }
    }

    /// Makes the processor whole, about to execute `pc`.
    pub fn leave(&mut self, pc: u32) {
        let psr = self.flags.in_psr(self.cpu.cpsr());
        self.cpu.set_cpsr(psr);
        self.cpu.set_pc(pc);
    }

    /// Takes it apart again after somebody used it whole.
    pub fn resume(&mut self) {
        self.flags = Flags::of(self.cpu.cpsr());
    }

    #[inline(always)]
    pub fn hold(&self, cond: Cond) -> bool {
        self.flags.hold(cond)
    }

    #[inline(always)]
    pub fn get(&self, reg: Reg) -> u32 {
        self.cpu.visible[reg.index()]
    }

    #[inline(always)]
    pub fn set(&mut self, reg: Reg, value: u32) {
        self.cpu.visible[reg.index()] = value;
    }

    /// Data processing; `alu`, `form` and `s` are constants where this is inlined.
    #[inline(always)]
    pub fn data(&mut self, op: &Op, alu: Alu, form: Form, s: bool) -> Result<(), Refused> {
        let a = if alu.moves() { 0 } else { self.get(op.rn) };
        let b = match form {
            Form::Immediate => op.imm,
            Form::Plain => self.get(op.rm),
            Form::Shifted => {
                let value = self.get(op.rm);
                let amount = u32::from(op.amount);
                match op.shift {
                    Shift::Lsl => value << (amount & 31),
                    Shift::Lsr => value >> (amount & 31),
                    Shift::Asr => (value as i32 >> (amount & 31)) as u32,
                    Shift::Ror | Shift::Rrx => value.rotate_right(amount & 31),
                }
            }
        };
        let c = self.flags.c;
        let value = match alu {
            Alu::And | Alu::Tst => a & b,
            Alu::Eor | Alu::Teq => a ^ b,
            Alu::Sub | Alu::Cmp => a.wrapping_sub(b),
            Alu::Rsb => b.wrapping_sub(a),
            Alu::Add | Alu::Cmn => a.wrapping_add(b),
            Alu::Adc => a.wrapping_add(b).wrapping_add(u32::from(c)),
            Alu::Sbc => a.wrapping_sub(b).wrapping_sub(u32::from(!c)),
            Alu::Rsc => b.wrapping_sub(a).wrapping_sub(u32::from(!c)),
            Alu::Orr => a | b,
            Alu::Mov => b,
            Alu::Bic => a & !b,
            Alu::Mvn => !b,
        };
        if s {
            if alu.logical() {
                match form {
                    Form::Immediate if op.amount != CARRY_STAYS => self.flags.c = op.amount != 0,
                    Form::Immediate | Form::Plain => {}
                    Form::Shifted => {
                        let last = match op.shift {
                            Shift::Lsl => 32 - u32::from(op.amount),
                            _ => u32::from(op.amount).wrapping_sub(1),
                        };
                        self.flags.c = self.get(op.rm) >> (last & 31) & 1 != 0;
                    }
                }
            } else {
                let overflow = |signs: u32| signs >> 31 != 0;
                (self.flags.c, self.flags.v) = match alu {
                    Alu::Add | Alu::Cmn => (value < a, overflow((a ^ value) & (b ^ value))),
                    Alu::Adc => (
                        if c { value <= a } else { value < a },
                        overflow((a ^ value) & (b ^ value)),
                    ),
                    Alu::Rsb => (b >= a, overflow((b ^ a) & (b ^ value))),
                    Alu::Rsc => (
                        if c { b >= a } else { b > a },
                        overflow((b ^ a) & (b ^ value)),
                    ),
                    Alu::Sbc => (
                        if c { a >= b } else { a > b },
                        overflow((a ^ b) & (a ^ value)),
                    ),
                    _ => (a >= b, overflow((a ^ b) & (a ^ value))),
                };
            }
            self.flags.n = value;
            self.flags.z = value;
        }
        if !alu.compares() {
            self.set(op.rd, value);
        }
        Ok(())
    }

    #[inline(always)]
    pub fn load_word(&mut self, bus: &mut impl Bus, rd: Reg, addr: u32) -> Result<(), Refused> {
        match bus.load_word(addr & !3) {
            Ok(word) => {
                self.set(rd, word.rotate_right(8 * (addr & 3)));
                Ok(())
            }
            Err(Abort) => Err(Refused { addr, write: false }),
        }
    }

    #[inline(always)]
    pub fn load_byte(&mut self, bus: &mut impl Bus, rd: Reg, addr: u32) -> Result<(), Refused> {
        match bus.load_byte(addr) {
            Ok(byte) => {
                self.set(rd, u32::from(byte));
                Ok(())
            }
            Err(Abort) => Err(Refused { addr, write: false }),
        }
    }

    /// Pre-indexing: the base becomes the address.
    #[inline(always)]
    pub fn pre(&mut self, op: &Op) -> u32 {
        let addr = self.get(op.rn).wrapping_add(op.imm);
        self.set(op.rn, addr);
        addr
    }

    /// Post-indexing: the base moves on from the address.
    #[inline(always)]
    pub fn post(&mut self, op: &Op) -> u32 {
        let addr = self.get(op.rn);
        self.set(op.rn, addr.wrapping_add(op.imm));
        addr
    }

    #[inline(always)]
    pub fn offset(&self, op: &Op) -> u32 {
        self.get(op.rn).wrapping_add(op.imm)
    }

    #[inline(always)]
    pub fn indexed(&self, op: &Op) -> u32 {
        let distance = self.get(op.rm) << (op.amount & 31);
        self.get(op.rn).wrapping_add(distance)
    }

    /// The first address of a block transfer, and its base afterwards.
    #[inline(always)]
    fn block(&self, op: &Op) -> (u32, u32) {
        let base = self.get(op.rn);
        let first = base.wrapping_add_signed(i32::from(op.amount as i8)) & !3;
        (first, base.wrapping_add_signed(op.imm as i32 >> 16))
    }

    /// LDM of registers below R15; gives the address after the last one.
    #[inline(never)]
    pub fn load_block(&mut self, bus: &mut impl Bus, op: &Op) -> Result<u32, Refused> {
        let (mut addr, moved) = self.block(op);
        self.set(op.rn, moved);
        let mut list = op.imm & 0x7FFF;
        while list != 0 {
            match bus.load_word(addr) {
                Ok(word) => self.cpu.visible[list.trailing_zeros() as usize & 15] = word,
                Err(Abort) => {
                    self.set(op.rn, moved);
                    return Err(Refused { addr, write: false });
                }
            }
            list &= list - 1;
            addr = addr.wrapping_add(4);
        }
        Ok(addr)
    }

    /// LDM with R15: gives where to go.
    #[inline(never)]
    pub fn load_block_pc(&mut self, bus: &mut impl Bus, op: &Op) -> Result<u32, Refused> {
        let (_, moved) = self.block(op);
        let addr = self.load_block(bus, op)?;
        bus.load_word(addr).map_err(|Abort| {
            self.set(op.rn, moved);
            Refused { addr, write: false }
        })
    }

    /// STM; `code` hears of every word that may have been code.
    #[inline(never)]
    pub fn store_block<B: Bus>(
        &mut self,
        bus: &mut B,
        op: &Op,
        mut code: impl FnMut(u32),
    ) -> Result<(), Refused> {
        let (mut addr, moved) = self.block(op);
        let mut list = op.imm & 0x7FFF;
        let mut refused = Ok(());
        while list != 0 {
            let value = self.cpu.visible[list.trailing_zeros() as usize & 15];
            match bus.store_word(addr, value) {
                Ok(Stored::Plain) => {}
                Ok(Stored::Code) => code(addr),
                Err(Abort) if refused.is_ok() => refused = Err(Refused { addr, write: true }),
                Err(Abort) => {}
            }
            list &= list - 1;
            addr = addr.wrapping_add(4);
        }
        self.set(op.rn, moved);
        refused
    }
}
