//! Semaphores: acceptance check 39 (kernel sheet 11.2) and section 8.1.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{BAD_LOCK_ARG, BADITEM, NOTOWNER, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::Semaphore;
use tests::guest::{Guest, Word, both_profiles};

const LOCKED: Status = Status(1);
const BUSY: Status = Status(0);

fn lock(g: &mut Guest, semaphore: Item, flags: u32) -> Status {
    g.call("LockItem", &[semaphore.word(), flags])
}

fn unlock(g: &mut Guest, semaphore: Item) -> Status {
    g.call("UnlockItem", &[semaphore.word()])
}

/// Lets a task begin to wait for a semaphore.
fn queue_up(g: &mut Guest, task: Item, semaphore: Item) {
    let mut g = g.on(task);
    g.begin_call("LockItem", &[semaphore.word(), 1]);
    g.advance(2000);
    assert!(g.is_blocked(task));
}

fn state(g: &Guest, semaphore: Item) -> (u32, Item, i32) {
    (
        g.field(semaphore, Semaphore::sem_bit),
        g.field(semaphore, Semaphore::sem_Owner),
        g.field(semaphore, Semaphore::sem_NestCnt),
    )
}

/// Check 39: nesting, and the hand-over to waiters in their order.
#[test]
fn check_39_nesting_and_hand_over() {
    both_profiles(|g| {
        let semaphore = g.create_semaphore();
        let (a, b) = (g.create_thread("a"), g.create_thread("b"));
        let main = g.main();
        assert_eq!(state(g, semaphore), (0, Item(-1), 0));
        assert_eq!(lock(g, semaphore, 0), LOCKED);
        assert_eq!(lock(g, semaphore, 1), LOCKED, "again by its owner");
        assert_eq!(state(g, semaphore), (1, main, 2));
        assert_eq!(lock(&mut g.on(a), semaphore, 0), BUSY);
        queue_up(g, b, semaphore);
        queue_up(g, a, semaphore);
        assert_eq!(unlock(g, semaphore), Status::OK);
        assert_eq!(state(g, semaphore), (1, main, 1), "one more to go");
        assert_eq!(unlock(g, semaphore), Status::OK);
        assert_eq!(state(g, semaphore), (1, b, 1), "handed over, never free");
        assert_eq!(lock(g, semaphore, 0), BUSY);
        g.on(b).wait();
        assert_eq!(g.on(b).last(), LOCKED);
        assert!(g.is_blocked(a));
        assert_eq!(unlock(&mut g.on(b), semaphore), Status::OK);
        g.on(a).wait();
        assert_eq!(g.on(a).last(), LOCKED);
        assert_eq!(unlock(&mut g.on(a), semaphore), Status::OK);
        assert_eq!(state(g, semaphore), (0, Item(-1), 0));
    });
}

/// 8.1: what the calls refuse.
#[test]
fn locking_refuses() {
    both_profiles(|g| {
        let semaphore = g.create_semaphore();
        let port = g.create_port();
        assert_eq!(lock(g, Item(0x7777), 0), BADITEM);
        assert_eq!(lock(g, port, 0), BADITEM, "not a semaphore");
        assert_eq!(lock(g, port, 2), BADITEM, "that comes first");
        for flags in [2, 3, 0x8000_0000] {
            assert_eq!(lock(g, semaphore, flags), BAD_LOCK_ARG, "{flags:#x}");
        }
        assert_eq!(unlock(g, semaphore), NOTOWNER, "free");
        assert_eq!(unlock(g, port), BADITEM);
        let thread = g.create_thread("other");
        lock(g, semaphore, 0);
        assert_eq!(unlock(&mut g.on(thread), semaphore), NOTOWNER);
    });
}

/// 8.1: deleting a semaphore wakes all who wait, with BADITEM.
#[test]
fn deletion_wakes_all_waiters() {
    both_profiles(|g| {
        let semaphore = g.create_semaphore();
        let threads = ["a", "b"].map(|name| g.create_thread(name));
        lock(g, semaphore, 0);
        for thread in threads {
            queue_up(g, thread, semaphore);
        }
        assert_eq!(g.delete(semaphore), Status::OK);
        for thread in threads {
            g.on(thread).wait();
            assert_eq!(g.on(thread).last(), BADITEM);
            assert_eq!(g.pending_of(thread), 0);
        }
    });
}

/// 8.1: a task's death unlocks all that it holds, however deep, and ends its own waiting.
#[test]
fn death_unlocks() {
    both_profiles(|g| {
        let semaphore = g.create_semaphore();
        let [holder, first, second] = ["holder", "first", "second"].map(|n| g.create_thread(n));
        lock(&mut g.on(holder), semaphore, 0);
        lock(&mut g.on(holder), semaphore, 0);
        queue_up(g, first, semaphore);
        queue_up(g, second, semaphore);
        assert_eq!(g.delete(first), Status::OK);
        assert_eq!(g.delete(holder), Status::OK);
        g.on(second).wait();
        assert_eq!(g.on(second).last(), LOCKED);
        assert_eq!(state(g, semaphore), (1, second, 1));
        assert_eq!(g.delete(second), Status::OK);
        assert_eq!(state(g, semaphore), (0, Item(-1), 0));
        assert_eq!(lock(g, semaphore, 0), LOCKED);
    });
}
