//! Input scripts: what is read is written and read again as the same.
#![no_main]

use emu_core::time::Video;
use emu_frontend::input::{inputs, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = inputs(text, Video::Ntsc);
    let Ok(lines) = parse(text) else {
        return;
    };
    for line in lines {
        let written = format!("vbl:1 {}", line.action);
        let again = parse(&written).expect("what was written");
        assert_eq!(again[0].action, line.action, "{written}");
    }
});
