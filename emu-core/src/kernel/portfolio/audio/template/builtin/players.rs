//! Microcode of players at the rate of the output, and at half of it.
//!
//! Audio sheet 3.1, 5. A player whose FIFO is empty keeps its outputs. At half the rate the
//! first of two frames gives the mean of the sample before and this one, the second gives this.

use super::microcode::Microcode;

/// 8 bits of a half-word in turn, the upper ones first, in the upper half of the accumulator;
/// `Turn` tells which.
pub(super) const BYTE: &str = "
    Turn = ~ Turn
    if plus lower
    A = InFIFO.head & #0xFF00
    jump byte
lower:
    A = InFIFO << 8
byte:
";

/// Goes on in every second frame, and only if samples wait; `full` is for the others.
pub(super) const EVERY_SECOND: &str = "
    Half = ~ Half
    if plus full
    A = InFIFO.status
    if zero full
";

/// The mean of `held` and of what is in `new`, which is held then.
pub(super) fn mean(held: &str, new: &str) -> String {
    format!(
        "A = {held} >> 1
         {held} <- {new}
         A = {held} * #0x4000 + A
        "
    )
}

/// The rest of a player with one output that holds its sample in `Held`.
pub(super) const HELD: &str = "
    jump scale
full:
    A = Held
scale:
    Output = Amplitude * A
    sleep
";

/// The rest of one with two outputs.
pub(super) const HELD_STEREO: &str = "
    sleep
full:
    LeftOutput = HeldLeft * Amplitude
    RightOutput = HeldRight * Amplitude
    sleep
";

/// The program of the file with that name.
pub(super) fn code(name: &str) -> Option<Microcode> {
    Some(match name {
        "fixedmonosample.dsp" => Microcode::new(
            "Output = InFIFO * Amplitude
             sleep",
        ),
        "fixedstereosample.dsp" => Microcode::new(
            "A = InFIFO.status
             if zero done
             LeftOutput = InFIFO * Amplitude
             RightOutput = InFIFO * Amplitude
             done:
             sleep",
        ),
        "fixedmono8.dsp" => Microcode::new(
            &[
                "A = InFIFO.status
                 if zero done
                ",
                BYTE,
                "Output = Amplitude * A
                 done:
                 sleep",
            ]
            .concat(),
        )
        .words(&["Turn"])
        .starting_with(&[0]),
        "fixedstereo8.dsp" => Microcode::new(
            "Pair = InFIFO
             A = A & #0xFF00
             LeftOutput = Amplitude * A
             A = Pair << 8
             RightOutput = Amplitude * A
             sleep",
        )
        .words(&["Pair"]),
        "fixedstereo16swap.dsp" => {
            let side = |side: &str| {
                format!(
                    "Swapped = InFIFO
                     Upper = A >>> 8
                     A = Swapped << 8
                     A = A | Upper
                     {side}Output = Amplitude * A
                    "
                )
            };
            let (left, right) = (side("Left"), side("Right"));
            Microcode::new(&format!(
                "A = InFIFO.status
                 if zero done
                 {left}{right}
                 done:
                 sleep"
            ))
            .words(&["Swapped", "Upper"])
        }
        _ => return half(name),
    })
}

fn half(name: &str) -> Option<Microcode> {
    Some(match name {
        "halfmonosample.dsp" => {
            let text = [EVERY_SECOND, &mean("Held", "InFIFO"), HELD].concat();
            Microcode::new(&text)
                .words(&["Half", "Held"])
                .starting_with(&[0, 0])
        }
        // The outputs hold what is new until it is scaled.
        "halfmono8.dsp" => {
            let text = [
                EVERY_SECOND,
                BYTE,
                "Output = A\n",
                &mean("Held", "Output"),
                HELD,
            ]
            .concat();
            Microcode::new(&text)
                .words(&["Half", "Turn", "Held"])
                .starting_with(&[0, 0, 0])
        }
        "halfstereosample.dsp" => stereo("", "", "InFIFO", "InFIFO"),
        "halfstereo8.dsp" => stereo(
            "LeftOutput = InFIFO.head & #0xFF00\n",
            "RightOutput = InFIFO << 8\n",
            "LeftOutput",
            "RightOutput",
        ),
        _ => return None,
    })
}

/// A stereo player at half the rate: how each side's sample comes, and where it is then.
fn stereo(left: &str, right: &str, new_left: &str, new_right: &str) -> Microcode {
    let text = [
        EVERY_SECOND,
        left,
        &mean("HeldLeft", new_left),
        "LeftOutput = Amplitude * A\n",
        right,
        &mean("HeldRight", new_right),
        "RightOutput = Amplitude * A\n",
        HELD_STEREO,
    ]
    .concat();
    Microcode::new(&text)
        .words(&["Half", "HeldLeft", "HeldRight"])
        .starting_with(&[0, 0, 0])
}
