//! From a trap to its handler and back (kernel sheet 1.2, 1.5).

use super::Portfolio;
use super::boot::{PRIVATE_TRAP, VECTOR_TRAP};
use super::calllog;
use super::errors::{NOSUPPORT, Status};
use super::items::Item;
use super::structs::Folio;
use super::structs::node_type::FOLIONODE;
use super::wait::Wait;
use crate::kernel::abi::{Convention, Fault, Reply, Trouble};
use crate::kernel::call::{CallCx, CallTable, Entry, Flow, Row, RowId, System};
use crate::kernel::mach::{MACH_TRAP, MACH_TRAP_STACK, codes};
use crate::mem::{GuestPtr, STUB_PAGE, STUB_PAGE_END};
use crate::trace::{Category, Event, Hex, TraceEvent};
use serde::{Deserialize, Serialize};

/// Names of missing calls that are kept and told.
const MOST_MISSING: usize = 512;

/// Names a call in saved state: stable as long as the guest's numbering is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CallKey {
    folio: u8,
    kind: u8,
    number: u32,
}

impl CallKey {
    pub(crate) fn of(row: &Row) -> CallKey {
        let (kind, number) = match row.entry {
            Entry::Swi(n) => (0, n.into()),
            Entry::Vector(n) => (1, n.into()),
            Entry::Private(n) => (2, n.into()),
            Entry::Trap(n) => (3, n.into()),
            Entry::Message(n) => (4, n),
        };
        CallKey {
            folio: row.system.folio(),
            kind,
            number,
        }
    }

    /// Folio number, way in (system call, vector, private, trap, message), number.
    pub(crate) fn parts(self) -> (u8, u8, u32) {
        (self.folio, self.kind, self.number)
    }

    /// The call with these parts, whether this build knows it or not; `None` when there is no
    /// such way in.
    pub(crate) fn from_parts(folio: u8, kind: u8, number: u32) -> Option<CallKey> {
        let is_number = kind == 4 || kind < 4 && number <= 0xFF;
        is_number.then_some(CallKey {
            folio,
            kind,
            number,
        })
    }

    /// Its row in this build.
    pub fn row(self) -> Option<&'static Row> {
        self.row_id().map(|id| CallTable::get().row(id))
    }

    /// The same by number.
    pub(super) fn row_id(self) -> Option<RowId> {
        let table = CallTable::get();
        let small = u8::try_from(self.number).ok();
        match self.kind {
            0 => small.and_then(|n| table.swi(self.folio, n)),
            1 => small.and_then(|n| table.vector(self.folio, n)),
            2 => small.and_then(|n| table.private(self.folio, n)),
            3 => small.and_then(|n| table.trap(n)),
            _ => table.message(self.number),
        }
    }
}

/// What a trap number leads to.
enum Target {
    Call(RowId),
    /// A number that a folio has but nothing documented stands behind.
    Empty(System),
    /// A Mach trap that is in no table.
    UnknownTrap(i32),
    /// A host call without a debugger: nothing happens.
    Ignored,
    Broken(Fault),
}

impl Portfolio {
    /// Answers the trap that the running task has just made with `SWI number`. Its registers
    /// are in its task state; afterwards they are what it goes on with.
    pub fn trap(&mut self, cx: &mut CallCx<'_>, number: u32) {
        let Some(task) = self.current else { return };
        let Some(state) = self.tasks.get(&task) else {
            return;
        };
        let pc = state.registers.pc().wrapping_sub(4);
        let ip = state.registers.ip();
        let number = if number == 0 { ip } else { number };
        match self.resolve(cx, number, ip, pc) {
            Target::Call(id) => {
                let row = CallTable::get().row(id);
                cx.convention = match (row.entry, number) {
                    (Entry::Trap(_), MACH_TRAP) => Convention::MachRegisters,
                    _ => Convention::Apcs,
                };
                self.call(cx, task, id, row);
            }
            // The folio has numbers that it answers itself (graphics sheet 3.2).
            Target::Empty(System::Graphics) => {
                self.set_result(task, missing_status(System::Graphics));
            }
            Target::Empty(system) => {
                let function = number & 0xFF;
                let what = format!("{} folio call {function}", system.name());
                self.report_missing(cx, &what);
                self.set_result(task, NOSUPPORT);
            }
            Target::UnknownTrap(trap) => {
                cx.charge.0 += u64::from(self.mach.config.trap_cycles);
                self.report_unknown(cx, format!("Mach has no trap {trap}"));
                self.apply(task, Reply::value(unknown_trap_code(trap) as u32));
            }
            Target::Ignored => (),
            Target::Broken(fault) => self.fault(cx, fault),
        }
    }

    fn resolve(&self, cx: &CallCx<'_>, number: u32, ip: u32, pc: u32) -> Target {
        let table = CallTable::get();
        let (folio, n) = ((number >> 8 & 0xFF) as u8, number as u8);
        let in_stub_page = (STUB_PAGE..STUB_PAGE_END).contains(&pc);
        if in_stub_page && number & 0xFF_0000 == VECTOR_TRAP {
            return match table.vector(folio, n) {
                Some(id) => Target::Call(id),
                None if Self::is_supervisor_vector(folio, n) => {
                    Target::Broken(Fault::Supervisor { slot: u32::from(n) })
                }
                None => Target::Empty(Self::system_of(folio)),
            };
        }
        if in_stub_page && number & 0xFF_0000 == PRIVATE_TRAP {
            return match table.private(folio, n) {
                Some(id) => Target::Call(id),
                None => Target::Broken(Fault::NoSuchCall { number }),
            };
        }
        let folio = number >> 16;
        let function = number & 0xFF;
        if folio == 0 {
            // The debugger's own numbers begin at 0x100; without a debugger all others but
            // GetEnv and Exit do nothing.
            return match number {
                MACH_TRAP | MACH_TRAP_STACK => {
                    let trap = ip as i32;
                    let row = u8::try_from(-i64::from(trap)).ok();
                    let row = row.and_then(|n| table.trap(n));
                    row.map_or(Target::UnknownTrap(trap), Target::Call)
                }
                0x10 | 0x11 => match table.swi(0, function as u8) {
                    Some(id) => Target::Call(id),
                    None => Target::Ignored,
                },
                0x101 => table.swi(0, 1).map_or(Target::Ignored, Target::Call),
                _ => Target::Ignored,
            };
        }
        let broken = Target::Broken(Fault::NoSuchCall { number });
        let Some(item) = self.items.at_index((folio & 0xFFF) as usize) else {
            return broken;
        };
        let Ok(base): Result<GuestPtr<Folio>, Status> = self.item_of(cx.mem, item, FOLIONODE)
        else {
            return broken;
        };
        if function >= u32::from(cx.mem.peek(base.at(Folio::f_MaxSwiFunctions))) {
            return broken;
        }
        match u8::try_from(folio) {
            Ok(folio) => match table.swi(folio, function as u8) {
                Some(id) => Target::Call(id),
                None => Target::Empty(Self::system_of(folio)),
            },
            Err(_) => broken,
        }
    }

    fn system_of(folio: u8) -> System {
        [
            System::Graphics,
            System::File,
            System::Audio,
            System::Operamath,
            System::International,
            System::Compression,
            System::Jstring,
        ]
        .into_iter()
        .find(|system| system.folio() == folio)
        .unwrap_or(System::Kernel)
    }

    fn call(&mut self, cx: &mut CallCx<'_>, task: Item, id: RowId, row: &'static Row) {
        let key = CallKey::of(row);
        let Some(state) = self.tasks.get_mut(&task) else {
            return;
        };
        let registers = state.registers.clone();
        if !matches!(row.entry, Entry::Private(_)) {
            state.last_call = Some(key);
            self.count_call(id);
        }
        cx.charge.0 += match row.entry {
            Entry::Trap(_) => u64::from(self.mach.config.trap_cycles),
            _ => row.cost().0,
        };
        let is_logged = cx.sink.wants(Category::CALLS);
        let is_shown =
            (is_logged || self.notes.wanted()) && calllog::is_shown(cx.mem, row, &registers);
        let shown = (is_shown && is_logged).then(|| calllog::call_text(self, cx, row, &registers));
        let is_noted = is_shown && self.notes.wanted();
        if is_noted {
            self.note_call(cx, key, row, &registers);
        }
        if row.system == System::Audio {
            self.audio_catch_up(cx);
        }
        let answer = match row.handler {
            Some(handler) => handler(self, cx, &registers),
            None => {
                self.report_missing(cx, row.name);
                if row.system == System::Mach {
                    // As a kernel without this trap: the library then sends the message.
                    Ok(Flow::Done(Reply::value(
                        codes::MACH_SEND_INTERRUPTED as u32,
                    )))
                } else {
                    Err(missing_status(row.system).into())
                }
            }
        };
        if row.system == System::Mach {
            self.settle_ports(cx);
        }
        match answer {
            Ok(Flow::Done(reply)) => {
                self.log_call(cx, task, row, shown, &Ok(reply));
                if is_noted {
                    self.note_return(key, Ok(reply));
                }
                self.apply(task, reply);
            }
            Err(Trouble::Error(error)) => {
                if is_noted {
                    self.note_return(key, Err(error));
                }
                self.log_call(cx, task, row, shown, &Err(error));
                self.set_result(task, error);
            }
            Err(Trouble::Fault(fault)) => {
                if let Some(text) = shown {
                    self.tell_as(cx, task, TraceEvent::Call(format!("{text} faults")));
                }
                self.fault(cx, fault);
            }
            Ok(Flow::Block(wait)) => {
                if let Some(state) = self.tasks.get_mut(&task) {
                    state.shown_call = shown;
                }
                self.block(cx, Some(key), wait);
            }
        }
    }

    /// A wait is over: its call gets its result.
    pub(crate) fn finish_call(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        call: Option<CallKey>,
        result: Result<Reply, Trouble>,
        resumed: bool,
    ) {
        let outcome = match result {
            Ok(reply) => Ok(reply),
            Err(Trouble::Error(error)) => Err(error),
            Err(Trouble::Fault(fault)) => return self.fault(cx, fault),
        };
        if let Some(row) = call.and_then(CallKey::row) {
            let shown = self
                .tasks
                .get_mut(&task)
                .and_then(|state| state.shown_call.take())
                .or_else(|| {
                    let wanted = resumed && cx.sink.wants(Category::CALLS);
                    wanted.then(|| format!("{} resumed", row.name))
                });
            self.log_call(cx, task, row, shown, &outcome);
            if self.notes.wanted() && !matches!(row.entry, Entry::Private(_)) {
                self.note_return(CallKey::of(row), outcome);
            }
        }
        match outcome {
            Ok(reply) => self.apply(task, reply),
            Err(error) => self.set_result(task, error),
        }
    }

    /// A task goes to sleep in a call: the log says so.
    pub(crate) fn log_blocked(&mut self, cx: &mut CallCx<'_>, task: Item, wait: &Wait) {
        if self.notes.wanted() {
            let (waits, on) = wait.noted();
            self.note(Event::Block { waits, on: Hex(on) });
        }
        let shown = self
            .tasks
            .get_mut(&task)
            .and_then(|state| state.shown_call.take());
        if let Some(text) = shown {
            let waits = self.describe_wait(cx.mem, wait);
            let text = format!("{text} waits for {waits}");
            self.tell_as(cx, task, TraceEvent::Call(text));
        }
    }

    fn log_call(
        &self,
        cx: &mut CallCx<'_>,
        task: Item,
        row: &Row,
        shown: Option<String>,
        outcome: &Result<Reply, Status>,
    ) {
        if let Some(text) = shown {
            let result = calllog::result_text(row, outcome);
            self.tell_as(cx, task, TraceEvent::Call(format!("{text}{result}")));
        }
    }

    fn tell_as(&self, cx: &mut CallCx<'_>, task: Item, event: TraceEvent) {
        let record = crate::trace::Record {
            at: cx.now,
            task: self.item_name(cx.mem, task),
            event,
        };
        cx.sink.record(record);
    }

    fn apply(&mut self, task: Item, reply: Reply) {
        if let Some(state) = self.tasks.get_mut(&task) {
            reply.store(&mut state.registers);
        }
    }

    fn set_result(&mut self, task: Item, error: Status) {
        self.apply(task, Reply::value(error.0 as u32));
    }

    /// Notes and tells that a call is not written yet; once per name.
    pub(crate) fn report_missing(&mut self, cx: &mut CallCx<'_>, name: &str) {
        // Real names are fewer; a guest that makes numbers up gets no more lines than this.
        if self.missing.len() < MOST_MISSING && self.missing.insert(name.to_owned()) {
            self.warn(
                cx,
                format!("{name} is not implemented yet; it returns an error"),
            );
        }
    }

    /// Counts a call.
    pub(in crate::kernel) fn count_call(&mut self, id: RowId) {
        self.calls_made.add(id);
    }

    /// How often each call was made.
    pub fn calls_made(&self) -> impl Iterator<Item = (&'static Row, u64)> + '_ {
        self.calls_made.iter()
    }

    /// Names of the calls that were made and are missing.
    pub fn missing_calls(&self) -> impl Iterator<Item = &str> {
        self.missing.iter().map(String::as_str)
    }

    /// What a task waits for, in words.
    pub fn describe_wait(&self, mem: &crate::mem::Memory, wait: &Wait) -> String {
        let item = |item: Item| {
            let name = self.item_name(mem, item);
            if name.is_empty() {
                format!("{item:?}")
            } else {
                format!("{item:?} \"{name}\"")
            }
        };
        let request = |ior: Item| {
            let device = self.device_name_of(mem, ior);
            format!("IOReq {} of device \"{device}\"", item(ior))
        };
        match *wait {
            Wait::Signal { mask } => format!("signals {mask:#x}"),
            Wait::Io { ior } => request(ior),
            Wait::IoMessage { ior, port, .. } => {
                format!("{}, to be told at port {}", request(ior), item(port))
            }
            Wait::Port { port } => format!("a message at port {}", item(port)),
            Wait::PortMessage { port, message } => {
                let message = item(message);
                format!("message {message} at port {}", item(port))
            }
            Wait::Semaphore { semaphore } => {
                let holder = self.lock_owner(mem, semaphore);
                format!(
                    "semaphore {}, held by task {}",
                    item(semaphore),
                    item(holder)
                )
            }
            Wait::Death { victim } => format!("the end of task {}", item(victim)),
            Wait::RequestAbort { ior } => format!("the abort of {}", request(ior)),
            Wait::Close { item: device } => format!("the requests of device {}", item(device)),
            Wait::PagesQuiet { start, end, .. } => {
                format!("devices to leave {start:#x}-{end:#x}")
            }
            Wait::File { task } => self.describe_file_wait(task),
            Wait::AudioTime { cue, .. } => self.describe_cue(cue),
            Wait::Mach { task } => self.describe_mach_wait(task),
            Wait::OwnDeath => "its own resources to be released".to_owned(),
        }
    }
}

/// What a Mach trap gives that is in no table (Mach sheet 1.7, 5.2).
fn unknown_trap_code(trap: i32) -> i32 {
    let is_reserved = |n: i32| matches!(n, 0..=16 | 18..=25 | 33 | 34 | 41 | 50);
    match trap.wrapping_neg() {
        55 | 56 => 0,
        n @ 0..=177 if !is_reserved(n) => codes::MACH_SEND_INTERRUPTED,
        _ => codes::KERN_INVALID_ARGUMENT,
    }
}

/// The error of a call that is not written yet.
fn missing_status(system: System) -> Status {
    match system {
        // GRAFERR_NOTYET
        System::Graphics => Status(0xD55B_911B_u32 as i32),
        _ => NOSUPPORT,
    }
}
