//! Sectors as they are on a disc: sync, header, data, check and correction.
//!
//! ECMA-130 14 and annexes A and B, and for mode 2 the CD-ROM XA layout: all codes can be made
//! from the data and the address, so an image of bare data loses nothing.

use emu_core::media::{SECTOR_DATA, SECTOR_RAW};

/// How a sector of data begins.
pub const SYNC: [u8; 12] = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0];

/// Bytes of a sector of mode 2 behind its header.
pub const MODE2_DATA: usize = 2336;

/// Where the header is: minute, second, frame, mode.
const HEADER: usize = 12;

/// Words that the Q code protects: everything from the header to the P code.
const Q_WORDS: usize = 1118;

/// A sector of mode 1.
pub fn mode1(frame: u32, data: &[u8; SECTOR_DATA]) -> [u8; SECTOR_RAW] {
    let mut sector = headed(frame, 1);
    sector[16..2064].copy_from_slice(data);
    let check = edc(&sector[..2064]);
    sector[2064..2068].copy_from_slice(&check.to_le_bytes());
    put_ecc(&mut sector);
    sector
}

/// A sector of mode 2, form 1, of no file in particular.
pub fn form1(frame: u32, data: &[u8; SECTOR_DATA]) -> [u8; SECTOR_RAW] {
    // The submode says "data"; the subheader is there twice.
    const SUBHEADER: [u8; 8] = [0, 0, 8, 0, 0, 0, 8, 0];
    let mut sector = headed(frame, 2);
    sector[16..24].copy_from_slice(&SUBHEADER);
    sector[24..2072].copy_from_slice(data);
    let check = edc(&sector[16..2072]);
    sector[2072..2076].copy_from_slice(&check.to_le_bytes());
    // The codes of this form do not protect the header.
    let header = [0, 1, 2, 3].map(|n| sector[HEADER + n]);
    sector[HEADER..16].fill(0);
    put_ecc(&mut sector);
    sector[HEADER..16].copy_from_slice(&header);
    sector
}

/// A sector of mode 2 of which everything behind the header is known.
pub fn mode2(frame: u32, stored: &[u8; MODE2_DATA]) -> [u8; SECTOR_RAW] {
    let mut sector = headed(frame, 2);
    sector[16..].copy_from_slice(stored);
    sector
}

fn headed(frame: u32, mode: u8) -> [u8; SECTOR_RAW] {
    let bcd = |n: u32| (n % 100 / 10 * 16 + n % 10) as u8;
    let mut sector = [0; SECTOR_RAW];
    sector[..12].copy_from_slice(&SYNC);
    let address = [frame / 75 / 60, frame / 75 % 60, frame % 75];
    for (to, n) in sector[HEADER..].iter_mut().zip(address) {
        *to = bcd(n);
    }
    sector[15] = mode;
    sector
}

/// The check code: the remainder by (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), lowest bit first.
fn edc(bytes: &[u8]) -> u32 {
    let step = |edc: u32, &byte: &u8| (edc >> 8) ^ EDC[usize::from(edc as u8 ^ byte)];
    bytes.iter().fold(0, step)
}

const EDC: [u32; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut value = n as u32;
        let mut bit = 0;
        while bit < 8 {
            value = (value >> 1) ^ (0xD801_8001 * (value & 1));
            bit += 1;
        }
        table[n] = value;
        n += 1;
    }
    table
};

/// Times the field's primitive element; the field is that of x^8 + x^4 + x^3 + x^2 + 1.
const fn alpha(x: u8) -> u8 {
    (x << 1) ^ (0x1D * (x >> 7))
}

/// Quotients by alpha + 1.
const BY_ALPHA_PLUS_1: [u8; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        table[(n as u8 ^ alpha(n as u8)) as usize] = n as u8;
        n += 1;
    }
    table
};

/// The two bytes that make the sum of a vector zero, and the sum weighted with falling powers of
/// alpha too.
fn parity(vector: impl Iterator<Item = u8>) -> [u8; 2] {
    let (mut sum, mut weighted) = (0, 0);
    for byte in vector {
        sum ^= byte;
        weighted = alpha(weighted ^ byte);
    }
    let first = BY_ALPHA_PLUS_1[usize::from(sum ^ alpha(weighted))];
    [first, sum ^ first]
}

/// Writes the correction codes P and Q of what the sector holds. High and low bytes of the words
/// are protected apart.
fn put_ecc(sector: &mut [u8; SECTOR_RAW]) {
    let at = |word: usize, half: usize| HEADER + 2 * word + half;
    for half in 0..2 {
        for column in 0..43 {
            let column = |row: usize| at(43 * row + column, half);
            let pair = parity((0..24).map(|row| sector[column(row)]));
            (sector[column(24)], sector[column(25)]) = (pair[0], pair[1]);
        }
        for diagonal in 0..26 {
            let word = |n: usize| at((44 * n + 43 * diagonal) % Q_WORDS, half);
            let pair = parity((0..43).map(|n| sector[word(n)]));
            sector[at(Q_WORDS + diagonal, half)] = pair[0];
            sector[at(Q_WORDS + 26 + diagonal, half)] = pair[1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Multiplication bit by bit, as in a book.
    fn times(a: u8, b: u8) -> u8 {
        let mut product: u32 = 0;
        for bit in 0..8 {
            product ^= (u32::from(a) << bit) * u32::from(b >> bit & 1);
        }
        for bit in (8..16).rev() {
            product ^= (0x11D << (bit - 8)) * (product >> bit & 1);
        }
        product as u8
    }

    fn power(n: usize) -> u8 {
        (0..n).fold(1, |x, _| times(x, 2))
    }

    /// The standard's parity check matrix: a row of ones, a row of falling powers of alpha.
    fn assert_vector(vector: &[u8]) {
        let last = vector.len() - 1;
        let sum = vector.iter().fold(0, |sum, byte| sum ^ byte);
        let weighted = (0..).zip(vector);
        let weighted = weighted.fold(0, |sum, (n, &byte)| sum ^ times(power(last - n), byte));
        assert_eq!((sum, weighted), (0, 0));
    }

    /// ECMA-130 annex A, word for word; `S(n)` is word n behind the sync.
    fn assert_corrects(sector: &[u8]) {
        for half in 0..2 {
            let s = |n: usize| sector[12 + 2 * n + half];
            for np in 0..43 {
                let vector: Vec<u8> = (0..26).map(|mp| s(43 * mp + np)).collect();
                assert_vector(&vector);
            }
            for nq in 0..26 {
                let mut vector: Vec<u8> = (0..43).map(|mq| s((44 * mq + 43 * nq) % 1118)).collect();
                vector.extend([s(43 * 26 + nq), s(44 * 26 + nq)]);
                assert_vector(&vector);
            }
        }
    }

    /// Annex B: the bits of the bytes, lowest first, with the code behind them divide evenly.
    fn assert_divides(bytes: &[u8]) {
        // The product of the two factors, multiplied out without carries.
        let product = (0..17).fold(0_u64, |sum, bit| {
            sum ^ ((0x18005 << bit) * (0x10007 >> bit & 1))
        });
        assert_eq!(product, 0x1_8001_801B);
        let mut rest: u64 = 0;
        for bit in bytes
            .iter()
            .flat_map(|byte| (0..8).map(move |n| byte >> n & 1))
        {
            rest = rest << 1 | u64::from(bit);
            rest ^= product * (rest >> 32);
        }
        assert_eq!(rest, 0);
    }

    #[test]
    fn the_header_is_the_address_in_decimal_digits() {
        let header = |frame| mode1(frame, &[0; SECTOR_DATA])[..16].to_vec();
        assert_eq!(header(150), [&SYNC[..], &[0, 2, 0, 1]].concat());
        let frame = (59 * 60 + 48) * 75 + 74;
        assert_eq!(header(frame)[12..], [0x59, 0x48, 0x74, 1]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn codes_are_those_of_the_standard(
            data in prop::collection::vec(any::<u8>(), SECTOR_DATA),
            frame in 0_u32..330_150,
        ) {
            let data: [u8; SECTOR_DATA] = data.try_into().expect("a sector");
            let sector = mode1(frame, &data);
            assert_divides(&sector[..2068]);
            assert!(sector[2068..2076].iter().all(|&byte| byte == 0));
            assert_corrects(&sector);
            assert!(sector[16..2064] == data);
            let mut sector = form1(frame, &data);
            assert_eq!(sector[15], 2);
            assert_divides(&sector[16..2076]);
            assert!(sector[24..2072] == data);
            sector[12..16].fill(0);
            assert_corrects(&sector);
        }
    }

    #[test]
    fn what_is_stored_of_mode_2_stays() {
        let stored = std::array::from_fn(|n| n as u8);
        let sector = mode2(150, &stored);
        assert_eq!(sector[..16], [&SYNC[..], &[0, 2, 0, 2]].concat());
        assert!(sector[16..] == stored);
    }
}
