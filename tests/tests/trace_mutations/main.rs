//! Deliberate changes of the emulator, of programs and of what is outside.
//!
//! For each the comparison must point at the right event first, and what the coarser levels make
//! of it is written down too. A recording that does not notice a change, or notices it somewhere
//! else, is of little use.
#![forbid(unsafe_code)]

mod board;
mod rows;

use board::{DiscFault, FaultyDiscs, TestBoard, TimerFault};
use emu_core::input::Input;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{ItemNode, Task};
use emu_core::loader::aif::Image;
use emu_core::machine::{Config, Machine, Outside, Stop};
use emu_core::media::{DiscNumber, Discs};
use emu_core::mem::GuestPtr;
use emu_core::time::{CPU_HZ, Tick};
use emu_core::trace::{Divergence, Event, Hex, Level, Placed, Tape, Why, first_difference};
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::{Shelf, iso};
use emu_frontend::input::inputs;
use rows::ROWS;

/// Where a program's file lies in memory.
const BASE: u32 = 0x4_8000;
/// Simulated time after which a run ends that a change keeps from ending.
const LONG_ENOUGH: Tick = Tick(3 * CPU_HZ);

/// A change.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// The machine's configuration.
    Config(fn(&mut Config)),
    /// The timer.
    Timer(TimerFault),
    /// Fields begin so many ticks later.
    FieldsLate(u64),
    /// The discs.
    Disc(DiscFault),
    /// The drive.
    Drive(DriveProfile),
    /// A byte of NVRAM.
    Nvram(usize),
    /// Words of the program: address, what is there, what is there instead.
    Code(&'static [(u32, u32, u32)]),
    /// A byte of the program.
    Byte(u32, u8, u8),
    /// Something is done to the machine a tick after the n-th event of a kind.
    Poke(&'static str, usize, Poke),
    /// Something is done to what happens from outside.
    Inputs(fn(&mut Vec<(Tick, Input)>)),
}

/// What is done to the machine.
#[derive(Clone, Copy, Debug)]
enum Poke {
    /// A word of memory.
    Word(u32, u32),
    /// Signals that the main program has received: these are added, those are gone.
    Signals { more: u32, fewer: u32 },
    /// The priority of the main program.
    Priority(u8),
    /// A register of the main program.
    Register(usize, u32),
}

/// What is changed, and which event the comparison points at: `kind.field`, `kind@` for a time,
/// `kind>kind` where another one came, `-` for none. Empty where it sees nothing.
struct Row {
    what: &'static str,
    rom: &'static str,
    change: Change,
    exact: &'static str,
    order: &'static str,
    behaviour: &'static str,
}

/// When the n-th event of a kind happens.
fn instant(tape: &Tape, kind: &str, nth: usize) -> Tick {
    let mut of_kind = tape.iter().filter(|stamped| stamped.event.word() == kind);
    of_kind
        .nth(nth)
        .unwrap_or_else(|| panic!("{nth} {kind}"))
        .at
}

/// Records a run of a program; `base` is the recording of it without the change.
fn record(rom: &str, change: Option<(&Change, &Tape)>) -> Tape {
    let rom = roms::by_name(rom).expect("a program of the table");
    let change_of = change.map(|(change, _)| *change);
    let mut config = Config::default();
    if let Some(Change::Config(set)) = change_of {
        set(&mut config);
    }
    let mut shelf = Shelf::new();
    let own = iso::open(Box::new(roms::disc().to_vec())).expect("the project's disc");
    shelf.push(own);
    let disc = shelf.insertable(DiscNumber(0)).filter(|_| rom.disc);
    let drive = match change_of {
        Some(Change::Drive(profile)) => profile,
        _ => DriveProfile::Nominal,
    };
    let mut board = TestBoard::new(&config, drive, disc);
    // Mach's buffers are the kernel's, which the shim does not reach.
    if !rom.name.starts_with("mach") {
        let fault = match change_of {
            Some(Change::Timer(fault)) => Some(fault),
            _ => None,
        };
        board = board.with_shim(&config, fault);
    }
    match change_of {
        Some(Change::FieldsLate(by)) => board = board.with_late_fields(by),
        Some(Change::Nvram(at)) => {
            let mut bytes = emu_core::loader::linked_mem::fresh();
            bytes[at] ^= 1;
            board = board.with_nvram(bytes);
        }
        _ => (),
    }
    let mut bytes = rom.bytes.to_vec();
    match change_of {
        Some(Change::Code(patches)) => {
            for &(addr, old, new) in patches {
                let at = (addr - BASE) as usize;
                assert_eq!(
                    bytes[at..at + 4],
                    old.to_be_bytes(),
                    "{addr:#x} of {}",
                    rom.name
                );
                bytes[at..at + 4].copy_from_slice(&new.to_be_bytes());
            }
        }
        Some(Change::Byte(addr, old, new)) => {
            let byte = &mut bytes[(addr - BASE) as usize];
            assert_eq!(*byte, old, "{addr:#x} of {}", rom.name);
            *byte = new;
        }
        _ => (),
    }
    let mut machine = Machine::new(board, config);
    let image = Image::parse(&bytes).expect("a program");
    let command = format!("$app/{} {}", rom.name, rom.args);
    let main = machine
        .load_program(&image, rom.name, command.trim_end().as_bytes())
        .expect("it starts");
    let mut done = inputs(rom.input, config.video).expect("a script");
    if let Some(Change::Inputs(change)) = change_of {
        change(&mut done);
    }
    for (at, input) in done {
        machine.schedule_input(at, input);
    }
    let fault = match change_of {
        Some(Change::Disc(fault)) => Some(fault),
        _ => None,
    };
    let discs = FaultyDiscs {
        discs: &shelf,
        fault,
    };
    let poke = match change {
        Some((Change::Poke(kind, nth, poke), base)) => {
            Some((Tick(instant(base, kind, *nth).0 + 1), *poke))
        }
        _ => None,
    };
    run(machine, main, &discs, poke)
}

fn run(
    mut machine: Machine<TestBoard>,
    main: Item,
    discs: &dyn Discs,
    mut poke: Option<(Tick, Poke)>,
) -> Tape {
    let mut tape = Tape::new();
    machine.record_start(&mut tape);
    let mut sums = Tick(CPU_HZ);
    let stop = loop {
        let until = poke.map_or(sums, |(at, _)| at.min(sums)).min(LONG_ENOUGH);
        let sink = &mut tape;
        let stop = machine.run_with(until, &mut Outside { sink, discs });
        if stop != Stop::Limit || machine.now() >= LONG_ENOUGH {
            break stop;
        }
        if let Some((at, what)) = poke
            && machine.now() >= at
        {
            do_poke(&mut machine, main, what);
            poke = None;
        }
        if machine.now() >= sums {
            machine.record_checksums(&mut tape);
            sums = Tick(sums.0 + CPU_HZ);
        }
    };
    machine.record_checksums(&mut tape);
    let (why, status) = match stop {
        Stop::Exit(status) => (Why::Exit, status),
        Stop::Fault(_) => (Why::Fault, 0),
        Stop::Stuck(_) => (Why::Stuck, 0),
        Stop::Missing(_) => (Why::Missing, 0),
        _ => (Why::Enough, 0),
    };
    let picture = Hex(0);
    let end = Event::Stop {
        why,
        status,
        picture,
    };
    tape.push(machine.now(), Item::NONE, &end);
    tape
}

fn do_poke(machine: &mut Machine<TestBoard>, main: Item, what: Poke) {
    let task: GuestPtr<Task> = machine.item(main).expect("the main program").cast();
    let bits: GuestPtr<u32> = task.at(Task::t_SigBits);
    let memory = machine.memory_mut();
    match what {
        Poke::Word(addr, mask) => {
            let word = memory.word(addr);
            memory.set_word(addr, word ^ mask);
        }
        Poke::Signals { more, fewer } => {
            let now = memory.peek(bits);
            memory.poke(bits, (now | more) & !fewer);
        }
        Poke::Priority(value) => {
            let place = task.cast::<ItemNode>().at(ItemNode::n_Priority);
            memory.poke(place, value);
        }
        Poke::Register(n, mask) => {
            let registers = machine.task_registers_mut(main).expect("its registers");
            registers.r[n] ^= mask;
        }
    }
}

/// Which event a difference is at, and what of it.
fn told(difference: Option<&Divergence>) -> String {
    let Some(Divergence {
        expected, found, ..
    }) = difference
    else {
        return String::new();
    };
    let kind = |side: &Option<Placed>| {
        let word = side.as_ref().map(|placed| placed.stamped.event.word());
        word.unwrap_or("-")
    };
    let (Some(a), Some(b)) = (expected, found) else {
        return format!("{}>{}", kind(expected), kind(found));
    };
    let (a, b) = (&a.stamped, &b.stamped);
    if a.event.word() != b.event.word() {
        return format!("{}>{}", a.event.word(), b.event.word());
    }
    let (in_a, in_b) = (a.event.fields(), b.event.fields());
    let mut pairs = in_a.iter().zip(&in_b);
    match pairs.find(|(a, b)| a != b) {
        Some(((field, _), _)) => format!("{}.{field}", a.event.word()),
        None if a.actor != b.actor => format!("{}.actor", a.event.word()),
        None => format!("{}@", a.event.word()),
    }
}

#[test]
fn a_run_that_is_not_changed_is_the_same() {
    let roms: std::collections::BTreeSet<&str> = ROWS.iter().map(|row| row.rom).collect();
    for rom in roms {
        let (one, two) = (record(rom, None), record(rom, None));
        assert!(one == two && one.len() > 20, "{rom}");
    }
}

#[test]
fn each_change_is_seen_at_its_event() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let base = record(row.rom, None);
        let changed = record(row.rom, Some((&row.change, &base)));
        let found = Level::ALL.map(|level| told(first_difference(&base, &changed, level).as_ref()));
        if found != [row.exact, row.order, row.behaviour] {
            wrong.push(format!("{}: {found:?}", row.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_many_changes_and_each_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<&str> = ROWS.iter().map(|row| row.what).collect();
    assert_eq!(names.len(), ROWS.len());
    assert!(ROWS.len() >= 30, "{}", ROWS.len());
    // None is without effect, and finer levels see whatever coarser ones see.
    for row in ROWS {
        assert!(!row.exact.is_empty(), "{}", row.what);
        assert!(
            row.behaviour.is_empty() || !row.order.is_empty(),
            "{}",
            row.what
        );
    }
}
