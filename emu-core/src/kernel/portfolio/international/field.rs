//! Widths, limits and padding in format strings.

use crate::kernel::portfolio::jstring::room::Room;

/// A format string taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A character that stands for itself.
    Plain(u16),
    /// A command and how its text is set.
    Command(u16, Field),
    /// The string ends inside a command.
    Broken,
}

/// How a text is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    left: bool,
    zeros: bool,
    width: u32,
    limit: Option<u32>,
}

/// Takes a format string apart.
pub(super) struct Parts<'a> {
    text: &'a [u16],
}

impl<'a> Parts<'a> {
    pub(super) fn of(text: &'a [u16]) -> Self {
        Parts { text }
    }

    fn take(&mut self) -> Option<u16> {
        let (&first, rest) = self.text.split_first()?;
        self.text = rest;
        Some(first)
    }

    fn take_if(&mut self, wanted: u8) -> bool {
        let is_it = self.text.first() == Some(&u16::from(wanted));
        if is_it {
            self.take();
        }
        is_it
    }

    fn number(&mut self) -> u32 {
        let mut number: u32 = 0;
        while let Some(digit) = self.text.first().and_then(|&unit| digit(unit)) {
            number = number.saturating_mul(10).saturating_add(digit);
            self.take();
        }
        number
    }
}

fn digit(unit: u16) -> Option<u32> {
    char::from_u32(u32::from(unit))?.to_digit(10)
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let first = self.take()?;
        if first != u16::from(b'%') || self.take_if(b'%') {
            return Some(Part::Plain(first));
        }
        let mut field = Field::default();
        loop {
            if self.take_if(b'-') {
                field.left = true;
            } else if self.take_if(b'0') {
                field.zeros = true;
            } else {
                break;
            }
        }
        field.width = self.number();
        if self.take_if(b'.') {
            field.limit = Some(self.number());
        }
        Some(match self.take() {
            Some(command) => Part::Command(command, field),
            None => Part::Broken,
        })
    }
}

impl Field {
    /// Sets a text: at most `limit` of its first characters.
    pub(super) fn text(self, text: &[u16], room: &mut Room) {
        let limit = self.limit.map_or(text.len(), |limit| limit as usize);
        self.set(text.get(..limit).unwrap_or(text), room);
    }

    /// Sets a number: at most `limit` of its last digits.
    pub(super) fn number(self, number: u32, room: &mut Room) {
        let digits: Vec<u16> = number.to_string().bytes().map(u16::from).collect();
        let limit = self.limit.map_or(digits.len(), |limit| limit as usize);
        let skipped = digits.len().saturating_sub(limit);
        self.set(digits.get(skipped..).unwrap_or_default(), room);
    }

    fn set(self, text: &[u16], room: &mut Room) {
        let missing = (self.width as usize).saturating_sub(text.len());
        if self.left {
            room.push_wide(text);
            room.pad(u16::from(b' '), missing);
        } else {
            let with = if self.zeros { b'0' } else { b' ' };
            room.pad(u16::from(with), missing);
            room.push_wide(text);
        }
    }
}
