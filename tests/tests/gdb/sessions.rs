//! Sessions of GDB itself: each line that it is given, and what it must answer.

use super::client::Server;
use emu_frontend::report::Status;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// The GDB that knows this processor.
const GDB: &str = "gdb-multiarch";
/// Stands between the answers.
const MARK: &str = "@@@@";

/// Whether GDB is there; a line says so if it is not.
fn has_gdb() -> bool {
    let found = Command::new(GDB).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {GDB} is not installed");
    }
    found
}

/// Gives GDB these lines and compares each answer with its parts; a part that begins with `!` must
/// not be there.
fn session(program: &[&str], lines: &[(&str, &[&str])]) -> Status {
    let server = Server::start(program);
    let mut script = format!(
        "set confirm off\nset pagination off\nset width 0\nset style enabled off\n\
         set architecture armv3\nset endian big\ntarget remote {}\n",
        server.address
    );
    for (line, _) in lines {
        script.push_str(&format!("echo \\n{MARK}\\n\n{line}\n"));
    }
    script.push_str(&format!("echo \\n{MARK}\\n\nkill\n"));
    // The order of both streams counts.
    let mut gdb = Command::new("sh")
        .args([
            "-c",
            "exec timeout 300 \"$0\" -nx -q -iex 'set prompt ' 2>&1",
            GDB,
        ])
        .env("LC_ALL", "C")
        .env("DEBUGINFOD_URLS", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut input = gdb.stdin.take().expect("a pipe");
    input.write_all(script.as_bytes()).expect("GDB reads");
    drop(input);
    let mut all = Vec::new();
    let mut output = gdb.stdout.take().expect("a pipe");
    output.read_to_end(&mut all).expect("GDB writes");
    let _ = gdb.wait();
    let all = String::from_utf8_lossy(&all);
    let answers: Vec<&str> = all.split(MARK).skip(1).collect();
    let mut wrong = Vec::new();
    for (n, (line, parts)) in lines.iter().enumerate() {
        let answer = answers.get(n).copied().unwrap_or("(nothing)");
        for part in *parts {
            let fits = match part.strip_prefix('!') {
                Some(other) => !answer.contains(other),
                None => answer.contains(part),
            };
            if !fits {
                wrong.push(format!("{n}: {line}: not {part:?}, but {answer}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{all}", wrong.join("\n"));
    server.ended()
}

#[test]
fn gdb_steps_stops_looks_and_goes_back() {
    if !has_gdb() {
        return;
    }
    let status = session(
        &["rom:metronome"],
        &[
            ("output $pc == 0x48000", &["1"]),
            (
                "info threads",
                &["* 1", "Thread 1.32", "metronome", "0x00048000"],
            ),
            ("info registers", &["r0 ", "sp ", "cpsr ", "!fps  "]),
            ("output/x $cpsr", &["0x10"]),
            ("x/i $pc", &["=> 0x48000:", "nop"]),
            ("stepi", &["0x00048004"]),
            ("x/i $pc", &["bl"]),
            ("stepi", &["0x"]),
            ("set $inside = $pc", &[]),
            ("output $lr == 0x48008", &["1"]),
            ("reverse-stepi", &["0x00048004"]),
            ("reverse-stepi", &["0x00048000"]),
            ("reverse-stepi", &["No more reverse-execution history"]),
            ("output $pc == 0x48000", &["1"]),
            ("stepi 2", &["0x"]),
            ("output $pc == $inside", &["1"]),
            ("tbreak *0x4800c", &["Temporary breakpoint 1 at 0x4800c"]),
            ("continue", &["Temporary breakpoint 1, 0x0004800c"]),
            // ---- the calls by their names
            ("monitor break SendIO", &["calls of SendIO"]),
            (
                "continue",
                &[
                    "ok  1  microsecond request created",
                    "call=kernel.SendIO",
                    "SIGTRAP",
                ],
            ),
            ("set $send = $pc", &[]),
            ("set $request = $r0", &[]),
            ("x/i $pc", &["svc", "0x00010018"]),
            ("monitor where", &["swi 0x10018  ; SendIO"]),
            ("monitor why", &["it does not wait"]),
            ("monitor tasks", &["\"metronome\" has the CPU"]),
            ("monitor items", &["kernel", "metronome"]),
            ("monitor requests", &["no device has anything to do"]),
            ("monitor stack", &["#0  "]),
            ("monitor regs", &["psr a0000010"]),
            ("monitor print r0 == 0x21", &["1 = 0x1"]),
            (
                "monitor trace 2",
                &["prints \"ok  6", "DoIO = 0xd57b900d BADIOARG"],
            ),
            ("monitor explain BADITEM", &["0xD57B9001", "no such item"]),
            ("monitor programs", &["metronome at 0x48000"]),
            ("monitor history", &["instants from 0.000000"]),
            ("stepi", &["0x"]),
            ("output $pc == $send + 4", &["1"]),
            ("output $r0 == 0", &["1"]),
            ("monitor requests", &["due at"]),
            ("reverse-stepi", &["0x"]),
            ("output $pc == $send", &["1"]),
            ("output $r0 == $request", &["1"]),
            ("monitor requests", &["no device has anything to do"]),
            (
                "continue",
                &[
                    "ok  7  10 ms metronome started",
                    "!ok  6",
                    "call=kernel.SendIO",
                ],
            ),
            ("output $pc > $send", &["1"]),
            ("set $second = $pc", &[]),
            ("reverse-continue", &["call=kernel.SendIO", "SIGTRAP"]),
            ("output $pc == $send", &["1"]),
            ("reverse-continue", &["No more reverse-execution history"]),
            ("output $pc == 0x48000", &["1"]),
            ("monitor delete 4", &["!error"]),
            // ---- breakpoints of GDB's own
            ("break *$send", &["Breakpoint 2"]),
            ("hbreak *$second", &["Hardware assisted breakpoint 3"]),
            ("continue", &["Breakpoint 2, "]),
            ("output $pc == $send", &["1"]),
            ("continue", &["Breakpoint 3, "]),
            ("output $pc == $second", &["1"]),
            ("reverse-continue", &["Breakpoint 2, "]),
            ("output $pc == $send", &["1"]),
            ("info breakpoints", &["already hit 2 times"]),
            ("delete", &[]),
            ("break *$second if $r0 == $request", &["Breakpoint 4"]),
            ("break *$second if $r0 == $request + 1", &["Breakpoint 5"]),
            ("continue", &["Breakpoint 5, "]),
            ("delete", &[]),
            // ---- memory
            ("output *(unsigned int *) 0x4000 != 0", &["1"]),
            ("x/wx 0x300000", &["Cannot access memory"]),
            ("x/wx 0x2ffffc", &["0x2ffffc"]),
            ("set $old = *(int *) ($sp - 64)", &[]),
            ("set var *(int *) ($sp - 64) = 0x1234", &["!Cannot"]),
            ("output/x *(int *) ($sp - 64)", &["0x1234"]),
            ("output/x *(char *) ($sp - 61)", &["0x34"]),
            ("output/x *(short *) ($sp - 62)", &["0x1234"]),
            ("set var *(int *) 0x300000 = 1", &["Cannot access memory"]),
            ("set var $r5 = 0x55", &[]),
            ("output/x $r5", &["0x55"]),
            ("set var $r5 = $r0", &[]),
            ("set var $cpsr = $cpsr | 0x80000000", &[]),
            ("output ($cpsr & 0x80000000) != 0", &["1"]),
            ("set var *(int *) ($sp - 64) = $old", &[]),
            // ---- watchpoints
            ("monitor goto cycle:0", &["`continue` goes to"]),
            ("continue", &["SIGTRAP"]),
            ("output $pc == 0x48000", &["1"]),
            ("set $word = $sp - 56", &[]),
            ("watch *(int *) $word", &["Hardware watchpoint"]),
            (
                "continue",
                &["Hardware watchpoint", "Old value = ", "New value = "],
            ),
            ("set $behind = $pc", &[]),
            ("set $value = *(int *) $word", &[]),
            ("x/i $behind - 4", &["push"]),
            ("reverse-continue", &["Old value = ", "New value = "]),
            ("output $pc == $behind - 4", &["1"]),
            (
                "reverse-continue",
                &["No more reverse-execution history", "!Old value"],
            ),
            ("continue", &["Hardware watchpoint"]),
            ("output $pc == $behind && *(int *) $word == $value", &["1"]),
            ("continue", &["Hardware watchpoint", "Old value = "]),
            ("reverse-continue", &["Old value = ", "New value = "]),
            ("output *(int *) $word == $value", &["1"]),
            ("delete", &[]),
            ("rwatch *(int *) $word", &["Hardware read watchpoint"]),
            ("continue", &["Hardware read watchpoint", "Value = "]),
            ("x/i $pc - 4", &["bl"]),
            ("delete", &[]),
            ("awatch *(int *) $word", &["access (read/write) watchpoint"]),
            ("continue", &["access (read/write) watchpoint", "alue = "]),
            ("reverse-continue", &["access (read/write) watchpoint"]),
            ("delete", &[]),
            // ---- what GDB would not notice
            ("monitor run", &["use `continue`"]),
            ("monitor step", &["use `stepi`"]),
            ("monitor back", &["use `reverse-stepi`"]),
            (
                "monitor writer 0x48000",
                &["`watch` and `reverse-continue`"],
            ),
            ("monitor quit", &["`kill`"]),
            ("monitor nothing", &["there is no command"]),
            ("monitor help", &["requests", "explain CODE", "!finish"]),
            // ---- the end, and back from it
            (
                "continue",
                &[
                    "21 checks passed",
                    "ended with status 0",
                    "No more reverse-execution history",
                ],
            ),
            ("info threads", &["Thread 1.1"]),
            ("break *$send", &["Breakpoint"]),
            ("reverse-continue", &["Breakpoint"]),
            ("output $pc == $send", &["1"]),
            ("info threads", &["Thread 1.32", "metronome"]),
            ("delete", &[]),
            ("continue", &["ended with status 0", "!checks passed"]),
            ("continue", &["exited normally"]),
        ],
    );
    assert_eq!(status, Status::Success);
}

#[test]
fn gdb_sees_a_fault_before_it_happens() {
    if !has_gdb() {
        return;
    }
    session(
        &["rom:faults"],
        &[
            ("continue", &["SIGSEGV", "!exited"]),
            ("x/i $pc", &["str"]),
            ("set $at = $pc", &[]),
            (
                "info threads",
                &["faults", "store to a page of the kernel", "has the CPU"],
            ),
            ("thread 1", &["Thread"]),
            ("output $sp != 0 && $pc != $at", &["1"]),
            ("reverse-stepi", &["0x"]),
            ("continue", &["SIG"]),
            ("continue", &["SIG"]),
            ("continue", &["SIGILL"]),
            ("x/i $pc", &["UNDEFINED"]),
            ("handle SIGSEGV SIGILL SIGSYS nostop noprint", &[]),
            (
                "continue",
                &["checks passed", "No more reverse-execution history"],
            ),
            ("continue", &["exited normally"]),
        ],
    );
}

#[test]
fn gdb_is_told_that_nothing_can_wake_a_task() {
    if !has_gdb() {
        return;
    }
    session(
        &["rom:deadlock"],
        &[
            (
                "continue",
                &["stuck: nothing can ever wake a task", "SIGSTOP"],
            ),
            ("info threads", &["WaitSignal"]),
            ("monitor why", &["nothing can wake it"]),
            ("x/i $pc - 4", &["svc"]),
            ("reverse-stepi", &["0x"]),
            ("x/i $pc", &["svc", "0x00010001"]),
            ("output/x $r0", &["0x100"]),
            ("stepi", &["SIGSTOP"]),
        ],
    );
}
