//! Instructions; a click in the margin makes a breakpoint.

use super::cx::{Action, Cx};
use super::parts::{ADDRESSES, AddressField, HERE, NAMES, STOPS, mono, rows_that_fit, wheel};
use crate::debug::views::instruction;
use egui::text::LayoutJob;
use egui::{Color32, FontId, Key, Sense, TextFormat, TextStyle, Ui, Vec2};
use emu_core::debug::On;
use emu_core::mem::MEMORY_END;
use std::collections::BTreeMap;

/// A listing.
#[derive(Default)]
pub struct Disassembly {
    field: AddressField,
    /// The first row.
    top: u32,
    /// Where keys make breakpoints.
    cursor: Option<u32>,
    /// The program counter that was followed last.
    followed: Option<u32>,
}

/// Rows that stay above the program counter when the listing jumps.
const ABOVE: u32 = 6;

impl Disassembly {
    /// Shows this address.
    pub fn look_at(&mut self, address: u32) {
        let address = address.min(MEMORY_END - 4) & !3;
        self.top = address.saturating_sub(ABOVE * 4);
        self.cursor = Some(address);
        self.field.set(address);
    }

    /// Where a breakpoint would be made: at the cursor, or the next instruction.
    pub fn cursor(&self, pc: Option<u32>) -> Option<u32> {
        self.cursor.or(pc)
    }

    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        if let Some(address) = self.field.show(ui, cx, "address") {
            self.look_at(address);
        }
        let pc = cx.registers().map(|registers| registers.pc());
        let rows = rows_that_fit(ui);
        if let Some(pc) = pc.filter(|pc| self.followed != Some(*pc)) {
            self.followed = Some(pc);
            self.cursor = None;
            let last = self.top.saturating_add(rows.saturating_sub(3) * 4);
            if pc < self.top.saturating_add(8) || pc > last {
                self.top = pc.saturating_sub(ABOVE * 4) & !3;
            }
        }
        let moved = wheel(ui) + page_keys(ui, rows);
        self.top = moved_by(self.top, moved, 4);
        let stops: BTreeMap<u32, bool> = cx
            .run
            .debugger
            .points
            .iter()
            .filter_map(|point| match point.on {
                On::Address(address) => Some((address, point.enabled)),
                _ => None,
            })
            .collect();
        let top = self.top;
        let lines = (0..rows).map(|n| top.saturating_add(n * 4));
        for at in lines.take_while(|at| *at < MEMORY_END) {
            let line = instruction(cx.memory(), cx.symbols(), at);
            ui.horizontal(|ui| {
                self.margin(ui, cx, at, stops.get(&at).copied());
                let is_here = pc == Some(at);
                let is_cursor = self.cursor == Some(at);
                let response = ui.selectable_label(is_cursor, job(ui, &line, is_here));
                if response.clicked() {
                    self.cursor = Some(at);
                }
                response.context_menu(|ui| {
                    if ui.button("breakpoint here").clicked() {
                        cx.want(Action::Toggle(at));
                    }
                    if ui.button("memory here").clicked() {
                        cx.want(Action::Memory(at));
                    }
                });
            });
        }
    }

    fn margin(&self, ui: &mut Ui, cx: &mut Cx<'_, '_>, at: u32, stop: Option<bool>) {
        let side = ui.text_style_height(&TextStyle::Monospace);
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
        response.widget_info(|| {
            let label = format!("breakpoint at {at:#x}");
            egui::WidgetInfo::selected(egui::WidgetType::Checkbox, true, stop.is_some(), label)
        });
        let (centre, radius) = (rect.center(), side * 0.32);
        let painter = ui.painter();
        match stop {
            Some(true) => {
                painter.circle_filled(centre, radius, STOPS);
            }
            Some(false) => {
                painter.circle_stroke(centre, radius, egui::Stroke::new(1.5, STOPS));
            }
            None if response.hovered() => {
                painter.circle_stroke(centre, radius, egui::Stroke::new(1.0, Color32::GRAY));
            }
            None => (),
        }
        if response.clicked() {
            cx.want(Action::Toggle(at));
        }
    }
}

/// Rows that Page Up and Page Down mean while the pointer is over a view.
pub fn page_keys(ui: &Ui, rows: u32) -> i64 {
    if !ui.rect_contains_pointer(ui.max_rect()) {
        return 0;
    }
    let rows = i64::from(rows.saturating_sub(2));
    ui.input(|input| {
        let down = i64::from(input.key_pressed(Key::PageDown));
        (down - i64::from(input.key_pressed(Key::PageUp))) * rows
    })
}

/// An address so many rows further.
pub fn moved_by(address: u32, rows: i64, bytes: u32) -> u32 {
    let moved = i64::from(address).saturating_add(rows.saturating_mul(i64::from(bytes)));
    let last = i64::from(MEMORY_END - bytes);
    u32::try_from(moved.clamp(0, last)).unwrap_or(0)
}

/// A line in colours: address, word, instruction, comment.
fn job(ui: &Ui, line: &str, is_here: bool) -> LayoutJob {
    let (code, comment) = line.split_once("  ; ").unwrap_or((line, ""));
    let mut parts = code.splitn(3, "  ");
    let mut next = || parts.next().unwrap_or_default();
    let (address, word, text) = (next(), next(), next());
    let font = FontId::monospace(TextStyle::Monospace.resolve(ui.style()).size);
    let mut job = LayoutJob::default();
    let mut add = |text: &str, colour: Color32| {
        let format = TextFormat::simple(font.clone(), colour);
        job.append(text, 0.0, format);
    };
    let plain = if is_here {
        HERE
    } else {
        Color32::from_gray(225)
    };
    add(if is_here { "> " } else { "  " }, HERE);
    add(address, ADDRESSES);
    add(&format!("  {word}  "), Color32::from_gray(125));
    add(text, plain);
    if !comment.is_empty() {
        add(&format!("  ; {comment}"), NAMES);
    }
    job
}

/// An instruction as a label that leads to it.
pub fn link(ui: &mut Ui, cx: &mut Cx<'_, '_>, before: &str, at: u32) {
    let line = instruction(cx.memory(), cx.symbols(), at);
    let response = ui.selectable_label(false, mono(format!("{before}{line}")));
    if response.clicked() {
        cx.want(Action::Disassemble(at));
    }
}
