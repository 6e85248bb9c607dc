//! Compares our disassembler with GNU objdump, word by word.
//!
//! objdump prints UAL; [`mod@pre_ual`] turns that into the syntax that we print, which is ARM's
//! own from before it. The texts are compared without comments: objdump's notes on a value are
//! no part of an instruction. What differs on purpose is one row of [`DIFFERENCES`] with its
//! reason.
//!
//! objdump takes the condition NV for newer instructions, so it is shown such a word with the
//! condition "always", and the rewriting puts NV back.

#[path = "pre_ual.rs"]
mod pre_ual;

use self::pre_ual::pre_ual;
use emu_core::cpu::disasm;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A word that the two show differently on purpose.
struct Difference {
    /// What kind of word, and why the texts differ.
    reason: &'static str,
    /// Whether a word with these two texts, ours first, is of this kind.
    applies: fn(u32, &str, &str) -> bool,
}

/// The known differences; the first row that applies counts.
const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "mov with bits in its unused operand: objdump shows nothing",
        applies: |word, ours, theirs| {
            let unused = word & 0x0DE0_0000 == 0x01A0_0000 && word & 0x000F_0000 != 0;
            unused && ours.starts_with("mov") && theirs.is_empty()
        },
    },
    Difference {
        reason: "undefined for both: we show the word, objdump shows nothing",
        applies: |_, ours, theirs| data(ours) && theirs.is_empty(),
    },
    Difference {
        reason: "coprocessor instruction: none is fitted, objdump decodes FPA, Maverick and others",
        applies: |word, ours, _| data(ours) && matches!(word >> 24 & 0xF, 0xC..=0xE),
    },
    Difference {
        reason: "mrs and msr of registers that newer processors have, or none",
        applies: |_, ours, theirs| {
            let other = theirs.contains("(UNDEF: ") || theirs.contains("_hyp");
            data(ours) && theirs.starts_with('m') && other
        },
    },
    Difference {
        reason: "msr of no field: undefined here, objdump shows it",
        applies: |word, ours, theirs| {
            data(ours) && word & 0x0DB9_F000 == 0x0120_F000 && theirs.starts_with("msr")
        },
    },
    Difference {
        reason: "msr with bits beside its register: undefined here, objdump shows it",
        applies: |word, ours, theirs| {
            let beside = word & 0x0FB0_F000 == 0x0120_F000 && word & 0xFF0 != 0;
            data(ours) && beside && theirs.starts_with("msr")
        },
    },
    Difference {
        reason: "other compares without S: undefined PSR transfers here, objdump decodes newer or none",
        applies: |word, ours, theirs| {
            data(ours) && word & 0x0D90_0000 == 0x0100_0000 && !defined(theirs)
        },
    },
    Difference {
        reason: "permanently undefined: a word for us, objdump has the newer name udf",
        applies: |word, ours, theirs| {
            data(ours) && word & 0x0FF0_00F0 == 0x07F0_00F0 && theirs.starts_with("udf")
        },
    },
    Difference {
        reason: "halfword and signed transfers, long multiplications: newer than this processor",
        applies: |word, ours, theirs| data(ours) && word & 0x0E00_0090 == 0x90 && !defined(theirs),
    },
];

/// Whether our text shows a word that is no instruction of this processor.
fn data(ours: &str) -> bool {
    ours.starts_with(".word")
}

/// Whether objdump shows an instruction of this processor where others are newer.
fn defined(theirs: &str) -> bool {
    ["mul", "mla", "swp", "mrs", "msr"]
        .iter()
        .any(|name| theirs.starts_with(name))
}

/// How many words were compared, and how many of them differ for each reason.
#[derive(Debug, Default)]
pub struct Tally {
    words: usize,
    reasons: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// The lines to print about words of this origin; none if there were no words.
    pub fn lines(&self, origin: &str) -> Vec<String> {
        if self.words == 0 {
            return Vec::new();
        }
        let known: usize = self.reasons.values().sum();
        let words = self.words;
        let mut lines = vec![format!(
            "{words} {origin} disassembled, {} as objdump does, {known} otherwise on purpose:",
            words - known
        )];
        lines.extend(
            self.reasons
                .iter()
                .map(|(reason, count)| format!("{count:>7}  {reason}")),
        );
        lines
    }
}

/// Compares all words of a file in `roms/bin`, through a file of the name `shown` that it may
/// write; what it gives back are the unknown differences.
pub fn compare(
    file: &Path,
    shown: &Path,
    base: u32,
    tally: &mut Tally,
) -> Result<Vec<String>, String> {
    let bytes = fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let (words, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(format!("{} bytes are no whole words", bytes.len()));
    }
    let words: Vec<u32> = words.iter().map(|&word| u32::from_be_bytes(word)).collect();
    compare_words(&words, shown, base, tally)
}

/// The same for words of every kind, which the programs do not all have.
pub fn compare_every_kind(shown: &Path, tally: &mut Tally) -> Result<Vec<String>, String> {
    const CONDITIONS: [u32; 4] = [0x0, 0xB, 0xE, 0xF];
    const OPERANDS: [u32; 9] = [
        0x0_0000, 0xF_FF0F, 0xF_0000, 0x0_F000, 0x1_2304, 0xD_8003, 0x1_F000, 0x9_F001, 0xD_F00D,
    ];
    let mut words = Vec::new();
    for cond in CONDITIONS {
        for high in 0..0x100 {
            for middle in 0..0x10 {
                words.extend(
                    OPERANDS.map(|operands| cond << 28 | high << 20 | middle << 4 | operands),
                );
            }
        }
    }
    compare_words(&words, shown, 0, tally)
}

fn compare_words(
    words: &[u32],
    shown: &Path,
    base: u32,
    tally: &mut Tally,
) -> Result<Vec<String>, String> {
    let theirs = objdump(words, shown, base)?;
    let as_shown = words.iter().map(|&word| shown_as(word));
    if !theirs.iter().map(|&(_, word, _)| word).eq(as_shown) {
        return Err("objdump does not show the words of the file".to_string());
    }
    let mut problems = Vec::new();
    for (&word, (address, _, theirs)) in words.iter().zip(theirs) {
        let ours = bare(&disasm(address, word));
        let theirs = pre_ual(&theirs, never(word));
        if ours == theirs {
            continue;
        }
        match DIFFERENCES
            .iter()
            .find(|row| (row.applies)(word, &ours, &theirs))
        {
            Some(row) => *tally.reasons.entry(row.reason).or_default() += 1,
            None => problems.push(format!(
                "{address:#x}: {word:08x} is '{ours}', objdump says '{theirs}'"
            )),
        }
    }
    tally.words += words.len();
    Ok(problems)
}

/// Whether a word has the condition NV.
fn never(word: u32) -> bool {
    word >> 28 == 0xF
}

/// The word that objdump is shown for `word`: NV becomes "always".
fn shown_as(word: u32) -> u32 {
    if never(word) {
        word & 0x0FFF_FFFF | 0xE000_0000
    } else {
        word
    }
}

/// The lines of objdump's listing of these words.
fn objdump(words: &[u32], file: &Path, base: u32) -> Result<Vec<(u32, u32, String)>, String> {
    let bytes: Vec<u8> = words
        .iter()
        .flat_map(|&word| shown_as(word).to_be_bytes())
        .collect();
    fs::write(file, bytes).map_err(|e| format!("{}: {e}", file.display()))?;
    let listing = super::succeed(
        Command::new("arm-none-eabi-objdump")
            .args(["-D", "-z", "-b", "binary", "-m", "armv3", "-EB"])
            .args(["-M", "reg-names-std"])
            .arg(format!("--adjust-vma={base:#x}"))
            .arg(file),
    )?;
    Ok(listing.lines().filter_map(parse).collect())
}

/// Address, word and text of a line of the listing.
fn parse(line: &str) -> Option<(u32, u32, String)> {
    let (address, rest) = line.split_once(':')?;
    let address = u32::from_str_radix(address.trim(), 16).ok()?;
    let mut columns = rest.trim_start().splitn(2, [' ', '\t']);
    let word = columns.next()?;
    let word = u32::from_str_radix(word, 16)
        .ok()
        .filter(|_| word.len() == 8)?;
    Some((address, word, bare(columns.next().unwrap_or_default())))
}

/// A line of assembly without its comment, and with single spaces.
fn bare(text: &str) -> String {
    let text = text.split('@').next().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_address_word_and_text() {
        let nop = "       0:\te1a00000 \tnop\t\t\t@ (mov r0, r0)";
        assert_eq!(parse(nop), Some((0, 0xE1A0_0000, "nop".to_owned())));
        let add = "    1250:\t00001010 \tandeq\tr1, r0, r0, lsl r0";
        let text = "andeq r1, r0, r0, lsl r0".to_owned();
        assert_eq!(parse(add), Some((0x1250, 0x1010, text)));
        assert_eq!(parse("00000000 <.data>:"), None);
        assert_eq!(parse("Disassembly of section .data:"), None);
    }
}
