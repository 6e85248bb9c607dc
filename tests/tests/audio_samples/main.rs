//! Samples, attachments and envelopes of the Audio folio.
//!
//! Audio sheet 3, 4.3, 4.6.
#![forbid(unsafe_code)]

mod create;
mod envelopes;
mod load;
mod own;
mod play;
mod rig;
mod rules;
