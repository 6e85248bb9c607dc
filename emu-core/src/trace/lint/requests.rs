//! Requests: sent twice, never sent, aborted, errors that nobody looks at.

use super::scene::{Open, Scene};
use super::{Findings, Rule, Watch, result_of};
use crate::kernel::portfolio::errors::{ABORTED, IO_NOT_DONE, text};
use crate::kernel::portfolio::items::Item;
use crate::trace::event::{Event, Told};
use crate::trace::tape::Stamped;
use std::collections::BTreeMap;

/// So many questions in a row are no coincidence.
const PATIENCE: u32 = 100;

/// What a program has done with one request object.
#[derive(Clone, Debug, Default)]
struct Request {
    device: Item,
    command: u8,
    is_in_flight: bool,
    /// The error that nobody has been told of.
    unheard: Option<i32>,
    /// The message that has told of its end.
    message: Option<Item>,
    /// It was aborted, and nobody has waited for it since.
    is_aborted: bool,
    /// CheckIO in a row.
    questions: u32,
}

/// All request objects.
#[derive(Default)]
pub struct Requests {
    known: BTreeMap<Item, Request>,
}

impl Requests {
    /// A request in words, with what it was asked last.
    fn words(&self, scene: &Scene, ior: Item) -> String {
        let words = scene.words(ior);
        match self.known.get(&ior) {
            Some(Request {
                device, command, ..
            }) => {
                let device = scene.device_name(*device);
                format!("{words} (command {command} of {device})")
            }
            None => words,
        }
    }

    fn ignored(&mut self, scene: &Scene, ior: Item, then: &str, findings: &mut Findings) {
        let request = self.known.get_mut(&ior);
        if let Some(error) = request.and_then(|request| request.unheard.take()) {
            let words = self.words(scene, ior);
            let what = format!("{words} ended with \"{}\" and {then}", text(error));
            findings.add(scene, Rule::IgnoredError, scene.owner_of(ior), ior, what);
        }
    }

    fn call(&mut self, scene: &Scene, actor: Item, open: &Open, findings: &mut Findings) {
        let ior = open.item(0);
        match open.kernel_name() {
            Some("WaitIO") if !self.known.contains_key(&ior) && scene.is_request(ior) => {
                let what = format!("{} was never sent", scene.words(ior));
                findings.add(scene, Rule::WaitWithoutSend, actor, ior, what);
            }
            Some("AbortIO") => {
                if let Some(request) = self.known.get_mut(&ior) {
                    request.is_aborted = request.is_in_flight;
                }
            }
            Some("CheckIO") => {
                let Some(request) = self.known.get_mut(&ior) else {
                    return;
                };
                request.questions += 1;
                if request.is_in_flight && request.questions == PATIENCE {
                    let words = self.words(scene, ior);
                    let what = format!("{words} is asked for {PATIENCE} times and more in a row");
                    findings.add(scene, Rule::Polling, actor, ior, what);
                }
            }
            _ => (),
        }
    }

    fn returned(
        &mut self,
        scene: &Scene,
        actor: Item,
        open: &Open,
        result: i32,
        findings: &mut Findings,
    ) {
        let ior = open.item(0);
        match open.kernel_name() {
            Some("SendIO" | "DoIO") if result == IO_NOT_DONE.0 => {
                let what = format!("{} is still in progress", self.words(scene, ior));
                findings.add(scene, Rule::RequestInFlight, actor, ior, what);
            }
            Some("WaitIO" | "DoIO") => {
                if let Some(request) = self.known.get_mut(&ior) {
                    request.unheard = None;
                    request.is_aborted = false;
                }
            }
            // Who takes the message has its result.
            Some("GetMsg" | "WaitPort" | "OldWaitPort" | "GetThisMsg") if result > 0 => {
                let told = |request: &&mut Request| request.message == Some(Item(result));
                for request in self.known.values_mut().filter(told) {
                    request.unheard = None;
                    request.is_aborted = false;
                }
            }
            _ => (),
        }
    }
}

impl Watch for Requests {
    fn see(&mut self, scene: &Scene, stamped: &Stamped, findings: &mut Findings) {
        let actor = stamped.actor;
        match &stamped.event {
            Event::Call { .. } => {
                if let Some(open) = scene.call_of(actor) {
                    self.call(scene, actor, open, findings);
                }
            }
            event @ Event::Return { .. } => {
                if let (Some(open), Some(result)) = (scene.call_of(actor), result_of(event)) {
                    self.returned(scene, actor, open, result, findings);
                }
            }
            Event::Block { .. } => {
                for request in self.known.values_mut() {
                    request.questions = 0;
                }
            }
            &Event::Ask {
                ior,
                device,
                command,
                ..
            } => {
                self.ignored(scene, ior, "is sent again", findings);
                if self.known.get(&ior).is_some_and(|known| known.is_aborted) {
                    let what = format!("{} was aborted before", self.words(scene, ior));
                    findings.add(scene, Rule::AbortUncollected, actor, ior, what);
                }
                let request = Request {
                    device,
                    command,
                    is_in_flight: true,
                    ..Request::default()
                };
                self.known.insert(ior, request);
            }
            &Event::Done {
                ior,
                error,
                told,
                to,
                ..
            } => {
                let Some(request) = self.known.get_mut(&ior) else {
                    return;
                };
                request.is_in_flight = false;
                request.questions = 0;
                request.message = (told == Told::Message).then_some(to);
                // Whoever aborts a request knows how it ends; a driver is called back.
                let is_news = error < 0 && error != ABORTED.0 && told != Told::CallBack;
                request.unheard = is_news.then_some(error);
            }
            &Event::Gone { item } => {
                let Some(request) = self.known.get(&item) else {
                    return;
                };
                let is_left = scene.is_left_behind(actor, item);
                if is_left && request.is_in_flight {
                    self.left(scene, item, findings);
                }
                let then = if is_left { "is left so" } else { "is deleted" };
                self.ignored(scene, item, then, findings);
                self.known.remove(&item);
            }
            // A request of a task that ends is aborted first.
            &Event::Abort { .. } => {
                let name = scene.call_of(actor).and_then(Open::kernel_name);
                if name == Some("ExitTask") {
                    let of = |&ior: &Item| scene.owner_of(ior) == actor;
                    let all = self.known.iter();
                    let left: Vec<Item> = all
                        .filter(|(_, request)| request.is_in_flight)
                        .map(|(&ior, _)| ior)
                        .filter(of)
                        .collect();
                    for ior in left {
                        self.left(scene, ior, findings);
                    }
                }
            }
            _ => (),
        }
    }

    fn end(&mut self, scene: &Scene, findings: &mut Findings) {
        let all: Vec<Item> = self.known.keys().copied().collect();
        for ior in all {
            self.ignored(scene, ior, "is left so at the end", findings);
        }
    }
}

impl Requests {
    fn left(&mut self, scene: &Scene, ior: Item, findings: &mut Findings) {
        let what = format!("{} is in progress", self.words(scene, ior));
        let owner = scene.owner_of(ior);
        findings.add(scene, Rule::LeftInFlight, owner, ior, what);
        if let Some(request) = self.known.get_mut(&ior) {
            request.is_in_flight = false;
        }
    }
}
