//! Pictures as PNG files.

use emu_core::device::display::Picture;
use std::fs::File;
use std::io::{self, BufWriter, Cursor};
use std::path::Path;

/// Reads a PNG file of 8-bit RGB pixels.
pub fn read_png(bytes: &[u8]) -> io::Result<Picture> {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info()?;
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

/// Writes a PNG file.
pub fn write_png(path: &Path, picture: &Picture) -> io::Result<()> {
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.rgb)?;
    Ok(writer.finish()?)
}
