//! The board of the console: which devices there are, and their numbers.

use crate::cdrom::{CdRom, DriveProfile};
use crate::control_port::ControlPort;
use crate::display::Display;
use crate::dspp::Dspp;
use crate::pads::Pads;
use crate::ram::{Ram, WrongLength};
use crate::sport::Sport;
use crate::timer::Timer;
use crate::xbus::Xbus;
use emu_core::device::display::{Picture, Scaling};
use emu_core::device::pods::PodKind;
use emu_core::device::sound::SignalProcessor;
use emu_core::device::{Board, Device, DeviceId};
use emu_core::media::{DiscNumber, DiscTable};
use emu_core::mem::Memory;
use emu_core::quirks::Quirks;
use emu_core::time::{Tick, Video};
use serde::{Deserialize, Serialize};

/// Device number of the timer.
pub const TIMER: DeviceId = DeviceId(0);
/// Device number of the memory units, NVRAM among them.
pub const RAM: DeviceId = DeviceId(1);
/// Device number of the expansion bus.
pub const XBUS: DeviceId = DeviceId(2);
/// Device number of the control port.
pub const CONTROL_PORT: DeviceId = DeviceId(3);
/// Device number of the disc drive.
pub const CDROM: DeviceId = DeviceId(4);
/// Device number of the display with its cel engine.
pub const DISPLAY: DeviceId = DeviceId(5);
/// Device number of the copier of VRAM pages.
pub const SPORT: DeviceId = DeviceId(6);

/// The console's devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleBoard {
    video: Video,
    timer: Timer,
    ram: Ram,
    xbus: Xbus,
    control_port: ControlPort,
    cdrom: CdRom,
    display: Display,
    sport: Sport,
    dspp: Dspp,
}

impl ConsoleBoard {
    /// A board at power-on, its drive a nominal one, closed and empty.
    pub fn new(video: Video, quirks: Quirks) -> ConsoleBoard {
        ConsoleBoard {
            video,
            timer: Timer::new(video, quirks),
            ram: Ram::new(quirks),
            xbus: Xbus,
            control_port: ControlPort::new(video),
            cdrom: CdRom::new(DriveProfile::default()),
            display: Display::new(video),
            sport: Sport::new(video),
            dspp: Dspp::new(),
        }
    }

    /// The same with a drive that takes its time as the profile says, without a disc.
    pub fn with_drive(mut self, profile: DriveProfile) -> ConsoleBoard {
        self.cdrom = CdRom::new(profile);
        self
    }

    /// The same with a disc in its drive that has been there for a while.
    pub fn with_disc(mut self, disc: DiscNumber, table: DiscTable) -> ConsoleBoard {
        self.cdrom.insert(disc, table);
        self
    }

    /// The same with these pods on its control port, instead of one pad.
    pub fn with_pods(mut self, kinds: &[PodKind]) -> ConsoleBoard {
        self.control_port = ControlPort::with_pads(Pads::of(self.video, kinds));
        self
    }

    /// The same with these bytes in its NVRAM; the error says that they are too many or few.
    pub fn with_nvram(mut self, bytes: Vec<u8>) -> Result<ConsoleBoard, WrongLength> {
        self.ram.set_nvram(bytes)?;
        Ok(self)
    }

    /// The display.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// The bytes of NVRAM.
    pub fn nvram(&self) -> &[u8] {
        self.ram.nvram()
    }
}

impl Board for ConsoleBoard {
    fn device_count(&self) -> u8 {
        7
    }

    fn device(&mut self, id: DeviceId) -> Option<&mut dyn Device> {
        match id {
            TIMER => Some(&mut self.timer),
            RAM => Some(&mut self.ram),
            XBUS => Some(&mut self.xbus),
            CONTROL_PORT => Some(&mut self.control_port),
            CDROM => Some(&mut self.cdrom),
            DISPLAY => Some(&mut self.display),
            SPORT => Some(&mut self.sport),
            _ => None,
        }
    }

    fn field_start(&self, k: u64) -> Tick {
        self.video.field_start(k)
    }

    fn picture(&self, memory: &Memory, scaling: Scaling) -> Option<Picture> {
        Some(self.display.picture(memory, scaling))
    }

    fn dspp(&self) -> Option<&dyn SignalProcessor> {
        Some(&self.dspp)
    }

    fn dspp_mut(&mut self) -> Option<&mut dyn SignalProcessor> {
        Some(&mut self.dspp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_below_the_count_is_a_device_with_a_name_of_its_own() {
        let mut board = ConsoleBoard::new(Video::Ntsc, Quirks::default());
        let count = board.device_count();
        let names: Vec<_> = (0..=u8::MAX)
            .filter_map(|id| Some(board.device(DeviceId(id))?.info().name))
            .collect();
        let all = [
            "timer",
            "ram",
            "xbus",
            "ControlPort",
            "CD-ROM",
            "display",
            "SPORT",
        ];
        assert_eq!(names, all);
        assert_eq!(names.len(), usize::from(count));
        assert!(board.device(TIMER).is_some());
    }

    #[test]
    fn the_drive_has_what_was_put_in() {
        let mut board = ConsoleBoard::new(Video::Ntsc, Quirks::default());
        let has_medium = |board: &mut ConsoleBoard| board.device(CDROM).map(|d| d.has_medium());
        assert_eq!(has_medium(&mut board), Some(false));
        let mut board = board
            .with_drive(DriveProfile::Instant)
            .with_disc(DiscNumber(0), DiscTable::one_track(300));
        assert_eq!(has_medium(&mut board), Some(true));
        assert_eq!(board.cdrom.profile(), DriveProfile::Instant);
    }

    #[test]
    fn fields_follow_the_television_standard() {
        let starts = |video| {
            let board = ConsoleBoard::new(video, Quirks::default());
            [1, 2, 3, 4].map(|k| board.field_start(k).0)
        };
        assert_eq!(starts(Video::Ntsc), [208_541, 417_083, 625_625, 834_166]);
        assert_eq!(starts(Video::Pal), [250_000, 500_000, 750_000, 1_000_000]);
    }
}
