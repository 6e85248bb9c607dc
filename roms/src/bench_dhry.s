@ bench_dhry - integer mix in the spirit of 1980s synthetic benchmarks:
@ calls with stacked frames, byte-string copy and compare, record copy,
@ table-driven switch, indirect calls, array indexing, software division.
@ The work is original; it is NOT Dhrystone and its score is not a DMIPS figure.
        .include "bench.inc"
        .text
        .global _start
_start: ldr     sp, =stack_top
        ldr     r11, =ITER
        mov     r10, #0                 @ running checksum
        ldr     r9, =0x2545F491         @ pseudo-random state

main_loop:
        @ ---- new random number: 32-bit xorshift
        eor     r9, r9, r9, lsl #13
        eor     r9, r9, r9, lsr #17
        eor     r9, r9, r9, lsl #5

        @ ---- string copy then compare
        ldr     r0, =str_dst
        ldr     r1, =str_a
        bl      str_copy
        ldr     r0, =str_dst
        ldr     r1, =str_b
        bl      str_cmp
        add     r10, r10, r0

        @ ---- record copy and pointer chase
        ldr     r0, =rec_b
        ldr     r1, =rec_a
        and     r2, r9, #0xFF
        bl      rec_work
        eor     r10, r10, r0, ror #7

        @ ---- table switch on three random bits
        and     r0, r9, #7
        bl      switch8
        add     r10, r10, r0

        @ ---- 2-D array update
        mov     r0, r9, lsr #27         @ row 0..31
        and     r1, r9, #31             @ column 0..31
        bl      array_work
        add     r10, r10, r0

        @ ---- indirect call through a table
        ldr     r1, =func_table
        and     r2, r9, #0x30
        ldr     r3, [r1, r2, lsr #2]
        mov     r0, r10
        mov     lr, pc
        mov     pc, r3
        eor     r10, r10, r0

        @ ---- software divide, 16-bit dividend by 5-bit divisor
        mov     r0, r9, lsr #16
        and     r1, r9, #31
        orr     r1, r1, #1
        bl      udiv
        add     r10, r10, r0
        sub     r10, r10, r1

        subs    r11, r11, #1
        bne     main_loop
        mov     r0, r10
        FINISH

        .ltorg

@ r0 = dst, r1 = src, zero-terminated; clobbers r2
str_copy:
        ldrb    r2, [r1], #1
        strb    r2, [r0], #1
        cmp     r2, #0
        bne     str_copy
        mov     pc, lr

@ r0, r1 strings; returns difference of first unequal bytes
str_cmp:
        stmfd   sp!, {r4, lr}
1:      ldrb    r2, [r0], #1
        ldrb    r3, [r1], #1
        cmp     r2, #1
        cmpcs   r2, r3
        beq     1b
        sub     r0, r2, r3
        ldmfd   sp!, {r4, pc}

@ r0 = dst record, r1 = src record (12 words), r2 = small value
rec_work:
        stmfd   sp!, {r4-r9, lr}
        mov     r12, r0
        ldmia   r1!, {r3-r8}
        add     r4, r4, r2
        stmia   r0!, {r3-r8}
        ldmia   r1, {r3-r8}
        rsb     r7, r2, r7
        stmia   r0, {r3-r8}
        ldr     r0, [r12, #4]           @ modified field
        ldr     r1, [r12, #40]
        cmp     r0, r1
        addgt   r0, r0, r1
        suble   r0, r1, r0
        str     r0, [r12, #8]
        ldmfd   sp!, {r4-r9, pc}

@ r0 = 0..7
switch8:
        cmp     r0, #8
        addcc   pc, pc, r0, lsl #2
        b       sw_default
        b       sw0
        b       sw1
        b       sw2
        b       sw3
        b       sw4
        b       sw5
        b       sw6
        b       sw7
sw0:    mov     r0, #1
        mov     pc, lr
sw1:    mvn     r0, #6
        mov     pc, lr
sw2:    mov     r0, #0x3FC
        mov     pc, lr
sw3:    add     r0, r0, r0, lsl #4
        mov     pc, lr
sw4:    rsb     r0, r0, r0, lsl #5
        mov     pc, lr
sw5:    teq     r0, #5
        moveq   r0, #0x55
        movne   r0, #0
        mov     pc, lr
sw6:    bic     r0, r9, #0xFF00
        mov     pc, lr
sw7:    orr     r0, r9, #0x80
        mov     pc, lr
sw_default:
        mov     r0, #0
        mov     pc, lr

@ r0 = row, r1 = column: a[row][col] += row; returns a[row][col] + a[col][row]
array_work:
        ldr     r2, =array
        add     r3, r2, r0, lsl #7
        add     r12, r2, r1, lsl #7
        ldr     r2, [r3, r1, lsl #2]
        add     r2, r2, r0
        str     r2, [r3, r1, lsl #2]
        ldr     r3, [r12, r0, lsl #2]
        adds    r0, r2, r3
        adc     r0, r0, #0
        mov     pc, lr

f0:     add     r0, r0, r9
        mov     pc, lr
f1:     sub     r0, r0, r9, asr #3
        mov     pc, lr
f2:     stmfd   sp!, {r4, lr}
        bl      f0
        bl      f1
        ldmfd   sp!, {r4, pc}
f3:     mov     r0, r0, ror #11
        mov     pc, lr

@ unsigned divide r0 / r1 -> r0 quotient, r1 remainder
udiv:   mov     r2, #1
1:      cmp     r1, #0x80000000
        cmpcc   r1, r0
        movcc   r1, r1, lsl #1
        movcc   r2, r2, lsl #1
        bcc     1b
        mov     r3, #0
2:      cmp     r0, r1
        subcs   r0, r0, r1
        addcs   r3, r3, r2
        movs    r2, r2, lsr #1
        movne   r1, r1, lsr #1
        bne     2b
        mov     r1, r0
        mov     r0, r3
        mov     pc, lr
        .ltorg

        .data
        .align  2
func_table: .word f0, f1, f2, f3
rec_a:  .word   11, 22, 33, 44, 55, 66, 77, 88, 99, 110, 121, 132
str_a:  .asciz  "GUEST PROGRAM, 1ST STRING OF IT"
str_b:  .asciz  "GUEST PROGRAM, 2ND STRING OF IT"
        .bss
        .align  4
rec_b:  .space  48
str_dst: .space 64
array:  .space  32*32*4
        .space  4096
stack_top: .space 16
