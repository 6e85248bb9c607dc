//! Codes by what people see of them: names, sentences, whole texts, modules.

use super::tables::{Entry, MODULES, STANDARD};
use super::{Parts, Status, by_name, name};
use std::fmt;

/// Names of the severities, as texts of codes begin with them.
pub(super) const SEVERITIES: [&str; 4] = ["Info", "Warning", "Severe", "Fatal"];
/// Names of the environments.
pub(super) const ENVIRONMENTS: [&str; 4] = ["System", "Application", "User", "Reserved"];
/// Names of the classes.
pub(super) const CLASSES: [&str; 2] = ["Standard", "Extended"];

/// The codes that something which people see stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codes {
    /// One code.
    One(i32),
    /// A number of class "standard", whichever module issues it.
    Standard(u8),
    /// Every code of a class: 0 "standard", 1 "extended".
    Class(u8),
    /// Every code of a module: its object, 0 for any, and the two characters that name it.
    Module(u8, [u8; 2]),
}

impl Codes {
    /// What a name, a sentence, the text of GetSysErr, a module or a class stands for. Numbers of
    /// class "standard" are every module's, unless it is the kernel's own short name.
    pub fn find(text: &str) -> Option<Codes> {
        let text = text.trim();
        let whole = text.trim_end_matches('.');
        class(whole)
            .or_else(|| module(whole))
            .or_else(|| standard(whole))
            .or_else(|| by_name(whole).map(Codes::One))
            .or_else(|| own_sentence(whole))
            .or_else(|| by_text(whole).map(Codes::One))
    }

    /// Whether a code is one of these.
    pub fn holds(self, code: i32) -> bool {
        if let Codes::One(one) = self {
            return code == one;
        }
        // -1 is no module's.
        let Some(parts) = Parts::of(Status(code)).filter(|_| code != -1) else {
            return false;
        };
        match self {
            Codes::One(_) => false,
            Codes::Standard(number) => parts.class == 0 && parts.number == number,
            Codes::Class(class) => parts.class == class,
            Codes::Module(object, id) => {
                (object == 0 || parts.object == object) && [parts.id.0, parts.id.1] == id
            }
        }
    }
}

impl fmt::Display for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Codes::One(code) => write!(f, "{code:#x} {}", name(code).unwrap_or_default()),
            Codes::Standard(number) => {
                let entry = STANDARD.iter().find(|entry| entry.number == number);
                let name = entry.map_or("a number", |entry| entry.symbol);
                write!(f, "{name} of any module")
            }
            Codes::Class(class) => {
                let known = CLASSES.get(usize::from(class)).copied();
                write!(f, "of class {}", known.unwrap_or_default().to_lowercase())
            }
            Codes::Module(object, id) => {
                let is_it = |m: &&super::tables::Module| m.object == object && m.id == id;
                let module = MODULES.iter().find(is_it);
                write!(
                    f,
                    "of the {}",
                    module.map_or("module", |module| module.name)
                )
            }
        }
    }
}

/// Everything that [`Codes::find`] knows, but for whole texts.
pub fn known() -> impl Iterator<Item = &'static str> {
    let tables = MODULES.iter().map(|module| module.own);
    let entries = std::iter::once(STANDARD).chain(tables).flatten();
    let words = entries.flat_map(|entry| [entry.symbol, entry.short, entry.text]);
    let modules = MODULES.iter().map(|module| module.name);
    let all = words.chain(modules).chain(CLASSES);
    all.filter(|word| !word.is_empty())
}

fn class(text: &str) -> Option<Codes> {
    let place = CLASSES.iter().position(|c| c.eq_ignore_ascii_case(text))?;
    Some(Codes::Class(place as u8))
}

fn module(text: &str) -> Option<Codes> {
    let is_it = |name: &str| name.eq_ignore_ascii_case(text);
    let found = MODULES.iter().find(|module| is_it(module.name))?;
    Some(Codes::Module(found.object, found.id))
}

/// A long name or a sentence of class "standard".
fn standard(text: &str) -> Option<Codes> {
    let is_it = |entry: &&Entry| {
        entry.symbol.eq_ignore_ascii_case(text) || entry.text.eq_ignore_ascii_case(text)
    };
    let found = STANDARD.iter().find(is_it)?;
    Some(Codes::Standard(found.number))
}

/// A sentence of a module's own class.
fn own_sentence(text: &str) -> Option<Codes> {
    MODULES.iter().find_map(|module| {
        let mut own = module.own.iter();
        let entry = own.find(|entry| entry.text.eq_ignore_ascii_case(text))?;
        let parts = Parts::severe(module.object, &module.id, 1, entry.number);
        Some(Codes::One(parts.code().0))
    })
}

/// The code of a whole text, such as `FKr-Severe-System-Standard-There is not enough memory`.
fn by_text(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("<-1, generic error>") {
        return Some(-1);
    }
    let mut words = text.splitn(5, '-');
    let mut word = || words.next();
    let &[object, first, second] = word()?.as_bytes() else {
        return None;
    };
    let mut place = |names: &[&str]| {
        let word = word()?;
        let place = names.iter().position(|n| n.eq_ignore_ascii_case(word))?;
        Some(place as u8)
    };
    let mut parts = Parts {
        object,
        id: (first, second),
        severity: place(&SEVERITIES)?,
        environment: place(&ENVIRONMENTS)?,
        class: place(&CLASSES)?,
        number: 0,
    };
    let sentence = words.next()?;
    let bare = sentence.strip_prefix('<').and_then(|s| s.strip_suffix('>'));
    parts.number = match bare {
        Some(digits) => digits.parse().ok()?,
        None => {
            let mut numbers = 0..=u8::MAX;
            numbers.find(|&number| {
                let entry = super::explain::entry_of(&Parts { number, ..parts });
                entry.is_some_and(|entry| entry.text.eq_ignore_ascii_case(sentence))
            })?
        }
    };
    // Characters that no code has would give another module's.
    let code = parts.code();
    (Parts::of(code) == Some(parts)).then_some(code.0)
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;

    #[test]
    fn what_people_see_leads_to_its_code() {
        let no_file = text(0xD556_F101_u32 as i32);
        assert_eq!(no_file, "FFS-Severe-System-Extended-There is no such file");
        for code in [0xD556_F101, 0xD57B_9001, 0xD13D_1015, 0xD57B_91C8_u32] {
            let code = code as i32;
            assert_eq!(
                Codes::find(&text(code)),
                Some(Codes::One(code)),
                "{code:#x}"
            );
        }
        assert_eq!(Codes::find("<-1, generic error>"), Some(Codes::One(-1)));
        let one = Codes::find("there is no such file.");
        assert_eq!(one, Some(Codes::One(0xD556_F101_u32 as i32)));
        assert_eq!(
            Codes::find("BADITEM"),
            Some(Codes::One(0xD57B_9001_u32 as i32))
        );
        for text in [
            "",
            "FKr",
            "FKr-Severe-System-Standard-nonsense",
            "-?-?",
            "F!r-Severe-System-Standard-<001>",
        ] {
            assert_eq!(Codes::find(text), None, "{text}");
        }
    }

    #[test]
    fn long_names_are_every_module_s() {
        let media = Codes::find("ER_MediaError").expect("a name");
        assert_eq!(
            media,
            Codes::find("The medium cannot be read").expect("a text")
        );
        assert!(media.holds(0xD13D_1015_u32 as i32) && media.holds(0xD57B_9015_u32 as i32));
        assert!(!media.holds(0xD13D_1016_u32 as i32) && !media.holds(0xD57B_9115_u32 as i32));
        assert_eq!(media.to_string(), "ER_MediaError of any module");
        let drive = Codes::find("cd-rom device").expect("a module");
        assert!(drive.holds(0xD13D_1015_u32 as i32) && !drive.holds(0xD57B_9015_u32 as i32));
        let own = Codes::find("extended").expect("a class");
        assert!(own.holds(0xD556_F101_u32 as i32) && !own.holds(0xD556_F001_u32 as i32));
        assert!(!own.holds(-1) && !own.holds(0) && !own.holds(37));
        assert!(known().all(|word| Codes::find(word).is_some()));
    }
}
