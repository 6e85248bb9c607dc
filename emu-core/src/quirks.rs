//! Where the published pages and the shipped system differ: one switch each.
//!
//! The default profile does what is published; `retail` does what was shipped. Handlers and
//! devices ask for a quirk, never for the profile.

use serde::{Deserialize, Serialize};

/// Which behaviour a machine has where pages and shipped system differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Profile {
    /// The published pages.
    #[default]
    Documented,
    /// The shipped kernel 24.225.
    Retail,
}

impl Profile {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Documented => "documented",
            Profile::Retail => "retail",
        }
    }
}

macro_rules! quirks {
    ($( $(#[doc = $doc:literal])* $field:ident, $name:literal; )*) => {
        /// Every difference, true = as shipped.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Quirks {
            $( $(#[doc = $doc])* pub $field: bool, )*
        }

        impl Quirks {
            /// The quirks of a profile.
            pub fn of(profile: Profile) -> Quirks {
                let shipped = profile == Profile::Retail;
                Quirks { $( $field: shipped, )* }
            }

            /// Name, one line of documentation and state of each quirk.
            pub fn list(&self) -> Vec<(&'static str, &'static str, bool)> {
                vec![$( ($name, concat!($($doc),*), self.$field), )*]
            }
        }
    };
}

quirks! {
    /// SendIO itself returns BADPTR, BADIOARG and BADUNIT instead of putting them in io_Error.
    sendio_argument_errors, "sendio-argument-errors";
    /// A microsecond DELAY of 0 is finished inside SendIO, which nevertheless returns 0.
    timer_delay_zero, "timer-delay-zero";
    /// A vertical-blank DELAYUNTIL whose count has passed waits about 2^32 fields.
    timer_vbl_past, "timer-vbl-past";
    /// A request that was a metronome once repeats its later delays for ever.
    timer_metronome_sticky, "timer-metronome-sticky";
    /// FILECMD_READDIR knows no entry 0; published: it counts from 0, and 0 is the first here.
    readdir_base, "readdir-base";
    /// FILECMD_READDIR is refused for directories of a disc.
    readdir_optical, "readdir-optical";
    /// SendIO itself returns the error of a command that an open file rejects.
    file_reject_result, "file-reject-result";
    /// SetItemPri of another task returns the caller's priority, not the task's old one.
    setitempri_result, "setitempri-result";
    /// Messages sent to a port that is deleted stay with nobody instead of going back.
    port_delete_messages, "port-delete-messages";
    /// RecipSF16 of what has no reciprocal gives 0x7FFFFFFF, as DivSF16 does, not all bits set.
    recip_overflow, "recip-overflow";
    /// A write to NVRAM through the ram device leaves io_Actual 0.
    ram_write_actual, "ram-write-actual";
    /// Frames about pods never have the trigger flag, only those that programs and discs cause.
    event_trigger_flag, "event-trigger-flag";
    /// Events 64 to 71 have the mask bits of their numbers, one beside the header's constants.
    event_bit2, "event-bit2";
    /// The broker reads its enumerations as words only, so one-byte ones are not understood.
    event_enum_width, "event-enum-width";
    /// ReadCLUTColor gives 0, whatever the register has.
    read_clut_color, "read-clut-color";
    /// io_done_queue_wait answers 4 for the name of a terminated queue, not KERN_TERMINATED.
    mach_stale_queue, "mach-stale-queue";
    /// io_done_queue_wait answers 1 for a result address that cannot be written, not 4.
    mach_result_address, "mach-result-address";
    /// An overwriting read or a write of no device answers 0x10000007, not 4.
    mach_async_device, "mach-async-device";
    /// Text has the two greys of the font, not the colours of the pens.
    text_font_colors, "text-font-colors";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_profile_is_the_published_one() {
        assert_eq!(Quirks::of(Profile::default()), Quirks::default());
        assert!(Quirks::of(Profile::Retail).list().iter().all(|q| q.2));
        assert!(Quirks::default().list().iter().all(|q| !q.2));
    }
}
