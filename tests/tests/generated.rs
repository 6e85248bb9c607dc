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
fn the_include_file_of_the_guests_is_the_call_table_and_the_layouts() {
    let wanted = include::text().unwrap_or_else(|problems| panic!("{problems:?}"));
    let committed = read(include::FILE);
    for (wanted, committed) in wanted.lines().zip(committed.lines()) {
        assert_eq!(wanted, committed, "run `cargo xtask roms`");
    }
    assert!(wanted == committed, "run `cargo xtask roms`");
}

#[test]
fn what_is_generated_is_not_written_by_hand_too() {
    let generated = include::text().unwrap_or_else(|problems| panic!("{problems:?}"));
    let by_hand = read("roms/src/constants.inc");
    let twice: Vec<_> = names(&generated)
        .intersection(&names(&by_hand))
        .map(|name| name.to_string())
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(names(&by_hand).contains("TAG_END"));
    assert!(names(&generated).contains("io_Error"));
}
