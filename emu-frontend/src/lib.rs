//! Library half of `overture`.
#![forbid(unsafe_code)]
