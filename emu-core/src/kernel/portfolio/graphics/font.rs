//! Fonts as programs see them, and the CCB a program draws one with.
//!
//! Graphics sheet 3.3, 4.5. A font is a CCB, to which each character lends its image, and a tree
//! of characters. There are two: the default one, and that of SetCurrentFontCCB, which has the
//! same characters and a copy of the program's CCB.

mod glyphs;

use self::glyphs::{Glyph, SIZE, glyphs};
use crate::device::display::ccb_flag::{
    ACE, ACSC, ACW, ALSC, CCBPRE, LAST, LDPLUT, LDPPMP, LDPRS, LDSIZE, NPABS, PPABS, SPABS, YOXY,
};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::structs::Node;
use crate::kernel::portfolio::structs::graphics::{CCB, Font, FontEntry, GrafFolio};
use crate::mem::{BadAccess, GuestPtr, GuestType, Memory};
use serde::{Deserialize, Serialize};

/// font_Flags: the characters are those of ASCII.
pub(super) const ASCII: u8 = 1;
/// font_Flags: small letters are drawn as capitals.
pub(super) const UPPERCASE: u8 = 2;
/// font_Flags: the pen goes down and not to the right.
pub(super) const VERTICAL: u8 = 8;

/// The CCB of the default font.
const FLAGS: u32 = LAST
    | NPABS
    | SPABS
    | PPABS
    | LDSIZE
    | LDPRS
    | LDPPMP
    | LDPLUT
    | CCBPRE
    | YOXY
    | ACSC
    | ALSC
    | ACE
    | ACW;
/// The colours of the PLUT as they are, in both P-modes.
pub(super) const PIXC: u32 = 0x1F40_1F40;
/// Rows of one bit a pixel.
const PRE0: u32 = (SIZE - 1) << 6 | 1;
/// So many pixels in a row; bit 0 of blue as it is.
const PRE1: u32 = 0x1000 | (SIZE - 1);
/// A row takes two words at least.
const ROW_BYTES: u32 = 8;
/// Bytes of a character's image.
const IMAGE_BYTES: u32 = SIZE * ROW_BYTES;
/// The box that text has by itself: dark grey, and light grey for all but entry 0.
const PLUT: [u32; 4] = [0x18C6_6318, 0x6318_6318, 0x6318_6318, 0x6318_6318];
/// Bytes of a PLUT with all 32 colours, and of what the engine takes of it for a font.
const PLUT_BYTES: u32 = 64;
const SHORT_PLUT_BYTES: u32 = 16;
/// Steps after which a tree is taken to be none, whatever a saved state holds.
const DEEPEST: usize = 32;

/// Where the fonts are; kernel memory.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Fonts {
    /// The project's own.
    pub(super) default: GuestPtr<Font>,
    /// That with the CCB of a program.
    guest: GuestPtr<Font>,
    /// The PLUT of the default font.
    pub(super) plut: u32,
    /// The PLUT that came with the program's CCB.
    guest_plut: u32,
}

impl Portfolio {
    /// Builds the default font, which is then the current one.
    pub(super) fn boot_font(&mut self, mem: &mut Memory) -> Result<(), Status> {
        let entries = self.place_characters(mem)?;
        let fonts = Fonts {
            default: self.place_font(mem, entries)?,
            guest: self.place_font(mem, entries)?,
            plut: self.heap_alloc(mem, PLUT_BYTES)?,
            guest_plut: self.heap_alloc(mem, PLUT_BYTES)?,
        };
        for (n, word) in (0..).zip(PLUT) {
            mem.set_word(fonts.plut + 4 * n, word);
        }
        write_default_ccb(mem, mem.peek(fonts.default.at(Font::font_CCB)), fonts.plut);
        self.graphics.fonts = fonts;
        self.set_current_font(mem, fonts.default);
        Ok(())
    }

    fn place_font(
        &mut self,
        mem: &mut Memory,
        entries: GuestPtr<FontEntry>,
    ) -> Result<GuestPtr<Font>, Status> {
        let font = GuestPtr::<Font>::new(self.heap_alloc(mem, Font::SIZE)?);
        let ccb = GuestPtr::<CCB>::new(self.heap_alloc(mem, CCB::SIZE)?);
        mem.poke(font.at(Font::font_Height), SIZE as u8);
        mem.poke(font.at(Font::font_Flags), ASCII | UPPERCASE);
        mem.poke(font.at(Font::font_CCB), ccb);
        mem.poke(font.at(Font::font_FontEntries), entries);
        Ok(font)
    }

    /// Images and tree of all characters; returns the tree's root.
    fn place_characters(&mut self, mem: &mut Memory) -> Result<GuestPtr<FontEntry>, Status> {
        let glyphs = glyphs();
        let count = glyphs.len() as u32;
        let entries = GuestPtr::<FontEntry>::new(self.heap_alloc(mem, count * FontEntry::SIZE)?);
        let images = self.heap_alloc(mem, count * IMAGE_BYTES)?;
        for (n, &(code, glyph)) in (0..).zip(&glyphs) {
            let image = images + n * IMAGE_BYTES;
            write_image(mem, image, glyph);
            let entry = entries.index(n);
            mem.poke(
                entry.cast::<Node>().at(Node::n_Size),
                FontEntry::SIZE as i32,
            );
            mem.poke(entry.at(FontEntry::ft_CharValue), code);
            mem.poke(entry.at(FontEntry::ft_Width), SIZE);
            mem.poke(entry.at(FontEntry::ft_Image), image);
            mem.poke(entry.at(FontEntry::ft_ImageByteCount), IMAGE_BYTES);
        }
        Ok(join(mem, entries, 0, count))
    }

    /// The font that text is drawn with.
    pub(super) fn current_font(&self, mem: &Memory) -> GuestPtr<Font> {
        mem.peek(self.graphics.base.at(GrafFolio::gf_CurrentFont))
    }

    fn set_current_font(&self, mem: &mut Memory, font: GuestPtr<Font>) {
        mem.poke(self.graphics.base.at(GrafFolio::gf_CurrentFont), font);
    }

    /// Text is drawn as at the start again.
    pub(super) fn reset_font(&self, mem: &mut Memory) {
        self.set_current_font(mem, self.graphics.fonts.default);
    }

    /// Text is drawn with a copy of this CCB and of the PLUT that it points to.
    pub(super) fn use_font_ccb(
        &self,
        mem: &mut Memory,
        ccb: GuestPtr<CCB>,
    ) -> Result<(), BadAccess> {
        let fonts = self.graphics.fonts;
        let bytes = mem.read_bytes(ccb.addr(), CCB::SIZE)?;
        let plut = plut_of(mem, ccb);
        let colours = match plut {
            0 => Vec::new(),
            // At the end of memory there may be no room for the colours nobody needs.
            plut => mem
                .read_bytes(plut, PLUT_BYTES)
                .or_else(|_| mem.read_bytes(plut, SHORT_PLUT_BYTES))?,
        };
        let copy = mem.peek(fonts.guest.at(Font::font_CCB));
        if let Some(to) = mem.bytes_mut(copy.addr(), CCB::SIZE) {
            to.copy_from_slice(&bytes);
        }
        if let Some(to) = mem.bytes_mut(fonts.guest_plut, colours.len() as u32) {
            to.copy_from_slice(&colours);
        }
        // What still has the default colours has no colours of its own.
        let plut = match plut {
            plut if plut == 0 || plut == fonts.plut => plut,
            _ => fonts.guest_plut,
        };
        let flags = mem.peek(copy.at(CCB::ccb_Flags));
        mem.poke(copy.at(CCB::ccb_Flags), flags | PPABS);
        mem.poke(copy.at(CCB::ccb_PLUTPtr), plut);
        self.set_current_font(mem, fonts.guest);
        Ok(())
    }
}

/// The PLUT of a CCB in memory, 0 = none.
fn plut_of(mem: &Memory, ccb: GuestPtr<CCB>) -> u32 {
    let field = ccb.at(CCB::ccb_PLUTPtr);
    match mem.peek(field) {
        0 => 0,
        plut if mem.peek(ccb.at(CCB::ccb_Flags)) & PPABS != 0 => plut,
        distance => field.addr().wrapping_add(4).wrapping_add(distance),
    }
}

/// The character of a font for a code.
pub(super) fn find_character(
    mem: &Memory,
    font: GuestPtr<Font>,
    code: u32,
) -> Option<GuestPtr<FontEntry>> {
    let is_small = (u32::from(b'a')..=u32::from(b'z')).contains(&code);
    let as_capital = mem.peek(font.at(Font::font_Flags)) & UPPERCASE != 0;
    let code = if is_small && as_capital {
        code - 32
    } else {
        code
    };
    let mut entry = mem.peek(font.at(Font::font_FontEntries));
    for _ in 0..DEEPEST {
        if entry.is_null() {
            return None;
        }
        let branch = match code.cmp(&mem.peek(entry.at(FontEntry::ft_CharValue))) {
            std::cmp::Ordering::Equal => return Some(entry),
            std::cmp::Ordering::Less => FontEntry::ft_LesserBranch,
            std::cmp::Ordering::Greater => FontEntry::ft_GreaterBranch,
        };
        entry = mem.peek(entry.at(branch));
    }
    None
}

/// Makes a balanced tree of `count` entries in ascending order; returns its root.
fn join(
    mem: &mut Memory,
    entries: GuestPtr<FontEntry>,
    first: u32,
    count: u32,
) -> GuestPtr<FontEntry> {
    if count == 0 {
        return GuestPtr::NULL;
    }
    let half = count / 2;
    let root = entries.index(first + half);
    let lesser = join(mem, entries, first, half);
    let greater = join(mem, entries, first + half + 1, count - half - 1);
    mem.poke(root.at(FontEntry::ft_LesserBranch), lesser);
    mem.poke(root.at(FontEntry::ft_GreaterBranch), greater);
    root
}

fn write_image(mem: &mut Memory, image: u32, glyph: Glyph) {
    for (n, row) in (0..).zip(glyph) {
        mem.set_word(image + n * ROW_BYTES, u32::from(row) << 24);
    }
}

fn write_default_ccb(mem: &mut Memory, ccb: GuestPtr<CCB>, plut: u32) {
    for (field, word) in [
        (CCB::ccb_Flags, FLAGS),
        (CCB::ccb_PLUTPtr, plut),
        (CCB::ccb_PIXC, PIXC),
        (CCB::ccb_PRE0, PRE0),
        (CCB::ccb_PRE1, PRE1),
    ] {
        mem.poke(ccb.at(field), word);
    }
    for (field, number) in [
        (CCB::ccb_HDX, 1 << 20),
        (CCB::ccb_VDY, 1 << 16),
        (CCB::ccb_Width, SIZE as i32),
        (CCB::ccb_Height, SIZE as i32),
    ] {
        mem.poke(ccb.at(field), number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::portfolio::rig::Rig;
    use crate::mem::MEMORY_END;

    fn booted() -> (Rig, Fonts) {
        let mut rig = Rig::new();
        rig.k.graphics.base =
            GuestPtr::new(rig.k.heap_alloc(&mut rig.mem, GrafFolio::SIZE).unwrap());
        rig.k.boot_drawing(&mut rig.mem).unwrap();
        let fonts = rig.k.graphics.fonts;
        (rig, fonts)
    }

    fn code_of(rig: &Rig, font: GuestPtr<Font>, code: u32) -> Option<u32> {
        let entry = find_character(&rig.mem, font, code)?;
        Some(rig.mem.peek(entry.at(FontEntry::ft_CharValue)))
    }

    #[test]
    fn every_character_is_in_the_tree_and_small_letters_are_capitals() {
        let (mut rig, fonts) = booted();
        for code in 32..127 {
            let capital = u32::from((code as u8).to_ascii_uppercase());
            assert_eq!(code_of(&rig, fonts.default, code), Some(capital));
        }
        for code in [0, 31, 127, 128, 0x3042, u32::MAX] {
            assert_eq!(code_of(&rig, fonts.default, code), None);
        }
        rig.mem.poke(fonts.default.at(Font::font_Flags), ASCII);
        assert_eq!(code_of(&rig, fonts.default, 0x61), Some(0x61));
    }

    #[test]
    fn the_tree_is_balanced() {
        fn depth(mem: &Memory, entry: GuestPtr<FontEntry>) -> u32 {
            if entry.is_null() {
                return 0;
            }
            let branches = [FontEntry::ft_LesserBranch, FontEntry::ft_GreaterBranch];
            1 + branches
                .map(|branch| depth(mem, mem.peek(entry.at(branch))))
                .into_iter()
                .max()
                .unwrap_or(0)
        }
        let (rig, fonts) = booted();
        let root = rig.mem.peek(fonts.default.at(Font::font_FontEntries));
        assert_eq!(depth(&rig.mem, root), 7);
    }

    #[test]
    fn an_image_has_a_row_in_the_first_byte_of_eight() {
        let (rig, fonts) = booted();
        let entry = find_character(&rig.mem, fonts.default, u32::from(b'L')).unwrap();
        let image = rig.mem.peek(entry.at(FontEntry::ft_Image));
        assert_eq!(rig.mem.word(image), 0x6000_0000);
        assert_eq!(rig.mem.word(image + 4), 0);
        assert_eq!(rig.mem.word(image + 6 * ROW_BYTES), 0x7E00_0000);
    }

    #[test]
    fn a_plut_of_the_program_is_copied_and_none_stays_none() {
        let (mut rig, fonts) = booted();
        let guest = rig.mem.peek(fonts.guest.at(Font::font_CCB));
        let (ccb, plut) = (GuestPtr::<CCB>::new(0x5_0000), 0x5_0100);
        rig.mem.set_word(plut, 0x1234_5678);
        rig.mem.poke(ccb.at(CCB::ccb_Flags), PPABS);
        rig.mem.poke(ccb.at(CCB::ccb_PLUTPtr), plut);
        rig.k.use_font_ccb(&mut rig.mem, ccb).unwrap();
        assert_eq!(rig.mem.word(fonts.guest_plut), 0x1234_5678);
        assert_eq!(plut_of(&rig.mem, guest), fonts.guest_plut);
        // The same place, as a distance from the word behind the field.
        let distance = plut - (ccb.addr() + 0x10);
        rig.mem.poke(ccb.at(CCB::ccb_Flags), 0);
        rig.mem.poke(ccb.at(CCB::ccb_PLUTPtr), distance);
        assert_eq!(plut_of(&rig.mem, ccb), plut);
        for none in [0, fonts.plut] {
            rig.mem.poke(ccb.at(CCB::ccb_Flags), PPABS);
            rig.mem.poke(ccb.at(CCB::ccb_PLUTPtr), none);
            rig.k.use_font_ccb(&mut rig.mem, ccb).unwrap();
            assert_eq!(plut_of(&rig.mem, guest), none);
        }
    }

    #[test]
    fn a_plut_at_the_end_of_memory_may_be_short() {
        let (mut rig, _) = booted();
        let ccb = GuestPtr::<CCB>::new(0x5_0000);
        rig.mem.poke(ccb.at(CCB::ccb_Flags), PPABS);
        for (plut, is_good) in [
            (MEMORY_END - 16, true),
            (MEMORY_END - 12, false),
            (4, false),
        ] {
            rig.mem.poke(ccb.at(CCB::ccb_PLUTPtr), plut);
            assert_eq!(rig.k.use_font_ccb(&mut rig.mem, ccb).is_ok(), is_good);
        }
    }
}
