//! Memory as big-endian words and text.

use super::cx::{Action, Cx};
use super::disassembly::{moved_by, page_keys};
use super::parts::{ADDRESSES, AddressField, CHANGED, mono, rows_that_fit, wheel};
use egui::{Sense, Ui};
use std::collections::BTreeMap;

/// A part of memory.
#[derive(Default)]
pub struct MemoryView {
    field: AddressField,
    top: u32,
    is_placed: bool,
    /// What the rows held at the last two instants that were seen.
    then: BTreeMap<u32, u32>,
    now: (u64, BTreeMap<u32, u32>),
}

/// Bytes of a row.
const ROW: u32 = 16;

impl MemoryView {
    /// Shows this address.
    pub fn look_at(&mut self, address: u32) {
        self.top = moved_by(address & !(ROW - 1), 0, ROW);
        self.field.set(address);
        self.is_placed = true;
    }

    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        if let Some(address) = self.field.show(ui, cx, "address") {
            self.look_at(address);
        }
        if !self.is_placed
            && let Some(sp) = cx.registers().map(|registers| registers.sp())
        {
            self.look_at(sp);
        }
        let rows = rows_that_fit(ui);
        self.top = moved_by(self.top, wheel(ui) + page_keys(ui, rows), ROW);
        if self.now.0 != cx.stamp {
            self.then = std::mem::take(&mut self.now.1);
            self.now.0 = cx.stamp;
        }
        for n in 0..rows {
            let at = self.top.saturating_add(n * ROW);
            let Some(bytes) = cx.memory().bytes(at, ROW).map(<[u8]>::to_vec) else {
                break;
            };
            ui.horizontal(|ui| {
                ui.label(mono(format!("{at:#08x}")).color(ADDRESSES));
                for (word, place) in bytes.chunks_exact(4).zip((at..).step_by(4)) {
                    let value = word
                        .iter()
                        .fold(0, |value, &byte| value << 8 | u32::from(byte));
                    self.word(ui, cx, place, value);
                }
                let shown = |&byte: &u8| match byte {
                    b' '..=b'~' => char::from(byte),
                    _ => '.',
                };
                ui.label(mono(bytes.iter().map(shown).collect::<String>()).weak());
            });
        }
    }

    fn word(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>, at: u32, value: u32) {
        self.now.1.insert(at, value);
        let changed = self.then.get(&at).is_some_and(|then| *then != value);
        let text = mono(format!("{value:08x}"));
        let text = if changed { text.color(CHANGED) } else { text };
        let response = ui.label(text).interact(Sense::click());
        response.context_menu(|ui| {
            let mut row = |label: String, action: Action| {
                if ui.button(label).clicked() {
                    cx.want(action);
                    ui.close();
                }
            };
            row(
                "stop behind writes".into(),
                Action::Command(format!("watch {at:#x}")),
            );
            row(
                "go back to the last write".into(),
                Action::Command(format!("writer {at:#x}")),
            );
            row(format!("memory at {value:#x}"), Action::Memory(value));
            row(
                format!("instructions at {value:#x}"),
                Action::Disassemble(value),
            );
            row("a cel here".into(), Action::Cel(at));
            row("pixels from here on".into(), Action::FrameBuffer(at));
        });
        if response.double_clicked() {
            cx.want(Action::Memory(value));
        }
    }
}
