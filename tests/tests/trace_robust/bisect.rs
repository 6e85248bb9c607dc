//! Where two runs part.

use super::{Scratch, config, record};
use emu_core::machine::{Config, Machine, Outside, Stop};
use emu_core::time::Tick;
use emu_core::trace::bisect::{Rerun, Way, parting};
use emu_core::trace::{Event, Recording, Silent, Tape};
use emu_devices::media::Shelf;
use emu_frontend::trace::minimize::minimized;
use emu_frontend::trace::replay::{Given, Replay};
use tests::run::{Console, start};

/// What is done to one of two machines.
type Plant = fn(&mut Console);

/// A run of a program into which something is planted at an instant.
fn way(
    rom: &str,
    config: Config,
    plant: Option<(Tick, Plant)>,
) -> Rerun<emu_devices::board::ConsoleBoard, impl FnMut(&mut Console, Tick, Tick) -> bool> {
    let rom = roms::by_name(rom).expect("a program of the table");
    let shelf = Shelf::new();
    Rerun::new(
        start(rom, config),
        move |machine: &mut Machine<_>, from, to| {
            let run = |machine: &mut Console, to| {
                let sink = &mut Silent;
                let discs = &shelf;
                machine.run_with(to, &mut Outside { sink, discs }) != Stop::Limit
            };
            if let Some((at, plant)) = plant
                && from < at
                && at <= to
            {
                if run(machine, at) {
                    return true;
                }
                plant(machine);
            }
            run(machine, to)
        },
    )
}

const SPAN: (Tick, Tick) = (Tick(0), Tick(5_000_000));

fn found(plant: Plant, at: Tick) -> emu_core::trace::bisect::Parting {
    let mut a = way("metronome", Config::default(), None);
    let mut b = way("metronome", Config::default(), Some((at, plant)));
    let Ok(parting) = parting(&mut a, &mut b, SPAN);
    parting.expect("they differ")
}

#[test]
fn a_planted_word_is_found_to_the_cycle() {
    for at in [70_000, 1_234_567, 2_345_678, 3_000_001].map(Tick) {
        let parting = found(|machine| machine.memory_mut().set_word(0x1E_0010, 7), at);
        // The last instant at which they agree is the tick before, or the step that leads over it.
        assert!(parting.before.at.0 + 1 >= at.0, "{:?}", parting.before.at);
        assert!(parting.before.at.0 <= at.0 + 200, "{:?}", parting.before.at);
        let words: Vec<_> = parting.words.iter().map(|w| (w.addr, w.values)).collect();
        assert_eq!(words, [(0x1E_0010, (0, 7))]);
        let lines = parting.lines(("this", "that"));
        assert!(lines.len() <= 20, "{lines:#?}");
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("word at 0x1e0010: this 0x00000000, that 0x00000007")),
            "{lines:#?}"
        );
    }
}

#[test]
fn a_planted_register_is_found_with_the_instruction() {
    let at = Tick(70_000);
    let parting = found(
        |machine| {
            let main = machine.kernel().main_task();
            let registers = machine.task_registers_mut(main).expect("the main program");
            registers.r[11] ^= 0x40;
        },
        at,
    );
    assert!(parting.before.at.0 + 1 >= at.0 && parting.before.at.0 <= at.0 + 200);
    let (a, b) = &parting.after;
    let differing: Vec<usize> = (0..17)
        .filter(|&n| a.registers[n] != b.registers[n])
        .collect();
    assert_eq!(differing, [11]);
    assert_eq!(parting.before.name, "metronome");
    assert!(parting.before.busy || parting.before.disassembled().is_some());
}

#[test]
fn runs_that_do_not_differ_do_not_part() {
    let mut a = way("race", Config::default(), None);
    let reference = Config {
        reference_cpu: true,
        ..Config::default()
    };
    let mut b = way("race", reference, None);
    assert_eq!(parting(&mut a, &mut b, SPAN), Ok(None));
}

#[test]
fn what_differs_from_the_start_is_left_out_of_account() {
    let other_seed = Config {
        seed: 9,
        ..Config::default()
    };
    let mut a = way("metronome", Config::default(), None);
    let mut b = way("metronome", other_seed, None);
    assert_eq!(
        parting(&mut a, &mut b, SPAN),
        Ok(None),
        "nobody asks for random numbers"
    );
    let plant: Plant = |machine| machine.memory_mut().set_word(0x1E_0010, 7);
    let mut b = way("metronome", other_seed, Some((Tick(1_000_000), plant)));
    let Ok(parting) = parting(&mut a, &mut b, SPAN);
    let parting = parting.expect("they differ");
    assert_eq!(parting.ignored, ["kernel"]);
    assert!(parting.before.at.0.abs_diff(1_000_000) < 200);
}

#[test]
fn a_run_is_looked_at_in_any_order() {
    let mut way = way("hello", Config::default(), None);
    let Ok(first) = way.look(&[Tick(10_000), Tick(20_000)], false);
    let Ok(late) = way.look(&[Tick(900_000_000)], false);
    let Ok(again) = way.look(&[Tick(10_000), Tick(20_000)], false);
    assert_eq!(first, again);
    assert!(late[0].ended && !first[0].ended);
}

// ---- minimize ----

/// A recording of `pad_echo` whose n-th text is another one.
fn wrong(nth: usize) -> Recording {
    let right = record(&config(&["rom:pad_echo"]));
    let mut inputs = emu_frontend::input::inputs(
        roms::by_name("pad_echo").expect("built in").input,
        emu_core::time::Video::Ntsc,
    )
    .expect("a script");
    inputs.sort_by_key(|(at, _)| *at);
    let scratch = Scratch::new();
    let script = scratch.file(
        "x.input",
        roms::by_name("pad_echo")
            .expect("built in")
            .input
            .as_bytes(),
    );
    let mut recording = record(&config(&["rom:pad_echo", "--input", &script]));
    assert!(
        recording.tape.len() > right.tape.len(),
        "the inputs are heard of"
    );
    let mut texts = 0;
    let mut tape = Tape::new();
    for mut stamped in &recording.tape {
        if let Event::Text { text } = &mut stamped.event {
            if texts == nth {
                text.push('!');
            }
            texts += 1;
        }
        tape.push(stamped.at, stamped.actor, &stamped.event);
    }
    recording.tape = tape;
    recording
}

#[test]
fn a_recording_that_differs_is_cut_down_and_still_differs() {
    let path = std::path::Path::new("x.trace");
    let whole = wrong(4);
    let shorter = minimized(&whole, path, Given::default())
        .expect("runs")
        .expect("differs");
    assert!(
        shorter.tape.len() < whole.tape.len() / 2,
        "{}",
        shorter.tape.len()
    );
    assert!(shorter.header.inputs.len() < whole.header.inputs.len());
    let tape = Replay::new(&shorter, path, None)
        .and_then(|replay| replay.play())
        .expect("runs");
    let difference = emu_core::trace::first_difference(&shorter.tape, &tape, shorter.header.level);
    let difference = difference.expect("still differs");
    let expected = difference.expected.expect("the text");
    assert!(matches!(expected.stamped.event, Event::Text { text } if text.ends_with('!')));
    // It is written and read like any other.
    assert_eq!(
        Recording::parse(shorter.to_text().as_bytes()).as_ref(),
        Ok(&shorter)
    );
}

#[test]
fn a_recording_that_does_not_differ_is_not_cut() {
    let right = record(&config(&["rom:metronome"]));
    let path = std::path::Path::new("x.trace");
    assert_eq!(
        minimized(&right, path, Given::default()).expect("runs"),
        None
    );
}
