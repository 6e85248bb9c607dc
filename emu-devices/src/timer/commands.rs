//! What the timer's commands check and start (device sheet 3.2).

use super::timing::{FieldWait, MicrosWait, Repeat};
use super::{CMD_DELAY, CMD_DELAYUNTIL, CMD_METRONOME, Timer, UNIT_USEC, UNIT_VBLANK};
use emu_core::device::{DevError, DeviceCx, Finished, Notice, Op, Request, Submit, Suspicion};
use emu_core::time::Micros;
use std::num::NonZeroU64;

/// Bytes of a TimeVal and of the vertical-blank count.
const TIME_SIZE: u32 = 8;
/// Bytes of the status record, and of the least room for it.
const STATUS_SIZE: u8 = 36;
const STATUS_LEAST: u32 = 8;
/// What the status record calls a timer.
const IDENTITY: u8 = 2;

impl Timer {
    /// Does or begins what a request asks.
    pub(super) fn start(
        &mut self,
        request: &Request,
        cx: &mut DeviceCx<'_>,
    ) -> Result<Submit, DevError> {
        if request.unit > UNIT_USEC {
            return Err(DevError::BadUnit);
        }
        let vblank = request.unit == UNIT_VBLANK;
        match request.op {
            Op::Read => self.read(request, cx),
            Op::Status => status(request, cx),
            Op::Control(CMD_DELAY) if vblank => {
                let signal = self.mark_of(request);
                Ok(self.wait_fields(request, request.offset, request.offset, signal))
            }
            Op::Control(CMD_DELAYUNTIL) if vblank => Ok(self.delay_until_field(request, cx)),
            Op::Control(CMD_METRONOME) if vblank => {
                let signal = self.metronome(request)?;
                Ok(self.wait_fields(request, request.offset, request.offset, Some(signal)))
            }
            Op::Control(CMD_DELAY) => self.delay(request, cx),
            Op::Control(CMD_DELAYUNTIL) => self.delay_until(request, cx),
            Op::Control(CMD_METRONOME) => {
                let every = NonZeroU64::new(time(request, cx)?).ok_or(DevError::BadArgument)?;
                let signal = self.metronome(request)?;
                Ok(self.wait_micros(request, every, Some(signal), cx))
            }
            Op::Write | Op::Control(_) => Err(DevError::BadCommand),
        }
    }

    /// READ: the unit's clock.
    fn read(&self, request: &Request, cx: &mut DeviceCx<'_>) -> Result<Submit, DevError> {
        if request.recv.len() < TIME_SIZE || !request.recv.is_word_aligned() {
            return Err(DevError::BadArgument);
        }
        let clock = if request.unit == UNIT_VBLANK {
            self.count
        } else {
            let (seconds, micros) = cx.now.system_micros().split();
            u64::from(seconds) << 32 | u64::from(micros)
        };
        let actual = cx.write_buffer(request.recv, 0, &clock.to_be_bytes());
        Ok(Submit::Done(Finished::ok(actual)))
    }

    /// DELAY of microseconds. One whose time has come already (a length of 0) ends inside the
    /// call.
    fn delay(&mut self, request: &Request, cx: &mut DeviceCx<'_>) -> Result<Submit, DevError> {
        let done = Finished::ok(0);
        Ok(match NonZeroU64::new(time(request, cx)?) {
            Some(length) => self.wait_micros(request, length, self.mark_of(request), cx),
            None if self.quirks.timer_delay_zero => Submit::DoneUnsaid(done),
            None => Submit::Done(done),
        })
    }

    /// DELAYUNTIL of microseconds.
    fn delay_until(
        &mut self,
        request: &Request,
        cx: &mut DeviceCx<'_>,
    ) -> Result<Submit, DevError> {
        let left = time(request, cx)?.saturating_sub(cx.now.system_micros().0);
        Ok(match NonZeroU64::new(left) {
            Some(left) => self.wait_micros(request, left, self.mark_of(request), cx),
            None => Submit::Done(Finished::ok(0)),
        })
    }

    /// DELAYUNTIL of vertical blanks: queued under the difference, which the requester sees.
    ///
    /// "Passed" compares the low words as they are, so that a target of 0xFFFFFFFF is far away
    /// and not just gone by. A target that has passed still has its (negative) difference as
    /// its place in the queue.
    fn delay_until_field(&mut self, request: &Request, cx: &mut DeviceCx<'_>) -> Submit {
        let id = request.id;
        let now = self.count as u32;
        let offset = request.offset.wrapping_sub(now);
        let passed = request.offset < now;
        cx.notice(Notice::Requeued { id, offset });
        if passed {
            let what = Suspicion::DelayUntilPast;
            cx.notice(Notice::Suspicious { id, what });
        }
        let next_field = passed && !self.quirks.timer_vbl_past;
        let fields = if next_field { 1 } else { offset };
        self.wait_fields(request, offset, fields, self.mark_of(request))
    }

    /// What METRONOME does on both units: checks the signal, which must be positive, and with
    /// the quirk marks the requester. Returns the signal.
    fn metronome(&mut self, request: &Request) -> Result<u32, DevError> {
        if request.option.cast_signed() <= 0 {
            return Err(DevError::BadArgument);
        }
        if self.quirks.timer_metronome_sticky {
            self.marked.insert(request.requester);
        }
        Ok(request.option)
    }

    /// The signal of a delay that a metronome's mark makes repeat for ever. It repeats at its
    /// own length: no page says what the shipped driver's interval is then.
    fn mark_of(&self, request: &Request) -> Option<u32> {
        let marked = self.marked.contains(&request.requester);
        marked.then_some(request.option)
    }

    fn wait_micros(
        &mut self,
        request: &Request,
        length: NonZeroU64,
        signal: Option<u32>,
        cx: &mut DeviceCx<'_>,
    ) -> Submit {
        let due = cx.now.system_micros().0.saturating_add(length.get());
        self.queue_micros(MicrosWait {
            id: request.id,
            due: Micros(due),
            ties: request.ties,
            repeat: signal.map(|signal| Repeat {
                every: length,
                signal,
            }),
        });
        self.arm(cx);
        Submit::Pending
    }

    fn wait_fields(
        &mut self,
        request: &Request,
        offset: u32,
        fields: u32,
        beat: Option<u32>,
    ) -> Submit {
        self.queue_field(FieldWait {
            id: request.id,
            offset,
            fields,
            since: self.count,
            beat,
        });
        Submit::Pending
    }
}

/// STATUS: identity and size, the rest is zero. There is no alignment to keep.
fn status(request: &Request, cx: &mut DeviceCx<'_>) -> Result<Submit, DevError> {
    if request.recv.len() < STATUS_LEAST {
        return Err(DevError::BadArgument);
    }
    let mut record = [0; STATUS_SIZE as usize];
    record[0] = IDENTITY;
    record[7] = STATUS_SIZE; // ds_MaximumStatusSize, a big-endian word at 4
    let actual = cx.write_buffer(request.recv, 0, &record);
    Ok(Submit::Done(Finished::ok(actual)))
}

/// The TimeVal that a request sends, in microseconds.
///
/// Microseconds are compared as the signed number that they are: above 1000000 is refused,
/// 1000000 itself carries into the seconds, a negative value is let through as the shipped
/// driver does and is taken off the seconds. What is negative in all counts as 0: a delay of
/// it has ended, a point in time before power-on has passed, a metronome of it is refused.
/// The largest value is about 68 years, far from any overflow.
fn time(request: &Request, cx: &DeviceCx<'_>) -> Result<u64, DevError> {
    if request.send.len() != TIME_SIZE || !request.send.is_word_aligned() {
        return Err(DevError::BadArgument);
    }
    let bytes = cx.read_buffer(request.send, TIME_SIZE);
    let Some(&value) = bytes.first_chunk() else {
        return Err(DevError::BadArgument);
    };
    let value = u64::from_be_bytes(value);
    let seconds = i64::from((value >> 32) as i32);
    let micros = i64::from(value as i32);
    if micros > 1_000_000 {
        return Err(DevError::BadArgument);
    }
    Ok(u64::try_from(seconds * 1_000_000 + micros).unwrap_or(0))
}
