//! The folios beside the kernel, as programs find them.

use crate::kernel::call::System;

/// A folio as programs find it.
pub(crate) struct FolioInfo {
    /// Which.
    pub system: System,
    /// The name it is found by.
    pub name: &'static str,
    /// Its fixed item number, if it has one.
    pub number: Option<u8>,
    /// System calls it has.
    pub swis: u8,
    /// User vectors it has.
    pub vectors: u8,
    /// The highest type of its items.
    pub types: u8,
    /// Bytes of its structure.
    pub size: u32,
}

const fn folio(
    system: System,
    name: &'static str,
    number: Option<u8>,
    (swis, vectors, types): (u8, u8, u8),
) -> FolioInfo {
    FolioInfo {
        system,
        name,
        number,
        swis,
        vectors,
        types,
        size: 0x200,
    }
}

/// Every folio beside the kernel (kernel sheet 1.2).
pub(crate) const FOLIOS: &[FolioInfo] = &[
    folio(System::Graphics, "Graphics", Some(2), (54, 53, 6)),
    folio(System::File, "File", Some(3), (15, 14, 3)),
    folio(System::Audio, "audio", Some(4), (40, 50, 9)),
    folio(System::Operamath, "Operamath", Some(5), (25, 8, 0)),
    folio(System::International, "international", Some(9), (0, 6, 1)),
    folio(System::Compression, "compression", None, (0, 8, 0)),
    folio(System::Jstring, "jstring", None, (0, 16, 0)),
];
