//! Clocks: their time, sleeping until one, alarms (Mach sheet 4.8).
//!
//! All three clocks show simulated time since power-on. A sleep or an alarm ends at the first
//! tick (80 ns) at which the clock shows at least the time asked for.

use super::codes;
use super::device::PortName;
use super::host::is_host;
use super::memory_object::CLOCK_PERIOD;
use super::records::Tvalspec;
use super::rpc::{KernCode, ReplyPort, Rpc, Served, done, kern};
use super::space::{Item as Part, KernelObject, Right};
use super::waiting::{Timer, Waiting};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::{Answer, CallCx};
use crate::kernel::portfolio::Portfolio;
use crate::mem::GuestPtr;
use crate::messages;
use crate::time::{CPU_HZ, Tick, Ticks};

/// Id of the request; the reply that rings has that of its reply.
const CLOCK_ALARM: u32 = 3_125_007;
/// Ways to say a time.
const TIME_ABSOLUTE: u32 = 0;
const TIME_RELATIVE: u32 = 1;
/// Attributes: resolutions in nanoseconds.
const GET_TIME_RESOLUTION: u32 = 1;
const MAP_TIME_RESOLUTION: u32 = 2;
const ALARM_RESOLUTIONS: std::ops::RangeInclusive<u32> = 3..=5;
const NANOSECONDS: u64 = 1_000_000_000;
/// A tick is 80 ns.
pub(super) const NANOSECONDS_PER_TICK: u64 = NANOSECONDS / CPU_HZ;
/// Most alarms that can be set at a time.
const ALARMS_MAX: usize = 4096;

/// Simulated time since power-on.
pub(super) fn time_at(now: Tick) -> Tvalspec {
    let nanoseconds = now.0.saturating_mul(NANOSECONDS_PER_TICK);
    Tvalspec {
        tv_sec: (nanoseconds / NANOSECONDS) as u32,
        tv_nsec: (nanoseconds % NANOSECONDS) as i32,
    }
}

/// Cycles of a time in milliseconds.
pub(super) fn milliseconds(time: u32) -> Ticks {
    Ticks(u64::from(time) * (CPU_HZ / 1000))
}

/// Cycles of a length of time, rounded up.
pub(super) fn ticks_of(time: Tvalspec) -> Result<Ticks, i32> {
    let nanoseconds = u64::try_from(time.tv_nsec);
    let nanoseconds = nanoseconds.ok().filter(|&part| part < NANOSECONDS);
    let nanoseconds = nanoseconds.ok_or(codes::KERN_INVALID_VALUE)?;
    let whole = u64::from(time.tv_sec) * CPU_HZ;
    Ok(Ticks(whole + nanoseconds.div_ceil(NANOSECONDS_PER_TICK)))
}

/// How long it is until a time; nothing for one that has passed.
fn until(now: Tick, kind: u32, time: Tvalspec) -> Result<Ticks, i32> {
    let ticks = ticks_of(time)?;
    match kind {
        TIME_ABSOLUTE => Ok(Tick(ticks.0).since(now)),
        TIME_RELATIVE => Ok(ticks),
        _ => Err(codes::KERN_INVALID_VALUE),
    }
}

/// Checks that the target is a clock.
fn is_clock(rpc: &Rpc<'_>) -> Result<(), i32> {
    match rpc.object {
        KernelObject::Clock(_) => Ok(()),
        _ => Err(codes::KERN_INVALID_ARGUMENT),
    }
}

impl Portfolio {
    /// Checks that a name of the caller's is a clock's.
    fn clock_named(&mut self, name: PortName) -> Result<(), i32> {
        let program = self.mach_caller();
        match self.mach.object_of(program, name.0) {
            Some((KernelObject::Clock(_), _)) => Ok(()),
            _ => Err(codes::KERN_INVALID_ARGUMENT),
        }
    }

    /// Sends the message of an alarm.
    pub(super) fn ring(&mut self, cx: &mut CallCx<'_>, to: ReplyPort, kind: u32) {
        let time = time_at(cx.now);
        let words = vec![kind, time.tv_sec, time.tv_nsec as u32];
        self.answer(CLOCK_ALARM, to, Served::Words(words));
    }

    /// What a sleep gives when its time has come.
    pub(super) fn wake_up(cx: &mut CallCx<'_>, wakeup: Option<u32>) -> i32 {
        let Some(at) = wakeup else {
            return codes::KERN_SUCCESS;
        };
        match cx.mem.write_bytes(at, &time_at(cx.now).encode()) {
            Ok(()) => codes::KERN_SUCCESS,
            Err(_) => codes::KERN_INVALID_ADDRESS,
        }
    }
}

fn service(k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(36)?;
    is_host(rpc)?;
    let clock = rpc.word(32)? as usize;
    let clock = k.mach.roots().clocks.get(clock).copied();
    let clock = clock.ok_or(codes::KERN_INVALID_ARGUMENT)?;
    Ok(Served::port(k.mach.ports.make_send(clock)))
}

fn get_time(_k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(24)?;
    is_clock(rpc)?;
    let time = time_at(cx.now);
    Ok(Served::Words(vec![time.tv_sec, time.tv_nsec as u32]))
}

fn attributes(_k: &mut Portfolio, _cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.simple(40)?;
    is_clock(rpc)?;
    let resolution = match rpc.word(32)? {
        GET_TIME_RESOLUTION => NANOSECONDS_PER_TICK,
        MAP_TIME_RESOLUTION => CLOCK_PERIOD.0 * NANOSECONDS_PER_TICK,
        flavor if ALARM_RESOLUTIONS.contains(&flavor) => NANOSECONDS_PER_TICK,
        _ => return Err(codes::KERN_INVALID_VALUE),
    };
    match rpc.word(36)? {
        0 => Err(codes::KERN_FAILURE),
        _ => Ok(Served::Words(vec![1, resolution as u32])),
    }
}

fn alarm(k: &mut Portfolio, cx: &mut CallCx<'_>, rpc: &mut Rpc<'_>) -> Result<Served, i32> {
    rpc.complex(60, 1)?;
    is_clock(rpc)?;
    let type_ = rpc.word_of_complex(48)?;
    let time = Tvalspec {
        tv_sec: rpc.word_of_complex(52)?,
        tv_nsec: rpc.word_of_complex(56)? as i32,
    };
    match rpc.parts.first() {
        Some(Part::Port {
            right: Right::Send(_) | Right::SendOnce(_),
            ..
        }) => (),
        Some(Part::Port {
            right: Right::Null | Right::Dead,
            ..
        }) => return Err(codes::KERN_INVALID_CAPABILITY),
        _ => return Err(codes::MIG_TYPE_ERROR),
    }
    let after = until(cx.now, type_, time)?;
    let timers = k.mach.timers.values();
    let alarms = timers.filter(|timer| matches!(timer, Timer::Alarm { .. }));
    if alarms.count() >= ALARMS_MAX {
        return Err(codes::KERN_RESOURCE_SHORTAGE);
    }
    let (right, kind) = rpc.take_port(0)?;
    let to = ReplyPort { right, kind };
    match after {
        Ticks(0) => k.ring(cx, to, type_),
        after => {
            k.start_timer(cx, after, Timer::Alarm { to, kind: type_ });
        }
    }
    Ok(Served::Code(codes::KERN_SUCCESS))
}

fn sleep(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    clock: PortName,
    kind: u32,
    seconds: u32,
    nanoseconds: i32,
    wakeup: GuestPtr<u8>,
) -> Answer {
    let mut check = || {
        k.clock_named(clock)?;
        let time = Tvalspec {
            tv_sec: seconds,
            tv_nsec: nanoseconds,
        };
        let after = until(cx.now, kind, time)?;
        let writable = cx.mem.check_writable(wakeup.addr(), Tvalspec::SIZE as u32);
        writable.map_err(|_| codes::KERN_INVALID_ADDRESS)?;
        Ok(after)
    };
    let wakeup = Some(wakeup.addr());
    match check() {
        Ok(Ticks(0)) => done(Portfolio::wake_up(cx, wakeup)),
        Ok(after) => Ok(k.mach_block(cx, Waiting::Time { wakeup }, Some(after))),
        Err(code) => done(code),
    }
}

fn get_time_trap(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    clock: PortName,
    time: GuestPtr<u8>,
) -> Result<KernCode, Trouble> {
    let mut work = || {
        k.clock_named(clock)?;
        let bytes = time_at(cx.now).encode();
        let written = cx.mem.write_bytes(time.addr(), &bytes);
        written.map_err(|_| codes::KERN_INVALID_ADDRESS)
    };
    kern(work())
}

calls! { pub(crate) CALLS: Mach;
    blocking trap 62 clock_sleep_trap(clock: PortName, kind: u32, seconds: u32, nanoseconds: i32,
        wakeup: GuestPtr<u8>) -> Code = sleep;
    trap 83 clock_get_time(clock: PortName, time: GuestPtr<u8>) -> Code = get_time_trap;
}

messages! { pub(crate) MESSAGES;
    3125000 host_get_clock_service(clock: Int @ 32) = service;
    3125002 clock_get_time() = get_time;
    3125003 clock_get_attributes(flavor: Bits @ 32, room: Int @ 36) = attributes;
    3125007 clock_alarm(kind: Bits @ 48, seconds: Int @ 52, nanoseconds: Int @ 56) = alarm;
}
