//! Discs and file systems that come and go (device sheet 7.6, 7.7).

use super::bytes::Words;
use super::codes::event;
use super::frames::Frame;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::items::Item;

/// Bytes of a file system's name in an event, with at least one zero.
const NAME_SIZE: usize = 32;

/// What has become of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kernel::portfolio) enum FileSystemEvent {
    /// It can be used, perhaps again.
    Mounted,
    /// Its medium is gone.
    Offline,
    /// It is forgotten.
    Dismounted,
}

impl Portfolio {
    /// A device has a medium now, or has it no more.
    pub(in crate::kernel::portfolio) fn tell_of_medium(
        &mut self,
        cx: &mut CallCx<'_>,
        device: Item,
        unit: u32,
        online: bool,
    ) {
        let number = match online {
            true => event::DEVICE_ONLINE,
            false => event::DEVICE_OFFLINE,
        };
        let mut data = Words::default();
        data.word(device.0 as u32).word(unit);
        self.tell_of(cx, number, data);
    }

    /// Something has become of a file system.
    pub(in crate::kernel::portfolio) fn tell_of_file_system(
        &mut self,
        cx: &mut CallCx<'_>,
        item: Item,
        name: &str,
        what: FileSystemEvent,
    ) {
        let number = match what {
            FileSystemEvent::Mounted => event::FILESYSTEM_MOUNTED,
            FileSystemEvent::Offline => event::FILESYSTEM_OFFLINE,
            FileSystemEvent::Dismounted => event::FILESYSTEM_DISMOUNTED,
        };
        let mut bytes = [0; NAME_SIZE];
        // Names are Latin-1, one byte a character.
        for (byte, character) in bytes.iter_mut().take(NAME_SIZE - 1).zip(name.chars()) {
            *byte = u8::try_from(character).unwrap_or(b'?');
        }
        let mut data = Words::default();
        data.word(item.0 as u32).bytes(&bytes);
        self.tell_of(cx, number, data);
    }

    fn tell_of(&mut self, cx: &mut CallCx<'_>, number: u8, data: Words) {
        let frame = Frame {
            data: data.0,
            dispatched: true,
            ..Frame::plain(number)
        };
        self.dispatch_frames(cx, vec![frame]);
    }
}
