//! Display lists: what their words mean (graphics sheet 1.3).
//!
//! ```text
//! entry   +0  how pixels are fetched, how many command words, how many lines
//!         +4  address of the current line    loaded if bit 16 says so
//!         +8  address of the line before     loaded if bit 15 says so
//!        +12  the next entry                 from +16 on, if bit 18 says so
//!        +16  command words: colours, the background, display control
//! ```

use emu_core::mem::Memory;

/// Red, green, blue.
pub(super) type Rgb = [u8; 3];

/// Bytes of an entry before its command words.
const HEADER: u32 = 16;

/// The first word of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dma(u32);

impl Dma {
    /// Pixels from one pair of lines to the next. Codes 5 to 7 are illegal and count as 0.
    pub fn modulo(self) -> u32 {
        match self.0 >> 23 & 7 {
            1 => 384,
            2 => 512,
            3 => 640,
            4 => 1024,
            _ => 320,
        }
    }

    /// Whether pixels are fetched; if not, lines are black.
    pub fn fetches(self) -> bool {
        self.bit(21)
    }

    /// Whether a field shows every second row of the frame buffer.
    pub fn alternates(self) -> bool {
        self.bit(19)
    }

    /// Whether the address of the line before steps by itself and does not follow the current one.
    pub fn previous_steps(self) -> bool {
        self.bit(17)
    }

    /// Where the line after the one at `address` is: the other half of the words, then the next
    /// pair. A field that shows every second row stays in its half.
    pub fn step(self, address: u32) -> u32 {
        let pair = self.modulo() * 4;
        if self.alternates() {
            address.wrapping_add(pair)
        } else if address & 2 == 0 {
            address.wrapping_add(2)
        } else {
            address.wrapping_sub(2).wrapping_add(pair)
        }
    }

    /// The same for `lines` lines.
    pub fn step_by(self, address: u32, lines: u32) -> u32 {
        let pair = self.modulo() * 4;
        if self.alternates() {
            return address.wrapping_add(pair.wrapping_mul(lines));
        }
        let pairs = address.wrapping_add(pair.wrapping_mul(lines / 2));
        if lines.is_multiple_of(2) {
            pairs
        } else {
            self.step(pairs)
        }
    }

    /// Where the pixels of the line at `address` are in a field with this parity.
    pub fn pixels_at(self, address: u32, odd: bool) -> u32 {
        if self.alternates() {
            address & !3 | u32::from(odd) << 1
        } else {
            address & !1
        }
    }

    fn bit(self, bit: u32) -> bool {
        self.0 >> bit & 1 != 0
    }
}

/// One entry of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub dma: Dma,
    /// Lines it lasts; `None` = all that are left.
    pub lines: Option<u32>,
    /// Address of the current line, if it is loaded.
    pub current: Option<u32>,
    /// Address of the line before, if it is loaded.
    pub previous: Option<u32>,
    /// Where the next entry is.
    pub next: u32,
    commands: &'a [u8],
}

impl Entry<'_> {
    /// The entry at an address; nothing if it is not aligned or not wholly memory.
    pub fn read(memory: &Memory, at: u32) -> Option<Entry<'_>> {
        if !at.is_multiple_of(4) {
            return None;
        }
        let (words, _) = memory.bytes(at, HEADER)?.as_chunks();
        let &[control, current, previous, next] = words else {
            return None;
        };
        let words = [control, current, previous, next];
        let [control, current, previous, next] = words.map(u32::from_be_bytes);
        let behind = at + HEADER;
        let dma = Dma(control);
        let lines = control & 0x1FF;
        Some(Entry {
            dma,
            lines: (lines != 0).then_some(lines),
            current: dma.bit(16).then_some(current),
            previous: dma.bit(15).then_some(previous),
            next: if dma.bit(18) {
                behind.wrapping_add(next)
            } else {
                next
            },
            commands: memory.bytes(behind, (control >> 9 & 0x3F) * 4)?,
        })
    }

    /// What its command words say, in order.
    pub fn commands(&self) -> impl Iterator<Item = Command> {
        let (words, _) = self.commands.as_chunks();
        words
            .iter()
            .map(|&word| Command::of(u32::from_be_bytes(word)))
    }
}

/// What a command word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// A register of the colour table; which of red, green and blue are written.
    Color {
        register: u8,
        parts: [bool; 3],
        rgb: Rgb,
    },
    /// The colour of pixels that have none.
    Background(Rgb),
    /// A display control word.
    Control(u32),
    /// Nothing that can be seen.
    Nothing,
}

impl Command {
    pub fn of(word: u32) -> Command {
        let [top, red, green, blue] = word.to_be_bytes();
        let rgb = [red, green, blue];
        match top {
            0..0x80 => Command::Color {
                register: top & 0x1F,
                parts: match top >> 5 {
                    0 => [true; 3],
                    part => [part == 3, part == 2, part == 1],
                },
                rgb,
            },
            // For the chip behind the display.
            0x80..0xC0 => Command::Nothing,
            0xC0..0xE0 => Command::Control(word),
            0xE0 => Command::Background(rgb),
            0xE1.. => Command::Nothing,
        }
    }
}
