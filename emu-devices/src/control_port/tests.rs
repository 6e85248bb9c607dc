//! Every sentence about the control port as a test (device sheet 5.2).

use super::*;
use crate::test_rig::{RECV, Rig, SEND, done, failed, recv_buffer, send_buffer};
use emu_core::device::{Op, Submit};

fn rig() -> Rig<ControlPort> {
    Rig::new(ControlPort::new(Video::Ntsc))
}

fn read(rig: &mut Rig<ControlPort>, unit: u8, len: u32) -> (ReqId, Submit) {
    rig.send(Op::Read, unit, |request| request.recv = recv_buffer(len))
}

fn write(rig: &mut Rig<ControlPort>, unit: u8, len: u32) -> Submit {
    let sent = rig.send(Op::Write, unit, |request| request.send = send_buffer(len));
    sent.1
}

#[test]
fn the_driver_has_two_units_and_five_commands() {
    let info = ControlPort::new(Video::Ntsc).info();
    assert_eq!((info.name, info.max_unit), ("ControlPort", 1));
    assert_eq!(info.commands.len(), 5);
    assert_eq!((CMD_CONFIGURE, CMD_READWRITE), (3, 4));
    assert_eq!(info.class, DeviceClass::ControlPort);
}

#[test]
fn status_tells_the_blocks_of_each_unit() {
    let mut rig = rig();
    for (unit, blocks) in [(UNIT_FRAMES, 50), (UNIT_EVENTS, 256)] {
        let sent = rig.send(Op::Status, unit, |request| request.recv = recv_buffer(40));
        assert_eq!(sent.1, done(36));
        let words = [0, 4, 8, 12, 16, 20].map(|at| rig.memory.word(RECV + at));
        assert_eq!(words, [0x0400_0000, 36, 4, blocks, 0, 0]);
        let sent = rig.send(Op::Status, unit, |request| request.recv = recv_buffer(7));
        assert_eq!(sent.1, failed(DevError::BadArgument));
    }
}

#[test]
fn reads_of_frames_wait_until_they_are_aborted() {
    let mut rig = rig();
    let first = read(&mut rig, UNIT_FRAMES, 200);
    let second = read(&mut rig, UNIT_FRAMES, 4);
    assert_eq!((first.1, second.1), (Submit::Pending, Submit::Pending));
    assert!(rig.device.pending().is_empty(), "nobody will end them");
    assert_eq!(rig.heard(), []);
    assert!(rig.abort(first.0));
    assert!(!rig.abort(first.0));
    let aborted = Finished::failed(DevError::Aborted);
    assert_eq!(rig.heard(), [(first.0, aborted)]);
    assert!(rig.abort(second.0));
    assert_eq!(rig.heard(), [(second.0, aborted)]);
}

#[test]
fn frames_are_at_most_200_bytes_in_words() {
    let mut rig = rig();
    for len in [1, 199, 202, 204] {
        let answer = read(&mut rig, UNIT_FRAMES, len).1;
        assert_eq!(answer, failed(DevError::BadArgument), "{len}");
    }
    for (len, good) in [
        (0, false),
        (4, false),
        (200, true),
        (201, false),
        (400, true),
    ] {
        let wanted = if good {
            done(len)
        } else {
            failed(DevError::BadArgument)
        };
        assert_eq!(write(&mut rig, UNIT_FRAMES, len), wanted);
        let both = rig.send(Op::Control(CMD_READWRITE), UNIT_FRAMES, |request| {
            request.send = send_buffer(len);
            request.recv = recv_buffer(200);
        });
        let wanted = if good { Submit::Pending } else { wanted };
        assert_eq!(both.1, wanted);
    }
    let configured = rig.send(Op::Control(CMD_CONFIGURE), UNIT_FRAMES, |_| ()).1;
    assert_eq!(configured, done(0));
}

#[test]
fn a_written_event_goes_to_the_reader_that_waits_longest() {
    let mut rig = rig();
    // A reader of frames waits for something else.
    read(&mut rig, UNIT_FRAMES, 200);
    assert_eq!(
        write(&mut rig, UNIT_EVENTS, 8),
        failed(DevError::EndOfMedium)
    );
    let first = read(&mut rig, UNIT_EVENTS, 10).0;
    let second = read(&mut rig, UNIT_EVENTS, 100).0;
    rig.memory.set_word(SEND, 0x1234_5678);
    assert_eq!(
        write(&mut rig, UNIT_EVENTS, 12),
        failed(DevError::Incomplete)
    );
    assert_eq!(rig.heard(), []);
    assert_eq!(write(&mut rig, UNIT_EVENTS, 8), done(8));
    assert_eq!(rig.heard(), [(first, Finished::ok(8))]);
    assert_eq!(rig.memory.word(RECV), 0x1234_5678);
    assert_eq!(write(&mut rig, UNIT_EVENTS, 12), done(12));
    assert_eq!(rig.heard(), [(second, Finished::ok(12))]);
    assert_eq!(
        write(&mut rig, UNIT_EVENTS, 8),
        failed(DevError::EndOfMedium)
    );
}

#[test]
fn other_units_and_commands_are_refused() {
    let mut rig = rig();
    for op in [Op::Read, Op::Write, Op::Status, Op::Control(CMD_CONFIGURE)] {
        for unit in [2, 255] {
            assert_eq!(rig.send(op, unit, |_| ()).1, failed(DevError::BadUnit));
        }
    }
    for command in [0, 5, 99] {
        for unit in [UNIT_FRAMES, UNIT_EVENTS] {
            let sent = rig.send(Op::Control(command), unit, |_| ());
            assert_eq!(sent.1, failed(DevError::BadCommand));
        }
    }
    for command in [CMD_CONFIGURE, CMD_READWRITE] {
        let sent = rig.send(Op::Control(command), UNIT_EVENTS, |_| ());
        assert_eq!(sent.1, failed(DevError::BadCommand));
    }
}

#[test]
fn a_save_keeps_the_readers_and_their_order() {
    let mut rig = rig();
    for unit in [UNIT_EVENTS, UNIT_FRAMES, UNIT_EVENTS] {
        read(&mut rig, unit, 8);
    }
    let saved = postcard::to_stdvec(&rig.device).unwrap();
    let mut twin: ControlPort = postcard::from_bytes(&saved).unwrap();
    assert_eq!(twin, rig.device);
    assert!(twin.is_sound(Tick(0)));
    twin.readers.swap(0, 1);
    assert!(!twin.is_sound(Tick(0)));
    twin.readers.sort_by_key(|reader| reader.id);
    twin.readers[0].unit = 9;
    assert!(!twin.is_sound(Tick(0)));
}
