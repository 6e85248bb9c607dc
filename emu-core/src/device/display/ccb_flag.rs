//! Bits of ccb_Flags (graphics sheet 2.3).

/// The cel is not drawn.
pub const SKIP: u32 = 0x8000_0000;
/// The last CCB of its list.
pub const LAST: u32 = 0x4000_0000;
/// ccb_NextPtr is an address.
pub const NPABS: u32 = 0x2000_0000;
/// ccb_SourcePtr is an address.
pub const SPABS: u32 = 0x1000_0000;
/// ccb_PLUTPtr is an address.
pub const PPABS: u32 = 0x0800_0000;
/// The size deltas are loaded.
pub const LDSIZE: u32 = 0x0400_0000;
/// The deltas of the deltas are loaded.
pub const LDPRS: u32 = 0x0200_0000;
/// ccb_PIXC is loaded.
pub const LDPPMP: u32 = 0x0100_0000;
/// The PLUT is loaded.
pub const LDPLUT: u32 = 0x0080_0000;
/// The preamble is in the CCB.
pub const CCBPRE: u32 = 0x0040_0000;
/// The position is loaded.
pub const YOXY: u32 = 0x0020_0000;
/// Cels outside the clip region may be passed over.
pub const ACSC: u32 = 0x0010_0000;
/// Lines outside the clip region may be passed over.
pub const ALSC: u32 = 0x0008_0000;
/// Pixels that are clockwise are drawn.
pub const ACW: u32 = 0x0004_0000;
/// Pixels that are counter-clockwise are drawn.
pub const ACCW: u32 = 0x0002_0000;
/// A cel whose first pixel goes a way that is not drawn is abandoned.
pub const TWD: u32 = 0x0001_0000;
/// Both corner engines work.
pub const ACE: u32 = 0x0000_4000;
/// A source pixel makes one pixel at most.
pub const MARIA: u32 = 0x0000_1000;
/// The last stage of the pixel processor is an exclusive or.
pub const PXOR: u32 = 0x0000_0800;
/// The constant of PIXC is a set of controls.
pub const USEAV: u32 = 0x0000_0400;
/// The source data are packets.
pub const PACKED: u32 = 0x0000_0200;
/// Bits 15 and 0 are the decoder's, not the position's.
pub const PLUTPOS: u32 = 0x0000_0040;
/// Black pixels are drawn.
pub const BGND: u32 = 0x0000_0020;
/// Black is written as black.
pub const NOBLK: u32 = 0x0000_0010;
