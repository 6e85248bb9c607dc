//! Samples on their way between memory and code.

use super::*;
use emu_core::loader::dsp_code::{Condition, Input, Op};

/// Reads a sample of channel 0 each frame.
fn player() -> Instruction {
    copy(0x108, at(0xF0))
}

#[test]
fn a_sample_is_played_bit_by_bit_and_its_end_is_told() {
    let mut rig = Rig::new(&[player()]);
    let samples: Vec<u16> = (0..32_u16).map(|n| n.wrapping_mul(4321)).collect();
    rig.put(DATA, &samples);
    rig.pass(Channel::In(0), passage(DATA, 32), None);
    assert_eq!(rig.dspp.fifo_level(Channel::In(0)), 0);
    // 8 samples in the FIFO, then two for each two that are read.
    let ran = rig.run(1000);
    assert_eq!((ran.frames, ran.ended), (25, vec![Channel::In(0)]));
    assert_eq!(rig.dspp.read(0x108), samples[24]);
    assert_eq!(rig.dspp.fifo_level(Channel::In(0)), 7);
    assert_eq!(rig.dspp.transfer(Channel::In(0)), Transfer::default());
    let rest = rig.words(0x108, 9);
    let should = samples[25..]
        .iter()
        .chain(&samples[31..])
        .chain(&samples[31..]);
    let should: Vec<i16> = should.map(|&sample| sample as i16).collect();
    assert_eq!(rest, should);
}

#[test]
fn passages_follow_one_another_without_a_gap() {
    let mut rig = Rig::new(&[player()]);
    rig.put(DATA, &[1, 2, 3, 4, 5, 6]);
    rig.pass(Channel::In(0), passage(DATA, 2), passage(DATA + 8, 2));
    assert_eq!(rig.words(0x108, 6), [1, 2, 5, 6, 6, 6]);
}

#[test]
fn a_loop_goes_on_and_is_told_in_each_frame_that_it_ends_in() {
    let mut rig = Rig::new(&[player()]);
    rig.put(DATA, &[1, 2, 3, 4, 5, 6]);
    let transfer = Transfer {
        now: passage(DATA, 6),
        next: passage(DATA + 4, 4),
        is_loop: true,
    };
    rig.dspp.set_transfer(Channel::In(0), transfer, true);
    let first = rig.run(100);
    assert_eq!((first.frames, first.ended), (1, vec![Channel::In(0)]));
    assert_eq!(rig.dspp.transfer(Channel::In(0)).next, passage(DATA + 4, 4));
    let mut ends = 1;
    let mut played = vec![rig.dspp.read(0x108)];
    while played.len() < 40 {
        ends += rig.run(1).ended.len();
        played.push(rig.dspp.read(0x108));
    }
    assert_eq!(played[..2], [1, 2]);
    assert!(
        played[2..]
            .iter()
            .zip((3..=6).cycle())
            .all(|(a, b)| *a == b)
    );
    // 8 in the first frame, 38 later: 46 samples or a word more, less the first 6, by 4.
    assert_eq!(ends, 11);
}

#[test]
fn what_is_loaded_after_the_end_follows_exactly() {
    let mut rig = Rig::new(&[player()]);
    rig.put(DATA, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    rig.pass(Channel::In(0), passage(DATA, 10), None);
    let ran = rig.run(100);
    assert_eq!((ran.frames, ran.ended.len()), (3, 1));
    let transfer = Transfer {
        now: passage(DATA, 2),
        ..Transfer::default()
    };
    rig.dspp.set_transfer(Channel::In(0), transfer, false);
    assert_eq!(rig.words(0x108, 9), [4, 5, 6, 7, 8, 9, 10, 1, 2]);
}

#[test]
fn code_sees_how_many_samples_wait_and_the_first_of_them() {
    let mut rig = Rig::new(&[
        copy(0x108, at(0xD0)),
        copy(0x109, at(0x70)),
        copy(0x10A, at(0xF0)),
        copy(0x10B, at(0xD0)),
        copy(0x10C, at(0xDC)),
        copy(0x10D, at(0xDD)),
    ]);
    rig.put(DATA, &[7, 9]);
    rig.pass(Channel::In(0), passage(DATA, 2), None);
    rig.run(1);
    let words = |rig: &Rig| {
        (0x108..0x10E)
            .map(|at| rig.dspp.read(at))
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&rig), [2, 7, 7, 1, 0, 0]);
    rig.run(2);
    assert_eq!(words(&rig), [0, 9, 9, 0, 0, 0]);
    rig.pass(Channel::In(0), None, None);
    rig.run(1);
    assert_eq!(words(&rig), [0; 6], "an emptied FIFO has forgotten all");
}

/// As `fixedstereosample`: both or none.
#[test]
fn a_stereo_player_stops_when_there_is_no_whole_frame() {
    let level = Compute::new(Input::First, Op::And, Input::Second);
    let difference = Compute::new(Input::Accumulator, Op::Subtract, Input::First);
    let mut rig = Rig::new(&[
        compute(level.with(at(0xD0)).with(number(15))),
        compute(difference.with(number(2))),
        Instruction::Branch {
            when: Condition::LESS,
            to: 10,
        },
        copy(0x108, at(0xF0)),
        copy(0x109, at(0xF0)),
    ]);
    rig.put(DATA, &[1, 2, 3, 4]);
    rig.pass(Channel::In(0), passage(DATA, 4), None);
    let mut heard = Vec::new();
    for _ in 0..4 {
        rig.run(1);
        heard.push([0x108, 0x109].map(|at| rig.dspp.read(at)));
    }
    assert_eq!(heard, [[1, 2], [3, 4], [3, 4], [3, 4]]);
}

#[test]
fn an_output_is_written_in_whole_words_and_fills_up_when_nobody_takes_it() {
    let count = Compute::new(Input::First, Op::Add, Input::Second);
    let mut rig = Rig::new(&[
        compute(count.with(at(0x108).back()).with(number(1))),
        copy(0x3F2, at(0x108)),
        copy(0x109, at(0xE2)),
    ]);
    rig.put(DATA, &[0xAAAA; 6]);
    rig.pass(Channel::Out(2), passage(DATA, 4), None);
    let ran = rig.run(100);
    assert_eq!((ran.frames, ran.ended), (4, vec![Channel::Out(2)]));
    assert_eq!(rig.halves(DATA, 6), [1, 2, 3, 4, 0xAAAA, 0xAAAA]);
    assert_eq!(rig.words(0x109, 10), [1, 2, 3, 4, 5, 6, 7, 8, 8, 8]);
    assert_eq!(rig.dspp.fifo_level(Channel::Out(2)), 8);
    // What waits goes first; what found no room is lost.
    let transfer = Transfer {
        now: passage(DATA, 10),
        ..Transfer::default()
    };
    rig.dspp.set_transfer(Channel::Out(2), transfer, false);
    rig.run(3);
    assert_eq!(rig.halves(DATA, 10), [5, 6, 7, 8, 9, 10, 11, 12, 16, 17]);
}

#[test]
fn memory_that_is_not_there_gives_zeros_and_takes_nothing() {
    let mut rig = Rig::new(&[player(), copy(0x3F0, number(5)), copy(0x3F0, number(5))]);
    for addr in [0xFFFF_FFF8, 0x8000_0000, 0x2F_FFFC] {
        rig.pass(Channel::In(0), passage(addr, 100), None);
        rig.pass(Channel::Out(0), passage(addr, 100), None);
        let before = rig.memory.clone();
        rig.run(8);
        assert_eq!(rig.dspp.read(0x108), 0, "{addr:#x}");
        if addr != 0x2F_FFFC {
            let end = emu_core::mem::MEMORY_END;
            assert!(before.bytes(0, end) == rig.memory.bytes(0, end));
        }
    }
}

#[test]
fn a_passage_shorter_than_a_word_is_none() {
    let mut rig = Rig::new(&[player()]);
    let bad = Some(Passage {
        addr: DATA + 3,
        bytes: 3,
    });
    rig.pass(Channel::In(0), bad, bad);
    assert_eq!(rig.dspp.transfer(Channel::In(0)), Transfer::default());
    let odd = Some(Passage {
        addr: DATA + 3,
        bytes: 7,
    });
    rig.pass(Channel::In(12), odd, None);
    assert_eq!(rig.dspp.transfer(Channel::In(12)).now, passage(DATA, 2));
    // Channels that are not there.
    for channel in [Channel::In(13), Channel::Out(4), Channel::Out(255)] {
        rig.pass(channel, passage(DATA, 2), None);
        assert_eq!(rig.dspp.transfer(channel), Transfer::default());
        assert_eq!(rig.dspp.fifo_level(channel), 0);
    }
}

#[test]
fn a_loop_of_one_word_neither_hangs_nor_ends() {
    let mut rig = Rig::new(&[player()]);
    rig.put(DATA, &[3, 4]);
    let transfer = Transfer {
        now: passage(DATA, 2),
        next: passage(DATA, 2),
        is_loop: true,
    };
    rig.dspp.set_transfer(Channel::In(0), transfer, true);
    assert_eq!(rig.run(1).ended, [Channel::In(0)], "once for the frame");
    assert_eq!(rig.words(0x108, 5), [4, 3, 4, 3, 4]);
}
