//! Which GrafCons have a background pen that a program has chosen.
//!
//! Graphics sheet 4.5: a GrafCon is often an uninitialised local variable, so what is in its
//! background pen means something only after SetBGPen.

use crate::kernel::portfolio::items::Item;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// GrafCons that are remembered; the oldest is forgotten for a new one.
const MOST: usize = 64;

/// One GrafCon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// Who has set the pen; its stack may be where the GrafCon lies.
    task: Item,
    /// Whose memory that is.
    program: Item,
    address: u32,
}

/// GrafCons whose background pen has been set, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::kernel::portfolio::graphics) struct Backgrounds(VecDeque<Known>);

impl Backgrounds {
    /// A task has set the background pen of the GrafCon at an address.
    pub(super) fn note(&mut self, task: Item, program: Item, address: u32) {
        self.0
            .retain(|known| (known.program, known.address) != (program, address));
        while self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(Known {
            task,
            program,
            address,
        });
    }

    /// Whether somebody of a program has set the background pen of this GrafCon.
    pub(in crate::kernel::portfolio::graphics) fn has(&self, program: Item, address: u32) -> bool {
        let wanted = (program, address);
        self.0
            .iter()
            .any(|known| (known.program, known.address) == wanted)
    }

    /// A task has ended.
    pub(in crate::kernel::portfolio::graphics) fn forget_task(&mut self, task: Item) {
        self.0
            .retain(|known| known.task != task && known.program != task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: Item = Item(10);
    const THREAD: Item = Item(11);

    #[test]
    fn a_grafcon_is_known_to_all_threads_of_its_program_only() {
        let mut known = Backgrounds::default();
        known.note(THREAD, PROGRAM, 0x1000);
        assert!(known.has(PROGRAM, 0x1000));
        assert!(!known.has(PROGRAM, 0x1004));
        assert!(!known.has(Item(20), 0x1000));
    }

    #[test]
    fn it_is_forgotten_with_the_task_that_set_it() {
        let mut known = Backgrounds::default();
        known.note(THREAD, PROGRAM, 0x1000);
        known.note(PROGRAM, PROGRAM, 0x2000);
        known.forget_task(THREAD);
        assert!(!known.has(PROGRAM, 0x1000));
        assert!(known.has(PROGRAM, 0x2000));
    }

    #[test]
    fn the_oldest_is_forgotten_when_there_are_too_many() {
        let mut known = Backgrounds::default();
        for n in 0..MOST as u32 {
            known.note(PROGRAM, PROGRAM, n);
        }
        known.note(PROGRAM, PROGRAM, 0);
        known.note(PROGRAM, PROGRAM, 0x1000);
        assert_eq!(known.0.len(), MOST);
        assert!(known.has(PROGRAM, 0), "it has been set again");
        assert!(!known.has(PROGRAM, 1));
    }
}
