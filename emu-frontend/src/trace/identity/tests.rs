//! Files of a disc are known by what was read of them.

use super::*;
use emu_core::device::Buffer;
use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::opera_fs::writer::{self, Content, pack};
use emu_core::time::Tick;
use emu_core::trace::{Asker, Hex};

fn file(name: &str, bytes: &[u8]) -> writer::Item {
    writer::Item {
        name: name.to_owned(),
        content: Content::File(bytes.to_vec()),
    }
}

fn disc(a: &[u8], b: &[u8]) -> Vec<u8> {
    pack(&[file("LaunchMe", a), file("Other", b)], "Test").expect("packs")
}

fn read(offset: u32, len: u32, option: u32) -> Event {
    Event::Submit {
        req: 1,
        device: DeviceClass::CdRom,
        unit: 0,
        op: Op::Read,
        offset,
        option,
        send: Buffer::None,
        recv: Buffer::Guest { addr: 0, len },
        by: Asker::Volume,
        of: Hex(0),
    }
}

fn tape(events: &[Event]) -> Tape {
    let mut tape = Tape::new();
    for event in events {
        tape.push(Tick(0), Item::NONE, event);
    }
    tape
}

/// The frame where a file begins.
fn frame_of(disc: &[u8], path: &str) -> u32 {
    let volume = Volume::mount(disc).expect("a volume");
    volume.find(path).expect("the file").first_block() + FIRST_FRAME
}

#[test]
fn reads_become_ranges_of_blocks() {
    let msf = Options {
        address: Some(AddressFormat::Msf),
        ..Options::decode(0).expect("nothing")
    };
    let events = [
        read(152, 4096, 0),
        read(154, 2048, 0),
        read(151, 2048, 0),
        read(0x0000_0403, 2048, msf.encode()),
        read(u32::MAX, u32::MAX, 0),
        Event::Input {
            what: "disc insert disc 1".to_owned(),
        },
        read(900, 2048, 0),
    ];
    assert_eq!(blocks_read(&tape(&events)), BlockSet(vec![1..5, 153..154]));
}

#[test]
fn a_file_counts_as_a_whole_and_others_do_not_count() {
    let one = disc(&[1; 5000], &[2; 5000]);
    let launch = frame_of(&one, "LaunchMe");
    let blocks = blocks_read(&tape(&[read(launch + 1, 2048, 0), read(150, 2048, 0)]));
    let expected = files(&one[..], &blocks);
    assert_eq!(blocks, BlockSet(vec![0..1, launch - 149..launch - 148]));
    let paths: Vec<&str> = expected.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["", "LaunchMe"]);
    assert_eq!(
        expected[1].sha256,
        <[u8; 32]>::from(Sha256::digest([1; 5000]))
    );

    let same = |other: &[u8]| other_file(other, &expected, &blocks);
    assert_eq!(same(&one), None);
    assert_eq!(same(&disc(&[1; 5000], &[3; 5000])), None);
    // A byte of the file that nobody read counts too: the file is another one.
    let mut changed = one.clone();
    let at = (launch - FIRST_FRAME) as usize * BLOCK_SIZE;
    changed[at] ^= 1;
    assert_eq!(same(&changed), Some("LaunchMe".to_owned()));
    let mut label = one.clone();
    label[60] ^= 1;
    assert_eq!(same(&label), Some(String::new()));
}

#[test]
fn a_disc_that_lies_costs_bounded_work() {
    let mut lying = disc(&[1; 5000], &[2; 5000]);
    let volume = Volume::mount(&lying[..]).expect("a volume");
    let root = volume.root().first_block() as usize * BLOCK_SIZE;
    // Both files claim four gigabytes.
    for entry in 0..2 {
        let at = root + 20 + entry * 72 + 16;
        lying[at..at + 8].fill(0xFF);
    }
    let blocks = BlockSet(vec![0..1, 1..u32::MAX]);
    assert!(files(&lying[..], &blocks).len() <= 3);
    assert_eq!(files(&[][..], &blocks), []);
}
