//! Playing sound (Mach sheet 2.4, 5.4).

mod listener;

use super::super::audio::{Span, Transport};
use super::*;

/// Where the tests have what they send.
const SEND: u32 = 0x1_0000;
const SPIN_UP: u64 = 18_750_000;
const IDLE: u64 = 375_000_000;
/// From frame 150 at double speed to frame 200: command, change of speed, seek.
const TO_200: u64 = 12_500 + 3_125_000 + 108_400 * 25 / 2;

fn rig() -> Rig {
    Rig::with(DriveProfile::Nominal, mixed())
}

/// The first tick at which frame number `n` of what began at `begins` is under the head.
fn frame_begins(begins: u64, n: u64) -> u64 {
    begins + (n * 12_500_000).div_ceil(75)
}

impl Rig {
    fn play(&mut self, from: u32, to: u32) -> (ReqId, Submit) {
        self.memory.set_word(SEND, from);
        self.memory.set_word(SEND + 4, to);
        self.send(Op::Control(CMD_PLAY), |request| {
            request.send = Buffer::Guest { addr: SEND, len: 8 };
        })
    }

    /// A command without bytes.
    fn order(&mut self, command: u16) -> Submit {
        self.send(Op::Control(command), |_| ()).1
    }

    /// State of sound, track, index, absolute and relative frame.
    fn position(&mut self) -> (u8, u8, u8, u32, i32) {
        let (_, submit) = self.ask(Op::Control(CMD_POSITION), POSITION_SIZE);
        assert_eq!(submit, done(POSITION_SIZE));
        let bytes = self.bytes(POSITION_SIZE);
        let absolute = u32::from_be_bytes(bytes[4..8].try_into().unwrap());
        let relative = i32::from_be_bytes(bytes[8..].try_into().unwrap());
        (bytes[0], bytes[1], bytes[2], absolute, relative)
    }

    /// State of sound and absolute frame.
    fn heard(&mut self) -> (u8, u32) {
        let (status, _, _, frame, _) = self.position();
        (status, frame)
    }
}

#[test]
fn sound_begins_when_the_head_is_there_and_goes_on_by_75_frames_a_second() {
    let mut rig = rig();
    assert_eq!(rig.position(), (AUDIO_NONE, 1, 1, 150, 0));
    assert_eq!(rig.play(200, 300).1, done(0));
    assert_eq!(rig.position(), (AUDIO_PLAYING, 2, 1, 200, 0));
    rig.run(Tick(frame_begins(TO_200, 1) - 1));
    assert_eq!(rig.position(), (AUDIO_PLAYING, 2, 1, 200, 0));
    rig.run(Tick(frame_begins(TO_200, 1)));
    assert_eq!(rig.position(), (AUDIO_PLAYING, 2, 1, 201, 1));
    rig.run(Tick(frame_begins(TO_200, 75)));
    assert_eq!(rig.position(), (AUDIO_PLAYING, 2, 1, 275, 75));
    rig.run(Tick(frame_begins(TO_200, 100) - 1));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 299));
    rig.run(Tick(frame_begins(TO_200, 100)));
    assert_eq!(rig.heard(), (AUDIO_COMPLETED, 300));
    rig.run_for(1_000_000_000);
    assert_eq!(rig.heard(), (AUDIO_COMPLETED, 300));
    // Nothing is scheduled, nobody is told.
    assert_eq!(rig.bus.events.next_tick(), Tick::NEVER);
    assert_eq!((rig.ended.len(), rig.notices.len()), (0, 0));
}

#[test]
fn the_record_says_the_kind_of_track_and_counts_down_in_gaps() {
    let mut table = mixed();
    table.tracks[0].kind = TrackKind::Audio;
    let mut rig = Rig::with(DriveProfile::Instant, table);
    rig.play(191, 200);
    assert_eq!(rig.position(), (AUDIO_PLAYING, 2, 0, 191, -9));
    assert_eq!(rig.bytes(4)[3], 0x10);
    rig.play(140, 300);
    assert_eq!(rig.position(), (AUDIO_PLAYING, 1, 0, 140, -10));
    let mut rig = Rig::new(DriveProfile::Instant, 10);
    rig.position();
    assert_eq!(rig.bytes(4)[3], 0x14);
}

#[test]
fn only_sound_within_the_disc_is_played() {
    let mut rig = rig();
    for (from, to, error) in [
        (210, 209, DevError::BadArgument),
        (u32::MAX, 0, DevError::BadArgument),
        (300, 300, DevError::EndOfMedium),
        (299, 301, DevError::EndOfMedium),
        (u32::MAX, u32::MAX, DevError::EndOfMedium),
        (150, 160, DevError::BadArgument),
        (150, 150, DevError::BadArgument),
        // The gap belongs to the track before it, which is data.
        (195, 210, DevError::BadArgument),
        (0, 300, DevError::BadArgument),
    ] {
        assert_eq!(rig.play(from, to).1, refused(error), "{from} to {to}");
    }
    for len in [0, 4, 7, 9, 12] {
        let (_, submit) = rig.send(Op::Control(CMD_PLAY), |request| {
            request.send = Buffer::Guest { addr: SEND, len };
        });
        assert_eq!(submit, refused(DevError::BadArgument));
    }
    assert_eq!(rig.order(0x109), refused(DevError::BadCommand));
    assert_eq!(rig.order(0xFFFF), refused(DevError::BadCommand));
    assert_eq!(rig.heard(), (AUDIO_NONE, 150));
    // A refusal leaves what plays alone; nothing at all is played at once.
    assert_eq!(rig.play(200, 300).1, done(0));
    rig.play(0, 300);
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 200));
    assert_eq!(rig.play(200, 200).1, done(0));
    rig.run_for(12_500);
    assert_eq!(rig.heard(), (AUDIO_COMPLETED, 200));
}

#[test]
fn a_pause_keeps_the_place_and_the_way_there() {
    let mut rig = rig();
    for command in [CMD_PAUSE, CMD_RESUME] {
        assert_eq!(rig.order(command), done(0));
        assert_eq!(rig.heard(), (AUDIO_NONE, 150));
    }
    rig.play(200, 300);
    rig.run(Tick(1_000));
    rig.order(CMD_PAUSE);
    rig.order(CMD_PAUSE);
    assert_eq!(rig.heard(), (AUDIO_PAUSED, 200));
    // The head has not come there yet when it shall go on.
    rig.run(Tick(2_000));
    rig.order(CMD_RESUME);
    rig.order(CMD_RESUME);
    rig.run(Tick(frame_begins(TO_200, 7)));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 207));
    rig.run_for(100);
    rig.order(CMD_PAUSE);
    // A disc that waits turns for as long as it takes.
    rig.run_for(2 * IDLE);
    assert_eq!(rig.heard(), (AUDIO_PAUSED, 207));
    assert_eq!(rig.status() & 0x20, 0x20);
    rig.order(CMD_RESUME);
    let again = rig.now.0;
    rig.run(Tick(frame_begins(again, 93) - 1));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 299));
    rig.run_for(1);
    assert_eq!(rig.heard(), (AUDIO_COMPLETED, 300));
    rig.order(CMD_RESUME);
    assert_eq!(rig.heard(), (AUDIO_COMPLETED, 300));
}

#[test]
fn another_play_goes_there_from_where_the_sound_is() {
    let mut rig = rig();
    rig.play(200, 300);
    let at = frame_begins(TO_200, 60);
    rig.run(Tick(at));
    rig.play(200, 300);
    // Sixty frames back, no change of speed.
    let seek = 100_000 + 400 * (180 * 1_000_000 / 330_000_u64).isqrt();
    let begins = at + 12_500 + seek * 25 / 2;
    rig.run(Tick(frame_begins(begins, 1) - 1));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 200));
    rig.run_for(1);
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 201));
    // Sixteen frames ahead are passed, not jumped over.
    let at = frame_begins(begins, 10);
    rig.run(Tick(at));
    rig.play(226, 227);
    let begins = at + 12_500 + 16 * 12_500_000 / 75;
    rig.run(Tick(begins + 166_600));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 226));
    rig.run_for(100);
    assert_eq!(rig.heard(), (AUDIO_COMPLETED, 227));
}

#[test]
fn a_read_that_is_served_ends_the_sound_where_it_is() {
    for pause in [false, true] {
        let mut rig = rig();
        rig.play(200, 300);
        let mut at = frame_begins(TO_200, 50) + 100;
        rig.run(Tick(at));
        if pause {
            rig.order(CMD_PAUSE);
            rig.run_for(1_000);
            at += 1_000;
        }
        let read = rig.read(150, 1);
        assert_eq!(rig.position().0, AUDIO_NONE);
        // A hundred frames back, and up to double speed again.
        let seek = 100_000 + 400 * (300 * 1_000_000 / 330_000_u64).isqrt();
        let wanted = at + 12_500 + 3_125_000 + seek * 25 / 2 + 83_333 + 6_400;
        let (ended, result, terms) = rig.end_of(read);
        assert_eq!(result, Finished::ok(2048));
        assert!(ended.0.abs_diff(wanted) <= 1, "{ended:?} {wanted}");
        assert_eq!(terms.speed_change, Ticks(3_125_000));
        assert_eq!(rig.position().0, AUDIO_NONE);
        rig.order(CMD_RESUME);
        assert_eq!(rig.position().0, AUDIO_NONE);
    }
}

#[test]
fn sound_that_was_played_to_its_end_stays_completed() {
    let mut rig = rig();
    rig.play(200, 210);
    rig.run_for(IDLE);
    let read = rig.read(150, 1);
    // The disc turned until the sound had ended, less than the idle time ago.
    assert_eq!(rig.end_of(read).2.spin_up, Ticks(0));
    assert_eq!(rig.heard().0, AUDIO_COMPLETED);
    rig.order(CMD_STOP);
    assert_eq!(rig.heard().0, AUDIO_NONE);
}

#[test]
fn the_disc_turns_while_it_plays_and_the_idle_time_after_it() {
    let mut table = mixed();
    table.tracks[1].frames = 100_000;
    table.lead_out = 100_200;
    let mut rig = Rig::with(DriveProfile::Nominal, table);
    rig.play(200, 10_200);
    let end = frame_begins(TO_200, 10_000);
    for (at, turns) in [
        (IDLE, true),
        (end - 1, true),
        (end + IDLE - 2, true),
        (end + IDLE, false),
    ] {
        rig.run(Tick(at));
        assert_eq!(rig.drive.status_byte(rig.now) & 0x20 != 0, turns, "{at}");
    }
    // Asking where the sound is makes no difference.
    rig.heard();
    assert_eq!(rig.status(), 0xC1);
    // It must turn again before it plays.
    let at = rig.now.0;
    rig.play(10_200, 10_300);
    let begins = at + SPIN_UP + 12_500;
    rig.run(Tick(frame_begins(begins, 1) - 1));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 10_200));
    rig.run_for(1);
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 10_201));
}

#[test]
fn a_disc_that_play_sets_in_motion_turns_no_sooner_for_others() {
    let read = |rig: &mut Rig| {
        let read = rig.read(150, 1);
        rig.end_of(read).2
    };
    let mut rig = rig();
    rig.order(CMD_STOP);
    let at = rig.now.0;
    rig.play(200, 300);
    rig.run_for(1_000);
    let mut twin = rig.clone();
    assert_eq!(read(&mut twin).spin_up, Ticks(SPIN_UP - 1_000));
    assert_eq!(read(&mut twin).spin_up, Ticks(0));
    let mut twin = rig.clone();
    let (subq, _) = twin.ask(Op::Control(CMD_READ_SUBQ), 12);
    assert_eq!(twin.end_of(subq).2.spin_up, Ticks(SPIN_UP - 1_000));
    // Another PLAY waits for it too; its head is there already.
    rig.play(200, 300);
    rig.run(Tick(frame_begins(at + SPIN_UP + 12_500, 1) - 1));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 200));
    rig.run_for(1);
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 201));
    // Of one that was stopped nothing is left.
    rig.order(CMD_STOP);
    assert_eq!(read(&mut rig).spin_up, Ticks(SPIN_UP));
}

#[test]
fn stop_lets_the_disc_stand_still_and_start_lets_it_turn() {
    let mut rig = rig();
    rig.play(200, 300);
    rig.run_for(10_000_000);
    assert_eq!(rig.order(CMD_STOP), done(0));
    assert_eq!(rig.heard().0, AUDIO_NONE);
    assert_eq!(rig.status(), 0xC1);
    let at = rig.now;
    let (start, submit) = rig.send(Op::Control(CMD_START), |_| ());
    assert_eq!(submit, Submit::Pending);
    assert_eq!(rig.status(), 0xE1);
    let (ended, result, terms) = rig.end_of(start);
    assert_eq!(result, Finished::ok(0));
    assert_eq!(ended, at + Ticks(SPIN_UP + 12_500));
    assert_eq!(terms.spin_up, Ticks(SPIN_UP));
    let (start, _) = rig.send(Op::Control(CMD_START), |_| ());
    assert_eq!(rig.end_of(start).0, ended + Ticks(12_500));
    // Without START what comes next waits for the disc itself.
    rig.order(CMD_STOP);
    let read = rig.read(150, 1);
    assert_eq!(rig.end_of(read).2.spin_up, Ticks(SPIN_UP));
    // A drive at work goes on; it is only the sound that stops.
    let read = rig.read(160, 2);
    rig.order(CMD_STOP);
    assert_eq!(rig.status() & 0x20, 0x20);
    assert_eq!(rig.end_of(read).1, Finished::ok(4096));
    assert_eq!(rig.status() & 0x20, 0x20);
}

#[test]
fn sound_waits_for_what_is_read_and_for_the_disc_to_be_known() {
    let mut rig = rig();
    let read = rig.read(150, 2);
    let (play, submit) = rig.play(200, 300);
    assert_eq!(submit, Submit::Pending);
    assert_eq!(rig.play(0, 10).1, refused(DevError::BadArgument));
    let at = rig.end_of(read).0;
    assert_eq!(rig.ended(play), Some((at, Finished::ok(0))));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 200));
    assert_eq!(rig.drive.last_error, 0);

    let mut rig = Rig::empty(DriveProfile::Nominal);
    rig.media(&MediaEvent::Insert(Some((DiscNumber(1), mixed()))));
    assert_eq!(rig.position(), (AUDIO_NONE, 0, 0, 0, 0));
    for command in [CMD_PAUSE, CMD_RESUME, CMD_STOP] {
        assert_eq!(rig.order(command), done(0));
    }
    let (good, first) = rig.play(200, 300);
    let (bad, second) = rig.play(150, 160);
    let (start, third) = rig.send(Op::Control(CMD_START), |_| ());
    assert_eq!([first, second, third], [Submit::Pending; 3]);
    rig.run(Tick(SPIN_UP));
    assert_eq!(rig.ended(good), Some((rig.now, Finished::ok(0))));
    let refused = failed(0, DevError::BadArgument);
    assert_eq!(rig.ended(bad), Some((rig.now, refused)));
    assert_eq!(rig.end_of(start).0, Tick(SPIN_UP + 12_500));
    rig.run(Tick(SPIN_UP + frame_begins(TO_200, 3)));
    assert_eq!(rig.heard(), (AUDIO_PLAYING, 203));
}

#[test]
fn sound_ends_when_the_disc_leaves() {
    let mut rig = rig();
    rig.play(200, 300);
    let (eject, submit) = rig.send(Op::Control(CMD_EJECT), |_| ());
    assert_eq!(submit, Submit::Pending);
    rig.run_for(12_499);
    assert_eq!(rig.heard().0, AUDIO_PLAYING);
    assert_eq!(rig.end_of(eject).0, Tick(12_500));
    assert!(rig.drive.medium().is_none());
    let offline = refused(DevError::Offline);
    for command in [CMD_PAUSE, CMD_RESUME, CMD_STOP, CMD_START, CMD_POSITION] {
        assert_eq!(rig.order(command), offline);
    }
    assert_eq!(rig.play(200, 300).1, offline);
    rig.media(&MediaEvent::Close);
    rig.run_for(SPIN_UP);
    assert_eq!(rig.heard(), (AUDIO_NONE, 150));
    rig.order(CMD_STOP);
    rig.play(200, 300);
    rig.media(&MediaEvent::Insert(Some((DiscNumber(1), mixed()))));
    rig.run_for(SPIN_UP);
    assert_eq!(rig.heard(), (AUDIO_NONE, 150));
    // A disc without a table of contents.
    let nonsense = Some((DiscNumber(1), DiscTable::default()));
    rig.media(&MediaEvent::Insert(nonsense));
    rig.run_for(SPIN_UP);
    let media = refused(DevError::Media);
    assert_eq!(rig.play(200, 300).1, media);
    assert_eq!(rig.order(CMD_POSITION), media);
}

#[test]
fn the_position_that_portfolio_reads_follows_the_sound() {
    for profile in [DriveProfile::Nominal, DriveProfile::Instant] {
        let mut rig = Rig::with(profile, mixed());
        rig.play(200, 300);
        rig.run_for(6_100_000);
        let frame = rig.heard().1;
        assert!(frame > 200);
        let (subq, _) = rig.ask(Op::Control(CMD_READ_SUBQ), 12);
        let (at, result, _) = rig.end_of(subq);
        assert_eq!(result, Finished::ok(12));
        let [s, f] = [frame / 75, frame % 75].map(|n| n as u8);
        assert_eq!(rig.bytes(12)[9..], [0, s, f]);
        rig.run(at + Ticks(1));
        let passed = profile == DriveProfile::Nominal;
        assert_eq!(rig.heard(), (AUDIO_PLAYING, frame + u32::from(passed)));
    }
}

#[test]
fn volume_is_four_bytes_and_outlives_discs() {
    let mut rig = rig();
    let read = |rig: &mut Rig, len| {
        let submit = rig.ask(Op::Control(CMD_READ_VOLUME), len).1;
        (submit, rig.bytes(4))
    };
    assert_eq!(read(&mut rig, 4), (done(4), vec![255, 255, 0, 0]));
    let set = |rig: &mut Rig, len| {
        rig.send(Op::Control(CMD_SET_VOLUME), |request| {
            request.send = Buffer::Guest { addr: SEND, len };
        })
    };
    rig.memory.set_word(SEND, 0x0102_0380);
    for len in [0, 3, 5, 8] {
        assert_eq!(set(&mut rig, len).1, refused(DevError::BadArgument));
    }
    assert_eq!(read(&mut rig, 4).1, [255, 255, 0, 0]);
    assert_eq!(set(&mut rig, 4).1, done(0));
    rig.media(&MediaEvent::Insert(None));
    assert_eq!(read(&mut rig, 100), (done(4), vec![1, 2, 3, 0x80]));
    assert_eq!(read(&mut rig, 2).0, done(2));
}

/// A change that makes a drive that plays impossible.
type Spoil = fn(&mut CdRom);

#[test]
fn drives_that_cannot_play_what_they_say_are_not_sound() {
    let mut rig = rig();
    rig.play(200, 300);
    rig.run(Tick(6_000_000));
    assert!(rig.drive.is_sound(rig.now));
    let playing = |from, to, begins| Transport::Playing {
        span: Span { from, to },
        begins: Sixths(begins),
    };
    for (transport, sound) in [
        (playing(200, 300, 0), true),
        (playing(250, 200, 0), false),
        (playing(200, 301, 0), false),
        (playing(u32::MAX, u32::MAX, 0), false),
        (playing(200, 300, u64::MAX), false),
    ] {
        let mut drive = rig.drive.clone();
        drive.audio.transport = transport;
        assert_eq!(drive.is_sound(rig.now), sound, "{transport:?}");
    }
    let spoils: [Spoil; 4] = [
        |d| d.closed = false,
        |d| d.disc = None,
        |d| d.head.paused = false,
        |d| d.disc.as_mut().unwrap().table = DiscTable::default(),
    ];
    for (n, spoil) in spoils.into_iter().enumerate() {
        let mut drive = rig.drive.clone();
        spoil(&mut drive);
        assert!(!drive.is_sound(rig.now), "{n}");
    }
    let mut drive = rig.drive.clone();
    let ready = Tick(6_000_001);
    let event = rig.device(|_, cx| cx.schedule(ready, TRY_DISC, 0));
    drive.trying = Some((ready, event));
    assert!(!drive.is_sound(rig.now));
    let sound = rig.drive.audio;
    rig.read(150, 1);
    assert!(rig.drive.is_sound(rig.now));
    rig.drive.audio = sound;
    assert!(!rig.drive.is_sound(rig.now));
    let mut drive = CdRom::new(DriveProfile::Nominal);
    drive.audio.turns = Sixths(u64::MAX);
    assert!(!drive.is_sound(Tick(0)));
    drive.audio.turns = Sixths(0);
    drive.audio.stopped = true;
    assert!(!drive.is_sound(Tick(0)));
}
