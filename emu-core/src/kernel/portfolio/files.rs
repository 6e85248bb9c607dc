//! Files: volumes, open files, and the calls of the File folio.
//!
//! Device sheet section 6.
//!
//! | module | what it knows |
//! |---|---|
//! | `path`, `place`, `alias` | from a path to a file or directory |
//! | `volume` | what is mounted, and the reads the file system makes of a drive |
//! | `memory` | the NVRAM volume: look-up and change |
//! | `job` | work that waits for the disc, as data |
//! | `mount` | from a label to a volume |
//! | `startup` | what lies in the drive is mounted, its start script, its first program |
//! | `calls`, `open` | the folio's system calls |
//! | `device` | commands to open files |
//! | `stream`, `directory`, `load` | the folio's vectors |
//! | `fetch` | whole files for the calls of other folios |
//! | `codes` | error codes |
//!
//! ```text
//! OpenDiskFile("$boot/Sub/a.txt")
//!    walk ── block not read yet ── queue ── drive ── block kept ── walk again ── ... ── item
//! ```

mod alias;
mod calls;
mod codes;
mod device;
mod directory;
mod fetch;
mod job;
mod load;
mod memory;
mod mount;
mod open;
mod path;
mod place;
mod startup;
mod stream;
mod volume;

pub(crate) use self::calls::CALLS;
pub(crate) use self::device::COMMANDS;
pub(crate) use self::load::EXECUTE_ROUTINE;

use self::job::{Job, Who, Work};
use self::place::Place;
pub(crate) use self::volume::VolumeId;
use self::volume::{Volume, Wanted};
use super::Portfolio;
use super::errors::Status;
use super::items::Item;
use crate::kernel::call::CallCx;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the file system knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Files {
    /// In the order of mounting.
    volumes: BTreeMap<VolumeId, Volume>,
    next_volume: u32,
    /// The volume programs are started from.
    boot: Option<VolumeId>,
    /// What is under way.
    jobs: BTreeMap<Who, Job>,
    next_delay: u64,
    /// Open files, by their device items.
    open: BTreeMap<Item, Place>,
    /// File items: directories and files that a call has told a program of.
    places: BTreeMap<Item, Place>,
    /// Where each task is at home.
    homes: BTreeMap<Item, Home>,
    /// Aliases by the task that made them; those of the system under no item.
    aliases: BTreeMap<Item, BTreeMap<String, alias::Alias>>,
    /// The driver of open files.
    driver: Item,
    /// The command line of the first program, if the disc's is to be started.
    launch: Option<Vec<u8>>,
}

impl Files {
    /// Whether what lies in the drive is still being mounted.
    fn is_starting(&self) -> bool {
        self.jobs.contains_key(&Who::System)
    }

    /// Requests to open files that are in progress.
    pub(super) fn requests(&self) -> impl Iterator<Item = Item> + '_ {
        self.jobs.keys().filter_map(|who| match who {
            Who::Request(ior) => Some(*ior),
            _ => None,
        })
    }

    /// Whether tables from a file can be worked on: the counters leave room to count on.
    pub(super) fn is_sound(&self) -> bool {
        self.next_delay <= u64::MAX / 2
            && self.next_volume <= u32::MAX / 2
            && self.volumes.values().all(Volume::is_sound)
    }
}

/// A task's directories.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Home {
    /// Where paths without a beginning begin.
    current: Place,
    /// Where its program lies: `$progdir`.
    program: Place,
}

/// Why a look-up has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Miss {
    /// There is none.
    Error(Status),
    /// It depends on a directory block that has not been read yet.
    Block(Wanted),
    /// It depends on the disc that is being mounted.
    Startup,
}

impl From<Status> for Miss {
    fn from(status: Status) -> Miss {
        Miss::Error(status)
    }
}

impl Portfolio {
    /// A new task is at home where its creator is.
    pub(super) fn inherit_home(&mut self, creator: Item, task: Item) {
        let home = self.files.homes.get(&creator).cloned();
        let home = home.unwrap_or_else(|| self.first_home());
        self.files.homes.insert(task, home);
    }

    /// The root of the boot volume, or `/`.
    fn first_home(&self) -> Home {
        let boot = self.files.boot.and_then(|id| {
            let root = self.files.volumes.get(&id)?.root.clone()?;
            Some(Place::root_of(id, root))
        });
        let place = boot.unwrap_or(Place::ROOT);
        Home {
            current: place.clone(),
            program: place,
        }
    }

    fn current_directory(&self, task: Item) -> Place {
        let home = self.files.homes.get(&task);
        home.map_or(Place::ROOT, |home| home.current.clone())
    }

    fn program_directory(&self, task: Item) -> Place {
        let home = self.files.homes.get(&task);
        home.map_or(Place::ROOT, |home| home.program.clone())
    }

    /// A task is gone, and with it all that the file system knew of it.
    pub(super) fn forget_home(&mut self, cx: &mut CallCx<'_>, task: Item) {
        let job = self.files.jobs.remove(&Who::Task(task));
        if let Some(Work::Call(call)) = job.map(|job| job.work) {
            self.give_up(cx, &call);
        }
        self.files.homes.remove(&task);
        self.files.aliases.remove(&task);
    }
}
