//! The event broker: requests, focus, queues (device sheet 7, checks 13-15).
#![forbid(unsafe_code)]

use emu_core::device::pods::{Controls, PodEvent};
use emu_core::kernel::portfolio::errors::{BADITEM, BADPRIV, NOTOWNER, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{Message, MsgPort};
use emu_core::trace::{Category, Record, TraceEvent};
use tests::guest::events::{Listener, Wants, pad_button, pod, words_of};
use tests::guest::{Guest, Word, both_profiles};
use tests::run::Dice;

const PRESSED: u32 = 0x8000_0000;
const RELEASED: u32 = 0x4000_0000;
const UPDATE: u32 = 0x2000_0000;
const ARRIVED: u32 = 0x1000_0000;
const GIVING_FOCUS: u32 = 0x2000;
const LOSING_FOCUS: u32 = 0x1000;

const fn error(number: u8) -> Status {
    Status(0xF14C_D000_u32 as i32 | number as i32)
}
const BAD_ITEM: Status = error(1);
const NO_MEM: Status = error(6);
const SOFT_ERR: Status = error(8);
const BAD_PTR: Status = error(9);
const NOT_SUPPORTED: Status = error(16);

fn warnings(g: &Guest) -> usize {
    let all = g.records().records.iter();
    all.filter(|Record { event, .. }| matches!(event, TraceEvent::Warning(_)))
        .count()
}

/// Whether a port has no message.
fn is_quiet(g: &mut Guest, port: Item) -> bool {
    g.get_msg(port) == Status::OK
}

#[test]
fn the_port_is_the_systems_and_found_by_its_name() {
    both_profiles(|g| {
        let broker = g.broker();
        assert!(broker.0 > 0);
        assert_eq!(Item(g.find(0x10A, "EventBroker").0), broker);
        assert_eq!(g.get_msg(broker), NOTOWNER);
        assert_eq!(g.delete(broker), BADPRIV);
    });
}

/// Check 13: one message of 40 bytes for a press, one for the release.
#[test]
fn check_13_a_pressed_button_is_one_message() {
    both_profiles(|g| {
        let who = g.configured(Wants::observer(UPDATE));
        g.press("A");
        let mark = if g.retail() { 0 } else { 0x0100_0000 };
        for buttons in [0x0800_0000, 0] {
            let message = Item(g.get_msg(who.port).0);
            let (_, at, size) = g.msg(message);
            assert_eq!(size, 40);
            let bytes = g.read_bytes(at, size);
            let stamp = g.fields() as u32;
            let place = 0x0301_0101;
            let wanted = [3, 32, 0, stamp, 0, place, mark, 0, buttons, 0];
            assert_eq!(words_of(&bytes), wanted);
            assert!(is_quiet(g, who.port), "one message");
            assert_eq!(g.reply_msg(message, 0, 0, 0), Status::OK);
            g.release("A");
        }
    });
}

/// Check 14: five events with room for three messages.
#[test]
fn check_14_a_full_queue_loses_events_and_says_so() {
    both_profiles(|g| {
        let who = g.configured(Wants::observer(UPDATE));
        for n in 0..5 {
            match n % 2 {
                0 => g.press("A"),
                _ => g.release("A"),
            }
        }
        g.fields_pass(3);
        let held: Vec<_> = (0..3)
            .map(|_| g.event(who.port).expect("one of three"))
            .collect();
        let told = held.iter().map(|(_, frames)| frames[0].data[0]);
        let a = pad_button("A");
        assert_eq!(told.collect::<Vec<_>>(), [a, 0, a]);
        assert!(is_quiet(g, who.port), "the queue was full");
        g.fields_pass(2);
        assert!(is_quiet(g, who.port), "fetching is not replying");
        for (message, _) in held {
            assert_eq!(g.reply_msg(message, 0, 0, 0), Status::OK);
        }
        g.advance_fields(1);
        let frames = g.events(who.port);
        assert_eq!(frames[0].number, 72);
        assert!(frames[0].data.is_empty());
        assert_eq!((frames[1].number, &frames[1].data[..]), (3, &[a][..]));
        assert_eq!(frames.len(), 2);
        g.fields_pass(2);
        assert!(is_quiet(g, who.port), "told once");
    });
}

/// A listener that has lost events is told how pods are, whatever it had asked for.
#[test]
fn after_an_overflow_updates_come_whatever_the_masks() {
    both_profiles(|g| {
        let who = g.configured(Wants::observer(PRESSED).queue(1));
        g.press("A");
        g.press("B");
        let frames = g.events(who.port);
        assert_eq!(frames[0].data, [pad_button("A")]);
        g.advance_fields(1);
        let frames = g.events(who.port);
        let numbers: Vec<u8> = frames.iter().map(|frame| frame.number).collect();
        assert_eq!(numbers, [72, 3]);
        assert_eq!(frames[1].data, [pad_button("A") | pad_button("B")]);
    });
}

/// Check 15: a program whose enumerations have one byte.
#[test]
fn check_15_enumerations_of_one_byte() {
    both_profiles(|g| {
        let who = g.listener(108);
        let mut words = Wants::observer(UPDATE).words();
        (words[0], words[1]) = (0x0100_0000, 0x0200_0000);
        let before = warnings(g);
        let (result, data) = g.ask(who, &words);
        if g.retail() {
            assert_eq!((result, data.len()), (NOT_SUPPORTED, 0));
            return;
        }
        assert_eq!((result, data), (Status::OK, vec![2, 0, 0, 0]));
        assert_eq!(warnings(g), before + 1);
        // The three bytes beside the one are what was there before.
        words[1] = 0x02AB_CDEF;
        assert_eq!(g.ask(who, &words).0, Status::OK);
        assert_eq!(warnings(g), before + 1, "told once");
        g.press("A");
        let message = Item(g.get_msg(who.port).0);
        let at = g.field(message, Message::msg_DataPtr);
        assert_eq!(g.read(at), 0x0300_0000);
        let list = words_of(&g.ask(who, &[0x0B00_0000]).1);
        assert_eq!(list[..4], [0x0C00_0000, 1, who.port.word(), 0x0200_0000]);
        // Other ports have words.
        let other = g.listener(64);
        let list = words_of(&g.ask(other, &[11]).1);
        assert_eq!(list[..4], [12, 1, who.port.word(), 2]);
    });
}

#[test]
fn every_flavor_has_its_answer() {
    both_profiles(|g| {
        let who = g.listener(108);
        let refused = [
            2, 3, 4, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 21, 22, 23, 24, 26, 28, 30,
        ];
        for flavor in refused {
            let answer = g.ask(who, &[flavor, 0, 0, 0]);
            assert_eq!(answer, (NOT_SUPPORTED, vec![]), "{flavor}");
        }
        for word in [31 << 24, u32::MAX] {
            assert_eq!(g.ask(who, &[word]), (NOT_SUPPORTED, vec![]), "{word:#x}");
        }
        assert_eq!(g.ask(who, &[0]), (Status::OK, vec![]), "NoOp");
        assert_eq!(g.ask(who, &[15]), (Status::OK, vec![]), "no focus");
        assert_eq!(g.ask(who, &[13, who.port.word()]), (BAD_ITEM, vec![]));
        assert_eq!(g.ask(who, &[5, 0]), (Status::OK, vec![]), "no frames");
        assert_eq!(g.ask(who, &[5, 27]), (SOFT_ERR, vec![]), "half a frame");
    });
}

#[test]
fn what_is_too_short_or_nowhere_is_refused() {
    both_profiles(|g| {
        let who = g.listener(256);
        let words = Wants::observer(UPDATE).words();
        let short = &words[..words.len() - 1];
        assert_eq!(g.ask(who, short), (SOFT_ERR, vec![]));
        let mut bad = words.clone();
        bad[1] = 4;
        assert_eq!(g.ask(who, &bad), (SOFT_ERR, vec![]), "no such category");
        assert_eq!(g.ask(who, &[17, 1, 0]), (BAD_PTR, vec![]));
        assert_eq!(g.ask(who, &[25, 1, 0, 5, 0]), (BAD_PTR, vec![]));
        // Data that are passed by reference are looked at when the message arrives.
        let message = g.create_msg(who.port);
        let by_reference = Listener { message, ..who };
        let at = g.words(&[0, 0]);
        for (at, size) in [(at + 2, 4), (at, 3), (at, 0), (0, 4), (0x2F_FFFE, 2)] {
            let answer = g.ask_bytes(by_reference, at, size);
            assert_eq!(answer, (BAD_PTR, vec![]), "{at:#x} {size}");
        }
        assert_eq!(g.ask_bytes(by_reference, at, 4), (Status::OK, vec![]));
    });
}

/// 7.1: answers with data go to messages that can hold them; others get the result alone.
#[test]
fn the_three_kinds_of_messages_get_their_kinds_of_answers() {
    both_profiles(|g| {
        let who = g.listener(108);
        let small = Listener {
            message: g.create_small_msg(who.port, 0),
            ..who
        };
        let at = g.words(&Wants::observer(UPDATE).words());
        assert_eq!(g.ask_bytes(small, at, 108), (Status::OK, vec![]));
        let by_reference = Listener {
            message: g.create_msg(who.port),
            ..who
        };
        let answer = g.ask_bytes(by_reference, at, 108);
        assert_eq!(answer, (Status::OK, vec![0, 0, 0, 2]));
        let place = g.field(by_reference.message, Message::msg_DataPtr);
        assert_ne!(place, at, "memory of the broker");
        let room = g.item_count();
        for _ in 0..50 {
            g.ask(by_reference, &[27]);
        }
        assert_eq!(g.item_count(), room);
        let tiny = Listener {
            message: g.create_buffered_msg(who.port, 4),
            ..who
        };
        let list = g.ask(tiny, &[27]);
        assert_eq!(list, (NO_MEM, vec![0, 0, 0, 28]), "as long as its buffer");
        assert_eq!(g.delete(by_reference.message), Status::OK);
    });
}

#[test]
fn a_message_without_a_reply_port_is_dropped() {
    both_profiles(|g| {
        let who = g.listener(108);
        let broker = g.broker();
        assert_eq!(g.delete(who.port), Status::OK);
        let before = warnings(g);
        let at = g.words(&[0]);
        assert_eq!(g.send_msg(broker, who.message, at, 4), Status::OK);
        assert_eq!(g.field(who.message, Message::msg_MsgPort), Item::NONE);
        assert_eq!(warnings(g), before + 1);
        assert_eq!(g.send_msg(broker, who.message, at, 4), NOTOWNER);
    });
}

/// 7.3, 7.1: who has the focus, and how many listeners fit into an answer.
#[test]
fn listeners_are_listed_in_their_order() {
    both_profiles(|g| {
        let observer = g.configured(Wants::observer(UPDATE));
        let first = g.configured(Wants::focus(UPDATE));
        let second = g.configured(Wants {
            category: 3,
            ..Wants::default()
        });
        let who = g.listener(64);
        assert_eq!(g.ask(who, &[15]), (Status(second.port.0), vec![]));
        let entries = [(second, 3), (first, 1), (observer, 2)];
        let mut wanted = vec![12, 3];
        wanted.extend(
            entries
                .iter()
                .flat_map(|(l, category)| [l.port.word(), *category]),
        );
        let (result, list) = g.ask(who, &[11]);
        assert_eq!((result, list.len()), (Status::OK, 64));
        assert_eq!(words_of(&list)[..8], wanted);
        for (room, fit) in [(17, 1), (16, 0), (24, 1), (25, 2), (32, 2), (33, 3)] {
            let tight = g.listener(room);
            let (result, list) = g.ask(tight, &[11]);
            assert_eq!(list.len() as u32, room);
            let told = words_of(&list);
            let all = if fit == 3 { Status::OK } else { NO_MEM };
            assert_eq!((result, told[1]), (all, fit), "{room}");
        }
        for (port, result) in [
            (first.port, Status(first.port.0)),
            (observer.port, BAD_ITEM),
            (g.main(), BAD_ITEM),
            (Item(0), BAD_ITEM),
        ] {
            assert_eq!(g.ask(who, &[13, port.word()]), (result, vec![]));
        }
        assert_eq!(g.ask(who, &[15]).0, Status(first.port.0));
        // Its port is deleted: the first that is left and can have it gets it.
        assert_eq!(g.delete(first.port), Status::OK);
        assert_eq!(g.ask(who, &[15]).0, Status(second.port.0));
        assert_eq!(g.delete(second.port), Status::OK);
        assert_eq!(g.ask(who, &[15]).0, Status::OK);
    });
}

#[test]
fn only_the_focus_holder_among_focus_listeners_is_told() {
    both_profiles(|g| {
        let mask = UPDATE | GIVING_FOCUS | LOSING_FOCUS;
        let first = g.configured(Wants::focus(mask));
        g.advance_fields(1);
        assert_eq!(g.event_numbers(first.port), [19]);
        let second = g.configured(Wants::focus(mask));
        let observer = g.configured(Wants::observer(UPDATE));
        g.advance_fields(1);
        assert_eq!(g.event_numbers(first.port), [20]);
        assert_eq!(g.event_numbers(second.port), [19]);
        assert!(is_quiet(g, observer.port));
        g.press("A");
        assert_eq!(g.event_numbers(second.port), [3]);
        assert_eq!(g.event_numbers(observer.port), [3]);
        assert!(is_quiet(g, first.port));
        assert_eq!(
            g.ask(observer, &[13, first.port.word()]).0,
            Status(first.port.0)
        );
        // What happens in the field of the change comes in the same message.
        g.release("A");
        assert_eq!(g.event_numbers(first.port), [19, 3]);
        assert_eq!(g.event_numbers(second.port), [20, 3]);
        assert_eq!(g.event_numbers(observer.port), [3]);
        // A reconfiguration does not move the focus, nor is anybody told of anything.
        g.configure(second, Wants::focus(mask));
        g.fields_pass(2);
        assert!(is_quiet(g, first.port) && is_quiet(g, second.port));
    });
}

#[test]
fn a_change_of_focus_without_frames_is_not_told() {
    both_profiles(|g| {
        let first = g.configured(Wants::focus(PRESSED));
        let second = g.configured(Wants::focus(PRESSED).capturing(GIVING_FOCUS));
        g.fields_pass(3);
        assert!(is_quiet(g, first.port));
        assert!(is_quiet(g, second.port), "captured is not enough");
    });
}

#[test]
fn what_is_captured_comes_with_what_triggers() {
    both_profiles(|g| {
        let who = g.configured(Wants::observer(PRESSED).capturing(RELEASED | ARRIVED));
        g.press("A");
        let frames = g.events(who.port);
        let told: Vec<(u8, bool)> = frames.iter().map(|f| (f.number, f.trigger)).collect();
        assert_eq!(told, [(1, !g.retail()), (4, false)]);
        g.release("A");
        g.fields_pass(2);
        assert!(is_quiet(g, who.port), "captured events do not trigger");
        let arrivals = g.configured(Wants::observer(ARRIVED).queue(20));
        g.fields_pass(5);
        for _ in 0..5 {
            assert_eq!(g.event_numbers(arrivals.port), [4], "every field");
        }
    });
}

#[test]
fn categories_and_empty_masks_keep_silence() {
    both_profiles(|g| {
        let blind = g.configured(Wants {
            category: 0,
            ..Wants::observer(u32::MAX)
        });
        let empty = g.configured(Wants::observer(0));
        let listener = g.configured(Wants::observer(UPDATE));
        g.press("A");
        assert!(is_quiet(g, blind.port) && is_quiet(g, empty.port));
        assert_eq!(g.event_numbers(listener.port), [3]);
        g.configure(listener, Wants::observer(0));
        g.configure(empty, Wants::observer(UPDATE));
        g.release("A");
        assert!(is_quiet(g, listener.port));
        assert_eq!(g.event_numbers(empty.port), [3]);
    });
}

/// An event message is the broker's: it comes home by ReplyMsg and cannot be kept.
#[test]
fn event_messages_belong_to_the_broker() {
    both_profiles(|g| {
        let who = g.configured(Wants::observer(UPDATE));
        g.press("A");
        let broker = g.broker();
        let waiting = g.at::<Item>(g.read(g.ptr::<MsgPort>(who.port).addr() + 0x3C) + 0x18);
        assert_eq!(g.reply_msg(waiting, 0, 0, 0), BADPRIV, "not fetched");
        let (message, _) = g.event(who.port).expect("a message");
        assert_eq!(message, waiting);
        assert_eq!(g.field(message, Message::msg_ReplyPort), broker);
        assert_eq!(g.delete(message), BADPRIV);
        let at = g.field(message, Message::msg_DataPtr);
        assert_eq!(g.reply_msg(message, 0, 0, 0), Status::OK);
        assert_eq!(g.reply_msg(message, 0, 0, 0), BADPRIV, "it is gone");
        g.release("A");
        let (again, _) = g.event(who.port).expect("a message");
        assert_eq!((again, g.field(again, Message::msg_DataPtr)), (message, at));
        // Sending it to the broker brings it home as well.
        assert_eq!(g.send_msg(broker, again, 0, 0), Status::OK);
        g.press("B");
        assert_eq!(g.event(who.port).map(|(item, _)| item), Some(message));
    });
}

/// 7.3: listeners die with messages queued, fetched and at home; nothing of them stays.
#[test]
fn listeners_die_with_their_ports_and_tasks() {
    both_profiles(|g| {
        // A program's first thread makes its memory semaphores.
        let thread = g.create_thread("first");
        assert_eq!(g.delete(thread), Status::OK);
        let items = g.item_count();
        let who = g.configured(Wants::observer(UPDATE).queue(20));
        for button in ["A", "B", "C"] {
            g.press(button);
        }
        let (fetched, frames) = g.event(who.port).expect("a message");
        g.event_numbers(who.port);
        assert_eq!(g.delete(who.port), Status::OK);
        assert_eq!(g.frames(fetched), frames, "still to be read");
        assert_eq!(g.reply_msg(fetched, 0, 0, 0), Status::OK);
        assert_eq!(
            g.reply_msg(fetched, 0, 0, 0),
            BADITEM,
            "nobody needs it any more"
        );
        assert_eq!(g.delete(who.message), Status::OK);
        assert_eq!(g.item_count(), items);
        g.release("A");

        let program = g.create_thread("player");
        let mut player = g.on(program);
        let who = player.configured(Wants::focus(UPDATE));
        player.press("A");
        player.press("B");
        player.release("B");
        player.event(who.port).expect("a message");
        drop(player);
        assert_eq!(g.delete(program), Status::OK);
        let other = g.configured(Wants::observer(UPDATE));
        let list = words_of(&g.ask(other, &[11]).1);
        assert_eq!(list[1..4], [1, other.port.word(), 2]);
        assert_eq!(g.delete(other.port), Status::OK);
        assert_eq!(g.delete(other.message), Status::OK);
        assert_eq!(g.item_count(), items);
    });
}

/// A program may free the signal of its port, and fetches without being told.
#[test]
fn messages_arrive_at_a_port_without_a_signal() {
    both_profiles(|g| {
        let who = g.configured(Wants::observer(UPDATE));
        let signal = g.port_signal(who.port);
        assert_eq!(g.call("FreeSignal", &[signal]), Status::OK);
        for button in ["A", "B"] {
            g.press(button);
            assert_eq!(g.event_numbers(who.port), [3]);
        }
        let broker = g.broker();
        let by_reference = g.create_msg(who.port);
        let at = g.words(&[27]);
        g.send_msg(broker, by_reference, at, 4);
        assert_eq!(g.get_msg(who.port), Status(by_reference.0));
        let list = g.field(by_reference, Message::msg_DataPtr);
        assert_eq!((g.read(list), g.read(list + 4)), (28, 1));
    });
}

/// InitEventUtility sends and does not wait: answer and events share a port.
#[test]
fn the_answer_and_the_events_come_in_their_order() {
    both_profiles(|g| {
        let who = g.listener(108);
        let broker = g.broker();
        let at = g.words(&Wants::observer(UPDATE).words());
        assert_eq!(g.send_msg(broker, who.message, at, 108), Status::OK);
        g.press("A");
        assert_eq!(g.get_msg(who.port), Status(who.message.0));
        assert_eq!(g.event_numbers(who.port), [3]);
    });
}

/// SendEvent: frames of a program reach listeners at once, also its own.
#[test]
fn programs_send_events_to_each_other() {
    both_profiles(|g| {
        // Number 129 is a custom event of users, 193 one of others.
        let mut wants = Wants::observer(0);
        wants.trigger[4] = 0x8000_0000;
        wants.trigger[6] = 0x8000_0000;
        let all = g.configured(wants);
        let focus = g.configured(Wants {
            category: 1,
            ..wants
        });
        let ui = g.configured(Wants {
            category: 3,
            ..wants
        });
        assert_eq!(g.ask(ui, &[13, focus.port.word()]).0, Status(focus.port.0));
        let frame = |number: u32, word| {
            [
                32,
                7,
                99,
                98,
                number << 24 | 0x0001_0203,
                0x0100_0000,
                0,
                word,
            ]
        };
        let mut words = vec![5];
        words.extend(frame(129, 11));
        words.extend(frame(193, 12));
        words.extend(frame(1, 13));
        words.push(0);
        let sender = g.listener(256);
        assert_eq!(g.ask(sender, &words), (Status::OK, vec![]));
        for port in [all.port, focus.port, ui.port] {
            let frames = g.events(port);
            let told: Vec<_> = frames.iter().map(|f| (f.number, f.data[0])).collect();
            assert_eq!(told, [(129, 11), (193, 12)]);
            let first = &frames[0];
            assert_eq!((first.place, first.trigger), ([1, 2, 3], true));
            assert_eq!(
                (first.submitter, first.stamp),
                (sender.port, g.fields() as u32)
            );
        }
        // Without the focus a FocusUI listener hears no doings of users.
        let mut words = vec![5];
        words.extend(frame(129, 11));
        assert_eq!(g.ask(sender, &words), (Status::OK, vec![]));
        assert!(is_quiet(g, ui.port));
        assert_eq!(g.event_numbers(focus.port), [129]);
        assert_eq!(g.event_numbers(all.port), [129]);
    });
}

#[test]
fn saves_in_the_middle_change_nothing() {
    both_profiles(|g| {
        let run = |g: &mut Guest| {
            let who = g.configured(Wants::focus(UPDATE | GIVING_FOCUS).queue(2));
            let mut told = Vec::new();
            for button in ["A", "B", "C", "X", "L", "R"] {
                g.press(button);
                if button == "X" {
                    while let Some((message, frames)) = g.event(who.port) {
                        g.reply_msg(message, 0, 0, 0);
                        told.push(frames);
                    }
                }
            }
            g.fields_pass(2);
            while let Some((message, frames)) = g.event(who.port) {
                g.reply_msg(message, 0, 0, 0);
                told.push(frames);
            }
            told
        };
        let mut twin = Guest::new(g.profile());
        let whole = run(g);
        assert!(whole.len() >= 4);
        let start = twin.now();
        twin.interrupt_at((1..40).map(|n| start + emu_core::time::Ticks(n * 50_000)));
        assert_eq!(run(&mut twin), whole);
    });
}

#[test]
fn a_watcher_reads_events_in_words() {
    both_profiles(|g| {
        g.watch_requests();
        let who = g.configured(Wants::observer(UPDATE));
        g.press("A");
        let port = who.port;
        let records = g.records();
        assert!(records.categories.contains(Category::CALLS));
        let said = records.records.iter().any(|record| {
            let wanted = format!("to port {port:?} in message");
            matches!(&record.event, TraceEvent::Call(text)
                if text.contains(&wanted) && text.ends_with(": ControlButtonUpdate of pad 1 (A)"))
        });
        assert!(said);
    });
}

#[test]
fn an_input_for_a_pod_that_is_not_there_is_told() {
    both_profiles(|g| {
        let before = warnings(g);
        g.pods(PodEvent::Press(pod(Controls::Mouse, 1), 0x8000_0000));
        assert_eq!(warnings(g), before + 1);
    });
}

/// Requests of random words, from ports that come and go, never break anything.
#[test]
fn any_words_can_be_sent_to_the_broker() {
    both_profiles(|g| {
        let mut dice = Dice(7);
        let mut listeners: Vec<Listener> = (0..4).map(|n| g.listener(8 << (2 * n))).collect();
        let at = g.alloc(256);
        let broker = g.broker();
        for round in 0..300 {
            let place = dice.below(4) as usize;
            let who = listeners[place];
            for n in 0..64 {
                let choices = [0, 1, 2, 28, 32, u32::MAX, dice.word(), dice.word() >> 24];
                g.write(at + 4 * n, dice.pick(&choices));
            }
            let flavors = [1, 5, 11, 13, 15, 17, 19, 25, 27, 29, dice.below(31)];
            g.write(at, dice.pick(&flavors) as u32);
            let room = g.field(who.message, Message::msg_DataPtrSize);
            let size = (dice.below(260) as u32).min(room);
            assert_eq!(g.send_msg(broker, who.message, at, size), Status::OK);
            let buttons = ["A", "left", "start"];
            match round % 3 {
                0 => g.press(dice.pick(&buttons)),
                1 => g.release(dice.pick(&buttons)),
                _ => g.fields_pass(1),
            }
            loop {
                let held = Item(g.get_msg(who.port).0);
                if held == Item::NONE {
                    break;
                }
                if held != who.message && dice.below(2) == 0 {
                    g.reply_msg(held, 0, 0, 0);
                }
            }
            // Ports die with all that is queued there; their messages with them.
            let is_back = g.field(who.message, Message::msg_MsgPort) == g.main();
            if is_back && dice.below(8) != 0 {
                continue;
            }
            g.delete(who.port);
            g.delete(who.message);
            listeners[place] = g.listener(8 << dice.below(8));
        }
        assert!(g.stopped().is_none());
    });
}
