//! Counting cycles in a debugged run, on the first way only.

use super::travel::Debugger;
use crate::device::Board;
use crate::profile::Profile;
use crate::time::Tick;

impl<B: Board + Clone> Debugger<B> {
    /// Counts what cycles go into from here on, or goes on doing so. What is run again after
    /// going back is not counted a second time.
    pub fn begin_profile(&mut self) {
        if self.profile.is_none() {
            let mut profile = self.machine.new_profile();
            profile.know_functions(self.symbols.functions());
            self.profile = Some(profile);
        }
        self.counts = true;
    }

    /// Counts no more; what was counted stays.
    pub fn pause_profile(&mut self) {
        self.counts = false;
    }

    /// Forgets what was counted.
    pub fn clear_profile(&mut self) {
        (self.profile, self.counts) = (None, false);
    }

    /// What was counted.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_deref()
    }

    /// Whether cycles are counted.
    pub fn is_counting(&self) -> bool {
        self.counts
    }

    /// Lets the machine count from here on if nobody has counted this before; otherwise how far
    /// that reaches.
    pub(super) fn count_on(&mut self, limit: Tick) -> Tick {
        let counted = self.profile.as_ref().and_then(|profile| profile.end());
        match counted.filter(|end| *end > self.machine.now() && self.counts) {
            Some(end) => limit.min(end),
            None if self.counts => {
                if let Some(profile) = self.profile.take() {
                    self.machine.begin_profile(profile);
                }
                limit
            }
            None => limit,
        }
    }

    /// Takes what the machine has counted, before it is kept or put aside.
    pub(super) fn count_off(&mut self) {
        if let Some(profile) = self.machine.end_profile() {
            self.profile = Some(profile);
        }
    }
}
