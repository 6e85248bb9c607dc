//! Lines about pods, and actions written and read again.

use super::*;
use emu_core::device::pods::{Controls, PodEvent, PodKind, PodName};

fn action(line: &str) -> Action {
    one(line).expect(line).action
}

fn name(controls: Controls, number: u8) -> PodName {
    PodName { controls, number }
}

#[test]
fn every_line_about_pods_is_read() {
    let pad = name(Controls::Pad, 1);
    let stick = name(Controls::Stick, 8);
    let mouse = name(Controls::Mouse, 2);
    let at = Some((160, 0));
    for (line, wanted) in [
        ("pad 1 press A", PodEvent::Press(pad, 0x0800_0000)),
        ("pad 1 release a Start", PodEvent::Release(pad, 0x0900_0000)),
        ("mouse 2 press left", PodEvent::Press(mouse, 0x8000_0000)),
        ("stick 8 press fire R", PodEvent::Press(stick, 0x8010_0000)),
        ("gun 1 aim 160 0", PodEvent::Aim { gun: 1, at }),
        ("gun 1 aim off", PodEvent::Aim { gun: 1, at: None }),
        ("pods plug mouse", PodEvent::Plug(PodKind::Mouse)),
        (
            "pods plug extended-pad",
            PodEvent::Plug(PodKind::ExtendedPad),
        ),
        ("pods unplug 2", PodEvent::Unplug(2)),
    ] {
        assert_eq!(action(&format!("vbl:60 {line}")), Action::Pods(wanted));
    }
    let moved = PodEvent::Move {
        mouse: 1,
        right: 5,
        down: -3,
    };
    assert_eq!(action("vbl:1 mouse 1  move 5 -3"), Action::Pods(moved));
    let axes = [0, 512, 1023];
    let tilted = PodEvent::Tilt { stick: 1, axes };
    assert_eq!(
        action("vbl:1 stick 1 move 0 512 1023"),
        Action::Pods(tilted)
    );
    let tapped = Action::Tap(pad, 0x0100_0000);
    assert_eq!(action("vbl:1 pad 1 tap start"), tapped);
}

#[test]
fn wrong_lines_about_pods_say_what_is_wanted() {
    for (line, words) in [
        ("pad", "pad wants a number from 1 to 8 behind it, not \"\""),
        ("pad A press", "from 1 to 8 behind it, not \"A\""),
        ("pad 0 press A", "not \"0\""),
        ("pad 9 press A", "not \"9\""),
        (
            "pad 1",
            "what happens is missing; a pad knows press, release and tap",
        ),
        ("pad 1 move 1 2", "there is no action \"move\"; a pad knows"),
        (
            "pad 1 press",
            "pad has the buttons down, up, right, left, A, B, C, start, X, R, L, not \"\"",
        ),
        ("pad 1 press Q", "not \"Q\""),
        ("pad 1 press A # now", "not \"#\""),
        (
            "mouse 1 press A",
            "mouse has the buttons left, middle, right, shift",
        ),
        (
            "mouse 1 move 5",
            "mouse wants 2 whole numbers from -30000 to 30000, not \"5\"",
        ),
        ("mouse 1 move 5 x", "not \"5 x\""),
        ("mouse 1 move 5 40000", "not \"5 40000\""),
        ("mouse 1 move 5 6 7", "not \"5 6 7\""),
        (
            "stick 1 move 0 0",
            "stick wants 3 whole numbers from 0 to 1023",
        ),
        ("stick 1 move 0 0 1024", "from 0 to 1023"),
        ("gun 1 aim", "gun wants 2 whole numbers"),
        ("gun 1 aim -1 0", "from 0 to 1023"),
        (
            "gun 1 shoot",
            "a gun knows press, release and tap BUTTONS, aim X Y, aim off",
        ),
        ("pods", "what happens is missing; `pods` knows plug KIND"),
        ("pods plug", "pods plug wants one of pad, extended-pad"),
        ("pods plug joypad", "not \"joypad\""),
        ("pods unplug", "from 1 to 8, not \"\""),
        ("pods unplug 9", "from 1 to 8, not \"9\""),
        ("pods swap", "there is no action \"swap\""),
    ] {
        let error = one(&format!("vbl:1 {line}")).expect_err(line);
        assert!(error.contains(words), "{line}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

/// A tap holds the button for one field, from the first that sees it.
#[test]
fn a_tap_is_two_inputs() {
    let pad = name(Controls::Pad, 1);
    let text = "vbl:10 pad 1 tap X\ntime:0.02 pad 1 tap A\ntime:0 pad 1 tap B";
    for video in [Video::Ntsc, Video::Pal] {
        let inputs = inputs(text, video).expect("valid");
        let at = |field| video.field_start(field);
        let (x, a, b) = (0x0080_0000, 0x0800_0000, 0x0400_0000);
        let press = |buttons| Input::Pods(PodEvent::Press(pad, buttons));
        let release = |buttons| Input::Pods(PodEvent::Release(pad, buttons));
        let wanted = [
            (at(10), press(x)),
            (at(11), release(x)),
            (Tick(250_000), press(a)),
            (at(if video == Video::Pal { 2 } else { 3 }), release(a)),
            (Tick(0), press(b)),
            (at(2), release(b)),
        ];
        assert_eq!(inputs, wanted);
    }
    let (line, error) = inputs("vbl:1 disc insert a.iso", Video::Pal).expect_err("a file");
    assert_eq!(line, 1);
    assert!(error.to_string().contains("disc insert"));
}

fn any_name(dice: &mut impl FnMut(u32) -> u32, controls: Controls) -> PodName {
    name(controls, dice(8) as u8 + 1)
}

fn any_buttons(dice: &mut impl FnMut(u32) -> u32, controls: Controls) -> u32 {
    let all = controls.buttons();
    let some = dice(1 << all.len());
    let bits = (0..).zip(all).filter(|(n, _)| some >> n & 1 != 0);
    let bits = bits.fold(0, |bits, (_, (_, bit))| bits | bit);
    if bits == 0 { all[0].1 } else { bits }
}

fn any_action(dice: &mut impl FnMut(u32) -> u32) -> Action {
    let controls = Controls::ALL[dice(4) as usize];
    let pod = any_name(dice, controls);
    let buttons = any_buttons(dice, controls);
    let number = pod.number;
    Action::Pods(match dice(16) {
        0 => return Action::Tap(pod, buttons),
        1 => return Action::Media(MediaEvent::Open),
        2 => return Action::Media(MediaEvent::Close),
        3 => return Action::Media(MediaEvent::Insert(None)),
        4 => return Action::Media(MediaEvent::FailFrame(dice(FRAME_END))),
        5 => {
            let extra = Ticks(u64::from(dice(u32::MAX)) * CPU_HZ / 1000);
            let frame = dice(FRAME_END);
            return Action::Media(MediaEvent::SlowFrame { frame, extra });
        }
        6 => return Action::Insert(format!("disc {} # x.iso", dice(99))),
        7 => {
            let bytes = (0..dice(40)).map(|_| dice(256) as u8);
            return Action::Console(bytes.collect());
        }
        8 => PodEvent::Plug(PodKind::ALL[dice(8) as usize]),
        9 => PodEvent::Unplug(number),
        10 => PodEvent::Press(pod, buttons),
        11 => PodEvent::Release(pod, buttons),
        12 => PodEvent::Move {
            mouse: number,
            right: dice(60_001) as i32 - 30_000,
            down: dice(60_001) as i32 - 30_000,
        },
        13 => PodEvent::Tilt {
            stick: number,
            axes: [(); 3].map(|()| dice(1024) as u16),
        },
        14 => PodEvent::Aim {
            gun: number,
            at: None,
        },
        _ => PodEvent::Aim {
            gun: number,
            at: Some((dice(1024) as u16, dice(1024) as u16)),
        },
    })
}

#[test]
fn what_is_written_is_read_as_the_same_action() {
    let mut state = 1_u64;
    let mut dice = |end: u32| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((state >> 33) % u64::from(end)) as u32
    };
    for _ in 0..5000 {
        let wanted = any_action(&mut dice);
        let line = format!("vbl:7 {wanted}");
        assert_eq!(action(&line), wanted, "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
}

#[test]
fn inputs_are_written_as_lines() {
    let number = DiscNumber(3);
    let table = emu_core::media::DiscTable::one_track(10);
    let inserted = Input::Media(MediaEvent::Insert(Some((number, table))));
    let line = |input: &Input| Action::of(input, |n| format!("disc{}.iso", n.0)).to_string();
    assert_eq!(line(&inserted), "disc insert disc3.iso");
    assert_eq!(line(&Input::Console(b"a\n".to_vec())), r#"console "a\n""#);
    assert_eq!(line(&Input::Media(MediaEvent::Open)), "disc open");
    let plug = Input::Pods(PodEvent::Plug(PodKind::LightGun));
    assert_eq!(line(&plug), "pods plug gun");
}
