//! Memory of requests in progress: changed, given back, shared.

use super::scene::{Open, Scene};
use super::{Findings, Rule, Watch};
use crate::device::Buffer;
use crate::kernel::portfolio::items::Item;
use crate::mem::Range;
use crate::trace::event::Event;
use crate::trace::field::Hex;
use crate::trace::tape::Stamped;
use std::collections::BTreeMap;

/// ControlMem's command that gives pages away.
const GIVE: u32 = 3;

/// What a request uses until it ends.
#[derive(Clone, Copy, Debug)]
struct Used {
    send: Buffer,
    data: Hex,
    recv: Buffer,
}

/// The requests in progress.
#[derive(Default)]
pub struct Buffers {
    used: BTreeMap<Item, Used>,
}

/// The addresses of a buffer.
fn range(buffer: Buffer) -> Range {
    match buffer {
        Buffer::Guest { addr, len } => Range::new(addr, len),
        _ => Range::new(0, 0),
    }
}

/// Memory that a call gives back, if it does.
fn freed(open: &Open) -> Option<Range> {
    let (at, len) = match open.kernel_name()? {
        "FreeMemToMemLists" | "FreeMemToMemList" => (open.arg(1), open.arg(2)),
        "ControlMem" if open.arg(2) == GIVE => (open.arg(0), open.arg(1)),
        _ => return None,
    };
    Some(Range::new(at, len))
}

impl Buffers {
    fn free(&self, scene: &Scene, actor: Item, gone: Range, findings: &mut Findings) {
        for (&ior, used) in &self.used {
            let hit = [("sends from", used.send), ("reads into", used.recv)];
            let hit = hit
                .into_iter()
                .find(|&(_, buffer)| range(buffer).meets(gone));
            if let Some((verb, buffer)) = hit {
                let what = format!(
                    "{} {verb} {} and {:#x}+{} is given back",
                    scene.words(ior),
                    shown(buffer),
                    gone.start,
                    gone.end - gone.start
                );
                findings.add(scene, Rule::BufferFreed, actor, ior, what);
            }
        }
    }

    fn share(&self, scene: &Scene, ior: Item, new: &Used, findings: &mut Findings) {
        let (send, recv) = (range(new.send), range(new.recv));
        let clash = |(&other, used): (&Item, &Used)| {
            let (theirs, written) = (range(used.send), range(used.recv));
            let is_hit = recv.meets(written) || recv.meets(theirs) || send.meets(written);
            (other != ior && is_hit).then_some(other)
        };
        if let Some(other) = self.used.iter().find_map(clash) {
            let what = format!("{} and {}", scene.words(ior), scene.words(other));
            let owner = scene.owner_of(ior);
            findings.add(scene, Rule::BuffersOverlap, owner, ior, what);
        }
    }
}

fn shown(buffer: Buffer) -> String {
    let range = range(buffer);
    format!("{:#x}+{}", range.start, range.end - range.start)
}

impl Watch for Buffers {
    fn see(&mut self, scene: &Scene, stamped: &Stamped, findings: &mut Findings) {
        match &stamped.event {
            Event::Call { .. } => {
                if let Some(gone) = scene.call_of(stamped.actor).and_then(freed) {
                    self.free(scene, stamped.actor, gone, findings);
                }
            }
            &Event::Ask {
                ior,
                send,
                data,
                recv,
                ..
            } => {
                let used = Used { send, data, recv };
                // What drivers of the system do is their own affair.
                if scene.owner_of(ior) != Item::NONE {
                    self.share(scene, ior, &used, findings);
                    self.used.insert(ior, used);
                }
            }
            &Event::Done { ior, data, .. } => {
                let Some(used) = self.used.remove(&ior) else {
                    return;
                };
                let own = range(used.send).meets(range(used.recv));
                if used.data != data && !own {
                    let what = format!("{} sends {}", scene.words(ior), shown(used.send));
                    let owner = scene.owner_of(ior);
                    findings.add(scene, Rule::BufferChanged, owner, ior, what);
                }
            }
            Event::Gone { item } => {
                self.used.remove(item);
            }
            _ => (),
        }
    }
}
