//! Who is told where control goes: nothing at all, unless somebody asks.
//!
//! An engine is compiled once for each observer. For [`Unobserved`] nothing is left of the
//! questions.

/// What sort of instruction sends control elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Branch with link.
    Call,
    /// Branch.
    Branch,
    /// Something else that writes the program counter: a return, a call through a pointer, a
    /// table of places.
    Jump,
}

/// Control goes elsewhere than to the next instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// By what.
    pub way: Way,
    /// Where that is.
    pub from: u32,
    /// Where to.
    pub to: u32,
    /// The return register afterwards.
    pub lr: u32,
    /// The stack pointer afterwards.
    pub sp: u32,
    /// The clock behind it.
    pub at: u64,
    /// Guest instructions executed, this one included.
    pub instructions: u64,
}

/// Is told of every transfer of control while an engine runs.
pub trait Observer {
    /// Whether it listens.
    const LISTENS: bool;

    /// Control has gone elsewhere.
    fn transfer(&mut self, transfer: &Transfer);
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    const LISTENS: bool = false;

    fn transfer(&mut self, _: &Transfer) {}
}
