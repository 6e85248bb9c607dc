//! The routines of subsystem `device`, their ids and names (Mach sheet 1.1).

use serde::{Deserialize, Serialize};

/// What a reply's id is more than its request's.
pub const REPLY_OFFSET: i32 = 100;

/// The routines of subsystem `device`; the number of each is its request's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(i32)]
pub enum Routine {
    /// Drop one open.
    DeviceClose = 2801,
    /// Write out-of-line data.
    DeviceWrite = 2802,
    /// Write data inside the message.
    DeviceWriteInband = 2803,
    /// Read into new memory.
    DeviceRead = 2804,
    /// Read into the message.
    DeviceReadInband = 2805,
    /// Get a memory object for `vm_map`.
    DeviceMap = 2809,
    /// Set a status.
    DeviceSetStatus = 2810,
    /// Get a status.
    DeviceGetStatus = 2811,
    /// Set a packet filter.
    DeviceSetFilter = 2812,
    /// Read into the caller's buffer: a trap, but its reply can be a message.
    DeviceReadOverwrite = 2813,
    /// Open by name.
    DeviceOpen = 2814,
    /// Make a done queue.
    IoDoneQueueCreate = 2815,
    /// Destroy a done queue.
    IoDoneQueueTerminate = 2816,
}

impl Routine {
    /// All of them, by id.
    pub const ALL: [Routine; 13] = [
        Routine::DeviceClose,
        Routine::DeviceWrite,
        Routine::DeviceWriteInband,
        Routine::DeviceRead,
        Routine::DeviceReadInband,
        Routine::DeviceMap,
        Routine::DeviceSetStatus,
        Routine::DeviceGetStatus,
        Routine::DeviceSetFilter,
        Routine::DeviceReadOverwrite,
        Routine::DeviceOpen,
        Routine::IoDoneQueueCreate,
        Routine::IoDoneQueueTerminate,
    ];

    /// The routine of a request's id; 2813 is a hole, like all other ids.
    pub fn of_request(id: i32) -> Option<Routine> {
        let mut all = Routine::ALL.into_iter();
        all.find(|routine| *routine as i32 == id && *routine != Routine::DeviceReadOverwrite)
    }

    /// The routine of a reply's id.
    pub fn of_reply(id: i32) -> Option<Routine> {
        let mut all = Routine::ALL.into_iter();
        all.find(|routine| routine.reply_id() == id)
    }

    /// The id of its request; that of [`Routine::DeviceReadOverwrite`] is never sent.
    pub fn request_id(self) -> i32 {
        self as i32
    }

    /// The id of its reply.
    pub fn reply_id(self) -> i32 {
        self as i32 + REPLY_OFFSET
    }

    /// Its name in the definitions.
    pub fn name(self) -> &'static str {
        match self {
            Routine::DeviceClose => "device_close",
            Routine::DeviceWrite => "device_write",
            Routine::DeviceWriteInband => "device_write_inband",
            Routine::DeviceRead => "device_read",
            Routine::DeviceReadInband => "device_read_inband",
            Routine::DeviceMap => "device_map",
            Routine::DeviceSetStatus => "device_set_status",
            Routine::DeviceGetStatus => "device_get_status",
            Routine::DeviceSetFilter => "device_set_filter",
            Routine::DeviceReadOverwrite => "device_read_overwrite",
            Routine::DeviceOpen => "device_open",
            Routine::IoDoneQueueCreate => "io_done_queue_create",
            Routine::IoDoneQueueTerminate => "io_done_queue_terminate",
        }
    }
}
