//! Whole files, read for the calls of other folios.
//!
//! ```text
//! the first of several paths that leads to a file ── all its blocks ── the folio goes on
//! ```

use super::Miss;
use super::calls::{Failure, FileCall, Step};
use super::codes::{NO_FILE, NO_MEM};
use super::job::{Job, Who, Work};
use super::place::Place;
use super::volume::Layout;
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::{AudioFile, AudioStep};
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::wait::Wait;
use crate::loader::opera_fs::BLOCK_SIZE;
use crate::mem::MEMORY_END;
use serde::{Deserialize, Serialize};

/// A file being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// Paths that are still to be tried, the next one last.
    paths: Vec<Vec<u8>>,
    /// The file, once it is found and its blocks are on their way.
    found: Option<Place>,
    purpose: AudioFile,
}

impl Fetch {
    fn new(mut paths: Vec<Vec<u8>>, purpose: AudioFile) -> Fetch {
        paths.reverse();
        Fetch {
            paths,
            found: None,
            purpose,
        }
    }

    /// How much of a file of so many bytes is read.
    fn wanted(&self, bytes: u32) -> u32 {
        self.purpose.most().map_or(bytes, |most| most.min(bytes))
    }

    fn with_found(&self, found: Place) -> FileCall {
        FileCall::Fetch(Fetch {
            found: Some(found),
            ..self.clone()
        })
    }
}

impl Portfolio {
    /// Lets the caller wait until the first of `paths` that is a file has been read; then
    /// `audio_file` decides what happens with it.
    pub(in crate::kernel::portfolio) fn fetch_file(
        &mut self,
        paths: Vec<Vec<u8>>,
        purpose: AudioFile,
    ) -> Answer {
        let task = self.caller();
        let fetch = FileCall::Fetch(Fetch::new(paths, purpose));
        let job = Job::new(Work::Call(fetch));
        self.files.jobs.insert(Who::Task(task), job);
        Ok(Flow::Block(Wait::File { task }))
    }

    pub(super) fn step_fetch(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        fetch: &Fetch,
    ) -> Result<Step, Failure> {
        let who = Who::Task(task);
        let file = match &fetch.found {
            Some(place) => {
                let job = self.files.jobs.get_mut(&who);
                let mut bytes = job
                    .map(|job| std::mem::take(&mut job.bytes))
                    .unwrap_or_default();
                let len = place.entry().map_or(0, |entry| entry.byte_count);
                bytes.truncate(fetch.wanted(len) as usize);
                Ok(bytes)
            }
            None => match self.begin_fetch(cx, who, task, fetch) {
                Ok(None) => return Ok(Step::Waits),
                Ok(Some(bytes)) => Ok(bytes),
                Err(Miss::Error(error)) => Err(error),
                Err(miss) => return Err(miss.into()),
            },
        };
        self.end_fetch(cx, task, &fetch.purpose, file)
    }

    /// Hands the file to those who wanted it; they may want another.
    pub(super) fn end_fetch(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        purpose: &AudioFile,
        file: Result<Vec<u8>, Status>,
    ) -> Result<Step, Failure> {
        match self.audio_file(cx, purpose, file)? {
            AudioStep::Done(reply) => Ok(Step::Done(reply)),
            AudioStep::Fetch(paths, purpose) => {
                let fetch = Fetch::new(paths, purpose);
                let job = Job::new(Work::Call(FileCall::Fetch(fetch)));
                self.files.jobs.insert(Who::Task(task), job);
                Ok(Step::Waits)
            }
        }
    }

    /// Finds the file and has its blocks read; gives its bytes if they are there at once.
    fn begin_fetch(
        &mut self,
        cx: &mut CallCx<'_>,
        who: Who,
        task: Item,
        fetch: &Fetch,
    ) -> Result<Option<Vec<u8>>, Miss> {
        let from = self.current_directory(task);
        let mut error = NO_FILE;
        for path in fetch.paths.iter().rev() {
            let place = match self.find_place(cx, task, &from, path) {
                Ok(place) => place,
                Err(Miss::Error(why)) => {
                    error = why;
                    continue;
                }
                Err(miss) => return Err(miss),
            };
            let (id, entry) = match (place.volume, place.entry()) {
                (Some(id), Some(entry)) if !entry.is_directory() => (id, entry.clone()),
                _ => continue,
            };
            if self.online(id)?.layout == Layout::LinkedMemory {
                return Ok(Some(self.whole_memory_file(cx, id, &entry.name)?));
            }
            let wanted = fetch.wanted(entry.byte_count);
            if wanted > MEMORY_END {
                return Err(NO_MEM.into());
            }
            let blocks = wanted.div_ceil(BLOCK_SIZE as u32);
            if blocks == 0 {
                return Ok(Some(Vec::new()));
            }
            self.go_on_with(task, fetch.with_found(place));
            self.read_blocks(cx, who, id, &entry, 0, blocks);
            return Ok(None);
        }
        Err(error.into())
    }

    /// The file could not be read.
    pub(super) fn fetch_failed(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        fetch: &Fetch,
        error: Status,
    ) -> Result<Step, Failure> {
        self.end_fetch(cx, task, &fetch.purpose, Err(error))
    }
}
