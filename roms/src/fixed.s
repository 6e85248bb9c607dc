@ fixed - an image that cannot be relocated.
@
@ Word 4 of the header is a NOP and the image is linked for the address in word
@ 0x28: it runs there or not at all.
@ aif: base=0x100000 reloc=none
        .include "runtime.inc"

main:   stmfd   sp!, {r4, lr}
        adr     r0, main
        ldr     r4, =main
        CHECK_REG r4, "the code is where it was linked for"
        PASS
