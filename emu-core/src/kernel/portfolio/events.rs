//! The event broker: who listens to pads and discs, and what they are told.
//!
//! Device sheet section 7. On a console it is a task behind the message port `eventbroker`; here
//! it is native code behind that port: a message sent there is answered inside SendMsg.
//!
//! | module | what it knows |
//! |---|---|
//! | `requests` | what a listener can ask: one function a flavor |
//! | `replies` | answers, and where their data lie |
//! | `widths` | enumerations of one byte and of four |
//! | `listeners` | who listens, who has the focus, how listeners die |
//! | `pods` | which pods are logged in, and what they did since the last field |
//! | `frames` | what happened, as event frames |
//! | `masks` | which mask bit belongs to which event |
//! | `delivery` | who gets a message of what happened, and the messages themselves |
//! | `describe`, `commands` | pods as programs see them, and what pods can be told |
//! | `table` | the pod state table |
//! | `media` | discs and file systems that come and go |
//! | `bytes`, `codes`, `words` | messages as bytes, numbers, and events in words |
//!
//! ```text
//! vertical blank ── look at the pods ── what happened ──┬─ listener: message ── GetMsg, ReplyMsg
//! disc, program ── a frame, at once ────────────────────┴─ listener: queue full, events lost
//! ```
//!
//! A field in which nothing has changed and nobody waits for anything costs a comparison
//! ([`EventBroker::busy`]).

mod bytes;
mod codes;
mod commands;
mod delivery;
mod describe;
mod frames;
mod listeners;
mod masks;
mod media;
mod pods;
mod replies;
mod requests;
mod table;
mod widths;
mod words;

pub(super) use self::media::FileSystemEvent;

use self::delivery::EventMessage;
use self::listeners::Listener;
use self::pods::PodChain;
use self::replies::Block;
use self::requests::PodRead;
use self::table::PodTable;
use super::Portfolio;
use super::errors::Status;
use super::items::{Item, MAX_ITEMS, NewItem};
use super::structs::node_type::MSGPORTNODE;
use super::structs::{KernelBase, MsgPort};
use crate::device::pods::Pod;
use crate::device::{Board, DeviceClass, DeviceId};
use crate::kernel::call::CallCx;
use crate::mem::{GuestPtr, GuestType, Memory};
use crate::time::Ticks;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the port (SDK header event.h).
const PORT_NAME: &[u8] = b"eventbroker";
/// The number of the port's item, below those that are handed out: items of programs have the
/// numbers that they would have without it.
const PORT_INDEX: u8 = 15;
/// The signal of the port: nobody waits for it.
const PORT_SIGNAL: u32 = 0x100;
/// Cycles of a request beside those of the call, and of an event message.
const REQUEST_COST: Ticks = Ticks(400);
const MESSAGE_COST: Ticks = Ticks(500);
/// Bytes of an answer or of an event message that are written in a cycle.
const BYTES_PER_CYCLE: u64 = 4;

/// What the event broker knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EventBroker {
    /// Where requests are sent to and event messages come back to.
    port: Item,
    /// The device that the pods hang on.
    device: Option<DeviceId>,
    /// Vertical blanks so far: the time stamp of events.
    field: u64,
    /// The device's count of changes when it was looked at.
    seen: u64,
    /// Whether the next field has to be looked at although the pods have not changed.
    busy: bool,
    /// In the order in which they are told.
    listeners: Vec<Listener>,
    /// The port of the listener that has the focus.
    focus: Item,
    /// Reply ports whose programs have enumerations of one byte.
    narrow: BTreeSet<Item>,
    /// The broker's own messages.
    messages: BTreeMap<Item, EventMessage>,
    /// Data of replies, by the message that refers to them.
    replies: BTreeMap<Item, Block>,
    pods: PodChain,
    /// Requests that are answered after the next field.
    reads: Vec<PodRead>,
    table: Option<PodTable>,
}

impl EventBroker {
    /// Whether tables from a file can be worked on.
    pub(super) fn is_sound(&self) -> bool {
        self.listeners.len() <= MAX_ITEMS && self.reads.len() <= MAX_ITEMS && self.pods.is_sound()
    }
}

impl Portfolio {
    /// Makes the broker's port, and looks for what the pods hang on.
    pub(super) fn boot_events(
        &mut self,
        mem: &mut Memory,
        board: &mut dyn Board,
    ) -> Result<(), Status> {
        let new = NewItem {
            subsystem: 1,
            kind: MSGPORTNODE,
            size: MsgPort::SIZE,
            name: Some(PORT_NAME.to_vec()),
            ..NewItem::default()
        };
        let addr = self.heap_alloc(mem, MsgPort::SIZE)?;
        let item = self.new_fixed_item(mem, PORT_INDEX, addr, &new)?;
        let port: GuestPtr<MsgPort> = GuestPtr::new(addr);
        mem.poke(port.at(MsgPort::mp_Signal), PORT_SIGNAL);
        self.init_list(mem, port.at(MsgPort::mp_Msgs));
        self.enlist(mem, KernelBase::kb_MsgPorts, item);
        self.events.port = item;
        let mut devices = self.devices.values();
        let port = devices.find(|known| known.class == DeviceClass::ControlPort);
        self.events.device = port.map(|known| known.id);
        let pods = self.plugged(board);
        self.events.pods.log_in_all(&pods);
        // The first field tells what was there at power-on from what came later.
        self.events.busy = true;
        Ok(())
    }

    /// The pods that are plugged in.
    fn plugged(&self, board: &mut dyn Board) -> Vec<Pod> {
        let device = self.events.device.and_then(|id| board.device(id));
        device.map_or(Vec::new(), |device| device.pods())
    }

    /// A message has been queued on a port: the broker takes its own at once.
    pub(super) fn message_arrived(&mut self, cx: &mut CallCx<'_>, port: Item, message: Item) {
        if port != self.events.port {
            return;
        }
        self.fetch(cx.mem, Item::NONE, message);
        if self.events.messages.contains_key(&message) {
            self.event_message_returned(cx, message);
        } else {
            cx.charge.0 += REQUEST_COST.0;
            self.broker_request(cx, message);
        }
        self.events.busy = true;
    }

    /// A vertical blank: what the pods did since the last one is told.
    pub(super) fn broker_field(&mut self, cx: &mut CallCx<'_>, count: u64) {
        self.events.field = count;
        let device = self.events.device.and_then(|id| cx.board.device(id));
        let Some(device) = device else { return };
        let changes = device.pod_changes();
        if changes == self.events.seen && !self.events.busy {
            return;
        }
        self.events.seen = changes;
        let pods = device.pods();
        let happened = self.events.pods.sample(&pods, count);
        self.update_pod_table(cx);
        self.answer_reads(cx);
        self.tell_listeners(cx, &happened);
        self.events.busy = self.events.wants_field();
    }
}
