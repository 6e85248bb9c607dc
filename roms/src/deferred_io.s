@ deferred_io - requests that take simulated time.
@
@ SendIO(DELAY 2) on the field unit, flags 0 -> 1, SIGF_IODONE (trace A); changing
@ the IOInfo afterwards has no effect (check 19); lengths of delays measured with
@ the field counter and with SampleSystemTime.
        .include "runtime.inc"

@ r0 := field counter, read straight from the device's structure
        .macro  FIELDS
        FIELD   r4, io_Dev
        ldr     r0, [r0, #timerdev_VBlankCount]
        .endm

main:   stmfd   sp!, {r4-r8, lr}
        bl      CreateTimerIOReq
        NEW_ITEM r4, "timer request created"

        mov     r0, r4                  @ start just after a blank, so that none
        mov     r1, #1                  @ slips in between two instructions
        bl      WaitVBL
        CHECK   0, "WaitVBL"
        FIELDS
        mov     r5, r0

        mov     r0, r4
        ldr     r1, =delay_fields
        swi     SendIO
        CHECK   0, "DELAY 2 fields: SendIO"
        FIELD   r4, io_Flags
        CHECK   0, "in progress: io_Flags"
        mov     r0, r4
        bl      CheckIO
        CHECK   0, "in progress: CheckIO"
        ldr     r1, =delay_fields       @ check 19
        mov     r0, #1000
        str     r0, [r1, #ioi_Offset]
        mov     r0, #SIGF_IODONE
        swi     WaitSignal
        CHECK   SIGF_IODONE, "SIGF_IODONE arrives"
        FIELDS
        sub     r0, r0, r5
        CHECK   2, "after two fields, whatever the IOInfo says by now"
        FIELD   r4, io_Flags
        CHECK   IO_DONE, "finished: io_Flags"
        FIELD   r4, io_Actual
        CHECK   2, "finished: io_Actual counts fields"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "finished: WaitIO"

        mov     r0, r4                  @ the same with WaitIO doing the waiting
        ldr     r1, =delay_fields
        mov     r2, #1
        str     r2, [r1, #ioi_Offset]
        swi     SendIO
        CHECK   0, "DELAY 1 field: SendIO"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "DELAY 1 field: WaitIO"
        PENDING #SIGF_IODONE
        CHECK   0, "WaitIO took the signal"

        @ ---- microseconds
        bl      GetUSecs
        mov     r5, r0
        mov     r0, r4
        mov     r1, #0
        ldr     r2, =10000
        bl      WaitTime
        mov     r6, r0                  @ text output takes time: measure first
        bl      GetUSecs
        sub     r5, r0, r5
        mov     r0, r6
        CHECK   0, "DELAY 10 ms"
        ldr     r1, =10000
        cmp     r5, r1
        CHECK_IF hs, "not earlier than after 10 ms"
        ldr     r1, =10500
        cmp     r5, r1
        CHECK_IF lo, "and within half a millisecond of it"

        @ ---- an absolute time
        swi     SampleSystemTime
        ldr     r2, =5000
        add     r1, r1, r2
        ldr     r2, =1000000
        cmp     r1, r2
        subhs   r1, r1, r2
        addhs   r0, r0, #1
        mov     r5, r0
        mov     r6, r1
        ldr     r2, =target
        stmia   r2, {r0, r1}
        mov     r0, r4
        ldr     r1, =until_time
        swi     DoIO
        CHECK   0, "DELAYUNTIL"
        swi     SampleSystemTime        @ r5:r6 <= now, compared word by word
        cmp     r0, r5
        cmpeq   r1, r6
        CHECK_IF hs, "DELAYUNTIL ends at its time or just after"
        mov     r0, r4                  @ the same target again is past by now
        ldr     r1, =until_time
        swi     SendIO
        CHECK   1, "DELAYUNTIL in the past is finished at once"
        FIELD   r4, io_Error
        CHECK   0, "without an error"

        @ ---- an absolute field
        FIELDS
        mov     r5, r0
        ldr     r1, =until_field
        add     r0, r0, #3
        str     r0, [r1, #ioi_Offset]
        mov     r0, r4
        swi     DoIO
        CHECK   0, "DELAYUNTIL a field"
        FIELDS
        sub     r0, r0, r5
        CHECK   3, "three fields later"

        @ ---- what the driver refuses comes back in io_Error
        mov     r0, r4
        ldr     r1, =bad_length
        swi     DoIO
        CHECK   BADIOARG, "a TimeVal of 4 bytes"
        mov     r0, r4
        ldr     r1, =bad_time
        swi     DoIO
        CHECK   BADIOARG, "1000001 microseconds"
        PASS

        .data
delay_fields: IOINFO TIMERCMD_DELAY, TIMER_UNIT_VBLANK, offset=2
until_field:  IOINFO TIMERCMD_DELAYUNTIL, TIMER_UNIT_VBLANK
until_time:   IOINFO TIMERCMD_DELAYUNTIL, TIMER_UNIT_USEC, send=target, sendlen=8
bad_length:   IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, send=too_long, sendlen=4
bad_time:     IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, send=too_long, sendlen=8
too_long:     .word 0, 1000001
        .bss
        .align  2
target: .space  8
