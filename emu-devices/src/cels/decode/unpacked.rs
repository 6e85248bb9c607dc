//! Unpacked source data: rows of equal length (graphics sheet 2.8).

use super::{Depth, Row, Source, Stop, Texel, bits_at};
use crate::cels::cost;
use emu_core::mem::Memory;

impl Source {
    /// The words that the next row lies in, and what it costs to read them. Both rows of a pair
    /// are read together, each pays half.
    pub(super) fn unpacked_bytes<'a>(&self, memory: &'a Memory) -> Result<(&'a [u8], u64), Stop> {
        let bits = self.width * self.depth.bits();
        let (words, cost) = if self.left_right {
            let words = bits.div_ceil(16);
            (words, u64::from(words) * cost::SOURCE_WORD / 2)
        } else {
            let words = bits.div_ceil(32);
            (words, u64::from(words) * cost::SOURCE_WORD)
        };
        match memory.bytes(self.at, 4 * words) {
            Some(bytes) => Ok((bytes, cost)),
            None => Err(Stop::NoMemory(self.at)),
        }
    }

    /// Goes on to the next row.
    pub(super) fn end_row(&mut self, number: u32) {
        if !self.left_right || number & 1 == 1 {
            self.at += self.row_bytes;
        }
    }

    pub(super) fn read_unpacked(
        &mut self,
        number: u32,
        plut: &[u16; 32],
        memory: &Memory,
        row: &mut Row,
    ) -> Result<u64, Stop> {
        self.each_unpacked(number, plut, memory, |texel| row.push(1, texel))
    }

    /// Reads the next row and gives its texels one by one; `None` for transparent ones.
    #[inline]
    pub(in crate::cels) fn each_unpacked(
        &mut self,
        number: u32,
        plut: &[u16; 32],
        memory: &Memory,
        mut each: impl FnMut(Option<Texel>),
    ) -> Result<u64, Stop> {
        let (words, cost) = self.unpacked_bytes(memory)?;
        let mut gathered = std::mem::take(&mut self.gathered);
        let bytes = if self.left_right {
            // A row of a pair has one half of each word, whatever the depth.
            let half = 2 * (number & 1) as usize;
            gathered.clear();
            for word in words.chunks_exact(4) {
                gathered.extend_from_slice(&word[half..half + 2]);
            }
            &gathered[..]
        } else {
            words
        };
        let decoder = self.decoder(plut);
        let (skip, width) = (self.skip as usize, self.width as usize);
        match self.depth {
            Depth::Sixteen => {
                let pixels = bytes.as_chunks::<2>().0;
                let pixels = pixels.get(skip.min(width)..width).unwrap_or_default();
                if decoder.linear {
                    for pixel in pixels {
                        each(decoder.direct(u16::from_be_bytes(*pixel)));
                    }
                } else {
                    for pixel in pixels {
                        each(decoder.texel(u16::from_be_bytes(*pixel).into()));
                    }
                }
            }
            Depth::Eight => {
                for pixel in bytes.iter().take(width).skip(skip) {
                    each(decoder.texel(u32::from(*pixel)));
                }
            }
            depth => {
                let bits = depth.bits();
                for column in self.skip..self.width {
                    each(decoder.texel(bits_at(bytes, column * bits, bits)));
                }
            }
        }
        self.gathered = gathered;
        self.end_row(number);
        Ok(cost)
    }
}
