//! Numbers of Mach in words, for the call log.
//!
//! Every function takes any number a guest may give; one that stands for nothing known is written as a
//! number. Codes have [`code_text`](super::codes::code_text).

mod messages;

pub use self::messages::{message_text, other_messages};

use super::records::{DevMode, flavors};

/// Options of `mach_msg` (Mach sheet 4.5), without the `MACH_` of their names.
pub const OPTIONS: &[(u32, &str)] = &[
    (0x1, "SEND_MSG"),
    (0x2, "RCV_MSG"),
    (0x10, "SEND_TIMEOUT"),
    (0x40, "SEND_INTERRUPT"),
    (0x80, "SEND_CANCEL"),
    (0x100, "RCV_TIMEOUT"),
    (0x200, "RCV_NOTIFY"),
    (0x400, "RCV_INTERRUPT"),
    (0x800, "RCV_LARGE"),
    (0x1000, "RCV_OVERWRITE"),
    (0x2_0000, "SEND_TRAILER"),
];

const MODES: &[(u32, &str)] = &[
    (DevMode::D_READ.bits(), "D_READ"),
    (DevMode::D_WRITE.bits(), "D_WRITE"),
    (DevMode::D_NODELAY.bits(), "D_NODELAY"),
    (DevMode::D_NOWAIT.bits(), "D_NOWAIT"),
    (DevMode::D_CLONE.bits(), "D_CLONE"),
];

/// Names of bits, then in hexadecimal what has no name; `0` when there is no bit.
fn bits_text(value: u32, names: &[(u32, &str)]) -> String {
    let mut parts: Vec<String> = names
        .iter()
        .filter(|(bit, _)| value & bit != 0)
        .map(|(_, name)| (*name).to_owned())
        .collect();
    let rest = names.iter().fold(value, |rest, (bit, _)| rest & !bit);
    if rest != 0 {
        parts.push(format!("{rest:#x}"));
    }
    match parts.is_empty() {
        true => "0".to_owned(),
        false => parts.join("|"),
    }
}

/// A status flavor: `DEV_GET_SIZE`.
pub fn flavor_text(flavor: u32) -> String {
    match flavors::by_number(flavor) {
        Some(row) => row.name.to_owned(),
        None => format!("{flavor:#x}"),
    }
}

/// The options of `mach_msg`: `SEND_MSG|RCV_MSG|RCV_TIMEOUT`. The highest eight bits are numbers: format and
/// elements of the trailer wanted (Mach sheet 4.4).
pub fn option_text(option: u32) -> String {
    let (format, elements) = (option >> 28, option >> 24 & 15);
    let bits = option & 0x00ff_ffff;
    let mut parts = Vec::new();
    if bits != 0 || option == 0 {
        parts.push(bits_text(bits, OPTIONS));
    }
    if format != 0 {
        parts.push(format!("RCV_TRAILER_TYPE({format})"));
    }
    if elements != 0 {
        parts.push(format!("RCV_TRAILER_ELEMENTS({elements})"));
    }
    parts.join("|")
}

/// The mode of an open or a transfer: `D_READ|D_NOWAIT`.
pub fn mode_text(mode: u32) -> String {
    bits_text(mode, MODES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_named_in_their_order_and_the_rest_is_a_number() {
        assert_eq!(option_text(0x103), "SEND_MSG|RCV_MSG|RCV_TIMEOUT");
        assert_eq!(option_text(0), "0");
        assert_eq!(option_text(0x8002), "RCV_MSG|0x8000");
        assert_eq!(option_text(0x0200_0002), "RCV_MSG|RCV_TRAILER_ELEMENTS(2)");
        assert_eq!(
            option_text(0x1100_0000),
            "RCV_TRAILER_TYPE(1)|RCV_TRAILER_ELEMENTS(1)"
        );
        assert_eq!(mode_text(9), "D_READ|D_NOWAIT");
        assert_eq!(mode_text(0x112), "D_WRITE|D_CLONE|0x100");
        assert_eq!(mode_text(0), "0");
    }

    #[test]
    fn flavors_have_the_names_of_their_table() {
        assert_eq!(flavor_text(0), "DEV_GET_SIZE");
        assert_eq!(flavor_text(0x54_0001), "TIMER_GET_TIME");
        assert_eq!(flavor_text(0x44_0003), "SCREEN_WAIT_VBL");
        assert_eq!(flavor_text(0x74_0099), "0x740099");
    }
}
