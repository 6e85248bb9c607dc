//! What the commands of SPORT check, start and do (device sheet 8).

use super::{FLASHWRITE_CMD, PAGE, SPORTCMD_CLONE, SPORTCMD_COPY, Sport};
use emu_core::device::{Buffer, DevError, DeviceCx, Finished, Op, ReqId, Request, Submit};
use emu_core::mem::{DRAM_SIZE, MEMORY_END, Memory};
use emu_core::time::Tick;
use serde::{Deserialize, Serialize};

/// Where the pages of a request come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Source {
    /// From here on.
    Pages(u32),
    /// All of them from here.
    Page(u32),
}

/// A request that waits for its place in a vertical blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    pub id: ReqId,
    pub source: Source,
    /// The first page written.
    pub to: u32,
    /// Pages in all.
    pub pages: u32,
    /// Pages that have been moved.
    pub done: u32,
    /// The bits that are copied.
    pub mask: u32,
    /// When it was sent.
    pub sent: Tick,
    /// The field in which its next pages are moved, if requests before it leave room.
    pub field: u64,
    /// When its first pages could be moved.
    pub begun: Option<Tick>,
}

impl Job {
    /// Bytes that have been moved.
    pub fn moved(&self) -> u32 {
        self.done.saturating_mul(PAGE)
    }

    /// Moves the next page.
    pub fn step(&mut self, memory: &mut Memory) {
        let at = self.moved();
        let from = match self.source {
            Source::Pages(from) => from.wrapping_add(at),
            Source::Page(from) => from,
        };
        let words = memory.bytes(from, PAGE).map(<[u8]>::to_vec);
        if let Some(words) = words {
            let word = |n: usize| words.get(n..n + 4).map_or(0, word_of);
            fill(memory, self.to.wrapping_add(at), self.mask, word);
        }
        self.done = self.done.saturating_add(1);
    }

    /// Whether it could have been asked for.
    pub fn is_sound(&self) -> bool {
        self.done <= self.pages && self.pages <= (MEMORY_END - DRAM_SIZE) / PAGE
    }
}

fn word_of(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |word, &byte| word << 8 | u32::from(byte))
}

/// Gives the words of a page the masked bits of others; `word` is asked by offset.
fn fill(memory: &mut Memory, page: u32, mask: u32, word: impl Fn(usize) -> u32) {
    let Some(bytes) = memory.bytes_mut(page, PAGE) else {
        return;
    };
    for (n, bytes) in bytes.chunks_exact_mut(4).enumerate() {
        let merged = word_of(bytes) & !mask | word(n * 4) & mask;
        bytes.copy_from_slice(&merged.to_be_bytes());
    }
}

/// First byte and length of a buffer; nothing is at 0.
fn extent(buffer: Buffer) -> Result<(u32, u32), DevError> {
    match buffer {
        Buffer::None => Ok((0, 0)),
        Buffer::Guest { addr, len } => Ok((addr, len)),
        Buffer::Kernel { .. } => Err(DevError::BadArgument),
    }
}

fn is_video(start: u32, len: u32) -> bool {
    let end = start.checked_add(len);
    start >= DRAM_SIZE && end.is_some_and(|end| end <= MEMORY_END)
}

/// Whether two ranges lie in the same bank of VRAM, by the bits of their first bytes and of the
/// first ones behind them: a range that ends with its bank does not match one that ends before.
fn same_bank((a, a_len): (u32, u32), (b, b_len): (u32, u32)) -> bool {
    let bank = |at: u32| at >> 20 & 7;
    bank(a) == bank(b) && bank(a.wrapping_add(a_len)) == bank(b.wrapping_add(b_len))
}

impl Sport {
    /// Does or begins what a request asks.
    pub(super) fn start(
        &mut self,
        request: &Request,
        cx: &mut DeviceCx<'_>,
    ) -> Result<Submit, DevError> {
        let Op::Control(command @ SPORTCMD_CLONE..=FLASHWRITE_CMD) = request.op else {
            return Err(DevError::BadCommand);
        };
        if request.unit != 0 {
            return Err(DevError::BadUnit);
        }
        let (from, _) = extent(request.send)?;
        let (to, len) = extent(request.recv)?;
        if [from, to, len].iter().any(|n| !n.is_multiple_of(PAGE)) || !is_video(to, len) {
            return Err(DevError::BadArgument);
        }
        let pages = len / PAGE;
        if command == FLASHWRITE_CMD {
            for page in 0..pages {
                let at = to.wrapping_add(page * PAGE);
                fill(cx.memory(), at, request.option, |_| request.offset);
            }
            cx.stall(Self::flash_time(pages));
            return Ok(Submit::Done(Finished::ok(len)));
        }
        let (source, read) = match command {
            SPORTCMD_COPY => (Source::Pages(from), len),
            _ => (Source::Page(from), PAGE),
        };
        if !is_video(from, read) || !same_bank((from, read), (to, len)) {
            return Err(DevError::BadArgument);
        }
        self.queue.push_back(Job {
            id: request.id,
            source,
            to,
            pages,
            done: 0,
            mask: request.offset,
            sent: cx.now,
            field: self.next_field(cx.now),
            begun: None,
        });
        self.arm(cx);
        Ok(Submit::Pending)
    }
}
