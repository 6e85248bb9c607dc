//! The views by name, and the state of each.

use super::breakpoints::Breakpoints;
use super::cel::Cel;
use super::command::CommandLine;
use super::console::Console;
use super::cx::{Action, Cx};
use super::disassembly::Disassembly;
use super::display_list::DisplayList;
use super::events::Events;
use super::frame_buffer::FrameBuffer;
use super::graph::GraphView;
use super::items::Items;
use super::memory::MemoryView;
use super::registers::RegistersView;
use super::requests::Requests;
use super::screen::Screen;
use super::sound::Sound;
use super::stack::Stack;
use super::structure::Structure;
use super::tasks::Tasks;
use super::timeline::TimelineView;

macro_rules! views {
    ($($name:ident $word:literal $title:literal)*) => {
        /// A view.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum View {
            $(
                #[doc = $title]
                $name,
            )*
        }

        impl View {
            /// All of them.
            pub const ALL: &[View] = &[$(View::$name),*];

            /// Its word in the remembered layout, and for the command `view`.
            pub fn word(self) -> &'static str {
                match self { $(View::$name => $word),* }
            }

            /// What its tab says.
            pub fn title(self) -> &'static str {
                match self { $(View::$name => $title),* }
            }
        }
    };
}

views! {
    Screen "screen" "Screen"
    FrameBuffer "frame-buffer" "Frame buffer"
    DisplayList "display-list" "Display list"
    Cel "cel" "Cel"
    Disassembly "disassembly" "Disassembly"
    Memory "memory" "Memory"
    Structure "structure" "Structure"
    Registers "registers" "Registers"
    Stack "stack" "Stack"
    Tasks "tasks" "Tasks"
    Items "items" "Items"
    Graph "graph" "Graph"
    Requests "requests" "Requests"
    Sound "sound" "Sound"
    Breakpoints "breakpoints" "Breakpoints"
    Command "command" "Command"
    Console "console" "Console"
    Events "events" "Events"
    Timeline "timeline" "Timeline"
}

impl View {
    /// The view of a word.
    pub fn of(word: &str) -> Option<View> {
        View::ALL.iter().copied().find(|view| view.word() == word)
    }
}

/// What each view remembers from one picture of the window to the next.
#[derive(Default)]
pub struct Views {
    pub(super) screen: Screen,
    pub(super) frame_buffer: FrameBuffer,
    pub(super) display_list: DisplayList,
    pub(super) cel: Cel,
    pub(super) disassembly: Disassembly,
    pub(super) memory: MemoryView,
    pub(super) structure: Structure,
    pub(super) registers: RegistersView,
    pub(super) stack: Stack,
    pub(super) tasks: Tasks,
    pub(super) items: Items,
    pub(super) graph: GraphView,
    pub(super) requests: Requests,
    pub(super) sound: Sound,
    pub(super) breakpoints: Breakpoints,
    pub(super) command: CommandLine,
    pub(super) console: Console,
    pub(super) events: Events,
    pub(super) timeline: TimelineView,
}

impl Views {
    /// Shows one.
    pub fn show(&mut self, view: View, ui: &mut egui::Ui, cx: &mut Cx<'_, '_>) {
        match view {
            View::Screen => self.screen.show(ui, cx),
            View::FrameBuffer => self.frame_buffer.show(ui, cx),
            View::DisplayList => self.display_list.show(ui, cx),
            View::Cel => self.cel.show(ui, cx),
            View::Disassembly => self.disassembly.show(ui, cx),
            View::Memory => self.memory.show(ui, cx),
            View::Structure => self.structure.show(ui, cx),
            View::Registers => self.registers.show(ui, cx),
            View::Stack => self.stack.show(ui, cx),
            View::Tasks => self.tasks.show(ui, cx),
            View::Items => self.items.show(ui, cx),
            View::Graph => self.graph.show(ui, cx),
            View::Requests => self.requests.show(ui, cx),
            View::Sound => self.sound.show(ui, cx),
            View::Breakpoints => self.breakpoints.show(ui, cx),
            View::Command => self.command.show(ui, cx),
            View::Console => self.console.show(ui, cx),
            View::Events => self.events.show(ui, cx),
            View::Timeline => {
                if let Some(at) = self.timeline.show(ui, cx.timeline, cx.now()) {
                    cx.want(Action::Goto(at));
                }
            }
        }
    }
}
