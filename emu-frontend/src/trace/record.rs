//! Recordings of runs, made and kept.

use super::{FileError, identity};
use crate::config::RunConfig;
use crate::input::Action;
use crate::program::show;
use crate::session::{End, Session};
use crate::sink::RunSink;
use emu_core::input::Input;
use emu_core::media::DiscNumber;
use emu_core::time::Tick;
use emu_core::trace::{DiscId, Header, ProgramId, Recording, Tape, VERSIONS};
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::Path;

/// The ending of a file's name that asks for the binary form.
pub const BINARY: &str = "otr";

/// Behaviour of each part of this program.
pub fn versions() -> Vec<(String, u32)> {
    let all = VERSIONS.iter().chain(emu_devices::VERSIONS);
    all.map(|&(name, version)| (name.to_owned(), version))
        .collect()
}

/// What a run is of, from power-on to now.
pub fn origin(config: &RunConfig, session: &Session) -> Header {
    let described = &config.described;
    let name_of = |number: DiscNumber| {
        let name = described.discs.get(usize::from(number.0));
        name.cloned().unwrap_or_default()
    };
    let words = |(at, input): &(Tick, Input)| (*at, Action::of(input, name_of).to_string());
    let program = &config.program.image.bytes;
    Header {
        program: ProgramId {
            name: described.image.clone(),
            sha256: Sha256::digest(program).into(),
            size: program.len() as u64,
        },
        arguments: described.arguments.clone(),
        options: described.options.clone(),
        disc: config.disc.map(|number| DiscId {
            name: name_of(number),
            files: Vec::new(),
        }),
        nvram: match &config.state {
            Some(beginning) if session.goes_on() => beginning.saved.header.nvram.clone(),
            state => {
                let is_fresh = config.nvram.is_none() && state.is_none();
                (!is_fresh).then(|| session.nvram().0.to_vec())
            }
        },
        versions: versions(),
        inputs: (config.inputs.iter().chain(session.done()))
            .map(words)
            .collect(),
        ..Header::default()
    }
}

/// What a recording of a run is of: the same, but since the saved state that it began with, if
/// it began with one; and of the disc the files that were read.
pub fn header(config: &RunConfig, session: &Session, tape: &Tape) -> Header {
    let mut header = origin(config, session);
    if let Some(beginning) = config.state.as_ref().filter(|_| session.goes_on()) {
        header.state = Some(beginning.id.clone());
        header.nvram = None;
        header
            .inputs
            .drain(..beginning.inputs.min(header.inputs.len()));
    }
    let disc = config.disc.and_then(|number| config.shelf.get(number));
    if let (Some(id), Some(disc)) = (&mut header.disc, disc)
        && !config.has_changed_discs()
    {
        id.files = identity::files(disc, &identity::blocks_read(tape));
    }
    header
}

/// Ends the recording of a run and writes it.
pub fn keep(
    path: &Path,
    config: &RunConfig,
    session: &Session,
    end: &End,
    tape: &mut Tape,
) -> Result<(), FileError> {
    save(path, &finish(config, session, end, tape))
}

/// Writes a recording, in the form that the file's name asks for.
pub fn save(path: &Path, recording: &Recording) -> Result<(), FileError> {
    // A recording that waits to be accepted has the form of the one beside it.
    let named = match path.extension().is_some_and(|ending| ending == "new") {
        true => path.with_extension(""),
        false => path.to_owned(),
    };
    let bytes = match named.extension().is_some_and(|ending| ending == BINARY) {
        true => recording.to_bytes(),
        false => recording.to_text().into_bytes(),
    };
    fs::write(path, bytes).map_err(|source| FileError::Unwritable {
        path: show(path),
        source,
    })
}

/// Makes a run and a recording of it. The error is one line.
pub fn make(config: &RunConfig) -> Result<Recording, String> {
    let mut session = Session::start(config)?;
    let mut sink = RunSink::new(io::sink(), io::sink())
        .with_texts(config.until.texts())
        .recording(true);
    let end = session.run(&config.until, &config.shelf, &mut sink);
    let mut tape = sink.tape().map(std::mem::take).unwrap_or_default();
    Ok(finish(config, &session, &end, &mut tape))
}

fn finish(config: &RunConfig, session: &Session, end: &End, tape: &mut Tape) -> Recording {
    session.end_recording(end, tape);
    Recording {
        header: header(config, session, tape),
        tape: std::mem::take(tape),
    }
}
