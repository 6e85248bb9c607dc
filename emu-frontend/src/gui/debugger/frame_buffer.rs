//! Pixels of any address, two lines in a word, as shown.

use super::cx::{Cx, Kept};
use super::parts::{AddressField, colour, mono};
use super::screen::loaded;
use egui::{ColorImage, ComboBox, ScrollArea, Sense, TextureHandle, Ui, Vec2};
use emu_core::mem::{DRAM_SIZE, Memory};

/// Columns of a line.
const WIDTHS: [u32; 7] = [32, 64, 320, 384, 512, 640, 1024];
/// Rows that are shown.
const ROWS: u32 = 288;

/// A frame buffer.
#[derive(Default)]
pub struct FrameBuffer {
    field: AddressField,
    /// The chosen address; none = what is shown.
    at: Option<u32>,
    width: Option<u32>,
    image: Kept<Vec<u16>>,
    texture: Option<(u64, TextureHandle)>,
    drawn: Option<(u64, u32, u32)>,
}

impl FrameBuffer {
    /// Shows pixels from this address on.
    pub fn look_at(&mut self, address: u32) {
        self.at = Some(address & !3);
        self.field.set(address & !3);
        self.image.forget();
    }

    /// Shows it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let mut width = self.width.unwrap_or(320);
        ui.horizontal_wrapped(|ui| {
            if let Some(address) = self.field.show(ui, cx, "address") {
                self.look_at(address);
            }
            ComboBox::from_id_salt("columns")
                .selected_text(format!("{width} wide"))
                .show_ui(ui, |ui| {
                    for columns in WIDTHS {
                        ui.selectable_value(&mut width, columns, columns.to_string());
                    }
                });
            if ui.button("what is shown").clicked() {
                self.at = None;
            }
        });
        self.width = Some(width);
        let at = self.at.unwrap_or_else(|| shown(cx));
        let wanted = (cx.stamp, at, width);
        if self.drawn != Some(wanted) {
            self.drawn = Some(wanted);
            self.image.forget();
            let pixels = self.image.get(cx, |cx| pixels(cx.memory(), at, width));
            let colours = pixels.iter().map(|pixel| colour(*pixel)).collect();
            let size = [width as usize, pixels.len() / width as usize];
            let image = ColorImage::new(size, colours);
            self.texture = Some((0, loaded(ui, "frame buffer", self.texture.take(), image)));
        }
        let (Some((_, texture)), false) = (&self.texture, self.image_is_empty()) else {
            ui.weak(format!("{at:#x} is no memory"));
            return;
        };
        ui.weak(format!("at {at:#x}"));
        let texture = texture.clone();
        ScrollArea::both().id_salt("frame buffer").show(ui, |ui| {
            let size = texture.size_vec2();
            let times = (ui.available_width() / size.x).clamp(1.0, 3.0);
            let image = egui::Image::new((texture.id(), size * times)).sense(Sense::hover());
            let response = ui.add(image);
            if let Some(place) = response.hover_pos() {
                let Vec2 { x, y } = (place - response.rect.min) / times;
                let (x, y) = (x as u32, y as u32);
                let address = address_of(at, width, x, y);
                let pixel = cx.memory().half(address).unwrap_or_default();
                response.on_hover_ui(|ui| {
                    ui.label(mono(format!("{x}, {y}: {pixel:04x} at {address:#x}")));
                });
            }
        });
    }

    fn image_is_empty(&self) -> bool {
        self.texture
            .as_ref()
            .is_none_or(|(_, texture)| texture.size()[1] == 0)
    }
}

/// Where the pixels of the present display begin.
fn shown(cx: &Cx<'_, '_>) -> u32 {
    let display = cx.machine().board().display();
    let list = display.shown_list();
    let words = display.list_words(cx.memory(), list);
    // The second word of an entry that fetches.
    let current = words.chunks(4).find_map(|entry| {
        let [head, current, ..] = entry else {
            return None;
        };
        let loads = head.line.is_some() && head.word >> 16 & 1 != 0 && head.word >> 21 & 1 != 0;
        loads.then_some(current.word & !3)
    });
    current.unwrap_or(DRAM_SIZE)
}

/// The address of a pixel.
fn address_of(base: u32, width: u32, x: u32, y: u32) -> u32 {
    base.wrapping_add((y >> 1) * width * 4 + x * 4 + (y & 1) * 2)
}

/// Pixels row by row, as many whole pairs of rows as there is memory.
fn pixels(memory: &Memory, at: u32, width: u32) -> Vec<u16> {
    let mut all = Vec::new();
    for y in 0..ROWS {
        let first = address_of(at, width, 0, y);
        let row: Option<Vec<u16>> = (0..width).map(|x| memory.half(first + x * 4)).collect();
        match row {
            Some(row) => all.extend(row),
            None => break,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_holds_a_pixel_of_both_lines() {
        let mut memory = Memory::new();
        memory.set_word(DRAM_SIZE, 0x1111_2222);
        memory.set_word(DRAM_SIZE + 4, 0x3333_4444);
        memory.set_word(DRAM_SIZE + 320 * 4, 0x5555_6666);
        let pixels = pixels(&memory, DRAM_SIZE, 320);
        assert_eq!(pixels.len(), 320 * ROWS as usize);
        assert_eq!((pixels[0], pixels[1]), (0x1111, 0x3333));
        assert_eq!((pixels[320], pixels[640]), (0x2222, 0x5555));
    }

    #[test]
    fn where_memory_ends_rows_end() {
        let memory = Memory::new();
        for at in [0x2F_FFF0, 0x30_0000, 0xFFFF_FFFC] {
            assert_eq!(pixels(&memory, at, 320).len(), 0, "{at:#x}");
        }
    }
}
