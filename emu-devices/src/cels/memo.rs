//! Results of the pixel processor, remembered for as long as a list is drawn.

use super::processor::Math;

/// Settings of the processor that are remembered at a time.
const MOST: usize = 8;
/// A row for each decoded component (5 bits) with each alternate multiplier (3 bits).
const ROWS: usize = 256;

/// What one half of PIXC makes of all components.
struct Memo {
    math: Math,
    /// Rows that are filled in, a bit each.
    ready: [u64; ROWS / 64],
    /// For each component of the frame buffer; where that does not matter, the first alone.
    rows: Box<[[u8; 32]; ROWS]>,
}

/// Remembered results of the last settings.
#[derive(Default)]
pub(super) struct Memos {
    memos: Vec<Memo>,
    /// The one to be forgotten next.
    oldest: usize,
}

impl Memos {
    /// The places of both halves' results, valid until others are looked for.
    pub fn find(&mut self, halves: &[Math; 2]) -> [usize; 2] {
        let first = self.find_one(&halves[0]);
        let second = self.find_one(&halves[1]);
        if self.memos[first].math == halves[0] {
            return [first, second];
        }
        // The second has taken the first one's place; it is the youngest now.
        [self.find_one(&halves[0]), second]
    }

    fn find_one(&mut self, math: &Math) -> usize {
        match self.memos.iter().position(|memo| memo.math == *math) {
            Some(place) => place,
            None => self.add(math),
        }
    }

    fn add(&mut self, math: &Math) -> usize {
        if self.memos.len() < MOST {
            self.memos.push(Memo {
                math: *math,
                ready: [0; ROWS / 64],
                rows: Box::new([[0; 32]; ROWS]),
            });
            return self.memos.len() - 1;
        }
        let place = self.oldest;
        self.oldest = (place + 1) % MOST;
        self.memos[place].math = *math;
        self.memos[place].ready = [0; ROWS / 64];
        place
    }

    /// The result that does not depend on the frame buffer.
    #[inline]
    pub fn single(&mut self, place: usize, row: u8) -> u8 {
        let memo = &mut self.memos[place];
        if !memo.take(row) {
            memo.rows[usize::from(row)][0] = memo.compute(row, 0);
        }
        memo.rows[usize::from(row)][0]
    }

    /// Fills in a row.
    #[inline]
    pub fn prepare(&mut self, place: usize, row: u8) {
        let memo = &mut self.memos[place];
        if !memo.take(row) {
            for frame in 0..32 {
                memo.rows[usize::from(row)][frame as usize] = memo.compute(row, frame);
            }
        }
    }

    /// All rows; those that were prepared are right.
    #[inline]
    pub fn rows(&self, place: usize) -> &[[u8; 32]; ROWS] {
        &self.memos[place].rows
    }
}

impl Memo {
    /// Whether a row is filled in; from now on it is.
    #[inline]
    fn take(&mut self, row: u8) -> bool {
        let row = usize::from(row);
        let bit = 1 << (row % 64);
        let before = self.ready[row / 64] & bit != 0;
        self.ready[row / 64] |= bit;
        before
    }

    fn compute(&self, row: u8, frame: u32) -> u8 {
        let row = u32::from(row);
        self.math.component(row & 0x1F, row >> 5, frame) as u8
    }
}
