//! From a name to a device (Mach sheet 1.4, 5.4).

use super::model::Model;

/// One device.
pub struct NameRow {
    /// Its own name.
    pub name: &'static str,
    /// Letters of its names.
    classes: &'static [&'static str],
    /// The unit behind them.
    unit: u32,
    /// Whether a partition letter may follow.
    has_partitions: bool,
    /// Whether it can be open only once.
    pub is_exclusive: bool,
    /// What it does.
    pub model: Model,
}

macro_rules! names {
    ($($name:literal [$($class:literal),*] $unit:literal $parts:literal $exclusive:literal $model:ident;)*) => {
        /// All devices; a device's number is its place here.
        pub const NAMES: &[NameRow] = &[$(NameRow {
            name: $name,
            classes: &[$($class),*],
            unit: $unit,
            has_partitions: $parts,
            is_exclusive: $exclusive,
            model: Model::$model,
        }),*];
    };
}

names! {
    "cdrom0" ["cdrom", "cd_rom", "cd", "sd"] 0 true false Cdrom;
    "timer0" ["timer", "rtclock"] 0 false false Timer;
    "screen0" ["screen", "fb", "vc"] 0 false false Screen;
    "console0" ["console", "com"] 0 false false Console;
    "test_device0" ["test_device"] 0 false false Test;
    "test_device1" ["test_device"] 1 false true Test;
    "time" ["time"] 0 false false Time;
    "control0" ["control", "pad"] 0 false false Control;
}

/// The number of the device with a name: letters, a unit (0 if missing), a partition (`a` if
/// missing, and there is no other).
pub fn resolve(name: &[u8]) -> Option<u32> {
    let digits = name.iter().position(u8::is_ascii_digit);
    let (class, rest) = name.split_at(digits.unwrap_or(name.len()));
    let end = rest.iter().position(|byte| !byte.is_ascii_digit());
    let (unit, partition) = rest.split_at(end.unwrap_or(rest.len()));
    let unit = match unit {
        [] => 0,
        digits => std::str::from_utf8(digits).ok()?.parse().ok()?,
    };
    let fits = |row: &NameRow| {
        row.unit == unit
            && row.classes.iter().any(|own| own.as_bytes() == class)
            && (partition.is_empty() || row.has_partitions && partition == b"a")
    };
    let place = NAMES.iter().position(fits)?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_aliases_units_and_partitions() {
        let name = |text: &str| resolve(text.as_bytes()).map(|n| NAMES[n as usize].name);
        for text in [
            "cdrom0", "cdrom", "cd0", "cd_rom0", "cd0a", "sd0a", "cdrom00",
        ] {
            assert_eq!(name(text), Some("cdrom0"), "{text}");
        }
        assert_eq!(name("console"), Some("console0"));
        assert_eq!(name("com0"), Some("console0"));
        assert_eq!(name("rtclock"), Some("timer0"));
        assert_eq!(name("pad"), Some("control0"));
        assert_eq!(name("test_device"), Some("test_device0"));
        assert_eq!(name("test_device1"), Some("test_device1"));
        for text in [
            "",
            "cdrom1",
            "cd0b",
            "cd0aa",
            "timer0a",
            "0",
            "cdrom99999999999",
            "CDROM0",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }
}
