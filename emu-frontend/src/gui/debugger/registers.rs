//! Registers and flags; what the last step has changed stands out.

use super::cx::{Action, Cx};
use super::parts::{CHANGED, mono};
use egui::{Grid, RichText, Ui};
use emu_core::cpu::REGISTER_NAMES;

/// Registers of the task that is shown.
#[derive(Default)]
pub struct RegistersView;

const FLAGS: [(u32, &str); 6] = [
    (31, "N"),
    (30, "Z"),
    (29, "C"),
    (28, "V"),
    (27, "I"),
    (26, "F"),
];
const PER_ROW: usize = 2;

impl RegistersView {
    /// Shows them.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let task = cx.task();
        let name = cx.machine().item_name(task);
        ui.horizontal(|ui| {
            ui.label(format!("task {task:?} {name}"));
            if cx.chosen.is_some() && ui.small_button("the running one").clicked() {
                cx.want(Action::Task(None));
            }
        });
        let Some(registers) = cx.registers().cloned() else {
            ui.weak("no task is left");
            return;
        };
        let before = cx
            .before
            .filter(|(of, _)| *of == task)
            .map(|(_, before)| before);
        let mut wanted = None;
        egui::ScrollArea::vertical().show(ui, |ui| {
            Grid::new("registers")
                .num_columns(PER_ROW * 2)
                .show(ui, |ui| {
                    for row in 0..16 / PER_ROW {
                        for n in (0..PER_ROW).map(|column| row + column * 16 / PER_ROW) {
                            let (Some(name), Some(value)) =
                                (REGISTER_NAMES.get(n), registers.r.get(n))
                            else {
                                continue;
                            };
                            ui.label(mono(*name).weak());
                            let changed = before.is_some_and(|before| before.r[n] != *value);
                            let text = coloured(format!("{value:08x}"), changed);
                            let hint = format!("{value}; click shows memory there");
                            let response = ui.label(text).on_hover_text(hint);
                            if response.interact(egui::Sense::click()).clicked() {
                                wanted = Some(Action::Memory(*value));
                            }
                        }
                        ui.end_row();
                    }
                });
            let old = before.map_or(registers.cpsr, |before| before.cpsr);
            ui.horizontal(|ui| {
                ui.label(mono("psr").weak());
                ui.label(coloured(
                    format!("{:08x}", registers.cpsr),
                    old != registers.cpsr,
                ));
                for (bit, letter) in FLAGS {
                    let is_set = registers.cpsr >> bit & 1 != 0;
                    let text = if is_set { letter } else { "-" };
                    ui.label(coloured(
                        text.to_owned(),
                        (old ^ registers.cpsr) >> bit & 1 != 0,
                    ));
                }
            });
        });
        cx.actions.extend(wanted);
    }
}

fn coloured(text: String, changed: bool) -> RichText {
    match changed {
        true => mono(text).color(CHANGED).strong(),
        false => mono(text),
    }
}
