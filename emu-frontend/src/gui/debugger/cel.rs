//! A cel: its control block by fields, and how it looks by itself.

use super::cx::{Cx, Kept};
use super::parts::{AddressField, colour, mono};
use super::screen::loaded;
use super::structure::fields;
use egui::{Color32, ColorImage, TextureHandle, Ui, Vec2};
use emu_core::device::display::ccb_flag;
use emu_core::kernel::portfolio::structs::ALL;
use emu_core::trace::Event;
use emu_devices::cels::{CelLook, cel_look};

/// A cel.
#[derive(Default)]
pub struct Cel {
    field: AddressField,
    at: Option<u32>,
    look: Kept<Option<CelLook>>,
    drawn: Option<(u64, u32)>,
    texture: Option<(u64, TextureHandle)>,
}

/// Names of flags that are seen at a glance.
const FLAGS: &[(u32, &str)] = &[
    (ccb_flag::SKIP, "skip"),
    (ccb_flag::LAST, "last"),
    (ccb_flag::LDSIZE, "size"),
    (ccb_flag::LDPRS, "perspective"),
    (ccb_flag::LDPPMP, "pixc"),
    (ccb_flag::LDPLUT, "plut"),
    (ccb_flag::CCBPRE, "preamble here"),
    (ccb_flag::YOXY, "position"),
    (ccb_flag::ACW, "clockwise"),
    (ccb_flag::ACCW, "counter-clockwise"),
    (ccb_flag::PACKED, "packed"),
    (ccb_flag::BGND, "black is drawn"),
];

/// Pictures are no wider than this many times their pixels.
const TIMES_MAX: f32 = 4.0;

impl Cel {
    /// Shows this one.
    pub fn look_at(&mut self, address: u32) {
        self.at = Some(address & !3);
        self.field.set(address & !3);
    }

    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        ui.horizontal_wrapped(|ui| {
            if let Some(address) = self.field.show(ui, cx, "ccb") {
                self.look_at(address);
            }
            if ui.button("last DrawCels").clicked()
                && let Some(address) = last_drawn(cx)
            {
                self.look_at(address);
            }
            if ui.button("next").clicked()
                && let Some(next) = self.at.and_then(|at| next(cx, at))
            {
                self.look_at(next);
            }
        });
        let Some(at) = self.at else {
            ui.weak("an address is missing, or a call of DrawCels");
            return;
        };
        if self.drawn != Some((cx.stamp, at)) {
            if self.drawn.is_none_or(|(_, before)| before != at) {
                self.look.forget();
            }
            self.drawn = Some((cx.stamp, at));
            self.texture = None;
        }
        let Some(look) = self.look.get(cx, |cx| cel_look(cx.memory(), at)) else {
            ui.weak(format!("there is no cel at {at:#x}"));
            return;
        };
        ui.label(mono(format!(
            "{} x {}: {}",
            look.width, look.height, look.format
        )));
        let flags = cx.memory().word(at);
        let names = FLAGS.iter().filter(|(bit, _)| flags & bit != 0);
        let names: Vec<&str> = names.map(|(_, name)| *name).collect();
        ui.label(names.join(", "));
        if look.width > 0 && look.height > 0 {
            let texture = match &self.texture {
                Some((_, texture)) => texture.clone(),
                None => loaded(ui, "cel", None, image(look)),
            };
            self.texture = Some((0, texture.clone()));
            let size = texture.size_vec2();
            let room = Vec2::new(ui.available_width(), ui.available_height() * 0.5);
            let times = (room.x / size.x).min(room.y / size.y).min(TIMES_MAX);
            ui.image((texture.id(), size * times.max(0.1)));
        }
        if let Some(info) = ALL.iter().find(|info| info.name == "CCB") {
            fields(ui, cx, info, at);
        }
    }
}

/// The picture on a chequered ground, which shows where nothing is drawn.
fn image(look: &CelLook) -> ColorImage {
    let (width, height) = (look.width as usize, look.height as usize);
    let pixels = look
        .pixels
        .iter()
        .enumerate()
        .map(|(n, pixel)| match pixel {
            Some(pixel) => colour(*pixel),
            None => match (n % width / 4 + n / width / 4).is_multiple_of(2) {
                true => Color32::from_gray(48),
                false => Color32::from_gray(64),
            },
        });
    ColorImage::new([width, height], pixels.collect())
}

/// The first cel of the last list that was drawn up to now.
fn last_drawn(cx: &mut Cx<'_, '_>) -> Option<u32> {
    let now = cx.now();
    let tape = cx.run.sink.tape()?;
    let draws = |event: &Event| match event {
        Event::Call { call, args, .. } => {
            let row = call.row()?;
            let is_it = matches!(row.name, "DrawCels" | "DrawScreenCels");
            args.as_slice().get(1).copied().filter(|_| is_it)
        }
        _ => None,
    };
    cx.ledger.last(tape, now, |stamped| draws(&stamped.event))
}

fn next(cx: &Cx<'_, '_>, at: u32) -> Option<u32> {
    let (flags, next) = (cx.memory().word(at), cx.memory().word(at + 4));
    let base = if flags & ccb_flag::NPABS != 0 {
        0
    } else {
        at + 8
    };
    let next = base.wrapping_add(next) & 0x00FF_FFFC;
    (flags & ccb_flag::LAST == 0 && next != 0).then_some(next)
}
