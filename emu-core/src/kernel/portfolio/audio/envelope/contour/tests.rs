//! Levels frame by frame, and the ticks of segments.

use super::*;
use proptest::prelude::*;

const AT: u32 = 0x50000;
const TICK: u32 = 183;

fn memory(points: &[(u32, i32)]) -> (Memory, Shape) {
    let mut mem = Memory::new();
    for (n, &(time, level)) in points.iter().enumerate() {
        mem.set_word(AT + n as u32 * POINT, time);
        mem.set_word(AT + n as u32 * POINT + 4, level as u32);
    }
    let shape = Shape {
        address: AT,
        points: points.len() as u32,
        unit: 1000,
        sustain: None,
        release: None,
        jump: None,
    };
    (mem, shape)
}

fn cycle(begin: u32, end: u32, back: u32) -> Option<Cycle> {
    Some(Cycle { begin, end, back })
}

/// Goes through an envelope from frame 0 on; the ticks of each segment.
fn walk(contour: &mut Contour, mem: &Memory, now: &mut u64, steps: usize) -> Vec<Next> {
    let mut seen = Vec::new();
    for _ in 0..steps {
        let next = contour.step(mem, contour.shape, Frame(*now), TICK);
        seen.push(next);
        match next {
            Next::After(ticks) => *now += ticks * u64::from(TICK),
            Next::Never | Next::Ended => break,
        }
    }
    seen
}

/// Audio sheet section 8: request 1000, step 4096.
#[test]
fn a_ramp_is_that_of_the_microcode() {
    let ramp = Ramp {
        source: 0,
        target: 1000,
        step: 4096,
        since: Frame(5),
    };
    let levels: Vec<i16> = (5..15).map(|now| ramp.level(Frame(now))).collect();
    assert_eq!(
        levels,
        [0, 125, 250, 375, 500, 625, 750, 875, 999, 999],
        "one short, and held"
    );
    assert_eq!(Ramp::flat(-7).level(Frame(u64::MAX)), -7);
}

#[test]
fn segments_take_whole_ticks() {
    // 10 ms are 441 frames: 2 ticks; 100 ms 4410: 24; no time 1; 1 ms 44: 1.
    let points = [(0, 0), (10, 1000), (110, -1000), (110, 5), (111, 6)];
    let (mem, shape) = memory(&points);
    let mut contour = Contour::start(&mem, shape, 0, UNSCALED);
    let seen = walk(&mut contour, &mem, &mut 0, 9);
    let ticks = [2, 24, 1, 1].map(Next::After);
    assert_eq!(seen, [&ticks[..], &[Next::Ended]].concat());
}

#[test]
fn the_first_level_is_there_at_once() {
    let (mem, shape) = memory(&[(0, 500), (1000, 0)]);
    assert_eq!(
        Contour::start(&mem, shape, 0, UNSCALED).level(Frame(0)),
        500
    );
    let later = Contour::start(&mem, shape, 9, UNSCALED);
    assert_eq!(later.level(Frame(0)), 0, "the last point at most");
}

#[test]
fn a_scale_and_a_unit_change_all_times() {
    let (mem, shape) = memory(&[(0, 0), (10, 1000)]);
    let ticks = |unit, scale| {
        let shape = Shape { unit, ..shape };
        let mut contour = Contour::start(&mem, shape, 0, scale);
        walk(&mut contour, &mem, &mut 0, 1)
    };
    assert_eq!(ticks(1000, UNSCALED), [Next::After(2)]);
    assert_eq!(ticks(1000, 4 * UNSCALED), [Next::After(9)]);
    assert_eq!(ticks(100_000, UNSCALED), [Next::After(179)], "in parts");
    assert_eq!(ticks(1000, 0), [Next::After(1)]);
}

#[test]
fn a_long_segment_is_ramped_in_parts() {
    let (mem, shape) = memory(&[(0, 0), (2000, 20_000)]);
    let mut contour = Contour::start(&mem, shape, 0, UNSCALED);
    let mut now = 0;
    assert_eq!(
        walk(&mut contour, &mem, &mut now, 3),
        // 88200 frames: 32768 are 179 ticks, or 32757; twice; then 22686.
        [179, 179, 123].map(Next::After)
    );
    assert_eq!(now, 481 * 183);
    // The step of the last part is 2, so that it arrives early.
    for (frame, line) in [(0, 0), (44_100, 10_000), (70_000, 16_265)] {
        let mut contour = Contour::start(&mem, shape, 0, UNSCALED);
        let steps = [1, 2, 3][(frame > 32_757) as usize + (frame > 65_514) as usize];
        walk(&mut contour, &mem, &mut 0, steps);
        let level = i32::from(contour.level(Frame(frame)));
        assert!((level - line).abs() < 30, "{frame}: {level}, not {line}");
    }
}

#[test]
fn a_loop_of_one_point_holds_until_the_release() {
    let (mem, mut shape) = memory(&[(0, 0), (10, 1000), (20, 0)]);
    shape.sustain = cycle(1, 1, 0);
    let mut contour = Contour::start(&mem, shape, 0, UNSCALED);
    let mut now = 0;
    let seen = walk(&mut contour, &mem, &mut now, 9);
    assert_eq!(seen, [Next::After(2), Next::Never]);
    assert_eq!(contour.level(Frame(now + 100_000)), 999);
    assert_eq!(contour.segment(), 1);
    let next = contour.release(&mem, shape, Frame(now + 500), TICK);
    assert_eq!(next, Some(Next::After(2)));
    assert_eq!(contour.release(&mem, shape, Frame(now), TICK), None);
}

#[test]
fn a_loop_goes_round_and_is_left_at_its_end() {
    let (mem, mut shape) = memory(&[(0, 0), (10, 100), (20, 200), (30, 300)]);
    shape.sustain = cycle(1, 2, 50);
    let mut contour = Contour::start(&mem, shape, 0, UNSCALED);
    let mut now = 0;
    // To 1, to 2, back in 50 ms, to 2, back.
    let seen = walk(&mut contour, &mem, &mut now, 5);
    assert_eq!(seen, [2, 2, 12, 2, 12].map(Next::After));
    assert_eq!(contour.release(&mem, shape, Frame(now), TICK), None);
    // To 2, to 3, over.
    let seen = walk(&mut contour, &mem, &mut now, 9);
    assert_eq!(seen, [Next::After(2), Next::After(2), Next::Ended]);
    assert_eq!(contour.level(Frame(now)), 281, "on its way");
    assert_eq!(contour.level(Frame(now + 75)), 299);
}

#[test]
fn a_release_loop_never_ends() {
    let (mem, mut shape) = memory(&[(0, 0), (10, 100), (20, 200)]);
    shape.release = cycle(0, 2, 0);
    let mut contour = Contour::start(&mem, shape, 0, UNSCALED);
    let seen = walk(&mut contour, &mem, &mut 0, 7);
    assert_eq!(seen, [2, 2, 1, 2, 2, 1, 2].map(Next::After));
    shape.sustain = cycle(1, 1, 0);
    let mut held = Contour::start(&mem, shape, 0, UNSCALED);
    assert_eq!(walk(&mut held, &mem, &mut 0, 9).len(), 2);
}

#[test]
fn a_jump_leaves_the_level_where_it_is() {
    let (mem, mut shape) = memory(&[(0, 0), (100, 10_000), (200, 20_000), (210, 0)]);
    shape.jump = Some(2);
    let mut contour = Contour::start(&mem, shape, 0, UNSCALED);
    walk(&mut contour, &mem, &mut 0, 1);
    let level = contour.level(Frame(2205));
    assert_eq!(level, 5383, "half the way, with a step of 8");
    let next = contour.release(&mem, shape, Frame(2205), TICK);
    assert_eq!(next, Some(Next::After(2)), "10 ms from point 2 to 3");
    assert_eq!(contour.level(Frame(2205)), level);
    assert!(contour.level(Frame(2205 + 220)) < level);
}

#[test]
fn points_that_are_no_memory_end_it() {
    let (mem, mut shape) = memory(&[(0, 7), (10, 9)]);
    shape.address = 0xFFFF_FFF0;
    let mut contour = Contour::start(&mem, shape, 0, UNSCALED);
    assert_eq!(walk(&mut contour, &mem, &mut 0, 1), [Next::Ended]);
    shape.points = 0;
    let mut contour = Contour::start(&mem, shape, 5, UNSCALED);
    assert_eq!(walk(&mut contour, &mem, &mut 0, 1), [Next::Ended]);
}

proptest! {
    #[test]
    fn every_segment_takes_a_tick_at_least_and_nothing_overflows(
        points in prop::collection::vec(any::<(u32, i32)>(), 0..6),
        unit: u32,
        scale: u32,
        tick in 0_u32..0x8000,
        loops in any::<[(u32, u32, u32); 2]>(),
        jump: Option<u32>,
    ) {
        let (mem, mut shape) = memory(&points);
        shape.unit = unit;
        shape.sustain = cycle(loops[0].0 % 6, loops[0].1 % 6, loops[0].2);
        shape.release = cycle(loops[1].0 % 6, loops[1].1 % 6, loops[1].2);
        shape.jump = jump.map(|jump| jump % 7);
        let mut contour = Contour::start(&mem, shape, 0, scale);
        let mut now = 0_u64;
        for n in 0..40 {
            let next = match n {
                20 => contour.release(&mem, shape, Frame(now), tick),
                _ => Some(contour.step(&mem, shape, Frame(now), tick)),
            };
            if let Some(Next::After(ticks)) = next {
                prop_assert!(ticks >= 1);
                now += ticks * u64::from(tick.max(1));
            }
            let _ = contour.level(Frame(now));
        }
    }
}
