@ semaphores - locks between threads.
@
@ Nesting, FIFO hand-over even to a lower priority (check 39), errors, deletion
@ under a waiter.
        .include "runtime.inc"

main:   stmfd   sp!, {r4-r8, lr}
        TEXT    r0, "lock"
        mov     r1, #0
        bl      CreateSemaphore
        NEW_ITEM r4, "semaphore created"
        ldr     r0, =lock
        str     r4, [r0]
        FIELD   r4, sem_Owner
        CHECK   -1, "nobody owns it"

        mov     r0, r4
        mov     r1, #SEM_WAIT
        swi     LockItem
        CHECK   1, "locked"
        mov     r0, r4
        mov     r1, #0
        swi     LockItem
        CHECK   1, "locked again by the owner"
        FIELD   r4, sem_NestCnt
        CHECK   2, "nest count"
        FIELD   r4, sem_bit
        CHECK   1, "sem_bit"
        MY_ITEM
        mov     r5, r0
        FIELD   r4, sem_Owner
        CHECK_REG r5, "sem_Owner"

        @ ---- two waiters, the lower priority first
        TEXT    r0, "waiter A"
        mov     r1, #110
        ldr     r2, =waiter_a
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r6, "waiter A created, priority 110"
        TEXT    r0, "waiter B"
        mov     r1, #120
        ldr     r2, =waiter_b
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r7, "waiter B created, priority 120"
        ldr     r0, =tried
        ldr     r0, [r0]
        CHECK   0, "without SEM_WAIT both were told it is busy"
        mov     r0, r4
        swi     UnlockItem
        CHECK   0, "unlocked once"
        ldr     r0, =count
        ldr     r0, [r0]
        CHECK   0, "still locked: nobody got it"
        mov     r0, r4
        swi     UnlockItem
        CHECK   0, "unlocked for good"
        ldr     r0, =count
        ldr     r0, [r0]
        CHECK   2, "both got it, one after the other"
        ldr     r0, =order
        ldrb    r0, [r0]
        CHECK   'A', "the one that waited longest had it first"
        FIELD   r4, sem_Owner
        CHECK   -1, "free again"
        FIELD   r4, sem_bit
        CHECK   0, "sem_bit clear"

        @ ---- errors
        mov     r0, r4
        swi     UnlockItem
        CHECK   NOTOWNER, "UnlockItem of a free semaphore"
        mov     r0, r4
        mov     r1, #2
        swi     LockItem
        CHECK   ER_Kr_BadLockArg, "unknown flag"
        mov     r0, #0
        mov     r1, #0
        swi     LockItem
        CHECK   BADITEM, "no semaphore"

        @ ---- deleted under a waiter
        mov     r0, r4
        mov     r1, #0
        swi     LockItem
        CHECK   1, "locked"
        TEXT    r0, "waiter C"
        mov     r1, #110
        ldr     r2, =waiter_c
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r6, "waiter C created"
        mov     r0, r4
        swi     DeleteItem
        CHECK   0, "semaphore deleted"
        ldr     r0, =last
        ldr     r0, [r0]
        CHECK   BADITEM, "its waiter was woken with an error"
        PASS

@ A waiter tries without waiting, then waits, notes its letter and unlocks.
waiter_a:
        mov     r0, #'A'
        b       waiter
waiter_b:
        mov     r0, #'B'
waiter: stmfd   sp!, {r4, r5, lr}
        mov     r4, r0
        ldr     r5, =lock
        ldr     r5, [r5]
        mov     r0, r5
        mov     r1, #0
        swi     LockItem
        ldr     r1, =tried              @ any answer but 0 shows
        ldr     r2, [r1]
        orr     r2, r2, r0
        str     r2, [r1]
        mov     r0, r5
        mov     r1, #SEM_WAIT
        swi     LockItem
        ldr     r0, =count
        ldr     r1, [r0]
        ldr     r2, =order
        strb    r4, [r2, r1]
        add     r1, r1, #1
        str     r1, [r0]
        mov     r0, r5
        swi     UnlockItem
        mov     r0, #0
        ldmfd   sp!, {r4, r5, pc}

waiter_c:
        stmfd   sp!, {lr}
        ldr     r0, =lock
        ldr     r0, [r0]
        mov     r1, #SEM_WAIT
        swi     LockItem
        ldr     r1, =last
        str     r0, [r1]
        mov     r0, #0
        ldmfd   sp!, {pc}

        .bss
        .align  2
lock:   .space  4
tried:  .space  4
count:  .space  4
order:  .space  4
last:   .space  4
