//! Tables that are looked at in every call: ports by number, entries by name.
//!
//! A number or a name says where its row is; the row says whose it is now, so an old number leads
//! nowhere.

use super::{Entry, Name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Low bits of a number: its row. The rest counts how many were made before.
const ROW_BITS: u32 = 24;

/// Rows by numbers that are never used again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table<T> {
    rows: Vec<Option<(u64, T)>>,
    /// Empty rows; the last one is used first.
    free: Vec<u32>,
    made: u64,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table {
            rows: Vec::new(),
            free: Vec::new(),
            made: 0,
        }
    }
}

fn row_of(id: u64) -> usize {
    (id & ((1 << ROW_BITS) - 1)) as usize
}

impl<T> Table<T> {
    /// Adds a row; its number.
    pub fn add(&mut self, value: T) -> u64 {
        self.made = self.made.wrapping_add(1);
        let row = match self.free.pop() {
            Some(row) => row,
            None => {
                self.rows.push(None);
                (self.rows.len() - 1) as u32
            }
        };
        let id = self.made << ROW_BITS | u64::from(row);
        if let Some(place) = self.rows.get_mut(row as usize) {
            *place = Some((id, value));
        }
        id
    }

    pub fn get(&self, id: u64) -> Option<&T> {
        match self.rows.get(row_of(id)) {
            Some(Some((own, value))) if *own == id => Some(value),
            _ => None,
        }
    }

    pub fn get_mut(&mut self, id: u64) -> Option<&mut T> {
        match self.rows.get_mut(row_of(id)) {
            Some(Some((own, value))) if *own == id => Some(value),
            _ => None,
        }
    }

    pub fn remove(&mut self, id: u64) -> Option<T> {
        self.get(id)?;
        let (_, value) = self.rows.get_mut(row_of(id))?.take()?;
        self.free.push(row_of(id) as u32);
        Some(value)
    }

    pub fn len(&self) -> usize {
        self.rows.len() - self.free.len().min(self.rows.len())
    }

    /// All rows with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        self.rows.iter().flatten().map(|(id, value)| (*id, value))
    }
}

/// The entries of a space. Names of the kernel's choice have their row in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entries {
    rows: Vec<Option<(Name, Entry)>>,
    /// Names that tasks have chosen.
    chosen: BTreeMap<Name, Entry>,
    count: usize,
}

impl Entries {
    pub fn get(&self, name: Name) -> Option<&Entry> {
        match self.rows.get(name as usize >> 8) {
            Some(Some((own, entry))) if *own == name => Some(entry),
            _ => self.chosen.get(&name),
        }
    }

    pub fn get_mut(&mut self, name: Name) -> Option<&mut Entry> {
        match self.rows.get_mut(name as usize >> 8) {
            Some(Some((own, entry))) if *own == name => Some(entry),
            _ => self.chosen.get_mut(&name),
        }
    }

    pub fn contains(&self, name: Name) -> bool {
        self.get(name).is_some()
    }

    /// Adds a name that is not there.
    pub fn insert(&mut self, name: Name, entry: Entry) {
        self.count = self.count.saturating_add(1);
        match entry.index {
            Some(row) => {
                let row = row as usize;
                if self.rows.len() <= row {
                    self.rows.resize(row + 1, None);
                }
                if let Some(place) = self.rows.get_mut(row) {
                    *place = Some((name, entry));
                }
            }
            None => {
                self.chosen.insert(name, entry);
            }
        }
    }

    pub fn remove(&mut self, name: Name) -> Option<Entry> {
        let place = self.rows.get_mut(name as usize >> 8);
        let gone = match place {
            Some(place) if place.is_some_and(|(own, _)| own == name) => {
                place.take().map(|(_, entry)| entry)
            }
            _ => self.chosen.remove(&name),
        };
        self.count = self.count.saturating_sub(usize::from(gone.is_some()));
        gone
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn iter(&self) -> impl Iterator<Item = (Name, &Entry)> {
        let rows = self.rows.iter().flatten();
        let rows = rows.map(|(name, entry)| (*name, entry));
        rows.chain(self.chosen.iter().map(|(&name, entry)| (name, entry)))
    }

    /// All names in ascending order.
    pub fn names(&self) -> Vec<Name> {
        let mut names: Vec<Name> = self.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }
}
