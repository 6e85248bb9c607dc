//! Loading programs and code from files.
//!
//! Device sheet 6.6, kernel sheet 2.3, 8.9.
//!
//! ```text
//! Find ── the file ── Header ── its first block ── Body ── the others ── task, or code in memory
//! ```

use super::Miss;
use super::calls::{Failure, FileCall, Step};
use super::codes::{BAD_NAME, NO_FILE, NO_MEM};
use super::job::{Awaited, Who, Work};
use super::place::{Place, to_bytes};
use super::startup::Startup;
use super::volume::{self, DiscRead, Layout, VolumeId};
use crate::device::Buffer;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{BADAIF, NOMEM, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::tasks::{COMMAND_LINE_MAX, Code, NewTask};
use crate::loader::aif::{EXIT, EXIT_WORD, HEADER_3DO_END, Image};
use crate::loader::opera_fs::directory::Entry;
use crate::loader::opera_fs::{BLOCK_SIZE, PATH_MAX};
use crate::mem::{CString, GuestPtr, MEMORY_END};
use serde::{Deserialize, Serialize};

/// The shortest program.
const PROGRAM_MIN: u32 = 128;
/// Stack of a program or thread whose header does not say.
const DEFAULT_STACK: u32 = 0x2000;
/// Bytes in front of loaded code: the first word is the size of the allocation.
const CODE_FRONT: u32 = 16;
/// Vector 13, ExecuteAsSubroutine: r0 code, r1 argc, r2 argv. The image's start-up code jumps to
/// its first function so that returning leads to the exit word, where the registers come back.
pub(crate) const EXECUTE_ROUTINE: &[u32] = &[
    0xE92D_4FF0, //         stmfd sp!, {r4-r11, lr}
    0xE1A0_5001, //         mov   r5, r1
    0xE1A0_6002, //         mov   r6, r2
    0xE59F_3008, //         ldr   r3, back
    0xE580_3010, //         str   r3, [r0, #0x10]
    0xE59F_7004, //         ldr   r7, base
    0xE1A0_F000, //         mov   pc, r0
    0xE8BD_8FF0, // back:   ldmfd sp!, {r4-r11, pc}
    0,           // base:   KernelBase, filled in at power-on
];

/// What is loaded, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A task of its own.
    Program {
        /// Its priority, unless the file says; none = the creator's.
        priority: Option<u8>,
    },
    /// Code in the caller's memory.
    Code {
        /// Where the handle goes.
        handle: u32,
    },
    /// The first program of a disc.
    First,
}

/// How far loading has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    /// Looking for the file.
    Find,
    /// Its first block is being read.
    Header(Place),
    /// The others are being read.
    Body(Place),
}

/// A file being loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    command: Vec<u8>,
    purpose: Purpose,
    stage: Stage,
}

impl Load {
    /// Loading that begins. The first word of `command` is the path.
    pub fn new(command: Vec<u8>, purpose: Purpose) -> Load {
        Load {
            command,
            purpose,
            stage: Stage::Find,
        }
    }

    fn path(&self) -> &[u8] {
        if let Purpose::Code { .. } = self.purpose {
            return &self.command;
        }
        let words = self.command.split(|&byte| byte == b' ');
        words
            .into_iter()
            .find(|word| !word.is_empty())
            .unwrap_or_default()
    }
}

impl Portfolio {
    /// Reads a file for `who`; gives its place and bytes when all have come, nothing as long as
    /// they are on their way.
    pub(super) fn step_loading(
        &mut self,
        cx: &mut CallCx<'_>,
        who: Who,
        task: Item,
        from: &Place,
        load: &Load,
    ) -> Result<Option<(Place, Vec<u8>)>, Miss> {
        match &load.stage {
            Stage::Find => {
                if load.path().len() > PATH_MAX {
                    return Err(BAD_NAME.into());
                }
                let place = self.find_place(cx, task, from, load.path())?;
                let (id, entry) = match (place.volume, place.entry()) {
                    (Some(id), Some(entry)) if !entry.is_directory() => (id, entry.clone()),
                    _ => return Err(NO_FILE.into()),
                };
                if self.online(id)?.layout == Layout::LinkedMemory {
                    let bytes = self.whole_memory_file(cx, id, &entry.name)?;
                    return Ok(Some((place, bytes)));
                }
                if entry.byte_count < PROGRAM_MIN {
                    return Err(BADAIF.into());
                }
                if entry.byte_count > MEMORY_END {
                    return Err(NO_MEM.into());
                }
                self.set_stage(who, load, Stage::Header(place));
                self.read_blocks(cx, who, id, &entry, 0, 1);
                Ok(None)
            }
            Stage::Header(place) => {
                let header = self.files.jobs.get(&who).map(|job| job.bytes.as_slice());
                Image::check_rules(header.unwrap_or_default()).map_err(|_| BADAIF)?;
                let (Some(id), Some(entry)) = (place.volume, place.entry()) else {
                    return Err(NO_FILE.into());
                };
                let entry = entry.clone();
                // Looked at again: a state from a file comes here without the first look.
                if entry.byte_count > MEMORY_END {
                    return Err(NO_MEM.into());
                }
                self.set_stage(who, load, Stage::Body(place.clone()));
                let blocks = entry.byte_count.div_ceil(BLOCK_SIZE as u32);
                if blocks > 1 {
                    self.read_blocks(cx, who, id, &entry, 1, blocks - 1);
                }
                Ok(None)
            }
            Stage::Body(place) => {
                let job = self.files.jobs.get_mut(&who);
                let mut bytes = job
                    .map(|job| std::mem::take(&mut job.bytes))
                    .unwrap_or_default();
                let len = place.entry().map_or(0, |entry| entry.byte_count);
                bytes.truncate(len as usize);
                Ok(Some((place.clone(), bytes)))
            }
        }
    }

    fn set_stage(&mut self, who: Who, load: &Load, stage: Stage) {
        let load = Load {
            stage,
            ..load.clone()
        };
        if let Some(job) = self.files.jobs.get_mut(&who) {
            job.work = match job.work {
                Work::Startup(_) => Work::Startup(Startup::Launch(load)),
                _ => Work::Call(FileCall::Load(load)),
            };
        }
    }

    /// Has blocks of a file read into a job's bytes.
    pub(super) fn read_blocks(
        &mut self,
        cx: &mut CallCx<'_>,
        who: Who,
        id: VolumeId,
        entry: &Entry,
        first: u32,
        blocks: u32,
    ) {
        let len = blocks * BLOCK_SIZE as u32;
        let buffer = cx.bus.buffers.hold(vec![0; len as usize]);
        let copies = entry.avatars.iter().filter_map(|at| at.checked_add(first));
        let to = Buffer::Kernel { id: buffer, len };
        let priority = match who {
            Who::Task(task) => self.priority_of(cx.mem, task),
            _ => 0,
        };
        let purpose = volume::Purpose::Bytes { who };
        let read = DiscRead::new(copies.collect(), to, purpose, priority);
        self.set_awaited(who, Awaited::Bytes(who));
        self.enqueue(cx, id, read);
    }

    /// Makes the task of a program that was read.
    pub(super) fn spawn_file(
        &mut self,
        cx: &mut CallCx<'_>,
        owner: Item,
        load: &Load,
        place: &Place,
        bytes: &[u8],
    ) -> Result<Item, Status> {
        let image = Image::parse(bytes).map_err(|_| BADAIF)?;
        let name = to_bytes(place.name());
        let mut new = NewTask::named(&name, Code::File(&image));
        new.command = load.command.clone();
        new.command.truncate(COMMAND_LINE_MAX as usize - 1);
        new.stack_size = Some(DEFAULT_STACK);
        new.owner = owner;
        if let Purpose::Program { priority } = load.purpose {
            new.priority = priority;
        }
        new.obey(&image);
        let task = self.spawn(cx, new)?;
        self.set_home(task, place.parent());
        Ok(task)
    }

    pub(super) fn step_load(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        load: &Load,
    ) -> Result<Step, Failure> {
        let from = self.current_directory(task);
        let Some((place, bytes)) = self.step_loading(cx, Who::Task(task), task, &from, load)?
        else {
            return Ok(Step::Waits);
        };
        if let Purpose::Code { handle } = load.purpose {
            return self.place_code(cx, &bytes, handle);
        }
        let program = self.spawn_file(cx, task, load, &place, &bytes)?;
        self.gain(task, Resource::Owned(program));
        Ok(program.into())
    }

    /// Puts an image into the caller's memory.
    fn place_code(
        &mut self,
        cx: &mut CallCx<'_>,
        bytes: &[u8],
        handle: u32,
    ) -> Result<Step, Failure> {
        let image = Image::parse(bytes).map_err(|_| BADAIF)?;
        let size = image.memory_size() + CODE_FRONT;
        let start = self.alloc_mem(cx, size as i32, 0)?;
        if start == 0 {
            return Err(NOMEM.into());
        }
        let code = start + CODE_FRONT;
        let mut whole = vec![0; size as usize];
        whole[..4].copy_from_slice(&size.to_be_bytes());
        whole[CODE_FRONT as usize..][..bytes.len()].copy_from_slice(bytes);
        cx.mem.write_bytes(start, &whole).map_err(Trouble::from)?;
        let written = cx.mem.write(GuestPtr::<u32>::new(handle), code);
        written.map_err(Trouble::from)?;
        Ok(Step::Done(Reply::value(0)))
    }
}

fn begin_load(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    command: GuestPtr<CString>,
    purpose: Purpose,
) -> Answer {
    let command = cx.mem.read_string(command, COMMAND_LINE_MAX - 1);
    let command = command.map_err(|_| super::codes::BAD_PTR)?;
    k.begin_call(FileCall::Load(Load::new(command, purpose)))
}

/// Vector 5.
pub(super) fn load_program(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    command: GuestPtr<CString>,
) -> Answer {
    begin_load(k, cx, command, Purpose::Program { priority: None })
}

/// Vector 6.
pub(super) fn load_program_prio(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    command: GuestPtr<CString>,
    priority: i32,
) -> Answer {
    let priority = match priority {
        ..0 => None,
        n => Some(u8::try_from(n).unwrap_or(u8::MAX)),
    };
    begin_load(k, cx, command, Purpose::Program { priority })
}

/// Vector 11.
pub(super) fn load_code(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    path: GuestPtr<CString>,
    code: GuestPtr<u32>,
) -> Answer {
    cx.mem.check_writable(code.addr(), 4)?;
    let handle = code.addr();
    begin_load(k, cx, path, Purpose::Code { handle })
}

/// Vector 12.
pub(super) fn unload_code(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    code: u32,
) -> Result<i32, Trouble> {
    if code == 0 {
        return Ok(0);
    }
    let start = code.wrapping_sub(CODE_FRONT);
    let size = cx.mem.read(GuestPtr::<u32>::new(start))?;
    k.free_mem(cx, start, size as i32)?;
    Ok(0)
}

/// Vector 14.
pub(super) fn execute_as_thread(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    code: u32,
    argc: u32,
    argv: u32,
    name: GuestPtr<CString>,
    priority: i32,
) -> Result<Item, Trouble> {
    let name = cx.mem.read_string(name, 32)?;
    let head = cx.mem.read_bytes(code, HEADER_3DO_END)?;
    let header = Image::headers(&head).header;
    let stack = header.map_or(0, |header| header.stack_size);
    let stack = if stack == 0 { DEFAULT_STACK } else { stack };
    // A subroutine call may have put its own way back there.
    let exit = GuestPtr::<u32>::new(code.wrapping_add(EXIT));
    cx.mem.write(exit, EXIT_WORD)?;
    let base = k.alloc_mem(cx, i32::try_from(stack).unwrap_or(i32::MAX), 0)?;
    if base == 0 {
        return Err(NOMEM.into());
    }
    let sp = base + stack;
    let mut new = NewTask::named(&name, Code::Thread { pc: code, sp });
    new.owner = k.caller();
    new.stack_size = Some(stack);
    new.argc = argc;
    new.argp = argv;
    new.library_stack = true;
    new.priority = match priority {
        ..=0 => None,
        n => Some(u8::try_from(n).unwrap_or(u8::MAX)),
    };
    match k.spawn(cx, new) {
        Ok(thread) => {
            let caller = k.caller();
            k.gain(caller, Resource::Owned(thread));
            Ok(thread)
        }
        Err(error) => {
            k.free_mem(cx, base, stack as i32)?;
            Err(error.into())
        }
    }
}
