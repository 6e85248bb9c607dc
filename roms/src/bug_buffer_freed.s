@ bug_buffer_freed - memory given back while a read still writes to it.
        .include "bug.inc"

main:   DRIVE   r4
        TIMER   r5
        SLEEP   r4, read                @ the disc turns
        ldr     r0, =DISC_BLOCK
        mov     r1, #MEMTYPE_ANY
        bl      AllocMem
        mov     r6, r0
        ldr     r1, =read
        str     r6, [r1, #ioi_Recv]
        SEND    r4, read
        SLEEP   r5, long                @ "it has been read by then"
        mov     r0, r6
        ldr     r1, =DISC_BLOCK
        bl      FreeMem
        ldr     r0, =DISC_BLOCK
        mov     r1, #MEMTYPE_FILL       @ with zeros
        bl      AllocMem
        mov     r6, r0
        WAIT    r4
        mov     r0, #0
        ldr     r1, =DISC_BLOCK
1:      subs    r1, r1, #4
        ldr     r2, [r6, r1]
        orr     r0, r0, r2
        bne     1b
        MUST    0, 1
        DONE

        .data
read:   IOINFO  CMD_READ, 0, offset=CDROM_FIRST_FRAME, recv=other, recvlen=DISC_BLOCK
        DELAY   long, 150000
        .bss
        .align  2
other:  .space  DISC_BLOCK
