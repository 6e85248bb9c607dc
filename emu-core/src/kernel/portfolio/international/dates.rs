//! Dates and times, as a DateSpec describes them.

use super::field::{Part, Parts};
use super::{BADDATESPEC, BADGREGORIANDATE, IMPOSSIBLEDATE, store, wide_text};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::jstring::room::Room;
use crate::mem::{GuestPtr, Memory};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
/// Characters of a name's short form.
const SHORT: usize = 3;
const LAST_YEAR: u32 = 0xF_FFFF;
const DAYS_BEFORE: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// `GregorianDate` of the header: two words and four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
}

impl Date {
    fn read(mem: &Memory, at: GuestPtr<u8>) -> Result<Date, Status> {
        let word = |offset| mem.read(at.byte_add(offset).cast::<u32>());
        let byte = |offset| mem.read(at.byte_add(offset)).map(u32::from);
        let read = || {
            Ok::<Date, crate::mem::BadAccess>(Date {
                year: word(0)?,
                month: word(4)?,
                day: byte(8)?,
                hour: byte(9)?,
                minute: byte(10)?,
                second: byte(11)?,
            })
        };
        let date = read().map_err(|_| BADGREGORIANDATE)?;
        date.check()?;
        Ok(date)
    }

    /// Fields outside their ranges, or a day that this month does not have.
    fn check(self) -> Result<(), Status> {
        let in_range = (1..=LAST_YEAR).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=31).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60;
        if !in_range {
            return Err(BADGREGORIANDATE);
        }
        let days = match self.month {
            2 if self.is_leap_year() => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if self.day > days {
            return Err(IMPOSSIBLEDATE);
        }
        Ok(())
    }

    fn is_leap_year(self) -> bool {
        self.year.is_multiple_of(4) && !self.year.is_multiple_of(100)
            || self.year.is_multiple_of(400)
    }

    /// 0 is Sunday. The calendar is taken to have been Gregorian always: year 1 began on a
    /// Monday.
    fn weekday(self) -> usize {
        let years = self.year - 1;
        let leaps = years / 4 - years / 100 + years / 400;
        let before = DAYS_BEFORE.get(self.month as usize - 1).copied();
        let leap_day = u32::from(self.month > 2 && self.is_leap_year());
        let days = years * 365 + leaps + before.unwrap_or(0) + leap_day + self.day;
        (days % 7) as usize
    }
}

/// A name or the short form of it.
fn name(names: &[&str], index: usize, short: bool) -> Vec<u16> {
    let name = names.get(index).copied().unwrap_or_default();
    let length = if short { SHORT } else { name.len() };
    name.encode_utf16().take(length).collect()
}

/// Vector 2.
pub(super) fn format_date(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    locale: Item,
    spec: u32,
    date: GuestPtr<u8>,
    result: u32,
    size: u32,
) -> Result<u32, Trouble> {
    k.check_locale(cx.mem, locale)?;
    if spec == 0 {
        return Err(BADDATESPEC.into());
    }
    let spec = wide_text(cx, spec, BADDATESPEC)?;
    let date = Date::read(cx.mem, date)?;
    let mut room = Room::new(size, 2);
    for part in Parts::of(&spec) {
        let (command, field) = match part {
            Part::Plain(unit) => {
                room.push_wide(&[unit]);
                continue;
            }
            Part::Command(command, field) => (command, field),
            Part::Broken => return Err(BADDATESPEC.into()),
        };
        match u8::try_from(command).unwrap_or(0) {
            b'D' => field.number(date.day, &mut room),
            b'H' => field.number(date.hour, &mut room),
            b'h' => field.number((date.hour + 11) % 12 + 1, &mut room),
            b'M' => field.number(date.minute, &mut room),
            letter @ (b'N' | b'n') => {
                let month = name(&MONTHS, date.month as usize - 1, letter == b'n');
                field.text(&month, &mut room);
            }
            b'O' => field.number(date.month, &mut room),
            b'P' => field.text(
                &name(&["AM", "PM"], (date.hour / 12) as usize, false),
                &mut room,
            ),
            b'S' => field.number(date.second, &mut room),
            letter @ (b'W' | b'w') => {
                let day = name(&WEEKDAYS, date.weekday(), letter == b'w');
                field.text(&day, &mut room);
            }
            b'Y' => field.number(date.year, &mut room),
            _ => return Err(BADDATESPEC.into()),
        }
    }
    store(cx, room, result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: u32, month: u32, day: u32) -> Date {
        Date {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0,
        }
    }

    #[test]
    fn weekdays() {
        for (year, month, day, weekday) in [
            (1, 1, 1, "Monday"),
            (1994, 9, 1, "Thursday"),
            (1995, 3, 1, "Wednesday"),
            (2000, 2, 29, "Tuesday"),
            (2000, 3, 1, "Wednesday"),
            (
                LAST_YEAR,
                12,
                31,
                WEEKDAYS[date(LAST_YEAR, 12, 31).weekday()],
            ),
        ] {
            let at = date(year, month, day);
            assert_eq!(WEEKDAYS[at.weekday()], weekday, "{at:?}");
        }
    }

    #[test]
    fn dates_that_are_none() {
        for (year, month, day, verdict) in [
            (1995, 2, 28, Ok(())),
            (1995, 2, 29, Err(IMPOSSIBLEDATE)),
            (1996, 2, 29, Ok(())),
            (1900, 2, 29, Err(IMPOSSIBLEDATE)),
            (1995, 4, 31, Err(IMPOSSIBLEDATE)),
            (0, 1, 1, Err(BADGREGORIANDATE)),
            (0x10_0000, 1, 1, Err(BADGREGORIANDATE)),
            (1995, 13, 1, Err(BADGREGORIANDATE)),
            (1995, 1, 0, Err(BADGREGORIANDATE)),
            (1995, 1, 32, Err(BADGREGORIANDATE)),
        ] {
            assert_eq!(
                date(year, month, day).check(),
                verdict,
                "{year}-{month}-{day}"
            );
        }
    }
}
