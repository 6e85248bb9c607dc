//! Generated files are what their sources say.

#[path = "../src/xtask/include.rs"]
mod include;

use std::collections::BTreeSet;
use std::path::Path;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn names(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter_map(|line| line.trim_start().strip_prefix(".equ"))
        .filter_map(|rest| rest.trim_start().split(',').next())
        .collect()
}

#[test]
fn the_include_files_of_the_guests_are_the_call_table_and_the_layouts() {
    for (file, text) in include::FILES {
        let wanted = text().unwrap_or_else(|problems| panic!("{problems:?}"));
        let committed = read(file);
        for (wanted, committed) in wanted.lines().zip(committed.lines()) {
            assert_eq!(wanted, committed, "{file}: run `cargo xtask roms`");
        }
        assert!(wanted == committed, "{file}: run `cargo xtask roms`");
    }
}

#[test]
fn what_is_generated_is_not_written_by_hand_too() {
    let [portfolio, mach] =
        include::FILES.map(|(_, text)| text().unwrap_or_else(|problems| panic!("{problems:?}")));
    let by_hand = read("roms/src/constants.inc");
    let mach_by_hand = read("roms/src/mach.inc");
    let (a, b) = (names(&portfolio), names(&mach));
    let (c, d) = (names(&by_hand), names(&mach_by_hand));
    let mut twice = Vec::new();
    for (one, other) in [(&a, &b), (&a, &c), (&a, &d), (&b, &c), (&b, &d), (&c, &d)] {
        twice.extend(one.intersection(other).map(|name| name.to_string()));
    }
    assert!(twice.is_empty(), "{twice:?}");
    assert!(d.contains("msgh_bits"));
    assert!(c.contains("TAG_END"));
    assert!(a.contains("io_Error"));
}
