//! The broker behind its port.

use super::*;

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
