@ disc_raw - the CD-ROM device itself, without a file system.
@
@ What the drive says of the disc, single reads in every way of addressing, requests
@ it refuses, and several requests at once: they end in order of their priorities,
@ first come first served among equals. The data read is a file with a known content,
@ found by reading the label and the root directory as blocks.
        .include "runtime.inc"
        .include "files.inc"

        .equ    SIZE, 4 * DISC_BLOCK    @ of the largest request
        .equ    ROWS, 7
        @ a row of the table of requests
        .equ    row_Name, 0
        .equ    row_Priority, 4
        .equ    row_Block, 8            @ of the file
        .equ    row_Bytes, 12
        .equ    row_size, 16
        @ an entry of a directory on the disc, and where its list begins
        .equ    disc_Flags, 0
        .equ    disc_Name, 32
        .equ    disc_LastCopy, 64
        .equ    disc_Block, 68
        .equ    disc_FirstEntry, 16
        .equ    LAST_IN_BLOCK, 0x40000000
        .equ    label_Name, 40
        .equ    label_Root, 100

main:   stmfd   sp!, {r4-r8, lr}
        TEXT    r0, "CD-ROM"
        bl      OpenNamedDevice
        NEW_ITEM r8, "the drive opens"
        mov     r0, #0
        mov     r1, #0
        mov     r2, r8
        mov     r3, #0
        bl      CreateIOReq
        NEW_ITEM r4, "a request for it"

        @ ---- what it says of the disc
        COMMAND r4, CDROMCMD_DISCDATA, 0, buffer, DISCDATA_SIZE
        CHECK   0, "DISCDATA"
        FIELD   r4, io_Actual
        CHECK   DISCDATA_SIZE, "its length"
        ldr     r5, =buffer
        ldrb    r1, [r5]
        ldrb    r2, [r5, #1]
        ldrb    r3, [r5, #2]
        PRINT   "disc id %02x, tracks %d to %d"
        ldrb    r1, [r5, #16 + 1]
        ldrb    r2, [r5, #16 + 2]
        ldrb    r3, [r5, #16 + 5]
        PRINT   "control %02x, track %d begins at second %d"
        ldrb    r0, [r5, #3]
        ldrb    r1, [r5, #4]
        ldrb    r2, [r5, #5]
        mov     r3, #60
        mla     r1, r0, r3, r1
        mov     r3, #75
        mla     r6, r1, r3, r2          @ lead-out
        COMMAND r4, CMD_STATUS, 0, buffer, DeviceStatus_size
        CHECK   0, "STATUS"
        ldr     r0, [r5, #ds_DeviceBlockCount]
        CHECK_REG r6, "the disc ends where its table says"
        ldr     r1, [r5, #ds_DeviceBlockSize]
        ldr     r2, [r5, #ds_DeviceUsageFlags]
        ldr     r3, [r5, #ds_DeviceFlagWord]
        PRINT   "block size %d, usage %08x, drive %02x"

        @ ---- the file
        mov     r0, #CDROM_FIRST_FRAME
        mov     r1, #DISC_BLOCK
        mov     r2, #0
        bl      transfer
        CHECK   0, "the label is read"
        ldr     r0, [r5]
        CHECK   0x015A5A5A, "it is one"
        add     r1, r5, #label_Name
        PRINT   "volume '%s'"
        bl      find_file
        mov     r7, r0                  @ its first frame
        LITERALS

        @ ---- one block in three ways
        mov     r0, r7
        mov     r1, #DISC_BLOCK
        mov     r2, #0
        bl      transfer
        CHECK   0, "a block by its number"
        mov     r0, r5
        mov     r1, #DISC_BLOCK
        bl      checksum_0
        mov     r5, r0
        mov     r0, r7
        bl      msf
        mov     r1, #DISC_BLOCK
        mov     r2, #CDROM_MSF
        bl      transfer
        CHECK   0, "the same by minute, second, frame"
        ldr     r0, =buffer
        mov     r1, #DISC_BLOCK
        bl      checksum_0
        CHECK_REG r5, "the same data"
        mov     r0, r7
        ldr     r1, =2340
        mov     r2, r1
        bl      transfer
        CHECK   0, "the same with its header and its codes"
        FIELD   r4, io_Actual
        CHECK   2340, "a longer block"
        ldr     r0, =buffer + 4
        mov     r1, #DISC_BLOCK
        bl      checksum_0
        CHECK_REG r5, "the same data behind the header"
        mov     r0, #CDROM_FIRST_FRAME
        ldr     r1, =2340
        mov     r2, r1
        bl      transfer
        ldr     r0, =buffer
        ldr     r0, [r0]
        CHECK   0x00020001, "the first block's header: 00:02:00, mode 1"
        sub     r0, r6, #1
        mov     r1, #DISC_BLOCK
        mov     r2, #0
        bl      transfer
        CHECK   0, "the last block of the disc"
        LITERALS

        @ ---- refused
        mov     r0, r6
        mov     r1, #DISC_BLOCK
        mov     r2, #0
        bl      transfer
        CHECK   0xD13D1016, "a read behind the end of the disc"
        FIELD   r4, io_Actual
        CHECK   0, "reads nothing"
        sub     r0, r6, #1
        mov     r1, #2 * DISC_BLOCK
        mov     r2, #0
        bl      transfer
        CHECK   0xD13D100D, "a read across the end"
        mov     r0, r7
        mov     r1, #2000
        mov     r2, #0
        bl      transfer
        CHECK   0xD13D100D, "not a whole number of blocks"
        mov     r0, r7
        mov     r1, #0
        mov     r2, #0
        bl      transfer
        CHECK   0xD13D100D, "no block"
        mov     r0, r7
        ldr     r1, =1234
        mov     r2, r1
        bl      transfer
        CHECK   0xD13D100D, "no block has this length"
        mov     r0, r7
        mov     r1, #2352
        ldr     r2, =CDROM_AUDIO + 2352
        bl      transfer
        CHECK   0xD13D100D, "a data track is no sound"
        COMMAND r4, CMD_WRITE, 0, buffer, DISC_BLOCK
        CHECK   0xD13D100C, "a disc is not written"
        COMMAND r4, CDROMCMD_PASSTHROUGH
        CHECK   0xD13D100C, "nothing is passed through"

        bl      overlapping
        PASS

@ overlapping(r7 = first frame of the file, r8 = device): seven requests at once
overlapping:
        stmfd   sp!, {r4-r6, r11, lr}
        TEXT    r0, "ends"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r4, r0
        ldr     r5, =rows
        ldr     r6, =buffer
1:      mov     r0, #0
        ldr     r1, [r5, #row_Priority]
        mov     r2, r8
        mov     r3, r4
        bl      CreateIOReq
        mov     r11, r0
        ldr     r1, =info
        str     r5, [r1, #ioi_User]
        ldr     r2, [r5, #row_Block]
        add     r2, r2, r7
        str     r2, [r1, #ioi_Offset]
        mov     r2, #0
        str     r2, [r1, #ioi_CmdOptions]
        ldr     r2, [r5, #row_Bytes]
        str     r6, [r1, #ioi_Recv]
        str     r2, [r1, #ioi_Recv + iob_Len]
        swi     SendIO
        add     r6, r6, #SIZE
        add     r5, r5, #row_size
        ldr     r0, =rows_end
        cmp     r5, r0
        blo     1b
        mov     r0, r11                 @ the last is given up again
        swi     AbortIO

        mov     r6, #ROWS
2:      mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        bl      LookupItem
        ldr     r5, [r0, #msg_DataSize] @ ioi_User: the row
        ldr     r0, [r0, #msg_DataPtr]  @ the request
        bl      LookupItem
        mov     r11, r0
        add     r0, r11, #io_Info
        ldr     r0, [r0, #ioi_Recv]
        ldr     r1, [r11, #io_Actual]
        bl      checksum_0
        str     r0, [sp, #-4]!
        ldr     r1, [r5, #row_Name]
        ldr     r2, [r11, #io_Error]
        ldr     r3, [r11, #io_Actual]
        PRINT   "request %c: error %x, %d bytes, checksum %08x"
        add     sp, sp, #4
        subs    r6, r6, #1
        bne     2b
        ldmfd   sp!, {r4-r6, r11, pc}

@ transfer(r0 = offset, r1 = bytes, r2 = options, r4 = request): DoIO of a read to
@ `buffer`; result io_Error
transfer:
        ldr     r3, =info
        str     r0, [r3, #ioi_Offset]
        str     r2, [r3, #ioi_CmdOptions]
        ldr     r0, =buffer
        add     r2, r3, #ioi_Recv
        stmia   r2, {r0, r1}
        mov     r0, r4
        mov     r1, r3
        swi     DoIO
        mov     pc, lr

@ checksum_0(r0 = address, r1 = bytes)
checksum_0:
        mov     r2, #0
        b       checksum

@ msf(r0 = frame): 0x00MMSSFF
msf:    mov     r1, #0
1:      cmp     r0, #75
        subhs   r0, r0, #75
        addhs   r1, r1, #1
        bhs     1b
2:      cmp     r1, #60                 @ r0 frames, r1 seconds
        subhs   r1, r1, #60
        addhs   r0, r0, #0x10000
        bhs     2b
        orr     r0, r0, r1, lsl #8
        mov     pc, lr

@ find_file(r4 = request, r5 = buffer with the label): the frame where the file is
find_file:
        stmfd   sp!, {r6, r11, lr}
        ldr     r0, [r5, #label_Root]
        add     r0, r0, #CDROM_FIRST_FRAME
        mov     r1, #DISC_BLOCK
        mov     r2, #0
        bl      transfer
        CHECK   0, "the root directory is read"
        ldr     r6, [r5, #disc_FirstEntry]
        add     r6, r6, r5
1:      add     r0, r6, #disc_Name
        ldr     r1, =name
2:      ldrb    r2, [r0], #1
        ldrb    r3, [r1], #1
        cmp     r2, r3
        bne     3f
        cmp     r2, #0
        bne     2b
        ldr     r11, [r6, #disc_Block]
        add     r11, r11, #CDROM_FIRST_FRAME
        b       4f
3:      ldr     r0, [r6, #disc_Flags]
        tst     r0, #LAST_IN_BLOCK
        movne   r11, #0
        bne     4f
        ldr     r0, [r6, #disc_LastCopy]
        add     r6, r6, r0, lsl #2
        add     r6, r6, #disc_Block + 4
        b       1b
4:      cmp     r11, #0
        CHECK_IF ne, "the file is in it"
        mov     r0, r11
        ldmfd   sp!, {r6, r11, pc}

        .data
name:   .asciz  "Pattern"
info:   IOINFO CMD_READ, 0
rows:   .word   'A', 10,  0, 2 * DISC_BLOCK     @ the drive begins with it
        .word   'B', 10, 20, 1 * DISC_BLOCK
        .word   'C', 50,  5, 1 * DISC_BLOCK
        .word   'D', 50, 10, 4 * DISC_BLOCK
        .word   'E', 10,  2, 1 * DISC_BLOCK
        .word   'F', 90,  0, 100                @ refused at once
        .word   'G',  1,  0, 1 * DISC_BLOCK     @ given up
rows_end:
        .bss
        .align  2
buffer: .space  SIZE * ROWS
