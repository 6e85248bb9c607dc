//! Every sentence about the display as a test, and against a slow model.

mod blending;
mod colors;
mod lists;
mod model;

use super::*;

/// Where the tests have their frame buffer and lists.
const BUFFER: u32 = 0x20_0000;
const LIST: u32 = 0x2C_0000;

/// First words of entries: fetch pixels, load both addresses.
const FETCH: u32 = 1 << 21;
const LOAD: u32 = FETCH | 1 << 16 | 1 << 15;
const RELATIVE: u32 = 1 << 18;
/// DEFAULT_DISPCTRL.
const CONTROL: u32 = 0xC001_002C;
const BYPASS: u32 = 1 << 25;

/// A display with memory.
struct Rig {
    display: Display,
    memory: Memory,
    field: u64,
}

impl Rig {
    fn new() -> Rig {
        Rig {
            display: Display::new(Video::Ntsc),
            memory: Memory::new(),
            field: 0,
        }
    }

    /// Puts the pixel at column and row of a frame buffer 320 wide.
    fn plot(&mut self, x: u32, y: u32, pixel: u16) {
        let at = BUFFER + (y >> 1) * 1280 + x * 4 + (y & 1) * 2;
        let bytes = self.memory.bytes_mut(at, 2).unwrap();
        bytes.copy_from_slice(&pixel.to_be_bytes());
    }

    fn put(&mut self, at: u32, words: &[u32]) {
        for (n, word) in words.iter().enumerate() {
            self.memory.set_word(at + 4 * n as u32, *word);
        }
    }

    /// An entry behind which another follows, or which stays for all lines (`lines` = 0).
    /// Returns where the next one goes.
    fn entry(&mut self, at: u32, flags: u32, lines: u32, commands: &[u32]) -> u32 {
        let next = at + 16 + 4 * commands.len() as u32;
        let first = flags | (commands.len() as u32) << 9 | lines;
        self.put(at, &[first, BUFFER, BUFFER, next]);
        self.put(at + 16, commands);
        next
    }

    /// Shows a list from now on in all fields.
    fn show(&mut self, first: u32) {
        let list = ShownList {
            first,
            top_lines: 0,
        };
        self.show_both(list, list);
    }

    fn show_both(&mut self, even: ShownList, odd: ShownList) {
        let mode = self.display.next.mode;
        self.display.show(Shown { mode, even, odd });
        self.next_field();
    }

    fn next_field(&mut self) {
        self.field += 1;
        self.display.begin_field(self.field, &self.memory);
    }

    fn picture(&self) -> Picture {
        self.display.picture(&self.memory, Scaling::Plain)
    }

    fn color(&self, x: u32, y: u32) -> [u8; 3] {
        color_of(&self.picture(), x, y)
    }
}

fn color_of(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
    let at = ((y * picture.width + x) * 3) as usize;
    picture.rgb[at..at + 3].try_into().unwrap()
}

fn grey(level: u8) -> [u8; 3] {
    [level; 3]
}

#[test]
fn a_display_at_power_on_is_black() {
    let rig = Rig::new();
    assert_eq!(rig.picture(), Picture::black(320, 240));
    let pal = Display::new(Video::Pal).picture(&rig.memory, Scaling::Plain);
    assert_eq!((pal.width, pal.height), (320, 288));
}

#[test]
fn what_is_shown_changes_at_the_vertical_blank() {
    let mut rig = Rig::new();
    rig.plot(0, 0, 0x7FFF);
    rig.entry(LIST, LOAD, 0, &[CONTROL]);
    rig.show(LIST);
    assert_eq!(rig.color(0, 0), grey(255));
    rig.display.show(Shown::default());
    assert_eq!(rig.color(0, 0), grey(255));
    rig.next_field();
    assert_eq!(rig.color(0, 0), grey(0));
}

#[test]
fn even_fields_show_the_first_screen_and_odd_ones_the_second() {
    let mut rig = Rig::new();
    let black = ShownList::default();
    let first = rig.entry(LIST, LOAD, 0, &[0xE0FF_0000]);
    rig.entry(first, LOAD, 0, &[0xE000_FF00]);
    let list = |first| ShownList { first, ..black };
    rig.show_both(list(LIST), list(first));
    for _ in 0..4 {
        let color = [[255, 0, 0], [0, 255, 0]][(rig.field % 2) as usize];
        assert_eq!(rig.color(319, 239), color, "field {}", rig.field);
        rig.next_field();
    }
}

#[test]
fn looking_changes_nothing() {
    let mut rig = Rig::new();
    rig.entry(LIST, LOAD, 0, &[0x1F12_3456, 0xC000_0000]);
    rig.show(LIST);
    let before = rig.display.clone();
    for scaling in [Scaling::Plain, Scaling::Interpolated] {
        let picture = rig.display.picture(&rig.memory, scaling);
        assert_eq!(picture, rig.display.picture(&rig.memory, scaling));
    }
    assert_eq!(rig.display, before);
}

#[test]
fn lines_above_a_list_are_black() {
    let mut rig = Rig::new();
    rig.entry(LIST, LOAD, 0, &[0xE0FF_FFFF]);
    let list = |top_lines| ShownList {
        first: LIST,
        top_lines,
    };
    rig.show_both(list(20), list(20));
    let rows = |rig: &Rig| [0, 19, 20, 239].map(|y| rig.color(7, y)[0]);
    assert_eq!(rows(&rig), [0, 0, 255, 255]);
    for far in [240, u32::MAX] {
        rig.show_both(list(far), list(far));
        assert_eq!(rows(&rig), [0; 4]);
    }
}

#[test]
fn a_display_is_written_and_read_whole() {
    let mut rig = Rig::new();
    rig.entry(LIST, LOAD, 3, &[0x1F12_3456, 0xC200_0801, 0xE001_0203]);
    rig.show(LIST);
    rig.next_field();
    let bytes = postcard::to_stdvec(&rig.display).unwrap();
    assert_eq!(postcard::from_bytes(&bytes), Ok(rig.display));
}
