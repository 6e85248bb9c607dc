//! `device_map`: memory of a device as a memory object (Mach sheet 1.2, 5.4).

use super::model::Model;
use super::names::NAMES;
use crate::kernel::mach::codes;
use crate::kernel::mach::memory_object::{Source, View};
use crate::kernel::mach::records::VmProt;
use crate::kernel::mach::vm::PAGE;
use crate::kernel::portfolio::Portfolio;

impl Model {
    /// What can be mapped of it.
    fn source(self) -> Result<Source, i32> {
        match self {
            Model::Timer => Ok(Source::Clock),
            Model::Time => Ok(Source::Time),
            Model::Test => Ok(Source::Test),
            Model::Screen => Ok(Source::Screen),
            Model::Cdrom | Model::Console | Model::Control => Err(codes::D_INVALID_OPERATION),
        }
    }
}

impl Portfolio {
    /// What `device_map` of an open device comes to. The size plays no part: clients ask for far
    /// more than there is. The protection is looked at before the device.
    pub(in crate::kernel::mach) fn device_map(
        &self,
        device: Option<u32>,
        prot: u32,
        offset: u32,
    ) -> Result<View, i32> {
        let prot = VmProt::from_bits_retain(prot);
        if !prot.is_known() {
            return Err(codes::KERN_INVALID_ARGUMENT);
        }
        let row = device.and_then(|device| NAMES.get(device as usize));
        let row = row.ok_or(codes::D_NO_SUCH_DEVICE)?;
        let source = row.model.source()?;
        if !offset.is_multiple_of(PAGE) {
            return Err(codes::D_INVALID_SIZE);
        }
        Ok(View {
            source,
            offset,
            prot,
        })
    }
}
