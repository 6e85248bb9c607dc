//! Guests that mean harm: each ends with a documented error, fault or limit.
#![forbid(unsafe_code)]

mod bombs;
mod calls;
mod driver;
mod programs;
