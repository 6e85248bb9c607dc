//! `cargo xtask roms`: makes `roms/bin` from `roms/src/*.s`, and the disc.

#[path = "listing.rs"]
mod listing;

use self::listing::Tally;
use crate::{Problems, aif, disc, include, root};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The benchmark guests: loaded flat, with a turn count for measuring and one for
/// a quick check.
const BENCHMARKS: [(&str, u32, u32); 4] = [
    ("dhry", 300_000, 200),
    ("memscan", 1_000, 2),
    ("fixmul", 10_000, 10),
    ("swiloop", 5_000_000, 5_000),
];
const BENCHMARK_BASE: u32 = 0x10000;

/// Sources that are part of every program instead of one themselves.
pub const SHARED: [&str; 1] = ["reloc"];

/// A second link base, far enough from the first to tell addresses apart.
const SHIFT: u32 = 0x10_0000;

const SCRIPT: &str = "
SECTIONS {
  . = BASE;
  .text : { *(.text) *(.rodata) . = ALIGN(4); }
  .data : ALIGN(4) { *(.data) . = ALIGN(4); }
  .bss (NOLOAD) : ALIGN(4) { *(.bss) . = ALIGN(4); }
  /DISCARD/ : { *(.ARM.attributes) }
}
";

/// Runs the task.
pub fn run(args: &[String]) -> Result<(), Problems> {
    let check = args.iter().any(|a| a == "--check");
    let names: Vec<&str> = args
        .iter()
        .map(String::as_str)
        .filter(|a| !a.starts_with("--"))
        .collect();
    if let Some(option) = args.iter().find(|a| a.starts_with("--") && *a != "--check") {
        return Err(vec![format!("no option '{option}'")]);
    }
    write_include(check)?;
    if !assembler_present() {
        let advice = "arm-none-eabi-as not found (package binutils-arm-none-eabi)";
        if check && std::env::var_os("CI").is_none() {
            println!("roms: {advice}, passing over");
            return disc::make(check);
        }
        return Err(vec![advice.to_string()]);
    }

    let work = Workshop::new().map_err(|e| vec![e])?;
    let mut problems = Vec::new();
    let mut built = 0;
    let mut tally = Tally::default();
    let mut every_kind = Tally::default();
    let outputs = outputs().map_err(|e| vec![e])?;
    for name in &names {
        if !outputs.iter().any(|o| o.source == *name) {
            problems.push(format!("no source roms/src/{name}.s"));
        }
    }
    for output in outputs {
        if !names.is_empty() && !names.contains(&output.source.as_str()) {
            continue;
        }
        match work.build(&output) {
            Ok(bytes) => {
                built += 1;
                problems.extend(deliver(&output, &bytes, check).err());
                if check {
                    problems.extend(work.disassemble(&output, &mut tally));
                }
            }
            Err(problem) => problems.push(format!("{}: {problem}", output.file)),
        }
    }
    if problems.is_empty() {
        problems.extend(disc::make(check).err().unwrap_or_default());
    }
    if check && names.is_empty() {
        problems.extend(work.disassemble_every_kind(&mut every_kind));
    }
    if problems.is_empty() {
        println!(
            "roms: {built} files {}",
            if check { "agree" } else { "built" }
        );
        if check {
            for line in tally.lines("words of programs") {
                println!("roms: {line}");
            }
            for line in every_kind.lines("words of every kind") {
                println!("roms: {line}");
            }
        }
        Ok(())
    } else {
        Err(problems)
    }
}

/// Writes the generated include files, or compares them with the committed ones.
fn write_include(check: bool) -> Result<(), Problems> {
    let mut problems = Vec::new();
    for (file, text) in include::FILES {
        let text = text()?;
        let path = root().join(file);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        if check {
            problems.push(format!(
                "{file} is not what the call table and the layouts say; run `cargo xtask roms`"
            ));
            continue;
        }
        println!("roms: {file}");
        let written = fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()));
        problems.extend(written.err());
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

/// Writes a finished file, or compares it with the committed one.
fn deliver(output: &Output, bytes: &[u8], check: bool) -> Result<(), String> {
    let path = root().join("roms/bin").join(&output.file);
    let old = fs::read(&path).ok();
    if old.as_deref() == Some(bytes) {
        return Ok(());
    }
    if !check {
        println!("roms: {} ({} bytes)", output.file, bytes.len());
        return fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()));
    }
    Err(match old {
        None => format!("{} is not there; run `cargo xtask roms`", output.file),
        Some(old) => {
            let at = old.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            format!(
                "{} differs from its source at byte {at:#x} ({} bytes, built {}); run `cargo xtask roms`",
                output.file,
                old.len(),
                bytes.len()
            )
        }
    })
}

fn assembler_present() -> bool {
    let run = Command::new("arm-none-eabi-as").arg("--version").output();
    !matches!(run, Err(e) if e.kind() == ErrorKind::NotFound)
}

/// One file in `roms/bin` and where it comes from.
pub struct Output {
    /// Stem of the source in `roms/src`.
    pub source: String,
    /// File name in `roms/bin`.
    pub file: String,
    /// Turn count of a benchmark guest; none for a program.
    turns: Option<u32>,
}

/// Every file that `roms/src` gives, in order of its source.
pub fn outputs() -> Result<Vec<Output>, String> {
    let folder = root().join("roms/src");
    let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut stems: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            (path.extension()? == "s").then(|| path.file_stem()?.to_str().map(str::to_string))?
        })
        .filter(|stem| !SHARED.contains(&stem.as_str()))
        .collect();
    stems.sort();
    let mut outputs = Vec::new();
    for stem in stems {
        let benchmark = stem
            .strip_prefix("bench_")
            .and_then(|name| BENCHMARKS.iter().find(|(n, ..)| *n == name));
        let Some((name, large, small)) = benchmark else {
            let file = format!("{stem}.aif");
            outputs.push(Output {
                source: stem,
                file,
                turns: None,
            });
            continue;
        };
        for (suffix, turns) in [("", large), ("-small", small)] {
            outputs.push(Output {
                source: stem.clone(),
                file: format!("bench-{name}{suffix}.bin"),
                turns: Some(*turns),
            });
        }
    }
    Ok(outputs)
}

/// A temporary folder with the parts that all programs share.
struct Workshop {
    folder: TempDir,
}

impl Workshop {
    fn new() -> Result<Self, String> {
        let folder = crate::scratch()?;
        fs::create_dir_all(root().join("roms/bin")).map_err(|e| format!("roms/bin: {e}"))?;
        let workshop = Self { folder };
        workshop.assemble("reloc", None)?;
        Ok(workshop)
    }

    fn build(&self, output: &Output) -> Result<Vec<u8>, String> {
        let object = self.assemble(&output.source, output.turns)?;
        if output.turns.is_some() {
            let elf = object.with_extension("elf");
            let mut command = Command::new("arm-none-eabi-ld");
            command
                .args(["-EB", "-Ttext", &format!("{BENCHMARK_BASE:#x}"), "-o"])
                .arg(&elf)
                .arg(&object);
            succeed(&mut command)?;
            return self.sections(&elf, &[".text", ".data"]);
        }
        let path = root().join("roms/src").join(format!("{}.s", output.source));
        let source = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let options = aif::Options::from_source(&source)?;

        let first = options.base + aif::HEADERS;
        let elf = self.link(&object, first)?;
        let bytes = self.sections(&elf, &[".text", ".data"])?;
        let moved = self.link(&object, first + SHIFT)?;
        let moved = self.sections(&moved, &[".text", ".data"])?;
        let image = aif::Image {
            relocations: aif::relocations(&bytes, &moved, SHIFT)?,
            read_only: section_size(&elf, ".text")?,
            zero_init: section_size(&elf, ".bss")?,
            bytes,
        };
        let reloc = self.folder.path().join("reloc.o");
        let carried = aif::Carried {
            self_reloc: self.sections(&reloc, &[".selfreloc"])?,
            zero_init: self.sections(&reloc, &[".zeroinit"])?,
        };
        aif::write(&output.source, &image, &carried, &options)
    }

    /// Words of a file that we and objdump show differently, apart from the known differences.
    fn disassemble(&self, output: &Output, tally: &mut Tally) -> Problems {
        let base = match output.turns {
            Some(_) => BENCHMARK_BASE,
            None => 0,
        };
        let path = root().join("roms/bin").join(&output.file);
        let shown = self.folder.path().join("shown.bin");
        let name = |problem| format!("{}: {problem}", output.file);
        match listing::compare(&path, &shown, base, tally) {
            Ok(problems) => problems.into_iter().map(name).collect(),
            Err(problem) => vec![name(problem)],
        }
    }

    /// The same for words of every kind.
    fn disassemble_every_kind(&self, tally: &mut Tally) -> Problems {
        let shown = self.folder.path().join("shown.bin");
        listing::compare_every_kind(&shown, tally).unwrap_or_else(|problem| vec![problem])
    }

    fn assemble(&self, stem: &str, turns: Option<u32>) -> Result<PathBuf, String> {
        let sources = root().join("roms/src");
        let object = self.folder.path().join(format!("{stem}.o"));
        let mut command = Command::new("arm-none-eabi-as");
        command
            .args(["-mcpu=arm60", "-EB", "--fatal-warnings", "-I"])
            .arg(&sources);
        if let Some(turns) = turns {
            command.args(["--defsym", &format!("ITER={turns}")]);
        }
        command
            .arg("-o")
            .arg(&object)
            .arg(sources.join(format!("{stem}.s")));
        succeed(&mut command)?;
        Ok(object)
    }

    fn link(&self, object: &Path, base: u32) -> Result<PathBuf, String> {
        let script = self.folder.path().join("script.ld");
        fs::write(&script, SCRIPT.replace("BASE", &format!("{base:#x}")))
            .map_err(|e| format!("{}: {e}", script.display()))?;
        let elf = object.with_extension(format!("{base:x}.elf"));
        let mut command = Command::new("arm-none-eabi-ld");
        command
            .arg("-EB")
            .arg("-T")
            .arg(&script)
            .arg("-o")
            .arg(&elf)
            .arg(object);
        succeed(&mut command)?;
        Ok(elf)
    }

    /// The bytes of some sections, flat.
    fn sections(&self, file: &Path, names: &[&str]) -> Result<Vec<u8>, String> {
        let flat = self.folder.path().join("flat.bin");
        let mut command = Command::new("arm-none-eabi-objcopy");
        command.args(["-O", "binary"]);
        for name in names {
            command.args(["-j", name]);
        }
        command.arg(file).arg(&flat);
        succeed(&mut command)?;
        fs::read(&flat).map_err(|e| format!("{}: {e}", flat.display()))
    }
}

/// The size of a section that is there; 0 for one that the linker left out.
fn section_size(elf: &Path, name: &str) -> Result<u32, String> {
    let listing = succeed(Command::new("arm-none-eabi-size").arg("-A").arg(elf))?;
    for line in listing.lines() {
        let mut fields = line.split_whitespace();
        if fields.next() == Some(name) {
            let size = fields.next().and_then(|s| s.parse().ok());
            return size.ok_or_else(|| format!("no size in '{line}'"));
        }
    }
    Ok(0)
}

/// Runs a tool to its end; what it printed.
fn succeed(command: &mut Command) -> Result<String, String> {
    let tool = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| format!("{tool}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr).trim_end()
    ))
}
