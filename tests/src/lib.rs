//! Shared helpers of the conformance tests.
#![forbid(unsafe_code)]

pub mod guest;
pub mod picture;
pub mod run;
pub mod traces;
