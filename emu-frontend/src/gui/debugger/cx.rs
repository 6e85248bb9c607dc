//! What a view is given: the run, its events, a queue of wishes.

use super::keys::Does;
use super::views::View;
use crate::debug::Debugging;
use crate::gui::pads::Hands;
use emu_core::debug::timeline::Timeline;
use emu_core::debug::{Ledger, Symbols};
use emu_core::device::display::Picture;
use emu_core::kernel::abi::Registers;
use emu_core::kernel::portfolio::items::Item;
use emu_core::machine::Machine;
use emu_core::mem::Memory;
use emu_core::time::Tick;
use emu_core::trace::Stamped;
use emu_devices::board::ConsoleBoard;
use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::Range;
use std::rc::Rc;

/// A debugged run in a window: guest text goes where the program says, remarks to the log.
pub type Run<'a> = Debugging<'a, Box<dyn Write>, Remarks>;

/// What is said besides, until somebody takes it.
#[derive(Clone, Debug, Default)]
pub struct Remarks(Rc<RefCell<String>>);

/// Bytes that nobody has taken yet, at most.
const REMARKS_MAX: usize = 1 << 20;

impl Remarks {
    /// Takes what was said.
    pub fn take(&self) -> String {
        self.0.take()
    }
}

impl Write for Remarks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.0.borrow_mut();
        if text.len() < REMARKS_MAX {
            text.push_str(&String::from_utf8_lossy(bytes));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a view wants done once all views are shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A command, as if it had been typed.
    Command(String),
    /// What a key does.
    Do(Does),
    /// Going to an instant.
    Goto(Tick),
    /// Other events are looked for.
    Search(String),
    /// Instructions from this address on.
    Disassemble(u32),
    /// Memory from this address on.
    Memory(u32),
    /// A structure at this address.
    Structure(&'static str, u32),
    /// The cel at this address.
    Cel(u32),
    /// Pixels from this address on.
    FrameBuffer(u32),
    /// A breakpoint on an address, or none.
    Toggle(u32),
    /// Views that show a task show this one; by nothing, the one that runs.
    Task(Option<Item>),
    /// A view comes to the front.
    Show(View),
    /// Keyboard and mouse are the pods', or the debugger's again.
    Play(bool),
}

/// What a view sees and asks for.
pub struct Cx<'c, 'a> {
    /// The run.
    pub run: &'c mut Run<'a>,
    /// Its events by number.
    pub ledger: &'c mut Ledger,
    /// What devices and tasks were at.
    pub timeline: &'c Timeline,
    /// Another one whenever the machine may have changed.
    pub stamp: u64,
    /// Whether a command is under way.
    pub is_busy: bool,
    /// The task that views show, if somebody chose one.
    pub chosen: Option<Item>,
    /// Registers at the stop before this one, and whose they were.
    pub before: Option<&'c (Item, Registers)>,
    /// The picture that the program has left at this instant.
    pub left: Option<&'c Picture>,
    /// Whether keyboard and mouse are the pods'.
    pub is_played: bool,
    /// What they hold there.
    pub hands: &'c mut Hands,
    /// What is wanted.
    pub actions: &'c mut Vec<Action>,
}

impl Cx<'_, '_> {
    /// The machine.
    pub fn machine(&self) -> &Machine<ConsoleBoard> {
        self.run.debugger.machine()
    }

    /// Its memory.
    pub fn memory(&self) -> &Memory {
        self.machine().memory()
    }

    /// Names of addresses.
    pub fn symbols(&self) -> &Symbols {
        &self.run.debugger.symbols
    }

    /// When it is.
    pub fn now(&self) -> Tick {
        self.machine().now()
    }

    /// The task that is shown: the chosen one, the running one, or the main one.
    pub fn task(&self) -> Item {
        let kernel = self.machine().kernel();
        let chosen = self
            .chosen
            .filter(|&task| self.machine().task(task).is_some());
        chosen
            .or(kernel.current_task())
            .unwrap_or(kernel.main_task())
    }

    /// The registers of that task.
    pub fn registers(&self) -> Option<&Registers> {
        self.machine().task_registers(self.task())
    }

    /// Wants something done.
    pub fn want(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// The events of some rows of the list.
    pub fn events(&mut self, rows: Range<usize>) -> Vec<(usize, Stamped)> {
        let tape = self.run.sink.tape();
        tape.map_or(Vec::new(), |tape| self.ledger.at(tape, rows))
    }
}

/// Something that is computed anew when the machine has changed; seldom while it runs.
#[derive(Clone, Debug)]
pub struct Kept<T> {
    value: Option<(u64, T)>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept { value: None }
    }
}

/// Changes of a running machine between two computations.
const SELDOM: u64 = 15;

impl<T> Kept<T> {
    /// The value.
    pub fn get(&mut self, cx: &mut Cx<'_, '_>, make: impl FnOnce(&mut Cx<'_, '_>) -> T) -> &T {
        let age = self
            .value
            .as_ref()
            .map(|(then, _)| cx.stamp.wrapping_sub(*then));
        let is_fresh = age.is_some_and(|age| age == 0 || cx.is_busy && age < SELDOM);
        let value = self.value.take().filter(|_| is_fresh);
        let stamp = cx.stamp;
        let value = value.unwrap_or_else(|| (stamp, make(cx)));
        &self.value.insert(value).1
    }

    /// Computes it anew next time.
    pub fn forget(&mut self) {
        self.value = None;
    }
}
