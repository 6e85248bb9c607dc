//! One machine with one program in it, from start to end.

use crate::config::RunConfig;
use crate::program::{Origin, show};
use crate::sink::RunSink;
use crate::until::{Conditions, Until};
use emu_core::device::display::{Picture, Scaling};
use emu_core::input::Input;
use emu_core::kernel::portfolio::errors::Status as ErrorCode;
use emu_core::machine::{FaultReport, Machine, Outside, Stop, StuckReport};
use emu_core::quirks::Quirks;
use emu_core::time::{CPU_HZ, Tick, Ticks, Video};
use emu_devices::board::ConsoleBoard;
use emu_devices::media::Shelf;
use std::io::Write;

/// How long the machine runs between two looks at the host's clock.
const SLICE: Ticks = Ticks(CPU_HZ / 10);

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The guest ended with this status.
    Exit(i32),
    /// A condition of the user was met.
    Until(Until),
    /// Nothing can wake the guest, and the user did not wait for that.
    Stuck(StuckReport),
    /// The disc's first program could not be started.
    NotStarted(ErrorCode),
    /// The main program died.
    Fault(FaultReport),
    /// A call that this version does not have, in a strict run.
    Missing(String),
    /// The default limit of simulated time.
    Limit,
    /// Nobody reads the guest's text any more.
    Unheard,
    /// The window was closed.
    Closed,
}

/// A machine with a program in it.
pub struct Session {
    machine: Machine<ConsoleBoard>,
    video: Video,
    /// NVRAM as the run began with it.
    nvram: Vec<u8>,
    /// What the main program left on the screen.
    left: Option<Picture>,
}

impl Session {
    /// Builds the machine and loads the program; the error is one line.
    pub fn start(config: &RunConfig) -> Result<Session, String> {
        let kept = config.nvram.as_ref().map(|kept| &kept.nvram.bytes);
        Session::build(config, kept.cloned())
    }

    /// The same with what NVRAM holds already.
    pub fn with_nvram(config: &RunConfig, nvram: Vec<u8>) -> Result<Session, String> {
        Session::build(config, Some(nvram))
    }

    fn build(config: &RunConfig, nvram: Option<Vec<u8>>) -> Result<Session, String> {
        let video = config.machine.video;
        let mut board =
            ConsoleBoard::new(video, Quirks::of(config.machine.profile)).with_drive(config.drive);
        board = board.with_pods(&config.pods);
        if let Some((number, table)) = config.in_drive() {
            board = board.with_disc(number, table);
        }
        if let Some(bytes) = nvram {
            let path = config.nvram.as_ref().map(|kept| show(&kept.path));
            let place = path.unwrap_or_else(|| "NVRAM".to_owned());
            let filled = board.with_nvram(bytes);
            board = filled.map_err(|error| format!("{place}: {error}"))?;
        }
        let nvram = board.nvram().to_vec();
        let mut machine = Machine::new(board, config.machine);
        let program = &config.program;
        match program.origin {
            Origin::Disc => machine.launch_from_disc(&program.image.bytes, &config.command_line),
            Origin::Host => machine
                .load_program(&program.image, &program.name, &config.command_line)
                .map(|_| ())
                .map_err(|error| format!("{}: {error}", program.name))?,
        }
        for (at, input) in &config.inputs {
            machine.schedule_input(*at, input.clone());
        }
        Ok(Session {
            machine,
            video,
            nvram,
            left: None,
        })
    }

    /// Runs until the guest ends or a condition is met.
    pub fn run<O: Write, E: Write>(
        &mut self,
        until: &Conditions,
        discs: &Shelf,
        sink: &mut RunSink<O, E>,
    ) -> End {
        let (limit, reason) = until.limit(self.video);
        loop {
            let fields = self.machine.fields();
            let slice = match sink.progress() {
                Some(progress) => {
                    progress.show(self.machine.now(), fields);
                    limit.min(self.machine.now() + SLICE)
                }
                None => limit,
            };
            if let Some(end) = self.advance(slice, until, discs, sink) {
                return end;
            }
            if self.machine.now() >= limit {
                return reason.map_or(End::Limit, |until| End::Until(until.clone()));
            }
        }
    }

    /// Runs until `to`, unless the guest ends or a text is found before; conditions about time
    /// are the caller's.
    pub fn advance<O: Write, E: Write>(
        &mut self,
        to: Tick,
        until: &Conditions,
        discs: &Shelf,
        sink: &mut RunSink<O, E>,
    ) -> Option<End> {
        let stop = self.machine.run_with(to, &mut Outside { sink, discs });
        self.left = sink.take_last_picture().or(self.left.take());
        // A text that is printed last counts, however the guest ends after it.
        if let Some(text) = sink.found_text() {
            return Some(End::Until(Until::Text(text.to_owned())));
        }
        Some(match stop {
            Stop::Exit(status) => End::Exit(status),
            Stop::NotStarted(status) => End::NotStarted(status),
            Stop::Fault(report) => End::Fault(report),
            Stop::Stuck(_) if until.0.contains(&Until::Stuck) => End::Until(Until::Stuck),
            Stop::Stuck(report) => End::Stuck(report),
            Stop::Missing(name) => End::Missing(name),
            Stop::Sink => End::Unheard,
            Stop::Limit => return None,
        })
    }

    /// What the present field looks like.
    pub fn picture(&self, scaling: Scaling) -> Option<Picture> {
        self.machine.picture(scaling)
    }

    /// What is on the screen at the end: what the main program left there, if it has ended.
    pub fn last_picture(&self) -> Option<Picture> {
        let left = self.left.clone();
        left.or_else(|| self.machine.picture(Scaling::Plain))
    }

    /// Does something to the console now.
    pub fn input(&mut self, input: Input) {
        self.machine.schedule_input(self.machine.now(), input);
    }

    /// Something could happen at `at`: until then the machine does not count as stuck. Nothing
    /// does.
    pub fn look_in(&mut self, at: Tick) {
        self.machine.schedule_input(at, Input::Console(Vec::new()));
    }

    /// NVRAM as the run began with it, and as it is.
    pub fn nvram(&self) -> (&[u8], &[u8]) {
        (&self.nvram, self.machine.board().nvram())
    }

    /// The instant the machine has reached.
    pub fn now(&self) -> Tick {
        self.machine.now()
    }

    /// System calls made so far.
    pub fn calls_made(&self) -> u64 {
        self.machine.calls_made()
    }

    /// Vertical blanks so far.
    pub fn fields(&self) -> u64 {
        self.machine.fields()
    }

    /// Calls that the guest made and this version does not have.
    pub fn missing_calls(&self) -> Vec<String> {
        let names = self.machine.missing_calls();
        names.iter().map(ToString::to_string).collect()
    }
}
