@ bug_turn - a task that expects to have the processor until it has finished.
@
@ The main task writes two words that belong together, with eight milliseconds of work
@ between; a thread of the same priority looks at both. A turn is as long as it is.
        .include "bug.inc"

        .equ    TURNS, 4
        .equ    WORK, 8000              @ microseconds

main:   THREAD  r6, "reader", 100, reader
        mov     r5, #0
1:      swi     Yield                   @ a new turn begins
        add     r5, r5, #1
        ldr     r1, =pair
        str     r5, [r1]
        bl      GetUSecs
        mov     r4, r0
2:      bl      GetUSecs
        sub     r0, r0, r4
        ldr     r1, =WORK
        cmp     r0, r1
        blo     2b
        ldr     r1, =pair
        str     r5, [r1, #4]
        cmp     r5, #TURNS
        blo     1b
        ldr     r0, =torn
        ldr     r0, [r0]
        MUST    0, 1
        DONE

reader: ldr     r2, =pair
        ldmia   r2, {r0, r1}
        cmp     r0, r1
        ldrne   r2, =torn
        strne   r0, [r2]
        b       reader
        .ltorg

        .bss
        .align  2
pair:   .space  8
torn:   .space  4
