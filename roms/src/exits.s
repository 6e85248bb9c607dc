@ exits - how threads end and who hears of it.
@
@ Exit message with its three fields (check 34), SIGF_DEADTASK without one, killing
@ (35), the arguments of a new thread, negative exit status.
        .include "runtime.inc"

        .equ    ARGUMENT, 0x1234

@ waits for the exit message; r5 := message structure
        .macro  OBITUARY
        mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        bl      LookupItem
        mov     r5, r0
        .endm

main:   stmfd   sp!, {r4-r8, lr}
        TEXT    r0, "obituaries"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r4, "port for exit messages"
        ldr     r0, =with_message
        str     r4, [r0, #4]

        @ ---- check 34: a thread function that returns
        TEXT    r0, "returning"
        mov     r1, #150
        ldr     r2, =returning
        mov     r3, #0x400
        ldr     r12, =with_message
        bl      CreateThreadWith
        NEW_ITEM r6, "thread created"
        OBITUARY
        ldr     r0, [r5, #msg_Result]
        CHECK   7, "msg_Result is what it returned"
        ldr     r0, [r5, #msg_DataPtr]
        CHECK_REG r6, "msg_DataPtr is its item"
        ldr     r0, [r5, #msg_DataSize]
        CHECK_REG r6, "msg_DataSize is its item: it ended by itself"
        PENDING #SIGF_DEADTASK
        CHECK   0, "no SIGF_DEADTASK besides"
        ldr     r0, =arguments
        ldr     r0, [r0, #0]
        CHECK   ARGUMENT, "it got ARGC in r0"
        ldr     r0, =arguments
        ldr     r0, [r0, #4]
        ldr     r5, =arguments
        CHECK_REG r5, "and ARGP in r1"

        @ ---- without a port
        TEXT    r0, "quiet"
        mov     r1, #150
        ldr     r2, =returning
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r6, "thread created without a port"
        mov     r0, #SIGF_DEADTASK
        swi     WaitSignal
        CHECK   SIGF_DEADTASK, "SIGF_DEADTASK"
        mov     r0, r4
        swi     GetMsg
        CHECK   0, "and no message"

        @ ---- exit(), from deep inside
        TEXT    r0, "exiting"
        mov     r1, #150
        ldr     r2, =exiting
        mov     r3, #0x400
        ldr     r12, =with_message
        bl      CreateThreadWith
        NEW_ITEM r6, "thread created"
        OBITUARY
        ldr     r0, [r5, #msg_Result]
        CHECK   11, "the status given to exit"

        @ ---- a negative status is refused and kept
        TEXT    r0, "negative"
        mov     r1, #150
        ldr     r2, =negative
        mov     r3, #0x400
        ldr     r12, =with_message
        bl      CreateThreadWith
        NEW_ITEM r6, "thread created"
        OBITUARY
        ldr     r0, =refused
        ldr     r0, [r0]
        CHECK   ER_Kr_BadExitStatus, "SetExitStatus(-5)"
        ldr     r0, [r5, #msg_Result]
        CHECK   -5, "SWI 0x11 leaves the status alone"

        @ ---- check 35
        TEXT    r0, "sleeping"
        mov     r1, #150
        ldr     r2, =sleeping
        mov     r3, #0x400
        ldr     r12, =with_message
        bl      CreateThreadWith
        NEW_ITEM r6, "thread created"
        mov     r0, r6
        swi     DeleteItem
        CHECK   0, "DeleteItem of the thread"
        mov     r0, r6
        bl      LookupItem
        CHECK   0, "when it returns the thread is gone"
        OBITUARY
        ldr     r0, [r5, #msg_Result]
        CHECK   KILLED, "its status is KILLED"
        ldr     r0, [r5, #msg_DataPtr]
        CHECK_REG r6, "msg_DataPtr is its item"
        MY_ITEM
        mov     r7, r0
        ldr     r0, [r5, #msg_DataSize]
        CHECK_REG r7, "msg_DataSize is the killer's item"
        mov     r0, r4
        swi     GetMsg
        CHECK   0, "there was one message each"
        PASS

returning:
        ldr     r2, =arguments
        cmp     r0, #0                  @ the quiet one gets none
        stmneia r2, {r0, r1}
        mov     r0, #7
        mov     pc, lr

exiting:
        stmfd   sp!, {r4-r6, lr}
        mov     r0, #11
        b       exit

negative:
        mov     r0, #-5
        swi     SetExitStatus
        ldr     r1, =refused
        str     r0, [r1]
        swi     Exit

sleeping:
        mov     r0, #0
        swi     WaitSignal
        b       sleeping

        .data
        .align  2
with_message:
        .word   CREATETASK_TAG_MSGFROMCHILD, 0
        .word   CREATETASK_TAG_ARGC, ARGUMENT
        .word   CREATETASK_TAG_ARGP, arguments
        .word   TAG_END, 0
        .bss
        .align  2
arguments: .space 8
refused: .space 4
