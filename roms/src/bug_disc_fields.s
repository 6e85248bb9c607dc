@ bug_disc_fields - a read is expected to have ended after so many fields.
        .include "bug.inc"

        .equ    FIELDS, 9

main:   DRIVE   r4
        TIMER   r5
        SLEEP   r4, read                @ the disc turns
        SEND    r4, read
        mov     r0, r5
        mov     r1, #FIELDS
        bl      WaitVBL
        mov     r0, r4
        bl      CheckIO
        MUST    1, 1
        WAIT    r4
        MUST    0, 2
        DONE

        .data
read:   IOINFO  CMD_READ, 0, offset=CDROM_FIRST_FRAME, recv=block, recvlen=DISC_BLOCK
        .bss
        .align  2
block:  .space  DISC_BLOCK
