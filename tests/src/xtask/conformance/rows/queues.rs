//! Statements about done queues: create, terminate, wait.

use super::section;

section! { CREATE "io_done_queue_create, sentence by sentence":
    "Q1" "page; 3.1 Q1" "Every successful call makes a new object with a port of its own; what completes in one queue is never seen in another."
        ["dq_distinct" "dq_create_name"] "";
    "Q2" "page; 3.1 Q2" "It takes a host and where to put the queue, and returns a kern_return_t; as a message it is 2815, answered by 2915."
        ["golden_io_done_queue_create" "dq_create_name" "core::mig::tests::golden::golden_io_done_queue_create"] "The printed synopsis leaves the pointer out; the definitions have it.";
    "Q3" "page; 3.1 Q3" "The host is named by a send right to its name port or to its control port."
        ["dq_create_name" "dq_create_priv"] "";
    "Q4" "page; 3.1 Q4" "The queue comes into being on that host: it is usable there at once."
        ["dq_create_name" "dq_create_priv"] "There is one host.";
    "Q5" "page; 3.1 Q5" "The caller gets a send right, under a fresh name with one user reference; the receive right stays with the kernel."
        ["dq_right" "reply_disposition_17"] "";
    "Q6" "page; 3.1 Q6" "The object serves asynchronous reads and writes of a device, and any number of devices at once."
        ["dq_many_devices" "p2_*"] "";
    "Q7" "page; 3.1 Q7" "What is no host is KERN_INVALID_ARGUMENT, and nothing is made."
        ["dq_create_badhost" "dq_create_nullhost"] "A null, dead or unknown name cannot be sent to: 0x10000003; the direct trap answers 4.";
    "Q8" "page; 3.1 Q8" "When the kernel has no room for another queue the answer is KERN_RESOURCE_SHORTAGE, no port is made, and room that comes back can be used."
        ["dq_create_shortage"] "The limit is part of the machine's configuration.";
    "Q9" "page; 3.1 Q9" "The related functions exist under their names and take the queue: terminate, wait, the five asynchronous requests."
        ["dq_terminate_idle" "dq_wait_order" "ra_ok" "ra_inband_clip" "rao_ok" "wa_copy_semantics" "wai_badbuf" "dq_result_bytes"] "";
    "Q10" "page; 3.1 Q10" "Success is 0."
        ["dq_create_name" "core::codes::numbers_are_those_of_the_sheet"] "";
}

section! { TERMINATE "io_done_queue_terminate":
    "T1" "page; 3.5" "It destroys a queue that was created before, named by a send right to it."
        ["dq_terminate_idle" "golden_io_done_queue_terminate"] "";
    "T2" "page; 3.5 step 1, 3.6" "What is no live queue is KERN_INVALID_ARGUMENT."
        ["dq_terminate_idle" "golden_io_done_queue_terminate"] "A message to a dead name fails before: 0x10000003. The shipped kernel would crash, under no profile here.";
    "T3" "3.5 step 2" "The queue's port dies first: every send right to it becomes a dead name, and who asked is told."
        ["dq_terminate_idle" "dead_name_notification"] "";
    "T4" "3.5 step 2" "From then on no request can name the queue."
        ["dq_async_after_terminate"] "";
    "T5" "3.5 step 3" "Threads that wait are released with KERN_TERMINATED, their results untouched."
        ["dq_terminate_waiter"] "The shipped kernel can hang here, under no profile here.";
    "T6" "3.5 step 4" "Completions that nobody has collected are dropped, and the memory they would have delivered is let go."
        ["dq_terminate_list"] "The shipped kernel leaks it, under no profile here.";
    "T7" "3.5 step 5" "The call waits for the queue's requests in progress; they have their effects on buffers and devices, but nothing is delivered."
        ["dq_terminate_pending"] "";
    "T8" "3.5 step 6" "It answers KERN_SUCCESS at the simulated instant at which the last of them completes, at once if there is none."
        ["dq_terminate_pending" "dq_terminate_idle"] "";
    "T9" "3.5 step 7" "The caller is left with a dead name, which it gives back itself."
        ["dq_terminate_idle"] "";
}

section! { WAIT "io_done_queue_wait and what it delivers":
    "W1" "page; 3.4" "It gets the result of an asynchronous request made before."
        ["ra_ok" "p2_*"] "";
    "W2" "page; 3.4 step 3" "Each call gives the result of one request."
        ["dq_wait_order" "dq_two_waiters"] "";
    "W3" "page; 3.4 step 4" "Without a completion the caller blocks, and only the caller."
        ["dq_two_waiters" "dq_wait_order"] "";
    "W4" "page; 3.3" "Completions are handed out first in, first out: in the order in which requests completed, not in which they were made."
        ["dq_wait_order"] "";
    "W5" "3.3" "Requests of timer0 that are due at the same time complete in the order in which they were made."
        ["dq_wait_tie"] "The timer's newest-first order of Portfolio is none of Mach's, under either profile.";
    "W6" "3.3" "Across devices completions come by simulated time, whatever the order of the requests."
        ["dq_many_devices"] "";
    "W21" "3.3, 5.7" "Completions of two devices at the same instant come in the order of the devices."
        ["dq_device_tie"] "";
    "W7" "3.3" "cdrom0, screen0, console and control0 serve one request after the other, whichever form it came in."
        ["sync_and_async_same_device" "p3_*"] "";
    "W8" "page; 3.3" "Every completion wakes one thread; those that have waited longest come first."
        ["dq_two_waiters"] "";
    "W9" "page; 3.2 step 8" "What is left to be done for a completion is done when it is collected: memory for what was read is made then, in the order of collection."
        ["ra_ok" "dq_terminate_list"] "";
    "W10" "3.3" "A queue holds any number of completions until they are collected or it ends."
        ["dq_terminate_list" "dq_reqid_opaque"] "";
    "W11" "page; 3.4 steps 1 and 5, 3.6" "A queue that was terminated is KERN_TERMINATED, for a thread that waits and for one that comes later with the dead name."
        ["dq_terminate_waiter" "dq_wait_after_terminate"] "retail: KERN_INVALID_ARGUMENT for the one that comes later. The shipped kernel can hang the one that waits, under no profile here.";
    "W12" "page; 3.4 step 1" "A name that never was a queue's is KERN_INVALID_ARGUMENT."
        ["dq_wait_notqueue"] "";
    "W13" "page; 3.4 step 2, 3.6" "A result address that cannot be written is KERN_INVALID_ARGUMENT, and the completion is kept."
        ["dq_wait_badaddr"] "retail: the code is KERN_INVALID_ADDRESS; the completion is kept too, though the shipped kernel loses it.";
    "W14" "3.4" "For data inside the result only as many bytes must be writable as are delivered."
        ["dq_wait_inline_edge"] "";
    "W15" "2.6" "The result has 20 bytes of control and 128 of data; only the 20 and the bytes of an in-band read are stored."
        ["dq_result_bytes" "core::records::a_result_has_its_fields_at_the_offsets_of_the_sheet"] "";
    "W16" "2.6" "qd_type tells the kind: read 1, write 2, overwrite 3."
        ["dq_result_bytes"] "";
    "W17" "2.6, 3.6" "qd_data is the new memory of a read, the result's own array of an in-band read, and 0 otherwise."
        ["dq_result_bytes" "ra_ok"] "The shipped kernel leaves it undefined where it is 0 here.";
    "W18" "2.6" "qd_code has the device's error; nothing was transferred then unless something really was."
        ["cd_recnum_end" "cd_injected_error"] "";
    "W19" "3.4" "A wait with nothing in progress is legal. When nothing in the guest can ever run again the run ends as stuck and says which queue is waited for."
        ["dq_wait_stuck"] "";
    "W20" "3.7" "The example: a read of record 16 returns at once, the wait blocks until the transfer is over, the result names one page with the data."
        ["ra_ok"] "";
}
