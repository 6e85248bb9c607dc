//! Tag lists (kernel sheet 4.2).
//!
//! Item creation reads a list twice: [`common_tags`] takes what every item has, then
//! [`own_tags`] gives the tags of the item's type in their order. Nothing is copied, so a list
//! that fills memory costs no host memory.

use super::Portfolio;
use super::errors::{BADNAME, BADPTR, NOMEM, Status};
use super::structs::TagArg;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::mem::{BadAccess, CString, GuestPtr, MEMORY_END, Memory};

/// Tags that mean the same in every list.
#[allow(missing_docs)]
pub(crate) mod tag {
    pub const END: u32 = 0;
    pub const ITEM_NAME: u32 = 1;
    pub const ITEM_PRI: u32 = 2;
    pub const ITEM_VERSION: u32 = 3;
    pub const ITEM_REVISION: u32 = 4;
    pub const ITEM_UNIQUE_NAME: u32 = 6;
    pub const JUMP: u32 = 254;
    pub const NOP: u32 = 255;
}

/// Jumps that a list may make.
const MOST_JUMPS: u32 = 20;
/// Characters of an item's name.
const LONGEST_NAME: u32 = 253;

/// The tags of a list in order, NOP and JUMP resolved; the first error ends it.
pub(crate) struct TagWalk<'a> {
    mem: &'a Memory,
    start: GuestPtr<TagArg>,
    at: Option<GuestPtr<TagArg>>,
    jumps: u32,
}

impl<'a> TagWalk<'a> {
    /// The list at `start`; null is an empty list.
    pub(crate) fn new(mem: &'a Memory, start: GuestPtr<TagArg>) -> Self {
        TagWalk {
            mem,
            start,
            at: (!start.is_null()).then_some(start),
            jumps: 0,
        }
    }

    fn step(&mut self) -> Result<Option<(u32, u32)>, Status> {
        while let Some(at) = self.at.take() {
            let tag = self.mem.read(at.at(TagArg::ta_Tag)).map_err(|_| BADPTR)?;
            if tag == tag::END {
                break;
            }
            let value = self.mem.read(at.at(TagArg::ta_Arg)).map_err(|_| BADPTR)?;
            match tag {
                tag::NOP => self.at = Some(at.index(1)),
                tag::JUMP if value == 0 => break,
                tag::JUMP => {
                    self.jumps += 1;
                    if self.jumps > MOST_JUMPS || value == self.start.addr() {
                        return Err(BADPTR);
                    }
                    self.at = Some(GuestPtr::new(value));
                }
                _ => {
                    self.at = Some(at.index(1));
                    return Ok(Some((tag, value)));
                }
            }
        }
        Ok(None)
    }
}

impl Iterator for TagWalk<'_> {
    type Item = Result<(u32, u32), Status>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// What every item can be given; later tags override earlier ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CommonTags {
    /// The name, if there is a name tag.
    pub name: Option<Vec<u8>>,
    /// The priority, if there is a priority tag.
    pub priority: Option<u8>,
    /// The version, if there is a version tag.
    pub version: Option<u8>,
    /// The revision, if there is a revision tag.
    pub revision: Option<u8>,
    /// Whether the name must be the only one of its kind.
    pub unique: bool,
}

fn is_common(tag: u32) -> bool {
    matches!(
        tag,
        tag::ITEM_NAME
            | tag::ITEM_PRI
            | tag::ITEM_VERSION
            | tag::ITEM_REVISION
            | tag::ITEM_UNIQUE_NAME
    )
}

/// The name a tag points to: printable ASCII, not too long.
fn item_name(mem: &Memory, name: GuestPtr<CString>) -> Result<Vec<u8>, Status> {
    if name.is_null() {
        return Err(BADNAME);
    }
    let name = mem
        .read_string(name, LONGEST_NAME + 1)
        .map_err(|_| BADPTR)?;
    if !name.iter().all(|byte| (0x20..=0x7E).contains(byte)) {
        return Err(BADNAME);
    }
    if name.len() > LONGEST_NAME as usize {
        return Err(NOMEM);
    }
    Ok(name)
}

/// Reads a whole list for the tags that every item knows.
pub(crate) fn common_tags(mem: &Memory, list: GuestPtr<TagArg>) -> Result<CommonTags, Status> {
    let mut common = CommonTags::default();
    for tag in TagWalk::new(mem, list) {
        let (tag, value) = tag?;
        match tag {
            tag::ITEM_NAME => common.name = Some(item_name(mem, GuestPtr::new(value))?),
            tag::ITEM_PRI => common.priority = Some(value as u8),
            tag::ITEM_VERSION => common.version = Some(value as u8),
            tag::ITEM_REVISION => common.revision = Some(value as u8),
            tag::ITEM_UNIQUE_NAME => common.unique = true,
            _ => {}
        }
    }
    Ok(common)
}

/// The tags of a list that are not common to all items, in their order.
pub(crate) fn own_tags(
    mem: &Memory,
    list: GuestPtr<TagArg>,
) -> impl Iterator<Item = Result<(u32, u32), Status>> {
    TagWalk::new(mem, list).filter(|tag| !tag.is_ok_and(|(tag, _)| is_common(tag)))
}

/// The next element that is neither NOP nor JUMP, for a program that walks a list itself: no
/// limit of jumps, but lists that never end do.
pub(super) fn next_element(
    mem: &Memory,
    mut at: GuestPtr<TagArg>,
    steps: &mut u32,
) -> Result<Option<GuestPtr<TagArg>>, BadAccess> {
    while !at.is_null() && *steps > 0 {
        *steps -= 1;
        match mem.read(at.at(TagArg::ta_Tag))? {
            tag::END => break,
            tag::NOP => at = at.index(1),
            tag::JUMP => at = GuestPtr::new(mem.read(at.at(TagArg::ta_Arg))?),
            _ => return Ok(Some(at)),
        }
    }
    Ok(None)
}

/// Elements that a walk looks at: no more fit into memory.
pub(super) const LONGEST_LIST: u32 = MEMORY_END / 8;

/// The last element with that tag.
fn find_tag_arg(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<TagArg>,
    tag: u32,
) -> Result<GuestPtr<TagArg>, Trouble> {
    let mut steps = LONGEST_LIST;
    let mut found = GuestPtr::NULL;
    let mut at = list;
    while let Some(element) = next_element(cx.mem, at, &mut steps)? {
        if cx.mem.read(element.at(TagArg::ta_Tag))? == tag {
            found = element;
        }
        at = element.index(1);
    }
    Ok(found)
}

/// The element that the caller's pointer has come to; the pointer moves behind it, and stays
/// at the end of the list.
fn next_tag_arg(
    _: &mut Portfolio,
    cx: &mut CallCx<'_>,
    list: GuestPtr<GuestPtr<TagArg>>,
) -> Result<GuestPtr<TagArg>, Trouble> {
    let at = cx.mem.read(list)?;
    let mut steps = LONGEST_LIST;
    let Some(element) = next_element(cx.mem, at, &mut steps)? else {
        return Ok(GuestPtr::NULL);
    };
    cx.mem.write(list, element.index(1))?;
    Ok(element)
}

calls! {
    /// What this module answers.
    pub(crate) CALLS: Kernel;
    vec 44 FindTagArg(tags: GuestPtr<TagArg>, tag: u32) -> Pointer = find_tag_arg;
    vec 45 NextTagArg(tags: GuestPtr<GuestPtr<TagArg>>) -> Pointer = next_tag_arg;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::portfolio::memory;
    use crate::kernel::portfolio::rig::Rig;

    const AT: u32 = 0x50000;

    fn list(mem: &mut Memory, at: u32, words: &[u32]) {
        for (n, word) in words.iter().enumerate() {
            mem.set_word(at + n as u32 * 4, *word);
        }
    }

    fn walk(words: &[u32]) -> Result<Vec<(u32, u32)>, Status> {
        let mut mem = Memory::new();
        list(&mut mem, AT, words);
        TagWalk::new(&mem, GuestPtr::new(AT)).collect()
    }

    fn common(text: &[u8], words: &[u32]) -> Result<CommonTags, Status> {
        let mut mem = Memory::new();
        mem.bytes_mut(0x60000, text.len() as u32)
            .unwrap()
            .copy_from_slice(text);
        list(&mut mem, AT, words);
        common_tags(&mem, GuestPtr::new(AT))
    }

    /// Check 13.
    #[test]
    fn nop_and_jump() {
        assert_eq!(walk(&[0]), Ok(vec![]));
        assert_eq!(walk(&[255, 9, 10, 1, 0]), Ok(vec![(10, 1)]));
        assert_eq!(
            walk(&[10, 1, 254, AT + 24, 11, 2, 12, 3, 0]),
            Ok(vec![(10, 1), (12, 3)])
        );
        assert_eq!(walk(&[10, 1, 254, 0, 11, 2]), Ok(vec![(10, 1)]));
        assert_eq!(walk(&[10, 1, 254, AT]), Err(BADPTR));
        assert_eq!(walk(&[255, 0, 254, AT + 8]), Err(BADPTR));
        assert_eq!(walk(&[254, 0x30_0000]), Err(BADPTR));
        assert_eq!(walk(&[254, 0x100]), Err(BADPTR));
        assert_eq!(walk(&[10, 1, 254, 0x2F_FFFC]), Ok(vec![(10, 1)]));
        assert!(
            TagWalk::new(&Memory::new(), GuestPtr::NULL)
                .next()
                .is_none()
        );
    }

    #[test]
    fn the_twenty_first_jump_is_too_many() {
        for (jumps, result) in [(20, Ok(vec![(10, 1)])), (21, Err(BADPTR))] {
            let mut words = Vec::new();
            for n in 0..jumps {
                words.extend([254, AT + (n + 1) * 8]);
            }
            words.extend([10, 1, 0]);
            assert_eq!(walk(&words), result);
        }
    }

    #[test]
    fn a_list_without_end_is_unreadable() {
        let mut mem = Memory::new();
        list(&mut mem, 0x2F_FFF8, &[10, 1]);
        let mut tags = TagWalk::new(&mem, GuestPtr::new(0x2F_FFF8));
        assert_eq!(tags.next(), Some(Ok((10, 1))));
        assert_eq!(tags.next(), Some(Err(BADPTR)));
        assert_eq!(tags.next(), None);
    }

    #[test]
    fn common_tags_and_the_rest() {
        let words = [
            10, 5, 2, 0x1FF, 1, 0x60000, 3, 24, 4, 225, 6, 0, 5, 0x60000, 9, 9, 2, 7, 0,
        ];
        let tags = common(b"Timer\0", &words).unwrap();
        let expected = CommonTags {
            name: Some(b"Timer".to_vec()),
            priority: Some(7),
            version: Some(24),
            revision: Some(225),
            unique: true,
        };
        assert_eq!(tags, expected);
        let mut mem = Memory::new();
        list(&mut mem, AT, &words);
        let rest: Vec<_> = own_tags(&mem, GuestPtr::new(AT))
            .map(Result::unwrap)
            .collect();
        assert_eq!(rest, [(10, 5), (5, 0x60000), (9, 9)]);
        assert_eq!(common(b"", &[0]), Ok(CommonTags::default()));
    }

    #[test]
    fn names() {
        let name = |text: &[u8]| common(text, &[1, 0x60000, 0]).map(|tags| tags.name);
        assert_eq!(common(b"", &[1, 0, 0]), Err(BADNAME));
        assert_eq!(common(b"", &[1, 0x30_0000, 0]), Err(BADPTR));
        assert_eq!(name(b"\0"), Ok(Some(Vec::new())));
        assert_eq!(name(b" ~\0"), Ok(Some(b" ~".to_vec())));
        assert_eq!(name(b"a\tb\0"), Err(BADNAME));
        assert_eq!(name(b"\x7F\0"), Err(BADNAME));
        assert_eq!(name(b"\xE9\0"), Err(BADNAME));
        let long = |n: usize| [vec![b'x'; n], vec![0]].concat();
        assert_eq!(name(&long(253)), Ok(Some(vec![b'x'; 253])));
        assert_eq!(name(&long(254)), Err(NOMEM));
    }

    #[test]
    fn programs_walk_lists_too() {
        let mut rig = Rig::new();
        let lists = rig.lists.addr();
        let at = rig.vec(memory::CALLS, 7, &[lists, 0x100, 0]);
        let words = [10, 1, 255, 0, 10, 2, 254, at + 0x28, 0, 0, 11, 3, 0];
        list(&mut rig.mem, at, &words);
        assert_eq!(rig.vec(CALLS, 44, &[at, 10]), at + 0x10);
        assert_eq!(rig.vec(CALLS, 44, &[at, 11]), at + 0x28);
        assert_eq!(rig.vec(CALLS, 44, &[at, 12]), 0);
        assert_eq!(rig.vec(CALLS, 44, &[0, 12]), 0);
        let pointer = at + 0x80;
        rig.mem.set_word(pointer, at);
        for element in [at, at + 0x10, at + 0x28] {
            assert_eq!(rig.vec(CALLS, 45, &[pointer]), element);
            assert_eq!(rig.mem.word(pointer), element + 8);
        }
        assert_eq!(rig.vec(CALLS, 45, &[pointer]), 0);
        assert_eq!(rig.vec(CALLS, 45, &[pointer]), 0);
        // A loop of jumps ends.
        list(&mut rig.mem, at, &[254, at]);
        assert_eq!(rig.vec(CALLS, 44, &[at, 10]), 0);
    }
}
