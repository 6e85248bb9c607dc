@ audio_limits - how many voices fit: the signal processor's resources, used up.
@
@ Players of one kind are made until a resource runs out, and what is in use is printed:
@ input FIFOs end it for the smallest player, code words for a long one, ticks for the
@ generators. Then all is given back. Without a disc the folio's own descriptions of the
@ standard instruments do.
        .include "runtime.inc"

        .equ    NORSRC, 0xD52BF113
        .equ    MOST, 40                @ more than fit of anything

main:   stmfd   sp!, {r4-r8, lr}
        bl      OpenAudioFolio
        CHECK   0, "the Audio folio opens"
        PRINT   "empty"
        bl      usage

        TEXT    r0, "fixedmonosample.dsp"
        bl      fill
        CHECK   13, "thirteen players of 16 bits: an input FIFO each"
        bl      empty
        CHECK   0, "nothing is left of them"

        TEXT    r0, "halfmono8.dsp"
        bl      fill
        CHECK   9, "nine players at half the rate: code words"
        bl      empty
        CHECK   0, "nothing is left of them"

        TEXT    r0, "sampler.dsp"
        bl      fill
        CHECK   13, "thirteen samplers share one routine"
        bl      empty
        CHECK   0, "nothing is left of them"

        TEXT    r0, "mixer8x2.dsp"
        bl      fill
        CHECK   6, "six mixers: knobs"
        bl      empty
        CHECK   0, "nothing is left of them"

        @ ---- half the rate takes time in every second frame only
        TEXT    r0, "adpcmmono.dsp"
        bl      fill
        CHECK   5, "five players of 4 bits: ticks"
        bl      empty
        CHECK   0, "nothing is left of them"
        TEXT    r0, "adpcmmono.dsp"
        ldr     r7, =half_rate
        bl      fill_with
        CHECK   7, "seven in every second frame: code words"
        bl      empty
        CHECK   0, "nothing is left of them"
        PASS

@ fill(name): makes instruments of a template until there is an error, which must be
@ NORSRC; prints what is in use; r0 = how many. The template's item stays in r4.
fill:   ldr     r7, =full_rate
fill_with:                              @ the same with tags r7
        stmfd   sp!, {lr}
        mov     r8, r0
        mov     r1, r0
        PRINT   "%s"
        mov     r0, r8
        mov     r1, #0
        bl      LoadInsTemplate
        mov     r4, r0
        bl      make
        bl      usage
        mov     r0, r5
        ldmfd   sp!, {pc}

@ make: instruments of template r4 with tags r7 until one fails; r5 = how many.
make:   stmfd   sp!, {lr}
        mov     r5, #0
1:      mov     r0, r4
        mov     r1, r7
        bl      CreateInstrument
        cmp     r0, #0
        ble     2f
        add     r5, r5, #1
        cmp     r5, #MOST
        blo     1b
2:      CHECK   NORSRC, "then resources are used up"
        ldmfd   sp!, {pc}

@ empty: unloads template r4 and compares what is in use with what was at first;
@ r0 = 0 when nothing is left.
empty:  stmfd   sp!, {r6, lr}
        mov     r0, r4
        bl      UnloadInsTemplate
        mov     r6, #0
        ldr     r8, =kinds
1:      ldr     r0, [r8], #4
        cmn     r0, #1
        beq     2f
        bl      DSPGetTotalRsrcUsed
        ldr     r1, [r8], #4
        sub     r0, r0, r1
        orr     r6, r6, r0
        b       1b
2:      mov     r0, r6
        ldmfd   sp!, {r6, pc}

@ usage: prints words, knob words, FIFOs and ticks in use.
usage:  stmfd   sp!, {r4-r6, lr}
        mov     r0, #0
        bl      DSPGetTotalRsrcUsed
        mov     r4, r0
        mov     r0, #1
        bl      DSPGetTotalRsrcUsed
        mov     r5, r0
        mov     r0, #2
        bl      DSPGetTotalRsrcUsed
        mov     r6, r0
        mov     r1, r4
        mov     r2, r5
        mov     r3, r6
        PRINT   "  code %d of 512, EI %d of 104, I %d of 248"
        mov     r0, #6
        bl      DSPGetTotalRsrcUsed
        mov     r4, r0
        mov     r0, #8
        bl      DSPGetTotalRsrcUsed
        mov     r2, r0
        mov     r1, r4
        PRINT   "  input FIFOs %d of 13, ticks %d of 565"
        ldmfd   sp!, {r4-r6, pc}

@ OpenAudioFolio(): 0, or the error
OpenAudioFolio:
        stmfd   sp!, {lr}
        TEXT    r0, "audio"
        PUSH_END
        PUSH_TAG TAG_ITEM_NAME, r0
        ldr     r0, =ID_FOLIO
        mov     r1, sp
        swi     FindAndOpenItem
        add     sp, sp, #16
        cmp     r0, #0
        ldmltfd sp!, {pc}
        bl      LookupItem
        ldr     r1, =AudioBase
        str     r0, [r1]
        mov     r0, #0
        ldmfd   sp!, {pc}

@ A vector of the folio as a plain function: the routine returns to our caller.
        .macro  AUDIO_FUNCTION name
\name:  ldr     r12, =AudioBase
        ldr     r12, [r12]
        ldr     pc, [r12, #AUDIOV_\name]
        .endm
        AUDIO_FUNCTION LoadInsTemplate
        AUDIO_FUNCTION UnloadInsTemplate
        AUDIO_FUNCTION CreateInstrument
        AUDIO_FUNCTION DSPGetTotalRsrcUsed
        .ltorg

        .data
        .align  2
AudioBase:      .word   0
@ Types of resources, and what the head and the tail of each frame have of them.
kinds:          .word   0, 48, 1, 4, 2, 2, 3, 0, 6, 0, 7, 0, 8, 45, -1
full_rate:      .word   72, 1, 0        @ AF_TAG_CALCRATE_DIVIDE
half_rate:      .word   72, 2, 0
