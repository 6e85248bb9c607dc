//! Files of every kind in temporary folders, and writes that fail half-way.

use super::*;
use emu_core::loader::linked_mem::LinkedMem;
use tempfile::TempDir;

struct Scratch(TempDir);

impl Scratch {
    fn new() -> Scratch {
        Scratch(tempfile::tempdir().expect("temporary folder"))
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("nvram");
        fs::write(&path, bytes).expect("written");
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("folder");
        let name = |entry: io::Result<fs::DirEntry>| entry.expect("entry").file_name();
        let mut names: Vec<_> = entries
            .map(|entry| name(entry).to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// NVRAM with a file in it.
fn used(name: &str) -> Vec<u8> {
    let mut bytes = linked_mem::fresh();
    let mut volume = LinkedMem::open(&mut bytes).expect("opens");
    volume.create(name.as_bytes()).expect("creates");
    bytes
}

#[test]
fn a_missing_file_is_an_empty_volume_and_stays_missing() {
    let scratch = Scratch::new();
    for path in ["nvram", "no/such/folder/nvram"] {
        let nvram = load(&scratch.0.path().join(path)).expect("loads");
        assert_eq!(nvram.bytes, linked_mem::fresh());
        assert_eq!(nvram.origin, Origin::New);
    }
    assert!(scratch.names().is_empty());
}

#[test]
fn only_a_change_is_kept() {
    let scratch = Scratch::new();
    let path = scratch.0.path().join("nvram");
    let before = load(&path).expect("loads").bytes;
    keep(&path, &before, &before).expect("nothing to do");
    assert!(scratch.names().is_empty());
    keep(&path, &before, &used("x")).expect("keeps");
    assert_eq!(load(&path).expect("loads").bytes, used("x"));
    assert_eq!(scratch.names(), ["nvram"]);
    // Nothing is written, so nothing can go wrong.
    keep(Path::new("/no/such/folder/nvram"), &before, &before).expect("nothing to do");
}

#[test]
fn what_was_saved_is_loaded_and_nothing_else_is_left() {
    let scratch = Scratch::new();
    let path = scratch.0.path().join("a/b/nvram");
    for name in ["first", "second"] {
        save(&path, &used(name)).expect("saves");
        assert_eq!(fs::read(&path).expect("file"), used(name));
        let nvram = load(&path).expect("loads");
        assert_eq!((nvram.bytes, nvram.origin), (used(name), Origin::File));
    }
    let left = fs::read_dir(path.parent().expect("below")).expect("folder");
    assert_eq!(left.count(), 1);
}

#[test]
fn a_blank_file_becomes_an_empty_volume() {
    let scratch = Scratch::new();
    for byte in [0, 0xFF] {
        let nvram = load(&scratch.file(&[byte; NVRAM_BYTES])).expect("loads");
        assert_eq!(nvram.bytes, linked_mem::fresh());
        assert_eq!(nvram.origin, Origin::Blank);
    }
}

#[test]
fn other_lengths_are_refused_with_name_length_and_advice() {
    let scratch = Scratch::new();
    let mut long = used("x");
    long.resize(100_000, 0);
    for len in [0, 1, 32767, 32769, 100_000] {
        let path = scratch.file(&long[..len]);
        let error = load(&path).expect_err("refused").to_string();
        for words in [
            path.to_string_lossy().as_ref(),
            &format!("has {len} bytes"),
            "32768",
            "move this one away",
        ] {
            assert!(error.contains(words), "{error}");
        }
        assert!(!error.contains('\n'));
        assert_eq!(fs::read(&path).expect("file").len(), len);
    }
}

#[test]
fn a_file_of_something_else_is_refused_and_not_formatted() {
    let scratch = Scratch::new();
    let mut bytes = used("x");
    bytes[6] = 1;
    let path = scratch.file(&bytes);
    let error = load(&path).expect_err("refused");
    assert!(matches!(error, NvramError::NoVolume { .. }), "{error}");
    assert_eq!(fs::read(&path).expect("file"), bytes);
}

#[test]
fn folders_and_what_is_below_a_file_are_refused() {
    let scratch = Scratch::new();
    let error = load(scratch.0.path()).expect_err("refused");
    assert!(matches!(error, NvramError::NotAFile { .. }), "{error}");
    let error = save(scratch.0.path(), &used("x")).expect_err("refused");
    assert!(matches!(error, NvramError::Unwritable { .. }), "{error}");
    let below = scratch.file(b"x").join("nvram");
    assert!(save(&below, &used("x")).is_err());
    #[cfg(unix)]
    assert!(matches!(load(&below), Err(NvramError::Unreadable { .. })));
    assert_eq!(scratch.names(), ["nvram"]);
    assert!(save(Path::new(""), &used("x")).is_err());
    assert!(save(Path::new("/"), &used("x")).is_err());
}

#[test]
fn a_full_disk_leaves_the_old_file_and_no_other() {
    let scratch = Scratch::new();
    let path = scratch.file(&used("old"));
    let failed = replace(&path, |file| {
        file.write_all(&used("new")[..1000])?;
        Err(ErrorKind::StorageFull.into())
    });
    let kind = failed.expect_err("fails").kind();
    assert_eq!(kind, ErrorKind::StorageFull);
    assert_eq!(load(&path).expect("loads").bytes, used("old"));
    assert_eq!(scratch.names(), ["nvram"]);
}

#[test]
fn a_write_protected_file_is_left_alone_and_named() {
    let scratch = Scratch::new();
    let path = scratch.file(&used("old"));
    let mut permissions = fs::metadata(&path).expect("file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("protected");
    let error = save(&path, &used("new")).expect_err("refused").to_string();
    for words in [
        "nvram: NVRAM was not saved",
        "write-protected",
        "permissions",
    ] {
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(fs::read(&path).expect("file"), used("old"));
    assert_eq!(scratch.names(), ["nvram"]);
}

#[test]
fn what_is_not_nvram_is_not_saved() {
    let scratch = Scratch::new();
    let path = scratch.file(&used("old"));
    for len in [0, 32767, 32769] {
        let error = save(&path, &vec![0; len]).expect_err("refused");
        assert!(matches!(error, NvramError::NotNvram { .. }), "{error}");
    }
    assert_eq!(fs::read(&path).expect("file"), used("old"));
}

#[test]
fn a_temporary_file_left_by_another_process_is_not_touched() {
    let scratch = Scratch::new();
    let part = format!("nvram.{}.0.part", std::process::id());
    fs::write(scratch.0.path().join(&part), b"left").expect("written");
    save(&scratch.0.path().join("nvram"), &used("x")).expect("saves");
    assert_eq!(scratch.names(), ["nvram", &part]);
    assert_eq!(
        fs::read(scratch.0.path().join(part)).expect("file"),
        b"left"
    );
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = Scratch::new();
    let path = scratch.file(&used("old"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
    let link = scratch.0.path().join("link");
    symlink(&path, &link).expect("linked");
    save(&link, &used("new")).expect("saves");
    assert!(link.symlink_metadata().expect("link").is_symlink());
    assert_eq!(fs::read(&path).expect("file"), used("new"));
    let mode = fs::metadata(&path).expect("file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_default_is_in_the_users_data_folder() {
    if let Ok(path) = default_path() {
        assert!(path.ends_with("overture/nvram"));
    }
    let error = NvramError::NoFolder { variable: "HOME" }.to_string();
    assert!(error.contains("set HOME"), "{error}");
}
