//! Scripts on built-in programs: what they answer.

use super::*;
use crate::cli::{self, Command};
use crate::trace::test_rig::{Scratch, recording};

/// The options of a command line.
fn arguments(words: &[&str]) -> DebugArgs {
    let words = ["overture", "debug"].iter().chain(words);
    let parsed = cli::parse(words.map(OsString::from)).expect("a command line");
    match parsed.command {
        Some(Command::Debug(args)) => *args,
        other => panic!("{other:?}"),
    }
}

/// Executes commands on a built-in program: standard output, and the status.
fn debug(rom: &str, script: &str, json: bool) -> (String, Status) {
    let (config, session) = start(&arguments(&[rom])).expect("starts");
    let mut out = Vec::new();
    let sink = RunSink::new(&mut out, io::sink());
    let mut debugging = Debugging::new(session, &config, sink);
    let status = debugging.script(script, json);
    drop(debugging);
    (String::from_utf8(out).expect("text"), status)
}

#[test]
fn a_script_stops_looks_and_goes_back() {
    let script = "\
        # the second metronome\n\
        break SendIO if ior == 0x22\n\
        run\n\
        print r0\n\
        step\n\
        back\n\
        stack\n\
        delete 1\n\
        field 2\n\
        why\n\
        goto cycle:0\n\
        run\n\
        quit\n\
        nothing that is read any more\n";
    let (out, status) = debug("rom:metronome", script, false);
    assert_eq!(status, Status::Success, "{out}");
    for part in [
        "1: calls of SendIO, if ior == 0x22, 0 times\n",
        "breakpoint 1: metronome call call=kernel.SendIO",
        "swi 0x10018  ; SendIO\n",
        "34 = 0x22\n",
        "#0  ",
        "a device will wake it",
        "the program has ended with status 0",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    // What the program prints is told once, however often it is run.
    assert_eq!(out.matches("21 checks passed").count(), 1, "{out}");
    // The same place before and after a step there and back.
    assert_eq!(out.matches("cycle 90846").count(), 2, "{out}");
}

#[test]
fn answers_are_json_lines_for_scripts() {
    let script = "call\nregs\nmem pc 2\nstruct Task 0x8000\nitems";
    let (out, _) = debug("rom:hello", script, true);
    let lines: Vec<Value> = out
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 5, "{out}");
    assert_eq!(lines[0]["halt"], "event");
    assert_eq!(lines[0]["pc"], lines[1]["r"][15]);
    assert_eq!(lines[2]["words"].as_array().map(Vec::len), Some(2));
    assert_eq!(lines[3]["struct"], "Task");
    let items = lines[4]["items"].as_array();
    assert!(items.is_some_and(|items| items.len() > 10), "{out}");
}

#[test]
fn a_command_that_cannot_be_ends_a_script() {
    for line in [
        "brake 1",
        "break nothing",
        "break 0x48000 if (",
        "goto noon",
        "mem 0x7fffffff",
        "struct Nothing 0",
        "why nobody",
        "delete 7",
        "step x",
        "watch",
        "break event nothing",
        "break complete nothing",
        "print nothing",
    ] {
        let (out, status) = debug("rom:hello", &format!("where\n{line}\nwhere"), false);
        assert_eq!(status, Status::Usage, "{line}");
        assert_eq!(out.lines().count(), 1, "{line}: {out}");
    }
}

#[test]
fn next_runs_through_calls_and_finish_leaves_a_function() {
    let script = "call\nnext\nwhere\nfinish\nwhere\norigin\nlist\nhistory\nbreaks\nhelp\n";
    let (out, status) = debug("rom:metronome", script, false);
    assert_eq!(status, Status::Success, "{out}");
    assert!(out.contains("there are no breakpoints"), "{out}");
}

/// Words that commands are made of, thrown together: whatever they mean, nothing breaks.
#[test]
fn any_words_are_borne() {
    let words = [
        "0x22",
        "0",
        "-1",
        "4294967295",
        "18446744073709551616",
        "sp",
        "pc",
        "r0",
        "psr",
        "change",
        "task",
        "if",
        "(",
        "[",
        "\"",
        "\"a\"",
        "b:256",
        "cdrom",
        "timer",
        "read",
        "ABORTED",
        "SendIO",
        "call",
        "kind",
        "item",
        "error",
        "file",
        "request",
        "failed",
        "event",
        "vbl:1",
        "cycle:5",
        "time:0.001",
        "é",
        "==",
        "all",
    ];
    let mut dice = 1_u64;
    let mut roll = |end: usize| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % end
    };
    let (config, session) = start(&arguments(&["rom:metronome"])).expect("starts");
    let mut out = Vec::new();
    let sink = RunSink::new(&mut out, io::sink());
    let mut debugging = Debugging::new(session, &config, sink);
    // `graph` writes files.
    let names = commands::COMMANDS.iter().map(|command| command.name);
    let names: Vec<&str> = names.filter(|name| *name != "graph").collect();
    for _ in 0..400 {
        let mut line = names[roll(names.len())].to_owned();
        for _ in 0..roll(4) {
            line.push(' ');
            line.push_str(words[roll(words.len())]);
        }
        // Steps without number: millions of them take their time.
        if line.starts_with("step ") || line.starts_with("back ") {
            line.truncate(4);
        }
        let _ = commands::execute(&mut debugging, &line);
    }
}

/// What the systems hold is shown by kind, with its story and its relations.
#[test]
fn items_are_shown_with_all_they_have() {
    let script = "break SendIO\nrun\nrun\nitem 0x21\nioreqs\nports\nmessages\nsemaphores\n\
                  memory\nmach\ngraph all\ngraph --dot\nevents 5 item 0x21\nrequests\n";
    let (out, status) = debug("rom:message_io", script, false);
    assert_eq!(status, Status::Success, "{out}");
    for part in [
        "IOReq",
        "is made for",
        "opened by:",
        "digraph machine",
        "owns",
        "bytes used",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (out, status) = debug("rom:mach_async", "field 1\nmach\ngraph", false);
    assert_eq!(status, Status::Success, "{out}");
    assert!(
        out.contains("device timer") || out.contains("device "),
        "{out}"
    );
}

/// From where a task goes on, back to the call that asked for what has woken it.
#[test]
fn the_cause_of_a_wake_up_is_gone_back_to() {
    let script = "break complete\nrun\nrun\nstep\ncause\nwhere\n";
    let (out, status) = debug("rom:message_io", script, false);
    assert_eq!(status, Status::Success, "{out}");
    assert!(
        out.contains("asked by") && out.contains("together"),
        "{out}"
    );
    assert!(out.trim_end().ends_with("; SendIO"), "{out}");
}

#[test]
fn changes_are_made_and_shown() {
    let script = "step\nset r5 0x1234\nprint r5\npoke sp-16 0xdeadbeef b:7 \"ab\"\nmem sp-16 2\n\
                  step\nback 2\nprint r5\nstep\nprint r5";
    let (out, status) = debug("rom:metronome", script, false);
    assert_eq!(status, Status::Success, "{out}");
    assert_eq!(out.matches("4660 = 0x1234").count(), 2, "{out}");
    assert!(out.contains("deadbeef 076162"), "{out}");
    for line in [
        "set r5",
        "set nothing 1",
        "set pc 3",
        "set r0 0x100000000",
        "poke 0x48000",
        "poke 0x7fffffff 1",
        "poke sp b:256",
        "poke sp \"x",
    ] {
        let (_, status) = debug("rom:metronome", &format!("step\n{line}"), false);
        assert_eq!(status, Status::Usage, "{line}");
    }
}

/// Why a run does not begin.
fn refused(words: &[&str]) -> String {
    start(&arguments(words)).err().expect("refused")
}

#[test]
fn what_has_no_meaning_here_is_refused() {
    let options: [&[&str]; 5] = [
        &["--until", "exit"],
        &["--screenshot", "x.png"],
        &["--frames", "x"],
        &["--record", "x"],
        &["--save-at", "1", "x"],
    ];
    for option in options {
        let line = refused(&[&["rom:hello"], option].concat());
        assert!(line.contains(option[0]), "{option:?}: {line}");
    }
    assert!(refused(&["rom:hello", "--image", "x"]).contains("--image"));
    assert!(read_script(Path::new("/dev/zero")).is_err());
}

/// A recording is run again with all that was done to its machine, and has its own options.
#[test]
fn a_recording_is_debugged_as_it_was_recorded() {
    let scratch = Scratch::new();
    let mut recording = recording("metronome");
    recording.header.options = ["--profile", "retail"].map(str::to_owned).to_vec();
    let file = scratch.put("a.trace", &recording);
    let name = file.to_string_lossy().into_owned();
    let line = refused(&[&name, "--profile", "documented", "--seed", "3"]);
    assert!(line.contains("--seed 3"), "{line}");
    let (config, _) = start(&arguments(&[&name])).expect("starts");
    assert_eq!(config.machine.profile, emu_core::quirks::Profile::Retail);
}

#[test]
fn sound_is_listed_with_what_is_used() {
    let (out, status) = debug("rom:audio_limits", "field 20\nsound\nquit\n", false);
    assert_eq!(status, Status::Success, "{out}");
    assert!(out.contains("in use: ticks "), "{out}");
    assert!(out.contains("input FIFOs "), "{out}");
    let (out, _) = debug("rom:hello", "sound\nquit\n", false);
    for part in [
        "no instruments",
        "code words 48 of 512",
        "programs in a frame",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (out, _) = debug("rom:hello", "sound\nquit\n", true);
    let line = out.lines().find(|line| line.contains("resources"));
    let value: Value = serde_json::from_str(line.expect("a line")).expect("JSON");
    let text = value.to_string();
    assert!(text.contains("\"total\":565"), "{text}");
}

/// The same program with one name in debugger tables, between its data and what its linker put
/// behind.
fn with_name(program: &[u8], name: &str, address: u32) -> Vec<u8> {
    let word = |at: usize| {
        let bytes = program.get(at..at + 4).expect("a header");
        u32::from_be_bytes(bytes.try_into().expect("four"))
    };
    let mut strings = [&[0; 4], name.as_bytes()].concat();
    strings.resize(strings.len().next_multiple_of(4), 0);
    let length = 36 + 8 + strings.len() as u32;
    let head = [36 << 16 | 1, 2, 0x80, 0x200, 0, 0, 0, length, 1];
    let words = [&head[..], &[2 << 24 | 4, address]].concat();
    let mut tables: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    tables.extend(strings);
    let mut made = program.to_vec();
    let mut put = |at: usize, value: u32| made[at..at + 4].copy_from_slice(&value.to_be_bytes());
    // The code that relocates it is a little farther away.
    put(0x04, word(0x04) + tables.len() as u32 / 4);
    put(0x1C, tables.len() as u32);
    put(0x24, 1);
    let end = (word(0x14) + word(0x18)) as usize;
    made.splice(end..end, tables);
    made
}

#[test]
fn programs_that_are_loaded_later_bring_their_names() {
    let rom = |name: &str| roms::by_name(name).expect("built in").bytes;
    let scratch = Scratch::new();
    let put = |name: &str, bytes: &[u8]| {
        let file = scratch.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
        std::fs::write(file, bytes).expect("written");
    };
    put("LaunchMe", rom("load_program"));
    put(
        "Programs/hello",
        &with_name(rom("hello"), "of_the_child", 0x100),
    );
    let script = "\
        symbols\n\
        break WaitSignal\n\
        run\n\
        delete 1\n\
        symbols\n\
        break of_the_child\n\
        run\n\
        where\n\
        goto cycle:0\n\
        symbols\n\
        quit\n";
    let folder = scratch.path().to_str().expect("text");
    let (config, session) = start(&arguments(&[folder])).expect("starts");
    let symbols = symbols::of_run(&config, []).expect("no files");
    let mut out = Vec::new();
    let sink = RunSink::new(&mut out, io::sink());
    let mut debugging = Debugging::new(session, &config, sink);
    debugging.debugger.symbols = symbols;
    assert_eq!(debugging.script(script, false), Status::Success);
    drop(debugging);
    let out = String::from_utf8(out).expect("text");
    let absent = "Programs/hello: its program is not in memory yet";
    assert_eq!(out.matches(absent).count(), 2, "{out}");
    for part in [
        "Programs/hello: 1 names from debugger tables",
        "<of_the_child>",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

/// The numbers of the breakpoints that a run stops for until it ends.
fn stops_for(rom: &str, breaks: &[&str]) -> Vec<String> {
    let mut script: String = breaks.iter().map(|line| format!("{line}\n")).collect();
    script.push_str(&"run\n".repeat(8));
    let (out, status) = debug(rom, &script, false);
    assert_eq!(status, Status::Success, "{out}");
    let stops = out.lines().filter_map(|line| {
        let number = line.strip_prefix("breakpoint ")?.split(':').next()?;
        Some(number.to_owned())
    });
    stops.collect()
}

#[test]
fn errors_are_stopped_for_by_all_that_people_see_of_them() {
    let found = |line: &str| !stops_for("rom:metronome", &[line]).is_empty();
    for error in [
        "ABORTED",
        "ER_Aborted",
        "0xd57b900a",
        "-713322486",
        "\"The operation was aborted\"",
        "\"FKr-Severe-System-Standard-The operation was aborted\"",
        "kernel",
        "standard",
        "aborted",
    ] {
        for way in [
            "error",
            "failed error",
            "complete error",
            "failed timer error",
        ] {
            assert!(found(&format!("break {way} {error}")), "{way} {error}");
        }
    }
    for line in [
        "break error ER_MediaError",
        "break error \"file folio\"",
        "break error mig",
        "break failed error media",
        "break failed cdrom error ER_Aborted",
        "break complete timer error end-of-medium",
    ] {
        assert!(!found(line), "{line}");
    }
    let (out, _) = debug(
        "rom:metronome",
        "break failed timer 1 error aborted\nbreaks",
        false,
    );
    assert!(out.contains("failures of timer 1, error "), "{out}");
}

#[test]
fn an_unknown_error_is_answered_with_near_matches() {
    let mut out = Vec::new();
    let (config, session) = start(&arguments(&["rom:hello"])).expect("starts");
    let sink = RunSink::new(&mut out, io::sink());
    let mut debugging = Debugging::new(session, &config, sink);
    for line in [
        "break error ER_MediaErorr",
        "break failed cdrom error ER_MediaErorr",
    ] {
        let why = commands::execute(&mut debugging, line).expect_err("no error");
        assert!(why.contains("did you mean \"ER_MediaError\""), "{why}");
    }
}
