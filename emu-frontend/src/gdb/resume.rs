//! What GDB says about going on.
//!
//! All tasks go on together: the system decides who has the processor, and what would hold one
//! task back would make the machine another one. So a step of a task lets others run while it
//! waits, and `set scheduler-locking` changes nothing.

use super::guest::{Going, Guest, Phase};
use gdbstub::common::{Signal, Tid};
use gdbstub::target::ext::base::multithread::{
    MultiThreadRangeStepping, MultiThreadRangeSteppingOps, MultiThreadResume,
    MultiThreadSchedulerLocking, MultiThreadSchedulerLockingOps, MultiThreadSingleStep,
    MultiThreadSingleStepOps,
};
use gdbstub::target::ext::base::reverse_exec::{
    ReverseCont, ReverseContOps, ReverseStep, ReverseStepOps,
};
use std::convert::Infallible;

impl Guest<'_> {
    fn set_step(&mut self, tid: Tid, range: Option<(u32, u32)>) {
        self.set_going(Going::Step {
            task: self.task_meant(tid),
            range,
            phase: Phase::Before,
        });
    }

    /// `monitor goto` comes before what GDB says.
    fn heed_next_instant(&mut self) {
        if let Some(at) = self.next_instant.take() {
            self.set_going(Going::To(at));
        }
    }
}

impl MultiThreadResume for Guest<'_> {
    fn resume(&mut self) -> Result<(), Infallible> {
        if self.going == Going::On {
            self.heed_next_instant();
        }
        Ok(())
    }

    fn clear_resume_actions(&mut self) -> Result<(), Infallible> {
        self.set_going(Going::On);
        Ok(())
    }

    fn set_resume_action_continue(&mut self, _: Tid, _: Option<Signal>) -> Result<(), Infallible> {
        // All tasks go on anyhow. A fault cannot be taken away by another signal.
        Ok(())
    }

    fn support_single_step(&mut self) -> Option<MultiThreadSingleStepOps<'_, Self>> {
        Some(self)
    }

    fn support_range_step(&mut self) -> Option<MultiThreadRangeSteppingOps<'_, Self>> {
        Some(self)
    }

    fn support_reverse_step(&mut self) -> Option<ReverseStepOps<'_, Tid, Self>> {
        Some(self)
    }

    fn support_reverse_cont(&mut self) -> Option<ReverseContOps<'_, Tid, Self>> {
        Some(self)
    }

    fn support_scheduler_locking(&mut self) -> Option<MultiThreadSchedulerLockingOps<'_, Self>> {
        Some(self)
    }
}

impl MultiThreadSingleStep for Guest<'_> {
    fn set_resume_action_step(&mut self, tid: Tid, _: Option<Signal>) -> Result<(), Infallible> {
        self.set_step(tid, None);
        Ok(())
    }
}

impl MultiThreadRangeStepping for Guest<'_> {
    fn set_resume_action_range_step(
        &mut self,
        tid: Tid,
        start: u32,
        end: u32,
    ) -> Result<(), Infallible> {
        self.set_step(tid, Some((start, end)));
        Ok(())
    }
}

impl MultiThreadSchedulerLocking for Guest<'_> {
    // GDB asks for this whenever it steps over a breakpoint; see above.
    fn set_resume_action_scheduler_lock(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl ReverseCont<Tid> for Guest<'_> {
    fn reverse_cont(&mut self) -> Result<(), Infallible> {
        self.set_going(Going::Back);
        self.heed_next_instant();
        Ok(())
    }
}

impl ReverseStep<Tid> for Guest<'_> {
    fn reverse_step(&mut self, tid: Tid) -> Result<(), Infallible> {
        self.set_going(Going::StepBack(self.task_meant(tid)));
        Ok(())
    }
}
