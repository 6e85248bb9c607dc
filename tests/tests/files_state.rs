//! State is a value, with discs, files, streams and NVRAM in it.
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::items::Item;
use emu_core::loader::opera_fs::writer::{Item as DiscItem, pack};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Ticks};
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::Disc;
use tests::guest::{Guest, Io, disc_file, disc_folder, disc_from};
use tests::run::{Dice, cases};

const HEADER: usize = 56;
const LONG: Ticks = Ticks(400_000_000);

fn tree() -> Vec<DiscItem> {
    let hello = roms::by_name("hello").expect("built in").bytes;
    let many = (0..60).map(|n| disc_file(&format!("file{n}"), b"x"));
    vec![
        disc_file("AppStartup", b"alias here $boot/Sub\n"),
        disc_file("hello", hello),
        disc_folder("Sub", many.collect()),
        disc_file("text", &[7; 30_000]),
    ]
}

fn discs() -> Vec<Disc> {
    let image = |name| disc_from(pack(&tree(), name).expect("it fits")).expect("a disc");
    vec![image("one"), image("two")]
}

fn guest() -> Guest {
    Guest::with_discs(Profile::Documented, DriveProfile::Nominal, discs())
}

fn call(g: &mut Guest, name: &str, arguments: &[u32]) -> u32 {
    g.begin_call(name, arguments);
    g.wait_for(LONG);
    g.last().0 as u32
}

fn read(block: u32, at: u32, len: u32) -> Io {
    Io {
        command: 1,
        offset: block,
        recv: (at, len),
        ..Io::default()
    }
}

/// Much at once; `until` ends it early, in the middle.
fn scenario(g: &mut Guest, rounds: u32) {
    let text = g.string("/one/text");
    let late = g.string("$boot/Sub/file59");
    let to = g.alloc(4 * 2048);
    let file = call(g, "OpenDiskFile", &[text]);
    let iors: Vec<Item> = (0..3)
        .map(|_| g.create_ioreq(Item(file as i32), Item::NONE))
        .collect();
    for (n, &ior) in (0..).zip(&iors) {
        g.send_io(ior, read(n * 3, to, 4096));
    }
    let stream = call(g, "OpenDiskStream", &[text, -3_i32 as u32]);
    let program = g.create_program("other");
    let mut other = g.on(program);
    other.begin_call("OpenDiskFile", &[late]);
    drop(other);
    if rounds == 0 {
        let directory = g.string("here");
        g.begin_call("OpenDirectoryPath", &[directory]);
        g.advance(30_000);
        return;
    }
    call(g, "ReadDiskStream", &[stream, to, 5000]);
    for &ior in &iors {
        g.wait_io(ior);
    }
    let saved = g.string("/nvram/saved");
    call(g, "CreateFile", &[saved]);
    let nv = call(g, "OpenDiskFile", &[saved]);
    let ior = g.create_ioreq(Item(nv as i32), Item::NONE);
    for io in [
        Io {
            command: 6,
            offset: 64,
            ..Io::default()
        },
        Io {
            send: (text, 9),
            ..Io::default()
        },
        read(0, to, 9),
    ] {
        let info = g.info(io);
        call(g, "DoIO", &[ior.0 as u32, info]);
    }
    let path = g.string("$boot/hello");
    let child = call(g, "LoadProgram", &[path]);
    assert!((child as i32) > 0);
    g.send_io(iors[0], read(5, to, 4096));
    if rounds > 1 {
        g.insert(Some(1));
        g.wait_io(iors[0]);
        g.advance(45_000_000);
        let there = g.string("/two/Sub/file1");
        assert!((call(g, "OpenDiskFile", &[there]) as i32) > 0);
    }
    call(g, "ReadDiskStream", &[stream, to, 5000]);
    call(g, "CloseDiskStream", &[stream]);
    g.advance_fields(20);
}

#[test]
fn interrupted_runs_go_on_unchanged() {
    for rounds in [1, 2] {
        let mut whole = guest();
        scenario(&mut whole, rounds);
        let (end, save) = (whole.now(), whole.machine().save());
        for n in 0..cases(1) {
            let mut dice = Dice(u64::from(n) ^ 0xF11E);
            let mut g = guest();
            let points = (0..40).map(|_| Tick(g.now().0 + dice.below(end.0)));
            let points: Vec<Tick> = points.collect();
            g.interrupt_at(points.iter().copied());
            scenario(&mut g, rounds);
            assert_eq!(g.now(), end, "interrupted at {points:?}");
            assert_eq!(g.console(), whole.console());
            assert!(g.machine().save() == save, "interrupted at {points:?}");
        }
    }
}

fn fix_envelope(save: &mut [u8]) {
    let length = (save.len() - HEADER) as u64;
    save[44..52].copy_from_slice(&length.to_be_bytes());
    let checksum = crc32fast::hash(&save[HEADER..]);
    save[52..56].copy_from_slice(&checksum.to_be_bytes());
}

/// Where the tables behind guest memory begin.
fn tables_of(save: &[u8]) -> usize {
    // Its length in postcard's encoding: 0x300000.
    let length = [0x80, 0x80, 0xC0, 0x01];
    let head = save[HEADER..].windows(4).position(|bytes| bytes == length);
    HEADER + head.expect("guest memory is in the save") + 4 + 0x30_0000 + 6144
}

fn go_on(g: &mut Guest) {
    g.advance(6_000_000);
    g.insert(Some(1));
    g.advance(1_000_000);
    g.insert(Some(0));
    g.advance(25_000_000);
    let save = g.machine().save();
    if g.load(&save).is_ok() {
        assert!(
            g.machine().save() == save,
            "a machine that ran and was loaded"
        );
    }
}

/// Tables that mean nonsense: refused, or a machine that runs without harm to the host.
#[test]
fn damaged_states_are_refused_or_run() {
    let mut loaded = 0;
    let mut middle = guest();
    scenario(&mut middle, 0);
    let save = middle.machine().save();
    let tables = tables_of(&save);
    // The file system's part: from the first place that names a volume on.
    let begin = save[tables..]
        .windows(5)
        .position(|bytes| bytes == b"nvram")
        .map_or(tables, |at| tables + at);
    let mut dice = Dice(0x5A7E);
    for n in 0..cases(60) {
        let mut bad = save.clone();
        for _ in 0..1 + dice.below(2) {
            let from = if n % 3 == 0 { tables } else { begin };
            let span = if n % 3 == 0 {
                save.len() - tables
            } else {
                (save.len() - begin).min(9000)
            };
            let at = from + dice.below(span as u64) as usize;
            let at = at.min(bad.len() - 1);
            match dice.below(5) {
                0 => bad[at] ^= 1 << dice.below(8),
                1 => bad[at] = dice.pick(&[0, 1, 0x7F, 0x80, 0xFF]),
                2 => {
                    bad.splice(at..=at, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]);
                }
                3 => bad[at] = dice.roll() as u8,
                _ => {
                    bad.remove(at);
                }
            }
        }
        fix_envelope(&mut bad);
        let mut g = guest();
        if g.load(&bad).is_ok() {
            loaded += 1;
            go_on(&mut g);
        }
    }
    assert!(loaded > 0, "the damage is too great to test with");
    println!("{loaded} of {} were loaded", cases(60));
}
