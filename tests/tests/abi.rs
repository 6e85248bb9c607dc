//! How calls are made and how tasks start.
//!
//! Acceptance checks 1 to 11 (kernel sheet 11.2,
//! sections 1 and 2).
#![forbid(unsafe_code)]

use emu_core::kernel::abi::Fault;
use emu_core::kernel::portfolio::errors::{ABORTED, Status};
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::{Folio, ItemNode, KernelBase, Task};
use emu_core::loader::aif::Image;
use emu_core::machine::{Config, Machine, Stop};
use emu_core::mem::{STUB_PAGE, STUB_PAGE_END};
use emu_core::quirks::{Profile, Quirks};
use emu_core::time::{Tick, Video};
use emu_core::trace::{Silent, TraceEvent};
use emu_devices::board::ConsoleBoard;
use tests::guest::{
    Guest, IMAGE_BASE, PARK, RETURN, Tags, Word, YIELD, both_profiles, call_vector, ldr, mov,
    program_image, str, subs, swi,
};

/// A thread that executes one instruction: its exit message's result, if it is dead.
fn fate_of(g: &mut Guest, instruction: u32) -> Option<Status> {
    let port = g.create_port();
    let tags = Tags::new().and(25, port);
    let thread = g.create_thread_with("probe", 100, &[instruction], tags);
    g.advance(20_000);
    if g.exists(thread) {
        return None;
    }
    let message = Item(g.get_msg(port).0);
    let (status, dead, _) = g.msg(message);
    assert_eq!(dead, thread.word());
    Some(Status(status))
}

/// Check 1: SWI 0 takes the number from r12: Yield lets the other task run first.
#[test]
fn check_1_swi_0_takes_its_number_from_r12() {
    both_profiles(|g| {
        for (instruction, seen) in [(swi(0), 1), (mov(2, 2), 0)] {
            let mut g = Guest::new(g.profile());
            let mark = g.alloc(4);
            let tags = Tags::new().and(13, 1_u32).and(14, mark);
            g.create_thread_with("other", 100, &[str(0, 1, 0)], tags);
            let code = [instruction, ldr(0, 4, 0)];
            let result = g.run_code(&code, &[(4, mark), (12, YIELD)]);
            assert_eq!(result, seen, "{instruction:#x}");
        }
        assert_eq!(
            g.run_code(&[swi(0)], &[(12, 0x1_0023)]),
            0x18E1,
            "DiscOsVersion"
        );
    });
}

/// Check 2: GetEnv answers 0 in r1 and leaves every other register alone.
#[test]
fn check_2_getenv() {
    both_profiles(|g| {
        let pattern: Vec<(usize, u32)> = (0..13).map(|n| (n, 0x0101_0101 * n as u32 + 7)).collect();
        g.run_code(&[swi(0x10)], &pattern);
        for (n, value) in pattern {
            assert_eq!(g.reg(n), if n == 1 { 0 } else { value }, "r{n}");
        }
    });
}

/// Check 3: a function number that the kernel does not have kills the task.
#[test]
fn check_3_function_out_of_range() {
    both_profiles(|g| {
        assert_eq!(fate_of(g, swi(0x1_002B)), Some(ABORTED));
        assert_eq!(fate_of(g, swi(0x1_00FF)), Some(ABORTED));
        assert_eq!(
            fate_of(g, swi(0x1_002A - 0x0B)),
            None,
            "function 31 is reserved"
        );
        g.begin_swi(0x1_002B, &[]);
        let Stop::Fault(report) = g.run_to_stop() else {
            panic!("{:?}", g.stopped());
        };
        assert_eq!(report.fault, Fault::NoSuchCall { number: 0x1_002B });
    });
}

/// Check 4: folios that do not exist, and items that are no folios.
#[test]
fn check_4_folio_out_of_range() {
    both_profiles(|g| {
        let port = g.create_port();
        let index = port.word() & 0xFFF;
        assert!(index < 0x100);
        for number in [
            0x6_0000,
            0x7_0001,
            0xA_0000,
            0xF_0000,
            index << 16,
            0xEF_0000,
        ] {
            assert_eq!(fate_of(g, swi(number)), Some(ABORTED), "{number:#x}");
        }
    });
}

/// Check 5: without a debugger its calls change nothing; nor do unused host numbers.
#[test]
fn check_5_host_calls_without_a_debugger() {
    both_profiles(|g| {
        let pattern: Vec<(usize, u32)> = (0..13).map(|n| (n, 0x1111 * n as u32 + 3)).collect();
        for number in [0x101, 0x10A, 0x100, 0x12, 0x05, 0xFF, 0xFFFF] {
            g.run_code(&[swi(number)], &pattern);
            for &(n, value) in &pattern {
                assert_eq!(g.reg(n), value, "SWI {number:#x}, r{n}");
            }
        }
    });
}

/// The warnings that have been given.
fn warnings(g: &Guest) -> Vec<&str> {
    let records = g.records().records.iter();
    let warnings = records.filter_map(|record| match &record.event {
        TraceEvent::Warning(text) => Some(text.as_str()),
        _ => None,
    });
    warnings.collect()
}

/// Mach traps that no Mach has are told once and give what MK7 gives; none is a missing call.
#[test]
fn mach_traps_that_do_not_exist() {
    both_profiles(|g| {
        for (number, trap, result) in [
            (0x80, -1, 4),
            (0x81, -1, 4),
            (0x80, 7, 4),
            (0x80, -178, 4),
            (0x80, i32::MIN, 4),
            (0x81, -63, 0x1000_0007),
            (0x80, -55, 0),
        ] {
            g.run_code(&[swi(number)], &[(0, 1), (12, trap as u32)]);
            assert_eq!(g.reg(0), result, "{trap}");
            let said = format!("Mach has no trap {trap}");
            assert_eq!(warnings(g).iter().filter(|text| **text == said).count(), 1);
        }
        assert!(g.machine().missing_calls().is_empty());
    });
}

/// A guest that makes numbers up cannot fill the host with names.
#[test]
fn names_of_what_does_not_exist_are_bounded() {
    both_profiles(|g| {
        for trap in 1..2_000 {
            g.run_code(&[swi(0x80)], &[(12, trap)]);
        }
        assert_eq!(warnings(g).len(), 512);
    });
}

/// Check 6: a program linked at 0 relocates itself to where it was put, gets its command line
/// split, and its header says where it is.
#[test]
fn check_6_a_relocatable_program_starts() {
    for rom in roms::all() {
        let image = Image::parse(rom.bytes).expect("a program");
        if !image.relocatable || image.image_base != 0 {
            continue;
        }
        let config = Config::default();
        let board = ConsoleBoard::new(Video::Ntsc, Quirks::default());
        let mut machine = Machine::new(board, config);
        let main = machine.load_program(&image, rom.name, b"$app/LaunchMe");
        let main = main.expect("it starts");
        let base = machine.task_registers(main).expect("its task").pc();
        assert_eq!(base % 0x8000, 0, "{}", rom.name);
        machine.run(Tick(40_000), &mut Silent);
        assert_eq!(machine.memory().word(base + 0x28), base, "{}", rom.name);
        assert_eq!(machine.memory().word(base + 4), 0xE1A0_0000, "{}", rom.name);
    }
}

/// Check 6, second half: the argument splitter (vector 30).
#[test]
fn check_6_arguments_are_split() {
    both_profiles(|g| {
        let sp = g.reg(13);
        let base = g.kernel_base().addr();
        let split = call_vector(11, 30);
        g.run_code(&split, &[(0, 7), (1, 8), (11, base)]);
        let (argc, argv) = (g.reg(0), g.reg(1));
        assert_eq!((argc, g.reg(13)), (1, argv), "sp stands at argv");
        assert!(argv < sp);
        assert_eq!(g.text(g.read(argv)), "$app/conformance");
        assert_eq!(g.read(argv + 4), 0);

        let top = g.alloc(0x200) + 0x100;
        g.write_bytes(top, b"$app/x  one two\0");
        g.run_code(&split, &[(11, base), (13, top)]);
        let argv = g.reg(1);
        let words: Vec<String> = (0..3).map(|n| g.text(g.read(argv + n * 4))).collect();
        assert_eq!(
            (g.reg(0), words.join("|")),
            (3, "$app/x|one|two".to_owned())
        );
        assert_eq!(g.read(argv + 12), 0);

        g.write(top, 0);
        g.run_code(&split, &[(0, 7), (1, 8), (11, base), (13, top)]);
        let unchanged = (g.reg(0), g.reg(1), g.reg(13));
        assert_eq!(unchanged, (7, 8, top), "no command string");
    });
}

/// Check 7: exit(5), which is what returning 5 from main comes to, ends the run with status 5.
#[test]
fn check_7_exit_status_of_the_program() {
    both_profiles(|g| {
        let base = g.kernel_base().addr();
        g.begin_code(&[mov(0, 5), call_vector(11, 37)[1]], &[(11, base)]);
        assert_eq!(g.run_to_stop(), Stop::Exit(5));
        let mut g = Guest::new(g.profile());
        g.begin_call("ExitTask", &[(-3_i32) as u32]);
        assert_eq!(
            g.run_to_stop(),
            Stop::Exit(-3),
            "a negative one is stored too"
        );
        let mut g = Guest::new(g.profile());
        assert_eq!(g.call("SetExitStatus", &[9]), Status::OK);
        // The entry point was called from the header, whose next word is SWI 0x11.
        g.begin_code(&[mov(0, 5), RETURN], &[]);
        assert_eq!(
            g.run_to_stop(),
            Stop::Exit(9),
            "SWI 0x11 leaves the status alone"
        );
    });
}

/// Check 8: LookupItem through its vector: item 1 is KernelBase.
#[test]
fn check_8_lookupitem_of_the_kernel() {
    both_profiles(|g| {
        let base = g.kernel_base().addr();
        let code = [0xE1A0_E00F, 0xE519_F030]; // mov lr, pc; ldr pc, [r9, #-0x30]
        assert_eq!(g.run_code(&code, &[(0, 1), (9, base)]), base);
        assert_eq!(g.vec(12, &[0]), Status(0));
        assert_eq!(g.vec(12, &[0x0001_0001]), Status(0), "another generation");
    });
}

/// Check 9: what KernelBase says of itself.
#[test]
fn check_9_kernelbase() {
    both_profiles(|g| {
        let kernel = Item(1);
        let base = g.kernel_base();
        assert_eq!(g.read_bytes(base.addr() + 0x14, 2), [24, 225]);
        assert_eq!(g.read(base.addr() + 0x18), 1);
        assert_eq!(g.field(kernel, ItemNode::n_Priority), 254);
        assert_eq!(g.field(kernel, Folio::f_MaxSwiFunctions), 43);
        assert_eq!(g.field(kernel, Folio::f_MaxUserFunctions), 79);
        assert_eq!(g.field(kernel, Folio::f_MaxNodeType), 18);
        let name = g.field(kernel, ItemNode::n_Name);
        assert_eq!(g.text(name.addr()), "kernel");
        let task = g.ptr::<Task>(g.main());
        assert_eq!(g.peek(base.at(KernelBase::kb_CurrentTask)), task);
        assert_eq!(g.peek(base.at(KernelBase::kb_MemEnd)), 0x30_0000);
        assert_eq!(g.peek(base.at(KernelBase::kb_MadamRev)), 1);
        assert_eq!(g.peek(base.at(KernelBase::kb_CPUFlags)) & 0x8000, 0x8000);
    });
}

/// The folios that programs look for, with their fixed numbers.
#[test]
fn folios_are_found_by_name() {
    both_profiles(|g| {
        for (name, number) in [
            ("kernel", 1),
            ("graphics", 2),
            ("FILE", 3),
            ("audio", 4),
            ("operamath", 5),
            ("International", 9),
        ] {
            assert_eq!(g.find(0x104, name), Status(number), "{name}");
            assert_eq!(g.field(Item(number), ItemNode::n_Item), Item(number));
        }
        for name in ["compression", "jstring"] {
            assert!(g.find(0x104, name).0 >= 16, "{name}");
        }
    });
}

/// Check 10: vectors do not look at r9, and each slot of the table is executable.
#[test]
fn check_10_vectors_with_garbage_in_r9() {
    both_profiles(|g| {
        let base = g.kernel_base().addr();
        let registers = [(0, 1), (9, 0xDEAD_BEEF), (11, base)];
        assert_eq!(g.run_code(&call_vector(11, 12), &registers), base);
        assert_eq!(g.reg(9), 0xDEAD_BEEF);
        for slot in 1..=79 + 1 + 42_u32 {
            if slot == 80 {
                continue;
            }
            let code = g.read(base - 4 * slot);
            assert!(
                (STUB_PAGE..STUB_PAGE_END).contains(&code),
                "slot {slot}: {code:#x}"
            );
            assert_eq!(code % 4, 0);
        }
        // A system call through its slot behind the vectors.
        let version = call_vector(11, 80 + 35);
        assert_eq!(g.run_code(&version, &[(0, 0), (11, base)]), 0x18E1);
    });
}

/// Vectors are ordinary calls: r4 to r11 and sp survive; the trap words work only in the stub
/// page; supervisor vectors kill.
#[test]
fn vectors_obey_the_procedure_call_standard() {
    both_profiles(|g| {
        let pattern: Vec<(usize, u32)> = (4..11).map(|n| (n, 0x1000 + n as u32)).collect();
        let mut registers = pattern.clone();
        registers.extend([(0, 1), (11, g.kernel_base().addr())]);
        let sp = g.reg(13);
        g.run_code(&call_vector(11, 12), &registers);
        for (n, value) in pattern {
            assert_eq!(g.reg(n), value, "r{n}");
        }
        assert_eq!(g.reg(13), sp);
        assert_eq!(fate_of(g, swi(0xF0_010C)), Some(ABORTED));
        assert_eq!(fate_of(g, swi(0xF1_0101)), Some(ABORTED));
        let base = g.kernel_base().addr();
        for slot in [46, 60, 79] {
            let target = g.read(base - 4 * slot);
            let port = g.create_port();
            let tags = Tags::new().and(13, target).and(25, port);
            let jump = [0xE1A0_F000]; // mov pc, r0
            let thread = g.create_thread_with("jumper", 100, &jump, tags);
            g.advance(10_000);
            assert!(!g.exists(thread), "vector {slot}");
        }
    });
}

/// 1.4: a system call changes r0 and nothing else, flags included; its condition is honoured.
#[test]
fn system_calls_preserve_registers_and_flags() {
    both_profiles(|g| {
        let pattern: Vec<(usize, u32)> = (1..13).map(|n| (n, 0x2000 + n as u32)).collect();
        let mut registers = pattern.clone();
        registers.push((0, 0));
        // subs r1, r1, #... would change r1: compare r2 with itself instead.
        let code = [0xE152_0002, swi(0x1_0015), 0x03A0_0C77]; // cmp r2,r2; swi; moveq r0,#0x7700
        assert_eq!(g.run_code(&code, &registers), 0x7700, "Z survives");
        for (n, value) in pattern {
            assert_eq!(g.reg(n), value, "r{n}");
        }
        let swi_ne = swi(0x1_0023) & 0x0FFF_FFFF | 0x1000_0000;
        let code = [subs(4, 4, 1), swi_ne];
        assert_eq!(g.run_code(&code, &[(0, 33), (4, 1)]), 33, "SWINE after EQ");
        assert_eq!(
            g.run_code(&code, &[(0, 33), (4, 2)]),
            0x18E1,
            "SWINE after NE"
        );
    });
}

/// Check 11: memcpy copies overlapping blocks in the safe direction; memset fills.
#[test]
fn check_11_memcpy_with_overlap() {
    both_profiles(|g| {
        let block = g.alloc(64);
        let bytes: Vec<u8> = (0..32).collect();
        for (to, from) in [(block + 5, block), (block, block + 5), (block, block)] {
            g.write_bytes(from, &bytes);
            assert_eq!(g.vec(14, &[to, from, 32]), Status(to as i32));
            assert_eq!(g.read_bytes(to, 32), bytes);
        }
        g.write_bytes(block, &[9; 64]);
        assert_eq!(g.vec(13, &[block + 1, 0x1AB, 30]), Status(block as i32 + 1));
        let expected = [&[9][..], &[0xAB; 30], &[9; 33]].concat();
        assert_eq!(g.read_bytes(block, 64), expected);
    });
}

/// 2.4: registers at a task's first instruction.
#[test]
fn registers_at_task_start() {
    both_profiles(|g| {
        let more = Tags::new().and(13, 0x11_u32).and(14, 0x22_u32);
        let thread = g.create_thread_with("fresh", 100, &[], more);
        let registers = g
            .machine()
            .task_registers(thread)
            .expect("it has not run")
            .clone();
        let stack = g.field(thread, Task::t_StackBase);
        let base = g.kernel_base().addr();
        let r = registers.r;
        assert_eq!((r[0], r[5], r[1], r[6]), (0x11, 0x11, 0x22, 0x22));
        assert_eq!((r[7], r[9]), (base, base));
        assert_eq!(r[10], stack + 128);
        assert_eq!(r[13], stack + g.field(thread, Task::t_StackSize));
        assert_eq!(registers.cpsr, 0x10);
        assert_eq!([r[2], r[3], r[4], r[8], r[11], r[12]], [0; 6]);
        let exit = g.read(base - 4 * 37);
        assert_eq!(r[14], exit, "returning ends the task");
        g.delete(thread);

        let more = Tags::new().and(16, 0x1234_5678_u32);
        let thread = g.create_thread_with("other base", 100, &[], more);
        let registers = g.machine().task_registers(thread).expect("alive");
        assert_eq!((registers.r[7], registers.r[9]), (0x1234_5678, 0x1234_5678));
    });
}

/// 2.5: vector 31 hands out the margin below the stack limit, then stops the task.
#[test]
fn stack_overflow_hook() {
    both_profiles(|g| {
        let base = g.field(g.main(), Task::t_StackBase);
        assert_eq!(base % 16, 0);
        let hook = call_vector(11, 31);
        let kernel = g.kernel_base().addr();
        g.run_code(&hook, &[(10, base + 128), (11, kernel), (12, base + 64)]);
        assert_eq!(g.reg(10), base);
        g.begin_code(&hook, &[(10, base + 128), (11, kernel), (12, base - 64)]);
        let Stop::Fault(report) = g.run_to_stop() else {
            panic!("{:?}", g.stopped());
        };
        assert!(matches!(report.fault, Fault::StackOverflow { .. }));
    });
}

/// 1.7: division helpers, USecToTicks, DiscOsVersion, the random numbers and the clock.
#[test]
fn small_services() {
    both_profiles(|g| {
        for (vector, arguments, quotient, remainder) in [
            (33, [7, (-50_i32) as u32], -7, -1),
            (34, [7, 50], 7, 1),
            (34, [1, u32::MAX], -1, 0),
            (35, [(-27_i32) as u32, 0], -2, -7),
            (36, [27, 0], 2, 7),
        ] {
            assert_eq!(
                g.vec(vector, &arguments),
                Status(quotient),
                "vector {vector}"
            );
            assert_eq!(g.reg(1) as i32, remainder, "vector {vector}");
        }
        assert_eq!(g.vec(18, &[1_000_000]), Status(62_500));
        assert_eq!(g.call("DiscOsVersion", &[0]), Status(0x18E1));
        let a = g.call("ReadHardwareRandomNumber", &[]);
        assert_ne!(a, g.call("ReadHardwareRandomNumber", &[]));
        g.advance_micros(1_500_000);
        assert_eq!(g.call("SampleSystemTime", &[]), Status(1));
        let micros = g.reg(1);
        assert_eq!(micros % 16, 0);
        let now = g.now().system_micros().0 - 1_000_000;
        assert!(now - u64::from(micros) < 48, "{micros} and {now}");
        assert_eq!(g.call("MayGetChar", &[]), Status(-1));
    });
}

/// Privileged calls refuse, calls without effect have none.
#[test]
fn privileged_calls_refuse() {
    both_profiles(|g| {
        let badpriv = Status::kernel(4);
        assert_eq!(g.call("SetFunction", &[1, 0, 1, 0x5_0000]), badpriv);
        assert_eq!(g.swi(0x1_001B, &[0x5_0000, 0x5_0100, 4]), badpriv);
        assert_eq!(g.swi(0x1_001D, &[0x5_0000]), badpriv);
        for number in [0x1_000B, 0x1_000C, 0x1_001F, 0x1_0020, 0x1_0022] {
            assert_eq!(g.swi(number, &[0x77]), Status(0x77), "SWI {number:#x}");
        }
    });
}

/// A write outside the task's own pages and other faults kill with status ABORTED.
#[test]
fn faults_kill_the_task() {
    both_profiles(|g| {
        for (what, instruction) in [
            ("store to KernelBase", str(0, 7, 0)),
            ("store below 0x200", str(0, 4, 0)),
            ("hardware register", 0xE3A0_F403), // mov pc, #0x03000000
            ("undefined", 0xE7F0_00F0),
        ] {
            assert_eq!(fate_of(g, instruction), Some(ABORTED), "{what}");
        }
        assert_eq!(
            fate_of(g, ldr(0, 4, 0x10)),
            None,
            "a load below 0x200 is let through"
        );
        let warned = format!("{:?}", g.records().records);
        assert!(warned.contains("null pointer"), "and reported");
        assert_eq!(fate_of(g, PARK[0]), None);
    });
}

/// Vector 38 finds a loaded image by the name in its 3DO header, and nothing else.
#[test]
fn images_are_found_by_name() {
    for profile in [Profile::Documented, Profile::Retail] {
        let base = IMAGE_BASE;
        let mut bytes = program_image(base, 0x1_0000, 0);
        bytes[0xC0..0xC5].copy_from_slice(b"Probe");
        let g = &mut Guest::with_image(profile, &bytes);
        let (name, other) = (g.string("PROBE"), g.string("prob"));
        let mask = 0x8000_u32.wrapping_neg();
        assert_eq!(g.vec(38, &[0, mask, name]).0 as u32, base);
        assert_eq!(g.vec(38, &[base + 0x123, mask, name]).0 as u32, base);
        assert_eq!(g.vec(38, &[base + 0x8000, mask, name]), Status(0));
        assert_eq!(g.vec(38, &[0, mask, other]), Status(0));
        assert_eq!(g.vec(38, &[0, 0, other]), Status(0), "a mask of 0 ends too");
    }
}

/// Vector 24 is WaitPort for programs of the first SDK; private calls print or refuse.
#[test]
fn calls_of_older_and_private_programs() {
    both_profiles(|g| {
        let port = g.create_port();
        assert_eq!(g.vec(24, &[0, 0]), Status::kernel(1), "no such port");
        g.begin_vec(24, &[port.word(), 0]);
        g.advance_micros(1_000);
        assert_eq!(g.result(), None, "it waits like SWI 40");
    });
    both_profiles(|g| {
        let (text, rights) = (g.string("Some program"), g.string("Copyright nobody"));
        g.call("Print3DOHeader", &[0, text, rights]);
        assert!(g.console().contains("Some program\nCopyright nobody\n"));
        assert_eq!(g.call("RSACheck", &[0x5_0000, 64]), Status::kernel(16));
    });
}
