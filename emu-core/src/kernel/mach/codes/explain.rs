//! Mach's codes in words, for `overture explain`.

use super::text::{EXTRA_BITS, ExtraBit, extra_bits};
use super::{Code, TABLE, by_number, without_extra_bits};
use std::fmt;

/// Rows: a code's name, what usually causes it and what to do.
const ADVICE: &[(&str, &str)] = &[
    (
        "KERN_INVALID_ADDRESS",
        "A pointer is wild, or the memory was deallocated; in a completion: the buffer of a \
         device_read_overwrite_async cannot be written.",
    ),
    (
        "KERN_NO_SPACE",
        "vm_allocate found no memory: free what device_read delivered with vm_deallocate.",
    ),
    (
        "KERN_INVALID_ARGUMENT",
        "A name is not of the kind wanted here (a device port, a done queue, a host port), or a result \
         pointer is not in the task's memory; the call log shows the arguments.",
    ),
    (
        "KERN_RESOURCE_SHORTAGE",
        "Too many of them exist; for done queues: terminate those that are no longer used.",
    ),
    (
        "KERN_MEMORY_ERROR",
        "The data of a device_write_async_inband cannot be read; check pointer and length.",
    ),
    (
        "KERN_INVALID_NAME",
        "The name was never given or has been deallocated; check who gave the last reference away.",
    ),
    (
        "KERN_INVALID_TASK",
        "The first argument has to be what mach_task_self gives.",
    ),
    (
        "KERN_INVALID_RIGHT",
        "The name is a dead name, or a send right where a receive right is wanted, or the opposite; \
         mach_port_type tells which.",
    ),
    (
        "KERN_INVALID_VALUE",
        "A kind of right or a count is out of range, or would fall below zero.",
    ),
    (
        "KERN_TERMINATED",
        "The done queue was terminated, perhaps while this thread waited for it. Leave the loop and give \
         the dead name back with mach_port_deallocate.",
    ),
    (
        "KERN_OPERATION_TIMED_OUT",
        "Nobody signalled the semaphore in time.",
    ),
    (
        "D_IO_ERROR",
        "A frame of the disc cannot be read, even after trying again; a script's `disc fail` does this \
         on purpose.",
    ),
    (
        "D_WOULD_BLOCK",
        "Try again later, or leave D_NOWAIT out to wait.",
    ),
    (
        "D_NO_SUCH_DEVICE",
        "From device_open: check the spelling; names here are cdrom0, timer0, screen0, console and \
         control0. From other calls: the port was closed, or is no device port.",
    ),
    (
        "D_ALREADY_OPEN",
        "Somebody else has the device: close it there first. From CDROM_EJECT: it is open more than once.",
    ),
    (
        "D_DEVICE_DOWN",
        "There is no disc, or it was changed since the device was opened: close the device and open it \
         again.",
    ),
    (
        "D_INVALID_OPERATION",
        "Check the flavor and whether this device reads, writes or maps; from device_open: the first \
         argument is not the device master port.",
    ),
    (
        "D_INVALID_RECNUM",
        "The normal end of a device. Otherwise a record number was given in bytes: it counts records of the \
         size that DEV_GET_SIZE tells.",
    ),
    (
        "D_INVALID_SIZE",
        "Lengths are in bytes: on cdrom0 a multiple of 2048 that does not run past the end; of a status, \
         exactly the flavor's count.",
    ),
    (
        "D_READ_ONLY",
        "A disc cannot be written. The device opens with D_WRITE all the same.",
    ),
    (
        "D_OUT_OF_BAND",
        "Read the event with flavor TTY_OUT_OF_BAND; then reads go on.",
    ),
    ("D_NOT_CLONED", "Open it without D_CLONE."),
    (
        "MIG_TYPE_ERROR",
        "A descriptor has the wrong kind or disposition, or the reply is not of the size that the stub \
         expects; a ledger has to be sent as a send right, also when it is null.",
    ),
    (
        "MIG_REPLY_MISMATCH",
        "The reply port was used by two requests at once, or a late reply was left in it.",
    ),
    (
        "MIG_BAD_ID",
        "The message went to a port of another kind of object, or msgh_id is of another system's numbering: \
         device_open is 2814 here, 2800 elsewhere.",
    ),
    (
        "MIG_BAD_ARGUMENTS",
        "Check send_size, the complex bit and the counts of the request.",
    ),
    (
        "MIG_ARRAY_TOO_LARGE",
        "The answer has more than there was room for; the count says how much. Inside a message no more \
         than 128 bytes travel.",
    ),
    (
        "MIG_SERVER_DIED",
        "The request's reply right was destroyed unused, usually because the target went away.",
    ),
    (
        "MACH_SEND_INVALID_DATA",
        "The pointer to the message is wild, or send_size too large.",
    ),
    (
        "MACH_SEND_INVALID_DEST",
        "msgh_remote_port is 0, a dead name or no send right: the object was closed or terminated, or the \
         call that should have given the port failed.",
    ),
    (
        "MACH_SEND_TIMED_OUT",
        "The receiver is slower than the sender; its queue holds 5 messages unless it was told otherwise.",
    ),
    (
        "MACH_SEND_INTERRUPTED",
        "From a trap other than -32: this trap does not exist or the name is not known; client libraries \
         then send the message instead.",
    ),
    (
        "MACH_SEND_MSG_TOO_SMALL",
        "send_size counts header, descriptors and data, at least 24 and a multiple of 4.",
    ),
    (
        "MACH_SEND_INVALID_REPLY",
        "With MAKE_SEND_ONCE the reply port has to be a receive right of this task, such as \
         mach_reply_port gives.",
    ),
    (
        "MACH_SEND_INVALID_RIGHT",
        "COPY_SEND and MOVE_SEND want a send right, MAKE_SEND and MAKE_SEND_ONCE the receive right.",
    ),
    (
        "MACH_SEND_INVALID_MEMORY",
        "The address or size in an out-of-line descriptor is wrong.",
    ),
    (
        "MACH_SEND_INVALID_TYPE",
        "The kind is byte 11 of a descriptor: 0 port, 1 data, 2 ports, 3 volatile data.",
    ),
    (
        "MACH_SEND_INVALID_HEADER",
        "The lowest byte of msgh_bits wants a disposition of 17 to 21; a reply port wants one too.",
    ),
    (
        "MACH_RCV_INVALID_NAME",
        "A receive right or a port set is wanted; a send right is not enough.",
    ),
    (
        "MACH_RCV_TIMED_OUT",
        "Normal for a poll (time 0); otherwise nobody answered, or the request was sent without a reply \
         port.",
    ),
    (
        "MACH_RCV_TOO_LARGE",
        "rcv_size has to hold the trailer too, 8 bytes at least. The message is lost; msgh_size tells its \
         size.",
    ),
    (
        "MACH_RCV_PORT_DIED",
        "Another thread destroyed the receive right during the wait.",
    ),
    (
        "MACH_RCV_INVALID_DATA",
        "The pointer to the receive buffer is wild.",
    ),
    (
        "MACH_RCV_IN_SET",
        "Receive from the set, or take the port out of it with mach_port_move_member.",
    ),
    (
        "MACH_RCV_INVALID_TRAILER",
        "Bits 27 to 24 of the option ask for 0, 1 or 2 elements, bits 31 to 28 are 0.",
    ),
];

/// A code of Mach in words; printing it gives the whole explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The number, with its extra bits.
    pub code: i32,
    /// The table's row of the code without extra bits.
    pub row: &'static Code,
    /// The extra bits.
    pub bits: Vec<&'static ExtraBit>,
    /// What usually causes it and what to do; may be empty.
    pub advice: &'static str,
}

/// Explains a number; none that is no code of Mach.
pub fn explain(code: i32) -> Option<Explanation> {
    by_number(without_extra_bits(code)).map(|row| of_row(row, code))
}

/// Explains a name, ignoring case, or a name or number with extra bits after `|`: what
/// [`code_text`](super::code_text) writes is found again. A number alone is for [`explain`].
pub fn explain_name(text: &str) -> Option<Explanation> {
    let mut parts = text.split('|').map(str::trim);
    let first = parts.next()?;
    let named = TABLE
        .iter()
        .find(|row| row.name.eq_ignore_ascii_case(first));
    let more: Vec<&str> = parts.collect();
    let row = match named {
        Some(row) => row,
        None if more.is_empty() => return None,
        None => by_number(number(first)?)?,
    };
    let code = more
        .iter()
        .try_fold(row.value, |code, text| Some(code | bit(text)?))?;
    // Other codes have no extra bits: the sum would be another code.
    (without_extra_bits(code) == row.value).then(|| of_row(row, code))
}

fn of_row(row: &'static Code, code: i32) -> Explanation {
    let advice = ADVICE.iter().find(|(name, _)| *name == row.name);
    Explanation {
        code,
        row,
        bits: extra_bits(code).collect(),
        advice: advice.map_or("", |(_, advice)| advice),
    }
}

fn bit(text: &str) -> Option<i32> {
    let named = EXTRA_BITS
        .iter()
        .find(|bit| bit.name.eq_ignore_ascii_case(text));
    named.map(|bit| bit.value).or_else(|| number(text))
}

fn number(text: &str) -> Option<i32> {
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) if digits.starts_with(['+', '-']) => None,
        Some(digits) => u32::from_str_radix(digits, 16).ok().map(|n| n as i32),
        None => text.parse().ok(),
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010X} ({}): ", self.code as u32, self.code)?;
        write!(f, "{}", self.row.name)?;
        for bit in &self.bits {
            write!(f, "|{}", bit.name)?;
        }
        writeln!(f, "\n  {}", self.row.meaning)?;
        if !self.advice.is_empty() {
            writeln!(f, "  {}", self.advice)?;
        }
        writeln!(f, "  system       Mach")?;
        writeln!(f, "  family       {}", self.row.family.words())?;
        for bit in &self.bits {
            let ExtraBit {
                value,
                name,
                meaning,
            } = bit;
            writeln!(f, "  extra bit    {name} ({value:#06x}: {meaning})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Family, code_text};
    use super::*;

    #[test]
    fn advice_is_for_codes_that_exist_and_once() {
        for (at, (name, advice)) in ADVICE.iter().enumerate() {
            assert!(TABLE.iter().any(|row| row.name == *name), "{name}");
            assert!(ADVICE[..at].iter().all(|(other, _)| other != name));
            assert!(advice.ends_with('.'), "{name}");
        }
    }

    #[test]
    fn numbers_and_names_are_explained() {
        let gone = explain(2502).expect("a code");
        assert_eq!(gone.row.name, "D_NO_SUCH_DEVICE");
        assert_eq!(gone.row.family, Family::Device);
        assert_eq!(explain_name("d_no_such_device"), Some(gone));
        assert_eq!(explain(-303).expect("a code").row.name, "MIG_BAD_ID");
        let text = explain(37).expect("a code").to_string();
        assert!(
            text.starts_with("0x00000025 (37): KERN_TERMINATED\n"),
            "{text}"
        );
        assert!(text.contains("kern_return_t") && text.contains("terminated"));
        assert_eq!(explain(2512), None);
        assert_eq!(explain_name("2502"), None);
        // By its name, success is the one that was asked for.
        assert_eq!(explain(0).expect("a code").row.name, "KERN_SUCCESS");
        let success = explain_name("D_SUCCESS").expect("a code");
        assert_eq!(success.row.family, Family::Device);
    }

    #[test]
    fn extra_bits_are_found_in_every_form() {
        let wanted = explain(0x1000_600c).expect("a code");
        assert_eq!(wanted.row.name, "MACH_RCV_BODY_ERROR");
        assert_eq!(wanted.bits.len(), 1);
        for text in [
            "0x1000400c|0x2000",
            "0X1000400C | MACH_MSG_IPC_SPACE",
            "mach_rcv_body_error|mach_msg_ipc_space",
        ] {
            assert_eq!(explain_name(text), Some(wanted.clone()), "{text}");
        }
        assert_eq!(explain_name(&code_text(0x1000_600c)), Some(wanted.clone()));
        assert!(wanted.to_string().contains("MACH_MSG_IPC_SPACE (0x2000: "));
        for text in [
            "4|0x2000",
            "1|2",
            "0x1000400c|1",
            "0x1000400c|",
            "|",
            "0x2000|0x1000",
        ] {
            assert_eq!(explain_name(text), None, "{text}");
        }
    }
}
