//! The guest-visible structures of Portfolio 2.5.
//!
//! Offsets and names are those of the SDK headers (kernel sheet section 3).
//!
//! Names are the guest's. Offsets of structures that begin with an ItemNode leave its fields
//! out; reach them with `pointer.cast::<ItemNode>()`.

pub mod events;
pub mod graphics;
mod math;

pub use self::math::{ObjOffset1, ObjOffset2, mmv3m33d};

use super::items::Item;
use crate::guest_struct;
use crate::mem::{CString, GuestPtr, StructInfo};

guest_struct! {
    /// Links only.
    MinNode, size 0x8 {
        0x00 n_Next: GuestPtr<Node>,
        0x04 n_Prev: GuestPtr<Node>,
    }
}
guest_struct! {
    /// What every list element begins with.
    Node, size 0x14 {
        0x00 n_Next: GuestPtr<Node>,
        0x04 n_Prev: GuestPtr<Node>,
        0x08 n_SubsysType: u8,
        0x09 n_Type: u8,
        0x0A n_Priority: u8,
        0x0B n_Flags: u8,
        0x0C n_Size: i32,
        0x10 n_Name: GuestPtr<CString>,
    }
}
guest_struct! {
    /// What every item begins with.
    ItemNode, size 0x24 {
        0x00 n_Next: GuestPtr<Node>,
        0x04 n_Prev: GuestPtr<Node>,
        0x08 n_SubsysType: u8,
        0x09 n_Type: u8,
        0x0A n_Priority: u8,
        0x0B n_Flags: u8,
        0x0C n_Size: i32,
        0x10 n_Name: GuestPtr<CString>,
        0x14 n_Version: u8,
        0x15 n_Revision: u8,
        0x16 n_FolioFlags: u8,
        0x17 n_ItemFlags: u8,
        0x18 n_Item: Item,
        0x1C n_Owner: Item,
        0x20 n_ReservedP: u32,
    }
}
guest_struct! {
    /// A list: a node and the anchor, whose words double as the end nodes' links.
    List, size 0x20 {
        0x00 l: Node,
        0x14 ListAnchor_head: GuestPtr<Node>,
        0x18 ListAnchor_filler: GuestPtr<Node>,
        0x1C ListAnchor_tail: GuestPtr<Node>,
    }
}
guest_struct! {
    /// One element of a tag list.
    TagArg, size 0x8 {
        0x00 ta_Tag: u32,
        0x04 ta_Arg: u32,
    }
}
guest_struct! {
    /// Seconds and microseconds.
    TimeVal, size 0x8 {
        0x00 tv_sec: i32,
        0x04 tv_usec: i32,
    }
}
guest_struct! {
    /// A folio: an item in front of which its vector table grows downwards.
    Folio, size 0x70 {
        0x00 fn_: ItemNode,
        0x24 f_OpenCount: i32,
        0x28 f_TaskDataIndex: u8,
        0x29 f_MaxSwiFunctions: u8,
        0x2A f_MaxUserFunctions: u8,
        0x2B f_MaxNodeType: u8,
        0x2C f_Private: [u32; 17],
    }
}
guest_struct! {
    /// The kernel folio's own structure.
    KernelBase, size 0x11C {
        0x00 kb: Folio,
        0x70 kb_RomTags: GuestPtr<List>,
        0x74 kb_MemFreeLists: GuestPtr<List>,
        0x78 kb_MemHdrList: GuestPtr<List>,
        0x7C kb_FolioList: GuestPtr<List>,
        0x80 kb_Drivers: GuestPtr<List>,
        0x84 kb_Devices: GuestPtr<List>,
        0x88 kb_TaskWaitQ: GuestPtr<List>,
        0x8C kb_TaskReadyQ: GuestPtr<List>,
        0x90 kb_MsgPorts: GuestPtr<List>,
        0x94 kb_Semaphores: GuestPtr<List>,
        0x98 kb_CurrentTask: GuestPtr<Task>,
        0x9C kb_InterruptHandlers: u32,
        0xA0 kb_TimerBits: u32,
        0xA4 kb_ElapsedQuanta: u32,
        0xA8 kb_VRAMHack: u32,
        0xAC kb_ItemTable: GuestPtr<GuestPtr<ItemEntry>>,
        0xB0 kb_MaxItem: u32,
        0xB4 kb_CPUFlags: u32,
        0xB8 kb_MaxInterrupts: u8,
        0xB9 kb_Forbid: u8,
        0xBA kb_FolioTableSize: u8,
        0xBB kb_PleaseReschedule: u8,
        0xC8 kb_numticks: u32,
        0xCC kb_denomticks: u32,
        0xEC kb_ExtendedErrors: u32,
        0xF0 kb_MadamRev: u8,
        0xF1 kb_ClioRev: u8,
        0xF4 kb_DevSemaphore: Item,
        0xFC kb_NumTaskSwitches: u32,
        0x110 kb_BootVolumeName: GuestPtr<CString>,
        0x114 kb_Tasks: GuestPtr<List>,
        0x118 kb_MemEnd: u32,
    }
}
guest_struct! {
    /// One slot of the item table.
    ItemEntry, size 0x8 {
        0x00 ie_ItemAddr: GuestPtr<ItemNode>,
        0x04 ie_ItemInfo: u32,
    }
}
guest_struct! {
    /// A task or thread.
    Task, size 0xEC {
        0x00 t: ItemNode,
        0x24 t_ThreadTask: GuestPtr<Task>,
        0x28 t_Private0: [u32; 2],
        0x30 t_WaitBits: u32,
        0x34 t_SigBits: u32,
        0x38 t_AllocatedSigs: u32,
        0x3C t_StackBase: u32,
        0x40 t_StackSize: u32,
        0x44 t_Private1: [u32; 22],
        0x9C t_SuperStackSize: u32,
        0xA0 t_SuperStackBase: u32,
        0xA4 t_WaitItem: Item,
        0xA8 t_FreeMemoryLists: GuestPtr<List>,
        0xAC t_Private2: [u32; 2],
        0xB4 t_ElapsedTime: TimeVal,
        0xBC t_MaxTicks: u32,
        0xC0 t_MaxUSecs: u32,
        0xC4 t_Private3: [u32; 2],
        0xCC t_NumTaskLaunch: u32,
        0xD0 t_Flags: u32,
        0xD4 t_TasksLinkNode: MinNode,
        0xDC t_ExitMessage: Item,
        0xE0 t_ExitStatus: i32,
        0xE4 t_Killer: Item,
        0xE8 t_Private4: u32,
    }
}
guest_struct! {
    /// A buffer of an I/O request.
    IOBuf, size 0x8 {
        0x00 iob_Buffer: u32,
        0x04 iob_Len: i32,
    }
}
guest_struct! {
    /// What a program asks of a device.
    IOInfo, size 0x20 {
        0x00 ioi_Command: u8,
        0x01 ioi_Flags: u8,
        0x02 ioi_Unit: u8,
        0x03 ioi_Flags2: u8,
        0x04 ioi_CmdOptions: u32,
        0x08 ioi_User: u32,
        0x0C ioi_Offset: i32,
        0x10 ioi_Send: IOBuf,
        0x18 ioi_Recv: IOBuf,
    }
}
guest_struct! {
    /// An I/O request.
    IOReq, size 0x70 {
        0x00 io: ItemNode,
        0x24 io_Link: MinNode,
        0x2C io_Dev: GuestPtr<Device>,
        0x30 io_CallBack: u32,
        0x34 io_Info: IOInfo,
        0x54 io_Actual: i32,
        0x58 io_Flags: u32,
        0x5C io_Error: i32,
        0x60 io_Extension: [u32; 2],
        0x68 io_MsgItem: Item,
        0x6C io_Private0: Item,
    }
}
guest_struct! {
    /// A device.
    Device, size 0x70 {
        0x00 dev: ItemNode,
        0x24 dev_Driver: GuestPtr<Driver>,
        0x28 dev_OpenCnt: i32,
        0x2C dev_Private0: [u32; 4],
        0x3C dev_IOReqSize: u32,
        0x40 dev_IOReqs: List,
        0x60 dev_MaxUnitNum: u8,
        0x64 dev_Private2: [u32; 3],
    }
}
guest_struct! {
    /// The timer device: its count of vertical blanks can be read directly.
    TimerDevice, size 0x78 {
        0x00 timerdev: Device,
        0x70 timerdev_VBlankCountOverFlow: u32,
        0x74 timerdev_VBlankCount: u32,
    }
}
guest_struct! {
    /// A driver.
    Driver, size 0x40 {
        0x00 drv: ItemNode,
        0x24 drv_Private: u32,
        0x28 drv_OpenCnt: i32,
        0x3C drv_MaxCommands: u8,
    }
}
guest_struct! {
    /// What CMD_STATUS returns.
    DeviceStatus, size 0x24 {
        0x00 ds_DriverIdentity: u8,
        0x01 ds_DriverStatusVersion: u8,
        0x02 ds_FamilyCode: u8,
        0x03 ds_headerPad: u8,
        0x04 ds_MaximumStatusSize: u32,
        0x08 ds_DeviceBlockSize: u32,
        0x0C ds_DeviceBlockCount: u32,
        0x10 ds_DeviceFlagWord: u32,
        0x14 ds_DeviceUsageFlags: u32,
        0x18 ds_DeviceLastErrorCode: u32,
        0x1C ds_DeviceMediaChangeCntr: u32,
        0x20 ds_Reserved: u32,
    }
}
guest_struct! {
    /// A message port.
    MsgPort, size 0x50 {
        0x00 mp: ItemNode,
        0x24 mp_Signal: u32,
        0x28 mp_Msgs: List,
        0x48 mp_UserData: u32,
        0x4C mp_Reserved: u32,
    }
}
guest_struct! {
    /// A message; a buffered one has its data behind it.
    Message, size 0x44 {
        0x00 msg: ItemNode,
        0x24 msg_ReplyPort: Item,
        0x28 msg_Result: i32,
        0x2C msg_DataPtr: u32,
        0x30 msg_DataSize: u32,
        0x34 msg_MsgPort: Item,
        0x38 msg_DataPtrSize: u32,
        0x3C msg_SigItem: Item,
        0x40 msg_Waiters: u32,
    }
}
guest_struct! {
    /// A semaphore.
    Semaphore, size 0x50 {
        0x00 s: ItemNode,
        0x24 sem_bit: u32,
        0x28 sem_Owner: Item,
        0x2C sem_NestCnt: i32,
        0x30 sem_TaskWaitingList: List,
    }
}
guest_struct! {
    /// A table of error texts.
    ErrorText, size 0x30 {
        0x00 et: ItemNode,
        0x24 et_ObjID: u32,
        0x28 et_MaxErr: u8,
        0x29 et_MaxStringSize: u8,
        0x2C et_ErrorTable: GuestPtr<GuestPtr<CString>>,
    }
}
guest_struct! {
    /// One kind of physical memory.
    MemHdr, size 0x38 {
        0x00 memh_n: Node,
        0x14 memh_Types: u32,
        0x18 memh_PageSize: u32,
        0x1C memh_PageMask: u32,
        0x20 memh_VRAMPageSize: u32,
        0x24 memh_VRAMPageMask: u32,
        0x28 memh_FreePageBits: GuestPtr<u32>,
        0x2C memh_MemBase: u32,
        0x30 memh_MemTop: u32,
        0x34 memh_FreePageBitsSize: u8,
        0x35 memh_PageShift: u8,
        0x36 memh_VRAMPageShift: u8,
    }
}
guest_struct! {
    /// One owner's memory of one kind.
    MemList, size 0x34 {
        0x00 meml_n: Node,
        0x14 meml_Types: u32,
        0x18 meml_OwnBits: GuestPtr<u32>,
        0x1C meml_WriteBits: GuestPtr<u32>,
        0x20 meml_MemHdr: GuestPtr<MemHdr>,
        0x24 meml_l: GuestPtr<List>,
        0x28 meml_Sema4: Item,
        0x2C meml_OwnBitsSize: u8,
        0x30 meml_AlignedTrackSize: u32,
    }
}
guest_struct! {
    /// What AvailMem fills.
    MemInfo, size 0x10 {
        0x00 minfo_SysFree: u32,
        0x04 minfo_SysLargest: u32,
        0x08 minfo_TaskFree: u32,
        0x0C minfo_TaskLargest: u32,
    }
}
guest_struct! {
    /// What CMD_STATUS of an open file returns.
    FileStatus, size 0x28 {
        0x00 fs: DeviceStatus,
        0x24 fs_ByteCount: u32,
    }
}
guest_struct! {
    /// What FILECMD_FSSTAT returns.
    FileSystemStat, size 0x1C {
        0x00 fst_BitMap: u32,
        0x04 fst_CreateTime: u32,
        0x08 fst_BlockSize: u32,
        0x0C fst_Size: u32,
        0x10 fst_MaxFileSize: u32,
        0x14 fst_Free: u32,
        0x18 fst_Used: u32,
    }
}
guest_struct! {
    /// A file or directory, as READDIR and ReadDirectory show it.
    DirectoryEntry, size 0x48 {
        0x00 de_Flags: u32,
        0x04 de_UniqueIdentifier: u32,
        0x08 de_Type: u32,
        0x0C de_BlockSize: u32,
        0x10 de_ByteCount: u32,
        0x14 de_BlockCount: u32,
        0x18 de_Burst: u32,
        0x1C de_Gap: u32,
        0x20 de_AvatarCount: u32,
        0x24 de_FileName: [u8; 32],
        0x44 de_Location: u32,
    }
}
guest_struct! {
    /// An alias of a path.
    Alias, size 0x28 {
        0x00 a: ItemNode,
        0x24 a_Value: GuestPtr<CString>,
    }
}
guest_struct! {
    /// A file being read as a stream of bytes; in its program's memory.
    Stream, size 0x38 {
        0x00 st_OpenFileItem: Item,
        0x04 st_IOReq: GuestPtr<IOReq>,
        0x08 st_Buffer: u32,
        0x0C st_BufferLen: i32,
        0x10 st_NextBufByteOffset: i32,
        0x14 st_BufBytesAvail: i32,
        0x18 st_FileOffset: u32,
        0x1C st_FileBlockSize: i32,
        0x20 st_FileBlockCount: i32,
        0x24 st_FileLength: i32,
        0x28 st_CursorPosition: i32,
        0x2C st_SeekTo: i32,
        0x30 st_IOInProgress: u8,
        0x31 st_HadError: u8,
        0x34 st_SeekOrigin: u32,
    }
}
guest_struct! {
    /// A directory being read; in its program's memory.
    Directory, size 0x28 {
        0x00 dir_OpenFileItem: Item,
        0x04 dir_IOReqItem: Item,
        0x08 dir_IOReq: GuestPtr<IOReq>,
        0x0C dir_Flags: u32,
        0x10 dir_BlockSize: u32,
        0x14 dir_BlockCount: u32,
        0x18 dir_BlockNumber: i32,
        0x1C dir_BlockOffset: u32,
        0x20 dir_EntryNum: u32,
        0x24 dir_BlockBuf: u32,
    }
}

/// Every structure declared here, for the generated include file and the size tests.
pub const ALL: &[StructInfo] = &[
    StructInfo::of::<MinNode>(),
    StructInfo::of::<Node>(),
    StructInfo::of::<ItemNode>(),
    StructInfo::of::<List>(),
    StructInfo::of::<TagArg>(),
    StructInfo::of::<TimeVal>(),
    StructInfo::of::<Folio>(),
    StructInfo::of::<KernelBase>(),
    StructInfo::of::<ItemEntry>(),
    StructInfo::of::<Task>(),
    StructInfo::of::<IOBuf>(),
    StructInfo::of::<IOInfo>(),
    StructInfo::of::<IOReq>(),
    StructInfo::of::<Device>(),
    StructInfo::of::<TimerDevice>(),
    StructInfo::of::<Driver>(),
    StructInfo::of::<DeviceStatus>(),
    StructInfo::of::<MsgPort>(),
    StructInfo::of::<Message>(),
    StructInfo::of::<Semaphore>(),
    StructInfo::of::<ErrorText>(),
    StructInfo::of::<MemHdr>(),
    StructInfo::of::<MemList>(),
    StructInfo::of::<MemInfo>(),
    StructInfo::of::<FileStatus>(),
    StructInfo::of::<FileSystemStat>(),
    StructInfo::of::<DirectoryEntry>(),
    StructInfo::of::<Alias>(),
    StructInfo::of::<Stream>(),
    StructInfo::of::<Directory>(),
    StructInfo::of::<ObjOffset1>(),
    StructInfo::of::<ObjOffset2>(),
    StructInfo::of::<super::international::NumericSpec>(),
    StructInfo::of::<super::international::Locale>(),
    StructInfo::of::<events::EventBrokerHeader>(),
    StructInfo::of::<events::ConfigurationRequest>(),
    StructInfo::of::<events::EventFrameHeader>(),
    StructInfo::of::<events::SetFocus>(),
    StructInfo::of::<events::PodDataHeader>(),
    StructInfo::of::<events::PodDescription>(),
    StructInfo::of::<events::GenericTable>(),
    StructInfo::of::<events::PodStateTable>(),
    StructInfo::of::<graphics::Bitmap>(),
    StructInfo::of::<graphics::ScreenGroup>(),
    StructInfo::of::<graphics::Screen>(),
    StructInfo::of::<graphics::VDL>(),
    StructInfo::of::<graphics::GrafCon>(),
    StructInfo::of::<graphics::Rect>(),
    StructInfo::of::<graphics::Point>(),
    StructInfo::of::<graphics::Font>(),
    StructInfo::of::<graphics::FontEntry>(),
    StructInfo::of::<graphics::DisplayInfo>(),
    StructInfo::of::<graphics::GrafFolio>(),
    StructInfo::of::<graphics::CCB>(),
];

/// Node types of the kernel folio (kernel sheet 3.2).
pub mod node_type {
    #![allow(missing_docs)]
    pub const MEMFREENODE: u8 = 1;
    pub const LISTNODE: u8 = 2;
    pub const MEMHDRNODE: u8 = 3;
    pub const FOLIONODE: u8 = 4;
    pub const TASKNODE: u8 = 5;
    pub const FIRQNODE: u8 = 6;
    pub const SEMA4NODE: u8 = 7;
    pub const MESSAGENODE: u8 = 9;
    pub const MSGPORTNODE: u8 = 10;
    pub const MEMLISTNODE: u8 = 11;
    pub const DRIVERNODE: u8 = 13;
    pub const IOREQNODE: u8 = 14;
    pub const DEVICENODE: u8 = 15;
    pub const TIMERNODE: u8 = 16;
    pub const ERRORTEXTNODE: u8 = 17;
    pub const HLINTNODE: u8 = 18;

    /// What items of a type are called; `None` of one that is no item or not known.
    pub fn name(kind: u8) -> Option<&'static str> {
        Some(match kind {
            FOLIONODE => "folio",
            TASKNODE => "task",
            FIRQNODE => "interrupt handler",
            SEMA4NODE => "semaphore",
            MESSAGENODE => "message",
            MSGPORTNODE => "message port",
            DRIVERNODE => "driver",
            IOREQNODE => "IOReq",
            DEVICENODE => "device",
            TIMERNODE => "timer",
            ERRORTEXTNODE => "error text",
            _ => return None,
        })
    }
}

/// Bits of `n_Flags`.
pub mod node_flag {
    #![allow(missing_docs)]
    pub const NAMEVALID: u8 = 0x80;
    pub const SIZELOCKED: u8 = 0x20;
    pub const ITEM: u8 = 0x10;
    /// Tasks.
    pub const TASK_READY: u8 = 1;
    pub const TASK_WAITING: u8 = 2;
    pub const TASK_RUNNING: u8 = 4;
    pub const TASK_SUPER: u8 = 8;
    /// Ports: the kernel allocated the signal.
    pub const PORT_OWN_SIGNAL: u8 = 1;
    /// Messages.
    pub const MESSAGE_SENT: u8 = 1;
    pub const MESSAGE_REPLIED: u8 = 2;
    pub const MESSAGE_SMALL: u8 = 4;
    pub const MESSAGE_PASS_BY_VALUE: u8 = 8;
}

/// Bits of `n_ItemFlags`.
pub mod item_flag {
    #![allow(missing_docs)]
    pub const NOTREADY: u8 = 0x80;
    pub const PRIVILEGED: u8 = 0x20;
    pub const UNIQUE_NAME: u8 = 0x10;
}

/// Bits of `io_Flags`.
pub mod io_flag {
    #![allow(missing_docs)]
    pub const IO_DONE: u32 = 1;
    pub const IO_QUICK: u32 = 2;
    pub const IO_INTERNAL: u32 = 4;
    pub const IO_WAITING: u32 = 8;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_ordered_and_lie_inside_their_structure() {
        for info in ALL {
            let mut end = 0;
            for field in info.fields {
                assert!(field.offset >= end, "{}.{} overlaps", info.name, field.name);
                end = field.offset + field.size;
                assert!(end <= info.size, "{}.{} sticks out", info.name, field.name);
            }
        }
    }

    /// Sizes from the SDK 2.5 headers (kernel sheet section 3).
    #[test]
    fn sizes_are_the_headers() {
        let size = |name| ALL.iter().find(|s| s.name == name).map(|s| s.size);
        for (name, bytes) in [
            ("ItemNode", 0x24),
            ("List", 0x20),
            ("Folio", 0x70),
            ("KernelBase", 0x11C),
            ("IOInfo", 0x20),
            ("IOReq", 0x70),
            ("Device", 0x70),
            ("TimerDevice", 0x78),
            ("DeviceStatus", 0x24),
            ("MsgPort", 0x50),
            ("Message", 0x44),
            ("Semaphore", 0x50),
            ("ErrorText", 0x30),
            ("MemHdr", 0x38),
            ("MemList", 0x34),
            ("MemInfo", 0x10),
            ("FileStatus", 40),
            ("FileSystemStat", 28),
            ("DirectoryEntry", 72),
            ("Alias", 0x28),
            ("Stream", 56),
            ("Directory", 40),
            ("ObjOffset1", 16),
            ("ObjOffset2", 8),
            ("NumericSpec", 72),
            ("Bitmap", 132),
            ("ScreenGroup", 116),
            ("Screen", 124),
            ("VDL", 68),
            ("GrafCon", 40),
            ("Rect", 16),
            ("Point", 8),
            ("Font", 12),
            ("FontEntry", 44),
            ("DisplayInfo", 28),
            ("GrafFolio", 332),
            ("CCB", 68),
        ] {
            assert_eq!(size(name), Some(bytes), "{name}");
        }
    }
}
