//! Messages to the kernel: from an id to its server, and the reply.
//!
//! Mach sheet 1.5, 5.10.
//!
//! ```text
//! message to a port of the kernel ── row of its id ── server ─┬─ Code, Words, Complex ── reply now
//!                                     none: MIG_BAD_ID        └─ Later ── the server has the reply right
//! ```
//! Dispatch is by id; the server looks what its target is. With no reply port the reply is dropped.

use super::codes;
use super::mig::header::{Descriptor, Header, MACH_MSGH_BITS_COMPLEX};
use super::mig::wire::Body;
use super::mig::{Fault, routine::REPLY_OFFSET};
use super::names;
use super::records::SecurityToken;
use super::space::{
    Item as Part, KernReturn, KernelObject, MACH_MSG_TYPE_PORT_SEND, Message, PortId, RegionKind,
    Right,
};
use crate::kernel::abi::{ArgKind, IntoReply, Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, CallTable, Flow, Row};
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::trace::{Category, Event, Hex, TraceEvent, Value, Words};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// A Mach return code as a call's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernCode(pub i32);

impl IntoReply for KernCode {
    fn into_reply(self) -> Reply {
        Reply::value(self.0 as u32)
    }
}

/// The result of a trap that gives no more than a code.
pub(super) fn kern(result: Result<(), i32>) -> Result<KernCode, Trouble> {
    Ok(KernCode(code_of(result)))
}

/// The code of a result.
pub(super) fn code_of(result: Result<(), i32>) -> i32 {
    result.err().unwrap_or(codes::KERN_SUCCESS)
}

/// A code as the answer of a trap that might have waited.
pub(super) fn done(code: i32) -> Answer {
    Ok(Flow::Done(KernCode(code).into_reply()))
}

impl From<KernReturn> for i32 {
    fn from(code: KernReturn) -> i32 {
        code.code() as i32
    }
}

/// Where a reply goes. The right is used up by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyPort {
    /// A send or send-once right, or none.
    pub right: Right,
    /// What the receiver is told it was: 17 or 18.
    pub kind: u32,
}

impl ReplyPort {
    /// Whether anybody could get a reply.
    pub fn is_none(&self) -> bool {
        self.right.port().is_none()
    }
}

/// What a server makes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// The 36-byte form with this code.
    Code(i32),
    /// Code 0, then these words.
    Words(Vec<u32>),
    /// Descriptors instead of a code, then, after the NDR record, these words.
    Complex(Vec<Part>, Vec<u32>),
    /// A body as it stands, from the NDR record on.
    Raw(Vec<u8>),
    /// The reply comes later; the server has taken [`Rpc::reply`].
    Later,
    /// This routine has no reply.
    Silent,
}

impl Served {
    /// A success whose result is one send right.
    pub fn port(right: Right) -> Served {
        Served::Complex(
            vec![Part::Port {
                right,
                kind: MACH_MSG_TYPE_PORT_SEND,
            }],
            Vec::new(),
        )
    }
}

/// A server of one message id. An error is answered like [`Served::Code`].
pub type Server = fn(&mut Portfolio, &mut CallCx<'_>, &mut Rpc<'_>) -> Result<Served, i32>;

/// A message to the kernel.
pub struct Rpc<'a> {
    /// The program that has sent it.
    pub program: Item,
    /// What its target is.
    pub object: KernelObject,
    /// Its target.
    pub target: PortId,
    /// `msgh_id`.
    pub id: u32,
    /// Its bytes as they were sent.
    pub bytes: &'a [u8],
    /// The rights and the data of its descriptors; a server takes what it keeps.
    pub parts: Vec<Part>,
    /// Where the reply goes.
    pub reply: ReplyPort,
}

impl Rpc<'_> {
    /// The header as it was sent.
    pub fn header(&self) -> Header {
        Header::decode(self.bytes).unwrap_or_default()
    }

    /// The program whose task port its target is.
    pub fn task(&self) -> Option<Item> {
        match self.object {
            KernelObject::Task(number) => Some(Item(number as i32)),
            _ => None,
        }
    }

    /// Checks that it is simple and has exactly this size.
    pub fn simple(&self, size: usize) -> Result<(), i32> {
        match self.bytes.len() == size && !self.header().is_complex() {
            true => Ok(()),
            false => Err(codes::MIG_BAD_ARGUMENTS),
        }
    }

    /// Checks that it has exactly this size and so many descriptors.
    pub fn complex(&self, size: usize, count: usize) -> Result<(), i32> {
        let fits = self.bytes.len() == size && self.header().is_complex();
        match fits && self.parts.len() == count {
            true => Ok(()),
            false => Err(codes::MIG_BAD_ARGUMENTS),
        }
    }

    /// The word at an offset, in the byte order of the NDR record at `ndr`.
    pub fn word_after(&self, ndr: usize, at: usize) -> Result<u32, i32> {
        let short = Fault::arguments("the message ends early");
        let body = Body::new(self.bytes, ndr, short);
        body.u32(at).map_err(|fault| fault.code)
    }

    /// The word at an offset of a simple message.
    pub fn word(&self, at: usize) -> Result<u32, i32> {
        self.word_after(24, at)
    }

    /// The word at an offset of a message with one descriptor.
    pub fn word_of_complex(&self, at: usize) -> Result<u32, i32> {
        self.word_after(40, at)
    }

    /// Takes the right of the port descriptor number `n`, and what kind it is.
    pub fn take_port(&mut self, n: usize) -> Result<(Right, u32), i32> {
        match self.parts.get_mut(n) {
            Some(Part::Port { right, kind }) => Ok((std::mem::take(right), *kind)),
            _ => Err(codes::MIG_TYPE_ERROR),
        }
    }

    /// Takes the data of descriptor number `n`.
    pub fn take_data(&mut self, n: usize) -> Result<Vec<u8>, i32> {
        match self.parts.get_mut(n) {
            Some(Part::Data(data, _)) => Ok(std::mem::take(data)),
            _ => Err(codes::MIG_TYPE_ERROR),
        }
    }
}

/// A descriptor with data for a receiver.
pub(super) fn data_part(data: Vec<u8>) -> Part {
    let kind = RegionKind {
        copy: super::mig::header::MACH_MSG_VIRTUAL_COPY,
        is_volatile: false,
    };
    Part::Data(data, kind)
}

impl Portfolio {
    /// Serves a message to a port of the kernel.
    pub(super) fn serve(
        &mut self,
        cx: &mut CallCx<'_>,
        program: Item,
        object: KernelObject,
        message: Message,
        bytes: &[u8],
    ) {
        let Message {
            id,
            dest,
            reply,
            reply_kind,
            items,
            ..
        } = message;
        let Some(target) = dest.port() else { return };
        let mut rpc = Rpc {
            program,
            object,
            target,
            id,
            bytes,
            parts: items,
            reply: ReplyPort {
                right: reply,
                kind: reply_kind,
            },
        };
        let row_id = CallTable::get().message(id);
        let row = row_id.map(|id| CallTable::get().row(id));
        let shown = match row {
            Some(row) if cx.sink.wants(Category::CALLS) => Some(self.message_text(row, &rpc)),
            _ => None,
        };
        let noted = row.filter(|_| self.notes.wanted()).map(CallKey::of);
        if let Some(call) = noted {
            let (pc, args) = (Hex(0), Words::default());
            self.note(Event::Call { call, pc, args });
        }
        let known = row_id.zip(row.and_then(|row| row.server));
        let served = match known {
            Some((id, server)) => {
                self.count_call(id);
                server(self, cx, &mut rpc).unwrap_or_else(Served::Code)
            }
            None => {
                self.report_unknown(cx, format!("the kernel knows no Mach message {id}"));
                Served::Code(codes::MIG_BAD_ID)
            }
        };
        if let Some(call) = noted {
            let value = match &served {
                Served::Code(code) => Some(Value(*code as u32)),
                Served::Later | Served::Silent => None,
                _ => Some(Value(codes::KERN_SUCCESS as u32)),
            };
            self.note(Event::Return { call, value });
        }
        if let Some(text) = shown {
            let result = match &served {
                Served::Code(code) => codes::code_text(*code),
                Served::Later => "reply later".to_owned(),
                Served::Silent => "no reply".to_owned(),
                _ => codes::code_text(codes::KERN_SUCCESS),
            };
            self.tell(cx, TraceEvent::Call(format!("{text} = {result}")));
        }
        let Rpc { parts, reply, .. } = rpc;
        self.answer(id, reply, served);
        self.mach.ports.release_parts(parts);
        self.mach.ports.release(dest);
    }

    /// Sends what a server has made of a request with this id.
    pub(super) fn answer(&mut self, request_id: u32, to: ReplyPort, served: Served) {
        let mut items = Vec::new();
        let body = match served {
            Served::Code(code) => words_after_ndr(Some(code), &[]),
            Served::Words(words) => words_after_ndr(Some(codes::KERN_SUCCESS), &words),
            Served::Complex(parts, words) => {
                items = parts;
                match words.is_empty() {
                    // A result that is nothing but rights has no NDR record either.
                    true => Vec::new(),
                    false => words_after_ndr(None, &words),
                }
            }
            Served::Raw(raw) => raw,
            Served::Later => return,
            Served::Silent => return self.mach.ports.release(to.right),
        };
        let message = Message {
            id: request_id.wrapping_add(REPLY_OFFSET as u32),
            complex: !items.is_empty(),
            dest: to.right,
            dest_kind: to.kind,
            reply: Right::Null,
            reply_kind: 0,
            sender: SecurityToken::KERNEL,
            items,
            body,
        };
        match to.right {
            Right::SendOnce(port) if !message.complex && self.mach.expects == Some(port) => {
                self.mach.direct = Some(message);
            }
            _ => self.mach.ports.send_reply(message),
        }
    }

    /// A message to the kernel in words: `device_close(0x103 "cdrom0")`.
    fn message_text(&self, row: &Row, rpc: &Rpc<'_>) -> String {
        let target = rpc.header().remote;
        let what = self.describe_object(rpc.object);
        let mut text = format!("{}({target:#x} {what:?}", row.name);
        for field in row.args {
            let at = usize::from(field.at);
            let ndr = if rpc.header().is_complex() { 40 } else { 24 };
            let word = rpc.word_after(ndr, at).unwrap_or(0);
            let shown = match field.kind {
                ArgKind::String => {
                    let bytes = rpc.bytes.get(at..).unwrap_or_default();
                    let name = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
                    format!("{:?}", String::from_utf8_lossy(name))
                }
                ArgKind::Int => (word as i32).to_string(),
                kind => self.mach_word_text(kind, rpc.program, word),
            };
            let _ = write!(text, ", {}={shown}", field.name);
        }
        text.push(')');
        text
    }

    /// A word of a Mach call in words.
    pub(in crate::kernel) fn mach_word_text(
        &self,
        kind: ArgKind,
        program: Item,
        word: u32,
    ) -> String {
        match kind {
            ArgKind::Port => match self.mach.look_up(program, word) {
                Some(object) => format!("{word:#x} {:?}", self.describe_object(object)),
                None => format!("{word:#x}"),
            },
            ArgKind::Flavor => names::flavor_text(word),
            ArgKind::DevMode => names::mode_text(word),
            ArgKind::MsgOption => names::option_text(word),
            _ => format!("{word:#x}"),
        }
    }

    /// What a port of the kernel stands for, in a word.
    pub(super) fn describe_object(&self, object: KernelObject) -> String {
        match object {
            KernelObject::Device(device) => self.mach.devices.name(device).to_owned(),
            KernelObject::DoneQueue(_) => "done queue".to_owned(),
            KernelObject::Host => "host".to_owned(),
            KernelObject::HostPrivileged => "host control".to_owned(),
            KernelObject::DeviceMaster => "device master".to_owned(),
            KernelObject::Bootstrap => "bootstrap".to_owned(),
            KernelObject::Ledger(_) => "ledger".to_owned(),
            KernelObject::Task(_) => "task".to_owned(),
            KernelObject::Thread(_) => "thread".to_owned(),
            KernelObject::Clock(_) => "clock".to_owned(),
            KernelObject::Semaphore(_) => "semaphore".to_owned(),
            KernelObject::Memory(_) => "memory object".to_owned(),
        }
    }
}

/// The body of a reply: the NDR record, the return code if it has one, words.
fn words_after_ndr(code: Option<i32>, words: &[u32]) -> Vec<u8> {
    let mut body = Vec::with_capacity(12 + 4 * words.len());
    body.extend_from_slice(&[0; 8]);
    let code = code.map(|code| code as u32);
    for word in code.iter().chain(words) {
        body.extend_from_slice(&word.to_be_bytes());
    }
    body
}

/// Whether a descriptor's bits say that the message has any.
pub(super) fn is_complex(bits: u32) -> bool {
    bits & MACH_MSGH_BITS_COMPLEX != 0
}

/// Bytes of `count` descriptors with the word that counts them.
pub(super) fn descriptors_size(count: usize) -> usize {
    4 + Descriptor::SIZE * count
}

/// Declares the messages of one module to the kernel.
///
/// ```text
/// messages! { pub(crate) MESSAGES;
///     3204 mach_port_allocate(right: Bits @ 32) = serve_allocate;
/// }
/// ```
/// The fields are for the call log: name, how it is shown, offset in the message.
#[macro_export]
macro_rules! messages {
    ($vis:vis $table:ident; $($id:literal $name:ident
        ( $($field:ident : $kind:ident @ $at:literal),* ) = $server:path;)*) => {
        $vis const $table: &[$crate::kernel::call::Row] = &[$($crate::kernel::call::Row {
            system: $crate::kernel::call::System::Mach,
            entry: $crate::kernel::call::Entry::Message($id),
            name: stringify!($name),
            args: &[$($crate::kernel::call::ArgInfo {
                name: stringify!($field),
                kind: $crate::kernel::abi::ArgKind::$kind,
                at: $at,
            }),*],
            result: $crate::kernel::call::ResultKind::Code,
            cost: None,
            state: $crate::kernel::call::State::Implemented,
            handler: None,
            server: Some($server),
        }),*];
    };
}
