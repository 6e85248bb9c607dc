//! Names of addresses: tables from files, and where in memory they belong.
//!
//! | module | what is there |
//! |---|---|
//! | `asd` | debugger tables of program files (ARM Symbolic Debug Table Format) |
//! | `elf` | symbol tables of ELF files |
//! | `maps` | listings: armlink, GNU ld, nm |
//! | `placing` | where in memory a program lies |
//!
//! A table has the addresses of its file. Where the program lies says how far they are moved.

mod asd;
mod elf;
mod maps;
mod placing;
#[cfg(test)]
mod tests;

pub use placing::Signature;

use crate::mem::{MEMORY_END, Memory};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// Names of one file, at most.
const MOST: usize = 1 << 18;
/// Longest name that is kept whole, in bytes.
const NAME_MAX: usize = 200;
/// How far a name of unknown extent reaches when nothing follows it.
const REACH: u32 = 0x1_0000;

/// What an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Instructions.
    Code,
    /// Variables.
    Data,
    /// The file does not say.
    Either,
}

/// A name of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Where, as the file has it.
    pub address: u32,
    /// Its bytes; 0 if the file does not say.
    pub size: u32,
    /// What is there.
    pub kind: Kind,
    /// The name.
    pub name: String,
}

/// Where names come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The debugger tables of a program file.
    Aif,
    /// An ELF file.
    Elf,
    /// A listing of armlink.
    Armlink,
    /// A map of GNU ld.
    GnuMap,
    /// What nm prints.
    Nm,
}

impl Source {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Source::Aif => "debugger tables",
            Source::Elf => "ELF symbols",
            Source::Armlink => "an armlink listing",
            Source::GnuMap => "a GNU ld map",
            Source::Nm => "nm output",
        }
    }
}

/// A file that gives no names.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadSymbols {
    /// A program without tables.
    #[error("the program has no debugger tables; link it with -debug, or give a map file")]
    NoTables,
    /// Tables that end early or contradict themselves.
    #[error("offset {offset:#x} of the debugger tables: {what}")]
    Tables {
        /// Counted from where they begin.
        offset: usize,
        /// In words.
        what: &'static str,
    },
    /// An ELF file that is none.
    #[error("a damaged ELF file: {0}")]
    Elf(String),
    /// No line of a text has a name and an address.
    #[error("no names; give an armlink or GNU ld map, nm output, an ELF file or a program")]
    Nothing,
    /// More names than can be meant.
    #[error("more than {MOST} names; give the map of one program")]
    TooMany,
}

/// The names of one file, in the order of their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Where they come from.
    pub source: Source,
    symbols: Vec<Symbol>,
}

impl Table {
    /// Reads a file of any known kind.
    pub fn read(bytes: &[u8]) -> Result<Table, BadSymbols> {
        let (source, symbols) = if bytes.starts_with(b"\x7fELF") {
            (Source::Elf, elf::read(bytes)?)
        } else if asd::is_program(bytes) {
            (Source::Aif, asd::read(bytes)?)
        } else {
            maps::read(bytes)?
        };
        Table::of(source, symbols)
    }

    fn of(source: Source, mut symbols: Vec<Symbol>) -> Result<Table, BadSymbols> {
        symbols.retain(|symbol| is_worth(&symbol.name));
        if symbols.len() > MOST {
            return Err(BadSymbols::TooMany);
        }
        // Of several names for a place the one with an extent says most.
        symbols.sort_by(|a, b| {
            let rank = |s: &Symbol| (s.address, s.kind, s.size == 0);
            rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name))
        });
        symbols.dedup_by(|later, earlier| {
            later.address == earlier.address && later.name == earlier.name
        });
        match symbols.is_empty() {
            true => Err(BadSymbols::Nothing),
            false => Ok(Table { source, symbols }),
        }
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Whether there is none; never so.
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    /// All of them, by address.
    pub fn iter(&self) -> impl Iterator<Item = &Symbol> {
        self.symbols.iter()
    }
}

/// Whether a name tells people something: linkers and assemblers make many that do not.
fn is_worth(name: &str) -> bool {
    let is_mark = name.starts_with('$') || name.starts_with("x$") || name.starts_with(".L");
    !name.is_empty() && !is_mark && !name.contains("$$")
}

/// A name as it is kept.
fn kept(name: &str) -> String {
    let end = name.floor_char_boundary(NAME_MAX);
    let shown = |c: char| if c.is_control() { '?' } else { c };
    name[..end].chars().map(shown).collect()
}

/// The names of one program or one file, where they belong in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Module {
    /// What it is called.
    name: String,
    /// What is added to the file's addresses.
    shift: u32,
    /// First address that it says nothing about.
    end: u32,
    table: Arc<Table>,
}

/// The names of a program that may come into memory.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Expected {
    name: String,
    table: Arc<Table>,
    program: Signature,
}

/// The nearest name before an address, and how far before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near<'a> {
    /// The name.
    pub name: &'a str,
    /// Where it is in memory.
    pub start: u32,
    /// The distance.
    pub offset: u32,
}

impl fmt::Display for Near<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        match self.offset {
            0 => Ok(()),
            offset => write!(f, "+{offset:#x}"),
        }
    }
}

/// Everything that is known about addresses in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    /// First those of programs that lie in memory, then the others.
    modules: Vec<Module>,
    by_name: BTreeMap<String, u32>,
    /// Tables of programs, wherever they lie.
    programs: Vec<Expected>,
    /// Where they lie: which one, its shift and its end.
    placed: Vec<(usize, u32, u32)>,
    /// The program that is run: listings belong to it.
    program: Option<Signature>,
}

impl Symbols {
    /// Adds a table whose addresses are moved by `shift`; `end` is where its program ends, if
    /// that is known. One of the same name and place is replaced. Later tables count first.
    pub fn add(&mut self, name: &str, table: Table, shift: u32, end: Option<u32>) {
        let is_same = |module: &Module| module.name == name && module.shift == shift;
        let own = self.modules.split_off(self.placed.len());
        self.modules
            .extend(own.into_iter().filter(|module| !is_same(module)));
        self.modules.push(Module {
            name: name.to_owned(),
            shift,
            end: end.unwrap_or(MEMORY_END),
            table: Arc::new(table),
        });
        self.index();
    }

    /// Finds addresses by their names; those of later tables count.
    fn index(&mut self) {
        self.by_name.clear();
        for module in &self.modules {
            for symbol in module.table.iter() {
                let at = symbol.address.wrapping_add(module.shift);
                self.by_name.insert(symbol.name.clone(), at);
            }
        }
    }

    /// Listings belong to this program from now on.
    pub fn belong_to(&mut self, program: Signature) {
        self.program = Some(program);
    }

    /// The program that listings belong to.
    pub fn program(&self) -> Option<&Signature> {
        self.program.as_ref()
    }

    /// Adds a table wherever and as long as its program lies in memory.
    pub fn place_later(&mut self, name: &str, table: Table, program: Signature) {
        self.programs.push(Expected {
            name: name.to_owned(),
            table: Arc::new(table),
            program,
        });
    }

    /// Whether any table goes with a program.
    pub fn has_programs(&self) -> bool {
        !self.programs.is_empty()
    }

    /// Looks where the programs lie now that tables go with.
    pub fn place(&mut self, mem: &Memory) {
        self.lie(self.found(mem));
    }

    /// The same, and keeps those that lay somewhere before.
    pub fn place_more(&mut self, mem: &Memory) {
        let mut found = self.found(mem);
        found.extend(&self.placed);
        self.lie(found);
    }

    fn found(&self, mem: &Memory) -> Vec<(usize, u32, u32)> {
        placing::find(mem, self.programs.iter().map(|expected| &expected.program))
    }

    fn lie(&mut self, mut placed: Vec<(usize, u32, u32)>) {
        // Those that were added later count first.
        placed.sort_unstable();
        placed.dedup();
        if placed == self.placed {
            return;
        }
        let own = self.modules.split_off(self.placed.len());
        let lies = placed.iter().filter_map(|&(n, shift, end)| {
            let Expected { name, table, .. } = self.programs.get(n)?;
            Some(Module {
                name: name.clone(),
                shift,
                end,
                table: Arc::clone(table),
            })
        });
        self.modules = lies.chain(own).collect();
        self.placed = placed;
        self.index();
    }

    /// The tables whose programs are not in memory.
    pub fn expected(&self) -> impl Iterator<Item = &str> {
        let programs = self.programs.iter().enumerate();
        let absent = programs.filter(|(n, _)| self.placed.iter().all(|(placed, ..)| placed != n));
        absent.map(|(_, expected)| expected.name.as_str())
    }

    /// Whether nothing has a name.
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty()
    }

    /// Each table: what it is called, how far it is moved, how many names it has, and where they
    /// come from.
    pub fn tables(&self) -> impl Iterator<Item = (&str, u32, &Table)> {
        let all = self.modules.iter();
        all.map(|module| (module.name.as_str(), module.shift, module.table.as_ref()))
    }

    /// The address of a name.
    pub fn address(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// The function that an address belongs to.
    pub fn function(&self, address: u32) -> Option<Near<'_>> {
        self.near(address, |kind| kind != Kind::Data)
    }

    /// What an address belongs to.
    pub fn at(&self, address: u32) -> Option<Near<'_>> {
        self.near(address, |_| true)
    }

    /// The functions that begin somewhere, by address in memory.
    pub fn functions(&self) -> impl Iterator<Item = u32> + '_ {
        self.modules.iter().flat_map(|module| {
            let code = module.table.iter().filter(|s| s.kind != Kind::Data);
            code.map(|symbol| symbol.address.wrapping_add(module.shift))
        })
    }

    /// An address in words: `0x48010 <main+0x10>`, or the bare number.
    pub fn words(&self, address: u32) -> String {
        match self.at(address) {
            Some(near) => format!("{address:#x} <{near}>"),
            None => format!("{address:#x}"),
        }
    }

    fn near(&self, address: u32, wanted: impl Fn(Kind) -> bool) -> Option<Near<'_>> {
        let found = self.modules.iter().rev().find_map(|module| {
            let inside = address.wrapping_sub(module.shift);
            if address < module.shift || address >= module.end {
                return None;
            }
            let symbols = &module.table.symbols;
            let behind = symbols.partition_point(|symbol| symbol.address <= inside);
            let mut before = symbols[..behind].iter().rev();
            let last = before.find(|symbol| wanted(symbol.kind))?;
            // Of the names of one place the first is the best.
            let first = symbols.partition_point(|symbol| symbol.address < last.address);
            let mut same = symbols[first..behind].iter();
            let symbol = same.find(|symbol| wanted(symbol.kind)).unwrap_or(last);
            let offset = inside - symbol.address;
            let reach = if symbol.size == 0 { REACH } else { symbol.size };
            (offset < reach).then_some((symbol, module.shift, offset))
        });
        found.map(|(symbol, shift, offset)| Near {
            name: &symbol.name,
            start: symbol.address.wrapping_add(shift),
            offset,
        })
    }
}
