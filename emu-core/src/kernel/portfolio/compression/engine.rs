//! Compressors and decompressors of programs, by their handles.
//!
//! A handle is the address of the engine's work buffer. What an engine knows is not in there
//! but here, so that a wild handle or a spoiled buffer does no harm. A buffer belongs to one
//! engine: a new one in the same memory is the end of the old.

use super::stream::{Cut, Squeezer, Unsqueezer};
use crate::kernel::abi::Trouble;
use crate::kernel::call::{CallCx, System};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::mem::GuestPtr;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Cycles for each word that a compressor takes in.
const CYCLES_PER_SQUEEZED_WORD: u64 = 480;
/// Cycles for each word that a decompressor takes in.
const CYCLES_PER_STREAM_WORD: u64 = 160;
/// Bytes of a compressor's work buffer: "around 50 KB" in the guide.
const COMPRESSOR_BUFFER: u32 = 50 * 1024;
/// Bytes of a decompressor's: "around 5 KB".
const DECOMPRESSOR_BUFFER: u32 = 5 * 1024;

/// The guest code of a call that gives words to a function of the guest's: r0 the handle, r1
/// and r2 what else the call has. `begin` is the call's own first part.
const fn routine(begin: u32) -> [u32; 16] {
    [
        0xE92D_4070,         //         stmfd sp!, {r4-r6, lr}
        0xE1A0_6000,         //         mov   r6, r0
        0xEFF1_2000 | begin, //         swi   Begin...
        0xE1B0_4000,         //         movs  r4, r0
        0x4A00_0009,         //         bmi   out
        0xE1A0_5001,         //         mov   r5, r1
        0xE1A0_0006,         // next:   mov   r0, r6
        0xEFF1_2004,         //         swi   NextWord
        0xE350_0000,         //         cmp   r0, #0
        0x0A00_0003,         //         beq   done
        0xE1A0_0005,         //         mov   r0, r5
        0xE1A0_E00F,         //         mov   lr, pc
        0xE1A0_F004,         //         mov   pc, r4
        0xEAFF_FFF7,         //         b     next
        0xE1A0_0001,         // done:   mov   r0, r1
        0xE8BD_8070,         // out:    ldmfd sp!, {r4-r6, pc}
    ]
}

const FEED_COMPRESSOR: &[u32] = &routine(1);
const DELETE_COMPRESSOR: &[u32] = &routine(2);
const FEED_DECOMPRESSOR: &[u32] = &routine(3);

/// The vectors that are guest code, for the stub page.
pub(in crate::kernel::portfolio) const ROUTINES: [(System, u8, &[u32], bool); 3] = [
    (System::Compression, 2, DELETE_COMPRESSOR, false),
    (System::Compression, 3, FEED_COMPRESSOR, false),
    (System::Compression, 7, FEED_DECOMPRESSOR, false),
];

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Compressor,
    Decompressor,
}

impl Kind {
    pub(super) fn buffer_size(self) -> u32 {
        match self {
            Kind::Compressor => COMPRESSOR_BUFFER,
            Kind::Decompressor => DECOMPRESSOR_BUFFER,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Work {
    Squeeze(Box<Squeezer>),
    Unsqueeze(Box<Unsqueezer>),
}

/// Words that a program has given and that were not looked at yet.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Input {
    at: u32,
    words: u32,
}

/// One compressor or decompressor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Engine {
    work: Work,
    /// The program whose memory the buffer is in.
    program: Item,
    function: u32,
    user: u32,
    owns_buffer: bool,
    input: Option<Input>,
    /// DeleteCompressor has begun.
    finished: bool,
}

impl Engine {
    pub(super) fn new(
        kind: Kind,
        program: Item,
        function: u32,
        user: u32,
        owns_buffer: bool,
    ) -> Engine {
        Engine {
            work: match kind {
                Kind::Compressor => Work::Squeeze(Box::default()),
                Kind::Decompressor => Work::Unsqueeze(Box::default()),
            },
            program,
            function,
            user,
            owns_buffer,
            input: None,
            finished: false,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self.work {
            Work::Squeeze(_) => Kind::Compressor,
            Work::Unsqueeze(_) => Kind::Decompressor,
        }
    }

    /// Whether the folio has allocated the work buffer.
    pub(super) fn owns_buffer(&self) -> bool {
        self.owns_buffer
    }

    /// Whose memory the buffer is in.
    pub(super) fn program(&self) -> Item {
        self.program
    }

    /// Whether DeleteCompressor has begun.
    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    /// The function that words are given to, and its first argument.
    pub(super) fn function(&self) -> (u32, u32) {
        (self.function, self.user)
    }

    /// What a decompressor thinks of what it has been given.
    pub(super) fn verdict(&self) -> Result<(), Cut> {
        match &self.work {
            Work::Squeeze(_) => Ok(()),
            Work::Unsqueeze(work) => work.finish(),
        }
    }

    /// The next word that comes out; takes in words of the program's as long as none does.
    pub(super) fn step(&mut self, cx: &mut CallCx<'_>) -> Result<Option<u32>, Trouble> {
        loop {
            let out = match &mut self.work {
                Work::Squeeze(work) => work.next_word(),
                Work::Unsqueeze(work) => work.next_word(),
            };
            if out.is_some() {
                return Ok(out);
            }
            let Some(input) = self.input.take().filter(|input| input.words > 0) else {
                return Ok(None);
            };
            let word = cx.mem.read(GuestPtr::<u32>::new(input.at))?;
            let mut left = Some(Input {
                at: input.at.wrapping_add(4),
                words: input.words - 1,
            });
            match &mut self.work {
                Work::Squeeze(work) => {
                    cx.charge.0 += CYCLES_PER_SQUEEZED_WORD;
                    work.feed(word);
                }
                Work::Unsqueeze(work) => {
                    cx.charge.0 += CYCLES_PER_STREAM_WORD;
                    // Behind its end only whether there is more counts.
                    if work.has_ended() {
                        left = None;
                    }
                    work.feed(word);
                }
            }
            self.input = left;
        }
    }

    fn is_sound(&self) -> bool {
        match &self.work {
            Work::Squeeze(work) => work.is_sound(),
            Work::Unsqueeze(work) => work.is_sound(),
        }
    }
}

/// All engines, by handle.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Engines(BTreeMap<u32, Engine>);

impl Engines {
    /// Whether what was read from a file can be worked on.
    pub(in crate::kernel::portfolio) fn is_sound(&self) -> bool {
        self.0.values().all(Engine::is_sound)
    }

    /// A new engine; those whose buffers it overlaps are gone.
    pub(super) fn put(&mut self, handle: u32, engine: Engine) {
        let end = handle.saturating_add(engine.kind().buffer_size());
        // Buffers do not overlap, so those in the way begin between these two addresses.
        let first = handle.saturating_sub(COMPRESSOR_BUFFER);
        let in_the_way: Vec<u32> = self
            .0
            .range(first..end)
            .filter(|(at, other)| at.saturating_add(other.kind().buffer_size()) > handle)
            .map(|(&at, _)| at)
            .collect();
        for at in in_the_way {
            self.0.remove(&at);
        }
        self.0.insert(handle, engine);
    }

    pub(super) fn get(&mut self, handle: u32) -> Option<&mut Engine> {
        self.0.get_mut(&handle)
    }

    pub(super) fn take(&mut self, handle: u32) -> Option<Engine> {
        self.0.remove(&handle)
    }

    /// An engine of that kind that is not being deleted.
    pub(super) fn of_kind(&mut self, handle: u32, kind: Kind) -> Option<&mut Engine> {
        self.get(handle).filter(|engine| engine.kind() == kind)
    }

    /// A program gives words; what is left of words it gave before is forgotten.
    pub(super) fn begin_feed(&mut self, handle: u32, at: u32, words: u32) {
        if let Some(engine) = self.get(handle) {
            engine.input = Some(Input { at, words });
        }
    }

    /// No more words come. Gives the cycles that takes.
    pub(super) fn finish(&mut self, handle: u32) -> u64 {
        let Some(engine) = self.get(handle) else {
            return 0;
        };
        engine.finished = true;
        engine.input = None;
        if let Work::Squeeze(work) = &mut engine.work {
            work.finish();
        }
        CYCLES_PER_SQUEEZED_WORD * 4
    }

    /// A program has ended, and its memory with it.
    pub(in crate::kernel::portfolio) fn forget_program(&mut self, program: Item) {
        self.0.retain(|_, engine| engine.program != program);
    }
}

impl Portfolio {
    /// The program of the running task.
    pub(in crate::kernel::portfolio) fn caller_program(&self) -> Item {
        let caller = self.caller();
        let state = self.tasks.get(&caller);
        state.map_or(caller, |state| state.program)
    }
}
