//! Frequencies of notes and samples, 16.16 Hz (audio sheet 3.3).

/// The default tuning: notes 69 to 80.
const OCTAVE: [u32; 12] = [
    0x01B8_0000,
    0x01D2_29EC,
    0x01ED_E220,
    0x020B_404A,
    0x022A_5D82,
    0x024B_545C,
    0x026E_4104,
    0x0293_414F,
    0x02BA_74DB,
    0x02E3_FD25,
    0x030F_FDAA,
    0x033E_9C01,
];
const FIRST_NOTE: i32 = 69;
const OUTPUT_RATE: u64 = 44_100;

/// The twelve-hundredth root of two, with 62 bits of fraction.
const CENT: u128 = 0x4009_776C_C237_4C30;
const CENT_BITS: u32 = 62;

fn note_frequency(note: u8) -> u32 {
    let above = i32::from(note) - FIRST_NOTE;
    let (octave, place) = (above.div_euclid(12), above.rem_euclid(12));
    let frequency = OCTAVE[place as usize];
    match u32::try_from(octave) {
        Ok(up) => frequency.checked_shl(up).unwrap_or(u32::MAX),
        Err(_) => frequency.checked_shr(octave.unsigned_abs()).unwrap_or(0),
    }
}

/// The ratio of so many hundredths of a semitone, with 62 bits of fraction.
fn cents(count: u8) -> u128 {
    (0..count).fold(1 << CENT_BITS, |ratio, _| (ratio * CENT) >> CENT_BITS)
}

/// The frequency of a sample at its own rate: of its note, as it would be at the rate of the
/// output.
pub(super) fn sample_frequency(note: u8, detune: i8, rate: u32) -> u32 {
    let frequency = u64::from(note_frequency(note)) * OUTPUT_RATE;
    let frequency = (u128::from(frequency) << 16) / u128::from(rate.max(1));
    // At most 48 bits of a ridiculous rate, so that a ratio of 63 fits beside them.
    let frequency = frequency.min(1 << 48);
    let ratio = cents(detune.unsigned_abs());
    let tuned = match detune {
        0 => frequency,
        1.. => (frequency << CENT_BITS) / ratio,
        _ => (frequency * ratio) >> CENT_BITS,
    };
    u32::try_from(tuned).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn octaves_double() {
        assert_eq!(note_frequency(69), 440 << 16);
        assert_eq!(note_frequency(57), 220 << 16);
        assert_eq!(note_frequency(81), 880 << 16);
        assert_eq!(note_frequency(60), 0x0105_A025, "middle C");
        assert_eq!(note_frequency(127), 0x030F_FDAA << 4);
        assert_eq!(note_frequency(0), 0x020B_404A >> 6);
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
        assert!(of(-100).abs_diff(OCTAVE[1]) <= 2, "{:#x}", of(-100));
        assert!(of(100).abs_diff(OCTAVE[11] / 2) <= 2, "{:#x}", of(100));
        assert!(of(1) < of(0) && of(0) < of(-1));
    }

    proptest! {
        #[test]
        fn nothing_overflows(note: u8, detune: i8, rate: u32) {
            let _ = sample_frequency(note, detune, rate);
        }
    }
}
