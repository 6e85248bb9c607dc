//! Tunings: the frequencies of notes (audio sheet 3.3).
//!
//! A tuning has the frequencies of some notes that follow each other; a note outside sounds as
//! the one an octave nearer, twice or half as high. The frequencies are copied into kernel
//! memory, in which the number of tunings finds its limit.

pub(super) mod interval;

use self::interval::ratio;
use super::codes;
use super::items::kind;
use super::tags as tag;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::tags::CommonTags;
use crate::mem::{GuestPtr, MEMORY_END, Memory};
use serde::{Deserialize, Serialize};

/// The standard tuning: A of 440 Hz to the G sharp above, in 16.16 Hz.
const STANDARD: [u32; 12] = [
    0x01B8_0000,
    0x01D2_29EC,
    0x01ED_E220,
    0x020B_404A,
    0x022A_5D82,
    0x024B_545C,
    0x026E_4104,
    0x0293_414F,
    0x02BA_74DB,
    0x02E3_FD25,
    0x030F_FDAA,
    0x033E_9C01,
];
/// The note of its first frequency.
const STANDARD_BASE: u32 = 69;
/// What GetMasterTuning gives at first: A of 440 Hz.
pub(super) const MASTER: u32 = STANDARD[0];
/// The highest note.
const LAST_NOTE: u32 = 127;

/// A tuning item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tuning {
    /// Where the program has its frequencies.
    address: u32,
    /// How many there are.
    count: u32,
    /// Notes after which they repeat, twice as high.
    octave: u32,
    /// The note of the first.
    base: u32,
    /// The copy.
    copy: u32,
}

/// The frequency of a note when `count` notes from `base` on have theirs.
fn extended(
    note: u32,
    (base, count, octave): (u32, u32, u32),
    frequency: impl Fn(u32) -> u32,
) -> u32 {
    let octave = octave.max(1);
    if note < base {
        let octaves = (base - note).div_ceil(octave);
        let at = note.saturating_add(octaves.saturating_mul(octave)) - base;
        return frequency(at).checked_shr(octaves).unwrap_or(0);
    }
    let at = note - base;
    let last = count.max(1) - 1;
    let octaves = at.saturating_sub(last).div_ceil(octave);
    let at = at.saturating_sub(octaves.saturating_mul(octave));
    let frequency = u128::from(frequency(at)) << octaves.min(64);
    u32::try_from(frequency).unwrap_or(u32::MAX)
}

/// The frequency of a note in the standard tuning.
pub(super) fn standard_frequency(note: u32) -> u32 {
    extended(note, (STANDARD_BASE, 12, 12), |at| {
        STANDARD.get(at as usize).copied().unwrap_or(0)
    })
}

impl Tuning {
    fn frequency(&self, mem: &Memory, note: u32) -> u32 {
        extended(note, (self.base, self.count, self.octave), |at| {
            let at = at.min(self.count.saturating_sub(1));
            mem.word(self.copy.wrapping_add(at.wrapping_mul(4)))
        })
    }

    /// What its tags say.
    fn set(&mut self, tag: u32, value: u32) -> Result<(), Status> {
        match tag {
            tag::ADDRESS => self.address = value,
            tag::FRAMES => self.count = value,
            tag::NOTESPEROCTAVE => self.octave = value,
            tag::BASENOTE => self.base = value,
            _ => return Err(codes::BADTAG),
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Status> {
        let is_sane = (1..=self.count).contains(&self.octave)
            && self.count <= MEMORY_END / 4
            && self.base <= LAST_NOTE;
        match self.address {
            0 => Err(codes::NULLADDRESS),
            _ if is_sane => Ok(()),
            _ => Err(codes::BADTAGVAL),
        }
    }
}

impl Portfolio {
    /// Gives a tuning its own copy of the frequencies.
    fn copy_frequencies(&mut self, mem: &mut Memory, tuning: &mut Tuning) -> Result<(), Status> {
        tuning.check()?;
        let bytes = mem.read_bytes(tuning.address, tuning.count * 4);
        let bytes = bytes.map_err(|_| codes::BADPTR)?;
        let copy = self.heap_alloc(mem, bytes.len() as u32);
        tuning.copy = copy.map_err(|_| codes::NOMEM)?;
        if let Some(place) = mem.bytes_mut(tuning.copy, bytes.len() as u32) {
            place.copy_from_slice(&bytes);
        }
        Ok(())
    }

    fn new_tuning(&mut self, cx: &mut CallCx<'_>, mut tuning: Tuning) -> Result<Item, Status> {
        self.copy_frequencies(cx.mem, &mut tuning)?;
        cx.charge.0 += u64::from(tuning.count) * 4;
        let owner = self.caller();
        match self.new_audio_item(cx.mem, kind::TUNING, CommonTags::default(), owner) {
            Ok(item) => {
                self.audio.instruments.tunings.insert(item, tuning);
                Ok(item)
            }
            Err(error) => {
                self.heap_free(tuning.copy, tuning.count * 4);
                Err(error)
            }
        }
    }

    /// CreateItem of a tuning.
    pub(super) fn create_tuning_by_tags(
        &mut self,
        cx: &mut CallCx<'_>,
        tags: &[(u32, u32)],
    ) -> Result<Item, Status> {
        let mut tuning = Tuning::default();
        for &(tag, value) in tags {
            tuning.set(tag, value)?;
        }
        self.new_tuning(cx, tuning)
    }

    /// The end of a tuning: what was tuned by it has the standard tuning again.
    pub(super) fn delete_tuning(&mut self, cx: &mut CallCx<'_>, item: Item) {
        let world = &mut self.audio.instruments;
        let templates = world.templates.values_mut().map(|t| &mut t.tuning);
        let instruments = world.instruments.values_mut().map(|i| &mut i.tuning);
        for tuning in templates.chain(instruments) {
            if *tuning == Some(item) {
                *tuning = None;
            }
        }
        if let Some(tuning) = world.tunings.remove(&item) {
            self.heap_free(tuning.copy, tuning.count.saturating_mul(4));
        }
        self.free_item(cx.mem, item);
    }

    /// The frequency of a note on an instrument, in 16.16 Hz: by its own tuning, or by that of
    /// its template.
    pub(super) fn note_frequency(&self, mem: &Memory, instrument: Item, note: u8) -> u32 {
        let world = &self.audio.instruments;
        let tuning = self.instrument(instrument).ok().and_then(|state| {
            let template = world.templates.get(&state.template);
            state.tuning.or(template.and_then(|t| t.tuning))
        });
        match tuning.and_then(|tuning| world.tunings.get(&tuning)) {
            Some(tuning) => tuning.frequency(mem, note.into()),
            None => standard_frequency(note.into()),
        }
    }

    /// What a tuning can be asked for: nothing.
    pub(super) fn tuning_info(
        &mut self,
        _cx: &mut CallCx<'_>,
        _item: Item,
        _tag: u32,
    ) -> Result<Option<u32>, Status> {
        Err(codes::UNIMPLEMENTED)
    }

    /// Changes a tuning; its frequencies are copied anew.
    pub(super) fn set_tuning_info(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        tag: u32,
        value: u32,
    ) -> Result<(), Status> {
        let tunings = &self.audio.instruments.tunings;
        let old = *tunings.get(&item).ok_or(codes::BADITEM)?;
        let mut new = old;
        new.set(tag, value)?;
        self.copy_frequencies(cx.mem, &mut new)?;
        self.heap_free(old.copy, old.count.saturating_mul(4));
        self.audio.instruments.tunings.insert(item, new);
        Ok(())
    }

    /// A tuning that somebody is to have; none stands for the standard one.
    fn tuning_argument(&self, tuning: Item) -> Result<Option<Item>, Status> {
        match tuning {
            Item::NONE => Ok(None),
            _ if self.audio.instruments.tunings.contains_key(&tuning) => Ok(Some(tuning)),
            _ => Err(codes::BADITEM),
        }
    }
}

fn create_tuning(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    frequencies: GuestPtr<u32>,
    count: u32,
    octave: u32,
    base: u32,
) -> Result<Item, Trouble> {
    k.check_audio_open(k.caller())?;
    let tuning = Tuning {
        address: frequencies.addr(),
        count,
        octave,
        base,
        copy: 0,
    };
    let tuning = k.new_tuning(cx, tuning)?;
    Ok(k.give_to_caller(tuning))
}

fn delete_tuning(k: &mut Portfolio, cx: &mut CallCx<'_>, tuning: Item) -> Result<i32, Trouble> {
    k.delete_by_call(cx, tuning, kind::TUNING)
}

fn tune_ins_template(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    template: Item,
    tuning: Item,
) -> Result<i32, Trouble> {
    k.template(template)?;
    let tuning = k.tuning_argument(tuning)?;
    if let Some(template) = k.audio.instruments.templates.get_mut(&template) {
        template.tuning = tuning;
    }
    Ok(0)
}

fn tune_instrument(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    instrument: Item,
    tuning: Item,
) -> Result<i32, Trouble> {
    k.instrument(instrument)?;
    let tuning = k.tuning_argument(tuning)?;
    k.instrument_mut(instrument)?.tuning = tuning;
    Ok(0)
}

/// Stored, and of no effect.
fn set_master_tuning(
    k: &mut Portfolio,
    _cx: &mut CallCx<'_>,
    frequency: u32,
) -> Result<i32, Trouble> {
    k.audio.instruments.master_tuning = frequency;
    Ok(0)
}

fn get_master_tuning(k: &mut Portfolio, _cx: &mut CallCx<'_>) -> Result<u32, Trouble> {
    Ok(k.audio.instruments.master_tuning)
}

fn convert_12tet_f16(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    semitones: i32,
    cents: i32,
    fraction: GuestPtr<u32>,
) -> Result<i32, Trouble> {
    let ratio = ratio(i64::from(semitones) * 100 + i64::from(cents)).ok_or(codes::OUTOFRANGE)?;
    cx.mem.write(fraction, ratio)?;
    Ok(0)
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    swi 4 TuneInsTemplate(template: Item, tuning: Item) -> Number = tune_ins_template;
    swi 5 TuneInstrument(instrument: Item, tuning: Item) -> Number = tune_instrument;
    swi 23 SetMasterTuning(frequency: u32) -> Number = set_master_tuning;
    vec 29 GetMasterTuning() -> Bits = get_master_tuning;
    vec 30 CreateTuning(frequencies: GuestPtr<u32>, count: u32, octave: u32, base: u32) -> Item
        = create_tuning, cost 500;
    vec 31 DeleteTuning(tuning: Item) -> Number = delete_tuning;
    vec 43 Convert12TET_F16(semitones: i32, cents: i32, fraction: GuestPtr<u32>) -> Number
        = convert_12tet_f16, cost 200;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_standard_tuning_goes_on_by_octaves() {
        assert_eq!(standard_frequency(69), 440 << 16);
        assert_eq!(standard_frequency(57), 220 << 16);
        assert_eq!(standard_frequency(81), 880 << 16);
        assert_eq!(standard_frequency(80), 0x033E_9C01);
        assert_eq!(standard_frequency(68), 0x033E_9C01 >> 1);
        assert_eq!(standard_frequency(60), 0x020B_404A >> 1);
        assert_eq!(standard_frequency(0), 0x020B_404A >> 6);
        assert_eq!(standard_frequency(127), 0x030F_FDAA << 4);
    }

    /// The example of the Programmer's Guide: five notes from 60 on, five in an octave.
    #[test]
    fn five_notes_in_an_octave() {
        let notes = [1000, 1100, 1200, 1300, 1400];
        let at = |note| extended(note, (60, 5, 5), |n| notes[n as usize]);
        assert_eq!([60, 64, 65, 70, 69].map(at), [1000, 1400, 2000, 4000, 2800]);
        assert_eq!([59, 55, 54].map(at), [700, 500, 350]);
        // Two octaves given, the second its own.
        let notes = [1000, 1100, 2100, 2300];
        let at = |note| extended(note, (60, 4, 2), |n| notes[n as usize]);
        assert_eq!([62, 63, 64, 65, 66].map(at), [2100, 2300, 4200, 4600, 8400]);
        assert_eq!([59, 58].map(at), [550, 500]);
    }

    proptest! {
        #[test]
        fn every_note_has_a_frequency_of_the_table(
            note in 0_u32..128, base in 0_u32..128, count in 1_u32..300, octave in 1_u32..300)
        {
            let octave = octave.min(count);
            extended(note, (base, count, octave), |at| {
                assert!(at < count, "{at} of {count}");
                at
            });
        }
    }
}
