//! The processor while the fast engine runs it.
//!
//! Flags taken apart, and what the handlers
//! are made of.

use super::super::bus::{Abort, Bus, Stored};
use super::super::decode::{Alu, Cond};
use super::super::psr::Psr;
use super::super::registers::{Cpu, Reg};
use super::super::timing::multiply_cycles;
use super::op::{Form, Op};

/// `amount` of an op with an unrotated immediate: C stays. Otherwise 0 or 1 is what it
/// becomes.
pub(super) const CARRY_STAYS: u8 = 2;

/// What a handler answers when it has noted something; otherwise it is the ticks to charge
/// on top of the op's own.
pub(super) const EVENT: u64 = u64::MAX;

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
    fn less(&self) -> bool {
        (self.n >> 31 != 0) != self.v
    }

    /// Whether a condition is satisfied.
    #[inline(always)]
    pub fn hold(&self, cond: Cond) -> bool {
        match cond {
            Cond::Eq => self.z == 0,
            Cond::Ne => self.z != 0,
            Cond::Cs => self.c,
            Cond::Cc => !self.c,
            rarer => self.rarer_hold(rarer),
        }
    }

    /// Out of line: inlined, the compiler works out all conditions before each instruction,
    /// in case one is asked for.
    #[inline(never)]
    fn rarer_hold(&self, cond: Cond) -> bool {
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
#[derive(Clone, Copy)]
pub(super) struct Refused {
    pub addr: u32,
    pub write: bool,
}

/// The processor while it runs: its registers and flags, and the clock.
pub(super) struct Core {
    /// R15 is not kept.
    r: [u32; 16],
    pub flags: Flags,
    /// The run ends when the clock gets here.
    pub until: u64,
    /// Ticks of an internal cycle.
    i: u64,
    /// What the last handler that answered [`EVENT`] has noted: the words of code it may have
    /// changed, at most one for each register of a block transfer ...
    code: [u32; 16],
    code_len: usize,
    /// ... and the access that was refused.
    pub refused: Option<Refused>,
    /// Behind the last word of a watched LDM, and where one with R15 goes.
    watched_end: Option<u32>,
    watched_target: Option<u32>,
}

impl Core {
    pub fn enter(cpu: &Cpu, until: u64, i: u32) -> Core {
        Core {
            r: cpu.visible,
            flags: Flags::of(cpu.cpsr()),
            until,
            i: u64::from(i),
            code: [0; 16],
            code_len: 0,
            refused: None,
            watched_end: None,
            watched_target: None,
        }
    }

    /// Makes the processor whole, about to execute `pc`.
    pub fn leave(&self, cpu: &mut Cpu, pc: u32) {
        cpu.visible = self.r;
        cpu.set_cpsr(self.flags.in_psr(cpu.cpsr()));
        cpu.set_pc(pc);
    }

    /// Takes it apart again after somebody used it whole.
    pub fn resume(&mut self, cpu: &Cpu) {
        self.r = cpu.visible;
        self.flags = Flags::of(cpu.cpsr());
    }

    /// The words of code noted since the last call.
    pub fn take_code(&mut self) -> impl Iterator<Item = u32> + use<> {
        let len = std::mem::take(&mut self.code_len);
        self.code.into_iter().take(len)
    }

    #[cold]
    fn note_code(&mut self, addr: u32) -> u64 {
        if let Some(place) = self.code.get_mut(self.code_len) {
            *place = addr;
            self.code_len += 1;
        }
        EVENT
    }

    #[cold]
    fn refuse(&mut self, addr: u32, write: bool) -> u64 {
        self.refused = self.refused.or(Some(Refused { addr, write }));
        EVENT
    }

    #[inline(always)]
    pub fn get(&self, reg: Reg) -> u32 {
        self.r[reg.index()]
    }

    #[inline(always)]
    pub fn set(&mut self, reg: Reg, value: u32) {
        self.r[reg.index()] = value;
    }

    #[inline(always)]
    fn bit(&self, reg: Reg, n: u8) -> bool {
        self.get(reg) >> (n & 31) & 1 != 0
    }

    /// Data processing; `alu`, `form` and `s` are constants where this is inlined.
    #[inline(always)]
    pub fn data(&mut self, op: &Op, alu: Alu, form: Form, s: bool) -> u64 {
        let a = if alu.moves() { 0 } else { self.get(op.rn) };
        let b = match form {
            Form::Immediate => op.imm,
            Form::Plain => self.get(op.rm),
            Form::Lsl => self.get(op.rm) << (op.amount & 31),
            Form::Lsr => self.get(op.rm) >> (op.amount & 31),
            Form::Asr => (self.get(op.rm) as i32 >> (op.amount & 31)) as u32,
            Form::Ror => self.get(op.rm).rotate_right(u32::from(op.amount & 31)),
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
                    Form::Lsl => self.flags.c = self.bit(op.rm, 32 - op.amount),
                    Form::Lsr | Form::Asr => self.flags.c = self.bit(op.rm, op.amount - 1),
                    // The last bit rotated out is the new sign.
                    Form::Ror => self.flags.c = b >> 31 != 0,
                }
            } else {
                let signed = |a: u32, b: u32| (a as i32, b as i32);
                let overflow = |signs: u32| signs >> 31 != 0;
                (self.flags.c, self.flags.v) = match alu {
                    Alu::Add | Alu::Cmn => {
                        let (x, y) = signed(a, b);
                        (value < a, x.overflowing_add(y).1)
                    }
                    Alu::Rsb => {
                        let (x, y) = signed(b, a);
                        (b >= a, x.overflowing_sub(y).1)
                    }
                    Alu::Adc => {
                        let carry = if c { value <= a } else { value < a };
                        (carry, overflow((a ^ value) & (b ^ value)))
                    }
                    Alu::Sbc => {
                        let carry = if c { a >= b } else { a > b };
                        (carry, overflow((a ^ b) & (a ^ value)))
                    }
                    Alu::Rsc => {
                        let carry = if c { b >= a } else { b > a };
                        (carry, overflow((b ^ a) & (b ^ value)))
                    }
                    // SUB and CMP: the logical operations are above.
                    _ => {
                        let (x, y) = signed(a, b);
                        (a >= b, x.overflowing_sub(y).1)
                    }
                };
            }
            self.flags.n = value;
            self.flags.z = value;
        }
        if !alu.compares() {
            self.set(op.rd, value);
        }
        0
    }

    #[inline(always)]
    pub fn multiply(&mut self, op: &Op, addend: u32) -> u64 {
        let factor = self.get(op.rn);
        let product = self.get(op.rm).wrapping_mul(factor);
        self.set(op.rd, product.wrapping_add(addend));
        u64::from(multiply_cycles(factor)) * self.i
    }

    /// What MLA adds.
    #[inline(always)]
    pub fn addend(&self, op: &Op) -> u32 {
        self.r[op.imm as usize & 15]
    }

    #[inline(always)]
    pub fn load_word(&mut self, bus: &mut impl Bus, op: &Op, addr: u32) -> u64 {
        match bus.load_word(addr & !3) {
            Ok(word) => {
                self.set(op.rd, word.rotate_right(8 * (addr & 3)));
                0
            }
            Err(Abort) => self.load_watched_word(bus, op, addr),
        }
    }

    /// A load that was refused, perhaps only because somebody watches it.
    #[cold]
    fn load_watched_word(&mut self, bus: &mut impl Bus, op: &Op, addr: u32) -> u64 {
        let Some(word) = bus.watched_word(addr & !3) else {
            return self.refuse(addr, false);
        };
        self.set(op.rd, word.rotate_right(8 * (addr & 3)));
        EVENT
    }

    #[cold]
    fn load_watched_byte(&mut self, bus: &mut impl Bus, op: &Op, addr: u32) -> u64 {
        let Some(byte) = bus.watched_byte(addr) else {
            return self.refuse(addr, false);
        };
        self.set(op.rd, u32::from(byte));
        EVENT
    }

    #[inline(always)]
    pub fn load_byte(&mut self, bus: &mut impl Bus, op: &Op, addr: u32) -> u64 {
        match bus.load_byte(addr) {
            Ok(byte) => {
                self.set(op.rd, u32::from(byte));
                0
            }
            Err(Abort) => self.load_watched_byte(bus, op, addr),
        }
    }

    #[inline(always)]
    pub fn store_word(&mut self, bus: &mut impl Bus, value: u32, addr: u32) -> u64 {
        match bus.store_word(addr & !3, value) {
            Ok(Stored::Plain) => 0,
            Ok(Stored::Code) => self.note_code(addr),
            Err(Abort) => self.refuse(addr, true),
        }
    }

    #[inline(always)]
    pub fn store_byte(&mut self, bus: &mut impl Bus, value: u32, addr: u32) -> u64 {
        match bus.store_byte(addr, value as u8) {
            Ok(Stored::Plain) => 0,
            Ok(Stored::Code) => self.note_code(addr),
            Err(Abort) => self.refuse(addr, true),
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

    /// LDM of the registers below R15; gives the address after the last one. `None`: something
    /// was refused, or is noted because somebody watches it, and all is done.
    pub fn load_block(&mut self, bus: &mut impl Bus, op: &Op) -> Option<u32> {
        let (mut addr, moved) = self.block(op);
        self.set(op.rn, moved);
        let mut list = op.imm & 0x7FFF;
        while list != 0 {
            match bus.load_word(addr) {
                Ok(word) => self.r[list.trailing_zeros() as usize & 15] = word,
                Err(Abort) => {
                    let end = self.load_watched_block(bus, list, addr, moved, op)?;
                    self.watched_end = Some(end);
                    return None;
                }
            }
            list &= list - 1;
            addr = addr.wrapping_add(4);
        }
        Some(addr)
    }

    /// The rest of a block, from a load on that was refused.
    #[cold]
    fn load_watched_block(
        &mut self,
        bus: &mut impl Bus,
        mut list: u32,
        mut addr: u32,
        moved: u32,
        op: &Op,
    ) -> Option<u32> {
        while list != 0 {
            let word = bus.load_word(addr).ok();
            let Some(word) = word.or_else(|| bus.watched_word(addr)) else {
                self.watched_end = None;
                self.set(op.rn, moved);
                self.refuse(addr, false);
                return None;
            };
            self.r[list.trailing_zeros() as usize & 15] = word;
            list &= list - 1;
            addr = addr.wrapping_add(4);
        }
        Some(addr)
    }

    /// LDM with R15: gives where to go; `None` as [`Core::load_block`].
    pub fn load_block_pc(&mut self, bus: &mut impl Bus, op: &Op) -> Option<u32> {
        let (_, moved) = self.block(op);
        let addr = match self.load_block(bus, op) {
            Some(addr) => addr,
            None => {
                let end = self.watched_end.take()?;
                let word = bus.load_word(end).ok();
                self.finish_watched_pc(bus, word, end, moved, op);
                return None;
            }
        };
        match bus.load_word(addr) {
            Ok(target) => Some(target & !3),
            Err(Abort) => {
                self.finish_watched_pc(bus, None, addr, moved, op);
                None
            }
        }
    }

    #[cold]
    fn finish_watched_pc(
        &mut self,
        bus: &mut impl Bus,
        word: Option<u32>,
        addr: u32,
        moved: u32,
        op: &Op,
    ) {
        match word.or_else(|| bus.watched_word(addr)) {
            Some(target) => self.watched_target = Some(target & !3),
            None => {
                self.set(op.rn, moved);
                self.refuse(addr, false);
            }
        }
    }

    /// Where an LDM with R15 goes that somebody watches.
    pub fn take_watched_target(&mut self) -> Option<u32> {
        self.watched_target.take()
    }

    /// STM. A refused store does not stop the others.
    pub fn store_block(&mut self, bus: &mut impl Bus, op: &Op) -> u64 {
        let (mut addr, moved) = self.block(op);
        let mut list = op.imm & 0x7FFF;
        let mut answer = 0;
        while list != 0 {
            let value = self.r[list.trailing_zeros() as usize & 15];
            answer |= self.store_word(bus, value, addr);
            list &= list - 1;
            addr = addr.wrapping_add(4);
        }
        self.set(op.rn, moved);
        answer
    }
}
