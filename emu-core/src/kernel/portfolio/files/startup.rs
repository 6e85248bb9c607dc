//! Mounting what lies in the drive, the start script, the first program.
//!
//! Device sheet 6.1, 6.5, 6.9. On a console the kernel mounts the boot volume, runs its start
//! scripts and starts `$boot/LaunchMe`. Here that is one job with these stages:
//!
//! ```text
//! Label ── the first valid label of block 0, 225, ... ── Script ── $boot/AppStartup ── Launch
//! ```

use super::codes::{NO_FILE, NO_FILE_SYSTEM};
use super::job::{Awaited, Job, Who, Work};
use super::load::{Load, Purpose};
use super::place::{Place, to_bytes};
use super::volume::{Layout, Volume, VolumeId};
use super::{Home, Miss};
use crate::device::{DeviceClass, DeviceId};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::KernelBase;
use crate::kernel::portfolio::tasks::Ending;
use crate::loader::opera_fs::BLOCK_SIZE;
use crate::loader::opera_fs::directory::Entry;
use crate::media::FIRST_FRAME;
use serde::{Deserialize, Serialize};

/// A start script is not longer than this.
const SCRIPT_MAX: u32 = 1 << 16;
/// Bytes of the boot volume's name in KernelBase.
const BOOT_NAME_MAX: usize = 31;

/// How far the start has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Startup {
    /// Looking for the label.
    Label {
        /// The volume that is to be.
        volume: VolumeId,
        /// Which of the places.
        probe: u32,
    },
    /// Reading the start script.
    Script {
        /// Whose.
        volume: VolumeId,
        /// Its bytes have been asked for.
        asked: bool,
    },
    /// Reading the first program.
    Launch(Load),
}

/// What a step of the start came to.
enum Next {
    /// This stage follows.
    Stage(Startup),
    /// Blocks were asked for; what is to be done with them stands in the job. They may be
    /// refused at once, so nothing must be changed after asking.
    Asked,
    /// It is done.
    End,
}

impl Portfolio {
    /// The power is on: NVRAM is mounted at once, a disc in the drive from now on.
    pub(crate) fn power_on(&mut self, cx: &mut CallCx<'_>) {
        for (item, class) in self.device_items() {
            match class {
                DeviceClass::Ram => self.mount_memory(cx, item),
                DeviceClass::CdRom if self.has_medium(cx, item) => self.begin_startup(cx, item),
                _ => (),
            }
        }
    }

    /// The first program of the disc in the drive is to be started, as a console does.
    pub(crate) fn launch_from_disc(&mut self, command_line: &[u8]) {
        self.files.launch = Some(command_line.to_vec());
    }

    /// Whether the first program is still to come from a disc.
    fn awaits_program(&self) -> bool {
        self.files.launch.is_some() && self.main == Item::NONE
    }

    /// Whether the machine waits for a disc with a program, which a drive may have soon.
    pub fn awaits_disc(&self) -> bool {
        self.awaits_program() && !self.files.is_starting()
    }

    fn device_items(&self) -> Vec<(Item, DeviceClass)> {
        let devices = self.devices.iter();
        devices
            .map(|(&item, device)| (item, device.class))
            .collect()
    }

    fn has_medium(&self, cx: &mut CallCx<'_>, item: Item) -> bool {
        let device = self.devices.get(&item).map(|device| device.id);
        let model = device.and_then(|id| cx.board.device(id));
        model.is_some_and(|model| model.has_medium())
    }

    fn has_disc(&self, cx: &mut CallCx<'_>) -> bool {
        self.device_items()
            .into_iter()
            .any(|(item, class)| class == DeviceClass::CdRom && self.has_medium(cx, item))
    }

    fn begin_startup(&mut self, cx: &mut CallCx<'_>, device: Item) {
        // A start that the last medium did not live to see.
        let old = self.files.jobs.remove(&Who::System).map(|job| job.work);
        if let Some(Work::Startup(Startup::Label { volume, .. })) = old {
            self.drop_volume(cx, volume);
        }
        let volume = self.reserve_volume(Volume::new(device, 0, FIRST_FRAME, Layout::Optical));
        let startup = Startup::Label { volume, probe: 0 };
        self.files
            .jobs
            .insert(Who::System, Job::new(Work::Startup(startup)));
        self.step_startup(cx);
    }

    /// A medium was taken away or has been put in.
    pub(in crate::kernel::portfolio) fn medium_changed(
        &mut self,
        cx: &mut CallCx<'_>,
        device: DeviceId,
        present: bool,
    ) {
        let known = self.devices.iter().find(|(_, known)| known.id == device);
        let Some((&item, _)) = known else { return };
        self.tell_of_medium(cx, item, 0, present);
        if present {
            return self.begin_startup(cx, item);
        }
        let volumes = self.files.volumes.iter();
        let gone: Vec<VolumeId> = volumes
            .filter(|(_, volume)| volume.device == item)
            .map(|(&id, _)| id)
            .collect();
        for id in gone {
            self.take_offline(cx, id);
        }
    }

    /// Goes on with the start.
    pub(super) fn step_startup(&mut self, cx: &mut CallCx<'_>) {
        loop {
            let Some(job) = self.files.jobs.get_mut(&Who::System) else {
                return;
            };
            if job.awaits.is_some() {
                return;
            }
            let error = job.error.take();
            let Work::Startup(startup) = job.work.clone() else {
                self.files.jobs.remove(&Who::System);
                return;
            };
            let next = match startup {
                Startup::Label { volume, probe } => self.step_label(cx, volume, probe, error),
                Startup::Script { volume, asked } => self.step_script(cx, volume, asked, error),
                Startup::Launch(load) => self.step_launch(cx, &load, error),
            };
            match next {
                Ok(Next::Stage(next)) => {
                    if let Some(job) = self.files.jobs.get_mut(&Who::System) {
                        job.work = Work::Startup(next);
                    }
                }
                Ok(Next::Asked) => (),
                Ok(Next::End) => return self.end_startup(cx, Status::OK),
                Err(miss) => {
                    if let Err(error) = self.await_miss(cx, Who::System, miss) {
                        return self.end_startup(cx, error);
                    }
                }
            }
        }
    }

    fn end_startup(&mut self, cx: &mut CallCx<'_>, result: Status) {
        let job = self.files.jobs.remove(&Who::System);
        if result.is_error() {
            // A volume whose label was found stays.
            if let Some(Work::Startup(Startup::Label { volume, .. })) = job.map(|job| job.work) {
                self.drop_volume(cx, volume);
            }
            let is_awaited = self.awaits_disc();
            if is_awaited && !self.has_disc(cx) {
                let text =
                    "the disc is gone before its program could be started; the console waits";
                self.warn(cx, text.to_owned());
            } else {
                let why = crate::kernel::portfolio::errors::text(result.0);
                self.warn(cx, format!("the disc cannot be started: {why}"));
                if is_awaited {
                    self.ending = Some(Ending::NotStarted { status: result });
                }
            }
        }
        self.wake_jobs(cx, Awaited::Startup, None);
    }

    fn step_label(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        probe: u32,
        error: Option<Status>,
    ) -> Result<Next, Miss> {
        let Some(label) = self.probe_label(id, probe, error)? else {
            return Ok(Next::Stage(Startup::Label {
                volume: id,
                probe: probe + 1,
            }));
        };
        let is_first = self.files.boot.is_none();
        let id = self.mount_label(cx, id, label)?;
        // The disc whose program could not be started has come back.
        if !is_first && !self.awaits_program() {
            return Ok(Next::End);
        }
        self.files.boot = Some(id);
        let name = self
            .files
            .volumes
            .get(&id)
            .map(|volume| volume.name.clone());
        let name = name.unwrap_or_default();
        self.set_boot_aliases(&name);
        let at = cx
            .mem
            .peek(self.kernel_base.at(KernelBase::kb_BootVolumeName));
        let bytes = to_bytes(&name);
        let len = bytes.len().min(BOOT_NAME_MAX);
        if let Some(to) = cx.mem.bytes_mut(at.addr(), len as u32) {
            to.copy_from_slice(&bytes[..len]);
        }
        // A program that was started by the host is at home on the disc too.
        let home = self.first_home();
        for known in self.files.homes.values_mut() {
            if known.current == Place::ROOT {
                *known = home.clone();
            }
        }
        Ok(Next::Stage(Startup::Script {
            volume: id,
            asked: false,
        }))
    }

    fn boot_root(&self, id: VolumeId) -> Result<Place, Status> {
        let volume = self.files.volumes.get(&id);
        let root = volume.and_then(|volume| volume.root.clone());
        Ok(Place::root_of(id, root.ok_or(NO_FILE_SYSTEM)?))
    }

    fn step_script(
        &mut self,
        cx: &mut CallCx<'_>,
        id: VolumeId,
        asked: bool,
        error: Option<Status>,
    ) -> Result<Next, Miss> {
        let after = match &self.files.launch {
            Some(command) => {
                Next::Stage(Startup::Launch(Load::new(command.clone(), Purpose::First)))
            }
            None => Next::End,
        };
        if asked {
            let job = self.files.jobs.get_mut(&Who::System);
            let script = job.map(|job| std::mem::take(&mut job.bytes));
            if error.is_none() {
                self.run_script(&script.unwrap_or_default());
            }
            return Ok(after);
        }
        if let Some(error) = error {
            return Err(error.into());
        }
        let root = self.boot_root(id)?;
        let place = match self.find_place(cx, Item::NONE, &root, b"AppStartup") {
            Err(Miss::Error(NO_FILE)) => return Ok(after),
            place => place?,
        };
        let is_script =
            |entry: &&Entry| !entry.is_directory() && (1..=SCRIPT_MAX).contains(&entry.byte_count);
        let Some(entry) = place.entry().filter(is_script) else {
            return Ok(after);
        };
        if let Some(job) = self.files.jobs.get_mut(&Who::System) {
            job.work = Work::Startup(Startup::Script {
                volume: id,
                asked: true,
            });
        }
        let blocks = entry.byte_count.div_ceil(BLOCK_SIZE as u32);
        self.read_blocks(cx, Who::System, id, entry, 0, blocks);
        Ok(Next::Asked)
    }

    /// Of a start script only its aliases matter here; what else it asks for belongs to the
    /// system that is emulated.
    fn run_script(&mut self, script: &[u8]) {
        for line in script.split(|&byte| matches!(byte, b'\n' | b'\r' | 0)) {
            let words = line.split(|byte| byte.is_ascii_whitespace());
            let words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).collect();
            if let [command, name, text] = words[..]
                && command.eq_ignore_ascii_case(b"alias")
            {
                self.set_system_alias(name, text);
            }
        }
    }

    fn step_launch(
        &mut self,
        cx: &mut CallCx<'_>,
        load: &Load,
        error: Option<Status>,
    ) -> Result<Next, Miss> {
        if let Some(error) = error {
            return Err(error.into());
        }
        let from = self.first_home().current;
        let read = self.step_loading(cx, Who::System, Item::NONE, &from, load)?;
        let Some((place, bytes)) = read else {
            return Ok(Next::Asked);
        };
        let task = self.spawn_file(cx, Item::NONE, load, &place, &bytes)?;
        self.main = task;
        self.ending = None;
        Ok(Next::End)
    }

    /// Where the first program of a task is at home.
    pub(super) fn set_home(&mut self, task: Item, directory: Place) {
        let home = Home {
            current: directory.clone(),
            program: directory,
        };
        self.files.homes.insert(task, home);
    }
}
