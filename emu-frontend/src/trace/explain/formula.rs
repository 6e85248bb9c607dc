//! The formula behind a term of the drive, with the constants of its profile.

use super::is_of_drive;
use emu_core::time::Ticks;
use emu_core::trace::explain::{Life, PartKind};
use emu_devices::cdrom::options::Speed;
use emu_devices::cdrom::{DriveConstants, DriveProfile};

/// Where the length of a part comes from; nothing for parts that just last as long as they do.
pub fn of(kind: PartKind, life: &Life, drive: DriveProfile) -> Option<String> {
    if !is_of_drive(kind) {
        return None;
    }
    let constants = drive.constants();
    let name = drive.name();
    if let Some(whole) = constants.whole {
        return Some(format!("drive {name}: {} cycles for a request", whole.0));
    }
    let formula = match kind {
        PartKind::SpinUp => format!("{} cycles from standstill", constants.spin_up.0),
        PartKind::Command => format!("{} cycles", constants.command.0),
        PartKind::SpeedChange => format!("{} cycles", constants.speed_change.0),
        PartKind::Seek => seek(constants),
        PartKind::Reading => reading(constants),
        PartKind::Transfer => transfer(constants, life),
        _ => return None,
    };
    Some(format!("drive {name}: {formula}"))
}

/// SDK header discdata.h gives the shape, the mastering guide the constants.
fn seek(constants: &DriveConstants) -> String {
    format!(
        "d blocks take {} + {} * isqrt(10^6 * d / 110000) microseconds up to a third of the disc, \
         {} + {} * (d - 110000) / 220000 beyond; up to 16 ahead are read through",
        constants.seek_least, constants.seek_near, constants.seek_third, constants.seek_far
    )
}

fn reading(constants: &DriveConstants) -> String {
    let frame = |speed| {
        // Sixths of a cycle, as the drive counts.
        let sixths = constants.frame(speed).0;
        format!("{}.{:02}", sixths / 6, sixths % 6 * 100 / 6)
    };
    format!(
        "{} cycles a block at double speed, {} at single, {} for each second try",
        frame(Speed::Double),
        frame(Speed::Single),
        constants.retry.0
    )
}

fn transfer(constants: &DriveConstants, life: &Life) -> String {
    let Ticks(block) = constants.transfer;
    let len = life.service.as_ref().map_or(0, |s| s.recv.len());
    format!("{block} cycles for 2048 bytes, in proportion for others; {len} were asked for")
}
