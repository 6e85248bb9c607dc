//! Random operations against a simple model, and on damaged images.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Step {
    /// Delete, create, allocate, set the end, write: what programs do to save.
    Save(u8, Vec<u8>),
    Append(u8, Vec<u8>),
    Overwrite(u8, u32, Vec<u8>),
    Cut(u8, u32),
    Shrink(u8, i32),
    Delete(u8),
    Type(u8, u32),
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..200),
        1 => (any::<u8>(), 200_usize..1500).prop_map(|(byte, len)| vec![byte; len]),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let name = 0..8_u8;
    prop_oneof![
        4 => (name.clone(), data()).prop_map(|(name, data)| Step::Save(name, data)),
        2 => (name.clone(), data()).prop_map(|(name, data)| Step::Append(name, data)),
        1 => (name.clone(), 0..300_u32, data())
            .prop_map(|(name, at, data)| Step::Overwrite(name, at, data)),
        1 => (name.clone(), 0..300_u32).prop_map(|(name, bytes)| Step::Cut(name, bytes)),
        1 => (name.clone(), 0..300_i32).prop_map(|(name, blocks)| Step::Shrink(name, blocks)),
        2 => name.clone().prop_map(Step::Delete),
        1 => (name, any::<u32>()).prop_map(|(name, kind)| Step::Type(name, kind)),
    ]
}

/// One step on the volume; what the files hold then if all of it was possible.
fn take(volume: &mut LinkedMem<'_>, step: &Step) -> Result<(), FsError> {
    let name = |name: u8| format!("file {name}").into_bytes();
    match step {
        Step::Save(n, data) => {
            match volume.find(&name(*n)) {
                Ok(old) => volume.delete(old.offset)?,
                Err(FsError::NotFound) => {}
                Err(error) => return Err(error),
            }
            let entry = volume.create(&name(*n).to_ascii_uppercase())?;
            let offset = volume.allocate(entry.offset, data.len() as i32)?;
            volume.set_eof(offset, data.len() as u32)?;
            volume.write(offset, 0, data)
        }
        Step::Append(n, data) => {
            let entry = volume.find(&name(*n))?;
            let more = (entry.bytes + data.len() as u32).saturating_sub(entry.blocks);
            let offset = volume.allocate(entry.offset, more as i32)?;
            volume.write(offset, entry.bytes, data)
        }
        Step::Overwrite(n, at, data) => {
            let entry = volume.find(&name(*n))?;
            let at = (*at).min(entry.bytes);
            let len = data.len().min((entry.bytes - at) as usize);
            volume.write(entry.offset, at, &data[..len])
        }
        Step::Cut(n, bytes) => {
            let entry = volume.find(&name(*n))?;
            volume.set_eof(entry.offset, (*bytes).min(entry.bytes))
        }
        Step::Shrink(n, blocks) => {
            let entry = volume.find(&name(*n))?;
            let blocks = (*blocks).min(entry.blocks as i32);
            volume.allocate(entry.offset, -blocks).map(drop)
        }
        Step::Delete(n) => {
            let entry = volume.find(&name(*n))?;
            volume.delete(entry.offset)
        }
        Step::Type(n, kind) => {
            let entry = volume.find(&name(*n))?;
            volume.set_type(entry.offset, *kind)
        }
    }
}

/// What a file is in the model: its bytes, and the least number of blocks it must have.
type Model = BTreeMap<String, Vec<u8>>;

/// The same step on the model. `blocks` are those of the file after the step.
fn imagine(model: &mut Model, step: &Step, blocks: Option<u32>, done: bool, created: bool) {
    let name = |name: &u8| format!("file {name}");
    match step {
        Step::Save(n, data) => {
            model.remove(&name(n));
            if done || created {
                let data = if done { data.clone() } else { Vec::new() };
                model.insert(name(n), data);
            }
        }
        Step::Append(n, data) => {
            if let Some(file) = model.get_mut(&name(n)).filter(|_| done) {
                file.extend(data);
            }
        }
        Step::Overwrite(n, at, data) => {
            if let Some(file) = model.get_mut(&name(n)) {
                let at = (*at as usize).min(file.len());
                let len = data.len().min(file.len() - at);
                file[at..at + len].copy_from_slice(&data[..len]);
            }
        }
        Step::Cut(n, bytes) => {
            if let Some(file) = model.get_mut(&name(n)) {
                file.truncate(*bytes as usize);
            }
        }
        Step::Shrink(n, _) => {
            if let (Some(file), Some(blocks)) = (model.get_mut(&name(n)), blocks) {
                file.truncate(blocks as usize);
            }
        }
        Step::Delete(n) => drop(model.remove(&name(n))),
        Step::Type(..) => {}
    }
}

fn name_of(step: &Step) -> u8 {
    match step {
        Step::Save(n, _)
        | Step::Append(n, _)
        | Step::Overwrite(n, ..)
        | Step::Cut(n, _)
        | Step::Shrink(n, _)
        | Step::Delete(n)
        | Step::Type(n, _) => *n,
    }
}

proptest! {
    #[test]
    fn any_operations_keep_the_chain_sound_and_the_files_as_the_model_has_them(
        size in 216_usize..5000,
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut image = vec![0; size];
        format(&mut image, NVRAM_NAME);
        let mut model = Model::new();
        for step in &steps {
            let n = name_of(step);
            let known = model.contains_key(&format!("file {n}"));
            let mut volume = LinkedMem::open(&mut image).expect("opens");
            let result = take(&mut volume, step);
            let now = volume.find(format!("file {n}").as_bytes());
            let (blocks, created) = (now.as_ref().ok().map(|now| now.blocks), now.is_ok());
            match &result {
                Ok(()) => {}
                Err(FsError::NoSpace { wanted }) => {
                    let mut free = chain_of(&image).into_iter().filter(|block| block.1 == '-');
                    prop_assert!(free.all(|block| u64::from(block.2) < *wanted));
                }
                Err(FsError::NotFound) => prop_assert!(!known),
                Err(error) => prop_assert!(false, "{error} in {step:?}"),
            }
            imagine(&mut model, step, blocks, result.is_ok(), created);
            sound(&image);
            let volume = LinkedMem::open(&mut image).expect("opens");
            let entries = volume.entries().expect("lists");
            let files: Model = entries
                .iter()
                .map(|entry| {
                    let name = String::from_utf8_lossy(entry.name()).to_ascii_lowercase();
                    (name, bytes_of(&volume, entry))
                })
                .collect();
            prop_assert_eq!(files.len(), entries.len());
            prop_assert_eq!(&files, &model);
            let sum = volume.statistics().expect("adds up");
            let chain = chain_of(&image);
            let free = chain.iter().filter(|block| block.1 == '-');
            let lost: u32 = free.clone().map(|block| block.2.min(64)).sum();
            prop_assert_eq!((sum.used + sum.free + lost) as usize, size);
            let largest = free.map(|block| block.2.saturating_sub(64)).max();
            prop_assert_eq!(sum.largest, largest.unwrap_or(0));
        }
        for entry in LinkedMem::open(&mut image).expect("opens").entries().expect("lists") {
            let mut volume = LinkedMem::open(&mut image).expect("opens");
            volume.delete(entry.offset).expect("deletes");
        }
        prop_assert_eq!(shape(&image), [('-', size as u32 - 152)]);
    }

    #[test]
    fn a_damaged_image_never_panics_hangs_or_writes_outside_the_volume(
        steps in prop::collection::vec(step(), 1..12),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..20_usize, any::<u8>()), 1..6),
        words in prop::collection::vec((any::<prop::sample::Index>(), 0..8_usize, 0..2200_u32), 0..4),
        label in any::<bool>(),
        later in prop::collection::vec(step(), 1..20),
        offsets in prop::collection::vec((0..2200_u32, any::<i32>(), any::<u32>()), 0..6),
    ) {
        const SIZE: usize = 2000;
        let mut image = vec![0xEE; SIZE + 100];
        format(&mut image[..SIZE], NVRAM_NAME);
        for step in &steps {
            let mut volume = LinkedMem::open(&mut image).expect("opens");
            let _ = take(&mut volume, step);
        }
        let chain = chain_of(&image);
        for (block, at, value) in damage {
            let at = block.get(&chain).0 as usize + at;
            image[at] = value;
        }
        for (block, field, value) in words {
            let at = block.get(&chain).0 as usize + 4 * field;
            image[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }
        if label {
            // A label that claims the guard bytes too is believed; it may not claim more.
            image[80..84].copy_from_slice(&(SIZE as u32 + 50).to_be_bytes());
        }
        let _ = is_formatted(&image);
        for step in &later {
            if let Ok(mut volume) = LinkedMem::open(&mut image) {
                let _ = take(&mut volume, step);
            }
        }
        if let Ok(mut volume) = LinkedMem::open(&mut image) {
            for (offset, delta, at) in offsets {
                let _ = volume.allocate(offset, delta);
                let _ = volume.write(offset, at, &[1; 70]);
                let _ = volume.read(offset, at, &mut [0; 70]);
                let _ = volume.set_eof(offset, at);
                let _ = volume.delete(offset);
            }
            let _ = volume.entries();
            let _ = volume.statistics();
        }
        prop_assert!(image[SIZE + 50..].iter().all(|&byte| byte == 0xEE));
        if !label {
            prop_assert!(image[SIZE..].iter().all(|&byte| byte == 0xEE));
        }
    }

    #[test]
    fn bytes_at_random_are_a_volume_that_errs_or_none(
        mut image in prop::collection::vec(any::<u8>(), 0..600),
        head in any::<bool>(),
    ) {
        if head && image.len() >= 216 {
            let kept = image[152..].to_vec();
            format(&mut image, "x");
            image[152..].copy_from_slice(&kept);
        }
        if let Ok(mut volume) = LinkedMem::open(&mut image) {
            let _ = volume.create(b"a");
            let _ = volume.statistics();
        }
    }
}
