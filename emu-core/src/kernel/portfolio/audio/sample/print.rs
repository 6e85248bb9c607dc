//! DebugSample: everything about a sample, on the console.

use super::Sample;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;

/// Vector 6.
pub(super) fn debug_sample(
    k: &mut Portfolio,
    cx: &mut CallCx<'_>,
    item: Item,
) -> Result<i32, Trouble> {
    let text = k.sample(item)?.describe(item);
    cx.charge.0 += text.len() as u64 * 8;
    k.print_for_caller(cx, text.as_bytes());
    Ok(0)
}

impl Sample {
    fn describe(&self, item: Item) -> String {
        let compression = match self.compression {
            0 => "none".to_owned(),
            id => id.to_be_bytes().escape_ascii().to_string(),
        };
        let whole = self.rate >> 16;
        let part = (u64::from(self.rate & 0xFFFF) * 1000) >> 16;
        format!(
            "Sample {item:?}\n\
             \x20 Address {:#x}, NumBytes {}, NumFrames {}\n\
             \x20 Channels {}, Width {}, NumBits {}, Compression {compression} {}:1\n\
             \x20 Sustain {} to {}, Release {} to {}\n\
             \x20 Rate {whole}.{part:03} Hz, BaseNote {}, Detune {}\n\
             \x20 Notes {} to {}, Velocities {} to {}\n",
            self.address,
            self.bytes,
            self.frames,
            self.size.channels,
            self.size.width,
            self.bits,
            self.size.ratio,
            self.sustain.0,
            self.sustain.1,
            self.release.0,
            self.release.1,
            self.base_note,
            self.detune,
            self.notes.0,
            self.notes.1,
            self.velocities.0,
            self.velocities.1,
        )
    }
}
