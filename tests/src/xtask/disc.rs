//! The project's own disc, `roms/disc/overture.iso`: part of `xtask roms`.
//!
//! ```text
//! LaunchMe    the demonstration
//! Pattern     blocks that all differ, for reads without a file system
//! Programs/   guest programs, by name
//! Texts/      a welcome, and the licence of the project
//! others      what is in roms/disc/files
//! ```

use crate::{Problems, root};
use emu_core::loader::opera_fs::writer::{Content, Item, pack};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The image, from the root of the repository.
const IMAGE: &str = "roms/disc/overture.iso";
/// Files that are taken as they are.
const FILES: &str = "roms/disc/files";
/// What `disc_walk` prints about the disc.
const LISTING: &str = "roms/expect/disc_walk.txt";
/// The volume's name.
const VOLUME: &str = "CD-ROM";

/// The first program.
const LAUNCH_ME: &str = "demo";
/// Those in the folder of programs.
const PROGRAMS: [&str; 10] = [
    "disc_raw",
    "disc_stream",
    "disc_swap",
    "disc_walk",
    "hello",
    "load_program",
    "mach_disc",
    "mach_mixed",
    "mach_overlap",
    "nvram_save",
];
const LICENCE: &str = "LICENSE-APACHE";

/// Blocks of the pattern: more than a drive reads over instead of seeking.
const PATTERN_BLOCKS: u32 = 24;
const BLOCK: u32 = 2048;

/// Makes the image and the list of what is on it, or compares them with the committed ones.
pub fn make(check: bool) -> Result<(), Problems> {
    let items = tree().map_err(|e| vec![e])?;
    let image = pack(&items, VOLUME).map_err(|e| vec![e.to_string()])?;
    let mut list = List::default();
    list.line("*lbl", 132, "$boot/Disc label");
    list.folder("$boot", &items);
    list.end();
    let mut problems = Vec::new();
    for (file, bytes) in [(IMAGE, image.as_slice()), (LISTING, list.text.as_bytes())] {
        problems.extend(deliver(file, bytes, check).err());
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

fn deliver(file: &str, bytes: &[u8], check: bool) -> Result<(), String> {
    let path = root().join(file);
    if fs::read(&path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if check {
        return Err(format!(
            "{file} is not what its sources give; run `cargo xtask roms`"
        ));
    }
    println!("roms: {file} ({} bytes)", bytes.len());
    fs::write(&path, bytes).map_err(|e| format!("{file}: {e}"))
}

fn file(name: &str, bytes: Vec<u8>) -> Item {
    Item {
        name: name.to_owned(),
        content: Content::File(bytes),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Everything on the disc, in the order of names.
fn tree() -> Result<Vec<Item>, String> {
    let program = |name: &str| read(&root().join(format!("roms/bin/{name}.aif")));
    let mut items = folder(&root().join(FILES))?;
    items.push(file("LaunchMe", program(LAUNCH_ME)?));
    items.push(file("Pattern", pattern()));
    let programs: Result<_, String> = PROGRAMS
        .iter()
        .map(|name| Ok(file(name, program(name)?)))
        .collect();
    items.push(Item {
        name: "Programs".to_owned(),
        content: Content::Folder(programs?),
    });
    let licence = file("License.txt", read(&root().join(LICENCE))?);
    for item in &mut items {
        match &mut item.content {
            Content::Folder(texts) if item.name == "Texts" => texts.push(licence.clone()),
            _ => (),
        }
    }
    sort(&mut items);
    Ok(items)
}

fn sort(items: &mut [Item]) {
    items.sort_by(|a, b| a.name.cmp(&b.name));
    for item in items {
        if let Content::Folder(items) = &mut item.content {
            sort(items);
        }
    }
}

/// A folder of the repository; names that begin with a dot are nobody's business.
fn folder(path: &Path) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let entries = fs::read_dir(path).map_err(|e| format!("{}: {e}", path.display()))?;
    for entry in entries {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let content = match path.is_dir() {
            true => Content::Folder(folder(&path)?),
            false => Content::File(read(&path)?),
        };
        let name = name.into_owned();
        items.push(Item { name, content });
    }
    Ok(items)
}

/// Words of a linear congruential generator.
fn pattern() -> Vec<u8> {
    let mut word = 0x3D0_u32;
    let words = (0..PATTERN_BLOCKS * BLOCK / 4).map(|_| {
        word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        word
    });
    words.flat_map(u32::to_be_bytes).collect()
}

/// What `disc_walk` prints.
#[derive(Default)]
struct List {
    text: String,
    folders: usize,
    files: usize,
    bytes: usize,
}

impl List {
    fn line(&mut self, kind: &str, bytes: usize, path: &str) {
        match kind {
            "*dir" => self.folders += 1,
            _ => (self.files, self.bytes) = (self.files + 1, self.bytes + bytes),
        }
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(self.text, "{kind} {bytes:6} {path}");
    }

    fn folder(&mut self, path: &str, items: &[Item]) {
        for item in items {
            let path = format!("{path}/{}", item.name);
            match &item.content {
                // No folder of this disc needs a second block.
                Content::Folder(items) => {
                    self.line("*dir", BLOCK as usize, &path);
                    self.folder(&path, items);
                }
                Content::File(bytes) => {
                    let kind = match item.name.as_str() {
                        "LaunchMe" => "*zap",
                        name if name.ends_with(".txt") => "txt ",
                        _ => "----",
                    };
                    self.line(kind, bytes.len(), &path);
                }
            }
        }
    }

    fn end(&mut self) {
        let List {
            folders,
            files,
            bytes,
            ..
        } = *self;
        let _ = writeln!(
            self.text,
            "{folders} folders, {files} files, {bytes} bytes in files"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_want_the_disc_are_on_it() {
        for rom in ::roms::all().iter().filter(|rom| rom.disc) {
            // These only read blocks, whatever is in them: the one that runs without a name, and
            // those with a planted race.
            let reads_blocks = rom.name == "overture" || rom.name.starts_with("bug_");
            let is_there = rom.name == LAUNCH_ME || PROGRAMS.contains(&rom.name);
            assert!(reads_blocks || is_there, "{}", rom.name);
        }
    }
}
