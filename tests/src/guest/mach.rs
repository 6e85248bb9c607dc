//! Mach traps and messages of the program, one by one.
//!
//! Every trap is checked to change nothing but r0. Messages are bytes in guest memory that go
//! through trap -32; [`wire`] writes them from tables of its own, independent of the emulator's.

mod client;
pub mod codes;
pub mod wire;

pub use client::{Done, Guarded};

use super::{Guest, swi};
use emu_core::kernel::portfolio::items::Item;
use std::collections::BTreeMap;
use wire::{Reply, Value};

/// Bytes of a task's message buffer: the longest message, a trailer, and room to see more.
pub const BUFFER: u32 = 0x1200;
/// What a buffer holds where nobody has written.
pub const UNTOUCHED: u8 = 0xA5;
/// Most bytes that a reply of any routine and its trailer have.
const REPLY_MAX: u32 = 4136 + 8;

/// `MACH_SEND_MSG`.
pub const SEND: u32 = 1;
/// `MACH_RCV_MSG`.
pub const RCV: u32 = 2;
/// `MACH_SEND_TIMEOUT`.
pub const SEND_TIMEOUT: u32 = 0x10;
/// `MACH_RCV_TIMEOUT`.
pub const RCV_TIMEOUT: u32 = 0x100;
/// The large option: what is too large stays in the queue.
pub const RCV_LARGE: u32 = 0x800;

/// What the harness knows of the program's Mach side.
#[derive(Clone, Debug, Default)]
pub(super) struct MachSide {
    /// What the registers of a task were when its trap began.
    before: BTreeMap<Item, [u32; 15]>,
    buffers: BTreeMap<Item, u32>,
    reply_ports: BTreeMap<Item, u32>,
}

impl Guest {
    // ---- traps ----

    /// Makes a trap with its arguments in registers and waits until it returns.
    pub fn trap(&mut self, number: i32, arguments: &[u32]) -> u32 {
        self.begin_trap(number, arguments);
        self.finish_trap()
    }

    /// The same with the arguments from the fifth on the stack.
    pub fn trap_stack(&mut self, number: i32, arguments: &[u32]) -> u32 {
        self.begin_form(0x81, number, arguments);
        self.finish_trap()
    }

    /// Starts a trap and does not wait for it.
    pub fn begin_trap(&mut self, number: i32, arguments: &[u32]) {
        self.begin_form(0x80, number, arguments);
    }

    /// Starts a trap with its arguments from the fifth on the stack.
    pub fn begin_trap_stack(&mut self, number: i32, arguments: &[u32]) {
        self.begin_form(0x81, number, arguments);
    }

    fn begin_form(&mut self, comment: u32, number: i32, arguments: &[u32]) {
        let mut registers: [u32; 15] = std::array::from_fn(|n| 0xC0DE_0000 | n as u32);
        let first = arguments.iter().take(4).enumerate();
        first.for_each(|(n, &word)| registers[n] = word);
        let mut rest = arguments.get(4..).unwrap_or_default();
        let sp = self.areas[&self.actor].sp - 64;
        let mut at = sp;
        if comment == 0x80 {
            for (n, &word) in [4, 5, 6, 8].into_iter().zip(rest) {
                registers[n] = word;
            }
            rest = rest.get(4..).unwrap_or_default();
            at = sp + 32;
            // What the veneer would have there must not matter.
            for n in 0..8 {
                self.write(sp + n * 4, 0xBAD0_0000 + n);
            }
        }
        for (n, &word) in (0..).zip(rest) {
            self.write(at + n * 4, word);
        }
        registers[12] = number as u32;
        registers[13] = sp;
        let task = self.actor;
        self.mach.before.insert(task, registers);
        let set: Vec<_> = registers.into_iter().enumerate().collect();
        self.begin_code(&[swi(comment)], &set);
    }

    /// Waits until the trap that was begun returns; all registers but r0 are as they were.
    pub fn finish_trap(&mut self) -> u32 {
        if self.trap_result().is_none() {
            self.wait();
        }
        self.trap_result().expect("it has returned")
    }

    /// The result of the trap that was begun, once it has returned.
    pub fn trap_result(&self) -> Option<u32> {
        if !self.is_idle(self.actor) {
            return None;
        }
        let before = self.mach.before.get(&self.actor).expect("a trap was begun");
        for (n, &word) in before.iter().enumerate().skip(1) {
            let number = before[12] as i32;
            assert_eq!(self.reg(n), word, "r{n} after trap {number}");
        }
        Some(self.reg(0))
    }

    /// Runs until the trap of `task` returns, and no longer than so many microseconds.
    pub fn returns_within(&mut self, task: Item, micros: u64) -> Option<u32> {
        let end = self.now().0 + micros * 25 / 2;
        while self.now().0 < end && !self.is_idle(task) {
            self.advance(100);
        }
        self.on(task).trap_result()
    }

    // ---- messages ----

    /// The acting task's message buffer.
    pub fn message_buffer(&mut self) -> u32 {
        if let Some(&at) = self.mach.buffers.get(&self.actor) {
            return at;
        }
        let at = self.alloc(BUFFER);
        self.mach.buffers.insert(self.actor, at);
        at
    }

    /// Forgets what belongs to a task that is gone; its buffer serves another.
    pub fn hand_over_buffer(&mut self, from: Item, to: Item) {
        if let Some(at) = self.mach.buffers.remove(&from) {
            self.mach.buffers.insert(to, at);
        }
        self.mach.reply_ports.remove(&from);
    }

    /// Starts trap -32 with `message` in the task's buffer.
    pub fn begin_msg(
        &mut self,
        option: u32,
        message: &[u8],
        rcv_size: u32,
        rcv_name: u32,
        timeout: u32,
    ) {
        let at = self.message_buffer();
        assert!(message.len() as u32 <= BUFFER && rcv_size <= BUFFER);
        self.write_bytes(at, &[UNTOUCHED; BUFFER as usize]);
        self.write_bytes(at, message);
        let size = message.len() as u32;
        let arguments = [at, option, size, rcv_size, rcv_name, timeout, 0, 0, 0];
        self.begin_trap(-32, &arguments);
    }

    /// What the buffer holds.
    pub fn buffer_bytes(&mut self) -> Vec<u8> {
        let at = self.message_buffer();
        self.read_bytes(at, BUFFER)
    }

    /// `mach_msg`; the buffer is looked at with [`Guest::buffer_bytes`].
    pub fn mach_msg(
        &mut self,
        option: u32,
        message: &[u8],
        rcv_size: u32,
        rcv_name: u32,
        timeout: u32,
    ) -> u32 {
        self.begin_msg(option, message, rcv_size, rcv_name, timeout);
        self.finish_trap()
    }

    /// Sends a message and receives nothing.
    pub fn send(&mut self, message: &[u8]) -> u32 {
        self.mach_msg(SEND, message, 0, 0, 0)
    }

    /// Receives what lies in a queue or comes within so many milliseconds.
    pub fn try_receive(&mut self, port: u32, milliseconds: u32) -> Result<Reply, u32> {
        match self.mach_msg(RCV | RCV_TIMEOUT, &[], REPLY_MAX, port, milliseconds) {
            0 => Ok(Reply::parse(&self.buffer_bytes())),
            code => Err(code),
        }
    }

    /// Receives a message that must come within a second.
    pub fn receive(&mut self, port: u32) -> Reply {
        let received = self.try_receive(port, 1_000);
        received.unwrap_or_else(|code| panic!("nothing to receive: {code:#x}"))
    }

    /// Whether nothing lies in a queue.
    pub fn is_quiet(&mut self, port: u32) -> bool {
        matches!(self.try_receive(port, 0), Err(codes::RCV_TIMED_OUT))
    }

    /// Starts a request whose reply comes to the port that its header names.
    pub fn begin_exchange(&mut self, request: &[u8]) {
        let port = wire::word(request, 12);
        self.begin_msg(SEND | RCV, request, REPLY_MAX, port, 0);
    }

    /// What came in reply, or why nothing did.
    pub fn finish_exchange(&mut self) -> Result<Reply, u32> {
        match self.finish_trap() {
            0 => Ok(Reply::parse(&self.buffer_bytes())),
            code => Err(code),
        }
    }

    /// Sends a request and receives its reply.
    pub fn exchange(&mut self, request: &[u8]) -> Result<Reply, u32> {
        self.begin_exchange(request);
        self.finish_exchange()
    }

    /// The acting task's own reply port, made when it is first wanted.
    pub fn my_reply_port(&mut self) -> u32 {
        if let Some(&port) = self.mach.reply_ports.get(&self.actor) {
            return port;
        }
        let port = self.reply_port();
        self.mach.reply_ports.insert(self.actor, port);
        port
    }

    /// A request of the tables with this task's reply port.
    pub fn request(&mut self, routine: &str, target: u32, values: &[Value<'_>]) -> Vec<u8> {
        let reply = self.my_reply_port();
        wire::request(routine, target, reply, values)
    }

    /// Makes a request of the tables; the reply, or why none came.
    pub fn try_rpc(
        &mut self,
        routine: &str,
        target: u32,
        values: &[Value<'_>],
    ) -> Result<Reply, u32> {
        let request = self.request(routine, target, values);
        self.exchange(&request)
    }

    /// Makes a request of the tables whose reply must come.
    pub fn rpc(&mut self, routine: &str, target: u32, values: &[Value<'_>]) -> Reply {
        let reply = self.try_rpc(routine, target, values);
        reply.unwrap_or_else(|code| panic!("{routine}: mach_msg gives {code:#x}"))
    }

    /// Starts a request of the tables.
    pub fn begin_rpc(&mut self, routine: &str, target: u32, values: &[Value<'_>]) {
        let request = self.request(routine, target, values);
        self.begin_exchange(&request);
    }
}
