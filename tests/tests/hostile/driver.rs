//! A guest program that makes the calls of a table, whatever they do to it.
//!
//! ```text
//! 0x50000  header       0x50400  cells        0x51000  stack of the worker
//!          driver       0x50500  tags         0x52000  scratch: tag lists, names, IOInfos, noise
//!                                             0x54000  results
//!                                             0x58000  the calls, then their arguments
//! ```
//! The driver is a guest program. Its main task starts a worker thread, which makes the calls of
//! the table one after the other; when the worker dies or hangs, main kills it and starts the
//! next, which goes on behind the call that did it.

use emu_core::loader::aif::Image;
use emu_core::machine::{Config, Machine, Stop};
use emu_core::mem::Memory;
use emu_core::time::Tick;
use emu_devices::board::ConsoleBoard;
use tests::run::{Console, recorder, start_image};

pub const BASE: u32 = 0x5_0000;
pub const WORKER: u32 = BASE + 0x12C;
pub const CELLS: u32 = BASE + 0x400;
pub const TAGS: u32 = BASE + 0x500;
pub const STACK: u32 = BASE + 0x1000;
pub const SCRATCH: u32 = BASE + 0x2000;
pub const SCRATCH_END: u32 = BASE + 0x4000;
pub const RESULTS: u32 = BASE + 0x4000;
pub const RESULT_CELLS: u64 = 64;
pub const TABLE: u32 = BASE + 0x8000;
/// `B .`
pub const SPIN: u32 = BASE + 0x300;
/// Words of one call: number, places of four arguments, place of the result.
pub const CALL: u32 = 24;
/// Bit 31 of a number: the offset of a vector below KernelBase.
pub const VECTOR: u32 = 0x8000_0000;

#[rustfmt::skip]
pub const DRIVER: [u32; 75] = [
    // main: remembers KernelBase, opens the timer, makes a request.
    0xE59F_4104, 0xE584_9000, 0xE59F_0100, 0xE59F_1100, 0xEF01_0024, 0xE59F_10FC, 0xE581_0004,
    0xE59F_00F8, 0xE3A0_2000, 0xEF01_0000, 0xE1A0_5000,
    // again: a worker thread; none = status 1.
    0xE59F_00EC, 0xE59F_10EC, 0xE3A0_2000, 0xEF01_0000, 0xE350_0000, 0xDA00_0016, 0xE1A0_6000,
    // watch: waits for two milliseconds; done when the table is.
    0xE594_7004, 0xE1A0_0005, 0xE59F_10D0, 0xEF01_0025, 0xE594_0004, 0xE594_1008, 0xE150_0001,
    0x2A00_000F,
    // A dead worker is replaced, one that got nowhere is killed first.
    0xE1A0_0006, 0xE3A0_1001, 0xE3A0_2005, 0xE594_3000, 0xE1A0_E00F, 0xE513_F040, 0xE350_0000,
    0x0AFF_FFE8, 0xE594_0004, 0xE150_0007, 0x1AFF_FFEC, 0xE1A0_0006, 0xEF01_0003, 0xEAFF_FFE2,
    // fail, done
    0xE3A0_0001, 0xEF01_0027, 0xEF00_0011,
    // worker: fetches a call and notes that it did.
    0xE59F_4058, 0xE594_B004, 0xE594_0008, 0xE15B_0000, 0x2F00_0011, 0xE8BB_07E0, 0xE584_B004,
    0xE594_D00C, 0xE596_0000, 0xE597_1000, 0xE598_2000, 0xE599_3000, 0xE1A0_B00A, 0xE1B0_C005,
    0x4A00_0003,
    // A system call by SWI 0, or a vector; a result that is no error is stored.
    0xEF00_0000, 0xE350_0000, 0xC58B_0000, 0xEAFF_FFED, 0xE3CC_C102, 0xE594_5000, 0xE045_500C,
    0xE24F_E020, 0xE595_F000,
    // literals
    0x0005_0400, 0x0000_010F, 0x0005_0500, 0x0005_0510, 0x0000_010E, 0x0000_0105, 0x0005_0520,
    0x0005_0560,
];

/// One call: number, where its arguments are, where its result goes.
pub struct Call {
    pub number: u32,
    pub args: [Arg; 4],
    pub result: u32,
}

/// An argument: a word, or whatever is at an address when the call is made.
#[derive(Clone, Copy)]
pub enum Arg {
    Word(u32),
    At(u32),
}

/// A program file under construction: memory from BASE on.
pub struct File(pub Vec<u8>);

impl File {
    /// A header that the loader accepts, and nothing else.
    pub fn new(size: u32) -> File {
        let mut file = File(vec![0; size as usize]);
        const NOP: u32 = 0xE1A0_0000;
        for (n, word) in [NOP, NOP, NOP, 0xEB00_001B, 0xEF00_0011]
            .into_iter()
            .enumerate()
        {
            file.set(BASE + 4 * n as u32, word);
        }
        file.set(BASE + 0x14, size);
        file.set(BASE + 0x28, BASE);
        file.set(BASE + 0x30, 32);
        file
    }

    pub fn set(&mut self, addr: u32, word: u32) {
        let at = (addr - BASE) as usize;
        self.0[at..at + 4].copy_from_slice(&word.to_be_bytes());
    }

    pub fn put(&mut self, addr: u32, bytes: &[u8]) {
        let at = (addr - BASE) as usize;
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub fn words(&mut self, addr: u32, words: &[u32]) {
        for (n, &word) in words.iter().enumerate() {
            self.set(addr + 4 * n as u32, word);
        }
    }

    /// The driver with its table.
    pub fn with_calls(calls: &[Call]) -> File {
        let literals = TABLE + calls.len() as u32 * CALL;
        let mut file = File::new(literals + calls.len() as u32 * 16 - BASE);
        file.words(BASE + 0x80, &DRIVER);
        file.words(CELLS, &[0, TABLE, literals, STACK + 0x1000]);
        file.words(TAGS, &[1, TAGS + 0xA0, 0, 0]);
        file.words(TAGS + 0x10, &[11, 0, 0, 0]);
        let thread = [
            1,
            TAGS + 0xA8,
            2,
            90,
            10,
            WORKER,
            12,
            0x1000,
            15,
            STACK + 0x1000,
            0,
            0,
        ];
        file.words(TAGS + 0x20, &thread);
        // DELAY on the microsecond unit.
        file.words(TAGS + 0x60, &[0x0300_0100, 0, 0, 0, TAGS + 0x90, 8, 0, 0]);
        file.words(TAGS + 0x90, &[0, 2_000]);
        file.put(TAGS + 0xA0, b"timer\0\0\0worker\0");
        for (n, call) in calls.iter().enumerate() {
            let n = n as u32;
            let mut entry = [call.number, 0, 0, 0, 0, call.result];
            for (k, arg) in call.args.into_iter().enumerate() {
                entry[1 + k] = match arg {
                    Arg::At(addr) => addr,
                    Arg::Word(word) => {
                        let place = literals + n * 16 + 4 * k as u32;
                        file.set(place, word);
                        place
                    }
                };
            }
            file.words(TABLE + n * CALL, &entry);
        }
        file
    }

    pub fn start(&self, config: Config) -> Console {
        let image = Image::parse(&self.0).expect("the driver is a program");
        start_image(&image, "hostile", "", config)
    }
}

/// What must hold whatever a guest has done: the machine can be saved and loaded, and what the
/// kernel keeps in guest memory, which no guest can write, is in order.
pub fn check_after(machine: &Console, kernel_base: u32) -> Result<(), String> {
    let save = machine.save();
    let loaded: Machine<ConsoleBoard> =
        Machine::load(&save).map_err(|error| format!("cannot be loaded again: {error}"))?;
    if loaded.save() != save {
        return Err("a loaded machine is another one".to_owned());
    }
    machine.kernel().describe_tasks(machine.memory());
    check_kernel_memory(machine.memory(), kernel_base)
}

fn check_kernel_memory(mem: &Memory, kernel_base: u32) -> Result<(), String> {
    // kb_ItemTable: blocks of 128 entries (address, number).
    let table = mem.word(kernel_base + 0xAC);
    for block in (0..32)
        .map(|n| mem.word(table + n * 4))
        .filter(|&block| block != 0)
    {
        for entry in (0..128).map(|n| block + n * 8) {
            let (node, number) = (mem.word(entry), mem.word(entry + 4));
            if node != 0 && mem.word(node + 0x18) != number {
                return Err(format!("item {number:#x} is not at {node:#x}"));
            }
        }
    }
    // FolioList, Drivers, Devices, TaskWaitQ, TaskReadyQ, MsgPorts, Semaphores, Tasks.
    for field in [0x7C, 0x80, 0x84, 0x88, 0x8C, 0x90, 0x94, 0x114] {
        let list = mem.word(kernel_base + field);
        let (start, end) = (list + 0x14, list + 0x18);
        let (mut prev, mut node) = (start, mem.word(start));
        for _ in 0..5_000 {
            if mem.word(node + 4) != prev {
                return Err(format!(
                    "list at {field:#x}: {node:#x} is not behind {prev:#x}"
                ));
            }
            if node == end {
                break;
            }
            (prev, node) = (node, mem.word(node));
        }
        if node != end {
            return Err(format!("list at {field:#x} does not end"));
        }
    }
    Ok(())
}

/// The driver does what it is for: it gets through its table although workers die.
#[test]
fn the_driver_outlives_its_workers() {
    let word = |word| Arg::Word(word);
    let nothing = [word(0); 4];
    let call = |number, args, n: u32| Call {
        number,
        args,
        result: RESULTS + 4 * n,
    };
    let calls = [
        call(0x1_0015, [word(0x200), word(0), word(0), word(0)], 0),
        // Vector 1 with a wild list: the worker dies.
        call(VECTOR | 4, [word(0x30_0000), word(0), word(0), word(0)], 1),
        // WaitSignal(0): it hangs.
        call(0x1_0001, nothing, 2),
        call(0x99_0000, nothing, 3),
        call(0x1_0009, nothing, 4),
        call(0x1_001B, nothing, 5),
    ];
    let mut machine = File::with_calls(&calls).start(Config::default());
    let mut sink = recorder();
    let stop = machine.run(Tick(12_500_000), &mut sink);
    assert_eq!(stop, Stop::Exit(0), "{:?}", sink.records);
    assert!(machine.calls_made() > 10);
}
