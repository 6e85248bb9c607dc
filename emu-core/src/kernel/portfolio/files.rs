//! Files: volumes, open files, and the calls of the File folio.

use super::Portfolio;
use crate::event::Event;
use crate::kernel::call::CallCx;
use serde::{Deserialize, Serialize};

/// What the file system knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Files {}

impl Portfolio {
    /// Work that was put off is due.
    pub fn event(&mut self, _cx: &mut CallCx<'_>, _event: Event) {}

    /// Whether work that was put off will go on by itself.
    pub fn has_put_off_work(&self) -> bool {
        false
    }
}
