//! Another rate: 44,100 Hz become the device's, a little more or less.

use super::tap::Stereo;
use emu_core::device::sound::{FRAME_RATE, StereoFrame};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

/// Rates that devices have.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;
/// Frames that are resampled at a time: 3 ms.
const CHUNK: usize = 128;
const CHANNELS: usize = 2;
/// Samples on which one depends, and places between two of them.
const LENGTH: usize = 128;
const PLACES: usize = 256;
/// The largest change of the rate.
const CHANGE: f64 = 1.01;

/// A resampler.
pub struct Rate {
    resampler: Async<f32>,
    /// Samples that are no chunk yet: left, right, left ...
    waiting: Vec<f32>,
    made: Vec<f32>,
    /// Frames to leave out: they depend on what came before the first.
    early: usize,
}

impl Rate {
    /// To a rate in frames a second; the error is words.
    pub fn new(rate: u32) -> Result<Rate, String> {
        if !RATES.contains(&rate) {
            return Err(format!("the device wants {rate} frames a second"));
        }
        let ratio = f64::from(rate) / f64::from(FRAME_RATE);
        let parameters = SincInterpolationParameters::new(LENGTH, WindowFunction::BlackmanHarris2)
            .oversampling_factor(PLACES)
            .interpolation(SincInterpolationType::Linear);
        let input = FixedAsync::Input;
        let resampler = Async::new_sinc(ratio, CHANGE, &parameters, CHUNK, CHANNELS, input)
            .map_err(|error| error.to_string())?;
        let most = resampler.output_frames_max() * CHANNELS;
        Ok(Rate {
            early: 2 * resampler.output_delay(),
            resampler,
            waiting: Vec::with_capacity(2 * CHUNK * CHANNELS),
            made: vec![0.0; most],
        })
    }

    /// Forgets what came before: what comes next does not follow it.
    pub fn forget(&mut self) {
        self.waiting.clear();
        self.resampler.reset();
        self.early = 2 * self.resampler.output_delay();
    }

    /// Takes frames of the machine, and gives those of the device. `relative` is how many more
    /// of them than usual.
    pub fn feed(&mut self, frames: &[StereoFrame], relative: f64, mut give: impl FnMut(Stereo)) {
        if let Some(adjustable) = self.resampler.as_adjustable() {
            // It stays as it is where the library wants no such change.
            let _ = adjustable.set_resample_ratio_relative(relative, true);
        }
        for &frame in frames {
            let samples = frame.map(|sample| f32::from(sample) / 32_768.0);
            self.waiting.extend_from_slice(&samples);
            if self.waiting.len() >= CHUNK * CHANNELS {
                self.make(&mut give);
                self.waiting.clear();
            }
        }
    }

    fn make(&mut self, give: &mut impl FnMut(Stereo)) {
        let room = self.made.len() / CHANNELS;
        let input = InterleavedSlice::new(&self.waiting, CHANNELS, CHUNK);
        let output = InterleavedSlice::new_mut(&mut self.made, CHANNELS, room);
        let (Ok(input), Ok(mut output)) = (input, output) else {
            return;
        };
        let made = self
            .resampler
            .process_into_buffer(&input, &mut output, None);
        // Both are as long as it wants them: there is nothing that could fail.
        let (_, many) = made.unwrap_or_default();
        let early = self.early.min(many);
        self.early -= early;
        for frame in self.made.chunks_exact(CHANNELS).take(many).skip(early) {
            if let [left, right] = frame {
                give([*left, *right]);
            }
        }
    }
}
