//! What views, keys and buttons want done.

use super::App;
use crate::debug::journey::Journey;
use crate::gui::debugger::cx::Action;
use crate::gui::debugger::keys::Does;
use crate::gui::debugger::views::View;
use egui::Ui;
use emu_core::debug::{On, Search};
use emu_core::kernel::abi::Registers;

impl App<'_> {
    pub(super) fn act(&mut self, ui: &Ui, action: Action) {
        match action {
            Action::Command(line) => self.command(&line),
            Action::Do(does) => self.act_key(ui, does),
            Action::Goto(at) => self.go(Journey::goto(at), format!("going to {at}")),
            Action::Search(text) => self.ledger.look_for(Search::new(&text)),
            Action::Disassemble(at) => {
                self.views.disassembly.look_at(at);
                self.layout.show(View::Disassembly);
            }
            Action::Memory(at) => {
                self.views.memory.look_at(at);
                self.layout.show(View::Memory);
            }
            Action::Structure(name, at) => {
                self.views.structure.look_at(name, at);
                self.layout.show(View::Structure);
            }
            Action::Cel(at) => {
                self.views.cel.look_at(at);
                self.layout.show(View::Cel);
            }
            Action::FrameBuffer(at) => {
                self.views.frame_buffer.look_at(at);
                self.layout.show(View::FrameBuffer);
            }
            Action::Toggle(at) => self.toggle(at),
            Action::Task(task) => {
                self.chosen = task;
                self.stamp += 1;
            }
            Action::Show(view) => self.layout.show(view),
            Action::Play(is_played) => {
                self.is_played = is_played;
                if let Some(focused) = ui.memory(|memory| memory.focused()) {
                    ui.memory_mut(|memory| memory.surrender_focus(focused));
                }
            }
        }
    }

    fn go(&mut self, journey: Journey, doing: String) {
        if let Some(work) = self.work.take() {
            work.journey.stop(&mut self.run);
        }
        self.begin(journey, doing, false);
    }

    fn toggle(&mut self, at: u32) {
        let points = &mut self.run.debugger.points;
        let is_it = |on: &On| *on == On::Address(at);
        let numbers: Vec<u32> = points
            .iter()
            .filter(|point| is_it(&point.on))
            .map(|point| point.number)
            .collect();
        for number in &numbers {
            points.remove(*number);
        }
        if numbers.is_empty() {
            points.add(On::Address(at), None, None);
        }
    }

    fn act_key(&mut self, ui: &Ui, does: Does) {
        match does {
            Does::RunOrPause if self.work.is_some() => self.interrupt(),
            Does::RunOrPause => self.command("run"),
            Does::Reverse => self.command("reverse"),
            Does::Over => self.command("next"),
            Does::Into => self.command("step"),
            Does::Out => self.command("finish"),
            Does::Back => self.command("back"),
            Does::Origin => self.command("origin"),
            Does::Call => self.command("call"),
            Does::Completion => self.command("completion"),
            Does::Field => self.command("field"),
            Does::FieldBack => {
                let (debugger, video) = (&self.run.debugger, self.run.video);
                let (now, field) = (debugger.position().at, debugger.machine().fields());
                // The blank of this field, or of the one before if it stands there.
                let is_there = video.field_start(field) >= now;
                let to = field.saturating_sub(u64::from(is_there));
                let at = video.field_start(to);
                self.go(Journey::goto(at), format!("going to field {to}"));
            }
            Does::Breakpoint => {
                let machine = self.run.debugger.machine();
                let task = machine.kernel().current_task();
                let registers = task.and_then(|task| machine.task_registers(task));
                let pc = registers.map(Registers::pc);
                if let Some(at) = self.views.disassembly.cursor(pc) {
                    self.toggle(at);
                }
            }
            Does::Speed => {
                self.is_paced = !self.is_paced;
                self.is_rested = true;
            }
            Does::Goto => self.begin_line("goto "),
            Does::CommandLine => self.begin_line(""),
            Does::Search => {
                self.layout.show(View::Events);
                self.views.events.begin_search();
            }
            Does::Show(view) => self.layout.show(view),
            Does::Interrupt => {
                if self.is_helping {
                    self.is_helping = false;
                } else if self.is_played {
                    self.is_played = false;
                    self.hands.release_all();
                    self.hands.aim(None);
                } else {
                    self.interrupt();
                    if let Some(focused) = ui.memory(|memory| memory.focused()) {
                        ui.memory_mut(|memory| memory.surrender_focus(focused));
                    }
                }
            }
            Does::Help => self.is_helping = !self.is_helping,
        }
    }

    fn begin_line(&mut self, words: &str) {
        self.layout.show(View::Command);
        self.views.command.begin(words);
    }
}
