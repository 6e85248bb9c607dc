//! What the cycles of runs went into adds up, and counting changes nothing.
#![forbid(unsafe_code)]

use emu_core::debug::Symbols;
use emu_core::machine::Config;
use emu_core::profile::{Lost, Report};
use emu_core::time::{CPU_HZ, Tick};
use emu_core::trace::Silent;
use tests::run::{Console, go, start};

const PROGRAMS: [&str; 9] = [
    "demo",
    "metronome",
    "disc_walk",
    "cels",
    "mach_async",
    "preempt",
    "load_program",
    "audio_clock",
    "crash",
];
const LONG: Tick = Tick(CPU_HZ * 20);

fn rom(name: &str) -> &'static roms::Rom {
    roms::by_name(name).expect("a program of the table")
}

fn report(machine: &Console) -> Report {
    let profile = machine.profile().expect("it is counted");
    let lives = |task| machine.task(task).is_some();
    profile.report(&Symbols::default(), machine.memory(), lives)
}

fn counted(name: &str, config: Config) -> Console {
    let mut machine = start(rom(name), config);
    let profile = machine.new_profile();
    machine.begin_profile(profile);
    go(&mut machine, LONG, &mut Silent);
    machine
}

#[test]
fn all_parts_add_up_to_the_time_that_passed() {
    for name in PROGRAMS {
        let machine = counted(name, Config::default());
        let report = report(&machine);
        let parts = report.guest + report.kernel + report.engines + report.idle;
        assert_eq!(parts, machine.now().0, "{name}");
        assert_eq!(report.elapsed, machine.now().0, "{name}");
        assert_eq!(report.instructions, machine.instructions(), "{name}");
        let fields: u64 = report.fields.iter().map(|field| field.total()).sum();
        assert_eq!(fields, report.elapsed, "{name}");
        let sum = |rows: &[emu_core::profile::Row]| rows.iter().map(|row| row.cycles).sum::<u64>();
        assert_eq!(
            sum(&report.calls) + sum(&report.system),
            report.kernel,
            "{name}"
        );
        assert_eq!(sum(&report.stalls), report.engines, "{name}");
        let own: u64 = report.functions.iter().map(|function| function.own).sum();
        assert_eq!(own, report.guest, "{name}");
        let profile = machine.profile().expect("it is counted");
        let folded: u64 = profile.folded(&Symbols::default()).values().sum();
        assert_eq!(folded, report.elapsed, "{name}");
        assert!(report.functions.len() > 1 && report.kernel > 0, "{name}");
    }
}

#[test]
fn counting_changes_nothing() {
    for name in PROGRAMS {
        let mut plain = start(rom(name), Config::default());
        go(&mut plain, LONG, &mut Silent);
        let mut machine = counted(name, Config::default());
        assert!(machine.end_profile().is_some());
        assert_eq!(machine.save(), plain.save(), "{name}");
    }
}

#[test]
fn both_engines_tell_the_same() {
    for name in PROGRAMS {
        let reference = Config {
            reference_cpu: true,
            ..Config::default()
        };
        let fast = report(&counted(name, Config::default()));
        assert_eq!(report(&counted(name, reference)), fast, "{name}");
    }
}

#[test]
fn a_run_in_pieces_is_counted_like_one_run() {
    let whole = report(&counted("demo", Config::default()));
    let mut machine = start(rom("demo"), Config::default());
    let mut profile = machine.new_profile();
    for n in 1.. {
        machine.begin_profile(profile);
        let stop = go(&mut machine, Tick(n * 77_777).min(LONG), &mut Silent);
        let at = machine.now();
        if stop != emu_core::machine::Stop::Limit || at >= LONG {
            break;
        }
        profile = machine.end_profile().expect("it is counted");
    }
    assert_eq!(report(&machine), whole);
}

#[test]
fn waits_name_the_call_and_the_device() {
    let of = |name: &str, call: &str, what: &str| {
        let report = report(&counted(name, Config::default()));
        let mut rows = report.waits.iter();
        let found = rows.find(|row| row.call == call && row.what == what);
        assert!(
            found.is_some_and(|row| row.cycles > 0),
            "{name}: {:?}",
            report.waits
        );
    };
    of("metronome", "WaitSignal", "timer");
    of("disc_raw", "DoIO", "CD-ROM");
}

#[test]
fn cels_have_a_row_of_their_own() {
    let report = report(&counted("cels", Config::default()));
    assert!(report.engines > 0);
    assert!(report.stalls.iter().any(|row| row.name == "[cel engine]"));
}

#[test]
fn stacks_are_as_deep_as_they_ever_were() {
    let report = report(&counted("demo", Config::default()));
    for stack in &report.stacks {
        assert!(stack.used > 0 && stack.used <= stack.size, "{stack:?}");
    }
}

#[test]
fn rights_that_a_program_keeps_are_told_by_the_call_that_gave_them() {
    let machine = counted("mach_async", Config::default());
    let profile = machine.profile().expect("it is counted");
    let leaks = profile.leaks(&Symbols::default());
    let rights: Vec<(&str, &str)> = leaks
        .iter()
        .filter(|leak| leak.kind == Lost::Right && leak.taken_back)
        .map(|leak| (leak.what.as_str(), leak.call.as_str()))
        .collect();
    assert_eq!(rights.len(), 8, "{rights:?}");
    assert!(rights.contains(&("send right to the host", "mach_host_self")));
    assert!(rights.contains(&("receive right", "mach_reply_port")));
}
