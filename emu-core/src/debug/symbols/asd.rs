//! Debugger tables of program files: the ARM Symbolic Debug Table Format.
//!
//! ```text
//! item     +0 length << 16 | kind, then the item; items follow one another
//! section  +4 language << 24 | flags << 16 | version   +8 code start   +12 data start
//! (kind 1) +16 code size   +20 data size   +24 file information   +28 bytes of the section
//!          +32 name, or the number of symbols when the language is 0
//! symbol   +0 flags << 24 | offset of the name in the strings   +4 value
//! strings  +0 their length, this word included, then texts that end with 0
//! function +4 type   +8 arguments   +12 place in the source   +16 start   +20 body
//! (kind 2) +24 item of its end   +28 file information   +32 name: length, text
//! end      +4 place in the source   +8 first address behind
//! (kind 3)
//! ```
//! (ARM Symbolic Debug Table Format, 1994.) Linkers of the time put the section without a
//! language behind those of the compilers; its symbols are those of the whole program.

use super::{BadSymbols, Kind, MOST, Symbol, kept};
use crate::loader::aif::{HEADER_SIZE, Image};
use std::collections::BTreeSet;

const SECTION: u32 = 1;
const FUNCTION: u32 = 2;
const END_OF_FUNCTION: u32 = 3;
/// Flag of a symbol that other sections can see.
const GLOBAL: u32 = 1;
/// Bytes of a section item before its name.
const SECTION_HEAD: usize = 32;

/// Whether it looks like a program file.
pub(super) fn is_program(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER_SIZE as usize && bytes[0x10..0x14] == [0xEF, 0, 0, 0x11]
}

/// The names in a program file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Symbol>, BadSymbols> {
    let image = Image::parse(bytes).map_err(|_| BadSymbols::NoTables)?;
    let start = u64::from(image.read_only_size) + u64::from(image.read_write_size);
    let end = start + u64::from(image.debug_size);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let tables = range.and_then(|(start, end)| bytes.get(start..end));
    match tables {
        Some(tables) if tables.len() >= SECTION_HEAD => sections(tables),
        _ => Err(BadSymbols::NoTables),
    }
}

fn word(tables: &[u8], at: usize) -> Option<u32> {
    let bytes = tables.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn wrong(offset: usize, what: &'static str) -> BadSymbols {
    BadSymbols::Tables { offset, what }
}

fn sections(tables: &[u8]) -> Result<Vec<Symbol>, BadSymbols> {
    let mut symbols = Vec::new();
    let mut at = 0;
    while let Some(head) = word(tables, at) {
        if head & 0xFFFF != SECTION {
            // The linker pads what it has put together.
            break;
        }
        let field = |n: usize| word(tables, at + n);
        let cut = || wrong(at, "a section is cut short");
        let language = field(4).ok_or_else(cut)? >> 24;
        let length = field(28).ok_or_else(cut)? as usize;
        if length < SECTION_HEAD || length > tables.len() - at {
            return Err(wrong(at, "a section has an impossible length"));
        }
        let section = &tables[at..at + length];
        match language {
            0 => low_level(section, at, &mut symbols)?,
            _ => functions(section, (head >> 16) as usize, &mut symbols),
        }
        if symbols.len() > MOST {
            return Err(BadSymbols::TooMany);
        }
        at += length;
    }
    Ok(symbols)
}

/// The linker's own section: all names of the program.
fn low_level(section: &[u8], offset: usize, symbols: &mut Vec<Symbol>) -> Result<(), BadSymbols> {
    let count = word(section, SECTION_HEAD).unwrap_or(0) as usize;
    let first = SECTION_HEAD + 4;
    if count > section.len() / 8 {
        return Err(wrong(offset, "there are more symbols than bytes"));
    }
    let strings = section.get(first + count * 8..).unwrap_or_default();
    let mut public = BTreeSet::new();
    let mut private = Vec::new();
    for n in 0..count {
        let entry = first + n * 8;
        let (Some(name), Some(value)) = (word(section, entry), word(section, entry + 4)) else {
            return Err(wrong(offset + entry, "a symbol is cut short"));
        };
        let kind = match name >> 25 & 3 {
            1 => Kind::Code,
            // Marks such as the limits of the image have no place of their own.
            0 => continue,
            _ => Kind::Data,
        };
        let text = strings.get((name & 0xFF_FFFF) as usize..);
        let Some(text) = text else {
            return Err(wrong(offset + entry, "a name lies behind the strings"));
        };
        let end = text.iter().position(|&byte| byte == 0);
        let text = &text[..end.unwrap_or(text.len())];
        let symbol = Symbol {
            address: value,
            size: 0,
            kind,
            name: kept(&String::from_utf8_lossy(text)),
        };
        match name >> 24 & GLOBAL {
            0 => private.push(symbol),
            _ => {
                public.insert(value);
                symbols.push(symbol);
            }
        }
    }
    // Areas are local symbols too: a function that begins one says more.
    symbols.extend(private.into_iter().filter(|s| !public.contains(&s.address)));
    Ok(())
}

/// The functions of a compiled section. What is damaged ends the section, not the rest.
fn functions(section: &[u8], head: usize, symbols: &mut Vec<Symbol>) {
    let mut at = head;
    let mut open: Vec<usize> = Vec::new();
    while let Some(item) = word(section, at) {
        let length = (item >> 16) as usize;
        if length < 4 || symbols.len() > MOST {
            break;
        }
        match item & 0xFFFF {
            FUNCTION => {
                let start = word(section, at + 16);
                let len = section.get(at + 32).copied().unwrap_or(0);
                let name = section.get(at + 33..at + 33 + usize::from(len));
                if let (Some(address), Some(name)) = (start, name) {
                    open.push(symbols.len());
                    symbols.push(Symbol {
                        address,
                        size: 0,
                        kind: Kind::Code,
                        name: kept(&String::from_utf8_lossy(name)),
                    });
                }
            }
            END_OF_FUNCTION => {
                if let Some(symbol) = open.pop().and_then(|n| symbols.get_mut(n))
                    && let Some(end) = word(section, at + 8)
                {
                    symbol.size = end.saturating_sub(symbol.address);
                }
            }
            _ => (),
        }
        at += length;
    }
}
