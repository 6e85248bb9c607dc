//! How far a long run is, on a terminal.

use emu_core::time::Tick;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// How often the line changes.
const PERIOD: Duration = Duration::from_millis(500);

/// One line on standard error that overwrites itself.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    shown: Instant,
    visible: bool,
}

impl Progress {
    /// A progress line if standard error is a terminal.
    pub fn on_terminal() -> Option<Progress> {
        let now = Instant::now();
        stderr().is_terminal().then_some(Progress {
            started: now,
            shown: now,
            visible: false,
        })
    }

    /// Shows the simulated time, the number of the field and the speed, if it is time to.
    pub fn show(&mut self, now: Tick, fields: u64) {
        if self.shown.elapsed() >= PERIOD {
            let speed = now.seconds() / self.started.elapsed().as_secs_f64();
            self.write(&format!(
                "{:.1} simulated seconds, field {fields}, {speed:.1} times real time",
                now.seconds()
            ));
        }
    }

    /// Shows what `text` makes, if it is time to.
    pub fn say(&mut self, text: impl FnOnce() -> String) {
        if self.shown.elapsed() >= PERIOD {
            self.write(&text());
        }
    }

    /// Shows any text.
    pub fn write(&mut self, text: &str) {
        let _ = write!(stderr(), "\r{text}\x1B[K");
        self.shown = Instant::now();
        self.visible = true;
    }

    /// Takes the line away, before something else is written.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.visible) {
            let _ = write!(stderr(), "\r\x1B[K");
        }
    }
}
