//! Abort, the marks of metronomes, saves.

use super::*;

#[test]
fn abort_ends_with_aborted_and_the_fields_already_waited() {
    both(|mut rig| {
        rig.run_into_field(1);
        let field = rig.fields(CMD_DELAY, 10).0;
        let micros = rig.micros(CMD_DELAY, 3600, 0).0;
        rig.run_into_field(5);
        assert!(rig.abort(field));
        assert!(rig.abort(micros));
        let wanted = [(rig.now, aborted(field, 4)), (rig.now, aborted(micros, 0))];
        assert_eq!(rig.heard(), wanted);
        rig.run_micros(4_000_000);
        assert_eq!(rig.heard(), []);
    });
}

#[test]
fn abort_of_what_is_not_pending_does_nothing() {
    both(|mut rig| {
        let id = rig.micros(CMD_DELAY, 0, 16).0;
        rig.run_micros(16);
        rig.heard();
        assert!(!rig.abort(id));
        assert!(!rig.abort(ReqId(99)));
        assert_eq!(rig.heard(), []);
    });
}

#[test]
fn a_metronomes_mark_survives_only_by_quirk_and_until_the_requester_is_gone() {
    both(|mut rig| {
        let sticky = rig.timer.quirks.timer_metronome_sticky;
        let metronome = rig.fields(CMD_METRONOME, 1).0;
        rig.abort(metronome);
        rig.heard();

        let micros = rig.micros(CMD_DELAY, 0, 1600).0;
        rig.run_micros(3200);
        let wanted = if sticky {
            vec![(Tick(20_000), beat(micros)), (Tick(40_000), beat(micros))]
        } else {
            vec![(Tick(20_000), ok(micros, 0))]
        };
        assert_eq!(rig.heard(), wanted);
        assert_eq!(rig.abort(micros), sticky);

        let field = rig.fields(CMD_DELAY, 1).0;
        rig.heard();
        rig.run_into_field(2);
        assert_eq!(rig.abort(field), sticky);
        assert_eq!(rig.heard().len(), if sticky { 3 } else { 1 });

        rig.timer.forget(0);
        let plain = rig.fields(CMD_DELAY, 1).0;
        rig.run_into_field(3);
        assert_eq!(rig.heard(), [(Tick(625_625), ok(plain, 1))]);
    });
}

#[test]
fn a_refused_metronome_and_other_requesters_leave_no_mark() {
    let mut rig = Rig::new(retail());
    rig.micros(CMD_METRONOME, 0, 0);
    rig.send(Op::Control(CMD_METRONOME), UNIT_VBLANK, |_| ());
    rig.send(Op::Control(CMD_METRONOME), UNIT_VBLANK, |request| {
        request.option = 1;
        request.requester = 7;
    });
    let id = rig.fields(CMD_DELAY, 0).0;
    rig.run_into_field(1);
    assert!(rig.heard().contains(&(Tick(208_541), ok(id, 1))));
}

#[test]
fn pending_work_says_when_it_is_due() {
    both(|mut rig| {
        rig.run_into_field(2);
        let wanted = [
            (rig.micros(CMD_METRONOME, 1, 0).0, 517_000 + 12_500_000),
            (rig.fields(CMD_DELAY, 0).0, 625_625),
            (rig.fields(CMD_DELAY, 2).0, 834_166),
        ];
        let wanted = wanted.map(|(id, due)| PendingWork {
            id,
            due: Some(Tick(due)),
        });
        assert_eq!(rig.timer.pending(), wanted);
    });
}

#[test]
fn a_save_in_mid_flight_goes_on_like_the_original() {
    both(|mut rig| {
        rig.micros(CMD_METRONOME, 0, 1234);
        rig.micros(CMD_DELAY, 0, 30_000);
        rig.fields(CMD_METRONOME, 1);
        rig.fields(CMD_DELAY, 3);
        rig.run_into_field(1);
        let saved = postcard::to_stdvec(&(&rig.timer, &rig.bus)).unwrap();
        let mut twin = rig.clone();
        (twin.timer, twin.bus) = postcard::from_bytes(&saved).unwrap();
        assert_eq!(twin.timer, rig.timer);
        for rig in [&mut rig, &mut twin] {
            rig.run_into_field(2);
            rig.fields(CMD_DELAY, 1);
            rig.abort(ReqId(1));
            rig.run_into_field(5);
        }
        assert_eq!(twin.timer, rig.timer);
        assert_eq!(twin.heard, rig.heard);
        let saves = [&rig, &twin].map(|rig| postcard::to_stdvec(&(&rig.timer, &rig.bus)).unwrap());
        assert_eq!(saves[0], saves[1]);
    });
}
