//! DrawCels, DrawScreenCels and MapCel.

use crate::calls;

calls! { pub(crate) CALLS: Graphics;
    missing swi 23 DrawScreenCels;
    missing swi 39 DrawCels;
    missing vec 1 MapCel;
    missing vec 43 DrawCels;
    missing vec 44 DrawScreenCels;
}
