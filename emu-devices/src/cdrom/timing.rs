//! How long a drive takes (device sheet 4.8): the one table of its constants.

use super::options::Speed;
use emu_core::device::Terms;
use emu_core::time::{Tick, Ticks};
use serde::{Deserialize, Serialize};

/// Frames that the drive holds.
pub const BUFFER_FRAMES: usize = 16;

/// Farthest target that is reached by reading on instead of seeking.
const READ_THROUGH: u32 = 16;

/// Frames of a full disc, as the seek formula counts them (SDK header discdata.h).
const FULL_DISC: u64 = 330_000;

/// Sixths of a tick: sector times, and half ticks of seeks, are whole numbers of them. Saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sixths(pub u64);

impl Sixths {
    /// An instant.
    pub const fn at(tick: Tick) -> Sixths {
        Sixths(tick.0.saturating_mul(6))
    }

    /// A length of whole ticks.
    pub const fn ticks(ticks: u64) -> Sixths {
        Sixths(ticks.saturating_mul(6))
    }

    /// A length of microseconds, 12.5 ticks each.
    pub const fn micros(micros: u64) -> Sixths {
        Sixths(micros.saturating_mul(75))
    }

    /// The tick that an event at this instant is scheduled for.
    pub const fn tick(self) -> Tick {
        Tick(self.0 / 6)
    }

    /// Later by `length`.
    pub const fn plus(self, length: Sixths) -> Sixths {
        Sixths(self.0.saturating_add(length.0))
    }

    /// `count` times as long.
    pub const fn times(self, count: u32) -> Sixths {
        Sixths(self.0.saturating_mul(count as u64))
    }
}

/// Which drive it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DriveProfile {
    /// What the mastering guide asks of every drive.
    #[default]
    Nominal,
    /// The faster head of the FZ-1.
    Fz1,
    /// Every request takes the same short time: for tests that need only the order.
    Instant,
}

/// The constants of a drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriveConstants {
    /// From one frame to the next at single speed.
    pub frame_single: Sixths,
    /// From one frame to the next at double speed.
    pub frame_double: Sixths,
    /// Moving 2048 bytes to memory.
    pub transfer: Ticks,
    /// Understanding a command.
    pub command: Ticks,
    /// Going from one speed to the other.
    pub speed_change: Ticks,
    /// From a closed drawer or a disc that stands still to the first frame.
    pub spin_up: Ticks,
    /// Idle time after which the disc stands still.
    pub idle: Ticks,
    /// Reading a bad frame once more: a turn of the disc.
    pub retry: Ticks,
    /// Microseconds of the shortest seek.
    pub seek_least: u64,
    /// Microseconds that a thousandth of the root of a third of the disc adds.
    pub seek_near: u64,
    /// Microseconds of a seek over a third of the disc.
    pub seek_third: u64,
    /// Microseconds that the other two thirds add.
    pub seek_far: u64,
    /// If there is one, what every request takes, whatever else stands here.
    pub whole: Option<Ticks>,
}

const NOMINAL: DriveConstants = DriveConstants {
    frame_single: Sixths(1_000_000),
    frame_double: Sixths(500_000),
    transfer: Ticks(6_400),
    command: Ticks(12_500),
    speed_change: Ticks(3_125_000),
    spin_up: Ticks(18_750_000),
    idle: Ticks(375_000_000),
    retry: Ticks(1_875_000),
    seek_least: 100_000,
    seek_near: 400,
    seek_third: 500_000,
    seek_far: 300_000,
    whole: None,
};

const FZ1: DriveConstants = DriveConstants {
    seek_near: 250,
    seek_third: 350_000,
    seek_far: 400_000,
    ..NOMINAL
};

const INSTANT: DriveConstants = DriveConstants {
    command: Ticks(0),
    speed_change: Ticks(0),
    spin_up: Ticks(0),
    idle: Ticks(u64::MAX),
    retry: Ticks(0),
    seek_least: 0,
    seek_near: 0,
    seek_third: 0,
    seek_far: 0,
    whole: Some(Ticks(2_604)),
    ..NOMINAL
};

impl DriveProfile {
    /// All of them.
    pub const ALL: [DriveProfile; 3] = [
        DriveProfile::Nominal,
        DriveProfile::Fz1,
        DriveProfile::Instant,
    ];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            DriveProfile::Nominal => "nominal",
            DriveProfile::Fz1 => "fz1",
            DriveProfile::Instant => "instant",
        }
    }

    /// The one of that name.
    pub fn by_name(name: &str) -> Option<DriveProfile> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// Its constants.
    pub fn constants(self) -> &'static DriveConstants {
        match self {
            DriveProfile::Nominal => &NOMINAL,
            DriveProfile::Fz1 => &FZ1,
            DriveProfile::Instant => &INSTANT,
        }
    }
}

impl DriveConstants {
    /// From one frame to the next.
    pub fn frame(&self, speed: Speed) -> Sixths {
        match speed {
            Speed::Single => self.frame_single,
            Speed::Double => self.frame_double,
        }
    }

    /// Microseconds of a seek over `distance` frames.
    pub fn seek_micros(&self, distance: u32) -> u64 {
        let thrice = 3 * u64::from(distance);
        if distance == 0 {
            0
        } else if thrice <= FULL_DISC {
            self.seek_least + self.seek_near * (thrice * 1_000_000 / FULL_DISC).isqrt()
        } else {
            self.seek_third + self.seek_far * (thrice - FULL_DISC) / (2 * FULL_DISC)
        }
    }

    /// From the frame under the head to another.
    pub fn seek(&self, from: u32, to: u32, speed: Speed) -> Sixths {
        match to.checked_sub(from) {
            Some(ahead) if ahead <= READ_THROUGH => self.frame(speed).times(ahead),
            _ => Sixths::micros(self.seek_micros(from.abs_diff(to))),
        }
    }

    /// Moving a block to memory.
    pub fn transfer(&self, bytes: u32) -> Sixths {
        Sixths::ticks(self.transfer.0 * u64::from(bytes) / 2048)
    }
}

/// The instants at which the parts of a request's time end, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marks {
    /// The request was sent.
    pub submitted: Tick,
    /// How long it waited for a disc to be recognised.
    pub held: Ticks,
    /// It reached the head of the queue.
    pub began: Tick,
    /// The disc turns.
    pub spun: Sixths,
    /// The command is understood.
    pub commanded: Sixths,
    /// The disc turns as fast as it should.
    pub sped: Sixths,
    /// The head is there.
    pub sought: Sixths,
    /// The last frame wanted so far has passed the head.
    pub read: Sixths,
}

impl Marks {
    /// Those of a request that takes no time.
    pub fn new(submitted: Tick, held: Ticks, began: Tick) -> Marks {
        let now = Sixths::at(began);
        Marks {
            submitted,
            held,
            began,
            spun: now,
            commanded: now,
            sped: now,
            sought: now,
            read: now,
        }
    }

    /// What the time up to `end` went into. Every mark is rounded as the end is, so that the
    /// terms sum to the whole.
    pub fn terms(&self, end: Tick) -> Terms {
        let mut from = self.submitted;
        let mut up_to = |mark: Tick| {
            let mark = mark.min(end).max(from);
            let part = mark.since(from);
            from = mark;
            part
        };
        let waited = up_to(self.began);
        let held = self.held.min(waited);
        Terms {
            queue: Ticks(waited.0 - held.0),
            spin_up: Ticks(held.0 + up_to(self.spun.tick()).0),
            command: up_to(self.commanded.tick()),
            speed_change: up_to(self.sped.tick()),
            seek: up_to(self.sought.tick()),
            reading: up_to(self.read.tick()),
            transfer: up_to(end),
        }
    }
}
