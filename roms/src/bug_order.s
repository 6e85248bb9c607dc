@ bug_order - two requests are expected to end in the order of their lengths.
        .include "bug.inc"

main:   TEXT    r0, "replies"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r6, r0
        bl      CreateTimerIOReqOn
        mov     r4, r0
        mov     r0, r6
        bl      CreateTimerIOReqOn
        mov     r5, r0
        SEND    r4, short
        SEND    r5, long
        mov     r0, r6
        mov     r1, #0
        swi     WaitPort
        mov     r7, r0
        FIELD   r4, io_MsgItem
        cmp     r0, r7                  @ "the first message is the first request's"
        movne   r0, #1
        bne     exit
        mov     r0, r6
        mov     r1, #0
        swi     WaitPort
        DONE

        .data
        DELAY   short, 2000
        DELAY   long, 3000
