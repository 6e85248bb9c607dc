//! Pens, pixels, lines and rectangles.

use crate::calls;

calls! { pub(crate) CALLS: Graphics;
    missing swi 33 DrawTo;
    missing swi 35 FillRect;
    missing vec 2 ReadPixel;
    missing vec 4 GetPixelAddress;
    missing vec 5 WritePixel;
    missing vec 24 SetFGPen;
    missing vec 25 SetBGPen;
    missing vec 30 MoveTo;
    missing vec 33 DrawTo;
    missing vec 34 FillRect;
}
