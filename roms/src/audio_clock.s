@ audio_clock - cue and clock: audio ticks without drift, and at another rate.
@
@ A program keeps a beat with SleepUntilTime, posts and takes back cues, owns the
@ audio clock, changes its rate while it counts.
        .include "runtime.inc"
        .include "folio.inc"

        .equ    ID_CUE, 0x405
        .equ    BEATS, 10
        .equ    BEAT, 12                @ ticks
        .equ    BADITEM_AUDIO, 0xD52BF001
        .equ    OUTOFRANGE, 0xD52BF117
        .equ    NOTOWNER_AUDIO, 0xD52BF11C

main:   stmfd   sp!, {r4-r9, lr}
        TEXT    r0, "audio"
        bl      OpenFolio
        ldr     r1, =AudioBase
        str     r0, [r1]
        cmp     r0, #0
        CHECK_IF gt, "audio folio opened"

        ldr     r0, =ID_CUE
        mov     r1, #0
        mov     r2, #0
        swi     CreateSizedItem
        NEW_ITEM r4, "cue created"
        mov     r0, r4
        FOLIO   AudioBase, AUDIOV_GetCueSignal
        mov     r5, r0
        CHECK   0x100, "its signal is the task's lowest"
        FOLIO   AudioBase, AUDIOV_GetAudioDuration
        CHECK   183, "frames of a tick"
        FOLIO   AudioBase, AUDIOV_GetAudioRate
        CHECK   0x00F0FBCD, "ticks a second"

        @ ---- a beat without drift
        FOLIO   AudioBase, AUDIOV_GetAudioTime
        add     r6, r0, #2
        mov     r0, r4
        mov     r1, r6
        FOLIO   AudioBase, AUDIOV_SleepUntilTime
        CHECK   0, "the first beat"
        add     r6, r6, #BEAT           @ text output takes time: measure from the
        mov     r0, r4                  @ next beat on
        mov     r1, r6
        FOLIO   AudioBase, AUDIOV_SleepUntilTime
        bl      GetUSecs
        mov     r8, r0
        mov     r7, #BEATS
1:      add     r6, r6, #BEAT
        mov     r0, r4
        mov     r1, r6
        FOLIO   AudioBase, AUDIOV_SleepUntilTime
        FOLIO   AudioBase, AUDIOV_GetAudioTime
        cmp     r0, r6
        bne     2f
        subs    r7, r7, #1
        bne     1b
2:      bl      GetUSecs
        sub     r8, r0, r8
        mov     r0, r7
        CHECK   0, "each beat at its time"
        ldr     r1, =497959 - 64        @ 10 * 12 * 183 frames
        cmp     r8, r1
        CHECK_IF hs, "ten beats are not shorter than 498 ms"
        ldr     r1, =497959 + 64
        cmp     r8, r1
        CHECK_IF ls, "nor longer"

        @ ---- one time for each cue
        FOLIO   AudioBase, AUDIOV_GetAudioTime
        mov     r6, r0
        mov     r0, r4
        sub     r1, r6, #1
        swi     SignalAtTime
        CHECK   0, "a time in the past"
        PENDING r5
        CHECK   0x100, "signals at once"
        mov     r0, r5
        swi     WaitSignal
        FOLIO   AudioBase, AUDIOV_GetAudioTime
        mov     r6, r0
        mov     r0, r4
        add     r1, r6, #2
        swi     SignalAtTime
        mov     r0, r4
        swi     AbortTimerCue
        CHECK   0, "a time is taken back"
        mov     r0, #5
        FOLIO   AudioBase, AUDIOV_SleepAudioTicks
        CHECK   0, "five ticks with another cue"
        PENDING r5
        CHECK   0, "no signal came"
        ldr     r0, =0x7777
        mov     r1, #0
        swi     SignalAtTime
        CHECK   BADITEM_AUDIO, "not a cue"

        @ ---- the clock
        mov     r0, #0
        mov     r1, #100
        swi     SetAudioDuration
        CHECK   NOTOWNER_AUDIO, "who does not own the clock"
        FOLIO   AudioBase, AUDIOV_OwnAudioClock
        NEW_ITEM r9, "owned"
        mov     r0, r9
        mov     r1, #43
        swi     SetAudioDuration
        CHECK   OUTOFRANGE, "faster than 1000 Hz"
        mov     r0, r9
        ldr     r1, =300 << 16
        swi     SetAudioRate
        CHECK   0, "300 Hz"
        FOLIO   AudioBase, AUDIOV_GetAudioDuration
        CHECK   147, "frames of a tick"
        FOLIO   AudioBase, AUDIOV_GetAudioTime
        add     r6, r0, #3
        mov     r0, r4
        mov     r1, r6
        FOLIO   AudioBase, AUDIOV_SleepUntilTime
        swi     GetAudioFrameCount
        mov     r8, r0
        add     r6, r6, #30
        mov     r0, r4
        mov     r1, r6
        FOLIO   AudioBase, AUDIOV_SleepUntilTime
        swi     GetAudioFrameCount
        sub     r0, r0, r8
        bic     r0, r0, #0x00FF0000     @ the count has 16 bits
        bic     r0, r0, #0xFF000000
        CHECK   30 * 147, "thirty ticks are that many frames"
        mov     r0, r9
        FOLIO   AudioBase, AUDIOV_DisownAudioClock
        CHECK   0, "given back"
        mov     r0, r4
        swi     DeleteItem
        CHECK   0, "cue deleted"
        mov     r0, r4
        FOLIO   AudioBase, AUDIOV_GetCueSignal
        CHECK   0, "it has no signal now"
        PASS

        .data
AudioBase:      .word   0
