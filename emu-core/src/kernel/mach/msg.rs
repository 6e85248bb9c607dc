//! Trap -32: messages out of guest memory and into it (Mach sheet 4.2 to 4.5).
//!
//! ```text
//! send     bytes -> descriptors -> rights and data taken -> kernel: served at once
//!                                                           queue: there, or the caller waits
//! receive  next message -> fits? -> rights get names, data gets memory -> bytes, then a trailer
//! ```
//! A reply that the kernel gives at once to who waits for it at an empty queue does not go by way of
//! that queue; nobody can see the difference.
//!
//! A message that fails before it is sent changes nothing but what the published calls change.

mod receive;
mod send;

pub use receive::Receive;
pub use send::Send;

use super::clock::milliseconds;
use super::codes;
use super::rpc::done;
use super::waiting::Waiting;
use crate::calls;
use crate::kernel::abi::{ArgKind, Arguments, FromGuest};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::kernel::portfolio::Portfolio;
use bitflags::bitflags;
use serde::{Deserialize, Serialize};

bitflags! {
    /// Options of trap -32 (Mach sheet 4.5).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct MsgOption: u32 {
        /// Send.
        const MACH_SEND_MSG = 1;
        /// Receive.
        const MACH_RCV_MSG = 2;
        /// Give up sending after a time.
        const MACH_SEND_TIMEOUT = 0x10;
        /// The library does not try again.
        const MACH_SEND_INTERRUPT = 0x40;
        /// Tell the sender when it can send again.
        const MACH_SEND_CANCEL = 0x80;
        /// Give up receiving after a time.
        const MACH_RCV_TIMEOUT = 0x100;
        /// Ask for the dead-name notification of the reply port that comes.
        const MACH_RCV_NOTIFY = 0x200;
        /// The library does not try again.
        const MACH_RCV_INTERRUPT = 0x400;
        /// A message that is too large stays in its queue.
        const MACH_RCV_LARGE = 0x800;
        /// A list says where out-of-line data goes.
        const MACH_RCV_OVERWRITE = 0x1000;
        /// A trailer is sent.
        const MACH_SEND_TRAILER = 0x2_0000;
        /// The elements of the trailer that is wanted, and all other bits.
        const _ = !0;
    }
}

impl FromGuest for MsgOption {
    const KIND: ArgKind = ArgKind::MsgOption;
    fn from_guest(arguments: &mut Arguments<'_>) -> Self {
        MsgOption::from_bits_retain(arguments.word())
    }
}

#[expect(clippy::too_many_arguments, reason = "the trap has nine")]
fn mach_msg(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    msg: u32,
    option: MsgOption,
    send_size: u32,
    rcv_size: u32,
    rcv_name: u32,
    timeout: u32,
    notify: u32,
    rcv_msg: u32,
    scatter_size: u32,
) -> Answer {
    let program = k.mach_caller();
    let receive = option.contains(MsgOption::MACH_RCV_MSG).then_some(Receive {
        program,
        name: rcv_name,
        source: None,
        addr: if rcv_msg == 0 { msg } else { rcv_msg },
        size: rcv_size,
        option,
        timeout,
        notify,
        scatter: (msg, scatter_size),
    });
    let answer = if option.contains(MsgOption::MACH_SEND_MSG) {
        k.mach.expects = receive.and_then(|receive| k.direct_port(&receive));
        let answer = k.send_from(cx, program, msg, send_size);
        let expected = k.mach.expects.take();
        if let (Some(message), Some(receive), Some(port)) =
            (k.mach.direct.take(), receive, expected)
            && k.receive_directly(cx, &receive, port, message)
        {
            return done(codes::KERN_SUCCESS);
        }
        answer
    } else {
        Ok(None)
    };
    k.settle_ports(cx);
    if let Some(wait) = k.ended_by_message() {
        return Ok(Flow::Block(wait));
    }
    match (answer, receive) {
        (Err(code), _) => done(code),
        (Ok(Some(message)), receive) => {
            let time_out = option.contains(MsgOption::MACH_SEND_TIMEOUT);
            let send = Send {
                program,
                message,
                addr: msg,
                size: send_size,
                receive,
            };
            let time_out = time_out.then(|| milliseconds(timeout));
            Ok(k.mach_block(cx, Waiting::Send(Box::new(send)), time_out))
        }
        (Ok(None), Some(receive)) => k.receive_into(cx, receive),
        (Ok(None), None) => done(codes::KERN_SUCCESS),
    }
}

calls! { pub(crate) CALLS: Mach;
    blocking trap 32 mach_msg_overwrite_trap(msg: u32, option: MsgOption, send_size: u32,
        rcv_size: u32, rcv_name: u32, timeout: u32, notify: u32, rcv_msg: u32,
        scatter_size: u32) -> Code = mach_msg;
}
