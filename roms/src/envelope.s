@ envelope - how loud a sound is by an envelope: rise, sustain, release, end.
@
@ Probes show the level that the envelope has reached at each of its points.
        .include "runtime.inc"
        .include "folio.inc"
        .include "audio.inc"

main:   stmfd   sp!, {r4-r9, lr}
        bl      OpenAudio
        cmp     r0, #0
        CHECK_IF gt, "audio folio opened"
        TEXT    r0, "sawenv.dsp"
        bl      LoadInstrument
        NEW_ITEM r4, "oscillator with an envelope loaded"
        TEXT    r0, "directout.dsp"
        bl      LoadInstrument
        NEW_ITEM r5, "output loaded"
        CONNECT r4, "Output", r5, "InputLeft"
        CHECK   0, "connected on the left"
        CONNECT r4, "Output", r5, "InputRight"
        CHECK   0, "and on the right"
        ldr     r0, =points
        mov     r1, #4
        mov     r2, #2                  @ the third point holds
        mov     r3, #2
        AUDIO   CreateEnvelope
        NEW_ITEM r6, "envelope created"
        mov     r0, r4
        mov     r1, r6
        TEXT    r2, "Env"
        AUDIO   AttachEnvelope
        NEW_ITEM r8, "attached"
        mov     r0, r4
        TEXT    r1, "Env.current"
        mov     r2, #0
        AUDIO   CreateProbe
        NEW_ITEM r7, "probe at its level"
        START   r5
        CHECK   0, "output started"
        START   r4, quiet
        CHECK   0, "oscillator started"
        mov     r0, #12                 @ 50 ms
        AUDIO   SleepAudioTicks
        bl      read
        mov     r9, r0
        cmp     r9, #0x3000
        CHECK_IF gt, "halfway up"
        cmp     r9, #0x5000
        CHECK_IF lt, "and not further"
        mov     r0, #108
        AUDIO   SleepAudioTicks
        bl      read
        mov     r9, r0
        ldr     r1, =0x4000 - 16
        cmp     r9, r1
        CHECK_IF ge, "it holds half of the loudness"
        cmp     r9, #0x4000
        CHECK_IF le, "and no more"
        mov     r0, #60
        AUDIO   SleepAudioTicks
        bl      read
        sub     r0, r0, r9
        CHECK   0, "for as long as nobody releases it"
        mov     r0, r4
        mov     r1, #0
        swi     ReleaseInstrument
        CHECK   0, "released"
        mov     r0, #30
        AUDIO   SleepAudioTicks
        bl      read
        cmp     r0, r9
        CHECK_IF lt, "it falls"
        mov     r0, #60
        AUDIO   SleepAudioTicks
        bl      read
        add     r0, r0, #8
        cmp     r0, #16
        CHECK_IF ls, "down to silence"
        mov     r0, r4
        mov     r1, #0
        swi     StopInstrument
        CHECK   0, "stopped"
        PASS

        .include "probe.inc"
quiet:  .word   AF_TAG_AMPLITUDE, 0x3000, 0
points: .word   0, 0                    @ milliseconds, level
        .word   100, 0x7FFF
        .word   300, 0x4000
        .word   600, 0
