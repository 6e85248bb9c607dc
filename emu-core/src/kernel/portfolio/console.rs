//! What guests print: kprintf, the print core, error texts.
//!
//! Kernel sheet section 10.

use super::Portfolio;
use super::errors::{self, BADPTR, Status};
use super::format;
use super::items::Item;
use super::structs::ErrorText;
use super::tasks::PrintJob;
use crate::calls;
use crate::kernel::abi::ArgKind;
use crate::kernel::abi::{Arguments, CallerStack, FromGuest, Trouble};
use crate::kernel::call::CallCx;
use crate::mem::{BadAccess, CString, GuestPtr, Memory};
use crate::trace::{Category, Event, Record, TraceEvent};

/// Characters that are commands to the console (SDK `KPRINTF_*`).
const STOP: u8 = 1;
const START: u8 = 2;
const DISABLE: u8 = 4;
/// Bytes of a line that are kept until its end comes; a longer one goes out in pieces.
const LONGEST_LINE: usize = 4096;
/// Texts that a task can be in the middle of: a print function that prints itself. Older ones
/// are forgotten, as nothing can tell how far the guest has left them behind.
const MOST_PRINTS: usize = 16;
/// Cycles for each formatted character.
const CYCLES_PER_CHARACTER: u64 = 8;

/// Whether the console prints what it gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ConsoleState {
    /// It does.
    #[default]
    On,
    /// A program has stopped it for a while.
    Stopped,
    /// A program has stopped it for good.
    Disabled,
}

impl Portfolio {
    /// Sends bytes to the console: whole lines go out, the rest waits for its newline.
    fn print(&mut self, cx: &mut CallCx<'_>, task: Item, bytes: &[u8]) {
        for &byte in bytes {
            match (byte, self.console) {
                (_, ConsoleState::Disabled) => return,
                (STOP, _) => self.console = ConsoleState::Stopped,
                (START, _) => self.console = ConsoleState::On,
                (DISABLE, _) => self.console = ConsoleState::Disabled,
                (_, ConsoleState::Stopped) => (),
                (b'\n' | b'\r' | b'\t' | b' '..=b'~', ConsoleState::On) => {
                    if let Some(state) = self.tasks.get_mut(&task) {
                        state.line.push(byte);
                    }
                    let full = self
                        .tasks
                        .get(&task)
                        .is_some_and(|state| state.line.len() >= LONGEST_LINE);
                    if byte == b'\n' || full {
                        self.flush_line(cx, task);
                    }
                }
                _ => (),
            }
        }
    }

    /// Sends bytes of the running task to the console as they are and at once: none of them is a
    /// command.
    pub(in crate::kernel) fn print_for_caller(&mut self, cx: &mut CallCx<'_>, bytes: &[u8]) {
        let plain: Vec<u8> = bytes
            .iter()
            .copied()
            .filter(|&byte| byte >= b'\t')
            .collect();
        self.print(cx, self.caller(), &plain);
        self.flush_line(cx, self.caller());
    }

    /// Sends out what a task has printed of its present line.
    pub(crate) fn flush_line(&mut self, cx: &mut CallCx<'_>, task: Item) {
        let Some(state) = self.tasks.get_mut(&task) else {
            return;
        };
        if state.line.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(&std::mem::take(&mut state.line)).into_owned();
        if self.notes.wanted() {
            let text = text.clone();
            self.notes.push(task, Event::Text { text });
        }
        if cx.sink.wants(Category::CONSOLE) {
            let record = Record {
                at: cx.now,
                task: self.item_name(cx.mem, task),
                event: TraceEvent::Console(text),
            };
            cx.sink.record(record);
        }
    }

    /// Tells the sink something about the running task.
    pub(crate) fn tell(&self, cx: &mut CallCx<'_>, event: TraceEvent) {
        let record = Record {
            at: cx.now,
            task: self.item_name(cx.mem, self.caller()),
            event,
        };
        cx.sink.record(record);
    }

    /// Tells the sink of a guest's mistake.
    pub(crate) fn warn(&self, cx: &mut CallCx<'_>, text: String) {
        self.warn_who_wants(cx, Category::WARNINGS, text);
    }

    /// Tells those who look at calls of what is no mistake here.
    pub(crate) fn remark(&self, cx: &mut CallCx<'_>, text: String) {
        self.warn_who_wants(cx, Category::CALLS, text);
    }

    fn warn_who_wants(&self, cx: &mut CallCx<'_>, category: Category, text: String) {
        if self.notes.wanted() {
            let text = text.clone();
            self.note(Event::Warning { text });
        }
        if cx.sink.wants(category) {
            self.tell(cx, TraceEvent::Warning(text));
        }
    }

    /// The text of an error code, with the tables that programs have registered.
    fn error_text(&self, mem: &Memory, code: Status) -> Vec<u8> {
        errors::text_with(code.0, |object, _class, number| {
            let table = self.error_text_of(mem, object)?;
            if number >= mem.peek(table.at(ErrorText::et_MaxErr)) {
                return None;
            }
            let entries = mem.peek(table.at(ErrorText::et_ErrorTable));
            let text = mem.peek(entries.index(u32::from(number)));
            mem.read_string(text, 256).ok()
        })
    }
}

/// SWI 14. Arguments beyond the third are taken from the caller's stack: the shipped kernel
/// reads its own stack there, which no program can have meant.
fn kprintf(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    text: GuestPtr<CString>,
    values: CallerWords,
) -> Result<(), Trouble> {
    let formatted = format::format(cx.mem, text, &mut |n| values.word(cx.mem, n));
    let formatted = formatted.map_err(|_| BADPTR)?;
    cx.charge.0 += formatted.bytes.len() as u64 * CYCLES_PER_CHARACTER;
    let caller = k.caller();
    k.print(cx, caller, &formatted.bytes);
    Ok(())
}

/// The words of a variadic call after its first argument: r1 to r3, then the stack.
struct CallerWords {
    registers: [u32; 3],
    stack: u32,
}

impl FromGuest for CallerWords {
    const KIND: ArgKind = ArgKind::Hidden;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        let stack = CallerStack::from_guest(arguments).0;
        let registers = [arguments.word(), arguments.word(), arguments.word()];
        CallerWords { registers, stack }
    }
}

impl CallerWords {
    fn word(&self, mem: &Memory, n: u32) -> Result<u32, BadAccess> {
        match self.registers.get(n as usize) {
            Some(&word) => Ok(word),
            None => mem.read(GuestPtr::new(self.stack.wrapping_add((n - 3) * 4))),
        }
    }
}

/// First half of vector 21, called by the print routine in the stub page: formats everything
/// and returns the number of characters; the routine fetches them one by one, because each
/// goes through a function of the guest's.
fn format_begin(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    _file: u32,
    text: GuestPtr<CString>,
    values: GuestPtr<u32>,
    stack: CallerStack,
) -> Result<u32, Trouble> {
    let formatted = format::format(cx.mem, text, &mut |n| cx.mem.read(values.index(n)))?;
    for (addr, count) in formatted.counts {
        cx.mem.write(GuestPtr::new(addr), count)?;
    }
    let count = formatted.bytes.len() as u32;
    cx.charge.0 += u64::from(count) * CYCLES_PER_CHARACTER;
    let mut left = formatted.bytes;
    left.reverse();
    if let Some(state) = k.tasks.get_mut(&k.current.unwrap_or_default()) {
        // Jobs of routines below this one were abandoned (a guest function jumped away).
        state.prints.retain(|job| job.sp > stack.0);
        if state.prints.len() == MOST_PRINTS {
            state.prints.remove(0);
        }
        state.prints.push(PrintJob { sp: stack.0, left });
    }
    Ok(count)
}

/// Second half of vector 21: the next character, -1 at the end.
fn format_next(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    stack: CallerStack,
) -> Result<i32, Trouble> {
    let Some(state) = k.tasks.get_mut(&k.current.unwrap_or_default()) else {
        return Ok(-1);
    };
    state.prints.retain(|job| job.sp >= stack.0);
    match state.prints.last_mut() {
        Some(job) if job.sp == stack.0 => match job.left.pop() {
            Some(byte) => Ok(i32::from(byte)),
            None => {
                state.prints.pop();
                Ok(-1)
            }
        },
        _ => Ok(-1),
    }
}

fn get_sys_err(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    buffer: GuestPtr<u8>,
    size: i32,
    code: Status,
) -> Result<u32, Trouble> {
    if size <= 0 {
        return Ok(0);
    }
    cx.mem
        .check_writable(buffer.addr(), size as u32)
        .map_err(|_| BADPTR)?;
    let mut text = k.error_text(cx.mem, code);
    text.truncate(size as usize - 1);
    let length = text.len() as u32;
    text.push(0);
    cx.mem
        .write_bytes(buffer.addr(), &text)
        .map_err(|_| BADPTR)?;
    Ok(length)
}

/// SWI 30: nothing is ever typed on the diagnostic port of this machine.
fn may_get_char(_k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<i32, Trouble> {
    Ok(-1)
}

/// SWI 42, private: prints a program's copyright line.
fn print_3do_header(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    _header: u32,
    text: GuestPtr<CString>,
    copyright: GuestPtr<CString>,
) -> Result<(), Trouble> {
    let caller = k.caller();
    for part in [text, copyright] {
        if let Ok(part) = cx.mem.read_string(part, 256) {
            k.print(cx, caller, &part);
            k.print(cx, caller, b"\n");
        }
    }
    Ok(())
}

calls! { pub(crate) CALLS: Kernel;
    swi 14 kprintf(format: GuestPtr<CString>, values: CallerWords) -> Nothing = kprintf;
    swi 30 MayGetChar() -> Number = may_get_char;
    swi 42 Print3DOHeader(header: u32, text: GuestPtr<CString>, copyright: GuestPtr<CString>) -> Nothing = print_3do_header;
    routine vec 21 printf(file: u32, format: GuestPtr<CString>, values: GuestPtr<u32>, float: u32, putc: u32) -> Number;
    vec 22 GetSysErr(buffer: GuestPtr<u8>, size: i32, error: Status) -> Number = get_sys_err;
    private 1 FormatBegin(file: u32, format: GuestPtr<CString>, values: GuestPtr<u32>, stack: CallerStack) -> Number = format_begin;
    private 2 FormatNext(stack: CallerStack) -> Number = format_next;
}
