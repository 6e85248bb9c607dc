//! Reading directories entry by entry: the folio's vectors 7 to 10.
//!
//! Device sheet 6.6.

use super::calls::{Failure, FileCall, Step};
use super::codes::{BAD_ITEM, NO_FILE, NOT_A_DIRECTORY};
use super::device::directory_entry;
use super::volume::Layout;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{NOMEM, Status};
use crate::kernel::portfolio::io::TAG_DEVICE;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::structs::{Directory, DirectoryEntry};
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{CString, GuestPtr, GuestType};

impl Portfolio {
    /// A request of the running task to a file it has open.
    pub(super) fn new_file_request(
        &mut self,
        cx: &mut CallCx<'_>,
        file: Item,
    ) -> Result<Item, Status> {
        let tags = [(TAG_DEVICE, file.0 as u32)];
        let ior = self.create_ioreq(cx, CommonTags::default(), &tags, 0)?;
        let caller = self.caller();
        self.gain(caller, Resource::Owned(ior));
        Ok(ior)
    }

    /// Gives up a request and the file it was for. False: the drive has not let go yet.
    pub(super) fn drop_file_request(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        file: Item,
        ior: Item,
    ) -> bool {
        if self.holds(task, Resource::Owned(ior)) {
            if !self.delete_ioreq(cx, task, ior) {
                return false;
            }
            self.lose(task, Resource::Owned(ior));
        }
        if self.files.open.contains_key(&file) && self.holds(task, Resource::Opened(file)) {
            if !self.close_for(cx, task, file) {
                return false;
            }
            self.lose(task, Resource::Opened(file));
        }
        true
    }

    /// The Directory of an opened directory, in the caller's memory.
    fn new_directory(&mut self, cx: &mut CallCx<'_>, file: Item) -> Result<u32, Failure> {
        let place = self.files.open.get(&file).cloned().ok_or(BAD_ITEM)?;
        if !place.is_directory() {
            return Err(NOT_A_DIRECTORY.into());
        }
        let ior = self.new_file_request(cx, file)?;
        let at = self.alloc_mem(cx, Directory::SIZE as i32, 0)?;
        if at == 0 {
            let caller = self.caller();
            self.delete_ioreq(cx, caller, ior);
            self.lose(caller, Resource::Owned(ior));
            return Err(NOMEM.into());
        }
        let directory = GuestPtr::<Directory>::new(at);
        let request = self.ioreq(cx.mem, ior)?;
        cx.mem.poke(directory.at(Directory::dir_OpenFileItem), file);
        cx.mem.poke(directory.at(Directory::dir_IOReqItem), ior);
        cx.mem.poke(directory.at(Directory::dir_IOReq), request);
        let entry = place.entry();
        for (field, value) in [
            (Directory::dir_Flags, place.flags()),
            (
                Directory::dir_BlockSize,
                entry.map_or(2048, |e| e.block_size),
            ),
            (
                Directory::dir_BlockCount,
                entry.map_or(0, |e| e.block_count),
            ),
            (Directory::dir_BlockOffset, 0),
            (Directory::dir_EntryNum, 1),
            (Directory::dir_BlockBuf, 0),
        ] {
            cx.mem.poke(directory.at(field), value);
        }
        cx.mem.poke(directory.at(Directory::dir_BlockNumber), 0);
        Ok(at)
    }

    pub(super) fn step_open_directory(
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
        let file = self.open_place(cx, task, place)?;
        match self.new_directory(cx, file) {
            Ok(at) => Ok(Step::Done(Reply::value(at))),
            Err(failure) => {
                self.drop_file_request(cx, task, file, Item::NONE);
                Err(failure)
            }
        }
    }

    pub(super) fn step_read_directory(
        &mut self,
        cx: &mut CallCx<'_>,
        directory: u32,
        entry: u32,
    ) -> Result<Step, Failure> {
        let directory = GuestPtr::<Directory>::new(directory);
        let file = cx.mem.read(directory.at(Directory::dir_OpenFileItem));
        let file = file.map_err(Trouble::from)?;
        let at = directory.at(Directory::dir_EntryNum);
        let number = cx.mem.read(at).map_err(Trouble::from)?;
        let place = self.files.open.get(&file).cloned().ok_or(BAD_ITEM)?;
        if !place.is_directory() {
            return Err(NOT_A_DIRECTORY.into());
        }
        let is_disc = match place.volume {
            Some(id) => self.online(id)?.layout == Layout::Optical,
            None => false,
        };
        let Some(found) = self.nth_entry(cx, &place, number)? else {
            let end = if is_disc { Status(-1) } else { NO_FILE };
            return Err(end.into());
        };
        let mut bytes = directory_entry(&found);
        if is_disc {
            // The shipped routine leaves this field of a disc's entry alone.
            bytes.truncate(DirectoryEntry::de_Location.offset() as usize);
        }
        cx.mem.write_bytes(entry, &bytes).map_err(Trouble::from)?;
        let next = number.wrapping_add(1);
        cx.mem.write(at, next).map_err(Trouble::from)?;
        Ok(Step::Done(Reply::value(0)))
    }

    pub(super) fn step_close_directory(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        directory: u32,
    ) -> Result<Step, Failure> {
        let at = GuestPtr::<Directory>::new(directory);
        let file = cx.mem.read(at.at(Directory::dir_OpenFileItem));
        let ior = cx.mem.read(at.at(Directory::dir_IOReqItem));
        let (file, ior) = (file.map_err(Trouble::from)?, ior.map_err(Trouble::from)?);
        if !self.drop_file_request(cx, task, file, ior) {
            return Ok(Step::WaitAbort);
        }
        self.free_mem(cx, directory, Directory::SIZE as i32)?;
        Ok(Step::Done(Reply::NOTHING))
    }
}

/// Vector 7. Like vector 8 it answers with no directory if there is none to be had.
pub(super) fn open_directory_item(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
) -> Result<u32, Trouble> {
    match k.new_directory(cx, item) {
        Ok(at) => Ok(at),
        Err(Failure::Trouble(trouble)) => Err(trouble),
        Err(Failure::Miss(_)) => Ok(0),
    }
}

/// Vector 8.
pub(super) fn open_directory_path(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    path: GuestPtr<CString>,
) -> Answer {
    match k.path_argument(cx, path) {
        Ok(path) => k.begin_call(FileCall::OpenDirectory { path }),
        Err(_) => Ok(Flow::Done(Reply::value(0))),
    }
}

/// Vector 9.
pub(super) fn read_directory(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    directory: u32,
    entry: u32,
) -> Answer {
    cx.mem.check_writable(entry, DirectoryEntry::SIZE)?;
    k.begin_call(FileCall::ReadDirectory { directory, entry })
}

/// Vector 10.
pub(super) fn close_directory(k: &mut Portfolio, _cx: &mut CallCx<'_>, directory: u32) -> Answer {
    if directory == 0 {
        return Ok(Flow::Done(Reply::NOTHING));
    }
    k.begin_call(FileCall::CloseDirectory { directory })
}
