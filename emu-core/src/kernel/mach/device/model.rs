//! What each device does with what it is asked: one file for each.
//!
//! A model answers at once, asks a device of the board, or lets the operation wait for input. It
//! knows records, flavors and codes of its device, and nothing of ports, messages or queues.

mod cdrom;
mod console;
mod control;
mod screen;
mod test;
mod time;
mod timer;

pub use test::TEST_MARK;

use super::OperationId;
use super::operation::code_of;
use crate::device::{Buffer, Finished};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::records::DevMode;
use crate::kernel::mach::records::status::StatusInts;
use crate::kernel::portfolio::Portfolio;
use serde::{Deserialize, Serialize};

/// The kinds of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// The disc drive of the board.
    Cdrom,
    /// The timer of the board.
    Timer,
    /// A page of video memory.
    Screen,
    /// A terminal: input from outside, output to the host.
    Console,
    /// The buttons of the first pad.
    Control,
    /// Bytes without end.
    Test,
    /// A page with the time.
    Time,
}

/// What models keep between operations.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Models {
    console: console::Console,
    control: control::Control,
    screen: Option<screen::Screen>,
}

/// A read or write as a model sees it.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Which operation.
    pub id: OperationId,
    /// Bytes from the device, or to it.
    pub is_read: bool,
    /// No bytes: a status call that ends later.
    pub is_status: bool,
    /// How.
    pub mode: DevMode,
    /// Where.
    pub recnum: u32,
    /// Bytes.
    pub len: u32,
    /// Where they go to or come from.
    pub buffer: Buffer,
    /// How often the device's medium had changed when it was opened.
    pub changes: u64,
}

/// What a model does with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is over.
    Over {
        /// 0 or a code.
        code: i32,
        /// Bytes.
        count: u32,
    },
    /// It is over when the board or some input has come to it.
    Later,
}

impl Begun {
    /// It has failed.
    fn failed(code: i32) -> Begun {
        Begun::Over { code, count: 0 }
    }

    /// It has worked.
    fn ok(count: u32) -> Begun {
        Begun::Over {
            code: codes::D_SUCCESS,
            count,
        }
    }
}

/// An operation's end: code, bytes, and the bytes themselves if the model has made them.
type Ended = (i32, u32, Vec<u8>);

impl Portfolio {
    /// Opens a device: how often its medium has changed, or why it cannot be opened.
    pub(super) fn model_open(
        &mut self,
        cx: &mut CallCx<'_>,
        model: Model,
        mode: DevMode,
    ) -> Result<u64, i32> {
        match model {
            Model::Cdrom => self.open_cdrom(cx, mode),
            Model::Screen => self.open_screen(cx),
            _ => Ok(0),
        }
    }

    /// Begins a read or write.
    pub(super) fn model_begin(&mut self, cx: &mut CallCx<'_>, model: Model, ask: &Ask) -> Begun {
        match model {
            Model::Cdrom => self.begin_cdrom(cx, ask),
            Model::Timer => self.begin_timer(cx, ask),
            Model::Screen => self.begin_screen(cx, ask),
            Model::Console => self.begin_console(cx, ask),
            Model::Control => self.begin_control(cx, ask),
            Model::Test => Portfolio::begin_test(cx, ask),
            Model::Time => Begun::failed(codes::D_INVALID_OPERATION),
        }
    }

    /// What the board's answer comes to.
    pub(super) fn model_finish(
        &mut self,
        cx: &mut CallCx<'_>,
        model: Model,
        id: OperationId,
        result: Finished,
    ) -> Ended {
        if let Some(error) = result.error {
            return (code_of(error), 0, Vec::new());
        }
        match model {
            Model::Timer => self.finish_timer(cx, id),
            _ => (codes::D_SUCCESS, result.actual, Vec::new()),
        }
    }

    /// `device_get_status`: as many integers as the flavor has, of those there is room for.
    pub(super) fn model_get_status(
        &mut self,
        cx: &mut CallCx<'_>,
        model: Model,
        flavor: u32,
        room: u32,
    ) -> Result<StatusInts, i32> {
        match model {
            Model::Cdrom => self.cdrom_status(cx, flavor, room),
            Model::Timer => Portfolio::timer_status(cx, flavor),
            Model::Screen => self.screen_status(flavor, room),
            Model::Console => self.console_status(flavor),
            Model::Control => Portfolio::control_status(flavor),
            Model::Test => Ok(StatusInts::new()),
            Model::Time => Portfolio::time_status(flavor),
        }
    }

    /// `device_set_status`.
    pub(super) fn model_set_status(
        &mut self,
        cx: &mut CallCx<'_>,
        model: Model,
        device: u32,
        flavor: u32,
        status: &[i32],
    ) -> Result<(), i32> {
        match model {
            Model::Cdrom => self.set_cdrom_status(cx, device, flavor, status),
            Model::Screen => self.set_screen_status(cx, flavor, status),
            Model::Console => self.set_console_status(cx, flavor, status),
            Model::Test => Portfolio::set_test_status(flavor),
            Model::Timer | Model::Time | Model::Control => Err(codes::D_INVALID_OPERATION),
        }
    }
}
