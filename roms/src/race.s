@ race - several completions, one wake-up.
@
@ Two requests that end at the same field share one SIGF_IODONE (check 25): after
@ the wake-up CheckIO must be right for each. Then two threads wait for the same
@ field; requests of equal length complete oldest first.
        .include "runtime.inc"

main:   stmfd   sp!, {r4-r8, lr}
        bl      CreateTimerIOReq
        NEW_ITEM r4, "first request created"
        bl      CreateTimerIOReq
        NEW_ITEM r5, "second request created"

        @ ---- both end at the same field
        mov     r0, r4
        mov     r1, #1
        bl      WaitVBL
        CHECK   0, "a field begins"
        mov     r0, r4
        ldr     r1, =one_field
        swi     SendIO
        CHECK   0, "first request sent"
        mov     r0, r5
        ldr     r1, =one_field
        swi     SendIO
        CHECK   0, "second request sent"
        mov     r0, #SIGF_IODONE
        swi     WaitSignal
        CHECK   SIGF_IODONE, "one wake-up"
        mov     r0, r4
        bl      CheckIO
        CHECK   1, "first request finished"
        mov     r0, r5
        bl      CheckIO
        CHECK   1, "second request finished"
        PENDING #SIGF_IODONE
        CHECK   0, "no second signal is pending"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "first WaitIO does not wait for one"
        mov     r0, r5
        swi     WaitIO
        CHECK   0, "nor does the second"

        @ ---- one ends, the other does not
        mov     r0, r4
        ldr     r1, =three_fields
        swi     SendIO
        CHECK   0, "three fields sent"
        mov     r0, r5
        ldr     r1, =one_field
        swi     SendIO
        CHECK   0, "one field sent"
        mov     r0, #SIGF_IODONE
        swi     WaitSignal
        CHECK   SIGF_IODONE, "a wake-up"
        mov     r0, r4
        bl      CheckIO
        CHECK   0, "the long request goes on"
        mov     r0, r5
        bl      CheckIO
        CHECK   1, "the short one is finished"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "the long one ends too"

        @ ---- two threads, one field
        mov     r0, r4
        mov     r1, #1
        bl      WaitVBL                 @ both requests go out after the same blank
        TEXT    r0, "racer A"
        mov     r1, #110
        ldr     r2, =racer_a
        mov     r3, #0x800
        bl      CreateThread
        NEW_ITEM r6, "racer A created"
        TEXT    r0, "racer B"
        mov     r1, #110
        ldr     r2, =racer_b
        mov     r3, #0x800
        bl      CreateThread
        NEW_ITEM r7, "racer B created"
1:      mov     r0, r4                  @ until both have arrived
        mov     r1, #1
        bl      WaitVBL
        ldr     r0, =arrived
        ldr     r0, [r0]
        cmp     r0, #2
        blt     1b
        ldr     r0, =order
        ldrb    r0, [r0]
        CHECK   'A', "the request that was sent first arrives first"
        ldr     r0, =order
        ldrb    r0, [r0, #1]
        CHECK   'B', "the other one second"
        PASS

racer_a:
        mov     r0, #'A'
        b       racer
racer_b:
        mov     r0, #'B'
racer:  stmfd   sp!, {r4, lr}
        mov     r4, r0
        bl      CreateTimerIOReq
        mov     r1, #2
        bl      WaitVBL
        ldr     r0, =arrived
        ldr     r1, [r0]
        ldr     r2, =order
        strb    r4, [r2, r1]
        add     r1, r1, #1
        str     r1, [r0]
        mov     r0, #0
        ldmfd   sp!, {r4, pc}

        .data
one_field:    IOINFO TIMERCMD_DELAY, TIMER_UNIT_VBLANK, offset=1
three_fields: IOINFO TIMERCMD_DELAY, TIMER_UNIT_VBLANK, offset=3
        .bss
        .align  2
arrived: .space 4
order:  .space  4
