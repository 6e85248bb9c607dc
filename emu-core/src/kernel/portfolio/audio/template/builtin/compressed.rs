//! Microcode of players of compressed samples.
//!
//! Audio sheet 3.1 has the formulas of SDX2 and ADP4.
//!
//! The routine DecodeADPCM takes the next nibble of a block of registers, with RMAP 5: r4 has
//! the nibbles, the next one uppermost; r5 the value, r6 the index, r7 the step.

use super::microcode::Microcode;
use super::players::{BYTE, EVERY_SECOND, HELD, HELD_STEREO, mean};

/// Steps of ADP4: each is a tenth more than the one before, as in all files of this kind.
const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66,
    73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449,
    494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272,
    2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493,
    10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
/// How far a nibble without its sign moves the index.
const MOVES: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

/// A value of SDX2 from the byte in the upper half of the accumulator: twice its square with
/// its sign; an odd one is added to the value before.
///
/// The square of the lowest byte is too large by one, and so is that of no other: it becomes the
/// lowest number there is, which is what it should be.
fn squared(last: &str, to: &str, mark: &str) -> String {
    format!(
        "Byte = A
         Value = Byte * A
         A = Byte
         if plus positive{mark}
         Value = - Value
         positive{mark}:
         A = Byte & #0x0100
         if zero alone{mark}
         A = {last}
         alone{mark}:
         {to} = A + Value clip
        "
    )
}

/// The program of the file with that name.
pub(super) fn code(name: &str) -> Option<Microcode> {
    let waits = "A = InFIFO.status\n if zero done\n";
    let end = "done:\n sleep\n";
    Some(match name {
        "dcsqxdmono.dsp" => {
            let value = squared("Last", "Last", "");
            let text = [waits, BYTE, &value, "Output = Amplitude * A\n", end].concat();
            Microcode::new(&text)
                .words(&["Turn", "Byte", "Value", "Last"])
                .starting_with(&[0; 4])
        }
        "dcsqxdstereo.dsp" => {
            let text = [
                waits,
                "A = InFIFO.head & #0xFF00\n",
                &squared("LastLeft", "LastLeft", "1"),
                "LeftOutput = Amplitude * A\n A = InFIFO << 8\n",
                &squared("LastRight", "LastRight", "2"),
                "RightOutput = Amplitude * A\n",
                end,
            ];
            Microcode::new(&text.concat())
                .words(&["Byte", "Value", "LastLeft", "LastRight"])
                .starting_with(&[0; 4])
        }
        "dcsqxdhalfmono.dsp" => {
            let value = squared("Held", "Value", "");
            let text = [EVERY_SECOND, BYTE, &value, &mean("Held", "Value"), HELD];
            Microcode::new(&text.concat())
                .words(&["Half", "Turn", "Byte", "Value", "Held"])
                .starting_with(&[0; 5])
        }
        "dcsqxdhalfstereo.dsp" => {
            let text = [
                EVERY_SECOND,
                "A = InFIFO.head & #0xFF00\n",
                &squared("HeldLeft", "Value", "1"),
                &mean("HeldLeft", "Value"),
                "LeftOutput = Amplitude * A\n A = InFIFO << 8\n",
                &squared("HeldRight", "Value", "2"),
                &mean("HeldRight", "Value"),
                "RightOutput = Amplitude * A\n",
                HELD_STEREO,
            ];
            Microcode::new(&text.concat())
                .words(&["Half", "Byte", "Value", "HeldLeft", "HeldRight"])
                .starting_with(&[0; 5])
        }
        // Up to the rate of the output: one value a frame at most.
        "dcsqxdvarmono.dsp" => {
            let text = [
                STEP,
                "Before <- Last\n A = InFIFO.status\n if zero between\n",
                BYTE,
                &squared("Last", "Last", ""),
                BETWEEN,
            ];
            Microcode::new(&text.concat())
                .words(&["Phase", "Before", "Last", "Turn", "Byte", "Value"])
                .starting_with(&[0; 6])
        }
        _ => return adpcm(name),
    })
}

/// The way to the next value, of which there is at most one a frame.
const STEP: &str = "
    Phase = Phase + Frequency
    if plus between
    Phase = A ^ #0x8000
";

/// Where the phase is between the last two values.
const BETWEEN: &str = "
between:
    A = Before - Before * Phase
    A = Last * Phase + A
    Output = Amplitude * A
    sleep
";

/// The next value of ADP4, in r5; `none` is for when there is none. The first half-word of a
/// sample is passed over.
fn nibble(none: &str) -> String {
    format!(
        "rbase
         rmap 5
         A = Start
         if zero going
         A = InFIFO.status
         if zero {none}
         A = InFIFO
         Start <- #0
         Left <- #0
         r5 <- #0
         r6 <- #0
         r7 <- #7
         going:
         A = Left
         if nonzero decode
         A = InFIFO.status
         if zero {none}
         r4 <- InFIFO
         Left <- #4
         decode:
         Left = Left - #1
         call DecodeADPCM
        "
    )
}

fn adpcm(name: &str) -> Option<Microcode> {
    let end = "rmap 0\n sleep\n";
    Some(match name {
        "adpcmmono.dsp" => {
            let text = [&nibble("done"), "Output = r5 * Amplitude\n", "done:\n", end];
            let words = &["Start", "Left"];
            Microcode::new(&text.concat())
                .words(words)
                .starting_with(&[1])
        }
        "adpcmhalfmono.dsp" => {
            let text = [
                "Half = ~ Half\n if plus full\n",
                &nibble("full"),
                &mean("Held", "r5"),
                "jump scale\n full:\n A = Held\n scale:\n Output = Amplitude * A\n",
                end,
            ];
            Microcode::new(&text.concat())
                .words(&["Start", "Left", "Half", "Held"])
                .starting_with(&[1, 0, 0, 0])
        }
        "adpcmvarmono.dsp" => {
            let text = [
                STEP,
                "Before <- Last\n",
                &nibble("none"),
                "Last <- r5\n none:\n rmap 0\n",
                BETWEEN,
            ];
            Microcode::new(&text.concat())
                .words(&["Start", "Left", "Phase", "Before", "Last"])
                .starting_with(&[1, 0, 0, 0, 0])
        }
        "decodeadpcm.dsp" => {
            let tables = STEPS.iter().chain(&MOVES).copied().collect();
            Microcode::new(DECODE).words(&["Steps"]).tables(tables)
        }
        _ => return None,
    })
}

/// The three lower bits of the nibble are m: 2 m + 1 is what stands in the upper five bits of
/// the factor, and half of it in a product of fractions; the carried-out sixteenth is doubled.
const DECODE: &str = "
    A = r4 & #0x7000
    A = A | #0x0800
    r0 = r7 * A << 1
    A = r4
    if minus down
    r5 = r5 + r0 clip
    jump moved
down:
    r5 = r5 - r0 clip
moved:
    A = r4 & #0x7000 >>> 8
    A = A >> 4
    r1 = A + #Steps+89
    r6 = r6 + @r1
    if plus least
    r6 <- #0
least:
    A = r6 - #88
    if lessequal most
    r6 <- #88
most:
    r1 = r6 + #Steps
    r7 <- @r1
    r4 = r4 << 4
    return
";
