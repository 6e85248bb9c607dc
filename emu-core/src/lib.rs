//! The machine without hardware.
#![forbid(unsafe_code)]

pub mod cpu;
