//! Programs that are noise, and files that are damaged.

use crate::calls::{pointer, size};
use crate::driver::{BASE, File};
use emu_core::loader::aif::Image;
use emu_core::machine::{Config, Machine, Stop};
use emu_core::time::Tick;
use emu_core::trace::Silent;
use emu_devices::board::ConsoleBoard;
use tests::run::{Console, Dice, cases};

fn run_noise(file: &File, dice: &mut Dice) -> Result<(), String> {
    let config = Config {
        reference_cpu: dice.below(2) == 0,
        ..Config::default()
    };
    let mut machine = file.start(config);
    let stop = machine.run(Tick(400_000), &mut Silent);
    if let Stop::Fault(report) = &stop
        && report.to_string().contains('\n')
    {
        return Err(format!("the report has several lines: {report}"));
    }
    let save = machine.save();
    match Console::load(&save) {
        Ok(loaded) if loaded.save() == save => Ok(()),
        Ok(_) => Err("a loaded machine is another one".to_owned()),
        Err(error) => Err(format!("cannot be loaded again: {error}")),
    }
}

/// Code that is noise, or almost code: wild jumps, stores over itself, calls out of nowhere.
#[test]
fn random_code_does_no_harm() {
    for seed in 0..u64::from(cases(50)) {
        let mut dice = Dice(seed ^ 0xC0DE);
        let mut file = File::new(0x4000);
        for addr in (BASE + 0x80..BASE + 0x4000).step_by(4) {
            let noise = dice.word();
            let word = match (dice.below(12), seed % 4) {
                (_, 0) => noise,
                // SWIs of the kernel, and by number.
                (0 | 1, _) => 0xEF01_0000 | noise & 0x3F,
                (2, _) => 0xEF00_0000 | noise & 0x1_00FF,
                // Stores around the program counter, branches nearby, jumps anywhere.
                (3, _) => 0xE58F_0000 | noise & 0xF0FF,
                (4, _) => 0xEA00_0000 | (dice.below(64) as u32).wrapping_sub(32) & 0xFF_FFFF,
                (5, 1) => 0xE1A0_F000 | noise & 0xF,
                (6, _) => 0xE92D_0000 | noise & 0xFFFF,
                (7, 2) => 0xE8BD_0000 | noise & 0xFFFF,
                (8, _) => 0xE3A0_0000 | noise & 0xFFFF,
                _ => 0xE000_0000 | noise & 0x0FFF_FFFF,
            };
            file.set(addr, word);
        }
        if let Err(error) = run_noise(&file, &mut dice) {
            panic!("seed {seed}: {error}");
        }
    }
}

#[test]
fn a_stack_that_never_ends_is_a_fault() {
    let mut file = File::new(0x1000);
    // STMFD sp!,{r0-r12,lr}; BL to itself.
    file.words(BASE + 0x80, &[0xE92D_5FFF, 0xEBFF_FFFD]);
    let mut machine = file.start(Config::default());
    let stop = machine.run(Tick(50_000_000), &mut Silent);
    assert!(matches!(stop, Stop::Fault(_)), "{stop:?}");
}

#[test]
fn code_that_rewrites_itself_runs_alike_on_both_engines() {
    for seed in 0..u64::from(cases(20)) {
        let mut saves = Vec::new();
        for reference_cpu in [false, true] {
            let mut dice = Dice(seed ^ 0x5E1F);
            let mut file = File::new(0x4000);
            for addr in (BASE + 0x80..BASE + 0x4000).step_by(4) {
                let word = match dice.below(3) {
                    // STR of something into the code ahead.
                    0 => 0xE58F_0000 | (dice.word() & 0xF07C),
                    1 => 0xE3A0_0000 | (dice.word() & 0xEFFF),
                    _ => 0xE080_0000 | (dice.word() & 0x0F_EFFF & !0x90),
                };
                file.set(addr, word);
            }
            let mut machine = file.start(Config {
                reference_cpu,
                ..Config::default()
            });
            machine.run(Tick(30_000), &mut Silent);
            saves.push(tests::run::without_engine(machine.save()));
        }
        assert!(saves[0] == saves[1], "seed {seed}");
    }
}

/// What a guest prints without ever ending a line does not pile up on the host.
#[test]
fn a_line_without_end_goes_out_in_pieces() {
    let mut file = File::new(0x1000);
    // ADR r0, text; SWI kprintf; B to the beginning
    file.words(BASE + 0x80, &[0xE28F_0008, 0xEF01_000E, 0xEAFF_FFFC]);
    file.put(BASE + 0x90, b"%65000d\0");
    let mut machine = file.start(Config::default());
    assert_eq!(machine.run(Tick(200_000_000), &mut Silent), Stop::Limit);
    assert!(machine.save().len() < 0x38_0000);
}

/// Nor does text whose print function never comes back for the rest.
#[test]
fn abandoned_printing_is_forgotten() {
    let mut file = File::new(0x1000);
    let code = [
        0xE24F_C008, // print: ADR r12, print
        0xE52D_C004, //        STR r12, [sp, #-4]!    the function that puts a character
        0xE28F_1010, //        ADR r1, text
        0xE1A0_200D, //        MOV r2, sp
        0xE3A0_0000, //        MOV r0, #0
        0xE1A0_E00F, //        MOV lr, pc
        0xE519_F054, //        LDR pc, [r9, #-0x54]   vector 21
        0xEF00_0011, //        SWI Exit
    ];
    file.words(BASE + 0x80, &code);
    file.put(BASE + 0xA0, b"%99999999d\0");
    let mut machine = file.start(Config::default());
    assert_eq!(machine.run(Tick(500_000_000), &mut Silent), Stop::Limit);
    assert!(
        machine.save().len() < 0x180_0000,
        "{}",
        machine.save().len()
    );
}

/// Files that are damaged: refused in a sentence, or programs that run into the damage.
#[test]
fn damaged_program_files_do_no_harm() {
    for seed in 0..u64::from(cases(80)) {
        let mut dice = Dice(seed ^ 0xF11E);
        let rom = &roms::all()[dice.below(roms::all().len() as u64) as usize];
        let mut bytes = rom.bytes.to_vec();
        match dice.below(5) {
            0 => bytes.truncate(dice.below(bytes.len() as u64) as usize),
            1 => bytes.chunks_exact_mut(4).for_each(|word| word.reverse()),
            2 => {
                let at = dice.below(bytes.len() as u64) as usize;
                bytes[at..].fill_with(|| dice.roll() as u8);
            }
            3 => bytes.resize(bytes.len() + dice.below(0x30_0000) as usize, 0xA5),
            _ => (),
        }
        // A word of the headers that is anything.
        if dice.below(2) == 0 && bytes.len() >= 0x100 {
            let at = dice.below(0x40) as usize * 4;
            let word = match dice.below(3) {
                0 => dice.word(),
                1 => pointer(&mut dice),
                _ => size(&mut dice),
            };
            bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
        let image = match Image::parse(&bytes) {
            Ok(image) => image,
            Err(error) => {
                let text = error.to_string();
                assert!(!text.is_empty() && !text.contains('\n'), "{text}");
                continue;
            }
        };
        let config = Config::default();
        let board = ConsoleBoard::new(config.video, config.quirks());
        let mut machine = Machine::new(board, config);
        match machine.load_program(&image, rom.name, b"$app/x") {
            Ok(_) => {
                machine.run(Tick(300_000), &mut Silent);
                let save = machine.save();
                let loaded = Console::load(&save).expect("what ran can be loaded");
                assert!(loaded.save() == save, "seed {seed}");
            }
            Err(error) => {
                let text = error.to_string();
                assert!(!text.is_empty() && !text.contains('\n'), "{text}");
            }
        }
    }
}
