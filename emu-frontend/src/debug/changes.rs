//! Registers and memory, changed by hand.

use super::commands::{address, number};
use super::{Answer, Debugging};
use emu_core::cpu::REGISTER_NAMES;
use emu_core::debug::Expression;
use emu_core::mem::MEMORY_END;
use serde_json::json;
use std::io::Write;

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A register.
    Set,
    /// Memory.
    Poke,
}

/// The bits of the status register that a program has: N, Z, C and V.
const FLAGS: u32 = 0xF000_0000;

/// Changes it.
pub fn change<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    way: Way,
    rest: &str,
) -> Result<Answer, String> {
    match way {
        Way::Set => set(debugging, rest),
        Way::Poke => poke(debugging, rest),
    }
}

/// A value of 32 bits, signed or not.
fn value<W: Write, E: Write>(debugging: &Debugging<'_, W, E>, words: &str) -> Result<u32, String> {
    let expression = Expression::parse(words).map_err(|error| error.to_string())?;
    let value = debugging.debugger.value(&expression);
    let value = value.filter(|value| (-(1 << 31)..1 << 32).contains(value));
    value
        .map(|value| value as u32)
        .ok_or_else(|| format!("{words:?} is no value of 32 bits"))
}

fn set<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let usage = "set wants a register and a value, such as set r0 5";
    let (name, words) = rest.split_once(' ').ok_or(usage)?;
    let value = value(debugging, words.trim().trim_start_matches("= "))?;
    let place = match name {
        "r13" => Some(13),
        "r14" => Some(14),
        "r15" => Some(15),
        "psr" | "cpsr" => Some(16),
        name => REGISTER_NAMES.iter().position(|known| *known == name),
    };
    let place = place.ok_or_else(|| format!("{name:?} is no register; they are r0 to pc, psr"))?;
    if place == 15 && value & 3 != 0 {
        return Err(format!(
            "{value:#x} is no address of an instruction: it is odd"
        ));
    }
    let machine = debugging.debugger.machine();
    let task = machine.kernel().current_task();
    let task = task.ok_or("no task runs here; `step` goes to where one does")?;
    let new = debugging.debugger.change(|machine| {
        let registers = machine.task_registers_mut(task)?;
        match registers.r.get_mut(place) {
            Some(register) => *register = value,
            None => registers.cpsr = registers.cpsr & !FLAGS | value & FLAGS,
        }
        Some(registers.r.get(place).copied().unwrap_or(registers.cpsr))
    });
    let new = new.ok_or("no task is left")?;
    Ok(Answer {
        text: format!("{name} = {new:#x}"),
        json: json!({ "register": name, "value": new }),
    })
}

/// The bytes of the values, each a word, `b:` and a byte, or a text.
fn bytes<W: Write, E: Write>(
    debugging: &Debugging<'_, W, E>,
    mut words: &str,
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while !words.is_empty() {
        if let Some(text) = words.strip_prefix('"') {
            let (text, rest) = text.split_once('"').ok_or("a quotation mark is missing")?;
            bytes.extend(text.as_bytes());
            words = rest.trim_start();
            continue;
        }
        let (word, rest) = words.split_once(' ').unwrap_or((words, ""));
        match word.strip_prefix("b:") {
            Some(byte) => {
                let byte = number(byte)?;
                bytes.push(u8::try_from(byte).map_err(|_| format!("{byte} is no byte"))?);
            }
            None => bytes.extend(value(debugging, word)?.to_be_bytes()),
        }
        words = rest.trim_start();
    }
    Ok(bytes)
}

fn poke<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let (place, words) = rest.split_once(' ').unwrap_or((rest, ""));
    let start = address(debugging, place)?;
    let bytes = bytes(debugging, words.trim())?;
    if bytes.is_empty() {
        return Err("poke wants values: words such as 0x12, b:0x12, \"text\"".to_owned());
    }
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let end = start.checked_add(len).filter(|end| *end <= MEMORY_END);
    if end.is_none() {
        return Err(format!("there are no {len} bytes of memory at {start:#x}"));
    }
    let is_done = debugging.debugger.change(|machine| {
        let place = machine.memory_mut().bytes_mut(start, len);
        place.map(|place| place.copy_from_slice(&bytes)).is_some()
    });
    let none = || format!("there are no {len} bytes of memory at {start:#x}");
    is_done.then_some(()).ok_or_else(none)?;
    Ok(Answer {
        text: format!("{len} bytes at {start:#x}"),
        json: json!({ "address": start, "bytes": len }),
    })
}
