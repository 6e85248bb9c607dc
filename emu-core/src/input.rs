//! What happens to the machine from outside, as data with a time.

use crate::media::MediaEvent;
use serde::{Deserialize, Serialize};

/// One thing that somebody does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// To the disc drive.
    Media(MediaEvent),
    /// At the keyboard of the system's console: these bytes arrive.
    Console(Vec<u8>),
}
