//! A display list word by word, in words.

use super::Display;
use super::vdl::{Command, Entry};
use emu_core::device::display::{Shown, ShownList};
use emu_core::mem::Memory;

/// One word of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedWord {
    /// Where it is.
    pub at: u32,
    /// What it is.
    pub word: u32,
    /// What it says.
    pub about: String,
    /// The line of the picture from which on it holds, at the first word of an entry.
    pub line: Option<u32>,
    /// The colour it sets.
    pub rgb: Option<[u8; 3]>,
}

impl Display {
    /// The list of the present field.
    pub fn shown_list(&self) -> ShownList {
        self.list()
    }

    /// Both lists of the present field and the next.
    pub fn shown(&self) -> Shown {
        self.shown
    }

    /// The words of a list, as far as a field would go through it.
    pub fn list_words(&self, memory: &Memory, list: ShownList) -> Vec<ListedWord> {
        let (_, height) = self.shown.mode.size();
        let mut words = Vec::new();
        let (mut line, mut at) = (list.top_lines, list.first);
        while at != 0 && line < height {
            let Some(entry) = Entry::read(memory, at) else {
                words.push(plain(at, 0, "no memory: the rest of the field is black"));
                return words;
            };
            explain(&entry, at, line, memory, &mut words);
            let left = height - line;
            line += entry.lines.map_or(left, |lines| lines.min(left));
            at = entry.next;
        }
        words
    }
}

fn plain(at: u32, word: u32, about: &str) -> ListedWord {
    ListedWord {
        at,
        word,
        about: about.to_owned(),
        line: None,
        rgb: None,
    }
}

fn explain(entry: &Entry<'_>, at: u32, line: u32, memory: &Memory, to: &mut Vec<ListedWord>) {
    let lines = match entry.lines {
        Some(lines) => format!("{lines} lines"),
        None => "all lines that are left".to_owned(),
    };
    let dma = entry.dma;
    let mut about = format!("{lines}, {} words follow", entry.commands().count());
    about += match dma.fetches() {
        true => ", pixels are fetched",
        false => ", black",
    };
    about += &format!(", {} pixels from line to line", dma.modulo());
    if dma.alternates() {
        about += ", every second row";
    }
    let head = plain(at, memory.word(at), &about);
    to.push(ListedWord {
        line: Some(line),
        ..head
    });
    let address = |value: Option<u32>, of: &str| match value {
        Some(value) => format!("{of} is at {value:#x}"),
        None => format!("{of} goes on where it is"),
    };
    let behind = [
        address(entry.current, "the current line"),
        address(entry.previous, "the line before"),
        match entry.next {
            0 => "the last entry".to_owned(),
            next => format!("the next entry is at {next:#x}"),
        },
    ];
    for (n, about) in (1..).zip(behind) {
        let at = at + 4 * n;
        to.push(plain(at, memory.word(at), &about));
    }
    for (n, command) in (4..).zip(entry.commands()) {
        let at = at + 4 * n;
        let (about, rgb) = in_words(command);
        let row = plain(at, memory.word(at), &about);
        to.push(ListedWord { rgb, ..row });
    }
}

fn in_words(command: Command) -> (String, Option<[u8; 3]>) {
    let colour = |[red, green, blue]: [u8; 3]| format!("{red}, {green}, {blue}");
    match command {
        Command::Color {
            register,
            parts,
            rgb,
        } => {
            let names = ["red", "green", "blue"].iter().zip(parts);
            let names = names.filter(|(_, is_set)| *is_set).map(|(name, _)| *name);
            let which = match parts {
                [true, true, true] => String::new(),
                _ => format!(" only {}", names.collect::<Vec<_>>().join(" and ")),
            };
            let about = format!("colour {register} is {}{which}", colour(rgb));
            (about, Some(rgb))
        }
        Command::Background(rgb) => (format!("the background is {}", colour(rgb)), Some(rgb)),
        Command::Control(word) => {
            let mut about = "display control".to_owned();
            for (bit, name) in [
                (2, "blended across"),
                (3, "blended down"),
                (25, "tables may be passed by"),
                (1, "further controls are ignored"),
                (0, "one line not blended down"),
            ] {
                if word >> bit & 1 != 0 {
                    about = format!("{about}, {name}");
                }
            }
            (about, None)
        }
        Command::Nothing => ("nothing that can be seen".to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use emu_core::time::Video;

    const LIST: u32 = 0x2C_0000;

    fn words(put: &[u32]) -> Vec<ListedWord> {
        let mut memory = Memory::new();
        for (n, word) in put.iter().enumerate() {
            memory.set_word(LIST + 4 * n as u32, *word);
        }
        let list = ShownList {
            first: LIST,
            top_lines: 3,
        };
        Display::new(Video::Ntsc).list_words(&memory, list)
    }

    #[test]
    fn each_word_is_explained() {
        let load = 1 << 21 | 1 << 16 | 1 << 15;
        let lines = words(&[
            load | 2 << 9 | 16,
            0x20_0000,
            0x20_0000,
            0,
            0xE010_2030,
            0x0540_5060,
        ]);
        let about: Vec<&str> = lines.iter().map(|row| row.about.as_str()).collect();
        assert_eq!(
            about,
            [
                "16 lines, 2 words follow, pixels are fetched, 320 pixels from line to line",
                "the current line is at 0x200000",
                "the line before is at 0x200000",
                "the last entry",
                "the background is 16, 32, 48",
                "colour 5 is 64, 80, 96",
            ]
        );
        assert_eq!((lines[0].line, lines[4].rgb), (Some(3), Some([16, 32, 48])));
    }

    #[test]
    fn a_list_in_a_circle_ends_with_the_field() {
        let lines = words(&[1, 0, 0, LIST]);
        assert_eq!(lines.len(), 237 * 4);
        let lines = words(&[1, 0, 0, 0xFFFF_FFF0]);
        assert_eq!(lines.len(), 5);
        assert!(lines[4].about.contains("no memory"));
    }
}
