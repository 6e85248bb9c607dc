//! Statements about the life of a device: open, close, no senders.

use super::section;

section! { LIFE "Opening and closing devices":
    "D1" "device_open; 1.3" "A device is opened by name; the caller gets a send right to its port."
        ["golden_device_open" "reply_disposition_17" "p1_*"] "";
    "D2" "device_open; 1.3" "Only the first open is the driver's; every open counts."
        ["same_port_twice" "p10_*"] "";
    "D3" "device_open; 1.3" "All opens of a device have the same port: one name, a reference more each time."
        ["same_port_twice"] "";
    "D4" "1.3" "When the driver cannot open, its code is the answer and the device stays closed."
        ["cd_media_change"] "";
    "D5" "1.3" "Opening and closing are over in the call that asks: no other call meets them under way."
        ["same_port_twice" "close_makes_dead"] "";
    "D6" "1.3" "A device that only one may have is D_ALREADY_OPEN for the next."
        ["open_exclusive"] "";
    "D7" "1.3, 1.4" "An unknown name is D_NO_SUCH_DEVICE."
        ["open_unknown"] "";
    "D8" "1.3" "D_CLONE where there is nothing to clone is D_NOT_CLONED."
        ["open_unknown"] "";
    "D9" "device_open; 1.2" "The first argument is the device master port, or the answer is D_INVALID_OPERATION."
        ["open_wrong_master"] "";
    "D10" "device_open; 1.2" "A null ledger and a zero token are accepted, and so is every mode, 0 included."
        ["p1_*" "p13_*"] "";
    "D11" "1.5" "Without a port to answer to nothing is opened."
        ["open_no_reply_port"] "";
    "D12" "device_open; 1.1" "Asked with device_open_request, the answer comes as a message to the port given."
        ["request_form_own_port" "p12_*"] "";
    "D13" "device_close; 1.3" "A close takes one from the count; while opens are left nothing else happens."
        ["same_port_twice" "p10_*"] "";
    "D14" "device_close; 1.3" "The last close destroys the port: every send right to it becomes a dead name."
        ["close_makes_dead"] "The page says this of every close; the port goes with the last.";
    "D15" "device_close; 1.2, 1.3" "What is no open device is D_NO_SUCH_DEVICE."
        ["golden_device_close" "close_makes_dead"] "A dead name cannot be sent to: 0x10000003.";
    "D16" "1.3" "Reads, writes, statuses, maps and filters of a device that is not open are D_NO_SUCH_DEVICE."
        ["golden_device_read" "golden_device_write" "golden_device_get_status" "golden_device_set_status" "golden_device_map" "golden_device_set_filter"] "";
    "D17" "1.3" "When nobody holds a send right any more the device is closed, however often it was opened."
        ["no_senders_closes" "p11_*"] "";
    "D18" "1.3" "What was accepted before a close is completed."
        ["close_with_io_pending"] "";
    "D19" "device_close; 1.3, 3.6" "Memory mapped through the port stays usable after the close."
        ["map_outlives_close"] "The page says that the windows go; kept on purpose under both profiles.";
    "D20" "device_open; 1.3" "The mode of an open forbids nothing later; cdrom0 opens for writing and refuses the write."
        ["cd_write" "p11_*"] "The page lets the mode govern what the port may do; drivers decide.";
}

section! { SCREEN_AND_PAD "Screen and pad":
    "S1" "5.4" "screen0 is the bytes of a page of video memory, two lines interleaved, and is shown from the next vertical blank on."
        ["screen0_is_bytes_of_the_page" "the_page_is_shown_from_the_next_blank_on"] "A screen of Portfolio that is displayed later takes its place.";
    "S2" "5.4" "SCREEN_SET_BASE shows another page from the next vertical blank on; the field that is being shown keeps its own."
        ["another_page_is_shown_from_the_next_blank_on"] "Any address in video memory with room for a page.";
    "S3" "2.4" "VC_SETCOLOR takes any number of entries: index, red, green, blue."
        ["colours_are_those_that_a_program_has_set"] "Index 32 is the background; higher ones mean nothing.";
    "S4" "5.4" "SCREEN_WAIT_VBL is a status call that completes at the next vertical blank."
        ["waiting_for_the_blank_ends_with_it"] "";
    "S5" "5.4" "A picture with more lines has the screen in its middle."
        ["a_higher_picture_has_the_screen_in_its_middle"] "";
    "C1" "5.4" "control0 queues a record for each field in which the buttons of pad 1 changed: the count of vertical blanks, and the buttons."
        ["control0_has_a_record_for_each_field_with_a_change" "control0_tells_of_the_first_pad_only"] "";
    "C2" "5.4" "It keeps the newest 32 records."
        ["control0_keeps_the_newest_thirty_two"] "";
    "C3" "5.4" "A read takes whole records that are queued and waits while there are none; reads are served as they came."
        ["control0_has_a_record_for_each_field_with_a_change" "reads_of_control0_wait_in_the_order_in_which_they_came"] "";
    "C4" "2.2, 5.4" "With D_NOWAIT a read that would wait is D_WOULD_BLOCK."
        ["reads_of_control0_wait_in_the_order_in_which_they_came"] "";
    "C5" "5.4" "Less than a record is D_INVALID_SIZE, a write or another flavor than DEV_GET_SIZE D_INVALID_OPERATION; there is nothing to map."
        ["control0_refuses_what_it_cannot_do"] "";
}
