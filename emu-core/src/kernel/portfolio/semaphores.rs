//! Semaphores: locks that nest and are handed over in order (kernel sheet 8.1).

use super::Portfolio;
use super::errors::{BAD_LOCK_ARG, BADITEM, BADTAG, NOMEM, NOTOWNER, Status};
use super::items::{Item, NewItem};
use super::schedule::Poll;
use super::signals::{SIGF_ABORT, SIGF_ONESHOT};
use super::structs::node_type::SEMA4NODE;
use super::structs::{KernelBase, Semaphore};
use super::tags::CommonTags;
use super::wait::Wait;
use crate::calls;
use crate::kernel::abi::{Reply, Trouble};
use crate::kernel::call::{Answer, CallCx, Flow};
use crate::mem::{GuestPtr, GuestType, Memory};

const SEM_WAIT: u32 = 1;

impl Portfolio {
    fn semaphore_ptr(&self, mem: &Memory, item: Item) -> Result<GuestPtr<Semaphore>, Status> {
        self.item_of(mem, item, SEMA4NODE)
    }

    /// CreateSizedItem of a semaphore.
    pub(crate) fn create_semaphore(
        &mut self,
        cx: &mut CallCx<'_>,
        common: CommonTags,
        rest: &[(u32, u32)],
        size: u32,
    ) -> Result<Item, Status> {
        if size != 0 && size != Semaphore::SIZE {
            return Err(NOMEM);
        }
        if !rest.is_empty() {
            return Err(BADTAG);
        }
        let new = common.into_item(1, SEMA4NODE, Semaphore::SIZE, self.caller());
        self.place_semaphore(cx.mem, &new)
    }

    /// A nameless semaphore of the kernel's making.
    pub(crate) fn new_semaphore(&mut self, mem: &mut Memory, owner: Item) -> Result<Item, Status> {
        let new = NewItem {
            subsystem: 1,
            kind: SEMA4NODE,
            size: Semaphore::SIZE,
            owner,
            ..NewItem::default()
        };
        let item = self.place_semaphore(mem, &new)?;
        self.gain(owner, super::resources::Resource::Owned(item));
        Ok(item)
    }

    /// A semaphore that belongs to no task, under a name.
    pub(in crate::kernel) fn new_system_semaphore(
        &mut self,
        mem: &mut Memory,
        name: &[u8],
    ) -> Result<Item, Status> {
        let new = NewItem {
            subsystem: 1,
            kind: SEMA4NODE,
            size: Semaphore::SIZE,
            name: Some(name.to_vec()),
            ..NewItem::default()
        };
        self.place_semaphore(mem, &new)
    }

    /// Locks a semaphore for the caller, once more if it has done so already; false when
    /// another task has it.
    pub(super) fn try_lock(&mut self, mem: &mut Memory, item: Item) -> Result<bool, Status> {
        let ptr = self.semaphore_ptr(mem, item)?;
        let caller = self.caller();
        let owner = mem.peek(ptr.at(Semaphore::sem_Owner));
        if owner == Item::FREE {
            self.lock_for(mem, ptr, caller);
        } else if owner == caller {
            let nest = mem.peek(ptr.at(Semaphore::sem_NestCnt));
            mem.poke(ptr.at(Semaphore::sem_NestCnt), nest.saturating_add(1));
        }
        Ok(owner == Item::FREE || owner == caller)
    }

    /// Takes back one of the caller's locks; with the last one the next waiter gets it.
    pub(super) fn unlock(&mut self, mem: &mut Memory, item: Item) -> Result<(), Status> {
        let ptr = self.semaphore_ptr(mem, item)?;
        if mem.peek(ptr.at(Semaphore::sem_Owner)) != self.caller() {
            return Err(NOTOWNER);
        }
        let nest = mem.peek(ptr.at(Semaphore::sem_NestCnt)).saturating_sub(1);
        if nest > 0 {
            mem.poke(ptr.at(Semaphore::sem_NestCnt), nest);
        } else {
            self.hand_over(mem, item, ptr);
        }
        Ok(())
    }

    fn place_semaphore(&mut self, mem: &mut Memory, new: &NewItem) -> Result<Item, Status> {
        let item = self.new_item(mem, new)?;
        let ptr = self.semaphore_ptr(mem, item)?;
        mem.poke(ptr.at(Semaphore::sem_Owner), Item::FREE);
        self.init_list(mem, ptr.at(Semaphore::sem_TaskWaitingList));
        self.enlist(mem, KernelBase::kb_Semaphores, item);
        Ok(item)
    }

    pub(crate) fn delete_semaphore(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
    ) -> Result<(), Status> {
        self.semaphore_ptr(cx.mem, item)?;
        self.lock_queues.remove(&item);
        self.abort_waiters(cx.mem, |wait| wait == Wait::Semaphore { semaphore: item });
        self.delist(cx.mem, item);
        self.free_item(cx.mem, item);
        Ok(())
    }

    /// Whether a semaphore is free, and therefore may change its owner.
    pub(crate) fn is_unlocked(&self, mem: &Memory, item: Item) -> bool {
        self.semaphore_ptr(mem, item)
            .is_ok_and(|ptr| mem.peek(ptr.at(Semaphore::sem_bit)) == 0)
    }

    fn lock_for(&self, mem: &mut Memory, ptr: GuestPtr<Semaphore>, task: Item) {
        mem.poke(ptr.at(Semaphore::sem_bit), 1);
        mem.poke(ptr.at(Semaphore::sem_Owner), task);
        mem.poke(ptr.at(Semaphore::sem_NestCnt), 1);
    }

    /// Unlocks completely: the first waiter gets the lock, else it is free.
    fn hand_over(&mut self, mem: &mut Memory, item: Item, ptr: GuestPtr<Semaphore>) {
        let next = self
            .lock_queues
            .get_mut(&item)
            .and_then(|queue| (!queue.is_empty()).then(|| queue.remove(0)));
        match next {
            Some(task) => {
                self.lock_for(mem, ptr, task);
                self.signal_kernel(mem, task, SIGF_ONESHOT);
            }
            None => {
                self.lock_queues.remove(&item);
                mem.poke(ptr.at(Semaphore::sem_bit), 0);
                mem.poke(ptr.at(Semaphore::sem_Owner), Item::FREE);
                mem.poke(ptr.at(Semaphore::sem_NestCnt), 0);
            }
        }
    }

    /// Unlocks all that a dying task holds, and takes it out of all queues.
    pub(crate) fn unlock_all_of(&mut self, cx: &mut CallCx<'_>, task: Item) {
        for queue in self.lock_queues.values_mut() {
            queue.retain(|&waiter| waiter != task);
        }
        let held: Vec<Item> = self
            .items
            .iter()
            .filter(|&item| {
                self.semaphore_ptr(cx.mem, item)
                    .is_ok_and(|ptr| cx.mem.peek(ptr.at(Semaphore::sem_Owner)) == task)
            })
            .collect();
        for item in held {
            if let Ok(ptr) = self.semaphore_ptr(cx.mem, item) {
                self.hand_over(cx.mem, item, ptr);
            }
        }
    }

    pub(crate) fn poll_semaphore(&mut self, cx: &mut CallCx<'_>, task: Item, item: Item) -> Poll {
        let got = self.take_signals(cx.mem, task, SIGF_ONESHOT | SIGF_ABORT);
        let Ok(ptr) = self.semaphore_ptr(cx.mem, item) else {
            return Poll::error(BADITEM);
        };
        if cx.mem.peek(ptr.at(Semaphore::sem_Owner)) == task {
            return Poll::value(1);
        }
        if got & SIGF_ABORT != 0 {
            if let Some(queue) = self.lock_queues.get_mut(&item) {
                queue.retain(|&waiter| waiter != task);
            }
            return Poll::error(BADITEM);
        }
        let queue = self.lock_queues.entry(item).or_default();
        if !queue.contains(&task) {
            queue.push(task);
        }
        Poll::Pending(SIGF_ONESHOT | SIGF_ABORT)
    }
}

fn lock_item(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item, flags: u32) -> Answer {
    k.semaphore_ptr(cx.mem, item)?;
    if flags & !SEM_WAIT != 0 {
        return Err(BAD_LOCK_ARG.into());
    }
    let locked = k.try_lock(cx.mem, item)?;
    if !locked && flags & SEM_WAIT != 0 {
        return Ok(Flow::Block(Wait::Semaphore { semaphore: item }));
    }
    Ok(Flow::Done(Reply::value(locked.into())))
}

fn unlock_item(k: &mut Portfolio, cx: &mut CallCx<'_>, item: Item) -> Result<i32, Trouble> {
    k.unlock(cx.mem, item)?;
    Ok(0)
}

calls! { pub(crate) CALLS: Kernel;
    swi 6 UnlockItem(item: Item) -> Number = unlock_item;
    blocking swi 7 LockItem(item: Item, flags: u32) -> Number = lock_item;
}
