//! Commands to files and the directory of NVRAM (device sheet 6.4, column NV).

use super::{
    Asked, FSSTAT_KNOWN, Outcome, check_stat_buffer, command, directory_entry, put, record,
    sent_name,
};
use crate::device::Buffer;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::files::Miss;
use crate::kernel::portfolio::files::codes::{BAD_COMMAND, BAD_IO_ARG, BAD_PTR, NO_FILE};
use crate::kernel::portfolio::files::memory::eof_error;
use crate::kernel::portfolio::files::place::{Place, to_bytes};
use crate::kernel::portfolio::files::volume::VolumeId;
use crate::kernel::portfolio::structs::FileSystemStat;
use crate::mem::GuestType;

impl Portfolio {
    pub(super) fn memory_command(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        place: &Place,
        asked: Asked,
    ) -> Result<Outcome, Miss> {
        let name = to_bytes(place.name());
        let is_directory = place.is_directory();
        let len = asked.recv.len().max(asked.send.len());
        let at = u32::try_from(asked.offset);
        let sent = match asked.send {
            Buffer::Guest { addr, len } => cx.mem.bytes(addr, len).unwrap_or_default().to_vec(),
            _ => Vec::new(),
        };
        let file = |volume: &crate::loader::linked_mem::LinkedMem<'_>| volume.find(&name);
        let done = match asked.command {
            command::READ if !is_directory => {
                let at = at.map_err(|_| BAD_PTR)?;
                let len = asked.recv.len();
                let (bytes, time) = self.with_memory(cx, id, |volume| {
                    let file = file(volume)?;
                    // Only as much as the volume can hold is set aside.
                    let mut bytes = vec![0; len.min(volume.size()) as usize];
                    volume.read(file.offset, at, &mut bytes)?;
                    Ok(bytes)
                })?;
                if (bytes.len() as u32) < len {
                    return Err(BAD_PTR.into());
                }
                put(cx, asked.recv, &bytes);
                (time, len)
            }
            command::WRITE if !is_directory => {
                let at = at.map_err(|_| BAD_PTR)?;
                let ((), time) = self.with_memory(cx, id, |volume| {
                    let file = file(volume)?;
                    volume.write(file.offset, at, &sent)
                })?;
                (time, len)
            }
            command::ALLOCBLOCKS if !is_directory => {
                let delta = asked.offset;
                let moved = self.with_memory(cx, id, |volume| {
                    let file = file(volume)?;
                    volume.allocate(file.offset, delta)
                });
                let (_, time) = match delta {
                    ..0 => moved.map_err(eof_error)?,
                    _ => moved?,
                };
                (time, 0)
            }
            command::SETEOF if !is_directory => {
                let bytes = at.map_err(|_| BAD_IO_ARG)?;
                let set = self.with_memory(cx, id, |volume| {
                    let file = file(volume)?;
                    volume.set_eof(file.offset, bytes)
                });
                let ((), time) = set.map_err(eof_error)?;
                (time, 0)
            }
            command::SETTYPE if !is_directory => {
                let kind = asked.offset as u32;
                let ((), time) = self.with_memory(cx, id, |volume| {
                    let file = file(volume)?;
                    volume.set_type(file.offset, kind)
                })?;
                (time, 0)
            }
            command::ADDENTRY if is_directory => {
                let name = sent_name(&sent);
                let (_, time) = self.with_memory(cx, id, |volume| volume.create(name))?;
                (time, 0)
            }
            command::DELETEENTRY if is_directory => {
                let name = sent_name(&sent).to_vec();
                (self.delete_entry(cx, id, &name)?, 0)
            }
            command::READENTRY if is_directory => {
                let wanted = sent_name(&sent);
                let is_it = |name: &[u8]| name.eq_ignore_ascii_case(wanted);
                let found = self.scan(cx, id, place, is_it)?.ok_or(NO_FILE)?;
                let bytes = directory_entry(&found);
                return Ok(Outcome::Now(put(cx, asked.recv, &bytes)));
            }
            command::OPENENTRY => return Ok(Outcome::Now(0)),
            command::FSSTAT => {
                check_stat_buffer(asked.recv)?;
                let (known, _) = self.with_memory(cx, id, |volume| volume.statistics())?;
                let bytes = record(
                    FileSystemStat::SIZE,
                    &[
                        (FileSystemStat::fst_BitMap.offset(), FSSTAT_KNOWN),
                        (FileSystemStat::fst_BlockSize.offset(), 1),
                        (FileSystemStat::fst_MaxFileSize.offset(), known.largest),
                        (FileSystemStat::fst_Free.offset(), known.free),
                        (FileSystemStat::fst_Used.offset(), known.used),
                    ],
                );
                return Ok(Outcome::Now(put(cx, asked.recv, &bytes)));
            }
            _ => return Err(BAD_COMMAND.into()),
        };
        let (time, actual) = done;
        Ok(Outcome::After(time, actual))
    }
}
