//! The screen; keyboard and mouse are the pods' once it was clicked.

use super::cx::{Action, Cx, Kept};
use super::keys::mouse_button;
use super::parts::HERE;
use crate::gui::keys;
use crate::gui::pads::Hands;
use egui::{
    ColorImage, Event, Pos2, Rect, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui,
    Vec2,
};
use emu_core::device::display::{Picture, Scaling};
use emu_core::device::pods::Controls;

/// The picture of the machine's instant.
#[derive(Default)]
pub struct Screen {
    picture: Kept<Option<Picture>>,
    texture: Option<(u64, TextureHandle)>,
}

/// What a click into the screen says.
const LABEL: &str = "screen of the console";

impl Screen {
    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let stamp = cx.stamp;
        if self.texture.as_ref().is_none_or(|(then, _)| *then != stamp) {
            // Pictures are wanted of every instant, however fast time passes.
            self.picture.forget();
            let picture = self.picture.get(cx, |cx| {
                let left = cx.left.cloned();
                left.or_else(|| cx.machine().picture(Scaling::Plain))
            });
            if let Some(picture) = picture {
                let size = [picture.width as usize, picture.height as usize];
                let image = ColorImage::from_rgb(size, &picture.rgb);
                self.texture = Some((stamp, loaded(ui, "screen", self.texture.take(), image)));
            }
        }
        let Some((_, texture)) = &self.texture else {
            ui.weak("nothing is shown");
            return;
        };
        let hint = match cx.is_played {
            true => "keyboard and mouse are the pods'; Esc gives them back",
            false => "click to play",
        };
        let room = ui.available_size() - Vec2::new(0.0, ui.spacing().interact_size.y);
        // A television picture is four to three.
        let height = room.y.min(room.x * 0.75).max(24.0);
        let size = Vec2::new(height * 4.0 / 3.0, height);
        ui.vertical_centered(|ui| {
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            response
                .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, LABEL));
            let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
            let painter = ui.painter();
            painter.image(texture.id(), rect, whole, egui::Color32::WHITE);
            if cx.is_played {
                painter.rect_stroke(rect, 0.0, Stroke::new(2.0, HERE), StrokeKind::Outside);
                play(ui, rect, texture.size_vec2(), cx.hands);
            }
            if response.clicked() {
                cx.want(Action::Play(true));
            }
            ui.weak(hint);
        });
    }
}

/// The pointer is a mouse that moves as many counts as it passes pixels, and a gun's aim.
fn play(ui: &Ui, screen: Rect, pixels: Vec2, hands: &mut Hands) {
    let pixel = |at: Pos2| {
        let part = (at - screen.min) / screen.size() * pixels;
        screen
            .contains(at)
            .then_some((part.x as u16, part.y as u16))
            .filter(|(x, y)| f32::from(*x) < pixels.x && f32::from(*y) < pixels.y)
    };
    ui.input(|input| {
        for event in &input.events {
            match *event {
                Event::PointerMoved(at) => hands.aim(pixel(at)),
                Event::PointerGone => hands.aim(None),
                Event::PointerButton {
                    pos,
                    button,
                    pressed,
                    ..
                } if !pressed || screen.contains(pos) => {
                    for controls in [Controls::Mouse, Controls::Gun] {
                        let button = keys::mouse_button(mouse_button(button), controls);
                        if let Some(button) = button {
                            hands.set(controls, 1, button, pressed);
                        }
                    }
                }
                _ => (),
            }
        }
        if input
            .pointer
            .hover_pos()
            .is_some_and(|at| screen.contains(at))
        {
            let moved = input.pointer.delta() / screen.size() * pixels;
            hands.move_mouse(moved.x.into(), moved.y.into());
        }
    });
}

/// A texture with this image: the one there was, if there was one.
pub fn loaded(
    ui: &Ui,
    name: &str,
    old: Option<(u64, TextureHandle)>,
    image: ColorImage,
) -> TextureHandle {
    match old {
        Some((_, mut texture)) => {
            texture.set(image, TextureOptions::NEAREST);
            texture
        }
        None => ui.ctx().load_texture(name, image, TextureOptions::NEAREST),
    }
}
