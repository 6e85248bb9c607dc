//! One machine with one program in it, from start to end.

use crate::config::RunConfig;
use crate::nvram;
use crate::program::{Origin, show};
use crate::sink::RunSink;
use crate::sound::Ears;
use crate::state::{Beginning, Damage, NextSums, StateError};
use crate::until::{Conditions, Until};
use emu_core::device::Board;
use emu_core::device::display::{Picture, Scaling};
use emu_core::input::Input;
use emu_core::kernel::portfolio::errors::Status as ErrorCode;
use emu_core::kernel::portfolio::items::Item;
use emu_core::machine::{FaultReport, Machine, Outside, Stop, StuckReport};
use emu_core::media::DiscNumber;
use emu_core::quirks::Quirks;
use emu_core::time::{CPU_HZ, Tick, Ticks, Video};
use emu_core::trace::{Event, Hex, Tape, Why};
use emu_devices::board::{CDROM, ConsoleBoard};
use emu_devices::media::Shelf;
use std::io::Write;
use std::path::Path;

/// How long the machine runs between two looks at the host's clock.
const SLICE: Ticks = Ticks(CPU_HZ / 10);

/// How often a recording gets the checksums of the machine: once a simulated second.
const SUMS_EVERY: Tick = Tick(CPU_HZ);

/// The end of a recording that was cut: nobody knows the checksums there.
pub const CUT: Event = Event::Stop {
    why: Why::Enough,
    status: 0,
    picture: Hex(0),
};

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
    /// When a recording gets its next checksums, and its length when it got the last.
    summed: (Tick, u64),
    /// Whether anything has happened since the last ones before the recording began.
    changed: bool,
    /// Everything that was done while it ran.
    done: Vec<(Tick, Input)>,
    /// Whether it goes on with a saved state.
    goes_on: bool,
}

impl Session {
    /// Builds the machine and loads the program; the error is one line.
    pub fn start(config: &RunConfig) -> Result<Session, String> {
        if let Some(beginning) = &config.state {
            return Session::go_on(config, beginning).map_err(|error| error.to_string());
        }
        let kept = config.nvram.as_ref().map(|kept| &kept.nvram.bytes);
        Session::build(config, kept.cloned())
    }

    /// Goes on with a machine that was saved.
    fn go_on(config: &RunConfig, beginning: &Beginning) -> Result<Session, StateError> {
        let damaged = |source| StateError::Damaged {
            path: show(Path::new(&beginning.id.name)),
            source,
        };
        let saved = &beginning.saved;
        let mut machine = saved.machine().map_err(damaged)?;
        if *machine.config() != config.machine {
            return Err(damaged(Damage::Mixed("header")));
        }
        let mut board = machine.board().clone();
        let table = board.device(CDROM).and_then(|drive| {
            let medium = drive.medium()?;
            Some(medium.table.clone())
        });
        if let Some(table) = table {
            let mut discs = (0..=u16::MAX).map_while(|n| config.shelf.get(DiscNumber(n)));
            if !discs.any(|disc| disc.table() == table) {
                return Err(StateError::OtherDisc {
                    path: show(Path::new(&beginning.id.name)),
                });
            }
        }
        let now_in_it = machine.board().nvram();
        let mut nvram = now_in_it.to_vec();
        if let Some(kept) = &config.nvram {
            let in_file = &kept.nvram.bytes;
            let at_start = saved.header.nvram.as_ref();
            let is_new = kept.nvram.origin != nvram::Origin::File;
            if !is_new && in_file != now_in_it && Some(in_file) != at_start {
                let path = show(&kept.path);
                return Err(StateError::OtherNvram { path });
            }
            nvram.clone_from(in_file);
        }
        let later = config.inputs.get(beginning.inputs..).unwrap_or_default();
        for (at, input) in later {
            machine.schedule_input(*at, input.clone());
        }
        let next = machine.now().0 / SUMS_EVERY.0 + 1;
        let sums = saved.sums.unwrap_or(NextSums {
            at: Tick(next * SUMS_EVERY.0),
            changed: true,
        });
        Ok(Session {
            machine,
            video: config.machine.video,
            nvram,
            left: None,
            summed: (sums.at, 0),
            changed: sums.changed,
            done: Vec::new(),
            goes_on: true,
        })
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
        machine.disturb(config.chaos.clone());
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
            summed: (SUMS_EVERY, 0),
            changed: true,
            done: Vec::new(),
            goes_on: false,
        })
    }

    /// Runs until the guest ends or a condition is met.
    pub fn run<O: Write, E: Write>(
        &mut self,
        until: &Conditions,
        discs: &Shelf,
        sink: &mut RunSink<O, E>,
    ) -> End {
        loop {
            if let Some(end) = self.run_to(Tick::NEVER, until, discs, sink) {
                return end;
            }
        }
    }

    /// The same, but no further than `to`.
    pub fn run_to<O: Write, E: Write>(
        &mut self,
        to: Tick,
        until: &Conditions,
        discs: &Shelf,
        sink: &mut RunSink<O, E>,
    ) -> Option<End> {
        let (limit, reason) = until.limit(self.video);
        let next = limit.min(to);
        loop {
            let fields = self.machine.fields();
            let slice = match sink.progress() {
                Some(progress) => {
                    progress.show(self.machine.now(), fields);
                    next.min(self.machine.now() + SLICE)
                }
                None => next,
            };
            if let Some(end) = self.advance(slice, until, discs, sink) {
                return Some(end);
            }
            if self.machine.now() >= limit {
                return Some(reason.map_or(End::Limit, |until| End::Until(until.clone())));
            }
            if self.machine.now() >= to {
                return None;
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
        let stop = self.run_machine(to, discs, sink);
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
            // Nobody debugs here.
            Stop::Limit | Stop::Stepped | Stop::Breakpoint { .. } | Stop::Written(_) => {
                return None;
            }
        })
    }

    /// Lets the machine run; a recording gets checksums on the way.
    fn run_machine<O: Write, E: Write>(
        &mut self,
        to: Tick,
        discs: &Shelf,
        sink: &mut RunSink<O, E>,
    ) -> Stop {
        if let Some(tape) = sink.tape().filter(|tape| tape.is_empty()) {
            self.machine.record_start(tape);
            if !self.changed {
                self.summed.1 = tape.len();
            }
        }
        while sink.tape().is_some() && self.summed.0 <= to {
            let (next, length) = self.summed;
            let stop = self.machine.run_with(next, &mut Outside { sink, discs });
            if stop != Stop::Limit {
                return stop;
            }
            // What nothing happened to has not changed.
            let tape = sink.tape().filter(|tape| tape.len() > length);
            let length = tape.map_or(length, |tape| {
                self.machine.record_checksums(tape);
                tape.len()
            });
            let passed = self.machine.now().0 / SUMS_EVERY.0 + 1;
            self.summed = (Tick(passed * SUMS_EVERY.0), length);
        }
        self.machine.run_with(to, &mut Outside { sink, discs })
    }

    /// Whether it goes on with the saved state of its configuration, not from power-on.
    pub fn goes_on(&self) -> bool {
        self.goes_on
    }

    /// When the recording on `tape` gets its next checksums.
    pub fn next_sums(&self, tape: &Tape) -> NextSums {
        NextSums {
            at: self.summed.0,
            changed: tape.len() > self.summed.1,
        }
    }

    /// The machine alone.
    pub fn into_machine(self) -> Machine<ConsoleBoard> {
        self.machine
    }

    /// The same with the plain reference interpreter from now on.
    pub fn with_reference_cpu(mut self) -> Session {
        self.machine.use_reference_cpu(true);
        self
    }

    /// The machine, to measure it.
    pub fn machine_mut(&mut self) -> &mut Machine<ConsoleBoard> {
        &mut self.machine
    }

    /// The machine.
    pub fn machine(&self) -> &Machine<ConsoleBoard> {
        &self.machine
    }

    /// Lets ears hear the last frames of a run that has ended: the machine makes sound when it is
    /// needed, and may be some frames behind.
    pub fn sound_out(&self, ears: &mut Ears) {
        for (first, frames) in self.machine.last_sound().pieces {
            ears.sound(first, &frames);
        }
    }

    /// Puts what is left at the end on the tape of a recording.
    pub fn end_recording(&self, end: &End, tape: &mut Tape) {
        for block in self.machine.last_sound().blocks {
            let sound = Event::Sound {
                block: block.number,
                hash: Hex(block.sum),
            };
            tape.push(self.now(), Item::NONE, &sound);
        }
        self.machine.record_checksums(tape);
        let (why, status) = match end {
            End::Exit(status) => (Why::Exit, *status),
            End::NotStarted(status) => (Why::NotStarted, status.0),
            End::Fault(_) => (Why::Fault, 0),
            End::Stuck(_) | End::Until(Until::Stuck) => (Why::Stuck, 0),
            End::Missing(_) => (Why::Missing, 0),
            End::Until(_) | End::Limit | End::Unheard | End::Closed => (Why::Enough, 0),
        };
        let picture = Hex(self.last_picture().map_or(0, |last| last.checksum()));
        let stop = Event::Stop {
            why,
            status,
            picture,
        };
        tape.push(self.now(), Item::NONE, &stop);
    }

    /// Ends a tape that is to be compared with one that somebody has cut, see `trace minimize`.
    pub fn cut_recording(&self, tape: &mut Tape) {
        tape.push(self.now(), Item::NONE, &CUT);
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
        let now = self.machine.now();
        self.done.push((now, input.clone()));
        self.machine.schedule_input(now, input);
    }

    /// Everything that was done while it ran, with its instants.
    pub fn done(&self) -> &[(Tick, Input)] {
        &self.done
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
