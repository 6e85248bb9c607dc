//! `test_device0` and `test_device1`: bytes of every length (Mach sheet 5.4).

use super::{Ask, Begun};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::vm::PAGE;
use crate::kernel::portfolio::Portfolio;

/// The first byte of every page; all others are zero.
pub const TEST_MARK: u8 = b'x';
/// Flavors of `device_set_status` that are accepted.
const FLAVORS: std::ops::RangeInclusive<u32> = 1..=2;

impl Portfolio {
    pub(super) fn begin_test(cx: &mut CallCx<'_>, ask: &Ask) -> Begun {
        if ask.is_read && ask.len > 0 {
            let mut bytes = vec![0; ask.len as usize];
            bytes
                .iter_mut()
                .step_by(PAGE as usize)
                .for_each(|byte| *byte = TEST_MARK);
            cx.bus.write_buffer(cx.mem, ask.buffer, 0, &bytes);
        }
        Begun::ok(ask.len)
    }

    pub(super) fn set_test_status(flavor: u32) -> Result<(), i32> {
        match FLAVORS.contains(&flavor) {
            true => Ok(()),
            false => Err(codes::D_INVALID_OPERATION),
        }
    }
}
