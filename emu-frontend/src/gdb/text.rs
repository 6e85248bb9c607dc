//! What a run prints, on its way to GDB.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// Bytes of text that wait for GDB, at most: they are sent many times a second.
const TEXT_MAX: usize = 1 << 20;

/// Text that is on its way to GDB.
#[derive(Clone, Debug, Default)]
pub struct Text(Rc<RefCell<Vec<u8>>>);

impl Text {
    /// Takes what has come.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.borrow_mut())
    }

    /// Adds a line of the server's own.
    pub fn say(&self, line: &str) {
        self.add(line.as_bytes());
        self.add(b"\n");
    }

    fn add(&self, bytes: &[u8]) {
        let mut text = self.0.borrow_mut();
        if text.len() + bytes.len() <= TEXT_MAX {
            text.extend_from_slice(bytes);
        }
    }
}

/// A writer that lets GDB have a copy.
pub struct Tee<'a> {
    to: Box<dyn Write + 'a>,
    copy: Text,
}

impl<'a> Tee<'a> {
    /// Writes to `to` and to `copy`.
    pub fn new(to: Box<dyn Write + 'a>, copy: Text) -> Tee<'a> {
        Tee { to, copy }
    }
}

impl Write for Tee<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.copy.add(bytes);
        // GDB is told even when nobody reads standard output.
        self.to.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
