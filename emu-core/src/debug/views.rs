//! What a machine holds, as plain data.
//!
//! | module | what is there |
//! |---|---|
//! | `items` | every item with what its kind has |
//! | `requests` | what devices still have to do |
//! | `memory` | the memory of each program: owned, free |
//! | `sound` | instruments, channels, what is used of the signal processor |
//! | `graph` | items and Mach's objects as one graph: who owns, waits for, holds what |
//!
//! Mach's objects are those of [`crate::kernel::mach::inspect`].

mod graph;
mod items;
mod memory;
mod requests;
mod sound;

pub use graph::{Edge, Graph, GraphNode, Relation};
pub use items::{ItemKind, ItemView};
pub use memory::MemoryView;
pub use requests::RequestView;
pub use sound::{ChannelView, SoundView};

use crate::kernel::portfolio::structs::{List, Node};
use crate::mem::{GuestPtr, MEMORY_END, Memory};

/// Nodes of one list that are looked at: a program may have made a circle of its own.
const LIST_MAX: usize = 4096;

/// The nodes of a list in guest memory, which may be in any state.
fn nodes(mem: &Memory, list: GuestPtr<List>) -> Vec<GuestPtr<Node>> {
    let mut nodes = Vec::new();
    if list.is_null() {
        return nodes;
    }
    let end = list.at(List::ListAnchor_filler).addr();
    let mut node: GuestPtr<Node> = mem.peek(list.at(List::ListAnchor_head));
    while node.addr() != end && nodes.len() < LIST_MAX {
        if node.is_null() || node.addr() >= MEMORY_END {
            break;
        }
        nodes.push(node);
        node = mem.peek(node.at(Node::n_Next));
    }
    nodes
}
