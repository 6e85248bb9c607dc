@ message_io - completion by message.
@
@ The small message of trace C and S12; a completion nobody collected (check 23);
@ DoIO leaves the port empty (check 26); a port that goes away (sheet 5.9).
        .include "runtime.inc"

main:   stmfd   sp!, {r4-r8, lr}
        TEXT    r0, "replies"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r5, "reply port created"
        FIELD   r5, mp_Signal
        mov     r6, r0                  @ the port's signal
        cmp     r6, #0x100
        CHECK_IF hs, "the kernel gave it a signal"
        mov     r0, r5
        bl      CreateTimerIOReqOn
        NEW_ITEM r4, "timer request created"
        FIELD   r4, io_MsgItem
        NEW_ITEM r7, "it has a message"

        @ ---- trace C
        mov     r0, r4
        ldr     r1, =delay
        swi     SendIO
        CHECK   0, "SendIO"
        mov     r0, r5
        swi     GetMsg
        CHECK   0, "the port is empty meanwhile"
        mov     r0, r6
        swi     WaitSignal
        CHECK_REG r6, "the port's signal arrives"
        FIELD   r4, io_Flags
        CHECK   IO_DONE, "io_Flags"
        mov     r0, r5
        swi     GetMsg
        CHECK_REG r7, "GetMsg gives the request's message"
        FIELD   r7, msg_Result
        CHECK   0, "msg_Result is io_Error"
        FIELD   r7, msg_DataPtr
        CHECK_REG r4, "msg_DataPtr is the request's item"
        FIELD   r7, msg_DataSize
        CHECK   0xCAFEBABE, "msg_DataSize is ioi_User"
        mov     r0, r4
        swi     WaitIO
        CHECK   0, "WaitIO after that returns at once"
        mov     r0, r5
        swi     GetMsg
        CHECK   0, "there was one message"

        @ ---- WaitPort takes it as well
        mov     r0, r4
        ldr     r1, =delay
        swi     SendIO
        CHECK   0, "SendIO again"
        mov     r0, r5
        mov     r1, #0
        swi     WaitPort
        CHECK_REG r7, "WaitPort gives the message"

        @ ---- check 23: the first completion stays on the port
        mov     r0, r4
        ldr     r1, =delay
        swi     SendIO
        CHECK   0, "SendIO, not collected"
        mov     r0, r6
        swi     WaitSignal
        CHECK_REG r6, "its signal"
        mov     r0, r4
        ldr     r1, =no_command
        swi     SendIO
        CHECK   1, "second SendIO on top of it"
        PENDING r6
        CHECK   0, "the second completion sends no signal"
        mov     r0, r4
        swi     WaitIO
        CHECK   BADCOMMAND, "WaitIO gives the newest io_Error"
        mov     r0, r5
        swi     GetMsg
        CHECK   0, "and took the only message"

        @ ---- check 26
        mov     r0, r4
        ldr     r1, =delay
        swi     DoIO
        CHECK   0, "deferred DoIO"
        mov     r0, r5
        swi     GetMsg
        CHECK   0, "DoIO leaves the port empty"
        LITERALS

        @ ---- quick is silent; finished at once but not quick is not
        mov     r0, r4
        ldr     r1, =read_quick
        swi     SendIO
        CHECK   1, "quick SendIO"
        mov     r0, r5
        swi     GetMsg
        CHECK   0, "sends no message"
        mov     r0, r4
        ldr     r1, =read_plain
        swi     SendIO
        CHECK   1, "plain SendIO, finished at once"
        mov     r0, r5
        swi     GetMsg
        CHECK_REG r7, "has sent its message before it returns"
        FIELD   r7, msg_DataSize
        CHECK   -5, "with this operation's ioi_User"

        @ ---- the port goes away under a request
        mov     r0, r4
        ldr     r1, =delay
        swi     SendIO
        CHECK   0, "SendIO"
        mov     r0, r5
        swi     DeleteItem
        CHECK   0, "port deleted"
        mov     r0, r4
        swi     WaitIO
        CHECK   ER_Kr_NoReplyPort, "WaitIO has nowhere to wait"
        PASS

        .data
delay:      IOINFO TIMERCMD_DELAY, TIMER_UNIT_VBLANK, offset=1, user=0xCAFEBABE
no_command: IOINFO 200, TIMER_UNIT_VBLANK
read_quick: IOINFO CMD_READ, TIMER_UNIT_VBLANK, flags=IO_QUICK, recv=count, recvlen=8
read_plain: IOINFO CMD_READ, TIMER_UNIT_VBLANK, user=-5, recv=count, recvlen=8
        .bss
        .align  2
count:  .space  8
