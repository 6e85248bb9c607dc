//! When samples end: loops, links, rates, pauses.

use crate::rig::*;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::Ticks;
use tests::guest::{Guest, Word, both_profiles};

fn start(g: &mut Guest, instrument: Item) -> u64 {
    at_frame(g, "StartInstrument", &[instrument.word(), 0])
}

/// An instrument with one sample of so many frames.
fn one(g: &mut Guest, frames: u32, tags: &[(u32, u32)]) -> (Item, Attached) {
    let instrument = instrument(g);
    let sample = sample(g, frames, tags);
    let attached = attach(g, instrument, sample);
    (instrument, attached)
}

fn where_is(g: &mut Guest, attached: &Attached) -> u32 {
    call(g, "WhereAttachment", &[attached.attachment.word()]).0 as u32
}

/// The channel has reached a byte, or is ahead of it by what its FIFO holds and the frame of
/// this call takes.
#[track_caller]
fn passes(g: &mut Guest, attached: &Attached, byte: u32) {
    let at = where_is(g, attached);
    assert!((byte..=byte + 20).contains(&at), "{at} for {byte}");
}

const LOOP: [(u32, u32); 2] = [(SUSTAINBEGIN, 200), (SUSTAINEND, 600)];

#[test]
fn a_sample_ends_after_its_frames() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        for _ in 0..2 {
            let t0 = start(g, instrument);
            rings_at(g, it.mask, t0 + 1000);
            stays_quiet(g, it.mask, 2000);
            assert_eq!(where_is(g, &it), 2000, "where it ended");
        }
        assert_eq!(get(g, instrument, STATUS), 3, "the instrument goes on");
        assert_eq!(get(g, it.attachment, STATUS), 1);
    });
}

#[test]
fn where_it_is() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 4000, &[]);
        assert_eq!(where_is(g, &it), 0);
        let t0 = start(g, instrument);
        assert_eq!(get(g, it.attachment, STATUS), 3);
        g.run_to(start_of(t0 + 1000) + Ticks(5));
        passes(g, &it, 2000);
    });
}

#[test]
fn rates_are_exact() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        // 1000 frames at 0x6000/0x8000 a frame are 1333.3.
        for (rate, frames) in [
            (0x4000, 2000),
            (0x6000, 1334),
            (0xFFFF, 501),
            (0x8000, 1000),
        ] {
            let tags = list(g, &[(RATE, rate)]);
            let t0 = at_frame(g, "StartInstrument", &[instrument.word(), tags]);
            rings_at(g, it.mask, t0 + frames);
        }
    });
}

#[test]
fn a_changed_rate_counts_from_the_next_frame() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        let name = g.string("Frequency");
        let knob = item(g, "GrabKnob", &[instrument.word(), name]);
        let tags = list(g, &[(RATE, 0x8000)]);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), tags]);
        at(g, t0 + 500, "TweakRawKnob", &[knob.word(), 0x4000]);
        at(g, t0 + 700, "TweakRawKnob", &[knob.word(), 0xC000]);
        // 500, then 200 frames for 100, then 400 in 266.7.
        rings_at(g, it.mask, t0 + 700 + 267);
    });
}

#[test]
fn a_start_in_the_middle() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        assert_eq!(set(g, it.attachment, &[(START_AT, 600)]), Status(0));
        let t0 = start(g, instrument);
        rings_at(g, it.mask, t0 + 400);
    });
}

/// Audio sheet 4.3: the pass is finished, then the rest is played.
#[test]
fn a_sustain_loop_and_its_release() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &LOOP);
        let t0 = start(g, instrument);
        stays_quiet(g, it.mask, 5000);
        let t1 = align(g);
        assert_eq!(
            call(g, "ReleaseInstrument", &[instrument.word(), 0]),
            Status(0)
        );
        let pass_over = t0 + 600 + (t1 - t0 - 600).div_ceil(400) * 400;
        rings_at(g, it.mask, pass_over + 400);
        assert_eq!(get(g, instrument, STATUS), 2);
    });
}

#[test]
fn released_before_its_loop_it_is_played_once() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &LOOP);
        let t0 = start(g, instrument);
        at(g, t0 + 50, "ReleaseAttachment", &[it.attachment.word(), 0]);
        assert_eq!(get(g, it.attachment, STATUS), 2);
        rings_at(g, it.mask, t0 + 1000);
        assert_eq!(get(g, instrument, STATUS), 3, "only its sample");
    });
}

#[test]
fn a_release_loop_never_ends() {
    both_profiles(|g| {
        let loops = [&LOOP[..], &[(RELEASEBEGIN, 700), (RELEASEEND, 900)]].concat();
        let (instrument, it) = one(g, 1000, &loops);
        let t0 = start(g, instrument);
        at(g, t0 + 100, "ReleaseInstrument", &[instrument.word(), 0]);
        g.run_to(start_of(t0 + 900 + 10 * 200 + 30) + Ticks(5));
        passes(g, &it, (700 + 30) * 2);
        stays_quiet(g, it.mask, 3000);
        assert_eq!(
            call(g, "StopInstrument", &[instrument.word(), 0]),
            Status(0)
        );
        stays_quiet(g, it.mask, 3000);
    });
}

#[test]
fn what_is_stopped_does_not_end() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        for (name, whose) in [
            ("StopInstrument", instrument),
            ("StopAttachment", it.attachment),
        ] {
            let t0 = start(g, instrument);
            at(g, t0 + 300, name, &[whose.word(), 0]);
            assert_eq!(get(g, it.attachment, STATUS), 1);
            passes(g, &it, 600);
            stays_quiet(g, it.mask, 1000);
        }
    });
}

#[test]
fn a_second_start_begins_again() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        let t0 = start(g, instrument);
        at(g, t0 + 900, "StartInstrument", &[instrument.word(), 0]);
        rings_at(g, it.mask, t0 + 1900);
    });
}

#[test]
fn a_pause_keeps_the_place() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        let t0 = start(g, instrument);
        at(g, t0 + 400, "PauseInstrument", &[instrument.word()]);
        stays_quiet(g, it.mask, 3000);
        passes(g, &it, 800);
        let t1 = at_frame(g, "ResumeInstrument", &[instrument.word()]);
        rings_at(g, it.mask, t1 + 600);
    });
}

/// Links begin without a gap; at 3/4 speed the parts of frames add up over the whole chain.
#[test]
fn linked_samples_follow_without_a_gap() {
    both_profiles(|g| {
        let (instrument, a) = one(g, 1000, &[]);
        let other = sample(g, 500, &[]);
        let b = attach(g, instrument, other);
        let link = [a.attachment.word(), b.attachment.word()];
        assert_eq!(call(g, "LinkAttachments", &link), Status(0));
        let back = [b.attachment.word(), a.attachment.word()];
        assert_eq!(call(g, "LinkAttachments", &back), Status(0));
        let tags = list(g, &[(RATE, 0x6000)]);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), tags]);
        let frames = |source: u64| (source * 4).div_ceil(3);
        rings_at(g, a.mask, t0 + frames(1000));
        assert_eq!(get(g, b.attachment, STATUS), 3);
        rings_at(g, b.mask, t0 + frames(1500));
        rings_at(g, a.mask, t0 + frames(2500));
        // Unlinked, the present one just finishes.
        for it in [&a, &b] {
            let unlink = [it.attachment.word(), 0];
            assert_eq!(call(g, "LinkAttachments", &unlink), Status(0));
        }
        rings_at(g, b.mask, t0 + frames(3000));
        stays_quiet(g, a.mask | b.mask, 3000);
    });
}

#[test]
fn a_release_leads_out_of_a_loop_into_a_link() {
    both_profiles(|g| {
        let loops = [&LOOP[..], &[(RELEASEBEGIN, 700), (RELEASEEND, 900)]].concat();
        let (instrument, a) = one(g, 1000, &loops);
        let other = sample(g, 500, &[]);
        let b = attach(g, instrument, other);
        let link = [a.attachment.word(), b.attachment.word()];
        assert_eq!(call(g, "LinkAttachments", &link), Status(0));
        let t0 = start(g, instrument);
        at(g, t0 + 100, "ReleaseInstrument", &[instrument.word(), 0]);
        rings_at(g, a.mask, t0 + 1000);
        rings_at(g, b.mask, t0 + 1500);
    });
}

#[test]
fn a_stopped_sample_starts_no_link() {
    both_profiles(|g| {
        let (instrument, a) = one(g, 1000, &[]);
        let other = sample(g, 500, &[]);
        let b = attach(g, instrument, other);
        let link = [a.attachment.word(), b.attachment.word()];
        assert_eq!(call(g, "LinkAttachments", &link), Status(0));
        let t0 = start(g, instrument);
        at(g, t0 + 100, "StopAttachment", &[a.attachment.word(), 0]);
        stays_quiet(g, a.mask | b.mask, 3000);
        // Deleting either end of a link breaks it.
        let t0 = start(g, instrument);
        assert_eq!(call(g, "UnloadSample", &[other.word()]), Status(0));
        rings_at(g, a.mask, t0 + 1000);
        assert!(!g.is_item(b.attachment));
    });
}

/// Samples without a frame, linked in a circle, do not stop time.
#[test]
fn an_empty_circle() {
    both_profiles(|g| {
        let instrument = instrument(g);
        let empty = item(g, "CreateSample", &[0]);
        let it = attach(g, instrument, empty);
        let link = [it.attachment.word(); 2];
        assert_eq!(call(g, "LinkAttachments", &link), Status(0));
        let t0 = start(g, instrument);
        // It rings every frame; the call itself has taken one.
        for n in 50..60 {
            g.run_to(start_of(t0 + n) + Ticks(10));
            assert_eq!(signals(g) & it.mask, it.mask, "frame {n}");
            quiet(g, it.mask);
        }
        assert_eq!(
            call(g, "StopInstrument", &[instrument.word(), 0]),
            Status(0)
        );
        quiet(g, it.mask);
        stays_quiet(g, it.mask, 100);
    });
}

/// AF_ATTF_FATLADYSINGS: the instrument ends with the sample.
#[test]
fn when_the_fat_lady_sings() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        let flags = [(SET_FLAGS, FATLADYSINGS)];
        assert_eq!(set(g, it.attachment, &flags), Status(0));
        let t0 = start(g, instrument);
        g.run_to(start_of(t0 + 960));
        assert_eq!(get(g, instrument, STATUS), 3);
        rings_at(g, it.mask, t0 + 1000);
        assert_eq!(get(g, instrument, STATUS), 1);
    });
}

/// AF_ATTF_NOAUTOSTART: only StartAttachment starts it.
#[test]
fn samples_that_wait_for_their_own_start() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        assert_eq!(
            set(g, it.attachment, &[(SET_FLAGS, NOAUTOSTART)]),
            Status(0)
        );
        let t0 = start(g, instrument);
        stays_quiet(g, it.mask, 2000);
        let t1 = at_frame(g, "StartAttachment", &[it.attachment.word(), 0]);
        assert!(t1 > t0 + 1000);
        rings_at(g, it.mask, t1 + 1000);
        // While the instrument stands still the sample waits for it.
        assert_eq!(
            call(g, "StopInstrument", &[instrument.word(), 0]),
            Status(0)
        );
        let one = [it.attachment.word(), 0];
        assert_eq!(call(g, "StartAttachment", &one), Status(0));
        stays_quiet(g, it.mask, 2000);
        let t2 = start(g, instrument);
        rings_at(g, it.mask, t2 + 1000);
    });
}

#[test]
fn a_fifo_plays_one_sample_at_a_time() {
    both_profiles(|g| {
        let (instrument, a) = one(g, 1000, &[]);
        let long = sample(g, 2000, &[]);
        let b = attach(g, instrument, long);
        let name = g.string("Second");
        let arguments = [instrument.word(), long.word(), name];
        let c = item(g, "AttachSample", &arguments);
        let c = monitor(g, c);
        let t0 = start(g, instrument);
        assert_eq!(get(g, b.attachment, STATUS), 1, "not the first");
        at(g, t0 + 500, "StartAttachment", &[b.attachment.word(), 0]);
        assert_eq!(get(g, a.attachment, STATUS), 1, "cut off");
        rings_at(g, c.mask, t0 + 2000);
        rings_at(g, b.mask, t0 + 2500);
    });
}

/// Audio sheet 3.3: of several samples the first for the note.
#[test]
fn a_note_chooses_the_sample() {
    both_profiles(|g| {
        let low = [(LOWNOTE, 0), (HIGHNOTE, 59)];
        let (instrument, a) = one(g, 1000, &low);
        let high = sample(g, 2000, &[(LOWNOTE, 60), (HIGHNOTE, 90)]);
        let b = attach(g, instrument, high);
        let (pitch, none) = (list(g, &[(PITCH, 60)]), list(g, &[(PITCH, 91)]));
        assert_eq!(
            call(g, "StartInstrument", &[instrument.word(), pitch]),
            Status(0)
        );
        assert_eq!(get(g, b.attachment, STATUS), 3);
        assert_eq!(get(g, a.attachment, STATUS), 1);
        let none = call(g, "StartInstrument", &[instrument.word(), none]);
        assert_eq!(none, Status(1), "and nothing plays");
        for it in [&a, &b] {
            assert_eq!(get(g, it.attachment, STATUS), 1);
        }
    });
}

/// What plays keeps to what it began with; the next start has what is new.
#[test]
fn a_sample_that_changes_while_it_plays() {
    both_profiles(|g| {
        let instrument = instrument(g);
        let sound = sample(g, 1000, &[]);
        let it = attach(g, instrument, sound);
        let t0 = start(g, instrument);
        let elsewhere = g.alloc(64);
        let tags = [(ADDRESS, elsewhere), (NUMBYTES, 600)];
        assert_eq!(set(g, sound, &tags), Status(0));
        rings_at(g, it.mask, t0 + 1000);
        let t1 = start(g, instrument);
        rings_at(g, it.mask, t1 + 300);
    });
}

/// State is a value: saved and loaded at any point, everything ends at the same frame.
#[test]
fn saved_in_the_middle() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        let t0 = start(g, instrument);
        let points = [100, 450, 999].map(|n| start_of(t0 + n) + Ticks(40));
        g.interrupt_at(points);
        rings_at(g, it.mask, t0 + 1000);
    });
}

#[test]
fn everything_goes_with_its_owner() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        let items = g.item_count();
        start(g, instrument);
        assert_eq!(g.delete(instrument), Status(0));
        assert!(!g.is_item(it.attachment));
        assert_eq!(g.item_count(), items - 2);
        stays_quiet(g, it.mask, 2000);
        let gone = call(g, "DetachSample", &[it.attachment.word()]);
        assert_eq!(gone, BADITEM);
    });
}

/// Nobody calls the folio: a cue is rung when the processor catches up by itself.
#[test]
fn an_end_is_told_within_32_frames() {
    both_profiles(|g| {
        let (instrument, it) = one(g, 1000, &[]);
        let t0 = start(g, instrument);
        g.run_to(start_of(t0 + 1000 - 8));
        assert_eq!(signals(g) & it.mask, 0);
        g.run_to(start_of(t0 + 1000 + 32) + Ticks(10));
        assert_eq!(signals(g) & it.mask, it.mask);
    });
}
