//! The codes this part of Mach answers with (Mach sheet 1.8).

use crate::kernel::mach::codes;
use serde::{Deserialize, Serialize};

/// Why a call on names failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u32)]
pub enum KernReturn {
    /// No room for another name.
    NoSpace = codes::KERN_NO_SPACE as u32,
    /// An argument is not acceptable.
    InvalidArgument = codes::KERN_INVALID_ARGUMENT as u32,
    /// It failed, without a more exact reason.
    Failure = codes::KERN_FAILURE as u32,
    /// The port is in no set.
    NotInSet = codes::KERN_NOT_IN_SET as u32,
    /// The name stands for something already.
    NameExists = codes::KERN_NAME_EXISTS as u32,
    /// The name stands for nothing.
    InvalidName = codes::KERN_INVALID_NAME as u32,
    /// The name stands for another kind of right.
    InvalidRight = codes::KERN_INVALID_RIGHT as u32,
    /// A number is out of range.
    InvalidValue = codes::KERN_INVALID_VALUE as u32,
    /// More user references than a name can have.
    UrefsOverflow = codes::KERN_UREFS_OVERFLOW as u32,
    /// What was given as a right is none.
    InvalidCapability = codes::KERN_INVALID_CAPABILITY as u32,
    /// The space has the right under another name.
    RightExists = codes::KERN_RIGHT_EXISTS as u32,
}

impl KernReturn {
    /// The number the guest sees.
    pub fn code(self) -> u32 {
        self as u32
    }
}

/// Why a message was not sent or not received; bits may be added to two of the codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MsgReturn(pub u32);

impl MsgReturn {
    /// The destination is no right one can send to.
    pub const SEND_INVALID_DEST: MsgReturn = MsgReturn(codes::MACH_SEND_INVALID_DEST as u32);
    /// The queue was full for too long.
    pub const SEND_TIMED_OUT: MsgReturn = MsgReturn(codes::MACH_SEND_TIMED_OUT as u32);
    /// The reply port is no right that can be sent so.
    pub const SEND_INVALID_REPLY: MsgReturn = MsgReturn(codes::MACH_SEND_INVALID_REPLY as u32);
    /// A right in the body is none that can be sent so.
    pub const SEND_INVALID_RIGHT: MsgReturn = MsgReturn(codes::MACH_SEND_INVALID_RIGHT as u32);
    /// A descriptor is of no known kind.
    pub const SEND_INVALID_TYPE: MsgReturn = MsgReturn(codes::MACH_SEND_INVALID_TYPE as u32);
    /// The bits of the header contradict each other.
    pub const SEND_INVALID_HEADER: MsgReturn = MsgReturn(codes::MACH_SEND_INVALID_HEADER as u32);
    /// The name is neither a receive right nor a set.
    pub const RCV_INVALID_NAME: MsgReturn = MsgReturn(codes::MACH_RCV_INVALID_NAME as u32);
    /// Nothing came for too long.
    pub const RCV_TIMED_OUT: MsgReturn = MsgReturn(codes::MACH_RCV_TIMED_OUT as u32);
    /// The message does not fit.
    pub const RCV_TOO_LARGE: MsgReturn = MsgReturn(codes::MACH_RCV_TOO_LARGE as u32);
    /// The port went into a set meanwhile.
    pub const RCV_PORT_CHANGED: MsgReturn = MsgReturn(codes::MACH_RCV_PORT_CHANGED as u32);
    /// The port died meanwhile.
    pub const RCV_PORT_DIED: MsgReturn = MsgReturn(codes::MACH_RCV_PORT_DIED as u32);
    /// The port is in a set, which has its messages.
    pub const RCV_IN_SET: MsgReturn = MsgReturn(codes::MACH_RCV_IN_SET as u32);
    /// The reply right got no name.
    pub const RCV_HEADER_ERROR: MsgReturn = MsgReturn(codes::MACH_RCV_HEADER_ERROR as u32);
    /// Something of the body got no name or no memory.
    pub const RCV_BODY_ERROR: MsgReturn = MsgReturn(codes::MACH_RCV_BODY_ERROR as u32);
    /// Added to an error: there was no room for names.
    pub const IPC_SPACE: u32 = codes::MACH_MSG_IPC_SPACE as u32;

    /// The code with more bits.
    pub fn with(self, bits: u32) -> MsgReturn {
        MsgReturn(self.0 | bits)
    }
}
