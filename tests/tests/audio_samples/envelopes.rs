//! Envelopes: ticks of segments, loops, releases, and levels.

use crate::rig::*;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::dsp_file::EnvelopeHook;
use emu_core::time::Ticks;
use tests::guest::{Guest, Tags, Word, both_profiles};

/// Frames of a tick.
const TICK: u64 = 183;
const NONE: u32 = u32::MAX;

fn points(g: &mut Guest, points: &[(u32, i32)]) -> u32 {
    let words: Vec<u32> = points.iter().flat_map(|&(t, v)| [t, v as u32]).collect();
    g.words(&words)
}

fn envelope(g: &mut Guest, list: &[(u32, i32)], begin: u32, end: u32) -> Item {
    let at = points(g, list);
    item(g, "CreateEnvelope", &[at, list.len() as u32, begin, end])
}

fn attached(g: &mut Guest, envelope: Item) -> (Item, Attached) {
    let instrument = instrument(g);
    let arguments = [instrument.word(), envelope.word(), 0];
    let attachment = item(g, "AttachEnvelope", &arguments);
    (instrument, monitor(g, attachment))
}

fn level(g: &mut Guest, it: &Attached) -> i32 {
    get(g, it.attachment, CURRENT) as i32
}

/// The frame at which the n-th tick after the one with `frame` begins.
fn tick_after(frame: u64, n: u64) -> u64 {
    (frame / TICK + n) * TICK
}

/// Audio sheet 4.6: a segment takes its frames in whole ticks, one at least.
#[test]
fn an_envelope_ends_at_a_tick() {
    both_profiles(|g| {
        // 441 frames: 2 ticks; 4410: 24; nothing: 1.
        let shape = envelope(g, &[(0, 0), (10, 1000), (110, -500), (110, 9)], NONE, NONE);
        let (instrument, it) = attached(g, shape);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        rings_at(g, it.mask, tick_after(t0, 2 + 24 + 1));
        assert_eq!(get(g, it.attachment, STATUS), 1);
        assert_eq!(level(g, &it), 8, "held, one short");
        assert_eq!(get(g, instrument, STATUS), 3);
    });
}

#[test]
fn levels_between_the_points() {
    both_profiles(|g| {
        let shape = envelope(g, &[(0, 1000), (100, 5410), (200, 0)], NONE, NONE);
        let (instrument, it) = attached(g, shape);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        // The call that asks takes a few frames itself.
        assert!((1000..1010).contains(&level(g, &it)));
        // 4410 frames: a step of 8 for each; 4096 frames to the level.
        g.run_to(start_of(t0 + 2048) + Ticks(5));
        // The frame of the call counts.
        assert_eq!(level(g, &it), 1000 + 2205 + 1);
        g.run_to(start_of(t0 + 4200) + Ticks(5));
        assert_eq!(level(g, &it), 5409);
        let place = call(g, "WhereAttachment", &[it.attachment.word()]);
        assert_eq!(place, Status(0), "the first segment");
        g.run_to(start_of(tick_after(t0, 25)));
        let place = call(g, "WhereAttachment", &[it.attachment.word()]);
        assert_eq!(place, Status(1));
    });
}

#[test]
fn a_sustain_point_holds_until_the_release() {
    both_profiles(|g| {
        let shape = envelope(g, &[(0, 0), (10, 8000), (20, 0)], 1, 1);
        let (instrument, it) = attached(g, shape);
        at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        stays_quiet(g, it.mask, 50_000);
        assert_eq!(level(g, &it), 7999);
        let t1 = at_frame(g, "ReleaseInstrument", &[instrument.word(), 0]);
        assert_eq!(get(g, it.attachment, STATUS), 2);
        rings_at(g, it.mask, tick_after(t1, 2));
        // Two ticks are less than its 441 frames: the ramp goes on.
        assert!(level(g, &it) > 1000);
        stays_quiet(g, it.mask, 300);
        assert!(level(g, &it).abs() <= 1);
    });
}

#[test]
fn a_loop_is_left_at_its_end() {
    both_profiles(|g| {
        // 2 ticks to point 1, 2 to point 2, 12 back (50 ms), 2 to the end.
        let shape = envelope(g, &[(0, 0), (10, 10), (20, 20), (30, 0)], 1, 2);
        assert_eq!(set(g, shape, &[(52, 50)]), Status(0));
        let (instrument, it) = attached(g, shape);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        // In the second way back: 4 + 14 + 1 ticks.
        at(
            g,
            tick_after(t0, 19),
            "ReleaseInstrument",
            &[instrument.word(), 0],
        );
        rings_at(g, it.mask, tick_after(t0, 4 + 14 + 14 + 2));
    });
}

#[test]
fn a_release_may_jump() {
    both_profiles(|g| {
        let shape = envelope(
            g,
            &[(0, 0), (1000, 30_000), (2000, 0), (2010, 5)],
            NONE,
            NONE,
        );
        assert_eq!(set(g, shape, &[(58, 2)]), Status(0));
        let (instrument, it) = attached(g, shape);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        let t1 = t0 + 10_000;
        at(g, t1, "ReleaseInstrument", &[instrument.word(), 0]);
        let level = level(g, &it);
        assert!(
            (6000..7000).contains(&level),
            "no jump of the level: {level}"
        );
        rings_at(g, it.mask, tick_after(t1, 2));
    });
}

#[test]
fn times_are_scaled() {
    both_profiles(|g| {
        let shape = envelope(g, &[(0, 0), (100, 1000)], NONE, NONE);
        let (instrument, it) = attached(g, shape);
        // 4410 frames are 24 ticks, half of them 12.
        let tags = list(g, &[(61, 0x8000)]);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), tags]);
        rings_at(g, it.mask, tick_after(t0, 12));
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        rings_at(g, it.mask, tick_after(t0, 12));
        // A unit of 2 ms.
        assert_eq!(set(g, shape, &[(54, 2000)]), Status(0));
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        rings_at(g, it.mask, tick_after(t0, 24));
    });
}

#[test]
fn envelopes_that_end_their_instrument() {
    both_profiles(|g| {
        let at = points(g, &[(0, 0), (10, 100)]);
        let tags = Tags::new().and(ADDRESS, at).and(FRAMES, 2_u32);
        let shape = g.new_item(0x406, tags.and(SET_FLAGS, FATLADYSINGS));
        let (instrument, it) = attached(g, shape);
        assert_eq!(get(g, it.attachment, SET_FLAGS), FATLADYSINGS, "inherited");
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        rings_at(g, it.mask, tick_after(t0, 2));
        assert_eq!(get(g, instrument, STATUS), 1);
    });
}

#[test]
fn a_pause_does_not_hold_an_envelope() {
    both_profiles(|g| {
        let shape = envelope(g, &[(0, 0), (100, 1000)], NONE, NONE);
        let (instrument, it) = attached(g, shape);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        at(g, t0 + 100, "PauseInstrument", &[instrument.word()]);
        rings_at(g, it.mask, tick_after(t0, 24));
    });
}

/// The points are the program's, and read when they are needed.
#[test]
fn points_change_while_it_plays() {
    both_profiles(|g| {
        let at = points(g, &[(0, 0), (100, 1000), (200, 0)]);
        let shape = item(g, "CreateEnvelope", &[at, 3, NONE, NONE]);
        let (instrument, it) = attached(g, shape);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        g.write(at + 16, 110);
        rings_at(g, it.mask, tick_after(t0, 24 + 2));
        assert_eq!(call(g, "DeleteEnvelope", &[shape.word()]), Status(0));
        assert!(!g.is_item(it.attachment), "its attachments go with it");
        assert_eq!(call(g, "DeleteEnvelope", &[shape.word()]), BADITEM);
    });
}

#[test]
fn an_envelope_without_points_is_soon_over() {
    both_profiles(|g| {
        let shape = g.new_item(0x406, Tags::new());
        let (instrument, it) = attached(g, shape);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        rings_at(g, it.mask, tick_after(t0, 1));
    });
}

#[test]
fn saved_in_the_middle() {
    both_profiles(|g| {
        let shape = envelope(g, &[(0, 0), (100, 1000), (2000, 0)], NONE, NONE);
        let (instrument, it) = attached(g, shape);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        // 83790 frames: 179 ticks of 183 frames twice, then 18276 frames: 99.
        g.interrupt_at([1000, 5000, 40_000].map(|n| start_of(t0 + n) + Ticks(40)));
        rings_at(g, it.mask, tick_after(t0, 24 + 179 + 179 + 99));
    });
}

#[test]
fn envelopes_that_are_refused() {
    both_profiles(|g| {
        let at = points(g, &[(0, 0), (10, 1)]);
        assert_eq!(call(g, "CreateEnvelope", &[0, 2, NONE, NONE]), own(25));
        for (count, begin, end) in [(0, NONE, NONE), (2, 1, 0), (2, 0, 2), (2, NONE, 1)] {
            let arguments = [at, count, begin, end];
            assert_eq!(call(g, "CreateEnvelope", &arguments), BADTAGVAL);
        }
        let wild = [0x2F_FFF8, 0x10_0000, NONE, NONE];
        assert_eq!(call(g, "CreateEnvelope", &wild), BADPTR);
        for (tag, value, error) in [(54, 0, BADTAGVAL), (41, 4, BADTAGVAL), (22, 1, BADTAG)] {
            assert_eq!(g.create(0x406, Tags::new().and(tag, value)), error);
        }
        let shape = item(g, "CreateEnvelope", &[at, 2, NONE, NONE]);
        assert_eq!(try_get(g, shape, FRAMES), Err(own(24)), "no query");
    });
}

/// Audio sheet 7: an envelope in a file is attached to what is made of the file.
#[test]
fn an_envelope_that_comes_with_its_instrument() {
    both_profiles(|g| {
        let items = g.item_count();
        let mut file = dsp();
        file.envelopes = vec![EnvelopeHook {
            hook: b"Env".to_vec(),
            sustain_begin: 1,
            sustain_end: 1,
            release_begin: -1,
            release_end: -1,
            micros_per_unit: 1000,
            points: vec![(0, 0), (10, 8000), (20, 0)],
            ..EnvelopeHook::default()
        }];
        let template = template(g, &file);
        let instrument = item(g, "AllocInstrument", &[template.word(), 100]);
        let name = g.string("Env.current");
        let probe = item(g, "CreateProbe", &[instrument.word(), name, 0]);
        let level = |g: &mut Guest| {
            let place = g.words(&[0]);
            assert_eq!(call(g, "ReadProbe", &[probe.word(), place]), Status(0));
            g.read(place) as i32
        };
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        g.run_to(start_of(t0 + 1000));
        assert_eq!(level(g), 7999);
        at_frame(g, "ReleaseInstrument", &[instrument.word(), 0]);
        g.advance(600 * 284);
        assert!(level(g).abs() <= 1);
        // Another plays it too, until the template goes with all of them.
        let other = item(g, "AllocInstrument", &[template.word(), 100]);
        assert_eq!(call(g, "StartInstrument", &[other.word(), 0]), Status(0));
        assert_eq!(call(g, "UnloadInsTemplate", &[template.word()]), Status(0));
        assert_eq!(g.item_count(), items);
    });
}
