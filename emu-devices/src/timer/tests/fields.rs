//! The vertical-blank unit (device sheet 3.4).

use super::*;

#[test]
fn each_field_is_told_once_before_what_it_ends() {
    both(|mut rig| {
        let id = rig.fields(CMD_DELAY, 2).0;
        rig.run_into_field(2);
        let field = |tick, count| (Tick(tick), Said::Told(Notice::Field { count }));
        let wanted = [
            field(208_541, 1),
            field(417_083, 2),
            (Tick(417_083), ok(id, 2)),
        ];
        assert_eq!(rig.heard, wanted);
    });
}

#[test]
fn delays_of_0_and_1_end_at_the_next_field_and_2_at_the_one_after() {
    both(|mut rig| {
        rig.run_into_field(3);
        for fields in [0, 1, 2] {
            let answer = rig.fields(CMD_DELAY, fields).1;
            assert_eq!(answer, Submit::Pending);
        }
        rig.run_into_field(6);
        let wanted = [
            (Tick(834_166), ok(ReqId(1), 1)),
            (Tick(834_166), ok(ReqId(2), 1)),
            (Tick(1_042_708), ok(ReqId(3), 2)),
        ];
        assert_eq!(rig.heard(), wanted);
    });
}

#[test]
fn fields_last_as_long_as_the_television_standard_says() {
    let mut rig = Rig::with(Video::Pal, documented());
    let id = rig.fields(CMD_DELAY, 50).0;
    rig.run_micros(1_000_000);
    assert_eq!(rig.heard(), [(Tick(12_500_000), ok(id, 50))]);
}

#[test]
fn fields_end_requests_by_ascending_offset_and_equal_ones_oldest_first() {
    both(|mut rig| {
        rig.fields(CMD_DELAY, 3); // 1
        rig.run_into_field(1);
        rig.fields(CMD_DELAY, 2); // 2
        rig.fields(CMD_DELAY, 2); // 3
        rig.run_into_field(2);
        rig.fields(CMD_DELAY, 1); // 4
        rig.fields(CMD_DELAY, 0); // 5
        rig.fields(CMD_DELAY, 1); // 6
        rig.run_into_field(3);
        // The whole offset decides, not the fields that are left.
        assert_eq!(ids(&rig.heard()), [5, 4, 6, 2, 3, 1]);
    });
}

#[test]
fn a_negative_offset_is_a_huge_count_that_stands_first_in_the_queue() {
    both(|mut rig| {
        rig.fields(CMD_DELAY, 1);
        let huge = rig.fields(CMD_DELAY, 0xFFFF_FFFF).0;
        assert_eq!(rig.timer.fields[0].id, huge);
        rig.run_into_field(20);
        assert_eq!(ids(&rig.heard()), [1]);
        let due = rig.timer.pending()[0].due;
        assert_eq!(due, Some(Video::Ntsc.field_start(0xFFFF_FFFF)));
    });
}

#[test]
fn delay_until_waits_for_the_count_and_shows_the_difference() {
    both(|mut rig| {
        rig.run_into_field(10);
        let (id, answer) = rig.fields(CMD_DELAYUNTIL, 13);
        assert_eq!(answer, Submit::Pending);
        let requeued = Said::Told(Notice::Requeued { id, offset: 3 });
        assert_eq!(rig.heard(), [(rig.now, requeued)]);
        rig.run_into_field(20);
        assert_eq!(rig.heard(), [(Video::Ntsc.field_start(13), ok(id, 3))]);
    });
}

#[test]
fn delay_until_the_present_count_ends_at_the_next_field() {
    both(|mut rig| {
        rig.run_into_field(10);
        let id = rig.fields(CMD_DELAYUNTIL, 10).0;
        let requeued = Said::Told(Notice::Requeued { id, offset: 0 });
        assert_eq!(rig.heard(), [(rig.now, requeued)]);
        rig.run_into_field(12);
        assert_eq!(rig.heard(), [(Video::Ntsc.field_start(11), ok(id, 1))]);
    });
}

#[test]
fn delay_until_a_passed_count_ends_at_the_next_field_or_by_quirk_practically_never() {
    both(|mut rig| {
        rig.run_into_field(10);
        let (id, answer) = rig.fields(CMD_DELAYUNTIL, 8);
        assert_eq!(answer, Submit::Pending);
        let offset = 0xFFFF_FFFE;
        let what = Suspicion::DelayUntilPast;
        let wanted = [
            (rig.now, Said::Told(Notice::Requeued { id, offset })),
            (rig.now, Said::Told(Notice::Suspicious { id, what })),
        ];
        assert_eq!(rig.heard(), wanted);
        rig.run_into_field(30);
        if rig.timer.quirks.timer_vbl_past {
            assert_eq!(rig.heard(), []);
            let due = Video::Ntsc.field_start(10 + u64::from(offset));
            assert_eq!(rig.timer.pending(), [PendingWork { id, due: Some(due) }]);
        } else {
            assert_eq!(rig.heard(), [(Video::Ntsc.field_start(11), ok(id, 1))]);
        }
    });
}

#[test]
fn delay_until_compares_the_low_word_of_the_count() {
    both(|mut rig| {
        let count = 0x1_0000_0005;
        rig.device(|timer, cx| timer.field(count, cx));
        rig.fields(CMD_DELAYUNTIL, 7);
        rig.device(|timer, cx| timer.field(count + 1, cx));
        rig.heard.clear();
        rig.device(|timer, cx| timer.field(count + 2, cx));
        assert_eq!(rig.heard(), [(Tick(0), ok(ReqId(1), 2))]);
    });
}

#[test]
fn delay_until_the_highest_count_is_far_away_and_not_passed() {
    both(|mut rig| {
        rig.run_into_field(10);
        let id = rig.fields(CMD_DELAYUNTIL, u32::MAX).0;
        let offset = u32::MAX - 10;
        let requeued = Said::Told(Notice::Requeued { id, offset });
        assert_eq!(rig.heard(), [(rig.now, requeued)]);
        rig.run_into_field(12);
        assert_eq!(rig.heard(), []);
    });
}

#[test]
fn a_vertical_blank_metronome_counts_anew_from_each_beat() {
    both(|mut rig| {
        rig.run_into_field(1);
        let id = rig.fields(CMD_METRONOME, 3).0;
        rig.run_into_field(8);
        let wanted = [4, 7].map(|k| (Video::Ntsc.field_start(k), beat(id)));
        assert_eq!(rig.heard(), wanted);
        assert!(rig.abort(id));
        assert_eq!(rig.heard(), [(rig.now, aborted(id, 1))]);
    });
}

#[test]
fn a_vertical_blank_metronome_of_0_beats_at_every_field() {
    both(|mut rig| {
        let id = rig.fields(CMD_METRONOME, 0).0;
        rig.run_into_field(3);
        let wanted = [1, 2, 3].map(|k| (Video::Ntsc.field_start(k), beat(id)));
        assert_eq!(rig.heard(), wanted);
    });
}

#[test]
fn missed_vertical_blank_beats_are_not_queued() {
    both(|mut rig| {
        rig.fields(CMD_METRONOME, 2);
        rig.device(|timer, cx| timer.field(7, cx));
        assert_eq!(ids(&rig.heard()), [1]);
        rig.device(|timer, cx| timer.field(8, cx));
        assert_eq!(rig.heard(), []);
        rig.device(|timer, cx| timer.field(9, cx));
        assert_eq!(ids(&rig.heard()), [1]);
    });
}
