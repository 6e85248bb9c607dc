//! The real window on a display that nobody sees: shows, hears, keeps time.
//!
//! | run | what must hold |
//! |---|---|
//! | four seconds, untouched | it ends by itself; time passes as on a console; a sound device that plays into nothing gets its sound |
//! | with keys | the program hears them; a screenshot is what a run without a window shows in the same field, and so is what is on the screen |
//! | the debugger | it steps, runs and stops by its keys, its title says where, and the screen is what a run without a window shows then |

#[path = "window/debugger.rs"]
mod debugger;

use crate::{Problems, program};
use ::tests::picture::read_png;
use emu_core::device::display::Picture;
use serde_json::Value;
use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What the step needs beside the program, with the packages of Debian that have it.
const TOOLS: &[(&str, &str)] = &[
    ("Xvfb", "xvfb"),
    ("xdotool", "xdotool"),
    ("import", "imagemagick"),
];
/// Runs for ever and hears nothing.
const IDLE: &str = "rom:spin";
/// Shows what the first pad does, until Start is pressed.
const LISTENER: &str = "rom:sketch";
/// Fields of the run that nobody touches.
const FIELDS: u64 = 240;
/// Size of the window when none is remembered.
const WINDOW: (usize, usize) = (960, 720);
/// How often a picture of 320 x 240 is repeated in it.
const TIMES: usize = 3;
/// Rows of the picture over which nothing is ever written.
const CLEAR_ROWS: usize = 180;
/// Nothing here takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the step. Without the tools it passes over, except where the variable CI is set.
pub fn run() -> Result<(), Problems> {
    let whole = |line| vec![line];
    let missing: Vec<&str> = TOOLS
        .iter()
        .filter(|(tool, _)| !is_there(tool))
        .map(|(_, package)| *package)
        .collect();
    if !missing.is_empty() {
        let line = format!("not installed: {}", missing.join(", "));
        return match env::var_os("CI") {
            Some(_) => Err(whole(line)),
            None => {
                println!("passed over: {line}");
                Ok(())
            }
        };
    }
    let overture = program::debug().map_err(whole)?;
    let stage = Stage::new(overture).map_err(whole)?;
    let checks: [(&str, Check); 3] = [
        ("untouched", keeps_time),
        ("with keys", hears_and_shows),
        ("debugger", debugger::debugs),
    ];
    let mut problems = Problems::new();
    for (name, check) in checks {
        let result = check(&stage);
        problems.extend(result.err().map(|line| format!("{name}: {line}")));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems),
    }
}

type Check = fn(&Stage) -> Result<(), String>;

fn is_there(tool: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(tool).is_file())
}

/// A display that nobody sees, and a home that nobody lives in.
struct Stage {
    overture: PathBuf,
    server: Child,
    display: String,
    folder: TempDir,
}

impl Stage {
    fn new(overture: PathBuf) -> Result<Stage, String> {
        let folder = crate::scratch()?;
        // It says itself which display was free.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x1024x24"])
            // It stays as it is when its last client goes and the next has not come.
            .args(["-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("Xvfb: {e}"))?;
        let mut line = String::new();
        let said = server.stdout.take().map(BufReader::new);
        let read = said.map(|mut said| said.read_line(&mut line));
        let number = line.trim();
        if !matches!(read, Some(Ok(1..))) || number.is_empty() {
            // It has ended, or will not do anything useful.
            let _ = server.kill();
            return Err("Xvfb does not start".to_owned());
        }
        Ok(Stage {
            overture,
            display: format!(":{number}"),
            server,
            folder,
        })
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("DISPLAY", &self.display)
            .env("HOME", self.folder.path())
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path().join("settings"))
            .env("XDG_DATA_HOME", self.folder.path().join("data"))
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .env_remove("RUST_LOG")
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    fn overture(&self, arguments: &[&str]) -> Command {
        println!("$ overture {}", arguments.join(" "));
        let mut command = self.command(&self.overture);
        command.args(arguments);
        command
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> Result<Output, String> {
        let line = format!("{name} {}", arguments.join(" "));
        let output = self.command(name).args(arguments).output();
        let output = output.map_err(|e| format!("{line}: {e}"))?;
        match output.status.success() {
            true => Ok(output),
            false => Err(format!(
                "{line}: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            )),
        }
    }

    fn key(&self, name: &str) -> Result<(), String> {
        self.tool("xdotool", &["key", name]).map(|_| ())
    }

    /// The window, once there is one.
    fn window(&self) -> Result<String, String> {
        let began = Instant::now();
        loop {
            let found = self.tool(
                "xdotool",
                &["search", "--onlyvisible", "--name", "Overture"],
            );
            let text = found.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
            match text {
                Ok(text) if !text.trim().is_empty() => {
                    return Ok(text.lines().next().unwrap_or_default().to_owned());
                }
                _ if began.elapsed() > PATIENCE => return Err("no window appeared".to_owned()),
                _ => sleep(Duration::from_millis(100)),
            }
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A program that ends with this check, whatever the check finds.
struct Running(Child);

impl Running {
    /// What it printed, when it has ended by itself and well.
    fn finish(mut self) -> Result<String, String> {
        let began = Instant::now();
        let status = loop {
            match self.0.try_wait().map_err(|e| e.to_string())? {
                Some(status) => break status,
                None if began.elapsed() > PATIENCE => return Err("it does not end".to_owned()),
                None => sleep(Duration::from_millis(50)),
            }
        };
        let mut text = String::new();
        if let Some(mut out) = self.0.stdout.take() {
            std::io::Read::read_to_string(&mut out, &mut text).map_err(|e| e.to_string())?;
        }
        match status.success() {
            true => Ok(text),
            false => Err(format!("{status}")),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(command: &mut Command) -> Result<Running, String> {
    let child = command.stdout(Stdio::piped()).spawn();
    child.map(Running).map_err(|e| e.to_string())
}

fn report(text: &str) -> Result<Value, String> {
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).map_err(|e| format!("no report: {e}: {line}"))
}

/// Emulated time follows the host's clock, however slowly pictures are drawn.
fn keeps_time(stage: &Stage) -> Result<(), String> {
    let until = format!("vbl:{FIELDS}");
    let arguments = ["run", IDLE, "--window", "--json", "--until", &until];
    let arguments = [&arguments[..], &["--null-sound", "--wav", "untouched.wav"]].concat();
    let text = start(&mut stage.overture(&arguments))?.finish()?;
    let report = report(&text)?;
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let fields = number(&report["fields"]);
    let presented = number(&report["window"]["presented"]);
    let seconds = number(&report["window"]["seconds"]);
    let rate = fields / seconds;
    println!(
        "{fields} fields in {seconds:.2} s ({rate:.1} a second; a console has 59.94), \
         {presented} of them shown"
    );
    if fields != FIELDS as f64 || report["stop"] != "until" {
        return Err(format!("it ended otherwise: {report}"));
    }
    // A busy host may be late; faster than a console is wrong anywhere.
    if !(20.0..62.0).contains(&rate) || presented < 30.0 {
        return Err("time passes otherwise than on a console".to_owned());
    }
    plays(stage, &report)
}

/// What passed was played as it passed, and all of it is in the file.
fn plays(stage: &Stage, report: &Value) -> Result<(), String> {
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let frames = number(&report["sound"]["frames"]);
    let sound = &report["window"]["sound"];
    println!("{frames} frames of sound, played: {sound}");
    let played = number(&sound["frames"]);
    // A device of 48,000 Hz; a busy host leaves gaps.
    if number(&sound["rate"]) != 48_000 || played < frames / 4 {
        return Err(format!("the sound device got something else: {sound}"));
    }
    let file = stage.folder.path().join("untouched.wav");
    let length = fs::metadata(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    match length.len() == 44 + 4 * frames {
        true => Ok(()),
        false => Err(format!(
            "a file of {} bytes for {frames} frames",
            length.len()
        )),
    }
}

/// Keys reach the program, and the same picture is seen everywhere.
fn hears_and_shows(stage: &Stage) -> Result<(), String> {
    let arguments = ["run", LISTENER, "--window", "--json", "--until", "time:60"];
    let running = start(&mut stage.overture(&arguments))?;
    let window = stage.window()?;
    // There is nobody else who would give it the keys.
    stage.tool("xdotool", &["windowfocus", "--sync", &window])?;
    sleep(Duration::from_secs(2));
    // The B button, which lights up and draws nothing.
    stage.key("s")?;
    sleep(Duration::from_millis(500));
    stage.key("space")?;
    sleep(Duration::from_millis(500));
    stage.key("F12")?;
    sleep(Duration::from_secs(1));
    let on_screen = ["-window", &window, "-depth", "8", "rgb:-"];
    let on_screen = stage.tool("import", &on_screen)?.stdout;
    stage.key("space")?;
    stage.key("Return")?;
    let text = running.finish()?;
    // Pressed, released, and Start.
    let line = "3 changes of the buttons were seen";
    if !text.contains(line) {
        return Err(format!("'{line}' was not printed: {text}"));
    }
    let report = report(&text)?;
    if report["stop"] != "exit" || report["exit_status"] != 0 {
        return Err(format!("Enter did not end the program: {report}"));
    }
    let (path, field) = screenshot(stage.folder.path())?;
    let shown = picture(&path)?;
    // Without somebody who may still press something it would be stuck.
    let script = format!("vbl:{} pad 1 tap start\n", field + 10);
    fs::write(stage.folder.path().join("script"), script).map_err(|e| e.to_string())?;
    let until = format!("vbl:{field}");
    let arguments = ["run", LISTENER, "--until", &until, "--frames", "fields"];
    let arguments = [&arguments[..], &["--input", "script"]].concat();
    start(&mut stage.overture(&arguments))?.finish()?;
    let wanted = stage
        .folder
        .path()
        .join(format!("fields/frame-{field:06}.png"));
    if picture(&wanted)? != shown {
        return Err(format!("field {field} looks otherwise without a window"));
    }
    same_on_screen(&shown, &on_screen)?;
    println!("field {field} is the same in a window, on the screen and without a window");
    Ok(())
}

/// The screenshot that was written, and the vertical blank in its name.
fn screenshot(folder: &Path) -> Result<(PathBuf, u64), String> {
    let entries = fs::read_dir(folder).map_err(|e| e.to_string())?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".png");
        let number = stem.and_then(|stem| stem.rsplit('-').next()?.parse().ok());
        if let Some(number) = number {
            return Ok((entry.path(), number));
        }
    }
    Err("F12 wrote no screenshot".to_owned())
}

/// A picture from its file.
fn picture(path: &Path) -> Result<Picture, String> {
    let read = File::open(path).and_then(|file| read_png(BufReader::new(file)));
    read.map_err(|e| format!("{}: {e}", path.display()))
}

/// Every pixel of the picture is a square of the window, its colour unchanged.
fn same_on_screen(picture: &Picture, window: &[u8]) -> Result<(), String> {
    let (columns, rows) = WINDOW;
    if window.len() != columns * rows * 3 {
        return Err(format!("the window has {} bytes", window.len()));
    }
    let width = picture.width as usize;
    for y in 0..CLEAR_ROWS * TIMES {
        for x in 0..columns {
            let seen = window.chunks_exact(3).nth(y * columns + x);
            let wanted = picture
                .rgb
                .chunks_exact(3)
                .nth(y / TIMES * width + x / TIMES);
            if seen != wanted {
                return Err(format!(
                    "at {x}, {y} the screen shows {seen:?}, not {wanted:?}"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_compared_square_by_square() {
        let (columns, rows) = WINDOW;
        let width = columns / TIMES;
        let colour = |n: usize| [n as u8, (n >> 8) as u8, 7];
        let rgb: Vec<u8> = (0..width * rows / TIMES).flat_map(colour).collect();
        let shown = |n: usize| colour(n / columns / TIMES * width + n % columns / TIMES);
        let mut window: Vec<u8> = (0..columns * rows).flat_map(shown).collect();
        let (width, height) = (width as u32, (rows / TIMES) as u32);
        let picture = Picture { width, height, rgb };
        assert_eq!(same_on_screen(&picture, &window), Ok(()));
        window[300] ^= 1;
        assert!(same_on_screen(&picture, &window).is_err());
        assert!(same_on_screen(&picture, &window[3..]).is_err());
    }
}
