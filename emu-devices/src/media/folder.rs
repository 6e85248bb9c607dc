//! A tree of files presented as a disc.
//!
//! Only the label and the directories are made and kept; the files are read when their blocks are.

use super::iso::one_track;
use super::{Disc, Format, Sectors, Source};
use emu_core::loader::opera_fs::BLOCK_SIZE;
use emu_core::loader::opera_fs::writer::{Item, Layout, PackError, layout};

/// A file of a tree.
pub type File = Box<dyn Source>;

/// The disc that `overture disc pack` would make of the tree.
pub fn disc(tree: Vec<Item<File>>, label: &str) -> Result<Disc, PackError> {
    let image = Image(layout(tree, label, |file| file.length())?);
    Ok(one_track(Box::new(image), Format::Folder, Sectors::Data))
}

/// The image that is never made.
#[derive(Debug)]
struct Image(Layout<File>);

impl Image {
    /// Fills `to`, which ends in the block it begins in.
    fn read_in_block(&self, offset: u64, to: &mut [u8]) -> Result<(), String> {
        let size = BLOCK_SIZE as u64;
        let block = u32::try_from(offset / size).map_err(|_| "past the end")?;
        // Where in the part that begins at block `first` the bytes are.
        let within = |first: u32| offset - u64::from(first) * size;
        to.fill(0);
        if let Some((&first, own)) = self.0.own.range(..=block).next_back()
            && let Ok(start) = usize::try_from(within(first))
            && let Some(bytes) = own.get(start..start.saturating_add(to.len()))
        {
            to.copy_from_slice(bytes);
            return Ok(());
        }
        let next = self.0.files.partition_point(|file| file.block <= block);
        if let Some(placed) = next.checked_sub(1).and_then(|n| self.0.files.get(n)) {
            let start = within(placed.block);
            let left = u64::from(placed.length).saturating_sub(start);
            let part = usize::try_from(left).unwrap_or(usize::MAX).min(to.len());
            if part > 0 {
                return placed.file.read_at(start, &mut to[..part]);
            }
        }
        Ok(())
    }
}

impl Source for Image {
    fn length(&self) -> u64 {
        u64::from(self.0.blocks) * BLOCK_SIZE as u64
    }

    fn read_at(&self, offset: u64, to: &mut [u8]) -> Result<(), String> {
        if offset.saturating_add(to.len() as u64) > self.length() {
            return Err("past the end".to_owned());
        }
        let (mut offset, mut rest) = (offset, to);
        while !rest.is_empty() {
            let left = BLOCK_SIZE - (offset % BLOCK_SIZE as u64) as usize;
            let (part, next) = rest.split_at_mut(left.min(rest.len()));
            self.read_in_block(offset, part)?;
            offset += part.len() as u64;
            rest = next;
        }
        Ok(())
    }
}
