//! The control port: the chain of pods, and requests that wait.
//!
//! ```text
//! unit 0  frames of the pads, one a field   READ waits until it is aborted: the broker does
//!                                           the work of this unit here
//! unit 1  events that programs report       WRITE --frame--> the READ that waits longest
//! ```
//!
//! See device sheet 5.2.

mod commands;
#[cfg(test)]
mod tests;

use crate::pads::Pads;
use emu_core::device::pods::{Pod, PodEvent, PodOutput};
use emu_core::device::{
    DevError, Device, DeviceClass, DeviceCx, DeviceInfo, Finished, PendingWork, ReqId, Request,
    Submit,
};
use emu_core::event::{Event, Rank};
use emu_core::time::{Tick, Video};
use serde::{Deserialize, Serialize};

/// The unit of the pads' raw data.
pub const UNIT_FRAMES: u8 = 0;
/// The unit of events that programs report.
pub const UNIT_EVENTS: u8 = 1;
/// Control command: what the pads are asked for.
pub const CMD_CONFIGURE: u16 = 3;
/// Control command: data to the pads and from them in one field.
pub const CMD_READWRITE: u16 = 4;

/// The control port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlPort {
    /// Reads that wait, of both units, the oldest first.
    readers: Vec<Request>,
    /// What is plugged in.
    pads: Pads,
}

impl ControlPort {
    /// A port at power-on with one pad.
    pub fn new(video: Video) -> ControlPort {
        ControlPort::with_pads(Pads::new(video))
    }

    /// A port at power-on with pods of one's own.
    pub fn with_pads(pads: Pads) -> ControlPort {
        ControlPort {
            readers: Vec::new(),
            pads,
        }
    }
}

impl Device for ControlPort {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "ControlPort",
            class: DeviceClass::ControlPort,
            max_unit: UNIT_EVENTS,
            commands: &["WRITE", "READ", "STATUS", "CONFIGURE", "READWRITE"],
            rank: Rank::INPUT,
            counts_fields: false,
        }
    }

    fn submit(&mut self, request: Request, cx: &mut DeviceCx<'_>) -> Submit {
        self.start(request, cx)
            .unwrap_or_else(|error| Submit::Done(Finished::failed(error)))
    }

    fn event(&mut self, _event: Event, _cx: &mut DeviceCx<'_>) {}

    fn abort(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> bool {
        let Some(place) = self.readers.iter().position(|reader| reader.id == id) else {
            return false;
        };
        self.readers.remove(place);
        cx.complete(id, Finished::failed(DevError::Aborted));
        true
    }

    fn is_sound(&self, _now: Tick) -> bool {
        self.readers.is_sorted_by(|a, b| a.id < b.id)
            && self.readers.iter().all(|reader| reader.unit <= UNIT_EVENTS)
            && self.pads.is_sound()
    }

    fn pod_event(&mut self, event: &PodEvent) -> bool {
        self.pads.event(event)
    }

    fn pods(&self) -> Vec<Pod> {
        self.pads.pods()
    }

    fn pod_changes(&self) -> u64 {
        self.pads.changes()
    }

    fn drive_pod(&mut self, serial: u32, output: PodOutput) {
        self.pads.drive(serial, output);
    }

    /// None: a reader waits for somebody's help.
    fn pending(&self) -> Vec<PendingWork> {
        Vec::new()
    }
}
