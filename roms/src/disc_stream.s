@ disc_stream - a text file as a stream of bytes.
@
@ Reads the project's licence from the disc in several ways and with buffers of
@ several sizes: the text and the checksums are the file's own, whatever the buffer.
        .include "runtime.inc"
        .include "files.inc"

        .equ    LENGTH, 9723            @ of the file
        .equ    PIECE, 700

main:   stmfd   sp!, {r4-r6, lr}
        bl      OpenFileFolio
        CHECK   0, "the File folio opens"
        TEXT    r0, "$boot/none.txt"
        mov     r1, #0
        bl      OpenDiskStream
        CHECK   0, "no stream of nothing"
        mov     r0, #0
        bl      CloseDiskStream         @ of nothing: does nothing

        @ ---- a few lines from three places
        ldr     r0, =path
        mov     r1, #0
        bl      OpenDiskStream
        mov     r4, r0
        cmp     r0, #0
        CHECK_IF ne, "the stream opens"
        mov     r5, #3
1:      mov     r0, r4
        bl      line
        subs    r5, r5, #1
        bne     1b
        mov     r0, r4
        ldr     r1, =4096
        mov     r2, #SEEK_SET
        bl      SeekDiskStream
        CHECK   4096, "SEEK_SET answers with the position"
        mov     r0, r4
        bl      line
        mov     r0, r4
        mov     r1, #0
        mov     r2, #SEEK_CUR
        bl      SeekDiskStream
        mov     r6, r0
        mov     r0, r4
        mvn     r1, #99                 @ -100
        mov     r2, #SEEK_CUR
        bl      SeekDiskStream
        sub     r1, r6, #100
        CHECK_REG r1, "SEEK_CUR counts from the position"
        mov     r0, r4
        mov     r1, #28
        mov     r2, #SEEK_END
        bl      SeekDiskStream
        CHECK   LENGTH - 28, "SEEK_END counts back from the end"
        mov     r0, r4
        bl      line
        mov     r0, r4
        ldr     r1, =buffer
        mov     r2, #10
        bl      ReadDiskStream
        CHECK   0, "nothing to read at the end"
        mov     r0, r4
        ldr     r1, =LENGTH + 1
        mov     r2, #SEEK_SET
        bl      SeekDiskStream
        CHECK   -1, "no seek past the end"
        mov     r0, r4
        mov     r1, #0
        mov     r2, #9
        bl      SeekDiskStream
        CHECK   -1, "no seek of an unknown kind"
        mov     r0, r4
        bl      CloseDiskStream

        @ ---- the whole file through buffers of several sizes
        ldr     r6, =sizes
2:      ldr     r0, =path
        ldr     r1, [r6]
        bl      OpenDiskStream
        bl      whole
        mov     r3, r1
        mov     r2, r0
        ldr     r1, [r6], #4
        PRINT   "buffer %d: %d bytes, checksum %08x"
        ldr     r0, =sizes_end
        cmp     r6, r0
        blo     2b
        PASS

@ line(r0 = stream): prints the text up to the end of its line
line:   stmfd   sp!, {r4, r5, lr}
        mov     r4, r0
        ldr     r5, =buffer
1:      mov     r0, r4
        mov     r1, r5
        mov     r2, #1
        bl      ReadDiskStream
        cmp     r0, #1
        bne     2f
        ldrb    r0, [r5]
        cmp     r0, #'\n'
        addne   r5, r5, #1
        bne     1b
2:      mov     r0, #0
        strb    r0, [r5]
        ldr     r1, =buffer
        PRINT   "'%s'"
        ldmfd   sp!, {r4, r5, pc}

@ whole(r0 = stream): reads and closes it; r0 = bytes, r1 = checksum
whole:  stmfd   sp!, {r4-r6, lr}
        mov     r4, r0
        mov     r5, #0
        mov     r6, #0
1:      mov     r0, r4
        ldr     r1, =buffer
        ldr     r2, =PIECE
        bl      ReadDiskStream
        cmp     r0, #0
        ble     2f
        add     r5, r5, r0
        mov     r1, r0
        ldr     r0, =buffer
        mov     r2, r6
        bl      checksum
        mov     r6, r0
        b       1b
2:      mov     r0, r4
        bl      CloseDiskStream
        mov     r0, r5
        mov     r1, r6
        ldmfd   sp!, {r4-r6, pc}

        .data
path:   .asciz  "$boot/Texts/License.txt"
        .align  2
sizes:  .word   0, 1, 3000, 20000, -1, -3
sizes_end:
        .bss
        .align  2
buffer: .space  PIECE
