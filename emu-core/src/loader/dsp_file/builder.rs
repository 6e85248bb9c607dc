//! Instrument files made from their parts, for tests and as seeds of a fuzzer.

use super::{
    CodeBlock, Conversion, Data, DspFile, EnvelopeHook, Knob, KnobTarget, Linkage, Module,
    NAME_SIZE, Relocation, Resource, ResourceKind, SampleHook,
};

/// A chunk with its padding.
pub fn chunk(id: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let mut all = id.to_vec();
    all.extend((bytes.len() as u32).to_be_bytes());
    all.extend(bytes);
    if bytes.len() % 2 == 1 {
        all.push(0);
    }
    all
}

/// A form of chunks.
pub fn form(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"FORM", &[kind.to_vec(), chunks.concat()].concat())
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn padded_name(name: &[u8]) -> [u8; NAME_SIZE] {
    let mut padded = [0; NAME_SIZE];
    for (to, from) in padded.iter_mut().zip(name) {
        *to = *from;
    }
    padded
}

/// A resource of a module's own.
pub fn resource(kind: ResourceKind, many: u32, name: &str) -> Resource {
    Resource {
        kind,
        linkage: Linkage::Own,
        many,
        preset: 0,
        name: name.into(),
    }
}

/// A knob of one parameter word.
pub fn knob(
    name: &str,
    resource: u32,
    (min, max, default): (i32, i32, i32),
    conversion: Conversion,
) -> Knob {
    Knob {
        name: name.into(),
        min,
        max,
        default,
        targets: vec![KnobTarget {
            resource,
            conversion,
        }],
    }
}

/// A player with a routine, an envelope and a sample: a record of every kind.
pub fn sample() -> DspFile {
    let import = Resource {
        linkage: Linkage::Import,
        ..resource(ResourceKind::Code, 1, "Routine")
    };
    let export = Resource {
        linkage: Linkage::Export,
        preset: 2,
        ..resource(ResourceKind::Code, 0, "Routine")
    };
    let relocation = Relocation {
        attribute: 0,
        add: false,
        list: true,
        long: false,
        width: 10,
        bit: 0,
        block: 0,
        resource: 1,
        word: 2,
    };
    let main = Module {
        function: 7,
        silicon: 2,
        code: vec![CodeBlock {
            kind: 0,
            words: vec![0x8000, 0x8100, 0x8380, 0x8000],
        }],
        resources: vec![
            resource(ResourceKind::I, 2, "Output"),
            resource(ResourceKind::Ei, 1, "Frequency"),
            resource(ResourceKind::Rbase8, 1, "Base"),
            resource(ResourceKind::InFifo, 1, "InFIFO"),
            import,
            resource(ResourceKind::Code, 4, "Entry"),
            resource(ResourceKind::Ticks, 5, "Ticks"),
        ],
        relocations: vec![
            relocation,
            Relocation {
                attribute: 2,
                resource: 3,
                ..relocation
            },
        ],
        knobs: vec![
            knob("Frequency", 1, (0, 0x2000, 768), Conversion::DivideRate),
            knob("Fine", 1, (-4, 4, 0), Conversion::Scale(3, 2)),
        ],
        data: vec![Data {
            at_alloc: true,
            at_start: true,
            resource: 0,
            values: vec![-1, 5],
        }],
    };
    let shared = Module {
        code: vec![CodeBlock {
            kind: 0,
            words: vec![0x8200],
        }],
        resources: vec![export, resource(ResourceKind::Code, 1, "Entry")],
        ..Module::default()
    };
    DspFile {
        name: b"sample.dsp".to_vec(),
        main,
        shared: vec![shared],
        envelopes: vec![EnvelopeHook {
            hook: b"Env".to_vec(),
            sustain_begin: 1,
            sustain_end: 1,
            release_begin: -1,
            release_end: -1,
            micros_per_unit: 1000,
            points: vec![(0, 0), (200, 0x7FFF), (500, 0)],
            ..EnvelopeHook::default()
        }],
        samples: vec![SampleHook {
            hook: b"InFIFO".to_vec(),
            file: two_frames(),
        }],
    }
}

/// A sample file: 16 bits, mono, 44,100 Hz.
fn two_frames() -> Vec<u8> {
    let common = [
        0, 1, 0, 0, 0, 2, 0, 16, 0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0,
    ];
    let sound = [0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0xC0, 0];
    let chunks = [chunk(b"COMM", &common), chunk(b"SSND", &sound)];
    form(b"AIFF", &chunks)
}

fn conversion_words(conversion: Conversion) -> [u32; 3] {
    match conversion {
        Conversion::Nop => [0, 0, 0],
        Conversion::Linear(a, b) => [1, a as u32, b as u32],
        Conversion::Scale(a, b) => [2, a as u32, b as u32],
        Conversion::DivideRate => [3, 0, 0],
        Conversion::ShiftDivideRate(a) => [4, a.into(), 0],
    }
}

impl DspFile {
    /// The bytes of the file; reading them gives this again.
    pub fn write(&self) -> Vec<u8> {
        let mut chunks = Vec::new();
        if !self.name.is_empty() {
            chunks.push(chunk(b"NAME", &[&self.name[..], b"\0"].concat()));
        }
        chunks.push(form(b"DSPP", &self.main.chunks()));
        chunks.extend(self.shared.iter().map(|m| form(b"DSPS", &m.chunks())));
        chunks.extend(self.envelopes.iter().map(EnvelopeHook::write));
        chunks.extend(self.samples.iter().map(|sample| {
            let hook = chunk(b"HOOK", &sample.hook);
            form(b"ATSM", &[hook, sample.file.clone()])
        }));
        form(b"3INS", &chunks)
    }
}

impl EnvelopeHook {
    fn write(&self) -> Vec<u8> {
        let header = words(&[
            self.points.len() as u32,
            self.sustain_begin as u32,
            self.sustain_end as u32,
            self.sustain_time as u32,
            self.release_begin as u32,
            self.release_end as u32,
            self.release_time as u32,
            self.micros_per_unit,
            self.flags,
            self.release_jump as u32,
        ]);
        let points: Vec<u32> = self
            .points
            .iter()
            .flat_map(|&(time, value)| [time, value as u32])
            .collect();
        let inner = form(
            b"ENVL",
            &[chunk(b"ENVH", &header), chunk(b"PNTS", &words(&points))],
        );
        form(b"ATNV", &[chunk(b"HOOK", &self.hook), inner])
    }
}

impl Module {
    fn chunks(&self) -> Vec<Vec<u8>> {
        let mut chunks = vec![
            chunk(
                b"DHDR",
                &words(&[self.function as u32, self.silicon as u32, 0, 0]),
            ),
            chunk(b"DCOD", &self.code_bytes()),
        ];
        if !self.resources.is_empty() {
            chunks.push(chunk(b"DRSC", &self.resource_bytes()));
        }
        if !self.relocations.is_empty() {
            chunks.push(chunk(b"DRLC", &self.relocation_bytes()));
        }
        if !self.resources.is_empty() {
            let names = self.resources.iter().map(|r| [&r.name[..], b"\0"].concat());
            chunks.push(chunk(b"DNMS", &names.collect::<Vec<_>>().concat()));
        }
        if !self.knobs.is_empty() {
            chunks.push(chunk(b"DKNB", &self.knob_bytes()));
        }
        if !self.data.is_empty() {
            chunks.push(chunk(b"DINI", &self.data_bytes()));
        }
        chunks
    }

    fn code_bytes(&self) -> Vec<u8> {
        let mut offset = self.code.len() as u32 * 12;
        let mut bytes = Vec::new();
        for block in &self.code {
            bytes.extend(words(&[
                block.kind as u32,
                offset,
                block.words.len() as u32,
            ]));
            offset += block.words.len() as u32 * 2;
        }
        let code = self.code.iter().flat_map(|block| &block.words);
        bytes.extend(code.flat_map(|word| word.to_be_bytes()));
        bytes
    }

    fn resource_bytes(&self) -> Vec<u8> {
        let record = |resource: &Resource| {
            let flag = match resource.linkage {
                Linkage::Own => 0,
                Linkage::Import => 0x8000,
                Linkage::Export => 0x4000,
            };
            words(&[
                resource.kind.number() | flag,
                resource.many,
                resource.preset,
                0,
            ])
        };
        self.resources.iter().flat_map(record).collect()
    }

    fn relocation_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for r in &self.relocations {
            let flags = u8::from(r.add) | u8::from(r.list) << 1 | u8::from(r.long) << 2;
            bytes.extend([r.attribute, flags, r.width, r.bit]);
            bytes.extend(words(&[r.block, r.resource, r.word]));
        }
        bytes
    }

    fn knob_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (n, knob) in self.knobs.iter().enumerate() {
            let len = 20 + NAME_SIZE as u32 + knob.targets.len() as u32 * 16;
            let next = if n + 1 == self.knobs.len() {
                0
            } else {
                bytes.len() as u32 + len
            };
            bytes.extend(words(&[
                next,
                knob.min as u32,
                knob.max as u32,
                knob.default as u32,
                knob.targets.len() as u32,
            ]));
            bytes.extend(padded_name(&knob.name));
            for target in &knob.targets {
                let [kind, a, b] = conversion_words(target.conversion);
                bytes.extend(words(&[target.resource, kind, a, b]));
            }
        }
        bytes
    }

    fn data_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for data in &self.data {
            let flags = u32::from(data.at_alloc) | u32::from(data.at_start) << 1;
            bytes.extend(words(&[data.values.len() as u32, flags, data.resource, 0]));
            bytes.extend(data.values.iter().flat_map(|value| value.to_be_bytes()));
        }
        bytes
    }
}
