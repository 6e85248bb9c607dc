//! Writes AIF program files: header, 3DO header, image, relocation list.

/// Bytes of the two headers; the program is linked to start right after them.
pub const HEADERS: u32 = 0x100;

const NOP: u32 = 0xE1A0_0000;
const SWI_EXIT: u32 = 0xEF00_0011;
const HAS_3DO_HEADER: u32 = 0x4000_0000;
const DEBUG_INIT: u32 = 0x40;
const ZERO_INIT_CODE: u32 = 0x44;
const ZERO_INIT_MAX: usize = 15 * 4;

/// How a program file differs from the usual one; a source says so in a line
/// `@ aif: key=value ...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Link address of the first header word (word 0x28).
    pub base: u32,
    /// Whether the file carries code that relocates it.
    pub relocatable: bool,
    /// Whether bytes 0x80-0xFF are a 3DO header, or zero.
    pub header_3do: bool,
    /// Word 0x2C apart from the 3DO header flag.
    pub workspace: u32,
    /// Stack bytes in the 3DO header.
    pub stack: u32,
    /// Quantum in microseconds in the 3DO header, 0 = default.
    pub quantum: u32,
    /// Priority in the 3DO header, 0 = inherited.
    pub priority: u8,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base: 0,
            relocatable: true,
            header_3do: true,
            workspace: 0,
            stack: 0x2000,
            quantum: 0,
            priority: 0,
        }
    }
}

impl Options {
    /// Reads the `@ aif:` lines of a source.
    pub fn from_source(source: &str) -> Result<Self, String> {
        let mut options = Self::default();
        let words = source
            .lines()
            .filter_map(|line| line.strip_prefix("@ aif:"))
            .flat_map(str::split_whitespace);
        for word in words {
            let (key, value) = word
                .split_once('=')
                .ok_or_else(|| format!("aif option '{word}' is not key=value"))?;
            let number = || parse_u32(value).ok_or_else(|| format!("bad number in '{word}'"));
            match (key, value) {
                ("base", _) => options.base = number()?,
                ("reloc", "none") => options.relocatable = false,
                ("header", "none") => options.header_3do = false,
                ("workspace", _) => options.workspace = number()?,
                ("stack", _) => options.stack = number()?,
                ("quantum", _) => options.quantum = number()?,
                ("priority", _) => {
                    options.priority = u8::try_from(number()?)
                        .map_err(|_| format!("priority out of range in '{word}'"))?;
                }
                _ => return Err(format!("unknown aif option '{word}'")),
            }
        }
        Ok(options)
    }
}

fn parse_u32(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// A linked program without headers, as it starts at [`HEADERS`].
#[derive(Debug)]
pub struct Image {
    /// Read-only part, then read-write part.
    pub bytes: Vec<u8>,
    /// Bytes of the read-only part.
    pub read_only: u32,
    /// Bytes that are cleared after it at start.
    pub zero_init: u32,
    /// Offsets into `bytes` of the words that hold an address in the image.
    pub relocations: Vec<u32>,
}

/// Code that every file carries: assembled from `roms/src/reloc.s`.
#[derive(Debug)]
pub struct Carried {
    /// Relocates the image; the list follows it.
    pub self_reloc: Vec<u8>,
    /// Clears the zero-init part; at 0x44 of the header.
    pub zero_init: Vec<u8>,
}

/// Offsets of the words that differ by exactly `shift` between an image linked at
/// two bases; any other difference is an error.
pub fn relocations(low: &[u8], high: &[u8], shift: u32) -> Result<Vec<u32>, String> {
    if low.len() != high.len() || !low.len().is_multiple_of(4) {
        return Err(format!(
            "images of {} and {} bytes cannot be compared word by word",
            low.len(),
            high.len()
        ));
    }
    let mut offsets = Vec::new();
    for (offset, (a, b)) in (0u32..).step_by(4).zip(words(low).zip(words(high))) {
        if a == b {
            continue;
        }
        if b.wrapping_sub(a) != shift {
            return Err(format!(
                "word at {offset:#x} depends on the base but is no address"
            ));
        }
        offsets.push(offset);
    }
    Ok(offsets)
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes
        .chunks_exact(4)
        .map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]]))
}

/// `BL target` for an instruction at `at`.
fn branch_link(at: u32, target: u32) -> u32 {
    0xEB00_0000 | ((target.wrapping_sub(at).wrapping_sub(8) >> 2) & 0x00FF_FFFF)
}

/// Puts the file together.
pub fn write(
    name: &str,
    image: &Image,
    carried: &Carried,
    options: &Options,
) -> Result<Vec<u8>, String> {
    if carried.zero_init.len() > ZERO_INIT_MAX {
        return Err(format!(
            "zero-init code has {} bytes, 60 fit",
            carried.zero_init.len()
        ));
    }
    let size =
        HEADERS + u32::try_from(image.bytes.len()).map_err(|_| "image too large".to_string())?;
    let read_only = HEADERS + image.read_only;
    let read_write = size - read_only;

    let mut file = vec![0; HEADERS as usize];
    let mut word = |offset: u32, value: u32| {
        let at = offset as usize;
        file[at..at + 4].copy_from_slice(&value.to_be_bytes());
    };
    word(0x00, NOP);
    word(
        0x04,
        if options.relocatable {
            branch_link(0x04, size)
        } else {
            NOP
        },
    );
    word(
        0x08,
        if image.zero_init > 0 {
            branch_link(0x08, DEBUG_INIT)
        } else {
            NOP
        },
    );
    word(0x0C, branch_link(0x0C, HEADERS));
    word(0x10, SWI_EXIT);
    word(0x14, read_only);
    word(0x18, read_write);
    word(0x20, image.zero_init);
    word(0x28, options.base);
    word(
        0x2C,
        options.workspace
            | if options.header_3do {
                HAS_3DO_HEADER
            } else {
                0
            },
    );
    word(0x30, 32);
    word(DEBUG_INIT, NOP);
    let start = ZERO_INIT_CODE as usize;
    file[start..start + carried.zero_init.len()].copy_from_slice(&carried.zero_init);
    if options.header_3do {
        file[0x80..0x100].copy_from_slice(&header_3do(name, options));
    }

    file.extend_from_slice(&image.bytes);
    if options.relocatable {
        file.extend_from_slice(&carried.self_reloc);
        for offset in &image.relocations {
            file.extend_from_slice(&(HEADERS + offset).to_be_bytes());
        }
        file.extend_from_slice(&u32::MAX.to_be_bytes());
    }
    Ok(file)
}

/// The 3DO header: a task's item node with priority, stack and quantum. The build
/// time stays zero, so that the same source always gives the same bytes.
fn header_3do(name: &str, options: &Options) -> [u8; 0x80] {
    const KERNEL_NODE: u8 = 1;
    const TASK_NODE: u8 = 5;
    const OS_VERSION: u8 = 24;
    let mut header = [0; 0x80];
    header[0x08] = KERNEL_NODE;
    header[0x09] = TASK_NODE;
    header[0x0A] = options.priority;
    header[0x0F] = 0x80; // n_Size
    header[0x14] = 1; // version
    header[0x25] = OS_VERSION;
    header[0x28..0x2C].copy_from_slice(&options.stack.to_be_bytes());
    header[0x38..0x3C].copy_from_slice(&options.quantum.to_be_bytes());
    let name = &name.as_bytes()[..name.len().min(31)];
    header[0x40..0x40 + name.len()].copy_from_slice(name);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried() -> Carried {
        Carried {
            self_reloc: vec![0xAA; 8],
            zero_init: vec![0xBB; 4],
        }
    }

    #[test]
    fn words_that_move_with_the_base_are_relocations() {
        let low = [0, 0, 1, 0, 0xE1, 0xA0, 0, 0, 0, 0, 1, 8];
        let high = [0, 1, 1, 0, 0xE1, 0xA0, 0, 0, 0, 1, 1, 8];
        assert_eq!(relocations(&low, &high, 0x10000), Ok(vec![0, 8]));
    }

    #[test]
    fn other_differences_are_refused() {
        assert!(relocations(&[0, 0, 0, 1], &[0, 0, 0, 3], 0x10000).is_err());
        assert!(relocations(&[0, 0], &[0, 0], 0x10000).is_err());
    }

    #[test]
    fn a_branch_reaches_its_target() {
        // Typical words of a program file: entry, zero-init.
        assert_eq!(branch_link(0x0C, 0x100), 0xEB00_003B);
        assert_eq!(branch_link(0x08, 0x40), 0xEB00_000C);
    }

    #[test]
    fn a_file_has_headers_image_code_and_list() {
        let image = Image {
            bytes: vec![1; 16],
            read_only: 12,
            zero_init: 8,
            relocations: vec![4],
        };
        let file = write("x", &image, &carried(), &Options::default()).unwrap();
        let at = |o: usize| u32::from_be_bytes(file[o..o + 4].try_into().unwrap());
        assert_eq!(file.len(), 0x100 + 16 + 8 + 8);
        assert_eq!((at(0x14), at(0x18), at(0x20)), (0x10C, 4, 8));
        assert_eq!((at(0x2C), at(0x80 + 0x28)), (0x4000_0000, 0x2000));
        assert_eq!((at(0x118), at(0x11C)), (0x104, u32::MAX));
    }

    #[test]
    fn options_come_from_the_source() {
        let options = Options::from_source("@ text\n@ aif: base=0x80 header=none quantum=5000\n");
        let expected = Options {
            base: 0x80,
            header_3do: false,
            quantum: 5000,
            ..Options::default()
        };
        assert_eq!(options, Ok(expected));
        assert!(Options::from_source("@ aif: colour=red").is_err());
    }
}
