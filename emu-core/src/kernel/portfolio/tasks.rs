//! Tasks and threads: creation, exit, death (kernel sheet 6.1, 6.2, 6.7, 6.8).

use super::dispatch::CallKey;
use super::errors::{
    ABORTED, BAD_EXIT_STATUS, BAD_PRIORITY, BAD_QUANTA, BAD_STACK_SIZE, BADAIF, BADPRIV, BADPTR,
    BADTAG, BADTAGVAL, ITEM_NOT_OPEN, NOMEM, NOSUPPORT, Status, TASK_KILLED, THREAD_ERROR,
};
use super::items::{Item, NewItem};
use super::list::Links;
use super::resources::{Resource, Resources};
use super::schedule::Poll;
use super::signals::{SIGF_ABORT, SIGF_DEADTASK, SIGF_ONESHOT};
use super::structs::node_type::TASKNODE;
use super::structs::{ItemNode, KernelBase, List, MemList, Node, Task, node_flag};
use super::tags::CommonTags;
use super::wait::Wait;
use super::{Portfolio, memory};
use crate::calls;
use crate::kernel::abi::{CallerStack, Fault, Registers, Reply, ScratchWord, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::loader::aif::Image;
use crate::mem::{CString, GuestPtr, GuestType, MEMORY_END, Memory};
use crate::time::{TICKS_PER_CLOCK_STEP, Ticks};
use crate::trace::{Category, TraceEvent};
use serde::{Deserialize, Serialize};

/// Lowest and highest priority of user tasks. A published example creates its thread with 10,
/// although the CreateThread page says 11 to 199: both profiles allow 10.
pub(crate) const USER_PRIORITIES: std::ops::RangeInclusive<u8> = 10..=199;
/// The priority a program gets whose header does not say: the system shell's.
const SHELL_PRIORITY: u8 = 100;
/// Priority at which a killed task carries out its own end.
const DYING_PRIORITY: u8 = 200;
const DEFAULT_QUANTUM_US: u32 = 15_000;
/// The stack limit register starts this far above the stack base.
const STACK_LIMIT_MARGIN: u32 = 128;
/// Command strings are shorter than this.
pub const COMMAND_LINE_MAX: u32 = 1024;
const MIN_TASK_STACK: u32 = 256;
const MIN_THREAD_STACK: u32 = 128;
const SUPER_STACK_SIZE: u32 = 0x800;
/// What the shipped loader leaves behind a file's last byte in its last page.
const JUNK: u8 = 0x0D;

const TASK_EXITING: u32 = 4;
const TASK_ALLOCATED_STACK: u32 = 2;

/// Bits of a task's node flags that say what it is doing.
pub(crate) const PHASE_FLAGS: u8 =
    node_flag::TASK_READY | node_flag::TASK_WAITING | node_flag::TASK_RUNNING;

/// CreateItem tags of tasks (SDK header task.h).
mod tag {
    pub const PC: u32 = 10;
    pub const MAXQ: u32 = 11;
    pub const STACKSIZE: u32 = 12;
    pub const ARGC: u32 = 13;
    pub const ARGP: u32 = 14;
    pub const SP: u32 = 15;
    pub const BASE: u32 = 16;
    pub const IMAGESZ: u32 = 18;
    pub const AIF: u32 = 19;
    pub const CMDSTR: u32 = 20;
    pub const PRIVILEGED: u32 = 21;
    pub const USERONLY: u32 = 23;
    pub const ALLOCDTHREADSP: u32 = 24;
    pub const MSGFROMCHILD: u32 = 25;
    /// Unknown tags from here on are offered to folios, not refused.
    pub const FIRST_FOLIO_TAG: u32 = 0x10000;
}

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
    fn new(registers: Registers, program: Item, exit_port: Item) -> TaskState {
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
    /// It broke a rule.
    Fault {
        /// Which.
        fault: Fault,
    },
}

/// What a new task executes, and on whose memory.
#[derive(Clone, Debug)]
pub(crate) enum Code<'a> {
    /// A thread: an address in its program's memory, and the top of its stack.
    Thread { pc: u32, sp: u32 },
    /// A program whose image its creator has loaded into memory of its own.
    Loaded { addr: u32, size: u32 },
    /// A program from a file.
    File(&'a Image),
}

/// What CreateItem was told about a task.
#[derive(Clone, Debug)]
pub(crate) struct NewTask<'a> {
    pub name: Vec<u8>,
    pub code: Code<'a>,
    pub priority: Option<u8>,
    pub version: u8,
    pub revision: u8,
    pub quantum_us: Option<u32>,
    pub stack_size: Option<u32>,
    pub argc: u32,
    pub argp: u32,
    pub base: Option<u32>,
    pub command: Vec<u8>,
    pub library_stack: bool,
    pub exit_port: Item,
    pub owner: Item,
}

impl<'a> NewTask<'a> {
    pub(crate) fn named(name: &[u8], code: Code<'a>) -> NewTask<'a> {
        NewTask {
            name: name.to_vec(),
            code,
            priority: None,
            version: 0,
            revision: 0,
            quantum_us: None,
            stack_size: None,
            argc: 0,
            argp: 0,
            base: None,
            command: Vec::new(),
            library_stack: false,
            exit_port: Item::NONE,
            owner: Item::NONE,
        }
    }
}

/// Where a new task's parts came to stand.
struct Placed {
    pc: u32,
    sp: u32,
    stack_base: u32,
    stack_size: u32,
    program: Item,
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

    /// CreateSizedItem of a task (kernel sheet 6.2).
    pub(crate) fn create_task(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        rest: &[(u32, u32)],
        size: u32,
    ) -> Result<Item, Status> {
        if size != 0 && size != Task::SIZE {
            return Err(NOMEM);
        }
        let creator = self.caller();
        let name = common.name.ok_or(BADTAGVAL)?;
        let mut new = NewTask::named(&name, Code::Thread { pc: 0, sp: 0 });
        new.priority = common.priority;
        new.version = common.version.unwrap_or(0);
        new.revision = common.revision.unwrap_or(0);
        new.owner = creator;
        let (mut pc, mut sp, mut image, mut image_size) = (0, None, None, 0);
        for &(tag, value) in rest {
            match tag {
                tag::PC => pc = value & 0x03FF_FFFC,
                tag::MAXQ => new.quantum_us = Some(value),
                tag::STACKSIZE => new.stack_size = Some(value),
                tag::ARGC => new.argc = value,
                tag::ARGP => new.argp = value,
                tag::SP => sp = Some(value),
                tag::BASE => new.base = Some(value),
                tag::IMAGESZ => image_size = value,
                tag::AIF => image = Some(value),
                tag::CMDSTR => {
                    let whole = cx.mem.check_readable(value, COMMAND_LINE_MAX);
                    whole.map_err(|_| BADPTR)?;
                    let text = GuestPtr::<CString>::new(value);
                    let text = cx.mem.read_string(text, COMMAND_LINE_MAX - 1);
                    new.command = text.map_err(|_| BADPTR)?;
                }
                tag::PRIVILEGED if value == 0 => (),
                tag::PRIVILEGED | tag::USERONLY => return Err(BADPRIV),
                tag::ALLOCDTHREADSP => new.library_stack = value != 0,
                tag::MSGFROMCHILD => {
                    let port = Item(value as i32);
                    self.check_own_port(cx.mem, port, creator)?;
                    new.exit_port = port;
                }
                tag::FIRST_FOLIO_TAG.. => (),
                _ => return Err(BADTAG),
            }
        }
        match (sp, image) {
            (Some(_), Some(_)) => return Err(NOSUPPORT),
            (Some(sp), None) => {
                cx.mem.check_readable(pc, 4).map_err(|_| BADPTR)?;
                new.code = Code::Thread { pc, sp };
            }
            (None, image) => {
                if self.tasks.get(&creator).is_some_and(|t| t.program != creator) {
                    return Err(THREAD_ERROR);
                }
                let image = image.ok_or(BADPTR)?;
                adopt_image(cx.mem, &mut new, image, image_size)?;
            }
        }
        self.spawn(cx, new)
    }

    /// Makes a task of a checked description and puts it into the ready queue.
    pub(crate) fn spawn(&mut self, cx: &mut CallCx<'_>, new: NewTask<'_>) -> Result<Item, Status> {
        let inherited = match new.owner {
            Item::NONE => SHELL_PRIORITY,
            creator => self.priority_of(cx.mem, creator),
        };
        let priority = new.priority.unwrap_or(inherited);
        if !USER_PRIORITIES.contains(&priority) {
            return Err(BAD_PRIORITY);
        }
        let quantum = new.quantum_us.unwrap_or(DEFAULT_QUANTUM_US);
        if !(5_000..=1_000_000).contains(&quantum) {
            return Err(BAD_QUANTA);
        }
        let least = match new.code {
            Code::Thread { .. } => MIN_THREAD_STACK,
            _ => MIN_TASK_STACK,
        };
        if !(least..=MEMORY_END).contains(&new.stack_size.unwrap_or(least)) {
            return Err(BAD_STACK_SIZE);
        }
        let item = self.new_item(
            cx.mem,
            &NewItem {
                subsystem: 1,
                kind: TASKNODE,
                size: Task::SIZE,
                name: Some(new.name.clone()),
                priority,
                version: new.version,
                revision: new.revision,
                item_flags: 0,
                owner: new.owner,
            },
        )?;
        let task = self.task_ptr(item);
        let placed = match new.code {
            Code::Thread { pc, sp } => self.place_thread(cx, &new, task, pc, sp),
            _ => self.place_program(cx, &new, task, item),
        };
        let placed = match placed {
            Ok(placed) => placed,
            Err(error) => {
                self.free_item(cx.mem, item);
                return Err(error);
            }
        };
        for (field, value) in [
            (Task::t_AllocatedSigs, 0xFF),
            (Task::t_StackBase, placed.stack_base),
            (Task::t_StackSize, placed.stack_size),
            (Task::t_SuperStackSize, SUPER_STACK_SIZE),
            (Task::t_MaxUSecs, quantum),
            (Task::t_MaxTicks, (quantum >> 4).saturating_sub(1)),
        ] {
            cx.mem.poke(task.at(field), value);
        }
        cx.mem.poke(task.at(Task::t_ExitMessage), new.exit_port);
        if new.library_stack {
            cx.mem.poke(task.at(Task::t_Flags), TASK_ALLOCATED_STACK);
        }
        let registers = self.first_registers(&new, &placed);
        let state = TaskState::new(registers, placed.program, new.exit_port);
        self.tasks.insert(item, state);
        let all = cx.mem.peek(self.kernel_base.at(KernelBase::kb_Tasks));
        let link: GuestPtr<Node> = task.at(Task::t_TasksLinkNode).cast();
        let _ = Links::kernel(cx.mem).add_tail(all, link);
        self.make_ready(cx.mem, item);
        if cx.sink.wants(Category::TASKS) {
            let name = String::from_utf8_lossy(&new.name).into_owned();
            let text = format!("creates task {item:?} \"{name}\", priority {priority}");
            self.tell(cx, TraceEvent::Task(text));
        }
        Ok(item)
    }

    /// The registers at a task's first instruction (kernel sheet 2.4).
    fn first_registers(&self, new: &NewTask<'_>, placed: &Placed) -> Registers {
        let base = new.base.unwrap_or(self.kernel_base.addr());
        let mut registers = Registers {
            cpsr: 0x10,
            ..Registers::default()
        };
        for (n, value) in [
            (0, new.argc),
            (5, new.argc),
            (1, new.argp),
            (6, new.argp),
            (7, base),
            (9, base),
            (10, placed.stack_base.wrapping_add(STACK_LIMIT_MARGIN)),
            (13, placed.sp),
            (14, self.exit_stub),
            (15, placed.pc),
        ] {
            registers.r[n] = value;
        }
        registers
    }

    fn place_thread(
        &mut self,
        cx: &mut CallCx<'_>,
        new: &NewTask<'_>,
        task: GuestPtr<Task>,
        pc: u32,
        sp: u32,
    ) -> Result<Placed, Status> {
        let creator = self.tasks.get(&new.owner).ok_or(THREAD_ERROR)?;
        let program = creator.program;
        let parent = self.task_ptr(program);
        let lists = cx.mem.peek(parent.at(Task::t_FreeMemoryLists));
        cx.mem.poke(task.at(Task::t_ThreadTask), parent);
        cx.mem.poke(task.at(Task::t_FreeMemoryLists), lists);
        self.give_pools_semaphores(cx, program, lists);
        let stack_size = new.stack_size.unwrap_or(MIN_TASK_STACK);
        Ok(Placed {
            pc,
            sp: sp & !3,
            stack_base: sp.wrapping_sub(stack_size),
            stack_size,
            program,
        })
    }

    /// The first thread of a program makes it need locks on its memory pools.
    fn give_pools_semaphores(&mut self, cx: &mut CallCx<'_>, program: Item, lists: GuestPtr<List>) {
        let mut pools = Vec::new();
        let _ = Links::kernel(cx.mem).find(lists, |_, node| {
            pools.push(node.cast::<MemList>());
            Ok(false)
        });
        for pool in pools {
            if cx.mem.peek(pool.at(MemList::meml_Sema4)) == Item::NONE
                && let Ok(semaphore) = self.new_semaphore(cx.mem, program)
            {
                cx.mem.poke(pool.at(MemList::meml_Sema4), semaphore);
            }
        }
    }

    /// Gives a program memory of its own: image, stack, command string (kernel sheet 2.5).
    ///
    /// ```text
    /// page end   one spare word
    ///            command string, padded to words   <- initial stack pointer
    ///            stack
    ///            t_StackBase, on a multiple of 16
    ///            left over: the task's free pool
    /// ```
    fn place_program(
        &mut self,
        cx: &mut CallCx<'_>,
        new: &NewTask<'_>,
        task: GuestPtr<Task>,
        program: Item,
    ) -> Result<Placed, Status> {
        let text_size = (new.command.len() as u32 + 1).next_multiple_of(4);
        let stack_size = new.stack_size.unwrap_or(MIN_TASK_STACK);
        let stack_size = stack_size.max(text_size + 256);
        let wanted = stack_size + text_size + 4 + 16;
        let lists = self.new_task_memory(cx.mem)?;
        let room = self.place_image(cx.mem, new, lists).and_then(|image| {
            let page_end = self.page_end(cx.mem, image.end);
            if page_end - image.end >= wanted {
                return Ok((image.start, image.end..page_end));
            }
            let start = self.alloc_program_pages(cx.mem, lists, wanted).ok_or(NOMEM)?;
            self.give_to_pool(cx.mem, lists, image.end, page_end - image.end);
            Ok((image.start, start..self.page_end(cx.mem, start + wanted)))
        });
        let (pc, room) = match room {
            Ok(placed) => placed,
            Err(error) => {
                self.release_task_memory(cx.mem, lists);
                return Err(error);
            }
        };
        let sp = (room.end - 4 - text_size) & !3;
        let stack_base = (sp - stack_size) & !15;
        self.give_to_pool(cx.mem, lists, room.start, stack_base - room.start);
        if let Some(place) = cx.mem.bytes_mut(sp, text_size) {
            place.fill(0);
            place[..new.command.len()].copy_from_slice(&new.command);
        }
        cx.mem.poke(task.at(Task::t_FreeMemoryLists), lists);
        Ok(Placed {
            pc,
            sp,
            stack_base,
            stack_size,
            program,
        })
    }

    /// Brings a program's image into its own pages; returns the range it takes.
    fn place_image(
        &mut self,
        mem: &mut Memory,
        new: &NewTask<'_>,
        lists: GuestPtr<List>,
    ) -> Result<std::ops::Range<u32>, Status> {
        match new.code {
            Code::File(image) => {
                let size = image.memory_size();
                let start = if image.relocatable {
                    self.alloc_program_pages(mem, lists, size).ok_or(NOMEM)?
                } else if self.claim_pages(mem, lists, image.image_base, size) {
                    image.image_base
                } else {
                    return Err(NOMEM);
                };
                let page_end = self.page_end(mem, start + size);
                if let Some(place) = mem.bytes_mut(start, page_end - start) {
                    let (file, rest) = place.split_at_mut(image.bytes.len());
                    file.copy_from_slice(&image.bytes);
                    rest.fill(JUNK);
                }
                Ok(start..start + size)
            }
            Code::Loaded { addr, size } => {
                let from = self.memory_of(mem, new.owner).ok_or(BADPTR)?;
                self.transfer_pages(mem, from, Some(lists), addr, addr + size)?;
                Ok(addr..addr + size)
            }
            Code::Thread { .. } => Err(NOSUPPORT),
        }
    }

    /// Ends a task that is not the caller: it carries out its own end at high priority.
    pub(crate) fn kill(&mut self, cx: &mut CallCx<'_>, victim: Item) {
        let killer = self.caller();
        let ptr = self.task_ptr(victim);
        let Some(state) = self.tasks.get_mut(&victim) else {
            return;
        };
        if state.dying {
            return;
        }
        state.dying = true;
        state.killer = killer;
        state.wait = Some(Wait::OwnDeath);
        cx.mem.poke(ptr.at(Task::t_ExitStatus), TASK_KILLED.0);
        let signals = cx.mem.peek(ptr.at(Task::t_SigBits));
        cx.mem.poke(ptr.at(Task::t_SigBits), signals | SIGF_ABORT);
        self.leave_queues(cx.mem, victim);
        let node = ptr.cast::<ItemNode>();
        cx.mem.poke(node.at(ItemNode::n_Priority), DYING_PRIORITY);
        self.make_ready(cx.mem, victim);
    }

    /// Begins the caller's own end; it goes on in [`Portfolio::poll`].
    pub(crate) fn begin_own_end(&mut self, cx: &mut CallCx<'_>) -> Flow {
        let caller = self.caller();
        let ptr = self.task_ptr(caller);
        let flags = cx.mem.peek(ptr.at(Task::t_Flags));
        cx.mem.poke(ptr.at(Task::t_Flags), flags | TASK_EXITING);
        if let Some(state) = self.tasks.get_mut(&caller) {
            state.dying = true;
            if state.killer == Item::NONE {
                state.killer = caller;
            }
        }
        Flow::Block(Wait::OwnDeath)
    }

    /// The running task broke a rule: it ends with status ABORTED.
    pub(crate) fn fault(&mut self, cx: &mut CallCx<'_>, fault: Fault) {
        let caller = self.caller();
        if let Some(state) = self.tasks.get_mut(&caller) {
            state.fault = Some(fault);
        }
        let report = self.fault_report(cx.mem, cx.now, caller, fault);
        if caller != self.main {
            self.warn(cx, report.to_string());
        }
        self.last_fault = Some(report);
        let ptr = self.task_ptr(caller);
        cx.mem.poke(ptr.at(Task::t_ExitStatus), ABORTED.0);
        if let Flow::Block(wait) = self.begin_own_end(cx) {
            self.block(cx, None, wait);
        }
    }

    /// One step of a dying task: gives back one resource after the other, waiting for those
    /// that take time.
    pub(crate) fn poll_own_end(&mut self, cx: &mut CallCx<'_>, task: Item) -> Poll {
        self.take_signals(cx.mem, task, SIGF_ONESHOT);
        while let Some(resource) = self.tasks.get(&task).and_then(|t| t.resources.last()) {
            let gone = match resource {
                Resource::Opened(item) => self.close_for(cx, task, item),
                Resource::Owned(item) => self.delete_for(cx, task, item),
            };
            if !gone {
                return Poll::Pending(SIGF_ONESHOT);
            }
            if let Some(state) = self.tasks.get_mut(&task) {
                state.resources.remove(resource);
            }
        }
        self.unlock_all_of(cx, task);
        self.flush_line(cx, task);
        self.bury(cx, task);
        Poll::Gone
    }

    /// The last of a task: those who wait for its end are told, then nothing is left of it.
    fn bury(&mut self, cx: &mut CallCx<'_>, task: Item) {
        let ptr = self.task_ptr(task);
        let status = cx.mem.peek(ptr.at(Task::t_ExitStatus));
        let owner = self.owner_of(cx.mem, task);
        if cx.sink.wants(Category::TASKS) {
            let text = format!("ends with status {}", super::calllog::error_text(Status(status)));
            self.tell(cx, TraceEvent::Task(text));
        }
        let awaits = |state: &TaskState| {
            let for_it = Wait::Death { victim: task };
            state.wait == Some(for_it) || state.resources.contains(Resource::Owned(task))
        };
        let waiters: Vec<Item> = self
            .tasks
            .iter()
            .filter(|(_, state)| awaits(state))
            .map(|(&item, _)| item)
            .collect();
        let Some(state) = self.tasks.get(&task) else {
            return;
        };
        let (exit_port, killer) = (state.exit_port, state.killer);
        let (fault, program) = (state.fault, state.program);
        for waiter in waiters {
            self.signal_kernel(cx.mem, waiter, SIGF_ONESHOT);
        }
        if exit_port != Item::NONE {
            self.send_exit_message(cx, exit_port, owner, status, task, killer);
        } else if owner != Item::NONE {
            self.signal_kernel(cx.mem, owner, SIGF_DEADTASK);
        }
        if let Some(parent) = self.tasks.get_mut(&owner) {
            parent.resources.remove(Resource::Owned(task));
        }
        let link: GuestPtr<Node> = ptr.at(Task::t_TasksLinkNode).cast();
        let _ = Links::kernel(cx.mem).remove(link);
        self.leave_queues(cx.mem, task);
        if program == task {
            let lists = cx.mem.peek(ptr.at(Task::t_FreeMemoryLists));
            self.release_task_memory(cx.mem, lists);
            self.loaded_permissions = None;
        }
        self.tasks.remove(&task);
        self.free_item(cx.mem, task);
        if task == self.main {
            self.ending = Some(match fault {
                Some(fault) => Ending::Fault { fault },
                None => Ending::Exit { status },
            });
        }
    }

    /// The cycles of a task's full quantum: `us >> 4` steps of 16 us. The timer counts from
    /// `t_MaxTicks`, one less, down to 0.
    pub(crate) fn quantum_of(&self, mem: &Memory, task: Item) -> Ticks {
        let steps = mem.peek(self.task_ptr(task).at(Task::t_MaxTicks));
        Ticks((u64::from(steps) + 1) * TICKS_PER_CLOCK_STEP)
    }
}

/// Checks a loaded AIF image in its creator's memory and takes over what its header asks for.
fn adopt_image(
    mem: &Memory,
    new: &mut NewTask<'_>,
    image: u32,
    file_size: u32,
) -> Result<(), Status> {
    if !image.is_multiple_of(4) {
        return Err(BADPTR);
    }
    mem.check_readable(image, 512).map_err(|_| BADPTR)?;
    let head = mem.read_bytes(image, 512).map_err(|_| BADPTR)?;
    Image::check_rules(&head).map_err(|_| BADAIF)?;
    let header = Image::headers(&head);
    let size = header.image_size().max(u64::from(file_size));
    let size = u32::try_from(size).map_err(|_| BADAIF)?;
    mem.check_readable(image, size).map_err(|_| BADAIF)?;
    new.code = Code::Loaded { addr: image, size };
    new.obey(&header);
    Ok(())
}

impl NewTask<'_> {
    /// Non-zero stack, quantum and priority of a 3DO header override what was asked for.
    pub(crate) fn obey(&mut self, image: &Image) {
        let Some(header) = &image.header else { return };
        self.version = header.version;
        self.revision = header.revision;
        if header.stack_size != 0 {
            self.stack_size = Some(header.stack_size);
        }
        if header.quantum != 0 {
            self.quantum_us = Some(header.quantum);
        }
        if header.priority != 0 {
            self.priority = Some(header.priority);
        }
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
    let opened = Resource::Opened(item);
    match k.tasks.get(&task) {
        Some(state) if state.resources.contains(opened) => Ok(0),
        _ => Err(ITEM_NOT_OPEN.into()),
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
    let sp = wanted.0.min(stack.0);
    if sp < base {
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
    let step = mask.wrapping_neg().clamp(0x1000, 0x10_0000);
    let mut at = header & mask;
    while at < MEMORY_END {
        let label = cx.mem.read_string(GuestPtr::new(at.saturating_add(0xC0)), 32);
        if cx.mem.word(at + 0x10) == 0xEF00_0011
            && label.is_ok_and(|label| label.eq_ignore_ascii_case(&wanted))
        {
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
