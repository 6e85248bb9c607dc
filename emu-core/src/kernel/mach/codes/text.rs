//! Codes as a call log writes them: names, also of extra bits, or the number.

use super::{
    MACH_MSG_INVALID_RT_DESCRIPTOR, MACH_MSG_IPC_KERNEL, MACH_MSG_IPC_SPACE, MACH_MSG_VM_KERNEL,
    MACH_MSG_VM_SPACE, by_number, without_extra_bits,
};

/// A bit that can be or-ed into a message code (Mach sheet 1.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraBit {
    /// The bit.
    pub value: i32,
    /// Its name in the headers.
    pub name: &'static str,
    /// What it says of the error, in one line.
    pub meaning: &'static str,
}

macro_rules! bits {
    ($($name:ident $meaning:literal;)*) => {
        /// All of them, the highest first.
        pub const EXTRA_BITS: &[ExtraBit] = &[$(ExtraBit {
            value: $name,
            name: stringify!($name),
            meaning: $meaning,
        },)*];
    };
}

bits! {
    MACH_MSG_IPC_SPACE "the task had no name left for a right";
    MACH_MSG_VM_SPACE "the task had no address left for out-of-line data";
    MACH_MSG_IPC_KERNEL "the kernel had no memory for a right";
    MACH_MSG_VM_KERNEL "the kernel had no memory for out-of-line data";
    MACH_MSG_INVALID_RT_DESCRIPTOR "a descriptor was not usable in real time";
}

/// The extra bits of a message code; none of other codes.
pub fn extra_bits(value: i32) -> impl Iterator<Item = &'static ExtraBit> {
    let bits = value ^ without_extra_bits(value);
    EXTRA_BITS.iter().filter(move |bit| bits & bit.value != 0)
}

/// The name of a code, with the names of its extra bits; an unknown one in hexadecimal. Success is
/// `KERN_SUCCESS`.
pub fn code_text(value: i32) -> String {
    let Some(row) = by_number(without_extra_bits(value)) else {
        return format!("{value:#x}");
    };
    let mut text = row.name.to_owned();
    for bit in extra_bits(value) {
        text.push('|');
        text.push_str(bit.name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{MACH_MSG_MASK, TABLE};
    use super::*;

    #[test]
    fn every_code_has_its_name() {
        for row in TABLE.iter().filter(|row| row.value != 0) {
            assert_eq!(code_text(row.value), row.name);
        }
        assert_eq!(code_text(0), "KERN_SUCCESS");
    }

    #[test]
    fn extra_bits_are_named_one_by_one() {
        assert_eq!(
            code_text(0x1000_400c | 0x2000),
            "MACH_RCV_BODY_ERROR|MACH_MSG_IPC_SPACE"
        );
        assert_eq!(
            code_text(0x1000_4004 | 0x1000 | 0x200),
            "MACH_RCV_TOO_LARGE|MACH_MSG_VM_SPACE|MACH_MSG_INVALID_RT_DESCRIPTOR"
        );
        let all = EXTRA_BITS.iter().fold(0, |all, bit| all | bit.value);
        assert_eq!(all, MACH_MSG_MASK);
        assert_eq!(extra_bits(0x1000_400b | all).count(), EXTRA_BITS.len());
    }

    #[test]
    fn unknown_codes_are_numbers() {
        assert_eq!(code_text(2512), "0x9d0");
        assert_eq!(code_text(-310), "0xfffffeca");
        // The bits mean something in message codes only, and with a code only.
        assert_eq!(code_text(0x2000), "0x2000");
        assert_eq!(code_text(0x1000_2000), "0x10002000");
    }
}
