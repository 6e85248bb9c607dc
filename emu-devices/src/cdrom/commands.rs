//! What the drive's commands check and start (device sheet 4.1 to 4.7).

use super::options::{AddressFormat, Density, Options, Pitch, Settings, Speed};
use super::queue::{Read, Waiting, Work};
use super::records::{self, Position};
use super::sectors;
use super::{
    CMD_CLOSE_DRAWER, CMD_DISCDATA, CMD_OPEN_DRAWER, CMD_PLAY, CMD_READ_SUBQ, CMD_SETDEFAULTS,
    CdRom,
};
use emu_core::device::{Buffer, DevError, DeviceCx, Finished, Op, Request, Submit};
use emu_core::media::{DiscTable, TrackKind};
use emu_core::time::{Tick, Ticks};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// A READ whose disc is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub offset: u32,
    pub recv: Buffer,
    /// The options, and the defaults of when it was sent.
    pub settings: Settings,
    /// Whether the request itself asks for another pitch.
    pub pitched: bool,
}

impl Asked {
    /// What is to be read from a disc with this table.
    pub fn plan(&self, table: &DiscTable) -> Result<Read, DevError> {
        let settings = &self.settings;
        let kind = match settings.density {
            Density::Mode1 => TrackKind::Mode1,
            Density::Mode2 => TrackKind::Mode2,
            Density::Audio => TrackKind::Audio,
            Density::Default if records::disc_id(table) == 0 => TrackKind::Mode1,
            Density::Default => TrackKind::Mode2,
        };
        let slow_sound = kind == TrackKind::Audio && settings.speed == Speed::Single;
        let length = u32::from(settings.length);
        if !sectors::is_length(kind, length)
            || self.pitched && !slow_sound
            || self.recv.is_empty()
            || !self.recv.len().is_multiple_of(length)
        {
            return Err(DevError::BadArgument);
        }
        if table.tracks.is_empty() {
            return Err(DevError::Media);
        }
        let start = match settings.address {
            AddressFormat::Blocks => self.offset,
            AddressFormat::Msf => {
                let [_, minutes, seconds, frames] = self.offset.to_be_bytes().map(u32::from);
                (minutes * 60 + seconds) * 75 + frames
            }
        };
        if start >= table.lead_out {
            return Err(DevError::EndOfMedium);
        }
        let count = self.recv.len() / length;
        if count > table.lead_out - start || !is_all(table, start, count, kind) {
            return Err(DevError::BadArgument);
        }
        Ok(Read {
            start,
            count,
            kind,
            length,
            recv: self.recv,
            speed: settings.speed,
            recovery: settings.recovery,
            retries: settings.retries(),
            read_ahead: settings.read_ahead,
        })
    }
}

/// Whether all frames belong to tracks of a kind. A gap belongs to the track before it, what is
/// before the first track to the first.
pub(super) fn is_all(table: &DiscTable, start: u32, count: u32, kind: TrackKind) -> bool {
    let tracks = &table.tracks;
    let end = start.saturating_add(count);
    tracks.iter().enumerate().all(|(n, track)| {
        let from = if n == 0 { 0 } else { track.start };
        let to = tracks.get(n + 1).map_or(table.lead_out, |next| next.start);
        track.kind == kind || to <= start || end <= from
    })
}

impl CdRom {
    /// What counts for fields a request leaves open: what programs have set, but for the system
    /// itself what holds at power-on.
    fn settings_for(&self, request: &Request) -> Settings {
        match request.privileged {
            true => Settings::default(),
            false => self.settings,
        }
    }

    /// Does or begins what a request asks.
    pub(super) fn start(
        &mut self,
        request: &Request,
        cx: &mut DeviceCx<'_>,
    ) -> Result<Submit, DevError> {
        if request.unit > 0 {
            return Err(DevError::BadUnit);
        }
        let recv = request.recv;
        let known = self.is_tried();
        let work = match request.op {
            Op::Read => {
                let options = Options::decode(request.option)?;
                self.check_disc()?;
                let asked = Asked {
                    offset: request.offset,
                    recv,
                    settings: self.settings_for(request).with(&options),
                    pitched: options.pitch.is_some_and(|pitch| pitch != Pitch::Normal),
                };
                match &self.disc {
                    Some(disc) if known => Work::Read(asked.plan(&disc.table)?),
                    _ => Work::Asked(asked),
                }
            }
            Op::Status if known => {
                return Ok(Submit::Done(self.say_status(recv, cx.now, cx)));
            }
            Op::Status => Work::Status(recv),
            Op::Control(CMD_DISCDATA) => {
                self.check_disc()?;
                if known {
                    return Ok(Submit::Done(self.say_disc_data(recv, cx)));
                }
                Work::DiscData(recv)
            }
            Op::Control(CMD_SETDEFAULTS) => {
                let options = Options::decode(request.option)?;
                let length = options.length.unwrap_or(self.settings.length);
                if !sectors::is_length_of_any(u32::from(length)) {
                    return Err(DevError::BadArgument);
                }
                self.settings.store(&options);
                return Ok(Submit::Done(Finished::ok(0)));
            }
            Op::Control(CMD_READ_SUBQ) => {
                self.check_disc()?;
                Work::SubQ(recv)
            }
            Op::Control(CMD_OPEN_DRAWER) => Work::Open,
            Op::Control(CMD_CLOSE_DRAWER) => Work::Close,
            Op::Control(command @ CMD_PLAY..) => match self.start_sound(command, request, cx)? {
                ControlFlow::Break(answer) => return Ok(Submit::Done(answer)),
                ControlFlow::Continue(work) => work,
            },
            Op::Write | Op::Control(_) => return Err(DevError::BadCommand),
        };
        let waiting = Waiting {
            id: request.id,
            priority: request.priority,
            submitted: cx.now,
            held: Ticks(0),
            work,
        };
        self.enqueue(waiting, cx);
        Ok(Submit::Pending)
    }

    /// There must be a closed drawer with a disc in it.
    pub(super) fn check_disc(&mut self) -> Result<(), DevError> {
        if self.closed && self.disc.is_some() {
            return Ok(());
        }
        self.note_error(Some(DevError::Offline));
        Err(DevError::Offline)
    }

    /// The table of contents, if it is known.
    pub(super) fn table(&self) -> Option<&DiscTable> {
        let disc = self.disc.as_ref().filter(|_| self.closed);
        disc.map(|disc| &disc.table)
    }

    /// STATUS.
    pub(super) fn say_status(&self, recv: Buffer, at: Tick, cx: &mut DeviceCx<'_>) -> Finished {
        let byte = self.status_byte(at);
        let record = records::status(self.table(), byte, self.last_error, self.changes);
        Finished::ok(cx.write_buffer(recv, 0, &record))
    }

    /// DISCDATA.
    pub(super) fn say_disc_data(&self, recv: Buffer, cx: &mut DeviceCx<'_>) -> Finished {
        match self.table() {
            Some(table) if !table.tracks.is_empty() => {
                Finished::ok(cx.write_buffer(recv, 0, &records::disc_data(table)))
            }
            Some(_) => Finished::failed(DevError::Media),
            None => Finished::failed(DevError::Offline),
        }
    }

    /// READ_SUBQ, when the frame has passed.
    pub(super) fn say_position(&self, recv: Buffer, frame: u32, cx: &mut DeviceCx<'_>) -> Finished {
        match self.table() {
            Some(table) if !table.tracks.is_empty() => {
                let record = Position::of(table, frame).record();
                Finished::ok(cx.write_buffer(recv, 0, &record))
            }
            Some(_) => Finished::failed(DevError::Media),
            None => Finished::failed(DevError::Offline),
        }
    }

    /// The status byte of an instant.
    pub(super) fn status_byte(&self, at: Tick) -> u8 {
        let ready = if self.is_tried() { records::READY } else { 0 };
        if !self.closed {
            return ready;
        }
        let Some(_) = &self.disc else {
            return records::DOOR_CLOSED | ready;
        };
        let mut byte = records::DOOR_CLOSED | records::DISC_IN | ready;
        if !self.is_tried() || !self.stands_still(at) {
            byte |= records::SPINNING;
        }
        if self.is_tried() && self.head.speed == Speed::Double {
            byte |= records::DOUBLE_SPEED;
        }
        if self.last_error == UNRECOVERED {
            byte |= records::ERROR;
        }
        byte
    }

    /// Keeps the drive's own number of how the last command ended (device sheet 4.7).
    pub(super) fn note_error(&mut self, error: Option<DevError>) {
        self.last_error = match error {
            None => 0,
            Some(DevError::Media) => UNRECOVERED,
            Some(DevError::Offline) => DISC_OUT,
            Some(_) => self.last_error,
        };
    }
}

/// The drive's number for a frame that cannot be read.
const UNRECOVERED: u8 = 0x05;
/// The drive's number for an open drawer, or none in it.
const DISC_OUT: u8 = 0x15;
