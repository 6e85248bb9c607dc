//! The names of message ids: all subsystems that clients of devices use.

use crate::kernel::mach::mig::routine::{REPLY_OFFSET, Routine};

/// A routine of a subsystem other than `device`: the id of its request.
struct Row {
    id: i32,
    name: &'static str,
    /// Whether its reply has an id, which is [`REPLY_OFFSET`] more.
    reply: bool,
}

const fn row(id: i32, name: &'static str) -> Row {
    Row {
        id,
        name,
        reply: true,
    }
}

const fn one_way(id: i32, name: &'static str) -> Row {
    Row {
        id,
        name,
        reply: false,
    }
}

/// Notifications (Mach sheet 4.7), ports (4.6), tasks, memory, clocks, semaphores (4.8), privileged ports
/// (4.9).
const ROWS: &[Row] = &[
    one_way(65, "mach_notify_port_deleted"),
    one_way(69, "mach_notify_port_destroyed"),
    one_way(70, "mach_notify_no_senders"),
    one_way(71, "mach_notify_send_once"),
    one_way(72, "mach_notify_dead_name"),
    row(412, "host_get_special_port"),
    row(2008, "task_terminate"),
    row(2021, "vm_allocate"),
    row(2023, "vm_deallocate"),
    row(2024, "vm_protect"),
    row(2026, "vm_read"),
    row(2027, "vm_write"),
    row(2034, "mach_ports_lookup"),
    row(2058, "task_get_special_port"),
    row(2059, "task_set_special_port"),
    row(2089, "vm_map"),
    row(2634, "host_get_time"),
    row(2638, "host_info"),
    row(2644, "host_page_size"),
    row(3200, "mach_port_names"),
    row(3201, "mach_port_type"),
    row(3202, "mach_port_rename"),
    row(3203, "mach_port_allocate_name"),
    row(3204, "mach_port_allocate"),
    row(3205, "mach_port_destroy"),
    row(3206, "mach_port_deallocate"),
    row(3207, "mach_port_get_refs"),
    row(3208, "mach_port_mod_refs"),
    row(3211, "mach_port_set_mscount"),
    row(3212, "mach_port_get_set_status"),
    row(3213, "mach_port_move_member"),
    row(3214, "mach_port_request_notification"),
    row(3215, "mach_port_insert_right"),
    row(3216, "mach_port_extract_right"),
    row(3219, "mach_port_get_attributes"),
    row(3220, "mach_port_set_attributes"),
    row(617_000, "semaphore_create"),
    row(617_001, "semaphore_destroy"),
    row(617_002, "semaphore_signal"),
    row(617_003, "semaphore_signal_all"),
    row(617_004, "semaphore_wait"),
    row(617_014, "semaphore_timedwait"),
    row(1_000_001, "bootstrap_ports"),
    row(1_000_002, "bootstrap_arguments"),
    row(1_000_003, "bootstrap_environment"),
    one_way(1_000_004, "bootstrap_completed"),
    row(3_125_000, "host_get_clock_service"),
    row(3_125_002, "clock_get_time"),
    row(3_125_003, "clock_get_attributes"),
    row(3_125_006, "clock_map_time"),
    // The id of its reply is also that of the alarm, `clock_alarm_reply`.
    row(3_125_007, "clock_alarm"),
];

/// Ids and names of the requests outside of subsystem `device`, and of notifications.
pub fn other_messages() -> impl Iterator<Item = (i32, &'static str)> {
    ROWS.iter().map(|row| (row.id, row.name))
}

/// The name of a message: `device_open` of a request, `device_open_reply` of a reply, the number of an
/// unknown one.
pub fn message_text(id: i32) -> String {
    if let Some(routine) = Routine::of_request(id) {
        return routine.name().to_owned();
    }
    if let Some(routine) = Routine::of_reply(id) {
        return format!("{}_reply", routine.name());
    }
    if let Some(row) = ROWS.iter().find(|row| row.id == id) {
        return row.name.to_owned();
    }
    let request = id.checked_sub(REPLY_OFFSET);
    match ROWS.iter().find(|row| row.reply && Some(row.id) == request) {
        Some(row) => format!("{}_reply", row.name),
        None => id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_id_has_two_names_and_no_name_two_ids() {
        let mut ids = BTreeSet::new();
        let mut names = BTreeSet::new();
        let device = Routine::ALL.map(|routine| (routine.request_id(), routine.name(), true));
        let others = ROWS.iter().map(|row| (row.id, row.name, row.reply));
        for (id, name, reply) in device.into_iter().chain(others) {
            assert!(ids.insert(id), "{id}");
            assert!(!reply || ids.insert(id + REPLY_OFFSET), "{id}");
            assert!(names.insert(name), "{name}");
            // 2813 is no request: the trap's reply only.
            if id != Routine::DeviceReadOverwrite.request_id() {
                assert_eq!(message_text(id), name);
            }
            if reply {
                assert_eq!(message_text(id + REPLY_OFFSET), format!("{name}_reply"));
            }
        }
    }

    #[test]
    fn ids_are_those_of_the_sheet() {
        for (id, name) in [
            (70, "mach_notify_no_senders"),
            (72, "mach_notify_dead_name"),
            (2814, "device_open"),
            (2914, "device_open_reply"),
            (2913, "device_read_overwrite_reply"),
            (2815, "io_done_queue_create"),
            (3206, "mach_port_deallocate"),
            (3306, "mach_port_deallocate_reply"),
            (617_014, "semaphore_timedwait"),
            (1_000_101, "bootstrap_ports_reply"),
            (3_125_107, "clock_alarm_reply"),
        ] {
            assert_eq!(message_text(id), name);
        }
    }

    #[test]
    fn holes_and_unknown_ids_are_numbers() {
        for id in [
            0,
            -1,
            2800,
            2806,
            2813,
            2900,
            172,
            1_000_104,
            i32::MIN,
            i32::MAX,
        ] {
            assert_eq!(message_text(id), id.to_string());
        }
    }
}
