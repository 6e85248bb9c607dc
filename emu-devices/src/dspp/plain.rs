//! Computations on data memory and numbers: a function for each form.

use super::lower::{Factor, Sink, Source, Sum};
use super::sum::{clip, narrow, product, slide, sum, widen};
use super::unit::Unit;
use emu_core::loader::dsp_code::{Input, Op, Shift};

/// Executes a computation.
pub(super) type Run = fn(&mut Unit, &Plain);

/// A word of data memory or a number, told apart without a branch.
#[derive(Clone, Copy, Debug)]
struct Cell {
    at: u16,
    /// 0 for a number.
    mask: u16,
    /// 0 for a word of memory.
    number: u16,
}

/// A computation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    pub run: Run,
    /// The factors, or the first alone, then the adder's operands.
    x: Cell,
    y: Cell,
    z: Cell,
    /// The second factor is the accumulator.
    by_accumulator: bool,
    /// Nowhere: outside.
    to: u16,
    left: u8,
    right: u8,
}

/// A destination that is none.
const NOWHERE: u16 = u16::MAX;

/// The inputs of the adder that have functions of their own.
const PAIRS: [(Input, Input); 6] = [
    (Input::Accumulator, Input::Accumulator),
    (Input::Accumulator, Input::First),
    (Input::First, Input::Accumulator),
    (Input::First, Input::Second),
    (Input::Product, Input::Accumulator),
    (Input::Product, Input::First),
];

impl Cell {
    fn of(source: Source) -> Option<Cell> {
        match source {
            Source::Number(number) => Some(Cell {
                at: 0,
                mask: 0,
                number,
            }),
            Source::Word(at) => Some(Cell {
                at,
                mask: u16::MAX,
                number: 0,
            }),
            Source::Port(_) | Source::Register(_) => None,
        }
    }
}

impl Plain {
    /// `None` for a computation that takes or gives something else, or is rare.
    pub fn of(from: &Sum) -> Option<Plain> {
        let pair = PAIRS
            .iter()
            .position(|&(a, b)| (a, b) == (from.a, from.b))?;
        let to = match from.to {
            Sink::Nowhere => NOWHERE,
            Sink::Word(at) => at,
            Sink::Port(_) | Sink::Register(_) => return None,
        };
        let nothing = Source::Number(0);
        let (x, y, z) = match from.factors {
            Some((factor, Factor::Operand(by))) => (factor, by, from.first),
            Some((factor, Factor::Accumulator)) => (factor, nothing, from.first),
            None => (from.first, from.second, nothing),
        };
        let (left, right) = distances(from.shift);
        let clips = usize::from(from.shift == Shift::Clip);
        Some(Plain {
            run: *RUNS.get(pair)?.get(from.op as usize)?.get(clips)?,
            x: Cell::of(x)?,
            y: Cell::of(y)?,
            z: Cell::of(z)?,
            by_accumulator: matches!(from.factors, Some((_, Factor::Accumulator))),
            to,
            left,
            right,
        })
    }
}

/// How far a sum is shifted to the left, then to the right.
fn distances(shift: Shift) -> (u8, u8) {
    match shift {
        Shift::None | Shift::Clip | Shift::ByOperand => (0, 0),
        Shift::Left1 => (1, 0),
        Shift::Left2 => (2, 0),
        Shift::Left3 => (3, 0),
        Shift::Left4 => (4, 0),
        Shift::Left5 => (5, 0),
        Shift::Left8 => (8, 0),
        Shift::Right16 => (0, 16),
        Shift::Right8 => (0, 8),
        Shift::Right5 => (0, 5),
        Shift::Right4 => (0, 4),
        Shift::Right3 => (0, 3),
        Shift::Right2 => (0, 2),
        Shift::Right1 => (0, 1),
    }
}

fn run<const PAIR: usize, const OP: u16, const CLIPS: bool>(unit: &mut Unit, of: &Plain) {
    let accumulator = unit.accumulator;
    let value = |cell: Cell| unit.data.get(cell.at) & cell.mask | cell.number;
    let multiplied = || {
        let by = match of.by_accumulator {
            true => narrow(accumulator),
            false => value(of.y),
        };
        product(value(of.x), by)
    };
    let (a, b) = match PAIRS[PAIR] {
        (Input::First, Input::Second) => (widen(value(of.x)), widen(value(of.y))),
        (Input::First, _) => (widen(value(of.x)), accumulator),
        (Input::Product, Input::First) => (multiplied(), widen(value(of.z))),
        (Input::Product, _) => (multiplied(), accumulator),
        (_, Input::First) => (accumulator, widen(value(of.x))),
        _ => (accumulator, accumulator),
    };
    let op = Op::of(OP);
    let (value, flags) = sum(op, a, b, unit.flags.carry);
    let result = match CLIPS {
        true => clip(value, flags),
        false => slide(op, value << of.left, of.right),
    };
    unit.accumulator = result;
    unit.flags = flags;
    if of.to != NOWHERE {
        unit.data.set(of.to, narrow(result));
    }
}

macro_rules! runs {
    ($pair:literal) => {
        [
            runs!($pair 0), runs!($pair 1), runs!($pair 2), runs!($pair 3),
            runs!($pair 4), runs!($pair 5), runs!($pair 6), runs!($pair 7),
            runs!($pair 8), runs!($pair 9), runs!($pair 10), runs!($pair 11),
            runs!($pair 12), runs!($pair 13), runs!($pair 14), runs!($pair 15),
        ]
    };
    ($pair:literal $op:literal) => {
        [run::<$pair, $op, false>, run::<$pair, $op, true>]
    };
}

/// The functions: by pair of inputs, operation, and whether the sum is clipped.
static RUNS: [[[Run; 2]; 16]; PAIRS.len()] =
    [runs!(0), runs!(1), runs!(2), runs!(3), runs!(4), runs!(5)];
