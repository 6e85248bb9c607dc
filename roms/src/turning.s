@ turning - a cel that turns and grows, with a shadow, drawn field after field.
@
@ Two screens are drawn and shown by turns. The picture on the cel is 32 x 32 pixels
@ of 16 bits, made at the start; the shadow is the same cel, mixed with what lies
@ below. Sine and cosine are a point that walks round a circle. Graphics sheet 2.
        .include "runtime.inc"
        .include "folio.inc"
        .include "screen.inc"

        .equ    SIDE,           32
        .equ    FIELDS,         100
        .equ    MIX,            0x1F811F81      @ half of the cel, half of what is there

main:   stmfd   sp!, {r4-r8, lr}
        mov     r0, #2
        bl      OpenScreens
        CHECK   0, "two screens are made"
        bl      paint
        mov     r4, #0                  @ the field
        mov     r5, #0x100000           @ cosine, 12.20
        mov     r6, #0                  @ sine
1:      and     r0, r4, #1
        bl      DrawInto
        COLOUR  0x1CA5
        RECTANGLE 0, 0, 319, 239
        COLOUR  0x2D29
        mov     r7, #16                 @ a floor of stripes
2:      mov     r0, #0
        mov     r1, r7
        ldr     r2, =319
        add     r3, r7, #7
        bl      Rectangle
        add     r7, r7, #16
        cmp     r7, #240
        blo     2b

        mov     r0, #172                @ the shadow
        mov     r1, #134
        ldr     r2, =MIX
        ldr     r3, =dark
        bl      turn
        mov     r0, #160                @ the cel
        mov     r1, #120
        ldr     r2, =0x1F401F40
        ldr     r3, =texels
        bl      turn

        and     r0, r4, #1
        bl      Show
        bl      NextField
        sub     r5, r5, r6, asr #5      @ a step round the circle
        add     r6, r6, r5, asr #5
        add     r4, r4, #1
        cmp     r4, #FIELDS
        bne     1b
        mov     r0, r4
        CHECK   FIELDS, "fields were drawn and shown"
        PASS

@ turn(r0 = x, r1 = y of the middle, r2 = PIXC, r3 = texels): draws the cel
turn:   stmfd   sp!, {r7, r8, lr}
        ldr     r12, =ccb
        str     r2, [r12, #ccb_PIXC]
        str     r3, [r12, #ccb_SourcePtr]
        mov     r7, #3                  @ three times its size and more: 3 + field / 64
        mov     r7, r7, lsl #6
        add     r7, r7, r4
        mov     r2, r5, asr #6
        mul     r2, r7, r2              @ cosine * size, 12.20
        mov     r3, r6, asr #6
        mul     r3, r7, r3
        str     r2, [r12, #ccb_HDX]
        str     r3, [r12, #ccb_HDY]
        mov     r2, r2, asr #4          @ 16.16
        mov     r3, r3, asr #4
        str     r2, [r12, #ccb_VDY]
        rsb     r8, r3, #0
        str     r8, [r12, #ccb_VDX]
        sub     r8, r2, r3              @ from the corner to the middle: half a side along both
        rsb     r0, r8, r0, lsl #12
        mov     r0, r0, lsl #4
        add     r8, r2, r3
        rsb     r1, r8, r1, lsl #12
        mov     r1, r1, lsl #4
        str     r0, [r12, #ccb_XPos]
        str     r1, [r12, #ccb_YPos]
        mov     r0, r12
        bl      Draw
        cmp     r0, #0
        ldmeqfd sp!, {r7, r8, pc}
        CHECK   0, "DrawCels"           @ says what went wrong
        ldmfd   sp!, {r7, r8, pc}
        .ltorg

@ paint(): a chequered disc with a rim; nothing outside. Its shadow is dark all over.
paint:  stmfd   sp!, {r4-r8, lr}
        ldr     r4, =texels
        ldr     r5, =dark
        mov     r6, #0                  @ y
1:      mov     r7, #0                  @ x
2:      sub     r0, r6, #SIDE / 2       @ distance from the middle, in half pixels
        mov     r0, r0, lsl #1
        add     r0, r0, #1
        mul     r2, r0, r0
        sub     r1, r7, #SIDE / 2
        mov     r1, r1, lsl #1
        add     r1, r1, #1
        mla     r3, r1, r1, r2
        mov     r0, #0
        mov     r8, #0
        cmp     r3, #30 * 30
        bhi     3f
        ldr     r8, =0x0421             @ darkest grey that is not nothing
        cmp     r3, #26 * 26
        ldrhi   r0, =0x7FF0             @ the rim
        bhi     3f
        eor     r0, r6, r7
        tst     r0, #4
        ldreq   r0, =0x7D08
        ldrne   r0, =0x7F9C
        cmp     r7, #SIDE / 2           @ one half is blue: so the turning is seen
        ldrlo   r0, =0x111F
3:      strb    r0, [r4, #1]
        mov     r0, r0, lsr #8
        strb    r0, [r4], #2
        strb    r8, [r5, #1]
        mov     r8, r8, lsr #8
        strb    r8, [r5], #2
        add     r7, r7, #1
        cmp     r7, #SIDE
        bne     2b
        add     r6, r6, #1
        cmp     r6, #SIDE
        bne     1b
        ldmfd   sp!, {r4-r8, pc}
        .ltorg

        .data
        .align  2
ccb:    .word   CCB_USUAL | CCB_LAST
        .word   0, 0, 0                 @ next, source, colours
        .word   0, 0                    @ XPos, YPos
        .word   0, 0, 0, 0              @ HDX, HDY, VDX, VDY
        .word   0, 0                    @ HDDX, HDDY
        .word   0                       @ PIXC
        .word   (SIDE - 1) << 6 | 0x16  @ rows; uncoded, 16 bits
        .word   (SIDE / 2 - 2) << 16 | 0x1000 | (SIDE - 1)
        .word   SIDE, SIDE
        .bss
        .align  2
texels: .space  SIDE * SIDE * 2
dark:   .space  SIDE * SIDE * 2
