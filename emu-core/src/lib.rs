//! The machine without hardware: ARM60, memory, simulated time, kernels, loaders.
#![forbid(unsafe_code)]

pub mod cpu;
pub mod time;
