//! Scripts read, and every way to write one wrong.

mod pods;

use super::*;
use emu_core::loader::opera_fs::writer::pack;

fn one(line: &str) -> Result<Line, String> {
    let mut lines = parse(line).map_err(|(number, error)| format!("{number}: {error}"))?;
    assert_eq!(lines.len(), 1);
    Ok(lines.remove(0))
}

fn media(line: &str) -> MediaEvent {
    match one(line).expect(line).action {
        Action::Media(event) => event,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn every_action_is_read() {
    assert_eq!(media("vbl:1 disc open"), MediaEvent::Open);
    assert_eq!(media("vbl:1\tdisc  close "), MediaEvent::Close);
    assert_eq!(media("vbl:1 disc remove"), MediaEvent::Insert(None));
    assert_eq!(media("vbl:1 disc fail 150"), MediaEvent::FailFrame(150));
    assert_eq!(
        media("vbl:1 disc slow 449999 250ms"),
        MediaEvent::SlowFrame {
            frame: 449_999,
            extra: Ticks(3_125_000),
        }
    );
    let line = one("time:1.5 disc insert My second #1.iso").expect("valid");
    assert_eq!(line.action, Action::Insert("My second #1.iso".to_owned()));
    assert_eq!(line.when, Until::Time(Tick(18_750_000)));
}

#[test]
fn the_text_of_the_console_is_bytes_between_quotation_marks() {
    for (text, bytes) in [
        (r#""""#, &b""[..]),
        (r#""dir""#, b"dir"),
        (r#""a b  # c" "#, b"a b  # c"),
        (r#""help\n""#, b"help\n"),
        (r#""\t\\\"\\n""#, b"\t\\\"\\n"),
        (r#""\x00\x7f\xFF\xaB1""#, b"\x00\x7F\xFF\xAB1"),
        ("\"\u{FC}\"", b"\xC3\xBC"),
    ] {
        let line = one(&format!("time:1.5 console {text}")).expect(text);
        assert_eq!(line.action, Action::Console(bytes.to_vec()), "{text}");
        assert_eq!(line.when, Until::Time(Tick(18_750_000)));
    }
}

#[test]
fn texts_that_do_not_end_or_go_on_are_wrong() {
    for (text, words) in [
        ("", "console wants a text in quotation marks"),
        ("help", "such as \"help\\n\""),
        ("\"help", "a closing quotation mark"),
        ("\"help\\\"", "a closing quotation mark"),
        ("\"a\" b", "is followed by \"b\""),
        ("\"a\" # b", "a comment has a line of its own"),
        ("\"a\\", "knows the escapes"),
        ("\"a\\r\"", "not \"\\\\r\\\"\""),
        ("\"\\x\"", "knows the escapes"),
        ("\"\\x0\"", "knows the escapes"),
        ("\"\\x+1\"", "knows the escapes"),
        ("\"\\x0\u{FC}\"", "knows the escapes"),
        ("\"\\\u{FC}\"", "knows the escapes"),
    ] {
        let error = one(&format!("vbl:1 console {text}")).expect_err(text);
        assert!(error.contains(words), "{text}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn what_is_typed_comes_in_the_order_of_the_lines() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    let script = scratch.path().join("script");
    let text = "time:2 console \"b\"\ntime:1 disc open\ntime:1 console \"a\\n\"\n";
    fs::write(&script, text).expect("written");
    let inputs = load(&script, Video::Ntsc, &mut Shelf::new(), &mut Vec::new()).expect("loads");
    let wanted = [
        (Tick(2 * CPU_HZ), Input::Console(b"b".to_vec())),
        (Tick(CPU_HZ), Input::Media(MediaEvent::Open)),
        (Tick(CPU_HZ), Input::Console(b"a\n".to_vec())),
    ];
    assert_eq!(inputs, wanted);
}

#[test]
fn comments_and_empty_lines_do_nothing_but_count() {
    let text = "\u{FEFF}# first\r\n\r\n  vbl:2 disc open\r\n\t# last\r\ntime:0 disc close";
    let lines = parse(text).expect("valid");
    let numbers: Vec<usize> = lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, [3, 5]);
    assert_eq!(lines[0].when, Until::Vblank(2));
}

#[test]
fn wrong_lines_are_told_with_their_number_and_what_is_wanted() {
    for (line, words) in [
        (
            "disc open",
            "\"disc\" is no time; a line begins with time:SECONDS",
        ),
        ("exit disc open", "\"exit\" is no time"),
        ("text:x disc open", "is no time"),
        (
            "time:soon disc open",
            "\"time:soon\": a time is a decimal number",
        ),
        (
            "vbl:0 disc open",
            "\"vbl:0\": vertical blanks are whole numbers",
        ),
        ("vbl:1", "the device is missing"),
        (
            "vbl:1 joypad A",
            "there is no device \"joypad\"; this version knows",
        ),
        ("vbl:1 disc", "what happens is missing"),
        ("vbl:1 disc eject", "no action \"eject\"; a disc knows open"),
        ("vbl:1 disc open wide", "disc open is followed by \"wide\""),
        ("vbl:1 disc open # now", "a comment has a line of its own"),
        ("vbl:1 disc insert", "disc insert wants a disc image"),
        ("vbl:1 disc fail", "not \"\""),
        ("vbl:1 disc fail -1", "from 0 to 449999"),
        ("vbl:1 disc fail 450000", "from 0 to 449999"),
        ("vbl:1 disc fail 0x10", "not \"0x10\""),
        ("vbl:1 disc slow 150", "such as 250ms, not \"\""),
        ("vbl:1 disc slow 150 20", "such as 250ms, not \"20\""),
        ("vbl:1 disc slow 150 -1ms", "such as 250ms"),
        ("vbl:1 disc slow 150 1ms 2ms", "is followed by \"2ms\""),
    ] {
        let text = format!("\n{line}");
        let (number, error) = parse(&text).expect_err(line);
        let error = error.to_string();
        assert_eq!(number, 2);
        assert!(error.contains(words), "{line}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn discs_lie_beside_the_script_and_come_after_the_first() {
    let scratch = tempfile::tempdir().expect("temporary folder");
    let folder = scratch.path();
    let disc = pack(&[], "Second").expect("packs");
    fs::write(folder.join("b.iso"), &disc).expect("written");
    fs::write(folder.join("c.iso"), &disc).expect("written");
    let script = folder.join("script");
    let text = "vbl:9 disc insert b.iso\ntime:1 disc insert c.iso\nvbl:4 disc insert b.iso\n";
    fs::write(&script, text).expect("written");
    let mut shelf = Shelf::new();
    let first = drive::open(&folder.join("b.iso")).expect("opens");
    shelf.push(first.disc);
    let inputs = load(&script, Video::Pal, &mut shelf, &mut Vec::new()).expect("loads");
    let told: Vec<(Tick, u16)> = inputs
        .into_iter()
        .map(|(at, input)| match input {
            Input::Media(MediaEvent::Insert(Some((number, table)))) => {
                assert_eq!(table.tracks.len(), 1);
                (at, number.0)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let at = |field| Video::Pal.field_start(field);
    assert_eq!(told, [(at(9), 1), (Tick(CPU_HZ), 2), (at(4), 1)]);
    assert_eq!(shelf.len(), 3);

    fs::write(&script, "# no such disc\nvbl:1 disc insert d.iso\n").expect("written");
    let error = load(&script, Video::Pal, &mut shelf, &mut Vec::new()).expect_err("missing");
    let error = error.to_string();
    assert!(error.contains("script: line 2: ") && error.contains("d.iso"));
    for (bytes, words) in [(&b"\xFF\xFE"[..], "UTF-8"), (b"disc", "line 1")] {
        fs::write(&script, bytes).expect("written");
        let error = load(&script, Video::Pal, &mut shelf, &mut Vec::new()).expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
    }
    let error = load(folder, Video::Pal, &mut shelf, &mut Vec::new()).expect_err("folder");
    assert!(error.to_string().contains("is a folder"), "{error}");
    let error = load(
        &folder.join("none"),
        Video::Pal,
        &mut shelf,
        &mut Vec::new(),
    )
    .expect_err("missing");
    assert!(error.to_string().starts_with("--input "), "{error}");
}
