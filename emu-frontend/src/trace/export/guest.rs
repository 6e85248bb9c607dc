//! Tracks of the guest: its tasks, and who has the processor.
//!
//! A recording says when the kernel is entered and what it answers; what a call costs passes
//! behind that. So the slice of a call that does not sleep is as long as the cycles that the call
//! table charges for it, unless its task is heard of before.

use super::json::{Arg, Entry, Phase, TraceJson, Track};
use emu_core::kernel::call::Entry as WayIn;
use emu_core::kernel::portfolio::CallKey;
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::{Tick, Ticks};
use emu_core::trace::{Field, Hex, Value, Waits, Words};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The process of tasks.
pub const GUEST: u32 = 1;
/// Who has the processor.
const PROCESSOR: Track = Track { pid: GUEST, tid: 1 };
/// What happens while no task runs.
const SYSTEM: u32 = 2;
/// The first task.
const TASKS: u32 = 10;

/// What a sleeping task is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sleep {
    /// Its wait is not over.
    Waits(Waits, u32),
    /// It is, but others have the processor.
    Ready,
}

#[derive(Debug)]
struct TaskTrack {
    tid: u32,
    name: String,
    /// Open slices of calls, with when they began.
    calls: Vec<(CallKey, Tick)>,
    /// The slice inside the call that is open while it sleeps.
    sleep: Option<Sleep>,
    /// The result of a call whose slice goes on until then.
    closing: Option<(Tick, Option<Value>)>,
}

/// Tracks of the guest.
pub struct Guest {
    tasks: BTreeMap<Item, TaskTrack>,
    next: u32,
    running: Option<Item>,
    /// Cycles of a trap of Mach.
    trap_cost: Ticks,
}

impl Guest {
    /// No task yet.
    pub fn begin<W: Write>(json: &mut TraceJson<W>, trap_cost: Ticks) -> io::Result<Guest> {
        name_process(json, GUEST, "guest")?;
        name_track(json, PROCESSOR, "processor")?;
        let system = Track {
            tid: SYSTEM,
            ..PROCESSOR
        };
        name_track(json, system, "system")?;
        Ok(Guest {
            tasks: BTreeMap::new(),
            next: TASKS,
            running: None,
            trap_cost,
        })
    }

    /// The track of a task, or that of the system.
    pub fn track(&self, task: Item) -> Track {
        let tid = self.tasks.get(&task).map_or(SYSTEM, |task| task.tid);
        Track { pid: GUEST, tid }
    }

    /// The name of a task.
    pub fn name(&self, task: Item) -> &str {
        self.tasks.get(&task).map_or("", |task| &task.name)
    }

    /// Whether a task sleeps so that these signals wake it.
    pub fn is_woken_by(&self, task: Item, bits: u32) -> bool {
        let sleep = self.tasks.get(&task).and_then(|task| task.sleep);
        matches!(sleep, Some(Sleep::Waits(waits, on)) if waits.is_woken_by(on, bits))
    }

    /// A task is made.
    pub fn task<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        (task, name): (Item, &str),
    ) -> io::Result<()> {
        self.close(json, at, task)?;
        let tid = self.next;
        self.next = self.next.saturating_add(1);
        let track = Track { pid: GUEST, tid };
        name_track(json, track, &format!("{name} {:#x}", task.0))?;
        let task_track = TaskTrack {
            tid,
            name: name.to_owned(),
            calls: Vec::new(),
            sleep: None,
            closing: None,
        };
        self.tasks.insert(task, task_track);
        Ok(())
    }

    /// A call begins.
    pub fn call<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        (task, call): (Item, CallKey),
        (pc, args): (Hex, &Words),
    ) -> io::Result<()> {
        self.runs(json, at, task)?;
        let Some(state) = self.tasks.get_mut(&task) else {
            return Ok(());
        };
        state.calls.push((call, at));
        let mut words = String::new();
        args.write(&mut words);
        let mut other = String::new();
        let name = match call.row() {
            Some(row) => row.name,
            None => {
                call.write(&mut other);
                &other
            }
        };
        let args = [("pc", Arg::Hex(pc.0)), ("arguments", Arg::Text(&words))];
        json.put(&Entry {
            phase: Phase::Begin,
            at,
            track: self.track(task),
            cat: "call",
            name,
            args: &args,
        })
    }

    /// A call gives its result.
    pub fn call_ends<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        (task, call): (Item, CallKey),
        value: Option<Value>,
    ) -> io::Result<()> {
        self.runs(json, at, task)?;
        let trap_cost = self.trap_cost;
        let track = self.track(task);
        let Some(state) = self.tasks.get_mut(&task) else {
            return Ok(());
        };
        let Some(depth) = state.calls.iter().rposition(|(open, _)| *open == call) else {
            return Ok(());
        };
        // What never returned ends with the call around it.
        for _ in depth + 1..state.calls.len() {
            end(json, at, track, None)?;
        }
        let (_, begun) = state.calls[depth];
        state.calls.truncate(depth);
        if depth > 0 || begun != at {
            return end(json, at, track, value);
        }
        let cost = call.row().map_or(Ticks(0), |row| match row.entry {
            WayIn::Trap(_) => trap_cost,
            _ => row.cost(),
        });
        state.closing = Some((at + cost, value));
        Ok(())
    }

    /// A task goes to sleep.
    pub fn sleeps<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        task: Item,
        (waits, on): (Waits, Hex),
    ) -> io::Result<()> {
        self.runs(json, at, task)?;
        self.stops(json, at)?;
        let Some(state) = self.tasks.get_mut(&task) else {
            return Ok(());
        };
        state.sleep = Some(Sleep::Waits(waits, on.0));
        let mut name = "waits for ".to_owned();
        waits.write(&mut name);
        json.put(&Entry {
            phase: Phase::Begin,
            at,
            track: self.track(task),
            cat: "wait",
            name: &name,
            args: &[("on", Arg::Hex(on.0))],
        })
    }

    /// A sleeping task needs nothing but the processor.
    pub fn ready<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        task: Item,
    ) -> io::Result<()> {
        let track = self.track(task);
        let Some(state) = self.tasks.get_mut(&task) else {
            return Ok(());
        };
        state.sleep = Some(Sleep::Ready);
        end(json, at, track, None)?;
        json.put(&Entry {
            phase: Phase::Begin,
            at,
            track,
            cat: "wait",
            name: "ready",
            args: &[],
        })
    }

    /// A task has the processor.
    pub fn runs<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        task: Item,
    ) -> io::Result<()> {
        self.settle(json, at, task)?;
        let track = self.track(task);
        if let Some(state) = self.tasks.get_mut(&task)
            && state.sleep.take().is_some()
        {
            end(json, at, track, None)?;
        }
        if self.running == Some(task) || task == Item::NONE {
            return Ok(());
        }
        self.stops(json, at)?;
        self.running = Some(task);
        json.put(&Entry {
            phase: Phase::Begin,
            at,
            track: PROCESSOR,
            cat: "processor",
            name: self.name(task),
            args: &[("task", Arg::Hex(task.0 as u32))],
        })
    }

    /// Nobody has the processor.
    fn stops<W: Write>(&mut self, json: &mut TraceJson<W>, at: Tick) -> io::Result<()> {
        match self.running.take() {
            Some(_) => end(json, at, PROCESSOR, None),
            None => Ok(()),
        }
    }

    /// Something is about to be put on a task's track: the call before it is over.
    pub fn settle<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        task: Item,
    ) -> io::Result<()> {
        let track = self.track(task);
        let closing = self.tasks.get_mut(&task).and_then(|t| t.closing.take());
        match closing {
            Some((until, value)) => end(json, until.min(at), track, value),
            None => Ok(()),
        }
    }

    /// A task ends: so does everything on its track.
    pub fn close<W: Write>(
        &mut self,
        json: &mut TraceJson<W>,
        at: Tick,
        task: Item,
    ) -> io::Result<()> {
        self.settle(json, at, task)?;
        if self.running == Some(task) {
            self.stops(json, at)?;
        }
        let track = self.track(task);
        let Some(state) = self.tasks.remove(&task) else {
            return Ok(());
        };
        let open = state.calls.len() + usize::from(state.sleep.is_some());
        for _ in 0..open {
            end(json, at, track, None)?;
        }
        Ok(())
    }

    /// The recording ends.
    pub fn finish<W: Write>(&mut self, json: &mut TraceJson<W>, at: Tick) -> io::Result<()> {
        let tasks: Vec<Item> = self.tasks.keys().copied().collect();
        for task in tasks {
            self.close(json, at, task)?;
        }
        self.stops(json, at)
    }
}

fn end<W: Write>(
    json: &mut TraceJson<W>,
    at: Tick,
    track: Track,
    value: Option<Value>,
) -> io::Result<()> {
    let value = value.map(|value| [("result", Arg::Hex(value.0))]);
    json.put(&Entry {
        phase: Phase::End,
        at,
        track,
        cat: "",
        name: "",
        args: value.as_ref().map_or(&[], |value| value),
    })
}

/// What a process is called; processes stand in the order of their numbers.
pub fn name_process<W: Write>(json: &mut TraceJson<W>, pid: u32, name: &str) -> io::Result<()> {
    let track = Track { pid, tid: 0 };
    metadata(json, track, "process_name", ("name", Arg::Text(name)))?;
    let place = Arg::Number(pid.into());
    metadata(json, track, "process_sort_index", ("sort_index", place))
}

/// What a track is called; tracks stand in the order of their numbers.
pub fn name_track<W: Write>(json: &mut TraceJson<W>, track: Track, name: &str) -> io::Result<()> {
    metadata(json, track, "thread_name", ("name", Arg::Text(name)))?;
    let place = Arg::Number(track.tid.into());
    metadata(json, track, "thread_sort_index", ("sort_index", place))
}

fn metadata<W: Write>(
    json: &mut TraceJson<W>,
    track: Track,
    name: &str,
    arg: (&str, Arg<'_>),
) -> io::Result<()> {
    json.put(&Entry {
        phase: Phase::Metadata,
        at: Tick(0),
        track,
        cat: "",
        name,
        args: &[arg],
    })
}
