//! What time does, as buttons.

use super::cx::{Action, Cx};
use super::keys::{Does, KEYS, label_of};
use super::parts::{HERE, mono};
use egui::Ui;

/// Buttons in groups: what each says, and what it does.
const BUTTONS: &[&[(&str, Does)]] = &[
    &[
        ("Into", Does::Into),
        ("Over", Does::Over),
        ("Out", Does::Out),
    ],
    &[
        ("Call", Does::Call),
        ("Completion", Does::Completion),
        ("Field", Does::Field),
    ],
    &[
        ("Back", Does::Back),
        ("Reverse", Does::Reverse),
        ("Origin", Does::Origin),
    ],
];

/// What the bar says besides.
pub struct State<'s> {
    /// What is under way, in words.
    pub doing: Option<&'s str>,
    /// Whether time passes as on a console.
    pub is_paced: bool,
    /// What it stands still for.
    pub why: &'s str,
}

/// Shows them.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_, '_>, state: &State<'_>) {
    ui.horizontal(|ui| {
        let mut button = |ui: &mut Ui, text: &str, does: Does| {
            let row = KEYS.iter().find(|row| row.does == does);
            let about = row.map_or("", |row| row.about);
            let hint = format!("{} ({about})", label_of(does));
            if ui.button(text).on_hover_text(hint).clicked() {
                cx.want(Action::Do(does));
            }
        };
        let run = if state.doing.is_some() {
            "Pause"
        } else {
            "Run"
        };
        button(ui, run, Does::RunOrPause);
        let speed = if state.is_paced {
            "console speed"
        } else {
            "full speed"
        };
        button(ui, speed, Does::Speed);
        for group in BUTTONS {
            ui.separator();
            for (text, does) in *group {
                button(ui, text, *does);
            }
        }
        ui.separator();
        button(ui, "Keys", Does::Help);
        if let Some(doing) = state.doing {
            ui.colored_label(HERE, doing);
        } else {
            ui.add(egui::Label::new(mono(state.why)).truncate());
        }
    });
}
