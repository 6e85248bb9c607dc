//! What is heard of the Audio folio, sample by sample.
//!
//! Audio sheet 2 to 6, with the built-in instruments. `dsp_roms` has whole programs.
#![forbid(unsafe_code)]

use emu_core::device::sound::{StereoFrame, frame_at};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::machine::{Config, Machine};
use emu_core::sound::SoundHash;
use emu_core::time::Tick;
use emu_core::trace::{Category, Record, Recorder, Silent, Sink};
use emu_devices::board::ConsoleBoard;
use proptest::prelude::*;
use tests::guest::{Guest, Tags, Word, both_profiles};
use tests::run;

const SECURITY: Status = Status(0xD52B_F11B_u32 as i32);
const CHANNELS: u32 = 23;
const FRAMES: u32 = 24;
const SUSTAINBEGIN: u32 = 31;
const SUSTAINEND: u32 = 32;
const ADDRESS: u32 = 36;
const AMPLITUDE: u32 = 10;
const RATE: u32 = 11;
const HALF_RATE: (u32, u32) = (72, 2);

fn load(g: &mut Guest, name: &str, priority: u32) -> Item {
    let name = g.string(name);
    g.item_from("LoadInstrument", &[name, 0, priority])
}

fn ok(g: &mut Guest, name: &str, arguments: &[u32]) {
    assert_eq!(g.call(name, arguments), Status::OK, "{name}");
}

fn start(g: &mut Guest, instrument: Item, tags: Tags) {
    let tags = g.tags(tags);
    ok(g, "StartInstrument", &[instrument.word(), tags]);
}

fn wire(g: &mut Guest, call: &str, from: (Item, &str), to: (Item, &str)) {
    let (output, input) = (g.string(from.1), g.string(to.1));
    ok(g, call, &[from.0.word(), output, to.0.word(), input]);
}

fn connect(g: &mut Guest, from: (Item, &str), to: (Item, &str)) {
    wire(g, "ConnectInstruments", from, to);
}

fn both_sides(g: &mut Guest, from: (Item, &str), out: Item) {
    for input in ["InputLeft", "InputRight"] {
        connect(g, from, (out, input));
    }
}

/// Lets so many frames pass.
fn pass(g: &mut Guest, frames: u64) {
    g.advance(frames * 125_000 / 441);
}

fn frame_of(g: &Guest) -> u64 {
    g.now().0 * 441 / 125_000
}

/// What has been heard, from the first sound on, silence filled in.
fn heard(g: &Guest) -> (u64, Vec<StereoFrame>) {
    let sound = &g.records().sound;
    let first = sound.first().expect("something is heard").0;
    let mut frames = Vec::new();
    for &(number, frame) in sound {
        frames.resize((number - first) as usize, [0; 2]);
        frames.push(frame);
    }
    (first, frames)
}

fn left(g: &Guest) -> Vec<i16> {
    heard(g).1.iter().map(|frame| frame[0]).collect()
}

/// What multiplying by an amplitude and by the head's makes of a sample.
fn scaled(sample: i32, amplitude: i32) -> i16 {
    ((((sample * amplitude) >> 15) * 0x7FFF) >> 15) as i16
}

/// A saw with that step, from its n-th frame on.
fn saw(n: usize, step: u16, amplitude: i32) -> i16 {
    scaled(((n as u16).wrapping_mul(step) as i16).into(), amplitude)
}

#[test]
fn a_saw_is_heard_to_the_bit() {
    both_profiles(|g| {
        let (source, out) = (load(g, "sawtooth.dsp", 100), load(g, "directout.dsp", 50));
        both_sides(g, (source, "Output"), out);
        start(g, out, Tags::new());
        start(g, source, Tags::new());
        pass(g, 3000);
        let (_, frames) = heard(g);
        assert!(frames.len() > 2900);
        for (n, frame) in frames.iter().enumerate() {
            assert_eq!(*frame, [saw(n + 1, 768, 0x6000); 2], "frame {n}");
        }
        // Silence once all is stopped, and the count of what was heard stands still.
        for instrument in [source, out] {
            ok(g, "StopInstrument", &[instrument.word(), 0]);
        }
        pass(g, 100);
        let length = heard(g).1.len();
        pass(g, 10_000);
        assert_eq!(heard(g).1.len(), length);
    });
}

/// Audio sheet 4.4: what is connected upwards in priority is heard in the same frame, downwards
/// a frame later.
#[test]
fn the_order_of_priorities_is_heard() {
    both_profiles(|g| {
        let mut delays = Vec::new();
        for out_priority in [50, 150] {
            let source = load(g, "sawtooth.dsp", 100);
            let out = load(g, "directout.dsp", out_priority);
            both_sides(g, (source, "Output"), out);
            let tags = g.tags(Tags::new());
            start(g, out, Tags::new());
            let before = g.records().sound.len();
            g.begin_call("StartInstrument", &[source.word(), tags]);
            let started = frame_of(g);
            g.wait();
            pass(g, 100);
            let first = g.records().sound[before].0;
            delays.push(first - started);
            for item in [source, out] {
                assert_eq!(g.delete(item), Status::OK);
            }
            pass(g, 100);
        }
        assert_eq!(delays[1], delays[0] + 1);
    });
}

/// A connected knob follows; afterwards it has the value that it was given meanwhile.
#[test]
fn a_disconnected_knob_regains_its_value() {
    both_profiles(|g| {
        let (source, out) = (load(g, "sawtooth.dsp", 100), load(g, "directout.dsp", 50));
        let nothing = load(g, "add.dsp", 100);
        both_sides(g, (source, "Output"), out);
        connect(g, (nothing, "Output"), (source, "Amplitude"));
        start(g, out, Tags::new());
        start(g, source, Tags::new().and(AMPLITUDE, 0x2000_u32));
        pass(g, 200);
        assert!(g.records().sound.is_empty(), "its amplitude is nothing");
        wire(
            g,
            "DisconnectInstruments",
            (nothing, "Output"),
            (source, "Amplitude"),
        );
        pass(g, 200);
        let sound = left(g);
        let first = (1..300).find(|&n| saw(n, 768, 0x2000) == sound[0]);
        let first = first.expect("a phase");
        for (n, &sample) in sound.iter().enumerate() {
            assert_eq!(sample, saw(first + n, 768, 0x2000));
        }
        // What is deleted is disconnected.
        connect(g, (nothing, "Output"), (source, "Amplitude"));
        pass(g, 50);
        assert_eq!(g.delete(nothing), Status::OK);
        let before = g.records().sound.len();
        pass(g, 100);
        assert!(g.records().sound.len() > before + 60);
    });
}

#[test]
fn half_the_rate_is_heard_in_every_second_frame() {
    both_profiles(|g| {
        let name = g.string("sawtooth.dsp");
        let template = g.item_from("LoadInsTemplate", &[name, 0]);
        let tags = g.tags(Tags::new().and(HALF_RATE.0, HALF_RATE.1));
        let source = g.item_from("CreateInstrument", &[template.word(), tags]);
        let out = load(g, "directout.dsp", 50);
        both_sides(g, (source, "Output"), out);
        start(g, source, Tags::new());
        start(g, out, Tags::new());
        pass(g, 500);
        let sound = left(g);
        let changes = sound.windows(2).filter(|two| two[0] != two[1]).count();
        assert!(changes.abs_diff(sound.len() / 2) <= 1, "{changes}");
    });
}

#[test]
fn a_pause_is_silence_or_the_last_level() {
    both_profiles(|g| {
        let (source, out) = (load(g, "sawtooth.dsp", 100), load(g, "directout.dsp", 50));
        both_sides(g, (source, "Output"), out);
        start(g, out, Tags::new());
        start(g, source, Tags::new());
        pass(g, 100);
        ok(g, "PauseInstrument", &[source.word()]);
        pass(g, 100);
        ok(g, "ResumeInstrument", &[source.word()]);
        pass(g, 100);
        let sound = left(g);
        let still = sound.windows(2).filter(|two| two[0] == two[1]).count();
        assert!((95..110).contains(&still), "{still}");
        // It goes on where it was.
        let mut distinct = sound.clone();
        distinct.dedup();
        for (n, &sample) in distinct.iter().enumerate() {
            assert_eq!(sample, saw(n + 1, 768, 0x6000));
        }
        ok(g, "PauseInstrument", &[out.word()]);
        pass(g, 10);
        let before = g.records().sound.len();
        pass(g, 100);
        assert_eq!(g.records().sound.len(), before);
    });
}

#[test]
fn a_probe_reads_what_is_computed() {
    both_profiles(|g| {
        let source = load(g, "sawtooth.dsp", 100);
        let output = g.string("Output");
        let probe = g.item_from("CreateProbe", &[source.word(), output, 0]);
        start(g, source, Tags::new());
        let place = g.words(&[0]);
        let mut values = Vec::new();
        for _ in 0..3 {
            pass(g, 20);
            ok(g, "ReadProbe", &[probe.word(), place]);
            values.push(g.read(place) as i16);
        }
        for value in values {
            let all = (0..400_u16).map(|n| {
                let phase = n.wrapping_mul(768) as i16;
                ((i32::from(phase) * 0x6000) >> 15) as i16
            });
            assert!(all.into_iter().any(|sample| sample == value), "{value}");
        }
    });
}

/// Samples in guest memory: numbers that say which sample it is.
fn ramp(g: &mut Guest, first: u32, frames: u32, more: &[(u32, u32)]) -> Item {
    let samples = (first..first + frames).map(|n| n as u16 * 8);
    let bytes: Vec<u8> = samples.flat_map(u16::to_be_bytes).collect();
    let at = g.alloc(bytes.len() as u32);
    g.write_bytes(at, &bytes);
    let mut tags = Tags::new().and(ADDRESS, at).and(FRAMES, frames);
    for &(tag, value) in more {
        tags = tags.and(tag, value);
    }
    let tags = g.tags(tags);
    g.item_from("CreateSample", &[tags])
}

fn attach(g: &mut Guest, player: Item, sample: Item) -> Item {
    g.item_from("AttachSample", &[player.word(), sample.word(), 0])
}

/// A player of 16-bit samples that is heard on both sides.
fn player(g: &mut Guest, name: &str) -> Item {
    let (player, out) = (load(g, name, 100), load(g, "directout.dsp", 50));
    both_sides(g, (player, "Output"), out);
    start(g, out, Tags::new());
    player
}

/// Passages follow each other without a gap: a loop, its release, what is linked, even if that
/// is two samples long.
#[test]
fn loops_and_links_have_no_seam() {
    both_profiles(|g| {
        let player = player(g, "fixedmonosample.dsp");
        let loops = [(SUSTAINBEGIN, 20), (SUSTAINEND, 60)];
        let first = ramp(g, 1, 100, &loops);
        let [second, third] = [(101, 2), (103, 200)].map(|(from, many)| ramp(g, from, many, &[]));
        let all = [first, second, third].map(|sample| attach(g, player, sample));
        for pair in all.windows(2) {
            ok(g, "LinkAttachments", &[pair[0].word(), pair[1].word()]);
        }
        start(g, player, Tags::new());
        pass(g, 300);
        ok(g, "ReleaseInstrument", &[player.word(), 0]);
        pass(g, 600);
        let sound: Vec<i32> = left(g).iter().map(|&s| (i32::from(s) + 7) / 8).collect();
        let to_loop = (1..=60).collect::<Vec<i32>>();
        assert_eq!(sound[..60], to_loop);
        let rounds = sound[60..]
            .chunks(40)
            .take_while(|part| **part == to_loop[20..])
            .count();
        assert!((5..10).contains(&rounds), "{rounds}");
        let rest: Vec<i32> = sound[60 + rounds * 40..]
            .iter()
            .copied()
            .take(242)
            .collect();
        assert_eq!(rest, (61..=302).collect::<Vec<i32>>());
    });
}

/// Very short samples that are linked: several end within the frame that fills the FIFO.
#[test]
fn short_samples_are_all_heard_once() {
    both_profiles(|g| {
        let player = player(g, "fixedmonosample.dsp");
        let samples = [1, 3, 5, 7, 9, 11].map(|from| ramp(g, from, 2, &[]));
        let all = samples.map(|sample| attach(g, player, sample));
        for pair in all.windows(2) {
            ok(g, "LinkAttachments", &[pair[0].word(), pair[1].word()]);
        }
        start(g, player, Tags::new());
        pass(g, 100);
        let sound: Vec<i32> = left(g).iter().map(|&s| (i32::from(s) + 7) / 8).collect();
        assert_eq!(sound[..12], (1..=12).collect::<Vec<i32>>());
    });
}

#[test]
fn a_sampler_plays_at_its_rate() {
    both_profiles(|g| {
        let player = player(g, "varmono16.dsp");
        let sample = ramp(g, 0, 1000, &[]);
        attach(g, player, sample);
        start(g, player, Tags::new().and(RATE, 0x4000_u32));
        pass(g, 1000);
        let sound = left(g);
        let steps = sound[10..800].windows(2).map(|two| two[1] - two[0]);
        let all: i32 = steps.clone().map(i32::from).sum();
        assert!((all - 789 * 4).abs() <= 4, "half of 8 a frame: {all}");
        assert!(steps.into_iter().all(|step| (3..=5).contains(&step)));
    });
}

/// Audio sheet 3.2: memory that the processor writes is the folio's own.
#[test]
fn a_delay_line_is_written_and_nothing_else_is() {
    both_profiles(|g| {
        let (source, delay) = (load(g, "sawtooth.dsp", 100), load(g, "delaymono.dsp", 50));
        connect(g, (source, "Output"), (delay, "Input"));
        let fifo = g.string("OutFIFO");
        let plain = ramp(g, 1, 100, &[]);
        let refused = g.call("AttachSample", &[delay.word(), plain.word(), fifo]);
        assert_eq!(refused, SECURITY);
        let line = g.item_from("CreateDelayLine", &[400, 1, 1]);
        let place = g.words(&[ADDRESS, 0, CHANNELS, 0, 0]);
        ok(g, "GetAudioItemInfo", &[line.word(), place]);
        let at = g.read(place + 4);
        g.item_from("AttachSample", &[delay.word(), line.word(), fifo]);
        start(g, delay, Tags::new());
        start(g, source, Tags::new());
        // 200 samples round and round.
        pass(g, 1000);
        let words: Vec<u32> = (0..100).map(|n| g.read(at + n * 4)).collect();
        let samples: Vec<u16> = words
            .iter()
            .flat_map(|&w| [(w >> 16) as u16, w as u16])
            .collect();
        let expected = |n: usize| {
            let phase = (n as u16).wrapping_mul(768) as i16;
            ((i32::from(phase) * 0x6000) >> 15) as i16 as u16
        };
        let breaks: Vec<usize> = (0..199)
            .filter(|&n| {
                let here = (0..1100).filter(|&at| expected(at) == samples[n]);
                !here
                    .into_iter()
                    .any(|at| expected(at + 1) == samples[n + 1])
            })
            .collect();
        assert!(breaks.len() <= 1, "only where it goes round: {breaks:?}");
        assert!(
            samples
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len()
                > 60
        );
    });
}

/// What the last frame took, and the system with it.
#[test]
fn cycles_of_the_last_frame() {
    both_profiles(|g| {
        let idle = g.call("GetAudioCyclesUsed", &[]);
        assert_eq!(idle, Status(29 + 16), "the system's own");
        let source = load(g, "sawtooth.dsp", 100);
        start(g, source, Tags::new());
        pass(g, 10);
        let busy = g.call("GetAudioCyclesUsed", &[]);
        assert!((idle.0 + 4..=idle.0 + 12).contains(&busy.0), "{busy:?}");
        ok(g, "StopInstrument", &[source.word(), 0]);
        pass(g, 10);
        assert_eq!(g.call("GetAudioCyclesUsed", &[]), idle);
    });
}

/// Somebody who listens and adds up.
#[derive(Default)]
struct Listener(SoundHash);

impl Sink for Listener {
    fn wants(&self, _: Category) -> bool {
        false
    }
    fn record(&mut self, _: Record) {}
    fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        self.0.sound(first, frames, |_| ());
    }
}

/// Every frame of a run up to an instant, and what its machine is then.
fn heard_to(name: &str, limit: Tick) -> (Vec<StereoFrame>, Machine<ConsoleBoard>) {
    let rom = roms::by_name(name).expect("a program");
    let mut machine = run::start(rom, Config::default());
    let mut sink = Recorder::new(Category::empty());
    run::go(&mut machine, limit, &mut sink);
    let last = machine.last_sound();
    for (first, frames) in &last.pieces {
        sink.sound(*first, frames);
    }
    let mut all = vec![[0; 2]; frame_at(machine.now()) as usize + 1];
    for (n, frame) in sink.sound {
        let place = &mut all[usize::try_from(n).expect("a short run")];
        assert_eq!(*place, [0; 2], "frame {n} is told of once");
        *place = frame;
    }
    let mut hash = SoundHash::default();
    hash.sound(0, &all, |_| ());
    assert_eq!(last.hash, hash.value(), "of all that was heard");
    (all, machine)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(run::cases(6)))]

    /// Whenever a run ends, all is there that has begun, and the machine goes on as it would have.
    #[test]
    fn nothing_is_missing_at_the_end(
        name in prop::sample::select(vec!["tone", "loop", "envelope", "chime"]),
        end in 5_000_000_u64..20_000_000)
    {
        let limit = Tick(20_000_000);
        let (whole, straight) = heard_to(name, limit);
        let (frames, mut stopped) = heard_to(name, Tick(end));
        prop_assert!(frames.iter().any(|frame| *frame != [0; 2]));
        prop_assert_eq!(&frames[..], &whole[..frames.len()]);
        run::go(&mut stopped, limit, &mut Silent);
        prop_assert_eq!(stopped.save(), straight.save());
        prop_assert_eq!(stopped.last_sound(), straight.last_sound());
    }

    /// However the run is cut, and whether anybody listens, the sound is the same.
    #[test]
    fn cut_up_and_saved_it_sounds_the_same(
        name in prop::sample::select(vec!["tone", "loop", "envelope", "chime"]),
        cuts in prop::collection::vec(1_u64..40_000_000, 1..12))
    {
        let rom = roms::by_name(name).expect("a program");
        let limit = Tick(40_000_000);
        let mut straight = run::start(rom, Config::default());
        let mut listener = Listener::default();
        run::go(&mut straight, limit, &mut listener);
        prop_assert_ne!(listener.0.value(), SoundHash::default().value());
        prop_assert_eq!(straight.kernel().sound_hash(), listener.0.value());
        let mut cut = run::start(rom, Config::default());
        let mut cuts = cuts;
        cuts.sort();
        for at in cuts {
            run::go(&mut cut, Tick(at), &mut Silent);
            cut = Machine::<ConsoleBoard>::load(&cut.save()).expect("what was saved");
        }
        run::go(&mut cut, limit, &mut Silent);
        prop_assert_eq!(cut.kernel().sound_hash(), listener.0.value());
        prop_assert_eq!(cut.save(), straight.save());
    }
}
