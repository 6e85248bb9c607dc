//! Output and exit status.

use super::process::{Ran, Scratch, command, overture};
use std::fs;
use std::io::Write;
use std::process::Stdio;

fn rom(name: &str) -> &'static [u8] {
    roms::by_name(name).expect(name).bytes
}

// ---- how a run ends ----

#[test]
fn a_program_that_ends_well_is_success() {
    let ran = overture(&["rom:hello", "--headless", "--json"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let report = ran.report();
    assert_eq!(report["stop"], "exit");
    assert_eq!(report["exit_status"], 0);
    assert_eq!(report["profile"], "documented");
    assert_eq!(report["program"], "hello");
    assert!(report["cycles"].as_u64().is_some_and(|cycles| cycles > 0));
    assert!(ran.out.lines().count() > 1, "{}", ran.out);
}

#[test]
fn without_a_program_the_demonstration_runs() {
    for arguments in [&["--headless"][..], &["run", "--headless"]] {
        let ran = overture(arguments);
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert!(!ran.out.is_empty());
        assert_eq!(ran.err, "");
    }
}

#[test]
fn every_end_has_its_status() {
    let crash = overture(&["rom:crash", "--json"]);
    assert_eq!(
        (crash.status, &crash.report()["stop"]),
        (3, &"fault".into())
    );
    assert!(crash.report()["fault"]["pc"].is_u64());
    assert!(crash.err.contains("guest fault"), "{}", crash.err);

    let deadlock = overture(&["rom:deadlock", "--json"]);
    assert_eq!(
        (deadlock.status, &deadlock.report()["stop"]),
        (4, &"stuck".into())
    );
    assert!(
        deadlock.err.contains("nothing can ever wake"),
        "{}",
        deadlock.err
    );
    assert!(
        deadlock.report()["stuck"]
            .as_array()
            .is_some_and(|tasks| !tasks.is_empty())
    );

    let wanted = overture(&["rom:deadlock", "--until", "stuck", "--json"]);
    assert_eq!(
        (wanted.status, &wanted.report()["stop"]),
        (0, &"until".into())
    );
}

#[test]
fn instants_are_exact() {
    let ran = overture(&["rom:spin", "--until", "time:0.25", "--json"]);
    let report = ran.report();
    assert_eq!((ran.status, &report["stop"]), (0, &"until".into()));
    // The instruction that is under way at that instant is finished.
    let cycles = report["cycles"].as_u64().expect("number");
    assert!((3_125_000..3_126_000).contains(&cycles), "{cycles}");

    let ran = overture(&["rom:spin", "--until", "vbl:3", "--video", "pal", "--json"]);
    let cycles = ran.report()["cycles"].as_u64().expect("number");
    assert!((750_000..751_000).contains(&cycles), "{cycles}");
}

#[test]
fn a_text_ends_the_run() {
    let whole = overture(&["rom:hello"]).out;
    let text: String = whole.chars().take(5).collect();
    let ran = overture(&["rom:hello", "--until", &format!("text:{text}"), "--json"]);
    assert_eq!(ran.status, 0);
    assert_eq!(ran.report()["stop"], "until");
    assert!(ran.out.starts_with(&text));

    let ran = overture(&["rom:hello", "--until", "text:never printed", "--json"]);
    assert_eq!((ran.status, &ran.report()["stop"]), (0, &"exit".into()));
    assert!(
        ran.err.contains("before --until text:never printed"),
        "{}",
        ran.err
    );
}

#[test]
fn two_runs_are_the_same() {
    let run = || overture(&["rom:demo", "--json", "--calls"]);
    let (first, second) = (run(), run());
    assert_eq!(first.out, second.out);
    assert_eq!(first.err, second.err);
    assert!(!first.err.is_empty());
}

// ---- what is run ----

#[test]
fn files_and_folders_are_run() {
    let scratch = Scratch::new();
    scratch.put("launchME", rom("hello"));
    for image in ["launchME", "."] {
        let ran = scratch.run(&[image, "--json"]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(ran.report()["program"], "launchME");
    }
}

#[test]
fn unreadable_programs_are_named() {
    let scratch = Scratch::new();
    let missing = scratch.overture("no/thing");
    missing.is_refused(&["no/thing", "no such file", "rom:NAME"]);
    let path = scratch.path().to_str().expect("text");
    overture(&["run", path]).is_refused(&[path, "no LaunchMe"]);
    overture(&["rom:nothing"]).is_refused(&["rom:nothing", "overture roms"]);
}

#[test]
fn foreign_files_are_called_by_their_names() {
    let scratch = Scratch::new();
    let hello = rom("hello");
    let swapped: Vec<u8> = hello
        .chunks_exact(4)
        .flat_map(|word| word.iter().rev().copied())
        .collect();
    let mut huge = hello.to_vec();
    huge.resize(4 << 20, 0);
    for (name, bytes, words) in [
        ("empty", &b""[..], "the file is empty"),
        ("zeros", &[0; 4096], "are zero"),
        ("short", &hello[..100], "128"),
        ("cut", &hello[..hello.len() / 2], "cut off"),
        ("huge", &huge, "memory"),
        ("swapped", &swapped, "little-endian"),
        ("elf", b"\x7FELF\x01\x02\x01\0", "an ELF file"),
        ("disc", b"\x01ZZZZZ\x01\0", "no 3DO disc"),
        ("text", b"read me\n", "a text file"),
        ("random", &[0xA7; 300], "0xa7a7a7a7"),
    ] {
        scratch.put(&format!("in/{name}"), bytes);
        let file = format!("in/{name}");
        scratch.overture(&file).is_refused(&[&file, words]);
    }
}

// ---- the command line ----

#[test]
fn wrong_usage_is_one_line() {
    overture(&["--nonsense"]).is_refused(&["--nonsense"]);
    overture(&["--until", "tomorrow"]).is_refused(&["tomorrow", "vbl:N"]);
    overture(&["rom:hello", "1"]).is_refused(&["`1`", "after `--`"]);
    overture(&["--pods", "pad,wheel"]).is_refused(&["wheel", "use pad"]);
    let nine = ["pad"; 9].join(",");
    overture(&["rom:hello", "--pods", &nine]).is_refused(&["--pods", "room for 8"]);
    overture(&["trace", "show", "x"]).is_refused(&["x: ", "check the file"]);
    overture(&["debug", "x", "--gdb", ":x"]).is_refused(&["--gdb :x", "HOST:PORT"]);
    overture(&["debug", "x", "--gdb", ":0", "--json"]).is_refused(&["leave --script and --json"]);
    overture(&["disc", "ls"]).is_refused(&["<IMAGE>"]);
}

#[test]
fn arguments_the_guest_cannot_take_are_refused() {
    overture(&["rom:hello", "--", "a b"]).is_refused(&["argument 1", "contains a space"]);
    overture(&["rom:hello", "--", "a", "\n"]).is_refused(&["argument 2", "control"]);
    let long = "x".repeat(1023);
    overture(&["rom:hello", "--", &long]).is_refused(&["1023", "after `--`"]);
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = overture(&["--help"]);
    assert_eq!((help.status, help.err.as_str()), (0, ""));
    assert!(help.out.contains("Exit status") && help.out.contains("--until"));
    let version = overture(&["--version"]);
    assert_eq!(
        version.out,
        format!("overture {}\n", env!("CARGO_PKG_VERSION"))
    );
}

// ---- the other commands ----

#[test]
fn codes_are_explained() {
    for code in ["0xD57B9001", "-713322495", "3581644801", "BADITEM"] {
        let ran = overture(&["explain", code, "--json"]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(ran.report()["value"], -713_322_495);
        assert_eq!(ran.report()["module"], "kernel");
        assert_eq!(ran.report()["parts"]["module"], "Kr");
    }
    assert!(
        overture(&["explain", "0xD57B900F"])
            .out
            .contains("0xD57B900F")
    );
    overture(&["explain", "NOPE"]).is_refused(&["NOPE", "BADITEM", "D_NO_SUCH_DEVICE"]);
}

#[test]
fn codes_of_mach_are_explained() {
    for (code, value, name, family) in [
        ("2502", 2502, "D_NO_SUCH_DEVICE", "device"),
        ("D_NO_SUCH_DEVICE", 2502, "D_NO_SUCH_DEVICE", "device"),
        ("kern_terminated", 37, "KERN_TERMINATED", "kernel"),
        ("-303", -303, "MIG_BAD_ID", "mig"),
        ("0x10004003", 0x1000_4003, "MACH_RCV_TIMED_OUT", "message"),
        (
            "0x1000400c|0x2000",
            0x1000_600c,
            "MACH_RCV_BODY_ERROR",
            "message",
        ),
    ] {
        let ran = overture(&["explain", code, "--json"]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let report = ran.report();
        assert_eq!(report["value"], value, "{code}");
        assert_eq!(report["name"], name, "{code}");
        assert_eq!(report["system"], "mach", "{code}");
        assert_eq!(report["module"], family, "{code}");
    }
    let text = overture(&["explain", "0x1000600c"]).out;
    assert!(text.contains("MACH_MSG_IPC_SPACE"), "{text}");
    // Two systems, two parts.
    let text = overture(&["explain", "4"]).out;
    assert!(
        text.starts_with("Mach:\n") && text.contains("\n\nPortfolio:\n"),
        "{text}"
    );
    assert_eq!(
        overture(&["explain", "4", "--json"]).report()["other"]["system"],
        "portfolio"
    );
}

#[test]
fn calls_are_a_list_of_rows() {
    let ran = overture(&["calls", "--json"]);
    assert_eq!(ran.status, 0);
    for row in ran.report().as_array().expect("a list") {
        assert!(row["system"].is_string() && row["name"].is_string());
        assert!(row["number"].is_i64());
        let state = row["state"].as_str().expect("text");
        assert!(["implemented", "refused", "missing"].contains(&state));
    }
}

#[test]
fn the_benchmark_checks_its_guests() {
    for engine in ["fast", "reference"] {
        let ran = overture(&[
            "bench", "--quick", "--count", "1", "--json", "--engine", engine,
        ]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let report = ran.report();
        assert_eq!(report["engine"], engine);
        assert_eq!(report["guests"].as_array().map(Vec::len), Some(4));
    }
    let one = overture(&["bench", "--quick", "--guest", "swiloop", "--count", "1"]);
    assert!(one.out.contains("45083 instructions"), "{}", one.out);
    overture(&["bench", "--guest", "x"]).is_refused(&["x", "dhry"]);
}

// ---- closed pipes ----

#[test]
fn a_closed_output_is_no_accident() {
    for arguments in [
        &["rom:hello", "--json", "--calls"][..],
        &["rom:demo", "--until", "exit"],
        &["calls"],
        &["--help"],
    ] {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("overture runs");
        drop(child.stdout.take());
        let ran = Ran::of(child.wait_with_output().expect("it ends"));
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        let mut child = command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("overture runs");
        drop(child.stderr.take());
        assert_eq!(
            child.wait().expect("it ends").code(),
            Some(0),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_full_disk_is_told() {
    // Only Linux has the file that is always full.
    let Ok(mut full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    if full.write_all(b"x").is_ok() {
        return;
    }
    let output = command(&["roms"])
        .stdout(full)
        .output()
        .expect("overture runs");
    let ran = Ran::of(output);
    assert_eq!(ran.status, 2);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}
