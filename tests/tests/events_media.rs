//! Events of discs and file systems (device sheet 7.6; quirk `event-bit2`).
#![forbid(unsafe_code)]

use emu_core::kernel::portfolio::items::Item;
use emu_core::media::MediaEvent;
use emu_core::quirks::Profile;
use emu_devices::cdrom::DriveProfile;
use tests::guest::events::{Listener, Wants};
use tests::guest::{Guest, disc_file, disc_of};

const DEVICE_ONLINE: u32 = 0x8000_0000;
const ALL_MEDIA: u32 = 0xF800_0000;

fn guest(profile: Profile) -> Guest {
    let discs = vec![
        disc_of(&[disc_file("a", b"first")]),
        disc_of(&[disc_file("b", b"the second")]),
    ];
    let mut g = Guest::with_discs(profile, DriveProfile::Instant, discs);
    g.advance_fields(120);
    g
}

/// Numbers and data of all events that wait.
fn all(g: &mut Guest, who: Listener) -> Vec<(u8, Vec<u32>)> {
    let mut told = Vec::new();
    while let Some((message, frames)) = g.event(who.port) {
        g.reply_msg(message, 0, 0, 0);
        assert!(frames.iter().all(|frame| frame.place == [0; 3]));
        told.extend(frames.into_iter().map(|frame| (frame.number, frame.data)));
    }
    told
}

fn name_of(data: &[u32]) -> String {
    let bytes: Vec<u8> = data[1..]
        .iter()
        .flat_map(|word| word.to_be_bytes())
        .collect();
    assert_eq!(bytes.len(), 32);
    String::from_utf8_lossy(&bytes)
        .trim_end_matches('\0')
        .to_owned()
}

#[test]
fn listeners_hear_of_discs_and_their_file_systems() {
    for profile in [Profile::Documented, Profile::Retail] {
        let g = &mut guest(profile);
        // Both rules: the constants, and the bits of the numbers.
        let mut wants = Wants::observer(0).system(ALL_MEDIA).queue(20);
        wants.trigger[1] = 1;
        let who = g.configured(wants);
        let drive = Item(g.find(0x10F, "CD-ROM").0);

        g.media(MediaEvent::Open);
        g.advance_fields(2);
        let told = all(g, who);
        assert_eq!(told[0], (65, vec![drive.0 as u32, 0]));
        assert_eq!((told[1].0, name_of(&told[1].1)), (67, "CD-ROM".to_owned()));
        assert_eq!(told.len(), 2);
        let volume = told[1].1[0];

        g.media(MediaEvent::Close);
        g.advance_fields(240);
        let told = all(g, who);
        let numbers: Vec<u8> = told.iter().map(|event| event.0).collect();
        assert_eq!(numbers, [64, 66]);
        assert_eq!(told[1].1[0], volume, "the same file system");

        g.insert(Some(1));
        g.advance_fields(480);
        let numbers: Vec<u8> = all(g, who).iter().map(|event| event.0).collect();
        assert_eq!(numbers, [65, 67, 64, 68, 66], "another one of that name");
    }
}

/// A listener that sets the header's constant is told of that event; as shipped, of the next.
#[test]
fn the_constants_of_the_header_mean_their_events() {
    for profile in [Profile::Documented, Profile::Retail] {
        let g = &mut guest(profile);
        let who = g.configured(Wants::observer(0).system(DEVICE_ONLINE));
        g.media(MediaEvent::Open);
        g.media(MediaEvent::Close);
        g.advance_fields(240);
        let told: Vec<u8> = all(g, who).iter().map(|event| event.0).collect();
        match profile {
            Profile::Documented => assert_eq!(told, [64]),
            Profile::Retail => assert_eq!(told, [65]),
        }
    }
}

/// What comes from elsewhere than pods is marked as a trigger under both profiles.
#[test]
fn dispatched_frames_are_marked() {
    for profile in [Profile::Documented, Profile::Retail] {
        let g = &mut guest(profile);
        let who = g.configured(Wants::observer(0).system(ALL_MEDIA));
        g.media(MediaEvent::Open);
        let frames = g.events(who.port);
        assert!(frames[0].trigger);
    }
}
