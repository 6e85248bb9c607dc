//! Numbers and money, as a NumericSpec describes them.

use super::field::{Part, Parts};
use super::locale::{NumericSpec, Sign};
use super::{BADNUMERICSPEC, BUFFERTOOSMALL, FRACTOOLARGE, store, wide_text, word};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::jstring::room::Room;
use crate::mem::{GuestPtr, MEMORY_END};

/// Fractions are in billionths.
const FRACTION_END: u32 = 1_000_000_000;
const FRACTION_DIGITS: usize = 9;

/// How numbers of one sign are written.
struct Rules {
    groups: u32,
    group_separator: Vec<u16>,
    radix: Vec<u16>,
    fraction_groups: u32,
    fraction_separator: Vec<u16>,
    format: Option<Vec<u16>>,
    least: u32,
    most: u32,
}

impl Rules {
    fn read(cx: &mut CallCx<'_>, sign: GuestPtr<Sign>) -> Result<Rules, Status> {
        let bad = BADNUMERICSPEC;
        let field = |cx: &CallCx<'_>, at| word(cx.mem, at, bad);
        let text = |cx: &mut CallCx<'_>, at| {
            let pointer = word(cx.mem, at, bad)?;
            wide_text(cx, pointer, bad)
        };
        let format = field(cx, sign.at(Sign::Format))?;
        Ok(Rules {
            groups: field(cx, sign.at(Sign::Groups))?,
            group_separator: text(cx, sign.at(Sign::GroupSep))?,
            radix: text(cx, sign.at(Sign::Radix))?,
            fraction_groups: field(cx, sign.at(Sign::FractionalGroups))?,
            fraction_separator: text(cx, sign.at(Sign::FractionalGroupSep))?,
            format: match format {
                0 => None,
                format => Some(wide_text(cx, format, bad)?),
            },
            least: field(cx, sign.at(Sign::MinFractionalDigits))?,
            most: field(cx, sign.at(Sign::MaxFractionalDigits))?,
        })
    }

    /// Digits in front of the radix: digit 0 is the last.
    fn whole(&self, whole: u32, room: &mut Room) {
        let digits = whole.to_string();
        for (n, digit) in digits.bytes().enumerate() {
            room.push_wide(&[u16::from(digit)]);
            let behind = digits.len() - 1 - n;
            if behind > 0 && has_bit(self.groups, behind - 1) {
                room.push_wide(&self.group_separator);
            }
        }
    }

    /// Radix and digits behind it: digit 0 is the first. Too many are just left off.
    fn fraction(&self, fraction: u32, room: &mut Room) {
        let digits = format!("{fraction:0width$}", width = FRACTION_DIGITS);
        let used = digits.trim_end_matches('0').len();
        let count = used.max(self.least as usize).min(self.most as usize);
        if count > 0 {
            room.push_wide(&self.radix);
        }
        for n in 0..count {
            if room.is_full() {
                break;
            }
            if n > 0 && has_bit(self.fraction_groups, n - 1) {
                room.push_wide(&self.fraction_separator);
            }
            let digit = digits.as_bytes().get(n).copied().unwrap_or(b'0');
            room.push_wide(&[u16::from(digit)]);
        }
    }
}

fn has_bit(bits: u32, n: usize) -> bool {
    n < 32 && bits >> n & 1 != 0
}

/// Vector 1.
#[expect(clippy::too_many_arguments, reason = "the vector has eight")]
pub(super) fn format_number(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    locale: Item,
    spec: GuestPtr<NumericSpec>,
    whole: u32,
    fraction: u32,
    negative: u32,
    do_fraction: u32,
    result: u32,
    size: u32,
) -> Result<u32, Trouble> {
    k.check_locale(cx.mem, locale)?;
    let fraction = if do_fraction == 0 { 0 } else { fraction };
    if fraction >= FRACTION_END {
        return Err(FRACTOOLARGE.into());
    }
    if spec.is_null() {
        return Err(BADNUMERICSPEC.into());
    }
    let mut room = Room::new(size, 2);
    let is_zero = whole == 0 && fraction == 0;
    let zero = word(cx.mem, spec.at(NumericSpec::ns_Zero), BADNUMERICSPEC)?;
    if is_zero && zero != 0 {
        room.push_wide(&wide_text(cx, zero, BADNUMERICSPEC)?);
        return store(cx, room, result);
    }
    let sign = match negative != 0 && !is_zero {
        true => spec.at(NumericSpec::ns_Neg),
        false => spec.at(NumericSpec::ns_Pos),
    };
    let rules = Rules::read(cx, sign)?;
    // What a format adds comes behind: here is as much room as there can be.
    let mut digits = match &rules.format {
        Some(_) => Room::new(size.min(MEMORY_END), 2),
        None => room,
    };
    rules.whole(whole, &mut digits);
    if do_fraction != 0 {
        rules.fraction(fraction, &mut digits);
    }
    let Some(format) = &rules.format else {
        return store(cx, digits, result);
    };
    let digits = digits.wide_text().ok_or(BUFFERTOOSMALL)?;
    let mut room = Room::new(size, 2);
    for part in Parts::of(format) {
        match part {
            Part::Plain(unit) => room.push_wide(&[unit]),
            Part::Command(command, field) if command == u16::from(b's') => {
                field.text(&digits, &mut room);
            }
            Part::Command(..) | Part::Broken => return Err(BADNUMERICSPEC.into()),
        }
        if room.is_full() {
            break;
        }
    }
    store(cx, room, result)
}
