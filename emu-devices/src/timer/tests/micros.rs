//! The microsecond unit (device sheet 3.3).

use super::*;

#[test]
fn a_delay_ends_at_the_first_step_not_before_its_time() {
    both(|mut rig| {
        let (id, answer) = rig.micros(CMD_DELAY, 0, 1000);
        assert_eq!(answer, Submit::Pending);
        rig.run(Tick(12_599));
        assert_eq!(rig.heard(), []);
        rig.run(Tick(12_600));
        assert_eq!(rig.heard(), [(Tick(12_600), ok(id, 0))]);
    });
}

#[test]
fn delays_of_1_to_16_end_at_the_next_step_and_17_at_the_one_after() {
    for (micros, step) in [(1, 400), (15, 400), (16, 400), (17, 600), (32, 600)] {
        for sent in [200, 201, 399] {
            both(|mut rig| {
                rig.run(Tick(sent));
                let id = rig.micros(CMD_DELAY, 0, micros).0;
                rig.run(Tick(1000));
                assert_eq!(rig.heard(), [(Tick(step), ok(id, 0))]);
            });
        }
    }
}

#[test]
fn a_delay_of_0_ends_inside_the_call_and_the_quirk_does_not_say_so() {
    let mut rig = Rig::new(documented());
    assert_eq!(rig.micros(CMD_DELAY, 0, 0).1, done(0));
    let mut rig = Rig::new(retail());
    let unsaid = Submit::DoneUnsaid(Finished::ok(0));
    assert_eq!(rig.micros(CMD_DELAY, 0, 0).1, unsaid);
    assert!(rig.timer.pending().is_empty());
    assert_eq!(rig.heard(), []);
}

#[test]
fn delay_until_ends_at_its_time_or_at_once_when_that_has_come() {
    both(|mut rig| {
        rig.run_micros(1_000_000);
        assert_eq!(rig.micros(CMD_DELAYUNTIL, 0, 5).1, done(0));
        assert_eq!(rig.micros(CMD_DELAYUNTIL, 1, 0).1, done(0));
        assert_eq!(rig.micros(CMD_DELAYUNTIL, 0, 1_000_000).1, done(0));
        let (id, answer) = rig.micros(CMD_DELAYUNTIL, 1, 1);
        assert_eq!(answer, Submit::Pending);
        assert_eq!(rig.heard(), []);
        rig.run_micros(2_000_000);
        assert_eq!(rig.heard(), [(Tick(12_500_200), ok(id, 0))]);
    });
}

#[test]
fn requests_end_in_the_order_of_their_times_even_within_one_step() {
    both(|mut rig| {
        for micros in [1005, 1001, 1003, 17] {
            rig.micros(CMD_DELAY, 0, micros);
        }
        rig.run_micros(2000);
        assert_eq!(ids(&rig.heard()), [4, 2, 3, 1]);
    });
}

#[test]
fn equal_times_end_as_the_requests_want_it_under_both_profiles() {
    for (ties, order) in [
        (Ties::NewestFirst, [3, 2, 1]),
        (Ties::OldestFirst, [1, 2, 3]),
    ] {
        both(|mut rig| {
            rig.ties = ties;
            rig.micros(CMD_DELAY, 0, 1000);
            rig.micros(CMD_DELAYUNTIL, 0, 1000);
            rig.run(Tick(150));
            rig.micros(CMD_DELAY, 0, 1000);
            rig.run_micros(2000);
            assert_eq!(ids(&rig.heard()), order);
        });
    }
}

#[test]
fn of_equal_times_those_that_want_the_newest_first_end_before_the_others() {
    use Ties::{NewestFirst as New, OldestFirst as Old};
    both(|mut rig| {
        for ties in [Old, New, New, Old, New, Old] {
            rig.ties = ties;
            rig.micros(CMD_DELAY, 0, 1000);
        }
        // An earlier time in the same step goes before both.
        rig.micros(CMD_DELAY, 0, 999);
        rig.run_micros(2000);
        assert_eq!(ids(&rig.heard()), [7, 5, 3, 2, 1, 4, 6]);
        // A beat of a metronome is a new request of its kind.
        rig.ties = Old;
        let metronome = rig.micros(CMD_METRONOME, 0, 1000).0;
        let delay = rig.micros(CMD_DELAY, 0, 2000).0;
        rig.run_micros(4000);
        let beats = [metronome.0, delay.0, metronome.0];
        assert_eq!(ids(&rig.heard()), beats);
    });
}

#[test]
fn a_timer_whose_equal_times_stand_in_the_wrong_order_is_not_sound() {
    let mut rig = Rig::new(documented());
    for ties in [Ties::OldestFirst, Ties::NewestFirst] {
        rig.ties = ties;
        rig.micros(CMD_DELAY, 0, 1000);
    }
    assert!(rig.timer.is_sound(rig.now));
    rig.timer.micros.reverse();
    assert!(!rig.timer.is_sound(rig.now));
}

#[test]
fn a_metronome_never_drifts() {
    both(|mut rig| {
        rig.run(Tick(150));
        let (id, answer) = rig.micros(CMD_METRONOME, 0, 1000);
        assert_eq!(answer, Submit::Pending);
        rig.run_micros(4_000);
        // due at 1000, 2000, 3000, 4000: the first steps not before are 1008, 2000, 3008, 4000
        let wanted = [12_600, 25_000, 37_600, 50_000].map(|tick| (Tick(tick), beat(id)));
        assert_eq!(rig.heard(), wanted);
        assert!(rig.abort(id));
        assert_eq!(rig.heard(), [(Tick(50_000), aborted(id, 0))]);
        rig.run_micros(100_000);
        assert_eq!(rig.heard(), []);
    });
}

#[test]
fn a_metronome_faster_than_the_clock_beats_once_a_step_and_keeps_its_time() {
    both(|mut rig| {
        let id = rig.micros(CMD_METRONOME, 0, 7).0;
        rig.run_micros(64);
        let wanted = [200, 400, 600, 800].map(|tick| (Tick(tick), beat(id)));
        assert_eq!(rig.heard(), wanted);
        assert_eq!(rig.timer.micros[0].due.0, 70);
    });
}

#[test]
fn a_metronome_heard_late_still_beats_where_it_was_due() {
    let mut rig = Rig::new(documented());
    let id = rig.micros(CMD_METRONOME, 0, 1600).0;
    // The processor overshoots: the events of ticks 20000 and 40000 are delivered at 45000.
    for wanted in [20_000, 40_000, 60_000] {
        assert_eq!(rig.armed(), [Tick(wanted)]);
        rig.now = Tick(45_000);
        if let Some(event) = rig.bus.events.pop_due(rig.now) {
            rig.device(|timer, cx| timer.event(event, cx));
        }
    }
    assert_eq!(rig.heard(), [(Tick(45_000), beat(id)); 2]);
}

#[test]
fn the_time_is_copied_when_it_is_sent() {
    both(|mut rig| {
        let id = rig.micros(CMD_METRONOME, 0, 1600).0;
        rig.memory.set_word(SEND + 4, 16);
        rig.run_micros(3200);
        let wanted = [20_000, 40_000].map(|tick| (Tick(tick), beat(id)));
        assert_eq!(rig.heard(), wanted);
    });
}

#[test]
fn a_metronome_of_0_microseconds_is_refused() {
    both(|mut rig| {
        let sent = rig.micros(CMD_METRONOME, 0, 0);
        assert_eq!(sent.1, failed(DevError::BadArgument));
    });
}

#[test]
fn a_metronome_wants_a_positive_signal() {
    both(|mut rig| {
        rig.memory.set_word(SEND + 4, 1000);
        for unit in [UNIT_VBLANK, UNIT_USEC] {
            for option in [0, 0x8000_0000, 0xFFFF_FFFF, 1, 0x7FFF_FFFF] {
                let sent = rig.send(Op::Control(CMD_METRONOME), unit, |request| {
                    request.send = Buffer::Guest { addr: SEND, len: 8 };
                    request.option = option;
                });
                let good = option.cast_signed() > 0;
                let bad = failed(DevError::BadArgument);
                assert_eq!(sent.1, if good { Submit::Pending } else { bad });
            }
        }
    });
}

#[test]
fn a_beat_carries_the_options_of_its_request() {
    both(|mut rig| {
        let (id, _) = rig.send(Op::Control(CMD_METRONOME), UNIT_VBLANK, |request| {
            request.option = 0x0123_4567;
        });
        rig.run_into_field(1);
        let signal = 0x0123_4567;
        let wanted = Said::Told(Notice::Beat { id, signal });
        assert_eq!(rig.heard(), [(Tick(208_541), wanted)]);
    });
}

#[test]
fn one_event_is_scheduled_for_the_earliest_request() {
    both(|mut rig| {
        assert_eq!(rig.armed(), []);
        let late = rig.micros(CMD_DELAY, 0, 5000).0;
        assert_eq!(rig.armed(), [Tick(62_600)]);
        let early = rig.micros(CMD_DELAY, 0, 1000).0;
        rig.micros(CMD_DELAY, 0, 7000);
        assert_eq!(rig.armed(), [Tick(12_600)]);
        rig.abort(early);
        assert_eq!(rig.armed(), [Tick(62_600)]);
        rig.abort(late);
        rig.run_micros(8000);
        assert_eq!(rig.armed(), []);
    });
}

#[test]
fn the_vertical_blank_unit_schedules_nothing() {
    both(|mut rig| {
        rig.fields(CMD_DELAY, 1);
        rig.fields(CMD_METRONOME, 1);
        assert_eq!(rig.armed(), []);
    });
}
