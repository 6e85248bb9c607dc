//! The command line's wishes as the values a run needs.

use crate::cli::{ProfileArg, RunArgs, VideoArg};
use crate::program::{Program, ProgramError, command_line};
use crate::until::Conditions;
use emu_core::machine::Config;
use emu_core::quirks::Profile;
use emu_core::time::Video;

/// Everything a headless run needs to know.
#[derive(Debug)]
pub struct RunConfig {
    /// What runs.
    pub program: Program,
    /// The words the guest finds in `argv`, separated by spaces.
    pub command_line: Vec<u8>,
    /// The machine around it.
    pub machine: Config,
    /// When it ends.
    pub until: Conditions,
    /// One line per system call.
    pub calls: bool,
    /// A report as the last line.
    pub json: bool,
}

impl RunConfig {
    /// Finds and reads the program, and checks its arguments.
    pub fn new(args: &RunArgs) -> Result<RunConfig, ProgramError> {
        let program = Program::find(args.image.as_deref())?;
        let command_line = command_line(&program, &args.arguments)?;
        Ok(RunConfig {
            program,
            command_line,
            machine: machine_config(args),
            until: Conditions(args.until.clone()),
            calls: args.calls,
            json: args.json,
        })
    }
}

fn machine_config(args: &RunArgs) -> Config {
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
        ..Config::default()
    }
}
