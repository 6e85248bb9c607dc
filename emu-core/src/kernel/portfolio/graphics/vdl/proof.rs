//! Proofing: may a display list of a program be shown? (graphics sheet 4.3)
//!
//! The list is followed along its links as the hardware would, inside the words that were
//! submitted; a link that leads out of them ends it.

use super::build::Entry;
use super::words::{
    HEADER_WORDS, MOST_COMMANDS, command, command_count, dma, is_control, is_output_chip,
};

/// Codes of a modulo that mean a width.
const MODULO_CODES: u32 = 5;
/// Words of the shortest list.
const SHORTEST: usize = 5;
/// What only the system may say in a DMA control word.
const FORBIDDEN: u32 = dma::RESERVED | dma::S640 | dma::SLIPSTREAM | dma::SLIPSTREAM_COMMAND;

/// What the display does with a list that was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Proofed {
    /// Its entries in the order in which they are shown.
    pub(in super::super) entries: Vec<Entry>,
    /// Lines that are left when they end.
    pub(in super::super) lines_left: u32,
}

/// A list that stood at `start` in memory, for a display of `lines` lines; none if the system
/// refuses to show it.
pub(in super::super) fn proof(words: &[u32], start: u32, lines: u32) -> Option<Proofed> {
    if words.len() < SHORTEST {
        return None;
    }
    let mut entries = Vec::new();
    let mut lines_left = lines;
    let mut place = Some(0);
    while let Some(at) = place
        && lines_left > 0
    {
        let (entry, link) = proof_entry(words.get(at..)?, &mut lines_left)?;
        let base = match entry.control & dma::RELATIVE {
            0 => 0,
            _ => start.wrapping_add((at as u32 + HEADER_WORDS) * 4),
        };
        entries.push(entry);
        place = place_of(base.wrapping_add(link), start, words.len());
    }
    Some(Proofed {
        entries,
        lines_left,
    })
}

/// Where among the words an address is.
fn place_of(addr: u32, start: u32, words: usize) -> Option<usize> {
    let offset = addr.wrapping_sub(start);
    let word = (offset / 4) as usize;
    (offset.is_multiple_of(4) && word < words).then_some(word)
}

/// The entry that the words begin with, its lines counted out, and its link.
fn proof_entry(words: &[u32], lines_left: &mut u32) -> Option<(Entry, u32)> {
    let &[control, current, previous, link, ..] = words else {
        return None;
    };
    let count = command_count(control);
    if control & FORBIDDEN != 0
        || !(1..=MOST_COMMANDS).contains(&count)
        || (control & dma::MODULO) >> dma::MODULO_SHIFT >= MODULO_CODES
    {
        return None;
    }
    let commands = words.get(HEADER_WORDS as usize..(HEADER_WORDS + count) as usize)?;
    if !commands.iter().copied().all(may_submit) {
        return None;
    }
    let lines = match control & dma::LINES {
        0 => *lines_left,
        lines => lines,
    };
    *lines_left = lines_left.checked_sub(lines)?;
    let entry = Entry {
        control: control & !dma::LINES | lines,
        current,
        previous,
        commands: commands.to_vec(),
    };
    Some((entry, link))
}

/// Whether a program may say this to the display.
fn may_submit(word: u32) -> bool {
    let for_the_system = command::NULL | command::PAL | command::S640;
    !is_output_chip(word) && (!is_control(word) || word & for_the_system == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: u32 = 0x5_0000;
    const CONTROL: u32 = dma::ENABLE | dma::LOAD_CURRENT | dma::LOAD_PREVIOUS;

    fn entry(lines: u32, link: u32, commands: &[u32]) -> Vec<u32> {
        let control = CONTROL | (commands.len() as u32) << dma::LENGTH_SHIFT | lines;
        [&[control, 0x20_0000, 0x20_0000, link], commands].concat()
    }

    fn lines_of(words: &[u32]) -> Option<(Vec<u32>, u32)> {
        proof(words, START, 240).map(|proofed| {
            let lines = proofed.entries.iter().map(|e| e.control & dma::LINES);
            (lines.collect(), proofed.lines_left)
        })
    }

    #[test]
    fn a_line_count_of_zero_is_the_rest() {
        assert_eq!(lines_of(&entry(0, 0, &[0])), Some((vec![240], 0)));
        assert_eq!(lines_of(&entry(240, 0, &[0])), Some((vec![240], 0)));
    }

    #[test]
    fn links_are_absolute_or_relative_to_the_first_command() {
        let second = entry(0, 0, &[0]);
        let absolute = [entry(100, START + 20, &[0]), second.clone()].concat();
        assert_eq!(lines_of(&absolute), Some((vec![100, 140], 0)));
        let mut relative = [entry(100, 4, &[0]), second.clone()].concat();
        relative[0] |= dma::RELATIVE;
        assert_eq!(lines_of(&relative), Some((vec![100, 140], 0)));
        // Room between two entries is nobody's.
        let padded = [entry(100, START + 32, &[0]), vec![0xFFFF_FFFF; 3], second].concat();
        assert_eq!(lines_of(&padded), Some((vec![100, 140], 0)));
    }

    #[test]
    fn a_link_out_of_the_list_ends_it() {
        for link in [0, START - 4, START + 20, START + 2, 0x2F_C000, u32::MAX] {
            assert_eq!(lines_of(&entry(100, link, &[0])), Some((vec![100], 140)));
        }
    }

    #[test]
    fn a_list_that_leads_back_ends_with_the_display() {
        let words = entry(100, START, &[0]);
        assert_eq!(lines_of(&words), None, "300 lines are too many");
        let words = entry(120, START, &[0]);
        assert_eq!(lines_of(&words), Some((vec![120, 120], 0)));
    }

    /// Graphics sheet 4.3: what makes a list GRAFERR_PROOF_ERR.
    #[test]
    fn what_is_refused() {
        assert_eq!(lines_of(&[CONTROL, 0, 0, 0]), None, "too short");
        for bits in [
            0x8000_0000,
            0x0800_0000,
            0x0400_0000,
            0x0040_0000,
            0x0010_0000,
            5 << 23,
            6 << 23,
            7 << 23,
        ] {
            let mut words = entry(0, 0, &[0]);
            words[0] |= bits;
            assert_eq!(lines_of(&words), None, "{bits:#x}");
        }
        let mut none = entry(0, 0, &[0]);
        none[0] &= !dma::LENGTH;
        assert_eq!(lines_of(&none), None, "no command");
        assert!(lines_of(&entry(0, 0, &[0; 34])).is_some());
        assert_eq!(lines_of(&entry(0, 0, &[0; 35])), None, "35 commands");
        assert_eq!(lines_of(&entry(0, 0, &[0; 9])[..12]), None, "cut off");
        assert_eq!(lines_of(&entry(241, 0, &[0])), None, "too many lines");
        for word in [
            0xD000_0000,
            0xC800_0000,
            0xC400_0000,
            0x8000_0000,
            0xA000_0000,
        ] {
            assert_eq!(lines_of(&entry(0, 0, &[word])), None, "{word:#x}");
        }
        for word in [
            0xC000_0000,
            0xC3FF_FFFF,
            0xE000_0000,
            0xE100_0000,
            0x7FFF_FFFF,
        ] {
            assert!(lines_of(&entry(0, 0, &[word])).is_some(), "{word:#x}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_is_a_list_of_the_display(
            words in prop::collection::vec(prop_oneof![any::<u32>(), 0_u32..0x40_0000], 0..80),
            controls in prop::collection::vec((0_usize..80, 1_u32..5, 0_u32..300), 0..8),
            start in any::<u32>(),
            lines in 0_u32..=288,
        ) {
            let mut words = words;
            for (at, count, lines) in controls {
                if let Some(word) = words.get_mut(at) {
                    *word = CONTROL | dma::RELATIVE | count << dma::LENGTH_SHIFT | lines & dma::LINES;
                }
            }
            if let Some(proofed) = proof(&words, start, lines) {
                let shown: u32 = proofed.entries.iter().map(|e| e.control & dma::LINES).sum();
                prop_assert_eq!(shown + proofed.lines_left, lines);
                for entry in &proofed.entries {
                    prop_assert_eq!(entry.control & FORBIDDEN, 0);
                    prop_assert!(entry.control & dma::LINES > 0);
                    prop_assert_eq!(command_count(entry.control), entry.commands.len() as u32);
                    prop_assert!(entry.commands.iter().copied().all(may_submit));
                }
            }
        }
    }
}
