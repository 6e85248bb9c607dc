//! What both operating-system personalities share, and the personalities.

pub mod abi;
pub mod call;
pub mod mach;
pub mod portfolio;
