@ metronome - regular signals from both units of the timer.
@
@ A beat every 10 ms without drift, a beat every second field, both at once; the
@ interval is copied at the start; AbortIO ends them; bad masks are refused.
        .include "runtime.inc"

        .equ    BEATS, 10

main:   stmfd   sp!, {r4-r9, lr}
        bl      CreateTimerIOReq
        NEW_ITEM r4, "microsecond request created"
        bl      CreateTimerIOReq
        NEW_ITEM r5, "field request created"
        mov     r0, #0
        swi     AllocSignal
        NEW_ITEM r6, "signal for microseconds"
        mov     r0, #0
        swi     AllocSignal
        NEW_ITEM r7, "signal for fields"

        @ ---- refused: no signal, the sign bit
        mov     r0, r4
        ldr     r1, =every_10ms
        swi     DoIO
        CHECK   BADIOARG, "no signal to send"
        ldr     r1, =every_10ms
        mov     r0, #0x80000000
        str     r0, [r1, #ioi_CmdOptions]
        mov     r0, r4
        swi     DoIO
        CHECK   BADIOARG, "a negative signal mask"

        @ ---- both run
        ldr     r1, =every_10ms
        str     r6, [r1, #ioi_CmdOptions]
        mov     r0, r4
        swi     SendIO
        CHECK   0, "10 ms metronome started"
        ldr     r1, =interval           @ it has a copy
        mov     r0, #7
        str     r0, [r1, #0]
        ldr     r1, =every_2_fields
        str     r7, [r1, #ioi_CmdOptions]
        mov     r0, r5
        swi     SendIO
        CHECK   0, "2-field metronome started"

        mov     r0, r6
        swi     WaitSignal
        CHECK_REG r6, "first beat"
        mov     r0, r6                  @ text output takes time: measure from the
        swi     WaitSignal              @ second beat on
        bl      GetUSecs
        mov     r8, r0
        mov     r9, #BEATS
1:      mov     r0, r6
        swi     WaitSignal
        subs    r9, r9, #1
        bne     1b
        bl      GetUSecs
        sub     r8, r0, r8
        ldr     r1, =BEATS * 10000 - 64
        cmp     r8, r1
        CHECK_IF hs, "ten beats are not shorter than 100 ms"
        ldr     r1, =BEATS * 10000 + 64
        cmp     r8, r1
        CHECK_IF ls, "nor longer"

        @ ---- the field unit, counted in fields
        mov     r0, r7
        swi     WaitSignal              @ what has gathered so far
        mov     r0, r7
        swi     WaitSignal
        CHECK_REG r7, "a field beat"
        FIELD   r5, io_Dev
        ldr     r8, [r0, #timerdev_VBlankCount]
        mov     r0, r7
        swi     WaitSignal
        CHECK_REG r7, "the next one"
        FIELD   r5, io_Dev
        ldr     r0, [r0, #timerdev_VBlankCount]
        sub     r0, r0, r8
        CHECK   2, "two fields later"

        @ ---- and stop
        mov     r0, r4
        bl      CheckIO
        CHECK   0, "a metronome is never done"
        mov     r0, r4
        swi     AbortIO
        CHECK   0, "AbortIO"
        mov     r0, r4
        swi     WaitIO
        CHECK   ABORTED, "the first stops"
        mov     r0, r5
        swi     AbortIO
        CHECK   0, "AbortIO"
        mov     r0, r5
        swi     WaitIO
        CHECK   ABORTED, "the second stops"
        bl      CreateTimerIOReq
        mov     r4, r0
        orr     r8, r6, r7
        PENDING r8
        cmp     r0, #0
        swine   WaitSignal              @ beats from before the end
        mov     r0, r4
        mov     r1, #5
        bl      WaitVBL
        CHECK   0, "five fields of silence"
        PENDING r8
        CHECK   0, "no beat came"
        PASS

        .data
every_10ms:     IOINFO TIMERCMD_METRONOME, TIMER_UNIT_USEC, send=interval, sendlen=8
every_2_fields: IOINFO TIMERCMD_METRONOME, TIMER_UNIT_VBLANK, offset=2
interval:       .word 0, 10000
