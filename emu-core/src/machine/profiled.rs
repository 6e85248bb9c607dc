//! Counting what the cycles of a run go into, while somebody wants to know.

use super::{Machine, Pace};
use crate::cpu::Exit;
use crate::device::Board;
use crate::kernel::portfolio::structs::Task;
use crate::profile::{Profile, Start, Work};
use crate::time::{Tick, Ticks};
use crate::trace::{Category, Event, Sink};

impl<B: Board> Machine<B> {
    /// Counts from now on, to what a profile has counted already.
    pub fn begin_profile(&mut self, mut profile: Box<Profile>) {
        profile.resume(self.now, self.busy_until);
        self.profile = Some(profile);
    }

    /// A profile that has counted nothing yet.
    pub fn new_profile(&self) -> Box<Profile> {
        Box::new(Profile::new(self.fields))
    }

    /// Counts no more, and gives what was counted.
    pub fn end_profile(&mut self) -> Option<Box<Profile>> {
        self.profile.take()
    }

    /// What has been counted, if it is.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_deref()
    }

    /// The kernel is about to be entered for this.
    #[inline]
    pub(super) fn profile_work(&mut self, work: Work) {
        if let Some(profile) = &mut self.profile {
            profile.enter_kernel(work);
        }
    }

    /// The kernel has worked: it and bus masters keep the CPU from the guest.
    #[inline]
    pub(super) fn count_debt(&mut self, charge: Ticks, stall: Ticks) {
        if let Some(profile) = &mut self.profile {
            let task = profile
                .running()
                .and_then(|task| self.kernel.task_state(task));
            let call = task.and_then(|task| task.last_call);
            profile.owe(call, charge, stall);
        }
    }

    /// Passes on what the kernel has noted, to the profile first.
    #[cold]
    pub(super) fn count_events(&mut self, sink: &mut dyn Sink) {
        let events: Vec<_> = self.kernel.notes.take().collect();
        let is_wanted = sink.wants(Category::EVENTS);
        for (actor, event) in events {
            if let Some(profile) = &mut self.profile {
                let name = |item| self.kernel.item_name(&self.mem, item);
                profile.event(self.now, actor, &event, name);
                if let Event::Return { call, .. } = event
                    && let Some((program, names)) = self.kernel.mach_names(actor)
                {
                    let words = |name| self.kernel.mach_right_words(program, name);
                    profile.mach_names(self.now, program, call, &names, words);
                }
            }
            if is_wanted {
                sink.event(self.now, actor, &event);
            }
        }
    }

    /// Gives the CPU to the guest and counts what it does.
    pub(super) fn run_counted(&mut self, mut profile: Box<Profile>, until: Tick) -> Exit {
        if let Some(task) = self.kernel.current_task() {
            let (kernel, mem) = (&self.kernel, &self.mem);
            let name = || kernel.item_name(mem, task);
            let node = kernel.item_node(task).map(|node| node.cast::<Task>());
            let stack = node.map_or((0, 0), |node| {
                let base = mem.peek(node.at(Task::t_StackBase));
                (base, mem.peek(node.at(Task::t_StackSize)))
            });
            let registers = kernel.task_state(task).map(|state| &state.registers);
            let (lr, sp) = registers.map_or((0, 0), |r| (r.lr(), r.sp()));
            profile.begin_guest(Start {
                task,
                name: &name,
                pc: self.cpu.pc(),
                lr,
                sp,
                at: self.now,
                instructions: self.engine.instructions(),
                stack,
                mem,
            });
        }
        let (cpu, mem, now) = (&mut self.cpu, &mut self.mem, &mut self.now);
        let observer = &mut *profile;
        let exit = if self.pace == Pace::Single {
            let exit = self.engine.step_observed(cpu, mem, now, observer);
            exit.unwrap_or(Exit::Until)
        } else if self.config.reference_cpu {
            self.engine
                .run_reference_observed(cpu, mem, now, until, observer)
        } else {
            self.engine.run_observed(cpu, mem, now, until, observer)
        };
        profile.end_guest(self.cpu.pc(), self.now, self.engine.instructions());
        self.profile = Some(profile);
        if let Some(registers) = self.kernel.registers_mut() {
            registers.save_from(&self.cpu);
        }
        exit
    }
}
