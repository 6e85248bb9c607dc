//! Packed source data: rows of packets (graphics sheet 2.8).

use super::{Row, Source, Stop, bits_at};
use crate::cels::cost;
use emu_core::mem::{MEMORY_END, Memory};

/// Packet types.
const END: u32 = 0;
const LITERAL: u32 = 1;
const TRANSPARENT: u32 = 2;

impl Source {
    pub(super) fn read_packed(
        &mut self,
        plut: &[u16; 32],
        memory: &Memory,
        row: &mut Row,
    ) -> Result<u64, Stop> {
        let Some(header) = memory.half(self.at) else {
            return Err(Stop::NoMemory(self.at));
        };
        let header = u32::from(header);
        let (offset, first) = if self.depth.is_deep() {
            (header & 0x3FF, 16)
        } else {
            (header >> 8, 8)
        };
        let words = offset + 2;
        let start = self.at;
        self.at += 4 * words;
        // A pixel may begin in the last byte and end behind it.
        let end = (self.at + 2).min(MEMORY_END);
        let bytes = memory.bytes(start, end - start).unwrap_or_default();
        self.packets(plut, bytes, first, 32 * words, row);
        Ok(u64::from(words) * cost::SOURCE_WORD)
    }

    /// Packets from bit `at` on, as far as they begin before bit `end`.
    fn packets(&self, plut: &[u16; 32], bytes: &[u8], mut at: u32, end: u32, row: &mut Row) {
        let decoder = self.decoder(plut);
        let each = self.depth.bits();
        let mut skip = self.skip;
        while at < end {
            let kind = bits_at(bytes, at, 2);
            if kind == END {
                return;
            }
            let count = bits_at(bytes, at + 2, 6) + 1;
            at += 8;
            let skipped = skip.min(count);
            skip -= skipped;
            let shown = count - skipped;
            match kind {
                LITERAL => {
                    at += skipped * each;
                    for _ in 0..shown {
                        if at >= end {
                            return;
                        }
                        row.push(1, decoder.texel(bits_at(bytes, at, each)));
                        at += each;
                    }
                }
                TRANSPARENT => row.columns += shown,
                _ => {
                    if at >= end {
                        return;
                    }
                    if shown > 0 {
                        row.push(shown, decoder.texel(bits_at(bytes, at, each)));
                    }
                    at += each;
                }
            }
        }
    }
}
