//! Runs instrument files of a folder as the audio sheet's table does.
//!
//! The files are not part of this project. Each line says what should come and what does; the
//! exit status is 1 if something differs.
//!
//! `DSP_FILES=folder cargo run --release -p tests --example dsp_files`; with names of files
//! behind `--`, prints their code instead.

use emu_core::device::sound::{Channel, Entry, Passage, SignalProcessor, Transfer, When};
use emu_core::loader::dsp_code::Instruction;
use emu_core::loader::dsp_file::relocate::{relocated, value};
use emu_core::loader::dsp_file::{DspFile, Linkage, Module, ResourceKind};
use emu_core::mem::Memory;
use emu_devices::dspp::Dspp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where samples are.
const DATA: u32 = 0x20_0000;
const DATA_BYTES: u32 = 0x1_0000;

/// A processor on which files are placed one behind the other.
struct Rig {
    folder: PathBuf,
    dspp: Dspp,
    memory: Memory,
    frame: u64,
    entries: Vec<Entry>,
    /// The next free word of code, EI, I, EO, and the next input and output channel.
    code: u16,
    ei: u16,
    i: u16,
    eo: u16,
    inputs: u16,
    outputs: u16,
    /// Where exported entries are.
    exports: BTreeMap<String, u16>,
}

/// Where the resources of a file are, by their names.
type Places = BTreeMap<String, u16>;

fn read(folder: &Path, name: &str) -> DspFile {
    let path = folder.join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    DspFile::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

impl Rig {
    fn new(folder: &Path) -> Rig {
        Rig {
            folder: folder.to_owned(),
            dspp: Dspp::new(),
            memory: Memory::bare(),
            frame: 0,
            entries: Vec::new(),
            code: 0,
            ei: 0x08,
            i: 0x108,
            eo: 0x304,
            inputs: 0,
            outputs: 0,
            exports: BTreeMap::new(),
        }
    }

    /// Places a file and enters it; `connected` are inputs with the words they read instead.
    fn enter(&mut self, name: &str, connected: &[(&str, u16)]) -> Places {
        let file = read(&self.folder, name);
        for module in &file.shared {
            self.place(module, &[]);
        }
        let (at, places) = self.place(&file.main, connected);
        let when = When::Every;
        self.entries.push(Entry { at, when });
        self.dspp.set_entries(&self.entries);
        places
    }

    fn place(&mut self, module: &Module, connected: &[(&str, u16)]) -> (u16, Places) {
        for resource in &module.resources {
            let name = text(&resource.name);
            if resource.linkage == Linkage::Import && !self.exports.contains_key(&name) {
                let file = read(&self.folder, &format!("{}.dsp", name.to_lowercase()));
                self.place(&file.main, &[]);
            }
        }
        let entry = self.code;
        let mut places: Vec<u16> = Vec::new();
        let mut names = Places::new();
        for resource in &module.resources {
            let name = text(&resource.name);
            let many = resource.many as u16;
            let take = |from: &mut u16, many: u16| {
                let at = *from;
                *from += many;
                at
            };
            let block = |from: &mut u16, size: u16| {
                *from = from.next_multiple_of(size);
                take(from, size)
            };
            let wired = connected.iter().find(|(input, _)| *input == name);
            let place = match resource.kind {
                _ if resource.linkage == Linkage::Import => self.exports[&name],
                _ if wired.is_some() => wired.map_or(0, |&(_, at)| at),
                ResourceKind::Code if resource.linkage == Linkage::Export => {
                    let at = entry + resource.preset as u16;
                    self.exports.insert(name.clone(), at);
                    at
                }
                ResourceKind::Code => entry,
                ResourceKind::Ei => take(&mut self.ei, many),
                ResourceKind::I => take(&mut self.i, many),
                ResourceKind::Eo => take(&mut self.eo, many),
                ResourceKind::Rbase4 => block(&mut self.i, 4),
                ResourceKind::Rbase8 => block(&mut self.i, 8),
                ResourceKind::InFifo => take(&mut self.inputs, 1),
                ResourceKind::OutFifo => take(&mut self.outputs, 1),
                ResourceKind::Noise
                | ResourceKind::Ticks
                | ResourceKind::LeftAdc
                | ResourceKind::RightAdc => 0,
            };
            names.insert(name, place);
            places.push(place);
        }
        let words = relocated(module, |relocation| {
            let n = relocation.resource as usize;
            value(
                module.resources[n].kind,
                relocation.attribute,
                places[n].into(),
            )
        });
        self.dspp.write_code(entry, &words);
        self.code += words.len() as u16;
        for data in &module.data {
            let at = places[data.resource as usize];
            for (at, value) in (at..).zip(&data.values) {
                self.dspp.write(at, *value as u16);
            }
        }
        for knob in &module.knobs {
            for target in &knob.targets {
                let at = places[target.resource as usize];
                self.dspp.write(at, knob.default as u16);
            }
        }
        (entry, names)
    }

    /// Puts samples in memory and plays them through a channel.
    fn play(&mut self, channel: u16, samples: &[u16]) {
        let addr = DATA + DATA_BYTES * u32::from(channel);
        for (n, &sample) in (0..).zip(samples) {
            self.memory.set_half(addr + 2 * n, sample);
        }
        let bytes = samples.len() as u32 * 2;
        let transfer = Transfer {
            now: Some(Passage { addr, bytes }),
            ..Transfer::default()
        };
        self.dspp
            .set_transfer(Channel::In(channel as u8), transfer, true);
    }

    /// Runs a frame; the left sound.
    fn frame(&mut self) -> i16 {
        let mut heard = Vec::new();
        self.dspp.run(&mut self.memory, self.frame, 1, &mut heard);
        self.frame += 1;
        heard[0][0]
    }

    /// A word after each of some frames.
    fn words(&mut self, at: u16, frames: u32) -> Vec<i16> {
        let mut next = |_| {
            self.frame();
            self.dspp.read(at) as i16
        };
        (0..frames).map(&mut next).collect()
    }
}

struct Checks {
    failed: u32,
}

impl Checks {
    fn check(&mut self, what: &str, is: &[i16], should: &[i16]) {
        let same = is.ends_with(should) || is.starts_with(should);
        println!(
            "{} {what}: {}",
            if same { "ok  " } else { "FAIL" },
            show(is)
        );
        if !same {
            println!("     should be {}", show(should));
            self.failed += 1;
        }
    }
}

fn show(values: &[i16]) -> String {
    let values: Vec<String> = values.iter().take(24).map(i16::to_string).collect();
    values.join(",")
}

/// Noise that is always the same.
fn noise(many: usize) -> Vec<u16> {
    let mut state = 12345_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u16
    };
    (0..many).map(|_| next()).collect()
}

fn scaled(value: i32, by: i32) -> i16 {
    ((value * by) >> 15) as i16
}

fn clip(value: i32) -> i32 {
    value.clamp(-0x8000, 0x7FFF)
}

/// What SDX2 bytes are worth.
fn sdx2(words: &[u16]) -> Vec<i16> {
    let mut last = 0;
    let bytes = words.iter().flat_map(|word| word.to_be_bytes());
    bytes
        .map(|byte| {
            let n = i32::from(byte as i8);
            let value = n * n.abs() * 2;
            last = clip(if n & 1 != 0 { last + value } else { value });
            scaled(last, 0x7FFF)
        })
        .collect()
}

/// What ADP4 nibbles are worth, with the file's own table of steps.
fn adp4(words: &[u16], steps: &[i32]) -> Vec<i16> {
    let (mut value, mut index) = (0, 0_i32);
    let nibbles = words
        .iter()
        .flat_map(|word| [12, 8, 4, 0].map(|shift| i32::from(word >> shift & 15)));
    nibbles
        .map(|n| {
            let step = steps[index as usize];
            let delta = (step * (2 * (n & 7) + 1)) >> 3;
            value = clip(value + if n & 8 != 0 { -delta } else { delta });
            index = (index + [-1, -1, -1, -1, 2, 4, 6, 8][(n & 7) as usize]).clamp(0, 88);
            scaled(value, 0x7FFF)
        })
        .collect()
}

fn run(folder: &Path) -> u32 {
    let mut checks = Checks { failed: 0 };
    let ramp: Vec<u16> = (0..32).map(|n| n * 1000).collect();

    let mut rig = Rig::new(folder);
    let saw = rig.enter("sawtooth.dsp", &[]);
    let output = saw["Output"];
    rig.enter(
        "directout.dsp",
        &[("InputLeft", output), ("InputRight", output)],
    );
    let heard: Vec<i16> = (0..100).map(|_| rig.frame()).collect();
    let mut should = vec![0];
    let wave = |n: u16| {
        scaled(
            scaled((n.wrapping_mul(768) as i16).into(), 0x6000).into(),
            0x7FFF,
        )
    };
    should.extend((1..100).map(wave));
    checks.check("sawtooth, directout", &heard, &should);
    checks.check("the sheet's", &heard, &[0, 575, 1151, 1727, 2303, 2879]);

    for name in ["sampler.dsp", "varmono16.dsp"] {
        for (rate, should) in [
            (0x4000, [0, 0, 0, 0, 499, 999, 1499, 1999, 2499]),
            (0xC000, [0, 999, 2499, 3999, 5499, 6999, 8499, 9999, 11499]),
        ] {
            let mut rig = Rig::new(folder);
            let places = rig.enter(name, &[]);
            rig.dspp.write(places["Frequency"], rate);
            rig.play(0, &ramp);
            let is = rig.words(places["Output"], 9);
            checks.check(&format!("{name} at {rate:#x}"), &is, &should);
        }
    }

    let mut rig = Rig::new(folder);
    let places = rig.enter("dcsqxdmono.dsp", &[]);
    let bytes = noise(1000);
    rig.play(0, &bytes);
    let is = rig.words(places["Output"], 2000);
    // The last byte waits for the FIFO to hold something again.
    checks.check("dcsqxdmono", &is, &sdx2(&bytes)[..1999]);

    let mut rig = Rig::new(folder);
    let places = rig.enter("adpcmmono.dsp", &[]);
    rig.dspp.write(places["Amplitude"], 0x7FFF);
    let bytes = [
        0, 0x1234, 0x9ABC, 0x0123, 0x89AB, 0x4321, 0x7777, 0xCBA9, 0xFFFF, 0x1870,
    ];
    rig.play(0, &bytes);
    let library = read(folder, "decodeadpcm.dsp");
    let steps = library
        .main
        .data
        .iter()
        .find(|data| data.values.len() == 89);
    let should = adp4(&bytes[1..], &steps.expect("a table of steps").values);
    let is = rig.words(places["Output"], 40);
    checks.check("adpcmmono", &is[..should.len()], &should);

    let mut rig = Rig::new(folder);
    let places = rig.enter("envelope.dsp", &[]);
    rig.dspp.write(places["Env.request"], 1000);
    rig.dspp.write(places["Env.incr"], 4096);
    let is = rig.words(places["Output"], 11);
    let should = [0, 125, 250, 375, 500, 625, 750, 875, 999, 999];
    checks.check("envelope", &is, &should);

    let mut rig = Rig::new(folder);
    let (a, b) = (0x1F0, 0x1F1);
    let places = rig.enter("mixer2x2.dsp", &[("Input0", a), ("Input1", b)]);
    for (at, value) in [(a, 0x4000), (b, 0x7FFF)] {
        rig.dspp.write(at, value);
    }
    rig.dspp.write(places["LeftGain0"], 0x4000);
    rig.dspp.write(places["RightGain1"], 0x2000);
    rig.frame();
    let mixed = [0x106, 0x107].map(|at| rig.dspp.read(at) as i16);
    checks.check("mixer2x2", &mixed, &[0x2000, 0x1FFF]);

    let mut rig = Rig::new(folder);
    let places = rig.enter("halfmonosample.dsp", &[]);
    rig.play(0, &[0x1010, 0x2020, 0x3030, 0x4040]);
    let is = rig.words(places["Output"], 8);
    checks.check("halfmonosample", &is, &[0x0807, 0x100F]);

    let mut rig = Rig::new(folder);
    let places = rig.enter("fixedstereosample.dsp", &[]);
    rig.play(0, &[1000, 2000, 3000, 4000]);
    let (left, right) = (places["LeftOutput"], places["RightOutput"]);
    let mut is = Vec::new();
    for _ in 0..4 {
        rig.frame();
        is.extend([left, right].map(|at| rig.dspp.read(at) as i16));
    }
    let should = [999, 1999, 2999, 3999, 2999, 3999, 2999, 3999];
    checks.check("fixedstereosample", &is, &should);

    for name in ["sawtooth", "square", "pulse", "triangle", "impulse"] {
        checks.check(
            &format!("{name}'s period"),
            &[period(folder, name, 0x100)],
            &[256],
        );
    }
    for name in ["square_lfo", "pulse_lfo", "triangle_lfo"] {
        checks.check(
            &format!("{name}'s period"),
            &[period(folder, name, 0x1000)],
            &[4096],
        );
    }

    let mut rig = Rig::new(folder);
    let places = rig.enter("delaymono.dsp", &[("Input", 0x1F0)]);
    let addr = DATA;
    let transfer = Transfer {
        now: Some(Passage { addr, bytes: 8 }),
        ..Transfer::default()
    };
    let channel = places["OutFIFO"] as u8;
    rig.dspp.set_transfer(Channel::Out(channel), transfer, true);
    for n in 1..20 {
        rig.dspp.write(0x1F0, n);
        rig.frame();
    }
    let is: Vec<i16> = (0..4)
        .map(|n| rig.memory.half(addr + 2 * n).unwrap_or(0) as i16)
        .collect();
    checks.check("delaymono", &is, &[1, 2, 3, 4]);
    let level = rig.dspp.fifo_level(Channel::Out(channel)).into();
    checks.check("delaymono, full", &[level], &[8]);

    all(folder, &mut checks);
    checks.failed
}

/// Frames between two rises of an instrument's output from below 0 or from 0.
fn period(folder: &Path, name: &str, raw: u16) -> i16 {
    let mut rig = Rig::new(folder);
    let places = rig.enter(&format!("{name}.dsp"), &[]);
    rig.dspp.write(places["Frequency"], raw);
    let values = rig.words(places["Output"], 16_384);
    let low = values.iter().copied().min().unwrap_or(0);
    let up = |n: &usize| match name {
        "impulse" => values[*n] > 0,
        _ => low < 0 && values[n - 1] < 0 && values[*n] >= 0,
    };
    let rises: Vec<usize> = (1..values.len()).filter(up).collect();
    match rises[..] {
        [.., a, b] => (b - a) as i16,
        _ => 0,
    }
}

/// Every file runs to its end, in about the ticks it says, alike in both interpreters.
fn all(folder: &Path, checks: &mut Checks) {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".dsp"))
        .collect();
    names.sort();
    for name in names {
        let mut rig = Rig::new(folder);
        rig.enter(&name, &[]);
        rig.play(0, &noise(4000));
        rig.play(1, &noise(4000));
        let (mut twin, mut memory) = (rig.dspp.clone(), rig.memory.clone());
        let (mut heard, mut other) = (Vec::new(), Vec::new());
        let ran = rig.dspp.run(&mut rig.memory, 0, 1000, &mut heard);
        let ran_to_the_letter = twin.run_to_the_letter(&mut memory, 0, 1000, &mut other);
        let file = read(folder, &name);
        let said = file.main.amount(ResourceKind::Ticks);
        let same = ran == ran_to_the_letter && heard == other && twin == rig.dspp;
        let ends = rig.dspp.cut_off().is_none();
        if !same || !ends {
            checks.failed += 1;
        }
        if !same || !ends || rig.dspp.ticks_used() > said + 8 {
            println!(
                "     {name}: says {said} ticks, took {}; ends: {ends}; both ways alike: {same}",
                rig.dspp.ticks_used()
            );
        }
    }
}

fn list(file: &DspFile) {
    for module in file.modules() {
        for block in &module.code {
            let mut at = 0;
            while at < block.words.len() {
                let first = at;
                let instruction = Instruction::decode(|| {
                    at += 1;
                    block.words.get(at - 1).copied().unwrap_or(0)
                });
                println!("{first:03X}  {instruction}");
            }
        }
    }
}

fn main() -> ExitCode {
    let Some(folder) = std::env::var_os("DSP_FILES").map(PathBuf::from) else {
        eprintln!("DSP_FILES names no folder of instrument files");
        return ExitCode::from(2);
    };
    let names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() {
        return ExitCode::from(u8::from(run(&folder) > 0));
    }
    for name in names {
        println!("{name}");
        list(&read(&folder, &name));
    }
    ExitCode::SUCCESS
}
