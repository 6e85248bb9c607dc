//! The statements about Mach's device interface and the tests that prove them.
//!
//! Statements are in our own words. A test is named by its function (`dq_distinct`: in a suite
//! `tests/tests/mach_*.rs`), by a beginning (`p3_*`: every such function) or as a unit test of the core
//! (`core::codes::name` in `emu-core/src/kernel/mach/codes.rs`).

#[path = "rows/devices.rs"]
mod devices;
#[path = "rows/messages.rs"]
mod messages;
#[path = "rows/queues.rs"]
mod queues;
#[path = "rows/requests.rs"]
mod requests;

/// One statement.
pub struct Row {
    /// Its number.
    pub number: &'static str,
    /// What must be true.
    pub says: &'static str,
    /// The page, or the section of the Mach sheet.
    pub source: &'static str,
    /// The tests.
    pub tests: &'static [&'static str],
    /// What differs between the profiles, or what the pages leave open; may be empty.
    pub remarks: &'static str,
}

/// Statements of one theme.
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// Its rows.
    pub rows: &'static [Row],
}

/// All statements.
pub const SECTIONS: &[Section] = &[
    queues::CREATE,
    queues::TERMINATE,
    queues::WAIT,
    requests::COMMON,
    requests::READ,
    requests::WRITE,
    devices::LIFE,
    devices::SCREEN_AND_PAD,
    messages::MACH_MSG,
    messages::STUBS,
];

/// Rows: number, source, statement, tests, remarks.
macro_rules! section {
    ($name:ident $title:literal: $($number:literal $source:literal $says:literal [$($test:literal)*] $remarks:literal;)*) => {
        pub const $name: super::Section = super::Section {
            title: $title,
            rows: &[$(super::Row {
                number: $number,
                says: $says,
                source: $source,
                tests: &[$($test),*],
                remarks: $remarks,
            }),*],
        };
    };
}
use section;

/// The acceptance tests (Mach sheet 6.3) by their numbers there: one function each.
pub const ACCEPTANCE: &[&str] = &[
    "dq_create_name",
    "dq_create_priv",
    "dq_create_badhost",
    "dq_create_nullhost",
    "dq_create_shortage",
    "dq_distinct",
    "dq_right",
    "dq_wait_order",
    "dq_wait_tie",
    "dq_two_waiters",
    "dq_wait_badaddr",
    "dq_wait_notqueue",
    "dq_terminate_idle",
    "dq_terminate_waiter",
    "dq_terminate_pending",
    "dq_terminate_list",
    "dq_wait_after_terminate",
    "dq_async_after_terminate",
    "dq_many_devices",
    "dq_reqid_opaque",
    "dq_result_bytes",
    "ra_ok",
    "ra_inband_clip",
    "rao_ok",
    "rao_badbuf",
    "wa_badbuf",
    "wai_badbuf",
    "wa_nullq",
    "ra_nullq",
    "wa_copy_semantics",
    "r_zero_len",
    "cd_recnum_end",
    "cd_runs_past_end",
    "cd_unaligned_len",
    "cd_write",
    "cd_media_change",
    "cd_injected_error",
    "close_with_io_pending",
    "sync_and_async_same_device",
    "golden_device_close",
    "golden_device_write",
    "golden_device_write_inband",
    "golden_device_read",
    "golden_device_read_inband",
    "golden_device_map",
    "golden_device_set_status",
    "golden_device_get_status",
    "golden_device_set_filter",
    "golden_device_open",
    "golden_io_done_queue_create",
    "golden_io_done_queue_terminate",
    "golden_overwrite_reply",
    "golden_error_reply",
    "bad_id",
    "short_request",
    "wrong_descriptor",
    "open_no_reply_port",
    "open_unknown",
    "open_exclusive",
    "open_wrong_master",
    "same_port_twice",
    "close_makes_dead",
    "no_senders_closes",
    "status_counts",
    "trailer_sizes",
    "rcv_too_large",
    "reply_disposition_17",
    "request_form_own_port",
    "port_set_replies",
    "dead_name_notification",
    "ool_deallocate_flag",
    "fallback_10000007",
    "two_runs_identical",
    "save_pending_read",
    "fuzz_messages_traps",
    "encoder_differential",
    "mixed_guest",
    // Patterns of real clients (Mach sheet 6.1).
    "p1_*",
    "p2_*",
    "p3_*",
    "p4_*",
    "p5_*",
    "p6_*",
    "p7_*",
    "p8_*",
    "p9_*",
    "p10_*",
    "p11_*",
    "p12_*",
    "p13_*",
    "p14_*",
    "p15_*",
];

/// Tests of the list that prove no single statement, and what they are for.
pub const EXTRA: &[(&str, &str)] = &[
    (
        "two_runs_identical",
        "two runs of everything give the same traces, byte for byte (5.7)",
    ),
    (
        "fuzz_messages_traps",
        "random messages and trap arguments give documented codes and touch nothing else",
    ),
    (
        "encoder_differential",
        "a second encoder of the messages agrees with the decoder (1.5)",
    ),
    (
        "mixed_guest",
        "a Portfolio task and a Mach client share a disc (5.1)",
    ),
    (
        "p6_*",
        "a console in pieces of at most 128 bytes, with terminal flavors (5.4)",
    ),
    (
        "p7_*",
        "a frame buffer mapped with more than its size (5.4, 5.6)",
    ),
    (
        "p8_*",
        "a CD found by set_status VOLCTRL with a count of 0 (2.4, 5.4)",
    ),
    (
        "p14_*",
        "mach_task_self and mach_host_self for ever, nothing released (4.1)",
    ),
    ("p15_*", "every code other than 0 is a failure (1.8)"),
];
