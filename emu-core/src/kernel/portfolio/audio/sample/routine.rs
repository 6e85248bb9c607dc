//! Memory of samples that functions of the program give and take back.
//!
//! Audio sheet 3.2.
//!
//! They are guest code, so the calls are guest code too: the private call that begins answers
//! with an item, an error, or 0 when memory is wanted first. What has been read meanwhile
//! waits here; it is found again by the stack pointer of the routine, which is that of the
//! call as long as it has not been left.

use super::Data;
use crate::kernel::abi::{CallerStack, Reply, Trouble};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::codes::{BADITEM, NOMEM};
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use serde::{Deserialize, Serialize};

/// Sounds of one task that wait for memory: a function that loads a sample itself. Older ones
/// are forgotten, as nothing can tell how far the program has left them behind.
const MOST_PLACING: usize = 8;

/// What is asked for: memory that the audio hardware can reach.
pub(super) const MEMTYPE_AUDIO: u32 = 0x10_0000;

/// A call that may ask for memory: `begin` is the number of its first private call.
const fn asking(begin: u32) -> [u32; 11] {
    [
        0xE92D_4010,         //        stmfd sp!, {r4, lr}
        0xEFF1_0400 | begin, //        swi   begin
        0xE350_0000,         //        cmp   r0, #0
        0x18BD_8010,         //        ldmnefd sp!, {r4, pc}
        0xEFF1_0423,         //        swi   SampleMemory        r0 bytes, r1 function
        0xE1A0_C001,         //        mov   ip, r1
        0xE3A0_1601,         //        mov   r1, #0x100000
        0xE1A0_E00F,         //        mov   lr, pc
        0xE1A0_F00C,         //        mov   pc, ip
        0xEFF1_0424,         //        swi   PlaceSample
        0xE8BD_8010,         //        ldmfd sp!, {r4, pc}
    ]
}

/// Vector 44, CreateSample.
pub(in crate::kernel::portfolio) const CREATE_ROUTINE: &[u32] = &asking(0x20);
/// Vector 38, LoadSampleHere.
pub(in crate::kernel::portfolio) const LOAD_ROUTINE: &[u32] = &asking(0x21);
/// Vector 41, DefineSampleHere.
pub(in crate::kernel::portfolio) const DEFINE_ROUTINE: &[u32] = &asking(0x22);

/// Vector 11, UnloadSample.
pub(in crate::kernel::portfolio) const UNLOAD_ROUTINE: &[u32] = &[
    0xE92D_4030, //         stmfd sp!, {r4, r5, lr}
    0xE1A0_4000, //         mov   r4, r0
    0xEFF1_0425, //         swi   SampleFreer         r0 function, or 0
    0xE1B0_5000, //         movs  r5, r0
    0x0A00_0003, //         beq   delete
    0xE1A0_0004, //         mov   r0, r4
    0xEFF1_0426, //         swi   TakeSampleMemory    r0 address, r1 bytes
    0xE1A0_E00F, //         mov   lr, pc
    0xE1A0_F005, //         mov   pc, r5
    0xE1A0_0004, // delete: mov   r0, r4
    0xEFF1_0427, //         swi   DeleteSample
    0xE8BD_8030, //         ldmfd sp!, {r4, r5, pc}
];

/// A sound that was read and has no memory yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placing {
    sp: u32,
    item: Item,
    sound: Vec<u8>,
    alloc: u32,
    free: u32,
}

/// The two functions of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custom {
    /// Gives memory.
    pub alloc: u32,
    /// Takes it back.
    pub free: u32,
    /// The stack pointer of the routine that will call them.
    pub sp: u32,
}

impl Portfolio {
    /// Keeps the sound of a sample until there is memory for it; the routine will ask.
    pub(super) fn await_memory(&mut self, item: Item, sound: Vec<u8>, custom: Custom) -> Reply {
        let caller = self.caller();
        let waiting = self.audio.samples.placing.entry(caller).or_default();
        waiting.retain(|placing| placing.sp > custom.sp);
        if waiting.len() >= MOST_PLACING {
            waiting.remove(0);
        }
        waiting.push(Placing {
            sp: custom.sp,
            item,
            sound,
            alloc: custom.alloc,
            free: custom.free,
        });
        Reply::value(0)
    }

    fn placing(&mut self, sp: u32) -> Result<Placing, Status> {
        let caller = self.caller();
        let waiting = self.audio.samples.placing.get_mut(&caller);
        let waiting = waiting.ok_or(BADITEM)?;
        // What stands below was left behind: a function of the program's jumped away.
        waiting.retain(|placing| placing.sp >= sp);
        let last = waiting.last().filter(|placing| placing.sp == sp).cloned();
        last.ok_or(BADITEM)
    }

    /// The sample is gone, or has its memory.
    pub(super) fn forget_placing(&mut self, item: Item) {
        self.audio.samples.placing.retain(|_, waiting| {
            waiting.retain(|placing| placing.item != item);
            !waiting.is_empty()
        });
    }
}

/// Private: how much memory is wanted, and of which function.
pub(super) fn memory_wanted(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    stack: CallerStack,
) -> Result<Reply, Trouble> {
    let placing = k.placing(stack.0)?;
    Ok(Reply {
        second: Some(placing.alloc),
        ..Reply::value(placing.sound.len() as u32)
    })
}

/// Private: puts the sound where the function says; null was no memory.
pub(super) fn place(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    memory: u32,
    stack: CallerStack,
) -> Result<Item, Trouble> {
    let placing = k.placing(stack.0)?;
    let item = placing.item;
    k.forget_placing(item);
    if memory == 0 {
        k.delete_sample(cx, item);
        return Err(NOMEM.into());
    }
    cx.mem.write_bytes(memory, &placing.sound)?;
    cx.charge.0 += placing.sound.len() as u64 / 4;
    let sample = k.audio.samples.samples.get_mut(&item).ok_or(BADITEM)?;
    sample.address = memory;
    sample.data = Data::Custom {
        address: memory,
        bytes: placing.sound.len() as u32,
        free: placing.free,
    };
    Ok(item)
}

/// Private: the function that takes the memory back, if there is one and the caller may delete
/// the sample.
pub(super) fn freer(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Result<u32, Trouble> {
    Ok(match k.sample(item).map(|sample| sample.data) {
        Ok(Data::Custom { free, .. }) if k.own_sample(cx.mem, item).is_ok() => free,
        _ => 0,
    })
}

/// Private: what the function is to take back. The sample has no memory from now on, so that
/// nobody takes it back twice.
pub(super) fn take_memory(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
) -> Result<Reply, Trouble> {
    k.detach_all(cx, |attachment| attachment.plays(item));
    let sample = k.audio.samples.samples.get_mut(&item).ok_or(BADITEM)?;
    let Data::Custom { address, bytes, .. } = std::mem::take(&mut sample.data) else {
        return Err(BADITEM.into());
    };
    sample.address = 0;
    Ok(Reply {
        second: Some(bytes),
        ..Reply::value(address)
    })
}
