//! How often each call was made, kept by names that outlive a build.

use super::dispatch::CallKey;
use crate::kernel::call::{CallTable, Row, RowId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts by the rows of this build. In saved states they stand under the guest's own numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<CallKey, u64>", into = "BTreeMap<CallKey, u64>")]
pub struct CallCounts {
    by_row: Vec<u64>,
}

impl CallCounts {
    /// Counts a call.
    pub fn add(&mut self, id: RowId) {
        let at = usize::from(id.0);
        if self.by_row.len() <= at {
            self.by_row.resize(at + 1, 0);
        }
        if let Some(count) = self.by_row.get_mut(at) {
            *count += 1;
        }
    }

    /// The rows that were called, with how often.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Row, u64)> + '_ {
        let rows = CallTable::get().rows().iter().zip(&self.by_row);
        rows.filter(|&(_, &count)| count > 0)
            .map(|(&row, &count)| (row, count))
    }

    /// Whether no call was made more often than there were ticks.
    pub fn is_sound(&self, ticks: u64) -> bool {
        self.by_row.iter().all(|&count| count <= ticks)
    }
}

impl From<BTreeMap<CallKey, u64>> for CallCounts {
    fn from(saved: BTreeMap<CallKey, u64>) -> CallCounts {
        let mut counts = CallCounts::default();
        // A call that this build does not have is not counted any more.
        for (key, count) in saved {
            if let Some(id) = key.row_id() {
                let at = usize::from(id.0);
                if counts.by_row.len() <= at {
                    counts.by_row.resize(at + 1, 0);
                }
                if let Some(place) = counts.by_row.get_mut(at) {
                    *place = count;
                }
            }
        }
        counts
    }
}

impl From<CallCounts> for BTreeMap<CallKey, u64> {
    fn from(counts: CallCounts) -> BTreeMap<CallKey, u64> {
        let rows = counts.iter();
        rows.map(|(row, count)| (CallKey::of(row), count)).collect()
    }
}
