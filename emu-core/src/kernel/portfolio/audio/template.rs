//! Instrument templates: what `.dsp` files say.

use super::{AudioStep, codes};
use crate::kernel::abi::Trouble;
use crate::kernel::call::CallCx;
use crate::kernel::portfolio::Portfolio;
use crate::kernel::portfolio::errors::Status;
use serde::{Deserialize, Serialize};

/// What a file is read for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFile {}

impl Portfolio {
    /// The file that a call has asked for has come, or cannot be had.
    pub(super) fn template_file(
        &mut self,
        _cx: &mut CallCx<'_>,
        _wanted: &TemplateFile,
        file: Result<Vec<u8>, Status>,
    ) -> Result<AudioStep, Trouble> {
        file.map_err(|_| codes::BADFILENAME)?;
        Err(codes::UNIMPLEMENTED.into())
    }
}
