//! Source formats: depths, preambles, rows, packets.

use super::*;

/// A cel of this depth code; `WOFFSET` is where that depth has it.
fn of_depth(code: u32, width: u32, height: u32, words: u32) -> Cel {
    let mut cel = Cel::new(width, height).with(ccb_flag::LDPLUT | ccb_flag::PLUTPOS);
    let shift = if code >= 5 { 16 } else { 24 };
    cel.pre[0] = (height - 1) << 6 | code;
    cel.pre[1] = (words - 2) << shift | 0x1000 | (width - 1);
    cel
}

fn with_plut() -> Rig {
    let mut rig = Rig::new();
    let plut: Vec<u16> = (0..32).map(|n| 0x0400 + 2 * n).collect();
    rig.poke_halves(PLUT, &plut);
    rig
}

/// The indices that a row of these bytes shows.
fn indices(cel: &Cel, bytes: &[u8], width: u32) -> Vec<u16> {
    let mut rig = with_plut();
    // The engine keeps what a short load leaves; fill it first.
    rig.engine.registers.plut = std::array::from_fn(|n| 0x0400 + 2 * n as u16);
    rig.poke_bytes(DATA, bytes);
    rig.draw(cel);
    (0..width).map(|x| (rig.pixel(x, 0) & 0x3FF) / 2).collect()
}

#[test]
fn coded_pixels_of_all_depths() {
    let bytes = [0b1010_0111, 0x5C, 0xE3, 0x00];
    assert_eq!(
        indices(&of_depth(1, 8, 1, 2), &bytes, 8),
        [1, 0, 1, 0, 0, 1, 1, 1]
    );
    assert_eq!(indices(&of_depth(2, 4, 1, 2), &bytes, 4), [2, 2, 1, 3]);
    assert_eq!(indices(&of_depth(3, 4, 1, 2), &bytes, 4), [10, 7, 5, 12]);
    // 101001 110101 110011 100011: the high bit is no index.
    assert_eq!(indices(&of_depth(4, 4, 1, 2), &bytes, 4), [9, 21, 19, 3]);
    assert_eq!(indices(&of_depth(5, 3, 1, 2), &bytes, 3), [7, 28, 3]);
    assert_eq!(indices(&of_depth(6, 2, 1, 2), &bytes, 2), [28, 0]);
}

#[test]
fn pluta_completes_short_indices() {
    let bytes = [0b1010_0111, 0, 0, 0];
    assert_eq!(
        indices(&of_depth(1, 2, 1, 2).with(0xF), &bytes, 2),
        [31, 30]
    );
    assert_eq!(
        indices(&of_depth(2, 2, 1, 2).with(0xF), &bytes, 2),
        [30, 30]
    );
    assert_eq!(
        indices(&of_depth(3, 2, 1, 2).with(0xF), &bytes, 2),
        [26, 23]
    );
}

#[test]
fn a_short_plut_is_loaded_for_few_bits() {
    for (code, entries) in [(1, 8), (2, 8), (3, 16), (4, 32), (5, 32), (6, 32)] {
        let mut rig = with_plut();
        rig.draw(&of_depth(code, 1, 1, 2));
        let loaded = rig
            .engine
            .registers
            .plut
            .iter()
            .filter(|&&entry| entry != 0);
        assert_eq!(loaded.count(), entries, "depth code {code}");
    }
}

#[test]
fn where_the_p_mode_comes_from() {
    // P-mode 1 doubles.
    let shown = |cel: Cel, bytes: &[u8], entry: u16| {
        let mut rig = Rig::new();
        rig.poke_halves(PLUT, &[entry; 32]);
        rig.poke_bytes(DATA, bytes);
        rig.draw(&cel.pixc(0x1FC0_1F40));
        rig.pixel(0, 0) & 0x7FFF
    };
    assert_eq!(shown(of_depth(3, 1, 1, 2), &[0], 0x8421), 0x0842);
    assert_eq!(shown(of_depth(4, 1, 1, 2), &[0x80], 0x0421), 0x0842);
    assert_eq!(shown(of_depth(4, 1, 1, 2), &[0x00], 0x8421), 0x0421);
    assert_eq!(shown(of_depth(5, 1, 1, 2), &[0], 0x8421), 0x0842);
    assert_eq!(shown(of_depth(6, 1, 1, 2), &[0x80, 0], 0x0421), 0x0842);
    assert_eq!(shown(of_depth(6, 1, 1, 2), &[0x00, 0], 0x8421), 0x0421);
}

#[test]
fn alternate_multipliers_are_in_coded_pixels_of_8_and_16_bits() {
    let shown = |cel: Cel, bytes: &[u8]| {
        let mut rig = Rig::new();
        rig.poke_halves(PLUT, &[0x4210; 32]);
        rig.poke_bytes(DATA, bytes);
        rig.draw(&cel.pixc(0x3300_3300));
        rig.pixel(0, 0)
    };
    // 16 * 4 / 8 for all, then 2, 4 and 8 eighths.
    assert_eq!(shown(of_depth(5, 1, 1, 2), &[0x60]), 0x2108);
    assert_eq!(
        shown(of_depth(6, 1, 1, 2), &[0b0000_1011, 0b1110_0000]),
        4 << 10 | 8 << 5 | 16
    );
    // Others multiply by 1.
    assert_eq!(shown(of_depth(3, 1, 1, 2), &[0x10]), 0x0842);
}

#[test]
fn uncoded_bytes_are_spread() {
    // Red 101, green 011, blue 10.
    let shown = |bits: u32| {
        let mut rig = Rig::new();
        rig.poke_bytes(DATA, &[0b1010_1110]);
        let mut cel = of_depth(5, 1, 1, 2);
        cel.pre[0] |= bits;
        rig.draw(&cel);
        rig.pixel(0, 0)
    };
    assert_eq!(shown(0x10), 0b10100 << 10 | 0b01100 << 5 | 0b10000);
    assert_eq!(shown(0x18), 0b10110 << 10 | 0b01101 << 5 | 0b10101);
}

#[test]
fn reserved_depths_draw_nothing() {
    for code in [0, 7] {
        let mut rig = Rig::new();
        rig.fill(0x1234);
        let mut cel = Cel::new(4, 4);
        cel.pre[0] = code;
        let report = rig.draw(&cel);
        assert_eq!(
            (report.end, report.cels, report.pixels),
            (CelEnd::Finished, 1, 0)
        );
        assert_eq!(rig.pixel(0, 0), 0x1234);
    }
}

#[test]
fn skipped_pixels_count_in_the_width() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[1, 2, 3, 4]);
    let mut cel = Cel::new(4, 1).at(5, 0);
    cel.pre[0] |= 1 << 24;
    rig.draw(&cel);
    assert_eq!(rig.lit(), [(5, 0, 2), (6, 0, 3), (7, 0, 4)]);
    cel.pre[0] |= 4 << 24;
    assert_eq!(rig.draw(&cel).pixels, 0);
}

#[test]
fn a_row_starts_where_the_offset_says() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[1, 0, 0, 0, 0, 0, 2]);
    let mut cel = Cel::new(1, 2);
    cel.pre[1] |= 1 << 16;
    rig.draw(&cel);
    assert_eq!(rig.lit(), [(0, 0, 1), (0, 1, 2)]);
}

#[test]
fn a_preamble_may_begin_the_data() {
    let mut rig = Rig::new();
    let cel = Cel::new(2, 1).without(ccb_flag::CCBPRE);
    rig.poke_words(DATA, &[cel.pre[0], cel.pre[1], 0x0001_0002]);
    rig.draw(&cel);
    assert_eq!(rig.lit(), [(0, 0, 1), (1, 0, 2)]);
}

#[test]
fn rows_in_pairs_share_their_words() {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[1, 3, 2, 4, 5, 7, 6, 8]);
    let mut cel = Cel::new(2, 2);
    cel.pre[1] |= 0x0800;
    rig.draw(&cel);
    let rows = [[1, 2], [3, 4], [5, 6], [7, 8]];
    for (y, row) in rows.iter().enumerate() {
        for (x, pixel) in row.iter().enumerate() {
            assert_eq!(rig.pixel(x as u32, y as u32), *pixel);
        }
    }
    // The same with bits: a row has one half of each word.
    let mut rig = with_plut();
    rig.poke_words(DATA, &[0x8000_4000, 0x2000_1000]);
    let mut cel = of_depth(1, 32, 1, 2).without(ccb_flag::BGND);
    cel.pre[1] |= 0x0800;
    rig.poke_halves(PLUT, &[0, 0x0400, 0, 0, 0, 0, 0, 0]);
    rig.draw(&cel);
    assert_eq!(rig.places(), [(0, 0), (18, 0), (1, 1), (19, 1)]);
}

fn packed(bytes: &[u8], skip: u32) -> Rig {
    let mut rig = with_plut();
    rig.poke_bytes(DATA, bytes);
    let mut cel = of_depth(5, 1, 1, 2).with(ccb_flag::PACKED);
    cel.pre[0] |= skip << 24;
    rig.draw(&cel);
    rig
}

#[test]
fn skipx_applies_to_packets() {
    let row = [0x00, 0x01, 0x41, 1, 2, 0x83, 0xC2, 3, 0, 0, 0, 0];
    assert_eq!(packed(&row, 1).places(), [(0, 0), (5, 0), (6, 0), (7, 0)]);
    assert_eq!(packed(&row, 4).places(), [(2, 0), (3, 0), (4, 0)]);
    assert_eq!(packed(&row, 7).places(), [(0, 0), (1, 0)]);
}

#[test]
fn a_packed_row_ends_with_its_words() {
    // The literal claims 64 pixels; five bytes are left.
    let row = [0x00, 0x00, 0x7F, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    assert_eq!(packed(&row, 0).places().len(), 5);
}

#[test]
fn shallow_packed_rows_have_a_short_header() {
    let mut rig = with_plut();
    // Offset 0; a literal of two pixels of 4 bits, then four times one.
    rig.poke_bytes(DATA, &[0, 0x41, 0x12, 0xC3, 0x30, 0, 0, 0]);
    let cel = of_depth(3, 1, 1, 2).with(ccb_flag::PACKED);
    rig.draw(&cel);
    let shown: Vec<u16> = (0..7).map(|x| rig.pixel(x, 0) & 0x3FF).collect();
    assert_eq!(shown, [2, 4, 6, 6, 6, 6, 0]);
}
