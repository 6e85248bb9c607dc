//! Program files: what they are, and what a program needs before it can run.
//!
//! | module | what it knows |
//! |---|---|
//! | [`aif`] | ARM image files, the 3DO header, the loader's rules |
//! | [`identify`] | what a file that is no program is instead |
//!
//! Placing an image in memory is the kernel's work.

pub mod aif;
mod error;
pub mod identify;
