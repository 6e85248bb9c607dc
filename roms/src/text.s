@ text - every character of the font, pens, clipping, a font with another CCB.
@
@ What is drawn: all characters in rows, the same in other colours, text that runs over
@ an edge, text in the greys of the font itself, twice as high.
        .include "runtime.inc"
        .include "folio.inc"
        .include "graphics.inc"

        .equ    YELLOW, 0x7FE0
        .equ    SKY, 0x329F
        .equ    NIGHT, 0x0008
        .equ    LINE, 10                @ rows from one line of text to the next

@ Text at a place in a colour
        .macro  LINE_AT x, y, colour, text
        ldr     r1, =\colour
        bl      set_pen
        ldr     r1, =\x
        ldr     r2, =\y
        bl      move_to
        TEXT    r2, "\text"
        bl      draw_text
        .endm

@ One check of where the pen is
        .macro  CHECK_PEN x, y, text
        ldr     r0, =pen
        ldr     r0, [r0, #gc_PenX]
        CHECK   \x, "\text: column"
        ldr     r0, =pen
        ldr     r0, [r0, #gc_PenY]
        CHECK   \y, "\text: row"
        .endm

main:   stmfd   sp!, {r4-r8, lr}
        bl      open_screen
        FILL    0, 0, 319, 239, NIGHT

        LINE_AT   8, 8, WHITE, "Overture: text of the Graphics folio"
        CHECK   0, "a line of text"
        CHECK_PEN 8 + 36 * 8, 8, "the pen is behind it"

        @ ---- all codes from 32 to 127, 32 in a row, one by one
        ldr     r1, =YELLOW
        bl      set_pen
        mov     r4, #32
        mov     r5, #24
        mov     r6, #0
1:      tst     r4, #31
        bne     2f
        mov     r1, #32
        mov     r2, r5
        bl      move_to
        add     r5, r5, #LINE
2:      mov     r2, r4
        bl      draw_char
        cmp     r0, #0
        addne   r6, r6, #1
        add     r4, r4, #1
        cmp     r4, #128
        blt     1b
        mov     r0, r6
        CHECK   0, "every code is drawn or passed over"
        CHECK_PEN 32 + 32 * 8, 44, "three rows of characters"
        LITERALS

        @ ---- the same in 16 bits
        ldr     r1, =SKY
        bl      set_pen
        mov     r1, #32
        mov     r2, #60
        bl      move_to
        ldr     r0, =pen
        ldr     r1, =target
        ldr     r1, [r1]
        ldr     r2, =wide
        GRAF    DrawText16
        CHECK   0, "text of 16 bits"
        CHECK_PEN 32 + 7 * 8, 60, "a character that is not there is eight wide"

        @ ---- over the edges
        LINE_AT   -12, 76, WHITE, "over the left edge"
        CHECK   0, "over the left edge"
        LINE_AT   250, 76, WHITE, "over the right edge"
        CHECK   0, "over the right edge"
        CHECK_PEN 250 + 19 * 8, 76, "the pen goes on outside"
        LINE_AT   32, 236, WHITE, "over the bottom"
        CHECK   0, "over the bottom"
        LINE_AT   1000, -1000, WHITE, "nowhere"
        CHECK   0, "nowhere to be seen"
        LITERALS

        @ ---- with a background that has been chosen
        ldr     r0, =pen
        mov     r1, #0x0200
        GRAF    SetBGPen
        LINE_AT   32, 96, YELLOW, "foreground and background"
        CHECK   0, "with a background"
        ldr     r0, =pen
        mov     r1, #0
        GRAF    SetBGPen
        LINE_AT   32, 108, 0x7C00, "on black"
        LINE_AT   120, 108, 0, "black on black"
        CHECK   0, "black on black"

        @ ---- the font's CCB, twice as high and in colours of its own
        GRAF    GetCurrentFont
        mov     r6, r0
        ldrb    r0, [r6, #font_Height]
        CHECK   8, "the font is eight rows high"
        ldr     r0, =ccb
        ldr     r1, [r6, #font_CCB]
        mov     r2, #CCB_size
        VECTOR  KBV_memcpy
        ldr     r0, =ccb
        ldr     r1, =plut
        str     r1, [r0, #ccb_PLUTPtr]
        mov     r1, #0x20000
        str     r1, [r0, #ccb_VDY]
        GRAF    SetCurrentFontCCB
        CHECK   0, "a CCB of one's own"
        LINE_AT   32, 128, 0, "Twice as high"
        CHECK   0, "drawn with it"
        CHECK_PIXEL 33, 128, 0x03FF, "its imagery has its colours"
        CHECK_PIXEL 32, 128, 0x2000, "the space too"
        GRAF    ResetCurrentFont
        CHECK   0, "back to the font's own"
        GRAF    GetCurrentFont
        CHECK_REG r6, "which is current again"
        LITERALS

        @ ---- lines around it all
        ldr     r1, =SKY
        bl      set_pen
        mov     r1, #4
        mov     r2, #4
        bl      move_to
        ldr     r2, =315
        mov     r3, #4
        bl      draw_to
        ldr     r2, =315
        mov     r3, #160
        bl      draw_to
        mov     r2, #4
        mov     r3, #160
        bl      draw_to
        mov     r2, #4
        mov     r3, #4
        bl      draw_to
        CHECK   0, "a frame of four lines"
        CHECK_PIXEL 4, 4, SKY, "its corner"
        CHECK_PIXEL 315, 160, SKY, "the opposite one"
        bl      show_screen
        PASS

@ draw_char(-, -, character)
draw_char:
        stmfd   sp!, {lr}
        ldr     r0, =pen
        ldr     r1, =target
        ldr     r1, [r1]
        GRAF    DrawChar
        ldmfd   sp!, {pc}
        .ltorg

        .data
        .align  2
wide:   .hword  'w', 'i', 'd', 'e', 0x3042, '1', '6', 0
        .align  2
plut:   .word   0x200003FF, 0x03FF03FF, 0x03FF03FF, 0x03FF03FF
ccb:    .space  CCB_size
