//! The whole run as a bar: what is kept of it, and where the machine stands.

use super::cx::{Action, Cx};
use super::parts::{ADDRESSES, HERE};
use egui::{Color32, CursorIcon, Sense, Stroke, Ui, Vec2, pos2};
use emu_core::time::Tick;

/// Marks that are drawn, at most.
const MARKS_MAX: usize = 400;
const HEIGHT: f32 = 20.0;

/// The bar.
#[derive(Default)]
pub struct HistoryBar {
    /// Where the pointer was when the machine was sent there last.
    sent: Option<Tick>,
}

impl HistoryBar {
    /// Shows it; the machine goes where the pointer is.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let size = Vec2::new(ui.available_width(), HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::WidgetType::Slider, true, "history of the run")
        });
        let debugger = &cx.run.debugger;
        let history = debugger.history();
        let (start, end) = (history.start(), debugger.reached());
        let length = end.since(start).0.max(1);
        let x = |at: Tick| {
            let part = at.since(start).0.min(length) as f32 / length as f32;
            rect.left() + 2.0 + part * (rect.width() - 4.0)
        };
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 3.0, Color32::from_gray(24));
        let past = egui::Rect::from_min_max(rect.min, pos2(x(cx.now()), rect.bottom()));
        painter.rect_filled(past, 3.0, Color32::from_rgb(38, 52, 72));
        let every = history.len().div_ceil(MARKS_MAX).max(1);
        for at in history.instants().step_by(every) {
            let (x, bottom) = (x(at), rect.bottom());
            let line = [pos2(x, bottom - 6.0), pos2(x, bottom)];
            painter.line_segment(line, Stroke::new(1.0, ADDRESSES));
        }
        let here = x(cx.now());
        let line = [pos2(here, rect.top()), pos2(here, rect.bottom())];
        painter.line_segment(line, Stroke::new(2.0, HERE));
        let at = |place: egui::Pos2| {
            let part = ((place.x - rect.left() - 2.0) / (rect.width() - 4.0)).clamp(0.0, 1.0);
            Tick(start.0 + (f64::from(part) * length as f64) as u64)
        };
        if let Some(place) = response.hover_pos() {
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
            response
                .clone()
                .on_hover_text_at_pointer(format!("{} s", at(place)));
        }
        let is_held = response.clicked() || response.dragged();
        let Some(place) = response.interact_pointer_pos().filter(|_| is_held) else {
            self.sent = None;
            return;
        };
        // The pointer asks for one instant at a time; where it rests it has been.
        let wanted = at(place);
        if !cx.is_busy && self.sent != Some(wanted) {
            self.sent = Some(wanted);
            cx.want(Action::Goto(wanted));
        }
    }
}
