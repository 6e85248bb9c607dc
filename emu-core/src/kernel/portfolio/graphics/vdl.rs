//! Display lists: submitted, proofed, attached and modified; colours.

use super::codes::NOTYET;
use crate::calls;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::tags::CommonTags;

impl Portfolio {
    /// CreateItem of a display list.
    pub(super) fn create_vdl(
        &mut self,
        _cx: &mut CallCx<'_>,
        _common: CommonTags,
        _tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        Err(NOTYET)
    }

    /// A display list's end.
    pub(super) fn delete_vdl(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.free_item(cx.mem, item);
    }
}

calls! { pub(crate) CALLS: Graphics;
    missing swi 5 EnableVAVG;
    missing swi 6 DisableVAVG;
    missing swi 7 EnableHAVG;
    missing swi 8 DisableHAVG;
    missing swi 9 SetScreenColor;
    missing swi 10 ResetScreenColors;
    missing swi 13 SetScreenColors;
    missing swi 47 SetVDL;
    missing swi 51 ModifyVDL;
    missing vec 3 ReadCLUTColor;
    missing vec 16 EnableVAVG;
    missing vec 17 DisableVAVG;
    missing vec 18 EnableHAVG;
    missing vec 19 DisableHAVG;
    missing vec 20 SetScreenColor;
    missing vec 21 ResetScreenColors;
    missing vec 22 SetScreenColors;
    missing vec 41 SetVDL;
    missing vec 42 SubmitVDL;
    missing vec 47 ModifyVDL;
}
