//! What a blocked task waits for, as data.
//!
//! A blocking call is not a suspended host function: its handler returns a [`Wait`], and
//! `Portfolio::poll` is asked whether the wait is over, once at the
//! call and again each time a signal has made the task ready and it gets the CPU.

use super::items::Item;
use crate::trace::Waits;
use serde::{Deserialize, Serialize};

/// Why a task waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wait {
    /// WaitSignal.
    Signal {
        /// Any of these.
        mask: u32,
    },
    /// WaitIO or DoIO on a signal-notified request.
    Io {
        /// The request.
        ior: Item,
    },
    /// WaitIO or DoIO on a message-notified request.
    IoMessage {
        /// The request.
        ior: Item,
        /// Its completion message.
        message: Item,
        /// The port it will arrive at.
        port: Item,
    },
    /// WaitPort for any message.
    Port {
        /// The port.
        port: Item,
    },
    /// WaitPort for one message.
    PortMessage {
        /// The port.
        port: Item,
        /// The message.
        message: Item,
    },
    /// LockItem.
    Semaphore {
        /// The semaphore.
        semaphore: Item,
    },
    /// DeleteItem of another task, until it is gone.
    Death {
        /// The task that dies.
        victim: Item,
    },
    /// DeleteItem of a request that its device still has to let go.
    RequestAbort {
        /// The request.
        ior: Item,
    },
    /// CloseItem of a device whose requests still have to be let go.
    Close {
        /// The device.
        item: Item,
    },
    /// ControlMem, until no device writes to the pages any more.
    PagesQuiet {
        /// First byte.
        start: u32,
        /// First byte after.
        end: u32,
        /// The command of the ControlMem call, to finish it.
        command: u32,
        /// Its task argument.
        task: Item,
    },
    /// A call of the File folio; what it waits for stands in the file system's jobs.
    File {
        /// The caller.
        task: Item,
    },
    /// SleepUntilTime or SleepAudioTicks, until the time of a cue.
    AudioTime {
        /// The cue.
        cue: Item,
        /// The call has made the cue for itself.
        own_cue: bool,
    },
    /// A Mach call; what it waits for stands with the task's Mach thread.
    Mach {
        /// The caller.
        task: Item,
    },
    /// The caller itself is dying; its resources go one by one.
    OwnDeath,
}

impl Wait {
    /// What a recording says of it: why, and the item or the mask.
    pub(crate) fn noted(&self) -> (Waits, u32) {
        let (waits, item) = match *self {
            Wait::Signal { mask } => return (Waits::Signal, mask),
            Wait::PagesQuiet { start, .. } => return (Waits::Pages, start),
            Wait::Io { ior } | Wait::IoMessage { ior, .. } => (Waits::Io, ior),
            Wait::Port { port } => (Waits::Port, port),
            Wait::PortMessage { message, .. } => (Waits::Message, message),
            Wait::Semaphore { semaphore } => (Waits::Semaphore, semaphore),
            Wait::Death { victim } => (Waits::Death, victim),
            Wait::RequestAbort { ior } => (Waits::Device, ior),
            Wait::Close { item } => (Waits::Device, item),
            Wait::File { task } => (Waits::File, task),
            Wait::AudioTime { cue, .. } => (Waits::AudioTime, cue),
            Wait::Mach { task } => (Waits::Mach, task),
            Wait::OwnDeath => (Waits::OwnDeath, Item::NONE),
        };
        (waits, item.0 as u32)
    }
}
