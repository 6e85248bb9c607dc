//! Microcode of arithmetic, filters and delay lines.

use super::microcode::Microcode;

/// A state variable filter of what is in the accumulator less its low-pass output: two
/// integrators in a ring. "Output" is the low-pass output with the amplitude.
const FILTER: &str = "
    HighPass = A - Resonance * BandPass clip
    BandPass = Frequency * A + BandPass clip
    Output = LowPass * Amplitude
    sleep
";

/// The program of the file with that name.
pub(super) fn code(name: &str) -> Option<Microcode> {
    let text = match name {
        "add.dsp" => "Output = InputA + InputB clip\n sleep",
        "subtract.dsp" => "Output = InputA - InputB clip\n sleep",
        "multiply.dsp" => "Output = InputA * InputB\n sleep",
        "timesplus.dsp" => "Output = InputA * InputB + InputC clip\n sleep",
        "maximum.dsp" => {
            "Output <- InputA
             A = InputA - InputB
             if greaterequal done
             Output <- InputB
             done:
             sleep"
        }
        "minimum.dsp" => {
            "Output <- InputA
             A = InputA - InputB
             if lessequal done
             Output <- InputB
             done:
             sleep"
        }
        "monitor.dsp" => "Monitor <- Input\n sleep",
        // What there is to hear from outside is silence (audio sheet 2.1, EnableAudioInput).
        "directin.dsp" => {
            "LeftOutput <- #0
             RightOutput <- #0
             sleep"
        }
        _ => return filter(name).or_else(|| delay(name)),
    };
    Some(Microcode::new(text))
}

fn filter(name: &str) -> Option<Microcode> {
    let low = "LowPass = Frequency * BandPass + LowPass clip\n";
    Some(match name {
        "svfilter.dsp" => Microcode::new(&[low, "A = Input - A clip\n", FILTER].concat()),
        "filterednoise.dsp" => Microcode::new(&[low, "A = Noise - A clip\n", FILTER].concat()),
        // Up at once, down by the droop.
        "envfollower.dsp" => Microcode::new(
            "Output = Output * Droop
             A = Input
             if plus above
             A = ~ A
             above:
             Level = A
             A = A - Output
             if lessequal done
             Output <- Level
             done:
             sleep",
        )
        .words(&["Level"]),
        // The emphasis of some compact discs taken back: one pole, one zero.
        "deemphcd.dsp" => Microcode::new(
            "A = Gamma * Filtered
             A = Beta * Before + A
             Filtered = Alpha * Input + A clip
             Output = Amplitude * A
             Before <- Input
             sleep",
        )
        .words(&["Before", "Filtered"]),
        _ => return None,
    })
}

fn delay(name: &str) -> Option<Microcode> {
    let text = match name {
        "delaymono.dsp" => "OutFIFO <- Input\n sleep",
        "delaystereo.dsp" => {
            "OutFIFO <- InputLeft
             OutFIFO <- InputRight
             sleep"
        }
        "delay1tap.dsp" => {
            "A = Tap0.head * Tap0Send
             OutFIFO = Input * OriginalSend + A clip
             A = Tap0 * Tap0Mix
             Output = Input * OriginalMix + A clip
             sleep"
        }
        _ => return None,
    };
    Some(Microcode::new(text))
}
