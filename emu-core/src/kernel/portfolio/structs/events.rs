//! What broker and listeners exchange (device sheet 7.3-7.8).
//!
//! Names and offsets are those of the SDK header event.h.

use crate::guest_struct;
use crate::kernel::portfolio::items::Item;

guest_struct! {
    /// What every message of the broker begins with.
    EventBrokerHeader, size 0x4 {
        0x00 ebh_Flavor: u32,
    }
}
guest_struct! {
    /// How a listener wants to be told.
    ConfigurationRequest, size 0x6C {
        0x00 cr_Header: EventBrokerHeader,
        0x04 cr_Category: u32,
        0x08 cr_TriggerMask: [u32; 8],
        0x28 cr_CaptureMask: [u32; 8],
        0x48 cr_QueueMax: i32,
    }
}
guest_struct! {
    /// One event; its data follow.
    EventFrameHeader, size 0x1C {
        0x00 ef_ByteCount: u32,
        0x04 ef_SystemID: u32,
        0x08 ef_SystemTimeStamp: u32,
        0x0C ef_Submitter: Item,
        0x10 ef_EventNumber: u8,
        0x11 ef_PodNumber: u8,
        0x12 ef_PodPosition: u8,
        0x13 ef_GenericPosition: u8,
        0x14 ef_Trigger: u8,
    }
}
guest_struct! {
    /// Who shall have the focus.
    SetFocus, size 0x8 {
        0x00 sf_Header: EventBrokerHeader,
        0x04 sf_DesiredFocusListener: Item,
    }
}
guest_struct! {
    /// What is said to a pod; its bytes follow.
    PodDataHeader, size 0x10 {
        0x00 pd_Header: EventBrokerHeader,
        0x04 pd_PodNumber: i32,
        0x08 pd_WaitFlag: i32,
        0x0C pd_DataByteCount: i32,
    }
}
guest_struct! {
    /// One pod of a description.
    PodDescription, size 0x28 {
        0x00 pod_Number: u8,
        0x01 pod_Position: u8,
        0x04 pod_Type: u32,
        0x08 pod_BitsIn: u32,
        0x0C pod_BitsOut: u32,
        0x10 pod_Flags: u32,
        0x14 pod_GenericNumber: [u8; 16],
        0x24 pod_LockHolder: Item,
    }
}
guest_struct! {
    /// What the pod state table has of one class of pods.
    GenericTable, size 0xC {
        0x00 gt_HowMany: u32,
        0x04 gt_ValidityTimeStamps: u32,
        0x08 gt_EventSpecificData: u32,
    }
}
guest_struct! {
    /// The pod state table: sixteen classes behind a semaphore.
    PodStateTable, size 0xC4 {
        0x00 pst_SemaphoreItem: Item,
        0x04 psto_Array: GenericTable,
    }
}
