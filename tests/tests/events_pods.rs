//! Pods: events, descriptions, commands, the table (device sheet 7.7, 7.8).
#![forbid(unsafe_code)]

use emu_core::device::Board;
use emu_core::device::pods::{Controls, PodEvent, PodKind, PodOutput};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::aif::Image;
use emu_core::machine::{Config, Stop};
use emu_core::quirks::Profile;
use emu_devices::board::{CONTROL_PORT, ConsoleBoard};
use emu_frontend::input::inputs;
use tests::guest::events::{Listener, Wants, pad_button, pod, words_of};
use tests::guest::{Guest, Word, both_profiles};
use tests::run::{LONG_ENOUGH, finish, start_image};

const PORT_CHANGE: u32 = 0x0400_0000;
const NOT_SUPPORTED: Status = Status(0xF14C_D010_u32 as i32);
const BAD_UNIT: Status = Status(0xF14C_D00B_u32 as i32);
const NO_MEM: Status = Status(0xF14C_D006_u32 as i32);

fn plug(g: &mut Guest, kind: PodKind) {
    g.pods(PodEvent::Plug(kind));
}

/// Descriptions of the pods: number, position, type, flags, bits in and out.
fn described(g: &mut Guest) -> Vec<[u32; 6]> {
    let who = g.listener(2048);
    let (result, data) = g.ask(who, &[27]);
    assert_eq!((result, data.len()), (Status::OK, 2048));
    let words = words_of(&data);
    assert_eq!(words[0], 28);
    let pods = words[2..].chunks(10).take(words[1] as usize);
    pods.map(|pod| {
        [
            pod[0] >> 24,
            pod[0] >> 16 & 0xFF,
            pod[1],
            pod[4],
            pod[2],
            pod[3],
        ]
    })
    .collect()
}

/// What a pod was told last.
fn output(g: &mut Guest, place: usize) -> Option<PodOutput> {
    let mut board: ConsoleBoard = g.machine().board().clone();
    let port = board.device(CONTROL_PORT).expect("a control port");
    port.pods()[place].output
}

#[test]
fn a_console_has_one_pad_and_gets_others_at_power_on() {
    both_profiles(|g| {
        assert_eq!(described(g), [[1, 1, 0x80, 0x8800_000E, 16, 2]]);
        let now = g.now();
        for kind in [PodKind::Mouse, PodKind::Stick, PodKind::LightGun] {
            let input = emu_core::input::Input::Pods(PodEvent::Plug(kind));
            g.machine().schedule_input(now, input);
        }
        g.advance(1000);
        assert_eq!(g.fields(), 0);
        let wanted = [
            [1, 1, 0x80, 0x8800_000E, 16, 2],
            [2, 2, 0x49, 0x4000_0006, 32, 0],
            [3, 3, 0x01, 0x0100_0002, 72, 0],
            [4, 4, 0x4D, 0x0200_0002, 32, 2],
        ];
        assert_eq!(described(g), wanted);
        let who = g.configured(Wants::observer(0).system(PORT_CHANGE));
        g.fields_pass(15);
        assert!(g.event(who.port).is_none(), "they were there");
    });
}

#[test]
fn plugging_takes_ten_fields_and_is_told() {
    both_profiles(|g| {
        g.advance_fields(1);
        let who = g.configured(Wants::observer(0).system(PORT_CHANGE));
        plug(g, PodKind::Mouse);
        g.fields_pass(8);
        assert_eq!(described(g).len(), 1);
        assert!(g.event(who.port).is_none());
        g.fields_pass(2);
        let frames = g.events(who.port);
        assert_eq!((frames[0].number, frames[0].data.len()), (69, 0));
        assert_eq!((frames.len(), frames[0].place), (1, [0; 3]));
        assert_eq!(described(g)[1][..3], [2, 2, 0x49]);
        g.pods(PodEvent::Unplug(1));
        g.fields_pass(8);
        assert_eq!(described(g).len(), 2);
        g.fields_pass(2);
        assert_eq!(g.event_numbers(who.port), [69]);
        // A pod keeps its number and moves up.
        assert_eq!(described(g)[0][..3], [2, 1, 0x49]);
        plug(g, PodKind::Keyboard);
        plug(g, PodKind::Glasses);
        g.fields_pass(12);
        assert_eq!(g.event_numbers(who.port), [69]);
        let told: Vec<_> = described(g)
            .iter()
            .map(|pod| [pod[0], pod[2], pod[3]])
            .collect();
        let wanted = [
            [2, 0x49, 0x4000_0006],
            [1, 2, 0x0400_0000],
            [3, 0x41, 0x1800_0000],
        ];
        assert_eq!(told, wanted);
    });
}

#[test]
fn a_list_of_pods_wants_more_room_than_it_takes() {
    both_profiles(|g| {
        plug(g, PodKind::ExtendedPad);
        plug(g, PodKind::SuperPad);
        g.fields_pass(12);
        for (room, fit) in [(48, 0), (49, 1), (88, 1), (89, 2), (128, 2), (129, 3)] {
            let who = g.listener(room);
            let (result, data) = g.ask(who, &[27]);
            assert_eq!((data.len() as u32, words_of(&data)[1]), (room, fit));
            assert_eq!(result, if fit == 3 { Status::OK } else { NO_MEM }, "{room}");
        }
        // Ranks: each of them is a pad and an audio controller.
        let who = g.listener(256);
        let data = g.ask(who, &[27]).1;
        let ranks: Vec<&[u8]> = data[8..128].chunks(40).map(|pod| &pod[20..25]).collect();
        assert_eq!(ranks, [[1, 0, 0, 0, 1], [2, 0, 0, 0, 2], [3, 0, 0, 0, 3]]);
    });
}

fn with_pods(g: &mut Guest, kinds: &[PodKind]) {
    let now = g.now();
    for &kind in kinds {
        let input = emu_core::input::Input::Pods(PodEvent::Plug(kind));
        g.machine().schedule_input(now, input);
    }
    g.advance_fields(1);
}

fn told(g: &mut Guest, who: Listener) -> Vec<(u8, Vec<u32>)> {
    let frames = g.events(who.port);
    frames.into_iter().map(|f| (f.number, f.data)).collect()
}

#[test]
fn every_kind_of_pod_has_its_events() {
    both_profiles(|g| {
        with_pods(g, &[PodKind::Mouse, PodKind::LightGun, PodKind::Stick]);
        let arrived = 0x1080_0084;
        let who = g.configured(Wants::observer(!arrived));
        let left = 0x8000_0000;
        let mouse = 1;
        g.pods(PodEvent::Move {
            mouse,
            right: 5,
            down: -3,
        });
        let place = |x: i32, y: i32| [x as u32, y as u32];
        let at = place(5, -3);
        assert_eq!(told(g, who), [(8, vec![0, at[0], at[1]])], "no Update");
        g.pods(PodEvent::Press(pod(Controls::Mouse, 1), left));
        let data = vec![left, at[0], at[1]];
        assert_eq!(told(g, who), [(5, data.clone()), (7, data)]);
        g.pods(PodEvent::Release(pod(Controls::Mouse, 1), left));
        let first = (6, vec![left, at[0], at[1]]);
        assert_eq!(told(g, who), [first, (7, vec![0, at[0], at[1]])]);

        let gun = 1;
        g.pods(PodEvent::Aim {
            gun,
            at: Some((0, 0)),
        });
        assert!(g.event(who.port).is_none(), "aiming is no event");
        g.pods(PodEvent::Press(pod(Controls::Gun, 1), left));
        let data = vec![left, 12_835, 15];
        let wanted = [(21, data.clone()), (23, data.clone()), (24, data.clone())];
        assert_eq!(told(g, who), wanted);
        g.pods(PodEvent::Aim { gun, at: None });
        assert_eq!(
            told(g, who),
            [(24, vec![left, 0, 0])],
            "the trigger is down"
        );
        g.pods(PodEvent::Release(pod(Controls::Gun, 1), left));
        assert_eq!(told(g, who).len(), 3, "it was down");
        g.fields_pass(2);
        assert!(g.event(who.port).is_none());

        let stick = 1;
        let axes = [0, 512, 1023];
        g.pods(PodEvent::Tilt { stick, axes });
        assert_eq!(told(g, who), [(29, vec![0, 0, 512, 1023])]);
        g.pods(PodEvent::Tilt {
            stick,
            axes: [1, 512, 1023],
        });
        assert!(g.event(who.port).is_none(), "jitter");
        g.pods(PodEvent::Press(pod(Controls::Stick, 1), 0x0080_0000));
        let frames = g.events(who.port);
        let numbers: Vec<_> = frames.iter().map(|f| (f.number, f.place)).collect();
        assert_eq!(numbers, [(26, [4, 4, 1]), (28, [4, 4, 1])]);

        // Frames stand in the order of the chain; every field brings data of every pod.
        let all = g.configured(Wants::observer(u32::MAX));
        g.press("A");
        let numbers = g.event_numbers(all.port);
        assert_eq!(numbers, [1, 3, 4, 9, 25, 30]);
    });
}

#[test]
fn a_fast_mouse_reports_the_rest_later() {
    both_profiles(|g| {
        with_pods(g, &[PodKind::Mouse]);
        let who = g.configured(Wants::observer(0x0100_0000));
        let mouse = 1;
        g.pods(PodEvent::Move {
            mouse,
            right: 1000,
            down: -1000,
        });
        g.fields_pass(3);
        let sums: Vec<_> = (0..2).flat_map(|_| told(g, who)).collect();
        let minus = |n: i32| -n as u32;
        let wanted = [
            (8, vec![0, 511, minus(512)]),
            (8, vec![0, 1000, minus(1000)]),
        ];
        assert_eq!(sums, wanted);
        assert!(g.event(who.port).is_none());
    });
}

#[test]
fn pods_do_what_they_are_told_if_they_can() {
    both_profiles(|g| {
        with_pods(
            g,
            &[
                PodKind::Mouse,
                PodKind::Glasses,
                PodKind::LightGun,
                PodKind::Keyboard,
            ],
        );
        let who = g.listener(64);
        let say = |g: &mut Guest, flavor: u32, pod: u32, bytes: [u8; 4], count: u32| {
            g.ask(who, &[flavor, pod, 0, count, u32::from_be_bytes(bytes)])
        };
        let done = (Status::OK, vec![]);
        assert_eq!(say(g, 25, 1, [4, 0, 1, 0], 3), done);
        assert_eq!(output(g, 0), Some(PodOutput::Channels(1)));
        assert_eq!(say(g, 19, 1, [4, 0, 2, 0], 4), done, "WritePodData too");
        assert_eq!(output(g, 0), Some(PodOutput::Channels(2)));
        assert_eq!(say(g, 25, 3, [3, 0, 1, 2], 4), done);
        assert_eq!(output(g, 2), Some(PodOutput::View(1, 2)));
        assert_eq!(say(g, 25, 4, [6, 0, 0xFF, 0], 3), done);
        assert_eq!(output(g, 3), Some(PodOutput::GunLamps(0xC0)));
        assert_eq!(say(g, 25, 5, [5, 0, 0, 5], 4), done);
        assert_eq!(output(g, 4), Some(PodOutput::KeyboardLamps(5)));
        for (pod, bytes, count) in [
            (1, [4, 0, 1, 0], 2),
            (1, [4, 1, 1, 0], 4),
            (1, [6, 0, 1, 0], 4),
            (2, [4, 0, 1, 0], 4),
            (2, [0, 0, 0, 0], 4),
            (1, [0, 0, 0, 0], 0),
        ] {
            let answer = say(g, 25, pod, bytes, count);
            assert_eq!(answer, (NOT_SUPPORTED, vec![]), "{pod} {bytes:?} {count}");
        }
        for pod in [0, 6, u32::MAX] {
            assert_eq!(say(g, 25, pod, [4, 0, 1, 0], 3), (BAD_UNIT, vec![]));
        }
        assert_eq!(output(g, 0), Some(PodOutput::Channels(2)), "as before");
    });
}

#[test]
fn data_of_a_pod_are_read_in_the_next_field() {
    both_profiles(|g| {
        let who = g.listener(64);
        let broker = g.broker();
        g.press("C");
        for pod in [1, 9] {
            let at = g.words(&[17, pod, 1, 0]);
            assert_eq!(g.send_msg(broker, who.message, at, 16), Status::OK);
            assert_eq!(g.get_msg(who.port), Status::OK, "not yet");
            g.advance_fields(1);
            let (result, data) = g.answer(who);
            let words = words_of(&data);
            match pod {
                1 => assert_eq!(words, [18, 1, 1, 4, pad_button("C")]),
                _ => assert_eq!((result, words.len()), (BAD_UNIT, 0)),
            }
        }
        // A message that is deleted meanwhile is forgotten.
        let at = g.words(&[17, 1, 1, 0]);
        assert_eq!(g.send_msg(broker, who.message, at, 16), Status::OK);
        assert_eq!(g.delete(who.message), Status::OK);
        g.fields_pass(2);
        assert_eq!(g.get_msg(who.port), Status::OK);
    });
}

/// The address of the pod table.
fn table(g: &mut Guest, who: Listener) -> u32 {
    let (result, data) = g.ask(who, &[29]);
    let words = words_of(&data);
    assert_eq!((result, words[0], words.len()), (Status::OK, 30, 2));
    words[1]
}

/// What the table has of a class: elements, and stamp and data words of one.
fn row(g: &Guest, table: u32, class: u32, rank: u32, words: u32) -> (u32, u32, Vec<u32>) {
    let at = table + 4 + 12 * class;
    let (stamps, data) = (g.read(at + 4), g.read(at + 8));
    if g.read(at) == 0 {
        assert_eq!((stamps, data), (0, 0));
        return (0, 0, Vec::new());
    }
    let data = (0..words)
        .map(|n| g.read(data + 4 * (rank * words + n)))
        .collect();
    (g.read(at), g.read(stamps + 4 * rank), data)
}

#[test]
fn the_table_shows_every_field_what_pods_report() {
    both_profiles(|g| {
        let who = g.listener(64);
        g.press("A");
        let table = table(g, who);
        let a = pad_button("A");
        assert_eq!(row(g, table, 0, 1, 1), (9, g.fields() as u32, vec![a]));
        for class in 1..16 {
            assert_eq!(row(g, table, class, 1, 1).0, 0, "{class}");
        }
        g.fields_pass(3);
        assert_eq!(row(g, table, 0, 1, 1), (9, g.fields() as u32, vec![a]));
        plug(g, PodKind::Stick);
        g.fields_pass(12);
        assert_eq!(row(g, table, 7, 1, 4).2, [0, 512, 512, 512]);
        g.pods(PodEvent::Tilt {
            stick: 1,
            axes: [1, 2, 3],
        });
        assert_eq!(
            row(g, table, 7, 1, 4),
            (9, g.fields() as u32, vec![0, 1, 2, 3])
        );

        // Who holds the semaphore sees it stand still.
        let semaphore = Item(g.read(table) as i32);
        assert_eq!(Item(g.find(0x107, "PodStateTable").0), semaphore);
        g.call("LockItem", &[semaphore.word(), 1]);
        let before = row(g, table, 0, 1, 1);
        g.release("A");
        assert_eq!(row(g, table, 0, 1, 1), before);
        g.call("UnlockItem", &[semaphore.word()]);
        g.advance_fields(1);
        assert_eq!(row(g, table, 0, 1, 1), (9, g.fields() as u32, vec![0]));

        // A pod that is gone is not written any more.
        g.pods(PodEvent::Unplug(2));
        let stamp = row(g, table, 7, 1, 4).1;
        g.fields_pass(3);
        assert_eq!(row(g, table, 7, 1, 4).1, stamp);
    });
}

#[test]
fn the_table_lives_as_long_as_somebody_wants_it() {
    both_profiles(|g| {
        let items = g.item_count();
        let [first, second] = [(); 2].map(|()| g.listener(64));
        let at = table(g, first);
        assert_eq!(table(g, second), at);
        assert_eq!(table(g, second), at, "asked again");
        assert_eq!(g.delete(first.port), Status::OK);
        g.fields_pass(1);
        assert_eq!(row(g, at, 0, 1, 1).1, g.fields() as u32);
        assert_eq!(g.delete(second.port), Status::OK);
        assert!(g.find(0x107, "PodStateTable").is_error());
        for who in [first, second] {
            g.delete(who.message);
        }
        assert_eq!(g.item_count(), items);
        let again = g.listener(64);
        let at = table(g, again);
        assert_eq!(row(g, at, 0, 1, 1).0, 9);
    });
}

/// More pods of a class than the arrays have room for.
#[test]
fn arrays_of_the_table_grow() {
    both_profiles(|g| {
        g.pods(PodEvent::Unplug(1));
        g.fields_pass(12);
        let who = g.listener(64);
        let table = table(g, who);
        assert_eq!(row(g, table, 0, 1, 1).0, 0);
        for _ in 0..8 {
            plug(g, PodKind::ControlPad);
        }
        g.fields_pass(12);
        g.pods(PodEvent::Press(pod(Controls::Pad, 8), pad_button("B")));
        let (elements, stamp, data) = row(g, table, 0, 8, 1);
        assert_eq!(
            (elements, stamp, data),
            (16, g.fields() as u32, vec![pad_button("B")])
        );
    });
}

/// Nobody is stuck while an input is on its way to those who listen.
#[test]
fn the_last_input_of_all_is_heard() {
    both_configs(|config| {
        let rom = roms::by_name("pad_echo").expect("a program of the table");
        let image = Image::parse(rom.bytes).expect("a program");
        let mut machine = start_image(&image, rom.name, "", config);
        for input in inputs("time:1 pad 1 press A", config.video).expect("a script") {
            machine.schedule_input(input.0, input.1);
        }
        let ran = finish(machine, LONG_ENOUGH);
        assert!(matches!(ran.stop, Stop::Stuck(_)), "{:?}", ran.stop);
        let last = ran.console.lines().last();
        assert!(last.is_some_and(|l| l.contains("pressed")), "{last:?}");
    });
}

fn both_configs(test: impl Fn(Config)) {
    for profile in [Profile::Documented, Profile::Retail] {
        test(Config {
            profile,
            ..Config::default()
        });
    }
}
