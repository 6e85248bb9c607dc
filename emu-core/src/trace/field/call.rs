//! Calls in events: a system and a name, or a number that has none.

use super::{Damage, Field, Reader, clipped, digits};
use crate::kernel::call::{CallTable, Entry, System};
use crate::kernel::portfolio::CallKey;

/// All systems, for their names.
pub(crate) const SYSTEMS: [System; 10] = [
    System::Host,
    System::Kernel,
    System::File,
    System::Graphics,
    System::Audio,
    System::Operamath,
    System::International,
    System::Compression,
    System::Jstring,
    System::Mach,
];

/// `kernel.SendIO`; a number that is no call of this version is `kernel.swi99`.
impl Field for CallKey {
    fn encode(&self, to: &mut Vec<u8>) {
        let (folio, kind, number) = self.parts();
        to.extend([folio, kind]);
        number.encode(to);
    }
    fn decode(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let (folio, kind, number) = (from.byte()?, from.byte()?, u32::decode(from)?);
        CallKey::from_parts(folio, kind, number).ok_or_else(|| Damage::Unknown {
            what: "call",
            value: format!("{folio} {kind} {number}"),
        })
    }
    fn write(&self, to: &mut String) {
        let (folio, kind, number) = self.parts();
        let system = SYSTEMS.iter().find(|system| system.folio() == folio);
        match system {
            Some(system) => to.push_str(system.name()),
            None => folio.write(to),
        }
        to.push('.');
        match self
            .row()
            .filter(|row| CallKey::named(row.system, row.name) == Some(*self))
        {
            Some(row) => to.push_str(row.name),
            None => {
                to.push_str(CallKey::KINDS[usize::from(kind)]);
                number.write(to);
            }
        }
    }
    fn parse(word: &str) -> Result<Self, Damage> {
        let bad = || Damage::Unknown {
            what: "call",
            value: clipped(word),
        };
        let (system, name) = word.split_once('.').ok_or_else(bad)?;
        let system = SYSTEMS.iter().find(|known| known.name() == system);
        if let Some(key) = system.and_then(|&system| CallKey::named(system, name)) {
            return Ok(key);
        }
        let folio = match system {
            Some(system) => system.folio(),
            None => u8::parse(word.split_once('.').ok_or_else(bad)?.0)?,
        };
        let found = CallKey::KINDS
            .iter()
            .enumerate()
            .find_map(|(kind, prefix)| {
                let number = digits(name.strip_prefix(prefix)?, 10)?;
                CallKey::from_parts(folio, kind as u8, number.try_into().ok()?)
            });
        let key = found.ok_or_else(bad)?;
        // A call with a name has only that spelling.
        let mut spelled = String::new();
        key.write(&mut spelled);
        if spelled == word { Ok(key) } else { Err(bad()) }
    }
    fn essence(&self) -> Self {
        *self
    }
}

impl CallKey {
    /// How entries are spelled that have no name.
    const KINDS: [&str; 5] = ["swi", "vec", "private", "trap", "msg"];

    /// The first call of this name in a system; a name has one or two ways in.
    fn named(system: System, name: &str) -> Option<CallKey> {
        let rows = CallTable::get().rows().iter();
        let mut named = rows.filter(|row| row.system == system && row.name == name);
        named
            .find(|row| !matches!(row.entry, Entry::Private(_)))
            .map(|row| CallKey::of(row))
    }
}
