//! `run` without a window.

use crate::cli::RunArgs;
use crate::config::RunConfig;
use crate::progress::Progress;
use crate::refuse;
use crate::report::{Report, Status};
use crate::session::{End, Session};
use crate::sink::RunSink;
use emu_core::time::Tick;
use std::io::{self, Write};

/// Runs a program from its start to its end.
pub fn run(args: &RunArgs, verbose: u8) -> Status {
    let config = match RunConfig::new(args) {
        Ok(config) => config,
        Err(error) => return refuse(&error.to_string()),
    };
    // Two lines that overwrite each other help nobody.
    let progress = match config.calls || verbose > 0 {
        true => None,
        false => Progress::on_terminal(),
    };
    let sink = RunSink::new(io::stdout().lock(), io::stderr())
        .with_progress(progress)
        .with_verbose(verbose);
    run_with(&config, sink)
}

/// Runs with any output.
pub fn run_with<O: Write, E: Write>(config: &RunConfig, sink: RunSink<O, E>) -> Status {
    let mut session = match Session::start(config) {
        Ok(session) => session,
        Err(line) => return refuse(&line),
    };
    let endless = config.until.limit(config.machine.video).0 == Tick::NEVER;
    let mut sink = sink
        .with_calls(config.calls)
        .with_texts(config.until.texts())
        .stopping_when_closed(endless);
    let end = session.run(&config.until, &config.shelf, &mut sink);
    let kept = config.keep_nvram(&session);
    sink.remark(&end.words(session.now()));
    if let Some(line) = unmet(config, &end) {
        sink.remark(&line);
    }
    let missing = session.missing_calls();
    if !missing.is_empty() {
        sink.remark(&format!(
            "overture: the guest made calls that this version does not have: {}\n",
            missing.join(", ")
        ));
    }
    let mut status = end.status();
    if let Err(error) = kept {
        sink.remark(&format!("overture: {error}\n"));
        if status == Status::Success {
            status = Status::Usage;
        }
    }
    if config.json {
        let report = Report::new(config, &session, &end, status);
        sink.output().line(&report.json());
    }
    sink.output().flush();
    status
}

/// Says that the guest ended before what the user waited for.
fn unmet(config: &RunConfig, end: &End) -> Option<String> {
    use crate::until::Until;
    let waited: Vec<String> = config
        .until
        .0
        .iter()
        .filter(|until| **until != Until::Exit)
        .map(ToString::to_string)
        .collect();
    (matches!(end, End::Exit(_)) && !waited.is_empty()).then(|| {
        format!(
            "overture: the guest ended before --until {}\n",
            waited.join(", ")
        )
    })
}
