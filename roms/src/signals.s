@ signals - allocation, sending, waiting.
@
@ 23 signals and no more (check 29), unallocated bits (30), system bits, waiting for
@ some of what is pending, a thread in WaitSignal(0) that is killed (31).
        .include "runtime.inc"

        .equ    SIGNALS, 23

main:   stmfd   sp!, {r4-r9, lr}
        @ ---- check 29
        mov     r4, #0x100              @ the next one expected
        mov     r5, #SIGNALS
        mov     r6, #0
1:      mov     r0, #0
        swi     AllocSignal
        cmp     r0, r4
        addne   r6, r6, #1
        mov     r4, r4, lsl #1
        subs    r5, r5, #1
        bne     1b
        mov     r0, r6
        CHECK   0, "23 signals, 0x100 to 0x40000000 in order"
        mov     r0, #0
        swi     AllocSignal
        CHECK   0, "the 24th is 0"
        CURRENT_TASK r4
        ldr     r0, [r4, #t_AllocatedSigs]
        CHECK   0x7FFFFFFF, "t_AllocatedSigs"
        mov     r0, #0x40000000
        swi     FreeSignal
        CHECK   0, "FreeSignal"
        ldr     r0, [r4, #t_AllocatedSigs]
        CHECK   0x3FFFFFFF, "one bit less"
        mov     r0, #0x40000000
        swi     FreeSignal
        CHECK   ILLEGALSIGNAL, "freed twice"
        mov     r0, #0x40000000
        swi     AllocSignal
        CHECK   0x40000000, "AllocSignal of a certain bit"
        mov     r0, #0x40000000
        swi     AllocSignal
        CHECK   0, "which is taken now"
        mov     r0, #SIGF_IODONE
        swi     AllocSignal
        CHECK   ILLEGALSIGNAL, "AllocSignal of a system bit"
        mov     r0, #0x80000000
        swi     AllocSignal
        CHECK   ILLEGALSIGNAL, "AllocSignal of the sign bit"

        @ ---- check 30
        mov     r0, #0x40000000
        swi     FreeSignal
        CHECK   0, "FreeSignal"
        mov     r0, #0
        mov     r1, #0x40000000
        orr     r1, r1, #0x100
        swi     SendSignal
        CHECK   ILLEGALSIGNAL, "SendSignal with an unallocated bit"
        ldr     r0, [r4, #t_SigBits]
        and     r0, r0, #0x100
        CHECK   0, "delivers none of its bits"
        mov     r0, #0
        mov     r1, #SIGF_IODONE
        swi     SendSignal
        CHECK   BADPRIV, "SendSignal of a system bit"
        mov     r0, #0
        mov     r1, #0x80000000
        swi     SendSignal
        CHECK   ILLEGALSIGNAL, "SendSignal of the sign bit"
        mov     r0, #NST_KERNEL
        mov     r1, #0x100
        swi     SendSignal
        CHECK   BADITEM, "SendSignal to something that is no task"
        mov     r0, #0x40000000
        swi     WaitSignal
        CHECK   ILLEGALSIGNAL, "WaitSignal of an unallocated bit"

        @ ---- pending and waiting
        mov     r0, #0
        mov     r1, #0x300
        swi     SendSignal
        CHECK   0, "two signals to myself"
        MY_ITEM
        mov     r1, #0x100
        swi     SendSignal
        CHECK   0, "one of them again, by item"
        mov     r0, #0x100
        swi     WaitSignal
        CHECK   0x100, "WaitSignal takes what it asks for"
        ldr     r0, [r4, #t_SigBits]
        CHECK   0x200, "and leaves the other; signals do not count"
        mov     r0, #0x600
        swi     WaitSignal
        CHECK   0x200, "one of several is enough"
        mov     r0, #0
        mov     r1, #0x100
        swi     SendSignal
        mov     r0, #0x100
        swi     FreeSignal
        CHECK   0, "FreeSignal of a pending signal"
        ldr     r0, [r4, #t_SigBits]
        CHECK   0, "clears it"
        LITERALS

        @ ---- a thread waits, this task wakes it
        TEXT    r0, "sleeper"
        mov     r1, #150
        ldr     r2, =sleeper
        mov     r3, #0x400
        bl      CreateThread
        NEW_ITEM r5, "sleeper created"
        mov     r0, r5
        bl      LookupItem
        mov     r6, r0
        ldr     r0, [r6, #t_WaitBits]
        and     r0, r0, #0x300
        CHECK   0x300, "it waits for two signals"
        mov     r0, r5
        mov     r1, #0x200
        swi     SendSignal
        CHECK   0, "it gets one"
        ldr     r0, =woken_by
        ldr     r0, [r0]
        CHECK   0x200, "and ran before SendSignal returned"

        @ ---- check 31: by now it is in WaitSignal(0)
        mov     r0, r5
        mov     r1, #0x100
        swi     SendSignal
        CHECK   0, "a signal it does not wait for"
        ldr     r0, [r6, #t_SigBits]
        CHECK   0x100, "stays pending"
        mov     r0, r5
        swi     DeleteItem
        CHECK   0, "killed in WaitSignal(0)"
        mov     r0, r5
        bl      LookupItem
        CHECK   0, "it is gone"
        PASS

sleeper:
        mov     r0, #0
        swi     AllocSignal             @ 0x100
        mov     r0, #0
        swi     AllocSignal             @ 0x200
        mov     r0, #0x300
        swi     WaitSignal
        ldr     r1, =woken_by
        str     r0, [r1]
1:      mov     r0, #0
        swi     WaitSignal
        b       1b

        .bss
        .align  2
woken_by: .space 4
