//! `overture explain`: what a code of Portfolio or of Mach means, in words.

use crate::cli::ExplainArgs;
use crate::output::Output;
use crate::refuse;
use crate::report::Status;
use emu_core::kernel::mach::codes;
use emu_core::kernel::portfolio::errors;
use serde_json::{Value, json};
use std::io;

/// What a code means in one of the two systems.
#[derive(Debug)]
enum Reading {
    Portfolio(errors::Explanation),
    Mach(codes::Explanation),
}

/// Explains a code.
pub fn run(args: &ExplainArgs) -> Status {
    let readings = match look_up(&args.code) {
        Ok(readings) => readings,
        Err(line) => return refuse(&line),
    };
    let mut out = Output::new(io::stdout().lock());
    if args.json {
        out.line(&as_json(&readings).to_string());
    } else {
        out.write(&as_text(&readings));
    }
    out.finish()
}

/// What a code means, as text; the error is one line.
pub(crate) fn words(code: &str) -> Result<String, String> {
    look_up(code).map(|readings| as_text(&readings))
}

fn look_up(code: &str) -> Result<Vec<Reading>, String> {
    let readings = find(code);
    match readings.is_empty() {
        true => Err(format!(
            "explain {}: not a number of 32 bits and no name of a code; give 0xD57B9001, \
             -713322495 or BADITEM, and of Mach 2502 or D_NO_SUCH_DEVICE",
            code.escape_debug()
        )),
        false => Ok(readings),
    }
}

/// The symbol of an error code.
pub(crate) fn error_name(code: i32) -> Option<&'static str> {
    errors::name(code)
}

/// What a number or a name stands for, the likelier reading first; a name stands for one thing only.
fn find(text: &str) -> Vec<Reading> {
    let text = text.trim();
    if let Some(code) = number(text) {
        return readings(code);
    }
    let portfolio = errors::by_name(text).map(|code| Reading::Portfolio(errors::explain(code)));
    let reading = portfolio.or_else(|| codes::explain_name(text).map(Reading::Mach));
    reading.into_iter().collect()
}

/// A number of 32 bits: hexadecimal with 0x, or decimal, with a sign or without.
pub(crate) fn number(text: &str) -> Option<i32> {
    let number = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) if digits.starts_with(['+', '-']) => None,
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse::<i64>().ok().and_then(word),
    };
    number.map(|number| number as i32)
}

/// A signed or unsigned number of 32 bits as its bits.
fn word(number: i64) -> Option<u32> {
    let signed = i32::try_from(number).map(|number| number as u32);
    signed.or(u32::try_from(number)).ok()
}

/// What a number means. Portfolio's errors are negative and Mach's codes are positive but for those of
/// stubs, so few numbers are a code of both; that a positive one is no error of Portfolio is worth a line.
fn readings(code: i32) -> Vec<Reading> {
    let portfolio = errors::explain(code);
    let Some(mach) = codes::explain(code) else {
        return vec![Reading::Portfolio(portfolio)];
    };
    // No client of Mach sees a negative code of the kernel or of a device.
    let internal = code < 0 && mach.row.family != codes::Family::Mig;
    let known = code >= 0 || code == -1 || portfolio.symbol.is_some();
    match (known, internal) {
        (false, _) => vec![Reading::Mach(mach)],
        (true, false) => vec![Reading::Mach(mach), Reading::Portfolio(portfolio)],
        (true, true) => vec![Reading::Portfolio(portfolio), Reading::Mach(mach)],
    }
}

fn as_text(readings: &[Reading]) -> String {
    let texts: Vec<String> = readings.iter().map(Reading::text).collect();
    match texts.as_slice() {
        [one] => one.clone(),
        _ => {
            let names = readings.iter().map(Reading::system);
            let parts = names.zip(&texts);
            let parts: Vec<String> = parts
                .map(|(name, text)| format!("{name}:\n{text}"))
                .collect();
            parts.join("\n")
        }
    }
}

/// The first reading; `other` has the second, in the same form.
fn as_json(readings: &[Reading]) -> Value {
    let mut values = readings.iter().map(Reading::json);
    let mut first = values.next().unwrap_or_default();
    first["other"] = values.next().unwrap_or_default();
    first
}

impl Reading {
    fn system(&self) -> &'static str {
        match self {
            Reading::Portfolio(_) => "Portfolio",
            Reading::Mach(_) => "Mach",
        }
    }

    fn text(&self) -> String {
        match self {
            Reading::Portfolio(explanation) => explanation.to_string(),
            Reading::Mach(explanation) => explanation.to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Reading::Portfolio(explanation) => portfolio_json(explanation),
            Reading::Mach(explanation) => mach_json(explanation),
        }
    }
}

fn portfolio_json(explanation: &errors::Explanation) -> Value {
    let code = explanation.code;
    let parts = explanation.parts.as_ref().map(|parts| {
        let module: String = [parts.id.0, parts.id.1].map(char::from).iter().collect();
        json!({
            "object": char::from(parts.object),
            "module": module,
            "severity": parts.severity,
            "environment": parts.environment,
            "class": parts.class,
            "number": parts.number,
        })
    });
    json!({
        "system": "portfolio",
        "code": format!("{code:#010x}"),
        "value": code,
        "name": explanation.symbol,
        "module": explanation.module,
        "meaning": explanation.meaning,
        "advice": explanation.advice,
        "parts": parts,
    })
}

fn mach_json(explanation: &codes::Explanation) -> Value {
    let code = explanation.code;
    let bits: Vec<&str> = explanation.bits.iter().map(|bit| bit.name).collect();
    let family = explanation.row.family.name();
    json!({
        "system": "mach",
        "code": format!("{code:#010x}"),
        "value": code,
        "name": explanation.row.name,
        "module": family,
        // The other system's sentences have no full stop here either.
        "meaning": explanation.row.meaning.trim_end_matches('.'),
        "advice": explanation.advice,
        "parts": json!({
            "family": family,
            "code": format!("{:#010x}", explanation.row.value),
            "bits": bits,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// System, name and number of every reading.
    fn found(text: &str) -> Vec<(&'static str, String, i32)> {
        let readings = find(text);
        let rows = readings.iter().map(|reading| {
            let json = reading.json();
            let name = json["name"].as_str().unwrap_or_default().to_owned();
            (
                reading.system(),
                name,
                json["value"].as_i64().expect("a number") as i32,
            )
        });
        rows.collect()
    }

    fn one(system: &'static str, name: &str, code: u32) -> Vec<(&'static str, String, i32)> {
        vec![(system, name.to_owned(), code as i32)]
    }

    #[test]
    fn codes_come_in_every_form() {
        for text in [
            "0xD57B9001",
            "0Xd57b9001",
            "-713322495",
            "3581644801",
            "BADITEM",
            "baditem",
            "ER_BadItem",
        ] {
            assert_eq!(
                found(text),
                one("Portfolio", "BADITEM", 0xD57B_9001),
                "{text}"
            );
        }
        assert_eq!(found("killed")[0].2, 0xD57B_911D_u32 as i32);
        for text in [
            "",
            "0x",
            "0x-1",
            "0x1FFFFFFFF",
            "4294967296",
            "-2147483649",
            "1.5",
            "NOPE",
            "BADITEM|1",
            "4|1",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn codes_of_mach_come_in_every_form_too() {
        assert_eq!(
            found("MIG_BAD_ID"),
            one("Mach", "MIG_BAD_ID", -303_i32 as u32)
        );
        assert_eq!(found("-303"), found("MIG_BAD_ID"));
        assert_eq!(found("0xFFFFFED1"), found("MIG_BAD_ID"));
        assert_eq!(found("kern_terminated"), one("Mach", "KERN_TERMINATED", 37));
        assert_eq!(found("d_success"), one("Mach", "D_SUCCESS", 0));
        let body = one("Mach", "MACH_RCV_BODY_ERROR", 0x1000_600c);
        assert_eq!(found("MACH_RCV_BODY_ERROR|MACH_MSG_IPC_SPACE"), body);
        assert_eq!(found("0x1000400c|0x2000"), body);
        assert_eq!(found("0x1000600c")[..1], body);
    }

    #[test]
    fn a_number_of_both_systems_has_two_readings() {
        let names = |text: &str| -> Vec<String> {
            let rows = found(text).into_iter();
            rows.map(|(system, name, _)| format!("{system} {name}"))
                .collect()
        };
        assert_eq!(names("4"), ["Mach KERN_INVALID_ARGUMENT", "Portfolio "]);
        assert_eq!(names("2502"), ["Mach D_NO_SUCH_DEVICE", "Portfolio "]);
        assert_eq!(names("0"), ["Mach KERN_SUCCESS", "Portfolio "]);
        assert_eq!(names("-1"), ["Portfolio ", "Mach D_IO_QUEUED"]);
        assert_eq!(names("2512"), ["Portfolio "]);
        let text = as_text(&find("37"));
        let (mach, portfolio) = text.split_once("\nPortfolio:\n").expect("two parts");
        assert!(
            mach.starts_with("Mach:\n0x00000025 (37): KERN_TERMINATED\n"),
            "{mach}"
        );
        assert!(portfolio.contains("not an error"), "{portfolio}");
        assert!(!as_text(&find("-303")).contains("Portfolio"));
    }

    #[test]
    fn json_has_the_parts() {
        let json = as_json(&find("0xD57B900F"));
        assert_eq!(json["code"], "0xd57b900f");
        assert_eq!(json["name"], "ER_IONotDone");
        assert_eq!(json["system"], "portfolio");
        assert_eq!(json["parts"]["module"], "Kr");
        assert_eq!(json["parts"]["number"], 15);
        assert!(json["other"].is_null());
        assert!(as_json(&find("2512"))["parts"].is_null());
        let json = as_json(&find("0x1000600C"));
        assert_eq!(json["system"], "mach");
        assert_eq!(json["parts"]["family"], "message");
        assert_eq!(json["parts"]["code"], "0x1000400c");
        assert_eq!(json["parts"]["bits"][0], "MACH_MSG_IPC_SPACE");
        assert_eq!(json["other"]["system"], "portfolio");
    }
}
