//! The command line's wishes as the values a run needs.

use crate::cli::{DriveArg, ProfileArg, RunArgs, VideoArg};
use crate::disc::DiscError;
use crate::drive::{self, Medium};
use crate::input::{self, InputError};
use crate::nvram::{self, Nvram, NvramError};
use crate::pictures::{self, Frames, PictureError};
use crate::program::{Origin, Program, ProgramError, command_line};
use crate::session::Session;
use crate::until::Conditions;
use emu_core::device::pods::{PODS_MAX, PodKind};
use emu_core::input::Input;
use emu_core::kernel::mach::MachConfig;
use emu_core::machine::Config;
use emu_core::media::{DiscNumber, DiscTable};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Video};
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::Shelf;
use std::path::PathBuf;
use thiserror::Error;

/// Everything a run needs to know.
#[derive(Debug)]
pub struct RunConfig {
    /// What runs.
    pub program: Program,
    /// The words the guest finds in `argv`, separated by spaces.
    pub command_line: Vec<u8>,
    /// The machine around it.
    pub machine: Config,
    /// Its drive.
    pub drive: DriveProfile,
    /// The discs at hand; the one that lies in the drive comes first.
    pub shelf: Shelf,
    /// The one in the drive.
    pub disc: Option<DiscNumber>,
    /// Its name.
    pub label: Option<String>,
    /// The file of NVRAM, if it is kept.
    pub nvram: Option<KeptNvram>,
    /// What is on the control port.
    pub pods: Vec<PodKind>,
    /// What somebody does during the run.
    pub inputs: Vec<(Tick, Input)>,
    /// When it ends.
    pub until: Conditions,
    /// One line per system call.
    pub calls: bool,
    /// A report as the last line.
    pub json: bool,
    /// The file for the picture at the end.
    pub screenshot: Option<Screenshot>,
    /// The folder for the picture of every field.
    pub frames: Option<PathBuf>,
}

/// Where the picture at the end goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screenshot {
    /// The file.
    pub path: PathBuf,
    /// Whether the user named it. Nobody waits for one that was not asked for: the run says
    /// where it is, and may end well without it.
    pub asked_for: bool,
}

/// NVRAM that outlives the run.
#[derive(Debug)]
pub struct KeptNvram {
    /// Where.
    pub path: PathBuf,
    /// What was there.
    pub nvram: Nvram,
}

/// Why a run does not begin. Every text is one line: what, where, what to do.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The program.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The disc beside it.
    #[error("--disc {0}")]
    Disc(#[from] DiscError),
    /// Two discs for one drive.
    #[error(
        "--disc: what is run is a disc itself and lies in the drive; leave --disc out, or run a \
         program"
    )]
    TwoDiscs,
    /// The file of NVRAM.
    #[error("--nvram {0}")]
    Nvram(#[from] NvramError),
    /// The input script.
    #[error(transparent)]
    Input(#[from] InputError),
    /// More than a chain has.
    #[error("--pods: a console has room for {PODS_MAX}, not {0}; name fewer")]
    TooManyPods(usize),
    /// The file for the picture at the end.
    #[error("--screenshot {0}")]
    Screenshot(PictureError),
    /// The folder for pictures.
    #[error("--frames {0}")]
    Frames(PictureError),
}

impl RunConfig {
    /// Finds and reads everything that the run needs, and checks the program's arguments.
    pub fn new(args: &RunArgs) -> Result<RunConfig, ConfigError> {
        // A disc alone is what is to be run.
        let (image, beside) = match (&args.image, &args.disc) {
            (None, Some(disc)) => (Some(disc.as_os_str()), None),
            (image, beside) => (image.as_deref(), beside.as_deref()),
        };
        let (program, own) = Program::find(image)?;
        let command_line = command_line(&program, &args.arguments)?;
        let medium = match (own, beside) {
            (Some(_), Some(_)) if program.origin == Origin::Disc => {
                return Err(ConfigError::TwoDiscs);
            }
            (_, Some(path)) => Some(drive::open(path)?),
            (own, None) => own,
        };
        let nvram = match args.nvram.clone() {
            Some(path) => Some(KeptNvram {
                nvram: nvram::load(&path)?,
                path,
            }),
            None => None,
        };
        let machine = machine_config(args);
        let mut shelf = Shelf::new();
        let (disc, label) = match medium {
            Some(Medium { disc, label }) => (shelf.push(disc), label),
            None => (None, None),
        };
        let pods = match args.pods.as_slice() {
            [] => vec![PodKind::ControlPad],
            pods if pods.len() > PODS_MAX => return Err(ConfigError::TooManyPods(pods.len())),
            pods => pods.to_vec(),
        };
        if let Some(path) = &args.screenshot {
            pictures::check_file(path).map_err(ConfigError::Screenshot)?;
        }
        let inputs = match &args.input {
            Some(path) => input::load(path, machine.video, &mut shelf)?,
            None => Vec::new(),
        };
        Ok(RunConfig {
            program,
            command_line,
            machine,
            drive: match args.drive {
                DriveArg::Nominal => DriveProfile::Nominal,
                DriveArg::Fz1 => DriveProfile::Fz1,
                DriveArg::Instant => DriveProfile::Instant,
            },
            shelf,
            disc,
            label,
            nvram,
            pods,
            inputs,
            until: Conditions(args.until.clone()),
            calls: args.calls,
            json: args.json,
            screenshot: args.screenshot.clone().map(|path| Screenshot {
                path,
                asked_for: true,
            }),
            frames: args.frames.clone(),
        })
    }

    /// The disc that lies in the drive at the start.
    pub fn in_drive(&self) -> Option<(DiscNumber, DiscTable)> {
        self.shelf.insertable(self.disc?)
    }

    /// The folder for the pictures of all fields, made if it is not there.
    pub fn open_frames(&self) -> Result<Option<Frames>, ConfigError> {
        let folder = self.frames.as_deref();
        let frames = folder.map(Frames::into_folder).transpose();
        frames.map_err(ConfigError::Frames)
    }

    /// Saves the NVRAM of a run that has ended, if it is to be kept.
    pub fn keep_nvram(&self, session: &Session) -> Result<(), NvramError> {
        let (before, after) = session.nvram();
        match &self.nvram {
            Some(kept) => nvram::keep(&kept.path, before, after),
            None => Ok(()),
        }
    }
}

fn machine_config(args: &RunArgs) -> Config {
    let mach = MachConfig::default();
    Config {
        profile: match args.profile {
            ProfileArg::Documented => Profile::Documented,
            ProfileArg::Retail => Profile::Retail,
        },
        video: match args.video {
            VideoArg::Ntsc => Video::Ntsc,
            VideoArg::Pal => Video::Pal,
        },
        seed: args.seed,
        strict: args.strict,
        mach: MachConfig {
            done_queues: args.mach_queues.unwrap_or(mach.done_queues),
            trap_cycles: args.mach_trap_cycles.unwrap_or(mach.trap_cycles),
        },
        ..Config::default()
    }
}
