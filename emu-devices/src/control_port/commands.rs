//! What the control port's commands check and start (device sheet 5.2).

use super::{CMD_CONFIGURE, CMD_READWRITE, ControlPort, UNIT_EVENTS, UNIT_FRAMES};
use emu_core::device::{DevError, DeviceCx, Finished, Op, Request, Submit};

/// What the status record calls a control port.
const IDENTITY: u8 = 4;
/// Bytes of the status record, and of the least room for it.
const STATUS_SIZE: u32 = 36;
const STATUS_LEAST: u32 = 8;
/// Bytes of a block.
const BLOCK_SIZE: u32 = 4;
/// Blocks of a frame of the pads, and of an event frame.
const FRAME_BLOCKS: u32 = 50;
const EVENT_BLOCKS: u32 = 256;
/// Most bytes of a frame of the pads.
const FRAME_SIZE: u32 = FRAME_BLOCKS * BLOCK_SIZE;

impl ControlPort {
    /// Does or begins what a request asks.
    pub(super) fn start(
        &mut self,
        request: Request,
        cx: &mut DeviceCx<'_>,
    ) -> Result<Submit, DevError> {
        match (request.unit, request.op) {
            (UNIT_FRAMES | UNIT_EVENTS, Op::Status) => status(&request, cx),
            (UNIT_FRAMES, Op::Read) => {
                frame_to_read(&request)?;
                Ok(self.wait(request))
            }
            (UNIT_FRAMES, Op::Write) => {
                // The broker tells pods what they should do; raw frames reach none.
                frame_to_write(&request)?;
                Ok(Submit::Done(Finished::ok(request.send.len())))
            }
            (UNIT_FRAMES, Op::Control(CMD_CONFIGURE)) => Ok(Submit::Done(Finished::ok(0))),
            (UNIT_FRAMES, Op::Control(CMD_READWRITE)) => {
                frame_to_write(&request)?;
                frame_to_read(&request)?;
                Ok(self.wait(request))
            }
            (UNIT_EVENTS, Op::Read) => Ok(self.wait(request)),
            (UNIT_EVENTS, Op::Write) => self.report(&request, cx),
            (UNIT_FRAMES | UNIT_EVENTS, Op::Control(_)) => Err(DevError::BadCommand),
            _ => Err(DevError::BadUnit),
        }
    }

    fn wait(&mut self, request: Request) -> Submit {
        self.readers.push(request);
        Submit::Pending
    }

    /// Hands an event frame to the reader that has waited longest.
    fn report(&mut self, request: &Request, cx: &mut DeviceCx<'_>) -> Result<Submit, DevError> {
        let mut readers = self.readers.iter();
        let place = readers.position(|reader| reader.unit == UNIT_EVENTS);
        let place = place.ok_or(DevError::EndOfMedium)?;
        let len = request.send.len();
        if len > self.readers[place].recv.len() {
            return Err(DevError::Incomplete);
        }
        let frame = cx.read_buffer(request.send, len);
        let reader = self.readers.remove(place);
        let actual = cx.write_buffer(reader.recv, 0, &frame);
        cx.complete(reader.id, Finished::ok(actual));
        Ok(Submit::Done(Finished::ok(actual)))
    }
}

fn frame_to_read(request: &Request) -> Result<(), DevError> {
    let len = request.recv.len();
    if len > FRAME_SIZE || !len.is_multiple_of(BLOCK_SIZE) {
        return Err(DevError::BadArgument);
    }
    Ok(())
}

/// One frame, or two: a field has two halves.
fn frame_to_write(request: &Request) -> Result<(), DevError> {
    let len = request.send.len();
    if len != FRAME_SIZE && len != 2 * FRAME_SIZE {
        return Err(DevError::BadArgument);
    }
    Ok(())
}

fn status(request: &Request, cx: &mut DeviceCx<'_>) -> Result<Submit, DevError> {
    if request.recv.len() < STATUS_LEAST {
        return Err(DevError::BadArgument);
    }
    let blocks = match request.unit {
        UNIT_FRAMES => FRAME_BLOCKS,
        _ => EVENT_BLOCKS,
    };
    let mut record = [0; STATUS_SIZE as usize];
    record[0] = IDENTITY;
    for (at, word) in [(4, STATUS_SIZE), (8, BLOCK_SIZE), (12, blocks)] {
        record[at..at + 4].copy_from_slice(&word.to_be_bytes());
    }
    let actual = cx.write_buffer(request.recv, 0, &record);
    Ok(Submit::Done(Finished::ok(actual)))
}
