//! Channels: whole words between guest memory and a FIFO.

use super::fifo::Fifo;
use super::{Passage, Transfer};
use emu_core::mem::Memory;
use serde::{Deserialize, Serialize};

/// Bytes that move at a time.
const WORD: u32 = 4;

/// A FIFO and what fills or empties it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lane {
    pub fifo: Fifo,
    pub transfer: Transfer,
}

/// The whole words of a passage, if there are any.
pub(super) fn whole(passage: Passage) -> Option<Passage> {
    let passage = Passage {
        addr: passage.addr & !(WORD - 1),
        bytes: passage.bytes & !(WORD - 1),
    };
    (passage.bytes > 0).then_some(passage)
}

impl Lane {
    /// Fills the FIFO; whether a passage ended.
    #[inline]
    pub fn fill(&mut self, memory: &Memory) -> bool {
        let mut ended = false;
        while self.fifo.has_room_for_word()
            && let Some(addr) = self.next(&mut ended)
        {
            self.fifo.push_word(memory.word(addr));
        }
        ended
    }

    /// Empties the FIFO; whether a passage ended. A single sample waits for the next one.
    #[inline]
    pub fn drain(&mut self, memory: &mut Memory) -> bool {
        let mut ended = false;
        while self.fifo.has_word()
            && let Some(addr) = self.next(&mut ended)
        {
            memory.set_word(addr, self.fifo.pop_word());
        }
        ended
    }

    /// The address of the next word, which is passed.
    #[inline]
    fn next(&mut self, ended: &mut bool) -> Option<u32> {
        let now = self.transfer.now.as_mut()?;
        let addr = now.addr;
        now.addr = addr.saturating_add(WORD);
        now.bytes = now.bytes.saturating_sub(WORD);
        if now.bytes < WORD {
            *ended = true;
            self.transfer.now = self.transfer.next;
            if !self.transfer.is_loop {
                self.transfer.next = None;
            }
        }
        Some(addr)
    }
}
