//! The command line: every command of the prompt, with what it answers.

use super::cx::{Action, Cx};
use super::parts::{HERE, STOPS, mono};
use super::views::View;
use crate::debug::commands::COMMANDS;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Id, Key, Modifiers, ScrollArea, TextEdit, TextStyle, Ui};
use emu_core::kernel::call::CallTable;
use emu_core::kernel::portfolio::structs::ALL;
use std::collections::VecDeque;

/// Lines that are kept of what was answered, and of what was typed.
const LINES_MAX: usize = 20_000;
const TYPED_MAX: usize = 500;

/// Commands that only the window has, for completion.
const OWN: [&str; 2] = ["view", "clear"];

/// Of which kind a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A command.
    Typed,
    /// An answer.
    Answer,
    /// Something that was wrong.
    Wrong,
}

/// The line, and what was said before.
#[derive(Default)]
pub struct CommandLine {
    line: String,
    log: VecDeque<(Kind, String)>,
    typed: Vec<String>,
    /// Which of the typed ones is in the line.
    recalled: Option<usize>,
    wants_focus: bool,
}

/// The field that commands are typed into.
pub fn line_id() -> Id {
    Id::new("command line")
}

impl CommandLine {
    /// Notes something that was said.
    pub fn say(&mut self, kind: Kind, text: &str) {
        for line in text.lines() {
            self.log.push_back((kind, line.to_owned()));
        }
        while self.log.len() > LINES_MAX {
            self.log.pop_front();
        }
    }

    /// Forgets what was said.
    pub fn clear(&mut self) {
        self.log.clear();
    }

    /// Puts words into the line, to be gone on with.
    pub fn begin(&mut self, words: &str) {
        if !words.is_empty() {
            self.line = words.to_owned();
        }
        self.wants_focus = true;
    }

    /// What was said, for tests.
    #[cfg(test)]
    pub fn text(&self) -> String {
        let lines = self.log.iter().map(|(_, line)| line.as_str());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Shows both.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let line_height = ui.spacing().interact_size.y + ui.spacing().item_spacing.y * 2.0;
        let room = (ui.available_height() - line_height).max(20.0);
        let height = ui.text_style_height(&TextStyle::Monospace);
        let area = ScrollArea::both()
            .id_salt("answers")
            .max_height(room)
            .auto_shrink(false)
            .stick_to_bottom(true);
        area.show_rows(ui, height, self.log.len(), |ui, rows| {
            for (kind, line) in self.log.range(rows) {
                let text = mono(line.as_str());
                ui.label(match kind {
                    Kind::Typed => text.color(HERE),
                    Kind::Answer => text,
                    Kind::Wrong => text.color(STOPS),
                });
            }
        });
        let has_focus = ui.memory(|memory| memory.has_focus(line_id()));
        if has_focus {
            self.keys(ui, cx);
        }
        ui.horizontal(|ui| {
            let name = ui.label(mono(">"));
            let edit = TextEdit::singleline(&mut self.line)
                .id(line_id())
                .font(TextStyle::Monospace)
                .lock_focus(true)
                .hint_text("help lists the commands; Tab completes")
                .desired_width(f32::INFINITY);
            let response = ui.add(edit).labelled_by(name.id);
            if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                self.enter(cx);
                response.request_focus();
            }
            if std::mem::take(&mut self.wants_focus) {
                response.request_focus();
                self.cursor_to_end(ui);
            }
        });
    }

    fn enter(&mut self, cx: &mut Cx<'_, '_>) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim();
        self.recalled = None;
        if line.is_empty() {
            return;
        }
        if self.typed.last().is_none_or(|last| last != line) {
            self.typed.push(line.to_owned());
            let extra = self.typed.len().saturating_sub(TYPED_MAX);
            self.typed.drain(..extra);
        }
        cx.want(Action::Command(line.to_owned()));
    }

    /// Up and Down go through what was typed, Tab completes.
    fn keys(&mut self, ui: &mut Ui, cx: &mut Cx<'_, '_>) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (up, down, tab) = (
            pressed(Key::ArrowUp),
            pressed(Key::ArrowDown),
            pressed(Key::Tab),
        );
        let last = self.typed.len().checked_sub(1);
        if up && let Some(last) = last {
            let n = self.recalled.map_or(last, |n| n.saturating_sub(1));
            self.recalled = Some(n);
            self.line.clone_from(&self.typed[n]);
            self.cursor_to_end(ui);
        }
        if down && let Some(n) = self.recalled {
            self.recalled = Some(n + 1).filter(|n| *n < self.typed.len());
            self.line = match self.recalled {
                Some(n) => self.typed[n].clone(),
                None => String::new(),
            };
            self.cursor_to_end(ui);
        }
        if tab {
            let (line, choices) = completed(&self.line, &words_for(&self.line, cx));
            self.line = line;
            if choices.len() > 1 {
                self.say(Kind::Answer, &choices.join("  "));
            }
            self.cursor_to_end(ui);
        }
    }

    fn cursor_to_end(&self, ui: &Ui) {
        let mut state = TextEditState::load(ui.ctx(), line_id()).unwrap_or_default();
        let end = CCursorRange::one(CCursor::new(self.line.chars().count()));
        state.cursor.set_char_range(Some(end));
        state.store(ui.ctx(), line_id());
    }
}

/// What the last word of a line could be.
fn words_for(line: &str, cx: &Cx<'_, '_>) -> Vec<String> {
    let owned = |names: &mut dyn Iterator<Item = &'static str>| names.map(str::to_owned).collect();
    let Some((first, rest)) = line.trim_start().split_once(' ') else {
        return owned(&mut COMMANDS.iter().map(|command| command.name).chain(OWN));
    };
    let tasks = || {
        let machine = cx.machine();
        let tasks = machine.tasks().into_iter();
        tasks.map(|task| machine.item_name(task)).collect()
    };
    let is_last = !rest.contains(' ');
    match first {
        "struct" | "st" if is_last => owned(&mut ALL.iter().map(|info| info.name)),
        "help" | "h" if is_last => owned(&mut COMMANDS.iter().map(|command| command.name)),
        "view" if is_last => owned(&mut View::ALL.iter().map(|view| view.word())),
        "why" | "y" | "items" | "i" | "regs" | "r" => tasks(),
        _ if rest.ends_with(" task ") || rest.rsplit(' ').nth(1) == Some("task") => tasks(),
        "break" | "b" if is_last => {
            let own = ["request", "complete", "failed", "text", "event"];
            let mut words: Vec<String> = owned(&mut own.into_iter());
            words.extend(
                CallTable::get()
                    .rows()
                    .iter()
                    .map(|row| row.name.to_owned()),
            );
            words
        }
        "break" | "b" if rest.starts_with("event ") => {
            owned(&mut emu_core::trace::KINDS.iter().map(|(_, word, _)| *word))
        }
        _ => Vec::new(),
    }
}

/// The line with its last word completed as far as that is certain, and what it could be.
fn completed(line: &str, words: &[String]) -> (String, Vec<String>) {
    let start = line.rfind(' ').map_or(0, |at| at + 1);
    let (before, part) = line.split_at(start);
    let small = part.to_lowercase();
    let fits = |word: &&String| word.to_lowercase().starts_with(&small);
    let mut choices: Vec<String> = words.iter().filter(fits).cloned().collect();
    choices.sort();
    choices.dedup();
    let Some(first) = choices.first() else {
        return (line.to_owned(), choices);
    };
    let common = choices.iter().fold(first.chars().count(), |common, word| {
        let same = first.chars().zip(word.chars());
        common.min(same.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count())
    });
    let mut whole = format!("{before}{}", first.chars().take(common).collect::<String>());
    if choices.len() == 1 {
        whole.push(' ');
    }
    (whole, choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(of: &[&str]) -> Vec<String> {
        of.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn the_last_word_is_completed_as_far_as_it_is_certain() {
        let all = words(&["SendIO", "SendSignal", "SleepAudioTicks", "Wait"]);
        for (line, whole, choices) in [
            ("break s", "break S", 3),
            ("break sen", "break Send", 2),
            ("break sendi", "break SendIO ", 1),
            ("break x", "break x", 0),
            ("w", "Wait ", 1),
        ] {
            let (found, could) = completed(line, &all);
            assert_eq!((found.as_str(), could.len()), (whole, choices), "{line}");
        }
        assert_eq!(completed("é", &words(&["éa", "éb"])).0, "é");
    }
}
