//! `run` without a window.

use crate::cli::RunArgs;
use crate::config::{RunConfig, Screenshot};
use crate::pictures;
use crate::program::show;
use crate::progress::Progress;
use crate::refuse;
use crate::report::{Report, Status, WindowFigures};
use crate::session::{End, Session};
use crate::sink::RunSink;
use crate::until::Until;
use emu_core::time::Tick;
use std::io::{self, Write};
use std::path::PathBuf;

/// Where the demonstration's picture goes when there is no window to show it in.
const DEMONSTRATION_PICTURE: &str = "overture-demonstration.png";

/// Runs a program from its start to its end.
pub fn run(args: &RunArgs, verbose: u8) -> Status {
    let mut config = match RunConfig::new(args) {
        Ok(config) => config,
        Err(error) => return refuse(&error.to_string()),
    };
    // Whoever only wants to see something sees it in a file.
    if args.is_demonstration() && !args.headless && !args.is_scripted() {
        config.screenshot = Some(Screenshot {
            path: PathBuf::from(DEMONSTRATION_PICTURE),
            asked_for: false,
        });
    }
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
    let frames = match config.open_frames() {
        Ok(frames) => frames,
        Err(error) => return refuse(&error.to_string()),
    };
    let endless = config.until.limit(config.machine.video).0 == Tick::NEVER;
    let mut sink = sink
        .with_calls(config.calls)
        .with_texts(config.until.texts())
        .with_frames(frames)
        .stopping_when_closed(endless);
    let end = session.run(&config.until, &config.shelf, &mut sink);
    conclude(config, &session, &end, &mut sink, None)
}

/// Keeps what is to be kept of a run that has ended, and says how it ended.
pub fn conclude<O: Write, E: Write>(
    config: &RunConfig,
    session: &Session,
    end: &End,
    sink: &mut RunSink<O, E>,
    window: Option<WindowFigures>,
) -> Status {
    let mut lost = Vec::new();
    lost.extend(config.keep_nvram(session).err().map(|e| e.to_string()));
    if let Some(Screenshot { path, asked_for }) = &config.screenshot
        && let Some(picture) = session.last_picture()
    {
        let saved = pictures::save(path, &picture);
        if *asked_for {
            lost.extend(saved.err().map(|error| error.to_string()));
        } else {
            let words = saved.map(|()| format!("the last picture is in {}", show(path)));
            let words = words.unwrap_or_else(|error| error.to_string());
            sink.remark(&format!("overture: {words}\n"));
        }
    }
    let frames = sink.take_frames();
    let failed = frames.and_then(|frames| frames.finish().err());
    lost.extend(failed.map(|error| error.to_string()));
    sink.remark(&end.words(session.now()));
    if let Some(line) = unmet(config, end) {
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
    for line in &lost {
        sink.remark(&format!("overture: {line}\n"));
        if status == Status::Success {
            status = Status::Usage;
        }
    }
    if config.json {
        let report = Report {
            window,
            ..Report::new(config, session, end, status)
        };
        sink.output().line(&report.json());
    }
    sink.output().flush();
    status
}

/// Says that the guest ended before what the user waited for.
fn unmet(config: &RunConfig, end: &End) -> Option<String> {
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
