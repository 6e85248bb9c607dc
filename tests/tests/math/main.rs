//! The Operamath folio as a program calls it (kernel sheet 1.9).
//!
//! That the arithmetic is exact is shown beside it, on millions of values; here is what the
//! calls do with pointers, counts, overlapping arrays and objects, and what they cost.
#![forbid(unsafe_code)]

mod arrays;
mod limits;

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
