//! Calls that are known by name and not written yet.

use crate::calls;

calls! { pub(crate) CALLS: Mach;
    missing trap 59 swtch_pri;
    missing trap 60 swtch;
    missing trap 61 thread_switch;
    missing trap 62 clock_sleep_trap;
    missing trap 69 task_terminate;
    missing trap 71 task_set_special_port;
    missing trap 72 mach_port_allocate;
    missing trap 73 mach_port_deallocate;
    missing trap 74 mach_port_insert_right;
    missing trap 75 mach_port_allocate_name;
    missing trap 83 clock_get_time;
    missing trap 84 thread_create_running;
    missing trap 85 mach_port_destroy;
    missing trap 88 mach_port_move_member;
    missing trap 90 mach_port_rename;
    missing trap 93 task_info;
    missing trap 107 thread_create;
    missing trap 110 thread_terminate;
    missing trap 117 host_statistics;
    missing trap 118 mach_port_mod_refs;
    missing trap 119 mach_port_request_notification;
}
