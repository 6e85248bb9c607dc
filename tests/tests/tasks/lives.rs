//! How tasks begin and end.

use super::*;

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
