//! What devices still have to do, and when it is due.

use super::cx::{Action, Cx, Kept};
use super::parts::mono;
use egui::{Grid, ScrollArea, Ui};
use emu_core::time::Tick;

/// Requests in progress.
#[derive(Default)]
pub struct Requests {
    rows: Kept<Vec<Row>>,
}

#[derive(Clone, Debug)]
struct Row {
    device: &'static str,
    request: u64,
    of: String,
    /// The structure of its IOReq.
    at: Option<u32>,
    due: Option<Tick>,
}

impl Requests {
    /// Shows them; a click shows the IOReq, or goes to when one is due.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let rows = self.rows.get(cx, rows).clone();
        if rows.is_empty() {
            ui.weak("no device has anything to do");
            return;
        }
        ScrollArea::both().id_salt("requests").show(ui, |ui| {
            Grid::new("requests").striped(true).show(ui, |ui| {
                for title in ["device", "request", "of", "due", "in"] {
                    ui.weak(title);
                }
                ui.end_row();
                for row in rows {
                    ui.label(mono(row.device));
                    ui.label(mono(row.request.to_string()));
                    let of = ui.selectable_label(false, mono(row.of));
                    if let Some(at) = row.at.filter(|_| of.clicked()) {
                        cx.want(Action::Structure("IOReq", at));
                    }
                    match row.due {
                        Some(due) => {
                            let text = mono(due.to_string());
                            let hint = "goes there";
                            if ui
                                .selectable_label(false, text)
                                .on_hover_text(hint)
                                .clicked()
                            {
                                cx.want(Action::Goto(due));
                            }
                            let left = Tick(due.since(now).0);
                            ui.label(mono(format!("{left} s")));
                        }
                        None => {
                            ui.label("when something happens");
                            ui.label("");
                        }
                    }
                    ui.end_row();
                }
            });
        });
    }
}

fn rows(cx: &mut Cx<'_, '_>) -> Vec<Row> {
    let machine = cx.machine();
    let rows = machine.request_views().into_iter().map(|view| Row {
        device: view.name,
        request: view.request,
        of: view.ior.map_or("the system".to_owned(), |ior| {
            format!("IOReq {ior:?} of {}", machine.item_name(view.owner))
        }),
        at: view
            .ior
            .and_then(|ior| machine.item(ior))
            .map(|node| node.addr()),
        due: view.due,
    });
    rows.collect()
}
