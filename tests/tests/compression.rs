//! The Compression folio: kernel sheet 1.9, SDK header compression.h.
#![forbid(unsafe_code)]

use emu_core::kernel::call::System;
use emu_core::kernel::portfolio::compression::stream::{Squeezer, Unsqueezer};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::machine::Stop;
use emu_core::time::Tick;
use tests::guest::{Guest, RETURN, Word, both_profiles, ldr, str};

const TAG_WORKBUFFER: u32 = 9;
const TAG_USERDATA: u32 = 10;

fn own_error(number: u32) -> Status {
    Status((error(1, number)) as i32)
}

fn standard_error(number: u32) -> Status {
    Status((error(0, number)) as i32)
}

/// MakeErr of the header, by hand: object F, module CO, severe.
fn error(class: u32, number: u32) -> u32 {
    let (f, c, o) = (b'F' - b'A' + 37, b'C' - b'A' + 37, b'O' - b'A' + 37);
    0x8000_0000
        | u32::from(f) << 25
        | u32::from(c) << 19
        | u32::from(o) << 13
        | 2 << 11
        | class << 8
        | number
}

/// A function that appends each word to where its first argument says.
struct Sink {
    function: u32,
    cursor: u32,
    start: u32,
}

impl Sink {
    fn new(g: &mut Guest, words: u32) -> Sink {
        let function = g.words(&[
            ldr(2, 0, 0),
            0xE482_1004, // str r1, [r2], #4
            str(2, 0, 0),
            RETURN,
        ]);
        let start = g.alloc(words * 4);
        let cursor = g.words(&[start]);
        Sink {
            function,
            cursor,
            start,
        }
    }

    fn taken(&self, g: &Guest) -> Vec<u32> {
        let end = g.read(self.cursor);
        (self.start..end).step_by(4).map(|at| g.read(at)).collect()
    }
}

fn create(g: &mut Guest, what: &str, sink: &Sink, more: &[u32]) -> Result<u32, Status> {
    let handle = g.words(&[0]);
    let mut tags = vec![TAG_USERDATA, sink.cursor];
    tags.extend(more);
    tags.push(0);
    let tags = g.words(&tags);
    match g.call(what, &[handle, sink.function, tags]) {
        Status::OK => Ok(g.read(handle)),
        error => Err(error),
    }
}

fn compressor(g: &mut Guest, sink: &Sink) -> u32 {
    create(g, "CreateCompressor", sink, &[]).expect("a compressor")
}

fn decompressor(g: &mut Guest, sink: &Sink) -> u32 {
    create(g, "CreateDecompressor", sink, &[]).expect("a decompressor")
}

fn feed(g: &mut Guest, call: &str, handle: u32, words: &[u32]) {
    let data = g.words(words);
    let fed = g.call(call, &[handle, data, words.len() as u32]);
    assert_eq!(fed, Status::OK, "{call}");
}

fn text(words: usize) -> Vec<u32> {
    (0..words as u32)
        .map(|n| if n % 7 < 4 { 0x4C6F_6C6F } else { n / 21 })
        .collect()
}

/// The host's side of the format, to check the guest's with.
fn squeeze(words: &[u32]) -> Vec<u32> {
    let mut squeezer = Squeezer::default();
    words.iter().for_each(|&word| squeezer.feed(word));
    squeezer.finish();
    // The queue is not bounded for a caller that never looks.
    std::iter::from_fn(|| squeezer.next_word()).collect()
}

fn unsqueeze(stream: &[u32]) -> Vec<u32> {
    let mut unsqueezer = Unsqueezer::default();
    stream.iter().for_each(|&word| unsqueezer.feed(word));
    std::iter::from_fn(|| unsqueezer.next_word()).collect()
}

#[test]
fn round_trip_through_guest_functions() {
    both_profiles(|g| {
        let words = text(600);
        let out = Sink::new(g, 900);
        let squeezer = compressor(g, &out);
        for piece in words.chunks(170) {
            feed(g, "FeedCompressor", squeezer, piece);
        }
        assert!(out.taken(g).len() < 600, "the end is still to come");
        assert_eq!(g.call("DeleteCompressor", &[squeezer]), Status::OK);
        let stream = out.taken(g);
        assert!(stream.len() * 3 < words.len());
        assert_eq!(unsqueeze(&stream), words);

        let back = Sink::new(g, 900);
        let unsqueezer = decompressor(g, &back);
        for piece in stream.chunks(11) {
            feed(g, "FeedDecompressor", unsqueezer, piece);
        }
        assert_eq!(g.call("DeleteDecompressor", &[unsqueezer]), Status::OK);
        assert_eq!(back.taken(g), words);
    });
}

/// Both verdicts of DeleteDecompressor; the engine is gone either way.
#[test]
fn damaged_streams_are_told_at_the_end() {
    both_profiles(|g| {
        let stream = squeeze(&text(50));
        let longer = [&stream[..], &[0, 0]].concat();
        let shorter = &stream[..stream.len() - 1];
        for (stream, verdict) in [
            (&stream[..], Status::OK),
            (&[], Status::OK),
            (&longer, own_error(1)),
            (shorter, own_error(2)),
        ] {
            let sink = Sink::new(g, 100);
            let unsqueezer = decompressor(g, &sink);
            feed(g, "FeedDecompressor", unsqueezer, stream);
            let deleted = g.call("DeleteDecompressor", &[unsqueezer]);
            assert_eq!(deleted, verdict);
            let again = g.call("DeleteDecompressor", &[unsqueezer]);
            assert_eq!(again, standard_error(9));
        }
    });
}

#[test]
fn work_buffers_are_the_callers_if_it_likes() {
    both_profiles(|g| {
        let size = g.call("GetCompressorWorkBufferSize", &[0]).word();
        let small = g.call("GetDecompressorWorkBufferSize", &[0]).word();
        assert!(size > 40 << 10 && small > 4096 && small < 8192);
        let list = g.words(&[TAG_USERDATA, 0, 0]);
        for name in [
            "GetCompressorWorkBufferSize",
            "GetDecompressorWorkBufferSize",
        ] {
            assert_eq!(g.call(name, &[list]), standard_error(2));
        }
        let sink = Sink::new(g, 40);
        let buffer = g.alloc(small);
        let tag = [TAG_WORKBUFFER, buffer];
        let mine = create(g, "CreateDecompressor", &sink, &tag);
        assert_eq!(mine, Ok(buffer), "it is the handle");
        feed(g, "FeedDecompressor", buffer, &squeeze(&[5, 6, 7]));
        assert_eq!(sink.taken(g), [5, 6, 7]);
        // Another engine in that memory is the end of this one.
        let tag = [TAG_WORKBUFFER, buffer + 4];
        let other = create(g, "CreateDecompressor", &sink, &tag);
        assert_eq!(other, Ok(buffer + 4));
        let gone = g.call("DeleteDecompressor", &[buffer]);
        assert_eq!(gone, standard_error(9));
        assert_eq!(g.call("DeleteDecompressor", &[buffer + 4]), Status::OK);
    });
}

#[test]
fn creation_refuses() {
    both_profiles(|g| {
        let sink = Sink::new(g, 4);
        let bad = standard_error(9);
        for call in ["CreateCompressor", "CreateDecompressor"] {
            let wild = [0, 0x100, sink.start + 2, 0x30_0000, u32::MAX - 3];
            for buffer in wild {
                let tag = [TAG_WORKBUFFER, buffer];
                assert_eq!(create(g, call, &sink, &tag), Err(bad), "{buffer:#x}");
            }
            assert_eq!(create(g, call, &sink, &[11, 0]), Err(standard_error(2)));
            let handle = g.words(&[0]);
            for function in [0, 2, 0x30_0000] {
                assert_eq!(g.call(call, &[handle, function, 0]), bad);
            }
            assert_eq!(g.call(call, &[handle, sink.function, 0x30_0000]), bad);
            assert_eq!(g.read(handle), 0);
        }
    });
}

/// A handle is looked up, never believed.
#[test]
fn wild_handles_do_no_harm() {
    both_profiles(|g| {
        let sink = Sink::new(g, 4);
        let squeezer = compressor(g, &sink);
        let unsqueezer = decompressor(g, &sink);
        for handle in [0, 4, sink.start, squeezer + 4, u32::MAX] {
            for call in [
                "FeedCompressor",
                "DeleteCompressor",
                "FeedDecompressor",
                "DeleteDecompressor",
            ] {
                let answer = g.call(call, &[handle, sink.start, 1]);
                assert_eq!(answer, standard_error(9), "{call} {handle:#x}");
            }
        }
        // Nor is one of the other kind.
        let crossed = g.call("FeedDecompressor", &[squeezer, sink.start, 1]);
        assert_eq!(crossed, standard_error(9));
        let crossed = g.call("DeleteCompressor", &[unsqueezer]);
        assert_eq!(crossed, standard_error(9));
    });
}

/// Words that cannot be read are the program's own fault, after those that can.
#[test]
fn a_feed_beyond_memory_is_a_fault() {
    both_profiles(|g| {
        let sink = Sink::new(g, 4);
        let squeezer = compressor(g, &sink);
        g.begin_call("FeedCompressor", &[squeezer, 0x30_0000, 1]);
        assert!(matches!(g.run_to_stop(), Stop::Fault(_)));
    });
}

/// A function that deletes its own engine ends the call.
#[test]
fn a_function_may_delete_its_engine() {
    both_profiles(|g| {
        let folio = g.folio_of(System::Compression);
        let base = g.ptr::<u32>(folio).addr();
        // The function's first argument is a place with the handle.
        let function = g.words(&[
            0xE92D_4000,  // stmfd sp!, {lr}
            ldr(0, 0, 0), // the handle
            0xE59F_C008,  // ldr ip, base
            0xE1A0_E00F,  // mov lr, pc
            0xE51C_F018,  // ldr pc, [ip, #-24]
            0xE8BD_8000,  // ldmfd sp!, {pc}
            base,
        ]);
        let handle = g.words(&[0]);
        let tags = g.words(&[TAG_USERDATA, handle, 0]);
        let made = g.call("CreateDecompressor", &[handle, function, tags]);
        assert_eq!(made, Status::OK);
        let stream = squeeze(&text(20));
        let data = g.words(&stream);
        let unsqueezer = g.read(handle);
        let fed = g.call("FeedDecompressor", &[unsqueezer, data, stream.len() as u32]);
        assert_eq!(fed, standard_error(9));
    });
}

/// The state of an engine is part of the machine's.
#[test]
fn a_feed_goes_through_saved_states() {
    both_profiles(|g| {
        let words = text(120);
        let sink = Sink::new(g, 200);
        let squeezer = compressor(g, &sink);
        let now = g.now().0;
        g.interrupt_at((1..12).map(|n| Tick(now + n * 3_333)));
        feed(g, "FeedCompressor", squeezer, &words);
        assert_eq!(g.call("DeleteCompressor", &[squeezer]), Status::OK);
        assert_eq!(unsqueeze(&sink.taken(g)), words);
    });
}

/// The memory that the folio allocates comes back.
#[test]
fn buffers_come_back() {
    both_profiles(|g| {
        let sink = Sink::new(g, 4);
        let first = compressor(g, &sink);
        assert_eq!(g.call("DeleteCompressor", &[first]), Status::OK);
        assert_eq!(compressor(g, &sink), first);
    });
}

/// The end of a program is the end of its engines: nothing is left that a handle could name.
#[test]
fn engines_end_with_their_program() {
    both_profiles(|g| {
        let program = g.create_program("other");
        let place = g.program_memory(program);
        let sink = Sink {
            function: place,
            cursor: place,
            start: place,
        };
        g.write(place, RETURN);
        let unsqueezer = {
            let mut other = g.on(program);
            let (handle, tags) = (place + 0x10, place + 0x20);
            other.write(tags, 0);
            let made = other.call("CreateDecompressor", &[handle, sink.function, tags]);
            assert_eq!(made, Status::OK);
            other.read(handle)
        };
        assert_eq!(g.delete(program), Status::OK);
        let deleted = g.call("DeleteDecompressor", &[unsqueezer]);
        assert_eq!(deleted, standard_error(9));
    });
}
