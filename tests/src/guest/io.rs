//! Devices and requests.

use super::{Guest, Tags, Word};
use emu_core::kernel::portfolio::errors::Status;
use emu_core::kernel::portfolio::items::Item;
use emu_core::kernel::portfolio::structs::IOReq;

/// An IOInfo in the making; what is not said is zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct Io {
    /// ioi_Command.
    pub command: u8,
    /// ioi_Flags; 2 asks for quick I/O.
    pub flags: u8,
    /// ioi_Unit.
    pub unit: u8,
    /// ioi_Flags2.
    pub flags2: u8,
    /// ioi_CmdOptions.
    pub options: u32,
    /// ioi_User.
    pub user: u32,
    /// ioi_Offset.
    pub offset: u32,
    /// ioi_Send: address and length.
    pub send: (u32, u32),
    /// ioi_Recv: address and length.
    pub recv: (u32, u32),
}

impl Io {
    /// The quick flag.
    pub const QUICK: u8 = 2;

    /// READ of the clock of a timer unit into 8 bytes.
    pub fn read_clock(unit: u8, buffer: u32) -> Io {
        Io {
            command: 1,
            unit,
            recv: (buffer, 8),
            ..Io::default()
        }
    }

    /// DELAY of vertical blanks.
    pub fn fields(count: u32) -> Io {
        Io {
            command: 3,
            offset: count,
            ..Io::default()
        }
    }

    /// The same, asking for quick I/O.
    pub fn quick(self) -> Io {
        Io {
            flags: Io::QUICK,
            ..self
        }
    }

    /// The same with a value for the user's field.
    pub fn user(self, user: u32) -> Io {
        Io { user, ..self }
    }
}

impl Guest {
    /// Writes an IOInfo to new scratch memory.
    pub fn info(&mut self, io: Io) -> u32 {
        let bytes = [io.command, io.flags, io.unit, io.flags2];
        self.words(&[
            u32::from_be_bytes(bytes),
            io.options,
            io.user,
            io.offset,
            io.send.0,
            io.send.1,
            io.recv.0,
            io.recv.1,
        ])
    }

    /// An IOInfo for a command of the microsecond unit that sends a time.
    pub fn micros(&mut self, command: u8, seconds: u32, micros: u32) -> Io {
        let time = self.words(&[seconds, micros]);
        Io {
            command,
            unit: 1,
            send: (time, 8),
            ..Io::default()
        }
    }

    /// Finds and opens a device.
    pub fn open_device(&mut self, name: &str) -> Item {
        let tags = self.tags(Tags::new().name(name));
        self.item_from("FindAndOpenItem", &[0x10F, tags])
    }

    /// CreateIOReq as the library does it; port NONE = told by signal.
    pub fn try_create_ioreq(&mut self, device: Item, port: Item) -> Status {
        let tags = Tags::new().pri(0).and(11, device);
        let tags = if port == Item::NONE {
            tags
        } else {
            tags.and(10, port)
        };
        self.create(0x10E, tags)
    }

    /// An IOReq for a device that the acting task has open.
    pub fn create_ioreq(&mut self, device: Item, port: Item) -> Item {
        let created = self.try_create_ioreq(device, port);
        assert!(!created.is_error(), "CreateIOReq: {created:?}");
        Item(created.0)
    }

    /// An IOReq for the timer, told by signal.
    pub fn timer_ioreq(&mut self) -> Item {
        let timer = self.open_device("timer");
        self.create_ioreq(timer, Item::NONE)
    }

    /// A port and an IOReq for the timer that is told there.
    pub fn timer_ioreq_at_port(&mut self) -> (Item, Item) {
        let timer = self.open_device("timer");
        let port = self.create_port();
        (port, self.create_ioreq(timer, port))
    }

    /// SendIO with a new IOInfo.
    pub fn send_io(&mut self, ior: Item, io: Io) -> Status {
        let info = self.info(io);
        self.call("SendIO", &[ior.word(), info])
    }

    /// DoIO with a new IOInfo; waits for it.
    pub fn do_io(&mut self, ior: Item, io: Io) -> Status {
        let info = self.info(io);
        self.call("DoIO", &[ior.word(), info])
    }

    /// WaitIO; waits for it.
    pub fn wait_io(&mut self, ior: Item) -> Status {
        self.call("WaitIO", &[ior.word()])
    }

    /// CheckIO.
    pub fn check_io(&mut self, ior: Item) -> Status {
        self.call("CheckIO", &[ior.word()])
    }

    /// AbortIO.
    pub fn abort_io(&mut self, ior: Item) -> Status {
        self.call("AbortIO", &[ior.word()])
    }

    /// The system's half of io_Flags.
    pub fn io_flags(&self, ior: Item) -> u32 {
        self.field(ior, IOReq::io_Flags) & 0xFFFF
    }

    /// io_Error.
    pub fn io_error(&self, ior: Item) -> Status {
        Status(self.field(ior, IOReq::io_Error))
    }

    /// io_Actual.
    pub fn io_actual(&self, ior: Item) -> i32 {
        self.field(ior, IOReq::io_Actual)
    }

    /// Requests that a device has not let go.
    pub fn pending_work(&mut self) -> usize {
        self.machine().pending_work().len()
    }
}
