@ mach_disc - the label of the disc in the drive, read with Mach's asynchronous calls.
@
@ Opens cdrom0, asks for its size, asks for three blocks at once and goes on, takes
@ them from a done queue one after the other, prints the name of the volume.
@ Mach sheet 1.2, 2.3, 2.6, 3.7.
@ aif: stack=0x4000
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    BLOCK, 2048
        .equ    label_Name, 40
        .equ    label_BlockSize, 76
        .equ    label_BlockCount, 80
        .equ    label_Root, 100

main:   stmfd   sp!, {r4-r8, lr}
        bl      device_master_self
        mov     r4, r0
        ldr     r1, =device
        TEXT    r2, "cdrom0"
        mov     r3, #0                  @ second word of the token
        stmfd   sp!, {r1}
        stmfd   sp!, {r2}
        stmfd   sp!, {r3}
        mov     r0, r4
        mov     r1, #MACH_PORT_NULL     @ no ledger
        mov     r2, #D_READ
        mov     r3, #0
        bl      device_open
        add     sp, sp, #12
        CHECK   D_SUCCESS, "cdrom0 opens"
        ldr     r4, =device
        ldr     r4, [r4]

        @ ---- how large it is
        ldr     r3, =count
        mov     r0, #2
        str     r0, [r3]
        mov     r0, r4
        mov     r1, #DEV_GET_SIZE
        ldr     r2, =size
        bl      device_get_status
        CHECK   D_SUCCESS, "its size"
        ldr     r0, =count
        ldr     r0, [r0]
        CHECK   2, "two numbers"
        ldr     r6, =size
        ldr     r0, [r6, #devsize_record_size]
        CHECK   BLOCK, "bytes of a record"
        ldr     r6, [r6, #devsize_device_size]
        cmp     r6, #0
        CHECK_IF gt, "there is a disc"
        mov     r6, r6, lsr #11         @ records

        @ ---- three reads at once
        bl      mach_host_self
        ldr     r1, =queue
        bl      io_done_queue_create
        CHECK   KERN_SUCCESS, "a done queue"
        ldr     r5, =queue
        ldr     r5, [r5]
        ldr     r2, =first
        mov     r3, #0
        bl      ask
        CHECK   KERN_SUCCESS, "the first block is asked for"
        ldr     r2, =last
        sub     r3, r6, #1
        bl      ask
        CHECK   KERN_SUCCESS, "the last one"
        ldr     r2, =behind
        mov     r3, r6
        bl      ask
        CHECK   KERN_SUCCESS, "and the one behind the end"
        LITERALS

        @ ---- whatever comes; a request's id is a pointer here
        mov     r7, #3
1:      mov     r0, r5
        ldr     r1, =result
        bl      io_done_queue_wait
        CHECK   KERN_SUCCESS, "one is done"
        ldr     r8, =result
        ldr     r0, [r8, #qd_reqid]
        ldr     r1, [r8, #qd_code]
        str     r1, [r0, #4]
        ldr     r1, [r8, #qd_data]
        str     r1, [r0, #8]
        ldr     r1, [r8, #qd_count]
        str     r1, [r0, #12]
        subs    r7, r7, #1
        bne     1b
        ldr     r7, =first
2:      ldr     r1, [r7]
        ldr     r2, [r7, #4]
        ldr     r3, [r7, #12]
        PRINT   "%s block: code %d, %d bytes"
        add     r7, r7, #16
        ldr     r0, =first_name
        cmp     r7, r0
        blo     2b
        ldr     r7, =first
        ldr     r0, [r7, #4]
        CHECK   D_SUCCESS, "the first block was read"
        ldr     r0, [r7, #12]
        CHECK   BLOCK, "all of it"
        ldr     r8, [r7, #8]
        ldr     r0, [r8]
        CHECK   0x015A5A5A, "it is a label"
        ldr     r0, [r8, #label_BlockSize]
        CHECK   BLOCK, "of a volume with these blocks"
        ldr     r0, [r8, #label_BlockCount]
        cmp     r0, r6
        CHECK_IF ls, "that is not larger than the disc"
        ldr     r0, =last
        ldr     r0, [r0, #4]
        CHECK   D_SUCCESS, "the last block was read"
        ldr     r0, =behind
        ldr     r0, [r0, #4]
        CHECK   D_INVALID_RECNUM, "the one behind it was not"
        add     r1, r8, #label_Name
        PRINT   "volume '%s'"

        @ ---- the memory is this program's to give back
        ldr     r7, =first
        bl      release
        CHECK   KERN_SUCCESS, "the first block's memory"
        ldr     r7, =last
        bl      release
        CHECK   KERN_SUCCESS, "the last one's"
        mov     r0, r5
        bl      io_done_queue_terminate
        CHECK   KERN_SUCCESS, "the queue ends"
        mov     r0, r4
        bl      device_close
        CHECK   D_SUCCESS, "cdrom0 closes"
        PASS

@ ask(r4 = device, r5 = queue, r2 = id, r3 = record): one record into new memory
ask:    stmfd   sp!, {r4, lr}
        mov     r0, r4
        mov     r1, r5
        mov     r4, #BLOCK
        stmfd   sp!, {r3, r4}
        mov     r3, #D_NOWAIT           @ as others do; a disc ignores it
        bl      device_read_async
        add     sp, sp, #8
        ldmfd   sp!, {r4, pc}

@ release(r7 = a request's row)
release:
        stmfd   sp!, {lr}
        bl      mach_task_self
        ldr     r1, [r7, #8]
        ldr     r2, [r7, #12]
        bl      vm_deallocate
        ldmfd   sp!, {pc}
        .ltorg

        .data
        .align  2
@ name, code, data, bytes
first:  .word   first_name, -1, 0, 0
last:   .word   last_name, -1, 0, 0
behind: .word   behind_name, -1, 0, 0
first_name:     .asciz  "first"
last_name:      .asciz  "last"
behind_name:    .asciz  "missing"
        .bss
        .align  2
device: .space  4
queue:  .space  4
count:  .space  4
size:   .space  DEV_SIZE_SIZE
result: .space  IO_DONE_RESULT_SIZE
