//! Standard output that may be closed under us: quietly.

use crate::report::Status;
use std::io::{ErrorKind, Write};

/// Where text goes until nobody reads it any more.
pub struct Output<W: Write> {
    to: W,
    closed: bool,
    failed: bool,
    /// Whether the last byte written was no end of line.
    mid_line: bool,
}

impl<W: Write> Output<W> {
    /// Writes to `to`.
    pub fn new(to: W) -> Output<W> {
        Output {
            to,
            closed: false,
            failed: false,
            mid_line: false,
        }
    }

    /// Whether nothing more can be written.
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// Writes text; whole lines go out at once.
    pub fn write(&mut self, text: &str) {
        if self.closed || text.is_empty() {
            return;
        }
        self.mid_line = !text.ends_with('\n');
        let result = self.to.write_all(text.as_bytes());
        self.note(result);
        if text.contains('\n') {
            self.flush();
        }
    }

    /// Writes a line of its own, ending an unfinished one first.
    pub fn line(&mut self, line: &str) {
        if self.mid_line {
            self.write("\n");
        }
        self.write(line);
        self.write("\n");
    }

    /// Sends what is still held back.
    pub fn flush(&mut self) {
        if !self.closed {
            let result = self.to.flush();
            self.note(result);
        }
    }

    fn note(&mut self, result: std::io::Result<()>) {
        let Err(error) = result else { return };
        self.closed = true;
        if error.kind() != ErrorKind::BrokenPipe {
            self.failed = true;
            crate::complain(&format!(
                "standard output: {error}; the rest of the text is lost"
            ));
        }
    }

    /// Ends: success, unless the text could not be written for a reason worth telling.
    pub fn finish(mut self) -> Status {
        self.flush();
        if self.failed {
            Status::Usage
        } else {
            Status::Success
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io;

    /// A writer that nobody reads.
    pub(crate) struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let mut out = Output::new(Closed);
        out.line("text");
        assert!(out.closed());
        assert_eq!(out.finish(), Status::Success);
    }

    #[test]
    fn a_line_begins_at_the_margin() {
        let mut bytes = Vec::new();
        let mut out = Output::new(&mut bytes);
        out.write("half");
        out.line("whole");
        out.line("next");
        out.finish();
        assert_eq!(bytes, b"half\nwhole\nnext\n");
    }
}
