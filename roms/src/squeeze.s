@ squeeze - the Compression folio: words go in, through call-backs, and come out.
@
@ Its own code is squeezed, in pieces, and unsqueezed again, with a work buffer of
@ the folio's and with one of its own; damaged streams are told of.
        .include "runtime.inc"
        .include "folio.inc"

        .equ    COMP_TAG_WORKBUFFER, 9
        .equ    COMP_TAG_USERDATA, 10
        .equ    WORDS, 400
        .equ    PIECE, 100
        .equ    BADPTR_COMP, 0xD53E7009
        .equ    DATAREMAINS, 0xD53E7101
        .equ    DATAMISSING, 0xD53E7102

@ append(place, word): the call-back; the place holds the address to write to
append: ldr     r2, [r0]
        str     r1, [r2], #4
        str     r2, [r0]
        mov     pc, lr

@ create(r0 = vector's offset from CompBase, r1 = user data, r2 = work buffer or 0)
create: stmfd   sp!, {r4, lr}
        mov     r4, r0
        PUSH_END
        PUSH_TAG COMP_TAG_USERDATA, r1
        cmp     r2, #0
        str     r2, [sp, #-4]!
        moveq   r12, #TAG_NOP
        movne   r12, #COMP_TAG_WORKBUFFER
        str     r12, [sp, #-4]!
        ldr     r0, =handle
        ldr     r1, =append
        mov     r2, sp
        ldr     r12, =CompBase
        ldr     r12, [r12]
        add     r12, r12, r4
        mov     lr, pc
        ldr     pc, [r12]
        add     sp, sp, #24
        ldmfd   sp!, {r4, pc}

@ unsqueeze(r0 = words of the stream, r1 = work buffer or 0): the verdict
unsqueeze:
        stmfd   sp!, {r4, lr}
        mov     r4, r0
        mov     r2, r1
        ldr     r1, =result
        ldr     r0, =result_start
        str     r0, [r1]
        mvn     r0, #-COMPV_CreateDecompressor - 1
        bl      create
        cmp     r0, #0
        ldmltfd sp!, {r4, pc}
        ldr     r0, =handle
        ldr     r0, [r0]
        ldr     r1, =stream_start
        mov     r2, r4
        FOLIO   CompBase, COMPV_FeedDecompressor
        cmp     r0, #0
        ldmltfd sp!, {r4, pc}
        ldr     r0, =handle
        ldr     r0, [r0]
        FOLIO   CompBase, COMPV_DeleteDecompressor
        ldmfd   sp!, {r4, pc}

main:   stmfd   sp!, {r4-r9, lr}
        TEXT    r0, "compression"
        bl      OpenFolio
        ldr     r1, =CompBase
        str     r0, [r1]
        cmp     r0, #0
        CHECK_IF gt, "compression folio opened"

        @ ---- squeeze
        mvn     r0, #-COMPV_CreateCompressor - 1
        ldr     r1, =stream
        mov     r2, #0
        bl      create
        CHECK   0, "compressor"
        ldr     r4, =_start
        mov     r5, #WORDS / PIECE
1:      ldr     r0, =handle
        ldr     r0, [r0]
        mov     r1, r4
        mov     r2, #PIECE
        FOLIO   CompBase, COMPV_FeedCompressor
        cmp     r0, #0
        bne     2f
        add     r4, r4, #PIECE * 4
        subs    r5, r5, #1
        bne     1b
2:      mov     r0, r5
        CHECK   0, "every piece is taken"
        ldr     r0, =handle
        ldr     r0, [r0]
        FOLIO   CompBase, COMPV_DeleteCompressor
        CHECK   0, "the rest comes at the end"
        ldr     r0, =stream
        ldr     r0, [r0]
        ldr     r1, =stream_start
        sub     r4, r0, r1
        mov     r4, r4, lsr #2          @ words of the stream
        cmp     r4, #WORDS
        CHECK_IF lo, "shorter than it was"
        ldr     r0, =handle
        ldr     r0, [r0]
        FOLIO   CompBase, COMPV_DeleteCompressor
        CHECK   BADPTR_COMP, "the handle is spent"

        @ ---- and back
        mov     r0, r4
        mov     r1, #0
        bl      unsqueeze
        CHECK   0, "decompressor"
        bl      compare
        CHECK   0, "the words are what they were"
        mov     r0, #0
        FOLIO   CompBase, COMPV_GetDecompressorWorkBufferSize
        mov     r6, r0
        cmp     r6, #4096
        CHECK_IF hi, "bytes of a work buffer"
        mov     r0, r6
        mov     r1, #MEMTYPE_ANY
        bl      AllocMem
        mov     r7, r0
        mov     r0, r4
        mov     r1, r7
        bl      unsqueeze
        CHECK   0, "with a work buffer of one's own"
        ldr     r0, =handle
        ldr     r0, [r0]
        CHECK_REG r7, "which is the handle"
        bl      compare
        CHECK   0, "the words are what they were"

        @ ---- damaged
        add     r0, r4, #1
        mov     r1, r7
        bl      unsqueeze
        CHECK   DATAREMAINS, "a word too many"
        sub     r0, r4, #2
        mov     r1, r7
        bl      unsqueeze
        CHECK   DATAMISSING, "two words too few"
        PASS

@ compare(): how many words have come back, less how many should; or -1
compare:
        ldr     r0, =_start
        ldr     r1, =result_start
        ldr     r2, =result
        ldr     r2, [r2]
        ldr     r3, =result_start + WORDS * 4
        subs    r3, r2, r3
        movne   r0, r3
        movne   pc, lr
1:      ldr     r3, [r0], #4
        ldr     r12, [r1], #4
        cmp     r3, r12
        mvnne   r0, #0
        movne   pc, lr
        cmp     r1, r2
        blo     1b
        mov     r0, #0
        mov     pc, lr
        .ltorg

        .data
CompBase:       .word   0
handle:         .word   0
stream:         .word   stream_start
result:         .word   result_start
        .bss
stream_start:   .space  WORDS * 5
result_start:   .space  WORDS * 4 + 256
