@ abort_io - requests that end early.
@
@ AbortIO in progress (trace D) and on a finished request (check 27); DeleteItem of
@ a request in progress (check 24); closing a device deletes its requests (17).
        .include "runtime.inc"

main:   stmfd   sp!, {r4-r8, lr}
        bl      CreateTimerIOReq
        NEW_ITEM r4, "timer request created"

        mov     r0, r4
        ldr     r1, =hour
        swi     SendIO
        CHECK   0, "DELAY 1 hour: SendIO"
        mov     r0, r4
        swi     AbortIO
        CHECK   0, "AbortIO"
        mov     r0, r4
        swi     WaitIO
        CHECK   ABORTED, "WaitIO"
        mov     r0, r4
        bl      CheckIO
        CHECK   1, "CheckIO"
        mov     r0, #SIGF_IODONE        @ it completed the normal way
        swi     WaitSignal
        CHECK   SIGF_IODONE, "the owner was told"
        mov     r0, r4
        ldr     r1, =read
        swi     SendIO
        CHECK   1, "the request can be used again"
        FIELD   r4, io_Error
        CHECK   0, "and its old error is gone"

        mov     r0, r4                  @ check 27
        swi     AbortIO
        CHECK   0, "AbortIO on a finished request"
        PENDING #SIGF_IODONE
        CHECK   0, "sends nothing"
        FIELD   r4, io_Error
        CHECK   0, "and changes nothing"
        mov     r0, #0
        swi     AbortIO
        CHECK   BADITEM, "AbortIO of nothing"

        @ ---- check 24: with a reply port, so that a stray message would show
        TEXT    r0, "replies"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r5, "reply port created"
        mov     r0, r5
        bl      CreateTimerIOReqOn
        NEW_ITEM r6, "second request created"
        mov     r0, r6
        ldr     r1, =hour
        swi     SendIO
        CHECK   0, "SendIO"
        mov     r0, r6
        swi     DeleteItem
        CHECK   0, "DeleteItem in progress"
        mov     r0, r6
        bl      CheckIO
        CHECK   BADITEM, "the request is gone"
        mov     r0, r4                  @ let time pass for a late notification
        mov     r1, #2
        bl      WaitVBL
        CHECK   0, "two fields later"
        mov     r0, r5
        swi     GetMsg
        CHECK   0, "no message came"

        @ ---- check 17: this task opened the device twice
        FIELD   r4, io_Dev
        ldr     r7, [r0, #n_Item]
        mov     r0, r4
        ldr     r1, =hour
        swi     SendIO
        CHECK   0, "SendIO"
        mov     r0, r7
        swi     CloseItem
        CHECK   0, "first CloseItem"
        mov     r0, r4
        bl      CheckIO
        CHECK   0, "the request goes on"
        mov     r0, r7
        swi     CloseItem
        CHECK   0, "last CloseItem"
        mov     r0, r4
        bl      CheckIO
        CHECK   BADITEM, "the request is gone"
        mov     r0, r7
        swi     CloseItem
        CHECK   ER_Kr_ItemNotOpen, "one CloseItem too many"
        PASS

        .data
hour:   IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, send=hour_time, sendlen=8
read:   IOINFO CMD_READ, TIMER_UNIT_USEC, flags=IO_QUICK, recv=time, recvlen=8
hour_time: .word 3600, 0
        .bss
        .align  2
time:   .space  8
