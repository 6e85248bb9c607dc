@ stack - stack limits and overflow (vector 31).
@
@ r10 starts at the stack base + 128. Code compiled with stack checks compares sp
@ with it at every function entry and goes to vector 31 with the wanted sp in r12,
@ r0 and lr preserved. A thread uses its stack past the limit and gets more; one
@ that wants more than there is gets stopped.
        .include "runtime.inc"

        .equ    SPARE, 128              @ limit register - stack base
        .equ    STACK, 1024
        .equ    STATUS, 5               @ what the thread returns

main:   stmfd   sp!, {r4-r8, lr}
        CURRENT_TASK r4
        ldr     r5, [r4, #t_StackBase]
        add     r0, r5, #SPARE
        CHECK_REG r10, "r10 is the stack base + 128"
        cmp     sp, r10
        CHECK_IF hi, "sp is above the limit"
        and     r0, r5, #15
        CHECK   0, "the stack base is 16-byte aligned"
        ldr     r0, [r4, #t_StackSize]
        add     r0, r0, r5
        cmp     r0, sp
        CHECK_IF hs, "sp lies inside the stack"

        @ ---- vector 31 as the start-up object's helper would enter it
        mov     r6, r10
        mov     r0, #42
        mov     r12, sp
        ldr     r3, =KernelBase
        ldr     r3, [r3]
        mov     lr, pc
        ldr     pc, [r3, #KBV_StackOverflow]
        CHECK   42, "vector 31 keeps r0"
        cmp     r10, r6
        CHECK_IF ls, "and does not raise the limit"
        cmp     sp, r10
        CHECK_IF hi, "sp is above it"
        mov     r10, r6

        @ ---- a recursion that passes the limit
        TEXT    r0, "obituaries"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r4, "port for exit messages"
        ldr     r0, =with_message
        str     r4, [r0, #4]
        TEXT    r0, "deep"
        mov     r1, #150
        ldr     r2, =deep
        mov     r3, #STACK
        ldr     r12, =with_message
        bl      CreateThreadWith
        NEW_ITEM r6, "thread created"
        mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        FIELD   r0, msg_Result
        CHECK   STATUS, "it went past the limit and came back"
        ldr     r0, =overflows
        ldr     r0, [r0]
        CHECK   1, "and asked for more stack once"

        @ ---- one that wants far more than there is
        TEXT    r0, "too deep"
        mov     r1, #150
        ldr     r2, =too_deep
        mov     r3, #STACK
        ldr     r12, =with_message
        bl      CreateThreadWith
        NEW_ITEM r6, "thread created"
        mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        FIELD   r0, msg_DataPtr
        CHECK_REG r6, "it ended"
        ldr     r0, =got_away
        ldr     r0, [r0]
        CHECK   0, "without getting its stack"
        PASS

@ Goes down to half of the spare part and all the way back.
deep:   stmfd   sp!, {r4, lr}
        CURRENT_TASK r0
        ldr     r0, [r0, #t_StackBase]
        add     r0, r0, #SPARE / 2
        ldr     r1, =bottom
        str     r0, [r1]
        bl      descend
        mov     r0, #STATUS
        ldmfd   sp!, {r4, pc}

@ A function that needs 32 bytes, with the entry sequence of a checking compiler.
descend:
        stmfd   sp!, {r4-r9, r11, lr}
        cmp     sp, r10
        bllo    overflow
        ldr     r0, =bottom
        ldr     r0, [r0]
        cmp     sp, r0
        blhi    descend
        ldmfd   sp!, {r4-r9, r11, pc}

overflow:
        ldr     r1, =overflows
        ldr     r2, [r1]
        add     r2, r2, #1
        str     r2, [r1]
        mov     r12, sp
        ldr     r3, =KernelBase
        ldr     r3, [r3]
        ldr     pc, [r3, #KBV_StackOverflow]    @ returns to our caller

too_deep:
        sub     r12, sp, #0x100000      @ a frame of 1 MiB
        ldr     r3, =KernelBase
        ldr     r3, [r3]
        mov     lr, pc
        ldr     pc, [r3, #KBV_StackOverflow]
        ldr     r1, =got_away
        mov     r0, #1
        str     r0, [r1]
        swi     Exit

        .data
        .align  2
with_message:
        .word   CREATETASK_TAG_MSGFROMCHILD, 0
        .word   TAG_END, 0
        .bss
        .align  2
bottom:    .space 4
overflows: .space 4
got_away:  .space 4
