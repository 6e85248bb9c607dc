//! Portfolio error codes: encoding, names and texts (kernel sheet section 9).
//!
//! ```text
//! 1 oooooo iiiiiiiiiiii ss ee c nnnnnnnn
//!   object module-id    |  |  class (0 standard, 1 the module's own), number
//!                       |  environment
//!                       severity
//! ```

use crate::mem::{FieldKind, GuestType, GuestValue};
use serde::{Deserialize, Serialize};

/// The result of a call: negative is an error code.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status(pub i32);

impl Status {
    /// Success.
    pub const OK: Status = Status(0);

    /// A code of class "standard" of the kernel.
    pub const fn kernel(number: u8) -> Status {
        Status(0xD57B_9000_u32 as i32 | number as i32)
    }

    /// A code of the kernel's own class.
    pub const fn kernel_own(number: u8) -> Status {
        Status(0xD57B_9100_u32 as i32 | number as i32)
    }

    /// Whether this is an error.
    pub const fn is_error(self) -> bool {
        self.0 < 0
    }
}

impl std::fmt::Debug for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#010x}", self.0 as u32)
    }
}

impl GuestType for Status {
    const SIZE: u32 = 4;
    const KIND: FieldKind = FieldKind::Signed;
}
impl GuestValue for Status {
    fn from_guest_bytes(bytes: &[u8]) -> Self {
        Status(i32::from_guest_bytes(bytes))
    }
    fn to_guest_bytes(self, bytes: &mut [u8]) {
        self.0.to_guest_bytes(bytes);
    }
}

macro_rules! kernel_errors {
    ($kind:ident: $($number:literal $name:ident),* $(,)?) => {
        $(
            #[doc = concat!("Kernel error ", stringify!($number), " of its class.")]
            pub const $name: Status = Status::$kind($number);
        )*
    };
}

kernel_errors! { kernel:
    1 BADITEM, 2 BADTAG, 3 BADTAGVAL, 4 BADPRIV, 5 NOT_FOUND, 6 NOMEM, 7 BADSUBTYPE, 8 SOFT_ERR,
    9 BADPTR, 10 ABORTED, 11 BADUNIT, 12 BADCOMMAND, 13 BADIOARG, 14 BADNAME, 15 IO_NOT_DONE,
    16 NOSUPPORT, 17 IO_INCOMPLETE, 18 NOTOWNER, 19 DEVICE_OFFLINE, 20 DEVICE_ERROR,
    21 MEDIA_ERROR, 22 END_OF_MEDIUM, 23 PARAM_ERROR, 24 NO_SIGNALS, 25 NO_HARDWARE,
}
kernel_errors! { kernel_own:
    1 BAD_TYPE, 4 BAD_DRIVER_ITEM, 5 ITEM_NOT_OPEN, 6 ITEM_TABLE_FULL, 7 BAD_MEM_CMD, 8 NO_SIGS,
    9 MSG_SENT, 10 NO_REPLY_PORT, 11 BADSIZE, 12 BAD_PRIORITY, 13 THREAD_ERROR, 14 BAD_QUANTA,
    15 BAD_STACK_SIZE, 16 NO_TIMER, 17 CANT_OPEN, 18 RSA_FAIL, 19 NO_XBUS_HARDWARE,
    20 XBUS_OVERFLOW, 21 REPLY_PORT_NEEDED, 22 ILLEGAL_SIGNAL, 23 BAD_LOCK_ARG, 24 BADAIF,
    25 CANT_SET_OWNER, 26 ITEM_STILL_OPENED, 27 UNIQUE_ITEM_EXISTS, 28 BAD_EXIT_STATUS,
    29 TASK_KILLED,
}

// ---- stand-ins until the tables arrive ----
/// name
pub fn name(_c: i32) -> Option<&'static str> { None }
/// text
pub fn text(c: i32) -> String { format!("{c:#x}") }
/// text_with
pub fn text_with(c: i32, _l: impl Fn(u32,u8,u8)->Option<Vec<u8>>) -> String { format!("{c:#x}") }
/// explain
pub fn explain(c: i32) -> String { format!("{c:#x}") }
