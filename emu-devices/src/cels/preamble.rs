//! Preamble words: the shape and format of source data (graphics sheet 2.7).

/// Bits of a source pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    One,
    Two,
    Four,
    Six,
    Eight,
    Sixteen,
}

impl Depth {
    pub fn bits(self) -> u32 {
        match self {
            Depth::One => 1,
            Depth::Two => 2,
            Depth::Four => 4,
            Depth::Six => 6,
            Depth::Eight => 8,
            Depth::Sixteen => 16,
        }
    }

    /// 8 and 16 bits: another offset field, another packed row header, and uncoded pixels.
    pub fn is_deep(self) -> bool {
        matches!(self, Depth::Eight | Depth::Sixteen)
    }
}

/// The first preamble word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pre0(pub u32);

impl Pre0 {
    /// `None` for the reserved codes 0 and 7.
    pub fn depth(self) -> Option<Depth> {
        match self.0 & 7 {
            1 => Some(Depth::One),
            2 => Some(Depth::Two),
            3 => Some(Depth::Four),
            4 => Some(Depth::Six),
            5 => Some(Depth::Eight),
            6 => Some(Depth::Sixteen),
            _ => None,
        }
    }

    /// Uncoded 8-bit pixels repeat their high bits below.
    pub fn replicates(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// Pixels are colours by themselves; no shallow ones are.
    pub fn is_linear(self) -> bool {
        self.0 & 0x10 != 0 && self.depth().is_some_and(Depth::is_deep)
    }

    /// Pixels go through the PLUT.
    pub fn is_coded(self) -> bool {
        self.depth().is_some() && !self.is_linear()
    }

    /// Rows, or pairs of rows.
    pub fn rows(self) -> u32 {
        (self.0 >> 6 & 0x3FF) + 1
    }

    /// Pixels to be left out at the start of each row.
    pub fn skip(self) -> u32 {
        self.0 >> 24 & 0xF
    }
}

/// The second preamble word, of unpacked cels only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pre1(pub u32);

impl Pre1 {
    /// Pixels of a row, with those that are left out.
    pub fn width(self) -> u32 {
        (self.0 & 0x7FF) + 1
    }

    /// From row to row, or from pair to pair.
    pub fn row_bytes(self, depth: Depth) -> u32 {
        let words = if depth.is_deep() {
            self.0 >> 16 & 0x3FF
        } else {
            self.0 >> 24
        };
        4 * (words + 2)
    }

    /// Rows are interleaved in pairs.
    pub fn is_left_right(self) -> bool {
        self.0 & 0x0800 != 0
    }

    /// Where the lowest bit of blue comes from.
    pub fn blue_code(self) -> u32 {
        self.0 >> 12 & 3
    }

    pub fn keeps_vh(self) -> bool {
        self.0 & 0x4000 != 0
    }
}
