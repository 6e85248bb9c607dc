//! The window: what it hears goes to the player, what is seen to the canvas.

use super::canvas::Canvas;
#[cfg(feature = "gamepad")]
use super::gamepad::GamePads;
use super::help;
use super::keys::{self, Command, Does};
use super::mouse::Mouse;
use super::opening::{Opens, guarded};
use super::pacing::Speed;
use super::player::{Motion, Player};
use super::screen::{self, Area};
use super::settings::Settings;
use super::sound::Volume;
use crate::sound::Played;
use emu_core::device::display::Scaling;
use emu_core::device::pods::Controls;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use winit::application::ApplicationHandler;
use winit::dpi::{LogicalSize, PhysicalSize};
use winit::event::{DeviceEvent, DeviceId, ElementState, KeyEvent, MouseButton, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow};
use winit::keyboard::{ModifiersState, PhysicalKey};
use winit::window::{Fullscreen, Window as HostWindow, WindowId};

/// How long a message is seen.
const MESSAGE_TIME: Duration = Duration::from_secs(4);
/// How often the title says how fast the run is.
const TITLE_TIME: Duration = Duration::from_secs(1);

/// The window and the run in it.
pub struct Window<O: Write, E: Write> {
    player: Player<O, E>,
    settings: Settings,
    started: Instant,
    opened: Option<(Arc<HostWindow>, Canvas)>,
    failure: Option<String>,
    /// What the help key and messages show.
    help: bool,
    message: Option<(String, Duration)>,
    modifiers: ModifiersState,
    mouse: Mouse,
    hidden: bool,
    /// Where the picture was drawn last, and the display in it.
    area: (Area, (u32, u32)),
    presented: u64,
    title: String,
    /// When and at which field the title was made.
    titled: (Duration, u64),
    #[cfg(feature = "gamepad")]
    game_pads: GamePads,
}

impl<O: Write, E: Write> Window<O, E> {
    /// A window that is not open yet.
    pub fn new(mut player: Player<O, E>, settings: Settings) -> Window<O, E> {
        player.scaling = scaling(settings.interpolation);
        Window {
            player,
            settings,
            started: Instant::now(),
            opened: None,
            failure: None,
            help: false,
            message: None,
            modifiers: ModifiersState::empty(),
            mouse: Mouse::default(),
            hidden: false,
            area: (Area::default(), (0, 0)),
            presented: 0,
            title: String::new(),
            titled: (Duration::ZERO, 0),
            #[cfg(feature = "gamepad")]
            game_pads: GamePads::new(),
        }
    }

    /// What to remember.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Pictures that were shown.
    pub fn presented(&self) -> u64 {
        self.presented
    }

    /// Seconds of the host since the window opened.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// What was played.
    pub fn played(&self) -> Played {
        self.player.speaker.played()
    }

    /// The run.
    pub fn into_player(self) -> Player<O, E> {
        self.player
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn open(&mut self, events: &ActiveEventLoop) -> Result<(), String> {
        let attributes = HostWindow::default_attributes()
            .with_title("Overture")
            .with_min_inner_size(PhysicalSize::new(160, 120));
        let attributes = match self.settings.size {
            Some((width, height)) => attributes.with_inner_size(PhysicalSize::new(width, height)),
            None => attributes.with_inner_size(LogicalSize::new(960, 720)),
        };
        let full = self.settings.full_screen;
        let attributes = attributes.with_fullscreen(full.then_some(Fullscreen::Borderless(None)));
        let window = guarded(|| events.create_window(attributes))?;
        let window = Arc::new(window.map_err(|error| error.to_string())?);
        let canvas = Canvas::on(&window)?;
        self.opened = Some((window, canvas));
        // Opening takes a while, which the guest does not owe.
        self.started = Instant::now();
        self.player.pacer.restart(Duration::ZERO);
        self.say("F1 shows the keys".to_owned());
        Ok(())
    }

    fn say(&mut self, text: String) {
        self.message = Some((text, self.now() + MESSAGE_TIME));
        self.redraw();
    }

    fn redraw(&self) {
        if let Some((window, _)) = &self.opened
            && !self.hidden
        {
            window.request_redraw();
        }
    }

    /// What is written over the picture.
    fn overlay(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(words) = self.player.end_words() {
            lines.push(format!("{words}; F5 starts it again"));
        } else if self.player.motion == Motion::Paused {
            lines.push("paused".to_owned());
        }
        lines.extend(self.message.as_ref().map(|(text, _)| text.clone()));
        lines
    }

    fn present(&mut self) -> Result<(), String> {
        let overlay = self.overlay();
        let Some((window, canvas)) = &mut self.opened else {
            return Ok(());
        };
        let PhysicalSize { width, height } = window.inner_size();
        let (fit, help) = (self.settings.fit, self.help);
        let seen = self.player.seen();
        if let Some((picture, scaling)) = seen {
            let display = screen::display_size(picture, scaling);
            self.area = (screen::place(display.1, (width, height), fit), display);
        }
        let area = self.area.0;
        window.pre_present_notify();
        canvas.show((width, height), |bytes, width| {
            match seen {
                Some((picture, _)) => screen::compose(bytes, width, picture, area),
                None => bytes.fill(0),
            }
            help::draw(bytes, width, &overlay, help::Place::Below);
            if help {
                help::draw(bytes, width, &help::lines(), help::Place::Middle);
            }
        })?;
        self.presented += 1;
        Ok(())
    }

    fn key(&mut self, events: &ActiveEventLoop, event: &KeyEvent) {
        let PhysicalKey::Code(code) = event.physical_key else {
            return;
        };
        let down = event.state == ElementState::Pressed;
        // What went down without Alt comes up with it, too.
        let does = keys::meaning(code, down && self.modifiers.alt_key());
        match does {
            Some(Does::Pad(number, button)) if !event.repeat => {
                self.player.hands.set(Controls::Pad, number, button, down);
            }
            Some(Does::Command(Command::FastForward)) if !event.repeat => self.fast(down),
            Some(Does::Command(command)) if down && (!event.repeat || command == Command::Step) => {
                self.command(events, command);
            }
            _ => (),
        }
    }

    fn fast(&mut self, down: bool) {
        self.player.motion = match (down, self.player.motion) {
            (true, Motion::Paced) => Motion::Fast,
            (false, Motion::Fast) => Motion::Paced,
            (_, other) => other,
        };
    }

    fn command(&mut self, events: &ActiveEventLoop, command: Command) {
        let now = self.now();
        match command {
            Command::Help => self.help = !self.help,
            Command::Pause if self.player.motion == Motion::Paused => {
                self.player.motion = Motion::Paced;
                self.player.pacer.restart(now);
            }
            Command::Pause => self.player.motion = Motion::Paused,
            Command::Step => self.player.step(),
            Command::FastForward => self.fast(true),
            Command::Slower => self.set_speed(self.player.pacer.speed().slower()),
            Command::Faster => self.set_speed(self.player.pacer.speed().faster()),
            Command::NormalSpeed => self.set_speed(Speed::NORMAL),
            Command::Reset => {
                let words = self.player.reset(now).err();
                self.titled = (now, 0);
                self.say(words.unwrap_or_else(|| "reset".to_owned()));
            }
            Command::Interpolation => {
                self.settings.interpolation = !self.settings.interpolation;
                self.player.scaling = scaling(self.settings.interpolation);
                let word = if self.settings.interpolation {
                    "on"
                } else {
                    "off"
                };
                self.say(format!("interpolation {word}"));
            }
            Command::Fit => {
                self.settings.fit = self.settings.fit.next();
                self.say(format!("picture: {}", self.settings.fit.name()));
            }
            Command::FullScreen => self.fill_screen(),
            Command::Screenshot => {
                let words = self.player.screenshot(Path::new("."));
                // Where it was written is worth more than four seconds.
                crate::complain(&words);
                self.say(words);
            }
            Command::Quieter => self.set_volume(Volume::quieter),
            Command::Louder => self.set_volume(Volume::louder),
            Command::Mute => self.set_volume(Volume::toggled),
            Command::FreeMouse => self.capture(false),
            Command::Quit => events.exit(),
        }
        self.redraw();
    }

    fn set_speed(&mut self, speed: Speed) {
        let now = self.now();
        self.player.pacer.set_speed(speed, now);
        self.say(format!("speed {speed}"));
    }

    fn set_volume(&mut self, change: impl FnOnce(Volume) -> Volume) {
        if !self.player.speaker.can_play() {
            self.say("this program was built without sound (the feature audio)".to_owned());
            return;
        }
        self.settings.volume = change(self.settings.volume);
        self.player.speaker.set_volume(self.settings.volume);
        self.say(self.settings.volume.to_string());
    }

    fn fill_screen(&mut self) {
        self.settings.full_screen = !self.settings.full_screen;
        if let Some((window, _)) = &self.opened {
            let full = self.settings.full_screen;
            window.set_fullscreen(full.then_some(Fullscreen::Borderless(None)));
            window.set_cursor_visible(!full && self.mouse.is_free());
        }
    }

    /// Lets the mouse belong to the program, or to the host again.
    fn capture(&mut self, captured: bool) {
        let Some((window, _)) = &self.opened else {
            return;
        };
        self.mouse.capture(window, captured);
        let is_free = self.mouse.is_free();
        window.set_cursor_visible(is_free && !self.settings.full_screen);
        if !is_free {
            self.say("F7 lets the mouse go".to_owned());
        }
    }

    fn click(&mut self, button: MouseButton, down: bool) {
        let hands = &mut self.player.hands;
        if let Some(bit) = keys::mouse_button(button, Controls::Gun) {
            hands.set(Controls::Gun, 1, bit, down);
        }
        let is_lent = hands.has(Controls::Mouse, 1) && down && self.mouse.is_free();
        if let Some(bit) = keys::mouse_button(button, Controls::Mouse).filter(|_| !is_lent) {
            hands.set(Controls::Mouse, 1, bit, down);
        }
        if is_lent {
            self.capture(true);
        }
    }

    fn dropped(&mut self, path: &Path) {
        let now = self.now();
        let words = self.player.open(path, self.modifiers.shift_key(), now);
        self.titled = (now, self.player.fields());
        self.say(words);
    }

    /// The title says what runs, and how fast.
    fn retitle(&mut self) {
        let (now, fields) = (self.now(), self.player.fields());
        let (then, before) = self.titled;
        let Some(passed) = now.checked_sub(then).filter(|passed| *passed >= TITLE_TIME) else {
            return;
        };
        self.titled = (now, fields);
        let rate = fields.saturating_sub(before) as f64 / passed.as_secs_f64();
        let title = match self.player.motion {
            _ if self.player.end().is_some() => format!("{} (ended)", self.player.name()),
            Motion::Paused => format!("{} (paused)", self.player.name()),
            _ => format!("{}, {rate:.0} fields a second", self.player.name()),
        };
        let title = format!("{title} - Overture");
        if let Some((window, _)) = &self.opened
            && title != self.title
        {
            window.set_title(&title);
            self.title = title;
        }
    }

    fn wake_up(&self) -> ControlFlow {
        let runs = self.player.end().is_none();
        let next = match self.player.motion {
            Motion::Fast if runs => return ControlFlow::Poll,
            Motion::Paced if runs => self.player.pacer.next(),
            _ => match &self.message {
                Some((_, until)) => *until,
                // A game pad says nothing by itself.
                None => self.now() + TITLE_TIME,
            },
        };
        ControlFlow::WaitUntil(self.started + next)
    }
}

fn scaling(interpolation: bool) -> Scaling {
    match interpolation {
        true => Scaling::Interpolated,
        false => Scaling::Plain,
    }
}

impl<O: Write, E: Write> Opens for Window<O, E> {
    fn failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    fn is_open(&self) -> bool {
        self.opened.is_some()
    }
}

impl<O: Write, E: Write> ApplicationHandler for Window<O, E> {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        if self.opened.is_none()
            && let Err(reason) = self.open(events)
        {
            self.failure = Some(reason);
            events.exit();
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        match event {
            WindowEvent::CloseRequested => events.exit(),
            WindowEvent::Resized(PhysicalSize { width, height }) => {
                if !self.settings.full_screen {
                    self.settings.size = Some((width, height));
                }
                self.redraw();
            }
            WindowEvent::Focused(false) => {
                self.player.hands.release_all();
                self.fast(false);
                self.capture(false);
            }
            WindowEvent::Occluded(hidden) => self.hidden = hidden,
            WindowEvent::ModifiersChanged(modifiers) => self.modifiers = modifiers.state(),
            WindowEvent::KeyboardInput {
                event,
                is_synthetic: false,
                ..
            } => self.key(events, &event),
            WindowEvent::CursorMoved { position, .. } => {
                let (area, display) = self.area;
                let at = screen::pixel_at(area, display, (position.x, position.y));
                self.player.hands.aim(at);
                if let Some((window, _)) = &self.opened
                    && let Some((right, down)) = self.mouse.follow(window, position)
                {
                    self.player.hands.move_mouse(right, down);
                }
            }
            WindowEvent::CursorLeft { .. } => self.player.hands.aim(None),
            WindowEvent::MouseInput { state, button, .. } => {
                self.click(button, state == ElementState::Pressed);
            }
            WindowEvent::DroppedFile(path) => self.dropped(&path),
            WindowEvent::RedrawRequested => {
                if let Err(line) = self.present() {
                    crate::complain(&format!("{line}; the run ends"));
                    events.exit();
                }
            }
            _ => (),
        }
    }

    fn device_event(&mut self, _: &ActiveEventLoop, _: DeviceId, event: DeviceEvent) {
        if let DeviceEvent::MouseMotion { delta: (x, y) } = event
            && self.mouse.is_locked()
        {
            self.player.hands.move_mouse(x, y);
        }
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        if self.opened.is_none() {
            return;
        }
        #[cfg(feature = "gamepad")]
        self.game_pads.report(&mut self.player.hands);
        if let Some(words) = self.player.speaker.look_after(self.now()) {
            crate::complain(&words);
            self.say(words);
        }
        let started = self.started;
        if self.player.run_due(|| started.elapsed()) {
            self.redraw();
        }
        let now = self.now();
        if self
            .message
            .as_ref()
            .is_some_and(|(_, until)| *until <= now)
        {
            self.message = None;
            self.redraw();
        }
        if self.player.end().is_some() && self.player.ends_with_the_run() {
            events.exit();
        }
        self.retitle();
        events.set_control_flow(self.wake_up());
    }
}
