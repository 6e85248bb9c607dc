@ reloc.s - the two pieces of code that a program file carries for itself.
@ xtask copies the two sections into every image; neither is linked.

@ ---------------------------------------------------------------- .selfreloc
@ Appended after the initialised data, followed at once by the list of byte
@ offsets of the words to correct, which ends with -1. Word 4 of the image is a
@ BL to it, so lr = image + 8. Keeps r4-r8, r10, r13: the task's arguments are in
@ r5-r7. Runs once: it turns its own call into a NOP.
        .equ    AIF_SELFRELOC,  0x04
        .equ    AIF_RO_SIZE,    0x14
        .equ    AIF_RW_SIZE,    0x18
        .equ    AIF_ZI_SIZE,    0x20
        .equ    AIF_BASE,       0x28
        .equ    AIF_WORKSPACE,  0x2C

        .section .selfreloc, "ax"
        sub     r9, lr, #8              @ where the image lies
        ldr     r0, [r9, #AIF_WORKSPACE]
        cmp     r0, #0
        beq     correct
        @ The linker's convention: ask for the top of memory, and move the image
        @ up below it. The answer 0 makes the distance negative: stay here.
        swi     0x10                    @ GetEnv
        ldr     r0, [r9, #AIF_RO_SIZE]
        ldr     r2, [r9, #AIF_RW_SIZE]
        ldr     r3, [r9, #AIF_ZI_SIZE]
        add     r0, r0, r2
        add     r0, r0, r3
        add     r0, r0, r9              @ end of the image
        subs    r1, r1, r0
        swigt   0x11                    @ a system that wants it moved cannot run it
correct:
        ldr     r0, [r9, #AIF_BASE]
        sub     r0, r9, r0              @ what to add
        adr     r1, list
1:      ldr     r2, [r1], #4
        cmn     r2, #1
        beq     2f
        ldr     r3, [r9, r2]
        add     r3, r3, r0
        str     r3, [r9, r2]
        b       1b
2:      str     r9, [r9, #AIF_BASE]
        ldr     r3, nop
        str     r3, [r9, #AIF_SELFRELOC]
        mov     pc, lr
nop:    .word   0xE1A00000
list:

@ ----------------------------------------------------------------- .zeroinit
@ At 0x44 in the header, entered through the debug word at 0x40 with
@ lr = image + 0xC. At most 15 words.
        .section .zeroinit, "ax"
        sub     r0, lr, #0xC
        ldr     r1, [r0, #AIF_RO_SIZE]
        ldr     r2, [r0, #AIF_RW_SIZE]
        ldr     r3, [r0, #AIF_ZI_SIZE]
        add     r0, r0, r1
        add     r0, r0, r2
        mov     r2, #0
1:      cmp     r3, #0
        movle   pc, lr
        str     r2, [r0], #4
        sub     r3, r3, #4
        b       1b
