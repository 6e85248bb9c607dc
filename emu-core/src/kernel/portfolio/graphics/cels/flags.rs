//! Bits of ccb_Flags that the folio itself sets (graphics sheet 2.3).

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
/// What lies outside the clip region may be passed over, whole cels and lines.
pub const SUPERCLIP: u32 = 0x0018_0000;
/// Pixels that are clockwise are drawn.
pub const ACW: u32 = 0x0004_0000;
/// Pixels that are counter-clockwise are drawn.
pub const ACCW: u32 = 0x0002_0000;
/// Both corner engines work.
pub const ACE: u32 = 0x0000_4000;
/// Black pixels are drawn.
pub const BGND: u32 = 0x0000_0020;
/// Black is written as black.
pub const NOBLK: u32 = 0x0000_0010;
