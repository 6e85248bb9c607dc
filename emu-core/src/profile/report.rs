//! Tables of a profile, and stacks folded to lines.

use super::leaks::{Got, Thing};
use super::tree::{Node, NodeId, Place, Work};
use super::{Field, Profile};
use crate::debug::Symbols;
use crate::kernel::call::System;
use crate::kernel::portfolio::items::Item;
use crate::mem::Memory;
use crate::time::Tick;
use crate::trace::lint::noun;
use std::collections::BTreeMap;

/// A function of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The task.
    pub task: Item,
    /// Its first instruction.
    pub address: u32,
    /// Its name, or its address.
    pub name: String,
    /// Cycles of its own instructions.
    pub own: u64,
    /// The same with all it called: functions, the system, the cel engine.
    pub total: u64,
    /// Its own instructions.
    pub instructions: u64,
    /// How often it was called.
    pub calls: u64,
}

/// Something that is no function of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What.
    pub name: String,
    /// Its cycles.
    pub cycles: u64,
    /// How often.
    pub times: u64,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// Its item.
    pub task: Item,
    /// Its name.
    pub name: String,
    /// Cycles of its own code.
    pub guest: u64,
    /// Cycles of the system in its calls.
    pub kernel: u64,
    /// Cycles of the cel engine in its calls.
    pub engines: u64,
    /// Cycles that its calls waited.
    pub waited: u64,
}

/// Time that a task waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitRow {
    /// The task.
    pub task: Item,
    /// The call that waited.
    pub call: String,
    /// The device or file, or else the kind of thing.
    pub what: String,
    /// Cycles.
    pub cycles: u64,
    /// How often.
    pub times: u64,
}

/// How deep a stack was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackUse {
    /// The task.
    pub task: Item,
    /// Its name.
    pub name: String,
    /// The lowest address of the stack.
    pub base: u32,
    /// Its bytes.
    pub size: u32,
    /// How many of them were ever in use.
    pub used: u32,
}

/// Which kind of thing was not given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// An item.
    Item,
    /// A block of memory.
    Memory,
    /// A right of Mach.
    Right,
}

/// Something that was never given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Whose.
    pub task: Item,
    /// Its name.
    pub task_name: String,
    /// Which kind of thing.
    pub kind: Lost,
    /// Kind of item and its name, `memory`, or a right of Mach in words.
    pub what: String,
    /// Item number, address or name of a right; 0 when the system has taken it back since.
    pub at: u32,
    /// Bytes, of memory.
    pub size: u32,
    /// The call that gave it.
    pub call: String,
    /// The functions that asked, the innermost first.
    pub by: Vec<String>,
    /// When.
    pub since: Tick,
    /// Whether the system has taken it back because the task ended.
    pub taken_back: bool,
}

/// Functions that are named of who asked.
const ASKERS: usize = 4;

/// Everything a profile says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cycles that were counted.
    pub elapsed: u64,
    /// Cycles of guest code.
    pub guest: u64,
    /// Guest instructions.
    pub instructions: u64,
    /// Cycles of the system.
    pub kernel: u64,
    /// Cycles in which the cel engine or another bus master kept the CPU waiting.
    pub engines: u64,
    /// Cycles in which nobody could run.
    pub idle: u64,
    /// Tasks, by item.
    pub tasks: Vec<TaskRow>,
    /// Functions, the dearest of their own first.
    pub functions: Vec<Function>,
    /// System calls, the dearest first.
    pub calls: Vec<Row>,
    /// The system by itself, the dearest first.
    pub system: Vec<Row>,
    /// What else kept the CPU waiting.
    pub stalls: Vec<Row>,
    /// The longest waits first.
    pub waits: Vec<WaitRow>,
    /// Fields in order; the last one may not have ended.
    pub fields: Vec<Field>,
    /// Stacks, by task.
    pub stacks: Vec<StackUse>,
}

/// Sums by name.
type Sums = BTreeMap<String, (u64, u64)>;

fn add(sums: &mut Sums, name: String, cycles: u64, times: u64) {
    let sum = sums.entry(name).or_default();
    sum.0 += cycles;
    sum.1 += times;
}

/// The dearest first, then by name.
fn rows(sums: Sums) -> Vec<Row> {
    let mut rows: Vec<Row> = sums
        .into_iter()
        .map(|(name, (cycles, times))| Row {
            name,
            cycles,
            times,
        })
        .collect();
    rows.sort_by(|a, b| b.cycles.cmp(&a.cycles).then_with(|| a.name.cmp(&b.name)));
    rows
}

impl Profile {
    /// Everything, with names where there are any. `lives` says which tasks still exist.
    pub fn report(&self, names: &Symbols, mem: &Memory, lives: impl Fn(Item) -> bool) -> Report {
        let nodes = self.tree.nodes();
        let mut report = Report {
            elapsed: self.counted,
            ..Report::default()
        };
        let totals = totals(nodes);
        let mut tasks: BTreeMap<Item, TaskRow> = BTreeMap::new();
        let mut functions: BTreeMap<(Item, u32), Function> = BTreeMap::new();
        let (mut calls, mut system, mut stalls) = (Sums::new(), Sums::new(), Sums::new());
        for (id, node) in (0..).zip(nodes) {
            let task = self.task_of(id);
            let mut row = task.map(|task| {
                tasks.entry(task).or_insert_with(|| TaskRow {
                    task,
                    name: self.stacks.name(task).unwrap_or_default().to_owned(),
                    guest: 0,
                    kernel: 0,
                    engines: 0,
                    waited: 0,
                })
            });
            match node.place {
                Place::All => (),
                Place::Task(_) | Place::Function(_) => {
                    report.guest += node.cycles;
                    report.instructions += node.instructions;
                    row.iter_mut().for_each(|row| row.guest += node.cycles);
                }
                Place::System(work) => {
                    report.kernel += node.cycles;
                    row.iter_mut().for_each(|row| row.kernel += node.cycles);
                    let sums = if task.is_some() {
                        &mut calls
                    } else {
                        &mut system
                    };
                    add(sums, work.words(), node.cycles, node.calls);
                }
                Place::Engine => {
                    report.engines += node.cycles;
                    row.iter_mut().for_each(|row| row.engines += node.cycles);
                    add(&mut stalls, self.words(id, names), node.cycles, node.calls);
                }
                Place::Idle => report.idle += node.cycles,
            }
            if let (Place::Function(entry), Some(task)) = (node.place, task) {
                let address = start(names, entry);
                let function = functions
                    .entry((task, address))
                    .or_insert_with(|| Function {
                        task,
                        address,
                        name: self.words(id, names),
                        own: 0,
                        total: 0,
                        instructions: 0,
                        calls: 0,
                    });
                function.own += node.cycles;
                function.instructions += node.instructions;
                function.calls += node.calls;
                if !self.is_inside_itself(id, address, names) {
                    function.total += totals[id as usize];
                }
            }
        }
        let now = self.last.unwrap_or_default();
        for (key, (cycles, times)) in self.waits.sums(now) {
            if let Some(row) = tasks.get_mut(&key.task) {
                row.waited += cycles;
            }
            let call = key.call.map(super::tree::call_name);
            report.waits.push(WaitRow {
                task: key.task,
                call: call.unwrap_or_default(),
                what: key.what,
                cycles,
                times,
            });
        }
        report
            .waits
            .sort_by_key(|row| std::cmp::Reverse(row.cycles));
        report.tasks = tasks.into_values().collect();
        report.functions = functions.into_values().collect();
        report
            .functions
            .sort_by_key(|function| (std::cmp::Reverse(function.own), function.address));
        (report.calls, report.system, report.stalls) = (rows(calls), rows(system), rows(stalls));
        report.fields.clone_from(&self.fields);
        report.fields.push(self.field);
        report.stacks = self.stack_uses(mem, lives);
        report
    }

    /// What was never given back: items, memory, Mach's rights.
    pub fn leaks(&self, names: &Symbols) -> Vec<Leak> {
        let leak = |(at, got): (u32, &Got)| Leak {
            task: got.task,
            task_name: self.stacks.name(got.task).unwrap_or_default().to_owned(),
            kind: match got.thing {
                Thing::Item(..) => Lost::Item,
                Thing::Memory => Lost::Memory,
                Thing::Right(_) => Lost::Right,
            },
            what: match &got.thing {
                Thing::Item(folio, kind, name) if name.is_empty() => noun(*folio, *kind),
                Thing::Item(folio, kind, name) => format!("{} \"{name}\"", noun(*folio, *kind)),
                Thing::Memory => "memory".to_owned(),
                Thing::Right(words) => words.clone(),
            },
            at,
            size: got.size,
            call: super::tree::call_name(got.call),
            by: self.askers(got.asker, names),
            since: got.at,
            taken_back: got.taken_back,
        };
        self.leaks.all().map(leak).collect()
    }

    /// The functions above a node, the innermost first.
    fn askers(&self, mut id: NodeId, names: &Symbols) -> Vec<String> {
        let mut askers = Vec::new();
        while askers.len() < ASKERS && matches!(self.node(id).place, Place::Function(_)) {
            askers.push(self.words(id, names));
            id = self.node(id).parent;
        }
        askers
    }

    /// How deep the stacks were.
    fn stack_uses(&self, mem: &Memory, lives: impl Fn(Item) -> bool) -> Vec<StackUse> {
        let used = self.stack_uses.used(mem, lives).into_iter();
        used.filter(|(_, seen, _)| seen.size > 0)
            .map(|(task, seen, lowest)| StackUse {
                task,
                name: self.stacks.name(task).unwrap_or_default().to_owned(),
                base: seen.base,
                size: seen.size,
                used: (seen.base + seen.size).saturating_sub(lowest),
            })
            .collect()
    }

    /// Each different stack with the cycles spent just there, outermost first, with semicolons
    /// between: the form of flame graph programs.
    pub fn folded(&self, names: &Symbols) -> BTreeMap<String, u64> {
        let nodes = self.tree.nodes();
        let mut paths: Vec<String> = Vec::with_capacity(nodes.len());
        let mut folded = BTreeMap::new();
        for (id, node) in (0..).zip(nodes) {
            let own = match node.place {
                Place::All => String::new(),
                _ => self.words(id, names).replace([';', '\n'], ","),
            };
            let parent = paths
                .get(node.parent as usize)
                .filter(|path| !path.is_empty());
            let path = match parent {
                Some(parent) => format!("{parent};{own}"),
                None => own,
            };
            if node.cycles > 0 {
                *folded.entry(path.clone()).or_default() += node.cycles;
            }
            paths.push(path);
        }
        folded
    }

    fn node(&self, id: NodeId) -> &Node {
        self.tree.node(id)
    }

    /// The task that a node is below.
    fn task_of(&self, mut id: NodeId) -> Option<Item> {
        while id != 0 {
            if let Place::Task(task) = self.node(id).place {
                return Some(task);
            }
            id = self.node(id).parent;
        }
        None
    }

    /// Whether a function is below another call of the same.
    fn is_inside_itself(&self, id: NodeId, address: u32, names: &Symbols) -> bool {
        let mut at = self.node(id).parent;
        while at != 0 {
            let node = self.node(at);
            if matches!(node.place, Place::Function(entry) if start(names, entry) == address) {
                return true;
            }
            at = node.parent;
        }
        false
    }

    /// A node in words.
    fn words(&self, id: NodeId, names: &Symbols) -> String {
        match self.node(id).place {
            Place::All => "all".to_owned(),
            Place::Task(task) => {
                let name = self.stacks.name(task).unwrap_or_default();
                format!("{name} {:#x}", task.0)
            }
            Place::Function(entry) => match names.function(entry) {
                Some(near) => near.name.to_owned(),
                None => format!("{entry:#x}"),
            },
            Place::System(work) => work.words(),
            Place::Engine => {
                let of = self.node(self.node(id).parent).place;
                let name = match of {
                    Place::System(work) => work.words(),
                    _ => String::new(),
                };
                let draws = matches!(of, Place::System(Work::Call(call))
                    if call.row().is_some_and(|row| row.system == System::Graphics));
                match draws {
                    true => "[cel engine]".to_owned(),
                    false => format!("[bus master in {name}]"),
                }
            }
            Place::Idle => "[idle]".to_owned(),
        }
    }
}

/// Where the function begins that an address belongs to.
fn start(names: &Symbols, entry: u32) -> u32 {
    names.function(entry).map_or(entry, |near| near.start)
}

/// Cycles of each node with all below it.
fn totals(nodes: &[Node]) -> Vec<u64> {
    let mut totals: Vec<u64> = nodes.iter().map(|node| node.cycles).collect();
    for id in (1..nodes.len()).rev() {
        totals[nodes[id].parent as usize] += totals[id];
    }
    totals
}
