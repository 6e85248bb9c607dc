//! Tasks, threads, scheduling and signals: acceptance checks 29 to 35 (kernel sheet 11.2) and
//! section 6.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{
    ABORTED, BAD_EXIT_STATUS, BAD_PRIORITY, BAD_QUANTA, BAD_STACK_SIZE, BADAIF, BADITEM, BADPRIV,
    BADPTR, BADSUBTYPE, BADTAG, BADTAGVAL, CANT_SET_OWNER, ILLEGAL_SIGNAL, IO_NOT_DONE, NOMEM,
    NOSUPPORT, NOTOWNER, Status, TASK_KILLED, THREAD_ERROR,
};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{
    IOReq, ItemNode, KernelBase, List, MemList, Message, Task,
};
use emu_core::machine::Stop;
use emu_core::mem::GuestPtr;
use emu_core::trace::TraceEvent;
use tests::guest::{
    Guest, Io, RETURN, SLEEP_ON_FIRST_SIGNAL, SPIN, Tags, Word, YIELD, add, both_profiles, branch,
    call_vector, ldr, mov, mov_reg, program_image, str, swi,
};

const SIGF_ABORT: u32 = 4;
const SIGF_DEADTASK: u32 = 0x10;
const TASK: u32 = 0x105;

/// Adds one to the word at r1 for ever.
const COUNT_FOR_EVER: [u32; 4] = [ldr(2, 1, 0), add(2, 2, 1), str(2, 1, 0), branch(-3)];

/// When which task got the CPU since the record number `from`.
fn dispatches(g: &Guest, from: usize) -> Vec<(u64, String)> {
    g.records().records[from..]
        .iter()
        .filter(|record| record.event == TraceEvent::Task("runs".to_owned()))
        .map(|record| (record.at.0, record.task.clone()))
        .collect()
}

/// Check 29: 23 signals for programs; then none.
#[test]
fn check_29_allocsignal() {
    both_profiles(|g| {
        assert_eq!(g.field(g.main(), Task::t_AllocatedSigs), 0xFF);
        for n in 0..23 {
            assert_eq!(g.alloc_signal(), 0x100 << n);
        }
        assert_eq!(g.call("AllocSignal", &[0]), Status(0));
        assert_eq!(g.call("AllocSignal", &[0x100]), Status(0), "taken");
        assert_eq!(g.call("FreeSignal", &[0x100 | 0x4000_0000]), Status::OK);
        assert_eq!(g.alloc_signal(), 0x100, "the lowest free one");
        assert_eq!(
            g.call("AllocSignal", &[0x4000_0100]),
            Status(0),
            "one is taken"
        );
        assert_eq!(g.call("AllocSignal", &[0x4000_0000]), Status(0x4000_0000));
    });
}

/// 6.6: signals that programs may not allocate or free; pending ones are forgotten.
#[test]
fn allocsignal_and_freesignal_refuse() {
    both_profiles(|g| {
        for mask in [1, 0x80, 0x180, 0x8000_0000] {
            assert_eq!(g.call("AllocSignal", &[mask]), ILLEGAL_SIGNAL, "{mask:#x}");
            assert_eq!(g.call("FreeSignal", &[mask]), ILLEGAL_SIGNAL, "{mask:#x}");
        }
        assert_eq!(
            g.call("FreeSignal", &[0x100]),
            ILLEGAL_SIGNAL,
            "not allocated"
        );
        let me = g.main();
        g.alloc_signal();
        g.send_signal(me, 0x100);
        assert_eq!(g.pending(), 0x100);
        assert_eq!(g.call("FreeSignal", &[0x100]), Status::OK);
        assert_eq!(g.pending(), 0);
        assert_eq!(g.field(me, Task::t_AllocatedSigs), 0xFF);
    });
}

/// Check 30: SendSignal of a bit that the receiver has not allocated delivers nothing.
#[test]
fn check_30_sendsignal_of_an_unallocated_bit() {
    both_profiles(|g| {
        let thread = g.create_thread("receiver");
        g.on(thread).alloc_signal();
        assert_eq!(g.send_signal(thread, 0x300), ILLEGAL_SIGNAL);
        assert_eq!(g.pending_of(thread), 0);
        assert_eq!(g.send_signal(thread, 0x8000_0100), ILLEGAL_SIGNAL);
        for mask in [1, 4, 8, 0x10, 0x20, 0x80, 0x101] {
            assert_eq!(g.send_signal(thread, mask), BADPRIV, "{mask:#x}");
        }
        assert_eq!(g.send_signal(thread, 0x100), Status::OK);
        assert_eq!(g.pending_of(thread), 0x100);
        let port = g.create_port();
        assert_eq!(g.send_signal(port, 0x100), BADITEM);
        assert_eq!(g.send_signal(Item(0x7777), 0x100), BADITEM);
        let mine = g.alloc_signal();
        assert_eq!(
            g.send_signal(Item::NONE, mine),
            Status::OK,
            "0 is the caller"
        );
        assert_eq!(g.pending(), mine);
    });
}

/// 6.6: WaitSignal takes those it waits for and keeps the others; signals do not count.
#[test]
fn waitsignal() {
    both_profiles(|g| {
        let (a, b, c) = (g.alloc_signal(), g.alloc_signal(), g.alloc_signal());
        let me = g.main();
        for mask in [a, a, b, c] {
            assert_eq!(g.send_signal(me, mask), Status::OK);
        }
        assert_eq!(g.call("WaitSignal", &[a | b]), Status((a | b) as i32));
        assert_eq!(g.pending(), c);
        assert_eq!(g.call("WaitSignal", &[0x4000_0000]), ILLEGAL_SIGNAL);
        assert_eq!(g.call("WaitSignal", &[0x8000_0000]), ILLEGAL_SIGNAL);
        let thread = g.create_sleeper("sleeper", 120);
        assert!(g.is_blocked(thread));
        assert_eq!(g.field(thread, Task::t_WaitBits), 0x100 | SIGF_ABORT);
        // It has the higher priority: once awake it keeps the CPU.
        g.begin_call("SendSignal", &[thread.word(), 0x100]);
        g.advance(1000);
        assert!(!g.is_blocked(thread));
        assert_eq!(g.pending_of(thread), 0);
        assert_eq!(g.on(thread).last(), Status(0x100));
    });
}

/// Check 31: WaitSignal(0) sleeps until SIGF_ABORT, which a kill sends.
#[test]
fn check_31_waitsignal_0() {
    both_profiles(|g| {
        let code = [mov(0, 0), swi(0x1_0001)];
        let port = g.create_port();
        let tags = Tags::new().and(25, port);
        let thread = g.create_thread_with("asleep", 120, &code, tags);
        assert!(g.is_blocked(thread));
        assert_eq!(g.field(thread, Task::t_WaitBits), SIGF_ABORT);
        g.advance_fields(3);
        assert!(g.is_blocked(thread), "nothing else wakes it");
        assert_eq!(g.delete(thread), Status::OK);
        assert!(!g.exists(thread));
        assert_eq!(g.next_msg(port).0, TASK_KILLED.0);
    });
}

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

/// Check 34: the exit message: status, child, killer.
#[test]
fn check_34_exit_messages() {
    both_profiles(|g| {
        let port = g.create_port();
        let me = g.main();
        let tags = || Tags::new().and(25, port);
        // By returning.
        let by_return = g.create_thread_with("returns", 120, &[mov(0, 42), RETURN], tags());
        let message = Item(g.get_msg(port).0);
        assert_eq!(g.msg(message), (42, by_return.word(), by_return.word()));
        assert_eq!(g.field(message, ItemNode::n_Owner), me);
        assert_eq!(
            g.field(message, ItemNode::n_Flags) & 4,
            4,
            "a small message"
        );
        assert_eq!(g.field(message, Message::msg_MsgPort), me);
        assert!(!g.is_item(by_return));
        // By exit.
        let exit = [mov(0, 7), call_vector(7, 37)[1]];
        let by_exit = g.create_thread_with("exits", 120, &exit, tags());
        let message = Item(g.get_msg(port).0);
        assert_eq!(g.msg(message), (7, by_exit.word(), by_exit.word()));
        // By being killed.
        let victim = g.create_thread_with("killed", 100, &[SPIN], tags());
        assert_eq!(g.delete(victim), Status::OK);
        let message = Item(g.get_msg(port).0);
        assert_eq!(g.msg(message), (TASK_KILLED.0, victim.word(), me.word()));
        assert_eq!(g.pending() & SIGF_DEADTASK, 0, "never both");
        // Without a port: a signal.
        g.create_thread_with("quiet", 120, &exit, Tags::new());
        assert_eq!(g.pending() & SIGF_DEADTASK, SIGF_DEADTASK);
        assert_eq!(g.get_msg(port), Status(0));
    });
}

/// 6.7, 6.8: SetExitStatus; a fault overrides it with ABORTED.
#[test]
fn exit_status() {
    both_profiles(|g| {
        let port = g.create_port();
        let tags = || Tags::new().and(25, port);
        let status_of = |g: &mut Guest, code: &[u32]| {
            g.create_thread_with("dies", 120, code, tags());
            g.next_msg(port).0
        };
        let set = [mov(0, 9), swi(0x1_0027)];
        let end = swi(0x11);
        assert_eq!(status_of(g, &[set[0], set[1], end]), 9);
        assert_eq!(status_of(g, &[end]), 0);
        let negative = [0xE3E0_0000, swi(0x1_0027), end]; // mvn r0, #0
        assert_eq!(status_of(g, &negative), -1, "stored although refused");
        assert_eq!(status_of(g, &[set[0], set[1], 0xE7F0_00F0]), ABORTED.0);
        assert_eq!(g.call("SetExitStatus", &[u32::MAX]), BAD_EXIT_STATUS);
        assert_eq!(g.call("SetExitStatus", &[0]), Status::OK);
    });
}

/// Check 35: DeleteItem of a thread returns when it is gone, whatever it was doing.
#[test]
fn check_35_deleteitem_of_a_thread() {
    both_profiles(|g| {
        let spinning = g.create_thread_with("spins", 50, &[SPIN], Tags::new());
        let sleeping = g.create_sleeper("sleeps", 150);
        let waiting = g.create_thread("waits");
        let mut other = g.on(waiting);
        let ior = other.timer_ioreq();
        let info = other.info(Io::fields(1000));
        other.begin_call("DoIO", &[ior.word(), info]);
        other.advance(4000);
        assert!(other.is_blocked(waiting));
        drop(other);
        for thread in [spinning, sleeping, waiting] {
            assert_eq!(g.delete(thread), Status::OK);
            assert!(!g.is_item(thread) && !g.exists(thread));
        }
        assert_eq!(g.pending_work(), 0);
        assert_eq!(g.delete(spinning), BADITEM);
    });
}

/// 6.8: a task's children die with it.
#[test]
fn children_die_with_their_parent() {
    both_profiles(|g| {
        let parent = g.create_thread("parent");
        let child = g.on(parent).create_thread("child");
        let grandchild = g.on(child).create_thread("grandchild");
        let program = g.ptr::<Task>(g.main());
        assert_eq!(
            g.field(grandchild, Task::t_ThreadTask),
            program,
            "of the program"
        );
        assert_eq!(g.field(grandchild, ItemNode::n_Owner), child);
        assert_eq!(g.delete(parent), Status::OK);
        for task in [parent, child, grandchild] {
            assert!(!g.exists(task), "{task:?}");
        }
        assert_eq!(g.machine().tasks().len(), 1);
    });
}

/// 6.2: what a new task looks like.
#[test]
fn a_new_thread() {
    both_profiles(|g| {
        let (tags, start) = g.thread_tags("Plain", 77, &[]);
        let thread = g.new_item(TASK, tags);
        assert_eq!(g.field(thread, ItemNode::n_Priority), 77);
        assert_eq!(g.field(thread, ItemNode::n_Owner), g.main());
        assert_eq!(g.field(thread, Task::t_AllocatedSigs), 0xFF);
        assert_eq!(g.field(thread, Task::t_SigBits), 0);
        assert_eq!(g.field(thread, Task::t_SuperStackSize), 0x800);
        assert_eq!(g.field(thread, Task::t_MaxUSecs), 15_000);
        let main = g.main();
        let lists = g.field(main, Task::t_FreeMemoryLists);
        assert_eq!(g.field(thread, Task::t_FreeMemoryLists), lists);
        assert!(g.field(main, Task::t_ThreadTask).is_null());
        let registers = g.machine().task_registers(thread).expect("alive");
        assert_eq!(registers.pc(), start);
        // The first thread gives each pool of the program a semaphore.
        let first: GuestPtr<MemList> = g.peek(lists.at(List::ListAnchor_head)).cast();
        let semaphore = g.peek(first.at(MemList::meml_Sema4));
        assert_eq!(g.field(semaphore, ItemNode::n_Type), 7);
    });
}

/// 6.2: no priority: that of the creator; bounds 10 and 199 under both profiles.
#[test]
fn priorities_of_new_tasks() {
    both_profiles(|g| {
        let stack = g.alloc(0x200) + 0x200;
        let code = g.words(&[SPIN]);
        let plain = Tags::new().name("x").and(10, code).and(15, stack);
        let thread = g.new_item(TASK, plain);
        assert_eq!(g.field(thread, ItemNode::n_Priority), 100);
        assert_eq!(g.field(thread, Task::t_StackSize), 256, "the default");
        for priority in [0, 9, 200, 255] {
            assert_eq!(g.try_thread("x", priority, &[], Tags::new()), BAD_PRIORITY);
        }
        assert!(g.try_thread("low", 10, &[], Tags::new()).0 > 0);
        assert!(
            g.try_thread("high", 199, &SLEEP_ON_FIRST_SIGNAL, Tags::new())
                .0
                > 0
        );
    });
}

/// 6.2: what the creation of a task refuses.
#[test]
fn creation_of_a_task_refuses() {
    both_profiles(|g| {
        let stack = g.alloc(0x200) + 0x200;
        let code = g.words(&[SPIN]);
        let image = g.alloc(0x400);
        let unnamed = Tags::new().and(10, code).and(15, stack);
        assert_eq!(g.create(TASK, unnamed), BADTAGVAL, "a name is required");
        let thread = || Tags::new().name("x").and(10, code).and(15, stack);
        assert_eq!(g.create(TASK, thread().and(12, 127_u32)), BAD_STACK_SIZE);
        assert!(g.create(TASK, thread().and(12, 128_u32)).0 > 0);
        for tag in [17, 22, 9, 26, 0xFFFF] {
            assert_eq!(
                g.create(TASK, thread().and(tag, 1_u32)),
                BADTAG,
                "tag {tag}"
            );
        }
        for tag in [21, 23] {
            assert_eq!(
                g.create(TASK, thread().and(tag, 1_u32)),
                BADPRIV,
                "tag {tag}"
            );
        }
        assert!(
            g.create(TASK, thread().and(0x3_000A, 1_u32)).0 > 0,
            "the file folio's"
        );
        let nowhere = Tags::new().name("x").and(10, 0x30_0000_u32).and(15, stack);
        assert_eq!(g.create(TASK, nowhere), BADPTR);
        assert_eq!(
            g.create(TASK, thread().and(19, image)),
            NOSUPPORT,
            "thread and program"
        );
        let program = |image: u32| Tags::new().name("x").and(19, image);
        assert_eq!(g.create(TASK, program(image + 2)), BADPTR);
        assert_eq!(
            g.create(TASK, program(0x2F_FF00)),
            BADPTR,
            "512 bytes must be RAM"
        );
        assert_eq!(g.create(TASK, program(image)), BADAIF);
        let port = g.create_port();
        assert_eq!(g.create(TASK, thread().and(25, image)), BADITEM);
        let other = g.create_thread("other");
        let mut on = g.on(other);
        assert_eq!(on.create(TASK, thread().and(25, port)), NOTOWNER);
        assert_eq!(
            on.create(TASK, program(image)),
            THREAD_ERROR,
            "threads make no programs"
        );
        drop(on);
        assert_eq!(
            g.create_sized(TASK, thread(), 0xDC - 4),
            NOMEM,
            "size-locked"
        );
    });
}

/// 6.2: a program has memory and permissions of its own; the creator loses the pages.
#[test]
fn a_program_of_a_program() {
    both_profiles(|g| {
        let program = g.create_program("second");
        let theirs = g.program_memory(program);
        let mine = g.alloc(16);
        assert_eq!(g.vec(43, &[theirs, 4]), Status(0), "given away");
        assert_eq!(g.vec(43, &[mine, 4]), Status(1));
        let mut other = g.on(program);
        assert_eq!(other.vec(43, &[theirs, 4]), Status(1));
        assert_eq!(other.vec(43, &[mine, 4]), Status(0));
        assert_eq!(other.vec(42, &[mine, 4]), Status(1), "reading is free");
        drop(other);
        assert!(g.field(program, Task::t_ThreadTask).is_null());
        assert_ne!(
            g.field(program, Task::t_FreeMemoryLists),
            g.field(g.main(), Task::t_FreeMemoryLists)
        );
        assert_eq!(
            g.field(program, Task::t_StackSize),
            0x2000,
            "from its header"
        );
        assert_eq!(g.delete(program), Status::OK);
        // Its pages are free again: somebody else gets them.
        let again = g.create_program("third");
        assert_eq!(g.program_memory(again), theirs);
    });
}

/// 6.2: a 3DO header's priority overrides the creator's wish.
#[test]
fn the_3do_header_overrides() {
    both_profiles(|g| {
        let pages = g.call("AllocMemBlocks", &[0x8000, 0x8_8000]).0 as u32;
        g.write_bytes(pages, &program_image(pages, 0x4000, 55));
        let tags = Tags::new()
            .name("x")
            .pri(66)
            .and(12, 0x300_u32)
            .and(19, pages);
        let program = g.new_item(TASK, tags);
        assert_eq!(g.field(program, ItemNode::n_Priority), 55);
        assert_eq!(g.field(program, Task::t_StackSize), 0x2000);
        assert!(g.is_item(program));
    });
}

/// 6.3: SetItemPri's checks.
#[test]
fn setitempri_refuses() {
    both_profiles(|g| {
        let thread = g.create_thread("thread");
        let port = g.create_port();
        let main = g.main();
        let pri = |g: &mut Guest, item: Item, priority: u32| {
            g.call("SetItemPri", &[item.word(), priority])
        };
        assert_eq!(pri(g, Item(0x7777), 50), BADITEM);
        assert_eq!(pri(&mut g.on(thread), main, 50), BADPRIV);
        assert_eq!(pri(g, port, 50), BADSUBTYPE);
        for priority in [0, 9, 200, 255] {
            assert_eq!(pri(g, thread, priority), BAD_PRIORITY);
        }
        assert_eq!(pri(g, main, 120), Status(100), "one's own: the old one");
        assert_eq!(pri(g, main, 100), Status(120));
        assert_eq!(g.field(main, ItemNode::n_Priority), 100);
    });
}

/// Quirk `setitempri-result`: of another task, the published result is its previous priority,
/// the shipped one the caller's.
#[test]
fn quirk_setitempri_result() {
    both_profiles(|g| {
        let thread = g.create_thread_with("thread", 40, &[SPIN], Tags::new());
        let result = g.call("SetItemPri", &[thread.word(), 60]);
        assert_eq!(result, Status(if g.retail() { 100 } else { 40 }));
        let result = g.call("SetItemPri", &[thread.word(), 70]);
        assert_eq!(result, Status(if g.retail() { 100 } else { 60 }));
        assert_eq!(g.field(thread, ItemNode::n_Priority), 70);
    });
}

/// 6.3: a ready task that is raised above the caller runs at once; a caller that lowers itself
/// is overtaken.
#[test]
fn setitempri_takes_effect_at_once() {
    both_profiles(|g| {
        for (own, pri, runs) in [
            (false, 101, 1),
            (false, 99, 0),
            (true, 49, 1),
            (true, 51, 0),
        ] {
            let mut g = Guest::new(g.profile());
            let mark = g.alloc(4);
            let code = [&[mov(2, 1), str(2, 6, 0)][..], &SLEEP_ON_FIRST_SIGNAL].concat();
            let tags = Tags::new().and(14, mark);
            let thread = g.create_thread_with("thread", 50, &code, tags);
            let target = if own { g.main() } else { thread };
            let registers = [(0, target.word()), (1, pri), (4, mark)];
            let seen = g.run_code(&[swi(0x1_000A), ldr(0, 4, 0)], &registers);
            assert_eq!(seen, runs, "own {own}, to {pri}");
        }
    });
}

/// 4.8: SetItemOwner's rules by type.
#[test]
fn setitemowner() {
    both_profiles(|g| {
        let thread = g.create_thread("thread");
        let program = g.create_program("program");
        let me = g.main();
        let give =
            |g: &mut Guest, item: Item, to: Item| g.call("SetItemOwner", &[item.word(), to.word()]);
        let port = g.create_port();
        let message = g.create_msg(port);
        assert_eq!(give(g, Item(0x7777), thread), BADITEM);
        assert_eq!(give(g, port, Item(0x7777)), BADITEM);
        assert_eq!(give(g, port, message), BADITEM, "not a task");
        assert_eq!(give(&mut g.on(thread), port, thread), BADPRIV);
        assert_eq!(give(g, port, thread), NOSUPPORT);
        assert_eq!(give(g, message, thread), NOSUPPORT);

        let semaphore = g.create_semaphore();
        g.call("LockItem", &[semaphore.word(), 0]);
        assert_eq!(give(g, semaphore, thread), CANT_SET_OWNER, "locked");
        g.call("UnlockItem", &[semaphore.word()]);
        assert_eq!(give(g, semaphore, thread), Status::OK);
        assert_eq!(g.field(semaphore, ItemNode::n_Owner), thread);
        assert_eq!(g.delete(semaphore), BADPRIV, "it is the thread's now");
        assert_eq!(g.on(thread).delete(semaphore), Status::OK);

        let second = g.create_thread("second");
        assert_eq!(give(g, second, program), CANT_SET_OWNER, "another program");
        assert_eq!(give(g, second, second), CANT_SET_OWNER, "a cycle");
        assert_eq!(give(g, second, thread), Status::OK);
        assert_eq!(give(g, thread, second), CANT_SET_OWNER, "a cycle");
        assert_eq!(give(g, program, thread), Status::OK);
        assert_eq!(g.field(program, ItemNode::n_Owner), thread);
        assert_eq!(g.field(thread, ItemNode::n_Owner), me);
    });
}

/// 4.8: a request changes hands when it is idle and told by signal; the new owner is told.
#[test]
fn setitemowner_of_a_request() {
    both_profiles(|g| {
        let thread = g.create_thread("thread");
        let (_, by_message) = g.timer_ioreq_at_port();
        let ior = g.timer_ioreq();
        let give =
            |g: &mut Guest, item: Item| g.call("SetItemOwner", &[item.word(), thread.word()]);
        assert_eq!(give(g, by_message), NOSUPPORT);
        g.send_io(ior, Io::fields(1));
        assert_eq!(give(g, ior), IO_NOT_DONE);
        assert_eq!(g.wait_io(ior), Status::OK);
        assert_eq!(give(g, ior), Status::OK);
        assert_eq!(g.field(ior, IOReq::io_MsgItem), thread);
        assert_eq!(g.send_io(ior, Io::fields(1)), NOTOWNER);
        let before = g.pending();
        assert_eq!(g.on(thread).send_io(ior, Io::fields(1)), Status(0));
        g.advance_fields(1);
        assert_eq!(g.pending_of(thread), 8);
        assert_eq!(g.pending(), before);
        assert_eq!(g.delete(thread), Status::OK);
        assert!(!g.is_item(ior), "it dies with its new owner");
    });
}

/// 3.4, 6.4: KernelBase and the task structures show who runs, who is ready, who waits.
#[test]
fn published_task_state() {
    both_profiles(|g| {
        let sleeper = g.create_sleeper("sleeper", 150);
        let ready = g.create_thread_with("ready", 50, &[SPIN], Tags::new());
        g.advance(1000);
        let low = |g: &Guest, task| g.field(task, ItemNode::n_Flags) & 7;
        assert_eq!(low(g, g.main()), 4, "running");
        assert_eq!(low(g, ready), 1, "ready");
        assert_eq!(low(g, sleeper), 2, "waiting");
        let base = g.kernel_base();
        let head = |g: &Guest, list: GuestPtr<List>| {
            let node = g.peek(list.at(List::ListAnchor_head));
            g.peek(node.cast::<ItemNode>().at(ItemNode::n_Item))
        };
        let waiting = g.peek(base.at(KernelBase::kb_TaskWaitQ));
        assert_eq!(head(g, waiting), sleeper);
        let queue = g.peek(base.at(KernelBase::kb_TaskReadyQ));
        assert_eq!(head(g, queue), ready);
    });
}

/// 6.7: a thread's fault kills the thread; the main program's ends the run.
#[test]
fn faults_of_threads_and_of_the_program() {
    both_profiles(|g| {
        let thread = g.create_thread_with("crash", 120, &[0xE7F0_00F0], Tags::new());
        assert!(!g.exists(thread));
        assert_eq!(g.pending() & SIGF_DEADTASK, SIGF_DEADTASK);
        assert_eq!(g.call("AllocSignal", &[0]), Status(0x100), "main goes on");
        g.begin_code(&[0xE7F0_00F0], &[]);
        assert!(matches!(g.run_to_stop(), Stop::Fault(_)));
    });
}

/// 6.8: a thread whose stack the library allocated gives it back at exit.
#[test]
fn a_library_stack_is_freed() {
    both_profiles(|g| {
        let lists = g.field(g.main(), Task::t_FreeMemoryLists).addr();
        let stack = g.vec(7, &[lists, 0x400, 0]).0 as u32;
        let code = g.words(&[mov(0, 0), RETURN]);
        let tags = Tags::new()
            .name("x")
            .pri(120)
            .and(10, code)
            .and(12, 0x400_u32);
        g.new_item(TASK, tags.and(15, stack + 0x400).and(24, 1_u32));
        assert_eq!(
            g.vec(7, &[lists, 0x400, 0]),
            Status(stack as i32),
            "free again"
        );
    });
}
