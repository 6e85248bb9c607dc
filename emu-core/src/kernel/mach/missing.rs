//! Calls that are known by name and not written yet.

use crate::calls;

calls! { pub(crate) CALLS: Mach;
    missing trap 30 vm_read_overwrite;
    missing trap 31 vm_write;
    missing trap 59 swtch_pri;
    missing trap 60 swtch;
    missing trap 61 thread_switch;
    missing trap 62 clock_sleep_trap;
    missing trap 64 vm_map;
    missing trap 69 task_terminate;
    missing trap 71 task_set_special_port;
    missing trap 83 clock_get_time;
    missing trap 84 thread_create_running;
    missing trap 91 vm_protect;
    missing trap 93 task_info;
    missing trap 107 thread_create;
    missing trap 110 thread_terminate;
    missing trap 117 host_statistics;
}
