//! Sound: what was heard last, instruments, channels, what is used.

use super::cx::{Cx, Kept};
use super::parts::{ADDRESSES, HERE, NAMES, mono};
use crate::debug::sound::{channel_name, frames, passage};
use crate::sound::{Piece, Place};
use egui::{Grid, Pos2, ScrollArea, Sense, Shape, Stroke, Ui, Vec2, WidgetText};
use emu_core::debug::views::SoundView;
use emu_core::device::sound::{StereoFrame, frame_at};
use std::collections::VecDeque;

/// Frames that are shown: 46 ms.
const SHOWN: usize = 2048;
/// Rows of the picture of each side.
const HEIGHT: f32 = 40.0;

/// What sounds.
#[derive(Default)]
pub struct Sound {
    view: Kept<Option<SoundView>>,
    scope: Scope,
    /// For which state of a machine that stands still the picture was made.
    stood: Option<u64>,
}

/// The last frames that were heard.
#[derive(Default)]
pub(super) struct Scope {
    frames: VecDeque<StereoFrame>,
    place: Place,
}

impl Scope {
    /// Shows the frames before number `end`, where the machine stands.
    pub(super) fn stand(&mut self, frames: &[StereoFrame], end: u64) {
        self.frames.clear();
        self.frames.extend(frames);
        self.place = Place::before(end);
    }

    /// Takes what was heard until frame `now`, while the machine runs on. One that went back is
    /// heard anew.
    pub(super) fn take(&mut self, pieces: &[Piece], now: u64) {
        if self.place.next() > now.saturating_add(SHOWN as u64) {
            *self = Scope::default();
        }
        for piece in pieces {
            if piece.first < self.place.next() && piece.first.abs_diff(self.place.next()) > 64 {
                self.place = Place::before(piece.first);
                self.frames.clear();
            }
            let step = self.place.step(piece.first, piece.frames.len());
            self.quiet(step.silence);
            self.frames.extend(piece.frames.iter().skip(step.known));
        }
        // The machine tells of 32 frames at a time.
        let quiet = self.place.step(now.saturating_sub(64), 0).silence;
        self.quiet(quiet);
        let over = self.frames.len().saturating_sub(SHOWN);
        self.frames.drain(..over);
    }

    fn quiet(&mut self, many: u64) {
        let many = usize::try_from(many).unwrap_or(usize::MAX).min(SHOWN);
        self.frames.extend(std::iter::repeat_n([0, 0], many));
    }

    /// The loudest sample of each side, from 0 to 32768.
    pub(super) fn peaks(&self) -> [u16; 2] {
        let peak = |side: usize| {
            let samples = self.frames.iter().filter_map(|frame| frame.get(side));
            samples
                .map(|sample| sample.unsigned_abs())
                .max()
                .unwrap_or(0)
        };
        [peak(0), peak(1)]
    }

    fn show(&self, ui: &mut Ui) {
        for (side, name) in ["left", "right"].into_iter().enumerate() {
            let peak = self.peaks().get(side).copied().unwrap_or(0);
            ui.horizontal(|ui| {
                ui.label(mono(format!("{name:<5} {peak:>5}")));
                let size = Vec2::new(ui.available_width().max(80.0), HEIGHT);
                let (response, painter) = ui.allocate_painter(size, Sense::hover());
                let rect = response.rect;
                let middle = rect.center().y;
                let zero = [
                    Pos2::new(rect.left(), middle),
                    Pos2::new(rect.right(), middle),
                ];
                painter.line_segment(zero, Stroke::new(1.0, ADDRESSES));
                let step = rect.width() / SHOWN as f32;
                let high = rect.height() / 2.0 / 32_768.0;
                let points = self.frames.iter().enumerate().map(|(n, frame)| {
                    let sample = frame.get(side).copied().unwrap_or(0);
                    let y = middle - f32::from(sample) * high;
                    Pos2::new(rect.left() + n as f32 * step, y)
                });
                painter.add(Shape::line(points.collect(), Stroke::new(1.0, NAMES)));
            });
        }
    }
}

impl Sound {
    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        self.hear(cx);
        self.scope.show(ui);
        let view = self
            .view
            .get(cx, |cx| Some(cx.machine().sound_view()))
            .clone();
        let Some(view) = view else {
            return;
        };
        ScrollArea::both().id_salt("sound").show(ui, |ui| {
            instruments(ui, &view);
            channels(ui, &view);
            Grid::new("sound resources").striped(true).show(ui, |ui| {
                for one in &view.resources {
                    ui.label(mono(one.name));
                    ui.label(mono(format!("{} of {}", one.used, one.total)));
                    ui.end_row();
                }
            });
            match view.ticks {
                None => ui.weak("this machine has no signal processor"),
                Some(ticks) => ui.label(mono(format!(
                    "{} programs in a frame, {ticks} ticks in the last; heard {:08x}",
                    view.entries, view.hash
                ))),
            };
        });
    }
}

impl Sound {
    /// What is heard is kept while this is looked at. Where the machine stands still, what was
    /// before is heard again: on some ways there nobody listened.
    fn hear(&mut self, cx: &mut Cx<'_, '_>) {
        let now = frame_at(cx.now());
        let ears = cx.run.sink.ears();
        ears.listen(true);
        let heard = ears.take_heard();
        if cx.is_busy {
            self.stood = None;
            self.scope.take(&heard, now);
        } else if self.stood != Some(cx.stamp) {
            self.stood = Some(cx.stamp);
            let frames = cx.run.debugger.last_frames(SHOWN as u16, cx.run.discs);
            self.scope.stand(&frames, now + 1);
        }
    }
}

/// The content of a cell, at the top of its row: beside many lines it would be far below.
fn cell(ui: &mut Ui, text: impl Into<WidgetText>) {
    ui.vertical(|ui| ui.label(text));
}

fn instruments(ui: &mut Ui, view: &SoundView) {
    if view.instruments.is_empty() {
        ui.weak("no instruments");
        return;
    }
    Grid::new("instruments").striped(true).show(ui, |ui| {
        for title in ["instrument", "name", "status", "priority", "knobs", "reads"] {
            ui.weak(title);
        }
        ui.end_row();
        for one in &view.instruments {
            cell(ui, mono(format!("{:?}", one.item)));
            cell(ui, mono(one.name.as_str()).color(NAMES));
            let status = mono(one.status);
            cell(ui, if one.runs { status.color(HERE) } else { status });
            cell(ui, mono(format!("{} {}", one.priority, frames(one.frames))));
            let knobs = one.knobs.iter();
            let knobs: Vec<String> = knobs
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            cell(ui, mono(knobs.join("\n")));
            let reads = one.connections.iter();
            let reads: Vec<String> = reads
                .map(|one| format!("{} from {:?} {}", one.input, one.source, one.output))
                .collect();
            cell(ui, mono(reads.join("\n")));
            ui.end_row();
        }
    });
}

fn channels(ui: &mut Ui, view: &SoundView) {
    if view.channels.is_empty() {
        ui.weak("no channel does anything");
        return;
    }
    Grid::new("channels").striped(true).show(ui, |ui| {
        for title in [
            "channel",
            "waiting",
            "now",
            "then",
            "attachment",
            "instrument",
        ] {
            ui.weak(title);
        }
        ui.end_row();
        for one in &view.channels {
            ui.label(mono(channel_name(one.channel)));
            ui.label(mono(format!("{} of 8", one.level)));
            ui.label(mono(passage(one.transfer.now)).color(ADDRESSES));
            let again = if one.transfer.is_loop { " again" } else { "" };
            ui.label(mono(passage(one.transfer.next) + again));
            let (item, instrument) = one.attachment.unzip();
            for item in [item, instrument] {
                ui.label(mono(item.map_or(String::new(), |item| format!("{item:?}"))));
            }
            ui.end_row();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(first: u64, frames: &[StereoFrame]) -> Piece {
        Piece {
            first,
            frames: frames.to_vec(),
        }
    }

    #[test]
    fn the_last_frames_are_kept_with_their_gaps() {
        let mut scope = Scope::default();
        scope.take(&[piece(5000, &[[7, -9]]), piece(5010, &[[1, 1]])], 5100);
        assert_eq!(scope.frames.len(), SHOWN);
        // Frame 5036 was the last that is known to be silent.
        let at = |frame: usize| scope.frames[SHOWN - (5036 - frame)];
        assert_eq!((at(5000), at(5001), at(5010)), ([7, -9], [0, 0], [1, 1]));
        assert_eq!(scope.peaks(), [7, 9]);
        scope.take(&[], 9000);
        assert_eq!(scope.peaks(), [0, 0]);
    }

    #[test]
    fn where_it_stands_the_present_is_at_the_end() {
        let mut scope = Scope::default();
        let mut frames = vec![[0, 0]; SHOWN];
        frames[SHOWN - 1] = [5, -6];
        scope.stand(&frames, 100);
        assert_eq!(scope.frames.back(), Some(&[5, -6]));
        // Then it runs on.
        scope.take(&[piece(98, &[[9, 9], [5, -6], [7, 8]])], 100);
        assert_eq!(scope.frames.len(), SHOWN);
        assert_eq!(
            scope.frames.range(SHOWN - 2..).copied().collect::<Vec<_>>(),
            [[5, -6], [7, 8]]
        );
        assert_eq!(scope.peaks(), [7, 8]);
    }

    #[test]
    fn a_machine_that_went_back_is_heard_anew() {
        let mut scope = Scope::default();
        scope.take(&[piece(100_000, &[[7, -9]])], 100_100);
        scope.take(&[], 50);
        assert_eq!(scope.peaks(), [0, 0]);
        scope.take(&[piece(60, &[[-32_768, 3]])], 200);
        assert_eq!(scope.peaks(), [32_768, 3]);
    }
}
