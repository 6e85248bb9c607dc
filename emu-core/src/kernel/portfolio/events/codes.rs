//! The event broker's numbers: errors, flavors, events (device sheet 7.1, 7.6).

use crate::kernel::portfolio::errors::Status;

const fn standard(number: u8) -> Status {
    Status(0xF14C_D000_u32 as i32 | number as i32)
}

pub const BAD_ITEM: Status = standard(1);
pub const NO_MEM: Status = standard(6);
pub const SOFT_ERR: Status = standard(8);
pub const BAD_PTR: Status = standard(9);
pub const BAD_UNIT: Status = standard(11);
pub const NOT_SUPPORTED: Status = standard(16);

/// What a message is about; the answer to an odd one has the next number.
pub mod flavor {
    pub const NO_OP: u32 = 0;
    pub const CONFIGURE: u32 = 1;
    pub const EVENT_RECORD: u32 = 3;
    pub const SEND_EVENT: u32 = 5;
    pub const GET_LISTENERS: u32 = 11;
    pub const SET_FOCUS: u32 = 13;
    pub const GET_FOCUS: u32 = 15;
    pub const READ_POD_DATA: u32 = 17;
    pub const WRITE_POD_DATA: u32 = 19;
    pub const ISSUE_POD_CMD: u32 = 25;
    pub const DESCRIBE_PODS: u32 = 27;
    pub const MAKE_TABLE: u32 = 29;
    /// The highest there is.
    pub const LAST: u32 = 30;
}

/// Numbers of events that do not come from pods.
pub mod event {
    pub const GIVING_FOCUS: u8 = 19;
    pub const LOSING_FOCUS: u8 = 20;
    pub const DEVICE_ONLINE: u8 = 64;
    pub const DEVICE_OFFLINE: u8 = 65;
    pub const FILESYSTEM_MOUNTED: u8 = 66;
    pub const FILESYSTEM_OFFLINE: u8 = 67;
    pub const FILESYSTEM_DISMOUNTED: u8 = 68;
    pub const CONTROL_PORT_CHANGE: u8 = 69;
    pub const QUEUE_OVERFLOW: u8 = 72;
}
