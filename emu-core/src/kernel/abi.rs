//! How arguments arrive from a guest and results go back.
//!
//! No handler ever sees a register.
//!
//! APCS-R3 (kernel sheet 1.3): arguments 1-4 in r0-r3, the rest on the caller's stack at
//! `[sp]`, `[sp+4]`, ...; the result in r0.

use crate::cpu::{Cpu, Psr};
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::international::NumericSpec;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::{IOInfo, List, MemHdr, MemList, Node, TagArg, graphics};
use crate::mem::{BadAccess, CString, GuestPtr, Memory};
use serde::{Deserialize, Serialize};

/// The sixteen registers a program sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registers {
    /// r0 to r14 and the address of the next instruction.
    pub r: [u32; 16],
    /// The program status register.
    pub cpsr: u32,
}

impl Registers {
    /// The stack pointer.
    pub fn sp(&self) -> u32 {
        self.r[13]
    }

    /// Puts them into the CPU.
    pub fn load_into(&self, cpu: &mut Cpu) {
        cpu.set_cpsr(Psr::new(self.cpsr));
        for (n, &value) in self.r.iter().enumerate() {
            cpu.set_reg(n, value);
        }
    }

    /// Takes them from the CPU.
    pub fn save_from(&mut self, cpu: &Cpu) {
        self.cpsr = cpu.cpsr().bits();
        for (n, value) in self.r.iter_mut().enumerate() {
            *value = cpu.reg(n);
        }
    }

    /// Puts the program counter back on the instruction before.
    pub fn step_back(&mut self) {
        self.r[15] = self.r[15].wrapping_sub(4);
    }

    /// The scratch register ip, which holds the number of a call made with `SWI 0` and of a
    /// Mach trap.
    pub fn ip(&self) -> u32 {
        self.r[12]
    }

    /// The link register.
    pub fn lr(&self) -> u32 {
        self.r[14]
    }

    /// The address of the next instruction.
    pub fn pc(&self) -> u32 {
        self.r[15]
    }
}

/// Where a call has its arguments from the fifth on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// On the stack at `[sp]`, `[sp+4]`, ... (APCS; `SWI 0x81` of Mach).
    #[default]
    Apcs,
    /// In r4, r5, r6, r8, then at `[sp+32]`, `[sp+36]`, ... (`SWI 0x80`, Mach sheet 5.2).
    MachRegisters,
}

/// Reads the arguments of one call in their order.
pub struct Arguments<'a> {
    registers: &'a Registers,
    memory: &'a Memory,
    convention: Convention,
    next: u32,
}

impl<'a> Arguments<'a> {
    /// The arguments of a call made with these registers.
    pub fn new(registers: &'a Registers, memory: &'a Memory, convention: Convention) -> Self {
        Arguments {
            registers,
            memory,
            convention,
            next: 0,
        }
    }

    /// The next argument word; a stack that is no memory reads as zero.
    pub fn word(&mut self) -> u32 {
        let n = self.next;
        self.next += 1;
        let sp = self.registers.sp();
        match (self.convention, n) {
            (_, 0..=3) => self.registers.r[n as usize],
            (Convention::Apcs, _) => self.memory.word(sp.wrapping_add((n - 4) * 4)),
            (Convention::MachRegisters, 4..=6) => self.registers.r[n as usize],
            (Convention::MachRegisters, 7) => self.registers.r[8],
            (Convention::MachRegisters, _) => self.memory.word(sp.wrapping_add(n * 4)),
        }
    }
}

/// How an argument is shown in the call log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgKind {
    /// A signed number.
    Int,
    /// Bits, in hexadecimal.
    Bits,
    /// An item number, with its name.
    Item,
    /// An address.
    Pointer,
    /// A string, quoted.
    String,
    /// A tag list.
    Tags,
    /// A tag list whose numbers mean something of their own, with their names in order from 1.
    NamedTags(&'static [&'static str]),
    /// An IOInfo structure.
    IoInfo,
    /// An error code, by its name.
    Error,
    /// A name of a Mach port, with what it stands for.
    Port,
    /// Mode bits of a Mach device.
    DevMode,
    /// A status flavor of a Mach device.
    Flavor,
    /// Options of `mach_msg`.
    MsgOption,
    /// Not an argument of the call: where it was made from.
    Hidden,
}

/// A type that a handler may take as an argument.
pub trait FromGuest: Sized {
    /// How the call log shows it.
    const KIND: ArgKind;
    /// Takes it from the next argument words.
    fn from_guest(arguments: &mut Arguments<'_>) -> Self;
}

impl FromGuest for u32 {
    const KIND: ArgKind = ArgKind::Bits;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        arguments.word()
    }
}
impl FromGuest for i32 {
    const KIND: ArgKind = ArgKind::Int;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        arguments.word() as i32
    }
}
impl FromGuest for u8 {
    const KIND: ArgKind = ArgKind::Int;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        arguments.word() as u8
    }
}
impl FromGuest for Item {
    const KIND: ArgKind = ArgKind::Item;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        Item(arguments.word() as i32)
    }
}
impl FromGuest for Status {
    const KIND: ArgKind = ArgKind::Error;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        Status(arguments.word() as i32)
    }
}

macro_rules! pointer_argument {
    ($($type:ty => $kind:ident),* $(,)?) => {
        $( impl FromGuest for GuestPtr<$type> {
            const KIND: ArgKind = ArgKind::$kind;
            fn from_guest(arguments: &mut Arguments<'_>) -> Self {
                GuestPtr::new(arguments.word())
            }
        } )*
    };
}
pointer_argument! {
    CString => String, TagArg => Tags, IOInfo => IoInfo,
    List => Pointer, Node => Pointer, MemList => Pointer, MemHdr => Pointer,
    NumericSpec => Pointer, u8 => Pointer, u32 => Pointer, GuestPtr<TagArg> => Pointer,
}

pointer_argument! {
    graphics::CCB => Pointer, graphics::GrafCon => Pointer, graphics::Point => Pointer,
    graphics::Rect => Pointer,
}

/// The caller's stack pointer, for the few calls whose convention includes it.
#[derive(Clone, Copy, Debug)]
pub struct CallerStack(pub u32);

impl FromGuest for CallerStack {
    const KIND: ArgKind = ArgKind::Hidden;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        CallerStack(arguments.registers.sp())
    }
}

/// The scratch register ip (r12), in which the stack overflow hook gets the wanted sp.
#[derive(Clone, Copy, Debug)]
pub struct ScratchWord(pub u32);

impl FromGuest for ScratchWord {
    const KIND: ArgKind = ArgKind::Hidden;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        ScratchWord(arguments.registers.ip())
    }
}

/// What a finished call changes in its caller's registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The result register.
    pub result: Option<u32>,
    /// The second result register (SampleSystemTime, GetEnv).
    pub second: Option<u32>,
    /// The caller's stack limit (the stack overflow hook).
    pub stack_limit: Option<u32>,
    /// The caller's stack pointer (the argument splitter).
    pub stack: Option<u32>,
}

impl Reply {
    /// Nothing changes.
    pub const NOTHING: Reply = Reply {
        result: None,
        second: None,
        stack_limit: None,
        stack: None,
    };

    /// One result.
    pub fn value(value: u32) -> Reply {
        Reply {
            result: Some(value),
            ..Reply::NOTHING
        }
    }

    /// Puts the results where the caller expects them.
    pub fn store(self, registers: &mut Registers) {
        let places = [
            (0, self.result),
            (1, self.second),
            (10, self.stack_limit),
            (13, self.stack),
        ];
        for (n, value) in places {
            if let Some(value) = value {
                registers.r[n] = value;
            }
        }
    }
}

/// What a handler's success means to the caller.
pub trait IntoReply {
    /// The registers that change.
    fn into_reply(self) -> Reply;
}
impl IntoReply for () {
    fn into_reply(self) -> Reply {
        Reply::NOTHING
    }
}
impl IntoReply for u32 {
    fn into_reply(self) -> Reply {
        Reply::value(self)
    }
}
impl IntoReply for i32 {
    fn into_reply(self) -> Reply {
        Reply::value(self as u32)
    }
}
impl IntoReply for bool {
    fn into_reply(self) -> Reply {
        Reply::value(self.into())
    }
}
impl IntoReply for Item {
    fn into_reply(self) -> Reply {
        Reply::value(self.0 as u32)
    }
}
impl<T> IntoReply for GuestPtr<T> {
    fn into_reply(self) -> Reply {
        Reply::value(self.addr())
    }
}
impl IntoReply for Reply {
    fn into_reply(self) -> Reply {
        self
    }
}

/// Why a handler did not produce a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The guest gets this error code.
    Error(Status),
    /// The guest broke a rule that no error code stands for: its task dies.
    Fault(Fault),
}

/// What a task died of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// A load or store that the memory door refused.
    Access(BadAccess),
    /// The program counter left the memory that can hold code.
    Fetch {
        /// Where it went.
        addr: u32,
    },
    /// An instruction that ARM60 does not have.
    Undefined {
        /// The word.
        word: u32,
    },
    /// A system call that does not exist.
    NoSuchCall {
        /// Its number.
        number: u32,
    },
    /// A supervisor-mode vector was entered from user mode.
    Supervisor {
        /// The vector.
        slot: u32,
    },
    /// The stack is used up.
    StackOverflow {
        /// The stack pointer that was wanted.
        sp: u32,
        /// The lowest address of the stack.
        base: u32,
    },
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        Trouble::Error(status)
    }
}
impl From<BadAccess> for Trouble {
    /// A folio vector runs as the caller's own code: a wild pointer there is a data abort. A
    /// system call checks its pointers; its handlers map the refusal to BADPTR themselves.
    fn from(access: BadAccess) -> Self {
        Trouble::Fault(Fault::Access(access))
    }
}
impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Trouble::Fault(fault)
    }
}
