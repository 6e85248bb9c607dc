@ disc_swap - what a program sees when somebody changes the disc.
@
@ Reads a text, then asks the drive for its status ten times a second for up to
@ fifteen seconds and tells every change: the drawer, the disc, the count of changes.
@ After each it tries to read the text again. Whoever runs it opens the drawer, closes
@ it, and at last puts another disc in; without that it ends with status 1.
        .include "runtime.inc"
        .include "files.inc"

        .equ    POLLS, 150
        .equ    SWAPS, 2
        .equ    READY, 0xC1             @ closed, a disc, its contents known

main:   stmfd   sp!, {r4-r8, lr}
        bl      OpenFileFolio
        CHECK   0, "the File folio opens"
        TEXT    r0, "CD-ROM"
        bl      OpenNamedDevice
        mov     r2, r0
        mov     r0, #0
        mov     r1, #0
        mov     r3, #0
        bl      CreateIOReq
        NEW_ITEM r4, "a request for the drive"
        bl      CreateTimerIOReq
        mov     r5, r0
        bl      read_text
        mov     r6, #0                  @ the status as it was told last
        mov     r7, #POLLS
        mov     r8, #0                  @ discs put in

1:      COMMAND r4, CMD_STATUS, 0, status, DeviceStatus_size
        mov     r1, r0
        cmp     r0, #0
        bne     8f
        ldr     r0, =status
        ldr     r1, [r0, #ds_DeviceFlagWord]
        and     r1, r1, #READY
        ldr     r2, [r0, #ds_DeviceMediaChangeCntr]
        orr     r0, r1, r2, lsl #8
        cmp     r0, r6
        beq     2f
        mov     r6, r0
        PRINT   "drive %02x, %d changes"
        movs    r0, r6, lsr #8          @ not before the first change
        beq     2f
        bl      read_text
        and     r0, r6, #READY
        cmp     r0, #READY
        bne     2f
        add     r8, r8, #1
        cmp     r8, #SWAPS
        beq     9f
2:      mov     r0, r5
        mov     r1, #0
        ldr     r2, =100000
        bl      WaitTime
        subs    r7, r7, #1
        bne     1b
        PRINT   "nobody changes the disc"
        mov     r0, #1
        ldmfd   sp!, {r4-r8, pc}
8:      PRINT   "the drive's status: %08x"
        mov     r0, #2
        ldmfd   sp!, {r4-r8, pc}
9:      PASS

@ read_text(): prints the first line of a text, or why there is none
read_text:
        stmfd   sp!, {r4-r6, lr}
        ldr     r0, =path
        bl      OpenRequest
        mov     r4, r0
        mov     r5, r1
        cmp     r0, #0
        mov     r6, r0
        blt     2f
        COMMAND r5, CMD_READ, 0, block, DISC_BLOCK
        mov     r6, r0
        mov     r0, r4
        mov     r1, r5
        bl      CloseRequest
        cmp     r6, #0
        blt     2f
        ldr     r1, =block
        mov     r0, r1
1:      ldrb    r2, [r0], #1
        cmp     r2, #'\n'
        bne     1b
        mov     r2, #0
        strb    r2, [r0, #-1]
        PRINT   "the text begins '%s'"
        ldmfd   sp!, {r4-r6, pc}
2:      mov     r1, r6
        PRINT   "no text: %08x"
        ldmfd   sp!, {r4-r6, pc}

        .data
path:   .asciz  "$boot/Texts/Welcome.txt"
        .bss
        .align  2
status: .space  DeviceStatus_size
block:  .space  DISC_BLOCK
