//! Programs of the signal processor, kept as long as a template uses them.
//!
//! ```text
//! template ─┐
//! template ─┴─ program ─── imports from ─── program (a routine, also of other programs)
//! ```
//!
//! Guests see no more of one than the names of its knobs; a block of kernel memory as large as
//! a program's tables holds them, so that programs take guest memory and not only the host's. The
//! sounds that came with its file are behind the names.

use super::codes;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::loader::aiff::Aiff;
use crate::loader::dsp_file::{
    DspFile, EnvelopeHook, Linkage, Module, NAME_SIZE, Resource, SampleHook,
};
use crate::mem::{CString, GuestPtr, Memory};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which program.
pub(super) type ProgramId = u32;

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Program {
    /// The name of its file; empty for routines that came with another.
    pub name: Vec<u8>,
    pub module: Module,
    pub envelopes: Vec<EnvelopeHook>,
    pub samples: Vec<SampleHook>,
    /// The programs that it imports from.
    pub imports: BTreeSet<ProgramId>,
    /// Where it and all that it imports from are from.
    pub origin: Origin,
}

/// Where a program is from. How a routine is called is an affair of those who wrote it and its
/// callers: nobody imports from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Origin {
    /// A file, or an image of one in memory.
    File,
    /// Built in, for want of a file.
    BuiltIn,
}

impl Program {
    /// Whether others can import something by this name from it.
    pub(super) fn exports(&self, name: &[u8]) -> bool {
        exports(&self.module, name)
    }

    /// Whether it is for others to import from.
    pub(super) fn is_library(&self) -> bool {
        let mut resources = self.module.resources.iter();
        resources.any(|resource| resource.linkage == Linkage::Export)
    }

    /// Bytes that its tables would take on a console.
    fn size(&self) -> u32 {
        let m = &self.module;
        let words: usize = m.code.iter().map(|block| block.words.len()).sum();
        let values: usize = m.data.iter().map(|data| data.values.len()).sum();
        let points: usize = self.envelopes.iter().map(|e| e.points.len()).sum();
        let samples: usize = self.samples.iter().map(|sample| sample.file.len()).sum();
        let targets: usize = m.knobs.iter().map(|knob| knob.targets.len()).sum();
        let records = m.resources.len() * 3 + m.relocations.len() + m.data.len() + targets;
        let envelopes = self.envelopes.len() + self.samples.len();
        let bytes = self.names_size() as usize
            + (records + m.knobs.len()) * 16
            + words * 2
            + values * 4
            + points * 8
            + envelopes * 64
            + samples;
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// The sounds that came with its file: where in its block they are, for which FIFO, what they
    /// are, and their bytes.
    fn sounds(&self) -> Vec<(u32, &SampleHook, Aiff, &[u8])> {
        let (mut at, mut sounds) = (self.names_size(), Vec::new());
        for hook in &self.samples {
            // Only a saved state has others than those that were read before.
            let Ok(aiff) = Aiff::parse(&hook.file) else {
                continue;
            };
            let from = aiff.sound.offset as usize;
            let to = from.saturating_add(aiff.sound.len as usize);
            let bytes = hook.file.get(from..to).unwrap_or_default();
            // Channels move whole words. A file is longer than its sound and what that lacks.
            let next = at.saturating_add(aiff.sound.len).saturating_add(3) & !3;
            sounds.push((at, hook, aiff, bytes));
            at = next;
        }
        sounds
    }

    /// Bytes of the names of its knobs.
    fn names_size(&self) -> u32 {
        u32::try_from(self.module.knobs.len() * NAME_SIZE).unwrap_or(u32::MAX)
    }
}

fn exports(module: &Module, name: &[u8]) -> bool {
    let export = |resource: &Resource| resource.linkage == Linkage::Export;
    module.find(name, export).is_some()
}

fn imports(module: &Module) -> impl Iterator<Item = &[u8]> {
    let resources = module.resources.iter();
    let imports = resources.filter(|resource| resource.linkage == Linkage::Import);
    imports.map(|resource| &resource.name[..])
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    program: Program,
    /// Templates that use it, and programs that import from it.
    users: u32,
    /// Its block of kernel memory.
    block: u32,
    size: u32,
}

/// Every program that is in use.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Programs {
    kept: BTreeMap<ProgramId, Kept>,
    next: ProgramId,
}

impl Programs {
    /// A program that exists.
    pub(super) fn get(&self, id: ProgramId) -> Option<&Program> {
        Some(&self.kept.get(&id)?.program)
    }

    /// Where the name of one of a program's knobs is.
    pub(super) fn knob_name(&self, id: ProgramId, knob: usize) -> Option<GuestPtr<CString>> {
        let kept = self.kept.get(&id)?;
        kept.program.module.knobs.get(knob)?;
        let offset = u32::try_from(knob).ok()?.checked_mul(NAME_SIZE as u32)?;
        Some(GuestPtr::new(kept.block.checked_add(offset)?))
    }

    /// The sounds that came with a program's file: where they are, for which FIFO, what they are.
    pub(super) fn sounds(&self, id: ProgramId) -> Vec<(u32, Vec<u8>, Aiff)> {
        let Some(kept) = self.kept.get(&id) else {
            return Vec::new();
        };
        let sounds = kept.program.sounds().into_iter();
        sounds
            .map(|(at, hook, aiff, _)| (kept.block.saturating_add(at), hook.hook.clone(), aiff))
            .collect()
    }

    /// The programs that one imports from, directly or through others, in a fixed order.
    pub(super) fn libraries_of(&self, id: ProgramId) -> Vec<ProgramId> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let imports = self.get(id).map(|program| &program.imports);
            for &import in imports.into_iter().flatten() {
                if found.insert(import) {
                    open.push(import);
                }
            }
        }
        found.remove(&id);
        found.into_iter().collect()
    }

    fn exporter(&self, name: &[u8], origin: Origin) -> Option<ProgramId> {
        let mut kept = self.kept.iter();
        let exporter =
            kept.find(|(_, kept)| kept.program.origin == origin && kept.program.exports(name));
        exporter.map(|(&id, _)| id)
    }

    /// What is imported by the first of `files` or the others, all of one origin, and exported by
    /// nobody there.
    pub(super) fn missing_import(&self, files: &[DspFile], origin: Origin) -> Option<Vec<u8>> {
        let modules = || files.iter().flat_map(DspFile::modules);
        let is_there = |name: &[u8]| {
            modules().any(|m| exports(m, name)) || self.exporter(name, origin).is_some()
        };
        let mut wanted = modules().flat_map(imports);
        wanted.find(|name| !is_there(name)).map(<[u8]>::to_vec)
    }
}

impl Portfolio {
    /// Keeps the first of `files` as a program, and of the others those it needs. The caller is
    /// a user of the first.
    pub(super) fn keep_program(
        &mut self,
        mem: &mut Memory,
        files: Vec<DspFile>,
        origin: Origin,
    ) -> Result<ProgramId, Status> {
        let mut parts = Vec::new();
        for file in files {
            let is_first = parts.is_empty();
            parts.push(Program {
                name: file.name,
                module: file.main,
                envelopes: if is_first { file.envelopes } else { Vec::new() },
                samples: if is_first { file.samples } else { Vec::new() },
                imports: BTreeSet::new(),
                origin,
            });
            parts.extend(file.shared.into_iter().map(|module| Program {
                name: Vec::new(),
                module,
                envelopes: Vec::new(),
                samples: Vec::new(),
                imports: BTreeSet::new(),
                origin,
            }));
        }
        let mut parts: Vec<(bool, Program)> = (0..).map(|n| n == 0).zip(parts).collect();
        let (mut held, mut outcome) = (Vec::new(), Err(codes::EXTERNALREF));
        // The last one whose imports are there, again and again.
        while let Some(n) = parts.iter().rposition(|(_, part)| self.can_import(part)) {
            let (is_first, part) = parts.remove(n);
            match self.keep_part(mem, part) {
                Ok(id) if is_first => outcome = Ok(id),
                Ok(id) => held.push(id),
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
            if is_first {
                break;
            }
        }
        // Routines are used by who imports from them now, or by nobody.
        for id in held {
            self.leave_program(id);
        }
        outcome
    }

    fn can_import(&self, part: &Program) -> bool {
        let programs = &self.audio.instruments.programs;
        imports(&part.module).all(|name| programs.exporter(name, part.origin).is_some())
    }

    fn keep_part(&mut self, mem: &mut Memory, mut part: Program) -> Result<ProgramId, Status> {
        let programs = &self.audio.instruments.programs;
        for name in imports(&part.module) {
            let exporter = programs
                .exporter(name, part.origin)
                .ok_or(codes::EXTERNALREF)?;
            part.imports.insert(exporter);
        }
        let programs = &mut self.audio.instruments.programs;
        if let Some((&id, kept)) = programs
            .kept
            .iter_mut()
            .find(|(_, kept)| kept.program == part)
        {
            kept.users = kept.users.saturating_add(1);
            return Ok(id);
        }
        let size = part.size();
        let block = self.heap_alloc(mem, size).map_err(|_| codes::NOMEM)?;
        for (n, knob) in (0..).zip(&part.module.knobs) {
            let at = block + n * NAME_SIZE as u32;
            let name = knob.name.get(..NAME_SIZE - 1).unwrap_or(&knob.name);
            if let Some(place) = mem.bytes_mut(at, name.len() as u32) {
                place.copy_from_slice(name);
            }
        }
        for (at, _, _, sound) in part.sounds() {
            let place = mem.bytes_mut(block.saturating_add(at), sound.len() as u32);
            if let Some(place) = place {
                place.copy_from_slice(sound);
            }
        }
        let programs = &mut self.audio.instruments.programs;
        for import in &part.imports {
            if let Some(kept) = programs.kept.get_mut(import) {
                kept.users = kept.users.saturating_add(1);
            }
        }
        let id = programs.next;
        programs.next = programs.next.wrapping_add(1);
        let kept = Kept {
            program: part,
            users: 1,
            block,
            size,
        };
        programs.kept.insert(id, kept);
        Ok(id)
    }

    /// One user less; the last one frees it, and what only it imported from.
    pub(super) fn leave_program(&mut self, id: ProgramId) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let programs = &mut self.audio.instruments.programs;
            let Some(kept) = programs.kept.get_mut(&id) else {
                continue;
            };
            kept.users = kept.users.saturating_sub(1);
            if kept.users > 0 {
                continue;
            }
            if let Some(kept) = programs.kept.remove(&id) {
                open.extend(kept.program.imports);
                self.heap_free(kept.block, kept.size);
            }
        }
    }
}
