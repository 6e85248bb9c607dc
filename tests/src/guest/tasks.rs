//! More tasks than one.

use super::{CODE_AREA, CodeArea, Guest, PARK, Tags, mov, program_image, swi};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use std::ops::{Deref, DerefMut};

/// First instructions of a thread that allocates its lowest signal, 0x100, and sleeps on it.
pub const SLEEP_ON_FIRST_SIGNAL: [u32; 4] = [
    mov(0, 0),
    swi(0x1_0015), // AllocSignal
    0xE3A0_0C01,   // mov r0, #0x100
    swi(0x1_0001), // WaitSignal
];

const STACK: u32 = 0x400;
/// Pages of a second program.
const PROGRAM_SIZE: u32 = 0x1_0000;

/// A guest whose calls another task makes; the one before makes them again afterwards.
pub struct On<'a> {
    guest: &'a mut Guest,
    before: Item,
}

impl Deref for On<'_> {
    type Target = Guest;
    fn deref(&self) -> &Guest {
        self.guest
    }
}
impl DerefMut for On<'_> {
    fn deref_mut(&mut self) -> &mut Guest {
        self.guest
    }
}
impl Drop for On<'_> {
    fn drop(&mut self) {
        self.guest.actor = self.before;
    }
}

impl Guest {
    /// Lets another task make the calls: `g.on(thread).wait_io(ior)`.
    pub fn on(&mut self, task: Item) -> On<'_> {
        let before = std::mem::replace(&mut self.actor, task);
        On {
            guest: self,
            before,
        }
    }

    /// The tags of a thread whose code area is new, with `code` in it; and that area.
    pub fn thread_tags(&mut self, name: &str, priority: u8, code: &[u32]) -> (Tags, u32) {
        let start = self.alloc(CODE_AREA);
        for (n, &word) in code.iter().chain(&PARK).enumerate() {
            self.write(start + n as u32 * 4, word);
        }
        let sp = self.alloc(STACK) + STACK;
        let tags = Tags::new().name(name).pri(priority);
        (tags.and(10, start).and(12, STACK).and(15, sp), start)
    }

    /// Makes a thread known that was created with [`Guest::thread_tags`].
    pub fn adopt_thread(&mut self, thread: Item, start: u32, code_words: u32) {
        // The area was followed by the stack.
        let area = CodeArea {
            start,
            park: start + code_words * 4,
            sp: start + CODE_AREA + STACK,
        };
        self.areas.insert(thread, area);
        self.set_polite(true);
    }

    /// A thread that executes `code` and then has nothing to do, with further tags.
    pub fn try_thread(&mut self, name: &str, priority: u8, code: &[u32], more: Tags) -> Status {
        let (tags, start) = self.thread_tags(name, priority, code);
        let tags = more
            .rest()
            .iter()
            .fold(tags, |tags, &(t, v)| tags.and(t, v));
        let created = self.create(0x105, tags);
        if created.0 > 0 {
            self.adopt_thread(Item(created.0), start, code.len() as u32);
        }
        created
    }

    /// A thread of the acting task's priority class 100 that has nothing to do.
    pub fn create_thread(&mut self, name: &str) -> Item {
        self.create_thread_with(name, 100, &[], Tags::new())
    }

    /// A thread that must come into being.
    pub fn create_thread_with(
        &mut self,
        name: &str,
        priority: u8,
        code: &[u32],
        more: Tags,
    ) -> Item {
        let created = self.try_thread(name, priority, code, more);
        assert!(created.0 > 0, "CreateThread: {created:?}");
        Item(created.0)
    }

    /// A thread of that priority that sleeps on its signal 0x100; it has reached its sleep when
    /// its priority is above the creator's.
    pub fn create_sleeper(&mut self, name: &str, priority: u8) -> Item {
        self.create_thread_with(name, priority, &SLEEP_ON_FIRST_SIGNAL, Tags::new())
    }

    /// A second program with memory of its own, made by the real calls: pages, image, task.
    /// It has nothing to do.
    pub fn create_program(&mut self, name: &str) -> Item {
        let pages = self.call("AllocMemBlocks", &[PROGRAM_SIZE, 0x8_8000]).0 as u32;
        assert_ne!(pages, 0, "AllocMemBlocks");
        self.write_bytes(pages, &program_image(pages, PROGRAM_SIZE - 0x4000, 0));
        let tags = Tags::new().name(name).and(19, pages).and(18, 0x200_u32);
        let program = self.new_item(0x105, tags);
        let registers = self.machine.task_registers(program);
        let area = CodeArea {
            start: pages + 0x100,
            park: pages + 0x100,
            sp: registers.expect("the program's task").sp(),
        };
        self.areas.insert(program, area);
        self.set_polite(true);
        program
    }

    /// A place in the pages of a second program, beside its code.
    pub fn program_memory(&self, program: Item) -> u32 {
        self.areas[&program].start + 0x400
    }
}
