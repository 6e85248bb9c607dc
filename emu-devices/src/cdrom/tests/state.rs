//! Abort, what is pending, and saves.

use super::*;

#[test]
fn a_queued_request_is_aborted_at_once() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let first = rig.read(150, 2);
    let second = rig.read(152, 2);
    rig.run(Tick(100));
    assert!(rig.abort(second));
    let aborted = failed(0, DevError::Aborted);
    assert_eq!(rig.ended(second), Some((Tick(100), aborted)));
    assert!(!rig.abort(second));
    assert_eq!(rig.end_of(first).1, Finished::ok(4096));
    assert!(!rig.abort(first));
    assert!(!rig.abort(ReqId(99)));
}

#[test]
fn a_running_read_is_aborted_at_the_next_sector() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let first = rig.read(150, 5);
    let second = rig.read(500, 1);
    rig.run(Tick(12_500 + 83_333 + 10_000));
    assert!(rig.abort(first));
    assert!(rig.abort(first));
    assert_eq!(rig.ended(first), None);
    let at = Tick(12_500 + 166_666 + 6_400);
    let (ended, result, _) = rig.end_of(first);
    assert_eq!((ended, result), (at, failed(4096, DevError::Aborted)));
    assert_eq!(rig.bytes(8192)[2048], byte(151, 16));
    assert_eq!(rig.bytes(8192)[4096], 0);
    assert_eq!(rig.end_of(second).1, Finished::ok(2048));
    assert_eq!(rig.end_of(second).2.queue, at.since(Tick(0)));
}

#[test]
fn a_read_whose_head_is_not_there_yet_is_aborted_at_once() {
    let mut rig = Rig::new(DriveProfile::Nominal, 300_000);
    let read = rig.read(200_000, 5);
    rig.run(Tick(1_000_000));
    assert!(rig.abort(read));
    let aborted = failed(0, DevError::Aborted);
    assert_eq!(rig.ended(read), Some((Tick(1_000_000), aborted)));
    let (subq, _) = rig.ask(Op::Control(CMD_READ_SUBQ), 12);
    assert!(rig.abort(subq));
    assert!(rig.ended(subq).is_some());
    let mut rig = Rig::new(DriveProfile::Instant, 1_000);
    let read = rig.read(150, 5);
    assert!(rig.abort(read));
    assert_eq!(rig.ended(read), Some((Tick(0), aborted)));
    assert!(rig.bus.events.clone().pop_due(Tick::NEVER).is_none());
}

#[test]
fn pending_work_says_when_it_ends_if_that_is_known() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let first = rig.read(150, 2);
    let second = rig.read(152, 2);
    let due = |rig: &Rig| -> Vec<_> {
        let pending = rig.drive.pending().into_iter();
        pending.map(|work| (work.id, work.due)).collect()
    };
    assert_eq!(due(&rig), [(first, None), (second, None)]);
    rig.run(Tick(110_000));
    let end = Tick(12_500 + 166_666 + 6_400);
    assert_eq!(due(&rig), [(first, Some(end)), (second, None)]);
    rig.end_of(second);
    assert_eq!(due(&rig), []);
}

#[test]
fn higher_priorities_go_first_and_equal_ones_in_order() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let mut send = |priority| {
        let (id, _) = rig.send(Op::Read, |request| {
            request.offset = 150;
            request.priority = priority;
            request.recv = Buffer::Guest {
                addr: RECV,
                len: 2048,
            };
        });
        id
    };
    let ids = [send(10), send(20), send(200), send(20), send(10)];
    rig.run_for(100_000_000);
    let order: Vec<ReqId> = rig.ended.iter().map(|(_, end)| end.id).collect();
    assert_eq!(order, [ids[0], ids[2], ids[1], ids[3], ids[4]]);
}

/// A change that makes a drive impossible.
type Spoil = fn(&mut CdRom);

#[test]
fn impossible_drives_are_not_sound() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    rig.run(Tick(5));
    rig.read(150, 20);
    rig.read(500, 2);
    rig.run(Tick(200_000));
    assert!(rig.drive.is_sound(rig.now));
    assert!(!rig.drive.is_sound(Tick(0)));
    assert!(!rig.drive.is_sound(Tick(10_000_000)));
    let spoils: [Spoil; 14] = [
        |d| d.head.pos = u32::MAX,
        |d| d.head.starts = Sixths(u64::MAX),
        |d| d.head.retries = u32::MAX,
        |d| d.head.paused = true,
        |d| d.head.limit = 160,
        |d| d.settings.retry_shift = 60,
        |d| d.settings.length = 0,
        |d| d.active = Tick::NEVER,
        |d| d.queue[0].submitted = Tick::NEVER,
        |d| d.queue[0].work = Work::Status(Buffer::None),
        |d| d.running.as_mut().unwrap().done = 20,
        |d| d.running.as_mut().unwrap().due = Sixths(u64::MAX),
        |d| d.closed = false,
        |d| d.disc = None,
    ];
    for (n, spoil) in spoils.into_iter().enumerate() {
        let mut drive = rig.drive.clone();
        spoil(&mut drive);
        assert!(!drive.is_sound(rig.now), "{n}");
    }
    let mut drive = rig.drive.clone();
    if let Some(Work::Read(read)) = drive.running.as_mut().map(|running| &mut running.work) {
        read.length = 0;
    }
    assert!(!drive.is_sound(rig.now));
    let mut drive = rig.drive.clone();
    drive.running = None;
    assert!(!drive.is_sound(rig.now));
    let mut drive = rig.drive.clone();
    let mut table = DiscTable::one_track(5);
    table.lead_out = u32::MAX;
    drive.disc.as_mut().unwrap().table = table;
    assert!(!drive.is_sound(rig.now));
}

#[test]
fn what_waits_for_a_disc_can_be_aborted() {
    let mut rig = Rig::empty(DriveProfile::Nominal);
    let disc = (DiscNumber(0), DiscTable::one_track(5));
    rig.media(&MediaEvent::Insert(Some(disc)));
    let (status, _) = rig.ask(Op::Status, 36);
    let read = rig.read(150, 1);
    rig.run_for(100);
    let aborted = failed(0, DevError::Aborted);
    for id in [status, read] {
        assert!(rig.abort(id));
        assert_eq!(rig.ended(id), Some((Tick(100), aborted)));
    }
    rig.run_for(20_000_000);
    assert_eq!(rig.ended.len(), 2);
    assert_eq!(rig.drive.pending(), []);
}

#[test]
fn the_head_goes_where_it_was_sent_although_the_read_was_aborted() {
    let mut rig = Rig::new(DriveProfile::Nominal, 300_000);
    let seek = 12_500 * 6 + 575_000 * 75;
    let read = rig.read(150 + 165_000, 5);
    rig.run(Tick(1_000_000));
    rig.abort(read);
    let again = rig.read(150 + 165_000, 1);
    let (at, result, terms) = rig.end_of(again);
    assert_eq!(result, Finished::ok(2048));
    assert_eq!(at, Tick((seek + 500_000 + 6_400 * 6) / 6));
    assert_eq!((terms.command, terms.seek), (Ticks(0), Ticks(0)));
}
