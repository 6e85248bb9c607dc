//! `overture explain`: what an error code means, in words.

use crate::cli::ExplainArgs;
use crate::output::Output;
use crate::refuse;
use crate::report::Status;
use emu_core::kernel::portfolio::errors;
use serde::Serialize;
use std::io;

/// The first code of each module that has codes of its own (kernel sheet 9.3), number 0.
const BASES: &[u32] = &[
    0xD57B_9000, // kernel
    0xD556_F000, // file folio
    0xD55B_9000, // graphics folio
    0xD52B_F000, // audio folio
    0xD1C6_3000, // timer device
    0xD13D_1000, // CD-ROM device
];

/// Short names that guests use, beside the symbols of the headers.
const ALIASES: &[(&str, u32)] = &[
    ("BADITEM", 0xD57B_9001),
    ("BADTAG", 0xD57B_9002),
    ("BADTAGVAL", 0xD57B_9003),
    ("BADPRIV", 0xD57B_9004),
    ("NOMEM", 0xD57B_9006),
    ("BADSUBTYPE", 0xD57B_9007),
    ("BADPTR", 0xD57B_9009),
    ("ABORTED", 0xD57B_900A),
    ("BADUNIT", 0xD57B_900B),
    ("BADCOMMAND", 0xD57B_900C),
    ("BADIOARG", 0xD57B_900D),
    ("BADNAME", 0xD57B_900E),
    ("NOSUPPORT", 0xD57B_9010),
    ("IOINCOMPLETE", 0xD57B_9011),
    ("NOTOWNER", 0xD57B_9012),
    ("BADSIZE", 0xD57B_910B),
    ("ILLEGALSIGNAL", 0xD57B_9116),
    ("BADAIF", 0xD57B_9118),
    ("KILLED", 0xD57B_911D),
];

/// A code taken apart (kernel sheet 9.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// In hexadecimal, as headers and logs show it.
    pub code: String,
    /// As a guest's `int32`.
    pub value: i32,
    /// Its symbol, if it is known.
    pub name: Option<&'static str>,
    /// The short name guests use, if it has one.
    pub alias: Option<&'static str>,
    /// In words.
    pub text: String,
    /// What kind of thing reports it; `None` when this is not an error.
    pub object: Option<&'static str>,
    /// The two letters of the module.
    pub module: Option<String>,
    /// info, warning, severe or fatal.
    pub severity: Option<&'static str>,
    /// system, application or user.
    pub environment: Option<&'static str>,
    /// standard, or the module's own.
    pub class: Option<&'static str>,
    /// Number within its class.
    pub number: Option<u8>,
}

/// Explains a code.
pub fn run(args: &ExplainArgs) -> Status {
    let Some(code) = find(&args.code) else {
        return refuse(&format!(
            "explain {}: not a number of 32 bits and no name of an error; give 0xD57B9001, \
             -713322495 or BADITEM",
            args.code.escape_debug()
        ));
    };
    let explanation = Explanation::new(code);
    let mut out = Output::new(io::stdout().lock());
    if args.json {
        // Strings and numbers only: there is nothing that could fail.
        out.line(&serde_json::to_string(&explanation).unwrap_or_default());
    } else {
        out.write(&explanation.words());
    }
    out.finish()
}

/// The symbol of an error code.
pub(crate) fn error_name(code: i32) -> Option<&'static str> {
    errors::name(code)
}

/// What an error code means.
fn error_text(code: i32) -> String {
    errors::explain(code)
}

/// The code that a number or a name stands for.
fn find(text: &str) -> Option<i32> {
    let text = text.trim();
    let number = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) if digits.starts_with(['+', '-']) => None,
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse::<i64>().ok().and_then(word),
    };
    number.map(|number| number as i32).or_else(|| by_name(text))
}

/// A signed or unsigned number of 32 bits as its bits.
fn word(number: i64) -> Option<u32> {
    let signed = i32::try_from(number).map(|number| number as u32);
    signed.or(u32::try_from(number)).ok()
}

fn by_name(name: &str) -> Option<i32> {
    let wanted = plain(name);
    let alias = ALIASES.iter().find(|(alias, _)| plain(alias) == wanted);
    if let Some((_, code)) = alias {
        return Some(*code as i32);
    }
    let codes = BASES.iter().flat_map(|base| *base..base + 0x200);
    codes
        .map(|code| code as i32)
        .find(|&code| error_name(code).is_some_and(|name| plain(name) == wanted))
}

/// A name without what its spellings differ in.
fn plain(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("er_").unwrap_or(&name);
    let name = name.strip_prefix("kr_").unwrap_or(name);
    name.replace('_', "")
}

/// One of the six-bit characters of a module's id.
fn six_bits(value: u32) -> char {
    let digit = |first: u8, index: u32| char::from(first + index as u8);
    match value & 63 {
        value @ 1..=10 => digit(b'0', value - 1),
        value @ 11..=36 => digit(b'a', value - 11),
        value @ 37..=62 => digit(b'A', value - 37),
        _ => '?',
    }
}

impl Explanation {
    /// Takes a code apart.
    pub fn new(value: i32) -> Explanation {
        let code = value as u32;
        let mut explanation = Explanation {
            code: format!("{code:#010X}").replacen("0X", "0x", 1),
            value,
            name: error_name(value),
            alias: ALIASES
                .iter()
                .find(|(_, of)| *of == code)
                .map(|(alias, _)| *alias),
            text: String::new(),
            object: None,
            module: None,
            severity: None,
            environment: None,
            class: None,
            number: None,
        };
        explanation.alias = explanation
            .alias
            .filter(|alias| explanation.name != Some(alias));
        explanation.text = match value {
            0 => "success".to_owned(),
            -1 => "an error without a code of its own".to_owned(),
            1.. => "not an error: error codes are negative".to_owned(),
            _ => error_text(value),
        };
        if value < -1 {
            explanation.object = Some(object(code >> 25 & 63));
            explanation.module = Some(
                [six_bits(code >> 19), six_bits(code >> 13)]
                    .iter()
                    .collect(),
            );
            explanation.severity =
                Some(["info", "warning", "severe", "fatal"][(code >> 11 & 3) as usize]);
            explanation.environment =
                Some(["system", "application", "user", "reserved"][(code >> 9 & 3) as usize]);
            explanation.class = Some(["standard", "module"][(code >> 8 & 1) as usize]);
            explanation.number = Some(code as u8);
        }
        explanation
    }

    /// For people.
    fn words(&self) -> String {
        let mut text = format!("{} ({})", self.code, self.value);
        if let Some(name) = self.name {
            text.push_str(&format!(" {name}"));
        }
        if let Some(alias) = self.alias {
            text.push_str(&format!(" = {alias}"));
        }
        text.push_str(&format!("\n  {}\n", self.text));
        if let (Some(object), Some(module), Some(severity), Some(environment), Some(class)) = (
            self.object,
            &self.module,
            self.severity,
            self.environment,
            self.class,
        ) {
            let number = self.number.unwrap_or_default();
            text.push_str(&format!(
                "  {object} {module}, {severity}, {environment}, {class} code {number}\n"
            ));
        }
        text
    }
}

fn object(number: u32) -> &'static str {
    match number {
        0x28 => "device",
        0x2A => "folio",
        0x30 => "library",
        0x38 => "task",
        0x39 => "user",
        _ => "unknown object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_in_every_form() {
        let code = 0xD57B_9001_u32 as i32;
        for text in [
            "0xD57B9001",
            "0Xd57b9001",
            "-713322495",
            "3581644801",
            "BADITEM",
            "baditem",
            "ER_BadItem",
        ] {
            assert_eq!(find(text), Some(code), "{text}");
        }
        assert_eq!(find("killed"), Some(0xD57B_911D_u32 as i32));
        assert_eq!(find("0"), Some(0));
        for text in [
            "",
            "0x",
            "0x-1",
            "0x1FFFFFFFF",
            "4294967296",
            "-2147483649",
            "1.5",
            "NOPE",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn a_code_is_taken_apart() {
        let explanation = Explanation::new(0xD57B_9001_u32 as i32);
        assert_eq!(explanation.code, "0xD57B9001");
        assert_eq!(explanation.value, -713_322_495);
        assert_eq!(explanation.object, Some("folio"));
        assert_eq!(explanation.module.as_deref(), Some("Kr"));
        assert_eq!(explanation.severity, Some("severe"));
        assert_eq!(explanation.environment, Some("system"));
        assert_eq!(explanation.class, Some("standard"));
        assert_eq!(explanation.number, Some(1));
        let timer = Explanation::new(0xD1C6_3101_u32 as i32);
        assert_eq!(timer.object, Some("device"));
        assert_eq!(timer.module.as_deref(), Some("TM"));
        assert_eq!(timer.class, Some("module"));
    }

    #[test]
    fn numbers_that_are_no_errors_say_so() {
        assert_eq!(Explanation::new(0).text, "success");
        assert!(Explanation::new(5).text.contains("not an error"));
        assert_eq!(Explanation::new(5).object, None);
        assert!(Explanation::new(-1).object.is_none());
    }

    #[test]
    fn no_code_is_unexplained() {
        for code in (i32::MIN..=i32::MAX).step_by(0x0012_3457) {
            let words = Explanation::new(code).words();
            assert!(words.lines().count() >= 2, "{words}");
        }
    }
}
