//! The layout byte by byte, and each rule of cutting, merging and refusing.

mod random;

use super::*;

/// Runs `test` on a fresh console's NVRAM.
fn with<R>(image: &mut [u8], test: impl FnOnce(&mut LinkedMem<'_>) -> R) -> R {
    let mut volume = LinkedMem::open(image).expect("opens");
    let result = test(&mut volume);
    sound(image);
    result
}

/// The chain as `(offset, kind, count)`, read by the tests' own rules: links both ways agree,
/// sizes add up, no two free blocks are neighbours.
fn chain_of(image: &[u8]) -> Vec<(u32, char, u32)> {
    let size = word(image, 80);
    let mut chain = Vec::new();
    let (mut before, mut at) = (word(image, 100), word(image, 100));
    loop {
        let header: Vec<u32> = (0..5).map(|n| word(image, at as usize + 4 * n)).collect();
        let (kind, room) = match header[0] {
            0x855A_02B6 => ('a', 20),
            0xBE4F_32A6 => ('f', 64),
            0x7AA5_65BD => ('-', 20),
            other => panic!("{other:#x} at {at}"),
        };
        assert_eq!(header[4], room, "header size at {at}");
        assert!(header[3] >= room, "size at {at}");
        assert_eq!(kind == 'a', chain.is_empty());
        if kind != 'a' {
            assert_eq!(header[2], before, "backward link at {at}");
        }
        chain.push((at, kind, header[3]));
        let end = at + header[3];
        if end == size {
            assert_eq!(header[1], word(image, 100), "last forward link");
            assert_eq!(word(image, word(image, 100) as usize + 8), at, "last block");
            break;
        }
        assert_eq!(header[1], end, "forward link at {at}");
        (before, at) = (at, end);
    }
    chain
}

fn sound(image: &[u8]) {
    let chain = chain_of(image);
    let both_free = |pair: &[(u32, char, u32)]| pair[0].1 == '-' && pair[1].1 == '-';
    assert!(!chain.windows(2).any(both_free), "{chain:?}");
}

/// The chain without the anchor.
fn shape(image: &[u8]) -> Vec<(char, u32)> {
    chain_of(image)[1..]
        .iter()
        .map(|&(_, kind, n)| (kind, n))
        .collect()
}

/// A file of `blocks` data blocks, all of them `fill`.
fn add(volume: &mut LinkedMem<'_>, name: &str, blocks: u32, fill: u8) -> Entry {
    let offset = volume.create(name.as_bytes()).expect("creates").offset;
    let more = blocks as i32 - volume.entry(offset).expect("is there").blocks as i32;
    let offset = volume.allocate(offset, more.max(0)).expect("grows");
    volume
        .write(offset, 0, &vec![fill; blocks as usize])
        .expect("writes");
    volume.entry(offset).expect("is there")
}

fn bytes_of(volume: &LinkedMem<'_>, entry: &Entry) -> Vec<u8> {
    let mut bytes = vec![0; entry.bytes as usize];
    volume.read(entry.offset, 0, &mut bytes).expect("reads");
    bytes
}

#[test]
fn a_fresh_volume_is_label_anchor_and_one_free_block() {
    let image = fresh();
    assert_eq!(image.len(), NVRAM_BYTES);
    let mut wanted = vec![0; NVRAM_BYTES];
    wanted[..8].copy_from_slice(&[1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 2, 0]);
    wanted[40..45].copy_from_slice(b"nvram");
    let words: [(usize, &[u32]); 3] = [
        (72, &[u32::MAX, 1, 32768, u32::MAX - 1, 0, 1, 0, 132]),
        (132, &[0x855A_02B6, 152, 152, 20, 20]),
        (152, &[0x7AA5_65BD, 132, 132, 32616, 20]),
    ];
    for (at, words) in words {
        for (n, word) in words.iter().enumerate() {
            let at = at + 4 * n;
            wanted[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
    }
    assert_eq!(image, wanted);
    assert!(is_formatted(&image));
}

#[test]
fn acceptance_check_12_free_bytes_come_back() {
    let mut image = fresh();
    with(&mut image, |volume| {
        let fresh = Statistics {
            free: 32552,
            used: 152,
            largest: 32552,
        };
        assert_eq!(volume.statistics(), Ok(fresh));
        let offset = volume.create(b"t").unwrap().offset;
        let offset = volume.allocate(offset, 100).unwrap();
        volume.set_eof(offset, 35).unwrap();
        let entry = volume.find(b"t").unwrap();
        assert!(entry.blocks >= 100);
        assert_eq!((entry.bytes, entry.offset), (35, offset));
        volume.delete(offset).unwrap();
        assert_eq!(volume.statistics(), Ok(fresh));
    });
    assert_eq!(shape(&image), [('-', 32616)]);
}

#[test]
fn a_new_file_has_the_published_header() {
    let mut image = fresh();
    let entry = with(&mut image, |volume| volume.create(b"Save").unwrap());
    let words: Vec<u32> = (0..8).map(|n| word(&image, 152 + 4 * n)).collect();
    let wanted = [0xBE4F_32A6, 216, 132, 64, 64, 0, 0, 0x2020_2020];
    assert_eq!(words, wanted);
    assert_eq!(image[184..188], *b"Save");
    assert_eq!(image[188..216], [0; 28]);
    assert_eq!((entry.offset, entry.data(), entry.blocks), (152, 216, 0));
    assert_eq!((entry.bytes, entry.id, entry.kind), (0, 0, NEW_TYPE));
    assert_eq!(entry.name(), b"Save");
    assert_eq!(shape(&image), [('f', 64), ('-', 32552)]);
}

#[test]
fn less_than_96_bytes_stay_with_the_file() {
    // The free block in front of `b` has 64 + 36 + spare bytes; a new file wants 64.
    for (hole, split) in [(64, false), (159, false), (160, true)] {
        let mut image = fresh();
        with(&mut image, |volume| {
            let a = add(volume, "a", hole - 64, 1);
            add(volume, "b", 10, 2);
            volume.delete(a.offset).unwrap();
        });
        assert_eq!(shape(&image)[0], ('-', hole));
        let entry = with(&mut image, |volume| volume.create(b"c").unwrap());
        assert_eq!(entry.offset, 152);
        let wanted = if split {
            vec![('f', 64), ('-', 96)]
        } else {
            vec![('f', hole)]
        };
        assert_eq!(shape(&image)[..wanted.len()], wanted, "{hole}");
        assert_eq!(entry.blocks, if split { 0 } else { hole - 64 });
    }
}

#[test]
fn a_deleted_block_merges_with_free_neighbours_on_both_sides() {
    // Which of three files are deleted, in which order, and what is left.
    type Shape<'a> = &'a [(char, u32)];
    let cases: [(&[usize], Shape<'_>); 4] = [
        (&[0], &[('-', 100), ('f', 110), ('f', 120), ('-', 32286)]),
        (&[2], &[('f', 100), ('f', 110), ('-', 32406)]),
        (&[0, 1], &[('-', 210), ('f', 120), ('-', 32286)]),
        (&[0, 2, 1], &[('-', 32616)]),
    ];
    for (deleted, wanted) in cases {
        let mut image = fresh();
        with(&mut image, |volume| {
            let files = [("a", 36), ("b", 46), ("c", 56)];
            let files = files.map(|(name, blocks)| add(volume, name, blocks, 7).offset);
            for &n in deleted {
                volume.delete(files[n]).unwrap();
            }
        });
        assert_eq!(shape(&image), wanted);
    }
}

#[test]
fn a_file_grows_in_place_when_the_block_behind_is_free() {
    let mut image = fresh();
    with(&mut image, |volume| {
        let a = add(volume, "a", 40, 1);
        let b = add(volume, "b", 136, 2);
        add(volume, "c", 10, 3);
        volume.delete(b.offset).unwrap();
        assert_eq!(volume.allocate(a.offset, 30), Ok(a.offset));
        assert_eq!(bytes_of(volume, &volume.entry(a.offset).unwrap()), [1; 40]);
    });
    let wanted = [('f', 134), ('-', 170), ('f', 74), ('-', 32238)];
    assert_eq!(shape(&image), wanted);
    with(&mut image, |volume| {
        // All of the free block, 170 bytes, of which 75 would be left.
        assert_eq!(volume.allocate(152, 95), Ok(152));
        assert_eq!(volume.entry(152).unwrap().blocks, 70 + 170);
    });
    assert_eq!(shape(&image), [('f', 304), ('f', 74), ('-', 32238)]);
}

#[test]
fn a_file_that_cannot_grow_in_place_moves_with_its_data() {
    let mut image = fresh();
    with(&mut image, |volume| {
        let a = add(volume, "a", 40, 1);
        volume.set_type(a.offset, 0x3344_4F46).unwrap();
        add(volume, "b", 10, 2);
        let moved = volume.allocate(a.offset, 1).unwrap();
        assert_eq!(moved, 152 + 104 + 74);
        let entry = volume.find(b"A").unwrap();
        assert_eq!((entry.offset, entry.blocks, entry.bytes), (moved, 41, 40));
        assert_eq!((entry.kind, entry.name()), (0x3344_4F46, &b"a"[..]));
        assert_eq!(bytes_of(volume, &entry), [1; 40]);
        assert_eq!(volume.entry(a.offset), Err(FsError::NotFound));
    });
    let wanted = [('-', 104), ('f', 74), ('f', 105), ('-', 32333)];
    assert_eq!(shape(&image), wanted);
}

#[test]
fn a_file_shrinks_and_its_byte_count_with_it() {
    let mut image = fresh();
    with(&mut image, |volume| {
        let a = add(volume, "a", 200, 1);
        add(volume, "b", 0, 2);
        // 95 bytes are too few for a block of their own.
        assert_eq!(volume.allocate(a.offset, -95), Ok(a.offset));
        let entry = volume.entry(a.offset).unwrap();
        assert_eq!((entry.blocks, entry.bytes), (200, 200));
        assert_eq!(volume.allocate(a.offset, -96), Ok(a.offset));
        let entry = volume.entry(a.offset).unwrap();
        assert_eq!((entry.blocks, entry.bytes), (104, 104));
        // The free block behind takes what is given back, however little.
        assert_eq!(volume.allocate(a.offset, -4), Ok(a.offset));
        assert_eq!(volume.entry(a.offset).unwrap().blocks, 100);
        let wrong = FsError::OutOfRange {
            end: -1,
            blocks: 100,
        };
        assert_eq!(volume.allocate(a.offset, -101), Err(wrong));
        assert!(volume.allocate(a.offset, i32::MIN).is_err());
        assert_eq!(volume.allocate(a.offset, -100), Ok(a.offset));
    });
    assert_eq!(shape(&image)[..3], [('f', 64), ('-', 200), ('f', 64)]);
}

#[test]
fn a_full_volume_refuses_and_stays_as_it_was() {
    let mut image = fresh();
    let a = with(&mut image, |volume| add(volume, "a", 32000, 1));
    with(&mut image, |volume| {
        assert_eq!(volume.statistics().unwrap().free, 552 - 64);
        volume.create(b"b").unwrap();
        let wanted = u64::from(a.blocks) + 64 + 1000;
        let refused = volume.allocate(a.offset, 1000);
        assert_eq!(refused, Err(FsError::NoSpace { wanted }));
        assert!(matches!(
            volume.allocate(a.offset, i32::MAX),
            Err(FsError::NoSpace { .. })
        ));
    });
    // Eight more files of one header each, the last with what is left; then none fits.
    let saved = with(&mut image, |volume| {
        let made = (0..100)
            .map_while(|n| volume.create(format!("f{n}").as_bytes()).ok())
            .count();
        assert_eq!(made, 7);
        assert_eq!(volume.statistics().unwrap().free, 0);
        volume.image.to_vec()
    });
    with(&mut image, |volume| {
        let wanted = 64;
        assert_eq!(volume.create(b"z"), Err(FsError::NoSpace { wanted }));
    });
    assert_eq!(image, saved);
}

#[test]
fn the_largest_free_size_is_what_a_new_file_can_have() {
    let mut image = fresh();
    with(&mut image, |volume| {
        let offset = volume.create(b"all").unwrap().offset;
        assert_eq!(volume.allocate(offset, 32552), Ok(offset));
        let full = Statistics {
            used: 32768,
            ..Statistics::default()
        };
        assert_eq!(volume.statistics(), Ok(full));
    });
}

#[test]
fn names_match_without_case_and_have_at_most_31_characters() {
    let mut image = fresh();
    with(&mut image, |volume| {
        let long = [b'x'; 31];
        volume.create(b"Save").unwrap();
        volume.create(&long).unwrap();
        assert_eq!(volume.find(b"sAVE").unwrap().name(), b"Save");
        assert_eq!(volume.find(b"save\0\0").unwrap().name(), b"Save");
        assert_eq!(volume.find(&long).unwrap().name(), long);
        assert_eq!(volume.find(b"sav"), Err(FsError::NotFound));
        assert_eq!(volume.create(b"SAVE"), Err(FsError::Exists));
        let bad: [&[u8]; 5] = [b"", &[b'x'; 32], b"a/b", b"a\0b", b"{a|b}"];
        for name in bad {
            assert!(matches!(volume.create(name), Err(FsError::BadName(_))));
        }
        let names: Vec<_> = volume.entries().unwrap();
        assert_eq!(names.len(), 2);
        assert_eq!(volume.nth(0), Ok(names[0]));
        assert_eq!(volume.nth(1), Ok(names[1]));
        assert_eq!(volume.nth(2), Err(FsError::NotFound));
    });
}

#[test]
fn reads_and_writes_stay_inside_the_blocks_of_the_file() {
    let mut image = fresh();
    with(&mut image, |volume| {
        let a = add(volume, "a", 40, 1);
        add(volume, "b", 40, 2);
        let wrong = |end| {
            let blocks = 40;
            Err(FsError::OutOfRange { end, blocks })
        };
        volume.set_eof(a.offset, 10).unwrap();
        assert_eq!(volume.read(a.offset, 30, &mut [0; 10]), Ok(()));
        assert_eq!(volume.read(a.offset, 31, &mut [0; 10]), wrong(41));
        assert_eq!(volume.read(a.offset, u32::MAX, &mut []), wrong(0xFFFF_FFFF));
        assert_eq!(volume.write(a.offset, 40, &[0]), wrong(41));
        assert_eq!(volume.set_eof(a.offset, 41), wrong(41));
        assert_eq!(volume.set_eof(a.offset, 40), Ok(()));
        assert_eq!(volume.set_eof(a.offset, 3), Ok(()));
        // A write inside the byte count keeps it, one behind it moves it.
        volume.write(a.offset, 0, &[9; 2]).unwrap();
        assert_eq!(volume.entry(a.offset).unwrap().bytes, 3);
        volume.write(a.offset, 20, &[]).unwrap();
        assert_eq!(volume.entry(a.offset).unwrap().bytes, 3);
        volume.write(a.offset, 20, &[9; 4]).unwrap();
        assert_eq!(volume.entry(a.offset).unwrap().bytes, 24);
    });
}

#[test]
fn only_the_start_of_a_file_in_the_chain_is_an_offset() {
    let mut image = fresh();
    with(&mut image, |volume| {
        let a = add(volume, "a", 200, 1);
        // The data of a file may look like a header; it is none.
        let header = volume.image[152..216].to_vec();
        volume.write(a.offset, 20, &header).unwrap();
        for offset in [0, 132, 151, 153, a.data() + 20, 416, 32768, u32::MAX] {
            assert_eq!(volume.entry(offset), Err(FsError::NotFound), "{offset}");
            assert_eq!(volume.delete(offset), Err(FsError::NotFound));
            assert_eq!(volume.allocate(offset, 1), Err(FsError::NotFound));
            assert_eq!(volume.write(offset, 0, &[0]), Err(FsError::NotFound));
            assert_eq!(volume.set_type(offset, 0), Err(FsError::NotFound));
        }
    });
}

#[test]
fn touched_bytes_are_the_headers_passed_and_the_data() {
    let mut image = fresh();
    let offset = with(&mut image, |volume| add(volume, "a", 100, 1).offset);
    with(&mut image, |volume| {
        volume.read(offset, 0, &mut [0; 100]).unwrap();
        assert_eq!(volume.touched(), 64 + 100);
        // Anchor, the file, and nothing behind it.
        volume.find(b"a").unwrap();
        assert_eq!(volume.touched(), 164 + 20 + 64);
        volume.set_type(offset, 5).unwrap();
        assert_eq!(volume.touched(), 248 + 64 + 4);
    });
}

#[test]
fn what_is_no_volume_is_refused_in_words() {
    let change = |at: usize, word: u32| {
        let mut image = fresh();
        image[at..at + 4].copy_from_slice(&word.to_be_bytes());
        image
    };
    let bad = [
        Vec::new(),
        vec![0; NVRAM_BYTES],
        fresh()[..131].to_vec(),
        fresh()[..32767].to_vec(),
        change(4, 0x5A5A_0100), // an optical disc
        change(4, 0x5A5B_0200), // sync bytes
        change(76, 2048),
        change(80, 32769),
        change(80, 151),
        change(96, 8),
        change(100, 100),
        change(100, 152),
        change(100, u32::MAX),
        change(132, 0),
    ];
    for mut image in bad {
        assert!(!is_formatted(&image));
        let refused = LinkedMem::open(&mut image);
        assert!(matches!(refused, Err(FsError::NoVolume(_))));
    }
    let mut small = [1; 215];
    format(&mut small, "x");
    assert!(!is_formatted(&small));
    let mut least = [1; 216];
    format(&mut least, "x");
    with(&mut least, |volume| {
        assert_eq!((volume.size(), volume.name()), (216, "x".to_owned()));
        assert_eq!(volume.create(b"y").unwrap().blocks, 0);
    });
}

#[test]
fn every_contradiction_of_the_chain_is_found_before_anything_is_written() {
    let mut good = fresh();
    let files = with(&mut good, |volume| {
        ["a", "b", "c"].map(|name| add(volume, name, 100, 1).offset)
    });
    for at in [132].into_iter().chain(files) {
        for field in [0, 4, 8, 12, 16] {
            let place = (at + field) as usize;
            for word in [0, 1, 19, 132, 152, 32767, 32768, u32::MAX, files[1]] {
                let mut image = good.clone();
                image[place..place + 4].copy_from_slice(&word.to_be_bytes());
                if image == good {
                    continue;
                }
                let damaged = image.clone();
                let Ok(mut volume) = LinkedMem::open(&mut image) else {
                    assert_eq!((at, field), (132, 0));
                    continue;
                };
                for error in [
                    volume.create(b"new").err(),
                    volume.delete(files[0]).err(),
                    volume.allocate(files[2], 50).err(),
                    volume.statistics().err(),
                ] {
                    assert!(matches!(error, Some(FsError::Damaged { .. })), "{error:?}");
                }
                assert_eq!(image, damaged);
            }
        }
    }
}

#[test]
fn files_in_front_of_the_damage_can_still_be_read() {
    let mut image = fresh();
    let last = with(&mut image, |volume| {
        add(volume, "a", 100, 1);
        add(volume, "b", 100, 2).offset
    });
    image[last as usize] ^= 1;
    let volume = LinkedMem::open(&mut image).unwrap();
    let a = volume.find(b"a").unwrap();
    assert_eq!(bytes_of(&volume, &a), [1; 100]);
    let damaged = FsError::Damaged {
        offset: last,
        why: "not the mark of a block",
    };
    assert_eq!(volume.find(b"b"), Err(damaged));
}

#[test]
fn a_byte_count_beyond_the_blocks_counts_as_all_of_them() {
    let mut image = fresh();
    let a = with(&mut image, |volume| add(volume, "a", 100, 1));
    image[172..176].copy_from_slice(&u32::MAX.to_be_bytes());
    with(&mut image, |volume| {
        assert_eq!(volume.find(b"a").unwrap().bytes, a.blocks);
        add(volume, "b", 10, 2);
        let moved = volume.allocate(a.offset, 1).unwrap();
        assert_eq!(volume.entry(moved).unwrap().bytes, a.blocks);
    });
}
