//! Characters and strings.

use crate::calls;

calls! { pub(crate) CALLS: Graphics;
    missing swi 14 ResetCurrentFont;
    missing swi 27 OpenRAMFont;
    missing swi 29 DrawText16;
    missing swi 31 DrawChar;
    missing swi 36 SetCurrentFontCCB;
    missing swi 37 GetCurrentFont;
    missing swi 38 DrawText8;
    missing vec 9 DrawText16;
    missing vec 11 ResetCurrentFont;
    missing vec 32 DrawChar;
    missing vec 35 SetCurrentFontCCB;
    missing vec 36 GetCurrentFont;
    missing vec 37 DrawText8;
}
