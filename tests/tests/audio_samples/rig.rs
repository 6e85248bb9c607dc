//! Calls of the Audio folio, files made by hand, and time in output frames.

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::Task;
use emu_core::loader::dsp_file::builder::resource;
use emu_core::loader::dsp_file::{
    CodeBlock, Conversion, DspFile, Knob, KnobTarget, Module, Relocation, ResourceKind,
};
use emu_core::time::{Tick, Ticks};
use tests::guest::{Guest, Word};

/// Patience for what is read from a disc.
const LONG: Ticks = Ticks(400_000_000);

/// Tags and error codes by their names in the SDK.
pub const NAME: u32 = 12;
pub const RATE: u32 = 11;
pub const PITCH: u32 = 14;
pub const WIDTH: u32 = 22;
pub const CHANNELS: u32 = 23;
pub const FRAMES: u32 = 24;
pub const BASENOTE: u32 = 25;
pub const LOWNOTE: u32 = 27;
pub const HIGHNOTE: u32 = 28;
pub const SUSTAINBEGIN: u32 = 31;
pub const SUSTAINEND: u32 = 32;
pub const RELEASEBEGIN: u32 = 33;
pub const RELEASEEND: u32 = 34;
pub const NUMBYTES: u32 = 35;
pub const ADDRESS: u32 = 36;
pub const SET_FLAGS: u32 = 40;
pub const START_AT: u32 = 45;
pub const NUMBITS: u32 = 49;
pub const BASEFREQ: u32 = 51;
pub const CURRENT: u32 = 59;
pub const STATUS: u32 = 60;
pub const BADITEM: Status = Status(0xD52B_F001_u32 as i32);
pub const BADTAG: Status = Status(0xD52B_F002_u32 as i32);
pub const BADTAGVAL: Status = Status(0xD52B_F003_u32 as i32);
pub const NOMEM: Status = Status(0xD52B_F006_u32 as i32);
pub const BADPTR: Status = Status(0xD52B_F009_u32 as i32);
pub const TAGCONFLICT: Status = own(31);
pub const NOAUTOSTART: u32 = 1;
pub const FATLADYSINGS: u32 = 2;

/// An error of the folio's own class.
pub const fn own(number: u32) -> Status {
    Status((0xD52B_F100_u32 + number) as i32)
}

/// Makes a call of the folio.
pub fn call(g: &mut Guest, name: &str, arguments: &[u32]) -> Status {
    g.begin_call(name, arguments);
    g.wait_for(LONG);
    g.last()
}

/// One that gives an item.
pub fn item(g: &mut Guest, name: &str, arguments: &[u32]) -> Item {
    let result = call(g, name, arguments);
    assert!(result.0 > 0, "{name}: {result:?}");
    Item(result.0)
}

/// A tag list in scratch memory.
pub fn list(g: &mut Guest, tags: &[(u32, u32)]) -> u32 {
    let mut words: Vec<u32> = tags.iter().flat_map(|&(tag, value)| [tag, value]).collect();
    words.push(0);
    g.words(&words)
}

/// CreateSample.
pub fn create(g: &mut Guest, tags: &[(u32, u32)]) -> Status {
    let tags = list(g, tags);
    call(g, "CreateSample", &[tags])
}

/// A sample of 16-bit mono with so many frames, and more tags.
pub fn sample(g: &mut Guest, frames: u32, more: &[(u32, u32)]) -> Item {
    let at = g.alloc(16);
    let tags = [&[(ADDRESS, at), (FRAMES, frames)], more].concat();
    let made = create(g, &tags);
    assert!(made.0 > 0, "CreateSample: {made:?}");
    Item(made.0)
}

/// GetAudioItemInfo of one tag.
pub fn try_get(g: &mut Guest, of: Item, tag: u32) -> Result<u32, Status> {
    let tags = list(g, &[(tag, 0xDEAD)]);
    match call(g, "GetAudioItemInfo", &[of.word(), tags]) {
        Status(0) => Ok(g.read(tags + 4)),
        error => Err(error),
    }
}

pub fn get(g: &mut Guest, of: Item, tag: u32) -> u32 {
    try_get(g, of, tag).unwrap_or_else(|error| panic!("tag {tag}: {error:?}"))
}

/// SetAudioItemInfo.
pub fn set(g: &mut Guest, of: Item, tags: &[(u32, u32)]) -> Status {
    let tags = list(g, tags);
    call(g, "SetAudioItemInfo", &[of.word(), tags])
}

/// A cue and its signal.
pub fn cue(g: &mut Guest) -> (Item, u32) {
    let cue = g.create(0x405, Default::default());
    assert!(cue.0 > 0, "CreateCue: {cue:?}");
    let mask = call(g, "GetCueSignal", &[cue.word()]);
    (Item(cue.0), mask.0 as u32)
}

/// A sample attached to an instrument, and a cue for its end.
pub struct Attached {
    pub attachment: Item,
    pub mask: u32,
}

pub fn attach(g: &mut Guest, instrument: Item, sample: Item) -> Attached {
    let arguments = [instrument.word(), sample.word(), 0];
    let attachment = item(g, "AttachSample", &arguments);
    monitor(g, attachment)
}

pub fn monitor(g: &mut Guest, attachment: Item) -> Attached {
    let (cue, mask) = cue(g);
    let arguments = [attachment.word(), cue.word(), -2_i32 as u32];
    assert_eq!(call(g, "MonitorAttachment", &arguments), Status(0));
    Attached { attachment, mask }
}

// ---- time ----

/// When a frame begins.
pub fn start_of(frame: u64) -> Tick {
    Tick((frame * 125_000).div_ceil(441))
}

/// Lets time pass to the beginning of a frame, so that the next call is made within it; the
/// frame from which on that call is heard.
pub fn align(g: &mut Guest) -> u64 {
    let frame = g.now().0 * 441 / 125_000 + 1;
    g.run_to(start_of(frame) + Ticks(5));
    frame + 1
}

/// Makes a call at the beginning of a frame; the frame from which on it is heard.
pub fn at_frame(g: &mut Guest, name: &str, arguments: &[u32]) -> u64 {
    let heard = align(g);
    assert_eq!(call(g, name, arguments), Status(0), "{name}");
    heard
}

/// The same when a certain frame begins.
pub fn at(g: &mut Guest, heard: u64, name: &str, arguments: &[u32]) {
    assert!(g.now() < start_of(heard - 1), "too late for {name}");
    g.run_to(start_of(heard - 1) + Ticks(5));
    assert_eq!(call(g, name, arguments), Status(0), "{name}");
}

/// The signals that the main task has got.
pub fn signals(g: &Guest) -> u32 {
    g.field(g.main(), Task::t_SigBits)
}

/// A channel is ahead of what is heard by eight samples at most, at half speed 16 frames.
const AHEAD: u64 = 24;

/// The cue of an envelope rings when the frame begins, and not before; that of a sample not
/// earlier than its channel is ahead. It is silent again afterwards.
#[track_caller]
pub fn rings_at(g: &mut Guest, mask: u32, frame: u64) {
    let start = start_of(frame - AHEAD);
    assert!(g.now() < start, "frame {frame} is over");
    g.run_to(start - Ticks(10));
    catch_up(g);
    assert_eq!(signals(g) & mask, 0, "before frame {frame}");
    g.run_to(start_of(frame) + Ticks(10));
    catch_up(g);
    assert_eq!(signals(g) & mask, mask, "at frame {frame}");
    quiet(g, mask);
}

/// Every call of the folio lets the signal processor catch up; by itself it does so every 32
/// frames.
pub fn catch_up(g: &mut Guest) {
    call(g, "GetAudioFrameCount", &[]);
}

/// Takes a signal back.
pub fn quiet(g: &mut Guest, mask: u32) {
    let at = g.ptr::<Task>(g.main()).at(Task::t_SigBits);
    let now = signals(g);
    g.write(at.addr(), now & !mask);
}

/// The cue does not ring for so many frames.
#[track_caller]
pub fn stays_quiet(g: &mut Guest, mask: u32, frames: u64) {
    g.advance(frames * 284);
    assert_eq!(signals(g) & mask, 0);
}

// ---- files ----

fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = [id, &(content.len() as u32).to_be_bytes()[..], content].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

fn form(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"FORM", &[&kind[..], &chunks.concat()].concat())
}

/// A sound file in the making.
#[derive(Clone, Default)]
pub struct Sound {
    pub channels: u16,
    pub bits: u16,
    pub data: Vec<u8>,
    /// None: AIFF.
    pub compression: Option<[u8; 4]>,
    pub ratio: u32,
    pub sustain: Option<(u32, u32)>,
    pub release: Option<(u32, u32)>,
    pub markers: u16,
    /// Put between what describes the sound and the sound.
    pub padding: usize,
}

impl Sound {
    /// 16-bit mono.
    pub fn mono(data: &[u8]) -> Sound {
        Sound {
            channels: 1,
            bits: 16,
            data: data.to_vec(),
            ratio: 1,
            ..Sound::default()
        }
    }

    pub fn frames(&self) -> u32 {
        let frame = u32::from(self.channels) * u32::from(self.bits.div_ceil(8));
        self.data.len() as u32 * self.ratio / frame
    }

    pub fn file(&self) -> Vec<u8> {
        let mut common = self.channels.to_be_bytes().to_vec();
        common.extend(self.frames().to_be_bytes());
        common.extend(self.bits.to_be_bytes());
        common.extend([0x40, 0x0D, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]);
        if let Some(id) = self.compression {
            common.extend(id);
            common.extend([0, 0]);
        }
        let loops = [self.sustain, self.release].map(Option::unwrap_or_default);
        let ends = loops.iter().flat_map(|&(begin, end)| [begin, end]);
        let mut markers = (4 + self.markers).to_be_bytes().to_vec();
        let more = (0..self.markers).map(|_| 0);
        for (n, frame) in (1_u16..).zip(ends.chain(more)) {
            markers.extend(n.to_be_bytes());
            markers.extend(frame.to_be_bytes());
            markers.extend([1, b'm']);
        }
        let mut notes = vec![62, 0, 10, 100, 1, 127, 0, 0];
        for (first, it) in [(1, self.sustain), (3, self.release)] {
            let mode = u16::from(it.is_some());
            notes.extend(
                [mode, first, first + 1]
                    .iter()
                    .flat_map(|n| n.to_be_bytes()),
            );
        }
        let kind = self.compression.map_or(b"AIFF", |_| b"AIFC");
        let chunks = [
            chunk(b"COMM", &common),
            chunk(b"MARK", &markers),
            chunk(b"INST", &notes),
            chunk(b"APPL", &vec![0; self.padding]),
            chunk(b"SSND", &[&[0; 8][..], &self.data].concat()),
        ];
        form(kind, &chunks)
    }
}

/// An instrument file: two FIFOs, an envelope, a frequency. The first FIFO is read `Frequency`
/// times in 0x8000 frames, the second once a frame.
pub fn dsp() -> DspFile {
    let resources = [
        ("Entry", ResourceKind::Code, PROGRAM.len() as u32),
        ("InFIFO", ResourceKind::InFifo, 1),
        ("Second", ResourceKind::InFifo, 1),
        ("Frequency", ResourceKind::Ei, 1),
        ("Env.request", ResourceKind::Ei, 1),
        ("Env.incr", ResourceKind::Ei, 1),
        ("Env.current", ResourceKind::I, 1),
        ("Env.target", ResourceKind::I, 1),
        ("Env.phase", ResourceKind::I, 1),
        ("Env.source", ResourceKind::I, 1),
        ("Output", ResourceKind::I, 1),
        ("Other", ResourceKind::I, 1),
        ("Phase", ResourceKind::I, 1),
        ("Ticks", ResourceKind::Ticks, 40),
    ];
    let place = |word: usize, name: &str| {
        let resource = resources.iter().position(|(known, ..)| *known == name);
        Relocation {
            attribute: 0,
            add: name == "Entry",
            list: false,
            long: false,
            width: 10,
            bit: 0,
            block: 0,
            resource: resource.expect("one of them") as u32,
            word: word as u32,
        }
    };
    let words = PROGRAM.iter().enumerate();
    let named = words.filter(|(_, (_, name))| !name.is_empty());
    let frequency = Knob {
        name: "Frequency".into(),
        min: 0,
        max: 0xFFFF,
        default: 0x8000,
        targets: vec![KnobTarget {
            resource: 3,
            conversion: Conversion::Nop,
        }],
    };
    DspFile {
        name: b"player.dsp".to_vec(),
        main: Module {
            function: 0x7000,
            silicon: 2,
            code: vec![CodeBlock {
                kind: 0,
                words: PROGRAM.iter().map(|&(word, _)| word).collect(),
            }],
            resources: resources
                .map(|(name, kind, many)| resource(kind, many, name))
                .into(),
            relocations: named.map(|(n, (_, name))| place(n, name)).collect(),
            knobs: vec![frequency],
            data: Vec::new(),
        },
        shared: Vec::new(),
        envelopes: Vec::new(),
        samples: Vec::new(),
    }
}

/// Code words and the resources whose places go into them.
const PROGRAM: &[(u16, &str)] = &[
    // Phase = Phase + Frequency; whenever it passes 0x10000, another sample. Twice.
    (0x4620, ""),
    (0x8800, "Phase"),
    (0x8000, "Frequency"),
    (0xD806, "Entry"),
    (0x9800, "Output"),
    (0x8000, "InFIFO"),
    (0x4620, ""),
    (0x8800, "Phase"),
    (0x8000, "Frequency"),
    (0xD80C, "Entry"),
    (0x9800, "Output"),
    (0x8000, "InFIFO"),
    (0x9800, "Other"),
    (0x8000, "Second"),
    // Something else is asked of the envelope: it begins where it is.
    (0x4640, ""),
    (0x8000, "Env.request"),
    (0x8000, "Env.target"),
    (0xB418, "Entry"),
    (0x9800, "Env.source"),
    (0x8000, "Env.current"),
    (0x9800, "Env.target"),
    (0x8000, "Env.request"),
    (0x9800, "Env.phase"),
    (0xC000, ""),
    // Env.phase = clip(Env.phase + Env.incr)
    (0x4627, ""),
    (0x8800, "Env.phase"),
    (0x8000, "Env.incr"),
    // Env.current = Env.source + (Env.target - Env.source) * Env.phase
    (0x4640, ""),
    (0x8000, "Env.target"),
    (0x8000, "Env.source"),
    (0x6D20, ""),
    (0x8000, "Env.phase"),
    (0x8000, "Env.source"),
    (0x8800, "Env.current"),
    // Sleep.
    (0x8380, ""),
    (0x8000, ""),
];

/// A template of a file.
pub fn template(g: &mut Guest, file: &DspFile) -> Item {
    let file = file.write();
    let image = g.alloc(file.len() as u32);
    g.write_bytes(image, &file);
    let name = g.string("player.dsp");
    let arguments = [image, file.len() as u32, 0, name];
    item(g, "DefineInsTemplate", &arguments)
}

/// An instrument of that file.
pub fn instrument(g: &mut Guest) -> Item {
    let template = template(g, &dsp());
    item(g, "AllocInstrument", &[template.word(), 100])
}
