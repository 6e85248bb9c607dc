//! What code of the signal processor sees: data memory, FIFOs, registers.

use super::channel::Lane;
use super::words::Words;
use super::{AMPLITUDE, Channel, INPUTS, OUTPUTS, StereoFrame};
use emu_core::loader::dsp_code::Flags;
use emu_core::mem::Memory;
use serde::{Deserialize, Serialize};

/// What the countdown of a frame begins with, to those that want to know what is gone.
const BUDGET: u16 = 0x104;
/// The number of the frame, for code and for the CPU.
const FRAME_NUMBERS: [u16; 2] = [0x105, 0x302];
/// Where instruments mix their sound, left and right.
const MIXED: [u16; 2] = [0x106, 0x107];

const EI_END: u16 = 0x070;
const I: u16 = 0x100;
const EO: u16 = 0x300;
const EO_END: u16 = 0x310;

const HEADS: u16 = 0x070;
const INPUT_LEVELS: u16 = 0x0D0;
const OUTPUT_LEVELS: u16 = 0x0E0;
const NOISE: u16 = 0x0EA;
const PLACE: u16 = 0x0EE;
const COUNTDOWN: u16 = 0x0EF;
const INPUT_FIFOS: u16 = 0x0F0;
const RELOAD: u16 = 0x3EF;
const OUTPUT_FIFOS: u16 = 0x3F0;
const CONVERTERS: [u16; 2] = [0x3FE, 0x3FF];

/// What the countdown begins a frame with, as `head.dsp` sets it.
const COUNTDOWN_START: u16 = 0x4000;

/// Whether there is a word of EI, I or EO memory.
#[inline]
pub(super) fn is_data(at: u16) -> bool {
    at < EI_END || (I..EO_END).contains(&at)
}

/// Whether code reads a plain word there.
#[inline]
pub(super) fn is_readable(at: u16) -> bool {
    at < EI_END || (I..EO).contains(&at)
}

/// Whether code writes a plain word there.
#[inline]
pub(super) fn is_writable(at: u16) -> bool {
    (I..EO_END).contains(&at)
}

/// Everything but the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unit {
    pub data: Words,
    pub inputs: [Lane; INPUTS as usize],
    pub outputs: [Lane; OUTPUTS as usize],
    /// 20 bits, the highest at bit 31; zeros below.
    pub accumulator: i32,
    pub flags: Flags,
    /// What is XORed onto addresses of registers.
    pub rbase: u16,
    pub rmap: u8,
    pub mask: u8,
    /// Where a RETURN goes.
    pub back: u16,
    /// Where the next instruction is.
    pub at: u16,
    /// Code words of this frame so far.
    pub ticks: u32,
    /// What the countdown would have been at the beginning of the frame.
    countdown: u16,
    noise: u32,
    /// What is put out in this frame.
    pub converter: StereoFrame,
}

impl Default for Unit {
    fn default() -> Unit {
        Unit {
            data: Words::default(),
            inputs: Default::default(),
            outputs: Default::default(),
            accumulator: 0,
            flags: Flags::default(),
            rbase: 0,
            rmap: 0,
            mask: 0,
            back: 0,
            at: 0,
            ticks: 0,
            countdown: COUNTDOWN_START,
            noise: 1,
            converter: [0; 2],
        }
    }
}

impl Unit {
    /// Does what `head.dsp` does: puts out what was mixed, counts; and makes registers ready.
    pub fn begin_frame(&mut self, number: u64) {
        self.converter = MIXED.map(|at| {
            let mixed = self.data.get(at) as i16;
            self.data.set(at, 0);
            ((i32::from(mixed) * AMPLITUDE) >> 15) as i16
        });
        (self.rbase, self.rmap, self.mask) = (0, 0, 0);
        self.ticks = 0;
        self.countdown = COUNTDOWN_START;
        self.data.set(BUDGET, COUNTDOWN_START);
        for at in FRAME_NUMBERS {
            self.data.set(at, number as u16);
        }
    }

    /// Whether something is to be put out.
    pub fn has_mixed(&self) -> bool {
        MIXED.iter().any(|&at| self.data.get(at) != 0)
    }

    /// Fills the input FIFOs, and tells of the channels that ended a passage.
    pub fn fill(&mut self, memory: &Memory, ended: &mut Vec<Channel>) {
        for (n, lane) in (0..).zip(&mut self.inputs) {
            if lane.fill(memory) {
                ended.push(Channel::In(n));
            }
        }
    }

    /// Empties the output FIFOs, and tells of the channels that ended a passage.
    pub fn drain(&mut self, memory: &mut Memory, ended: &mut Vec<Channel>) {
        for (n, lane) in (0..).zip(&mut self.outputs) {
            if lane.drain(memory) {
                ended.push(Channel::Out(n));
            }
        }
    }

    /// What code reads at an address of ten bits.
    #[inline]
    pub fn read(&mut self, at: u16) -> u16 {
        if is_readable(at) {
            self.data.get(at)
        } else {
            self.read_port(at)
        }
    }

    /// What code reads where no plain word is.
    pub fn read_port(&mut self, at: u16) -> u16 {
        let lane = usize::from(at & 15);
        match at & 0x3F0 {
            HEADS => self.inputs.get(lane).map_or(0, |lane| lane.fifo.head()),
            INPUT_LEVELS => level(self.inputs.get(lane)),
            INPUT_FIFOS => self.inputs.get_mut(lane).map_or(0, |lane| lane.fifo.pop()),
            OUTPUT_LEVELS if lane < self.outputs.len() => level(self.outputs.get(lane)),
            _ => match at {
                NOISE => self.next_noise(),
                PLACE => self.at,
                COUNTDOWN => self.countdown.wrapping_sub(self.ticks as u16),
                _ => 0,
            },
        }
    }

    /// What code writes to an address of ten bits.
    #[inline]
    pub fn write(&mut self, at: u16, value: u16) {
        if is_writable(at) {
            self.data.set(at, value);
        } else {
            self.write_port(at, value);
        }
    }

    /// What code writes where no plain word is.
    pub fn write_port(&mut self, at: u16, value: u16) {
        let [left, right] = &mut self.converter;
        match at {
            RELOAD => self.countdown = value.wrapping_add(self.ticks as u16),
            _ if at == CONVERTERS[0] => *left = value as i16,
            _ if at == CONVERTERS[1] => *right = value as i16,
            OUTPUT_FIFOS.. => {
                if let Some(lane) = self.outputs.get_mut(usize::from(at - OUTPUT_FIFOS)) {
                    lane.fifo.push(value);
                }
            }
            _ => {}
        }
    }

    /// A shift register of 32 bits with feedback, of which each number takes many steps at once.
    fn next_noise(&mut self) -> u16 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        (self.noise >> 16) as u16
    }
}

fn level(lane: Option<&Lane>) -> u16 {
    lane.map_or(0, |lane| lane.fifo.level().into())
}
