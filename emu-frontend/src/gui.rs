//! `run` with a window.
//!
//! | module | what it does |
//! |---|---|
//! | [`player`] | everything the window does, without the window |
//! | [`pacing`] | when the next field is due on the host's clock |
//! | [`screen`] | where the picture lies, and how it gets there |
//! | [`keys`], [`pads`] | what keys do; what is held, told once a field |
//! | `mouse` | a mouse that belongs to the program for a while |
//! | [`help`], [`font`] | what is said over the picture |
//! | [`settings`] | what is remembered |
//! | [`sound`] | what the machine plays, on the host's sound device |
//! | [`window`] | the window itself |
//! | [`debugger`] | the window of `overture debug` |
//! | `gamepad` | game pads of the host (feature `gamepad`) |
//!
//! A window is never needed: where none can be opened the reason is one line that says which
//! package is missing.

pub mod debugger;
pub mod font;
#[cfg(feature = "gamepad")]
mod gamepad;
pub mod help;
pub mod keys;
pub mod pacing;
pub mod pads;
pub mod player;
pub mod screen;
pub mod settings;
pub mod sound;
pub mod window;

mod canvas;
mod mouse;
mod opening;

use crate::cli::RunArgs;
use crate::complain;
use crate::config::RunConfig;
use crate::folders;
use crate::headless::conclude;
use crate::nvram;
use crate::refuse;
use crate::report::{Status, WindowFigures};
use crate::sink::RunSink;
use player::Player;
use settings::Settings;
use sound::null::RealTime;
use sound::{Speaker, Volume};
use std::io;
use std::time::Duration;
use window::Window;

/// The file below the folder of settings.
const SETTINGS: &str = "window";
/// The same of the debugger.
const LAYOUT: &str = "debugger";

/// Runs a program in a window; the error says in one line why there can be none, and nothing has
/// happened yet.
pub fn run(args: &RunArgs, verbose: u8) -> Result<Status, String> {
    let mut args = args.clone();
    if args.nvram.is_none() && !args.is_scripted() {
        args.nvram = usual_nvram();
    }
    let config = match RunConfig::new(&args) {
        Ok(config) => config,
        Err(error) => return Ok(refuse(&error.to_string())),
    };
    let events = opening::event_loop()?;
    let sink = RunSink::new(io::stdout().lock(), io::stderr()).with_verbose(verbose);
    let file = folders::settings().map(|folder| folder.join(SETTINGS));
    let remembered = file.as_deref().map(Settings::load).unwrap_or_default();
    let volume = volume(&args, remembered.volume);
    let scripted_mute = args.mute && !remembered.volume.is_muted;
    let null_sound = args.null_sound;
    let mut player = match Player::start(args, config, sink, Duration::ZERO) {
        Ok(player) => player,
        Err(line) => return Ok(refuse(&line)),
    };
    let (speaker, words) = match null_sound {
        true => Speaker::on(Box::new(RealTime { rate: 48_000 }), volume),
        false => Speaker::on_host(volume),
    };
    player.speaker = speaker;
    if let Some(words) = words {
        complain(&words);
    }
    let settings = Settings {
        volume,
        ..remembered
    };
    let mut window = Window::new(player, settings);
    opening::run(events, &mut window)?;
    let figures = WindowFigures {
        presented: window.presented(),
        seconds: window.seconds(),
        sound: window.played(),
    };
    let mut settings = window.settings();
    // What the command line has silenced is heard again without it.
    settings.volume.is_muted &= !scripted_mute;
    if let Some(file) = file.filter(|_| settings != remembered)
        && let Err(error) = settings.save(&file)
    {
        log::info!("{}: {error}; the window will be as it was", file.display());
    }
    let (config, session, end, mut sink) = window.into_player().finish();
    Ok(conclude(&config, &session, &end, &mut sink, Some(figures)))
}

/// How loud it is at first: as the command line says, else as it was.
fn volume(args: &RunArgs, remembered: Volume) -> Volume {
    Volume {
        percent: args.volume.unwrap_or(remembered.percent),
        is_muted: args.mute || remembered.is_muted && args.volume.is_none(),
    }
}

/// The NVRAM that all programs share, as on a console; one that cannot be used is left alone.
fn usual_nvram() -> Option<std::path::PathBuf> {
    let path = nvram::default_path();
    let usable = path.and_then(|path| nvram::load(&path).map(|_| path));
    usable
        .inspect_err(|error| complain(&format!("{error}; this run begins with an empty one")))
        .ok()
}
