//! Items: numbers with generations that stand for kernel structures.
//!
//! Kernel sheet section 4.

use super::Portfolio;
use super::errors::{BADITEM, ITEM_TABLE_FULL, NOMEM, Status};
use super::structs::{ItemEntry, ItemNode, KernelBase, node_flag};
use crate::mem::{CString, FieldKind, GuestPtr, GuestType, GuestValue, Memory};
use crate::trace::{Event, Hex};
use serde::{Deserialize, Serialize};

/// An item number as guests pass it around: 0 is none, negative is an error code.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Item(pub i32);

impl Item {
    /// No item.
    pub const NONE: Item = Item(0);
    /// "A wait has finished", as `t_WaitItem` and `sem_Owner` show it.
    pub const FREE: Item = Item(-1);

    /// Its place in the item table.
    pub fn index(self) -> usize {
        (self.0 & 0xFFF) as usize
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl GuestType for Item {
    const SIZE: u32 = 4;
    const KIND: FieldKind = FieldKind::Item;
}
impl GuestValue for Item {
    fn from_guest_bytes(bytes: &[u8]) -> Self {
        Item(i32::from_guest_bytes(bytes))
    }
    fn to_guest_bytes(self, bytes: &mut [u8]) {
        self.0.to_guest_bytes(bytes);
    }
}

/// Items in the system, at most.
pub const MAX_ITEMS: usize = 4096;
/// Indices below belong to folios with fixed numbers.
const FIRST_FREE_INDEX: usize = 16;
/// Entries in one block of the guest-visible table.
const BLOCK: usize = 128;

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Slot {
    addr: u32,
    generation: u16,
}

/// Who holds which item number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ItemTable {
    slots: Vec<Slot>,
    /// Indices given back; the last one is the next reused.
    free: Vec<u16>,
}

impl Default for ItemTable {
    fn default() -> Self {
        ItemTable {
            slots: vec![Slot::default(); FIRST_FREE_INDEX],
            free: Vec::new(),
        }
    }
}

impl ItemTable {
    fn take(&mut self, addr: u32) -> Result<Item, Status> {
        let index = match self.free.pop() {
            Some(index) => usize::from(index),
            None if self.slots.len() < MAX_ITEMS => {
                self.slots.push(Slot::default());
                self.slots.len() - 1
            }
            None => return Err(ITEM_TABLE_FULL),
        };
        Ok(self.occupy(index, addr))
    }

    fn occupy(&mut self, index: usize, addr: u32) -> Item {
        self.slots[index].addr = addr;
        Item(i32::from(self.slots[index].generation) << 16 | index as i32)
    }

    fn release(&mut self, item: Item) {
        let slot = &mut self.slots[item.index()];
        slot.addr = 0;
        slot.generation = (slot.generation + 1) & 0x7FFF;
        self.free.push(item.index() as u16);
    }

    /// The structure of an item, if the number is not stale.
    pub fn lookup(&self, item: Item) -> Option<GuestPtr<ItemNode>> {
        let slot = self.slots.get(item.index())?;
        let number = i32::from(slot.generation) << 16 | item.index() as i32;
        (slot.addr != 0 && number == item.0).then(|| GuestPtr::new(slot.addr))
    }

    /// Whether every index that may be handed out has a slot.
    pub(crate) fn is_sound(&self) -> bool {
        let len = self.slots.len();
        (FIRST_FREE_INDEX..=MAX_ITEMS).contains(&len)
            && self.free.iter().all(|&index| usize::from(index) < len)
            && self.slots.iter().all(|slot| slot.generation <= 0x7FFF)
    }

    /// The item at a place of the table, whatever its generation.
    pub fn at_index(&self, index: usize) -> Option<Item> {
        let slot = self.slots.get(index)?;
        (slot.addr != 0).then_some(Item(i32::from(slot.generation) << 16 | index as i32))
    }

    /// Every item that exists, by index.
    pub fn iter(&self) -> impl Iterator<Item = Item> + '_ {
        (0..self.slots.len()).filter_map(|index| self.at_index(index))
    }
}

/// What a new item's node says.
#[derive(Clone, Debug, Default)]
pub struct NewItem {
    /// Owning folio's number.
    pub subsystem: u8,
    /// Node type.
    pub kind: u8,
    /// Bytes of its structure.
    pub size: u32,
    /// Its name.
    pub name: Option<Vec<u8>>,
    /// Its priority.
    pub priority: u8,
    /// Its version.
    pub version: u8,
    /// Its revision.
    pub revision: u8,
    /// The `n_ItemFlags`.
    pub item_flags: u8,
    /// The task it belongs to.
    pub owner: Item,
}

impl Portfolio {
    /// Makes the zero-filled structure of a new item, its number and its name.
    pub(crate) fn new_item(&mut self, mem: &mut Memory, new: &NewItem) -> Result<Item, Status> {
        let addr = self.heap_alloc(mem, new.size)?;
        let item = match self.items.take(addr) {
            Ok(item) => item,
            Err(error) => {
                self.heap_free(addr, new.size);
                return Err(error);
            }
        };
        self.dress_item(mem, item, addr, new)?;
        Ok(item)
    }

    /// The same for an item with a fixed number, whose structure stands at `addr` already.
    pub(crate) fn new_fixed_item(
        &mut self,
        mem: &mut Memory,
        index: u8,
        addr: u32,
        new: &NewItem,
    ) -> Result<Item, Status> {
        let item = self.items.occupy(usize::from(index), addr);
        self.dress_item(mem, item, addr, new)?;
        Ok(item)
    }

    /// The same for an item with the next free number, whose structure stands at `addr` already.
    /// An error frees the structure.
    pub(crate) fn new_placed_item(
        &mut self,
        mem: &mut Memory,
        addr: u32,
        new: &NewItem,
    ) -> Result<Item, Status> {
        let item = match self.items.take(addr) {
            Ok(item) => item,
            Err(error) => {
                self.heap_free(addr, new.size);
                return Err(error);
            }
        };
        self.dress_item(mem, item, addr, new)?;
        Ok(item)
    }

    fn dress_item(
        &mut self,
        mem: &mut Memory,
        item: Item,
        addr: u32,
        new: &NewItem,
    ) -> Result<(), Status> {
        let node = GuestPtr::<ItemNode>::new(addr);
        mem.poke(node.at(ItemNode::n_SubsysType), new.subsystem);
        mem.poke(node.at(ItemNode::n_Type), new.kind);
        mem.poke(node.at(ItemNode::n_Priority), new.priority);
        mem.poke(node.at(ItemNode::n_Size), new.size as i32);
        mem.poke(node.at(ItemNode::n_Version), new.version);
        mem.poke(node.at(ItemNode::n_Revision), new.revision);
        mem.poke(node.at(ItemNode::n_ItemFlags), new.item_flags);
        mem.poke(node.at(ItemNode::n_Item), item);
        mem.poke(node.at(ItemNode::n_Owner), new.owner);
        let mut flags = node_flag::ITEM;
        if let Some(name) = &new.name {
            let Ok(copy) = self.heap_alloc(mem, name.len() as u32 + 1) else {
                self.items.release(item);
                self.heap_free(addr, new.size);
                return Err(NOMEM);
            };
            if let Some(bytes) = mem.bytes_mut(copy, name.len() as u32) {
                bytes.copy_from_slice(name);
            }
            mem.poke(node.at(ItemNode::n_Name), GuestPtr::new(copy));
            flags |= node_flag::NAMEVALID;
        }
        mem.poke(node.at(ItemNode::n_Flags), flags);
        self.publish_item(mem, item, node);
        if self.notes.wanted() {
            self.note(self.item_event(mem, item, node));
        }
        Ok(())
    }

    /// What a recording says of an item.
    fn item_event(&self, mem: &Memory, item: Item, node: GuestPtr<ItemNode>) -> Event {
        Event::Item {
            item,
            folio: mem.peek(node.at(ItemNode::n_SubsysType)),
            kind: mem.peek(node.at(ItemNode::n_Type)),
            owner: mem.peek(node.at(ItemNode::n_Owner)),
            at: Hex(node.addr()),
            name: self.item_name(mem, item),
        }
    }

    /// What there is when a recording begins: every item, and every task.
    pub(crate) fn events_of_start(&self, mem: &Memory) -> Vec<Event> {
        let node = |item| Some((item, self.items.lookup(item)?));
        let items = self.items.iter().filter_map(node);
        let mut events: Vec<Event> = items
            .map(|(item, node)| self.item_event(mem, item, node))
            .collect();
        events.extend(self.tasks.keys().map(|&task| Event::Task {
            task,
            name: self.item_name(mem, task),
            priority: self.priority_of(mem, task),
        }));
        events
    }

    /// Frees the structure, the name and the number of an item that nothing refers to any more.
    pub(crate) fn free_item(&mut self, mem: &mut Memory, item: Item) {
        let Some(node) = self.items.lookup(item) else {
            return;
        };
        let name = mem.peek(node.at(ItemNode::n_Name));
        if mem.peek(node.at(ItemNode::n_Flags)) & node_flag::NAMEVALID != 0 && !name.is_null() {
            let length = mem.read_string(name, 256).map_or(0, |name| name.len());
            self.heap_free(name.addr(), length as u32 + 1);
        }
        let size = mem.peek(node.at(ItemNode::n_Size)) as u32;
        mem.poke(node.at(ItemNode::n_Item), Item::NONE);
        self.heap_free(node.addr(), size);
        self.items.release(item);
        self.publish_item(mem, item, GuestPtr::NULL);
        self.note(Event::Gone { item });
    }

    /// Keeps the guest-visible item table current.
    fn publish_item(&mut self, mem: &mut Memory, item: Item, node: GuestPtr<ItemNode>) {
        let table = mem.peek(self.kernel_base.at(KernelBase::kb_ItemTable));
        if table.is_null() {
            return;
        }
        let block_at = table.index((item.index() / BLOCK) as u32);
        let mut block = mem.peek(block_at);
        if block.is_null() {
            let Ok(addr) = self.heap_alloc(mem, (BLOCK * 8) as u32) else {
                return;
            };
            block = GuestPtr::new(addr);
            mem.poke(block_at, block);
            let max = (item.index() / BLOCK + 1) * BLOCK;
            mem.poke(self.kernel_base.at(KernelBase::kb_MaxItem), max as u32 - 1);
        }
        let entry = block.index((item.index() % BLOCK) as u32);
        mem.poke(entry.at(ItemEntry::ie_ItemAddr), node);
        mem.poke(entry.at(ItemEntry::ie_ItemInfo), item.0 as u32);
    }

    /// The structure of an item of the kernel's node type `kind`, seen as a `T`.
    pub(crate) fn item_of<T>(
        &self,
        mem: &Memory,
        item: Item,
        kind: u8,
    ) -> Result<GuestPtr<T>, Status> {
        let node = self.items.lookup(item).ok_or(BADITEM)?;
        let is = mem.peek(node.at(ItemNode::n_SubsysType)) == 1
            && mem.peek(node.at(ItemNode::n_Type)) == kind;
        if is { Ok(node.cast()) } else { Err(BADITEM) }
    }

    /// The name of an item for showing to people; empty if it has none.
    pub fn item_name(&self, mem: &Memory, item: Item) -> String {
        match self.items.lookup(item) {
            Some(node) => mem.show_string(mem.peek::<GuestPtr<CString>>(node.at(ItemNode::n_Name))),
            None => String::new(),
        }
    }

    /// The owner of an item.
    pub(crate) fn owner_of(&self, mem: &Memory, item: Item) -> Item {
        match self.items.lookup(item) {
            Some(node) => mem.peek(node.at(ItemNode::n_Owner)),
            None => Item::NONE,
        }
    }
}
