//! What a file that is no program is instead, told from its bytes.

use std::fmt;

/// A kind of file that a user may take for a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// An ELF object or executable.
    Elf,
    /// A DOS or Windows executable.
    Mz,
    /// An executable of Apple's systems.
    MachO,
    /// A ZIP archive.
    Zip,
    /// A gzip file.
    Gzip,
    /// An archive of another kind, by its name.
    Archive(&'static str),
    /// A picture, by the name of its format.
    Picture(&'static str),
    /// Sound in AIFF or AIFC.
    Aiff,
    /// An IFF file of another kind.
    Iff,
    /// A RIFF file such as WAV or AVI.
    Riff,
    /// A 3DO cel or another chunk file of 3DO graphics tools.
    Cel,
    /// A data stream of the 3DO's streaming library.
    Stream,
    /// A disc image with the 3DO file system.
    OperaDisc,
    /// A disc image with the ISO 9660 file system.
    Iso9660,
    /// A raw disc image of 2352-byte sectors.
    RawSectors,
    /// A compressed disc image.
    Chd,
    /// A cue sheet.
    Cue,
    /// A little-endian program of the right format.
    LittleEndianAif,
    /// A script for a command interpreter.
    Script,
    /// Text.
    Text,
    /// Nothing that is known.
    Unknown,
}

impl Foreign {
    /// Whether it is a disc or a part of one.
    pub fn is_disc(self) -> bool {
        matches!(
            self,
            Foreign::OperaDisc
                | Foreign::Iso9660
                | Foreign::RawSectors
                | Foreign::Chd
                | Foreign::Cue
        )
    }

    /// What the user can do about it.
    pub fn advice(self) -> &'static str {
        match self {
            _ if self.is_disc() => "run the disc itself",
            Foreign::Zip | Foreign::Gzip | Foreign::Archive(_) => {
                "unpack it and give the program inside"
            }
            Foreign::Elf => {
                "link the program as an AIF image (armlink -aif, or the devkit's converter)"
            }
            Foreign::Mz | Foreign::MachO => "give a program for the 3DO",
            Foreign::LittleEndianAif => "link it big-endian (armlink with -bigend objects)",
            _ => "give an AIF program such as LaunchMe",
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::Elf => "an ELF file",
            Foreign::Mz => "a DOS or Windows executable",
            Foreign::MachO => "a Mach-O executable",
            Foreign::Zip => "a ZIP archive",
            Foreign::Gzip => "a gzip file",
            Foreign::Archive(name) => return write!(f, "a {name} archive"),
            Foreign::Picture(name) => return write!(f, "a {name} picture"),
            Foreign::Aiff => "a sound file (AIFF)",
            Foreign::Iff => "an IFF file",
            Foreign::Riff => "a RIFF file (WAV, AVI)",
            Foreign::Cel => "a 3DO cel or image file",
            Foreign::Stream => "a 3DO data stream",
            Foreign::OperaDisc => "a 3DO disc image",
            Foreign::Iso9660 => "a disc image (ISO 9660)",
            Foreign::RawSectors => "a disc image of raw sectors",
            Foreign::Chd => "a compressed disc image (CHD)",
            Foreign::Cue => "a cue sheet, the index of a disc image",
            Foreign::LittleEndianAif => "an AIF program with its bytes in little-endian order",
            Foreign::Script => "a script",
            Foreign::Text => "a text file",
            Foreign::Unknown => "no kind of file that is known here",
        })
    }
}

/// Files that begin with these bytes.
const MAGIC: &[(&[u8], Foreign)] = &[
    (b"\x7FELF", Foreign::Elf),
    (b"MZ", Foreign::Mz),
    (b"\xFE\xED\xFA\xCE", Foreign::MachO),
    (b"\xFE\xED\xFA\xCF", Foreign::MachO),
    (b"\xCE\xFA\xED\xFE", Foreign::MachO),
    (b"\xCF\xFA\xED\xFE", Foreign::MachO),
    (b"\xCA\xFE\xBA\xBE", Foreign::MachO),
    (b"PK\x03\x04", Foreign::Zip),
    (b"PK\x05\x06", Foreign::Zip),
    (b"\x1F\x8B", Foreign::Gzip),
    (b"7z\xBC\xAF\x27\x1C", Foreign::Archive("7-Zip")),
    (b"Rar!", Foreign::Archive("RAR")),
    (b"\xFD7zXZ\0", Foreign::Archive("xz")),
    (b"BZh", Foreign::Archive("bzip2")),
    (b"!<arch>\n", Foreign::Archive("library")),
    (b"\x89PNG", Foreign::Picture("PNG")),
    (b"\xFF\xD8\xFF", Foreign::Picture("JPEG")),
    (b"GIF8", Foreign::Picture("GIF")),
    (b"RIFF", Foreign::Riff),
    (b"CCB ", Foreign::Cel),
    (b"IMAG", Foreign::Cel),
    (b"ANIM", Foreign::Cel),
    (b"SHDR", Foreign::Stream),
    (b"CTRL", Foreign::Stream),
    (b"MComprHD", Foreign::Chd),
    (b"#!", Foreign::Script),
    (
        b"\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00",
        Foreign::RawSectors,
    ),
];

/// Begins a 3DO disc label: record type and five synchronisation bytes.
const DISC_LABEL: &[u8] = b"\x01\x5A\x5A\x5A\x5A\x5A";
/// Where ISO 9660 keeps its mark.
const ISO_MARK: usize = 0x8001;
/// `SWI 0x11`, the word every program has at 0x10, byte-swapped.
const EXIT_WORD_SWAPPED: &[u8] = &[0x11, 0x00, 0x00, 0xEF];

/// Names a file that is no program. The first 64 KiB are enough.
pub fn identify(bytes: &[u8]) -> Foreign {
    let at = |offset: usize, mark: &[u8]| {
        bytes
            .get(offset..)
            .is_some_and(|rest| rest.starts_with(mark))
    };
    if at(0, DISC_LABEL) {
        return Foreign::OperaDisc;
    }
    if at(ISO_MARK, b"CD001") {
        return Foreign::Iso9660;
    }
    if at(0x10, EXIT_WORD_SWAPPED) {
        return Foreign::LittleEndianAif;
    }
    if at(0, b"FORM") {
        return if at(8, b"AIFF") || at(8, b"AIFC") {
            Foreign::Aiff
        } else {
            Foreign::Iff
        };
    }
    if let Some(&(_, kind)) = MAGIC.iter().find(|(mark, _)| at(0, mark)) {
        return kind;
    }
    match text(bytes) {
        Some(text) if is_cue(&text) => Foreign::Cue,
        Some(_) => Foreign::Text,
        None => Foreign::Unknown,
    }
}

/// The first kilobyte, if it is text.
fn text(bytes: &[u8]) -> Option<String> {
    let start = &bytes[..bytes.len().min(1024)];
    let printable = |&byte: &u8| byte >= 0x20 && byte != 0x7F || matches!(byte, 9 | 10 | 12 | 13);
    if start.is_empty() || !start.iter().all(printable) {
        return None;
    }
    let text = String::from_utf8_lossy(start).into_owned();
    // Arbitrary bytes above 0x7F are no text; a cut at the end of the window may be.
    let odd = text.chars().filter(|&c| c == char::REPLACEMENT_CHARACTER);
    (odd.count() <= 1).then_some(text)
}

fn is_cue(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start().to_ascii_uppercase();
        line.starts_with("FILE ")
            && ["BINARY", "WAVE", "MOTOROLA"]
                .iter()
                .any(|t| line.ends_with(t))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_their_first_bytes() {
        let cases: &[(&[u8], Foreign)] = &[
            (b"\x7FELF\x01\x02\x01", Foreign::Elf),
            (b"MZ\x90\0", Foreign::Mz),
            (b"\xFE\xED\xFA\xCE\0\0\0", Foreign::MachO),
            (b"PK\x03\x04\x14\0", Foreign::Zip),
            (b"\x1F\x8B\x08\0", Foreign::Gzip),
            (b"\x89PNG\r\n\x1A\n", Foreign::Picture("PNG")),
            (b"\xFF\xD8\xFF\xE0", Foreign::Picture("JPEG")),
            (b"FORM\0\0\0\x10AIFF", Foreign::Aiff),
            (b"FORM\0\0\0\x10AIFC", Foreign::Aiff),
            (b"FORM\0\0\0\x10ILBM", Foreign::Iff),
            (b"CCB \0\0\0\x50", Foreign::Cel),
            (b"\x01ZZZZZ\x01\0", Foreign::OperaDisc),
            (b"MComprHD\0\0\0", Foreign::Chd),
            (b"#!/bin/sh\n", Foreign::Script),
            (b"hello, world\n", Foreign::Text),
            (b"\x02\x03\x04", Foreign::Unknown),
            (b"\xC3\xC3\xC3\xC3\xC3", Foreign::Unknown),
            (
                b"FILE \"game.bin\" BINARY\r\n  TRACK 01 MODE1/2352\r\n",
                Foreign::Cue,
            ),
        ];
        for &(bytes, kind) in cases {
            assert_eq!(identify(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn iso_marks_and_swapped_programs_are_found_further_in() {
        let mut iso = vec![0; 0x9000];
        iso[0x8000] = 1;
        iso[0x8001..0x8006].copy_from_slice(b"CD001");
        assert_eq!(identify(&iso), Foreign::Iso9660);
        let mut program = vec![0; 128];
        program[0x10..0x14].copy_from_slice(&0xEF00_0011_u32.to_le_bytes());
        assert_eq!(identify(&program), Foreign::LittleEndianAif);
    }

    #[test]
    fn text_in_other_alphabets_is_text() {
        assert_eq!(identify("Überraschung äöü".as_bytes()), Foreign::Text);
    }
}
