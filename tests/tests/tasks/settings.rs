//! Priorities and owners, and what dies with a task.

use super::*;

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
