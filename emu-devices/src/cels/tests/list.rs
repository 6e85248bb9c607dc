//! Lists: how they go on, what they load, how they end.

use super::*;

const SECOND: u32 = CCB + 0x100;

/// A rig with white source data.
fn white() -> Rig {
    let mut rig = Rig::new();
    rig.poke_halves(DATA, &[0x7FFF; 16]);
    rig
}

#[test]
fn relative_pointers_count_from_behind_themselves() {
    let mut rig = white();
    let mut cel = Cel::new(1, 1).without(ccb_flag::SPABS | ccb_flag::NPABS | ccb_flag::LAST);
    cel.source = DATA.wrapping_sub(CCB + 12);
    cel.next = SECOND - (CCB + 8);
    rig.poke_words(SECOND, &Cel::new(1, 1).at(1, 0).words());
    assert_eq!(rig.draw(&cel).cels, 2);
    assert_eq!(rig.places(), [(0, 0), (1, 0)]);
}

#[test]
fn addresses_have_24_bits_of_words() {
    let mut rig = white();
    let mut cel = Cel::new(1, 1);
    cel.source = DATA | 0xAB00_0003;
    rig.job.first = CCB | 0xFF00_0002;
    assert_eq!(rig.draw(&cel).pixels, 1);
}

#[test]
fn groups_that_are_not_loaded_are_absent() {
    let mut rig = white();
    rig.draw(&Cel::new(1, 1));
    let cel = Cel::new(1, 1)
        .at(1, 0)
        .without(ccb_flag::LDSIZE | ccb_flag::LDPRS);
    assert_eq!(cel.words().len(), 9);
    rig.draw(&cel.pixc(0x0340_0340));
    // PIXC was found where the sizes would have been: one eighth of white.
    assert_eq!(rig.pixel(1, 0), 3 << 10 | 3 << 5 | 3);
}

#[test]
fn registers_keep_their_values_from_call_to_call() {
    let mut rig = white();
    rig.draw(&Cel::new(1, 2).at(4, 4).scaled(2 * UNIT_H, UNIT_V));
    let loads =
        ccb_flag::YOXY | ccb_flag::LDSIZE | ccb_flag::LDPRS | ccb_flag::LDPPMP | ccb_flag::CCBPRE;
    let mut cel = Cel::new(1, 1).without(loads);
    let pre = Cel::new(1, 1).pre;
    rig.poke_words(DATA, &[pre[0], pre[1], 0x7FFF_0000]);
    cel.pre = [0, 0];
    rig.draw(&cel);
    // The second continues below the first, as wide as it.
    let rows = [4, 4, 5, 5, 6, 6];
    assert_eq!(
        rig.places().iter().map(|place| place.1).collect::<Vec<_>>(),
        rows
    );
}

#[test]
fn perspective_leaves_its_mark_in_the_registers() {
    let mut rig = white();
    let mut cel = Cel::new(1, 3);
    cel.place[6] = UNIT_H / 4;
    rig.draw(&cel);
    let registers = &rig.engine.registers;
    assert_eq!(
        (registers.y, registers.hdx),
        (3 << 16, 0x1_0000 + 3 * 0x4000)
    );
}

#[test]
fn a_skipped_cel_loads_all_but_its_position() {
    let mut rig = white();
    rig.draw(&Cel::new(1, 1).at(7, 7));
    let before = rig.engine.registers.clone();
    let skipped = Cel::new(2, 2).at(3, 3).scaled(UNIT_H * 2, UNIT_V);
    let report = rig.draw(&skipped.with(ccb_flag::SKIP));
    assert_eq!((report.cels, report.pixels), (1, 0));
    let registers = &rig.engine.registers;
    assert_eq!((registers.x, registers.y), (before.x, before.y));
    assert_eq!(
        (registers.hdx, registers.pre0),
        (0x2_0000, Cel::new(2, 2).pre[0])
    );
}

#[test]
fn a_skipped_last_cel_ends_the_list() {
    let mut rig = white();
    let mut cel = Cel::new(1, 1).with(ccb_flag::SKIP);
    cel.next = CCB;
    assert_eq!(rig.draw(&cel).end, CelEnd::Finished);
}

#[test]
fn a_null_pointer_ends_a_list() {
    let mut rig = white();
    assert_eq!(rig.draw(&Cel::new(1, 1).without(ccb_flag::LAST)).cels, 1);
    rig.job.first = 0;
    assert_eq!(rig.run().cels, 0);
}

#[test]
fn what_is_no_memory_stops_the_list() {
    let mut rig = white();
    let mut cel = Cel::new(1, 1).without(ccb_flag::LAST);
    cel.next = 0x30_0000;
    let report = rig.draw(&cel);
    let (ccb, addr) = (0x30_0000, 0x30_0000);
    assert_eq!(
        (report.end, report.pixels),
        (CelEnd::NoMemory { ccb, addr }, 1)
    );

    let mut cel = Cel::new(1, 2);
    cel.source = 0x2F_FFF8;
    let report = rig.draw(&cel);
    let end = CelEnd::NoMemory {
        ccb: CCB,
        addr: 0x30_0000,
    };
    assert_eq!((report.end, report.pixels), (end, 1));

    // A CCB that memory ends in.
    rig.job.first = 0x2F_FFF0;
    rig.poke_words(0x2F_FFF0, &cel.words()[..4]);
    let (ccb, addr) = (0x2F_FFF0, 0x30_0000);
    assert_eq!(rig.run().end, CelEnd::NoMemory { ccb, addr });
}

#[test]
fn a_wild_plut_matters_to_coded_pixels_only() {
    let mut rig = white();
    let mut cel = Cel::new(1, 1).with(ccb_flag::LDPLUT);
    cel.plut = 0x80_0000;
    assert_eq!(rig.draw(&cel).end, CelEnd::Finished);
    cel.pre[0] &= !0x10;
    let end = CelEnd::NoMemory {
        ccb: CCB,
        addr: 0x80_0000,
    };
    assert_eq!(rig.draw(&cel).end, end);
    assert_eq!(rig.draw(&cel.with(ccb_flag::SKIP)).end, CelEnd::Finished);
}

#[test]
fn the_registers_survive_a_save() {
    let mut rig = white();
    rig.draw(&Cel::new(1, 1).at(3, 9));
    let saved = postcard::to_allocvec(&rig.engine).expect("saved");
    let loaded: CelEngine = postcard::from_bytes(&saved).expect("loaded");
    assert_eq!(loaded, rig.engine);
}
