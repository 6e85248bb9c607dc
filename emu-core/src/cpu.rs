//! The ARM60.

mod bus;
pub use bus::{Abort, Bus, Stored};
