//! The debugger's window: opens, hears keys, shows the machine.

use super::{Stage, picture, start};
use std::collections::BTreeSet;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

/// Shows many colours and ends by itself never.
const PROGRAM: &str = "rom:overture";
/// Size of the window when none is remembered.
const WINDOW: (usize, usize) = (1280, 800);
/// A part of the window in which the screen is, whatever surrounds it: columns and rows.
const SCREEN: ((usize, usize), (usize, usize)) = ((60, 300), (110, 310));

/// Coarse facts, no pixels: fonts and drivers differ.
pub fn debugs(stage: &Stage) -> Result<(), String> {
    let arguments = ["debug", PROGRAM, "--window"];
    let running = start(&mut stage.overture(&arguments))?;
    let window = stage.window()?;
    stage.tool("xdotool", &["windowfocus", "--sync", &window])?;
    sleep(Duration::from_secs(1));
    let title = || -> Result<String, String> {
        let said = stage.tool("xdotool", &["getwindowname", &window])?.stdout;
        Ok(String::from_utf8_lossy(&said).trim().to_owned())
    };
    let begins = title()?;
    stage.key("F11")?;
    sleep(Duration::from_millis(300));
    let stepped = title()?;
    if begins == stepped {
        return Err(format!("F11 left it where it was: {stepped:?}"));
    }
    stage.key("F5")?;
    sleep(Duration::from_millis(2500));
    if !title()?.contains("running") {
        return Err(format!("F5 does not run it: {:?}", title()?));
    }
    stage.key("F5")?;
    sleep(Duration::from_millis(700));
    let stopped = title()?;
    let words = stopped.strip_prefix("overture at ");
    let seconds = words
        .and_then(|words| words.split(' ').next())
        .unwrap_or("");
    if seconds.parse::<f64>().is_err() {
        return Err(format!("the title says no instant: {stopped:?}"));
    }
    let on_screen = ["-window", &window, "-depth", "8", "rgb:-"];
    let on_screen = stage.tool("import", &on_screen)?.stdout;
    for command in ["view display-list", "quit"] {
        stage.key("ctrl+l")?;
        // The prompt hears from the next picture on, which takes a while without a graphics card.
        sleep(Duration::from_millis(1500));
        stage.tool("xdotool", &["type", "--delay", "30", command])?;
        stage.key("Return")?;
    }
    running.finish()?;
    let settings = stage.folder.path().join("settings/overture/debugger");
    let remembered = fs::read_to_string(&settings);
    let remembered = remembered.map_err(|e| format!("{}: {e}", settings.display()))?;
    if !remembered.contains("display-list*") {
        return Err(format!("the layout is not remembered: {remembered:?}"));
    }
    // The same instant without a window.
    let until = format!("time:{seconds}");
    let shot = stage.folder.path().join("instant.png");
    let file = shot.to_string_lossy().into_owned();
    let arguments = ["run", PROGRAM, "--until", &until, "--screenshot", &file];
    start(&mut stage.overture(&arguments))?.finish()?;
    let shown = same_colours(&picture(&shot)?.rgb, &on_screen)?;
    println!("at {seconds} s the debugger shows {shown} colours of the picture there is then");
    Ok(())
}

/// Most of what is seen where the screen is are colours of the picture; how many of them.
fn same_colours(picture: &[u8], window: &[u8]) -> Result<usize, String> {
    let (columns, rows) = WINDOW;
    if window.len() != columns * rows * 3 {
        return Err(format!("the window has {} bytes", window.len()));
    }
    let known: BTreeSet<&[u8]> = picture.chunks_exact(3).collect();
    let (mut same, mut all, mut seen) = (0, 0, BTreeSet::new());
    let ((left, right), (top, bottom)) = SCREEN;
    for row in window.chunks_exact(columns * 3).take(bottom).skip(top) {
        for pixel in row.chunks_exact(3).take(right).skip(left) {
            all += 1;
            if known.contains(pixel) {
                same += 1;
                seen.insert(pixel);
            }
        }
    }
    if same * 10 < all * 9 || seen.len() < 8 {
        let count = seen.len();
        return Err(format!(
            "{same} of {all} pixels are the picture's, {count} colours"
        ));
    }
    Ok(seen.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_compared_where_the_screen_is() {
        let (columns, rows) = WINDOW;
        let colour = |n: usize| [n as u8 & 63, 200, 9];
        let picture: Vec<u8> = (0..64).flat_map(colour).collect();
        let window: Vec<u8> = (0..columns * rows).flat_map(colour).collect();
        assert_eq!(same_colours(&picture, &window), Ok(64));
        assert!(same_colours(&picture, &vec![0; window.len()]).is_err());
        assert!(same_colours(&picture, &window[3..]).is_err());
    }
}
