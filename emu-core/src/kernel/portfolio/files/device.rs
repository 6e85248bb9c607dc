//! Commands to open files (device sheet 6.4).

mod disc;
mod memory;

use self::disc::{disc_command, disc_read};
use super::Miss;
use super::codes::{ABORTED, BAD_COMMAND, BAD_IO_ARG, BAD_PTR, DEVICE_OFFLINE, NO_FILE, TOO_SMALL};
use super::job::{Job, Who, Work, put_path};
use super::open::{root_of_all, shown_flags};
use super::path::Found;
use super::place::{Place, to_bytes};
use super::volume::Layout;
use crate::device::Buffer;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{BADCOMMAND, Status};
use crate::kernel::portfolio::io::buffer_of;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::io_flag::IO_DONE;
use crate::kernel::portfolio::structs::{
    DeviceStatus, DirectoryEntry, FileStatus, FileSystemStat, IOInfo, IOReq, ItemNode,
};
use crate::loader::opera_fs::NAME_MAX;
use crate::loader::opera_fs::directory::Entry;
use crate::mem::{GuestPtr, GuestType, GuestValue};
use crate::time::Ticks;

/// Names of the commands, by number.
pub const COMMANDS: &[&str] = &[
    "WRITE",
    "READ",
    "STATUS",
    "READDIR",
    "GETPATH",
    "READENTRY",
    "ALLOCBLOCKS",
    "SETEOF",
    "ADDENTRY",
    "DELETEENTRY",
    "SETTYPE",
    "OPENENTRY",
    "FSSTAT",
];

/// Bytes of a request to an open file.
pub const FILE_REQUEST_SIZE: u32 = IOReq::SIZE + 28;

mod command {
    pub const WRITE: u8 = 0;
    pub const READ: u8 = 1;
    pub const STATUS: u8 = 2;
    pub const READDIR: u8 = 3;
    pub const GETPATH: u8 = 4;
    pub const READENTRY: u8 = 5;
    pub const ALLOCBLOCKS: u8 = 6;
    pub const SETEOF: u8 = 7;
    pub const ADDENTRY: u8 = 8;
    pub const DELETEENTRY: u8 = 9;
    pub const SETTYPE: u8 = 10;
    pub const OPENENTRY: u8 = 11;
    pub const FSSTAT: u8 = 12;
}

/// Driver and family of open files (SDK header driver.h).
const IDENTITY_FILE: u8 = 5;
const FAMILY_FILE: u8 = 3;
const USAGE_READONLY: u32 = 0x2000_0000;
const USAGE_OFFLINE: u32 = 0x1000_0000;

/// FSSTAT fields that a volume of linked memory knows: block size, largest file, free, used.
const FSSTAT_KNOWN: u32 = 0x3A;

/// What a command says.
#[derive(Clone, Copy)]
struct Asked {
    command: u8,
    offset: i32,
    send: Buffer,
    recv: Buffer,
}

/// What a command comes to.
enum Outcome {
    /// Finished now.
    Now(u32),
    /// Finished when its time has passed.
    After(Ticks, u32),
    /// A read of the disc is on its way.
    UnderWay,
}

impl Portfolio {
    /// The commands of an open file, if the item is one.
    pub(in crate::kernel::portfolio) fn file_commands(
        &self,
        device: Item,
    ) -> Option<&'static [&'static str]> {
        self.files.open.contains_key(&device).then_some(COMMANDS)
    }

    /// Starts a program's request to an open file: 1 = over, 0 = in progress, negative as the
    /// shipped driver answers a command that it rejects.
    pub(in crate::kernel::portfolio) fn submit_file(
        &mut self,
        cx: &mut CallCx<'_>,
        ior: Item,
        ptr: GuestPtr<IOReq>,
    ) -> i32 {
        let command = cx.mem.peek(ptr.at(IOReq::io_Info).at(IOInfo::ioi_Command));
        if usize::from(command) >= COMMANDS.len() {
            // The kernel's own check of the command number.
            self.finish(cx, ior, 0, BADCOMMAND);
            return 1;
        }
        self.files
            .jobs
            .insert(Who::Request(ior), Job::new(Work::Command));
        self.step_command(cx, ior);
        if cx.mem.peek(ptr.at(IOReq::io_Flags)) & IO_DONE == 0 {
            return 0;
        }
        let error = cx.mem.peek(ptr.at(IOReq::io_Error));
        // A full NVRAM has the number of a bad length, but is no rejection.
        let may_fill = matches!(command, command::ALLOCBLOCKS | command::ADDENTRY);
        let rejected = match Status(error) {
            BAD_COMMAND | DEVICE_OFFLINE | TOO_SMALL => true,
            BAD_PTR => !may_fill,
            _ => false,
        };
        if self.quirks.file_reject_result && rejected {
            return error;
        }
        1
    }

    /// Goes on with a request to an open file.
    pub(super) fn step_command(&mut self, cx: &mut CallCx<'_>, ior: Item) {
        let who = Who::Request(ior);
        loop {
            let Some(job) = self.files.jobs.get(&who) else {
                return;
            };
            if job.awaits.is_some() {
                return;
            }
            if let Work::Finished { actual, result } = job.work {
                return self.end_file_request(cx, ior, actual, result);
            }
            let outcome = match job.error {
                Some(error) => Err(error.into()),
                None => self.command(cx, ior),
            };
            match outcome {
                Ok(Outcome::Now(actual)) => {
                    return self.end_file_request(cx, ior, actual, Status::OK);
                }
                Ok(Outcome::After(time, actual)) => {
                    return self.end_later(cx, who, time, actual, Status::OK);
                }
                Ok(Outcome::UnderWay) => return,
                Err(miss) => {
                    if let Err(error) = self.await_miss(cx, who, miss) {
                        return self.end_file_request(cx, ior, 0, error);
                    }
                }
            }
        }
    }

    /// A request to an open file is over.
    pub(super) fn end_file_request(
        &mut self,
        cx: &mut CallCx<'_>,
        ior: Item,
        actual: u32,
        error: Status,
    ) {
        if self.files.jobs.remove(&Who::Request(ior)).is_some() {
            self.finish(cx, ior, actual, error);
        }
    }

    /// Ends a request to an open file early. True if it was one that is in progress.
    pub(in crate::kernel::portfolio) fn abort_file_request(
        &mut self,
        cx: &mut CallCx<'_>,
        ior: Item,
    ) -> bool {
        if !self.files.jobs.contains_key(&Who::Request(ior)) {
            return false;
        }
        if !self.withdraw_read(cx, ior) {
            self.end_file_request(cx, ior, 0, ABORTED);
        }
        true
    }

    fn command(&mut self, cx: &mut CallCx<'_>, ior: Item) -> Result<Outcome, Miss> {
        let ptr = self.ioreq(cx.mem, ior)?;
        let info = ptr.at(IOReq::io_Info);
        let asked = Asked {
            command: cx.mem.peek(info.at(IOInfo::ioi_Command)),
            offset: cx.mem.peek(info.at(IOInfo::ioi_Offset)),
            send: buffer_of(cx.mem, info.at(IOInfo::ioi_Send)),
            recv: buffer_of(cx.mem, info.at(IOInfo::ioi_Recv)),
        };
        let device = cx.mem.peek(ptr.at(IOReq::io_Dev)).cast::<ItemNode>();
        let device = cx.mem.peek(device.at(ItemNode::n_Item));
        let place = self.files.open.get(&device).ok_or(DEVICE_OFFLINE)?;
        if asked.command == command::READ
            && let Some(id) = place.volume
            && self.online(id)?.layout == Layout::Optical
        {
            // What programs do most: nothing of the place is copied.
            let (read, beyond) = disc_read(place, ior, asked)?;
            return self.read_disc(cx, id, read, beyond);
        }
        let place = place.clone();
        match asked.command {
            command::STATUS => return self.status(cx, &place, asked),
            command::GETPATH => return self.get_path(cx, &place, asked),
            _ => (),
        }
        let layout = match place.volume {
            Some(id) => Some((id, self.online(id)?.layout)),
            None => None,
        };
        match asked.command {
            command::READDIR => self.read_dir(cx, &place, asked),
            _ => match layout {
                None => Err(BAD_COMMAND.into()),
                Some((_, Layout::Optical)) => disc_command(cx, asked),
                Some((id, Layout::LinkedMemory)) => self.memory_command(cx, id, &place, asked),
            },
        }
    }

    fn status(
        &mut self,
        cx: &mut CallCx<'_>,
        place: &Place,
        asked: Asked,
    ) -> Result<Outcome, Miss> {
        let volume = place.volume.and_then(|id| self.files.volumes.get(&id));
        let is_memory = volume.is_some_and(|v| v.layout == Layout::LinkedMemory);
        // A volume that another one replaced is no longer known.
        let offline = place.volume.is_some() && volume.is_none_or(|volume| !volume.online);
        let entry = match (place.volume, place.entry()) {
            (Some(id), Some(entry)) if is_memory && !entry.is_directory() => {
                let file = self.memory_file(cx, id, &entry.name)?;
                Entry {
                    byte_count: file.bytes,
                    block_count: file.blocks,
                    ..entry.clone()
                }
            }
            (_, Some(entry)) => entry.clone(),
            (_, None) => root_of_all(),
        };
        let mut usage = if is_memory { 0 } else { USAGE_READONLY };
        if offline {
            usage |= USAGE_OFFLINE;
        }
        let mut bytes = record(
            FileStatus::SIZE,
            &[
                (
                    DeviceStatus::ds_MaximumStatusSize.offset(),
                    FileStatus::SIZE,
                ),
                (DeviceStatus::ds_DeviceBlockSize.offset(), entry.block_size),
                (
                    DeviceStatus::ds_DeviceBlockCount.offset(),
                    entry.block_count,
                ),
                (
                    DeviceStatus::ds_DeviceFlagWord.offset(),
                    shown_flags(&entry),
                ),
                (DeviceStatus::ds_DeviceUsageFlags.offset(), usage),
                (FileStatus::fs_ByteCount.offset(), entry.byte_count),
            ],
        );
        bytes[DeviceStatus::ds_DriverIdentity.offset() as usize] = IDENTITY_FILE;
        bytes[DeviceStatus::ds_FamilyCode.offset() as usize] = FAMILY_FILE;
        put(cx, asked.recv, &bytes);
        // The shipped driver does not count; the published page does not say.
        Ok(Outcome::Now(0))
    }

    fn get_path(
        &mut self,
        cx: &mut CallCx<'_>,
        place: &Place,
        asked: Asked,
    ) -> Result<Outcome, Miss> {
        let path = match place.volume {
            Some(_) => place.path(),
            None => Vec::new(),
        };
        let Buffer::Guest { addr, len } = asked.recv else {
            return Err(TOO_SMALL.into());
        };
        Ok(Outcome::Now(put_path(cx, &path, addr, len)?))
    }

    fn read_dir(
        &mut self,
        cx: &mut CallCx<'_>,
        place: &Place,
        asked: Asked,
    ) -> Result<Outcome, Miss> {
        if !place.is_directory() {
            return Err(BAD_COMMAND.into());
        }
        let wanted = match asked.offset {
            0 if !self.quirks.readdir_base => 1,
            n => u32::try_from(n).unwrap_or(0),
        };
        if let Some(id) = place.volume
            && self.online(id)?.layout == Layout::Optical
            && self.quirks.readdir_optical
        {
            return Err(BAD_COMMAND.into());
        }
        let found = self.nth_entry(cx, place, wanted)?.ok_or(NO_FILE)?;
        let bytes = directory_entry(&found);
        Ok(Outcome::Now(put(cx, asked.recv, &bytes)))
    }

    /// Entry number `n`, counted from 1, of a directory.
    pub(super) fn nth_entry(
        &self,
        cx: &mut CallCx<'_>,
        place: &Place,
        n: u32,
    ) -> Result<Option<Found>, Miss> {
        let mut count = 0;
        let is_it = |_: &[u8]| {
            count += 1;
            count == n
        };
        match place.volume {
            Some(id) => self.scan(cx, id, place, is_it),
            None => {
                let mounted = self.files.volumes.values().filter_map(|volume| {
                    let root = volume.root.clone()?;
                    Some(Entry {
                        name: volume.name.clone(),
                        ..root
                    })
                });
                let n = (n as usize).checked_sub(1);
                let entry = n.and_then(|n| mounted.into_iter().nth(n));
                Ok(entry.map(|entry| Found {
                    entry,
                    last_flags: 0,
                }))
            }
        }
    }

    fn request_priority(&self, cx: &CallCx<'_>, ior: Item) -> u8 {
        let node = self.items.lookup(ior);
        node.map_or(0, |node| cx.mem.peek(node.at(ItemNode::n_Priority)))
    }
}

/// FSSTAT wants room for the whole record.
fn check_stat_buffer(buffer: Buffer) -> Result<(), Status> {
    match buffer {
        Buffer::None => Err(BAD_PTR),
        buffer if buffer.len() < FileSystemStat::SIZE => Err(BAD_IO_ARG),
        _ => Ok(()),
    }
}

/// A record whose words stand at these offsets; what is not said is zero.
fn record(size: u32, words: &[(u32, u32)]) -> Vec<u8> {
    let mut bytes = vec![0; size as usize];
    for &(at, value) in words {
        value.to_guest_bytes(&mut bytes[at as usize..at as usize + 4]);
    }
    bytes
}

/// A name in a send buffer, which need not end with a zero.
fn sent_name(sent: &[u8]) -> &[u8] {
    let end = sent.iter().position(|&byte| byte == 0);
    &sent[..end.unwrap_or(sent.len())]
}

/// Writes as much as fits; how much that was.
fn put(cx: &mut CallCx<'_>, to: Buffer, bytes: &[u8]) -> u32 {
    let Buffer::Guest { addr, len } = to else {
        return 0;
    };
    let len = len.min(bytes.len() as u32);
    match cx.mem.bytes_mut(addr, len) {
        Some(to) => {
            to.copy_from_slice(&bytes[..len as usize]);
            len
        }
        None => 0,
    }
}

/// An entry as READDIR, READENTRY and ReadDirectory give it.
pub(super) fn directory_entry(found: &Found) -> Vec<u8> {
    let entry = &found.entry;
    let mut bytes = record(
        DirectoryEntry::SIZE,
        &[
            (
                DirectoryEntry::de_Flags.offset(),
                entry.flags | found.last_flags,
            ),
            (DirectoryEntry::de_UniqueIdentifier.offset(), entry.id),
            (
                DirectoryEntry::de_Type.offset(),
                u32::from_be_bytes(entry.kind),
            ),
            (DirectoryEntry::de_BlockSize.offset(), entry.block_size),
            (DirectoryEntry::de_ByteCount.offset(), entry.byte_count),
            (DirectoryEntry::de_BlockCount.offset(), entry.block_count),
            (DirectoryEntry::de_Burst.offset(), entry.burst),
            (DirectoryEntry::de_Gap.offset(), entry.gap),
            (
                DirectoryEntry::de_AvatarCount.offset(),
                entry.avatars.len() as u32,
            ),
            (DirectoryEntry::de_Location.offset(), entry.first_block()),
        ],
    );
    let name = to_bytes(&entry.name);
    let len = name.len().min(NAME_MAX);
    let at = DirectoryEntry::de_FileName.offset() as usize;
    bytes[at..at + len].copy_from_slice(&name[..len]);
    bytes
}
