//! Every sentence of the device sheet's section 8 as a test.

use super::*;
use emu_core::device::{Buffer, Bus, Completion, DeviceId, Message, Op};
use emu_core::mem::Memory;
use emu_core::time::Ticks;

/// Pages of VRAM, far from each other.
const FROM: u32 = 0x20_0000;
const TO: u32 = 0x28_0000;
const ALL: u32 = u32::MAX;

/// SPORT with the part of a machine that it needs.
struct Rig {
    sport: Sport,
    memory: Memory,
    bus: Bus,
    now: Tick,
    next_id: u64,
    heard: Vec<(Tick, Completion)>,
}

impl Rig {
    fn new(video: Video) -> Rig {
        Rig {
            sport: Sport::new(video),
            memory: Memory::new(),
            bus: Bus::default(),
            now: Tick(0),
            next_id: 1,
            heard: Vec::new(),
        }
    }

    fn device<R>(&mut self, call: impl FnOnce(&mut Sport, &mut DeviceCx<'_>) -> R) -> R {
        let rank = self.sport.info().rank;
        let mut cx = DeviceCx::new(self.now, DeviceId(0), rank, &mut self.memory, &mut self.bus);
        let result = call(&mut self.sport, &mut cx);
        while let Some(message) = self.bus.outbox.pop() {
            if let Message::Completion(end) = message {
                self.heard.push((self.now, end));
            }
        }
        assert!(self.sport.is_sound(self.now));
        result
    }

    /// What a machine does until `at`, with everything due then.
    fn run(&mut self, at: Tick) {
        while self.bus.events.next_tick() <= at {
            self.now = self.bus.events.next_tick();
            let event = self.bus.events.pop_due(self.now).unwrap();
            self.device(|sport, cx| sport.event(event, cx));
        }
        self.now = at;
    }

    /// Runs to a line of a field.
    fn run_to(&mut self, field: u64, line: u32) {
        self.run(self.sport.video.line_start(field, line));
    }

    fn send_with(&mut self, op: Op, change: impl FnOnce(&mut Request)) -> (ReqId, Submit) {
        let id = ReqId(self.next_id);
        self.next_id += 1;
        let mut request = Request::new(id, 0, op);
        change(&mut request);
        (id, self.device(|sport, cx| sport.submit(request, cx)))
    }

    /// A command as the libraries send it: for COPY and CLONE the mask is the offset, for
    /// FLASHWRITE that is the value.
    fn send(&mut self, command: u16, from: u32, to: u32, len: u32, mask: u32) -> (ReqId, Submit) {
        self.send_with(Op::Control(command), |request| {
            request.send = Buffer::Guest { addr: from, len: 0 };
            request.recv = Buffer::Guest { addr: to, len };
            (request.offset, request.option) = match command {
                FLASHWRITE_CMD => (0x1234_5678, mask),
                _ => (mask, 0),
            };
        })
    }

    fn copy(&mut self, pages: u32) -> ReqId {
        let (id, answer) = self.send(SPORTCMD_COPY, FROM, TO, pages * PAGE, ALL);
        assert_eq!(answer, Submit::Pending);
        id
    }

    fn abort(&mut self, id: ReqId) -> bool {
        self.device(|sport, cx| sport.abort(id, cx))
    }

    /// Names, ends and instants of what has ended since the last call.
    fn heard(&mut self) -> Vec<(ReqId, Finished, Tick)> {
        let heard = std::mem::take(&mut self.heard);
        heard
            .into_iter()
            .map(|(at, end)| (end.id, end.result, at))
            .collect()
    }
}

fn failed(error: DevError) -> Submit {
    Submit::Done(Finished::failed(error))
}

fn at(tick: u64) -> Tick {
    Tick(tick)
}

#[test]
fn only_its_own_commands_exist() {
    let mut rig = Rig::new(Video::Ntsc);
    for op in [
        Op::Write,
        Op::Read,
        Op::Status,
        Op::Control(3),
        Op::Control(7),
        Op::Control(255),
    ] {
        let (_, answer) = rig.send_with(op, |_| ());
        assert_eq!(answer, failed(DevError::BadCommand), "{op:?}");
    }
    let info = rig.sport.info();
    assert_eq!(
        (info.name, info.max_unit, info.commands.len()),
        ("SPORT", 0, 7)
    );
    let (_, answer) = rig.send_with(Op::Control(SPORTCMD_COPY), |request| request.unit = 1);
    assert_eq!(answer, failed(DevError::BadUnit));
}

#[test]
fn addresses_and_length_are_whole_pages() {
    for command in [SPORTCMD_CLONE, SPORTCMD_COPY, FLASHWRITE_CMD] {
        let mut rig = Rig::new(Video::Ntsc);
        for (from, to, len) in [
            (FROM, TO, 2047),
            (FROM, TO, 2049),
            (FROM, TO + 4, PAGE),
            (FROM + 1024, TO, PAGE),
        ] {
            let (_, answer) = rig.send(command, from, to, len, ALL);
            assert_eq!(
                answer,
                failed(DevError::BadArgument),
                "{command} {from:x} {to:x} {len}"
            );
        }
        assert_eq!(rig.sport.pending(), []);
    }
}

#[test]
fn pages_are_in_vram() {
    for command in [SPORTCMD_CLONE, SPORTCMD_COPY, FLASHWRITE_CMD] {
        let mut rig = Rig::new(Video::Ntsc);
        for to in [0, 0x1F_F800, 0x30_0000 - PAGE, 0x30_0000, 0xFFFF_F800] {
            let (_, answer) = rig.send(command, FROM, to, 2 * PAGE, ALL);
            assert_eq!(answer, failed(DevError::BadArgument), "{command} {to:x}");
        }
        let (_, answer) = rig.send_with(Op::Control(command), |_| ());
        assert_eq!(answer, failed(DevError::BadArgument));
    }
    let mut rig = Rig::new(Video::Ntsc);
    // The whole range of COPY is looked at, one page of CLONE, nothing of FLASHWRITE.
    for (from, copies, clones) in [
        (0x1F_F800, false, false),
        (0x2F_E800, true, true),
        // Its range ends with the bank, the other before.
        (0x2F_F000, false, true),
        (0x2F_F800, false, false),
        (0x30_0000, false, false),
    ] {
        let mut begins = |command| rig.send(command, from, TO, 2 * PAGE, ALL).1 == Submit::Pending;
        assert_eq!(begins(SPORTCMD_COPY), copies, "{from:x}");
        assert_eq!(begins(SPORTCMD_CLONE), clones, "{from:x}");
        let (_, answer) = rig.send(FLASHWRITE_CMD, from, TO, PAGE, ALL);
        assert_eq!(answer, Submit::Done(Finished::ok(PAGE)), "{from:x}");
    }
}

#[test]
fn ranges_that_end_with_the_bank_match() {
    let mut rig = Rig::new(Video::Ntsc);
    let end = 0x30_0000 - 2 * PAGE;
    let (_, answer) = rig.send(SPORTCMD_COPY, end, end, 2 * PAGE, ALL);
    assert_eq!(answer, Submit::Pending);
    let (_, answer) = rig.send(SPORTCMD_COPY, FROM, end, 2 * PAGE, ALL);
    assert_eq!(answer, failed(DevError::BadArgument));
}

#[test]
fn flashwrite_is_done_at_once_and_heeds_its_mask() {
    let mut rig = Rig::new(Video::Ntsc);
    for n in 0..PAGE {
        rig.memory.set_word(TO + 4 * n, 0xAAAA_BBBB);
    }
    let (_, answer) = rig.send(FLASHWRITE_CMD, TO, TO, PAGE, 0xFFFF_0000);
    assert_eq!(answer, Submit::Done(Finished::ok(PAGE)));
    for at in [TO, TO + PAGE - 4] {
        assert_eq!(rig.memory.word(at), 0x1234_BBBB);
    }
    assert_eq!(rig.memory.word(TO + PAGE), 0xAAAA_BBBB);
    // It keeps the CPU off the bus.
    assert_eq!(rig.bus.stall, Ticks(8));
}

#[test]
fn copies_move_pages_in_the_blank_and_heed_their_mask() {
    let mut rig = Rig::new(Video::Ntsc);
    for n in 0..2 * PAGE / 4 {
        rig.memory.set_word(FROM + 4 * n, n << 16 | 0x1111);
        rig.memory.set_word(TO + 4 * n, 0xAAAA_BBBB);
    }
    rig.send(SPORTCMD_COPY, FROM, TO, 2 * PAGE, 0xFFFF_0000);
    rig.run_to(0, 12);
    assert_eq!(rig.memory.word(TO), 0xAAAA_BBBB);
    rig.run_to(0, 13);
    for n in 0..2 * PAGE / 4 {
        assert_eq!(rig.memory.word(TO + 4 * n), n << 16 | 0xBBBB);
    }
}

#[test]
fn clones_are_all_of_one_page() {
    let mut rig = Rig::new(Video::Ntsc);
    for n in 0..2 * PAGE / 4 {
        rig.memory.set_word(FROM + 4 * n, n);
    }
    rig.send(SPORTCMD_CLONE, FROM, TO, 3 * PAGE, ALL);
    rig.run_to(1, 0);
    for n in 0..3 * PAGE / 4 {
        assert_eq!(rig.memory.word(TO + 4 * n), n % (PAGE / 4));
    }
    assert_eq!(rig.memory.word(TO + 3 * PAGE), 0);
}

#[test]
fn overlapping_pages_are_copied_in_ascending_order() {
    let mut rig = Rig::new(Video::Ntsc);
    for page in 0..4 {
        rig.memory.set_word(FROM + page * PAGE, 10 + page);
    }
    rig.send(SPORTCMD_COPY, FROM, FROM + PAGE, 3 * PAGE, ALL);
    rig.run_to(1, 0);
    let words = [0, 1, 2, 3].map(|page| rig.memory.word(FROM + page * PAGE));
    assert_eq!(words, [10; 4]);
    rig.memory.set_word(FROM + PAGE, 11);
    rig.send(SPORTCMD_COPY, FROM + PAGE, FROM, 3 * PAGE, ALL);
    rig.run_to(2, 0);
    let words = [0, 1, 2, 3].map(|page| rig.memory.word(FROM + page * PAGE));
    assert_eq!(words, [11, 10, 10, 10]);
}

#[test]
fn requests_end_at_line_13_of_the_field() {
    for (video, ends) in [
        (Video::Ntsc, [10_327, 218_869, 427_411, 635_952]),
        (Video::Pal, [10_400, 260_400, 510_400, 760_400]),
    ] {
        let mut rig = Rig::new(video);
        for (field, end) in (0..).zip(ends) {
            rig.run_to(field, 0);
            let id = rig.copy(75);
            assert_eq!(
                rig.sport.pending(),
                [PendingWork {
                    id,
                    due: Some(at(end))
                }]
            );
            rig.run_to(field, 20);
            assert_eq!(rig.heard(), [(id, Finished::ok(75 * PAGE), at(end))]);
        }
    }
}

#[test]
fn requests_from_line_10_on_wait_for_the_next_field() {
    for video in [Video::Ntsc, Video::Pal] {
        let mut rig = Rig::new(video);
        rig.run(rig.sport.begin_of(3) - Ticks(1));
        let first = rig.copy(1);
        rig.run_to(3, 10);
        let second = rig.copy(1);
        rig.run_to(3, 13);
        let third = rig.copy(1);
        rig.run_to(5, 0);
        let end = |field| rig.sport.end_of(field);
        let (early, late) = (end(3), end(4));
        let ends: Vec<_> = rig.heard().iter().map(|end| (end.0, end.2)).collect();
        assert_eq!(ends, [(first, early), (second, late), (third, late)]);
    }
}

#[test]
fn what_does_not_fit_into_a_field_goes_on_in_the_next() {
    let mut rig = Rig::new(Video::Ntsc);
    for page in 0..256 {
        rig.memory.set_word(FROM + page * PAGE, page + 1);
    }
    let first = rig.copy(200);
    let second = rig.copy(200);
    let third = rig.copy(1);
    let fourth = rig.copy(112);
    let due: Vec<_> = rig.sport.pending().iter().map(|work| work.due).collect();
    rig.run_to(0, 13);
    assert_eq!(rig.heard().len(), 1);
    assert_eq!(rig.sport.queue[0].done, 56);
    rig.run_to(2, 0);
    let ends: Vec<_> = rig.heard().iter().map(|end| (end.0, end.2)).collect();
    let (field1, end0) = (rig.sport.end_of(1), rig.sport.end_of(0));
    assert_eq!(ends, [(second, field1), (third, field1)]);
    rig.run_to(3, 0);
    assert_eq!(rig.heard()[0].0, fourth);
    assert_eq!(
        due,
        [
            Some(end0),
            Some(field1),
            Some(field1),
            Some(rig.sport.end_of(2))
        ]
    );
    let _ = first;
}

#[test]
fn terms_sum_to_the_time_a_request_took() {
    for video in [Video::Ntsc, Video::Pal] {
        let mut rig = Rig::new(video);
        let mut sent = Vec::new();
        for (now, pages) in [(0, 200), (1, 200), (7_000, 255), (9_000, 0), (250_000, 3)] {
            rig.run(Tick(now));
            sent.push((rig.copy(pages), rig.now));
        }
        rig.run_to(9, 0);
        assert_eq!(rig.heard.len(), sent.len());
        for ((id, sent), (at, end)) in sent.iter().zip(&rig.heard) {
            assert_eq!(*id, end.id);
            assert_eq!(end.terms.total(), at.since(*sent), "{end:?}");
        }
    }
}

#[test]
fn aborted_requests_leave_the_queue() {
    let mut rig = Rig::new(Video::Ntsc);
    rig.memory.set_word(FROM, 7);
    let ids = [rig.copy(1), rig.copy(200), rig.copy(100)];
    assert!(rig.abort(ids[0]));
    let aborted = |id, actual| {
        let error = Some(DevError::Aborted);
        (id, Finished { actual, error }, Tick(0))
    };
    assert_eq!(rig.heard(), [aborted(ids[0], 0)]);
    assert!(!rig.abort(ids[0]));
    rig.run_to(0, 13);
    assert_eq!(rig.heard()[0].0, ids[1]);
    // What has been moved stays moved.
    assert!(rig.abort(ids[2]));
    assert_eq!(rig.heard()[0].1.actual, 56 * PAGE);
    assert_eq!(rig.sport.pending(), []);
    assert_eq!(rig.bus.events.next_tick(), Tick::NEVER);
}

#[test]
fn a_state_that_is_overdue_or_out_of_order_is_not_sound() {
    let mut rig = Rig::new(Video::Ntsc);
    rig.copy(1);
    rig.run_to(0, 10);
    rig.copy(1);
    let sound = |change: &dyn Fn(&mut Sport), now| {
        let mut sport = rig.sport.clone();
        change(&mut sport);
        sport.is_sound(now)
    };
    assert!(sound(&|_| (), rig.now));
    assert!(!sound(&|_| (), Tick(300_000)));
    assert!(!sound(&|sport| sport.queue.swap(0, 1), rig.now));
    assert!(!sound(&|sport| sport.armed = None, rig.now));
    assert!(!sound(&|sport| sport.queue[0].pages = u32::MAX, rig.now));
    assert!(!sound(&|sport| sport.queue[1].done = 2, rig.now));
    let bytes = postcard::to_stdvec(&rig.sport).unwrap();
    assert_eq!(postcard::from_bytes(&bytes), Ok(rig.sport));
}
