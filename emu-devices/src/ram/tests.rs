//! Every sentence about the ram device as a test (device sheet 5.1).

use super::*;
use crate::test_rig::{RECV, Rig, SEND, done, failed, recv_buffer, send_buffer};
use emu_core::device::{Buffer, DevError, Op};
use emu_core::quirks::Profile;

fn rig(profile: Profile) -> Rig<Ram> {
    Rig::new(Ram::new(Quirks::of(profile)))
}

fn both(test: impl Fn(Rig<Ram>)) {
    test(rig(Profile::Documented));
    test(rig(Profile::Retail));
}

/// Reads or writes `len` bytes at `offset` of a unit, with the system's rights.
fn transfer(rig: &mut Rig<Ram>, op: Op, unit: u8, offset: i32, len: u32) -> Submit {
    let sent = rig.send(op, unit, |request| {
        request.offset = offset.cast_unsigned();
        request.privileged = true;
        request.send = send_buffer(len);
        request.recv = recv_buffer(len);
    });
    sent.1
}

#[test]
fn the_driver_has_eight_units_and_three_commands() {
    let info = Ram::new(Quirks::default()).info();
    assert_eq!((info.name, info.max_unit), ("ram", 7));
    assert_eq!(info.commands, ["WRITE", "READ", "STATUS"]);
    assert_eq!(info.class, DeviceClass::Ram);
    assert!(!info.counts_fields);
}

#[test]
fn a_new_console_has_an_empty_volume_in_nvram() {
    both(|rig| {
        assert_eq!(rig.device.nvram(), linked_mem::fresh());
        assert_eq!(rig.device.nvram_changes(), 0);
        assert!(rig.device.is_sound(Tick(0)));
    });
}

#[test]
fn read_gives_the_bytes_at_the_offset_to_anybody() {
    both(|mut rig| {
        let sent = rig.send(Op::Read, UNIT_NVRAM, |request| {
            request.offset = 40;
            request.recv = recv_buffer(5);
        });
        assert_eq!(sent.1, done(5));
        assert_eq!(rig.memory.bytes(RECV, 6).unwrap(), b"nvram\0");
    });
}

#[test]
fn ranges_outside_a_unit_are_bad_arguments() {
    both(|mut rig| {
        let bad = failed(DevError::BadArgument);
        let retail = rig.device.quirks.ram_write_actual;
        for op in [Op::Read, Op::Write] {
            let all = |len| done(if retail && op == Op::Write { 0 } else { len });
            let cases = [
                (0, 0, done(0)),
                (32768, 0, done(0)),
                (32769, 0, bad),
                (0, 32768, all(32768)),
                (0, 32769, bad),
                (32767, 1, all(1)),
                (32767, 2, bad),
                (-1, 0, bad),
                (-1, 1, bad),
                (i32::MIN, 8, bad),
                (i32::MAX, 8, bad),
            ];
            for (offset, len, answer) in cases {
                let got = transfer(&mut rig, op, UNIT_NVRAM, offset, len);
                assert_eq!(got, answer, "{op:?} {offset} {len}");
            }
            for unit in [0, 6, 7] {
                assert_eq!(transfer(&mut rig, op, unit, 0, 1), bad);
                assert_eq!(transfer(&mut rig, op, unit, 0, 0), done(0));
            }
        }
        for unit in [1, 2, 4, 5] {
            assert_eq!(transfer(&mut rig, Op::Read, unit, 0, 1), bad);
            let refused = failed(DevError::NotSupported);
            assert_eq!(transfer(&mut rig, Op::Write, unit, 0, 1), refused);
        }
    });
}

#[test]
fn only_the_system_writes_nvram() {
    both(|mut rig| {
        let refused = failed(DevError::NotPrivileged);
        // Before anything else is looked at.
        for offset in [0, 99_999] {
            let sent = rig.send(Op::Write, UNIT_NVRAM, |request| {
                request.offset = offset;
                request.send = send_buffer(4);
            });
            assert_eq!(sent.1, refused);
        }
        assert_eq!(rig.device.nvram(), linked_mem::fresh());
        assert_eq!(rig.device.nvram_changes(), 0);
    });
}

#[test]
fn writes_are_counted_when_they_change_a_byte() {
    both(|mut rig| {
        rig.memory.set_word(SEND, 0xDEAD_BEEF);
        for (offset, changes) in [(1000, 1), (1000, 1), (1001, 2)] {
            transfer(&mut rig, Op::Write, UNIT_NVRAM, offset, 4);
            assert_eq!(rig.device.nvram_changes(), changes);
        }
        let wanted = [0, 0xDE, 0xDE, 0xAD, 0xBE, 0xEF, 0];
        assert_eq!(rig.device.nvram()[999..1006], wanted);
        transfer(&mut rig, Op::Read, UNIT_NVRAM, 1000, 4);
        assert_eq!(rig.device.nvram_changes(), 2);
    });
}

/// Quirk `ram-write-actual`.
#[test]
fn quirk_ram_write_actual() {
    let mut published = rig(Profile::Documented);
    let mut shipped = rig(Profile::Retail);
    let write = |rig| transfer(rig, Op::Write, UNIT_NVRAM, 8, 20);
    assert_eq!(write(&mut published), done(20));
    assert_eq!(write(&mut shipped), done(0));
    assert_eq!(published.device.nvram(), shipped.device.nvram());
}

#[test]
fn status_tells_size_use_and_place_of_each_unit() {
    // Unit, block count, usage flags, address.
    let units = [
        (0, 0, 0x8000_0000_u32, 0),
        (1, 0, 0xA000_0000, 0),
        (2, 0, 0x2000_0000, 0),
        (3, 32768, 0x8000_0000, 0x0314_0000),
        (4, 0, 0xA000_0000, 0),
        (5, 0, 0xA000_0000, 0),
        (6, 0, 0xA000_0000, 0),
        (7, 0, 0xA000_0000, 0),
    ];
    both(|mut rig| {
        for (unit, blocks, usage, address) in units {
            let words = [
                0x0300_0000,
                36,
                1,
                blocks,
                0,
                usage,
                0,
                0,
                0,
                address,
                0xAAAA_AAAA,
            ];
            for (len, copied) in [(8, 8), (36, 36), (40, 40), (44, 40)] {
                rig.memory.bytes_mut(RECV, 44).unwrap().fill(0xAA);
                let sent = rig.send(Op::Status, unit, |request| {
                    request.recv = recv_buffer(len);
                });
                assert_eq!(sent.1, done(copied));
                for (n, &word) in (0..).zip(&words) {
                    let word = if 4 * n < copied { word } else { 0xAAAA_AAAA };
                    assert_eq!(rig.memory.word(RECV + 4 * n), word, "unit {unit} word {n}");
                }
            }
            for recv in [Buffer::None, recv_buffer(7)] {
                let sent = rig.send(Op::Status, unit, |request| request.recv = recv);
                assert_eq!(sent.1, failed(DevError::BadArgument));
            }
        }
    });
}

#[test]
fn other_units_commands_and_buffers_are_refused() {
    both(|mut rig| {
        for op in [Op::Read, Op::Write, Op::Status, Op::Control(3)] {
            for unit in [8, 255] {
                assert_eq!(rig.send(op, unit, |_| ()).1, failed(DevError::BadUnit));
            }
        }
        for command in [0, 3, 99] {
            let sent = rig.send(Op::Control(command), UNIT_NVRAM, |_| ());
            assert_eq!(sent.1, failed(DevError::BadCommand));
        }
        let sent = rig.send(Op::Write, UNIT_NVRAM, |request| {
            request.privileged = true;
            let addr = 0xFFFF_FFFC;
            request.send = Buffer::Guest { addr, len: 8 };
        });
        assert_eq!(sent.1, failed(DevError::BadArgument));
    });
}

#[test]
fn there_is_nothing_to_abort_or_to_wait_for() {
    both(|mut rig| {
        let id = rig.send(Op::Read, UNIT_NVRAM, |_| ()).0;
        assert!(!rig.abort(id));
        assert_eq!(rig.heard(), []);
        assert!(rig.device.pending().is_empty());
    });
}

#[test]
fn kernel_buffers_serve_as_well() {
    let mut rig = rig(Profile::Documented);
    let id = rig.bus.buffers.hold(b"saved".to_vec());
    let buffer = Buffer::Kernel { id, len: 5 };
    let sent = rig.send(Op::Write, UNIT_NVRAM, |request| {
        request.privileged = true;
        request.offset = 500;
        request.send = buffer;
    });
    assert_eq!(sent.1, done(5));
    assert_eq!(rig.device.nvram()[500..505], *b"saved");
}

#[test]
fn the_host_puts_in_only_what_fits() {
    let mut ram = Ram::new(Quirks::default());
    let mut bytes = linked_mem::fresh();
    bytes[9999] = 1;
    for wrong in [0, 32767, 32769] {
        assert_eq!(ram.set_nvram(vec![0; wrong]), Err(WrongLength(wrong)));
    }
    assert_eq!(ram.nvram(), linked_mem::fresh());
    assert_eq!(ram.set_nvram(bytes.clone()), Ok(()));
    assert_eq!(ram.nvram(), bytes);
    assert_eq!(ram.nvram_changes(), 0);
}

#[test]
fn a_save_brings_the_bytes_and_a_wrong_length_is_not_sound() {
    let mut rig = rig(Profile::Retail);
    rig.memory.set_word(SEND, 0xDEAD_BEEF);
    transfer(&mut rig, Op::Write, UNIT_NVRAM, 1000, 4);
    let saved = postcard::to_stdvec(&rig.device).unwrap();
    let twin: Ram = postcard::from_bytes(&saved).unwrap();
    assert_eq!(twin, rig.device);
    assert!(twin.is_sound(Tick(0)));
    for wrong in [0, 32767, 32769] {
        let mut bad = twin.clone();
        bad.nvram.resize(wrong, 0);
        assert!(!bad.is_sound(Tick(0)));
    }
}
