//! `overture explain`: what an error code means, in words.

use crate::cli::ExplainArgs;
use crate::output::Output;
use crate::refuse;
use crate::report::Status;
use emu_core::kernel::portfolio::errors;
use serde_json::{Value, json};
use std::io;

/// Explains a code.
pub fn run(args: &ExplainArgs) -> Status {
    let Some(code) = find(&args.code) else {
        return refuse(&format!(
            "explain {}: not a number of 32 bits and no name of an error; give 0xD57B9001, \
             -713322495 or BADITEM",
            args.code.escape_debug()
        ));
    };
    let mut out = Output::new(io::stdout().lock());
    if args.json {
        out.line(&as_json(code).to_string());
    } else {
        out.write(&errors::explain(code).to_string());
    }
    out.finish()
}

/// The symbol of an error code.
pub(crate) fn error_name(code: i32) -> Option<&'static str> {
    errors::name(code)
}

/// The code that a number or a name stands for.
fn find(text: &str) -> Option<i32> {
    let text = text.trim();
    let number = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) if digits.starts_with(['+', '-']) => None,
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse::<i64>().ok().and_then(word),
    };
    number
        .map(|number| number as i32)
        .or_else(|| errors::by_name(text))
}

/// A signed or unsigned number of 32 bits as its bits.
fn word(number: i64) -> Option<u32> {
    let signed = i32::try_from(number).map(|number| number as u32);
    signed.or(u32::try_from(number)).ok()
}

fn as_json(code: i32) -> Value {
    let explanation = errors::explain(code);
    let parts = explanation.parts.map(|parts| {
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
        "code": format!("{code:#010x}"),
        "value": code,
        "name": explanation.symbol,
        "module": explanation.module,
        "meaning": explanation.meaning,
        "advice": explanation.advice,
        "parts": parts,
    })
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
    fn json_has_the_parts() {
        let json = as_json(0xD57B_900F_u32 as i32);
        assert_eq!(json["code"], "0xd57b900f");
        assert_eq!(json["name"], "ER_IONotDone");
        assert_eq!(json["parts"]["module"], "Kr");
        assert_eq!(json["parts"]["number"], 15);
        assert!(as_json(5)["parts"].is_null());
    }
}
