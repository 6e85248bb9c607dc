//! Everything the debugger's window does, without the window.

mod panels;
mod time;
mod wishes;

use super::command::Kind;
use super::cx::{Action, Cx, Remarks, Run};
use super::history_bar::HistoryBar;
use super::keys;
use super::layout::Layout;
use super::views::{View, Views};
use super::{help, toolbar};
use crate::config::RunConfig;
use crate::debug::commands::{self, Begun};
use crate::debug::journey::Journey;
use crate::debug::{Answer, Debugging, views};
use crate::gui::pacing::Pacer;
use crate::gui::pads::Hands;
use crate::gui::player::hands;
use crate::session::Session;
use crate::sink::RunSink;
use egui::{Event, Panel, Ui};
use emu_core::debug::timeline::Timeline;
use emu_core::debug::{Ledger, Symbols};
use emu_core::device::display::Picture;
use emu_core::device::pods::Controls;
use emu_core::kernel::abi::Registers;
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::Tick;
use std::io::Write;
use std::time::Duration;

/// A command that lets time pass.
struct Work {
    journey: Journey,
    /// In words.
    doing: String,
    /// Whether it runs for somebody who watches and plays.
    is_run: bool,
    /// Going back takes a while and is said first.
    is_told: bool,
}

/// The debugger with all of its views.
pub struct App<'a> {
    run: Run<'a>,
    program: String,
    remarks: Remarks,
    work: Option<Work>,
    ledger: Ledger,
    timeline: Timeline,
    views: Views,
    layout: Layout,
    bar: HistoryBar,
    hands: Hands,
    pacer: Pacer,
    is_paced: bool,
    /// Nothing is owed of the time that it stood still.
    is_rested: bool,
    is_played: bool,
    is_helping: bool,
    actions: Vec<Action>,
    stamp: u64,
    chosen: Option<Item>,
    /// Registers at this stop and at the one before.
    registers: [Option<(Item, Registers)>; 2],
    /// The picture that the main program has left, and when.
    left: Option<(Tick, Picture)>,
    why: String,
}

impl<'a> App<'a> {
    /// A run that stands before its first instruction; guest text goes to `out` as well.
    pub fn new(
        config: &'a RunConfig,
        session: Session,
        out: Box<dyn Write>,
        layout: Layout,
    ) -> App<'a> {
        let remarks = Remarks::default();
        let sink = RunSink::new(out, remarks.clone()).recording(true);
        let mut app = App {
            run: Debugging::new(session, config, sink),
            program: config.program.name.clone(),
            remarks,
            work: None,
            ledger: Ledger::default(),
            timeline: Timeline::default(),
            views: Views::default(),
            layout,
            bar: HistoryBar::default(),
            hands: hands(config),
            pacer: Pacer::new(config.machine.video, Duration::ZERO),
            is_paced: true,
            is_rested: true,
            is_played: false,
            is_helping: false,
            actions: Vec::new(),
            stamp: 1,
            chosen: None,
            registers: [None, None],
            left: None,
            why: String::new(),
        };
        app.name_tasks();
        app.views.timeline.drive = config.drive;
        app.note_registers();
        app.why = views::place(&app.run).text;
        let hint = "help lists the commands, F1 the keys";
        app.views.command.say(Kind::Answer, hint);
        app
    }

    /// Names of addresses.
    pub fn know(&mut self, symbols: Symbols) {
        self.run.debugger.symbols = symbols;
        self.run.place_symbols();
    }

    /// The layout, to be remembered.
    pub fn into_layout(self) -> Layout {
        self.layout
    }

    /// The layout.
    pub fn layout(&mut self) -> &mut Layout {
        &mut self.layout
    }

    /// The run.
    pub fn run(&self) -> &Run<'a> {
        &self.run
    }

    /// What the command line says, for tests.
    #[cfg(test)]
    pub(super) fn said(&self) -> String {
        self.views.command.text()
    }

    /// What the console says, for tests.
    #[cfg(test)]
    pub(super) fn printed(&self) -> Vec<&str> {
        self.views.console.text()
    }

    /// Whether the window is to close.
    pub fn is_done(&self) -> bool {
        self.run.done
    }

    /// Whether a command is under way.
    pub fn is_busy(&self) -> bool {
        self.work.is_some()
    }

    /// When something will happen by itself on the host's clock; `None` if nothing will.
    pub fn next(&self, now: Duration) -> Option<Duration> {
        let work = self.work.as_ref()?;
        Some(match work.is_run && self.is_paced {
            true if !self.is_rested => self.pacer.next(),
            _ => now,
        })
    }

    /// What the window's title says.
    pub fn title(&self) -> String {
        let place = match &self.work {
            Some(work) => work.doing.clone(),
            // A single step is shorter than a microsecond.
            None => {
                let at = self.run.debugger.position().at;
                format!("at {at} (cycle {})", at.0)
            }
        };
        format!("{} {place} - Overture debugger", self.program)
    }

    /// Names of the tasks that were there before the first event.
    fn name_tasks(&mut self) {
        let machine = self.run.debugger.machine();
        for task in machine.tasks() {
            self.ledger.call(task, machine.item_name(task));
        }
        self.timeline = Timeline::of_machine(&mut machine.clone());
    }

    fn say_remarks(&mut self) {
        let remarks = self.remarks.take();
        self.views.command.say(Kind::Answer, &remarks);
    }

    fn stop_with(&mut self, answer: &Answer) {
        self.run.sink.output().flush();
        self.views.command.say(Kind::Answer, &answer.text);
        self.why = answer.text.replace('\n', "  ");
        self.stamp += 1;
        self.note_registers();
    }

    fn note_registers(&mut self) {
        let machine = self.run.debugger.machine();
        let task = machine.kernel().current_task();
        let now = task.and_then(|task| Some((task, machine.task_registers(task)?.clone())));
        self.registers = [self.registers[1].take(), now];
    }

    /// Executes a command, or begins it.
    pub fn command(&mut self, line: &str) {
        self.views.command.say(Kind::Typed, &format!("> {line}"));
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        match first {
            "clear" => return self.views.command.clear(),
            "view" => return self.view(rest.trim()),
            _ => (),
        }
        self.make_way();
        match commands::begin(&mut self.run, line) {
            Err(why) => self.views.command.say(Kind::Wrong, &why),
            Ok(Begun::Done(answer)) => self.views.command.say(Kind::Answer, &answer.text),
            Ok(Begun::Under(journey)) => {
                let is_run = matches!(line, "run" | "c");
                self.begin(journey, format!("doing {line:?}; Esc stops"), is_run);
            }
        }
        self.forget_future();
        self.stamp += 1;
    }

    fn begin(&mut self, journey: Journey, doing: String, is_run: bool) {
        self.work = Some(Work {
            journey,
            doing: if is_run { "running".to_owned() } else { doing },
            is_run,
            is_told: false,
        });
        self.is_rested = true;
    }

    fn view(&mut self, word: &str) {
        match View::of(word) {
            Some(view) => self.layout.show(view),
            None => {
                let all: Vec<&str> = View::ALL.iter().map(|view| view.word()).collect();
                let line = format!("views are {}", all.join(", "));
                self.views.command.say(Kind::Wrong, &line);
            }
        }
    }

    /// Keys that went down: those of the table, and those of the pads while they are played.
    fn keys(&mut self, ui: &Ui) {
        let is_typing = ui.ctx().egui_wants_keyboard_input();
        let mut wanted = Vec::new();
        let (is_played, hands) = (self.is_played && !is_typing, &mut self.hands);
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let Event::Key {
                    key,
                    pressed,
                    repeat,
                    modifiers,
                    ..
                } = event
                else {
                    return true;
                };
                if let Some((number, button)) = keys::button(*key).filter(|_| is_played)
                    && !modifiers.command
                {
                    if !repeat {
                        hands.set(Controls::Pad, number, button, *pressed);
                    }
                    return false;
                }
                let does = keys::meaning(*key, *modifiers, is_typing);
                let Some(does) = does.filter(|_| *pressed) else {
                    return true;
                };
                wanted.push(does);
                false
            });
        });
        self.actions.extend(wanted.into_iter().map(Action::Do));
    }

    /// Shows everything, and does what was wanted.
    pub fn show(&mut self, ui: &mut Ui) {
        self.keys(ui);
        Panel::top("toolbar").show(ui, |ui| {
            ui.add_space(2.0);
            let why = std::mem::take(&mut self.why);
            let doing = self.work.as_ref().map(|work| work.doing.clone());
            let is_paced = self.is_paced;
            self.with(|_, cx| {
                let state = toolbar::State {
                    doing: doing.as_deref(),
                    is_paced,
                    why: &why,
                };
                toolbar::show(ui, cx, &state);
            });
            self.why = why;
            let mut bar = std::mem::take(&mut self.bar);
            self.with(|_, cx| bar.show(ui, cx));
            self.bar = bar;
            ui.add_space(2.0);
        });
        self.panels(ui);
        let mut is_helping = self.is_helping;
        help::show(ui.ctx(), &mut is_helping);
        self.is_helping = is_helping;
        let actions = std::mem::take(&mut self.actions);
        let any = !actions.is_empty();
        for action in actions {
            self.act(ui, action);
        }
        if any {
            ui.ctx().request_repaint();
        }
    }

    fn with(&mut self, show: impl FnOnce(&mut Views, &mut Cx<'_, 'a>)) {
        let now = self.run.debugger.position().at;
        let left = self.left.as_ref().filter(|(at, _)| *at == now);
        let mut cx = Cx {
            is_busy: self.work.is_some(),
            run: &mut self.run,
            ledger: &mut self.ledger,
            timeline: &self.timeline,
            stamp: self.stamp,
            chosen: self.chosen,
            before: self.registers[0].as_ref(),
            left: left.map(|(_, picture)| picture),
            is_played: self.is_played,
            hands: &mut self.hands,
            actions: &mut self.actions,
        };
        show(&mut self.views, &mut cx);
    }

    /// Another command is wanted: a short one that is under way ends first, so that keys pressed
    /// faster than pictures come are not lost.
    fn make_way(&mut self) {
        let Some(mut work) = self.work.take() else {
            return;
        };
        let ended = match work.is_run {
            true => None,
            false => self.pass_field(&mut work),
        };
        let answer = ended.unwrap_or_else(|| work.journey.stop(&mut self.run));
        self.stop_with(&answer);
    }

    /// Stops what is under way.
    pub fn interrupt(&mut self) {
        if let Some(work) = self.work.take() {
            let answer = work.journey.stop(&mut self.run);
            self.stop_with(&answer);
        }
    }

    /// The window no longer hears keys.
    pub fn lose_focus(&mut self) {
        self.hands.release_all();
    }
}
