//! The cost model, and lists that would never end.

use super::*;
use crate::cels::cost::LONGEST;

#[test]
fn a_small_cel_costs_what_was_measured() {
    let mut rig = Rig::new();
    // 40 + 1.5 * 15 words of CCB + 8 words of source + 16 pixels; ninety were measured.
    let report = rig.draw(&Cel::new(4, 4).at(8, 8));
    assert_eq!(report.cost, Ticks(87));
}

#[test]
fn a_full_screen_costs_half_a_field() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &vec![0x1234; 320 * 240]);
    let cost = rig.draw(&Cel::new(320, 240)).cost.0;
    assert_eq!(cost, 40 + 23 + 38_400 + 76_800);
}

/// What drawing this to a blank screen costs.
fn cost(cel: &Cel) -> u64 {
    Rig::new().draw(cel).cost.0
}

#[test]
fn what_makes_a_cel_dearer() {
    let plain = Cel::new(4, 4);
    let base = cost(&plain);
    assert_eq!(cost(&plain.clone().without(ccb_flag::ACE)), base + 8);
    assert_eq!(cost(&plain.clone().pixc(0x1F81_1F81)), base + 16);
    assert_eq!(cost(&plain.clone().scaled(2 * UNIT_H, UNIT_V)), base + 32);
    let loads = plain.clone().with(ccb_flag::LDPLUT);
    assert_eq!(cost(&loads), base + 24);
}

#[test]
fn source_pixels_that_become_nothing_cost_a_little() {
    let cel = Cel::new(4, 4);
    let outside = cost(&cel.clone().at(-50, 8));
    assert_eq!(outside, cost(&cel.clone().at(8, 8)) - 16 + 8);
    // Transparent ones, too.
    let transparent = cel.clone().without(ccb_flag::BGND);
    assert_eq!(cost(&transparent), outside);
}

#[test]
fn super_clipping_sees_whole_rows() {
    let cel = Cel::new(4, 4).at(-50, 8);
    let cost = |flags, control| {
        let mut rig = Rig::new();
        rig.job.control |= control;
        rig.draw(&cel.clone().with(flags)).cost.0
    };
    let plain = cost(0, 0);
    assert_eq!(cost(ccb_flag::ALSC, 0), plain);
    assert_eq!(cost(0, crate::cels::ASCALL), plain);
    for flag in [ccb_flag::ALSC, ccb_flag::ACSC] {
        assert_eq!(cost(flag, crate::cels::ASCALL), plain - 8);
    }
}

/// The report on this cel linked to itself, with all the time there may be.
fn endless(cel: Cel) -> CelReport {
    let mut rig = Rig::new();
    rig.job.watchdog = Ticks(u64::MAX);
    let mut cel = cel.without(ccb_flag::LAST);
    cel.next = CCB;
    rig.poke_words(CCB, &cel.words());
    let report = rig.engine.draw(&rig.job, &mut rig.memory);
    assert_eq!(report.end, CelEnd::TimedOut);
    // What is done between two looks at the clock is at most a row of either side.
    assert!(report.cost.0 <= LONGEST.0 + 0x1_0000, "{:?}", report.cost);
    report
}

/// However wild the numbers are, what the host does is bounded by what the watchdog allows:
/// each CCB, each source pixel, and each row of a source pixel's image costs something.
#[test]
fn endless_lists_end() {
    let empty = endless(Cel::new(1, 1).with(ccb_flag::SKIP));
    assert!(empty.cels <= LONGEST.0 / 40);
    let reserved = Cel {
        pre: [0, 0],
        ..Cel::new(1, 1)
    };
    assert!(endless(reserved).cels <= LONGEST.0 / 40);

    let largest = Cel::new(2048, 512);
    for (hdx, hdy, vdx, vdy) in [
        (0, 0, 0, 0),
        (1, 1, 1, 1),
        (i32::MAX, 0, 0, i32::MAX),
        (i32::MIN, i32::MAX, i32::MAX, i32::MIN),
        (UNIT_H * 300, UNIT_H * 200, -UNIT_V * 301, UNIT_V * 199),
        (UNIT_H / 2048, -UNIT_H / 1024, UNIT_V / 1000, UNIT_V),
    ] {
        let mut cel = largest.clone().with(ccb_flag::TWD).pixc(0x1F81_1F81);
        cel.place = [0x4000, 0x4000, hdx, hdy, vdx, vdy, 0, 0];
        assert!(endless(cel.clone()).pixels <= LONGEST.0);
        cel.place[6..].copy_from_slice(&[i32::MAX / 3, i32::MIN / 7]);
        assert!(endless(cel).pixels <= LONGEST.0);
    }
}

#[test]
fn the_watchdog_stops_a_list_that_is_too_long() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x7FFF; 64]);
    let cel = Cel::new(8, 8);
    let whole = rig.draw(&cel).cost;
    rig.job.watchdog = whole;
    assert_eq!(rig.draw(&cel).end, CelEnd::Finished);
    rig.job.watchdog = Ticks(whole.0 - 12);
    assert_eq!(rig.draw(&cel).end, CelEnd::TimedOut);
    rig.job.watchdog = Ticks(0);
    let report = rig.draw(&cel);
    assert_eq!((report.end, report.pixels), (CelEnd::TimedOut, 0));
}
