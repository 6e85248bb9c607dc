//! What kernels may ask of a timer: its units and commands (SDK header time.h).

/// The unit that counts vertical blanks.
pub const UNIT_VBLANK: u8 = 0;
/// The unit that counts microseconds.
pub const UNIT_USEC: u8 = 1;
/// Control command: wait for a length of time.
pub const CMD_DELAY: u16 = 3;
/// Control command: wait for a point in time.
pub const CMD_DELAYUNTIL: u16 = 4;
/// Control command: a signal at every interval until aborted.
pub const CMD_METRONOME: u16 = 5;
