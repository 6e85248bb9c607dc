//! Who runs.

use super::*;

/// Check 32: a thread of higher priority runs before CreateItem returns; others do not.
#[test]
fn check_32_a_higher_thread_runs_first() {
    both_profiles(|g| {
        for (priority, runs) in [(101, 1), (100, 0), (99, 0)] {
            let mut g = Guest::new(g.profile());
            let mark = g.alloc(4);
            let code = [&[mov(2, 1), str(2, 1, 0)][..], &SLEEP_ON_FIRST_SIGNAL].concat();
            let (tags, _) = g.thread_tags("thread", priority, &code);
            let tags = g.tags(tags.and(14, mark));
            let registers = [(0, TASK), (1, tags), (2, 0), (4, mark)];
            let seen = g.run_code(&[swi(0x1_0000), ldr(0, 4, 0)], &registers);
            assert_eq!(seen, runs, "priority {priority}");
        }
    });
}

/// 6.6: a sleeper of higher priority runs before SendSignal returns.
#[test]
fn a_higher_sleeper_runs_before_sendsignal_returns() {
    both_profiles(|g| {
        for (priority, runs) in [(101, 1), (100, 0)] {
            let mut g = Guest::new(g.profile());
            let mark = g.alloc(4);
            let mut code = SLEEP_ON_FIRST_SIGNAL.to_vec();
            code.extend([mov(2, 1), str(2, 6, 0)]);
            code.extend([mov(0, 0), swi(0x1_0001)]);
            let tags = Tags::new().and(14, mark);
            let thread = g.create_thread_with("sleeper", priority, &code, tags);
            g.advance_fields(2);
            assert!(g.is_blocked(thread));
            g.set_polite(false);
            let wait = g.timer_ioreq();
            g.do_io(wait, Io::fields(1));
            let send = [(0, thread.word()), (1, 0x100), (4, mark)];
            let seen = g.run_code(&[swi(0x1_0002), ldr(0, 4, 0)], &send);
            assert_eq!(seen, runs, "priority {priority}");
        }
    });
}

/// Check 33: tasks of equal priority get the CPU for exactly 937 steps of 16 us (187400
/// cycles) each, up to the end of an instruction.
#[test]
fn check_33_equal_priorities_alternate() {
    both_profiles(|g| {
        let counter = g.alloc(4);
        let tags = Tags::new().and(14, counter);
        g.create_thread_with("rival", 100, &COUNT_FOR_EVER, tags);
        g.set_polite(false);
        let from = g.records().records.len();
        g.begin_code(&[SPIN], &[]);
        g.advance(187_400 * 8);
        let runs = dispatches(g, from);
        assert!(runs.len() >= 6, "{runs:?}");
        for pair in runs.windows(2) {
            let turn = pair[1].0 - pair[0].0;
            assert!((187_400..187_410).contains(&turn), "{runs:?}");
            assert_ne!(pair[0].1, pair[1].1);
        }
        assert_ne!(g.read(counter), 0);
    });
}

/// 6.2, 6.4: a quantum of one's own, and its bounds.
#[test]
fn quantum_of_a_task() {
    both_profiles(|g| {
        let quantum = |micros: u32| Tags::new().and(11, micros);
        for (micros, expected) in [(4_999, BAD_QUANTA), (1_000_001, BAD_QUANTA)] {
            assert_eq!(g.try_thread("q", 100, &[], quantum(micros)), expected);
        }
        assert!(g.try_thread("q", 100, &[], quantum(1_000_000)).0 > 0);
        let thread = g.create_thread_with("quick", 100, &[SPIN], quantum(5_000));
        assert_eq!(g.field(thread, Task::t_MaxUSecs), 5_000);
        assert_eq!(g.field(thread, Task::t_MaxTicks), 311);
        assert_eq!(g.field(g.main(), Task::t_MaxUSecs), 15_000);
        assert_eq!(g.field(g.main(), Task::t_MaxTicks), 936);
        let from = g.records().records.len();
        g.advance(1_000_000);
        let runs = dispatches(g, from);
        let turn = runs
            .windows(2)
            .find(|pair| pair[0].1 == "quick")
            .expect("its turn");
        assert!(
            (62_400..62_410).contains(&(turn[1].0 - turn[0].0)),
            "{turn:?}"
        );
    });
}

/// 6.4: a Yield that finds no rival leaves the request standing: the next task of equal
/// priority that becomes ready runs at the next call's return. Without it, it waits.
#[test]
fn a_yield_without_rival_is_remembered() {
    both_profiles(|g| {
        for (first, runs) in [(swi(YIELD), 1), (mov_reg(3, 3), 0)] {
            let mut g = Guest::new(g.profile());
            let mark = g.alloc(4);
            let code = [&[mov(2, 1), str(2, 1, 0)][..], &SLEEP_ON_FIRST_SIGNAL].concat();
            let (tags, _) = g.thread_tags("thread", 100, &code);
            let tags = g.tags(tags.and(14, mark));
            let registers = [(0, TASK), (1, tags), (2, 0), (4, mark)];
            let seen = g.run_code(&[first, swi(0x1_0000), ldr(0, 4, 0)], &registers);
            assert_eq!(seen, runs);
        }
    });
}

/// 6.4: who yields goes to the tail: three tasks take turns in order; lower ones do not run.
#[test]
fn yield_goes_round() {
    both_profiles(|g| {
        let log = g.alloc(64);
        let cursor = g.words(&[log]);
        // Append r5 (the first argument) to the log, yield, for ever.
        let code = [
            ldr(2, 6, 0),
            str(5, 2, 0),
            add(2, 2, 4),
            str(2, 6, 0),
            swi(YIELD),
            branch(-5),
        ];
        for n in 1..=3_u32 {
            let tags = Tags::new().and(13, n).and(14, cursor);
            let priority = if n == 3 { 99 } else { 100 };
            g.create_thread_with("turn", priority, &code, tags);
        }
        let registers = [(5, 9), (6, cursor)];
        g.begin_code(&code, &registers);
        while g.read(cursor) < log + 40 {
            g.advance(20);
        }
        let order: Vec<u32> = (0..9).map(|n| g.read(log + n * 4)).collect();
        assert_eq!(order, [9, 1, 2, 9, 1, 2, 9, 1, 2]);
    });
}

/// 6.4: a task pre-empted by a higher one goes to the tail of its class.
#[test]
fn a_preempted_task_goes_to_the_tail() {
    both_profiles(|g| {
        let rival = g.create_thread_with("rival", 100, &[SPIN], Tags::new());
        let high = g.create_sleeper("high", 150);
        g.set_polite(false);
        let ior = g.timer_ioreq();
        g.do_io(ior, Io::fields(1));
        // Main has the CPU, the rival is ready. Waking the high one sends main to the tail.
        g.begin_call("SendSignal", &[high.word(), 0x100]);
        let me = g.main();
        while g.machine().kernel().current_task() == Some(me) {
            g.advance(10);
        }
        assert_eq!(g.machine().kernel().current_task(), Some(high));
        let ready: Vec<Item> = g.machine().kernel().ready_tasks().collect();
        assert_eq!(ready, [rival, me]);
    });
}
