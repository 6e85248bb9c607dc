//! A real machine with a tiny program in it.
//!
//! A test makes its calls one by one.
//!
//! Nothing here goes round the emulated CPU: a call is written into guest memory as an
//! instruction, the task is put in front of it, and the machine runs until the task is behind
//! it. The only task stands in a loop when it has nothing to do; as soon as there are more, the
//! loop is one of Yield calls, so that tasks of the same priority do not have to wait for each
//! other's quantum.
//!
//! ```text
//! a task's code area        code    the words to execute, then
//!                           park    SWI Yield ; B park      (or B park)
//! the main program's pages  0x100   its code area
//!                           0x200   scratch memory that the harness hands out
//!                           ...     stack
//! ```

mod calls;
pub mod canvas;
mod code;
pub mod events;
pub mod graphics;
mod image;
mod io;
pub mod mach;
mod media;
mod tasks;

pub use calls::Tags;
pub use code::*;
pub use image::program_image;
pub use io::Io;
pub use media::disc_from;
pub use tasks::{On, SLEEP_ON_FIRST_SIGNAL};

use emu_core::kernel::call::{CallTable, Entry, System};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::node_type::FOLIONODE;
use emu_core::kernel::portfolio::structs::{Folio, ItemNode, KernelBase};
use emu_core::kernel::portfolio::tasks::Phase;
use emu_core::loader::aif::Image;
use emu_core::loader::opera_fs::writer::{Content, Item as DiscItem, pack};
use emu_core::machine::{Config, Machine, Outside, Stop};
use emu_core::media::DiscNumber;
use emu_core::mem::{CString, Field, GuestPtr, GuestValue};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Ticks, Video};
use emu_core::trace::{Category, Recorder};
use emu_devices::board::ConsoleBoard;
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::{Disc, Shelf, iso};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Where the main program is linked and loaded: the first free page.
pub const IMAGE_BASE: u32 = 0x4_8000;
/// Bytes of the main program: two pages, so that the stack gets pages of its own.
pub const IMAGE_SIZE: u32 = 0x1_8000;
/// Scratch memory that the harness hands out begins here.
const SCRATCH: u32 = IMAGE_BASE + 0x200;
/// The code area of the main program, at its entry point.
const MAIN_CODE: u32 = IMAGE_BASE + 0x100;
/// Bytes of a task's code area.
const CODE_AREA: u32 = 0x100;
/// The name of the main program and of its task.
pub const MAIN_NAME: &str = "conformance";

/// A step of the run: shorter than any call's cost, so that a call is seen to end at once.
const SLICE: Ticks = Ticks(20);
/// How long a call that should come back may take: two simulated seconds.
const PATIENCE: Ticks = Ticks(25_000_000);

/// The kernel folio's item.
const KERNEL: Item = Item(1);
/// The Audio folio's item.
const AUDIO: Item = Item(4);

/// A disc with these files in its root.
pub fn disc_of(files: &[DiscItem]) -> Disc {
    let image = pack(files, "CD-ROM").expect("the files fit on a disc");
    iso::open(Box::new(image)).expect("what was packed is a disc")
}

/// A file for a disc.
pub fn disc_file(name: &str, bytes: &[u8]) -> DiscItem {
    DiscItem {
        name: name.to_owned(),
        content: Content::File(bytes.to_vec()),
    }
}

/// A folder for a disc.
pub fn disc_folder(name: &str, items: Vec<DiscItem>) -> DiscItem {
    DiscItem {
        name: name.to_owned(),
        content: Content::Folder(items),
    }
}

/// A machine word as an argument of a call.
pub trait Word: Copy {
    /// Its 32 bits.
    fn word(self) -> u32;
}
impl Word for u32 {
    fn word(self) -> u32 {
        self
    }
}
impl Word for i32 {
    fn word(self) -> u32 {
        self as u32
    }
}
impl Word for Item {
    fn word(self) -> u32 {
        self.0 as u32
    }
}
impl Word for Status {
    fn word(self) -> u32 {
        self.0 as u32
    }
}

/// Where a task's instructions are written, and where they end.
#[derive(Clone, Copy, Debug)]
struct CodeArea {
    start: u32,
    /// The Yield loop behind the code that was written last.
    park: u32,
    /// The stack pointer before arguments were put there.
    sp: u32,
}

/// The machine, its program, and the task that makes the calls at present.
pub struct Guest {
    machine: Machine<ConsoleBoard>,
    sink: Recorder,
    profile: Profile,
    video: Video,
    main: Item,
    actor: Item,
    areas: BTreeMap<Item, CodeArea>,
    scratch: u32,
    scratch_end: u32,
    /// Tasks with nothing to do call Yield.
    polite: bool,
    stop: Option<Stop>,
    shelf: Shelf,
    /// When the machine is saved and loaded.
    interruptions: BTreeSet<Tick>,
    mach: mach::MachSide,
    /// Tasks that have opened the Audio folio.
    audio_open: BTreeSet<Item>,
}

/// Runs a test once under each profile; a failure says which.
pub fn both_profiles(test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let run = catch_unwind(AssertUnwindSafe(|| test(&mut Guest::new(profile))));
        if let Err(failure) = run {
            eprintln!("the failure is under profile `{}`", profile.name());
            resume_unwind(failure);
        }
    }
}

impl Guest {
    /// A machine whose main program stands ready to make calls.
    pub fn new(profile: Profile) -> Guest {
        Guest::with_image(profile, &program_image(IMAGE_BASE, IMAGE_SIZE, 0))
    }

    /// The same with a program of one's own whose entry point is the harness's.
    pub fn with_image(profile: Profile, bytes: &[u8]) -> Guest {
        Guest::build(profile, bytes, DriveProfile::Nominal, Shelf::new())
    }

    /// A machine with a disc of these files in its drive.
    pub fn with_disc(profile: Profile, drive: DriveProfile, files: &[DiscItem]) -> Guest {
        let mut shelf = Shelf::new();
        shelf.push(disc_of(files));
        let image = program_image(IMAGE_BASE, IMAGE_SIZE, 0);
        Guest::build(profile, &image, drive, shelf)
    }

    /// A machine with the first of these discs in its drive.
    pub fn with_discs(profile: Profile, drive: DriveProfile, discs: Vec<Disc>) -> Guest {
        let mut shelf = Shelf::new();
        for disc in discs {
            shelf.push(disc);
        }
        let image = program_image(IMAGE_BASE, IMAGE_SIZE, 0);
        Guest::build(profile, &image, drive, shelf)
    }

    fn build(profile: Profile, bytes: &[u8], drive: DriveProfile, shelf: Shelf) -> Guest {
        Guest::build_with(profile, bytes, drive, shelf, None)
    }

    fn build_with(
        profile: Profile,
        bytes: &[u8],
        drive: DriveProfile,
        shelf: Shelf,
        nvram: Option<Vec<u8>>,
    ) -> Guest {
        let config = Config {
            profile,
            ..Config::default()
        };
        Guest::build_configured(config, bytes, drive, shelf, nvram)
    }

    /// A machine of a configuration of one's own, with nothing in its drive.
    pub fn with_config(config: Config) -> Guest {
        let image = program_image(IMAGE_BASE, IMAGE_SIZE, 0);
        Guest::build_configured(config, &image, DriveProfile::Nominal, Shelf::new(), None)
    }

    fn build_configured(
        config: Config,
        bytes: &[u8],
        drive: DriveProfile,
        shelf: Shelf,
        nvram: Option<Vec<u8>>,
    ) -> Guest {
        let mut board = ConsoleBoard::new(config.video, config.quirks()).with_drive(drive);
        if let Some((number, table)) = shelf.insertable(DiscNumber(0)) {
            board = board.with_disc(number, table);
        }
        if let Some(bytes) = nvram {
            board = board.with_nvram(bytes).expect("as long as the console's");
        }
        let mut machine = Machine::new(board, config);
        let image = Image::parse(bytes).expect("the harness's own program");
        let main = machine
            .load_program(&image, MAIN_NAME, b"$app/conformance")
            .expect("the program starts");
        let sp = machine.task_registers(main).expect("its task").sp();
        let mut guest = Guest {
            machine,
            sink: Recorder::new(
                Category::CONSOLE | Category::WARNINGS | Category::TASKS | Category::SWITCHES,
            ),
            profile: config.profile,
            video: config.video,
            main,
            actor: main,
            areas: BTreeMap::new(),
            scratch: SCRATCH,
            scratch_end: IMAGE_BASE + IMAGE_SIZE,
            polite: false,
            stop: None,
            shelf,
            interruptions: BTreeSet::new(),
            mach: mach::MachSide::default(),
            audio_open: BTreeSet::new(),
        };
        guest.write_park(MAIN_CODE);
        let area = CodeArea {
            start: MAIN_CODE,
            park: MAIN_CODE,
            sp,
        };
        guest.areas.insert(main, area);
        guest.wait();
        guest
    }

    // ---- the machine ----

    /// The profile it runs under.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Whether it runs under `retail`.
    pub fn retail(&self) -> bool {
        self.profile == Profile::Retail
    }

    /// The machine.
    pub fn machine(&mut self) -> &mut Machine<ConsoleBoard> {
        &mut self.machine
    }

    /// The main program's task.
    pub fn main(&self) -> Item {
        self.main
    }

    /// The task that makes the calls.
    pub fn me(&self) -> Item {
        self.actor
    }

    /// The present instant.
    pub fn now(&self) -> Tick {
        self.machine.now()
    }

    /// Vertical blanks so far.
    pub fn fields(&self) -> u64 {
        self.machine.fields()
    }

    /// Lets time pass.
    pub fn advance(&mut self, ticks: u64) {
        let end = self.machine.now() + Ticks(ticks);
        self.run_to(end);
    }

    /// Lets at least so many microseconds pass.
    pub fn advance_micros(&mut self, micros: u64) {
        self.advance((micros * 25).div_ceil(2));
    }

    /// Runs to just behind the vertical blank that is `count` blanks from now.
    pub fn advance_fields(&mut self, count: u64) {
        let at = self.video.field_start(self.machine.fields() + count);
        self.run_to(at + Ticks(1000));
    }

    /// Runs to an instant, or to the end of the program.
    pub fn run_to(&mut self, end: Tick) {
        while let Some(&point) = self.interruptions.first()
            && point < end
        {
            self.interruptions.remove(&point);
            self.run_without_interruption(point);
            self.reload();
        }
        self.run_without_interruption(end);
    }

    fn run_without_interruption(&mut self, end: Tick) {
        if self.stop.is_some() || end < self.now() {
            return;
        }
        let mut outside = Outside {
            sink: &mut self.sink,
            discs: &self.shelf,
        };
        match self.machine.run_with(end, &mut outside) {
            Stop::Limit => (),
            stop => self.stop = Some(stop),
        }
    }

    /// Runs until the machine stops by itself.
    pub fn run_to_stop(&mut self) -> Stop {
        self.run_to(self.now() + PATIENCE);
        self.stop.clone().expect("the machine stops")
    }

    /// Why the machine has stopped, if it has.
    pub fn stopped(&self) -> Option<&Stop> {
        self.stop.as_ref()
    }

    /// All that the guest has printed.
    pub fn console(&self) -> String {
        self.sink.console()
    }

    /// Records from now on what happens to requests too.
    pub fn watch_requests(&mut self) {
        self.sink = Recorder::new(Category::all());
    }

    /// Everything recorded, to look at warnings.
    pub fn records(&self) -> &Recorder {
        &self.sink
    }

    // ---- code ----

    /// Whether a task exists.
    pub fn exists(&self, task: Item) -> bool {
        self.machine.task(task).is_some()
    }

    /// Whether a task waits in a call.
    pub fn is_blocked(&self, task: Item) -> bool {
        let state = self.machine.task(task);
        state.is_some_and(|state| state.phase == Phase::Waiting)
    }

    /// Whether a task has executed all that it was told to.
    pub fn is_idle(&self, task: Item) -> bool {
        let (Some(state), Some(area)) = (self.machine.task(task), self.areas.get(&task)) else {
            return false;
        };
        let behind = state.registers.pc().wrapping_sub(area.park);
        state.wait.is_none() && behind <= 4
    }

    /// Puts the acting task in front of new instructions, without running it.
    pub fn begin_code(&mut self, words: &[u32], registers: &[(usize, u32)]) {
        let task = self.actor;
        let area = self.areas.get_mut(&task).expect("a task of the harness");
        assert!((words.len() as u32 + 2) * 4 <= CODE_AREA, "too much code");
        let (start, sp) = (area.start, area.sp);
        area.park = start + words.len() as u32 * 4;
        for (n, &word) in words.iter().enumerate() {
            self.write(start + n as u32 * 4, word);
        }
        self.write_park(start + words.len() as u32 * 4);
        let of_task = self.machine.task_registers_mut(task);
        let of_task = of_task.expect("the task exists");
        of_task.r[13] = sp;
        of_task.r[15] = start;
        for &(n, value) in registers {
            of_task.r[n] = value;
        }
    }

    /// Writes what a task does behind its code.
    fn write_park(&mut self, at: u32) {
        let park = if self.polite { PARK } else { [SPIN; 2] };
        for (n, word) in (0..).zip(park) {
            self.write(at + n * 4, word);
        }
    }

    /// Whether tasks with nothing to do call Yield (from the second task on they do) or spin.
    /// A Yield that finds no rival leaves the kernel's reschedule flag set.
    pub fn set_polite(&mut self, polite: bool) {
        self.polite = polite;
        for area in self.areas.clone().into_values() {
            self.write_park(area.park);
        }
    }

    /// Executes instructions in the acting task; returns r0.
    pub fn run_code(&mut self, words: &[u32], registers: &[(usize, u32)]) -> u32 {
        self.begin_code(words, registers);
        self.wait();
        self.reg(0)
    }

    /// Whether the acting task is behind its call and goes on: a task that its call has made
    /// ready has had its turn if it was entitled to one before the call returns.
    fn has_returned(&self) -> bool {
        self.is_idle(self.actor)
            && self.machine.kernel().current_task() == Some(self.actor)
            && self.now() >= self.machine.busy_until()
    }

    /// Runs until the acting task has executed all that it was told to.
    pub fn wait(&mut self) {
        self.wait_for(PATIENCE);
    }

    /// The same with a patience of one's own.
    pub fn wait_for(&mut self, patience: Ticks) {
        let task = self.actor;
        let end = self.now() + patience;
        while !self.has_returned() {
            let state = self.machine.kernel().describe_tasks(self.machine.memory());
            assert!(self.stop.is_none(), "stopped: {:?}", self.stop);
            assert!(self.exists(task), "the task is gone; {state:?}");
            assert!(self.now() < end, "the call does not return: {state:?}");
            // Not beyond the end of a call: what follows it has not been written yet.
            let slice = self.now() + SLICE;
            match self.machine.busy_until() {
                busy if busy > self.now() => self.run_to(busy.min(slice)),
                _ => self.run_to(slice),
            }
        }
    }

    /// A register of the acting task.
    pub fn reg(&self, n: usize) -> u32 {
        let registers = self.machine.task_registers(self.actor);
        registers.expect("the task exists").r[n]
    }

    // ---- calls ----

    /// Starts a call in the acting task and does not wait for it.
    pub fn begin_call(&mut self, name: &str, arguments: &[u32]) {
        let table = CallTable::get();
        let row = table
            .rows()
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(name) && row.system != System::Mach);
        let row = row.unwrap_or_else(|| panic!("no call {name}"));
        if row.system == System::Audio {
            self.open_audio();
        }
        match row.entry {
            Entry::Swi(_) => self.begin_swi(row.number() as u32, arguments),
            Entry::Vector(n) => {
                let folio = self.folio_of(row.system);
                self.begin_vec_of(folio, n, arguments);
            }
            Entry::Private(_) | Entry::Trap(_) | Entry::Message(_) => {
                panic!("{name} is not a call of Portfolio")
            }
        }
    }

    /// Opens the Audio folio for the acting task, as every program that uses it does first.
    pub fn open_audio(&mut self) {
        if self.audio_open.insert(self.actor) {
            let opened = self.call("OpenItem", &[AUDIO.word(), 0]);
            assert_eq!(opened, Status(AUDIO.0), "OpenItem of the Audio folio");
        }
    }

    /// The item of a folio; two have no fixed number.
    pub fn folio_of(&self, system: System) -> Item {
        let fixed = Item(i32::from(system.folio()));
        if !matches!(system, System::Compression | System::Jstring) {
            return fixed;
        }
        let is_it = |&item: &Item| {
            self.is_item(item)
                && self.field(item, ItemNode::n_Type) == FOLIONODE
                && self.text(self.field(item, ItemNode::n_Name).addr()) == system.name()
        };
        let found = (16..128).map(Item).find(is_it);
        found.unwrap_or_else(|| panic!("no folio {}", system.name()))
    }

    /// Starts `SWI number` in the acting task.
    pub fn begin_swi(&mut self, number: u32, arguments: &[u32]) {
        let registers = self.place(arguments);
        self.begin_code(&[swi(number)], &registers);
        self.drop_stack(arguments);
    }

    /// Starts a call of the kernel's vector `n` in the acting task.
    pub fn begin_vec(&mut self, n: u8, arguments: &[u32]) {
        self.begin_vec_of(KERNEL, n, arguments);
    }

    /// Starts a call of vector `n` of a folio in the acting task.
    pub fn begin_vec_of(&mut self, folio: Item, n: u8, arguments: &[u32]) {
        let mut registers = self.place(arguments);
        registers.push((11, self.ptr::<Folio>(folio).addr()));
        self.begin_code(&call_vector(11, n), &registers);
        self.drop_stack(arguments);
    }

    /// The first four arguments as registers; the others are written below the stack pointer.
    fn place(&mut self, arguments: &[u32]) -> Vec<(usize, u32)> {
        let extra = arguments.get(4..).unwrap_or_default();
        let below = self.areas[&self.actor].sp - extra.len() as u32 * 4;
        for (n, &word) in extra.iter().enumerate() {
            self.write(below + n as u32 * 4, word);
        }
        arguments.iter().take(4).copied().enumerate().collect()
    }

    fn drop_stack(&mut self, arguments: &[u32]) {
        let extra = arguments.len().saturating_sub(4) as u32 * 4;
        let registers = self.machine.task_registers_mut(self.actor);
        registers.expect("the task exists").r[13] -= extra;
    }

    /// Makes a call by its name, waits until it returns and gives its result.
    pub fn call(&mut self, name: &str, arguments: &[u32]) -> Status {
        self.begin_call(name, arguments);
        self.wait();
        self.last()
    }

    /// Makes a call by its SWI number.
    pub fn swi(&mut self, number: u32, arguments: &[u32]) -> Status {
        self.begin_swi(number, arguments);
        self.wait();
        self.last()
    }

    /// Makes a call of the kernel's vector `n`.
    pub fn vec(&mut self, n: u8, arguments: &[u32]) -> Status {
        self.begin_vec(n, arguments);
        self.wait();
        self.last()
    }

    /// r0 of the acting task.
    pub fn last(&self) -> Status {
        Status(self.reg(0) as i32)
    }

    /// The result of a call that was begun, once it has returned.
    pub fn result(&self) -> Option<Status> {
        self.is_idle(self.actor).then(|| self.last())
    }

    // ---- guest memory ----

    /// Scratch memory of the main program, zeroed, on a multiple of 16.
    pub fn alloc(&mut self, bytes: u32) -> u32 {
        let at = self.scratch;
        self.scratch += bytes.next_multiple_of(16);
        assert!(self.scratch <= self.scratch_end, "out of scratch memory");
        let place = self.machine.memory_mut().bytes_mut(at, bytes);
        place.expect("memory").fill(0);
        at
    }

    /// Writes a word, whoever owns the page.
    pub fn write(&mut self, at: u32, word: u32) {
        self.machine.memory_mut().set_word(at, word);
    }

    /// Reads a word.
    pub fn read(&self, at: u32) -> u32 {
        self.machine.memory().word(at)
    }

    /// Writes bytes, whoever owns the page.
    pub fn write_bytes(&mut self, at: u32, bytes: &[u8]) {
        let place = self.machine.memory_mut().bytes_mut(at, bytes.len() as u32);
        place.expect("memory").copy_from_slice(bytes);
    }

    /// Reads bytes.
    pub fn read_bytes(&self, at: u32, count: u32) -> Vec<u8> {
        let bytes = self.machine.memory().bytes(at, count);
        bytes.expect("memory").to_vec()
    }

    /// New scratch memory with these words.
    pub fn words(&mut self, words: &[u32]) -> u32 {
        let at = self.alloc(words.len() as u32 * 4);
        for (n, &word) in words.iter().enumerate() {
            self.write(at + n as u32 * 4, word);
        }
        at
    }

    /// New scratch memory with this text and a zero.
    pub fn string(&mut self, text: &str) -> u32 {
        let at = self.alloc(text.len() as u32 + 1);
        self.write_bytes(at, text.as_bytes());
        at
    }

    /// Reads a value through a typed pointer.
    pub fn peek<T: GuestValue>(&self, at: GuestPtr<T>) -> T {
        self.machine.memory().peek(at)
    }

    /// The structure of an item.
    pub fn ptr<S>(&self, item: Item) -> GuestPtr<S> {
        let node = self.machine.item(item);
        node.unwrap_or_else(|| panic!("there is no item {item:?}"))
            .cast()
    }

    /// A field of an item's structure: `g.field(ior, IOReq::io_Flags)`.
    pub fn field<S, T: GuestValue>(&self, item: Item, field: Field<S, T>) -> T {
        self.peek(self.ptr::<S>(item).at(field))
    }

    /// Whether an item number is valid.
    pub fn is_item(&self, item: Item) -> bool {
        self.machine.item(item).is_some()
    }

    /// The kernel folio's structure.
    pub fn kernel_base(&self) -> GuestPtr<KernelBase> {
        self.machine.kernel().kernel_base()
    }

    /// A string that a program keeps.
    pub fn text(&self, at: u32) -> String {
        self.machine
            .memory()
            .show_string(GuestPtr::<CString>::new(at))
    }
}
