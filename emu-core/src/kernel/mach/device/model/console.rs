//! `console0`: a terminal (Mach sheet 2.2, 2.4, 5.4).
//!
//! What is written goes to the host's log, line by line with what the task prints otherwise. What
//! comes from outside waits until it is read; reads are served in the order in which they came.

use super::{Ask, Begun};
use crate::kernel::call::CallCx;
use crate::kernel::mach::codes;
use crate::kernel::mach::device::OperationId;
use crate::kernel::mach::records::DevMode;
use crate::kernel::mach::records::flavors::{
    DEV_GET_SIZE, TTY_CLEAR_BREAK, TTY_DRAIN, TTY_FLUSH, TTY_MODEM, TTY_OUT_OF_BAND, TTY_SET_BREAK,
    TTY_START, TTY_STATUS, TTY_STATUS_NEW, TTY_STOP,
};
use crate::kernel::mach::records::status::StatusInts;
use crate::kernel::portfolio::Portfolio;
use serde::{Deserialize, Serialize};
use smallvec::smallvec;
use std::collections::VecDeque;

/// Input that is kept until somebody reads it; older bytes go first.
const MOST_INPUT: usize = 1 << 16;
/// Speed, break character and flags at power-on: 9600 both ways, eight bits, readable.
const STATUS: [i32; 4] = [9600, 9600, 0, 0x2000 | 0x4000];

/// The terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Console {
    input: VecDeque<u8>,
    /// Reads that wait for input.
    reads: VecDeque<OperationId>,
    /// Set by a program; `None` = as at power-on.
    status: Option<[i32; 4]>,
    modem: i32,
}

impl Portfolio {
    pub(super) fn begin_console(&mut self, cx: &mut CallCx<'_>, ask: &Ask) -> Begun {
        if ask.is_read {
            if ask.len == 0 {
                return Begun::ok(0);
            }
            let console = &mut self.mach.devices.models.console;
            if !console.reads.is_empty() || console.input.is_empty() {
                console.reads.push_back(ask.id);
                return Begun::Later;
            }
            let bytes = take(&mut console.input, ask.len);
            let count = cx.bus.write_buffer(cx.mem, ask.buffer, 0, &bytes);
            return Begun::ok(count);
        }
        let bytes = cx.bus.read_buffer(cx.mem, ask.buffer, ask.len);
        self.print_for_caller(cx, &bytes);
        Begun::ok(ask.len)
    }

    /// Bytes come from outside.
    pub fn console_input(&mut self, cx: &mut CallCx<'_>, bytes: &[u8]) {
        let console = &mut self.mach.devices.models.console;
        console.input.extend(bytes);
        let surplus = console.input.len().saturating_sub(MOST_INPUT);
        console.input.drain(..surplus);
        loop {
            let devices = &mut self.mach.devices;
            let console = &mut devices.models.console;
            if console.input.is_empty() {
                break;
            }
            let Some(id) = console.reads.pop_front() else {
                break;
            };
            let wanted = devices.operations.get(&id).map_or(0, |read| read.wanted);
            let bytes = take(&mut console.input, wanted);
            let count = bytes.len() as u32;
            self.end_operation(cx, id, codes::D_SUCCESS, count, bytes);
        }
        self.settle_ports(cx);
    }

    pub(super) fn console_status(&self, flavor: u32) -> Result<StatusInts, i32> {
        let console = &self.mach.devices.models.console;
        match flavor {
            DEV_GET_SIZE => Ok(smallvec![0, 1]),
            TTY_STATUS | TTY_STATUS_NEW => {
                Ok(StatusInts::from_slice(&console.status.unwrap_or(STATUS)))
            }
            TTY_MODEM => Ok(smallvec![console.modem]),
            TTY_OUT_OF_BAND => Ok(smallvec![0, 0]),
            _ => Err(codes::D_INVALID_OPERATION),
        }
    }

    pub(super) fn set_console_status(
        &mut self,
        cx: &mut CallCx<'_>,
        flavor: u32,
        status: &[i32],
    ) -> Result<(), i32> {
        let console = &mut self.mach.devices.models.console;
        let invalid = codes::D_INVALID_SIZE;
        match (flavor, status) {
            (TTY_STATUS | TTY_STATUS_NEW, _) => {
                console.status = Some(status.try_into().map_err(|_| invalid)?);
            }
            (TTY_MODEM, &[modem]) => console.modem = modem,
            (TTY_FLUSH, &[which]) => {
                let which = DevMode::from_bits_retain(which as u32);
                if which.contains(DevMode::D_READ) {
                    console.input.clear();
                }
                if which.contains(DevMode::D_WRITE) {
                    let caller = self.caller();
                    self.flush_line(cx, caller);
                }
            }
            (TTY_DRAIN, []) => {
                let caller = self.caller();
                self.flush_line(cx, caller);
            }
            (TTY_STOP | TTY_START | TTY_SET_BREAK | TTY_CLEAR_BREAK, []) => (),
            (
                TTY_MODEM | TTY_FLUSH | TTY_DRAIN | TTY_STOP | TTY_START | TTY_SET_BREAK
                | TTY_CLEAR_BREAK,
                _,
            ) => return Err(invalid),
            _ => return Err(codes::D_INVALID_OPERATION),
        }
        Ok(())
    }
}

fn take(input: &mut VecDeque<u8>, most: u32) -> Vec<u8> {
    let count = input.len().min(most as usize);
    input.drain(..count).collect()
}
