//! What is asked about display and fields.

use crate::calls;

calls! { pub(crate) CALLS: Graphics;
    missing swi 52 SetVBLAttrs;
    missing swi 53 GetVBLAttrs;
    missing vec 46 GetFirstDisplayInfo;
    missing vec 48 QueryGraphics;
    missing vec 49 QueryGraphicsList;
    missing vec 51 SetVBLAttrs;
    missing vec 52 GetVBLAttrs;
}
