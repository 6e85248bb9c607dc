//! Files that mean harm.

use super::memory::most_of;
use super::{Scratch, assert_one_line, config, record};
use emu_core::machine::SnapshotError;
use emu_core::time::Tick;
use emu_core::trace::envelope::Envelope;
use emu_core::trace::{DiscFile, DiscId, Recording, StateId, TraceError};
use emu_frontend::input;
use emu_frontend::session::Session;
use emu_frontend::state::{self, Damage, SavedState};
use tests::run::{Dice, cases};

/// Bytes of the envelope, and where its checksum is.
const ENVELOPE: usize = 32;

/// A recording with something in every part of its header.
fn sample() -> Recording {
    let mut recording = record(&config(&["rom:pad_echo", "--seed", "5"]));
    let header = &mut recording.header;
    header.arguments = vec!["a \"b\"".to_owned(), "\u{1F600}".to_owned()];
    header.disc = Some(DiscId {
        name: "some disc.iso".to_owned(),
        files: vec![DiscFile {
            path: "LaunchMe".to_owned(),
            sha256: [9; 32],
        }],
    });
    let mut nvram = vec![0; 32_768];
    nvram[100..120].fill(7);
    header.nvram = Some(nvram);
    header.state = Some(StateId {
        name: "x.state".to_owned(),
        sha256: [8; 32],
    });
    header.inputs.push((Tick(5), "disc insert x".to_owned()));
    recording
}

/// Puts length and checksum of the payload right.
fn reseal(file: &mut [u8]) {
    let Some((envelope, payload)) = file.split_at_mut_checked(ENVELOPE) else {
        return;
    };
    envelope[20..28].copy_from_slice(&(payload.len() as u64).to_be_bytes());
    envelope[28..32].copy_from_slice(&crc32fast::hash(payload).to_be_bytes());
}

/// Reads a file, whatever it holds, and looks at what that costs. What is read is written and
/// read again as the same.
fn read(file: &[u8]) -> Result<Recording, TraceError> {
    let (result, most) = most_of(|| Recording::parse(file));
    let bound = 16 * file.len() + (256 << 10);
    assert!(
        most <= bound,
        "{most} bytes of memory for {} of file",
        file.len()
    );
    match &result {
        Ok(recording) => {
            assert_eq!(
                Recording::parse(&recording.to_bytes()).as_ref(),
                Ok(recording)
            );
            let text = recording.to_text();
            assert_eq!(Recording::parse(text.as_bytes()).as_ref(), Ok(recording));
        }
        Err(error) => assert_one_line(&error.to_string()),
    }
    result
}

#[test]
fn a_recording_that_is_cut_off_anywhere_is_refused() {
    let sample = sample();
    assert_eq!(read(&sample.to_bytes()).as_ref(), Ok(&sample));
    assert_eq!(read(sample.to_text().as_bytes()).as_ref(), Ok(&sample));
    let bytes = sample.to_bytes();
    for length in 0..bytes.len() {
        let error = Recording::parse(&bytes[..length]).expect_err("cut off");
        assert_one_line(&error.to_string());
        // The checksum right, as if it had been written so.
        let mut sealed = bytes[..length].to_vec();
        reseal(&mut sealed);
        assert!(Recording::parse(&sealed).is_err(), "{length}");
    }
    let text = sample.to_text();
    // All but the last line's end, which an editor may take away.
    for length in 0..text.len() - 1 {
        let error = Recording::parse(&text.as_bytes()[..length]).expect_err("cut off");
        assert_one_line(&error.to_string());
    }
}

#[test]
fn a_bit_that_has_changed_is_noticed() {
    let sample = sample();
    let bytes = sample.to_bytes();
    for at in 0..bytes.len() {
        // Features that a reader may ignore.
        if (16..20).contains(&at) {
            continue;
        }
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        match Recording::parse(&changed) {
            Ok(_) => assert!((8..12).contains(&at), "{at}"),
            Err(error) => assert_one_line(&error.to_string()),
        }
    }
}

fn with_half(at: usize, value: u16) -> Vec<u8> {
    let mut bytes = sample().to_bytes();
    bytes[at..at + 2].copy_from_slice(&value.to_be_bytes());
    bytes
}

#[test]
fn versions_and_features_are_understood() {
    // A newer one that an old reader understands.
    assert_eq!(read(&with_half(8, 9)), Ok(sample()));
    assert_eq!(
        read(&with_half(10, 2)),
        Err(TraceError::Version { found: 1 })
    );
    assert_eq!(
        read(&with_half(8, 0)),
        Err(TraceError::Version { found: 0 })
    );
    let needed = read(&with_half(14, 4));
    assert_eq!(needed, Err(TraceError::Feature { bits: 4 }));
    assert_eq!(read(&with_half(18, 4)), Ok(sample()), "may be ignored");
    let newer = sample().to_text().replacen("trace 1", "trace 2", 1);
    assert_eq!(
        read(newer.as_bytes()),
        Err(TraceError::Version { found: 2 })
    );
}

#[test]
fn unknown_sections_are_skipped_or_refused_by_name() {
    let with = |name: &[u8; 4], content: &[u8], length: u64| {
        let mut bytes = sample().to_bytes();
        bytes.extend(name);
        bytes.extend(length.to_be_bytes());
        bytes.extend(content);
        reseal(&mut bytes);
        read(&bytes)
    };
    assert_eq!(with(b"note", b"hello", 5), Ok(sample()));
    let name = "NOTE".to_owned();
    assert_eq!(
        with(b"NOTE", b"hello", 5),
        Err(TraceError::UnknownSection { name })
    );
    for length in [6, 1 << 32, 1 << 60, u64::MAX] {
        let cut = Err(TraceError::Section { name: "last" });
        assert_eq!(with(b"note", b"hello", length), cut, "{length}");
    }
    let twice = with(b"EVTS", &[0; 8], 8);
    assert!(matches!(twice, Err(TraceError::UnknownSection { .. })));
}

#[test]
fn counts_and_lengths_cost_no_memory() {
    let sample = sample();
    let bytes = sample.to_bytes();
    let events = bytes
        .windows(4)
        .position(|name| name == b"EVTS")
        .expect("there")
        + 12;
    for count in [
        1 << 60,
        u64::MAX,
        sample.tape.len() + 1,
        sample.tape.len() - 1,
        0,
    ] {
        let mut changed = bytes.clone();
        changed[events..events + 8].copy_from_slice(&count.to_be_bytes());
        reseal(&mut changed);
        assert!(read(&changed).is_err(), "{count}");
    }
    // A text of 2^60 bytes in the first event: LEB128 behind time, kind and actor.
    for length in [1_u64 << 60, 65_537, u64::MAX] {
        let mut tape = vec![0, 19, 0];
        let mut rest = length;
        while rest >= 0x80 {
            tape.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        tape.push(rest as u8);
        let mut changed = bytes[..events].to_vec();
        changed.extend(1_u64.to_be_bytes());
        changed.extend(&tape);
        let len = (8 + tape.len()) as u64;
        changed[events - 8..events].copy_from_slice(&len.to_be_bytes());
        reseal(&mut changed);
        assert!(
            matches!(read(&changed), Err(TraceError::Event { .. })),
            "{length}"
        );
    }
}

#[test]
fn changed_bytes_with_a_right_checksum_do_no_harm() {
    let bytes = sample().to_bytes();
    let mut dice = Dice(0xB17E5);
    for _ in 0..cases(3_000) {
        let mut changed = bytes.clone();
        for _ in 0..=dice.below(4) {
            let at = ENVELOPE + dice.below((changed.len() - ENVELOPE) as u64) as usize;
            match dice.below(4) {
                0 => changed[at] = dice.pick(&[0, 0x7F, 0x80, 0xFF]),
                1 => changed[at] ^= 1 << dice.below(8),
                2 => {
                    let end = (at + dice.below(9) as usize).min(changed.len());
                    drop(changed.drain(at..end));
                }
                _ => changed.insert(at, dice.word() as u8),
            }
        }
        reseal(&mut changed);
        let _ = read(&changed);
    }
}

#[test]
fn changed_lines_do_no_harm() {
    let text = sample().to_text();
    let lines: Vec<&str> = text.lines().collect();
    let mut dice = Dice(0x7EC7);
    let pieces = [
        "=",
        " ",
        "\"",
        "\\",
        "0x",
        "-",
        "+",
        "18446744073709551616",
        "k2+",
        "\u{0}",
        "ü",
        "(",
    ];
    for _ in 0..cases(3_000) {
        let mut changed: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        for _ in 0..=dice.below(3) {
            let n = dice.below(changed.len() as u64) as usize;
            let other = lines[dice.below(lines.len() as u64) as usize];
            let line = &mut changed[n];
            let places: Vec<usize> = (0..=line.len())
                .filter(|&at| line.is_char_boundary(at))
                .collect();
            let at = dice.pick(&places);
            match dice.below(5) {
                0 => line.insert_str(at, dice.pick(&pieces)),
                1 => line.truncate(at),
                2 => drop(line.drain(..at)),
                3 => *line = other.to_owned(),
                _ => drop(changed.remove(n)),
            }
        }
        let _ = read(changed.join("\n").as_bytes());
    }
}

#[test]
fn random_bytes_are_refused() {
    let mut dice = Dice(0xA11);
    for _ in 0..cases(2_000) {
        let length = dice.below(300) as usize;
        let noise: Vec<u8> = (0..length).map(|_| dice.word() as u8).collect();
        let heads: [&[u8]; 4] = [
            b"",
            b"OVTRACE\0",
            b"OVTRACE\0\0\x01\0\x01\0\0\0\0\0\0\0\0",
            b"overture trace 1\n",
        ];
        for head in heads {
            let file = [head, &noise].concat();
            assert!(read(&file).is_err());
            let damage = SavedState::parse(&file).expect_err("noise");
            assert_one_line(&damage.to_string());
        }
    }
}

#[test]
fn long_texts_are_read_and_long_lines_give_short_errors() {
    let head = "overture trace 1\nprogram \"x\" 0 ";
    let head = format!("{head}{}\n", "0".repeat(64));
    let count = 1_000_000;
    let text = format!(
        "{head}events\n{}end {count}\n",
        "+1 0x20 run\n".repeat(count)
    );
    let (recording, most) = most_of(|| Recording::parse(text.as_bytes()));
    assert_eq!(recording.expect("read").tape.len(), count as u64);
    assert!(most < text.len(), "{most}");
    let arguments = format!("{head}{}events\nend 0\n", "argument \"\"\n".repeat(100_000));
    let recording = Recording::parse(arguments.as_bytes()).expect("read");
    assert_eq!(recording.header.arguments.len(), 100_000);

    let long = "x".repeat(1 << 20);
    for line in [
        long.clone(),
        format!("events\n{long}"),
        format!("events\n+0 0x20 {long}"),
        format!("events\n+{long} 0x20 run"),
        format!("events\n+0 {long} run"),
        format!("events\n+0 0x20 run {long}"),
        format!("events\n+0 0x20 text text={long}"),
        format!("events\n+0 0x20 text text=\"{long}\""),
        format!("events\n+0 0x20 call call={long} pc=0x0 args=()"),
        format!("events\n+0 0x20 call call=kernel.SendIO pc=0x0 args=({long})"),
        format!("events\nend {long}"),
        format!("level {long}"),
        format!("argument \"{long}"),
        format!("input {long} \"\""),
        format!("nvram\nbytes 0 {long}"),
    ] {
        let error = Recording::parse(format!("{head}{line}\n").as_bytes()).expect_err("long");
        assert_one_line(&error.to_string());
    }
}

#[test]
fn input_lines_of_others_do_no_harm() {
    let lines = [
        "disc open",
        "disc fail 4000",
        "disc slow 300 20ms",
        "pad 1 press A left",
        "mouse 1 move 5 -3",
        "stick 8 move 1 2 3",
        "gun 1 aim off",
        "pods plug pad",
        "pods unplug 3",
        "console \"help\\n\\x00\"",
    ];
    let mut dice = Dice(0x1457);
    let pieces = [
        "\\",
        "\"",
        "-",
        "9999999999",
        " ",
        "ms",
        "\u{0}",
        "ß",
        "#",
        "\n",
    ];
    for _ in 0..cases(5_000) {
        let mut line = dice.pick(&lines).to_owned();
        for _ in 0..=dice.below(3) {
            let places: Vec<usize> = (0..=line.len())
                .filter(|&at| line.is_char_boundary(at))
                .collect();
            let at = dice.pick(&places);
            match dice.below(3) {
                0 => line.insert_str(at, dice.pick(&pieces)),
                1 => line.truncate(at),
                _ => drop(line.drain(..at)),
            }
        }
        let mut shelf = emu_devices::media::Shelf::new();
        let place = |_: &str| panic!("no line asks for a disc");
        let (mut known, mut names) = Default::default();
        let result = input::read(&line, &mut shelf, &mut known, &mut names, place);
        if let Err(error) = result {
            assert_one_line(&error.to_string());
        }
        if let Err((number, error)) = input::parse(&line) {
            assert!(number > 0);
            assert_one_line(&error.to_string());
        }
    }
}

fn saved() -> SavedState {
    let config = config(&["rom:metronome"]);
    let mut session = Session::start(&config).expect("starts");
    let mut sink = emu_frontend::sink::RunSink::new(std::io::sink(), std::io::sink());
    session.run_to(Tick(1_000_000), &config.until, &config.shelf, &mut sink);
    state::of(&config, &session, None)
}

#[test]
fn a_state_that_is_cut_off_anywhere_is_refused() {
    let bytes = saved().to_bytes();
    let scratch = Scratch::new();
    for length in 0..bytes.len() {
        let damage = SavedState::parse(&bytes[..length]).expect_err("cut off");
        if length % 4096 < 40 {
            assert_one_line(&damage.to_string());
        }
    }
    for length in [0, 7, 8, 31, 33, 500, bytes.len() - 1] {
        let path = scratch.file("x.state", &bytes[..length]);
        assert_eq!(state::is_one(path.as_ref()), length >= 8);
        let error = state::load(path.as_ref()).expect_err("cut off").to_string();
        assert_one_line(&error);
        assert!(error.contains("x.state"), "{error}");
    }
}

#[test]
fn a_state_of_another_form_is_refused_by_name() {
    let saved = saved();
    let bytes = saved.to_bytes();
    assert_eq!(SavedState::parse(&bytes).as_ref(), Ok(&saved));
    let with_half = |at: usize, value: u16| {
        let mut changed = bytes.clone();
        changed[at..at + 2].copy_from_slice(&value.to_be_bytes());
        SavedState::parse(&changed).map_err(|damage| damage.to_string())
    };
    let newer = with_half(10, 7).expect_err("newer");
    assert!(newer.contains("format version"), "{newer}");
    let feature = with_half(14, 1).expect_err("unknown feature");
    assert!(feature.contains("needs features 0x1"), "{feature}");
    let with = |name: &[u8; 4]| {
        let mut changed = bytes.clone();
        changed.extend(name);
        changed.extend(0_u64.to_be_bytes());
        reseal(&mut changed);
        SavedState::parse(&changed)
    };
    assert_eq!(with(b"note").as_ref(), Ok(&saved));
    assert_eq!(
        with(b"NOTE"),
        Err(Damage::UnknownSection("NOTE".to_owned()))
    );
    assert!(with(b"MACH").is_err());
    let mut old = saved.clone();
    old.machine[8..12].copy_from_slice(&1_u32.to_be_bytes());
    let parsed = SavedState::parse(&old.to_bytes()).expect("in form");
    let damage = parsed.machine().map(|_| ()).expect_err("another version");
    assert!(matches!(
        damage,
        Damage::Machine(SnapshotError::Version { found: 1, .. })
    ));
    // A recording is no state, nor the other way round.
    assert!(SavedState::parse(&sample().to_bytes()).is_err());
    assert_eq!(Recording::parse(&bytes), Err(TraceError::NotATrace));
}

#[test]
fn changed_states_with_right_checksums_do_no_harm() {
    let bytes = saved().to_bytes();
    let mut dice = Dice(0x57A7E);
    let head = bytes
        .windows(4)
        .position(|name| name == b"PROG")
        .expect("there");
    for n in 0..cases(150) {
        let mut changed = bytes.clone();
        for _ in 0..=dice.below(6) {
            // Half of them in what it says of its run.
            let span = if n % 2 == 0 { head } else { changed.len() };
            let at = ENVELOPE + dice.below((span - ENVELOPE) as u64) as usize;
            changed[at] = dice.word() as u8;
        }
        reseal(&mut changed);
        let (saved, most) = most_of(|| SavedState::parse(&changed));
        assert!(most < 4 * bytes.len(), "{most}");
        match saved.map(|saved| saved.machine().map(|_| ())) {
            Ok(Ok(())) => (),
            Ok(Err(damage)) | Err(damage) => assert_one_line(&damage.to_string()),
        }
    }
}

#[test]
fn an_envelope_is_sealed_and_opened() {
    let envelope = Envelope {
        magic: b"SOMEFILE",
        version: 3,
        oldest: 2,
    };
    let file = envelope.seal(&[(b"ABCD", &[b"one ", b"two"]), (b"empt", &[])]);
    let sections = envelope.open(&file).expect("whole");
    let names: Vec<(String, &[u8], bool)> = sections
        .iter()
        .map(|section| (section.shown(), section.content, section.is_optional()))
        .collect();
    assert_eq!(names[0], ("ABCD".to_owned(), &b"one two"[..], false));
    assert_eq!(names[1], ("empt".to_owned(), &b""[..], true));
    let older = Envelope {
        version: 1,
        oldest: 1,
        ..envelope
    };
    assert!(older.open(&file).is_err(), "wants a reader of version 2");
}
