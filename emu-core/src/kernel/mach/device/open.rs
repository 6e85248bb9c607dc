//! Opening and closing: all opens of a device share one port (Mach sheet 1.3).

use super::names::{NAMES, resolve};
use super::{Devices, OpenDevice};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::records::DevMode;
use crate::kernel::mach::space::{KernelObject, PortId, Right};
use crate::kernel::portfolio::Portfolio;
use std::collections::VecDeque;

impl Devices {
    /// An open device.
    pub(super) fn get(&self, device: u32) -> Option<&OpenDevice> {
        self.open.get(&device)
    }

    /// An open device.
    pub(super) fn get_mut(&mut self, device: u32) -> Option<&mut OpenDevice> {
        self.open.get_mut(&device)
    }
}

impl Portfolio {
    /// `device_open`: a send right to the port of the device with this name.
    pub(super) fn open_device(
        &mut self,
        cx: &mut CallCx<'_>,
        name: &[u8],
        mode: DevMode,
    ) -> Result<Right, i32> {
        let device = resolve(name).ok_or(codes::D_NO_SUCH_DEVICE)?;
        let row = NAMES.get(device as usize);
        let row = row.ok_or(codes::D_NO_SUCH_DEVICE)?;
        let is_open = self.mach.devices.open.contains_key(&device);
        if is_open && row.is_exclusive {
            return Err(codes::D_ALREADY_OPEN);
        }
        if mode.contains(DevMode::D_CLONE) {
            return Err(codes::D_NOT_CLONED);
        }
        let changes = self.model_open(cx, row.model, mode)?;
        let mach = &mut self.mach;
        let open = match mach.devices.open.entry(device) {
            std::collections::btree_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => free.insert(OpenDevice {
                port: mach.ports.create_kernel(KernelObject::Device(device)),
                opens: 0,
                limit: 0,
                active: 0,
                held: VecDeque::new(),
                changes: 0,
            }),
        };
        open.opens = open.opens.saturating_add(1);
        open.changes = changes;
        Ok(mach.ports.make_send(open.port))
    }

    /// `device_close`: one open less; the last one ends the port. What was accepted goes on.
    pub(super) fn close_device(&mut self, cx: &mut CallCx<'_>, device: u32) -> Result<(), i32> {
        let mach = &mut self.mach;
        let open = mach.devices.open.get_mut(&device);
        let open = open.ok_or(codes::D_NO_SUCH_DEVICE)?;
        open.opens = open.opens.saturating_sub(1);
        if open.opens == 0 {
            let port = open.port;
            self.end_device(cx, device, port);
        }
        Ok(())
    }

    /// Nobody has a right to the device any more: as many closes as there were opens.
    pub(in crate::kernel::mach) fn close_forgotten(&mut self, cx: &mut CallCx<'_>, device: u32) {
        if let Some(open) = self.mach.devices.open.get(&device) {
            let port = open.port;
            self.end_device(cx, device, port);
        }
    }

    fn end_device(&mut self, cx: &mut CallCx<'_>, device: u32, port: PortId) {
        let gone = self.mach.devices.open.remove(&device);
        self.mach.ports.destroy_kernel(port);
        // Requests beyond the limit have been accepted: they go on without it.
        for id in gone.map(|open| open.held).unwrap_or_default() {
            self.begin_operation(cx, id);
        }
    }

    /// The device that a name of the caller's leads to, if it is open.
    pub(in crate::kernel::mach) fn device_named(&mut self, name: u32) -> Option<u32> {
        let program = self.mach_caller();
        match self.mach.object_of(program, name)?.0 {
            KernelObject::Device(device) if self.mach.devices.open.contains_key(&device) => {
                Some(device)
            }
            _ => None,
        }
    }
}
