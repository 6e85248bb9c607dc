//! Random programs against the rules of memory.

use super::tests::{DRAM, FREE, VRAM};
use super::{CALLS, memtype};
use crate::kernel::portfolio::rig::Rig;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Alloc { size: i32, flags: u32 },
    Free { which: usize },
    Scavenge,
}

fn step() -> impl Strategy<Value = Step> {
    let kinds = prop::sample::select(vec![0, DRAM, VRAM]);
    let option = prop::sample::select(vec![
        0,
        memtype::FROMTOP,
        memtype::STARTPAGE,
        memtype::INPAGE,
        memtype::INPAGE | memtype::FROMTOP,
        memtype::STARTPAGE | memtype::FROMTOP,
        memtype::FILL | 0x5A,
    ]);
    let size = prop_oneof![1..200_i32, 1..0x9000_i32, 1..0x20000_i32];
    let alloc = (size, kinds, option, any::<bool>()).prop_map(|(size, kind, option, track)| {
        let track = if track { memtype::TRACKSIZE } else { 0 };
        Step::Alloc {
            size,
            flags: kind | option | track,
        }
    });
    prop_oneof![
        4 => alloc,
        3 => any::<usize>().prop_map(|which| Step::Free { which }),
        1 => Just(Step::Scavenge),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Blocks never overlap, lie in writable memory, and all memory comes back.
    #[test]
    fn blocks_never_overlap(steps in prop::collection::vec(step(), 1..120)) {
        let mut rig = Rig::new();
        let mut live: Vec<(u32, i32, u32)> = Vec::new();
        for step in steps {
            match step {
                Step::Alloc { size, flags } => {
                    let p = rig.alloc(size, flags);
                    if p == 0 {
                        continue;
                    }
                    let end = p + size as u32;
                    prop_assert!(rig.mem.check_writable(p, size as u32).is_ok());
                    for &(q, other, _) in &live {
                        prop_assert!(end <= q || p >= q + other as u32);
                    }
                    let page = if flags & VRAM != 0 {
                        0x800
                    } else if p >= 0x20_0000 {
                        0x4000
                    } else {
                        0x8000
                    };
                    if flags & memtype::INPAGE != 0 {
                        prop_assert_eq!(p / page, (end - 1) / page);
                    }
                    if flags & memtype::STARTPAGE != 0 {
                        prop_assert_eq!(p % page, 0);
                    }
                    if flags & memtype::FILL != 0 {
                        let bytes = rig.mem.bytes(p, size as u32).unwrap();
                        prop_assert!(bytes.iter().all(|&byte| byte == 0x5A));
                    } else {
                        rig.mem.bytes_mut(p, size as u32).unwrap().fill(0xEE);
                    }
                    live.push((p, size, flags));
                }
                Step::Free { which } if !live.is_empty() => {
                    let (p, size, flags) = live.swap_remove(which % live.len());
                    rig.free(p, if flags & memtype::TRACKSIZE != 0 { -1 } else { size });
                }
                Step::Free { .. } => {}
                Step::Scavenge => {
                    rig.vec(CALLS, 11, &[]);
                }
            }
        }
        for (p, size, flags) in live {
            rig.free(p, if flags & memtype::TRACKSIZE != 0 { -1 } else { size });
        }
        prop_assert_eq!(rig.warnings(), 0);
        rig.vec(CALLS, 11, &[]);
        prop_assert_eq!(rig.avail(), [(FREE.0, 0), (FREE.1, 0)]);
    }

    /// A program that scribbles over its own pools harms nobody else.
    #[test]
    fn scribbling_is_survived(
        scribbles in prop::collection::vec((0_u32..0x2000, any::<u32>(), 0_i32..3000), 1..60)
    ) {
        let mut rig = Rig::new();
        for (word, value, size) in scribbles {
            let p = rig.alloc(size, DRAM);
            if rig.mem.check_writable(0x48000, 4).is_ok() {
                rig.mem.set_word(0x48000 + word * 4, 0x48000 | value & 0x7FFF);
            }
            if p != 0 && value & 1 != 0 {
                rig.free(p, size);
            }
            if value & 6 == 6 {
                rig.vec(CALLS, 11, &[]);
            }
        }
        let headers = rig.k.headers(&rig.mem);
        prop_assert_eq!(headers.len(), 2);
        prop_assert_eq!(headers[0].types, 0x003E_0000);
    }
}
