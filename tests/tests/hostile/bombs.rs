//! Floods: items, requests and memory until there are no more.

use crate::driver::*;
use emu_core::machine::{Config, Stop};
use emu_core::time::Tick;
use emu_core::trace::Silent;

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

/// What is deleted leaves nothing behind: the same few calls can be made for ever.
#[test]
fn items_that_come_and_go_cost_nothing() {
    let folio = [10, 255, 11, BASE, 1, TAGS + 0xA8, 0, 0];
    let thread = [
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
    let request = [11, 0x13, 10, 0, 0, 0];
    let open = (0x1_0024, [Arg::Word(0x10F), Arg::Word(TAGS), ZERO, ZERO]);
    let create = |kind: u32, list| {
        (
            0x1_0000,
            [Arg::Word(0x100 | kind), Arg::Word(list), ZERO, ZERO],
        )
    };
    let delete = |k| (0x1_0003, [Arg::At(k), ZERO, ZERO, ZERO]);
    let port = repeat(1, &[create(10, 0)], &[])[0][0];
    let message = [10, port, 12, 4_000, 1, TAGS + 0xA8, 0, 0];
    let lists: &[(u32, &[u32])] = &[
        (SCRATCH, &folio),
        (SCRATCH + 0x40, &thread),
        (SCRATCH + 0x80, &request),
        (SCRATCH + 0xC0, &message),
    ];
    let round = [
        create(10, 0),
        create(4, SCRATCH),
        create(5, SCRATCH + 0x40),
        open,
        create(14, SCRATCH + 0x80),
        create(9, SCRATCH + 0xC0),
        create(7, 0),
        delete(1),
        delete(2),
        delete(4),
        delete(5),
        delete(6),
        (0x1_0008, [Arg::At(3), ZERO, ZERO, ZERO]),
    ];
    // The first port stays, the later ones fail when the signals are used up.
    let results = repeat(1_500, &round, lists);
    for (n, results) in results.iter().enumerate().skip(1) {
        let made = results[1..7].iter().enumerate();
        for (k, &item) in made.filter(|&(k, _)| k != 3) {
            assert!((item as i32) > 0, "round {n}, call {}: {item:#x}", k + 1);
        }
        let undone = &results[7..];
        assert!(
            undone.iter().enumerate().all(|(k, &r)| k == 2 || r == 0),
            "round {n}: {undone:x?}"
        );
    }
}

#[test]
fn opening_for_ever_ends_with_an_error() {
    let mut file = File::new(0x1000);
    // again: MOV r0,#1 (the kernel's folio); MOV r1,#0; SWI OpenItem; CMP r0,#0; BPL again;
    // B . so that the code stays in r0
    let code = [
        0xE3A0_0001,
        0xE3A0_1000,
        0xEF01_0005,
        0xE350_0000,
        0x5AFF_FFFA,
        0xE3C0_0102,
    ];
    file.words(BASE + 0x80, &code);
    file.words(BASE + 0x98, &[0xEF01_0027, 0xEF00_0011]);
    let mut machine = file.start(Config::default());
    let stop = machine.run(Tick(200_000_000), &mut Silent);
    // The status is the error without its sign bit, which a status may not have.
    assert_eq!(stop, Stop::Exit(0x557B_9903));
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
