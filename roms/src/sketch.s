@ sketch - the buttons of the first pad as a picture, and a pencil that they move.
@
@ Every button is a field that lights up; the cross moves the pencil, A draws. It ends
@ when Start is pressed and waits for ever when nobody does anything.
        .include "runtime.inc"
        .include "folio.inc"
        .include "screen.inc"
        .include "pads.inc"

        .equ    LIT,    0x7EE0
        .equ    UNLIT,  0x2108
        .equ    PAPER,  0x6318
        .equ    INK,    0x0C63

main:   stmfd   sp!, {r4-r8, lr}
        mov     r0, #1
        bl      OpenScreens
        CHECK   0, "a screen is made"
        bl      OpenPads
        CHECK   0, "the event broker accepts a listener"
        COLOUR  0x1084
        RECTANGLE 0, 0, 319, 239
        COLOUR  PAPER
        RECTANGLE 20, 20, 299, 139
        COLOUR  0x7FFF
        WRITE   20, 216, "A DRAWS, START ENDS"
        mov     r0, #0
        bl      Show
        mov     r4, #160                @ the pencil
        mov     r5, #80
        mov     r6, #0                  @ buttons
        mvn     r7, #0                  @ changes that are on the screen

1:      bl      Buttons
        mov     r6, r0
        cmp     r1, r7
        mov     r7, r1
        blne    panel
        tst     r6, #ControlA
        beq     2f
        COLOUR  INK
        add     r2, r4, #1
        add     r3, r5, #1
        mov     r0, r4
        mov     r1, r5
        bl      Rectangle
2:      tst     r6, #ControlRight
        addne   r4, r4, #2
        tst     r6, #ControlLeft
        subne   r4, r4, #2
        tst     r6, #ControlDown
        addne   r5, r5, #2
        tst     r6, #ControlUp
        subne   r5, r5, #2
        cmp     r4, #20                 @ stay on the paper
        movlt   r4, #20
        ldr     r0, =298
        cmp     r4, r0
        movgt   r4, r0
        cmp     r5, #20
        movlt   r5, #20
        cmp     r5, #138
        movgt   r5, #138
        tst     r6, #ControlStart
        bne     3f
        bl      NextField
        b       1b
3:      bl      NextField
        mov     r1, r7
        PRINT   "%d changes of the buttons were seen"
        PASS

@ panel(r6 = buttons): a field for each button
panel:  stmfd   sp!, {r4, r5, lr}
        ldr     r4, =fields
1:      ldr     r0, [r4], #4
        cmp     r0, #0
        ldmeqfd sp!, {r4, r5, pc}
        tst     r6, r0
        ldrne   r0, =LIT
        ldreq   r0, =UNLIT
        ldr     r1, =pen
        str     r0, [r1, #gc_FGPen]
        ldmia   r4!, {r0, r1}
        add     r2, r0, #17
        add     r3, r1, #17
        bl      Rectangle
        COLOUR  0x7FFF
        ldr     r0, [r4, #-8]
        ldr     r1, [r4, #-4]
        add     r0, r0, #5
        add     r1, r1, #5
        mov     r2, r4
        bl      Write
        add     r4, r4, #4
        b       1b
        .ltorg

        .data
        .align  2
@ button, place, letter
fields: .word   ControlUp, 50, 150
        .ascii  "U\0\0\0"
        .word   ControlLeft, 30, 170
        .ascii  "L\0\0\0"
        .word   ControlRight, 70, 170
        .ascii  "R\0\0\0"
        .word   ControlDown, 50, 190
        .ascii  "D\0\0\0"
        .word   ControlLeftShift, 110, 150
        .ascii  "<\0\0\0"
        .word   ControlX, 135, 170
        .ascii  "X\0\0\0"
        .word   ControlStart, 160, 170
        .ascii  "P\0\0\0"
        .word   ControlRightShift, 185, 150
        .ascii  ">\0\0\0"
        .word   ControlA, 220, 190
        .ascii  "A\0\0\0"
        .word   ControlB, 245, 180
        .ascii  "B\0\0\0"
        .word   ControlC, 270, 170
        .ascii  "C\0\0\0"
        .word   0
