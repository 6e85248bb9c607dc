//! Anything at any time: requests end exactly once, and saves change nothing.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Action {
    Send {
        command: u16,
        offset: u32,
        option: u32,
        len: u32,
        priority: u8,
    },
    Abort(usize),
    Media(MediaEvent),
}

fn tables() -> impl Strategy<Value = DiscTable> {
    let mut nonsense = mixed();
    nonsense.tracks.reverse();
    prop_oneof![
        (1..2_000_u32).prop_map(DiscTable::one_track),
        Just(mixed()),
        Just(xa()),
        Just(nonsense),
    ]
}

fn media() -> impl Strategy<Value = MediaEvent> {
    prop_oneof![
        1 => Just(MediaEvent::Open),
        2 => Just(MediaEvent::Close),
        1 => Just(MediaEvent::Insert(None)),
        2 => (0..3_u16, tables())
            .prop_map(|(n, table)| MediaEvent::Insert(Some((DiscNumber(n), table)))),
        2 => (140..200_u32).prop_map(MediaEvent::FailFrame),
        2 => (140..200_u32, prop_oneof![0..1_000_000_u64, Just(u64::MAX)]).prop_map(
            |(frame, extra)| MediaEvent::SlowFrame { frame, extra: Ticks(extra) }
        ),
    ]
}

fn options() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => Just(0),
        2 => (0..4_u32, 0..3_u32, 0..2_u32, 0..3_u32, 0..8_u32, 0..3_u32, 0..4_usize).prop_map(
            |(density, recovery, address, ahead, retry, speed, length)| {
                density << 29 | recovery << 27 | address << 25 | ahead << 23 | retry << 16
                    | speed << 14 | [0, 2048, 2352, 2448][length]
            }
        ),
        1 => any::<u32>(),
    ]
}

fn send() -> impl Strategy<Value = Action> {
    let command = prop_oneof![
        6 => Just(1),
        3 => 0..10_u16,
        3 => Just(CMD_PLAY),
        3 => CMD_PLAY..CMD_POSITION + 2,
        1 => any::<u16>(),
    ];
    let offset = prop_oneof![6 => 140..280_u32, 1 => any::<u32>(), 1 => 0x200..0x20A_u32];
    let len = prop_oneof![
        5 => (1..20_u32).prop_map(|n| n * 2048),
        2 => (1..5_u32).prop_map(|n| n * 2352),
        1 => 0..3_000_u32,
    ];
    (command, offset, options(), len, 0..4_u8).prop_map(
        |(command, offset, option, len, priority)| Action::Send {
            command,
            offset,
            option,
            len,
            priority,
        },
    )
}

fn actions() -> impl Strategy<Value = Vec<(u64, Action)>> {
    let action = prop_oneof![
        6 => send(),
        2 => (0..8_usize).prop_map(Action::Abort),
        2 => media().prop_map(Action::Media),
    ];
    let gap = prop_oneof![
        2 => Just(0),
        4 => 0..200_000_u64,
        3 => 0..5_000_000_u64,
        1 => 0..30_000_000_u64,
        1 => 0..500_000_000_u64,
    ];
    prop::collection::vec((gap, action), 1..60)
}

fn op_of(command: u16) -> Op {
    match command {
        0 => Op::Write,
        1 => Op::Read,
        2 => Op::Status,
        other => Op::Control(other),
    }
}

/// Where what is sent lies.
const SEND: u32 = 0x1_0000;

/// Completes a request; PLAY asks for some frames, often more than there are.
fn fill(request: &mut Request, offset: u32, option: u32, len: u32, priority: u8) {
    request.offset = offset;
    request.option = option;
    request.priority = priority;
    request.recv = Buffer::Guest { addr: RECV, len };
    let len = if len.is_multiple_of(2) {
        PLAY_SIZE
    } else {
        len
    };
    request.send = Buffer::Guest { addr: SEND, len };
}

/// Does it all; the requests that were promised an end.
fn play(rig: &mut Rig, pending: &mut Vec<ReqId>, actions: &[(u64, Action)]) {
    for (gap, action) in actions {
        rig.run_for(*gap);
        match action {
            &Action::Send {
                command,
                offset,
                option,
                len,
                priority,
            } => {
                rig.memory.set_word(SEND, offset);
                rig.memory
                    .set_word(SEND + 4, offset.saturating_add(len % 64));
                let (id, submit) = rig.send(op_of(command), |request| {
                    fill(request, offset, option, len, priority);
                });
                if submit == Submit::Pending {
                    pending.push(id);
                }
            }
            Action::Abort(back) => {
                let id = ReqId(rig.next_id.saturating_sub(*back as u64 + 1));
                let waits = pending.contains(&id) && rig.ended(id).is_none();
                assert_eq!(rig.abort(id), waits);
            }
            Action::Media(event) => rig.media(event),
        }
        let listed: Vec<ReqId> = rig.drive.pending().iter().map(|work| work.id).collect();
        let ended = |id: &ReqId| rig.ended.iter().any(|(_, end)| end.id == *id);
        assert!(pending.iter().all(|id| listed.contains(id) != ended(id)));
    }
}

/// Lets everything end; an hour a frame is what the slowest takes.
fn settle(rig: &mut Rig) {
    while let next @ Tick(0..=0xFFFF_FFFF_FFFF) = rig.bus.events.next_tick() {
        rig.run(next);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn every_pending_request_ends_once_and_a_save_changes_nothing(
        profile in prop::sample::select(DriveProfile::ALL.to_vec()),
        table in tables(),
        before in actions(),
        after in actions(),
    ) {
        let mut rig = Rig::with(profile, table);
        rig.host.broken = Some(170);
        rig.host.gap = Some(190);
        let mut pending = Vec::new();
        play(&mut rig, &mut pending, &before);
        let saved = postcard::to_stdvec(&(&rig.drive, &rig.bus)).unwrap();
        let mut twin = rig.clone();
        (twin.drive, twin.bus) = postcard::from_bytes(&saved).unwrap();
        prop_assert_eq!(&twin.drive, &rig.drive);
        let mut also_pending = pending.clone();
        play(&mut rig, &mut pending, &after);
        play(&mut twin, &mut also_pending, &after);
        settle(&mut rig);
        settle(&mut twin);
        for &id in &pending {
            prop_assert!(rig.ended(id).is_some(), "{:?} never ends", id);
        }
        prop_assert_eq!(rig.ended.len(), pending.len());
        prop_assert_eq!(rig.drive.pending(), []);
        prop_assert_eq!(&twin.ended, &rig.ended);
        prop_assert_eq!(&twin.notices, &rig.notices);
        prop_assert_eq!(&twin.drive, &rig.drive);
    }

    /// One byte of a save is changed: the drive is refused, or goes on without harm.
    #[test]
    fn a_hostile_save_does_no_harm(
        profile in prop::sample::select(DriveProfile::ALL.to_vec()),
        table in tables(),
        before in actions(),
        after in actions(),
        place in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let mut rig = Rig::with(profile, table);
        play(&mut rig, &mut Vec::new(), &before);
        let mut saved = postcard::to_stdvec(&rig.drive).unwrap();
        let place = place.index(saved.len());
        saved[place] = value;
        let Ok(drive) = postcard::from_bytes::<CdRom>(&saved) else {
            return Ok(());
        };
        if !drive.is_sound(rig.now) {
            return Ok(());
        }
        rig.drive = drive;
        rig.hostile = true;
        for (gap, action) in after {
            rig.run_for(gap);
            match action {
                Action::Send { command, offset, option, len, priority } => {
                    rig.memory.set_word(SEND, offset);
                    rig.memory.set_word(SEND + 4, offset.saturating_add(len % 64));
                    rig.send(op_of(command), |request| {
                        fill(request, offset, option, len, priority);
                    });
                }
                Action::Abort(back) => {
                    let id = ReqId(rig.next_id.saturating_sub(back as u64 + 1));
                    rig.abort(id);
                }
                Action::Media(event) => rig.media(&event),
            }
        }
        settle(&mut rig);
    }
}
