@ hour - waits one simulated hour in a single DoIO.
@
@ Nothing runs meanwhile: what the host spends on it is the cost of idle time.
        .include "runtime.inc"

main:   bl      CreateTimerIOReq
        NEW_ITEM r4, "timer request created"
        mov     r0, r4
        ldr     r1, =delay_hour
        swi     DoIO
        CHECK   0, "DELAY of 3600 s: DoIO"
        FIELD   r4, io_Error
        CHECK   0, "DELAY of 3600 s: io_Error"
        PASS


        .data
        .align  2
delay_hour: IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, send=one_hour, sendlen=8
one_hour:   .word 3600, 0
