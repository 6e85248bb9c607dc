//! `cdrom0`: sectors of the first data track, and the flavors of a CD.
//!
//! Mach sheet 2.3, 2.4, 5.4.
//!
//! The drive is the board's, the same that Portfolio's programs ask: requests of both wait for
//! each other, those of Mach without a priority. What a program sets with SETDEFAULTS does not reach these reads.

use super::{Ask, Begun, code_of};
use crate::device::cdrom::{
    CMD_EJECT, CMD_PAUSE, CMD_PLAY, CMD_POSITION, CMD_READ_VOLUME, CMD_RESUME, CMD_SET_VOLUME,
    CMD_START, CMD_STOP, POSITION_SIZE, VOLUME_SIZE,
};
use crate::device::{DeviceClass, Op, Request};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::records::DevMode;
use crate::kernel::mach::records::flavors::*;
use crate::kernel::mach::records::status::{
    CD_ADDRESS_LBA, CD_ADDRESS_MSF, CD_LEAD_OUT, CdHeader, CdPlayMsf, CdPlayTrack, CdSubChannel,
    CdTocEntry, CdVolume, DevSize, StatusInts, to_bytes, to_ints,
};
use crate::kernel::portfolio::Portfolio;
use crate::media::{DiscTable, FIRST_FRAME, SECTOR_DATA, TrackKind};

const RECORD: u32 = SECTOR_DATA as u32;

/// Minute, second and frame of a time that is counted in frames.
fn msf(frames: u32) -> [u8; 4] {
    let seconds = frames / 75;
    let minute = (seconds / 60).min(255) as u8;
    [minute, (seconds % 60) as u8, (frames % 75) as u8, 0]
}

/// An address of a disc, from an absolute frame.
fn address(frame: u32, as_time: bool) -> [u8; 4] {
    match as_time {
        true => msf(frame),
        false => (frame.wrapping_sub(FIRST_FRAME)).to_be_bytes(),
    }
}

fn address_type(as_time: bool) -> u8 {
    if as_time {
        CD_ADDRESS_MSF
    } else {
        CD_ADDRESS_LBA
    }
}

/// Adr 1 (a position), control 4 for data.
fn adr_control(kind: TrackKind) -> u8 {
    if kind == TrackKind::Audio { 0x10 } else { 0x14 }
}

/// The table of contents: all tracks, then the lead-out.
fn contents(table: &DiscTable, as_time: bool) -> Vec<CdTocEntry> {
    let entry = |track: u8, kind: TrackKind, frame: u32| CdTocEntry {
        track,
        adr_control: adr_control(kind),
        address_type: address_type(as_time),
        address: address(frame, as_time),
        datamode: match kind {
            TrackKind::Mode1 => 1,
            TrackKind::Mode2 => 2,
            TrackKind::Audio => 0,
        },
    };
    let tracks = table.tracks.iter();
    let last = table
        .tracks
        .last()
        .map_or(TrackKind::Mode1, |track| track.kind);
    tracks
        .map(|track| entry(track.number, track.kind, track.start))
        .chain([entry(CD_LEAD_OUT, last, table.lead_out)])
        .collect()
}

impl Portfolio {
    /// What lies in the drive, with how often that has changed.
    fn disc_table(&self, cx: &mut CallCx<'_>) -> (Option<DiscTable>, u64) {
        let Some(drive) = self.board_device(cx, DeviceClass::CdRom) else {
            return (None, 0);
        };
        let table = drive.medium().map(|medium| medium.table.clone());
        (table, drive.media_changes())
    }

    pub(super) fn open_cdrom(&mut self, cx: &mut CallCx<'_>, mode: DevMode) -> Result<u64, i32> {
        let Some(drive) = self.board_device(cx, DeviceClass::CdRom) else {
            return Err(codes::D_NO_SUCH_DEVICE);
        };
        match drive.medium() {
            None if !mode.contains(DevMode::D_NODELAY) => Err(codes::D_DEVICE_DOWN),
            _ => Ok(drive.media_changes()),
        }
    }

    pub(super) fn begin_cdrom(&mut self, cx: &mut CallCx<'_>, ask: &Ask) -> Begun {
        if !ask.is_read {
            return Begun::failed(codes::D_READ_ONLY);
        }
        if !ask.len.is_multiple_of(RECORD) {
            return Begun::failed(codes::D_INVALID_SIZE);
        }
        if ask.len == 0 {
            return Begun::ok(0);
        }
        let extent = self.board_device(cx, DeviceClass::CdRom).and_then(|drive| {
            let same = drive.media_changes() == ask.changes;
            let table = drive.medium().filter(|_| same)?.table;
            Some(
                table
                    .data_track()
                    .map_or((0, 0), |track| (track.start, track.frames)),
            )
        });
        let Some((start, records)) = extent else {
            return Begun::failed(codes::D_DEVICE_DOWN);
        };
        if ask.recnum >= records {
            return Begun::failed(codes::D_INVALID_RECNUM);
        }
        if ask.len / RECORD > records - ask.recnum {
            return Begun::failed(codes::D_INVALID_SIZE);
        }
        let answer = self.ask_board(cx, DeviceClass::CdRom, ask.id, |id| Request {
            offset: start.saturating_add(ask.recnum),
            recv: ask.buffer,
            privileged: true,
            ..Request::new(id, 0, Op::Read)
        });
        match answer {
            Ok(()) => Begun::Later,
            Err(result) => match result.error {
                Some(error) => Begun::failed(code_of(error)),
                None => Begun::ok(result.actual),
            },
        }
    }

    pub(super) fn cdrom_status(
        &mut self,
        cx: &mut CallCx<'_>,
        flavor: u32,
        room: u32,
    ) -> Result<StatusInts, i32> {
        let exactly = |words: u32| match room == words {
            true => Ok(()),
            false => Err(codes::D_INVALID_SIZE),
        };
        let (table, _) = self.disc_table(cx);
        let table = || table.ok_or(codes::D_DEVICE_DOWN);
        match flavor {
            DEV_GET_SIZE => {
                let table = table()?;
                let records = table.data_track().map_or(0, |track| track.frames);
                let size = DevSize {
                    device_size: records.saturating_mul(RECORD).min(i32::MAX as u32) as i32,
                    record_size: RECORD as i32,
                };
                Ok(to_ints(&size.encode()))
            }
            CDROM_READ_HEADER => {
                let table = table()?;
                let number = |track: Option<&crate::media::Track>| track.map_or(0, |t| t.number);
                let entries = table.tracks.len() as u32 + 1;
                let header = CdHeader {
                    length: entries * CdTocEntry::SIZE as u32,
                    first_track: number(table.tracks.first()),
                    last_track: number(table.tracks.last()),
                };
                Ok(to_ints(&header.encode()))
            }
            CDROM_READ_TOC_MSF | CDROM_READ_TOC_LBA => {
                let entries = contents(&table()?, flavor == CDROM_READ_TOC_MSF);
                // Whole entries only, as many as there is room for.
                let fit = room as usize / (CdTocEntry::SIZE / 4);
                let bytes: Vec<u8> = entries
                    .iter()
                    .take(fit)
                    .flat_map(|entry| entry.encode())
                    .collect();
                Ok(to_ints(&bytes))
            }
            CDROM_READ_SUBCHNL_MSF | CDROM_READ_SUBCHNL_LBA => {
                exactly(4)?;
                let position = self.ask_drive(cx, CMD_POSITION, Vec::new(), POSITION_SIZE)?;
                let track = position.get(1).copied().unwrap_or(0);
                let frame = |at: usize| {
                    let four = position
                        .get(at..at + 4)
                        .and_then(|four| four.try_into().ok());
                    u32::from_be_bytes(four.unwrap_or_default())
                };
                let as_time = flavor == CDROM_READ_SUBCHNL_MSF;
                let kind = table()
                    .ok()
                    .and_then(|table| table.track_at(frame(4)).map(|track| track.kind));
                let relative = if as_time {
                    msf(frame(8))
                } else {
                    frame(8).to_be_bytes()
                };
                let record = CdSubChannel {
                    format: 1,
                    track,
                    index: position.get(2).copied().unwrap_or(0),
                    audio_status: position.first().copied().unwrap_or(0),
                    adr_control: kind.map_or(0, adr_control),
                    address_type: address_type(as_time),
                    absolute: address(frame(4), as_time),
                    relative,
                };
                Ok(to_ints(&record.encode()))
            }
            CDROM_VOLREAD => {
                exactly(1)?;
                let volume = self.ask_drive(cx, CMD_READ_VOLUME, Vec::new(), VOLUME_SIZE)?;
                Ok(to_ints(&volume))
            }
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }

    pub(super) fn set_cdrom_status(
        &mut self,
        cx: &mut CallCx<'_>,
        device: u32,
        flavor: u32,
        status: &[i32],
    ) -> Result<(), i32> {
        // The count first: clients find out so whether this is a CD (Mach sheet 6.1, P8).
        let row = by_number(flavor).filter(|row| row.set);
        let wanted = match row.map(|row| row.ints) {
            Some(Ints::Nothing) => Some(0),
            Some(Ints::Exactly(count)) => Some(count as usize),
            _ => None,
        };
        if wanted.is_some_and(|wanted| wanted != status.len()) {
            return Err(codes::D_INVALID_SIZE);
        }
        let bytes = to_bytes(status);
        let (command, send) = match flavor {
            CDROM_PAUSE => (CMD_PAUSE, Vec::new()),
            CDROM_RESUME => (CMD_RESUME, Vec::new()),
            CDROM_STOP => (CMD_STOP, Vec::new()),
            CDROM_START => (CMD_START, Vec::new()),
            CDROM_EJECT => {
                let opens = self.mach.devices.get(device).map_or(0, |open| open.opens);
                if opens > 1 {
                    return Err(codes::D_ALREADY_OPEN);
                }
                (CMD_EJECT, Vec::new())
            }
            CDROM_VOLCTRL => {
                let volume = CdVolume::decode(&bytes).unwrap_or_default();
                (CMD_SET_VOLUME, volume.encode().to_vec())
            }
            CDROM_PLAYMSF => {
                let play = CdPlayMsf::decode(&bytes).unwrap_or_default();
                let frame = |minute: u8, second: u8, frame: u8| {
                    (u32::from(minute) * 60 + u32::from(second)) * 75 + u32::from(frame)
                };
                let from = frame(play.min0, play.sec0, play.frame0);
                let to = frame(play.min1, play.sec1, play.frame1);
                (CMD_PLAY, frames(from, to))
            }
            CDROM_PLAYTRKIND => {
                let play = CdPlayTrack::decode(&bytes).unwrap_or_default();
                let (table, _) = self.disc_table(cx);
                let table = table.ok_or(codes::D_DEVICE_DOWN)?;
                let place = |number: u8| {
                    let mut tracks = table.tracks.iter();
                    tracks.position(|track| track.number == number)
                };
                let first = place(play.track0).ok_or(codes::D_INVALID_RECNUM)?;
                let last = place(play.track1).ok_or(codes::D_INVALID_RECNUM)?;
                let start = |n: usize| table.tracks.get(n).map(|track| track.start);
                let from = start(first).unwrap_or(table.lead_out);
                let to = start(last + 1).unwrap_or(table.lead_out);
                (CMD_PLAY, frames(from, to))
            }
            _ => return Err(codes::D_INVALID_OPERATION),
        };
        self.ask_drive(cx, command, send, 0).map(|_| ())
    }

    /// A command of the drive that is answered inside the call.
    fn ask_drive(
        &mut self,
        cx: &mut CallCx<'_>,
        command: u16,
        send: Vec<u8>,
        answer: u32,
    ) -> Result<Vec<u8>, i32> {
        self.ask_board_now(cx, DeviceClass::CdRom, Op::Control(command), send, answer)
            .map_err(code_of)
    }
}

/// Two absolute frames as the drive's command wants them.
fn frames(from: u32, to: u32) -> Vec<u8> {
    [from, to]
        .iter()
        .flat_map(|frame| frame.to_be_bytes())
        .collect()
}
