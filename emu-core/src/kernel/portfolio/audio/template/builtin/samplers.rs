//! Microcode of players at any rate up to twice that of the output.
//!
//! Audio sheet 3.3, 8. `Phase` is what has been passed of the way from one sample to the next, in
//! 15 bits; when it is more than the way, one sample is fetched, or two if it carries.
//!
//! The routine OscUpDownFP has the accumulator for the rate and the result, and of the register
//! block: r4 the phase, r5 and r6 the samples, r7 the address of the FIFO.

use super::envelopes::ramp;
use super::microcode::Microcode;

/// The block of a sampler, ready for the routine.
const BLOCK: &str = "
    rbase
    rmap 0
    r7 <- #InFIFO
";

/// The end of a sampler.
const SCALED: &str = "
    Output = Amplitude * A
    sleep
";

/// The program of the file with that name.
pub(super) fn code(name: &str) -> Option<Microcode> {
    Some(match name {
        "sampler.dsp" => sampler(&[BLOCK, "A = Frequency\n call OscUpDownFP\n", SCALED]),
        "samplerenv.dsp" => sampler(&[
            &ramp("AMPEnv"),
            BLOCK,
            "A = Frequency\n call OscUpDownFP\n A = AMPEnv.current * A\n",
            SCALED,
        ]),
        // The rate has no sign, the modulation has: half of the rate's range is taken off for
        // the sum, which is clipped, and put on again.
        "samplermod.dsp" => sampler(&[
            "A = Frequency ^ #0x8000
             A = ModInput * ModDepth + A clip
             A = A ^ #0x8000
            ",
            BLOCK,
            "call OscUpDownFP\n",
            SCALED,
        ]),
        "oscupdownfp.dsp" => Microcode::new(
            "r4 = r4 + A
             if carry two
             if plus between
             r4 = A ^ #0x8000
             jump one
             two:
             r6 <- @r7
             one:
             r5 <- r6
             r6 <- @r7
             between:
             A = r5 - r5 * A
             A = r6 * r4 + A
             return",
        ),
        "varmono16.dsp" => Microcode::new(
            "Phase = Phase + Frequency
             if carry two
             if plus between
             Phase = A ^ #0x8000
             jump one
             two:
             Next <- InFIFO
             one:
             Last <- Next
             Next <- InFIFO
             between:
             A = Last - Last * A
             A = Next * Phase + A
             Output = Amplitude * A
             sleep",
        )
        .words(&["Phase", "Last", "Next"])
        .starting_with(&[0, 0, 0]),
        "varmono8.dsp" => Microcode::new(
            "A = InFIFO.status
             if zero done
             Phase = Phase + Frequency
             if carry two
             if plus between
             Phase = A ^ #0x8000
             jump one
             two:
             call fetch
             one:
             Last <- Next
             call fetch
             between:
             A = Last - Last * Phase
             A = Next * Phase + A
             Output = Amplitude * A
             done:
             sleep
             fetch:
             Turn = ~ Turn
             if plus lower
             Next = InFIFO.head & #0xFF00
             return
             lower:
             Next = InFIFO << 8
             return",
        )
        .words(&["Phase", "Last", "Next", "Turn"])
        .starting_with(&[0, 0, 0, 0]),
        _ => return None,
    })
}

fn sampler(text: &[&str]) -> Microcode {
    Microcode::new(&text.concat()).starting_with(&[0, 0, 0, 0])
}
