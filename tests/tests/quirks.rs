//! The list of quirks and where each is tested under both profiles.
#![forbid(unsafe_code)]

/// Every quirk has a test under both profiles; a new one must be added here.
#[test]
fn every_quirk_has_its_tests() {
    let known = [
        "sendio-argument-errors", // sendio.rs: s13, s16
        "timer-delay-zero",       // io_traces.rs
        "timer-vbl-past",
        "timer-metronome-sticky",
        "readdir-base",         // files.rs
        "readdir-optical",      // files.rs
        "file-reject-result",   // files.rs
        "setitempri-result",    // tasks.rs
        "port-delete-messages", // messages.rs
        "recip-overflow",       // math/main.rs
        "ram-write-actual",     // emu-devices: ram/tests.rs
        "event-trigger-flag",   // events.rs: check_13
        "event-bit2",           // events_media.rs
        "event-enum-width",     // events.rs: check_15
        "read-clut-color",      // graphics_display.rs
        "mach-stale-queue",     // mach_queues.rs: dq_wait_after_terminate
        "mach-result-address",  // mach_queues.rs: dq_wait_badaddr
        "mach-async-device",    // mach_requests.rs: async_forms_with_a_bad_device
        "text-font-colors",     // graphics_text.rs
    ];
    let quirks = emu_core::quirks::Quirks::default().list();
    let names: Vec<&str> = quirks.iter().map(|quirk| quirk.0).collect();
    assert_eq!(names, known);
    assert!(quirks.iter().all(|quirk| !quirk.1.trim().is_empty()));
}
