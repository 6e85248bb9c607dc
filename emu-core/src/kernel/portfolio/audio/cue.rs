//! Cues: signals that tell a program of audio time and of what has ended.
//!
//! Audio sheet section 6. A cue has a signal of the task that made it. `SignalAtTime` posts it
//! for a time, once at a time; attachments use it through `Portfolio::signal_cue`.

use super::clock::{Due, Frame};
use super::codes::{BADITEM, BADTAG, NOSIGNAL, NOTOWNER};
use super::items::kind;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::{ABORTED, Status};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::schedule::Poll;
use crate::kernel::portfolio::signals::SIGF_ABORT;
use crate::kernel::portfolio::structs::Task;
use crate::kernel::portfolio::tags::CommonTags;
use crate::kernel::portfolio::wait::Wait;
use crate::mem::Memory;
use serde::{Deserialize, Serialize};

/// What a cue is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cue {
    /// Who is told.
    task: Item,
    /// With this signal.
    signal: u32,
    timer: Option<Timer>,
}

/// The time that a cue waits for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Timer {
    time: u32,
    /// What the clock knows it by.
    number: u64,
}

impl Portfolio {
    /// CreateItem of a cue: it has no tags of its own.
    pub(super) fn create_cue(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        if !tags.is_empty() {
            return Err(BADTAG);
        }
        let task = self.caller();
        let signal = self.alloc_signal(cx.mem, task);
        if signal == 0 {
            return Err(NOSIGNAL);
        }
        let item = self
            .new_audio_item(cx.mem, kind::CUE, common, task)
            .inspect_err(|_| self.free_cue_signal(cx.mem, task, signal))?;
        let cue = Cue {
            task,
            signal,
            timer: None,
        };
        self.audio.cues.insert(item, cue);
        Ok(item)
    }

    /// DeleteItem of a cue, or its owner's end; whoever sleeps on it gets an abort.
    pub(super) fn delete_cue(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.abort_waiters(
            cx.mem,
            |wait| matches!(wait, Wait::AudioTime { cue, .. } if cue == item),
        );
        self.drop_cue(cx, item);
    }

    fn drop_cue(&mut self, cx: &mut CallCx<'_>, item: Item) {
        self.cancel_cue(cx, item);
        if let Some(cue) = self.audio.cues.remove(&item) {
            self.free_cue_signal(cx.mem, cue.task, cue.signal);
        }
        self.free_item(cx.mem, item);
    }

    fn free_cue_signal(&mut self, mem: &mut Memory, task: Item, signal: u32) {
        if self.tasks.contains_key(&task) {
            let allocated = mem.peek(self.task_ptr(task).at(Task::t_AllocatedSigs));
            self.set_allocated(mem, task, allocated & !signal, signal);
        }
    }

    /// Sends the signal of a cue. One that is gone tells nobody.
    pub(super) fn signal_cue(&mut self, cx: &mut CallCx<'_>, cue: Item) {
        if let Some(&Cue { task, signal, .. }) = self.audio.cues.get(&cue) {
            // The task may have freed the signal.
            let _ = self.signal(cx.mem, task, signal);
        }
    }

    /// The time of a cue has come.
    pub(super) fn cue_due(&mut self, cx: &mut CallCx<'_>, item: Item) {
        if let Some(cue) = self.audio.cues.get_mut(&item) {
            cue.timer = None;
            self.signal_cue(cx, item);
        }
    }

    /// Forgets the time that a cue waits for.
    fn cancel_cue(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let cue = self.audio.cues.get_mut(&item);
        if let Some(timer) = cue.and_then(|cue| cue.timer.take()) {
            self.audio_not_at(cx, timer.number);
        }
    }

    /// Lets a cue wait for a time; one that has come is told of at once.
    fn post_cue(&mut self, cx: &mut CallCx<'_>, item: Item, time: u32) {
        self.cancel_cue(cx, item);
        let now = Frame::at(cx.now);
        let Some(frame) = self.audio.clock.start_of(time, now) else {
            return self.signal_cue(cx, item);
        };
        let number = self.audio_at(cx, frame, Due::Cue(item));
        if let Some(cue) = self.audio.cues.get_mut(&item) {
            cue.timer = Some(Timer { time, number });
        }
    }

    /// The clock goes at another rate: moves what cues wait for. Gives the number of cues.
    pub(super) fn retime_cues(&mut self, cx: &mut CallCx<'_>) -> u64 {
        let posted: Vec<(Item, Timer)> = self
            .audio
            .cues
            .iter()
            .filter_map(|(&item, cue)| Some((item, cue.timer?)))
            .collect();
        for &(item, timer) in &posted {
            self.post_cue(cx, item, timer.time);
        }
        posted.len() as u64
    }

    /// A cue of the caller's.
    fn check_own_cue(&self, item: Item) -> Result<(), Status> {
        match self.audio.cues.get(&item) {
            None => Err(BADITEM),
            Some(cue) if cue.task != self.caller() => Err(NOTOWNER),
            Some(_) => Ok(()),
        }
    }

    /// Whether a sleeping task has reached its time. A signal from before, or of an attachment,
    /// does not end the sleep; an abort does.
    pub(in crate::kernel::portfolio) fn poll_audio_time(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        item: Item,
        own_cue: bool,
    ) -> Poll {
        let Some(cue) = self.audio.cues.get(&item) else {
            self.take_signals(cx.mem, task, SIGF_ABORT);
            return Poll::error(BADITEM);
        };
        let wakers = cue.signal | SIGF_ABORT;
        let waits = cue.timer.is_some();
        let aborted = self.take_signals(cx.mem, task, wakers) & SIGF_ABORT != 0;
        if waits && !aborted {
            return Poll::Pending(wakers);
        }
        self.cancel_cue(cx, item);
        if own_cue {
            self.drop_cue(cx, item);
            self.lose(task, Resource::Owned(item));
        }
        match waits {
            true => Poll::error(ABORTED),
            false => Poll::value(0),
        }
    }

    /// What a task sleeps for, in words.
    pub(in crate::kernel::portfolio) fn describe_cue(&self, item: Item) -> String {
        let timer = self.audio.cues.get(&item).and_then(|cue| cue.timer);
        match timer {
            Some(timer) => format!("audio time {} (cue {item:?})", timer.time),
            None => format!("cue {item:?}"),
        }
    }
}

fn signal_at_time(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    cue: Item,
    time: u32,
) -> Result<i32, Trouble> {
    k.check_own_cue(cue)?;
    k.post_cue(cx, cue, time);
    Ok(0)
}

fn abort_timer_cue(k: &mut Portfolio, cx: &mut CallCx<'_>, cue: Item) -> Result<i32, Trouble> {
    k.check_own_cue(cue)?;
    k.cancel_cue(cx, cue);
    Ok(0)
}

fn sleep_until_time(k: &mut Portfolio, cx: &mut CallCx<'_>, cue: Item, time: u32) -> Answer {
    k.check_own_cue(cue)?;
    k.post_cue(cx, cue, time);
    Ok(Flow::Block(Wait::AudioTime {
        cue,
        own_cue: false,
    }))
}

fn sleep_audio_ticks(k: &mut Portfolio, cx: &mut CallCx<'_>, ticks: i32) -> Answer {
    if ticks <= 0 {
        return Ok(Flow::Done(Reply::value(0)));
    }
    let cue = k.create_cue(cx, CommonTags::default(), &[])?;
    k.gain(k.caller(), Resource::Owned(cue));
    let time = k.audio_time(cx.now).wrapping_add(ticks as u32);
    k.post_cue(cx, cue, time);
    Ok(Flow::Block(Wait::AudioTime { cue, own_cue: true }))
}

/// A wrong item gives 0, as published.
fn get_cue_signal(k: &mut Portfolio, _cx: &mut CallCx<'_>, cue: Item) -> Result<u32, Trouble> {
    Ok(k.audio.cues.get(&cue).map_or(0, |cue| cue.signal))
}

calls! { pub(crate) CALLS: Audio;
    swi 13 SignalAtTime(cue: Item, time: u32) -> Number = signal_at_time;
    swi 33 AbortTimerCue(cue: Item) -> Number = abort_timer_cue;
    blocking vec 5 SleepAudioTicks(ticks: i32) -> Number = sleep_audio_ticks, cost 600;
    blocking vec 17 SleepUntilTime(cue: Item, time: u32) -> Number = sleep_until_time, cost 400;
    vec 18 GetCueSignal(cue: Item) -> Bits = get_cue_signal;
}
