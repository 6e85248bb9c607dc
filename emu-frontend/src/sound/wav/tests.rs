//! Files read back by somebody else's reader.

use super::*;
use std::fs;
use tempfile::TempDir;

struct Scratch(TempDir);

impl Scratch {
    fn new() -> Scratch {
        Scratch(tempfile::tempdir().expect("temporary folder"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("x.wav")
    }

    /// The frames of the file; its form must be the one that is promised.
    fn read(&self) -> Vec<StereoFrame> {
        let mut reader = hound::WavReader::open(self.file()).expect("a WAV file");
        let spec = reader.spec();
        assert_eq!((spec.channels, spec.sample_rate), (2, 44_100));
        assert_eq!(spec.bits_per_sample, 16);
        assert_eq!(spec.sample_format, hound::SampleFormat::Int);
        let samples: Vec<i16> = reader.samples().map(|s| s.expect("a sample")).collect();
        samples
            .chunks_exact(2)
            .map(|two| [two[0], two[1]])
            .collect()
    }
}

fn tone(first: u64, many: usize) -> Vec<StereoFrame> {
    let frame = |n: u64| [n as i16, -(n as i16)];
    (first..).take(many).map(frame).collect()
}

#[test]
fn frames_stand_where_they_were_heard() {
    let scratch = Scratch::new();
    let mut wav = WavFile::create(&scratch.file(), 100).expect("made");
    wav.sound(103, &tone(103, 5));
    wav.sound(108, &tone(108, 2));
    // Twice the same, and a long silence.
    wav.sound(106, &tone(106, 4));
    wav.sound(100_110, &tone(110, 1));
    wav.finish(100_120).expect("written");
    let mut wanted = vec![[0, 0]; 100_020];
    wanted[3..10].copy_from_slice(&tone(103, 7));
    wanted[100_010] = [110, -110];
    assert_eq!(scratch.read(), wanted);
    assert_eq!(
        fs::metadata(scratch.file()).expect("there").len(),
        44 + 4 * 100_020
    );
}

#[test]
fn a_run_without_a_sound_is_silence_of_its_length() {
    let scratch = Scratch::new();
    let wav = WavFile::create(&scratch.file(), 0).expect("made");
    wav.finish(44_100 * 60).expect("written");
    let frames = scratch.read();
    assert_eq!(frames.len(), 44_100 * 60);
    assert!(frames.iter().all(|frame| *frame == [0, 0]));
    // Nothing at all is a file too.
    let wav = WavFile::create(&scratch.file(), 0).expect("made");
    wav.finish(0).expect("written");
    assert!(scratch.read().is_empty());
}

/// What a killed process leaves: nobody finishes or drops the file.
#[test]
fn what_was_heard_a_second_ago_is_in_a_file_that_nobody_finished() {
    let scratch = Scratch::new();
    let mut wav = WavFile::create(&scratch.file(), 0).expect("made");
    assert!(scratch.read().is_empty());
    for n in 0..100 {
        wav.sound(n * 1000, &tone(n, 1000));
    }
    std::mem::forget(wav);
    let frames = scratch.read();
    assert!(frames.len() > 100_000 - 44_100 - 1000, "{}", frames.len());
    assert_eq!(frames[..1000], tone(0, 1000));
}

#[test]
fn the_frame_that_the_run_ends_in_is_left_out() {
    let scratch = Scratch::new();
    let mut wav = WavFile::create(&scratch.file(), 10).expect("made");
    wav.sound(10, &tone(1, 6));
    wav.finish(14).expect("written");
    assert_eq!(scratch.read(), tone(1, 4));
}

#[test]
fn a_run_that_breaks_off_leaves_what_was_heard() {
    let scratch = Scratch::new();
    let mut wav = WavFile::create(&scratch.file(), 0).expect("made");
    wav.sound(0, &tone(0, 7));
    drop(wav);
    assert_eq!(scratch.read(), tone(0, 7));
}

#[test]
fn a_reset_goes_on_behind_the_run_before() {
    let scratch = Scratch::new();
    let mut wav = WavFile::create(&scratch.file(), 0).expect("made");
    wav.sound(0, &tone(1, 3));
    wav.begin_again(5, 0);
    wav.sound(1, &tone(9, 1));
    wav.finish(3).expect("written");
    let wanted = [tone(1, 3), vec![[0, 0]; 3], tone(9, 1), vec![[0, 0]]];
    assert_eq!(scratch.read(), wanted.concat());
}

#[test]
fn a_file_ends_where_its_length_cannot_be_said_any_more() {
    let scratch = Scratch::new();
    let mut wav = WavFile::create(&scratch.file(), 0).expect("made");
    wav.sound(LONGEST - 2, &tone(1, 5));
    wav.sound(LONGEST + 100, &tone(1, 5));
    let error = wav.finish(LONGEST + 1000).expect_err("too long");
    assert!(error.to_string().contains("6 hours"), "{error}");
    let reader = hound::WavReader::open(scratch.file()).expect("a WAV file");
    assert_eq!(u64::from(reader.duration()), LONGEST);
    let length = fs::metadata(scratch.file()).expect("there").len();
    assert_eq!(length, HEADER + LONGEST * FRAME);
}

#[test]
fn places_where_no_file_can_be_are_known_before() {
    let scratch = Scratch::new();
    for (path, why) in [
        (scratch.0.path().to_owned(), "is a folder"),
        (scratch.0.path().join("no/x.wav"), "its folder is not there"),
        (PathBuf::from("/"), "is a folder"),
    ] {
        let error = WavFile::create(&path, 0).expect_err("no place");
        assert!(error.to_string().contains(why), "{error}");
    }
    #[cfg(unix)]
    {
        let error = check_file(Path::new("/dev/null")).expect_err("no file");
        assert!(error.to_string().contains("no ordinary file"), "{error}");
    }
}
