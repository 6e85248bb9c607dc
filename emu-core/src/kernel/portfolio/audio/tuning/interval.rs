//! Intervals of the equal temperament as ratios, exactly rounded.

/// The ratio of one cent, 2^(1/1200), with 62 bits of fraction.
const CENT: u128 = 0x4009_776C_C237_4C30;
/// Bits of fraction of ratios inside.
pub(in crate::kernel::portfolio::audio) const FRACTION: u32 = 62;
/// Cents of an octave.
const OCTAVE: i64 = 1200;
/// Bits of fraction of the result.
const RESULT_FRACTION: i64 = 16;

/// The ratio of an interval in 16.16, rounded to nearest; none if it does not fit with a sign.
pub(super) fn ratio(cents: i64) -> Option<u32> {
    let (octaves, within) = (cents.div_euclid(OCTAVE), cents.rem_euclid(OCTAVE));
    let mantissa = power(within);
    let shift = i64::from(FRACTION) - RESULT_FRACTION - octaves;
    if shift > 100 {
        return Some(0);
    }
    // An interval of 15 octaves is too much already.
    let shift = u32::try_from(shift).ok().filter(|&shift| shift > 30)?;
    let rounded = (mantissa + (1 << (shift - 1))) >> shift;
    let ratio = i32::try_from(rounded).ok()?;
    Some(ratio as u32)
}

/// The ratio of so many cents, below 1200, with [`FRACTION`] bits of fraction.
pub(in crate::kernel::portfolio::audio) fn power(cents: i64) -> u128 {
    let (mut result, mut square, mut rest) = (1 << FRACTION, CENT, cents);
    while rest > 0 {
        if rest & 1 != 0 {
            result = multiply(result, square);
        }
        square = multiply(square, square);
        rest >>= 1;
    }
    result
}

fn multiply(a: u128, b: u128) -> u128 {
    (a * b + (1 << (FRACTION - 1))) >> FRACTION
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_intervals() {
        assert_eq!(ratio(0), Some(0x1_0000));
        assert_eq!(ratio(1200), Some(0x2_0000));
        assert_eq!(ratio(-1200), Some(0x8000));
        assert_eq!(ratio(700), Some(0x1_7F91), "a fifth: 1.498307");
        assert_eq!(ratio(100), Some(0x1_0F39), "a semitone: 1.059463");
        assert_eq!(
            ratio(-470),
            Some(49_955),
            "four semitones and 70 cents down"
        );
        assert_eq!(ratio(14 * 1200), Some(0x4000_0000));
        assert_eq!(ratio(15 * 1200), None);
        assert_eq!(ratio(15 * 1200 - 1), Some(0x7FED_13F3));
        assert_eq!(ratio(-17 * 1200), Some(1), "half a unit is rounded up");
        assert_eq!(ratio(-18 * 1200), Some(0));
        assert_eq!(ratio(i64::from(i32::MIN) * 100), Some(0));
        assert_eq!(ratio(i64::from(i32::MAX) * 101), None);
    }

    proptest! {
        /// Against a computation of quite another kind.
        #[test]
        fn it_is_the_nearest_ratio(cents in -16_000_i64..17_999) {
            let exact = (cents as f64 / 1200.0).exp2() * 65536.0;
            let got = f64::from(ratio(cents).unwrap());
            prop_assert!((got - exact).abs() <= 0.5 + exact * 1e-12);
        }
    }
}
