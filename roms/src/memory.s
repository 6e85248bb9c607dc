@ memory - allocation from the task's pools.
@
@ First word rule (check 41), FILL, VRAM pages (42), TRACKSIZE (43), and a thousand
@ allocations after which the free memory, counted as AvailMem counts it in the
@ kernel's own lists, is what it was (40).
        .include "runtime.inc"

        .equ    ROUNDS, 1000
        .equ    SLOTS, 16

main:   stmfd   sp!, {r4-r9, lr}
        @ ---- check 41
        mov     r0, #100
        mov     r1, #MEMTYPE_ANY
        bl      AllocMem
        mov     r4, r0
        cmp     r0, #0
        CHECK_IF ne, "AllocMem(100)"
        ldr     r0, [r4]
        CHECK   112, "its first word is the rounded size"
        and     r0, r4, #15
        CHECK   0, "it is 16-byte aligned"
        mov     r0, r4
        mov     r1, #100
        bl      FreeMem

        mov     r0, #100
        ldr     r1, =MEMTYPE_FILL | 0x5A
        bl      AllocMem
        mov     r4, r0
        ldr     r0, [r4]
        CHECK   0x5A5A5A5A, "FILL: first word"
        ldr     r0, [r4, #96]
        CHECK   0x5A5A5A5A, "FILL: last word"
        mov     r0, r4
        mov     r1, #100
        bl      FreeMem

        @ ---- check 43
        mov     r0, #100
        ldr     r1, =MEMTYPE_TRACKSIZE
        bl      AllocMem
        mov     r4, r0
        and     r0, r4, #15
        CHECK   4, "TRACKSIZE: the address ends in 4"
        mov     r0, r4
        VECTOR  KBV_GetMemTrackSize
        CHECK   100, "GetMemTrackSize"
        bl      free_memory
        mov     r5, r0
        mov     r0, r4
        mvn     r1, #0
        bl      FreeMem
        bl      free_memory
        sub     r0, r0, r5
        CHECK   112, "FreeMem(p, -1) gives back all of it"

        @ ---- check 42
        ldr     r0, =5000
        ldr     r1, =MEMTYPE_VRAM | MEMTYPE_STARTPAGE
        bl      AllocMem
        mov     r4, r0
        cmp     r4, #0x200000
        CHECK_IF hs, "VRAM starts at 0x200000"
        mov     r0, r4, lsl #21         @ the low 11 bits
        CHECK   0, "VRAM STARTPAGE: 2 KiB aligned"
        mov     r0, r4
        ldr     r1, =5000
        bl      FreeMem
        ldr     r0, =MEMTYPE_DRAM
        VECTOR  KBV_GetPageSize
        CHECK   32768, "page of DRAM"
        ldr     r0, =MEMTYPE_VRAM
        VECTOR  KBV_GetPageSize
        CHECK   2048, "page of VRAM"
        ldr     r0, =MEMTYPE_VRAM | MEMTYPE_SYSTEMPAGESIZE
        VECTOR  KBV_GetPageSize
        CHECK   16384, "system page of VRAM"
        mov     r0, #MEMTYPE_ANY
        VECTOR  KBV_GetMemAllocAlignment
        CHECK   16, "allocation alignment"

        @ ---- sizes that cannot be
        mov     r0, #0
        mov     r1, #MEMTYPE_ANY
        bl      AllocMem
        CHECK   0, "AllocMem(0)"
        mvn     r0, #0
        mov     r1, #MEMTYPE_ANY
        bl      AllocMem
        CHECK   0, "AllocMem(-1)"
        mov     r0, #0x400000
        mov     r1, #MEMTYPE_ANY
        bl      AllocMem
        CHECK   0, "AllocMem(4 MiB)"

        @ ---- who may do what
        ldr     r0, =slots
        mov     r1, #4
        VECTOR  KBV_IsMemWritable
        CHECK   1, "own memory is writable"
        ldr     r0, =KernelBase
        ldr     r0, [r0]
        mov     r1, #4
        VECTOR  KBV_IsMemWritable
        CHECK   0, "the kernel's is not"
        ldr     r0, =KernelBase
        ldr     r0, [r0]
        mov     r1, #4
        VECTOR  KBV_IsMemReadable
        CHECK   1, "but readable"
        mov     r0, #0x100
        mov     r1, #4
        VECTOR  KBV_IsMemReadable
        CHECK   0, "below 0x200 is no memory"
        mov     r0, #0x300000
        sub     r0, r0, #4
        mov     r1, #8
        VECTOR  KBV_IsMemReadable
        CHECK   0, "nor is what lies beyond the end"
        LITERALS

        @ ---- check 40
        bl      free_memory
        mov     r5, r0
        cmp     r5, #0x100000
        CHECK_IF hs, "more than 1 MiB is free"
        ldr     r6, =ROUNDS
        ldr     r7, =0x2545F491         @ a pseudo-random walk over 16 blocks
        ldr     r8, =slots
1:      eor     r7, r7, r7, lsl #13
        eor     r7, r7, r7, lsr #17
        eor     r7, r7, r7, lsl #5
        and     r4, r7, #SLOTS - 1
        add     r4, r8, r4, lsl #3      @ slot: address, size
        ldmia   r4, {r0, r1}
        bl      FreeMem                 @ nothing at first: address 0
        mov     r9, r7, lsr #19         @ up to 8 KiB
        mov     r0, r9
        mov     r1, #MEMTYPE_ANY
        bl      AllocMem
        stmia   r4, {r0, r9}
        subs    r6, r6, #1
        bne     1b
        mov     r4, #0
2:      add     r0, r8, r4, lsl #3
        ldmia   r0, {r0, r1}
        bl      FreeMem
        add     r4, r4, #1
        cmp     r4, #SLOTS
        blt     2b
        bl      free_memory
        CHECK_REG r5, "after 1000 allocations all memory is back"
        VECTOR  KBV_ScavengeMem
        bl      free_memory
        CHECK_REG r5, "ScavengeMem moves it, but keeps the sum"
        PASS

@ free_memory(): bytes in free pages of the system plus bytes in the free blocks of
@ this task, both read from guest memory as AvailMem does
free_memory:
        stmfd   sp!, {r4-r8, lr}
        mov     r0, #0
        ldr     r1, =KernelBase
        ldr     r1, [r1]
        ldr     r4, [r1, #kb_MemHdrList]
        add     r5, r4, #l_Filler       @ the anchor ends the walk
        ldr     r4, [r4, #l_Head]
1:      cmp     r4, r5
        beq     4f
        ldr     r6, [r4, #memh_FreePageBits]
        ldrb    r7, [r4, #memh_FreePageBitsSize]
        ldrb    r8, [r4, #memh_PageShift]
        mov     r3, #1
        mov     r3, r3, lsl r8          @ bytes in a page
2:      subs    r7, r7, #1
        blt     3f
        ldr     r2, [r6], #4
21:     movs    r2, r2, lsl #1          @ one bit, one page
        addcs   r0, r0, r3
        bne     21b
        b       2b
3:      ldr     r4, [r4, #n_Next]
        b       1b

4:      CURRENT_TASK r1
        ldr     r4, [r1, #t_FreeMemoryLists]
        add     r5, r4, #l_Filler
        ldr     r4, [r4, #l_Head]
5:      cmp     r4, r5
        ldmeqfd sp!, {r4-r8, pc}
        ldr     r6, [r4, #meml_l]
        add     r7, r6, #l_Filler
        ldr     r6, [r6, #l_Head]
6:      cmp     r6, r7
        ldrne   r2, [r6, #n_Size]
        addne   r0, r0, r2
        ldrne   r6, [r6, #n_Next]
        bne     6b
        ldr     r4, [r4, #n_Next]
        b       5b

        .bss
        .align  2
slots:  .space  8 * SLOTS
