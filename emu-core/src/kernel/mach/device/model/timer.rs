//! `timer0`: a read ends after so many microseconds, with the time.
//!
//! Mach sheet 5.5.

use super::{Ask, Begun, Ended};
use crate::device::{BufId, Buffer, DeviceClass, Op, Request};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::device::OperationId;
use crate::kernel::mach::records::flavors::{
    DEV_GET_SIZE, TIMER_GET_RES, TIMER_GET_TIME, TIMER_GET_VBLANK,
};
use crate::kernel::mach::records::{DevMode, Tvalspec};
use crate::kernel::portfolio::Portfolio;
use crate::time::{TICKS_PER_CLOCK_STEP, Tick};

/// The record number that stands for the next vertical blank.
const NEXT_BLANK: u32 = 0xffff_ffff;
/// Bytes that a read delivers.
const RECORD: u32 = Tvalspec::SIZE as u32;
/// Units and command of the board's timer.
const UNIT_VBLANK: u8 = 0;
const UNIT_USEC: u8 = 1;
const DELAY: u16 = 3;
const NANOSECONDS_PER_TICK: u64 = 80;

/// Simulated time since power-on.
pub(in crate::kernel::mach) fn time_at(now: Tick) -> Tvalspec {
    let nanoseconds = now.0.saturating_mul(NANOSECONDS_PER_TICK);
    Tvalspec {
        tv_sec: (nanoseconds / 1_000_000_000) as u32,
        tv_nsec: (nanoseconds % 1_000_000_000) as i32,
    }
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
        let (delay, until_blank) = (ask.recnum, ask.recnum == NEXT_BLANK);
        let time = if until_blank {
            None
        } else {
            Some(hold_time(cx, delay))
        };
        let answer = self.ask_board(cx, DeviceClass::Timer, ask.id, |id| {
            let unit = if until_blank { UNIT_VBLANK } else { UNIT_USEC };
            Request {
                offset: u32::from(until_blank),
                send: time.map_or(Buffer::None, |id| Buffer::Kernel { id, len: 8 }),
                ..Request::new(id, unit, Op::Control(DELAY))
            }
        });
        match answer {
            Ok(()) => {
                let operations = &mut self.mach.devices.operations;
                if let Some(operation) = operations.get_mut(&ask.id) {
                    operation.extra = time;
                }
                Begun::Later
            }
            Err(result) => {
                if let Some(time) = time {
                    cx.bus.buffers.release(time);
                }
                if let Some(error) = result.error {
                    return Begun::failed(super::code_of(error));
                }
                // Without a delay it is over at once.
                let count = ask.len.min(RECORD);
                if count > 0 {
                    let bytes = time_at(cx.now).encode();
                    cx.bus.write_buffer(cx.mem, ask.buffer, 0, &bytes);
                }
                Begun::ok(count)
            }
        }
    }

    pub(super) fn finish_timer(&mut self, cx: &mut CallCx<'_>, id: OperationId) -> Ended {
        let operation = self.mach.devices.operations.get(&id);
        let wanted = operation.map_or(0, |operation| operation.wanted);
        let count = wanted.min(RECORD);
        let bytes = time_at(cx.now).encode();
        let bytes = bytes.get(..count as usize).unwrap_or_default();
        (codes::D_SUCCESS, count, bytes.to_vec())
    }

    pub(super) fn timer_status(cx: &mut CallCx<'_>, flavor: u32) -> Result<Vec<i32>, i32> {
        match flavor {
            DEV_GET_SIZE => Ok(vec![0, 1]),
            TIMER_GET_TIME => {
                let time = time_at(cx.now);
                Ok(vec![time.tv_sec as i32, time.tv_nsec])
            }
            TIMER_GET_RES => Ok(vec![(TICKS_PER_CLOCK_STEP * NANOSECONDS_PER_TICK) as i32]),
            TIMER_GET_VBLANK => {
                let count = cx.board.fields_at(cx.now);
                Ok(vec![(count >> 32) as i32, count as i32])
            }
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }
}

/// A time as the board's timer wants it: seconds, microseconds.
fn hold_time(cx: &mut CallCx<'_>, microseconds: u32) -> BufId {
    let words = [microseconds / 1_000_000, microseconds % 1_000_000];
    let bytes = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    cx.bus.buffers.hold(bytes)
}
