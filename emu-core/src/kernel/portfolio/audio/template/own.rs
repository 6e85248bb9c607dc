//! What comes with an instrument file is attached.
//!
//! Audio sheet 7. Envelopes go to hooks, samples to FIFOs. It is attached to the template, and so
//! to each instrument of it. The items belong to whoever loads the template and go with it.

use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::audio::program::ProgramId;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;

impl Portfolio {
    /// Attaches what came with the file of a template.
    pub(super) fn attach_own(
        &mut self,
        cx: &mut CallCx<'_>,
        template: Item,
        owner: Item,
    ) -> Result<(), Status> {
        let program = self.template(template)?.program;
        self.attach_own_envelopes(cx, (template, program), owner)?;
        self.attach_own_samples(cx, (template, program), owner)
    }

    /// An item goes with its template.
    fn goes_with(&mut self, template: Item, item: Item) {
        if let Some(template) = self.audio.instruments.templates.get_mut(&template) {
            template.own.push(item);
        }
    }

    fn attach_own_envelopes(
        &mut self,
        cx: &mut CallCx<'_>,
        (template, program): (Item, ProgramId),
        owner: Item,
    ) -> Result<(), Status> {
        let program = self.audio.instruments.programs.get(program);
        let hooks = program.map(|program| program.envelopes.clone());
        for hook in hooks.into_iter().flatten() {
            let envelope = self.keep_envelope(cx, &hook, owner)?;
            self.goes_with(template, envelope);
            // A hook that the instrument does not have has nothing to move.
            if let Ok(at) = self.envelope_hook_of(template, Some(&hook.hook)) {
                self.attach_envelope_to(cx, template, (envelope, at as u32), owner)?;
            }
        }
        Ok(())
    }

    fn attach_own_samples(
        &mut self,
        cx: &mut CallCx<'_>,
        (template, program): (Item, ProgramId),
        owner: Item,
    ) -> Result<(), Status> {
        for (address, hook, aiff) in self.audio.instruments.programs.sounds(program) {
            let sample = self.keep_sample(cx, &aiff, address, owner)?;
            self.goes_with(template, sample);
            // What an instrument writes is never what came from a file.
            match self.fifo_of(template, Some(&hook)) {
                Ok(fifo) if !self.is_out_fifo(template, fifo) => {
                    self.attach_sample_to(cx, template, (sample, fifo), owner)?;
                }
                _ => self.announce_unattached(cx, program, &hook),
            }
        }
        Ok(())
    }

    /// Says once for each instrument and FIFO that a sample is left out.
    fn announce_unattached(&mut self, cx: &mut CallCx<'_>, program: ProgramId, hook: &[u8]) {
        let program = self.audio.instruments.programs.get(program);
        let name = program.map_or(&[][..], |program| &program.name);
        let (name, hook) = (
            String::from_utf8_lossy(name),
            String::from_utf8_lossy(hook).into_owned(),
        );
        let text = format!(
            "a sample that is part of \"{name}\" is not attached: \
             no FIFO \"{hook}\" of it takes samples"
        );
        self.warn_once(cx, text);
    }
}
