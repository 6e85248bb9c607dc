//! The sheet once more in the plainest words, to compare the engine with.
//!
//! Looks at every pixel of the clip region for every source pixel; knows cels whose preamble is
//! in the CCB, and nothing of cost.

use super::*;
use proptest::prelude::*;

/// A screen small enough to look at every pixel.
const WIDTH: i64 = 32;
const HEIGHT: i64 = 24;

struct Model<'a> {
    rig: &'a mut Rig,
    cel: &'a Cel,
    plut: [u16; 32],
}

/// Colour with bit 15, and the multipliers of red, green and blue.
type Decoded = (u32, [u32; 3]);

impl Model<'_> {
    fn flag(&self, flag: u32) -> bool {
        self.cel.flags & flag != 0
    }

    fn bits(&self, at: u32, count: u32) -> u32 {
        (at..at + count).fold(0, |value, bit| {
            let byte = self
                .rig
                .memory
                .bytes(bit / 8, 1)
                .map_or(0, |bytes| bytes[0]);
            value << 1 | u32::from(byte) >> (7 - bit % 8) & 1
        })
    }

    fn depth(&self) -> u32 {
        [0, 1, 2, 4, 6, 8, 16, 0][self.cel.pre[0] as usize & 7]
    }

    fn decode(&self, bits: u32) -> Decoded {
        let linear = self.cel.pre[0] & 0x10 != 0;
        let pluta = self.cel.flags & 15;
        let entry = |index: u32| u32::from(self.plut[index as usize]);
        match (self.depth(), linear) {
            (1, _) => (entry(pluta * 2 + bits), [0; 3]),
            (2, _) => (entry((pluta & 14) * 2 + bits), [0; 3]),
            (4, _) => (entry((pluta & 8) * 2 + bits), [0; 3]),
            (6, _) => (entry(bits % 32) % 0x8000 + bits / 32 * 0x8000, [0; 3]),
            (8, false) => (entry(bits % 32), [bits / 32; 3]),
            (8, true) => {
                let (r, g, b) = (bits / 32, bits / 4 % 8, bits % 4);
                let full = self.cel.pre[0] & 8 != 0;
                let three = |v: u32| v * 4 + if full { v / 2 } else { 0 };
                let two = |v: u32| v * 8 + if full { v * 2 + v / 2 } else { 0 };
                (three(r) * 1024 + three(g) * 32 + two(b), [0; 3])
            }
            (_, false) => {
                let multipliers = [bits / 2048 % 8, bits / 256 % 8, bits / 32 % 8];
                (
                    entry(bits % 32) % 0x8000 + bits / 0x8000 * 0x8000,
                    multipliers,
                )
            }
            (_, true) => (bits, [0; 3]),
        }
    }

    /// The pixels of a row by column, without transparent ones; and where the next row is.
    fn row(&self, row: u32, at: u32) -> (Vec<Option<Decoded>>, u32) {
        let [pre0, pre1] = self.cel.pre;
        let (depth, skip) = (self.depth(), (pre0 >> 24 & 15) as usize);
        let mut pixels = Vec::new();
        let next;
        if self.flag(ccb_flag::PACKED) {
            let (offset, header) = if depth < 8 {
                (self.bits(at * 8, 8), 8)
            } else {
                (self.bits(at * 8, 16) & 0x3FF, 16)
            };
            next = at + (offset + 2) * 4;
            let mut bit = at * 8 + header;
            'row: while bit < next * 8 {
                let (kind, count) = (self.bits(bit, 2), self.bits(bit + 2, 6) + 1);
                bit += 8;
                for n in 0..count {
                    match kind {
                        0 => break 'row,
                        2 => {
                            pixels.push(None);
                            continue;
                        }
                        3 if n > 0 => bit -= depth,
                        _ => {}
                    }
                    if bit >= next * 8 {
                        break 'row;
                    }
                    pixels.push(Some(self.decode(self.bits(bit, depth))));
                    bit += depth;
                }
            }
        } else {
            let words = if depth < 8 {
                pre1 >> 24
            } else {
                pre1 >> 16 & 0x3FF
            };
            let paired = pre1 & 0x800 != 0;
            for column in 0..(pre1 & 0x7FF) + 1 {
                let bits = (column * depth..(column + 1) * depth).fold(0, |value, bit| {
                    let at = if paired {
                        (at + bit / 16 * 4 + row % 2 * 2) * 8 + bit % 16
                    } else {
                        at * 8 + bit
                    };
                    value << 1 | self.bits(at, 1)
                });
                pixels.push(Some(self.decode(bits)));
            }
            let step = (words + 2) * 4;
            next = if paired && row.is_multiple_of(2) {
                at
            } else {
                at + step
            };
        }
        let shown = pixels.into_iter().skip(skip);
        let opaque = self.flag(ccb_flag::BGND);
        let seen = shown.map(|pixel| pixel.filter(|pixel| opaque || pixel.0 % 0x8000 != 0));
        (seen.collect(), next)
    }

    fn blue(code: u32, pixel: u32) -> u32 {
        let bit = [0, pixel, pixel >> 4, pixel >> 5][(code & 3) as usize] & 1;
        pixel & !1 | bit
    }

    fn component(&self, half: u32, c: i64, alternate: i64, f: i64) -> i64 {
        let by_code = |code: i64| [16, 2, 4, 8][(code & 3) as usize];
        let (multiplier, divisor) = match half >> 13 & 3 {
            0 => (i64::from(half >> 10 & 7) + 1, by_code(i64::from(half >> 8))),
            1 => (alternate + 1, by_code(i64::from(half >> 8))),
            2 => (c / 4 + 1, by_code(c)),
            _ => (c / 4 + 1, by_code(i64::from(half >> 8))),
        };
        let first = if half & 0x8000 != 0 { f } else { c } * multiplier / divisor;
        let second = [0, i64::from(half >> 1 & 31), f, c][(half >> 6 & 3) as usize];
        let av = if self.flag(ccb_flag::USEAV) { half } else { 0 };
        let mut second = match av >> 4 & 3 {
            3 => second >> (c & 3),
            by => second >> by,
        };
        let sum = if self.flag(ccb_flag::PXOR) {
            first ^ second
        } else {
            if av & 2 != 0 {
                second = -second - 1;
            }
            if av & 4 != 0 {
                second = (second & 31) - if second & 16 != 0 { 32 } else { 0 };
            }
            first + second + i64::from(av & 2 != 0)
        };
        let sum = sum.div_euclid(1 + i64::from(half & 1));
        if av & 8 != 0 {
            sum.rem_euclid(32)
        } else {
            sum.clamp(0, 31)
        }
    }

    fn write(&mut self, x: i64, y: i64, (colour, multipliers): Decoded) {
        let at = SCREEN + (y / 2 * WIDTH * 4 + x * 4 + y % 2 * 2) as u32;
        let frame = u32::from(self.rig.memory.half(at).expect("a pixel"));
        let control = self.rig.job.control;
        let packed = self.flag(ccb_flag::PACKED);
        let own = if packed {
            control >> 20
        } else {
            self.cel.pre[1] >> 12
        };
        let (c, f) = (Self::blue(own, colour), Self::blue(control >> 22, frame));
        let p = match self.cel.flags >> 7 & 3 {
            2 => 0,
            3 => 1,
            _ => colour >> 15,
        };
        let half = self.cel.pixc >> (16 * p) & 0xFFFF;
        let mut result = (0..3).fold(0, |result, n| {
            let of = |pixel: u32| i64::from(pixel >> (10 - 5 * n) & 31);
            let multiplier = i64::from(multipliers[n as usize]);
            result * 32 + self.component(half, of(c), multiplier, of(f)) as u32
        });
        if result == 0 && !self.flag(ccb_flag::NOBLK) {
            result = 0x400;
        }
        let [px, py] = [self.cel.place[0], self.cel.place[1]].map(|at| at as u32 >> 15 & 1);
        let (mut v, mut h) = if self.flag(ccb_flag::PLUTPOS) {
            (colour >> 15, colour & 1)
        } else {
            (py, px)
        };
        if control & 0x0800_0000 != 0 && (packed || self.cel.pre[1] & 0x4000 == 0) {
            (v, h) = (h, v);
        }
        if control & 0x0100_0000 != 0 && half & 0x8000 != 0 {
            (v, h) = (frame >> 15, frame & 1);
        }
        let top = [0, 1, 0, v][(control >> 30) as usize];
        let bottom = [0, 1, result & 1, h][(control >> 28 & 3) as usize];
        let pixel = result & 0x7FFE | top << 15 | bottom;
        self.rig.memory.set_half(at, pixel as u16);
    }

    /// Whether this way round is drawn.
    fn drawn(&self, area: i128) -> bool {
        match area {
            0 => self.flag(ccb_flag::ACW) && self.flag(ccb_flag::ACCW),
            1.. => self.flag(ccb_flag::ACW),
            _ => self.flag(ccb_flag::ACCW),
        }
    }

    fn quad(&mut self, corners: [(i64, i64); 4], pixel: Decoded) {
        let side = |n: usize| {
            let ((x0, y0), (x1, y1)) = (corners[n], corners[(n + 1) % 4]);
            (i128::from(x1 - x0), i128::from(y1 - y0))
        };
        let area: i128 = (0..4)
            .map(|n| {
                let ((x0, y0), (x1, y1)) = (corners[n], corners[(n + 1) % 4]);
                i128::from(x0) * i128::from(y1) - i128::from(x1) * i128::from(y0)
            })
            .sum();
        let turn = |n: usize| {
            let (a, b) = (side(n), side((n + 1) % 4));
            (a.0 * b.1 - a.1 * b.0).signum()
        };
        let count = |sign| (0..4).filter(|&n| turn(n) == sign).count();
        let twisted = count(1) == 2 && count(-1) == 2;
        let cut = corners.map(|(x, y)| (x >> 16, y >> 16));
        for y in 0..HEIGHT {
            let mut crossings = Vec::new();
            for n in 0..4 {
                let ((x0, y0), (x1, y1)) = (cut[n], cut[(n + 1) % 4]);
                let (top, bottom) = if y0 < y1 {
                    ((x0, y0), (x1, y1))
                } else {
                    ((x1, y1), (x0, y0))
                };
                if top.1 <= y && y < bottom.1 {
                    let x = top.0 + (bottom.0 - top.0) * (y - top.1) / (bottom.1 - top.1);
                    crossings.push((x, y0 < y1));
                }
            }
            crossings.sort_by_key(|crossing| crossing.0);
            for x in 0..WIDTH {
                for pair in crossings.chunks(2) {
                    let sign = if pair[0].1 { -1 } else { 1 };
                    let drawn = self.drawn(if twisted { sign } else { area });
                    if pair[0].0 <= x && x < pair[1].0 && drawn {
                        self.write(x, y, pixel);
                    }
                }
            }
        }
    }

    fn draw(&mut self) {
        let [x, y, hdx, hdy, vdx, vdy, hddx, hddy] = self.cel.place.map(i64::from);
        let [hdx, hdy, hddx, hddy] = [hdx, hdy, hddx, hddy].map(|step| step >> 4);
        let paired = !self.flag(ccb_flag::PACKED) && self.cel.pre[1] & 0x800 != 0;
        let rows = ((self.cel.pre[0] >> 6 & 0x3FF) + 1) << u32::from(paired);
        let mut at = self.cel.source;
        for row in 0..rows {
            let (pixels, next) = self.row(row, at);
            at = next;
            let corner = |i: usize, j: u32| {
                let (i, j) = (i as i64, i64::from(j));
                (
                    x + j * vdx + i * (hdx + j * hddx),
                    y + j * vdy + i * (hdy + j * hddy),
                )
            };
            for (i, pixel) in pixels.into_iter().enumerate() {
                let Some(pixel) = pixel else { continue };
                let corners = [
                    corner(i, row),
                    corner(i + 1, row),
                    corner(i + 1, row + 1),
                    corner(i, row + 1),
                ];
                self.quad(corners, pixel);
            }
        }
    }
}

/// Few rows and columns of noise in any format, near the small screen.
pub(super) fn any_cel() -> impl Strategy<Value = Cel> {
    let step = || {
        prop_oneof![
            2 => Just(0),
            2 => Just(0x1_0000),
            1 => Just(-0x1_0000),
            2 => -0x3_0000..0x3_0000_i32,
        ]
    };
    let bend = || prop_oneof![3 => Just(0), 1 => -0x8000..0x8000_i32];
    let place = (
        [-0x8_0000..0x28_0000_i32, -0x8_0000..0x20_0000_i32],
        [step(), step(), step(), step()],
        [bend(), bend()],
        any::<bool>(),
    );
    let pixc = prop_oneof![Just(PLAIN), Just(0x1F81_1F81), any::<u32>()];
    // Rows of few pixels, small offsets, few rows.
    let shape = (1..8_u32, 1..12_u32, 0..3_u32, any::<[u32; 2]>());
    (any::<u32>(), place, pixc, shape).prop_map(|(flags, place, pixc, shape)| {
        let (rows, columns, words, noise) = shape;
        let ([x, y], [hdx, hdy, vdx, vdy], [hddx, hddy], straight) = place;
        let on = ccb_flag::LAST
            | ccb_flag::NPABS
            | ccb_flag::SPABS
            | ccb_flag::PPABS
            | ccb_flag::LDSIZE
            | ccb_flag::LDPRS
            | ccb_flag::LDPPMP
            | ccb_flag::CCBPRE
            | ccb_flag::YOXY
            | ccb_flag::LDPLUT;
        let off = ccb_flag::SKIP | ccb_flag::TWD | ccb_flag::MARIA;
        let mut pre0 = noise[0] & 0x0300_001F | (rows - 1) << 6;
        if matches!(pre0 & 7, 0 | 7) {
            pre0 = pre0 & !7 | 6;
        }
        let (hdy, vdx) = if straight { (0, 0) } else { (hdy, vdx) };
        let place = [x, y, hdx << 4, hdy << 4, vdx, vdy, hddx << 4, hddy << 4];
        Cel {
            flags: (flags | on) & !off,
            next: 0,
            source: DATA,
            plut: PLUT,
            place,
            pixc,
            pre: [
                pre0,
                noise[1] & 0x7800 | words << 24 | words << 16 | (columns - 1),
            ],
        }
    })
}

/// A rig with a small screen and noise in it, in the source, and in the PLUT.
pub(super) fn small_rig(control: u32, noise: &[u8]) -> Rig {
    let mut rig = Rig::new();
    rig.job.control = control;
    rig.job.registers = [
        0x0101,
        ((HEIGHT - 1) << 16 | (WIDTH - 1)) as u32,
        SCREEN,
        SCREEN,
    ];
    for at in [SCREEN, DATA, DATA + 1536, PLUT] {
        let turned: Vec<u8> = noise
            .iter()
            .map(|byte| byte.rotate_left(at >> 9 & 7))
            .collect();
        rig.poke_bytes(at, &turned);
    }
    rig
}

/// Packed rows with short offsets, or nothing would be there to compare.
pub(super) fn shorten_rows(rig: &mut Rig, cel: &Cel) {
    if cel.flags & ccb_flag::PACKED != 0 {
        let deep = cel.pre[0] & 7 >= 5;
        for row in 0..8 {
            let at = DATA + 16 * row;
            let low = rig.memory.half(at).unwrap_or(0);
            let header = if deep { 2 } else { 0x200 | low & 0xFF };
            rig.memory.set_half(at, header);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_engine_draws_what_the_sheet_says(
        cel in any_cel(),
        control in prop_oneof![Just(DEFAULT_CONTROL), any::<u32>()],
        noise in prop::collection::vec(any::<u8>(), 1536),
    ) {
        let mut rig = small_rig(control, &noise);
        shorten_rows(&mut rig, &cel);
        let mut other = rig.clone();
        rig.draw(&cel);
        let plut = rig.engine.registers.plut;
        Model { rig: &mut other, cel: &cel, plut }.draw();
        for y in 0..HEIGHT as u32 {
            for x in 0..WIDTH as u32 {
                let at = SCREEN + y / 2 * 128 + x * 4 + y % 2 * 2;
                let (drawn, expected) = (rig.memory.half(at), other.memory.half(at));
                prop_assert_eq!(drawn, expected, "pixel {}, {} of {:x?}", x, y, cel.words());
            }
        }
    }
}
