//! What the machine's sound becomes: a file, a report, frames to hear.
//!
//! The core makes 44,100 stereo frames a simulated second and tells of those that are not
//! silent (`Sink::sound`). Whoever takes them fills the gaps.
//!
//! | module | what is there |
//! |---|---|
//! | [`wav`] | the whole run as a WAV file |

pub mod wav;

use emu_core::device::sound::StereoFrame;
use serde::Serialize;
use wav::WavFile;

/// How far sound that comes in pieces has come. Frames have numbers from power-on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    next: u64,
}

/// What to do about the next piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Silent frames before it.
    pub silence: u64,
    /// Frames at its beginning that were there before.
    pub known: usize,
}

impl Place {
    /// Before frame `next`.
    pub fn before(next: u64) -> Place {
        Place { next }
    }

    /// The first frame that has not come.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// A piece of `many` frames from number `first` on has come.
    pub fn step(&mut self, first: u64, many: usize) -> Step {
        let silence = first.saturating_sub(self.next);
        let known = self.next.saturating_sub(first).min(many as u64);
        let end = first.saturating_add(many as u64);
        self.next = self.next.max(end);
        Step {
            silence,
            known: known as usize,
        }
    }
}

/// A piece of sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The number of its first frame.
    pub first: u64,
    /// Its frames.
    pub frames: Vec<StereoFrame>,
}

/// What was played, for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Played {
    /// The device; none if there was none at the end.
    pub device: Option<String>,
    /// Its frames a second.
    pub rate: u32,
    /// Frames of the machine's that the devices have taken, at their rates.
    pub frames: u64,
    /// How often there was nothing left to take, pauses included.
    pub gaps: u64,
}

/// Takes the sound of a run for whoever wants it.
#[derive(Debug, Default)]
pub struct Ears {
    wav: Option<WavFile>,
    /// What was heard since it was asked for, if somebody listens.
    heard: Option<Vec<Piece>>,
}

impl Ears {
    /// Writes what comes into a file, too.
    pub fn write_to(&mut self, wav: Option<WavFile>) {
        self.wav = wav;
    }

    /// The file, if there is one.
    pub fn wav(&mut self) -> Option<&mut WavFile> {
        self.wav.as_mut()
    }

    /// The same, to finish it.
    pub fn take_wav(&mut self) -> Option<WavFile> {
        self.wav.take()
    }

    /// Keeps what comes from now on, or does not.
    pub fn listen(&mut self, listens: bool) {
        let heard = self.heard.take();
        self.heard = listens.then(|| heard.unwrap_or_default());
    }

    /// What has come since the last time, in pieces.
    pub fn take_heard(&mut self) -> Vec<Piece> {
        self.heard.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// A piece of sound has come.
    pub fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        if let Some(wav) = &mut self.wav {
            wav.sound(first, frames);
        }
        let Some(heard) = &mut self.heard else {
            return;
        };
        match heard.last_mut() {
            Some(last) if last.first + last.frames.len() as u64 == first => {
                last.frames.extend_from_slice(frames);
            }
            _ => heard.push(Piece {
                first,
                frames: frames.to_vec(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_silence_and_nothing_comes_twice() {
        let mut place = Place::before(10);
        let step = |silence, known| Step { silence, known };
        assert_eq!(place.step(12, 3), step(2, 0));
        assert_eq!(place.step(15, 1), step(0, 0));
        assert_eq!(place.step(14, 4), step(0, 2));
        assert_eq!(place.step(3, 4), step(0, 4));
        assert_eq!(place.next(), 18);
        assert_eq!(place.step(u64::MAX, 9), step(u64::MAX - 18, 0));
    }

    #[test]
    fn only_a_listener_keeps_anything_and_pieces_that_follow_are_one() {
        let mut ears = Ears::default();
        ears.sound(0, &[[1, 2]]);
        assert!(ears.take_heard().is_empty());
        ears.listen(true);
        ears.sound(5, &[[1, 2]]);
        ears.sound(6, &[[3, 4]]);
        ears.sound(8, &[[5, 6]]);
        ears.listen(true);
        let heard = ears.take_heard();
        let lengths: Vec<_> = heard.iter().map(|p| (p.first, p.frames.len())).collect();
        assert_eq!(lengths, [(5, 2), (8, 1)]);
        assert!(ears.take_heard().is_empty());
        ears.sound(9, &[[7, 8]]);
        ears.listen(false);
        assert!(ears.take_heard().is_empty());
    }
}
