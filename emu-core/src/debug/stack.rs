//! Callers of a function, from the frames that compilers of the time made.
//!
//! ```text
//! fp ->  saved pc (the prologue's store + 12)
//! -4     return address
//! -8     caller's stack pointer
//! -12    caller's fp
//! ```
//! (ARM Procedure Call Standard, release 3.) A function that has made no frame yet, or never
//! makes one, is recognised by its return register.

use crate::kernel::abi::Registers;
use crate::mem::{MEMORY_END, Memory};

/// Frames that are followed: more is no stack but a circle.
const MOST: usize = 64;

/// One function on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it goes on.
    pub pc: u32,
    /// Its frame pointer, 0 if it has none.
    pub fp: u32,
}

/// The functions on the stack, innermost first. Never empty.
pub fn call_stack(mem: &Memory, registers: &Registers) -> Vec<Frame> {
    let is_code = |addr: u32| addr.is_multiple_of(4) && (0x4000..MEMORY_END).contains(&addr);
    let is_frame = |fp: u32| fp.is_multiple_of(4) && (12..MEMORY_END).contains(&fp);
    let mut fp = registers.r[11];
    let pc = registers.pc();
    let mut frames = vec![Frame { pc, fp }];
    // The prologue's store has its address in the frame: one that lies in the present function,
    // not far before the program counter, is the present function's own.
    let own = is_frame(fp) && {
        let prologue = mem.word(fp).wrapping_sub(12);
        prologue <= pc && pc - prologue < 0x4000
    };
    if !own && is_code(registers.lr()) {
        frames[0].fp = 0;
        frames.push(Frame {
            pc: registers.lr(),
            fp,
        });
    }
    while frames.len() < MOST && is_frame(fp) {
        let back = mem.word(fp - 4) & !3;
        let next = mem.word(fp - 12);
        // Stacks grow down: a caller's frame is above.
        if !is_code(back) || next != 0 && next <= fp {
            break;
        }
        fp = next;
        frames.push(Frame { pc: back, fp });
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registers(pc: u32, lr: u32, fp: u32) -> Registers {
        let mut registers = Registers::default();
        registers.r[15] = pc;
        registers.r[14] = lr;
        registers.r[11] = fp;
        registers
    }

    fn frame(mem: &mut Memory, fp: u32, words: [u32; 3]) {
        let [prologue, back, next] = words;
        mem.set_word(fp, prologue + 12);
        mem.set_word(fp - 4, back);
        mem.set_word(fp - 12, next);
    }

    fn pcs(mem: &Memory, registers: &Registers) -> Vec<u32> {
        call_stack(mem, registers).iter().map(|f| f.pc).collect()
    }

    #[test]
    fn frames_lead_to_callers() {
        let mut mem = Memory::new();
        frame(&mut mem, 0x5_0000, [0x4_9000, 0x4_8104, 0x5_0040]);
        frame(&mut mem, 0x5_0040, [0x4_8100, 0x4_8010, 0]);
        let at = registers(0x4_9020, 0x4_9010, 0x5_0000);
        assert_eq!(pcs(&mem, &at), [0x4_9020, 0x4_8104, 0x4_8010]);
    }

    #[test]
    fn a_function_without_a_frame_has_its_return_register() {
        let mut mem = Memory::new();
        frame(&mut mem, 0x5_0000, [0x4_9000, 0x4_8104, 0]);
        let at = registers(0x6_0000, 0x4_9030, 0x5_0000);
        assert_eq!(pcs(&mem, &at), [0x6_0000, 0x4_9030, 0x4_8104]);
    }

    #[test]
    fn circles_and_nonsense_end() {
        let mut mem = Memory::new();
        frame(&mut mem, 0x5_0000, [0x4_9000, 0x4_8104, 0x5_0000]);
        assert_eq!(pcs(&mem, &registers(0x4_9000, 0, 0x5_0000)).len(), 1);
        assert_eq!(pcs(&mem, &registers(0, 0, u32::MAX)), [0]);
        assert_eq!(pcs(&mem, &registers(3, 7, 2)), [3]);
    }
}
