//! The surface of the window: as many pixels as it has, sent to it as they are.
//!
//! Both formats are plain ones, not sRGB: the bytes of a picture arrive on the screen unchanged.

use super::opening::{NO_DRIVER, guarded};
use pixels::wgpu::{
    Backends, BlendState, CommandEncoder, Device, PresentMode, Queue, TextureFormat, TextureView,
};
use pixels::{Pixels, PixelsBuilder, SurfaceTexture};
use std::sync::Arc;
use winit::dpi::PhysicalSize;
use winit::window::Window;

/// What is drawn on.
pub struct Canvas {
    pixels: Pixels<'static>,
    size: (u32, u32),
}

impl Canvas {
    /// The format of the surface.
    pub const SURFACE: TextureFormat = TextureFormat::Bgra8Unorm;

    /// On a window; the error is one line.
    pub fn on(window: &Arc<Window>) -> Result<Canvas, String> {
        let PhysicalSize { width, height } = window.inner_size();
        let size = (width.max(1), height.max(1));
        let build = || {
            let surface = SurfaceTexture::new(size.0, size.1, Arc::clone(window));
            // Through pixels, OpenGL finds no way to draw on Linux, and complains about it.
            let backends = Backends::from_env().unwrap_or(Backends::PRIMARY);
            PixelsBuilder::new(size.0, size.1, surface)
                .wgpu_backend(backends)
                .texture_format(TextureFormat::Rgba8Unorm)
                .surface_texture_format(Canvas::SURFACE)
                .blend_state(BlendState::REPLACE)
                // Never waits for the screen, where that can be had without tearing.
                .present_mode(PresentMode::Mailbox)
                .build()
        };
        match guarded(build)? {
            Ok(pixels) => Ok(Canvas { pixels, size }),
            Err(pixels::Error::AdapterNotFound) => Err(NO_DRIVER.to_owned()),
            Err(error) => Err(format!("the window cannot be drawn in: {error}")),
        }
    }

    /// Shows what `draw` makes of the bytes of a window of this width; the error is one line.
    pub fn show(
        &mut self,
        (width, height): (u32, u32),
        draw: impl FnOnce(&mut [u8], u32),
    ) -> Result<(), String> {
        if width == 0 || height == 0 {
            return Ok(());
        }
        if self.size != (width, height) {
            let resized = self.pixels.resize_surface(width, height);
            let resized = resized.and_then(|()| self.pixels.resize_buffer(width, height));
            resized.map_err(|error| format!("a window of {width} x {height}: {error}"))?;
            self.size = (width, height);
        }
        draw(self.pixels.frame_mut(), width);
        let rendered = self.pixels.render();
        rendered.map_err(|error| format!("the window cannot be drawn in: {error}"))
    }

    /// What draws.
    pub fn device(&self) -> &Device {
        self.pixels.device()
    }

    /// Shows what `draw` puts on the surface itself; the error is one line.
    pub fn draw(
        &mut self,
        (width, height): (u32, u32),
        draw: impl FnOnce(&mut CommandEncoder, &TextureView, &Device, &Queue),
    ) -> Result<(), String> {
        if self.size != (width, height) {
            let resized = self.pixels.resize_surface(width, height);
            resized.map_err(|error| format!("a window of {width} x {height}: {error}"))?;
            self.size = (width, height);
        }
        let rendered = self.pixels.render_with(|encoder, view, context| {
            draw(encoder, view, &context.device, &context.queue);
            Ok(())
        });
        rendered.map_err(|error| format!("the window cannot be drawn in: {error}"))
    }
}
