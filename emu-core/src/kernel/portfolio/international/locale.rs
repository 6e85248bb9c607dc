//! The Locale item: whose customs are followed.
//!
//! There is one, of a console for the United States. It is made when a program first opens
//! it, and stays.

use super::{BADITEM, BADTAG, INTLNODE};
use crate::guest_struct;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use crate::kernel::portfolio::items::{Item, NewItem};
use crate::kernel::portfolio::structs::{ItemNode, TagArg};
use crate::kernel::portfolio::tags::TagWalk;
use crate::mem::{GuestPtr, GuestType, Memory};

/// Node type of a Locale.
pub(in crate::kernel::portfolio) const LOCALENODE: u8 = 1;

guest_struct! {
    /// How numbers of one sign are written: the first or second part of a NumericSpec.
    Sign, size 0x20 {
        0x00 Groups: u32,
        0x04 GroupSep: u32,
        0x08 Radix: u32,
        0x0C FractionalGroups: u32,
        0x10 FractionalGroupSep: u32,
        0x14 Format: u32,
        0x18 MinFractionalDigits: u32,
        0x1C MaxFractionalDigits: u32,
    }
}
guest_struct! {
    /// How numbers are written; texts are pointers to 16-bit characters.
    NumericSpec, size 0x48 {
        0x00 ns_Pos: Sign,
        0x20 ns_Neg: Sign,
        0x40 ns_Zero: u32,
        0x44 ns_Flags: u32,
    }
}
guest_struct! {
    /// The customs of a country; enumerations are words. The open count behind the header's
    /// fields is this project's own.
    Locale, size 0x12C {
        0x00 loc: ItemNode,
        0x24 loc_Language: u32,
        0x28 loc_Dialects: u32,
        0x2C loc_Country: u32,
        0x30 loc_GMTOffset: i32,
        0x34 loc_MeasuringSystem: u32,
        0x38 loc_CalendarType: u32,
        0x3C loc_DrivingType: u32,
        0x40 loc_Numbers: NumericSpec,
        0x88 loc_Currency: NumericSpec,
        0xD0 loc_SmallCurrency: NumericSpec,
        0x118 loc_Date: u32,
        0x11C loc_ShortDate: u32,
        0x120 loc_Time: u32,
        0x124 loc_ShortTime: u32,
        0x128 loc_OpenCount: i32,
    }
}

const ENGLISH: u32 = 0x656E_0000;
const JAPANESE: u32 = 0x6A61_0000;
const AMERICAN: u32 = 1;
const UNITED_STATES: u32 = 840;
/// Pacific standard time, in minutes.
const GMT_OFFSET: i32 = -480;
const AMERICAN_MEASURES: u32 = 0;
const GREGORIAN_SUNDAY: u32 = 2;
const RIGHTHAND: u32 = 1;
/// A separator after each third digit.
const THOUSANDS: u32 = 0x2492_4924;

const DATE: &str = "%W, %N %D, %Y";
const SHORT_DATE: &str = "%O/%D/%.2Y";
const TIME: &str = "%h:%02M:%02S %P";
const SHORT_TIME: &str = "%h:%02M %P";

/// Formats of positive and negative numbers, and how many digits there are behind the radix.
struct Style {
    positive: Option<&'static str>,
    negative: &'static str,
    digits: (u32, u32),
}

const NUMBERS: Style = Style {
    positive: None,
    negative: "-%s",
    digits: (0, 9),
};
const CURRENCY: Style = Style {
    positive: Some("$%s"),
    negative: "-$%s",
    digits: (2, 2),
};
/// Cents.
const SMALL_CURRENCY: Style = Style {
    positive: Some("%s\u{A2}"),
    negative: "-%s\u{A2}",
    digits: (0, 0),
};

/// Writes texts behind one another.
struct Texts {
    next: u32,
}

/// Bytes for all texts of a Locale.
const TEXTS_SIZE: u32 = 0x100;

impl Texts {
    fn put(&mut self, mem: &mut Memory, text: &str) -> u32 {
        let bytes: Vec<u8> = text
            .encode_utf16()
            .chain([0])
            .flat_map(u16::to_be_bytes)
            .collect();
        let at = self.next;
        if let Some(place) = mem.bytes_mut(at, bytes.len() as u32) {
            place.copy_from_slice(&bytes);
        }
        self.next += bytes.len() as u32;
        at
    }
}

fn put_style(mem: &mut Memory, spec: GuestPtr<NumericSpec>, style: &Style, texts: &mut Texts) {
    let (comma, point) = (texts.put(mem, ","), texts.put(mem, "."));
    let positive = style.positive.map_or(0, |text| texts.put(mem, text));
    let negative = texts.put(mem, style.negative);
    for (sign, format) in [
        (spec.at(NumericSpec::ns_Pos), positive),
        (spec.at(NumericSpec::ns_Neg), negative),
    ] {
        mem.poke(sign.at(Sign::Groups), THOUSANDS);
        mem.poke(sign.at(Sign::GroupSep), comma);
        mem.poke(sign.at(Sign::Radix), point);
        mem.poke(sign.at(Sign::Format), format);
        mem.poke(sign.at(Sign::MinFractionalDigits), style.digits.0);
        mem.poke(sign.at(Sign::MaxFractionalDigits), style.digits.1);
    }
}

impl Portfolio {
    /// The structure of a Locale item.
    fn locale_ptr(&self, mem: &Memory, item: Item) -> Result<GuestPtr<Locale>, Status> {
        let node = self.items.lookup(item).ok_or(BADITEM)?;
        let is_locale = mem.peek(node.at(ItemNode::n_SubsysType)) == INTLNODE
            && mem.peek(node.at(ItemNode::n_Type)) == LOCALENODE;
        is_locale.then(|| node.cast()).ok_or(BADITEM)
    }

    /// That an item is a Locale.
    pub(super) fn check_locale(&self, mem: &Memory, item: Item) -> Result<(), Status> {
        self.locale_ptr(mem, item).map(|_| ())
    }

    /// Whether the language of a Locale is Japanese.
    pub(super) fn is_japanese(&self, mem: &Memory, item: Item) -> Result<bool, Status> {
        let locale = self.locale_ptr(mem, item)?;
        Ok(mem.peek(locale.at(Locale::loc_Language)) == JAPANESE)
    }

    /// How often an item is opened, if it is a Locale.
    pub(in crate::kernel::portfolio) fn locale_opens(
        &self,
        mem: &Memory,
        item: Item,
    ) -> Option<GuestPtr<i32>> {
        let locale = self.locale_ptr(mem, item).ok()?;
        Some(locale.at(Locale::loc_OpenCount))
    }

    /// FindItem of a Locale: the tags must be none.
    pub(in crate::kernel::portfolio) fn find_locale(
        &mut self,
        mem: &mut Memory,
        tags: GuestPtr<TagArg>,
    ) -> Result<Item, Status> {
        if let Some(tag) = TagWalk::new(mem, tags).next() {
            tag?;
            return Err(BADTAG);
        }
        let known = self.international.locale;
        if self.items.lookup(known).is_some() {
            return Ok(known);
        }
        let new = NewItem {
            subsystem: INTLNODE,
            kind: LOCALENODE,
            size: Locale::SIZE + TEXTS_SIZE,
            ..NewItem::default()
        };
        let item = self.new_item(mem, &new)?;
        self.international.locale = item;
        let locale = self.locale_ptr(mem, item)?;
        let mut texts = Texts {
            next: locale.addr() + Locale::SIZE,
        };
        let dialects = texts.next;
        mem.set_word(dialects, AMERICAN);
        mem.set_word(dialects + 4, 0);
        texts.next += 8;
        for (field, value) in [
            (Locale::loc_Language, ENGLISH),
            (Locale::loc_Dialects, dialects),
            (Locale::loc_Country, UNITED_STATES),
            (Locale::loc_MeasuringSystem, AMERICAN_MEASURES),
            (Locale::loc_CalendarType, GREGORIAN_SUNDAY),
            (Locale::loc_DrivingType, RIGHTHAND),
        ] {
            mem.poke(locale.at(field), value);
        }
        mem.poke(locale.at(Locale::loc_GMTOffset), GMT_OFFSET);
        for (field, style) in [
            (Locale::loc_Numbers, &NUMBERS),
            (Locale::loc_Currency, &CURRENCY),
            (Locale::loc_SmallCurrency, &SMALL_CURRENCY),
        ] {
            put_style(mem, locale.at(field), style, &mut texts);
        }
        for (field, text) in [
            (Locale::loc_Date, DATE),
            (Locale::loc_ShortDate, SHORT_DATE),
            (Locale::loc_Time, TIME),
            (Locale::loc_ShortTime, SHORT_TIME),
        ] {
            let text = texts.put(mem, text);
            mem.poke(locale.at(field), text);
        }
        Ok(item)
    }
}
