@ bug_overrun - two buffers and a consumer that is expected to keep up.
@
@ Every four milliseconds one buffer is handed over and the other filled. The consumer
@ needs three for each; nobody asks whether it has finished.
        .include "bug.inc"

        .equ    TURNS, 12

main:   THREAD  r6, "consumer", 110, consumer
        ldr     r0, =signal
        ldr     r7, [r0]
        TIMER   r4
        mov     r5, #0
1:      ldr     r1, =current
        str     r5, [r1]
        mov     r0, r6
        mov     r1, r7
        swi     SendSignal
        add     r5, r5, #1
        and     r1, r5, #1
        ldr     r0, =buffers            @ "that one has been played"
        str     r5, [r0, r1, lsl #2]
        SLEEP   r4, pace
        cmp     r5, #TURNS
        blo     1b
        ldr     r0, =spoiled
        ldr     r0, [r0]
        MUST    0, 1
        DONE

consumer:
        stmfd   sp!, {r4, r5, lr}
        TIMER   r4
        mov     r0, #0
        swi     AllocSignal
        ldr     r1, =signal
        str     r0, [r1]
        mov     r5, r0
1:      mov     r0, r5
        swi     WaitSignal
        ldr     r0, =current
        ldr     r0, [r0]
        str     r0, [sp, #-4]!
        SLEEP   r4, play
        ldr     r0, [sp], #4
        and     r1, r0, #1
        ldr     r2, =buffers
        ldr     r1, [r2, r1, lsl #2]
        cmp     r0, r1
        ldrne   r2, =spoiled
        strne   r0, [r2]
        b       1b
        .ltorg

        .data
        DELAY   pace, 4000
        DELAY   play, 3000
        .bss
        .align  2
signal: .space  4
current: .space 4
buffers: .space 8
spoiled: .space 4
