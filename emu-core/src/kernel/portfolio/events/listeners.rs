//! Who listens, who has the focus, how listeners die (device sheet 7.3).

use super::EventBroker;
use super::masks::Mask;
use super::replies::Block;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::Message;
use crate::kernel::portfolio::structs::node_type::MESSAGENODE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Outstanding messages that a listener may want, and how many it has who does not say.
const QUEUE_WANTED: std::ops::RangeInclusive<i32> = 1..=20;
const QUEUE_DEFAULT: u8 = 3;

/// What a listener has to do with the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    /// It is told nothing.
    NoSeeUm,
    /// It is told when it has the focus.
    FocusListener,
    /// It is always told.
    Observer,
    /// It is told what users do when it has the focus, and always the rest.
    FocusUi,
}

impl Category {
    /// The highest number.
    pub(super) const LAST: u32 = 3;

    pub(super) fn of(number: u32) -> Option<Category> {
        match number {
            0 => Some(Category::NoSeeUm),
            1 => Some(Category::FocusListener),
            2 => Some(Category::Observer),
            3 => Some(Category::FocusUi),
            _ => None,
        }
    }

    pub(super) fn number(self) -> u32 {
        self as u32
    }

    /// Whether it can have the focus.
    fn wants_focus(self) -> bool {
        matches!(self, Category::FocusListener | Category::FocusUi)
    }
}

/// What a listener has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wishes {
    pub category: Category,
    pub trigger: Mask,
    pub capture: Mask,
    pub queue_max: i32,
}

/// One listener.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listener {
    /// The reply port of its requests, where its events go too.
    pub(super) port: Item,
    pub(super) category: Category,
    pub(super) trigger: Mask,
    pub(super) capture: Mask,
    /// Messages it may have without having replied.
    queue_max: u8,
    /// Messages it has.
    pub(super) outstanding: u8,
    /// Messages that have come back and wait for the next use.
    pub(super) idle: Vec<Item>,
    /// Whether something happened while its queue was full.
    pub(super) lost: bool,
    /// Whether it had the focus when it was last told so.
    pub(super) told_focus: bool,
}

impl Listener {
    pub(super) fn is_full(&self) -> bool {
        self.outstanding >= self.queue_max
    }

    fn obey(&mut self, wishes: &Wishes) {
        self.category = wishes.category;
        self.trigger = wishes.trigger;
        self.capture = wishes.capture;
        if QUEUE_WANTED.contains(&wishes.queue_max) {
            self.queue_max = wishes.queue_max as u8;
        }
    }
}

impl EventBroker {
    pub(super) fn listener(&mut self, port: Item) -> Option<&mut Listener> {
        let mut all = self.listeners.iter_mut();
        all.find(|listener| listener.port == port)
    }

    /// Changes a listener, or makes one. A new one that can have the focus takes it and goes to
    /// the head; a changed one takes it only if nobody has it.
    pub(super) fn configure(&mut self, port: Item, wishes: &Wishes) {
        let has_focus = wishes.category.wants_focus();
        if let Some(listener) = self.listener(port) {
            listener.obey(wishes);
            if has_focus && self.focus == Item::NONE {
                self.focus = port;
            }
            return;
        }
        let mut listener = Listener {
            port,
            category: wishes.category,
            trigger: Mask::default(),
            capture: Mask::default(),
            queue_max: QUEUE_DEFAULT,
            outstanding: 0,
            idle: Vec::new(),
            lost: false,
            told_focus: false,
        };
        listener.obey(wishes);
        if has_focus {
            self.focus = port;
            self.listeners.insert(0, listener);
        } else {
            self.listeners.push(listener);
        }
    }

    /// Gives the focus to a listener that can have it.
    pub(super) fn set_focus(&mut self, port: Item) -> bool {
        let can = self
            .listener(port)
            .is_some_and(|listener| listener.category.wants_focus());
        if can {
            self.focus = port;
        }
        can
    }

    /// Forgets a listener; the focus goes to the first that is left and can have it.
    fn remove_listener(&mut self, port: Item) -> Option<Listener> {
        let mut all = self.listeners.iter();
        let at = all.position(|listener| listener.port == port)?;
        let gone = self.listeners.remove(at);
        if self.focus == port {
            let mut left = self.listeners.iter();
            let heir = left.find(|listener| listener.category.wants_focus());
            self.focus = heir.map_or(Item::NONE, |heir| heir.port);
        }
        Some(gone)
    }
}

impl Portfolio {
    /// A port is gone, and with it its listener and what it has asked for.
    pub(in crate::kernel::portfolio) fn port_gone(&mut self, cx: &mut CallCx<'_>, port: Item) {
        if self.events.listeners.is_empty() && self.events.narrow.is_empty() {
            return self.table_user_gone(cx, port);
        }
        self.events.narrow.remove(&port);
        if let Some(listener) = self.events.remove_listener(port) {
            for message in listener.idle {
                self.drop_event_message(cx, message);
            }
            self.events.busy = true;
        }
        self.collect_stray_messages(cx);
        self.table_user_gone(cx, port);
    }

    /// Deletes event messages that nobody holds any more and no listener waits for. One that a
    /// task has fetched stays until it is replied to or the task is gone.
    fn collect_stray_messages(&mut self, cx: &mut CallCx<'_>) {
        let listeners: BTreeSet<Item> = self.events.listeners.iter().map(|l| l.port).collect();
        let holder = |message| match self.item_of::<Message>(cx.mem, message, MESSAGENODE) {
            Ok(ptr) => cx.mem.peek(ptr.at(Message::msg_MsgPort)),
            Err(_) => Item::NONE,
        };
        let is_held = |message| {
            let holder = holder(message);
            self.tasks.contains_key(&holder) || self.port_ptr(cx.mem, holder).is_ok()
        };
        let messages = self.events.messages.iter();
        let strays: Vec<Item> = messages
            .filter(|(item, message)| !listeners.contains(&message.listener) && !is_held(**item))
            .map(|(&item, _)| item)
            .collect();
        for message in strays {
            self.drop_event_message(cx, message);
        }
    }

    /// A message is gone: what the broker keeps for it goes too.
    pub(in crate::kernel::portfolio) fn forget_broker_message(&mut self, message: Item) {
        if let Some(Block { addr, len }) = self.events.replies.remove(&message) {
            self.heap_free(addr, len);
        }
        self.events.reads.retain(|read| read.message != message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(category: Category, queue_max: i32) -> Wishes {
        Wishes {
            category,
            trigger: Mask::default(),
            capture: Mask::default(),
            queue_max,
        }
    }

    fn ports(broker: &EventBroker) -> Vec<i32> {
        broker.listeners.iter().map(|l| l.port.0).collect()
    }

    #[test]
    fn those_who_can_have_the_focus_take_it_and_go_first() {
        let mut broker = EventBroker::default();
        broker.configure(Item(1), &wishes(Category::Observer, 0));
        assert_eq!(broker.focus, Item::NONE);
        broker.configure(Item(2), &wishes(Category::FocusListener, 0));
        broker.configure(Item(3), &wishes(Category::NoSeeUm, 0));
        broker.configure(Item(4), &wishes(Category::FocusUi, 0));
        assert_eq!((ports(&broker), broker.focus), (vec![4, 2, 1, 3], Item(4)));
        broker.configure(Item(2), &wishes(Category::FocusUi, 0));
        assert_eq!(broker.focus, Item(4), "a change does not move the focus");
        assert!(broker.set_focus(Item(2)));
        for other in [1, 3, 5, 0] {
            assert!(!broker.set_focus(Item(other)));
        }
        assert_eq!(broker.focus, Item(2));
        assert!(broker.remove_listener(Item(2)).is_some());
        assert_eq!(broker.focus, Item(4));
        assert!(broker.remove_listener(Item(4)).is_some());
        assert_eq!((ports(&broker), broker.focus), (vec![1, 3], Item::NONE));
        broker.configure(Item(1), &wishes(Category::FocusListener, 0));
        assert_eq!(broker.focus, Item(1), "nobody had it");
    }

    #[test]
    fn only_lengths_from_1_to_20_are_taken() {
        let mut broker = EventBroker::default();
        for (wanted, gets) in [(0, 3), (20, 20), (21, 20), (-1, 20), (1, 1), (i32::MAX, 1)] {
            broker.configure(Item(1), &wishes(Category::Observer, wanted));
            assert_eq!(broker.listeners[0].queue_max, gets, "{wanted}");
        }
    }
}
