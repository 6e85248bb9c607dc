//! The JString folio: every call, its buffers, its faults.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{Parts, Status};
use emu_core::machine::Stop;
use tests::guest::{Guest, both_profiles};

const BUFFERTOOSMALL: Status = Parts::severe(b'F', b"JS", 1, 1).code();

/// Text in Shift-JIS, of the few characters that the tests use.
fn sjis(text: &str) -> Vec<u8> {
    text.chars()
        .flat_map(|c| match c {
            'か' => vec![0x82, 0xA9],
            'が' => vec![0x82, 0xAA],
            'カ' => vec![0x83, 0x4A],
            'ガ' => vec![0x83, 0x4B],
            'ｶ' => vec![0xB6],
            'ﾞ' => vec![0xDE],
            '漢' => vec![0x8A, 0xBF],
            'Ａ' => vec![0x82, 0x60],
            c => vec![u8::try_from(c).expect("ASCII")],
        })
        .collect()
}

fn go(g: &mut Guest, call: &str, text: &[u8], size: u32) -> (Status, Vec<u8>) {
    let source = g.alloc(text.len() as u32 + 2);
    g.write_bytes(source, text);
    let result = g.alloc(64);
    g.write_bytes(result, &[0x55; 64]);
    let answer = g.call(call, &[source, result, size, u32::from(b'~')]);
    let written = g.read_bytes(result, 64);
    let end = written.iter().rposition(|&byte| byte != 0x55);
    (answer, written[..end.map_or(0, |end| end + 1)].to_vec())
}

/// Each of the sixteen calls does what its name says, and ends its result with a zero.
#[test]
fn every_call_converts() {
    both_profiles(|g| {
        let wide = [0, 0x61, 0x6F, 0x22, 0xFF, 0x76];
        let rows = [
            (
                "ShiftJIS2UniCode",
                sjis("a漢ｶ"),
                [&wide[..], &[0]].concat(),
                3,
            ),
            ("UniCode2ShiftJIS", wide.to_vec(), sjis("a漢ｶ"), 4),
            ("ShiftJIS2ASCII", sjis("aＡ漢"), sjis("aA~"), 3),
            ("ASCII2ShiftJIS", b"a\xE9".to_vec(), sjis("a~"), 2),
            ("Romaji2Hiragana", sjis("KA ga"), sjis("か が"), 5),
            ("Romaji2FullKana", sjis("kaq"), sjis("カ~"), 3),
            ("Romaji2HalfKana", sjis("ga"), sjis("ｶﾞ"), 2),
            ("Hiragana2Romaji", sjis("かが漢"), sjis("kaga~"), 5),
            ("Hiragana2FullKana", sjis("かが"), sjis("カガ"), 4),
            ("Hiragana2HalfKana", sjis("が"), sjis("ｶﾞ"), 2),
            ("FullKana2Hiragana", sjis("カガ"), sjis("かが"), 4),
            ("FullKana2HalfKana", sjis("ガカ"), sjis("ｶﾞｶ"), 3),
            ("FullKana2Romaji", sjis("ガ"), sjis("ga"), 2),
            ("HalfKana2Hiragana", sjis("ｶﾞｶ"), sjis("がか"), 4),
            ("HalfKana2FullKana", sjis("ｶﾞｶ"), sjis("ガカ"), 4),
            ("HalfKana2Romaji", sjis("ｶﾞｶ"), sjis("gaka"), 4),
        ];
        for (call, text, expected, count) in rows {
            let (answer, written) = go(g, call, &text, 64);
            assert_eq!(answer, Status(count), "{call}");
            assert_eq!(written, [&expected[..], &[0]].concat(), "{call}");
        }
    });
}

/// What fits is written, in whole characters.
#[test]
fn small_buffers_are_not_left() {
    both_profiles(|g| {
        for (size, written) in [
            (0, vec![]),
            (1, vec![0]),
            (2, vec![0]),
            (4, [sjis("カ"), vec![0]].concat()),
        ] {
            let (answer, got) = go(g, "Hiragana2FullKana", &sjis("かが"), size);
            assert_eq!(answer, BUFFERTOOSMALL, "{size}");
            assert_eq!(got, written, "{size}");
        }
        let (answer, _) = go(g, "Hiragana2FullKana", &sjis("かが"), 5);
        assert_eq!(answer, Status(4));
    });
}

/// A vector is the caller's own code: a wild pointer is its fault.
#[test]
fn wild_pointers_are_faults() {
    both_profiles(|g| {
        let result = g.alloc(16);
        g.begin_call("ShiftJIS2ASCII", &[0x30_0000, result, 16, 0]);
        assert!(matches!(g.run_to_stop(), Stop::Fault(_)));
    });
    both_profiles(|g| {
        let text = g.string("a");
        g.begin_call("ShiftJIS2ASCII", &[text, 0x100, 16, 0]);
        assert!(matches!(g.run_to_stop(), Stop::Fault(_)));
    });
}
