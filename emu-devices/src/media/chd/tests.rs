//! CHD images without compression, made here, and ones that lie.

use super::super::iso;
use super::*;
use emu_core::loader::opera_fs::writer::{Content, Item, pack};
use emu_core::loader::opera_fs::{BLOCK_SIZE, BlockError, Blocks, Volume};
use emu_core::media::TrackKind;
use proptest::prelude::*;

const HUNK: usize = 8 * FRAME as usize;

fn image() -> Vec<u8> {
    let item = Item {
        name: "LaunchMe".to_owned(),
        content: Content::File((0..9000).map(|n| (n / 7) as u8).collect()),
    };
    pack(&[item], "CD-ROM").expect("packs")
}

/// Sectors of any size as frames, with the padding behind a track.
fn frames(sectors: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for sector in sectors.chunks(size) {
        bytes.extend(sector);
        bytes.resize(bytes.len().next_multiple_of(FRAME as usize), 0xEE);
    }
    bytes.resize(bytes.len().next_multiple_of(4 * FRAME as usize), 0xEE);
    bytes
}

/// Where the metadata begins: behind the header.
const METADATA: usize = HEADER;

/// Version 5 without compression: header, metadata, map, hunks.
fn chd(rows: &[String], mut data: Vec<u8>) -> Vec<u8> {
    let length = data.len() as u64;
    data.resize(data.len().next_multiple_of(HUNK), 0);
    let mut metadata = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let next = METADATA + metadata.len() + 16 + row.len() + 1;
        let next = if n + 1 == rows.len() { 0 } else { next };
        metadata.extend(b"CHT2");
        metadata.extend(((1 << 24) | (row.len() as u32 + 1)).to_be_bytes());
        metadata.extend((next as u64).to_be_bytes());
        metadata.extend(row.as_bytes());
        metadata.push(0);
    }
    let map = METADATA + metadata.len();
    let hunks = data.len() / HUNK;
    let first = (map + 4 * hunks).div_ceil(HUNK);
    let mut bytes = b"MComprHD".to_vec();
    bytes.extend(
        [HEADER as u32, 5, 0, 0, 0, 0]
            .map(u32::to_be_bytes)
            .concat(),
    );
    bytes.extend(length.to_be_bytes());
    bytes.extend((map as u64).to_be_bytes());
    bytes.extend(if rows.is_empty() { 0 } else { METADATA as u64 }.to_be_bytes());
    bytes.extend([HUNK as u32, FRAME].map(u32::to_be_bytes).concat());
    bytes.resize(HEADER, 0);
    bytes.extend(metadata);
    for n in 0..hunks {
        bytes.extend(((first + n) as u32).to_be_bytes());
    }
    bytes.resize(first * HUNK, 0);
    bytes.extend(data);
    bytes
}

fn row(number: usize, kind: &str, frames: usize, gap: &str) -> String {
    format!("TRACK:{number} TYPE:{kind} SUBTYPE:NONE FRAMES:{frames} {gap}")
}

fn disc(bytes: Vec<u8>) -> Result<Disc, MediaError> {
    iso::open(Box::new(bytes))
}

fn assert_holds(disc: &Disc, image: &[u8]) {
    for (n, block) in (0..).zip(image.chunks(BLOCK_SIZE)) {
        let mut bytes = [0; BLOCK_SIZE];
        disc.read_block(n, &mut bytes).expect("reads");
        assert!(bytes == block, "block {n}");
    }
    let volume = Volume::mount(disc).expect("mounts");
    let entry = volume.find("launchme").expect("there");
    assert_eq!(volume.read_file(&entry).expect("reads").len(), 9000);
}

#[test]
fn a_disc_with_sound_is_unpacked() {
    let image = image();
    let blocks = image.len() / BLOCK_SIZE;
    let mut data = frames(&image, BLOCK_SIZE);
    let sound: Vec<u8> = (0..5 * 2352).map(|n| (n % 253) as u8).collect();
    data.extend(frames(&sound, 2352));
    data.extend(frames(&sound, 2352));
    let rows = [
        row(
            1,
            "MODE1",
            blocks,
            "PREGAP:150 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
        ),
        // Two frames of gap that are not held, then two that are.
        row(2, "AUDIO", 5, "PREGAP:2 PGTYPE:AUDIO PGSUB:NONE POSTGAP:0"),
        row(3, "AUDIO", 5, "PREGAP:2 PGTYPE:VAUDIO PGSUB:NONE POSTGAP:7"),
    ];
    let disc = disc(chd(&rows, data)).expect("a disc");
    assert_eq!(disc.format(), Format::Chd);
    assert_holds(&disc, &image);
    let table = disc.table();
    let second = 150 + blocks as u32 + 2;
    let rows: Vec<_> = table.tracks.iter().map(|t| (t.start, t.frames)).collect();
    assert_eq!(rows, [(150, blocks as u32), (second, 5), (second + 7, 3)]);
    assert_eq!(table.tracks[1].kind, TrackKind::Audio);
    assert_eq!(table.lead_out, second + 10);
    let mut raw = [0; 2352];
    for (frame, n) in [(second, 0), (second + 4, 4), (second + 7, 2)] {
        disc.read_frame_raw(frame, &mut raw).expect("sound");
        for (pair, held) in raw.chunks(2).zip(sound[n * 2352..].chunks(2)) {
            assert_eq!(pair, [held[1], held[0]]);
        }
    }
    assert!(disc.read_frame_raw(second - 1, &mut raw).is_err());
    assert!(disc.read_frame_raw(second + 6, &mut raw).is_err());
}

#[test]
fn every_form_of_data_gives_the_same_blocks() {
    let image = image();
    let blocks = image.len() / BLOCK_SIZE;
    let with = |before: usize, behind: usize| -> Vec<u8> {
        let sector = |data: &[u8]| [&vec![0; before], data, &vec![0; behind]].concat();
        image.chunks(BLOCK_SIZE).flat_map(sector).collect()
    };
    let raw = |make: fn(u32, &[u8; BLOCK_SIZE]) -> [u8; 2352]| -> Vec<u8> {
        let sector = |data: &[u8]| make(0, data.try_into().expect("a block"));
        image.chunks(BLOCK_SIZE).flat_map(sector).collect()
    };
    let mode1 = raw(super::super::sector::mode1);
    let form1 = raw(super::super::sector::form1);
    for (kind, sectors, size, track) in [
        ("MODE1", image.clone(), 2048, TrackKind::Mode1),
        ("MODE1_RAW", mode1, 2352, TrackKind::Mode1),
        ("MODE2_RAW", form1, 2352, TrackKind::Mode2),
        ("MODE2_FORM1", image.clone(), 2048, TrackKind::Mode2),
        ("MODE2_FORM_MIX", with(8, 280), 2336, TrackKind::Mode2),
    ] {
        let rows = [row(1, kind, blocks, "")];
        let disc = disc(chd(&rows, frames(&sectors, size))).expect(kind);
        assert_holds(&disc, &image);
        assert_eq!(disc.table().tracks[0].kind, track);
    }
}

#[test]
fn images_that_lie_are_refused() {
    let image = image();
    let blocks = image.len() / BLOCK_SIZE;
    let data = frames(&image, BLOCK_SIZE);
    let whole = chd(&[row(1, "MODE1", blocks, "")], data.clone());
    let refused = |bytes: Vec<u8>, words: &str| {
        let error = disc(bytes).expect_err(words).to_string();
        assert!(error.contains(words), "{words}: {error}");
    };
    for (rows, words) in [
        (vec![], "no tracks"),
        (vec![row(2, "MODE1", 3, "")], "track 1"),
        (vec![row(1, "MODE7", 3, "")], "MODE7"),
        (vec![row(1, "MODE1", 99, "")], "cut off"),
        (vec![row(1, "MODE1", 4_000_000_000, "")], "4000000000"),
        (vec![row(1, "MODE1", 0, ""); 100], "track 2"),
        (
            (1..=100).map(|n| row(n, "AUDIO", 0, "")).collect(),
            "more tracks",
        ),
        (vec!["x".repeat(600)], "length"),
    ] {
        refused(chd(&rows, data.clone()), words);
    }
    let put = |at: usize, value: u32| {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        bytes
    };
    refused(put(12, 4), "version 4");
    refused(put(60, 512), "no CD");
    refused(put(56, 0), "header");
    refused(put(56, 0x8000_0000), "header");
    refused(put(32, 1), "header");
    refused(put(104, 1), "parent");
    refused(put(44, 0x7FFF_FFFF), "cut off");
    refused(put(METADATA + 12, METADATA as u32), "without end");
    refused(whole[..HEADER - 4].to_vec(), "cut off");
    // A hunk that is not there is missed when it is read.
    let mut bytes = whole.clone();
    bytes.truncate(whole.len() - HUNK);
    let disc = disc(bytes).expect("a disc");
    let error = disc.read_block(0, &mut [0; BLOCK_SIZE]).expect_err("cut");
    assert!(matches!(error, BlockError::Unreadable { block: 0, .. }));
}

#[test]
fn a_panic_of_the_crate_is_an_error() {
    let result = guarded::<()>(|| panic!("a code table that the crate does not check"));
    assert!(matches!(result, Err(chd::Error::InvalidData)));
}

proptest! {
    #[test]
    fn mutated_images_never_panic(
        changes in prop::collection::vec((0_usize..400, any::<u8>()), 1..20),
        length in 0_usize..4 * HUNK,
    ) {
        let image = image();
        let rows = [row(1, "MODE1", image.len() / BLOCK_SIZE, "")];
        let mut bytes = chd(&rows, frames(&image, BLOCK_SIZE));
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        for length in [bytes.len(), length] {
            bytes.truncate(length);
            if let Ok(disc) = open(Box::new(bytes.clone())) {
                for n in 0..12 {
                    let _ = disc.read_block(n, &mut [0; BLOCK_SIZE]);
                }
            }
        }
    }
}
