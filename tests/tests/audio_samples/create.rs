//! Samples from tags: what they say, what is refused, what is left of them.

use crate::rig::*;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use tests::guest::{Guest, Tags, Word, both_profiles};

/// Audio sheet 3.2: what a sample is unless told otherwise.
#[test]
fn defaults() {
    both_profiles(|g| {
        let empty = item(g, "CreateSample", &[0]);
        let expected = [
            (ADDRESS, 0),
            (FRAMES, 0),
            (NUMBYTES, 0),
            (CHANNELS, 1),
            (WIDTH, 2),
            (NUMBITS, 16),
            (47, 1),
            (48, 0),
            (BASENOTE, 60),
            (26, 0),
            (LOWNOTE, 0),
            (HIGHNOTE, 127),
            (29, 0),
            (30, 127),
            (SUSTAINBEGIN, u32::MAX),
            (SUSTAINEND, u32::MAX),
            (RELEASEBEGIN, u32::MAX),
            (RELEASEEND, u32::MAX),
            (46, 44_100 << 16),
            (BASEFREQ, 0x0105_A025),
            (55, 0),
            (56, 0),
        ];
        for (tag, value) in expected {
            assert_eq!(get(g, empty, tag), value, "tag {tag}");
        }
        assert_eq!(try_get(g, empty, STATUS), Err(BADTAG));
    });
}

/// Frames and bytes follow from each other, whatever the order of the tags.
#[test]
fn frames_and_bytes_agree() {
    both_profiles(|g| {
        let at = g.alloc(16);
        let mut lengths = |tags: &[(u32, u32)]| {
            let made = create(g, &[&[(ADDRESS, at)], tags].concat());
            assert!(made.0 > 0, "{made:?}");
            let made = Item(made.0);
            (get(g, made, FRAMES), get(g, made, NUMBYTES))
        };
        assert_eq!(lengths(&[(FRAMES, 100)]), (100, 200));
        assert_eq!(lengths(&[(NUMBYTES, 200)]), (100, 200));
        assert_eq!(lengths(&[(FRAMES, 100), (CHANNELS, 2)]), (100, 400));
        assert_eq!(
            lengths(&[(CHANNELS, 2), (FRAMES, 100), (WIDTH, 1)]),
            (100, 200)
        );
        assert_eq!(
            lengths(&[(NUMBYTES, 100), (47, 4), (48, 0x4144_5034)]),
            (200, 100)
        );
        assert_eq!(lengths(&[(NUMBITS, 8), (FRAMES, 64)]), (64, 64));
        let wide = create(g, &[(WIDTH, 1)]);
        assert_eq!(get(g, Item(wide.0), NUMBITS), 16, "as the page says");
    });
}

#[test]
fn tags_that_do_not_go_together() {
    both_profiles(|g| {
        let name = g.string("x.aiff");
        let (alloc, free) = (66, 67);
        let (image, length, in_place) = (63, 64, 65);
        let mut refused = |tags: &[(u32, u32)]| create(g, tags);
        assert_eq!(refused(&[(FRAMES, 4), (NUMBYTES, 8)]), TAGCONFLICT);
        assert_eq!(refused(&[(WIDTH, 2), (NUMBITS, 16)]), TAGCONFLICT);
        assert_eq!(refused(&[(NAME, name), (FRAMES, 4)]), BADTAG);
        assert_eq!(refused(&[(NAME, name), (image, name), (length, 4)]), BADTAG);
        assert_eq!(refused(&[(image, name)]), BADTAG);
        assert_eq!(refused(&[(length, 4)]), BADTAG);
        assert_eq!(refused(&[(NAME, name), (alloc, 0x50000)]), BADTAG);
        assert_eq!(refused(&[(NAME, name), (free, 0x50000)]), BADTAG);
        assert_eq!(refused(&[(in_place, 1), (NAME, name)]), BADTAG);
        let both = [(image, name), (length, 4), (in_place, 1)];
        let both = [&both[..], &[(alloc, 0x50000), (free, 0x50000)]].concat();
        assert_eq!(refused(&both), BADTAG);
        assert_eq!(refused(&[(57, 64), (NUMBYTES, 64)]), BADTAG, "delay line");
        assert_eq!(refused(&[(10, 5)]), BADTAG, "not a tag of samples");
    });
}

#[test]
fn values_that_cannot_be() {
    both_profiles(|g| {
        let minus = -2_i32 as u32;
        for (tag, value) in [
            (CHANNELS, 0),
            (CHANNELS, 256),
            (WIDTH, 0),
            (WIDTH, 3),
            (NUMBITS, 0),
            (NUMBITS, 33),
            (47, 0),
            (BASENOTE, 128),
            (26, 101),
            (26, -101_i32 as u32),
            (HIGHNOTE, 128),
            (46, 0),
            (SUSTAINBEGIN, minus),
        ] {
            assert_eq!(create(g, &[(tag, value)]), BADTAGVAL, "{tag} {value:#x}");
        }
        assert_eq!(create(g, &[(SUSTAINBEGIN, 4)]), BADTAGVAL, "half a loop");
        let turned = [(SUSTAINBEGIN, 4), (SUSTAINEND, 4)];
        assert_eq!(create(g, &turned), BADTAGVAL);
        let late = [(NUMBYTES, 8), (RELEASEBEGIN, 0), (RELEASEEND, 5)];
        assert_eq!(create(g, &late), own(23), "behind the end");
        let wild = [(ADDRESS, 0x30_0000), (NUMBYTES, 8)];
        assert_eq!(create(g, &wild), BADPTR);
        assert_eq!(create(g, &[(26, -100_i32 as u32)]).0.signum(), 1);
    });
}

#[test]
fn what_can_be_set_later() {
    both_profiles(|g| {
        let made = item(g, "CreateSample", &[0]);
        let at = g.alloc(16);
        let tags = [(ADDRESS, at), (NUMBYTES, 400), (CHANNELS, 2)];
        assert_eq!(set(g, made, &tags), Status(0));
        assert_eq!((get(g, made, FRAMES), get(g, made, ADDRESS)), (100, at));
        assert_eq!(set(g, made, &[(BASENOTE, 69)]), Status(0));
        assert_eq!(get(g, made, BASEFREQ), 440 << 16);
        assert_eq!(set(g, made, &[(BASEFREQ, 1)]), BADTAG);
        assert_eq!(set(g, made, &[(ADDRESS, 0xFFFF_0000)]), BADPTR);
        assert_eq!(get(g, made, ADDRESS), at, "as before");
    });
}

/// CreateItem makes what needs no file.
#[test]
fn create_item_knows_samples() {
    both_profiles(|g| {
        let at = g.alloc(16);
        let tags = Tags::new()
            .name("beep")
            .and(ADDRESS, at)
            .and(NUMBYTES, 16_u32);
        let made = g.new_item(0x404, tags);
        assert_eq!(get(g, made, FRAMES), 8);
        assert_eq!(g.find(0x404, "beep"), Status(made.0));
        let name = g.string("x.aiff");
        assert_eq!(g.create(0x404, Tags::new().and(NAME, name)), BADTAG);
        assert_eq!(g.delete(made), Status(0));
        assert!(try_get(g, made, FRAMES).is_err());
    });
}

#[test]
fn the_old_call_gives_memory_too() {
    both_profiles(|g| {
        let stereo = list(g, &[(CHANNELS, 2)]);
        let made = item(g, "MakeSample", &[1000, stereo]);
        let at = get(g, made, ADDRESS);
        assert_ne!(at, 0);
        assert_eq!((get(g, made, NUMBYTES), get(g, made, FRAMES)), (1000, 250));
        assert_eq!(call(g, "UnloadSample", &[made.word()]), Status(0));
        let again = item(g, "MakeSample", &[1000, 0]);
        assert_eq!(get(g, again, ADDRESS), at, "the memory came back");
        let own_memory = list(g, &[(ADDRESS, at), (NUMBYTES, 16)]);
        let placed = item(g, "MakeSample", &[0, own_memory]);
        assert_eq!(get(g, placed, ADDRESS), at);
        assert_eq!(call(g, "MakeSample", &[16, own_memory]), BADTAG);
        let empty = item(g, "MakeSample", &[0, 0]);
        assert_eq!((get(g, empty, ADDRESS), get(g, empty, NUMBYTES)), (0, 0));
        let at = g.alloc(64);
        assert_eq!(set(g, empty, &[(ADDRESS, at), (NUMBYTES, 64)]), Status(0));
        assert_eq!((get(g, empty, ADDRESS), get(g, empty, FRAMES)), (at, 32));
        assert_eq!(call(g, "MakeSample", &[-1_i32 as u32, 0]), BADTAGVAL);
        assert_eq!(call(g, "MakeSample", &[0x7FFF_FFFF, 0]), NOMEM);
    });
}

#[test]
fn delay_lines() {
    both_profiles(|g| {
        let line = item(g, "CreateDelayLine", &[8000, 2, 1]);
        let at = get(g, line, ADDRESS);
        assert_eq!((get(g, line, NUMBYTES), get(g, line, FRAMES)), (8000, 2000));
        assert_eq!(get(g, line, SUSTAINBEGIN), 0);
        assert_eq!(get(g, line, SUSTAINEND), 2000);
        assert_eq!(set(g, line, &[(ADDRESS, at + 4)]), BADTAG, "its own memory");
        assert_eq!(set(g, line, &[(BASENOTE, 1)]), Status(0));
        assert_eq!(call(g, "DeleteDelayLine", &[line.word()]), Status(0));
        assert_eq!(call(g, "DeleteDelayLine", &[line.word()]), BADITEM);
        let again = item(g, "CreateDelayLine", &[8000, 1, 0]);
        assert_eq!(get(g, again, ADDRESS), at);
        assert_eq!(get(g, again, SUSTAINEND), u32::MAX);
        assert_eq!(call(g, "CreateDelayLine", &[0, 1, 0]), BADTAGVAL);
        assert_eq!(call(g, "CreateDelayLine", &[64, 0, 0]), BADTAGVAL);
        assert_eq!(call(g, "CreateDelayLine", &[0x7FFF_FFF0, 1, 0]), NOMEM);
    });
}

#[test]
fn whose_samples_are_deleted_by_whom() {
    both_profiles(|g| {
        let made = sample(g, 100, &[]);
        let thread = g.create_thread("other");
        let items = g.item_count();
        let refused = call(&mut g.on(thread), "UnloadSample", &[made.word()]);
        assert!(refused.0 < 0 && refused != BADITEM, "{refused:?}");
        // The thread's own go with it.
        let theirs = sample(&mut g.on(thread), 10, &[]);
        assert_eq!(g.item_count(), items + 1);
        assert_eq!(g.delete(thread), Status(0));
        g.advance(10_000);
        assert!(!g.is_item(theirs));
        assert!(g.is_item(made));
        assert_eq!(call(g, "UnloadSample", &[made.word()]), Status(0));
        assert_eq!(call(g, "UnloadSample", &[made.word()]), BADITEM);
        assert_eq!(call(g, "UnloadSample", &[0]), BADITEM);
    });
}

#[test]
fn a_sample_is_printed() {
    both_profiles(|g: &mut Guest| {
        let made = sample(g, 100, &[(CHANNELS, 2), (46, 22_050 << 16)]);
        assert_eq!(call(g, "DebugSample", &[made.word()]), Status(0));
        let text = g.console();
        for part in ["NumFrames 100", "NumBytes 400", "22050.000 Hz"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(call(g, "DebugSample", &[7]), BADITEM);
    });
}
