//! Items whose modules are still to come: no tag of theirs is known.
//!
//! SEAM: each function here gives way to the one of the same name in the module of its item.

use super::codes::BADTAG;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;

macro_rules! without_tags {
    ($($info:ident $set_info:ident)*) => {
        impl Portfolio {
            $(
                pub(super) fn $info(
                    &mut self,
                    _cx: &mut CallCx<'_>,
                    _item: Item,
                    _tag: u32,
                ) -> Result<Option<u32>, Status> {
                    Ok(None)
                }

                pub(super) fn $set_info(
                    &mut self,
                    _cx: &mut CallCx<'_>,
                    _item: Item,
                    _tag: u32,
                    _value: u32,
                ) -> Result<(), Status> {
                    Err(BADTAG)
                }
            )*
        }
    };
}

without_tags! {
    template_info set_template_info
    instrument_info set_instrument_info
    knob_info set_knob_info
    sample_info set_sample_info
    envelope_info set_envelope_info
    attachment_info set_attachment_info
    tuning_info set_tuning_info
    probe_info set_probe_info
}

impl Portfolio {
    /// A sample or an envelope that is attached to an instrument gets somewhere.
    pub(super) fn attachment_due(&mut self, _cx: &mut CallCx<'_>, _attachment: Item) {}

    /// Cycles that the signal processor used in the last frame.
    pub(super) fn audio_cycles_used(&self) -> i32 {
        0
    }
}
