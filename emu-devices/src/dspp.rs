//! The audio signal processor: microcode, FIFOs, channels (audio sheet 8).
//!
//! ```text
//! frame n:  mixed words of frame n - 1 --> sound, words cleared
//!           channels fill input FIFOs <-- memory
//!           entries run in order, each to its SLEEP
//!           output FIFOs are emptied --> memory
//! ```
//!
//! | module | what is there |
//! |---|---|
//! | `words` | memory of a fixed size |
//! | `fifo`, `channel` | samples that wait, and the passages they come from or go to |
//! | `unit` | what code sees: data memory, FIFOs, registers |
//! | `sum` | adder, multiplier, shifter |
//! | `letter` | the plain interpreter |
//! | `plan`, `lower`, `plain` | the fast one, and how instructions become what it executes |

mod channel;
mod fifo;
mod letter;
mod lower;
mod plain;
mod plan;
mod sum;
#[cfg(test)]
mod tests;
mod unit;
mod words;

use channel::whole;
use emu_core::device::sound::{
    Channel, Entry, INPUTS, OUTPUTS, Passage, Ran, SignalProcessor, StereoFrame, Transfer, When,
};
use emu_core::mem::Memory;
use plan::Plan;
use serde::{Deserialize, Serialize};
use unit::Unit;
use words::Words;

/// Words of program memory.
pub const CODE_WORDS: u16 = 1024;
/// Code words after which a frame ends, whether its programs sleep or not: some four times as
/// many as the processor has time for.
pub const MOST_TICKS: u32 = 2048;

/// What the mixed words are multiplied by when they are put out, in units of 1/0x8000.
const AMPLITUDE: i32 = 0x7FFF;

/// The signal processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dspp {
    code: Words,
    unit: Unit,
    entries: Vec<Entry>,
    ticks_used: u32,
    /// The first frame that ended because a program did not.
    cut_off: Option<u64>,
    /// Decoded code, no state.
    #[serde(skip)]
    plan: Plan,
}

impl Default for Dspp {
    fn default() -> Dspp {
        Dspp::new()
    }
}

impl Dspp {
    /// One at power-on: nothing but zeros.
    pub fn new() -> Dspp {
        Dspp {
            code: Words::default(),
            unit: Unit::default(),
            entries: Vec::new(),
            ticks_used: 0,
            cut_off: None,
            plan: Plan::default(),
        }
    }

    /// The same as [`SignalProcessor::run`], each instruction decoded whenever it is executed.
    pub fn run_to_the_letter(
        &mut self,
        memory: &mut Memory,
        from: u64,
        many: u32,
        heard: &mut Vec<StereoFrame>,
    ) -> Ran {
        let code = &self.code;
        let enter = |unit: &mut Unit, at| letter::enter(code, unit, at);
        let frames = Frames {
            unit: &mut self.unit,
            entries: &self.entries,
            cut_off: &mut self.cut_off,
        };
        let ran = frames.run(memory, from, many, heard, enter);
        self.ticks_used = self.unit.ticks;
        ran
    }
}

/// What frames change, beside the code that they run.
struct Frames<'a> {
    unit: &'a mut Unit,
    entries: &'a [Entry],
    cut_off: &'a mut Option<u64>,
}

impl Frames<'_> {
    /// Runs frames until a channel ends a passage. `enter` runs one program and says whether it
    /// came to its end.
    fn run(
        self,
        memory: &mut Memory,
        from: u64,
        many: u32,
        heard: &mut Vec<StereoFrame>,
        mut enter: impl FnMut(&mut Unit, u16) -> bool,
    ) -> Ran {
        let mut ran = Ran::default();
        let unit = self.unit;
        while ran.frames < many && ran.ended.is_empty() {
            let number = from.wrapping_add(u64::from(ran.frames));
            unit.begin_frame(number);
            unit.fill(memory, &mut ran.ended);
            for entry in self.entries.iter().filter(|entry| is_in(entry, number)) {
                if !enter(unit, entry.at) {
                    if self.cut_off.is_none() {
                        log::warn!(
                            "a program of the signal processor does not end (frame {number})"
                        );
                        *self.cut_off = Some(number);
                    }
                    break;
                }
            }
            unit.drain(memory, &mut ran.ended);
            heard.push(unit.converter);
            ran.frames += 1;
        }
        ran
    }
}

/// Whether an entry runs in a frame.
fn is_in(entry: &Entry, frame: u64) -> bool {
    match entry.when {
        When::Every => true,
        When::Even => frame.is_multiple_of(2),
        When::Odd => !frame.is_multiple_of(2),
    }
}

impl SignalProcessor for Dspp {
    fn read(&self, at: u16) -> u16 {
        if unit::is_data(at) {
            self.unit.data.get(at)
        } else {
            0
        }
    }

    fn write(&mut self, at: u16, value: u16) {
        if unit::is_data(at) {
            self.unit.data.set(at, value);
        }
    }

    fn write_code(&mut self, at: u16, words: &[u16]) {
        for (at, &word) in (at..CODE_WORDS).zip(words) {
            self.code.set(at, word);
        }
        self.plan.forget();
    }

    fn code(&self, at: u16, words: u16) -> Vec<u16> {
        let end = at.saturating_add(words).min(CODE_WORDS);
        (at..end).map(|at| self.code.get(at)).collect()
    }

    fn set_entries(&mut self, entries: &[Entry]) {
        self.entries = entries.to_vec();
    }

    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn transfer(&self, channel: Channel) -> Transfer {
        let lane = match channel {
            Channel::In(n) => self.unit.inputs.get(usize::from(n)),
            Channel::Out(n) => self.unit.outputs.get(usize::from(n)),
        };
        lane.map(|lane| lane.transfer).unwrap_or_default()
    }

    fn set_transfer(&mut self, channel: Channel, transfer: Transfer, fresh: bool) {
        let lane = match channel {
            Channel::In(n) => self.unit.inputs.get_mut(usize::from(n)),
            Channel::Out(n) => self.unit.outputs.get_mut(usize::from(n)),
        };
        if let Some(lane) = lane {
            lane.transfer = Transfer {
                now: transfer.now.and_then(whole),
                next: transfer.next.and_then(whole),
                is_loop: transfer.is_loop,
            };
            if fresh {
                lane.fifo.clear();
            }
        }
    }

    fn fifo_level(&self, channel: Channel) -> u8 {
        let lane = match channel {
            Channel::In(n) => self.unit.inputs.get(usize::from(n)),
            Channel::Out(n) => self.unit.outputs.get(usize::from(n)),
        };
        lane.map_or(0, |lane| lane.fifo.level())
    }

    fn run(
        &mut self,
        memory: &mut Memory,
        from: u64,
        many: u32,
        heard: &mut Vec<StereoFrame>,
    ) -> Ran {
        let (code, plan) = (&self.code, &mut self.plan);
        let enter = |unit: &mut Unit, at| plan.enter(code, unit, at);
        let frames = Frames {
            unit: &mut self.unit,
            entries: &self.entries,
            cut_off: &mut self.cut_off,
        };
        let ran = frames.run(memory, from, many, heard, enter);
        self.ticks_used = self.unit.ticks;
        ran
    }

    fn is_active(&self) -> bool {
        !self.entries.is_empty() || self.unit.has_mixed()
    }

    fn ticks_used(&self) -> u32 {
        self.ticks_used
    }

    fn cut_off(&self) -> Option<u64> {
        self.cut_off
    }
}
