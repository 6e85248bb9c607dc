//! The window's panels, and the tabs in them.

use super::App;
use crate::gui::debugger::layout::{Place, Side};
use egui::{CentralPanel, Frame, Panel, Ui};

impl App<'_> {
    pub(super) fn panels(&mut self, ui: &mut Ui) {
        let below = Panel::bottom("below").resizable(true);
        let below = below.default_size(self.layout.size(Side::Below));
        let shown = below.show(ui, |ui| self.place(ui, Place::Below));
        self.layout
            .set_size(Side::Below, shown.response.rect.height());
        let left = Panel::left("left").default_size(self.layout.size(Side::Left));
        let shown = left.show(ui, |ui| {
            self.column(ui, (Side::AboveLeft, Place::AboveLeft), Place::Left);
        });
        self.layout
            .set_size(Side::Left, shown.response.rect.width());
        let right = Panel::right("right").default_size(self.layout.size(Side::Right));
        let shown = right.show(ui, |ui| {
            self.column(ui, (Side::AboveRight, Place::AboveRight), Place::Right);
        });
        self.layout
            .set_size(Side::Right, shown.response.rect.width());
        CentralPanel::default().show(ui, |ui| self.place(ui, Place::Middle));
    }

    /// Two places of a column.
    fn column(&mut self, ui: &mut Ui, (side, above): (Side, Place), under: Place) {
        ui.take_available_space();
        let panel = Panel::top(side.word()).resizable(true).frame(Frame::NONE);
        let panel = panel.default_size(self.layout.size(side));
        let shown = panel.show(ui, |ui| self.place(ui, above));
        self.layout.set_size(side, shown.response.rect.height());
        CentralPanel::no_frame().show(ui, |ui| self.place(ui, under));
    }

    /// Tabs, and the view in front.
    fn place(&mut self, ui: &mut Ui, place: Place) {
        // A panel is as large as what is in it: its room, whatever the view takes of it.
        ui.take_available_space();
        ui.push_id(place.word(), |ui| {
            let tabs = self.layout.tabs(place);
            let front = tabs.shown();
            ui.horizontal_wrapped(|ui| {
                for view in &tabs.views {
                    let response = ui.selectable_label(front == Some(*view), view.title());
                    if response.clicked() {
                        self.layout.show(*view);
                    }
                    response.context_menu(|ui| {
                        for other in Place::ALL.iter().filter(|other| **other != place) {
                            let text = format!("move to {}", other.title());
                            if ui.button(text).clicked() {
                                self.layout.take(*view, *other);
                                ui.close();
                            }
                        }
                    });
                }
            });
            ui.separator();
            if let Some(view) = front {
                self.with(|views, cx| views.show(view, ui, cx));
            }
        });
    }
}
