//! What status flavors carry (Mach sheet 2.4).
//!
//! A status travels as 32-bit integers; its records are big-endian bytes, padded to whole integers.

use super::record;
use bitflags::bitflags;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// The integers of a status; most have no more than these.
pub type StatusInts = SmallVec<[i32; 4]>;

/// A record's bytes as the integers of a status, padded with zeros at the end.
pub fn to_ints(bytes: &[u8]) -> StatusInts {
    bytes
        .chunks(4)
        .map(|chunk| {
            let mut word = [0; 4];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            i32::from_be_bytes(word)
        })
        .collect()
}

/// The integers of a status as bytes, for the `decode` of a record.
pub fn to_bytes(ints: &[i32]) -> Vec<u8> {
    ints.iter().flat_map(|int| int.to_be_bytes()).collect()
}

record! {
    /// `DEV_GET_SIZE`.
    DevSize: 8 {
        /// Bytes of the device; 0 when unknown.
        device_size: i32 = 0,
        /// Bytes of a record; 1 for a sequential device.
        record_size: i32 = 4,
    }
}

record! {
    /// `CDROM_PLAYMSF`: from a time to a time, binary and not BCD.
    CdPlayMsf: 6 {
        /// Minute of the beginning.
        min0: u8 = 0,
        /// Second of the beginning.
        sec0: u8 = 1,
        /// Frame of the beginning, 75 a second.
        frame0: u8 = 2,
        /// Minute of the end.
        min1: u8 = 3,
        /// Second of the end.
        sec1: u8 = 4,
        /// Frame of the end.
        frame1: u8 = 5,
    }
}

record! {
    /// `CDROM_PLAYTRKIND`: from a track and index to another.
    CdPlayTrack: 4 {
        /// First track.
        track0: u8 = 0,
        /// First index.
        index0: u8 = 1,
        /// Last track.
        track1: u8 = 2,
        /// Last index.
        index1: u8 = 3,
    }
}

record! {
    /// `CDROM_VOLCTRL` and `CDROM_VOLREAD`.
    CdVolume: 4 {
        /// Volume of the channels 0 to 3.
        channel: [u8; 4] = 0,
    }
}

record! {
    /// `CDROM_READ_HEADER`.
    CdHeader: 8 {
        /// Bytes of the table of contents.
        length: u32 = 0,
        /// Number of the first track.
        first_track: u8 = 4,
        /// Number of the last track.
        last_track: u8 = 5,
    }
}

/// The track number of the lead-out.
pub const CD_LEAD_OUT: u8 = 0xaa;
/// Address type: a block number.
pub const CD_ADDRESS_LBA: u8 = 1;
/// Address type: minute, second, frame.
pub const CD_ADDRESS_MSF: u8 = 2;

record! {
    /// An entry of `CDROM_READ_TOC_MSF` and `CDROM_READ_TOC_LBA`.
    CdTocEntry: 12 {
        /// Its track, or [`CD_LEAD_OUT`].
        track: u8 = 0,
        /// Adr in the high nibble, control in the low one; control 4 is a data track.
        adr_control: u8 = 1,
        /// [`CD_ADDRESS_LBA`] or [`CD_ADDRESS_MSF`].
        address_type: u8 = 2,
        /// Block number, big-endian and signed, or minute, second, frame, 0.
        address: [u8; 4] = 4,
        /// The data mode.
        datamode: u8 = 8,
    }
}

record! {
    /// `CDROM_READ_SUBCHNL_MSF` and `CDROM_READ_SUBCHNL_LBA`.
    CdSubChannel: 16 {
        /// The format of the record.
        format: u8 = 0,
        /// The track.
        track: u8 = 1,
        /// The index.
        index: u8 = 2,
        /// 0 unsupported, 0x11 playing, 0x12 paused, 0x13 completed, 0x14 error, 0x15 none.
        audio_status: u8 = 3,
        /// Adr and control.
        adr_control: u8 = 4,
        /// [`CD_ADDRESS_LBA`] or [`CD_ADDRESS_MSF`].
        address_type: u8 = 5,
        /// Address from the disc's beginning.
        absolute: [u8; 4] = 8,
        /// Address from the track's beginning.
        relative: [u8; 4] = 12,
    }
}

bitflags! {
    /// The flags of a [`TtyStatus`]; unknown bits are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct TtyFlags: u32 {
        /// Stop the sender when the queue is full.
        const TANDEM = 0x1;
        /// Odd parity.
        const ODDP = 0x2;
        /// Even parity.
        const EVENP = 0x4;
        /// Output goes out as it is.
        const LITOUT = 0x8;
        /// Output waits for the carrier.
        const MDMBUF = 0x10;
        /// Losing the carrier is no hang-up.
        const NOHANG = 0x20;
        /// Hang up at the last close.
        const HUPCLS = 0x40;
        /// Input is echoed.
        const ECHO = 0x80;
        /// Carriage return and line feed are translated.
        const CRMOD = 0x100;
        /// Tabs are expanded.
        const XTABS = 0x200;
        /// Out-of-band events are wanted.
        const OUT_OF_BAND = 0x400;
        /// Parity of input is checked.
        const INPCK = 0x800;
        /// Flow control by the modem's lines.
        const CRTSCTS = 0x1000;
        /// All eight bits are data.
        const EIGHT_BIT = 0x2000;
        /// The receiver is on.
        const READ = 0x4000;
        const _ = !0;
    }
}

record! {
    /// `TTY_STATUS` and `TTY_STATUS_NEW`.
    TtyStatus: 16 {
        /// Input speed.
        input_speed: i32 = 0,
        /// Output speed.
        output_speed: i32 = 4,
        /// The break character.
        break_char: i32 = 8,
        /// The bits of [`TtyFlags`].
        flags: u32 = 12,
    }
}

record! {
    /// `TTY_OUT_OF_BAND`.
    TtyOutOfBand: 8 {
        /// 0 none, 1 break, 2 bad parity, 3 flushed, 4 carrier.
        event: i32 = 0,
        /// The event's argument.
        argument: i32 = 4,
    }
}

record! {
    /// `VC_GETINFO`; the returned count is the smaller of the room and 23 integers.
    VcInfo: 92 {
        /// Rows of pixels.
        height: u32 = 0,
        /// Pixels of a row.
        width: u32 = 4,
        /// Bits of a pixel.
        depth: u32 = 8,
        /// Bytes from row to row.
        row_bytes: u32 = 12,
        /// Address of the first pixel.
        base_address: u32 = 16,
        /// The board's type.
        board_type: u32 = 20,
        /// The board's name, NUL at its end.
        name: [u8; 32] = 24,
        /// Physical address of the first pixel.
        physical_address: u32 = 56,
        /// Rows of text.
        text_rows: u32 = 60,
        /// Characters of a row.
        text_columns: u32 = 64,
        /// Bytes of a row that are seen.
        displayed_row_bytes: u32 = 68,
    }
}

record! {
    /// An entry of `VC_SETCOLOR` and `VC_GETCOLOR`.
    VcColor: 4 {
        /// Number in the palette.
        index: u8 = 0,
        /// Red.
        red: u8 = 1,
        /// Green.
        green: u8 = 2,
        /// Blue.
        blue: u8 = 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_700_sectors_is_that_of_the_golden_reply() {
        let size = DevSize {
            device_size: 700 * 2048,
            record_size: 2048,
        };
        assert_eq!(to_ints(&size.encode())[..], [0x0015_e000, 0x0800]);
        let bytes = to_bytes(&[0x0015_e000, 0x0800]);
        assert_eq!(DevSize::decode(&bytes), Some(size));
    }

    #[test]
    fn records_are_padded_to_whole_integers() {
        let play = CdPlayMsf {
            min0: 1,
            sec0: 2,
            frame0: 3,
            min1: 4,
            sec1: 5,
            frame1: 6,
        };
        assert_eq!(to_ints(&play.encode())[..], [0x0102_0304, 0x0506_0000]);
        assert_eq!(
            CdPlayMsf::decode(&to_bytes(&[0x0102_0304, 0x0506_0000])),
            Some(play)
        );
        assert_eq!(CdPlayMsf::decode(&[0; 5]), None);
        assert_eq!(to_ints(&VcInfo::default().encode()).len(), 23);
    }

    #[test]
    fn a_toc_entry_has_its_address_at_4_and_its_mode_at_8() {
        let entry = CdTocEntry {
            track: CD_LEAD_OUT,
            adr_control: 0x14,
            address_type: CD_ADDRESS_MSF,
            address: [60, 59, 74, 0],
            datamode: 1,
        };
        let bytes = [0xaa, 0x14, 2, 0, 60, 59, 74, 0, 1, 0, 0, 0];
        assert_eq!(entry.encode(), bytes);
        assert_eq!(CdTocEntry::decode(&bytes), Some(entry));
    }
}
