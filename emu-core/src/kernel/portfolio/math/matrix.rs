//! Vectors and matrices of 16.16 numbers, as the matrix unit works on them.
//!
//! Kernel sheet 1.9. The unit adds full 64-bit products and drops sixteen bits of the sum once,
//! so a result is rounded down and not towards zero, as single products are. A sum of 64 bits
//! may wrap: bits 16 to 47, the only ones that are kept, do not notice.

use super::fixed::{div_sf16, mul_sf16};

/// Vectors of `N` numbers.
pub(super) type Vector<const N: usize> = [i32; N];
/// Matrices of `N` rows.
pub(super) type Matrix<const N: usize> = [[i32; N]; N];

/// From here on the unit's own division is not exact, and the folio divides instead.
const UNIT_DIVIDES_BELOW: u32 = 0x4000_0000;
/// The quotient of a division that does not fit.
const OVERFLOW: i32 = i32::MAX;

/// The product of two numbers before anything is dropped.
#[inline]
fn product(a: i32, b: i32) -> i64 {
    i64::from(a) * i64::from(b)
}

/// What is kept of a sum of products.
#[inline]
fn keep(sum: i64) -> i32 {
    (sum >> 16) as i32
}

/// The sum of products of two vectors.
#[inline]
fn dot_sum<const N: usize>(a: &Vector<N>, b: &Vector<N>) -> i64 {
    let products = a.iter().zip(b).map(|(&a, &b)| product(a, b));
    products.fold(0, i64::wrapping_add)
}

/// Dot3_F16, Dot4_F16.
pub(super) fn dot<const N: usize>(a: &Vector<N>, b: &Vector<N>) -> i32 {
    keep(dot_sum(a, b))
}

/// The square of a vector's length, as the unsigned number whose root its length is.
pub(super) fn square<const N: usize>(v: &Vector<N>) -> u32 {
    (dot_sum(v, v) as u64 >> 16) as u32
}

/// Cross3_F16.
pub(super) fn cross(a: Vector<3>, b: Vector<3>) -> Vector<3> {
    let [x1, y1, z1] = a;
    let [x2, y2, z2] = b;
    [
        keep(product(y1, z2) - product(z1, y2)),
        keep(product(z1, x2) - product(x1, z2)),
        keep(product(x1, y2) - product(y1, x2)),
    ]
}

/// A row vector times a matrix.
#[inline]
pub(super) fn row_times<const N: usize>(v: &Vector<N>, m: &Matrix<N>) -> Vector<N> {
    let mut sums = [0_i64; N];
    for (&value, row) in v.iter().zip(m) {
        for (sum, &factor) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(product(value, factor));
        }
    }
    sums.map(keep)
}

/// A matrix times a matrix: every row of the first one by itself.
pub(super) fn matrix_times<const N: usize>(a: &Matrix<N>, b: &Matrix<N>) -> Matrix<N> {
    a.map(|row| row_times(&row, b))
}

/// The division of MulVec3Mat33DivZ_F16: `(x * n / z, y * n / z, z)`.
///
/// Only the 64 bits of n / z are divided out, once; x and y are multiplied with them.
#[inline]
pub(super) fn divide_by_z(v: Vector<3>, n: i32) -> Vector<3> {
    let [x, y, z] = v;
    if z.unsigned_abs() >= UNIT_DIVIDES_BELOW {
        let ratio = div_sf16(n, z).map_or(OVERFLOW, |division| division.quotient);
        return [mul_sf16(x, ratio), mul_sf16(y, ratio), z];
    }
    let n = i64::from(n) << 32;
    let ratio = match z {
        0 => n,
        z => n.wrapping_div(z.into()),
    };
    let scaled = |value: i32| (i64::from(value).wrapping_mul(ratio) >> 32) as i32;
    [scaled(x), scaled(y), z]
}
