//! A sample rate as a file writes it: an 80-bit floating-point number.

/// Exponent of a mantissa whose lowest bit stands for one.
const BIAS: i32 = 16383 + 63;
const FRACTION_BITS: i32 = 16;

/// An 80-bit extended number: sign and exponent, then 64 bits of mantissa.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extended(pub [u8; 10]);

impl Extended {
    /// The number that is nearest to a 16.16 number from below: that number itself.
    pub fn from_frac16(value: u32) -> Extended {
        let mut bytes = [0; 10];
        if value > 0 {
            let zeros = value.leading_zeros();
            let exponent = 16383 + 15 - zeros as i32;
            let (high, low) = bytes.split_at_mut(2);
            high.copy_from_slice(&(exponent as u16).to_be_bytes());
            low.copy_from_slice(&(u64::from(value) << (32 + zeros)).to_be_bytes());
        }
        Extended(bytes)
    }

    /// As unsigned 16.16, what is smaller cut off; none if it is not positive, or too large.
    pub fn frac16(self) -> Option<u32> {
        let (high, low) = self.0.split_at(2);
        let high = u16::from_be_bytes(high.try_into().ok()?);
        let mantissa = u64::from_be_bytes(low.try_into().ok()?);
        let is_negative = high & 0x8000 != 0;
        let shift = i32::from(high & 0x7FFF) - BIAS + FRACTION_BITS;
        let value = match u32::try_from(-shift) {
            _ if is_negative => return None,
            Ok(right) => mantissa.checked_shr(right).unwrap_or(0),
            Err(_) => return None,
        };
        u32::try_from(value).ok().filter(|&value| value > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rates_of_real_files() {
        let rate = |high: u16, mantissa: u64| {
            let bytes = [&high.to_be_bytes()[..], &mantissa.to_be_bytes()].concat();
            Extended(bytes.try_into().unwrap()).frac16()
        };
        assert_eq!(rate(0x400E, 0xAC44_0000_0000_0000), Some(44_100 << 16));
        assert_eq!(rate(0x400D, 0xAC44_0000_0000_0000), Some(22_050 << 16));
        assert_eq!(
            rate(0x400D, 0xADDD_1745_D174_5D18),
            Some((22_254 << 16) + 0x8BA2),
            "the rate of the first Macintosh"
        );
        assert_eq!(rate(0xC00E, 0xAC44_0000_0000_0000), None, "negative");
        assert_eq!(rate(0, 0), None, "zero");
        assert_eq!(rate(0x7FFF, 1 << 63), None, "infinite");
        assert_eq!(rate(0x400F, 1 << 63), None, "65536");
        assert_eq!(rate(0x3FEE, u64::MAX), None, "less than a 65536th");
        assert_eq!(rate(0x3FEF, 1 << 63), Some(1));
    }

    proptest! {
        #[test]
        fn every_16_16_number_comes_back(value in 1..=u32::MAX) {
            prop_assert_eq!(Extended::from_frac16(value).frac16(), Some(value));
        }

        #[test]
        fn nothing_overflows(bytes: [u8; 10]) {
            let _ = Extended(bytes).frac16();
        }
    }
}
