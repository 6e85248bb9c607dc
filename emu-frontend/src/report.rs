//! How a run ended, for people and as JSON.

use crate::config::RunConfig;
use crate::explain;
use crate::session::{End, Session};
use crate::sound::Played;
use crate::until::DEFAULT_LIMIT_SECONDS;
use emu_core::device::sound::frame_at;
use emu_core::kernel::abi::Fault;
use emu_core::kernel::portfolio::errors::{self, Status as ErrorCode};
use emu_core::machine::{FaultReport, StuckReport};
use emu_core::time::Tick;
use serde::Serialize;
use std::process::ExitCode;

/// Exit status of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The guest ended with status 0, or a condition was met.
    Success = 0,
    /// The guest ended with another status; a benchmark computed something wrong.
    Failure = 1,
    /// Wrong usage or unreadable file.
    Usage = 2,
    /// The main program died of a fault.
    Fault = 3,
    /// Nothing can ever wake the guest.
    Stuck = 4,
    /// The limit of simulated time.
    Limit = 5,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status as u8)
    }
}

impl End {
    /// What the process says about it.
    pub fn status(&self) -> Status {
        match self {
            End::Exit(0) | End::Until(_) | End::Unheard | End::Closed => Status::Success,
            End::Exit(_) => Status::Failure,
            End::NotStarted(_) => Status::Usage,
            End::Fault(_) | End::Missing(_) => Status::Fault,
            End::Stuck(_) => Status::Stuck,
            End::Limit => Status::Limit,
        }
    }

    /// The word in the report.
    fn word(&self) -> &'static str {
        match self {
            End::Exit(_) => "exit",
            End::Until(_) | End::Unheard => "until",
            End::Closed => "closed",
            End::Stuck(_) => "stuck",
            End::NotStarted(_) | End::Fault(_) | End::Missing(_) => "fault",
            End::Limit => "limit",
        }
    }

    /// What a person should know beyond the guest's own text; empty if nothing.
    pub fn words(&self, at: Tick) -> String {
        match self {
            End::Exit(0) | End::Until(_) | End::Unheard | End::Closed => String::new(),
            End::Exit(status) => exit_words(*status),
            End::Stuck(report) => stuck_words(report, at),
            End::NotStarted(status) => {
                let why = not_started(*status);
                format!("overture: at {at} {why}; -vv shows what was read from the disc\n")
            }
            End::Fault(report) => fault_words(report),
            End::Missing(name) => format!(
                "overture: stopped at {at}: the guest called {name}, which this version does not \
                 have; without --strict the call answers with an error\n"
            ),
            End::Limit => format!(
                "overture: stopped after {DEFAULT_LIMIT_SECONDS} simulated seconds, the limit of \
                 a run that is not told when to end; --until time:SECONDS or --until exit changes \
                 it\n"
            ),
        }
    }
}

fn not_started(ErrorCode(code): ErrorCode) -> String {
    format!(
        "the disc's LaunchMe could not be started: {} ({:#010x})",
        errors::text(code),
        code as u32
    )
}

fn exit_words(status: i32) -> String {
    match explain::error_name(status) {
        Some(name) => format!(
            "overture: the guest ended with status {status} ({:#010x}, {name})\n",
            status as u32
        ),
        None => format!("overture: the guest ended with status {status}\n"),
    }
}

fn stuck_words(report: &StuckReport, at: Tick) -> String {
    let mut text = format!("overture: stuck at {at}: nothing can ever wake the guest\n");
    for task in &report.tasks {
        text.push_str(&format!("  {task}\n"));
    }
    text
}

fn fault_words(report: &FaultReport) -> String {
    let FaultReport {
        task,
        name,
        pc,
        fault,
        last_call,
        at,
    } = report;
    format!(
        "overture: guest fault at {at}: {}\n  task {name} (item {:#x}), instruction at {pc:#010x}\n  \
         last system call: {}\n",
        fault,
        task.0,
        last_call.as_deref().unwrap_or("none")
    )
}

/// The address a fault is about, if any.
fn address(fault: &Fault) -> Option<u32> {
    match fault {
        Fault::Access(access) => Some(access.addr),
        Fault::Fetch { addr } => Some(*addr),
        Fault::StackOverflow { sp, .. } => Some(*sp),
        Fault::Undefined { .. } | Fault::NoSuchCall { .. } | Fault::Supervisor { .. } => None,
    }
}

/// The machine-readable report: the last line of standard output under `--json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The guest's status, if it ended.
    pub exit_status: Option<i32>,
    /// exit, until, stuck, fault or limit; closed, if somebody closed the window before.
    pub stop: &'static str,
    /// The condition that was met.
    pub until: Option<String>,
    /// Exit status of this process.
    pub process_status: u8,
    /// CPU cycles since power-on.
    pub cycles: u64,
    /// The same in seconds.
    pub seconds: f64,
    /// Vertical blanks.
    pub fields: u64,
    /// System calls made.
    pub calls: u64,
    /// Calls made that this version does not have.
    pub missing_calls: Vec<String>,
    /// What the main program died of.
    pub fault: Option<FaultJson>,
    /// What each task waits for, when nothing can wake them.
    pub stuck: Option<Vec<String>>,
    /// SHA-256 of the red, green and blue bytes of the picture at the end.
    pub frame_hash: Option<String>,
    /// The same as in `sound`.
    pub audio_hash: Option<String>,
    /// What was heard.
    pub sound: Option<SoundFigures>,
    /// What a window showed of it.
    pub window: Option<WindowFigures>,
    /// Items and memory that were never given back, with --leaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaks: Option<serde_json::Value>,
    /// Name of the disc that lay in the drive at the start.
    pub disc: Option<String>,
    /// Whether NVRAM is not as it was at the start.
    pub nvram_changed: bool,
    /// documented or retail.
    pub profile: &'static str,
    /// The program's name.
    pub program: String,
}

/// How a run was shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WindowFigures {
    /// Pictures that were shown; fewer than fields where the host could not keep up.
    pub presented: u64,
    /// How long it was open, by the host's clock.
    pub seconds: f64,
    /// What its sound device played.
    pub sound: Played,
}

/// What was heard of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SoundFigures {
    /// Frames that passed since power-on, 44,100 a second.
    pub frames: u64,
    /// The checksum of those that are not silent, which recordings have too: eight hexadecimal digits.
    pub hash: Option<String>,
}

impl SoundFigures {
    fn of(session: &Session) -> SoundFigures {
        SoundFigures {
            frames: frame_at(session.now()),
            hash: Some(format!("{:08x}", session.machine().last_sound().hash)),
        }
    }
}

/// A fault in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultJson {
    /// The task's name, if it is known.
    pub task: Option<String>,
    /// The task's item number.
    pub item: Option<i32>,
    /// Address of the instruction.
    pub pc: Option<u32>,
    /// What it did, in words.
    pub what: String,
    /// The address it is about, if any.
    pub address: Option<u32>,
    /// The last system call of the task.
    pub last_call: Option<String>,
    /// When, in cycles.
    pub cycles: Option<u64>,
}

impl Report {
    /// The report of a run that ended, and of the process that ends with `status`.
    pub fn new(config: &RunConfig, session: &Session, end: &End, status: Status) -> Report {
        let (before, after) = session.nvram();
        let sound = SoundFigures::of(session);
        Report {
            audio_hash: sound.hash.clone(),
            sound: Some(sound),
            process_status: status as u8,
            frame_hash: session.last_picture().map(|last| last.hash()),
            disc: config.label.clone(),
            nvram_changed: before != after,
            cycles: session.now().0,
            seconds: session.now().seconds(),
            fields: session.fields(),
            calls: session.calls_made(),
            missing_calls: session.missing_calls(),
            profile: config.machine.profile.name(),
            program: config.program.name.clone(),
            ..Report::of_end(end)
        }
    }

    /// The part that depends on the end alone.
    fn of_end(end: &End) -> Report {
        Report {
            exit_status: match end {
                End::Exit(status) => Some(*status),
                _ => None,
            },
            stop: end.word(),
            until: match end {
                End::Until(until) => Some(until.to_string()),
                _ => None,
            },
            process_status: end.status() as u8,
            cycles: 0,
            seconds: 0.0,
            fields: 0,
            calls: 0,
            missing_calls: Vec::new(),
            fault: match end {
                End::Fault(report) => Some(FaultJson::new(report)),
                End::Missing(name) => Some(FaultJson::missing(name)),
                End::NotStarted(status) => Some(FaultJson::only(not_started(*status), None)),
                _ => None,
            },
            stuck: match end {
                End::Stuck(report) => Some(report.tasks.clone()),
                _ => None,
            },
            frame_hash: None,
            audio_hash: None,
            sound: None,
            window: None,
            leaks: None,
            disc: None,
            nvram_changed: false,
            profile: "",
            program: String::new(),
        }
    }

    /// As one line.
    pub fn json(&self) -> String {
        // Strings and numbers only: there is nothing that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl FaultJson {
    /// A strict run met a call that this version does not have.
    fn missing(name: &str) -> FaultJson {
        FaultJson::only(
            format!("this version does not have {name}"),
            Some(name.to_owned()),
        )
    }

    /// No task's doing.
    fn only(what: String, last_call: Option<String>) -> FaultJson {
        FaultJson {
            task: None,
            item: None,
            pc: None,
            what,
            address: None,
            last_call,
            cycles: None,
        }
    }

    fn new(report: &FaultReport) -> FaultJson {
        FaultJson {
            task: Some(report.name.clone()),
            item: Some(report.task.0),
            pc: Some(report.pc),
            what: report.fault.to_string(),
            address: address(&report.fault),
            last_call: report.last_call.clone(),
            cycles: Some(report.at.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::until::Until;
    use emu_core::kernel::portfolio::items::Item;
    use serde_json::{Value, json};

    fn fault() -> FaultReport {
        FaultReport {
            task: Item(0x2C),
            name: "main".to_owned(),
            pc: 0x4_8000,
            fault: Fault::Fetch { addr: 0xDEAD_BEEC },
            last_call: Some("SendIO".to_owned()),
            at: Tick(25),
        }
    }

    fn stuck() -> StuckReport {
        StuckReport {
            tasks: vec!["main waits for signal 0x100 (WaitSignal)".to_owned()],
        }
    }

    fn value(end: &End) -> Value {
        serde_json::from_str(&Report::of_end(end).json()).expect("JSON")
    }

    #[test]
    fn every_end_has_its_status_and_word() {
        for (end, status, word) in [
            (End::Exit(0), 0, "exit"),
            (End::Exit(-1), 1, "exit"),
            (End::Until(Until::Stuck), 0, "until"),
            (End::Fault(fault()), 3, "fault"),
            (End::Missing("OpenDiskFile".to_owned()), 3, "fault"),
            (End::NotStarted(ErrorCode(-1)), 2, "fault"),
            (End::Stuck(stuck()), 4, "stuck"),
            (End::Limit, 5, "limit"),
            (End::Closed, 0, "closed"),
        ] {
            assert_eq!(end.status() as u8, status);
            assert_eq!(value(&end)["stop"], word);
            assert_eq!(value(&end)["fault"].is_object(), word == "fault");
            assert_eq!(value(&end)["process_status"], status);
        }
    }

    #[test]
    fn the_report_has_every_promised_field() {
        let report = value(&End::Exit(7));
        for field in [
            "exit_status",
            "stop",
            "cycles",
            "seconds",
            "calls",
            "missing_calls",
            "fault",
            "frame_hash",
            "audio_hash",
            "sound",
            "disc",
            "nvram_changed",
            "profile",
            "program",
        ] {
            assert!(report.get(field).is_some(), "{field}");
        }
        assert_eq!(report["exit_status"], 7);
        assert_eq!(report["fault"], Value::Null);
        assert_eq!(report["frame_hash"], Value::Null);
        assert_eq!(value(&End::Limit)["exit_status"], Value::Null);
        assert_eq!(value(&End::Until(Until::Vblank(3)))["until"], "vbl:3");
        assert!(!Report::of_end(&End::Exit(0)).json().contains('\n'));
    }

    #[test]
    fn faults_are_told_in_the_guest_s_terms() {
        let report = value(&End::Fault(fault()));
        assert_eq!(
            report["fault"],
            json!({
                "task": "main", "item": 0x2C, "pc": 0x4_8000, "address": 0xDEAD_BEEC_u32,
                "what": Fault::Fetch { addr: 0xDEAD_BEEC }.to_string(),
                "last_call": "SendIO", "cycles": 25,
            })
        );
        assert_eq!(
            End::Fault(fault()).words(Tick(25)),
            format!(
                "overture: guest fault at 0.000002: {}\n  task main (item 0x2c), \
                 instruction at 0x00048000\n  last system call: SendIO\n",
                fault().fault
            )
        );
    }

    #[test]
    fn a_deadlock_names_every_wait() {
        assert_eq!(
            End::Stuck(stuck()).words(Tick(12_500_000)),
            "overture: stuck at 1.000000: nothing can ever wake the guest\n  \
             main waits for signal 0x100 (WaitSignal)\n"
        );
    }

    #[test]
    fn good_ends_are_silent() {
        assert_eq!(End::Exit(0).words(Tick(0)), "");
        assert!(End::Exit(3).words(Tick(0)).contains("status 3"));
        assert!(End::Limit.words(Tick(0)).contains("600 simulated seconds"));
    }
}
