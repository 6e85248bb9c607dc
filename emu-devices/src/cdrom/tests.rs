//! Every sentence about the drive as a test.
//!
//! Device sheet 4, and its checks 6 to 9.

mod audio;
mod media;
mod model;
mod reads;
mod records;
mod state;
mod storm;

use super::options::{Density, Options, Speed};
use super::*;
use emu_core::device::{Buffer, Bus, Completion, DevError, DeviceId, Message, Notice, Op, Terms};
use emu_core::event::Target;
use emu_core::media::{Discs, FIRST_FRAME, SECTOR_DATA, SECTOR_RAW, SectorError};
use emu_core::media::{Track, TrackKind};
use emu_core::mem::Memory;
use emu_core::time::Ticks;

/// Where the tests have their data put, in a machine of 3 MB.
const RECV: u32 = 0x2_0000;

/// A host whose sectors say which they are.
#[derive(Clone, Copy, Debug, Default)]
struct Host {
    /// A frame that cannot be read.
    broken: Option<u32>,
    /// From here on there is a gap of ten frames.
    gap: Option<u32>,
}

impl Host {
    fn check(&self, disc: DiscNumber, frame: u32) -> Result<(), SectorError> {
        let why = "scratched".to_owned();
        match (self.broken, self.gap) {
            _ if disc.0 > 1 => Err(SectorError::NoDisc(disc)),
            _ if frame < FIRST_FRAME => Err(SectorError::NoData(frame)),
            (Some(broken), _) if broken == frame => Err(SectorError::Unreadable { frame, why }),
            (_, Some(gap)) if (gap..gap + 10).contains(&frame) => Err(SectorError::NoData(frame)),
            _ => Ok(()),
        }
    }
}

/// A byte of a frame that depends on both.
fn byte(frame: u32, n: usize) -> u8 {
    (frame as usize * 7 + n * 3 + n / 256 + 1) as u8
}

impl Discs for Host {
    fn read_data(
        &self,
        disc: DiscNumber,
        frame: u32,
        to: &mut [u8; SECTOR_DATA],
    ) -> Result<(), SectorError> {
        to.fill(0xEE);
        self.check(disc, frame)?;
        *to = std::array::from_fn(|n| byte(frame, n + 16));
        Ok(())
    }

    fn read_raw(
        &self,
        disc: DiscNumber,
        frame: u32,
        to: &mut [u8; SECTOR_RAW],
    ) -> Result<(), SectorError> {
        to.fill(0xEE);
        self.check(disc, frame)?;
        *to = std::array::from_fn(|n| byte(frame, n));
        Ok(())
    }
}

/// A drive with the part of a machine that it needs.
#[derive(Clone)]
struct Rig {
    drive: CdRom,
    memory: Memory,
    bus: Bus,
    host: Host,
    now: Tick,
    next_id: u64,
    sent: Vec<(ReqId, Tick)>,
    ended: Vec<(Tick, Completion)>,
    notices: Vec<(Tick, Notice)>,
    /// The drive comes from a file that somebody has changed: only panics count.
    hostile: bool,
}

impl Rig {
    /// A drive with a disc of one track.
    fn new(profile: DriveProfile, blocks: u32) -> Rig {
        Rig::with(profile, DiscTable::one_track(blocks))
    }

    fn with(profile: DriveProfile, table: DiscTable) -> Rig {
        let mut rig = Rig::empty(profile);
        rig.drive.insert(DiscNumber(0), table);
        rig
    }

    fn empty(profile: DriveProfile) -> Rig {
        Rig {
            drive: CdRom::new(profile),
            memory: Memory::new(),
            bus: Bus::default(),
            host: Host::default(),
            now: Tick(0),
            next_id: 1,
            sent: Vec::new(),
            ended: Vec::new(),
            notices: Vec::new(),
            hostile: false,
        }
    }

    fn device<R>(&mut self, call: impl FnOnce(&mut CdRom, &mut DeviceCx<'_>) -> R) -> R {
        let (memory, bus) = (&mut self.memory, &mut self.bus);
        let cx = DeviceCx::new(self.now, DeviceId(5), Rank::CDROM, memory, bus);
        let result = call(&mut self.drive, &mut cx.with_discs(&self.host));
        while let Some(message) = self.bus.outbox.pop() {
            match message {
                Message::Notice(notice) => self.notices.push((self.now, notice)),
                Message::Completion(_) if self.hostile => (),
                Message::Completion(end) => {
                    let sent = self.sent.iter().find(|(id, _)| *id == end.id).unwrap();
                    assert_eq!(end.terms.total(), self.now.since(sent.1), "{end:?}");
                    self.ended.push((self.now, end));
                }
            }
        }
        assert!(
            self.hostile || self.drive.is_sound(self.now),
            "{:#?}",
            self.drive
        );
        result
    }

    /// What a machine does until `at`, with everything due then.
    fn run(&mut self, at: Tick) {
        while self.bus.events.next_tick() <= at {
            self.now = self.bus.events.next_tick();
            let event = self.bus.events.pop_due(self.now).unwrap();
            assert_eq!(event.target, Target::Device(DeviceId(5)));
            self.device(|drive, cx| drive.event(event, cx));
        }
        self.now = at;
    }

    fn run_for(&mut self, ticks: u64) {
        self.run(self.now + Ticks(ticks));
    }

    /// Sends a request that `change` has completed.
    fn send(&mut self, op: Op, change: impl FnOnce(&mut Request)) -> (ReqId, Submit) {
        let id = ReqId(self.next_id);
        self.next_id += 1;
        let mut request = Request {
            priority: 100,
            ..Request::new(id, 0, op)
        };
        change(&mut request);
        self.sent.push((id, self.now));
        (id, self.device(|drive, cx| drive.submit(request, cx)))
    }

    /// READ with these options into `len` bytes.
    fn read_with(&mut self, offset: u32, len: u32, options: Options) -> (ReqId, Submit) {
        self.send(Op::Read, |request| {
            request.offset = offset;
            request.option = options.encode();
            request.recv = Buffer::Guest { addr: RECV, len };
        })
    }

    /// READ of some blocks as everybody does it.
    fn read(&mut self, offset: u32, blocks: u32) -> ReqId {
        let (id, submit) = self.read_with(offset, blocks * 2048, Options::default());
        assert_eq!(submit, Submit::Pending);
        id
    }

    /// A command that answers with a record.
    fn ask(&mut self, op: Op, len: u32) -> (ReqId, Submit) {
        self.send(op, |request| {
            request.recv = Buffer::Guest { addr: RECV, len };
        })
    }

    fn media(&mut self, event: &MediaEvent) {
        self.device(|drive, cx| drive.media(event, cx));
    }

    fn abort(&mut self, id: ReqId) -> bool {
        self.device(|drive, cx| drive.abort(id, cx))
    }

    /// The bytes at the tests' buffer.
    fn bytes(&self, len: u32) -> Vec<u8> {
        self.memory.bytes(RECV, len).unwrap().to_vec()
    }

    /// Runs until a request has ended: when, and how.
    fn end_of(&mut self, id: ReqId) -> (Tick, Finished, Terms) {
        loop {
            if let Some((at, end)) = self.ended.iter().find(|(_, end)| end.id == id) {
                return (*at, end.result, end.terms);
            }
            let next = self.bus.events.next_tick();
            assert_ne!(next, Tick::NEVER, "{id:?} never ends");
            self.run(next);
        }
    }

    /// How a request ended that should have by now.
    fn ended(&self, id: ReqId) -> Option<(Tick, Finished)> {
        let mut ends = self.ended.iter().filter(|(_, end)| end.id == id);
        let end = ends.next().map(|(at, end)| (*at, end.result));
        assert_eq!(ends.next(), None, "{id:?} ended twice");
        end
    }

    /// The status byte as programs see it.
    fn status(&mut self) -> u8 {
        let (_, submit) = self.ask(Op::Status, 36);
        assert_eq!(submit, done(36));
        self.bytes(36)[19]
    }
}

fn done(actual: u32) -> Submit {
    Submit::Done(Finished::ok(actual))
}

fn refused(error: DevError) -> Submit {
    Submit::Done(Finished::failed(error))
}

fn failed(actual: u32, error: DevError) -> Finished {
    let error = Some(error);
    Finished { actual, error }
}

/// Track 1 data, track 2 sound with a gap of ten frames before it.
fn mixed() -> DiscTable {
    let track = |number, kind, start, frames| Track {
        number,
        kind,
        start,
        frames,
    };
    DiscTable {
        tracks: vec![
            track(1, TrackKind::Mode1, 150, 40),
            track(2, TrackKind::Audio, 200, 100),
        ],
        lead_out: 300,
    }
}

fn xa() -> DiscTable {
    let mut table = DiscTable::one_track(100);
    table.tracks[0].kind = TrackKind::Mode2;
    table
}
