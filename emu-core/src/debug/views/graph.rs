//! Items and Mach's objects as one graph: who owns, waits for, holds.

use super::items::{ItemKind, ItemView};
use crate::device::Board;
use crate::kernel::mach::inspect::MachView;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::wait::Wait;
use crate::machine::Machine;
use std::collections::BTreeSet;
use std::fmt::Write;

/// How two things are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The first owns the second.
    Owns,
    /// The first waits for the second.
    WaitsFor,
    /// The first has locked the second.
    Holds,
    /// The first has opened the second.
    Opened,
    /// The first, a message or a request, lies at the second.
    QueuedOn,
    /// The first, a message, is answered to the second.
    RepliesTo,
    /// The first, a task of Mach, can send to the second.
    CanSend,
    /// The first, a task of Mach, receives from the second.
    Receives,
    /// The first, a port of Mach, is in the second, a set, or stands for it.
    PartOf,
}

impl Relation {
    /// In words, between the first and the second.
    pub fn words(self) -> &'static str {
        match self {
            Relation::Owns => "owns",
            Relation::WaitsFor => "waits for",
            Relation::Holds => "holds",
            Relation::Opened => "has opened",
            Relation::QueuedOn => "lies at",
            Relation::RepliesTo => "replies to",
            Relation::CanSend => "can send to",
            Relation::Receives => "receives from",
            Relation::PartOf => "belongs to",
        }
    }
}

/// One thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphNode {
    /// Its name in the graph: `i32` is item 32, `p5` port 5 of Mach, `s1` a set.
    pub id: String,
    /// In words.
    pub label: String,
    /// What kind of thing it is.
    pub kind: String,
}

/// One relation between two things, by their names in the graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The first.
    pub from: String,
    /// How.
    pub relation: Relation,
    /// The second.
    pub to: String,
}

/// All things and their relations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// Things.
    pub nodes: Vec<GraphNode>,
    /// Relations.
    pub edges: Vec<Edge>,
}

fn item_id(item: Item) -> String {
    format!("i{}", item.0)
}

impl Graph {
    fn relate(&mut self, from: String, relation: Relation, to: String) {
        self.edges.push(Edge { from, relation, to });
    }

    fn relate_items(&mut self, from: Item, relation: Relation, to: Item) {
        if from != Item::NONE && to != Item::NONE {
            self.relate(item_id(from), relation, item_id(to));
        }
    }

    fn add_item(&mut self, view: &ItemView) {
        let name = match view.name.as_str() {
            "" => String::new(),
            name => format!(" \"{}\"", name.escape_debug()),
        };
        self.nodes.push(GraphNode {
            id: item_id(view.item),
            label: format!("{} {:?}{name}", view.type_name, view.item),
            kind: view.type_name.clone(),
        });
        self.relate_items(view.owner, Relation::Owns, view.item);
        let openers: BTreeSet<Item> = view.openers.iter().copied().collect();
        for opener in openers {
            self.relate_items(opener, Relation::Opened, view.item);
        }
        match &view.kind {
            ItemKind::Task { wait, .. } => {
                for on in wait.iter().filter_map(waited_for) {
                    self.relate_items(view.item, Relation::WaitsFor, on);
                }
            }
            ItemKind::Port { messages, .. } => {
                for &message in messages {
                    self.relate_items(message, Relation::QueuedOn, view.item);
                }
            }
            ItemKind::Message { reply_port, .. } => {
                self.relate_items(view.item, Relation::RepliesTo, *reply_port);
            }
            ItemKind::Semaphore { holder, .. } => {
                self.relate_items(*holder, Relation::Holds, view.item);
            }
            ItemKind::Request {
                device,
                pending: true,
                ..
            } => self.relate_items(view.item, Relation::QueuedOn, *device),
            _ => (),
        }
    }

    fn add_mach(&mut self, mach: &MachView) {
        let mut sets = BTreeSet::new();
        for port in &mach.ports {
            let id = format!("p{}", port.id);
            self.nodes.push(GraphNode {
                id: id.clone(),
                label: format!("Mach port {} {}", port.id, port.stands_for),
                kind: "Mach port".to_owned(),
            });
            if let Some(set) = port.set {
                sets.insert(set);
                self.relate(id, Relation::PartOf, format!("s{set}"));
            }
        }
        for set in sets {
            self.nodes.push(GraphNode {
                id: format!("s{set}"),
                label: format!("Mach port set {set}"),
                kind: "Mach port set".to_owned(),
            });
        }
        for task in &mach.tasks {
            for right in &task.rights {
                let Some(port) = right.port else { continue };
                let relations = [
                    (right.receive, Relation::Receives),
                    (right.sends > 0, Relation::CanSend),
                ];
                for (_, relation) in relations.iter().filter(|(has, _)| *has) {
                    self.relate(item_id(task.task), *relation, format!("p{port}"));
                }
            }
        }
    }

    /// Leaves what is related to nothing that waits, is waited for, held or queued out: what a
    /// person looks at first.
    pub fn busy(&self) -> Graph {
        let is_busy = |edge: &&Edge| {
            !matches!(
                edge.relation,
                Relation::Owns | Relation::Opened | Relation::CanSend
            )
        };
        let busy: Vec<&Edge> = self.edges.iter().filter(is_busy).collect();
        let ids: BTreeSet<&str> = busy
            .iter()
            .flat_map(|edge| [edge.from.as_str(), edge.to.as_str()])
            .collect();
        let is_in = |id: &str| ids.contains(id);
        Graph {
            nodes: self
                .nodes
                .iter()
                .filter(|n| is_in(&n.id))
                .cloned()
                .collect(),
            edges: self
                .edges
                .iter()
                .filter(|edge| is_in(&edge.from) && is_in(&edge.to))
                .cloned()
                .collect(),
        }
    }

    /// As text: a line a relation.
    pub fn text(&self) -> String {
        let label = |id: &str| {
            let node = self.nodes.iter().find(|node| node.id == id);
            node.map_or_else(|| id.to_owned(), |node| node.label.clone())
        };
        let lines = self.edges.iter().map(|edge| {
            let (from, to) = (label(&edge.from), label(&edge.to));
            format!("{from} {} {to}", edge.relation.words())
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// As a file for Graphviz.
    pub fn dot(&self) -> String {
        let quoted = |text: &str| {
            let text: String = text.chars().filter(|c| !c.is_control()).collect();
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        };
        let mut dot = "digraph machine {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
        for node in &self.nodes {
            let shape = match node.kind.as_str() {
                "task" => ", shape=ellipse",
                "semaphore" => ", shape=octagon",
                _ => "",
            };
            let (id, label) = (&node.id, quoted(&node.label));
            let _ = writeln!(dot, "  {id} [label={label}{shape}];");
        }
        for edge in &self.edges {
            let style = match edge.relation {
                Relation::WaitsFor => ", color=red",
                Relation::Owns => ", style=dotted",
                _ => "",
            };
            let (from, to) = (&edge.from, &edge.to);
            let label = quoted(edge.relation.words());
            let _ = writeln!(dot, "  {from} -> {to} [label={label}{style}];");
        }
        dot.push_str("}\n");
        dot
    }
}

/// The item that a wait is for.
fn waited_for(wait: &Wait) -> Option<Item> {
    match *wait {
        Wait::Io { ior } | Wait::IoMessage { ior, .. } | Wait::RequestAbort { ior } => Some(ior),
        Wait::Port { port } | Wait::PortMessage { port, .. } => Some(port),
        Wait::Semaphore { semaphore } => Some(semaphore),
        Wait::Death { victim } => Some(victim),
        Wait::Close { item } => Some(item),
        _ => None,
    }
}

impl<B: Board> Machine<B> {
    /// Items and Mach's objects with their relations.
    pub fn graph(&self) -> Graph {
        let mut graph = Graph::default();
        for view in self.item_views() {
            graph.add_item(&view);
        }
        graph.add_mach(&self.kernel().mach_view());
        graph.edges.sort();
        graph.edges.dedup();
        graph
    }
}
