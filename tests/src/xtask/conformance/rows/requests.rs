//! Statements about the five asynchronous requests.

use super::section;

section! { COMMON "What the five asynchronous requests share":
    "R1" "pages; 3.2 step 6" "A request puts the operation into the device's queue and returns KERN_SUCCESS at once; it never waits for the device."
        ["ra_ok" "dq_wait_order"] "";
    "R2" "pages; 3.2 step 1, 3.6" "The device is named by a send right to an open device; another name is KERN_INVALID_ARGUMENT."
        ["async_forms_with_a_bad_device"] "retail: 0x10000007 for overwrite and both writes, 4 for the other two.";
    "R3" "3.2 step 5" "A device that is not open answers the request itself; no completion follows."
        ["close_makes_dead"] "Once closed, its port is a dead name, see R2; D_NO_SUCH_DEVICE only while it opens or closes.";
    "R4" "pages; 3.2 step 2" "The queue is what io_done_queue_create returned; a read with another name is KERN_INVALID_ARGUMENT."
        ["ra_nullq" "dq_async_after_terminate"] "";
    "R5" "3.2 step 2" "A write may name no queue or a dead one: it is done, and nobody is told."
        ["wa_nullq" "p5_*"] "";
    "R6" "pages; 3.2 step 3" "The request id comes back in the result, unchanged. Any 32 bits will do, twice the same too; no right is looked up or used."
        ["dq_reqid_opaque" "p2_*"] "The pages call it a unique send right; the only known client passes pointers.";
    "R7" "pages; 2.2" "D_NOWAIT means: do not wait where there are no data. Other bits mean nothing to a transfer."
        ["timer0_as_the_sheet_says" "p3_*" "p12_*"] "Block devices ignore it; a terminal queues the read all the same.";
    "R8" "pages; 2.3" "What a record number means is the device's business: 2048 bytes on cdrom0, microseconds on timer0."
        ["cd_recnum_end" "dq_wait_order" "p3_*"] "";
    "R9" "pages; 3.2 step 10" "Lengths are in bytes. A transfer of none is accepted and completes with code, count and data 0."
        ["r_zero_len"] "";
    "R10" "pages; 3.2 step 6" "The request's own result tells of bad arguments only; what the device refuses is in the completion."
        ["cd_recnum_end" "cd_runs_past_end" "cd_unaligned_len" "cd_write" "p4_*"] "";
    "R11" "3.2 step 6" "Every accepted request has one completion, errors of the device included."
        ["cd_injected_error" "cd_media_change" "dq_distinct"] "";
    "R12" "3.2 step 7" "A request keeps device and queue: closing the device or giving names away cancels nothing."
        ["close_with_io_pending"] "";
    "R13" "3.2 step 9" "What is under way is kept by the kernel and is part of a saved state."
        ["save_pending_read"] "";
}

section! { READ "device_read_async, device_read_async_inband, device_read_overwrite_async":
    "A1" "device_read_async; 2.6, 3.2 step 8" "The bytes read are in new memory of the task that asked: whole pages, the rest zero, its to deallocate."
        ["ra_ok" "p3_*"] "";
    "A2" "device_read_async; 3.6" "A read of nothing delivers no memory: address 0."
        ["r_zero_len"] "";
    "A3" "device_read_async_inband; 2.6, 3.6" "The bytes come inside the result, in qd_inline."
        ["dq_result_bytes" "ra_inband_clip"] "The page speaks of a message; the result record is meant.";
    "A4" "2.1, 2.6" "No more than 128 bytes travel so; a longer request is cut to 128."
        ["ra_inband_clip"] "";
    "A5" "device_read_overwrite_async; 3.2 step 9" "The bytes go straight into the caller's buffer, and are there when the completion is returned."
        ["rao_ok" "dq_terminate_pending" "p3_*"] "";
    "A6" "3.2 step 9" "A buffer that the task cannot write completes the request with KERN_INVALID_ADDRESS; the request itself returned success."
        ["rao_badbuf"] "";
    "A7" "2.3" "At the end of a device a record outside is D_INVALID_RECNUM, a length that leaves it D_INVALID_SIZE, and nothing is transferred."
        ["cd_recnum_end" "cd_runs_past_end" "p4_*"] "";
    "A8" "2.3" "On cdrom0 a length is a multiple of the record size, or D_INVALID_SIZE."
        ["cd_unaligned_len"] "";
    "A9" "2.3, 5.4" "A disc changed since the device was opened is D_DEVICE_DOWN, a frame that cannot be read D_IO_ERROR."
        ["cd_media_change" "cd_injected_error"] "";
}

section! { WRITE "device_write_async, device_write_async_inband":
    "B1" "device_write_async; 3.2 step 4" "The data are taken at the time of the call; what the buffer becomes later is not written."
        ["wa_copy_semantics"] "";
    "B2" "3.2 step 4" "Data of device_write_async that cannot be read are KERN_INVALID_ADDRESS from the call, and no completion follows."
        ["wa_badbuf"] "";
    "B3" "device_write_async_inband; 3.2 step 4" "The data travel inside the request; unreadable ones are KERN_MEMORY_ERROR from the call, and no completion follows."
        ["wai_badbuf"] "The page speaks of a message; it is a trap.";
    "B4" "2.1, 2.6" "device_write_async_inband takes no more than 128 bytes and reports how many."
        ["wai_clip"] "";
    "B5" "2.6" "qd_count is the number of bytes written."
        ["dq_result_bytes" "wa_nullq"] "";
    "B6" "2.3, 5.4" "A disc cannot be written: D_READ_ONLY in the completion."
        ["cd_write"] "";
}
