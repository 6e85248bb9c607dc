//! Events, tapes and recordings that nobody recorded, for property tests.
//!
//! [`event`] makes every kind there is: the rows of the schema say which fields a kind has.

use super::compare::Level;
use super::event::{Asker, Event, Part, Told, Waits, Why, any_event};
use super::field::{Field, Hex, Reader, Value, Words};
use super::header::{DiscFile, DiscId, Header, ProgramId, StateId};
use super::{Recording, Stamped, Tape};
use crate::device::{BufId, Buffer, DevError, DeviceClass, Op, Terms};
use crate::kernel::call::CallTable;
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::{Tick, Ticks};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Bytes of NVRAM.
const NVRAM_SIZE: usize = 32_768;

/// Values of a field.
pub(crate) trait Any: Sized {
    /// Any of them.
    fn any() -> BoxedStrategy<Self>;
}

macro_rules! arbitrary_fields {
    ($($type:ty),*) => { $(
        impl Any for $type {
            fn any() -> BoxedStrategy<Self> {
                // Small ones are as frequent as large ones: their encodings differ.
                prop_oneof![any::<$type>(), any::<u8>().prop_map(|small| small as $type)].boxed()
            }
        }
    )* };
}
arbitrary_fields!(u8, u32, u64, i32);

impl Any for bool {
    fn any() -> BoxedStrategy<bool> {
        any::<bool>().boxed()
    }
}

/// Types whose values are a byte each: whatever byte stands for one.
macro_rules! word_fields {
    ($($type:ty),*) => { $(
        impl Any for $type {
            fn any() -> BoxedStrategy<Self> {
                let values = (0..=u8::MAX).filter_map(|byte| {
                    <$type as Field>::decode(&mut Reader::new(&[byte])).ok()
                });
                select(values.collect::<Vec<_>>()).boxed()
            }
        }
    )* };
}
word_fields!(Asker, DeviceClass, Part, Told, Waits, Why);

macro_rules! wrapped_fields {
    ($($type:ty = $value:ty => $make:expr;)*) => { $(
        impl Any for $type {
            fn any() -> BoxedStrategy<Self> {
                <$value as Any>::any().prop_map($make).boxed()
            }
        }
    )* };
}
wrapped_fields! {
    Hex = u32 => Hex;
    Value = u32 => Value;
    Item = i32 => Item;
    Ticks = u64 => Ticks;
}

impl Any for String {
    fn any() -> BoxedStrategy<String> {
        vec(
            prop_oneof![any::<char>(), "[ -~\n\t]".prop_map(first)],
            0..24,
        )
        .prop_map(String::from_iter)
        .boxed()
    }
}

fn first(text: String) -> char {
    text.chars().next().unwrap_or('x')
}

impl<T: Any + Clone + std::fmt::Debug + 'static> Any for Option<T> {
    fn any() -> BoxedStrategy<Option<T>> {
        proptest::option::of(T::any()).boxed()
    }
}

impl Any for Words {
    fn any() -> BoxedStrategy<Words> {
        let words = vec(<u32 as Any>::any(), 0..=Words::MAX);
        let joined = words.prop_map(|words| {
            let mut all = Words::default();
            words.into_iter().for_each(|word| all.push(word));
            all
        });
        joined.boxed()
    }
}

impl Any for CallKey {
    fn any() -> BoxedStrategy<CallKey> {
        let known = any::<Index>().prop_map(|index| {
            let rows = CallTable::get().rows();
            CallKey::of(rows[index.index(rows.len())])
        });
        let parts = (any::<u8>(), 0..5u8, <u32 as Any>::any());
        let other =
            parts.prop_filter_map("no such way in", |(f, k, n)| CallKey::from_parts(f, k, n));
        prop_oneof![known, other].boxed()
    }
}

impl Any for Buffer {
    fn any() -> BoxedStrategy<Buffer> {
        let guest = any::<(u32, u32)>().prop_map(|(addr, len)| Buffer::Guest { addr, len });
        let kernel =
            any::<(u64, u32)>().prop_map(|(id, len)| Buffer::Kernel { id: BufId(id), len });
        prop_oneof![Just(Buffer::None), guest, kernel].boxed()
    }
}

impl Any for Op {
    fn any() -> BoxedStrategy<Op> {
        let control = any::<u16>().prop_map(Op::Control);
        prop_oneof![Just(Op::Read), Just(Op::Write), Just(Op::Status), control].boxed()
    }
}

impl Any for DevError {
    fn any() -> BoxedStrategy<DevError> {
        // 0 has a number behind it.
        let plain = (1..=u8::MAX)
            .filter_map(|byte| DevError::decode(&mut Reader::new(&[byte])).ok())
            .collect::<Vec<_>>();
        prop_oneof![
            select(plain),
            <i32 as Any>::any().prop_map(DevError::Refused)
        ]
        .boxed()
    }
}

impl Any for Terms {
    fn any() -> BoxedStrategy<Terms> {
        let ticks = prop_oneof![Just(Ticks(0)), <Ticks as Any>::any()];
        let terms = proptest::array::uniform7(ticks).prop_map(|ticks| {
            let mut terms = Terms::default();
            for (term, ticks) in terms.terms_mut().into_iter().zip(ticks) {
                *term = ticks;
            }
            terms
        });
        terms.boxed()
    }
}

/// Any event.
pub(crate) fn event() -> BoxedStrategy<Event> {
    any_event()
}

/// Any number of events, none before the one before it.
pub(crate) fn stamped(most: usize) -> impl Strategy<Value = Vec<Stamped>> {
    let delta = prop_oneof![
        Just(0),
        any::<u8>().prop_map(u64::from),
        any::<u32>().prop_map(u64::from)
    ];
    let actor = prop_oneof![3 => (0..3).prop_map(Item), 1 => <Item as Any>::any()];
    vec((delta, actor, event()), 0..most).prop_map(|events| {
        let mut now = 0;
        let stamp = |(passed, actor, event)| {
            now += passed;
            let at = Tick(now);
            Stamped { at, actor, event }
        };
        events.into_iter().map(stamp).collect()
    })
}

/// Any tape.
pub(crate) fn tape(most: usize) -> impl Strategy<Value = Tape> {
    stamped(most).prop_map(|events| {
        let mut tape = Tape::new();
        tape.extend(events);
        tape
    })
}

/// Any header.
pub(crate) fn header() -> impl Strategy<Value = Header> {
    let text = || <String as Any>::any();
    let program = (text(), any::<[u8; 32]>(), any::<u64>())
        .prop_map(|(name, sha256, size)| ProgramId { name, sha256, size });
    let file = (text(), any::<[u8; 32]>()).prop_map(|(path, sha256)| DiscFile { path, sha256 });
    let disc = (text(), vec(file, 0..3)).prop_map(|(name, files)| DiscId { name, files });
    let nvram = vec((any::<Index>(), any::<u8>()), 0..8).prop_map(|bytes| {
        let mut nvram = vec![0; NVRAM_SIZE];
        for (place, byte) in bytes {
            nvram[place.index(NVRAM_SIZE)] = byte;
        }
        nvram
    });
    let state = (text(), any::<[u8; 32]>()).prop_map(|(name, sha256)| StateId { name, sha256 });
    let input = (any::<u64>().prop_map(Tick), text());
    let parts = (
        select(Level::ALL.to_vec()),
        program,
        vec(text(), 0..3),
        vec(text(), 0..3),
        proptest::option::of(disc),
        proptest::option::of(state),
        proptest::option::of(nvram),
        vec((text(), any::<u32>()), 0..3),
        vec(input, 0..3),
    );
    parts.prop_map(
        |(level, program, arguments, options, disc, state, nvram, versions, inputs)| Header {
            level,
            program,
            arguments,
            options,
            disc,
            state,
            nvram,
            versions,
            inputs,
        },
    )
}

/// Any recording.
pub(crate) fn recording(most: usize) -> impl Strategy<Value = Recording> {
    (header(), tape(most)).prop_map(|(header, tape)| Recording { header, tape })
}
