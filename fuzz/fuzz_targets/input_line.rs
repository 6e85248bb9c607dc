//! Inputs as recordings and saved states have them.
#![no_main]

use emu_devices::media::Shelf;
use emu_frontend::input::{Action, LineError, read};
use emu_frontend::trace::origin::place;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::path::Path;

fuzz_target!(|words: &str| {
    let mut shelf = Shelf::new();
    let (mut known, mut names) = (BTreeMap::new(), Vec::new());
    // Whatever disc it asks for, none is opened.
    let find = |name: &str| {
        let _ = place(name, Path::new("x.trace"), "--disc");
        Err(LineError::Device("no disc".to_owned()))
    };
    let Ok(input) = read(words, &mut shelf, &mut known, &mut names, find) else {
        return;
    };
    let written = Action::of(&input, |_| String::new()).to_string();
    let again = read(&written, &mut shelf, &mut known, &mut names, find);
    assert_eq!(again.expect("what was written"), input, "{written}");
});
