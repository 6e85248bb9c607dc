@ loop - a sample with a sustain loop, its release, and the signal at its end.
@
@ The sample rises for 256 frames, goes round in 64 of them until it is released, and
@ dies away in 1024 more: when it ends is known to the frame.
        .include "runtime.inc"
        .include "folio.inc"
        .include "audio.inc"

        .equ    RISE, 256
        .equ    LOOP, 64
        .equ    FALL, 1024

main:   stmfd   sp!, {r4-r9, lr}
        bl      OpenAudio
        cmp     r0, #0
        CHECK_IF gt, "audio folio opened"
        bl      make
        TEXT    r0, "fixedmonosample.dsp"
        bl      LoadInstrument
        NEW_ITEM r4, "player loaded"
        TEXT    r0, "directout.dsp"
        bl      LoadInstrument
        NEW_ITEM r5, "output loaded"
        CONNECT r4, "Output", r5, "InputLeft"
        CHECK   0, "connected on the left"
        CONNECT r4, "Output", r5, "InputRight"
        CHECK   0, "and on the right"
        ldr     r0, =looped
        AUDIO   CreateSample
        NEW_ITEM r6, "sample created"
        mov     r0, r4
        mov     r1, r6
        mov     r2, #0
        AUDIO   AttachSample
        NEW_ITEM r7, "attached"
        ldr     r0, =ID_CUE
        mov     r1, #0
        mov     r2, #0
        swi     CreateSizedItem
        NEW_ITEM r8, "cue created"
        mov     r0, r8
        AUDIO   GetCueSignal
        mov     r9, r0
        mov     r0, r7
        mov     r1, r8
        mvn     r2, #1                  @ CUE_AT_END
        swi     MonitorAttachment
        CHECK   0, "its end is awaited"

        START   r5
        CHECK   0, "output started"
        START   r4, quiet
        CHECK   0, "player started"
        mov     r0, #120
        AUDIO   SleepAudioTicks
        mov     r0, r7
        swi     WhereAttachment
        mov     r6, r0
        cmp     r6, #2 * RISE
        CHECK_IF ge, "half a second later it is in the loop"
        cmp     r6, #2 * (RISE + LOOP)
        CHECK_IF le, "and not behind it"
        PENDING r9
        CHECK   0, "it has not ended"
        swi     GetAudioFrameCount
        mov     r6, r0
        mov     r0, r4
        mov     r1, #0
        swi     ReleaseInstrument
        CHECK   0, "released"
        mov     r0, r9
        swi     WaitSignal
        swi     GetAudioFrameCount
        sub     r6, r0, r6
        bic     r6, r6, #0x00FF0000     @ the count has 16 bits
        bic     r6, r6, #0xFF000000
        cmp     r6, #FALL - 16
        CHECK_IF hs, "it ends when it has died away"
        ldr     r0, =FALL + LOOP + 64
        cmp     r6, r0
        CHECK_IF ls, "and no later than a loop more"
        mov     r0, #24
        AUDIO   SleepAudioTicks
        mov     r0, r4
        mov     r1, #0
        swi     StopInstrument
        CHECK   0, "player stopped"
        PASS

@ make(): the sample, a sawtooth of 64 frames that rises and falls
make:   stmfd   sp!, {r4, lr}
        ldr     r4, =sound
        mov     r0, #0
1:      and     r1, r0, #63
        mov     r1, r1, lsl #9
        sub     r1, r1, #0x4000
        cmp     r0, #RISE
        movlo   r2, r0, lsl #2          @ up to 1024
        movhs   r2, #1024
        ldr     r3, =RISE + LOOP
        subs    r3, r0, r3
        rsbhi   r2, r3, #1024
        mul     r3, r1, r2
        mov     r3, r3, asr #10
        strb    r3, [r4, #1]
        mov     r3, r3, asr #8
        strb    r3, [r4], #2
        add     r0, r0, #1
        ldr     r1, =RISE + LOOP + FALL
        cmp     r0, r1
        bne     1b
        ldmfd   sp!, {r4, pc}
        .ltorg

        .data
        .align  2
quiet:  .word   AF_TAG_AMPLITUDE, 0x3000, 0
looped: .word   AF_TAG_ADDRESS, sound
        .word   AF_TAG_FRAMES, RISE + LOOP + FALL
        .word   AF_TAG_SUSTAINBEGIN, RISE
        .word   AF_TAG_SUSTAINEND, RISE + LOOP
        .word   0
        .bss
        .align  2
sound:  .space  2 * (RISE + LOOP + FALL)
