//! What the fast engine dispatches on, and data processing.

use super::super::decode::{Alu, Cond, Shift};
use super::super::registers::Reg;

/// A lowered instruction: 16 bytes.
///
/// What `imm`, `shift` and `amount` mean depends on the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Op {
    pub kind: Kind,
    /// Ask `cond`. Most instructions are unconditional, and this is cheaper to see.
    pub conditional: bool,
    pub cond: Cond,
    pub rd: Reg,
    pub rn: Reg,
    pub rm: Reg,
    pub shift: Shift,
    pub amount: u8,
    pub imm: u32,
    /// Ticks it takes when its condition holds, as far as they are known beforehand.
    pub cost: u32,
}

impl Op {
    /// A word nobody has executed yet.
    pub const UNKNOWN: Op = Op::new(Kind::Decode, 0);
    /// A word with a breakpoint.
    pub const BREAKPOINT: Op = Op::new(Kind::Breakpoint, 0);

    pub const fn new(kind: Kind, cost: u32) -> Op {
        Op {
            kind,
            conditional: false,
            cond: Cond::Al,
            rd: Reg::R0,
            rn: Reg::R0,
            rm: Reg::R0,
            shift: Shift::Lsl,
            amount: 0,
            imm: 0,
            cost,
        }
    }
}

/// Where data processing finds its second operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `imm`, with the shifter's carry in `amount`.
    Immediate,
    /// Register `rm`.
    Plain,
    /// Register `rm` shifted by `amount`, 1 to 31.
    Shifted,
}

/// From one table: the kinds, the choice of a data processing kind, and its execution. The
/// operation, its form and its S bit are constants in each arm, so that it compiles to the
/// few host instructions which that one combination needs. (`$d` is a dollar sign for the
/// macro this one makes.)
macro_rules! kinds {
    (
        $d:tt
        results { $($alu:ident: $i:ident $r:ident $x:ident $si:ident $sr:ident $sx:ident;)* }
        comparisons { $($cmp:ident: $ci:ident $cr:ident $cx:ident;)* }
        others { $($(#[$doc:meta])* $other:ident,)* }
    ) => {
        /// What an [`Op`] does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Kind {
            $($i, $r, $x, $si, $sr, $sx,)*
            $($ci, $cr, $cx,)*
            $($(#[$doc])* $other,)*
        }

        impl Kind {
            /// The kind of a data processing instruction.
            pub const fn data(alu: Alu, s: bool, form: Form) -> Kind {
                match (alu, form, s) {
                    $(
                        (Alu::$alu, Form::Immediate, false) => Kind::$i,
                        (Alu::$alu, Form::Plain, false) => Kind::$r,
                        (Alu::$alu, Form::Shifted, false) => Kind::$x,
                        (Alu::$alu, Form::Immediate, true) => Kind::$si,
                        (Alu::$alu, Form::Plain, true) => Kind::$sr,
                        (Alu::$alu, Form::Shifted, true) => Kind::$sx,
                    )*
                    $(
                        (Alu::$cmp, Form::Immediate, _) => Kind::$ci,
                        (Alu::$cmp, Form::Plain, _) => Kind::$cr,
                        (Alu::$cmp, Form::Shifted, _) => Kind::$cx,
                    )*
                }
            }
        }

        /// `match op.kind` with the given arms and those of data processing: one table
        /// of jumps for all.
        macro_rules! dispatch {
            ($d core:expr, $d op:expr, { $d ($d arms:tt)* }) => {
                match $d op.kind {
                    $d ($d arms)*
                    $(
                        Kind::$i => $d core.data($d op, Alu::$alu, Form::Immediate, false),
                        Kind::$r => $d core.data($d op, Alu::$alu, Form::Plain, false),
                        Kind::$x => $d core.data($d op, Alu::$alu, Form::Shifted, false),
                        Kind::$si => $d core.data($d op, Alu::$alu, Form::Immediate, true),
                        Kind::$sr => $d core.data($d op, Alu::$alu, Form::Plain, true),
                        Kind::$sx => $d core.data($d op, Alu::$alu, Form::Shifted, true),
                    )*
                    $(
                        Kind::$ci => $d core.data($d op, Alu::$cmp, Form::Immediate, true),
                        Kind::$cr => $d core.data($d op, Alu::$cmp, Form::Plain, true),
                        Kind::$cx => $d core.data($d op, Alu::$cmp, Form::Shifted, true),
                    )*
                }
            };
        }
        pub(super) use dispatch;
    };
}

kinds! {
    $
    results {
        And: AndI AndR AndX AndsI AndsR AndsX;
        Eor: EorI EorR EorX EorsI EorsR EorsX;
        Sub: SubI SubR SubX SubsI SubsR SubsX;
        Rsb: RsbI RsbR RsbX RsbsI RsbsR RsbsX;
        Add: AddI AddR AddX AddsI AddsR AddsX;
        Adc: AdcI AdcR AdcX AdcsI AdcsR AdcsX;
        Sbc: SbcI SbcR SbcX SbcsI SbcsR SbcsX;
        Rsc: RscI RscR RscX RscsI RscsR RscsX;
        Orr: OrrI OrrR OrrX OrrsI OrrsR OrrsX;
        Mov: MovI MovR MovX MovsI MovsR MovsX;
        Bic: BicI BicR BicX BicsI BicsR BicsX;
        Mvn: MvnI MvnR MvnX MvnsI MvnsR MvnsX;
    }
    comparisons {
        Tst: TstI TstR TstX;
        Teq: TeqI TeqR TeqX;
        Cmp: CmpI CmpR CmpX;
        Cmn: CmnI CmnR CmnX;
    }
    others {
        /// Condition NV.
        Skip,
        /// `rd := rm * rs`, rs in `rn`.
        Mul,
        /// The same plus the register `imm` names.
        Mla,
        /// To the address `imm`.
        Branch,
        /// To the word `imm` of this page.
        BranchNear,
        /// To the address `imm`, keeping the return address.
        BranchLink,
        /// To the address in `rm`.
        BranchRegister,
        /// From the address `imm`.
        LoadLiteral,
        /// At `rn + imm`.
        LoadWord,
        /// At `rn + imm`.
        LoadByte,
        /// At `rn + imm`.
        StoreWord,
        /// At `rn + imm`.
        StoreByte,
        /// At `rn + imm`, which becomes `rn`.
        LoadWordPre,
        /// At `rn + imm`, which becomes `rn`.
        LoadBytePre,
        /// At `rn + imm`, which becomes `rn`.
        StoreWordPre,
        /// At `rn + imm`, which becomes `rn`.
        StoreBytePre,
        /// At `rn`, which then becomes `rn + imm`.
        LoadWordPost,
        /// At `rn`, which then becomes `rn + imm`.
        LoadBytePost,
        /// At `rn`, which then becomes `rn + imm`.
        StoreWordPost,
        /// At `rn`, which then becomes `rn + imm`.
        StoreBytePost,
        /// At `rn + (rm << amount)`.
        LoadWordIndexed,
        /// At `rn + (rm << amount)`.
        LoadByteIndexed,
        /// At `rn + (rm << amount)`.
        StoreWordIndexed,
        /// At `rn + (rm << amount)`.
        StoreByteIndexed,
        /// The registers in the low half of `imm`, from `rn` + `amount` bytes; then the high
        /// half of `imm` is added to `rn`.
        LoadBlock,
        /// The same; the program counter is among them.
        LoadBlockPc,
        /// The same for a store.
        StoreBlock,
        /// A software interrupt.
        Swi,
        /// The word `imm` takes the undefined trap.
        Undefined,
        /// The word `imm` goes through the reference interpreter.
        Slow,
        /// Not decoded yet.
        Decode,
        /// Stop here.
        Breakpoint,
    }
}
