//! A tree of files presented as a disc.

use super::iso::one_track;
use super::{Disc, Format, Sectors};
use emu_core::loader::opera_fs::writer::{DEFAULT_LABEL, Item, PackError, pack};

/// The disc that `overture disc pack` would make of the tree.
pub fn disc(tree: &[Item]) -> Result<Disc, PackError> {
    let image = pack(tree, DEFAULT_LABEL)?;
    Ok(one_track(Box::new(image), Format::Folder, Sectors::Data))
}
