//! The packets, one by one.

use super::client::{Server, bytes};
use emu_frontend::report::Status;

fn metronome() -> Server {
    Server::start(&["rom:metronome"])
}

#[test]
fn what_is_said_to_be_supported_is() {
    let server = metronome();
    let mut gdb = server.client();
    let features = gdb.ask("qSupported:multiprocess+;swbreak+");
    for feature in [
        "PacketSize=4000",
        "vContSupported+",
        "QStartNoAckMode+",
        "ReverseContinue+",
        "ReverseStep+",
        "swbreak+",
        "hwbreak+",
        "qXfer:features:read+",
        "qXfer:memory-map:read+",
    ] {
        assert!(features.contains(feature), "{feature} in {features}");
    }
    for feature in ["fork-events+", "QCatchSyscalls+", "qXfer:libraries"] {
        assert!(!features.contains(feature), "{feature} in {features}");
    }
    let xml = gdb.ask("qXfer:features:read:target.xml:0,fff");
    assert!(xml.contains("<architecture>armv3</architecture>"), "{xml}");
    let map = gdb.ask("qXfer:memory-map:read::0,fff");
    assert!(map.contains("length=\"0x200000\""), "{map}");
    assert_eq!(gdb.ask("QStartNoAckMode"), "OK");
    assert_eq!(gdb.ask("vCont?"), "vCont;c;C;s;S;r");
    // What nobody has heard of is answered with nothing.
    for unknown in ["vMustReplyEmpty", "qTStatus", "QNonStop:1", "!", "zoo", ""] {
        let answer = gdb.ask(unknown);
        assert!(
            answer.is_empty() || answer.starts_with('E'),
            "{unknown}: {answer}"
        );
    }
    server.ended_by_kill(gdb);
}

impl Server {
    fn ended_by_kill(&self, mut gdb: super::client::Client) {
        gdb.send(b"$k#6b");
        assert_eq!(self.ended(), Status::Success);
    }
}

#[test]
fn registers_are_big_endian_and_complete() {
    let server = metronome();
    let mut gdb = server.client();
    let all = gdb.ask("g");
    assert_eq!(all.len(), 42 * 8);
    assert_eq!(all[15 * 8..16 * 8], format!("{:08x}", gdb.pc()));
    assert!(all[16 * 8..41 * 8].bytes().all(|byte| byte == b'x'));
    assert_eq!(gdb.ask("P3=12345678"), "OK");
    assert_eq!(gdb.register(3), 0x1234_5678);
    // The mode is the system's, the flags are not.
    assert_eq!(gdb.ask("P19=f00000d3"), "OK");
    assert_eq!(gdb.register(25), 0xF000_0010);
    assert_eq!(gdb.ask("p10"), "");
    assert_eq!(gdb.ask("P10=00000000"), "");
    let new = format!("{}{}{}", "0000000a".repeat(16), "0".repeat(200), "60000010");
    assert_eq!(gdb.ask(&format!("G{new}")), "OK");
    assert_eq!(gdb.register(7), 10);
    assert_eq!(gdb.pc(), 8, "instructions have four bytes");
    assert_eq!(gdb.ask("G00"), "E16");
    assert_eq!(gdb.ask("Hg123"), "OK");
    assert!(gdb.ask("g").starts_with('E'), "there is no such task");
    server.ended_by_kill(gdb);
}

#[test]
fn memory_is_read_and_written_where_there_is_any() {
    let server = metronome();
    let mut gdb = server.client();
    assert_eq!(gdb.ask("M1f0000,4:01020304"), "OK");
    assert_eq!(gdb.ask("m1f0000,4"), "01020304");
    assert_eq!(gdb.ask("m1f0001,2"), "0203");
    assert_eq!(gdb.ask("X1f0000,0:"), "OK");
    assert_eq!(gdb.ask("X1f0000,2:ab"), "OK");
    assert_eq!(gdb.ask("m1f0000,4"), "61620304");
    // Up to the end, and not beyond.
    assert_eq!(gdb.ask("m2ffffe,8").len(), 4);
    assert!(gdb.ask("m300000,4").starts_with('E'));
    assert!(gdb.ask("mffffffff,ffffffff").starts_with('E'));
    assert!(gdb.ask("M2ffffe,4:00000000").starts_with('E'));
    assert_eq!(gdb.ask("m2ffffe,2"), "0000");
    // As much as fits into an answer.
    assert_eq!(gdb.ask("m48000,ffffffff").len(), 2 * 0x1FF0);
    server.ended_by_kill(gdb);
}

#[test]
fn breakpoints_and_watchpoints_are_refused_where_they_cannot_be() {
    let server = metronome();
    let mut gdb = server.client();
    for (packet, answer) in [
        ("Z0,48000,4", "OK"),
        ("Z0,48000,4", "OK"),
        ("z0,48000,4", "OK"),
        ("z0,48000,4", "OK"),
        ("Z1,48004,4", "OK"),
        ("z1,48004,4", "OK"),
        ("Z0,48000,2", "E16"),
        ("Z0,48002,4", "E16"),
        ("Z1,300000,4", "E16"),
        ("Z2,48000,4", "OK"),
        ("z2,48000,4", "OK"),
        ("Z3,48000,1", "OK"),
        ("z3,48000,1", "OK"),
        ("Z4,48000,ffffffff", "OK"),
        ("z4,48000,ffffffff", "OK"),
        ("Z2,300000,4", "E16"),
        ("Z2,48000,0", "E16"),
        ("Z5,48000,4", ""),
    ] {
        assert_eq!(gdb.ask(packet), answer, "{packet}");
    }
    server.ended_by_kill(gdb);
}

#[test]
fn a_run_ends_twice_and_can_be_gone_back_from_meanwhile() {
    let server = Server::start(&["rom:hello", "--", "a", "b"]);
    let mut gdb = server.client();
    assert!(gdb.ask("vCont;c").contains("replaylog:end"));
    assert!(gdb.ask("bs").starts_with("T05"));
    assert!(gdb.ask("bc").contains("replaylog:begin"));
    let start = gdb.pc();
    assert!(gdb.ask("vCont;s:20").starts_with("T05"));
    assert_eq!(gdb.pc(), start + 4);
    assert!(gdb.ask("c").contains("replaylog:end"));
    // Two further arguments.
    assert_eq!(gdb.ask("c"), "W02");
    assert_eq!(server.ended(), Status::Success);
}

#[test]
fn a_running_guest_can_be_interrupted() {
    let server = Server::start(&["rom:sketch"]);
    let mut gdb = server.client();
    for _ in 0..3 {
        gdb.send(b"$c#63");
        std::thread::sleep(std::time::Duration::from_millis(50));
        gdb.send(b"\x03");
        assert!(gdb.answer().starts_with("T02thread:"));
    }
    // An interrupt that comes too late concerns nobody.
    gdb.send(b"\x03");
    assert!(gdb.ask("?").starts_with("T05thread:"));
    server.ended_by_kill(gdb);
}

#[test]
fn a_client_that_leaves_takes_its_breakpoints_along() {
    let server = metronome();
    let mut gdb = server.client();
    let start = gdb.pc();
    assert_eq!(gdb.ask(&format!("Z0,{:x},4", start + 4)), "OK");
    drop(gdb);
    let mut gdb = server.client();
    assert_eq!(gdb.pc(), start, "the guest waits");
    assert!(gdb.ask("c").contains("replaylog:end"));
    assert!(gdb.monitor("breaks").lines().count() <= 2);
    server.ended_by_kill(gdb);
}

#[test]
fn a_guest_that_is_let_go_runs_to_its_end() {
    let server = metronome();
    let mut gdb = server.client();
    assert_eq!(gdb.ask("D;1"), "OK");
    assert_eq!(server.ended(), Status::Success);
}

#[test]
fn a_guest_that_is_let_go_can_be_caught_again() {
    let server = Server::start(&["rom:sketch"]);
    let mut gdb = server.client();
    let start = gdb.pc();
    assert_eq!(gdb.ask("D"), "OK");
    std::thread::sleep(std::time::Duration::from_millis(100));
    let mut gdb = server.client();
    assert_ne!(gdb.pc(), start);
    server.ended_by_kill(gdb);
}

#[test]
fn a_watched_load_stops_behind_its_instruction_and_gdb_steps_over_it() {
    let server = metronome();
    let mut gdb = server.client();
    // The image's first literal is found by watching all of it.
    assert_eq!(gdb.ask("Z3,48000,1000"), "OK");
    let stop = gdb.ask("c");
    assert!(stop.contains("rwatch:"), "{stop}");
    let after = gdb.pc();
    assert_eq!(gdb.ask("z3,48000,1000"), "OK");
    assert!(gdb.ask("s").starts_with("T05"));
    assert_eq!(gdb.pc(), after, "it has been executed already");
    assert!(gdb.ask("s").starts_with("T05"));
    assert_ne!(gdb.pc(), after, "but only once");
    server.ended_by_kill(gdb);
}

#[test]
fn what_was_changed_is_changed_again_on_each_way_past_it() {
    let server = metronome();
    let mut gdb = server.client();
    let step = |gdb: &mut super::client::Client, how: &str| {
        assert!(gdb.ask(how).starts_with("T05"), "{how}");
    };
    assert_eq!(gdb.ask("Hc20"), "OK");
    (0..20).for_each(|_| step(&mut gdb, "s"));
    let pc = gdb.pc();
    assert_eq!(gdb.ask("P9=cafe0001"), "OK");
    assert_eq!(gdb.ask("M1e0000,4:11223344"), "OK");
    step(&mut gdb, "s");
    step(&mut gdb, "bs");
    assert_eq!(gdb.pc(), pc);
    assert_eq!(gdb.register(9), 0xCAFE_0001);
    assert_eq!(gdb.ask("m1e0000,4"), "11223344");
    step(&mut gdb, "bs");
    assert_ne!(gdb.register(9), 0xCAFE_0001);
    assert_ne!(gdb.ask("m1e0000,4"), "11223344");
    step(&mut gdb, "s");
    assert_eq!(gdb.pc(), pc);
    assert_eq!(gdb.register(9), 0xCAFE_0001, "it is changed again");
    assert_eq!(gdb.ask("m1e0000,4"), "11223344");
    server.ended_by_kill(gdb);
}

#[test]
fn the_guests_text_reaches_gdb() {
    let server = Server::start(&["rom:hello"]);
    let mut gdb = server.client();
    gdb.send(b"$c#63");
    let mut text = Vec::new();
    loop {
        let packet = gdb.packet().expect("a packet");
        let Some(digits) = packet.strip_prefix('O') else {
            assert!(packet.contains("replaylog:end"), "{packet}");
            break;
        };
        text.extend(bytes(digits));
    }
    let text = String::from_utf8(text).expect("text");
    assert!(
        text.contains("checks passed") || text.contains("ok "),
        "{text}"
    );
    server.ended_by_kill(gdb);
}

#[test]
fn monitor_has_the_commands_of_the_prompt_but_those_that_let_time_pass() {
    let server = metronome();
    let mut gdb = server.client();
    let before = gdb.monitor("where");
    for command in emu_frontend::debug::commands::COMMANDS {
        let answer = gdb.monitor(command.name);
        assert!(
            !answer.starts_with("error: there is no command"),
            "{answer}"
        );
        let passes = emu_frontend::debug::commands::lets_time_pass(command.name);
        let is_refused = answer.contains("time passes") || answer.contains("is no instant");
        assert_eq!(passes, is_refused, "{}: {answer}", command.name);
    }
    assert_eq!(gdb.monitor("where"), before, "no time has passed");
    assert!(gdb.monitor("help").contains("explain CODE"));
    assert!(gdb.monitor("").starts_with("error: "));
    assert!(gdb.monitor("delete 1").contains("GDB's own"));
    assert!(gdb.monitor("programs").contains("metronome at 0x48000"));
    assert!(
        gdb.monitor("goto cycle:100000")
            .contains("`continue` goes to")
    );
    assert!(gdb.ask("c").starts_with("T05"));
    assert!(gdb.monitor("where").contains("cycle 100"));
    assert!(gdb.monitor("trace 3").lines().count() == 3);
    server.ended_by_kill(gdb);
}
