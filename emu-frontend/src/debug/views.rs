//! What a machine looks like.

use super::commands::{address, number};
use super::sound;
use super::{Answer, Debugging};
use emu_core::cpu::{Operation, REGISTER_NAMES, decode, disasm};
use emu_core::debug::views::ItemView;
use emu_core::debug::{Expression, Symbols, call_stack};
use emu_core::kernel::abi::Registers;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::ALL;
use emu_core::mem::{FieldKind, MEMORY_END, Memory};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Clock, task, instruction.
    Where,
    /// Registers.
    Registers,
    /// Instructions.
    List,
    /// Memory.
    Memory,
    /// A structure.
    Struct,
    /// Callers.
    Stack,
    /// An expression.
    Print,
    /// Tasks.
    Tasks,
    /// Items.
    Items,
    /// What devices have to do.
    Requests,
    /// What sounds.
    Sound,
    /// Why a task waits.
    Why,
    /// The past.
    History,
}

/// Lines and rows that one command shows, at most.
const ROWS_MAX: u64 = 4096;

/// Shows it.
pub fn show<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    view: View,
    rest: &str,
) -> Result<Answer, String> {
    match view {
        View::Where => Ok(place(debugging)),
        View::Registers => registers(debugging, rest),
        View::List => list(debugging, rest),
        View::Memory => memory(debugging, rest),
        View::Struct => structure(debugging, rest),
        View::Stack => stack(debugging),
        View::Print => print(debugging, rest),
        View::Tasks => Ok(tasks(debugging)),
        View::Items => items(debugging, rest),
        View::Requests => Ok(requests(debugging)),
        View::Sound => Ok(sound::show(debugging)),
        View::Why => why(debugging, rest),
        View::History => Ok(history(debugging)),
    }
}

/// A task by its name or number; the running one, or else the main one, by nothing.
fn task<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, words: &str) -> Result<Item, String> {
    let machine = debugging.debugger.machine();
    let kernel = machine.kernel();
    if words.is_empty() {
        return Ok(kernel.current_task().unwrap_or(kernel.main_task()));
    }
    let by_name = kernel
        .task_items()
        .find(|&task| machine.item_name(task) == words);
    let by_number = || {
        let item = Item(i32::try_from(number(words).ok()?).ok()?);
        machine.task(item).map(|_| item)
    };
    let found = by_name.or_else(by_number);
    found.ok_or_else(|| format!("there is no task {words:?}; `tasks` lists them"))
}

fn registers_of<'a, W: Write, E: Write>(
    debugging: &'a Debugging<'_, W, E>,
    words: &str,
) -> Result<&'a Registers, String> {
    let task = task(debugging, words)?;
    let registers = debugging.debugger.machine().task_registers(task);
    registers.ok_or_else(|| "no task is left".to_owned())
}

/// An instruction with its address; where it branches to, or the system call, by name.
pub fn instruction(mem: &Memory, names: &Symbols, at: u32) -> String {
    let word = mem.word(at);
    let mut line = format!("{at:#08x}  {word:08x}  {}", disasm(at, word));
    if let Operation::Swi(swi) = decode(word).operation {
        let table = emu_core::kernel::call::CallTable::get();
        let row = u8::try_from(swi >> 16).ok();
        let row = row.and_then(|folio| table.swi(folio, swi as u8));
        if let Some(id) = row.filter(|_| swi & 0xFF00 == 0) {
            let _ = write!(line, "  ; {}", table.row(id).name);
        }
    }
    if let Operation::Branch { offset, .. } = decode(word).operation
        && let Some(near) = names.at(at.wrapping_add(8).wrapping_add(offset as u32))
    {
        let _ = write!(line, "  ; {near}");
    }
    line
}

/// Where the machine stands.
pub fn place<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Answer {
    let machine = debugging.debugger.machine();
    let position = debugging.debugger.position();
    let current = machine.kernel().current_task();
    let registers = current.and_then(|task| machine.task_registers(task));
    let name = current.map(|task| machine.item_name(task));
    let line = match (&name, registers) {
        (Some(name), Some(registers)) => {
            let names = &debugging.debugger.symbols;
            let near = names.function(registers.pc());
            let near = near.map_or(String::new(), |near| format!("  <{near}>"));
            let line = instruction(machine.memory(), names, registers.pc());
            format!("{name}{near}  {line}")
        }
        _ => "no task runs".to_owned(),
    };
    Answer {
        text: format!("{} (cycle {})  {line}", position.at, position.at.0),
        json: json!({
            "cycle": position.at.0,
            "seconds": position.at.seconds(),
            "instructions": position.instructions,
            "field": machine.fields(),
            "task": name,
            "item": current.map(|task| task.0),
            "pc": registers.map(Registers::pc),
            "function": registers.and_then(|registers| {
                let near = debugging.debugger.symbols.function(registers.pc());
                near.map(|near| near.to_string())
            }),
        }),
    }
}

fn registers<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let registers = registers_of(debugging, rest)?;
    let mut text = String::new();
    for (n, (value, name)) in registers.r.iter().zip(REGISTER_NAMES).enumerate() {
        let end = if n % 4 == 3 { "\n" } else { "  " };
        let _ = write!(text, "{name:>3} {value:08x}{end}");
    }
    let flags = [(31, 'N'), (30, 'Z'), (29, 'C'), (28, 'V')];
    let flags: String = flags
        .iter()
        .map(|&(bit, letter)| {
            if registers.cpsr >> bit & 1 != 0 {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let _ = write!(text, "psr {:08x}  {flags}", registers.cpsr);
    Ok(Answer {
        text,
        json: json!({ "r": registers.r, "cpsr": registers.cpsr }),
    })
}

fn list<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, rest: &str) -> Result<Answer, String> {
    let (place, count) = rest.split_once(' ').unwrap_or((rest, "10"));
    let start = match place {
        "" => registers_of(debugging, "")?.pc().saturating_sub(8),
        place => address(debugging, place)?,
    };
    let count = number(count.trim())?.min(ROWS_MAX) as u32;
    let pc = registers_of(debugging, "").map_or(u32::MAX, Registers::pc);
    let mem = debugging.debugger.machine().memory();
    let addresses = (0..count).map(|n| (start & !3).saturating_add(n * 4));
    let addresses = addresses.take_while(|&at| at < MEMORY_END);
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for at in addresses {
        let mark = if at == pc { "->" } else { "  " };
        let names = &debugging.debugger.symbols;
        if let Some(near) = names.at(at).filter(|near| near.offset == 0) {
            lines.push(format!("{near}:"));
        }
        lines.push(format!("{mark} {}", instruction(mem, names, at)));
        let word = mem.word(at);
        rows.push(json!({ "address": at, "word": word, "text": disasm(at, word) }));
    }
    Ok(Answer {
        text: lines.join("\n"),
        json: json!({ "instructions": rows }),
    })
}

fn memory<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let (place, count) = rest.split_once(' ').unwrap_or((rest, "16"));
    let start = address(debugging, place)? & !3;
    let count = number(count.trim())?.min(ROWS_MAX) as u32;
    let mem = debugging.debugger.machine().memory();
    let len = (count * 4).min(MEMORY_END.saturating_sub(start));
    let bytes = mem.bytes(start, len).unwrap_or_default();
    if bytes.is_empty() {
        return Err(format!("there is no memory at {start:#x}"));
    }
    let mut lines = Vec::new();
    for (n, row) in bytes.chunks(16).enumerate() {
        let words: Vec<String> = row
            .chunks(4)
            .map(|word| word.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        let shown = |&byte: &u8| match byte {
            b' '..=b'~' => char::from(byte),
            _ => '.',
        };
        let text: String = row.iter().map(shown).collect();
        let at = start + n as u32 * 16;
        lines.push(format!("{at:#08x}  {:<35}  {text}", words.join(" ")));
    }
    let words: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
        .collect();
    Ok(Answer {
        text: lines.join("\n"),
        json: json!({ "address": start, "words": words }),
    })
}

fn structure<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let (name, place) = rest.split_once(' ').unwrap_or((rest, ""));
    let info = ALL.iter().find(|info| info.name.eq_ignore_ascii_case(name));
    let info = info.ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|info| info.name).collect();
        format!("structures are {}", names.join(", "))
    })?;
    let start = address(debugging, place.trim())?;
    let mem = debugging.debugger.machine().memory();
    let mut lines = vec![format!("{} at {start:#x}, {} bytes", info.name, info.size)];
    let mut fields = serde_json::Map::new();
    for field in info.fields {
        let at = start.wrapping_add(field.offset);
        let bytes = mem.bytes(at, field.size).unwrap_or_default();
        let value = bytes.iter().take(4).fold(0, |v, &b| v << 8 | u32::from(b));
        let shown = match field.kind {
            FieldKind::Struct(name) => format!("{name} at {at:#x}"),
            _ if field.size > 4 => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            _ => format!("{value:#x}"),
        };
        lines.push(format!(
            "  {:#05x} {:<24} {shown}",
            field.offset, field.name
        ));
        fields.insert(field.name.to_owned(), json!(shown));
    }
    Ok(Answer {
        text: lines.join("\n"),
        json: json!({ "struct": info.name, "address": start, "fields": fields }),
    })
}

fn stack<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Result<Answer, String> {
    let registers = registers_of(debugging, "")?;
    let mem = debugging.debugger.machine().memory();
    let names = &debugging.debugger.symbols;
    let frames = call_stack(mem, registers);
    let lines: Vec<String> = frames
        .iter()
        .enumerate()
        .map(|(n, frame)| {
            let near = names.function(frame.pc);
            let near = near.map_or(String::new(), |near| format!("{near}  "));
            format!("#{n}  {near}{}", instruction(mem, names, frame.pc))
        })
        .collect();
    let rows: Vec<Value> = frames
        .iter()
        .map(|frame| {
            let near = names.function(frame.pc).map(|near| near.to_string());
            json!({ "pc": frame.pc, "fp": frame.fp, "function": near })
        })
        .collect();
    Ok(Answer {
        text: lines.join("\n"),
        json: json!({ "frames": rows }),
    })
}

fn print<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let expression = Expression::parse(rest).map_err(|error| error.to_string())?;
    let value = debugging.debugger.value(&expression);
    let value = value.ok_or("there is no event whose field this could be")?;
    Ok(Answer {
        text: format!("{value} = {value:#x}"),
        json: json!({ "value": value }),
    })
}

fn tasks<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Answer {
    let machine = debugging.debugger.machine();
    let lines = machine.kernel().describe_tasks(machine.memory());
    Answer {
        text: lines.join("\n"),
        json: json!({ "tasks": lines }),
    }
}

fn items<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let owner = match rest {
        "" => None,
        words => Some(task(debugging, words)?),
    };
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    let mut views = debugging.debugger.machine().item_views();
    views.retain(|view| owner.is_none_or(|owner| owner == view.owner));
    for view in views {
        let ItemView {
            item,
            type_name: kind,
            name,
            owner,
            address,
            ..
        } = view;
        lines.push(format!(
            "{item:?}  {kind:<12} at {address:#x}  of {owner:?}  {name}"
        ));
        rows.push(json!({
            "item": item.0, "kind": kind, "name": name, "owner": owner.0, "address": address,
        }));
    }
    Ok(Answer {
        text: lines.join("\n"),
        json: json!({ "items": rows }),
    })
}

fn requests<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Answer {
    let machine = debugging.debugger.machine();
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for work in machine.request_views() {
        let of = work.ior.map_or("the system".to_owned(), |ior| {
            let owner = machine.item_name(work.owner);
            format!("IOReq {ior:?} of {owner}")
        });
        let due = work.due.map_or("when something happens".to_owned(), |due| {
            format!("at {due}")
        });
        let (number, name) = (work.request, work.name);
        lines.push(format!("request {number} of {of} at {name}: due {due}"));
        rows.push(json!({
            "request": number,
            "ior": work.ior.map(|ior| ior.0),
            "device": work.device.0,
            "name": name,
            "due": work.due.map(|due| due.0),
        }));
    }
    Answer {
        text: match lines.is_empty() {
            true => "no device has anything to do".to_owned(),
            false => lines.join("\n"),
        },
        json: json!({ "requests": rows }),
    }
}

fn why<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let task = task(debugging, rest)?;
    let report = debugging.debugger.why(task).ok_or("no task is left")?;
    let chain: Vec<Value> = report
        .chain
        .iter()
        .map(|link| {
            json!({
                "task": link.task.0,
                "name": link.name,
                "waits": link.waits,
                "due": link.due.map(|due| due.0),
            })
        })
        .collect();
    Ok(Answer {
        text: report.to_string(),
        json: json!({ "chain": chain, "class": report.class.words() }),
    })
}

fn history<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Answer {
    let history = debugging.debugger.history();
    let (start, end) = (history.start(), history.end());
    let (marks, bytes) = (history.len(), history.bytes());
    Answer {
        text: format!(
            "{marks} instants from {start} to {end}, {:.1} MiB",
            bytes as f64 / f64::from(1 << 20)
        ),
        json: json!({ "instants": marks, "bytes": bytes, "start": start.0, "end": end.0 }),
    }
}
