//! The events of the run: searched, and a click goes there.

use super::cx::{Action, Cx};
use super::parts::{ADDRESSES, HERE, NAMES, mono, row_height};
use egui::{ScrollArea, TextEdit, Ui};
use emu_core::trace::KINDS;

/// The list.
#[derive(Default)]
pub struct Events {
    search: String,
    /// Whether the list keeps up with the machine's instant.
    is_loose: bool,
    followed: Option<(u64, usize)>,
    wants_focus: bool,
}

/// What is at hand without typing: what the button says, and the words.
const SEARCHES: &[(&str, &str)] = &[
    ("all", ""),
    ("calls", " call "),
    ("requests", " submit "),
    ("completions", " complete "),
    ("asked and done", "ior="),
    ("failures", "complete -error=-"),
    ("text", " text "),
];

impl Events {
    /// Lets somebody type what to look for.
    pub fn begin_search(&mut self) {
        self.wants_focus = true;
    }

    /// Shows them.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        ui.horizontal_wrapped(|ui| {
            let name = ui.label("search");
            let edit = TextEdit::singleline(&mut self.search)
                .hint_text("words; -word leaves out")
                .desired_width(220.0);
            let response = ui.add(edit).labelled_by(name.id);
            if std::mem::take(&mut self.wants_focus) {
                response.request_focus();
            }
            let mut changed = response.changed();
            ui.menu_button("kinds", |ui| {
                for (title, words) in SEARCHES {
                    if ui.button(*title).clicked() {
                        self.search = words.trim().to_owned();
                        changed = true;
                        ui.close();
                    }
                }
                ui.separator();
                ScrollArea::vertical().max_height(220.0).show(ui, |ui| {
                    for (_, word, _) in KINDS {
                        if ui.button(*word).clicked() {
                            self.search = (*word).to_owned();
                            changed = true;
                            ui.close();
                        }
                    }
                });
            });
            let mut follows = !self.is_loose;
            ui.checkbox(&mut follows, "follow");
            self.is_loose = !follows;
            if changed {
                cx.want(Action::Search(self.search.clone()));
            }
            let (rows, all) = (cx.ledger.rows(), cx.ledger.len());
            ui.weak(match rows == all {
                true => format!("{all} events"),
                false => format!("{rows} of {all} events"),
            });
        });
        self.list(ui, cx);
    }

    fn list(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let rows = cx.ledger.rows();
        let height = row_height(ui);
        let step = height + ui.spacing().item_spacing.y;
        let tape = cx.run.sink.tape();
        let here = tape.map_or(0, |tape| cx.ledger.row_at(tape, now));
        let mut area = ScrollArea::both().id_salt("events").auto_shrink(false);
        if !self.is_loose && self.followed != Some((cx.stamp, here)) {
            self.followed = Some((cx.stamp, here));
            let middle = here as f32 * step - ui.available_height() / 2.0;
            area = area.vertical_scroll_offset(middle.max(0.0));
        }
        area.show_rows(ui, height, rows, |ui, range| {
            let start = range.start;
            let events = cx.events(range);
            for (row, (number, stamped)) in (start..).zip(events) {
                ui.horizontal(|ui| {
                    let is_here = row == here;
                    let mut words = String::new();
                    stamped.event.write(&mut words);
                    let name = cx.ledger.name(stamped.actor).to_owned();
                    let when = mono(stamped.at.to_string());
                    let is_past = stamped.at <= now;
                    let when = when.color(if is_here { HERE } else { ADDRESSES });
                    let response = ui.selectable_label(is_here, when);
                    let hint = format!("event {number}, cycle {}; goes there", stamped.at.0);
                    if response.on_hover_text(hint).clicked() {
                        cx.want(Action::Goto(stamped.at));
                    }
                    ui.label(mono(name).color(NAMES));
                    let words = mono(words);
                    let words = if is_past { words } else { words.weak() };
                    if ui.selectable_label(false, words).clicked() {
                        cx.want(Action::Goto(stamped.at));
                    }
                });
            }
        });
    }
}
