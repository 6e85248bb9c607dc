//! The ARM60.
