@ mach_queue_order - a done queue gives completions in the order in which they come.
@
@ Three delays of timer0 asked for as 300, 100, 200 us come back as 100, 200, 300;
@ delays that end together come back as they were asked for; a request's id is any
@ 32-bit number. Mach sheet 3.2, 3.3, 5.5.
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    CALLS, 250              @ microseconds that a handful of calls may take
        .equ    FIELD_TIME, 20000       @ the longer of both standards

main:   stmfd   sp!, {r4-r8, lr}
        bl      device_master_self
        mov     r4, r0
        cmp     r4, #0
        CHECK_IF ne, "the device master"
        mov     r0, r4
        mov     r1, #D_READ
        TEXT    r2, "timer0"
        ldr     r3, =device
        bl      device_open_direct
        CHECK   D_SUCCESS, "timer0 opens"
        bl      mach_host_self
        ldr     r1, =queue
        bl      io_done_queue_create_direct
        CHECK   KERN_SUCCESS, "a done queue"
        ldr     r4, =device
        ldr     r4, [r4]
        ldr     r5, =queue
        ldr     r5, [r5]

        @ ---- by due time
        ldr     r6, =by_time
        bl      ask_all
        mov     r8, r0
        bl      GetUSecs                @ no line is printed as long as time counts
        ldr     r7, =asked
        ldr     r7, [r7]
        sub     r7, r0, r7
        ldr     r6, =in_time
        bl      collect_all
        mov     r6, r0
        mov     r0, r8
        CHECK   3, "three delays are asked for"
        cmp     r7, #CALLS
        CHECK_IF lo, "asking does not wait"
        mov     r0, r6
        CHECK   3, "100, 200, 300"

        @ ---- by issue among equals
        ldr     r6, =equal
        bl      ask_all
        mov     r8, r0
        bl      collect_all
        mov     r7, r0
        mov     r0, r8
        CHECK   4, "four for the next field, with ids of all kinds"
        mov     r0, r7
        CHECK   4, "they come in the order of asking"
        LITERALS

        @ ---- one queue does not see the other's
        bl      mach_host_self
        ldr     r1, =other_queue
        bl      io_done_queue_create_direct
        CHECK   KERN_SUCCESS, "another queue"
        ldr     r8, =other_queue
        ldr     r8, [r8]
        cmp     r8, r5
        CHECK_IF ne, "it has another name"
        mov     r0, r4
        mov     r1, r5
        ldr     r2, =0xAAAA
        mov     r3, #200
        bl      ask
        CHECK   KERN_SUCCESS, "a delay, for the first queue"
        mov     r0, r4
        mov     r1, r8
        ldr     r2, =0xBBBB
        mov     r3, #100
        bl      ask
        CHECK   KERN_SUCCESS, "and one for the second"
        mov     r0, r5
        ldr     r1, =result
        bl      io_done_queue_wait
        CHECK   KERN_SUCCESS, "waiting for the first queue"
        ldr     r0, =result
        ldr     r0, [r0, #qd_reqid]
        CHECK   0xAAAA, "gives its own request"
        mov     r0, r8
        ldr     r1, =result
        bl      io_done_queue_wait
        CHECK   KERN_SUCCESS, "waiting for the second"
        ldr     r0, =result
        ldr     r0, [r0, #qd_reqid]
        CHECK   0xBBBB, "gives the other"

        @ ---- the end
        mov     r0, r5
        bl      io_done_queue_terminate_direct
        CHECK   KERN_SUCCESS, "the first queue ends"
        mov     r0, r8
        bl      io_done_queue_terminate_direct
        CHECK   KERN_SUCCESS, "and the second"
        mov     r0, r4
        bl      device_close_direct
        CHECK   D_SUCCESS, "timer0 closes"
        PASS

@ ask(r0 = device, r1 = queue, r2 = id, r3 = microseconds): a delay of timer0
ask:    stmfd   sp!, {r4, lr}
        mov     r4, #TVALSPEC_SIZE
        stmfd   sp!, {r3, r4}           @ recnum, bytes_wanted
        mov     r3, #0
        bl      device_read_async_inband
        add     sp, sp, #8
        ldmfd   sp!, {r4, pc}

@ ask_all(r4 = device, r5 = queue, r6 = rows of id, record number, least and most time,
@ ended by a row of zeros): r0 := how many were accepted
ask_all:
        stmfd   sp!, {r6-r8, lr}
        bl      GetUSecs
        ldr     r1, =asked
        str     r0, [r1]
        mov     r7, #0
1:      ldmia   r6, {r2, r3}
        add     r6, r6, #16
        cmp     r3, #0
        beq     2f
        mov     r0, r4
        mov     r1, r5
        bl      ask
        cmp     r0, #KERN_SUCCESS
        addeq   r7, r7, #1
        beq     1b
2:      mov     r0, r7
        ldmfd   sp!, {r6-r8, pc}

@ collect_all(r5 = queue, r6 = rows as above, in the order of completion): r0 := how
@ many came as they should: in order, in time, with a time of the clock
collect_all:
        stmfd   sp!, {r6-r8, lr}
        mov     r7, #0
1:      ldr     r0, [r6, #4]
        cmp     r0, #0
        beq     2f
        mov     r0, r5
        ldr     r1, =result
        bl      io_done_queue_wait
        cmp     r0, #KERN_SUCCESS
        bne     2f
        bl      GetUSecs
        ldr     r1, =asked
        ldr     r1, [r1]
        sub     r0, r0, r1              @ microseconds since the first was asked for
        ldr     r8, =result
        ldmia   r6!, {r1-r3, r12}
        cmp     r0, r3
        blo     2f
        cmp     r0, r12
        bhi     2f
        ldr     r2, [r8, #qd_reqid]
        cmp     r2, r1
        ldreq   r2, [r8, #qd_type]
        cmpeq   r2, #IO_DONE_READ
        ldreq   r2, [r8, #qd_code]
        cmpeq   r2, #D_SUCCESS
        ldreq   r2, [r8, #qd_count]
        cmpeq   r2, #TVALSPEC_SIZE
        addeq   r1, r8, #qd_inline
        ldreq   r2, [r8, #qd_data]
        cmpeq   r2, r1                  @ the data is in the record
        addeq   r7, r7, #1
        beq     1b
2:      mov     r0, r7
        ldmfd   sp!, {r6-r8, pc}

        .data
        .align  2
by_time:
        .word   300, 300, 0, 0
        .word   100, 100, 0, 0
        .word   200, 200, 0, 0
        .word   0, 0, 0, 0
in_time:
        .word   100, 100, 100, 100 + CALLS
        .word   200, 200, 200, 200 + CALLS
        .word   300, 300, 300, 300 + CALLS
        .word   0, 0, 0, 0
@ All of these end with the field: only that makes the instants really equal.
equal:  .word   0, TIMER_NEXT_VBLANK, 0, FIELD_TIME
        .word   0xFFFFFFFF, TIMER_NEXT_VBLANK, 0, FIELD_TIME
        .word   equal, TIMER_NEXT_VBLANK, 0, FIELD_TIME
        .word   0, TIMER_NEXT_VBLANK, 0, FIELD_TIME
        .word   0, 0, 0, 0
        .bss
        .align  2
asked:          .space  4
device:         .space  4
queue:          .space  4
other_queue:    .space  4
result:         .space  IO_DONE_RESULT_SIZE
