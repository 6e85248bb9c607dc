//! DisplayOverlay: a bitmap in front of whatever is shown.
//!
//! Graphics sheet 4.2 and the call's page. The display reads a list that is put together of the
//! shown list above the overlay, the overlay, and the shown list below it; a new one each field,
//! so that what a program does to its own list or colours is seen beside the overlay too.

use crate::device::display::{DisplayMode, ShownList};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::graphics::codes::{BADDISPDIMS, VDLWIDTH};
use crate::kernel::portfolio::graphics::vdl::build::{Entry, all_commands};
use crate::kernel::portfolio::graphics::vdl::words::{
    CLUT_SIZE, HEADER_WORDS, MOST_COMMANDS, command, command_count, dma, is_control, modulo_code,
    modulo_width, ramp,
};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::ItemNode;
use crate::kernel::portfolio::structs::graphics::{Bitmap, GRAFNODE, kind};
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{GuestType, Memory};
use serde::{Deserialize, Serialize};

/// The overlay in front of the display.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlay {
    item: Item,
    bitmap: Item,
    top: u32,
}

/// What a display does with the commands that came so far.
#[derive(Clone, Debug)]
struct State {
    clut: [u32; CLUT_SIZE as usize],
    background: u32,
    control: u32,
}

impl State {
    fn new() -> State {
        let mut clut = [0; CLUT_SIZE as usize];
        for (n, color) in (0..).zip(&mut clut) {
            *color = ramp(n);
        }
        State {
            clut,
            background: command::BACKGROUND,
            control: command::DEFAULT_CONTROL,
        }
    }

    fn apply(&mut self, word: u32) {
        if is_control(word) {
            self.control = word;
        } else if word >> 24 == command::BACKGROUND >> 24 {
            self.background = word;
        } else if word >> 31 == 0 {
            let mask = match word >> 29 & 3 {
                0 => 0xFF_FFFF,
                1 => 0xFF,
                2 => 0xFF00,
                _ => 0xFF_0000,
            };
            let color = &mut self.clut[(word >> 24 & 31) as usize];
            *color = *color & !mask | word & mask;
        }
    }

    /// The commands that bring a display into this state.
    fn commands(&self) -> Vec<u32> {
        let colors = (0..)
            .zip(self.clut)
            .map(|(n, color): (u32, u32)| n << 24 | color);
        [self.control]
            .into_iter()
            .chain(colors)
            .chain([self.background])
            .collect()
    }
}

/// An address after the display has gone on by so many lines.
fn advance(mut address: u32, control: u32, lines: u32) -> u32 {
    let pair = modulo_width(control) * 4;
    for _ in 0..lines {
        let step = match (control & dma::HIGH_RESOLUTION, address & 2) {
            (0, 0) => 2,
            (0, _) => pair.wrapping_sub(2),
            _ => pair,
        };
        address = address.wrapping_add(step);
    }
    address
}

/// The lines of a picture that an overlay takes.
#[derive(Clone, Copy, Debug)]
struct Window {
    top: u32,
    bottom: u32,
}

/// Puts a list together that shows `overlay` inside `window`, and `base` around it.
struct Splice<'a> {
    mem: &'a Memory,
    window: Window,
    height: u32,
    overlay: Entry,
    state: State,
    /// Current-line and previous-line address.
    addresses: (u32, u32),
    line: u32,
    /// Whether the base is shown again behind the overlay.
    is_behind: bool,
    entries: Vec<Entry>,
}

impl Splice<'_> {
    fn run(mut self, base: ShownList) -> Vec<Entry> {
        if base.top_lines > 0 {
            let commands = vec![command::NOTHING];
            self.pass(Entry::new(base.top_lines & dma::LINES, 0, commands));
        }
        let mut at = base.first;
        // Every entry has a line at least.
        while self.line < self.height {
            let header = [0, 4, 8, 12].map(|offset| self.mem.word(at.wrapping_add(offset)));
            let [control, current, previous, link] = header;
            let count = command_count(control).min(MOST_COMMANDS);
            let word = |n: u32| self.mem.word(at.wrapping_add((HEADER_WORDS + n) * 4));
            let mut entry = Entry::new(control, current, (0..count).map(word).collect());
            entry.previous = previous;
            self.pass(entry);
            at = link;
        }
        self.entries
    }

    /// The next entry of the base.
    fn pass(&mut self, entry: Entry) {
        let control = entry.control;
        for &word in &entry.commands {
            self.state.apply(word);
        }
        if control & dma::LOAD_CURRENT != 0 {
            self.addresses.0 = entry.current;
        }
        if control & dma::LOAD_PREVIOUS != 0 {
            self.addresses.1 = entry.previous;
        }
        let left = self.height - self.line;
        let lines = match control & dma::LINES {
            0 => left,
            lines => lines.min(left),
        };
        let end = self.line + lines;
        let Window { top, bottom } = self.window;
        let above = end.min(top).saturating_sub(self.line);
        if above > 0 {
            self.push(Entry {
                control: control & !dma::LINES | above,
                ..entry.clone()
            });
        }
        if (self.line..end).contains(&top) {
            self.push(self.overlay.clone());
        }
        let below = end.saturating_sub(bottom.max(self.line));
        if below > 0 && self.is_behind {
            self.push(Entry {
                control: control & !dma::LINES | below,
                ..entry
            });
            self.go_on(control, lines);
        } else if below > 0 {
            self.go_on(control, lines - below);
            self.resume(control, below);
            self.go_on(control, below);
        } else {
            self.go_on(control, lines);
        }
        self.line = end;
    }

    /// Goes on with the base behind the overlay.
    fn resume(&mut self, control: u32, lines: u32) {
        let control = control & !dma::LINES | lines | dma::LOAD_CURRENT | dma::LOAD_PREVIOUS;
        let mut entry = Entry::new(control, self.addresses.0, self.state.commands());
        entry.previous = self.addresses.1;
        self.push(entry);
        self.is_behind = true;
    }

    fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    fn go_on(&mut self, control: u32, lines: u32) {
        if let Some(before) = lines.checked_sub(1) {
            let last = advance(self.addresses.0, control, before);
            self.addresses.1 = match control & dma::PREVIOUS_STEPS {
                0 => last,
                _ => advance(self.addresses.1, control, lines),
            };
            self.addresses.0 = advance(last, control, 1);
        }
    }
}

impl Portfolio {
    /// The list that shows the overlay, if there is one, in front of a list.
    pub(super) fn with_overlay(&mut self, mem: &mut Memory, base: ShownList) -> ShownList {
        let Some(overlay) = self.graphics.overlay else {
            return base;
        };
        let bitmap = self.graphics_item::<Bitmap>(mem, overlay.bitmap, kind::BITMAP);
        let height = self.graphics.wanted.mode.size().1;
        let Ok(bitmap) = bitmap else {
            return base;
        };
        let width = mem.peek(bitmap.at(Bitmap::bm_Width)) as u32;
        let lines = mem.peek(bitmap.at(Bitmap::bm_Height)).max(0) as u32;
        let bottom = overlay.top.saturating_add(lines).min(height);
        let (Some(modulo), true) = (modulo_code(width), overlay.top < bottom) else {
            return base;
        };
        let control = dma::ENABLE | dma::LOAD_CURRENT | dma::LOAD_PREVIOUS | modulo;
        let timing = match self.graphics.wanted.mode {
            DisplayMode::PalWide => command::PAL,
            _ => 0,
        };
        let smooth = command::SMOOTH_H | command::SMOOTH_V;
        let plain = command::DEFAULT_CONTROL & !smooth | timing;
        let buffer = mem.peek(bitmap.at(Bitmap::bm_Buffer));
        let lines = bottom - overlay.top;
        let splice = Splice {
            mem,
            window: Window {
                top: overlay.top,
                bottom,
            },
            height,
            overlay: Entry::new(control | lines, buffer, all_commands(plain)),
            state: State::new(),
            addresses: (0, 0),
            line: 0,
            is_behind: false,
            entries: Vec::new(),
        };
        let entries = splice.run(base);
        let end = self.post_display_list(mem);
        let Ok(block) = self.place_list(mem, &entries, end) else {
            return base;
        };
        self.graphics.spliced.push(block);
        ShownList {
            first: block.start,
            top_lines: 0,
        }
    }

    /// The overlay's end.
    pub(in super::super) fn delete_overlay(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.end_overlay_if(cx, |overlay| overlay.item == item);
        self.free_item(cx.mem, item);
    }

    /// A bitmap's end is the end of its showing; the item stays until it is deleted.
    pub(in super::super) fn delete_overlays_of(&mut self, cx: &mut CallCx<'_>, bitmap: Item) {
        self.end_overlay_if(cx, |overlay| overlay.bitmap == bitmap);
    }

    fn end_overlay_if(&mut self, cx: &mut CallCx<'_>, ends: impl FnOnce(Overlay) -> bool) {
        if self.graphics.overlay.is_some_and(ends) {
            self.graphics.overlay = None;
            self.display(cx, self.graphics.wanted);
        }
    }
}

/// The newest overlay is the one that is shown.
pub(super) fn display_overlay(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bitmap: Item,
    top: i32,
) -> Result<Item, Trouble> {
    let at = k.own_bitmap(cx.mem, bitmap)?;
    let width = cx.mem.peek(at.at(Bitmap::bm_Width));
    let lines = cx.mem.peek(at.at(Bitmap::bm_Height));
    if modulo_code(width as u32).is_none() {
        return Err(VDLWIDTH.into());
    }
    let height = k.graphics.wanted.mode.size().1 as i32;
    if top < 0 || top.saturating_add(lines) > height {
        return Err(BADDISPDIMS.into());
    }
    let node = CommonTags::default();
    let node = node.into_item(GRAFNODE, kind::OVERLAY, ItemNode::SIZE, k.caller());
    let item = k.new_item(cx.mem, &node)?;
    k.give_to_caller(item);
    k.graphics.overlay = Some(Overlay {
        item,
        bitmap,
        // The page: 0 is silently made 1.
        top: top.max(1) as u32,
    });
    k.display(cx, k.graphics.wanted);
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: u32 = 0x20_0000;
    const LIST: u32 = 0x2F_C000;

    /// A list of entries of so many lines of one buffer, each with its own background.
    fn spliced(lines: &[u32], window: Window, top_lines: u32) -> Vec<(u32, u32, u32)> {
        let mut mem = Memory::new();
        for (n, &lines) in (0..).zip(lines) {
            let at = LIST + n * 32;
            let load = if n == 0 { dma::LOAD_CURRENT } else { 0 };
            let control = dma::ENABLE | load | 1 << dma::LENGTH_SHIFT | lines;
            let words = [control, BASE, 0, at + 32, command::BACKGROUND | n];
            for (n, word) in (0..).zip(words) {
                mem.set_word(at + n * 4, word);
            }
        }
        let overlay = Entry::new(
            (window.bottom - window.top) | dma::ENABLE,
            0x28_0000,
            vec![0],
        );
        let splice = Splice {
            mem: &mem,
            window,
            height: 240,
            overlay,
            state: State::new(),
            addresses: (0, 0),
            line: 0,
            is_behind: false,
            entries: Vec::new(),
        };
        let list = ShownList {
            first: LIST,
            top_lines,
        };
        let address = |entry: &Entry| match entry.control & dma::LOAD_CURRENT {
            0 => 0,
            _ => entry.current,
        };
        let entries = splice.run(list);
        let total: u32 = entries.iter().map(|entry| entry.control & dma::LINES).sum();
        assert_eq!(total, 240);
        entries
            .iter()
            .map(|entry| {
                let last = entry.commands.last().copied().unwrap_or(0);
                (entry.control & dma::LINES, address(entry), last & 0xFF)
            })
            .collect()
    }

    #[test]
    fn a_list_goes_on_behind_the_overlay_where_it_would_be() {
        let window = Window {
            top: 10,
            bottom: 30,
        };
        let line = |n: u32| BASE + n / 2 * 1280 + n % 2 * 2;
        let all = spliced(&[240], window, 0);
        assert_eq!(all, [(10, BASE, 0), (20, 0, 0), (210, line(30), 0)]);
        // The overlay hides the second entry, but not what it says of the background.
        let all = spliced(&[15, 5, 220], window, 0);
        assert_eq!(all, [(10, BASE, 0), (20, 0, 0), (210, line(30), 2)]);
        let all = spliced(&[15, 100, 125], window, 0);
        let rest = [(85, line(30), 1), (125, 0, 2)];
        assert_eq!(all, [&[(10, BASE, 0), (20, 0, 0)], &rest[..]].concat());
        // Entries end where the overlay begins and ends.
        let all = spliced(&[10, 20, 210], window, 0);
        assert_eq!(all, [(10, BASE, 0), (20, 0, 0), (210, line(30), 2)]);
        // Black lines above the display are covered too.
        let all = spliced(&[200], window, 40);
        assert_eq!(all[..2], [(10, 0, 0), (20, 0, 0)]);
        assert_eq!(all[2].0, 10);
        assert_eq!(all[3], (200, BASE, 0));
        // Down to the last line.
        let window = Window {
            top: 1,
            bottom: 240,
        };
        assert_eq!(spliced(&[0], window, 0), [(1, BASE, 0), (239, 0, 0)]);
    }
}
