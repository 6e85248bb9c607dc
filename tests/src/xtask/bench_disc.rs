//! What reading a disc costs the host: time a read, start and memory.

use crate::aif;
use crate::bench::{Figure, peak_memory_of, timed};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Blocks that the guest reads one by one.
const READS: u32 = 200_000;
/// Bytes of the large disc.
const LARGE: u64 = 600 << 20;
/// Microseconds of the host for one read of 2048 bytes.
const READ_REQUIRED: f64 = 3.0;
/// Seconds until the program of a large disc has run.
const START_REQUIRED: f64 = 0.050;
/// Peak resident memory with a large disc in KiB.
const MEMORY_REQUIRED: u64 = 64 * 1024;

/// Offsets in the program's words and bytes.
const PATH: u32 = 35 * 4;
const TAGS: u32 = 37 * 4;
const INFO: u32 = 40 * 4;
const COUNT: u32 = 48 * 4;
/// Away from the code: what is written beside code has to be decoded again.
const BUFFER: u32 = 17 * 4 + 8 + 0x400;

/// `ADD rd, pc, #distance` from word `at` to byte `to`.
const fn adr(rd: u32, at: u32, to: u32) -> u32 {
    let distance = to - (at * 4 + 8);
    if distance == 0x400 {
        return 0xE28F_0B01 | rd << 12;
    }
    0xE28F_0000 | rd << 12 | distance
}

/// A program that opens `data`, reads `count` blocks of it one by one with DoIO, and ends.
fn program(count: u32) -> Result<Vec<u8>, String> {
    let mut words = vec![
        adr(0, 0, PATH),
        0xEF03_0000,       // swi OpenDiskFile
        0xE350_0000,       // cmp r0, #0
        0xBA00_001C,       // blt fail
        0xE1A0_4000,       // mov r4, r0
        adr(1, 5, TAGS),   //
        0xE581_4004,       // str r4, [r1, #4]
        0xE3A0_0C01,       // mov r0, #0x100
        0xE380_000E,       // orr r0, r0, #0xE
        0xE3A0_2000,       // mov r2, #0
        0xEF01_0000,       // swi CreateSizedItem
        0xE350_0000,       // cmp r0, #0
        0xBA00_0013,       // blt fail
        0xE1A0_4000,       // mov r4, r0
        adr(5, 14, INFO),  //
        adr(2, 15, COUNT), //
        0xE592_6000,       // ldr r6, [r2]
        adr(2, 17, BUFFER),
        0xE585_2018, // str r2, [r5, #24]
        0xE356_0000, // loop: cmp r6, #0
        0x0A00_0009, // beq done
        0xE1A0_0004, // mov r0, r4
        0xE1A0_1005, // mov r1, r5
        0xEF01_0025, // swi DoIO
        0xE350_0000, // cmp r0, #0
        0x1A00_0006, // bne fail
        0xE595_200C, // ldr r2, [r5, #12]
        0xE282_2001, // add r2, r2, #1
        0xE585_200C, // str r2, [r5, #12]
        0xE256_6001, // subs r6, r6, #1
        0xEAFF_FFF3, // b loop
        0xE3A0_0000, // done: mov r0, #0
        0xE519_F094, // ldr pc, [r9, #-0x94]: exit
        0xE3A0_0001, // fail: mov r0, #1
        0xE519_F094, // ldr pc, [r9, #-0x94]
    ];
    words.extend([u32::from_be_bytes(*b"data"), 0]);
    words.extend([11, 0, 0]);
    words.extend([0x0100_0000, 0, 0, 0, 0, 0, 0, 2048]);
    words.push(count);
    words.resize((BUFFER as usize + 2048) / 4, 0);
    let image = aif::Image {
        bytes: words.iter().flat_map(|word| word.to_be_bytes()).collect(),
        read_only: 4 * words.len() as u32,
        zero_init: 0,
        relocations: Vec::new(),
    };
    let carried = aif::Carried {
        self_reloc: 0xE1A0_F00E_u32.to_be_bytes().to_vec(),
        zero_init: Vec::new(),
    };
    aif::write("reader", &image, &carried, &aif::Options::default())
}

/// A folder with the program and a large file that takes no room.
fn folder(at: &Path, count: u32) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", at.display());
    fs::create_dir_all(at).map_err(failed)?;
    fs::write(at.join("LaunchMe"), program(count)?).map_err(failed)?;
    let data = File::create(at.join("data")).map_err(failed)?;
    data.set_len(LARGE).map_err(failed)
}

/// Measures; the rows go to `figures`.
pub fn measure(overture: &Path, figures: &mut Vec<Figure>) -> Result<Value, String> {
    let scratch = crate::scratch()?;
    let folders = scratch.path();
    let name = |path: PathBuf| path.to_string_lossy().into_owned();
    let (none, many) = (folders.join("none"), folders.join("many"));
    folder(&none, 0)?;
    folder(&many, READS)?;
    let (none, many) = (name(none), name(many));
    let run = |disc: &str| timed(overture, &[disc, "--headless", "--drive", "instant"]);
    let start = run(&none)?.as_secs_f64();
    // The first of them brings the file into the host's cache, which is not ours to measure.
    let whole = run(&many)?.min(run(&many)?).as_secs_f64();
    let read = (whole - start).max(0.0) * 1e6 / f64::from(READS);
    figures.push(Figure {
        name: "one read of 2048 bytes from a disc".to_owned(),
        value: format!("{read:.2} us"),
        required: Some((
            format!("at most {READ_REQUIRED:.0} us"),
            read <= READ_REQUIRED,
        )),
    });
    figures.push(Figure {
        name: "start from a disc of 600 MB".to_owned(),
        value: format!("{:.1} ms", start * 1e3),
        required: Some((
            format!("at most {:.0} ms", START_REQUIRED * 1e3),
            start <= START_REQUIRED,
        )),
    });
    let memory = peak_memory_of(overture, &["--headless", &many, "--drive", "instant"])?;
    figures.push(Figure {
        name: "peak resident memory, disc of 600 MB".to_owned(),
        value: format!("{memory} KiB"),
        required: Some((
            format!("at most {MEMORY_REQUIRED} KiB"),
            memory <= MEMORY_REQUIRED,
        )),
    });
    Ok(json!({
        "read_microseconds": read,
        "start_seconds": start,
        "peak_memory_kib": memory,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_is_a_program() {
        let bytes = program(3).expect("it can be written");
        let image = emu_core::loader::aif::Image::parse(&bytes);
        assert!(image.is_ok());
    }
}
