@ bench_memscan - memory traffic: block copy with LDM/STM, word copy, byte copy,
@ word scan for a marker, rotating word checksum.  64 KiB per buffer.
        .include "bench.inc"
        .text
        .global _start
_start: ldr     sp, =stack_top
        ldr     r11, =ITER
        mov     r10, #0
        @ fill source with a pattern
        ldr     r0, =src
        mov     r1, #0x10000
        ldr     r2, =0x9E3779B9
        mov     r3, #1
1:      add     r3, r3, r2
        eor     r3, r3, r3, ror #9
        orr     r4, r3, #1              @ the marker (even) never occurs in the fill
        str     r4, [r0], #4
        subs    r1, r1, #4
        bne     1b

main_loop:
        @ ---- block copy, 32 bytes a turn
        ldr     r0, =dst
        ldr     r1, =src
        mov     r2, #0x10000
2:      ldmia   r1!, {r3-r9, r12}
        stmia   r0!, {r3-r9, r12}
        subs    r2, r2, #32
        bne     2b

        @ ---- word scan for the marker placed at the end
        ldr     r0, =dst
        ldr     r1, =dst_end-4
        ldr     r2, =0x4D41524A
        and     r3, r11, #0xFF
        bic     r2, r2, #1
        str     r2, [r1]
3:      ldr     r3, [r0], #4
        cmp     r3, r2
        bne     3b
        sub     r0, r0, r1
        add     r10, r10, r0

        @ ---- checksum, 4 words a turn
        ldr     r0, =dst
        mov     r1, #0x10000
4:      ldr     r2, [r0], #4
        ldr     r3, [r0], #4
        add     r10, r2, r10, ror #31
        ldr     r4, [r0], #4
        add     r10, r3, r10, ror #31
        ldr     r5, [r0], #4
        add     r10, r4, r10, ror #31
        add     r10, r5, r10, ror #31
        subs    r1, r1, #16
        bne     4b

        @ ---- byte copy of 4 KiB, backwards, and byte sum
        ldr     r0, =dst+4096
        ldr     r1, =src+8192
        mov     r2, #4096
        mov     r4, #0
5:      ldrb    r3, [r1, #-1]!
        strb    r3, [r0, #-1]!
        add     r4, r4, r3
        subs    r2, r2, #1
        bne     5b
        eor     r10, r10, r4, lsl #3

        subs    r11, r11, #1
        bne     main_loop
        mov     r0, r10
        FINISH
        .ltorg
        .bss
        .align  6
src:    .space  0x10000
dst:    .space  0x10000
dst_end:
        .space  4096
stack_top: .space 16
