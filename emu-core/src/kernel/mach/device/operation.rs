//! Reads and writes, from their acceptance to their end (Mach sheet 3.2, 5.10).

use super::OperationId;
use super::collect::{Form, Record};
use super::model::{Ask, Begun};
use super::names::NAMES;
use crate::device::{BufId, Buffer, DevError, Finished, Terms};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::mig::routine::Routine;
use crate::kernel::mach::queue::QueueId;
use crate::kernel::mach::records::{DevMode, IO_INBAND_MAX};
use crate::kernel::mach::rpc::{ReplyPort, Served, data_part};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::trace::{Category, Event, Record as Told, Told as Way, TraceEvent};
use serde::{Deserialize, Serialize};

/// Operations in progress and completions that nobody has collected: a guest cannot make the
/// host hold more of them.
const MOST_OPERATIONS: usize = 1 << 16;
/// The same in bytes of data.
const MOST_BYTES: u64 = 32 << 20;
/// Most bytes of one operation: more than memory has.
pub(super) const MOST_OF_ONE: u32 = 4 << 20;

/// Who is told of an operation's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sink {
    /// A message to a reply port.
    Reply(ReplyPort),
    /// A done queue, with the request's id.
    Queue(QueueId, u32),
    /// A thread that waits.
    Thread(Item),
    /// Nobody.
    Nobody,
}

/// A read or write in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Whose it is.
    pub program: Item,
    /// Of which device.
    pub device: u32,
    /// What it is.
    pub form: Form,
    /// How, and where.
    pub mode: DevMode,
    /// In units of the device.
    pub recnum: u32,
    /// Bytes: those wanted, or those to be written.
    pub wanted: u32,
    /// Where they come from or go to.
    pub buffer: Buffer,
    /// Address of the task's own buffer, for the log.
    pub addr: u32,
    /// Who is told.
    pub sink: Sink,
    /// How often the device's medium had changed when it was opened.
    pub changes: u64,
}

impl Operation {
    /// The thread that waits for it.
    pub fn thread(&self) -> Option<Item> {
        match self.sink {
            Sink::Thread(task) => Some(task),
            _ => None,
        }
    }

    /// Its buffer, if that is the task's own memory and in these pages.
    fn writes_into(&self, start: u32, end: u32) -> Option<BufId> {
        let touches = self.addr < end && self.addr.saturating_add(self.wanted) > start;
        match (self.form, self.buffer) {
            (Form::Overwrite, Buffer::Kernel { id, .. }) if touches => Some(id),
            _ => None,
        }
    }

    /// Bytes the kernel holds for it.
    fn weight(&self) -> u64 {
        match (self.form, self.buffer) {
            (Form::Overwrite, _) | (_, Buffer::None | Buffer::Guest { .. }) => 0,
            (_, Buffer::Kernel { len, .. }) => u64::from(len),
        }
    }
}

/// What is asked for, before it is an operation.
pub struct Wish {
    /// What.
    pub form: Form,
    /// How.
    pub mode: DevMode,
    /// Where.
    pub recnum: u32,
    /// Bytes of a read; may be negative.
    pub bytes_wanted: i32,
    /// Address of the buffer of an overwriting read.
    pub addr: u32,
    /// Bytes of a write.
    pub data: Vec<u8>,
}

impl Wish {
    /// Of so many bytes.
    pub fn read(form: Form, mode: DevMode, recnum: u32, bytes_wanted: i32) -> Wish {
        Wish {
            form,
            mode,
            recnum,
            bytes_wanted,
            addr: 0,
            data: Vec::new(),
        }
    }

    /// Of so many bytes into the guest's own buffer.
    pub fn overwrite(mode: DevMode, recnum: u32, bytes_wanted: i32, addr: u32) -> Wish {
        Wish {
            addr,
            ..Wish::read(Form::Overwrite, mode, recnum, bytes_wanted)
        }
    }

    /// Of these bytes.
    pub fn write(form: Form, mode: DevMode, recnum: u32, data: Vec<u8>) -> Wish {
        Wish {
            data,
            ..Wish::read(form, mode, recnum, 0)
        }
    }

    /// A status call that ends later.
    pub fn status(get: bool) -> Wish {
        Wish::read(Form::Status { get }, DevMode::empty(), 0, 0)
    }
}

impl Portfolio {
    /// Accepts a read or write: from now on it has exactly one end. An error here means that it
    /// was not accepted, and its sink is not told.
    pub(super) fn accept(
        &mut self,
        cx: &mut CallCx<'_>,
        device: u32,
        wish: Wish,
        sink: Sink,
    ) -> Result<(), i32> {
        let program = self.mach_caller();
        let devices = &self.mach.devices;
        let in_progress = devices.operations.len() + devices.uncollected as usize;
        let bytes = devices.held_bytes.saturating_add(wish.data.len() as u64);
        if in_progress >= MOST_OPERATIONS || bytes > MOST_BYTES {
            return Err(codes::KERN_RESOURCE_SHORTAGE);
        }
        let open = devices.get(device);
        let changes = open.map_or(0, |open| open.changes);
        let is_full = open.is_some_and(|open| open.limit > 0 && open.active >= open.limit);
        let id = OperationId(self.mach.new_id());
        let mut operation = Operation {
            program,
            device,
            form: wish.form,
            mode: wish.mode,
            recnum: wish.recnum,
            wanted: 0,
            buffer: Buffer::None,
            addr: wish.addr,
            sink,
            changes,
        };
        let refused = self.prepare(cx, &mut operation, wish.bytes_wanted, wish.data);
        if let Sink::Queue(queue, _) = sink {
            self.begin_for_queue(queue);
        }
        let devices = &mut self.mach.devices;
        devices.held_bytes = devices.held_bytes.saturating_add(operation.weight());
        devices.operations.insert(id, operation);
        if let Err(code) = refused {
            self.end_operation(cx, id, code, 0, Vec::new());
            return Ok(());
        }
        if let Some(open) = self.mach.devices.get_mut(device) {
            if is_full {
                open.held.push_back(id);
                return Ok(());
            }
            open.active = open.active.saturating_add(1);
        }
        self.begin_operation(cx, id);
        Ok(())
    }

    /// Gives an operation its buffer. An error is how it ends.
    fn prepare(
        &mut self,
        cx: &mut CallCx<'_>,
        operation: &mut Operation,
        bytes_wanted: i32,
        data: Vec<u8>,
    ) -> Result<(), i32> {
        if !operation.form.is_read() {
            operation.wanted = data.len() as u32;
            if operation.wanted > 0 {
                operation.buffer = Buffer::Kernel {
                    id: cx.bus.buffers.hold(data),
                    len: operation.wanted,
                };
            }
            return Ok(());
        }
        let wanted = u32::try_from(bytes_wanted).map_err(|_| codes::D_INVALID_SIZE)?;
        operation.wanted = match operation.form {
            Form::Inband => wanted.min(IO_INBAND_MAX as u32),
            _ => wanted,
        };
        let (addr, len) = (operation.addr, operation.wanted);
        if len == 0 {
            return Ok(());
        }
        if len > MOST_OF_ONE {
            return Err(codes::D_NO_MEMORY);
        }
        let id = if operation.form == Form::Overwrite {
            let writable = cx.mem.check_writable(addr, len);
            writable.map_err(|_| codes::KERN_INVALID_ADDRESS)?;
            cx.bus.buffers.lend(addr)
        } else {
            if self.mach.devices.held_bytes.saturating_add(u64::from(len)) > MOST_BYTES {
                return Err(codes::D_NO_MEMORY);
            }
            cx.bus.buffers.hold(vec![0; len as usize])
        };
        operation.buffer = Buffer::Kernel { id, len };
        Ok(())
    }

    /// Lets a device begin with an operation.
    pub(super) fn begin_operation(&mut self, cx: &mut CallCx<'_>, id: OperationId) {
        let Some(operation) = self.mach.devices.operations.get(&id) else {
            return;
        };
        let ask = Ask {
            id,
            is_read: operation.form.is_read(),
            is_status: matches!(operation.form, Form::Status { .. }),
            mode: operation.mode,
            recnum: operation.recnum,
            len: operation.wanted,
            buffer: operation.buffer,
            changes: operation.changes,
        };
        let Some(row) = NAMES.get(operation.device as usize) else {
            return;
        };
        match self.model_begin(cx, row.model, &ask) {
            Begun::Over { code, count } => self.end_operation(cx, id, code, count, Vec::new()),
            Begun::Later => (),
        }
    }

    /// The board has finished what a model had asked of it.
    pub(in crate::kernel) fn mach_finished(
        &mut self,
        cx: &mut CallCx<'_>,
        id: OperationId,
        result: Finished,
        terms: Terms,
    ) {
        let Some(operation) = self.mach.devices.operations.get(&id) else {
            return;
        };
        let device = operation.device;
        let name = self.mach.devices.name(device);
        self.explain(cx, result, terms, |_| {
            format!("operation {} of \"{name}\"", id.0)
        });
        let Some(row) = NAMES.get(device as usize) else {
            return;
        };
        let ended = self.model_finish(cx, row.model, id, result);
        self.end_operation(cx, id, ended.0, ended.1, ended.2);
    }

    /// The end of an operation: `count` bytes were moved. `data` goes to the reader if the model
    /// has made it up; else what is in the buffer does.
    pub(super) fn end_operation(
        &mut self,
        cx: &mut CallCx<'_>,
        id: OperationId,
        code: i32,
        count: u32,
        data: Vec<u8>,
    ) {
        let Some(operation) = self.mach.devices.operations.remove(&id) else {
            return;
        };
        let count = count.min(operation.wanted);
        self.tell_end(cx, id, &operation, code, count);
        let devices = &mut self.mach.devices;
        devices.held_bytes = devices.held_bytes.saturating_sub(operation.weight());
        if let Some(open) = devices.get_mut(operation.device) {
            open.active = open.active.saturating_sub(1);
        }
        let mut data = data;
        data.truncate(count as usize);
        if let Buffer::Kernel { id, .. } = operation.buffer {
            if !data.is_empty() {
                cx.bus.write_buffer(cx.mem, operation.buffer, 0, &data);
            }
            let held = cx.bus.buffers.release(id);
            if let (true, Some(mut held)) = (operation.form.is_read(), held) {
                held.truncate(count as usize);
                data = held;
            }
        }
        if operation.form == Form::Overwrite || !operation.form.is_read() {
            data.clear();
        }
        self.give_result(cx, &operation, code, count, data);
        self.begin_held(cx, operation.device);
    }

    /// Begins what waited because of a device's limit. One that is over at once makes room for the
    /// next here, not by way of its own end.
    pub(super) fn begin_held(&mut self, cx: &mut CallCx<'_>, device: u32) {
        if std::mem::replace(&mut self.mach.devices.is_beginning, true) {
            return;
        }
        while let Some(open) = self.mach.devices.get_mut(device)
            && (open.limit == 0 || open.active < open.limit)
            && let Some(next) = open.held.pop_front()
        {
            open.active = open.active.saturating_add(1);
            self.begin_operation(cx, next);
        }
        self.mach.devices.is_beginning = false;
    }

    fn give_result(
        &mut self,
        cx: &mut CallCx<'_>,
        operation: &Operation,
        code: i32,
        count: u32,
        data: Vec<u8>,
    ) {
        let record = |reqid| Record {
            form: operation.form,
            reqid,
            code,
            count,
            data: Vec::new(),
        };
        match operation.sink {
            Sink::Nobody => (),
            Sink::Reply(to) => self.reply_result(cx, operation.form, to, code, count, data),
            Sink::Queue(queue, reqid) => {
                let record = Record {
                    data,
                    ..record(reqid)
                };
                self.note_record(&record);
                self.complete_in_queue(cx, queue, record);
            }
            Sink::Thread(task) => {
                let record = Record { data, ..record(0) };
                self.note_record(&record);
                self.finish_for_thread(cx, task, record);
            }
        }
    }

    fn note_record(&mut self, record: &Record) {
        let devices = &mut self.mach.devices;
        devices.held_bytes = devices.held_bytes.saturating_add(record.data.len() as u64);
        devices.uncollected = devices.uncollected.saturating_add(1);
    }

    /// The reply message of a read or write (Mach sheet 1.5). An error of the device itself has
    /// the form of a success where that has a return code.
    fn reply_result(
        &mut self,
        cx: &mut CallCx<'_>,
        form: Form,
        to: ReplyPort,
        code: i32,
        count: u32,
        data: Vec<u8>,
    ) {
        let routine = match form {
            Form::OutOfLine => Routine::DeviceRead,
            Form::Inband => Routine::DeviceReadInband,
            Form::Overwrite => Routine::DeviceReadOverwrite,
            Form::Write => Routine::DeviceWrite,
            Form::WriteInband => Routine::DeviceWriteInband,
            Form::Status { get: true } => Routine::DeviceGetStatus,
            Form::Status { get: false } => Routine::DeviceSetStatus,
        };
        let served = match (form, code) {
            (Form::OutOfLine, codes::D_SUCCESS) => {
                Served::Complex(vec![data_part(data)], vec![count])
            }
            (Form::OutOfLine | Form::Status { get: false }, code) => Served::Code(code),
            (Form::Status { get: true }, codes::D_SUCCESS) => Served::Words(vec![0]),
            (Form::Status { get: true }, code) => Served::Code(code),
            _ => {
                let mut body = vec![0; 8];
                body.extend(code.to_be_bytes());
                body.extend(count.to_be_bytes());
                body.extend(&data);
                body.resize(body.len().next_multiple_of(4), 0);
                Served::Raw(body)
            }
        };
        self.answer(routine.request_id() as u32, to, served);
        self.settle_ports(cx);
    }

    /// Takes the sink of operations away: nobody is told, and no memory is written any more.
    pub(in crate::kernel::mach) fn orphan_operations(
        &mut self,
        cx: &mut CallCx<'_>,
        which: impl Fn(&Operation) -> bool,
    ) {
        let mut rights = Vec::new();
        let mut queues = Vec::new();
        for operation in self.mach.devices.operations.values_mut() {
            if !which(operation) {
                continue;
            }
            match std::mem::replace(&mut operation.sink, Sink::Nobody) {
                Sink::Reply(to) => rights.push(to.right),
                Sink::Queue(queue, _) => queues.push(queue),
                _ => (),
            }
            if let (Form::Overwrite, Buffer::Kernel { id, .. }) = (operation.form, operation.buffer)
            {
                cx.bus.buffers.give_up(id);
            }
        }
        for right in rights {
            self.mach.ports.release(right);
        }
        for queue in queues {
            self.one_less_for_queue(cx, queue);
        }
    }

    /// Pages are a task's no longer: no read writes into them any more.
    pub(in crate::kernel) fn leave_pages(&mut self, cx: &mut CallCx<'_>, start: u32, end: u32) {
        for operation in self.mach.devices.operations.values() {
            if let Some(id) = operation.writes_into(start, end) {
                cx.bus.buffers.give_up(id);
            }
        }
    }

    /// Whether a read in progress writes into these pages.
    pub(in crate::kernel) fn mach_writes_into(&self, start: u32, end: u32) -> bool {
        let mut operations = self.mach.devices.operations.values();
        operations.any(|operation| operation.writes_into(start, end).is_some())
    }

    fn tell_end(
        &self,
        cx: &mut CallCx<'_>,
        id: OperationId,
        operation: &Operation,
        code: i32,
        count: u32,
    ) {
        self.note(Event::MachDone {
            operation: id.0,
            code,
            count,
            told: match operation.sink {
                Sink::Reply(_) => Way::Reply,
                Sink::Queue(..) => Way::Queue,
                Sink::Thread(_) => Way::Thread,
                Sink::Nobody => Way::Nobody,
            },
        });
        if !cx.sink.wants(Category::REQUESTS) {
            return;
        }
        let name = self.mach.devices.name(operation.device);
        let told = match operation.sink {
            Sink::Reply(_) => "a reply message".to_owned(),
            Sink::Queue(_, reqid) => format!("its done queue, request id {reqid:#x}"),
            Sink::Thread(_) => "the waiting thread".to_owned(),
            Sink::Nobody => "nobody".to_owned(),
        };
        let text = format!(
            "operation {} of \"{name}\" ends for {told}: {}, {count} bytes",
            id.0,
            codes::code_text(code)
        );
        let told = Told {
            at: cx.now,
            task: String::new(),
            event: TraceEvent::Request(text),
        };
        cx.sink.record(told);
    }
}

/// The code for what a device of the board complains of (Mach sheet 5.4).
pub(crate) fn code_of(error: DevError) -> i32 {
    match error {
        DevError::Offline | DevError::Aborted => codes::D_DEVICE_DOWN,
        DevError::EndOfMedium => codes::D_INVALID_RECNUM,
        DevError::BadArgument | DevError::Incomplete => codes::D_INVALID_SIZE,
        DevError::Media | DevError::Hardware | DevError::Refused(_) => codes::D_IO_ERROR,
        DevError::BadCommand
        | DevError::BadUnit
        | DevError::NotPrivileged
        | DevError::NotSupported => codes::D_INVALID_OPERATION,
    }
}
