//! What programs fill in for calls of the Operamath folio (kernel sheet 1.9).

use crate::guest_struct;
use crate::mem::GuestPtr;

guest_struct! {
    /// The arguments of MulManyVec3Mat33DivZ_F16. Not in the list of all structures: names so
    /// short would be constants of every guest program.
    #[allow(non_camel_case_types)]
    mmv3m33d, size 0x14 {
        0x00 dest: GuestPtr<u32>,
        0x04 src: GuestPtr<u32>,
        0x08 mat: GuestPtr<u32>,
        0x0C n: i32,
        0x10 count: u32,
    }
}
guest_struct! {
    /// Where MulObjectVec3Mat33_F16 finds things inside an object.
    ObjOffset1, size 0x10 {
        0x00 oo1_DestArrayPtrOffset: i32,
        0x04 oo1_SrcArrayPtrOffset: i32,
        0x08 oo1_MatOffset: i32,
        0x0C oo1_CountOffset: i32,
    }
}
guest_struct! {
    /// Where MulObjectMat33_F16 finds things inside an object.
    ObjOffset2, size 0x8 {
        0x00 oo2_DestMatOffset: i32,
        0x04 oo2_SrcMatOffset: i32,
    }
}
