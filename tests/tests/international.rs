//! The International folio as its pages have it.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::{Parts, Status};
use emu_core::kernel::portfolio::international::{Locale, NumericSpec, Sign};
use emu_core::kernel::portfolio::items::Item;
use emu_core::mem::GuestPtr;
use tests::guest::{Guest, Tags, Word, both_profiles};

const LOCALE: u32 = 0x901;

const fn standard(number: u8) -> Status {
    Parts::severe(b'F', b"IN", 0, number).code()
}
const fn own(number: u8) -> Status {
    Parts::severe(b'F', b"IN", 1, number).code()
}
const BADITEM: Status = standard(1);
const BADTAG: Status = standard(2);
const NOTSUPPORTED: Status = standard(16);
const BADRESULTBUFFER: Status = own(1);
const BUFFERTOOSMALL: Status = own(2);
const BADNUMERICSPEC: Status = own(3);
const FRACTOOLARGE: Status = own(4);
const IMPOSSIBLEDATE: Status = own(5);
const BADGREGORIANDATE: Status = own(6);
const BADDATESPEC: Status = own(7);
const BADCHARACTERSET: Status = own(9);
const BADSOURCEBUFFER: Status = own(10);
const BADFLAGS: Status = own(11);

/// No memory of a program.
const WILD: u32 = 0x30_0000;

/// intlOpenLocale.
fn open(g: &mut Guest) -> Item {
    g.item_from("FindAndOpenItem", &[LOCALE, 0])
}

fn wide(g: &mut Guest, text: &str) -> u32 {
    let bytes: Vec<u8> = text
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_be_bytes)
        .collect();
    let at = g.alloc(bytes.len() as u32);
    g.write_bytes(at, &bytes);
    at
}

fn read_wide(g: &Guest, at: u32) -> String {
    let units: Vec<u16> = (0..200)
        .map(|n| {
            let bytes = g.read_bytes(at + n * 2, 2);
            u16::from(bytes[0]) << 8 | u16::from(bytes[1])
        })
        .take_while(|&unit| unit != 0)
        .collect();
    String::from_utf16(&units).expect("text")
}

/// A number in the customs of a spec of the Locale.
struct Number {
    whole: u32,
    fraction: u32,
    negative: bool,
    with_fraction: bool,
}

fn number(g: &mut Guest, locale: Item, spec: u32, n: &Number) -> Result<String, Status> {
    let result = g.alloc(128);
    let (negative, with) = (n.negative.into(), n.with_fraction.into());
    let count = g.call(
        "FormatNumber",
        &[
            locale.word(),
            spec,
            n.whole,
            n.fraction,
            negative,
            with,
            result,
            128,
        ],
    );
    text_of(g, result, count)
}

fn text_of(g: &Guest, result: u32, count: Status) -> Result<String, Status> {
    if count.is_error() {
        return Err(count);
    }
    let text = read_wide(g, result);
    assert_eq!(text.encode_utf16().count() as i32, count.0);
    Ok(text)
}

fn date_at(g: &mut Guest, year: u32, month: u32, rest: [u8; 4]) -> u32 {
    let [day, hour, minute, second] = rest.map(u32::from);
    g.words(&[year, month, day << 24 | hour << 16 | minute << 8 | second])
}

fn date(g: &mut Guest, locale: Item, spec: &str, date: u32) -> Result<String, Status> {
    let (spec, result) = (wide(g, spec), g.alloc(128));
    let count = g.call("FormatDate", &[locale.word(), spec, date, result, 128]);
    text_of(g, result, count)
}

/// There is one Locale; opens are counted, and its fields say what country it is of.
#[test]
fn the_locale_is_american_english() {
    both_profiles(|g| {
        let locale = open(g);
        assert_eq!(open(g), locale);
        let found = g.call("CheckItem", &[locale.word(), 9, 1]).word();
        assert_eq!(found, g.ptr::<Locale>(locale).addr());
        assert_eq!(g.field(locale, Locale::loc_Language), 0x656E_0000);
        assert_eq!(g.field(locale, Locale::loc_Country), 840);
        let dialects = g.field(locale, Locale::loc_Dialects);
        assert_eq!((g.read(dialects), g.read(dialects + 4)), (1, 0));
        assert_eq!(g.field(locale, Locale::loc_MeasuringSystem), 0);
        assert_eq!(g.field(locale, Locale::loc_CalendarType), 2);
        assert_eq!(g.field(locale, Locale::loc_DrivingType), 1);
        let close = |g: &mut Guest| g.call("CloseItem", &[locale.word()]);
        assert_eq!(close(g), Status::OK);
        assert_eq!(close(g), Status::OK);
        assert!(close(g).is_error(), "closed more often than opened");
        let tags = g.words(&[10, 1, 0]);
        assert_eq!(g.call("FindAndOpenItem", &[LOCALE, tags]), BADTAG);
        assert_eq!(g.create(LOCALE, Tags::new()), NOTSUPPORTED);
        assert!(g.delete(locale).is_error());
    });
}

#[test]
fn numbers_and_money() {
    both_profiles(|g| {
        let locale = open(g);
        let base = g.ptr::<Locale>(locale);
        let numbers = base.at(Locale::loc_Numbers).addr();
        let money = base.at(Locale::loc_Currency).addr();
        let cents = base.at(Locale::loc_SmallCurrency).addr();
        for (spec, whole, fraction, negative, with_fraction, text) in [
            (numbers, 0, 0, false, true, "0"),
            (numbers, 0, 0, true, true, "0"),
            (numbers, 999, 0, false, false, "999"),
            (numbers, 1000, 500_000_000, true, true, "-1,000.5"),
            (
                numbers,
                u32::MAX,
                400_000,
                false,
                true,
                "4,294,967,295.0004",
            ),
            (numbers, 5, 999_999_999, false, false, "5"),
            (money, 0, 20_000_000, false, true, "$0.02"),
            (money, 1_234_567, 899_999_999, false, true, "$1,234,567.89"),
            (money, 12, 0, true, true, "-$12.00"),
            (cents, 99, 0, false, true, "99\u{A2}"),
        ] {
            let n = Number {
                whole,
                fraction,
                negative,
                with_fraction,
            };
            assert_eq!(number(g, locale, spec, &n), Ok(text.to_owned()));
        }
    });
}

/// A NumericSpec of the program's own: groups of other sizes, behind the radix too.
#[test]
fn a_spec_of_ones_own() {
    both_profiles(|g| {
        let locale = open(g);
        let (dot, comma, blank) = (wide(g, "."), wide(g, ","), wide(g, " "));
        let (format, none) = (wide(g, "<%12s|%-4.2s>%%"), wide(g, "none"));
        let mut words = vec![0b101, dot, comma, 0b10, blank, format, 4, 20];
        words.extend([0, 0, 0, 0, 0, 0, 0, 0, none, 0]);
        let spec = g.words(&words);
        let mut n = Number {
            whole: 12345,
            fraction: 123_456_700,
            negative: false,
            with_fraction: true,
        };
        let text = number(g, locale, spec, &n);
        assert_eq!(text, Ok("<12.34.5,12 34567|12  >%".to_owned()));
        n.fraction = 0;
        let text = number(g, locale, spec, &n);
        assert_eq!(text, Ok("<12.34.5,00 00|12  >%".to_owned()));
        n.negative = true;
        let text = number(g, locale, spec, &n);
        assert_eq!(text, Ok("12345".to_owned()), "all pointers are null");
        n.whole = 0;
        assert_eq!(number(g, locale, spec, &n), Ok("none".to_owned()));

        n.fraction = 1_000_000_000;
        assert_eq!(number(g, locale, spec, &n), Err(FRACTOOLARGE));
        n.fraction = 1;
        assert_eq!(number(g, Item(1), spec, &n), Err(BADITEM));
        for bad in [0, WILD] {
            assert_eq!(number(g, locale, bad, &n), Err(BADNUMERICSPEC));
        }
        n.negative = false;
        let at = GuestPtr::<NumericSpec>::new(spec).at(NumericSpec::ns_Pos);
        g.write(at.at(Sign::Radix).addr(), WILD);
        assert_eq!(number(g, locale, spec, &n), Err(BADNUMERICSPEC));
        // A minimum of four billion digits is no work.
        g.write(at.at(Sign::Radix).addr(), dot);
        g.write(at.at(Sign::MinFractionalDigits).addr(), u32::MAX);
        g.write(at.at(Sign::MaxFractionalDigits).addr(), u32::MAX);
        assert_eq!(number(g, locale, spec, &n), Err(BUFFERTOOSMALL));
    });
}

/// Every command, and the rules of printf for width, limit and padding.
#[test]
fn dates() {
    both_profiles(|g| {
        let locale = open(g);
        let at = date_at(g, 1995, 3, [5, 15, 4, 9]);
        let texts = [
            ("%W %w, %D %N %n %O %Y", "Sunday Sun, 5 March Mar 3 1995"),
            ("%H:%02M:%2S|%h %P", "15:04: 9|3 PM"),
            ("%.2Y|%-4D|%06Y|%.9D|%2.2N|%%", "95|5   |001995|5|Ma|%"),
        ];
        for (spec, text) in texts {
            assert_eq!(date(g, locale, spec, at), Ok(text.to_owned()), "{spec}");
        }
        let midnight = date_at(g, 2000, 2, [29, 0, 0, 0]);
        let text = date(g, locale, "%h %P %w", midnight);
        assert_eq!(text, Ok("12 AM Tue".to_owned()));

        let base = g.ptr::<Locale>(locale);
        for (field, text) in [
            (Locale::loc_Date, "Sunday, March 5, 1995"),
            (Locale::loc_ShortDate, "3/5/95"),
            (Locale::loc_Time, "3:04:09 PM"),
            (Locale::loc_ShortTime, "3:04 PM"),
        ] {
            let spec = read_wide(g, g.peek(base.at(field)));
            assert_eq!(date(g, locale, &spec, at), Ok(text.to_owned()));
        }
        for spec in ["%", "%5", "%q"] {
            assert_eq!(date(g, locale, spec, at), Err(BADDATESPEC), "{spec}");
        }
        let huge = date(g, locale, "%4000000000D", at);
        assert_eq!(huge, Err(BUFFERTOOSMALL));
        for (year, month, rest, error) in [
            (1995, 2, [30, 0, 0, 0], IMPOSSIBLEDATE),
            (1995, 13, [1, 0, 0, 0], BADGREGORIANDATE),
            (1995, 1, [1, 24, 0, 0], BADGREGORIANDATE),
            (0, 1, [1, 0, 0, 0], BADGREGORIANDATE),
        ] {
            let at = date_at(g, year, month, rest);
            assert_eq!(date(g, locale, "%D", at), Err(error));
        }
        assert_eq!(date(g, locale, "%D", WILD), Err(BADGREGORIANDATE));
        assert_eq!(date(g, Item(0), "%D", at), Err(BADITEM));
        let result = g.alloc(16);
        for spec in [0, WILD] {
            let answer = g.call("FormatDate", &[locale.word(), spec, at, result, 16]);
            assert_eq!(answer, BADDATESPEC);
        }
    });
}

/// A result ends with a zero wherever there is room for one.
#[test]
fn results_stay_in_their_buffers() {
    both_profiles(|g| {
        let locale = open(g);
        let text = wide(g, "abc");
        let convert = |g: &mut Guest, result: u32, size: u32| {
            g.call("ConvertString", &[locale.word(), text, result, size, 0])
        };
        for (size, answer, written) in [
            (0, BUFFERTOOSMALL, None),
            (1, BUFFERTOOSMALL, None),
            (2, BUFFERTOOSMALL, Some("")),
            (7, BUFFERTOOSMALL, Some("ab")),
            (8, Status(3), Some("abc")),
            (u32::MAX, Status(3), Some("abc")),
        ] {
            let result = g.alloc(16);
            g.write_bytes(result, &[0x55; 16]);
            assert_eq!(convert(g, result, size), answer, "{size}");
            match written {
                Some(written) => assert_eq!(read_wide(g, result), written),
                None => assert_eq!(g.read_bytes(result, 16), [0x55; 16]),
            }
            let used = written.map_or(0, |text| text.len() as u32 * 2 + 2);
            let rest = g.read_bytes(result + used, 16 - used);
            assert!(rest.iter().all(|&byte| byte == 0x55), "{size}");
        }
        for result in [0, 0x100, WILD] {
            assert_eq!(convert(g, result, 8), BADRESULTBUFFER, "{result:#x}");
        }
    });
}

#[test]
fn strings_are_compared_and_converted() {
    both_profiles(|g| {
        let locale = open(g);
        let text = |g: &mut Guest, text| wide(g, text);
        for (one, other, order) in [("b", "a", 1), ("a", "B", -1), ("é", "é", 0), ("é", "f", -1)]
        {
            let (one, other) = (text(g, one), text(g, other));
            let answer = g.call("CompareStrings", &[locale.word(), one, other]);
            assert_eq!(answer, Status(order));
        }
        let source = text(g, "Çâ va, Ωｶ");
        let result = g.alloc(64);
        let convert = |g: &mut Guest, flags| {
            let count = g.call("ConvertString", &[locale.word(), source, result, 64, flags]);
            text_of(g, result, count)
        };
        for (flags, text) in [
            (0, "Çâ va, Ωｶ"),
            (1, "ÇÂ VA, Ωｶ"),
            (2, "çâ va, Ωｶ"),
            (4, "Ca va, Ωｶ"),
            (5, "CA VA, Ωｶ"),
            (6, "ca va, Ωｶ"),
            (16, "Çâ va, Ωｶ"),
        ] {
            assert_eq!(convert(g, flags), Ok(text.to_owned()), "{flags}");
        }
        for flags in [3, 24, 32, u32::MAX] {
            assert_eq!(convert(g, flags), Err(BADFLAGS));
        }
        for bad in [0, WILD] {
            let l = locale.word();
            let answer = g.call("ConvertString", &[l, bad, result, 64, 0]);
            assert_eq!(answer, BADSOURCEBUFFER);
            assert_eq!(g.call("CompareStrings", &[l, source, bad]), BADSOURCEBUFFER);
        }
        assert_eq!(g.call("CompareStrings", &[3, source, source]), BADITEM);
        assert_eq!(
            g.call("ConvertString", &[3, source, result, 64, 0]),
            BADITEM
        );
    });
}

/// With a Japanese locale kana are known too.
#[test]
fn kana_have_widths_in_japan() {
    both_profiles(|g| {
        let locale = open(g);
        let source = wide(g, "aカﾞ漢ひヴ");
        let result = g.alloc(64);
        let attrs =
            |g: &mut Guest, c: char| g.call("GetCharAttrs", &[locale.word(), c as u32]).word();
        assert_eq!(attrs(g, 'カ'), 0);
        let language = g.ptr::<Locale>(locale).at(Locale::loc_Language);
        g.write(language.addr(), 0x6A61_0000);
        for (flags, text) in [(8, "aｶﾞ漢ひｳﾞ"), (16, "aガ漢ひヴ")] {
            let count = g.call("ConvertString", &[locale.word(), source, result, 64, flags]);
            assert_eq!(text_of(g, result, count), Ok(text.to_owned()));
        }
        assert_eq!(attrs(g, 'カ'), 0x300);
        assert_eq!(attrs(g, 'ｶ'), 0x280);
        assert_eq!(attrs(g, 'か'), 0x400);
        assert_eq!(attrs(g, '漢'), 0x800);
    });
}

#[test]
fn characters_have_attributes() {
    both_profiles(|g| {
        let locale = open(g);
        for (character, attributes) in [
            ('A', 1),
            ('É', 1),
            ('a', 2),
            ('ß', 2),
            ('!', 4),
            ('«', 4),
            ('7', 8),
            ('½', 16),
            (' ', 64),
            ('\u{A0}', 64),
            ('\t', 64),
            ('\u{1}', 0),
            ('Ω', 0),
        ] {
            let got = g.call("GetCharAttrs", &[locale.word(), character as u32]);
            assert_eq!(got, Status(attributes), "{character:?}");
        }
        assert_eq!(g.call("GetCharAttrs", &[2, 65]), BADITEM);
    });
}

/// Sets by their numbers: 0 ASCII, 1 Unicode, 2 Shift-JIS, 3 romaji, 4 to 6 kana.
#[test]
fn character_sets() {
    both_profiles(|g| {
        let unicode = wide(g, "é漢A");
        let result = g.alloc(64);
        let go = |g: &mut Guest, at: u32, from: u32, to: u32, size: u32| {
            g.call(
                "TransliterateString",
                &[at, from, result, to, size, u32::from(b'#')],
            )
        };
        assert_eq!(go(g, unicode, 1, 0, 64), Status(3));
        assert_eq!(g.read_bytes(result, 4), b"\xE9#A\0");
        assert_eq!(go(g, unicode, 1, 2, 64), Status(4), "bytes");
        assert_eq!(g.read_bytes(result, 5), b"#\x8A\xBFA\0");
        let romaji = g.string("kya");
        assert_eq!(go(g, romaji, 3, 5, 64), Status(4));
        assert_eq!(g.read_bytes(result, 5), b"\x83\x4C\x83\x83\0");
        assert_eq!(go(g, romaji, 3, 1, 64), Status(3));
        assert_eq!(read_wide(g, result), "kya");
        assert_eq!(go(g, romaji, 0, 1, 6), BUFFERTOOSMALL);
        assert_eq!(read_wide(g, result), "ky");
        for (from, to) in [(7, 0), (0, 7), (u32::MAX, 0)] {
            assert_eq!(go(g, romaji, from, to, 64), BADCHARACTERSET);
        }
        for bad in [0, WILD] {
            assert_eq!(go(g, bad, 0, 1, 64), BADSOURCEBUFFER);
        }
    });
}
