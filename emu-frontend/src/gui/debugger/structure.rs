//! A structure of the system by its fields.

use super::cx::{Action, Cx};
use super::parts::{ADDRESSES, AddressField, mono};
use egui::{ComboBox, Grid, ScrollArea, Sense, Ui};
use emu_core::kernel::portfolio::structs::ALL;
use emu_core::mem::{FieldKind, Memory, StructInfo};

/// Which structure, and where.
pub struct Structure {
    field: AddressField,
    name: &'static str,
    at: Option<u32>,
}

impl Default for Structure {
    fn default() -> Self {
        Structure {
            field: AddressField::default(),
            name: "IOReq",
            at: None,
        }
    }
}

impl Structure {
    /// Shows this one.
    pub fn look_at(&mut self, name: &'static str, address: u32) {
        self.name = name;
        self.at = Some(address);
        self.field.set(address);
    }

    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        ui.horizontal(|ui| {
            ComboBox::from_id_salt("structure")
                .selected_text(self.name)
                .show_ui(ui, |ui| {
                    for info in ALL {
                        ui.selectable_value(&mut self.name, info.name, info.name);
                    }
                });
            if let Some(address) = self.field.show(ui, cx, "at") {
                self.at = Some(address);
            }
        });
        let info = ALL.iter().find(|info| info.name == self.name);
        match (info, self.at) {
            (Some(info), Some(at)) => fields(ui, cx, info, at),
            _ => {
                ui.weak("an address is missing; items and memory lead here, too");
            }
        }
    }
}

/// The fields of a structure; a click shows memory at what a field holds.
pub fn fields(ui: &mut Ui, cx: &mut Cx<'_, '_>, info: &'static StructInfo, at: u32) {
    if cx.memory().bytes(at, info.size).is_none() {
        ui.weak(format!("{at:#x} is no memory"));
        return;
    }
    let mut wanted = None;
    ScrollArea::both().id_salt(info.name).show(ui, |ui| {
        Grid::new(info.name).striped(true).show(ui, |ui| {
            for field in info.fields {
                let place = at.wrapping_add(field.offset);
                ui.label(mono(format!("{:#05x}", field.offset)).color(ADDRESSES));
                ui.label(mono(field.name));
                let (text, leads) = value(cx.memory(), field.kind, place, field.size);
                let response = ui.label(mono(text)).interact(Sense::click());
                if response.clicked() {
                    wanted = leads;
                }
                ui.end_row();
            }
        });
    });
    cx.actions.extend(wanted);
}

fn value(mem: &Memory, kind: FieldKind, at: u32, size: u32) -> (String, Option<Action>) {
    let bytes = mem.bytes(at, size).unwrap_or_default();
    let value = bytes.iter().take(4).fold(0, |v, &b| v << 8 | u32::from(b));
    match kind {
        FieldKind::Struct(name) => {
            let known = ALL.iter().find(|info| info.name == name);
            let leads = known.map(|info| Action::Structure(info.name, at));
            (format!("{name} at {at:#x}"), leads)
        }
        _ if size > 4 => {
            let hex = bytes.iter().take(64).map(|byte| format!("{byte:02x}"));
            (hex.collect(), Some(Action::Memory(at)))
        }
        _ => (format!("{value:#x}"), Some(Action::Memory(value))),
    }
}
