//! The machine: CPU, memory, kernel, board and the clock they are told.
//!
//! State is a value.

mod frozen;
mod heard;
mod inspect;
mod moment;
mod profiled;
mod record;
mod report;
mod run;
mod snapshot;

pub use frozen::Frozen;
pub use heard::LastSound;
pub use moment::{MOMENT_PAGE, Moment};
pub use report::{FaultReport, Stop, StuckReport, Write, Writer};
pub use run::Outside;
pub use snapshot::{FORMAT_VERSION, SnapshotError};

use crate::chaos::Chaos;
use crate::cpu::{Cpu, Engine};
use crate::device::display::{Picture, Scaling};
use crate::device::{Board, Bus};
use crate::event::{Event, Rank, Target};
use crate::input::Input;
use crate::kernel::abi::Convention;
use crate::kernel::call::{CallCx, Row};
use crate::kernel::mach::MachConfig;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::loader::aif::Image;
use crate::media::NoDiscs;
use crate::mem::Memory;
use crate::profile::Profile as Counted;
use crate::quirks::{Profile, Quirks};
use crate::time::{Tick, Ticks, Video};
use crate::trace::Silent;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use thiserror::Error;

/// How much of the guest a run executes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pace {
    /// As much as there is.
    #[default]
    Free,
    /// One instruction.
    Single,
    /// None: the run ends before the next one.
    Settle,
}

/// What a machine is built with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Behaviour where pages and shipped system differ.
    pub profile: Profile,
    /// Television standard.
    pub video: Video,
    /// Seed of the guest's hardware random numbers.
    pub seed: u64,
    /// Whether a call that is missing ends the run.
    pub strict: bool,
    /// Whether the plain reference interpreter runs the guest instead of the fast engine.
    pub reference_cpu: bool,
    /// Bounds and costs of the Mach side.
    pub mach: MachConfig,
}

impl Config {
    /// The quirks of the profile.
    pub fn quirks(&self) -> Quirks {
        Quirks::of(self.profile)
    }
}

/// A program could not be started.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StartError {
    /// The kernel refused it.
    #[error("the kernel refused to start {name}: {reason}")]
    Refused {
        /// The program's name.
        name: String,
        /// The kernel's error, in words.
        reason: String,
    },
    /// The command line does not fit.
    #[error(
        "the command line has {length} bytes; a guest gets at most {max}: shorten the arguments"
    )]
    CommandLine {
        /// Its length in bytes.
        length: usize,
        /// The most there can be.
        max: usize,
    },
    /// An image that cannot be moved wants memory that is taken.
    #[error(
        "{name} is linked to run at {base:#x} only, and that memory is not free; link it relocatable"
    )]
    Placed {
        /// The program's name.
        name: String,
        /// Where it wants to be.
        base: u32,
    },
}

/// A console with one operating system on it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Machine<B> {
    config: Config,
    now: Tick,
    /// Until then the CPU works for the kernel, or a device has the bus: no guest code runs.
    busy_until: Tick,
    cpu: Cpu,
    /// Decoded instructions: a cache, not state.
    #[serde(skip)]
    engine: Engine,
    mem: Memory,
    kernel: Portfolio,
    board: B,
    bus: Bus,
    /// Vertical blanks since power-on.
    fields: u64,
    /// What will happen from outside, by the number in its event.
    inputs: BTreeMap<u64, Input>,
    next_input: u64,
    /// The vertical blank at which programs are told of the last input.
    input_heard: Tick,
    /// SHA-256 of the program that was loaded.
    program: [u8; 32],
    /// Why a debugger wants the present run to end; there is none between two runs.
    #[serde(skip)]
    halt: Option<Stop>,
    /// How much of the guest the present run executes.
    #[serde(skip)]
    pace: Pace,
    /// What cycles go into, while somebody counts; an observer's, no state.
    #[serde(skip)]
    profile: Option<Box<Counted>>,
}

impl<B: Board> Machine<B> {
    /// A machine at power-on, its system ready for a program.
    pub fn new(mut board: B, config: Config) -> Machine<B> {
        let mut mem = Memory::new();
        let mut kernel = Portfolio::new(&mut mem, &mut board, config.quirks(), config.seed);
        kernel.configure_mach(config.mach);
        let mut bus = Bus::default();
        bus.events.schedule(
            Rank::FIELD,
            Event {
                at: board.field_start(1),
                target: Target::Field,
                tag: 0,
                data: 1,
            },
        );
        let mut machine = Machine {
            config,
            now: Tick::default(),
            busy_until: Tick::default(),
            cpu: Cpu::user(),
            engine: Engine::default(),
            mem,
            kernel,
            board,
            bus,
            fields: 0,
            inputs: BTreeMap::new(),
            next_input: 0,
            input_heard: Tick::default(),
            program: [0; 32],
            halt: None,
            pace: Pace::Free,
            profile: None,
        };
        machine.with_kernel(Portfolio::power_on);
        machine
    }

    /// Lets the kernel work before the run.
    fn with_kernel<T>(&mut self, work: impl FnOnce(&mut Portfolio, &mut CallCx<'_>) -> T) -> T {
        let mut cx = CallCx {
            now: self.now,
            mem: &mut self.mem,
            board: &mut self.board,
            bus: &mut self.bus,
            discs: &NoDiscs,
            sink: &mut Silent,
            charge: Ticks(0),
            convention: Convention::Apcs,
        };
        work(&mut self.kernel, &mut cx)
    }

    /// Lets the machine start the first program of the disc in its drive, as a console does.
    /// `program` names the program in saved states: the bytes of its file. `command_line` begins
    /// with its path, `$boot/LaunchMe`.
    pub fn launch_from_disc(&mut self, program: &[u8], command_line: &[u8]) {
        self.program = Sha256::digest(program).into();
        self.kernel.launch_from_disc(command_line);
    }

    /// Places a program in memory and makes its task, which becomes the machine's main program.
    /// `command_line` holds the program's own path as its first word.
    pub fn load_program(
        &mut self,
        image: &Image,
        name: &str,
        command_line: &[u8],
    ) -> Result<Item, StartError> {
        self.program = Sha256::digest(&image.bytes).into();
        self.with_kernel(|kernel, cx| kernel.start_program(cx, image, name, command_line))
    }

    /// Looks for races from now on: holds back what devices say and shortens the turns of tasks,
    /// or no longer does.
    pub fn disturb(&mut self, chaos: Option<Chaos>) {
        let quantum = chaos.as_ref().and_then(Chaos::quantum);
        self.kernel.limit_quanta(quantum);
        self.bus.disturb(chaos);
    }

    /// How the run is disturbed.
    pub fn chaos(&self) -> Option<&Chaos> {
        self.bus.chaos()
    }

    /// Lets something happen at `at`, or now if that has passed.
    pub fn schedule_input(&mut self, at: Tick, input: Input) {
        let number = self.next_input;
        self.next_input += 1;
        self.inputs.insert(number, input);
        let event = Event {
            at: at.max(self.now),
            target: Target::Input,
            tag: 0,
            data: number,
        };
        self.bus.events.schedule(Rank::INPUT, event);
    }

    /// What the machine was built with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The devices.
    pub fn board(&self) -> &B {
        &self.board
    }

    /// The present instant.
    pub fn now(&self) -> Tick {
        self.now
    }

    /// Vertical blanks since power-on.
    pub fn fields(&self) -> u64 {
        self.fields
    }

    /// What the present field looks like; a board without a display has no picture.
    pub fn picture(&self, scaling: Scaling) -> Option<Picture> {
        self.board.picture(&self.mem, scaling)
    }

    /// Guest memory.
    pub fn memory(&self) -> &Memory {
        &self.mem
    }

    /// The kernel.
    pub fn kernel(&self) -> &Portfolio {
        &self.kernel
    }

    /// Guest instructions executed since this value was made; not part of the state.
    pub fn instructions(&self) -> u64 {
        self.engine.instructions()
    }

    /// System calls and folio calls made so far.
    pub fn calls_made(&self) -> u64 {
        self.kernel.calls_made().map(|(_, count)| count).sum()
    }

    /// How often each call was made.
    pub fn call_counts(&self) -> Vec<(&'static Row, u64)> {
        self.kernel.calls_made().collect()
    }

    /// SHA-256 of the program that was loaded; a saved state names it.
    pub fn program(&self) -> [u8; 32] {
        self.program
    }

    /// Names of the calls that were made and are missing.
    pub fn missing_calls(&self) -> Vec<String> {
        self.kernel.missing_calls().map(str::to_owned).collect()
    }
}
