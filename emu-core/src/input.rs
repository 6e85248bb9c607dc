//! What happens to the machine from outside, as data with a time.

use crate::device::pods::PodEvent;
use crate::media::MediaEvent;
use serde::{Deserialize, Serialize};

/// One thing that somebody does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// To the disc drive.
    Media(MediaEvent),
    /// To the pads, mice and whatever else hangs on the control port.
    Pods(PodEvent),
    /// At the keyboard of the system's console: these bytes arrive.
    Console(Vec<u8>),
}
