//! A timer as the sheets tell it, sentence by sentence.
//!
//! It steps the clock 16 microseconds at
//! a time and searches everything at every step.

use super::*;
use proptest::prelude::*;

/// What a guest does, some ticks after the last thing it did.
#[derive(Clone, Copy, Debug)]
enum Action {
    Micros {
        command: u16,
        requester: u64,
        micros: i32,
    },
    /// DELAYUNTIL, relative to the clock so that it is often near.
    MicrosUntil {
        requester: u64,
        ahead: i64,
    },
    Fields {
        command: u16,
        requester: u64,
        offset: u32,
    },
    FieldsUntil {
        requester: u64,
        ahead: i64,
    },
    Abort(usize),
    Forget(u64),
}

struct Wait {
    id: ReqId,
    /// The microsecond unit's due time, or the fields to wait.
    due: u64,
    /// The queue's key on the vertical-blank unit.
    offset: i32,
    every: u64,
    counter: u64,
    repeats: bool,
    micros: bool,
    /// Order of insertion.
    stamp: u64,
    ties: Ties,
}

impl Wait {
    /// The smallest ends first: newest first means falling stamps.
    fn key(&self) -> (u64, Ties, u64) {
        let stamp = match self.ties {
            Ties::NewestFirst => u64::MAX - self.stamp,
            Ties::OldestFirst => self.stamp,
        };
        (self.due, self.ties, stamp)
    }
}

struct Model {
    quirks: Quirks,
    waits: Vec<Wait>,
    marked: Vec<u64>,
    stamp: u64,
    clock: u64,
    count: u64,
    now: Tick,
    next_id: u64,
    heard: Vec<(Tick, Said)>,
}

impl Model {
    fn new(quirks: Quirks) -> Model {
        Model {
            quirks,
            waits: Vec::new(),
            marked: Vec::new(),
            stamp: 0,
            clock: 0,
            count: 0,
            now: Tick(0),
            next_id: 1,
            heard: Vec::new(),
        }
    }

    fn say(&mut self, said: Said) {
        self.heard.push((self.now, said));
    }

    fn stamp(&mut self) -> u64 {
        self.stamp += 1;
        self.stamp
    }

    /// One tick at a time would be purer and too slow: fields and steps are all there is.
    fn run(&mut self, until: Tick) {
        loop {
            let field = Video::Ntsc.field_start(self.count + 1);
            let step = Tick((self.clock / 16 + 1) * 200);
            if field.min(step) > until {
                break;
            }
            self.now = field.min(step);
            if field <= step {
                self.field();
            } else {
                self.step();
            }
        }
        self.now = until;
    }

    fn step(&mut self) {
        self.clock += 16;
        loop {
            let due = self
                .waits
                .iter_mut()
                .filter(|w| w.micros && w.due <= self.clock);
            let Some(wait) = due.min_by_key(|w| w.key()) else {
                return;
            };
            let id = wait.id;
            if wait.repeats {
                while wait.due <= self.clock {
                    wait.due += wait.every;
                }
                self.stamp += 1;
                wait.stamp = self.stamp;
                self.say(beat(id));
            } else {
                self.waits.retain(|w| w.id != id);
                self.say(ok(id, 0));
            }
        }
    }

    fn field(&mut self) {
        self.count += 1;
        let count = self.count;
        self.say(Said::Told(Notice::Field { count }));
        self.waits.sort_by_key(|w| (w.offset, w.stamp));
        let mut ended = Vec::new();
        for index in 0..self.waits.len() {
            let wait = &mut self.waits[index];
            if wait.micros {
                continue;
            }
            wait.counter += 1;
            if wait.counter < wait.due {
                continue;
            }
            let (id, counter) = (wait.id, wait.counter);
            if wait.repeats {
                wait.counter = 0;
                self.say(beat(id));
            } else {
                ended.push(id);
                self.say(ok(id, counter as u32));
            }
        }
        self.waits.retain(|w| !ended.contains(&w.id));
    }

    /// A command that is not refused; what the driver answers.
    fn begin(&mut self, wait: Wait, command: u16, requester: u64) -> Submit {
        if command == CMD_METRONOME && self.quirks.timer_metronome_sticky {
            self.marked.push(requester);
        }
        let repeats = command == CMD_METRONOME || self.marked.contains(&requester);
        self.waits.push(Wait { repeats, ..wait });
        Submit::Pending
    }

    fn act(&mut self, action: Action, ties: Ties) -> Option<Submit> {
        let id = ReqId(self.next_id);
        let stamp = self.stamp();
        let wait = Wait {
            id,
            due: 0,
            offset: 0,
            every: 0,
            counter: 0,
            repeats: false,
            micros: true,
            stamp,
            ties,
        };
        match action {
            Action::Micros {
                command,
                requester,
                micros,
            } => {
                self.next_id += 1;
                if micros <= 0 {
                    let unsaid = self.quirks.timer_delay_zero;
                    return Some(match command {
                        CMD_METRONOME => failed(DevError::BadArgument),
                        _ if unsaid => Submit::DoneUnsaid(Finished::ok(0)),
                        _ => done(0),
                    });
                }
                let every = micros as u64;
                let due = self.clock + every;
                Some(self.begin(Wait { due, every, ..wait }, command, requester))
            }
            Action::MicrosUntil { requester, ahead } => {
                self.next_id += 1;
                let due = self.clock as i64 + ahead;
                if ahead <= 0 {
                    return Some(done(0));
                }
                let (due, every) = (due as u64, ahead as u64);
                Some(self.begin(Wait { due, every, ..wait }, CMD_DELAYUNTIL, requester))
            }
            Action::Fields {
                command,
                requester,
                offset,
            } => {
                self.next_id += 1;
                let due = u64::from(offset);
                let offset = offset as i32;
                let micros = false;
                let wait = Wait {
                    due,
                    offset,
                    micros,
                    ..wait
                };
                Some(self.begin(wait, command, requester))
            }
            Action::FieldsUntil { requester, ahead } => {
                self.next_id += 1;
                let target = (self.count as i64 + ahead).max(0) as u64;
                let offset = (target as u32).wrapping_sub(self.count as u32);
                self.say(Said::Told(Notice::Requeued { id, offset }));
                let mut due = u64::from(offset);
                if target < self.count {
                    let what = Suspicion::DelayUntilPast;
                    self.say(Said::Told(Notice::Suspicious { id, what }));
                    if !self.quirks.timer_vbl_past {
                        due = 1;
                    }
                }
                let offset = offset as i32;
                let micros = false;
                let wait = Wait {
                    due,
                    offset,
                    micros,
                    ..wait
                };
                Some(self.begin(wait, CMD_DELAYUNTIL, requester))
            }
            Action::Abort(which) => {
                let id = nth_id(which, self.next_id);
                let place = self.waits.iter().position(|w| w.id == id)?;
                let counter = self.waits.remove(place).counter;
                self.say(aborted(id, counter as u32));
                None
            }
            Action::Forget(requester) => {
                self.marked.retain(|marked| *marked != requester);
                None
            }
        }
    }
}

/// One of the requests sent so far, or one that never was.
fn nth_id(which: usize, next_id: u64) -> ReqId {
    ReqId(which as u64 % next_id + 1)
}

impl Rig {
    fn act(&mut self, action: Action, ties: Ties) -> Option<Submit> {
        let (op, unit, requester, offset, micros) = match action {
            Action::Micros {
                command,
                requester,
                micros,
            } => (command, UNIT_USEC, requester, 0, i64::from(micros)),
            Action::MicrosUntil { requester, ahead } => {
                let target = self.now.system_micros().0 as i64 + ahead;
                (CMD_DELAYUNTIL, UNIT_USEC, requester, 0, target)
            }
            Action::Fields {
                command,
                requester,
                offset,
            } => (command, UNIT_VBLANK, requester, offset, 0),
            Action::FieldsUntil { requester, ahead } => {
                let target = (self.count as i64 + ahead).max(0) as u32;
                (CMD_DELAYUNTIL, UNIT_VBLANK, requester, target, 0)
            }
            Action::Abort(which) => {
                self.abort(nth_id(which, self.next_id));
                return None;
            }
            Action::Forget(requester) => {
                self.timer.forget(requester);
                return None;
            }
        };
        // Whole seconds and the rest; a negative rest is the guest's way too.
        self.memory.set_word(SEND, (micros / 1_000_000) as u32);
        self.memory.set_word(SEND + 4, (micros % 1_000_000) as u32);
        let sent = self.send(Op::Control(op), unit, |request| {
            request.send = Buffer::Guest { addr: SEND, len: 8 };
            request.option = 0x100;
            request.requester = requester;
            request.offset = offset;
            request.ties = ties;
        });
        Some(sent.1)
    }
}

fn action() -> impl Strategy<Value = Action> {
    let command = prop_oneof![3 => Just(CMD_DELAY), 1 => Just(CMD_METRONOME)];
    // Few different lengths, so that equal due times are common.
    let length = prop_oneof![
        Just(0),
        Just(-5),
        Just(1),
        Just(7),
        Just(16),
        Just(1000),
        Just(16_000),
        1..40_000,
    ];
    let offset = prop_oneof![8 => 0..5_u32, 1 => Just(u32::MAX), 1 => Just(1 << 31)];
    let requester = || 0..3_u64;
    prop_oneof![
        4 => (command.clone(), requester(), length).prop_map(|(command, requester, micros)| {
            Action::Micros { command, requester, micros }
        }),
        2 => (requester(), -20..3000_i64).prop_map(|(requester, ahead)| {
            Action::MicrosUntil { requester, ahead }
        }),
        4 => (command, requester(), offset).prop_map(|(command, requester, offset)| {
            Action::Fields { command, requester, offset }
        }),
        2 => (requester(), -2..5_i64).prop_map(|(requester, ahead)| {
            Action::FieldsUntil { requester, ahead }
        }),
        3 => any::<usize>().prop_map(Action::Abort),
        1 => requester().prop_map(Action::Forget),
    ]
}

fn ties() -> impl Strategy<Value = Ties> {
    prop_oneof![Just(Ties::NewestFirst), Just(Ties::OldestFirst)]
}

/// Ticks between actions: often none, often whole steps.
fn gap() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => Just(0),
        2 => (1..50_u64).prop_map(|steps| steps * 200),
        2 => 1..2000_u64,
        1 => 1..150_000_u64,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_timer_does_what_the_stepping_model_does(
        actions in prop::collection::vec((gap(), action(), ties()), 1..40),
        shipped: bool,
    ) {
        let quirks = if shipped { retail() } else { documented() };
        let mut rig = Rig::new(quirks);
        let mut model = Model::new(quirks);
        let mut at = Tick(0);
        for (gap, action, ties) in actions {
            at += Ticks(gap);
            rig.run(at);
            model.run(at);
            prop_assert_eq!(rig.act(action, ties), model.act(action, ties));
            let micros = rig.timer.micros.len();
            prop_assert_eq!(rig.armed().len(), micros.min(1));
        }
        at += Ticks(450_000);
        rig.run(at);
        model.run(at);
        prop_assert_eq!(&rig.heard, &model.heard);
        let mut live: Vec<_> = model.waits.iter().map(|wait| wait.id).collect();
        let mut pending: Vec<_> = rig.timer.pending().iter().map(|work| work.id).collect();
        live.sort();
        pending.sort();
        prop_assert_eq!(pending, live);
    }
}
