//! The formatter of the print core (kernel sheet 10.3).
//!
//! It goes from a template and argument words to
//! bytes. Pure: the stores that `%n` asks for are returned, not made.
//!
//! What the sheet leaves open and is decided here: `%p` is eight lower-case hexadecimal digits;
//! a null `%s` prints `(null)`; a conversion that does not exist is printed as it stands; a
//! floating conversion takes two argument words and prints `0.0`.

use crate::mem::{BadAccess, CString, GuestPtr, MEMORY_END, Memory, Refusal};

/// Bytes of output after which formatting stops: no program prints as much at once, and a
/// width of a thousand million must not take the host's memory.
pub(crate) const LONGEST_TEXT: usize = 1 << 20;

/// What a template became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Formatted {
    /// The characters, at most [`LONGEST_TEXT`].
    pub bytes: Vec<u8>,
    /// Where `%n` wants a count to be stored, and the count.
    pub counts: Vec<(u32, u32)>,
    /// Whether the text was longer.
    pub cut: bool,
}

/// Argument words by their index.
type NextArg<'a> = &'a mut dyn FnMut(u32) -> Result<u32, BadAccess>;

/// One conversion as it stands in the template.
#[derive(Clone, Copy, Debug, Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    short: bool,
    width: usize,
    precision: Option<usize>,
    /// The argument it names, if it names one.
    position: Option<u32>,
}

struct Formatter<'a> {
    mem: &'a Memory,
    template: &'a [u8],
    at: usize,
    next_arg: NextArg<'a>,
    index: u32,
    out: Formatted,
}

/// Formats a guest's template. `next_arg` gives argument word `n`, counted from 0.
pub(crate) fn format(
    mem: &Memory,
    template: GuestPtr<CString>,
    next_arg: &mut dyn FnMut(u32) -> Result<u32, BadAccess>,
) -> Result<Formatted, BadAccess> {
    let mut formatter = Formatter {
        mem,
        template: string_at(mem, template.addr(), usize::MAX)?,
        at: 0,
        next_arg,
        index: 0,
        out: Formatted::default(),
    };
    formatter.run()?;
    Ok(formatter.out)
}

/// The bytes of a string up to its end or to `max`. Low memory can be read, as by any load.
fn string_at(mem: &Memory, addr: u32, max: usize) -> Result<&[u8], BadAccess> {
    let room = mem.bytes(addr, MEMORY_END.saturating_sub(addr));
    let room = room.unwrap_or_default();
    let window = &room[..room.len().min(max)];
    match window.iter().position(|&byte| byte == 0) {
        Some(end) => Ok(&window[..end]),
        None if window.len() == max => Ok(window),
        None => Err(BadAccess {
            addr: addr.max(MEMORY_END),
            write: false,
            why: Refusal::NoMemory,
        }),
    }
}

impl Formatter<'_> {
    fn run(&mut self) -> Result<(), BadAccess> {
        while let Some(rest) = self.template.get(self.at..)
            && !rest.is_empty()
            && !self.out.cut
        {
            let plain = rest.iter().position(|&byte| byte == b'%');
            let plain = plain.unwrap_or(rest.len());
            self.put(&rest[..plain]);
            self.at += plain;
            if plain < rest.len() {
                self.conversion()?;
            }
        }
        Ok(())
    }

    fn room(&self) -> usize {
        LONGEST_TEXT - self.out.bytes.len()
    }

    fn put(&mut self, bytes: &[u8]) {
        let fits = bytes.len().min(self.room());
        self.out.bytes.extend_from_slice(&bytes[..fits]);
        self.out.cut |= fits < bytes.len();
    }

    fn fill(&mut self, byte: u8, count: usize) {
        let fits = count.min(self.room());
        let len = self.out.bytes.len();
        self.out.bytes.resize(len + fits, byte);
        self.out.cut |= fits < count;
    }

    fn peek(&self) -> Option<u8> {
        self.template.get(self.at).copied()
    }

    /// A decimal number in the template; as large as it needs to be, at most.
    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        let mut value: usize = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = (value * 10 + usize::from(digit - b'0')).min(LONGEST_TEXT + 1);
            self.at += 1;
        }
        (self.at > start).then_some(value)
    }

    /// `n$`, which names an argument.
    fn position(&mut self) -> Option<u32> {
        let start = self.at;
        if let Some(n) = self.number()
            && n > 0
            && self.peek() == Some(b'$')
        {
            self.at += 1;
            return Some(n as u32 - 1);
        }
        self.at = start;
        None
    }

    fn argument(&mut self, position: Option<u32>) -> Result<u32, BadAccess> {
        match position {
            Some(index) => (self.next_arg)(index),
            None => {
                let index = self.index;
                self.index += 1;
                (self.next_arg)(index)
            }
        }
    }

    /// A number, or `*` for one among the arguments.
    fn size(&mut self) -> Result<Option<i32>, BadAccess> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            let position = self.position();
            return Ok(Some(self.argument(position)? as i32));
        }
        Ok(self.number().map(|n| n as i32))
    }

    fn spec(&mut self) -> Result<Spec, BadAccess> {
        let mut spec = Spec {
            position: self.position(),
            ..Spec::default()
        };
        while let Some(flag) = self.peek() {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        let width = self.size()?.unwrap_or(0);
        spec.left |= width < 0;
        spec.width = width.unsigned_abs() as usize;
        if self.peek() == Some(b'.') {
            self.at += 1;
            let precision = self.size()?.unwrap_or(0);
            spec.precision = usize::try_from(precision).ok();
        }
        while let Some(size @ (b'h' | b'l' | b'L')) = self.peek() {
            spec.short |= size == b'h';
            self.at += 1;
        }
        Ok(spec)
    }

    fn conversion(&mut self) -> Result<(), BadAccess> {
        let start = self.at;
        self.at += 1;
        let spec = self.spec()?;
        let kind = self.peek();
        self.at = (self.at + 1).min(self.template.len());
        match kind {
            Some(b'%') => self.put(b"%"),
            Some(b'd' | b'i') => {
                let word = self.argument(spec.position)? as i32;
                let value = if spec.short {
                    i32::from(word as i16)
                } else {
                    word
                };
                let sign: &[u8] = match value {
                    ..0 => b"-",
                    _ if spec.plus => b"+",
                    _ if spec.space => b" ",
                    _ => b"",
                };
                self.digits(&spec, sign, &value.unsigned_abs().to_string());
            }
            Some(kind @ (b'u' | b'x' | b'X' | b'o' | b'p')) => {
                let word = self.argument(spec.position)?;
                let value = if spec.short { word & 0xFFFF } else { word };
                self.unsigned(spec, kind, value);
            }
            Some(b'c') => {
                let byte = self.argument(spec.position)? as u8;
                self.padded(&spec, &[byte]);
            }
            Some(b's') => {
                let addr = self.argument(spec.position)?;
                // One byte more than there is room for shows that it is too long.
                let max = spec.precision.unwrap_or(usize::MAX);
                let max = max.min(LONGEST_TEXT + 1);
                let text = match addr {
                    0 => &b"(null)"[..max.min(6)],
                    _ => string_at(self.mem, addr, max)?,
                };
                self.padded(&spec, text);
            }
            Some(b'n') => {
                let addr = self.argument(spec.position)?;
                let count = self.out.bytes.len() as u32;
                self.out.counts.push((addr, count));
            }
            Some(b'e' | b'E' | b'f' | b'F' | b'g' | b'G') => {
                if spec.position.is_none() {
                    self.index += 2;
                }
                self.padded(&spec, b"0.0");
            }
            _ => {
                let template = self.template;
                self.put(&template[start..self.at]);
            }
        }
        Ok(())
    }

    fn unsigned(&mut self, mut spec: Spec, kind: u8, value: u32) {
        let mut digits = match kind {
            b'x' | b'p' => format!("{value:x}"),
            b'X' => format!("{value:X}"),
            b'o' => format!("{value:o}"),
            _ => value.to_string(),
        };
        let mut prefix: &[u8] = b"";
        if kind == b'p' {
            spec.precision = Some(spec.precision.unwrap_or(8));
        }
        if spec.alternate && value != 0 {
            match kind {
                b'x' | b'p' => prefix = b"0x",
                b'X' => prefix = b"0X",
                b'o' if spec.precision.is_none_or(|wanted| wanted <= digits.len()) => {
                    digits.insert(0, '0');
                }
                _ => {}
            }
        }
        if spec.alternate && kind == b'o' && value == 0 && spec.precision == Some(0) {
            spec.precision = Some(1);
        }
        self.digits(&spec, prefix, &digits);
    }

    /// Sign or prefix and digits with their padding.
    fn digits(&mut self, spec: &Spec, prefix: &[u8], digits: &str) {
        let digits = match spec.precision {
            Some(0) if digits == "0" => "",
            _ => digits,
        };
        let wanted = spec.precision.unwrap_or(0);
        let mut zeros = wanted.saturating_sub(digits.len());
        let len = prefix.len() + zeros + digits.len();
        let mut blanks = spec.width.saturating_sub(len);
        if spec.zero && !spec.left && spec.precision.is_none() {
            zeros += blanks;
            blanks = 0;
        }
        if !spec.left {
            self.fill(b' ', blanks);
        }
        self.put(prefix);
        self.fill(b'0', zeros);
        self.put(digits.as_bytes());
        if spec.left {
            self.fill(b' ', blanks);
        }
    }

    fn padded(&mut self, spec: &Spec, text: &[u8]) {
        let blanks = spec.width.saturating_sub(text.len());
        if !spec.left {
            self.fill(b' ', blanks);
        }
        self.put(text);
        if spec.left {
            self.fill(b' ', blanks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEMPLATE: u32 = 0x50000;
    const TEXT: u32 = 0x60000;

    fn run(template: &[u8], words: &[u32]) -> Result<Formatted, BadAccess> {
        let mut mem = Memory::new();
        let bytes = mem.bytes_mut(TEMPLATE, template.len() as u32);
        bytes.unwrap().copy_from_slice(template);
        mem.bytes_mut(TEXT, 6).unwrap().copy_from_slice(b"timer\0");
        let end = mem.bytes_mut(MEMORY_END - 4, 4);
        end.unwrap().copy_from_slice(b"last");
        format(&mem, GuestPtr::new(TEMPLATE), &mut |n| {
            Ok(words.get(n as usize).copied().unwrap_or(0xDEAD))
        })
    }

    fn text(template: &str, words: &[u32]) -> String {
        let out = run(template.as_bytes(), words).unwrap();
        assert!(!out.cut);
        String::from_utf8(out.bytes).unwrap()
    }

    const MINUS: u32 = -42_i32 as u32;

    /// Check 44.
    #[test]
    fn the_acceptance_line() {
        assert_eq!(text("%5d|%-4s|%x\n", &[42, TEXT, 0xAB]), "   42|timer|ab\n");
    }

    #[test]
    fn signed() {
        assert_eq!(
            text("%d %i %+d % d %+d", &[42, MINUS, 42, 42, MINUS]),
            "42 -42 +42  42 -42"
        );
        assert_eq!(
            text("[%5d][%-5d][%05d][%-05d]", &[MINUS; 4]),
            "[  -42][-42  ][-0042][-42  ]"
        );
        assert_eq!(
            text("[%.4d][%6.4d][%06.4d][%.0d][%.d]", &[42, 42, 42, 0, 1]),
            "[0042][  0042][  0042][][1]"
        );
        assert_eq!(
            text("%hd %ld %d", &[0x18000, MINUS, 0x8000_0000]),
            "-32768 -42 -2147483648"
        );
    }

    #[test]
    fn unsigned() {
        assert_eq!(
            text("%u %x %X %o", &[MINUS, 0xAB, 0xAB, 8]),
            "4294967254 ab AB 10"
        );
        assert_eq!(
            text("%#x %#X %#o %#x %#o", &[0xAB, 0xAB, 8, 0, 0]),
            "0xab 0XAB 010 0 0"
        );
        assert_eq!(
            text("%08x|%#08x|%#.0o|%#.4o", &[0xAB, 0xAB, 0, 8]),
            "000000ab|0x0000ab|0|0010"
        );
        assert_eq!(
            text("%p %hu %lx", &[0x2C, 0x1_0001, 0xFFFF_FFFF]),
            "0000002c 1 ffffffff"
        );
    }

    #[test]
    fn characters_and_strings() {
        assert_eq!(
            text("%c%c[%3c][%-3c]%%", &[b'a'.into(), 0x162, 65, 65]),
            "ab[  A][A  ]%"
        );
        assert_eq!(
            text("[%s][%7s][%-7s][%.2s][%.0s]", &[TEXT; 5]),
            "[timer][  timer][timer  ][ti][]"
        );
        assert_eq!(text("%s %.3s", &[0, 0]), "(null) (nu");
        // A precision makes a string without an end readable.
        assert_eq!(text("%.4s", &[MEMORY_END - 4]), "last");
        assert!(run(b"%s", &[MEMORY_END - 4]).is_err());
        assert!(run(b"%s", &[0x30_0000]).is_err());
        assert_eq!(text("%s|", &[0x10]), "|");
    }

    #[test]
    fn stars_and_positions() {
        assert_eq!(
            text("[%*d][%-*d][%*d]", &[4, 1, 4, 2, -4_i32 as u32, 3]),
            "[   1][2   ][3   ]"
        );
        assert_eq!(text("[%.*d][%.*d]", &[3, 1, -1_i32 as u32, 2]), "[001][2]");
        assert_eq!(text("%2$d %1$d", &[1, 2]), "2 1");
        assert_eq!(text("%1$*2$d %d", &[7, 4]), "   7 7");
    }

    #[test]
    fn floating_and_count() {
        assert_eq!(text("%f %5g %d", &[1, 2, 3, 4, 5]), "0.0   0.0 5");
        let out = run(b"abc%nde%n", &[0x100, 0x200]).unwrap();
        assert_eq!(out.bytes, b"abcde");
        assert_eq!(out.counts, [(0x100, 3), (0x200, 5)]);
    }

    #[test]
    fn what_is_no_conversion_is_printed() {
        assert_eq!(text("100% yes %-5q %", &[1]), "100% yes %-5q %");
        assert_eq!(text("", &[]), "");
        assert_eq!(text("%0$d", &[1]), "%0$d");
    }

    #[test]
    fn output_is_bounded() {
        for template in [
            "%999999999d",
            "%.999999999d",
            "%-99999999999999999999s|",
            "%*d",
        ] {
            let out = run(template.as_bytes(), &[TEXT, 0x7FFF_FFFF]).unwrap();
            if template == "%*d" {
                assert_eq!(out.bytes.len(), TEXT as usize);
            } else {
                assert_eq!(
                    (out.bytes.len(), out.cut),
                    (LONGEST_TEXT, true),
                    "{template}"
                );
            }
        }
        let out = run(b"%*d", &[0x8000_0000, 1]).unwrap();
        assert_eq!((out.bytes.len(), out.cut), (LONGEST_TEXT, true));
    }

    #[test]
    fn an_argument_that_cannot_be_read_is_an_error() {
        let mem = Memory::new();
        let refused = mem.check_readable(0x30_0000, 4).unwrap_err();
        let result = format(&mem, GuestPtr::new(0x30_0000), &mut |_| Ok(0));
        assert_eq!(result, Err(refused));
        let mut mem = mem;
        mem.bytes_mut(TEMPLATE, 2).unwrap().copy_from_slice(b"%d");
        let result = format(&mem, GuestPtr::new(TEMPLATE), &mut |_| Err(refused));
        assert_eq!(result, Err(refused));
    }

    proptest! {
        #[test]
        fn no_template_panics(
            template in "[%%%*.$#+ 0-9hldiuxXopcsnfgq-]{0,40}",
            words in prop::collection::vec(any::<u32>(), 0..8),
        ) {
            if let Ok(out) = run(template.as_bytes(), &words) {
                prop_assert!(out.bytes.len() <= LONGEST_TEXT);
            }
        }

        #[test]
        fn plain_numbers_are_the_hosts(value in any::<i32>(), width in 0_u32..20) {
            let expected = std::format!("{value:>w$}|{:x}", value, w = width as usize);
            prop_assert_eq!(text("%*d|%x", &[width, value as u32, value as u32]), expected);
        }
    }
}
