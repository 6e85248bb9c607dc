//! 3DO Portfolio 2.5 (kernel 24.225), emulated at its call boundary.
//!
//! | module | what it answers |
//! |---|---|
//! | `boot`, `startup` | KernelBase, folio bases, vector tables; a program's first instruction |
//! | `dispatch`, `calllog` | from a trap to its handler and back; calls in words |
//! | `create`, `items`, `tags`, `resources` | the life of items |
//! | `tasks`, `schedule`, `signals`, `wait` | tasks, threads, who runs, who waits |
//! | `ports`, `messages`, `semaphores` | talking to each other |
//! | `io`, `devices` | IOReqs over the neutral device layer |
//! | `memory`, `heap` | pages, pools, free lists; kernel memory |
//! | `list`, `lists` | list operations, and the vectors that offer them |
//! | `console`, `format`, `errors` | printing and error texts |
//! | `files` | volumes, open files, the File folio |
//! | `inspect` | what a debugger may ask |
//! | `services` | time, random numbers, refused privileged calls |
//! | `audio` | the Audio folio: instruments, samples, the audio clock |
//! | `math`, `compression`, `international`, `jstring` | the small folios |
//! | `events` | the event broker: pads, mice and who listens to them |
//! | `graphics` | the Graphics folio: screens, display lists, drawing |
//! | `folios` | the folios beside the kernel as programs find them |
//!
//! What a guest can see is in guest memory and nowhere else (`structs`); this value holds what
//! it cannot: ready queue, saved registers, item generations, pending requests.

pub mod compression;
pub mod errors;
pub mod international;
pub mod items;
pub mod list;
pub mod structs;
pub mod tasks;
pub mod wait;

mod audio;
mod boot;
mod calllog;
mod console;
mod counts;
mod create;
mod delete;
mod devices;
mod dispatch;
mod events;
mod files;
mod find;
mod folios;
mod format;
mod graphics;
mod heap;
mod inspect;
mod io;
mod jstring;
mod lists;
mod math;
mod memory;
mod messages;
mod notes;
mod open;
mod ports;
pub mod resources;
pub(crate) mod schedule;
mod semaphores;
mod services;
pub(crate) mod signals;
mod startup;
mod tags;

#[cfg(test)]
mod rig;

pub use self::audio::inspect::{ConnectionView, InstrumentView, ResourceView};
pub use self::audio::{standard_instrument, standard_instruments};
pub(crate) use self::calllog::{error_text, value_text};
pub(crate) use self::devices::status_of;
pub use self::dispatch::CallKey;
pub(crate) use self::files::COMMANDS as FILE_COMMANDS;
pub use self::io::CallBack;
pub(crate) use self::memory::memtype;

use self::audio::Audio;
use self::compression::Engines;
use self::console::ConsoleState;
use self::devices::DeviceItem;
use self::events::EventBroker;
use self::files::Files;
use self::graphics::Graphics;
use self::international::International;
use self::io::Pending;
use self::items::{Item, ItemTable};
use self::structs::{KernelBase, TimerDevice};
use self::tasks::{Ending, TaskState};
use crate::device::ReqId;
use crate::kernel::call::Row;
use crate::kernel::mach::Mach;
use crate::machine::FaultReport;
use crate::mem::GuestPtr;
use crate::quirks::Quirks;
use crate::time::{Tick, Ticks};
use crate::trace::Notes;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The call rows of every module.
pub const TABLES: &[&[Row]] = &[
    tasks::HOST_CALLS,
    create::CALLS,
    find::CALLS,
    open::CALLS,
    delete::CALLS,
    signals::CALLS,
    schedule::CALLS,
    semaphores::CALLS,
    ports::CALLS,
    messages::CALLS,
    io::CALLS,
    tasks::CALLS,
    memory::CALLS,
    lists::CALLS,
    tags::CALLS,
    console::CALLS,
    services::CALLS,
    graphics::bitmaps::CALLS,
    graphics::cels::CALLS,
    graphics::draw::CALLS,
    graphics::query::CALLS,
    graphics::refused::CALLS,
    graphics::screens::CALLS,
    graphics::text::CALLS,
    graphics::vdl::CALLS,
    graphics::vdl::colors::CALLS,
    files::CALLS,
    audio::attachment::CALLS,
    audio::clock::CALLS,
    audio::connect::CALLS,
    audio::cue::CALLS,
    audio::delay_line::CALLS,
    audio::envelope::CALLS,
    audio::info::CALLS,
    audio::instrument::CALLS,
    audio::knob::CALLS,
    audio::probe::CALLS,
    audio::sample::CALLS,
    audio::template::CALLS,
    audio::tuning::CALLS,
    audio::usage::CALLS,
    audio::voices::CALLS,
    math::CALLS,
    international::CALLS,
    compression::CALLS,
    jstring::CALLS,
];

/// The kernel's side of the machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Portfolio {
    /// Where pages and shipped kernel differ.
    pub quirks: Quirks,
    heap: heap::Heap,
    items: ItemTable,
    kernel_base: GuestPtr<KernelBase>,
    timer_device: GuestPtr<TimerDevice>,
    /// Where a program's first function returns to.
    exit_stub: u32,
    tasks: BTreeMap<Item, TaskState>,
    /// Ready tasks: highest priority first, equal ones in the order they became ready.
    ready: VecDeque<Item>,
    current: Option<Item>,
    reschedule: bool,
    quantum_end: Tick,
    /// The longest turn of a task in a run that looks for races.
    quantum_limit: Option<Ticks>,
    last_dispatched: Option<Item>,
    /// The program whose write permissions memory has now.
    loaded_permissions: Option<Item>,
    /// Who waits for each locked semaphore, in order.
    lock_queues: BTreeMap<Item, Vec<Item>>,
    /// Pending requests, and the request object of each.
    pending: BTreeMap<ReqId, Pending>,
    /// Requests that are being aborted because a beat could not be delivered, and why.
    beat_errors: BTreeMap<ReqId, i32>,
    /// What drivers have noted for the end of their own requests.
    call_backs: BTreeMap<Item, CallBack>,
    next_request: u64,
    devices: BTreeMap<Item, DeviceItem>,
    files: Files,
    audio: Audio,
    graphics: Graphics,
    engines: Engines,
    international: International,
    events: EventBroker,
    pub(in crate::kernel) mach: Mach,
    console: ConsoleState,
    /// The program that the host started; its end is the machine's end.
    main: Item,
    ending: Option<Ending>,
    last_fault: Option<FaultReport>,
    random: u64,
    calls_made: counts::CallCounts,
    missing: BTreeSet<String>,
    /// What is on its way into a recording.
    #[serde(skip)]
    pub(crate) notes: Notes,
}
