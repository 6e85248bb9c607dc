@ bug_lock_order - two semaphores locked in opposite orders.
@
@ As long as the main task has let both go when the thread comes, nobody notices.
        .include "bug.inc"

        .macro  LOCK name
        ldr     r0, =\name
        ldr     r0, [r0]
        mov     r1, #SEM_WAIT
        swi     LockItem
        .endm
        .macro  UNLOCK name
        ldr     r0, =\name
        ldr     r0, [r0]
        swi     UnlockItem
        .endm

main:   TEXT    r0, "left"
        mov     r1, #0
        bl      CreateSemaphore
        ldr     r1, =left
        str     r0, [r1]
        TEXT    r0, "right"
        mov     r1, #0
        bl      CreateSemaphore
        ldr     r1, =right
        str     r0, [r1]
        TIMER   r4
        THREAD  r6, "other", 110, other
        LOCK    left
        SLEEP   r4, short
        LOCK    right
        UNLOCK  right
        UNLOCK  left
        mov     r0, #SIGF_DEADTASK
        swi     WaitSignal
        DONE

other:  stmfd   sp!, {r4, lr}
        TIMER   r4
        SLEEP   r4, long
        LOCK    right
        SLEEP   r4, short
        LOCK    left
        UNLOCK  left
        UNLOCK  right
        mov     r0, #0
        ldmfd   sp!, {r4, pc}
        .ltorg

        .data
        DELAY   short, 1000
        DELAY   long, 2000
        .bss
        .align  2
left:   .space  4
right:  .space  4
