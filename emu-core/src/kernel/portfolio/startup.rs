//! From a program file to a task that stands at its first instruction (kernel sheet 2.3-2.5).

use super::Portfolio;
use super::errors::{NOMEM, Status};
use super::items::Item;
use super::tasks::{COMMAND_LINE_MAX, NewTask, SHELL_PRIORITY};
use crate::device::Board;
use crate::kernel::call::CallCx;
use crate::loader::aif::Image;
use crate::machine::{FaultReport, StartError};
use crate::mem::{GuestPtr, Memory};
use crate::quirks::Quirks;
use crate::time::Tick;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What the shipped loader leaves behind a file's last byte in its last page.
const JUNK: u8 = 0x0D;
/// Stack of a program whose header does not say.
const DEFAULT_STACK: u32 = 0x2000;
/// Any value but zero: the generator's state.
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

impl Portfolio {
    /// A kernel at power-on, its structures in `mem`.
    pub(crate) fn new(
        mem: &mut Memory,
        board: &mut dyn Board,
        quirks: Quirks,
        seed: u64,
    ) -> Portfolio {
        let mut kernel = Portfolio {
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
            last_dispatched: None,
            loaded_permissions: None,
            switches: 0,
            lock_queues: BTreeMap::new(),
            pending: BTreeMap::new(),
            beat_errors: BTreeMap::new(),
            next_request: 0,
            devices: BTreeMap::new(),
            console: Default::default(),
            main: Item::NONE,
            ending: None,
            last_fault: None,
            random: seed ^ SEED,
            calls_made: BTreeMap::new(),
            missing: BTreeSet::new(),
        };
        if kernel.random == 0 {
            kernel.random = SEED;
        }
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
        let refused = |error: Status| StartError::Refused {
            name: name.to_owned(),
            reason: super::errors::text(error.0),
        };
        let size = image.memory_size();
        let wanted = (!image.relocatable).then_some(image.image_base);
        let at = match wanted {
            Some(base) => self.free_pages_at(cx.mem, base, size).ok_or_else(|| {
                StartError::Placed {
                    name: name.to_owned(),
                    base,
                }
            })?,
            None => self
                .free_pages(cx.mem, size)
                .ok_or_else(|| refused(NOMEM))?,
        };
        let page_end = at.end;
        if let Some(place) = cx.mem.bytes_mut(at.start, page_end - at.start) {
            let (file, rest) = place.split_at_mut(image.bytes.len());
            file.copy_from_slice(&image.bytes);
            rest.fill(JUNK);
        }
        let mut new = NewTask::named(name.as_bytes());
        new.pc = at.start;
        new.image = Some(at.start);
        new.image_size = size;
        new.command = Some(command_line.to_vec());
        new.priority = Some(SHELL_PRIORITY);
        new.stack_size = Some(DEFAULT_STACK);
        if let Some(header) = &image.header {
            new.version = header.version;
            new.revision = header.revision;
            for (value, field) in [
                (header.stack_size, &mut new.stack_size),
                (header.quantum, &mut new.quantum_us),
            ] {
                if value != 0 {
                    *field = Some(value);
                }
            }
            if header.priority != 0 {
                new.priority = Some(header.priority);
            }
        }
        let task = self.spawn(cx, new).map_err(refused)?;
        self.main = task;
        self.ending = None;
        Ok(task)
    }

    /// What a fault looks like to its author.
    pub(crate) fn fault_report(
        &self,
        mem: &Memory,
        at: Tick,
        task: Item,
        fault: crate::kernel::abi::Fault,
    ) -> FaultReport {
        let state = self.tasks.get(&task);
        FaultReport {
            task,
            name: self.item_name(mem, task),
            pc: state.map_or(0, |state| state.registers.pc()),
            fault,
            last_call: state
                .and_then(|state| state.last_call)
                .and_then(|key| key.row())
                .map(|row| row.name.to_owned()),
            at,
        }
    }
}
