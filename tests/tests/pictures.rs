//! What guest programs leave on the screen.
//!
//! `roms/expect/NAME.png` is the picture at a program's end, pixel for pixel; with
//! UPDATE_GOLDEN=1 it is written anew. A picture that differs is left beside the test's other
//! temporary files, so that both can be looked at.
#![forbid(unsafe_code)]

use emu_core::device::display::Picture;
use emu_core::machine::{Config, Stop};
use emu_core::quirks::Profile;
use emu_frontend::pictures::save;
use roms::Rom;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::{env, fs};
use tests::picture::read_png;
use tests::run::{LONG_ENOUGH, go, recorder, start};

fn with_pictures() -> impl Iterator<Item = &'static Rom> {
    // While a picture is being made for the first time its file is empty.
    let updates = env::var_os("UPDATE_GOLDEN").is_some();
    let expected = move |rom: &&Rom| match updates {
        true => expected_file(rom).is_file(),
        false => !rom.expect.picture.is_empty(),
    };
    roms::all().iter().filter(expected)
}

fn expected_file(rom: &Rom) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../roms/expect");
    folder.join(rom.name).with_extension("png")
}

fn picture_of(rom: &Rom, config: Config) -> Result<Picture, String> {
    let mut machine = start(rom, config);
    let mut sink = recorder();
    let stop = go(&mut machine, LONG_ENOUGH, &mut sink);
    if stop != Stop::Exit(0) {
        return Err(format!(
            "{} ends with {stop:?}\n{}",
            rom.name,
            sink.console()
        ));
    }
    let left = sink.last_picture;
    left.ok_or_else(|| "the console has no display".to_owned())
}

/// In words where two pictures differ first, and how much.
fn difference(expected: &Picture, found: &Picture) -> Option<String> {
    let size = |picture: &Picture| (picture.width, picture.height);
    if size(expected) != size(found) {
        return Some(format!("is {:?}, not {:?}", size(found), size(expected)));
    }
    let pixels = |picture: &Picture| -> Vec<[u8; 3]> {
        let pixels = picture.rgb.chunks_exact(3);
        pixels.map(|rgb| [rgb[0], rgb[1], rgb[2]]).collect()
    };
    let (expected_pixels, found_pixels) = (pixels(expected), pixels(found));
    let pairs = || expected_pixels.iter().zip(&found_pixels).enumerate();
    let (first, (want, got)) = pairs().find(|(_, (a, b))| a != b)?;
    let count = pairs().filter(|(_, (a, b))| a != b).count();
    let (x, y) = (first as u32 % expected.width, first as u32 / expected.width);
    Some(format!(
        "differs in {count} pixels; the first is ({x}, {y}): {got:?}, not {want:?}"
    ))
}

fn check(rom: &Rom, config: Config) -> Result<(), String> {
    let found = picture_of(rom, config)?;
    let profile = config.profile.name();
    if env::var_os("UPDATE_GOLDEN").is_some() {
        if config.profile == Profile::default() && !config.reference_cpu {
            save(&expected_file(rom), &found).map_err(|e| e.to_string())?;
        }
        return Ok(());
    }
    let expected =
        read_png(Cursor::new(rom.expect.picture)).map_err(|e| format!("{}: {e}", rom.name))?;
    match difference(&expected, &found) {
        None => Ok(()),
        Some(words) => {
            let file =
                Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.{profile}.png", rom.name));
            save(&file, &found).map_err(|e| e.to_string())?;
            let file = fs::canonicalize(&file).unwrap_or(file);
            Err(format!(
                "{} ({profile}) {words}\n  what it shows is in {}",
                rom.name,
                file.display()
            ))
        }
    }
}

fn check_all(config: Config) {
    let failures: Vec<String> = with_pictures()
        .filter_map(|rom| check(rom, config).err())
        .collect();
    assert!(
        failures.is_empty(),
        "{}\nIf that is meant, record anew with UPDATE_GOLDEN=1",
        failures.join("\n")
    );
}

#[test]
fn every_program_shows_its_picture() {
    assert!(with_pictures().count() >= 5);
    check_all(Config::default());
}

#[test]
fn the_reference_engine_shows_the_same() {
    check_all(Config {
        reference_cpu: true,
        ..Config::default()
    });
}

#[test]
fn a_difference_is_told_by_pixel() {
    let black = Picture::black(4, 2);
    let mut other = black.clone();
    other.rgb[3 * 6] = 9;
    other.rgb[3 * 7] = 9;
    assert_eq!(difference(&black, &black.clone()), None);
    let words = difference(&black, &other).expect("they differ");
    assert!(
        words.contains("2 pixels") && words.contains("(2, 1)"),
        "{words}"
    );
    assert!(difference(&black, &Picture::black(4, 3)).is_some());
}
