//! Items and Mach's rights as one picture: who waits for, holds, owns.
//!
//! Columns: tasks, what they ask with, where that lies, all else. A click shows what a thing is
//! related to, and tells its story in the command line.

use super::cx::{Action, Cx, Kept};
use super::parts::{ADDRESSES, HERE, STOPS};
use egui::{
    Align2, Color32, FontId, Painter, Rect, ScrollArea, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    pos2, vec2,
};
use emu_core::debug::views::{Graph, GraphNode, Relation};
use std::collections::BTreeMap;

const BOX: Vec2 = vec2(210.0, 22.0);
/// From one thing to the next: to the right, and down.
const STEP: Vec2 = vec2(330.0, 32.0);
const MARGIN: f32 = 8.0;
/// Things that are drawn, at most: more are no picture.
const MOST: usize = 400;

/// The picture.
#[derive(Default)]
pub struct GraphView {
    is_all: bool,
    /// By its name in the graph.
    chosen: Option<String>,
    kept: Kept<Layout>,
}

/// Where everything is.
#[derive(Default)]
struct Layout {
    graph: Graph,
    left_out: usize,
    /// The place of each thing by its name in the graph: column, row.
    places: BTreeMap<String, (usize, usize)>,
    rows: usize,
}

/// The column of a thing.
fn column(node: &GraphNode) -> usize {
    match node.kind.as_str() {
        "task" => 0,
        "IOReq" | "message" | "Mach port" => 1,
        "message port" | "semaphore" | "device" | "Mach port set" => 2,
        _ => 3,
    }
}

impl Layout {
    fn of(mut graph: Graph) -> Layout {
        let left_out = graph.nodes.len().saturating_sub(MOST);
        graph.nodes.truncate(MOST);
        let (mut places, mut rows) = (BTreeMap::new(), [0; 4]);
        for node in &graph.nodes {
            let column = column(node);
            places.insert(node.id.clone(), (column, rows[column]));
            rows[column] += 1;
        }
        Layout {
            graph,
            left_out,
            places,
            rows: rows.into_iter().max().unwrap_or(0),
        }
    }

    fn size(&self) -> Vec2 {
        let columns = self.places.values().map(|(column, _)| column + 1).max();
        let columns = columns.unwrap_or(0) as f32;
        vec2(columns * STEP.x, self.rows as f32 * STEP.y) + Vec2::splat(2.0 * MARGIN)
    }

    fn rect(&self, id: &str, corner: egui::Pos2) -> Option<Rect> {
        let (column, row) = *self.places.get(id)?;
        let at = vec2(column as f32 * STEP.x, row as f32 * STEP.y) + Vec2::splat(MARGIN);
        Some(Rect::from_min_size(corner + at, BOX))
    }
}

impl GraphView {
    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let is_all = self.is_all;
        ui.horizontal(|ui| {
            ui.checkbox(&mut self.is_all, "all").on_hover_text(
                "also what nobody waits for, holds or receives from: who owns and has opened what",
            );
            if is_all != self.is_all {
                self.kept.forget();
            }
        });
        let is_all = self.is_all;
        let layout = self.kept.get(cx, |cx| {
            let graph = cx.machine().graph();
            Layout::of(if is_all { graph } else { graph.busy() })
        });
        if layout.graph.nodes.is_empty() {
            ui.weak("nobody waits, holds or receives");
            return;
        }
        if layout.left_out > 0 {
            ui.weak(format!("{} more are not drawn", layout.left_out));
        }
        let mut clicked = None;
        ScrollArea::both()
            .id_salt("graph")
            .auto_shrink(false)
            .show(ui, |ui| {
                let (response, painter) = ui.allocate_painter(layout.size(), Sense::hover());
                let corner = response.rect.min;
                relations(&painter, layout, corner, self.chosen.as_deref());
                for node in &layout.graph.nodes {
                    let Some(rect) = layout.rect(&node.id, corner) else {
                        continue;
                    };
                    let response = ui.interact(rect, ui.id().with(&node.id), Sense::click());
                    response.widget_info(|| {
                        egui::WidgetInfo::labeled(egui::WidgetType::Button, true, &node.label)
                    });
                    let is_chosen = self.chosen.as_ref() == Some(&node.id);
                    thing(&painter, node, rect, is_chosen || response.hovered());
                    if response.clicked() {
                        clicked = Some(node.id.clone());
                    }
                }
            });
        if let Some(id) = clicked {
            if let Some(item) = id.strip_prefix('i') {
                cx.want(Action::Command(format!("item {item}")));
            }
            self.chosen = Some(id);
        }
    }
}

/// One thing: a task is round.
fn thing(painter: &Painter, node: &GraphNode, rect: Rect, is_bright: bool) {
    let round = if node.kind == "task" { 11.0 } else { 2.0 };
    let edge = if is_bright { HERE } else { ADDRESSES };
    painter.rect_filled(rect, round, Color32::from_gray(34));
    painter.rect_stroke(rect, round, Stroke::new(1.0, edge), StrokeKind::Inside);
    let inside = painter.with_clip_rect(rect.shrink(3.0).intersect(painter.clip_rect()));
    let at = pos2(rect.left() + 8.0, rect.center().y);
    let font = FontId::proportional(12.0);
    inside.text(at, Align2::LEFT_CENTER, &node.label, font, Color32::WHITE);
}

/// Lines with arrows and, where there are few or for the chosen thing, words.
fn relations(painter: &Painter, layout: &Layout, corner: egui::Pos2, chosen: Option<&str>) {
    let has_words = layout.graph.edges.len() <= 40;
    for edge in &layout.graph.edges {
        let ends = (
            layout.rect(&edge.from, corner),
            layout.rect(&edge.to, corner),
        );
        let (Some(from), Some(to)) = ends else {
            continue;
        };
        let is_chosen = chosen.is_some_and(|id| id == edge.from || id == edge.to);
        let colour = match edge.relation {
            _ if is_chosen => HERE,
            Relation::WaitsFor => STOPS,
            Relation::Owns | Relation::Opened => Color32::from_gray(70),
            _ => Color32::from_gray(130),
        };
        // Things of one column are joined by a bow at their right.
        let is_bow = from.left() == to.left();
        let (start, end, out, back) = match (is_bow, from.left() < to.left()) {
            (true, _) => (from.right_center(), to.right_center(), 60.0, 60.0),
            (_, true) => (from.right_center(), to.left_center(), 60.0, -60.0),
            (_, false) => (from.left_center(), to.right_center(), -60.0, 60.0),
        };
        let points = [start, start + vec2(out, 0.0), end + vec2(back, 0.0), end];
        let stroke = Stroke::new(if is_chosen { 2.0 } else { 1.0 }, colour);
        let curve = egui::epaint::CubicBezierShape::from_points_stroke(
            points,
            false,
            Color32::TRANSPARENT,
            stroke,
        );
        let middle = curve.sample(0.5);
        painter.add(Shape::CubicBezier(curve));
        let side = 6.0 * back.signum();
        let head = vec![end, end + vec2(side, -4.0), end + vec2(side, 4.0)];
        painter.add(Shape::convex_polygon(head, colour, Stroke::NONE));
        if has_words || is_chosen {
            let font = FontId::proportional(11.0);
            let words = edge.relation.words();
            painter.text(middle, Align2::CENTER_BOTTOM, words, font, colour);
        }
    }
}
