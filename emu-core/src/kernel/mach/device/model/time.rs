//! `time`: nothing but a page with the time, to be mapped (Mach sheet 5.4).

use crate::kernel::mach::codes;
use crate::kernel::mach::records::flavors::DEV_GET_SIZE;
use crate::kernel::mach::records::status::StatusInts;
use crate::kernel::mach::vm::PAGE;
use crate::kernel::portfolio::Portfolio;
use smallvec::smallvec;

impl Portfolio {
    pub(super) fn time_status(flavor: u32) -> Result<StatusInts, i32> {
        match flavor {
            DEV_GET_SIZE => Ok(smallvec![PAGE as i32, 1]),
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }
}
