@ quick_io - requests that finish inside SendIO.
@
@ A fresh request counts as finished (check 18). CMD_READ of the timer, quick and
@ not quick (trace B), DoIO, CMD_STATUS; what SendIO must not touch (S1, S6, S7).
        .include "runtime.inc"

main:   stmfd   sp!, {r4-r6, lr}
        bl      CreateTimerIOReq
        NEW_ITEM r4, "timer request created"

        FIELD   r4, io_Flags
        CHECK   IO_DONE | IO_QUICK, "fresh request: io_Flags"
        mov     r0, r4
        bl      CheckIO
        CHECK   1, "fresh request: CheckIO"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "fresh request: WaitIO"

        @ ---- quick: result 1, data there, nobody told
        mov     r0, r4
        ldr     r1, =read_quick
        swi     SendIO
        CHECK   1, "quick read: SendIO"
        FIELD   r4, io_Flags
        CHECK   IO_DONE | IO_QUICK, "quick read: io_Flags"
        FIELD   r4, io_Error
        CHECK   0, "quick read: io_Error"
        FIELD   r4, io_Actual
        CHECK   8, "quick read: io_Actual"
        PENDING #SIGF_IODONE
        CHECK   0, "quick read: no signal"
        ldr     r5, =time
        ldr     r0, [r5, #4]
        and     r0, r0, #15
        CHECK   0, "quick read: the clock steps by 16 us"
        ldr     r0, [r5, #4]
        ldr     r1, =1000000
        cmp     r0, r1
        CHECK_IF lo, "quick read: less than a second of microseconds"

        @ ---- not quick: also finished at once, but the owner is told
        mov     r0, r4
        ldr     r1, =read_plain
        swi     SendIO
        CHECK   1, "plain read: SendIO"
        FIELD   r4, io_Flags
        CHECK   IO_DONE, "plain read: io_Flags"
        PENDING #SIGF_IODONE
        CHECK   SIGF_IODONE, "plain read: signal sent"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "plain read: WaitIO"
        PENDING #SIGF_IODONE
        CHECK   SIGF_IODONE, "WaitIO on a finished request leaves the signal"
        mov     r0, #SIGF_IODONE
        swi     WaitSignal
        CHECK   SIGF_IODONE, "WaitSignal takes it"
        PENDING #SIGF_IODONE
        CHECK   0, "and then it is gone"

        @ ---- DoIO asks for quick by itself, in the kernel's copy only
        mov     r0, r4
        ldr     r1, =read_plain
        swi     DoIO
        CHECK   0, "DoIO returns io_Error"
        FIELD   r4, io_Flags
        CHECK   IO_DONE | IO_QUICK, "DoIO: io_Flags"
        ldr     r0, =read_plain
        ldrb    r0, [r0, #ioi_Flags]
        CHECK   0, "DoIO leaves the IOInfo alone"

        @ ---- status: a DeviceStatus of 0x24 bytes, identity 2
        mov     r0, r4
        ldr     r1, =status_quick
        swi     DoIO
        CHECK   0, "CMD_STATUS"
        FIELD   r4, io_Actual
        CHECK   0x24, "CMD_STATUS: io_Actual"
        ldr     r0, =status
        ldrb    r0, [r0]
        CHECK   2, "CMD_STATUS: driver identity"

        mov     r0, r4                  @ the timer cannot be written
        ldr     r1, =write_quick
        swi     DoIO
        CHECK   BADCOMMAND, "CMD_WRITE"
        PASS

        .data
read_quick:   IOINFO CMD_READ, TIMER_UNIT_USEC, flags=IO_QUICK, recv=time, recvlen=8
read_plain:   IOINFO CMD_READ, TIMER_UNIT_USEC, recv=time, recvlen=8
status_quick: IOINFO CMD_STATUS, TIMER_UNIT_USEC, flags=IO_QUICK, recv=status, recvlen=64
write_quick:  IOINFO CMD_WRITE, TIMER_UNIT_USEC, flags=IO_QUICK
        .bss
        .align  2
time:   .space  8
status: .space  64
