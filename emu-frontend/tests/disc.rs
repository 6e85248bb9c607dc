//! `overture disc` as a process: packed, looked at, taken out and compared.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Ran {
    status: i32,
    out: Vec<u8>,
    err: String,
}

impl Ran {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("text")
    }

    /// Status 0 and silence.
    fn fine(self) -> Ran {
        assert_eq!((self.status, self.err.as_str()), (0, ""));
        self
    }

    /// Status 2, nothing on standard output, one line that says all of this.
    fn is_refused(&self, words: &[&str]) {
        assert_eq!(self.status, 2, "{}", self.err);
        assert!(self.out.is_empty());
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        assert!(self.err.starts_with("overture: "), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word}: {}", self.err);
        }
    }
}

/// A folder of its own for each test, removed at the end; commands run in it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let name = format!("overture-disc-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("temporary folder");
        Scratch(path)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("below")).expect("folder");
        fs::write(path, bytes).expect("written");
    }

    fn disc(&self, line: &str) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_overture"))
            .arg("disc")
            .args(line.split(' '))
            .current_dir(&self.0)
            .env_remove("RUST_LOG")
            .output()
            .expect("overture runs");
        Ran {
            status: output.status.code().expect("no signal"),
            out: output.stdout,
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// A folder with what discs have, and its image.
    fn packed(name: &str) -> Scratch {
        let scratch = Scratch::new(name);
        scratch.put("in/LaunchMe", &[0xE1; 5000]);
        scratch.put("in/System/Scripts/start", b"alias c $programs\n");
        scratch.put("in/System/empty", b"");
        scratch.put("in/with space.cel", &[7; 2048]);
        for n in 0..70 {
            scratch.put(&format!("in/Data/file{n}.dat"), &[n; 3]);
        }
        fs::create_dir(scratch.0.join("in/Nothing")).expect("folder");
        scratch.disc("pack in -o a.iso --label TEST").fine();
        scratch
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
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
    let scratch = Scratch::packed("round");
    scratch.disc("extract a.iso out").fine();
    let input = tree(&scratch.0.join("in"));
    assert_eq!(input.len(), 79);
    assert!(input == tree(&scratch.0.join("out")));
    // The same tree makes the same image.
    scratch.disc("pack out -o b.iso --label TEST").fine();
    let image = |name: &str| fs::read(scratch.0.join(name)).expect("image");
    assert!(image("a.iso") == image("b.iso"));
    assert_eq!(image("a.iso").len() % 2048, 0);
    assert_eq!(fs::read_dir(&scratch.0).expect("folder").count(), 4);
}

#[test]
fn an_image_is_described_and_listed() {
    let scratch = Scratch::packed("list");
    let info = scratch.disc("info a.iso").fine();
    for words in ["TEST", "LaunchMe, 5000 bytes", "74 files", "4 directories"] {
        assert!(info.text().contains(words), "{words}: {}", info.text());
    }
    let json = scratch.disc("info a.iso --json").fine();
    let json: Value = serde_json::from_str(json.text()).expect("JSON");
    assert_eq!(json["format"], "iso");
    assert_eq!(json["volume"], "TEST");
    assert_eq!(json["launch_me"], 5000);
    assert_eq!(json["block_count"], json["image_blocks"]);
    assert_eq!(json["problems"].as_array().map(Vec::len), Some(0));
    let ls = scratch.disc("ls a.iso").fine();
    let names: Vec<&str> = ls.text().lines().collect();
    let expected = "Disc label,Data/,LaunchMe,Nothing/,System/,with space.cel";
    assert_eq!(names.join(","), expected);
    let ls = scratch.disc("ls -R a.iso SYSTEM").fine();
    assert_eq!(ls.text(), "Scripts/\nScripts/start\nempty\n");
    let ls = scratch.disc("ls -l a.iso launchme").fine();
    let words: Vec<&str> = ls.text().split_whitespace().collect();
    assert_eq!((words[0], &words[2..]), ("5000", &["*zap", "LaunchMe"][..]));
    // A folder is looked at as the disc it would be.
    let ls = scratch.disc("ls -R in").fine();
    assert_eq!(ls.text(), scratch.disc("ls -R a.iso").text());
}

#[test]
fn files_are_written_to_standard_output() {
    let scratch = Scratch::packed("cat");
    let cat = scratch.disc("cat a.iso /system/SCRIPTS/start").fine();
    assert_eq!(cat.text(), "alias c $programs\n");
    assert_eq!(scratch.disc("cat a.iso LaunchMe").fine().out, [0xE1; 5000]);
    scratch
        .disc("cat a.iso System")
        .is_refused(&["a.iso", "System", "is a directory"]);
    scratch
        .disc("cat a.iso System/x")
        .is_refused(&["a.iso", "System/x", "no such file"]);
}

#[test]
fn a_sheet_finds_the_file_beside_it() {
    let scratch = Scratch::packed("cue");
    let text = "FILE \"D:\\dumps\\a.iso\" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n";
    scratch.put("game.cue", text.as_bytes());
    let info = scratch.disc("info game.cue").fine();
    assert!(info.text().contains("track 1"), "{}", info.text());
    scratch.disc("extract game.cue out").fine();
    assert!(tree(&scratch.0.join("in")) == tree(&scratch.0.join("out")));
    scratch.put("lost.cue", text.replace("a.iso", "b.iso").as_bytes());
    scratch
        .disc("ls lost.cue")
        .is_refused(&["lost.cue", "b.iso", "beside"]);
}

#[test]
fn nothing_is_overwritten_unasked() {
    let scratch = Scratch::packed("force");
    scratch
        .disc("pack in -o a.iso")
        .is_refused(&["a.iso", "--force"]);
    scratch.disc("pack in -o a.iso --force").fine();
    scratch.put("out/LaunchMe", b"mine");
    scratch
        .disc("extract a.iso out")
        .is_refused(&["LaunchMe", "--force"]);
    let kept = fs::read(scratch.0.join("out/LaunchMe")).expect("there");
    assert_eq!(kept, b"mine");
    assert_eq!(tree(&scratch.0.join("out")).len(), 2);
    scratch.disc("extract a.iso out System/scripts").fine();
    assert!(scratch.0.join("out/Scripts/start").is_file());
    scratch.disc("extract --force a.iso out").fine();
    assert_eq!(tree(&scratch.0.join("out")).len(), 79 + 2);
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
    let scratch = Scratch::new("outside");
    scratch.put("in/xxxescape", b"1");
    scratch.put("in/YY/inner", b"2");
    scratch.disc("pack in -o a.iso").fine();
    let mut image = fs::read(scratch.0.join("a.iso")).expect("image");
    rename(&mut image, b"xxxescape", b"../escape");
    rename(&mut image, b"YY\0", b"..\0");
    scratch.put("b.iso", &image);
    scratch.disc("extract b.iso deep/out").fine();
    let names: Vec<PathBuf> = tree(&scratch.0.join("deep"))
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
    assert_eq!(fs::read_dir(&scratch.0).expect("folder").count(), 4);
}

#[cfg(unix)]
#[test]
fn links_in_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::packed("links");
    scratch.put("other/kept", b"kept");
    fs::create_dir(scratch.0.join("out")).expect("folder");
    symlink("../other/kept", scratch.0.join("out/LaunchMe")).expect("link");
    scratch.disc("extract --force a.iso out LaunchMe").fine();
    symlink("../other", scratch.0.join("out/System")).expect("link");
    scratch
        .disc("extract --force a.iso out System")
        .is_refused(&["System", "folder"]);
    assert_eq!(tree(&scratch.0.join("other")).len(), 2);
    let kept = fs::read(scratch.0.join("other/kept")).expect("there");
    assert_eq!(kept, b"kept");
}

#[test]
fn what_is_no_disc_is_refused_in_one_line() {
    let scratch = Scratch::packed("bad");
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
    assert!(!scratch.0.join("out").exists());
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
    assert!(!scratch.0.join("x.iso").exists());
}

#[cfg(unix)]
#[test]
fn only_plain_files_are_opened_or_replaced() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    let scratch = Scratch::packed("odd");
    let _socket = UnixListener::bind(scratch.0.join("socket")).expect("a socket");
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
    symlink("nowhere", scratch.0.join("in/dangling")).expect("link");
    scratch
        .disc("info in")
        .is_refused(&["dangling", "leave it out"]);
}

#[test]
fn a_folder_of_many_files_is_a_disc() {
    let scratch = Scratch::new("many");
    for n in 0..3000_u32 {
        scratch.put(&format!("in/Data/file{n}.dat"), &n.to_be_bytes());
    }
    scratch.disc("pack in -o a.iso").fine();
    scratch.disc("extract in out").fine();
    assert!(tree(&scratch.0.join("in")) == tree(&scratch.0.join("out")));
    scratch.disc("extract a.iso again").fine();
    assert!(tree(&scratch.0.join("in")) == tree(&scratch.0.join("again")));
}

#[test]
fn an_image_that_is_cut_off_gives_what_it_has() {
    let scratch = Scratch::packed("cut");
    let image = fs::read(scratch.0.join("a.iso")).expect("image");
    scratch.put("cut.iso", &image[..image.len() - 2048]);
    let info = scratch.disc("info cut.iso");
    assert_eq!(info.status, 2);
    assert!(info.err.contains("cut off") && info.text().contains("74 files"));
    let ran = scratch.disc("extract cut.iso out");
    ran.is_refused(&["System/Scripts/start", "left out"]);
    assert_eq!(tree(&scratch.0.join("out")).len(), 78);
}
