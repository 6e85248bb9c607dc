//! A machine at an instant, small enough to be compared with another program's.

use super::Machine;
use crate::cpu::disasm;
use crate::device::Board;
use crate::kernel::portfolio::items::Item;
use crate::mem::Memory;
use crate::time::Tick;
use crate::trace::Field;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes of memory that are hashed together in [`Moment::pages`].
pub const MOMENT_PAGE: u32 = 4096;

/// What can be compared of a machine between two steps of its run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The clock.
    pub at: Tick,
    /// Whether the run is over.
    pub ended: bool,
    /// The task that has the processor, or none.
    pub task: Item,
    /// Its name.
    pub name: String,
    /// Its registers r0 to r15 and cpsr; none without a task.
    pub registers: Vec<u32>,
    /// The instruction that is next, if a task has the processor.
    pub instruction: Option<u32>,
    /// Whether the kernel or a device keeps the processor busy.
    pub busy: bool,
    /// The checksum of each part.
    pub parts: BTreeMap<String, u32>,
    /// The checksum of each page of memory, if they were asked for.
    pub pages: Vec<u32>,
}

impl Moment {
    /// The address of the next instruction.
    pub fn pc(&self) -> Option<u32> {
        self.registers.get(15).copied()
    }

    /// The next instruction in words.
    pub fn disassembled(&self) -> Option<String> {
        Some(disasm(self.pc()?, self.instruction?))
    }
}

impl<B: Board + Serialize> Machine<B> {
    /// What can be compared of the machine now; with `pages` the checksum of each page too.
    pub fn moment(&self, ended: bool, pages: bool) -> Moment {
        let task = self.kernel.current_task().unwrap_or(Item::NONE);
        let registers = self.task_registers(task);
        let parts = self.checksums().into_iter().map(|(part, value)| {
            let mut name = String::new();
            part.write(&mut name);
            (name, value)
        });
        Moment {
            at: self.now,
            ended,
            task,
            name: match registers {
                Some(_) => self.item_name(task),
                None => String::new(),
            },
            instruction: registers.map(|registers| self.mem.word(registers.pc())),
            registers: registers.map_or(Vec::new(), |registers| {
                let all = registers.r.iter().copied();
                all.chain([registers.cpsr]).collect()
            }),
            busy: self.now < self.busy_until,
            parts: parts.collect(),
            pages: match pages {
                true => page_sums(&self.mem),
                false => Vec::new(),
            },
        }
    }

    /// The words of a page of memory; none of what is no memory.
    pub fn words_of_page(&self, page: u32) -> Vec<u32> {
        let start = page.saturating_mul(MOMENT_PAGE);
        let bytes = self.mem.bytes(start, MOMENT_PAGE).unwrap_or_default();
        let words = bytes.chunks_exact(4);
        words
            .map(|word| word.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)))
            .collect()
    }
}

fn page_sums(mem: &Memory) -> Vec<u32> {
    let sum = |page| mem.bytes(page, MOMENT_PAGE).map(crc32fast::hash);
    (0..).step_by(MOMENT_PAGE as usize).map_while(sum).collect()
}
