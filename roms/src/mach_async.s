@ mach_async - the five asynchronous requests, byte for byte.
@
@ test_device0 and timer0 through one done queue: what a completion writes into its
@ record and what not, bad names, bad buffers, lengths of zero, writes nobody waits
@ for, a device that closes too early. Mach sheet 1.2, 2.6, 3.2, 3.4, 3.6.
@ aif: stack=0x4000
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    UNTOUCHED, 0xA5A5A5A5
        .equ    NOWHERE, 0xFFFFF000     @ an address of no memory
        .equ    NO_NAME, 0x12345678     @ of no port

main:   stmfd   sp!, {r4-r8, lr}
        bl      device_master_self
        mov     r8, r0
        CALL    device_open_direct, r8, D_READ + D_WRITE, test_name, port
        CHECK   D_SUCCESS, "test_device0 opens"
        WORD    r4, port
        CALL    device_open_direct, r8, D_READ, timer_name, port
        CHECK   D_SUCCESS, "timer0 opens"
        WORD    r5, port
        bl      mach_host_self
        CALL    io_done_queue_create, r0, port
        CHECK   KERN_SUCCESS, "a done queue"
        WORD    r6, port
        ldr     r7, =result
        bl      kinds
        bl      lengths
        bl      names
        bl      buffers
        bl      late
        CALL    io_done_queue_terminate, r6
        CHECK   KERN_SUCCESS, "the queue ends"
        CALL    device_close, r5
        CHECK   D_SUCCESS, "timer0 closes"
        PASS

@ ------------------------------------------- what each kind of request gives back
kinds:  stmfd   sp!, {r8, lr}
        CALL    device_read_async, r4, r6, 0xCAFE, 0, 0, 5000
        CHECK   KERN_SUCCESS, "device_read_async"
        bl      wait
        CHECK   IO_DONE_READ, "its type"
        ldr     r0, [r7, #qd_reqid]
        CHECK   0xCAFE, "its id"
        ldr     r0, [r7, #qd_count]
        CHECK   5000, "its bytes"
        bl      untouched
        CHECK   IO_DONE_CONTROL_SIZE, "bytes of the record that were written"
        ldr     r8, [r7, #qd_data]
        mov     r0, r8, lsl #20
        CHECK   0, "the data begins with a page"
        ldr     r0, [r8]
        CHECK   0x78000000, "with an x"
        add     r0, r8, #4096
        ldr     r0, [r0]
        CHECK   0x78000000, "as the next one does"
        bl      mach_task_self
        CALL    vm_deallocate, r0, r8, 5000
        CHECK   KERN_SUCCESS, "it is given back"
        LITERALS

        CALL    device_read_async_inband, r4, r6, 1, 0, 0, 300
        CHECK   KERN_SUCCESS, "device_read_async_inband of too much"
        bl      wait
        CHECK   IO_DONE_READ, "its type"
        ldr     r0, [r7, #qd_count]
        CHECK   IO_INBAND_MAX, "is cut"
        ldr     r0, [r7, #qd_data]
        add     r1, r7, #qd_inline
        CHECK_REG r1, "the data is in the record"
        ldr     r0, [r7, #qd_inline]
        CHECK   0x78000000, "as it should be"
        CALL    device_read_async_inband, r4, r6, 2, 0, 0, 8
        CHECK   KERN_SUCCESS, "eight bytes in-band"
        bl      wait
        bl      untouched
        CHECK   IO_DONE_CONTROL_SIZE + 8, "bytes of the record that were written"
        CALL    device_read_overwrite_async, r4, r6, 3, 0, 0, 12, buffer
        CHECK   KERN_SUCCESS, "device_read_overwrite_async"
        bl      wait
        CHECK   IO_DONE_OVERWRITE, "its type"
        ldr     r0, [r7, #qd_count]
        CHECK   12, "its bytes"
        ldr     r0, [r7, #qd_data]
        CHECK   0, "no address"
        bl      untouched
        CHECK   IO_DONE_CONTROL_SIZE, "bytes of the record that were written"
        ldr     r8, =buffer
        ldr     r0, [r8]
        CHECK   0x78000000, "the data"
        ldr     r0, [r8, #12]
        CHECK   UNTOUCHED, "and no more"
        LITERALS

        CALL    device_write_async, r4, r6, 4, 0, 0, buffer, 1000
        CHECK   KERN_SUCCESS, "device_write_async"
        bl      wait
        CHECK   IO_DONE_WRITE, "its type"
        ldr     r0, [r7, #qd_count]
        CHECK   1000, "its bytes"
        ldr     r0, [r7, #qd_data]
        CHECK   0, "no address"
        bl      untouched
        CHECK   IO_DONE_CONTROL_SIZE, "bytes of the record that were written"
        CALL    device_write_async_inband, r4, r6, 5, 0, 0, buffer, 1000
        CHECK   KERN_SUCCESS, "device_write_async_inband of too much"
        bl      wait
        CHECK   IO_DONE_WRITE, "its type"
        ldr     r0, [r7, #qd_count]
        CHECK   IO_INBAND_MAX, "is cut"
        bl      untouched
        CHECK   IO_DONE_CONTROL_SIZE, "bytes of the record that were written"
        ldmfd   sp!, {r8, pc}
        .ltorg

@ ------------------------------------------- nothing, too little, not now
lengths:
        stmfd   sp!, {lr}
        CALL    device_read_async, r4, r6, 0, 0, 0, 0
        CHECK   KERN_SUCCESS, "a read of nothing"
        bl      nothing
        CALL    device_read_async_inband, r4, r6, 0, 0, 0, 0
        CHECK   KERN_SUCCESS, "nothing in-band"
        bl      wait
        ldr     r0, [r7, #qd_count]
        CHECK   0, "no bytes"
        CALL    device_read_overwrite_async, r4, r6, 0, 0, 0, 0, buffer
        CHECK   KERN_SUCCESS, "nothing into a buffer"
        bl      nothing
        CALL    device_write_async, r4, r6, 0, 0, 0, buffer, 0
        CHECK   KERN_SUCCESS, "a write of nothing"
        bl      nothing
        CALL    device_write_async_inband, r4, r6, 0, 0, 0, buffer, 0
        CHECK   KERN_SUCCESS, "the same in-band"
        bl      nothing
        LITERALS
        CALL    device_read_async, r4, r6, 9, 0, 0, -1
        CHECK   KERN_SUCCESS, "a negative length is accepted"
        ldr     r8, =D_INVALID_SIZE
        bl      refused
        CALL    device_read_async, r5, r6, 9, 0, 100, 4
        CHECK   KERN_SUCCESS, "no room for a time"
        ldr     r8, =D_INVALID_SIZE
        bl      refused
        CALL    device_read_async_inband, r5, r6, 9, D_NOWAIT, 100, 8
        CHECK   KERN_SUCCESS, "a delay that may not wait"
        ldr     r8, =D_WOULD_BLOCK
        bl      refused
        CALL    device_write_async_inband, r5, r6, 9, 0, 0, buffer, 8
        CHECK   KERN_SUCCESS, "a write to the timer"
        ldr     r8, =D_INVALID_OPERATION
        bl      refused
        ldmfd   sp!, {pc}
        .ltorg

@ ------------------------------------------- what is refused at once
names:  stmfd   sp!, {lr}
        CALL    device_read_async, NO_NAME, r6, 0, 0, 0, 8
        CHECK   KERN_INVALID_ARGUMENT, "a name of nothing, device_read_async"
        CALL    device_read_async_inband, NO_NAME, r6, 0, 0, 0, 8
        CHECK   KERN_INVALID_ARGUMENT, "in-band"
        CALL    device_read_overwrite_async, NO_NAME, r6, 0, 0, 0, 8, buffer
        EITHER  KERN_INVALID_ARGUMENT, MACH_SEND_INTERRUPTED, "into a buffer"
        CALL    device_write_async, NO_NAME, r6, 0, 0, 0, buffer, 8
        EITHER  KERN_INVALID_ARGUMENT, MACH_SEND_INTERRUPTED, "device_write_async"
        CALL    device_write_async_inband, NO_NAME, r6, 0, 0, 0, buffer, 8
        EITHER  KERN_INVALID_ARGUMENT, MACH_SEND_INTERRUPTED, "in-band"
        LITERALS
        CALL    device_read_async, r6, r6, 0, 0, 0, 8
        CHECK   KERN_INVALID_ARGUMENT, "a queue is no device"
        CALL    device_read_async, r4, 0, 0, 0, 0, 8
        CHECK   KERN_INVALID_ARGUMENT, "a read that nobody waits for"
        CALL    device_read_async_inband, r4, 0, 0, 0, 0, 8
        CHECK   KERN_INVALID_ARGUMENT, "in-band"
        CALL    device_read_overwrite_async, r4, 0, 0, 0, 0, 8, buffer
        CHECK   KERN_INVALID_ARGUMENT, "into a buffer"
        CALL    device_read_async, r4, r5, 0, 0, 0, 8
        CHECK   KERN_INVALID_ARGUMENT, "a device is no queue"
        CALL    device_write_async, r4, NO_NAME, 0, 0, 0, buffer, 8
        CHECK   KERN_INVALID_ARGUMENT, "a name of nothing is none either"
        CALL    device_write_async, r4, MACH_PORT_NULL, 0, 0, 0, buffer, 8
        CHECK   KERN_SUCCESS, "but a write may go without"
        CALL    device_write_async_inband, r4, MACH_PORT_DEAD, 0, 0, 0, buffer, 8
        CHECK   KERN_SUCCESS, "or with one that has died"
        CALL    io_done_queue_wait, NO_NAME, result
        CHECK   KERN_INVALID_ARGUMENT, "waiting for nothing"
        CALL    io_done_queue_wait, r4, result
        CHECK   KERN_INVALID_ARGUMENT, "waiting for a device"
        ldmfd   sp!, {pc}
        .ltorg

@ ------------------------------------------- bad addresses
buffers:
        stmfd   sp!, {r8, lr}
        CALL    device_write_async, r4, r6, 0, 0, 0, NOWHERE, 8
        CHECK   KERN_INVALID_ADDRESS, "a write from nowhere"
        CALL    device_write_async_inband, r4, r6, 0, 0, 0, NOWHERE, 8
        CHECK   KERN_MEMORY_ERROR, "in-band"
        CALL    device_read_overwrite_async, r4, r6, 9, 0, 0, 8, NOWHERE
        CHECK   KERN_SUCCESS, "a read to nowhere is accepted"
        mov     r8, #KERN_INVALID_ADDRESS
        bl      refused
        CALL    device_read_async_inband, r4, r6, 0xFFFFFFFF, 0, 0, 8
        CHECK   KERN_SUCCESS, "a read"
        CALL    io_done_queue_wait, r6, NOWHERE
        EITHER  KERN_INVALID_ARGUMENT, KERN_INVALID_ADDRESS, "a record nowhere"
        bl      wait
        CHECK   IO_DONE_READ, "the completion is still there"
        ldr     r0, [r7, #qd_reqid]
        CHECK   0xFFFFFFFF, "with its id"

        @ ---- in order of their ends
        CALL    device_read_async_inband, r5, r6, 1, 0, 500, 8
        mov     r8, r0
        CALL    device_read_overwrite_async, r5, r6, 2, 0, 100, 8, buffer
        orr     r0, r0, r8
        CHECK   KERN_SUCCESS, "of two requests the later"
        bl      wait
        ldr     r0, [r7, #qd_reqid]
        CHECK   2, "may end first"
        bl      wait
        ldr     r0, [r7, #qd_reqid]
        CHECK   1, "and the other later"
        ldmfd   sp!, {r8, pc}
        .ltorg

@ ------------------------------------------- a device that closes too early
late:   stmfd   sp!, {r8, lr}
        bl      device_master_self
        mov     r8, r0
        CALL    device_read_async_inband, r5, r6, 77, 0, 1000, 8
        CHECK   KERN_SUCCESS, "a delay"
        CALL    device_close_direct, r5
        CHECK   D_SUCCESS, "the timer closes"
        CALL    device_read_async_inband, r5, r6, 78, 0, 1000, 8
        CHECK   KERN_INVALID_ARGUMENT, "its name is dead"
        bl      wait
        ldr     r0, [r7, #qd_reqid]
        CHECK   77, "what was accepted ends"
        ldr     r0, [r7, #qd_code]
        CHECK   D_SUCCESS, "as if nothing had happened"
        CALL    device_open_direct, r8, D_READ, timer_name, port
        CHECK   D_SUCCESS, "it opens again"
        WORD    r5, port
        CALL    device_close_direct, r4
        CHECK   D_SUCCESS, "test_device0 closes"
        ldmfd   sp!, {r8, pc}

@ ------------------------------------------------------------------ tools
@ wait(r6 = queue, r7 = record): fills the record with A5, takes a completion; r0 :=
@ its type
wait:   stmfd   sp!, {lr}
        mov     r0, #IO_DONE_RESULT_SIZE
        ldr     r1, =UNTOUCHED
1:      subs    r0, r0, #4
        str     r1, [r7, r0]
        bne     1b
        CALL    io_done_queue_wait, r6, r7
        CHECK   KERN_SUCCESS, "a completion"
        ldr     r0, [r7, #qd_type]
        ldmfd   sp!, {pc}

@ untouched(r7 = record): r0 := number of bytes up to the last one that is not A5
untouched:
        mov     r0, #IO_DONE_RESULT_SIZE
1:      sub     r1, r0, #1
        ldrb    r1, [r7, r1]
        cmp     r1, #0xA5
        movne   pc, lr
        subs    r0, r0, #1
        bne     1b
        mov     pc, lr

@ nothing(): the completion of a request for no bytes
nothing:
        stmfd   sp!, {lr}
        bl      wait
        ldr     r0, [r7, #qd_code]
        ldr     r1, [r7, #qd_count]
        orr     r0, r0, r1
        ldr     r1, [r7, #qd_data]
        orr     r0, r0, r1
        CHECK   0, "no error, no bytes, no address"
        ldmfd   sp!, {pc}

@ refused(r8 = code): the completion of a request that the device refuses
refused:
        stmfd   sp!, {lr}
        bl      wait
        ldr     r0, [r7, #qd_code]
        CHECK_REG r8, "the completion says why not"
        ldr     r0, [r7, #qd_count]
        CHECK   0, "no bytes"
        ldmfd   sp!, {pc}
        .ltorg

        .pushsection .rodata
test_name:      .asciz  "test_device0"
timer_name:     .asciz  "timer0"
        .popsection
        .data
        .align  2
buffer: .fill   256, 4, UNTOUCHED
        .bss
        .align  2
port:   .space  4
result: .space  IO_DONE_RESULT_SIZE
