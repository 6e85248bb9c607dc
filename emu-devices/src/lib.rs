//! Device models of the console, the board that carries them, and disc images.
//!
//! A device knows no operating system: it is given [`emu_core::device::Request`]s and answers
//! with completions and notices. Every device keeps the same file names: `x.rs` (state and the
//! `Device` implementation), `x/commands.rs` (what each command checks and starts),
//! `x/timing.rs` (when it ends), `x/tests.rs`.
#![forbid(unsafe_code)]

pub mod board;
pub mod cdrom;
pub mod cels;
pub mod control_port;
pub mod display;
pub mod dspp;
pub mod media;
pub mod pads;
pub mod ram;
pub mod sport;
#[cfg(test)]
mod test_rig;
pub mod timer;
pub mod xbus;

/// Behaviour of each device: a number goes up when a device answers in another way or at another
/// time than before, so that a recording from before says why it differs.
pub const VERSIONS: &[(&str, u32)] = &[
    ("cdrom", 1),
    ("cels", 1),
    ("control-port", 1),
    ("display", 1),
    ("dspp", 1),
    ("ram", 1),
    ("sport", 1),
    ("timer", 1),
    ("xbus", 1),
];
