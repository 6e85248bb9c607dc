//! GrafBase, the display types and the blank display.
