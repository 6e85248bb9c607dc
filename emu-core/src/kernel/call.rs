//! The call table: one row for every entry from the guest.
//!
//! Dispatch, the call log, breakpoints by name, `overture calls` and the include file of the
//! guest programs all come from the rows. A call that is not implemented is a row too.

use super::abi::{ArgKind, Convention, Registers, Reply, Trouble};
use crate::device::{Board, Bus};
use crate::kernel::mach::rpc::Server;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::wait::Wait;
use crate::media::Discs;
use crate::mem::Memory;
use crate::time::{Tick, Ticks};
use crate::trace::Sink;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Which part of which system a call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    /// The calls with folio number 0: addressed to the host.
    Host,
    /// The Portfolio kernel.
    Kernel,
    /// The file folio.
    File,
    /// The graphics folio.
    Graphics,
    /// The audio folio.
    Audio,
    /// The maths folio.
    Operamath,
    /// The international folio.
    International,
    /// The compression folio.
    Compression,
    /// The Japanese text folio.
    Jstring,
    /// Mach's device interface and what its clients need of Mach.
    Mach,
}

impl System {
    /// The name that `overture calls` prints.
    pub fn name(self) -> &'static str {
        match self {
            System::Host => "host",
            System::Kernel => "kernel",
            System::File => "file",
            System::Graphics => "graphics",
            System::Audio => "audio",
            System::Operamath => "operamath",
            System::International => "international",
            System::Compression => "compression",
            System::Jstring => "jstring",
            System::Mach => "mach",
        }
    }

    /// The number in the `ff` byte of trampolines and in bits 16-23 of system calls. The two
    /// folios without a fixed number get one above the fixed range; only trampolines use it.
    pub fn folio(self) -> u8 {
        match self {
            System::Host => 0,
            System::Kernel => 1,
            System::Graphics => 2,
            System::File => 3,
            System::Audio => 4,
            System::Operamath => 5,
            System::International => 9,
            System::Compression => 0x20,
            System::Jstring => 0x21,
            System::Mach => 0x22,
        }
    }
}

/// How the guest reaches a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// `SWI folio<<16 | n`.
    Swi(u8),
    /// Through slot `n` below the folio's structure.
    Vector(u8),
    /// From this project's own guest routines in the stub page.
    Private(u8),
    /// Mach trap `-n`, through `SWI 0x80` or `SWI 0x81` with the number in r12.
    Trap(u8),
    /// A Mach message with this id.
    Message(u32),
}

/// What became of a documented call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Does what is documented.
    Implemented,
    /// Answers with its documented error: the machine lacks what it is for.
    Refused,
    /// Not written yet: says its name when it is reached.
    Missing,
}

impl State {
    /// The word that `overture calls` prints.
    pub fn name(self) -> &'static str {
        match self {
            State::Implemented => "implemented",
            State::Refused => "refused",
            State::Missing => "missing",
        }
    }
}

/// How a result is shown in the call log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// Nothing comes back.
    Nothing,
    /// A number, or an error if negative.
    Number,
    /// An item, or an error if negative.
    Item,
    /// An address.
    Pointer,
    /// Bits, or an error if negative.
    Bits,
    /// Any 32 bits.
    Word,
    /// A Mach return code, by its name.
    Code,
}

/// One argument of a call.
#[derive(Clone, Copy, Debug)]
pub struct ArgInfo {
    /// Its name.
    pub name: &'static str,
    /// How it is shown.
    pub kind: ArgKind,
    /// Where it is in a Mach message; 0 in a call.
    pub at: u16,
}

/// What a handler wants to happen to its caller.
pub enum Flow {
    /// The call is over.
    Done(Reply),
    /// The caller waits; the result comes when the wait ends.
    Block(Wait),
}

/// What a handler gives back.
pub type Answer = Result<Flow, Trouble>;

/// A handler as the table holds it.
pub type Handler = fn(&mut Portfolio, &mut CallCx<'_>, &Registers) -> Answer;

/// One call.
pub struct Row {
    /// Where it belongs.
    pub system: System,
    /// How it is reached.
    pub entry: Entry,
    /// Its name in the guest's spelling.
    pub name: &'static str,
    /// Its arguments in order.
    pub args: &'static [ArgInfo],
    /// What comes back.
    pub result: ResultKind,
    /// Cycles charged for it beside those of the instruction; `None` = the default of its kind.
    pub cost: Option<u64>,
    /// What became of it.
    pub state: State,
    /// Who answers; `None` when it is missing, or when guest code in the stub page does.
    pub handler: Option<Handler>,
    /// Who answers a Mach message.
    pub server: Option<Server>,
}

/// Cycles a system call costs unless its row says otherwise (kernel sheet section 12).
pub const SWI_COST: Ticks = Ticks(300);
/// Cycles a folio vector costs unless its row says otherwise.
pub const VECTOR_COST: Ticks = Ticks(60);

impl Row {
    /// Cycles charged for one call of it.
    pub fn cost(&self) -> Ticks {
        match (self.cost, self.entry) {
            (Some(cost), _) => Ticks(cost),
            (None, Entry::Swi(_)) => SWI_COST,
            (None, _) => VECTOR_COST,
        }
    }

    /// The number a program uses: the SWI number, or the offset of the vector from its base.
    pub fn number(&self) -> i64 {
        match self.entry {
            // GetEnv and Exit; lower ones are the debugger's, which begin at 0x100.
            Entry::Swi(n) if self.system == System::Host && n >= 0x10 => i64::from(n),
            Entry::Swi(n) if self.system == System::Host => 0x100 + i64::from(n),
            Entry::Swi(n) => i64::from(self.system.folio()) << 16 | i64::from(n),
            Entry::Vector(n) => -4 * i64::from(n),
            Entry::Private(n) => i64::from(n),
            Entry::Trap(n) => -i64::from(n),
            Entry::Message(n) => i64::from(n),
        }
    }
}

/// All that a handler may touch beside its own kernel.
pub struct CallCx<'a> {
    /// The present instant.
    pub now: Tick,
    /// Guest memory.
    pub mem: &'a mut Memory,
    /// The devices.
    pub board: &'a mut dyn Board,
    /// What lies between kernel and devices.
    pub bus: &'a mut Bus,
    /// The discs that the host lends.
    pub discs: &'a dyn Discs,
    /// Who is told what happens.
    pub sink: &'a mut dyn Sink,
    /// Cycles this call costs beyond its row's.
    pub charge: Ticks,
    /// Where the present call has its arguments.
    pub convention: Convention,
}

/// Names a row; stable only within one build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowId(pub u16);

/// The rows of all modules, and where to find each.
pub struct CallTable {
    rows: Vec<&'static Row>,
    by_swi: Vec<Option<RowId>>,
    by_vector: Vec<Option<RowId>>,
    by_private: Vec<Option<RowId>>,
    by_trap: Vec<Option<RowId>>,
    by_message: BTreeMap<u32, RowId>,
}

fn slot(folio: u8, n: u8) -> usize {
    usize::from(folio) << 8 | usize::from(n)
}

impl CallTable {
    /// The table of everything in this build.
    pub fn get() -> &'static CallTable {
        static TABLE: OnceLock<CallTable> = OnceLock::new();
        TABLE.get_or_init(|| {
            CallTable::new(
                &[
                    crate::kernel::portfolio::TABLES,
                    crate::kernel::mach::TABLES,
                ]
                .concat(),
            )
        })
    }

    fn new(tables: &[&'static [Row]]) -> CallTable {
        let mut table = CallTable {
            rows: Vec::new(),
            by_swi: vec![None; 0x10000],
            by_vector: vec![None; 0x10000],
            by_private: vec![None; 0x10000],
            by_trap: vec![None; 0x10000],
            by_message: BTreeMap::new(),
        };
        for row in tables.iter().flat_map(|rows| rows.iter()) {
            let id = RowId(table.rows.len() as u16);
            let (index, n) = match row.entry {
                Entry::Swi(n) => (&mut table.by_swi, n),
                Entry::Vector(n) => (&mut table.by_vector, n),
                Entry::Private(n) => (&mut table.by_private, n),
                Entry::Trap(n) => (&mut table.by_trap, n),
                Entry::Message(n) => {
                    table.by_message.insert(n, id);
                    table.rows.push(row);
                    continue;
                }
            };
            index[slot(row.system.folio(), n)] = Some(id);
            table.rows.push(row);
        }
        table
    }

    /// Every row.
    pub fn rows(&self) -> &[&'static Row] {
        &self.rows
    }

    /// One row.
    pub fn row(&self, id: RowId) -> &'static Row {
        self.rows[usize::from(id.0)]
    }

    /// The system call `n` of folio number `folio`.
    pub fn swi(&self, folio: u8, n: u8) -> Option<RowId> {
        self.by_swi[slot(folio, n)]
    }

    /// Vector `n` of folio number `folio`.
    pub fn vector(&self, folio: u8, n: u8) -> Option<RowId> {
        self.by_vector[slot(folio, n)]
    }

    /// Entry `n` of this project's guest routines for folio number `folio`.
    pub fn private(&self, folio: u8, n: u8) -> Option<RowId> {
        self.by_private[slot(folio, n)]
    }

    /// Mach trap `-n`.
    pub fn trap(&self, n: u8) -> Option<RowId> {
        self.by_trap[slot(System::Mach.folio(), n)]
    }

    /// The Mach message with this id.
    pub fn message(&self, id: u32) -> Option<RowId> {
        self.by_message.get(&id).copied()
    }

    /// The row of a call by its name, ignoring case.
    pub fn by_name(&self, name: &str) -> Option<RowId> {
        let at = |row: &&&Row| row.name.eq_ignore_ascii_case(name);
        let index = self.rows.iter().position(|row| at(&row))?;
        Some(RowId(index as u16))
    }
}

/// Declares the rows of one module.
///
/// ```text
/// calls! { pub CALLS: Kernel;
///     swi 24 SendIO(ior: Item, info: GuestPtr<IOInfo>) -> Number = send_io, cost 600;
///     vec 41 CheckIO(ior: Item) -> Number = check_io;
///     refused swi 26 RSACheck(image: u32, size: u32) -> Number = refuse;
///     missing vec 1 MapCel;
/// }
/// ```
/// A `routine` is answered by guest code in the stub page, which calls `private` rows.
/// A handler is `fn(&mut Portfolio, &mut CallCx, arguments...) -> Result<impl IntoReply, Trouble>`;
/// one that may block is marked `blocking` and returns an [`Answer`].
#[macro_export]
macro_rules! calls {
    ($(#[$meta:meta])* $vis:vis $table:ident : $system:ident; $($rows:tt)*) => {
        $(#[$meta])*
        $vis const $table: &[$crate::kernel::call::Row] =
            $crate::calls!(@rows $system [] $($rows)*);
    };
    (@rows $system:ident [$($done:expr,)*]) => { &[$($done),*] };
    (@rows $system:ident [$($done:expr,)*] missing $kind:ident $n:literal $name:ident; $($rest:tt)*) => {
        $crate::calls!(@rows $system [$($done,)* $crate::kernel::call::Row {
            system: $crate::kernel::call::System::$system,
            entry: $crate::calls!(@entry $kind $n),
            name: stringify!($name),
            args: &[],
            result: $crate::kernel::call::ResultKind::Number,
            cost: None,
            state: $crate::kernel::call::State::Missing,
            handler: None,
            server: None,
        },] $($rest)*)
    };
    (@rows $system:ident [$($done:expr,)*] routine $kind:ident $n:literal $name:ident
        ( $($arg:ident : $type:ty),* ) -> $result:ident; $($rest:tt)*) => {
        $crate::calls!(@rows $system [$($done,)* $crate::kernel::call::Row {
            system: $crate::kernel::call::System::$system,
            entry: $crate::calls!(@entry $kind $n),
            name: stringify!($name),
            args: &[$($crate::kernel::call::ArgInfo {
                name: stringify!($arg),
                kind: <$type as $crate::kernel::abi::FromGuest>::KIND,
                at: 0,
            }),*],
            result: $crate::kernel::call::ResultKind::$result,
            cost: None,
            state: $crate::kernel::call::State::Implemented,
            handler: None,
            server: None,
        },] $($rest)*)
    };
    (@rows $system:ident [$($done:expr,)*] refused $kind:ident $n:literal $name:ident
        ( $($arg:ident : $type:ty),* ) -> $result:ident = $handler:path; $($rest:tt)*) => {
        $crate::calls!(@rows $system [$($done,)* $crate::calls!(@row $system $kind $n $name
            ($($arg: $type),*) $result $handler, done, Refused, None),] $($rest)*)
    };
    (@rows $system:ident [$($done:expr,)*] blocking $kind:ident $n:literal $name:ident
        ( $($arg:ident : $type:ty),* ) -> $result:ident = $handler:path $(, cost $cost:literal)?; $($rest:tt)*) => {
        $crate::calls!(@rows $system [$($done,)* $crate::calls!(@row $system $kind $n $name
            ($($arg: $type),*) $result $handler, flow, Implemented, $crate::calls!(@cost $($cost)?)),] $($rest)*)
    };
    (@rows $system:ident [$($done:expr,)*] $kind:ident $n:literal $name:ident
        ( $($arg:ident : $type:ty),* ) -> $result:ident = $handler:path $(, cost $cost:literal)?; $($rest:tt)*) => {
        $crate::calls!(@rows $system [$($done,)* $crate::calls!(@row $system $kind $n $name
            ($($arg: $type),*) $result $handler, done, Implemented, $crate::calls!(@cost $($cost)?)),] $($rest)*)
    };
    (@row $system:ident $kind:ident $n:literal $name:ident ($($arg:ident : $type:ty),*)
        $result:ident $handler:path, $mode:ident, $state:ident, $cost:expr) => {
        $crate::kernel::call::Row {
            system: $crate::kernel::call::System::$system,
            entry: $crate::calls!(@entry $kind $n),
            name: stringify!($name),
            args: &[$($crate::kernel::call::ArgInfo {
                name: stringify!($arg),
                kind: <$type as $crate::kernel::abi::FromGuest>::KIND,
                at: 0,
            }),*],
            result: $crate::kernel::call::ResultKind::$result,
            cost: $cost,
            state: $crate::kernel::call::State::$state,
            handler: Some(|kernel, cx, registers| {
                #[allow(unused_mut, unused_variables)]
                let mut arguments =
                    $crate::kernel::abi::Arguments::new(registers, cx.mem, cx.convention);
                $(let $arg = <$type as $crate::kernel::abi::FromGuest>::from_guest(&mut arguments);)*
                $crate::calls!(@answer $mode $handler(kernel, cx $(, $arg)*))
            }),
            server: None,
        }
    };
    (@answer flow $call:expr) => { $call };
    (@answer done $call:expr) => {
        $call.map(|value| $crate::kernel::call::Flow::Done(
            $crate::kernel::abi::IntoReply::into_reply(value)))
    };
    (@cost) => { None };
    (@cost $cost:literal) => { Some($cost) };
    (@entry swi $n:literal) => { $crate::kernel::call::Entry::Swi($n) };
    (@entry vec $n:literal) => { $crate::kernel::call::Entry::Vector($n) };
    (@entry trap $n:literal) => { $crate::kernel::call::Entry::Trap($n) };
    (@entry msg $n:literal) => { $crate::kernel::call::Entry::Message($n) };
    (@entry private $n:literal) => { $crate::kernel::call::Entry::Private($n) };
}
