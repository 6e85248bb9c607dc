//! What the processor needs from its memory.

/// The memory refused an access; the instruction that made it aborts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abort;

/// What a store touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Data only.
    Plain,
    /// Perhaps words for which [`Bus::note_code`] was called: decoded copies must go.
    Code,
}

/// Memory and devices as the processor sees them: big-endian, no wait states.
///
/// Byte address `A` is bits 31-24 of its word for `A mod 4 == 0`, bits 7-0 for 3.
pub trait Bus {
    /// Fetches the instruction at a word-aligned address.
    fn fetch(&mut self, addr: u32) -> Result<u32, Abort>;
    /// Reads the word at `addr`, which the processor has aligned.
    fn load_word(&mut self, addr: u32) -> Result<u32, Abort>;
    /// Reads one byte.
    fn load_byte(&mut self, addr: u32) -> Result<u8, Abort>;
    /// The word that [`Bus::load_word`] refused only because somebody watches loads from there;
    /// noted. [`Bus::wants_exit`] says whether the run is to end behind the instruction.
    fn watched_word(&mut self, _addr: u32) -> Option<u32> {
        None
    }
    /// The same for a byte.
    fn watched_byte(&mut self, _addr: u32) -> Option<u8> {
        None
    }
    /// Writes the word at `addr`, which the processor has aligned.
    fn store_word(&mut self, addr: u32, value: u32) -> Result<Stored, Abort>;
    /// Writes one byte.
    fn store_byte(&mut self, addr: u32, value: u8) -> Result<Stored, Abort>;
    /// The fast engine holds decoded instructions of the 512-byte page containing `addr`.
    fn note_code(&mut self, addr: u32);
    /// Whether a store that was reported as [`Stored::Code`] should end the run behind its
    /// instruction.
    fn wants_exit(&self) -> bool {
        false
    }
    /// Word-aligned addresses of code changed by somebody other than the processor since
    /// the last call. Called at the start of every run: must be cheap when there are none.
    fn take_code_writes(&mut self) -> Vec<u32>;
}
