//! Discs and NVRAM: images of one's own, and what somebody does to them.

use super::{Guest, IMAGE_BASE, IMAGE_SIZE, program_image};
use emu_core::input::Input;
use emu_core::machine::{Machine, SnapshotError};
use emu_core::media::{DiscNumber, MediaEvent};
use emu_core::quirks::Profile;
use emu_core::time::{Tick, Ticks};
use emu_devices::cdrom::DriveProfile;
use emu_devices::media::{Disc, Shelf, iso};

/// A disc with the bytes of an image, however damaged; none if it is not even an image.
pub fn disc_from(image: Vec<u8>) -> Option<Disc> {
    iso::open(Box::new(image)).ok()
}

impl Guest {
    /// A machine with these discs at hand, the first in its drive, and these bytes of NVRAM.
    pub fn with_nvram(
        profile: Profile,
        drive: DriveProfile,
        discs: Vec<Disc>,
        nvram: Vec<u8>,
    ) -> Guest {
        let mut shelf = Shelf::new();
        for disc in discs {
            shelf.push(disc);
        }
        let image = program_image(IMAGE_BASE, IMAGE_SIZE, 0);
        Guest::build_with(profile, &image, drive, shelf, Some(nvram))
    }

    /// Somebody does something to the drive, now.
    pub fn media(&mut self, event: MediaEvent) {
        let now = self.now();
        self.machine.schedule_input(now, Input::Media(event));
        self.run_to(now + Ticks(1));
    }

    /// Somebody puts one of the discs in, or takes the disc out.
    pub fn insert(&mut self, number: Option<u16>) {
        let disc = number.map(|number| {
            let disc = self.shelf.insertable(DiscNumber(number));
            disc.expect("one of the discs at hand")
        });
        self.media(MediaEvent::Insert(disc));
    }

    /// All items there are.
    pub fn item_count(&self) -> usize {
        self.machine.kernel().item_numbers().count()
    }

    /// Has the machine saved and loaded at these instants.
    pub fn interrupt_at(&mut self, points: impl IntoIterator<Item = Tick>) {
        self.interruptions.extend(points);
    }

    /// Goes on with what was saved.
    pub fn reload(&mut self) {
        let save = self.machine.save();
        self.load(&save).expect("what was just saved");
        assert!(
            self.machine.save() == save,
            "saved again at {:?}",
            self.now()
        );
    }

    /// Goes on with another machine, for example one that was loaded.
    pub fn load(&mut self, save: &[u8]) -> Result<(), SnapshotError> {
        self.machine = Machine::load(save)?;
        Ok(())
    }
}
