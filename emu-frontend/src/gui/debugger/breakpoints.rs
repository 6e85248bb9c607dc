//! Breakpoints: made as at the prompt, heeded or not, removed.

use super::cx::{Action, Cx};
use super::parts::{NAMES, mono};
use crate::debug::stops::words;
use egui::{ScrollArea, TextEdit, Ui};
use emu_core::debug::On;

/// All breakpoints.
#[derive(Default)]
pub struct Breakpoints {
    text: String,
}

impl Breakpoints {
    /// Shows them.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        ui.horizontal(|ui| {
            let name = ui.label("break");
            let edit = TextEdit::singleline(&mut self.text)
                .hint_text("SendIO if unit == 1")
                .desired_width(ui.available_width() - 60.0);
            let response = ui.add(edit).labelled_by(name.id);
            let entered =
                response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if (ui.button("Add").clicked() || entered) && !self.text.trim().is_empty() {
                let text = std::mem::take(&mut self.text);
                let text = text.trim();
                let is_command = ["break ", "watch "]
                    .iter()
                    .any(|word| text.starts_with(word));
                let verb = if is_command { "" } else { "break " };
                cx.want(Action::Command(format!("{verb}{text}")));
            }
        });
        let rows: Vec<_> = cx
            .run
            .debugger
            .points
            .iter()
            .map(|point| (point.number, point.enabled, words(point), point.on.clone()))
            .collect();
        if rows.is_empty() {
            ui.weak("none; a click left of an instruction makes one");
        }
        ScrollArea::vertical()
            .id_salt("breakpoints")
            .show(ui, |ui| {
                for (number, mut enabled, words, on) in rows {
                    ui.horizontal(|ui| {
                        let heeded = ui.checkbox(&mut enabled, "").on_hover_text("heeded");
                        if heeded.changed() {
                            let verb = if enabled { "enable" } else { "disable" };
                            cx.want(Action::Command(format!("{verb} {number}")));
                        }
                        let remove = ui.small_button("x").on_hover_text("remove");
                        if remove.clicked() {
                            cx.want(Action::Command(format!("delete {number}")));
                        }
                        let text = if enabled {
                            mono(words)
                        } else {
                            mono(words).weak()
                        };
                        let response = ui.selectable_label(false, text.color(NAMES));
                        if response.clicked() {
                            match on {
                                On::Address(at) => cx.want(Action::Disassemble(at)),
                                On::Write(range) => cx.want(Action::Memory(range.start)),
                                _ => (),
                            }
                        }
                    });
                }
            });
    }
}
