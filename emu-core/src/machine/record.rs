//! What a recording says of a machine between two runs.

use super::Machine;
use crate::device::Board;
use crate::device::display::Scaling;
use crate::kernel::portfolio::items::Item;
use crate::mem::{DRAM_SIZE, MEMORY_END};
use crate::trace::{Event, Hex, Part, Tape};
use serde::Serialize;

impl<B: Board + Serialize> Machine<B> {
    /// The checksum of each part of the machine, and of what is on the screen.
    pub fn checksums(&self) -> Vec<(Part, u32)> {
        let memory = |from: u32, to: u32| {
            let bytes = self.mem.bytes(from, to - from);
            crc32fast::hash(bytes.unwrap_or_default())
        };
        let clock = (self.now, self.busy_until, &self.cpu, self.fields);
        let outside = (&self.inputs, self.next_input, self.input_heard);
        let mut sums = vec![
            (Part::Machine, sum(&(clock, outside))),
            (Part::Dram, memory(0, DRAM_SIZE)),
            (Part::Vram, memory(DRAM_SIZE, MEMORY_END)),
            (Part::Kernel, sum(&self.kernel)),
            (Part::Devices, sum(&self.board)),
            (Part::Bus, sum(&self.bus)),
        ];
        let picture = self.picture(Scaling::Plain);
        sums.extend(picture.map(|picture| (Part::Picture, picture.checksum())));
        sums
    }

    /// Begins a tape with what there is: every item, and every task.
    pub fn record_start(&self, tape: &mut Tape) {
        for event in self.kernel.events_of_start(&self.mem) {
            tape.push(self.now, Item::NONE, &event);
        }
    }

    /// Appends the checksum of each part, and how much memory is free.
    pub fn record_checksums(&self, tape: &mut Tape) {
        for (part, value) in self.checksums() {
            let value = Hex(value);
            tape.push(self.now, Item::NONE, &Event::Hash { part, value });
        }
        let (dram, vram) = self.kernel.free_memory(&self.mem);
        tape.push(self.now, Item::NONE, &Event::Free { dram, vram });
    }
}

/// The checksum of a value's bytes in a saved state.
fn sum(value: &impl Serialize) -> u32 {
    // Encoding into a vector cannot fail.
    crc32fast::hash(&postcard::to_stdvec(value).unwrap_or_default())
}
