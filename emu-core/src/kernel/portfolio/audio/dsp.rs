//! What the signal processor has, and who has it.
//!
//! Audio sheet 4.1, and 1 for the addresses.
//!
//! ```text
//! code          512 words     EI  0x008-0x06F   I  0x108-0x1FF   EO  0x304-0x30F
//! input FIFOs    13           output FIFOs 4    ticks 565, in even and in odd frames
//! ```
//!
//! The programs at the head and the tail of every frame are the folio's own and take theirs
//! first. A program that others import from is placed once, with the first who needs it.

mod space;

use self::space::Space;
use super::codes;
use crate::device::sound::{INPUTS, OUTPUTS, When};
use crate::kernel::portfolio::errors::Status;
use crate::loader::dsp_file::{Linkage, Module, ResourceKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is given away of each kind: the first, and the one behind the last.
const CODE: (u32, u32) = (0, 512);
const EI: (u32, u32) = (0x008, 0x070);
const I: (u32, u32) = (0x108, 0x200);
const EO: (u32, u32) = (0x304, 0x310);
const IN_FIFOS: (u32, u32) = (0, INPUTS as u32);
const OUT_FIFOS: (u32, u32) = (0, OUTPUTS as u32);
/// Ticks of one frame.
const TICKS: u32 = 565;
/// Code words, ticks, EI words and I words of the head and the tail of each frame.
const HEAD: (u32, u32, u32, u32) = (32, 29, 2, 2);
const TAIL: (u32, u32, u32, u32) = (16, 16, 2, 0);
/// Ticks that every frame takes for the head and the tail.
pub(super) const SYSTEM_TICKS: u32 = HEAD.1 + TAIL.1;
/// The same of what tells even frames from odd ones, there while anything runs in only one.
const SPLIT: (u32, u32, u32, u32) = (7, 10, 1, 0);

/// Where the resources of a module are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allocation {
    /// The address of each resource; `None` for what takes no room.
    places: Vec<Option<u32>>,
    frames: When,
}

impl Allocation {
    /// Where a resource is.
    pub(super) fn place(&self, resource: u32) -> Option<u32> {
        *self.places.get(resource as usize)?
    }

    /// In which frames the program runs.
    pub(super) fn frames(&self) -> When {
        self.frames
    }
}

/// A program that others import from.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Library {
    allocation: Allocation,
    users: u32,
}

/// The signal processor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dsp {
    code: Space,
    ei: Space,
    i: Space,
    eo: Space,
    in_fifos: Space,
    out_fifos: Space,
    /// Ticks in use, of even and of odd frames.
    ticks: [u32; 2],
    libraries: BTreeMap<u32, Library>,
    /// Who runs in every second frame only, and where the program is that needs.
    halves: u32,
    split: Vec<(ResourceKind, u32, u32)>,
}

impl Default for Dsp {
    fn default() -> Self {
        let mut dsp = Dsp {
            code: Space::new(CODE.0, CODE.1),
            ei: Space::new(EI.0, EI.1),
            i: Space::new(I.0, I.1),
            eo: Space::new(EO.0, EO.1),
            in_fifos: Space::new(IN_FIFOS.0, IN_FIFOS.1),
            out_fifos: Space::new(OUT_FIFOS.0, OUT_FIFOS.1),
            ticks: [0; 2],
            libraries: BTreeMap::new(),
            halves: 0,
            split: Vec::new(),
        };
        for system in [HEAD, TAIL] {
            // An empty processor has room for them.
            let _ = dsp.place_system(system);
        }
        dsp
    }
}

/// How many words a resource takes, and at a multiple of how many they begin.
pub(super) fn extent(kind: ResourceKind, many: u32) -> (u32, u32) {
    match kind {
        ResourceKind::Rbase4 => (many.saturating_mul(4), 4),
        ResourceKind::Rbase8 => (many.saturating_mul(8), 8),
        _ => (many, 1),
    }
}

impl Dsp {
    /// Whether what a saved state says can be worked with.
    pub(super) fn is_sound(&self) -> bool {
        let spaces = [
            &self.code,
            &self.ei,
            &self.i,
            &self.eo,
            &self.in_fifos,
            &self.out_fifos,
        ];
        spaces.iter().all(|space| space.is_sound()) && self.ticks.iter().all(|&used| used <= TICKS)
    }

    fn space(&mut self, kind: ResourceKind) -> Option<&mut Space> {
        match kind {
            ResourceKind::Code => Some(&mut self.code),
            ResourceKind::Ei => Some(&mut self.ei),
            ResourceKind::I | ResourceKind::Rbase4 | ResourceKind::Rbase8 => Some(&mut self.i),
            ResourceKind::Eo => Some(&mut self.eo),
            ResourceKind::InFifo => Some(&mut self.in_fifos),
            ResourceKind::OutFifo => Some(&mut self.out_fifos),
            ResourceKind::Ticks
            | ResourceKind::LeftAdc
            | ResourceKind::RightAdc
            | ResourceKind::Noise => None,
        }
    }

    /// How much of a kind is in use: words, FIFOs, ticks of the fuller kind of frames.
    pub(super) fn used(&self, kind: ResourceKind) -> u32 {
        match kind {
            ResourceKind::Code => self.code.used(),
            ResourceKind::Ei => self.ei.used(),
            ResourceKind::I => self.i.used(),
            ResourceKind::Eo => self.eo.used(),
            ResourceKind::InFifo => self.in_fifos.used(),
            ResourceKind::OutFifo => self.out_fifos.used(),
            ResourceKind::Ticks => self.ticks[0].max(self.ticks[1]),
            // Blocks are I words; the others are never used up.
            _ => 0,
        }
    }

    /// How much of a kind there is; nothing where it is not counted.
    pub(super) fn total(kind: ResourceKind) -> u32 {
        let (first, end) = match kind {
            ResourceKind::Code => CODE,
            ResourceKind::Ei => EI,
            ResourceKind::I => I,
            ResourceKind::Eo => EO,
            ResourceKind::InFifo => IN_FIFOS,
            ResourceKind::OutFifo => OUT_FIFOS,
            ResourceKind::Ticks => (0, TICKS),
            _ => (0, 0),
        };
        end - first
    }

    fn take_ticks(&mut self, frames: When, ticks: u32) -> bool {
        let [even, odd] = self.ticks;
        let (more_even, more_odd) = match frames {
            When::Every => (ticks, ticks),
            When::Even => (ticks, 0),
            When::Odd => (0, ticks),
        };
        let sums = [even.saturating_add(more_even), odd.saturating_add(more_odd)];
        let fits = sums.iter().all(|&sum| sum <= TICKS);
        if fits {
            self.ticks = sums;
        }
        fits
    }

    fn give_ticks(&mut self, frames: When, ticks: u32) {
        if frames != When::Odd {
            self.ticks[0] = self.ticks[0].saturating_sub(ticks);
        }
        if frames != When::Even {
            self.ticks[1] = self.ticks[1].saturating_sub(ticks);
        }
    }

    /// The frames with more room.
    fn emptier_half(&self) -> When {
        if self.ticks[0] <= self.ticks[1] {
            When::Even
        } else {
            When::Odd
        }
    }

    fn place_system(
        &mut self,
        (code, ticks, ei, i): (u32, u32, u32, u32),
    ) -> Option<Vec<(ResourceKind, u32, u32)>> {
        let wanted = [
            (ResourceKind::Code, code),
            (ResourceKind::Ei, ei),
            (ResourceKind::I, i),
        ];
        let mut taken = Vec::new();
        for (kind, many) in wanted.into_iter().filter(|&(_, many)| many > 0) {
            match self.space(kind).and_then(|space| space.take(many, 1)) {
                Some(place) => taken.push((kind, place, many)),
                None => {
                    self.give_all(&taken);
                    return None;
                }
            }
        }
        if !self.take_ticks(When::Every, ticks) {
            self.give_all(&taken);
            return None;
        }
        Some(taken)
    }

    fn give_all(&mut self, taken: &[(ResourceKind, u32, u32)]) {
        for &(kind, place, many) in taken {
            if let Some(space) = self.space(kind) {
                space.give(place, many);
            }
        }
    }

    /// Room for a module that runs in every frame, or in every second one.
    pub(super) fn place(&mut self, module: &Module, half: bool) -> Result<Allocation, Status> {
        if half && self.halves == 0 {
            self.split = self.place_system(SPLIT).ok_or(codes::NORSRC)?;
        }
        self.halves = self.halves.saturating_add(u32::from(half));
        let frames = if half {
            self.emptier_half()
        } else {
            When::Every
        };
        let mut allocation = Allocation {
            places: vec![None; module.resources.len()],
            frames,
        };
        let fits = self.place_words(module, &mut allocation);
        if !fits || !self.take_ticks(frames, module.amount(ResourceKind::Ticks)) {
            self.give_words(module, &allocation);
            self.one_half_less(half);
            return Err(codes::NORSRC);
        }
        Ok(allocation)
    }

    fn place_words(&mut self, module: &Module, allocation: &mut Allocation) -> bool {
        let own = |linkage| linkage == Linkage::Own;
        for (n, resource) in module.resources.iter().enumerate() {
            if !own(resource.linkage) || resource.many == 0 {
                continue;
            }
            let (words, align) = extent(resource.kind, resource.many);
            let Some(space) = self.space(resource.kind) else {
                continue;
            };
            let Some(place) = space.take(words, align) else {
                return false;
            };
            if let Some(slot) = allocation.places.get_mut(n) {
                *slot = Some(place);
            }
        }
        true
    }

    fn give_words(&mut self, module: &Module, allocation: &Allocation) {
        for (resource, place) in module.resources.iter().zip(&allocation.places) {
            let (words, _) = extent(resource.kind, resource.many);
            if let (Some(space), &Some(place)) = (self.space(resource.kind), place) {
                space.give(place, words);
            }
        }
    }

    fn one_half_less(&mut self, half: bool) {
        self.halves = self.halves.saturating_sub(u32::from(half));
        if half && self.halves == 0 {
            let split = std::mem::take(&mut self.split);
            self.give_all(&split);
            self.give_ticks(When::Every, SPLIT.1);
        }
    }

    /// Takes back what a module got from [`Dsp::place`].
    pub(super) fn release(&mut self, module: &Module, allocation: &Allocation) {
        self.give_words(module, allocation);
        self.give_ticks(allocation.frames, module.amount(ResourceKind::Ticks));
        self.one_half_less(allocation.frames != When::Every);
    }

    /// One user more of a program that others import from; it is placed with the first.
    pub(super) fn use_library(&mut self, program: u32, module: &Module) -> Result<bool, Status> {
        if let Some(library) = self.libraries.get_mut(&program) {
            library.users = library.users.saturating_add(1);
            return Ok(false);
        }
        let allocation = self.place(module, false)?;
        let library = Library {
            allocation,
            users: 1,
        };
        self.libraries.insert(program, library);
        Ok(true)
    }

    /// One user less; the last one frees it.
    pub(super) fn leave_library(&mut self, program: u32, module: &Module) {
        let Some(library) = self.libraries.get_mut(&program) else {
            return;
        };
        library.users = library.users.saturating_sub(1);
        if library.users == 0
            && let Some(library) = self.libraries.remove(&program)
        {
            self.release(module, &library.allocation);
        }
    }

    /// Where the resources of a placed library are.
    pub(super) fn library(&self, program: u32) -> Option<&Allocation> {
        Some(&self.libraries.get(&program)?.allocation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::dsp_file::builder::resource;
    use proptest::prelude::*;

    fn module(resources: &[(ResourceKind, u32)]) -> Module {
        let named = |&(kind, many)| resource(kind, many, "x");
        Module {
            resources: resources.iter().map(named).collect(),
            ..Module::default()
        }
    }

    #[test]
    fn head_and_tail_take_theirs_first() {
        let dsp = Dsp::default();
        assert_eq!(dsp.used(ResourceKind::Code), 48);
        assert_eq!(dsp.used(ResourceKind::Ticks), 45);
        assert_eq!(dsp.used(ResourceKind::Ei), 4);
        assert_eq!(dsp.used(ResourceKind::I), 2);
        assert_eq!(dsp.used(ResourceKind::InFifo), 0);
    }

    /// The published answer to "why does the ninth halfmono8 fail beside a mixer4x2?"
    #[test]
    fn eight_half_rate_players_fit_beside_a_mixer() {
        let mut dsp = Dsp::default();
        let mixer = module(&[(ResourceKind::Code, 32), (ResourceKind::Ticks, 32)]);
        let player = module(&[
            (ResourceKind::Code, 49),
            (ResourceKind::Ticks, 38),
            (ResourceKind::InFifo, 1),
        ]);
        dsp.place(&mixer, false).unwrap();
        let placed = (0..20).take_while(|_| dsp.place(&player, false).is_ok());
        assert_eq!(placed.count(), 8);
    }

    #[test]
    fn a_shortage_takes_nothing() {
        let mut dsp = Dsp::default();
        let before = format!("{dsp:?}");
        for greedy in [
            module(&[(ResourceKind::I, 5), (ResourceKind::Rbase8, u32::MAX)]),
            module(&[(ResourceKind::Ei, 8), (ResourceKind::Ticks, 521)]),
            module(&[(ResourceKind::InFifo, 13), (ResourceKind::Eo, 13)]),
        ] {
            for half in [false, true] {
                assert_eq!(dsp.place(&greedy, half), Err(codes::NORSRC));
                assert_eq!(format!("{dsp:?}"), before);
            }
        }
    }

    #[test]
    fn register_blocks_are_aligned() {
        let mut dsp = Dsp::default();
        let module = module(&[
            (ResourceKind::I, 1),
            (ResourceKind::Rbase8, 1),
            (ResourceKind::Rbase4, 2),
        ]);
        let allocation = dsp.place(&module, false).unwrap();
        let place = |n| allocation.place(n).unwrap();
        // Behind the two words of the head.
        assert_eq!((place(0), place(1), place(2)), (0x10A, 0x110, 0x118));
        assert_eq!(dsp.used(ResourceKind::I), 2 + 1 + 8 + 8);
    }

    /// Instruments of half the rate run in the frames that have more room.
    #[test]
    fn half_rate_takes_ticks_of_one_kind_of_frames() {
        let mut dsp = Dsp::default();
        let player = module(&[(ResourceKind::Ticks, 200)]);
        let both = dsp.place(&player, false).unwrap();
        assert_eq!(dsp.ticks, [245, 245]);
        let first = dsp.place(&player, true).unwrap();
        assert_eq!(dsp.ticks, [455, 255], "with the ten of the splitter");
        let second = dsp.place(&player, true).unwrap();
        assert_eq!(dsp.ticks, [455, 455]);
        assert!(dsp.place(&player, true).is_err());
        for one in [both, first, second] {
            dsp.release(&player, &one);
        }
        assert_eq!(format!("{dsp:?}"), format!("{:?}", Dsp::default()));
    }

    #[test]
    fn a_library_is_there_once_and_as_long_as_it_is_used() {
        let mut dsp = Dsp::default();
        let library = module(&[(ResourceKind::Code, 22)]);
        assert_eq!(dsp.use_library(5, &library), Ok(true));
        assert_eq!(dsp.use_library(5, &library), Ok(false));
        assert_eq!(dsp.used(ResourceKind::Code), 48 + 22);
        dsp.leave_library(5, &library);
        assert!(dsp.library(5).is_some());
        dsp.leave_library(5, &library);
        assert_eq!(dsp.used(ResourceKind::Code), 48);
        dsp.leave_library(5, &library);
    }

    proptest! {
        /// Whatever is placed and freed in whatever order, in the end nothing is missing.
        #[test]
        fn nothing_is_lost(steps in proptest::collection::vec(
            (0_usize..12, 1_u32..40, any::<bool>(), any::<prop::sample::Index>()), 1..60))
        {
            let mut dsp = Dsp::default();
            let mut placed = Vec::new();
            for (kind, many, half, which) in steps {
                let kind = ResourceKind::ALL[kind];
                let module = module(&[(kind, many), (ResourceKind::Ticks, many)]);
                match dsp.place(&module, half) {
                    Ok(allocation) => placed.push((module, allocation)),
                    Err(_) if placed.is_empty() => {}
                    Err(_) => {
                        let (module, allocation) = placed.remove(which.index(placed.len()));
                        dsp.release(&module, &allocation);
                    }
                }
                prop_assert!(dsp.is_sound());
            }
            for (module, allocation) in placed {
                dsp.release(&module, &allocation);
            }
            prop_assert_eq!(format!("{:?}", dsp), format!("{:?}", Dsp::default()));
        }
    }
}
