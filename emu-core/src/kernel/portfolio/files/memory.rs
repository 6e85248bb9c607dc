//! The NVRAM volume: look-up and change (device sheet 6.8).
//!
//! The bytes are the device's; each operation asks it for them, works on a copy and hands back
//! what has changed. What an operation on a file's bytes or blocks touched is what it costs: 20
//! microseconds and one for each byte; a look-up costs no more than its call.

use super::Miss;
use super::codes::{
    BAD_IO_ARG, BAD_PTR, DAMAGED, DEVICE_OFFLINE, DUPLICATE_FILE, ILLEGAL_NAME, NO_FILE, NO_SPACE,
};
use super::path::Found;
use super::place::{SUPPORTS_DIRSCAN, SUPPORTS_ENTRY, to_text};
use super::volume::{Layout, Volume, VolumeId};
use crate::device::{BufId, Buffer, Op, ReqId, Request};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::loader::linked_mem::{self, FsError, LinkedMem, NVRAM_BYTES, NVRAM_NAME, is_formatted};
use crate::loader::opera_fs::directory::{Entry, flag};
use crate::loader::opera_fs::label::LABEL_SIZE;
use crate::time::Ticks;
use crate::trace::Asker;

/// The unit of the memory device that keeps its bytes.
const NVRAM_UNIT: u8 = 3;
/// Microseconds of an operation beside one for each byte it touches.
const OPERATION: u64 = 20;

/// The File folio's code for what a volume refuses.
pub(super) fn status_of(error: FsError) -> Status {
    match error {
        FsError::NoVolume(_) | FsError::Damaged { .. } => DAMAGED,
        FsError::NoSpace { .. } => NO_SPACE,
        FsError::Exists => DUPLICATE_FILE,
        FsError::NotFound => NO_FILE,
        FsError::OutOfRange { .. } => BAD_PTR,
        FsError::BadName(_) => ILLEGAL_NAME,
    }
}

/// How long an operation takes that touches so many bytes.
fn duration(touched: u64) -> Ticks {
    // 12.5 cycles each.
    Ticks((OPERATION + touched) * 25 / 2)
}

/// A file as a directory shows it.
fn entry_of(file: &linked_mem::Entry) -> Entry {
    Entry {
        flags: 0,
        id: file.id,
        kind: file.kind.to_be_bytes(),
        block_size: 1,
        byte_count: file.bytes,
        block_count: file.blocks,
        burst: u32::MAX,
        gap: u32::MAX,
        name: to_text(file.name()),
        avatars: vec![file.offset],
    }
}

/// The directory of a volume of linked memory.
fn root_entry(name: &str) -> Entry {
    Entry {
        flags: flag::DIRECTORY | flag::FOR_FILESYSTEM | SUPPORTS_DIRSCAN | SUPPORTS_ENTRY,
        id: u32::MAX - 1,
        kind: super::place::DIRECTORY_TYPE,
        block_size: 1,
        byte_count: 0,
        block_count: 0,
        burst: 0,
        gap: 0,
        name: name.to_owned(),
        avatars: vec![LABEL_SIZE as u32],
    }
}

impl Portfolio {
    /// Mounts what a memory device holds; one that holds no volume is formatted.
    pub(super) fn mount_memory(&mut self, cx: &mut CallCx<'_>, device: Item) {
        let mut volume = Volume::new(device, NVRAM_UNIT, 0, Layout::LinkedMemory);
        let Ok(mut image) = self.read_memory(cx, &volume) else {
            return;
        };
        if !is_formatted(&image) {
            linked_mem::format(&mut image, NVRAM_NAME);
            self.write_memory(cx, &volume, 0, &image);
        }
        let Ok(opened) = LinkedMem::open(&mut image) else {
            return;
        };
        volume.name = opened.name();
        volume.root = Some(root_entry(&volume.name));
        volume.blocks = opened.size();
        self.add_volume(cx, volume);
    }

    fn read_memory(&self, cx: &mut CallCx<'_>, volume: &Volume) -> Result<Vec<u8>, Status> {
        let id = cx.bus.buffers.hold(vec![0; NVRAM_BYTES]);
        let done = self.transfer(cx, volume, Op::Read, 0, id, NVRAM_BYTES as u32);
        let bytes = cx.bus.buffers.release(id).unwrap_or_default();
        done.map(|()| bytes)
    }

    fn write_memory(&self, cx: &mut CallCx<'_>, volume: &Volume, at: u32, bytes: &[u8]) {
        let len = bytes.len() as u32;
        let id = cx.bus.buffers.hold(bytes.to_vec());
        // The device took the same range when it was read.
        let _ = self.transfer(cx, volume, Op::Write, at, id, len);
        cx.bus.buffers.release(id);
    }

    fn transfer(
        &self,
        cx: &mut CallCx<'_>,
        volume: &Volume,
        op: Op,
        at: u32,
        id: BufId,
        len: u32,
    ) -> Result<(), Status> {
        let buffer = Buffer::Kernel { id, len };
        let (send, recv) = match op {
            Op::Write => (buffer, Buffer::None),
            _ => (Buffer::None, buffer),
        };
        // Done before anybody could ask for it by name.
        let req = ReqId(u64::MAX);
        let request = Request {
            requester: u64::MAX,
            offset: volume.offset.saturating_add(at),
            send,
            recv,
            privileged: true,
            ..Request::new(req, volume.unit, op)
        };
        match self.ask_device(cx, volume.device, request, (Asker::Kernel, 0)) {
            Err(done) if done.error.is_none() && done.actual >= len.min(1) => Ok(()),
            _ => Err(DEVICE_OFFLINE),
        }
    }

    /// Works on a volume of linked memory; also tells how long that takes.
    pub(super) fn with_memory<T>(
        &self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        work: impl FnOnce(&mut LinkedMem<'_>) -> Result<T, FsError>,
    ) -> Result<(T, Ticks), Status> {
        let volume = self.files.volumes.get(&id).ok_or(DEVICE_OFFLINE)?;
        let old = self.read_memory(cx, volume)?;
        let mut new = old.clone();
        let mut opened = LinkedMem::open(&mut new).map_err(status_of)?;
        let result = work(&mut opened);
        let time = duration(opened.touched());
        let differs = |(a, b): (&u8, &u8)| a != b;
        let first = old.iter().zip(&new).position(differs);
        if let Some(first) = first {
            let last = old.iter().zip(&new).rposition(differs).unwrap_or(first);
            self.write_memory(cx, volume, first as u32, &new[first..=last]);
        }
        Ok((result.map_err(status_of)?, time))
    }

    /// The first file of the volume that is wanted.
    pub(super) fn scan_memory(
        &self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        mut wanted: impl FnMut(&[u8]) -> bool,
    ) -> Result<Option<Found>, Miss> {
        let (files, _) = self.with_memory(cx, id, |volume| volume.entries())?;
        let found = files.iter().find(|file| wanted(file.name()));
        Ok(found.map(|file| Found {
            entry: entry_of(file),
            last_flags: 0,
        }))
    }

    /// An open file's present state: it may have grown or moved since it was opened.
    pub(super) fn memory_file(
        &self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        name: &str,
    ) -> Result<linked_mem::Entry, Status> {
        let name = super::place::to_bytes(name);
        let (entry, _) = self.with_memory(cx, id, |volume| volume.find(&name))?;
        Ok(entry)
    }

    /// All bytes of a file.
    pub(super) fn whole_memory_file(
        &self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        name: &str,
    ) -> Result<Vec<u8>, Status> {
        let name = super::place::to_bytes(name);
        let (bytes, _) = self.with_memory(cx, id, |volume| {
            let file = volume.find(&name)?;
            let mut bytes = vec![0; file.bytes as usize];
            volume.read(file.offset, 0, &mut bytes)?;
            Ok(bytes)
        })?;
        Ok(bytes)
    }
}

/// SETEOF beyond the blocks, and taking away more than there are, have a code of their own.
pub(super) fn eof_error(status: Status) -> Status {
    if status == BAD_PTR {
        BAD_IO_ARG
    } else {
        status
    }
}
