//! What each command checks and answers at once (device sheet 3.1 to 3.3).

use super::*;

#[test]
fn the_driver_has_two_units_and_six_commands() {
    let info = Timer::new(Video::Ntsc, documented()).info();
    assert_eq!((info.name, info.max_unit), ("timer", 1));
    assert_eq!(
        info.commands,
        [
            "WRITE",
            "READ",
            "STATUS",
            "DELAY",
            "DELAYUNTIL",
            "METRONOME"
        ]
    );
    assert_eq!((CMD_DELAY, CMD_DELAYUNTIL, CMD_METRONOME), (3, 4, 5));
    assert_eq!((UNIT_VBLANK, UNIT_USEC), (0, 1));
    assert_eq!(info.rank, Rank::CLOCK_STEP);
}

#[test]
fn write_and_unknown_commands_are_bad_commands_on_both_units() {
    both(|mut rig| {
        for unit in [UNIT_VBLANK, UNIT_USEC] {
            for op in [Op::Write, Op::Control(0), Op::Control(6), Op::Control(200)] {
                let answer = rig.send(op, unit, |_| ()).1;
                assert_eq!(answer, failed(DevError::BadCommand), "{op:?} {unit}");
            }
        }
    });
}

#[test]
fn a_third_unit_does_not_exist() {
    both(|mut rig| {
        for op in [Op::Read, Op::Write, Op::Status, Op::Control(CMD_DELAY)] {
            for unit in [2, 9, 255] {
                let answer = rig.send(op, unit, |_| ()).1;
                assert_eq!(answer, failed(DevError::BadUnit));
            }
        }
    });
}

#[test]
fn read_of_the_microsecond_unit_gives_the_clock_in_steps_of_16() {
    both(|mut rig| {
        let cases = [
            (0, 0, 0),
            (199, 0, 0),
            (200, 0, 16),
            (12_499_999, 0, 999_984),
            (12_500_000, 1, 0),
            (12_500_000 * 3 + 399, 3, 16),
        ];
        for (tick, seconds, micros) in cases {
            rig.run(Tick(tick));
            let answer = rig.send(Op::Read, UNIT_USEC, |request| {
                request.recv = Buffer::Guest { addr: RECV, len: 8 };
            });
            assert_eq!(answer.1, done(8));
            let read = (rig.memory.word(RECV), rig.memory.word(RECV + 4));
            assert_eq!(read, (seconds, micros));
        }
    });
}

#[test]
fn read_of_the_vertical_blank_unit_gives_overflow_and_count() {
    both(|mut rig| {
        let mut read = |count: u64| {
            rig.device(|timer, cx| timer.field(count, cx));
            let answer = rig.send(Op::Read, UNIT_VBLANK, |request| {
                request.recv = Buffer::Guest { addr: RECV, len: 8 };
            });
            assert_eq!(answer.1, done(8));
            (rig.memory.word(RECV), rig.memory.word(RECV + 4))
        };
        assert_eq!(read(7), (0, 7));
        assert_eq!(read(0xFFFF_FFFF), (0, 0xFFFF_FFFF));
        assert_eq!(read(0x1_0000_0000), (1, 0));
    });
}

#[test]
fn read_wants_eight_aligned_bytes() {
    both(|mut rig| {
        let bad = failed(DevError::BadArgument);
        let cases = [
            (RECV, 7, bad),
            (RECV, 0, bad),
            (RECV + 2, 8, bad),
            (RECV, 8, done(8)),
            (RECV, 100, done(8)),
        ];
        for unit in [UNIT_VBLANK, UNIT_USEC] {
            for (addr, len, answer) in cases {
                let recv = Buffer::Guest { addr, len };
                let sent = rig.send(Op::Read, unit, |request| request.recv = recv);
                assert_eq!(sent.1, answer, "{addr:#x} {len}");
            }
            assert_eq!(rig.send(Op::Read, unit, |_| ()).1, bad);
        }
    });
}

#[test]
fn read_fills_eight_bytes_of_a_kernel_buffer_too() {
    let mut rig = Rig::new(documented());
    rig.run(Tick(200));
    let id = rig.bus.buffers.hold(vec![0xAA; 12]);
    let recv = Buffer::Kernel { id, len: 12 };
    let answer = rig.send(Op::Read, UNIT_USEC, |request| request.recv = recv);
    assert_eq!(answer.1, done(8));
    let bytes = rig.bus.buffers.release(id).unwrap();
    assert_eq!(bytes, [0, 0, 0, 0, 0, 0, 0, 16, 0xAA, 0xAA, 0xAA, 0xAA]);
}

#[test]
fn status_is_identity_2_and_size_36_cut_to_the_room() {
    both(|mut rig| {
        for unit in [UNIT_VBLANK, UNIT_USEC] {
            for (len, copied) in [(8, 8), (20, 20), (36, 36), (50, 36)] {
                rig.memory.bytes_mut(RECV, 64).unwrap().fill(0xAA);
                let recv = Buffer::Guest { addr: RECV, len };
                let sent = rig.send(Op::Status, unit, |request| request.recv = recv);
                assert_eq!(sent.1, done(copied));
                let mut wanted = [0xAA; 64];
                wanted[..copied as usize].fill(0);
                wanted[0] = 2;
                wanted[7] = 36;
                assert_eq!(rig.memory.bytes(RECV, 64).unwrap(), wanted);
            }
            let recv = Buffer::Guest { addr: RECV, len: 7 };
            let sent = rig.send(Op::Status, unit, |request| request.recv = recv);
            assert_eq!(sent.1, failed(DevError::BadArgument));
        }
    });
}

#[test]
fn a_time_is_exactly_eight_aligned_bytes() {
    both(|mut rig| {
        for command in [CMD_DELAY, CMD_DELAYUNTIL, CMD_METRONOME] {
            let cases = [
                (SEND, 7),
                (SEND, 9),
                (SEND, 0),
                (SEND + 1, 8),
                (SEND + 2, 8),
            ];
            for (addr, len) in cases {
                let sent = rig.send(Op::Control(command), UNIT_USEC, |request| {
                    request.send = Buffer::Guest { addr, len };
                    request.option = 1;
                });
                assert_eq!(sent.1, failed(DevError::BadArgument));
            }
        }
        assert!(rig.timer.pending().is_empty());
    });
}

#[test]
fn a_time_outside_memory_is_refused() {
    let mut rig = Rig::new(documented());
    let sent = rig.send(Op::Control(CMD_DELAY), UNIT_USEC, |request| {
        let addr = 0xFFFF_FFFC;
        request.send = Buffer::Guest { addr, len: 8 };
    });
    assert_eq!(sent.1, failed(DevError::BadArgument));
}

#[test]
fn microseconds_above_a_million_are_refused_and_a_million_carries() {
    both(|mut rig| {
        for command in [CMD_DELAY, CMD_DELAYUNTIL, CMD_METRONOME] {
            for bad in [1_000_001, i32::MAX] {
                let sent = rig.micros(command, 0, bad);
                assert_eq!(sent.1, failed(DevError::BadArgument));
            }
        }
        let (id, answer) = rig.micros(CMD_DELAY, 1, 1_000_000);
        assert_eq!(answer, Submit::Pending);
        rig.run_micros(2_000_000);
        assert_eq!(rig.heard(), [(Tick(25_000_000), ok(id, 0))]);
    });
}

#[test]
fn negative_microseconds_are_taken_off_the_seconds() {
    both(|mut rig| {
        let (id, answer) = rig.micros(CMD_DELAY, 1, -999_000);
        assert_eq!(answer, Submit::Pending);
        rig.run_micros(1_008);
        assert_eq!(rig.heard(), [(Tick(12_600), ok(id, 0))]);
    });
}

#[test]
fn a_negative_time_has_come_already() {
    for (seconds, micros) in [(-1, 0), (0, -1), (i32::MIN, i32::MIN), (-1, 1_000_000)] {
        both(|mut rig| {
            let delay = rig.micros(CMD_DELAY, seconds, micros).1;
            let until = rig.micros(CMD_DELAYUNTIL, seconds, micros).1;
            let metronome = rig.micros(CMD_METRONOME, seconds, micros).1;
            let unsaid = rig.timer.quirks.timer_delay_zero;
            let wanted = if unsaid {
                Submit::DoneUnsaid(Finished::ok(0))
            } else {
                done(0)
            };
            assert_eq!(delay, wanted);
            assert_eq!(until, done(0));
            assert_eq!(metronome, failed(DevError::BadArgument));
        });
    }
}

#[test]
fn the_longest_times_wait_without_overflow() {
    both(|mut rig| {
        rig.now = Tick(u64::MAX / 1_000_000);
        rig.timer.count = u64::MAX - 3;
        for command in [CMD_DELAY, CMD_DELAYUNTIL, CMD_METRONOME] {
            let answer = rig.micros(command, i32::MAX, 1_000_000).1;
            assert_eq!(answer, Submit::Pending);
        }
        rig.fields(CMD_DELAY, u32::MAX);
        assert_eq!(rig.timer.pending().len(), 4);
    });
    let mut rig = Rig::new(documented());
    rig.now = Tick(u64::MAX - 1);
    assert_eq!(rig.micros(CMD_DELAY, i32::MAX, 0).1, Submit::Pending);
}
