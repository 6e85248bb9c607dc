//! OSF Mach's device interface.
//!
//! | module | what it knows |
//! |---|---|
//! | `codes`, `records` | return codes, limits, the records of devices and done queues |
//! | `names` | numbers in words, for the call log |
//! | `mig` | messages as bytes: the 2800 subsystem, requests and replies |
//! | `space` | ports, names, rights, port sets, queued messages |
//!
//! These are its parts; no call of a program reaches them yet, and each says that it is missing.
//! Traps come through `SWI 0x80` (arguments in registers) and
//! `SWI 0x81` (arguments from the fifth on the stack) with the negative number in r12; the
//! project's own traps from -200 on are for programs without message code.

pub mod codes;
pub mod mig;
pub mod names;
pub mod records;
pub mod space;

use crate::calls;
use crate::kernel::call::Row;

/// `SWI` number of a Mach trap whose arguments are in registers.
pub const MACH_TRAP: u32 = 0x80;
/// `SWI` number of a Mach trap whose arguments from the fifth on are on the stack.
pub const MACH_TRAP_STACK: u32 = 0x81;

/// The call rows of every module.
pub const TABLES: &[&[Row]] = &[CALLS];

calls! { CALLS: Mach;
    missing msg 2801 device_close;
    missing msg 2802 device_write;
    missing msg 2803 device_write_inband;
    missing msg 2804 device_read;
    missing msg 2805 device_read_inband;
    missing msg 2809 device_map;
    missing msg 2810 device_set_status;
    missing msg 2811 device_get_status;
    missing msg 2812 device_set_filter;
    missing msg 2814 device_open;
    missing msg 2815 io_done_queue_create;
    missing msg 2816 io_done_queue_terminate;
    missing trap 26 mach_reply_port;
    missing trap 27 mach_thread_self;
    missing trap 28 mach_task_self;
    missing trap 29 mach_host_self;
    missing trap 30 vm_read_overwrite;
    missing trap 31 vm_write;
    missing trap 32 mach_msg_overwrite_trap;
    missing trap 59 swtch_pri;
    missing trap 60 swtch;
    missing trap 61 thread_switch;
    missing trap 62 clock_sleep_trap;
    missing trap 64 vm_map;
    missing trap 65 vm_allocate;
    missing trap 66 vm_deallocate;
    missing trap 69 task_terminate;
    missing trap 71 task_set_special_port;
    missing trap 72 mach_port_allocate;
    missing trap 73 mach_port_deallocate;
    missing trap 74 mach_port_insert_right;
    missing trap 75 mach_port_allocate_name;
    missing trap 77 device_read_trap;
    missing trap 78 device_read_request;
    missing trap 79 device_write_trap;
    missing trap 80 device_write_request;
    missing trap 81 device_read_overwrite_trap;
    missing trap 82 device_read_overwrite_request;
    missing trap 83 clock_get_time;
    missing trap 84 thread_create_running;
    missing trap 85 mach_port_destroy;
    missing trap 88 mach_port_move_member;
    missing trap 90 mach_port_rename;
    missing trap 91 vm_protect;
    missing trap 93 task_info;
    missing trap 94 device_read_async;
    missing trap 95 device_read_overwrite_async;
    missing trap 96 device_write_async;
    missing trap 97 io_done_queue_wait;
    missing trap 98 device_write_async_inband;
    missing trap 99 device_read_async_inband;
    missing trap 107 thread_create;
    missing trap 110 thread_terminate;
    missing trap 117 host_statistics;
    missing trap 118 mach_port_mod_refs;
    missing trap 119 mach_port_request_notification;
    missing trap 200 ext_version;
    missing trap 201 io_done_queue_create_direct;
    missing trap 202 io_done_queue_terminate_direct;
    missing trap 203 device_open_direct;
    missing trap 204 device_close_direct;
    missing trap 205 device_get_status_direct;
    missing trap 206 device_set_status_direct;
    missing trap 207 device_read_inband_direct;
    missing trap 208 device_write_inband_direct;
    missing trap 209 device_map_direct;
    missing trap 210 device_master_self;
}
