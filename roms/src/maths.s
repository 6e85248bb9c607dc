@ maths - the Operamath folio: a table of what every call gives.
@
@ The vectors go over pairs of numbers with signs and edges in them, the system
@ calls over vectors, matrices, arrays and objects: ordinary ones, results that
@ replace their sources, sums that are rounded down, nothing to do, bad pointers.
@ Kernel sheet 1.9.
@
@ maths COUNT   multiplies a thousand vectors by a matrix so many times instead: what
@               that costs the host is measured so.
        .include "runtime.inc"

        .equ    F1, 0x10000             @ 1.0
        .equ    THOUSAND, 1000

@ Call a vector of the folio; its offset is in a register. Destroys r12, lr.
        .macro  MATH offset
        ldr     r12, =MathBase
        ldr     r12, [r12]
        ldr     r12, [r12, \offset]
        mov     lr, pc
        mov     pc, r12
        .endm

@ One table of a vector: `form` is how it takes its numbers.
        .macro  TABLE name, form
        TEXT    r0, "\name"
        ldr     r1, =MATHV_\name
        bl      \form
        .endm

@ A title, then words in rows.
        .macro  SHOW title, address, words, row
        TEXT    r0, "\title"
        ldr     r1, =\address
        mov     r2, #\words
        mov     r3, #\row
        bl      show
        .endm

@ A title and the word in r0.
        .macro  SHOW_WORD title
        mov     r1, r0
        PRINT   "\title = %08x"
        .endm

@ Arguments of a call
        .macro  ARGS a, b=0, c=0, d=0
        ldr     r0, =\a
        ldr     r1, =\b
        ldr     r2, =\c
        ldr     r3, =\d
        .endm

@ address := that of a copy of `words` words, where a call may write
        .macro  COPY to, from, words
        ldr     r0, =\to
        ldr     r1, =\from
        mov     r2, #4 * \words
        VECTOR  KBV_memcpy
        .endm

main:   stmfd   sp!, {r4-r8, lr}
        cmp     r0, #2
        beq     load
        ldr     r0, =ID_FOLIO
        TEXT    r1, "Operamath"
        bl      FindNamed
        NEW_ITEM r4, "the folio is found"
        mov     r0, r4
        mov     r1, #0
        swi     OpenItem
        CHECK_REG r4, "and opened"
        mov     r0, r4
        bl      LookupItem
        ldr     r1, =MathBase
        str     r0, [r1]

        @ ---- vectors
        TABLE   MulUF16, products
        TABLE   MulSF16, products
        TABLE   DivUF16, quotients
        TABLE   DivSF16, quotients
        TABLE   DivRemUF16, remainders
        TABLE   DivRemSF16, remainders
        TABLE   RecipUF16, reciprocals
        TABLE   RecipSF16, reciprocals
        LITERALS

        @ ---- one vector, one matrix
        ARGS    dest, points, matrix3
        swi     MulVec3Mat33_F16
        SHOW    "MulVec3Mat33_F16", dest, 3, 3
        COPY    dest, points, 3
        ARGS    dest, dest, matrix3
        swi     MulVec3Mat33_F16
        SHOW    "the same in place", dest, 3, 3
        ARGS    dest, points, matrix4
        swi     MulVec4Mat44_F16
        SHOW    "MulVec4Mat44_F16", dest, 4, 4
        ARGS    dest, matrix3, turn3
        swi     MulMat33Mat33_F16
        SHOW    "MulMat33Mat33_F16", dest, 9, 3
        COPY    dest, turn3, 9
        ARGS    dest, matrix3, dest
        swi     MulMat33Mat33_F16
        SHOW    "the same over its second source", dest, 9, 3
        COPY    dest, matrix4, 16
        ARGS    dest, dest, dest
        swi     MulMat44Mat44_F16
        SHOW    "MulMat44Mat44_F16, a square in place", dest, 16, 4
        LITERALS
        ARGS    points, points+12
        swi     Dot3_F16
        SHOW_WORD "Dot3_F16"
        ARGS    points, points+12
        swi     Dot4_F16
        SHOW_WORD "Dot4_F16"
        ARGS    small, one
        swi     Dot3_F16
        SHOW_WORD "Dot3_F16, rounded down"
        ARGS    dest, points, points+12
        swi     Cross3_F16
        SHOW    "Cross3_F16", dest, 3, 3
        ARGS    points
        swi     AbsVec3_F16
        SHOW_WORD "AbsVec3_F16"
        ARGS    points
        swi     AbsVec4_F16
        SHOW_WORD "AbsVec4_F16"
        ARGS    long
        swi     AbsVec3_F16
        SHOW_WORD "AbsVec3_F16, a sum with its top bit set"
        ARGS    least
        swi     AbsVec4_F16
        SHOW_WORD "AbsVec4_F16, a sum that does not fit"
        LITERALS

        @ ---- perspective
        ldr     r4, =far_points
        ldr     r5, =far_points_end
1:      ldr     r0, =dest
        mov     r1, r4
        ldr     r2, =unit3
        mov     r3, #4 * F1
        swi     MulVec3Mat33DivZ_F16
        SHOW    "MulVec3Mat33DivZ_F16, n = 4.0", dest, 3, 3
        add     r4, r4, #12
        cmp     r4, r5
        blo     1b
        ldr     r0, =many_div_z
        swi     MulManyVec3Mat33DivZ_F16
        SHOW    "MulManyVec3Mat33DivZ_F16, n = -1/65536", dest, 18, 3
        LITERALS

        @ ---- arrays
        ARGS    dest, points, matrix3, 5
        swi     MulManyVec3Mat33_F16
        SHOW    "MulManyVec3Mat33_F16", dest, 15, 3
        ARGS    dest, points, matrix4, 3
        swi     MulManyVec4Mat44_F16
        SHOW    "MulManyVec4Mat44_F16", dest, 12, 4
        COPY    dest, points, 12
        ARGS    dest+12, dest, turn3, 3
        swi     MulManyVec3Mat33_F16
        SHOW    "each vector made from the one before", dest, 12, 3
        ARGS    dest, points, matrix3+4, 6
        swi     MulManyF16
        SHOW    "MulManyF16", dest, 6, 3
        ARGS    dest, points, -3*F1/2, 9
        swi     MulScalarF16
        SHOW    "MulScalarF16 by -1.5", dest, 9, 3
        LITERALS

        @ ---- objects
        ARGS    objects3, offsets3, 3
        swi     MulObjectVec3Mat33_F16
        SHOW    "MulObjectVec3Mat33_F16, two vectors, none, one", dest, 9, 3
        ARGS    objects4, offsets4, 1
        swi     MulObjectVec4Mat44_F16
        SHOW    "MulObjectVec4Mat44_F16", dest, 8, 4
        ARGS    matrices3, offsets_mat3, turn3, 2
        swi     MulObjectMat33_F16
        SHOW    "MulObjectMat33_F16, one matrix", dest, 9, 3
        SHOW    "and another", dest+72, 9, 3
        ARGS    matrices4, offsets_mat4, matrix4, 1
        swi     MulObjectMat44_F16
        SHOW    "MulObjectMat44_F16", dest, 16, 4
        LITERALS

        @ ---- nothing to do, nothing to do it with
        COPY    dest, unit3, 9
        ARGS    dest, points, matrix3, 0
        swi     MulManyVec3Mat33_F16
        ARGS    dest, points, matrix3, -1
        swi     MulManyVec3Mat33_F16
        ARGS    dest, points, matrix3, 0x80000000
        swi     MulManyF16
        ARGS    0, 0, -1
        swi     MulObjectVec3Mat33_F16
        SHOW    "counts of 0 and below change nothing", dest, 9, 3
        ARGS    dest, points, 0x300000-8
        swi     MulVec3Mat33_F16
        CHECK   BADPTR, "a matrix half outside memory"
        ARGS    0x8000, points, matrix3
        swi     MulVec3Mat33_F16
        CHECK   BADPTR, "a result in the kernel's memory"
        ARGS    dest, points, matrix3, 0x15555556
        swi     MulManyVec3Mat33_F16
        CHECK   BADPTR, "more vectors than memory"
        ARGS    lost_objects, offsets3, 1
        swi     MulObjectVec3Mat33_F16
        CHECK   BADPTR, "an object that is nowhere"
        SHOW    "and nothing has changed", dest, 9, 3
        swi     OperamathCall19
        CHECK   NOSUPPORT, "a number without a call"
        PASS
        .ltorg

@ ------------------------------------------------------------------ measuring
load:   ldr     r1, [r1, #4]
        mov     r4, #0                  @ the number in the word
1:      ldrb    r0, [r1], #1
        subs    r0, r0, #'0'
        addhs   r4, r4, r4, lsl #2
        addhs   r4, r0, r4, lsl #1
        bhs     1b
2:      subs    r4, r4, #1
        blo     3f
        ARGS    room, room, matrix3, THOUSAND
        swi     MulManyVec3Mat33_F16
        b       2b
3:      ldr     r0, =room+12*THOUSAND-12
        ldr     r0, [r0]
        CHECK   0, "zeros stay what they are"
        PASS
        .ltorg

@ ------------------------------------------------------------ tables of vectors
@ Each: r0 = name, r1 = offset of the vector. r4 walks the numbers.

@ f(a, b): a product
products:
        stmfd   sp!, {r4-r8, lr}
        mov     r7, r0
        mov     r8, r1
        ldr     r4, =pairs
1:      ldmia   r4!, {r0, r1}
        MATH    r8
        str     r0, [sp, #-4]!
        mov     r1, r7
        ldmdb   r4, {r2, r3}
        PRINT   "%s %08x %08x = %08x"
        add     sp, sp, #4
        ldr     r0, =pairs_end
        cmp     r4, r0
        blo     1b
        ldmfd   sp!, {r4-r8, pc}

@ f(a, b): a quotient, its remainder in r1
quotients:
        stmfd   sp!, {r4-r8, lr}
        mov     r7, r0
        mov     r8, r1
        ldr     r4, =pairs
1:      ldmia   r4!, {r0, r1}
        MATH    r8
        stmfd   sp!, {r0, r1}
        mov     r1, r7
        ldmdb   r4, {r2, r3}
        PRINT   "%s %08x %08x = %08x rest %08x"
        add     sp, sp, #8
        ldr     r0, =pairs_end
        cmp     r4, r0
        blo     1b
        ldmfd   sp!, {r4-r8, pc}

@ f(&remainder, a, b): a quotient
remainders:
        stmfd   sp!, {r4-r8, lr}
        mov     r7, r0
        mov     r8, r1
        ldr     r4, =pairs
1:      ldr     r0, =dest
        ldmia   r4!, {r1, r2}
        MATH    r8
        ldr     r1, =dest
        ldr     r1, [r1]
        stmfd   sp!, {r0, r1}
        mov     r1, r7
        ldmdb   r4, {r2, r3}
        PRINT   "%s %08x %08x = %08x rest %08x"
        add     sp, sp, #8
        ldr     r0, =pairs_end
        cmp     r4, r0
        blo     1b
        ldmfd   sp!, {r4-r8, pc}

@ f(a): a quotient of 1.0, its remainder in r1
reciprocals:
        stmfd   sp!, {r4-r8, lr}
        mov     r7, r0
        mov     r8, r1
        ldr     r4, =singles
1:      ldr     r0, [r4], #4
        MATH    r8
        str     r1, [sp, #-4]!
        mov     r3, r0
        ldr     r2, [r4, #-4]
        mov     r1, r7
        PRINT   "%s %08x = %08x rest %08x"
        add     sp, sp, #4
        ldr     r0, =singles_end
        cmp     r4, r0
        blo     1b
        ldmfd   sp!, {r4-r8, pc}
        .ltorg

@ show(r0 = title, r1 = address, r2 = words, r3 = words of a row)
show:   stmfd   sp!, {r4-r7, lr}
        mov     r4, r1
        add     r5, r1, r2, lsl #2
        mov     r6, r3
        mov     r1, r0
        PRINT   "%s"
1:      mov     r7, r6
2:      ldr     r1, [r4], #4
        TEXT    r0, "  %08x"
        bl      printf
        subs    r7, r7, #1
        bne     2b
        TEXT    r0, "\n"
        bl      printf
        cmp     r4, r5
        blo     1b
        ldmfd   sp!, {r4-r7, pc}
        .ltorg

@ ------------------------------------------------------------------- numbers
        .data
        .align  2
MathBase:       .word   0
dest:           .skip   4 * 32

@ 0 and 1.0; signs; less than what is kept; the greatest; what does not fit
pairs:  .word   0, 0, 0, F1, F1, 0, F1, F1
        .word   0x00018000, 0x00024000, 0xFFFE8000, 0x00024000
        .word   0x00070000, 0xFFFE0000, 0xFFF90000, 0xFFFE0000
        .word   0x00010000, 0x00030000, 0xFFFF0000, 0x00030000
        .word   1, 1, 0xFFFFFFFF, 1, 0xFFFFFFFF, 0x00018000
        .word   0x12345678, 0x00009ABC, 0x87654321, 0x000FEDCB
        .word   0x3FFFFFFF, 0x8000, 0x40000000, 0x8000, 0xC0000000, 0x8000
        .word   0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x80000000
        .word   0x80000000, 0x80000000, 0x80000000, 0x00010001
        .word   0xFFFFFFFF, 0xFFFFFFFE, 0xFFFF0000, 0x00010000
pairs_end:

singles: .word  0, 1, 2, 3, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0x8000, F1
        .word   0x00018000, 0xFFFE8000, 0x00030000, 0x7FFFFFFF, 0x80000000
singles_end:

points: .word   0x00010000, 0xFFFE0000, 0x00008000      @ 1, -2, 1/2
        .word   0x00030000, 0x00044000, 0xFFFF8000      @ 3, 4 1/4, -1/2
        .word   0xFFFFFFFF, 0x00000001, 0x00000000
        .word   0x7FFFFFFF, 0x80000000, 0x12345678
        .word   0x00000003, 0xFFFFFFFD, 0x0000FFFF
small:  .word   0xFFFFFFFF, 0, 0
one:    .word   1, 0, 0
long:   .word   0x00C00000, 0x00640000, 0x00000001      @ 192, 100
least:  .word   0x80000000, 0x80000000, 0x80000000, 0x80000000

matrix3: .word  0x00010000, 0x00020000, 0x00030000
        .word   0x00040000, 0x00050000, 0x00060000
        .word   0x00070000, 0x00080000, 0x00090000
turn3:  .word   0, F1, 0, 0, 0, F1, 0xFFFF0000, 0, 0
unit3:  .word   F1, 0, 0, 0, F1, 0, 0, 0, F1
matrix4: .word  0x00010000, 0x00020000, 0x00030000, 0x00040000
        .word   0xFFFF0000, 0x00000000, 0x00008000, 0x00000001
        .word   0x00000000, 0x00010000, 0xFFFFFFFF, 0x00020000
        .word   0x12340000, 0x00005678, 0xFFFEDCBA, 0x0000FFFF

@ z: 2, -2, 3, 0, 1/65536, beyond what the unit divides exactly
far_points:
        .word   0x00030000, 0xFFFF0000, 0x00020000
        .word   0x00030000, 0xFFFF0000, 0xFFFE0000
        .word   0x00010000, 0xFFFF0000, 0x00030000
        .word   0x00010000, 0xFFFFFFFE, 0x00000000
        .word   0x00000001, 0xFFFFFFFF, 0x00000001
        .word   0x7FFF0000, 0x80010000, 0x40000000
far_points_end:
many_div_z:
        .word   dest, far_points, unit3, 0xFFFFFFFF, 6

@ destination, source, count, matrix
object_a:
        .word   dest, points, 2
        .word   0x00020000, 0, 0, 0, 0x00020000, 0, 0, 0, 0x00020000
object_b:
        .word   0, 0, 0xFFFFFFFF
        .word   0, 0, 0, 0, 0, 0, 0, 0, 0
object_c:
        .word   dest + 24, points + 12, 1
        .word   0x00010000, 0x00020000, 0x00030000
        .word   0x00040000, 0x00050000, 0x00060000
        .word   0x00070000, 0x00080000, 0x00090000
object_d:
        .word   0, 0, 0, 0
        .word   0x00010000, 0x00020000, 0x00030000, 0x00040000
        .word   0xFFFF0000, 0x00000000, 0x00008000, 0x00000001
        .word   0x00000000, 0x00010000, 0xFFFFFFFF, 0x00020000
        .word   0x12340000, 0x00005678, 0xFFFEDCBA, 0x0000FFFF
        .word   2, points, dest
objects3:       .word   object_a, object_b, object_c
objects4:       .word   object_d
offsets3:       .word   0, 4, 12, 8
offsets4:       .word   88, 84, 16, 80
@ The objects begin in front of their matrices, and results lie far behind.
matrices3:      .word   matrix3 - 8, unit3 - 8
offsets_mat3:   .word   dest - matrix3 + 8, 8
matrices4:      .word   matrix4
offsets_mat4:   .word   dest - matrix4, 0
lost_objects:   .word   0x03300000

        .bss
        .align  2
room:           .skip   12*THOUSAND
