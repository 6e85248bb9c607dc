//! Files made by hand: what is read, what is refused, and where.

use super::*;
use proptest::prelude::*;

const RATE: [u8; 10] = [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0];

fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = [id, &(content.len() as u32).to_be_bytes()[..], content].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

fn form(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"FORM", &[&kind[..], &chunks.concat()].concat())
}

fn common(channels: u16, frames: u32, bits: u16, compression: &[u8]) -> Vec<u8> {
    let head = [&channels.to_be_bytes()[..], &frames.to_be_bytes()].concat();
    let content = [&head, &bits.to_be_bytes()[..], &RATE, compression].concat();
    chunk(b"COMM", &content)
}

fn sound(skipped: u32, data: &[u8]) -> Vec<u8> {
    chunk(
        b"SSND",
        &[&skipped.to_be_bytes()[..], &[0; 4], data].concat(),
    )
}

fn markers(list: &[(u16, u32, &str)]) -> Vec<u8> {
    let mut content = (list.len() as u16).to_be_bytes().to_vec();
    for (id, frame, name) in list {
        content.extend(id.to_be_bytes());
        content.extend(frame.to_be_bytes());
        content.push(name.len() as u8);
        content.extend(name.bytes());
        if name.len() % 2 == 0 {
            content.push(0);
        }
    }
    chunk(b"MARK", &content)
}

fn instrument(sustain: [u16; 3], release: [u16; 3]) -> Vec<u8> {
    let mut content = vec![62, 0xF6, 40, 80, 1, 100, 0, 0];
    content.extend(sustain.iter().chain(&release).flat_map(|n| n.to_be_bytes()));
    chunk(b"INST", &content)
}

#[test]
fn a_plain_file() {
    let data = [1, 2, 3, 4, 5, 6, 7, 8];
    let file = form(b"AIFF", &[common(2, 2, 16, &[]), sound(0, &data)]);
    let aiff = Aiff::parse(&file).unwrap();
    let expected = Aiff {
        channels: 2,
        frames: 2,
        bits: 16,
        rate: Extended(RATE),
        compression: Compression::None,
        notes: None,
        sustain: None,
        release: None,
        sound: Sound {
            offset: 12 + 26 + 16,
            len: 8,
        },
    };
    assert_eq!(aiff, expected);
    assert_eq!(aiff.width(), 2);
    assert_eq!(file[aiff.sound.offset as usize..], data);
}

#[test]
fn chunks_in_any_order_and_strangers_among_them() {
    let file = form(
        b"AIFC",
        &[
            chunk(b"FVER", &[0xA2, 0x80, 0x51, 0x40]),
            instrument([1, 7, 9], [2, 9, 12]),
            chunk(b"APPL", b"odd"),
            sound(2, &[0, 0, 1, 2, 3, 4]),
            markers(&[(9, 8, "end"), (7, 4, "begin!"), (12, 16, "")]),
            common(1, 8, 16, b"SDX2\x03abc"),
        ],
    );
    let aiff = Aiff::parse(&file).unwrap();
    assert_eq!(aiff.compression, Compression::Sdx2);
    assert_eq!(aiff.compression.ratio(), 2);
    assert_eq!(aiff.sustain, Some(Loop { begin: 4, end: 8 }));
    assert_eq!(aiff.release, Some(Loop { begin: 8, end: 16 }));
    let notes = Notes {
        base: 62,
        detune: -10,
        notes: (40, 80),
        velocities: (1, 100),
    };
    assert_eq!(aiff.notes, Some(notes));
    assert_eq!(file[aiff.sound.offset as usize..][..4], [1, 2, 3, 4]);
    assert_eq!(aiff.sound.len, 4);
}

#[test]
fn a_loop_needs_a_mode_and_two_markers_in_order() {
    let looped = |loops: [u16; 3]| {
        let file = form(
            b"AIFF",
            &[
                common(1, 8, 8, &[]),
                markers(&[(1, 2, "a"), (2, 6, "b")]),
                instrument(loops, [0; 3]),
                sound(0, &[0; 8]),
            ],
        );
        Aiff::parse(&file).unwrap().sustain
    };
    assert_eq!(looped([1, 1, 2]), Some(Loop { begin: 2, end: 6 }));
    assert_eq!(looped([2, 1, 2]), Some(Loop { begin: 2, end: 6 }));
    assert_eq!(looped([0, 1, 2]), None, "switched off");
    assert_eq!(looped([1, 1, 3]), None, "no such marker");
    assert_eq!(looped([1, 2, 1]), None, "backwards");
}

#[test]
fn what_is_refused_and_where() {
    let data = sound(0, &[0; 4]);
    let aiff = |chunks: &[Vec<u8>]| Aiff::parse(&form(b"AIFF", chunks)).unwrap_err();
    assert_eq!(Aiff::parse(b""), Err(AiffError::NotForm));
    assert_eq!(Aiff::parse(b"RIFF\0\0\0\x04WAVE"), Err(AiffError::NotForm));
    let other = form(b"ILBM", &[]);
    assert_eq!(
        Aiff::parse(&other),
        Err(AiffError::NotAiff { found: *b"ILBM" })
    );
    assert_eq!(aiff(std::slice::from_ref(&data)), AiffError::NoCommon);
    assert_eq!(aiff(&[common(1, 1, 16, &[])]), AiffError::NoSound);
    let silent = form(b"AIFF", &[common(1, 0, 16, &[])]);
    assert_eq!(Aiff::parse(&silent).unwrap().sound, Sound::default());
    let wrong = |field, offset, value| AiffError::Value {
        field,
        offset,
        value,
    };
    assert_eq!(
        aiff(&[common(0, 1, 16, &[]), data.clone()]),
        wrong("count of channels", 20, 0)
    );
    assert_eq!(
        aiff(&[common(1, 1, 33, &[]), data.clone()]),
        wrong("width", 26, 33)
    );
    assert_eq!(
        aiff(&[common(1, 1, 16, &[]), sound(5, &[0; 4])]),
        wrong("offset of the sound", 46, 5)
    );
    let strange = form(b"AIFC", &[common(1, 1, 16, b"ulaw"), data.clone()]);
    assert_eq!(
        Aiff::parse(&strange),
        Err(AiffError::Compression {
            offset: 38,
            id: *b"ulaw"
        })
    );
    let many: Vec<_> = (0..29).map(|n| (n, 0, "")).collect();
    assert_eq!(
        aiff(&[markers(&many)]),
        AiffError::TooManyMarkers {
            offset: 20,
            count: 29
        }
    );
    assert!(matches!(
        aiff(&[chunk(b"COMM", &[0; 17])]),
        AiffError::Short {
            offset: 20,
            needed: 18,
            len: 17,
            ..
        }
    ));
    assert!(matches!(
        aiff(&[chunk(b"MARK", &[0, 1, 0])]),
        AiffError::Short { needed: 9, .. }
    ));
}

#[test]
fn twenty_eight_markers_are_allowed() {
    let many: Vec<_> = (0..28).map(|n| (n, 0, "name")).collect();
    let chunks = [common(1, 4, 8, &[]), markers(&many), sound(0, &[0; 4])];
    assert!(Aiff::parse(&form(b"AIFF", &chunks)).is_ok());
}

#[test]
fn a_cut_file_is_refused_whole_and_read_as_a_head() {
    let chunks = [common(1, 100, 8, &[]), sound(0, &[1; 100])];
    let file = form(b"AIFF", &chunks);
    let head = &file[..60];
    assert!(matches!(
        Aiff::parse(head),
        Err(AiffError::Cut {
            offset: 38,
            len: 60,
            ..
        })
    ));
    let aiff = Aiff::parse_head(head).unwrap();
    let sound = Sound {
        offset: 54,
        len: 100,
    };
    assert_eq!(aiff.sound, sound);
}

#[test]
fn what_follows_the_form_is_not_read() {
    let mut file = form(b"AIFF", &[common(1, 4, 8, &[]), sound(0, &[0; 4])]);
    let parsed = Aiff::parse(&file);
    file.extend(common(7, 7, 7, &[]));
    file.extend(b"SSND\xFF\xFF\xFF\xFF");
    assert_eq!(Aiff::parse(&file), parsed);
}

fn any_chunk() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![*b"COMM", *b"MARK", *b"INST", *b"SSND", *b"APPL"]);
    prop_oneof![
        (known, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(id, c)| chunk(&id, &c)),
        (0_u16..3, 0_u32..9, 0_u16..40).prop_map(|(c, f, b)| common(c, f, b, b"ADP4\0\0")),
        any::<[u16; 6]>().prop_map(|[a, b, c, d, e, f]| instrument([a, b, c], [d, e, f])),
        (0_u32..12, 0_usize..12).prop_map(|(skip, len)| sound(skip, &vec![7; len])),
    ]
}

proptest! {
    #[test]
    fn no_file_does_harm(
        chunks in prop::collection::vec(any_chunk(), 0..6),
        is_compressed: bool,
        cut in 0_usize..400,
        (at, byte) in (0_usize..200, any::<u8>()),
    ) {
        let kind = if is_compressed { b"AIFC" } else { b"AIFF" };
        let mut file = form(kind, &chunks);
        file.truncate(cut.max(8));
        if let Some(place) = file.get_mut(at) {
            *place = byte;
        }
        match Aiff::parse(&file) {
            Ok(aiff) => {
                let end = u64::from(aiff.sound.offset) + u64::from(aiff.sound.len);
                prop_assert!(end <= file.len() as u64);
                prop_assert_eq!(Aiff::parse_head(&file), Ok(aiff));
            }
            Err(error) => prop_assert!(!error.to_string().contains('\n')),
        }
        let _ = Aiff::parse_head(&file);
    }
}
