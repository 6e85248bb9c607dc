@ nvram_save - a small file in NVRAM that outlives the program.
@
@ The file holds how often this program was started on this console. The first run
@ makes it the way games make theirs: CreateFile, OpenDiskFile, ALLOCBLOCKS, SETEOF,
@ WRITE. Every run reads it, counts, writes it, and reads it back.
        .include "runtime.inc"
        .include "files.inc"

        .equ    SIZE, 16                @ a count, and a text

main:   stmfd   sp!, {r4-r7, lr}
        bl      OpenFileFolio
        CHECK   0, "the File folio opens"
        ldr     r0, =path
        bl      OpenRequest
        ldr     r1, =FS_NoFile
        cmp     r0, r1
        bne     1f
        PRINT   "no saved file: this is the first start"
        bl      create
1:      ldr     r0, =path
        bl      OpenRequest
        mov     r5, r1
        NEW_ITEM r4, "the file opens"
        COMMAND r5, CMD_STATUS, 0, status, FileStatus_size
        CHECK   0, "STATUS works"
        ldr     r6, =status
        ldr     r1, [r6, #ds_DeviceBlockSize]
        ldr     r2, [r6, #fs_ByteCount]
        PRINT   "block size %d, %d bytes"
        ldr     r0, [r6, #ds_DeviceBlockCount]
        cmp     r0, #SIZE
        CHECK_IF hs, "there are blocks for them"

        COMMAND r5, CMD_READ, 0, saved, SIZE
        CHECK   0, "the file is read"
        FIELD   r5, io_Actual
        CHECK   SIZE, "io_Actual is its length"
        ldr     r7, =saved
        ldr     r0, [r7]
        add     r0, r0, #1
        str     r0, [r7]
        COMMAND r5, CMD_WRITE, 0, saved, SIZE
        CHECK   0, "the file is written"
        mov     r0, #0
        str     r0, [r7]
        strb    r0, [r7, #4]
        COMMAND r5, CMD_READ, 0, saved, SIZE
        CHECK   0, "and read back"
        ldr     r1, [r7]
        add     r2, r7, #4
        PRINT   "started %d times, says '%s'"
        COMMAND r5, CMD_READ, 4, saved, 4
        ldr     r0, [r7]
        CHECK   0x6F766572, "a read may begin anywhere"
        COMMAND r5, FILECMD_SETEOF, 30000
        CHECK   0xD556F00D, "the end cannot be where there are no blocks"
        ldr     r0, =path
        swi     CreateFile
        CHECK   FS_DuplicateFile, "the same file is not made twice"
        mov     r0, r4
        mov     r1, r5
        bl      CloseRequest
        cmp     r0, #0
        CHECK_IF ge, "the file closes"
        PASS

@ create(): makes the file with a count of 0
create: stmfd   sp!, {r4, r5, lr}
        ldr     r0, =path
        swi     CreateFile
        cmp     r0, #0
        CHECK_IF ge, "the file is made"
        ldr     r0, =path
        bl      OpenRequest
        mov     r4, r0
        mov     r5, r1
        COMMAND r5, FILECMD_ALLOCBLOCKS, SIZE
        CHECK   0, "it gets blocks"
        COMMAND r5, FILECMD_SETEOF, SIZE
        CHECK   0, "and a length"
        COMMAND r5, CMD_WRITE, 0, first, SIZE
        CHECK   0, "and bytes"
        mov     r0, r4
        mov     r1, r5
        bl      CloseRequest
        ldmfd   sp!, {r4, r5, pc}

        .data
path:   .asciz  "/NVRAM/starts"
        .align  2
first:  .word   0
        .asciz  "overture"
        .align  2
        .word   0
        .bss
        .align  2
saved:  .space  SIZE
status: .space  FileStatus_size
