//! Events of the trace schema, as the kernel notes them.

use super::Portfolio;
use super::dispatch::CallKey;
use super::errors::Status;
use super::items::Item;
use super::structs::{IOInfo, IOReq, ItemNode};
use crate::device::{Buffer, Bus, Completion, Finished, ReqId, Request, Terms};
use crate::kernel::abi::{Arguments, Registers, Reply};
use crate::kernel::call::{CallCx, Row};
use crate::mem::{GuestPtr, Memory, STUB_PAGE, STUB_PAGE_END};
use crate::trace::{Asker, Event, Hex, Value, Words};

impl Portfolio {
    /// Notes an event of the running task, if anybody records.
    #[inline]
    pub(in crate::kernel) fn note(&self, event: Event) {
        if self.notes.wanted() {
            self.notes.push(self.caller(), event);
        }
    }

    /// Notes a call with its argument words.
    pub(super) fn note_call(
        &self,
        cx: &CallCx<'_>,
        call: CallKey,
        row: &Row,
        registers: &Registers,
    ) {
        let mut arguments = Arguments::new(registers, cx.mem, cx.convention);
        let mut args = Words::default();
        for _ in row.args {
            args.push(arguments.word());
        }
        let pc = registers.pc().wrapping_sub(4);
        // What called the trampoline says more than the trampoline.
        let pc = match (STUB_PAGE..STUB_PAGE_END).contains(&pc) {
            true => registers.lr().wrapping_sub(4),
            false => pc,
        };
        let pc = Hex(pc);
        self.note(Event::Call { call, pc, args });
    }

    /// Notes the result of a call.
    pub(in crate::kernel) fn note_return(&self, call: CallKey, outcome: Result<Reply, Status>) {
        let value = match outcome {
            Ok(reply) => reply.result,
            Err(error) => Some(error.0 as u32),
        };
        let value = value.map(Value);
        self.note(Event::Return { call, value });
    }

    /// Notes what a program asks of a device or a file.
    pub(super) fn note_ask(&self, mem: &Memory, ior: GuestPtr<IOReq>) {
        if !self.notes.wanted() {
            return;
        }
        let info = ior.at(IOReq::io_Info);
        let device = mem.peek(ior.at(IOReq::io_Dev)).cast::<ItemNode>();
        let send = super::io::send_of(mem, info.at(IOInfo::ioi_Send));
        self.note(Event::Ask {
            ior: mem.peek(ior.cast::<ItemNode>().at(ItemNode::n_Item)),
            device: mem.peek(device.at(ItemNode::n_Item)),
            command: mem.peek(info.at(IOInfo::ioi_Command)),
            unit: mem.peek(info.at(IOInfo::ioi_Unit)),
            offset: mem.peek(info.at(IOInfo::ioi_Offset)) as u32,
            option: mem.peek(info.at(IOInfo::ioi_CmdOptions)),
            send,
            data: guest_sum(mem, send),
            recv: super::io::buffer_of(mem, info.at(IOInfo::ioi_Recv)),
        });
    }

    /// Notes what a device of the board gets.
    pub(super) fn note_submit(&self, device: Item, request: &Request, (by, of): (Asker, u32)) {
        self.note(Event::Submit {
            req: request.id.0,
            device: self.class_of(device),
            unit: request.unit,
            op: request.op,
            offset: request.offset,
            option: request.option,
            send: request.send,
            recv: request.recv,
            by,
            of: Hex(of),
        });
    }

    /// Notes what a device of the board has made of a request.
    pub(super) fn note_complete(&self, cx: &CallCx<'_>, completion: &Completion) {
        let recv = self.notes.end_reading(completion.id);
        self.note_end(cx, recv, completion);
    }

    /// The same for an answer that comes at once.
    pub(super) fn note_answer(&self, cx: &CallCx<'_>, id: ReqId, recv: Buffer, result: Finished) {
        let terms = Terms::default();
        self.note_end(cx, recv, &Completion { id, result, terms });
    }

    fn note_end(&self, cx: &CallCx<'_>, recv: Buffer, completion: &Completion) {
        if !self.notes.wanted() {
            return;
        }
        let Completion { id, result, terms } = *completion;
        self.note(Event::Complete {
            req: id.0,
            actual: result.actual,
            error: result.error,
            data: read_sum(cx.bus, cx.mem, recv, result.actual),
            terms,
        });
    }
}

/// The checksum of guest memory; 0 of what is none.
pub(super) fn guest_sum(mem: &Memory, buffer: Buffer) -> Hex {
    let bytes = match buffer {
        Buffer::Guest { addr, len } => mem.bytes(addr, len),
        _ => None,
    };
    Hex(bytes.map_or(0, crc32fast::hash))
}

/// The checksum of what was read into a buffer.
fn read_sum(bus: &Bus, mem: &Memory, buffer: Buffer, actual: u32) -> Hex {
    let len = buffer.len().min(actual);
    Hex(match len {
        0 => 0,
        len => crc32fast::hash(&bus.read_buffer(mem, buffer, len)),
    })
}
