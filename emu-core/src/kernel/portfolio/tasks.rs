//! Tasks and threads: creation, exit, death (kernel sheet 6.1, 6.2, 6.7, 6.8).

mod create;
mod death;

pub(crate) use self::create::{Code, NewTask};

use super::dispatch::CallKey;
use super::errors::{BAD_EXIT_STATUS, ITEM_NOT_OPEN, Status};
use super::items::Item;
use super::resources::{Resource, Resources};
use super::structs::node_type::TASKNODE;
use super::structs::{ItemNode, Task, node_flag};
use super::wait::Wait;
use super::{Portfolio, memory};
use crate::calls;
use crate::kernel::abi::{CallerStack, Fault, Registers, Reply, ScratchWord, Trouble};
use crate::kernel::call::{Answer, CallCx};
use crate::loader::aif::{HEADER_3DO_END, Image};
use crate::mem::{CString, GuestPtr, MEMORY_END, Memory};
use crate::time::{TICKS_PER_CLOCK_STEP, Ticks};
use serde::{Deserialize, Serialize};

/// Lowest and highest priority of user tasks. A published example creates its thread with 10,
/// although the CreateThread page says 11 to 199: both profiles allow 10.
pub(crate) const USER_PRIORITIES: std::ops::RangeInclusive<u8> = 10..=199;
/// Command strings are shorter than this.
pub const COMMAND_LINE_MAX: u32 = 1024;

const TASK_EXITING: u32 = 4;
const TASK_ALLOCATED_STACK: u32 = 2;

/// Bits of a task's node flags that say what it is doing.
pub(crate) const PHASE_FLAGS: u8 =
    node_flag::TASK_READY | node_flag::TASK_WAITING | node_flag::TASK_RUNNING;

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// It has the CPU.
    Running,
    /// It wants the CPU.
    Ready,
    /// It waits.
    Waiting,
}

/// Formatted text on its way to a guest's put-character function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintJob {
    /// The stack pointer of the routine that prints: a lower one has been abandoned.
    pub sp: u32,
    /// What is left to print, last byte first.
    pub left: Vec<u8>,
}

/// The half of a task that guests cannot see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskState {
    /// Its registers; those of the running task are current only while the kernel works.
    pub registers: Registers,
    /// What it is doing.
    pub phase: Phase,
    /// What it waits for, or waited for when a signal made it ready.
    pub wait: Option<Wait>,
    /// Its wait has lasted: it was off the CPU.
    pub(crate) parked: bool,
    /// The call that waits.
    pub(crate) waiting_call: Option<CallKey>,
    /// That call in words, until it is logged.
    #[serde(skip)]
    pub(crate) shown_call: Option<String>,
    /// The last call it made.
    pub(crate) last_call: Option<CallKey>,
    /// What it owns and has open.
    pub resources: Resources,
    /// The program whose memory it uses: itself unless it is a thread.
    pub program: Item,
    /// Where its end is told, if its creator wants a message.
    pub(crate) exit_port: Item,
    /// The command line it was started with, if it is a program.
    #[serde(with = "serde_bytes")]
    pub(crate) command: Vec<u8>,
    /// It is carrying out its own end.
    pub(crate) dying: bool,
    /// Who killed it.
    pub(crate) killer: Item,
    /// What it died of, if it broke a rule.
    pub(crate) fault: Option<Fault>,
    /// Text being printed through guest functions.
    pub(crate) prints: Vec<PrintJob>,
    /// The line it is printing.
    pub(crate) line: Vec<u8>,
    /// A load from low memory has been reported.
    pub(crate) low_load_reported: bool,
}

impl TaskState {
    pub(crate) fn new(registers: Registers, program: Item, exit_port: Item) -> TaskState {
        TaskState {
            registers,
            phase: Phase::Ready,
            wait: None,
            parked: false,
            waiting_call: None,
            shown_call: None,
            last_call: None,
            resources: Resources::default(),
            program,
            exit_port,
            command: Vec::new(),
            dying: false,
            killer: Item::NONE,
            fault: None,
            prints: Vec::new(),
            line: Vec::new(),
            low_load_reported: false,
        }
    }
}

/// How the machine's main program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// It exited.
    Exit {
        /// With this status.
        status: i32,
    },
    /// It could not be started from the disc.
    NotStarted {
        /// Why.
        status: Status,
    },
    /// It broke a rule.
    Fault {
        /// Which.
        fault: Fault,
    },
}

impl Portfolio {
    /// A task's structure in guest memory.
    pub(crate) fn task_ptr(&self, task: Item) -> GuestPtr<Task> {
        let node = self.items.lookup(task);
        node.map_or(GuestPtr::NULL, GuestPtr::cast)
    }

    /// The running task.
    pub(crate) fn caller(&self) -> Item {
        self.current.unwrap_or(Item::NONE)
    }

    pub(crate) fn priority_of(&self, mem: &Memory, task: Item) -> u8 {
        let node = self.task_ptr(task).cast::<ItemNode>();
        mem.peek(node.at(ItemNode::n_Priority))
    }

    /// The cycles of a task's full quantum: `us >> 4` steps of 16 us. The timer counts from
    /// `t_MaxTicks`, one less, down to 0.
    pub(crate) fn quantum_of(&self, mem: &Memory, task: Item) -> Ticks {
        let steps = mem.peek(self.task_ptr(task).at(Task::t_MaxTicks));
        let quantum = Ticks((u64::from(steps) + 1) * TICKS_PER_CLOCK_STEP);
        self.quantum_limit
            .map_or(quantum, |limit| quantum.min(limit))
    }

    /// No turn is longer than this from now on.
    pub(crate) fn limit_quanta(&mut self, limit: Option<Ticks>) {
        self.quantum_limit = limit;
    }
}

/// Vector 37: never returns.
fn exit_task(k: &mut Portfolio, cx: &mut CallCx<'_>, status: i32) -> Answer {
    // A negative status is stored although it is an error.
    let _ = set_exit_status(k, cx, status);
    let ptr = k.task_ptr(k.caller());
    if cx.mem.peek(ptr.at(Task::t_Flags)) & TASK_ALLOCATED_STACK != 0 {
        let base = GuestPtr::new(cx.mem.peek(ptr.at(Task::t_StackBase)));
        let size = cx.mem.peek(ptr.at(Task::t_StackSize));
        let lists = cx.mem.peek(ptr.at(Task::t_FreeMemoryLists));
        memory::free_mem_to_mem_lists(k, cx, lists, base, size as i32)?;
    }
    Ok(k.begin_own_end(cx))
}

/// SWI 0x11: ends the caller without touching its status.
fn exit_quietly(k: &mut Portfolio, cx: &mut CallCx<'_>) -> Answer {
    Ok(k.begin_own_end(cx))
}

fn set_exit_status(k: &mut Portfolio, cx: &mut CallCx<'_>, status: i32) -> Result<i32, Trouble> {
    let ptr = k.task_ptr(k.caller());
    cx.mem.poke(ptr.at(Task::t_ExitStatus), status);
    if status < 0 {
        return Err(BAD_EXIT_STATUS.into());
    }
    Ok(0)
}

fn is_item_opened(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    task: Item,
    item: Item,
) -> Result<i32, Trouble> {
    k.item_of::<Task>(cx.mem, task, TASKNODE)?;
    match k.holds(task, Resource::Opened(item)) {
        true => Ok(0),
        false => Err(ITEM_NOT_OPEN.into()),
    }
}

/// Vector 30: splits the command string that stands at the stack pointer into words
/// (kernel sheet 2.4).
///
/// ```text
/// sp on entry    "$app/NAME one two", ended by a byte below 0x20
///                the words, each with a zero behind it
/// sp on return   argv[0], argv[1], ..., 0
/// ```
fn split_arguments(
    _k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    argc: u32,
    argv: u32,
    stack: CallerStack,
) -> Result<Reply, Trouble> {
    let sp = stack.0;
    if cx.mem.read(GuestPtr::<u32>::new(sp))? == 0 {
        return Ok(Reply {
            result: Some(argc),
            second: Some(argv),
            ..Reply::NOTHING
        });
    }
    let mut text = Vec::new();
    for n in 0..COMMAND_LINE_MAX {
        let byte = cx.mem.read(GuestPtr::<u8>::new(sp.wrapping_add(n)))?;
        if byte < 0x20 {
            break;
        }
        text.push(byte);
    }
    let words: Vec<&[u8]> = text
        .split(|&byte| byte == b' ')
        .filter(|word| !word.is_empty())
        .collect();
    let copy: Vec<u8> = words
        .iter()
        .flat_map(|word| word.iter().copied().chain([0]))
        .collect();
    let copy_at = sp.wrapping_sub((copy.len() as u32).next_multiple_of(4));
    cx.mem.write_bytes(copy_at, &copy)?;
    let argv = copy_at.wrapping_sub((words.len() as u32 + 1) * 4);
    let mut slots = Vec::new();
    let mut at = copy_at;
    for word in &words {
        slots.extend(at.to_be_bytes());
        at += word.len() as u32 + 1;
    }
    slots.extend([0; 4]);
    cx.mem.write_bytes(argv, &slots)?;
    Ok(Reply {
        result: Some(words.len() as u32),
        second: Some(argv),
        stack: Some(argv),
        ..Reply::NOTHING
    })
}

/// Vector 31: a function found too little room between stack pointer and limit. The margin
/// below the limit is handed out; when that is used up too, the task ends.
fn stack_overflow(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    wanted: ScratchWord,
    stack: CallerStack,
) -> Result<Reply, Trouble> {
    let ptr = k.task_ptr(k.caller());
    let base = cx.mem.peek(ptr.at(Task::t_StackBase));
    let size = cx.mem.peek(ptr.at(Task::t_StackSize));
    // A frame larger than the address of the stack wraps round: what is wanted then lies
    // above the stack instead of below.
    let wrapped = wanted.0 > base.saturating_add(size);
    let sp = if wrapped {
        wanted.0
    } else {
        wanted.0.min(stack.0)
    };
    if wrapped || sp < base {
        return Err(Fault::StackOverflow { sp, base }.into());
    }
    Ok(Reply {
        stack_limit: Some(base),
        ..Reply::NOTHING
    })
}

/// Vector 38: the first loaded image of that name from `header` on, stepping by pages.
fn find_image(
    _k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    header: u32,
    mask: u32,
    name: GuestPtr<CString>,
) -> Result<u32, Trouble> {
    let wanted = cx.mem.read_string(name, 32)?;
    let is_it = |head: &[u8]| {
        let header = Image::headers(head).header;
        Image::check_rules(head).is_ok()
            && header.is_some_and(|header| header.name.as_bytes().eq_ignore_ascii_case(&wanted))
    };
    let step = mask.wrapping_neg().clamp(0x1000, 0x10_0000);
    let mut at = header & mask;
    while at < MEMORY_END {
        if cx.mem.bytes(at, HEADER_3DO_END).is_some_and(is_it) {
            return Ok(at);
        }
        at = at.saturating_add(step);
    }
    Ok(0)
}

/// GetEnv: answering 0 keeps self-relocating images where they are (kernel sheet 1.2, 2.3).
fn get_env(_k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<Reply, Trouble> {
    Ok(Reply {
        second: Some(0),
        ..Reply::NOTHING
    })
}

/// Debug() without a debugger: nothing changes.
fn no_debugger(_k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<(), Trouble> {
    Ok(())
}

calls! { pub(crate) HOST_CALLS: Host;
    swi 0x10 GetEnv() -> Nothing = get_env;
    blocking swi 0x11 Exit() -> Nothing = exit_quietly;
    swi 0x01 Debug() -> Nothing = no_debugger;
}

calls! { pub(crate) CALLS: Kernel;
    swi 39 SetExitStatus(status: i32) -> Number = set_exit_status;
    vec 30 SplitArguments(argc: u32, argv: u32, stack: CallerStack) -> Number = split_arguments;
    vec 31 StackOverflow(wanted: ScratchWord, stack: CallerStack) -> Nothing = stack_overflow;
    vec 32 IsItemOpened(task: Item, item: Item) -> Number = is_item_opened;
    blocking vec 37 ExitTask(status: i32) -> Nothing = exit_task;
    vec 38 FindImage(header: u32, mask: u32, name: GuestPtr<CString>) -> Pointer = find_image;
}
