//! Reading: what, in which order, and how long it takes.
//!
//! Device sheet 4.3, 4.7 and 4.8.

use super::*;

const FRAME: u64 = 500_000;

#[test]
fn seeks_take_what_the_sheet_says() {
    let nominal = DriveProfile::Nominal.constants();
    let fz1 = DriveProfile::Fz1.constants();
    let micros = [
        (0, 0),
        (100, 112_000),
        (1_000, 138_000),
        (11_000, 226_400),
        (33_000, 318_800),
        (110_000, 500_000),
        (165_000, 575_000),
        (330_000, 800_000),
    ];
    for (distance, micros) in micros {
        assert_eq!(nominal.seek_micros(distance), micros, "{distance}");
    }
    assert_eq!(fz1.seek_micros(110_000), 350_000);
    assert_eq!(fz1.seek_micros(330_000), 750_000);
    let seek = |from, to| nominal.seek(from, to, Speed::Double);
    assert_eq!(seek(10, 26), Sixths(16 * FRAME));
    assert_eq!(seek(10, 27), Sixths::micros(nominal.seek_micros(17)));
    assert_eq!(seek(10, 9), Sixths::micros(nominal.seek_micros(1)));
    assert_eq!(seek(10, 10), Sixths(0));
}

#[test]
fn sixteen_sectors_from_a_fresh_drive() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let id = rig.read(150, 16);
    let (at, result, terms) = rig.end_of(id);
    assert_eq!(at, Tick(1_352_233));
    assert_eq!(result, Finished::ok(32_768));
    let wanted = Terms {
        command: Ticks(12_500),
        reading: Ticks(1_333_333),
        transfer: Ticks(6_400),
        ..Terms::default()
    };
    assert_eq!(terms, wanted);
    for n in 0..16 {
        let at = n as usize * 2048;
        assert_eq!(rig.bytes(32_768)[at], byte(150 + n, 16));
    }
}

#[test]
fn the_edges_of_a_disc_of_seven_blocks() {
    let mut rig = Rig::new(DriveProfile::Nominal, 7);
    let id = rig.read(149, 1);
    assert_eq!(rig.end_of(id).1, Finished::ok(2048));
    assert_eq!(rig.bytes(2048), [0; 2048]);
    let id = rig.read(156, 1);
    assert_eq!(rig.end_of(id).1, Finished::ok(2048));
    let plain = Options::default();
    for (offset, len, error) in [
        (157, 2048, DevError::EndOfMedium),
        (u32::MAX, 2048, DevError::EndOfMedium),
        (157, 4096, DevError::EndOfMedium),
        (156, 4096, DevError::BadArgument),
        (0, 2048 * 158, DevError::BadArgument),
        (150, 0, DevError::BadArgument),
        (150, 2047, DevError::BadArgument),
        (157, 2049, DevError::BadArgument),
    ] {
        assert_eq!(rig.read_with(offset, len, plain).1, refused(error));
    }
}

#[test]
fn profiles_have_names() {
    for profile in DriveProfile::ALL {
        assert_eq!(DriveProfile::by_name(profile.name()), Some(profile));
    }
    assert_eq!(DriveProfile::by_name("slow"), None);
    assert_eq!(DriveProfile::default(), DriveProfile::Nominal);
}

#[test]
fn commands_that_it_does_not_have_are_refused() {
    let mut rig = Rig::new(DriveProfile::Nominal, 7);
    let info = rig.drive.info();
    assert_eq!(
        (info.name, info.max_unit, info.commands.len()),
        ("CD-ROM", 0, 10)
    );
    assert_eq!(info.rank, Rank::CDROM);
    let bad = refused(DevError::BadCommand);
    for op in [Op::Write, Op::Control(3), Op::Control(7), Op::Control(10)] {
        assert_eq!(rig.ask(op, 2048).1, bad, "{op:?}");
    }
    let (_, submit) = rig.send(Op::Status, |request| request.unit = 1);
    assert_eq!(submit, refused(DevError::BadUnit));
}

/// Reads one block of each length that is not refused: the length, and what the block holds.
fn lengths(table: &DiscTable, frame: u32, density: Option<Density>) -> Vec<(u32, Vec<u8>)> {
    let mut rig = Rig::with(DriveProfile::Instant, table.clone());
    (1..4096)
        .filter_map(|length| {
            let options = Options {
                density,
                length: Some(length),
                ..Options::default()
            };
            let length = u32::from(length);
            let (id, submit) = rig.read_with(frame, length, options);
            if submit != Submit::Pending {
                assert_eq!(submit, refused(DevError::BadArgument));
                return None;
            }
            assert_eq!(rig.end_of(id).1, Finished::ok(length));
            Some((length, rig.bytes(length)))
        })
        .collect()
}

fn raw(frame: u32, from: usize, to: usize) -> Vec<u8> {
    (from..to).map(|n| byte(frame, n)).collect()
}

fn with_subcode(mut block: Vec<u8>, zeros: usize, table: &DiscTable, frame: u32) -> Vec<u8> {
    block.extend(super::super::records::Position::of(table, frame).subcode());
    block.extend(vec![0; zeros]);
    block
}

#[test]
fn blocks_of_data_have_these_lengths() {
    let table = DiscTable::one_track(100);
    let raw = |from, to| raw(160, from, to);
    let subcode = |block, zeros| with_subcode(block, zeros, &table, 160);
    let wanted = [
        (2048, raw(16, 2064)),
        (2052, raw(12, 2064)),
        (2336, raw(16, 2352)),
        (2340, raw(12, 2352)),
        (2352, raw(0, 2352)),
        (2436, subcode(raw(12, 2352), 0)),
        (2440, subcode(raw(12, 2352), 4)),
        (2448, subcode(raw(0, 2352), 0)),
    ];
    for density in [None, Some(Density::Default), Some(Density::Mode1)] {
        assert_eq!(lengths(&table, 160, density), wanted);
    }
    assert_eq!(lengths(&table, 160, Some(Density::Mode2)), []);
    assert_eq!(lengths(&table, 160, Some(Density::Audio)), []);
}

#[test]
fn blocks_of_xa_have_these_lengths() {
    let table = xa();
    let raw = |from, to| raw(160, from, to);
    let subcode = |block, zeros| with_subcode(block, zeros, &table, 160);
    let wanted = [
        // The tests' host has the data of every sector at 16.
        (2048, raw(16, 2064)),
        (2060, raw(12, 2072)),
        (2324, raw(24, 2348)),
        (2328, raw(24, 2352)),
        (2336, raw(16, 2352)),
        (2340, raw(12, 2352)),
        (2352, raw(0, 2352)),
        (2436, subcode(raw(12, 2352), 0)),
        (2440, subcode(raw(12, 2352), 4)),
        (2448, subcode(raw(0, 2352), 0)),
    ];
    for density in [None, Some(Density::Mode2)] {
        assert_eq!(lengths(&table, 160, density), wanted);
    }
    assert_eq!(lengths(&table, 160, Some(Density::Mode1)), []);
}

#[test]
fn blocks_of_sound_have_these_lengths() {
    let table = mixed();
    let samples = raw(250, 0, 2352);
    let mut error = samples.clone();
    error.push(0);
    let wanted = [
        (2352, samples.clone()),
        (2353, error.clone()),
        (2448, with_subcode(samples, 0, &table, 250)),
        (2449, with_subcode(error, 0, &table, 250)),
    ];
    assert_eq!(lengths(&table, 250, Some(Density::Audio)), wanted);
    // Default means data on a disc whose id is 0.
    assert_eq!(lengths(&table, 250, None), []);
}

#[test]
fn a_range_over_two_kinds_of_track_is_refused() {
    let mut rig = Rig::with(DriveProfile::Instant, mixed());
    let density = |density| Options {
        density: Some(density),
        length: Some(2352),
        ..Options::default()
    };
    let mut read =
        |offset, blocks: u32, kind| rig.read_with(offset, blocks * 2352, density(kind)).1;
    let bad = refused(DevError::BadArgument);
    // The gap of ten frames belongs to the track before it.
    assert_eq!(read(150, 50, Density::Mode1), Submit::Pending);
    assert_eq!(read(150, 51, Density::Mode1), bad);
    assert_eq!(read(200, 100, Density::Audio), Submit::Pending);
    assert_eq!(read(199, 2, Density::Audio), bad);
    assert_eq!(read(0, 150, Density::Mode1), Submit::Pending);
}

#[test]
fn gaps_are_zeros() {
    let mut rig = Rig::with(DriveProfile::Instant, mixed());
    rig.host.gap = Some(190);
    let id = rig.read(189, 2);
    assert_eq!(rig.end_of(id).1, Finished::ok(4096));
    assert_eq!(rig.bytes(4096)[2048..], [0; 2048]);
    assert_ne!(rig.bytes(2048), [0; 2048]);
    let options = Options {
        length: Some(2352),
        ..Options::default()
    };
    let (id, _) = rig.read_with(190, 2352, options);
    assert_eq!(rig.end_of(id).1, Finished::ok(2352));
    assert_eq!(rig.bytes(2352), [0; 2352]);
}

#[test]
fn minutes_seconds_and_frames_are_binary_and_absolute() {
    let mut rig = Rig::new(DriveProfile::Instant, 10_000);
    let msf = Options::decode(1 << 25).unwrap();
    let (id, _) = rig.read_with(0x0001_0203, 2048, msf);
    rig.end_of(id);
    assert_eq!(rig.bytes(1)[0], byte(4500 + 150 + 3, 16));
    let (_, submit) = rig.read_with(0xFFFF_FFFF, 2048, msf);
    assert_eq!(submit, refused(DevError::EndOfMedium));
    let (_, submit) = rig.send(Op::Control(CMD_SETDEFAULTS), |r| r.option = 1 << 25);
    assert_eq!(submit, done(0));
    let id = rig.read(0x0000_0201, 1);
    rig.end_of(id);
    assert_eq!(rig.bytes(1)[0], byte(151, 16));
}

#[test]
fn pitch_is_for_sound_at_single_speed() {
    let mut rig = Rig::with(DriveProfile::Instant, mixed());
    let mut read = |word: u32, offset, length| {
        let options = Options::decode(word | length).unwrap();
        rig.read_with(offset, length, options).1
    };
    let (sound, single, double) = (4 << 29, 1 << 14, 2 << 14);
    let bad = refused(DevError::BadArgument);
    for pitch in [1 << 12, 3 << 12] {
        assert_eq!(read(sound | single | pitch, 250, 2352), Submit::Pending);
        assert_eq!(read(sound | double | pitch, 250, 2352), bad);
        assert_eq!(read(single | pitch, 150, 2048), bad);
    }
    assert_eq!(read(2 << 12, 150, 2048), Submit::Pending);
}

#[test]
fn defaults_count_from_when_a_request_was_sent() {
    let mut rig = Rig::with(DriveProfile::Nominal, mixed());
    let first = rig.read(150, 1);
    let second = rig.read(151, 1);
    let (_, submit) = rig.send(Op::Control(CMD_SETDEFAULTS), |r| r.option = 0x8000_0930);
    assert_eq!(submit, done(0));
    assert_eq!(rig.end_of(first).1, Finished::ok(2048));
    assert_eq!(rig.end_of(second).1, Finished::ok(2048));
    let (sound, submit) = rig.read_with(250, 2352, Options::default());
    assert_eq!(submit, Submit::Pending);
    assert_eq!(rig.end_of(sound).1, Finished::ok(2352));
}

#[test]
fn every_block_arrives_when_its_own_delivery_is_due() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    rig.read(150, 3);
    for n in 1..=3 {
        let at = Tick(12_500 + 6_400 + n * 250_000 / 3);
        let place = (n as usize - 1) * 2048;
        rig.run(Tick(at.0 - 1));
        assert_eq!(rig.bytes(6144)[place], 0);
        rig.run(at);
        assert_eq!(rig.bytes(6144)[place], byte(149 + n as u32, 16));
    }
}

#[test]
fn the_buffer_fills_and_the_head_waits_until_a_place_is_free() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let first = rig.read(150, 1);
    rig.end_of(first);
    rig.run_for(5_000_000);
    let sent = rig.now;
    // 151 to 166 are there; 167 begins when 151 has been delivered, 168 follows.
    let id = rig.read(151, 18);
    let (at, result, terms) = rig.end_of(id);
    assert_eq!(result, Finished::ok(18 * 2048));
    assert_eq!(
        at,
        Tick((sent.0 * 6 + 6_400 * 6 + 2 * FRAME + 6_400 * 6) / 6)
    );
    assert_eq!((terms.command, terms.seek), (Ticks(0), Ticks(0)));
    assert_eq!(terms.reading, Ticks(6_400 + 2 * FRAME / 6));
    assert_eq!(terms.transfer.0 + terms.reading.0, at.since(sent).0);
}

#[test]
fn a_disc_that_stood_still_turns_again_first() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    rig.run(Tick(375_000_000));
    let id = rig.read(150, 1);
    let (at, _, terms) = rig.end_of(id);
    assert_eq!(terms.spin_up, Ticks(18_750_000));
    let wanted = 375_000_000 + 18_750_000 + 12_500 + 83_333 + 6_400;
    assert_eq!(at, Tick(wanted));
}

#[test]
fn a_change_of_speed_takes_its_time_once() {
    let mut rig = Rig::new(DriveProfile::Nominal, 1_000);
    let single = Options {
        speed: Some(Speed::Single),
        ..Options::default()
    };
    let (id, _) = rig.read_with(150, 2048, single);
    let (at, _, terms) = rig.end_of(id);
    assert_eq!(terms.speed_change, Ticks(3_125_000));
    assert_eq!(at, Tick(12_500 + 3_125_000 + 166_666 + 6_400));
    let (id, _) = rig.read_with(500, 2048, single);
    assert_eq!(rig.end_of(id).2.speed_change, Ticks(0));
}

#[test]
fn an_instant_drive_takes_the_same_for_every_request() {
    let mut rig = Rig::new(DriveProfile::Instant, 300_000);
    let first = rig.read(150, 40);
    let second = rig.read(250_000, 1);
    let open = rig.send(Op::Control(CMD_OPEN_DRAWER), |_| ()).0;
    assert_eq!(rig.end_of(first).0, Tick(2_604));
    assert_eq!(rig.bytes(80 * 1024)[39 * 2048], byte(189, 16));
    assert_eq!(rig.end_of(second).0, Tick(5_208));
    assert_eq!(rig.end_of(open).0, Tick(7_812));
    rig.media(&MediaEvent::Close);
    rig.run_for(0);
    assert!(rig.drive.has_medium());
    assert_eq!(rig.status(), 0xE3);
}
