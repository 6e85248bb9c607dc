//! Guest programs written for Overture, embedded by name.
//!
//! The sources are ARM assembly beside this file; the binaries in `bin` are
//! committed, so nothing but this crate is needed to run them. `cargo xtask roms`
//! makes the binaries and a disc with some of them, `cargo xtask roms --check`
//! compares them with the sources.
#![forbid(unsafe_code)]

pub mod bench;

/// One program file (AIF) and what it does when it works.
#[derive(Clone, Copy, Debug)]
pub struct Rom {
    /// Stem of the source and of the binary.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub about: &'static str,
    /// The program file.
    pub bytes: &'static [u8],
    /// Arguments that follow the program's name on its command line.
    pub args: &'static str,
    /// Whether it wants the project's disc in the drive.
    pub disc: bool,
    /// What somebody does meanwhile, as an input script.
    pub input: &'static str,
    /// How a run ends.
    pub expect: Expect,
}

/// How a run of a program ends, and what it prints.
#[derive(Clone, Copy, Debug)]
pub struct Expect {
    /// Why the run is over.
    pub ending: Ending,
    /// Exact standard output under the profile `documented`; empty = the text is not
    /// fixed, the program checks itself.
    pub text: &'static str,
    /// The same under the profile `retail`.
    pub text_retail: &'static str,
    /// What is on the screen at the end, as a PNG file; empty = no picture belongs to it.
    pub picture: &'static [u8],
}

impl Rom {
    /// The same with a picture that is on the screen at its end.
    const fn showing(mut self, picture: &'static [u8]) -> Rom {
        self.expect.picture = picture;
        self
    }
}

/// Why the run of a program is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The main program ended with this status.
    Status(i32),
    /// The main program was killed by a fault.
    Fault,
    /// Nothing can ever wake the program.
    Stuck,
    /// It would run for ever.
    Limit,
}

/// A row of the table: `[disc] name, about, ending, text [retail text]`; with `disc` it wants
/// the project's disc.
macro_rules! rom {
    (disc $name:literal, $about:literal, $ending:expr, $text:expr) => {
        rom!($name, $about, true, "", $ending, $text, $text)
    };
    (input $name:literal, $about:literal, $ending:expr, $text:expr) => {
        rom!(
            $name,
            $about,
            false,
            include_str!(concat!("../expect/", $name, ".input")),
            $ending,
            $text,
            $text
        )
    };
    (disc input $name:literal, $about:literal, $ending:expr, $text:expr) => {
        rom!(
            $name,
            $about,
            true,
            include_str!(concat!("../expect/", $name, ".input")),
            $ending,
            $text,
            $text
        )
    };
    ($name:literal, $about:literal, $ending:expr, $text:expr) => {
        rom!($name, $about, false, "", $ending, $text, $text)
    };
    ($name:literal, $about:literal, $ending:expr, $text:expr, $retail:expr) => {
        rom!($name, $about, false, "", $ending, $text, $retail)
    };
    ($name:literal, $about:literal, $disc:literal, $input:expr, $ending:expr, $text:expr, $retail:expr) => {
        Rom {
            name: $name,
            about: $about,
            bytes: include_bytes!(concat!("../bin/", $name, ".aif")),
            args: "",
            disc: $disc,
            input: $input,
            expect: Expect {
                ending: $ending,
                text: $text,
                text_retail: $retail,
                picture: &[],
            },
        }
    };
}

/// The expected text of a program that prints the same under both profiles.
macro_rules! text {
    ($name:literal) => {
        include_str!(concat!("../expect/", $name, ".txt"))
    };
}

/// The picture that a program leaves on the screen.
macro_rules! picture {
    ($name:literal) => {
        include_bytes!(concat!("../expect/", $name, ".png"))
    };
}

/// The text depends on the simulated time, or on codes no document fixes.
const ANY_TEXT: &str = "";
const OK: Ending = Ending::Status(0);

static ROMS: &[Rom] = &[
    rom!(
        "hello",
        "start-up, arguments, the print core",
        OK,
        text!("hello")
    ),
    rom!(
        disc "demo",
        "several tasks, a disc and NVRAM, in text",
        OK,
        ANY_TEXT
    ),
    rom!(
        disc input "overture",
        "a moving picture with a tune, and requests of every kind",
        OK,
        ANY_TEXT
    )
    .showing(picture!("overture")),
    rom!(
        "testcard",
        "how a frame buffer is laid out",
        OK,
        text!("testcard")
    )
    .showing(picture!("testcard")),
    rom!(
        "lines",
        "a display list with an entry for each line",
        OK,
        text!("lines")
    )
    .showing(picture!("lines")),
    rom!(
        "turning",
        "a cel that turns, with a shadow",
        OK,
        text!("turning")
    )
    .showing(picture!("turning")),
    rom!(
        input "sketch",
        "the pad's buttons as a picture, and a pencil",
        OK,
        text!("sketch")
    )
    .showing(picture!("sketch")),
    rom!("abi", "what a system call may change", OK, text!("abi")),
    rom!(
        "items",
        "item numbers, names, tag lists",
        OK,
        text!("items")
    ),
    rom!("lists", "list and memory routines", OK, text!("lists")),
    rom!(
        "memory",
        "allocation from the task's pools",
        OK,
        text!("memory")
    ),
    rom!(
        "signals",
        "allocation, sending, waiting",
        OK,
        text!("signals")
    ),
    rom!(
        "semaphores",
        "locks between threads",
        OK,
        text!("semaphores")
    ),
    rom!(
        "messages",
        "ports and three kinds of message",
        OK,
        text!("messages")
    ),
    rom!("exits", "how threads end", OK, text!("exits")),
    rom!("preempt", "who runs when", OK, text!("preempt")),
    rom!("stack", "stack limits and overflow", OK, text!("stack")),
    rom!("faults", "faulting threads are killed", OK, ANY_TEXT),
    rom!(
        "services",
        "the kernel's smaller calls",
        OK,
        text!("services"),
        text!("services.retail")
    ),
    rom!(
        "quick_io",
        "requests finished inside SendIO",
        OK,
        text!("quick_io")
    ),
    rom!(
        "deferred_io",
        "requests that take time",
        OK,
        text!("deferred_io")
    ),
    rom!(
        "message_io",
        "completion by message",
        OK,
        text!("message_io")
    ),
    rom!("abort_io", "requests that end early", OK, text!("abort_io")),
    rom!(
        "audio_limits",
        "how many voices fit",
        OK,
        text!("audio_limits")
    ),
    rom!(
        "reuse_errors",
        "everything SendIO can object to",
        OK,
        text!("reuse_errors"),
        text!("reuse_errors.retail")
    ),
    rom!(
        "race",
        "several completions, one wake-up",
        OK,
        text!("race")
    ),
    rom!(
        "metronome",
        "regular signals of the timer",
        OK,
        text!("metronome")
    ),
    rom!(
        "maths",
        "a table of what the maths calls give",
        OK,
        text!("maths"),
        text!("maths.retail")
    ),
    rom!(
        "audio_clock",
        "cue and clock of the Audio folio",
        OK,
        text!("audio_clock")
    ),
    rom!("tone", "a sawtooth of an exact pitch", OK, text!("tone")),
    rom!(
        "loop",
        "a sample with a loop, and its release",
        OK,
        text!("loop")
    ),
    rom!(
        "envelope",
        "how loud a sound is by an envelope",
        OK,
        text!("envelope")
    ),
    rom!(
        "chime",
        "a tune of four voices by the audio clock",
        OK,
        text!("chime")
    ),
    rom!(
        "cels",
        "cels of every format, blended and mapped",
        OK,
        text!("cels")
    )
    .showing(picture!("cels")),
    rom!("text", "characters, pens and fonts", OK, text!("text")).showing(picture!("text")),
    rom!("squeeze", "compression round trip", OK, text!("squeeze")),
    rom!(
        disc "disc_raw",
        "reads of the drive itself",
        OK,
        text!("disc_raw")
    ),
    rom!(
        disc "disc_walk",
        "every folder and file of a disc",
        OK,
        text!("disc_walk")
    ),
    rom!(
        disc "disc_stream",
        "a text as a stream",
        OK,
        text!("disc_stream")
    ),
    rom!(
        disc "disc_swap",
        "the disc is changed",
        OK,
        text!("disc_swap")
    ),
    rom!(
        input "pad_echo",
        "what pads, mice, guns and sticks do",
        OK,
        text!("pad_echo")
    ),
    rom!(
        disc "nvram_save",
        "a file that outlives the program",
        OK,
        text!("nvram_save")
    ),
    rom!(
        disc "load_program",
        "programs that start programs",
        OK,
        text!("load_program")
    ),
    rom!(
        "mach_queue_order",
        "a done queue of Mach's and the order of its completions",
        OK,
        text!("mach_queue_order")
    ),
    rom!(
        "mach_async",
        "Mach's asynchronous requests, byte for byte",
        OK,
        text!("mach_async"),
        text!("mach_async.retail")
    ),
    rom!(
        "mach_terminate",
        "the end of a done queue",
        OK,
        text!("mach_terminate"),
        text!("mach_terminate.retail")
    ),
    rom!(
        "mach_routines",
        "the routines of Mach's devices",
        OK,
        text!("mach_routines")
    ),
    rom!(
        "mach_requests",
        "requests whose replies are messages",
        OK,
        text!("mach_requests")
    ),
    rom!(
        "mach_map",
        "memory of devices, mapped",
        OK,
        text!("mach_map")
    ),
    rom!(
        "mach_raw",
        "Mach's messages word by word",
        OK,
        text!("mach_raw")
    ),
    rom!(
        "mach_load",
        "many Mach calls in a row, for measuring",
        OK,
        text!("mach_load")
    ),
    rom!(
        disc "mach_disc",
        "a disc's label through Mach's calls",
        OK,
        text!("mach_disc")
    ),
    rom!(
        disc "mach_overlap",
        "a disc and a timer on one done queue",
        OK,
        text!("mach_overlap")
    ),
    rom!(
        disc "mach_mixed",
        "both personalities on one drive",
        OK,
        text!("mach_mixed")
    ),
    rom!(
        "crash",
        "the main program faults",
        Ending::Fault,
        text!("crash")
    ),
    rom!(
        "deadlock",
        "waits for ever",
        Ending::Stuck,
        text!("deadlock")
    ),
    rom!("hour", "one wait of an hour", OK, text!("hour")),
    rom!(
        "audio_hour",
        "an hour of silent sound",
        OK,
        text!("audio_hour")
    ),
    rom!("spin", "runs for ever", Ending::Limit, text!("spin")),
    rom!(
        "header",
        "what the 3DO header asks for",
        OK,
        text!("header")
    ),
    rom!(
        "no_header",
        "a file without a 3DO header",
        OK,
        text!("no_header")
    ),
    rom!(
        "base80",
        "an image linked for address 0x80",
        OK,
        text!("base80")
    ),
    rom!("fixed", "an image without relocation", OK, text!("fixed")),
    // Each works as long as nothing is late, and is wrong nevertheless.
    rom!(
        "bug_signal_taken",
        "a race: a signal consumed for another request",
        OK,
        ANY_TEXT
    ),
    rom!(
        "bug_lost_wakeup",
        "a race: a signal sent before it is allocated",
        OK,
        ANY_TEXT
    ),
    rom!(
        "bug_reused_request",
        "a race: an IOReq reused too early",
        OK,
        ANY_TEXT
    ),
    rom!(disc "bug_buffer_freed", "a race: a buffer freed while it is read into", OK, ANY_TEXT),
    rom!(
        "bug_abort_race",
        "a race: a request that ends before it is aborted",
        OK,
        ANY_TEXT
    ),
    rom!(disc "bug_read_early", "a race: data looked at before WaitIO", OK, ANY_TEXT),
    rom!(
        "bug_queue_end",
        "a race: a done queue ends before its last result",
        OK,
        ANY_TEXT
    ),
    rom!(
        "bug_answer_late",
        "a race: a message sent again when its answer is late",
        OK,
        ANY_TEXT
    ),
    rom!(
        "bug_lock_order",
        "a race: two semaphores locked in opposite orders",
        OK,
        ANY_TEXT
    ),
    rom!(
        "bug_order",
        "a race: two requests expected in order",
        OK,
        ANY_TEXT
    ),
    rom!(disc "bug_disc_fields", "a race: a read expected within so many fields", OK, ANY_TEXT),
    rom!(
        "bug_overrun",
        "a race: two buffers and a slow consumer",
        OK,
        ANY_TEXT
    ),
    rom!(
        "bug_turn",
        "a race: a turn expected to be long enough",
        OK,
        ANY_TEXT
    ),
];

/// An image of a disc that has the demonstration as its first program, the programs about
/// discs, and files for them to read.
pub fn disc() -> &'static [u8] {
    include_bytes!("../disc/overture.iso")
}

/// Every program, in the order of `roms/README.md`.
pub fn all() -> &'static [Rom] {
    ROMS
}

/// The program of that name.
pub fn by_name(name: &str) -> Option<&'static Rom> {
    ROMS.iter().find(|rom| rom.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for rom in all() {
            assert_eq!(all().iter().filter(|r| r.name == rom.name).count(), 1);
            assert_eq!(by_name(rom.name).map(|r| r.bytes), Some(rom.bytes));
        }
        assert!(by_name("no such program").is_none());
    }

    #[test]
    fn the_disc_is_one_and_starts_the_demonstration() {
        assert_eq!(disc()[..7], [1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 1]);
        assert!(disc().len().is_multiple_of(2048));
        let demo = by_name("demo").map_or(&[][..], |rom| rom.bytes);
        let is_there = |block: &[u8]| block.starts_with(&demo[..2048]);
        assert!(disc().chunks(2048).any(is_there));
    }

    #[test]
    fn binaries_are_program_files() {
        const EXIT_WORD: [u8; 4] = [0xEF, 0, 0, 0x11];
        for rom in all() {
            assert_eq!(rom.bytes[0x10..0x14], EXIT_WORD, "{}", rom.name);
            assert!(rom.bytes.len().is_multiple_of(4), "{}", rom.name);
        }
    }
}
