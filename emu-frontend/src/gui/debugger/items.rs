//! Items of the kernel.

use super::cx::{Action, Cx, Kept};
use super::parts::{mono, row_height};
use egui::{ScrollArea, TextEdit, Ui};
use emu_core::debug::views::ItemView;
use emu_core::kernel::portfolio::structs::ALL;

/// Every item, or those with a word in their line.
#[derive(Default)]
pub struct Items {
    filter: String,
    rows: Kept<Vec<(ItemView, String)>>,
}

/// Structures of the kinds that have a name.
const STRUCTURES: &[(&str, &str)] = &[
    ("FOLIO", "Folio"),
    ("TASK", "Task"),
    ("SIGNAL", "ItemNode"),
    ("SEMAPHORE", "Semaphore"),
    ("MESSAGE", "Message"),
    ("MSGPORT", "MsgPort"),
    ("DRIVER", "Driver"),
    ("IOREQ", "IOReq"),
    ("DEVICE", "Device"),
];

impl Items {
    /// Shows them; a click shows the structure.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        ui.horizontal(|ui| {
            let name = ui.label("filter");
            let edit = TextEdit::singleline(&mut self.filter).desired_width(160.0);
            ui.add(edit).labelled_by(name.id);
        });
        let rows = self.rows.get(cx, |cx| {
            let rows = cx.machine().item_views().into_iter();
            let line = |row: &ItemView| {
                format!(
                    "{:?}  {:<12} of {:?}  {}",
                    row.item, row.type_name, row.owner, row.name
                )
            };
            rows.map(|row| (row.clone(), line(&row))).collect()
        });
        let words: Vec<String> = self
            .filter
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let fits = |line: &str| {
            let line = line.to_lowercase();
            words.iter().all(|word| line.contains(word.as_str()))
        };
        let rows: Vec<&(ItemView, String)> = rows.iter().filter(|(_, line)| fits(line)).collect();
        let height = row_height(ui);
        let mut wanted = None;
        ScrollArea::both()
            .id_salt("items")
            .auto_shrink(false)
            .show_rows(ui, height, rows.len(), |ui, range| {
                for (row, line) in &rows[range] {
                    if ui.selectable_label(false, mono(line.as_str())).clicked() {
                        wanted = Some(Action::Structure(structure(&row.type_name), row.address));
                    }
                }
            });
        cx.actions.extend(wanted);
    }
}

fn structure(kind: &str) -> &'static str {
    let upper = kind.to_uppercase();
    let found = STRUCTURES.iter().find(|(name, _)| upper.contains(name));
    let name = found.map_or("ItemNode", |(_, name)| *name);
    let info = ALL.iter().find(|info| info.name == name);
    info.map_or("ItemNode", |info| info.name)
}
