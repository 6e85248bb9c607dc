//! Names of addresses: the program's own, and those of files.

use super::commands::address;
use super::{Answer, Debugging};
use crate::config::RunConfig;
use crate::program::{Program, at_most, show};
use emu_core::debug::{Signature, Symbols, Table};
use emu_core::loader::aif::{HEADER_SIZE, Image};
use emu_core::loader::opera_fs::Volume;
use emu_core::media::DiscNumber;
use emu_devices::media::Disc;
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// Bytes of a file of names, at most.
const FILE_MAX: u64 = 64 << 20;
/// Files of a disc that are looked at for programs, at most.
const FILES_MAX: usize = 4096;

/// The names of a run: those that its program brings, and those of files. The error is one line.
pub fn of_run<'a>(
    config: &RunConfig,
    files: impl IntoIterator<Item = &'a Path>,
) -> Result<Symbols, String> {
    let Program { name, image, .. } = &config.program;
    let mut symbols = Symbols::default();
    symbols.belong_to(Signature::of(image));
    // The first count last: of two programs' names the one that is run is meant.
    let discs = (0..=u16::MAX).map_while(|n| config.shelf.get(DiscNumber(n)));
    discs.for_each(|disc| add_programs(&mut symbols, disc));
    if let Ok(table) = Table::read(&image.bytes) {
        symbols.place_later(name, table, Signature::of(image));
    }
    for file in files {
        add(&mut symbols, file, None)?;
    }
    Ok(symbols)
}

/// Adds the names that programs on a disc bring, for those that are loaded later.
fn add_programs(symbols: &mut Symbols, disc: &Disc) {
    let Ok(volume) = Volume::mount(disc) else {
        return;
    };
    // A disc that cannot be read has no programs.
    let listed = volume.list(&volume.root()).unwrap_or_default();
    let files = listed.iter().filter(|file| !file.entry.is_directory());
    for file in files.take(FILES_MAX) {
        let mut head = [0; HEADER_SIZE as usize];
        // What is shorter ends in zeros, and breaks the rules.
        let is_read = volume.read(&file.entry, 0, &mut head).is_ok();
        let is_program = is_read && Image::check_rules(&head).is_ok();
        let is_worth = is_program && Image::headers(&head).debug_size > 0;
        if !is_worth || u64::from(file.entry.byte_count) > FILE_MAX {
            continue;
        }
        let bytes = volume.read_file(&file.entry).unwrap_or_default();
        let (Ok(image), Ok(table)) = (Image::parse(&bytes), Table::read(&bytes)) else {
            continue;
        };
        let signature = Signature::of(&image);
        if symbols.program() != Some(&signature) {
            symbols.place_later(&file.path, table, signature);
        }
    }
}

/// Adds the names of a file: moved by `base`, or as the program lies that is in it, or `main`.
fn add(symbols: &mut Symbols, file: &Path, base: Option<u32>) -> Result<(), String> {
    let wrong = |why: &dyn std::fmt::Display| format!("{}: {why}", show(file));
    let (bytes, is_whole) = at_most(file, FILE_MAX).map_err(|error| wrong(&error))?;
    if !is_whole {
        return Err(wrong(&"is longer than 64 MiB; give the map of one program"));
    }
    let table = Table::read(&bytes).map_err(|error| wrong(&error))?;
    let name = show(file);
    let own = Image::parse(&bytes).ok().map(|image| Signature::of(&image));
    match (base, own.or_else(|| symbols.program().cloned())) {
        (Some(base), _) => symbols.add(&name, table, base, None),
        (None, Some(program)) => symbols.place_later(&name, table, program),
        (None, None) => symbols.add(&name, table, 0, None),
    }
    Ok(())
}

/// `symbols [FILE [BASE]]`.
pub fn command<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let (file, base) = match rest.rsplit_once(' ') {
        Some((file, base)) if address(debugging, base).is_ok() => {
            (file.trim(), Some(address(debugging, base)?))
        }
        _ => (rest, None),
    };
    if !file.is_empty() {
        add(&mut debugging.debugger.symbols, Path::new(file), base)?;
    }
    debugging.place_symbols();
    let symbols = &debugging.debugger.symbols;
    let mut lines: Vec<String> = symbols
        .tables()
        .map(|(name, shift, table)| {
            let source = table.source.words();
            format!(
                "{name}: {} names from {source}, moved by {shift:#x}",
                table.len()
            )
        })
        .collect();
    let waiting = symbols.expected();
    lines.extend(waiting.map(|name| format!("{name}: its program is not in memory yet")));
    let rows: Vec<_> = symbols
        .tables()
        .map(|(name, shift, table)| {
            json!({
                "name": name, "base": shift, "count": table.len(),
                "source": table.source.words(),
            })
        })
        .collect();
    if lines.is_empty() {
        lines.push("no address has a name; `symbols FILE` reads a map".to_owned());
    }
    Ok(Answer {
        text: lines.join("\n"),
        json: json!({ "symbols": rows, "expected": symbols.expected().collect::<Vec<_>>() }),
    })
}

impl<W: Write, E: Write> Debugging<'_, W, E> {
    /// Names of the programs that are in memory now.
    pub fn place_symbols(&mut self) {
        if !self.debugger.symbols.has_programs() {
            return;
        }
        let mut symbols = std::mem::take(&mut self.debugger.symbols);
        symbols.place(self.debugger.machine().memory());
        self.debugger.symbols = symbols;
    }
}
