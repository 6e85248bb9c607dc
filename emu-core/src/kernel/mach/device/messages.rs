//! The messages of subsystem `device` (Mach sheet 1.1, 1.2, 1.5).

use super::collect::Form;
use super::model::Model;
use super::names::NAMES;
use super::operation::{Sink, Wish};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::mig::device::DeviceRequest;
use crate::kernel::mach::records::flavors::{MDIOCGETL, MDIOCSETL, SCREEN_WAIT_VBL};
use crate::kernel::mach::records::status::StatusInts;
use crate::kernel::mach::rpc::{Rpc, Served};
use crate::kernel::mach::space::KernelObject;
use crate::kernel::portfolio::Portfolio;
use crate::messages;
use smallvec::smallvec;

/// Reads the request as a generated server does.
fn decode(rpc: &Rpc<'_>) -> Result<DeviceRequest, i32> {
    let request = DeviceRequest::decode(rpc.id as i32, &rpc.header(), rpc.bytes);
    request.map_err(|refusal| refusal.code())
}

/// The open device that is the target.
fn target(k: &Portfolio, rpc: &Rpc<'_>) -> Result<u32, i32> {
    match rpc.object {
        KernelObject::Device(device) if k.mach.devices.get(device).is_some() => Ok(device),
        _ => Err(codes::D_NO_SUCH_DEVICE),
    }
}

impl Portfolio {
    /// Whether a status call ends later than it is made.
    pub(super) fn ends_later(&self, device: u32, flavor: u32) -> bool {
        let row = NAMES.get(device as usize);
        flavor == SCREEN_WAIT_VBL && row.is_some_and(|row| row.model == Model::Screen)
    }

    /// `device_get_status`: the integers of a flavor.
    pub(super) fn get_status(
        &mut self,
        cx: &mut CallCx<'_>,
        device: u32,
        flavor: u32,
        room: u32,
    ) -> Result<StatusInts, i32> {
        let row = NAMES.get(device as usize);
        let row = row.ok_or(codes::D_NO_SUCH_DEVICE)?;
        match flavor {
            MDIOCGETL => {
                let open = self.mach.devices.get(device);
                Ok(smallvec![open.map_or(0, |open| open.limit as i32)])
            }
            _ => self.model_get_status(cx, row.model, flavor, room),
        }
    }

    /// `device_set_status`.
    pub(super) fn set_status(
        &mut self,
        cx: &mut CallCx<'_>,
        device: u32,
        flavor: u32,
        status: &[i32],
    ) -> Result<(), i32> {
        /// What the counter of the real kernel holds.
        const MOST: i32 = 255;
        let row = NAMES.get(device as usize);
        let row = row.ok_or(codes::D_NO_SUCH_DEVICE)?;
        match (flavor, status) {
            (MDIOCSETL, &[limit]) if (0..=MOST).contains(&limit) => {
                if let Some(open) = self.mach.devices.get_mut(device) {
                    open.limit = limit as u32;
                }
                self.begin_held(cx, device);
                Ok(())
            }
            (MDIOCSETL, _) => Err(codes::D_INVALID_SIZE),
            _ => self.model_set_status(cx, row.model, device, flavor, status),
        }
    }
}

fn open(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    let DeviceRequest::DeviceOpen { mode, name, .. } = decode(rpc)? else {
        return Err(codes::MIG_BAD_ARGUMENTS);
    };
    if rpc.object != KernelObject::DeviceMaster {
        return Err(codes::D_INVALID_OPERATION);
    }
    // Nobody would get the port, so nothing is opened.
    if rpc.reply.is_none() {
        return Ok(Served::Silent);
    }
    let right = k.open_device(cx, name.text(), mode)?;
    Ok(Served::port(right))
}

fn close(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    decode(rpc)?;
    let device = target(k, rpc)?;
    k.close_device(cx, device)?;
    Ok(Served::Code(codes::D_SUCCESS))
}

/// Accepts a read or write whose end is the reply.
fn accept(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    rpc: &mut Rpc<'_>,
    wish: Wish,
) -> Result<Served, i32> {
    let device = target(k, rpc)?;
    let reply = std::mem::take(&mut rpc.reply);
    match k.accept(cx, device, wish, Sink::Reply(reply)) {
        Ok(()) => Ok(Served::Later),
        Err(code) => {
            rpc.reply = reply;
            Err(code)
        }
    }
}

fn read(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    let wish = match decode(rpc)? {
        DeviceRequest::DeviceRead {
            mode,
            recnum,
            bytes_wanted,
        } => Wish::read(Form::OutOfLine, mode, recnum, bytes_wanted),
        DeviceRequest::DeviceReadInband {
            mode,
            recnum,
            bytes_wanted,
        } => Wish::read(Form::Inband, mode, recnum, bytes_wanted),
        _ => return Err(codes::MIG_BAD_ARGUMENTS),
    };
    accept(k, cx, rpc, wish)
}

fn write(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    match decode(rpc)? {
        DeviceRequest::DeviceWrite { mode, recnum, .. } => {
            let data = rpc.take_data(0)?;
            accept(k, cx, rpc, Wish::write(Form::Write, mode, recnum, data))
        }
        DeviceRequest::DeviceWriteInband { mode, recnum, data } => {
            let wish = Wish::write(Form::WriteInband, mode, recnum, data);
            accept(k, cx, rpc, wish)
        }
        _ => Err(codes::MIG_BAD_ARGUMENTS),
    }
}

fn get_status(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    let DeviceRequest::DeviceGetStatus { flavor, count } = decode(rpc)? else {
        return Err(codes::MIG_BAD_ARGUMENTS);
    };
    let device = target(k, rpc)?;
    if k.ends_later(device, flavor) {
        return accept(k, cx, rpc, Wish::status(true));
    }
    let status = k.get_status(cx, device, flavor, count)?;
    let mut body = std::mem::take(&mut k.mach.spare);
    body.clear();
    body.resize(16 + 4 * status.len(), 0);
    let (words, _) = body.as_chunks_mut::<4>();
    let ints = std::iter::once(status.len() as i32).chain(status);
    for (word, int) in words.iter_mut().skip(3).zip(ints) {
        *word = int.to_be_bytes();
    }
    Ok(Served::Raw(body))
}

fn set_status(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    let DeviceRequest::DeviceSetStatus { flavor, status } = decode(rpc)? else {
        return Err(codes::MIG_BAD_ARGUMENTS);
    };
    let device = target(k, rpc)?;
    if k.ends_later(device, flavor) {
        return accept(k, cx, rpc, Wish::status(false));
    }
    k.set_status(cx, device, flavor, &status)?;
    Ok(Served::Code(codes::D_SUCCESS))
}

fn map(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    let DeviceRequest::DeviceMap { prot, offset, .. } = decode(rpc)? else {
        return Err(codes::MIG_BAD_ARGUMENTS);
    };
    let device = target(k, rpc).ok();
    let view = k.device_map(device, prot.bits(), offset)?;
    Ok(Served::port(k.new_memory_object(view)))
}

/// No device here is a network, so none takes a filter.
fn set_filter(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    decode(rpc)?;
    target(k, rpc)?;
    Err(codes::D_INVALID_OPERATION)
}

messages! { pub(crate) MESSAGES;
    2801 device_close() = close;
    2802 device_write(mode: DevMode @ 48, recnum: Int @ 52, count: Int @ 56) = write;
    2803 device_write_inband(mode: DevMode @ 32, recnum: Int @ 36, count: Int @ 40) = write;
    2804 device_read(mode: DevMode @ 32, recnum: Int @ 36, bytes: Int @ 40) = read;
    2805 device_read_inband(mode: DevMode @ 32, recnum: Int @ 36, bytes: Int @ 40) = read;
    2809 device_map(prot: Bits @ 32, offset: Bits @ 36, size: Bits @ 40) = map;
    2810 device_set_status(flavor: Flavor @ 32, count: Int @ 36) = set_status;
    2811 device_get_status(flavor: Flavor @ 32, count: Int @ 36) = get_status;
    2812 device_set_filter(priority: Int @ 48, count: Int @ 52) = set_filter;
    2814 device_open(mode: DevMode @ 48, name: String @ 68) = open;
}
