//! Messages and traps at random: only documented codes, nothing stops.
//!
//! Mach sheet 1.8 and 6.3, acceptance test 74.
#![forbid(unsafe_code)]

use Value::{Bytes, Halves, Ints, Ool, OolFreed, Port, W};
use emu_core::kernel::portfolio::items::Item;
use emu_core::quirks::Profile;
use tests::guest::mach::codes::{D_READ, NOWHERE, OK, PORT_DEAD};
use tests::guest::mach::wire::{self, Value, word};
use tests::guest::mach::{BUFFER, RCV, RCV_TIMEOUT, SEND, SEND_TIMEOUT};
use tests::guest::{Guest, PARK, Tags};
use tests::run::{Dice, cases};

/// Traps that give a name or a truth value.
const VALUES: &[i32] = &[-26, -27, -28, -29, -55, -56, -59, -60, -61, -210];
/// Ends the program, as it should.
const TASK_TERMINATE: (i32, u32) = (-69, 2008);

/// Whether table 1.8 has a code.
fn is_documented(code: u32) -> bool {
    match code as i32 {
        0..=49 | 0x100 | 2500..=2511 | -309..=-300 => true,
        _ => {
            let code = code & !0x3E00;
            (0x1000_0001..=0x1000_0015).contains(&code)
                || (0x1000_4001..=0x1000_400F).contains(&code)
        }
    }
}

/// What random arguments are made of.
struct Pool {
    names: Vec<u32>,
    reply: u32,
    set: u32,
    queue: u32,
    /// Memory that anything may be done to.
    arena: u32,
    /// For the pool's own calls.
    out: u32,
    /// Memory of the program that nobody is told of.
    guard: u32,
}

const ARENA: u32 = 8 << 10;

impl Pool {
    fn new(g: &mut Guest) -> Pool {
        // Far more than is told of, because sizes may run past it.
        let arena = g.vm_allocate(16 * ARENA).expect("memory");
        let (out, guard) = (g.alloc(64), g.alloc(64));
        g.write_bytes(guard, &[0xA5; 64]);
        let mut pool = Pool {
            names: Vec::new(),
            reply: 0,
            set: 0,
            queue: 0,
            arena,
            out,
            guard,
        };
        pool.refresh(g);
        pool
    }

    /// New ports for those that were destroyed.
    fn refresh(&mut self, g: &mut Guest) {
        let out = self.out;
        let task = g.task_self();
        let port = g.reply_port();
        self.reply = g.reply_port();
        g.trap(-74, &[task, port, port, 20]);
        g.trap(-72, &[task, 3, out]);
        self.set = g.read(out);
        let host = g.host_self();
        assert_eq!(g.trap(-201, &[host, out]), OK);
        self.queue = g.read(out);
        let master = g.master();
        let mut names = vec![task, host, master, port, self.reply, self.set, self.queue];
        for device in ["timer0", "screen0", "test_device0", "console"] {
            let name = self.out + 16;
            g.write_bytes(name, device.as_bytes());
            g.write_bytes(name + device.len() as u32, &[0]);
            if g.trap(-203, &[master, D_READ, name, out]) == OK {
                names.push(g.read(out));
            }
        }
        names.extend([0, PORT_DEAD, 0x0BAD_0003]);
        assert!(names.len() > 12, "devices to play with");
        self.names = names;
    }

    fn name(&self, dice: &mut Dice) -> u32 {
        dice.pick(&self.names)
    }

    fn address(&self, dice: &mut Dice) -> u32 {
        match dice.below(8) {
            0 => NOWHERE,
            1 => dice.pick(&[0, 4, 0xFFFF_FFFC, 0xFFFF_FFFF, 0x0300_0000]),
            2 => self.arena + ARENA - 1,
            3 => self.arena + 1 + dice.below(64) as u32,
            _ => self.arena + (dice.below(u64::from(ARENA / 2)) as u32 & !3),
        }
    }

    fn small(&self, dice: &mut Dice) -> u32 {
        match dice.below(4) {
            0 => dice.pick(&[0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000, 4097]),
            _ => dice.below(200) as u32,
        }
    }

    fn word(&self, dice: &mut Dice) -> u32 {
        match dice.below(8) {
            0..=2 => self.name(dice),
            3..=4 => self.address(dice),
            5..=6 => self.small(dice),
            _ => dice.word() | 0x8000_0000,
        }
    }

    /// A request of the tables with values at random.
    fn request(&self, dice: &mut Dice) -> Vec<u8> {
        let routines: Vec<_> = wire::all_routines()
            .filter(|routine| routine.0 != "task_terminate")
            .collect();
        let (name, layout) = dice.pick(&routines);
        let data: Vec<u8> = (0..dice.below(140)).map(|_| dice.word() as u8).collect();
        let ints: Vec<u32> = (0..dice.below(20)).map(|_| self.small(dice)).collect();
        let halves: Vec<u16> = (0..dice.below(70)).map(|_| dice.word() as u16).collect();
        let text = dice.pick(&["timer0\0", "cdrom0\0", "time\0", "test_device1\0", "x"]);
        let mut values = Vec::new();
        for letter in layout.chars().filter(|&letter| letter != 'N') {
            let kind = 16 + dice.below(6) as u8;
            values.push(match letter {
                'w' => W(self.word(dice)),
                'P' => Port(self.name(dice), kind),
                'O' if dice.below(8) == 0 => OolFreed(NOWHERE, self.small(dice)),
                'O' => Ool(self.address(dice), self.small(dice)),
                'b' if dice.below(2) == 0 => Bytes(text.as_bytes()),
                'b' => Bytes(&data),
                'i' => Ints(&ints),
                _ => Halves(&halves),
            });
        }
        wire::request(name, self.name(dice), self.reply, &values)
    }

    /// A message: good in form, damaged, or anything at all.
    fn message(&self, dice: &mut Dice) -> Vec<u8> {
        let mut message = self.request(dice);
        match dice.below(4) {
            0 => {
                for _ in 0..1 + dice.below(4) {
                    let at = dice.below(message.len() as u64 / 4) as usize * 4;
                    let word = self.word(dice);
                    message[at..at + 4].copy_from_slice(&word.to_be_bytes());
                }
            }
            1 => {
                let length = 24 + dice.below(4176) as usize;
                message.resize(length, dice.word() as u8);
                for at in (28..length.saturating_sub(3)).step_by(4) {
                    let word = self.word(dice);
                    message[at..at + 4].copy_from_slice(&word.to_be_bytes());
                }
            }
            2 => message.truncate(dice.below(message.len() as u64 + 1) as usize),
            _ => (),
        }
        // Memory that is not for play must not be freed by a descriptor with the flag.
        for at in (28..message.len().saturating_sub(11)).step_by(4) {
            message[at + 8] &= if message[at + 8] == 1 { 0 } else { 0xFF };
        }
        let is_end = message.len() >= 24 && word(&message, 20) == TASK_TERMINATE.1;
        if is_end { Vec::new() } else { message }
    }
}

/// The thread that makes the calls: a new one in its place when it does not come back.
struct Worker {
    thread: Item,
    tags: Tags,
    start: u32,
    replaced: u32,
}

impl Worker {
    fn new(g: &mut Guest) -> Worker {
        let (tags, start) = g.thread_tags("fuzz", 100, &[]);
        let thread = Item(g.create(0x105, tags.clone()).0);
        g.adopt_thread(thread, start, 0);
        g.on(thread).message_buffer();
        Worker {
            thread,
            tags,
            start,
            replaced: 0,
        }
    }

    /// Waits for the call that was begun; none if it blocks for longer than any of them may take.
    fn finish(&mut self, g: &mut Guest) -> Option<u32> {
        if let Some(code) = g.returns_within(self.thread, 100_000) {
            return Some(code);
        }
        assert_eq!(g.stopped(), None, "the machine goes on");
        assert!(g.exists(self.thread), "no call ends the thread");
        let trap = g.on(self.thread).reg(12) as i32;
        let waits = g.is_blocked(self.thread);
        assert!(waits, "trap {trap} waits for something");
        assert_eq!(
            g.delete(self.thread).0,
            0,
            "a thread that waits can be deleted"
        );
        for (n, word) in (0..).zip(PARK) {
            g.write(self.start + n * 4, word);
        }
        let thread = Item(g.create(0x105, self.tags.clone()).0);
        assert!(thread.0 > 0, "a new thread: {thread:?}");
        g.adopt_thread(thread, self.start, 0);
        g.hand_over_buffer(self.thread, thread);
        self.thread = thread;
        self.replaced += 1;
        None
    }
}

/// Whatever lies at the reply port has a form and a code of the sheet.
fn look_at_replies(g: &mut Guest, pool: &Pool) {
    let task = g.me();
    assert_eq!(task, g.main());
    for _ in 0..8 {
        let Ok(reply) = g.try_receive(pool.reply, 0) else {
            return;
        };
        assert!(reply.bytes.len() >= 24 && reply.bytes.len() % 4 == 0);
        assert_eq!(reply.trailer.len(), 8);
        let is_answer = reply.bytes.len() >= 36 && !reply.is_complex() && reply.id() > 100;
        if is_answer && reply.bytes[24..32] == [0; 8] && reply.bytes.len() == 36 {
            let (id, code) = (reply.id(), reply.code());
            let is_notice = (64..=72).contains(&id);
            assert!(is_notice || is_documented(code), "reply {id}: {code:#x}");
        }
    }
}

#[test]
fn fuzz_messages_traps() {
    let rounds = cases(20_000);
    for (profile, seed) in [
        (Profile::Documented, 0xF022_0001),
        (Profile::Retail, 0xF022_0002),
    ] {
        let mut guest = Guest::new(profile);
        let g = &mut guest;
        let mut dice = Dice(seed);
        let mut worker = Worker::new(g);
        let mut pool = Pool::new(g);
        for round in 0..rounds {
            if round % 200 == 199 {
                pool.refresh(g);
            }
            let (what, arguments) = if dice.below(2) == 0 {
                let message = pool.message(&mut dice);
                let mut option = dice.pick(&[SEND, SEND | RCV, RCV]) | SEND_TIMEOUT | RCV_TIMEOUT;
                if dice.below(16) == 0 {
                    option = dice.word();
                }
                let size = dice.pick(&[24, 36, 48, 100, BUFFER]);
                let other = pool.name(&mut dice);
                let from = dice.pick(&[pool.reply, pool.set, other]);
                let timeout = dice.below(3) as u32;
                g.on(worker.thread)
                    .begin_msg(option, &message, size, from, timeout);
                (-32, vec![option])
            } else {
                let number = match dice.below(8) {
                    0 => dice.word() as i32,
                    1..=3 => dice.pick(&[-94, -95, -96, -97, -98, -99, -201, -202]),
                    _ => -(dice.below(256) as i32),
                };
                if number == TASK_TERMINATE.0 {
                    continue;
                }
                let mut arguments: Vec<u32> = (0..11).map(|_| pool.word(&mut dice)).collect();
                if dice.below(2) == 0 {
                    arguments[0] = pool.name(&mut dice);
                }
                let mut on = g.on(worker.thread);
                match dice.below(4) {
                    0 => on.begin_trap_stack(number, &arguments),
                    _ => on.begin_trap(number, &arguments),
                }
                (number, arguments)
            };
            let code = worker.finish(g);
            assert_eq!(
                g.stopped(),
                None,
                "round {round}: trap {what} {arguments:x?}"
            );
            if let Some(code) = code
                && !VALUES.contains(&what)
            {
                let fine = is_documented(code);
                assert!(
                    fine,
                    "round {round}: trap {what} {arguments:x?} gives {code:#x}"
                );
            }
            if round % 4 == 0 {
                look_at_replies(g, &pool);
            }
        }
        assert_eq!(g.read_bytes(pool.guard, 64), [0xA5; 64]);
        assert!(worker.replaced > 0, "some calls wait for ever");
        // All still works.
        let timer = g.open("timer0");
        let queue = g.queue();
        assert_eq!(g.trap(-99, &[timer, queue, 5, 0, 100, 8]), OK);
        assert_eq!(g.done(queue).id(), 5);
    }
}
