//! The drawer, other discs, and frames that cannot be read.
//!
//! Device sheet 4.4 and 4.7.

use super::super::options::Recovery;
use super::*;

const SPIN_UP: u64 = 18_750_000;

fn told(rig: &mut Rig) -> Vec<(Tick, bool)> {
    let told = rig.notices.drain(..).map(|(at, notice)| match notice {
        Notice::Media { device, present } => {
            assert_eq!(device, DeviceId(5));
            (at, present)
        }
        other => panic!("{other:?}"),
    });
    told.collect()
}

#[test]
fn the_status_byte_follows_the_drive() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    assert_eq!(rig.status(), 0xE3);
    rig.run(Tick(375_000_000 - 1));
    assert_eq!(rig.status(), 0xE3);
    rig.run(Tick(375_000_000));
    assert_eq!(rig.status(), 0xC3);
    let single = Options {
        speed: Some(Speed::Single),
        ..Options::default()
    };
    let (id, _) = rig.read_with(150, 2048, single);
    rig.run_for(1_000);
    assert_eq!(rig.status(), 0xE1);
    rig.end_of(id);
    assert_eq!(rig.status(), 0xE1);
    rig.media(&MediaEvent::Open);
    assert_eq!(rig.status(), 0x01);
    rig.media(&MediaEvent::Insert(None));
    assert_eq!(rig.status(), 0x81);
    assert_eq!(rig.drive.status_byte(rig.now), 0x81);
    rig.media(&MediaEvent::Insert(Some((
        DiscNumber(1),
        DiscTable::one_track(5),
    ))));
    assert_eq!(rig.drive.status_byte(rig.now), 0xE0);
    rig.run_for(SPIN_UP);
    assert_eq!(rig.status(), 0xE3);
}

#[test]
fn status_reads_and_disc_data_wait_until_the_disc_has_been_tried() {
    let mut rig = Rig::empty(DriveProfile::Nominal);
    rig.run(Tick(1_000));
    let disc = (DiscNumber(1), DiscTable::one_track(5));
    rig.media(&MediaEvent::Insert(Some(disc)));
    assert!(rig.drive.has_medium());
    rig.run_for(10);
    let (status, first) = rig.ask(Op::Status, 36);
    let read = rig.read(150, 1);
    let (data, second) = rig.ask(Op::Control(CMD_DISCDATA), 816);
    let (past, third) = rig.read_with(155, 2048, Options::default());
    let (subq, _) = rig.ask(Op::Control(CMD_READ_SUBQ), 12);
    assert_eq!([first, second, third], [Submit::Pending; 3]);
    rig.run(Tick(1_000 + SPIN_UP - 1));
    assert_eq!(rig.ended.len(), 0);
    rig.run(Tick(1_000 + SPIN_UP));
    let ready = rig.now;
    assert_eq!(told(&mut rig), [(ready, true)]);
    assert_eq!(rig.ended(status), Some((ready, Finished::ok(36))));
    assert_eq!(rig.ended(data), Some((ready, Finished::ok(816))));
    let past_end = failed(0, DevError::EndOfMedium);
    assert_eq!(rig.ended(past), Some((ready, past_end)));
    let (at, result, terms) = rig.end_of(read);
    assert_eq!(at, ready + Ticks(12_500 + 83_333 + 6_400));
    assert_eq!(result, Finished::ok(2048));
    assert_eq!(terms.spin_up, Ticks(SPIN_UP - 10));
    assert_eq!(rig.end_of(subq).1, Finished::ok(12));
}

#[test]
fn an_open_drawer_and_an_empty_one_are_offline() {
    let mut rig = Rig::empty(DriveProfile::Nominal);
    let offline = refused(DevError::Offline);
    for open in [false, true] {
        if open {
            rig.media(&MediaEvent::Open);
        }
        let plain = Options::default();
        assert_eq!(rig.read_with(150, 2048, plain).1, offline);
        for command in [CMD_DISCDATA, CMD_READ_SUBQ] {
            assert_eq!(rig.ask(Op::Control(command), 900).1, offline);
        }
        assert_eq!(rig.ask(Op::Status, 36).1, done(36));
        let record = rig.bytes(36);
        assert_eq!(record[12..16], [0; 4]);
        assert_eq!(record[27], 0x15);
        assert!(!rig.drive.has_medium());
    }
    assert_eq!(rig.notices, []);
}

#[test]
fn opening_fails_what_runs_and_what_waits() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let first = rig.read(150, 3);
    let second = rig.read(500, 1);
    rig.run(Tick(12_500 + 83_333 * 2 + 7_000));
    rig.media(&MediaEvent::Open);
    let at = rig.now;
    let cut = failed(4096, DevError::Offline);
    assert_eq!(rig.ended(first), Some((at, cut)));
    let waiting = failed(0, DevError::Offline);
    assert_eq!(rig.ended(second), Some((at, waiting)));
    rig.media(&MediaEvent::Open);
    assert_eq!(told(&mut rig), [(at, false)]);
    rig.media(&MediaEvent::Close);
    rig.run_for(SPIN_UP);
    let ready = rig.now;
    assert_eq!(told(&mut rig), [(ready, true)]);
    rig.ask(Op::Status, 36);
    assert_eq!(rig.bytes(36)[28..32], [0, 0, 0, 1]);
    rig.media(&MediaEvent::Close);
    assert!(rig.bus.events.clone().pop_due(Tick::NEVER).is_none());
}

#[test]
fn a_disc_put_into_a_closed_drive_is_a_change() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let read = rig.read(150, 1);
    let table = DiscTable::one_track(5);
    rig.media(&MediaEvent::Insert(Some((DiscNumber(1), table))));
    assert_eq!(rig.ended(read).unwrap().1, failed(0, DevError::Offline));
    rig.run_for(SPIN_UP);
    assert_eq!(told(&mut rig), [(Tick(0), false), (Tick(SPIN_UP), true)]);
    rig.ask(Op::Status, 36);
    assert_eq!(rig.bytes(36)[12..16], [0, 0, 0, 155]);
    assert_eq!(rig.bytes(36)[28..32], [0, 0, 0, 1]);
    rig.media(&MediaEvent::Insert(None));
    assert!(!rig.drive.has_medium());
    assert_eq!(told(&mut rig), [(Tick(SPIN_UP), false)]);
}

/// What a kernel sees in the drive: changes, lead-out, ready; and the changes without a medium.
fn seen(rig: &Rig) -> (Option<(u64, u32, bool)>, u64) {
    let medium = rig.drive.medium();
    let medium = medium.map(|m| (m.changes, m.table.lead_out, m.ready));
    assert_eq!(rig.drive.has_medium(), medium.is_some());
    (medium, rig.drive.media_changes())
}

#[test]
fn every_coming_and_going_of_a_disc_is_a_change_of_medium() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    assert_eq!(seen(&rig), (Some((0, 1_150, true)), 0));
    // The same disc, out and in again.
    rig.media(&MediaEvent::Open);
    assert_eq!(seen(&rig), (None, 1));
    rig.media(&MediaEvent::Open);
    assert_eq!(seen(&rig), (None, 1));
    rig.media(&MediaEvent::Close);
    assert_eq!(seen(&rig), (Some((2, 1_150, false)), 2));
    rig.run_for(SPIN_UP - 1);
    assert_eq!(seen(&rig), (Some((2, 1_150, false)), 2));
    rig.run_for(1);
    assert_eq!(seen(&rig), (Some((2, 1_150, true)), 2));
    // Another one in its place: one goes, one comes.
    let disc = (DiscNumber(1), DiscTable::one_track(5));
    rig.media(&MediaEvent::Insert(Some(disc.clone())));
    assert_eq!(seen(&rig), (Some((4, 155, false)), 4));
    rig.media(&MediaEvent::Insert(None));
    assert_eq!(seen(&rig), (None, 5));
    // An empty drawer changes nothing.
    rig.media(&MediaEvent::Open);
    rig.media(&MediaEvent::Close);
    rig.media(&MediaEvent::Insert(None));
    assert_eq!(seen(&rig), (None, 5));
    // Put into an open drawer, it comes when the drawer closes.
    rig.media(&MediaEvent::Open);
    rig.media(&MediaEvent::Insert(Some(disc)));
    assert_eq!(seen(&rig), (Some((6, 155, false)), 6));
    // What is wrong with a frame changes no disc.
    rig.media(&MediaEvent::FailFrame(152));
    assert_eq!(seen(&rig).1, 6);
    let open = rig.send(Op::Control(CMD_OPEN_DRAWER), |_| ()).0;
    rig.end_of(open);
    assert_eq!(seen(&rig), (None, 7));
}

#[test]
fn a_disc_that_cannot_be_read_is_no_medium_but_a_change() {
    let mut rig = Rig::empty(DriveProfile::Instant);
    let disc = (DiscNumber(1), DiscTable::default());
    rig.media(&MediaEvent::Insert(Some(disc)));
    assert_eq!(seen(&rig), (None, 1));
    rig.run_for(1);
    assert_eq!(seen(&rig), (None, 1));
}

#[test]
fn the_data_of_a_disc_begin_with_its_first_track_of_data() {
    let mut table = mixed();
    assert_eq!(table.data_track(), Some(&table.tracks[0]));
    table.tracks[0].kind = TrackKind::Audio;
    assert_eq!(table.data_track(), None);
    assert_eq!(xa().data_track().map(|track| track.start), Some(150));
    table.tracks[1].kind = TrackKind::Mode2;
    assert_eq!(table.data_track(), Some(&table.tracks[1]));
}

#[test]
fn programs_open_and_close_the_drawer_in_their_turn() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let first = rig.read(150, 1);
    let open = rig.send(Op::Control(CMD_OPEN_DRAWER), |_| ()).0;
    let late = rig.read(150, 1);
    let close = rig.send(Op::Control(CMD_CLOSE_DRAWER), |_| ()).0;
    let first_end = 12_500 + 83_333 + 6_400;
    assert_eq!(rig.end_of(first).0, Tick(first_end));
    let (at, result, _) = rig.end_of(open);
    assert_eq!((at, result), (Tick(first_end + 12_500), Finished::ok(0)));
    let offline = failed(0, DevError::Offline);
    assert_eq!(rig.ended(late), Some((at, offline)));
    let closed = at + Ticks(12_500);
    assert_eq!(rig.end_of(close).0, closed);
    rig.run_for(SPIN_UP);
    assert_eq!(
        told(&mut rig),
        [(at, false), (closed + Ticks(SPIN_UP), true)]
    );
    // Opening an open drawer, closing a closed one: nothing happens, but they end.
    let close = rig.send(Op::Control(CMD_CLOSE_DRAWER), |_| ()).0;
    assert_eq!(rig.end_of(close).1, Finished::ok(0));
    assert_eq!(told(&mut rig), []);
}

#[test]
fn a_disc_with_a_table_of_nonsense_cannot_be_read() {
    let mut backwards = mixed();
    backwards.tracks.reverse();
    let mut huge = DiscTable::one_track(5);
    huge.lead_out = u32::MAX;
    let mut many = DiscTable::one_track(5);
    many.tracks = vec![many.tracks[0]; 100];
    for table in [backwards, huge, many, DiscTable::default()] {
        let mut rig = Rig::with(DriveProfile::Nominal, table);
        assert!(!rig.drive.has_medium());
        let plain = Options::default();
        let media = refused(DevError::Media);
        assert_eq!(rig.read_with(150, 2048, plain).1, media);
        assert_eq!(rig.ask(Op::Control(CMD_DISCDATA), 816).1, media);
        assert_eq!(rig.status(), 0xE3);
    }
}

#[test]
fn a_bad_frame_fails_after_its_retries_and_whole_blocks_count() {
    for (option, retries) in [(0, 7), (0x0800_0000, 0), (0x0802_0000, 3)] {
        let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
        rig.media(&MediaEvent::FailFrame(152));
        let options = Options::decode(option).unwrap();
        let (id, _) = rig.read_with(150, 4 * 2048, options);
        let (at, result, terms) = rig.end_of(id);
        assert_eq!(at, Tick(12_500 + 250_000 + retries * 1_875_000));
        assert_eq!(result, failed(4096, DevError::Media));
        assert_eq!(terms.transfer, Ticks(0));
        assert_eq!(rig.status(), 0xF3);
        assert_eq!(rig.bytes(36)[27], 0x05);
        let id = rig.read(160, 1);
        assert_eq!(rig.end_of(id).1, Finished::ok(2048));
        assert_eq!(rig.status(), 0xE3);
    }
}

#[test]
fn other_recoveries_give_the_bytes_as_they_are() {
    for recovery in [Recovery::CircOnly, Recovery::BestAttempt] {
        for profile in [DriveProfile::Nominal, DriveProfile::Instant] {
            let mut rig = Rig::new(profile, 1_000);
            rig.media(&MediaEvent::FailFrame(151));
            let options = Options {
                recovery: Some(recovery),
                retry_shift: 1,
                ..Options::default()
            };
            let (id, _) = rig.read_with(150, 4096, options);
            let (at, result, _) = rig.end_of(id);
            assert_eq!(result, Finished::ok(4096));
            if profile == DriveProfile::Nominal {
                assert_eq!(at, Tick(12_500 + 166_666 + 1_875_000 + 6_400));
            }
            assert_eq!(rig.bytes(4096)[2048], byte(151, 16));
        }
    }
}

#[test]
fn an_instant_drive_fails_bad_frames_too() {
    let mut rig = Rig::new(DriveProfile::Instant, 1_000);
    rig.media(&MediaEvent::FailFrame(152));
    let id = rig.read(150, 4);
    let (at, result, _) = rig.end_of(id);
    assert_eq!((at, result), (Tick(2_604), failed(4096, DevError::Media)));
}

#[test]
fn a_slow_frame_takes_its_extra_once() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let extra = Ticks(1_000_000);
    rig.media(&MediaEvent::SlowFrame { frame: 151, extra });
    let id = rig.read(150, 3);
    assert_eq!(rig.end_of(id).0, Tick(12_500 + 250_000 + 1_000_000 + 6_400));
}

#[test]
fn a_frame_that_goes_bad_under_the_head_takes_its_time_at_once() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let id = rig.read(150, 2);
    rig.run(Tick(12_500 + 90_000));
    let extra = Ticks(500_000);
    rig.media(&MediaEvent::SlowFrame { frame: 151, extra });
    // Frame 150 has passed already: nothing can happen to it.
    rig.media(&MediaEvent::FailFrame(150));
    let (at, result, _) = rig.end_of(id);
    assert_eq!(at, Tick(12_500 + 166_666 + 500_000 + 6_400));
    assert_eq!(result, Finished::ok(4096));
}

#[test]
fn what_the_host_cannot_read_is_told() {
    for profile in [DriveProfile::Nominal, DriveProfile::Instant] {
        let mut rig = Rig::new(profile, 1_000);
        rig.host.broken = Some(151);
        let id = rig.read(150, 3);
        assert_eq!(rig.end_of(id).1, failed(2048, DevError::Media));
        let notice = Notice::HostError { id, frame: 151 };
        assert_eq!(rig.notices, [(rig.now, notice)]);
    }
    let mut rig = Rig::empty(DriveProfile::Instant);
    rig.drive.insert(DiscNumber(9), DiscTable::one_track(5));
    let id = rig.read(150, 1);
    assert_eq!(rig.end_of(id).1, failed(0, DevError::Media));
}

#[test]
fn a_frame_that_gets_quicker_under_the_head_ends_now() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let slow = |extra| MediaEvent::SlowFrame {
        frame: 151,
        extra: Ticks(extra),
    };
    rig.media(&slow(u64::MAX));
    let id = rig.read(150, 3);
    rig.run(Tick(9_000_000));
    rig.media(&slow(0));
    let (at, result, _) = rig.end_of(id);
    assert_eq!(at, Tick(9_000_000 + 83_333 + 6_400));
    assert_eq!(result, Finished::ok(6144));
}
