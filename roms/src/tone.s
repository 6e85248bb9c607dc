@ tone - a sawtooth of 440 Hz for half a second, then one of 880 Hz, left and right.
@
@ Two instruments, a connection, a knob that is turned in Hz. The pitch is exact: the
@ phase of the sawtooth grows by 440 * 65536 / 44100 = 653 a frame.
        .include "runtime.inc"
        .include "folio.inc"
        .include "audio.inc"

main:   stmfd   sp!, {r4-r9, lr}
        bl      OpenAudio
        cmp     r0, #0
        CHECK_IF gt, "audio folio opened"
        TEXT    r0, "sawtooth.dsp"
        bl      LoadInstrument
        NEW_ITEM r4, "oscillator loaded"
        TEXT    r0, "directout.dsp"
        bl      LoadInstrument
        NEW_ITEM r5, "output loaded"
        CONNECT r4, "Output", r5, "InputLeft"
        CHECK   0, "connected on the left"
        CONNECT r4, "Output", r5, "InputRight"
        CHECK   0, "and on the right"
        KNOB    r4, "Frequency"
        NEW_ITEM r6, "knob grabbed"
        mov     r0, r6
        ldr     r1, =440 << 16
        swi     TweakKnob
        CHECK   0, "440 Hz"
        mov     r0, r4
        TEXT    r1, "Output"
        mov     r2, #0
        AUDIO   CreateProbe
        NEW_ITEM r7, "probe at the oscillator"
        START   r5
        CHECK   0, "output started"
        START   r4, quiet
        CHECK   0, "oscillator started"
        mov     r0, #120
        AUDIO   SleepAudioTicks
        bl      read
        mov     r8, r0
        mov     r0, #1
        AUDIO   SleepAudioTicks
        bl      read
        subs    r0, r0, r8
        CHECK_IF ne, "what comes out moves"
        mov     r0, r6
        ldr     r1, =880 << 16
        swi     TweakKnob
        CHECK   0, "880 Hz"
        mov     r0, #120
        AUDIO   SleepAudioTicks
        mov     r0, r4
        mov     r1, #0
        swi     StopInstrument
        CHECK   0, "oscillator stopped"
        bl      read
        mov     r8, r0
        mov     r0, #1
        AUDIO   SleepAudioTicks
        bl      read
        sub     r0, r0, r8
        CHECK   0, "nothing moves any more"
        mov     r0, r5
        mov     r1, #0
        swi     StopInstrument
        CHECK   0, "output stopped"
        mov     r0, #24
        AUDIO   SleepAudioTicks
        PASS

        .include "probe.inc"
quiet:  .word   AF_TAG_AMPLITUDE, 0x2000, 0
