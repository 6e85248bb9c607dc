//! The list vectors: list operations as the caller's own code (kernel sheet 1.7, 3.1).

use super::Portfolio;
use super::list::Links;
use super::structs::{List, Node, node_flag, node_type};
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::mem::{BadAccess, CString, GuestPtr, GuestType, Memory};

fn or_null(node: Option<GuestPtr<Node>>) -> GuestPtr<Node> {
    node.unwrap_or(GuestPtr::NULL)
}

fn rem_head(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
) -> Result<GuestPtr<Node>, Trouble> {
    let mut links = Links::caller(cx.mem);
    let node = links.first(list)?;
    if let Some(node) = node {
        links.remove(node)?;
    }
    Ok(or_null(node))
}

fn rem_tail(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
) -> Result<GuestPtr<Node>, Trouble> {
    let mut links = Links::caller(cx.mem);
    let node = links.last(list)?;
    if let Some(node) = node {
        links.remove(node)?;
    }
    Ok(or_null(node))
}

fn add_head(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
    node: GuestPtr<Node>,
) -> Result<(), Trouble> {
    Ok(Links::caller(cx.mem).add_head(list, node)?)
}

fn add_tail(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
    node: GuestPtr<Node>,
) -> Result<(), Trouble> {
    Ok(Links::caller(cx.mem).add_tail(list, node)?)
}

fn insert_from_tail(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
    node: GuestPtr<Node>,
) -> Result<(), Trouble> {
    Ok(Links::caller(cx.mem).insert_from_tail(list, node)?)
}

fn insert_from_head(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
    node: GuestPtr<Node>,
) -> Result<(), Trouble> {
    Ok(Links::caller(cx.mem).insert_from_head(list, node)?)
}

fn rem_node(_: &mut Portfolio, cx: &mut CallCx<'_>, node: GuestPtr<Node>) -> Result<(), Trouble> {
    Ok(Links::caller(cx.mem).remove(node)?)
}

fn set_node_pri(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    node: GuestPtr<Node>,
    priority: u8,
) -> Result<u32, Trouble> {
    let old = Links::caller(cx.mem).set_priority(node, priority)?;
    Ok(old.into())
}

/// For the guest routine behind UniversalInsertNode, which has found the place: before `next`,
/// or at the tail when it is null.
fn insert_before(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
    node: GuestPtr<Node>,
    next: GuestPtr<Node>,
) -> Result<(), Trouble> {
    let next = (!next.is_null()).then_some(next);
    Ok(Links::caller(cx.mem).insert_before(list, node, next)?)
}

/// Makes an empty list; one without a name gets the default name.
fn init_list(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
    name: GuestPtr<CString>,
) -> Result<(), Trouble> {
    let name = if name.is_null() {
        k.default_list_name(cx.mem)
    } else {
        name
    };
    cx.mem.check_writable(list.addr(), List::SIZE)?;
    let node: GuestPtr<Node> = list.cast();
    cx.mem.poke(node.at(Node::n_SubsysType), 1);
    cx.mem.poke(node.at(Node::n_Type), node_type::LISTNODE);
    cx.mem.poke(node.at(Node::n_Priority), 0);
    cx.mem.poke(node.at(Node::n_Flags), node_flag::NAMEVALID);
    cx.mem.poke(node.at(Node::n_Size), List::SIZE as i32);
    cx.mem.poke(node.at(Node::n_Name), name);
    Ok(Links::caller(cx.mem).clear(list)?)
}

/// Whether two guest strings are equal but for the case of ASCII letters. Two null pointers
/// are equal, a null pointer and a string are not.
fn same_name(mem: &Memory, a: GuestPtr<CString>, b: GuestPtr<CString>) -> Result<bool, BadAccess> {
    if a == b || a.is_null() || b.is_null() {
        return Ok(a == b);
    }
    // Both strings end at the latest where memory ends.
    for n in 0.. {
        let one: u8 = mem.read(a.cast::<u8>().byte_add(n))?;
        let other: u8 = mem.read(b.cast::<u8>().byte_add(n))?;
        if !one.eq_ignore_ascii_case(&other) {
            return Ok(false);
        }
        if one == 0 {
            break;
        }
    }
    Ok(true)
}

fn find_named_node(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<List>,
    name: GuestPtr<CString>,
) -> Result<GuestPtr<Node>, Trouble> {
    let node = Links::caller(cx.mem).find(list, |links, node| {
        let other = links.memory().read(node.at(Node::n_Name))?;
        same_name(links.memory(), name, other)
    })?;
    Ok(or_null(node))
}

calls! {
    /// What this module answers.
    pub(crate) CALLS: Kernel;
    vec 1 RemHead(list: GuestPtr<List>) -> Pointer = rem_head;
    vec 2 AddHead(list: GuestPtr<List>, node: GuestPtr<Node>) -> Nothing = add_head;
    vec 3 RemTail(list: GuestPtr<List>) -> Pointer = rem_tail;
    vec 4 AddTail(list: GuestPtr<List>, node: GuestPtr<Node>) -> Nothing = add_tail;
    vec 5 InsertNodeFromTail(list: GuestPtr<List>, node: GuestPtr<Node>) -> Nothing = insert_from_tail;
    vec 6 RemNode(node: GuestPtr<Node>) -> Nothing = rem_node;
    vec 9 InitList(list: GuestPtr<List>, name: GuestPtr<CString>) -> Nothing = init_list;
    vec 10 FindNamedNode(list: GuestPtr<List>, name: GuestPtr<CString>) -> Pointer = find_named_node;
    routine vec 17 UniversalInsertNode(list: GuestPtr<List>, node: GuestPtr<Node>, before: u32) -> Nothing;
    vec 19 SetNodePri(node: GuestPtr<Node>, priority: u8) -> Number = set_node_pri;
    vec 20 InsertNodeFromHead(list: GuestPtr<List>, node: GuestPtr<Node>) -> Nothing = insert_from_head;
    private 3 InsertBefore(list: GuestPtr<List>, node: GuestPtr<Node>, next: GuestPtr<Node>) -> Nothing = insert_before;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::call::Entry;
    use crate::kernel::portfolio::memory;
    use crate::kernel::portfolio::rig::Rig;

    /// A rig with an empty list and room for nodes of 0x20 bytes behind it.
    fn with_list() -> (Rig, u32) {
        let mut rig = Rig::new();
        let lists = rig.lists.addr();
        let at = rig.vec(memory::CALLS, 7, &[lists, 0x400, 0x1FF]);
        rig.vec(CALLS, 9, &[at, 0]);
        (rig, at)
    }

    fn node(rig: &mut Rig, list: u32, n: u32, priority: u8) -> u32 {
        let at = list + 0x20 + n * 0x20;
        rig.mem
            .poke(GuestPtr::<Node>::new(at).at(Node::n_Priority), priority);
        at
    }

    /// The numbers of the nodes, walked as macros do, forward and backward.
    fn order(rig: &Rig, list: u32) -> Vec<u32> {
        let mut forward = Vec::new();
        let mut at = rig.mem.word(list + 0x14);
        while at != list + 0x18 {
            forward.push((at - list - 0x20) / 0x20);
            at = rig.mem.word(at);
        }
        let mut backward = Vec::new();
        let mut at = rig.mem.word(list + 0x1C);
        while at != list + 0x14 {
            backward.insert(0, (at - list - 0x20) / 0x20);
            at = rig.mem.word(at + 4);
        }
        assert_eq!(forward, backward);
        forward
    }

    #[test]
    fn init_list_writes_every_field() {
        let (mut rig, list) = with_list();
        assert_eq!(rig.mem.bytes(list + 8, 4).unwrap(), [1, 2, 0, 0x80]);
        assert_eq!(rig.mem.word(list + 12), 0x20);
        assert_eq!(rig.mem.word(list + 0x14), list + 0x18);
        assert_eq!(rig.mem.word(list + 0x18), 0);
        assert_eq!(rig.mem.word(list + 0x1C), list + 0x14);
        let name = GuestPtr::new(rig.mem.word(list + 0x10));
        assert_eq!(rig.mem.show_string(name), "unnamed list");
        rig.vec(CALLS, 9, &[list, 0x12345]);
        assert_eq!(rig.mem.word(list + 0x10), 0x12345);
    }

    #[test]
    fn ends() {
        let (mut rig, list) = with_list();
        assert_eq!(rig.vec(CALLS, 1, &[list]), 0);
        assert_eq!(rig.vec(CALLS, 3, &[list]), 0);
        for n in 0..4 {
            let at = node(&mut rig, list, n, 0);
            rig.vec(CALLS, if n % 2 == 0 { 2 } else { 4 }, &[list, at]);
        }
        assert_eq!(order(&rig, list), [2, 0, 1, 3]);
        let two = rig.vec(CALLS, 1, &[list]);
        assert_eq!(two, list + 0x60);
        assert_eq!(rig.mem.word(two), 0);
        assert_eq!(rig.vec(CALLS, 3, &[list]), list + 0x80);
        assert_eq!(order(&rig, list), [0, 1]);
        // A node that is on no list.
        rig.vec(CALLS, 6, &[two]);
        rig.vec(CALLS, 6, &[list + 0x20]);
        assert_eq!(order(&rig, list), [1]);
    }

    #[test]
    fn priorities() {
        let (mut rig, list) = with_list();
        for (n, priority) in [10, 20, 10, 20, 200].into_iter().enumerate() {
            let at = node(&mut rig, list, n as u32, priority);
            rig.vec(CALLS, 5, &[list, at]);
        }
        assert_eq!(order(&rig, list), [4, 1, 3, 0, 2]);
        let five = node(&mut rig, list, 5, 20);
        rig.vec(CALLS, 20, &[list, five]);
        assert_eq!(order(&rig, list), [4, 5, 1, 3, 0, 2]);
        let six = node(&mut rig, list, 6, 0);
        rig.vec(CALLS, 20, &[list, six]);
        assert_eq!(order(&rig, list), [4, 5, 1, 3, 0, 2, 6]);
        assert_eq!(rig.vec(CALLS, 19, &[list + 0x20, 20]), 10);
        assert_eq!(order(&rig, list), [4, 5, 1, 3, 0, 2, 6]);
        assert_eq!(rig.vec(CALLS, 19, &[list + 0x20 + 4 * 0x20, 5]), 200);
        assert_eq!(order(&rig, list), [5, 1, 3, 0, 2, 4, 6]);
        let seven = node(&mut rig, list, 7, 0);
        let before = Entry::Private(3);
        rig.call(CALLS, before, &[list, seven, five]).unwrap();
        rig.vec(CALLS, 6, &[six]);
        rig.call(CALLS, before, &[list, six, 0]).unwrap();
        assert_eq!(order(&rig, list), [7, 5, 1, 3, 0, 2, 4, 6]);
    }

    #[test]
    fn set_node_pri_of_a_loose_node_only_sets_it() {
        let (mut rig, list) = with_list();
        let at = node(&mut rig, list, 0, 7);
        rig.mem.set_word(at, 0);
        assert_eq!(rig.vec(CALLS, 19, &[at, 9]), 7);
        assert_eq!(rig.vec(CALLS, 19, &[at, 0x101]), 9);
        assert_eq!(order(&rig, list), []);
    }

    #[test]
    fn names_are_found_in_any_case() {
        let (mut rig, list) = with_list();
        let text = list + 0x200;
        rig.mem
            .bytes_mut(text, 16)
            .unwrap()
            .copy_from_slice(b"Timer\0TIMER\0Time");
        for (n, name) in [0, text].into_iter().enumerate() {
            let at = node(&mut rig, list, n as u32, 0);
            rig.mem.set_word(at + 0x10, name);
            rig.vec(CALLS, 4, &[list, at]);
        }
        assert_eq!(rig.vec(CALLS, 10, &[list, text + 6]), list + 0x40);
        assert_eq!(rig.vec(CALLS, 10, &[list, 0]), list + 0x20);
        rig.mem.bytes_mut(text + 16, 1).unwrap()[0] = 0;
        assert_eq!(rig.vec(CALLS, 10, &[list, text + 12]), 0);
    }

    #[test]
    fn wild_pointers_fault_and_loops_end() {
        let (mut rig, list) = with_list();
        for list in [0, 0x8000, 0x30_0000, 0xFFFF_FFFC] {
            let wild = rig.call(CALLS, Entry::Vector(9), &[list, 0]);
            assert!(matches!(wild, Err(Trouble::Fault(_))), "{list:#x}");
        }
        let a = node(&mut rig, list, 0, 9);
        rig.vec(CALLS, 4, &[list, a]);
        rig.mem.set_word(a, a);
        rig.mem.set_word(a + 4, a);
        rig.mem.set_word(a + 0x10, 0);
        let b = node(&mut rig, list, 1, 10);
        assert_eq!(rig.vec(CALLS, 10, &[list, b]), 0);
        rig.vec(CALLS, 5, &[list, b]);
        let before = rig.mem.bytes(list, 0x400).unwrap().to_vec();
        // A loop is no list: only the priority changes.
        rig.mem.set_word(a, a);
        assert_eq!(rig.vec(CALLS, 19, &[a, 1]), 9);
        let after = rig.mem.bytes(list, 0x400).unwrap();
        assert!(before.iter().zip(after).filter(|(x, y)| x != y).count() <= 5);
    }
}
