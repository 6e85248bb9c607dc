//! The options word, and what the drive says about itself.
//!
//! Device sheet 4.2, and 4.4 to 4.6.

use super::super::options::{AddressFormat, Pitch, Recovery, Settings};
use super::super::records::Position;
use super::*;

#[test]
fn options_are_the_words_that_programs_send() {
    let audio = Options {
        density: Some(Density::Audio),
        speed: Some(Speed::Single),
        length: Some(2352),
        ..Options::default()
    };
    assert_eq!(audio.encode(), 0x8000_4930);
    assert_eq!(Options::decode(0x8000_4930), Ok(audio));
    let data = Options {
        density: Some(Density::Mode1),
        speed: Some(Speed::Double),
        length: Some(2048),
        ..Options::default()
    };
    assert_eq!(data.encode(), 0x4000_8800);
    assert_eq!(Options::decode(0x4000_8800), Ok(data));
}

#[test]
fn every_option_field_has_its_place_and_its_range() {
    type Field = (u32, u32, fn(&Options) -> u32);
    let fields: [Field; 9] = [
        (29, 4, |o| o.density.map_or(0, |d| d as u32 + 1)),
        (27, 3, |o| o.recovery.map_or(0, |r| r as u32 + 1)),
        (25, 1, |o| o.address.map_or(0, |a| a as u32)),
        (23, 2, |o| o.read_ahead.map_or(0, |on| 2 - u32::from(on))),
        (19, 15, |o| u32::from(o.timeout_shift)),
        (16, 7, |o| u32::from(o.retry_shift)),
        (14, 2, |o| o.speed.map_or(0, |s| s as u32 + 1)),
        (12, 3, |o| o.pitch.map_or(0, |p| p as u32 + 1)),
        (0, 4095, |o| u32::from(o.length.unwrap_or(0))),
    ];
    for (n, (low, most, value)) in fields.into_iter().enumerate() {
        let above = if n == 0 { 32 } else { fields[n - 1].0 };
        for number in 0..1 << (above - low) {
            let options = Options::decode(number << low);
            if number > most {
                assert_eq!(options, Err(DevError::BadArgument), "{number} << {low}");
                continue;
            }
            let options = options.unwrap();
            assert_eq!(value(&options), number);
            assert_eq!(options.encode(), number << low);
        }
    }
}

#[test]
fn setdefaults_stores_what_is_not_zero_and_always_the_address_format() {
    let mut settings = Settings::default();
    settings.store(&Options {
        density: Some(Density::Audio),
        recovery: Some(Recovery::BestAttempt),
        address: Some(AddressFormat::Msf),
        read_ahead: Some(false),
        timeout_shift: 3,
        retry_shift: 5,
        speed: Some(Speed::Single),
        pitch: Some(Pitch::Fast),
        length: Some(2352),
    });
    let all = settings;
    assert_eq!(all.density, Density::Audio);
    assert_eq!(all.recovery, Recovery::BestAttempt);
    assert_eq!(all.address, AddressFormat::Msf);
    assert!(!all.read_ahead);
    assert_eq!(all.retries(), 31);
    assert_eq!(
        (all.speed, all.pitch, all.length),
        (Speed::Single, Pitch::Fast, 2352)
    );
    settings.store(&Options::default());
    let address = AddressFormat::Blocks;
    assert_eq!(settings, Settings { address, ..all });
    settings.store(&Options {
        retry_shift: 2,
        ..Options::default()
    });
    assert_eq!(settings.retries(), 3);
    assert_eq!(settings.recovery, Recovery::BestAttempt);
}

#[test]
fn retries_of_a_request_count_only_with_a_recovery() {
    let defaults = Settings::default();
    let mut options = Options {
        retry_shift: 1,
        ..Options::default()
    };
    assert_eq!(defaults.with(&options).retries(), 7);
    options.recovery = Some(Recovery::CircOnly);
    assert_eq!(defaults.with(&options).retries(), 1);
}

#[test]
fn setdefaults_refuses_what_no_read_could_use() {
    let mut rig = Rig::new(DriveProfile::Nominal, 7);
    let bad = refused(DevError::BadArgument);
    for option in [0xA000_0000, 0x0400_0000, 0x0180_0000, 0x0000_C000, 2049] {
        for op in [Op::Control(CMD_SETDEFAULTS), Op::Read] {
            let (_, submit) = rig.send(op, |request| {
                request.offset = 150;
                request.option = option;
                request.recv = Buffer::Guest {
                    addr: RECV,
                    len: 2048 * 2049,
                };
            });
            assert_eq!(submit, bad, "{op:?} {option:#x}");
        }
    }
    assert_eq!(rig.drive.settings, Settings::default());
}

#[test]
fn disc_data_of_a_disc_of_seven_blocks() {
    let mut rig = Rig::new(DriveProfile::Nominal, 7);
    let (_, submit) = rig.ask(Op::Control(CMD_DISCDATA), 1000);
    assert_eq!(submit, done(816));
    let data = rig.bytes(816);
    assert_eq!(data[..8], [0, 1, 1, 0, 2, 7, 0, 0]);
    assert_eq!(data[8..16], [0; 8]);
    assert_eq!(data[16..24], [0, 0x14, 1, 0, 0, 2, 0, 0]);
    assert_eq!(data[24..], [0; 792]);
    for len in [0, 5, 815] {
        assert_eq!(rig.ask(Op::Control(CMD_DISCDATA), len).1, done(len));
    }
}

#[test]
fn disc_data_of_several_tracks() {
    let mut rig = Rig::with(DriveProfile::Nominal, mixed());
    rig.ask(Op::Control(CMD_DISCDATA), 816);
    let data = rig.bytes(816);
    assert_eq!(data[..6], [0, 1, 2, 0, 4, 0]);
    assert_eq!(data[24..32], [0, 0x10, 2, 0, 0, 2, 50, 0]);
    let mut rig = Rig::with(DriveProfile::Nominal, xa());
    rig.ask(Op::Control(CMD_DISCDATA), 816);
    assert_eq!(rig.bytes(1), [0x20]);
}

#[test]
fn status_of_a_disc_of_data() {
    let mut rig = Rig::new(DriveProfile::Nominal, 7);
    assert_eq!(rig.ask(Op::Status, 40).1, done(36));
    let words: Vec<u32> = rig
        .bytes(36)
        .chunks(4)
        .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
        .collect();
    let usage = 0xA000_0000;
    assert_eq!(words, [0x0600_0100, 36, 2048, 157, 0xE3, usage, 0, 0, 0]);
    assert_eq!(rig.ask(Op::Status, 7).1, done(7));
}

#[test]
fn status_of_a_disc_of_sound() {
    let mut table = mixed();
    table.tracks.remove(0);
    let mut rig = Rig::with(DriveProfile::Nominal, table);
    rig.ask(Op::Status, 36);
    let record = rig.bytes(36);
    assert_eq!(record[8..16], [0, 0, 9, 0x30, 0, 0, 1, 44]);
    assert_eq!(record[20..24], [0x20, 0, 0, 0]);
}

#[test]
fn channel_q_has_digits_and_a_checksum() {
    let table = mixed();
    // 00:02:00 of track 1; the checksum is that of CCITT over ten bytes, inverted.
    let q = Position::of(&table, 150).channel();
    assert_eq!(q[..10], [0x41, 1, 1, 0, 0, 0, 0, 0, 2, 0]);
    let mut crc = 0_u16;
    for bit in q
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1))
    {
        let out = crc >> 15;
        crc = (crc << 1 | u16::from(bit)) ^ if out == 1 { 0x1021 } else { 0 };
    }
    // The remainder of a message with its inverted checksum.
    assert_eq!(crc, 0xFFFF);
    assert_eq!(
        Position::of(&table, 299).channel()[..10],
        [1, 2, 1, 0, 1, 0x24, 0, 0, 3, 0x74]
    );
    let subcode = Position::of(&table, 150).subcode();
    assert_eq!(subcode[..8], [0, 0x40, 0, 0, 0, 0, 0, 0x40]);
}

#[test]
fn positions_count_down_in_the_gap_before_a_track() {
    let table = mixed();
    let place = |frame| {
        let Position {
            track,
            index,
            relative,
            ..
        } = Position::of(&table, frame);
        (track, index, relative)
    };
    assert_eq!(place(0), (1, 0, 150));
    assert_eq!(place(149), (1, 0, 1));
    assert_eq!(place(150), (1, 1, 0));
    assert_eq!(place(189), (1, 1, 39));
    assert_eq!(place(190), (2, 0, 10));
    assert_eq!(place(200), (2, 1, 0));
}

#[test]
fn sub_q_comes_with_the_next_frame() {
    let mut rig = Rig::new(DriveProfile::Nominal, 10_000);
    // The head waits at 150: some frame passes all the same.
    let (id, submit) = rig.ask(Op::Control(CMD_READ_SUBQ), 100);
    assert_eq!(submit, Submit::Pending);
    assert_eq!(rig.end_of(id).0, Tick(83_333));
    assert_eq!(rig.end_of(id).1, Finished::ok(12));
    assert_eq!(rig.bytes(12), [0x87, 1, 0x14, 1, 1, 0, 0, 0, 0, 0, 2, 0]);
    // While it reads ahead: frame 152 ends three frames after the head began.
    let read = rig.read(150, 1);
    rig.end_of(read);
    let began = 83_333 * 6 + 12_500 * 6;
    rig.run(Tick((began + 2 * 500_000) / 6 + 7));
    let (id, _) = rig.ask(Op::Control(CMD_READ_SUBQ), 12);
    assert_eq!(rig.end_of(id).0, Tick((began + 3 * 500_000) / 6));
    assert_eq!(rig.bytes(12)[5..], [0, 0, 2, 0, 0, 2, 2]);
    let (id, _) = rig.ask(Op::Control(CMD_READ_SUBQ), 5);
    assert_eq!(rig.end_of(id).1, Finished::ok(5));
}
