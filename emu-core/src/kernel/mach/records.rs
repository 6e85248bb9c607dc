//! Types, limits and records of Mach's devices (Mach sheet 2.1-2.6).
//!
//! Everything in guest memory is big-endian. `encode` gives the bytes of a record, `decode` reads
//! them from the beginning of a slice and is `None` when the slice is too short.

pub mod flavors;
pub mod status;

use bitflags::bitflags;
use serde::{Deserialize, Serialize};

/// The most bytes that travel inside a message (`IO_INBAND_MAX`).
pub const IO_INBAND_MAX: usize = 128;
/// The most bytes of a device's name, its NUL included (`dev_name_t`).
pub const DEV_NAME_MAX: usize = 128;
/// The most 32-bit integers of a status (`DEV_STATUS_MAX`).
pub const DEV_STATUS_MAX: usize = 1024;
/// The most 16-bit commands of a packet filter.
pub const FILTER_MAX: usize = 64;

/// Address of out-of-line bytes in the guest (`io_buf_ptr_t`).
pub type IoBufPtr = u32;
/// Number of a record; its unit is the device class's (`recnum_t`, Mach sheet 2.3).
pub type Recnum = u32;
/// A length in bytes (`io_buf_len_t`); a negative one is `D_INVALID_SIZE`.
pub type IoBufLen = i32;
/// Which status is meant (`dev_flavor_t`); [`flavors`] lists them.
pub type DevFlavor = u32;

bitflags! {
    /// What an open or a transfer wants (`dev_mode_t`); unknown bits are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct DevMode: u32 {
        /// Open for reading; ignored by transfers.
        const D_READ = 0x01;
        /// Open for writing; ignored by transfers.
        const D_WRITE = 0x02;
        /// Open without waiting.
        const D_NODELAY = 0x04;
        /// Transfer without waiting for data; block devices ignore it (Mach sheet 2.2).
        const D_NOWAIT = 0x08;
        /// Open a copy of the device of one's own.
        const D_CLONE = 0x10;
        const _ = !0;
    }
}

bitflags! {
    /// What may be done with memory (`vm_prot_t`); unknown bits are kept.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct VmProt: u32 {
        /// It may be read.
        const READ = 1;
        /// It may be written.
        const WRITE = 2;
        /// It may be executed.
        const EXECUTE = 4;
        const _ = !0;
    }
}

impl VmProt {
    /// `VM_PROT_ALL`: all three.
    pub const ALL_THREE: VmProt = VmProt::from_bits_retain(7);

    /// Whether there is no bit outside the three; `device_map` refuses others with
    /// `KERN_INVALID_ARGUMENT`.
    pub fn is_known(self) -> bool {
        self.bits() & !7 == 0
    }
}

/// What a new task gets of its maker's memory (`vm_inherit_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u32)]
pub enum VmInherit {
    /// The same memory.
    Share = 0,
    /// A copy.
    Copy = 1,
    /// Nothing.
    None = 2,
}

impl VmInherit {
    /// The variant of a number.
    pub fn from_number(number: u32) -> Option<VmInherit> {
        match number {
            0 => Some(VmInherit::Share),
            1 => Some(VmInherit::Copy),
            2 => Some(VmInherit::None),
            _ => None,
        }
    }
}

/// A field of a record: how it lies in guest memory.
pub(crate) trait Field: Sized {
    /// Writes it at an offset; what does not fit is left out.
    fn put(&self, out: &mut [u8], at: usize);
    /// Reads it from an offset.
    fn get(bytes: &[u8], at: usize) -> Option<Self>;
}

macro_rules! fields {
    ($($ty:ty),*) => {$(
        impl Field for $ty {
            fn put(&self, out: &mut [u8], at: usize) {
                self.to_be_bytes().put(out, at);
            }

            fn get(bytes: &[u8], at: usize) -> Option<Self> {
                Field::get(bytes, at).map(<$ty>::from_be_bytes)
            }
        }
    )*};
}

fields!(u8, u16, u32, i32);

impl<const N: usize> Field for [u8; N] {
    fn put(&self, out: &mut [u8], at: usize) {
        for (to, from) in out.iter_mut().skip(at).zip(self) {
            *to = *from;
        }
    }

    fn get(bytes: &[u8], at: usize) -> Option<Self> {
        bytes.get(at..)?.first_chunk().copied()
    }
}

/// Declares a record: name, size in bytes, and its fields with their offsets.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident: $size:literal {
        $($(#[$field_meta:meta])* $field:ident: $ty:ty = $at:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        impl $name {
            /// Bytes of the record in guest memory.
            pub const SIZE: usize = $size;
            /// Its fields in order: names and offsets.
            pub const FIELDS: &[(&str, usize)] = &[$((stringify!($field), $at),)*];

            /// The record's bytes; padding is zero.
            pub fn encode(&self) -> [u8; $size] {
                let mut out = [0; $size];
                $($crate::kernel::mach::records::Field::put(&self.$field, &mut out, $at);)*
                out
            }

            /// Reads the record from the beginning of a slice.
            pub fn decode(bytes: &[u8]) -> Option<$name> {
                let bytes = bytes.get(..$size)?;
                Some($name {
                    $($field: $crate::kernel::mach::records::Field::get(bytes, $at)?,)*
                })
            }
        }
    };
}
pub(crate) use record;

record! {
    /// Who sends (`security_token_t`): a client's is {0, 0}, the kernel's {0, 1}.
    SecurityToken: 8 {
        /// The first word.
        first: u32 = 0,
        /// The second word.
        second: u32 = 4,
    }
}

impl SecurityToken {
    /// The kernel's token.
    pub const KERNEL: SecurityToken = SecurityToken {
        first: 0,
        second: 1,
    };
}

record! {
    /// A time of a clock (`tvalspec_t`).
    Tvalspec: 8 {
        /// Seconds.
        tv_sec: u32 = 0,
        /// Nanoseconds.
        tv_nsec: i32 = 4,
    }
}

record! {
    /// A time in statistics (`time_value_t`).
    TimeValue: 8 {
        /// Seconds.
        seconds: i32 = 0,
        /// Microseconds.
        microseconds: i32 = 4,
    }
}

/// `qd_type` of a read, in-band or not.
pub const IO_DONE_READ: i32 = 1;
/// `qd_type` of a write, in-band or not.
pub const IO_DONE_WRITE: i32 = 2;
/// `qd_type` of a read into the caller's buffer.
pub const IO_DONE_OVERWRITE: i32 = 3;

record! {
    /// The control part of `io_done_result` (Mach sheet 2.6).
    IoDoneControl: 20 {
        /// [`IO_DONE_READ`], [`IO_DONE_WRITE`] or [`IO_DONE_OVERWRITE`].
        qd_type: i32 = 0,
        /// The request's id, unchanged.
        qd_reqid: u32 = 4,
        /// 0 or a `D_` or `KERN_` code.
        qd_code: i32 = 8,
        /// Address of the data read; 0 when there is none.
        qd_data: u32 = 12,
        /// Bytes transferred.
        qd_count: i32 = 16,
    }
}

/// One completion, as `io_done_queue_wait` gives it (`io_done_result`, Mach sheet 2.6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IoDoneResult {
    /// The first 20 bytes.
    pub control: IoDoneControl,
    /// What an in-band read brought, at most [`IO_INBAND_MAX`] bytes; empty for the others.
    pub qd_inline: Vec<u8>,
}

impl IoDoneResult {
    /// Bytes of the whole record.
    pub const SIZE: usize = 148;
    /// Offset of `qd_inline`: what an in-band read gives in `qd_data` is the record's address
    /// plus this.
    pub const INLINE: usize = IoDoneControl::SIZE;

    /// What is stored into guest memory: the control part and the in-band bytes, nothing behind
    /// them. A client may have room for 20 bytes only.
    pub fn stored(&self) -> Vec<u8> {
        let mut out = self.control.encode().to_vec();
        out.extend(self.qd_inline.iter().take(IO_INBAND_MAX));
        out
    }

    /// The whole record, zeros where nothing is stored.
    pub fn encode(&self) -> [u8; IoDoneResult::SIZE] {
        let mut out = [0; IoDoneResult::SIZE];
        self.control.encode().put(&mut out, 0);
        for (to, from) in out.iter_mut().skip(Self::INLINE).zip(&self.qd_inline) {
            *to = *from;
        }
        out
    }

    /// Reads a record of a request that was not in-band: 20 bytes are enough.
    pub fn decode(bytes: &[u8]) -> Option<IoDoneResult> {
        Some(IoDoneResult {
            control: IoDoneControl::decode(bytes)?,
            qd_inline: Vec::new(),
        })
    }

    /// Reads a record of an in-band read; `None` also when `qd_count` is not within 0 and
    /// [`IO_INBAND_MAX`]. The record does not say which request it is of, the caller knows.
    pub fn decode_inband(bytes: &[u8]) -> Option<IoDoneResult> {
        let control = IoDoneControl::decode(bytes)?;
        let count = usize::try_from(control.qd_count).ok()?;
        if count > IO_INBAND_MAX {
            return None;
        }
        let qd_inline = bytes.get(Self::INLINE..Self::INLINE + count)?.to_vec();
        Some(IoDoneResult { control, qd_inline })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_has_its_fields_at_the_offsets_of_the_sheet() {
        let result = IoDoneResult {
            control: IoDoneControl {
                qd_type: IO_DONE_READ,
                qd_reqid: 0xffff_ffff,
                qd_code: 2507,
                qd_data: 0x0012_3456,
                qd_count: 3,
            },
            qd_inline: b"abc".to_vec(),
        };
        let stored = result.stored();
        let hex = "00000001ffffffff000009cb0012345600000003616263";
        let text: String = stored.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text, hex);
        let whole = result.encode();
        assert_eq!(whole.len(), 148);
        assert_eq!(whole[..23], stored);
        assert!(whole[23..].iter().all(|&byte| byte == 0));
        assert_eq!(IoDoneResult::decode_inband(&whole), Some(result.clone()));
        let control = IoDoneResult::decode(&whole[..20]).map(|short| short.control);
        assert_eq!(control, Some(result.control));
        assert_eq!(IoDoneResult::decode(&whole[..19]), None);
        assert_eq!(IoDoneResult::decode_inband(&whole[..22]), None);
    }

    #[test]
    fn an_inband_count_outside_the_array_is_refused() {
        for count in [-1, 129, i32::MIN, i32::MAX] {
            let mut result = IoDoneResult::default();
            result.control.qd_count = count;
            assert_eq!(IoDoneResult::decode_inband(&result.encode()), None);
        }
    }

    #[test]
    fn unknown_bits_of_modes_are_kept() {
        let mode = DevMode::from_bits_retain(0x8000_0009);
        assert!(mode.contains(DevMode::D_READ | DevMode::D_NOWAIT));
        assert_eq!(mode.bits(), 0x8000_0009);
        assert!(VmProt::ALL_THREE.is_known());
        assert!(!VmProt::from_bits_retain(8).is_known());
    }

    #[test]
    fn scalars_are_big_endian() {
        let time = Tvalspec {
            tv_sec: 0x0102_0304,
            tv_nsec: -1,
        };
        assert_eq!(time.encode(), [1, 2, 3, 4, 255, 255, 255, 255]);
        assert_eq!(Tvalspec::decode(&time.encode()), Some(time));
        assert_eq!(SecurityToken::KERNEL.encode(), [0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(VmInherit::from_number(1), Some(VmInherit::Copy));
        assert_eq!(VmInherit::from_number(3), None);
    }
}
