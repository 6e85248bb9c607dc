//! Arrays that overlap, and lists of objects.

use super::*;

#[test]
fn arrays_of_products() {
    both_profiles(|g| {
        let a = g.words(&[0x2_0000, 0xFFFF_FFFF, 0x8000, MOST]);
        let b = g.words(&[0x3_0000, 1, 0xFFFF_0000, 0x1_0000]);
        let dest = g.alloc(32);
        g.call("MulManyF16", &[dest, a, b, 3]);
        assert_eq!(read(g, dest), [0x6_0000, 0, 0xFFFF_8000, 0]);
        g.call("MulManyF16", &[dest, a, b, 4]);
        assert_eq!(g.read(dest + 12), MOST);
        g.call("MulScalarF16", &[dest, a, 0xFFFE_0000, 4]);
        assert_eq!(read(g, dest), [0xFFFC_0000, 2, 0xFFFF_0000, 2]);
        g.call("MulScalarF16", &[a, a, 0x2_0000, 2]);
        assert_eq!(read(g, a), [0x4_0000, 0xFFFF_FFFE, 0x8000, MOST]);
    });
}

/// However arrays overlap, the result is that of one call an element, in order.
#[test]
fn overlapping_arrays_are_worked_through_element_by_element() {
    const WORDS: u32 = 96;
    const COUNT: u32 = 16;
    both_profiles(|g| {
        let mat = g.words(&f16([0.5, 1.0, -1.0, 0.25, -0.5, 2.0, 1.0, 0.125, 1.5]));
        let numbers: Vec<u32> = (0..WORDS).map(|n| (n * n) << 13).collect();
        let (at, by_one) = (g.alloc(WORDS * 4), g.alloc(WORDS * 4));
        for distance in (0..16).chain([24, 32, 45]).map(|words| words * 4) {
            for (dest, src) in [(distance, 0), (0, distance)] {
                write(g, at, &numbers);
                write(g, by_one, &numbers);
                g.call("MulManyVec3Mat33_F16", &[at + dest, at + src, mat, COUNT]);
                for n in (0..COUNT).map(|n| n * 12) {
                    let arguments = [by_one + dest + n, by_one + src + n, mat];
                    g.call("MulVec3Mat33_F16", &arguments);
                }
                let many = read::<{ WORDS as usize }>(g, at);
                assert_eq!(many, read(g, by_one), "{dest} from {src}");
            }
        }
        write(g, at, &[0x2_0000; 8]);
        g.call("MulManyF16", &[at + 4, at, at, 5]);
        let powers = f16([4.0, 16.0, 256.0, 0.0, 0.0]);
        assert_eq!(
            read(g, at + 4),
            powers,
            "each is the square of the one before"
        );
        write(g, at, &[0x1_0000; 8]);
        g.call("MulScalarF16", &[at + 4, at, 0x2_0000, 6]);
        assert_eq!(read(g, at + 4), f16([2.0, 4.0, 8.0, 16.0, 32.0, 64.0]));
    });
}

/// Longer than anything that is kept between reading and writing.
#[test]
fn long_arrays_are_whole() {
    const COUNT: u32 = 1000;
    both_profiles(|g| {
        let mat = g.words(&f16([2.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, -1.0]));
        let (src, dest) = (g.alloc(COUNT * 12), g.alloc(COUNT * 12 + 4));
        for n in 0..COUNT * 3 {
            g.write(src + n * 4, n << 16);
        }
        g.call("MulManyVec3Mat33_F16", &[dest, src, mat, COUNT]);
        for n in 0..COUNT * 3 {
            let factor = [2, 3, u32::MAX][n as usize % 3];
            let expected = (n << 16).wrapping_mul(factor);
            assert_eq!(g.read(dest + n * 4), expected, "{n}");
        }
        assert_eq!(g.read(dest + COUNT * 12), 0, "and nothing behind");
    });
}

/// Counts of zero and below do nothing, whatever the pointers.
#[test]
fn nothing_is_done_to_no_elements() {
    both_profiles(|g| {
        let r0 = [0xBAD_0000, 0xBAD_0000, 0xBAD_0000];
        for swi in [2, 5, 6, 9, 4, 11] {
            for count in [0, -1, i32::MIN] {
                let arguments = [r0[0], r0[1], r0[2], count as u32];
                let result = g.swi(MATH_SWI + swi, &arguments);
                assert!(!result.is_error(), "{swi} {count}: {result:?}");
            }
        }
        for swi in [3, 10] {
            for count in [0, -1, i32::MIN] {
                let result = g.swi(MATH_SWI + swi, &[r0[0], r0[1], count as u32]);
                assert!(!result.is_error(), "{swi} {count}: {result:?}");
            }
        }
        let none = g.words(&[r0[0], r0[1], r0[2], 1, 0]);
        assert!(!g.call("MulManyVec3Mat33DivZ_F16", &[none]).is_error());
    });
}

// ---- objects ----

/// Two objects with pointers to vectors, a matrix and a count of their own.
#[test]
fn each_object_brings_its_vectors_and_its_matrix() {
    both_profiles(|g| {
        let source = g.words(&f16([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
        let (dest_a, dest_b) = (g.alloc(32), g.alloc(32));
        let double = f16([2.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0]);
        let object = |dest: u32, count: u32, matrix: [u32; 9]| {
            let mut words = vec![0xAAAA, count, dest];
            words.extend(matrix);
            words.push(source);
            words
        };
        let a = g.words(&object(dest_a, 2, double));
        let b = g.words(&object(dest_b, 1, counting_matrix()));
        let idle = g.words(&object(0xBAD_0000, 0xFFFF_FFFF, double));
        let list = g.words(&[a, idle, b]);
        // Offsets: destination pointer, source pointer, matrix, count.
        let offsets = g.words(&[8, 48, 12, 4]);
        assert!(
            !g.call("MulObjectVec3Mat33_F16", &[list, offsets, 3])
                .is_error()
        );
        assert_eq!(read(g, dest_a), f16([2.0, 4.0, 6.0, 8.0, 10.0, 12.0]));
        assert_eq!(read(g, dest_b), f16([30.0, 36.0, 42.0, 0.0, 0.0, 0.0]));
        // Offsets may count from the end.
        let ends = g.words(&[a + 52, b + 52]);
        let back = g.words(&[-44_i32, -4, -40, -48].map(|n| n as u32));
        write(g, dest_a, &[0; 6]);
        g.call("MulObjectVec3Mat33_F16", &[ends, back, 2]);
        assert_eq!(g.read(dest_a), 0x2_0000);
    });
}

#[test]
fn objects_with_vectors_of_four() {
    both_profiles(|g| {
        let source = g.words(&f16([1.0, 0.0, 0.0, -1.0]));
        let dest = g.alloc(16);
        let mut words = vec![dest, source, 1];
        words.extend(counting_matrix_of_four());
        let object = g.words(&words);
        let list = g.words(&[object]);
        let offsets = g.words(&[0, 4, 12, 8]);
        g.call("MulObjectVec4Mat44_F16", &[list, offsets, 1]);
        assert_eq!(read(g, dest), f16([-12.0; 4]));
    });
}

#[test]
fn each_object_has_its_matrix_multiplied() {
    both_profiles(|g| {
        let mat = g.words(&f16([0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]));
        let a = g.words(&counting_matrix());
        let b = g.words(&f16([1.0; 9]));
        g.alloc(64);
        let list = g.words(&[a, b]);
        let in_place = g.words(&[0, 0]);
        g.call("MulObjectMat33_F16", &[list, in_place, mat, 2]);
        let turned = f16([3.0, 1.0, 2.0, 6.0, 4.0, 5.0, 9.0, 7.0, 8.0]);
        assert_eq!(read(g, a), turned);
        assert_eq!(read(g, b), f16([1.0; 9]));

        let mat = g.words(&counting_matrix_of_four());
        let mut words = vec![0; 17];
        words.extend(counting_matrix_of_four());
        let object = g.words(&words);
        let list = g.words(&[object]);
        let offsets = g.words(&[4, 68]);
        g.call("MulObjectMat44_F16", &[list, offsets, mat, 1]);
        assert_eq!(g.read(object), 0);
        assert_eq!(read(g, object + 4), f16([90.0, 100.0, 110.0, 120.0, 202.0]));
        assert_eq!(read(g, object + 68), f16([1.0, 2.0, 3.0]));
    });
}

/// A bad object ends the call; those before it are done.
#[test]
fn a_bad_object_ends_the_call() {
    both_profiles(|g| {
        let mat = g.words(&f16([2.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0]));
        let (first, last) = (g.words(&counting_matrix()), g.words(&counting_matrix()));
        let offsets = g.words(&[0, 0]);
        for bad in [0, NOT_MINE, END_OF_MEMORY - 4, 0xFFFF_FFFC] {
            write(g, first, &counting_matrix());
            let list = g.words(&[first, bad, last]);
            let result = g.call("MulObjectMat33_F16", &[list, offsets, mat, 3]);
            assert_eq!(result, BADPTR, "{bad:#x}");
            assert_eq!(g.read(first), 0x2_0000, "done");
            assert_eq!(g.read(last), 0x1_0000, "not done");
            let result = g.call("MulObjectVec3Mat33_F16", &[list + 4, offsets, 1]);
            assert_eq!(result, BADPTR, "{bad:#x}");
        }
    });
}

/// A list that names the same object for ever is not worked through for ever.
#[test]
fn objects_without_end_are_refused() {
    both_profiles(|g| {
        let offsets = g.words(&[0, 4, 12, 8]);
        let far = END_OF_MEMORY / 2;
        let object = g.words(&[0, far, END_OF_MEMORY / 2 / 12]);
        g.alloc(64);
        let list = g.words(&vec![object; 1000]);
        let result = g.call("MulObjectVec3Mat33_F16", &[list, offsets, 1000]);
        assert_eq!(result, BADPTR, "no place for the results");
        let place = g.alloc(16);
        // The pointer of the destination follows; four vectors of nothing, many times.
        write(g, object, &[place, place, 1]);
        let result = g.call("MulObjectVec3Mat33_F16", &[list, offsets, 1000]);
        assert_eq!(result.0 as u32, list, "no result: r0 is left alone");
        let many = g.alloc(12 * 4000);
        write(g, object, &[many, many, 4000]);
        g.begin_call("MulObjectVec3Mat33_F16", &[list, offsets, 1000]);
        g.advance(60_000_000);
        g.wait();
        assert_eq!(
            g.last(),
            PARAM_ERROR,
            "more vectors than four memories hold"
        );
    });
}
