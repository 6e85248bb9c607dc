//! The expansion bus: there, but for the system alone (device sheet 5.3).
//!
//! A program is refused whatever it asks. For the system nothing is plugged in, so no command
//! has anybody to go to.

use emu_core::device::{
    DevError, Device, DeviceClass, DeviceCx, DeviceInfo, Finished, PendingWork, ReqId, Request,
    Submit,
};
use emu_core::event::{Event, Rank};
use serde::{Deserialize, Serialize};

/// The highest slot.
pub const MAX_UNIT: u8 = 15;

/// The expansion bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Xbus;

impl Device for Xbus {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "xbus",
            class: DeviceClass::Xbus,
            max_unit: MAX_UNIT,
            commands: &[
                "WRITE",
                "READ",
                "STATUS",
                "COMMAND",
                "DRAINFIFO",
                "SNARFSTATUS",
                "SETSPEED",
                "SETBURST",
                "SETHOGTIME",
                "WAITDIPIRSTART",
                "WAITDIPIREND",
                "RESETUNIT",
            ],
            rank: Rank::FILES,
            counts_fields: false,
        }
    }

    fn submit(&mut self, request: Request, _cx: &mut DeviceCx<'_>) -> Submit {
        let error = if request.privileged {
            DevError::BadCommand
        } else {
            DevError::NotPrivileged
        };
        Submit::Done(Finished::failed(error))
    }

    fn event(&mut self, _event: Event, _cx: &mut DeviceCx<'_>) {}

    fn abort(&mut self, _id: ReqId, _cx: &mut DeviceCx<'_>) -> bool {
        false
    }

    fn pending(&self) -> Vec<PendingWork> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_rig::{Rig, failed};
    use emu_core::device::Op;

    #[test]
    fn the_driver_has_twelve_commands() {
        let info = Xbus.info();
        assert_eq!((info.name, info.commands.len()), ("xbus", 12));
        assert_eq!(info.class, DeviceClass::Xbus);
    }

    #[test]
    fn programs_are_refused_and_the_system_finds_nobody() {
        let mut rig = Rig::new(Xbus);
        let own = (3..13).map(Op::Control);
        for op in [Op::Write, Op::Read, Op::Status].into_iter().chain(own) {
            for unit in [0, MAX_UNIT] {
                let (id, answer) = rig.send(op, unit, |_| ());
                assert_eq!(answer, failed(DevError::NotPrivileged), "{op:?}");
                assert!(!rig.abort(id));
                let answer = rig.send(op, unit, |request| request.privileged = true).1;
                assert_eq!(answer, failed(DevError::BadCommand), "{op:?}");
            }
        }
        assert_eq!(rig.heard(), []);
        assert!(rig.device.pending().is_empty());
    }
}
