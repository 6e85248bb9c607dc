//! Error codes of the Audio folio (audio sheet 2.5).

use crate::kernel::portfolio::errors::Status;

/// A code of class "standard" of the Audio folio.
const fn standard(number: u8) -> Status {
    Status(0xD52B_F000_u32 as i32 | number as i32)
}

/// A code of the Audio folio's own class.
const fn own(number: u8) -> Status {
    Status(0xD52B_F100_u32 as i32 | number as i32)
}

pub const BADITEM: Status = standard(1);
pub const BADTAG: Status = standard(2);
pub const BADTAGVAL: Status = standard(3);
pub const NOMEM: Status = standard(6);
pub const BADPTR: Status = standard(9);
pub const BADFILENAME: Status = own(1);
pub const NOFIFO: Status = own(2);
pub const NOSAMPLE: Status = own(3);
pub const NOKNOBS: Status = own(4);
pub const BADNAME: Status = own(5);
pub const BADCALCTYPE: Status = own(7);
pub const BADKNOBRSRC: Status = own(8);
pub const BADFILEIO: Status = own(9);
pub const EXTERNALREF: Status = own(10);
pub const BADRSRCTYPE: Status = own(11);
pub const BADRLOCINDX: Status = own(12);
pub const RELOCATION: Status = own(13);
pub const RSRCATTR: Status = own(14);
pub const INUSE: Status = own(15);
pub const OVERMARKERS: Status = own(17);
pub const BADOFX: Status = own(18);
pub const NORSRC: Status = own(19);
pub const BADFILETYPE: Status = own(20);
pub const NOSIGNAL: Status = own(22);
pub const OUTOFRANGE: Status = own(23);
pub const UNIMPLEMENTED: Status = own(24);
pub const NULLADDRESS: Status = own(25);
pub const SECURITY: Status = own(27);
pub const NOTOWNER: Status = own(28);
pub const AUDIOCLOSED: Status = own(29);
pub const TAGCONFLICT: Status = own(31);
