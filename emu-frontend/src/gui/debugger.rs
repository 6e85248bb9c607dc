//! The debugger's window: the screen and all that is known around it.
//!
//! | module | what it does |
//! |---|---|
//! | [`app`] | everything the window does, without the window: tests drive it |
//! | [`window`] | the window itself: winit and wgpu, nothing else has them |
//! | [`cx`] | what a view is given, and how it asks for something |
//! | [`keys`], `help`, `toolbar` | what keys and buttons do |
//! | [`layout`] | where each view is, and the file that remembers it |
//! | [`views`], `parts` | the views by name; what several of them are made of |
//! | `screen`, `frame_buffer`, `display_list`, `cel` | what is seen, and what makes it |
//! | `disassembly`, `memory`, `structure`, `registers`, `stack` | the CPU's side |
//! | `tasks`, `items`, `graph`, `requests`, `events`, `console` | the system's side |
//! | `breakpoints`, `command`, `history_bar` | what to stop for; the prompt; the run's past |

pub mod app;
pub mod cx;
pub mod keys;
pub mod layout;
pub mod timeline;
pub mod views;
pub mod window;

mod breakpoints;
mod cel;
mod command;
mod console;
mod disassembly;
mod display_list;
mod events;
mod frame_buffer;
mod graph;
mod help;
mod history_bar;
mod items;
mod memory;
mod parts;
mod registers;
mod requests;
mod screen;
mod sound;
mod stack;
mod structure;
mod tasks;
mod toolbar;

#[cfg(test)]
mod tests;

use super::{LAYOUT, opening};
use crate::config::RunConfig;
use crate::debug::DebugArgs;
use crate::folders;
use crate::report::Status;
use crate::session::Session;
use app::App;
use emu_core::debug::Symbols;
use layout::Layout;
use std::io;
use window::Window;

/// Debugs a run in a window; the error says in one line why there can be none.
pub fn run(
    args: &DebugArgs,
    config: &RunConfig,
    (session, symbols): (Session, Symbols),
) -> Result<Status, String> {
    let events = opening::event_loop()?;
    let file = folders::settings().map(|folder| folder.join(LAYOUT));
    let remembered = file.as_deref().map(Layout::load).unwrap_or_default();
    let out = Box::new(io::stdout().lock());
    let mut app = App::new(config, session, out, remembered.clone());
    app.know(symbols);
    if let Some(when) = &args.at {
        app.command(&format!("goto {when}"));
    }
    let mut window = Window::new(app);
    opening::run(events, &mut window)?;
    let layout = window.into_app().into_layout();
    if let Some(file) = file.filter(|_| layout != remembered)
        && let Err(error) = layout.save(&file)
    {
        log::info!(
            "{}: {error}; the debugger will be as it was",
            file.display()
        );
    }
    Ok(Status::Success)
}
