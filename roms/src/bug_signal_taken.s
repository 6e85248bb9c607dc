@ bug_signal_taken - a signal consumed for another request.
@
@ Every request of a task ends with the same SIGF_IODONE. DoIO takes that signal while
@ it waits for its own request; here the other one is expected to come later.
        .include "bug.inc"

main:   TIMER   r4
        TIMER   r5
        SEND    r4, long
        SLEEP   r5, short               @ "ends before the long one"
        mov     r0, #SIGF_IODONE        @ without looking whether that is over
        swi     WaitSignal
        WAIT    r4
        MUST    0, 1
        DONE

        .data
        DELAY   long, 3000
        DELAY   short, 2000
