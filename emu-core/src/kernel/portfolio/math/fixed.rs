//! Products, quotients and square roots of single 16.16 numbers.
//!
//! Kernel sheet 1.9. Everything here is exact and total: no argument can fault, and what does
//! not fit wraps or saturates as the call documents.

/// 1.0 as a 16.16 number.
const ONE: u32 = 1 << 16;

/// A quotient in 16.16 and what is left over, in units of 2^-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Division<T> {
    /// The quotient, truncated towards zero.
    pub quotient: T,
    /// The remainder, with the sign of the dividend.
    pub remainder: T,
}

impl<T: Copy> Division<T> {
    /// Quotient and remainder alike: how a division says that its result does not fit.
    pub(crate) fn both(value: T) -> Division<T> {
        Division {
            quotient: value,
            remainder: value,
        }
    }
}

/// MulSF16: truncated towards zero; what does not fit wraps.
#[inline]
pub(crate) fn mul_sf16(a: i32, b: i32) -> i32 {
    let product = mul_uf16(a.unsigned_abs(), b.unsigned_abs()) as i32;
    if (a ^ b) < 0 {
        product.wrapping_neg()
    } else {
        product
    }
}

/// MulUF16: truncated; what does not fit wraps.
#[inline]
pub(crate) fn mul_uf16(a: u32, b: u32) -> u32 {
    ((u64::from(a) * u64::from(b)) >> 16) as u32
}

/// DivUF16; `None` when the quotient does not fit, as with a divisor of zero.
pub(crate) fn div_uf16(dividend: u32, divisor: u32) -> Option<Division<u32>> {
    if dividend >> 16 >= divisor {
        return None;
    }
    Some(divide(dividend, divisor))
}

/// DivSF16; `None` when the quotient does not fit, as with a divisor of zero.
pub(crate) fn div_sf16(dividend: i32, divisor: i32) -> Option<Division<i32>> {
    let (top, bottom) = (dividend.unsigned_abs(), divisor.unsigned_abs());
    if top >> 15 >= bottom {
        return None;
    }
    // Both are below 2^31: the check has seen to the quotient, the divisor to the remainder.
    let Division {
        quotient,
        remainder,
    } = divide(top, bottom);
    let signed = |value: u32, negative: bool| {
        if negative {
            (value as i32).wrapping_neg()
        } else {
            value as i32
        }
    };
    Some(Division {
        quotient: signed(quotient, (dividend ^ divisor) < 0),
        remainder: signed(remainder, dividend < 0),
    })
}

/// The division of two magnitudes whose quotient fits; the divisor is not zero.
fn divide(dividend: u32, divisor: u32) -> Division<u32> {
    let (dividend, divisor) = (u64::from(dividend) << 16, u64::from(divisor.max(1)));
    Division {
        quotient: (dividend / divisor) as u32,
        remainder: (dividend % divisor) as u32,
    }
}

/// RecipUF16: 1.0 divided by it.
pub(crate) fn recip_uf16(divisor: u32) -> Option<Division<u32>> {
    div_uf16(ONE, divisor)
}

/// RecipSF16: 1.0 divided by it.
pub(crate) fn recip_sf16(divisor: i32) -> Option<Division<i32>> {
    div_sf16(ONE as i32, divisor)
}

/// SqrtF16: the largest 16.16 number whose square is not above the argument.
pub(crate) fn sqrt_f16(value: u32) -> u32 {
    // The root of x / 2^16 in units of 2^-16 is that of x * 2^16 in whole numbers; below 2^24.
    (u64::from(value) << 16).isqrt() as u32
}
