//! Guests that mean harm: every one ends with a documented error, a guest fault or a limit.
#![forbid(unsafe_code)]

mod bombs;
mod calls;
mod driver;
mod programs;
