//! Error codes in words, for guests, the call log and `overture explain`.

use super::find::{CLASSES, ENVIRONMENTS, SEVERITIES};
use super::tables::{Entry, MODULES, Module, STANDARD};
use super::{Parts, Status};
use std::fmt;

fn module_of(parts: &Parts) -> Option<&'static Module> {
    let id = [parts.id.0, parts.id.1];
    let exact = |module: &&Module| module.object == parts.object && module.id == id;
    let any = |module: &&Module| module.object == 0 && module.id == id;
    MODULES
        .iter()
        .find(exact)
        .or_else(|| MODULES.iter().find(any))
}

pub(super) fn entry_of(parts: &Parts) -> Option<&'static Entry> {
    let module = module_of(parts);
    let table = match (parts.class, module) {
        (0, _) => STANDARD,
        (_, Some(module)) => module.own,
        (_, None) => return None,
    };
    table.iter().find(|entry| entry.number == parts.number)
}

/// The symbol of an error code as call logs show it, such as `BADITEM` or `ER_IONotDone`. The
/// numbers of class "standard" have the same symbols in every module; only the kernel's have
/// the short ones.
pub fn name(code: i32) -> Option<&'static str> {
    let parts = Parts::of(Status(code))?;
    let module = module_of(&parts)?;
    let entry = entry_of(&parts)?;
    let kernel = module.id == *b"Kr";
    Some(if kernel && !entry.short.is_empty() {
        entry.short
    } else {
        entry.symbol
    })
}

/// The code of a symbol, long or short, ignoring case; the kernel's own come first.
pub fn by_name(wanted: &str) -> Option<i32> {
    let is_it = |entry: &Entry| {
        entry.symbol.eq_ignore_ascii_case(wanted)
            || !entry.short.is_empty() && entry.short.eq_ignore_ascii_case(wanted)
    };
    MODULES.iter().find_map(|module| {
        let tables = [(0, STANDARD), (1, module.own)];
        tables.iter().find_map(|&(class, table)| {
            let entry = table.iter().find(|entry| is_it(entry))?;
            let parts = Parts::severe(module.object, &module.id, class, entry.number);
            Some(parts.code().0)
        })
    })
}

/// What GetSysErr writes for a code (kernel sheet 9.4), from the texts of this system alone.
pub fn text(code: i32) -> String {
    let bytes = text_with(code, |_, _, _| None);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same with the guest's own error texts: `lookup` gets object and module id as
/// `et_ObjID` has them, the class and the number.
pub fn text_with(code: i32, lookup: impl Fn(u32, u8, u8) -> Option<Vec<u8>>) -> Vec<u8> {
    let Some(parts) = Parts::of(Status(code)) else {
        return format!("<{code}, not an error>").into_bytes();
    };
    if code == -1 {
        return b"<-1, generic error>".to_vec();
    }
    let mut text = parts.prefix();
    match lookup(parts.object_id(), parts.class, parts.number) {
        Some(own) => text.extend(own),
        None => match entry_of(&parts) {
            Some(entry) => text.extend(entry.text.bytes()),
            None => text.extend(format!("<{:03}>", parts.number).bytes()),
        },
    }
    text
}

impl Parts {
    /// `FKr-Severe-System-Standard-`.
    fn prefix(&self) -> Vec<u8> {
        let mut text = vec![self.object, self.id.0, self.id.1];
        let class = CLASSES[usize::from(self.class & 1)];
        let words = format!(
            "-{}-{}-{class}-",
            self.severity_name(),
            self.environment_name()
        );
        text.extend(words.bytes());
        text
    }

    fn severity_name(&self) -> &'static str {
        SEVERITIES[usize::from(self.severity & 3)]
    }

    fn environment_name(&self) -> &'static str {
        ENVIRONMENTS[usize::from(self.environment & 3)]
    }
}

/// A code taken apart and put into words; printing it gives the whole explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: i32,
    /// Its parts; none if it is not an error.
    pub parts: Option<Parts>,
    /// Who issues such codes.
    pub module: Option<&'static str>,
    /// Its symbol.
    pub symbol: Option<&'static str>,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// What usually causes it and what to do; may be empty.
    pub advice: &'static str,
}

/// Explains a code.
pub fn explain(code: i32) -> Explanation {
    let parts = Parts::of(Status(code));
    let entry = parts.as_ref().and_then(entry_of);
    let (meaning, advice) = match (&parts, entry) {
        (None, _) => ("This is not an error: errors are negative", ""),
        (Some(_), _) if code == -1 => (
            "An error without a code of its own",
            "Some calls return -1 for \"nothing\" or for a failure they do not describe.",
        ),
        (_, Some(entry)) => (entry.text, entry.advice),
        (_, None) => (
            "No published number of this module",
            "A program may have given it a text with an error-text item.",
        ),
    };
    Explanation {
        code,
        module: parts.as_ref().and_then(module_of).map(|module| module.name),
        parts,
        symbol: name(code).or(entry.map(|entry| entry.symbol)),
        meaning,
        advice,
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010X} ({})", self.code as u32, self.code)?;
        if let Some(symbol) = self.symbol {
            write!(f, ": {symbol}")?;
        }
        writeln!(f, "\n  {}.", self.meaning)?;
        if !self.advice.is_empty() {
            writeln!(f, "  {}", self.advice)?;
        }
        if let Some(parts) = self.parts.as_ref().filter(|_| self.code != -1) {
            let object = match parts.object {
                b'F' => "folio",
                b'D' => "device",
                b'T' => "task",
                b'L' => "library",
                b'U' => "user",
                _ => "unknown",
            };
            let class = if parts.class == 0 {
                "standard"
            } else {
                "the module's own"
            };
            writeln!(f, "  object       {} ({object})", char::from(parts.object))?;
            let id = [parts.id.0, parts.id.1].map(char::from);
            let module = self.module.unwrap_or("unknown");
            writeln!(f, "  module       {}{} ({module})", id[0], id[1])?;
            writeln!(
                f,
                "  severity     {} ({})",
                parts.severity,
                parts.severity_name()
            )?;
            writeln!(
                f,
                "  environment  {} ({})",
                parts.environment,
                parts.environment_name()
            )?;
            writeln!(f, "  class        {} ({class})", parts.class)?;
            writeln!(f, "  number       {}", parts.number)?;
        }
        Ok(())
    }
}
