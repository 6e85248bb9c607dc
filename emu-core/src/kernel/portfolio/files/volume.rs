//! Volumes, and the reads that the file system makes of their drives.
//!
//! Every byte the file system wants from a disc is a request to the drive: a label, a directory
//! block, a program, the blocks of a program's own read. They queue here, one under way at a
//! time: the highest priority first, then the one nearest to the head, then the oldest (device
//! sheet 6.4). Directory blocks are kept once they are read, as the system does (6.2).

use super::Miss;
use super::codes::{ABORTED, DEVICE_OFFLINE};
use super::job::{Awaited, Who};
use crate::device::{BufId, Buffer, DevError, Finished, Op, ReqId, Request, Submit, Terms};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::devices::status_of;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::events::FileSystemEvent;
use crate::kernel::portfolio::io::Pending;
use crate::kernel::portfolio::items::Item;
use crate::loader::opera_fs::BLOCK_SIZE;
use crate::loader::opera_fs::directory::Entry;
use crate::time::{Tick, Ticks};
use crate::trace::Asker;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Directory blocks that are kept of one volume.
const CACHED_MAX: usize = 8192;

/// Names a volume; never reused in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VolumeId(pub u32);

/// How a volume is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// A disc: OperaFS, read only.
    Optical,
    /// Linked memory: NVRAM.
    LinkedMemory,
}

/// A file system that is mounted, or about to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Volume {
    /// The item programs know it by.
    pub item: Item,
    /// The device it is on.
    pub device: Item,
    /// Which unit of it.
    pub unit: u8,
    /// Block of the device that its block 0 is.
    pub offset: u32,
    /// How it is laid out.
    pub layout: Layout,
    /// From its label.
    pub id: u32,
    /// From its label.
    pub name: String,
    /// `on.device.unit.offset`.
    pub mount_name: String,
    /// Its root directory; none until it is mounted.
    pub root: Option<Entry>,
    /// Blocks its label promises.
    pub blocks: u32,
    /// Whether its medium is there.
    pub online: bool,
    /// Directory blocks that were read, by their place in the first copy.
    cache: BTreeMap<u32, Vec<u8>>,
    queue: Vec<DiscRead>,
    /// The read under way.
    active: Option<(ReqId, DiscRead)>,
    /// Where the head is thought to be: behind the last block asked for.
    head: u32,
    next_read: u64,
}

/// What is done with the blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// A directory block or label, to be kept under this number.
    Keep {
        /// Its place in the first copy.
        key: u32,
    },
    /// The data of a program's request.
    Data {
        /// The request.
        ior: Item,
    },
    /// Part of a program or start-up file, for whoever asked.
    Bytes {
        /// Who.
        who: Who,
    },
}

/// One read of consecutive blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscRead {
    /// First block in each copy that has not failed yet, in the volume's numbers.
    pub copies: Vec<u32>,
    /// Where the bytes go; its length says how many blocks.
    pub to: Buffer,
    /// What for.
    pub purpose: Purpose,
    /// Of the request it is for.
    pub priority: u8,
    number: u64,
    /// When it was asked for, and how long it then waited for its turn at the drive.
    since: Tick,
    waited: Ticks,
}

impl DiscRead {
    /// A read of `to.len()` bytes.
    pub fn new(copies: Vec<u32>, to: Buffer, purpose: Purpose, priority: u8) -> DiscRead {
        DiscRead {
            copies,
            to,
            purpose,
            priority,
            number: 0,
            since: Tick(0),
            waited: Ticks(0),
        }
    }

    /// The place in `copies` that is nearest to the head, and its distance.
    fn nearest(&self, head: u32) -> (usize, u32) {
        let distances = self.copies.iter().map(|block| block.abs_diff(head));
        let nearest = distances.enumerate().min_by_key(|&(_, distance)| distance);
        nearest.unwrap_or((0, u32::MAX))
    }

    fn blocks(&self) -> u32 {
        self.to.len().div_ceil(BLOCK_SIZE as u32)
    }
}

impl Volume {
    /// A volume whose label is still to be read, or made up by the caller.
    pub fn new(device: Item, unit: u8, offset: u32, layout: Layout) -> Volume {
        Volume {
            item: Item::NONE,
            device,
            unit,
            offset,
            layout,
            id: 0,
            name: String::new(),
            mount_name: String::new(),
            root: None,
            blocks: 0,
            online: true,
            cache: BTreeMap::new(),
            queue: Vec::new(),
            active: None,
            head: 0,
            next_read: 0,
        }
    }

    /// A block that was read before.
    pub fn cached(&self, key: u32) -> Option<&[u8]> {
        self.cache.get(&key).map(Vec::as_slice)
    }

    /// Forgets a block that is not needed again.
    pub fn forget_block(&mut self, key: u32) {
        self.cache.remove(&key);
    }

    /// Whether one that was read from a file can be worked on.
    pub(super) fn is_sound(&self) -> bool {
        self.next_read <= u64::MAX / 2
    }

    /// Whether a read that will keep this block is queued or under way.
    fn is_fetching(&self, key: u32) -> bool {
        let wanted = Purpose::Keep { key };
        self.queue.iter().any(|read| read.purpose == wanted)
            || self.active.iter().any(|(_, read)| read.purpose == wanted)
    }

    /// Takes the read that is best from where the head is.
    fn take_next(&mut self) -> Option<DiscRead> {
        let order = |read: &DiscRead| {
            let distance = read.nearest(self.head).1;
            (u8::MAX - read.priority, distance, read.number)
        };
        let best = self
            .queue
            .iter()
            .enumerate()
            .min_by_key(|(_, read)| order(read));
        let at = best.map(|(at, _)| at)?;
        Some(self.queue.remove(at))
    }
}

/// A directory block that must be read before a look-up can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of which volume.
    pub volume: VolumeId,
    /// Its place in the first copy.
    pub key: u32,
    /// Its place in every copy.
    pub copies: Vec<u32>,
    /// Its size in bytes.
    pub size: u32,
}

impl Portfolio {
    /// Has a directory block read, if nobody has yet.
    pub(super) fn fetch_block(&mut self, cx: &mut CallCx<'_>, wanted: &Wanted) {
        let Some(volume) = self.files.volumes.get(&wanted.volume) else {
            return;
        };
        if volume.is_fetching(wanted.key) {
            return;
        }
        let id = cx.bus.buffers.hold(vec![0; wanted.size as usize]);
        let to = Buffer::Kernel {
            id,
            len: wanted.size,
        };
        let purpose = Purpose::Keep { key: wanted.key };
        let priority = self.priority_of(cx.mem, self.caller());
        let read = DiscRead::new(wanted.copies.clone(), to, purpose, priority);
        self.enqueue(cx, wanted.volume, read);
    }

    /// Queues a read and starts it if the volume is idle.
    pub(super) fn enqueue(&mut self, cx: &mut CallCx<'_>, id: VolumeId, mut read: DiscRead) {
        if let Some(volume) = self.files.volumes.get_mut(&id) {
            read.number = volume.next_read;
            read.since = cx.now;
            volume.next_read += 1;
            volume.queue.push(read);
            self.start_next_read(cx, id);
        }
    }

    fn start_next_read(&mut self, cx: &mut CallCx<'_>, id: VolumeId) {
        while let Some(volume) = self.files.volumes.get_mut(&id)
            && volume.active.is_none()
            && let Some(mut read) = volume.take_next()
        {
            let (nearest, _) = read.nearest(volume.head);
            let block = read.copies.get(nearest).copied().unwrap_or(0);
            volume.head = block.saturating_add(read.blocks());
            let (device, unit, offset) = (volume.device, volume.unit, volume.offset);
            let is_online = volume.online;
            let req = ReqId(self.next_request);
            self.next_request += 1;
            // No options: what the drive does for the system is blocks of data at full speed.
            let request = Request {
                requester: u64::MAX - u64::from(id.0),
                offset: offset.saturating_add(block),
                recv: read.to,
                priority: read.priority,
                privileged: true,
                ..Request::new(req, unit, Op::Read)
            };
            // Of one that is tried in another copy, all that came before.
            read.waited = Ticks(cx.now.0.saturating_sub(read.since.0));
            volume.active = Some((req, read));
            self.pending.insert(req, Pending::Volume(id));
            // A medium that has gone is never asked: another may lie in its place.
            let asked = match is_online {
                true => self.ask_device(cx, device, request, (Asker::Volume, id.0)),
                false => Err(Finished::failed(DevError::Offline)),
            };
            if let Err(result) = asked {
                self.pending.remove(&req);
                self.end_read(cx, id, req, result, Terms::default());
            }
        }
    }

    /// Hands a request of the system's own to a device. An answer that comes at once is the
    /// error.
    pub(super) fn ask_device(
        &self,
        cx: &mut CallCx<'_>,
        device: Item,
        request: Request,
        asker: (Asker, u32),
    ) -> Result<(), Finished> {
        match self.submit_to(cx, device, request, asker) {
            Submit::Pending => Ok(()),
            Submit::Done(result) | Submit::DoneUnsaid(result) => Err(result),
        }
    }

    /// A read of the file system has ended.
    pub(in crate::kernel::portfolio) fn read_finished(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        req: ReqId,
        result: Finished,
        terms: Terms,
    ) {
        self.end_read(cx, id, req, result, terms);
        self.start_next_read(cx, id);
    }

    fn end_read(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        req: ReqId,
        result: Finished,
        terms: Terms,
    ) {
        let Some(volume) = self.files.volumes.get_mut(&id) else {
            return;
        };
        let Some((_, mut read)) = volume.active.take_if(|(active, _)| *active == req) else {
            return;
        };
        // What the drive has not read by now was on a medium that is no longer there.
        let device = volume.device;
        if result.error == Some(DevError::Offline) {
            self.take_offline(cx, id);
        }
        let error = result.error.map(|error| match error {
            DevError::Aborted => ABORTED,
            DevError::Offline => DEVICE_OFFLINE,
            error => status_of(error, self.class_of(device)),
        });
        let mut whole = terms;
        whole.queue.0 += read.waited.0;
        self.explain_read(cx, id, &read, result, whole);
        if result.error == Some(DevError::Media) && read.copies.len() > 1 {
            if let Some(volume) = self.files.volumes.get_mut(&id) {
                let behind = volume.head.saturating_sub(read.blocks());
                let failed = read.nearest(behind).0;
                read.copies.remove(failed);
                volume.queue.push(read);
            }
        } else {
            self.give_blocks(cx, id, &read, result.actual, error);
        }
    }

    /// The medium of a volume is gone.
    pub(super) fn take_offline(&mut self, cx: &mut CallCx<'_>, id: VolumeId) {
        let Some(volume) = self.files.volumes.get_mut(&id) else {
            return;
        };
        if std::mem::replace(&mut volume.online, false) {
            self.tell_of_volume(cx, id, FileSystemEvent::Offline);
        }
    }

    /// Tells whoever listens what has become of a volume that was mounted.
    pub(super) fn tell_of_volume(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        what: FileSystemEvent,
    ) {
        if let Some(volume) = self.files.volumes.get(&id).filter(|v| v.root.is_some()) {
            let (item, name) = (volume.item, volume.name.clone());
            self.tell_of_file_system(cx, item, &name, what);
        }
    }

    /// Forgets a volume. Whoever waits for it gets an error.
    pub(super) fn drop_volume(&mut self, cx: &mut CallCx<'_>, id: VolumeId) {
        self.tell_of_volume(cx, id, FileSystemEvent::Dismounted);
        let Some(volume) = self.files.volumes.remove(&id) else {
            return;
        };
        if volume.item != Item::NONE {
            self.free_item(cx.mem, volume.item);
        }
        let places = self.files.places.iter();
        let gone: Vec<Item> = places
            .filter(|(_, place)| place.volume == Some(id))
            .map(|(&item, _)| item)
            .collect();
        for item in gone {
            self.files.places.remove(&item);
            self.free_item(cx.mem, item);
        }
        if let Some((req, _)) = &volume.active {
            self.abort_at(cx, volume.device, *req);
        }
        let active = volume.active.map(|(_, read)| read);
        for read in volume.queue.into_iter().chain(active) {
            self.give_blocks(cx, id, &read, 0, Some(DEVICE_OFFLINE));
        }
    }

    fn is_mounting(&self, id: VolumeId) -> bool {
        let volume = self.files.volumes.get(&id);
        volume.is_some_and(|volume| volume.root.is_none())
    }

    fn explain_read(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        read: &DiscRead,
        result: Finished,
        terms: Terms,
    ) {
        self.explain(cx, result, terms, |kernel| {
            let what = match read.purpose {
                Purpose::Keep { key } if kernel.is_mounting(id) => {
                    format!("block {key}, perhaps a label")
                }
                Purpose::Keep { key } => format!("directory block {key}"),
                Purpose::Data { ior } => format!("data for IOReq {ior:?}"),
                Purpose::Bytes { who } => format!("a file for {who:?}"),
            };
            match kernel.files.volumes.get(&id) {
                Some(volume) if volume.root.is_some() => {
                    format!("volume \"{}\" reads {what}", volume.name)
                }
                _ => format!("the drive reads {what}"),
            }
        });
    }

    /// Gives what was read to whoever wanted it.
    fn give_blocks(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        read: &DiscRead,
        actual: u32,
        error: Option<Status>,
    ) {
        match read.purpose {
            Purpose::Keep { key } => {
                let bytes = take_buffer(cx, read.to);
                if error.is_none()
                    && let Some(volume) = self.files.volumes.get_mut(&id)
                {
                    if volume.cache.len() >= CACHED_MAX {
                        volume.cache.pop_first();
                    }
                    volume.cache.insert(key, bytes);
                }
                self.wake_jobs(cx, Awaited::Block { volume: id, key }, error);
            }
            Purpose::Data { ior } => {
                self.end_file_request(cx, ior, actual, error.unwrap_or(Status::OK));
            }
            Purpose::Bytes { who } => {
                let bytes = take_buffer(cx, read.to);
                if let Some(job) = self.files.jobs.get_mut(&who) {
                    job.bytes.extend(bytes);
                }
                self.wake_jobs(cx, Awaited::Bytes(who), error);
            }
        }
    }

    /// Ends the reads made for a request early. True if one is under way at the drive, whose
    /// completion is still to come.
    pub(super) fn withdraw_read(&mut self, cx: &mut CallCx<'_>, ior: Item) -> bool {
        let wanted = Purpose::Data { ior };
        let mut under_way = None;
        for volume in self.files.volumes.values_mut() {
            volume.queue.retain(|read| read.purpose != wanted);
            if let Some((req, read)) = &volume.active
                && read.purpose == wanted
            {
                under_way = Some((*req, volume.device));
            }
        }
        let Some((req, device)) = under_way else {
            return false;
        };
        self.abort_at(cx, device, req);
        true
    }

    /// The volume, unless it has gone or its medium has.
    pub(super) fn online(&self, id: VolumeId) -> Result<&Volume, Miss> {
        let volume = self.files.volumes.get(&id).filter(|volume| volume.online);
        volume.ok_or(Miss::Error(DEVICE_OFFLINE))
    }
}

/// Takes the bytes of a kernel buffer back.
fn take_buffer(cx: &mut CallCx<'_>, buffer: Buffer) -> Vec<u8> {
    match buffer {
        Buffer::Kernel { id, .. } => release(cx, id),
        _ => Vec::new(),
    }
}

fn release(cx: &mut CallCx<'_>, id: BufId) -> Vec<u8> {
    cx.bus.buffers.release(id).unwrap_or_default()
}
