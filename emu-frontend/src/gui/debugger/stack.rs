//! Callers of the present function.

use super::cx::Cx;
use super::disassembly::link;
use egui::{ScrollArea, Ui};
use emu_core::debug::call_stack;

/// Callers of the task that is shown.
#[derive(Default)]
pub struct Stack;

impl Stack {
    /// Shows them, innermost first; a click shows the instruction.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let Some(registers) = cx.registers() else {
            ui.weak("no task is left");
            return;
        };
        let frames = call_stack(cx.memory(), registers);
        ScrollArea::both().id_salt("stack").show(ui, |ui| {
            for (n, frame) in frames.iter().enumerate() {
                link(ui, cx, &format!("#{n:<2} "), frame.pc);
            }
        });
    }
}
