@ bug_abort_race - a request that is aborted is expected to end so.
@
@ AbortIO only asks: the request may have ended just before, and WaitIO gives what it
@ came to.
        .include "bug.inc"

main:   TIMER   r4
        TIMER   r5
        SEND    r4, long
        SLEEP   r5, short
        mov     r0, r4
        swi     AbortIO
        WAIT    r4
        MUST    ABORTED, 1
        DONE

        .data
        DELAY   long, 3000
        DELAY   short, 2000
