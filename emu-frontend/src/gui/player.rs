//! A run that somebody watches: everything the window does, without the window.

#[cfg(test)]
mod tests;

use super::pacing::{Pacer, Speed};
use super::pads::Hands;
use super::sound::Speaker;
use crate::cli::RunArgs;
use crate::config::RunConfig;
use crate::drive;
use crate::pictures;
use crate::program::show;
use crate::session::{End, Session};
use crate::sink::RunSink;
use crate::until::Until;
use emu_core::device::display::{Picture, Scaling};
use emu_core::device::pods::{PodEvent, PodKind};
use emu_core::device::sound::frame_at;
use emu_core::input::Input;
use emu_core::media::MediaEvent;
use emu_core::time::Tick;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// How long fast-forward may run between two looks at the keys.
pub const FAST_SLICE: Duration = Duration::from_millis(14);

/// Whether time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// As the pacer says.
    Paced,
    /// As fast as the host can.
    Fast,
    /// Not at all.
    Paused,
}

/// A run, and what is done to it.
pub struct Player<O: Write, E: Write> {
    args: RunArgs,
    config: RunConfig,
    session: Session,
    sink: RunSink<O, E>,
    /// What somebody holds.
    pub hands: Hands,
    /// When fields are due.
    pub pacer: Pacer,
    /// Whether time passes.
    pub motion: Motion,
    /// How pixels are made.
    pub scaling: Scaling,
    /// Where the sound goes.
    pub speaker: Speaker,
    /// The field that is seen, and how it looks.
    seen: Option<(u64, Picture, Scaling)>,
    end: Option<End>,
}

impl<O: Write, E: Write> Player<O, E> {
    /// A run that begins now; the error is one line.
    pub fn start(
        args: RunArgs,
        config: RunConfig,
        sink: RunSink<O, E>,
        now: Duration,
    ) -> Result<Player<O, E>, String> {
        let session = Session::start(&config)?;
        let frames = config.open_frames().map_err(|error| error.to_string())?;
        let wav = config
            .open_wav(&session)
            .map_err(|error| error.to_string())?;
        let sink = sink
            .with_wav(wav)
            .with_calls(config.calls)
            .with_texts(config.until.texts())
            .with_frames(frames)
            .recording(config.record.is_some());
        Ok(Player {
            hands: hands(&config),
            pacer: Pacer::new(config.machine.video, now),
            motion: Motion::Paced,
            scaling: Scaling::Plain,
            speaker: Speaker::default(),
            seen: None,
            end: None,
            args,
            config,
            session,
            sink,
        })
    }

    /// Runs what is due. `clock` tells the host's time as it passes. Whether there is a new
    /// picture.
    pub fn run_due(&mut self, clock: impl Fn() -> Duration) -> bool {
        let is_usual = self.motion == Motion::Paced && self.pacer.speed() == Speed::NORMAL;
        self.speaker.flow(is_usual && self.end.is_none());
        if self.end.is_some() {
            return false;
        }
        let started = clock();
        match self.motion {
            Motion::Paused => false,
            Motion::Paced => {
                let due = self.pacer.due(started);
                for left in (0..due).rev() {
                    self.run_field(left == 0);
                }
                due > 0
            }
            Motion::Fast => {
                while self.end.is_none() && clock().saturating_sub(started) < FAST_SLICE {
                    self.run_field(false);
                }
                self.run_field(true);
                self.pacer.restart(clock());
                true
            }
        }
    }

    /// Lets one field pass and stops there.
    pub fn step(&mut self) {
        self.motion = Motion::Paused;
        self.speaker.flow(false);
        self.run_field(true);
    }

    /// Runs to the next vertical blank, or the end.
    fn run_field(&mut self, is_seen: bool) {
        if self.end.is_some() {
            return;
        }
        for event in self.hands.events() {
            self.input(Input::Pods(event));
        }
        self.sink.ears().listen(self.speaker.listens());
        let from = frame_at(self.session.now());
        self.sink.watch(is_seen.then_some(self.scaling));
        let video = self.config.machine.video;
        let field = self.session.fields();
        let blank = video.field_start(field + 1);
        let (limit, reason) = self.config.until.limit(video);
        let reason = reason.cloned();
        // Somebody watches: a run that is not told when to end goes on.
        let limit = reason.as_ref().map_or(Tick::NEVER, |_| limit);
        let until = blank.min(limit);
        let mut end = self.advance(until);
        if matches!(end, Some(End::Stuck(_))) {
            // Somebody sits in front of it: what nothing inside can wake a button may.
            self.session.look_in(until);
            end = self.advance(until);
        }
        if end.is_none() && self.session.now() >= limit {
            end = reason.map(End::Until);
        }
        self.end = end;
        if self.end.is_some() {
            self.session.sound_out(self.sink.ears());
        }
        let heard = self.sink.ears().take_heard();
        let to = frame_at(self.session.now());
        self.speaker.play(from, to, &heard);
        if let Some(picture) = self.sink.take_picture() {
            // What is kept in files meanwhile is plain.
            let scaling = match self.config.frames.is_some() {
                true => Scaling::Plain,
                false => self.scaling,
            };
            self.seen = Some((field, picture, scaling));
        } else if self.end.is_some() {
            // It ended within a field, and what it leaves stays to be seen.
            let picture = self.session.last_picture();
            self.seen = picture.map(|picture| (field, picture, Scaling::Plain));
        }
    }

    fn advance(&mut self, to: Tick) -> Option<End> {
        let RunConfig { until, shelf, .. } = &self.config;
        self.session.advance(to, until, shelf, &mut self.sink)
    }

    /// Does something to the console at this instant.
    fn input(&mut self, input: Input) {
        self.session.input(input);
    }

    /// What is seen.
    pub fn seen(&self) -> Option<(&Picture, Scaling)> {
        self.seen
            .as_ref()
            .map(|(_, picture, scaling)| (picture, *scaling))
    }

    /// Writes what is seen into a folder. What to tell about it.
    pub fn screenshot(&self, folder: &Path) -> String {
        let Some((field, picture, _)) = &self.seen else {
            return "there is no picture yet".to_owned();
        };
        let name: String = self.config.program.name.chars().map(plain).collect();
        let stem = format!("overture-{name}-{:06}", field + 1);
        match pictures::save_new(folder, &stem, picture) {
            Ok(path) => format!("screenshot: {}", show(&path)),
            Err(error) => error.to_string(),
        }
    }

    /// How the run ended, if it has.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Vertical blanks since power-on.
    pub fn fields(&self) -> u64 {
        self.session.fields()
    }

    /// The program's name.
    pub fn name(&self) -> &str {
        &self.config.program.name
    }

    /// Whether the window closes with the run: a script waits for its end, a person looks.
    pub fn ends_with_the_run(&self) -> bool {
        !self.config.until.0.is_empty()
    }

    /// Everything that was done through the window, with its instants.
    pub fn done(&self) -> &[(Tick, Input)] {
        self.session.done()
    }

    /// Power off and on: the program begins again, NVRAM keeps what it holds.
    pub fn reset(&mut self, now: Duration) -> Result<(), String> {
        let kept = self.keep_nvram();
        let nvram = self.session.nvram().1.to_vec();
        let session = Session::with_nvram(&self.config, nvram)?;
        self.begin_again(session, now);
        kept
    }

    /// Starts a program or a disc, as if it had been named on the command line, or puts a disc
    /// that starts nothing into the drive. What to tell about it.
    pub fn open(&mut self, path: &Path, only_drive: bool, now: Duration) -> String {
        if !only_drive {
            let mut args = self.args.clone();
            args.image = Some(OsString::from(path));
            (args.arguments, args.input) = (Vec::new(), None);
            // A disc that is started takes the place of the one beside a program.
            let alone = RunArgs {
                disc: None,
                ..args.clone()
            };
            let config = RunConfig::new(&args).or_else(|_| RunConfig::new(&alone));
            match config {
                Ok(config) => return self.change(args, config, now),
                Err(error) if drive::open(path).is_err() => return error.to_string(),
                Err(_) => (),
            }
        }
        match drive::open(path) {
            Err(error) => error.to_string(),
            Ok(medium) => {
                let shelf = &mut self.config.shelf;
                let number = shelf.push(medium.disc);
                let Some(disc) = number.and_then(|number| shelf.insertable(number)) else {
                    return "no room for another disc".to_owned();
                };
                let names = &mut self.config.described.discs;
                names.resize(usize::from(disc.0.0), String::new());
                names.push(path.to_string_lossy().into_owned());
                self.input(Input::Media(MediaEvent::Insert(Some(disc))));
                let name = medium.label.unwrap_or_else(|| show(path));
                format!("in the drive: {name}")
            }
        }
    }

    fn change(&mut self, args: RunArgs, config: RunConfig, now: Duration) -> String {
        let kept = self.keep_nvram();
        let nvram = self.session.nvram().1.to_vec();
        let session = match Session::with_nvram(&config, nvram) {
            Ok(session) => session,
            Err(line) => return line,
        };
        let words = format!("started: {}", config.program.name);
        self.hands = hands(&config);
        (self.args, self.config) = (args, config);
        self.begin_again(session, now);
        kept.err().unwrap_or(words)
    }

    fn keep_nvram(&self) -> Result<(), String> {
        let kept = self.config.keep_nvram(&self.session);
        kept.map_err(|error| error.to_string())
    }

    fn begin_again(&mut self, session: Session, now: Duration) {
        let (end, first) = (frame_at(self.session.now()), frame_at(session.now()));
        let ears = self.sink.ears();
        self.session.sound_out(ears);
        // The device begins anew: what it has not heard is no longer heard.
        ears.take_heard();
        if let Some(wav) = ears.wav() {
            wav.begin_again(end, first);
        }
        self.speaker.cut();
        self.session = session;
        self.hands.forget_told();
        self.end = None;
        self.seen = None;
        self.motion = Motion::Paced;
        self.pacer.restart(now);
    }

    /// Ends the run; what is left is for the report.
    pub fn finish(self) -> (RunConfig, Session, End, RunSink<O, E>) {
        let end = self.end.unwrap_or(End::Closed);
        (self.config, self.session, end, self.sink)
    }

    /// What to tell about a run that has ended.
    pub fn end_words(&self) -> Option<String> {
        Some(match self.end.as_ref()? {
            End::Exit(0) | End::Unheard | End::Closed => "the program has ended".to_owned(),
            End::Exit(status) => format!("the program has ended with status {status}"),
            End::Until(Until::Stuck) | End::Stuck(_) => "nothing can wake the program".to_owned(),
            End::Until(until) => format!("{until} was reached"),
            End::NotStarted(_) => "the disc's LaunchMe could not be started".to_owned(),
            End::Fault(_) => "the program has died of a fault".to_owned(),
            End::Missing(name) => format!("{name} is not in this version"),
            End::Limit => "the limit was reached".to_owned(),
        })
    }
}

/// Hands on the pods of a run, and on those that its script plugs in.
pub(super) fn hands(config: &RunConfig) -> Hands {
    let plugged = config.inputs.iter().filter_map(|(_, input)| match input {
        Input::Pods(PodEvent::Plug(kind)) => Some(*kind),
        _ => None,
    });
    let all: Vec<PodKind> = config.pods.iter().copied().chain(plugged).collect();
    Hands::on(all)
}

/// Names of programs become parts of names of files.
fn plain(character: char) -> char {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => character,
        _ => '_',
    }
}
