@ chime - a little tune: four voices, each note at its audio tick.
@
@ The time of every note is counted from the first one, so the tune does not drift,
@ however long the program takes to start a note.
        .include "runtime.inc"
        .include "folio.inc"
        .include "audio.inc"
        .include "chime.inc"

main:   stmfd   sp!, {r4-r8, lr}
        bl      OpenChime
        CHECK   0, "four voices are ready"
        ldr     r0, =ID_CUE
        mov     r1, #0
        mov     r2, #0
        swi     CreateSizedItem
        NEW_ITEM r4, "cue created"
        AUDIO   GetAudioTime
        add     r5, r0, #24
        mov     r8, r5
        ldr     r6, =tune
        mov     r7, #0
1:      mov     r0, r4
        mov     r1, r5
        AUDIO   SleepUntilTime
        orr     r7, r7, r0
        ldrb    r0, [r6], #1            @ a note,
        cmp     r0, #0
        blne    Chime
        orr     r7, r7, r0
        ldrb    r0, [r6], #1            @ and the ticks to the next one
        add     r5, r5, r0
        cmp     r0, #0
        bne     1b
        mov     r0, r7
        CHECK   0, "every note was rung"
        sub     r0, r5, r8
        CHECK   TICKS, "and the last one at its time"
        mov     r0, #255
        AUDIO   SleepAudioTicks
        PASS
        .ltorg

        .data
        .equ    TICKS, 720
tune:   .byte   72, 60, 76, 30, 79, 30, 84, 60, 83, 30, 79, 30
        .byte   81, 60, 77, 30, 72, 30, 79, 60, 76, 60
        .byte   74, 60, 79, 30, 77, 30, 76, 30, 74, 30, 72, 30, 67, 15, 64, 15, 60, 0
