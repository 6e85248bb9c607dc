//! Lists in guest memory: links that programs walk with macros.
//!
//! Kernel sheet 3.1.
//!
//! The list may be the program's own, in any state: every walk is bounded, and every access
//! goes through a [`Links`] that decides what may be touched. The kernel's own lists use the
//! unchecked one, the folio vectors the caller's.

use super::structs::{List, Node};
use crate::mem::{BadAccess, GuestPtr, GuestValue, Memory};

/// Steps after which a list is taken to be a loop; more nodes than fit into memory.
const LONGEST_WALK: u32 = 0x30_0000 / 8;

/// Memory as a list operation may use it.
pub struct Links<'a> {
    mem: &'a mut Memory,
    checked: bool,
}

impl<'a> Links<'a> {
    /// For the kernel's own lists.
    pub fn kernel(mem: &'a mut Memory) -> Self {
        Links {
            mem,
            checked: false,
        }
    }

    /// For a list operation that runs as the caller's code: its protection applies.
    pub fn caller(mem: &'a mut Memory) -> Self {
        Links { mem, checked: true }
    }

    fn get<T: GuestValue>(&self, at: GuestPtr<T>) -> Result<T, BadAccess> {
        if self.checked {
            self.mem.read(at)
        } else {
            Ok(self.mem.peek(at))
        }
    }

    fn set<T: GuestValue>(&mut self, at: GuestPtr<T>, value: T) -> Result<(), BadAccess> {
        if self.checked {
            self.mem.write(at, value)
        } else {
            self.mem.poke(at, value);
            Ok(())
        }
    }

    /// The place before the first node, which a backward walk ends at.
    fn before_head(list: GuestPtr<List>) -> GuestPtr<Node> {
        list.at(List::ListAnchor_head).cast()
    }

    /// The place after the last node, which a forward walk ends at.
    fn after_tail(list: GuestPtr<List>) -> GuestPtr<Node> {
        list.at(List::ListAnchor_filler).cast()
    }

    /// Makes the list empty, leaving its own node alone.
    pub fn clear(&mut self, list: GuestPtr<List>) -> Result<(), BadAccess> {
        self.set(list.at(List::ListAnchor_head), Self::after_tail(list))?;
        self.set(list.at(List::ListAnchor_filler), GuestPtr::NULL)?;
        self.set(list.at(List::ListAnchor_tail), Self::before_head(list))
    }

    fn insert_between(
        &mut self,
        node: GuestPtr<Node>,
        prev: GuestPtr<Node>,
        next: GuestPtr<Node>,
    ) -> Result<(), BadAccess> {
        self.set(node.at(Node::n_Next), next)?;
        self.set(node.at(Node::n_Prev), prev)?;
        self.set(prev.at(Node::n_Next), node)?;
        self.set(next.at(Node::n_Prev), node)
    }

    /// AddHead.
    pub fn add_head(
        &mut self,
        list: GuestPtr<List>,
        node: GuestPtr<Node>,
    ) -> Result<(), BadAccess> {
        let next = self.get(list.at(List::ListAnchor_head))?;
        self.insert_between(node, Self::before_head(list), next)
    }

    /// AddTail.
    pub fn add_tail(
        &mut self,
        list: GuestPtr<List>,
        node: GuestPtr<Node>,
    ) -> Result<(), BadAccess> {
        let prev = self.get(list.at(List::ListAnchor_tail))?;
        self.insert_between(node, prev, Self::after_tail(list))
    }

    /// The first node, or none.
    pub fn first(&self, list: GuestPtr<List>) -> Result<Option<GuestPtr<Node>>, BadAccess> {
        let node = self.get(list.at(List::ListAnchor_head))?;
        Ok((node != Self::after_tail(list)).then_some(node))
    }

    /// The last node, or none.
    pub fn last(&self, list: GuestPtr<List>) -> Result<Option<GuestPtr<Node>>, BadAccess> {
        let node = self.get(list.at(List::ListAnchor_tail))?;
        Ok((node != Self::before_head(list)).then_some(node))
    }

    /// RemNode: does nothing to a node that is on no list, and clears `n_Next` of one that was.
    pub fn remove(&mut self, node: GuestPtr<Node>) -> Result<(), BadAccess> {
        let next = self.get(node.at(Node::n_Next))?;
        if next.is_null() {
            return Ok(());
        }
        let prev = self.get(node.at(Node::n_Prev))?;
        self.set(prev.at(Node::n_Next), next)?;
        self.set(next.at(Node::n_Prev), prev)?;
        self.set(node.at(Node::n_Next), GuestPtr::NULL)
    }

    /// The first node for which `found` holds, walking forward.
    pub fn find(
        &self,
        list: GuestPtr<List>,
        mut found: impl FnMut(&Self, GuestPtr<Node>) -> Result<bool, BadAccess>,
    ) -> Result<Option<GuestPtr<Node>>, BadAccess> {
        let mut node = self.get(list.at(List::ListAnchor_head))?;
        for _ in 0..LONGEST_WALK {
            if node == Self::after_tail(list) {
                break;
            }
            if found(self, node)? {
                return Ok(Some(node));
            }
            node = self.get(node.at(Node::n_Next))?;
        }
        Ok(None)
    }

    /// The priority of a node.
    pub fn priority(&self, node: GuestPtr<Node>) -> Result<u8, BadAccess> {
        self.get(node.at(Node::n_Priority))
    }

    /// The memory, to look at more of a node.
    pub fn memory(&self) -> &Memory {
        self.mem
    }

    /// InsertNodeFromTail: behind all nodes of the same or a higher priority.
    pub fn insert_from_tail(
        &mut self,
        list: GuestPtr<List>,
        node: GuestPtr<Node>,
    ) -> Result<(), BadAccess> {
        let priority = self.priority(node)?;
        let mut prev = self.get(list.at(List::ListAnchor_tail))?;
        for _ in 0..LONGEST_WALK {
            if prev == Self::before_head(list) || self.priority(prev)? >= priority {
                break;
            }
            prev = self.get(prev.at(Node::n_Prev))?;
        }
        let next = self.get(prev.at(Node::n_Next))?;
        self.insert_between(node, prev, next)
    }

    /// InsertNodeFromHead: before the first node of the same or a lower priority.
    pub fn insert_from_head(
        &mut self,
        list: GuestPtr<List>,
        node: GuestPtr<Node>,
    ) -> Result<(), BadAccess> {
        let priority = self.priority(node)?;
        let next = self.find(list, |links, other| Ok(links.priority(other)? <= priority))?;
        self.insert_before(list, node, next)
    }

    /// Puts `node` before `next`, or at the tail if there is none.
    pub fn insert_before(
        &mut self,
        list: GuestPtr<List>,
        node: GuestPtr<Node>,
        next: Option<GuestPtr<Node>>,
    ) -> Result<(), BadAccess> {
        let next = next.unwrap_or(Self::after_tail(list));
        let prev = self.get(next.at(Node::n_Prev))?;
        self.insert_between(node, prev, next)
    }

    /// SetNodePri: finds the node's list, sets the priority and sorts it in again; returns the
    /// old priority. A node on no list, or in a loop of nodes, only gets the priority.
    pub fn set_priority(&mut self, node: GuestPtr<Node>, priority: u8) -> Result<u8, BadAccess> {
        let old = self.priority(node)?;
        let mut end = node;
        let mut ended = false;
        for _ in 0..LONGEST_WALK {
            let next = self.get(end.at(Node::n_Next))?;
            if next.is_null() {
                ended = true;
                break;
            }
            end = next;
        }
        self.set(node.at(Node::n_Priority), priority)?;
        if ended && end != node {
            let list = end.byte_add(List::ListAnchor_filler.offset().wrapping_neg());
            self.remove(node)?;
            self.insert_from_tail(list.cast(), node)?;
        }
        Ok(old)
    }
}
