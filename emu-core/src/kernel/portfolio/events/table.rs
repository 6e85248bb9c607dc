//! The pod state table: what all pods report, where programs can look at it.
//!
//! Device sheet 7.8. It is brought up to date once a field unless a program holds its semaphore,
//! and lives as long as one of the ports that asked for it.

use super::describe::{is_of, rank};
use super::frames::record;
use super::replies::Block;
use crate::device::pods::Controls;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::structs::events::{GenericTable, PodStateTable};
use crate::mem::{GuestPtr, GuestType, Memory};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name of its semaphore.
const SEMAPHORE_NAME: &[u8] = b"PodStateTable";
/// Elements beyond the highest that is needed when an array is made.
const SPARE: u32 = 8;
/// Classes that have data in the table: number, controls, bytes.
const CLASSES: [(u8, Controls, u32); 4] = [
    (0, Controls::Pad, 4),
    (1, Controls::Mouse, 12),
    (6, Controls::Gun, 12),
    (7, Controls::Stick, 16),
];

/// The arrays of one class.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Arrays {
    elements: u32,
    stamps: Block,
    data: Block,
}

/// The table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PodTable {
    /// Ports that have asked for it.
    users: BTreeSet<Item>,
    at: Block,
    semaphore: Item,
    arrays: BTreeMap<u8, Arrays>,
}

impl Portfolio {
    /// The address of the table, which is made for the first who asks.
    pub(super) fn make_pod_table(
        &mut self,
        cx: &mut CallCx<'_>,
        port: Item,
    ) -> Result<u32, Status> {
        if self.events.table.is_none() {
            let at = self.broker_block(cx.mem, &[0; PodStateTable::SIZE as usize])?;
            let semaphore = match self.new_system_semaphore(cx.mem, SEMAPHORE_NAME) {
                Ok(semaphore) => semaphore,
                Err(error) => {
                    self.heap_free(at.addr, at.len);
                    return Err(error);
                }
            };
            let table = GuestPtr::<PodStateTable>::new(at.addr);
            cx.mem
                .poke(table.at(PodStateTable::pst_SemaphoreItem), semaphore);
            self.events.table = Some(PodTable {
                users: BTreeSet::new(),
                at,
                semaphore,
                arrays: BTreeMap::new(),
            });
            self.update_pod_table(cx);
        }
        let table = self.events.table.as_mut();
        Ok(table.map_or(0, |table| {
            table.users.insert(port);
            table.at.addr
        }))
    }

    /// Writes what the pods report. While a program holds the semaphore nothing is written; the
    /// next field does it.
    pub(super) fn update_pod_table(&mut self, cx: &mut CallCx<'_>) {
        let Some(mut table) = self.events.table.take() else {
            return;
        };
        if self.is_unlocked(cx.mem, table.semaphore) {
            for (class, controls, size) in CLASSES {
                self.update_class(cx.mem, &mut table, class, controls, size);
            }
        }
        self.events.table = Some(table);
    }

    fn update_class(
        &mut self,
        mem: &mut Memory,
        table: &mut PodTable,
        class: u8,
        controls: Controls,
        size: u32,
    ) {
        let pods = self.events.pods.logged_in();
        let highest = pods.iter().filter(|pod| is_of(pod.kind, class)).count() as u32;
        let mut arrays = table.arrays.get(&class).copied().unwrap_or_default();
        if highest > 0 && arrays.elements <= highest {
            let Ok(larger) = self.larger(mem, arrays, highest + SPARE, size) else {
                return;
            };
            arrays = larger;
            table.arrays.insert(class, arrays);
            let place = PodStateTable::psto_Array.offset() + GenericTable::SIZE * u32::from(class);
            let row = GuestPtr::<GenericTable>::new(table.at.addr.wrapping_add(place));
            mem.poke(row.at(GenericTable::gt_HowMany), arrays.elements);
            mem.poke(
                row.at(GenericTable::gt_ValidityTimeStamps),
                arrays.stamps.addr,
            );
            mem.poke(row.at(GenericTable::gt_EventSpecificData), arrays.data.addr);
        }
        let pods = self.events.pods.logged_in();
        for (at, pod) in pods.iter().enumerate().filter(|(_, pod)| pod.present) {
            let rank = u32::from(rank(pods, at, class));
            if rank == 0 {
                continue;
            }
            let bytes = record(controls, pod.state);
            if let Some(to) = mem.bytes_mut(arrays.data.addr.wrapping_add(rank * size), size)
                && to.len() == bytes.len()
            {
                to.copy_from_slice(&bytes);
            }
            let stamp = arrays.stamps.addr.wrapping_add(rank * 4);
            mem.set_word(stamp, self.events.field as u32);
        }
    }

    /// Arrays with more elements, the old ones copied into them and freed.
    fn larger(
        &mut self,
        mem: &mut Memory,
        old: Arrays,
        elements: u32,
        size: u32,
    ) -> Result<Arrays, Status> {
        let copy = |mem: &Memory, block: Block, len: u32| {
            let mut bytes = mem
                .bytes(block.addr, block.len)
                .unwrap_or_default()
                .to_vec();
            bytes.resize(len as usize, 0);
            bytes
        };
        let stamps = self.broker_block(mem, &copy(mem, old.stamps, elements * 4))?;
        let data = match self.broker_block(mem, &copy(mem, old.data, elements * size)) {
            Ok(data) => data,
            Err(error) => {
                self.heap_free(stamps.addr, stamps.len);
                return Err(error);
            }
        };
        self.free_arrays(old);
        Ok(Arrays {
            elements,
            stamps,
            data,
        })
    }

    fn free_arrays(&mut self, arrays: Arrays) {
        for block in [arrays.stamps, arrays.data] {
            if block.len > 0 {
                self.heap_free(block.addr, block.len);
            }
        }
    }

    /// A port is gone: with the last that asked for the table the table goes.
    pub(super) fn table_user_gone(&mut self, cx: &mut CallCx<'_>, port: Item) {
        let Some(table) = &mut self.events.table else {
            return;
        };
        table.users.remove(&port);
        if !table.users.is_empty() {
            return;
        }
        if let Some(table) = self.events.table.take() {
            let _ = self.delete_semaphore(cx, table.semaphore);
            for &arrays in table.arrays.values() {
                self.free_arrays(arrays);
            }
            self.heap_free(table.at.addr, table.at.len);
        }
    }
}
