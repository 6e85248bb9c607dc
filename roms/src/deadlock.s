@ deadlock - waits for a signal that nobody can send.
@
@ No task can run, no event can ever wake one: the machine must say that it is
@ stuck instead of running for ever.
        .include "runtime.inc"

main:   stmfd   sp!, {lr}
        mov     r0, #0
        swi     AllocSignal
        mov     r1, r0
        PRINT   "deadlock: waiting for signal %x"
        mov     r0, #0x100
        swi     WaitSignal
        PRINT   "deadlock: woken"
        mov     r0, #1
        ldmfd   sp!, {pc}
