//! Portfolio error codes: encoding, names and texts (kernel sheet section 9).
//!
//! ```text
//! 1 oooooo iiiiiiiiiiii ss ee c nnnnnnnn
//!   object module-id    |  |  class (0 standard, 1 the module's own), number
//!                       |  environment
//!                       severity
//! ```

mod explain;
mod find;
mod tables;

pub use self::explain::{Explanation, by_name, explain, name, text, text_with};
pub use self::find::{Codes, known};

use crate::mem::{FieldKind, GuestType, GuestValue};
use serde::{Deserialize, Serialize};

/// The result of a call: negative is an error code.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status(pub i32);

impl Status {
    /// Success.
    pub const OK: Status = Status(0);

    /// A code of class "standard" of the kernel.
    pub const fn kernel(number: u8) -> Status {
        Status(0xD57B_9000_u32 as i32 | number as i32)
    }

    /// A code of the kernel's own class.
    pub const fn kernel_own(number: u8) -> Status {
        Status(0xD57B_9100_u32 as i32 | number as i32)
    }

    /// Whether this is an error.
    pub const fn is_error(self) -> bool {
        self.0 < 0
    }
}

impl std::fmt::Debug for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#010x}", self.0 as u32)
    }
}

impl GuestType for Status {
    const SIZE: u32 = 4;
    const KIND: FieldKind = FieldKind::Signed;
}
impl GuestValue for Status {
    fn from_guest_bytes(bytes: &[u8]) -> Self {
        Status(i32::from_guest_bytes(bytes))
    }
    fn to_guest_bytes(self, bytes: &mut [u8]) {
        self.0.to_guest_bytes(bytes);
    }
}

macro_rules! kernel_errors {
    ($kind:ident: $($number:literal $name:ident),* $(,)?) => {
        $(
            #[doc = concat!("Kernel error ", stringify!($number), " of its class.")]
            pub const $name: Status = Status::$kind($number);
        )*
    };
}

kernel_errors! { kernel:
    1 BADITEM, 2 BADTAG, 3 BADTAGVAL, 4 BADPRIV, 5 NOT_FOUND, 6 NOMEM, 7 BADSUBTYPE, 8 SOFT_ERR,
    9 BADPTR, 10 ABORTED, 11 BADUNIT, 12 BADCOMMAND, 13 BADIOARG, 14 BADNAME, 15 IO_NOT_DONE,
    16 NOSUPPORT, 17 IO_INCOMPLETE, 18 NOTOWNER, 19 DEVICE_OFFLINE, 20 DEVICE_ERROR,
    21 MEDIA_ERROR, 22 END_OF_MEDIUM, 23 PARAM_ERROR, 24 NO_SIGNALS, 25 NO_HARDWARE,
}
kernel_errors! { kernel_own:
    1 BAD_TYPE, 4 BAD_DRIVER_ITEM, 5 ITEM_NOT_OPEN, 6 ITEM_TABLE_FULL, 7 BAD_MEM_CMD, 8 NO_SIGS,
    9 MSG_SENT, 10 NO_REPLY_PORT, 11 BADSIZE, 12 BAD_PRIORITY, 13 THREAD_ERROR, 14 BAD_QUANTA,
    15 BAD_STACK_SIZE, 16 NO_TIMER, 17 CANT_OPEN, 18 RSA_FAIL, 19 NO_XBUS_HARDWARE,
    20 XBUS_OVERFLOW, 21 REPLY_PORT_NEEDED, 22 ILLEGAL_SIGNAL, 23 BAD_LOCK_ARG, 24 BADAIF,
    25 CANT_SET_OWNER, 26 ITEM_STILL_OPENED, 27 UNIQUE_ITEM_EXISTS, 28 BAD_EXIT_STATUS,
    29 TASK_KILLED,
}

/// The character that a 6-bit number in a code stands for; `?` for the two unused numbers.
pub const fn decode_char(number: u8) -> u8 {
    match number & 0x3F {
        n @ 1..=10 => b'0' + n - 1,
        n @ 11..=36 => b'a' + n - 11,
        n @ 37..=62 => b'A' + n - 37,
        _ => b'?',
    }
}

/// The 6-bit number of a character; 0 for one that has none.
pub const fn encode_char(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0' + 1,
        b'a'..=b'z' => character - b'a' + 11,
        b'A'..=b'Z' => character - b'A' + 37,
        _ => 0,
    }
}

/// A code taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// What kind of module: `F` folio, `D` device, `T` task, `L` library, `U` user.
    pub object: u8,
    /// The two characters that name the module.
    pub id: (u8, u8),
    /// 0 information, 1 warning, 2 severe, 3 fatal.
    pub severity: u8,
    /// 0 system, 1 application, 2 user.
    pub environment: u8,
    /// 0 standard, 1 the module's own.
    pub class: u8,
    /// The number in its class.
    pub number: u8,
}

impl Parts {
    /// The parts of an error; none of what is not negative.
    pub const fn of(code: Status) -> Option<Parts> {
        if code.0 >= 0 {
            return None;
        }
        let word = code.0 as u32;
        Some(Parts {
            object: decode_char((word >> 25) as u8),
            id: (
                decode_char((word >> 19) as u8),
                decode_char((word >> 13) as u8),
            ),
            severity: (word >> 11 & 3) as u8,
            environment: (word >> 9 & 3) as u8,
            class: (word >> 8 & 1) as u8,
            number: word as u8,
        })
    }

    /// Object and module id as `et_ObjID` has them.
    pub const fn object_id(&self) -> u32 {
        let high = (encode_char(self.object) as u32) << 12;
        let id = (encode_char(self.id.0) as u32) << 6 | encode_char(self.id.1) as u32;
        high | id
    }

    /// The code.
    pub const fn code(&self) -> Status {
        let word = 0x8000_0000
            | self.object_id() << 13
            | (self.severity as u32 & 3) << 11
            | (self.environment as u32 & 3) << 9
            | (self.class as u32 & 1) << 8
            | self.number as u32;
        Status(word as i32)
    }

    /// A severe error of the system, as nearly all are.
    pub const fn severe(object: u8, id: &[u8; 2], class: u8, number: u8) -> Parts {
        Parts {
            object,
            id: (id[0], id[1]),
            severity: 2,
            environment: 0,
            class,
            number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tables::{AUDIO, FILE, GRAPHICS, KERNEL, STANDARD};
    use super::*;
    use proptest::prelude::*;

    fn code(object: u8, id: &[u8; 2], class: u8, number: u8) -> u32 {
        Parts::severe(object, id, class, number).code().0 as u32
    }

    /// Check 46: the values of kernel sheet section 9 and device sheet section 1.
    #[test]
    fn values_are_the_macros() {
        for (object, id, class, base) in [
            (b'F', b"Kr", 0, 0xD57B_9000),
            (b'F', b"Kr", 1, 0xD57B_9100),
            (b'F', b"FS", 0, 0xD556_F000),
            (b'F', b"FS", 1, 0xD556_F100),
            (b'F', b"Gr", 0, 0xD55B_9000),
            (b'F', b"Au", 0, 0xD52B_F000),
            (b'D', b"TM", 0, 0xD1C6_3000),
            (b'D', b"CD", 0, 0xD13D_1000),
            (b'D', b"CP", 0, 0xD13E_9000),
            (b'T', b"EB", 0, 0xF14C_D000),
        ] {
            assert_eq!(code(object, id, class, 0), base);
        }
        assert_eq!(BADITEM.0 as u32, 0xD57B_9001);
        assert_eq!(BADITEM.0, -713_322_495);
        assert_eq!(NO_HARDWARE.0 as u32, 0xD57B_9019);
        assert_eq!(BADAIF.0, -713_322_216);
        assert_eq!(TASK_KILLED.0 as u32, 0xD57B_911D);
        assert_eq!(code(b'F', b"Gr", 1, 43), 0xD55B_912B);
        let fatal = Parts {
            severity: 3,
            ..Parts::severe(b'F', b"Kr", 1, 3)
        };
        assert_eq!(fatal.code().0 as u32, 0xD57B_9903);
    }

    #[test]
    fn object_ids() {
        for (object, id, value) in [
            (b'F', b"Kr", 0x2_ABDC),
            (b'D', b"TM", 0x2_8E31),
            (b'D', b"CD", 0x2_89E8),
            (b'L', b"Mu", 0x3_0C5F),
            (b'U', b"MD", 0x3_9C68),
            (b'F', b"JS", 0x2_ABB7),
            (b'F', b"IN", 0x2_AB72),
        ] {
            assert_eq!(Parts::severe(object, id, 0, 0).object_id(), value);
        }
    }

    #[test]
    fn tables_are_complete_and_ordered() {
        let numbers = |table: &[tables::Entry]| table.iter().map(|e| e.number).collect::<Vec<_>>();
        assert_eq!(numbers(STANDARD), (1..=25).collect::<Vec<u8>>());
        let own: Vec<u8> = (1..=29).filter(|&n| n != 2).collect();
        assert_eq!(numbers(KERNEL), own);
        assert_eq!(numbers(FILE), (1..=15).collect::<Vec<u8>>());
        assert_eq!(numbers(GRAPHICS), (20..=43).collect::<Vec<u8>>());
        assert_eq!(numbers(AUDIO), (1..=31).collect::<Vec<u8>>());
    }

    /// Check 45.
    #[test]
    fn texts_have_their_shape() {
        let text = |code: u32| text(code as i32);
        assert!(text(0xD57B_9001).starts_with("FKr-Severe-System-Standard-There is no such item"));
        assert!(text(0xD57B_9107).starts_with("FKr-Severe-System-Extended-The ControlMem"));
        assert!(text(0xD57B_9903).starts_with("FKr-Fatal-System-Extended-The task's table"));
        assert!(text(0xD13D_1015).starts_with("DCD-Severe-System-Standard-The medium"));
        assert_eq!(text(0xD57B_9007 + 0xC0), "FKr-Severe-System-Standard-<199>");
        assert_eq!(text(0xD57B_9102), "FKr-Severe-System-Extended-<002>");
        assert_eq!(text(0), "<0, not an error>");
        assert_eq!(text(17), "<17, not an error>");
        assert_eq!(text(u32::MAX), "<-1, generic error>");
    }

    #[test]
    fn guest_texts_come_first() {
        let own = |object_id, class, number| {
            assert_eq!((object_id, class), (0x2_ABDC, 1));
            (number == 2).then(|| b"mine".to_vec())
        };
        let text = |code: u32| text_with(code as i32, own);
        assert_eq!(text(0xD57B_9102), b"FKr-Severe-System-Extended-mine");
        assert!(text(0xD57B_9101).ends_with(b"No folio exists for that node id"));
    }

    #[test]
    fn names() {
        let name = |code: u32| name(code as i32);
        assert_eq!(name(0xD57B_9001), Some("BADITEM"));
        assert_eq!(name(0xD57B_900F), Some("ER_IONotDone"));
        assert_eq!(name(0xD57B_911D), Some("KILLED"));
        assert_eq!(name(0xD57B_9903), Some("ER_Kr_RsrcTblOvfFlw"));
        assert_eq!(name(0xD13D_1015), Some("ER_MediaError"));
        assert_eq!(name(0xD13D_1001), Some("ER_BadItem"));
        assert_eq!(name(0xD556_F101), Some("ER_Fs_NoFile"));
        assert_eq!(name(0xD55B_9114), Some("GRAFERR_CELTIMEOUT"));
        assert_eq!(name(0xD52B_F11D), Some("AF_ERR_AUDIOCLOSED"));
        assert_eq!(name(0), None);
        assert_eq!(name(u32::MAX), None);
    }

    #[test]
    fn explanations() {
        let words = explain(0xD57B_900F_u32 as i32).to_string();
        for part in [
            "0xD57B900F (-713322481): ER_IONotDone",
            "still in progress",
            "WaitIO",
            "F (folio)",
            "Kr (kernel)",
            "2 (Severe)",
            "0 (System)",
            "0 (standard)",
            "number       15",
        ] {
            assert!(words.contains(part), "{part} is not in\n{words}");
        }
        assert!(explain(5).to_string().contains("not an error"));
        assert!(explain(-1).to_string().contains("without a code"));
        assert_eq!(
            explain(0xD13D_1001_u32 as i32).module,
            Some("CD-ROM device")
        );
    }

    proptest! {
        #[test]
        fn any_code_can_be_explained(code: i32) {
            let explanation = explain(code);
            prop_assert!(!explanation.to_string().is_empty());
            prop_assert!(!text(code).is_empty());
            if let Some(parts) = explanation.parts
                && [parts.object, parts.id.0, parts.id.1].iter().all(|&c| c != b'?')
            {
                prop_assert_eq!(parts.code(), Status(code));
            }
        }
    }
}
