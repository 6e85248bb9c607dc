//! Opening the window, where everything can go wrong on another machine.
//!
//! A display that is not there is an error, a library that is not there may be a panic inside
//! the crates that load it. Either becomes one line with the package to install.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use winit::application::ApplicationHandler;
use winit::event_loop::EventLoop;

/// What the window is told from outside: nothing.
pub type Events = EventLoop<()>;

/// Libraries that are loaded when a window opens, and the packages of Debian that have them.
const PACKAGES: &[(&str, &str)] = &[
    ("libX11-xcb", "libx11-xcb1"),
    ("libX11", "libx11-6"),
    ("libXcursor", "libxcursor1"),
    ("libXi", "libxi6"),
    ("libxkbcommon-x11", "libxkbcommon-x11-0"),
    ("xkbcommon", "libxkbcommon-x11-0"),
    ("libwayland-client", "libwayland-client0"),
    ("libvulkan", "libvulkan1"),
];

/// What is said when there is no way to draw.
pub const NO_DRIVER: &str = "no driver for Vulkan that can draw in a window; on Debian: \
                             apt install libvulkan1 mesa-vulkan-drivers";

/// Connects to the display.
pub fn event_loop() -> Result<Events, String> {
    display()?;
    let events = guarded(EventLoop::new)?;
    events.map_err(|error| explained(&error.to_string()))
}

/// Runs until the window closes; the error says why it did not open.
pub fn run<H: ApplicationHandler + Opens>(events: Events, window: &mut H) -> Result<(), String> {
    let result = events.run_app(window);
    match (window.failure(), result) {
        (Some(reason), _) => Err(reason),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) if window.is_open() => {
            log::warn!("the window was lost: {error}");
            Ok(())
        }
        (None, Err(error)) => Err(explained(&error.to_string())),
    }
}

/// A window that may fail to open.
pub trait Opens {
    /// Why it did not open.
    fn failure(&mut self) -> Option<String>;
    /// Whether it did.
    fn is_open(&self) -> bool;
}

/// Whether anything says where a window could be.
fn display() -> Result<(), String> {
    if cfg!(any(windows, target_os = "macos")) {
        return Ok(());
    }
    let names = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"];
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match names.into_iter().any(set) {
        true => Ok(()),
        false => Err("no display (neither DISPLAY nor WAYLAND_DISPLAY is set)".to_owned()),
    }
}

/// Does something that may panic in a crate of others, and says nothing while it does.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let hook = take_hook();
    set_hook(Box::new(|_| ()));
    let result = catch_unwind(AssertUnwindSafe(work));
    set_hook(hook);
    result.map_err(|panic| explained(&words(&*panic)))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the window system gave up").to_owned()
}

/// One line, with the package that brings the library it is about.
fn explained(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut packages = PACKAGES.iter();
    match packages.find(|(library, _)| line.contains(library)) {
        Some((library, package)) => {
            format!("{library} is missing; on Debian: apt install {package}")
        }
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_package_is_named() {
        for (text, package) in [
            (
                "opening library failed (libX11.so.6: cannot open shared object file)",
                "apt install libx11-6",
            ),
            (
                "failed to load one of xlib's shared libraries -- opening library failed \
                 (libX11-xcb.so.1: cannot open)",
                "apt install libx11-xcb1",
            ),
            (
                "Library libxkbcommon-x11.so could not be loaded.",
                "apt install libxkbcommon-x11-0",
            ),
        ] {
            let line = explained(text);
            assert!(line.ends_with(package), "{line}");
        }
        assert_eq!(explained("no\n  idea"), "no idea");
    }

    #[test]
    fn a_panic_of_others_is_a_line() {
        assert_eq!(guarded(|| 5), Ok(5));
        let line = guarded(|| panic!("Library libXi.so.6 {}", "is not there"));
        assert_eq!(
            line,
            Err::<(), _>("libXi is missing; on Debian: apt install libxi6".to_owned())
        );
        assert_eq!(guarded(|| panic!("why")), Err::<(), _>("why".to_owned()));
    }
}
