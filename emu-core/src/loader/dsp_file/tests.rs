//! What the parser takes and what it refuses.

use super::builder::{chunk, form, sample};
use super::*;
use proptest::prelude::*;

fn refused(bytes: &[u8]) -> Damage {
    DspFile::parse(bytes).unwrap_err().why
}

#[test]
fn a_written_file_reads_as_it_was() {
    let file = sample();
    assert_eq!(DspFile::parse(&file.write()), Ok(file));
}

#[test]
fn bytes_behind_the_form_and_unknown_chunks_do_not_matter() {
    let mut bytes = sample().write();
    bytes.extend([1, 2, 3]);
    assert!(DspFile::parse(&bytes).is_ok());
    let inner = form(b"DSPP", &[chunk(b"DHDR", &[0; 16]), one_word()]);
    let bytes = form(b"3INS", &[chunk(b"XYZW", b"odd"), inner]);
    assert!(DspFile::parse(&bytes).is_ok());
}

fn one_word() -> Vec<u8> {
    let code = [0_u32, 12, 1].iter().flat_map(|word| word.to_be_bytes());
    chunk(b"DCOD", &code.chain([0x83, 0x80]).collect::<Vec<u8>>())
}

#[test]
fn other_files_are_no_instruments() {
    for bytes in [&b""[..], b"FORM", b"FORM\0\0\0\x04AIFF", &[0; 64]] {
        assert_eq!(refused(bytes), Damage::NotAnInstrument);
    }
    assert_eq!(refused(&form(b"3INS", &[])), Damage::Missing("DSPP"));
    let empty = form(b"3INS", &[form(b"DSPP", &[])]);
    assert_eq!(refused(&empty), Damage::Missing("DHDR"));
}

#[test]
fn chunks_occur_once() {
    let header = chunk(b"DHDR", &[0; 16]);
    let twice = form(b"DSPP", &[header.clone(), header.clone(), one_word()]);
    assert_eq!(refused(&form(b"3INS", &[twice])), Damage::Twice("DHDR"));
    let once = form(b"DSPP", &[header, one_word()]);
    let twice = form(b"3INS", &[once.clone(), once]);
    assert_eq!(refused(&twice), Damage::Twice("DSPP"));
}

#[test]
fn every_record_is_checked() {
    let with = |change: &dyn Fn(&mut Module)| {
        let mut file = sample();
        change(&mut file.main);
        refused(&file.write())
    };
    assert_eq!(
        with(&|m| m.relocations[0].resource = 7),
        Damage::ResourceIndex(7)
    );
    for word in [4, u32::MAX] {
        assert_eq!(
            with(&|m| m.relocations[0].word = word),
            Damage::Relocation,
            "behind the code"
        );
    }
    assert_eq!(with(&|m| m.relocations[0].width = 17), Damage::Relocation);
    assert_eq!(with(&|m| m.relocations[0].block = 1), Damage::Relocation);
    assert_eq!(
        with(&|m| m.relocations[1].attribute = 3),
        Damage::Attribute(3)
    );
    assert_eq!(
        with(&|m| m.relocations[0].attribute = 1),
        Damage::Attribute(1)
    );
    assert_eq!(
        with(&|m| m.knobs[0].targets[0].resource = 0),
        Damage::KnobResource
    );
    assert_eq!(with(&|m| m.knobs[0].targets.clear()), Damage::KnobResource);
    assert_eq!(
        with(&|m| m.knobs[0].targets[0].conversion = Conversion::Scale(1, 0)),
        Damage::Conversion(2)
    );
    assert_eq!(
        with(&|m| m.data[0].values.push(1)),
        Damage::BadRecord("DINI"),
        "more values than words"
    );
    assert_eq!(with(&|m| m.data[0].resource = 3), Damage::BadRecord("DINI"));
    assert_eq!(
        with(&|m| m.resources[0].many = 1 << 31),
        Damage::BadRecord("DRSC")
    );
    assert_eq!(
        with(&|m| m.resources[0].name = vec![b'x'; 32]),
        Damage::BadRecord("DNMS")
    );
    assert_eq!(with(&|m| m.code.clear()), Damage::BadRecord("DCOD"));
    assert_eq!(
        with(&|m| m.code[0].words = vec![0; 1025]),
        Damage::BadRecord("DCOD")
    );
}

#[test]
fn an_error_says_where() {
    let mut bytes = sample().write();
    let at = bytes.windows(4).position(|id| id == b"DRSC").unwrap();
    bytes[at + 8 + 16 + 3] = 0x0C;
    let error = DspFile::parse(&bytes).unwrap_err();
    assert_eq!(error.offset as usize, at + 8 + 16);
    assert_eq!(error.why, Damage::ResourceType(12));
}

#[test]
fn a_chain_of_knobs_goes_forwards() {
    let mut bytes = sample().write();
    let at = bytes.windows(4).position(|id| id == b"DKNB").unwrap();
    for next in [68_u32, 12, u32::MAX] {
        bytes[at + 8 + 68..at + 8 + 72].copy_from_slice(&next.to_be_bytes());
        let why = refused(&bytes);
        assert!(
            matches!(why, Damage::BadRecord("DKNB") | Damage::CutOff),
            "{why:?}"
        );
    }
}

#[test]
fn names_of_resources_ignore_case() {
    let module = sample().main;
    assert_eq!(module.find(b"frequency", |_| true), Some(1));
    assert_eq!(module.find(b"Frequency ", |_| true), None);
    assert_eq!(module.find(b"output", |r| r.kind == ResourceKind::Ei), None);
    assert_eq!(module.amount(ResourceKind::Code), 4, "imports are others'");
}

proptest! {
    #[test]
    fn whatever_the_bytes_it_ends(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = DspFile::parse(&bytes);
    }

    /// Damage gives an error that points into the file, or a consistent file.
    #[test]
    fn damaged_files_are_refused_or_consistent(
        changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6),
        cut in any::<u16>(),
    ) {
        let mut bytes = sample().write();
        for (at, byte) in changes {
            let at = usize::from(at) % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len().max(1) - usize::from(cut) % 8);
        match DspFile::parse(&bytes) {
            Ok(file) => for module in file.modules() {
                let count = module.resources.len();
                prop_assert!(module.relocations.iter().all(|r| (r.resource as usize) < count));
                prop_assert!(module.data.iter().all(|d| (d.resource as usize) < count));
                let targets = module.knobs.iter().flat_map(|knob| &knob.targets);
                prop_assert!(targets.clone().all(|t| (t.resource as usize) < count));
            },
            Err(error) => {
                prop_assert!(error.offset as usize <= bytes.len());
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }
}
