//! The CD-ROM drive (SDK header cdrom.h, device sheet 4).
//!
//! ```text
//! submit --checked--> queue, by priority, the oldest first
//!                       | one at a time
//!                       v
//!   command   speed change   seek    frame  frame  frame         the head reads on:
//!  |---------|------------|--------|------|------|------|------   up to 16 frames ahead,
//!                                         |-->   |-->   |-->      then it waits
//!                                      transfer of each frame's block, an event each
//!
//!   goes on from the buffer, or where the head is: no command, no seek
//! ```
//!
//! Instants are sums of sixths of a tick, rounded down when an event is scheduled. Refusals,
//! STATUS, DISCDATA and SETDEFAULTS are answered inside the call, as most commands of sound are
//! (`audio`), everything else by an event.
//!
//! Where the sheet is silent:
//!
//! * A bad frame is read once more by waiting a turn of the disc, 150 ms, for each retry; the
//!   drive does so while it reads ahead too, with the retries of the last request. A refused
//!   frame fails when it has passed the head; there is nothing to transfer.
//! * The buffer is of use only at the speed at which it was filled. A disc that stands still
//!   has lost it, and turns again before the command is understood.
//! * With reading ahead switched off the head waits behind the last frame of the request. It
//!   waits at the lead-out as well.
//! * An aborted read ends with the sector that is under way, which still counts; before the head
//!   is there, and when all takes 2604 ticks, it ends at once. The head goes where it was sent.
//! * The drawer's commands take their place in the queue and one command's time; they wait for
//!   no disc to be recognised. An open drawer has tried its disc: there is none.
//! * Pitch changes no time. Subcode is made from the table of contents: channel Q has the
//!   position and a checksum, the others are zero.

mod audio;
mod commands;
mod drawer;
mod mechanism;
pub mod options;
mod queue;
mod records;
mod sectors;
mod soundness;
#[cfg(test)]
mod tests;
mod timing;

use audio::Audio;
pub use emu_core::device::cdrom::{
    AUDIO_COMPLETED, AUDIO_NONE, AUDIO_PAUSED, AUDIO_PLAYING, CMD_EJECT, CMD_PAUSE, CMD_PLAY,
    CMD_POSITION, CMD_READ_VOLUME, CMD_RESUME, CMD_SET_VOLUME, CMD_START, CMD_STOP, PLAY_SIZE,
    POSITION_SIZE, VOLUME_SIZE,
};
use emu_core::device::{
    Device, DeviceClass, DeviceCx, DeviceInfo, Finished, PendingWork, ReqId, Request, Submit,
};
use emu_core::event::{Event, EventId, Rank};
use emu_core::media::{DiscNumber, DiscTable, MediaEvent, Medium};
use emu_core::time::Tick;
use mechanism::{Disc, FRAMES_MAX, Head};
use options::Settings;
use queue::{Running, Waiting, Work};
use serde::{Deserialize, Serialize};
pub use timing::{DriveConstants, DriveProfile, Sixths};

/// Control command: what the disc's table of contents says.
pub const CMD_DISCDATA: u16 = 4;
/// Control command: what options left out mean.
pub const CMD_SETDEFAULTS: u16 = 5;
/// Control command: where the head is.
pub const CMD_READ_SUBQ: u16 = 6;
/// Control command: opens the drawer.
pub const CMD_OPEN_DRAWER: u16 = 8;
/// Control command: closes the drawer.
pub const CMD_CLOSE_DRAWER: u16 = 9;

/// Tag of the running request's event.
const WORK: u16 = 0;
/// Tag of the end of spinning up.
const TRY_DISC: u16 = 1;

/// A drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CdRom {
    profile: DriveProfile,
    settings: Settings,
    closed: bool,
    disc: Option<Disc>,
    /// While a disc spins up to be recognised: when it will be.
    trying: Option<(Tick, EventId)>,
    head: Head,
    audio: Audio,
    /// When the last request ended: the disc turns for some time after it.
    active: Tick,
    /// The drive's own number of the last error.
    last_error: u8,
    /// How often the drawer was opened.
    changes: u32,
    /// How often the drawer closed over a disc, or opened with one in it.
    media_changes: u64,
    /// Pending and not begun, in the order in which they will be.
    queue: Vec<Waiting>,
    running: Option<Running>,
}

impl CdRom {
    /// A drive at power-on, closed and empty.
    pub fn new(profile: DriveProfile) -> CdRom {
        CdRom {
            profile,
            settings: Settings::default(),
            closed: true,
            disc: None,
            trying: None,
            head: Head::at_rest(),
            audio: Audio::new(),
            active: Tick(0),
            last_error: 0,
            changes: 0,
            media_changes: 0,
            queue: Vec::new(),
            running: None,
        }
    }

    /// Puts a disc in before power-on: it is known and turns.
    pub fn insert(&mut self, disc: DiscNumber, table: DiscTable) {
        self.disc = Some(Disc::new(disc, table));
        self.head = Head::at_rest();
    }

    /// Which drive it is.
    pub fn profile(&self) -> DriveProfile {
        self.profile
    }

    /// Whether the table of contents has been tried.
    fn is_tried(&self) -> bool {
        self.trying.is_none()
    }

    fn has_readable_disc(&self) -> bool {
        self.closed && self.disc.as_ref().is_some_and(Disc::is_readable)
    }
}

impl Device for CdRom {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "CD-ROM",
            class: DeviceClass::CdRom,
            max_unit: 0,
            commands: &[
                "WRITE",
                "READ",
                "STATUS",
                "PASSTHROUGH",
                "DISCDATA",
                "SETDEFAULTS",
                "READ_SUBQ",
                "READ_DISC_CODE",
                "OPEN_DRAWER",
                "CLOSE_DRAWER",
            ],
            rank: Rank::CDROM,
            counts_fields: false,
        }
    }

    fn submit(&mut self, request: Request, cx: &mut DeviceCx<'_>) -> Submit {
        self.start(&request, cx)
            .unwrap_or_else(|error| Submit::Done(Finished::failed(error)))
    }

    fn event(&mut self, event: Event, cx: &mut DeviceCx<'_>) {
        let armed = self.running.as_ref().map(|running| running.armed.0);
        if event.tag == WORK && armed == Some(event.at) {
            self.work(event.at, cx);
        }
        let trying = |trying: &mut (Tick, EventId)| trying.0 == event.at;
        if event.tag == TRY_DISC && self.trying.take_if(trying).is_some() {
            self.try_disc(event.at, cx);
        }
    }

    fn abort(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> bool {
        self.withdraw(id, cx)
    }

    fn media(&mut self, event: &MediaEvent, cx: &mut DeviceCx<'_>) {
        self.handle(event, cx);
    }

    fn medium(&self) -> Option<Medium<'_>> {
        let disc = self.disc.as_ref().filter(|_| self.has_readable_disc())?;
        Some(Medium {
            changes: self.media_changes,
            table: &disc.table,
            ready: self.is_tried(),
        })
    }

    fn media_changes(&self) -> u64 {
        self.media_changes
    }

    fn is_sound(&self, now: Tick) -> bool {
        self.fits(now)
    }

    fn pending(&self) -> Vec<PendingWork> {
        let running = self.running.iter().map(|running| {
            let last = match running.work {
                Work::Read(read) => {
                    let whole = self.profile.constants().whole.is_some();
                    whole || running.done.saturating_add(1) >= read.count || running.stopping
                }
                _ => true,
            };
            PendingWork {
                id: running.id,
                due: last.then_some(running.armed.0),
            }
        });
        let queued = self.queue.iter().map(|waiting| PendingWork {
            id: waiting.id,
            due: None,
        });
        running.chain(queued).collect()
    }
}
