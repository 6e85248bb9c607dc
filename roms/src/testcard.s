@ testcard - how a frame buffer is laid out, as a picture.
@
@ Every pixel is stored by the program itself, with its own arithmetic: two lines
@ share their words. Bars, ramps, single pixels, columns and lines, a frame at the
@ edges. Graphics sheet 1.1.
        .include "runtime.inc"
        .include "folio.inc"
        .include "screen.inc"

main:   stmfd   sp!, {r4-r8, lr}
        mov     r0, #1
        bl      OpenScreens
        CHECK   0, "a screen is made"
        ldr     r4, =buffers
        ldr     r4, [r4]

        @ ---- the folio's arithmetic against the sheet's
        .macro  AT x, y, offset
        ldr     r0, =target
        ldr     r0, [r0]
        ldr     r1, =\x
        ldr     r2, =\y
        GRAF    GetPixelAddress
        sub     r0, r0, r4
        CHECK   \offset, "byte of pixel (\x, \y)"
        .endm
        AT      0, 0, 0
        AT      0, 1, 2
        AT      1, 0, 4
        AT      1, 1, 6
        AT      0, 2, 1280
        AT      319, 239, 153598
        ldr     r0, =target
        ldr     r0, [r0]
        ldr     r1, =320
        mov     r2, #0
        GRAF    GetPixelAddress
        CHECK   0, "beyond the right edge there is none"

        @ ---- the picture
        mov     r6, #0                  @ y
1:      mov     r5, #0                  @ x
2:      bl      colour
        mov     r1, r6, lsr #1          @ address of (r5, r6)
        mov     r2, #PAIR
        mla     r3, r1, r2, r4
        add     r3, r3, r5, lsl #2
        ldr     r2, [r3]                @ no half-word stores on this processor
        tst     r6, #1
        moveq   r2, r2, lsl #16
        moveq   r2, r2, lsr #16
        orreq   r2, r2, r0, lsl #16
        movne   r2, r2, lsr #16
        movne   r2, r2, lsl #16
        orrne   r2, r2, r0
        str     r2, [r3]
        add     r5, r5, #1
        cmp     r5, #WIDTH
        bne     2b
        add     r6, r6, #1
        cmp     r6, #HEIGHT
        bne     1b
        mov     r0, #0
        bl      Show
        CHECK   0, "the screen is shown"
        bl      NextField
        bl      NextField
        CHECK   0, "two fields have passed"
        PASS

@ colour(r5 = x, r6 = y): r0 := what the pixel has; destroys r1-r3
colour: cmp     r5, #0                  @ the edges
        ldrne   r1, =WIDTH - 1
        cmpne   r5, r1
        cmpne   r6, #0
        cmpne   r6, #HEIGHT - 1
        ldreq   r0, =0x7FFF
        moveq   pc, lr
        mov     r1, #205                @ x / 10 = x * 205 >> 11 for these x
        mul     r2, r5, r1
        cmp     r6, #16
        blo     ground
        cmp     r6, #96                 @ eight bars of 40 columns
        bhs     3f
        mov     r2, r2, lsr #13
        PICK    r0, bars, r2
        mov     pc, lr
3:      cmp     r6, #100
        blo     ground
        mov     r2, r2, lsr #11
        cmp     r6, #140                @ four ramps of 32 steps
        bhs     1f
        sub     r0, r6, #100
        mov     r1, #205
        mul     r3, r0, r1
        mov     r3, r3, lsr #11
        PICK    r1, ramps, r3
        mul     r0, r2, r1
        mov     pc, lr
1:      cmp     r6, #150
        blo     ground
        cmp     r6, #170                @ single pixels
        eorlo   r0, r5, r6
        blo     2f
        cmp     r6, #180
        blo     ground
        cmp     r6, #200                @ single columns
        movlo   r0, r5
        blo     2f
        cmp     r6, #220                @ single lines
        movlo   r0, r6
        blo     2f
ground: ldr     r0, =0x0C87
        mov     pc, lr
2:      tst     r0, #1
        ldrne   r0, =0x7FFF
        moveq   r0, #0
        mov     pc, lr
        .ltorg

        .data
        .align  2
bars:   .word   0x7FFF, 0x7FE0, 0x03FF, 0x03E0, 0x7C1F, 0x7C00, 0x001F, 0x0000
ramps:  .word   0x0421, 0x0400, 0x0020, 0x0001
