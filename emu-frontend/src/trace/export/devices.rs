//! Tracks of devices: what each unit is at, and every request it gets.
//!
//! Requests overlap, so they are asynchronous slices with their terms inside. The track of a unit
//! has marks where requests begin and end, to which arrows lead, and what the unit was at in
//! between as far as the device says so.

use super::guest::{name_process, name_track};
use super::json::{Arg, Entry, Phase, TraceJson, Track};
use emu_core::device::{Buffer, DevError, DeviceClass, Op, Terms};
use emu_core::time::{Tick, Ticks};
use emu_core::trace::{Asker, Field, Hex};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;
use std::io::{self, Write};

/// The process of devices.
pub const DEVICES: u32 = 2;
const REQUEST: &str = "request";

#[derive(Debug)]
struct Unit {
    tid: u32,
    name: String,
    /// Requests it has.
    depth: u64,
    /// The end of the latest slice of its track.
    drawn: Tick,
}

/// A request that a device has.
#[derive(Clone, Copy, Debug)]
pub struct Submission {
    /// Its number.
    pub req: u64,
    /// The device.
    pub device: DeviceClass,
    /// Its unit.
    pub unit: u8,
    /// What to do.
    pub op: Op,
    /// Where.
    pub offset: u32,
    /// What goes to the device.
    pub send: Buffer,
    /// Room for what comes from it.
    pub recv: Buffer,
    /// Who asks.
    pub by: Asker,
    /// For which IOReq, volume or operation.
    pub of: Hex,
}

#[derive(Debug)]
struct Open {
    unit: (u8, u8),
    name: String,
    from: Tick,
}

/// How a request ends.
#[derive(Clone, Copy, Debug)]
pub struct Completion {
    /// Its number.
    pub req: u64,
    /// Bytes or units done.
    pub actual: u32,
    /// What went wrong.
    pub error: Option<DevError>,
    /// What its time went into.
    pub terms: Terms,
}

/// Tracks of devices.
#[derive(Default)]
pub struct Devices {
    units: BTreeMap<(u8, u8), Unit>,
    open: BTreeMap<u64, Open>,
}

impl Devices {
    /// No unit yet: a unit has a track when it is first used.
    pub fn begin<W: Write>(json: &mut TraceJson<W>) -> io::Result<Devices> {
        name_process(json, DEVICES, "devices")?;
        Ok(Devices::default())
    }

    /// A device gets a request; the arrow `flow` leads there.
    pub fn submit<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        submission: &Submission,
        flow: Phase,
    ) -> io::Result<()> {
        // A number that is given out again stands for the later one.
        if let Some(lost) = self.open.remove(&submission.req) {
            self.end(json, at, submission.req, &lost)?;
        }
        let unit = self.unit_of(json, submission)?;
        let mut name = word(&submission.op);
        let _ = std::fmt::Write::write_fmt(&mut name, format_args!(" {}", submission.offset));
        let Some(state) = self.units.get_mut(&unit) else {
            return Ok(());
        };
        state.depth = state.depth.saturating_add(1);
        let track = Track {
            pid: DEVICES,
            tid: state.tid,
        };
        mark(json, at, track, &format!("begins {name}"), flow)?;
        let (send, recv) = (word(&submission.send), word(&submission.recv));
        let by = word(&submission.by);
        json.put(&Entry {
            phase: Phase::AsyncBegin(submission.req),
            at,
            track,
            cat: REQUEST,
            name: &format!("{} {name}", state.name),
            args: &[
                ("request", Arg::Number(submission.req)),
                ("send", Arg::Text(&send)),
                ("recv", Arg::Text(&recv)),
                ("by", Arg::Text(&by)),
                ("of", Arg::Hex(submission.of.0)),
            ],
        })?;
        depth(json, at, state)?;
        let open = Open {
            unit,
            name,
            from: at,
        };
        self.open.insert(submission.req, open);
        Ok(())
    }

    /// A device has done with a request; the arrow `flow` leads from there.
    pub fn complete<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        completion: &Completion,
        flow: Phase,
    ) -> io::Result<()> {
        let Some(open) = self.open.remove(&completion.req) else {
            return Ok(());
        };
        self.draw_terms(json, at, completion, &open)?;
        let Some(state) = self.units.get(&open.unit) else {
            return Ok(());
        };
        let track = Track {
            pid: DEVICES,
            tid: state.tid,
        };
        mark(json, at, track, &format!("ends {}", open.name), flow)?;
        let error = completion.error.map_or_else(String::new, |e| word(&e));
        json.put(&Entry {
            phase: Phase::AsyncEnd(completion.req),
            at,
            track,
            cat: REQUEST,
            name: &format!("{} {}", state.name, open.name),
            args: &[
                ("actual", Arg::Number(completion.actual.into())),
                ("error", Arg::Text(&error)),
            ],
        })?;
        self.one_less(json, at, open.unit)
    }

    /// The terms of a request: inside its asynchronous slice all of them, on the unit's track
    /// those of the unit itself, which has one request at a time there.
    fn draw_terms<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        completion: &Completion,
        open: &Open,
    ) -> io::Result<()> {
        let Some(state) = self.units.get_mut(&open.unit) else {
            return Ok(());
        };
        let track = Track {
            pid: DEVICES,
            tid: state.tid,
        };
        let mut from = open.from;
        let mut is_service = false;
        let service_from = (open.from + completion.terms.queue)
            .max(state.drawn)
            .min(at);
        let service_to = (open.from + completion.terms.total()).min(at);
        let length = service_to.since(service_from);
        for (name, ticks) in completion.terms.parts() {
            if ticks.0 == 0 {
                continue;
            }
            let to = (from + ticks).min(at);
            for (phase, at) in [
                (Phase::AsyncBegin(completion.req), from),
                (Phase::AsyncEnd(completion.req), to),
            ] {
                json.put(&Entry {
                    phase,
                    at,
                    track,
                    cat: REQUEST,
                    name,
                    args: &[],
                })?;
            }
            let drawn_from = from.max(service_from);
            let drawn = to.since(drawn_from);
            if name != "queue" && drawn.0 > 0 {
                if !is_service {
                    is_service = true;
                    let args = [("request", Arg::Number(completion.req))];
                    slice(json, service_from, track, &open.name, length, &args)?;
                }
                slice(json, drawn_from, track, name, drawn, &[])?;
            }
            from = to;
        }
        if is_service {
            state.drawn = service_to;
        }
        Ok(())
    }

    /// Something happens to a request.
    pub fn instant<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        req: u64,
        (name, args): (&str, &[(&str, Arg<'_>)]),
    ) -> io::Result<()> {
        let unit = self.open.get(&req).and_then(|o| self.units.get(&o.unit));
        let tid = unit.map_or(0, |unit| unit.tid);
        json.put(&Entry {
            phase: Phase::Instant,
            at,
            track: Track { pid: DEVICES, tid },
            cat: REQUEST,
            name,
            args,
        })
    }

    fn end<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        req: u64,
        open: &Open,
    ) -> io::Result<()> {
        let (tid, name) = match self.units.get(&open.unit) {
            Some(unit) => (unit.tid, format!("{} {}", unit.name, open.name)),
            None => return Ok(()),
        };
        json.put(&Entry {
            phase: Phase::AsyncEnd(req),
            at,
            track: Track { pid: DEVICES, tid },
            cat: REQUEST,
            name: &name,
            args: &[],
        })?;
        self.one_less(json, at, open.unit)
    }

    fn one_less<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        unit: (u8, u8),
    ) -> io::Result<()> {
        match self.units.get_mut(&unit) {
            Some(state) => {
                state.depth = state.depth.saturating_sub(1);
                depth(json, at, state)
            }
            None => Ok(()),
        }
    }

    fn unit_of<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        submission: &Submission,
    ) -> io::Result<(u8, u8)> {
        let class = submission.device as u8;
        let unit = (class, submission.unit);
        if let MapEntry::Vacant(place) = self.units.entry(unit) {
            let name = format!("{} {}", word(&submission.device), submission.unit);
            // Units of a device stand together.
            let tid = 1 + u32::from(class) * 256 + u32::from(submission.unit);
            name_track(json, Track { pid: DEVICES, tid }, &name)?;
            place.insert(Unit {
                tid,
                name,
                depth: 0,
                drawn: Tick(0),
            });
        }
        Ok(unit)
    }
}

/// The word of a value.
fn word(value: &impl Field) -> String {
    let mut word = String::new();
    value.write(&mut word);
    word
}

fn depth<W: Write>(json: &mut TraceJson<W>, at: Tick, unit: &Unit) -> io::Result<()> {
    json.put(&Entry {
        phase: Phase::Counter,
        at,
        track: Track {
            pid: DEVICES,
            tid: 0,
        },
        cat: "",
        name: &format!("requests at {}", unit.name),
        args: &[("requests", Arg::Number(unit.depth))],
    })
}

fn slice<W: Write>(
    json: &mut TraceJson<W>,
    at: Tick,
    track: Track,
    name: &str,
    length: Ticks,
    args: &[(&str, Arg<'_>)],
) -> io::Result<()> {
    json.put(&Entry {
        phase: Phase::Complete(length),
        at,
        track,
        cat: "device",
        name,
        args,
    })
}

/// A slice without length that an arrow leads to or from.
pub fn mark<W: Write>(
    json: &mut TraceJson<W>,
    at: Tick,
    track: Track,
    name: &str,
    flow: Phase,
) -> io::Result<()> {
    let entry = |phase, cat, name| Entry {
        phase,
        at,
        track,
        cat,
        name,
        args: &[],
    };
    json.put(&entry(Phase::Begin, "mark", name))?;
    json.put(&entry(flow, "flow", "request"))?;
    json.put(&entry(Phase::End, "", ""))
}
