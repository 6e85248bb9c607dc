//! Both interpreters agree on any code; no state from a file does harm.

use super::*;
use emu_core::loader::dsp_code::SLEEP;
use proptest::collection::vec;
use proptest::prelude::*;

/// A code word, more often one that does something.
fn word() -> impl Strategy<Value = u16> {
    prop_oneof![
        4 => any::<u16>(),
        4 => 0_u16..0x8000,
        // Operands in the memory that programs use, and ports.
        4 => (0_u16..0x400, any::<[bool; 2]>()).prop_map(|(at, [back, indirect])| {
            0x8000 | at | u16::from(back) << 11 | u16::from(indirect && at % 4 == 0) << 10
        }),
        1 => (0_u16..0x10).prop_map(|at| 0x80E0 | at),
        1 => (0_u16..0x10).prop_map(|at| 0x83F0 | at),
        1 => 0x8100_u16..0x8300,
        1 => Just(SLEEP),
    ]
}

#[derive(Clone, Debug)]
struct Scene {
    code: Vec<u16>,
    data: Vec<u16>,
    entries: Vec<(u16, u8)>,
    passages: Vec<(u8, u32, u32, bool)>,
}

fn scene() -> impl Strategy<Value = Scene> {
    let entry = (0_u16..1100, 0_u8..3);
    let passage = (0_u8..18, 0_u32..0x40_0000, 0_u32..200, any::<bool>());
    let parts = (
        vec(word(), 0..300),
        vec(any::<u16>(), 0x310),
        vec(entry, 0..4),
        vec(passage, 0..8),
    );
    parts.prop_map(|(code, data, entries, passages)| Scene {
        code,
        data,
        entries,
        passages,
    })
}

fn rig(scene: &Scene) -> Rig {
    let mut rig = Rig::new(&[]);
    rig.dspp.write_code(0, &scene.code);
    for (at, &value) in (0..).zip(&scene.data) {
        rig.dspp.write(at, value);
    }
    for (n, &value) in (0..).zip(&scene.data) {
        rig.memory.set_half(DATA + 2 * n, value);
    }
    let when = [When::Every, When::Even, When::Odd];
    let entries = scene.entries.iter();
    let entries: Vec<_> = entries
        .map(|&(at, n)| (at % 400, when[usize::from(n)]))
        .collect();
    rig.enter(&entries);
    for &(channel, addr, bytes, is_loop) in &scene.passages {
        let channel = match channel {
            0..14 => Channel::In(channel),
            _ => Channel::Out(channel - 14),
        };
        let passage = Some(Passage { addr, bytes });
        let transfer = Transfer {
            now: passage,
            next: passage.filter(|_| is_loop || bytes % 3 == 0),
            is_loop,
        };
        rig.dspp.set_transfer(channel, transfer, true);
    }
    rig
}

fn run_to_the_letter(rig: &mut Rig, many: u32) -> Ran {
    let (dspp, memory) = (&mut rig.dspp, &mut rig.memory);
    let ran = dspp.run_to_the_letter(memory, rig.frame, many, &mut rig.heard);
    rig.frame += u64::from(ran.frames);
    ran
}

fn same(a: &Rig, b: &Rig) -> bool {
    let end = emu_core::mem::MEMORY_END;
    a.dspp == b.dspp && a.heard == b.heard && a.memory.bytes(0, end) == b.memory.bytes(0, end)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn decoded_code_does_what_code_does_to_the_letter(scene in scene(), more in vec(word(), 20)) {
        let (mut fast, mut letter) = (rig(&scene), rig(&scene));
        for n in 0..6 {
            prop_assert_eq!(fast.run(4), run_to_the_letter(&mut letter, 4));
            prop_assert!(same(&fast, &letter), "{:?}\n{:?}", fast.dspp, letter.dspp);
            // What was decoded is forgotten where code changes.
            fast.dspp.write_code(n * 40, &more);
            letter.dspp.write_code(n * 40, &more);
        }
    }

    #[test]
    fn how_a_run_is_cut_up_changes_nothing(scene in scene(), pieces in vec(1_u32..9, 30)) {
        let (mut whole, mut cut) = (rig(&scene), rig(&scene));
        while whole.frame < 40 {
            whole.run(40 - whole.frame as u32);
        }
        for piece in pieces {
            cut.run(piece.min(40 - cut.frame.min(40) as u32));
        }
        while cut.frame < 40 {
            cut.run(1);
        }
        prop_assert!(same(&whole, &cut));
    }

    #[test]
    fn a_state_that_was_saved_goes_on_as_before(scene in scene()) {
        let mut rig = rig(&scene);
        rig.run(5);
        let saved = postcard::to_allocvec(&rig.dspp).expect("a saved state");
        let loaded: Dspp = postcard::from_bytes(&saved).expect("the state");
        prop_assert_eq!(&loaded, &rig.dspp);
        let mut twin = Rig {
            dspp: loaded,
            memory: rig.memory.clone(),
            frame: rig.frame,
            heard: rig.heard.clone(),
        };
        prop_assert_eq!(rig.run(5), twin.run(5));
        prop_assert!(same(&rig, &twin));
    }

    #[test]
    fn a_damaged_state_is_refused_or_runs(
        scene in scene(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut rig = rig(&scene);
        rig.run(5);
        let mut saved = postcard::to_allocvec(&rig.dspp).expect("a saved state");
        for (at, byte) in damage {
            // The registers and channels are behind the code and the data.
            let from = saved.len() / 2;
            let at = from + at.index(saved.len() - from);
            saved[at] = byte;
        }
        if let Ok(dspp) = postcard::from_bytes::<Dspp>(&saved) {
            rig.dspp = dspp;
            for frame in [0, 1, u64::MAX - 1] {
                rig.frame = frame;
                let (dspp, memory) = (&mut rig.dspp, &mut rig.memory);
                dspp.run(memory, frame, 3, &mut rig.heard);
            }
        }
    }
}

#[test]
fn memory_of_another_size_is_refused() {
    let good = postcard::to_allocvec(&Words::default()).expect("bytes");
    assert!(postcard::from_bytes::<Words>(&good).is_ok());
    for many in [0, 1023, 1025] {
        let bad = postcard::to_allocvec(&vec![0_u16; many]).expect("bytes");
        assert!(postcard::from_bytes::<Words>(&bad).is_err(), "{many}");
    }
}

#[test]
fn a_fifo_of_nine_is_refused() {
    let lane = |samples: Vec<u16>| postcard::to_allocvec(&(samples, 0_u16)).expect("bytes");
    assert!(postcard::from_bytes::<fifo::Fifo>(&lane(vec![1; 8])).is_ok());
    assert!(postcard::from_bytes::<fifo::Fifo>(&lane(vec![1; 9])).is_err());
}
