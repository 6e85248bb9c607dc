//! What several views are made of.

use super::cx::Cx;
use crate::debug::commands;
use egui::{Color32, RichText, TextEdit, Ui};

/// Where the machine stands.
pub const HERE: Color32 = Color32::from_rgb(255, 214, 102);
/// What has changed.
pub const CHANGED: Color32 = Color32::from_rgb(255, 138, 101);
/// Names and comments.
pub const NAMES: Color32 = Color32::from_rgb(129, 199, 132);
/// Addresses.
pub const ADDRESSES: Color32 = Color32::from_rgb(144, 164, 190);
/// Breakpoints.
pub const STOPS: Color32 = Color32::from_rgb(239, 83, 80);

/// Text in columns.
pub fn mono(text: impl Into<String>) -> RichText {
    RichText::new(text).monospace()
}

/// A field for an address or an expression, taken with Enter.
#[derive(Clone, Debug, Default)]
pub struct AddressField {
    /// What stands in it.
    pub text: String,
    wrong: Option<String>,
}

impl AddressField {
    /// Shows it; the address when Enter was pressed and it is one.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>, label: &str) -> Option<u32> {
        let mut taken = None;
        ui.horizontal(|ui| {
            let name = ui.label(label);
            let edit = TextEdit::singleline(&mut self.text)
                .hint_text("0x48000, sp+4 ...")
                .font(egui::TextStyle::Monospace)
                .desired_width(150.0);
            let response = ui.add(edit).labelled_by(name.id);
            if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                // Expressions of the prompt have no spaces; here there is nothing behind one.
                let word: String = self.text.split_whitespace().collect();
                match commands::address(cx.run, &word) {
                    Ok(address) => (taken, self.wrong) = (Some(address), None),
                    Err(why) => self.wrong = Some(why),
                }
            }
            if let Some(wrong) = &self.wrong {
                ui.colored_label(STOPS, wrong);
            }
        });
        taken
    }

    /// Says where it is now.
    pub fn set(&mut self, address: u32) {
        self.text = format!("{address:#x}");
        self.wrong = None;
    }
}

/// How high a row is that has something to click on.
pub fn row_height(ui: &Ui) -> f32 {
    let text = ui.text_style_height(&egui::TextStyle::Monospace);
    text.max(ui.spacing().interact_size.y)
}

/// How many rows of text fit.
pub fn rows_that_fit(ui: &Ui) -> u32 {
    let row = row_height(ui) + ui.spacing().item_spacing.y;
    (ui.available_height() / row.max(1.0))
        .floor()
        .clamp(1.0, 400.0) as u32
}

/// By how many rows the wheel was turned over a view.
pub fn wheel(ui: &Ui) -> i64 {
    if !ui.rect_contains_pointer(ui.max_rect()) {
        return 0;
    }
    let row = row_height(ui);
    let turned = ui.input(|input| input.smooth_scroll_delta.y);
    (-turned / row.max(1.0)).round() as i64
}

/// A colour of 15 bits.
pub fn colour(pixel: u16) -> Color32 {
    let part = |shift: u16| {
        let bits = (pixel >> shift & 31) as u8;
        bits << 3 | bits >> 2
    };
    Color32::from_rgb(part(10), part(5), part(0))
}
