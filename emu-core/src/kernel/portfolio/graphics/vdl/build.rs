//! Display lists that the folio builds, and how lists are laid out in memory.

use super::words::{
    CLUT_SIZE, HEADER_WORDS, MOST_COMMANDS, command, command_count, dma, entry_size, modulo_code,
    ramp_command,
};
use crate::device::display::DisplayMode;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::graphics::memory::Block;
use crate::kernel::portfolio::graphics::modes::DisplayType;
use crate::mem::Memory;

/// One entry of a display list, its link left to whoever places it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Entry {
    /// The DMA control word.
    pub(in super::super) control: u32,
    /// Current-line address.
    pub(in super::super) current: u32,
    /// Previous-line address.
    pub(in super::super) previous: u32,
    /// Command words.
    pub(in super::super) commands: Vec<u32>,
}

impl Entry {
    /// An entry of these commands; the count of them is filled in.
    pub(in super::super) fn new(control: u32, address: u32, commands: Vec<u32>) -> Entry {
        debug_assert!(commands.len() <= MOST_COMMANDS as usize);
        Entry {
            control: control & !dma::LENGTH | (commands.len() as u32) << dma::LENGTH_SHIFT,
            current: address,
            previous: address,
            commands,
        }
    }

    fn size(&self) -> u32 {
        entry_size(self.commands.len() as u32)
    }
}

/// The display control word that lists of a display type begin with.
pub(in super::super) fn default_control(kind: DisplayType) -> u32 {
    match kind.mode {
        DisplayMode::PalWide => command::DEFAULT_CONTROL | command::PAL,
        _ => command::DEFAULT_CONTROL,
    }
}

/// The 34 commands that set everything: control, linear colours, black background.
pub(in super::super) fn all_commands(control: u32) -> Vec<u32> {
    let colours = (0..CLUT_SIZE).map(ramp_command);
    [control]
        .into_iter()
        .chain(colours)
        .chain([command::BACKGROUND])
        .collect()
}

/// What the control words of lists of a frame buffer have in common.
fn frame_buffer_control(width: u32) -> u32 {
    dma::ENABLE | dma::LOAD_CURRENT | dma::LOAD_PREVIOUS | modulo_code(width).unwrap_or(0)
}

/// VDLTYPE_SIMPLE: one entry for all lines (graphics sheet 4.1).
pub(in super::super) fn simple_list(
    kind: DisplayType,
    buffer: u32,
    width: u32,
    lines: u32,
) -> Vec<Entry> {
    let control = frame_buffer_control(width) | lines & dma::LINES;
    let commands = all_commands(default_control(kind));
    vec![Entry::new(control, buffer, commands)]
}

/// VDLTYPE_FULL as the folio builds it: an entry of eight words for each line, with its address
/// and room for four commands; the first carries the colours.
pub(in super::super) fn full_list(
    kind: DisplayType,
    buffer: u32,
    width: u32,
    lines: u32,
) -> Vec<Entry> {
    let control = frame_buffer_control(width) | 1;
    let display_control = default_control(kind);
    let line_address = |y: u32| buffer.wrapping_add((y >> 1) * width * 4 + (y & 1) * 2);
    let line = |y: u32| {
        let commands = match y {
            0 => all_commands(display_control),
            _ => {
                let mut commands = vec![command::NOTHING; 4];
                commands[0] = display_control;
                commands
            }
        };
        let mut entry = Entry::new(control, line_address(y), commands);
        entry.previous = line_address(y.saturating_sub(1));
        entry
    };
    (0..lines).map(line).collect()
}

/// The list that shows nothing: what every other list ends with.
pub(in super::super) fn black_list() -> Vec<Entry> {
    let commands = vec![0, command::BACKGROUND];
    vec![Entry::new(0, 0, commands)]
}

impl Portfolio {
    /// Puts a list into memory, on multiples of 16 bytes, with absolute links; the last one
    /// leads to `end`.
    pub(in super::super) fn place_list(
        &mut self,
        mem: &mut Memory,
        entries: &[Entry],
        end: u32,
    ) -> Result<Block, Status> {
        let bytes = entries.iter().map(Entry::size).sum();
        let block = self.alloc_list(mem, bytes)?;
        let mut at = block.start;
        for (n, entry) in entries.iter().enumerate() {
            let next = at + entry.size();
            let link = if n + 1 == entries.len() { end } else { next };
            let header = [
                entry.control & !dma::RELATIVE,
                entry.current,
                entry.previous,
                link,
            ];
            for (word, &value) in (0..).zip(header.iter().chain(&entry.commands)) {
                mem.set_word(at + word * 4, value);
            }
            at = next;
        }
        Ok(block)
    }
}

/// Addresses of the command words of a list of the system, entry by entry.
pub(in super::super) fn command_addresses(mem: &Memory, block: Block) -> Vec<u32> {
    let mut found = Vec::new();
    let (mut at, end) = (block.start, block.start.saturating_add(block.len));
    while at < end {
        let commands = command_count(mem.word(at)).min(MOST_COMMANDS);
        let first = at + HEADER_WORDS * 4;
        found.extend((0..commands).map(|n| first + n * 4).filter(|&at| at < end));
        at += entry_size(commands);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Video;

    fn kinds() -> [DisplayType; 3] {
        let pal = DisplayType::of(Video::Pal);
        [DisplayType::of(Video::Ntsc)[0], pal[0], pal[1]]
    }

    /// Graphics sheet 4.1: the system-built list of 320 x 240 is these 38 words.
    #[test]
    fn a_simple_list_is_the_sheets() {
        let [ntsc, narrow, wide] = kinds();
        let list = simple_list(ntsc, 0x20_0000, 320, 240);
        assert_eq!(list.len(), 1);
        assert_eq!(list[0].control, 0x0021_C4F0);
        assert_eq!((list[0].current, list[0].previous), (0x20_0000, 0x20_0000));
        assert_eq!(list[0].commands.len(), 34);
        assert_eq!(list[0].commands[0], 0xC001_002C);
        assert_eq!(list[0].commands[1], 0);
        assert_eq!(list[0].commands[32], 0x1FFF_FFFF);
        assert_eq!(list[0].commands[33], 0xE000_0000);
        let of = |kind, width| simple_list(kind, 0, width, 288)[0].clone();
        assert_eq!(of(narrow, 320).commands[0], 0xC001_002C);
        assert_eq!(of(wide, 384).commands[0], 0xC801_002C);
        assert_eq!(of(wide, 384).control, 0x00A1_C520);
    }

    #[test]
    fn a_full_list_has_an_entry_for_each_line() {
        let list = full_list(kinds()[0], 0x20_0000, 320, 3);
        let lines: Vec<_> = list
            .iter()
            .map(|entry| (entry.control & dma::LINES, entry.current, entry.previous))
            .collect();
        let expected = [
            (1, 0x20_0000, 0x20_0000),
            (1, 0x20_0002, 0x20_0000),
            (1, 0x20_0500, 0x20_0002),
        ];
        assert_eq!(lines, expected);
        assert_eq!(
            list.iter().map(Entry::size).collect::<Vec<_>>(),
            [160, 32, 32]
        );
    }
}
