//! Aliases: `$name` in a path (device sheet 6.5, 6.6).

use super::codes::BAD_NAME;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::{Item, MAX_ITEMS, NewItem};
use crate::kernel::portfolio::resources::Resource;
use crate::kernel::portfolio::structs::Alias as AliasNode;
use crate::mem::{CString, GuestPtr, GuestType, Memory};
use serde::{Deserialize, Serialize};

/// Longest name and text of an alias, in bytes.
const NAME_MAX: usize = 31;
const TEXT_MAX: usize = 255;

/// Node type of alias items.
pub const FILEALIASNODE: u8 = 3;

/// What an alias stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// Its item; none for the system's.
    item: Item,
    text: Vec<u8>,
}

/// What the system sets up before the first program (device sheet 6.5): on a console partly by
/// the kernel, partly by the start script of the disc.
const SYSTEM_ALIASES: &[(&str, &str)] = &[
    ("audio", "$boot/System/Audio"),
    ("folios", "$boot/System/Folios"),
    ("devices", "$boot/System/Devices"),
    ("drivers", "$boot/System/Drivers"),
    ("tasks", "$boot/System/Tasks"),
    ("scripts", "$boot/System/Scripts"),
    ("aiff", "$audio/aiff"),
    ("dsp", "$audio/dsp"),
    ("programs", "$boot/System/Programs"),
    ("languages", "$boot/System/Languages"),
    ("tuners", "$boot/System/Tuners"),
    (
        "fonts",
        "{/rom2/System/Graphics/Fonts|$boot/System/Graphics/Fonts}",
    ),
    ("c", "$programs"),
    ("s", "$scripts"),
    ("app", "$boot"),
];

impl Portfolio {
    /// The text of an alias as `task` knows it: its own, its owner's, and so on up to the
    /// system's.
    pub(super) fn alias_text(&self, mem: &Memory, task: Item, name: &[u8]) -> Option<Vec<u8>> {
        let name = key(name);
        let mut whose = task;
        for _ in 0..MAX_ITEMS {
            let own = self.files.aliases.get(&whose);
            if let Some(alias) = own.and_then(|own| own.get(&name)) {
                return Some(alias.text.clone());
            }
            if whose == Item::NONE {
                return None;
            }
            whose = match self.items.lookup(whose) {
                Some(_) => self.owner_of(mem, whose),
                None => Item::NONE,
            };
        }
        None
    }

    /// Sets up an alias of the system.
    pub(super) fn set_system_alias(&mut self, name: &[u8], text: &[u8]) {
        let alias = Alias {
            item: Item::NONE,
            text: text.to_vec(),
        };
        let system = self.files.aliases.entry(Item::NONE).or_default();
        system.insert(key(name), alias);
    }

    /// Sets up what every program may rely on.
    pub(super) fn set_boot_aliases(&mut self, boot_volume: &str) {
        self.set_system_alias(b"boot", format!("/{boot_volume}").as_bytes());
        for (name, text) in SYSTEM_ALIASES {
            self.set_system_alias(name.as_bytes(), text.as_bytes());
        }
    }

    /// An alias item is deleted.
    pub(in crate::kernel::portfolio) fn forget_alias(&mut self, mem: &Memory, item: Item) {
        let Some(node) = self.items.lookup(item) else {
            return;
        };
        let value = mem.peek(node.cast::<AliasNode>().at(AliasNode::a_Value));
        for aliases in self.files.aliases.values_mut() {
            if let Some((name, text)) = aliases
                .iter()
                .find(|(_, alias)| alias.item == item)
                .map(|(name, alias)| (name.clone(), alias.text.len() as u32))
            {
                aliases.remove(&name);
                self.heap_free(value.addr(), text + 1);
                return;
            }
        }
    }
}

fn key(name: &[u8]) -> String {
    super::place::to_text(name).to_ascii_lowercase()
}

/// SWI 11.
pub(super) fn create_alias(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    name: GuestPtr<CString>,
    text: GuestPtr<CString>,
) -> Result<Item, Trouble> {
    if name.is_null() || text.is_null() {
        return Err(BAD_NAME.into());
    }
    let read = |at, max: usize| {
        let bytes = cx.mem.read_string(at, max as u32 + 1);
        let bytes = bytes.map_err(|_| super::codes::BAD_PTR)?;
        if bytes.len() > max {
            Err(BAD_NAME)
        } else {
            Ok(bytes)
        }
    };
    let name: Vec<u8> = read(name, NAME_MAX)?;
    let text: Vec<u8> = read(text, TEXT_MAX)?;
    let task = k.caller();
    let old = k
        .files
        .aliases
        .get(&task)
        .and_then(|own| own.get(&key(&name)));
    if let Some(old) = old.map(|alias| alias.item) {
        k.forget_alias(cx.mem, old);
        k.free_item(cx.mem, old);
        k.lose(task, Resource::Owned(old));
    }
    let item = k.new_item(
        cx.mem,
        &NewItem {
            subsystem: 3,
            kind: FILEALIASNODE,
            size: AliasNode::SIZE,
            name: Some(name.clone()),
            owner: task,
            ..NewItem::default()
        },
    )?;
    let copy = match k.heap_alloc(cx.mem, text.len() as u32 + 1) {
        Ok(copy) => copy,
        Err(error) => {
            k.free_item(cx.mem, item);
            return Err(Trouble::from(error as Status));
        }
    };
    if let Some(bytes) = cx.mem.bytes_mut(copy, text.len() as u32) {
        bytes.copy_from_slice(&text);
    }
    if let Some(node) = k.items.lookup(item) {
        let value = node.cast::<AliasNode>().at(AliasNode::a_Value);
        cx.mem.poke(value, GuestPtr::new(copy));
    }
    let alias = Alias { item, text };
    k.files
        .aliases
        .entry(task)
        .or_default()
        .insert(key(&name), alias);
    k.gain(task, Resource::Owned(item));
    Ok(item)
}
