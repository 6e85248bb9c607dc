//! Microcode of oscillators and noise.
//!
//! Audio sheet 5.3: the phase has 16 bits and goes round once a period; those of low
//! frequencies have eight bits more, the upper eight in `Phase`, the lower 16 in `Fine`.

use super::microcode::Microcode;

/// The next phase of 24 bits.
const SLOWLY: &str = "
    Fine = Fine + Frequency
    if nocarry same
    Phase = Phase + #0x100
same:
";

/// Its upper 16 bits, in the accumulator.
const UPPER: &str = "
    A = Fine >>> 8
    A = A + Phase
";

/// A triangle that begins at 0 and rises, of a phase in the accumulator.
const TRIANGLE: &str = "
    A = A + #0x4000
    if plus rising
    A = ~ A
rising:
    A = A - #0x4000 << 1
    Output = Amplitude * A
    sleep
";

/// The program of the file with that name.
pub(super) fn code(name: &str) -> Option<Microcode> {
    Some(match name {
        "sawtooth.dsp" => Microcode::new(
            "Phase = Phase + Frequency
             Output = Amplitude * A
             sleep",
        )
        .words(&["Phase"]),
        "square.dsp" => Microcode::new(
            "Output <- Amplitude
             Phase = Phase + Frequency
             if plus done
             Output = - Amplitude
             done:
             sleep",
        )
        .words(&["Phase"]),
        "pulse.dsp" => Microcode::new(
            "Output <- Amplitude
             Phase = Phase + Frequency
             A = A - PulseWidth
             if less done
             Output = - Amplitude
             done:
             sleep",
        )
        .words(&["Phase"]),
        "triangle.dsp" => {
            Microcode::new(&["Phase = Phase + Frequency", TRIANGLE].concat()).words(&["Phase"])
        }
        "impulse.dsp" => Microcode::new(
            "Output <- #0
             Phase = Phase + Frequency
             if nocarry done
             Output <- Amplitude
             done:
             sleep",
        )
        .words(&["Phase"]),
        "square_lfo.dsp" => slow(
            "Output <- Amplitude
             A = Phase
             if plus done
             Output = - Amplitude
             done:
             sleep",
        ),
        "pulse_lfo.dsp" => slow(
            &[
                UPPER,
                "Output <- Amplitude
                 A = A - PulseWidth
                 if less done
                 Output = - Amplitude
                 done:
                 sleep",
            ]
            .concat(),
        ),
        "triangle_lfo.dsp" => slow(&[UPPER, TRIANGLE].concat()),
        _ => return noise(name),
    })
}

fn slow(text: &str) -> Microcode {
    Microcode::new(&[SLOWLY, text].concat()).words(&["Phase", "Fine"])
}

fn noise(name: &str) -> Option<Microcode> {
    Some(match name {
        "noise.dsp" => Microcode::new(
            "Output = Noise * Amplitude
             sleep",
        ),
        // A straight line from one random value to the next, a period each.
        "rednoise.dsp" => Microcode::new(
            "Phase = Phase + Frequency
             if nocarry same
             Last <- Next
             Next <- Noise
             same:
             Part = A >>> 1
             A = Last - Last * A
             A = Next * Part + A
             Output = Amplitude * A
             sleep",
        )
        .words(&["Phase", "Last", "Next", "Part"]),
        "randomhold.dsp" => Microcode::new(
            "Phase = Phase + Frequency
             if nocarry same
             Held <- Noise
             same:
             Output = Held * Amplitude
             sleep",
        )
        .words(&["Phase", "Held"]),
        _ => return None,
    })
}
