//! Results on their way into a task's memory (Mach sheet 2.6, 3.4).

use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::queue::QueueId;
use crate::kernel::mach::records::{IO_DONE_OVERWRITE, IO_DONE_READ, IO_DONE_WRITE};
use crate::kernel::mach::records::{IoDoneControl, IoDoneResult};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::trace::{Category, TraceEvent};
use serde::{Deserialize, Serialize};

/// How the bytes of a read reach the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// In new memory.
    OutOfLine,
    /// In a message or a result record, at most 128 bytes.
    Inband,
    /// In the task's own buffer, as they come.
    Overwrite,
    /// They go the other way.
    Write,
    /// They go the other way, at most 128 of them.
    WriteInband,
    /// There are none: a status call that ends later.
    Status {
        /// It asks for a status.
        get: bool,
    },
}

impl Form {
    /// `qd_type`.
    pub fn done_type(self) -> i32 {
        match self {
            Form::OutOfLine | Form::Inband => IO_DONE_READ,
            Form::Overwrite => IO_DONE_OVERWRITE,
            // No status call has a completion in a queue.
            Form::Write | Form::WriteInband | Form::Status { .. } => IO_DONE_WRITE,
        }
    }

    /// Whether bytes come from the device.
    pub fn is_read(self) -> bool {
        matches!(self, Form::OutOfLine | Form::Inband | Form::Overwrite)
    }
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What it was.
    pub form: Form,
    /// The request id of an asynchronous one.
    pub reqid: u32,
    /// 0, or a `D_` or `KERN_` code.
    pub code: i32,
    /// Bytes.
    pub count: u32,
    /// What was read, unless it is in the task's buffer already.
    #[serde(with = "serde_bytes")]
    pub data: Vec<u8>,
}

/// Where the results of a synchronous trap go: addresses in the caller's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Collect {
    /// New memory; its address and its length.
    OutOfLine {
        /// For the address.
        data: u32,
        /// For the number of bytes.
        count: u32,
    },
    /// A buffer for the bytes.
    Inband {
        /// The buffer.
        data: u32,
        /// For the number of bytes.
        count: u32,
    },
    /// Only the number of bytes.
    Count(u32),
    /// Nothing but the code.
    Nothing,
}

impl Portfolio {
    /// Gives a completion of a done queue to the running task. A record that it cannot write
    /// costs nothing: the completion stays the queue's next.
    pub(in crate::kernel::mach) fn collect(
        &mut self,
        cx: &mut CallCx<'_>,
        queue: QueueId,
        record: Record,
        result: u32,
    ) -> i32 {
        let inline = match record.form {
            Form::Inband => record.count,
            _ => 0,
        };
        let size = IoDoneControl::SIZE as u32 + inline;
        if cx.mem.check_writable(result, size).is_err() {
            self.put_back(cx, queue, record);
            return self.bad_result_code();
        }
        self.forget_record(&record);
        let program = self.mach_caller();
        let (mut code, mut count) = (record.code, record.count);
        let data = match record.form {
            Form::OutOfLine => match self.new_region_with(cx, program, &record.data) {
                Ok(at) => at,
                Err(error) => {
                    (code, count) = (error, 0);
                    0
                }
            },
            Form::Inband => result.wrapping_add(IoDoneControl::SIZE as u32),
            _ => 0,
        };
        let done = IoDoneResult {
            control: IoDoneControl {
                qd_type: record.form.done_type(),
                qd_reqid: record.reqid,
                qd_code: code,
                qd_data: data,
                qd_count: count as i32,
            },
            qd_inline: if inline > 0 { record.data } else { Vec::new() },
        };
        self.tell_completion(cx, &done.control);
        match cx.mem.write_bytes(result, &done.stored()) {
            Ok(()) => codes::KERN_SUCCESS,
            Err(_) => self.bad_result_code(),
        }
    }

    /// A completion in words, for the call log.
    fn tell_completion(&self, cx: &mut CallCx<'_>, done: &IoDoneControl) {
        if !cx.sink.wants(Category::CALLS) {
            return;
        }
        let kind = match done.qd_type {
            IO_DONE_WRITE => "write",
            IO_DONE_OVERWRITE => "overwriting read",
            _ => "read",
        };
        let at = match done.qd_data {
            0 => String::new(),
            at => format!(" at {at:#x}"),
        };
        let text = format!(
            "completion of {kind} {:#x}: {}, {} bytes{at}",
            done.qd_reqid,
            codes::code_text(done.qd_code),
            done.qd_count
        );
        self.tell(cx, TraceEvent::Call(text));
    }

    /// What a result address that cannot be written costs (Mach sheet 3.6).
    pub(in crate::kernel::mach) fn bad_result_code(&self) -> i32 {
        if self.quirks.mach_result_address {
            codes::KERN_INVALID_ADDRESS
        } else {
            codes::KERN_INVALID_ARGUMENT
        }
    }

    /// Stores the results of a synchronous trap of the running task. The code is the result.
    pub(in crate::kernel::mach) fn store_results(
        &mut self,
        cx: &mut CallCx<'_>,
        collect: &Collect,
        record: Record,
    ) -> i32 {
        self.forget_record(&record);
        let mut store = || {
            let invalid = |_| codes::KERN_INVALID_ADDRESS;
            let word = |value: u32| value.to_be_bytes();
            let at = match *collect {
                Collect::OutOfLine { data, count } => {
                    if record.code != codes::D_SUCCESS {
                        return Ok(());
                    }
                    cx.mem.check_writable(data, 4).map_err(invalid)?;
                    cx.mem.check_writable(count, 4).map_err(invalid)?;
                    let program = self.mach_caller();
                    let at = self.new_region_with(cx, program, &record.data)?;
                    cx.mem.write_bytes(data, &word(at)).map_err(invalid)?;
                    count
                }
                Collect::Inband { data, count } => {
                    cx.mem.write_bytes(data, &record.data).map_err(invalid)?;
                    count
                }
                Collect::Count(count) => count,
                Collect::Nothing => return Ok(()),
            };
            let count = word(record.count);
            cx.mem.write_bytes(at, &count).map_err(invalid)
        };
        match store() {
            Ok(()) => record.code,
            Err(code) => code,
        }
    }

    /// A completion has found its task, or nobody wants it.
    pub(in crate::kernel::mach) fn forget_record(&mut self, record: &Record) {
        let devices = &mut self.mach.devices;
        devices.held_bytes = devices.held_bytes.saturating_sub(record.data.len() as u64);
        devices.uncollected = devices.uncollected.saturating_sub(1);
    }

    /// The thread waits for its own operation.
    pub(super) fn finish_for_thread(&mut self, cx: &mut CallCx<'_>, task: Item, record: Record) {
        use crate::kernel::mach::waiting::Waiting;
        let thread = self.mach.threads.get_mut(&task);
        match thread.and_then(|thread| thread.waiting.as_mut()) {
            Some(Waiting::Operation { record: place, .. }) => {
                *place = Some(record);
                self.wake(cx, task);
            }
            _ => self.forget_record(&record),
        }
    }
}
