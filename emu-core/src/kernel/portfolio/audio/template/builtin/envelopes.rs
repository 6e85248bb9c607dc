//! Microcode of envelopes: straight lines to what is requested.
//!
//! Audio sheet 4.6. A new request begins a line from the present level; its phase grows by
//! `incr` a frame and stays at its end.

use super::microcode::Microcode;

/// The level of an envelope by its hook, in the accumulator and in `current`.
pub(super) fn ramp(hook: &str) -> String {
    "
    A = HOOK.request - HOOK.target
    if zero ramp
    HOOK.source <- HOOK.current
    HOOK.target <- HOOK.request
    HOOK.phase <- #0
    jump level
ramp:
    HOOK.phase = HOOK.phase + HOOK.incr clip
level:
    A = HOOK.source - HOOK.source * HOOK.phase
    HOOK.current = HOOK.target * HOOK.phase + A
"
    .replace("HOOK", hook)
}

/// The program of the file with that name.
pub(super) fn code(name: &str) -> Option<Microcode> {
    Some(match name {
        "envelope.dsp" => Microcode::new(&[&ramp("Env"), "Output = A\n sleep"].concat()),
        "sawenv.dsp" => Microcode::new(
            &[
                &ramp("Env"),
                "Phase = Phase + Frequency
                 A = Env.current * A
                 Output = Amplitude * A
                 sleep",
            ]
            .concat(),
        )
        .words(&["Phase"]),
        _ => return None,
    })
}
