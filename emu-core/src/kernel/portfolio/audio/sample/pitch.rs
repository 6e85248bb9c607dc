//! Frequencies of notes and samples, 16.16 Hz (audio sheet 3.3).

use crate::device::sound::FRAME_RATE;
use crate::kernel::portfolio::audio::tuning::{interval, standard_frequency};

/// The frequency of a sample at its own rate: of its note, as it would be at the rate of the
/// output.
pub(super) fn sample_frequency(note: u8, detune: i8, rate: u32) -> u32 {
    let frequency = u64::from(standard_frequency(note.into())) * u64::from(FRAME_RATE);
    let frequency = (u128::from(frequency) << 16) / u128::from(rate.max(1));
    // At most 48 bits of a ridiculous rate, so that a ratio of 63 fits beside them.
    let frequency = frequency.min(1 << 48);
    let ratio = interval::power(detune.unsigned_abs().into());
    let tuned = match detune {
        0 => frequency,
        1.. => (frequency << interval::FRACTION) / ratio,
        _ => (frequency * ratio) >> interval::FRACTION,
    };
    u32::try_from(tuned).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn octaves_double() {
        assert_eq!(standard_frequency(69), 440 << 16);
        assert_eq!(standard_frequency(57), 220 << 16);
        assert_eq!(standard_frequency(81), 880 << 16);
        assert_eq!(standard_frequency(60), 0x0105_A025, "middle C");
        assert_eq!(standard_frequency(127), 0x030F_FDAA << 4);
        assert_eq!(standard_frequency(0), 0x020B_404A >> 6);
    }

    #[test]
    fn a_sample_at_half_the_rate_has_twice_the_frequency() {
        assert_eq!(sample_frequency(69, 0, 44_100 << 16), 440 << 16);
        assert_eq!(sample_frequency(69, 0, 22_050 << 16), 880 << 16);
        assert_eq!(sample_frequency(69, 0, 0), u32::MAX);
    }

    #[test]
    fn cents_are_exact_to_the_last_bit_but_one() {
        let of = |detune| sample_frequency(69, detune, 44_100 << 16);
        // A semitone up and down is the next note of the table.
        assert!(
            of(-100).abs_diff(standard_frequency(70)) <= 2,
            "{:#x}",
            of(-100)
        );
        assert!(
            of(100).abs_diff(standard_frequency(68)) <= 2,
            "{:#x}",
            of(100)
        );
        assert!(of(1) < of(0) && of(0) < of(-1));
    }

    proptest! {
        #[test]
        fn nothing_overflows(note: u8, detune: i8, rate: u32) {
            let _ = sample_frequency(note, detune, rate);
        }
    }
}
