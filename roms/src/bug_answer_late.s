@ bug_answer_late - a message sent again when its answer is late.
@
@ After the time-out the message is still the server's: sending it again is refused.
        .include "bug.inc"

main:   TEXT    r0, "answers"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r4, r0
        TEXT    r0, "question"
        mov     r1, #0
        mov     r2, r4
        bl      CreateMsg
        mov     r5, r0
        THREAD  r6, "server", 110, server
        TIMER   r6
        bl      ask
        MUST    0, 1
        SEND    r6, long
        FIELD   r4, mp_Signal
        orr     r0, r0, #SIGF_IODONE
        swi     WaitSignal
        tst     r0, #SIGF_IODONE        @ the time is over: once more
        beq     1f
        bl      ask
        MUST    0, 2
1:      mov     r0, r4
        mov     r1, r5
        swi     WaitPort
        mov     r0, r6
        swi     AbortIO
        WAIT    r6
        DONE

@ ask(): sends the question; r0 := result
ask:    ldr     r0, =inbox
        ldr     r0, [r0]
        mov     r1, r5
        mov     r2, #0
        mov     r3, #0
        swi     SendMsg
        mov     pc, lr

server: stmfd   sp!, {r4, r5, lr}
        TEXT    r0, "inbox"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r4, r0
        ldr     r1, =inbox
        str     r0, [r1]
        TIMER   r5
        mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        mov     r4, r0
        SLEEP   r5, short
        mov     r0, r4
        mov     r1, #0
        mov     r2, #0
        mov     r3, #0
        swi     ReplyMsg
        mov     r0, #0
        ldmfd   sp!, {r4, r5, pc}
        .ltorg

        .data
        DELAY   short, 2000
        DELAY   long, 3000
        .bss
        .align  2
inbox:  .space  4
