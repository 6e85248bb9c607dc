//! Who called whom, and what it cost.

use crate::kernel::portfolio::CallKey;
use crate::kernel::portfolio::items::Item;
use std::collections::BTreeMap;

/// Nodes, at most: what is called below the last is counted for its caller.
const NODES_MAX: usize = 1 << 20;

/// A node, by its place in the list.
pub(super) type NodeId = u32;

/// What the kernel works for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// A call of the running task.
    Call(CallKey),
    /// The same before it is known which.
    Trap,
    /// The end of a task that has asked for it.
    Ending,
    /// What devices have said.
    Delivery,
    /// Switching tasks, and calls that go on after a wait.
    Switching,
    /// An event of its own: the audio clock, the file system, the event broker.
    Event,
    /// What somebody did from outside.
    Input,
    /// A fault.
    Fault,
    /// What a device did by itself, such as moving pages in the vertical blank.
    Device,
    /// What was under way when counting began.
    Before,
}

impl Work {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Work::Call(call) => call_name(call),
            Work::Trap => "[trap]".to_owned(),
            Work::Ending => "[end of a task]".to_owned(),
            Work::Delivery => "[delivery]".to_owned(),
            Work::Switching => "[task switch]".to_owned(),
            Work::Event => "[system event]".to_owned(),
            Work::Input => "[input]".to_owned(),
            Work::Fault => "[fault]".to_owned(),
            Work::Device => "[vertical blank]".to_owned(),
            Work::Before => "[before]".to_owned(),
        }
    }
}

/// The name of a call.
pub(super) fn call_name(call: CallKey) -> String {
    call.row()
        .map_or_else(|| "unknown call".to_owned(), |row| row.name.to_owned())
}

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Everything.
    All,
    /// A task.
    Task(Item),
    /// A function, by its first instruction.
    Function(u32),
    /// The system: in a call of the function above, or by itself.
    System(Work),
    /// The cel engine, or another bus master, for what is above.
    Engine,
    /// Nobody could run.
    Idle,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub parent: NodeId,
    pub place: Place,
    /// Its own, without its children's.
    pub cycles: u64,
    pub instructions: u64,
    /// How often it was entered.
    pub calls: u64,
    /// The child that was asked for last: loops ask for the same again.
    latest: NodeId,
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    children: BTreeMap<(NodeId, Place), NodeId>,
}

impl Default for Tree {
    fn default() -> Tree {
        let root = Node {
            parent: 0,
            place: Place::All,
            cycles: 0,
            instructions: 0,
            calls: 0,
            latest: 0,
        };
        Tree {
            nodes: vec![root],
            children: BTreeMap::new(),
        }
    }
}

impl Tree {
    /// All nodes; parents stand before their children.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The child that stands for a place; the node itself when there are too many.
    pub fn child(&mut self, parent: NodeId, place: Place) -> NodeId {
        let latest = self.node(parent).latest;
        let known = self.node(latest);
        if known.parent == parent && known.place == place && latest != 0 {
            return latest;
        }
        let next = self.nodes.len();
        let id = match self.children.get(&(parent, place)) {
            Some(&id) => id,
            None if next >= NODES_MAX => return parent,
            None => {
                let id = next as NodeId;
                self.children.insert((parent, place), id);
                self.nodes.push(Node {
                    parent,
                    place,
                    cycles: 0,
                    instructions: 0,
                    calls: 0,
                    latest: 0,
                });
                id
            }
        };
        self.nodes[parent as usize].latest = id;
        id
    }

    /// The same, and it is entered once more.
    pub fn enter(&mut self, parent: NodeId, place: Place) -> NodeId {
        let id = self.child(parent, place);
        self.nodes[id as usize].calls += 1;
        id
    }

    pub fn call(&mut self, caller: NodeId, call: CallKey) -> NodeId {
        self.enter(caller, Place::System(Work::Call(call)))
    }

    pub fn system(&mut self, work: Work) -> NodeId {
        self.enter(0, Place::System(work))
    }

    pub fn engine(&mut self, of: NodeId) -> NodeId {
        self.enter(of, Place::Engine)
    }

    pub fn idle(&mut self) -> NodeId {
        self.enter(0, Place::Idle)
    }

    pub fn is_engine(&self, id: NodeId) -> bool {
        self.node(id).place == Place::Engine
    }

    pub fn charge(&mut self, id: NodeId, cycles: u64, instructions: u64) {
        let node = &mut self.nodes[id as usize];
        node.cycles += cycles;
        node.instructions += instructions;
    }
}
