//! Delay lines: samples that the signal processor writes (audio sheet 3.2).

use super::sample::delete_sample_item;
use super::tags;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::tags::CommonTags;

/// Bytes of a sample of a delay line.
const WIDTH: u32 = 2;

fn create_delay_line(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    bytes: u32,
    channels: u32,
    is_loop: u32,
) -> Result<Item, Trouble> {
    let mut list = vec![(tags::DELAY_LINE, bytes), (tags::CHANNELS, channels)];
    if is_loop != 0 {
        let frames = bytes / channels.saturating_mul(WIDTH).max(1);
        list.extend([(tags::SUSTAINBEGIN, 0), (tags::SUSTAINEND, frames)]);
    }
    let item = k.create_sample_item(cx, CommonTags::default(), &list)?;
    Ok(k.give_to_caller(item))
}

calls! { pub(in crate::kernel::portfolio) CALLS: Audio;
    vec 39 CreateDelayLine(bytes: u32, channels: u32, is_loop: u32) -> Item = create_delay_line, cost 600;
    vec 40 DeleteDelayLine(line: Item) -> Number = delete_sample_item;
}
