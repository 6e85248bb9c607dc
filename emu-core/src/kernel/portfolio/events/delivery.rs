//! Who gets a message of what happened, and the messages themselves.
//!
//! Device sheet 7.4, 7.5. A listener's message is outstanding from its sending to its reply; a
//! listener that has all it may have loses what happens, and is told so with the next message.

use super::bytes::Words;
use super::codes::{event, flavor};
use super::frames::{Frame, Happened};
use super::listeners::{Category, Listener};
use super::masks::{Mask, OTHER_WORDS, UI_WORDS, bit_of};
use super::replies::Block;
use super::widths::written;
use super::{BYTES_PER_CYCLE, EventBroker, MESSAGE_COST};
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::{Item, NewItem};
use crate::kernel::portfolio::structs::node_type::MESSAGENODE;
use crate::kernel::portfolio::structs::{Message, node_flag};
use crate::mem::GuestType;
use serde::{Deserialize, Serialize};

/// Least memory for the data of a message: a pad that is pressed fits without another block.
const BLOCK_LEAST: u32 = 128;
/// Events that arrive in every field: of pads, mice, guns, keyboards, light guns, sticks.
const EVERY_FIELD: [u8; 6] = [4, 9, 13, 17, 25, 30];

/// One of the broker's own messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EventMessage {
    /// The port it is used for.
    pub(super) listener: Item,
    /// Where its data are.
    data: Block,
}

/// What a listener is told.
enum Told {
    /// Nothing.
    Nothing,
    /// Nothing, but it counts as told of its focus.
    Silently,
    /// It has no room, and loses it.
    Lost,
    /// A message with these frames.
    Frames(Vec<(Frame, bool)>),
}

impl EventBroker {
    /// Whether the next field must be looked at although nothing has changed.
    pub(super) fn wants_field(&self) -> bool {
        let is_due = |listener: &Listener| {
            self.waits_for_field(listener) && !(listener.lost && listener.is_full())
        };
        self.table.is_some()
            || !self.reads.is_empty()
            || self.pods.wants_field()
            || self.listeners.iter().any(is_due)
    }

    /// Whether a field may wake somebody although nothing changes.
    fn may_tell(&self) -> bool {
        let is_due = |listener: &Listener| !listener.is_full() && self.waits_for_field(listener);
        let moves = self.pods.wants_field() && !self.pods.before_first_field();
        moves && !self.listeners.is_empty()
            || !self.reads.is_empty()
            || self.listeners.iter().any(is_due)
    }

    /// Whether a listener has to be told something in the next field, or in every one.
    fn waits_for_field(&self, listener: &Listener) -> bool {
        let every = EVERY_FIELD
            .iter()
            .fold(Mask::default(), |mut all, &number| {
                all.set(bit_of(number, false));
                all
            });
        listener.category != Category::NoSeeUm
            && (listener.lost
                || listener.told_focus != (listener.port == self.focus)
                || listener.trigger.meets(&every, UI_WORDS))
    }

    /// Decides what a listener is told of what happened.
    fn told(&self, listener: &Listener, happened: &Happened, events: &Mask, by_rule: bool) -> Told {
        let has_focus = self.focus == listener.port;
        let focus_changed = listener.told_focus != has_focus;
        let full = listener.is_full();
        let triggers = |number| listener.trigger.has(bit_of(number, by_rule));
        if listener.category == Category::NoSeeUm || listener.lost && full {
            return Told::Nothing;
        }
        let is_deaf = listener.category == Category::FocusListener && !has_focus;
        let hears_users = listener.category == Category::Observer || has_focus;
        let is_due = focus_changed
            || !is_deaf
                && (hears_users && listener.trigger.meets(events, UI_WORDS)
                    || listener.lost
                    || happened.port_changed && triggers(event::CONTROL_PORT_CHANGE)
                    || listener.trigger.meets(events, OTHER_WORDS));
        if !is_due {
            return Told::Nothing;
        }
        let wants = |number| triggers(number) || listener.capture.has(bit_of(number, by_rule));
        let mut frames = Vec::new();
        let mut add = |frame: Frame| {
            let trigger = triggers(frame.number);
            frames.push((frame, trigger));
        };
        if listener.lost {
            add(Frame::plain(event::QUEUE_OVERFLOW));
        }
        if happened.port_changed && wants(event::CONTROL_PORT_CHANGE) {
            add(Frame::plain(event::CONTROL_PORT_CHANGE));
        }
        let of_focus = match has_focus {
            true => event::GIVING_FOCUS,
            false => event::LOSING_FOCUS,
        };
        if focus_changed && triggers(of_focus) {
            add(Frame::plain(of_focus));
        }
        for frame in &happened.frames {
            let is_news = frame.happened && wants(frame.number);
            if is_news || listener.lost && frame.is_update {
                add(frame.clone());
            }
        }
        match (frames.is_empty(), full) {
            (true, _) => Told::Silently,
            (false, true) => Told::Lost,
            (false, false) => Told::Frames(frames),
        }
    }
}

impl Portfolio {
    /// Whether somebody may be woken by one of the next fields although nobody does anything.
    pub(in crate::kernel::portfolio) fn has_events_to_tell(&self) -> bool {
        self.events.may_tell()
    }

    /// Tells every listener what it wants to know of what happened.
    pub(super) fn tell_listeners(&mut self, cx: &mut CallCx<'_>, happened: &Happened) {
        let by_rule = self.quirks.event_bit2;
        let mut events = Mask::default();
        for frame in happened.frames.iter().filter(|frame| frame.happened) {
            if frame.number != 0 {
                events.set(bit_of(frame.number, by_rule));
            }
        }
        for at in 0..self.events.listeners.len() {
            let Some(listener) = self.events.listeners.get(at) else {
                break;
            };
            let port = listener.port;
            let told = self.events.told(listener, happened, &events, by_rule);
            let sent = match told {
                Told::Nothing => continue,
                Told::Silently => true,
                Told::Lost => false,
                Told::Frames(frames) => self.send_frames(cx, port, &frames).is_ok(),
            };
            let has_focus = self.events.focus == port;
            if let Some(listener) = self.events.listeners.get_mut(at) {
                listener.lost = !sent;
                if sent {
                    listener.told_focus = has_focus;
                }
            }
        }
    }

    fn send_frames(
        &mut self,
        cx: &mut CallCx<'_>,
        port: Item,
        frames: &[(Frame, bool)],
    ) -> Result<(), Status> {
        let never_marked = self.quirks.event_trigger_flag;
        let narrow = self.events.narrow.contains(&port);
        let mut words = Words::default();
        words.word(written(flavor::EVENT_RECORD, narrow));
        for (frame, trigger) in frames {
            let mark = *trigger && (frame.dispatched || !never_marked);
            frame.write(self.events.field as u32, mark, &mut words);
        }
        words.word(0);
        let data = words.0;
        cx.charge.0 += MESSAGE_COST.0 + data.len() as u64 / BYTES_PER_CYCLE;

        let idle = self.events.listener(port).and_then(|l| l.idle.pop());
        let message = match idle {
            Some(message) => message,
            None => self.new_event_message(cx, port)?,
        };
        let sent = self.send_event_message(cx, port, message, &data);
        if let Some(listener) = self.events.listener(port) {
            match sent {
                Ok(()) => listener.outstanding = listener.outstanding.saturating_add(1),
                Err(_) => listener.idle.push(message),
            }
        }
        if sent.is_ok() {
            self.tell_of_events(cx, port, message, frames);
        }
        sent
    }

    fn new_event_message(&mut self, cx: &mut CallCx<'_>, port: Item) -> Result<Item, Status> {
        let new = NewItem {
            subsystem: 1,
            kind: MESSAGENODE,
            size: Message::SIZE,
            ..NewItem::default()
        };
        let message = self.new_message(cx.mem, &new, self.events.port, 0, 0)?;
        let data = Block::default();
        let listener = port;
        self.events
            .messages
            .insert(message, EventMessage { listener, data });
        Ok(message)
    }

    fn send_event_message(
        &mut self,
        cx: &mut CallCx<'_>,
        port: Item,
        message: Item,
        data: &[u8],
    ) -> Result<(), Status> {
        let len = data.len() as u32;
        let known = self.events.messages.get(&message);
        let mut block = known.map_or(Block::default(), |known| known.data);
        if block.len < len {
            let room = len.max(BLOCK_LEAST);
            let addr = self.heap_alloc(cx.mem, room)?;
            if block.len > 0 {
                self.heap_free(block.addr, block.len);
            }
            block = Block { addr, len: room };
            if let Some(known) = self.events.messages.get_mut(&message) {
                known.data = block;
            }
        }
        if let Some(to) = cx.mem.bytes_mut(block.addr, len) {
            to.copy_from_slice(data);
        }
        self.port_ptr(cx.mem, port)?;
        // It is queued even if the port has a signal that nobody can be sent any more.
        let sent = node_flag::MESSAGE_SENT;
        let _ = self.queue_message(cx.mem, message, port, sent, block.addr, len);
        Ok(())
    }

    /// A listener has replied: the message can be used again.
    pub(super) fn event_message_returned(&mut self, cx: &mut CallCx<'_>, message: Item) {
        let Some(known) = self.events.messages.get(&message) else {
            return;
        };
        let port = known.listener;
        match self.events.listener(port) {
            Some(listener) => {
                listener.outstanding = listener.outstanding.saturating_sub(1);
                if !listener.idle.contains(&message) {
                    listener.idle.push(message);
                }
            }
            None => self.drop_event_message(cx, message),
        }
    }

    /// Deletes one of the broker's own messages.
    pub(super) fn drop_event_message(&mut self, cx: &mut CallCx<'_>, message: Item) {
        let Some(known) = self.events.messages.remove(&message) else {
            return;
        };
        let _ = self.delete_message(cx, message);
        if known.data.len > 0 {
            self.heap_free(known.data.addr, known.data.len);
        }
    }
}
