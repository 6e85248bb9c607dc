//! Guest programs.
#![forbid(unsafe_code)]
