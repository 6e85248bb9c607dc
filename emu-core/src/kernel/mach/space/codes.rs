//! The codes this part of Mach answers with (Mach sheet 1.8).

use serde::{Deserialize, Serialize};

/// Why a call on names failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u32)]
pub enum KernReturn {
    /// No room for another name.
    NoSpace = 3,
    /// An argument is not acceptable.
    InvalidArgument = 4,
    /// It failed, without a more exact reason.
    Failure = 5,
    /// The port is in no set.
    NotInSet = 12,
    /// The name stands for something already.
    NameExists = 13,
    /// The name stands for nothing.
    InvalidName = 15,
    /// The name stands for another kind of right.
    InvalidRight = 17,
    /// A number is out of range.
    InvalidValue = 18,
    /// More user references than a name can have.
    UrefsOverflow = 19,
    /// What was given as a right is none.
    InvalidCapability = 20,
    /// The space has the right under another name.
    RightExists = 21,
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
    pub const SEND_INVALID_DEST: MsgReturn = MsgReturn(0x1000_0003);
    /// The queue was full for too long.
    pub const SEND_TIMED_OUT: MsgReturn = MsgReturn(0x1000_0004);
    /// The reply port is no right that can be sent so.
    pub const SEND_INVALID_REPLY: MsgReturn = MsgReturn(0x1000_0009);
    /// A right in the body is none that can be sent so.
    pub const SEND_INVALID_RIGHT: MsgReturn = MsgReturn(0x1000_000a);
    /// A descriptor is of no known kind.
    pub const SEND_INVALID_TYPE: MsgReturn = MsgReturn(0x1000_000f);
    /// The bits of the header contradict each other.
    pub const SEND_INVALID_HEADER: MsgReturn = MsgReturn(0x1000_0010);
    /// The name is neither a receive right nor a set.
    pub const RCV_INVALID_NAME: MsgReturn = MsgReturn(0x1000_4002);
    /// Nothing came for too long.
    pub const RCV_TIMED_OUT: MsgReturn = MsgReturn(0x1000_4003);
    /// The message does not fit.
    pub const RCV_TOO_LARGE: MsgReturn = MsgReturn(0x1000_4004);
    /// The port went into a set meanwhile.
    pub const RCV_PORT_CHANGED: MsgReturn = MsgReturn(0x1000_4006);
    /// The port died meanwhile.
    pub const RCV_PORT_DIED: MsgReturn = MsgReturn(0x1000_4009);
    /// The port is in a set, which has its messages.
    pub const RCV_IN_SET: MsgReturn = MsgReturn(0x1000_400a);
    /// The reply right got no name.
    pub const RCV_HEADER_ERROR: MsgReturn = MsgReturn(0x1000_400b);
    /// Something of the body got no name or no memory.
    pub const RCV_BODY_ERROR: MsgReturn = MsgReturn(0x1000_400c);
    /// Added to an error: there was no room for names.
    pub const IPC_SPACE: u32 = 0x2000;

    /// The code with more bits.
    pub fn with(self, bits: u32) -> MsgReturn {
        MsgReturn(self.0 | bits)
    }
}
