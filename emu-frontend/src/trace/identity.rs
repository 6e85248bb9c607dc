//! Which files of a disc a program has read, and what was in them.
//!
//! A recording of a program on a disc is one of the files that the program has read; others may
//! be different the next time. What a drive was asked for stands in the recording; the disc's
//! directories say to which file a block belongs.

use emu_core::device::{DeviceClass, Op};
use emu_core::loader::opera_fs::directory::Entry;
use emu_core::loader::opera_fs::{BLOCK_SIZE, Blocks, FsError, Volume};
use emu_core::media::FIRST_FRAME;
use emu_core::trace::{DiscFile, Event, Tape};
use emu_devices::cdrom::options::{AddressFormat, Options};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of a file that are read at a time.
const PIECE: usize = 64 * 1024;
/// The frames of a disc are below this: 99:59:74 is the last a drive can name.
const FRAME_END: u32 = 100 * 60 * 75;

/// Blocks in rising order, none twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockSet(Vec<Range<u32>>);

impl BlockSet {
    fn new(mut ranges: Vec<Range<u32>>) -> BlockSet {
        ranges.retain(|range| !range.is_empty());
        ranges.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<u32>> = Vec::new();
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        BlockSet(merged)
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn below(&self, count: u32) -> impl Iterator<Item = u32> + '_ {
        let clipped = self
            .0
            .iter()
            .map(move |range| range.start..range.end.min(count));
        clipped.flatten()
    }
}

/// The blocks that were asked for of the disc that lay in the drive at the start.
pub fn blocks_read(tape: &Tape) -> BlockSet {
    let mut ranges = Vec::new();
    for stamped in tape {
        match stamped.event {
            Event::Input { what }
                if what.starts_with("disc insert") || what.starts_with("disc remove") =>
            {
                break;
            }
            Event::Submit {
                device: DeviceClass::CdRom,
                op: Op::Read,
                offset,
                option,
                recv,
                ..
            } => {
                // What the drive refuses is not read.
                let Ok(options) = Options::decode(option) else {
                    continue;
                };
                let start = match options.address {
                    Some(AddressFormat::Msf) => {
                        let [_, minutes, seconds, frames] = offset.to_be_bytes().map(u32::from);
                        (minutes * 60 + seconds) * 75 + frames
                    }
                    _ => offset,
                };
                let length = options.length.map_or(BLOCK_SIZE as u32, u32::from).max(1);
                let end = start.saturating_add(recv.len().div_ceil(length));
                let block = |frame: u32| frame.min(FRAME_END).saturating_sub(FIRST_FRAME);
                ranges.push(block(start)..block(end));
                // One after the other they are one.
                if let [.., before, last] = ranges.as_mut_slice()
                    && before.end == last.start
                {
                    before.end = last.end;
                    ranges.pop();
                }
            }
            _ => (),
        }
    }
    BlockSet::new(ranges)
}

/// Where files lie on a disc.
struct Places {
    /// By first block: the block behind the last, and which file.
    extents: BTreeMap<u32, (u32, usize)>,
    files: Vec<(String, Entry)>,
}

impl Places {
    fn of<B: Blocks + ?Sized>(volume: &Volume<'_, B>) -> Result<Places, FsError> {
        let mut extents = BTreeMap::new();
        let mut files = Vec::new();
        for listed in volume.list(&volume.root())? {
            let entry = listed.entry;
            if entry.is_directory() || entry.is_label() {
                continue;
            }
            let blocks = entry.byte_count.div_ceil(BLOCK_SIZE as u32);
            for &start in &entry.avatars {
                let extent = (start.saturating_add(blocks), files.len());
                extents.entry(start).or_insert(extent);
            }
            files.push((listed.path, entry));
        }
        Ok(Places { extents, files })
    }

    fn file_at(&self, block: u32) -> Option<usize> {
        let (_, &(end, file)) = self.extents.range(..=block).next_back()?;
        (block < end).then_some(file)
    }
}

/// What was read of a disc: each file by its path, and under the empty path what belongs to
/// none, such as label and directories.
pub fn files<B: Blocks + ?Sized>(disc: &B, blocks: &BlockSet) -> Vec<DiscFile> {
    if blocks.is_empty() {
        return Vec::new();
    }
    let volume = Volume::mount(disc).ok();
    let places = volume.as_ref().and_then(|volume| Places::of(volume).ok());
    // The system asks for the label before a recording begins.
    let label = volume.as_ref().map(|volume| volume.label().block);
    let label = label.map(|block| block..block.saturating_add(1));
    let blocks = BlockSet::new(blocks.0.iter().cloned().chain(label).collect());
    // A disc that lies about the length of its files costs no more than reading it a few times.
    let mut budget = u64::from(disc.block_count()) * BLOCK_SIZE as u64 * 4;
    let mut sums: BTreeMap<usize, Option<[u8; 32]>> = BTreeMap::new();
    let mut rest = Sha256::new();
    let mut has_rest = false;
    for block in blocks.below(disc.block_count()) {
        let file = places.as_ref().and_then(|places| {
            let number = places.file_at(block)?;
            let entry = &places.files.get(number)?.1;
            let sum = sums.entry(number).or_insert_with(|| {
                budget = budget.checked_sub(u64::from(entry.byte_count))?;
                sum_of_file(volume.as_ref()?, entry)
            });
            *sum
        });
        if file.is_none() {
            has_rest = true;
            rest.update(block.to_be_bytes());
            let mut bytes = [0; BLOCK_SIZE];
            if disc.read_block(block, &mut bytes).is_ok() {
                rest.update(bytes);
            }
        }
    }
    let files = places.map(|places| places.files).unwrap_or_default();
    let named = sums.into_iter().filter_map(|(number, sum)| {
        let (path, _) = files.get(number)?;
        Some((path.clone(), sum?))
    });
    let mut by_path: BTreeMap<String, [u8; 32]> = named.collect();
    if has_rest {
        by_path.insert(String::new(), rest.finalize().into());
    }
    let rows = by_path.into_iter();
    rows.map(|(path, sha256)| DiscFile { path, sha256 })
        .collect()
}

/// `None` of a file that cannot be read.
fn sum_of_file<B: Blocks + ?Sized>(volume: &Volume<'_, B>, entry: &Entry) -> Option<[u8; 32]> {
    let mut sum = Sha256::new();
    let mut piece = vec![0; PIECE];
    let mut offset = 0;
    while offset < entry.byte_count {
        let count = volume.read(entry, offset, &mut piece).ok()?;
        sum.update(piece.get(..count)?);
        offset = offset.checked_add(u32::try_from(count).ok().filter(|&count| count > 0)?)?;
    }
    Some(sum.finalize().into())
}

/// The first of the expected files that `disc` does not have as it was; the empty path stands
/// for what belongs to no file and comes last.
pub fn other_file<B: Blocks + ?Sized>(
    disc: &B,
    expected: &[DiscFile],
    blocks: &BlockSet,
) -> Option<String> {
    if expected.is_empty() {
        return None;
    }
    let found = files(disc, blocks);
    let is_there = |file: &&DiscFile| found.contains(file);
    let (named, rest): (Vec<&DiscFile>, Vec<&DiscFile>) =
        expected.iter().partition(|file| !file.path.is_empty());
    let mut in_order = named.into_iter().chain(rest);
    in_order
        .find(|file| !is_there(file))
        .map(|file| file.path.clone())
}

#[cfg(test)]
mod tests;
