@ bench_swiloop - system-call heavy: one SWI about every ten guest instructions,
@ as a guest polling I/O does.
        .include "bench.inc"
        .text
        .global _start
_start: ldr     sp, =stack_top
        ldr     r11, =ITER
        mov     r0, #0
        mov     r1, #3
        ldr     r4, =status
1:      SERVICE
        ldr     r2, [r4]
        add     r2, r2, #1
        str     r2, [r4]
        tst     r2, #0x3F
        eoreq   r0, r0, r2, ror #5
        bne     2f
        add     r1, r1, #2
2:      subs    r11, r11, #1
        bne     1b
        FINISH
        .ltorg
        .bss
        .align  4
status: .space  16
        .space  1024
stack_top: .space 16
