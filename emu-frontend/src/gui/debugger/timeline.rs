//! I/O over time: a lane for each device unit and task; a click goes there.

mod paint;
mod scale;
#[cfg(test)]
mod tests;

use crate::trace::explain::in_words;
use egui::{Key, Modifiers, Pos2, Rect, Response, RichText, Sense, Ui, vec2};
use emu_core::debug::timeline::{Lane, SEARCH, Span, Timeline, Wanted, What, waits_in_words};
use emu_core::time::{CPU_HZ, Tick};
use emu_devices::cdrom::DriveProfile;
use scale::Scale;

/// Width of the names of lanes.
const NAMES: f32 = 130.0;
/// Height of the line with times.
const AXIS: f32 = 20.0;
/// Height of a row.
const ROW: f32 = 16.0;
/// Space between two lanes.
const GAP: f32 = 4.0;
/// Rows of a lane that are drawn; it says how many more there are.
const ROWS: usize = 8;

/// Where a lane is drawn.
struct Place<'a> {
    lane: &'a Lane,
    top: f32,
}

impl Place<'_> {
    fn rows(&self) -> usize {
        self.lane.rows.len().clamp(1, ROWS)
    }

    fn height(&self) -> f32 {
        self.rows() as f32 * ROW
    }
}

/// What is looked at.
pub struct TimelineView {
    scale: Scale,
    /// Whether what is seen follows the machine.
    follows: bool,
    /// The request whose way is drawn.
    selected: Option<usize>,
    search: String,
    said: String,
    /// The drive whose formulas explain a request.
    pub drive: DriveProfile,
    last: Tick,
}

impl Default for TimelineView {
    fn default() -> TimelineView {
        TimelineView {
            scale: Scale::new(CPU_HZ / 10),
            follows: true,
            selected: None,
            search: String::new(),
            said: String::new(),
            drive: DriveProfile::default(),
            last: Tick(0),
        }
    }
}

impl TimelineView {
    /// Looks at `length` ticks from an instant on, wherever the machine is.
    pub fn look_at(&mut self, from: Tick, length: u64) {
        self.scale = Scale::new(length).showing(from, Tick(from.0.saturating_add(length)));
        self.follows = false;
    }

    /// Shows it; an instant that was clicked.
    pub fn show(&mut self, ui: &mut Ui, timeline: &Timeline, now: Tick) -> Option<Tick> {
        let most = timeline.end().max(now).max(Tick(1000));
        let mut wanted = self.controls(ui, timeline, now, most);
        if self.follows && now != self.last {
            self.scale = self.scale.showing(now, most);
        }
        self.last = now;
        egui::ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| {
                let (places, height) = places(timeline);
                let size = vec2(ui.available_width(), height.max(ui.available_height()));
                let (response, painter) = ui.allocate_painter(size, Sense::click_and_drag());
                response.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::WidgetType::Other, true, "timeline")
                });
                let rect = response.rect;
                let inner = Rect::from_min_max(rect.min + vec2(NAMES, 0.0), rect.max);
                self.gestures(ui, &response, inner, most);
                self.keys(ui, &response, timeline, (now, most));
                paint::all(&painter, (rect, inner), self, (timeline, &places), now);
                let pointer = response.hover_pos().filter(|at| inner.contains(*at));
                if let Some(pointer) = pointer {
                    let place = f64::from((pointer.x - inner.left()) / inner.width());
                    let at = self.scale.at(place);
                    let hit = self.hit(&places, rect, pointer, at, inner.width());
                    if response.clicked() {
                        if let Some(What::Request(n)) = hit.map(|span| span.what) {
                            self.selected = Some(n as usize);
                        }
                        wanted = Some(self.instant(hit, at, inner.width()));
                    }
                    self.explain(response, timeline, hit, at);
                }
            });
        wanted
    }

    /// The line above the lanes.
    fn controls(
        &mut self,
        ui: &mut Ui,
        timeline: &Timeline,
        now: Tick,
        most: Tick,
    ) -> Option<Tick> {
        let mut wanted = None;
        ui.horizontal_wrapped(|ui| {
            if ui.button("All").on_hover_text("Home").clicked() {
                self.all(most);
            }
            if ui.button("+").on_hover_text("zoom in: +").clicked() {
                self.scale = self.scale.zoomed(0.5, 0.5, most);
            }
            if ui.button("-").on_hover_text("zoom out: -").clicked() {
                self.scale = self.scale.zoomed(2.0, 0.5, most);
            }
            if ui.button("Now").on_hover_text("End").clicked() {
                self.scale = self.scale.showing(now, most);
            }
            ui.checkbox(&mut self.follows, "follow");
            let label = ui.label("find");
            let field = egui::TextEdit::singleline(&mut self.search).desired_width(160.0);
            let field = ui.add(field).labelled_by(label.id).on_hover_text(SEARCH);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if ui.button("next").clicked() || entered {
                wanted = self.find(timeline, true, most);
            }
            if ui.button("previous").clicked() {
                wanted = self.find(timeline, false, most);
            }
            ui.label(&self.said);
        });
        wanted
    }

    fn all(&mut self, most: Tick) {
        self.scale = Scale::new(most.0).zoomed(1.05, 0.0, most);
        self.follows = false;
    }

    /// Selects the next request that fits the search, and shows it.
    fn find(&mut self, timeline: &Timeline, forward: bool, most: Tick) -> Option<Tick> {
        let wanted = match Wanted::parse(&self.search) {
            Ok(wanted) => wanted,
            Err(why) => {
                self.said = why;
                return None;
            }
        };
        let place = match (self.selected, forward) {
            (Some(selected), true) => selected + 1,
            (Some(selected), false) => selected,
            (None, true) => 0,
            (None, false) => timeline.requests().len(),
        };
        let found = timeline.find(place, &wanted, forward);
        let Some(life) = found.and_then(|n| timeline.requests().get(n)) else {
            self.said = match (self.selected, forward) {
                (None, _) => "no request fits".to_owned(),
                (_, true) => "none after this one".to_owned(),
                (_, false) => "none before this one".to_owned(),
            };
            return None;
        };
        self.selected = found;
        self.follows = false;
        self.scale = self.scale.showing(life.begun, most);
        self.said = format!("request {} of {}", found? + 1, timeline.requests().len());
        None
    }

    /// Wheel and dragging.
    fn gestures(&mut self, ui: &Ui, response: &Response, inner: Rect, most: Tick) {
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        if response.dragged() {
            let part = f64::from(-response.drag_delta().x / inner.width());
            self.scale = self.scale.moved(part, most);
            self.follows = false;
        }
        let Some(pointer) = response.hover_pos() else {
            return;
        };
        let (scroll, zoom) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
        let place = f64::from((pointer.x - inner.left()) / inner.width());
        if zoom != 1.0 {
            self.scale = self.scale.zoomed(1.0 / f64::from(zoom), place, most);
        }
        if scroll.x != 0.0 {
            let part = f64::from(-scroll.x / inner.width());
            self.scale = self.scale.moved(part, most);
            self.follows = false;
        }
    }

    fn keys(&mut self, ui: &Ui, response: &Response, timeline: &Timeline, at: (Tick, Tick)) {
        if !response.has_focus() {
            return;
        }
        let (now, most) = at;
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::Plus) || pressed(Key::Equals) {
            self.scale = self.scale.zoomed(0.5, 0.5, most);
        }
        if pressed(Key::Minus) {
            self.scale = self.scale.zoomed(2.0, 0.5, most);
        }
        for (key, part) in [(Key::ArrowLeft, -0.25), (Key::ArrowRight, 0.25)] {
            if pressed(key) {
                self.scale = self.scale.moved(part, most);
                self.follows = false;
            }
        }
        if pressed(Key::Home) {
            self.all(most);
        }
        if pressed(Key::End) {
            self.scale = self.scale.showing(now, most);
        }
        if pressed(Key::N) {
            self.find(timeline, true, most);
        }
        if pressed(Key::P) {
            self.find(timeline, false, most);
        }
        // The arrows are the timeline's while it has the focus.
        ui.memory_mut(|memory| {
            let filter = egui::EventFilter {
                horizontal_arrows: true,
                ..egui::EventFilter::default()
            };
            memory.set_focus_lock_filter(response.id, filter);
        });
    }

    /// What is drawn at a point.
    fn hit(
        &self,
        places: &[Place<'_>],
        rect: Rect,
        pointer: Pos2,
        at: Tick,
        width: f32,
    ) -> Option<Span> {
        let y = pointer.y - rect.top();
        let inside = |place: &&Place<'_>| (place.top..place.top + place.height()).contains(&y);
        let place = places.iter().find(inside)?;
        let row = place.lane.rows.get(((y - place.top) / ROW) as usize)?;
        // What is thinner than the pointer can still be pointed at.
        let near = self.scale.pixel(width).0.saturating_mul(3);
        let around = (Tick(at.0.saturating_sub(near)), Tick(at.0 + near + 1));
        row.at(at).copied().or_else(|| {
            let bars = row.bars(around.0, around.1, self.scale.pixel(width));
            bars.first().map(|bar| bar.first)
        })
    }

    /// The instant that a click means: the beginning of what was hit if that is near.
    fn instant(&self, hit: Option<Span>, at: Tick, width: f32) -> Tick {
        let near = self.scale.pixel(width).0.saturating_mul(4);
        match hit {
            Some(span) if span.from.0.abs_diff(at.0) <= near => span.from,
            _ => at,
        }
    }

    /// What is under the pointer, in words.
    fn explain(&self, response: Response, timeline: &Timeline, hit: Option<Span>, at: Tick) {
        response.on_hover_ui_at_pointer(|ui| {
            ui.set_max_width(640.0);
            ui.label(RichText::new(format!("{at} (cycle {})", at.0)).weak());
            match hit.map(|span| (span, span.what)) {
                Some((_, What::Request(n))) => {
                    let life = timeline.requests().get(n as usize);
                    for line in life.map_or(Vec::new(), |life| in_words(life, self.drive)) {
                        ui.label(RichText::new(line).monospace());
                    }
                }
                Some((span, What::Runs)) => {
                    ui.label(format!("runs{}", length(span)));
                }
                Some((span, What::Ready)) => {
                    ui.label(format!("could run, but others do{}", length(span)));
                }
                Some((span, What::Waits(waits))) => {
                    ui.label(format!("{}{}", waits_in_words(waits), length(span)));
                }
                None => (),
            }
        });
    }
}

fn length(span: Span) -> String {
    match span.to {
        Tick::NEVER => " since then".to_owned(),
        to => format!(" for {} us", to.since(span.from).micros_text()),
    }
}

/// Where each lane is drawn, and how high all are together.
fn places(timeline: &Timeline) -> (Vec<Place<'_>>, f32) {
    let mut top = AXIS + GAP;
    let mut places = Vec::new();
    for lane in timeline.lanes() {
        let place = Place { lane, top };
        top += place.height() + GAP;
        places.push(place);
    }
    (places, top)
}
