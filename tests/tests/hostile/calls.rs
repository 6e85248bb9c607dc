//! Random calls with random arguments and random memory, through real traps.

use crate::driver::*;
use emu_core::kernel::abi::ArgKind;
use emu_core::kernel::call::{CallTable, Entry, System};
use emu_core::machine::{Config, Stop};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Ticks};
use emu_core::trace::Silent;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tests::run::{Dice, cases, recorder};

/// Words that point, or nearly.
pub fn pointer(dice: &mut Dice) -> u32 {
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

pub fn size(dice: &mut Dice) -> u32 {
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
        // Names of ports are small, made of an index and a generation.
        ArgKind::Port => Arg::Word(match dice.below(3) {
            0 => dice.below(32) as u32,
            1 => dice.below(16) as u32 * 0x100 + 3,
            _ => dice.word(),
        }),
        ArgKind::DevMode | ArgKind::Flavor | ArgKind::MsgOption => Arg::Word(1 << dice.below(32)),
        ArgKind::Bits => Arg::Word(match dice.below(4) {
            0 => node_id(dice),
            1 => 1 << dice.below(32),
            2 => pointer(dice),
            _ => size(dice),
        }),
        ArgKind::Error => Arg::Word(0xD57B_9000 | dice.below(0x1000) as u32),
        ArgKind::Tags | ArgKind::NamedTags(_) => Arg::Word(SCRATCH + dice.below(16) as u32 * 0x40),
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
                VECTOR | (41 * 4),
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
        Entry::Vector(n) if row.system == System::Kernel => VECTOR | (u32::from(n) * 4),
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
