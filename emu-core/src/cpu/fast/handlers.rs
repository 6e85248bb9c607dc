//! One function for each shape of straight-line instruction.
//!
//! Operation, operand form and S bit are constants in each of them, so it compiles to the
//! few host instructions which that one combination needs.

use super::super::bus::Bus;
use super::super::decode::Alu;
use super::core::{Core, EVENT};
use super::op::{Access, Form, Op};

/// Executes an op. Answers the ticks to charge on top of the op's own, or [`EVENT`].
pub(super) type Handler<B> = fn(&mut Core, &mut B, &Op) -> u64;

const COUNT: usize = Access::StoreBlock as usize + 1;

/// The handlers by their numbers.
pub(super) struct Handlers<B>(std::marker::PhantomData<B>);

/// The twelve handlers of each operation, in the order of [`super::op::data`].
macro_rules! data {
    ($($alu:ident)*) => {
        [$(
            data!(@ $alu Immediate false), data!(@ $alu Immediate true),
            data!(@ $alu Plain false), data!(@ $alu Plain true),
            data!(@ $alu Lsl false), data!(@ $alu Lsl true),
            data!(@ $alu Lsr false), data!(@ $alu Lsr true),
            data!(@ $alu Asr false), data!(@ $alu Asr true),
            data!(@ $alu Ror false), data!(@ $alu Ror true),
        )*]
    };
    (@ $alu:ident $form:ident $s:literal) => {
        |core, _, op| core.data(op, Alu::$alu, Form::$form, $s)
    };
}

impl<B: Bus> Handlers<B> {
    const DATA: [Handler<B>; 16 * 12] = data! {
        And Eor Sub Rsb Add Adc Sbc Rsc Tst Teq Cmp Cmn Orr Mov Bic Mvn
    };

    /// All of them.
    pub const ALL: [Handler<B>; COUNT] = {
        let mut all: [Handler<B>; COUNT] = [|_, _, _| 0; COUNT];
        let mut i = 0;
        while i < Handlers::<B>::DATA.len() {
            all[i] = Handlers::<B>::DATA[i];
            i += 1;
        }
        all[Access::Multiply as usize] = |core, _, op| core.multiply(op, 0);
        all[Access::MultiplyAdd as usize] = |core, _, op| core.multiply(op, core.addend(op));
        all[Access::LoadLiteral as usize] = |core, bus, op| core.load_word(bus, op, op.imm);
        all[Access::LoadWord as usize] = |core, bus, op| core.load_word(bus, op, core.offset(op));
        all[Access::LoadByte as usize] = |core, bus, op| core.load_byte(bus, op, core.offset(op));
        all[Access::LoadWordPre as usize] = |core, bus, op| {
            let addr = core.pre(op);
            core.load_word(bus, op, addr)
        };
        all[Access::LoadBytePre as usize] = |core, bus, op| {
            let addr = core.pre(op);
            core.load_byte(bus, op, addr)
        };
        all[Access::LoadWordPost as usize] = |core, bus, op| {
            let addr = core.post(op);
            core.load_word(bus, op, addr)
        };
        all[Access::LoadBytePost as usize] = |core, bus, op| {
            let addr = core.post(op);
            core.load_byte(bus, op, addr)
        };
        all[Access::LoadWordIndexed as usize] =
            |core, bus, op| core.load_word(bus, op, core.indexed(op));
        all[Access::LoadByteIndexed as usize] =
            |core, bus, op| core.load_byte(bus, op, core.indexed(op));
        // A store takes its register before the base changes: they may be the same.
        all[Access::StoreWord as usize] =
            |core, bus, op| core.store_word(bus, core.get(op.rd), core.offset(op));
        all[Access::StoreByte as usize] =
            |core, bus, op| core.store_byte(bus, core.get(op.rd), core.offset(op));
        all[Access::StoreWordPre as usize] = |core, bus, op| {
            let value = core.get(op.rd);
            let addr = core.pre(op);
            core.store_word(bus, value, addr)
        };
        all[Access::StoreBytePre as usize] = |core, bus, op| {
            let value = core.get(op.rd);
            let addr = core.pre(op);
            core.store_byte(bus, value, addr)
        };
        all[Access::StoreWordPost as usize] = |core, bus, op| {
            let value = core.get(op.rd);
            let addr = core.post(op);
            core.store_word(bus, value, addr)
        };
        all[Access::StoreBytePost as usize] = |core, bus, op| {
            let value = core.get(op.rd);
            let addr = core.post(op);
            core.store_byte(bus, value, addr)
        };
        all[Access::StoreWordIndexed as usize] =
            |core, bus, op| core.store_word(bus, core.get(op.rd), core.indexed(op));
        all[Access::StoreByteIndexed as usize] =
            |core, bus, op| core.store_byte(bus, core.get(op.rd), core.indexed(op));
        all[Access::LoadBlock as usize] =
            |core, bus, op| core.load_block(bus, op).map_or(EVENT, |_| 0);
        all[Access::StoreBlock as usize] = |core, bus, op| core.store_block(bus, op);
        all
    };
}
