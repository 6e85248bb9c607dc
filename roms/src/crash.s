@ crash - the main program itself stores to a page it does not own.
@
@ The run ends as a guest fault; the line before it must not be lost, the one after
@ it must not appear.
        .include "runtime.inc"

main:   stmfd   sp!, {lr}
        PRINT   "crash: storing to address 0"
        mov     r0, #0
        str     r0, [r0]
        PRINT   "crash: still alive"
        mov     r0, #0
        ldmfd   sp!, {pc}
