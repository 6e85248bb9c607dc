//! Guest text, call log, warnings, pictures and sound on their way out.

use crate::output::Output;
use crate::pictures::Frames;
use crate::progress::Progress;
use crate::sound::Ears;
use crate::sound::wav::WavFile;
use crate::until::TextMatcher;
use emu_core::device::display::{Picture, Scaling};
use emu_core::device::sound::StereoFrame;
use emu_core::kernel::portfolio::items::Item;
use emu_core::time::Tick;
use emu_core::trace::{Category, Event, Record, Sink, Tape, TraceEvent};
use std::io::Write;

/// Sends guest text to one place and everything else to another, and looks for texts.
pub struct RunSink<O: Write, E: Write> {
    out: Output<O>,
    err: E,
    calls: bool,
    /// 1: tasks come and go; 2: requests and task switches too.
    verbose: u8,
    texts: Vec<TextMatcher>,
    /// A run without a limit ends when nobody reads its text any more.
    stop_when_closed: bool,
    progress: Option<Progress>,
    frames: Option<Frames>,
    watching: Option<Scaling>,
    latest: Option<Picture>,
    last: Option<Picture>,
    tape: Option<Tape>,
    ears: Ears,
}

impl<O: Write, E: Write> RunSink<O, E> {
    /// Guest text to `out`, the rest to `err`.
    pub fn new(out: O, err: E) -> RunSink<O, E> {
        RunSink {
            out: Output::new(out),
            err,
            calls: false,
            verbose: 0,
            texts: Vec::new(),
            stop_when_closed: false,
            progress: None,
            frames: None,
            watching: None,
            latest: None,
            last: None,
            tape: None,
            ears: Ears::default(),
        }
    }

    /// Writes the call log too.
    pub fn with_calls(self, calls: bool) -> Self {
        RunSink { calls, ..self }
    }

    /// Tells of tasks, and from 2 on of requests and task switches.
    pub fn with_verbose(self, verbose: u8) -> Self {
        RunSink { verbose, ..self }
    }

    /// Ends the run when one of these texts has been printed.
    pub fn with_texts(self, texts: Vec<TextMatcher>) -> Self {
        RunSink { texts, ..self }
    }

    /// Ends the run when the output is closed.
    pub fn stopping_when_closed(self, stop_when_closed: bool) -> Self {
        RunSink {
            stop_when_closed,
            ..self
        }
    }

    /// Shows how far the run is.
    pub fn with_progress(self, progress: Option<Progress>) -> Self {
        RunSink { progress, ..self }
    }

    /// Writes the picture of every field.
    pub fn with_frames(self, frames: Option<Frames>) -> Self {
        RunSink { frames, ..self }
    }

    /// Writes what is heard, too.
    pub fn with_wav(mut self, wav: Option<WavFile>) -> Self {
        self.ears.write_to(wav);
        self
    }

    /// What is heard.
    pub fn ears(&mut self) -> &mut Ears {
        &mut self.ears
    }

    /// Records from now on, on a new tape, or does not.
    pub fn recording(self, is_recording: bool) -> Self {
        let tape = is_recording.then(Tape::new);
        RunSink { tape, ..self }
    }

    /// The tape, if there is one.
    pub fn tape(&mut self) -> Option<&mut Tape> {
        self.tape.as_mut()
    }

    /// The folder that got the pictures.
    pub fn take_frames(&mut self) -> Option<Frames> {
        self.frames.take()
    }

    /// Keeps the picture of the latest field that ends from now on, or none.
    pub fn watch(&mut self, scaling: Option<Scaling>) {
        self.watching = scaling;
    }

    /// The picture of the latest field that ended, once.
    pub fn take_picture(&mut self) -> Option<Picture> {
        self.latest.take()
    }

    /// The picture that the main program has left, once.
    pub fn take_last_picture(&mut self) -> Option<Picture> {
        self.last.take()
    }

    /// The progress line, if there is one.
    pub fn progress(&mut self) -> Option<&mut Progress> {
        self.progress.as_mut()
    }

    /// The text that was looked for and has been printed.
    pub fn found_text(&self) -> Option<&str> {
        self.texts
            .iter()
            .find(|matcher| matcher.found())
            .map(TextMatcher::text)
    }

    /// Where the guest's text goes.
    pub fn output(&mut self) -> &mut Output<O> {
        &mut self.out
    }

    /// Writes to the place for everything that is no guest text.
    pub fn remark(&mut self, text: &str) {
        self.out.flush();
        if let Some(progress) = &mut self.progress {
            progress.clear();
        }
        // Nobody can be told that standard error is closed.
        let _ = self.err.write_all(text.as_bytes());
    }
}

impl<O: Write, E: Write> Sink for RunSink<O, E> {
    fn wants(&self, category: Category) -> bool {
        let mut wanted = Category::CONSOLE | Category::WARNINGS;
        wanted.set(Category::CALLS, self.calls);
        wanted.set(Category::EVENTS, self.tape.is_some());
        wanted.set(Category::TASKS, self.verbose > 0);
        wanted.set(Category::REQUESTS | Category::SWITCHES, self.verbose > 1);
        wanted.intersects(category)
    }

    fn record(&mut self, record: Record) {
        let Record { at, task, event } = record;
        match event {
            TraceEvent::Console(text) => {
                if let Some(progress) = &mut self.progress {
                    progress.clear();
                }
                for matcher in &mut self.texts {
                    matcher.feed(&text);
                }
                self.out.write(&text);
            }
            TraceEvent::Call(call) => self.remark(&format!("{at} {task} {call}\n")),
            TraceEvent::Warning(text) if task.is_empty() => {
                self.remark(&format!("overture: warning: {at}: {text}\n"));
            }
            TraceEvent::Warning(text) => {
                self.remark(&format!("overture: warning: {at} {task}: {text}\n"));
            }
            TraceEvent::Task(text) | TraceEvent::Request(text) => {
                self.remark(&format!("{at} {task} {text}\n"));
            }
        }
    }

    fn event(&mut self, at: Tick, actor: Item, event: &Event) {
        if let Some(tape) = &mut self.tape {
            tape.push(at, actor, event);
        }
    }

    fn wants_picture(&mut self, _field: u64) -> Option<Scaling> {
        let keeps = self.frames.as_ref().is_some_and(Frames::wanted);
        // Kept pictures are plain ones, whatever is watched meanwhile.
        keeps.then_some(Scaling::Plain).or(self.watching)
    }

    fn picture(&mut self, field: u64, picture: Picture) {
        if let Some(frames) = &mut self.frames {
            frames.write(field, &picture);
        }
        if self.watching.is_some() {
            self.latest = Some(picture);
        }
    }

    fn wants_last_picture(&self) -> bool {
        true
    }

    fn last_picture(&mut self, picture: Picture) {
        self.last = Some(picture);
    }

    fn sound(&mut self, first: u64, frames: &[StereoFrame]) {
        self.ears.sound(first, frames);
    }

    fn wants_stop(&self) -> bool {
        self.found_text().is_some() || self.stop_when_closed && self.out.closed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tests::Closed;

    fn record(event: TraceEvent) -> Record {
        Record {
            at: Tick(12_500_000),
            task: "main".to_owned(),
            event,
        }
    }

    fn console(text: &str) -> Record {
        record(TraceEvent::Console(text.to_owned()))
    }

    #[test]
    fn text_and_calls_go_apart() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut sink = RunSink::new(&mut out, &mut err).with_calls(true);
        assert!(sink.wants(Category::CALLS));
        sink.record(console("hel"));
        sink.record(record(TraceEvent::Call("Yield()".to_owned())));
        sink.record(console("lo\n"));
        sink.record(record(TraceEvent::Warning("odd".to_owned())));
        assert_eq!(out, b"hello\n");
        let err = String::from_utf8(err).expect("text");
        assert_eq!(
            err,
            "1.000000 main Yield()\noverture: warning: 1.000000 main: odd\n"
        );
    }

    #[test]
    fn calls_are_wanted_only_when_asked_for() {
        let sink = RunSink::new(Vec::new(), Vec::new());
        assert!(!sink.wants(Category::CALLS) && sink.wants(Category::CONSOLE));
    }

    #[test]
    fn a_text_in_pieces_stops_the_run() {
        let texts = vec![TextMatcher::new("nothing"), TextMatcher::new("el\nlo")];
        let mut sink = RunSink::new(Vec::new(), Vec::new()).with_texts(texts);
        sink.record(console("h"));
        sink.record(console("el\n"));
        assert!(!sink.wants_stop());
        sink.record(console("lo"));
        assert!(sink.wants_stop());
        assert_eq!(sink.found_text(), Some("el\nlo"));
    }

    #[test]
    fn pictures_are_made_only_when_somebody_wants_them() {
        let mut sink = RunSink::new(Vec::new(), Vec::new());
        assert_eq!(sink.wants_picture(0), None);
        sink.watch(Some(Scaling::Interpolated));
        assert_eq!(sink.wants_picture(0), Some(Scaling::Interpolated));
        sink.picture(0, Picture::black(2, 2));
        assert_eq!(sink.take_picture(), Some(Picture::black(2, 2)));
        assert_eq!(sink.take_picture(), None);
        sink.watch(None);
        assert_eq!(sink.wants_picture(1), None);
    }

    #[test]
    fn a_closed_output_stops_only_endless_runs() {
        for endless in [false, true] {
            let mut sink = RunSink::new(Closed, Closed).stopping_when_closed(endless);
            sink.record(console("text\n"));
            sink.record(record(TraceEvent::Warning("odd".to_owned())));
            assert_eq!(sink.wants_stop(), endless);
        }
    }
}
