//! The discs that a run has at hand, by number.

use super::Disc;
use emu_core::media::{DiscNumber, DiscTable, Discs, SECTOR_DATA, SECTOR_RAW, SectorError};

/// Discs in the order in which they were put there.
#[derive(Debug, Default)]
pub struct Shelf {
    discs: Vec<Disc>,
}

impl Shelf {
    /// An empty one.
    pub fn new() -> Shelf {
        Shelf::default()
    }

    /// Puts a disc at the end; the first is number 0. There is no room for more than 65,536.
    pub fn push(&mut self, disc: Disc) -> Option<DiscNumber> {
        let number = u16::try_from(self.discs.len()).ok()?;
        self.discs.push(disc);
        Some(DiscNumber(number))
    }

    /// A disc.
    pub fn get(&self, number: DiscNumber) -> Option<&Disc> {
        self.discs.get(usize::from(number.0))
    }

    /// A disc and its table of contents, as a drive is given it.
    pub fn insertable(&self, number: DiscNumber) -> Option<(DiscNumber, DiscTable)> {
        Some((number, self.get(number)?.table()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.discs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.discs.is_empty()
    }

    fn disc(&self, number: DiscNumber) -> Result<&Disc, SectorError> {
        self.get(number).ok_or(SectorError::NoDisc(number))
    }
}

impl Discs for Shelf {
    fn read_data(
        &self,
        disc: DiscNumber,
        frame: u32,
        to: &mut [u8; SECTOR_DATA],
    ) -> Result<(), SectorError> {
        self.disc(disc)?.read_frame_data(frame, to)
    }

    fn read_raw(
        &self,
        disc: DiscNumber,
        frame: u32,
        to: &mut [u8; SECTOR_RAW],
    ) -> Result<(), SectorError> {
        self.disc(disc)?.read_frame_raw(frame, to)
    }
}
