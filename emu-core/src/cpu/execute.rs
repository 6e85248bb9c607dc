//! The reference interpreter: every instruction in the plainest words.
//!
//! The fast engine falls back to it for rare instructions and is tested against it.

use super::Exit;
use super::bus::{Abort, Bus};
use super::decode::{
    Alu, Fields, Index, Instr, Offset, Operand, Operation, Shift, Shifted, decode,
};
use super::psr::Psr;
use super::registers::{Cpu, Reg};
use super::timing::{Cycles, multiply_cycles};

/// What an instruction did besides changing registers and memory.
pub(super) struct Outcome {
    pub cycles: Cycles,
    pub exit: Option<Exit>,
}

/// A data access the memory refused.
struct Refused {
    addr: u32,
    write: bool,
}

/// Fetches and executes one instruction.
pub(super) fn step(cpu: &mut Cpu, bus: &mut impl Bus) -> Outcome {
    let at = cpu.pc() & !3;
    match bus.fetch(at) {
        Ok(word) => execute(cpu, bus, at, word),
        Err(Abort) => Outcome {
            cycles: Cycles::EXCEPTION,
            exit: Some(Exit::PrefetchAbort(at)),
        },
    }
}

/// Executes the instruction `word` that was fetched from `at`.
pub(super) fn execute(cpu: &mut Cpu, bus: &mut impl Bus, at: u32, word: u32) -> Outcome {
    let psr = cpu.cpsr();
    let Instr { cond, operation } = decode(word);
    cpu.set_pc(at.wrapping_add(4));
    if !cond.holds(psr.n(), psr.z(), psr.c(), psr.v()) {
        return Outcome {
            cycles: Cycles::SKIPPED,
            exit: None,
        };
    }
    let done = match operation {
        Operation::Swi(number) => {
            return Outcome {
                cycles: Cycles::EXCEPTION,
                exit: Some(Exit::Swi(number)),
            };
        }
        Operation::Undefined(_) => {
            return Outcome {
                cycles: Cycles::UNDEFINED,
                exit: Some(Exit::Undefined(word)),
            };
        }
        _ => Machine { cpu, bus, at }.perform(operation),
    };
    match done {
        Ok(cycles) => Outcome { cycles, exit: None },
        Err(Refused { addr, write }) => {
            cpu.set_pc(at);
            Outcome {
                cycles: Cycles::EXCEPTION,
                exit: Some(Exit::DataAbort { addr, write }),
            }
        }
    }
}

/// A result of the shifter or the adder with its carry.
#[derive(Clone, Copy)]
struct Carried {
    value: u32,
    carry: bool,
}

/// The barrel shifter. Amounts above 31 come from registers or mean "#0" encodings; zero
/// leaves value and carry alone for every kind of shift.
fn shift(kind: Shift, value: u32, amount: u32, carry: bool) -> Carried {
    let bit = |n: u32| value >> n & 1 != 0;
    let (value, carry) = match (kind, amount) {
        (Shift::Rrx, _) => (u32::from(carry) << 31 | value >> 1, bit(0)),
        (_, 0) => (value, carry),
        (Shift::Lsl, 1..=31) => (value << amount, bit(32 - amount)),
        (Shift::Lsl, 32) => (0, bit(0)),
        (Shift::Lsr, 1..=31) => (value >> amount, bit(amount - 1)),
        (Shift::Lsr, 32) => (0, bit(31)),
        (Shift::Lsl | Shift::Lsr, _) => (0, false),
        (Shift::Asr, 1..=31) => ((value as i32 >> amount) as u32, bit(amount - 1)),
        (Shift::Asr, _) => ((value as i32 >> 31) as u32, bit(31)),
        (Shift::Ror, _) => (value.rotate_right(amount), bit(amount.wrapping_sub(1) & 31)),
    };
    Carried { value, carry }
}

/// `a + b + carry`, its carry out of bit 31 and its signed overflow.
fn add(a: u32, b: u32, carry: bool) -> (u32, bool, bool) {
    let sum = u64::from(a) + u64::from(b) + u64::from(carry);
    let value = sum as u32;
    (
        value,
        sum >> 32 != 0,
        ((a ^ value) & (b ^ value)) >> 31 != 0,
    )
}

/// The processor in the middle of the instruction at address `at`.
struct Machine<'a, B> {
    cpu: &'a mut Cpu,
    bus: &'a mut B,
    at: u32,
}

impl<B: Bus> Machine<'_, B> {
    /// A register as an operand: the program counter runs two instructions ahead.
    fn reg(&self, reg: Reg) -> u32 {
        self.reg_ahead(reg, 8)
    }

    fn reg_ahead(&self, reg: Reg, ahead: u32) -> u32 {
        match reg {
            Reg::Pc => self.at.wrapping_add(ahead),
            _ => self.cpu.reg(reg.index()),
        }
    }

    /// Writes a register where R15 "shall not be used": it stays.
    fn set_unless_pc(&mut self, reg: Reg, value: u32) {
        if reg != Reg::Pc {
            self.cpu.set_reg(reg.index(), value);
        }
    }

    fn shifted(&self, shifted: Shifted) -> Carried {
        let carry = self.cpu.cpsr().c();
        shift(
            shifted.shift,
            self.reg(shifted.rm),
            u32::from(shifted.amount),
            carry,
        )
    }

    fn operand(&self, operand: Operand) -> Carried {
        let carry = self.cpu.cpsr().c();
        match operand {
            Operand::Immediate { byte, rotate } => {
                let value = u32::from(byte).rotate_right(u32::from(rotate));
                let carry = if rotate == 0 { carry } else { value >> 31 != 0 };
                Carried { value, carry }
            }
            Operand::Shifted(shifted) => self.shifted(shifted),
            // Reading the amount takes a cycle, and the program counter moves on.
            Operand::ByRegister {
                rm,
                shift: kind,
                rs,
            } => shift(kind, self.reg_ahead(rm, 12), self.reg(rs) & 0xFF, carry),
        }
    }

    fn perform(&mut self, operation: Operation) -> Result<Cycles, Refused> {
        match operation {
            Operation::Data {
                alu,
                s,
                rd,
                rn,
                operand,
            } => Ok(self.data(alu, s, rd, rn, operand)),
            Operation::Multiply { s, rd, rm, rs, add } => Ok(self.multiply(s, rd, rm, rs, add)),
            Operation::Swap { byte, rd, rm, rn } => self.swap(byte, rd, rm, rn),
            Operation::ReadPsr { saved, rd } => Ok(self.read_psr(saved, rd)),
            Operation::WritePsr {
                saved,
                fields,
                source,
            } => Ok(self.write_psr(saved, fields, source)),
            Operation::Transfer {
                load,
                byte,
                rd,
                rn,
                up,
                offset,
                index,
            } => {
                let stored = self.reg_ahead(rd, 12);
                let addr = self.transfer_address(rn, up, offset, index);
                if load {
                    self.load_register(byte, rd, addr)
                } else {
                    self.store(byte, addr, stored)?;
                    Ok(Cycles::new(0, 2, 0))
                }
            }
            Operation::Block {
                load,
                rn,
                list,
                before,
                up,
                write_back,
                s,
            } => {
                let block = Block::new(self.reg(rn), rn, list, before, up, write_back);
                if load {
                    self.load_block(block, s)
                } else {
                    self.store_block(block, s)
                }
            }
            Operation::Branch { link, offset } => {
                if link {
                    self.cpu.set_reg(Reg::Lr.index(), self.at.wrapping_add(4));
                }
                let target = self.at.wrapping_add(8).wrapping_add_signed(offset);
                self.cpu.set_pc(target);
                Ok(Cycles::new(2, 1, 0))
            }
            // `execute` has answered these.
            Operation::Swi(_) | Operation::Undefined(_) => Ok(Cycles::EXCEPTION),
        }
    }

    fn data(&mut self, alu: Alu, s: bool, rd: Reg, rn: Reg, operand: Operand) -> Cycles {
        let psr = self.cpu.cpsr();
        let by_register = matches!(operand, Operand::ByRegister { .. });
        let a = self.reg_ahead(rn, if by_register { 12 } else { 8 });
        let Carried {
            value: b,
            carry: shifter,
        } = self.operand(operand);
        let logical = |value| (value, shifter, psr.v());
        let (value, c, v) = match alu {
            Alu::And | Alu::Tst => logical(a & b),
            Alu::Eor | Alu::Teq => logical(a ^ b),
            Alu::Orr => logical(a | b),
            Alu::Mov => logical(b),
            Alu::Bic => logical(a & !b),
            Alu::Mvn => logical(!b),
            // Subtraction adds the complement: C means "no borrow".
            Alu::Sub | Alu::Cmp => add(a, !b, true),
            Alu::Rsb => add(b, !a, true),
            Alu::Add | Alu::Cmn => add(a, b, false),
            Alu::Adc => add(a, b, psr.c()),
            Alu::Sbc => add(a, !b, psr.c()),
            Alu::Rsc => add(b, !a, psr.c()),
        };
        let mut cycles = Cycles::new(1, 0, u32::from(by_register));
        if rd == Reg::Pc {
            if !alu.compares() {
                self.cpu.set_pc(value);
                cycles.s += 1;
                cycles.n += 1;
            }
            if s && let Some(saved) = self.cpu.spsr() {
                self.cpu.set_cpsr(saved);
            }
            return cycles;
        }
        if s {
            let flags = psr.with_nzcv(value >> 31 != 0, value == 0, c, v);
            self.cpu.set_cpsr(flags);
        }
        if !alu.compares() {
            self.cpu.set_reg(rd.index(), value);
        }
        cycles
    }

    fn multiply(&mut self, s: bool, rd: Reg, rm: Reg, rs: Reg, add: Option<Reg>) -> Cycles {
        let factor = self.reg(rs);
        // Rd accumulates while Rm is read again each cycle, so Rd = Rm multiplies by 0.
        let product = if rd == rm {
            0
        } else {
            self.reg(rm).wrapping_mul(factor)
        };
        let value = product.wrapping_add(add.map_or(0, |rn| self.reg(rn)));
        self.set_unless_pc(rd, value);
        if s {
            // The data sheet calls C meaningless afterwards: it stays.
            let psr = self.cpu.cpsr();
            let flags = psr.with_nzcv(value >> 31 != 0, value == 0, psr.c(), psr.v());
            self.cpu.set_cpsr(flags);
        }
        Cycles::new(1, 0, multiply_cycles(factor))
    }

    fn read_psr(&mut self, saved: bool, rd: Reg) -> Cycles {
        let value = if saved {
            self.cpu.spsr().map_or(0, Psr::bits)
        } else {
            self.cpu.cpsr().bits()
        };
        self.set_unless_pc(rd, value);
        Cycles::new(1, 0, 0)
    }

    fn write_psr(&mut self, saved: bool, fields: Fields, source: Operand) -> Cycles {
        let value = self.operand(source).value;
        let flags = if fields.flags { Psr::FLAGS } else { 0 };
        let control = if fields.control { Psr::CONTROL } else { 0 };
        if saved {
            if let Some(psr) = self.cpu.spsr() {
                self.cpu.set_spsr(psr.with(value, flags | control));
            }
        } else {
            let allowed = if self.cpu.privileged() {
                flags | control
            } else {
                flags
            };
            self.cpu.set_cpsr(self.cpu.cpsr().with(value, allowed));
        }
        Cycles::new(1, 0, 0)
    }

    fn read(&mut self, byte: bool, addr: u32) -> Result<u32, Refused> {
        let result = if byte {
            let byte = self.bus.load_byte(addr);
            let byte = byte.or_else(|Abort| self.bus.watched_byte(addr).ok_or(Abort));
            byte.map(u32::from)
        } else {
            // The addressed byte goes to the low lane of a little-endian reader: the same
            // rotation serves both byte orders.
            let rotation = 8 * (addr & 3);
            let word = self.bus.load_word(addr & !3);
            let word = word.or_else(|Abort| self.bus.watched_word(addr & !3).ok_or(Abort));
            word.map(|word| word.rotate_right(rotation))
        };
        result.map_err(|Abort| Refused { addr, write: false })
    }

    fn store(&mut self, byte: bool, addr: u32, value: u32) -> Result<(), Refused> {
        let result = if byte {
            self.bus.store_byte(addr, value as u8)
        } else {
            self.bus.store_word(addr & !3, value)
        };
        match result {
            Ok(_) => Ok(()),
            Err(Abort) => Err(Refused { addr, write: true }),
        }
    }

    fn swap(&mut self, byte: bool, rd: Reg, rm: Reg, rn: Reg) -> Result<Cycles, Refused> {
        let addr = self.reg(rn);
        let old = self.read(byte, addr)?;
        self.store(byte, addr, self.reg(rm))?;
        self.set_unless_pc(rd, old);
        Ok(Cycles::new(1, 2, 1))
    }

    /// The address of a load or store, with the base written back: that happens even when
    /// the access is refused ("late abort").
    fn transfer_address(&mut self, rn: Reg, up: bool, offset: Offset, index: Index) -> u32 {
        let base = self.reg(rn);
        let distance = match offset {
            Offset::Immediate(distance) => u32::from(distance),
            Offset::Shifted(shifted) => self.shifted(shifted).value,
        };
        let moved = if up {
            base.wrapping_add(distance)
        } else {
            base.wrapping_sub(distance)
        };
        if index.writes_back() {
            self.set_unless_pc(rn, moved);
        }
        if index.post() { base } else { moved }
    }

    fn load_register(&mut self, byte: bool, rd: Reg, addr: u32) -> Result<Cycles, Refused> {
        let value = self.read(byte, addr)?;
        self.cpu.set_reg(rd.index(), value);
        Ok(match rd {
            Reg::Pc => Cycles::new(2, 2, 1),
            _ => Cycles::new(1, 1, 1),
        })
    }

    fn load_block(&mut self, block: Block, s: bool) -> Result<Cycles, Refused> {
        let with_pc = block.list & 0x8000 != 0;
        let user_bank = s && !with_pc && self.cpu.privileged();
        // The base moves in the second cycle, before the first word arrives: a loaded base
        // survives.
        self.write_back(&block);
        let mut addr = block.first;
        for reg in block.registers() {
            let value = match self.read(false, addr) {
                Ok(value) => value,
                Err(refused) => {
                    let base = block.moved.unwrap_or(block.base);
                    self.set_unless_pc(block.rn, base);
                    return Err(refused);
                }
            };
            if user_bank {
                self.cpu.set_user_reg(reg, value);
            } else {
                self.cpu.set_reg(reg.index(), value);
            }
            addr = addr.wrapping_add(4);
        }
        // The registers went to the old bank; the mode changes with the program counter.
        if s && with_pc
            && let Some(saved) = self.cpu.spsr()
        {
            self.cpu.set_cpsr(saved);
        }
        let n = block.list.count_ones();
        Ok(if with_pc {
            Cycles::new(n + 1, 2, 1)
        } else {
            Cycles::new(n, 1, 1)
        })
    }

    fn store_block(&mut self, block: Block, s: bool) -> Result<Cycles, Refused> {
        let user_bank = s && self.cpu.privileged();
        let mut addr = block.first;
        let mut refused = None;
        for (i, reg) in block.registers().enumerate() {
            let value = match reg {
                Reg::Pc => self.at.wrapping_add(12),
                _ if user_bank => self.cpu.user_reg(reg),
                _ => self.cpu.reg(reg.index()),
            };
            // A refused store does not stop the others.
            refused = refused.or(self.store(false, addr, value).err());
            if i == 0 {
                // The base moves at the end of the second cycle: the lowest register is
                // stored as it was, a later base as it will be.
                self.write_back(&block);
            }
            addr = addr.wrapping_add(4);
        }
        if block.list == 0 {
            self.write_back(&block);
        }
        match refused {
            Some(refused) => Err(refused),
            None => Ok(Cycles::new(block.list.count_ones().saturating_sub(1), 2, 0)),
        }
    }

    fn write_back(&mut self, block: &Block) {
        if let Some(moved) = block.moved {
            self.set_unless_pc(block.rn, moved);
        }
    }
}

/// The addresses of a block transfer.
struct Block {
    rn: Reg,
    base: u32,
    list: u16,
    /// Where the lowest register goes: block transfers ignore the low bits of the base.
    first: u32,
    /// What the base becomes, if it changes.
    moved: Option<u32>,
}

impl Block {
    fn new(base: u32, rn: Reg, list: u16, before: bool, up: bool, write_back: bool) -> Block {
        // An empty list transfers nothing and moves the base as if it were full.
        let size = match list.count_ones() {
            0 => 0x40,
            n => 4 * n,
        };
        let moved = if up {
            base.wrapping_add(size)
        } else {
            base.wrapping_sub(size)
        };
        let lowest = if up { base } else { moved };
        // Counting up "before", or down "after", skips one word.
        let skip = if up == before { 4 } else { 0 };
        Block {
            rn,
            base,
            list,
            first: lowest.wrapping_add(skip) & !3,
            moved: write_back.then_some(moved),
        }
    }

    fn registers(&self) -> impl Iterator<Item = Reg> + use<> {
        let list = self.list;
        Reg::ALL
            .into_iter()
            .filter(move |reg| list >> reg.index() & 1 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifted(kind: Shift, value: u32, amount: u32, carry: bool) -> (u32, bool) {
        let Carried { value, carry } = shift(kind, value, amount, carry);
        (value, carry)
    }

    #[test]
    fn a_register_amount_of_zero_keeps_carry_for_all_shifts() {
        for kind in [Shift::Lsl, Shift::Lsr, Shift::Asr, Shift::Ror] {
            for carry in [false, true] {
                assert_eq!(shifted(kind, 0x8000_0001, 0, carry), (0x8000_0001, carry));
            }
        }
    }

    #[test]
    fn shifts_by_thirty_two_and_more() {
        let value = 0x8000_0001;
        assert_eq!(shifted(Shift::Lsl, value, 32, false), (0, true));
        assert_eq!(shifted(Shift::Lsl, value, 33, true), (0, false));
        assert_eq!(shifted(Shift::Lsr, value, 32, false), (0, true));
        assert_eq!(shifted(Shift::Lsr, value, 33, true), (0, false));
        assert_eq!(shifted(Shift::Asr, value, 32, false), (u32::MAX, true));
        assert_eq!(shifted(Shift::Asr, value, 255, false), (u32::MAX, true));
        assert_eq!(shifted(Shift::Ror, value, 32, false), (value, true));
        assert_eq!(shifted(Shift::Ror, value, 33, false), (0xC000_0000, true));
        assert_eq!(shifted(Shift::Rrx, value, 1, false), (0x4000_0000, true));
    }

    #[test]
    fn the_adder_tells_carry_from_overflow() {
        assert_eq!(add(u32::MAX, 1, false), (0, true, false));
        assert_eq!(add(0x7FFF_FFFF, 0, true), (0x8000_0000, false, true));
        assert_eq!(add(0x8000_0000, 0x8000_0000, false), (0, true, true));
        assert_eq!(add(5, !5, true), (0, true, false));
    }

    #[test]
    fn block_addresses() {
        let block = |before, up| {
            let block = Block::new(0x1002, Reg::R0, 0b111, before, up, true);
            (block.first, block.moved)
        };
        assert_eq!(block(false, true), (0x1000, Some(0x100E)));
        assert_eq!(block(true, true), (0x1004, Some(0x100E)));
        assert_eq!(block(false, false), (0xFF8, Some(0xFF6)));
        assert_eq!(block(true, false), (0xFF4, Some(0xFF6)));
    }
}
