@ abi - what a system call may and may not change.
@
@ SWI 0 takes the number from r12 (check 1), GetEnv answers 0 in r1 and nothing else
@ (2), Debug without a debugger changes nothing (5), r4-r11, sp and the flags
@ survive a SWI, a SWI whose condition fails is not executed.
        .include "runtime.inc"

main:   stmfd   sp!, {r4-r11, lr}
        @ ---- check 2
        mov     r0, #10
        mov     r1, #11
        mov     r2, #12
        mov     r3, #13
        mov     r12, #14
        swi     GetEnv
        ldr     r4, =saved
        stmia   r4, {r0-r3, r12}
        ldr     r0, [r4, #4]
        CHECK   0, "GetEnv: r1 is 0"
        ldr     r0, [r4, #0]
        CHECK   10, "GetEnv: r0 unchanged"
        ldr     r0, [r4, #8]
        CHECK   12, "GetEnv: r2 unchanged"
        ldr     r0, [r4, #12]
        CHECK   13, "GetEnv: r3 unchanged"
        ldr     r0, [r4, #16]
        CHECK   14, "GetEnv: r12 unchanged"

        @ ---- check 5
        mov     r0, #10
        mov     r1, #11
        swi     Debug
        stmia   r4, {r0, r1}
        ldr     r0, [r4]
        CHECK   10, "Debug: r0 unchanged"
        ldr     r0, [r4, #4]
        CHECK   11, "Debug: r1 unchanged"

        @ ---- check 1: two ways to say the same
        ldr     r12, =AllocSignal
        mov     r0, #0
        swi     0
        NEW_ITEM r5, "SWI 0 with r12 = AllocSignal"
        mov     r0, r5
        swi     FreeSignal
        CHECK   0, "it was a signal"
        ldr     r12, =Yield
        swi     0
        CHECK_IF al, "SWI 0 with r12 = Yield comes back"

        @ ---- registers and flags across a call that works hard
        mov     r4, #4
        mov     r5, #5
        mov     r6, #6
        mov     r7, #7
        mov     r8, #8
        mov     r9, #9
        mov     r11, #11
        mov     r0, #-1
        adds    r0, r0, r0              @ N and C set, Z and V clear
        mov     r0, #0
        swi     AllocSignal
        mrs     r1, cpsr
        ldr     r12, =saved
        stmia   r12, {r0, r1, r4-r9, r11}
        mov     r4, r12
        ldr     r0, [r4, #0]
        swi     FreeSignal
        ldr     r0, [r4, #4]
        mov     r0, r0, lsr #28
        CHECK   0xA, "flags survive"
        ldr     r0, [r4, #4]
        and     r0, r0, #0x1F
        CHECK   0x10, "and show User mode"
        add     r5, r4, #8
        mov     r6, #0
        mov     r7, #1
1:      ldr     r0, [r5], #4            @ r4..r9 as one bit each, then r11
        add     r1, r7, #3
        cmp     r7, #7
        moveq   r1, #11
        cmp     r0, r1
        addne   r6, r6, #1
        add     r7, r7, #1
        cmp     r7, #8
        blt     1b
        mov     r0, r6
        CHECK   0, "r4-r9 and r11 survive"

        @ ---- a condition that fails
        mov     r0, #0
        cmp     r0, #1
        swieq   Exit
        CHECK_IF ne, "SWIEQ is not executed on NE"

        @ ---- vectors preserve r4-r11 too
        mov     r4, #0x44
        mov     r11, #0x11
        mov     r9, #0x99
        ldr     r0, =saved
        mov     r1, #0
        mov     r2, #32
        VECTOR  KBV_memset
        stmfd   sp!, {r4, r9, r11}
        ldmfd   sp!, {r1-r3}
        add     r0, r1, r2
        add     r0, r0, r3
        CHECK   0x44 + 0x99 + 0x11, "a vector keeps r4, r9, r11"
        PASS

        .bss
        .align  2
saved:  .space  64
