//! The display against a slow model, that of the graphics sheet 1.6.

use super::*;
use proptest::prelude::*;

/// What persists, as the sheet names it.
#[derive(Clone)]
struct Model {
    clut: [[u8; 3]; 32],
    bg: [u8; 3],
    dc: u32,
    cur: u32,
    prev: u32,
}

impl Model {
    fn new() -> Model {
        Model {
            clut: std::array::from_fn(|i| [(i * 255 / 31) as u8; 3]),
            bg: [0; 3],
            dc: CONTROL,
            cur: 0,
            prev: 0,
        }
    }

    /// Shows a field, pixel by pixel; no list of these tests alternates rows.
    fn field(&mut self, memory: &Memory, list: ShownList, width: u32, height: u32) -> Vec<u8> {
        let mut rgb = vec![0; (width * height * 3) as usize];
        let mut entry = list.first;
        let mut lines_left = 0;
        let mut dma = 0;
        for y in list.top_lines..height {
            if lines_left == 0 {
                let w0 = memory.word(entry);
                let len = w0 >> 9 & 63;
                let end = u64::from(entry) + 16 + u64::from(len) * 4;
                if entry == 0 || !entry.is_multiple_of(4) || end > 0x30_0000 {
                    return rgb;
                }
                if w0 & 0x1_0000 != 0 {
                    self.cur = memory.word(entry + 4);
                }
                if w0 & 0x8000 != 0 {
                    self.prev = memory.word(entry + 8);
                }
                let mut next = memory.word(entry + 12);
                if w0 & 0x4_0000 != 0 {
                    next = next.wrapping_add(entry + 16);
                }
                let mut ignore = false;
                for i in 0..len {
                    self.command(memory.word(entry + 16 + 4 * i), &mut ignore);
                }
                dma = w0;
                lines_left = w0 & 0x1FF;
                if lines_left == 0 {
                    lines_left = u32::MAX;
                }
                entry = next;
            }
            let modulo = match dma >> 23 & 7 {
                0 => 320,
                1 => 384,
                2 => 512,
                3 => 640,
                4 => 1024,
                _ => 320,
            };
            if dma & 0x20_0000 != 0 {
                for x in 0..width.min(modulo) {
                    let at = (self.cur & !1).wrapping_add(4 * x);
                    if (0x20_0000..0x30_0000).contains(&at) {
                        let bytes = memory.bytes(at, 2).unwrap();
                        let color = self.color(u16::from_be_bytes([bytes[0], bytes[1]]));
                        let to = ((y * width + x) * 3) as usize;
                        rgb[to..to + 3].copy_from_slice(&color);
                    }
                }
            }
            let step = |a: u32| match a & 2 {
                0 => a.wrapping_add(2),
                _ => a.wrapping_sub(2).wrapping_add(modulo * 4),
            };
            self.prev = if dma & 0x2_0000 != 0 {
                step(self.prev)
            } else {
                self.cur
            };
            self.cur = step(self.cur);
            self.dc &= !1;
            lines_left -= 1;
        }
        rgb
    }

    fn command(&mut self, word: u32, ignore: &mut bool) {
        let bytes = word.to_be_bytes();
        let rgb = [bytes[1], bytes[2], bytes[3]];
        if word >> 31 == 0 {
            let register = &mut self.clut[(word >> 24 & 31) as usize];
            match word >> 29 & 3 {
                0 => *register = rgb,
                3 => register[0] = rgb[0],
                2 => register[1] = rgb[1],
                _ => register[2] = rgb[2],
            }
        } else if word >> 29 == 6 && !*ignore {
            for (shift, width) in [(0, 4), (10, 5), (21, 11)] {
                let mask = ((1 << width) - 1) << shift;
                self.dc = self.dc & !mask | word & mask;
            }
            for shift in [4, 6, 8, 15, 17, 19] {
                if word >> shift & 3 != 3 {
                    self.dc = self.dc & !(3 << shift) | word & 3 << shift;
                }
            }
            *ignore = word & 2 != 0;
        } else if word >> 24 == 0xE0 {
            self.bg = rgb;
        }
    }

    fn color(&self, pixel: u16) -> [u8; 3] {
        if pixel & 0x7FFF == 0 {
            return self.bg;
        }
        let fixed = self.dc >> 25 & 1 != 0 && pixel >> 15 != 0;
        let rule = self.dc >> if fixed { 15 } else { 4 } & 3;
        let lsb = [0, pixel >> 5 & 1, pixel & 1, pixel & 1][rule as usize];
        let [r, g, b] = [pixel >> 10 & 31, pixel >> 5 & 31, pixel & 30 | lsb].map(usize::from);
        if !fixed {
            return [self.clut[r][0], self.clut[g][1], self.clut[b][2]];
        }
        let repeat = self.dc & 0x1800 != 0;
        [r, g, b].map(|n| (n << 3 | if repeat { n >> 2 } else { 0 }) as u8)
    }
}

/// A command word, of each kind about as often.
fn command() -> impl Strategy<Value = u32> {
    (any::<u32>(), 0..5u32).prop_map(|(word, kind)| match kind {
        0 | 1 => word & 0x7FFF_FFFF,
        2 => word & 0x1FFF_FFFF | 0xC000_0000,
        3 => word & 0x00FF_FFFF | 0xE000_0000,
        _ => word,
    })
}

/// An entry that means something: its flags, addresses, place of the next one, and commands.
fn entry() -> impl Strategy<Value = (u32, u32, u32, u32, Vec<u32>)> {
    (
        any::<u32>(),
        0x1F_FF00..0x21_0000u32,
        0x20_0000..0x21_0000u32,
        0..8u32,
        prop::collection::vec(command(), 0..6),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pictures_are_those_of_the_reference_procedure(
        pixels in prop::collection::vec(any::<u32>(), 64),
        entries in prop::collection::vec(entry(), 8),
        top_lines in 0..30u32,
    ) {
        let mut rig = Rig::new();
        for n in 0..0x1_4000 {
            let pixel = pixels[n as usize % 64].rotate_left(n / 64 % 32);
            rig.memory.set_word(BUFFER + 4 * n, pixel);
        }
        for (n, (flags, current, previous, next, commands)) in (0..).zip(&entries) {
            let at = LIST + n * 0x100;
            // Both fields show the same rows, entries are short, and pixels are mostly there.
            let flags = flags & !0x0008_7FF0 | if flags & 0x600 != 0 { FETCH } else { 0 };
            let base = if flags & RELATIVE == 0 { 0 } else { at + 16 };
            let next = (LIST + next * 0x100).wrapping_sub(base);
            rig.put(at, &[flags | (commands.len() as u32) << 9, *current, *previous, next]);
            rig.put(at + 16, commands);
        }
        let mut model = Model::new();
        let list = ShownList { first: LIST, top_lines };
        rig.show_both(list, list);
        for field in 0..3 {
            let expected = model.field(&rig.memory, list, 320, 240);
            prop_assert!(rig.picture().rgb == expected, "field {field}");
            rig.next_field();
            prop_assert_eq!(rig.display.registers.current, model.cur);
            prop_assert_eq!(rig.display.registers.previous, model.prev);
        }
    }

    #[test]
    fn random_words_are_a_list_that_ends(
        words in prop::collection::vec(any::<u32>(), 1..200),
        first in 0x2F_FE00..0x30_0010u32,
        wild: bool,
    ) {
        let mut rig = Rig::new();
        for (n, word) in (0..).zip(words.iter().cycle().take(0x180)) {
            // Addresses of the neighbourhood come up often enough to be followed.
            let word = if wild { *word } else { word & !0x7_0000 | 0x2F_FE00 & word };
            rig.memory.set_word(0x2F_FE00 + 4 * n % 0x200, word);
        }
        for first in [first, first & !3] {
            rig.show(first);
            rig.next_field();
            let scaling = [Scaling::Plain, Scaling::Interpolated][usize::from(wild)];
            rig.display.picture(&rig.memory, scaling);
        }
    }
}
