//! What the ram device's commands check and do (device sheet 5.1).

use super::{MAX_UNIT, Ram, UNIT_NVRAM};
use emu_core::device::{DevError, DeviceCx, Op, Request};
use std::ops::Range;

/// What the status record calls such a device.
const IDENTITY: u8 = 3;
/// Bytes of the part of the status record that all devices have.
const STATUS_SIZE: u32 = 36;
/// Bytes of the whole record: an address follows.
const RAM_STATUS_SIZE: usize = 40;
/// The least room for it.
const STATUS_LEAST: u32 = 8;
/// Usage flag: a file system may be on it.
const FILESYSTEM: u32 = 0x8000_0000;
/// Usage flag: no writing.
const READ_ONLY: u32 = 0x2000_0000;
/// Where the console has NVRAM, one byte a word.
const NVRAM_ADDRESS: u32 = 0x0314_0000;

impl Ram {
    /// Does what a request asks; the bytes done.
    pub(super) fn serve(
        &mut self,
        request: &Request,
        cx: &mut DeviceCx<'_>,
    ) -> Result<u32, DevError> {
        if request.unit > MAX_UNIT {
            return Err(DevError::BadUnit);
        }
        match request.op {
            Op::Read => self.read(request, cx),
            Op::Write => self.write(request, cx),
            Op::Status => self.status(request, cx),
            Op::Control(_) => Err(DevError::BadCommand),
        }
    }

    fn bytes(&self, unit: u8) -> &[u8] {
        match unit {
            UNIT_NVRAM => &self.nvram,
            _ => &[],
        }
    }

    /// The bytes of a unit that a request means. The offset is a signed number.
    fn range(&self, request: &Request, len: u32) -> Result<Range<usize>, DevError> {
        let start = request.offset as usize;
        let end = start.saturating_add(len as usize);
        if request.offset.cast_signed() < 0 || end > self.bytes(request.unit).len() {
            return Err(DevError::BadArgument);
        }
        Ok(start..end)
    }

    fn read(&self, request: &Request, cx: &mut DeviceCx<'_>) -> Result<u32, DevError> {
        let range = self.range(request, request.recv.len())?;
        let bytes = &self.bytes(request.unit)[range];
        Ok(cx.write_buffer(request.recv, 0, bytes))
    }

    fn write(&mut self, request: &Request, cx: &mut DeviceCx<'_>) -> Result<u32, DevError> {
        if request.unit == UNIT_NVRAM && !request.privileged {
            return Err(DevError::NotPrivileged);
        }
        // Before the range: on a console these have bytes.
        if matches!(request.unit, 1 | 2 | 4 | 5) {
            return Err(DevError::NotSupported);
        }
        let len = request.send.len();
        let range = self.range(request, len)?;
        let bytes = cx.read_buffer(request.send, len);
        if bytes.len() != range.len() {
            return Err(DevError::BadArgument);
        }
        // The range of any other unit is empty here.
        if !range.is_empty() && self.nvram[range.clone()] != bytes {
            self.nvram[range].copy_from_slice(&bytes);
            self.changes += 1;
        }
        Ok(if self.quirks.ram_write_actual { 0 } else { len })
    }

    fn status(&self, request: &Request, cx: &mut DeviceCx<'_>) -> Result<u32, DevError> {
        if request.recv.len() < STATUS_LEAST {
            return Err(DevError::BadArgument);
        }
        let unit = request.unit;
        let mut usage = if unit == 2 { 0 } else { FILESYSTEM };
        if !matches!(unit, 0 | UNIT_NVRAM) {
            usage |= READ_ONLY;
        }
        let address = if unit == UNIT_NVRAM { NVRAM_ADDRESS } else { 0 };
        let mut record = [0; RAM_STATUS_SIZE];
        record[0] = IDENTITY;
        let words = [
            (4, STATUS_SIZE),
            (8, 1), // bytes of a block
            (12, self.bytes(unit).len() as u32),
            (20, usage),
            (36, address),
        ];
        for (at, word) in words {
            record[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
        Ok(cx.write_buffer(request.recv, 0, &record))
    }
}
