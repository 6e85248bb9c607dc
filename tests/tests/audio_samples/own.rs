//! Samples that come with an instrument file (audio sheet 7).

use crate::rig::*;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::dsp_file::{DspFile, ResourceKind, SampleHook, builder::resource};
use tests::guest::{Guest, Word, both_profiles};

/// Frames that count up from a number.
fn rising(from: u16, frames: u16) -> Sound {
    let data: Vec<u8> = (from..from + frames).flat_map(u16::to_be_bytes).collect();
    Sound::mono(&data)
}

/// The player with a sample for each of these FIFOs.
fn player(samples: &[(&str, &Sound)]) -> DspFile {
    let mut file = dsp();
    let hook = |&(fifo, sound): &(&str, &Sound)| SampleHook {
        hook: fifo.into(),
        file: sound.file(),
    };
    file.samples = samples.iter().map(hook).collect();
    file
}

fn probe(g: &mut Guest, instrument: Item, output: &str) -> Item {
    let name = g.string(output);
    item(g, "CreateProbe", &[instrument.word(), name, 0])
}

fn read(g: &mut Guest, probe: Item) -> u32 {
    let place = g.words(&[0]);
    assert_eq!(call(g, "ReadProbe", &[probe.word(), place]), Status(0));
    g.read(place)
}

/// One that is heard without a call that attaches it; with its loop until it is released.
#[test]
fn a_sample_that_comes_with_its_instrument() {
    both_profiles(|g| {
        let items = g.item_count();
        let first = Sound {
            sustain: Some((100, 120)),
            ..rising(1, 200)
        };
        let second = rising(1001, 50);
        let file = player(&[("infifo", &first), ("Second", &second)]);
        let template = template(g, &file);
        let allocate = |g: &mut Guest| item(g, "AllocInstrument", &[template.word(), 100]);
        let (one, other) = (allocate(g), allocate(g));
        let (output, beside) = (probe(g, one, "Output"), probe(g, one, "Other"));
        let t0 = at_frame(g, "StartInstrument", &[one.word(), 0]);
        g.run_to(start_of(t0 + 20));
        let (a, b) = (read(g, output), read(g, beside));
        assert!((10..30).contains(&a), "{a}");
        // A call takes its time.
        assert!((a..a + 4).contains(&(b - 1000)), "{a} and {b}");
        // Round and round, until it is released.
        for n in 0..100 {
            g.run_to(start_of(t0 + 300 + n * 7));
            let level = read(g, output);
            assert!((101..=120).contains(&level), "{level}");
            assert_eq!(read(g, beside), 1050, "without a loop it has ended");
        }
        at_frame(g, "ReleaseInstrument", &[one.word(), 0]);
        g.advance(300 * 284);
        assert_eq!(read(g, output), 200);
        // Another plays it too, until the template goes with all of them.
        let there = probe(g, other, "Output");
        let t0 = at_frame(g, "StartInstrument", &[other.word(), 0]);
        g.run_to(start_of(t0 + 20));
        assert!((10..30).contains(&read(g, there)));
        assert_eq!(call(g, "UnloadInsTemplate", &[template.word()]), Status(0));
        assert_eq!(g.item_count(), items);
    });
}

/// Base note and range are the file's: the note chooses the sample, and its rate.
#[test]
fn notes_choose_among_samples_of_one_fifo() {
    both_profiles(|g| {
        // Base note 62, notes 10 to 100, at 22,050 Hz.
        let file = player(&[("InFIFO", &rising(1, 2000))]);
        let template = template(g, &file);
        let instrument = item(g, "AllocInstrument", &[template.word(), 100]);
        let output = probe(g, instrument, "Output");
        let frames = |g: &mut Guest, note: u32| {
            let tags = list(g, &[(PITCH, note)]);
            let t0 = at_frame(g, "StartInstrument", &[instrument.word(), tags]);
            g.run_to(start_of(t0 + 800));
            let level = read(g, output);
            at_frame(g, "StopInstrument", &[instrument.word(), 0]);
            level
        };
        let at_its_rate = frames(g, 62);
        assert!((396..=404).contains(&at_its_rate), "{at_its_rate}");
        let octave = frames(g, 74);
        assert!((792..=808).contains(&octave), "{octave}");
    });
}

/// A sample of the program's own comes behind that of the file.
#[test]
fn what_the_file_has_is_attached_first() {
    both_profiles(|g| {
        let template = template(g, &player(&[("InFIFO", &rising(1, 300))]));
        let instrument = item(g, "AllocInstrument", &[template.word(), 100]);
        let output = probe(g, instrument, "Output");
        let own = sample(g, 600, &[]);
        item(g, "AttachSample", &[instrument.word(), own.word(), 0]);
        let t0 = at_frame(g, "StartInstrument", &[instrument.word(), 0]);
        g.run_to(start_of(t0 + 100));
        assert!((90..110).contains(&read(g, output)));
    });
}

#[test]
fn samples_without_a_fifo_that_takes_them() {
    both_profiles(|g| {
        let mut file = player(&[("Nowhere", &rising(1, 9)), ("Line", &rising(1, 9))]);
        file.main
            .resources
            .push(resource(ResourceKind::OutFifo, 1, "Line"));
        let template = template(g, &file);
        item(g, "AllocInstrument", &[template.word(), 100]);
        let warned = g.warnings();
        let text = |fifo: &str| {
            format!(
                "a sample that is part of \"player.dsp\" is not attached: \
                 no FIFO \"{fifo}\" of it takes samples"
            )
        };
        for fifo in ["Nowhere", "Line"] {
            let said = warned.lines().filter(|line| *line == text(fifo)).count();
            assert_eq!(said, 1, "{fifo}: {warned}");
        }
    });
}

#[test]
fn damaged_samples_spoil_their_file() {
    both_profiles(|g| {
        let items = g.item_count();
        let beyond = Sound {
            sustain: Some((2, 90)),
            ..rising(1, 9)
        };
        let mut cut = player(&[("InFIFO", &rising(1, 9))]);
        let file = &mut cut.samples[0].file;
        let sound = file.windows(4).position(|id| id == b"SSND").expect("sound");
        file[sound] = b'X';
        for (file, error) in [(player(&[("InFIFO", &beyond)]), own(23)), (cut, own(3))] {
            let bytes = file.write();
            let image = g.alloc(bytes.len() as u32);
            g.write_bytes(image, &bytes);
            let arguments = [image, bytes.len() as u32, 0, 0];
            assert_eq!(call(g, "DefineInsTemplate", &arguments), error);
        }
        assert_eq!(g.item_count(), items);
    });
}
