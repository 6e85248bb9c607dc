//! The folio's calls: rows, and how the blocking ones go on.
//!
//! Device sheet 6.6.

use super::fetch::Fetch;
use super::job::{Job, Who, Work};
use super::place::Place;
use super::volume::VolumeId;
use super::{Miss, alias, directory, load, mount, open, stream};
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::schedule::Poll;
use crate::kernel::portfolio::signals::SIGF_ONESHOT;
use crate::kernel::portfolio::wait::Wait;
use crate::mem::{CString, GuestPtr};
use serde::{Deserialize, Serialize};

/// A call that may take time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileCall {
    /// OpenDiskFile, OpenDiskFileInDir.
    Open {
        /// From where; none = the current directory, once the disc is mounted.
        from: Option<Place>,
        /// The path.
        path: Vec<u8>,
    },
    /// ChangeDirectory.
    ChangeDirectory {
        /// The path.
        path: Vec<u8>,
    },
    /// CreateFile.
    Create {
        /// The path.
        path: Vec<u8>,
    },
    /// DeleteFile.
    Delete {
        /// The path.
        path: Vec<u8>,
    },
    /// MountFileSystem.
    Mount {
        /// The volume whose label is being looked for.
        volume: VolumeId,
        /// Which of the places it may be at.
        probe: u32,
    },
    /// OpenDiskStream.
    OpenStream {
        /// The path.
        path: Vec<u8>,
        /// Buffer size as the call has it.
        size: i32,
    },
    /// ReadDiskStream.
    ReadStream {
        /// The stream.
        stream: u32,
        /// Where the next bytes go.
        to: u32,
        /// Bytes still wanted.
        left: u32,
        /// Bytes done.
        done: u32,
    },
    /// CloseDiskStream.
    CloseStream {
        /// The stream.
        stream: u32,
    },
    /// OpenDirectoryPath.
    OpenDirectory {
        /// The path.
        path: Vec<u8>,
    },
    /// ReadDirectory.
    ReadDirectory {
        /// The directory.
        directory: u32,
        /// Where the entry goes.
        entry: u32,
    },
    /// CloseDirectory.
    CloseDirectory {
        /// The directory.
        directory: u32,
    },
    /// LoadProgram, LoadProgramPrio, LoadCode.
    Load(load::Load),
    /// A call of another folio that wants a whole file.
    Fetch(Fetch),
}

/// What a step of a call came to.
pub(super) enum Step {
    /// It is over.
    Done(Reply),
    /// It is over when a request of the caller has ended, and then asked again.
    WaitIo(Item),
    /// A request of the caller has to be let go first.
    WaitAbort,
    /// It waits for something that was noted in the job.
    Waits,
}

impl From<Item> for Step {
    fn from(item: Item) -> Step {
        Step::Done(Reply::value(item.0 as u32))
    }
}

/// Why a step failed.
pub(super) enum Failure {
    /// A look-up has no answer, or not yet.
    Miss(Miss),
    /// The caller broke a rule.
    Trouble(Trouble),
}

impl From<Miss> for Failure {
    fn from(miss: Miss) -> Failure {
        Failure::Miss(miss)
    }
}
impl From<Status> for Failure {
    fn from(status: Status) -> Failure {
        Failure::Miss(Miss::Error(status))
    }
}
impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        match trouble {
            Trouble::Error(status) => status.into(),
            fault => Failure::Trouble(fault),
        }
    }
}

impl FileCall {
    /// What the caller gets when it fails: some answer with their own value, not with the error.
    fn failure(&self, error: Status) -> Result<Reply, Trouble> {
        match self {
            FileCall::OpenStream { .. } | FileCall::OpenDirectory { .. } => Ok(Reply::value(0)),
            FileCall::ReadStream { .. } => Ok(Reply::value(-1_i32 as u32)),
            _ => Err(error.into()),
        }
    }
}

impl Portfolio {
    /// Begins a call that may take time.
    pub(super) fn begin_call(&mut self, call: FileCall) -> Answer {
        let who = Who::Task(self.caller());
        self.files.jobs.insert(who, Job::new(Work::Call(call)));
        let task = self.caller();
        Ok(Flow::Block(Wait::File { task }))
    }

    /// Whether the running task's call is over; goes on with it as far as possible.
    pub(in crate::kernel::portfolio) fn poll_file(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
    ) -> Poll {
        let who = Who::Task(task);
        self.take_signals(cx.mem, task, SIGF_ONESHOT);
        loop {
            let Some(job) = self.files.jobs.get(&who) else {
                return Poll::error(super::codes::ABORTED);
            };
            if job.awaits.is_some() {
                return Poll::Pending(SIGF_ONESHOT);
            }
            let call = match &job.work {
                Work::Finished { result, .. } => {
                    let result = result.0;
                    self.files.jobs.remove(&who);
                    return Poll::value(result);
                }
                Work::Call(call) => call.clone(),
                Work::Command | Work::Startup(_) => {
                    self.files.jobs.remove(&who);
                    return Poll::error(super::codes::ABORTED);
                }
            };
            let step = match (job.error, &call) {
                (Some(error), FileCall::Fetch(fetch)) => self.fetch_failed(cx, task, fetch, error),
                // Where a label cannot be read there is none: the next place may have one.
                (Some(error), call) if !matches!(call, FileCall::Mount { .. }) => Err(error.into()),
                _ => self.step_call(cx, task, &call),
            };
            let error = match step {
                Ok(Step::Done(reply)) => {
                    self.files.jobs.remove(&who);
                    return Poll::Ready(Ok(reply));
                }
                Ok(Step::WaitIo(ior)) => match self.poll_io(cx, task, ior) {
                    Poll::Ready(_) => continue,
                    pending => return pending,
                },
                Ok(Step::WaitAbort) => return Poll::Pending(SIGF_ONESHOT),
                Ok(Step::Waits) => continue,
                Err(Failure::Trouble(trouble)) => {
                    self.files.jobs.remove(&who);
                    return Poll::Ready(Err(trouble));
                }
                Err(Failure::Miss(miss)) => match self.await_miss(cx, who, miss) {
                    Ok(()) => continue,
                    Err(error) => error,
                },
            };
            self.files.jobs.remove(&who);
            self.give_up(cx, &call);
            return Poll::Ready(call.failure(error));
        }
    }

    fn step_call(
        &mut self,
        cx: &mut CallCx<'_>,
        task: Item,
        call: &FileCall,
    ) -> Result<Step, Failure> {
        match call {
            FileCall::Open { from, path } => {
                let current = || self.current_directory(task);
                let from = from.clone().unwrap_or_else(current);
                let place = self.find_place(cx, task, &from, path)?;
                Ok(self.open_place(cx, task, place)?.into())
            }
            FileCall::ChangeDirectory { path } => self.step_change_directory(cx, task, path),
            FileCall::Create { path } => self.step_create(cx, task, path),
            FileCall::Delete { path } => self.step_delete(cx, task, path),
            &FileCall::Mount { volume, probe } => self.step_mount_call(cx, task, volume, probe),
            FileCall::OpenStream { path, size } => self.step_open_stream(cx, task, path, *size),
            &FileCall::ReadStream { .. } => self.step_read_stream(cx, task, call),
            &FileCall::CloseStream { stream } => self.step_close_stream(cx, task, stream),
            FileCall::OpenDirectory { path } => self.step_open_directory(cx, task, path),
            &FileCall::ReadDirectory { directory, entry } => {
                self.step_read_directory(cx, directory, entry)
            }
            &FileCall::CloseDirectory { directory } => {
                self.step_close_directory(cx, task, directory)
            }
            FileCall::Load(load) => self.step_load(cx, task, load),
            FileCall::Fetch(fetch) => self.step_fetch(cx, task, fetch),
        }
    }

    /// A call has failed: what it had begun is undone.
    pub(super) fn give_up(&mut self, cx: &mut CallCx<'_>, call: &FileCall) {
        if let FileCall::Mount { volume, .. } = call {
            self.drop_volume(cx, *volume);
        }
    }

    /// Replaces what a task's call is to do next.
    pub(super) fn go_on_with(&mut self, task: Item, call: FileCall) {
        if let Some(job) = self.files.jobs.get_mut(&Who::Task(task)) {
            job.work = Work::Call(call);
        }
    }

    /// What a task's call waits for, in words.
    pub(in crate::kernel::portfolio) fn describe_file_wait(&self, task: Item) -> String {
        let job = self.files.jobs.get(&Who::Task(task));
        match job.and_then(|job| job.awaits) {
            Some(super::job::Awaited::Block { volume, key }) => {
                let volume = self.files.volumes.get(&volume);
                let name = volume.map_or("", |volume| &volume.name);
                format!("directory block {key} of volume \"{name}\"")
            }
            Some(super::job::Awaited::Bytes(_)) => "a file to be read".to_owned(),
            Some(super::job::Awaited::Startup) => "the disc to be mounted".to_owned(),
            Some(super::job::Awaited::Time(_)) => "NVRAM".to_owned(),
            None => "the file system".to_owned(),
        }
    }
}

fn open_disk_file(k: &mut Portfolio, cx: &mut CallCx<'_>, path: GuestPtr<CString>) -> Answer {
    let path = k.path_argument(cx, path)?;
    k.begin_call(FileCall::Open { from: None, path })
}

fn open_disk_file_in_dir(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    directory: Item,
    path: GuestPtr<CString>,
) -> Answer {
    let from = Some(k.directory_of(directory)?);
    let path = k.path_argument(cx, path)?;
    k.begin_call(FileCall::Open { from, path })
}

fn change_directory(k: &mut Portfolio, cx: &mut CallCx<'_>, path: GuestPtr<CString>) -> Answer {
    let path = k.path_argument(cx, path)?;
    k.begin_call(FileCall::ChangeDirectory { path })
}

fn create_file(k: &mut Portfolio, cx: &mut CallCx<'_>, path: GuestPtr<CString>) -> Answer {
    let path = k.path_argument(cx, path)?;
    k.begin_call(FileCall::Create { path })
}

fn delete_file(k: &mut Portfolio, cx: &mut CallCx<'_>, path: GuestPtr<CString>) -> Answer {
    let path = k.path_argument(cx, path)?;
    k.begin_call(FileCall::Delete { path })
}

/// SWI 6: only the development station's host has such a file system.
fn no_host_files(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    _path: GuestPtr<CString>,
) -> Result<Item, Trouble> {
    Err(super::codes::NOT_SUPPORTED.into())
}

/// SWI 13: a user task is not allowed to.
fn not_privileged(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    _name: GuestPtr<CString>,
) -> Result<i32, Trouble> {
    Err(super::codes::NOT_PRIVILEGED.into())
}

/// SWI 14.
fn create_link(
    _k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    _path: GuestPtr<CString>,
    _text: GuestPtr<CString>,
) -> Result<i32, Trouble> {
    Err(super::codes::NOT_PRIVILEGED.into())
}

calls! { pub(crate) CALLS: File;
    blocking swi 0 OpenDiskFile(path: GuestPtr<CString>) -> Item = open_disk_file;
    blocking swi 1 CloseDiskFile(item: Item) -> Number = open::close_disk_file;
    blocking swi 4 MountFileSystem(device: Item, unit: i32, offset: u32) -> Item = mount::mount_file_system;
    blocking swi 5 OpenDiskFileInDir(directory: Item, path: GuestPtr<CString>) -> Item = open_disk_file_in_dir;
    refused swi 6 MountMacFileSystem(path: GuestPtr<CString>) -> Item = no_host_files;
    blocking swi 7 ChangeDirectory(path: GuestPtr<CString>) -> Item = change_directory;
    swi 8 GetDirectory(buffer: u32, len: u32) -> Item = open::get_directory;
    blocking swi 9 CreateFile(path: GuestPtr<CString>) -> Item = create_file;
    blocking swi 10 DeleteFile(path: GuestPtr<CString>) -> Number = delete_file;
    swi 11 CreateAlias(name: GuestPtr<CString>, text: GuestPtr<CString>) -> Item = alias::create_alias;
    refused swi 13 DismountFileSystem(name: GuestPtr<CString>) -> Number = not_privileged;
    refused swi 14 CreateLink(path: GuestPtr<CString>, text: GuestPtr<CString>) -> Number = create_link;
    blocking vec 1 OpenDiskStream(path: GuestPtr<CString>, size: i32) -> Pointer = stream::open_disk_stream;
    blocking vec 2 ReadDiskStream(stream: u32, buffer: u32, len: i32) -> Number = stream::read_disk_stream;
    vec 3 SeekDiskStream(stream: u32, offset: i32, whence: u32) -> Number = stream::seek_disk_stream;
    blocking vec 4 CloseDiskStream(stream: u32) -> Nothing = stream::close_disk_stream;
    blocking vec 5 LoadProgram(command: GuestPtr<CString>) -> Item = load::load_program;
    blocking vec 6 LoadProgramPrio(command: GuestPtr<CString>, priority: i32) -> Item = load::load_program_prio;
    vec 7 OpenDirectoryItem(item: Item) -> Pointer = directory::open_directory_item;
    blocking vec 8 OpenDirectoryPath(path: GuestPtr<CString>) -> Pointer = directory::open_directory_path;
    blocking vec 9 ReadDirectory(directory: u32, entry: u32) -> Number = directory::read_directory;
    blocking vec 10 CloseDirectory(directory: u32) -> Nothing = directory::close_directory;
    blocking vec 11 LoadCode(path: GuestPtr<CString>, code: GuestPtr<u32>) -> Number = load::load_code;
    vec 12 UnloadCode(code: u32) -> Number = load::unload_code;
    routine vec 13 ExecuteAsSubroutine(code: u32, argc: u32, argv: u32) -> Number;
    vec 14 ExecuteAsThread(code: u32, argc: u32, argv: u32, name: GuestPtr<CString>, priority: i32) -> Item = load::execute_as_thread;
}
