//! What guests print, and the texts of errors: acceptance checks 44 and 45 (kernel sheet 11.2)
//! and section 10.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{BADITEM, BADPTR, Status};
use tests::guest::{Guest, Word, both_profiles};

/// The C library's way of printing: vector 21 with a put-character function that calls kprintf
/// once for each character. Returns what the vector returned.
fn printf(g: &mut Guest, format: &str, values: &[u32]) -> Status {
    let one = g.string("%c");
    let putc = g.words(&[
        0xE1A0_1000, // mov r1, r0
        0xE59F_0004, // ldr r0, [pc, #4]
        0xEF01_000E, // swi kprintf
        0xE1A0_F00E, // mov pc, lr
        one,
    ]);
    let format = g.string(format);
    let values = g.words(values);
    g.vec(21, &[0, format, values, 0, putc])
}

/// Check 44: a formatted line appears once and right.
#[test]
fn check_44_printf() {
    both_profiles(|g| {
        let word = g.string("ab");
        let count = printf(g, "%5d|%-4s|%x\n", &[(-42_i32) as u32, word, 0xBEEF]);
        assert_eq!(g.console(), "  -42|ab  |beef\n");
        assert_eq!(count, Status(16));
    });
}

/// 10.3: conversions, flags, width and precision from arguments, positions, %n.
#[test]
fn the_print_core() {
    both_profiles(|g| {
        let text = g.string("abcdef");
        let count = g.alloc(4);
        let lines: [(&str, &[u32], &str); 9] = [
            ("%d %i %u", &[u32::MAX, 7, u32::MAX], "-1 7 4294967295"),
            ("%x %X %o %c", &[0xAB, 0xAB, 8, 65], "ab AB 10 A"),
            ("[%.3s][%10s]", &[text, text], "[abc][    abcdef]"),
            ("[%*d][%-*d]", &[4, 5, 4, 5], "[   5][5   ]"),
            ("%+d % d %05d %#x", &[5, 5, 42, 255], "+5  5 00042 0xff"),
            ("%2$d %1$d", &[1, 2], "2 1"),
            ("100%%", &[], "100%"),
            ("%ld", &[123_456], "123456"),
            ("abc%n!", &[count], "abc!"),
        ];
        for (format, values, expected) in lines {
            let before = g.console().len();
            let result = printf(g, &format!("{format}\n"), values);
            assert_eq!(&g.console()[before..], format!("{expected}\n"), "{format}");
            assert_eq!(result, Status(expected.len() as i32 + 1), "{format}");
        }
        assert_eq!(g.read(count), 3, "%n");
    });
}

/// 10.2: kprintf takes three values from registers, more from the stack; control codes stop
/// and start the output; unprintable bytes are dropped.
#[test]
fn kprintf() {
    both_profiles(|g| {
        let format = g.string("%d %d %d %d %d\n");
        g.call("kprintf", &[format, 1, 2, 3, 4, 5]);
        assert_eq!(g.console(), "1 2 3 4 5\n");
        for line in ["a\u{1}hidden\n", "still hidden\u{2}b\u{7}c\n"] {
            let line = g.string(line);
            g.call("kprintf", &[line]);
        }
        assert_eq!(g.console(), "1 2 3 4 5\nabc\n");
        let for_good = g.string("d\u{4}\u{2}never\n");
        g.call("kprintf", &[for_good]);
        let all = g.string("never\n");
        g.call("kprintf", &[all]);
        g.begin_call("ExitTask", &[0]);
        g.run_to_stop();
        assert_eq!(g.console(), "1 2 3 4 5\nabc\nd");
    });
}

/// Check 45: GetSysErr of BADITEM names folio and module; numbers that are no errors.
#[test]
fn check_45_getsyserr() {
    both_profiles(|g| {
        let buffer = g.alloc(256);
        let length = g.call("GetSysErr", &[buffer, 256, BADITEM.word()]);
        let text = g.text(buffer);
        assert!(text.starts_with("FKr-Severe-System-Standard-"), "{text}");
        let whole = g.read_bytes(buffer, length.0 as u32 + 1);
        assert_eq!(whole.last(), Some(&0));
        assert!(!whole[..length.0 as usize].contains(&0));
        g.call("GetSysErr", &[buffer, 256, 5]);
        assert_eq!(g.text(buffer), "<5, not an error>");
        g.call("GetSysErr", &[buffer, 256, u32::MAX]);
        assert_eq!(g.text(buffer), "<-1, generic error>");
    });
}

/// 9.4: the buffer: size 0, too small, not writable.
#[test]
fn getsyserr_and_its_buffer() {
    both_profiles(|g| {
        let buffer = g.alloc(64);
        let code = BADITEM.word();
        assert_eq!(g.call("GetSysErr", &[0x8000, 0, code]), Status(0));
        assert_eq!(g.call("GetSysErr", &[0x8000, 64, code]), BADPTR);
        g.write_bytes(buffer, &[0xEE; 64]);
        assert_eq!(g.call("GetSysErr", &[buffer, 5, code]), Status(4));
        assert_eq!(g.read_bytes(buffer + 4, 2), [0, 0xEE]);
        assert_eq!(g.call("GetSysErr", &[buffer, 1, code]), Status(0));
        assert_eq!(g.read_bytes(buffer, 1), [0]);
    });
}
