//! Fast paths draw what the general path draws: pixels, registers, report.

use super::model::{any_cel, shorten_rows, small_rig};
use super::*;
use proptest::prelude::*;

/// Any number, often one at the edge of something.
fn wild() -> impl Strategy<Value = i32> {
    prop_oneof![
        any::<i32>(),
        Just(0),
        Just(i32::MIN),
        Just(i32::MAX),
        -0x40_0000..0x40_0000_i32,
        (-40..40_i32).prop_map(|whole| whole << 16),
    ]
}

/// A cel with hostile numbers anywhere.
fn wild_cel() -> impl Strategy<Value = Cel> {
    let place = prop::array::uniform8(prop_oneof![3 => Just(None), 1 => wild().prop_map(Some)]);
    let pre = (any::<[u32; 2]>(), any::<[bool; 2]>());
    (any_cel(), place, pre, any::<u32>(), any::<u32>()).prop_map(
        |(mut cel, place, (pre, take), flags, few)| {
            for (value, wild) in cel.place.iter_mut().zip(place) {
                *value = wild.unwrap_or(*value);
            }
            for n in 0..2 {
                if take[n] && few & 0x30 == 0 {
                    cel.pre[n] = pre[n];
                }
            }
            // Seldom skipped or without a group, often the other things that are left out above.
            if few & 7 == 0 {
                cel.flags ^= flags & 0xBFFF_FFFF;
            }
            cel.flags |= flags & (ccb_flag::TWD | ccb_flag::MARIA | ccb_flag::ACW | ccb_flag::ACCW);
            if few & 0x700 == 0 {
                cel.source = flags;
            }
            cel
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn all_paths_draw_the_same(
        cels in prop::collection::vec(wild_cel(), 1..4),
        control in prop_oneof![Just(DEFAULT_CONTROL), any::<u32>()],
        noise in prop::collection::vec(any::<u8>(), 1536),
        watchdog in prop_oneof![0..2_000_u64, 2_000..300_000_u64],
        apart in prop_oneof![3 => Just(0), 1 => any::<u32>()],
        clip in prop_oneof![2 => Just(None), 1 => any::<u32>().prop_map(Some)],
    ) {
        let mut rig = small_rig(control, &noise);
        shorten_rows(&mut rig, &cels[0]);
        rig.job.watchdog = Ticks(watchdog);
        rig.job.registers[1] = clip.unwrap_or(rig.job.registers[1]);
        // Another buffer to read from, sometimes one that overlaps; sometimes odd moduli.
        rig.job.registers[2] ^= apart & 0x3C;
        rig.job.registers[0] ^= apart >> 16 & 0x0303;
        for (n, cel) in cels.iter().enumerate() {
            let at = CCB + 0x100 * n as u32;
            let last = n + 1 == cels.len();
            let mut cel = if last { cel.clone() } else { cel.clone().without(ccb_flag::LAST) };
            cel.next = at + 0x100;
            rig.poke_words(at, &cel.words());
        }
        // Compares by itself.
        rig.run();
    }
}

#[test]
fn many_settings_of_the_processor_in_one_list() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x2D5A, 0xABCD, 0x1234, 0x7FFF]);
    rig.fill(0x35AD);
    // Sums with ever other multipliers; old halves come back beside new ones.
    let half = |n: u32| 0x0380 | (n & 7) << 10 | n >> 3;
    for n in 0..40 {
        let mut cel = Cel::new(4, 1).at(4 * n, 7);
        let (low, high) = ((n * 7 % 16) as u32, (n * 5 % 11) as u32);
        cel = cel.pixc(half(high) << 16 | half(low));
        cel.next = CCB + 0x100 * (n as u32 + 1);
        if n < 39 {
            cel = cel.without(ccb_flag::LAST);
        }
        rig.poke_words(CCB + 0x100 * n as u32, &cel.words());
    }
    assert_eq!(rig.run().cels, 40);
}
