//! Making tasks: CreateSizedItem, memory, first registers.
//!
//! Kernel sheet 2.4, 2.5, 6.2.

use super::{COMMAND_LINE_MAX, TASK_ALLOCATED_STACK, TaskState, USER_PRIORITIES};
use crate::kernel::abi::Registers;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{
    BAD_PRIORITY, BAD_QUANTA, BAD_STACK_SIZE, BADAIF, BADPRIV, BADPTR, BADTAG, BADTAGVAL, NOMEM,
    NOSUPPORT, Status, THREAD_ERROR,
};
use crate::kernel::portfolio::items::{Item, NewItem};
use crate::kernel::portfolio::list::Links;
use crate::kernel::portfolio::structs::node_type::TASKNODE;
use crate::kernel::portfolio::structs::{KernelBase, List, MemList, Node, Task};
use crate::kernel::portfolio::tags::CommonTags;
use crate::loader::aif::Image;
use crate::mem::{CString, GuestPtr, GuestType, MEMORY_END, Memory};
use crate::trace::{Category, Event, TraceEvent};

/// The priority a program gets whose header does not say: the system shell's.
const SHELL_PRIORITY: u8 = 100;
const DEFAULT_QUANTUM_US: u32 = 15_000;
/// The stack limit register starts this far above the stack base.
const STACK_LIMIT_MARGIN: u32 = 128;
const MIN_TASK_STACK: u32 = 256;
const MIN_THREAD_STACK: u32 = 128;
const SUPER_STACK_SIZE: u32 = 0x800;
/// What the shipped loader leaves behind a file's last byte in its last page.
const JUNK: u8 = 0x0D;

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
                if self
                    .tasks
                    .get(&creator)
                    .is_some_and(|t| t.program != creator)
                {
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
        let mut state = TaskState::new(registers, placed.program, new.exit_port);
        state.command = new.command;
        self.tasks.insert(item, state);
        self.inherit_home(new.owner, item);
        let all = cx.mem.peek(self.kernel_base.at(KernelBase::kb_Tasks));
        let link: GuestPtr<Node> = task.at(Task::t_TasksLinkNode).cast();
        let _ = Links::kernel(cx.mem).add_tail(all, link);
        self.make_ready(cx.mem, item);
        if self.notes.wanted() {
            let name = String::from_utf8_lossy(&new.name).into_owned();
            let task = item;
            self.note(Event::Task {
                task,
                name,
                priority,
            });
        }
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
            let start = self
                .alloc_program_pages(cx.mem, lists, wanted)
                .ok_or(NOMEM)?;
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
