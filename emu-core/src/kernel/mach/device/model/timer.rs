//! `timer0`: a read ends after so many microseconds, with the time.
//!
//! Mach sheet 5.5.

use super::{Ask, Begun, Ended};
use crate::device::timer::{CMD_DELAY, UNIT_USEC, UNIT_VBLANK};
use crate::device::{Buffer, DeviceClass, Finished, Op, Request};
use crate::kernel::call::CallCx;
use crate::kernel::mach::clock::{NANOSECONDS_PER_TICK, time_at};
use crate::kernel::mach::codes;
use crate::kernel::mach::device::OperationId;
use crate::kernel::mach::records::flavors::{
    DEV_GET_SIZE, TIMER_GET_RES, TIMER_GET_TIME, TIMER_GET_VBLANK,
};
use crate::kernel::mach::records::status::StatusInts;
use crate::kernel::mach::records::{DevMode, Tvalspec};
use crate::kernel::portfolio::Portfolio;
use crate::time::{Micros, TICKS_PER_CLOCK_STEP, Tick};
use smallvec::smallvec;

/// The record number that stands for the next vertical blank.
const NEXT_BLANK: u32 = 0xffff_ffff;
/// Bytes that a read delivers.
const RECORD: u32 = Tvalspec::SIZE as u32;
/// The record that a read of so many bytes delivers at an instant, or its beginning.
fn record(now: Tick, wanted: u32) -> Vec<u8> {
    let bytes = time_at(now).encode();
    let count = wanted.min(RECORD) as usize;
    bytes.get(..count).unwrap_or_default().to_vec()
}

impl Portfolio {
    pub(super) fn begin_timer(&mut self, cx: &mut CallCx<'_>, ask: &Ask) -> Begun {
        if !ask.is_read {
            return Begun::failed(codes::D_INVALID_OPERATION);
        }
        if (1..RECORD).contains(&ask.len) {
            return Begun::failed(codes::D_INVALID_SIZE);
        }
        if ask.mode.contains(DevMode::D_NOWAIT) && ask.recnum != 0 {
            return Begun::failed(codes::D_WOULD_BLOCK);
        }
        let answer = match ask.recnum {
            NEXT_BLANK => self.until_blank(cx, ask.id),
            micros => self.after_micros(cx, ask.id, micros),
        };
        match answer {
            Ok(()) => Begun::Later,
            Err(Finished { error: None, .. }) => {
                // Without a delay it is over at once.
                let bytes = record(cx.now, ask.len);
                cx.bus.write_buffer(cx.mem, ask.buffer, 0, &bytes);
                Begun::ok(bytes.len() as u32)
            }
            Err(Finished {
                error: Some(error), ..
            }) => Begun::failed(super::code_of(error)),
        }
    }

    /// Has the board's timer end an operation at the next vertical blank.
    pub(super) fn until_blank(
        &mut self,
        cx: &mut CallCx<'_>,
        id: OperationId,
    ) -> Result<(), Finished> {
        self.ask_board(cx, DeviceClass::Timer, id, |id| Request {
            offset: 1,
            ..Request::new(id, UNIT_VBLANK, Op::Control(CMD_DELAY))
        })
    }

    /// Has it end an operation after a time, which the timer reads as seconds and microseconds.
    fn after_micros(
        &mut self,
        cx: &mut CallCx<'_>,
        id: OperationId,
        micros: u32,
    ) -> Result<(), Finished> {
        let (seconds, rest) = Micros(u64::from(micros)).split();
        let words = [seconds, rest];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let len = bytes.len() as u32;
        let time = cx.bus.buffers.hold(bytes);
        let answer = self.ask_board(cx, DeviceClass::Timer, id, |id| Request {
            send: Buffer::Kernel { id: time, len },
            ..Request::new(id, UNIT_USEC, Op::Control(CMD_DELAY))
        });
        cx.bus.buffers.release(time);
        answer
    }

    pub(super) fn finish_timer(&mut self, cx: &mut CallCx<'_>, id: OperationId) -> Ended {
        let operation = self.mach.devices.operations.get(&id);
        let bytes = record(cx.now, operation.map_or(0, |operation| operation.wanted));
        (codes::D_SUCCESS, bytes.len() as u32, bytes)
    }

    pub(super) fn timer_status(cx: &mut CallCx<'_>, flavor: u32) -> Result<StatusInts, i32> {
        match flavor {
            DEV_GET_SIZE => Ok(smallvec![0, 1]),
            TIMER_GET_TIME => {
                let time = time_at(cx.now);
                Ok(smallvec![time.tv_sec as i32, time.tv_nsec])
            }
            TIMER_GET_RES => Ok(smallvec![
                (TICKS_PER_CLOCK_STEP * NANOSECONDS_PER_TICK) as i32
            ]),
            TIMER_GET_VBLANK => {
                let count = cx.board.fields_at(cx.now);
                Ok(smallvec![(count >> 32) as i32, count as i32])
            }
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }
}
