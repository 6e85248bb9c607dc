//! The disassembler.

/// One instruction as text.
pub fn disasm(_addr: u32, word: u32) -> String {
    format!(".word 0x{word:08x}")
}
