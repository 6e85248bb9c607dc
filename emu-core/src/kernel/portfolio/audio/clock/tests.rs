//! The audio clock by itself.

use super::*;
use proptest::prelude::*;

#[test]
fn frames_begin_where_they_are_counted() {
    for frame in [0, 1, 182, 183, 44_100, 1 << 40] {
        let start = Frame(frame).start();
        assert_eq!(Frame::at(start), Frame(frame));
        assert!(frame == 0 || Frame::at(Tick(start.0 - 1)) == Frame(frame - 1));
    }
    assert_eq!(Frame(44_100).start(), Tick(12_500_000));
}

#[test]
fn the_rate_is_that_of_the_sheet() {
    assert_eq!(AudioClock::default().rate(), 0x00F0_FBCD);
}

#[test]
fn times_are_compared_by_their_signed_difference() {
    let clock = AudioClock {
        ticks: 0xFFFF_FFFE,
        since: Frame(1000),
        ..AudioClock::default()
    };
    assert_eq!(clock.time_at(Frame(999)), 0xFFFF_FFFD);
    assert_eq!(clock.time_at(Frame(1000)), 0xFFFF_FFFE);
    assert_eq!(clock.time_at(Frame(1000 + 2 * 183)), 0);
    let now = Frame(1000);
    assert_eq!(clock.start_of(0xFFFF_FFFE, now), None, "now");
    assert_eq!(clock.start_of(0x7FFF_FFFF, now), None, "long ago");
    assert_eq!(clock.start_of(3, now), Some(Frame(1000 + 5 * 183)));
    let far = clock.start_of(0x7FFF_FFFD, now);
    assert_eq!(far, Some(Frame(1000 + 0x7FFF_FFFF * 183)));
}

/// A clock that is stepped frame by frame, as the signal processor's is.
struct Counter {
    time: u32,
    left: u32,
    reload: u32,
}

impl Counter {
    fn step(&mut self) {
        self.left -= 1;
        if self.left == 0 {
            self.time += 1;
            self.left = self.reload;
        }
    }
}

proptest! {
    /// However the duration changes, the clock is a counter of frames that is loaded again at
    /// the end of each tick, and says beforehand where its ticks will begin.
    #[test]
    fn the_clock_is_a_reloaded_counter(
        changes in prop::collection::vec((1_u64..900, 44_u32..300), 0..12),
    ) {
        let mut clock = AudioClock::default();
        let mut counter = Counter { time: 0, left: 183, reload: 183 };
        let mut frame = 0;
        for (frames, duration) in changes {
            let goal = counter.time + 2;
            let announced = clock.start_of(goal, Frame(frame));
            for _ in 0..frames {
                counter.step();
                frame += 1;
                prop_assert_eq!(clock.time_at(Frame(frame)), counter.time);
                if Some(Frame(frame)) == announced {
                    prop_assert_eq!(counter.time, goal);
                }
            }
            clock.set_duration(duration, Frame(frame));
            counter.reload = duration;
            prop_assert_eq!(clock.time_at(Frame(frame)), counter.time);
        }
    }
}
