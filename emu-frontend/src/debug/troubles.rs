//! Codes and errors by anything that people see of them.

use crate::explain;
use emu_core::debug::Trouble;
use emu_core::device::DevError;
use emu_core::kernel::mach::codes::{self, Family};
use emu_core::kernel::portfolio::errors::{self, Codes};
use emu_core::trace::Field;

/// Longest name that near matches are looked for, in characters.
const NAME_MAX: usize = 80;
/// Near matches that are told, at most.
const NEAR_MAX: usize = 4;

/// What a number, a name, a text, a module, a class or a word of a device stands for; the error is
/// one line and has near matches.
pub fn trouble(text: &str) -> Result<Trouble, String> {
    let text = text.trim();
    let found = explain::number(text)
        .map(Trouble::from)
        .or_else(|| Codes::find(text).map(Trouble::Codes))
        .or_else(|| codes::explain_name(text).map(|found| Trouble::from(found.code)))
        .or_else(|| mach_meaning(text).map(Trouble::from))
        .or_else(|| mach_family(text).map(Trouble::Family))
        .or_else(|| of_device(text).map(Trouble::Device));
    found.ok_or_else(|| {
        let near: Vec<String> = near(text).iter().map(|name| format!("{name:?}")).collect();
        let hint = match near.as_slice() {
            [] => "give a number, a name that `overture explain` knows, or a text".to_owned(),
            near => format!("did you mean {}?", near.join(", ")),
        };
        format!("{text:?} is no code and no error; {hint}")
    })
}

fn is_alike(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    bare(one) == bare(other)
}

fn mach_meaning(text: &str) -> Option<i32> {
    let mut rows = codes::TABLE.iter();
    let row = rows.find(|row| is_alike(row.meaning, text))?;
    Some(row.value)
}

const FAMILIES: [Family; 4] = [Family::Kernel, Family::Device, Family::Mig, Family::Message];

/// `mach device`, or `device` where that means nothing in Portfolio.
fn mach_family(text: &str) -> Option<Family> {
    let name = text.strip_prefix("mach ").unwrap_or(text).trim();
    let mut families = FAMILIES.into_iter();
    families.find(|family| is_alike(family.name(), name))
}

/// A word of recordings: `media`, `end-of-medium`.
fn of_device(text: &str) -> Option<DevError> {
    DevError::parse(&text.to_ascii_lowercase().replace(' ', "-")).ok()
}

/// All that has a name.
fn names() -> impl Iterator<Item = &'static str> {
    let mach = codes::TABLE.iter().flat_map(|row| [row.name, row.meaning]);
    let families = FAMILIES.map(Family::name);
    errors::known().chain(mach).chain(families)
}

/// The names that are most like a text, the likest first.
fn near(text: &str) -> Vec<&'static str> {
    let short = |text: &str| -> String { text.to_lowercase().chars().take(NAME_MAX).collect() };
    let wanted = short(text);
    let letters = wanted.chars().count();
    let mut found: Vec<(usize, &str)> = Vec::new();
    for name in names() {
        let other = short(name);
        let away = strsim::levenshtein(&wanted, &other);
        let is_part = letters > 2 && other.contains(&wanted);
        if (away <= letters / 3 || is_part) && found.iter().all(|(_, known)| *known != name) {
            found.push((away, name));
        }
    }
    found.sort();
    found.truncate(NEAR_MAX);
    found.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        trouble(text).map_or_else(|why| why, |trouble| trouble.to_string())
    }

    #[test]
    fn codes_come_by_all_that_people_see() {
        for (text, wanted) in [
            ("0xD57B9001", "0xd57b9001 BADITEM"),
            ("-713322495", "0xd57b9001 BADITEM"),
            ("baditem", "0xd57b9001 BADITEM"),
            ("ER_BadItem", "ER_BadItem of any module"),
            ("Nothing of that name exists.", "ER_NotFound of any module"),
            (
                "DCD-Severe-System-Standard-The medium cannot be read",
                "0xd13d1015 ER_MediaError",
            ),
            ("file folio", "of the file folio"),
            ("extended", "of class extended"),
            ("D_NO_SUCH_DEVICE", "0x9c6 D_NO_SUCH_DEVICE"),
            ("The hardware failed", "ER_DeviceError of any module"),
            ("KERN_TERMINATED", "0x25 KERN_TERMINATED"),
            ("The object has been terminated", "0x25 KERN_TERMINATED"),
            ("MIG_BAD_ID", "0xfffffed1 MIG_BAD_ID"),
            ("mig", "of Mach, stub of a client or server (MIG)"),
            ("mach kernel", "of Mach, kernel (kern_return_t)"),
            ("kernel", "of the kernel"),
            ("end-of-medium", "end-of-medium at a device"),
            ("bad command", "bad-command at a device"),
        ] {
            assert_eq!(words(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_unknown_is_answered_with_near_matches() {
        for (text, near) in [
            ("D_NO_SUCH_DEVCE", "did you mean \"D_NO_SUCH_DEVICE\"?"),
            ("BADITM", "\"BADITEM\""),
            ("medium cannot", "\"The medium cannot be read\""),
            ("ER_Fs_NoFyle", "\"ER_Fs_NoFile\""),
            ("", "give a number"),
            ("zzzzzzzz", "give a number"),
        ] {
            let why = trouble(text).expect_err(text);
            assert!(why.contains(near) && !why.contains('\n'), "{text}: {why}");
            assert!(why.matches('"').count() <= 2 + 2 * NEAR_MAX, "{why}");
        }
        assert!(trouble(&"ü".repeat(100_000)).is_err());
    }
}
