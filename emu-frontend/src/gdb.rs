//! `overture debug PROGRAM --gdb ADDR`: a server for GDB.
//!
//! | module | what is there |
//! |---|---|
//! | [`address`] | where it listens |
//! | [`wire`] | packets in a stream of bytes |
//! | [`screen`] | packets that the library for the protocol would give up at |
//! | [`arch`] | the registers and their order |
//! | [`target`] | registers, memory, tasks |
//! | [`points`] | breakpoints and watchpoints |
//! | [`resume`] | what GDB says about going on |
//! | [`guest`] | how the guest goes on, and why it stops |
//! | [`monitor`] | commands of the prompt |
//! | [`text`] | what the run prints, on its way to GDB |
//!
//! What a debugger can do is `emu_core::debug`; the protocol itself is the crate `gdbstub`.

pub mod address;
pub mod arch;
pub mod guest;
pub mod monitor;
pub mod points;
pub mod resume;
pub mod screen;
pub mod target;
pub mod text;
pub mod wire;

use crate::debug::{DebugArgs, Debugging, start};
use crate::refuse;
use crate::report::Status;
use crate::sink::RunSink;
use address::Address;
use gdbstub::conn::Connection;
use gdbstub::stub::state_machine::GdbStubStateMachine;
use gdbstub::stub::{DisconnectReason, GdbStubBuilder};
use guest::{Going, Guest};
use screen::{Screen, Screened};
use std::cell::RefCell;
use std::convert::Infallible;
use std::io::{self, Write};
use std::net::TcpListener;
use std::rc::Rc;
use text::{Tee, Text};
use wire::{Link, Network, PACKET_MAX, Wire};

/// How a conversation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// The client is gone, and the guest stands still.
    Lost,
    /// The client has let go: the guest runs on by itself.
    Detached,
    /// The guest has ended, or is to end.
    Over,
}

/// Listens, and serves whoever comes.
pub fn run(args: &DebugArgs, address: &str) -> Status {
    let address = match Address::parse(address) {
        Ok(address) => address,
        Err(why) => return refuse(&format!("--gdb {}: {why}", address.escape_debug())),
    };
    let listener = match TcpListener::bind((address.host.as_str(), address.port)) {
        Ok(listener) => listener,
        Err(error) => return refuse(&format!("--gdb {address}: {error}; give another address")),
    };
    if !address.is_loopback() {
        crate::complain(&format!(
            "anybody who reaches {address} can control this session and change what it debugs"
        ));
    }
    serve(
        args,
        &listener,
        Box::new(io::stdout()),
        Box::new(io::stderr()),
    )
}

/// Serves whoever comes to `listener`, until the guest has ended.
pub fn serve(
    args: &DebugArgs,
    listener: &TcpListener,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
) -> Status {
    let served = with_guest(args, out, err, |guest| {
        let local = listener.local_addr().map_err(|error| error.to_string())?;
        let sink = guest.debugging.sink.output();
        sink.line(&format!("waiting for GDB at {local}"));
        sink.line("in GDB: set architecture armv3");
        sink.line("        set endian big");
        sink.line(&format!("        target remote {local}"));
        sink.flush();
        let mut leave = Leave::Lost;
        while leave != Leave::Over {
            let accepted = match leave {
                Leave::Detached => run_alone(guest, listener),
                _ => listener.accept().map(|(stream, _)| Some(stream)),
            };
            let stream = match accepted {
                Ok(Some(stream)) => stream,
                Ok(None) => break,
                Err(error) => return Err(format!("--gdb {local}: {error}")),
            };
            // A client that is gone before it is served is no reason to end.
            if let Ok(mut link) = Network::new(stream) {
                leave = converse(guest, &mut link);
            }
        }
        Ok(())
    });
    match served {
        Ok(Ok(())) => Status::Success,
        Ok(Err(line)) | Err(line) => refuse(&line),
    }
}

/// Starts the guest of a command line and does something with it.
pub fn with_guest<R>(
    args: &DebugArgs,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    work: impl FnOnce(&mut Guest<'_>) -> R,
) -> Result<R, String> {
    let (config, session) = start(args)?;
    let text = Text::default();
    let sink = RunSink::new(Tee::new(out, text.clone()), err).with_calls(args.run.calls);
    let symbols = args.symbols(&config)?;
    let mut debugging = Debugging::new(session, &config, sink);
    debugging.debugger.symbols = symbols;
    debugging.place_symbols();
    if let Some(when) = &args.at {
        let line = format!("goto {when}");
        let there = crate::debug::commands::execute(&mut debugging, &line);
        there.map_err(|why| format!("--at: {why}"))?;
    }
    text.take();
    Ok(work(&mut Guest::new(debugging, text)))
}

/// The guest runs without a client, until one comes or it has ended (`None`).
fn run_alone(
    guest: &mut Guest<'_>,
    listener: &TcpListener,
) -> io::Result<Option<std::net::TcpStream>> {
    listener.set_nonblocking(true)?;
    let stream = loop {
        match listener.accept() {
            Ok((stream, _)) => break Some(stream),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => (),
            Err(error) => return Err(error),
        }
        guest.going = Going::On;
        let ended = guest.advance(&mut || false);
        guest.text.take();
        match ended {
            Some(guest::Reason::Exited(_) | guest::Reason::Terminated(_)) => break None,
            // Nobody could ever go on from here but a client.
            Some(guest::Reason::SignalWithThread { signal, .. })
                if signal == gdbstub::common::Signal::SIGSTOP =>
            {
                listener.set_nonblocking(false)?;
                break Some(listener.accept()?.0);
            }
            _ => (),
        }
    };
    listener.set_nonblocking(false)?;
    Ok(stream)
}

/// What the library writes, until it is sent.
#[derive(Clone, Default)]
struct Outbox(Rc<RefCell<Vec<u8>>>);

impl Connection for Outbox {
    type Error = Infallible;

    fn write(&mut self, byte: u8) -> Result<(), Infallible> {
        self.0.borrow_mut().push(byte);
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Talks with a client until it leaves.
pub fn converse(guest: &mut Guest<'_>, link: &mut dyn Link) -> Leave {
    let mut wire = Wire::new(link);
    let outbox = Outbox::default();
    guest.text.take();
    let leave = talk(guest, &mut wire, &outbox);
    wire.answer(std::mem::take(&mut *outbox.0.borrow_mut()));
    guest.unset_all();
    guest.going = Going::On;
    leave
}

fn talk(guest: &mut Guest<'_>, wire: &mut Wire<'_>, outbox: &Outbox) -> Leave {
    let stub = GdbStubBuilder::new(outbox.clone()).packet_buffer_size(PACKET_MAX);
    let Ok(stub) = stub.build() else {
        return Leave::Lost;
    };
    let Ok(mut machine) = stub.run_state_machine(guest) else {
        return Leave::Lost;
    };
    let mut screen = Screen::default();
    loop {
        wire.answer(std::mem::take(&mut *outbox.0.borrow_mut()));
        let next = match machine {
            GdbStubStateMachine::Idle(idle) => {
                let Some(body) = wire.next_packet() else {
                    return Leave::Lost;
                };
                let is_quiet = body == b"QStartNoAckMode";
                let current = u32::try_from(guest.standing().get()).unwrap_or(1);
                match screen.look(body, current) {
                    Screened::Answer(answer) => {
                        wire.reply(answer);
                        Ok(idle.into())
                    }
                    Screened::Pass(body) => {
                        let fed = feed(idle.into(), guest, &wire::packet(&body));
                        if is_quiet {
                            wire.stop_acknowledging();
                        }
                        fed
                    }
                }
            }
            GdbStubStateMachine::Running(running) => {
                let reason = guest.advance(&mut || wire.is_interrupted());
                let stops = match reason {
                    Some(reason) => Some(reason),
                    None => wire.is_interrupted().then(|| guest.interrupted()),
                };
                for piece in guest.text.take().chunks(PACKET_MAX / 4) {
                    let digits: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
                    wire.tell(format!("O{digits}").as_bytes());
                }
                if wire.is_lost() {
                    return Leave::Lost;
                }
                match stops {
                    Some(reason) => running.report_stop(guest, reason),
                    None => Ok(running.into()),
                }
            }
            // Interrupts are heard before the library sees them.
            GdbStubStateMachine::CtrlCInterrupt(idle) => {
                idle.interrupt_handled(guest, None::<guest::Reason>)
            }
            GdbStubStateMachine::Disconnected(gone) => {
                return match gone.get_reason() {
                    DisconnectReason::Disconnect => Leave::Detached,
                    _ => Leave::Over,
                };
            }
        };
        machine = match next {
            Ok(machine) => machine,
            Err(error) => {
                crate::complain(&format!("GDB's connection is given up: {error}"));
                return Leave::Lost;
            }
        };
    }
}

type Machine<'s, 'a> = GdbStubStateMachine<'s, Guest<'a>, Outbox>;
type Failure = gdbstub::stub::GdbStubError<Infallible, Infallible>;

/// Lets the library have a packet.
fn feed<'s, 'a>(
    mut machine: Machine<'s, 'a>,
    guest: &mut Guest<'a>,
    bytes: &[u8],
) -> Result<Machine<'s, 'a>, Failure> {
    for &byte in bytes {
        machine = match machine {
            GdbStubStateMachine::Idle(idle) => idle.incoming_data(guest, byte)?,
            GdbStubStateMachine::Running(running) => running.incoming_data(guest, byte)?,
            other => other,
        };
    }
    Ok(machine)
}
