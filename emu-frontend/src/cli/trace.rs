//! `overture trace`.

use crate::trace::bisect::BisectArgs;
use crate::trace::chaos::ChaosArgs;
use crate::trace::check::CheckArgs;
use crate::trace::convert::ConvertArgs;
use crate::trace::diff::DiffArgs;
use crate::trace::explain::ExplainArgs;
use crate::trace::export::ExportArgs;
use crate::trace::lint::LintArgs;
use crate::trace::minimize::MinimizeArgs;
use crate::trace::review::{ReviewArgs, TakeArgs};
use crate::trace::show::ShowArgs;
use crate::trace::sums::SumsArgs;
use clap::{Args, Subcommand};

/// What to do with recordings.
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// The part.
    #[command(subcommand)]
    pub command: TraceCommand,
}

/// The parts of `overture trace`.
#[derive(Debug, Subcommand)]
pub enum TraceCommand {
    /// Write the events of a recording in words.
    Show(ShowArgs),
    /// Run recordings again and compare.
    Check(CheckArgs),
    /// Compare two recordings.
    Diff(DiffArgs),
    /// List what `check --keep` has written, grouped by what differs first.
    Review(ReviewArgs),
    /// Take what `check --keep` has written in place of the old recordings.
    Accept(TakeArgs),
    /// Remove what `check --keep` has written.
    Reject(TakeArgs),
    /// Write a recording in the other form: text (.trace) or bytes (.otr).
    Convert(ConvertArgs),
    /// Find the instruction at which two ways to run a recording part.
    Bisect(BisectArgs),
    /// Cut a recording that differs down to what is needed to see the difference.
    Minimize(MinimizeArgs),
    /// Checksums of a recording's machine at given instants, as JSON: for `bisect --other`.
    #[command(hide = true)]
    Sums(SumsArgs),
    /// Run a program with many seeds to find its races.
    Chaos(Box<ChaosArgs>),
    /// Find mistakes of programs in recordings.
    Lint(LintArgs),
    /// Draw a recording: a file for Perfetto and chrome://tracing.
    Export(ExportArgs),
    /// Explain what the time of a request went into.
    Explain(ExplainArgs),
}
