//! Names and rights on request: subsystem 3200 and its traps (Mach sheet 4.6).
//!
//! A trap and a message of one routine share one function on the space of the task that is named;
//! the rules are in `space`. The task may be another one whose port the caller holds.

mod messages;
mod traps;

pub(super) use messages::MESSAGES;
pub(super) use traps::CALLS;

use super::codes;
use super::space::{Disposition, KernReturn, Name, Ports, RightKind, Space};
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;

impl Portfolio {
    /// Works on the names of a program.
    fn in_space<T>(
        &mut self,
        task: Item,
        work: impl FnOnce(&mut Space, &mut Ports) -> Result<T, KernReturn>,
    ) -> Result<T, i32> {
        let space = self.mach.space(task);
        let (space, ports) = space.ok_or(codes::KERN_INVALID_TASK)?;
        work(space, ports).map_err(i32::from)
    }
}

/// A disposition by its number.
fn disposition(number: u32) -> Result<Disposition, KernReturn> {
    Disposition::from_number(number).ok_or(KernReturn::InvalidValue)
}

fn allocate(space: &mut Space, ports: &mut Ports, right: u32) -> Result<Name, KernReturn> {
    space.allocate(ports, RightKind::from_number(right)?)
}

fn allocate_name(
    space: &mut Space,
    ports: &mut Ports,
    right: u32,
    name: Name,
) -> Result<(), KernReturn> {
    space.allocate_name(ports, RightKind::from_number(right)?, name)
}

fn mod_refs(
    space: &mut Space,
    ports: &mut Ports,
    name: Name,
    right: u32,
    delta: i32,
) -> Result<(), KernReturn> {
    space.mod_refs(ports, name, RightKind::from_number(right)?, delta)
}
