@ bug_reused_request - an IOReq sent again because it "must have ended by now".
        .include "bug.inc"

main:   TIMER   r4
        TIMER   r5
        SEND    r4, short
        SLEEP   r5, long                @ "the short one has ended by then"
        SEND    r4, short
        MUST    0, 1
        WAIT    r4
        MUST    0, 2
        DONE

        .data
        DELAY   short, 1500
        DELAY   long, 2500
