@ faults - a thread that goes wrong is killed, the program goes on.
@
@ One thread each: a store to memory it does not own, a load from a hardware
@ register, an undefined instruction, a jump out of memory, an unknown kernel call
@ (check 3), an unknown folio (check 4). Each ends with an exit message; for the
@ processor's own faults the status is ABORTED.
        .include "runtime.inc"

        .equ    CLIO, 0x03400000
        .equ    UNDEFINED, 0xE6000010   @ never defined on this processor

main:   stmfd   sp!, {r4-r9, lr}
        TEXT    r0, "obituaries"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r4, "port for exit messages"
        ldr     r0, =exit_port
        str     r4, [r0, #4]

        ldr     r5, =victims
1:      ldmia   r5!, {r6, r7, r8}       @ name, code, expected status
        cmp     r6, #0
        beq     2f
        mov     r0, r6
        mov     r1, #150
        mov     r2, r7
        mov     r3, #0x400
        ldr     r12, =exit_port
        bl      CreateThreadWith
        mov     r9, r0
        mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        bl      LookupItem
        ldr     r1, [r0, #msg_DataPtr]
        ldr     r2, [r0, #msg_Result]
        cmp     r8, #0                  @ 0: the sheet names no status
        movne   r3, r2
        moveq   r3, #0
        stmfd   sp!, {r1, r3}
        mov     r1, r6
        PRINT   "%s: ended, status %08x"
        ldmfd   sp!, {r0, r3}
        mov     r7, r3
        CHECK_REG r9, "the message is about this thread"
        mov     r0, r7
        CHECK_REG r8, "and has the right status"
        mov     r0, r9
        bl      LookupItem
        CHECK   0, "the thread is gone"
        b       1b
2:      ldr     r0, =survived
        ldr     r0, [r0]
        CHECK   0, "none of them got past its mistake"
        PASS

store:  ldr     r0, [r7, #0]            @ r7 = KernelBase: reading is allowed
        str     r0, [r7, #0]
        b       shame
register:
        mov     r0, #CLIO
        ldr     r0, [r0]
        b       shame
nonsense:
        .word   UNDEFINED
        b       shame
jump:   mov     pc, #CLIO
        b       shame
call:   swi     0x1002B
        b       shame
folio:  swi     0x60000
shame:  ldr     r1, =survived
        mov     r0, #1
        str     r0, [r1]
        mov     r0, #0
        mov     pc, lr

        .macro  VICTIM code, status, name
        .pushsection .rodata
.Lvictim\@: .asciz "\name"
        .popsection
        .word   .Lvictim\@, \code, \status
        .endm
        .data
        .align  2
victims:
        VICTIM  store, ABORTED, "store to a page of the kernel"
        VICTIM  register, ABORTED, "load from a hardware register"
        VICTIM  nonsense, ABORTED, "undefined instruction"
        VICTIM  jump, ABORTED, "jump out of memory"
        VICTIM  call, 0, "kernel call 43"
        VICTIM  folio, 0, "folio 6"
        .word   0, 0, 0
exit_port:
        .word   CREATETASK_TAG_MSGFROMCHILD, 0
        .word   TAG_END, 0
        .bss
        .align  2
survived: .space 4
