//! Both forms of recordings: what is written is read, and has one spelling.

use super::event::{Event, KINDS};
use super::field::{Damage, Reader};
use super::strategies::{event, header, recording, stamped, tape};
use super::{Recording, Stamped, Tape};
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;

fn bytes_of(event: &Event) -> Vec<u8> {
    let mut bytes = Vec::new();
    event.encode(&mut bytes);
    bytes
}

fn text_of(event: &Event) -> String {
    let mut text = String::new();
    event.write(&mut text);
    text
}

fn parsed(text: &str) -> Result<Event, Damage> {
    let (word, fields) = text.split_at(text.find(' ').unwrap_or(text.len()));
    Event::parse(word, fields)
}

fn tape_of(events: &[Stamped]) -> Tape {
    let mut tape = Tape::new();
    tape.extend(events.iter().cloned());
    tape
}

proptest! {
    #[test]
    fn an_event_in_bytes_is_read_to_its_last_byte(event in event()) {
        let bytes = bytes_of(&event);
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(Event::decode(event.code(), &mut reader), Ok(event));
        prop_assert!(reader.is_empty());
    }

    #[test]
    fn an_event_in_bytes_that_are_cut_off_is_refused(event in event(), at in any::<Index>()) {
        let bytes = bytes_of(&event);
        prop_assume!(!bytes.is_empty());
        let cut = &bytes[..at.index(bytes.len())];
        prop_assert!(Event::decode(event.code(), &mut Reader::new(cut)).is_err());
    }

    #[test]
    fn an_event_in_words_is_read(event in event()) {
        let text = text_of(&event);
        prop_assert!(!text.contains('\n'));
        prop_assert_eq!(parsed(&text), Ok(event));
    }

    #[test]
    fn the_fields_of_an_event_are_those_of_its_kind(event in event()) {
        let kind = KINDS.iter().find(|(code, ..)| *code == event.code());
        let (_, word, names) = kind.expect("in the list");
        prop_assert_eq!(*word, event.word());
        let fields = event.fields();
        prop_assert_eq!(fields.iter().map(|(name, _)| *name).collect::<Vec<_>>(), *names);
        let joined = fields.iter().map(|(name, value)| format!(" {name}={value}"));
        prop_assert_eq!(format!("{word}{}", joined.collect::<String>()), text_of(&event));
    }

    #[test]
    fn bytes_that_are_an_event_are_what_it_is_written_as(
        event in event(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..3),
        code in prop::option::of(0..30u8),
    ) {
        let mut bytes = bytes_of(&event);
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let mut reader = Reader::new(&bytes);
        if let Ok(read) = Event::decode(code.unwrap_or(event.code()), &mut reader) {
            let used = bytes.len() - reader.left();
            prop_assert_eq!(bytes_of(&read), &bytes[..used]);
        }
    }

    #[test]
    fn words_that_are_an_event_are_what_it_is_written_as(
        event in event(),
        at in any::<Index>(),
        instead in "[ -~]{0,2}",
    ) {
        let mut chars: Vec<String> = text_of(&event).chars().map(String::from).collect();
        let at = at.index(chars.len());
        chars[at] = instead;
        let text = chars.concat();
        if let Ok(read) = parsed(&text) {
            prop_assert_eq!(text_of(&read), text);
        }
    }

    #[test]
    fn a_tape_gives_the_events_that_were_put_on_it(events in stamped(12)) {
        let tape = tape_of(&events);
        prop_assert_eq!(tape.len(), events.len() as u64);
        prop_assert_eq!(tape.end(), events.last().map_or(Tick(0), |last| last.at));
        prop_assert_eq!(tape.iter().collect::<Vec<_>>(), events);
    }

    #[test]
    fn a_tape_goes_on_where_it_was_read_to(before in stamped(6), after in stamped(6)) {
        let mut whole = tape_of(&before);
        let mut read = Tape::from_bytes(whole.bytes().to_vec(), whole.len()).expect("good");
        let end = whole.end();
        for Stamped { at, actor, event } in after {
            let at = Tick(end.0 + at.0);
            whole.push(at, actor, &event);
            read.push(at, actor, &event);
        }
        prop_assert_eq!(whole, read);
    }

    #[test]
    fn bytes_that_are_a_tape_are_what_it_is_written_as(
        tape in tape(4),
        at in any::<Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = tape.bytes().to_vec();
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        for count in 0..=tape.len() + 1 {
            if let Ok(read) = Tape::from_bytes(bytes.clone(), count) {
                prop_assert_eq!(tape_of(&read.iter().collect::<Vec<_>>()), read);
            }
        }
    }

    #[test]
    fn bytes_that_are_anything_are_a_tape_or_damage(
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        count in any::<u8>(),
    ) {
        if let Ok(read) = Tape::from_bytes(bytes.clone(), count.into()) {
            let again = tape_of(&read.iter().collect::<Vec<_>>());
            prop_assert_eq!(again.bytes(), bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn both_forms_of_a_recording_hold_all_of_it(recording in recording(8)) {
        let (text, bytes) = (recording.to_text(), recording.to_bytes());
        let read = [text.as_bytes(), &bytes].map(Recording::parse);
        prop_assert_eq!(read, [Ok(recording.clone()), Ok(recording)]);
    }

    #[test]
    fn a_header_has_one_spelling(header in header(), at in any::<Index>(), byte in 0x20..0x7Fu8) {
        let recording = Recording { header, ..Recording::default() };
        let mut text = recording.to_text().into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        // A zero in NVRAM's lines need not be written, and the last of two lines counts.
        if let Ok(read) = Recording::parse(&text) {
            let again = Recording::parse(read.to_text().as_bytes());
            prop_assert_eq!(again.as_ref(), Ok(&read));
        }
    }
}

#[test]
fn every_kind_has_a_number_and_a_word_of_its_own() {
    let numbers: BTreeSet<u8> = KINDS.iter().map(|&(code, ..)| code).collect();
    let words: BTreeSet<&str> = KINDS.iter().map(|&(_, word, _)| word).collect();
    assert_eq!((numbers.len(), words.len()), (KINDS.len(), KINDS.len()));
    for (code, word, fields) in KINDS {
        // Bit 7 of the byte says something else.
        assert!((1..0x80).contains(code), "{word}");
        let is_word = |word: &str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        assert!(is_word(word) && fields.iter().all(|field| is_word(field)));
        let distinct: BTreeSet<&&str> = fields.iter().collect();
        assert_eq!(distinct.len(), fields.len(), "{word}");
    }
}

#[test]
fn a_number_that_is_no_kind_is_refused() {
    let known: BTreeSet<u8> = KINDS.iter().map(|&(code, ..)| code).collect();
    for code in (0..=u8::MAX).filter(|code| !known.contains(code)) {
        let read = Event::decode(code, &mut Reader::new(&[0; 64]));
        assert!(matches!(read, Err(Damage::Unknown { .. })), "{code}");
    }
}

#[test]
fn an_event_takes_the_time_and_the_actor_of_the_one_before_in_two_bytes() {
    let mut tape = Tape::new();
    tape.push(Tick(1000), Item(0x20), &Event::Run {});
    let before = tape.bytes().len();
    tape.push(Tick(1000), Item(0x20), &Event::Run {});
    assert_eq!(tape.bytes().len() - before, 2);
}

#[test]
fn time_on_a_tape_never_goes_back() {
    let mut tape = Tape::new();
    tape.push(Tick(10), Item(1), &Event::Run {});
    tape.push(Tick(5), Item(1), &Event::Run {});
    let times: Vec<Tick> = tape.iter().map(|stamped| stamped.at).collect();
    assert_eq!(times, [Tick(10), Tick(10)]);
    assert_eq!(tape.end(), Tick(10));
}
