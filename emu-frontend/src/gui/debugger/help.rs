//! The keys, as a window over the others.

use super::keys::KEYS;
use super::parts::{HERE, mono};
use egui::{Align2, Context, Grid, Vec2, Window};

/// Shows the table; pads are played as in the ordinary window.
pub fn show(ctx: &Context, is_open: &mut bool) {
    let window = Window::new("Keys")
        .open(is_open)
        .resizable(false)
        .collapsible(false);
    window
        .anchor(Align2::CENTER_CENTER, Vec2::ZERO)
        .show(ctx, |ui| {
            let half = KEYS.len().div_ceil(2);
            ui.horizontal_top(|ui| {
                for (n, part) in KEYS.chunks(half).enumerate() {
                    Grid::new(("keys", n)).striped(true).show(ui, |ui| {
                        for row in part {
                            ui.label(mono(row.label).color(HERE));
                            ui.label(row.about);
                            ui.end_row();
                        }
                    });
                    ui.add_space(12.0);
                }
            });
            ui.separator();
            ui.label(
                "A click into the screen gives the keyboard (A S D Q W, arrows, Enter) and the mouse to the pods.",
            );
            ui.label("Pressing a button in the past begins another future from there.");
            ui.label("A tab's own menu (right button) moves it to another place.");
        });
}
