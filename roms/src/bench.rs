//! The benchmark guests: flat programs for a bare machine.
//!
//! A guest is loaded at [`LOAD_ADDRESS`] and entered at its first word in User mode
//! with all flags clear; memory up to [`MEMORY_END`] is there and zero. [`SWI_FINISH`]
//! ends it with its checksum in r0, [`SWI_SERVICE`] does r0 := r0 + r1.

/// Where a guest lies, and starts.
pub const LOAD_ADDRESS: u32 = 0x0001_0000;
/// First address a guest does not need.
pub const MEMORY_END: u32 = 0x0004_0000;
/// SWI number that ends a guest.
pub const SWI_FINISH: u32 = 0x00FF_FFFF;
/// SWI number of the harness's service: r0 := r0 + r1 (mod 2^32).
pub const SWI_SERVICE: u32 = 0x0000_0001;

/// One benchmark guest with a certain number of turns.
#[derive(Clone, Copy, Debug)]
pub struct Guest {
    /// Name; the short versions for a quick check end in `-small`.
    pub name: &'static str,
    /// The flat image.
    pub bytes: &'static [u8],
    /// Checksum in r0 at the end.
    pub expect_r0: u32,
    /// Guest instructions executed, failed conditions included, the final SWI not.
    pub instructions: u64,
}

macro_rules! guest {
    ($name:literal, $r0:literal, $instructions:literal) => {
        Guest {
            name: $name,
            bytes: include_bytes!(concat!("../bin/bench-", $name, ".bin")),
            expect_r0: $r0,
            instructions: $instructions,
        }
    };
}

static GUESTS: &[Guest] = &[
    guest!("dhry", 0x13D1_5E03, 127_465_197),
    guest!("memscan", 0xA982_CF29, 118_902_312),
    guest!("fixmul", 0x5247_AEE7, 119_551_353),
    guest!("swiloop", 0xF45F_F442, 45_078_130),
    guest!("dhry-small", 0x0B5D_C20F, 85_140),
    guest!("memscan-small", 0x588C_56C8, 335_920),
    guest!("fixmul-small", 0xD242_21FF, 120_903),
    guest!("swiloop-small", 0x0006_2C96, 45_083),
];

/// The long versions first, then the short ones.
pub fn all() -> &'static [Guest] {
    GUESTS
}

/// The guest of that name.
pub fn by_name(name: &str) -> Option<&'static Guest> {
    GUESTS.iter().find(|guest| guest.name == name)
}
