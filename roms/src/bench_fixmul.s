@ bench_fixmul - multiply-heavy fixed point: 8x8 integer matrix product with MLA,
@ 16-tap FIR filter, signed 16.16 multiply from four 16-bit partial products.
        .include "bench.inc"
        .text
        .global _start
_start: ldr     sp, =stack_top
        ldr     r11, =ITER
        mov     r10, #0
        @ fill tables
        ldr     r0, =mat_a
        mov     r1, #(64+64+80+16)
        ldr     r2, =0x01234567
        ldr     r3, =1103515245
        ldr     r4, =12345
1:      mla     r5, r2, r3, r4
        mov     r2, r5
        mov     r5, r5, asr #16
        str     r5, [r0], #4
        subs    r1, r1, #1
        bne     1b

main_loop:
        @ ---- C = A * B (8x8)
        ldr     r0, =mat_a
        ldr     r2, =mat_c
        mov     r3, #8                  @ row counter
row:    mov     r4, #8                  @ column counter
        ldr     r1, =mat_b
col:    mov     r5, #0
        mov     r6, #8
        mov     r7, r0
        mov     r8, r1
dot:    ldr     r9, [r7], #4
        ldr     r12, [r8], #32
        mla     r14, r9, r12, r5
        mov     r5, r14
        subs    r6, r6, #1
        bne     dot
        str     r5, [r2], #4
        add     r10, r10, r5, ror #3
        add     r1, r1, #4
        subs    r4, r4, #1
        bne     col
        add     r0, r0, #32
        subs    r3, r3, #1
        bne     row

        @ ---- FIR: 64 outputs of 16 taps
        ldr     r0, =samples
        mov     r4, #64
fir:    mov     r1, r0
        ldr     r2, =taps
        mov     r3, #16
        mov     r5, #0
tap:    ldr     r6, [r1], #4
        ldr     r7, [r2], #4
        mul     r8, r6, r7
        add     r5, r5, r8, asr #4
        subs    r3, r3, #1
        bne     tap
        add     r10, r10, r5
        add     r0, r0, #4
        subs    r4, r4, #1
        bne     fir

        @ ---- 16.16 products: x := x*y (signed), 64 turns
        ldr     r0, =0x00018000         @ 1.5
        eor     r0, r0, r10, lsr #20
        ldr     r1, =0xFFFF4000         @ -0.75
        mov     r4, #64
fx:     bl      fixmul
        add     r0, r0, #0x14000
        add     r10, r10, r0
        subs    r4, r4, #1
        bne     fx

        subs    r11, r11, #1
        bne     main_loop
        mov     r0, r10
        FINISH
        .ltorg

@ r0 := (r0 * r1) >> 16, signed 16.16; r1 preserved; clobbers r2,r3,r5-r9
fixmul: eor     r9, r0, r1              @ sign of the product
        cmp     r0, #0
        rsblt   r0, r0, #0
        cmp     r1, #0
        rsblt   r2, r1, #0
        movge   r2, r1
        mov     r3, r0, lsr #16         @ ah
        bic     r5, r0, r3, lsl #16     @ al
        mov     r6, r2, lsr #16         @ bh
        bic     r7, r2, r6, lsl #16     @ bl
        mul     r8, r5, r7              @ al*bl
        mul     r0, r3, r7              @ ah*bl
        mla     r7, r5, r6, r0          @ + al*bh
        mul     r0, r3, r6              @ ah*bh
        mov     r0, r0, lsl #16
        add     r0, r0, r7
        add     r0, r0, r8, lsr #16
        movs    r9, r9
        rsbmi   r0, r0, #0
        mov     pc, lr

        .bss
        .align  4
mat_a:  .space  64*4
mat_b:  .space  64*4
samples: .space 80*4
taps:   .space  16*4
mat_c:  .space  64*4
        .space  1024
stack_top: .space 16
