//! Return codes of kernel, devices, stubs and messages (Mach sheet 1.8).
//!
//! One table makes the constants and the look-ups. All numbers are signed, because the codes of
//! message stubs are negative; a guest sees the same 32 bits.

mod explain;
mod text;

pub use self::explain::{Explanation, explain, explain_name};
pub use self::text::{EXTRA_BITS, ExtraBit, code_text, extra_bits};

/// Who gives a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// `kern_return_t`: the kernel.
    Kernel,
    /// `io_return_t`: devices.
    Device,
    /// Generated clients and servers.
    Mig,
    /// `mach_msg_return_t`: sending and receiving.
    Message,
}

impl Family {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Family::Kernel => "kernel",
            Family::Device => "device",
            Family::Mig => "mig",
            Family::Message => "message",
        }
    }

    /// Who gives such codes, in words.
    pub fn words(self) -> &'static str {
        match self {
            Family::Kernel => "kernel (kern_return_t)",
            Family::Device => "device (io_return_t)",
            Family::Mig => "stub of a client or server (MIG)",
            Family::Message => "message, sent or received (mach_msg_return_t)",
        }
    }
}

/// One row of the table of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The number that a guest gets.
    pub value: i32,
    /// The name in the headers.
    pub name: &'static str,
    /// Who gives it.
    pub family: Family,
    /// What it means, in one line.
    pub meaning: &'static str,
}

macro_rules! codes {
    ($($family:ident { $($name:ident = $value:literal, $meaning:literal;)* })*) => {
        $($(
            #[doc = $meaning]
            pub const $name: i32 = $value;
        )*)*

        /// All codes (Mach sheet 1.8), by family.
        pub const TABLE: &[Code] = &[$($(
            Code {
                value: $value,
                name: stringify!($name),
                family: Family::$family,
                meaning: $meaning,
            },
        )*)*];
    };
}

codes! {
    Kernel {
        KERN_SUCCESS = 0, "It worked.";
        KERN_INVALID_ADDRESS = 1, "The address is not one of the task's.";
        KERN_PROTECTION_FAILURE = 2, "The memory is there, but not for this use.";
        KERN_NO_SPACE = 3, "No room of that size, or not at that address.";
        KERN_INVALID_ARGUMENT = 4, "An argument is not acceptable.";
        KERN_FAILURE = 5, "It failed, without a more exact reason.";
        KERN_RESOURCE_SHORTAGE = 6, "The kernel has run out of something it needs.";
        KERN_NOT_RECEIVER = 7, "The task does not hold the receive right.";
        KERN_NO_ACCESS = 8, "The task may not do that.";
        KERN_MEMORY_FAILURE = 9, "The memory's object was destroyed.";
        KERN_MEMORY_ERROR = 10, "The memory's object could not give the data.";
        KERN_ALREADY_IN_SET = 11, "The port is in the set already (obsolete).";
        KERN_NOT_IN_SET = 12, "The port is in no set.";
        KERN_NAME_EXISTS = 13, "The name stands for something already.";
        KERN_ABORTED = 14, "The operation was broken off.";
        KERN_INVALID_NAME = 15, "The name stands for nothing.";
        KERN_INVALID_TASK = 16, "The target is not a live task.";
        KERN_INVALID_RIGHT = 17, "The name stands for another kind of right.";
        KERN_INVALID_VALUE = 18, "A number is out of range.";
        KERN_UREFS_OVERFLOW = 19, "The right would have too many user references.";
        KERN_INVALID_CAPABILITY = 20, "The right given is not usable.";
        KERN_RIGHT_EXISTS = 21, "The task holds the right under another name.";
        KERN_INVALID_HOST = 22, "The target is not a host port.";
        KERN_MEMORY_PRESENT = 23, "A page that was given is there already.";
        KERN_MEMORY_DATA_MOVED = 24, "A page that was to be copied has moved.";
        KERN_MEMORY_RESTART_COPY = 25, "A copy of memory has to begin again.";
        KERN_INVALID_PROCESSOR_SET = 26, "The target is not a processor set.";
        KERN_POLICY_LIMIT = 27, "The scheduling policy's limit would be exceeded.";
        KERN_INVALID_POLICY = 28, "The scheduling policy is not known.";
        KERN_INVALID_OBJECT = 29, "The object is not one of the wanted kind.";
        KERN_ALREADY_WAITING = 30, "Somebody waits for it already.";
        KERN_DEFAULT_SET = 31, "Not possible with the default processor set.";
        KERN_EXCEPTION_PROTECTED = 32, "The exception handler may not be replaced.";
        KERN_INVALID_LEDGER = 33, "The ledger is not acceptable.";
        KERN_INVALID_MEMORY_CONTROL = 34, "The target is not a memory control port.";
        KERN_INVALID_SECURITY = 35, "The security token or port is not acceptable.";
        KERN_NOT_DEPRESSED = 36, "The thread's priority was not lowered.";
        KERN_TERMINATED = 37, "The object has been terminated.";
        KERN_LOCK_SET_DESTROYED = 38, "The lock set has been destroyed.";
        KERN_LOCK_UNSTABLE = 39, "The lock's holder died with it.";
        KERN_LOCK_OWNED = 40, "Another thread has the lock.";
        KERN_LOCK_OWNED_SELF = 41, "The caller has the lock already.";
        KERN_SEMAPHORE_DESTROYED = 42, "The semaphore has been destroyed.";
        KERN_RPC_SERVER_TERMINATED = 43, "The server of a call ended.";
        KERN_RPC_TERMINATE_ORPHAN = 44, "A call without its caller has to end.";
        KERN_RPC_CONTINUE_ORPHAN = 45, "A call without its caller may go on.";
        KERN_NO_THREAD = 46, "There is no such thread.";
        KERN_NODE_DOWN = 47, "The other machine does not answer.";
        KERN_NOT_WAITING = 48, "Nobody waits for it.";
        KERN_OPERATION_TIMED_OUT = 49, "The time given has passed.";
        KERN_RETURN_MAX = 0x100, "Above all codes of the kernel.";
    }
    Device {
        D_IO_QUEUED = -1, "A driver has queued the request; no client sees it.";
        D_SUCCESS = 0, "It worked.";
        D_IO_ERROR = 2500, "The hardware failed.";
        D_WOULD_BLOCK = 2501, "There is no data and D_NOWAIT was given.";
        D_NO_SUCH_DEVICE = 2502, "The name is unknown, or the device is not open.";
        D_ALREADY_OPEN = 2503, "The device is exclusive and open.";
        D_DEVICE_DOWN = 2504, "The device is shut down, or its medium was changed.";
        D_INVALID_OPERATION = 2505, "The device does not do that.";
        D_INVALID_RECNUM = 2506, "The first record is outside the device.";
        D_INVALID_SIZE = 2507, "The length is not allowed, or runs past the end.";
        D_NO_MEMORY = 2508, "No memory for the request.";
        D_READ_ONLY = 2509, "The device cannot be written.";
        D_OUT_OF_BAND = 2510, "An out-of-band condition waits to be read.";
        D_NOT_CLONED = 2511, "The device cannot be cloned.";
    }
    Mig {
        MIG_TYPE_ERROR = -300, "Something in the message has the wrong type or size.";
        MIG_REPLY_MISMATCH = -301, "The reply is one to another request.";
        MIG_REMOTE_ERROR = -302, "The server found an error in the message.";
        MIG_BAD_ID = -303, "No routine has that id.";
        MIG_BAD_ARGUMENTS = -304, "The request is not of the routine's form.";
        MIG_NO_REPLY = -305, "The server sends no reply (internal).";
        MIG_EXCEPTION = -306, "The server raised an exception.";
        MIG_ARRAY_TOO_LARGE = -307, "An array has no room where it should go.";
        MIG_SERVER_DIED = -308, "The server ended without a reply.";
        MIG_TRAILER_ERROR = -309, "The trailer is not of a known form.";
    }
    Message {
        MACH_SEND_IN_PROGRESS = 0x1000_0001, "The message is being sent (internal).";
        MACH_SEND_INVALID_DATA = 0x1000_0002, "The message cannot be read.";
        MACH_SEND_INVALID_DEST = 0x1000_0003, "The destination is no right to send to.";
        MACH_SEND_TIMED_OUT = 0x1000_0004, "The queue stayed full for the time given.";
        MACH_SEND_INTERRUPTED = 0x1000_0007, "Sending was interrupted; a trap: use the message.";
        MACH_SEND_MSG_TOO_SMALL = 0x1000_0008, "The message ends before its contents.";
        MACH_SEND_INVALID_REPLY = 0x1000_0009, "The reply port is no acceptable right.";
        MACH_SEND_INVALID_RIGHT = 0x1000_000a, "A right in the message is not the task's.";
        MACH_SEND_INVALID_NOTIFY = 0x1000_000b, "The notification port is not acceptable.";
        MACH_SEND_INVALID_MEMORY = 0x1000_000c, "Out-of-line data cannot be read.";
        MACH_SEND_NO_BUFFER = 0x1000_000d, "The kernel has no room for the message.";
        MACH_SEND_INVALID_TYPE = 0x1000_000f, "A descriptor is of no known kind.";
        MACH_SEND_INVALID_HEADER = 0x1000_0010, "The bits of the header are not acceptable.";
        MACH_SEND_INVALID_TRAILER = 0x1000_0011, "The trailer to send is not acceptable.";
        MACH_SEND_INVALID_RT_OOL_SIZE = 0x1000_0015, "Out-of-line data too large for real time.";
        MACH_RCV_IN_PROGRESS = 0x1000_4001, "A message is being received (internal).";
        MACH_RCV_INVALID_NAME = 0x1000_4002, "The name is no receive right and no set.";
        MACH_RCV_TIMED_OUT = 0x1000_4003, "No message came in the time given.";
        MACH_RCV_TOO_LARGE = 0x1000_4004, "Message and trailer do not fit the buffer.";
        MACH_RCV_INTERRUPTED = 0x1000_4005, "Receiving was interrupted.";
        MACH_RCV_PORT_CHANGED = 0x1000_4006, "The port was moved into a set meanwhile.";
        MACH_RCV_INVALID_NOTIFY = 0x1000_4007, "The notification port is not acceptable.";
        MACH_RCV_INVALID_DATA = 0x1000_4008, "The buffer cannot be written.";
        MACH_RCV_PORT_DIED = 0x1000_4009, "The port was destroyed meanwhile.";
        MACH_RCV_IN_SET = 0x1000_400a, "The port is a member of a set.";
        MACH_RCV_HEADER_ERROR = 0x1000_400b, "The rights of the header had no room.";
        MACH_RCV_BODY_ERROR = 0x1000_400c, "The contents of the body had no room.";
        MACH_RCV_INVALID_TYPE = 0x1000_400d, "An entry of the scatter list is of no known kind.";
        MACH_RCV_SCATTER_SMALL = 0x1000_400e, "An entry of the scatter list is too small.";
        MACH_RCV_INVALID_TRAILER = 0x1000_400f, "The trailer asked for does not exist.";
    }
}

/// The table's first row with a number: 0 gives `KERN_SUCCESS`.
pub fn by_number(value: i32) -> Option<&'static Code> {
    TABLE.iter().find(|row| row.value == value)
}

/// The row of one family with a number: 0 of [`Family::Device`] gives `D_SUCCESS`.
pub fn by_family(family: Family, value: i32) -> Option<&'static Code> {
    TABLE
        .iter()
        .find(|row| row.family == family && row.value == value)
}

/// The row with a name, spelt as in the headers.
pub fn by_name(name: &str) -> Option<&'static Code> {
    TABLE.iter().find(|row| row.name == name)
}

/// Or-ed into header and body errors: no name left in the task.
pub const MACH_MSG_IPC_SPACE: i32 = 0x2000;
/// Or-ed into header and body errors: no address left in the task.
pub const MACH_MSG_VM_SPACE: i32 = 0x1000;
/// Or-ed into header and body errors: the kernel had no memory for a name.
pub const MACH_MSG_IPC_KERNEL: i32 = 0x0800;
/// Or-ed into header and body errors: the kernel had no memory for an address.
pub const MACH_MSG_VM_KERNEL: i32 = 0x0400;
/// Or-ed into header and body errors: a descriptor not usable in real time.
pub const MACH_MSG_INVALID_RT_DESCRIPTOR: i32 = 0x0200;
/// All bits that can be or-ed into header and body errors.
pub const MACH_MSG_MASK: i32 = 0x3e00;

/// A message code without its extra bits ([`MACH_MSG_MASK`]); other codes unchanged.
pub fn without_extra_bits(value: i32) -> i32 {
    match value & 0x7fff_0000 {
        0x1000_0000 if value > 0 => value & !MACH_MSG_MASK,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_numbers_within_a_family_too() {
        for (at, row) in TABLE.iter().enumerate() {
            for other in &TABLE[..at] {
                assert_ne!(row.name, other.name);
                assert!(row.family != other.family || row.value != other.value);
                // Only success is shared.
                assert!(row.value == 0 || row.value != other.value, "{}", row.name);
            }
            assert_eq!(by_name(row.name), Some(row));
            assert_eq!(by_family(row.family, row.value), Some(row));
        }
    }

    #[test]
    fn numbers_are_those_of_the_sheet() {
        assert_eq!(D_NO_SUCH_DEVICE, 0x9c6);
        assert_eq!(D_IO_QUEUED as u32, 0xffff_ffff);
        assert_eq!(by_number(37).map(|row| row.name), Some("KERN_TERMINATED"));
        assert_eq!(by_number(0).map(|row| row.name), Some("KERN_SUCCESS"));
        assert_eq!(by_number(-303).map(|row| row.name), Some("MIG_BAD_ID"));
        assert_eq!(by_number(2512), None);
        assert_eq!(by_name("D_NOTHING"), None);
    }

    #[test]
    fn extra_bits_come_off_message_codes_only() {
        let code = MACH_RCV_BODY_ERROR | MACH_MSG_IPC_SPACE | MACH_MSG_VM_KERNEL;
        assert_eq!(without_extra_bits(code), MACH_RCV_BODY_ERROR);
        for row in TABLE {
            assert_eq!(without_extra_bits(row.value), row.value, "{}", row.name);
        }
        assert_eq!(without_extra_bits(0x2000), 0x2000);
    }
}
