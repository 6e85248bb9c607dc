//! `overture disc`: packed, looked at, taken out and compared.

use super::process::{Ran, Scratch};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

impl Scratch {
    /// Runs `overture disc` with these words.
    fn disc(&self, line: &str) -> Ran {
        self.overture(&format!("disc {line}"))
    }

    /// A folder with what discs have, and its image.
    fn packed() -> Scratch {
        let scratch = Scratch::new();
        scratch.put("in/LaunchMe", &[0xE1; 5000]);
        scratch.put("in/System/Scripts/start", b"alias c $programs\n");
        scratch.put("in/System/empty", b"");
        scratch.put("in/with space.cel", &[7; 2048]);
        for n in 0..70 {
            scratch.put(&format!("in/Data/file{n}.dat"), &[n; 3]);
        }
        fs::create_dir(scratch.join("in/Nothing")).expect("folder");
        scratch.disc("pack in -o a.iso --label TEST").fine();
        scratch
    }
}

/// Every path below a folder, with the bytes of the files.
fn tree(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut rows = Vec::new();
    let mut rest = vec![folder.to_owned()];
    while let Some(path) = rest.pop() {
        let name = path.strip_prefix(folder).expect("below").to_owned();
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("folder");
            rest.extend(entries.map(|entry| entry.expect("entry").path()));
            rows.push((name, None));
        } else {
            rows.push((name, Some(fs::read(&path).expect("file"))));
        }
    }
    rows.sort();
    rows
}

#[test]
fn what_is_packed_comes_out_again() {
    let scratch = Scratch::packed();
    scratch.disc("extract a.iso out").fine();
    let input = tree(&scratch.join("in"));
    assert_eq!(input.len(), 79);
    assert!(input == tree(&scratch.join("out")));
    // The same tree makes the same image.
    scratch.disc("pack out -o b.iso --label TEST").fine();
    let image = |name: &str| fs::read(scratch.join(name)).expect("image");
    assert!(image("a.iso") == image("b.iso"));
    assert_eq!(image("a.iso").len() % 2048, 0);
    assert_eq!(fs::read_dir(scratch.path()).expect("folder").count(), 4);
}

#[test]
fn an_image_is_described_and_listed() {
    let scratch = Scratch::packed();
    let info = scratch.disc("info a.iso").fine();
    for words in ["TEST", "LaunchMe, 5000 bytes", "74 files", "4 directories"] {
        assert!(info.out.contains(words), "{words}: {}", info.out);
    }
    let json = scratch.disc("info a.iso --json").fine();
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["format"], "iso");
    assert_eq!(json["volume"], "TEST");
    assert_eq!(json["launch_me"], 5000);
    assert_eq!(json["block_count"], json["image_blocks"]);
    assert_eq!(json["problems"].as_array().map(Vec::len), Some(0));
    let ls = scratch.disc("ls a.iso").fine();
    let names: Vec<&str> = ls.out.lines().collect();
    let expected = "Disc label,Data/,LaunchMe,Nothing/,System/,with space.cel";
    assert_eq!(names.join(","), expected);
    let ls = scratch.disc("ls -R a.iso SYSTEM").fine();
    assert_eq!(ls.out, "Scripts/\nScripts/start\nempty\n");
    let ls = scratch.disc("ls -l a.iso launchme").fine();
    let words: Vec<&str> = ls.out.split_whitespace().collect();
    assert_eq!((words[0], &words[2..]), ("5000", &["*zap", "LaunchMe"][..]));
    // A folder is looked at as the disc it would be.
    let ls = scratch.disc("ls -R in").fine();
    assert_eq!(ls.out, scratch.disc("ls -R a.iso").out);
}

#[test]
fn files_are_written_to_standard_output() {
    let scratch = Scratch::packed();
    let cat = scratch.disc("cat a.iso /system/SCRIPTS/start").fine();
    assert_eq!(cat.out, "alias c $programs\n");
    assert_eq!(
        scratch.disc("cat a.iso LaunchMe").fine().bytes,
        [0xE1; 5000]
    );
    scratch
        .disc("cat a.iso System")
        .is_refused(&["a.iso", "System", "is a directory"]);
    scratch
        .disc("cat a.iso System/x")
        .is_refused(&["a.iso", "System/x", "no such file"]);
}

#[test]
fn a_sheet_finds_the_file_beside_it() {
    let scratch = Scratch::packed();
    let text = "FILE \"D:\\dumps\\a.iso\" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n";
    scratch.put("game.cue", text.as_bytes());
    let info = scratch.disc("info game.cue").fine();
    assert!(info.out.contains("track 1"), "{}", info.out);
    scratch.disc("extract game.cue out").fine();
    assert!(tree(&scratch.join("in")) == tree(&scratch.join("out")));
    scratch.put("lost.cue", text.replace("a.iso", "b.iso").as_bytes());
    scratch
        .disc("ls lost.cue")
        .is_refused(&["lost.cue", "b.iso", "beside"]);
}

#[test]
fn nothing_is_overwritten_unasked() {
    let scratch = Scratch::packed();
    scratch
        .disc("pack in -o a.iso")
        .is_refused(&["a.iso", "--force"]);
    scratch.disc("pack in -o a.iso --force").fine();
    scratch.put("out/LaunchMe", b"mine");
    scratch
        .disc("extract a.iso out")
        .is_refused(&["LaunchMe", "--force"]);
    let kept = fs::read(scratch.join("out/LaunchMe")).expect("there");
    assert_eq!(kept, b"mine");
    assert_eq!(tree(&scratch.join("out")).len(), 2);
    scratch.disc("extract a.iso out System/scripts").fine();
    assert!(scratch.join("out/Scripts/start").is_file());
    scratch.disc("extract --force a.iso out").fine();
    assert_eq!(tree(&scratch.join("out")).len(), 79 + 2);
}

/// Changes a name on the disc to one of the same length.
fn rename(image: &mut [u8], from: &[u8], to: &[u8]) {
    let at = image
        .windows(from.len())
        .position(|window| window == from)
        .expect("a name");
    image[at..at + to.len()].copy_from_slice(to);
}

#[test]
fn nothing_is_written_outside_the_folder() {
    let scratch = Scratch::new();
    scratch.put("in/xxxescape", b"1");
    scratch.put("in/YY/inner", b"2");
    scratch.disc("pack in -o a.iso").fine();
    let mut image = fs::read(scratch.join("a.iso")).expect("image");
    rename(&mut image, b"xxxescape", b"../escape");
    rename(&mut image, b"YY\0", b"..\0");
    scratch.put("b.iso", &image);
    scratch.disc("extract b.iso deep/out").fine();
    let names: Vec<PathBuf> = tree(&scratch.join("deep"))
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert!(names.contains(&"out/.._escape".into()), "{names:?}");
    assert!(names.contains(&"out/_/inner".into()), "{names:?}");
    for name in &names {
        assert!(
            name.starts_with("out") || name.as_os_str().is_empty(),
            "{names:?}"
        );
    }
    assert_eq!(fs::read_dir(scratch.path()).expect("folder").count(), 4);
}

#[cfg(unix)]
#[test]
fn links_in_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::packed();
    scratch.put("other/kept", b"kept");
    fs::create_dir(scratch.join("out")).expect("folder");
    symlink("../other/kept", scratch.join("out/LaunchMe")).expect("link");
    scratch.disc("extract --force a.iso out LaunchMe").fine();
    symlink("../other", scratch.join("out/System")).expect("link");
    scratch
        .disc("extract --force a.iso out System")
        .is_refused(&["System", "folder"]);
    assert_eq!(tree(&scratch.join("other")).len(), 2);
    let kept = fs::read(scratch.join("other/kept")).expect("there");
    assert_eq!(kept, b"kept");
}

#[test]
fn what_is_no_disc_is_refused_in_one_line() {
    let scratch = Scratch::packed();
    scratch.put("text", b"hello\n");
    scratch.put("empty", b"");
    scratch.put("game.chd", b"MComprHD\0\0\0\x7C\0\0\0\x05");
    for (image, words) in [
        ("text", "no 3DO disc image"),
        ("empty", "empty"),
        ("game.chd", "CHD"),
        ("missing", "give a disc image"),
    ] {
        for command in ["info", "ls", "extract"] {
            let dir = if command == "extract" { " out" } else { "" };
            let ran = scratch.disc(&format!("{command} {image}{dir}"));
            ran.is_refused(&[image, words]);
        }
    }
    assert!(!scratch.join("out").exists());
    scratch
        .disc("pack text -o x.iso")
        .is_refused(&["text", "not a folder"]);
    scratch
        .disc("pack in -o none/x.iso")
        .is_refused(&["x.iso", "No such file"]);
    scratch
        .disc("pack in -o x.iso --label a/b")
        .is_refused(&["label", "a/b"]);
    scratch.put("in/a$b", b"");
    scratch
        .disc("pack in -o x.iso")
        .is_refused(&["a$b", "rename"]);
    assert!(!scratch.join("x.iso").exists());
}

#[cfg(unix)]
#[test]
fn only_plain_files_are_opened_or_replaced() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    let scratch = Scratch::packed();
    let _socket = UnixListener::bind(scratch.join("socket")).expect("a socket");
    scratch
        .disc("pack in -o socket --force")
        .is_refused(&["socket", "no plain file"]);
    scratch
        .disc("info socket")
        .is_refused(&["socket", "neither a file nor a folder"]);
    let text = "FILE in BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n";
    scratch.put("game.cue", text.as_bytes());
    scratch
        .disc("info game.cue")
        .is_refused(&["game.cue", "not a plain file"]);
    symlink("nowhere", scratch.join("in/dangling")).expect("link");
    scratch
        .disc("info in")
        .is_refused(&["dangling", "leave it out"]);
}

#[test]
fn a_folder_of_many_files_is_a_disc() {
    let scratch = Scratch::new();
    for n in 0..3000_u32 {
        scratch.put(&format!("in/Data/file{n}.dat"), &n.to_be_bytes());
    }
    scratch.disc("pack in -o a.iso").fine();
    scratch.disc("extract in out").fine();
    assert!(tree(&scratch.join("in")) == tree(&scratch.join("out")));
    scratch.disc("extract a.iso again").fine();
    assert!(tree(&scratch.join("in")) == tree(&scratch.join("again")));
}

#[test]
fn an_image_that_is_cut_off_gives_what_it_has() {
    let scratch = Scratch::packed();
    let image = fs::read(scratch.join("a.iso")).expect("image");
    scratch.put("cut.iso", &image[..image.len() - 2048]);
    let info = scratch.disc("info cut.iso");
    assert_eq!(info.status, 2);
    assert!(info.err.contains("cut off") && info.out.contains("74 files"));
    let ran = scratch.disc("extract cut.iso out");
    ran.is_refused(&["System/Scripts/start", "left out"]);
    assert_eq!(tree(&scratch.join("out")).len(), 78);
}
