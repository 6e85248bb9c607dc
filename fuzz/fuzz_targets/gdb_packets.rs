//! A client of the server for GDB: bodies of packets, a line each.
#![no_main]

use emu_frontend::cli::{self, Command};
use emu_frontend::gdb::wire::packet;
use emu_frontend::gdb::{converse, with_guest};
use libfuzzer_sys::fuzz_target;
use std::io;

fuzz_target!(|bytes: &[u8]| {
    let words = ["overture", "debug", "rom:hello"].map(Into::into);
    let Ok(parsed) = cli::parse(words) else {
        return;
    };
    let Some(Command::Debug(args)) = parsed.command else {
        return;
    };
    // Without a frame nearly everything would end at the checksum.
    let packets = bytes.split(|&byte| byte == b'\n').map(packet);
    let script: Vec<u8> = packets.flatten().collect();
    let (out, err) = (Box::new(io::sink()), Box::new(io::sink()));
    let _ = with_guest(&args, out, err, |guest| {
        converse(guest, &mut script.as_slice());
    });
});
