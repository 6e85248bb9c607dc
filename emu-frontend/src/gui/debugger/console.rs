//! What tasks have printed, with when and who.

use super::cx::{Action, Cx};
use super::parts::{ADDRESSES, NAMES, mono, row_height};
use egui::{ScrollArea, Ui};
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::Tick;
use emu_core::trace::Event;

/// The text of the whole run; what lies in the future is pale.
#[derive(Default)]
pub struct Console {
    lines: Vec<Line>,
    /// Texts of the ledger that are in the lines.
    read: usize,
}

#[derive(Clone, Debug)]
struct Line {
    at: Tick,
    task: Item,
    text: String,
    is_whole: bool,
}

/// Texts that are read at once.
const AT_ONCE: usize = 5000;

impl Console {
    /// Shows it; a click goes to when a line was begun.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        self.read(ui, cx);
        if self.lines.is_empty() {
            ui.weak("nothing was printed yet");
            return;
        }
        let now = cx.now();
        let height = row_height(ui);
        let area = ScrollArea::both().id_salt("console").auto_shrink(false);
        area.stick_to_bottom(true)
            .show_rows(ui, height, self.lines.len(), |ui, rows| {
                for line in &self.lines[rows] {
                    ui.horizontal(|ui| {
                        let when =
                            ui.selectable_label(false, mono(line.at.to_string()).color(ADDRESSES));
                        if when.on_hover_text("goes there").clicked() {
                            cx.want(Action::Goto(line.at));
                        }
                        ui.label(mono(cx.ledger.name(line.task)).color(NAMES));
                        let text = mono(line.text.as_str());
                        // What has not happened yet, seen from here.
                        ui.label(if line.at > now { text.weak() } else { text });
                    });
                }
            });
    }

    /// The lines, for tests.
    #[cfg(test)]
    pub fn text(&self) -> Vec<&str> {
        self.lines.iter().map(|line| line.text.as_str()).collect()
    }

    fn read(&mut self, ui: &Ui, cx: &mut Cx<'_, '_>) {
        if self.read > cx.ledger.texts_len() {
            *self = Console::default();
        }
        let Some(tape) = cx.run.sink.tape() else {
            return;
        };
        let texts = cx.ledger.texts(tape, self.read..self.read + AT_ONCE);
        self.read += texts.len();
        for (_, stamped) in texts {
            if let Event::Text { text } = &stamped.event {
                self.add(stamped.at, stamped.actor, text);
            }
        }
        if self.read < cx.ledger.texts_len() {
            // More of it comes with the next picture.
            ui.ctx().request_repaint();
        }
    }

    fn add(&mut self, at: Tick, task: Item, text: &str) {
        for part in text.split_inclusive('\n') {
            let is_whole = part.ends_with('\n');
            let part = part.trim_end_matches(['\n', '\r']);
            match self
                .lines
                .last_mut()
                .filter(|last| !last.is_whole && last.task == task)
            {
                Some(last) => {
                    last.text.push_str(part);
                    last.is_whole = is_whole;
                }
                None => self.lines.push(Line {
                    at,
                    task,
                    text: part.to_owned(),
                    is_whole,
                }),
            }
        }
    }
}
