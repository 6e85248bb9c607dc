//! Error codes of the file folio and of the drives (device sheet section 1).

use crate::kernel::portfolio::errors::Status;

/// A code of class "standard" of the file folio.
const fn standard(number: u8) -> Status {
    Status(0xD556_F000_u32 as i32 | number as i32)
}

/// A code of the file folio's own class.
const fn own(number: u8) -> Status {
    Status(0xD556_F100_u32 as i32 | number as i32)
}

pub const BAD_ITEM: Status = standard(1);
pub const NO_MEM: Status = standard(6);
/// Also what a full NVRAM answers: the shipped folio gives the number of "no space" in the wrong
/// class, and programs know it so.
pub const BAD_PTR: Status = standard(9);
pub const NO_SPACE: Status = standard(9);
pub const ABORTED: Status = standard(10);
pub const BAD_COMMAND: Status = standard(12);
pub const BAD_IO_ARG: Status = standard(13);
/// A name of exactly one character too many.
pub const BAD_NAME: Status = standard(14);
pub const NOT_SUPPORTED: Status = standard(16);
pub const NOT_PRIVILEGED: Status = standard(4);
pub const DEVICE_OFFLINE: Status = standard(19);
pub const NO_FILE: Status = own(1);
pub const NOT_A_DIRECTORY: Status = own(2);
pub const NO_FILE_SYSTEM: Status = own(3);
/// A name that cannot be one, and an alias that does not exist.
pub const ILLEGAL_NAME: Status = own(4);
pub const DAMAGED: Status = own(10);
pub const BUSY: Status = own(11);
pub const DUPLICATE_FILE: Status = own(12);
pub const READ_ONLY: Status = own(13);
/// What MountFileSystem answers when there is no valid label.
pub const NO_LABEL: Status = Status(-1);
/// What calls answer when a buffer is too small for a path.
pub const TOO_SMALL: Status = Status(-1);
