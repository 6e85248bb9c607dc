//! The chunks of one module: code, resources, relocations, names, knobs, data.

use super::chunks::{Chunk, Form, until_zero};
use super::{
    CodeBlock, Conversion, Damage, Data, DspError, Knob, KnobTarget, Linkage, Module, NAME_SIZE,
    Relocation, Resource, ResourceKind,
};

/// Bytes of a record of DRSC and of DRLC.
const RECORD: u32 = 16;
/// Bytes of a record of DCOD.
const CODE_RECORD: u32 = 12;
/// Code words that have an address.
const MOST_WORDS: u32 = 1024;
/// Code blocks of a module; files have one.
const MOST_BLOCKS: u32 = 8;
/// Resources of a module; the processor has hardly more words than that.
const MOST_RESOURCES: u32 = 512;
/// Imports of a module; files have one.
const MOST_IMPORTS: usize = 16;
/// Bytes of a knob before its targets.
const KNOB_HEAD: u32 = 20 + NAME_SIZE as u32;

const IMPORT: u32 = 0x8000;
const EXPORT: u32 = 0x4000;

impl Module {
    pub(super) fn parse(form: &Form<'_>) -> Result<Module, DspError> {
        let header = form.required(b"DHDR", "DHDR")?;
        let code = code(form.required(b"DCOD", "DCOD")?)?;
        let mut module = Module {
            function: header.int(0)?,
            silicon: header.int(4)?,
            code,
            ..Module::default()
        };
        if let Some(chunk) = form.chunk(b"DRSC", "DRSC")? {
            let names = form.required(b"DNMS", "DNMS")?;
            module.resources = resources(chunk, names)?;
        }
        if let Some(chunk) = form.chunk(b"DRLC", "DRLC")? {
            module.relocations = relocations(chunk, &module)?;
        }
        if let Some(chunk) = form.chunk(b"DKNB", "DKNB")? {
            module.knobs = knobs(chunk, &module)?;
        }
        if let Some(chunk) = form.chunk(b"DINI", "DINI")? {
            module.data = data(chunk, &module)?;
        }
        Ok(module)
    }

    /// The resource a record names.
    fn named(&self, index: i32) -> Option<(u32, &Resource)> {
        let index = u32::try_from(index).ok()?;
        Some((index, self.resources.get(index as usize)?))
    }
}

/// The records end where the first code begins.
fn code(chunk: Chunk<'_>) -> Result<Vec<CodeBlock>, DspError> {
    let bad = |at| chunk.error_in(at, Damage::BadRecord("DCOD"));
    let mut blocks = Vec::new();
    let (mut at, mut end) = (0, chunk.len());
    while at + CODE_RECORD <= end {
        let (kind, offset, words) = (chunk.int(at)?, chunk.word(at + 4)?, chunk.word(at + 8)?);
        if blocks.len() as u32 >= MOST_BLOCKS || words > MOST_WORDS || offset < at + CODE_RECORD {
            return Err(bad(at));
        }
        let words: Result<Vec<u16>, DspError> = (0..words)
            .map(|n| chunk.half(offset.saturating_add(n * 2)))
            .collect();
        blocks.push(CodeBlock {
            kind,
            words: words?,
        });
        end = end.min(offset);
        at += CODE_RECORD;
    }
    if blocks.is_empty() {
        return Err(bad(0));
    }
    Ok(blocks)
}

fn resources(chunk: Chunk<'_>, names: Chunk<'_>) -> Result<Vec<Resource>, DspError> {
    let count = chunk.len() / RECORD;
    let mut names = NameList {
        rest: names.bytes(),
        chunk: names,
    };
    let bad = |at| chunk.error_in(at, Damage::BadRecord("DRSC"));
    if count > MOST_RESOURCES {
        return Err(bad(0));
    }
    let mut resources = Vec::new();
    for at in (0..count).map(|n| n * RECORD) {
        let kind = chunk.word(at)?;
        let linkage = match kind & (IMPORT | EXPORT) {
            IMPORT => Linkage::Import,
            EXPORT => Linkage::Export,
            _ => Linkage::Own,
        };
        let number = if linkage == Linkage::Own {
            kind
        } else {
            kind & 0xFF
        };
        let unknown = chunk.error_in(at, Damage::ResourceType(kind));
        let is = ResourceKind::of(number).ok_or(unknown)?;
        let many = chunk.int(at + 4)?;
        resources.push(Resource {
            kind: is,
            linkage,
            many: u32::try_from(many).map_err(|_| bad(at))?,
            preset: chunk.word(at + 8)?,
            name: names.next()?,
        });
    }
    let imports = resources.iter().filter(|r| r.linkage == Linkage::Import);
    if imports.count() > MOST_IMPORTS {
        return Err(bad(0));
    }
    Ok(resources)
}

/// Names one behind the other.
struct NameList<'a> {
    rest: &'a [u8],
    chunk: Chunk<'a>,
}

impl NameList<'_> {
    fn next(&mut self) -> Result<Vec<u8>, DspError> {
        let name = until_zero(self.rest);
        let short = name.len() < NAME_SIZE && name.len() < self.rest.len();
        if !short {
            return Err(self.chunk.error(Damage::BadRecord("DNMS")));
        }
        self.rest = self.rest.get(name.len() + 1..).unwrap_or_default();
        Ok(name.to_vec())
    }
}

fn relocations(chunk: Chunk<'_>, module: &Module) -> Result<Vec<Relocation>, DspError> {
    let mut relocations = Vec::new();
    for at in (0..chunk.len() / RECORD).map(|n| n * RECORD) {
        let error = |why| chunk.error_in(at, why);
        let (attribute, flags) = (chunk.byte(at)?, chunk.byte(at + 1)?);
        let (width, bit) = (chunk.byte(at + 2)?, chunk.byte(at + 3)?);
        let (block, index) = (chunk.int(at + 4)?, chunk.int(at + 8)?);
        let word = chunk.word(at + 12)?;
        let named = module.named(index);
        let (resource, named) = named.ok_or(error(Damage::ResourceIndex(index)))?;
        let most = match named.kind {
            ResourceKind::InFifo => 2,
            ResourceKind::OutFifo => 1,
            _ => 0,
        };
        if attribute > most {
            return Err(error(Damage::Attribute(attribute)));
        }
        let long = flags & 4 != 0;
        let bits = if long { 32 } else { 16 };
        let code = usize::try_from(block)
            .ok()
            .and_then(|n| module.code.get(n))
            .ok_or(error(Damage::Relocation))?;
        let end = u64::from(word) + if long { 2 } else { 1 };
        let fits = u16::from(width) + u16::from(bit) <= bits && width > 0;
        if !fits || end > code.words.len() as u64 || flags > 7 || flags & 3 == 3 {
            return Err(error(Damage::Relocation));
        }
        relocations.push(Relocation {
            attribute,
            add: flags & 1 != 0,
            list: flags & 2 != 0,
            long,
            width,
            bit,
            block: block as u32,
            resource,
            word,
        });
    }
    Ok(relocations)
}

fn knobs(chunk: Chunk<'_>, module: &Module) -> Result<Vec<Knob>, DspError> {
    let mut knobs = Vec::new();
    let mut at = 0;
    while chunk.len() > 0 {
        let error = |why| chunk.error_in(at, why);
        let next = chunk.word(at)?;
        let name = chunk.bytes().get(at as usize + 20..).unwrap_or_default();
        let name = until_zero(name.get(..NAME_SIZE).unwrap_or(name));
        let targets = chunk.word(at + 16)?;
        let room = chunk.len().saturating_sub(at + KNOB_HEAD);
        if targets > room / RECORD || (chunk.len() - at) < KNOB_HEAD {
            return Err(error(Damage::CutOff));
        }
        if targets == 0 {
            return Err(error(Damage::KnobResource));
        }
        let targets = (0..targets).map(|n| target(chunk, at + KNOB_HEAD + n * RECORD, module));
        knobs.push(Knob {
            name: name.to_vec(),
            min: chunk.int(at + 4)?,
            max: chunk.int(at + 8)?,
            default: chunk.int(at + 12)?,
            targets: targets.collect::<Result<_, _>>()?,
        });
        // Forwards only, or the chain might have no end.
        match next {
            0 => break,
            next if next > at => at = next,
            _ => return Err(error(Damage::BadRecord("DKNB"))),
        }
    }
    Ok(knobs)
}

fn target(chunk: Chunk<'_>, at: u32, module: &Module) -> Result<KnobTarget, DspError> {
    let error = |why| chunk.error_in(at, why);
    let index = chunk.int(at)?;
    let named = module.named(index);
    let (resource, named) = named.ok_or(error(Damage::ResourceIndex(index)))?;
    if named.kind != ResourceKind::Ei || named.linkage != Linkage::Own || named.many == 0 {
        return Err(error(Damage::KnobResource));
    }
    let (kind, a, b) = (chunk.int(at + 4)?, chunk.int(at + 8)?, chunk.int(at + 12)?);
    let conversion = match kind {
        0 => Conversion::Nop,
        1 => Conversion::Linear(a, b),
        2 if b != 0 => Conversion::Scale(a, b),
        3 => Conversion::DivideRate,
        4 if (0..=16).contains(&a) => Conversion::ShiftDivideRate(a as u8),
        _ => return Err(error(Damage::Conversion(kind))),
    };
    Ok(KnobTarget {
        resource,
        conversion,
    })
}

fn data(chunk: Chunk<'_>, module: &Module) -> Result<Vec<Data>, DspError> {
    let mut records = Vec::new();
    let mut at = 0;
    while at + RECORD <= chunk.len() {
        let error = |why| chunk.error_in(at, why);
        let (many, flags, index) = (chunk.word(at)?, chunk.word(at + 4)?, chunk.int(at + 8)?);
        let named = module.named(index);
        let (resource, named) = named.ok_or(error(Damage::ResourceIndex(index)))?;
        if many > (chunk.len() - at - RECORD) / 4 {
            return Err(error(Damage::CutOff));
        }
        let room = match named.kind {
            ResourceKind::Ei | ResourceKind::I | ResourceKind::Eo => named.many,
            ResourceKind::Rbase4 => named.many.saturating_mul(4),
            ResourceKind::Rbase8 => named.many.saturating_mul(8),
            _ => 0,
        };
        if many > room {
            return Err(error(Damage::BadRecord("DINI")));
        }
        let first = at + RECORD;
        let values: Result<_, _> = (0..many).map(|n| chunk.int(first + n * 4)).collect();
        records.push(Data {
            at_alloc: flags & 1 != 0,
            at_start: flags & 2 != 0,
            resource,
            values: values?,
        });
        at = first + many * 4;
    }
    Ok(records)
}
