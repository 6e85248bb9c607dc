//! Compares our disassembler with GNU objdump, word by word.
//!
//! The texts are compared without comments: objdump's notes on a value are no part of an
//! instruction. What differs on purpose is one row of [`DIFFERENCES`] with its reason.

use emu_core::cpu::disasm;
use std::collections::BTreeMap;
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
        reason: "mov r0, r0: objdump calls it nop, a name ARMv3 has not",
        applies: |word, _, theirs| word == 0xE1A0_0000 && theirs == "nop",
    },
    Difference {
        reason: "str r, [sp, #-4]! and ldr r, [sp], #4: objdump calls them push and pop",
        applies: |word, _, theirs| {
            let push = word & 0x0FFF_0FFF == 0x052D_0004 && theirs.starts_with("push");
            let pop = word & 0x0FFF_0FFF == 0x049D_0004 && theirs.starts_with("pop");
            push || pop
        },
    },
    Difference {
        reason: "undefined for both: we show the word, objdump shows nothing",
        applies: |_, ours, theirs| data(ours) && theirs.is_empty(),
    },
    Difference {
        reason: "never executed (NV): objdump decodes the newer unconditional instructions",
        applies: |word, ours, _| data(ours) && word >> 28 == 0xF,
    },
    Difference {
        reason: "coprocessor instruction: none is fitted, objdump decodes FPA, Maverick and others",
        applies: |word, ours, _| data(ours) && matches!(word >> 24 & 0xF, 0xC..=0xE),
    },
    Difference {
        reason: "compare without S: an undefined PSR transfer here, objdump decodes newer or none",
        applies: |word, ours, _| data(ours) && word & 0x0D90_0000 == 0x0100_0000,
    },
    Difference {
        reason: "halfword and signed transfers, long multiplications: newer than this processor",
        applies: |word, ours, _| data(ours) && word & 0x0E00_0090 == 0x90,
    },
];

/// Whether our text shows a word that is no instruction of this processor.
fn data(ours: &str) -> bool {
    ours.starts_with(".word")
}

/// How many words were compared, and how many of them differ for each reason.
#[derive(Debug, Default)]
pub struct Tally {
    words: usize,
    reasons: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// The lines to print.
    pub fn lines(&self) -> Vec<String> {
        let known: usize = self.reasons.values().sum();
        let words = self.words;
        let mut lines = vec![format!(
            "{words} words disassembled, {} as objdump does, {known} otherwise on purpose:",
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

/// Compares all words of a file in `roms/bin`; what it gives back are the unknown differences.
pub fn compare(file: &Path, base: u32, tally: &mut Tally) -> Result<Vec<String>, String> {
    let listing = super::succeed(
        Command::new("arm-none-eabi-objdump")
            .args(["-D", "-z", "-b", "binary", "-m", "armv3", "-EB"])
            .arg(format!("--adjust-vma={base:#x}"))
            .arg(file),
    )?;
    let mut problems = Vec::new();
    let mut words = 0;
    for (address, word, theirs) in listing.lines().filter_map(parse) {
        words += 1;
        let text = disasm(address, word);
        let ours = bare(&text);
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
    tally.words += words;
    let size = std::fs::metadata(file).map_err(|e| format!("{}: {e}", file.display()))?;
    if size.len() != 4 * words as u64 {
        return Err(format!(
            "objdump shows {words} words of a file of {} bytes",
            size.len()
        ));
    }
    Ok(problems)
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
