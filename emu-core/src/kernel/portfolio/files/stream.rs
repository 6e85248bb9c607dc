//! Files as streams of bytes: the folio's vectors 1 to 4 (device sheet 6.6).
//!
//! A stream reads ahead: as soon as its buffer is used up the next part of the file is asked for,
//! and a seek outside the buffer takes effect at the next read. All of its state is the Stream in
//! the program's memory.

use super::calls::{Failure, FileCall, Step};
use super::codes::NO_FILE;
use super::volume::Layout;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::NOMEM;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::io_flag::IO_DONE;
use crate::kernel::portfolio::structs::{IOBuf, IOInfo, IOReq, ItemNode, Stream};
use crate::mem::{CString, Field, GuestPtr, GuestType, GuestValue, Memory};

/// The smallest buffer in bytes.
const BUFFER_MIN: u32 = 256;
/// The command of a read.
const CMD_READ: u8 = 1;

/// Where a seek counts from (SDK header filestream.h).
mod whence {
    pub const SEEK_SET: u32 = 1;
    pub const SEEK_CUR: u32 = 2;
    pub const SEEK_END: u32 = 3;
}

fn get<T: GuestValue>(mem: &Memory, stream: u32, field: Field<Stream, T>) -> Result<T, Trouble> {
    Ok(mem.read(GuestPtr::<Stream>::new(stream).at(field))?)
}

fn set<T: GuestValue>(
    mem: &mut Memory,
    stream: u32,
    field: Field<Stream, T>,
    value: T,
) -> Result<(), Trouble> {
    Ok(mem.write(GuestPtr::<Stream>::new(stream).at(field), value)?)
}

impl Portfolio {
    pub(super) fn step_open_stream(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        path: &[u8],
        size: i32,
    ) -> Result<Step, Failure> {
        let from = self.current_directory(task);
        let place = self.find_place(cx, task, &from, path)?;
        let mut entry = match place.entry() {
            Some(entry) if !entry.is_directory() => entry.clone(),
            _ => return Err(NO_FILE.into()),
        };
        if let Some(id) = place.volume
            && self.online(id)?.layout == Layout::LinkedMemory
        {
            let file = self.memory_file(cx, id, &entry.name)?;
            (entry.byte_count, entry.block_count) = (file.bytes, file.blocks);
        }
        let block = entry.block_size.max(1);
        let wanted = match size {
            0 if entry.block_count <= 2 => block,
            0 => block.saturating_mul(2),
            ..0 => block.saturating_mul(size.unsigned_abs()),
            _ => size.unsigned_abs(),
        };
        let wanted = wanted.max(BUFFER_MIN).checked_next_multiple_of(block);
        let buffer_len = i32::try_from(wanted.ok_or(NOMEM)?).map_err(|_| NOMEM)?;
        let file = self.open_place(cx, task, place)?;
        let made = self.new_stream(cx, file, buffer_len);
        match made {
            Ok(stream) => {
                for (field, value) in [
                    (Stream::st_FileBlockSize, block as i32),
                    (Stream::st_FileBlockCount, entry.block_count as i32),
                    (Stream::st_FileLength, entry.byte_count as i32),
                ] {
                    set(cx.mem, stream, field, value)?;
                }
                self.fill_buffer(cx, stream, 0)?;
                Ok(Step::Done(Reply::value(stream)))
            }
            Err(failure) => {
                self.drop_file_request(cx, task, file, Item::NONE);
                Err(failure)
            }
        }
    }

    /// The Stream of an open file and its buffer, in the caller's memory.
    fn new_stream(
        &mut self,
        cx: &mut CallCx<'_>,
        file: Item,
        buffer_len: i32,
    ) -> Result<u32, Failure> {
        let stream = self.alloc_mem(cx, Stream::SIZE as i32, 0)?;
        if stream == 0 {
            return Err(NOMEM.into());
        }
        let buffer = self.alloc_mem(cx, buffer_len, 0)?;
        let request = match buffer {
            0 => Err(NOMEM),
            _ => self.new_file_request(cx, file),
        };
        let request = match request {
            Ok(ior) => self.ioreq(cx.mem, ior)?,
            Err(error) => {
                if buffer != 0 {
                    self.free_mem(cx, buffer, buffer_len)?;
                }
                self.free_mem(cx, stream, Stream::SIZE as i32)?;
                return Err(error.into());
            }
        };
        let empty = vec![0; Stream::SIZE as usize];
        cx.mem.write_bytes(stream, &empty).map_err(Trouble::from)?;
        set(cx.mem, stream, Stream::st_OpenFileItem, file)?;
        set(cx.mem, stream, Stream::st_IOReq, request)?;
        set(cx.mem, stream, Stream::st_Buffer, buffer)?;
        set(cx.mem, stream, Stream::st_BufferLen, buffer_len)?;
        Ok(stream)
    }

    /// The request of a stream.
    fn stream_request(&self, mem: &Memory, stream: u32) -> Result<Item, Failure> {
        let request = get(mem, stream, Stream::st_IOReq)?;
        let item = mem.peek(request.cast::<ItemNode>().at(ItemNode::n_Item));
        // A pointer in a program's memory is an allegation; and who is not the owner would not be
        // told of the end.
        if self.ioreq(mem, item)? != request || self.owner_of(mem, item) != self.caller() {
            return Err(crate::kernel::portfolio::errors::BADITEM.into());
        }
        Ok(item)
    }

    /// Asks for the part of the file from the block of `position` on, as much as the buffer
    /// holds; nothing if the file ends before.
    fn fill_buffer(
        &mut self,
        cx: &mut CallCx<'_>,
        stream: u32,
        position: u32,
    ) -> Result<(), Failure> {
        let block = get(cx.mem, stream, Stream::st_FileBlockSize)?.max(1) as u32;
        let length = get(cx.mem, stream, Stream::st_FileLength)?.max(0) as u32;
        let count = get(cx.mem, stream, Stream::st_FileBlockCount)?.max(0) as u32;
        let room = get(cx.mem, stream, Stream::st_BufferLen)?.max(0) as u32;
        let buffer = get(cx.mem, stream, Stream::st_Buffer)?;
        let first = position / block;
        set(cx.mem, stream, Stream::st_BufBytesAvail, 0)?;
        set(
            cx.mem,
            stream,
            Stream::st_FileOffset,
            first.saturating_mul(block),
        )?;
        if position >= length || first >= count {
            return Ok(());
        }
        let len = room.min((count - first).saturating_mul(block)) / block * block;
        let ior = self.stream_request(cx.mem, stream)?;
        let ptr = self.ioreq(cx.mem, ior)?;
        if cx.mem.peek(ptr.at(IOReq::io_Flags)) & IO_DONE == 0
            || cx.mem.check_writable(buffer, len).is_err()
        {
            return Err(crate::kernel::portfolio::errors::BADPTR.into());
        }
        let info = ptr.at(IOReq::io_Info);
        if let Some(bytes) = cx.mem.bytes_mut(info.addr(), IOInfo::SIZE) {
            bytes.fill(0);
        }
        cx.mem.poke(info.at(IOInfo::ioi_Command), CMD_READ);
        cx.mem.poke(info.at(IOInfo::ioi_Offset), first as i32);
        let recv = info.at(IOInfo::ioi_Recv);
        cx.mem.poke(recv.at(IOBuf::iob_Buffer), buffer);
        cx.mem.poke(recv.at(IOBuf::iob_Len), len as i32);
        set(cx.mem, stream, Stream::st_IOInProgress, 1)?;
        self.submit(cx, ior, ptr);
        Ok(())
    }

    pub(super) fn step_read_stream(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        call: &FileCall,
    ) -> Result<Step, Failure> {
        let &FileCall::ReadStream {
            stream,
            mut to,
            mut left,
            mut done,
        } = call
        else {
            return Err(NO_FILE.into());
        };
        let over = |done: u32| Ok(Step::Done(Reply::value(done)));
        let mut filled = false;
        loop {
            if get(cx.mem, stream, Stream::st_IOInProgress)? != 0 {
                let ior = self.stream_request(cx.mem, stream)?;
                let ptr = self.ioreq(cx.mem, ior)?;
                if cx.mem.peek(ptr.at(IOReq::io_Flags)) & IO_DONE == 0 {
                    let progress = FileCall::ReadStream {
                        stream,
                        to,
                        left,
                        done,
                    };
                    self.go_on_with(task, progress);
                    return Ok(Step::WaitIo(ior));
                }
                let error = cx.mem.peek(ptr.at(IOReq::io_Error));
                let actual = cx.mem.peek(ptr.at(IOReq::io_Actual));
                set(cx.mem, stream, Stream::st_IOInProgress, 0)?;
                set(cx.mem, stream, Stream::st_NextBufByteOffset, 0)?;
                set(cx.mem, stream, Stream::st_BufBytesAvail, actual.max(0))?;
                set(cx.mem, stream, Stream::st_HadError, u8::from(error < 0))?;
            }
            if get(cx.mem, stream, Stream::st_HadError)? != 0 {
                set(cx.mem, stream, Stream::st_HadError, 0)?;
                return if done > 0 {
                    over(done)
                } else {
                    Err(NO_FILE.into())
                };
            }
            if get(cx.mem, stream, Stream::st_SeekOrigin)? != 0 {
                let target = get(cx.mem, stream, Stream::st_SeekTo)?;
                set(cx.mem, stream, Stream::st_SeekOrigin, 0)?;
                set(cx.mem, stream, Stream::st_CursorPosition, target)?;
            }
            let position = get(cx.mem, stream, Stream::st_CursorPosition)?.max(0) as u32;
            let length = get(cx.mem, stream, Stream::st_FileLength)?.max(0) as u32;
            if left == 0 || position >= length {
                return over(done);
            }
            // The buffer holds the file from st_FileOffset on, this many bytes in all.
            let start = get(cx.mem, stream, Stream::st_FileOffset)?;
            let used = get(cx.mem, stream, Stream::st_NextBufByteOffset)?.max(0) as u32;
            let rest = get(cx.mem, stream, Stream::st_BufBytesAvail)?.max(0) as u32;
            let held = used.saturating_add(rest);
            if position < start || position - start >= held {
                // A Stream that was scribbled over asks for nothing and gets it at once.
                if std::mem::replace(&mut filled, true) {
                    return Err(NO_FILE.into());
                }
                self.fill_buffer(cx, stream, position)?;
                if get(cx.mem, stream, Stream::st_IOInProgress)? == 0 {
                    return over(done);
                }
                continue;
            }
            let at = position - start;
            let part = left.min(held - at).min(length - position);
            let buffer = get(cx.mem, stream, Stream::st_Buffer)?;
            let bytes = cx.mem.read_bytes(buffer.wrapping_add(at), part);
            let bytes = bytes.map_err(Trouble::from)?;
            cx.mem.write_bytes(to, &bytes).map_err(Trouble::from)?;
            to = to.wrapping_add(part);
            left -= part;
            done = done.saturating_add(part);
            filled = false;
            let next = at + part;
            set(
                cx.mem,
                stream,
                Stream::st_CursorPosition,
                (position + part) as i32,
            )?;
            set(cx.mem, stream, Stream::st_NextBufByteOffset, next as i32)?;
            set(
                cx.mem,
                stream,
                Stream::st_BufBytesAvail,
                (held - next) as i32,
            )?;
            if next == held && position + part < length {
                set(cx.mem, stream, Stream::st_NextBufByteOffset, 0)?;
                self.fill_buffer(cx, stream, position + part)?;
            }
        }
    }

    pub(super) fn step_close_stream(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        stream: u32,
    ) -> Result<Step, Failure> {
        let file = get(cx.mem, stream, Stream::st_OpenFileItem)?;
        let request = get(cx.mem, stream, Stream::st_IOReq)?;
        let ior = cx.mem.peek(request.cast::<ItemNode>().at(ItemNode::n_Item));
        let ior = match self.ioreq(cx.mem, ior) {
            Ok(known) if known == request => ior,
            _ => Item::NONE,
        };
        if !self.drop_file_request(cx, task, file, ior) {
            return Ok(Step::WaitAbort);
        }
        let buffer = get(cx.mem, stream, Stream::st_Buffer)?;
        let len = get(cx.mem, stream, Stream::st_BufferLen)?;
        self.free_mem(cx, buffer, len)?;
        self.free_mem(cx, stream, Stream::SIZE as i32)?;
        Ok(Step::Done(Reply::NOTHING))
    }
}

/// Vector 1.
pub(super) fn open_disk_stream(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    path: GuestPtr<CString>,
    size: i32,
) -> Answer {
    match k.path_argument(cx, path) {
        Ok(path) => k.begin_call(FileCall::OpenStream { path, size }),
        Err(_) => Ok(Flow::Done(Reply::value(0))),
    }
}

/// Vector 2.
pub(super) fn read_disk_stream(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    stream: u32,
    buffer: u32,
    len: i32,
) -> Answer {
    cx.mem.check_writable(stream, Stream::SIZE)?;
    k.begin_call(FileCall::ReadStream {
        stream,
        to: buffer,
        left: len.max(0) as u32,
        done: 0,
    })
}

/// Vector 3.
pub(super) fn seek_disk_stream(
    _k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    stream: u32,
    offset: i32,
    from: u32,
) -> Result<i32, Trouble> {
    let length = i64::from(get(cx.mem, stream, Stream::st_FileLength)?);
    // A seek that no read has carried out yet counts.
    let here = match get(cx.mem, stream, Stream::st_SeekOrigin)? {
        0 => get(cx.mem, stream, Stream::st_CursorPosition)?,
        _ => get(cx.mem, stream, Stream::st_SeekTo)?,
    };
    let offset = i64::from(offset);
    let target = match from {
        whence::SEEK_SET => offset,
        whence::SEEK_CUR => i64::from(here) + offset,
        whence::SEEK_END => length - offset,
        _ => return Ok(-1),
    };
    let Some(target) = i32::try_from(target)
        .ok()
        .filter(|&t| t >= 0 && i64::from(t) <= length)
    else {
        return Ok(-1);
    };
    set(cx.mem, stream, Stream::st_SeekTo, target)?;
    set(cx.mem, stream, Stream::st_SeekOrigin, whence::SEEK_SET)?;
    Ok(target)
}

/// Vector 4.
pub(super) fn close_disk_stream(k: &mut Portfolio, cx: &mut CallCx<'_>, stream: u32) -> Answer {
    if stream == 0 {
        return Ok(Flow::Done(Reply::NOTHING));
    }
    cx.mem.check_writable(stream, Stream::SIZE)?;
    k.begin_call(FileCall::CloseStream { stream })
}
