//! The display: shows frame buffers as display lists say (graphics sheet 1).

use crate::cels::CelEngine;
use emu_core::device::display::{CelJob, CelReport, Picture, Scaling, Shown};
use emu_core::device::{
    DevError, Device, DeviceClass, DeviceCx, DeviceInfo, Finished, PendingWork, ReqId, Request,
    Submit,
};
use emu_core::event::{Event, Rank};
use emu_core::mem::Memory;
use serde::{Deserialize, Serialize};

/// The display and its cel engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// From the next vertical blank on.
    next: Shown,
    cels: CelEngine,
}

impl Display {
    /// What the present field looks like.
    pub fn picture(&self, _memory: &Memory, _scaling: Scaling) -> Picture {
        let (width, height) = self.next.mode.size();
        Picture::black(width, height)
    }
}

impl Device for Display {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "display",
            class: DeviceClass::Display,
            max_unit: 0,
            commands: &[],
            rank: Rank::FIELD,
            counts_fields: false,
        }
    }

    fn submit(&mut self, _request: Request, _cx: &mut DeviceCx<'_>) -> Submit {
        Submit::Done(Finished::failed(DevError::BadCommand))
    }

    fn event(&mut self, _event: Event, _cx: &mut DeviceCx<'_>) {}

    fn abort(&mut self, _id: ReqId, _cx: &mut DeviceCx<'_>) -> bool {
        false
    }

    fn show(&mut self, shown: Shown) {
        self.next = shown;
    }

    fn draw_cels(&mut self, job: &CelJob, cx: &mut DeviceCx<'_>) -> Option<CelReport> {
        let report = self.cels.draw(job, cx.memory());
        cx.stall(report.cost);
        Some(report)
    }

    fn pending(&self) -> Vec<PendingWork> {
        Vec::new()
    }
}
