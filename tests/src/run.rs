//! One guest program from start to end.
//!
//! Everything that can be compared afterwards is kept.

use crate::guest::{disc_file, disc_folder, disc_of};
pub use emu_core::dice::Dice;
use emu_core::input::Input;
use emu_core::loader::aif::Image;
use emu_core::loader::opera_fs::writer::Item as DiscItem;
use emu_core::machine::{Config, Machine, Outside, Stop};
use emu_core::media::{DiscNumber, MediaEvent};
use emu_core::time::Tick;
use emu_core::trace::{Category, Record, Recorder, Sink, TraceEvent};
use emu_devices::board::ConsoleBoard;
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::{Shelf, iso};
use emu_frontend::input::inputs;
use roms::{Ending, Rom};

/// The console with its devices.
pub type Console = Machine<ConsoleBoard>;

/// Simulated time after which a guest program counts as endless: ten seconds.
pub const LONG_ENOUGH: Tick = Tick(125_000_000);

/// A run that is over, or stopped in the middle.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Why it ended.
    pub stop: Stop,
    /// What the guest printed.
    pub console: String,
    /// One line per system call: `ticks task call = result`.
    pub calls: Vec<String>,
    /// What the machine warned of.
    pub warnings: Vec<String>,
    /// The clock at the end.
    pub cycles: u64,
    /// The machine at the end.
    pub save: Vec<u8>,
}

thread_local! {
    static DISCS: Shelf = discs();
}

/// What every run has at hand: the project's disc, and another one of the same name.
fn discs() -> Shelf {
    let mut shelf = Shelf::new();
    let own = iso::open(Box::new(roms::disc().to_vec()));
    shelf.push(own.expect("the project's disc is one"));
    shelf.push(disc_of(&other_disc()));
    shelf
}

/// The disc that is put in while `disc_swap` runs.
fn other_disc() -> Vec<DiscItem> {
    let text = disc_file("Welcome.txt", b"Another disc has been put in.\n");
    vec![disc_folder("Texts", vec![text])]
}

/// Lends the discs at hand.
pub fn with_discs<T>(work: impl FnOnce(&Shelf) -> T) -> T {
    DISCS.with(work)
}

/// Runs a machine with the discs at hand.
pub fn go(machine: &mut Console, limit: Tick, sink: &mut dyn Sink) -> Stop {
    DISCS.with(|discs| machine.run_with(limit, &mut Outside { sink, discs }))
}

/// A board as a program of the table wants it: with the project's disc in a drive that takes
/// its time, or with nothing in it.
pub fn board_for(rom: &Rom, config: Config) -> ConsoleBoard {
    board_with_drive(rom, config, DriveProfile::Nominal)
}

/// The same with another drive.
pub fn board_with_drive(rom: &Rom, config: Config, drive: DriveProfile) -> ConsoleBoard {
    let board = ConsoleBoard::new(config.video, config.quirks());
    let disc = DISCS.with(|discs| discs.insertable(DiscNumber(0)));
    match disc.filter(|_| rom.disc) {
        Some((disc, table)) => board.with_drive(drive).with_disc(disc, table),
        None => board,
    }
}

/// What happens to the drive while a program runs, and when in milliseconds.
fn media_events(rom: &Rom) -> Vec<(u64, MediaEvent)> {
    match rom.name {
        "disc_swap" => {
            let other = DISCS.with(|discs| discs.insertable(DiscNumber(1)));
            vec![
                (1_000, MediaEvent::Open),
                (2_000, MediaEvent::Close),
                (5_000, MediaEvent::Insert(other)),
            ]
        }
        _ => Vec::new(),
    }
}

/// A machine with an image in it, about to execute its first instruction.
pub fn start_image(image: &Image, name: &str, args: &str, config: Config) -> Console {
    let board = ConsoleBoard::new(config.video, config.quirks());
    start_image_on(board, image, name, args, config)
}

/// The same on a board of one's own.
pub fn start_image_on(
    board: ConsoleBoard,
    image: &Image,
    name: &str,
    args: &str,
    config: Config,
) -> Console {
    let mut machine = Machine::new(board, config);
    let mut command = format!("$app/{name}");
    if !args.is_empty() {
        command.push(' ');
        command.push_str(args);
    }
    if let Err(error) = machine.load_program(image, name, command.as_bytes()) {
        panic!("{name} does not start: {error}");
    }
    machine
}

/// A machine with a guest program of the table in it.
pub fn start(rom: &Rom, config: Config) -> Console {
    start_on(board_for(rom, config), rom, config)
}

/// The same on a board of one's own.
pub fn start_on(board: ConsoleBoard, rom: &Rom, config: Config) -> Console {
    let mut machine = match Image::parse(rom.bytes) {
        Ok(image) => start_image_on(board, &image, rom.name, rom.args, config),
        Err(error) => panic!("{} is no program: {error}", rom.name),
    };
    for (milliseconds, event) in media_events(rom) {
        machine.schedule_input(Tick(milliseconds * 12_500), Input::Media(event));
    }
    for (at, input) in inputs(rom.input, config.video).expect("a script") {
        machine.schedule_input(at, input);
    }
    machine
}

/// A machine that is about to start the first program of the project's disc, as a console does.
pub fn launch(config: Config) -> Console {
    let demo = roms::by_name("demo").expect("a program of the table");
    let mut machine = Machine::new(board_for(demo, config), config);
    machine.launch_from_disc(demo.bytes, b"$boot/LaunchMe");
    machine
}

/// When to stop a program. Waiting costs nothing, so programs that end may take their time.
pub fn limit_of(rom: &Rom) -> Tick {
    match rom.expect.ending {
        Ending::Limit => LONG_ENOUGH,
        _ => Tick(LONG_ENOUGH.0 * 1_000),
    }
}

/// Keeps what [`outcome`] needs.
pub fn recorder() -> Recorder {
    Recorder::new(Category::CALLS | Category::CONSOLE | Category::WARNINGS)
}

/// What a run came to.
pub fn outcome(machine: &Console, stop: Stop, recorder: &Recorder) -> Outcome {
    let mut calls = Vec::new();
    let mut warnings = Vec::new();
    for Record { at, task, event } in &recorder.records {
        match event {
            TraceEvent::Call(text) => calls.push(format!("{} {task} {text}", at.0)),
            TraceEvent::Warning(text) => warnings.push(format!("{} {task} {text}", at.0)),
            _ => (),
        }
    }
    Outcome {
        stop,
        console: recorder.console(),
        calls,
        warnings,
        cycles: machine.now().0,
        save: machine.save(),
    }
}

/// Runs a machine to its end or to `limit`.
pub fn finish(mut machine: Console, limit: Tick) -> Outcome {
    let mut sink = recorder();
    let stop = go(&mut machine, limit, &mut sink);
    outcome(&machine, stop, &sink)
}

/// Runs a guest program of the table.
pub fn run(rom: &Rom, config: Config) -> Outcome {
    finish(start(rom, config), limit_of(rom))
}

/// A save of a machine that runs on the fast engine or on the reference interpreter, with the
/// one byte that says which set to the fast engine, so that saves of both can be compared.
pub fn without_engine(mut save: Vec<u8>) -> Vec<u8> {
    // Header of 56 bytes; profile, video, seed (below 128), strict, reference_cpu.
    save[56 + 4] = 0;
    // The checksum of the body.
    save[52..56].fill(0);
    save
}

/// How often a property is tried: `usual`, or what the environment variable TEST_CASES says.
pub fn cases(usual: u32) -> u32 {
    let wanted = std::env::var("TEST_CASES").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(usual)
}
