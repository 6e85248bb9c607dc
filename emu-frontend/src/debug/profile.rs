//! `profile` and `leaks`: where cycles go, what is not given back.

use super::{Answer, Debugging};
use crate::measure;
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// `profile [on|off|clear|FILE]`.
pub fn command<W: Write, E: Write>(
    debugging: &mut Debugging<'_, W, E>,
    rest: &str,
) -> Result<Answer, String> {
    let debugger = &mut debugging.debugger;
    match rest {
        "on" => {
            debugger.begin_profile();
            return Ok(Answer::said("cycles are counted from here on"));
        }
        "off" => {
            debugger.pause_profile();
            return Ok(Answer::said(""));
        }
        "clear" => {
            debugger.clear_profile();
            return Ok(Answer::said(""));
        }
        _ => (),
    }
    let machine = debugger.machine();
    let none = "nothing was counted; `profile on` begins";
    let profile = debugger.profile().ok_or(none)?;
    if !rest.is_empty() {
        measure::write(Path::new(rest), machine, profile, &debugger.symbols)?;
        return Ok(Answer::said(format!("written to {rest}")));
    }
    let report = measure::report(machine, profile, &debugger.symbols);
    Ok(Answer {
        text: measure::text(&report).trim_end().to_owned(),
        json: measure::json(&report),
    })
}

/// `leaks`.
pub fn leaks<W: Write, E: Write>(debugging: &Debugging<'_, W, E>) -> Result<Answer, String> {
    let none = "nobody has looked; `profile on` begins, at the start of the program if possible";
    let debugger = &debugging.debugger;
    let profile = debugger.profile().ok_or(none)?;
    let leaks = profile.leaks(&debugger.symbols);
    Ok(Answer {
        text: measure::leaks::text(&leaks).trim_end().to_owned(),
        json: json!({ "leaks": measure::leaks::json(&leaks) }),
    })
}
