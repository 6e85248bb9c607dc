//! Status flavors: numbers, directions, counts (Mach sheet 2.4, 5.4, 5.5).

/// How many 32-bit integers a flavor carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ints {
    /// None.
    Nothing,
    /// Exactly so many.
    Exactly(u32),
    /// As many as there is room for, at most so many.
    UpTo(u32),
    /// Any number of entries of so many integers each.
    Entries(u32),
    /// The sheet does not say.
    Unstated,
}

/// One row of the table of flavors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flavor {
    /// Its number.
    pub value: u32,
    /// Its name.
    pub name: &'static str,
    /// Whether `device_get_status` takes it.
    pub get: bool,
    /// Whether `device_set_status` takes it.
    pub set: bool,
    /// How many integers go with it.
    pub ints: Ints,
}

macro_rules! flavors {
    ($($name:ident = $value:literal, $get:literal $set:literal, $ints:expr, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            pub const $name: u32 = $value;
        )*

        /// All flavors of the sheet but those of networks, of which no device is planned.
        pub const TABLE: &[Flavor] = &[$(
            Flavor {
                value: $value,
                name: stringify!($name),
                get: $get,
                set: $set,
                ints: $ints,
            },
        )*];
    };
}

flavors! {
    DEV_GET_SIZE = 0, true false, Ints::Exactly(2), "Size of the device and of a record, in bytes.";
    DEV_GET_RECORDS = 1, true false, Ints::Exactly(2),
        "GNU Mach only: number of records and bytes of one.";
    CDROM_READ_HEADER = 0x44, true false, Ints::Exactly(2),
        "Length and track numbers of the table of contents.";
    CDROM_PAUSE = 0x5301, false true, Ints::Nothing, "Stop playing where it is.";
    CDROM_RESUME = 0x5302, false true, Ints::Nothing, "Go on playing.";
    CDROM_PLAYMSF = 0x5303, false true, Ints::Exactly(2), "Play from a time to a time.";
    CDROM_PLAYTRKIND = 0x5304, false true, Ints::Exactly(1),
        "Play from a track and index to another.";
    CDROM_STOP = 0x5307, false true, Ints::Nothing, "Stop the disc.";
    CDROM_START = 0x5308, false true, Ints::Nothing, "Start the disc.";
    CDROM_EJECT = 0x5309, false true, Ints::Nothing,
        "Eject; `D_ALREADY_OPEN` when opened more than once.";
    CDROM_VOLCTRL = 0x530a, false true, Ints::Exactly(1), "Set the volume of four channels.";
    CDROM_VOLREAD = 0x5313, true false, Ints::Exactly(1), "The volume of four channels.";
    CDROM_READ_TOC_MSF = 0x5320, true false, Ints::Entries(3),
        "All tracks, then the lead-out, as times.";
    CDROM_READ_TOC_LBA = 0x5321, true false, Ints::Entries(3),
        "All tracks, then the lead-out, as blocks.";
    CDROM_READ_SUBCHNL_MSF = 0x5322, true false, Ints::Exactly(4), "Where the head is, as times.";
    CDROM_READ_SUBCHNL_LBA = 0x5323, true false, Ints::Exactly(4), "Where the head is, as blocks.";
    TTY_STATUS = 0x74_0001, true true, Ints::Exactly(4),
        "Speeds, break character and flags (the old number).";
    TTY_MODEM = 0x74_0002, true true, Ints::Exactly(1), "The lines of the modem.";
    TTY_FLUSH = 0x74_0003, false true, Ints::Exactly(1),
        "Drop what is queued: D_READ, D_WRITE or both.";
    TTY_STOP = 0x74_0004, false true, Ints::Nothing, "Stop the output.";
    TTY_START = 0x74_0005, false true, Ints::Nothing, "Start the output.";
    TTY_SET_BREAK = 0x74_0006, false true, Ints::Nothing, "Begin a break.";
    TTY_CLEAR_BREAK = 0x74_0007, false true, Ints::Nothing, "End a break.";
    TTY_SET_TRANSLATION = 0x74_0008, false true, Ints::Unstated, "Set a translation of characters.";
    TTY_OUT_OF_BAND = 0x74_0009, true false, Ints::Exactly(2),
        "Event and argument; reading clears the condition.";
    TTY_DRAIN = 0x74_000a, false true, Ints::Nothing, "Wait until the output is out.";
    TTY_STATUS_NEW = 0x74_000b, true true, Ints::Exactly(4), "Speeds, break character and flags.";
    VC_GETINFO = 0x76_0001, true false, Ints::UpTo(23), "The screen's measures and addresses.";
    VC_SETXMODE = 0x76_0002, false true, Ints::Unstated, "Give the screen to a window system.";
    VC_SETNORMAL = 0x76_0003, false true, Ints::Unstated, "Give the screen back to the console.";
    VC_SETCOLOR = 0x76_0004, false true, Ints::Entries(1), "Set entries of the palette.";
    VC_GETCOLOR = 0x76_0005, true false, Ints::Unstated, "Read entries of the palette.";
    VC_SETVIDEOMODE = 0x76_0006, false true, Ints::Unstated, "Set the screen's mode.";
    VC_GETKEYBOARDLEDS = 0x76_0007, true false, Ints::Unstated, "The lights of the keyboard.";
    VC_SETKEYBOARDLEDS = 0x76_0008, false true, Ints::Unstated, "Set the lights of the keyboard.";
    TIMER_GET_TIME = 0x54_0001, true false, Ints::Exactly(2),
        "Our own: seconds and nanoseconds since the start.";
    TIMER_GET_RES = 0x54_0002, true false, Ints::Exactly(1),
        "Our own: nanoseconds of the timer's step.";
    TIMER_GET_VBLANK = 0x54_0003, true false, Ints::Exactly(2),
        "Our own: vertical blanks since the start, as 64 bits.";
    SCREEN_GET_LAYOUT = 0x44_0001, true false, Ints::Exactly(8),
        "Our own: measures, base and layout of the screen, number and current one of its pages.";
    SCREEN_SET_BASE = 0x44_0002, false true, Ints::Exactly(1),
        "Our own: show the screen at another address.";
    SCREEN_WAIT_VBL = 0x44_0003, true true, Ints::Nothing,
        "Our own: answers at the next vertical blank.";
    MDIOCGETL = 0x4004_4d01, true false, Ints::Exactly(1), "How many requests may be in progress.";
    MDIOCSETL = 0x8004_4d02, false true, Ints::Exactly(1),
        "Set how many requests may be in progress.";
}

/// The row of a flavor's number.
pub fn by_number(value: u32) -> Option<&'static Flavor> {
    TABLE.iter().find(|row| row.value == value)
}

/// The row of a flavor's name.
pub fn by_name(name: &str) -> Option<&'static Flavor> {
    TABLE.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique() {
        for (at, row) in TABLE.iter().enumerate() {
            assert!(TABLE[..at].iter().all(|other| other.value != row.value));
            assert_eq!(by_name(row.name), Some(row));
            assert_eq!(by_number(row.value), Some(row));
            assert!(row.get || row.set);
        }
        assert_eq!(by_number(2), None);
        // The project's own are made of a letter and a number.
        for (letter, number, name) in [
            (b'T', 3, "TIMER_GET_VBLANK"),
            (b'D', 1, "SCREEN_GET_LAYOUT"),
        ] {
            let value = u32::from(letter) << 16 | number;
            assert_eq!(by_number(value).map(|row| row.name), Some(name));
        }
    }
}
