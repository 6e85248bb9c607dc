@ mach_terminate - the end of a done queue.
@
@ A thread that waits gets 37; the call returns when the last request in flight is due;
@ what was or would have been completed is never delivered; the name is a dead one.
@ Mach sheet 3.2 step 7, 3.4, 3.5, 3.6.
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    ROUNDING, 16            @ granularity of the timer
        .equ    CALLS, 250              @ microseconds that a handful of calls may take
        .equ    LAST, 5000              @ microseconds of the last request

main:   stmfd   sp!, {r4-r8, lr}
        bl      device_master_self
        mov     r1, #D_READ
        TEXT    r2, "timer0"
        ldr     r3, =device
        bl      device_open_direct
        CHECK   D_SUCCESS, "timer0 opens"
        ldr     r4, =device
        ldr     r4, [r4]

        @ ---- nothing in flight
        bl      new_queue
        mov     r5, r0
        mov     r0, r5
        bl      io_done_queue_terminate
        CHECK   KERN_SUCCESS, "an idle queue ends at once"
        bl      judge_dead
        bl      mach_task_self
        bl      io_done_queue_terminate
        CHECK   KERN_INVALID_ARGUMENT, "a task is no queue"
        bl      mach_task_self
        ldr     r1, =result
        bl      io_done_queue_wait
        CHECK   KERN_INVALID_ARGUMENT, "nor can it be waited for"
        LITERALS

        @ ---- a thread waits, requests are in flight
        bl      new_queue
        mov     r5, r0
        ldr     r1, =queue
        str     r5, [r1]
        TEXT    r0, "waiter"
        mov     r1, #150                @ runs until it waits
        ldr     r2, =waiter
        mov     r3, #0x1000
        bl      CreateThread
        NEW_ITEM r6, "a thread that waits for the queue"
        ldr     r0, =waited
        ldr     r0, [r0]
        CHECK   -1, "it waits"

        bl      GetUSecs                @ no line is printed as long as time counts
        mov     r8, r0
        ldr     r3, =LAST
        bl      ask_overwrite
        mov     r6, r0
        mov     r3, #1000
        bl      ask_inband
        mov     r7, r0
        mov     r0, r5
        bl      io_done_queue_terminate
        ldr     r1, =new
        str     r0, [r1]
        bl      GetUSecs
        sub     r8, r0, r8
        mov     r0, r6
        CHECK   KERN_SUCCESS, "a read into a buffer, the last to end"
        mov     r0, r7
        CHECK   KERN_SUCCESS, "a shorter one"
        WORD    r0, new
        CHECK   KERN_SUCCESS, "the queue ends"
        ldr     r1, =LAST
        cmp     r8, r1
        CHECK_IF hs, "not before the last request"
        ldr     r1, =LAST + CALLS + ROUNDING
        cmp     r8, r1
        CHECK_IF ls, "and not long after"
        ldr     r0, =buffer
        ldr     r1, [r0]
        ldr     r2, [r0, #4]
        orrs    r1, r1, r2
        CHECK_IF ne, "what it read is in the buffer"
        ldr     r0, =waited
        ldr     r0, [r0]
        CHECK   KERN_TERMINATED, "the thread's code"
        ldr     r0, =result
        ldr     r0, [r0, #qd_reqid]
        CHECK   0xA5A5A5A5, "its record is untouched"
        bl      judge_dead

        @ ---- a completion that lies in the queue
        bl      new_queue
        mov     r5, r0
        mov     r3, #100
        bl      ask_inband
        CHECK   KERN_SUCCESS, "a read"
        bl      CreateTimerIOReq
        mov     r6, r0
        mov     r1, #0
        ldr     r2, =1000
        bl      WaitTime
        CHECK   0, "it has ended by now"
        bl      GetUSecs
        mov     r8, r0
        mov     r0, r5
        bl      io_done_queue_terminate
        mov     r7, r0
        bl      GetUSecs
        sub     r8, r0, r8
        mov     r0, r7
        CHECK   KERN_SUCCESS, "the queue ends with what lies in it"
        cmp     r8, #CALLS
        CHECK_IF lo, "at once"
        bl      judge_dead

        mov     r0, r4
        bl      device_close
        CHECK   D_SUCCESS, "timer0 closes"
        PASS

@ new_queue(): r0 := a done queue
new_queue:
        stmfd   sp!, {lr}
        bl      mach_host_self
        ldr     r1, =new
        bl      io_done_queue_create
        CHECK   KERN_SUCCESS, "a done queue"
        ldr     r0, =new
        ldr     r0, [r0]
        ldmfd   sp!, {pc}

@ judge_dead(r4 = device, r5 = name of a queue that has ended)
judge_dead:
        stmfd   sp!, {lr}
        mov     r0, r5
        ldr     r1, =result
        bl      io_done_queue_wait
        EITHER  KERN_TERMINATED, KERN_INVALID_ARGUMENT, "waiting afterwards"
        mov     r3, #100
        bl      ask_inband
        CHECK   KERN_INVALID_ARGUMENT, "a request afterwards"
        mov     r0, r5
        bl      io_done_queue_terminate
        CHECK   MACH_SEND_INVALID_DEST, "a message to it has nowhere to go"
        bl      mach_task_self
        mov     r1, r5
        mov     r2, #MACH_PORT_RIGHT_SEND
        mvn     r3, #0
        bl      mach_port_mod_refs
        CHECK   KERN_INVALID_RIGHT, "its name is no send right"
        bl      mach_task_self
        mov     r1, r5
        mov     r2, #MACH_PORT_RIGHT_DEAD_NAME
        mov     r3, #1
        bl      mach_port_mod_refs
        CHECK   KERN_SUCCESS, "but a dead name"
        bl      mach_task_self
        mov     r1, r5
        bl      mach_port_deallocate
        CHECK   KERN_SUCCESS, "one reference goes"
        bl      mach_task_self
        mov     r1, r5
        bl      mach_port_deallocate
        CHECK   KERN_SUCCESS, "and the other"
        bl      mach_task_self
        mov     r1, r5
        mov     r2, #MACH_PORT_RIGHT_DEAD_NAME
        mov     r3, #1
        bl      mach_port_mod_refs
        CHECK   KERN_INVALID_NAME, "then it stands for nothing"
        ldmfd   sp!, {pc}

@ ask_inband(r4 = device, r5 = queue, r3 = microseconds)
ask_inband:
        stmfd   sp!, {r4, lr}
        mov     r0, r4
        mov     r1, r5
        mov     r4, #TVALSPEC_SIZE
        stmfd   sp!, {r3, r4}
        mov     r2, #0x11
        mov     r3, #0
        bl      device_read_async_inband
        add     sp, sp, #8
        ldmfd   sp!, {r4, pc}

@ ask_overwrite(r4 = device, r5 = queue, r3 = microseconds): reads to `buffer`
ask_overwrite:
        stmfd   sp!, {r4, r5, lr}
        mov     r0, r4
        mov     r1, r5
        mov     r4, #TVALSPEC_SIZE
        ldr     r5, =buffer
        stmfd   sp!, {r3-r5}
        mov     r2, #0x22
        mov     r3, #0
        bl      device_read_overwrite_async
        add     sp, sp, #12
        ldmfd   sp!, {r4, r5, pc}
        .ltorg

@ The thread that waits.
waiter: ldr     r0, =queue
        ldr     r0, [r0]
        ldr     r1, =result
        bl      io_done_queue_wait
        ldr     r1, =waited
        str     r0, [r1]
        mov     r0, #0
        b       exit
        .ltorg

        .data
        .align  2
waited: .word   -1
result: .fill   IO_DONE_RESULT_SIZE / 4, 4, 0xA5A5A5A5
        .bss
        .align  2
device: .space  4
queue:  .space  4
new:    .space  4
buffer: .space  8
