//! The sound up to the present instant, for whoever ends a run.
//!
//! The signal processor runs when somebody needs it, so it may lag behind the clock. A machine
//! that goes on must not be hurried: what the processor reads and writes in memory would be read
//! and written earlier than in a run that was not looked at. So a copy catches up.

use super::Machine;
use crate::device::Board;
use crate::device::sound::StereoFrame;
use crate::kernel::abi::Convention;
use crate::kernel::call::CallCx;
use crate::media::NoDiscs;
use crate::sound::Block;
use crate::time::Ticks;
use crate::trace::{Category, Record, Sink};

/// What a run has sounded like up to now that its sinks were not told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastSound {
    /// The frames that are missing, up to the one that has begun: the number of the first, and
    /// those that follow it. Between them there is silence.
    pub pieces: Vec<(u64, Vec<StereoFrame>)>,
    /// The blocks that no event told of, with the one that has not ended.
    pub blocks: Vec<Block>,
    /// The checksum of everything that was heard.
    pub hash: u32,
}

impl Sink for LastSound {
    fn wants(&self, _category: Category) -> bool {
        false
    }

    fn record(&mut self, _record: Record) {}

    fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        self.pieces.push((first, frames.to_vec()));
    }
}

impl<B: Board + Clone> Machine<B> {
    /// The sound up to now that is still to be made. The machine stays as it is.
    pub fn last_sound(&self) -> LastSound {
        let mut last = LastSound::default();
        let mut hash = self.kernel.sound_so_far();
        let processor = self.board.dspp();
        if processor.is_some_and(|processor| processor.is_active()) {
            self.catch_up_apart(&mut last);
        }
        let blocks = &mut last.blocks;
        for (first, frames) in &last.pieces {
            hash.sound(*first, frames, |block| blocks.push(block));
        }
        hash.end(|block| blocks.push(block));
        last.hash = hash.value();
        last
    }

    /// Lets copies of what makes sound catch up.
    fn catch_up_apart(&self, sink: &mut LastSound) {
        let (mut kernel, mut board) = (self.kernel.clone(), self.board.clone());
        let (mut mem, mut bus) = (self.mem.clone(), self.bus.clone());
        kernel.notes.want(false);
        let mut cx = CallCx {
            now: self.now,
            mem: &mut mem,
            board: &mut board,
            bus: &mut bus,
            sink,
            discs: &NoDiscs,
            charge: Ticks(0),
            convention: Convention::Apcs,
        };
        kernel.sound_to_now(&mut cx);
    }
}
