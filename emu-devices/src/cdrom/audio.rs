//! Playing sound: what the head plays, and where it is (Mach sheet 2.4, 5.4).
//!
//! ```text
//!   PLAY from, to
//!    |   spin-up, command, speed, seek  | from | from+1 |   ...   | to-1 |
//!    |----------------------------------|------|--------|--  ...  |------|-----------
//!    answered     playing, at `from`      playing, a frame each 75th       completed,
//!                                         of a second                      at `to`
//! ```
//!
//! Nothing is scheduled: where the sound is follows from the clock, and nobody is told when it
//! ends. No sample is fetched from the disc, so nothing is heard: only the transport is here. No
//! program of Portfolio can ask for any of this, whose commands are one byte.

use super::commands::is_all;
use super::options::Speed;
use super::queue::Work;
use super::records::Position;
use super::timing::{DriveConstants, Sixths};
use super::{
    AUDIO_COMPLETED, AUDIO_NONE, AUDIO_PAUSED, AUDIO_PLAYING, CMD_EJECT, CMD_PAUSE, CMD_PLAY,
    CMD_POSITION, CMD_READ_VOLUME, CMD_RESUME, CMD_SET_VOLUME, CMD_START, CMD_STOP, PLAY_SIZE,
    POSITION_SIZE, VOLUME_SIZE,
};
use super::{CdRom, FRAMES_MAX};
use emu_core::device::{Buffer, DevError, DeviceCx, Finished, Request};
use emu_core::media::{DiscTable, TrackKind};
use emu_core::time::Tick;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// Left and right as loud as they are, the other two silent.
const FULL_VOLUME: [u8; 4] = [0xFF, 0xFF, 0, 0];

/// Frames to be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Span {
    /// The next one.
    pub from: u32,
    /// The first that is not to be played.
    pub to: u32,
}

impl Span {
    /// Whether a disc has all of it, and as sound.
    fn check(self, table: &DiscTable) -> Result<(), DevError> {
        if table.tracks.is_empty() {
            return Err(DevError::Media);
        }
        let Some(count) = self.to.checked_sub(self.from) else {
            return Err(DevError::BadArgument);
        };
        if self.from >= table.lead_out || self.to > table.lead_out {
            return Err(DevError::EndOfMedium);
        }
        match is_all(table, self.from, count.max(1), TrackKind::Audio) {
            true => Ok(()),
            false => Err(DevError::BadArgument),
        }
    }
}

/// What becomes of the sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Transport {
    #[default]
    Idle,
    /// The first frame begins then, if need be after the present.
    Playing {
        span: Span,
        begins: Sixths,
    },
    /// The same, when it goes on: not before the head is there.
    Paused {
        span: Span,
        ready: Sixths,
    },
    Completed,
}

impl Transport {
    /// The frame under the head, if sound plays; the end of all when that has come.
    fn frame(&self, at: Sixths, drive: &DriveConstants) -> Option<u32> {
        let &Transport::Playing { span, begins } = self else {
            return None;
        };
        let passed = at.0.saturating_sub(begins.0) / drive.frame_single.0;
        let passed = u32::try_from(passed).unwrap_or(FRAMES_MAX);
        Some(span.from.saturating_add(passed).min(span.to))
    }

    /// When a frame that is being played has passed.
    fn after(&self, frame: u32, drive: &DriveConstants) -> Option<Sixths> {
        let &Transport::Playing { span, begins } = self else {
            return None;
        };
        let frames = frame.saturating_sub(span.from).saturating_add(1);
        Some(begins.plus(drive.frame_single.times(frames)))
    }

    /// When all will have been played.
    fn ends(&self, drive: &DriveConstants) -> Option<Sixths> {
        let &Transport::Playing { span, begins } = self else {
            return None;
        };
        let frames = span.to.saturating_sub(span.from);
        Some(begins.plus(drive.frame_single.times(frames)))
    }

    /// The last instant up to `at` at which sound needed the disc to turn.
    fn turned(&self, at: Tick, drive: &DriveConstants) -> Tick {
        match self {
            Transport::Playing { .. } => self.ends(drive).map_or(at, |ends| at.min(ends.tick())),
            Transport::Paused { .. } => at,
            Transport::Idle | Transport::Completed => Tick(0),
        }
    }
}

/// The part of the drive that plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Audio {
    pub transport: Transport,
    pub volume: [u8; 4],
    /// Whether STOP has let the disc stand still.
    pub stopped: bool,
    /// When the disc turns that the last PLAY found standing still: for whatever comes next.
    pub turns: Sixths,
}

impl Audio {
    /// At power-on.
    pub fn new() -> Audio {
        Audio {
            transport: Transport::Idle,
            volume: FULL_VOLUME,
            stopped: false,
            turns: Sixths(0),
        }
    }

    /// The disc leaves.
    pub fn leave(&mut self) {
        self.transport = Transport::Idle;
        self.stopped = false;
        self.turns = Sixths(0);
    }
}

impl CdRom {
    /// Whether the disc has stopped for want of work, or because it should.
    pub(super) fn stands_still(&self, at: Tick) -> bool {
        let drive = self.profile.constants();
        let turned = self.active.max(self.audio.transport.turned(at, drive));
        self.running.is_none() && (self.audio.stopped || at.since(turned) >= drive.idle)
    }

    /// Does or begins what a command of this file asks: an answer, or what is to be queued.
    pub(super) fn start_sound(
        &mut self,
        command: u16,
        request: &Request,
        cx: &mut DeviceCx<'_>,
    ) -> Result<ControlFlow<Finished, Work>, DevError> {
        let answer = match command {
            CMD_PLAY => {
                let [from, to] = span(request.send, cx)?;
                let span = Span { from, to };
                self.check_disc()?;
                if !self.is_tried() {
                    return Ok(ControlFlow::Continue(Work::Play(span)));
                }
                span.check(self.table().ok_or(DevError::Offline)?)?;
                if self.running.is_some() || !self.queue.is_empty() {
                    return Ok(ControlFlow::Continue(Work::Play(span)));
                }
                self.play(span, cx.now)
            }
            CMD_PAUSE | CMD_RESUME | CMD_STOP => {
                self.check_disc()?;
                self.handle_sound(command, cx.now);
                Finished::ok(0)
            }
            CMD_START => {
                self.check_disc()?;
                return Ok(ControlFlow::Continue(Work::Start));
            }
            CMD_EJECT => return Ok(ControlFlow::Continue(Work::Open)),
            CMD_SET_VOLUME => {
                let bytes = cx.read_buffer(request.send, VOLUME_SIZE);
                match bytes.try_into() {
                    Ok(volume) if request.send.len() == VOLUME_SIZE => self.audio.volume = volume,
                    _ => return Err(DevError::BadArgument),
                }
                Finished::ok(0)
            }
            CMD_READ_VOLUME => Finished::ok(cx.write_buffer(request.recv, 0, &self.audio.volume)),
            CMD_POSITION => {
                self.check_disc()?;
                let record = self.sound_record(cx.now)?;
                Finished::ok(cx.write_buffer(request.recv, 0, &record))
            }
            _ => return Err(DevError::BadCommand),
        };
        Ok(ControlFlow::Break(answer))
    }

    /// PLAY, when the drive is free. Whatever is played before is given up where it is.
    pub(super) fn play(&mut self, span: Span, at: Tick) -> Finished {
        let table = self.table().ok_or(DevError::Offline);
        if let Err(error) = table.and_then(|table| span.check(table)) {
            return Finished::failed(error);
        }
        let drive = self.profile.constants();
        self.stop_sound(at);
        let mut begins = Sixths::at(at);
        self.advance_head(begins);
        if let Some(whole) = drive.whole {
            begins = begins.plus(Sixths::ticks(whole.0));
        } else {
            if self.stands_still(at) {
                self.audio.turns = begins.plus(Sixths::ticks(drive.spin_up.0));
            }
            begins = begins.max(self.audio.turns);
            begins = begins.plus(Sixths::ticks(drive.command.0));
            if self.head.speed != Speed::Single {
                begins = begins.plus(Sixths::ticks(drive.speed_change.0));
            }
            begins = begins.plus(drive.seek(self.head.pos, span.from, Speed::Single));
        }
        self.head.speed = Speed::Single;
        self.head.rest_at(span.from);
        self.active = self.active.max(at);
        self.audio.stopped = false;
        self.audio.transport = Transport::Playing { span, begins };
        self.note_error(None);
        Finished::ok(0)
    }

    /// PAUSE, RESUME and STOP; with nothing to pause or resume they change nothing.
    fn handle_sound(&mut self, command: u16, at: Tick) {
        self.settle_sound(at);
        let now = Sixths::at(at);
        match (command, self.audio.transport) {
            (CMD_PAUSE, Transport::Playing { span, begins }) => {
                let drive = self.profile.constants();
                let from = self.audio.transport.frame(now, drive).unwrap_or(span.from);
                self.head.rest_at(from);
                self.audio.transport = Transport::Paused {
                    span: Span { from, ..span },
                    ready: begins,
                };
            }
            (CMD_RESUME, Transport::Paused { span, ready }) => {
                let begins = ready.max(now);
                self.audio.transport = Transport::Playing { span, begins };
            }
            (CMD_STOP, _) => {
                self.stop_sound(at);
                self.audio.transport = Transport::Idle;
                if self.running.is_none() && self.is_tried() {
                    self.advance_head(now);
                    self.head.stop();
                    self.audio.stopped = true;
                }
            }
            _ => (),
        }
    }

    /// Sound that has come to its end leaves the head there.
    pub(super) fn settle_sound(&mut self, at: Tick) {
        let Transport::Playing { span, .. } = self.audio.transport else {
            return;
        };
        let ends = self.audio.transport.ends(self.profile.constants());
        if let Some(ends) = ends.filter(|&ends| ends <= Sixths::at(at)) {
            self.head.rest_at(span.to);
            self.active = self.active.max(ends.tick());
            self.audio.transport = Transport::Completed;
        }
    }

    /// The head is needed elsewhere: sound that plays or waits ends where it is.
    pub(super) fn stop_sound(&mut self, at: Tick) {
        self.settle_sound(at);
        let playing = matches!(self.audio.transport, Transport::Playing { .. });
        if playing || matches!(self.audio.transport, Transport::Paused { .. }) {
            if let Some((frame, _)) = self.passing(at) {
                self.head.rest_at(frame);
            }
            self.active = self.active.max(at);
            self.audio.transport = Transport::Idle;
        }
    }

    /// The frame that is being played, and when it has passed.
    pub(super) fn passing(&self, at: Tick) -> Option<(u32, Sixths)> {
        let drive = self.profile.constants();
        let frame = self.audio.transport.frame(Sixths::at(at), drive)?;
        Some((frame, self.audio.transport.after(frame, drive)?))
    }

    /// The answer to POSITION.
    fn sound_record(&mut self, at: Tick) -> Result<[u8; POSITION_SIZE as usize], DevError> {
        self.settle_sound(at);
        self.advance_head(Sixths::at(at));
        let status = match self.audio.transport {
            Transport::Idle => AUDIO_NONE,
            Transport::Playing { .. } => AUDIO_PLAYING,
            Transport::Paused { .. } => AUDIO_PAUSED,
            Transport::Completed => AUDIO_COMPLETED,
        };
        let table = self.table().ok_or(DevError::Offline)?;
        if table.tracks.is_empty() {
            return Err(DevError::Media);
        }
        let frame = self.passing(at).map_or(self.head.pos, |(frame, _)| frame);
        let here = match self.is_tried() {
            true => Position::of(table, frame),
            false => Position::default(),
        };
        let mut relative = here.relative.cast_signed();
        if here.index == 0 {
            relative = relative.wrapping_neg();
        }
        let mut record = [0; POSITION_SIZE as usize];
        record[..4].copy_from_slice(&[status, here.track, here.index, here.control]);
        record[4..8].copy_from_slice(&here.absolute.to_be_bytes());
        record[8..].copy_from_slice(&relative.to_be_bytes());
        Ok(record)
    }

    /// Lets the head read ahead up to an instant.
    fn advance_head(&mut self, until: Sixths) {
        if let Some(disc) = &self.disc {
            self.head.advance(until, disc, self.profile.constants());
        }
    }

    /// Whether the part that plays fits the rest of the drive.
    pub(super) fn fits_sound(&self, latest: Sixths) -> bool {
        let audio = &self.audio;
        let known = self.is_tried() && self.has_readable_disc();
        let lead_out = self.table().map_or(0, |table| table.lead_out);
        let at_rest = self.head.paused && self.head.buffer.is_empty();
        let reads = self.running.as_ref();
        let reads = reads.is_some_and(|running| matches!(running.work, Work::Read(_)));
        let has = |span: Span| span.from <= span.to && span.to <= lead_out;
        audio.turns <= latest
            && (!audio.stopped || self.closed && self.disc.is_some() && self.is_tried())
            && match audio.transport {
                Transport::Idle => true,
                Transport::Completed => known,
                Transport::Playing { span, begins }
                | Transport::Paused {
                    span,
                    ready: begins,
                } => known && has(span) && begins <= latest && at_rest && !reads,
            }
    }
}

/// The two words that PLAY is sent with.
fn span(send: Buffer, cx: &DeviceCx<'_>) -> Result<[u32; 2], DevError> {
    let bytes = cx.read_buffer(send, PLAY_SIZE);
    match bytes.as_chunks::<4>() {
        (&[from, to], []) if send.len() == PLAY_SIZE => Ok([from, to].map(u32::from_be_bytes)),
        _ => Err(DevError::BadArgument),
    }
}
