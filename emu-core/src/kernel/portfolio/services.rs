//! Small services: time, random numbers, versions, and calls that need privilege
//! (kernel sheet 8.7, 8.8).

use super::Portfolio;
use super::errors::{BADPRIV, NOSUPPORT};
use super::items::Item;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::CallCx;

/// Version 24, revision 225.
const OS_VERSION: u32 = 24 << 8 | 225;

/// SWI 38: seconds and microseconds since power-on.
fn sample_system_time(_k: &mut Portfolio, cx: &mut CallCx<'_>) -> Result<Reply, Trouble> {
    let (seconds, micros) = cx.now.system_micros().split();
    Ok(Reply {
        result: Some(seconds),
        second: Some(micros),
        ..Reply::NOTHING
    })
}

/// SWI 17: the noise register, here a seeded sequence so that runs repeat (xorshift64*).
fn read_hardware_random_number(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    let mut x = k.random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    k.random = x;
    Ok((x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) as u32)
}

/// SWI 35.
fn disc_os_version(_k: &mut Portfolio, _cx: &mut CallCx<'_>, _set: u32) -> Result<u32, Trouble> {
    Ok(OS_VERSION)
}

/// Calls that only privileged tasks may make.
fn need_privilege(_k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<i32, Trouble> {
    Err(BADPRIV.into())
}

/// SWI 26 checks signatures; this machine runs every program as an unsigned one.
fn no_signatures(_k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<i32, Trouble> {
    Err(NOSUPPORT.into())
}

/// Calls that the shipped kernel kept without any effect.
fn no_effect(_k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<(), Trouble> {
    Ok(())
}

fn set_function(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    _folio: Item,
    _number: u32,
    _kind: u32,
    _code: u32,
) -> Result<u32, Trouble> {
    Err(BADPRIV.into())
}

calls! { pub(crate) CALLS: Kernel;
    swi 11 Forbid() -> Nothing = no_effect;
    swi 12 Permit() -> Nothing = no_effect;
    swi 17 ReadHardwareRandomNumber() -> Word = read_hardware_random_number;
    refused swi 23 SetFunction(folio: Item, number: u32, kind: u32, code: u32) -> Pointer = set_function;
    refused swi 26 RSACheck() -> Number = no_signatures;
    refused swi 27 SuperWordCopy() -> Number = need_privilege;
    refused swi 29 CallBackSuper() -> Number = need_privilege;
    swi 31 Reserved31() -> Nothing = no_effect;
    swi 32 Reserved32() -> Nothing = no_effect;
    swi 35 DiscOsVersion(set: u32) -> Word = disc_os_version;
    swi 38 SampleSystemTime() -> Word = sample_system_time;
}
