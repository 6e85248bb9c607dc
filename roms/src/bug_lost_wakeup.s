@ bug_lost_wakeup - a signal that is sent before anybody can have it.
@
@ The thread signals whatever mask stands in memory; the main task allocates its
@ signal after a delay that is shorter than the thread's.
        .include "bug.inc"

main:   MY_ITEM
        ldr     r1, =waiter
        str     r0, [r1]
        THREAD  r6, "waker", 110, waker
        TIMER   r4
        SLEEP   r4, short
        mov     r0, #0
        swi     AllocSignal
        ldr     r1, =mask
        str     r0, [r1]
        swi     WaitSignal
        DONE

waker:  stmfd   sp!, {r4, lr}
        TIMER   r4
        SLEEP   r4, long
        ldr     r0, =waiter
        ldr     r0, [r0]
        ldr     r1, =mask               @ "is there by now"
        ldr     r1, [r1]
        swi     SendSignal
        mov     r0, #0
        ldmfd   sp!, {r4, pc}
        .ltorg

        .data
        DELAY   long, 4000
        DELAY   short, 2000
        .bss
        .align  2
waiter: .space  4
mask:   .space  4
