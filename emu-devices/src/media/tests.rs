//! Images of every form give the same blocks; sheets that lie are refused.

use super::cue::Sheet;
use super::iso::{Kind, kind, open};
use super::*;
use emu_core::loader::opera_fs::writer::{Content, Item, pack};
use emu_core::loader::opera_fs::{FsError, Volume};
use emu_core::media::{self, DiscNumber, Discs, SectorError, TrackKind};
use proptest::prelude::*;

fn tree() -> Vec<Item> {
    let data = (0..9000_u32).map(|n| (n / 7) as u8).collect();
    vec![Item {
        name: "LaunchMe".to_owned(),
        content: Content::File(data),
    }]
}

fn as_sources(items: Vec<Item>) -> Vec<Item<folder::File>> {
    let item = |item: Item| Item {
        name: item.name,
        content: match item.content {
            Content::File(data) => Content::File(Box::new(data) as folder::File),
            Content::Folder(items) => Content::Folder(as_sources(items)),
        },
    };
    items.into_iter().map(item).collect()
}

fn as_disc(items: Vec<Item>) -> Disc {
    folder::disc(as_sources(items), "CD-ROM").expect("packs")
}

fn image() -> Vec<u8> {
    pack(&tree(), "CD-ROM").expect("packs")
}

/// An image's sectors as they are on a disc, in mode 1 or 2.
fn raw(image: &[u8], mode: u8, subcode: usize) -> Vec<u8> {
    let sector = |data: &[u8]| {
        let mut bytes = SYNC.to_vec();
        bytes.extend([0, 2, 0, mode]);
        if mode == 2 {
            bytes.extend([0; 8]);
        }
        bytes.extend(data);
        bytes.resize(RAW_SECTOR + subcode, 0xEE);
        bytes
    };
    image.chunks(BLOCK_SIZE).flat_map(sector).collect()
}

fn assert_holds(disc: &Disc, image: &[u8]) {
    assert_eq!(disc.block_count() as usize * BLOCK_SIZE, image.len());
    for (n, block) in (0..).zip(image.chunks(BLOCK_SIZE)) {
        let mut bytes = [0; BLOCK_SIZE];
        disc.read_block(n, &mut bytes).expect("reads");
        assert!(bytes == block, "block {n}");
    }
    let volume = Volume::mount(disc).expect("mounts");
    let entry = volume.find("launchme").expect("there");
    assert_eq!(volume.read_file(&entry).expect("reads").len(), 9000);
}

fn sources(files: Vec<Vec<u8>>) -> Vec<Box<dyn Source>> {
    files
        .into_iter()
        .map(|file| Box::new(file) as Box<dyn Source>)
        .collect()
}

fn cue(text: &str, files: Vec<Vec<u8>>) -> Result<Disc, MediaError> {
    assert_eq!(kind(text.as_bytes()), Kind::Cue);
    Sheet::parse(text)?.disc(sources(files))
}

#[test]
fn images_are_recognised_by_their_bytes() {
    for (bytes, format) in [
        (image(), Format::Iso),
        (raw(&image(), 1, 0), Format::Raw),
        (raw(&image(), 2, 0), Format::Raw),
        (raw(&image(), 1, 96), Format::RawSubcode),
    ] {
        assert_eq!(kind(&bytes[..HEAD]), Kind::Image);
        let disc = open(Box::new(bytes)).expect("opens");
        assert_eq!(disc.format(), format);
        assert_holds(&disc, &image());
    }
    let disc = as_disc(tree());
    assert_eq!(disc.format(), Format::Folder);
    assert_holds(&disc, &image());
}

#[test]
fn a_dump_with_the_first_two_seconds_is_shifted() {
    let mut bytes = vec![0; FIRST_FRAME as usize * BLOCK_SIZE];
    bytes.extend(image());
    for bytes in [raw(&bytes, 1, 0), bytes] {
        assert_holds(&open(Box::new(bytes)).expect("opens"), &image());
    }
}

#[test]
fn what_is_no_disc_is_refused_in_words() {
    let error = |bytes: &[u8]| open(Box::new(bytes.to_vec())).expect_err("no disc");
    assert_eq!(error(b""), MediaError::Empty);
    #[cfg(not(feature = "chd"))]
    assert_eq!(error(b"MComprHD\0\0\0\x7C"), MediaError::Chd);
    for bytes in [&b"hello"[..], &[0; 8192], &SYNC, &[7; 2048 * 300]] {
        assert!(matches!(error(bytes), MediaError::NotADisc(_)));
    }
    assert_eq!(kind(b"hello\n"), Kind::Image);
}

#[test]
fn a_sheet_with_one_file_keeps_its_audio_track() {
    let data = raw(&image(), 1, 0);
    let frames = data.len() / RAW_SECTOR;
    let mut bytes = data;
    // Two frames of gap, then three of sound.
    bytes.extend(vec![0; 2 * RAW_SECTOR]);
    bytes.extend((0..3 * RAW_SECTOR).map(|n| n as u8));
    let time = |frame: usize| format!("00:00:{frame:02}");
    let text = format!(
        "FILE \"a game.bin\" BINARY\r\n  TRACK 01 MODE1/2352\r\n    INDEX 01 00:00:00\r\n  \
         TRACK 02 AUDIO\r\n    INDEX 00 {}\r\n    INDEX 01 {}\r\n",
        time(frames),
        time(frames + 2)
    );
    let sheet = Sheet::parse(&text).expect("parses");
    assert_eq!(sheet.files().collect::<Vec<_>>(), ["a game.bin"]);
    let disc = cue(&text, vec![bytes]).expect("a disc");
    assert_holds(&disc, &image());
    let frames = frames as u32;
    assert_eq!(disc.frames(), frames + 5);
    let sound = &disc.tracks()[1];
    assert_eq!(
        (sound.number, sound.start, sound.frames),
        (2, frames + 2, 3)
    );
    let mut audio = [0; RAW_SECTOR];
    disc.read_audio(frames + 3, &mut audio).expect("sound");
    assert_eq!(audio[..3], [48, 49, 50]);
    let mut block = [0; BLOCK_SIZE];
    for (n, count) in [
        (frames, None),
        (frames + 2, None),
        (frames + 5, Some(frames + 5)),
    ] {
        match disc.read_block(n, &mut block).expect_err("no data") {
            BlockError::NoData { block, .. } => assert!(block == n && count.is_none()),
            other => assert_eq!(
                Some(other),
                count.map(|count| BlockError::PastEnd { block: n, count })
            ),
        }
    }
    assert!(disc.read_audio(0, &mut audio).is_err());
}

#[test]
fn a_file_for_each_track_and_gaps_in_no_file() {
    let text = "REM made by hand\nFILE one.iso BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\n\
                FILE two.raw MOTOROLA\nTRACK 2 AUDIO\nPREGAP 00:02:00\nINDEX 1 0:0:0\n";
    let sound = [1, 2].repeat(RAW_SECTOR / 2);
    let disc = cue(text, vec![image(), sound]).expect("a disc");
    assert_holds(&disc, &image());
    let start = disc.block_count() + 150;
    assert_eq!((disc.tracks()[1].start, disc.frames()), (start, start + 1));
    let mut audio = [0; RAW_SECTOR];
    disc.read_audio(start, &mut audio).expect("sound");
    assert_eq!(audio[..4], [2, 1, 2, 1]);
}

/// A WAVE file with a chunk of odd length before the samples.
fn wave(rate: u32, samples: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVEnote\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
    bytes.extend([1, 0, 2, 0]);
    bytes.extend([rate, rate * 4].map(u32::to_le_bytes).concat());
    bytes.extend([4, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes.extend(b"LIST\x04\0\0\0tail");
    bytes
}

#[test]
fn sound_may_lie_in_wave_files() {
    let text = "FILE one.iso BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\n\
                FILE \"2.wav\" WAVE\nTRACK 2 AUDIO\nINDEX 0 0:0:0\nINDEX 1 0:0:1\n";
    let sound: Vec<u8> = (0..3 * RAW_SECTOR).map(|n| (n % 251) as u8).collect();
    let file = wave(44_100, &sound);
    let disc = cue(text, vec![image(), file.clone()]).expect("a disc");
    let start = disc.block_count() + 1;
    assert_eq!((disc.tracks()[1].start, disc.frames()), (start, start + 2));
    let mut audio = [0; RAW_SECTOR];
    for n in 0..2 {
        disc.read_audio(start + n, &mut audio).expect("sound");
        assert!(audio == sound[(n as usize + 1) * RAW_SECTOR..][..RAW_SECTOR]);
    }
    let mut mono = file.clone();
    mono[34] = 1;
    for bad in [wave(48_000, &sound), mono, file[..50].to_vec(), sound] {
        let error = cue(text, vec![image(), bad]).expect_err("refused");
        assert!(matches!(error, MediaError::Cue { line: 4, .. }), "{error}");
    }
}

#[test]
fn a_gap_stored_before_the_first_track_is_skipped() {
    let mut bytes = vec![0; 2 * 2336];
    for block in image().chunks(BLOCK_SIZE) {
        bytes.extend([0; 8]);
        bytes.extend(block);
        bytes.extend([0; 280]);
    }
    let text = "FILE x BINARY\nTRACK 1 MODE2/2336\nINDEX 1 00:00:02\n";
    assert_holds(&cue(text, vec![bytes]).expect("a disc"), &image());
}

#[test]
fn sheets_that_cannot_be_right_name_the_line() {
    let file = "FILE x BINARY\n";
    for (line, text) in [
        (1, "TRACK 01 AUDIO\n".to_owned()),
        (1, "FILE x MP3\n".to_owned()),
        (2, "FILE x WAVE\nTRACK 1 MODE1/2352".to_owned()),
        (1, "FILE x WAVE\nTRACK 1 AUDIO\nINDEX 1 0:0:0".to_owned()),
        (1, "FILE x\n".to_owned()),
        (2, format!("{file}TRACK 0 AUDIO")),
        (2, format!("{file}TRACK 1 CDG")),
        (2, format!("{file}INDEX 01 00:00:00")),
        (3, format!("{file}TRACK 1 AUDIO\nINDEX 01 00:60:00")),
        (2, format!("{file}TRACK 1 AUDIO\nTITLE x")),
        (2, format!("{file}TRACK 1 AUDIO\nINDEX 01 99:00:00")),
        (
            4,
            format!("{file}TRACK 1 AUDIO\nINDEX 01 00:00:01\nTRACK 2 AUDIO\nINDEX 01 00:00:00"),
        ),
        (1, file.to_owned()),
    ] {
        match cue(&text, vec![vec![0; 9 * RAW_SECTOR]]) {
            Err(MediaError::Cue { line: found, .. }) => assert_eq!(found, line, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    let none = Sheet::parse("FILE x BINARY\nTRACK 1 AUDIO\nINDEX 1 0:0:0");
    assert!(none.expect("parses").disc(Vec::new()).is_err());
}

#[test]
fn a_folder_is_the_disc_that_is_packed_of_it() {
    let file = |name: &str, length: usize| Item {
        name: name.to_owned(),
        content: Content::File((0..length).map(|n| (n % 251) as u8).collect()),
    };
    let folder = |name: &str, items| Item {
        name: name.to_owned(),
        content: Content::Folder(items),
    };
    let wide = (0..90).map(|n| file(&format!("f{n}"), n * 97)).collect();
    let tree = vec![
        file("LaunchMe", 5000),
        file("rom_tags", 64),
        file("signatures", 2049),
        file("empty", 0),
        folder("Wide", wide),
        folder("Deep", vec![folder("er", vec![file("x", 2048)])]),
        folder("None", Vec::new()),
    ];
    for tree in [tree.clone(), tree[4..].to_vec(), Vec::new()] {
        let image = pack(&tree, "CD-ROM").expect("packs");
        let disc = as_disc(tree);
        assert_eq!(disc.block_count() as usize * BLOCK_SIZE, image.len());
        for (n, block) in (0..).zip(image.chunks(BLOCK_SIZE)) {
            let mut bytes = [1; BLOCK_SIZE];
            disc.read_block(n, &mut bytes).expect("reads");
            assert!(bytes == block, "block {n}");
        }
        // In pieces that begin and end anywhere.
        let source = &disc.sources[0];
        for length in [1, 77, 2047, 5001] {
            let mut bytes = vec![1; length];
            for (n, piece) in image
                .chunks_exact(length)
                .enumerate()
                .step_by(length / 9 + 1)
            {
                let offset = (n * length) as u64;
                source.read_at(offset, &mut bytes).expect("reads");
                assert!(bytes == piece, "byte {offset}");
            }
        }
        let mut bytes = [0; 2];
        assert!(source.read_at(source.length() - 1, &mut bytes).is_err());
        assert!(source.read_at(u64::MAX, &mut bytes).is_err());
    }
}

/// A file that is shorter than it was.
#[derive(Debug)]
struct Shrunk;

impl Source for Shrunk {
    fn length(&self) -> u64 {
        3000
    }

    fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<(), String> {
        vec![5; 2100].read_at(offset, to)
    }
}

#[test]
fn a_file_that_shrank_spoils_its_own_blocks_only() {
    let item = |name: &str, file| Item {
        name: name.to_owned(),
        content: Content::File(file),
    };
    let whole = || Box::new(vec![6_u8; 3000]) as folder::File;
    let tree = vec![
        item("a", whole()),
        item("b", Box::new(Shrunk)),
        item("c", whole()),
    ];
    let disc = folder::disc(tree, "x").expect("packs");
    let volume = Volume::mount(&disc).expect("mounts");
    let read = |name| volume.read_file(&volume.find(name).expect("there"));
    assert_eq!(read("a"), Ok(vec![6; 3000]));
    assert_eq!(read("c"), Ok(vec![6; 3000]));
    let bad = volume.find("b").expect("there").first_block() + 1;
    let why = "past the end".to_owned();
    let error = BlockError::Unreadable { block: bad, why };
    assert_eq!(read("b"), Err(FsError::Block(error)));
    let error = frame(&disc, 150 + bad).expect_err("shrunk");
    assert!(matches!(error, SectorError::Unreadable { frame, .. } if frame == 150 + bad));
    assert!(frame(&disc, 150 + bad - 1).is_ok());
}

fn frame(disc: &Disc, frame: u32) -> Result<[u8; RAW_SECTOR], SectorError> {
    let mut bytes = [0; RAW_SECTOR];
    disc.read_frame_raw(frame, &mut bytes).map(|()| bytes)
}

#[test]
fn a_drive_sees_absolute_frames_and_a_lead_out() {
    let text = "FILE a BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\n\
                FILE b BINARY\nTRACK 2 AUDIO\nPREGAP 00:02:00\nINDEX 1 0:0:0\n\
                FILE c BINARY\nTRACK 3 MODE2/2352\nINDEX 1 0:0:0\n\
                FILE d BINARY\nTRACK 4 MODE2/2336\nINDEX 1 0:0:0\n";
    let sound = vec![7; 3 * RAW_SECTOR];
    let files = vec![image(), sound, raw(&image(), 2, 0), vec![9; 2 * 2336]];
    let disc = cue(text, files).expect("a disc");
    let blocks = (image().len() / BLOCK_SIZE) as u32;
    let table = disc.table();
    let row = |number, kind, start, frames| media::Track {
        number,
        kind,
        start,
        frames,
    };
    let sound = 150 + blocks + 150;
    let expected = [
        row(1, TrackKind::Mode1, 150, blocks),
        row(2, TrackKind::Audio, sound, 3),
        row(3, TrackKind::Mode2, sound + 3, blocks),
        row(4, TrackKind::Mode2, sound + 3 + blocks, 2),
    ];
    assert_eq!(table.tracks, expected);
    assert_eq!(table.lead_out, sound + 3 + blocks + 2);

    let mut data = [0; BLOCK_SIZE];
    for n in 0..blocks {
        let block = &image()[n as usize * BLOCK_SIZE..][..BLOCK_SIZE];
        for first in [150, sound + 3] {
            disc.read_frame_data(first + n, &mut data).expect("data");
            assert!(data == block);
        }
        let raw = frame(&disc, 150 + n).expect("a sector");
        assert!(raw == sector::mode1(150 + n, &data));
    }
    assert_eq!(frame(&disc, sound + 2), Ok([7; RAW_SECTOR]));
    let stored = frame(&disc, sound + 3).expect("a sector");
    assert!(stored[..] == raw(&image(), 2, 0)[..RAW_SECTOR]);
    let mode2 = frame(&disc, table.lead_out - 1).expect("a sector");
    assert_eq!((mode2[15], &mode2[16..]), (2, &[9; 2336][..]));

    let no_data = |n| Err(SectorError::NoData(n));
    for n in [0, 149, 150 + blocks, sound - 1, table.lead_out, u32::MAX] {
        assert_eq!(frame(&disc, n).map(|_| ()), no_data(n));
        assert_eq!(disc.read_frame_data(n, &mut data), no_data(n));
    }
    let error = disc.read_frame_data(sound, &mut data).expect_err("sound");
    assert!(matches!(error, SectorError::Unreadable { frame, .. } if frame == sound));
}

#[test]
fn a_shelf_lends_discs_by_number() {
    let mut shelf = Shelf::new();
    for number in 0..2 {
        let disc = as_disc(tree());
        assert_eq!(shelf.push(disc), Some(DiscNumber(number)));
    }
    let blocks = (image().len() / BLOCK_SIZE) as u32;
    let table = media::DiscTable::one_track(blocks);
    let one = DiscNumber(1);
    assert_eq!(shelf.insertable(one), Some((one, table)));
    let (mut data, mut raw) = ([0; BLOCK_SIZE], [0; RAW_SECTOR]);
    shelf.read_data(one, 150, &mut data).expect("data");
    shelf.read_raw(one, 150, &mut raw).expect("a sector");
    assert!(data == image()[..BLOCK_SIZE] && raw[16..2064] == data);
    let none = DiscNumber(2);
    let missing = Err(SectorError::NoDisc(none));
    assert_eq!(shelf.read_data(none, 150, &mut data), missing);
    assert_eq!(shelf.read_raw(none, 150, &mut raw), missing);
}

proptest! {
    #[test]
    fn sheets_never_panic(lines in prop::collection::vec(
        prop_oneof![
            Just("FILE x BINARY".to_owned()),
            Just("FILE x WAVE".to_owned()),
            "TRACK [0-9]{1,3} (AUDIO|MODE1/2048|MODE1/2352|MODE2/2336)",
            "INDEX 0[01] [0-9]{1,3}:[0-9]{1,2}:[0-9]{1,2}",
            "PREGAP [0-9]{1,3}:[0-5][0-9]:[0-7][0-9]",
            "\\PC{0,20}",
        ], 0..12)) {
        if let Ok(sheet) = Sheet::parse(&lines.join("\n")) {
            let files = sheet.files().map(|_| vec![0; 50_000]).collect();
            if let Ok(disc) = sheet.disc(sources(files)) {
                let mut block = [0; BLOCK_SIZE];
                for n in (0..30).chain([disc.frames(), u32::MAX]) {
                    let _ = disc.read_block(n, &mut block);
                }
            }
        }
    }

    #[test]
    fn waves_never_panic(
        changes in prop::collection::vec((0_usize..64, any::<u8>()), 0..9),
        length in 0_usize..5000,
    ) {
        let mut bytes = wave(44_100, &[1; 4704]);
        bytes.truncate(length);
        for (at, byte) in changes {
            if let Some(to) = bytes.get_mut(at) {
                *to = byte;
            }
        }
        let text = "FILE x WAVE\nTRACK 1 AUDIO\nINDEX 1 0:0:0";
        if let Ok(disc) = cue(text, vec![bytes]) {
            for n in 0..3 {
                let _ = disc.read_audio(n, &mut [0; RAW_SECTOR]);
            }
        }
    }

    #[test]
    fn images_never_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..6000),
        synced in any::<bool>(),
    ) {
        if synced && bytes.len() > 2500 {
            bytes[..12].copy_from_slice(&SYNC);
            bytes[2352..2364].copy_from_slice(&SYNC);
        }
        let _ = open(Box::new(bytes));
    }
}
