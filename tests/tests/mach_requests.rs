//! Requests to devices: asynchronous forms, sizes, errors of the drive.
//!
//! Mach sheet 2.3, 3.2 and 5.4, acceptance tests 21 to 38.
#![forbid(unsafe_code)]

use Value::{Ool, W};
use emu_core::loader::opera_fs::writer::{Item as DiscItem, pack};
use emu_core::media::MediaEvent;
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use tests::guest::mach::codes::*;
use tests::guest::mach::wire::Value;
use tests::guest::{Guest, both_profiles, disc_file, disc_of};

const READ_ASYNC: i32 = -94;
const READ_OVERWRITE_ASYNC: i32 = -95;
const WRITE_ASYNC: i32 = -96;
const WRITE_ASYNC_INBAND: i32 = -98;
const READ_ASYNC_INBAND: i32 = -99;
const SECTOR: u32 = 2048;
/// Longer than a disc needs to turn and to be mounted.
const A_WHILE: u64 = 40_000_000;

fn files() -> Vec<DiscItem> {
    let bytes: Vec<u8> = (0..100 * SECTOR).map(|n| (n / 7 % 251) as u8).collect();
    vec![disc_file("data", &bytes), disc_file("text", b"some text")]
}

/// The bytes of the disc's data track.
fn track() -> Vec<u8> {
    pack(&files(), "CD-ROM").expect("the files fit")
}

/// Runs a test under each profile with the disc in the drive.
fn with_cd(drive: DriveProfile, test: impl Fn(&mut Guest, u32)) {
    for profile in [Profile::Documented, Profile::Retail] {
        let mut g = Guest::with_disc(profile, drive, &files());
        let cd = g.open("cdrom0");
        test(&mut g, cd);
    }
}

/// Records of the disc, which must be those of the image.
fn records(g: &mut Guest, cd: u32) -> u32 {
    let size = g.status(cd, 0, 2).expect("DEV_GET_SIZE");
    assert_eq!(size, [track().len() as u32, SECTOR]);
    size[0] / SECTOR
}

/// Error of an asynchronous read, which must have been accepted.
fn async_error(g: &mut Guest, queue: u32, device: u32, recnum: u32, bytes: u32) -> u32 {
    let sent = g.trap(READ_ASYNC, &[device, queue, 1, 8, recnum, bytes]);
    assert_eq!(sent, OK);
    let read = g.done(queue);
    assert_eq!(read.control(), [1, 1, read.error(), 0, 0], "no data");
    // Where a buffer can hold it.
    if bytes <= 2 * SECTOR {
        let at = g.guarded(bytes);
        let arguments = [device, queue, 2, 8, recnum, bytes, at.at];
        assert_eq!(g.trap(READ_OVERWRITE_ASYNC, &arguments), OK);
        assert_eq!(g.done(queue).control(), [3, 2, read.error(), 0, 0]);
        at.bytes(g);
    }
    read.error()
}

/// Error of a read by message and by a done queue, which must be the same.
fn read_error(g: &mut Guest, device: u32, recnum: u32, bytes: u32) -> u32 {
    let queue = g.queue();
    let error = async_error(g, queue, device, recnum, bytes);
    let reply = g.read_message(device, 8, recnum, bytes);
    assert_eq!(
        (reply.bytes.len(), reply.code()),
        (36, error),
        "device_read"
    );
    assert_eq!(g.terminate(queue), OK);
    error
}

#[test]
fn ra_ok() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        assert_eq!(
            g.trap(READ_ASYNC, &[device, queue, 0xCAFE, 0, 0, 5_000]),
            OK
        );
        let done = g.done(queue);
        let data = done.data();
        assert_eq!(done.control(), [1, 0xCAFE, OK, data, 5_000]);
        assert_eq!(data % 4096, 0, "page-aligned");
        let mut expected = vec![0; 8_192];
        (expected[0], expected[4_096]) = (b'x', b'x');
        assert_eq!(g.read_bytes(data, 8_192), expected, "and the tail is zero");
        assert_eq!(g.vm_deallocate(data, 5_000), OK);
    });
    with_cd(DriveProfile::Nominal, |g, cd| {
        let queue = g.queue();
        assert_eq!(g.trap(READ_ASYNC, &[cd, queue, 1, 0, 16, SECTOR]), OK);
        let done = g.done(queue);
        assert_eq!(done.control(), [1, 1, OK, done.data(), SECTOR]);
        assert_eq!(done.data() % 4096, 0);
        let (sector, tail) = (g.read_bytes(done.data(), 4096), [0; 2048]);
        assert_eq!(sector[..2048], track()[16 * 2048..17 * 2048]);
        assert_eq!(sector[2048..], tail);
    });
}

#[test]
fn ra_inband_clip() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        for (asked, given) in [(300, 128), (129, 128), (128, 128), (127, 127)] {
            let sent = g.trap(READ_ASYNC_INBAND, &[device, queue, 9, 0, 0, asked]);
            assert_eq!(sent, OK);
            let done = g.done(queue);
            assert_eq!(done.control(), [1, 9, OK, done.at + 20, given]);
            assert_eq!(done.bytes[20], b'x');
            assert!(done.bytes[21..20 + given as usize].iter().all(|&b| b == 0));
            assert!(done.untouched_from(20 + given as usize));
            let message = g.read_inband(device, 0, 0, asked).expect("by message");
            assert_eq!(message.len() as u32, given);
        }
    });
}

/// An in-band write by trap is clipped, and says so.
#[test]
fn wai_clip() {
    both_profiles(|g| {
        let (console, queue) = (g.open("console"), g.queue());
        let text = [[b'a'; 127].as_slice(), b"\n", &[b'#'; 172]].concat();
        let at = g.alloc(300);
        g.write_bytes(at, &text);
        let arguments = [console, queue, 7, 0, 0, at, 300];
        assert_eq!(g.trap(WRITE_ASYNC_INBAND, &arguments), OK);
        assert_eq!(g.done(queue).control(), [2, 7, OK, 0, 128]);
        assert_eq!(g.console().as_bytes(), &text[..128]);
    });
}

#[test]
fn rao_ok() {
    with_cd(DriveProfile::Nominal, |g, cd| {
        let queue = g.queue();
        let buffer = g.guarded(2 * SECTOR);
        let arguments = [cd, queue, 0x1234, 8, 20, 2 * SECTOR, buffer.at];
        assert_eq!(g.trap(READ_OVERWRITE_ASYNC, &arguments), OK);
        let done = g.done(queue);
        assert_eq!(done.control(), [3, 0x1234, OK, 0, 2 * SECTOR]);
        assert_eq!(buffer.bytes(g), track()[20 * 2048..22 * 2048]);
        // The same with the arguments on the stack.
        let buffer = g.guarded(SECTOR);
        let arguments = [cd, queue, 0x1235, 8, 21, SECTOR, buffer.at];
        assert_eq!(g.trap_stack(READ_OVERWRITE_ASYNC, &arguments), OK);
        assert_eq!(g.done(queue).control(), [3, 0x1235, OK, 0, SECTOR]);
        assert_eq!(buffer.bytes(g), track()[21 * 2048..22 * 2048]);
    });
}

#[test]
fn rao_badbuf() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        for at in [0xFFFF_FFF0, NOWHERE] {
            let arguments = [device, queue, 3, 0, 0, 16, at];
            assert_eq!(g.trap(READ_OVERWRITE_ASYNC, &arguments), OK);
            let done = g.done(queue);
            assert_eq!(done.control(), [3, 3, INVALID_ADDRESS, 0, 0]);
        }
    });
}

#[test]
fn wa_badbuf() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        for at in [0xFFFF_FFF0, NOWHERE] {
            let arguments = [device, queue, 3, 0, 0, at, 16];
            assert_eq!(g.trap(WRITE_ASYNC, &arguments), INVALID_ADDRESS);
        }
        g.advance_micros(5_000);
        assert!(g.has_nothing_before(queue, device));
    });
}

#[test]
fn wai_badbuf() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        for at in [0xFFFF_FFF0, NOWHERE] {
            let arguments = [device, queue, 3, 0, 0, at, 16];
            assert_eq!(g.trap(WRITE_ASYNC_INBAND, &arguments), MEMORY_ERROR);
        }
        g.advance_micros(5_000);
        assert!(g.has_nothing_before(queue, device));
    });
}

#[test]
fn wa_nullq() {
    both_profiles(|g| {
        let (console, queue) = (g.open("console"), g.queue());
        for (form, name, text) in [
            (WRITE_ASYNC, 0, "one "),
            (WRITE_ASYNC, PORT_DEAD, "two "),
            (WRITE_ASYNC_INBAND, 0, "three "),
            (WRITE_ASYNC_INBAND, PORT_DEAD, "four\n"),
        ] {
            let at = g.string(text);
            let size = text.len() as u32;
            assert_eq!(g.trap(form, &[console, name, 1, 0, 0, at, size]), OK);
        }
        g.advance_micros(100_000);
        assert!(g.console().contains("one two three four\n"), "written");
        assert!(g.has_nothing_before(queue, console), "no completion");
        // Any other name must be a queue.
        let (at, task) = (g.string("five"), g.task_self());
        for name in [task, console, 0x0BAD_0003] {
            for form in [WRITE_ASYNC, WRITE_ASYNC_INBAND] {
                let sent = g.trap(form, &[console, name, 1, 0, 0, at, 4]);
                assert_eq!(sent, INVALID_ARGUMENT);
            }
        }
        g.advance_micros(100_000);
        assert!(!g.console().contains("five"), "nothing is written");
    });
}

#[test]
fn ra_nullq() {
    both_profiles(|g| {
        let device = g.open("test_device0");
        let at = g.alloc(16);
        for queue in [0, PORT_DEAD, device, 0x0BAD_0003] {
            for form in [READ_ASYNC, READ_OVERWRITE_ASYNC, READ_ASYNC_INBAND] {
                let sent = g.trap(form, &[device, queue, 1, 0, 0, 16, at]);
                assert_eq!(sent, INVALID_ARGUMENT, "trap {form}, queue {queue:#x}");
            }
        }
    });
}

/// Mach sheet 3.2 step 1 and its ruling in 3.6.
#[test]
fn async_forms_with_a_bad_device() {
    both_profiles(|g| {
        let (queue, task, at) = (g.queue(), g.task_self(), g.alloc(16));
        let shipped = if g.retail() {
            SEND_INTERRUPTED
        } else {
            INVALID_ARGUMENT
        };
        for device in [0, PORT_DEAD, task, queue, 0x0BAD_0003] {
            let read = [device, queue, 1, 0, 0, 4, at];
            let write = [device, queue, 1, 0, 0, at, 4];
            assert_eq!(g.trap(READ_ASYNC, &read[..6]), INVALID_ARGUMENT);
            assert_eq!(g.trap(READ_ASYNC_INBAND, &read[..6]), INVALID_ARGUMENT);
            assert_eq!(g.trap(READ_OVERWRITE_ASYNC, &read), shipped);
            assert_eq!(g.trap(WRITE_ASYNC, &write), shipped);
            assert_eq!(g.trap(WRITE_ASYNC_INBAND, &write), shipped);
        }
        let device = g.open("test_device0");
        assert!(g.has_nothing_before(queue, device));
    });
}

#[test]
fn wa_copy_semantics() {
    both_profiles(|g| {
        let (console, screen, queue) = (g.open("console"), g.open("screen0"), g.queue());
        for (form, text) in [(WRITE_ASYNC, "first "), (WRITE_ASYNC_INBAND, "second\n")] {
            let at = g.string(text);
            let size = text.len() as u32;
            for device in [console, screen] {
                let sent = g.trap(form, &[device, queue, 1, 0, 0, at, size]);
                assert_eq!(sent, OK);
            }
            g.write_bytes(at, &vec![b'#'; text.len()]);
            for _ in 0..2 {
                assert_eq!(g.done(queue).control(), [2, 1, OK, 0, size]);
            }
            let shown = g.device_read(screen, 0, size).expect("screen0");
            assert_eq!(
                shown,
                text.as_bytes(),
                "what was there at the time of the call"
            );
        }
        assert!(g.console().contains("first second\n"));
    });
}

#[test]
fn r_zero_len() {
    both_profiles(|g| {
        let (device, queue) = (g.open("test_device0"), g.queue());
        let reply = g.read_message(device, 0, 0, 0);
        assert_eq!(
            (reply.bytes.len(), reply.ool(), reply.word(48)),
            (52, (0, 0), 0)
        );
        assert_eq!(g.read_inband(device, 0, 0, 0), Ok(vec![]));
        assert_eq!(g.write_inband(device, 0, &[]), Ok(0));
        let values = [Ool(0, 0), W(0), W(0), W(0)];
        assert_eq!(g.rpc("device_write", device, &values).value(), Ok(0));
        let at = g.guarded(4);
        for (form, kind) in [
            (READ_ASYNC, 1),
            (READ_OVERWRITE_ASYNC, 3),
            (READ_ASYNC_INBAND, 1),
            (WRITE_ASYNC, 2),
            (WRITE_ASYNC_INBAND, 2),
        ] {
            let arguments = match kind {
                2 => [device, queue, 6, 0, 0, at.at, 0],
                _ => [device, queue, 6, 0, 0, 0, at.at],
            };
            assert_eq!(g.trap(form, &arguments), OK);
            let done = g.done(queue);
            let [got, id, code, data, count] = done.control();
            assert_eq!([got, id, code, count], [kind, 6, OK, 0], "trap {form}");
            if form != READ_ASYNC_INBAND {
                assert_eq!(data, 0);
            }
            assert!(done.untouched_from(20));
        }
        assert_eq!(at.bytes(g), [0xA5; 4]);
    });
}

#[test]
fn cd_recnum_end() {
    with_cd(DriveProfile::Instant, |g, cd| {
        let end = records(g, cd);
        let last = g.device_read(cd, end - 1, SECTOR).expect("the last record");
        assert_eq!(last, track()[track().len() - 2048..]);
        for recnum in [end, end + 1, 0x7FFF_FFFF, 0xFFFF_FFFF] {
            assert_eq!(read_error(g, cd, recnum, SECTOR), D_INVALID_RECNUM);
        }
    });
}

#[test]
fn cd_runs_past_end() {
    with_cd(DriveProfile::Instant, |g, cd| {
        let end = records(g, cd);
        assert_eq!(read_error(g, cd, end - 1, 2 * SECTOR), D_INVALID_SIZE);
        assert_eq!(read_error(g, cd, 0, (end + 1) * SECTOR), D_INVALID_SIZE);
    });
}

#[test]
fn cd_unaligned_len() {
    with_cd(DriveProfile::Instant, |g, cd| {
        for bytes in [1, 1000, 2047, 2049, 0xFFFF_F800] {
            assert_eq!(read_error(g, cd, 0, bytes), D_INVALID_SIZE, "{bytes:#x}");
        }
        assert_eq!(g.device_read(cd, 0, 0), Ok(vec![]), "nothing is a multiple");
    });
}

#[test]
fn cd_write() {
    with_cd(DriveProfile::Instant, |g, cd| {
        let writable = g.try_open(D_READ | D_WRITE, "cdrom0");
        assert_eq!(writable, Ok(cd), "opening it to write succeeds");
        let queue = g.queue();
        let at = g.alloc(SECTOR);
        for form in [WRITE_ASYNC, WRITE_ASYNC_INBAND] {
            assert_eq!(g.trap(form, &[cd, queue, 8, 8, 0, at, SECTOR]), OK);
            assert_eq!(g.done(queue).control(), [2, 8, D_READ_ONLY, 0, 0]);
        }
        let values = [Ool(at, SECTOR), W(0), W(0), W(SECTOR)];
        let reply = g.rpc("device_write", cd, &values);
        assert_eq!(reply.code(), D_READ_ONLY);
        assert_eq!(g.write_inband(cd, 0, &[0; 4]), Err(D_READ_ONLY));
    });
}

#[test]
fn cd_media_change() {
    for profile in [Profile::Documented, Profile::Retail] {
        let discs = vec![disc_of(&files()), disc_of(&[disc_file("other", b"x")])];
        let g = &mut Guest::with_discs(profile, DriveProfile::Nominal, discs);
        let cd = g.open("cdrom0");
        assert!(g.device_read(cd, 0, SECTOR).is_ok());
        g.insert(Some(1));
        g.advance(A_WHILE);
        assert_eq!(read_error(g, cd, 0, SECTOR), D_DEVICE_DOWN);
        assert_eq!(g.close(cd), OK);
        let cd = g.open("cdrom0");
        assert!(g.device_read(cd, 0, SECTOR).is_ok(), "until reopened");
        // Nothing in the drive at all.
        g.insert(None);
        g.advance(A_WHILE);
        assert_eq!(read_error(g, cd, 0, SECTOR), D_DEVICE_DOWN);
        assert_eq!(g.close(cd), OK);
        assert_eq!(g.try_open(D_READ, "cdrom0"), Err(D_DEVICE_DOWN));
        let cd = g.try_open(D_READ | D_NODELAY, "cdrom0").expect("D_NODELAY");
        assert_eq!(read_error(g, cd, 0, SECTOR), D_DEVICE_DOWN);
    }
}

#[test]
fn cd_injected_error() {
    with_cd(DriveProfile::Nominal, |g, cd| {
        g.advance(A_WHILE);
        g.media(MediaEvent::FailFrame(150 + 60));
        assert_eq!(read_error(g, cd, 60, SECTOR), D_IO_ERROR);
        let before = g.device_read(cd, 59, SECTOR).expect("the record before");
        assert_eq!(before, track()[59 * 2048..60 * 2048]);
        assert!(g.device_read(cd, 61, SECTOR).is_ok(), "and the one behind");
    });
}

#[test]
fn close_with_io_pending() {
    both_profiles(|g| {
        let (timer, queue) = (g.open("timer0"), g.queue());
        let buffer = g.guarded(8);
        let arguments = [timer, queue, 4, 0, 10_000, 8, buffer.at];
        assert_eq!(g.trap(READ_OVERWRITE_ASYNC, &arguments), OK);
        assert_eq!(g.close(timer), OK);
        assert_eq!(g.port_type(timer), Ok(TYPE_DEAD_NAME));
        assert_eq!(g.deallocate(timer), OK);
        assert_eq!(g.done(queue).control(), [3, 4, OK, 0, 8]);
        assert_ne!(buffer.bytes(g), [0xA5; 8]);
    });
}

#[test]
fn sync_and_async_same_device() {
    with_cd(DriveProfile::Nominal, |g, cd| {
        let queue = g.queue();
        let thread = g.create_thread("reader");
        g.on(thread).my_reply_port();
        g.advance(A_WHILE);
        let read = |g: &mut Guest, id, recnum| {
            let arguments = [cd, queue, id, 8, recnum, SECTOR];
            assert_eq!(g.trap(READ_ASYNC_INBAND, &arguments), OK);
        };
        // An in-band read asks for 128 bytes, which no drive reads.
        read(g, 0, 10);
        assert_eq!(g.done(queue).error(), D_INVALID_SIZE);
        let buffers = [g.guarded(SECTOR), g.guarded(SECTOR)];
        // Far first, near last: not sorted by place.
        let first = [cd, queue, 1, 8, 90, SECTOR, buffers[0].at];
        assert_eq!(g.trap(READ_OVERWRITE_ASYNC, &first), OK);
        let values = [W(8), W(50), W(SECTOR)];
        g.on(thread).begin_rpc("device_read", cd, &values);
        g.advance_micros(200);
        let last = [cd, queue, 2, 8, 91, SECTOR, buffers[1].at];
        assert_eq!(g.trap(READ_OVERWRITE_ASYNC, &last), OK);
        assert!(g.is_blocked(thread));
        assert_eq!(g.done(queue).id(), 1);
        assert!(g.is_blocked(thread), "it comes second");
        let second = g.returns_within(thread, 1_000_000);
        assert_eq!(second, Some(OK));
        assert_eq!(g.read(buffers[1].at), 0xA5A5_A5A5, "not yet begun");
        assert_eq!(g.done(queue).id(), 2);
        assert_eq!(buffers[1].bytes(g), track()[91 * 2048..92 * 2048]);
    });
}
