//! One field: goes through its list, and makes lines of it if anybody looks.
//!
//! What a list leaves in the registers is there for the next field, whose list need not set
//! them again (graphics sheet 1.3). So each field is stepped; only pictures touch pixels.

use super::color::{Colors, Control, Converter, Dot};
use super::vdl::{Command, Dma, Entry};
use emu_core::device::display::ShownList;
use emu_core::mem::{DRAM_SIZE, MEMORY_END, Memory};
use serde::{Deserialize, Serialize};

/// What stays from entry to entry and from field to field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Registers {
    pub colors: Colors,
    pub control: Control,
    /// Address of the current line.
    pub current: u32,
    /// Address of the line before it.
    pub previous: u32,
}

impl Registers {
    /// Goes through a list for a field of `height` lines, black ones at its top among them.
    /// `band` is told of each entry after its commands: from which line on, and how many.
    ///
    /// An entry lasts at least one line, so that no list is without an end; where it leads out
    /// of memory the rest of the field is black.
    pub fn run(
        &mut self,
        memory: &Memory,
        list: ShownList,
        height: u32,
        mut band: impl FnMut(&Registers, Dma, u32, u32),
    ) {
        let mut line = list.top_lines;
        let mut at = list.first;
        while at != 0 && line < height {
            let Some(entry) = Entry::read(memory, at) else {
                return;
            };
            self.begin(&entry);
            let left = height - line;
            let lines = entry.lines.map_or(left, |lines| lines.min(left));
            band(self, entry.dma, line, lines);
            self.end_lines(entry.dma, lines);
            line += lines;
            at = entry.next;
        }
    }

    fn begin(&mut self, entry: &Entry<'_>) {
        self.current = entry.current.unwrap_or(self.current);
        self.previous = entry.previous.unwrap_or(self.previous);
        let mut controls = true;
        for command in entry.commands() {
            match command {
                Command::Color {
                    register,
                    parts,
                    rgb,
                } => self.colors.set(register, parts, rgb),
                Command::Background(rgb) => self.colors.background = rgb,
                Command::Control(word) if controls => controls = self.control.replace(word),
                Command::Control(_) | Command::Nothing => (),
            }
        }
    }

    /// The end of `lines` lines, at least one.
    fn end_lines(&mut self, dma: Dma, lines: u32) {
        self.previous = if dma.previous_steps() {
            dma.step_by(self.previous, lines)
        } else {
            dma.step_by(self.current, lines.saturating_sub(1))
        };
        self.current = dma.step_by(self.current, lines);
        self.control.end_line();
    }
}

/// One line as it leaves the colour tables; without dots where it is black.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub dots: Vec<Dot>,
    /// What is blended with it from above, if that is not the line before.
    pub above: Option<Vec<Dot>>,
}

/// The lines of a field that begins with these registers. `whole` lines know what is blended
/// with them.
pub(super) fn lines(
    mut registers: Registers,
    memory: &Memory,
    list: ShownList,
    (width, height): (u32, u32),
    odd: bool,
    whole: bool,
) -> Vec<Line> {
    let mut lines = vec![Line::default(); height as usize];
    let mut before = None;
    registers.run(memory, list, height, |registers, dma, first, count| {
        if !dma.fetches() {
            before = None;
            return;
        }
        let mut registers = registers.clone();
        let width = width.min(dma.modulo());
        for line in lines.iter_mut().skip(first as usize).take(count as usize) {
            let converter = Converter::new(&registers.colors, registers.control);
            let dots = |address| dots(&converter, memory, dma.pixels_at(address, odd), width);
            line.dots = dots(registers.current);
            if whole && before != Some(registers.previous) {
                line.above = Some(dots(registers.previous));
            }
            before = Some(registers.current);
            registers.end_lines(dma, 1);
        }
    });
    lines
}

/// The dots of every second half-word from `at` on. The display fetches from VRAM and nowhere
/// else: what lies outside is black.
fn dots(converter: &Converter<'_>, memory: &Memory, at: u32, width: u32) -> Vec<Dot> {
    let dot = |bytes: &[u8]| converter.dot(u16::from_be_bytes([bytes[0], bytes[1]]));
    let bytes = width * 4 - 2;
    if at >= DRAM_SIZE
        && let Some(bytes) = memory.bytes(at, bytes)
    {
        return bytes.chunks(4).map(dot).collect();
    }
    let column = |x| {
        let at = at.wrapping_add(x * 4);
        let inside = (DRAM_SIZE..MEMORY_END).contains(&at);
        let bytes = memory.bytes(at, 2).filter(|_| inside);
        bytes.map(dot).unwrap_or_default()
    };
    (0..width).map(column).collect()
}
