//! How events arrive.

use super::*;

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
