//! Tasks, what they wait for, and what can wake them.

use super::cx::{Action, Cx, Kept};
use super::parts::{HERE, NAMES, mono};
use egui::{ScrollArea, Ui};
use emu_core::kernel::portfolio::items::Item;

/// Every task.
#[derive(Default)]
pub struct Tasks {
    rows: Kept<Vec<Row>>,
}

/// One task in words.
#[derive(Clone, Debug)]
struct Row {
    task: Item,
    name: String,
    chain: Vec<String>,
    class: &'static str,
}

impl Tasks {
    /// Shows them; a click lets the other views show one.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let (running, shown) = (cx.machine().kernel().current_task(), cx.task());
        let rows = self.rows.get(cx, rows).clone();
        ScrollArea::both().id_salt("tasks").show(ui, |ui| {
            for row in rows {
                let mut text = mono(format!("{:?} {}", row.task, row.name)).strong();
                if running == Some(row.task) {
                    text = text.color(HERE);
                }
                if ui.selectable_label(row.task == shown, text).clicked() {
                    let other = (running != Some(row.task)).then_some(row.task);
                    cx.want(Action::Task(other));
                }
                for link in &row.chain {
                    ui.label(mono(format!("   {link}")));
                }
                ui.colored_label(NAMES, format!("    {}", row.class));
            }
        });
    }
}

fn rows(cx: &mut Cx<'_, '_>) -> Vec<Row> {
    let tasks = cx.machine().tasks().into_iter();
    let row = |task: Item| {
        let name = cx.machine().item_name(task);
        let report = cx.run.debugger.why(task)?;
        let chain = report.chain.iter().enumerate().map(|(n, link)| {
            let who = match n {
                0 => String::new(),
                _ => format!("whose holder \"{}\" ", link.name),
            };
            let due = link
                .due
                .map_or(String::new(), |due| format!("; due at {due}"));
            format!("{who}{}{due}", link.waits)
        });
        Some(Row {
            task,
            name,
            chain: chain.collect(),
            class: report.class.words(),
        })
    };
    tasks.filter_map(row).collect()
}
