//! The arithmetic against models that compute it another way.
//!
//! `model` says each rule once more with integers of 128 bits, in which nothing wraps or
//! overflows: magnitudes and signs become plain products, shifts become floors, and what a word
//! keeps is cut out at the end.

use super::fixed::{
    Division, div_sf16, div_uf16, mul_sf16, mul_uf16, recip_sf16, recip_uf16, sqrt_f16,
};
use super::matrix::{Matrix, cross, divide_by_z, dot, matrix_times, row_times, square};
use crate::dice::Dice;
use std::array;

/// Random cases of each primitive; edge values are crossed with each other beside them.
const CASES: u32 = 2_000_000;

/// Numbers at which something changes: signs, halves of words, one, the divisor's bounds.
const EDGES: [u32; 34] = [
    0,
    1,
    2,
    3,
    4,
    0x7FFF,
    0x8000,
    0x8001,
    0xFFFF,
    0x1_0000,
    0x1_0001,
    0x1_8000,
    0x2_0000,
    0x7F_FFFF,
    0xFF_FFFF,
    0x100_0000,
    0x3FFF_FFFF,
    0x4000_0000,
    0x4000_0001,
    0x5555_5555,
    0x7FFF_0000,
    0x7FFF_FFFE,
    0x7FFF_FFFF,
    0x8000_0000,
    0x8000_0001,
    0x8000_FFFF,
    0xAAAA_AAAA,
    0xBFFF_FFFF,
    0xC000_0000,
    0xC000_0001,
    0xFFFE_FFFF,
    0xFFFF_0000,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
];

/// Numbers that look random and are the same in every run; a quarter of them near an edge, the
/// others of every size.
struct Numbers(Dice);

impl Numbers {
    fn next(&mut self) -> u32 {
        let rolled = self.0.roll();
        let word = (rolled >> 16) as u32;
        let kind = rolled as u16;
        match kind & 3 {
            0 => EDGES[usize::from(kind >> 2) % EDGES.len()].wrapping_add(word >> 30),
            1 => word,
            _ => (word as i32 >> (kind >> 2 & 31)) as u32,
        }
    }

    fn signed(&mut self) -> i32 {
        self.next() as i32
    }

    fn vector<const N: usize>(&mut self) -> [i32; N] {
        array::from_fn(|_| self.signed())
    }

    fn matrix<const N: usize>(&mut self) -> Matrix<N> {
        array::from_fn(|_| self.vector())
    }
}

/// Every pair of edge values, then random pairs.
fn pairs() -> impl Iterator<Item = (u32, u32)> {
    let edges = EDGES
        .into_iter()
        .flat_map(|a| EDGES.into_iter().map(move |b| (a, b)));
    let mut numbers = Numbers(Dice(0x3D0));
    edges.chain((0..CASES).map(move |_| (numbers.next(), numbers.next())))
}

/// Every single edge value, then random ones.
fn singles() -> impl Iterator<Item = u32> {
    let mut numbers = Numbers(Dice(0x1995));
    EDGES
        .into_iter()
        .chain((0..CASES).map(move |_| numbers.next()))
}

mod model {
    /// 2^16, by which products are divided.
    const UNIT: i128 = 1 << 16;

    /// The low word of a number.
    pub fn word(value: i128) -> u32 {
        value.rem_euclid(1 << 32) as u32
    }

    pub fn truncated_product(a: i128, b: i128) -> u32 {
        word(a * b / UNIT)
    }

    /// Quotient and remainder towards zero; none when the quotient is not below `limit` in
    /// magnitude.
    pub fn quotient(dividend: i128, divisor: i128, limit: i128) -> Option<(u32, u32)> {
        if divisor == 0 {
            return None;
        }
        let dividend = dividend * UNIT;
        let quotient = dividend / divisor;
        let fits = quotient.abs() < limit;
        fits.then(|| (word(quotient), word(dividend - quotient * divisor)))
    }

    pub fn floor_sum(products: impl Iterator<Item = (i32, i32)>) -> i128 {
        let sum: i128 = products.map(|(a, b)| i128::from(a) * i128::from(b)).sum();
        sum.div_euclid(UNIT)
    }

    /// x * n / z as the matrix unit does it, with what 64 bits keep of it.
    pub fn scaled_by_unit(x: i32, n: i32, z: i32) -> u32 {
        let cut = |value: i128| {
            let low = value.rem_euclid(1 << 64);
            low - if low >> 63 == 1 { 1 << 64 } else { 0 }
        };
        let n = i128::from(n) * (1 << 32);
        let ratio = cut(if z == 0 { n } else { n / i128::from(z) });
        word(cut(i128::from(x) * ratio).div_euclid(1 << 32))
    }
}

fn as_words<T>(division: Option<Division<T>>, word: fn(T) -> u32) -> Option<(u32, u32)> {
    division.map(|d| (word(d.quotient), word(d.remainder)))
}

#[test]
fn signed_products_are_truncated_towards_zero() {
    for (a, b) in pairs() {
        let (a, b) = (a as i32, b as i32);
        let expected = model::truncated_product(a.into(), b.into());
        assert_eq!(mul_sf16(a, b) as u32, expected, "{a:#x} * {b:#x}");
    }
}

#[test]
fn unsigned_products_keep_their_low_word() {
    for (a, b) in pairs() {
        let expected = model::truncated_product(a.into(), b.into());
        assert_eq!(mul_uf16(a, b), expected, "{a:#x} * {b:#x}");
    }
}

#[test]
fn signed_quotients_are_exact_or_overflow() {
    for (a, b) in pairs() {
        let (a, b) = (a as i32, b as i32);
        let expected = model::quotient(a.into(), b.into(), 1 << 31);
        let result = as_words(div_sf16(a, b), |word| word as u32);
        assert_eq!(result, expected, "{a:#x} / {b:#x}");
    }
}

#[test]
fn unsigned_quotients_are_exact_or_overflow() {
    for (a, b) in pairs() {
        let expected = model::quotient(a.into(), b.into(), 1 << 32);
        let result = as_words(div_uf16(a, b), |word| word);
        assert_eq!(result, expected, "{a:#x} / {b:#x}");
    }
}

#[test]
fn reciprocals_are_quotients_of_one() {
    for d in singles() {
        assert_eq!(recip_uf16(d), div_uf16(0x1_0000, d));
        assert_eq!(recip_sf16(d as i32), div_sf16(0x1_0000, d as i32));
    }
    for d in -2..=2 {
        assert_eq!(recip_sf16(d), None, "{d}");
    }
    assert_eq!(recip_sf16(-3).map(|d| d.quotient), Some(-0x5555_5555));
}

/// The root is the one number whose square is not above it while the next one's is.
#[test]
fn roots_are_the_largest_numbers_whose_squares_fit() {
    for value in singles() {
        let root = u128::from(sqrt_f16(value));
        let scaled = u128::from(value) * 0x1_0000;
        assert!(root * root <= scaled, "{value:#x}");
        assert!((root + 1) * (root + 1) > scaled, "{value:#x}");
    }
}

fn sums_agree<const N: usize>() {
    let mut numbers = Numbers(Dice(N as u64));
    for _ in 0..CASES / 2 {
        let (a, b): ([i32; N], [i32; N]) = (numbers.vector(), numbers.vector());
        let sum = model::floor_sum(a.into_iter().zip(b));
        assert_eq!(dot(&a, &b) as u32, model::word(sum), "{a:x?} . {b:x?}");
        let sum = model::floor_sum(a.into_iter().zip(a));
        assert_eq!(square(&a), model::word(sum), "{a:x?}");
    }
}

/// Two million each: sums of products and squares, of three numbers and of four.
#[test]
fn sums_of_products_are_rounded_down_once() {
    sums_agree::<3>();
    sums_agree::<4>();
    let least = [i32::MIN; 4];
    assert_eq!(square(&least), 0, "2^64 has no bits left");
    assert_eq!(dot(&[-1, 0, 0], &[1, 0, 0]), -1, "down, not towards zero");
    assert_eq!(
        dot(&[-1, 1, 0], &[1, 1, 0]),
        0,
        "once, not product by product"
    );
}

#[test]
fn cross_products_are_rounded_down_once() {
    let mut numbers = Numbers(Dice(0xC));
    for _ in 0..CASES {
        let (a, b): ([i32; 3], [i32; 3]) = (numbers.vector(), numbers.vector());
        let result = cross(a, b);
        for (c, &value) in result.iter().enumerate() {
            let (i, j) = ((c + 1) % 3, (c + 2) % 3);
            let product = |i: usize, j: usize| i128::from(a[i]) * i128::from(b[j]);
            let expected = (product(i, j) - product(j, i)).div_euclid(0x1_0000);
            assert_eq!(value as u32, model::word(expected), "{a:x?} x {b:x?}");
        }
    }
}

fn rows_agree<const N: usize>() {
    let mut numbers = Numbers(Dice(0x100 + N as u64));
    for _ in 0..CASES / 16 {
        let matrix: Matrix<N> = numbers.matrix();
        for _ in 0..8 {
            let vector: [i32; N] = numbers.vector();
            let result = row_times(&vector, &matrix);
            for (c, &value) in result.iter().enumerate() {
                let column = (0..N).map(|r| (vector[r], matrix[r][c]));
                let expected = model::word(model::floor_sum(column));
                assert_eq!(value as u32, expected, "{vector:x?} * {matrix:x?}");
            }
        }
    }
}

/// A million products each of three and of four rows; each has three or four sums.
#[test]
fn a_vector_is_a_row_before_its_matrix() {
    rows_agree::<3>();
    rows_agree::<4>();
}

#[test]
fn a_matrix_is_its_rows() {
    let mut numbers = Numbers(Dice(0x33));
    for _ in 0..100_000 {
        let (a, b): (Matrix<4>, Matrix<4>) = (numbers.matrix(), numbers.matrix());
        let result = matrix_times(&a, &b);
        for (r, row) in result.iter().enumerate() {
            for (c, &value) in row.iter().enumerate() {
                let column = (0..4).map(|i| (a[r][i], b[i][c]));
                assert_eq!(value as u32, model::word(model::floor_sum(column)));
            }
        }
    }
    let one = array::from_fn(|r| array::from_fn(|c| if r == c { 0x1_0000 } else { 0 }));
    let any: Matrix<3> = numbers.matrix();
    assert_eq!(matrix_times(&any, &one), any);
    assert_eq!(matrix_times(&one, &any), any);
}

#[test]
fn perspective_divides_once_for_x_and_y() {
    let mut numbers = Numbers(Dice(0xD1));
    let mut far = 0;
    for _ in 0..CASES {
        let ([x, y, z], n) = (numbers.vector(), numbers.signed());
        let result = divide_by_z([x, y, z], n);
        let expected = [x, y].map(|value| match z.unsigned_abs() {
            0x4000_0000.. => {
                far += 1;
                let ratio = model::quotient(n.into(), z.into(), 1 << 31);
                let ratio = ratio.map_or(i32::MAX, |(quotient, _)| quotient as i32);
                model::truncated_product(value.into(), ratio.into())
            }
            _ => model::scaled_by_unit(value, n, z),
        });
        assert_eq!(
            result.map(|v| v as u32),
            [expected[0], expected[1], z as u32]
        );
    }
    assert!(far > 100_000, "both ways are taken");
}

/// z = 0: the numerator stands for the ratio, and nothing faults.
#[test]
fn a_vanishing_z_multiplies_by_the_whole_numerator() {
    assert_eq!(divide_by_z([0x1_0000, -2, 0], 3), [0x3_0000, -6, 0]);
    assert_eq!(divide_by_z([i32::MIN, 1, -1], i32::MIN), [0, i32::MIN, -1]);
}
