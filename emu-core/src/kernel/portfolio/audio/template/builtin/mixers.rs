//! Microcode of what is heard: direct output and mixers.
//!
//! Audio sheet 5.2: they add, clipped, to the two words that the next frame puts out.

use super::microcode::Microcode;

/// The program of the file with that name.
pub(super) fn code(name: &str) -> Option<Microcode> {
    Some(match name {
        "directout.dsp" => Microcode::new(
            "MixLeft = MixLeft + InputLeft clip
             MixRight = MixRight + InputRight clip
             sleep",
        ),
        "mixer2x2.dsp" => mixer(2, false),
        "mixer4x2.dsp" => mixer(4, false),
        "mixer8x2.dsp" => mixer(8, false),
        "mixer12x2.dsp" => mixer(12, false),
        "mixer8x2amp.dsp" => mixer(8, true),
        "submixer2x2.dsp" => submixer(2),
        "submixer4x2.dsp" => submixer(4),
        "submixer8x2.dsp" => submixer(8),
        "tapoutput.dsp" => Microcode::new(
            "LeftOutput <- MixLeft
             RightOutput <- MixRight
             sleep",
        ),
        _ => return None,
    })
}

/// The sum of all inputs with the gains of one side, in the accumulator.
fn sum(side: &str, inputs: u32) -> String {
    let mut text = format!("A = Input0 * {side}Gain0\n");
    for n in 1..inputs {
        text += &format!("A = Input{n} * {side}Gain{n} + A clip\n");
    }
    text
}

fn mixer(inputs: u32, has_amplitude: bool) -> Microcode {
    let side = |side: &str| {
        let sum = sum(side, inputs);
        if has_amplitude {
            return format!("{sum} Mix{side} = Amplitude * A + Mix{side} clip\n");
        }
        format!("{sum} Mix{side} = Mix{side} + A clip\n")
    };
    Microcode::new(&(side("Left") + &side("Right") + "sleep"))
}

fn submixer(inputs: u32) -> Microcode {
    let side = |side: &str| format!("{}{side}Output = A\n", sum(side, inputs));
    Microcode::new(&(side("Left") + &side("Right") + "sleep"))
}
