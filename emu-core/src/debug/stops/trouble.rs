//! Codes and errors that a breakpoint waits for.

use crate::device::{DevError, DeviceClass};
use crate::kernel::call::{ResultKind, System};
use crate::kernel::mach::codes::{self, Family};
use crate::kernel::mach::device_code;
use crate::kernel::portfolio::errors::{self, Codes};
use crate::kernel::portfolio::status_of;
use crate::trace::{Event, Field};
use std::fmt;

/// Codes of one system, or what a device complains of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Codes of Portfolio, or one code of either system.
    Codes(Codes),
    /// Every code of Mach of a family, but for those that say that it worked.
    Family(Family),
    /// What a device says by itself, before a system makes a code of it.
    Device(DevError),
}

impl From<i32> for Trouble {
    fn from(code: i32) -> Trouble {
        Trouble::Codes(Codes::One(code))
    }
}

impl Trouble {
    /// Whether an event tells of it.
    pub(super) fn is_told_by(self, event: &Event) -> bool {
        match event {
            Event::Done { error, .. } => self.is_in_portfolio(*error),
            Event::MachDone { code, .. } => self.is_in_mach(*code),
            Event::Complete {
                error: Some(error), ..
            } => match (self, error) {
                (Trouble::Device(wanted), error) => wanted == *error,
                // Other codes are told with the end of the request at the system.
                (_, DevError::Refused(code)) => self.is_in_portfolio(*code),
                _ => false,
            },
            Event::Return {
                call,
                value: Some(value),
            } => {
                let code = value.0 as i32;
                let Some(row) = call.row() else {
                    return false;
                };
                let is_code = match row.result {
                    ResultKind::Code => true,
                    ResultKind::Number | ResultKind::Item | ResultKind::Bits => code < 0,
                    _ => false,
                };
                is_code
                    && match row.system {
                        System::Mach => self.is_in_mach(code),
                        _ => self.is_in_portfolio(code),
                    }
            }
            _ => false,
        }
    }

    /// Whether the error of a device is it, as either system tells of it. `class` is the kind of
    /// device, if that is known.
    pub(super) fn is_of_device(self, error: DevError, class: Option<DeviceClass>) -> bool {
        // Where the kind is not known its code is the kernel's, as most are.
        let class = class.unwrap_or(DeviceClass::Timer);
        self == Trouble::Device(error)
            || self.is_in_portfolio(status_of(error, class).0)
            || self.is_in_mach(device_code(error))
    }

    fn is_in_portfolio(self, code: i32) -> bool {
        matches!(self, Trouble::Codes(wanted) if wanted.holds(code))
    }

    fn is_in_mach(self, code: i32) -> bool {
        match self {
            Trouble::Codes(Codes::One(wanted)) => wanted == code,
            Trouble::Family(family) => {
                let row = codes::by_number(codes::without_extra_bits(code));
                code != 0 && row.is_some_and(|row| row.family == family)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Trouble::Codes(Codes::One(code)) => {
                let mach = codes::by_number(code).map(|row| row.name);
                // 0 is success everywhere.
                match errors::name(code).or(mach.filter(|_| code != 0)) {
                    Some(name) => write!(f, "{code:#x} {name}"),
                    None => write!(f, "{code:#x}"),
                }
            }
            Trouble::Codes(wanted) => wanted.fmt(f),
            Trouble::Family(family) => write!(f, "of Mach, {}", family.words()),
            Trouble::Device(error) => {
                let mut word = String::new();
                error.write(&mut word);
                write!(f, "{word} at a device")
            }
        }
    }
}
