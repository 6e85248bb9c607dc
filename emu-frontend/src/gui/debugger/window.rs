//! The window itself: between winit, egui and the screen.
//!
//! Nothing is drawn while nothing changes: egui says when it wants another picture, and the app
//! when time passes.

use super::app::App;
use crate::gui::canvas::Canvas;
use crate::gui::opening::{Opens, guarded};
use egui::{Context, FontId, TextStyle, ThemePreference, ViewportId};
use egui_wgpu::{Renderer, RendererOptions, ScreenDescriptor};
use pixels::wgpu;
use std::sync::Arc;
use std::time::{Duration, Instant};
use winit::application::ApplicationHandler;
use winit::dpi::{LogicalSize, PhysicalSize};
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, ControlFlow};
use winit::window::{Window as HostWindow, WindowId};

/// How long egui may wait before it is asked again whether it wants anything.
const LONG: Duration = Duration::from_secs(3600);

/// What there is once the window is open.
struct Opened {
    window: Arc<HostWindow>,
    canvas: Canvas,
    input: egui_winit::State,
    renderer: Renderer,
}

/// The window and the debugger in it.
pub struct Window<'a> {
    app: App<'a>,
    ctx: Context,
    opened: Option<Opened>,
    failure: Option<String>,
    started: Instant,
    /// When egui wants another picture.
    wanted: Option<Instant>,
    /// When the last picture was drawn, and how long that took.
    drawn: (Instant, Duration),
    title: String,
    hidden: bool,
}

impl<'a> Window<'a> {
    /// A window that is not open yet.
    pub fn new(app: App<'a>) -> Window<'a> {
        let ctx = Context::default();
        dress(&ctx);
        Window {
            app,
            ctx,
            opened: None,
            failure: None,
            started: Instant::now(),
            wanted: None,
            drawn: (Instant::now(), Duration::ZERO),
            title: String::new(),
            hidden: false,
        }
    }

    /// The debugger.
    pub fn into_app(self) -> App<'a> {
        self.app
    }

    fn open(&mut self, events: &ActiveEventLoop) -> Result<(), String> {
        let attributes = HostWindow::default_attributes()
            .with_title("Overture debugger")
            .with_min_inner_size(PhysicalSize::new(640, 400));
        let attributes = match self.app.layout().window {
            Some((width, height)) => attributes.with_inner_size(PhysicalSize::new(width, height)),
            None => attributes.with_inner_size(LogicalSize::new(1280, 800)),
        };
        let window = guarded(|| events.create_window(attributes))?;
        let window = Arc::new(window.map_err(|error| error.to_string())?);
        let canvas = Canvas::on(&window)?;
        let format = Canvas::SURFACE;
        let renderer =
            guarded(|| Renderer::new(canvas.device(), format, RendererOptions::default()))?;
        let input = egui_winit::State::new(
            self.ctx.clone(),
            ViewportId::ROOT,
            &window,
            Some(window.scale_factor() as f32),
            None,
            Some(canvas.device().limits().max_texture_dimension_2d as usize),
        );
        self.opened = Some(Opened {
            window,
            canvas,
            input,
            renderer,
        });
        self.wanted = Some(Instant::now());
        Ok(())
    }

    /// Shows the debugger as it is now; the error is one line.
    fn present(&mut self) -> Result<(), String> {
        let began = Instant::now();
        let Some(opened) = &mut self.opened else {
            return Ok(());
        };
        let PhysicalSize { width, height } = opened.window.inner_size();
        if width == 0 || height == 0 {
            return Ok(());
        }
        let input = opened.input.take_egui_input(&opened.window);
        let app = &mut self.app;
        let output = self.ctx.run_ui(input, |ui| app.show(ui));
        let platform = output.platform_output;
        opened
            .input
            .handle_platform_output(&opened.window, platform);
        let delay = output.viewport_output.get(&ViewportId::ROOT);
        let delay = delay.map_or(Duration::MAX, |output| output.repaint_delay);
        self.wanted = (delay < LONG).then(|| began + delay);
        let triangles = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let screen = ScreenDescriptor {
            size_in_pixels: [width, height],
            pixels_per_point: output.pixels_per_point,
        };
        let (renderer, changes) = (&mut opened.renderer, output.textures_delta);
        opened.window.pre_present_notify();
        opened
            .canvas
            .draw((width, height), |encoder, view, device, queue| {
                for (id, change) in &changes.set {
                    renderer.update_texture(device, queue, *id, change);
                }
                renderer.update_buffers(device, queue, encoder, &triangles, &screen);
                let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                    label: None,
                    color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                        view,
                        depth_slice: None,
                        resolve_target: None,
                        ops: wgpu::Operations {
                            load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                            store: wgpu::StoreOp::Store,
                        },
                    })],
                    depth_stencil_attachment: None,
                    timestamp_writes: None,
                    occlusion_query_set: None,
                    multiview_mask: None,
                });
                renderer.render(&mut pass.forget_lifetime(), &triangles, &screen);
            })?;
        for id in &changes.free {
            renderer.free_texture(id);
        }
        let title = self.app.title();
        if title != self.title {
            opened.window.set_title(&title);
            self.title = title;
        }
        self.drawn = (began, began.elapsed());
        Ok(())
    }

    fn redraw(&self) {
        if let Some(opened) = &self.opened
            && !self.hidden
        {
            opened.window.request_redraw();
        }
    }

    /// When a running machine is shown next: drawing takes half of the time at most.
    fn shown_next(&self) -> Instant {
        let (at, took) = self.drawn;
        at + took * 2
    }
}

/// Dark, and large enough to read.
pub fn dress(ctx: &Context) {
    ctx.set_theme(ThemePreference::Dark);
    ctx.options_mut(|options| options.zoom_with_keyboard = true);
    ctx.all_styles_mut(|style| {
        for (text, size) in [
            (TextStyle::Body, 14.0),
            (TextStyle::Button, 14.0),
            (TextStyle::Monospace, 13.0),
            (TextStyle::Small, 11.0),
        ] {
            let family = match text {
                TextStyle::Monospace => FontId::monospace(size),
                _ => FontId::proportional(size),
            };
            style.text_styles.insert(text, family);
        }
        style.spacing.item_spacing = egui::vec2(6.0, 3.0);
        // Many rows on a small screen.
        style.spacing.interact_size.y = 18.0;
        style.visuals.widgets.noninteractive.fg_stroke.color = egui::Color32::from_gray(205);
        style.wrap_mode = Some(egui::TextWrapMode::Extend);
        // What moves takes pictures.
        style.animation_time = 0.0;
    });
}

impl Opens for Window<'_> {
    fn failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    fn is_open(&self) -> bool {
        self.opened.is_some()
    }
}

impl ApplicationHandler for Window<'_> {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        if self.opened.is_none()
            && let Err(reason) = self.open(events)
        {
            self.failure = Some(reason);
            events.exit();
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        if !matches!(event, WindowEvent::RedrawRequested) {
            let heard = opened.input.on_window_event(&opened.window, &event);
            if heard.repaint {
                self.wanted = Some(Instant::now());
            }
        }
        match event {
            WindowEvent::CloseRequested => events.exit(),
            WindowEvent::Resized(PhysicalSize { width, height }) => {
                self.app.layout().window = Some((width, height));
            }
            WindowEvent::Focused(false) => self.app.lose_focus(),
            WindowEvent::Occluded(hidden) => self.hidden = hidden,
            WindowEvent::RedrawRequested => {
                if let Err(line) = self.present() {
                    crate::complain(&format!("{line}; the debugger ends"));
                    events.exit();
                }
            }
            _ => (),
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        if self.opened.is_none() {
            return;
        }
        let started = self.started;
        if self.app.pass(|| started.elapsed()) {
            let soon = self.shown_next();
            self.wanted = Some(self.wanted.map_or(soon, |wanted| wanted.min(soon)));
        }
        if self.app.is_done() {
            events.exit();
            return;
        }
        let now = Instant::now();
        if self.wanted.is_some_and(|wanted| wanted <= now) {
            self.wanted = None;
            self.redraw();
        }
        let time = self.app.next(started.elapsed()).map(|next| started + next);
        let next = time.into_iter().chain(self.wanted).min();
        events.set_control_flow(match next {
            Some(next) if next <= now => ControlFlow::Poll,
            Some(next) => ControlFlow::WaitUntil(next),
            None => ControlFlow::Wait,
        });
    }
}
