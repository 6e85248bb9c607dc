//! The table of standard instruments.
//!
//! Figures of audio sheet 7.1; names and limits of knobs as in the pages on the instruments.

use super::{KnobRow, Standard, row};
use crate::loader::dsp_file::Conversion::{DivideRate, Nop, ShiftDivideRate};
use crate::loader::dsp_file::ResourceKind;

/// "Amplitude" from silence to full, at full.
const AMPLITUDE: KnobRow = ("Amplitude", 0, 0x7FFF, 0x7FFF, Nop);
/// "Frequency" of a player that goes up to nearly an octave above the sample.
const PLAY_RATE: KnobRow = ("Frequency", 0, 0xFFFF, 0x8000, Nop);
/// "Frequency" of a player of compressed samples.
const SLOW_RATE: KnobRow = ("Frequency", 0, 0x8000, 0x2000, Nop);
/// "Frequency" of an oscillator of low frequencies.
const LOW: KnobRow = ("Frequency", 0, 0x7FFF, 0x1000, ShiftDivideRate(8));

/// A gain of a mixer, silent at first.
const fn gain(name: &'static str) -> KnobRow {
    (name, 0, 0x7FFF, 0, Nop)
}

/// A parameter with a sign.
const fn signed(name: &'static str, default: i32) -> KnobRow {
    (name, -0x8000, 0x7FFF, default, Nop)
}

/// A frequency in Hz.
const fn hertz(max: i32, default: i32) -> KnobRow {
    ("Frequency", 0, max, default, DivideRate)
}

pub(super) const TABLE: &[Standard] = &[
    row("directout.dsp", 8, 8).ports(&["InputRight", "InputLeft"]),
    row("mixer2x2.dsp", 20, 20)
        .ports(&["Input1", "Input0"])
        .knobs(&[
            gain("LeftGain1"),
            gain("LeftGain0"),
            gain("RightGain1"),
            gain("RightGain0"),
        ]),
    row("mixer4x2.dsp", 32, 32)
        .ports(&["Input3", "Input2", "Input1", "Input0"])
        .knobs(&[
            gain("LeftGain3"),
            gain("LeftGain2"),
            gain("LeftGain1"),
            gain("LeftGain0"),
            gain("RightGain3"),
            gain("RightGain2"),
            gain("RightGain1"),
            gain("RightGain0"),
        ]),
    row("mixer8x2.dsp", 56, 56)
        .ports(&[
            "Input7", "Input6", "Input5", "Input4", "Input3", "Input2", "Input1", "Input0",
        ])
        .knobs(&[
            gain("LeftGain7"),
            gain("LeftGain6"),
            gain("LeftGain5"),
            gain("LeftGain4"),
            gain("LeftGain3"),
            gain("LeftGain2"),
            gain("LeftGain1"),
            gain("LeftGain0"),
            gain("RightGain7"),
            gain("RightGain6"),
            gain("RightGain5"),
            gain("RightGain4"),
            gain("RightGain3"),
            gain("RightGain2"),
            gain("RightGain1"),
            gain("RightGain0"),
        ]),
    row("mixer12x2.dsp", 80, 80)
        .ports(&[
            "Input11", "Input10", "Input9", "Input8", "Input7", "Input6", "Input5", "Input4",
            "Input3", "Input2", "Input1", "Input0",
        ])
        .knobs(&[
            gain("LeftGain11"),
            gain("LeftGain10"),
            gain("LeftGain9"),
            gain("LeftGain8"),
            gain("LeftGain7"),
            gain("LeftGain6"),
            gain("LeftGain5"),
            gain("LeftGain4"),
            gain("LeftGain3"),
            gain("LeftGain2"),
            gain("LeftGain1"),
            gain("LeftGain0"),
            gain("RightGain11"),
            gain("RightGain10"),
            gain("RightGain9"),
            gain("RightGain8"),
            gain("RightGain7"),
            gain("RightGain6"),
            gain("RightGain5"),
            gain("RightGain4"),
            gain("RightGain3"),
            gain("RightGain2"),
            gain("RightGain1"),
            gain("RightGain0"),
        ]),
    row("mixer8x2amp.dsp", 61, 59)
        .ports(&[
            "Input7", "Input6", "Input5", "Input4", "Input3", "Input2", "Input1", "Input0",
        ])
        .knobs(&[
            AMPLITUDE,
            gain("LeftGain7"),
            gain("LeftGain6"),
            gain("LeftGain5"),
            gain("LeftGain4"),
            gain("LeftGain3"),
            gain("LeftGain2"),
            gain("LeftGain1"),
            gain("LeftGain0"),
            gain("RightGain7"),
            gain("RightGain6"),
            gain("RightGain5"),
            gain("RightGain4"),
            gain("RightGain3"),
            gain("RightGain2"),
            gain("RightGain1"),
            gain("RightGain0"),
        ]),
    row("submixer2x2.dsp", 20, 20)
        .ports(&["Input1", "Input0", "RightOutput", "LeftOutput"])
        .knobs(&[
            gain("LeftGain1"),
            gain("LeftGain0"),
            gain("RightGain1"),
            gain("RightGain0"),
        ]),
    row("submixer4x2.dsp", 32, 32)
        .ports(&[
            "Input3",
            "Input2",
            "Input1",
            "Input0",
            "RightOutput",
            "LeftOutput",
        ])
        .knobs(&[
            gain("LeftGain3"),
            gain("LeftGain2"),
            gain("LeftGain1"),
            gain("LeftGain0"),
            gain("RightGain3"),
            gain("RightGain2"),
            gain("RightGain1"),
            gain("RightGain0"),
        ]),
    row("submixer8x2.dsp", 56, 56)
        .ports(&[
            "Input7",
            "Input6",
            "Input5",
            "Input4",
            "Input3",
            "Input2",
            "Input1",
            "Input0",
            "RightOutput",
            "LeftOutput",
        ])
        .knobs(&[
            gain("LeftGain7"),
            gain("LeftGain6"),
            gain("LeftGain5"),
            gain("LeftGain4"),
            gain("LeftGain3"),
            gain("LeftGain2"),
            gain("LeftGain1"),
            gain("LeftGain0"),
            gain("RightGain7"),
            gain("RightGain6"),
            gain("RightGain5"),
            gain("RightGain4"),
            gain("RightGain3"),
            gain("RightGain2"),
            gain("RightGain1"),
            gain("RightGain0"),
        ]),
    row("fixedmonosample.dsp", 6, 6)
        .ports(&["Output"])
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("fixedstereosample.dsp", 18, 16)
        .ports(&["RightOutput", "LeftOutput"])
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("fixedmono8.dsp", 23, 21)
        .ports(&["Output"])
        .private(2)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("fixedstereo8.dsp", 15, 15)
        .ports(&["RightOutput", "LeftOutput"])
        .private(1)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("fixedstereo16swap.dsp", 46, 38)
        .ports(&["RightOutput", "LeftOutput"])
        .private(2)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("halfmonosample.dsp", 21, 23)
        .ports(&["Output"])
        .private(3)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("halfstereosample.dsp", 36, 44)
        .ports(&["RightOutput", "LeftOutput"])
        .private(5)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("halfmono8.dsp", 38, 49)
        .ports(&["Output"])
        .private(3)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("halfstereo8.dsp", 37, 45)
        .ports(&["RightOutput", "LeftOutput"])
        .private(4)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("sampler.dsp", 36, 11)
        .ports(&["Output"])
        .block()
        .fifo(&["InFIFO"])
        .imports("OscUpDownFP")
        .knobs(&[AMPLITUDE, PLAY_RATE]),
    row("oscupdownfp.dsp", 0, 22).exports("OscUpDownFP"),
    row("varmono16.dsp", 25, 26)
        .ports(&["Output"])
        .private(3)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE, PLAY_RATE]),
    row("varmono8.dsp", 38, 50)
        .ports(&["Output"])
        .private(5)
        .fifo(&["InFIFO"])
        .knobs(&[PLAY_RATE, AMPLITUDE]),
    row("samplerenv.dsp", 56, 36)
        .ports(&[
            "AMPEnv.current",
            "AMPEnv.source",
            "AMPEnv.target",
            "AMPEnv.phase",
            "Output",
        ])
        .block()
        .fifo(&["InFIFO"])
        .imports("OscUpDownFP")
        .knobs(&[
            AMPLITUDE,
            PLAY_RATE,
            ("AMPEnv.incr", 0, 0x7FFF, 0x10, Nop),
            signed("AMPEnv.request", 0),
        ]),
    row("samplermod.dsp", 43, 18)
        .ports(&["Output"])
        .block()
        .fifo(&["InFIFO"])
        .imports("OscUpDownFP")
        .knobs(&[
            AMPLITUDE,
            PLAY_RATE,
            signed("ModDepth", 0),
            signed("ModInput", 0),
        ]),
    row("dcsqxdmono.dsp", 42, 42)
        .ports(&["Output"])
        .private(5)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("dcsqxdstereo.dsp", 66, 61)
        .ports(&["RightOutput", "LeftOutput"])
        .private(6)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("dcsqxdhalfmono.dsp", 64, 62)
        .ports(&["Output"])
        .private(6)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("dcsqxdhalfstereo.dsp", 107, 92)
        .ports(&["RightOutput", "LeftOutput"])
        .private(11)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE]),
    row("dcsqxdvarmono.dsp", 59, 56)
        .ports(&["Output"])
        .private(7)
        .fifo(&["InFIFO"])
        .knobs(&[AMPLITUDE, SLOW_RATE]),
    row("adpcmmono.dsp", 91, 51)
        .ports(&["Output"])
        .private(3)
        .block()
        .fifo(&["InFIFO"])
        .imports("DecodeADPCM")
        .knobs(&[("Amplitude", 0, 0x7FFF, 0x6000, Nop)]),
    row("adpcmhalfmono.dsp", 103, 71)
        .ports(&["Output"])
        .private(4)
        .block()
        .fifo(&["InFIFO"])
        .imports("DecodeADPCM")
        .knobs(&[AMPLITUDE]),
    row("adpcmvarmono.dsp", 108, 70)
        .ports(&["Output"])
        .private(6)
        .block()
        .fifo(&["InFIFO"])
        .imports("DecodeADPCM")
        .knobs(&[AMPLITUDE, SLOW_RATE]),
    row("decodeadpcm.dsp", 0, 51)
        .exports("DecodeADPCM")
        .private(97),
    row("sawtooth.dsp", 8, 8)
        .ports(&["Output"])
        .private(1)
        .knobs(&[("Amplitude", 0, 0x7FFF, 0x6000, Nop), hertz(0x2000, 0x300)]),
    row("sawenv.dsp", 29, 35)
        .ports(&[
            "Env.current",
            "Env.source",
            "Env.target",
            "Env.phase",
            "Output",
        ])
        .private(1)
        .knobs(&[
            ("Env.incr", 0, 0x7FFF, 0x10, Nop),
            signed("Env.request", 0),
            ("Amplitude", 0, 0x7FFF, 0x6000, Nop),
            hertz(0x2000, 0x300),
        ]),
    row("square.dsp", 13, 12)
        .ports(&["Output"])
        .private(1)
        .knobs(&[AMPLITUDE, hertz(0x7FFF, 0x300)]),
    row("pulse.dsp", 13, 14)
        .ports(&["Output"])
        .private(1)
        .knobs(&[AMPLITUDE, signed("PulseWidth", 0), hertz(0x7FFF, 0x300)]),
    row("triangle.dsp", 16, 15)
        .ports(&["Output"])
        .private(1)
        .knobs(&[AMPLITUDE, hertz(0x2000, 0x300)]),
    row("impulse.dsp", 14, 12)
        .ports(&["Output"])
        .private(1)
        .knobs(&[AMPLITUDE, hertz(0xFFFF, 0x300)]),
    row("square_lfo.dsp", 17, 16)
        .ports(&["Output"])
        .private(2)
        .knobs(&[AMPLITUDE, LOW]),
    row("pulse_lfo.dsp", 24, 23)
        .ports(&["Output"])
        .private(2)
        .knobs(&[AMPLITUDE, signed("PulseWidth", 0), LOW]),
    row("triangle_lfo.dsp", 24, 23)
        .ports(&["Output"])
        .private(2)
        .knobs(&[AMPLITUDE, LOW]),
    row("noise.dsp", 6, 6)
        .ports(&["Output"])
        .knobs(&[AMPLITUDE]),
    row("rednoise.dsp", 23, 21)
        .ports(&["Output"])
        .private(4)
        .knobs(&[AMPLITUDE, hertz(0xFFFF, 0x300)]),
    row("randomhold.dsp", 15, 13)
        .ports(&["Output"])
        .private(2)
        .knobs(&[AMPLITUDE, hertz(0x7FFF, 0x300)]),
    row("filterednoise.dsp", 22, 22)
        .ports(&["HighPass", "BandPass", "LowPass", "Output"])
        .knobs(&[
            AMPLITUDE,
            ("Resonance", 0, 0x6000, 0x1000, Nop),
            ("Frequency", 0, 0x4000, 0x2000, Nop),
        ]),
    row("envelope.dsp", 22, 27)
        .ports(&[
            "Env.current",
            "Env.source",
            "Env.target",
            "Env.phase",
            "Output",
        ])
        .knobs(&[("Env.incr", 0, 0x7FFF, 0x10, Nop), signed("Env.request", 0)]),
    row("envfollower.dsp", 15, 15)
        .ports(&["Input", "Output"])
        .private(1)
        .knobs(&[("Droop", 0, 0x7FFF, 0x7FF0, Nop)]),
    row("svfilter.dsp", 19, 19)
        .ports(&["Input", "HighPass", "BandPass", "LowPass", "Output"])
        .knobs(&[
            AMPLITUDE,
            ("Resonance", 0, 0x6000, 0x1000, Nop),
            ("Frequency", 0, 0x4000, 0x2000, Nop),
        ]),
    row("add.dsp", 6, 6)
        .ports(&["Output"])
        .knobs(&[signed("InputB", 0), signed("InputA", 0)]),
    row("subtract.dsp", 6, 6)
        .ports(&["Output"])
        .knobs(&[signed("InputB", 0), signed("InputA", 0)]),
    row("multiply.dsp", 6, 6)
        .ports(&["Output"])
        .knobs(&[signed("InputB", 0x7FFF), signed("InputA", 0x7FFF)]),
    row("timesplus.dsp", 10, 7).ports(&["Output"]).knobs(&[
        signed("InputC", 0x7FFF),
        signed("InputB", 0x7FFF),
        signed("InputA", 0x7FFF),
    ]),
    row("maximum.dsp", 12, 11)
        .ports(&["Output"])
        .knobs(&[signed("InputB", 0), signed("InputA", 0)]),
    row("minimum.dsp", 12, 11)
        .ports(&["Output"])
        .knobs(&[signed("InputB", 0), signed("InputA", 0)]),
    row("delaymono.dsp", 8, 8)
        .ports(&["Input"])
        .out_fifo(&["OutFIFO"]),
    row("delaystereo.dsp", 12, 10)
        .ports(&["InputRight", "InputLeft"])
        .out_fifo(&["OutFIFO"]),
    row("delay1tap.dsp", 16, 16)
        .ports(&["Input", "Output"])
        .fifo(&["Tap0"])
        .out_fifo(&["OutFIFO"])
        .knobs(&[
            signed("OriginalMix", 0x3FFF),
            signed("Tap0Mix", -0x4000),
            signed("OriginalSend", 0x3FFF),
            signed("Tap0Send", -0x4000),
        ]),
    row("tapoutput.dsp", 6, 6).ports(&["RightOutput", "LeftOutput"]),
    row("directin.dsp", 6, 6)
        .ports(&["RightOutput", "LeftOutput"])
        .converters(&[
            ("RightADC", ResourceKind::RightAdc),
            ("LeftADC", ResourceKind::LeftAdc),
        ]),
    row("deemphcd.dsp", 19, 17)
        .ports(&["Input", "Output"])
        .private(2)
        .knobs(&[
            AMPLITUDE,
            signed("Gamma", 0x4B32),
            signed("Beta", -0x800),
            signed("Alpha", 0x3B00),
        ]),
    row("monitor.dsp", 6, 4)
        .ports(&["Input"])
        .outside(&["Monitor"]),
];
