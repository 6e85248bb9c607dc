//! Opening and closing files, directories, making and deleting files.
//!
//! Device sheet 6.6. An open file is a device item of its own; a directory that a task has been
//! in is a file item.

use super::calls::{Failure, Step};
use super::codes::{
    BAD_COMMAND, BAD_ITEM, BUSY, DUPLICATE_FILE, NO_FILE, NOT_A_DIRECTORY, READ_ONLY,
};
use super::device::{COMMANDS, FILE_REQUEST_SIZE};
use super::job::{Who, put_path};
use super::path::check_name;
use super::place::{Place, to_bytes};
use super::volume::{Layout, VolumeId};
use super::{Home, Miss};
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::{Item, NewItem};
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::structs::node_type::{DEVICENODE, DRIVERNODE};
use crate::kernel::portfolio::structs::{Device, Driver, ItemNode, KernelBase};
use crate::kernel::portfolio::wait::Wait;
use crate::loader::opera_fs::directory::{Entry, flag};
use crate::mem::{GuestPtr, GuestType, Memory};

/// Node type of file items (SDK header filesystem.h).
pub const FILENODE: u8 = 2;

impl Portfolio {
    /// Makes the driver of open files.
    pub(in crate::kernel::portfolio) fn boot_file_driver(
        &mut self,
        mem: &mut Memory,
    ) -> Result<(), Status> {
        let new = NewItem {
            subsystem: 1,
            kind: DRIVERNODE,
            size: Driver::SIZE,
            name: Some(b"file".to_vec()),
            version: 24,
            revision: 225,
            ..NewItem::default()
        };
        self.files.driver = self.new_item(mem, &new)?;
        let driver: GuestPtr<Driver> = self.item_of(mem, self.files.driver, DRIVERNODE)?;
        mem.poke(driver.at(Driver::drv_OpenCnt), 1);
        mem.poke(driver.at(Driver::drv_MaxCommands), COMMANDS.len() as u8);
        self.enlist(mem, KernelBase::kb_Drivers, self.files.driver);
        Ok(())
    }

    /// Opens a place: the device item that `task` then has open.
    pub(super) fn open_place(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        place: Place,
    ) -> Result<Item, Status> {
        let name = match place.name() {
            "" => "/",
            name => name,
        };
        let new = NewItem {
            subsystem: 1,
            kind: DEVICENODE,
            size: Device::SIZE,
            name: Some(to_bytes(name)),
            ..NewItem::default()
        };
        let item = self.new_item(cx.mem, &new)?;
        let device: GuestPtr<Device> = self.item_of(cx.mem, item, DEVICENODE)?;
        if let Ok(driver) = self.item_of(cx.mem, self.files.driver, DRIVERNODE) {
            cx.mem.poke(device.at(Device::dev_Driver), driver);
        }
        cx.mem.poke(device.at(Device::dev_OpenCnt), 1);
        cx.mem
            .poke(device.at(Device::dev_IOReqSize), FILE_REQUEST_SIZE);
        self.init_list(cx.mem, device.at(Device::dev_IOReqs));
        self.files.open.insert(item, place);
        self.gain(task, Resource::Opened(item));
        Ok(item)
    }

    /// An item has lost one of those who had it open: an open file ends with the last.
    pub(in crate::kernel::portfolio) fn file_closed(&mut self, mem: &mut Memory, item: Item) {
        if !self.files.open.contains_key(&item) {
            return;
        }
        let is_open = self.open_count(mem, item).is_ok_and(|at| mem.peek(at) > 0);
        if !is_open {
            self.files.open.remove(&item);
            self.free_item(mem, item);
        }
    }

    /// The item of the File folio that stands for a place; always the same for the same place.
    pub(super) fn place_item(&mut self, mem: &mut Memory, place: &Place) -> Result<Item, Status> {
        let known = self
            .files
            .places
            .iter()
            .find(|(_, known)| known.is_same(place));
        if let Some((&item, _)) = known {
            return Ok(item);
        }
        let new = NewItem {
            subsystem: 3,
            kind: FILENODE,
            size: ItemNode::SIZE,
            name: Some(to_bytes(place.name())),
            ..NewItem::default()
        };
        let item = self.new_item(mem, &new)?;
        self.files.places.insert(item, place.clone());
        Ok(item)
    }

    /// The directory that a directory item or an opened directory stands for.
    pub(super) fn directory_of(&self, item: Item) -> Result<Place, Status> {
        let place = self.files.places.get(&item).or(self.files.open.get(&item));
        let place = place
            .filter(|_| self.items.lookup(item).is_some())
            .ok_or(BAD_ITEM)?;
        if !place.is_directory() {
            return Err(NOT_A_DIRECTORY);
        }
        Ok(place.clone())
    }

    pub(super) fn step_change_directory(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        path: &[u8],
    ) -> Result<Step, Failure> {
        let from = self.current_directory(task);
        let place = self.find_place(cx, task, &from, path)?;
        if !place.is_directory() {
            return Err(NOT_A_DIRECTORY.into());
        }
        let item = self.place_item(cx.mem, &place)?;
        let home: &mut Home = self.files.homes.entry(task).or_default();
        home.current = place;
        Ok(item.into())
    }

    /// The directory that a file is to be made in or deleted from, and the file's name.
    fn split_path(
        &self,
        cx: &mut CallCx<'_>,
        task: Item,
        path: &[u8],
    ) -> Result<(Place, Vec<u8>), Miss> {
        let path = path.strip_suffix(b"/").unwrap_or(path);
        let from = self.current_directory(task);
        let (directory, name) = match path.iter().rposition(|&byte| byte == b'/') {
            Some(at) => (&path[..=at], &path[at + 1..]),
            None => (&b"."[..], path),
        };
        check_name(name)?;
        let place = self.find_place(cx, task, &from, directory)?;
        if !place.is_directory() {
            return Err(NOT_A_DIRECTORY.into());
        }
        Ok((place, name.to_vec()))
    }

    pub(super) fn step_create(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        path: &[u8],
    ) -> Result<Step, Failure> {
        let (directory, name) = self.split_path(cx, task, path)?;
        let (id, name) = match directory.volume {
            Some(id) if self.online(id)?.layout == Layout::LinkedMemory => (id, name),
            Some(id) => {
                let exists = |other: &[u8]| other.eq_ignore_ascii_case(&name);
                if self.scan(cx, id, &directory, exists)?.is_some() {
                    return Err(DUPLICATE_FILE.into());
                }
                return Err(BAD_COMMAND.into());
            }
            None => return Err(BAD_COMMAND.into()),
        };
        let (entry, time) = self.with_memory(cx, id, |volume| volume.create(&name))?;
        let is_it = |other: &[u8]| other == entry.name();
        let found = self.scan(cx, id, &directory, is_it)?.ok_or(NO_FILE)?;
        let item = self.place_item(cx.mem, &directory.child(found.entry))?;
        self.end_later(cx, Who::Task(task), time, 0, Status(item.0));
        Ok(Step::Waits)
    }

    pub(super) fn step_delete(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        path: &[u8],
    ) -> Result<Step, Failure> {
        let (directory, name) = self.split_path(cx, task, path)?;
        let from = self.current_directory(task);
        let place = self.find_place(cx, task, &from, path)?;
        let id: VolumeId = directory.volume.ok_or(READ_ONLY)?;
        if self.online(id)?.layout != Layout::LinkedMemory {
            return Err(READ_ONLY.into());
        }
        if self.files.open.values().any(|open| open.is_same(&place)) {
            return Err(BUSY.into());
        }
        let time = self.delete_entry(cx, id, &name)?;
        self.end_later(cx, Who::Task(task), time, 0, Status::OK);
        Ok(Step::Waits)
    }

    /// Deletes a file of an NVRAM volume, and the item it may have had.
    pub(super) fn delete_entry(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        name: &[u8],
    ) -> Result<crate::time::Ticks, Status> {
        let deleted = self.with_memory(cx, id, |volume| {
            let entry = volume.find(name)?;
            volume.delete(entry.offset)
        });
        let ((), time) = deleted?;
        let text = super::place::to_text(name);
        let is_it = |place: &Place| {
            place.volume == Some(id)
                && place.trail.len() == 2
                && place.name().eq_ignore_ascii_case(&text)
        };
        let items = self.files.places.iter();
        let items: Vec<Item> = items
            .filter(|(_, p)| is_it(p))
            .map(|(&item, _)| item)
            .collect();
        for item in items {
            self.files.places.remove(&item);
            self.free_item(cx.mem, item);
        }
        Ok(time)
    }
}

/// The root of everything as an entry, for those who list or open it.
pub(super) fn root_of_all() -> Entry {
    Entry {
        flags: Place::ROOT.flags(),
        id: 0,
        kind: super::place::DIRECTORY_TYPE,
        block_size: crate::loader::opera_fs::BLOCK_SIZE as u32,
        byte_count: 0,
        block_count: 0,
        burst: 0,
        gap: 0,
        name: String::new(),
        avatars: vec![0],
    }
}

/// Flags of an entry as a program is shown them.
pub(super) fn shown_flags(entry: &Entry) -> u32 {
    match entry.flags & flag::DIRECTORY {
        0 => entry.flags,
        _ => entry.flags | super::place::SUPPORTS_DIRSCAN,
    }
}

/// SWI 1.
pub(super) fn close_disk_file(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Answer {
    let caller = k.caller();
    let opened = Resource::Opened(item);
    if !k.files.open.contains_key(&item) || !k.holds(caller, opened) {
        return Err(BAD_ITEM.into());
    }
    if !k.close_for(cx, caller, item) {
        return Ok(Flow::Block(Wait::Close { item }));
    }
    k.lose(caller, opened);
    Ok(Flow::Done(Reply::value(0)))
}

/// SWI 8.
pub(super) fn get_directory(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    buffer: u32,
    len: u32,
) -> Result<Item, Trouble> {
    let place = k.current_directory(k.caller());
    if buffer != 0 {
        put_path(cx, &place.path(), buffer, len)?;
    }
    Ok(k.place_item(cx.mem, &place)?)
}
