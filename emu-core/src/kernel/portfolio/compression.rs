//! Compression folio: streams of words, squeezed and unsqueezed.
//!
//! Kernel sheet 1.9, SDK header compression.h.
//!
//! | module | what it knows |
//! |---|---|
//! | `stream` | the format |
//! | `engine` | compressors and decompressors of programs, by their handles |
//!
//! Each word that comes out goes through a function of the guest's. Guest code in the stub page
//! asks for the words one by one, and everything it needs for that is on the guest's stack and
//! in the engine: the function may sleep, fault, leave with longjmp or be saved in between.

mod engine;
pub mod stream;

pub(super) use self::engine::{Engines, ROUTINES};

use self::engine::{Engine, Kind};
use super::Portfolio;
use super::errors::{Parts, Status};
use super::structs::TagArg;
use super::tags::TagWalk;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::CallCx;
use crate::mem::{GuestPtr, Memory};

/// A code of class "standard" of the folio.
const fn standard(number: u8) -> Status {
    Parts::severe(b'F', b"CO", 0, number).code()
}

/// A code of the folio's own class.
const fn own(number: u8) -> Status {
    Parts::severe(b'F', b"CO", 1, number).code()
}

const BADTAG: Status = standard(2);
const NOMEM: Status = standard(6);
const BADPTR: Status = standard(9);
const DATAREMAINS: Status = own(1);
const DATAMISSING: Status = own(2);

/// The header counts from TAG_ITEM_LAST itself, not from the number after it.
const TAG_WORKBUFFER: u32 = 9;
const TAG_USERDATA: u32 = 10;

/// Cycles for each tag of a list.
const CYCLES_PER_TAG: u64 = 12;

/// What Create was told by tags.
#[derive(Default)]
struct Wishes {
    buffer: Option<u32>,
    user: u32,
}

fn wishes(cx: &mut CallCx<'_>, list: GuestPtr<TagArg>) -> Result<Wishes, Status> {
    let mut wishes = Wishes::default();
    let mut tags = 0;
    for tag in TagWalk::new(cx.mem, list) {
        tags += 1;
        match tag.map_err(|_| BADPTR)? {
            (TAG_WORKBUFFER, buffer) => wishes.buffer = Some(buffer),
            (TAG_USERDATA, user) => wishes.user = user,
            _ => return Err(BADTAG),
        }
    }
    cx.charge.0 += tags * CYCLES_PER_TAG;
    Ok(wishes)
}

/// A function that words are given to: code on a multiple of four.
fn check_function(mem: &Memory, function: u32) -> Result<(), Status> {
    let is_code =
        function != 0 && function.is_multiple_of(4) && mem.check_readable(function, 4).is_ok();
    is_code.then_some(()).ok_or(BADPTR)
}

impl Portfolio {
    fn create_engine(
        &mut self,
        cx: &mut CallCx<'_>,
        kind: Kind,
        handle: GuestPtr<u32>,
        function: u32,
        list: GuestPtr<TagArg>,
    ) -> Result<i32, Trouble> {
        check_function(cx.mem, function)?;
        let wishes = wishes(cx, list)?;
        cx.mem.check_writable(handle.addr(), 4)?;
        let size = kind.buffer_size();
        let (buffer, is_ours) = match wishes.buffer {
            Some(buffer) if !buffer.is_multiple_of(4) => return Err(BADPTR.into()),
            Some(buffer) => {
                let usable = cx.mem.check_writable(buffer, size);
                usable.map_err(|_| BADPTR)?;
                (buffer, false)
            }
            None => (self.alloc_mem(cx, size as i32, 0)?, true),
        };
        if buffer == 0 {
            return Err(NOMEM.into());
        }
        let engine = Engine::new(kind, self.caller_program(), function, wishes.user, is_ours);
        self.engines.put(buffer, engine);
        cx.mem.write(handle, buffer)?;
        Ok(0)
    }

    fn work_buffer_size(
        cx: &mut CallCx<'_>,
        kind: Kind,
        list: GuestPtr<TagArg>,
    ) -> Result<u32, Trouble> {
        // "This must currently always be NULL": an empty list will do.
        match TagWalk::new(cx.mem, list).next() {
            None => Ok(kind.buffer_size()),
            Some(Ok(_)) => Err(BADTAG.into()),
            Some(Err(_)) => Err(BADPTR.into()),
        }
    }

    /// Forgets an engine, and gives back its work buffer if the folio has allocated it.
    fn drop_engine(&mut self, cx: &mut CallCx<'_>, handle: u32) -> Result<(), Trouble> {
        if let Some(engine) = self.engines.take(handle)
            && engine.owns_buffer()
            && engine.program() == self.caller_program()
        {
            self.free_mem(cx, handle, engine.kind().buffer_size() as i32)?;
        }
        Ok(())
    }

    /// The function of an engine of that kind and its user data, for the routine that gives the
    /// words to it.
    fn function_of(&mut self, handle: u32, kind: Kind) -> Result<Reply, Status> {
        let engine = self.engines.of_kind(handle, kind).ok_or(BADPTR)?;
        let (function, user) = engine.function();
        Ok(Reply {
            result: Some(function),
            second: Some(user),
            ..Reply::NOTHING
        })
    }
}

fn create_compressor(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    handle: GuestPtr<u32>,
    function: u32,
    tags: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    k.create_engine(cx, Kind::Compressor, handle, function, tags)
}

fn create_decompressor(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    handle: GuestPtr<u32>,
    function: u32,
    tags: GuestPtr<TagArg>,
) -> Result<i32, Trouble> {
    k.create_engine(cx, Kind::Decompressor, handle, function, tags)
}

fn delete_decompressor(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    handle: u32,
) -> Result<i32, Trouble> {
    let engine = k.engines.of_kind(handle, Kind::Decompressor);
    let verdict = engine.ok_or(BADPTR)?.verdict();
    k.drop_engine(cx, handle)?;
    verdict.map_err(|cut| match cut {
        stream::Cut::Remains => DATAREMAINS,
        stream::Cut::Missing => DATAMISSING,
    })?;
    Ok(0)
}

fn get_compressor_work_buffer_size(
    _k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    tags: GuestPtr<TagArg>,
) -> Result<u32, Trouble> {
    Portfolio::work_buffer_size(cx, Kind::Compressor, tags)
}

fn get_decompressor_work_buffer_size(
    _k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    tags: GuestPtr<TagArg>,
) -> Result<u32, Trouble> {
    Portfolio::work_buffer_size(cx, Kind::Decompressor, tags)
}

/// First part of FeedCompressor.
fn begin_feed_compressor(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    handle: u32,
    data: u32,
    words: u32,
) -> Result<Reply, Trouble> {
    let reply = k.function_of(handle, Kind::Compressor)?;
    k.engines.begin_feed(handle, data, words);
    Ok(reply)
}

/// First part of FeedDecompressor.
fn begin_feed_decompressor(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    handle: u32,
    data: u32,
    words: u32,
) -> Result<Reply, Trouble> {
    let reply = k.function_of(handle, Kind::Decompressor)?;
    k.engines.begin_feed(handle, data, words);
    Ok(reply)
}

/// First part of DeleteCompressor: what is left is squeezed, and the stream ends.
fn begin_delete_compressor(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    handle: u32,
) -> Result<Reply, Trouble> {
    let reply = k.function_of(handle, Kind::Compressor)?;
    cx.charge.0 += k.engines.finish(handle);
    Ok(reply)
}

/// Second part of all three: 1 and the next word, or 0 and the result of the call.
fn next_word(k: &mut Portfolio, cx: &mut CallCx<'_>, handle: u32) -> Result<Reply, Trouble> {
    let reply = |flag: u32, word: u32| Reply {
        result: Some(flag),
        second: Some(word),
        ..Reply::NOTHING
    };
    let Some(engine) = k.engines.get(handle) else {
        // The function has deleted its own engine.
        return Ok(reply(0, BADPTR.0 as u32));
    };
    if let Some(word) = engine.step(cx)? {
        return Ok(reply(1, word));
    }
    if engine.is_finished() {
        k.drop_engine(cx, handle)?;
    }
    Ok(reply(0, Status::OK.0 as u32))
}

calls! { pub(crate) CALLS: Compression;
    vec 1 CreateCompressor(handle: GuestPtr<u32>, function: u32, tags: GuestPtr<TagArg>) -> Number = create_compressor, cost 4000;
    routine vec 2 DeleteCompressor(compressor: u32) -> Number;
    routine vec 3 FeedCompressor(compressor: u32, data: GuestPtr<u32>, words: i32) -> Number;
    vec 4 GetCompressorWorkBufferSize(tags: GuestPtr<TagArg>) -> Number = get_compressor_work_buffer_size;
    vec 5 CreateDecompressor(handle: GuestPtr<u32>, function: u32, tags: GuestPtr<TagArg>) -> Number = create_decompressor, cost 2000;
    vec 6 DeleteDecompressor(decompressor: u32) -> Number = delete_decompressor;
    routine vec 7 FeedDecompressor(decompressor: u32, data: GuestPtr<u32>, words: i32) -> Number;
    vec 8 GetDecompressorWorkBufferSize(tags: GuestPtr<TagArg>) -> Number = get_decompressor_work_buffer_size;
    private 1 BeginFeedCompressor(compressor: u32, data: u32, words: u32) -> Number = begin_feed_compressor;
    private 2 BeginDeleteCompressor(compressor: u32) -> Number = begin_delete_compressor;
    private 3 BeginFeedDecompressor(decompressor: u32, data: u32, words: u32) -> Number = begin_feed_decompressor;
    private 4 NextWord(engine: u32) -> Number = next_word, cost 20;
}
