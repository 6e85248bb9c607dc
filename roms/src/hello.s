@ hello - start-up and the way out.
@
@ Prints its arguments with the print core (vector 21) and returns from main. The
@ exit status is the number of arguments that follow the program's name, so a
@ plain run ends with 0. Sheet checks 6, 7, 8, 9 and 44.
        .include "runtime.inc"

main:   stmfd   sp!, {r4-r7, lr}
        mov     r4, r0                  @ argc
        mov     r5, r1                  @ argv
        mov     r1, r4
        PRINT   "hello: argc %d"
        mov     r6, #0
1:      cmp     r6, r4
        bge     2f
        mov     r1, r6
        ldr     r2, [r5, r6, lsl #2]
        PRINT   "hello: argv[%d] = '%s'"
        add     r6, r6, #1
        b       1b
2:      ldr     r0, [r5, r4, lsl #2]    @ argv ends with a null pointer
        CHECK   0, "argv[argc] is null"

        ldr     r6, =KernelBase         @ check 8: item 1 is the kernel folio
        ldr     r6, [r6]
        mov     r0, #NST_KERNEL
        bl      LookupItem
        CHECK_REG r6, "LookupItem(1) is KernelBase"
        ldrb    r0, [r6, #n_Version]    @ check 9
        CHECK   24, "kernel version"
        ldrb    r0, [r6, #n_Revision]
        CHECK   225, "kernel revision"
        ldr     r0, [r6, #n_Item]
        CHECK   1, "kernel item number"

        mov     r1, #42                 @ check 44
        TEXT    r2, "ab"
        mov     r3, #0xBE00
        orr     r3, r3, #0xEF
        PRINT   "%5d|%-4s|%x"

        mvn     r2, #6                  @ -7, and more values than registers
        mov     r3, #0xFF
        mov     r1, #'!'
        mov     r0, #5
        stmfd   sp!, {r0}
        PRINT   "%c %d %#x %05d %%"
        add     sp, sp, #4

        sub     r0, r4, #1
        ldmfd   sp!, {r4-r7, pc}        @ returning from main is exit(r0)
