//! Reading: what, in which order, and how long it takes (device sheet 4.3, 4.7, 4.8).

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
