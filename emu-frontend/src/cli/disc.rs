//! The command line of `overture disc`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
IMAGE is a disc image (.iso, .bin, .cue or .chd, recognised by its content) or a folder, which is
looked at as the disc that `pack` would make of it. A PATH begins at the root of the disc; the case of
its letters does not matter.";

/// `overture disc`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct DiscArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DiscCommand,
}

/// What can be done with a disc.
#[derive(Debug, Subcommand)]
pub enum DiscCommand {
    /// Say what an image is and what is on it.
    Info(InfoArgs),
    /// List a directory.
    Ls(LsArgs),
    /// Write a file of the disc to standard output.
    Cat(CatArgs),
    /// Copy files of the disc into a folder.
    Extract(ExtractArgs),
    /// Make an image of a folder.
    Pack(PackArgs),
}

/// Options of `disc info`.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// Disc image or folder.
    pub image: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `disc ls`.
#[derive(Debug, Args)]
pub struct LsArgs {
    /// Disc image or folder.
    pub image: PathBuf,
    /// Directory or file on the disc.
    #[arg(default_value = "/")]
    pub path: String,
    /// With size, first block and type.
    #[arg(short)]
    pub long: bool,
    /// With everything below.
    #[arg(short = 'R')]
    pub recursive: bool,
}

/// Options of `disc cat`.
#[derive(Debug, Args)]
pub struct CatArgs {
    /// Disc image or folder.
    pub image: PathBuf,
    /// File on the disc.
    pub path: String,
}

/// Options of `disc extract`.
#[derive(Debug, Args)]
pub struct ExtractArgs {
    /// Disc image or folder.
    pub image: PathBuf,
    /// Where the files go; made if it is not there.
    pub dir: PathBuf,
    /// Only this file or directory of the disc.
    #[arg(default_value = "/")]
    pub path: String,
    /// Replace files that are there.
    #[arg(long)]
    pub force: bool,
}

/// Options of `disc pack`.
#[derive(Debug, Args)]
pub struct PackArgs {
    /// What the disc shall hold.
    pub folder: PathBuf,
    /// The image to write.
    #[arg(short, long, value_name = "OUT.iso")]
    pub output: PathBuf,
    /// Name of the volume.
    #[arg(long, value_name = "NAME", default_value = emu_core::loader::opera_fs::writer::DEFAULT_LABEL)]
    pub label: String,
    /// Replace an image that is there.
    #[arg(long)]
    pub force: bool,
}
