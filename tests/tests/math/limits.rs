//! What the calls refuse, and what they cost.

use super::*;

/// Cycles that a call takes beyond those of another one.
fn cycles(g: &mut Guest, name: &str, arguments: &[u32]) -> u64 {
    let before = g.now();
    g.call(name, arguments);
    g.now().0 - before.0
}

/// A system call looks at the whole of every array before it changes anything.
#[test]
fn bad_pointers_are_refused() {
    both_profiles(|g| {
        let good = g.alloc(256);
        let pointers = [
            0,
            0x1FC,
            END_OF_MEMORY - 8,
            END_OF_MEMORY,
            0x0330_0000,
            LEAST,
            0xFFFF_FFFC,
        ];
        // Number, and how many of the first arguments are pointers.
        for (swi, arguments) in [
            (0, 3),
            (1, 3),
            (2, 3),
            (5, 3),
            (6, 2),
            (7, 3),
            (8, 3),
            (9, 3),
            (4, 3),
            (11, 3),
            (3, 2),
            (10, 2),
            (12, 2),
            (13, 2),
            (14, 3),
            (15, 1),
            (16, 1),
            (17, 3),
            (18, 1),
        ] {
            for n in 0..arguments {
                for bad in pointers {
                    let mut words = [good, good, good, 3];
                    if matches!(swi, 3 | 10) {
                        words[2] = 3;
                    }
                    words[n] = bad;
                    let result = g.swi(MATH_SWI + swi, &words);
                    assert_eq!(result, BADPTR, "{swi}: argument {n} = {bad:#x}");
                }
            }
            assert_eq!(read(g, good), [0; 64], "{swi}");
        }
        for swi in [0, 1, 2, 5, 6, 7, 8, 9, 14, 17] {
            let result = g.swi(MATH_SWI + swi, &[NOT_MINE, good, good, 1]);
            assert_eq!(result, BADPTR, "{swi}: not the program's to write");
        }
    });
}

/// Ranges that reach beyond memory, however their length is counted.
#[test]
fn counts_beyond_memory_are_refused() {
    both_profiles(|g| {
        let good = g.alloc(256);
        for count in [1 << 20, 0x1000_0000, 0x1555_5556, 0x4000_0000, MOST] {
            for swi in [2, 5, 6, 9, 4, 11] {
                let result = g.swi(MATH_SWI + swi, &[good, good, good, count]);
                assert_eq!(result, BADPTR, "{swi} {count:#x}");
            }
            for swi in [3, 10] {
                let result = g.swi(MATH_SWI + swi, &[good, good, count]);
                assert_eq!(result, BADPTR, "{swi} {count:#x}");
            }
        }
        for count in [1 << 20, LEAST, 0xFFFF_FFFF, 0x1555_5556] {
            let many = g.words(&[good, good, good, 1, count]);
            let result = g.call("MulManyVec3Mat33DivZ_F16", &[many]);
            assert_eq!(result, BADPTR, "{count:#x}");
        }
    });
}

/// The lowest bits of a pointer mean nothing.
#[test]
fn pointers_are_rounded_down_to_words() {
    both_profiles(|g| {
        let mat = g.words(&counting_matrix());
        let vec = g.words(&f16([1.0, -2.0, 0.5]));
        let dest = g.alloc(16);
        for odd in 1..4 {
            write(g, dest, &[0; 4]);
            g.call("MulVec3Mat33_F16", &[dest + odd, vec + odd, mat + odd]);
            assert_eq!(read(g, dest), f16([-3.5, -4.0, -4.5]), "{odd}");
            write(g, dest, &[0; 4]);
            let many = [dest + odd, vec + odd, mat + odd, 1];
            g.call("MulManyVec3Mat33_F16", &many);
            assert_eq!(read(g, dest), f16([-3.5, -4.0, -4.5]), "{odd}");
        }
    });
}

/// 19 to 24 have a place in the folio and nothing behind it; 25 has no place.
#[test]
fn numbers_behind_the_last_call() {
    both_profiles(|g| {
        for swi in 19..25 {
            assert_eq!(g.swi(MATH_SWI + swi, &[1, 2, 3]), NOSUPPORT, "{swi}");
        }
        assert!(g.machine().missing_calls().is_empty(), "nothing is missing");
        g.begin_swi(MATH_SWI + 25, &[]);
        let Stop::Fault(report) = g.run_to_stop() else {
            panic!("the program goes on");
        };
        assert_eq!(report.fault, Fault::NoSuchCall { number: 0x5_0019 });
    });
}

// ---- cost ----

/// What a call is given is paid for in simulated time, element by element.
#[test]
fn time_passes_with_the_elements() {
    both_profiles(|g| {
        let (a, b, mat) = (g.alloc(12_000), g.alloc(12_000), g.alloc(64));
        for (name, each) in [
            ("MulManyVec3Mat33_F16", 45),
            ("MulManyVec4Mat44_F16", 60),
            ("MulManyF16", 60),
            ("MulScalarF16", 60),
        ] {
            let few = cycles(g, name, &[a, b, mat, 10]);
            let many = cycles(g, name, &[a, b, mat, 710]);
            let extra = many - few;
            assert!(extra.abs_diff(700 * each) < 100, "{name}: {extra}");
        }
        let few = g.words(&[a, b, mat, 1, 10]);
        let many = g.words(&[a, b, mat, 1, 710]);
        let few = cycles(g, "MulManyVec3Mat33DivZ_F16", &[few]);
        let extra = cycles(g, "MulManyVec3Mat33DivZ_F16", &[many]) - few;
        assert!(extra.abs_diff(700 * 85) < 100, "{extra}");
    });
}

/// The vectors are there through the folio's structure, as a program finds it.
#[test]
fn the_folio_is_found_by_its_name() {
    both_profiles(|g| {
        let found = g.find(0x104, "Operamath");
        assert_eq!(found, Status(MATH_FOLIO.0));
        g.begin_vec_of(MATH_FOLIO, 2, &[0x2_0000, 0x3_0000]);
        g.wait();
        assert_eq!(g.last(), Status(0x6_0000));
    });
}
