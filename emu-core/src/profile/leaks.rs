//! What programs never give back: items, memory, Mach's rights.
//!
//! A name counts when it was not in the program's space before the call. An item counts when a call has given it to its program, a block of memory when AllocMem has.
//! Items that the system takes back because their task ends were never given back either.

use super::tree::NodeId;
use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use crate::time::Tick;
use crate::trace::{Event, Words};
use std::collections::{BTreeMap, BTreeSet};

/// Things that are remembered, at most.
const MOST: usize = 1 << 18;

/// What a program can get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// An item: folio, kind, name.
    Item(u8, u8, String),
    Memory,
    /// A right of Mach, in words.
    Right(String),
}

/// A thing that a program has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Got {
    pub task: Item,
    pub thing: Thing,
    /// Bytes of memory.
    pub size: u32,
    pub call: CallKey,
    /// Who asked.
    pub asker: NodeId,
    pub at: Tick,
    /// The system has taken it back when its task ended.
    pub taken_back: bool,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    call: CallKey,
    args: Words,
    asker: NodeId,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Leaks {
    calls: BTreeMap<Item, Open>,
    /// Items made in the call that a task is in.
    new: BTreeMap<Item, BTreeMap<Item, (u8, u8, String)>>,
    items: BTreeMap<Item, Got>,
    blocks: BTreeMap<u32, Got>,
    /// By program and name.
    rights: BTreeMap<(Item, u32), Got>,
    /// What was taken back.
    lost: Vec<Got>,
}

/// Which argument of a call is the place, and which the size.
const ALLOCATING: [(&str, usize); 2] = [("AllocMemFromMemLists", 1), ("AllocMemFromMemList", 1)];
const FREEING: [&str; 2] = ["FreeMemToMemLists", "FreeMemToMemList"];

impl Leaks {
    /// Something has happened; `here` is where the running task is.
    pub fn event(&mut self, at: Tick, actor: Item, event: &Event, here: NodeId) {
        match *event {
            Event::Call { call, args, .. } => {
                let asker = here;
                self.new.remove(&actor);
                self.calls.insert(actor, Open { call, args, asker });
                let name = call.row().map_or("", |row| row.name);
                if FREEING.contains(&name) {
                    self.blocks.remove(&argument(&args, 1));
                }
            }
            Event::Item {
                item,
                folio,
                kind,
                owner,
                ref name,
                ..
            } if owner == actor && actor != Item::NONE => {
                let new = self.new.entry(actor).or_default();
                new.insert(item, (folio, kind, name.clone()));
            }
            Event::Return { call, value } => {
                let value = value.map_or(0, |value| value.0);
                self.give(at, actor, call, value);
                self.calls.remove(&actor);
            }
            Event::Gone { item } => {
                let Some(mut got) = self.items.remove(&item) else {
                    return;
                };
                let call = self.calls.get(&actor).and_then(|open| open.call.row());
                let ends = matches!(call.map(|row| row.name), None | Some("ExitTask" | "Exit"));
                if (got.task != actor || ends) && self.lost.len() < MOST {
                    got.taken_back = true;
                    self.lost.push(got);
                }
            }
            Event::End { task, .. } => {
                self.calls.remove(&task);
                self.new.remove(&task);
                let of_it = (task, 0)..=(task, u32::MAX);
                let names: Vec<_> = self.rights.range(of_it).map(|(&key, _)| key).collect();
                for key in names {
                    if let Some(mut got) = self.rights.remove(&key)
                        && self.lost.len() < MOST
                    {
                        got.taken_back = true;
                        self.lost.push(got);
                    }
                }
            }
            _ => (),
        }
    }

    /// The names in a program's space when a call of one of its tasks is over.
    pub fn names(
        &mut self,
        at: Tick,
        program: Item,
        (call, asker): (CallKey, NodeId),
        names: &[u32],
        words: impl Fn(u32) -> String,
    ) {
        let of_it = || (program, 0)..=(program, u32::MAX);
        let held: BTreeSet<u32> = names.iter().copied().collect();
        let known: BTreeSet<u32> = self.rights.range(of_it()).map(|(key, _)| key.1).collect();
        for &name in known.difference(&held) {
            self.rights.remove(&(program, name));
        }
        for &name in held.difference(&known) {
            if self.rights.len() >= MOST {
                return;
            }
            let got = Got {
                task: program,
                thing: Thing::Right(words(name)),
                size: 0,
                call,
                asker,
                at,
                taken_back: false,
            };
            self.rights.insert((program, name), got);
        }
    }

    /// A call gives its result.
    fn give(&mut self, at: Tick, task: Item, call: CallKey, value: u32) {
        let new = self.new.remove(&task).unwrap_or_default();
        let Some(open) = self.calls.get(&task).filter(|open| open.call == call) else {
            return;
        };
        let got = |thing, size| Got {
            task,
            thing,
            size,
            call,
            asker: open.asker,
            at,
            taken_back: false,
        };
        let name = call.row().map_or("", |row| row.name);
        let allocating = ALLOCATING.iter().find(|(known, _)| *known == name);
        if let Some((_, size)) = allocating.filter(|_| value != 0) {
            if self.blocks.len() < MOST {
                let got = got(Thing::Memory, argument(&open.args, *size));
                self.blocks.insert(value, got);
            }
        } else if let Some(item) = new.get(&Item(value as i32))
            && self.items.len() < MOST
        {
            let (folio, kind, name) = item.clone();
            let got = got(Thing::Item(folio, kind, name), 0);
            self.items.insert(Item(value as i32), got);
        }
    }

    /// What was never given back, with its item number, address or name.
    pub fn all(&self) -> impl Iterator<Item = (u32, &Got)> {
        let items = self.items.iter().map(|(item, got)| (item.0 as u32, got));
        let lost = self.lost.iter().map(|got| (0, got));
        let blocks = self.blocks.iter().map(|(&at, got)| (at, got));
        let rights = self.rights.iter().map(|(&(_, name), got)| (name, got));
        items.chain(lost).chain(blocks).chain(rights)
    }
}

fn argument(args: &Words, n: usize) -> u32 {
    args.as_slice().get(n).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::call::CallTable;
    use crate::trace::{Hex, Value};

    const TASK: Item = Item(0x20);

    fn key(name: &str) -> CallKey {
        let table = CallTable::get();
        CallKey::of(table.row(table.by_name(name).expect(name)))
    }

    fn call(leaks: &mut Leaks, name: &str, args: &[u32], between: &[Event], value: u32) {
        let mut words = Words::default();
        args.iter().for_each(|&word| words.push(word));
        let (call, args, pc) = (key(name), words, Hex(0x4_8000));
        let begin = Event::Call { call, pc, args };
        let value = Some(Value(value));
        let end = Event::Return { call, value };
        for event in [&begin].into_iter().chain(between).chain([&end]) {
            leaks.event(Tick(1), TASK, event, 7);
        }
    }

    fn item(number: i32) -> Event {
        Event::Item {
            item: Item(number),
            folio: 1,
            kind: 10,
            owner: TASK,
            at: Hex(0),
            name: "port".to_owned(),
        }
    }

    #[test]
    fn memory_that_is_not_freed_is_left() {
        let mut leaks = Leaks::default();
        for at in [0x5_0000, 0x5_0100] {
            call(&mut leaks, "AllocMemFromMemLists", &[0, 100, 0], &[], at);
        }
        call(&mut leaks, "AllocMemFromMemLists", &[0, 100, 0], &[], 0);
        call(&mut leaks, "FreeMemToMemLists", &[0, 0x5_0000, 100], &[], 0);
        let left: Vec<(u32, u32)> = leaks.all().map(|(at, got)| (at, got.size)).collect();
        assert_eq!(left, [(0x5_0100, 100)]);
        assert_eq!(leaks.all().next().map(|(_, got)| got.asker), Some(7));
    }

    #[test]
    fn rights_count_until_their_names_are_gone() {
        let mut leaks = Leaks::default();
        let mut over = |names: &[u32]| {
            let call = (key("CreateSizedItem"), 7);
            leaks.names(Tick(1), TASK, call, names, |name| format!("right {name}"));
            let words = |got: &Got| match &got.thing {
                Thing::Right(words) => words.clone(),
                _ => String::new(),
            };
            leaks.all().map(|(_, got)| words(got)).collect::<Vec<_>>()
        };
        assert_eq!(over(&[3, 5]), ["right 3", "right 5"]);
        assert_eq!(over(&[5, 9]), ["right 5", "right 9"]);
        assert_eq!(over(&[]), [""; 0]);
    }

    #[test]
    fn items_count_until_their_program_deletes_them() {
        let mut leaks = Leaks::default();
        for number in [0x30, 0x31, 0x32] {
            call(
                &mut leaks,
                "CreateSizedItem",
                &[],
                &[item(number)],
                number as u32,
            );
        }
        // An item that no call has given away is the system's own.
        call(&mut leaks, "CreateSizedItem", &[], &[item(0x33)], u32::MAX);
        let gone = |number| Event::Gone { item: Item(number) };
        call(&mut leaks, "DeleteItem", &[0x30], &[gone(0x30)], 0);
        let left =
            |leaks: &Leaks| -> Vec<bool> { leaks.all().map(|(_, got)| got.taken_back).collect() };
        assert_eq!(left(&leaks), [false, false]);
        call(&mut leaks, "ExitTask", &[0], &[gone(0x31)], 0);
        assert_eq!(left(&leaks), [false, true]);
    }
}
