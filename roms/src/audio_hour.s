@ audio_hour - a looped sample plays for a second; then an hour of silence in a single sleep.
@
@ Nothing runs in that hour: what the host spends on it is the cost of silent audio time.
        .include "runtime.inc"
        .include "folio.inc"

        .equ    SECOND, 241
        .equ    HOUR, 867540            @ ticks of 183 frames: 3600 s

main:   stmfd   sp!, {r4-r7, lr}
        TEXT    r0, "audio"
        bl      OpenFolio
        ldr     r1, =AudioBase
        str     r0, [r1]
        cmp     r0, #0
        CHECK_IF gt, "audio folio opened"

        TEXT    r0, "sampler.dsp"
        mov     r1, #0
        mov     r2, #100
        FOLIO   AudioBase, AUDIOV_LoadInstrument
        NEW_ITEM r4, "instrument loaded"
        ldr     r0, =looped
        FOLIO   AudioBase, AUDIOV_CreateSample
        NEW_ITEM r5, "sample created"
        mov     r0, r4
        mov     r1, r5
        mov     r2, #0
        FOLIO   AudioBase, AUDIOV_AttachSample
        NEW_ITEM r6, "attached"
        mov     r0, r4
        mov     r1, #0
        swi     StartInstrument
        CHECK   0, "started"
        ldr     r0, =SECOND
        FOLIO   AudioBase, AUDIOV_SleepAudioTicks
        CHECK   0, "a second of ticks"
        mov     r0, r4
        mov     r1, #0
        swi     StopInstrument
        CHECK   0, "stopped"

        FOLIO   AudioBase, AUDIOV_GetAudioTime
        mov     r7, r0
        ldr     r0, =HOUR
        FOLIO   AudioBase, AUDIOV_SleepAudioTicks
        CHECK   0, "an hour of ticks"
        FOLIO   AudioBase, AUDIOV_GetAudioTime
        sub     r0, r0, r7
        CHECK   HOUR, "and no more"
        PASS

        .data
        .align  2
AudioBase:      .word   0
looped:         .word   36, sound               @ AF_TAG_ADDRESS
                .word   24, LOOP_FRAMES         @ AF_TAG_FRAMES
                .word   31, 0                   @ AF_TAG_SUSTAINBEGIN
                .word   32, LOOP_FRAMES         @ AF_TAG_SUSTAINEND
                .word   0
        .equ    LOOP_FRAMES, 100
sound:          .space  2 * LOOP_FRAMES
