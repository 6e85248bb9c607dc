//! Reader and writer against each other, the samples' facts and hostile images.

use super::directory::flag;
use super::label::{AVATAR_DELTA, LABEL_OFFSET, places};
use super::writer::{Content, Item, PackError, pack};
use super::*;
use proptest::prelude::*;

fn file(name: &str, data: &[u8]) -> Item {
    Item {
        name: name.to_owned(),
        content: Content::File(data.to_vec()),
    }
}

fn folder(name: &str, items: Vec<Item>) -> Item {
    Item {
        name: name.to_owned(),
        content: Content::Folder(items),
    }
}

/// The worked example of the device sheet, 6.3.
fn example() -> Vec<Item> {
    vec![
        file("LaunchMe", b"abc"),
        folder("Sub", vec![file("a.txt", b"HELLO")]),
        file("rom_tags", &[7; 64]),
        file("signatures", b""),
    ]
}

fn sample() -> Vec<u8> {
    pack(&example(), "CD-ROM").expect("packs")
}

fn wide(count: usize) -> Vec<Item> {
    (0..count)
        .map(|n| file(&format!("f{n:03}.dat"), &[n as u8; 3]))
        .collect()
}

fn put(image: &mut [u8], at: usize, word: u32) {
    image[at..at + 4].copy_from_slice(&word.to_be_bytes());
}

fn mount(image: &[u8]) -> Volume<'_, [u8]> {
    Volume::mount(image).expect("mounts")
}

#[test]
fn the_writer_lays_out_the_worked_example() {
    let image = sample();
    assert_eq!(image.len(), 6 * BLOCK_SIZE);
    let head = [1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 1, 0];
    assert_eq!(image[..8], head);
    let volume = mount(&image);
    let label = volume.label();
    assert_eq!((label.name.as_str(), label.block_count), ("CD-ROM", 6));
    assert_eq!((label.root_blocks, &label.root_avatars[..]), (1, &[2][..]));
    let root = &image[2 * BLOCK_SIZE..];
    let header: Vec<u32> = (0..5).map(|n| word(root, 4 * n)).collect();
    assert_eq!(header, [u32::MAX, u32::MAX, 0, 380, 20]);
    let rows: Vec<_> = (0..5)
        .map(|n| 20 + 72 * n)
        .map(|at| {
            let name = text(&root[at + 32..at + 64]);
            (
                word(root, at),
                word(root, at + 4),
                word(root, at + 68),
                name,
            )
        })
        .collect();
    let row = |flags, id, block, name: &str| (flags, id, block, name.to_owned());
    assert_eq!(
        rows,
        [
            row(6, 2, 0, "Disc label"),
            row(2, 3, 4, "LaunchMe"),
            row(7, 4, 3, "Sub"),
            row(2, 6, 1, "rom_tags"),
            row(0xC000_0002, 7, 0, "signatures"),
        ]
    );
    let sub = &image[3 * BLOCK_SIZE..];
    assert_eq!(word(sub, 12), 92);
    assert_eq!(&sub[28..32], b"txt ");
    assert_eq!(&root[20 + 72 + 8..][..4], b"*zap");
}

#[test]
fn what_is_packed_can_be_read() {
    let image = sample();
    let volume = mount(&image);
    for (path, data) in [
        ("LaunchMe", &b"abc"[..]),
        ("/sub/A.TXT", b"HELLO"),
        ("Sub/../launchme", b"abc"),
        ("Sub/^/Sub/./a.txt", b"HELLO"),
        ("nothing//Sub/a.txt", b"HELLO"),
        ("signatures", b""),
    ] {
        let entry = volume.find(path).expect(path);
        assert_eq!(volume.read_file(&entry).expect(path), data, "{path}");
    }
    let mut two = [0; 9];
    let entry = volume.find("Sub/a.txt").expect("there");
    assert_eq!(volume.read(&entry, 3, &mut two), Ok(2));
    assert_eq!(&two[..2], b"LO");
    assert_eq!(volume.read(&entry, 9, &mut two), Ok(0));
    let listed = volume.list(&volume.root()).expect("lists");
    let paths: Vec<&str> = listed.iter().map(|row| row.path.as_str()).collect();
    let expected = "Disc label,LaunchMe,Sub,Sub/a.txt,rom_tags,signatures";
    assert_eq!(paths.join(","), expected);
}

#[test]
fn paths_that_lead_nowhere_say_why() {
    let image = sample();
    let volume = mount(&image);
    let error = |path: &str| volume.find(path).expect_err(path);
    assert!(matches!(error("Sub/b"), FsError::NotFound(_)));
    assert!(matches!(error("LaunchMe/x"), FsError::NotADirectory(_)));
    assert!(matches!(error("LaunchMe/"), FsError::NotADirectory(_)));
    assert!(matches!(error("$boot/x"), FsError::BadPath { .. }));
    assert!(matches!(error(&"x".repeat(32)), FsError::BadPath { .. }));
    assert!(matches!(error(&"x/".repeat(129)), FsError::BadPath { .. }));
    let sub = volume.find("Sub/").expect("a directory");
    assert!(matches!(
        volume.read_file(&sub),
        Err(FsError::IsADirectory(_))
    ));
    assert_eq!(volume.find("..").expect("the root"), volume.root());
}

#[test]
fn a_wide_directory_takes_several_blocks() {
    let image = pack(&[folder("dsp", wide(77))], "x").expect("packs");
    let volume = mount(&image);
    let dsp = volume.find("dsp").expect("there");
    assert_eq!((dsp.block_count, dsp.byte_count), (3, 3 * 2048));
    let at = |n: u32| (dsp.first_block() + n) as usize * BLOCK_SIZE;
    let headers: Vec<[u32; 3]> = (0..3)
        .map(|n| [0, 4, 12].map(|field| word(&image, at(n) + field)))
        .collect();
    let none = u32::MAX;
    assert_eq!(headers, [[1, none, 2036], [2, 0, 2036], [none, 1, 1532]]);
    assert_eq!(word(&image, at(0) + 20 + 27 * 72), 0x4000_0002);
    let entries = volume.read_directory(&dsp).expect("reads");
    assert_eq!(entries.len(), 77);
    assert_eq!(entries[76].name, "f076.dat");
}

#[test]
fn missing_last_flags_and_filler_are_survived() {
    let mut image = pack(&[folder("dsp", wide(77))], "x").expect("packs");
    let first = mount(&image).find("dsp").expect("there").first_block() as usize;
    for block in first..first + 3 {
        let free = word(&image, block * BLOCK_SIZE + 12) as usize;
        let last = block * BLOCK_SIZE + free - 72;
        put(&mut image, last, flag::READ_ONLY);
        let filler = b"iamaduck".iter().cycle();
        for (to, from) in image[block * BLOCK_SIZE + free..][..2048 - free]
            .iter_mut()
            .zip(filler)
        {
            *to = *from;
        }
    }
    let volume = mount(&image);
    let dsp = volume.find("dsp").expect("there");
    assert_eq!(volume.read_directory(&dsp).expect("reads").len(), 77);
}

#[test]
fn another_copy_is_read_when_the_first_is_damaged() {
    let mut image = sample();
    // A second copy of the root, and a first copy that is not there.
    let root = image[2 * BLOCK_SIZE..3 * BLOCK_SIZE].to_vec();
    image.extend(root);
    put(&mut image, 96, 1);
    put(&mut image, 100, 0x00FF_FFFF);
    put(&mut image, 104, 6);
    let volume = mount(&image);
    assert_eq!(volume.root().avatars, [0x00FF_FFFF, 6]);
    assert!(volume.find("Sub/a.txt").is_ok());
    put(&mut image, 96, 8);
    assert!(matches!(
        Volume::mount(&image[..]),
        Err(FsError::Damaged {
            block: 0,
            offset: 96,
            fault: Fault::Avatars(8)
        })
    ));
}

#[test]
fn entries_with_several_copies_are_longer() {
    let entry = |copies: Vec<u32>| Entry {
        avatars: copies,
        ..mount(&sample()).root()
    };
    let rows = [entry(vec![1, 2, 3]), entry(vec![4]), entry(vec![5, 6])];
    let mut bytes = vec![0; 20];
    bytes.extend(rows.iter().flat_map(Entry::to_bytes));
    let free = bytes.len() as u32;
    assert_eq!(free, 20 + 80 + 72 + 76);
    bytes.resize(BLOCK_SIZE, 0xA5);
    put(&mut bytes, 0, u32::MAX);
    put(&mut bytes, 12, free);
    put(&mut bytes, 16, 20);
    let mut entries = Vec::new();
    let block = directory::parse(&bytes, &mut entries).expect("parses");
    assert_eq!((block.next, &entries[..]), (None, &rows[..]));
}

#[test]
fn the_label_is_found_at_its_other_places() {
    let places: Vec<u32> = places().collect();
    assert_eq!(places[..3], [0, LABEL_OFFSET, LABEL_OFFSET + AVATAR_DELTA]);
    assert_eq!(places.last(), Some(&229_727));
    let mut image = sample();
    image.resize(226 * BLOCK_SIZE, 0);
    image.copy_within(..132, 225 * BLOCK_SIZE);
    image[..132].fill(0);
    assert_eq!(mount(&image).label().block, 225);
    image[225 * BLOCK_SIZE] = 0;
    assert_eq!(Volume::mount(&image[..]).err(), Some(FsError::NoLabel));
    assert_eq!(Volume::mount(&image[..0]).err(), Some(FsError::NoLabel));
}

#[test]
fn circles_end() {
    // The root's Sub is the root again.
    let mut image = sample();
    put(&mut image, 2 * BLOCK_SIZE + 20 + 2 * 72 + 68, 2);
    let volume = mount(&image);
    let error = volume.list(&volume.root()).expect_err("a circle");
    assert!(matches!(
        error,
        FsError::Damaged {
            fault: Fault::Loop,
            ..
        }
    ));
    // A block that follows itself.
    let mut image = pack(&wide(40), "x").expect("packs");
    put(&mut image, 2 * BLOCK_SIZE, 0);
    let error = mount(&image).find("nothing").expect_err("a circle");
    assert!(matches!(
        error,
        FsError::Damaged {
            fault: Fault::Loop,
            ..
        }
    ));
    put(&mut image, 2 * BLOCK_SIZE, 2);
    let error = mount(&image).find("nothing").expect_err("outside");
    let fault = Fault::NextBlock { next: 2, count: 2 };
    assert!(matches!(error, FsError::Damaged { block: 2, fault: f, .. } if f == fault));
}

#[test]
fn lying_sizes_are_refused_before_memory_is_taken() {
    let mut image = sample();
    put(&mut image, 2 * BLOCK_SIZE + 20 + 72 + 16, u32::MAX);
    let volume = mount(&image);
    let entry = volume.find("LaunchMe").expect("there");
    let error = volume.read_file(&entry).expect_err("refused");
    assert!(matches!(error, FsError::Block(BlockError::PastEnd { .. })));
    put(&mut image, 2 * BLOCK_SIZE + 12, 4000);
    let error = mount(&image).find("LaunchMe").expect_err("refused");
    assert!(matches!(
        error,
        FsError::Damaged {
            block: 2,
            offset: 12,
            ..
        }
    ));
}

#[test]
fn names_a_disc_cannot_hold_are_refused() {
    let name = |name: &str| pack(&[folder("a", vec![file(name, b"")])], "x");
    assert!(name(&"x".repeat(31)).is_ok());
    for bad in ["", "..", "^", "a|b", "tab\t", "\u{3b1}", &"x".repeat(32)] {
        let error = name(bad).expect_err(bad);
        assert!(matches!(error, PackError::Name { path, .. } if path == format!("a/{bad}")));
    }
    let twice = pack(&[file("a", b""), file("A", b"")], "x");
    assert_eq!(twice, Err(PackError::Twice("a".to_owned())));
    assert!(matches!(pack(&[], "a/b"), Err(PackError::Label(_))));
    let deep = (0..DEPTH_MAX).fold(Vec::new(), |inner, _| vec![folder("d", inner)]);
    assert!(matches!(pack(&deep, "x"), Err(PackError::TooDeep(_))));
}

#[test]
fn an_image_depends_on_its_tree_only() {
    let mut shuffled = example();
    shuffled.reverse();
    shuffled.push(file("Disc label", b"not taken over"));
    assert_eq!(pack(&shuffled, "CD-ROM"), Ok(sample()));
    let empty = pack(&[folder("none", vec![])], "x").expect("packs");
    let volume = mount(&empty);
    let none = volume.find("none").expect("there");
    assert_eq!(volume.read_directory(&none), Ok(vec![]));
}

/// Everything a user can do with an image; none of it may panic or take long.
fn explore(image: &[u8]) {
    let Ok(volume) = Volume::mount(image) else {
        return;
    };
    let _ = volume.find("Sub/a.txt");
    for row in volume.list(&volume.root()).unwrap_or_default() {
        let _ = volume.read_file(&row.entry);
    }
}

fn trees() -> impl Strategy<Value = Vec<Item>> {
    let data = prop::collection::vec(any::<u8>(), 0..5000);
    let leaf = data.prop_map(Content::File);
    let tree = leaf.prop_recursive(4, 40, 6, |inner| {
        prop::collection::btree_map("[a-z][a-z0-9 .]{0,12}", inner, 0..6).prop_map(|items| {
            let item = |(name, content)| Item { name, content };
            Content::Folder(items.into_iter().map(item).collect())
        })
    });
    tree.prop_map(|content| match content {
        Content::Folder(items) => items,
        Content::File(_) => Vec::new(),
    })
}

/// Where a field of a label, of a root's block or of its entries is.
fn field() -> impl Strategy<Value = usize> {
    let root = 2 * BLOCK_SIZE;
    prop_oneof![
        (19_usize..33).prop_map(|n| 4 * n),
        (0_usize..5).prop_map(move |n| root + 4 * n),
        (0_usize..28, 0_usize..18).prop_map(move |(row, n)| root + 20 + 72 * row + 4 * n),
    ]
}

/// Zero, the image's own blocks, what is just too much, and what is far too much.
fn lie() -> impl Strategy<Value = u32> {
    prop_oneof![
        0_u32..12,
        Just(255),
        Just(2048),
        Just(65_536),
        Just(0x7FFF_FFFF),
        Just(0x8000_0000),
        0xFFFF_F800..=u32::MAX,
    ]
}

fn compare(volume: &Volume<'_, [u8]>, path: &str, items: &[Item]) {
    for item in items {
        let path = format!("{path}/{}", item.name);
        let entry = volume.find(&path.to_ascii_uppercase()).expect("found");
        match &item.content {
            Content::File(data) => assert_eq!(&volume.read_file(&entry).expect("read"), data),
            Content::Folder(items) => {
                assert_eq!(
                    volume.read_directory(&entry).expect("read").len(),
                    items.len()
                );
                compare(volume, &path, items);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_tree_comes_back(tree in trees()) {
        let image = pack(&tree, "x").expect("packs");
        let volume = mount(&image);
        assert_eq!(volume.label().block_count as usize * BLOCK_SIZE, image.len());
        compare(&volume, "", &tree);
    }

    #[test]
    fn mutated_images_never_panic(
        changes in prop::collection::vec((0_usize..6 * BLOCK_SIZE, any::<u8>()), 1..40),
        words in prop::collection::vec((0_usize..3, 0_usize..100, 0_u32..8), 0..12),
        length in 0_usize..=6 * BLOCK_SIZE,
    ) {
        let mut image = sample();
        for (block, at, word) in words {
            put(&mut image, [0, 2, 3][block] * BLOCK_SIZE + 4 * at, word);
        }
        explore(&image);
        for (at, byte) in changes {
            image[at] = byte;
        }
        explore(&image);
        image.truncate(length);
        explore(&image);
    }

    #[test]
    fn fields_that_lie_never_panic(
        lies in prop::collection::vec((any::<bool>(), field(), lie()), 1..8),
        named in 0_usize..5,
    ) {
        let mut image = sample();
        image.extend(pack(&wide(60), "x").expect("packs"));
        // A name that does not end.
        let name = 2 * BLOCK_SIZE + 20 + 72 * named + 32;
        image[name..name + 32].fill(b'x');
        for (second, at, value) in lies {
            // The label and the first image's root, or the second's, which has several blocks.
            let shift = if second && at >= BLOCK_SIZE { 6 * BLOCK_SIZE } else { 0 };
            put(&mut image, at + shift, value);
        }
        explore(&image);
        explore(&image[6 * BLOCK_SIZE..]);
    }

    #[test]
    fn random_blocks_behind_a_label_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 4 * BLOCK_SIZE),
    ) {
        let mut image = sample()[..3 * BLOCK_SIZE].to_vec();
        image.extend(bytes);
        put(&mut image, 100, 3);
        explore(&image);
    }
}
