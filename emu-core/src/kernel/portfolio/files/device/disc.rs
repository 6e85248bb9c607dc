//! Commands to files on a disc (device sheet 6.4, column CD).

use super::{Asked, Outcome, check_stat_buffer, command, put};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::files::Miss;
use crate::kernel::portfolio::files::codes::{BAD_COMMAND, BAD_PTR, DAMAGED};
use crate::kernel::portfolio::files::place::Place;
use crate::kernel::portfolio::files::volume::{DiscRead, Purpose, VolumeId};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::FileSystemStat;
use crate::loader::opera_fs::BLOCK_SIZE;
use crate::mem::GuestType;

impl Portfolio {
    /// A program's read becomes one request to the drive.
    pub(super) fn read_disc(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        read: Option<DiscRead>,
        beyond: Option<String>,
    ) -> Result<Outcome, Miss> {
        let Some(mut read) = read else {
            return Ok(Outcome::Now(0));
        };
        if let Some(text) = beyond {
            self.warn(cx, text);
        }
        if let Purpose::Data { ior } = read.purpose {
            read.priority = self.request_priority(cx, ior);
        }
        self.enqueue(cx, id, read);
        Ok(Outcome::UnderWay)
    }
}

/// Commands to a disc file beside READ, STATUS and those for directories.
pub(super) fn disc_command(cx: &mut CallCx<'_>, asked: Asked) -> Result<Outcome, Miss> {
    match asked.command {
        command::OPENENTRY => Ok(Outcome::Now(0)),
        command::FSSTAT => {
            check_stat_buffer(asked.recv)?;
            let nothing = [0; FileSystemStat::SIZE as usize];
            Ok(Outcome::Now(put(cx, asked.recv, &nothing)))
        }
        _ => Err(BAD_COMMAND.into()),
    }
}

/// What a READ of a disc file asks of the drive, if anything, and a warning if it goes beyond
/// the file.
pub(super) fn disc_read(
    place: &Place,
    ior: Item,
    asked: Asked,
) -> Result<(Option<DiscRead>, Option<String>), Status> {
    let entry = place.entry().ok_or(BAD_COMMAND)?;
    let size = entry.block_size;
    let len = asked.recv.len();
    if size == 0 || !size.is_multiple_of(BLOCK_SIZE as u32) {
        return Err(DAMAGED);
    }
    if !len.is_multiple_of(size) {
        return Err(BAD_PTR);
    }
    if len == 0 {
        return Ok((None, None));
    }
    let step = size / BLOCK_SIZE as u32;
    let first = u32::try_from(asked.offset).map_err(|_| BAD_PTR)?;
    let ahead = first.checked_mul(step).ok_or(BAD_PTR)?;
    let end = u64::from(first) + u64::from(len / size);
    let count = entry.block_count;
    let beyond = (end > u64::from(count)).then(|| {
        let name = &entry.name;
        format!(
            "IOReq {ior:?} reads blocks {first} to {end} of \"{name}\", which has {count}: what \
             follows on the disc is read"
        )
    });
    let copies = entry.avatars.iter().filter_map(|at| at.checked_add(ahead));
    let copies: Vec<u32> = copies.collect();
    if copies.is_empty() {
        return Err(BAD_PTR);
    }
    let read = DiscRead::new(copies, asked.recv, Purpose::Data { ior }, 0);
    Ok((Some(read), beyond))
}
