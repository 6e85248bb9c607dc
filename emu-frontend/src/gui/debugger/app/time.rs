//! Time that passes in the window: a part of it for each picture.

use super::{App, Work};
use crate::debug::Answer;
use crate::debug::journey::Journey;
use crate::gui::debugger::command::Kind;
use crate::gui::player::FAST_SLICE;
use emu_core::debug::{Class, Halt};
use emu_core::input::Input;
use emu_core::machine::Stop;
use emu_core::time::{Tick, Ticks};
use emu_core::trace::Tape;
use std::time::Duration;

/// Events that are read, and looked at, between two pictures of the window.
const READ_AT_ONCE: usize = 50_000;
const LOOK_AT_ONCE: usize = 20_000;
/// Bytes of events that are kept; a longer run begins another tape.
const TAPE_MAX: usize = 256 << 20;
/// Single steps between two looks at the host's clock.
const STEPS_AT_ONCE: u64 = 500;

impl App<'_> {
    /// Lets time pass, if a command does. `clock` tells the host's time as it passes. Whether
    /// anything is to be seen.
    pub fn pass(&mut self, clock: impl Fn() -> Duration) -> bool {
        let Some(mut work) = self.work.take() else {
            return self.read_events();
        };
        if !work.is_told && work.journey.is_backwards(&self.run) {
            work.is_told = true;
            self.work = Some(work);
            return true;
        }
        let started = clock();
        if std::mem::take(&mut self.is_rested) {
            self.pacer.restart(started);
        }
        let mut fields = match work.is_run && self.is_paced {
            true => self.pacer.due(started),
            false => u32::MAX,
        };
        if fields == 0 {
            self.work = Some(work);
            return false;
        }
        let mut answer = None;
        while fields > 0 && answer.is_none() {
            fields -= 1;
            answer = self.pass_field(&mut work);
            // A slow host shows fewer pictures and hears its keys all the same.
            if clock().saturating_sub(started) >= FAST_SLICE {
                break;
            }
        }
        self.stamp += 1;
        if let Some(picture) = self.run.sink.take_last_picture() {
            self.left = Some((self.run.debugger.position().at, picture));
        }
        match answer {
            Some(answer) => self.stop_with(&answer),
            None => self.work = Some(work),
        }
        self.read_events();
        self.say_remarks();
        true
    }

    /// Runs to the next vertical blank.
    pub(super) fn pass_field(&mut self, work: &mut Work) -> Option<Answer> {
        let machine = self.run.debugger.machine();
        let (now, fields) = (machine.now(), machine.fields());
        let blank = self.run.video.field_start(fields + 1);
        if work.is_run {
            for event in self.hands.events() {
                self.do_input(Input::Pods(event));
            }
        }
        let time = Ticks(blank.since(now).0.max(1));
        let answer = work.journey.advance(&mut self.run, time, STEPS_AT_ONCE)?;
        let is_stuck = matches!(self.run.halt, Some(Halt::Ended(Stop::Stuck(_))));
        if work.is_run && is_stuck && self.can_be_played() {
            // Somebody sits in front of it: what nothing inside can wake a button may.
            self.run.debugger.await_input(blank);
            work.journey = Journey::run(Tick::NEVER);
            return None;
        }
        Some(answer)
    }

    /// Whether somebody outside can wake a task.
    fn can_be_played(&mut self) -> bool {
        let tasks = self.run.debugger.machine().tasks();
        let mut reports = tasks
            .into_iter()
            .filter_map(|task| self.run.debugger.why(task));
        reports.any(|report| report.class == Class::Outside)
    }

    /// Does something to the console. In the past, that begins another future.
    fn do_input(&mut self, input: Input) {
        self.run.debugger.input(input);
        self.forget_future();
    }

    /// Drops the events of a future that is another one now.
    pub(super) fn forget_future(&mut self) {
        let debugger = &self.run.debugger;
        let (now, reached) = (debugger.position().at, debugger.reached());
        let Some(tape) = self.run.sink.tape().filter(|tape| tape.end() > reached) else {
            return;
        };
        let mut kept = Tape::new();
        kept.extend(tape.iter().take_while(|stamped| stamped.at <= now));
        *tape = kept;
        self.ledger.restart();
        self.timeline.restart();
    }

    pub(super) fn read_events(&mut self) -> bool {
        let before = (self.ledger.len(), self.ledger.rows());
        let Some(tape) = self.run.sink.tape() else {
            return false;
        };
        if tape.bytes().len() > TAPE_MAX {
            *tape = Tape::new();
            self.ledger.restart();
            self.timeline.restart();
            let line = "that are many events: the list begins anew";
            self.views.command.say(Kind::Answer, line);
            return true;
        }
        self.ledger.read(tape, READ_AT_ONCE);
        self.timeline.read(tape, READ_AT_ONCE);
        self.ledger.look(tape, LOOK_AT_ONCE);
        (self.ledger.len(), self.ledger.rows()) != before
    }
}
