//! Structures of the Graphics folio (graphics sheet 3.3, 2.2).

use super::{Folio, ItemNode, List, Node};
use crate::guest_struct;
use crate::kernel::portfolio::items::Item;
use crate::mem::GuestPtr;

guest_struct! {
    /// A frame buffer, its clip region, and the registers of the cel engine for it.
    Bitmap, size 0x84 {
        0x00 bm: ItemNode,
        0x24 bm_Buffer: u32,
        0x28 bm_Width: i32,
        0x2C bm_Height: i32,
        0x30 bm_VerticalOffset: i32,
        0x34 bm_Flags: u32,
        0x38 bm_ClipWidth: i32,
        0x3C bm_ClipHeight: i32,
        0x40 bm_ClipX: i32,
        0x44 bm_ClipY: i32,
        0x48 bm_WatchDogCtr: i32,
        0x4C bm_SysMalloc: i32,
        0x50 bm_SharedList: List,
        0x70 bm_CEControl: u32,
        0x74 bm_REGCTL0: u32,
        0x78 bm_REGCTL1: u32,
        0x7C bm_REGCTL2: u32,
        0x80 bm_REGCTL3: u32,
    }
}
guest_struct! {
    /// Screens that are shown alternately.
    ScreenGroup, size 0x74 {
        0x00 sg: ItemNode,
        0x24 sg_Y: i32,
        0x28 sg_ScreenHeight: i32,
        0x2C sg_DisplayHeight: i32,
        0x30 sg_SharedList: List,
        0x50 sg_Add_SG_Called: i32,
        0x54 sg_ScreenList: List,
    }
}
guest_struct! {
    /// One screen: bitmaps and the display list that shows them.
    Screen, size 0x7C {
        0x00 scr: ItemNode,
        0x24 scr_ScreenGroupPtr: GuestPtr<ScreenGroup>,
        0x28 scr_VDLPtr: GuestPtr<VDL>,
        0x2C scr_VDLItem: Item,
        0x30 scr_VDLType: i32,
        0x34 scr_BitmapCount: i32,
        0x38 scr_BitmapList: List,
        0x58 scr_SharedList: List,
        0x78 scr_TempBitmap: GuestPtr<Bitmap>,
    }
}
guest_struct! {
    /// A display list.
    VDL, size 0x44 {
        0x00 vdl: ItemNode,
        0x24 vdl_ScreenPtr: GuestPtr<Screen>,
        0x28 vdl_DataPtr: u32,
        0x2C vdl_Type: i32,
        0x30 vdl_DataSize: i32,
        0x34 vdl_Flags: u32,
        0x38 vdl_DisplayType: u32,
        0x3C vdl_Height: i32,
        0x40 vdl_Offset: i32,
    }
}
guest_struct! {
    /// Pens and where the next thing is drawn.
    GrafCon, size 0x28 {
        0x00 gc: Node,
        0x14 gc_FGPen: u32,
        0x18 gc_BGPen: u32,
        0x1C gc_PenX: i32,
        0x20 gc_PenY: i32,
        0x24 gc_Flags: u32,
    }
}
guest_struct! {
    /// A rectangle, its right column and bottom line included.
    Rect, size 0x10 {
        0x00 rect_XLeft: i32,
        0x04 rect_YTop: i32,
        0x08 rect_XRight: i32,
        0x0C rect_YBottom: i32,
    }
}
guest_struct! {
    /// A place in whole pixels.
    Point, size 0x8 {
        0x00 pt_X: i32,
        0x04 pt_Y: i32,
    }
}
guest_struct! {
    /// A font: its CCB and the tree of its characters.
    Font, size 0xC {
        0x00 font_Height: u8,
        0x01 font_Flags: u8,
        0x04 font_CCB: GuestPtr<CCB>,
        0x08 font_FontEntries: GuestPtr<FontEntry>,
    }
}
guest_struct! {
    /// One character of a font.
    FontEntry, size 0x2C {
        0x00 ft: Node,
        0x14 ft_CharValue: u32,
        0x18 ft_Width: u32,
        0x1C ft_Image: u32,
        0x20 ft_ImageByteCount: u32,
        0x24 ft_LesserBranch: GuestPtr<FontEntry>,
        0x28 ft_GreaterBranch: GuestPtr<FontEntry>,
    }
}
guest_struct! {
    /// A display type; pairs of tag and value follow, to a tag 0.
    DisplayInfo, size 0x1C {
        0x00 di: Node,
        0x14 di_Tags: [u32; 2],
    }
}
guest_struct! {
    /// The folio's own structure.
    GrafFolio, size 0x14C {
        0x00 gf: Folio,
        0x70 gf_Flags: u32,
        0x74 gf_VBLNumber: u32,
        0x78 gf_ZeroPage: u32,
        0x7C gf_VIRSPage: u32,
        0x80 gf_VRAMPageSize: u32,
        0x84 gf_DefaultDisplayWidth: u32,
        0x88 gf_DefaultDisplayHeight: u32,
        0x8C gf_TimeoutTimer: u32,
        0x9C gf_VDLForcedFirst: u32,
        0xA0 gf_VDLPreDisplay: u32,
        0xA4 gf_VDLPostDisplay: u32,
        0xA8 gf_VDLBlank: u32,
        0xAC gf_CurrentVDLEven: u32,
        0xB0 gf_CurrentVDLOdd: u32,
        0xB4 gf_VDLDisplayLink: u32,
        0xC0 gf_CelSemaphore: Item,
        0xC4 gf_VBLTime: u32,
        0xC8 gf_VBLFreq: u32,
        0xD0 gf_CurrentFontStream: u32,
        0xE8 gf_FontLRUList: List,
        0x108 gf_FileFontFlags: u32,
        0x114 gf_CurrentFont: GuestPtr<Font>,
        0x120 gf_DisplayInfoList: List,
        0x140 gf_DefaultDisplayType: u32,
        0x144 gf_DisplayTypeMask: u32,
        0x148 gf_BlankVDL: u32,
    }
}
guest_struct! {
    /// A cel control block (graphics sheet 2.2). With flags clear its later parts move up.
    CCB, size 0x44 {
        0x00 ccb_Flags: u32,
        0x04 ccb_NextPtr: u32,
        0x08 ccb_SourcePtr: u32,
        0x0C ccb_PLUTPtr: u32,
        0x10 ccb_XPos: i32,
        0x14 ccb_YPos: i32,
        0x18 ccb_HDX: i32,
        0x1C ccb_HDY: i32,
        0x20 ccb_VDX: i32,
        0x24 ccb_VDY: i32,
        0x28 ccb_HDDX: i32,
        0x2C ccb_HDDY: i32,
        0x30 ccb_PIXC: u32,
        0x34 ccb_PRE0: u32,
        0x38 ccb_PRE1: u32,
        0x3C ccb_Width: i32,
        0x40 ccb_Height: i32,
    }
}

/// Node types of the folio.
pub mod kind {
    /// A screen group.
    pub const SCREENGROUP: u8 = 1;
    /// A screen.
    pub const SCREEN: u8 = 2;
    /// A bitmap.
    pub const BITMAP: u8 = 3;
    /// A display list.
    pub const VDL: u8 = 4;
    /// A display type.
    pub const DISPLAYINFO: u8 = 5;
    /// An overlay.
    pub const OVERLAY: u8 = 6;
}

/// The folio's number.
pub const GRAFNODE: u8 = 2;
