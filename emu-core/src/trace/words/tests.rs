//! Events of every kind in words.

use super::*;
use crate::device::{DevError, Op, Terms};
use crate::kernel::call::CallTable;
use crate::kernel::portfolio::CallKey;
use crate::time::Ticks;
use crate::trace::event::{KINDS, Part, Why};
use crate::trace::field::{Value, Words};

const MAIN: Item = Item(0x20);
const DRIVE: Item = Item(0x14);
const IOR: Item = Item(0x21);

fn told(events: &[Event]) -> Vec<String> {
    let commands = Commands(vec![DeviceInfo {
        name: "CD-ROM",
        class: DeviceClass::CdRom,
        max_unit: 0,
        commands: &["WRITE", "READ", "STATUS"],
        rank: crate::event::Rank(0),
        counts_fields: false,
    }]);
    let mut narrator = Narrator::new(&commands);
    let lines = events.iter().map(|event| {
        let stamped = Stamped {
            at: Tick(12_500_000),
            actor: MAIN,
            event: event.clone(),
        };
        narrator.learn(&stamped);
        narrator.line(6, &stamped).words
    });
    lines.collect()
}

fn named(item: Item, kind: u8, name: &str) -> Event {
    let name = name.to_owned();
    Event::Item {
        item,
        folio: 1,
        kind,
        owner: Item::NONE,
        at: Hex(0),
        name,
    }
}

#[test]
fn requests_bear_the_names_of_device_and_command() {
    let buffer = Buffer::Guest {
        addr: 0x100,
        len: 8,
    };
    let ask = |command| Event::Ask {
        ior: IOR,
        device: DRIVE,
        command,
        unit: 0,
        offset: 16,
        option: 0,
        send: Buffer::None,
        data: Hex(0),
        recv: buffer,
    };
    let submit = Event::Submit {
        req: 4,
        device: DeviceClass::CdRom,
        unit: 0,
        op: Op::Read,
        offset: 16,
        option: 0,
        send: Buffer::None,
        recv: buffer,
        by: Asker::Request,
        of: Hex(0x21),
    };
    let complete = Event::Complete {
        req: 4,
        actual: 0,
        error: Some(DevError::Media),
        data: Hex(0),
        terms: Terms {
            seek: Ticks(3),
            reading: Ticks(8),
            ..Terms::default()
        },
    };
    let done = Event::Done {
        ior: IOR,
        actual: 0,
        error: -1,
        told: Told::Signal,
        to: MAIN,
        data: Hex(0),
    };
    let events = [
        named(DRIVE, 15, "CD-ROM"),
        named(IOR, 14, ""),
        ask(1),
        ask(77),
        submit,
        complete,
        done,
    ];
    let words = told(&events);
    assert_eq!(
        words[2],
        "asks \"CD-ROM\" for READ, unit 0 offset 16 recv 0x100+8 (request 0x21)"
    );
    assert!(words[3].contains("for command 77"), "{}", words[3]);
    assert_eq!(
        words[4],
        "CD-ROM gets request 4: READ, unit 0 offset 16 recv 0x100+8 for request 0x21 \"CD-ROM\""
    );
    assert_eq!(
        words[5],
        "CD-ROM request 4 for request 0x21 \"CD-ROM\" ends: 0 done, error media, its time: \
         seek 3 + reading 8"
    );
    assert!(
        words[6].starts_with("request 0x21 \"CD-ROM\" has ended: 0 done, error "),
        "{}",
        words[6]
    );
}

#[test]
fn calls_bear_the_names_of_arguments_and_errors() {
    let table = CallTable::get();
    let key = |name| CallKey::of(table.row(table.by_name(name).expect("a call")));
    let mut args = Words::default();
    args.push(0x21);
    let badly = Value(0xD57B_9001);
    let words = told(&[
        named(IOR, 10, "mine"),
        Event::Call {
            call: key("WaitPort"),
            pc: Hex(0),
            args,
        },
        Event::Return {
            call: key("WaitPort"),
            value: Some(badly),
        },
        Event::Return {
            call: key("WaitPort"),
            value: None,
        },
    ]);
    assert!(words[1].starts_with("WaitPort("), "{}", words[1]);
    assert!(words[1].contains("0x21 \"mine\""), "{}", words[1]);
    assert!(words[2].starts_with("WaitPort = "), "{}", words[2]);
    assert!(words[2].ends_with(errors_name(0xD57B_9001)), "{}", words[2]);
    assert_eq!(words[3], "WaitPort is over");
}

fn errors_name(code: u32) -> &'static str {
    crate::kernel::portfolio::errors::name(code as i32).unwrap_or("")
}

/// A name of a guest's may hold anything; a terminal must not act upon it.
#[test]
fn words_are_one_line_without_control_characters() {
    let nasty = || "a\u{1b}[2J\n\u{202e}b\u{7f}".to_owned();
    let words = told(&[
        named(MAIN, 5, &nasty()),
        Event::Task {
            task: MAIN,
            name: nasty(),
            priority: 1,
        },
        Event::Text { text: nasty() },
        Event::Warning { text: nasty() },
        Event::Input { what: nasty() },
        Event::Fault {
            pc: Hex(0),
            what: nasty(),
        },
        Event::Gone { item: MAIN },
    ]);
    for line in words {
        assert!(
            !line.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{line:?}"
        );
    }
}

#[test]
fn a_line_has_number_time_and_task() {
    let commands = Commands::default();
    let mut narrator = Narrator::new(&commands);
    let task = Event::Task {
        task: MAIN,
        name: "main".to_owned(),
        priority: 1,
    };
    for (index, event) in (0..).zip([task, Event::Run {}]) {
        let stamped = Stamped {
            at: Tick(25),
            actor: MAIN,
            event,
        };
        narrator.learn(&stamped);
        if index == 1 {
            let line = narrator.line(index, &stamped);
            assert_eq!(line.to_string(), "     2    0.000002 main         runs");
        }
    }
}

#[test]
fn every_kind_has_words() {
    for text in [
        "block waits=semaphore on=0x9",
        "run",
        "end task=0x20 status=-1",
        "gone item=0x21",
        "mach_done operation=3 code=2502 count=4 told=queue",
        "signal task=0x20 bits=0x100",
        "message message=0x30 port=0x31 reply=yes",
        "beat req=9 bits=0x10",
        "abort req=9",
        "hash part=dram value=0x1",
        "free dram=1 vram=2",
        "held req=9 delay=100",
        "stop why=exit status=0 picture=0x0",
    ] {
        let (word, fields) = text.split_at(text.find(' ').unwrap_or(text.len()));
        let event = Event::parse(word, fields).expect(text);
        let words = told(&[event]);
        assert!(words[0].len() > 3, "{text}");
    }
    assert!(KINDS.len() >= 25);
    let _ = (Part::Bus, Why::Exit);
}
