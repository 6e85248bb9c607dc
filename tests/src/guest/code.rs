//! The few ARM instructions that the tests write into guest memory.

/// `SWI number`.
pub const fn swi(number: u32) -> u32 {
    0xEF00_0000 | number
}

/// The SWI number of Yield.
pub const YIELD: u32 = 0x1_0009;
/// `B` to itself.
pub const SPIN: u32 = 0xEAFF_FFFE;
/// `MOV pc, lr`.
pub const RETURN: u32 = 0xE1A0_F00E;
/// What a task does that has nothing to do: `SWI Yield`, and again.
pub const PARK: [u32; 2] = [swi(YIELD), 0xEAFF_FFFD];

/// `MOV lr, pc ; LDR pc, [base, #-4n]`: a call of vector `n`.
pub const fn call_vector(base: u32, n: u8) -> [u32; 2] {
    [0xE1A0_E00F, 0xE510_F000 | base << 16 | (n as u32 * 4)]
}

/// `LDR rd, [rn, #offset]`.
pub const fn ldr(rd: u32, rn: u32, offset: u32) -> u32 {
    0xE590_0000 | rn << 16 | rd << 12 | offset
}

/// `STR rd, [rn, #offset]`.
pub const fn str(rd: u32, rn: u32, offset: u32) -> u32 {
    0xE580_0000 | rn << 16 | rd << 12 | offset
}

/// `MOV rd, #value`, a byte.
pub const fn mov(rd: u32, value: u8) -> u32 {
    0xE3A0_0000 | rd << 12 | value as u32
}

/// `MOV rd, rm`.
pub const fn mov_reg(rd: u32, rm: u32) -> u32 {
    0xE1A0_0000 | rd << 12 | rm
}

/// `ADD rd, rn, #value`, a byte.
pub const fn add(rd: u32, rn: u32, value: u8) -> u32 {
    0xE280_0000 | rn << 16 | rd << 12 | value as u32
}

/// `SUBS rd, rn, #value`, a byte.
pub const fn subs(rd: u32, rn: u32, value: u8) -> u32 {
    0xE250_0000 | rn << 16 | rd << 12 | value as u32
}

/// `B` (condition always), `words` instructions on from this one; negative = back.
pub const fn branch(words: i32) -> u32 {
    0xEA00_0000 | ((words - 2) as u32 & 0xFF_FFFF)
}

/// `BNE`, likewise.
pub const fn branch_ne(words: i32) -> u32 {
    0x1A00_0000 | ((words - 2) as u32 & 0xFF_FFFF)
}
