//! Block fill and copy, arithmetic helpers, clock units.

use crate::cpu::Bus;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::mem::{BadAccess, GuestPtr, LOW_MEMORY_END, MEMORY_END, Refusal};

/// Cycles of a block operation: one per four bytes.
fn charge_block(cx: &mut CallCx<'_>, len: u32) {
    cx.charge.0 += u64::from(len / 4);
}

pub(super) fn memset(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dst: GuestPtr<u8>,
    value: u32,
    len: u32,
) -> Result<GuestPtr<u8>, Trouble> {
    if len == 0 {
        return Ok(dst);
    }
    cx.mem.check_writable(dst.addr(), len)?;
    if let Some(bytes) = cx.mem.bytes_mut(dst.addr(), len) {
        bytes.fill(value as u8);
    }
    charge_block(cx, len);
    Ok(dst)
}

/// Copies in the safe direction: the original library's memmove is a jump to this vector.
/// Loads from low memory are let through, as plain loads are.
pub(super) fn memcpy(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dst: GuestPtr<u8>,
    src: GuestPtr<u8>,
    len: u32,
) -> Result<GuestPtr<u8>, Trouble> {
    if len == 0 {
        return Ok(dst);
    }
    let Some(bytes) = cx.mem.bytes(src.addr(), len) else {
        return Err(Trouble::from(BadAccess {
            addr: src.addr().max(MEMORY_END),
            write: false,
            why: Refusal::NoMemory,
        }));
    };
    let bytes = bytes.to_vec();
    if src.addr() < LOW_MEMORY_END {
        // The door takes note of it.
        let _ = cx.mem.load_word(src.addr() & !3);
    }
    cx.mem.write_bytes(dst.addr(), &bytes)?;
    charge_block(cx, len);
    Ok(dst)
}

fn quotient_and_remainder(quotient: u32, remainder: u32) -> Reply {
    Reply {
        second: Some(remainder),
        ..Reply::value(quotient)
    }
}

/// Division by zero has no published result here (the original calls a hook of the C library,
/// and no shipped library uses these vectors): quotient 0, remainder = dividend, a warning.
fn divided_by_zero(k: &Portfolio, cx: &mut CallCx<'_>, dividend: u32) -> Reply {
    k.memory_warning(cx, || format!("division of {dividend:#x} by zero"));
    quotient_and_remainder(0, dividend)
}

pub(super) fn signed_divide(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    divisor: i32,
    dividend: i32,
) -> Result<Reply, Trouble> {
    if divisor == 0 {
        return Ok(divided_by_zero(k, cx, dividend as u32));
    }
    Ok(quotient_and_remainder(
        dividend.wrapping_div(divisor) as u32,
        dividend.wrapping_rem(divisor) as u32,
    ))
}

pub(super) fn unsigned_divide(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    divisor: u32,
    dividend: u32,
) -> Result<Reply, Trouble> {
    if divisor == 0 {
        return Ok(divided_by_zero(k, cx, dividend));
    }
    Ok(quotient_and_remainder(
        dividend / divisor,
        dividend % divisor,
    ))
}

pub(super) fn signed_divide_10(
    _: &mut Portfolio,
    _: &mut CallCx<'_>,
    dividend: i32,
) -> Result<Reply, Trouble> {
    Ok(quotient_and_remainder(
        (dividend / 10) as u32,
        (dividend % 10) as u32,
    ))
}

pub(super) fn unsigned_divide_10(
    _: &mut Portfolio,
    _: &mut CallCx<'_>,
    dividend: u32,
) -> Result<Reply, Trouble> {
    Ok(quotient_and_remainder(dividend / 10, dividend % 10))
}

/// One tick of the kernel is 16 microseconds.
pub(super) fn usec_to_ticks(
    _: &mut Portfolio,
    _: &mut CallCx<'_>,
    usec: u32,
) -> Result<u32, Trouble> {
    Ok(usec >> 4)
}

/// Has no effect in 24.x.
pub(super) fn ticks_to_time_val(
    _: &mut Portfolio,
    _: &mut CallCx<'_>,
    _ticks: u32,
    _tv: GuestPtr<u32>,
) -> Result<(), Trouble> {
    Ok(())
}
