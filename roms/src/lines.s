@ lines - a display list with an entry for each line.
@
@ The frame buffer holds three colours only: nothing, one of the colour table, and one
@ that bypasses it. The list gives each line another background and another entry of
@ the table, so the picture has hundreds. Graphics sheet 1.3, 4.3.
        .include "runtime.inc"
        .include "folio.inc"
        .include "screen.inc"

        .equ    ENVIDDMA,       0x00200000
        .equ    RELSEL,         0x00040000
        .equ    LDCUR,          0x00010000
        .equ    LDPREV,         0x00008000
        .equ    DISPCTRL,       0xC201002C      @ the usual one, and the bypass
        .equ    LEN,            9               @ shift of the number of commands
        .equ    BACKGROUND,     0xE0000000
        .equ    INK,            31              @ entry of the table that the text has
        .equ    FIRST_WORDS,    4 + 4
        .equ    LINE_WORDS,     4 + 2
        .equ    WORDS,          FIRST_WORDS + 239 * LINE_WORDS

main:   stmfd   sp!, {r4-r8, lr}
        mov     r0, #1
        bl      OpenScreens
        CHECK   0, "a screen is made"

        @ ---- what is in the frame buffer
        COLOUR  0x7FFF
        mov     r4, #20                 @ bars of the table's last colour
1:      mov     r0, r4
        mov     r1, #60
        add     r2, r4, #9
        mov     r3, #180
        bl      Rectangle
        add     r4, r4, #30
        cmp     r4, #300
        blo     1b
        COLOUR  0x7FFF
        WRITE   72, 20, "A LIST FOR EVERY LINE"
        @ bit 15 of a pixel takes it round the table
        ldr     r0, =target
        ldr     r0, [r0]
        ldr     r1, =0x40000000
        mov     r2, #0xC0000000
        GRAF    SetCEControl
        CHECK   0, "bit 15 is written as 1"
        COLOUR  0x7D00
        RECTANGLE 130, 200, 189, 229
        ldr     r0, =target
        ldr     r0, [r0]
        mov     r1, #0xC0000000
        mov     r2, #0xC0000000
        GRAF    SetCEControl

        @ ---- the list
        ldr     r4, =list
        ldr     r0, =ENVIDDMA | RELSEL | LDCUR | LDPREV | 4 << LEN | 1
        ldr     r1, =buffers
        ldr     r1, [r1]
        mov     r2, r1
        mov     r3, #16                 @ behind the four commands
        stmia   r4!, {r0-r3}
        ldr     r0, =DISPCTRL
        ldr     r1, =INK << 24 | 0xFFFFFF
        ldr     r2, =BACKGROUND
        ldr     r3, =0xE1000000
        stmia   r4!, {r0-r3}
        mov     r5, #1                  @ the line
2:      ldr     r0, =ENVIDDMA | RELSEL | 2 << LEN | 1
        mov     r1, #0
        mov     r2, #0
        mov     r3, #8
        stmia   r4!, {r0-r3}
        @ background: from night above to an evening below
        mov     r0, r5, lsl #16         @ red grows with the line
        mov     r1, r5, lsr #1
        orr     r0, r0, r1, lsl #8
        rsb     r1, r5, #255
        mov     r1, r1, lsr #1
        orr     r0, r0, r1
        orr     r0, r0, #BACKGROUND
        @ ink: green above, red in the middle, blue at the end, in steps
        mov     r1, r5, lsl #2
        and     r1, r1, #0xF8
        rsb     r2, r1, #255
        orr     r1, r2, r1, lsl #8
        eor     r2, r5, #0xFF
        orr     r1, r1, r2, lsl #16
        orr     r1, r1, #INK << 24
        stmia   r4!, {r0, r1}
        add     r5, r5, #1
        cmp     r5, #HEIGHT
        bne     2b

        ldr     r0, =list
        ldr     r1, =WORDS
        mov     r2, #VDLTYPE_FULL
        GRAF    SubmitVDL
        NEW_ITEM r6, "the list passes the check"
        ldr     r0, =screens
        ldr     r0, [r0]
        mov     r1, r6
        GRAF    SetVDL
        cmp     r0, #0
        CHECK_IF gt, "it takes the place of the screen's own"
        mov     r0, #0
        bl      Show
        CHECK   0, "the screen is shown"
        bl      NextField
        bl      NextField

        @ ---- what does not pass
        ldr     r0, =list
        ldr     r1, [r0]
        orr     r2, r1, #0x04000000     @ the mode of 640 columns is the system's
        str     r2, [r0]
        ldr     r1, =WORDS
        mov     r2, #VDLTYPE_FULL
        GRAF    SubmitVDL
        CHECK   0xD55B9120, "a reserved bit: GRAFERR_PROOF_ERR"
        ldr     r0, =list
        mov     r1, #4
        mov     r2, #VDLTYPE_FULL
        GRAF    SubmitVDL
        CHECK   0xD55B9120, "four words: GRAFERR_PROOF_ERR"
        PASS
        .ltorg

        .bss
        .align  2
list:   .space  WORDS * 4
