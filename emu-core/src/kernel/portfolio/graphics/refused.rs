//! Calls that the shipped folio has and refuses (graphics sheet 3.2).

use super::codes::NOTYET;
use crate::calls;
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;

fn refuse(_: &mut Portfolio, _: &mut CallCx<'_>, _first: u32) -> Result<i32, Trouble> {
    Err(NOTYET.into())
}

calls! { pub(crate) CALLS: Graphics;
    refused swi 26 SetFileFontCacheSize(size: u32) -> Number = refuse;
    refused vec 6 SetFileFontCacheSize(size: u32) -> Number = refuse;
    refused vec 7 OpenRAMFont(font: u32) -> Number = refuse;
    refused vec 8 OpenFileFont(name: u32) -> Number = refuse;
    refused vec 10 CloseFont(font: u32) -> Number = refuse;
    refused vec 31 GrafVector31(argument: u32) -> Number = refuse;
    refused vec 39 GrafVector39(argument: u32) -> Number = refuse;
}
