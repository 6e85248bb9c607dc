//! From a program file to a task that stands at its first instruction.
//!
//! Kernel sheet 2.3-2.5.

use super::Portfolio;
use super::errors::NOMEM;
use super::items::Item;
use super::structs::Task;
use super::tasks::{COMMAND_LINE_MAX, Code, Ending, NewTask, Phase};
use crate::device::Board;
use crate::kernel::abi::{Fault, Registers};
use crate::kernel::call::CallCx;
use crate::loader::aif::Image;
use crate::machine::{FaultReport, StartError};
use crate::mem::{GuestPtr, Memory};
use crate::quirks::Quirks;
use crate::time::Tick;
use crate::trace::Notes;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Stack of a program whose header does not say.
const DEFAULT_STACK: u32 = 0x2000;
/// Any value but zero: the random generator's state.
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

impl Portfolio {
    /// A kernel without anything in memory yet.
    pub(crate) fn unbooted(quirks: Quirks, seed: u64) -> Portfolio {
        Portfolio {
            notes: Notes::default(),
            quirks,
            heap: Default::default(),
            items: Default::default(),
            kernel_base: GuestPtr::NULL,
            timer_device: GuestPtr::NULL,
            exit_stub: 0,
            tasks: BTreeMap::new(),
            ready: VecDeque::new(),
            current: None,
            reschedule: false,
            quantum_end: Tick::NEVER,
            quantum_limit: None,
            last_dispatched: None,
            loaded_permissions: None,
            lock_queues: BTreeMap::new(),
            pending: BTreeMap::new(),
            beat_errors: BTreeMap::new(),
            call_backs: BTreeMap::new(),
            next_request: 0,
            devices: BTreeMap::new(),
            files: super::files::Files::default(),
            audio: Default::default(),
            graphics: Default::default(),
            engines: Default::default(),
            international: Default::default(),
            events: Default::default(),
            mach: Default::default(),
            console: Default::default(),
            main: Item::NONE,
            ending: None,
            last_fault: None,
            random: if seed == SEED { SEED } else { seed ^ SEED },
            calls_made: Default::default(),
            missing: BTreeSet::new(),
        }
    }

    /// A kernel at power-on, its structures in `mem`.
    pub(crate) fn new(
        mem: &mut Memory,
        board: &mut dyn Board,
        quirks: Quirks,
        seed: u64,
    ) -> Portfolio {
        let mut kernel = Portfolio::unbooted(quirks, seed);
        // The structures of an empty machine always fit into the areas set aside for them.
        let booted = kernel.boot(mem, board);
        debug_assert_eq!(booted, Ok(()));
        kernel
    }

    /// Places a program and makes its task.
    pub(crate) fn start_program(
        &mut self,
        cx: &mut CallCx<'_>,
        image: &Image,
        name: &str,
        command_line: &[u8],
    ) -> Result<Item, StartError> {
        let max = COMMAND_LINE_MAX as usize - 1;
        if command_line.len() > max {
            return Err(StartError::CommandLine {
                length: command_line.len(),
                max,
            });
        }
        let mut new = NewTask::named(name.as_bytes(), Code::File(image));
        new.command = command_line.to_vec();
        new.stack_size = Some(DEFAULT_STACK);
        new.obey(image);
        let task = self.spawn(cx, new).map_err(|error| {
            if error == NOMEM && !image.relocatable {
                return StartError::Placed {
                    name: name.to_owned(),
                    base: image.image_base,
                };
            }
            StartError::Refused {
                name: name.to_owned(),
                reason: super::errors::text(error.0),
            }
        })?;
        self.main = task;
        self.ending = None;
        Ok(task)
    }

    /// How the main program ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The last fault of any task.
    pub fn last_fault(&self) -> Option<&FaultReport> {
        self.last_fault.as_ref()
    }

    /// The registers of the running task.
    pub fn registers_mut(&mut self) -> Option<&mut Registers> {
        let current = self.current?;
        self.tasks.get_mut(&current).map(|task| &mut task.registers)
    }

    /// What a fault looks like to its author.
    pub(crate) fn fault_report(
        &self,
        mem: &Memory,
        at: Tick,
        task: Item,
        fault: Fault,
    ) -> FaultReport {
        let state = self.tasks.get(&task);
        FaultReport {
            task,
            name: self.item_name(mem, task),
            pc: state.map_or(0, |state| state.registers.pc()),
            fault,
            last_call: state
                .and_then(|state| state.last_call?.row())
                .map(|row| row.name.to_owned()),
            at,
        }
    }

    /// The running task has loaded from below 0x200: on a console that reads boot data, here
    /// zeros. Once per task.
    pub(crate) fn report_low_load(&mut self, cx: &mut CallCx<'_>, addr: u32) {
        let caller = self.caller();
        if let Some(state) = self.tasks.get_mut(&caller)
            && !std::mem::replace(&mut state.low_load_reported, true)
        {
            let name = self.item_name(cx.mem, caller);
            let text = format!(
                "task {caller:?} \"{name}\" loads from {addr:#x}, a null pointer perhaps: it reads 0"
            );
            self.warn(cx, text);
        }
    }

    /// One line for each task: what it is doing.
    pub fn describe_tasks(&self, mem: &Memory) -> Vec<String> {
        let describe = |(&task, state): (&Item, &super::tasks::TaskState)| {
            let name = self.item_name(mem, task);
            let what = match (state.phase, &state.wait) {
                (Phase::Running, _) => "has the CPU".to_owned(),
                (Phase::Ready, _) => "is ready".to_owned(),
                (Phase::Waiting, None) => "waits".to_owned(),
                (Phase::Waiting, Some(wait)) => {
                    let call = state.waiting_call.and_then(super::CallKey::row);
                    let by = call.map_or(String::new(), |row| format!(" ({})", row.name));
                    format!("waits for {}{by}", self.describe_wait(mem, wait))
                }
            };
            let pending = mem.peek(self.task_ptr(task).at(Task::t_SigBits));
            let pending = match pending {
                0 => String::new(),
                bits => format!("; signals {bits:#x} are pending"),
            };
            format!("task {task:?} \"{name}\" {what}{pending}")
        };
        self.tasks.iter().map(describe).collect()
    }

    /// Whether tables that were read from a file fit together well enough to work on.
    pub(crate) fn is_sound(&self, now: Tick) -> bool {
        let exists = |task: &Item| self.tasks.contains_key(task);
        let quantum_fits = self.current.is_none() || !self.quantum_end.is_long_before(now);
        let distinct: BTreeSet<Item> = self.ready.iter().copied().collect();
        self.items.is_sound()
            && self.files.is_sound()
            && self.audio.is_sound()
            && self.graphics.is_sound()
            && self.engines.is_sound()
            && self.events.is_sound()
            && self.mach.is_sound(now)
            && self.heap.is_sound()
            && quantum_fits
            && self.tasks.values().all(|task| task.resources.is_sound())
            && self.current.iter().chain(&self.ready).all(exists)
            && distinct.len() == self.ready.len()
            && self
                .current
                .is_none_or(|current| !distinct.contains(&current))
            && self.next_request <= u64::MAX / 2
            && self.calls_made.is_sound(now.0)
    }
}
