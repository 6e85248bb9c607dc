@ mach_overlap - one done queue for a disc and a timer, both working at once.
@
@ Four reads of cdrom0 are in flight while timer0 beats: every completion comes once,
@ the disc's in the order of asking, beats between them; the same block is the same
@ through both kinds of read. Mach sheet 2.6, 3.2, 3.3.
@ aif: stack=0x4000
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    BLOCK, 2048
        .equ    PAGE, 4096
        .equ    READS, 4
        .equ    BEAT, 2000              @ microseconds
        .equ    BEAT_ID, 0xBEA7
        @ a row of a read
        .equ    row_Record, 0
        .equ    row_Bytes, 4
        .equ    row_Buffer, 8           @ 0: new memory
        .equ    row_Data, 12            @ what came
        .equ    row_size, 16

main:   stmfd   sp!, {r4-r8, lr}
        bl      device_master_self
        mov     r4, r0
        mov     r1, #D_READ
        TEXT    r2, "cdrom0"
        ldr     r3, =disc
        bl      device_open_direct
        CHECK   D_SUCCESS, "cdrom0 opens"
        mov     r0, r4
        mov     r1, #D_READ
        TEXT    r2, "timer0"
        ldr     r3, =timer
        bl      device_open_direct
        CHECK   D_SUCCESS, "timer0 opens"
        bl      mach_host_self
        ldr     r1, =queue
        bl      io_done_queue_create_direct
        CHECK   KERN_SUCCESS, "a done queue"
        ldr     r5, =queue
        ldr     r5, [r5]

        @ ---- all reads, then the first beat
        ldr     r6, =reads
        mov     r7, #0
1:      mov     r0, r6
        bl      ask
        cmp     r0, #KERN_SUCCESS
        addeq   r7, r7, #1
        add     r6, r6, #row_size
        ldr     r1, =reads_end
        cmp     r6, r1
        blo     1b
        mov     r0, r7
        CHECK   READS, "all reads are accepted"
        bl      beat
        CHECK   KERN_SUCCESS, "and the first beat"

        @ ---- take what comes: r4 next row, r6 beats, r7 what is wrong, r8 reads to come
        ldr     r4, =reads
        mov     r6, #0
        mov     r7, #0
        mov     r8, #READS
2:      mov     r0, r5
        ldr     r1, =result
        bl      io_done_queue_wait
        cmp     r0, #KERN_SUCCESS
        addne   r7, r7, #1
        ldr     r1, =result
        ldr     r0, [r1, #qd_code]
        cmp     r0, #D_SUCCESS
        addne   r7, r7, #1
        ldr     r0, [r1, #qd_reqid]
        ldr     r2, =BEAT_ID
        cmp     r0, r2
        bne     3f
        ldr     r0, [r1, #qd_type]
        cmp     r0, #IO_DONE_READ
        addne   r7, r7, #1
        ldr     r0, [r1, #qd_count]
        cmp     r0, #TVALSPEC_SIZE
        addne   r7, r7, #1
        add     r6, r6, #1
        bl      beat
        b       2b
3:      cmp     r0, r4                  @ the disc's come in the order of asking
        addne   r7, r7, #1
        bl      judge
        add     r7, r7, r0
        add     r4, r4, #row_size
        subs    r8, r8, #1
        bne     2b
        mov     r0, r7
        CHECK   0, "every completion is as it should be"
        cmp     r6, #1
        CHECK_IF hs, "the timer went on beating meanwhile"

        @ ---- the data
        ldr     r6, =reads
        ldr     r0, [r6, #row_Data]
        ldr     r1, [r0]
        mov     r0, r1
        CHECK   0x015A5A5A, "the first block is a label"
        ldr     r0, [r6, #row_Data]
        ldr     r1, =buffer
        mov     r2, #BLOCK
        bl      differences
        CHECK   0, "new memory and buffer have the same bytes"
        ldr     r0, [r6, #3 * row_size + row_Data]
        add     r0, r0, #BLOCK
        ldr     r1, [r6, #2 * row_size + row_Data]
        mov     r2, #BLOCK
        bl      differences
        CHECK   0, "a block alone and as one of two is the same"
        ldr     r0, [r6, #row_Data]
        add     r0, r0, #BLOCK
        ldr     r1, =zeros
        mov     r2, #PAGE - BLOCK
        bl      differences
        CHECK   0, "the rest of the page is zero"
        LITERALS

        @ ---- the last beat is in flight
        mov     r0, r5
        ldr     r1, =result
        bl      io_done_queue_wait
        CHECK   KERN_SUCCESS, "the last beat"
        ldr     r0, =result
        ldr     r0, [r0, #qd_reqid]
        CHECK   BEAT_ID, "is a beat"
        ldr     r6, =reads
4:      ldr     r0, [r6, #row_Buffer]
        cmp     r0, #0
        bne     5f
        bl      mach_task_self
        ldr     r1, [r6, #row_Data]
        ldr     r2, [r6, #row_Bytes]
        bl      vm_deallocate
        CHECK   KERN_SUCCESS, "memory is given back"
5:      add     r6, r6, #row_size
        ldr     r1, =reads_end
        cmp     r6, r1
        blo     4b
        mov     r0, r5
        bl      io_done_queue_terminate_direct
        CHECK   KERN_SUCCESS, "the queue ends"
        ldr     r0, =disc
        ldr     r0, [r0]
        bl      device_close_direct
        CHECK   D_SUCCESS, "cdrom0 closes"
        ldr     r0, =timer
        ldr     r0, [r0]
        bl      device_close_direct
        CHECK   D_SUCCESS, "timer0 closes"
        PASS

@ ask(r0 = row, r5 = queue): the row's address is the request's id
ask:    stmfd   sp!, {r4-r6, lr}
        mov     r6, r0
        ldmia   r6, {r2-r4}
        stmfd   sp!, {r2-r4}            @ record, bytes, buffer
        mov     r2, r6
        mov     r3, #D_NOWAIT
        ldr     r0, =disc
        ldr     r0, [r0]
        mov     r1, r5
        cmp     r4, #0
        adr     lr, 1f
        beq     device_read_async
        b       device_read_overwrite_async
1:      add     sp, sp, #12
        ldmfd   sp!, {r4-r6, pc}

@ beat(r5 = queue): a delay of timer0
beat:   stmfd   sp!, {r4, lr}
        mov     r3, #BEAT
        mov     r4, #TVALSPEC_SIZE
        stmfd   sp!, {r3, r4}
        ldr     r0, =timer
        ldr     r0, [r0]
        mov     r1, r5
        ldr     r2, =BEAT_ID
        mov     r3, #0
        bl      device_read_async_inband
        add     sp, sp, #8
        ldmfd   sp!, {r4, pc}

@ judge(r1 = result of a read, r4 = its row): r0 := how much is wrong
judge:  stmfd   sp!, {r5, lr}
        mov     r0, #0
        ldr     r2, [r1, #qd_count]
        ldr     r3, [r4, #row_Bytes]
        cmp     r2, r3
        addne   r0, r0, #1
        ldr     r5, [r1, #qd_data]
        ldr     r2, [r1, #qd_type]
        ldr     r3, [r4, #row_Buffer]
        cmp     r3, #0
        beq     1f
        str     r3, [r4, #row_Data]
        cmp     r2, #IO_DONE_OVERWRITE
        addne   r0, r0, #1
        cmp     r5, #0
        addne   r0, r0, #1
        ldmfd   sp!, {r5, pc}
1:      str     r5, [r4, #row_Data]
        cmp     r2, #IO_DONE_READ
        addne   r0, r0, #1
        mov     r3, r5, lsl #20         @ it begins with its page
        cmp     r3, #0
        addne   r0, r0, #1
        ldmfd   sp!, {r5, pc}

@ differences(r0, r1 = addresses, r2 = bytes): r0 := how many words differ
differences:
        stmfd   sp!, {r4, lr}
        mov     lr, #0
1:      ldr     r3, [r0], #4
        ldr     r4, [r1], #4
        cmp     r3, r4
        addne   lr, lr, #1
        subs    r2, r2, #4
        bne     1b
        mov     r0, lr
        ldmfd   sp!, {r4, pc}
        .ltorg

        .data
        .align  2
reads:  .word   0,  BLOCK, 0, 0
        .word   0,  BLOCK, buffer, 0
        .word   9,  BLOCK, buffer_2, 0
        .word   8,  2 * BLOCK, 0, 0
reads_end:
        .bss
        .align  2
disc:   .space  4
timer:  .space  4
queue:  .space  4
result: .space  IO_DONE_RESULT_SIZE
        .align  2
buffer: .space  BLOCK
buffer_2: .space BLOCK
zeros:  .space  PAGE - BLOCK
