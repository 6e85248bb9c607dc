//! The ram device: NVRAM, and units for memories that this console has not got.
//!
//! ```text
//! unit 0  development RAM disk    empty
//!      1  file system in ROM      empty
//!      2  whole ROM               empty
//!      3  NVRAM                   32768 bytes, kept without power; only the system writes it
//!      4  ROM of the video card   empty
//!      5  Kanji font ROM          empty
//!      6  cable-box flash         empty
//!      7  cable-box flash         empty
//! ```
//!
//! A block is one byte, and every command is finished at once (device sheet 5.1), so there is
//! nothing to time, to wait for or to abort.

mod commands;
#[cfg(test)]
mod tests;

use emu_core::device::{
    Device, DeviceClass, DeviceCx, DeviceInfo, Finished, PendingWork, ReqId, Request, Submit,
};
use emu_core::event::{Event, Rank};
use emu_core::loader::linked_mem::{self, NVRAM_BYTES};
use emu_core::quirks::Quirks;
use emu_core::time::Tick;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The unit of NVRAM.
pub const UNIT_NVRAM: u8 = 3;
/// The highest unit.
pub const MAX_UNIT: u8 = 7;

/// NVRAM of another length than the console's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("NVRAM has {NVRAM_BYTES} bytes, not {0}")]
pub struct WrongLength(pub usize);

/// The device with its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ram {
    quirks: Quirks,
    nvram: Vec<u8>,
    changes: u64,
}

impl Ram {
    /// A console that was never used: NVRAM holds an empty volume.
    pub fn new(quirks: Quirks) -> Ram {
        Ram {
            quirks,
            nvram: linked_mem::fresh(),
            changes: 0,
        }
    }

    /// What is in NVRAM.
    pub fn nvram(&self) -> &[u8] {
        &self.nvram
    }

    /// Puts what the host has kept into NVRAM; no change in the sense of
    /// [`nvram_changes`](Ram::nvram_changes).
    pub fn set_nvram(&mut self, bytes: Vec<u8>) -> Result<(), WrongLength> {
        if bytes.len() != NVRAM_BYTES {
            return Err(WrongLength(bytes.len()));
        }
        self.nvram = bytes;
        Ok(())
    }

    /// How often the guest has changed a byte of NVRAM since power-on: when it has grown, there
    /// is something to keep. A save state brings its own count, so compare bytes after loading one.
    pub fn nvram_changes(&self) -> u64 {
        self.changes
    }
}

impl Device for Ram {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "ram",
            class: DeviceClass::Ram,
            max_unit: MAX_UNIT,
            commands: &["WRITE", "READ", "STATUS"],
            rank: Rank::FILES,
            counts_fields: false,
        }
    }

    fn submit(&mut self, request: Request, cx: &mut DeviceCx<'_>) -> Submit {
        let result = self.serve(&request, cx);
        Submit::Done(result.map_or_else(Finished::failed, Finished::ok))
    }

    fn event(&mut self, _event: Event, _cx: &mut DeviceCx<'_>) {}

    fn abort(&mut self, _id: ReqId, _cx: &mut DeviceCx<'_>) -> bool {
        false
    }

    fn is_sound(&self, _now: Tick) -> bool {
        self.nvram.len() == NVRAM_BYTES
    }

    fn pending(&self) -> Vec<PendingWork> {
        Vec::new()
    }
}
