//! What later devices need of the device layer (ARCHITECTURE.md).
//!
//! Work that stalls the CPU without blocking a task, buffers that the kernel holds outside
//! guest memory, and devices that read and write memory by themselves.

use emu_core::device::{
    Board, Buffer, Bus, Device, DeviceCx, DeviceId, DeviceInfo, Finished, Message, Notice,
    PendingWork, ReqId, Request, Submit,
};
use emu_core::event::{Event, Rank};
use emu_core::loader::aif::Image;
use emu_core::machine::{Config, Machine, Stop};
use emu_core::mem::Memory;
use emu_core::time::{Tick, Ticks, Video};
use emu_core::trace::Silent;

/// A bus master that takes the bus for a while at every vertical blank and leaves a mark in
/// memory.
struct Greedy {
    takes: Ticks,
}

/// Where the mark goes: VRAM that no program of these tests owns.
const MARK: u32 = 0x28_0000;

impl Device for Greedy {
    fn info(&self) -> DeviceInfo {
        DeviceInfo {
            name: "greedy",
            class: emu_core::device::DeviceClass::Other,
            max_unit: 0,
            commands: &[],
            rank: Rank::SPORT,
            counts_fields: false,
        }
    }
    fn submit(&mut self, _request: Request, _cx: &mut DeviceCx<'_>) -> Submit {
        Submit::Done(Finished::ok(0))
    }
    fn event(&mut self, _event: Event, _cx: &mut DeviceCx<'_>) {}
    fn abort(&mut self, _id: ReqId, _cx: &mut DeviceCx<'_>) -> bool {
        false
    }
    fn field(&mut self, count: u64, cx: &mut DeviceCx<'_>) {
        cx.memory().set_word(MARK, count as u32);
        cx.stall(self.takes);
    }
    fn pending(&self) -> Vec<PendingWork> {
        Vec::new()
    }
}

impl Board for Greedy {
    fn device_count(&self) -> u8 {
        1
    }
    fn device(&mut self, id: DeviceId) -> Option<&mut dyn Device> {
        (id.0 == 0).then_some(self)
    }
    fn field_start(&self, k: u64) -> Tick {
        Video::Pal.field_start(k)
    }
}

/// Guest instructions of ten fields of a program that never waits, and the last mark.
fn ten_fields(takes: Ticks) -> (u64, u32) {
    let rom = roms::by_name("spin").expect("a guest program");
    let image = Image::parse(rom.bytes).expect("it is a program");
    let mut machine = Machine::new(Greedy { takes }, Config::default());
    machine
        .load_program(&image, rom.name, b"spin")
        .expect("it starts");
    // Just before the eleventh: an instruction may end a few cycles after the limit.
    let end = Video::Pal.field_start(11) - Ticks(1_000);
    assert_eq!(machine.run(end, &mut Silent), Stop::Limit);
    (machine.instructions(), machine.memory().word(MARK))
}

/// The guest loses exactly the stalled cycles; time, and the fields in it, go on.
#[test]
fn a_stall_takes_cycles_from_the_guest_alone() {
    let (free, mark) = ten_fields(Ticks(0));
    assert_eq!(mark, 10, "a device writes memory by itself");
    let (stalled, mark) = ten_fields(Ticks(25_000));
    assert_eq!(mark, 10);
    // A tenth of every field but the first one's share: ten stalls in eleven fields.
    let lost = free - stalled;
    let expected = free * 10 * 25_000 / (11 * 250_000);
    assert!(
        lost.abs_diff(expected) <= expected / 100,
        "lost {lost}, expected about {expected}"
    );
    let (never, _) = ten_fields(Ticks(300_000));
    assert!(
        never < free / 10,
        "the bus is never free after the first field"
    );
}

/// A device need not know whether a buffer is guest memory or the kernel's.
#[test]
fn buffers_of_the_kernel_work_like_the_guests() {
    let (mut memory, mut bus) = (Memory::new(), Bus::default());
    let id = bus.buffers.hold(vec![0; 8]);
    let kernel = Buffer::Kernel { id, len: 8 };
    let guest = Buffer::Guest { addr: MARK, len: 8 };
    for buffer in [kernel, guest] {
        let mut cx = DeviceCx::new(Tick(0), DeviceId(0), Rank::CDROM, &mut memory, &mut bus);
        assert!(buffer.is_word_aligned());
        assert_eq!(cx.write_buffer(buffer, 2, b"abcd"), 4);
        assert_eq!(cx.write_buffer(buffer, 6, b"wxyz"), 2, "what fits");
        assert_eq!(cx.write_buffer(buffer, 8, b"!"), 0);
        assert_eq!(cx.write_buffer(buffer, u32::MAX, b"!"), 0);
        assert_eq!(cx.read_buffer(buffer, 100), b"\0\0abcdwx");
        assert_eq!(cx.read_buffer(buffer, 3), b"\0\0a");
    }
    assert_eq!(bus.buffers.release(id), Some(b"\0\0abcdwx".to_vec()));
    assert_eq!(bus.buffers.release(id), None);
    let mut cx = DeviceCx::new(Tick(0), DeviceId(0), Rank::CDROM, &mut memory, &mut bus);
    assert_eq!(cx.write_buffer(kernel, 0, b"gone"), 0);
    assert!(cx.read_buffer(kernel, 8).is_empty());
    let wild = Buffer::Guest {
        addr: 0x2F_FFFC,
        len: 8,
    };
    assert_eq!(cx.write_buffer(wild, 0, &[1; 8]), 0, "beyond memory");
}

/// Completions and notices come out in the order they happened.
#[test]
fn the_outbox_keeps_the_order() {
    let (mut memory, mut bus) = (Memory::new(), Bus::default());
    let mut cx = DeviceCx::new(Tick(5), DeviceId(0), Rank::CDROM, &mut memory, &mut bus);
    cx.complete(ReqId(1), Finished::ok(3));
    cx.notice(Notice::Field { count: 9 });
    cx.complete(ReqId(0), Finished::ok(4));
    let said: Vec<String> = std::iter::from_fn(|| bus.outbox.pop())
        .map(|message| match message {
            Message::Completion(completion) => format!("end of {}", completion.id.0),
            Message::Notice(_) => "notice".to_owned(),
        })
        .collect();
    assert_eq!(said, ["end of 1", "notice", "end of 0"]);
    assert!(bus.outbox.is_empty());
}
