//! The schema of recorded traces: every kind of event with its fields.
//!
//! The rows of `events!` give the Rust type, both renderings, and what each comparison ignores.
//!
//! ```text
//! text    kind field=value field=value
//! binary  number of the kind, then the fields in order
//! ```

use super::compare::Level;
use super::field::{Damage, Field, Hex, Reader, Value, Words, clipped, word_fields};
use crate::device::{Buffer, DevError, DeviceClass, Op, Terms};
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::Ticks;

/// What a blocked call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Signals; the number is their mask.
    Signal,
    /// The end of a request.
    Io,
    /// A message at a port.
    Port,
    /// One message.
    Message,
    /// A semaphore.
    Semaphore,
    /// The end of a task.
    Death,
    /// A device to let a request or itself go.
    Device,
    /// Devices to leave pages.
    Pages,
    /// The file system.
    File,
    /// An instant of audio time.
    AudioTime,
    /// Something of Mach.
    Mach,
    /// Its own end.
    OwnDeath,
}

/// System signals, which the kernel sends itself: the low byte.
const SYSTEM_SIGNALS: u32 = 0xFF;

impl Waits {
    /// Whether signals wake who waits for this; `on` is the item, or the mask of signals.
    pub fn is_woken_by(self, on: u32, bits: u32) -> bool {
        match self {
            Waits::Signal => on & bits != 0,
            _ => bits & SYSTEM_SIGNALS != 0,
        }
    }
}

/// Who made a request to a device of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A program's IOReq.
    Request,
    /// The file system, for a volume.
    Volume,
    /// An operation of Mach's device interface.
    Mach,
    /// The kernel itself; the answer comes inside the call.
    Kernel,
}

/// How the end of a request is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Not at all: the request was quick.
    Quiet,
    /// By a signal to its owner.
    Signal,
    /// By its message.
    Message,
    /// To the driver that made it.
    CallBack,
    /// In a done queue.
    Queue,
    /// In a reply message.
    Reply,
    /// To the thread that waits in its call.
    Thread,
    /// To nobody: who asked is gone.
    Nobody,
}

/// Parts of a machine that are hashed by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Clock, processor, what is to come from outside.
    Machine,
    /// DRAM.
    Dram,
    /// VRAM.
    Vram,
    /// The kernel's own tables, registers of tasks among them.
    Kernel,
    /// The devices.
    Devices,
    /// What lies between kernel and devices.
    Bus,
    /// The picture of the present field.
    Picture,
}

/// Why a recording ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The main program ended.
    Exit,
    /// The disc's first program could not be started.
    NotStarted,
    /// The main program died of a fault.
    Fault,
    /// Nothing can wake anybody.
    Stuck,
    /// Whoever recorded had seen enough.
    Enough,
    /// A missing call was made in a strict run.
    Missing,
}

word_fields! {
    Waits, "reason to wait":
        Waits::Signal => 0 "signals",
        Waits::Io => 1 "io",
        Waits::Port => 2 "port",
        Waits::Message => 3 "message",
        Waits::Semaphore => 4 "semaphore",
        Waits::Death => 5 "death",
        Waits::Device => 6 "device",
        Waits::Pages => 7 "pages",
        Waits::File => 8 "file",
        Waits::AudioTime => 9 "audio-time",
        Waits::Mach => 10 "mach",
        Waits::OwnDeath => 11 "own-death";
    Asker, "asker":
        Asker::Request => 0 "ioreq",
        Asker::Volume => 1 "volume",
        Asker::Mach => 2 "mach",
        Asker::Kernel => 3 "kernel";
    Told, "way of telling":
        Told::Quiet => 0 "quiet",
        Told::Signal => 1 "signal",
        Told::Message => 2 "message",
        Told::CallBack => 3 "call-back",
        Told::Queue => 4 "queue",
        Told::Reply => 5 "reply",
        Told::Thread => 6 "thread",
        Told::Nobody => 7 "nobody";
    Part, "part":
        Part::Machine => 0 "machine",
        Part::Dram => 1 "dram",
        Part::Vram => 2 "vram",
        Part::Kernel => 3 "kernel",
        Part::Devices => 4 "devices",
        Part::Bus => 5 "bus",
        Part::Picture => 6 "picture";
    Why, "end":
        Why::Exit => 0 "exit",
        Why::NotStarted => 1 "not-started",
        Why::Fault => 2 "fault",
        Why::Stuck => 3 "stuck",
        Why::Enough => 4 "enough",
        Why::Missing => 5 "missing";
}

/// How much of a field a comparison sees.
macro_rules! masked {
    (always $value:expr, $level:expr) => {
        $value
    };
    // An address, a number given out in order, the content of memory.
    (payload $value:expr, $level:expr) => {
        match $level {
            Level::Behaviour => Default::default(),
            _ => $value,
        }
    };
    (essence $value:expr, $level:expr) => {
        match $level {
            Level::Behaviour => Field::essence(&$value),
            _ => $value,
        }
    };
    // A length of time.
    (time $value:expr, $level:expr) => {
        match $level {
            Level::Exact => $value,
            _ => Default::default(),
        }
    };
}

/// Declares the events: number, word, name, the coarsest comparison that sees it, and its fields
/// with what of each is compared.
macro_rules! events {
    ($($(#[$meta:meta])* $code:literal $word:literal $name:ident $seen:ident {
        $($(#[$fmeta:meta])* $field:ident : $type:ty = $mask:ident),* $(,)?
    })*) => {
        /// One thing that happened in a machine.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $($(#[$meta])* $name {
                $($(#[$fmeta])* $field: $type,)*
            },)*
        }

        /// Every kind of event: number, word and names of fields.
        pub const KINDS: &[(u8, &str, &[&str])] = &[
            $(($code, $word, &[$(stringify!($field)),*]),)*
        ];

        /// Any event, of every kind alike.
        #[cfg(test)]
        pub(super) fn any_event() -> proptest::strategy::BoxedStrategy<Event> {
            use super::strategies::Any;
            use proptest::strategy::{Just, Strategy, Union};
            Union::new([$(
                (Just(()), $(<$type as Any>::any()),*)
                    .prop_map(|((), $($field),*)| Event::$name { $($field),* })
                    .boxed(),
            )*]).boxed()
        }

        impl Event {
            /// The word of its kind.
            pub fn word(&self) -> &'static str {
                match self { $(Event::$name { .. } => $word,)* }
            }

            /// The number of its kind.
            pub fn code(&self) -> u8 {
                match self { $(Event::$name { .. } => $code,)* }
            }

            /// Appends the bytes of its fields.
            pub fn encode(&self, to: &mut Vec<u8>) {
                match self { $(Event::$name { $($field),* } => {
                    $(Field::encode($field, to);)*
                })* }
            }

            /// Reads the fields of the event with this number.
            pub fn decode(code: u8, from: &mut Reader<'_>) -> Result<Event, Damage> {
                match code {
                    $($code => Ok(Event::$name { $($field: Field::decode(from)?),* }),)*
                    _ => Err(Damage::Unknown { what: "kind of event", value: code.to_string() }),
                }
            }

            /// Appends `word field=value ...`.
            pub fn write(&self, to: &mut String) {
                to.push_str(self.word());
                match self { $(Event::$name { $($field),* } => {
                    $(
                        to.push_str(concat!(" ", stringify!($field), "="));
                        Field::write($field, to);
                    )*
                })* }
            }

            /// Reads what [`Event::write`] wrote: the word and what follows it.
            pub fn parse(word: &str, fields: &str) -> Result<Event, Damage> {
                #[allow(unused_mut)]
                let mut fields = FieldWords { rest: fields };
                let event = match word {
                    $($word => Event::$name {
                        $($field: Field::parse(fields.value(stringify!($field))?)?),*
                    },)*
                    _ => {
                        return Err(Damage::Unknown {
                            what: "kind of event",
                            value: clipped(word),
                        });
                    }
                };
                match fields.rest {
                    "" => Ok(event),
                    rest => Err(Damage::Extra(clipped(rest))),
                }
            }

            /// Each field by name, as text.
            pub fn fields(&self) -> Vec<(&'static str, String)> {
                fn text(value: &impl Field) -> String {
                    let mut text = String::new();
                    value.write(&mut text);
                    text
                }
                match self { $(Event::$name { $($field),* } => {
                    vec![$((stringify!($field), text($field))),*]
                })* }
            }

            /// What a comparison of this level sees of it; `None` if nothing.
            pub fn seen_at(self, level: Level) -> Option<Event> {
                match self { $(Event::$name { $($field),* } => {
                    if level > Level::$seen {
                        return None;
                    }
                    Some(Event::$name { $($field: masked!($mask $field, level)),* })
                })* }
            }
        }
    };
}

events! {
    /// A task makes a call.
    1 "call" Call Behaviour {
        /// Which.
        call: CallKey = always,
        /// Where it is made.
        pc: Hex = payload,
        /// Its arguments.
        args: Words = essence,
    }
    /// A call gives its result.
    2 "return" Return Behaviour {
        /// Which.
        call: CallKey = always,
        /// What goes to r0, if anything.
        value: Option<Value> = essence,
    }
    /// A task goes to sleep in a call.
    3 "block" Block Order {
        /// What it waits for.
        waits: Waits = always,
        /// The item, or the mask of signals.
        on: Hex = always,
    }
    /// A task gets the processor.
    4 "run" Run Order {}
    /// A task is made.
    5 "task" Task Behaviour {
        /// Its item.
        task: Item = payload,
        /// Its name.
        name: String = always,
        /// Its priority.
        priority: u8 = always,
    }
    /// A task has ended.
    6 "end" End Behaviour {
        /// Its item.
        task: Item = payload,
        /// Its status.
        status: i32 = always,
    }
    /// A task breaks a rule of the machine.
    7 "fault" Fault Behaviour {
        /// Where.
        pc: Hex = payload,
        /// In words.
        what: String = payload,
    }
    /// An item is made.
    8 "item" Item Order {
        /// Its number.
        item: Item = always,
        /// The folio it belongs to.
        folio: u8 = always,
        /// Its kind there.
        kind: u8 = always,
        /// Whose it is.
        owner: Item = always,
        /// Its structure.
        at: Hex = always,
        /// Its name; empty if it has none.
        name: String = always,
    }
    /// An item is gone.
    9 "gone" Gone Order {
        /// Its number.
        item: Item = always,
    }
    /// A program makes a request.
    10 "ask" Ask Behaviour {
        /// The request object.
        ior: Item = payload,
        /// The device or file.
        device: Item = payload,
        /// The command.
        command: u8 = always,
        /// The unit.
        unit: u8 = always,
        /// Where.
        offset: u32 = essence,
        /// Options of the command.
        option: u32 = essence,
        /// What goes to the device.
        send: Buffer = essence,
        /// The checksum of that.
        data: Hex = payload,
        /// Room for what comes from it.
        recv: Buffer = essence,
    }
    /// A device of the board gets a request.
    11 "submit" Submit Order {
        /// The request.
        req: u64 = always,
        /// What kind of device.
        device: DeviceClass = always,
        /// The unit.
        unit: u8 = always,
        /// What to do.
        op: Op = always,
        /// Where.
        offset: u32 = always,
        /// Options.
        option: u32 = always,
        /// What goes to the device.
        send: Buffer = always,
        /// Room for what comes from it.
        recv: Buffer = always,
        /// Who asks.
        by: Asker = always,
        /// For which IOReq, volume or operation.
        of: Hex = always,
    }
    /// A device of the board has done with a request.
    12 "complete" Complete Order {
        /// The request.
        req: u64 = always,
        /// Bytes or units done.
        actual: u32 = always,
        /// What went wrong.
        error: Option<DevError> = always,
        /// The checksum of what it read.
        data: Hex = always,
        /// What its time went into.
        terms: Terms = time,
    }
    /// A program's request has ended.
    13 "done" Done Behaviour {
        /// The request object.
        ior: Item = payload,
        /// io_Actual.
        actual: u32 = always,
        /// io_Error.
        error: i32 = always,
        /// How that is told.
        told: Told = always,
        /// To whom: a task or a message.
        to: Item = payload,
        /// The checksum of what went to the device, as it is now.
        data: Hex = payload,
    }
    /// An operation of Mach's device interface has ended.
    14 "mach_done" MachDone Behaviour {
        /// Which.
        operation: u64 = payload,
        /// Its return code.
        code: i32 = always,
        /// Bytes done.
        count: u32 = always,
        /// How that is told.
        told: Told = always,
    }
    /// A task gets signals.
    15 "signal" Signal Order {
        /// Who.
        task: Item = always,
        /// Which.
        bits: Hex = always,
    }
    /// A message arrives at a port.
    16 "message" Message Order {
        /// Which.
        message: Item = always,
        /// Where.
        port: Item = always,
        /// Whether it comes back.
        reply: bool = always,
    }
    /// A device beats for a request that stays.
    17 "beat" Beat Order {
        /// The request.
        req: u64 = always,
        /// The signals for its owner.
        bits: Hex = always,
    }
    /// A device is asked to end a request early.
    18 "abort" Abort Order {
        /// The request.
        req: u64 = always,
    }
    /// A task prints.
    19 "text" Text Behaviour {
        /// What.
        text: String = always,
    }
    /// Something deserves attention.
    20 "warning" Warning Order {
        /// What.
        text: String = always,
    }
    /// Something happens from outside.
    21 "input" Input Order {
        /// What.
        what: String = always,
    }
    /// The checksum of a part of the machine.
    22 "hash" Hash Exact {
        /// Which part.
        part: Part = always,
        /// Its checksum.
        value: Hex = always,
    }
    /// Free memory.
    23 "free" Free Exact {
        /// Bytes of DRAM that no task owns.
        dram: u32 = always,
        /// Bytes of VRAM that no task owns.
        vram: u32 = always,
    }
    /// A completion is held back, in a run that looks for races.
    24 "held" Held Exact {
        /// The request.
        req: u64 = always,
        /// For how long.
        delay: Ticks = always,
    }
    /// The recording ends.
    25 "stop" Stop Behaviour {
        /// Why.
        why: Why = always,
        /// The status of the main program.
        status: i32 = always,
        /// What it left on the screen.
        picture: Hex = time,
    }
    /// A block of sound that is not silent is over.
    26 "sound" Sound Exact {
        /// Its number: 1024 frames each, from power-on.
        block: u64 = always,
        /// The checksum of its samples.
        hash: Hex = always,
    }
}

/// `field=value` by `field=value`; values may hold spaces between quotation marks.
struct FieldWords<'a> {
    rest: &'a str,
}

impl<'a> FieldWords<'a> {
    /// The value of the next field, which must have this name.
    fn value(&mut self, name: &'static str) -> Result<&'a str, Damage> {
        let missing = || Damage::Missing(name);
        let rest = self.rest.strip_prefix(' ').ok_or_else(missing)?;
        let rest = rest.strip_prefix(name).ok_or_else(missing)?;
        let rest = rest.strip_prefix('=').ok_or_else(missing)?;
        let (value, rest) = rest.split_at(end_of_value(rest));
        self.rest = rest;
        Ok(value)
    }
}

/// Where a value ends that begins here.
fn end_of_value(text: &str) -> usize {
    if !text.starts_with('"') {
        return text.find(' ').unwrap_or(text.len());
    }
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => (),
        }
    }
    text.len()
}
