//! The command line's wishes as the values a run needs.

use crate::cli::chaos::DisturbArgs;
use crate::cli::{ProfileArg, RunArgs, VideoArg};
use crate::disc::DiscError;
use crate::drive::{self, Medium};
use crate::input::{self, InputError, LineError};
use crate::nvram::{self, Nvram, NvramError};
use crate::pictures::{self, Frames, PictureError};
use crate::program::{Origin, Program, ProgramError, command_line, show};
use crate::session::Session;
use crate::sound::wav::{self, WavError, WavFile};
use crate::state::{self, Beginning, Damage, SaveAt, StateError};
use crate::trace::origin;
use crate::until::{Conditions, Until};
use emu_core::chaos::Chaos;
use emu_core::device::pods::{PODS_MAX, PodKind};
use emu_core::device::sound::frame_at;
use emu_core::input::Input;
use emu_core::kernel::mach::MachConfig;
use emu_core::machine::Config;
use emu_core::media::{DiscNumber, DiscTable, MediaEvent};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Video};
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::Shelf;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
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
    /// How completions are disturbed, in a run that looks for races.
    pub chaos: Option<Chaos>,
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
    /// The file for what is heard.
    pub wav: Option<PathBuf>,
    /// The file for a recording.
    pub record: Option<PathBuf>,
    /// How a recording of this run describes it.
    pub described: Described,
    /// The saved state that it begins with.
    pub state: Option<Beginning>,
    /// States to save on the way, in the order of their instants.
    pub saves: Vec<SaveAt>,
}

/// What a recording says of the command line of its run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// How the program was named.
    pub image: String,
    /// The guest's arguments.
    pub arguments: Vec<String>,
    /// The words that describe the machine.
    pub options: Vec<String>,
    /// How the discs of the shelf were named, by number.
    pub discs: Vec<String>,
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
    /// The file for what is heard.
    #[error("--wav {0}")]
    Wav(WavError),
    /// A saved state.
    #[error(transparent)]
    State(#[from] StateError),
    /// When to save one.
    #[error("--save-at {0:?}: is no instant; give a cycle, time:SECONDS or vbl:N, then a file")]
    SaveAt(String),
}

impl RunConfig {
    /// Finds and reads everything that the run needs, and checks the program's arguments.
    pub fn new(args: &RunArgs) -> Result<RunConfig, ConfigError> {
        // A disc alone is what is to be run.
        let (image, beside) = match (&args.image, &args.disc) {
            (None, Some(disc)) => (Some(disc.as_os_str()), None),
            (image, beside) => (image.as_deref(), beside.as_deref()),
        };
        if let Some(path) = image.map(Path::new).filter(|path| state::is_one(path)) {
            return RunConfig::of_state(path, state::load(path)?, args);
        }
        let mut described = Described {
            image: match image {
                Some(image) => image.to_string_lossy().into_owned(),
                None => "rom:overture".to_owned(),
            },
            arguments: (args.arguments.iter())
                .map(|argument| argument.to_string_lossy().into_owned())
                .collect(),
            options: args.machine_words(),
            discs: Vec::new(),
        };
        let (program, own) = Program::find(image)?;
        let medium = match (own, beside) {
            (Some(_), Some(_)) if program.origin == Origin::Disc => {
                return Err(ConfigError::TwoDiscs);
            }
            (_, Some(path)) => {
                described.discs.push(path.to_string_lossy().into_owned());
                Some(drive::open(path)?)
            }
            (Some(own), None) => {
                described.discs.push(described.image.clone());
                Some(own)
            }
            (None, None) => None,
        };
        let mut config = RunConfig::around(program, medium, described, args)?;
        config.follow(args)?;
        Ok(config)
    }

    /// What goes on with a saved state: its machine, with the discs that it had. The rest is as
    /// `args` say.
    pub fn of_state(
        path: &Path,
        mut beginning: Beginning,
        args: &RunArgs,
    ) -> Result<RunConfig, ConfigError> {
        let header = &beginning.saved.header;
        let origin = |source| StateError::Origin {
            path: show(path),
            source,
        };
        let mut known = args.machine_words();
        known.extend((!args.arguments.is_empty()).then(|| "the arguments".to_owned()));
        if !known.is_empty() {
            return Err(ConfigError::State(StateError::Knows {
                path: show(path),
                words: known.join(" "),
            }));
        }
        let of_machine = origin::arguments(header).map_err(origin)?;
        let args = RunArgs {
            arguments: of_machine.arguments.clone(),
            ..args.around(&of_machine)
        };
        let disc_name = header.disc.as_ref().map(|disc| disc.name.as_str());
        let place = |name: &str| match &args.disc {
            Some(disc) => Ok(disc.clone()),
            None => origin::place(name, path, "--disc").map_err(origin),
        };
        let (program, medium) = match (&beginning.saved.program, disc_name) {
            (Some(bytes), disc) => {
                let program = Program::known(&header.program.name, bytes.clone())?;
                let medium = match disc {
                    None => None,
                    Some(name) if origin::is_built_in(name) && args.disc.is_none() => {
                        Some(drive::built_in()?)
                    }
                    Some(name) => Some(drive::open(&place(name)?)?),
                };
                (program, medium)
            }
            (None, Some(name)) => {
                let (program, medium) = drive::bootable(&place(name)?)?;
                (program, Some(medium))
            }
            (None, None) => {
                return Err(ConfigError::State(StateError::Damaged {
                    path: show(path),
                    source: Damage::Section("PROG"),
                }));
            }
        };
        if <[u8; 32]>::from(Sha256::digest(&program.image.bytes)) != header.program.sha256 {
            return Err(ConfigError::State(StateError::OtherProgram {
                path: show(path),
            }));
        }
        let described = Described {
            image: header.program.name.clone(),
            arguments: header.arguments.clone(),
            options: header.options.clone(),
            discs: disc_name.map(str::to_owned).into_iter().collect(),
        };
        let mut config = RunConfig::around(program, medium, described, &args)?;
        config
            .do_again(&header.inputs, path)
            .map_err(|(number, source)| StateError::Input {
                path: show(path),
                number,
                source,
            })?;
        beginning.inputs = config.inputs.len();
        config.follow(&args)?;
        config.state = Some(beginning);
        Ok(config)
    }

    /// A run of a program that has been found, with nothing done to it yet.
    fn around(
        program: Program,
        medium: Option<Medium>,
        described: Described,
        args: &RunArgs,
    ) -> Result<RunConfig, ConfigError> {
        let command_line = command_line(&program, &args.arguments)?;
        let nvram = match args.nvram.clone() {
            Some(path) => Some(KeptNvram {
                nvram: nvram::load(&path)?,
                path,
            }),
            None => None,
        };
        let machine = machine_config(args);
        let chaos = args.chaos.chaos();
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
        if let Some(path) = &args.wav {
            wav::check_file(path).map_err(ConfigError::Wav)?;
        }
        Ok(RunConfig {
            program,
            command_line,
            machine,
            drive: args.drive_profile(),
            chaos,
            shelf,
            disc,
            label,
            nvram,
            pods,
            inputs: Vec::new(),
            until: Conditions(args.until.clone()),
            calls: args.calls,
            json: args.json,
            screenshot: args.screenshot.clone().map(|path| Screenshot {
                path,
                asked_for: true,
            }),
            frames: args.frames.clone(),
            wav: args.wav.clone(),
            record: args.record.clone(),
            described,
            state: None,
            saves: saves(args, machine.video)?,
        })
    }

    /// Adds what the input script says.
    fn follow(&mut self, args: &RunArgs) -> Result<(), ConfigError> {
        if let Some(path) = &args.input {
            let names = &mut self.described.discs;
            let inputs = input::load(path, self.machine.video, &mut self.shelf, names)?;
            self.inputs.extend(inputs);
        }
        Ok(())
    }

    /// Adds inputs as a recording or a saved state in `file` has them; the error comes with the
    /// number of the input.
    pub fn do_again(
        &mut self,
        inputs: &[(Tick, String)],
        file: &Path,
    ) -> Result<(), (usize, LineError)> {
        let mut discs = BTreeMap::new();
        for (number, (at, words)) in (1..).zip(inputs) {
            let names = &mut self.described.discs;
            let place = |name: &str| Ok(origin::place(name, file, "another copy of it")?);
            let input = input::read(words, &mut self.shelf, &mut discs, names, place)
                .map_err(|source| (number, source))?;
            self.inputs.push((*at, input));
        }
        Ok(())
    }

    /// Whether another disc may have lain in the drive when the run began.
    pub fn has_changed_discs(&self) -> bool {
        let before = self.state.as_ref().map_or(0, |state| state.inputs);
        let mut done = self.inputs.iter().take(before);
        done.any(|(_, input)| matches!(input, Input::Media(MediaEvent::Insert(_))))
    }

    /// The same run disturbed in another way, or not at all.
    pub fn disturb(&mut self, args: &RunArgs, chaos: Option<Chaos>) {
        let args = RunArgs {
            chaos: chaos.as_ref().map(DisturbArgs::of).unwrap_or_default(),
            ..args.of_machine()
        };
        self.described.options = args.machine_words();
        self.drive = args.drive_profile();
        self.chaos = chaos;
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

    /// The file for what is heard of a session from now on.
    pub fn open_wav(&self, session: &Session) -> Result<Option<WavFile>, ConfigError> {
        let first = frame_at(session.now());
        let path = self.wav.as_deref();
        let wav = path.map(|path| WavFile::create(path, first));
        wav.transpose().map_err(ConfigError::Wav)
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

/// The states to save on the way, by their instants.
fn saves(args: &RunArgs, video: Video) -> Result<Vec<SaveAt>, ConfigError> {
    let mut saves = Vec::new();
    for pair in args.save_at.chunks_exact(2) {
        let word = pair[0].to_string_lossy();
        let at = match (word.parse(), word.parse()) {
            (Ok(cycle), _) => Tick(cycle),
            (_, Ok(Until::Time(at))) => at,
            (_, Ok(Until::Vblank(count))) => video.field_start(count),
            _ => return Err(ConfigError::SaveAt(word.into_owned())),
        };
        let path = PathBuf::from(&pair[1]);
        saves.push(SaveAt { at, path });
    }
    saves.sort_by_key(|save| save.at);
    Ok(saves)
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
