//! The machine without hardware: CPU, memory, time, kernels, loaders.
//!
//! Words used strictly throughout:
//!
//! * **guest**: the emulated machine and the programs on it; **host**: the machine we run on.
//! * **tick**: one CPU cycle of the guest, 80 ns ([`time::Tick`]).
//! * **task**: what the guest's scheduler runs; a *program* has memory of its own, a *thread*
//!   shares its program's.
//! * **item**: a number that names a kernel structure ([`kernel::portfolio::items::Item`]).
//! * **port**: where a guest's messages queue up.
//! * **request**: one thing asked of a device ([`device::Request`]); **completion**: its end.
//! * **personality**: an operating system's call interface: Portfolio, later Mach.
#![forbid(unsafe_code)]

pub mod chaos;
pub mod cpu;
pub mod debug;
pub mod device;
pub mod dice;
pub mod event;
pub mod input;
pub mod kernel;
pub mod loader;
pub mod machine;
pub mod media;
pub mod mem;
pub mod profile;
pub mod quirks;
pub mod sound;
pub mod time;
pub mod trace;
