//! Recordings of the guest programs: what each is a run of, and where it lies.

use crate::run::LONG_ENOUGH;
use emu_core::quirks::Profile;
use emu_core::time::Tick;
use emu_core::trace::Recording;
use emu_frontend::cli::{self, Command};
use emu_frontend::config::RunConfig;
use emu_frontend::input;
use emu_frontend::trace::record;
use roms::{Ending, Rom};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

/// Programs whose recording would have more than 3000 lines, which is more than anybody reads:
/// recorded up to these milliseconds. Their end is looked at by other tests, as text and picture.
const CUT: &[(&str, u64)] = &[("memory", 36), ("overture", 250), ("turning", 2_000)];

/// The folder that the drive of `disc_swap` gets as a disc.
const OTHER_DISC: &str = "other_disc";

/// One recording of a guest program.
#[derive(Clone, Copy, Debug)]
pub struct Golden {
    /// The program.
    pub rom: &'static Rom,
    /// Rules of the machine.
    pub profile: Profile,
}

/// Where the recordings are.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("traces")
}

/// A recording of each program; two of those that print something else under `retail`.
pub fn all() -> Vec<Golden> {
    let of = |rom: &'static Rom| {
        let is_twofold = rom.expect.text != rom.expect.text_retail;
        let profiles = [Profile::Documented, Profile::Retail];
        let count = if is_twofold { 2 } else { 1 };
        let profiles = profiles.into_iter().take(count);
        profiles.map(move |profile| Golden { rom, profile })
    };
    roms::all().iter().flat_map(of).collect()
}

impl Golden {
    /// The name of its file.
    pub fn file(&self) -> PathBuf {
        let name = self.rom.name;
        folder().join(match self.profile {
            Profile::Documented => format!("{name}.trace"),
            Profile::Retail => format!("{name}.retail.trace"),
        })
    }

    /// Makes it. The error is one line.
    pub fn record(&self) -> Result<Recording, String> {
        record::make(&self.config()?)
    }

    fn config(&self) -> Result<RunConfig, String> {
        let name = self.rom.name;
        let cut = CUT.iter().find(|(cut, _)| *cut == name);
        let until = match (cut, self.rom.expect.ending) {
            (Some((_, end)), _) => format!("time:{}.{:03}", end / 1_000, end % 1_000),
            (None, Ending::Limit) => format!("time:{}", LONG_ENOUGH.seconds()),
            (None, Ending::Stuck) => "stuck".to_owned(),
            (None, Ending::Status(_) | Ending::Fault) => "exit".to_owned(),
        };
        let image = format!("rom:{name}");
        let mut words = vec!["overture", "run", &image, "--headless", "--until", &until];
        if self.profile == Profile::Retail {
            words.extend(["--profile", "retail"]);
        }
        let cli = cli::parse(words.into_iter().map(OsString::from));
        let Ok(Some(Command::Run(args))) = cli.map(|cli| cli.command) else {
            return Err(format!("{name}: the command line is wrong"));
        };
        let mut config = RunConfig::new(&args).map_err(|error| error.to_string())?;
        let inputs = input::inputs(self.rom.input, config.machine.video);
        config.inputs = inputs.map_err(|(line, error)| format!("{name}: {line}: {error}"))?;
        if name == "disc_swap" {
            self.swap_disc(&mut config)?;
        }
        Ok(config)
    }

    /// Somebody changes the disc. The other one is a folder beside the recordings.
    fn swap_disc(&self, config: &mut RunConfig) -> Result<(), String> {
        let mut known = BTreeMap::new();
        for (milliseconds, words) in [
            (1_000, "disc open".to_owned()),
            (2_000, "disc close".to_owned()),
            (5_000, format!("disc insert {OTHER_DISC}")),
        ] {
            let place = |name: &str| Ok(folder().join(name));
            let names = &mut config.described.discs;
            let input = input::read(&words, &mut config.shelf, &mut known, names, place);
            let input = input.map_err(|error| format!("{words}: {error}"))?;
            config.inputs.push((Tick(milliseconds * 12_500), input));
        }
        Ok(())
    }
}

/// Writes a recording. The error is one line.
pub fn write(golden: &Golden) -> Result<(), String> {
    let recording = golden.record()?;
    let file = golden.file();
    fs::write(&file, recording.to_text()).map_err(|e| format!("{}: {e}", file.display()))
}
