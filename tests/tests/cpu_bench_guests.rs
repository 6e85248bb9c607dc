//! The four benchmark guests in their small form: checksum, instructions and cycles.
//!
//! They are original work of this project: flat big-endian images for address 0x10000.
//! `SWI 0xFFFFFF` ends, `SWI 1` adds R1 to R0.
#![forbid(unsafe_code)]

use emu_core::cpu::{Abort, Bus, Cpu, Engine, Exit, Stored, Timing};
use emu_core::time::Tick;

const BASE: u32 = 0x10000;
const TIMING: Timing = Timing {
    s: 1,
    n: 1 << 20,
    i: 1 << 30,
};

/// Half a megabyte, with the machine's rule for code: one mark for each 512 bytes.
struct Ram {
    bytes: Vec<u8>,
    code: Vec<bool>,
}

impl Ram {
    fn stored(&self, addr: u32) -> Stored {
        if self.code[addr as usize / 512] {
            Stored::Code
        } else {
            Stored::Plain
        }
    }
}

impl Bus for Ram {
    fn fetch(&mut self, addr: u32) -> Result<u32, Abort> {
        self.load_word(addr)
    }

    fn load_word(&mut self, addr: u32) -> Result<u32, Abort> {
        match self
            .bytes
            .get(addr as usize..)
            .and_then(|b| b.first_chunk())
        {
            Some(&word) => Ok(u32::from_be_bytes(word)),
            None => Err(Abort),
        }
    }

    fn load_byte(&mut self, addr: u32) -> Result<u8, Abort> {
        self.bytes.get(addr as usize).copied().ok_or(Abort)
    }

    fn store_word(&mut self, addr: u32, value: u32) -> Result<Stored, Abort> {
        let place = self.bytes.get_mut(addr as usize..).ok_or(Abort)?;
        *place.first_chunk_mut().ok_or(Abort)? = value.to_be_bytes();
        Ok(self.stored(addr))
    }

    fn store_byte(&mut self, addr: u32, value: u8) -> Result<Stored, Abort> {
        *self.bytes.get_mut(addr as usize).ok_or(Abort)? = value;
        Ok(self.stored(addr))
    }

    fn note_code(&mut self, addr: u32) {
        self.code[addr as usize / 512] = true;
    }

    fn take_code_writes(&mut self) -> Vec<u32> {
        Vec::new()
    }
}

struct Guest {
    image: &'static [u8],
    r0: u32,
    instructions: u64,
    cycles: [u64; 3],
}

fn check(guest: &Guest, reference: bool) {
    let mut ram = Ram {
        bytes: vec![0; 0x80000],
        code: vec![false; 0x80000 / 512],
    };
    let base = BASE as usize;
    ram.bytes[base..base + guest.image.len()].copy_from_slice(guest.image);
    let mut cpu = Cpu::user();
    cpu.set_pc(BASE);
    let mut engine = Engine::new(TIMING);
    let mut clock = Tick(0);
    loop {
        let exit = if reference {
            engine.run_reference(&mut cpu, &mut ram, &mut clock, Tick::NEVER)
        } else {
            engine.run(&mut cpu, &mut ram, &mut clock, Tick::NEVER)
        };
        match exit {
            Exit::Swi(1) => cpu.set_reg(0, cpu.reg(0).wrapping_add(cpu.reg(1))),
            Exit::Swi(0xFF_FFFF) => break,
            other => panic!("{other:?}"),
        }
    }
    // The table leaves out the final SWI, a 2S+1N.
    let [s, n, i] = guest.cycles;
    let ticks = s + 2 + ((n + 1) << 20) + (i << 30);
    assert_eq!(cpu.reg(0), guest.r0, "checksum");
    assert_eq!(engine.instructions() - 1, guest.instructions);
    assert_eq!(clock, Tick(ticks), "cycles: S, N << 20, I << 30");
}

fn check_both(guest: &Guest) {
    check(guest, true);
    check(guest, false);
}

#[test]
fn dhry() {
    check_both(&Guest {
        image: include_bytes!("../data/bench/dhry-small.bin"),
        r0: 0x0B5D_C20F,
        instructions: 85_140,
        cycles: [101_845, 49_027, 16_262],
    });
}

#[test]
fn memscan() {
    check_both(&Guest {
        image: include_bytes!("../data/bench/memscan-small.bin"),
        r0: 0x588C_56C8,
        instructions: 335_920,
        cycles: [434_214, 204_815, 77_843],
    });
}

#[test]
fn fixmul() {
    check_both(&Guest {
        image: include_bytes!("../data/bench/fixmul-small.bin"),
        r0: 0xD242_21FF,
        instructions: 120_903,
        cycles: [137_521, 50_695, 219_709],
    });
}

#[test]
fn swiloop() {
    check_both(&Guest {
        image: include_bytes!("../data/bench/swiloop-small.bin"),
        r0: 0x0006_2C96,
        instructions: 45_083,
        cycles: [55_004, 29_924, 5_003],
    });
}
