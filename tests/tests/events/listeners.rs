//! Who is told what.

use super::*;

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
