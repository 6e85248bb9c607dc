//! Where the places of resources go into code words.
//!
//! Audio sheet 7. A file's relocations are anybody's invention: whatever they say, words outside
//! the code are not touched, and chains end.

use super::{Module, Relocation, ResourceKind};

/// I memory begins here; register blocks are counted from it.
const I_MEMORY: u32 = 0x100;
/// Words of an input FIFO: read and go on, how many wait, read the next.
const IN_FIFO: [u32; 3] = [0xF0, 0xD0, 0x70];
/// Words of an output FIFO: write, how much room.
const OUT_FIFO: [u32; 2] = [0x3F0, 0xE0];
/// The noise generator.
const NOISE: u32 = 0xEA;
/// Words that read 0, for the input converters: nobody speaks into this console.
const LEFT_ADC: u32 = 0xFE;
const RIGHT_ADC: u32 = 0xFF;

/// What goes into code for a resource at a place: the address of a word, the number of a FIFO.
/// Nothing for an attribute that there is not.
pub fn value(kind: ResourceKind, attribute: u8, place: u32) -> Option<u32> {
    let attribute = usize::from(attribute);
    let block = place.saturating_sub(I_MEMORY);
    match kind {
        ResourceKind::Code | ResourceKind::Ei | ResourceKind::I | ResourceKind::Eo => Some(place),
        ResourceKind::Rbase4 => Some((block >> 2) ^ 1),
        ResourceKind::Rbase8 => Some((block >> 2) + 1),
        ResourceKind::InFifo => Some(IN_FIFO.get(attribute)? + place),
        ResourceKind::OutFifo => Some(OUT_FIFO.get(attribute)? + place),
        ResourceKind::LeftAdc => Some(LEFT_ADC),
        ResourceKind::RightAdc => Some(RIGHT_ADC),
        ResourceKind::Noise => Some(NOISE),
        ResourceKind::Ticks => None,
    }
}

/// The first code block of a module with values in it; what has none stays as it is.
pub fn relocated(module: &Module, value_of: impl Fn(&Relocation) -> Option<u32>) -> Vec<u16> {
    let Some(block) = module.code.first() else {
        return Vec::new();
    };
    let mut words = block.words.clone();
    for relocation in module.relocations.iter().filter(|it| it.block == 0) {
        if let Some(value) = value_of(relocation) {
            patch(&mut words, relocation, value);
        }
    }
    words
}

/// The bits of a relocation's field, as far as a word of its length has them.
fn mask(relocation: &Relocation) -> u32 {
    let ones = (1_u64 << relocation.width.min(32)) - 1;
    let field = ones << relocation.bit.min(32);
    let word = if relocation.long { u32::MAX } else { 0xFFFF };
    field as u32 & word
}

fn patch(words: &mut [u16], relocation: &Relocation, value: u32) {
    let (mask, bit) = (mask(relocation), u32::from(relocation.bit.min(31)));
    let mut at = relocation.word as usize;
    for _ in 0..words.len() {
        let Some(old) = read(words, at, relocation.long) else {
            return;
        };
        let field = (old & mask) >> bit;
        let new = if relocation.add {
            field.wrapping_add(value)
        } else {
            value
        };
        write(
            words,
            at,
            relocation.long,
            old & !mask | (new << bit) & mask,
        );
        if !relocation.list || field == 0 {
            return;
        }
        at = field as usize;
    }
}

fn read(words: &[u16], at: usize, is_long: bool) -> Option<u32> {
    let first = u32::from(*words.get(at)?);
    if !is_long {
        return Some(first);
    }
    let second = u32::from(*words.get(at.checked_add(1)?)?);
    Some(first << 16 | second)
}

fn write(words: &mut [u16], at: usize, is_long: bool, value: u32) {
    let halves = [(value >> 16) as u16, value as u16];
    let new = if is_long { &halves[..] } else { &halves[1..] };
    for (word, &new) in words.iter_mut().skip(at).zip(new) {
        *word = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::dsp_file::CodeBlock;
    use proptest::prelude::*;

    const PLAIN: Relocation = Relocation {
        attribute: 0,
        add: false,
        list: false,
        long: false,
        width: 10,
        bit: 0,
        block: 0,
        resource: 0,
        word: 0,
    };

    fn done(words: &[u16], relocation: Relocation, value: u32) -> Vec<u16> {
        let module = Module {
            code: vec![CodeBlock {
                kind: 0,
                words: words.to_vec(),
            }],
            relocations: vec![relocation],
            ..Module::default()
        };
        relocated(&module, |_| Some(value))
    }

    #[test]
    fn fields_are_set_added_to_or_chained() {
        assert_eq!(done(&[0xFFFF], PLAIN, 0x108), [0xFD08]);
        let add = Relocation { add: true, ..PLAIN };
        assert_eq!(done(&[0x8403], add, 0x30), [0x8433]);
        assert_eq!(
            done(&[0x87FF], add, 2),
            [0x8401],
            "no carry leaves the field"
        );
        let list = Relocation {
            list: true,
            word: 1,
            ..PLAIN
        };
        assert_eq!(
            done(&[7, 0x8803, 7, 0x8000], list, 0x10A),
            [7, 0x890A, 7, 0x810A]
        );
        let narrow = Relocation {
            width: 6,
            bit: 2,
            ..PLAIN
        };
        assert_eq!(done(&[0x8103], narrow, 0x3F), [0x81FF]);
        let long = Relocation {
            long: true,
            width: 20,
            bit: 4,
            ..PLAIN
        };
        assert_eq!(done(&[0xAB00, 0x000C], long, 0x12345), [0xAB12, 0x345C]);
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        let list = Relocation {
            list: true,
            word: 1,
            ..PLAIN
        };
        assert_eq!(done(&[0, 2, 1], list, 0x3FF), [0, 0x3FF, 0x3FF]);
    }

    /// Audio sheet 7, "Allocated values used by relocation".
    #[test]
    fn every_kind_has_its_value() {
        for (kind, attribute, place, expected) in [
            (ResourceKind::I, 0, 0x10A, Some(0x10A)),
            (ResourceKind::Rbase4, 0, 0x10C, Some(2)),
            (ResourceKind::Rbase8, 0, 0x110, Some(5)),
            (ResourceKind::InFifo, 0, 12, Some(0xFC)),
            (ResourceKind::InFifo, 1, 12, Some(0xDC)),
            (ResourceKind::InFifo, 2, 12, Some(0x7C)),
            (ResourceKind::InFifo, 3, 12, None),
            (ResourceKind::OutFifo, 0, 3, Some(0x3F3)),
            (ResourceKind::OutFifo, 1, 3, Some(0xE3)),
            (ResourceKind::Noise, 0, 0, Some(0xEA)),
            (ResourceKind::Ticks, 0, 0, None),
        ] {
            assert_eq!(value(kind, attribute, place), expected, "{kind:?}");
        }
    }

    proptest! {
        #[test]
        fn no_relocation_does_harm(
            words in prop::collection::vec(any::<u16>(), 0..12),
            (width, bit, word) in (any::<u8>(), any::<u8>(), 0_u32..14),
            (add, list, long) in any::<(bool, bool, bool)>(), value in any::<u32>())
        {
            let wild = Relocation { width, bit, word, add, list, long, ..PLAIN };
            prop_assert_eq!(done(&words, wild, value).len(), words.len());
        }
    }
}
