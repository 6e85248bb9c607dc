//! Words of display lists (graphics sheet 1.3).

/// Bits of a DMA control word.
pub(in super::super) mod dma {
    #![allow(missing_docs)]
    pub const RESERVED: u32 = 0xF800_0000;
    pub const S640: u32 = 0x0400_0000;
    pub const MODULO_SHIFT: u32 = 23;
    pub const MODULO: u32 = 7 << MODULO_SHIFT;
    pub const SLIPSTREAM: u32 = 0x0040_0000;
    pub const ENABLE: u32 = 0x0020_0000;
    pub const SLIPSTREAM_COMMAND: u32 = 0x0010_0000;
    pub const HIGH_RESOLUTION: u32 = 0x0008_0000;
    pub const RELATIVE: u32 = 0x0004_0000;
    pub const PREVIOUS_STEPS: u32 = 0x0002_0000;
    pub const LOAD_CURRENT: u32 = 0x0001_0000;
    pub const LOAD_PREVIOUS: u32 = 0x0000_8000;
    pub const LENGTH_SHIFT: u32 = 9;
    pub const LENGTH: u32 = 0x3F << LENGTH_SHIFT;
    pub const LINES: u32 = 0x1FF;
}

/// Bits of a display control word, and other command words.
pub(in super::super) mod command {
    #![allow(missing_docs)]
    /// DEFAULT_DISPCTRL.
    pub const DEFAULT_CONTROL: u32 = 0xC001_002C;
    pub const NULL: u32 = 0x1000_0000;
    pub const PAL: u32 = 0x0800_0000;
    pub const S640: u32 = 0x0400_0000;
    pub const BYPASS: u32 = 0x0200_0000;
    pub const BACK_TRANSPARENT: u32 = 0x0040_0000;
    pub const WINDOW_SWAP: u32 = 0x0020_0000;
    pub const WINDOW_VERTICAL: u32 = 0x0018_0000;
    pub const WINDOW_HORIZONTAL: u32 = 0x0006_0000;
    pub const WINDOW_SMOOTH_V: u32 = 0x4000;
    pub const WINDOW_SMOOTH_H: u32 = 0x2000;
    pub const SWAP: u32 = 0x400;
    pub const VERTICAL: u32 = 0x300;
    pub const HORIZONTAL: u32 = 0xC0;
    pub const SMOOTH_V: u32 = 8;
    pub const SMOOTH_H: u32 = 4;
    /// The background register's word; its colour is in the low 24 bits.
    pub const BACKGROUND: u32 = 0xE000_0000;
    /// VDL_NULLVDL.
    pub const NOTHING: u32 = 0xE100_0000;
}

/// Registers of a colour look-up table beside the background.
pub(in super::super) const CLUT_SIZE: u32 = 32;
/// Words before the commands of an entry.
pub(in super::super) const HEADER_WORDS: u32 = 4;
/// Command words of an entry at most.
pub(in super::super) const MOST_COMMANDS: u32 = 34;

/// Whether a command word is a display control word.
pub(in super::super) fn is_control(word: u32) -> bool {
    word >> 29 == 0b110
}

/// Whether a command word is for the audio and video output chip.
pub(in super::super) fn is_output_chip(word: u32) -> bool {
    word >> 30 == 0b10
}

/// The number of command words that a DMA control word announces.
pub(in super::super) fn command_count(control: u32) -> u32 {
    (control & dma::LENGTH) >> dma::LENGTH_SHIFT
}

/// Bytes that an entry takes in a list of the system, with the gap behind it.
pub(in super::super) fn entry_size(commands: u32) -> u32 {
    ((HEADER_WORDS + commands) * 4).next_multiple_of(16)
}

/// Pixels in a line, by modulo code.
const WIDTHS: [u32; 5] = [320, 384, 512, 640, 1024];

/// The width that a DMA control word's modulo means.
pub(in super::super) fn modulo_width(control: u32) -> u32 {
    let code = (control & dma::MODULO) >> dma::MODULO_SHIFT;
    WIDTHS.get(code as usize).copied().unwrap_or(WIDTHS[0])
}

/// The modulo code of a DMA control word for a width that can be displayed.
pub(in super::super) fn modulo_code(width: u32) -> Option<u32> {
    let code = WIDTHS.iter().position(|&known| known == width)?;
    Some((code as u32) << dma::MODULO_SHIFT)
}

/// Register `n` of the linear colour table, all three components (graphics sheet 4.1).
pub(in super::super) fn ramp(n: u32) -> u32 {
    (n & 31) * 255 / 31 * 0x01_0101
}

/// The command word that sets a register to its colour in the linear table.
pub(in super::super) fn ramp_command(n: u32) -> u32 {
    n << 24 | ramp(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Graphics sheet 4.1.
    #[test]
    fn the_linear_table_is_the_sheets() {
        let table: Vec<u32> = (0..CLUT_SIZE).map(|n| ramp(n) & 0xFF).collect();
        let sheet = [
            0, 8, 16, 24, 32, 41, 49, 57, 65, 74, 82, 90, 98, 106, 115, 123, 131, 139, 148, 156,
            164, 172, 180, 189, 197, 205, 213, 222, 230, 238, 246, 255,
        ];
        assert_eq!(table, sheet);
        assert_eq!(ramp_command(31), 0x1FFF_FFFF);
    }

    #[test]
    fn command_words_are_told_apart() {
        assert!(is_control(command::DEFAULT_CONTROL));
        assert!(is_control(0xD000_0000));
        for word in [command::BACKGROUND, 0xE100_0000, 0x8000_0000, 0x1FFF_FFFF] {
            assert!(!is_control(word), "{word:#x}");
        }
        assert!(is_output_chip(0x8000_0000) && is_output_chip(0xBFFF_FFFF));
        assert!(!is_output_chip(0xC000_0000) && !is_output_chip(0x7FFF_FFFF));
    }

    #[test]
    fn widths_have_their_codes() {
        assert_eq!(modulo_code(320), Some(0));
        assert_eq!(modulo_code(384), Some(0x0080_0000));
        assert_eq!(modulo_code(1024), Some(0x0200_0000));
        assert_eq!(modulo_code(256), None);
    }
}
