//! What each event of a recording becomes in the picture.

use super::super::origin;
use super::devices::{Completion, Devices, Submission, mark};
use super::flows::{Flow, Flows};
use super::guest::{GUEST, Guest};
use super::json::{Arg, Entry, Phase, TraceJson, Track};
use emu_core::kernel::mach::MachConfig;
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::{Tick, Ticks};
use emu_core::trace::{Asker, Event, Field, Header, Recording, Stamped, Told};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Characters of a text that stand on its mark; the whole is among what the mark says.
const SHOWN: usize = 60;
/// The family of programs' requests.
const IOREQ: &str = "ioreq";

/// A program's request under way.
struct Asked {
    flow: Flow,
    name: String,
}

struct Timeline<W: Write> {
    json: TraceJson<W>,
    guest: Guest,
    devices: Devices,
    flows: Flows,
    names: BTreeMap<Item, String>,
    asked: BTreeMap<Item, Asked>,
    /// The arrows of requests that no program made, and those of operations of Mach.
    others: BTreeMap<u64, (Flow, Asker)>,
    operations: BTreeMap<u64, Flow>,
    /// The IOReq behind a request at a device.
    iors: BTreeMap<u64, Item>,
}

/// Writes all of it.
pub fn write(recording: &Recording, to: impl Write) -> io::Result<()> {
    let header = &recording.header;
    let mut json = TraceJson::begin(to, &header.program.name)?;
    let guest = Guest::begin(&mut json, trap_cost(header))?;
    let devices = Devices::begin(&mut json)?;
    let mut timeline = Timeline {
        json,
        guest,
        devices,
        flows: Flows::default(),
        names: BTreeMap::new(),
        asked: BTreeMap::new(),
        others: BTreeMap::new(),
        operations: BTreeMap::new(),
        iors: BTreeMap::new(),
    };
    for stamped in &recording.tape {
        timeline.take(&stamped)?;
    }
    timeline.finish(recording.tape.end())
}

/// Cycles of a trap of Mach in this run; those of a usual one if this version does not know the
/// machine.
fn trap_cost(header: &Header) -> Ticks {
    let said = origin::arguments(header)
        .ok()
        .and_then(|args| args.mach_trap_cycles);
    Ticks(said.unwrap_or(MachConfig::default().trap_cycles).into())
}

impl<W: Write> Timeline<W> {
    fn take(&mut self, stamped: &Stamped) -> io::Result<()> {
        let &Stamped { at, actor, .. } = stamped;
        if let Some((ended, flows)) = self.flows.settled(at) {
            self.end_flows(ended, &flows)?;
        }
        for flow in self.flows.woken(actor) {
            self.guest.runs(&mut self.json, at, actor)?;
            let track = self.guest.track(actor);
            mark(&mut self.json, at, track, "woken", Phase::FlowEnd(flow))?;
        }
        match &stamped.event {
            Event::Call { call, pc, args } => {
                let (json, call) = (&mut self.json, (actor, *call));
                self.guest.call(json, at, call, (*pc, args))
            }
            Event::Return { call, value } => {
                let (json, call) = (&mut self.json, (actor, *call));
                self.guest.call_ends(json, at, call, *value)
            }
            Event::Block { waits, on } => {
                let json = &mut self.json;
                self.guest.sleeps(json, at, actor, (*waits, *on))
            }
            Event::Run {} => self.guest.runs(&mut self.json, at, actor),
            Event::Task { task, name, .. } => self.guest.task(&mut self.json, at, (*task, name)),
            Event::End { task, status } => {
                let args = [("status", Arg::Signed(*status))];
                self.instant(at, *task, "ends", &args)?;
                self.guest.close(&mut self.json, at, *task)
            }
            Event::Fault { pc, what } => {
                let args = [("pc", Arg::Hex(pc.0)), ("what", Arg::Text(what))];
                self.instant(at, actor, "fault", &args)
            }
            Event::Item { item, name, .. } => {
                self.names.insert(*item, name.clone());
                Ok(())
            }
            Event::Gone { item } => {
                self.names.remove(item);
                Ok(())
            }
            Event::Ask { .. } => self.ask(stamped),
            Event::Submit { .. } => self.submit(stamped),
            Event::Complete { .. } => self.complete(stamped),
            Event::Done { .. } => self.done(stamped),
            Event::MachDone { operation, .. } => match self.operations.remove(operation) {
                Some(flow) => self.flow_ends(at, flow),
                None => Ok(()),
            },
            Event::Signal { task, bits } => {
                if !self.guest.is_woken_by(*task, bits.0) {
                    return Ok(());
                }
                self.flows.signalled(*task);
                self.guest.ready(&mut self.json, at, *task)
            }
            Event::Beat { req, bits } => {
                let args = [("signals", Arg::Hex(bits.0))];
                let what = ("beat", args.as_slice());
                self.devices.instant(&mut self.json, at, *req, what)
            }
            // A block of 23 ms that was not silent: nothing that begins or ends there.
            Event::Sound { .. } => Ok(()),
            Event::Abort { req } => {
                let what = ("abort", [].as_slice());
                self.devices.instant(&mut self.json, at, *req, what)
            }
            Event::Held { req, delay } => {
                let args = [("cycles", Arg::Number(delay.0))];
                let what = ("held back", args.as_slice());
                self.devices.instant(&mut self.json, at, *req, what)
            }
            Event::Text { text } => self.say(at, actor, "", text),
            Event::Warning { text } => self.say(at, actor, "warning: ", text),
            Event::Input { what } => self.global(at, &format!("input: {}", cut(what)), what),
            Event::Free { dram, vram } => self.json.put(&Entry {
                phase: Phase::Counter,
                at,
                track: Track { pid: GUEST, tid: 0 },
                cat: "",
                name: "free memory",
                args: &[
                    ("dram", Arg::Number((*dram).into())),
                    ("vram", Arg::Number((*vram).into())),
                ],
            }),
            Event::Stop { why, status, .. } => {
                let mut name = "stop: ".to_owned();
                why.write(&mut name);
                self.global(at, &name, &status.to_string())
            }
            // A message is seen where it wakes somebody; checksums are for comparisons.
            Event::Message { .. } | Event::Hash { .. } => Ok(()),
        }
    }

    fn ask(&mut self, stamped: &Stamped) -> io::Result<()> {
        let &Stamped { at, actor, .. } = stamped;
        let Event::Ask {
            ior,
            device,
            command,
            unit,
            offset,
            option,
            ..
        } = &stamped.event
        else {
            return Ok(());
        };
        if let Some(lost) = self.asked.remove(ior) {
            self.end_asked(at, &lost, &[])?;
        }
        let device_name = self.names.get(device).map_or("", String::as_str);
        let name = format!("IOReq {:#x}: {device_name} command {command}", ior.0);
        let id = self.flows.number();
        let (phase, track) = (Phase::FlowStart(id), self.guest.track(actor));
        self.guest.settle(&mut self.json, at, actor)?;
        mark(&mut self.json, at, track, "asks", phase)?;
        self.json.put(&Entry {
            phase: Phase::AsyncBegin(id),
            at,
            track,
            cat: IOREQ,
            name: &name,
            args: &[
                ("unit", Arg::Number((*unit).into())),
                ("offset", Arg::Number((*offset).into())),
                ("option", Arg::Hex(*option)),
            ],
        })?;
        let flow = Flow {
            id,
            from: actor,
            only: Item::NONE,
        };
        self.asked.insert(*ior, Asked { flow, name });
        Ok(())
    }

    fn submit(&mut self, stamped: &Stamped) -> io::Result<()> {
        let &Stamped { at, actor, .. } = stamped;
        let &Event::Submit {
            req,
            device,
            unit,
            op,
            offset,
            send,
            recv,
            by,
            of,
            ..
        } = &stamped.event
        else {
            return Ok(());
        };
        let submission = Submission {
            req,
            device,
            unit,
            op,
            offset,
            send,
            recv,
            by,
            of,
        };
        let ior = Item(of.0 as i32);
        let phase = match self.asked.get(&ior).filter(|_| by == Asker::Request) {
            Some(asked) => {
                self.iors.insert(req, ior);
                Phase::FlowStep(asked.flow.id)
            }
            None => self.other_flow(at, actor, &submission)?,
        };
        self.devices.submit(&mut self.json, at, &submission, phase)
    }

    /// The arrow of a request that no program made: it begins at the task that ran, if one did.
    fn other_flow(&mut self, at: Tick, actor: Item, submission: &Submission) -> io::Result<Phase> {
        let id = self.flows.number();
        let flow = Flow {
            id,
            from: actor,
            only: Item::NONE,
        };
        self.others.insert(submission.req, (flow, submission.by));
        if submission.by == Asker::Mach {
            self.operations.insert(submission.of.0.into(), flow);
        }
        if actor == Item::NONE {
            return Ok(Phase::FlowStart(id));
        }
        self.guest.settle(&mut self.json, at, actor)?;
        let (phase, track) = (Phase::FlowStart(id), self.guest.track(actor));
        mark(&mut self.json, at, track, "asks", phase)?;
        Ok(Phase::FlowStep(id))
    }

    fn complete(&mut self, stamped: &Stamped) -> io::Result<()> {
        let &Event::Complete {
            req,
            actual,
            error,
            terms,
            ..
        } = &stamped.event
        else {
            return Ok(());
        };
        let ior = self.iors.remove(&req);
        let asked = ior.and_then(|ior| self.asked.get(&ior));
        let phase = match (asked, self.others.remove(&req)) {
            (Some(asked), _) => Phase::FlowStep(asked.flow.id),
            // An operation goes on until it is told.
            (None, Some((flow, Asker::Mach))) => Phase::FlowStep(flow.id),
            (None, Some((flow, _))) => Phase::FlowEnd(flow.id),
            (None, None) => return Ok(()),
        };
        let completion = Completion {
            req,
            actual,
            error,
            terms,
        };
        let (json, at) = (&mut self.json, stamped.at);
        self.devices.complete(json, at, &completion, phase)
    }

    fn done(&mut self, stamped: &Stamped) -> io::Result<()> {
        let at = stamped.at;
        let Event::Done {
            ior,
            actual,
            error,
            told,
            to,
            ..
        } = &stamped.event
        else {
            return Ok(());
        };
        let Some(asked) = self.asked.remove(ior) else {
            return Ok(());
        };
        let args = [
            ("actual", Arg::Number((*actual).into())),
            ("error", Arg::Signed(*error)),
        ];
        self.end_asked(at, &asked, &args)?;
        let only = match told {
            Told::Signal => *to,
            _ => Item::NONE,
        };
        self.flow_ends(at, Flow { only, ..asked.flow })
    }

    fn end_asked(&mut self, at: Tick, asked: &Asked, args: &[(&str, Arg<'_>)]) -> io::Result<()> {
        self.json.put(&Entry {
            phase: Phase::AsyncEnd(asked.flow.id),
            at,
            track: self.guest.track(asked.flow.from),
            cat: IOREQ,
            name: &asked.name,
            args,
        })
    }

    fn flow_ends(&mut self, at: Tick, flow: Flow) -> io::Result<()> {
        match self.flows.ended(at, flow) {
            Some(flow) => self.end_flows(at, &[flow]),
            None => Ok(()),
        }
    }

    /// Arrows that wake nobody end with their requests, where they came from.
    fn end_flows(&mut self, at: Tick, flows: &[Flow]) -> io::Result<()> {
        for flow in flows {
            self.guest.settle(&mut self.json, at, flow.from)?;
            let (phase, track) = (Phase::FlowEnd(flow.id), self.guest.track(flow.from));
            mark(&mut self.json, at, track, "done", phase)?;
        }
        Ok(())
    }

    fn say(&mut self, at: Tick, actor: Item, prefix: &str, text: &str) -> io::Result<()> {
        let name = format!("{prefix}{}", cut(text));
        self.instant(at, actor, &name, &[("text", Arg::Text(text))])
    }

    fn instant(
        &mut self,
        at: Tick,
        task: Item,
        name: &str,
        args: &[(&str, Arg<'_>)],
    ) -> io::Result<()> {
        self.json.put(&Entry {
            phase: Phase::Instant,
            at,
            track: self.guest.track(task),
            cat: "note",
            name,
            args,
        })
    }

    fn global(&mut self, at: Tick, name: &str, what: &str) -> io::Result<()> {
        self.json.put(&Entry {
            phase: Phase::GlobalInstant,
            at,
            track: self.guest.track(Item::NONE),
            cat: "note",
            name,
            args: &[("what", Arg::Text(what))],
        })
    }

    fn finish(mut self, at: Tick) -> io::Result<()> {
        let (ended, flows) = self.flows.rest();
        self.end_flows(ended, &flows)?;
        self.guest.finish(&mut self.json, at)?;
        self.json.finish()
    }
}

/// The beginning of a text, without the end of its line.
fn cut(text: &str) -> &str {
    let text = text.trim_end();
    let end = text
        .char_indices()
        .nth(SHOWN)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}
