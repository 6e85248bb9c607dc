//! Messages under way, and replies that nobody takes.

use super::scene::{Open, Scene};
use super::{Findings, Rule, Watch, result_of};
use crate::kernel::portfolio::errors::{BADPRIV, MSG_SENT, NOTOWNER};
use crate::kernel::portfolio::items::Item;
use crate::trace::event::{Event, Told, Why};
use crate::trace::tape::Stamped;
use std::collections::BTreeMap;

/// A message in a port.
#[derive(Clone, Copy, Debug)]
struct Queued {
    port: Item,
    is_reply: bool,
}

/// All ports.
#[derive(Default)]
pub struct Messages {
    queued: BTreeMap<Item, Queued>,
    /// The message of each request that has ended by one.
    of_request: BTreeMap<Item, Item>,
    /// The recording ends while the program goes on.
    is_cut: bool,
}

impl Messages {
    fn returned(
        &mut self,
        scene: &Scene,
        actor: Item,
        open: &Open,
        result: i32,
        findings: &mut Findings,
    ) {
        match open.kernel_name() {
            Some("GetMsg" | "WaitPort" | "OldWaitPort" | "GetThisMsg") if result > 0 => {
                self.queued.remove(&Item(result));
            }
            Some("WaitIO" | "DoIO") => {
                if let Some(message) = self.of_request.get(&open.item(0)) {
                    self.queued.remove(message);
                }
            }
            Some("SendMsg") => {
                let message = open.item(1);
                self.refused(scene, actor, message, result, "sent", findings);
            }
            Some("ReplyMsg") => {
                let message = open.item(0);
                self.refused(scene, actor, message, result, "answered", findings);
            }
            _ => (),
        }
    }

    fn refused(
        &self,
        scene: &Scene,
        actor: Item,
        message: Item,
        result: i32,
        verb: &str,
        findings: &mut Findings,
    ) {
        // A message of somebody else's is another mistake, unless it lies in a port.
        let queued = self.queued.get(&message);
        let is_under_way = result == MSG_SENT.0
            || queued.is_some() && (result == NOTOWNER.0 || result == BADPRIV.0);
        if !is_under_way || !scene.is_message(message) {
            return;
        }
        let words = scene.words(message);
        let what = match queued {
            Some(Queued { port, .. }) => {
                format!("{words} is {verb} and lies in {}", scene.words(*port))
            }
            None => format!("{words} is {verb} once more"),
        };
        findings.add(scene, Rule::MessageUnderWay, actor, message, what);
    }

    fn left(&self, scene: &Scene, message: Item, port: Item, findings: &mut Findings) {
        // Ports of the system are its own affair.
        if scene.owner_of(port) == Item::NONE {
            return;
        }
        let what = format!("{} lies in {}", scene.words(message), scene.words(port));
        let owner = scene.owner_of(port);
        findings.add(scene, Rule::UndrainedPort, owner, port, what);
    }
}

impl Watch for Messages {
    fn see(&mut self, scene: &Scene, stamped: &Stamped, findings: &mut Findings) {
        let actor = stamped.actor;
        match &stamped.event {
            &Event::Message {
                message,
                port,
                reply,
            } => {
                let is_reply = reply;
                self.queued.insert(message, Queued { port, is_reply });
            }
            &Event::Done {
                ior,
                told: Told::Message,
                to,
                ..
            } => {
                self.of_request.insert(ior, to);
            }
            event @ Event::Return { .. } => {
                if let (Some(open), Some(result)) = (scene.call_of(actor), result_of(event)) {
                    self.returned(scene, actor, open, result, findings);
                }
            }
            &Event::Stop { why, .. } => self.is_cut = why == Why::Enough,
            &Event::Gone { item } => {
                self.of_request.remove(&item);
                if let Some(Queued { port, is_reply }) = self.queued.remove(&item)
                    && is_reply
                    && scene.is_left_behind(actor, item)
                {
                    self.left(scene, item, port, findings);
                }
                self.queued.retain(|_, queued| queued.port != item);
            }
            _ => (),
        }
    }

    fn end(&mut self, scene: &Scene, findings: &mut Findings) {
        for (&message, queued) in &self.queued {
            if queued.is_reply && !self.is_cut && scene.item(queued.port).is_some() {
                self.left(scene, message, queued.port, findings);
            }
        }
    }
}
