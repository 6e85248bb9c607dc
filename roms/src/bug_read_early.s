@ bug_read_early - what a read brings is looked at before WaitIO.
        .include "bug.inc"

main:   DRIVE   r4
        TIMER   r5
        SLEEP   r4, first               @ the disc turns
        SEND    r4, again
        SLEEP   r5, long                @ "it has been read by then"
        ldr     r0, =block
        ldr     r0, [r0]
        MUST    0x015A5A5A, 1
        WAIT    r4
        MUST    0, 2
        DONE

        .data
first:  IOINFO  CMD_READ, 0, offset=CDROM_FIRST_FRAME + 1, recv=other, recvlen=DISC_BLOCK
again:  IOINFO  CMD_READ, 0, offset=CDROM_FIRST_FRAME, recv=block, recvlen=DISC_BLOCK
        DELAY   long, 150000
        .bss
        .align  2
other:  .space  DISC_BLOCK
block:  .space  DISC_BLOCK
