//! The audio clock and cues: audio sheet section 6, 2.1, 2.2.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{ABORTED, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::Task;
use emu_core::machine::Stop;
use emu_core::time::{Tick, Ticks};
use tests::guest::{Guest, Tags, Word, both_profiles};

/// Frames of a tick at power-on.
const DURATION: u64 = 183;
/// The signal by which the kernel ends a wait.
const SIGF_ABORT: u32 = 4;
const CUE: u32 = 0x405;

const BADITEM: Status = Status(0xD52B_F001_u32 as i32);
const BADTAG: Status = Status(0xD52B_F002_u32 as i32);
const INUSE: Status = Status(0xD52B_F10F_u32 as i32);
const NOSIGNAL: Status = Status(0xD52B_F116_u32 as i32);
const OUTOFRANGE: Status = Status(0xD52B_F117_u32 as i32);
const UNIMPLEMENTED: Status = Status(0xD52B_F118_u32 as i32);
const SECURITY: Status = Status(0xD52B_F11B_u32 as i32);
const NOTOWNER: Status = Status(0xD52B_F11C_u32 as i32);

/// The first cycle of a frame: 125000/441 cycles each.
fn start(frame: u64) -> Tick {
    Tick((frame * 125_000).div_ceil(441))
}

/// The frame at a cycle.
fn frame(at: Tick) -> u64 {
    at.0 * 441 / 125_000
}

fn time(g: &mut Guest) -> u32 {
    g.call("GetAudioTime", &[]).word()
}

fn cue(g: &mut Guest) -> Item {
    g.new_item(CUE, Tags::new())
}

fn signal_of(g: &mut Guest, cue: Item) -> u32 {
    g.call("GetCueSignal", &[cue.word()]).word()
}

/// Starts a call and lets it come to its wait.
fn fall_asleep(g: &mut Guest, name: &str, arguments: &[u32]) {
    g.begin_call(name, arguments);
    g.advance(3000);
    assert!(g.is_blocked(g.me()), "{name}");
}

/// The acting task sleeps until the first cycle of this frame, and no longer.
fn wakes_at(g: &mut Guest, frame: u64) {
    g.run_to(Tick(start(frame).0 - 1));
    assert!(g.is_blocked(g.me()), "before frame {frame}");
    g.run_to(start(frame) + Ticks(2));
    assert!(!g.is_blocked(g.me()), "at frame {frame}");
    g.wait();
}

fn own(g: &mut Guest) -> Item {
    g.item_from("OwnAudioClock", &[])
}

fn set_duration(g: &mut Guest, owner: Item, frames: u32) -> Status {
    g.call("SetAudioDuration", &[owner.word(), frames])
}

/// Milestone 1: N ticks are N times 183 frames, to the cycle.
#[test]
fn ticks_are_frames_exactly() {
    both_profiles(|g| {
        assert_eq!(g.call("GetAudioDuration", &[]), Status(183));
        assert_eq!(g.call("GetAudioRate", &[]), Status(0x00F0_FBCD));
        assert_eq!(time(g), (frame(g.now()) / DURATION) as u32);
        let cue = cue(g);
        for ticks in [1, 2, 7, 240, 241] {
            let goal = time(g) + ticks;
            fall_asleep(g, "SleepUntilTime", &[cue.word(), goal]);
            wakes_at(g, u64::from(goal) * DURATION);
            assert_eq!(g.last(), Status::OK);
            assert_eq!(time(g), goal);
            let before = frame(g.now());
            let frames = u64::from(g.call("GetAudioFrameCount", &[]).word());
            let range = before & 0xFFFF..=frame(g.now()) & 0xFFFF;
            assert!(range.contains(&frames), "{frames} in {range:?}");
        }
        assert_eq!(g.pending(), 0);
    });
}

/// SleepAudioTicks counts from the tick that has begun, and leaves neither cue nor signal.
#[test]
fn sleeping_ticks_uses_a_cue_of_its_own() {
    both_profiles(|g| {
        let goal = u64::from(time(g)) + 5;
        let free = g.alloc_signal();
        g.call("FreeSignal", &[free]);
        fall_asleep(g, "SleepAudioTicks", &[5]);
        wakes_at(g, goal * DURATION);
        assert_eq!(g.last(), Status::OK);
        assert_eq!(g.alloc_signal(), free);
        for ticks in [0, -1, i32::MIN] {
            let before = g.now();
            assert_eq!(g.call("SleepAudioTicks", &[ticks.word()]), Status::OK);
            assert!(g.now().0 - before.0 < 2000, "{ticks}");
        }
    });
}

/// A cue has a signal of its task's; there are 23 of them.
#[test]
fn cues_have_signals() {
    both_profiles(|g| {
        let first = cue(g);
        assert_eq!(signal_of(g, first), 0x100);
        let mut cues: Vec<Item> = (0..22).map(|_| cue(g)).collect();
        let none = g.create(CUE, Tags::new());
        assert_eq!(none, NOSIGNAL);
        let last = cues.pop().expect("there are some");
        let signal = signal_of(g, last);
        assert_eq!(signal, 0x4000_0000);
        assert_eq!(g.delete(last), Status::OK);
        assert_eq!(signal_of(g, last), 0, "a wrong item gives 0");
        let other = cue(g);
        assert_eq!(signal_of(g, other), signal, "the signal was freed");
        assert_eq!(g.create(CUE, Tags::new().and(10, 1_u32)), BADTAG);
        let named = Tags::new().name("beat");
        assert_eq!(g.delete(other), Status::OK);
        assert!(g.create(CUE, named).0 > 0);
    });
}

/// SignalAtTime: one time for each cue; a second call posts it anew, an abort takes it back.
#[test]
fn a_cue_waits_for_one_time() {
    both_profiles(|g| {
        let cue = cue(g);
        let signal = signal_of(g, cue);
        let now = time(g);
        let at = |time: u32| start(u64::from(time) * DURATION);
        assert_eq!(g.call("SignalAtTime", &[cue.word(), now + 3]), Status::OK);
        assert_eq!(g.call("SignalAtTime", &[cue.word(), now + 6]), Status::OK);
        // The task runs: an instruction of its own may end later than that.
        g.run_to(Tick(at(now + 6).0 - 10));
        assert_eq!(g.pending(), 0, "the first time counts no more");
        g.run_to(at(now + 6) + Ticks(10));
        assert_eq!(g.pending(), signal);
        assert_eq!(g.call("WaitSignal", &[signal]).word(), signal);

        let now = time(g);
        assert_eq!(g.call("SignalAtTime", &[cue.word(), now + 3]), Status::OK);
        assert_eq!(g.call("AbortTimerCue", &[cue.word()]), Status::OK);
        g.run_to(at(now + 5));
        assert_eq!(g.pending(), 0);
        assert_eq!(g.call("AbortTimerCue", &[cue.word()]), Status::OK);
    });
}

/// Times that have come or passed signal at once; the signed difference decides.
#[test]
fn times_in_the_past_signal_at_once() {
    both_profiles(|g| {
        let cue = cue(g);
        let signal = signal_of(g, cue);
        g.advance(500_000);
        let now = time(g);
        for past in [now, now - 1, now.wrapping_add(0x8000_0001)] {
            assert_eq!(g.call("SignalAtTime", &[cue.word(), past]), Status::OK);
            assert_eq!(g.pending(), signal, "{past:#x}");
            g.call("WaitSignal", &[signal]);
        }
        assert_eq!(g.call("SleepUntilTime", &[cue.word(), now]), Status::OK);
        assert_eq!(g.pending(), 0);
        let future = now.wrapping_add(0x7FFF_FF00);
        assert_eq!(g.call("SignalAtTime", &[cue.word(), future]), Status::OK);
        assert_eq!(g.pending(), 0);
    });
}

/// "This function will not return until the specified audio time is reached."
#[test]
fn an_old_signal_does_not_end_a_sleep() {
    both_profiles(|g| {
        let cue = cue(g);
        let now = time(g);
        g.call("SignalAtTime", &[cue.word(), now]);
        assert_ne!(g.pending(), 0);
        fall_asleep(g, "SleepUntilTime", &[cue.word(), now + 4]);
        wakes_at(g, u64::from(now + 4) * DURATION);
        assert_eq!(g.pending(), 0);
    });
}

/// Only a cue's task may post it; nobody may post what is no cue.
#[test]
fn cues_are_not_shared() {
    both_profiles(|g| {
        let cue = cue(g);
        let thread = g.create_thread("other");
        for name in ["SignalAtTime", "SleepUntilTime", "AbortTimerCue"] {
            let mut other = g.on(thread);
            assert_eq!(other.call(name, &[cue.word(), 1]), NOTOWNER, "{name}");
            drop(other);
            assert_eq!(g.call(name, &[0x7777, 1]), BADITEM, "{name}");
            assert_eq!(g.call(name, &[thread.word(), 1]), BADITEM, "{name}");
        }
    });
}

/// A sleeper's abort ends its sleep with an error, and its time is forgotten.
#[test]
fn an_abort_ends_a_sleep() {
    both_profiles(|g| {
        let thread = g.create_thread("sleeper");
        let own = cue(&mut g.on(thread));
        let goal = time(g) + 1000;
        fall_asleep(&mut g.on(thread), "SleepUntilTime", &[own.word(), goal]);
        // DeleteItem of the cue is its owner's alone; the kernel's abort is not.
        assert!(g.delete(own).is_error());
        let at = g.ptr::<Task>(thread).at(Task::t_SigBits).addr();
        g.write(at, SIGF_ABORT);
        let signal = signal_of(g, own);
        g.send_signal(thread, signal);
        g.on(thread).wait();
        assert_eq!(g.on(thread).last(), ABORTED);
    });
}

/// The end of a cue's owner takes the cue with it, whatever it waits for.
#[test]
fn the_owners_death_ends_its_cues() {
    both_profiles(|g| {
        let thread = g.create_thread("sleeper");
        let cue = cue(&mut g.on(thread));
        let soon = time(g) + 20;
        fall_asleep(&mut g.on(thread), "SleepUntilTime", &[cue.word(), soon]);
        assert_eq!(g.delete(thread), Status::OK);
        assert!(!g.is_item(cue));
        let thread = g.create_thread("sleeper");
        fall_asleep(&mut g.on(thread), "SleepAudioTicks", &[20]);
        assert_eq!(g.delete(thread), Status::OK);
        g.advance(2_000_000);
        assert_eq!(g.pending(), 0x10, "only the word of the thread's end");
    });
}

/// Whoever owns the clock may change it, and so may who knows the owner's number.
#[test]
fn the_clock_has_one_owner() {
    both_profiles(|g| {
        let thread = g.create_thread("other");
        assert_eq!(set_duration(g, Item(0), 100), NOTOWNER);
        let owner = own(g);
        assert_eq!(g.on(thread).call("OwnAudioClock", &[]), INUSE);
        assert_eq!(set_duration(&mut g.on(thread), owner, 100), Status::OK);
        assert_eq!(g.call("GetAudioDuration", &[]), Status(100));
        assert_eq!(g.call("GetAudioRate", &[]), Status(441 << 16));
        let disown = |g: &mut Guest, item: Item| g.call("DisownAudioClock", &[item.word()]);
        assert_eq!(disown(&mut g.on(thread), owner), NOTOWNER);
        assert_eq!(disown(g, thread), BADITEM);
        assert_eq!(disown(g, owner), Status::OK);
        assert_eq!(disown(g, owner), NOTOWNER);
        assert_eq!(set_duration(g, owner, 200), NOTOWNER, "owned by nobody");
        assert_eq!(own(&mut g.on(thread)), owner);
        assert_eq!(g.call("OwnAudioClock", &[]), INUSE);
        assert_eq!(g.delete(thread), Status::OK);
        assert_eq!(own(g), owner, "its owner has died");
    });
}

/// Published are 44 to 735 frames, 1000 to 60 Hz; a console goes up to 0x7FFF frames.
#[test]
fn the_clock_has_a_range() {
    both_profiles(|g| {
        let owner = own(g);
        for (frames, fits) in [
            (0, false),
            (43, false),
            (44, true),
            (735, true),
            (736, true),
            (0x7FFF, true),
            (0x8000, false),
            (u32::MAX, false),
        ] {
            let expected = if fits { Status::OK } else { OUTOFRANGE };
            assert_eq!(set_duration(g, owner, frames), expected, "{frames}");
        }
        for (hertz, frames) in [(60, 735), (300, 147), (1000, 44), (240, 183)] {
            let set = g.call("SetAudioRate", &[owner.word(), hertz << 16]);
            assert_eq!(set, Status::OK, "{hertz}");
            assert_eq!(g.call("GetAudioDuration", &[]), Status(frames));
        }
        for rate in [0, 1, 1100 << 16, u32::MAX] {
            let set = g.call("SetAudioRate", &[owner.word(), rate]);
            assert_eq!(set, OUTOFRANGE, "{rate:#x}");
        }
        assert_eq!(g.call("GetAudioDuration", &[]), Status(183));
    });
}

/// The running tick ends as it began; from then on N ticks are N times the new duration.
#[test]
fn a_change_of_rate_moves_sleepers_exactly() {
    both_profiles(|g| {
        let owner = own(g);
        let cue = cue(g);
        let thread = g.create_thread("changer");
        let mut goal = time(g) + 10;
        fall_asleep(g, "SleepUntilTime", &[cue.word(), goal]);
        let first = g.on(thread).call("GetAudioTime", &[]).word();
        assert_eq!(set_duration(&mut g.on(thread), owner, 100), Status::OK);
        let changed = u64::from(first + 1) * DURATION;
        wakes_at(g, changed + u64::from(goal - first - 1) * 100);
        assert_eq!(time(g), goal);

        // Twice in one tick: the last one counts.
        let (old_goal, at) = (goal, changed + u64::from(goal - first - 1) * 100);
        goal += 3;
        fall_asleep(g, "SleepUntilTime", &[cue.word(), goal]);
        assert_eq!(set_duration(&mut g.on(thread), owner, 700), Status::OK);
        assert_eq!(set_duration(&mut g.on(thread), owner, 50), Status::OK);
        assert_eq!(g.on(thread).call("GetAudioTime", &[]).word(), old_goal);
        wakes_at(g, at + 100 + 2 * 50);
        assert_eq!(time(g), goal);
    });
}

/// A state that is saved while a task sleeps wakes it at the same cycle.
#[test]
fn a_sleep_goes_through_a_saved_state() {
    both_profiles(|g| {
        let cue = cue(g);
        let goal = time(g) + 100;
        fall_asleep(g, "SleepUntilTime", &[cue.word(), goal]);
        let end = start(u64::from(goal) * DURATION).0;
        g.interrupt_at([g.now().0 + 1, g.now().0 + 300_000, end - 1].map(Tick));
        wakes_at(g, u64::from(goal) * DURATION);
        assert_eq!(time(g), goal);
    });
}

/// A cue that waits for its time is something that will happen; one that waits for none is not.
#[test]
fn a_machine_with_a_posted_cue_is_not_stuck() {
    both_profiles(|g| {
        let cue = cue(g);
        let signal = signal_of(g, cue);
        let goal = time(g) + 300;
        g.call("SignalAtTime", &[cue.word(), goal]);
        g.begin_call("WaitSignal", &[signal]);
        g.wait();
        assert_eq!(time(g), goal);
        g.begin_call("WaitSignal", &[signal]);
        assert!(matches!(g.run_to_stop(), Stop::Stuck(_)));
    });
}

/// Tags of the folio itself: what is asked is filled in.
#[test]
fn the_folio_tells_rate_and_volume() {
    both_profiles(|g| {
        let list = g.words(&[46, 0, 255, 7, 10, 0, 0]);
        assert_eq!(g.call("GetAudioFolioInfo", &[list]), Status::OK);
        assert_eq!(g.read(list + 4), 44_100 << 16);
        assert_eq!(g.read(list + 20), 0x7FFF);
        let list = g.words(&[46, 0, 12, 0, 0]);
        assert_eq!(g.call("GetAudioFolioInfo", &[list]), BADTAG);
        assert_eq!(g.call("GetAudioFolioInfo", &[0]), Status::OK);
        assert_eq!(g.call("SetAudioFolioInfo", &[list]), SECURITY);
    });
}

/// What has no effect, and what is not there.
#[test]
fn small_calls_answer_as_published() {
    both_profiles(|g| {
        assert_eq!(g.call("TraceAudio", &[0x55]), Status(0));
        assert_eq!(g.call("TraceAudio", &[0]), Status(0x55));
        assert_eq!(g.call("TestHack", &[0]), UNIMPLEMENTED);
        for name in ["AudioCall6", "AudioCall37"] {
            assert_eq!(g.call(name, &[]), UNIMPLEMENTED);
        }
        // Those of the system's own programs before and behind all instruments.
        assert_eq!(g.call("GetAudioCyclesUsed", &[]), Status(29 + 16));
        for on in [1, 1, 0, 0, 0] {
            assert_eq!(g.call("EnableAudioInput", &[on, 0]), Status::OK);
        }
        let list = g.words(&[0]);
        assert_eq!(g.call("EnableAudioInput", &[1, list]), BADTAG);
        let cue = cue(g);
        for name in ["GetAudioItemInfo", "SetAudioItemInfo"] {
            assert_eq!(g.call(name, &[cue.word(), list]), UNIMPLEMENTED);
            assert_eq!(g.call(name, &[0x7777, list]), BADITEM);
            let task = g.me().word();
            assert_eq!(g.call(name, &[task, list]), BADITEM);
        }
    });
}
