//! Texts from one character set to another.

use super::{BADCHARACTERSET, BADSOURCEBUFFER, CYCLES_PER_BYTE, store};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::jstring::read_text;
use crate::kernel::portfolio::jstring::room::Room;
use crate::kernel::portfolio::jstring::scripts::{Script, transliterate};

/// Vector 3. Every way between two sets is open.
#[expect(clippy::too_many_arguments, reason = "the vector has six")]
pub(super) fn transliterate_string(
    _k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    string: u32,
    from: i32,
    result: u32,
    to: i32,
    size: u32,
    filler: u8,
) -> Result<u32, Trouble> {
    let set = |number: i32| Script::of(number as u32).ok_or(BADCHARACTERSET);
    let (from, to) = (set(from)?, set(to)?);
    if string == 0 {
        return Err(BADSOURCEBUFFER.into());
    }
    let text = read_text(cx.mem, string, from.unit()).map_err(|_| BADSOURCEBUFFER)?;
    cx.charge.0 += text.len() as u64 * CYCLES_PER_BYTE;
    let mut room = Room::new(size, to.unit());
    transliterate(&text, from, to, filler, &mut room);
    store(cx, room, result)
}
