//! Drawing lanes: bars, words, the way of one request.

use super::{AXIS, Place, ROW, ROWS, TimelineView};
use egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use emu_core::debug::timeline::{Bar, Of, Timeline, What, failure};
use emu_core::time::{Tick, Ticks};
use emu_core::trace::explain::Life;
use emu_core::trace::{Field, Waits};

/// Bars shorter than this, in points, are drawn together.
const FINEST: f32 = 2.0;
/// Room that words need in a bar.
const ROOM: f32 = 40.0;

const AXIS_COLOUR: Color32 = Color32::from_gray(120);
const GRID: Color32 = Color32::from_gray(45);
const NAME: Color32 = Color32::from_gray(200);
const NOW: Color32 = Color32::from_rgb(255, 220, 90);
const WAY: Color32 = Color32::from_rgb(255, 160, 60);
const RUNS: Color32 = Color32::from_rgb(80, 170, 90);
const READY: Color32 = Color32::from_rgb(150, 140, 60);
const FAILED: Color32 = Color32::from_rgb(210, 70, 70);
/// Colours of devices, by their class.
const DEVICES: [Color32; 8] = [
    Color32::from_rgb(95, 150, 220),
    Color32::from_rgb(120, 110, 210),
    Color32::from_rgb(170, 110, 200),
    Color32::from_rgb(90, 180, 190),
    Color32::from_rgb(130, 150, 170),
    Color32::from_rgb(190, 120, 160),
    Color32::from_rgb(160, 130, 110),
    Color32::from_rgb(140, 140, 140),
];

/// Draws everything: the whole, and the part without names.
pub fn all(
    painter: &Painter,
    (rect, inner): (Rect, Rect),
    view: &TimelineView,
    (timeline, places): (&Timeline, &[Place<'_>]),
    now: Tick,
) {
    let x = |at: Tick| {
        let part = view.scale.place(at).clamp(-1.0, 2.0);
        inner.left() + part as f32 * inner.width()
    };
    axis(painter, rect, inner, view, x);
    let inside = painter.with_clip_rect(inner.intersect(painter.clip_rect()));
    let pixel = Ticks(((view.scale.pixel(inner.width()).0 as f32) * FINEST) as u64);
    let mut mesh = Mesh::default();
    let mut words = Vec::new();
    for place in places {
        let top = rect.top() + place.top;
        // Lanes that are scrolled away cost nothing.
        if top > painter.clip_rect().bottom() || top + place.height() < painter.clip_rect().top() {
            continue;
        }
        name(painter, rect, place);
        for (n, row) in place.lane.rows.iter().take(ROWS).enumerate() {
            let y = top + n as f32 * ROW;
            for bar in row.bars(view.scale.start(), view.scale.end(), pixel) {
                let left = x(bar.from);
                let right = x(bar.to).max(left + 1.0);
                let box_ = Rect::from_min_max(pos2(left, y + 1.0), pos2(right, y + ROW - 1.0));
                mesh.add_colored_rect(box_, colour(place.lane.of, &bar, timeline));
                if bar.count == 1 && right - left > ROOM {
                    words.push((box_, said(&bar, timeline)));
                }
            }
        }
    }
    inside.add(Shape::mesh(mesh));
    for (box_, text) in words {
        let clip = box_.intersect(inside.clip_rect());
        let at = pos2(clip.left() + 3.0, box_.center().y);
        let painter = inside.with_clip_rect(clip);
        let font = FontId::proportional(11.0);
        painter.text(at, Align2::LEFT_CENTER, text, font, Color32::WHITE);
    }
    let way = view.selected.and_then(|n| timeline.requests().get(n));
    if let Some(life) = way {
        self::way(&inside, (rect, places), life, x);
    }
    let line = [pos2(x(now), inner.top()), pos2(x(now), inner.bottom())];
    inside.line_segment(line, Stroke::new(1.5, NOW));
}

fn axis(painter: &Painter, rect: Rect, inner: Rect, view: &TimelineView, x: impl Fn(Tick) -> f32) {
    for (at, words) in view.scale.marks(f64::from(inner.width() / 110.0)) {
        let x = x(at);
        let line = [pos2(x, rect.top() + AXIS), pos2(x, rect.bottom())];
        painter.line_segment(line, Stroke::new(1.0, GRID));
        let font = FontId::proportional(11.0);
        let place = pos2(x, rect.top() + AXIS / 2.0);
        painter.text(place, Align2::CENTER_CENTER, words, font, AXIS_COLOUR);
    }
}

fn name(painter: &Painter, rect: Rect, place: &Place<'_>) {
    let lane = place.lane;
    let more = lane.rows.len().saturating_sub(ROWS) as u64 + lane.hidden;
    let text = match more {
        0 => lane.name.clone(),
        more => format!("{} (+{more})", lane.name),
    };
    let at = rect.min + vec2(4.0, place.top + ROW / 2.0);
    let room = Rect::from_min_size(
        rect.min + vec2(0.0, place.top),
        vec2(super::NAMES - 4.0, place.height()),
    );
    let painter = painter.with_clip_rect(room.intersect(painter.clip_rect()));
    painter.text(
        at,
        Align2::LEFT_CENTER,
        text,
        FontId::proportional(12.0),
        NAME,
    );
}

fn colour(of: Of, bar: &Bar, timeline: &Timeline) -> Color32 {
    match bar.first.what {
        What::Request(n) => {
            let life = timeline.requests().get(n as usize);
            if bar.count == 1 && life.is_some_and(|life| failure(life).is_some()) {
                return FAILED;
            }
            let class = match of {
                Of::Unit(class, _) => usize::from(class),
                _ => DEVICES.len() - 1,
            };
            DEVICES[class.min(DEVICES.len() - 1)]
        }
        What::Runs => RUNS,
        What::Ready => READY,
        What::Waits(Waits::Io | Waits::File | Waits::Device) => Color32::from_rgb(60, 80, 110),
        What::Waits(_) => Color32::from_gray(60),
    }
}

fn said(bar: &Bar, timeline: &Timeline) -> String {
    let mut text = String::new();
    match bar.first.what {
        What::Request(n) => {
            let Some(life) = timeline.requests().get(n as usize) else {
                return text;
            };
            match &life.service {
                Some(service) => {
                    service.op.write(&mut text);
                    text.push_str(&format!(" {}", service.offset));
                }
                None => text.push_str(&format!("command {}", life.command.unwrap_or_default())),
            }
            if !life.asker_name.is_empty() {
                text.push_str(&format!(" of {}", life.asker_name));
            }
        }
        What::Runs => text.push_str("runs"),
        What::Ready => text.push_str("ready"),
        What::Waits(waits) => waits.write(&mut text),
    }
    text
}

/// The way of a request: from its task to its device, and from there to whom its end has woken.
fn way(
    painter: &Painter,
    (rect, places): (Rect, &[Place<'_>]),
    life: &Life,
    x: impl Fn(Tick) -> f32,
) {
    let y = |of: Of| {
        let place = places.iter().find(|place| place.lane.of == of);
        place.map(|place| rect.top() + place.top + place.height() / 2.0)
    };
    let device = match (&life.service, &life.target) {
        (Some(service), _) => Of::Unit(service.device as u8, service.unit),
        (None, Some((item, _))) => Of::Driver(*item),
        (None, None) => return,
    };
    let Some(at_device) = y(device) else { return };
    let begun = life
        .service
        .as_ref()
        .map_or(life.asked, |service| service.from);
    if let Some(at_task) = y(Of::Task(life.asker)) {
        arrow(
            painter,
            pos2(x(life.begun), at_task),
            pos2(x(begun), at_device),
        );
    }
    let Some(ending) = life.ending else { return };
    let ended = life.service.as_ref().and_then(|service| service.to);
    if let Some((task, at)) = life.woken
        && let Some(at_task) = y(Of::Task(task))
    {
        let from = pos2(x(ended.unwrap_or(ending.at)), at_device);
        arrow(painter, from, pos2(x(at), at_task));
    }
}

fn arrow(painter: &Painter, from: Pos2, to: Pos2) {
    painter.arrow(from, to - from, Stroke::new(2.0, WAY));
    painter.circle_filled(from, 3.0, WAY);
}
