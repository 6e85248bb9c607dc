//! What a sound device is: found, then started with what it shall play.

use super::tap::Tap;

/// Where devices come from.
pub trait Backend {
    /// The present default device; the error says in words why there is none.
    fn find(&mut self) -> Result<Box<dyn Found>, String>;
}

/// A device that does not play yet.
pub trait Found {
    /// For people.
    fn name(&self) -> String;

    /// Frames a second.
    fn rate(&self) -> u32;

    /// Lets it play; the error is words. A device that is lost later says so to the tap's
    /// other side (`Shared::lose`).
    fn start(self: Box<Self>, tap: Tap) -> Result<Box<dyn Line>, String>;
}

/// A device that plays as long as this exists.
pub trait Line {}
