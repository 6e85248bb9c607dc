//! Instrument files (`.dsp`): what a program for the signal processor needs.
//!
//! Audio sheet section 7. An IFF file, big-endian, chunks padded to even length:
//!
//! ```text
//! FORM 3INS
//!   NAME                  the file's name
//!   FORM DSPP             the instrument: DHDR DCOD DRSC DRLC DNMS DKNB DINI
//!   FORM DSPS             a subroutine that instruments share, with the same chunks
//!   FORM ATNV             an envelope for one of its hooks: HOOK, FORM ENVL (ENVH, PNTS)
//!   FORM ATSM             a sample for one of its FIFOs: HOOK, FORM AIFF or AIFC
//! ```
//!
//! Whatever is in a [`DspFile`] is consistent: indices name records that exist, code places lie
//! in their block. Nothing here runs or places code; `relocate` puts places into it.

pub mod builder;
mod chunks;
mod module;
pub mod relocate;
#[cfg(test)]
mod tests;

use chunks::{Chunk, Form};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Characters of a knob's name, with its zero.
pub const NAME_SIZE: usize = 32;

/// Subroutines that may come with an instrument; files have at most one.
const MOST_SHARED: usize = 16;

/// Why a file is no instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the instrument file is damaged at byte {offset:#x}: {why}")]
pub struct DspError {
    /// Where.
    pub offset: u32,
    /// What is wrong.
    pub why: Damage,
}

/// What is wrong with an instrument file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// Another kind of file.
    #[error("not an instrument; it should begin with FORM and 3INS")]
    NotAnInstrument,
    /// A chunk or record ends behind what holds it.
    #[error("it is cut off")]
    CutOff,
    /// A chunk that every module has.
    #[error("there is no {0} chunk")]
    Missing(&'static str),
    /// A chunk that can be there once.
    #[error("there is a second {0} chunk")]
    Twice(&'static str),
    /// A record that cannot be.
    #[error("a record of {0} says something that cannot be")]
    BadRecord(&'static str),
    /// A type of resource that does not exist.
    #[error("there is no resource of type {0:#x}")]
    ResourceType(u32),
    /// A record that names a resource which does not exist.
    #[error("there is no resource number {0}")]
    ResourceIndex(i32),
    /// A relocation outside the code, or of a field that a word does not have.
    #[error("a relocation leads outside the code")]
    Relocation,
    /// A relocation by an attribute that its resource does not have.
    #[error("there is no resource attribute {0}")]
    Attribute(u8),
    /// A knob that is not connected to a parameter word.
    #[error("a knob turns something that is no parameter")]
    KnobResource,
    /// A conversion that does not exist.
    #[error("there is no knob conversion of type {0}")]
    Conversion(i32),
}

/// An instrument file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DspFile {
    /// What NAME says; empty if it is not there.
    pub name: Vec<u8>,
    /// The instrument.
    pub main: Module,
    /// Subroutines that come with it.
    pub shared: Vec<Module>,
    /// Envelopes that come with it.
    pub envelopes: Vec<EnvelopeHook>,
    /// Samples that come with it.
    pub samples: Vec<SampleHook>,
}

/// One program with all that it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Which of the developer's functions it is.
    pub function: i32,
    /// The processor it is for.
    pub silicon: i32,
    /// The code; the first block is what runs.
    pub code: Vec<CodeBlock>,
    /// What it occupies.
    pub resources: Vec<Resource>,
    /// Where the places of its resources go into the code.
    pub relocations: Vec<Relocation>,
    /// What programs may turn.
    pub knobs: Vec<Knob>,
    /// What its memory begins with.
    pub data: Vec<Data>,
}

/// Code words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeBlock {
    /// 0 run, 1 init, 2 args.
    pub kind: i32,
    /// The words.
    pub words: Vec<u16>,
}

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ResourceKind {
    /// Code words.
    Code,
    /// Words that the CPU writes.
    Ei,
    /// Words of the processor's own; inputs and outputs too.
    I,
    /// Words that the CPU reads.
    Eo,
    /// A register block of four I words.
    Rbase4,
    /// A register block of eight I words.
    Rbase8,
    /// A channel from memory.
    InFifo,
    /// A channel to memory.
    OutFifo,
    /// Time in every frame that it runs in.
    Ticks,
    /// The left input converter.
    LeftAdc,
    /// The right input converter.
    RightAdc,
    /// The noise generator.
    Noise,
}

impl ResourceKind {
    /// Every kind, in the order of the numbers in files and calls.
    pub const ALL: [ResourceKind; 12] = [
        ResourceKind::Code,
        ResourceKind::Ei,
        ResourceKind::I,
        ResourceKind::Eo,
        ResourceKind::Rbase4,
        ResourceKind::Rbase8,
        ResourceKind::InFifo,
        ResourceKind::OutFifo,
        ResourceKind::Ticks,
        ResourceKind::LeftAdc,
        ResourceKind::RightAdc,
        ResourceKind::Noise,
    ];

    /// The kind with a number.
    pub fn of(number: u32) -> Option<ResourceKind> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// Its number.
    pub fn number(self) -> u32 {
        Self::ALL.iter().position(|&kind| kind == self).unwrap_or(0) as u32
    }
}

/// Whether a resource is the module's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Linkage {
    /// Nobody else's.
    #[default]
    Own,
    /// Another module exports it by this name.
    Import,
    /// Other modules may import it by this name.
    Export,
}

/// Something that a module occupies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// What it is.
    pub kind: ResourceKind,
    /// Whose.
    pub linkage: Linkage,
    /// How many words, ticks or channels.
    pub many: u32,
    /// The place in its code of an exported entry.
    pub preset: u32,
    /// Its name.
    pub name: Vec<u8>,
}

/// A place of a resource that goes into the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relocation {
    /// Which of the addresses a FIFO has.
    pub attribute: u8,
    /// Add to what is there, not replace it.
    pub add: bool,
    /// The field holds the place of the next word to patch; 0 ends the chain.
    pub list: bool,
    /// The field is in a word of 32 bits.
    pub long: bool,
    /// Bits of the field.
    pub width: u8,
    /// Its lowest bit.
    pub bit: u8,
    /// Which code block.
    pub block: u32,
    /// Which resource.
    pub resource: u32,
    /// Which word of the block.
    pub word: u32,
}

/// A parameter that programs may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knob {
    /// Its name.
    pub name: Vec<u8>,
    /// Its lowest raw value.
    pub min: i32,
    /// Its highest raw value.
    pub max: i32,
    /// Its raw value at first.
    pub default: i32,
    /// The parameter words it turns, at least one.
    pub targets: Vec<KnobTarget>,
}

/// A parameter word, and how it follows from what a program gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnobTarget {
    /// Which resource, one of EI memory.
    pub resource: u32,
    /// The rule.
    pub conversion: Conversion,
}

/// How a knob's value becomes what the processor reads (audio sheet 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Conversion {
    /// As it is.
    Nop,
    /// `a * value + b`.
    Linear(i32, i32),
    /// `a * value / b`.
    Scale(i32, i32),
    /// Hz in 16.16 to a phase increment of 16 bits.
    DivideRate,
    /// The same with so many more bits of fraction.
    ShiftDivideRate(u8),
}

/// What memory begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// Written when the instrument is allocated.
    pub at_alloc: bool,
    /// Written each time it is started.
    pub at_start: bool,
    /// Which resource.
    pub resource: u32,
    /// The values, at most as many as the resource has words.
    pub values: Vec<i32>,
}

/// An envelope for a hook.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopeHook {
    /// The name of the hook.
    pub hook: Vec<u8>,
    /// First point of the sustain loop; -1 = none. The order of the header's words is inferred
    /// from the three envelopes of the standard instruments.
    pub sustain_begin: i32,
    /// Last point of the sustain loop.
    pub sustain_end: i32,
    /// Time of the step from the loop's end to its beginning.
    pub sustain_time: i32,
    /// First point of the release loop.
    pub release_begin: i32,
    /// Last point of the release loop.
    pub release_end: i32,
    /// Time of the step from that loop's end to its beginning.
    pub release_time: i32,
    /// Microseconds of one unit of time.
    pub micros_per_unit: u32,
    /// Flags.
    pub flags: u32,
    /// The point that a release jumps to.
    pub release_jump: i32,
    /// Times and values.
    pub points: Vec<(u32, i32)>,
}

/// A sample for a FIFO.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleHook {
    /// The name of the FIFO.
    pub hook: Vec<u8>,
    /// The sample file, AIFF or AIFC.
    pub file: Vec<u8>,
}

impl DspFile {
    /// Reads an instrument file.
    pub fn parse(bytes: &[u8]) -> Result<DspFile, DspError> {
        let file = Form::outermost(bytes)?;
        let (mut name, mut main) = (Vec::new(), None);
        let (mut shared, mut envelopes, mut samples) = (Vec::new(), Vec::new(), Vec::new());
        for chunk in file.chunks() {
            let chunk = chunk?;
            match (&chunk.id, chunk.form()?) {
                (b"NAME", _) => name = chunk.text().to_vec(),
                (_, Some(form)) => match &form.kind {
                    b"DSPP" if main.is_some() => return Err(form.error(Damage::Twice("DSPP"))),
                    b"DSPP" => main = Some(Module::parse(&form)?),
                    b"DSPS" if shared.len() >= MOST_SHARED => {
                        return Err(form.error(Damage::BadRecord("DSPS")));
                    }
                    b"DSPS" => shared.push(Module::parse(&form)?),
                    b"ATNV" => envelopes.push(EnvelopeHook::parse(&form)?),
                    b"ATSM" => samples.push(SampleHook::parse(&form)?),
                    _ => {}
                },
                _ => {}
            }
        }
        let main = main.ok_or(file.error(Damage::Missing("DSPP")))?;
        Ok(DspFile {
            name,
            main,
            shared,
            envelopes,
            samples,
        })
    }

    /// The instrument, then its subroutines.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        std::iter::once(&self.main).chain(&self.shared)
    }
}

impl Module {
    /// The place of the resource with that name among those of a kind, ignoring case.
    pub fn find(&self, name: &[u8], is: impl Fn(&Resource) -> bool) -> Option<usize> {
        let mut resources = self.resources.iter();
        resources.position(|resource| resource.name.eq_ignore_ascii_case(name) && is(resource))
    }

    /// How much of a kind it occupies itself.
    pub fn amount(&self, kind: ResourceKind) -> u32 {
        let own = |resource: &&Resource| resource.kind == kind && resource.linkage == Linkage::Own;
        let amounts = self.resources.iter().filter(own).map(|own| own.many);
        amounts.fold(0, u32::saturating_add)
    }
}

impl EnvelopeHook {
    fn parse(form: &Form<'_>) -> Result<EnvelopeHook, DspError> {
        let mut envelope = EnvelopeHook {
            hook: form.required(b"HOOK", "HOOK")?.text().to_vec(),
            ..EnvelopeHook::default()
        };
        let inner = form.inner(b"ENVL")?;
        let inner = inner.ok_or(form.error(Damage::Missing("ENVL")))?;
        let header = inner.required(b"ENVH", "ENVH")?;
        let word = |n: u32| header.word(n * 4).map(|word| word as i32);
        let count = word(0)?;
        envelope.sustain_begin = word(1)?;
        envelope.sustain_end = word(2)?;
        envelope.sustain_time = word(3)?;
        envelope.release_begin = word(4)?;
        envelope.release_end = word(5)?;
        envelope.release_time = word(6)?;
        envelope.micros_per_unit = word(7)? as u32;
        envelope.flags = word(8)? as u32;
        envelope.release_jump = word(9)?;
        let points = inner.required(b"PNTS", "PNTS")?;
        if u32::try_from(count).is_ok_and(|count| count == points.len() / 8) {
            for n in 0..points.len() / 8 {
                let (time, value) = (points.word(n * 8)?, points.word(n * 8 + 4)?);
                envelope.points.push((time, value as i32));
            }
            return Ok(envelope);
        }
        Err(header.error(Damage::BadRecord("ENVH")))
    }
}

impl SampleHook {
    fn parse(form: &Form<'_>) -> Result<SampleHook, DspError> {
        let hook = form.required(b"HOOK", "HOOK")?.text().to_vec();
        for chunk in form.chunks() {
            let chunk: Chunk<'_> = chunk?;
            if let Some(inner) = chunk.form()?
                && matches!(&inner.kind, b"AIFF" | b"AIFC")
            {
                let file = chunk.with_header().to_vec();
                return Ok(SampleHook { hook, file });
            }
        }
        Err(form.error(Damage::Missing("AIFF")))
    }
}
