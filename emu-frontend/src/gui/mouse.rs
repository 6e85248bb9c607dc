//! A mouse that belongs to the program for a while.

use winit::dpi::PhysicalPosition;
use winit::window::{CursorGrabMode, Window};

/// Whose the mouse is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Captured {
    /// The host's.
    #[default]
    No,
    /// The program's; the host tells how far it moves.
    Locked,
    /// The program's, where a cursor cannot be held: it is brought back after each movement.
    /// What X11 tells of movements meanwhile comes twice, once for the grab.
    Confined,
}

/// The host's mouse.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mouse(Captured);

impl Mouse {
    /// Whether it is the host's.
    pub fn is_free(self) -> bool {
        self.0 == Captured::No
    }

    /// Whether the host tells its movements, and not where the cursor is.
    pub fn is_locked(self) -> bool {
        self.0 == Captured::Locked
    }

    /// Lets it belong to the program, or to the host again. Not every host lends it.
    pub fn capture(&mut self, window: &Window, captured: bool) {
        let grab = |mode| window.set_cursor_grab(mode).is_ok();
        self.0 = if !captured {
            grab(CursorGrabMode::None);
            Captured::No
        } else if grab(CursorGrabMode::Locked) {
            Captured::Locked
        } else if grab(CursorGrabMode::Confined)
            && window.set_cursor_position(middle(window)).is_ok()
        {
            Captured::Confined
        } else {
            Captured::No
        };
    }

    /// How far a confined mouse has moved, right and down in pixels of the window: its cursor is
    /// brought back to the middle each time.
    pub fn follow(self, window: &Window, to: PhysicalPosition<f64>) -> Option<(f64, f64)> {
        let from = middle(window);
        let moved = (to.x - from.x, to.y - from.y);
        let is_moved = self.0 == Captured::Confined && moved != (0.0, 0.0);
        (is_moved && window.set_cursor_position(from).is_ok()).then_some(moved)
    }
}

/// The middle of a window, in its own pixels.
fn middle(window: &Window) -> PhysicalPosition<f64> {
    let size = window.inner_size();
    PhysicalPosition::new(f64::from(size.width / 2), f64::from(size.height / 2))
}
