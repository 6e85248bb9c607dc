//! Runs that look for races: completions later than usual, in other orders.
//!
//! What a device says of a request is held back for a time that follows from the seed, the
//! request's number and what it was asked of: a run repeats exactly, and leaving one request in
//! peace changes nothing for the others. A request keeps the order of its own notices; nothing
//! comes earlier than the hardware has it. What is read arrives with the completion: until then
//! the buffer holds what it held before. A request that is aborted is let go at once. Requests of
//! the drive end in the order in which it serves them: what follows a late one is late too.

use crate::device::{Buffer, DevError, DeviceClass, Finished, Message, Notice, Op, ReqId, Request};
use crate::dice::Dice;
use crate::mem::Memory;
use crate::time::{CPU_HZ, Tick, Ticks};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// The longest delay of a timer has fewer bits than this: 5 ms.
const TIMER_BITS: u64 = 16;
/// The same of every other device: 84 ms.
const DEVICE_BITS: u64 = 20;
/// One read in so many fails, if reads may.
const MEDIA_ODDS: u64 = 16;
/// Quanta that programs may ask for begin here: 5 ms.
const LEAST_QUANTUM: u64 = CPU_HZ / 200;
/// And the usual one is 15 ms.
const USUAL_QUANTUM: u64 = 3 * LEAST_QUANTUM;

/// Which disturbances a run gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chaos {
    /// All of them follow from it.
    pub seed: u64,
    /// Whether a read of the drive fails once in a while, as if the disc were scratched.
    pub media: bool,
    /// The requests that are disturbed, sorted; the others are as usual. `None`: all may be.
    pub only: Option<Vec<u64>>,
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// For how long everything is held back that its device says.
    pub delay: Ticks,
    /// Whether it ends with a media error.
    pub fails: bool,
}

impl Plan {
    fn is_nothing(self) -> bool {
        self == Plan::default()
    }
}

impl Chaos {
    /// All that follows from a seed.
    pub fn of_seed(seed: u64) -> Chaos {
        Chaos {
            seed,
            ..Chaos::default()
        }
    }

    /// What becomes of request `req`.
    pub fn plan(&self, req: ReqId, device: DeviceClass, op: Op) -> Plan {
        let only = self.only.as_ref();
        if only.is_some_and(|only| only.binary_search(&req.0).is_err()) {
            return Plan::default();
        }
        let mut dice = dice_for(self.seed, req.0.wrapping_add(1));
        // A seed with few disturbances leaves more of the program's own order.
        let odds = 2 + dice_for(self.seed, 0).below(3);
        let is_held = dice.below(odds) == 0;
        let bits = match device {
            DeviceClass::Timer => TIMER_BITS,
            _ => DEVICE_BITS,
        };
        // As many delays of about a cycle as of about a millisecond.
        let bit = 1 << dice.below(bits);
        let delay = Ticks(bit + dice.below(bit));
        let can_fail = self.media && device == DeviceClass::CdRom && op == Op::Read;
        Plan {
            delay: if is_held { delay } else { Ticks(0) },
            fails: can_fail && dice.below(MEDIA_ODDS) == 0,
        }
    }

    /// Whether the drive of such a run takes no time but the least: some programs do not expect
    /// that a read can be quick.
    pub fn has_instant_drive(&self) -> bool {
        dice_for(self.seed, 0x1D).below(4) == 0
    }

    /// The longest turn that a task gets, if that is shorter than usual.
    pub fn quantum(&self) -> Option<Ticks> {
        let mut dice = dice_for(self.seed, 0x2D);
        let is_short = dice.below(4) == 0;
        is_short.then(|| Ticks(LEAST_QUANTUM + dice.below(USUAL_QUANTUM - LEAST_QUANTUM)))
    }
}

/// Dice of their own for each question.
fn dice_for(seed: u64, what: u64) -> Dice {
    let mut dice = Dice(seed.wrapping_mul(0xD605_1B4E_1A4D_0BB5) ^ what);
    dice.roll();
    dice
}

/// Bytes of buffers that are kept at most; what is read beyond that is there before its time.
const MOST_KEPT: usize = 16 << 20;

/// A request in progress that something becomes of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Planned {
    plan: Plan,
    /// Where it reads to, and what was there when it began.
    before: Bytes,
    /// Whether the device ends its requests one after the other.
    is_in_line: bool,
}

/// Bytes of guest memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Bytes {
    addr: u32,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

impl Bytes {
    fn read(memory: &Memory, addr: u32, len: u32) -> Bytes {
        let bytes = memory.bytes(addr, len).unwrap_or_default().to_vec();
        Bytes { addr, bytes }
    }

    fn write(&self, memory: &mut Memory) {
        let place = memory.bytes_mut(self.addr, self.bytes.len() as u32);
        if let Some(place) = place {
            place.copy_from_slice(&self.bytes);
        }
    }
}

/// What a device has said and nobody has heard.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    message: Message,
    /// What it has read.
    read: Bytes,
}

/// What is held back at present; part of the machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Disturbance {
    chaos: Chaos,
    /// The requests in progress that something becomes of.
    plans: BTreeMap<ReqId, Planned>,
    /// What devices have said and nobody has heard.
    held: BTreeMap<u64, Held>,
    next: u64,
    /// When the last of the drive's requests so far is heard of.
    drive_until: Tick,
    /// What may be heard now.
    released: VecDeque<Held>,
}

impl Disturbance {
    pub fn new(chaos: Chaos) -> Disturbance {
        Disturbance {
            chaos,
            ..Disturbance::default()
        }
    }

    pub fn chaos(&self) -> &Chaos {
        &self.chaos
    }

    /// A device is about to begin a request: what becomes of that.
    pub fn plan(&self, request: &Request, device: DeviceClass, memory: &Memory) -> Option<Planned> {
        let plan = self.chaos.plan(request.id, device, request.op);
        let is_in_line = device == DeviceClass::CdRom;
        if plan.is_nothing() && !is_in_line {
            return None;
        }
        let kept = self
            .plans
            .values()
            .map(|planned| planned.before.bytes.len());
        let room = MOST_KEPT.saturating_sub(kept.sum());
        let before = match request.recv {
            Buffer::Guest { addr, len } if len as usize <= room => Bytes::read(memory, addr, len),
            _ => Bytes::default(),
        };
        Some(Planned {
            plan,
            before,
            is_in_line,
        })
    }

    /// The device has begun it.
    pub fn begin(&mut self, req: ReqId, planned: Planned) {
        self.plans.insert(req, planned);
    }

    /// Whether anything is still to be heard.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && self.released.is_empty()
    }

    /// What may be heard now.
    pub fn pop_released(&mut self, memory: &mut Memory) -> Option<Message> {
        let Held { message, read } = self.released.pop_front()?;
        read.write(memory);
        Some(message)
    }

    /// A device says something. If that is held back: of which request, until when, and the number
    /// by which it is released.
    pub fn hold(
        &mut self,
        message: &Message,
        now: Tick,
        memory: &mut Memory,
    ) -> Option<(ReqId, Tick, u64)> {
        let req = subject(message)?;
        let &Planned {
            plan, is_in_line, ..
        } = self.plans.get(&req)?;
        let mut until = now + plan.delay;
        if is_in_line {
            until = until.max(self.drive_until);
            if plan.is_nothing() && until == now {
                self.plans.remove(&req);
                return None;
            }
            self.drive_until = until;
        }
        let (mut message, mut read) = (*message, Bytes::default());
        if let Message::Completion(completion) = &mut message {
            let before = self.plans.remove(&req).unwrap_or_default().before;
            read = Bytes::read(memory, before.addr, before.bytes.len() as u32);
            before.write(memory);
            if plan.fails && completion.result.error.is_none() {
                completion.result = Finished::failed(DevError::Media);
            }
        }
        let held = Held { message, read };
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        self.held.insert(number, held);
        Some((req, until, number))
    }

    /// The time of a message has come; it may have been released before.
    pub fn release(&mut self, number: u64) {
        self.released.extend(self.held.remove(&number));
    }

    /// A request is aborted: what its device has said comes now, what it will say as it says it.
    pub fn let_go(&mut self, req: ReqId) {
        self.plans.remove(&req);
        let its = |held: &Held| subject(&held.message) == Some(req);
        let numbers = self.held.iter().filter(|(_, held)| its(held));
        let numbers: Vec<u64> = numbers.map(|(&number, _)| number).collect();
        for number in numbers {
            self.release(number);
        }
    }
}

/// The request that a device speaks of, if that may be heard later.
fn subject(message: &Message) -> Option<ReqId> {
    match message {
        Message::Completion(completion) => Some(completion.id),
        Message::Notice(Notice::Beat { id, .. } | Notice::Requeued { id, .. }) => Some(*id),
        Message::Notice(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(chaos: &Chaos, device: DeviceClass) -> Vec<Plan> {
        let plan = |req| chaos.plan(ReqId(req), device, Op::Read);
        (0..2_000).map(plan).collect()
    }

    #[test]
    fn a_delay_follows_from_seed_and_request_alone() {
        let chaos = Chaos::of_seed(7);
        assert_eq!(
            plans(&chaos, DeviceClass::CdRom),
            plans(&chaos, DeviceClass::CdRom)
        );
        let other = Chaos::of_seed(8);
        assert_ne!(
            plans(&chaos, DeviceClass::CdRom),
            plans(&other, DeviceClass::CdRom)
        );
    }

    #[test]
    fn leaving_others_in_peace_changes_no_delay() {
        let all = plans(&Chaos::of_seed(3), DeviceClass::CdRom);
        let only = Chaos {
            only: Some(vec![5, 17, 400]),
            ..Chaos::of_seed(3)
        };
        for (req, (plan, before)) in plans(&only, DeviceClass::CdRom)
            .into_iter()
            .zip(all)
            .enumerate()
        {
            let expected = match req {
                5 | 17 | 400 => before,
                _ => Plan::default(),
            };
            assert_eq!(plan, expected, "request {req}");
        }
    }

    #[test]
    fn timers_are_late_by_milliseconds_and_drives_by_a_tenth_of_a_second() {
        let longest = |device| {
            let seeds = (0..20).flat_map(|seed| plans(&Chaos::of_seed(seed), device));
            seeds.map(|plan| plan.delay.0).max().unwrap_or_default()
        };
        let milliseconds = |ticks: u64| ticks * 1_000 / CPU_HZ;
        assert_eq!(milliseconds(longest(DeviceClass::Timer)), 5);
        assert_eq!(milliseconds(longest(DeviceClass::CdRom)), 83);
    }

    #[test]
    fn many_requests_are_left_in_peace_and_short_delays_are_common() {
        for seed in 0..20 {
            let plans = plans(&Chaos::of_seed(seed), DeviceClass::Ram);
            let held = plans.iter().filter(|plan| plan.delay.0 > 0).count();
            let short = plans.iter().filter(|p| (1..1_000).contains(&p.delay.0));
            assert!((400..=1_100).contains(&held), "{held} of seed {seed}");
            assert!(short.count() > held / 3, "seed {seed}");
        }
    }

    #[test]
    fn reads_of_the_drive_fail_only_when_asked_for() {
        let fails = |media| {
            let chaos = Chaos {
                media,
                ..Chaos::of_seed(1)
            };
            let count = |device| plans(&chaos, device).iter().filter(|p| p.fails).count();
            [DeviceClass::CdRom, DeviceClass::Timer].map(count)
        };
        assert_eq!(fails(false), [0, 0]);
        let [drive, timer] = fails(true);
        assert!((60..=200).contains(&drive), "{drive}");
        assert_eq!(timer, 0);
    }
}
