//! Mounting: from a label to a volume.
//!
//! Device sheet 6.1, 6.6, 6.9.

use super::Miss;
use super::calls::{Failure, FileCall, Step};
use super::codes::{
    BAD_ITEM, DEVICE_OFFLINE, DUPLICATE_FILE, NO_FILE_SYSTEM, NO_LABEL, NOT_SUPPORTED,
};
use super::job::Who;
use super::place::{Place, to_bytes};
use super::volume::{Layout, Volume, VolumeId, Wanted};
use crate::device::{Buffer, DeviceClass, Op, ReqId, Request};
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::events::FileSystemEvent;
use crate::kernel::portfolio::items::{Item, NewItem};
use crate::kernel::portfolio::structs::node_type::DEVICENODE;
use crate::kernel::portfolio::structs::{Device, DeviceStatus, ItemNode};
use crate::loader::opera_fs::BLOCK_SIZE;
use crate::loader::opera_fs::directory::Entry;
use crate::loader::opera_fs::label::{LABEL_OFFSET, Label, places};
use crate::media::FIRST_FRAME;
use crate::mem::{GuestPtr, GuestType, GuestValue};
use crate::trace::Asker;

/// Node type of volumes' items (SDK header filesystem.h).
const FILESYSTEMNODE: u8 = 1;
/// Usage flag of devices that can have a file system (SDK header driver.h).
const USAGE_FILESYSTEM: u32 = 0x8000_0000;

impl Portfolio {
    /// One place where a label may be: the label, or the next place.
    pub(super) fn probe_label(
        &mut self,
        id: VolumeId,
        probe: u32,
        error: Option<Status>,
    ) -> Result<Option<Label>, Miss> {
        let block = places().nth(probe as usize).ok_or(NO_FILE_SYSTEM)?;
        match error {
            Some(DEVICE_OFFLINE) => return Err(NO_FILE_SYSTEM.into()),
            Some(_) => return Ok(None),
            None => (),
        }
        let volume = self.files.volumes.get_mut(&id).ok_or(NO_FILE_SYSTEM)?;
        let Some(bytes) = volume.cached(block) else {
            return Err(Miss::Block(Wanted {
                volume: id,
                key: block,
                copies: vec![block],
                size: BLOCK_SIZE as u32,
            }));
        };
        let label = Label::parse(bytes, block).ok();
        volume.forget_block(block);
        Ok(label)
    }

    /// A label was found: the volume is mounted, or is the one that was taken out before.
    pub(super) fn mount_label(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        label: Label,
    ) -> Result<VolumeId, Status> {
        let volumes = self.files.volumes.iter();
        let twins: Vec<(VolumeId, bool)> = volumes
            .filter(|(_, volume)| volume.root.is_some())
            .filter(|(_, volume)| volume.name.eq_ignore_ascii_case(&label.name))
            .map(|(&twin, volume)| (twin, volume.online))
            .collect();
        if twins.iter().any(|&(_, online)| online) {
            return Err(DUPLICATE_FILE);
        }
        let root = Entry {
            name: label.name.clone(),
            ..label.root_entry()
        };
        for (twin, _) in twins {
            let device = self.files.volumes.get(&id).map(|volume| volume.device);
            if let Some(old) = self.files.volumes.get_mut(&twin)
                && old.id == label.id
                && old.root.as_ref() == Some(&root)
                && Some(old.device) == device
            {
                old.online = true;
                self.drop_volume(cx, id);
                self.tell_of_volume(cx, twin, FileSystemEvent::Mounted);
                return Ok(twin);
            }
            self.drop_volume(cx, twin);
            if self.files.boot == Some(twin) {
                self.files.boot = Some(id);
            }
            // Who was at home on the old disc begins again at the root of the new one.
            let here = Place::root_of(id, root.clone());
            for home in self.files.homes.values_mut() {
                for place in [&mut home.current, &mut home.program] {
                    if place.volume == Some(twin) {
                        *place = here.clone();
                    }
                }
            }
        }
        if let Some(volume) = self.files.volumes.get_mut(&id) {
            volume.id = label.id;
            volume.name = label.name;
            volume.blocks = label.block_count;
            volume.root = Some(root);
        }
        self.name_volume(cx, id);
        Ok(id)
    }

    /// Gives a volume a number.
    pub(super) fn reserve_volume(&mut self, volume: Volume) -> VolumeId {
        let id = VolumeId(self.files.next_volume);
        self.files.next_volume += 1;
        self.files.volumes.insert(id, volume);
        id
    }

    /// Mounts a volume that is known already.
    pub(super) fn add_volume(&mut self, cx: &mut CallCx<'_>, volume: Volume) -> VolumeId {
        let id = self.reserve_volume(volume);
        self.name_volume(cx, id);
        id
    }

    /// Gives a mounted volume its item and the name of its mount point.
    fn name_volume(&mut self, cx: &mut CallCx<'_>, id: VolumeId) {
        let Some(volume) = self.files.volumes.get(&id) else {
            return;
        };
        let device = self.item_name(cx.mem, volume.device);
        let mount_name = format!("on.{device}.{}.{}", volume.unit, volume.offset);
        let new = NewItem {
            subsystem: 3,
            kind: FILESYSTEMNODE,
            size: ItemNode::SIZE,
            name: Some(to_bytes(&volume.name)),
            ..NewItem::default()
        };
        let item = self.new_item(cx.mem, &new).unwrap_or(Item::NONE);
        if let Some(volume) = self.files.volumes.get_mut(&id) {
            volume.item = item;
            volume.mount_name = mount_name;
        }
        self.tell_of_volume(cx, id, FileSystemEvent::Mounted);
    }

    pub(super) fn step_mount_call(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        id: VolumeId,
        probe: u32,
    ) -> Result<Step, Failure> {
        let who = Who::Task(task);
        if places().nth(probe as usize).is_none() {
            return Err(NO_LABEL.into());
        }
        let error = self
            .files
            .jobs
            .get_mut(&who)
            .and_then(|job| job.error.take());
        let Some(label) = self.probe_label(id, probe, error)? else {
            let next = FileCall::Mount {
                volume: id,
                probe: probe + 1,
            };
            self.go_on_with(task, next);
            return Ok(Step::Waits);
        };
        let id = self.mount_label(cx, id, label)?;
        let volume = self.files.volumes.get(&id);
        Ok(volume.map_or(Item::NONE, |volume| volume.item).into())
    }

    /// A device's usage flags and number of blocks. A drive that does not know its disc yet may
    /// hold anything.
    fn device_usage(
        &mut self,
        cx: &mut CallCx<'_>,
        device: Item,
        unit: u8,
    ) -> Result<(u32, u32), Status> {
        let len = DeviceStatus::SIZE;
        let id = cx.bus.buffers.hold(vec![0; len as usize]);
        let req = ReqId(self.next_request);
        self.next_request += 1;
        let request = Request {
            requester: u64::MAX,
            recv: Buffer::Kernel { id, len },
            privileged: true,
            ..Request::new(req, unit, Op::Status)
        };
        let answer = self.ask_device(cx, device, request, (Asker::Kernel, 0));
        let bytes = cx.bus.buffers.release(id).unwrap_or_default();
        let word = |at: u32| u32::from_guest_bytes(&bytes[at as usize..at as usize + 4]);
        match answer {
            Ok(()) => {
                self.abort_at(cx, device, req);
                Ok((USAGE_FILESYSTEM, u32::MAX))
            }
            Err(done) if done.error.is_some() => Err(NOT_SUPPORTED),
            Err(_) => Ok((
                word(DeviceStatus::ds_DeviceUsageFlags.offset()),
                word(DeviceStatus::ds_DeviceBlockCount.offset()),
            )),
        }
    }
}

/// SWI 4.
pub(super) fn mount_file_system(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    device: Item,
    unit: i32,
    offset: u32,
) -> Answer {
    let node: GuestPtr<Device> = k
        .item_of(cx.mem, device, DEVICENODE)
        .map_err(|_| BAD_ITEM)?;
    let highest = cx.mem.peek(node.at(Device::dev_MaxUnitNum));
    let unit = u8::try_from(unit).ok().filter(|&unit| unit <= highest);
    let unit = unit.ok_or(crate::kernel::portfolio::errors::BADUNIT)?;
    let (usage, blocks) = k.device_usage(cx, device, unit)?;
    if usage & USAGE_FILESYSTEM == 0 {
        return Err(NOT_SUPPORTED.into());
    }
    if k.class_of(device) != DeviceClass::CdRom {
        // NVRAM is mounted from the start; the other units are empty.
        let is_mounted = |volume: &&Volume| volume.device == device && volume.unit == unit;
        return Err(match k.files.volumes.values().find(is_mounted) {
            Some(_) => DUPLICATE_FILE.into(),
            None if blocks <= LABEL_OFFSET => NO_FILE_SYSTEM.into(),
            None => NO_LABEL.into(),
        });
    }
    let offset = if offset == 0 { FIRST_FRAME } else { offset };
    let volume = k.reserve_volume(Volume::new(device, unit, offset, Layout::Optical));
    k.begin_call(FileCall::Mount { volume, probe: 0 })
}
