//! The Operamath folio as a program calls it (kernel sheet 1.9).
//!
//! That the arithmetic is exact is shown beside it, on millions of values; here is what the
//! calls do with pointers, counts, overlapping arrays and objects, and what they cost.
#![forbid(unsafe_code)]

use emu_core::kernel::abi::Fault;
use emu_core::kernel::portfolio::errors::{BADPTR, NOSUPPORT, PARAM_ERROR, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::machine::Stop;
use tests::guest::{Guest, both_profiles};

const MATH_SWI: u32 = 0x5_0000;
const MATH_FOLIO: Item = Item(5);
/// The most positive and the most negative number.
const MOST: u32 = 0x7FFF_FFFF;
const LEAST: u32 = 0x8000_0000;
/// Memory of the kernel, which no program may write.
const NOT_MINE: u32 = 0x8000;
const END_OF_MEMORY: u32 = 0x30_0000;

/// Some numbers as 16.16.
fn f16<const N: usize>(values: [f64; N]) -> [u32; N] {
    values.map(|value| (value * 65536.0) as i32 as u32)
}

/// Rows 1 2 3 / 4 5 6 / 7 8 9: not its own transpose.
fn counting_matrix() -> [u32; 9] {
    f16([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
}

/// Rows 1 2 3 4 / 5 6 7 8 / ...
fn counting_matrix_of_four() -> [u32; 16] {
    std::array::from_fn(|n| (n as u32 + 1) << 16)
}

fn read<const N: usize>(g: &Guest, at: u32) -> [u32; N] {
    std::array::from_fn(|n| g.read(at + n as u32 * 4))
}

fn write(g: &mut Guest, at: u32, words: &[u32]) {
    for (n, &word) in (0..).zip(words) {
        g.write(at + n * 4, word);
    }
}

/// A vector of the folio: both results.
fn divide(g: &mut Guest, name: &str, arguments: &[u32]) -> (u32, u32) {
    g.call(name, arguments);
    (g.reg(0), g.reg(1))
}

/// A call that gives a number.
fn number(g: &mut Guest, name: &str, arguments: &[u32]) -> u32 {
    g.call(name, arguments).0 as u32
}

/// Cycles that a call takes beyond those of another one.
fn cycles(g: &mut Guest, name: &str, arguments: &[u32]) -> u64 {
    let before = g.now();
    g.call(name, arguments);
    g.now().0 - before.0
}

// ---- vectors ----

#[test]
fn products_are_truncated_towards_zero_and_wrap() {
    both_profiles(|g| {
        for (a, b, signed, unsigned) in [
            (0x1_8000, 0x2_0000, 0x3_0000, 0x3_0000),
            (1, 1, 0, 0),
            (0xFFFF_FFFF, 1, 0, 0xFFFF),
            (0xFFFE_8000, 0x2_0000, 0xFFFD_0000, 0xFFFD_0000),
            (0xFFFF_FFFF, 0x1_8000, 0xFFFF_FFFF, 0x7FFF_FFFE),
            (MOST, MOST, 0xFFFF_0000, 0xFFFF_0000),
            (LEAST, LEAST, 0, 0),
            (LEAST, 0x1_0000, LEAST, LEAST),
        ] {
            let result = number(g, "MulSF16", &[a, b]);
            assert_eq!(result, signed, "MulSF16({a:#x}, {b:#x})");
            let result = number(g, "MulUF16", &[a, b]);
            assert_eq!(result, unsigned, "MulUF16({a:#x}, {b:#x})");
        }
    });
}

/// The remainder has the dividend's sign and comes in r1; what does not fit is said by the
/// greatest number in both.
#[test]
fn quotients_come_with_their_remainders() {
    both_profiles(|g| {
        for (a, b, quotient, remainder) in [
            (0x7_0000, 0x2_0000, 0x3_8000, 0),
            (0x1_0000, 0x3_0000, 0x5555, 0x1_0000),
            (0xFFFF_0000, 0x3_0000, 0xFFFF_AAAB, 0xFFFF_0000),
            (0x1_0000, 0xFFFD_0000, 0xFFFF_AAAB, 0x1_0000),
            (7, 2, 0x3_8000, 0),
            (0x3FFF_8000, 0x8000, 0x7FFF_0000, 0),
            (0x3FFF_FFFF, 0x8000, 0x7FFF_FFFE, 0),
            (0x4000_0000, 0x8000, MOST, MOST),
            (LEAST, 0x1_0001, 0x8000_8000, 0xFFFF_8000),
            (LEAST, 0x1_0000, MOST, MOST),
            (LEAST, 0xFFFF_FFFF, MOST, MOST),
            (0, 0, MOST, MOST),
            (1, 0, MOST, MOST),
        ] {
            let result = divide(g, "DivSF16", &[a, b]);
            assert_eq!(result, (quotient, remainder), "DivSF16({a:#x}, {b:#x})");
        }
        for (a, b, quotient, remainder) in [
            (0x7_0000, 0x2_0000, 0x3_8000, 0),
            (0xFFFF_0000, 0x1_0000, 0xFFFF_0000, 0),
            (0xFFFF_FFFF, 0x1_0000, 0xFFFF_FFFF, 0),
            (0xFFFF_FFFF, 0xFFFF_FFFE, 0x1_0000, 0x1_0000),
            (0x1_0000, 1, 0xFFFF_FFFF, 0xFFFF_FFFF),
            (0, 0, 0xFFFF_FFFF, 0xFFFF_FFFF),
        ] {
            let result = divide(g, "DivUF16", &[a, b]);
            assert_eq!(result, (quotient, remainder), "DivUF16({a:#x}, {b:#x})");
        }
    });
}

#[test]
fn remainders_go_to_memory_where_c_can_see_them() {
    both_profiles(|g| {
        let place = g.words(&[0, 0]);
        let arguments = [place, 0xFFFF_0000, 0x3_0000];
        assert_eq!(number(g, "DivRemSF16", &arguments), 0xFFFF_AAAB);
        assert_eq!(read(g, place), [0xFFFF_0000, 0]);
        assert_eq!(
            number(g, "DivRemUF16", &[place, 0x1_0000, 0x3_0000]),
            0x5555
        );
        assert_eq!(read(g, place), [0x1_0000, 0]);
        assert_eq!(number(g, "DivRemSF16", &[place, 5, 0]), MOST);
        assert_eq!(read(g, place), [MOST, 0]);
        assert_eq!(number(g, "DivRemUF16", &[place, 5, 0]), 0xFFFF_FFFF);
        assert_eq!(read(g, place), [0xFFFF_FFFF, 0]);
        number(g, "DivRemUF16", &[place + 6, 0x1_0000, 0x3_0000]);
        assert_eq!(g.read(place + 4), 0x1_0000, "as a plain store does");
    });
}

/// A vector is the caller's own code: a bad pointer is its own fault.
#[test]
fn a_remainder_without_a_place_is_a_fault() {
    for place in [0, NOT_MINE, END_OF_MEMORY, 0xFFFF_FFFC] {
        both_profiles(|g| {
            g.begin_call("DivRemSF16", &[place, 1, 2]);
            let Stop::Fault(report) = g.run_to_stop() else {
                panic!("{place:#x}: the program goes on");
            };
            let Fault::Access(access) = report.fault else {
                panic!("{:?}", report.fault);
            };
            assert_eq!((access.addr, access.write), (place, true));
        });
    }
}

/// Quirk recip-overflow.
#[test]
fn reciprocals_that_do_not_exist() {
    both_profiles(|g| {
        assert_eq!(divide(g, "RecipSF16", &[0x2_0000]), (0x8000, 0));
        assert_eq!(divide(g, "RecipSF16", &[-3_i32 as u32]), (0xAAAA_AAAB, 1));
        assert_eq!(divide(g, "RecipUF16", &[0xFFFF_FFFF]), (1, 1));
        let overflow = if g.retail() { MOST } else { 0xFFFF_FFFF };
        for d in -2_i32..=2 {
            let result = divide(g, "RecipSF16", &[d as u32]);
            assert_eq!(result, (overflow, overflow), "{d}");
        }
        for d in [0, 1] {
            let result = divide(g, "RecipUF16", &[d]);
            assert_eq!(result, (0xFFFF_FFFF, 0xFFFF_FFFF), "{d}");
        }
        assert_eq!(divide(g, "RecipUF16", &[2]), (LEAST, 0));
    });
}

// ---- one vector, one matrix ----

/// dest[c] = sum of vec[r] * mat[r][c].
#[test]
fn a_vector_is_a_row_before_its_matrix() {
    both_profiles(|g| {
        let mat = g.words(&counting_matrix());
        let vec = g.words(&f16([1.0, -2.0, 0.5]));
        let dest = g.alloc(16);
        g.call("MulVec3Mat33_F16", &[dest, vec, mat]);
        assert_eq!(read(g, dest), f16([-3.5, -4.0, -4.5]));
        assert_eq!(g.read(dest + 12), 0);
        let mat = g.words(&counting_matrix_of_four());
        let vec = g.words(&f16([1.0, 0.0, 0.0, -1.0]));
        g.call("MulVec4Mat44_F16", &[dest, vec, mat]);
        assert_eq!(read(g, dest), f16([-12.0; 4]));
    });
}

/// All calls may be given their source as destination.
#[test]
fn results_may_replace_what_they_are_made_from() {
    both_profiles(|g| {
        let (a, b) = (
            counting_matrix(),
            f16([0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]),
        );
        let turned = f16([3.0, 1.0, 2.0, 6.0, 4.0, 5.0, 9.0, 7.0, 8.0]);
        let (at_a, at_b, dest) = (g.words(&a), g.words(&b), g.alloc(64));
        for dest in [dest, at_a, at_b] {
            write(g, at_a, &a);
            write(g, at_b, &b);
            g.call("MulMat33Mat33_F16", &[dest, at_a, at_b]);
            assert_eq!(read(g, dest), turned);
        }
        let four = counting_matrix_of_four();
        let squared = f16([
            90.0, 100.0, 110.0, 120.0, 202.0, 228.0, 254.0, 280.0, 314.0, 356.0, 398.0, 440.0,
            426.0, 484.0, 542.0, 600.0,
        ]);
        let at = g.words(&four);
        g.call("MulMat44Mat44_F16", &[dest, at, at]);
        assert_eq!(read(g, dest), squared);
        g.call("MulMat44Mat44_F16", &[at, at, at]);
        assert_eq!(read(g, at), squared);
        let (x, y) = (f16([1.0, 2.0, 3.0]), f16([4.0, -5.0, 6.0]));
        let at_x = g.words(&x);
        let at_y = g.words(&y);
        g.call("Cross3_F16", &[at_x, at_x, at_y]);
        assert_eq!(read(g, at_x), f16([27.0, 6.0, -13.0]));
        g.call("MulVec3Mat33_F16", &[at_y, at_y, at_b]);
        assert_eq!(read(g, at_y), f16([36.0, 26.0, 31.0]));
    });
}

#[test]
fn sums_are_rounded_down() {
    both_profiles(|g| {
        let minus = g.words(&[0xFFFF_FFFF, 0, 0, 0]);
        let plus = g.words(&[1, 0, 0, 0]);
        assert_eq!(number(g, "Dot3_F16", &[minus, plus]), 0xFFFF_FFFF);
        assert_eq!(number(g, "Dot4_F16", &[minus, plus]), 0xFFFF_FFFF);
        assert_eq!(
            number(g, "MulSF16", &[0xFFFF_FFFF, 1]),
            0,
            "unlike products"
        );
        let v = g.words(&f16([1.5, -2.0, 4.0, 0.25]));
        assert_eq!(number(g, "Dot3_F16", &[v, v]), 0x16_4000);
        assert_eq!(number(g, "Dot4_F16", &[v, v]), 0x16_5000);
    });
}

#[test]
fn lengths_are_roots_of_unsigned_sums() {
    both_profiles(|g| {
        for (v, three, four) in [
            (f16([2.0, -3.0, 6.0, 0.0]), 0x7_0000, 0x7_0000),
            (f16([1.0, 1.0, 1.0, 1.0]), 0x1_BB67, 0x2_0000),
            // 150^2 * 2 = 45000 is above 32767, and a root of it all the same.
            (f16([150.0, 150.0, 0.0, 0.0]), 0xD4_21CD, 0xD4_21CD),
            ([0, 0, 0, 0], 0, 0),
            ([LEAST; 4], 0, 0),
        ] {
            let at = g.words(&v);
            for (name, expected) in [("AbsVec3_F16", three), ("AbsVec4_F16", four)] {
                let length = number(g, name, &[at]);
                assert_eq!(length, expected, "{name} {v:x?}");
            }
        }
    });
}

#[test]
fn perspective_leaves_z_and_never_faults() {
    both_profiles(|g| {
        let one = g.words(&f16([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]));
        let dest = g.alloc(16);
        for (v, n, expected) in [
            (f16([3.0, -1.0, 2.0]), 0x4_0000, f16([6.0, -2.0, 2.0])),
            (f16([3.0, -1.0, -2.0]), 0x4_0000, f16([-6.0, 2.0, -2.0])),
            // 1/3 is cut at 64 bits, and the products are rounded down.
            (
                [0x3_0000, 0xFFFD_0000, 0x3_0000],
                0x1_0000,
                [0xFFFF, 0xFFFF_0000, 0x3_0000],
            ),
            ([0x1_0000, 2, 0], 3, [0x3_0000, 6, 0]),
            // As far away as this the quotient is that of DivSF16.
            (
                [0x2_0000, 0xFFFE_0000, 0x4000_0000],
                0x4000_0000,
                [0x2_0000, 0xFFFE_0000, 0x4000_0000],
            ),
            (
                [0x2_0000, 0xFFFE_0000, 0x4000_0000],
                0x7FFF,
                [2, 0xFFFF_FFFE, 0x4000_0000],
            ),
            (
                [0x1_0000, 0x1_0000, LEAST],
                0x1_0000,
                [0xFFFF_FFFE, 0xFFFF_FFFE, LEAST],
            ),
        ] {
            let vec = g.words(&v);
            g.call("MulVec3Mat33DivZ_F16", &[dest, vec, one, n]);
            assert_eq!(read(g, dest), expected, "{v:x?} {n:#x}");
            let many = g.words(&[dest, vec, one, n, 1]);
            write(g, dest, &[0; 4]);
            g.call("MulManyVec3Mat33DivZ_F16", &[many]);
            assert_eq!(read(g, dest), expected, "{v:x?} {n:#x}");
        }
    });
}

// ---- arrays ----

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

// ---- bad input ----

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
