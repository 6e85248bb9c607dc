@ reuse_errors - everything SendIO can object to.
@
@ Traces E (busy request), F (another task's request), G (unknown command), H (bad
@ unit) and checks 20-22. Argument errors are the point where the published page
@ and the shipped kernel differ (quirk sendio-argument-errors): the program prints
@ what it sees and accepts both, so the text tells the profiles apart.
        .include "runtime.inc"

main:   stmfd   sp!, {r4-r8, lr}
        bl      CreateTimerIOReq
        NEW_ITEM r4, "timer request created"

        @ ---- trace E
        mov     r0, r4
        ldr     r1, =delay
        swi     SendIO
        CHECK   0, "SendIO"
        mov     r0, r4
        ldr     r1, =delay
        swi     SendIO
        CHECK   ER_IONotDone, "SendIO of a busy request"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "the first one ends well"

        @ ---- trace F: a thread with a higher priority runs before we go on
        mov     r0, r4
        ldr     r1, =delay
        swi     SendIO
        CHECK   0, "SendIO"
        ldr     r0, =request
        str     r4, [r0]
        TEXT    r0, "stranger"
        mov     r1, #150
        ldr     r2, =stranger
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r5, "thread created"
        ldr     r6, =results
        ldr     r0, [r6, #0]
        CHECK   NOTOWNER, "SendIO of another task's request"
        ldr     r0, [r6, #4]
        CHECK   NOTOWNER, "AbortIO of it"
        ldr     r0, [r6, #8]
        CHECK   NOTOWNER, "WaitIO of it"
        ldr     r0, [r6, #12]
        CHECK   0, "CheckIO is open to all"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "the request ends well"

        @ ---- trace G
        mov     r0, r4
        ldr     r1, =command
        swi     SendIO
        CHECK   1, "command 200: SendIO"
        FIELD   r4, io_Error
        CHECK   BADCOMMAND, "command 200: io_Error"
        mov     r0, #SIGF_IODONE
        swi     WaitSignal
        CHECK   SIGF_IODONE, "command 200: the owner was told"
        mov     r0, r4
        ldr     r1, =command
        swi     DoIO
        CHECK   BADCOMMAND, "command 200: DoIO"

        @ ---- not a request at all
        mov     r0, #0
        ldr     r1, =delay
        swi     SendIO
        CHECK   BADITEM, "SendIO of item 0"
        FIELD   r4, io_Dev
        ldr     r0, [r0, #n_Item]
        ldr     r1, =delay
        swi     SendIO
        CHECK   BADITEM, "SendIO of a device"

        @ ---- trace H and its relatives
        ldr     r1, =KernelBase         @ a buffer in a page of the kernel
        ldr     r1, [r1]
        ldr     r0, =foreign
        str     r1, [r0, #ioi_Recv]
        ldr     r7, =cases
1:      ldmia   r7!, {r0-r2}            @ IOInfo, code, name
        cmp     r2, #0
        blne    attempt
        ldr     r0, [r7, #8]
        cmp     r0, #0
        bne     1b
        PASS

@ attempt(r0 = IOInfo, r1 = code, r2 = name): one bad IOInfo, on a fresh request
attempt:
        stmfd   sp!, {r4-r8, lr}
        mov     r5, r0
        mov     r6, r1
        mov     r8, r2
        bl      CreateTimerIOReq
        mov     r4, r0
        mov     r0, r4
        mov     r1, r5
        swi     SendIO
        mov     r7, r0
        PENDING #SIGF_IODONE
        stmfd   sp!, {r0}
        FIELD   r4, io_Flags
        stmfd   sp!, {r0}
        FIELD   r4, io_Error
        mov     r3, r0
        mov     r1, r8
        mov     r2, r7
        PRINT   "%-13s SendIO %08x  io_Error %08x  io_Flags %x  signal %x"
        add     sp, sp, #8

        cmp     r7, #1
        bne     1f
        FIELD   r4, io_Error            @ as published: in io_Error
        CHECK_REG r6, "the request carries the code"
        FIELD   r4, io_Flags
        CHECK   IO_DONE, "it completed"
        mov     r0, #SIGF_IODONE
        swi     WaitSignal
        CHECK   SIGF_IODONE, "and told its owner"
        b       2f
1:      mov     r0, r7                  @ as shipped: returned, nothing started
        CHECK_REG r6, "SendIO returns the code"
        FIELD   r4, io_Error
        CHECK   0, "the request has no error"
        FIELD   r4, io_Flags
        CHECK   IO_DONE | IO_QUICK, "it was not touched"
2:      mov     r0, r4                  @ DoIO gives the same number either way
        mov     r1, r5
        swi     DoIO
        CHECK_REG r6, "DoIO returns the code"
        mov     r0, r4
        swi     DeleteItem
        ldmfd   sp!, {r4-r8, pc}

@ another task at the main program's request
stranger:
        stmfd   sp!, {r4, r5, lr}
        ldr     r4, =request
        ldr     r4, [r4]
        ldr     r5, =results
        mov     r0, r4
        ldr     r1, =delay
        swi     SendIO
        str     r0, [r5, #0]
        mov     r0, r4
        swi     AbortIO
        str     r0, [r5, #4]
        mov     r0, r4
        swi     WaitIO
        str     r0, [r5, #8]
        mov     r0, r4
        bl      CheckIO
        str     r0, [r5, #12]
        mov     r0, #0
        ldmfd   sp!, {r4, r5, pc}

        .data
delay:    IOINFO TIMERCMD_DELAY, TIMER_UNIT_VBLANK, offset=2
command:  IOINFO 200, TIMER_UNIT_VBLANK
unit:     IOINFO CMD_READ, 9, recv=buffer, recvlen=8
flags:    IOINFO CMD_READ, TIMER_UNIT_USEC, flags=1, recv=buffer, recvlen=8
flags2:   .byte  CMD_READ, 0, TIMER_UNIT_USEC, 1
          .word  0, 0, 0, 0, 0, buffer, 8
negative: IOINFO CMD_READ, TIMER_UNIT_USEC, recv=buffer, recvlen=-8
foreign:  IOINFO CMD_READ, TIMER_UNIT_USEC, recvlen=8
outside:  IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, send=0x2FFFFC, sendlen=8
        .macro  CASE info, code, name
        .pushsection .rodata
.Lcase\@: .asciz "\name"
        .popsection
        .word   \info, \code, .Lcase\@
        .endm
cases:  CASE    unit, BADUNIT, "unit 9"
        CASE    flags, BADIOARG, "flags 1"
        CASE    flags2, BADIOARG, "flags2 1"
        CASE    negative, BADPTR, "length -8"
        CASE    foreign, BADPTR, "kernel page"
        CASE    outside, BADPTR, "end of memory"
        CASE    0x7FFFFF00, BADPTR, "no IOInfo"
        .word   0, 0, 0
        .bss
        .align  2
request: .space 4
results: .space 16
buffer: .space  8
