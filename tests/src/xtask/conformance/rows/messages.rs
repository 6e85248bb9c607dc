//! Statements about `mach_msg` and about the messages of subsystem 2800.

use super::section;

section! { MACH_MSG "mach_msg":
    "M1" "mach_msg; 4.5 step 1" "With SEND_MSG it sends the message to the port that its header names."
        ["golden_device_open" "golden_io_done_queue_create"] "";
    "M2" "mach_msg; 4.5 step 4" "With RCV_MSG it receives from a port or from a set."
        ["golden_device_open" "port_set_replies"] "";
    "M3" "mach_msg; 4.5 step 1" "With both it sends, then receives; when sending fails it returns that code and receives nothing."
        ["dq_create_nullhost" "send_and_receive_in_one_call_wakes_a_receiver"] "";
    "M4" "mach_msg; 4.5" "With neither it does nothing and succeeds."
        ["msg_nothing"] "";
    "M5" "mach_msg; 4.2" "The size sent is the argument's, at least a header and a multiple of 4, or MACH_SEND_MSG_TOO_SMALL; the header's field does not count."
        ["headers_that_are_refused" "core::mig::tests::rules::the_size_field_the_offset_of_the_name_and_the_padding_are_ignored"] "";
    "M6" "4.5 step 1" "Destination and reply port are translated together; when one is wrong nothing has changed."
        ["headers_that_are_refused" "core::space::tests::messages::a_bad_header_changes_nothing_and_says_which_part"] "";
    "M7" "4.3, 4.5 step 1" "A wrong right in the body is MACH_SEND_INVALID_RIGHT and nothing is sent."
        ["core::space::tests::messages::a_bad_right_in_the_body_lets_go_of_those_before_it"] "";
    "M8" "4.5 step 2" "A message to an object of the kernel is done at once; its reply is in the reply port's queue, in simulated time when a device has to work."
        ["golden_device_get_status" "golden_device_read" "dq_terminate_pending"] "";
    "M9" "mach_msg; 4.5 step 3" "A full queue blocks its sender; with a timeout the message comes back."
        ["full_queues_block_senders" "core::space::tests::messages::a_full_queue_blocks_send_rights_only_and_gives_back"] "";
    "M10" "mach_msg; 4.5 step 4" "A port in a set cannot be received from directly; a name without receive right or set is MACH_RCV_INVALID_NAME."
        ["core::space::tests::messages::a_set_gives_messages_in_the_order_they_came" "port_set_replies"] "";
    "M11" "mach_msg; 4.5 step 5" "Without a message it blocks, with RCV_TIMEOUT so many milliseconds and no longer; 0 looks only."
        ["receiving_that_fails" "full_queues_block_senders"] "";
    "M12" "4.5 step 5" "A thread that waits is told when the port dies or goes into a set."
        ["receivers_that_lose_their_port"] "";
    "M13" "mach_msg; 4.5 step 6" "A message that does not fit with its trailer is not received: MACH_RCV_TOO_LARGE, its size in the header, its rights destroyed."
        ["rcv_too_large" "core::space::tests::messages::a_message_that_is_too_large_is_destroyed_or_kept"] "With the bit 0x800 it stays queued.";
    "M14" "4.5 step 7" "Rights and memory that find no room are an error of the header or the body, with a bit that says which room."
        ["core::space::tests::messages::a_full_space_is_an_error_of_the_body" "core::codes::text::extra_bits_are_named_one_by_one"] "";
    "M15" "4.5 step 8" "A buffer that cannot be written is MACH_RCV_INVALID_DATA."
        ["receiving_that_fails"] "";
    "M16" "mach_msg; 4.5" "Messages of one task through send rights arrive in the order in which they were sent."
        ["core::space::tests::messages::a_set_gives_messages_in_the_order_they_came" "full_queues_block_senders"] "Send-once rights too, beyond the contract.";
    "M17" "mach_msg; 4.4, 4.5" "The kernel adds a trailer: 8 bytes, 12 with the port's sequence number, 20 with the sender's token."
        ["trailer_sizes" "core::mig::tests::rules::trailers_have_8_12_or_20_bytes"] "";
    "M18" "4.2" "The receiver finds the two ports of the header, and their dispositions, in each other's place."
        ["replies_swap_the_header" "core::space::tests::messages::header_rights_arrive_swapped"] "";
    "M19" "mach_msg; 4.1" "While a receive right travels its messages stay queued; its counts begin anew."
        ["core::space::tests::messages::a_moved_receive_right_takes_its_messages_along_and_starts_its_counts_anew"] "";
    "M20" "mach_msg; 4.1" "A port dies with its receive right: its messages are destroyed, rights to it become dead names with their references."
        ["core::space::tests::rules::the_death_of_a_port_makes_dead_names_with_their_references" "close_makes_dead"] "";
    "M21" "mach_msg; 4.1" "A send right that the receiver holds already adds a reference to the name it has."
        ["core::space::tests::rules::a_send_right_received_twice_is_one_name_with_two_references" "same_port_twice"] "";
    "M22" "mach_msg; 4.1" "A send-once right is good for one message: that sent, or the notification that it was destroyed."
        ["core::space::tests::rules::a_name_that_goes_sends_port_deleted_and_an_unused_right_send_once"] "";
    "M23" "mach_msg; 4.1" "Null and dead names may stand where a body has a right, whatever its disposition."
        ["core::space::tests::messages::null_and_dead_pass_through_a_message_whatever_the_disposition"] "";
    "M24" "mach_msg; 4.3" "Data out of line are copied; with the deallocate flag their pages leave the sender."
        ["ool_deallocate_flag" "golden_device_write"] "";
    "M25" "mach_msg; 4.3" "Data out of line arrive in new memory, whole pages, which the receiver deallocates."
        ["golden_device_read" "out_of_line_data_and_ports" "p9_*"] "";
    "M26" "4.7" "A dead name can be asked to be told; the notification carries a reference to it."
        ["dead_name_notification" "core::space::tests::rules::a_dead_name_notification_adds_a_reference"] "";
    "M27" "1.7, 4.5" "Trap -32 never answers 0x10000007 of itself; traps that do not exist do, and clients send the message instead."
        ["fallback_10000007" "p9_*"] "";
}

section! { STUBS "The messages of subsystem 2800":
    "N1" "1.5, 1.6" "Requests and replies of each routine have the bytes of the vectors."
        ["golden_device_close" "golden_device_write" "golden_device_write_inband" "golden_device_read" "golden_device_read_inband" "golden_device_map" "golden_device_set_status" "golden_device_get_status" "golden_device_set_filter" "golden_device_open" "golden_io_done_queue_create" "golden_io_done_queue_terminate"] "";
    "N2" "1.5" "An error is a reply of 36 bytes with the code."
        ["golden_error_reply" "core::mig::tests::rules::an_error_of_a_write_may_have_36_or_40_bytes_one_of_a_status_36"] "A driver's error of a write or an in-band read: 40 bytes, count 0.";
    "N3" "1.1, 1.5" "A read into the caller's buffer can be answered by message 2913."
        ["golden_overwrite_reply"] "";
    "N4" "1.1" "An id without a routine is MIG_BAD_ID."
        ["bad_id" "core::mig::tests::rules::an_id_without_routine_is_mig_bad_id_and_its_reply_has_the_id_plus_100"] "";
    "N5" "1.5" "A wrong size, complex bit or count is MIG_BAD_ARGUMENTS."
        ["short_request" "core::mig::tests::rules::a_wrong_size_or_complex_bit_or_count_is_mig_bad_arguments"] "";
    "N6" "1.5" "A descriptor of the wrong kind or disposition is MIG_TYPE_ERROR."
        ["wrong_descriptor" "core::mig::tests::rules::a_descriptor_of_the_wrong_kind_or_disposition_is_mig_type_error"] "";
    "N7" "1.5" "Rights in replies arrive as send rights, disposition 17, in replies without a code."
        ["reply_disposition_17"] "";
    "N8" "1.5, 2.4" "A status returns its exact count; an array without room for it is MIG_ARRAY_TOO_LARGE at the client."
        ["status_counts" "core::mig::tests::rules::a_returned_array_that_does_not_fit_is_mig_array_too_large" "p11_*"] "";
}
