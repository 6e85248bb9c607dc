//! Pictures from PNG files.

use emu_core::device::display::Picture;
use std::io::{self, BufRead, Seek};

/// Reads a PNG file of 8-bit RGB pixels.
pub fn read_png(file: impl BufRead + Seek) -> io::Result<Picture> {
    let mut reader = png::Decoder::new(file).read_info()?;
    let mut rgb = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let info = reader.next_frame(&mut rgb)?;
    if (info.color_type, info.bit_depth) != (png::ColorType::Rgb, png::BitDepth::Eight) {
        return Err(io::Error::other("is no picture of 8-bit RGB pixels"));
    }
    rgb.truncate(info.buffer_size());
    Ok(Picture {
        width: info.width,
        height: info.height,
        rgb,
    })
}
