@ overture - what `overture` shows when it is given no program.
@
@ A picture that moves, and all the while requests of every kind on their way; the lines
@ at the bottom count what has come back:
@   display   SendIO to SPORT: the page of zeroes is cloned over the screen that was just
@             taken off, in the vertical blank; its end is the beat of the drawing
@   timer     SendIO with a delay, over and over
@   disc      SendIO to the drive, block after block
@   mach      a thread waits for a done queue of Mach's, in which delays of timer0 and
@             blocks of cdrom0 end
@   audio     a thread plays a tune of four voices, each note at its tick of audio time
@ The sky is a display list with a background for each line, the title is text that was
@ written into a bitmap outside the screen and is drawn as a cel, the balls are cels that
@ are mixed with their ground. It ends after half a minute, or when X is pressed.
@ aif: stack=0x4000
        .include "runtime.inc"
        .include "folio.inc"
        .include "screen.inc"
        .include "pads.inc"
        .include "mach.inc"
        .include "mach_device.inc"
        .include "audio.inc"
        .include "chime.inc"

        .equ    FIELDS,         1800
        .equ    BLOCK,          2048
        .equ    BALLS,          7
        .equ    SIDE,           16
        .equ    GROUND,         184             @ line that the balls bounce on
        .equ    STARS,          48
        .equ    SPORTCMD_CLONE, 4
        .equ    BEAT_ID,        1
        .equ    DISC_ID,        2
        @ the sky
        .equ    SKY_LINE,       0x00240000 | 1 << 9 | 1         @ relative, one command, one line
        .equ    SKY_FIRST,      0x00258000 | 34 << 9 | 1        @ the same with addresses, 34 commands
        .equ    SKY_WORDS,      38 + 239 * 5

        @ an error of what cannot fail ends the program, and is its status
        .macro  CHECK_QUIETLY
        cmp     r0, #0
        blt     exit
        .endm

main:   stmfd   sp!, {r4-r8, lr}
        SAY     "overture: a 3DO program on an emulated console, without a ROM; X ends it"
        mov     r0, #2
        bl      OpenScreens
        CHECK_QUIETLY
        mov     r0, #0
        bl      sky
        mov     r0, #1
        bl      sky
        bl      title
        bl      ball_picture
        bl      stars
        bl      OpenPads
        bl      requests
        bl      mach_side
        bl      music

        mov     r4, #0                  @ the field
1:      and     r0, r4, #1
        bl      DrawInto
        bl      draw_stars
        bl      draw_balls
        bl      draw_title
        bl      draw_lines
        and     r0, r4, #1
        bl      Show
        bl      clear_other
        bl      collect
        bl      Buttons
        tst     r0, #ControlX
        bne     2f
        add     r4, r4, #1
        ldr     r0, =FIELDS
        cmp     r4, r0
        bne     1b
2:      ldr     r5, =counts
        ldr     r1, [r5, #count_display]
        ldr     r2, [r5, #count_timer]
        ldr     r3, [r5, #count_disc]
        SAY     "overture: %d screens cleared, %d delays over, %d blocks read by Portfolio"
        ldr     r1, [r5, #count_beats]
        ldr     r2, [r5, #count_blocks]
        SAY     "overture: the done queue gave %d delays and %d blocks of Mach's"
        mov     r0, #0
        ldmfd   sp!, {r4-r8, pc}
        .ltorg

@ --------------------------------------------------------------------- the sky
@ sky(r0 = n): screen n gets a display list with a background for each line
sky:    stmfd   sp!, {r4-r7, lr}
        mov     r7, r0
        ldr     r4, =list
        ldr     r0, =SKY_FIRST
        PICK    r1, buffers, r7
        mov     r2, r1
        mov     r3, #34 * 4             @ the next entry, behind the commands
        stmia   r4!, {r0-r3}
        ldr     r0, =0xC001002C
        str     r0, [r4], #4
        mov     r5, #0                  @ the colour table: 32 greys, so colours are themselves
1:      mov     r0, r5, lsl #3
        orr     r0, r0, r5, lsr #2
        orr     r1, r0, r0, lsl #8
        orr     r1, r1, r0, lsl #16
        orr     r1, r1, r5, lsl #24
        str     r1, [r4], #4
        add     r5, r5, #1
        cmp     r5, #32
        bne     1b
        mov     r5, #0
        bl      air
        str     r0, [r4], #4
        mov     r5, #1
2:      ldr     r0, =SKY_LINE
        mov     r1, #0
        mov     r2, #0
        mov     r3, #4
        stmia   r4!, {r0-r3}
        bl      air
        str     r0, [r4], #4
        add     r5, r5, #1
        cmp     r5, #HEIGHT
        bne     2b
        ldr     r0, =list
        ldr     r1, =SKY_WORDS
        mov     r2, #VDLTYPE_FULL
        GRAF    SubmitVDL
        CHECK_QUIETLY
        mov     r1, r0
        PICK    r0, screens, r7
        GRAF    SetVDL
        CHECK_QUIETLY
        ldmfd   sp!, {r4-r7, pc}

@ air(r5 = line): r0 := the background there
air:    cmp     r5, #GROUND
        bhs     1f
        mov     r0, r5, lsr #2          @ red
        mov     r1, r5, lsr #3          @ green
        mov     r2, #48
        add     r2, r2, r5, lsr #1      @ blue
        cmp     r5, #140                @ the glow above the ground
        subhs   r3, r5, #140
        addhs   r0, r0, r3, lsl #1
        addhs   r0, r0, r3, lsl #1
        addhs   r1, r1, r3
        subhs   r2, r2, r3
        b       2f
1:      sub     r3, r5, #GROUND
        mov     r0, r3, lsr #1
        mov     r1, #40
        sub     r1, r1, r3, lsr #1
        mov     r2, #56
        sub     r2, r2, r3, lsr #1
2:      orr     r2, r2, r1, lsl #8
        orr     r0, r2, r0, lsl #16
        orr     r0, r0, #0xE0000000
        mov     pc, lr
        .ltorg

@ ------------------------------------------------------------------- the stars
stars:  stmfd   sp!, {r4-r6, lr}
        ldr     r4, =star
        mov     r5, #STARS
        ldr     r6, =0x2545F491
1:      eor     r6, r6, r6, lsl #13     @ the same sky on every console
        eor     r6, r6, r6, lsr #17
        eor     r6, r6, r6, lsl #5
        mov     r0, r6, lsr #16
        mov     r0, r0, lsl #7          @ where, in 128ths of a pixel over 65536
        and     r1, r6, #0x7F
        add     r1, r1, #8              @ the line
        and     r2, r6, #0x300
        mov     r2, r2, lsr #8
        add     r2, r2, #1              @ how near
        stmia   r4!, {r0-r2}
        subs    r5, r5, #1
        bne     1b
        ldmfd   sp!, {r4-r6, pc}

draw_stars:
        stmfd   sp!, {r5-r8, lr}
        ldr     r5, =star
        mov     r6, #STARS
1:      ldmia   r5, {r0-r2}
        sub     r0, r0, r2, lsl #10     @ they drift, the near ones faster
        bic     r0, r0, #0xFF000000
        bic     r0, r0, #0x00800000
        str     r0, [r5], #12
        mov     r3, r0, lsr #7          @ 0 to 65535: times 320 / 65536
        mov     r7, #320
        mul     r8, r3, r7
        mov     r8, r8, lsr #16
        PICK    r3, glow, r2
        ldr     r12, =pen
        str     r3, [r12, #gc_FGPen]
        mov     r3, r1
        mov     r2, r8
        mov     r1, r12
        ldr     r0, =target
        ldr     r0, [r0]
        GRAF    WritePixel
        subs    r6, r6, #1
        bne     1b
        ldmfd   sp!, {r5-r8, pc}
        .ltorg

@ ------------------------------------------------------------------- the balls
@ ball_picture(): a shaded ball of 8 bits a pixel, through the colours of a table
ball_picture:
        stmfd   sp!, {r4-r8, lr}
        ldr     r4, =ball_texels
        mov     r6, #0
1:      mov     r7, #0
2:      sub     r0, r6, #SIDE / 2
        mov     r0, r0, lsl #1
        add     r0, r0, #1
        mul     r2, r0, r0
        sub     r1, r7, #SIDE / 2
        mov     r1, r1, lsl #1
        add     r1, r1, #1
        mla     r3, r1, r1, r2          @ squared distance from the middle
        mov     r0, #0
        cmp     r3, #SIDE * SIDE
        bhi     3f
        add     r1, r6, r7              @ light from above, on the left
        rsb     r0, r1, #34
        mov     r0, r0, asr #1
        subs    r2, r3, #150
        subgt   r0, r0, r2, asr #4
        cmp     r0, #1
        movlt   r0, #1
        cmp     r0, #15
        movgt   r0, #15
3:      strb    r0, [r4], #1
        add     r7, r7, #1
        cmp     r7, #SIDE
        bne     2b
        add     r6, r6, #1
        cmp     r6, #SIDE
        bne     1b
        ldr     r4, =ball_colours       @ a table of shades for each ball
        ldr     r5, =tints
        mov     r6, #BALLS
4:      ldr     r7, [r5], #4
        mov     r8, #0
5:      mov     r1, r8
        cmp     r1, #15
        movhi   r1, #15
        and     r0, r7, #0xFF           @ red, green, blue in fifteenths
        mul     r2, r1, r0
        mov     r3, r2, lsr #3
        mov     r3, r3, lsl #10
        mov     r0, r7, lsr #8
        and     r0, r0, #0xFF
        mul     r2, r1, r0
        mov     r2, r2, lsr #3
        orr     r3, r3, r2, lsl #5
        mov     r0, r7, lsr #16
        and     r0, r0, #0xFF
        mul     r2, r1, r0
        orr     r3, r3, r2, lsr #3
        cmp     r8, #0
        moveq   r3, #0                  @ the first is nothing
        strb    r3, [r4, #1]
        mov     r3, r3, lsr #8
        strb    r3, [r4], #2
        add     r8, r8, #1
        cmp     r8, #32
        bne     5b
        subs    r6, r6, #1
        bne     4b
        ldmfd   sp!, {r4-r8, pc}
        .ltorg

draw_balls:
        stmfd   sp!, {r4-r8, lr}
        ldr     r5, =ball               @ x, y, dx, dy in 16.16; size in 20.12
        mov     r6, #0
1:      ldmia   r5, {r0-r3, r7}
        add     r0, r0, r2
        cmp     r0, #0
        rsblt   r2, r2, #0
        movlt   r0, #0
        ldr     r8, =320 << 16
        sub     r8, r8, r7, lsl #8      @ its width: 16 * size
        cmp     r0, r8
        rsbgt   r2, r2, #0
        movgt   r0, r8
        add     r3, r3, #0x2000         @ falls
        add     r1, r1, r3
        ldr     r8, =(GROUND + 16) << 16
        sub     r8, r8, r7, lsl #8
        cmp     r1, r8
        movgt   r1, r8
        rsbgt   r3, r3, #0
        stmia   r5, {r0-r3}
        @ its shadow: flat, dark, on the ground
        ldr     r12, =shadow
        str     r0, [r12, #ccb_XPos]
        mov     r2, r7, lsl #8
        str     r2, [r12, #ccb_HDX]
        mov     r2, r7, lsl #2
        str     r2, [r12, #ccb_VDY]
        ldr     r8, =(GROUND + 13) << 16
        str     r8, [r12, #ccb_YPos]
        mov     r0, r12
        bl      Draw
        @ the ball
        ldmia   r5, {r0, r1}
        ldr     r12, =sphere
        str     r0, [r12, #ccb_XPos]
        str     r1, [r12, #ccb_YPos]
        mov     r2, r7, lsl #8
        str     r2, [r12, #ccb_HDX]
        mov     r2, r7, lsl #4
        str     r2, [r12, #ccb_VDY]
        ldr     r2, =ball_colours
        add     r2, r2, r6, lsl #6
        str     r2, [r12, #ccb_PLUTPtr]
        tst     r6, #1                  @ every other one is of glass
        ldrne   r2, =0x1F811F81
        ldreq   r2, =0x1F401F40
        str     r2, [r12, #ccb_PIXC]
        mov     r0, r12
        bl      Draw
        add     r5, r5, #20
        add     r6, r6, #1
        cmp     r6, #BALLS
        bne     1b
        ldmfd   sp!, {r4-r8, pc}
        .ltorg

@ ------------------------------------------------------------------- the title
@ title(): the word in a bitmap of 64 x 8 pixels
title:  stmfd   sp!, {r4, lr}
        mov     r0, #64 * 8 * 2
        ldr     r1, =MEMTYPE_ANY | MEMTYPE_FILL
        bl      AllocMem
        cmp     r0, #0
        moveq   r0, #1
        beq     exit
        ldr     r1, =title_tags
        str     r0, [r1, #20]
        ldr     r2, =title_cel
        str     r0, [r2, #ccb_SourcePtr]
        ldr     r0, =ID_BITMAP
        mov     r2, #0
        swi     CreateSizedItem
        CHECK_QUIETLY
        ldr     r1, =target
        str     r0, [r1]
        COLOUR  0x7FFF
        WRITE   0, 0, "OVERTURE"
        ldmfd   sp!, {r4, pc}

draw_title:
        stmfd   sp!, {r5-r8, lr}
        ldr     r0, =sway               @ a point that walks round a circle
        ldmia   r0, {r5, r6}
        sub     r5, r5, r6, asr #6
        add     r6, r6, r5, asr #6
        stmia   r0, {r5, r6}
        ldr     r7, =title_cel
        mov     r8, #4 << 20            @ four times as wide,
        str     r8, [r7, #ccb_HDX]
        mov     r0, r6, asr #5          @ and swaying
        str     r0, [r7, #ccb_HDY]
        mov     r8, #5 << 16
        add     r8, r8, r5, asr #4
        str     r8, [r7, #ccb_VDY]
        mov     r0, r6, asr #6
        str     r0, [r7, #ccb_VDX]
        mov     r0, #35 << 16           @ first its shadow
        mov     r1, #39 << 16
        ldr     r2, =0x83008300         @ what is there, darker
        bl      1f
        mov     r0, #32 << 16
        mov     r1, #36 << 16
        ldr     r2, =0x1F401F40
        bl      1f
        ldmfd   sp!, {r5-r8, pc}
1:      str     r0, [r7, #ccb_XPos]
        sub     r1, r1, r6, asr #3
        str     r1, [r7, #ccb_YPos]
        str     r2, [r7, #ccb_PIXC]
        mov     r0, r7
        b       Draw
        .ltorg

@ ------------------------------------------------------- what has come back so far
draw_lines:
        stmfd   sp!, {r5, r6, lr}
        ldr     r5, =counts
        COLOUR  0x7FFF
        ldr     r2, [r5, #count_display]
        ldr     r3, [r5, #count_timer]
        ldr     r0, =line_buffer
        TEXT    r1, "SPORT %d   TIMER %d"
        bl      sprintf
        mov     r0, #16
        mov     r1, #210
        ldr     r2, =line_buffer
        bl      Write
        ldr     r2, [r5, #count_disc]
        ldr     r3, [r5, #count_beats]
        ldr     r0, [r5, #count_blocks]
        str     r0, [sp, #-4]!
        ldr     r0, =line_buffer
        TEXT    r1, "CD-ROM %d   MACH %d DELAYS %d READS "
        bl      sprintf
        add     sp, sp, #4
        mov     r0, #16
        mov     r1, #222
        ldr     r2, =line_buffer
        bl      Write
        ldmfd   sp!, {r5, r6, pc}
        .ltorg

@ ------------------------------------------------------------- Portfolio's requests
requests:
        stmfd   sp!, {r4, r5, lr}
        TEXT    r0, "SPORT"
        bl      request_for
        ldr     r1, =sport_request
        str     r0, [r1]
        ldr     r0, =GrafBase
        ldr     r0, [r0]
        ldr     r0, [r0, #gf_ZeroPage]
        ldr     r1, =clone
        str     r0, [r1, #ioi_Send]
        bl      CreateTimerIOReq
        ldr     r1, =timer_request
        str     r0, [r1]
        ldr     r1, =delay
        swi     SendIO
        TEXT    r0, "CD-ROM"
        bl      request_for
        ldr     r1, =disc_request
        str     r0, [r1]
        ldr     r1, =read
        swi     SendIO
        ldmfd   sp!, {r4, r5, pc}

@ request_for(name of a device): a request for it, or an error
request_for:
        stmfd   sp!, {lr}
        bl      OpenNamedDevice
        CHECK_QUIETLY
        mov     r2, r0
        mov     r0, #0
        mov     r1, #0
        mov     r3, #0
        bl      CreateIOReq
        CHECK_QUIETLY
        ldmfd   sp!, {pc}

@ clear_other(r4 = field): the screen that goes off with the next field is cleared then
clear_other:
        stmfd   sp!, {r5, lr}
        eor     r5, r4, #1
        and     r5, r5, #1
        PICK    r0, buffers, r5
        ldr     r1, =clone
        str     r0, [r1, #ioi_Recv]
        ldr     r0, =sport_request
        ldr     r0, [r0]
        swi     SendIO
        ldr     r0, =sport_request
        ldr     r0, [r0]
        swi     WaitIO
        CHECK_QUIETLY
        ldr     r1, =counts
        ldr     r0, [r1, #count_display]
        add     r0, r0, #1
        str     r0, [r1, #count_display]
        ldmfd   sp!, {r5, pc}

@ collect(): requests of timer and disc that are over are counted and sent again
collect:
        stmfd   sp!, {r5, lr}
        ldr     r5, =timer_request
        ldr     r0, [r5]
        bl      CheckIO
        cmp     r0, #0
        beq     1f
        ldr     r1, =counts
        ldr     r0, [r1, #count_timer]
        add     r0, r0, #1
        str     r0, [r1, #count_timer]
        ldr     r0, [r5]
        swi     WaitIO
        ldr     r0, [r5]
        ldr     r1, =delay
        swi     SendIO
1:      ldr     r5, =disc_request
        ldr     r0, [r5]
        bl      CheckIO
        cmp     r0, #0
        ldmeqfd sp!, {r5, pc}
        ldr     r0, [r5]
        swi     WaitIO
        cmp     r0, #0                  @ an error: there is no disc, or it has ended
        ldmltfd sp!, {r5, pc}
        ldr     r1, =counts
        ldr     r0, [r1, #count_disc]
        add     r0, r0, #1
        str     r0, [r1, #count_disc]
        ldr     r1, =read
        ldr     r0, [r1, #ioi_Offset]
        add     r0, r0, #1
        tst     r0, #31                 @ round and round
        subeq   r0, r0, #32
        str     r0, [r1, #ioi_Offset]
        ldr     r0, [r5]
        swi     SendIO
        ldmfd   sp!, {r5, pc}
        .ltorg

@ ------------------------------------------------------------------ Mach's side
mach_side:
        stmfd   sp!, {lr}
        TEXT    r0, "mach"
        mov     r1, #110
        ldr     r2, =mach_thread
        mov     r3, #0x1000
        bl      CreateThread
        CHECK_QUIETLY
        ldmfd   sp!, {pc}

mach_thread:
        stmfd   sp!, {r4-r8, lr}
        bl      mach_host_self
        ldr     r1, =queue
        bl      io_done_queue_create_direct
        cmp     r0, #KERN_SUCCESS
        bne     9f
        TEXT    r2, "timer0"
        ldr     r3, =timer0
        bl      open
        bl      ask_timer
        TEXT    r2, "cdrom0"
        ldr     r3, =cdrom0
        bl      open
        cmp     r0, #D_SUCCESS
        bleq    ask_disc
1:      ldr     r0, =queue
        ldr     r0, [r0]
        ldr     r1, =result
        bl      io_done_queue_wait
        cmp     r0, #KERN_SUCCESS
        bne     9f
        ldr     r4, =result
        ldr     r0, [r4, #qd_reqid]
        cmp     r0, #BEAT_ID
        bne     2f
        ldr     r1, =counts
        ldr     r0, [r1, #count_beats]
        add     r0, r0, #1
        str     r0, [r1, #count_beats]
        bl      ask_timer
        b       1b
2:      ldr     r0, [r4, #qd_code]
        cmp     r0, #D_SUCCESS
        bne     1b                      @ the disc was taken out: no more blocks
        ldr     r1, =counts
        ldr     r0, [r1, #count_blocks]
        add     r0, r0, #1
        str     r0, [r1, #count_blocks]
        bl      mach_task_self
        ldr     r1, [r4, #qd_data]
        ldr     r2, [r4, #qd_count]
        bl      vm_deallocate
        bl      ask_disc
        b       1b
9:      ldmfd   sp!, {r4-r8, pc}

@ ------------------------------------------------------------------- the music
music:  stmfd   sp!, {lr}
        TEXT    r0, "music"
        mov     r1, #120
        ldr     r2, =music_thread
        mov     r3, #0x1000
        bl      CreateThread
        CHECK_QUIETLY
        ldmfd   sp!, {pc}

music_thread:
        stmfd   sp!, {r4-r7, lr}
        bl      OpenChime
        cmp     r0, #0
        blt     9f                      @ then it goes on without
        ldr     r0, =ID_CUE
        mov     r1, #0
        mov     r2, #0
        swi     CreateSizedItem
        movs    r4, r0
        bmi     9f
        AUDIO   GetAudioTime
        add     r5, r0, #24
1:      ldr     r6, =tune
2:      mov     r0, r4
        mov     r1, r5
        AUDIO   SleepUntilTime
        cmp     r0, #0
        blt     9f
        ldrb    r0, [r6], #1            @ a note,
        cmp     r0, #0
        blne    Chime
        ldrb    r0, [r6], #1            @ and the ticks to the next one; none: once more
        add     r5, r5, r0
        cmp     r0, #0
        bne     2b
        b       1b
9:      mov     r0, #0
        ldmfd   sp!, {r4-r7, pc}
        .ltorg

@ open(r2 = name, r3 = where its port is kept)
open:   stmfd   sp!, {r2, r3, lr}
        bl      device_master_self
        ldmfd   sp!, {r2, r3}
        mov     r1, #D_READ
        bl      device_open_direct
        ldmfd   sp!, {pc}

@ ask_timer(): a delay of 250 ms
ask_timer:
        stmfd   sp!, {r4, r5, lr}
        ldr     r4, =250000
        mov     r5, #8
        stmfd   sp!, {r4, r5}
        ldr     r0, =timer0
        ldr     r0, [r0]
        ldr     r1, =queue
        ldr     r1, [r1]
        mov     r2, #BEAT_ID
        mov     r3, #0
        bl      device_read_async_inband
        add     sp, sp, #8
        ldmfd   sp!, {r4, r5, pc}

@ ask_disc(): the next block, far from those that Portfolio reads
ask_disc:
        stmfd   sp!, {r4, r5, lr}
        ldr     r5, =next_block
        ldr     r4, [r5]
        add     r4, r4, #1
        cmp     r4, #64
        moveq   r4, #32
        str     r4, [r5]
        mov     r5, #BLOCK
        stmfd   sp!, {r4, r5}
        ldr     r0, =cdrom0
        ldr     r0, [r0]
        ldr     r1, =queue
        ldr     r1, [r1]
        mov     r2, #DISC_ID
        mov     r3, #0
        bl      device_read_async
        add     sp, sp, #8
        ldmfd   sp!, {r4, r5, pc}
        .ltorg

        .data
        .align  2
glow:   .word   0, 0x294A, 0x3DEF, 0x56B5, 0x7FFF
tints:  .word   0x0A0610, 0x100C06, 0x06100A, 0x081010, 0x10060E, 0x0C1006, 0x060A10
ball:   .word   20 << 16, 60 << 16, 0x0C000, 0, 0x1800
        .word   90 << 16, 20 << 16, 0x12000, 0, 0x2800
        .word   200 << 16, 90 << 16, -0x0A000, 0, 0x1C00
        .word   150 << 16, 40 << 16, -0x16000, 0, 0x3000
        .word   250 << 16, 70 << 16, 0x10000, 0, 0x1400
        .word   60 << 16, 100 << 16, -0x08000, 0, 0x2000
        .word   120 << 16, 10 << 16, 0x1A000, 0, 0x3800
sway:   .word   0x80000, 0
title_tags:
        .word   CBM_TAG_WIDTH, 64
        .word   CBM_TAG_HEIGHT, 8
        .word   CBM_TAG_BUFFER, 0
        .word   TAG_END, 0
title_cel:
        .word   CCB_USUAL | CCB_LAST, 0, 0, 0
        .word   0, 0, 0, 0, 0, 0, 0, 0
        .word   0
        .word   3 << 6 | 0x16           @ four pairs of lines of 16 bits
        .word   62 << 16 | 0x1000 | 0x0800 | 63
        .word   64, 8
sphere: .word   CCB_USUAL | CCB_LAST | CCB_LDPLUT
        .word   0, ball_texels, 0
        .word   0, 0, 0, 0, 0, 0, 0, 0
        .word   0
        .word   (SIDE - 1) << 6 | 5     @ coded, 8 bits
        .word   (SIDE / 4 - 2) << 16 | 0x1000 | (SIDE - 1)
        .word   SIDE, SIDE
shadow: .word   CCB_USUAL | CCB_LAST | CCB_LDPLUT
        .word   0, ball_texels, ball_colours
        .word   0, 0, 0, 0, 0, 0, 0, 0
        .word   0x8B008B00              @ what is there, three eighths of it
        .word   (SIDE - 1) << 6 | 5
        .word   (SIDE / 4 - 2) << 16 | 0x1000 | (SIDE - 1)
        .word   SIDE, SIDE
clone:  IOINFO  SPORTCMD_CLONE, 0, offset=0xFFFFFFFF, sendlen=2048, recvlen=SCREEN_BYTES
delay:  IOINFO  TIMERCMD_DELAY, TIMER_UNIT_USEC, send=ms_100, sendlen=8
read:   IOINFO  CMD_READ, 0, recv=block, recvlen=BLOCK
ms_100: .word   0, 100000
next_block:     .word   32
tune:   .byte   60, 30, 67, 30, 72, 30, 76, 30, 79, 30, 76, 30, 72, 30, 67, 30
        .byte   57, 30, 64, 30, 69, 30, 72, 30, 76, 30, 72, 30, 69, 30, 64, 30
        .byte   53, 30, 60, 30, 65, 30, 69, 30, 72, 30, 77, 30, 81, 30, 77, 30
        .byte   55, 30, 62, 30, 67, 30, 71, 30, 74, 30, 79, 30, 83, 60, 0, 0
        .align  2
counts:
        .equ    count_display,  0
        .equ    count_timer,    4
        .equ    count_disc,     8
        .equ    count_beats,    12
        .equ    count_blocks,   16
        .word   0, 0, 0, 0, 0
        .bss
        .align  2
sport_request:  .space  4
timer_request:  .space  4
disc_request:   .space  4
queue:  .space  4
timer0: .space  4
cdrom0: .space  4
result: .space  IO_DONE_RESULT_SIZE
star:   .space  STARS * 12
line_buffer:    .space  80
ball_texels:    .space  SIDE * SIDE
ball_colours:   .space  BALLS * 64
list:   .space  SKY_WORDS * 4
block:  .space  BLOCK
