//! Clients that mean no good: the server neither panics nor hangs.

use super::client::{Server, arguments};
use emu_frontend::gdb::wire::packet;
use emu_frontend::gdb::{converse, with_guest};
use proptest::prelude::*;
use std::io;

#[test]
fn a_garbled_packet_is_asked_for_again() {
    let server = Server::start(&["rom:hello"]);
    let mut gdb = server.client();
    gdb.send(b"$g#00");
    let mut byte = [0];
    io::Read::read_exact(&mut gdb.stream, &mut byte).expect("an answer");
    assert_eq!(&byte, b"-");
    // And an answer can be asked for again.
    let first = gdb.ask("g");
    gdb.send(b"-");
    assert_eq!(gdb.packet(), Some(first));
    drop(gdb);
    server.is_alive();
}

#[test]
fn lengths_that_cannot_be_are_answered_or_dropped() {
    let server = Server::start(&["rom:hello"]);
    let mut gdb = server.client();
    for wish in [
        "m0,ffffffffffffffff",
        "mffffffffffffffff,1",
        "M0,ffffffff:00",
        "X0,ffffffff:a",
        "Z0,ffffffffff,4",
        "Z2,0,fffffffff",
        "p99999999999",
        "G",
        "vCont;s:ffffffffffffffffffff",
        "vCont;r0,ffffffffffff:20",
        "qXfer:features:read:target.xml:ffffffffffffffff,ffffffffffffffff",
        "qXfer:memory-map:read::ffffffff,ffffffff",
        "qXfer:memory-map:read::0,ffffffffffffff",
        "qRcmd,zz",
        "qThreadExtraInfo,ffffffff",
        "Hgffffffffffffffffffff",
        "Tfffffffffffffffff",
    ] {
        let _ = gdb.ask(wish);
        assert!(gdb.ask("?").starts_with("T05"), "after {wish}");
    }
    gdb.send(b"$");
    gdb.send(&vec![b'a'; 1 << 20]);
    gdb.send(b"#00");
    assert!(
        gdb.ask("?").starts_with("T05"),
        "after a packet of a megabyte"
    );
    drop(gdb);
    server.is_alive();
}

#[test]
fn a_client_may_go_at_any_time() {
    let server = Server::start(&["rom:sketch"]);
    for bytes in [
        &b""[..],
        b"$",
        b"$g",
        b"$g#",
        b"$g#6",
        b"$g#67",
        b"$c#63",
        b"$c#63\x03",
        b"$vCont;s:20#",
        b"$bc#c5",
        b"+++---",
    ] {
        let mut gdb = server.client();
        gdb.send(bytes);
    }
    server.is_alive();
}

#[test]
fn a_flood_ends_the_conversation_and_not_the_server() {
    let server = Server::start(&["rom:sketch"]);
    for flood in [
        b"$c#63".repeat(1000),
        b"-".repeat(100_000),
        b"\x03".repeat(100_000),
    ] {
        let mut gdb = server.client();
        gdb.send(&flood);
    }
    server.is_alive();
}

fn any_packet() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "?",
        "g",
        "G",
        "m",
        "M",
        "X",
        "p",
        "P",
        "Z0,",
        "Z2,",
        "z3,",
        "Hg",
        "Hc",
        "T",
        "vCont;",
        "vCont;c",
        "vCont;s:",
        "vCont;s:20",
        "bs",
        "bc",
        "c",
        "s",
        "qSupported:",
        "qRcmd,",
        "qXfer:features:read:target.xml:",
        "qThreadExtraInfo,",
        "qOffsets",
        "D",
        "m48000,40",
        "QStartNoAckMode",
        "vKill;1",
        "qfThreadInfo",
        "X48000,2:}",
    ]);
    let tail = prop::collection::vec(
        prop::sample::select(b"0123456789abcdef,;:=-xp.#}$".to_vec()),
        0..24,
    );
    (known, tail).prop_map(|(known, tail)| {
        let tail = tail.into_iter().filter(|byte| !b"#$".contains(byte));
        packet(&known.bytes().chain(tail).collect::<Vec<u8>>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(tests::run::cases(150) as u32))]

    /// Whatever is sent, the conversation ends when the client is gone.
    #[test]
    fn no_packets_do_any_harm(
        packets in prop::collection::vec(any_packet(), 0..12),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let bytes: Vec<u8> = packets.concat().into_iter().chain(noise).collect();
        let args = arguments(&["rom:hello"]);
        let (out, err) = (Box::new(io::sink()), Box::new(io::sink()));
        with_guest(&args, out, err, |guest| {
            converse(guest, &mut bytes.as_slice());
            // The next client finds it well.
            converse(guest, &mut &b"$?#3f$g#67$bs#d5$vCont;s:20#42"[..]);
        }).expect("starts");
    }
}
