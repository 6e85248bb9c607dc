//! `control0`: what happens to the buttons of the first pad (Mach sheet 5.4).
//!
//! A record for each field in which they changed: the count of vertical blanks, and the buttons
//! that are down. Records wait until they are read; reads are served in the order in which they
//! came.

use super::{Ask, Begun};
use crate::device::DeviceClass;
use crate::device::pods::{Controls, Pod};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::device::OperationId;
use crate::kernel::mach::records::DevMode;
use crate::kernel::mach::records::flavors::DEV_GET_SIZE;
use crate::kernel::mach::records::status::StatusInts;
use crate::kernel::portfolio::Portfolio;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;
use std::collections::VecDeque;

/// Bytes of a record.
const RECORD: u32 = 8;
/// Records that are kept until somebody reads them; older ones go first.
const MOST_RECORDS: usize = 32;

/// The first pad as programs see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Count of vertical blanks and buttons, oldest first.
    records: VecDeque<(u32, u32)>,
    /// Reads that wait for a record.
    reads: VecDeque<OperationId>,
    /// The buttons that were down in the last field.
    buttons: u32,
    /// How often the pods had changed when they were looked at.
    seen: u64,
}

impl Control {
    /// As many of the oldest records as fit, as bytes.
    fn take(&mut self, room: u32) -> Vec<u8> {
        let count = self.records.len().min((room / RECORD) as usize);
        let records = self.records.drain(..count);
        records
            .flat_map(|(blanks, buttons)| [blanks.to_be_bytes(), buttons.to_be_bytes()])
            .flatten()
            .collect()
    }
}

impl Portfolio {
    pub(super) fn begin_control(&mut self, cx: &mut CallCx<'_>, ask: &Ask) -> Begun {
        if !ask.is_read {
            return Begun::failed(codes::D_INVALID_OPERATION);
        }
        if ask.len == 0 {
            return Begun::ok(0);
        }
        if ask.len < RECORD {
            return Begun::failed(codes::D_INVALID_SIZE);
        }
        let control = &mut self.mach.devices.models.control;
        if control.records.is_empty() {
            if ask.mode.contains(DevMode::D_NOWAIT) {
                return Begun::failed(codes::D_WOULD_BLOCK);
            }
            control.reads.push_back(ask.id);
            return Begun::Later;
        }
        let bytes = control.take(ask.len);
        let count = cx.bus.write_buffer(cx.mem, ask.buffer, 0, &bytes);
        Begun::ok(count)
    }

    /// A vertical blank: looks at the first pad.
    pub(in crate::kernel) fn control_field(&mut self, cx: &mut CallCx<'_>, count: u64) {
        let Some(port) = self.board_device(cx, DeviceClass::ControlPort) else {
            return;
        };
        let changes = port.pod_changes();
        let control = &mut self.mach.devices.models.control;
        if changes == control.seen {
            return;
        }
        control.seen = changes;
        let pods = port.pods();
        let is_pad = |pod: &&Pod| pod.kind.controls() == Some(Controls::Pad);
        let pad = pods.iter().find(is_pad);
        let buttons = pad.map_or(0, |pad| pad.state.buttons);
        if buttons == control.buttons {
            return;
        }
        control.buttons = buttons;
        if control.records.len() >= MOST_RECORDS {
            control.records.pop_front();
        }
        control.records.push_back((count as u32, buttons));
        self.serve_control(cx);
    }

    /// Gives what is there to those who wait for it.
    fn serve_control(&mut self, cx: &mut CallCx<'_>) {
        loop {
            let devices = &mut self.mach.devices;
            let control = &mut devices.models.control;
            if control.records.is_empty() {
                break;
            }
            let Some(id) = control.reads.pop_front() else {
                break;
            };
            // One that nobody waits for any more takes nothing.
            let Some(read) = devices.operations.get(&id) else {
                continue;
            };
            let bytes = control.take(read.wanted);
            let count = bytes.len() as u32;
            self.end_operation(cx, id, codes::D_SUCCESS, count, bytes);
        }
        self.settle_ports(cx);
    }

    pub(super) fn control_status(flavor: u32) -> Result<StatusInts, i32> {
        match flavor {
            DEV_GET_SIZE => Ok(smallvec![0, 1]),
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }
}
