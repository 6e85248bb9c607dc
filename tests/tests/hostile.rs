//! Guests that mean harm: every one ends with a documented error, a guest fault or a limit.
//!
//! ```text
//! 0x50000  header       0x50400  cells        0x51000  stack of the worker
//!          driver       0x50500  tags         0x52000  scratch: tag lists, names, IOInfos, noise
//!                                             0x54000  results
//!                                             0x58000  the calls, then their arguments
//! ```
//! The driver is a guest program. Its main task starts a worker thread, which makes the calls of
//! the table one after the other; when the worker dies or hangs, main kills it and starts the
//! next, which goes on behind the call that did it.
#![forbid(unsafe_code)]

use emu_core::kernel::abi::ArgKind;
use emu_core::kernel::call::{CallTable, Entry, System};
use emu_core::loader::aif::Image;
use emu_core::machine::{Config, Machine, Stop};
use emu_core::mem::Memory;
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Ticks};
use emu_core::trace::Silent;
use emu_devices::board::ConsoleBoard;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tests::run::{Console, Dice, cases, recorder, start_image};

const BASE: u32 = 0x5_0000;
const WORKER: u32 = BASE + 0x12C;
const CELLS: u32 = BASE + 0x400;
const TAGS: u32 = BASE + 0x500;
const STACK: u32 = BASE + 0x1000;
const SCRATCH: u32 = BASE + 0x2000;
const SCRATCH_END: u32 = BASE + 0x4000;
const RESULTS: u32 = BASE + 0x4000;
const RESULT_CELLS: u64 = 64;
const TABLE: u32 = BASE + 0x8000;
/// Words of one call: number, places of four arguments, place of the result.
const CALL: u32 = 24;
/// Bit 31 of a number: the offset of a vector below KernelBase.
const VECTOR: u32 = 0x8000_0000;

const DRIVER: [u32; 75] = [
    // main: remembers KernelBase, opens the timer, makes a request.
    0xE59F_4104,
    0xE584_9000,
    0xE59F_0100,
    0xE59F_1100,
    0xEF01_0024,
    0xE59F_10FC,
    0xE581_0004,
    0xE59F_00F8,
    0xE3A0_2000,
    0xEF01_0000,
    0xE1A0_5000,
    // again: a worker thread; none = status 1.
    0xE59F_00EC,
    0xE59F_10EC,
    0xE3A0_2000,
    0xEF01_0000,
    0xE350_0000,
    0xDA00_0016,
    0xE1A0_6000,
    // watch: waits for two milliseconds; done when the table is.
    0xE594_7004,
    0xE1A0_0005,
    0xE59F_10D0,
    0xEF01_0025,
    0xE594_0004,
    0xE594_1008,
    0xE150_0001,
    0x2A00_000F,
    // A dead worker is replaced, one that got nowhere is killed first.
    0xE1A0_0006,
    0xE3A0_1001,
    0xE3A0_2005,
    0xE594_3000,
    0xE1A0_E00F,
    0xE513_F040,
    0xE350_0000,
    0x0AFF_FFE8,
    0xE594_0004,
    0xE150_0007,
    0x1AFF_FFEC,
    0xE1A0_0006,
    0xEF01_0003,
    0xEAFF_FFE2,
    // fail, done
    0xE3A0_0001,
    0xEF01_0027,
    0xEF00_0011,
    // worker: fetches a call and notes that it did.
    0xE59F_4058,
    0xE594_B004,
    0xE594_0008,
    0xE15B_0000,
    0x2F00_0011,
    0xE8BB_07E0,
    0xE584_B004,
    0xE594_D00C,
    0xE596_0000,
    0xE597_1000,
    0xE598_2000,
    0xE599_3000,
    0xE1A0_B00A,
    0xE1B0_C005,
    0x4A00_0003,
    // A system call by SWI 0, or a vector; a result that is no error is stored.
    0xEF00_0000,
    0xE350_0000,
    0xC58B_0000,
    0xEAFF_FFED,
    0xE3CC_C102,
    0xE594_5000,
    0xE045_500C,
    0xE24F_E020,
    0xE595_F000,
    // literals
    0x0005_0400,
    0x0000_010F,
    0x0005_0500,
    0x0005_0510,
    0x0000_010E,
    0x0000_0105,
    0x0005_0520,
    0x0005_0560,
];

/// One call: number, where its arguments are, where its result goes.
struct Call {
    number: u32,
    args: [Arg; 4],
    result: u32,
}

/// An argument: a word, or whatever is at an address when the call is made.
#[derive(Clone, Copy)]
enum Arg {
    Word(u32),
    At(u32),
}

/// A program file under construction: memory from BASE on.
struct File(Vec<u8>);

impl File {
    /// A header that the loader accepts, and nothing else.
    fn new(size: u32) -> File {
        let mut file = File(vec![0; size as usize]);
        const NOP: u32 = 0xE1A0_0000;
        for (n, word) in [NOP, NOP, NOP, 0xEB00_001B, 0xEF00_0011]
            .into_iter()
            .enumerate()
        {
            file.set(BASE + 4 * n as u32, word);
        }
        file.set(BASE + 0x14, size);
        file.set(BASE + 0x28, BASE);
        file.set(BASE + 0x30, 32);
        file
    }

    fn set(&mut self, addr: u32, word: u32) {
        let at = (addr - BASE) as usize;
        self.0[at..at + 4].copy_from_slice(&word.to_be_bytes());
    }

    fn put(&mut self, addr: u32, bytes: &[u8]) {
        let at = (addr - BASE) as usize;
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn words(&mut self, addr: u32, words: &[u32]) {
        for (n, &word) in words.iter().enumerate() {
            self.set(addr + 4 * n as u32, word);
        }
    }

    /// The driver with its table.
    fn with_calls(calls: &[Call]) -> File {
        let literals = TABLE + calls.len() as u32 * CALL;
        let mut file = File::new(literals + calls.len() as u32 * 16 - BASE);
        file.words(BASE + 0x80, &DRIVER);
        file.words(CELLS, &[0, TABLE, literals, STACK + 0x1000]);
        file.words(TAGS, &[1, TAGS + 0xA0, 0, 0]);
        file.words(TAGS + 0x10, &[11, 0, 0, 0]);
        let thread = [
            1,
            TAGS + 0xA8,
            2,
            90,
            10,
            WORKER,
            12,
            0x1000,
            15,
            STACK + 0x1000,
            0,
            0,
        ];
        file.words(TAGS + 0x20, &thread);
        // DELAY on the microsecond unit.
        file.words(TAGS + 0x60, &[0x0300_0100, 0, 0, 0, TAGS + 0x90, 8, 0, 0]);
        file.words(TAGS + 0x90, &[0, 2_000]);
        file.put(TAGS + 0xA0, b"timer\0\0\0worker\0");
        for (n, call) in calls.iter().enumerate() {
            let n = n as u32;
            let mut entry = [call.number, 0, 0, 0, 0, call.result];
            for (k, arg) in call.args.into_iter().enumerate() {
                entry[1 + k] = match arg {
                    Arg::At(addr) => addr,
                    Arg::Word(word) => {
                        let place = literals + n * 16 + 4 * k as u32;
                        file.set(place, word);
                        place
                    }
                };
            }
            file.words(TABLE + n * CALL, &entry);
        }
        file
    }

    fn start(&self, config: Config) -> Console {
        let image = Image::parse(&self.0).expect("the driver is a program");
        start_image(&image, "hostile", "", config)
    }
}

// ---- random calls ----

/// Words that point, or nearly.
fn pointer(dice: &mut Dice) -> u32 {
    let near = dice.pick(&[0, 0, 0, 0, 1, 2, 4, 0xFFFF_FFFC]);
    let place = match dice.below(16) {
        0..=6 => SCRATCH + (dice.below(128) as u32) * 0x40,
        7 => RESULTS + (dice.below(64) as u32) * 4,
        8 => BASE + dice.below(0x1_0000) as u32,
        // Kernel structures, the stub page.
        9 => 0x8000 + dice.below(0x4_0000) as u32,
        10 => 0x4000 + dice.below(0x4000) as u32,
        11 => dice.pick(&[0, 4, 0x1FC, 0x200, 0x7FFC]),
        12 => dice.pick(&[
            0x1F_FFFC, 0x20_0000, 0x2F_EFFC, 0x2F_F000, 0x2F_FFFC, 0x2F_FFFF,
        ]),
        13 => dice.pick(&[
            0x30_0000,
            0x7FFF_FFFF,
            0x8000_0000,
            0xFFFF_FFF0,
            0xFFFF_FFFF,
        ]),
        14 => dice.below(0x30_0000) as u32,
        _ => dice.word(),
    };
    place.wrapping_add(near)
}

fn size(dice: &mut Dice) -> u32 {
    match dice.below(8) {
        0..=3 => dice.below(0x200) as u32,
        4 => dice.below(0x4_0000) as u32,
        5 => dice.word(),
        _ => dice.pick(&[
            0,
            1,
            0xFFFF_FFFF,
            0x7FFF_FFFF,
            0x8000_0000,
            0xFFFF_FFFC,
            0x30_0000,
        ]),
    }
}

/// Cells of the results, eight for each kind of item.
fn cell(dice: &mut Dice, kind: u32) -> u32 {
    RESULTS + (kind * 8 + dice.below(8) as u32) * 4
}

/// The kind of item that a parameter of this name wants.
fn kind_of(name: &str) -> Option<u32> {
    match name {
        "port" => Some(0),
        "message" => Some(1),
        "ior" => Some(2),
        "semaphore" => Some(3),
        "task" => Some(4),
        _ => None,
    }
}

fn item(dice: &mut Dice, name: &str) -> Arg {
    if let Some(kind) = kind_of(name)
        && dice.below(4) > 0
    {
        return Arg::At(cell(dice, kind));
    }
    match dice.below(8) {
        0..=4 => Arg::At(RESULTS + dice.below(RESULT_CELLS) as u32 * 4),
        5 => Arg::Word(dice.below(0x50) as u32),
        6 => Arg::Word((dice.below(4) << 16 | dice.below(0x60)) as u32),
        _ => Arg::Word(dice.pick(&[0, 0xFFFF_FFFF, 0xFFF, 0x1000, 0x7FFF_0010, 0x8000_0013])),
    }
}

/// Item types that CreateItem, FindItem and their family are asked for.
fn node_id(dice: &mut Dice) -> u32 {
    match dice.below(8) {
        0 => dice.word(),
        1 => dice.pick(&[2, 3, 4, 5, 9, 0xFFF]) << 8 | dice.below(20) as u32,
        _ => 0x100 | dice.pick(&[4, 5, 7, 9, 9, 10, 10, 14, 14, 15, 17, 1, 18, 0]),
    }
}

fn argument(dice: &mut Dice, kind: ArgKind, name: &str) -> Arg {
    if dice.below(12) == 0 {
        return match dice.below(4) {
            0 => item(dice, name),
            1 => Arg::Word(size(dice)),
            2 => Arg::Word(pointer(dice)),
            _ => Arg::Word(dice.word()),
        };
    }
    match kind {
        ArgKind::Item => item(dice, name),
        ArgKind::Int => Arg::Word(size(dice)),
        ArgKind::Bits => Arg::Word(match dice.below(4) {
            0 => node_id(dice),
            1 => 1 << dice.below(32),
            2 => pointer(dice),
            _ => size(dice),
        }),
        ArgKind::Error => Arg::Word(0xD57B_9000 | dice.below(0x1000) as u32),
        ArgKind::Tags => Arg::Word(SCRATCH + dice.below(16) as u32 * 0x40),
        ArgKind::IoInfo => Arg::Word(SCRATCH + 0x800 + dice.below(16) as u32 * 0x40),
        ArgKind::Pointer | ArgKind::String | ArgKind::Hidden => Arg::Word(pointer(dice)),
    }
}

/// Tag lists that are right, as far as the items in them are: the calls that fill them in.
const GOOD: u32 = SCRATCH + 0x1000;
const RECIPES: [(u32, u32, &[u32], u32); 10] = [
    // Number of the list, node type, tags, kind of the result.
    (0, 10, &[0, 0], 0),
    (1, 10, &[1, SCRATCH + 0xC00, 0, 0], 0),
    (2, 9, &[10, 0, 0, 0], 1),
    (3, 9, &[10, 0, 11, 64, 0, 0], 1),
    (4, 7, &[0, 0], 3),
    (5, 14, &[11, 0, 0, 0], 2),
    (6, 14, &[11, 0, 10, 0, 0, 0], 2),
    (
        7,
        5,
        &[
            1,
            SCRATCH + 0xC20,
            10,
            WORKER,
            12,
            0x400,
            15,
            STACK + 0x800,
            0,
            0,
        ],
        4,
    ),
    (
        8,
        5,
        &[
            1,
            SCRATCH + 0xC40,
            10,
            SPIN,
            12,
            0x400,
            15,
            STACK + 0x400,
            2,
            80,
            0,
            0,
        ],
        4,
    ),
    (9, 4, &[10, 2, 11, GOOD, 0, 0], 5),
];
/// Where the recipes want a device and a port.
const DEVICE_SLOTS: [u32; 2] = [GOOD + 5 * 0x40 + 4, GOOD + 6 * 0x40 + 4];
const PORT_SLOTS: [u32; 3] = [
    GOOD + 2 * 0x40 + 4,
    GOOD + 3 * 0x40 + 4,
    GOOD + 6 * 0x40 + 12,
];
/// `B .`
const SPIN: u32 = BASE + 0x300;

/// A call that should succeed more often than not.
fn good_call(dice: &mut Dice) -> Call {
    let word = Arg::Word;
    let zero = word(0);
    match dice.below(10) {
        0 => Call {
            number: 0x1_0024,
            args: [word(0x10F), word(TAGS), zero, zero],
            result: dice.pick(&DEVICE_SLOTS),
        },
        1 => Call {
            number: 0x1_0000,
            args: [word(0x10A), zero, zero, zero],
            result: dice.pick(&PORT_SLOTS),
        },
        2..=5 => {
            let (list, kind, _, cells) = dice.pick(&RECIPES);
            Call {
                number: 0x1_0000,
                args: [word(0x100 | kind), word(GOOD + list * 0x40), zero, zero],
                result: cell(dice, cells),
            }
        }
        6 | 7 => Call {
            // SendIO of a delay.
            number: 0x1_0018,
            args: [Arg::At(cell(dice, 2)), word(TAGS + 0x60), zero, zero],
            result: RESULTS + 60 * 4,
        },
        8 => Call {
            number: 0x1_0010,
            args: [
                Arg::At(dice.pick(&PORT_SLOTS)),
                Arg::At(cell(dice, 1)),
                word(SCRATCH),
                word(dice.below(80) as u32),
            ],
            result: RESULTS + 61 * 4,
        },
        _ => Call {
            // AbortIO, LockItem, UnlockItem, WaitIO, GetMsg, CheckIO
            number: dice.pick(&[
                0x1_0019,
                0x1_0007,
                0x1_0006,
                0x1_0029,
                0x1_0013,
                VECTOR | 41 * 4,
            ]),
            args: [
                Arg::At(RESULTS + dice.below(40) as u32 * 4),
                zero,
                zero,
                zero,
            ],
            result: RESULTS + 62 * 4,
        },
    }
}

fn random_call(seed: u64) -> Call {
    let mut dice = Dice(seed);
    if dice.below(5) < 2 {
        return good_call(&mut dice);
    }
    let rows = CallTable::get().rows();
    let row = rows[dice.below(rows.len() as u64) as usize];
    // Most calls are the kernel's.
    let kernel: Vec<_> = rows
        .iter()
        .filter(|row| row.system == System::Kernel)
        .collect();
    let row = match dice.below(10) {
        0 => row,
        _ => kernel[dice.below(kernel.len() as u64) as usize],
    };
    // A vector that does not like its arguments costs the worker its life and its items.
    let row = match row.entry {
        Entry::Vector(_) if dice.below(10) > 0 => kernel[dice.below(20) as usize],
        _ => row,
    };
    let mut number = match row.entry {
        Entry::Swi(n) => u32::from(row.system.folio()) << 16 | u32::from(n),
        Entry::Vector(n) if row.system == System::Kernel => VECTOR | u32::from(n) * 4,
        _ => dice.pick(&[0x1_0000, 0x1_0003, 0x1_0018, 0x1_0025]),
    };
    // Calls that end the worker, or take its memory away, get enough attention as it is.
    if matches!(row.name, "Exit" | "ExitTask" | "ControlMem") && dice.below(20) > 0 {
        number = 0x1_0000;
    }
    if dice.below(150) == 0 {
        number = match dice.below(5) {
            0 => dice.word() & !VECTOR,
            1 => 0x1_0000 | dice.below(0x100) as u32,
            2 => VECTOR | (dice.below(0x90) as u32 * 4),
            3 => 0xF0_0000 | dice.below(0x1_FFFF) as u32,
            _ => dice.below(0x200) as u32,
        };
    }
    let mut args = [Arg::Word(0); 4];
    for (n, arg) in args.iter_mut().enumerate() {
        let (kind, name) = row
            .args
            .get(n)
            .map_or((ArgKind::Bits, ""), |info| (info.kind, info.name));
        *arg = argument(&mut dice, kind, name);
    }
    if matches!(row.name, "CreateSizedItem" | "FindItem" | "FindAndOpenItem") {
        args[0] = Arg::Word(node_id(&mut dice));
        if row.name == "CreateSizedItem" && dice.below(4) > 0 {
            args[2] = Arg::Word(0);
        }
    }
    // Results become arguments, or the values of tags.
    let result = match dice.below(4) {
        0 => SCRATCH + dice.below(16) as u32 * 0x40 + 4 + 8 * dice.below(6) as u32,
        _ => RESULTS + dice.below(RESULT_CELLS) as u32 * 4,
    };
    Call {
        number,
        args,
        result,
    }
}

/// Tag lists, IOInfos, names and noise in the scratch memory.
fn fill_scratch(file: &mut File, dice: &mut Dice) {
    for addr in (SCRATCH..SCRATCH_END).step_by(4) {
        let word = match dice.below(4) {
            0 => dice.word(),
            1 => pointer(dice),
            2 => dice.below(0x40) as u32,
            _ => 0,
        };
        file.set(addr, word);
    }
    for n in 0..16 {
        let list = SCRATCH + n * 0x40;
        for k in 0..dice.below(7) as u32 {
            let tag = dice.pick(&[1, 1, 2, 3, 6, 10, 10, 11, 11, 12, 13, 15, 25, 254, 255]);
            let value = match tag {
                1 => SCRATCH + 0xC00 + dice.below(8) as u32 * 0x20,
                2 => dice.below(256) as u32,
                254 => SCRATCH + dice.below(16) as u32 * 0x40,
                _ => match dice.below(4) {
                    0 => WORKER,
                    1 => 0x10 + dice.below(0x20) as u32,
                    2 => size(dice),
                    _ => pointer(dice),
                },
            };
            file.words(list + 8 * k, &[tag, value]);
        }
        file.set(list + 0x38, 0);
        let info = SCRATCH + 0x800 + n * 0x40;
        let flags = dice.pick(&[0, 0, 0, 0x02_00, 0x01, 0xFF]);
        let head = (dice.below(8) as u32) << 24 | flags << 8 | (dice.below(3) as u32) << 8;
        let option = dice.pick(&[0, 0x100, 0x8000_0000, 0x8]);
        let (send, recv) = (pointer(dice), pointer(dice));
        let length = dice.pick(&[0, 8, 8, 8, 36, 0xFFFF_FFFF]);
        let recv_length = dice.pick(&[0, 0, 36, 8, 0x7FFF_FFFF]);
        let offset = dice.pick(&[0, 1, 2, 0x7FFF_FFFF, 0xFFFF_FFFF]);
        file.words(
            info,
            &[head, option, 0, offset, send, length, recv, recv_length],
        );
        if dice.below(2) == 0 {
            // A time that is one.
            file.words(info + 0x10, &[info + 0x20, 8, 0, 0]);
            file.words(info + 0x20, &[0, dice.below(20_000) as u32]);
        }
    }
    for (list, _, tags, _) in RECIPES {
        file.words(GOOD + list * 0x40, tags);
    }
    file.set(SPIN, 0xEAFF_FFFE);
    for n in 0..8 {
        let name = [b"timer\0", b"port%\0", b"\x80wild\0", b"%s%n%d", b"task2\0"];
        file.put(SCRATCH + 0xC00 + n * 0x20, name[n as usize % name.len()]);
    }
}

/// What must hold whatever a guest has done: the machine can be saved and loaded, and what the
/// kernel keeps in guest memory, which no guest can write, is in order.
fn check_after(machine: &Console, kernel_base: u32) -> Result<(), String> {
    let save = machine.save();
    let loaded: Machine<ConsoleBoard> =
        Machine::load(&save).map_err(|error| format!("cannot be loaded again: {error}"))?;
    if loaded.save() != save {
        return Err("a loaded machine is another one".to_owned());
    }
    machine.kernel().describe_tasks(machine.memory());
    check_kernel_memory(machine.memory(), kernel_base)
}

fn check_kernel_memory(mem: &Memory, kernel_base: u32) -> Result<(), String> {
    // kb_ItemTable: blocks of 128 entries (address, number).
    let table = mem.word(kernel_base + 0xAC);
    for block in (0..32)
        .map(|n| mem.word(table + n * 4))
        .filter(|&block| block != 0)
    {
        for entry in (0..128).map(|n| block + n * 8) {
            let (node, number) = (mem.word(entry), mem.word(entry + 4));
            if node != 0 && mem.word(node + 0x18) != number {
                return Err(format!("item {number:#x} is not at {node:#x}"));
            }
        }
    }
    // FolioList, Drivers, Devices, TaskWaitQ, TaskReadyQ, MsgPorts, Semaphores, Tasks.
    for field in [0x7C, 0x80, 0x84, 0x88, 0x8C, 0x90, 0x94, 0x114] {
        let list = mem.word(kernel_base + field);
        let (start, end) = (list + 0x14, list + 0x18);
        let (mut prev, mut node) = (start, mem.word(start));
        for _ in 0..5_000 {
            if mem.word(node + 4) != prev {
                return Err(format!(
                    "list at {field:#x}: {node:#x} is not behind {prev:#x}"
                ));
            }
            if node == end {
                break;
            }
            (prev, node) = (node, mem.word(node));
        }
        if node != end {
            return Err(format!("list at {field:#x} does not end"));
        }
    }
    Ok(())
}

fn throw_calls(seed: u64, calls: &[u64]) -> Result<(), String> {
    let mut dice = Dice(seed);
    let calls: Vec<Call> = calls.iter().map(|&seed| random_call(seed)).collect();
    let mut file = File::with_calls(&calls);
    fill_scratch(&mut file, &mut dice);
    let config = Config {
        profile: dice.pick(&[Profile::Documented, Profile::Retail]),
        ..Config::default()
    };
    let mut machine = file.start(config);
    // The driver's first instructions note KernelBase.
    machine.run(Tick(300), &mut Silent);
    let kernel_base = machine.memory().word(CELLS);
    let mut sink = recorder();
    for _ in 0..3 {
        let limit = machine.now() + Ticks(6_000_000);
        if machine.run(limit, &mut sink) != Stop::Limit {
            break;
        }
        check_after(&machine, kernel_base)?;
        sink.records.clear();
    }
    check_after(&machine, kernel_base)
}

fn runner(usual: u32) -> TestRunner {
    let config = ProptestConfig {
        cases: cases(usual),
        failure_persistence: None,
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Thousands of calls that make no sense, through real traps.
#[test]
fn random_calls_do_no_harm() {
    let calls = prop::collection::vec(any::<u64>(), 100..2_500);
    let result = runner(24).run(&(any::<u64>(), calls), |(seed, calls)| {
        throw_calls(seed, &calls).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// The driver does what it is for: it gets through its table although workers die.
#[test]
fn the_driver_outlives_its_workers() {
    let word = |word| Arg::Word(word);
    let nothing = [word(0); 4];
    let call = |number, args, n: u32| Call {
        number,
        args,
        result: RESULTS + 4 * n,
    };
    let calls = [
        call(0x1_0015, [word(0x200), word(0), word(0), word(0)], 0),
        // Vector 1 with a wild list: the worker dies.
        call(VECTOR | 4, [word(0x30_0000), word(0), word(0), word(0)], 1),
        // WaitSignal(0): it hangs.
        call(0x1_0001, nothing, 2),
        call(0x99_0000, nothing, 3),
        call(0x1_0009, nothing, 4),
        call(0x1_001B, nothing, 5),
    ];
    let mut machine = File::with_calls(&calls).start(Config::default());
    let mut sink = recorder();
    let stop = machine.run(Tick(12_500_000), &mut sink);
    assert_eq!(stop, Stop::Exit(0), "{:?}", sink.records);
    assert!(machine.calls_made() > 10);
}

// ---- bombs ----

/// Makes the same few calls `times` times, all results kept; returns them by round.
fn repeat(times: u32, round: &[(u32, [Arg; 4])], lists: &[(u32, &[u32])]) -> Vec<Vec<u32>> {
    let per_round = round.len() as u32;
    let results = TABLE + times * per_round * (CALL + 16);
    let mut calls = Vec::new();
    for n in 0..times {
        for (k, &(number, args)) in round.iter().enumerate() {
            let args = args.map(|arg| match arg {
                // The result of an earlier call of the same round.
                Arg::At(k) => Arg::At(results + (n * per_round + k) * 4),
                word => word,
            });
            let result = results + (n * per_round + k as u32) * 4;
            calls.push(Call {
                number,
                args,
                result,
            });
        }
    }
    let mut file = File::with_calls(&calls);
    file.0
        .resize((results + times * per_round * 4 - BASE) as usize, 0);
    file.set(BASE + 0x14, results + times * per_round * 4 - BASE);
    // Every result is kept, errors too: STR instead of STRGT.
    file.set(BASE + 0x170, 0xE58B_0000);
    for (addr, words) in lists {
        file.words(*addr, words);
    }
    file.set(SPIN, 0xEAFF_FFFE);
    let mut machine = file.start(Config::default());
    machine.run(Tick(300), &mut Silent);
    let kernel_base = machine.memory().word(CELLS);
    let stop = machine.run(Tick(2_000_000_000), &mut Silent);
    if !matches!(stop, Stop::Exit(0 | 1)) {
        panic!("{stop:?}");
    }
    check_after(&machine, kernel_base).expect("a sound machine");
    let word = |n, k| machine.memory().word(results + (n * per_round + k) * 4);
    (0..times)
        .map(|n| (0..per_round).map(|k| word(n, k)).collect())
        .collect()
}

/// All succeed until the first error, which has a name.
fn check_bomb(results: &[u32], at_least: usize) {
    let made = results
        .iter()
        .take_while(|&&item| (item as i32) > 0)
        .count();
    assert!(made >= at_least, "only {made} of {at_least}");
    if let Some(&error) = results.get(made) {
        // ER_NoMem, ER_Kr_ItemTableFull, ER_Kr_NoSigs
        let documented = [0xD57B_9006, 0xD57B_9106, 0xD57B_9108];
        let known = documented.contains(&error);
        assert!(known, "after {made}: {error:#x}");
    }
}

fn column(rounds: &[Vec<u32>], k: usize) -> Vec<u32> {
    rounds.iter().map(|round| round[k]).collect()
}

const ZERO: Arg = Arg::Word(0);

#[test]
fn a_port_bomb_ends_with_an_error() {
    let port = (0x1_0000, [Arg::Word(0x10A), ZERO, ZERO, ZERO]);
    let results = repeat(4_500, &[port], &[]);
    // A task has 23 signals for its ports.
    check_bomb(&column(&results, 0), 20);
}

#[test]
fn a_message_bomb_ends_with_an_error() {
    let port = (0x1_0000, [Arg::Word(0x10A), ZERO, ZERO, ZERO]);
    let message = (0x1_0000, [Arg::Word(0x109), Arg::Word(SCRATCH), ZERO, ZERO]);
    // The first port of a run has always the same number.
    let first = repeat(1, &[port], &[])[0][0];
    // One port each round until there are no signals left, one message each round.
    let tags = [10, first, 12, 400, 0, 0];
    let results = repeat(4_400, &[port, message], &[(SCRATCH, &tags)]);
    check_bomb(&column(&results, 1), 1_000);
}

#[test]
fn a_thread_bomb_ends_with_an_error() {
    let thread = (0x1_0000, [Arg::Word(0x105), Arg::Word(SCRATCH), ZERO, ZERO]);
    let tags = [
        1,
        TAGS + 0xA8,
        2,
        20,
        10,
        SPIN,
        12,
        0x400,
        15,
        STACK + 0x400,
        0,
        0,
    ];
    let results = repeat(4_300, &[thread], &[(SCRATCH, &tags)]);
    check_bomb(&column(&results, 0), 500);
}

#[test]
fn a_flood_of_timer_requests_ends_with_an_error() {
    let open = (0x1_0024, [Arg::Word(0x10F), Arg::Word(TAGS), ZERO, ZERO]);
    let request = (0x1_0000, [Arg::Word(0x10E), Arg::Word(SCRATCH), ZERO, ZERO]);
    let send = (
        0x1_0018,
        [Arg::At(1), Arg::Word(SCRATCH + 0x40), ZERO, ZERO],
    );
    let lists: &[(u32, &[u32])] = &[
        (SCRATCH, &[11, 0x13, 0, 0]),
        // A minute; the worker's death aborts them all.
        (
            SCRATCH + 0x40,
            &[0x0300_0100, 0, 0, 0, SCRATCH + 0x80, 8, 0, 0],
        ),
        (SCRATCH + 0x80, &[60, 0]),
    ];
    let results = repeat(4_100, &[open, request, send], lists);
    assert_eq!(results[0][0], 0x13, "the timer");
    check_bomb(&column(&results, 1), 1_000);
    let sent = column(&results, 2)
        .iter()
        .take_while(|&&result| result == 0)
        .count();
    assert!(sent >= 1_000, "{sent} requests were pending at once");
}

#[test]
fn memory_runs_out_with_a_null_pointer() {
    // AllocMemBlocks of 40000 bytes of the task's own memory.
    let block = (0x1_000D, [Arg::Word(40_000), Arg::Word(0x8000), ZERO, ZERO]);
    let results = column(&repeat(300, &[block], &[]), 0);
    let got = results.iter().take_while(|&&block| block != 0).count();
    assert!((10..100).contains(&got), "{got} blocks");
    assert!(results[got..].iter().all(|&block| block == 0));
}

// ---- programs that are noise ----

fn run_noise(file: &File, dice: &mut Dice) -> Result<(), String> {
    let config = Config {
        reference_cpu: dice.below(2) == 0,
        ..Config::default()
    };
    let mut machine = file.start(config);
    let stop = machine.run(Tick(400_000), &mut Silent);
    if let Stop::Fault(report) = &stop
        && report.to_string().contains('\n')
    {
        return Err(format!("the report has several lines: {report}"));
    }
    let save = machine.save();
    match Console::load(&save) {
        Ok(loaded) if loaded.save() == save => Ok(()),
        Ok(_) => Err("a loaded machine is another one".to_owned()),
        Err(error) => Err(format!("cannot be loaded again: {error}")),
    }
}

/// Code that is noise, or almost code: wild jumps, stores over itself, calls out of nowhere.
#[test]
fn random_code_does_no_harm() {
    for seed in 0..u64::from(cases(250)) {
        let mut dice = Dice(seed ^ 0xC0DE);
        let mut file = File::new(0x4000);
        for addr in (BASE + 0x80..BASE + 0x4000).step_by(4) {
            let noise = dice.word();
            let word = match (dice.below(12), seed % 4) {
                (_, 0) => noise,
                // SWIs of the kernel, and by number.
                (0 | 1, _) => 0xEF01_0000 | noise & 0x3F,
                (2, _) => 0xEF00_0000 | noise & 0x1_00FF,
                // Stores around the program counter, branches nearby, jumps anywhere.
                (3, _) => 0xE58F_0000 | noise & 0xF0FF,
                (4, _) => 0xEA00_0000 | (dice.below(64) as u32).wrapping_sub(32) & 0xFF_FFFF,
                (5, 1) => 0xE1A0_F000 | noise & 0xF,
                (6, _) => 0xE92D_0000 | noise & 0xFFFF,
                (7, 2) => 0xE8BD_0000 | noise & 0xFFFF,
                (8, _) => 0xE3A0_0000 | noise & 0xFFFF,
                _ => 0xE000_0000 | noise & 0x0FFF_FFFF,
            };
            file.set(addr, word);
        }
        if let Err(error) = run_noise(&file, &mut dice) {
            panic!("seed {seed}: {error}");
        }
    }
}

#[test]
fn a_stack_that_never_ends_is_a_fault() {
    let mut file = File::new(0x1000);
    // STMFD sp!,{r0-r12,lr}; BL to itself.
    file.words(BASE + 0x80, &[0xE92D_5FFF, 0xEBFF_FFFD]);
    let mut machine = file.start(Config::default());
    let stop = machine.run(Tick(50_000_000), &mut Silent);
    assert!(matches!(stop, Stop::Fault(_)), "{stop:?}");
}

#[test]
fn code_that_rewrites_itself_runs_alike_on_both_engines() {
    for seed in 0..u64::from(cases(60)) {
        let mut saves = Vec::new();
        for reference_cpu in [false, true] {
            let mut dice = Dice(seed ^ 0x5E1F);
            let mut file = File::new(0x4000);
            for addr in (BASE + 0x80..BASE + 0x4000).step_by(4) {
                let word = match dice.below(3) {
                    // STR of something into the code ahead.
                    0 => 0xE58F_0000 | (dice.word() & 0xF07C),
                    1 => 0xE3A0_0000 | (dice.word() & 0xEFFF),
                    _ => 0xE080_0000 | (dice.word() & 0x0F_EFFF & !0x90),
                };
                file.set(addr, word);
            }
            let mut machine = file.start(Config {
                reference_cpu,
                ..Config::default()
            });
            machine.run(Tick(30_000), &mut Silent);
            saves.push(tests::run::without_engine(machine.save()));
        }
        assert!(saves[0] == saves[1], "seed {seed}");
    }
}

/// What a guest prints without ever ending a line does not pile up on the host.
#[test]
fn a_line_without_end_goes_out_in_pieces() {
    let mut file = File::new(0x1000);
    // ADR r0, text; SWI kprintf; B to the beginning
    file.words(BASE + 0x80, &[0xE28F_0008, 0xEF01_000E, 0xEAFF_FFFC]);
    file.put(BASE + 0x90, b"%65000d\0");
    let mut machine = file.start(Config::default());
    assert_eq!(machine.run(Tick(200_000_000), &mut Silent), Stop::Limit);
    assert!(machine.save().len() < 0x38_0000);
}

/// Nor does text whose print function never comes back for the rest.
#[test]
fn abandoned_printing_is_forgotten() {
    let mut file = File::new(0x1000);
    let code = [
        0xE24F_C008, // print: ADR r12, print
        0xE52D_C004, //        STR r12, [sp, #-4]!    the function that puts a character
        0xE28F_1010, //        ADR r1, text
        0xE1A0_200D, //        MOV r2, sp
        0xE3A0_0000, //        MOV r0, #0
        0xE1A0_E00F, //        MOV lr, pc
        0xE519_F054, //        LDR pc, [r9, #-0x54]   vector 21
        0xEF00_0011, //        SWI Exit
    ];
    file.words(BASE + 0x80, &code);
    file.put(BASE + 0xA0, b"%99999999d\0");
    let mut machine = file.start(Config::default());
    assert_eq!(machine.run(Tick(500_000_000), &mut Silent), Stop::Limit);
    assert!(
        machine.save().len() < 0x180_0000,
        "{}",
        machine.save().len()
    );
}

// ---- program files ----

/// Files that are damaged: refused in a sentence, or programs that run into the damage.
#[test]
fn damaged_program_files_do_no_harm() {
    for seed in 0..u64::from(cases(400)) {
        let mut dice = Dice(seed ^ 0xF11E);
        let rom = &roms::all()[dice.below(roms::all().len() as u64) as usize];
        let mut bytes = rom.bytes.to_vec();
        match dice.below(5) {
            0 => bytes.truncate(dice.below(bytes.len() as u64) as usize),
            1 => bytes.chunks_exact_mut(4).for_each(|word| word.reverse()),
            2 => {
                let at = dice.below(bytes.len() as u64) as usize;
                bytes[at..].fill_with(|| dice.roll() as u8);
            }
            3 => bytes.resize(bytes.len() + dice.below(0x30_0000) as usize, 0xA5),
            _ => (),
        }
        // A word of the headers that is anything.
        if dice.below(2) == 0 && bytes.len() >= 0x100 {
            let at = dice.below(0x40) as usize * 4;
            let word = match dice.below(3) {
                0 => dice.word(),
                1 => pointer(&mut dice),
                _ => size(&mut dice),
            };
            bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
        let image = match Image::parse(&bytes) {
            Ok(image) => image,
            Err(error) => {
                let text = error.to_string();
                assert!(!text.is_empty() && !text.contains('\n'), "{text}");
                continue;
            }
        };
        let config = Config::default();
        let board = ConsoleBoard::new(config.video, config.quirks());
        let mut machine = Machine::new(board, config);
        match machine.load_program(&image, rom.name, b"$app/x") {
            Ok(_) => {
                machine.run(Tick(300_000), &mut Silent);
                let save = machine.save();
                let loaded = Console::load(&save).expect("what ran can be loaded");
                assert!(loaded.save() == save, "seed {seed}");
            }
            Err(error) => {
                let text = error.to_string();
                assert!(!text.is_empty() && !text.contains('\n'), "{text}");
            }
        }
    }
}
