@ mach_routines - every synchronous routine of Mach's devices.
@
@ By message, by trap and by the project's own traps, on test_device0, test_device1 and
@ timer0: opens and closes, transfers of each kind, status, filters, and the
@ codes of what is refused. Mach sheet 1.2-1.8, 5.2-5.5.
@ aif: stack=0x4000
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    PAGE, 4096
        .equ    NO_NAME, 0x12345678     @ of no port

@ The other entry for compilers, with the same numbers.
        TRAP_STACK_FUNCTION device_read_overwrite_81, TRAP_device_read_overwrite_trap
        TRAP_STACK_FUNCTION mach_task_self_81, TRAP_mach_task_self

main:   stmfd   sp!, {r4-r8, lr}
        bl      device_master_self
        mov     r4, r0
        bl      opens                   @ r5 = test_device0, r6 = timer0
        bl      closes
        bl      statuses
        bl      reads
        bl      delays
        bl      writes
        bl      entries
        bl      direct
        CALL    device_close, r6
        CHECK   D_SUCCESS, "timer0 closes"
        CALL    device_close, r5
        CHECK   D_SUCCESS, "test_device0 closes"
        CALL    device_close, r5
        CHECK   MACH_SEND_INVALID_DEST, "then its name is a dead one"
        PASS

@ ------------------------------------------------------------ device_open
opens:  stmfd   sp!, {lr}
        CALL    device_open, r4, 0, D_READ + D_WRITE, 0, 0, test_name, port
        CHECK   D_SUCCESS, "test_device0 opens"
        WORD    r5, port
        CALL    device_open, r4, 0, D_READ, 0, 0, test_name, port
        CHECK   D_SUCCESS, "a second time"
        WORD    r0, port
        CHECK_REG r5, "all opens share one port"
        CALL    device_open, r4, 0, D_READ, 0, 0, alias_name, port
        CHECK   D_SUCCESS, "timer0 opens by its other name"
        WORD    r6, port
        CALL    device_open, r4, 0, 0, 0, 0, timer_name, port
        CHECK   D_SUCCESS, "and by its own, with no mode"
        WORD    r0, port
        CHECK_REG r6, "which is the same device"
        CALL    device_open, r4, 0, D_READ, 0, 0, wrong_name, port
        CHECK   D_NO_SUCH_DEVICE, "an unknown name"
        CALL    device_open, r4, 0, D_READ, 0, 0, wrong_unit, port
        CHECK   D_NO_SUCH_DEVICE, "an unknown unit"
        CALL    device_open, r4, 0, D_CLONE, 0, 0, test_name, port
        CHECK   D_NOT_CLONED, "a device that cannot be cloned"
        LITERALS
        bl      mach_task_self
        CALL    device_open, r0, 0, D_READ, 0, 0, test_name, port
        CHECK   D_INVALID_OPERATION, "a task is no device master"
        CALL    device_open, 0, 0, D_READ, 0, 0, test_name, port
        CHECK   MACH_SEND_INVALID_DEST, "nor is no port at all"
        CALL    device_open, r4, NO_NAME, D_READ, 0, 0, test_name, port
        CHECK   MACH_SEND_INVALID_RIGHT, "a ledger that is no right"
        CALL    device_open, r4, 0, D_READ, 0, 0, exclusive_name, port
        CHECK   D_SUCCESS, "test_device1 opens"
        CALL    device_open, r4, 0, D_READ, 0, 0, exclusive_name, other
        CHECK   D_ALREADY_OPEN, "once only"
        WORD    r7, port
        CALL    device_close, r7
        CHECK   D_SUCCESS, "it closes"
        CALL    device_open, r4, 0, D_READ, 0, 0, exclusive_name, port
        CHECK   D_SUCCESS, "and opens again"
        WORD    r7, port
        CALL    device_close, r7
        CHECK   D_SUCCESS, "and closes"
        ldmfd   sp!, {pc}
        .ltorg

@ ------------------------------------------------------------ device_close
closes: stmfd   sp!, {lr}
        CALL    device_close, r5
        CHECK   D_SUCCESS, "one of two opens closes"
        CALL    get_status, r5, DEV_GET_SIZE, 2
        CHECK   D_SUCCESS, "the device is open still"
        CALL    device_close, r6
        CHECK   D_SUCCESS, "the same with the timer"
        bl      mach_task_self
        CALL    device_close, r0
        CHECK   D_NO_SUCH_DEVICE, "a task is no device"
        CALL    device_close, r4
        CHECK   D_NO_SUCH_DEVICE, "nor is the device master"
        CALL    device_close, NO_NAME
        CHECK   MACH_SEND_INVALID_DEST, "a name of nothing"
        ldmfd   sp!, {pc}
        .ltorg

@ ------------------------------------------------------------ status
statuses:
        stmfd   sp!, {r7, lr}
        ldr     r7, =status
        CALL    get_status, r6, DEV_GET_SIZE, 2
        CHECK   D_SUCCESS, "the size of a timer"
        WORD    r0, count
        CHECK   2, "two numbers"
        ldr     r0, [r7, #devsize_device_size]
        CHECK   0, "it has none"
        ldr     r0, [r7, #devsize_record_size]
        CHECK   1, "it is sequential"
        CALL    get_status, r5, DEV_GET_SIZE, DEV_STATUS_MAX
        CHECK   D_SUCCESS, "the size of a test device"
        WORD    r0, count
        CHECK   0, "no numbers"
        CALL    get_status, r6, TIMER_GET_RES, 1
        CHECK   D_SUCCESS, "the timer's resolution"
        ldr     r0, [r7]
        CHECK   16000, "16 us, in ns"
        CALL    get_status, r6, TIMER_GET_TIME, 2
        bl      note_time
        CHECK   D_SUCCESS, "the time"
        LITERALS
        ldr     r1, [r7, #mach_tv_nsec]
        ldr     r2, =1000000000
        cmp     r1, r2
        CHECK_IF lo, "less than a second of nanoseconds"
        bl      judge_time
        CHECK   1, "it is the time of the console"
        CALL    get_status, r6, TIMER_GET_VBLANK, 2
        CHECK   D_SUCCESS, "the count of fields"
        WORD    r0, count
        CHECK   2, "in two words"
        ldr     r0, [r7]
        CHECK   0, "the upper of which is zero for years"
        CALL    get_status, r6, DEV_GET_RECORDS, 2
        CHECK   D_INVALID_OPERATION, "a flavor of other systems"
        mov     r0, #0
        str     r0, [r7, #4]
        CALL    get_status, r6, DEV_GET_SIZE, 1
        CHECK   MIG_ARRAY_TOO_LARGE, "no room for two numbers"
        WORD    r0, count
        CHECK   2, "so many would have come"
        ldr     r0, [r7, #4]
        CHECK   0, "and one did"
        LITERALS
        CALL    device_set_status, r5, 1, status, 1
        CHECK   D_SUCCESS, "a flavor of the test device"
        CALL    device_set_status, r6, TIMER_GET_TIME, status, 2
        CHECK   D_INVALID_OPERATION, "the time is not set"
        CALL    device_set_status, r6, 1, status, DEV_STATUS_MAX + 1
        CHECK   MIG_ARRAY_TOO_LARGE, "too much for the client"
        CALL    device_set_filter, r5, 0, MACH_MSG_TYPE_MAKE_SEND, 0, status, 1
        CHECK   D_INVALID_OPERATION, "a filter without a port"
        bl      mach_reply_port
        mov     r7, r0
        CALL    device_set_filter, r5, r7, MACH_MSG_TYPE_MAKE_SEND, 0, status, 3
        CHECK   D_INVALID_OPERATION, "no device has packets"
        bl      mach_task_self
        CALL    mach_port_destroy, r0, r7
        CHECK   KERN_SUCCESS, "the port goes"
        ldmfd   sp!, {r7, pc}
        .ltorg

@ get_status(device, flavor, room): to `status`, the number to `count`
get_status:
        ldr     r3, =count
        str     r2, [r3]
        ldr     r2, =status
        b       device_get_status

@ note_time(): keeps the time of the console's clock, and r0
note_time:
        stmfd   sp!, {r0, lr}
        bl      GetUSecs
        ldr     r1, =noted
        str     r0, [r1]
        ldmfd   sp!, {r0, pc}

@ judge_time(r7 = a tvalspec): r0 := 1 when it is not more than a millisecond older
@ than the time that was noted
judge_time:
        stmfd   sp!, {r4-r6, lr}
        WORD    r4, noted
        ldr     r0, [r7, #mach_tv_sec]
        ldr     r1, =1000000
        mul     r5, r0, r1
        ldr     r0, [r7, #mach_tv_nsec]
1:      subs    r0, r0, #1000
        addhs   r5, r5, #1
        bhs     1b
        sub     r0, r4, r5
        cmp     r0, #1000
        movls   r0, #1
        movhi   r0, #0
        ldmfd   sp!, {r4-r6, pc}

@ ------------------------------------------------------------ reads
reads:  stmfd   sp!, {r7, lr}
        CALL    device_read, r5, 0, 0, 5000, data, count
        CHECK   D_SUCCESS, "device_read by trap"
        ldr     r0, =5000
        bl      judge_pages
        CALL    device_read_msg, r5, 0, 0, 5000, data, count
        CHECK   D_SUCCESS, "device_read by message"
        ldr     r0, =5000
        bl      judge_pages
        CALL    device_read, r5, 0, 0, 0, data, count
        CHECK   D_SUCCESS, "nothing at all"
        WORD    r0, count
        CHECK   0, "no bytes"
        CALL    device_read, r5, 0, 0, -1, data, count
        CHECK   D_INVALID_SIZE, "a negative length"
        CALL    device_read, NO_NAME, 0, 0, 8, data, count
        CHECK   MACH_SEND_INVALID_DEST, "a name of nothing: the message says so"
        CALL    device_read_msg, r4, 0, 0, 8, data, count
        CHECK   D_NO_SUCH_DEVICE, "the device master is no device"
        LITERALS
        ldr     r7, =buffer
        bl      mark_buffer
        CALL    device_read_overwrite, r5, 0, 0, 100, buffer, count
        CHECK   D_SUCCESS, "device_read_overwrite"
        WORD    r0, count
        CHECK   100, "all of it"
        ldr     r0, [r7]
        CHECK   0x78000000, "the first byte of a page is an x"
        ldr     r0, [r7, #96]
        CHECK   0, "the others are zero"
        ldr     r0, [r7, #100]
        CHECK   0xA5A5A5A5, "what is behind is untouched"
        bl      mark_buffer
        CALL    read_inband, r5, 0, 300, IO_INBAND_MAX
        CHECK   D_SUCCESS, "device_read_inband of too much"
        WORD    r0, count
        CHECK   IO_INBAND_MAX, "is cut"
        ldr     r0, [r7]
        CHECK   0x78000000, "the first byte"
        ldr     r0, [r7, #124]
        CHECK   0, "the last ones"
        ldr     r0, [r7, #128]
        CHECK   0xA5A5A5A5, "and behind them"
        LITERALS
        bl      mark_buffer
        CALL    read_inband, r5, 0, 8, 4
        CHECK   MIG_ARRAY_TOO_LARGE, "more than there is room for"
        WORD    r0, count
        CHECK   8, "so many came"
        ldr     r0, [r7]
        CHECK   0x78000000, "the first part is there"
        ldr     r0, [r7, #4]
        CHECK   0xA5A5A5A5, "and no more"
        CALL    read_inband, r5, 0, 3, IO_INBAND_MAX
        CHECK   D_SUCCESS, "a length that is no whole word"
        WORD    r0, count
        CHECK   3, "is not rounded"
        CALL    read_inband, r5, 0, 0, IO_INBAND_MAX
        CHECK   D_SUCCESS, "nothing in-band"
        WORD    r0, count
        CHECK   0, "is nothing"
        ldmfd   sp!, {r7, pc}
        .ltorg

@ read_inband(device, record, bytes, room): to `buffer`, the number to `count`
read_inband:
        stmfd   sp!, {r4, lr}
        ldr     r12, =count
        str     r3, [r12]
        ldr     r4, =buffer
        stmfd   sp!, {r4, r12}
        mov     r3, r2
        mov     r2, r1
        mov     r1, #0
        bl      device_read_inband
        add     sp, sp, #8
        ldmfd   sp!, {r4, pc}

@ judge_pages(r0 = bytes that should have come to `data`): checks and gives back
judge_pages:
        stmfd   sp!, {r4, r7, lr}
        mov     r4, r0
        WORD    r0, count
        CHECK_REG r4, "all bytes"
        WORD    r7, data
        mov     r0, r7, lsl #20
        CHECK   0, "they begin with a page"
        mov     r0, #0
        mov     r1, #0
1:      ldrb    r2, [r7, r1]
        mov     r3, r1, lsl #20
        cmp     r3, #0
        moveq   r3, #'x'
        movne   r3, #0
        cmp     r2, r3
        addne   r0, r0, #1
        add     r1, r1, #1
        cmp     r1, #2 * PAGE           @ the rest of the page too
        blo     1b
        CHECK   0, "an x begins each page, all else is zero"
        bl      mach_task_self
        CALL    vm_deallocate, r0, r7, r4
        CHECK   KERN_SUCCESS, "the memory is given back"
        ldmfd   sp!, {r4, r7, pc}

@ mark_buffer(): every byte of `buffer` becomes 0xA5
mark_buffer:
        ldr     r0, =buffer
        ldr     r1, =0xA5A5A5A5
        mov     r2, #256
1:      str     r1, [r0], #4
        subs    r2, r2, #4
        bne     1b
        mov     pc, lr
        .ltorg

@ ------------------------------------------------------------ delays
delays: stmfd   sp!, {r7, r8, lr}
        ldr     r7, =buffer
        bl      GetUSecs
        mov     r8, r0
        CALL    read_inband, r6, 1000, TVALSPEC_SIZE, IO_INBAND_MAX
        bl      note_time
        CHECK   D_SUCCESS, "a delay of 1000 us"
        WORD    r0, count
        CHECK   TVALSPEC_SIZE, "brings a time"
        WORD    r0, noted
        sub     r8, r0, r8
        cmp     r8, #1000
        CHECK_IF hs, "it is not shorter"
        bl      judge_time
        CHECK   1, "and the time is that of its end"
        bl      GetUSecs
        mov     r8, r0
        CALL    device_read_overwrite, r6, 0, 2000, 32, buffer, count
        bl      note_time
        CHECK   D_SUCCESS, "2000 us by trap"
        WORD    r0, noted
        sub     r8, r0, r8
        cmp     r8, #2000
        CHECK_IF hs, "it is not shorter"
        ldr     r1, =2000 + 300
        cmp     r8, r1
        CHECK_IF ls, "nor much longer"
        WORD    r0, count
        CHECK   TVALSPEC_SIZE, "more room does not bring more"
        LITERALS
        CALL    read_inband, r6, 100, 4, IO_INBAND_MAX
        CHECK   D_INVALID_SIZE, "no room for a time"
        CALL    read_inband, r6, 100, 0, IO_INBAND_MAX
        CHECK   D_SUCCESS, "a delay and nothing else"
        WORD    r0, count
        CHECK   0, "brings nothing"
        CALL    device_read, r6, D_NOWAIT, 100, 8, data, count
        CHECK   D_WOULD_BLOCK, "a delay that may not wait"
        CALL    device_read, r6, D_NOWAIT, 0, 8, data, count
        CHECK   D_SUCCESS, "none has not to"
        bl      mach_task_self
        WORD    r1, data
        WORD    r2, count
        bl      vm_deallocate
        CHECK   KERN_SUCCESS, "its memory"
        CALL    device_read, r6, 0, TIMER_NEXT_VBLANK, 0, data, count
        CHECK   D_SUCCESS, "the next field"
        CALL    device_write, r6, 0, 0, buffer, 8, count
        CHECK   D_INVALID_OPERATION, "the timer is not written"
        ldmfd   sp!, {r7, r8, pc}
        .ltorg

@ ------------------------------------------------------------ writes
writes: stmfd   sp!, {lr}
        CALL    device_write, r5, 0, 0, status, 1000, count
        CHECK   D_SUCCESS, "device_write by trap"
        WORD    r0, count
        CHECK   1000, "all of it"
        CALL    device_write_msg, r5, 0, 0, status, 777, count
        CHECK   D_SUCCESS, "device_write by message"
        WORD    r0, count
        CHECK   777, "all of it"
        CALL    device_write, r5, 0, 0, 0, 0, count
        CHECK   D_SUCCESS, "nothing"
        WORD    r0, count
        CHECK   0, "is written"
        CALL    device_write_inband, r5, 0, 0, status, IO_INBAND_MAX, count
        CHECK   D_SUCCESS, "device_write_inband"
        WORD    r0, count
        CHECK   IO_INBAND_MAX, "all of it"
        CALL    device_write_inband, r5, 0, 0, status, 5, count
        CHECK   D_SUCCESS, "a length that is no whole word"
        WORD    r0, count
        CHECK   5, "is not rounded"
        CALL    device_write_inband, r5, 0, 0, status, IO_INBAND_MAX + 1, count
        CHECK   MIG_ARRAY_TOO_LARGE, "more does not fit"
        CALL    device_write_msg, r5, 0, 0, 0xFFFFF000, 16, count
        CHECK   MACH_SEND_INVALID_MEMORY, "data that cannot be read"
        CALL    device_write_inband, r5, 0, 0, status, 4, count
        CHECK   D_SUCCESS, "a new reply port is as good"
        ldmfd   sp!, {pc}
        .ltorg

@ ------------------------------------------------------------ entries
entries:
        stmfd   sp!, {r7, lr}
        bl      mach_task_self
        mov     r7, r0
        bl      mach_task_self_81
        CHECK_REG r7, "both entries name the same task"
        ldr     r7, =buffer
        bl      mark_buffer
        CALL    device_read_overwrite_81, r5, 0, 0, 8, buffer, count
        CHECK   D_SUCCESS, "arguments on the stack"
        WORD    r0, count
        CHECK   8, "all of it"
        ldr     r0, [r7]
        CHECK   0x78000000, "the data"
        ldr     r0, =NO_NAME
        TRAP    TRAP_device_read_trap
        CHECK   MACH_SEND_INTERRUPTED, "no device: use the message"
        mov     r0, #0
        TRAP    -100
        CHECK   MACH_SEND_INTERRUPTED, "a trap that does not exist"
        TRAP    -5
        CHECK   KERN_INVALID_ARGUMENT, "a reserved one"
        TRAP    -178
        CHECK   KERN_INVALID_ARGUMENT, "one behind the table"
        mov     r12, #4
        swi     MACH_TRAP
        CHECK   KERN_INVALID_ARGUMENT, "a positive number"
        mov     r1, #0x11
        mov     r2, #0x22
        mov     r3, #0x33
        TRAP    TRAP_mach_task_self
        eor     r1, r1, #0x11
        eor     r2, r2, #0x22
        eor     r3, r3, #0x33
        orr     r0, r1, r2
        orr     r0, r0, r3
        CHECK   0, "registers are preserved"
        ldmfd   sp!, {r7, pc}
        .ltorg

@ ------------------------------------------------------------ without messages
direct: stmfd   sp!, {r7, lr}
        ldr     r7, =status
        CALL    ext_version, status
        CHECK   KERN_SUCCESS, "the version of the project's traps"
        ldr     r0, [r7]
        CHECK   0x00010000, "is 1.0"
        CALL    device_open_direct, r4, D_READ, test_name, port
        CHECK   D_SUCCESS, "device_open_direct"
        WORD    r0, port
        CHECK_REG r5, "gives the same port"
        CALL    device_open_direct, r4, D_READ, wrong_name, port
        CHECK   D_NO_SUCH_DEVICE, "an unknown name"
        ldr     r1, =count
        mov     r0, #2
        str     r0, [r1]
        CALL    device_get_status_direct, r6, DEV_GET_SIZE, status, count
        CHECK   D_SUCCESS, "device_get_status_direct"
        WORD    r0, count
        CHECK   2, "two numbers"
        ldr     r0, [r7, #devsize_record_size]
        CHECK   1, "the same"
        CALL    device_set_status_direct, r5, 2, status, 1
        CHECK   D_SUCCESS, "device_set_status_direct"
        LITERALS
        bl      mark_buffer
        ldr     r7, =buffer
        ldr     r1, =count
        mov     r0, #IO_INBAND_MAX
        str     r0, [r1]
        CALL    device_read_inband_direct, r5, 0, 0, 12, buffer, count
        CHECK   D_SUCCESS, "device_read_inband_direct"
        WORD    r0, count
        CHECK   12, "all of it"
        ldr     r0, [r7]
        CHECK   0x78000000, "the data"
        ldr     r0, [r7, #12]
        CHECK   0xA5A5A5A5, "and no more"
        CALL    device_write_inband_direct, r5, 0, 0, buffer, 12, count
        CHECK   D_SUCCESS, "device_write_inband_direct"
        WORD    r0, count
        CHECK   12, "all of it"
        CALL    io_done_queue_create_direct, 0, port
        CHECK   KERN_INVALID_ARGUMENT, "a done queue on no host"
        CALL    device_close_direct, r5
        CHECK   D_SUCCESS, "device_close_direct"
        CALL    get_status, r5, DEV_GET_SIZE, 2
        CHECK   D_SUCCESS, "the first open is left"
        ldmfd   sp!, {r7, pc}
        .ltorg

        .pushsection .rodata
test_name:      .asciz  "test_device0"
exclusive_name: .asciz  "test_device1"
timer_name:     .asciz  "timer0"
alias_name:     .asciz  "rtclock"
wrong_name:     .asciz  "no_device"
wrong_unit:     .asciz  "timer7"
        .popsection
        .bss
        .align  2
port:   .space  4
other:  .space  4
data:   .space  4
count:  .space  4
noted:  .space  4
buffer: .space  256
status: .space  4 * DEV_STATUS_MAX
