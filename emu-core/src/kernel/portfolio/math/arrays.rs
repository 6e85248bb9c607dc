//! Words, vectors and arrays of them between guest memory and the arithmetic.
//!
//! A call looks at the whole of what it is given before it changes anything. Arrays may
//! overlap: each element is read when the elements before it have been written.
//!
//! The two lowest bits of an address mean nothing, as in the block transfers of the processor.

use super::matrix::{Matrix, Vector};
use crate::kernel::portfolio::errors::{BADPTR, Status};
use crate::mem::{GuestPtr, Memory};

/// Bytes of results that are put together before they are written.
const BATCH: usize = 3072;

/// The address of a word.
pub(super) fn word_address(at: GuestPtr<u32>) -> u32 {
    at.addr() & !3
}

#[inline]
fn decode<const N: usize>(bytes: &[u8]) -> Vector<N> {
    let mut words = [0; N];
    for (word, raw) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *word = i32::from_be_bytes(*raw);
    }
    words
}

#[inline]
fn encode<const N: usize>(words: Vector<N>, bytes: &mut [u8]) {
    for (word, raw) in words.into_iter().zip(bytes.as_chunks_mut::<4>().0) {
        *raw = word.to_be_bytes();
    }
}

/// Bytes of `count` elements of `N` words.
fn bytes_of<const N: usize>(count: u32) -> Result<u32, Status> {
    count.checked_mul(N as u32 * 4).ok_or(BADPTR)
}

/// One vector.
pub(super) fn load<const N: usize>(mem: &Memory, at: GuestPtr<u32>) -> Result<Vector<N>, Status> {
    let at = word_address(at);
    let len = bytes_of::<N>(1)?;
    mem.check_readable(at, len).map_err(|_| BADPTR)?;
    mem.bytes(at, len).map(decode).ok_or(BADPTR)
}

/// One matrix, which lies in memory row by row.
pub(super) fn load_matrix<const N: usize>(
    mem: &Memory,
    at: GuestPtr<u32>,
) -> Result<Matrix<N>, Status> {
    let len = bytes_of::<N>(N as u32)?;
    let at = word_address(at);
    mem.check_readable(at, len).map_err(|_| BADPTR)?;
    let mut matrix = [[0; N]; N];
    let bytes = mem.bytes(at, len).ok_or(BADPTR)?;
    for (row, raw) in matrix.iter_mut().zip(bytes.chunks_exact(N * 4)) {
        *row = decode(raw);
    }
    Ok(matrix)
}

/// Writes one vector.
pub(super) fn store<const N: usize>(
    mem: &mut Memory,
    at: GuestPtr<u32>,
    words: Vector<N>,
) -> Result<(), Status> {
    store_rows(mem, at, &[words])
}

/// Writes one matrix.
pub(super) fn store_matrix<const N: usize>(
    mem: &mut Memory,
    at: GuestPtr<u32>,
    matrix: Matrix<N>,
) -> Result<(), Status> {
    store_rows(mem, at, &matrix)
}

fn store_rows<const N: usize>(
    mem: &mut Memory,
    at: GuestPtr<u32>,
    rows: &[Vector<N>],
) -> Result<(), Status> {
    let at = word_address(at);
    let len = bytes_of::<N>(rows.len() as u32)?;
    mem.check_writable(at, len).map_err(|_| BADPTR)?;
    let bytes = mem.bytes_mut(at, len).ok_or(BADPTR)?;
    for (&row, raw) in rows.iter().zip(bytes.chunks_exact_mut(N * 4)) {
        encode(row, raw);
    }
    Ok(())
}

/// Whether `count` elements of `N` words can be read.
pub(super) fn check_array<const N: usize>(
    mem: &Memory,
    at: GuestPtr<u32>,
    count: u32,
) -> Result<(), Status> {
    let len = bytes_of::<N>(count)?;
    mem.check_readable(word_address(at), len)
        .map_err(|_| BADPTR)
}

/// Makes `count` elements of `N` words, each from the elements in the same place of `S` arrays.
pub(super) fn map<const N: usize, const S: usize>(
    mem: &mut Memory,
    dest: GuestPtr<u32>,
    sources: [GuestPtr<u32>; S],
    count: u32,
    element: impl Fn([Vector<N>; S]) -> Vector<N>,
) -> Result<(), Status> {
    if count == 0 {
        return Ok(());
    }
    let size = N as u32 * 4;
    let len = bytes_of::<N>(count)?;
    for source in sources {
        check_array::<N>(mem, source, count)?;
    }
    let dest = word_address(dest);
    let sources = sources.map(word_address);
    mem.check_writable(dest, len).map_err(|_| BADPTR)?;

    let mut batch = [0; BATCH];
    let most = sources
        .iter()
        .map(|&source| unaffected(dest, source, len, size))
        .fold(BATCH as u32 / size, u32::min)
        .max(1);
    let mut done = 0;
    while done < count {
        let now = most.min(count - done);
        let (start, bytes) = (done * size, now * size);
        let mut inputs: [&[u8]; S] = [&[]; S];
        for (input, source) in inputs.iter_mut().zip(sources) {
            *input = mem.bytes(source + start, bytes).ok_or(BADPTR)?;
        }
        let results = batch.get_mut(..bytes as usize).ok_or(BADPTR)?;
        for (n, result) in results.chunks_exact_mut(N * 4).enumerate() {
            let from = |input: &[u8]| {
                let raw = input.get(n * N * 4..(n + 1) * N * 4);
                decode(raw.unwrap_or_default())
            };
            encode(element(inputs.map(from)), result);
        }
        let place = mem.bytes_mut(dest + start, bytes).ok_or(BADPTR)?;
        place.copy_from_slice(results);
        done += now;
    }
    Ok(())
}

/// How many elements can be read before the first of them is written, with the same result as
/// one after the other. Only a destination that begins inside the source, behind the source's
/// beginning, feeds results back into it.
fn unaffected(dest: u32, source: u32, len: u32, size: u32) -> u32 {
    match dest.checked_sub(source) {
        Some(ahead) if ahead > 0 && ahead < len => ahead / size,
        _ => u32::MAX,
    }
}
