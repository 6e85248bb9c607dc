//! The signal processor catches up with time, and is heard.
//!
//! ```text
//! a call of the folio, an event ── catch up ── frames are run up to the present one
//!                                     │  a channel has come to the end of a passage:
//!                                     │  the run stops behind that frame, what follows is
//!                                     ▼  loaded, and it goes on
//!                                   sound ── the sink; its checksum
//! ```
//!
//! A frame is run with what was set before it ended: what a call changes is heard from the next
//! frame on. While anything is entered the processor is at most 32 frames behind. While nothing
//! is, frames cost nothing.

use super::clock::Frame;
use crate::device::sound::StereoFrame;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::sound::SoundHash;
use crate::trace::{Event, Hex};
use serde::{Deserialize, Serialize};

/// Frames between two events that let the processor catch up.
const GRAIN: u64 = 32;
/// Frames that are made up for at once; there are never as many, unless a saved state lies.
const MOST_BEHIND: u64 = 4096;

/// How far the signal processor is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Sounding {
    /// The first frame that was not run yet.
    next: u64,
    hash: SoundHash,
    /// Whether the processor had something to do when it was looked at last.
    is_active: bool,
}

impl Sounding {
    /// Whether the processor has something to do.
    pub(super) fn is_active(&self) -> bool {
        self.is_active
    }

    /// When the processor is to catch up by itself; `active`: it has something to do.
    pub(super) fn wake(&mut self, now: Frame, active: bool) -> Option<Frame> {
        self.is_active = active;
        let is_due = active || self.hash.is_open();
        is_due.then_some(Frame((now.0 / GRAIN + 1) * GRAIN))
    }
}

impl Portfolio {
    /// Lets the signal processor run up to the present frame.
    pub(in crate::kernel::portfolio) fn audio_catch_up(&mut self, cx: &mut CallCx<'_>) {
        let end = Frame::at(cx.now).0.saturating_add(1);
        let behind = end.saturating_sub(MOST_BEHIND);
        let first = self.audio.sounding.next.max(behind);
        if first >= end {
            return;
        }
        let end_of_run = self.run_processor(cx, first, end);
        let sounding = &mut self.audio.sounding;
        sounding.next = end_of_run.max(end);
        let mut blocks = Vec::new();
        sounding.hash.silence(end, |block| blocks.push(block));
        for block in blocks {
            self.note_sound(block);
        }
        self.arm_audio(cx);
    }

    /// Runs frames as long as there is something to run; gives the first one that was not.
    fn run_processor(&mut self, cx: &mut CallCx<'_>, first: u64, end: u64) -> u64 {
        let mut next = first;
        let mut heard: Vec<StereoFrame> = Vec::new();
        while next < end {
            let processor = cx.board.dspp_mut();
            let Some(processor) = processor.filter(|processor| processor.is_active()) else {
                break;
            };
            let many = u32::try_from(end - next).unwrap_or(u32::MAX);
            heard.clear();
            let ran = processor.run(cx.mem, next, many, &mut heard);
            if ran.frames == 0 {
                break;
            }
            let mut blocks = Vec::new();
            let hash = &mut self.audio.sounding.hash;
            hash.sound(next, &heard, |block| blocks.push(block));
            cx.sink.sound(next, &heard);
            for block in blocks {
                self.note_sound(block);
            }
            next = next.saturating_add(ran.frames.into());
            self.audio.sounding.next = next;
            for channel in ran.ended {
                self.channel_ended(cx, channel);
            }
        }
        next
    }

    fn note_sound(&self, block: crate::sound::Block) {
        self.note(Event::Sound {
            block: block.number,
            hash: Hex(block.sum),
        });
    }

    /// The checksum of all that was heard since power-on, as far as the processor is.
    pub fn sound_hash(&self) -> u32 {
        self.sound_so_far().value()
    }

    /// The same, to go on with.
    pub(crate) fn sound_so_far(&self) -> SoundHash {
        self.audio.sounding.hash
    }

    /// Lets the processor run up to now, for a copy that is not used afterwards.
    pub(crate) fn sound_to_now(&mut self, cx: &mut CallCx<'_>) {
        self.audio_catch_up(cx);
    }
}
