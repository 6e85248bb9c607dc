//! The event broker: who listens to pads, mice and the rest, and what they are told.
//!
//! Device sheet section 7. On a console it is a task behind the message port `eventbroker`; here
//! it is native code behind that port.

use serde::{Deserialize, Serialize};

/// What the event broker knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EventBroker {}
