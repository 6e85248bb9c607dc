@ no_header - a program file without a 3DO header.
@
@ Word 0x2C has no header flag but an old stack size, bytes 0x80-0xFF are zero, the
@ entry is at 0x100 all the same. Stack, quantum and priority are the creator's.
@ aif: header=none workspace=0x400
        .include "runtime.inc"

main:   stmfd   sp!, {r4, lr}
        adr     r4, main
        ldr     r0, =main
        CHECK_REG r4, "a relocated address"
        CURRENT_TASK r4
        ldr     r0, [r4, #t_StackSize]
        cmp     r0, #0x400
        CHECK_IF hs, "a stack to work with"
        ldr     r0, [r4, #t_MaxUSecs]
        CHECK   15000, "the default quantum"
        PASS
