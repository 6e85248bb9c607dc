//! The cel engine: draws lists of cels into frame buffers (graphics sheet 2).
//!
//! Knows memory and registers, and nothing of a folio.

use emu_core::device::display::{CelEnd, CelJob, CelReport};
use emu_core::mem::Memory;
use emu_core::time::Ticks;
use serde::{Deserialize, Serialize};

/// The engine's registers, which keep their values from cel to cel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CelEngine {}

impl CelEngine {
    /// Draws a list of cels.
    pub fn draw(&mut self, _job: &CelJob, _memory: &mut Memory) -> CelReport {
        CelReport {
            end: CelEnd::Finished,
            cels: 0,
            pixels: 0,
            cost: Ticks(0),
        }
    }
}
