//! The project's own traps -203 to -208: messages without messages.
//!
//! Mach sheet 5.3.

#![expect(
    clippy::too_many_arguments,
    reason = "a trap has as many as its page says"
)]

use super::{Count, Flavor, captured, wait_for};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::mach::codes;
use crate::kernel::mach::device::PortName;
use crate::kernel::mach::device::collect::{Collect, Form};
use crate::kernel::mach::device::operation::Wish;
use crate::kernel::mach::records::{DEV_NAME_MAX, DEV_STATUS_MAX, DevMode, IO_INBAND_MAX};
use crate::kernel::mach::rpc::{KernCode, code_of, done, kern};
use crate::kernel::mach::space::KernelObject;
use crate::kernel::portfolio::Portfolio;
use crate::mem::{CString, GuestPtr};

impl Portfolio {
    /// The device whose status call ends later, if this is one.
    fn waits_for_status(&mut self, dev: PortName, flavor: Flavor) -> Option<u32> {
        let device = self.device_named(dev.0)?;
        self.ends_later(device, flavor.0).then_some(device)
    }
}

fn open_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    master: PortName,
    mode: DevMode,
    name: GuestPtr<CString>,
    device: GuestPtr<u32>,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        let program = k.mach_caller();
        match k.mach.object_of(program, master.0) {
            Some((KernelObject::DeviceMaster, _)) => (),
            _ => return Err(codes::D_INVALID_OPERATION),
        }
        let invalid = |_| codes::KERN_INVALID_ADDRESS;
        let name = cx
            .mem
            .read_string(name, DEV_NAME_MAX as u32)
            .map_err(invalid)?;
        cx.mem.check_writable(device.addr(), 4).map_err(invalid)?;
        let right = k.open_device(cx, &name, mode)?;
        let name = k.mach.hand_over(program, right)?;
        cx.mem.write(device, name).map_err(invalid)
    };
    kern(work())
}

fn close_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
) -> Result<KernCode, Trouble> {
    let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE);
    let result = device.and_then(|device| k.close_device(cx, device));
    kern(result)
}

fn get_status_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    flavor: Flavor,
    status: GuestPtr<u32>,
    count: GuestPtr<u32>,
) -> Answer {
    if let Some(device) = k.waits_for_status(dev, flavor) {
        let wish = Wish::status(true);
        // No integers come: the count is that of the bytes.
        return wait_for(k, cx, Ok((device, wish)), Collect::Count(count.addr()));
    }
    let mut work = || {
        let invalid = |_| codes::KERN_INVALID_ADDRESS;
        let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE)?;
        let room = cx.mem.read(count).map_err(invalid)?;
        let status_ints = k.get_status(cx, device, flavor.0, room.min(DEV_STATUS_MAX as u32))?;
        let fits = status_ints.len().min(room as usize);
        let bytes: Vec<u8> = status_ints[..fits]
            .iter()
            .flat_map(|int| int.to_be_bytes())
            .collect();
        cx.mem.write_bytes(status.addr(), &bytes).map_err(invalid)?;
        let all = status_ints.len() as u32;
        cx.mem.write(count, all).map_err(invalid)?;
        match fits == status_ints.len() {
            true => Ok(()),
            false => Err(codes::MIG_ARRAY_TOO_LARGE),
        }
    };
    done(code_of(work()))
}

fn set_status_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    flavor: Flavor,
    status: GuestPtr<u32>,
    Count(count): Count,
) -> Answer {
    if let Some(device) = k.waits_for_status(dev, flavor) {
        let wish = Wish::status(false);
        return wait_for(k, cx, Ok((device, wish)), Collect::Nothing);
    }
    let mut work = || {
        let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE)?;
        if count as usize > DEV_STATUS_MAX {
            return Err(codes::MIG_ARRAY_TOO_LARGE);
        }
        let bytes = captured(cx, status.cast(), 4 * count, codes::KERN_INVALID_ADDRESS)?;
        let ints = crate::kernel::mach::records::status::to_ints(&bytes);
        k.set_status(cx, device, flavor.0, &ints)
    };
    done(code_of(work()))
}

fn read_inband_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    mode: DevMode,
    Count(recnum): Count,
    bytes: i32,
    data: GuestPtr<u8>,
    count: GuestPtr<u32>,
) -> Answer {
    let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE);
    let wish = device.map(|device| (device, Wish::read(Form::Inband, mode, recnum, bytes)));
    let collect = Collect::Inband {
        data: data.addr(),
        count: count.addr(),
    };
    wait_for(k, cx, wish, collect)
}

fn write_inband_direct(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    dev: PortName,
    mode: DevMode,
    Count(recnum): Count,
    data: GuestPtr<u8>,
    Count(count): Count,
    written: GuestPtr<u32>,
) -> Answer {
    let device = k.device_named(dev.0).ok_or(codes::D_NO_SUCH_DEVICE);
    let wish = device.and_then(|device| {
        if count as usize > IO_INBAND_MAX {
            return Err(codes::MIG_ARRAY_TOO_LARGE);
        }
        let data = captured(cx, data, count, codes::KERN_INVALID_ADDRESS)?;
        let wish = Wish::write(Form::WriteInband, mode, recnum, data);
        Ok((device, wish))
    });
    wait_for(k, cx, wish, Collect::Count(written.addr()))
}

calls! { pub(crate) CALLS: Mach;
    trap 203 device_open_direct(master: PortName, mode: DevMode, name: GuestPtr<CString>,
        device: GuestPtr<u32>) -> Code = open_direct;
    trap 204 device_close_direct(dev: PortName) -> Code = close_direct;
    blocking trap 205 device_get_status_direct(dev: PortName, flavor: Flavor, status: GuestPtr<u32>,
        count: GuestPtr<u32>) -> Code = get_status_direct;
    blocking trap 206 device_set_status_direct(dev: PortName, flavor: Flavor, status: GuestPtr<u32>,
        count: Count) -> Code = set_status_direct;
    blocking trap 207 device_read_inband_direct(dev: PortName, mode: DevMode, recnum: Count,
        bytes: i32, data: GuestPtr<u8>, count: GuestPtr<u32>) -> Code = read_inband_direct;
    blocking trap 208 device_write_inband_direct(dev: PortName, mode: DevMode, recnum: Count,
        data: GuestPtr<u8>, count: Count, written: GuestPtr<u32>) -> Code = write_inband_direct;
}
