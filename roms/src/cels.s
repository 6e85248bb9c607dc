@ cels - all formats of cels, packed and unpacked, blends, mappings and flags.
@
@ What is drawn, a row each: unpacked cels of 1, 2, 4, 6, 8 and 16 bits, coded, then 8
@ and 16 bits uncoded; the same packed; what the pixel processor makes of a cel and the
@ picture behind it; mirrored, scaled, turned and bent cels; what flags and preambles do.
        .include "runtime.inc"
        .include "folio.inc"
        .include "graphics.inc"

        .equ    SKIP,   0x80000000
        .equ    LAST,   0x40000000
        .equ    SPABS,  0x10000000
        .equ    PPABS,  0x08000000
        .equ    LDSIZE, 0x04000000
        .equ    LDPRS,  0x02000000
        .equ    LDPPMP, 0x01000000
        .equ    LDPLUT, 0x00800000
        .equ    CCBPRE, 0x00400000
        .equ    YOXY,   0x00200000
        .equ    ACW,    0x00040000
        .equ    ACCW,   0x00020000
        .equ    ACE,    0x00004000
        .equ    MARIA,  0x00001000
        .equ    PXOR,   0x00000800
        .equ    USEAV,  0x00000400
        .equ    PACKED, 0x00000200
        .equ    PMODE0, 0x00000100
        .equ    PMODE1, 0x00000180
        .equ    BGND,   0x00000020
        .equ    NOBLK,  0x00000010
        .equ    USUAL,  SPABS | PPABS | LDSIZE | LDPRS | LDPPMP | LDPLUT | CCBPRE | YOXY | ACW | ACCW | ACE
        .equ    LINEAR, 0x10
        .equ    REP8,   0x08
        .equ    ROWS,   31 << 6         @ 32 rows
        .equ    COLUMNS, 0x1000 | 31    @ 32 pixels in each, bit 0 of blue as it is
        .equ    ONE,    0x10000         @ 1.0 down
        .equ    CONE,   0x100000        @ 1.0 across
        .equ    NORMAL, 0x1F401F40
        .equ    SIDE,   32

@ A CCB; the next one follows at once, which a relative pointer of 60 says. `flags` are
@ those that are not as usual.
        .macro  CEL x, y, source, pre0, pre1, flags=0, plut=rainbow, hdx=CONE, hdy=0, vdx=0, vdy=ONE, hddx=0, hddy=0, pixc=NORMAL
        .word   USUAL ^ (\flags), 60, \source, \plut
        .word   (\x) << 16, (\y) << 16, \hdx, \hdy, \vdx, \vdy, \hddx, \hddy
        .word   \pixc, ROWS | (\pre0), \pre1, SIDE, SIDE
        .endm

@ The end of a list: a cel that is skipped.
        .macro  ENDCEL
        .word   SKIP | LAST, 0, 0, 0
        .word   0, 0
        .endm

@ One cel of the row of unpacked ones, and its packed twin below
        .macro  FORMAT column, name, pre0, pre1=0
        CEL     4 + 40 * \column, 4, \name, \pre0, COLUMNS | \pre1
        .endm
        .macro  TWIN column, name, pre0
        CEL     4 + 40 * \column, 44, \name\()_packed, \pre0, 0, PACKED
        .endm

@ Draw a list
        .macro  DRAW list, text
        ldr     r0, =target
        ldr     r0, [r0]
        ldr     r1, =\list
        swi     DrawCels
        CHECK   0, "\text"
        .endm

@ The source of one format, unpacked and packed: form(x, y) gives the pixels
        .macro  MAKE name, bits, form
        ldr     r0, =\name
        mov     r1, #\bits
        ldr     r2, =\form
        bl      make_source
        ldr     r0, =\name\()_packed
        mov     r1, #\bits
        ldr     r2, =\form
        bl      make_packed
        .endm

main:   stmfd   sp!, {r4-r11, lr}
        bl      open_screen
        FILL    0, 0, 319, 239, 0x1084

        MAKE    coded1, 1, checks
        MAKE    coded2, 2, diagonal
        MAKE    coded4, 4, diagonal
        MAKE    coded6, 6, slant
        MAKE    coded8, 8, shades8
        MAKE    coded16, 16, shades16
        MAKE    plain8, 8, cube8
        MAKE    plain16, 16, cube16
        LITERALS

        DRAW    unpacked, "eight formats"
        CHECK_PIXEL 4, 4, 0x7C00, "1 bit: entry 0"
        CHECK_PIXEL 8, 4, 0x7CC0, "1 bit: entry 1"
        CHECK_PIXEL 47, 4, 0x7D80, "2 bits: entry 3 after three steps"
        CHECK_PIXEL 284 + 31, 4 + 31, 0x7FE0, "16 bits uncoded: red and green"
        CHECK_PIXEL 284, 4, 0x001F, "16 bits uncoded: blue"
        DRAW    packed, "eight formats, packed"
        CHECK_PIXEL 4 + 12, 44, 0x1084, "transparent packets leave what was there"
        CHECK_PIXEL 284 + 1, 44, 0x041E, "a literal packet"
        CHECK_PIXEL 284 + 20, 44, 0x400F, "a repeated pixel"
        LITERALS

        @ ---- blends over stripes
        FILL    0, 80, 319, 91, 0x7FFF
        FILL    0, 92, 319, 103, 0x3DEF
        FILL    0, 104, 319, 119, 0x001F
        DRAW    blends, "eight blends"
        CHECK_PIXEL 4, 84, 0x001F, "as it is"
        CHECK_PIXEL 44, 84, 0x3DFF, "the average"
        CHECK_PIXEL 84, 84, 0x7FE0, "exclusive or"
        CHECK_PIXEL 124, 84, 0x3DEF, "half of what was there"
        CHECK_PIXEL 204, 84, 0x0013, "five eighths"
        CHECK_PIXEL 244, 84, 0x0400, "less what was there, and no black"
        LITERALS

        DRAW    mapped, "eight mappings"
        CHECK_PIXEL 4, 124, 0x7C00, "mirrored: the last column comes first"
        DRAW    special, "flags and preambles"
        CHECK_PIXEL 4, 164, 0x0000, "black on demand"
        CHECK_PIXEL 44, 164, 0x0400, "or nearly black"
        CHECK_PIXEL 84, 164, 0x1084, "or nothing at all"
        CHECK_PIXEL 124, 164, 0x1084, "no cel that turns the wrong way"
        LITERALS

        @ ---- a cel whose corners are given
        ldr     r0, =bent
        ldr     r1, =quad
        GRAF    MapCel
        DRAW    bent, "a cel bent to four corners"
        @ ---- the list of a star
        mov     r4, #0
1:      mov     r1, r4, lsl #10
        orr     r1, r1, #0x3E0
        bl      set_pen
        mov     r1, #200
        mov     r2, #220
        bl      move_to
        mov     r2, #152
        add     r2, r2, r4, lsl #2
        mov     r3, #204
        bl      draw_to
        add     r4, r4, #1
        cmp     r4, #25
        blt     1b
        CHECK   0, "a fan of lines"
        CHECK_PIXEL 248, 204, 0x63E0, "the end of the last one"
        bl      show_screen
        PASS
        .ltorg

@ -------------------------------------------------------------- source data
@ put(r0 = value, r1 = bits): appends to the stream whose end is in r9; r10 has the bits
@ that are not yet a word, r11 how many they are.
put:    mov     r10, r10, lsl r1
        orr     r10, r10, r0
        add     r11, r11, r1
        b       2f
1:      sub     r11, r11, #8
        mov     r12, r10, lsr r11
        strb    r12, [r9], #1
2:      cmp     r11, #8
        bge     1b
        mov     pc, lr

@ align(): zeros up to the next word
align:  stmfd   sp!, {lr}
        rsb     r1, r11, #8
        and     r1, r1, #7
        mov     r0, #0
        bl      put
        mov     r0, #0
1:      tst     r9, #3
        strneb  r0, [r9], #1
        bne     1b
        ldmfd   sp!, {pc}

@ pixel(): the pixel at (r5, r6) as it is in the source, of r7 bits, from form r8
pixel:  stmfd   sp!, {lr}
        mov     r0, r5
        mov     r1, r6
        mov     lr, pc
        mov     pc, r8
        mov     r1, #1
        mov     r1, r1, lsl r7
        sub     r1, r1, #1
        and     r0, r0, r1
        mov     r1, r7
        ldmfd   sp!, {pc}

@ make_source(place, bits, form): 32 rows of 32 pixels, each at least two words
make_source:
        stmfd   sp!, {r4-r11, lr}
        mov     r9, r0
        mov     r7, r1
        mov     r8, r2
        mov     r10, #0
        mov     r11, #0
        mov     r6, #0
1:      mov     r5, #0
        mov     r4, r9
2:      bl      pixel
        bl      put
        add     r5, r5, #1
        cmp     r5, #SIDE
        blt     2b
        bl      align
        sub     r0, r9, r4
        cmp     r0, #8
        addlt   r9, r9, #4
        add     r6, r6, #1
        cmp     r6, #SIDE
        blt     1b
        ldmfd   sp!, {r4-r11, pc}

@ make_packed(place, bits, form): rows of 8 literal pixels, 8 transparent ones, 8 times
@ the same one, 8 literal ones
make_packed:
        stmfd   sp!, {r4-r11, lr}
        mov     r9, r0
        mov     r7, r1
        mov     r8, r2
        mov     r10, #0
        mov     r11, #0
        mov     r6, #0
1:      mov     r4, r9
        add     r9, r9, #1              @ the offset of the next row comes later
        cmp     r7, #8
        addge   r9, r9, #1
        mov     r5, #0
        bl      literal
        mov     r0, #0x87
        mov     r1, #8
        bl      put
        mov     r5, #16
        mov     r0, #0xC7
        mov     r1, #8
        bl      put
        bl      pixel
        bl      put
        mov     r5, #24
        bl      literal
        mov     r0, #0
        mov     r1, #2
        bl      put
        bl      align
        sub     r0, r9, r4
        mov     r0, r0, lsr #2
        subs    r0, r0, #2
        addmi   r9, r9, #4
        movmi   r0, #0
        cmp     r7, #8
        strltb  r0, [r4]
        strgeb  r0, [r4, #1]
        movge   r0, #0
        strgeb  r0, [r4]
        add     r6, r6, #1
        cmp     r6, #SIDE
        blt     1b
        ldmfd   sp!, {r4-r11, pc}

@ literal(): eight pixels from column r5 on
literal:
        stmfd   sp!, {r3, lr}
        mov     r0, #0x47
        mov     r1, #8
        bl      put
        add     r3, r5, #8
1:      stmfd   sp!, {r3}
        bl      pixel
        bl      put
        ldmfd   sp!, {r3}
        add     r5, r5, #1
        cmp     r5, r3
        blt     1b
        ldmfd   sp!, {r3, pc}

@ What is in the pixels: r0 = column, r1 = row
checks: eor     r0, r0, r1              @ squares of four by four
        mov     r0, r0, lsr #2
        mov     pc, lr
diagonal:
        add     r0, r0, r1
        mov     pc, lr
slant:  add     r0, r0, r1, lsr #1      @ the P bit in the lower half
        and     r0, r0, #31
        and     r1, r1, #16
        orr     r0, r0, r1, lsl #1
        mov     pc, lr
shades8:                                @ a colour a column, lighter downwards
        mov     r1, r1, lsr #2
        orr     r0, r0, r1, lsl #5
        mov     pc, lr
shades16:
        mov     r1, r1, lsr #2
        orr     r1, r1, r1, lsl #3
        orr     r0, r0, r1, lsl #5
        mov     r1, r1, lsr #3
        orr     r0, r0, r1, lsl #11
        mov     pc, lr
cube8:  mov     r2, r0, lsr #2          @ red to the right, green downwards
        mov     r2, r2, lsl #5
        mov     r3, r1, lsr #2
        orr     r2, r2, r3, lsl #2
        eor     r3, r0, r1
        orr     r0, r2, r3, lsr #3
        mov     pc, lr
cube16: rsb     r2, r0, #31             @ and blue where there is no red
        orr     r2, r2, r0, lsl #10
        orr     r0, r2, r1, lsl #5
        mov     pc, lr

        .data
        .align  2
unpacked:
        FORMAT  0, coded1, 1
        FORMAT  1, coded2, 2
        FORMAT  2, coded4, 3, 0x02000000
        FORMAT  3, coded6, 4, 0x04000000
        CEL     164, 4, coded8, 5, COLUMNS | 0x00060000, pixc=0x3F403F40
        CEL     204, 4, coded16, 6, COLUMNS | 0x000E0000, pixc=0x3F403F40
        FORMAT  6, plain8, 5 | LINEAR | REP8, 0x00060000
        FORMAT  7, plain16, 6 | LINEAR, 0x000E0000
        ENDCEL
packed:
        TWIN    0, coded1, 1
        TWIN    1, coded2, 2
        TWIN    2, coded4, 3
        TWIN    3, coded6, 4
        TWIN    4, coded8, 5
        TWIN    5, coded16, 6
        TWIN    6, plain8, 5 | LINEAR | REP8
        TWIN    7, plain16, 6 | LINEAR
        ENDCEL

@ The colours of a 16-bit cel, blended
        .macro  BLEND column, pixc, flags=0
        CEL     4 + 40 * \column, 84, plain16, 6 | LINEAR, COLUMNS | 0x000E0000, \flags, pixc=(\pixc) << 16 | (\pixc)
        .endm
blends:
        BLEND   0, 0x1F40
        BLEND   1, 0x1F81
        BLEND   2, 0x1F80, PXOR
        BLEND   3, 0x8F40
        BLEND   4, 0x1FC0
        BLEND   5, 0x1300
        BLEND   6, 0x1F82, USEAV
        BLEND   7, 0x9C81
        ENDCEL

        .macro  MAPPED x, y, hdx, hdy, vdx, vdy, hddx=0, hddy=0
        CEL     \x, \y, plain16, 6 | LINEAR, COLUMNS | 0x000E0000, 0, hdx=\hdx, hdy=\hdy, vdx=\vdx, vdy=\vdy, hddx=\hddx, hddy=\hddy
        .endm
mapped:
        MAPPED  36, 124, -CONE, 0, 0, ONE                       @ left and right
        MAPPED  44, 156, CONE, 0, 0, -ONE                       @ up and down
        MAPPED  82, 122, 0x120000, 0, 0, 0x12000                @ larger
        MAPPED  132, 132, 0x80000, 0, 0, 0x8000                 @ smaller
        MAPPED  196, 124, 0, CONE, -ONE, 0                      @ a quarter turn
        MAPPED  224, 124, 0x99999, 0x99999, -0x9999, 0x9999     @ an eighth of a turn
        MAPPED  244, 124, CONE, 0, 0x3000, ONE                  @ leaning
        MAPPED  286, 124, 0x40000, 0, 0x1800, ONE, 0x3000, 0    @ wider and wider
        ENDCEL

special:
        CEL     4, 164, nothing, 6 | LINEAR, COLUMNS, BGND | NOBLK, pixc=NORMAL
        CEL     44, 164, nothing, 6 | LINEAR, COLUMNS, BGND
        CEL     84, 164, nothing, 6 | LINEAR, COLUMNS, 0
        CEL     156, 164, plain16, 6 | LINEAR, COLUMNS | 0x000E0000, ACCW, hdx=-CONE
        CEL     164, 164, coded4, 3, COLUMNS | 0x02000000, 8, plut=greys
        CEL     204, 164, coded6, 4, COLUMNS | 0x04000000, 0, pixc=0x1F401300
        CEL     244, 164, coded6, 4, COLUMNS | 0x04000000, PMODE0, pixc=0x1F401300
        CEL     284, 164, plain16, 6 | LINEAR | 0x08000000, COLUMNS | 0x000E0000
        ENDCEL

bent:   .word   USUAL | LAST, 0, plain16, rainbow
        .word   0, 0, 0, 0, 0, 0, 0, 0
        .word   NORMAL, ROWS | 6 | LINEAR, COLUMNS | 0x000E0000, SIDE, SIDE
quad:   .word   20, 200, 120, 206, 100, 236, 6, 230

@ Red, through all colours, to red again
rainbow:
        .hword  0x7C00, 0x7CC0, 0x7D20, 0x7D80, 0x7E40, 0x7F00, 0x7FC0, 0x6FE0
        .hword  0x57E0, 0x3FE0, 0x27E0, 0x0FE0, 0x03E2, 0x03E8, 0x03EE, 0x03F4
        .hword  0x03FA, 0x03FF, 0x033F, 0x027F, 0x01BF, 0x00FF, 0x003F, 0x0C1F
        .hword  0x241F, 0x3C1F, 0x541F, 0x6C1F, 0x7C1C, 0x7C16, 0x7C10, 0x7C08
greys:  .hword  0x0421, 0x0842, 0x0C63, 0x1084, 0x14A5, 0x18C6, 0x1CE7, 0x2108
        .hword  0x2529, 0x294A, 0x2D6B, 0x318C, 0x35AD, 0x39CE, 0x3DEF, 0x4210

        .bss
        .align  2
nothing:        .space  32 * 8 + 64
coded1:         .space  32 * 8
coded2:         .space  32 * 8
coded4:         .space  32 * 16
coded6:         .space  32 * 24
coded8:         .space  32 * 32
coded16:        .space  32 * 64
plain8:         .space  32 * 32
plain16:        .space  32 * 64
coded1_packed:  .space  32 * 16
coded2_packed:  .space  32 * 16
coded4_packed:  .space  32 * 20
coded6_packed:  .space  32 * 28
coded8_packed:  .space  32 * 36
coded16_packed: .space  32 * 64
plain8_packed:  .space  32 * 36
plain16_packed: .space  32 * 64
        .text
