//! Mach's screen as it is seen, and the buttons of the first pad.
//!
//! Mach sheet 5.4; graphics sheet 1.3 for what is behind it.
#![forbid(unsafe_code)]

use Value::W;
use emu_core::device::display::{Picture, Scaling};
use emu_core::device::pods::{Controls, PodEvent, PodKind, PodName};
use emu_core::input::Input;
use emu_core::machine::Config;
use emu_core::time::Video;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::Value;
use tests::guest::{Guest, both_profiles};

const VC_GETINFO: u32 = 0x76_0001;
const VC_SETCOLOR: u32 = 0x76_0004;
const SCREEN_SET_BASE: u32 = 0x44_0002;
const SCREEN_WAIT_VBL: u32 = 0x44_0003;
const WHITE: [u8; 3] = [255; 3];
const BLACK: [u8; 3] = [0; 3];
const A: u32 = 0x0800_0000;
const B: u32 = 0x0400_0000;

fn picture(g: &mut Guest) -> Picture {
    g.machine().picture(Scaling::Plain).expect("a display")
}

fn pixel(g: &mut Guest, x: u32, y: u32) -> [u8; 3] {
    let picture = picture(g);
    let at = ((y * picture.width + x) * 3) as usize;
    picture.rgb[at..at + 3].try_into().expect("a pixel")
}

#[test]
fn the_page_is_shown_from_the_next_blank_on() {
    both_profiles(|g| {
        assert_eq!(picture(g), Picture::black(320, 240));
        let screen = g.open("screen0");
        // The first two pixels of lines 0 and 1.
        let words = [0x7FFF_7C00_u32, 0x03E0_001F].map(u32::to_be_bytes);
        assert_eq!(g.write_inband(screen, 0, &words.concat()), Ok(8));
        assert_eq!(picture(g), Picture::black(320, 240), "not yet");
        g.advance_fields(1);
        let shown = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(x, y)| pixel(g, x, y));
        assert_eq!(shown, [WHITE, [255, 0, 0], [0, 255, 0], [0, 0, 255]]);
    });
}

#[test]
fn another_page_is_shown_from_the_next_blank_on() {
    both_profiles(|g| {
        let screen = g.open("screen0");
        let own = g.status(screen, VC_GETINFO, 23).expect("VC_GETINFO")[4];
        assert_eq!(g.write_inband(screen, 0, &[0x7F, 0xFF]), Ok(2));
        // Some lines further down, where all is black.
        let other = own + 0x5000;
        g.write(other + 1280, 0x03E0_03E0);
        g.advance_fields(1);
        for _ in 0..3 {
            assert_eq!(g.set_status(screen, SCREEN_SET_BASE, &[other]), OK);
            assert_eq!(
                (pixel(g, 0, 0), pixel(g, 0, 2)),
                (WHITE, BLACK),
                "this field"
            );
            g.advance_fields(1);
            assert_eq!((pixel(g, 0, 0), pixel(g, 0, 2)), (BLACK, [0, 255, 0]));
            // Of several in one field the last one counts.
            assert_eq!(g.set_status(screen, SCREEN_SET_BASE, &[other + 4]), OK);
            assert_eq!(g.set_status(screen, SCREEN_SET_BASE, &[own]), OK);
            assert_eq!(pixel(g, 0, 2), [0, 255, 0]);
            g.advance_fields(1);
            assert_eq!(pixel(g, 0, 0), WHITE);
        }
    });
}

#[test]
fn colours_are_those_that_a_program_has_set() {
    both_profiles(|g| {
        let screen = g.open("screen0");
        assert_eq!(g.write_inband(screen, 0, &[0x7F, 0xFF]), Ok(2));
        let entries = [0x1F11_2233, 0x2044_5566, 0xFF77_8899];
        assert_eq!(g.set_status(screen, VC_SETCOLOR, &entries), OK);
        g.advance_fields(2);
        assert_eq!(pixel(g, 0, 0), [0x11, 0x22, 0x33]);
        assert_eq!(pixel(g, 1, 0), [0x44, 0x55, 0x66], "the background");
        // They are the other page's as well.
        let own = g.status(screen, VC_GETINFO, 23).expect("VC_GETINFO")[4];
        assert_eq!(g.set_status(screen, SCREEN_SET_BASE, &[own]), OK);
        g.advance_fields(1);
        assert_eq!(pixel(g, 0, 0), [0x11, 0x22, 0x33]);
    });
}

#[test]
fn a_higher_picture_has_the_screen_in_its_middle() {
    let mut g = Guest::with_config(Config {
        video: Video::Pal,
        ..Config::default()
    });
    let g = &mut g;
    let screen = g.open("screen0");
    assert_eq!(g.set_status(screen, VC_SETCOLOR, &[0x20FF_FFFF]), OK);
    g.advance_fields(2);
    assert_eq!(picture(g).height, 288);
    let rows = [24, 25, 264, 265].map(|y| pixel(g, 319, y));
    assert_eq!(rows, [BLACK, WHITE, WHITE, BLACK]);
}

#[test]
fn waiting_for_the_blank_ends_with_it() {
    both_profiles(|g| {
        let screen = g.open("screen0");
        let before = g.fields();
        for n in 1..4 {
            let waited = g.rpc("device_get_status", screen, &[W(SCREEN_WAIT_VBL), W(4)]);
            assert_eq!(waited.value(), Ok(0));
            assert_eq!(g.fields(), before + n);
        }
    });
}

/// Presses or lets go of buttons of the first pad.
fn press(g: &mut Guest, down: bool, buttons: u32) {
    let pad = PodName {
        controls: Controls::Pad,
        number: 1,
    };
    let event = match down {
        true => PodEvent::Press(pad, buttons),
        false => PodEvent::Release(pad, buttons),
    };
    do_now(g, event);
}

fn do_now(g: &mut Guest, event: PodEvent) {
    let now = g.now();
    g.machine().schedule_input(now, Input::Pods(event));
    g.advance_fields(1);
}

/// What a read that must not wait brings, as records.
fn records(g: &mut Guest, pad: u32, bytes: u32) -> Result<Vec<(u32, u32)>, u32> {
    let bytes = g.read_inband(pad, D_NOWAIT, 0, bytes)?;
    let word = |at: usize| tests::guest::mach::wire::word(&bytes, at);
    Ok((0..bytes.len() / 8)
        .map(|n| (word(n * 8), word(n * 8 + 4)))
        .collect())
}

#[test]
fn control0_has_a_record_for_each_field_with_a_change() {
    both_profiles(|g| {
        let pad = g.open("control0");
        assert_eq!(g.try_open(D_READ, "pad0"), Ok(pad));
        assert_eq!(records(g, pad, 128), Err(D_WOULD_BLOCK));
        press(g, true, A);
        let first = g.fields() as u32;
        g.advance_fields(5);
        press(g, true, B);
        press(g, false, A);
        // Down and up again between two fields: nothing has changed.
        let now = g.now();
        let name = PodName {
            controls: Controls::Pad,
            number: 1,
        };
        for event in [PodEvent::Press(name, A), PodEvent::Release(name, A)] {
            g.machine().schedule_input(now, Input::Pods(event));
        }
        g.advance_fields(1);
        let last = (first + 7, B);
        assert_eq!(
            records(g, pad, 23),
            Ok(vec![(first, A), (first + 6, A | B)])
        );
        assert_eq!(records(g, pad, 128), Ok(vec![last]));
        assert_eq!(records(g, pad, 8), Err(D_WOULD_BLOCK));
    });
}

#[test]
fn control0_keeps_the_newest_thirty_two() {
    both_profiles(|g| {
        let pad = g.open("control0");
        let start = g.fields() as u32;
        for n in 0..40 {
            press(g, n % 2 == 0, A);
        }
        let bytes = g.device_read(pad, 0, 4096).expect("records");
        assert_eq!(bytes.len(), 32 * 8);
        let first = tests::guest::mach::wire::word(&bytes, 0);
        assert_eq!(first, start + 9);
    });
}

#[test]
fn reads_of_control0_wait_in_the_order_in_which_they_came() {
    both_profiles(|g| {
        let (pad, queue) = (g.open("control0"), g.queue());
        for id in 1..4 {
            assert_eq!(g.trap(-99, &[pad, queue, id, 0, 0, 16]), OK);
        }
        assert_eq!(g.trap(-99, &[pad, queue, 4, D_NOWAIT, 0, 16]), OK);
        let refused = g.done(queue);
        assert_eq!((refused.id(), refused.error()), (4, D_WOULD_BLOCK));
        for (id, down) in [(1, true), (2, false), (3, true)] {
            press(g, down, A);
            let done = g.done(queue);
            assert_eq!(done.control(), [1, id, OK, done.data(), 8]);
        }
    });
}

#[test]
fn control0_refuses_what_it_cannot_do() {
    both_profiles(|g| {
        let pad = g.open("control0");
        assert_eq!(g.write_inband(pad, 0, &[1]), Err(D_INVALID_OPERATION));
        assert_eq!(g.read_inband(pad, 0, 0, 7), Err(D_INVALID_SIZE));
        assert_eq!(g.read_inband(pad, 0, 0, 0), Ok(vec![]));
        assert_eq!(g.status(pad, 0, 2), Ok(vec![0, 1]));
        assert_eq!(g.status(pad, VC_GETINFO, 23), Err(D_INVALID_OPERATION));
        assert_eq!(g.set_status(pad, VC_SETCOLOR, &[0]), D_INVALID_OPERATION);
        let out = g.words(&[0]);
        assert_eq!(g.trap(-209, &[pad, 3, 0, 4096, out]), D_INVALID_OPERATION);
    });
}

#[test]
fn control0_tells_of_the_first_pad_only() {
    both_profiles(|g| {
        let pad = g.open("control0");
        do_now(g, PodEvent::Plug(PodKind::ControlPad));
        let second = PodName {
            controls: Controls::Pad,
            number: 2,
        };
        do_now(g, PodEvent::Press(second, A));
        assert_eq!(records(g, pad, 128), Err(D_WOULD_BLOCK));
        // The second becomes the first, with its button down.
        do_now(g, PodEvent::Unplug(1));
        let now = g.fields() as u32;
        assert_eq!(records(g, pad, 128), Ok(vec![(now, A)]));
        do_now(g, PodEvent::Unplug(1));
        assert_eq!(records(g, pad, 128), Ok(vec![(now + 1, 0)]));
    });
}
