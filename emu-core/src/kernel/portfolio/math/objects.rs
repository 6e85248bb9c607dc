//! The calls that walk a list of objects, each with its own vectors or matrix.
//!
//! Kernel sheet 1.9. Where things stand inside an object is the caller's to say, in offsets
//! that are the same for all objects. An object is looked at when those before it are done, so
//! a bad one ends the call there and leaves them done.

use super::arrays::{check_array, load, load_matrix, map, store_matrix};
use super::matrix::{matrix_times, row_times};
use super::{charge_vectors, counted, matrix_cycles};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{PARAM_ERROR, Status};
use crate::kernel::portfolio::structs::{ObjOffset1, ObjOffset2};
use crate::mem::{Field, GuestPtr, MEMORY_END, Memory};

/// Cycles to find one object and what it holds.
const OBJECT_CYCLES: u64 = 20;

/// Vectors that one call works through: four times what fits into memory. More are only asked
/// for by lists that name the same objects again and again, and would keep the host busy.
const MOST_VECTORS: u32 = 4 * (MEMORY_END / 12);

/// The object in place `n` of the list.
fn object(mem: &Memory, objects: GuestPtr<u32>, n: u32) -> Result<GuestPtr<u32>, Status> {
    pointer(mem, objects.index(n))
}

/// The pointer that lies somewhere.
fn pointer(mem: &Memory, at: GuestPtr<u32>) -> Result<GuestPtr<u32>, Status> {
    let [word] = load(mem, at)?;
    Ok(GuestPtr::new(word as u32))
}

/// An offset inside every object; it may be negative.
fn offset<S>(mem: &Memory, at: GuestPtr<S>, field: Field<S, i32>) -> Result<u32, Status> {
    let [word] = load(mem, at.at(field).cast())?;
    Ok(word as u32)
}

/// MulObjectVec3Mat33_F16, MulObjectVec4Mat44_F16.
pub(super) fn mul_vectors<const N: usize>(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    objects: GuestPtr<u32>,
    offsets: GuestPtr<u32>,
    count: i32,
) -> Result<(), Trouble> {
    let objects_count = counted(count);
    if objects_count == 0 {
        return Ok(());
    }
    check_array::<1>(cx.mem, objects, objects_count)?;
    let offsets = offsets.cast::<ObjOffset1>();
    let dest_at = offset(cx.mem, offsets, ObjOffset1::oo1_DestArrayPtrOffset)?;
    let src_at = offset(cx.mem, offsets, ObjOffset1::oo1_SrcArrayPtrOffset)?;
    let mat_at = offset(cx.mem, offsets, ObjOffset1::oo1_MatOffset)?;
    let count_at = offset(cx.mem, offsets, ObjOffset1::oo1_CountOffset)?;
    let mut room = MOST_VECTORS;
    for n in 0..objects_count {
        cx.charge.0 += OBJECT_CYCLES;
        let object = object(cx.mem, objects, n)?;
        let [count] = load(cx.mem, object.byte_add(count_at))?;
        let count = counted(count);
        if count == 0 {
            continue;
        }
        room = room.checked_sub(count).ok_or(PARAM_ERROR)?;
        let dest = pointer(cx.mem, object.byte_add(dest_at))?;
        let src = pointer(cx.mem, object.byte_add(src_at))?;
        let matrix = load_matrix::<N>(cx.mem, object.byte_add(mat_at))?;
        map(cx.mem, dest, [src], count, |[v]| row_times(&v, &matrix))?;
        charge_vectors::<N>(cx, count, 0);
    }
    Ok(())
}

/// MulObjectMat33_F16, MulObjectMat44_F16.
pub(super) fn mul_matrices<const N: usize>(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    objects: GuestPtr<u32>,
    offsets: GuestPtr<u32>,
    mat: GuestPtr<u32>,
    count: i32,
) -> Result<(), Trouble> {
    let count = counted(count);
    if count == 0 {
        return Ok(());
    }
    check_array::<1>(cx.mem, objects, count)?;
    let offsets = offsets.cast::<ObjOffset2>();
    let dest_at = offset(cx.mem, offsets, ObjOffset2::oo2_DestMatOffset)?;
    let src_at = offset(cx.mem, offsets, ObjOffset2::oo2_SrcMatOffset)?;
    let matrix = load_matrix::<N>(cx.mem, mat)?;
    cx.charge.0 += matrix_cycles::<N>();
    for n in 0..count {
        cx.charge.0 += OBJECT_CYCLES + N as u64 * super::vector_cycles::<N>();
        let object = object(cx.mem, objects, n)?;
        let source = load_matrix::<N>(cx.mem, object.byte_add(src_at))?;
        let dest = object.byte_add(dest_at);
        store_matrix(cx.mem, dest, matrix_times(&source, &matrix))?;
    }
    Ok(())
}
