@ base80 - an image linked for address 0x80 instead of 0.
@
@ Ten of the real programs look like this: what the relocation code adds is the
@ load address minus word 0x28 of the header.
@ aif: base=0x80
        .include "runtime.inc"

main:   stmfd   sp!, {r4, lr}
        adr     r4, main                @ where this code really is
        ldr     r0, =main
        CHECK_REG r4, "a relocated address"
        ldr     r0, table
        adr     r4, behind
        CHECK_REG r4, "another one, in the code itself"
        ldr     r4, =_start
        sub     r4, r4, #0x100          @ the image starts with its headers
        ldr     r0, [r4, #0x28]
        CHECK_REG r4, "word 0x28 is the load address now"
        ldr     r0, [r4, #0x04]
        CHECK   0xE1A00000, "word 4 is a NOP now"
        PASS
table:  .word   behind
behind:
