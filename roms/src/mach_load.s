@ mach_load - many Mach calls in a row: what one of them costs the host is measured so.
@
@ mach_load KIND COUNT   status: device_get_status by message, timer0
@                        timer: asynchronous reads of timer0 through one done queue
@                        ports: receive rights made and destroyed
@ Without words it does a hundred of each. Mach sheet 4.5, 1.5, 3.2, 4.1.
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    EACH, 100
        .equ    DELAY, 20               @ microseconds
        .equ    STATUS_REQUEST, 40
        .equ    STATUS_ROOM, 64

main:   cmp     r0, #3
        bne     all
        mov     r4, r1
        ldr     r0, [r4, #8]
        bl      number
        mov     r5, r0
        bl      prepare
        ldr     r1, [r4, #4]
        ldrb    r1, [r1]
        mov     r0, r5
        cmp     r1, #'s'
        beq     1f
        cmp     r1, #'t'
        beq     2f
        bl      ports
        b       3f
1:      bl      status
        b       3f
2:      bl      timer
3:      CHECK   KERN_SUCCESS, "all of them"
        PASS

all:    bl      prepare
        mov     r0, #EACH
        bl      status
        CHECK   KERN_SUCCESS, "device_get_status by message"
        mov     r0, #EACH
        bl      timer
        CHECK   KERN_SUCCESS, "asynchronous reads through a done queue"
        mov     r0, #EACH
        bl      ports
        CHECK   KERN_SUCCESS, "ports made and destroyed"
        PASS
        .ltorg

@ prepare(): opens timer0 and fills in the request
prepare:
        stmfd   sp!, {r4, lr}
        bl      device_master_self
        mov     r1, #D_READ
        TEXT    r2, "timer0"
        ldr     r3, =device
        bl      device_open_direct
        CHECK   D_SUCCESS, "timer0 opens"
        ldr     r4, =request
        ldr     r0, =device
        ldr     r0, [r0]
        str     r0, [r4, #8]
        bl      mach_reply_port
        str     r0, [r4, #12]
        ldmfd   sp!, {r4, pc}

@ status(count): round trips of one message; the first code that is none of success, or 0.
@ The loop is the trap and four instructions, so that little of the cost is the guest's.
status: stmfd   sp!, {r4-r8, lr}
        sub     sp, sp, #36
        mov     r7, r0
        mov     r5, #0                  @ no time-out
        mov     r6, #0                  @ no notification
        str     r5, [sp, #32]           @ no scatter list
        ldr     r8, =reply
        ldr     r4, =request
        ldr     r4, [r4, #12]
1:      ldr     r0, =request
        mov     r1, #3                  @ send and receive
        mov     r2, #STATUS_REQUEST
        mov     r3, #STATUS_ROOM
        TRAP    TRAP_mach_msg_overwrite_trap
        cmp     r0, #0
        bne     2f
        subs    r7, r7, #1
        bne     1b
        ldr     r0, [r8, #32]           @ the code in the last reply
2:      add     sp, sp, #36
        ldmfd   sp!, {r4-r8, pc}

@ timer(count): one read after the other, each collected from the queue
timer:  stmfd   sp!, {r4-r8, lr}
        mov     r7, r0
        bl      mach_host_self
        ldr     r1, =queue
        bl      io_done_queue_create_direct
        cmp     r0, #0
        bne     2f
1:      ldr     r0, =device
        ldr     r0, [r0]
        ldr     r1, =queue
        ldr     r1, [r1]
        mov     r2, r7                  @ the request's id
        mov     r3, #0
        mov     r4, #DELAY
        mov     r5, #8
        TRAP    TRAP_device_read_async_inband
        cmp     r0, #0
        bne     2f
        ldr     r0, =queue
        ldr     r0, [r0]
        ldr     r1, =result
        TRAP    TRAP_io_done_queue_wait
        ldr     r1, =result
        ldr     r2, [r1, #4]
        cmp     r0, #0
        bne     2f
        cmp     r2, r7
        movne   r0, #KERN_FAILURE       @ another request's completion
        bne     2f
        subs    r7, r7, #1
        bne     1b
        ldr     r0, =queue
        ldr     r0, [r0]
        bl      io_done_queue_terminate_direct
2:      ldmfd   sp!, {r4-r8, pc}

@ ports(count): receive rights
ports:  stmfd   sp!, {r4-r8, lr}
        mov     r7, r0
        bl      mach_task_self
        mov     r6, r0
1:      bl      mach_reply_port
        mov     r1, r0
        mov     r0, r6
        bl      mach_port_destroy
        cmp     r0, #0
        bne     2f
        subs    r7, r7, #1
        bne     1b
2:      ldmfd   sp!, {r4-r8, pc}

@ number(string): its decimal digits
number: mov     r1, r0
        mov     r0, #0
1:      ldrb    r2, [r1], #1
        sub     r2, r2, #'0'
        cmp     r2, #9
        movhi   pc, lr
        add     r0, r0, r0, lsl #2
        add     r0, r2, r0, lsl #1
        b       1b
        .ltorg

        .data
        .align  2
device: .word   0
queue:  .word   0
@ device_get_status(DEV_GET_SIZE, room 2), without its ports
request:
        .word   0x1513, STATUS_REQUEST, 0, 0, 0, 2811
        .word   0, 0
        .word   0, 2

@ Away from the code: what is written beside code has to be decoded again.
        .bss
        .align  10
        .space  1024
reply:  .space  STATUS_ROOM
result: .space  148
