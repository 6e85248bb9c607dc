//! `run` without a window.

use crate::cli::RunArgs;
use crate::config::{RunConfig, Screenshot};
use crate::measure::{self, Measured};
use crate::pictures;
use crate::program::show;
use crate::progress::Progress;
use crate::refuse;
use crate::report::{Report, Status, WindowFigures};
use crate::session::{End, Session};
use crate::sink::RunSink;
use crate::state::{self, SaveAt};
use crate::trace;
use crate::until::Until;
use emu_core::device::sound::frame_at;
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
    match Measured::new(&args.measure, &config) {
        Ok(measured) => run_measured(&config, measured, sink),
        Err(line) => refuse(&line),
    }
}

/// Runs with any output.
pub fn run_with<O: Write, E: Write>(config: &RunConfig, sink: RunSink<O, E>) -> Status {
    run_measured(config, Measured::default(), sink)
}

/// The same, measured.
fn run_measured<O: Write, E: Write>(
    config: &RunConfig,
    mut measured: Measured,
    sink: RunSink<O, E>,
) -> Status {
    let mut session = match Session::start(config) {
        Ok(session) => session,
        Err(line) => return refuse(&line),
    };
    let frames = match config.open_frames() {
        Ok(frames) => frames,
        Err(error) => return refuse(&error.to_string()),
    };
    let wav = match config.open_wav(&session) {
        Ok(wav) => wav,
        Err(error) => return refuse(&error.to_string()),
    };
    let endless = config.until.limit(config.machine.video).0 == Tick::NEVER;
    let mut sink = sink
        .with_calls(config.calls)
        .with_texts(config.until.texts())
        .with_frames(frames)
        .with_wav(wav)
        .recording(config.record.is_some())
        .stopping_when_closed(endless);
    measured.begin(session.machine_mut());
    let (end, mut lost) = run_and_save(config, &mut session, &mut sink);
    lost.extend(measured.end(session.machine()).err());
    let leaks = measured.leaks(session.machine());
    if let Some(leaks) = &leaks {
        sink.remark(&format!("overture: {}", measure::leaks::text(leaks)));
    }
    let leaks = leaks.map(|leaks| measure::leaks::json(&leaks));
    let after = After { lost, leaks };
    conclude_with(config, &session, &end, &mut sink, None, after)
}

/// Runs to the end and saves states on the way; with lines about those that were not saved.
fn run_and_save<O: Write, E: Write>(
    config: &RunConfig,
    session: &mut Session,
    sink: &mut RunSink<O, E>,
) -> (End, Vec<String>) {
    let mut lost = Vec::new();
    let mut end = None;
    for SaveAt { at, path } in &config.saves {
        if end.is_none() && session.now() < *at {
            end = session.run_to(*at, &config.until, &config.shelf, sink);
        }
        if session.now() < *at {
            let path = show(path);
            let line = format!("--save-at: the run ended before cycle {}", at.0);
            lost.push(format!(
                "{line}, so {path} was not written; name an earlier one"
            ));
            continue;
        }
        let saved = state::of(config, session, sink.tape().map(|tape| &*tape));
        let failed = state::save(path, &saved).err();
        lost.extend(failed.map(|error| error.to_string()));
    }
    let end = end.unwrap_or_else(|| session.run(&config.until, &config.shelf, sink));
    (end, lost)
}

/// Keeps what is to be kept of a run that has ended, and says how it ended.
pub fn conclude<O: Write, E: Write>(
    config: &RunConfig,
    session: &Session,
    end: &End,
    sink: &mut RunSink<O, E>,
    window: Option<WindowFigures>,
) -> Status {
    conclude_with(config, session, end, sink, window, After::default())
}

/// What is known of a run that has ended.
#[derive(Default)]
struct After {
    /// Lines about what was not kept.
    lost: Vec<String>,
    /// What was never given back, if somebody wants to know.
    leaks: Option<serde_json::Value>,
}

/// The same when more is known already.
fn conclude_with<O: Write, E: Write>(
    config: &RunConfig,
    session: &Session,
    end: &End,
    sink: &mut RunSink<O, E>,
    window: Option<WindowFigures>,
    After { mut lost, leaks }: After,
) -> Status {
    if let (Some(path), Some(tape)) = (&config.record, sink.tape()) {
        let kept = trace::record::keep(path, config, session, end, tape);
        lost.extend(kept.err().map(|error| error.to_string()));
    }
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
    session.sound_out(sink.ears());
    let wav = sink.ears().take_wav();
    let failed = wav.and_then(|wav| wav.finish(frame_at(session.now())).err());
    lost.extend(failed.map(|error| format!("--wav {error}")));
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
            leaks,
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
