//! Sound: instruments, channels and what is used of the processor.

use crate::device::Board;
use crate::device::sound::{Channel, INPUTS, OUTPUTS, Transfer};
use crate::kernel::portfolio::items::Item;
use crate::kernel::portfolio::{InstrumentView, ResourceView};
use crate::machine::Machine;

/// A channel that does something, or has something left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelView {
    /// Which.
    pub channel: Channel,
    /// Its passages.
    pub transfer: Transfer,
    /// Samples in its FIFO, 0 to 8.
    pub level: u8,
    /// The attachment that it moves, and the instrument of that.
    pub attachment: Option<(Item, Item)>,
}

/// All about sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundView {
    /// Instruments, by item.
    pub instruments: Vec<InstrumentView>,
    /// Channels that are not idle.
    pub channels: Vec<ChannelView>,
    /// What is in use of the processor.
    pub resources: Vec<ResourceView>,
    /// Ticks that the last frame took; none without a processor.
    pub ticks: Option<u32>,
    /// Programs that run in a frame.
    pub entries: usize,
    /// The checksum of everything that was heard.
    pub hash: u32,
}

impl<B: Board + Clone> Machine<B> {
    /// What sounds, and what it needs.
    pub fn sound_view(&self) -> SoundView {
        let processor = self.board().dspp();
        let inputs = (0..INPUTS).map(Channel::In);
        let all = inputs.chain((0..OUTPUTS).map(Channel::Out));
        let channel = |channel: Channel| {
            let processor = processor?;
            let view = ChannelView {
                channel,
                transfer: processor.transfer(channel),
                level: processor.fifo_level(channel),
                attachment: self.kernel().channel_attachment(channel),
            };
            let is_idle = view.transfer.now.is_none() && view.level == 0;
            (!is_idle || view.attachment.is_some()).then_some(view)
        };
        SoundView {
            instruments: self.kernel().instrument_views(),
            channels: all.filter_map(channel).collect(),
            resources: self.kernel().sound_resources(),
            ticks: processor.map(|processor| processor.ticks_used()),
            entries: processor.map_or(0, |processor| processor.entries().len()),
            hash: self.last_sound().hash,
        }
    }
}
