//! `cargo xtask fuzz-seeds`: valid files for the fuzzer to begin with.

use crate::{Problems, root};
use emu_core::kernel::portfolio::compression::stream::Squeezer;
use emu_core::kernel::portfolio::standard_instrument;
use emu_core::loader::dsp_code::{Compute, Input, Instruction, Op, OperandWord, Shift};
use emu_core::loader::dsp_file;
use emu_core::loader::linked_mem::{NVRAM_NAME, format};
use emu_core::loader::opera_fs::BLOCK_SIZE;
use emu_core::loader::opera_fs::writer::{Content, Item, pack};
use emu_core::time::Tick;
use emu_core::trace::Recording;
use emu_devices::media::{FIRST_FRAME, sector};
use emu_frontend::cli::{self, Cli, Command};
use emu_frontend::config::RunConfig;
use emu_frontend::session::Session;
use emu_frontend::sink::RunSink;
use emu_frontend::state;
use emu_frontend::trace::record;
use std::ffi::OsString;
use std::fs;

/// Where cargo-fuzz looks for the inputs of each target.
const FOLDER: &str = "fuzz/corpus";

/// Runs the task.
pub fn run(args: &[String]) -> Result<(), Problems> {
    if let Some(argument) = args.first() {
        return Err(vec![format!("takes no argument, got '{argument}'")]);
    }
    let seeds = seeds()?;
    for (target, name, bytes) in &seeds {
        let folder = root().join(FOLDER).join(target);
        let written =
            fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(name), bytes));
        written.map_err(|e| vec![format!("{}: {e}", folder.display())])?;
    }
    println!("fuzz-seeds: {} files in {FOLDER}", seeds.len());
    Ok(())
}

/// Target, name, content.
type Seed = (&'static str, String, Vec<u8>);

fn seeds() -> Result<Vec<Seed>, Problems> {
    let mut seeds: Vec<Seed> = ::roms::all()
        .iter()
        .map(|rom| ("aif", rom.name.to_owned(), rom.bytes.to_vec()))
        .collect();
    let mut image = |name: &str, tree: &[Item]| {
        let image = pack(tree, "SEED").map_err(|e| vec![e.to_string()])?;
        seeds.push(("opera_fs", name.to_owned(), image.clone()));
        seeds.push(("iso", format!("{name}.iso"), image.clone()));
        seeds.push(("iso", format!("{name}.bin"), raw(&image)));
        Ok::<(), Problems>(())
    };
    image("small", &[file("LaunchMe", 3)])?;
    let scripts = folder("Scripts", vec![file("start", 20)]);
    let wide = (0..60).map(|n| file(&format!("f{n}"), 1)).collect();
    image(
        "deep",
        &[
            file("LaunchMe", 5000),
            folder("System", vec![scripts]),
            file("rom_tags", 64),
        ],
    )?;
    image("wide", &[folder("Wide", wide)])?;
    seeds.push(("nvram", "fresh".to_owned(), nvram(&[0; 16])));
    seeds.push((
        "nvram",
        "files".to_owned(),
        nvram(&[0, 1, 2, 3, 0, 2, 4, 9, 0, 3, 18, 40, 5, 0, 1, 0]),
    ));
    seeds.push(("aiff", "plain".to_owned(), aiff(b"AIFF", b"")));
    seeds.push(("aiff", "squares".to_owned(), aiff(b"AIFC", b"SDX2\0\0")));
    seeds.push(("aiff", "steps".to_owned(), aiff(b"AIFC", b"ADP4\0\0")));
    let rom = ::roms::all().iter().find(|rom| rom.name == "hello");
    let program = rom.map(|rom| rom.bytes).unwrap_or_default();
    for (name, bytes) in [("zeros", &[0; 4000][..]), ("program", program)] {
        seeds.push(("compression", name.to_owned(), squeezed(bytes)));
    }
    seeds.push(("ccb", "plain".to_owned(), cels(0x7F66_4030, 0x16)));
    seeds.push(("ccb", "coded".to_owned(), cels(0x7FE6_4030, 0x05)));
    seeds.push(("ccb", "packed".to_owned(), cels(0x7F66_4230, 0x05)));
    let scripts = ::roms::all().iter().filter(|rom| !rom.input.is_empty());
    seeds.extend(scripts.map(|rom| ("script", rom.name.to_owned(), rom.input.into())));
    let condition = "r0 == 5 && ([sp + 4] & 0xff) > b[0x48000] || -error < ~1 << 2";
    seeds.push(("condition", "all".to_owned(), condition.into()));
    seeds.push(("script", "others".to_owned(), SCRIPT.into()));
    seeds.push(("commands", "session".to_owned(), COMMANDS.into()));
    seeds.push(("gdb_packets", "session".to_owned(), GDB_PACKETS.into()));
    let instrument = dsp_file::builder::sample().write();
    seeds.push(("dsp_file", "sample.dsp".to_owned(), instrument));
    for name in [
        "mixer2x2.dsp",
        "varmono8.dsp",
        "adpcmmono.dsp",
        "decodeadpcm.dsp",
    ] {
        let file = standard_instrument(name.as_bytes());
        seeds.extend(file.map(|file| ("dsp_file", name.to_owned(), file.write())));
    }
    seeds.push(("dspp", "player".to_owned(), player()));
    seeds.push(("vdl", "one".to_owned(), display_list(&[240])));
    seeds.push(("vdl", "bands".to_owned(), display_list(&[20, 100, 1, 0])));
    seeds.push(("cue", "one.cue".to_owned(), ONE_FILE.into()));
    seeds.push(("cue", "many.cue".to_owned(), MANY_FILES.into()));
    seeds.push((
        "cue",
        "wave.cue".to_owned(),
        [WAVE.as_bytes(), &wave()].concat(),
    ));
    seeds.extend(runs()?);
    let lines = SCRIPT.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter_map(|line| line.split_once(' '));
    seeds.extend(
        (0..)
            .zip(lines)
            .map(|(n, (_, words))| ("input_line", format!("{n}"), words.into())),
    );
    Ok(seeds)
}

/// A recording in both forms, and a state saved in the middle of it.
fn runs() -> Result<Vec<Seed>, Problems> {
    let problem = |error: String| vec![error];
    let words = ["overture", "run", "--headless", "rom:metronome"].map(OsString::from);
    let Ok(Cli {
        command: Some(Command::Run(args)),
        ..
    }) = cli::parse(words)
    else {
        return Err(problem("the command line has changed".to_owned()));
    };
    let config = RunConfig::new(&args).map_err(|error| problem(error.to_string()))?;
    let mut session = Session::start(&config).map_err(problem)?;
    let mut sink = RunSink::new(std::io::sink(), std::io::sink()).recording(true);
    let (until, shelf) = (&config.until, &config.shelf);
    session.run_to(Tick(1_000_000), until, shelf, &mut sink);
    let saved = state::of(&config, &session, None);
    let end = session.run(until, shelf, &mut sink);
    let mut tape = sink.tape().map(std::mem::take).unwrap_or_default();
    session.end_recording(&end, &mut tape);
    let header = record::header(&config, &session, &tape);
    let recording = Recording { header, tape };
    let events = [&recording.tape.len().to_be_bytes(), recording.tape.bytes()].concat();
    let named = |target, name: &str, bytes| (target, name.to_owned(), bytes);
    Ok(vec![
        named(
            "trace_text",
            "metronome.trace",
            recording.to_text().into_bytes(),
        ),
        named("trace_binary", "metronome.otr", recording.to_bytes()),
        named("trace_binary", "events", events),
        named("state", "metronome.state", saved.to_bytes()),
    ])
}

/// Whole words of these bytes as a stream of the Compression folio.
fn squeezed(bytes: &[u8]) -> Vec<u8> {
    let mut squeezer = Squeezer::default();
    for word in bytes.chunks_exact(4) {
        squeezer.feed(word.iter().fold(0, |word, &b| word << 8 | u32::from(b)));
    }
    squeezer.finish();
    std::iter::from_fn(|| squeezer.next_word())
        .flat_map(u32::to_be_bytes)
        .collect()
}

/// A job for a screen in VRAM, and a cel of 4 x 4 pixels of this format behind its own CCB.
fn cels(flags: u32, format: u32) -> Vec<u8> {
    const HERE: u32 = 0x5_0000;
    let job = [
        0xE150_0000,
        0x1414,
        239 << 16 | 319,
        0x20_0000,
        0x20_0000,
        0,
        100_000,
    ];
    let place = [8 << 16, 8 << 16, 1 << 20, 0, 0, 1 << 16, 0, 0];
    let pointers = [flags, 0, HERE + 0x60, HERE + 0x20];
    let looks = [0x1F40_1F81, 3 << 6 | format, 0x1003];
    let ccb = [&pointers[..], &place[..], &looks[..]].concat();
    let words = job.iter().copied().chain(std::iter::repeat(0)).take(16);
    let words = words.chain(ccb).chain((0..32).map(|n| 0x0141_83C2 * n));
    words.flat_map(u32::to_be_bytes).collect()
}

/// A program of the signal processor that plays a channel, records it on another and counts.
fn player() -> Vec<u8> {
    let copy = |to: u16, from: u16| Instruction::MoveToAddress {
        to,
        indirect: false,
        from: OperandWord::at(from),
    };
    let count = Compute::new(Input::First, Op::Add, Input::Second)
        .shifted(Shift::Clip)
        .with(OperandWord::at(0x108).back())
        .with(OperandWord::at(8));
    let program = [
        copy(0x106, 0xF0),
        copy(0x3F0, 0x106),
        Instruction::Compute(count),
        Instruction::Sleep,
    ];
    let mut code: Vec<u16> = program.iter().flat_map(Instruction::encode).collect();
    code.resize(1024, 0);
    // Entered once in every frame, then three times where code memory holds SLEEP.
    let mut bytes = vec![0; 64];
    for entry in bytes[4..16].chunks_exact_mut(4) {
        entry[1] = 7;
    }
    // In 0 loops, Out 0 passes once.
    bytes[16..22].copy_from_slice(&[0, 0, 0, 64, 64, 3]);
    bytes[22..28].copy_from_slice(&[14, 8, 0, 32, 0, 0]);
    let data = (0..0x310_u16).map(|n| n.wrapping_mul(0x123));
    let words = code.into_iter().chain(data);
    bytes.extend(words.flat_map(u16::to_be_bytes));
    bytes
}

/// An NVRAM without files, behind the steps that its target takes.
fn nvram(steps: &[u8; 16]) -> Vec<u8> {
    let mut image = vec![0; 4096];
    format(&mut image, NVRAM_NAME);
    [&steps[..], &image].concat()
}

const COMMANDS: &str = "\
break failed timer
watch change 0x48cc8 32 if r0 != 0
run
run
item 0x21
events 5 kind done
print [sp+4] & 0xff
struct IOInfo 0x48cc8
set r4 -1
poke 0x48d08 7 b:1 \"text\"
writer 0x48cc8
back 3
why
goto vbl:1
mach
";

const GDB_PACKETS: &str = "\
qSupported:multiprocess+
QStartNoAckMode
Hgp1.20
g
m48000,40
M1f0000,4:01020304
Z0,48004,4
Z2,4f000,1000
vCont;s:p1.20
bs
vCont;c
qRcmd,7461736b73
bc
D;1";

const SCRIPT: &str = "\
# a comment
time:1.5 disc open
vbl:120 disc insert second.iso
time:0 disc slow 1300 250ms
time:2 console \"help\\n\\x00\"
vbl:1 pods plug extended-pad
vbl:2 gun 8 aim off
";

const ONE_FILE: &str = "\
FILE \"game.bin\" BINARY
  TRACK 01 MODE1/2352
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    INDEX 00 00:00:05
    INDEX 01 00:00:07
";

const MANY_FILES: &str = "\
REM made by hand
FILE \"game.iso\" BINARY
  TRACK 01 MODE1/2048
    INDEX 01 00:00:00
FILE \"two.raw\" MOTOROLA
  TRACK 02 AUDIO
    PREGAP 00:02:00
    INDEX 01 00:00:00
FILE three BINARY
  TRACK 03 MODE2/2336
    INDEX 01 00:00:00
";

/// A zero ends the sheet; the files' bytes follow.
const WAVE: &str = "FILE a.wav WAVE\nTRACK 1 AUDIO\nINDEX 1 0:0:0\n\0";

fn wave() -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
    bytes.extend([1, 0, 2, 0]);
    bytes.extend([44_100, 176_400].map(u32::to_le_bytes).concat());
    bytes.extend([4, 0, 16, 0]);
    bytes.extend(b"data\0\x10\0\0");
    bytes.resize(44 + 4096, 1);
    bytes
}

/// Entries of so many lines each, one behind the other at the end of video memory.
fn display_list(entries: &[u32]) -> Vec<u8> {
    const WORDS: u32 = 4 + 34;
    let start = 0x30_0000 - entries.len() as u32 * WORDS * 4;
    let mut words = vec![0, 0];
    for (n, lines) in (1..).zip(entries) {
        let next = start + n * WORDS * 4;
        words.extend([0x0021_8000 | 34 << 9 | lines, 0x20_0000, 0x20_0000, next]);
        words.push(0xC001_002C);
        words.extend((0..32).map(|n| (n << 24) | (n * 8 * 0x01_0101)));
        words.push(0xE000_00FF);
    }
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A mono sound of 8 frames with a loop from frame 2 to 6.
fn aiff(form: &[u8; 4], compression: &[u8]) -> Vec<u8> {
    let chunk = |id: &[u8; 4], content: &[u8]| {
        [&id[..], &(content.len() as u32).to_be_bytes(), content].concat()
    };
    let rate = b"\x40\x0E\xAC\x44\0\0\0\0\0\0";
    let chunks = [
        chunk(
            b"COMM",
            &[&b"\0\x01\0\0\0\x08\0\x10"[..], rate, compression].concat(),
        ),
        chunk(b"MARK", b"\0\x02\0\x01\0\0\0\x02\x01a\0\x02\0\0\0\x06\x01b"),
        chunk(
            b"INST",
            b"\x3C\0\0\x7F\0\x7F\0\0\0\x01\0\x01\0\x02\0\0\0\0\0\0",
        ),
        chunk(b"SSND", &[7; 8 + 16]),
    ];
    let mut chunks = chunks.concat();
    // No bytes in front of the sound.
    let sound = chunks.len() - 24;
    chunks[sound..sound + 4].fill(0);
    chunk(b"FORM", &[&form[..], &chunks].concat())
}

fn file(name: &str, length: usize) -> Item {
    Item {
        name: name.to_owned(),
        content: Content::File(vec![0xE1; length]),
    }
}

fn folder(name: &str, items: Vec<Item>) -> Item {
    Item {
        name: name.to_owned(),
        content: Content::Folder(items),
    }
}

/// The image's sectors as they are on a disc.
fn raw(image: &[u8]) -> Vec<u8> {
    let blocks = image.chunks(BLOCK_SIZE).filter_map(|b| b.try_into().ok());
    (FIRST_FRAME..)
        .zip(blocks)
        .flat_map(|(frame, block)| sector::mode1(frame, block))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use emu_core::device::Device;
    use emu_core::device::display::{DisplayMode, Picture, Scaling, Shown, ShownList};
    use emu_core::kernel::portfolio::compression::stream::Unsqueezer;
    use emu_core::mem::Memory;
    use emu_core::time::Video;
    use emu_devices::display::Display;
    use emu_devices::media::iso;

    /// The first field that a seed's list shows.
    fn field(seed: &[u8]) -> Picture {
        let list = &seed[8..];
        let mut memory = Memory::new();
        let first = 0x30_0000 - list.len() as u32;
        let room = memory.bytes_mut(first, list.len() as u32);
        room.expect("video memory").copy_from_slice(list);
        let list = ShownList {
            first,
            top_lines: 0,
        };
        let mut display = Display::new(Video::Ntsc);
        display.show(Shown {
            mode: DisplayMode::Ntsc,
            even: list,
            odd: list,
        });
        display.begin_field(1, &memory);
        display.picture(&memory, Scaling::Plain)
    }

    #[test]
    fn seeds_are_valid() {
        for (target, name, bytes) in seeds().expect("seeds") {
            match target {
                "ccb" => {
                    let mut memory = Memory::bare();
                    let to = memory.bytes_mut(0x5_0000, bytes.len() as u32 - 64);
                    to.expect("memory").copy_from_slice(&bytes[64..]);
                    let job = emu_core::device::display::CelJob {
                        control: 0xE150_0000,
                        registers: [0x1414, 239 << 16 | 319, 0x20_0000, 0x20_0000],
                        first: 0x5_0000,
                        watchdog: emu_core::time::Ticks(100_000),
                    };
                    let report = emu_devices::cels::CelEngine::default().draw(&job, &mut memory);
                    assert!(report.pixels > 0, "{name}");
                }
                "aif" => assert!(emu_core::loader::aif::Image::parse(&bytes).is_ok()),
                "aiff" => {
                    let sound = emu_core::loader::aiff::Aiff::parse(&bytes).expect(&name);
                    assert!(sound.sustain.is_some(), "{name}");
                }
                "compression" => {
                    let mut stream = Unsqueezer::default();
                    for word in bytes.chunks_exact(4) {
                        stream.feed(word.iter().fold(0, |word, &b| word << 8 | u32::from(b)));
                        while stream.next_word().is_some() {}
                    }
                    assert_eq!(stream.finish(), Ok(()), "{name}");
                }
                "dsp_file" => assert!(dsp_file::DspFile::parse(&bytes).is_ok()),
                "dspp" => {
                    let sleep = emu_core::loader::dsp_code::SLEEP.to_be_bytes();
                    let code = bytes[64..].chunks_exact(2);
                    assert!({ code }.any(|word| word == sleep), "{name}");
                }
                "vdl" => {
                    let shown = field(&bytes);
                    assert_ne!(shown, Picture::black(320, 240), "{name}");
                }
                "script" => {
                    let text = String::from_utf8_lossy(&bytes);
                    assert!(emu_frontend::input::parse(&text).is_ok(), "{name}");
                }
                "commands" => {
                    let text = String::from_utf8_lossy(&bytes);
                    let lines: Vec<&str> = text.lines().collect();
                    let answers = emu_frontend::debug::answers(&["rom:metronome"], &lines);
                    assert_eq!(answers.map(|all| all.len()), Ok(lines.len()), "{name}");
                }
                "condition" => {
                    let text = String::from_utf8_lossy(&bytes);
                    assert!(emu_core::debug::Expression::parse(&text).is_ok(), "{name}");
                }
                "gdb_packets" => {
                    let mut screen = emu_frontend::gdb::screen::Screen::default();
                    for body in bytes.split(|&byte| byte == b'\n') {
                        let seen = screen.look(body.to_vec(), 0x20);
                        let passes = emu_frontend::gdb::screen::Screened::Pass(body.to_vec());
                        assert!(seen == passes || body.starts_with(b"qSupported"));
                    }
                }
                "trace_text" => assert!(Recording::parse(&bytes).is_ok(), "{name}"),
                "trace_binary" => {
                    assert!(
                        name == "events" || Recording::parse(&bytes).is_ok(),
                        "{name}"
                    );
                }
                "state" => assert!(state::SavedState::parse(&bytes).is_ok(), "{name}"),
                "input_line" => {
                    let text = format!("vbl:1 {}", String::from_utf8_lossy(&bytes));
                    assert!(emu_frontend::input::parse(&text).is_ok(), "{text}");
                }
                "cue" => {
                    let text = String::from_utf8_lossy(&bytes);
                    let sheet = text.split('\0').next().unwrap_or_default();
                    assert!(emu_devices::media::cue::Sheet::parse(sheet).is_ok());
                }
                "nvram" => {
                    let mut image = bytes[16..].to_vec();
                    assert!(emu_core::loader::linked_mem::LinkedMem::open(&mut image).is_ok());
                }
                _ => assert!(iso::open(Box::new(bytes)).is_ok(), "{target} {name}"),
            }
        }
    }
}
