//! Operamath folio: fixed-point arithmetic on words, vectors and matrices.
//!
//! Kernel sheet 1.9.
//!
//! | module | what it does |
//! |---|---|
//! | `fixed` | products, quotients and roots of single numbers |
//! | `matrix` | vectors and matrices, as the matrix unit works on them |
//! | `arrays` | between guest memory and the arithmetic; overlapping arrays |
//! | `objects` | the calls that walk a list of objects |
//!
//! The system calls run in the kernel and check their pointers; the vectors are the caller's own
//! code. What one of them costs is this project's estimate (docs/decisions.md).

pub(crate) mod fixed;

mod arrays;
mod matrix;
mod objects;

#[cfg(test)]
mod tests;

use self::arrays::{load, load_matrix, map, store, store_matrix};
use self::fixed::Division;
use self::matrix::{Vector, cross, divide_by_z, dot, matrix_times, row_times, square};
use super::Portfolio;
use super::errors::{BADPTR, NOSUPPORT};
use super::structs::mmv3m33d;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::CallCx;
use crate::mem::{BadAccess, GuestPtr, Memory};

/// Cycles for one vector of three: in, nine products, out, and the loop around it.
const VECTOR3_CYCLES: u64 = 45;
/// The same for one of four.
const VECTOR4_CYCLES: u64 = 60;
/// Cycles for a division by z and two more products.
const DIVISION_CYCLES: u64 = 40;
/// Cycles to give the unit a matrix of three rows.
const MATRIX3_CYCLES: u64 = 30;
/// The same of four.
const MATRIX4_CYCLES: u64 = 50;
/// Cycles for one product of two numbers, which the processor makes itself.
const PRODUCT_CYCLES: u64 = 60;

/// Cycles for one vector of `N`.
fn vector_cycles<const N: usize>() -> u64 {
    match N {
        3 => VECTOR3_CYCLES,
        _ => VECTOR4_CYCLES,
    }
}

/// Cycles to give the unit a matrix of `N` rows.
fn matrix_cycles<const N: usize>() -> u64 {
    match N {
        3 => MATRIX3_CYCLES,
        _ => MATRIX4_CYCLES,
    }
}

/// What the vectors of an array cost, with the matrix that they are multiplied by.
fn charge_vectors<const N: usize>(cx: &mut CallCx<'_>, count: u32, more_each: u64) {
    let each = vector_cycles::<N>() + more_each;
    cx.charge.0 += matrix_cycles::<N>() + u64::from(count) * each;
}

/// The count of an array; a negative one counts as none.
fn counted(count: i32) -> u32 {
    count.max(0) as u32
}

// ---- system calls: one vector, one matrix ----

fn mul_vec<const N: usize>(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dest: GuestPtr<u32>,
    vec: GuestPtr<u32>,
    mat: GuestPtr<u32>,
) -> Result<(), Trouble> {
    let result = row_times::<N>(&load(cx.mem, vec)?, &load_matrix(cx.mem, mat)?);
    Ok(store(cx.mem, dest, result)?)
}

fn mul_mat<const N: usize>(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dest: GuestPtr<u32>,
    src1: GuestPtr<u32>,
    src2: GuestPtr<u32>,
) -> Result<(), Trouble> {
    let result = matrix_times::<N>(&load_matrix(cx.mem, src1)?, &load_matrix(cx.mem, src2)?);
    Ok(store_matrix(cx.mem, dest, result)?)
}

fn mul_vec_div_z(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dest: GuestPtr<u32>,
    vec: GuestPtr<u32>,
    mat: GuestPtr<u32>,
    n: i32,
) -> Result<(), Trouble> {
    let result = row_times(&load(cx.mem, vec)?, &load_matrix(cx.mem, mat)?);
    Ok(store(cx.mem, dest, divide_by_z(result, n))?)
}

fn dot_product<const N: usize>(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    v1: GuestPtr<u32>,
    v2: GuestPtr<u32>,
) -> Result<i32, Trouble> {
    Ok(dot::<N>(&load(cx.mem, v1)?, &load(cx.mem, v2)?))
}

fn cross_product(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dest: GuestPtr<u32>,
    v1: GuestPtr<u32>,
    v2: GuestPtr<u32>,
) -> Result<(), Trouble> {
    let result = cross(load(cx.mem, v1)?, load(cx.mem, v2)?);
    Ok(store(cx.mem, dest, result)?)
}

fn length<const N: usize>(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    vec: GuestPtr<u32>,
) -> Result<u32, Trouble> {
    Ok(fixed::sqrt_f16(square::<N>(&load(cx.mem, vec)?)))
}

// ---- system calls: arrays ----

fn mul_many_vec<const N: usize>(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dest: GuestPtr<u32>,
    src: GuestPtr<u32>,
    mat: GuestPtr<u32>,
    count: i32,
) -> Result<(), Trouble> {
    let count = counted(count);
    if count == 0 {
        return Ok(());
    }
    let matrix = load_matrix::<N>(cx.mem, mat)?;
    map(cx.mem, dest, [src], count, |[v]| row_times(&v, &matrix))?;
    charge_vectors::<N>(cx, count, 0);
    Ok(())
}

type DivZArguments = (GuestPtr<u32>, GuestPtr<u32>, GuestPtr<u32>, i32, u32);

fn div_z_arguments(mem: &Memory, s: GuestPtr<mmv3m33d>) -> Result<DivZArguments, BadAccess> {
    Ok((
        mem.read(s.at(mmv3m33d::dest))?,
        mem.read(s.at(mmv3m33d::src))?,
        mem.read(s.at(mmv3m33d::mat))?,
        mem.read(s.at(mmv3m33d::n))?,
        mem.read(s.at(mmv3m33d::count))?,
    ))
}

fn mul_many_vec_div_z(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    s: GuestPtr<u32>,
) -> Result<(), Trouble> {
    let s = GuestPtr::new(arrays::word_address(s));
    let (dest, src, mat, n, count) = div_z_arguments(cx.mem, s).map_err(|_| BADPTR)?;
    if count == 0 {
        return Ok(());
    }
    let matrix = load_matrix::<3>(cx.mem, mat)?;
    let element = |[v]: [Vector<3>; 1]| divide_by_z(row_times(&v, &matrix), n);
    map(cx.mem, dest, [src], count, element)?;
    charge_vectors::<3>(cx, count, DIVISION_CYCLES);
    Ok(())
}

fn mul_many(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dest: GuestPtr<u32>,
    src1: GuestPtr<u32>,
    src2: GuestPtr<u32>,
    count: i32,
) -> Result<(), Trouble> {
    let count = counted(count);
    map(cx.mem, dest, [src1, src2], count, |[[a], [b]]| {
        [fixed::mul_sf16(a, b)]
    })?;
    cx.charge.0 += u64::from(count) * PRODUCT_CYCLES;
    Ok(())
}

fn mul_scalar(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dest: GuestPtr<u32>,
    src: GuestPtr<u32>,
    scalar: i32,
    count: i32,
) -> Result<(), Trouble> {
    let count = counted(count);
    map(cx.mem, dest, [src], count, |[[a]]| {
        [fixed::mul_sf16(a, scalar)]
    })?;
    cx.charge.0 += u64::from(count) * PRODUCT_CYCLES;
    Ok(())
}

/// The numbers behind the last documented call, for which the folio has a place all the same.
fn no_such_routine(_: &mut Portfolio, _: &mut CallCx<'_>) -> Result<(), Trouble> {
    Err(NOSUPPORT.into())
}

// ---- vectors ----

fn mul_uf16(_: &mut Portfolio, _: &mut CallCx<'_>, m1: u32, m2: u32) -> Result<u32, Trouble> {
    Ok(fixed::mul_uf16(m1, m2))
}

fn mul_sf16(_: &mut Portfolio, _: &mut CallCx<'_>, m1: i32, m2: i32) -> Result<i32, Trouble> {
    Ok(fixed::mul_sf16(m1, m2))
}

/// What says that an unsigned quotient does not fit.
const UNSIGNED_OVERFLOW: u32 = u32::MAX;
/// What says that a signed one does not.
const SIGNED_OVERFLOW: i32 = i32::MAX;

fn unsigned(division: Option<Division<u32>>) -> Division<u32> {
    division.unwrap_or(Division::both(UNSIGNED_OVERFLOW))
}

fn signed(division: Option<Division<i32>>, overflow: i32) -> Division<u32> {
    let division = division.unwrap_or(Division::both(overflow));
    Division {
        quotient: division.quotient as u32,
        remainder: division.remainder as u32,
    }
}

/// The remainder goes to the second result register, which C cannot see.
fn both_results(division: Division<u32>) -> Reply {
    Reply {
        second: Some(division.remainder),
        ..Reply::value(division.quotient)
    }
}

/// The remainder goes to memory, with a plain store of the caller's.
fn store_remainder(
    cx: &mut CallCx<'_>,
    rem: GuestPtr<u32>,
    division: Division<u32>,
) -> Result<u32, Trouble> {
    let rem = GuestPtr::<u32>::new(arrays::word_address(rem));
    cx.mem.write(rem, division.remainder)?;
    Ok(division.quotient)
}

fn div_uf16(_: &mut Portfolio, _: &mut CallCx<'_>, d1: u32, d2: u32) -> Result<Reply, Trouble> {
    Ok(both_results(unsigned(fixed::div_uf16(d1, d2))))
}

fn div_rem_uf16(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    rem: GuestPtr<u32>,
    d1: u32,
    d2: u32,
) -> Result<u32, Trouble> {
    store_remainder(cx, rem, unsigned(fixed::div_uf16(d1, d2)))
}

fn div_sf16(_: &mut Portfolio, _: &mut CallCx<'_>, d1: i32, d2: i32) -> Result<Reply, Trouble> {
    let division = fixed::div_sf16(d1, d2);
    Ok(both_results(signed(division, SIGNED_OVERFLOW)))
}

fn div_rem_sf16(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    rem: GuestPtr<u32>,
    d1: i32,
    d2: i32,
) -> Result<u32, Trouble> {
    let division = fixed::div_sf16(d1, d2);
    store_remainder(cx, rem, signed(division, SIGNED_OVERFLOW))
}

fn recip_uf16(_: &mut Portfolio, _: &mut CallCx<'_>, d: u32) -> Result<Reply, Trouble> {
    Ok(both_results(unsigned(fixed::recip_uf16(d))))
}

fn recip_sf16(k: &mut Portfolio, _: &mut CallCx<'_>, d: i32) -> Result<Reply, Trouble> {
    // Published: all bits set. Shipped: the routine ends in that of DivSF16.
    let overflow = match k.quirks.recip_overflow {
        true => SIGNED_OVERFLOW,
        false => -1,
    };
    Ok(both_results(signed(fixed::recip_sf16(d), overflow)))
}

calls! { pub(crate) CALLS: Operamath;
    swi 0 MulVec3Mat33_F16(dest: GuestPtr<u32>, vec: GuestPtr<u32>, mat: GuestPtr<u32>)
        -> Nothing = mul_vec::<3>, cost 375;
    swi 1 MulMat33Mat33_F16(dest: GuestPtr<u32>, src1: GuestPtr<u32>, src2: GuestPtr<u32>)
        -> Nothing = mul_mat::<3>, cost 465;
    swi 2 MulManyVec3Mat33_F16(dest: GuestPtr<u32>, src: GuestPtr<u32>, mat: GuestPtr<u32>, count: i32)
        -> Nothing = mul_many_vec::<3>;
    swi 3 MulObjectVec3Mat33_F16(objects: GuestPtr<u32>, offsets: GuestPtr<u32>, count: i32)
        -> Nothing = objects::mul_vectors::<3>;
    swi 4 MulObjectMat33_F16(objects: GuestPtr<u32>, offsets: GuestPtr<u32>, mat: GuestPtr<u32>, count: i32)
        -> Nothing = objects::mul_matrices::<3>;
    swi 5 MulManyF16(dest: GuestPtr<u32>, src1: GuestPtr<u32>, src2: GuestPtr<u32>, count: i32)
        -> Nothing = mul_many;
    swi 6 MulScalarF16(dest: GuestPtr<u32>, src: GuestPtr<u32>, scalar: i32, count: i32)
        -> Nothing = mul_scalar;
    swi 7 MulVec4Mat44_F16(dest: GuestPtr<u32>, vec: GuestPtr<u32>, mat: GuestPtr<u32>)
        -> Nothing = mul_vec::<4>, cost 410;
    swi 8 MulMat44Mat44_F16(dest: GuestPtr<u32>, src1: GuestPtr<u32>, src2: GuestPtr<u32>)
        -> Nothing = mul_mat::<4>, cost 590;
    swi 9 MulManyVec4Mat44_F16(dest: GuestPtr<u32>, src: GuestPtr<u32>, mat: GuestPtr<u32>, count: i32)
        -> Nothing = mul_many_vec::<4>;
    swi 10 MulObjectVec4Mat44_F16(objects: GuestPtr<u32>, offsets: GuestPtr<u32>, count: i32)
        -> Nothing = objects::mul_vectors::<4>;
    swi 11 MulObjectMat44_F16(objects: GuestPtr<u32>, offsets: GuestPtr<u32>, mat: GuestPtr<u32>, count: i32)
        -> Nothing = objects::mul_matrices::<4>;
    swi 12 Dot3_F16(v1: GuestPtr<u32>, v2: GuestPtr<u32>) -> Word = dot_product::<3>, cost 345;
    swi 13 Dot4_F16(v1: GuestPtr<u32>, v2: GuestPtr<u32>) -> Word = dot_product::<4>, cost 360;
    swi 14 Cross3_F16(dest: GuestPtr<u32>, v1: GuestPtr<u32>, v2: GuestPtr<u32>)
        -> Nothing = cross_product, cost 345;
    swi 15 AbsVec3_F16(vec: GuestPtr<u32>) -> Word = length::<3>, cost 545;
    swi 16 AbsVec4_F16(vec: GuestPtr<u32>) -> Word = length::<4>, cost 560;
    swi 17 MulVec3Mat33DivZ_F16(dest: GuestPtr<u32>, vec: GuestPtr<u32>, mat: GuestPtr<u32>, n: i32)
        -> Nothing = mul_vec_div_z, cost 415;
    swi 18 MulManyVec3Mat33DivZ_F16(s: GuestPtr<u32>) -> Nothing = mul_many_vec_div_z;
    refused swi 19 OperamathCall19() -> Number = no_such_routine;
    refused swi 20 OperamathCall20() -> Number = no_such_routine;
    refused swi 21 OperamathCall21() -> Number = no_such_routine;
    refused swi 22 OperamathCall22() -> Number = no_such_routine;
    refused swi 23 OperamathCall23() -> Number = no_such_routine;
    refused swi 24 OperamathCall24() -> Number = no_such_routine;
    vec 1 MulUF16(m1: u32, m2: u32) -> Word = mul_uf16;
    vec 2 MulSF16(m1: i32, m2: i32) -> Word = mul_sf16;
    vec 3 DivUF16(d1: u32, d2: u32) -> Word = div_uf16, cost 150;
    vec 4 DivRemUF16(rem: GuestPtr<u32>, d1: u32, d2: u32) -> Word = div_rem_uf16, cost 160;
    vec 5 DivSF16(d1: i32, d2: i32) -> Word = div_sf16, cost 150;
    vec 6 DivRemSF16(rem: GuestPtr<u32>, d1: i32, d2: i32) -> Word = div_rem_sf16, cost 160;
    vec 7 RecipUF16(d: u32) -> Word = recip_uf16, cost 150;
    vec 8 RecipSF16(d: i32) -> Word = recip_sf16, cost 150;
}
