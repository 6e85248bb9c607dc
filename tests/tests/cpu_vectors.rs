//! Conformance vectors: both interpreters against the ARM60 data sheet's model.
//!
//! ```text
//! cargo test --test cpu_vectors                              the vectors of this repository
//! ARM_VECTORS=more.txt.gz cargo test --test cpu_vectors      another file, plain or gzip
//! ```
//!
//! The format is described in `data/arm-vectors/README.md`. A vector passes when every
//! register, every status register, every memory word and the number of S, N and I cycles
//! come out right in the reference interpreter, in the fast engine run at once, and in the
//! fast engine run instruction by instruction.
#![forbid(unsafe_code)]

use emu_core::cpu::{Abort, Bus, Cpu, Engine, Exception, Exit, Physical, Stored, Timing};
use emu_core::time::{Tick, Ticks};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Every kind of cycle in its own digits of the clock, so one run counts all three.
const TIMING: Timing = Timing {
    s: 1,
    n: 1 << 10,
    i: 1 << 20,
};
const DIGIT: u64 = (1 << 10) - 1;
const VISIBLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/data/arm-vectors/visible.txt.gz"
);
/// Failures shown in full; the table counts the rest.
const SHOWN: usize = 20;

fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == "--list") {
        println!("cpu_vectors: test");
        return ExitCode::SUCCESS;
    }
    let path = std::env::var_os("ARM_VECTORS").map_or(PathBuf::from(VISIBLE), PathBuf::from);
    match read(&path).and_then(|text| parse(&text)) {
        Ok(vectors) => run_all(&vectors),
        Err(message) => {
            eprintln!("{}: {message}", path.display());
            ExitCode::from(2)
        }
    }
}

/// The text of a vector file. A relative path is looked up here, then in the workspace.
fn read(path: &Path) -> Result<String, String> {
    let in_workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let bytes = std::fs::read(path)
        .or_else(|error| std::fs::read(in_workspace).map_err(|_| error))
        .map_err(|error| error.to_string())?;
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return String::from_utf8(bytes).map_err(|error| error.to_string());
    }
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .map_err(|error| format!("gzip: {error}"))?;
    Ok(text)
}

/// One record.
#[derive(Default)]
// Registers are kept in maps, not in vectors of pairs: rustc 1.95 at opt-level 1 was seen to
// push wrong pairs, the upper half of an address added to each value.
struct Vector {
    id: String,
    class: String,
    steps: u64,
    cycles: [u64; 3],
    event: Option<Event>,
    registers: BTreeMap<Physical, u32>,
    memory: BTreeMap<u32, u32>,
    changed_registers: BTreeMap<Physical, u32>,
    changed_memory: BTreeMap<u32, u32>,
    ignored_flags: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Irq,
    Fiq,
    Both,
    PrefetchAbort,
    DataAbort,
}

fn parse(text: &str) -> Result<Vec<Vector>, String> {
    let names: BTreeMap<String, Physical> = Physical::all()
        .map(|register| (register.to_string(), register))
        .collect();
    let mut vectors = Vec::new();
    for (number, line) in text.lines().enumerate() {
        parse_line(line.trim_end(), &names, &mut vectors)
            .map_err(|problem| format!("line {}: {problem}", number + 1))?;
    }
    if vectors.is_empty() {
        return Err("no vectors".to_owned());
    }
    Ok(vectors)
}

fn parse_line(
    line: &str,
    names: &BTreeMap<String, Physical>,
    vectors: &mut Vec<Vector>,
) -> Result<(), String> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(());
    }
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    if kind == "V" {
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let &[id, class, steps, _verified, s, n, i] = &fields[..] else {
            return Err(format!("a V line has 7 fields, not {}", fields.len()));
        };
        vectors.push(Vector {
            id: id.to_owned(),
            class: class.to_owned(),
            steps: decimal(steps)?,
            cycles: [decimal(s)?, decimal(n)?, decimal(i)?],
            ..Vector::default()
        });
        return Ok(());
    }
    let vector = vectors.last_mut().ok_or("a record starts with a V line")?;
    let registers = |into: &mut BTreeMap<Physical, u32>| {
        for (name, value) in pairs(rest)? {
            let register = names
                .get(name)
                .ok_or_else(|| format!("no register is called `{name}`"))?;
            into.insert(*register, value);
        }
        Ok(())
    };
    let memory = |into: &mut BTreeMap<u32, u32>| {
        for (name, value) in pairs(rest)? {
            let addr = hexadecimal(name)?;
            if addr % 4 != 0 {
                return Err(format!("address {name} is not word-aligned"));
            }
            into.insert(addr, value);
        }
        Ok(())
    };
    match kind {
        "A" => {
            vector.event = Some(match rest.trim() {
                "irq" => Event::Irq,
                "fiq" => Event::Fiq,
                "irq+fiq" => Event::Both,
                "pabt" => Event::PrefetchAbort,
                "dabt" => Event::DataAbort,
                other => return Err(format!("unknown event `{other}`")),
            });
            Ok(())
        }
        "I" => registers(&mut vector.registers),
        "M" => memory(&mut vector.memory),
        "F" => registers(&mut vector.changed_registers),
        "W" => memory(&mut vector.changed_memory),
        "X" => {
            for pair in pairs(rest)? {
                match pair {
                    ("cpsr", mask) => vector.ignored_flags = mask,
                    (name, _) => return Err(format!("X names `{name}`, not cpsr")),
                }
            }
            Ok(())
        }
        other => Err(format!("unknown kind of line `{other}`")),
    }
}

/// The `name=value` pairs of a line.
fn pairs(text: &str) -> Result<Vec<(&str, u32)>, String> {
    text.split_whitespace()
        .map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| format!("`{pair}` is no name=value"))?;
            Ok((name, hexadecimal(value)?))
        })
        .collect()
}

fn decimal(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no decimal number"))
}

fn hexadecimal(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 16).map_err(|_| format!("`{text}` is no hexadecimal number"))
}

/// The whole address space; words nobody wrote read as 0.
struct Sparse {
    words: BTreeMap<u32, u32>,
    code: BTreeSet<u32>,
    event: Option<Event>,
}

impl Sparse {
    fn word(&self, addr: u32) -> u32 {
        self.words.get(&(addr & !3)).copied().unwrap_or(0)
    }

    fn refuse(&self, event: Event) -> Result<(), Abort> {
        if self.event == Some(event) {
            Err(Abort)
        } else {
            Ok(())
        }
    }
}

impl Bus for Sparse {
    fn fetch(&mut self, addr: u32) -> Result<u32, Abort> {
        self.refuse(Event::PrefetchAbort)?;
        Ok(self.word(addr))
    }

    fn load_word(&mut self, addr: u32) -> Result<u32, Abort> {
        assert_eq!(addr % 4, 0, "the processor aligns word accesses");
        self.refuse(Event::DataAbort)?;
        Ok(self.word(addr))
    }

    fn load_byte(&mut self, addr: u32) -> Result<u8, Abort> {
        self.refuse(Event::DataAbort)?;
        Ok(self.word(addr).to_be_bytes()[(addr % 4) as usize])
    }

    fn store_word(&mut self, addr: u32, value: u32) -> Result<Stored, Abort> {
        assert_eq!(addr % 4, 0, "the processor aligns word accesses");
        self.refuse(Event::DataAbort)?;
        self.words.insert(addr, value);
        Ok(if self.code.contains(&(addr / 512)) {
            Stored::Code
        } else {
            Stored::Plain
        })
    }

    fn store_byte(&mut self, addr: u32, value: u8) -> Result<Stored, Abort> {
        let mut bytes = self.word(addr).to_be_bytes();
        bytes[(addr % 4) as usize] = value;
        self.store_word(addr & !3, u32::from_be_bytes(bytes))
    }

    fn note_code(&mut self, addr: u32) {
        self.code.insert(addr / 512);
    }

    fn take_code_writes(&mut self) -> Vec<u32> {
        Vec::new()
    }
}

/// A way to execute a vector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Reference,
    Fast,
    FastStepwise,
}

/// The registers before: those not named hold a pattern that depends on their place.
fn initial(vector: &Vector) -> Cpu {
    let mut cpu = Cpu::user();
    for (i, register) in Physical::all().enumerate() {
        let value = match register {
            Physical::Cpsr | Physical::PC => continue,
            Physical::Spsr(_) => 0x10,
            Physical::General(..) => 0xA500_0000 + i as u32 * 0x0001_0101,
        };
        cpu.set_physical(register, value);
    }
    for (&register, &value) in &vector.registers {
        cpu.set_physical(register, value);
    }
    cpu
}

fn expected(vector: &Vector) -> Cpu {
    let mut cpu = initial(vector);
    for (&register, &value) in &vector.changed_registers {
        cpu.set_physical(register, value);
    }
    cpu
}

/// Runs a vector; the differences, if any, one a line.
fn run(vector: &Vector, way: Way, engine: &mut Engine) -> String {
    let mut cpu = initial(vector);
    let mut bus = Sparse {
        words: vector.memory.clone(),
        code: BTreeSet::new(),
        event: vector.event,
    };
    let mut clock = Tick(0);
    let (irq, fiq) = match vector.event {
        Some(Event::Irq) => (true, false),
        Some(Event::Fiq) => (false, true),
        Some(Event::Both) => (true, true),
        _ => (false, false),
    };
    if let Some(exception) = cpu.accepted(irq, fiq) {
        cpu.take_exception(exception);
        clock += TIMING.exception_entry();
    }
    engine.flush();
    let before = engine.instructions();
    let [s, n, i] = vector.cycles;
    let end = Tick(s * u64::from(TIMING.s) + n * u64::from(TIMING.n) + i * u64::from(TIMING.i));
    // Too few cycles must not let a failing vector run on for long.
    while clock < end && engine.instructions() - before <= vector.steps {
        let next = clock + Ticks(1);
        let exit = match way {
            Way::Reference => engine.run_reference(&mut cpu, &mut bus, &mut clock, next),
            Way::FastStepwise => engine.run(&mut cpu, &mut bus, &mut clock, next),
            Way::Fast => engine.run(&mut cpu, &mut bus, &mut clock, end),
        };
        match exit {
            Exit::Until => {}
            Exit::Swi(_) => cpu.take_exception(Exception::Swi),
            Exit::Undefined(_) => cpu.take_exception(Exception::Undefined),
            Exit::PrefetchAbort(_) => cpu.take_exception(Exception::PrefetchAbort),
            Exit::DataAbort { .. } => cpu.take_exception(Exception::DataAbort),
            Exit::Breakpoint(at) => return format!("a breakpoint at {at:08X}\n"),
            Exit::Watched => return "a watched store\n".to_owned(),
        }
    }
    let mut differences = String::new();
    let expected = expected(vector);
    for register in Physical::all() {
        let ignored = match register {
            Physical::Cpsr => vector.ignored_flags,
            _ => 0,
        };
        let (is, should) = (cpu.physical(register), expected.physical(register));
        if (is ^ should) & !ignored != 0 {
            let _ = writeln!(differences, "{register} is {is:08X}, not {should:08X}");
        }
    }
    let mut memory = vector.memory.clone();
    memory.extend(&vector.changed_memory);
    let addresses: BTreeSet<u32> = memory.keys().chain(bus.words.keys()).copied().collect();
    for addr in addresses {
        let (is, should) = (bus.word(addr), memory.get(&addr).copied().unwrap_or(0));
        if is != should {
            let _ = writeln!(differences, "[{addr:08X}] is {is:08X}, not {should:08X}");
        }
    }
    let taken = [clock.0 & DIGIT, clock.0 >> 10 & DIGIT, clock.0 >> 20];
    if taken != vector.cycles {
        let _ = writeln!(
            differences,
            "S N I cycles are {taken:?}, not {:?}",
            vector.cycles
        );
    }
    let executed = engine.instructions() - before;
    if executed != vector.steps && vector.event != Some(Event::DataAbort) {
        let _ = writeln!(
            differences,
            "{executed} instructions executed, not {}",
            vector.steps
        );
    }
    differences
}

fn run_all(vectors: &[Vector]) -> ExitCode {
    let mut engine = Engine::new(TIMING);
    let mut classes: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut shown = 0;
    for vector in vectors {
        let mut ok = true;
        for way in [Way::Reference, Way::FastStepwise, Way::Fast] {
            if way == Way::Fast && !ok {
                break;
            }
            let differences = run(vector, way, &mut engine);
            if !differences.is_empty() {
                ok = false;
                if shown < SHOWN {
                    println!("{} {} ({way:?}):\n{differences}", vector.id, vector.class);
                    shown += 1;
                }
            }
        }
        let (passed, failed) = classes.entry(&vector.class).or_default();
        *(if ok { passed } else { failed }) += 1;
    }
    println!("{:32}{:>8}{:>8}", "class", "passed", "failed");
    let (mut all_passed, mut all_failed) = (0, 0);
    for (class, (passed, failed)) in &classes {
        println!("{class:32}{passed:>8}{failed:>8}");
        all_passed += passed;
        all_failed += failed;
    }
    println!("cpu_vectors: {all_passed} passed, {all_failed} failed");
    ExitCode::from(u8::from(all_failed != 0))
}
