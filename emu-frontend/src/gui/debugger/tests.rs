//! The window without a window: every view, keys, buttons, commands.

use super::app::App;
use super::layout::{Layout, Place};
use super::views::View;
use super::window::dress;
use crate::cli::{self, Command};
use crate::config::RunConfig;
use crate::session::Session;
use egui::{Event, Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use emu_core::debug::Halt;
use emu_core::device::pods::PodKind;
use emu_core::machine::Stop;
use emu_core::time::Tick;
use std::cell::Cell;
use std::ffi::OsString;
use std::io;
use std::time::Duration;

type Ui<'a> = Harness<'a, App<'a>>;

/// Pictures of the window that anything here takes, at most.
const PICTURES_MAX: usize = 3000;

fn config(rom: &str) -> RunConfig {
    let words = ["overture", "debug", rom].map(OsString::from);
    match cli::parse(words).expect("a command line").command {
        Some(Command::Debug(args)) => RunConfig::new(&args.run).expect("a machine"),
        other => panic!("{other:?}"),
    }
}

/// The debugger on a built-in program, and a clock that goes on a millisecond a look.
fn open(config: &RunConfig) -> Ui<'_> {
    let session = Session::start(config).expect("starts");
    let mut app = App::new(config, session, Box::new(io::sink()), Layout::default());
    let millis = Cell::new(0);
    let clock = move || {
        millis.set(millis.get() + 1);
        Duration::from_millis(millis.get())
    };
    app.pass(&clock);
    let builder = Harness::builder()
        .with_size(Vec2::new(1280.0, 800.0))
        .with_max_steps(40);
    let ui = builder.build_ui_state(
        move |ui, app: &mut App<'_>| {
            app.pass(&clock);
            app.show(ui);
        },
        app,
    );
    dress(&ui.ctx);
    ui
}

/// Goes on until nothing is under way.
fn settle(ui: &mut Ui<'_>) {
    // A click takes a few pictures before it does anything.
    ui.run_steps(4);
    for _ in 0..PICTURES_MAX {
        ui.step();
        if !ui.state().is_busy() {
            ui.run_ok();
            return;
        }
    }
    panic!("it does not come to an end");
}

fn command(ui: &mut Ui<'_>, line: &str) {
    ui.state_mut().command(line);
    settle(ui);
}

fn key(ui: &mut Ui<'_>, modifiers: Modifiers, key: Key) {
    ui.key_press_modifiers(modifiers, key);
    settle(ui);
}

fn said(ui: &Ui<'_>) -> String {
    ui.state().said()
}

fn pc(ui: &Ui<'_>) -> u32 {
    let machine = ui.state().run().debugger.machine();
    let task = machine
        .kernel()
        .current_task()
        .unwrap_or(machine.kernel().main_task());
    machine
        .task_registers(task)
        .map_or(0, |registers| registers.pc())
}

fn at(ui: &Ui<'_>) -> Tick {
    ui.state().run().debugger.position().at
}

fn show(ui: &mut Ui<'_>, view: View) {
    ui.state_mut().layout().show(view);
    ui.run_ok();
}

#[test]
fn every_view_shows_a_machine_in_any_state() {
    for (rom, commands) in [
        ("rom:overture", &[][..]),
        (
            "rom:overture",
            &["run vbl:20", "break DrawCels", "watch sp", "run"],
        ),
        ("rom:deadlock", &["run"]),
        ("rom:hello", &["run"]),
        ("rom:crash", &["run"]),
    ] {
        let config = config(rom);
        let mut ui = open(&config);
        for line in commands {
            command(&mut ui, line);
        }
        // Once standing still, once under way.
        for is_busy in [false, true] {
            for place in Place::ALL {
                for n in 0..ui.state_mut().layout().tabs(*place).views.len() {
                    let view = ui.state_mut().layout().tabs(*place).views[n];
                    ui.state_mut().layout().show(view);
                }
                ui.step();
            }
            for view in View::ALL {
                ui.state_mut().layout().show(*view);
                ui.step();
            }
            if !is_busy {
                ui.state_mut().command("run");
            }
        }
    }
}

#[test]
fn a_click_in_the_margin_makes_a_breakpoint_and_another_removes_it() {
    let config = config("rom:metronome");
    let mut ui = open(&config);
    let target = pc(&ui) + 12;
    let label = format!("breakpoint at {target:#x}");
    ui.get_by_label(&label).click();
    ui.run_ok();
    ui.get_by_label("Run").click();
    settle(&mut ui);
    assert_eq!(pc(&ui), target);
    assert!(said(&ui).contains("breakpoint 1"), "{}", said(&ui));
    show(&mut ui, View::Breakpoints);
    ui.get_by_label_contains("1 times");
    ui.get_by_label(&label).click();
    ui.run_ok();
    assert_eq!(ui.state().run().debugger.points.iter().count(), 0);
}

#[test]
fn keys_step_and_take_back() {
    let config = config("rom:metronome");
    let mut ui = open(&config);
    let start = pc(&ui);
    key(&mut ui, Modifiers::NONE, Key::F11);
    assert_eq!(pc(&ui), start + 4);
    assert!(ui.query_all_by_label(&format!("{:08x}", start + 4)).count() > 0);
    key(&mut ui, Modifiers::NONE, Key::F11);
    let inside = pc(&ui);
    assert_ne!(inside, start + 8, "a call was followed");
    key(&mut ui, Modifiers::SHIFT, Key::F10);
    assert_eq!(pc(&ui), start + 4);
    key(&mut ui, Modifiers::NONE, Key::F10);
    assert_eq!(pc(&ui), start + 8);
    key(&mut ui, Modifiers::NONE, Key::F9);
    assert_eq!(ui.state().run().debugger.points.iter().count(), 1);
    key(&mut ui, Modifiers::NONE, Key::F1);
    ui.get_by_label("Ctrl+Shift+1");
    key(&mut ui, Modifiers::NONE, Key::Escape);
    assert!(ui.query_by_label("Ctrl+Shift+1").is_none());
}

#[test]
fn reverse_goes_to_the_breakpoint_before() {
    let config = config("rom:metronome");
    let mut ui = open(&config);
    command(&mut ui, "break SendIO");
    key(&mut ui, Modifiers::NONE, Key::F5);
    let first = at(&ui);
    key(&mut ui, Modifiers::NONE, Key::F5);
    let second = at(&ui);
    assert!(first < second);
    ui.get_by_label("Reverse").click();
    settle(&mut ui);
    assert_eq!(at(&ui), first);
    key(&mut ui, Modifiers::NONE, Key::F6);
    key(&mut ui, Modifiers::SHIFT, Key::F6);
    assert!(at(&ui) <= second);
    assert!(
        ui.state().title().starts_with("metronome at 0.0"),
        "{}",
        ui.state().title()
    );
}

#[test]
fn the_command_line_executes_remembers_and_completes() {
    let config = config("rom:metronome");
    let mut ui = open(&config);
    key(&mut ui, Modifiers::COMMAND, Key::L);
    let write = |ui: &mut Ui<'_>, text: &str| {
        ui.event(Event::Text(text.to_owned()));
        ui.run_ok();
    };
    write(&mut ui, "print 6 * 7");
    key(&mut ui, Modifiers::NONE, Key::Enter);
    assert!(said(&ui).contains("42 = 0x2a"), "{}", said(&ui));
    key(&mut ui, Modifiers::NONE, Key::ArrowUp);
    key(&mut ui, Modifiers::NONE, Key::Enter);
    assert_eq!(said(&ui).matches("42 = 0x2a").count(), 2);
    write(&mut ui, "break sendi");
    key(&mut ui, Modifiers::NONE, Key::Tab);
    key(&mut ui, Modifiers::NONE, Key::Enter);
    assert!(said(&ui).contains("calls of SendIO"), "{}", said(&ui));
    for (line, part) in [
        ("nonsense", "there is no command"),
        ("view nowhere", "views are screen"),
        ("mem 0xffffff00", "no memory"),
        ("goto never", "no instant"),
    ] {
        write(&mut ui, line);
        key(&mut ui, Modifiers::NONE, Key::Enter);
        assert!(said(&ui).contains(part), "{line}: {}", said(&ui));
    }
    command(&mut ui, "view events");
    assert!(ui.state_mut().layout().is_shown(View::Events));
    command(&mut ui, "quit");
    assert!(ui.state().is_done());
}

#[test]
fn events_are_searched_and_lead_to_their_instants() {
    let config = config("rom:metronome");
    let mut ui = open(&config);
    command(&mut ui, "run");
    assert!(matches!(
        ui.state().run().halt,
        Some(Halt::Ended(Stop::Exit(0)))
    ));
    key(&mut ui, Modifiers::COMMAND, Key::F);
    ui.event(Event::Text("complete device".to_owned()));
    ui.run_ok();
    ui.get_by_label_contains("0 of ");
    for _ in 0.."device".len() {
        ui.key_press(Key::Backspace);
    }
    ui.run_ok();
    assert!(ui.query_by_label_contains("0 of ").is_none());
    let first = ui
        .get_all_by_label_contains("complete req=")
        .next()
        .expect("a row");
    first.click();
    settle(&mut ui);
    let end = ui.state().run().debugger.reached();
    assert!(at(&ui) < end);
}

#[test]
fn the_console_has_what_was_printed() {
    let config = config("rom:hello");
    let mut ui = open(&config);
    show(&mut ui, View::Console);
    ui.get_by_label("nothing was printed yet");
    command(&mut ui, "run");
    let printed = ui.state().printed();
    assert!(
        printed
            .iter()
            .any(|line| line.to_lowercase().contains("hello")),
        "{printed:?}"
    );
    let last = printed.last().expect("a line").to_string();
    assert!(ui.query_all_by_label(&last).count() > 0);
    // What was printed stays when the machine goes back to before it.
    command(&mut ui, "goto cycle:0");
    assert!(ui.query_all_by_label(&last).count() > 0);
}

#[test]
fn the_history_bar_takes_the_machine_along() {
    let config = config("rom:metronome");
    let mut ui = open(&config);
    command(&mut ui, "run");
    let end = at(&ui);
    let bar = ui.get_by_label("history of the run");
    bar.click();
    settle(&mut ui);
    let middle = at(&ui);
    assert!(
        middle.0 > end.0 / 3 && middle.0 < end.0 * 2 / 3,
        "{middle} of {end}"
    );
}

#[test]
fn what_is_under_way_can_be_interrupted() {
    let config = config("rom:spin");
    let mut ui = open(&config);
    key_once(&mut ui, Modifiers::NONE, Key::F5);
    assert!(ui.state().is_busy());
    ui.get_by_label("Pause");
    key(&mut ui, Modifiers::NONE, Key::Escape);
    assert!(!ui.state().is_busy());
    let there = at(&ui);
    assert!(there > Tick(0));
    ui.state_mut().command("step 1000000");
    ui.step();
    ui.state_mut().command("where");
    ui.step();
    assert!(!ui.state().is_busy() && at(&ui) > there);
    assert_eq!(ui.state().run().debugger.points.iter().count(), 0);
}

fn key_once(ui: &mut Ui<'_>, modifiers: Modifiers, key: Key) {
    ui.key_press_modifiers(modifiers, key);
    for _ in 0..40 {
        ui.step();
    }
}

#[test]
fn pads_are_played_and_what_was_pressed_stays_pressed() {
    let config = config("rom:sketch");
    let mut ui = open(&config);
    show(&mut ui, View::Console);
    ui.state_mut().command("run");
    for _ in 0..60 {
        ui.step();
    }
    ui.get_by_label("screen of the console").click();
    ui.step();
    ui.step();
    ui.key_down(Key::S);
    for _ in 0..60 {
        ui.step();
    }
    ui.key_up(Key::S);
    for _ in 0..60 {
        ui.step();
    }
    assert!(
        ui.state().is_busy(),
        "a program that waits for a button is not stuck"
    );
    key(&mut ui, Modifiers::NONE, Key::Enter);
    let line = "3 changes of the buttons were seen";
    assert!(ui.state().printed().iter().any(|said| said.contains(line)));
    // The same again from the start, with nobody at the keyboard.
    let end = at(&ui);
    command(&mut ui, "goto cycle:0");
    command(&mut ui, "run time:600");
    assert_eq!(at(&ui), end);
    // A button in the past begins another future, and what followed is forgotten.
    let before = ui.state().printed().len();
    command(&mut ui, "goto vbl:5");
    ui.state_mut().command("run");
    ui.step();
    ui.key_down(Key::S);
    for _ in 0..60 {
        ui.step();
    }
    assert!(ui.state().is_busy() && ui.state().printed().len() < before);
    assert_eq!(ui.state().run().debugger.reached(), at(&ui));
}

#[test]
fn a_mouse_and_a_gun_are_played_on_the_screen() {
    let config = RunConfig {
        pods: vec![PodKind::Mouse, PodKind::LightGun],
        ..config("rom:sketch")
    };
    let mut ui = open(&config);
    ui.state_mut().command("run");
    for _ in 0..60 {
        ui.step();
    }
    let screen = ui.get_by_label("screen of the console").rect();
    ui.get_by_label("screen of the console").click();
    for _ in 0..4 {
        ui.step();
    }
    ui.hover_at(screen.center());
    for _ in 0..30 {
        ui.step();
    }
    let down = Vec2::new(0.0, screen.height() / 4.0);
    ui.hover_at(screen.center() + down);
    ui.drag_at(screen.center() + down);
    for _ in 0..30 {
        ui.step();
    }
    ui.hover_at(screen.center() - 3.0 * down);
    for _ in 0..30 {
        ui.step();
    }
    key_once(&mut ui, Modifiers::NONE, Key::Escape);
    key(&mut ui, Modifiers::NONE, Key::Escape);
    command(&mut ui, "events 100 kind input");
    let said = ui.state().said();
    let wanted = [
        "gun 1 aim 160 120",
        "mouse 1 move 0 60",
        "gun 1 aim 160 180",
        "mouse 1 press left",
        "gun 1 press trigger",
        "gun 1 aim off",
    ];
    for line in wanted {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn a_tab_moves_to_another_place_and_stays_there() {
    let config = config("rom:hello");
    let mut ui = open(&config);
    ui.get_by_label("Events").click_secondary();
    ui.run_ok();
    ui.get_by_label("move to middle").click();
    ui.run_ok();
    let layout = ui.into_state().into_layout();
    assert_eq!(layout.tabs(Place::Middle).shown(), Some(View::Events));
    let text = layout.to_string();
    assert!(
        text.contains("middle: disassembly memory graph events*"),
        "{text}"
    );
}

#[test]
fn the_graph_shows_items_and_a_click_tells_the_story_of_one() {
    let config = config("rom:metronome");
    let mut ui = open(&config);
    show(&mut ui, View::Graph);
    ui.get_by_label("all").click();
    ui.run_ok();
    let label = "task 0x20 \"metronome\"";
    ui.get_by_label(label).click();
    settle(&mut ui);
    let text = said(&ui);
    assert!(text.contains("> item 32"), "{text}");
}

#[test]
fn sound_is_shown_while_the_machine_runs_and_goes_back() {
    let config = config("rom:audio_limits");
    let mut ui = open(&config);
    show(&mut ui, View::Sound);
    for line in ["field 20", "step", "field 2", "goto cycle:1000000"] {
        command(&mut ui, line);
        for label in ["ticks", "input FIFOs", "instrument"] {
            let found = ui.query_all_by_label_contains(label).count();
            assert!(found > 0 || label == "instrument", "{label} behind {line}");
        }
    }
    assert!(ui.query_all_by_label_contains("left").count() > 0);
}

/// The loudest sample of the left side in the picture of sound.
fn left_peak(ui: &Ui<'_>) -> u16 {
    let label = ui.get_by_label_contains("left  ").accesskit_node().value();
    let label = label.expect("a label has a text");
    let peak = label.trim_start_matches("left").trim();
    peak.parse().expect("a peak")
}

/// However one has come there: on, back, by a step back.
#[test]
fn the_sound_around_an_instant_is_seen_wherever_one_stands() {
    let config = config("rom:tone");
    let mut ui = open(&config);
    show(&mut ui, View::Sound);
    assert_eq!(left_peak(&ui), 0, "nothing has sounded");
    command(&mut ui, "goto time:1");
    assert!(left_peak(&ui) > 0x1000);
    // A step back leads to the beginning of the tone: then the program waits.
    for line in [
        "goto time:0.5",
        "back",
        "goto time:0.8",
        "field 1",
        "goto time:0.3",
    ] {
        command(&mut ui, line);
        let peak = left_peak(&ui);
        assert!(peak > 0x1000, "{peak} behind {line}");
    }
    command(&mut ui, "goto cycle:1000");
    assert_eq!(left_peak(&ui), 0);
}

#[test]
fn the_name_of_an_instrument_stands_beside_its_first_knob() {
    let config = config("rom:chime");
    let mut ui = open(&config);
    show(&mut ui, View::Sound);
    command(&mut ui, "goto time:1");
    let name = ui.get_by_label("mixer4x2.dsp").rect();
    let knobs = ui.get_by_label_contains("LeftGain3").rect();
    assert!(knobs.height() > 3.0 * name.height(), "several lines");
    assert!((name.top() - knobs.top()).abs() < 4.0, "{name:?} {knobs:?}");
}
