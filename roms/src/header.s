@ header - what the 3DO header asks for.
@
@ Stack size, quantum and priority of the header reach the task.
@ aif: stack=0x1800 quantum=5000 priority=120
        .include "runtime.inc"

main:   stmfd   sp!, {r4, lr}
        CURRENT_TASK r4
        ldrb    r0, [r4, #n_Priority]
        CHECK   120, "priority"
        ldr     r0, [r4, #t_MaxUSecs]
        CHECK   5000, "quantum"
        ldr     r0, [r4, #t_StackSize]
        CHECK   0x1800, "stack size"
        ldr     r0, [r4, #t_ThreadTask]
        CHECK   0, "a program is nobody's thread"
        ldr     r0, [r4, #t_AllocatedSigs]
        CHECK   0xFF, "it starts with the system signals"
        PASS
