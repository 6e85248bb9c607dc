//! What becomes of open files when the drawer opens or another disc is put in.
//!
//! Device sheet 4.7, 6.4 and 6.9.
#![forbid(unsafe_code)]

use emu_core::input::Input;
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::IOReq;
use emu_core::loader::opera_fs::writer::Item as DiscItem;
use emu_core::media::{DiscNumber, MediaEvent};
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use tests::guest::{Guest, Io, Tags, disc_file, disc_folder, disc_of};

const READ: u8 = 1;
const STATUS: u8 = 2;
const GETPATH: u8 = 4;
const OFFLINE: Status = Status(0xD556_F013_u32 as i32);
const BLOCK: u32 = 2048;
/// Longer than a disc needs to turn and to be mounted.
const A_WHILE: u64 = 40_000_000;

/// A disc whose files are all of one byte.
fn tree(byte: u8) -> Vec<DiscItem> {
    let block = vec![byte; BLOCK as usize];
    vec![
        disc_file("data", &block.repeat(100)),
        disc_folder("Sub", vec![disc_file("a.txt", &[byte; 10])]),
    ]
}

/// Runs a test under each profile, with two discs at hand and the first of them in the drive.
fn with_two_discs(test: impl Fn(&mut Guest)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let discs = [tree(1), [tree(2), vec![disc_file("new", b"new")]].concat()];
        let discs = discs.iter().map(|files| disc_of(files)).collect();
        test(&mut Guest::with_discs(
            profile,
            DriveProfile::Nominal,
            discs,
        ));
    }
}

fn happen(g: &mut Guest, event: MediaEvent) {
    let now = g.now();
    g.machine().schedule_input(now, Input::Media(event));
    g.advance(1_000);
}

fn open(g: &mut Guest, path: &str) -> Status {
    let path = g.string(path);
    g.call("OpenDiskFile", &[path])
}

fn request(g: &mut Guest, file: Status, priority: u8) -> Item {
    let tags = Tags::new().pri(priority).and(11, Item(file.0));
    let request = g.create(0x10E, tags);
    assert!(!request.is_error(), "{request:?}");
    Item(request.0)
}

fn info(g: &mut Guest, command: u8, offset: u32, recv: (u32, u32)) -> u32 {
    g.info(Io {
        command,
        offset,
        recv,
        ..Io::default()
    })
}

fn do_io(g: &mut Guest, request: Item, command: u8, recv: (u32, u32)) -> Status {
    let info = info(g, command, 0, recv);
    g.call("DoIO", &[request.0 as u32, info])
}

/// STATUS and GETPATH go on; what needs the disc does not.
fn is_offline(g: &mut Guest, request: Item, path: &str) {
    let at = g.alloc(BLOCK);
    assert_eq!(do_io(g, request, READ, (at, BLOCK)), OFFLINE);
    assert_eq!(do_io(g, request, STATUS, (at, 40)), Status::OK);
    assert_eq!(g.read(at + 20), 0x3000_0000, "usage: read-only, offline");
    assert_eq!(do_io(g, request, GETPATH, (at, 64)), Status::OK);
    assert_eq!(g.text(at), path);
}

#[test]
fn with_an_open_drawer_files_are_offline_until_it_closes() {
    with_two_discs(|g| {
        let file = open(g, "Sub/a.txt");
        let ior = request(g, file, 0);
        let at = g.alloc(BLOCK);
        assert_eq!(do_io(g, ior, READ, (at, BLOCK)), Status::OK);
        happen(g, MediaEvent::Open);
        is_offline(g, ior, "/CD-ROM/Sub/a.txt");
        assert_eq!(open(g, "/CD-ROM/Sub/a.txt"), OFFLINE);
        happen(g, MediaEvent::Close);
        g.advance(A_WHILE);
        assert_eq!(do_io(g, ior, READ, (at, BLOCK)), Status::OK);
        assert_eq!(g.read(at), 0x0101_0101);
        assert!(!open(g, "Sub/a.txt").is_error(), "relative paths too");
    });
}

#[test]
fn another_disc_of_that_name_is_mounted_and_old_files_stay_offline() {
    with_two_discs(|g| {
        let file = open(g, "/CD-ROM/Sub/a.txt");
        let old = request(g, file, 0);
        let other = disc_of(&[tree(2), vec![disc_file("new", b"new")]].concat());
        let other = (DiscNumber(1), other.table());
        happen(g, MediaEvent::Insert(Some(other)));
        g.advance(A_WHILE);
        is_offline(g, old, "/CD-ROM/Sub/a.txt");
        assert!(!open(g, "/CD-ROM/new").is_error());
        let file = open(g, "$boot/Sub/a.txt");
        let new = request(g, file, 0);
        let at = g.alloc(BLOCK);
        assert_eq!(do_io(g, new, READ, (at, BLOCK)), Status::OK);
        assert_eq!(g.read(at), 0x0202_0202);
        assert_eq!(g.call("DeleteItem", &[old.0 as u32]), Status::OK);
    });
}

/// Higher priority first, then the nearest block; the drive has begun with the first. What
/// waits when the drawer opens fails as off-line.
#[test]
fn requests_to_a_file_go_by_priority_and_place_until_the_drawer_opens() {
    with_two_discs(|g| {
        let file = open(g, "data");
        let at = g.alloc(BLOCK);
        let sent = [(10, 0), (10, 60), (10, 30), (50, 90), (200, 5), (10, 70)];
        let requests = sent.map(|(priority, block)| {
            let ior = request(g, file, priority);
            let info = info(g, READ, block, (at, BLOCK));
            assert_eq!(g.call("SendIO", &[ior.0 as u32, info]), Status(0));
            (block, ior)
        });
        let mut left = requests.to_vec();
        let mut ended = Vec::new();
        while !left.is_empty() {
            g.advance(5_000);
            left.retain(|&(block, ior)| {
                let done = g.field(ior, IOReq::io_Flags) & 1 != 0;
                if done {
                    ended.push((block, g.field(ior, IOReq::io_Error) as u32));
                }
                !done
            });
            if ended.len() == 4 {
                happen(g, MediaEvent::Open);
            }
        }
        ended[4..].sort();
        let offline = 0xD556_F013;
        let expected = [
            (0, 0),
            (5, 0),
            (90, 0),
            (70, 0),
            (30, offline),
            (60, offline),
        ];
        assert_eq!(ended, expected);
    });
}

/// The drawer opens while the disc's program is being read: the console waits for a disc, and
/// starts it when it is back.
#[test]
fn a_start_goes_on_when_the_disc_is_back() {
    let hello = roms::by_name("hello").expect("built in").bytes;
    let disc = disc_of(&[disc_file("LaunchMe", hello)]);
    let mut shelf = emu_devices::media::Shelf::new();
    shelf.push(disc);
    let config = emu_core::machine::Config::default();
    let (number, table) = shelf.insertable(DiscNumber(0)).expect("a disc");
    let board = emu_devices::board::ConsoleBoard::new(config.video, config.quirks());
    let mut machine = emu_core::machine::Machine::new(board.with_disc(number, table), config);
    machine.launch_from_disc(hello, b"$boot/LaunchMe");
    for (at, event) in [(150_000, MediaEvent::Open), (9_000_000, MediaEvent::Close)] {
        let input = Input::Media(event);
        machine.schedule_input(emu_core::time::Tick(at), input);
    }
    let mut sink = emu_core::trace::Recorder::new(emu_core::trace::Category::all());
    let mut outside = emu_core::machine::Outside {
        sink: &mut sink,
        discs: &shelf,
    };
    let stop = machine.run_with(emu_core::time::Tick(100_000_000), &mut outside);
    assert_eq!(stop, emu_core::machine::Stop::Exit(0));
    assert!(
        machine.now().0 > 9_000_000 + 18_750_000,
        "after the spin-up"
    );
    assert!(!sink.console().is_empty());
}
