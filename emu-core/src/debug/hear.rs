//! The sound of the instants before this one.
//!
//! They are run again and listened to: it is there wherever one stands, however one has come
//! there. The machine stays as it is.

use super::travel::Debugger;
use crate::device::Board;
use crate::device::sound::{FRAME_RATE, StereoFrame, frame_at};
use crate::machine::Outside;
use crate::media::Discs;
use crate::time::{CPU_HZ, Tick};
use crate::trace::{Category, Record, Sink};

/// How far back it is gone for it, in ticks, two seconds: where fewer instants are kept only the
/// sound since the last one is known.
const LONGEST: u64 = 2 * CPU_HZ;

/// The last frames, without those before.
struct Last {
    first: u64,
    frames: Vec<StereoFrame>,
}

impl Sink for Last {
    fn wants(&self, _category: Category) -> bool {
        false
    }

    fn record(&mut self, _record: Record) {}

    fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        for (number, frame) in (first..).zip(frames) {
            let place = number.checked_sub(self.first);
            let place = place.and_then(|place| usize::try_from(place).ok());
            if let Some(place) = place.and_then(|place| self.frames.get_mut(place)) {
                *place = *frame;
            }
        }
    }
}

impl<B: Board + Clone> Debugger<B> {
    /// The last `many` frames, with the one that has begun as the last one. What is not known is
    /// silent: what was before the first instant, and what is too far from any that is kept.
    pub fn last_frames(&self, many: u16, discs: &dyn Discs) -> Vec<StereoFrame> {
        let here = self.position().at;
        let end = frame_at(here) + 1;
        let mut last = Last {
            first: end.saturating_sub(many.into()),
            frames: vec![[0; 2]; many.into()],
        };
        // A frame that has begun may have been made: the one before the first is the latest.
        let ago = (u64::from(many) + 1) * CPU_HZ / u64::from(FRAME_RATE) + 1;
        let mut mark = self.history().before(Tick(here.0.saturating_sub(ago)));
        if here.0.saturating_sub(mark.frozen.at().0) > LONGEST {
            mark = self.history().before(here);
        }
        if here.0.saturating_sub(mark.frozen.at().0) > LONGEST {
            return last.frames;
        }
        let mut machine = mark.frozen.thaw();
        let mut outside = Outside {
            sink: &mut last,
            discs,
        };
        let kept = (&mut machine, mark.changes);
        self.history().replay(kept, here, &mut outside);
        for (first, frames) in machine.last_sound().pieces {
            last.sound(first, &frames);
        }
        if end < many.into() {
            // Before power-on there was nothing: the present is at the end all the same.
            last.frames.rotate_right(usize::from(many) - end as usize);
        }
        last.frames
    }
}
