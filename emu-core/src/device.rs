//! What kernels and devices say to each other: neither knows the other.
//!
//! ```text
//! kernel --Request--> device.submit --+-- Done(result)          finished now
//!                                     +-- Pending               exactly one Completion follows
//! device --Completion{id, result}--> kernel                     (queued, delivered by the run loop)
//! device --Notice--> kernel                                     what happens without a request
//! ```

mod bus;
pub mod cdrom;
pub mod display;
pub mod pods;
pub mod sound;
pub mod timer;

pub use self::bus::{Bus, DeviceCx, Heard, KernelBuffers, Message, Outbox};

use self::display::{CelJob, CelReport, Picture, Scaling, Shown};
use self::pods::{Pod, PodEvent, PodOutput};
use self::sound::SignalProcessor;
use crate::event::{Event, Rank};
use crate::media::{MediaEvent, Medium};
use crate::mem::Memory;
use crate::time::{Tick, Ticks};
use serde::{Deserialize, Serialize};

/// A device of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeviceId(pub u8);

/// Names one request from `submit` to its completion; never reused in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReqId(pub u64);

/// Names a buffer that the kernel holds outside guest memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BufId(pub u64);

/// Where a request's bytes come from or go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Buffer {
    /// Nowhere.
    #[default]
    None,
    /// Guest memory, checked by the kernel before the request was submitted.
    Guest {
        /// First byte.
        addr: u32,
        /// Length in bytes.
        len: u32,
    },
    /// Bytes held by the kernel: what the file system reads, Mach out-of-line and in-band data.
    Kernel {
        /// Which.
        id: BufId,
        /// Length in bytes.
        len: u32,
    },
}

impl Buffer {
    /// Length in bytes.
    pub fn len(self) -> u32 {
        match self {
            Buffer::None => 0,
            Buffer::Guest { len, .. } | Buffer::Kernel { len, .. } => len,
        }
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether the first byte stands on a multiple of four; kernel buffers always do.
    pub fn is_word_aligned(self) -> bool {
        match self {
            Buffer::Guest { addr, .. } => addr.is_multiple_of(4),
            _ => true,
        }
    }
}

/// What is asked of a device: the common three, or one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// Bytes to the device.
    Write,
    /// Bytes from the device.
    Read,
    /// The device's status record.
    Status,
    /// A command of the device's own numbering.
    Control(u16),
}

/// Which of a kernel's requests that are due at the same time ends first. Devices whose requests
/// run side by side order by it; only the kernels know whose rule it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ties {
    /// The one sent last; before all [`Ties::OldestFirst`] that are due then.
    NewestFirst,
    /// The one sent first.
    #[default]
    OldestFirst,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its name until it completes.
    pub id: ReqId,
    /// Names the object it was made with, which may be used for many requests in turn.
    pub requester: u64,
    /// The unit of the device.
    pub unit: u8,
    /// What to do.
    pub op: Op,
    /// Where, in the device's own units.
    pub offset: u32,
    /// Device-specific options.
    pub option: u32,
    /// Bytes to the device.
    pub send: Buffer,
    /// Room for bytes from the device.
    pub recv: Buffer,
    /// A device that keeps a queue serves higher ones first.
    pub priority: u8,
    /// Whether the system itself asks, or a program that may do what it may.
    pub privileged: bool,
    /// Its place among requests that are due with it.
    pub ties: Ties,
}

impl Request {
    /// A request without place, options or buffers, made by a program for no object of its own.
    pub fn new(id: ReqId, unit: u8, op: Op) -> Request {
        Request {
            id,
            requester: 0,
            unit,
            op,
            offset: 0,
            option: 0,
            send: Buffer::None,
            recv: Buffer::None,
            priority: 0,
            privileged: false,
            ties: Ties::OldestFirst,
        }
    }
}

/// Why a device could not do what was asked; each kernel has its own number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DevError {
    /// The command is not one of the device's.
    BadCommand,
    /// A length, alignment or option is not acceptable.
    BadArgument,
    /// The unit does not exist.
    BadUnit,
    /// The request was aborted.
    Aborted,
    /// The device is not there.
    Offline,
    /// The medium cannot be read.
    Media,
    /// Beyond the end of the medium.
    EndOfMedium,
    /// The mechanism failed.
    Hardware,
    /// Only the system itself may ask for this.
    NotPrivileged,
    /// The unit has nothing that this could be done with.
    NotSupported,
    /// What is there does not fit into the buffer.
    Incomplete,
    /// A notice of this request could not be delivered; the kernel's own code.
    Refused(i32),
}

/// How a request ended: bytes (or the device's own units) done, and the error if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Bytes or device units done.
    pub actual: u32,
    /// What went wrong.
    pub error: Option<DevError>,
}

impl Finished {
    /// Success with `actual` done.
    pub fn ok(actual: u32) -> Finished {
        Finished {
            actual,
            error: None,
        }
    }

    /// Failure with nothing done.
    pub fn failed(error: DevError) -> Finished {
        Finished {
            actual: 0,
            error: Some(error),
        }
    }
}

/// The device's answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submit {
    /// Finished now; no completion follows.
    Done(Finished),
    /// Finished now, no completion follows, but the requester is told "in progress"
    /// (a quirk of the shipped timer driver).
    DoneUnsaid(Finished),
    /// Exactly one completion follows.
    Pending,
}

/// The end of a pending request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Which request.
    pub id: ReqId,
    /// How it ended.
    pub result: Finished,
    /// What its time went into, if the device can say.
    pub terms: Terms,
}

/// What the time from `submit` to the completion went into, in order. The terms of a device that
/// explains itself sum to that time exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Waiting for requests before it.
    pub queue: Ticks,
    /// Waiting for a disc to be recognised and to turn.
    pub spin_up: Ticks,
    /// Understanding the command.
    pub command: Ticks,
    /// Changing the speed of the disc.
    pub speed_change: Ticks,
    /// Moving the head.
    pub seek: Ticks,
    /// Waiting for the disc to turn under the head.
    pub reading: Ticks,
    /// Moving bytes to memory after the last of them was read.
    pub transfer: Ticks,
}

impl Terms {
    /// Each term with its name.
    pub fn parts(&self) -> [(&'static str, Ticks); 7] {
        [
            ("queue", self.queue),
            ("spin-up", self.spin_up),
            ("command", self.command),
            ("speed change", self.speed_change),
            ("seek", self.seek),
            ("reading", self.reading),
            ("transfer", self.transfer),
        ]
    }

    /// Each term in the same order, to set it.
    pub(crate) fn terms_mut(&mut self) -> [&mut Ticks; 7] {
        [
            &mut self.queue,
            &mut self.spin_up,
            &mut self.command,
            &mut self.speed_change,
            &mut self.seek,
            &mut self.reading,
            &mut self.transfer,
        ]
    }

    /// Their sum; saturates, as a recording may claim anything.
    pub fn total(&self) -> Ticks {
        let ticks = self.parts().map(|(_, ticks)| ticks.0);
        Ticks(ticks.into_iter().fold(0, u64::saturating_add))
    }
}

/// What a device tells without a request having ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// A pending request beats; its owner wants the signal bits of its options.
    Beat {
        /// Which request.
        id: ReqId,
        /// The signal bits it asked for.
        signal: u32,
    },
    /// A pending request was queued under another offset than the one it was sent with.
    Requeued {
        /// Which request.
        id: ReqId,
        /// The offset now.
        offset: u32,
    },
    /// A vertical blank: the count since power-on.
    Field {
        /// The count.
        count: u64,
    },
    /// A medium was taken away, or one is there and can be read.
    Media {
        /// Whose.
        device: DeviceId,
        /// Whether one is there now.
        present: bool,
    },
    /// The host could not read what the guest asked for; worth a warning.
    HostError {
        /// Which request.
        id: ReqId,
        /// Absolute frame of the disc.
        frame: u32,
    },
    /// The guest asked for something that cannot be meant; worth a warning.
    Suspicious {
        /// Which request.
        id: ReqId,
        /// In words.
        what: Suspicion,
    },
}

/// Requests worth a warning although they are legal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suspicion {
    /// A DELAYUNTIL whose field count has passed already.
    DelayUntilPast,
}

/// What kind of device it is: kernels name and number by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceClass {
    /// Timer.
    Timer,
    /// Disc drive.
    CdRom,
    /// Memory with a device's manners; unit 3 keeps its bytes without power.
    Ram,
    /// The port of pads and mice.
    ControlPort,
    /// The expansion bus.
    Xbus,
    /// What makes pictures of frame buffers, with the cel engine; no item of Portfolio.
    Display,
    /// What moves pages of VRAM in the vertical blank.
    Sport,
    /// Anything else.
    Other,
}

/// What a kernel needs to know to present a device to its programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Name that both personalities look it up by.
    pub name: &'static str,
    /// What kind of device it is.
    pub class: DeviceClass,
    /// Highest legal unit.
    pub max_unit: u8,
    /// Names of its commands by number: later numbers are refused before they reach it.
    pub commands: &'static [&'static str],
    /// Order of its events among those of the same tick.
    pub rank: Rank,
    /// Whether it tells the count of vertical blanks ([`Notice::Field`]) for programs to read.
    pub counts_fields: bool,
}

/// A device model.
pub trait Device {
    /// What it is.
    fn info(&self) -> DeviceInfo;

    /// Begins a request. Never calls back: `Pending` promises exactly one completion.
    fn submit(&mut self, request: Request, cx: &mut DeviceCx<'_>) -> Submit;

    /// One of its own events is due.
    fn event(&mut self, event: Event, cx: &mut DeviceCx<'_>);

    /// Ends a pending request early. The completion (with [`DevError::Aborted`]) comes through
    /// the outbox, at once or when the hardware allows. False when the request is not pending.
    fn abort(&mut self, id: ReqId, cx: &mut DeviceCx<'_>) -> bool;

    /// The object that requests were made with is gone.
    fn forget(&mut self, _requester: u64) {}

    /// Somebody does something to the drive or its disc.
    fn media(&mut self, _event: &MediaEvent, _cx: &mut DeviceCx<'_>) {}

    /// The medium in it that can be read now or soon.
    fn medium(&self) -> Option<Medium<'_>> {
        None
    }

    /// How often a medium has come or gone since power-on: whoever remembers the number of when
    /// he opened the device knows by it whether the medium is still the same.
    fn media_changes(&self) -> u64 {
        0
    }

    /// Whether a medium is in it that can be read now or soon.
    fn has_medium(&self) -> bool {
        self.medium().is_some()
    }

    /// Somebody does something to the pods that hang on it. False: there is no such pod.
    fn pod_event(&mut self, _event: &PodEvent) -> bool {
        false
    }

    /// The pods that hang on it, as they are now, from the console outwards.
    fn pods(&self) -> Vec<Pod> {
        Vec::new()
    }

    /// How often anything about its pods has changed since power-on: who has looked since then
    /// need not look again.
    fn pod_changes(&self) -> u64 {
        0
    }

    /// Tells the pod with this serial something.
    fn drive_pod(&mut self, _serial: u32, _output: PodOutput) {}

    /// What a display shows from the next vertical blank on.
    fn show(&mut self, _shown: Shown) {}

    /// Draws a list of cels now and says what it cost; `None` from what is no cel engine. The
    /// caller keeps the CPU off the bus for that long.
    fn draw_cels(&mut self, _job: &CelJob, _cx: &mut DeviceCx<'_>) -> Option<CelReport> {
        None
    }

    /// A vertical blank begins; `count` of them since power-on.
    fn field(&mut self, _count: u64, _cx: &mut DeviceCx<'_>) {}

    /// Whether a device that was read from a file fits the present instant: nothing in it is
    /// long overdue or out of order.
    fn is_sound(&self, _now: Tick) -> bool {
        true
    }

    /// Pending requests that will complete or beat without anybody's help.
    fn pending(&self) -> Vec<PendingWork>;
}

/// A pending request as the stuck report and the debugger show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingWork {
    /// Which.
    pub id: ReqId,
    /// When it will complete or beat next, if that is known.
    pub due: Option<Tick>,
}

/// The devices of one machine.
pub trait Board {
    /// How many devices there are: their ids are 0 up to this.
    fn device_count(&self) -> u8;

    /// One device.
    fn device(&mut self, id: DeviceId) -> Option<&mut dyn Device>;

    /// When vertical blank number `k` (the first is 1) begins.
    fn field_start(&self, k: u64) -> Tick;

    /// What the field that is being shown looks like, with memory as it is now.
    fn picture(&self, _memory: &Memory, _scaling: Scaling) -> Option<Picture> {
        None
    }

    /// The audio signal processor, where there is one.
    fn dspp(&self) -> Option<&dyn SignalProcessor> {
        None
    }

    /// The same, to be worked with.
    fn dspp_mut(&mut self) -> Option<&mut dyn SignalProcessor> {
        None
    }

    /// How many vertical blanks have begun at `now`.
    fn fields_at(&self, now: Tick) -> u64 {
        // No field is longer than 300000 ticks or shorter than 200000.
        let (mut low, mut high) = (now.0 / 300_000, now.0 / 200_000 + 1);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self.field_start(middle) <= now {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        low
    }
}
