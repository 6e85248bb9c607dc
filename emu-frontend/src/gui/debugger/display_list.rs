//! The display list of the present field, word by word.

use super::cx::{Action, Cx, Kept};
use super::parts::{ADDRESSES, NAMES, mono, row_height};
use egui::{Color32, ScrollArea, Sense, Ui, Vec2};
use emu_devices::display::ListedWord;

/// The list.
#[derive(Default)]
pub struct DisplayList {
    words: Kept<Vec<ListedWord>>,
    shows_colours: bool,
}

impl DisplayList {
    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let list = cx.machine().board().display().shown_list();
        ui.horizontal_wrapped(|ui| {
            ui.label(mono(format!(
                "first entry at {:#x}, {} black lines above",
                list.first, list.top_lines
            )));
            ui.checkbox(&mut self.shows_colours, "colours");
        });
        if list.first == 0 {
            ui.weak("no list: the field is black");
            return;
        }
        let words = self.words.get(cx, |cx| {
            let display = cx.machine().board().display();
            display.list_words(cx.memory(), display.shown_list())
        });
        let shown: Vec<&ListedWord> = words
            .iter()
            .filter(|word| self.shows_colours || word.rgb.is_none())
            .collect();
        let height = row_height(ui);
        let mut wanted = None;
        let area = ScrollArea::both()
            .id_salt("display list")
            .auto_shrink(false);
        area.show_rows(ui, height, shown.len(), |ui, rows| {
            for word in &shown[rows] {
                ui.horizontal(|ui| {
                    let line = word
                        .line
                        .map_or(String::new(), |line| format!("line {line}"));
                    ui.label(mono(format!("{line:<9}")).color(NAMES));
                    let address = mono(format!("{:#08x}", word.at)).color(ADDRESSES);
                    if ui.selectable_label(false, address).clicked() {
                        wanted = Some(Action::Memory(word.at));
                    }
                    ui.label(mono(format!("{:08x}", word.word)).weak());
                    if let Some([red, green, blue]) = word.rgb {
                        let (rect, _) = ui.allocate_exact_size(Vec2::splat(height), Sense::hover());
                        let colour = Color32::from_rgb(red, green, blue);
                        ui.painter().rect_filled(rect, 2.0, colour);
                    }
                    ui.label(mono(word.about.as_str()));
                });
            }
        });
        cx.actions.extend(wanted);
    }
}
