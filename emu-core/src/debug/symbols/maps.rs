//! Listings: armlink's symbols and areas, GNU ld's map, what nm prints.
//!
//! ```text
//! armlink -symbols   main                0x00008020   ARM Code   64  main.o(C$$code)
//!                    main                00008020
//! armlink -map       8020  40  CODE  RO  C$$code from object file main.o
//! GNU ld -Map                       0x00008020                main
//! nm                 00008020 T main         nm -S   00008020 00000040 T main
//! nm -P              main T 8020 40
//! ```
//! The kind of a listing is that whose rule most lines keep.

use super::{BadSymbols, Kind, MOST, Source, Symbol, kept};

/// A rule: what a line of such a listing names.
type Rule = fn(&[&str]) -> Option<Symbol>;

const RULES: [(Source, Rule); 5] = [
    (Source::Nm, nm),
    (Source::Nm, nm_portable),
    (Source::GnuMap, gnu),
    (Source::Armlink, armlink_symbol),
    (Source::Armlink, armlink_area),
];

/// The names of a listing.
pub(super) fn read(bytes: &[u8]) -> Result<(Source, Vec<Symbol>), BadSymbols> {
    let text = String::from_utf8_lossy(bytes);
    let mut found: [Vec<Symbol>; RULES.len()] = Default::default();
    for line in text.lines() {
        // No line of a listing has more columns that count.
        let words: Vec<&str> = line.split_whitespace().take(12).collect();
        for ((_, rule), symbols) in RULES.iter().zip(&mut found) {
            let symbol = rule(&words);
            if symbol.is_some() && symbols.len() == MOST {
                return Err(BadSymbols::TooMany);
            }
            symbols.extend(symbol);
        }
    }
    // The first of equals: the rules stand in the order of how much they ask of a line.
    let all = RULES.into_iter().zip(found);
    let mut best = (Source::Nm, Vec::new());
    for ((source, _), symbols) in all {
        if symbols.len() > best.1.len() {
            best = (source, symbols);
        }
    }
    match best.1.is_empty() {
        true => Err(BadSymbols::Nothing),
        false => Ok(best),
    }
}

/// A number in base 16, with or without its prefix, of up to 16 digits.
fn hex(word: &str) -> Option<u32> {
    let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    let digits = digits.unwrap_or(word);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let value = u64::from_str_radix(digits, 16).ok().filter(|_| is_number)?;
    u32::try_from(value).ok()
}

/// The same when it cannot be a word of a sentence.
fn address(word: &str) -> Option<u32> {
    let is_plain = word.len() == 8 || word.len() == 16;
    hex(word).filter(|_| is_plain || word.starts_with("0x") || word.starts_with("0X"))
}

fn symbol(name: &str, address: u32, size: u32, kind: Kind) -> Option<Symbol> {
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || "_.$|".contains(c))
        && name.chars().all(|c| !c.is_control())
        && name != ".";
    is_name.then(|| Symbol {
        address,
        size,
        kind,
        name: kept(name),
    })
}

/// The letter of nm for what a symbol is.
fn kind_of(letter: &str) -> Option<Kind> {
    Some(match letter {
        "T" | "t" | "W" | "w" | "i" => Kind::Code,
        "D" | "d" | "B" | "b" | "R" | "r" | "G" | "g" | "S" | "s" | "V" | "v" | "C" => Kind::Data,
        _ => return None,
    })
}

fn nm(words: &[&str]) -> Option<Symbol> {
    match *words {
        [at, letter, name] => symbol(name, address(at)?, 0, kind_of(letter)?),
        [at, size, letter, name] => symbol(name, address(at)?, address(size)?, kind_of(letter)?),
        _ => None,
    }
}

fn nm_portable(words: &[&str]) -> Option<Symbol> {
    match *words {
        [name, letter, at] => symbol(name, hex(at)?, 0, kind_of(letter)?),
        [name, letter, at, size] => symbol(name, hex(at)?, hex(size)?, kind_of(letter)?),
        _ => None,
    }
}

fn gnu(words: &[&str]) -> Option<Symbol> {
    match *words {
        [at, name] if at.starts_with("0x") => symbol(name, hex(at)?, 0, Kind::Either),
        _ => None,
    }
}

fn armlink_symbol(words: &[&str]) -> Option<Symbol> {
    match *words {
        [name, at] => symbol(name, address(at)?, 0, Kind::Either),
        [name, at, "ARM" | "Thumb", "Code", size, ..] => {
            symbol(name, address(at)?, size.parse().ok()?, Kind::Code)
        }
        [name, at, "Data", size, ..] => symbol(name, address(at)?, size.parse().ok()?, Kind::Data),
        _ => None,
    }
}

/// An area has the name of the object that it comes from: the nearest to a function that is known.
fn armlink_area(words: &[&str]) -> Option<Symbol> {
    let [at, size, kind, _, _, "from", "object", "file", object] = *words else {
        return None;
    };
    let kind = match kind {
        "CODE" => Kind::Code,
        "DATA" | "ZERO" => Kind::Data,
        _ => return None,
    };
    symbol(object, hex(at)?, hex(size)?, kind)
}
