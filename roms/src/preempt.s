@ preempt - who runs when.
@
@ A thread of higher priority runs before CreateItem returns (check 32), one of
@ lower priority when everybody else waits, Yield between equals, and two busy
@ threads of equal priority alternate every quantum (check 33).
        .include "runtime.inc"

        .equ    LOG_SIZE, 64
@ a quantum of n us ends after (n / 16 - 1) ticks of 16 us
        .equ    QUANTUM, 14992
        .equ    SHORT_QUANTUM, 4976
        .equ    TOLERANCE, 48

main:   stmfd   sp!, {r4-r8, lr}
        bl      CreateTimerIOReq
        NEW_ITEM r4, "timer request created"

        @ ---- check 32
        TEXT    r0, "urgent"
        mov     r1, #150
        ldr     r2, =marker
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r5, "urgent thread created"
        ldr     r0, =mark
        ldr     r0, [r0]
        CHECK   1, "it ran before CreateItem returned"

        @ ---- lower priority: when this task waits
        TEXT    r0, "patient"
        mov     r1, #50
        ldr     r2, =marker
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r5, "patient thread created"
        ldr     r0, =mark
        ldr     r0, [r0]
        CHECK   1, "it has not run"
        swi     Yield
        ldr     r0, =mark
        ldr     r0, [r0]
        CHECK   1, "Yield does not let it run either"
        mov     r0, r4
        mov     r1, #1
        bl      WaitVBL
        CHECK   0, "this task waits"
        ldr     r0, =mark
        ldr     r0, [r0]
        CHECK   2, "meanwhile it ran"

        @ ---- equal priority: Yield
        CURRENT_TASK r0
        ldrb    r1, [r0, #n_Priority]
        TEXT    r0, "equal"
        ldr     r2, =marker
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r5, "equal thread created"
        swi     Yield
        ldr     r0, =mark
        ldr     r0, [r0]
        CHECK   3, "Yield lets it run"

        @ ---- check 33, with the default quantum and a short one
        mov     r12, #0
        bl      contest
        ldr     r5, =QUANTUM
        bl      judge
        CHECK   0, "every turn lasts 14992 us"
        mov     r0, r6
        cmp     r6, #6
        CHECK_IF hs, "several turns were seen"
        ldr     r12, =short_quantum
        bl      contest
        ldr     r5, =SHORT_QUANTUM
        bl      judge
        CHECK   0, "with MAXQ 5000 every turn lasts 4976 us"
        cmp     r6, #20
        CHECK_IF hs, "and there are more of them"
        PASS

@ contest(r12 = more tags or 0): two busy threads for 150 ms
contest:
        stmfd   sp!, {r4, r5, lr}
        mov     r5, r12
        ldr     r0, =turns
        mov     r1, #0
        str     r1, [r0]
        ldr     r0, =stop
        str     r1, [r0]
        ldr     r0, =whose
        str     r1, [r0]
        mov     r12, r5
        TEXT    r0, "runner 1"
        mov     r1, #50
        ldr     r2, =runner_1
        mov     r3, #0x400
        bl      CreateThreadWith
        mov     r12, r5
        TEXT    r0, "runner 2"
        mov     r1, #50
        ldr     r2, =runner_2
        mov     r3, #0x400
        bl      CreateThreadWith
        mov     r0, r4
        mov     r1, #0
        ldr     r2, =150000
        bl      WaitTime
        ldr     r0, =stop
        mov     r1, #1
        str     r1, [r0]
        mov     r0, r4                  @ time for both to see it
        mov     r1, #3
        bl      WaitVBL
        ldmfd   sp!, {r4, r5, pc}

@ judge(r5 = quantum): r0 = number of turns that were longer or shorter, r6 = turns
judge:  ldr     r1, =turns
        ldr     r6, [r1]
        ldr     r1, =log
        mov     r0, #0
        subs    r2, r6, #1              @ n times make n - 1 turns
        movle   r0, #99
        movle   pc, lr
1:      ldr     r3, [r1], #4
        ldr     r12, [r1]
        sub     r3, r12, r3
        subs    r3, r3, r5
        rsbmi   r3, r3, #0
        cmp     r3, #TOLERANCE
        addgt   r0, r0, #1
        subs    r2, r2, #1
        bne     1b
        mov     pc, lr

@ a runner notes the time whenever it finds that somebody else ran before it
runner_1:
        mov     r4, #1
        b       runner
runner_2:
        mov     r4, #2
runner: mov     r9, lr
        ldr     r5, =whose
        ldr     r6, =stop
        ldr     r7, =turns
        ldr     r8, =log
1:      ldr     r0, [r6]
        cmp     r0, #0
        movne   r0, #0
        movne   pc, r9
        ldr     r0, [r5]
        cmp     r0, r4
        beq     1b
        str     r4, [r5]
        bl      GetUSecs
        ldr     r1, [r7]
        cmp     r1, #LOG_SIZE
        strlt   r0, [r8, r1, lsl #2]
        addlt   r1, r1, #1
        str     r1, [r7]
        b       1b

marker: ldr     r0, =mark
        ldr     r1, [r0]
        add     r1, r1, #1
        str     r1, [r0]
        mov     r0, #0
        mov     pc, lr

        .data
        .align  2
short_quantum:
        .word   CREATETASK_TAG_MAXQ, 5000
        .word   TAG_END, 0
        .bss
        .align  2
mark:   .space  4
whose:  .space  4
stop:   .space  4
turns:  .space  4
log:    .space  4 * LOG_SIZE
