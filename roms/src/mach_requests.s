@ mach_requests - requests whose replies come later, as messages.
@
@ The request forms of open, read and write, each with a reply port of the program's
@ own; ports in a set, device_reply_server takes the messages apart. Several are in
@ flight at once and come back as they end. Mach sheet 1.1, 1.5, 1.7, 5.9.
@ aif: stack=0x4000
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"
        .include "mach_reply.inc"

        .equ    ROOM, 176               @ largest reply and trailer
        @ what a handler was called with
        .equ    call_Routine, 0
        .equ    call_Port, 4
        .equ    call_Code, 8
        .equ    call_Value, 12
        .equ    call_Count, 16
        .equ    call_size, 20

main:   stmfd   sp!, {r4-r8, lr}
        bl      device_master_self
        mov     r4, r0
        bl      mach_reply_port
        mov     r7, r0
        cmp     r7, #0
        CHECK_IF ne, "a reply port"
        ldr     r8, =call

        @ ---- open
        CALL    device_open_request, r4, r7, 0, D_READ + D_WRITE, 0, 0, test_name
        CHECK   MACH_MSG_SUCCESS, "device_open_request"
        bl      serve
        CHECK   'o', "its reply"
        ldr     r0, [r8, #call_Code]
        CHECK   D_SUCCESS, "test_device0 is open"
        ldr     r0, [r8, #call_Port]
        CHECK_REG r7, "the reply came to the port"
        ldr     r5, [r8, #call_Value]
        CALL    device_open_request, r4, r7, 0, D_READ, 0, 0, wrong_name
        CHECK   MACH_MSG_SUCCESS, "an unknown name"
        bl      serve
        CHECK   'o', "its reply"
        ldr     r0, [r8, #call_Code]
        CHECK   D_NO_SUCH_DEVICE, "says that there is no such device"
        CALL    device_open_request, r4, r7, 0, D_READ, 0, 0, timer_name
        bl      serve
        ldr     r0, [r8, #call_Code]
        CHECK   D_SUCCESS, "timer0 is open"
        ldr     r6, [r8, #call_Value]
        LITERALS

        @ ---- reads
        CALL    device_read_request, r5, r7, 0, 0, 100
        CHECK   KERN_SUCCESS, "device_read_request"
        bl      serve
        CHECK   'r', "its reply"
        ldr     r0, [r8, #call_Code]
        CHECK   D_SUCCESS, "no error"
        ldr     r0, [r8, #call_Count]
        CHECK   100, "all bytes"
        ldr     r4, [r8, #call_Value]
        ldr     r0, [r4]
        CHECK   0x78000000, "the data"
        bl      mach_task_self
        CALL    vm_deallocate, r0, r4, 100
        CHECK   KERN_SUCCESS, "is given back"
        CALL    send_read_msg, r5, r7, 0, 0, 100
        CHECK   KERN_SUCCESS, "the same by message"
        bl      serve
        CHECK   'r', "has the same reply"
        ldr     r4, [r8, #call_Value]
        bl      mach_task_self
        CALL    vm_deallocate, r0, r4, 100
        CHECK   KERN_SUCCESS, "that is given back, too"
        CALL    device_read_request_inband, r5, r7, 0, 0, 4096
        CHECK   MACH_MSG_SUCCESS, "device_read_request_inband of a page"
        bl      serve
        CHECK   'i', "its reply"
        ldr     r0, [r8, #call_Count]
        CHECK   IO_INBAND_MAX, "is cut"
        ldr     r0, [r8, #call_Value]
        ldr     r0, [r0]
        CHECK   0x78000000, "the data"
        LITERALS
        CALL    device_read_overwrite_request, r5, r7, 0, 0, 8, buffer
        CHECK   KERN_SUCCESS, "device_read_overwrite_request"
        bl      serve
        CHECK   'v', "its reply"
        ldr     r0, [r8, #call_Code]
        CHECK   D_SUCCESS, "no error"
        ldr     r0, [r8, #call_Value]
        CHECK   8, "all bytes"
        WORD    r0, buffer
        CHECK   0x78000000, "the data"
        CALL    device_read_request, r6, r7, 0, 0, 4
        bl      serve
        CHECK   'r', "a read that the timer refuses"
        ldr     r0, [r8, #call_Code]
        CHECK   D_INVALID_SIZE, "says why"

        @ ---- writes
        CALL    device_write_request, r5, r7, 0, 0, buffer, 1000
        CHECK   KERN_SUCCESS, "device_write_request"
        bl      serve
        CHECK   'w', "its reply"
        ldr     r0, [r8, #call_Value]
        CHECK   1000, "all bytes"
        CALL    device_write_request_inband, r5, r7, 0, 0, buffer, 33
        CHECK   MACH_MSG_SUCCESS, "device_write_request_inband"
        bl      serve
        CHECK   'b', "its reply"
        ldr     r0, [r8, #call_Value]
        CHECK   33, "all bytes"
        CALL    device_write_request_inband, r6, r7, 0, 0, buffer, 8
        bl      serve
        ldr     r0, [r8, #call_Code]
        CHECK   D_INVALID_OPERATION, "the timer is not written"
        LITERALS

        @ ---- names of nothing
        CALL    device_read_request, 0x12345678, r7, 0, 0, 8
        CHECK   MACH_SEND_INVALID_DEST, "no such device: the message says so"
        CALL    device_read_request_inband, r5, 0x12345678, 0, 0, 8
        CHECK   MACH_SEND_INVALID_REPLY, "no such reply port"

        @ ---- two ports in a set, three delays, replies as they end
        bl      mach_task_self
        CALL    mach_port_allocate, r0, MACH_PORT_RIGHT_PORT_SET, set
        CHECK   KERN_SUCCESS, "a port set"
        bl      mach_reply_port
        ldr     r1, =second
        str     r0, [r1]
        bl      mach_task_self
        WORD    r2, set
        mov     r1, r7
        bl      mach_port_move_member
        CHECK   KERN_SUCCESS, "the first port joins it"
        bl      mach_task_self
        WORD    r1, second
        WORD    r2, set
        bl      mach_port_move_member
        CHECK   KERN_SUCCESS, "and a second one"
        WORD    r4, second
        CALL    device_read_request_inband, r6, r7, 0, 3000, 8
        ldr     r1, =codes
        str     r0, [r1]
        CALL    device_read_request_inband, r6, r4, 0, 1000, 8
        ldr     r1, =codes
        str     r0, [r1, #4]
        CALL    device_read_request_inband, r6, r7, 0, 2000, 8
        ldr     r1, =codes              @ no line is printed as long as time counts
        ldmia   r1, {r2, r3}
        orr     r0, r0, r2
        orr     r0, r0, r3
        CHECK   MACH_MSG_SUCCESS, "a long delay, a short one, one between them"
        CALL    receive, r7
        CHECK   MACH_RCV_IN_SET, "a port of a set alone"
        LITERALS
        WORD    r0, set
        bl      serve_from
        ldr     r0, [r8, #call_Port]
        CHECK_REG r4, "the short one ends first"
        WORD    r0, set
        bl      serve_from
        ldr     r0, [r8, #call_Port]
        CHECK_REG r7, "then one of the first port"
        ldr     r0, [r8, #call_Value]
        ldr     r1, [r0, #mach_tv_nsec]
        ldr     r2, =earlier
        str     r1, [r2]
        WORD    r0, set
        bl      serve_from
        ldr     r0, [r8, #call_Value]
        ldr     r1, [r0, #mach_tv_nsec]
        WORD    r2, earlier
        subs    r1, r1, r2
        ldr     r0, =1000000000
        addmi   r1, r1, r0              @ a second has begun meanwhile
        ldr     r0, =900000
        cmp     r1, r0
        CHECK_IF hs, "the last a millisecond later"
        bl      mach_task_self
        mov     r1, r7
        mov     r2, #0
        bl      mach_port_move_member
        CHECK   KERN_SUCCESS, "the first port leaves the set"

        @ ---- what device_reply_server does not know
        ldr     r0, =message
        mov     r1, #0x1200
        str     r1, [r0, #msgh_bits]
        mov     r1, #MIG_ERROR_SIZE
        str     r1, [r0, #msgh_size]
        mov     r1, #MSG_mach_notify_dead_name
        str     r1, [r0, #msgh_id]
        ldr     r1, =reply
        bl      device_reply_server
        CHECK   0, "a notification is not for it"
        ldr     r0, =message
        ldr     r1, =MSG_device_write + MIG_REPLY_OFFSET
        str     r1, [r0, #msgh_id]
        mov     r1, #MSGH_SIZE
        str     r1, [r0, #msgh_size]
        ldr     r1, =reply
        bl      device_reply_server
        CHECK   1, "a reply of a write is"
        WORD    r0, reply + mig_RetCode
        CHECK   MIG_BAD_ARGUMENTS, "but not so short a one"

        CALL    device_close, r6
        CHECK   D_SUCCESS, "timer0 closes"
        CALL    device_close, r5
        CHECK   D_SUCCESS, "test_device0 closes"
        PASS

@ send_read_msg(): device_read_request without its trap
send_read_msg:
        ldr     r12, =MSG_device_read
        b       send_read

@ receive(port or set): a message to `message`
receive:
        stmfd   sp!, {lr}
        mov     r1, #0                  @ no timeout, nobody to notify
        mov     r2, #0
        stmfd   sp!, {r0-r2}
        ldr     r0, =message
        mov     r1, #MACH_RCV_MSG
        mov     r2, #0
        mov     r3, #ROOM
        bl      mach_msg
        add     sp, sp, #12
        ldmfd   sp!, {pc}

@ serve(r7 = port): takes a message, gives it to device_reply_server; r0 := which
@ routine it has called, or what went wrong
serve:  mov     r0, r7
serve_from:
        stmfd   sp!, {lr}
        bl      receive
        cmp     r0, #MACH_MSG_SUCCESS
        ldmnefd sp!, {pc}
        ldr     r1, =call
        str     r0, [r1, #call_Routine]
        ldr     r0, =message
        ldr     r1, =reply
        bl      device_reply_server
        WORD    r0, reply + mig_RetCode
        ldr     r1, =MIG_NO_REPLY
        cmp     r0, r1
        ldmnefd sp!, {pc}
        WORD    r0, call + call_Routine
        ldmfd   sp!, {pc}
        .ltorg

@ Each notes what it was called with.
        .macro  HANDLER name, letter
        .global \name
\name:  mov     r12, #\letter
        b       note
        .endm
        HANDLER ds_device_open_reply, 'o'
        HANDLER ds_device_read_reply, 'r'
        HANDLER ds_device_read_reply_inband, 'i'
        HANDLER ds_device_read_reply_overwrite, 'v'
        HANDLER ds_device_write_reply, 'w'
        HANDLER ds_device_write_reply_inband, 'b'
note:   stmfd   sp!, {r4, lr}
        ldr     r4, =call
        str     r12, [r4, #call_Routine]
        str     r0, [r4, #call_Port]
        str     r1, [r4, #call_Code]
        str     r2, [r4, #call_Value]
        str     r3, [r4, #call_Count]
        mov     r0, #KERN_SUCCESS
        ldmfd   sp!, {r4, pc}
        .ltorg

        .pushsection .rodata
test_name:      .asciz  "test_device0"
timer_name:     .asciz  "timer0"
wrong_name:     .asciz  "no_device"
        .popsection
        .bss
        .align  2
set:    .space  4
codes:  .space  8
second: .space  4
earlier: .space 4
call:   .space  call_size
message: .space ROOM
reply:  .space  MIG_ERROR_SIZE
buffer: .space  1000
