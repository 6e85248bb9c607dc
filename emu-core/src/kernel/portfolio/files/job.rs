//! Work of the file system that takes time, as data.
//!
//! A call that needs a directory block does not stand still in the middle: it is asked again from
//! its beginning when the block has come, and this time finds it among those that were read. So
//! what is kept of it is only what it wants, how far it has come, and what it waits for.

use super::Miss;
use super::calls::FileCall;
use super::codes::TOO_SMALL;
use super::startup::Startup;
use super::volume::{VolumeId, Wanted};
use crate::event::{Event, Rank, Target};
use crate::kernel::call::CallCx;
use crate::kernel::mach::waiting::EVENT_TAG;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::AUDIO_TAG;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::signals::SIGF_ONESHOT;
use crate::time::{Tick, Ticks};
use serde::{Deserialize, Serialize};

/// Whose work it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Who {
    /// A task that waits in a call.
    Task(Item),
    /// A request of a program to an open file.
    Request(Item),
    /// The system's own: mounting what lies in the drive, starting what is on it.
    System,
}

impl std::fmt::Debug for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Who::Task(task) => write!(f, "task {task:?}"),
            Who::Request(ior) => write!(f, "IOReq {ior:?}"),
            Who::System => write!(f, "the system"),
        }
    }
}

/// What a job waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Awaited {
    /// A directory block.
    Block {
        /// Of this volume.
        volume: VolumeId,
        /// Its number.
        key: u32,
    },
    /// The bytes of a file, collected in the job.
    Bytes(Who),
    /// The disc in the drive to be mounted.
    Startup,
    /// Its own time: what it did takes until then.
    Time(u64),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// A call of the File folio.
    Call(FileCall),
    /// The command that stands in the request.
    Command,
    /// Start-up.
    Startup(Startup),
    /// Nothing more: the result is known and its time has to pass.
    Finished {
        /// io_Actual of a request.
        actual: u32,
        /// The result of the call or io_Error.
        result: Status,
    },
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What.
    pub work: Work,
    /// What it waits for.
    pub awaits: Option<Awaited>,
    /// What it waited for could not be had.
    pub error: Option<Status>,
    /// Bytes of a file that were read for it.
    pub bytes: Vec<u8>,
}

impl Job {
    /// Work that begins.
    pub fn new(work: Work) -> Job {
        Job {
            work,
            awaits: None,
            error: None,
            bytes: Vec::new(),
        }
    }
}

impl Portfolio {
    /// Everybody who waits for `what` goes on; with `error` if it cannot be had.
    pub(super) fn wake_jobs(&mut self, cx: &mut CallCx<'_>, what: Awaited, error: Option<Status>) {
        let waits = |(_, job): &(&Who, &Job)| job.awaits == Some(what);
        let who: Vec<Who> = self
            .files
            .jobs
            .iter()
            .filter(waits)
            .map(|(&who, _)| who)
            .collect();
        for who in who {
            if let Some(job) = self.files.jobs.get_mut(&who) {
                job.awaits = None;
                job.error = job.error.or(error);
            }
            match who {
                Who::Task(task) => self.signal_kernel(cx.mem, task, SIGF_ONESHOT),
                Who::Request(ior) => self.step_command(cx, ior),
                Who::System => self.step_startup(cx),
            }
        }
    }

    /// Notes what a job waits for, after a look-up came to a miss. An error is the job's end.
    pub(super) fn await_miss(
        &mut self,
        cx: &mut CallCx<'_>,
        who: Who,
        miss: Miss,
    ) -> Result<(), Status> {
        let awaits = match miss {
            Miss::Error(error) => return Err(error),
            Miss::Startup => Awaited::Startup,
            Miss::Block(wanted) => {
                let Wanted { volume, key, .. } = wanted;
                // Noted first: a drive that refuses at once wakes the job at once.
                let awaits = Awaited::Block { volume, key };
                self.set_awaited(who, awaits);
                self.fetch_block(cx, &wanted);
                return Ok(());
            }
        };
        self.set_awaited(who, awaits);
        Ok(())
    }

    pub(super) fn set_awaited(&mut self, who: Who, what: Awaited) {
        if let Some(job) = self.files.jobs.get_mut(&who) {
            job.awaits = Some(what);
        }
    }

    /// Lets a job end with a result that is known, `delay` from now.
    pub(super) fn end_later(
        &mut self,
        cx: &mut CallCx<'_>,
        who: Who,
        delay: Ticks,
        actual: u32,
        result: Status,
    ) {
        let number = self.files.next_delay;
        self.files.next_delay += 1;
        let mut job = Job::new(Work::Finished { actual, result });
        job.awaits = Some(Awaited::Time(number));
        self.files.jobs.insert(who, job);
        self.wake_kernel_at(cx, cx.now + delay, number);
    }

    fn wake_kernel_at(&mut self, cx: &mut CallCx<'_>, at: Tick, data: u64) {
        let event = Event {
            at,
            target: Target::Kernel,
            tag: 0,
            data,
        };
        cx.bus.events.schedule(Rank::FILES, event);
    }

    /// Work that was put off is due.
    pub fn event(&mut self, cx: &mut CallCx<'_>, event: Event) {
        match event.tag {
            EVENT_TAG => self.mach_event(cx, event.data),
            AUDIO_TAG => self.audio_event(cx),
            _ => self.wake_jobs(cx, Awaited::Time(event.data), None),
        }
    }

    /// Whether work that was put off will go on by itself.
    pub fn has_put_off_work(&self) -> bool {
        let by_itself = |job: &Job| matches!(job.awaits, Some(Awaited::Time(_)));
        self.files.jobs.values().any(by_itself)
            || self.has_mach_timers()
            || self.has_audio_work()
            || self.has_events_to_tell()
    }
}

/// Copies a path and its final zero to a program's buffer.
pub(super) fn put_path(
    cx: &mut CallCx<'_>,
    path: &[u8],
    buffer: u32,
    len: u32,
) -> Result<u32, Status> {
    let mut bytes = path.to_vec();
    bytes.push(0);
    let size = bytes.len() as u32;
    if len < size {
        return Err(TOO_SMALL);
    }
    let written = cx.mem.write_bytes(buffer, &bytes);
    written.map_err(|_| super::codes::BAD_PTR)?;
    Ok(size)
}
