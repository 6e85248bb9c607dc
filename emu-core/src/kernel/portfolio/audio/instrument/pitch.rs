//! From notes, frequencies and bends to what the "Frequency" knob gets.
//!
//! Audio sheet 3.3, 5.3; all in integers.

use crate::device::sound::FRAME_RATE;
use crate::loader::dsp_file::Conversion;
use serde::{Deserialize, Serialize};

/// The bend that changes nothing.
pub(super) const UNBENT: i32 = 0x1_0000;
/// Output frames of a second.
const RATE: i64 = FRAME_RATE as i64;
/// Raw value of a player's "Frequency" knob that plays one source frame in one output frame.
pub(super) const ONE: u32 = 0x8000;
/// The highest raw value of such a knob.
const MOST: u64 = 0xFFFF;

/// What an instrument was started with, before any bend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Pitch {
    /// A frequency in 16.16 Hz, which the knob converts.
    Frequency(u32),
    /// A raw value.
    Raw(i32),
}

impl Pitch {
    /// The rate at which a sample of a base frequency sounds with another.
    pub(super) fn of_sample(frequency: u32, base: u32) -> Pitch {
        let rate = match u64::from(base) {
            0 => MOST,
            base => (u64::from(frequency) * u64::from(ONE) / base).min(MOST),
        };
        Pitch::Raw(rate as i32)
    }

    /// The raw value, bent, before the knob's limits.
    pub(super) fn raw(self, bend: i32, conversion: Conversion, half: bool) -> i64 {
        let bend = i64::from(bend);
        match self {
            Pitch::Frequency(frequency) => {
                let bent = (i128::from(frequency) * i128::from(bend)) >> 16;
                let limit = i128::from(i64::MAX >> 20);
                convert(conversion, bent.clamp(-limit, limit) as i64, half)
            }
            Pitch::Raw(rate) => (i64::from(rate) * bend) >> 16,
        }
    }
}

/// What a knob makes of a value, before its limits. An instrument that runs in every second
/// frame advances its phase twice as far in each.
pub(in crate::kernel::portfolio::audio) fn convert(
    conversion: Conversion,
    value: i64,
    half: bool,
) -> i64 {
    let rate_shift = u32::from(half);
    match conversion {
        Conversion::Nop => value,
        Conversion::Linear(a, b) => i64::from(a).saturating_mul(value).saturating_add(b.into()),
        Conversion::Scale(a, b) => match i64::from(b) {
            0 => 0,
            b => i64::from(a).saturating_mul(value) / b,
        },
        Conversion::DivideRate => (value / RATE) << rate_shift,
        Conversion::ShiftDivideRate(a) => {
            let shift = u32::from(a) + rate_shift;
            let shifted = i128::from(value) << shift;
            // The folio calculates in 32 bits and divides first where they would not do.
            if i32::try_from(shifted).is_ok() {
                shifted as i64 / RATE
            } else {
                (value / RATE) << shift
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A440: u32 = 0x01B8_0000;

    /// Audio sheet 5.3.
    #[test]
    fn a_440_is_a_phase_increment_of_653() {
        assert_eq!(convert(Conversion::DivideRate, A440.into(), false), 653);
        assert_eq!(convert(Conversion::DivideRate, A440.into(), true), 1306);
    }

    #[test]
    fn low_frequencies_have_eight_more_bits_of_fraction() {
        let lfo = Conversion::ShiftDivideRate(8);
        // 10.5 Hz: 256 * 65536 * 10.5 / 44100.
        assert_eq!(convert(lfo, 0xA_8000, false), 3994);
        // 440 Hz does not fit in 32 bits when shifted.
        assert_eq!(convert(lfo, A440.into(), false), 653 << 8);
    }

    #[test]
    fn linear_and_scaled() {
        assert_eq!(convert(Conversion::Linear(3, -5), 10, false), 25);
        assert_eq!(convert(Conversion::Scale(3, 2), 11, false), 16);
        assert_eq!(convert(Conversion::Scale(3, -2), 11, false), -16);
        assert_eq!(convert(Conversion::Nop, -7, true), -7);
    }

    #[test]
    fn a_sample_plays_as_fast_as_its_note_is_above_its_base() {
        assert_eq!(Pitch::of_sample(A440, A440), Pitch::Raw(0x8000));
        assert_eq!(Pitch::of_sample(A440, 2 * A440), Pitch::Raw(0x4000));
        assert_eq!(
            Pitch::of_sample(2 * A440, A440),
            Pitch::Raw(0xFFFF),
            "at most"
        );
        assert_eq!(Pitch::of_sample(A440, 0), Pitch::Raw(0xFFFF));
    }

    #[test]
    fn a_bend_multiplies() {
        let raw = |pitch: Pitch, bend| pitch.raw(bend, Conversion::DivideRate, false);
        assert_eq!(raw(Pitch::Frequency(A440), UNBENT), 653);
        assert_eq!(raw(Pitch::Frequency(A440), 2 * UNBENT), 1307);
        assert_eq!(raw(Pitch::Frequency(A440), -UNBENT), -653);
        assert_eq!(raw(Pitch::Raw(0x8000), UNBENT / 2), 0x4000);
    }

    proptest! {
        #[test]
        fn no_value_overflows(value in any::<u32>(), bend in any::<i32>(), kind in 0..5,
            a in any::<i32>(), b in any::<i32>(), half in any::<bool>())
        {
            let conversion = match kind {
                0 => Conversion::Nop,
                1 => Conversion::Linear(a, b),
                2 => Conversion::Scale(a, b),
                3 => Conversion::DivideRate,
                _ => Conversion::ShiftDivideRate((a & 15) as u8),
            };
            for pitch in [Pitch::Frequency(value), Pitch::Raw(value as i32)] {
                pitch.raw(bend, conversion, half);
            }
            convert(conversion, i64::from(value as i32), half);
        }
    }
}
