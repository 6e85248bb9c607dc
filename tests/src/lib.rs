//! Shared helpers of the conformance tests.
#![forbid(unsafe_code)]

pub mod run;
pub mod guest;
