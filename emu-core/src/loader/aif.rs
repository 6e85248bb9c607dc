//! ARM image files, the program format of the console.
//!
//! Kernel sheet 2.1 to 2.3.
//!
//! ```text
//! 0x00  decompress    NOP, or BL into the image
//! 0x04  relocate      NOP, or BL behind the image
//! 0x08  zero-init     NOP, or BL 0x40
//! 0x0C  entry         BL
//! 0x10  exit          SWI 0x11: the mark of the format
//! 0x14  read-only size, read-write size, debug size, zero-init size, debug type
//! 0x28  image base
//! 0x2C  bit 30: the 3DO header follows at 0x80
//! 0x30  address mode, data base
//! 0x80  3DO header: priority, version, stack, quantum, name
//! ```
//!
//! An image unpacks, relocates and clears itself as guest code; nothing is done for it here.

use crate::loader::identify::{Foreign, identify};
use crate::mem::MEMORY_END;
use bitflags::bitflags;

pub use crate::loader::error::LoadError;

/// Bytes of the AIF header: the shortest program.
pub const HEADER_SIZE: u32 = 128;
/// Where the 3DO header begins.
pub const HEADER_3DO: u32 = 0x80;
/// Where it ends.
pub const HEADER_3DO_END: u32 = 0x100;

const DECOMPRESS: u32 = 0x00;
const RELOCATE: u32 = 0x04;
pub(crate) const EXIT: u32 = 0x10;
const READ_ONLY_SIZE: u32 = 0x14;
const READ_WRITE_SIZE: u32 = 0x18;
const DEBUG_SIZE: u32 = 0x1C;
const ZERO_INIT_SIZE: u32 = 0x20;
const DEBUG_TYPE: u32 = 0x24;
/// Where the word with the address the image was linked to lie at is, from its start.
pub const IMAGE_BASE: u32 = 0x28;
const WORKSPACE: u32 = 0x2C;
const ADDRESS_MODE: u32 = 0x30;
const DATA_BASE: u32 = 0x34;

/// `SWI 0x11`.
pub(crate) const EXIT_WORD: u32 = 0xEF00_0011;
/// Bit of [`WORKSPACE`]: the 3DO header follows.
const HAS_HEADER_3DO: u32 = 0x4000_0000;

bitflags! {
    /// Flags of the 3DO header.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct ProgramFlags: u8 {
        /// The stack is never given back.
        const PERMANENT_STACK = 1;
        /// Wants to run privileged.
        const PRIVILEGED = 2;
        /// A user program that needs authentication.
        const NEEDS_SIGNATURE = 4;
        /// The operating system has been launched.
        const OS_LAUNCHED = 8;
        /// Goes on when the drawer is empty.
        const NO_DISC_NEEDED = 16;
        /// Accepts data discs.
        const DATA_DISCS = 32;
        /// Bits without a meaning are kept.
        const _ = !0;
    }
}

/// The 3DO header: what a program asks of the task that runs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header3do {
    /// Type of the node: 5 task, 4 folio.
    pub node_type: u8,
    /// Priority, 0 = that of the creator.
    pub priority: u8,
    /// Version of the program.
    pub version: u8,
    /// Revision of the program.
    pub revision: u8,
    /// Flags.
    pub flags: ProgramFlags,
    /// Version of the system it was made for.
    pub os_version: u8,
    /// Revision of that system.
    pub os_revision: u8,
    /// Bytes of stack, 0 = the creator's wish.
    pub stack_size: u32,
    /// Where the signature is.
    pub signature_offset: u32,
    /// Bytes of signature, 0 = unsigned.
    pub signature_size: u32,
    /// Longest turn in microseconds, 0 = default.
    pub quantum: u32,
    /// Name, informational.
    pub name: String,
    /// When it was built, in seconds since the beginning of 1993.
    pub time: u32,
}

/// A program file that passed the loader's checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The whole file, relocation list and signature included.
    pub bytes: Vec<u8>,
    /// Bytes of header, code and constants.
    pub read_only_size: u32,
    /// Bytes of initialised data.
    pub read_write_size: u32,
    /// Bytes that the program clears behind them.
    pub zero_init_size: u32,
    /// Bytes of debugger tables behind the data.
    pub debug_size: u32,
    /// Kind of the debugger tables.
    pub debug_type: u32,
    /// Where the linker put the program.
    pub image_base: u32,
    /// The word at 0x2C: header flag and obsolete stack size.
    pub workspace: u32,
    /// Low byte 26 or 32: width of addresses.
    pub address_mode: u32,
    /// Where the linker put the data, if apart.
    pub data_base: u32,
    /// The 3DO header, if there is one.
    pub header: Option<Header3do>,
    /// Relocates itself; otherwise it runs at `image_base` only.
    pub relocatable: bool,
    /// Unpacks itself; the sizes are those of the unpacked program.
    pub compressed: bool,
}

/// The word at `offset`; zero outside.
fn word(bytes: &[u8], offset: u32) -> u32 {
    let at = offset as usize;
    match bytes.get(at..at + 4).map(<[u8; 4]>::try_from) {
        Some(Ok(word)) => u32::from_be_bytes(word),
        _ => 0,
    }
}

fn byte(bytes: &[u8], offset: u32) -> u8 {
    bytes.get(offset as usize).copied().unwrap_or(0)
}

/// Where the branch with link at `offset` goes, relative to the image; `None` if it is none.
fn branch_target(bytes: &[u8], offset: u32) -> Option<u32> {
    let instruction = word(bytes, offset);
    (instruction >> 24 == 0xEB).then(|| {
        let distance = ((instruction << 8) as i32 >> 6) as u32;
        offset.wrapping_add(8).wrapping_add(distance)
    })
}

impl Image {
    /// Checks a program file and takes its headers apart.
    pub fn parse(bytes: &[u8]) -> Result<Image, LoadError> {
        Image::check_rules(bytes)?;
        let image = Image::headers(bytes);
        let needed = image.image_size().max(bytes.len() as u64);
        if needed > u64::from(MEMORY_END) {
            return Err(LoadError::TooLarge { needed });
        }
        image.check_complete(bytes)?;
        Ok(Image {
            bytes: bytes.to_vec(),
            ..image
        })
    }

    /// The headers alone, of an image whose rules were checked; `bytes` stays empty.
    pub fn headers(bytes: &[u8]) -> Image {
        let workspace = word(bytes, WORKSPACE);
        Image {
            bytes: Vec::new(),
            read_only_size: word(bytes, READ_ONLY_SIZE),
            read_write_size: word(bytes, READ_WRITE_SIZE),
            zero_init_size: word(bytes, ZERO_INIT_SIZE),
            debug_size: word(bytes, DEBUG_SIZE),
            debug_type: word(bytes, DEBUG_TYPE),
            image_base: word(bytes, IMAGE_BASE),
            workspace,
            address_mode: word(bytes, ADDRESS_MODE),
            data_base: word(bytes, DATA_BASE),
            header: (workspace & HAS_HEADER_3DO != 0).then(|| Header3do::read(bytes)),
            relocatable: branch_target(bytes, RELOCATE).is_some(),
            compressed: branch_target(bytes, DECOMPRESS).is_some(),
        }
    }

    /// The rules of the console's own loader; any error here is BADAIF to a guest.
    pub fn check_rules(bytes: &[u8]) -> Result<(), LoadError> {
        let len = bytes.len();
        if len == 0 {
            return Err(LoadError::Empty);
        }
        let exit = word(bytes, EXIT);
        if len < HEADER_SIZE as usize || exit != EXIT_WORD {
            return Err(Image::refuse(bytes, exit));
        }
        let size = |field, offset, valid: fn(u32) -> bool| {
            let value = word(bytes, offset);
            match valid(value) {
                true => Ok(()),
                false => Err(LoadError::BadSize {
                    field,
                    offset,
                    value,
                }),
            }
        };
        let positive = |value: u32| value as i32 >= 0;
        size("read-only", READ_ONLY_SIZE, |value| {
            value as i32 >= HEADER_SIZE as i32
        })?;
        size("read-write", READ_WRITE_SIZE, positive)?;
        size("zero-init", ZERO_INIT_SIZE, positive)
    }

    /// Why a file without the mark of the format is not loaded.
    fn refuse(bytes: &[u8], exit: u32) -> LoadError {
        let len = bytes.len();
        if bytes.iter().all(|&byte| byte == 0) {
            return LoadError::Zeros { len };
        }
        match identify(bytes) {
            Foreign::Unknown if len < HEADER_SIZE as usize => LoadError::TooShort { len },
            Foreign::Unknown => LoadError::NotAif { found: exit },
            kind if kind.is_disc() => LoadError::Disc(kind),
            kind => LoadError::Foreign(kind),
        }
    }

    /// Whether the file has all that its header promises. The console would run a cut-off
    /// program and watch it crash.
    fn check_complete(&self, bytes: &[u8]) -> Result<(), LoadError> {
        let len = bytes.len();
        let truncated = |what, needed| match needed > len as u64 {
            true => Err(LoadError::Truncated { what, needed, len }),
            false => Ok(()),
        };
        if self.workspace & HAS_HEADER_3DO != 0 {
            truncated("3DO header", u64::from(HEADER_3DO_END))?;
        }
        if self.compressed {
            return Ok(());
        }
        truncated("code and data", self.file_image_size())?;
        match branch_target(bytes, RELOCATE) {
            Some(target) if target as usize >= len => {
                let debug_end = self.file_image_size() + u64::from(self.debug_size);
                truncated("relocation code", debug_end.saturating_add(4))?;
                Err(LoadError::Relocation { target, len })
            }
            _ => Ok(()),
        }
    }

    /// Bytes of read-only and read-write parts.
    fn file_image_size(&self) -> u64 {
        u64::from(self.read_only_size) + u64::from(self.read_write_size)
    }

    /// Bytes the program occupies once it has set itself up.
    pub fn image_size(&self) -> u64 {
        self.file_image_size() + u64::from(self.zero_init_size).next_multiple_of(16)
    }

    /// Bytes of memory the loader provides: the image, or the whole file if that is longer.
    pub fn memory_size(&self) -> u32 {
        // Both are at most MEMORY_END, or parse would have refused.
        self.image_size().max(self.bytes.len() as u64) as u32
    }
}

impl Header3do {
    /// Takes the header of a file apart; bytes that are not there read as zero.
    fn read(bytes: &[u8]) -> Header3do {
        let word = |offset| word(bytes, HEADER_3DO + offset);
        let byte = |offset| byte(bytes, HEADER_3DO + offset);
        let name: Vec<u8> = (0x40..0x60).map(byte).take_while(|&c| c != 0).collect();
        Header3do {
            node_type: byte(0x09),
            priority: byte(0x0A),
            version: byte(0x14),
            revision: byte(0x15),
            flags: ProgramFlags::from_bits_retain(byte(0x24)),
            os_version: byte(0x25),
            os_revision: byte(0x26),
            stack_size: word(0x28),
            signature_offset: word(0x30),
            signature_size: word(0x34),
            quantum: word(0x38),
            name: String::from_utf8_lossy(&name).into_owned(),
            time: word(0x60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn put(bytes: &mut [u8], offset: u32, value: u32) {
        let at = offset as usize;
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }

    /// A relocatable program of 0x140 bytes with 0x20 of relocation code behind.
    fn program() -> Vec<u8> {
        let mut bytes = vec![0; 0x160];
        put(&mut bytes, DECOMPRESS, 0xE1A0_0000);
        put(&mut bytes, RELOCATE, 0xEB00_0000 | ((0x140 - 0xC) / 4));
        put(&mut bytes, 0x08, 0xEB00_000C);
        put(&mut bytes, 0x0C, 0xEB00_003B);
        put(&mut bytes, EXIT, EXIT_WORD);
        put(&mut bytes, READ_ONLY_SIZE, 0x130);
        put(&mut bytes, READ_WRITE_SIZE, 0x10);
        put(&mut bytes, ZERO_INIT_SIZE, 0x21);
        put(&mut bytes, WORKSPACE, HAS_HEADER_3DO);
        put(&mut bytes, ADDRESS_MODE, 32);
        bytes[0x89] = 5;
        bytes[0x8A] = 120;
        bytes[0x94] = 2;
        bytes[0x95] = 7;
        bytes[0xA4] = 0x11;
        bytes[0xA5] = 24;
        put(&mut bytes, 0xA8, 0x2000);
        put(&mut bytes, 0xB8, 20_000);
        bytes[0xC0..0xC5].copy_from_slice(b"hello");
        put(&mut bytes, 0xE0, 77);
        bytes
    }

    fn with(offset: u32, value: u32) -> Result<Image, LoadError> {
        let mut bytes = program();
        put(&mut bytes, offset, value);
        Image::parse(&bytes)
    }

    #[test]
    fn a_program_shows_its_headers() {
        let image = Image::parse(&program()).expect("valid");
        assert_eq!((image.read_only_size, image.read_write_size), (0x130, 0x10));
        assert_eq!(image.image_size(), 0x140 + 0x30);
        assert_eq!(image.memory_size(), 0x170);
        assert!(image.relocatable && !image.compressed);
        let header = image.header.expect("header");
        assert_eq!((header.priority, header.node_type), (120, 5));
        assert_eq!((header.version, header.revision), (2, 7));
        assert_eq!((header.stack_size, header.quantum), (0x2000, 20_000));
        assert_eq!(
            header.flags,
            ProgramFlags::PERMANENT_STACK | ProgramFlags::NO_DISC_NEEDED
        );
        assert_eq!((header.name.as_str(), header.time), ("hello", 77));
    }

    #[test]
    fn the_3do_header_is_there_only_with_its_bit() {
        assert_eq!(with(WORKSPACE, 0x400).expect("valid").header, None);
    }

    #[test]
    fn fixed_images_keep_their_base() {
        let mut bytes = program();
        put(&mut bytes, RELOCATE, 0xE1A0_0000);
        put(&mut bytes, IMAGE_BASE, 0x8_0000);
        let image = Image::parse(&bytes).expect("valid");
        assert!(!image.relocatable);
        assert_eq!(image.image_base, 0x8_0000);
    }

    #[test]
    fn the_console_s_rules_are_badaif() {
        for (offset, value) in [
            (EXIT, 0xEF00_0012),
            (READ_ONLY_SIZE, 127),
            (READ_ONLY_SIZE, 0x8000_0000),
            (READ_WRITE_SIZE, 0xFFFF_FFFF),
            (ZERO_INIT_SIZE, 0x8000_0000),
        ] {
            let error = with(offset, value).expect_err("invalid");
            assert!(error.is_bad_aif(), "{offset:#x}: {error}");
        }
        assert!(Image::parse(&program()[..127]).is_err_and(|e| e.is_bad_aif()));
        assert!(with(READ_ONLY_SIZE, 128).is_ok());
    }

    #[test]
    fn cut_off_files_are_refused() {
        let bytes = program();
        let error = |len| Image::parse(&bytes[..len]).expect_err("cut off");
        assert_eq!(
            error(0x13F),
            LoadError::Truncated {
                what: "code and data",
                needed: 0x140,
                len: 0x13F
            }
        );
        assert!(matches!(
            error(0x140),
            LoadError::Truncated {
                what: "relocation code",
                ..
            }
        ));
        assert!(matches!(
            error(0x90),
            LoadError::Truncated {
                what: "3DO header",
                ..
            }
        ));
        assert_eq!(error(0), LoadError::Empty);
        assert!(!error(0x13F).is_bad_aif());
    }

    #[test]
    fn sizes_of_compressed_programs_are_those_after_unpacking() {
        let mut bytes = program();
        put(&mut bytes, DECOMPRESS, 0xEB00_0040);
        put(&mut bytes, READ_ONLY_SIZE, 0x1000);
        let image = Image::parse(&bytes).expect("valid");
        assert!(image.compressed);
        assert_eq!(image.memory_size(), 0x1010 + 0x30);
    }

    #[test]
    fn wild_relocation_calls_are_refused() {
        assert!(matches!(
            with(RELOCATE, 0xEBFF_0000),
            Err(LoadError::Relocation { .. })
        ));
    }

    #[test]
    fn programs_larger_than_memory_are_refused() {
        let error = with(ZERO_INIT_SIZE, MEMORY_END).expect_err("too large");
        assert!(matches!(error, LoadError::TooLarge { .. }));
        assert!(matches!(
            with(READ_ONLY_SIZE, 0x7FFF_FFFF),
            Err(LoadError::TooLarge { .. })
        ));
        let mut bytes = program();
        bytes.resize(MEMORY_END as usize + 1, 0);
        assert!(matches!(
            Image::parse(&bytes),
            Err(LoadError::TooLarge { .. })
        ));
    }

    #[test]
    fn foreign_files_are_named() {
        let mut swapped = program();
        for word in swapped.chunks_exact_mut(4) {
            word.reverse();
        }
        for (bytes, words) in [
            (swapped, "little-endian"),
            (vec![0; 500], "500 bytes of the file are zero"),
            (vec![3; 500], "0x03030303"),
            (vec![3; 50], "50 bytes"),
            (b"\x7FELF".repeat(50), "an ELF file"),
            (
                b"\x01\x5A\x5A\x5A\x5A\x5A\x01".to_vec(),
                "3DO disc image; run the disc itself",
            ),
            (b"plain words\n".repeat(20), "a text file"),
        ] {
            let error = Image::parse(&bytes).expect_err("foreign").to_string();
            assert!(error.contains(words), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    proptest! {
        #[test]
        fn random_files_are_refused_or_parsed(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Err(error) = Image::parse(&bytes) {
                prop_assert!(!error.to_string().contains('\n'));
            }
        }

        #[test]
        fn damaged_programs_are_refused_or_parsed(
            cut in 0..=0x160_usize,
            changes in prop::collection::vec((0..0x160_usize, any::<u8>()), 0..8),
        ) {
            let mut bytes = program();
            for (at, value) in changes {
                bytes[at] = value;
            }
            bytes.truncate(cut);
            match Image::parse(&bytes) {
                Ok(image) => {
                    prop_assert!(image.memory_size() <= MEMORY_END);
                    prop_assert!(image.memory_size() as usize >= image.bytes.len());
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }
}
