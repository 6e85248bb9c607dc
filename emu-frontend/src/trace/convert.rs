//! `overture trace convert`: text into bytes and back.

use super::{load, record};
use crate::refuse;
use crate::report::Status;
use clap::Args;
use std::path::PathBuf;

/// Options of `trace convert`.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// The recording, in either form.
    pub from: PathBuf,
    /// Where it goes: bytes if the name ends in .otr, text otherwise.
    pub to: PathBuf,
}

/// Does it. Nothing is lost either way.
pub fn run(args: &ConvertArgs) -> Status {
    let saved = load(&args.from).and_then(|recording| record::save(&args.to, &recording));
    match saved {
        Ok(()) => Status::Success,
        Err(error) => refuse(&error.to_string()),
    }
}
