@ mach_mixed - both personalities in one program, on one drive.
@
@ A request of Portfolio's and one of Mach's read the same blocks of the same disc, one
@ behind the other in the drive; meanwhile the program exchanges messages with a
@ thread and waits for Portfolio's timer. A thread waits for a done queue and signals
@ the main program. Mach sheet 5.1.
@ aif: stack=0x4000
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    BLOCK, DISC_BLOCK

main:   stmfd   sp!, {r4-r8, lr}
        @ ---- Portfolio's side
        TEXT    r0, "CD-ROM"
        bl      OpenNamedDevice
        NEW_ITEM r5, "Portfolio opens the drive"
        bl      request
        NEW_ITEM r6, "a request for it"
        bl      request
        NEW_ITEM r7, "another"
        bl      CreateTimerIOReq
        NEW_ITEM r8, "one for the timer"

        @ ---- Mach's side
        bl      device_master_self
        mov     r1, #D_READ
        TEXT    r2, "cdrom0"
        ldr     r3, =device
        bl      device_open_direct
        CHECK   D_SUCCESS, "Mach opens it too"
        bl      mach_host_self
        ldr     r1, =queue
        bl      io_done_queue_create_direct
        CHECK   KERN_SUCCESS, "a done queue"
        ldr     r5, =queue
        ldr     r5, [r5]

        @ ---- three reads and a delay
        mov     r0, r6
        mov     r1, #0
        ldr     r2, =portfolio_1
        bl      read
        CHECK   0, "Portfolio's first read begins"
        mov     r0, #2
        bl      mach_read
        CHECK   KERN_SUCCESS, "Mach's read of both blocks"
        mov     r0, r7
        mov     r1, #1
        ldr     r2, =portfolio_2
        bl      read
        CHECK   0, "Portfolio's second read"
        mov     r0, r8
        ldr     r1, =delay
        swi     SendIO
        CHECK   0, "a delay of 200 us"

        @ ---- meanwhile: messages with a thread
        TEXT    r0, "replies"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        NEW_ITEM r4, "a port for replies"
        TEXT    r0, "echo"
        mov     r1, #150
        ldr     r2, =echo
        mov     r3, #0x1000
        bl      CreateThread
        cmp     r0, #0
        CHECK_IF gt, "a thread that answers"
        TEXT    r0, "question"
        mov     r1, #0
        mov     r2, r4
        bl      CreateSmallMsg
        mov     r1, r0
        ldr     r0, =echo_port
        ldr     r0, [r0]
        mov     r2, #41
        mov     r3, #0
        swi     SendSmallMsg
        mov     r0, r4
        mov     r1, #0
        swi     WaitPort
        FIELD   r0, msg_DataPtr
        CHECK   42, "its answer"
        mov     r0, r8
        swi     WaitIO
        CHECK   0, "the delay ends"
        mov     r0, r6
        bl      CheckIO
        CHECK   0, "and the drive has not even read the first block"

        @ ---- in the order of asking
        mov     r0, r5
        ldr     r1, =result
        bl      io_done_queue_wait
        CHECK   KERN_SUCCESS, "Mach's read is done"
        mov     r0, r6
        bl      CheckIO
        cmp     r0, #0
        CHECK_IF ne, "so Portfolio's first read is"
        LITERALS
        mov     r0, r6
        swi     WaitIO
        CHECK   0, "without an error"
        mov     r0, r7
        swi     WaitIO
        CHECK   0, "Portfolio's second read ends"
        FIELD   r7, io_Actual
        CHECK   BLOCK, "it got a block"
        ldr     r4, =result
        ldr     r0, [r4, #qd_code]
        CHECK   D_SUCCESS, "Mach's code"
        ldr     r0, [r4, #qd_count]
        CHECK   2 * BLOCK, "and two blocks"
        ldr     r4, [r4, #qd_data]
        ldr     r0, =portfolio_1
        ldr     r0, [r0]
        CHECK   0x015A5A5A, "the first is a label"
        ldr     r0, =portfolio_1
        mov     r1, r4
        bl      differences
        CHECK   0, "the same for both"
        ldr     r0, =portfolio_2
        add     r1, r4, #BLOCK
        bl      differences
        CHECK   0, "the second block too"
        bl      mach_task_self
        mov     r1, r4
        mov     r2, #2 * BLOCK
        bl      vm_deallocate
        CHECK   KERN_SUCCESS, "its memory is given back"

        @ ---- a thread takes the completion and signals this task
        mov     r0, #0
        swi     AllocSignal
        mov     r4, r0
        ldr     r1, =signal
        str     r4, [r1]
        cmp     r4, #0
        CHECK_IF gt, "a signal"
        MY_ITEM
        ldr     r1, =mother
        str     r0, [r1]
        TEXT    r0, "waiter"
        mov     r1, #150
        ldr     r2, =waiter
        mov     r3, #0x1000
        bl      CreateThread
        cmp     r0, #0
        CHECK_IF gt, "a thread that waits for the queue"
        mov     r0, #1
        bl      mach_read
        CHECK   KERN_SUCCESS, "Mach reads a block"
        mov     r0, r6
        mov     r1, #1
        ldr     r2, =portfolio_1
        bl      read
        CHECK   0, "and Portfolio another"
        mov     r8, #0
1:      orr     r0, r4, #SIGF_IODONE
        swi     WaitSignal
        orr     r8, r8, r0
        orr     r0, r4, #SIGF_IODONE
        cmp     r8, r0
        bne     1b
        CHECK_REG r8, "both have told this task"
        mov     r0, r6
        swi     WaitIO
        CHECK   0, "Portfolio's block"
        ldr     r0, =wait_code
        ldr     r0, [r0]
        CHECK   KERN_SUCCESS, "the thread's code"
        ldr     r4, =result
        ldr     r0, [r4, #qd_count]
        CHECK   BLOCK, "what it got"
        ldr     r4, [r4, #qd_data]
        ldr     r0, [r4]
        CHECK   0x015A5A5A, "memory of the whole program"
        bl      mach_task_self
        mov     r1, r4
        mov     r2, #BLOCK
        bl      vm_deallocate
        CHECK   KERN_SUCCESS, "given back by this task"

        mov     r0, r5
        bl      io_done_queue_terminate_direct
        CHECK   KERN_SUCCESS, "the queue ends"
        ldr     r0, =device
        ldr     r0, [r0]
        bl      device_close_direct
        CHECK   D_SUCCESS, "Mach closes the drive"
        mov     r0, r6
        mov     r1, #0
        ldr     r2, =portfolio_2
        bl      read
        mov     r0, r6
        swi     WaitIO
        CHECK   0, "Portfolio goes on reading"
        PASS

@ request(r5 = device): r0 := a request for it that ends with a signal
request:
        mov     r0, #0
        mov     r1, #0
        mov     r2, r5
        mov     r3, #0
        b       CreateIOReq

@ read(r0 = request, r1 = block of the volume, r2 = buffer): SendIO
read:   ldr     r3, =info
        add     r1, r1, #CDROM_FIRST_FRAME
        str     r1, [r3, #ioi_Offset]
        str     r2, [r3, #ioi_Recv]
        mov     r1, #BLOCK
        str     r1, [r3, #ioi_Recv + iob_Len]
        mov     r1, r3
        swi     SendIO
        mov     pc, lr

@ mach_read(r0 = blocks from the first, r5 = queue): into new memory
mach_read:
        stmfd   sp!, {r4, lr}
        mov     r4, r0, lsl #11
        mov     r3, #0
        stmfd   sp!, {r3, r4}
        ldr     r0, =device
        ldr     r0, [r0]
        mov     r1, r5
        mov     r2, #1
        bl      device_read_async
        add     sp, sp, #8
        ldmfd   sp!, {r4, pc}

@ differences(r0, r1 = addresses of blocks): r0 := how many words differ
differences:
        stmfd   sp!, {r4, lr}
        mov     r2, #BLOCK
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

@ The thread that answers one message: the value and one.
echo:   stmfd   sp!, {r4, r5, lr}
        TEXT    r0, "questions"
        mov     r1, #0
        mov     r2, #0
        bl      CreateMsgPort
        mov     r4, r0
        ldr     r1, =echo_port
        str     r0, [r1]
        mov     r1, #0
        swi     WaitPort
        mov     r5, r0
        FIELD   r5, msg_DataPtr
        add     r2, r0, #1
        mov     r0, r5
        mov     r1, #0
        mov     r3, #0
        swi     ReplySmallMsg
        mov     r0, #0
        ldmfd   sp!, {r4, r5, pc}

@ The thread that waits for the done queue.
waiter: stmfd   sp!, {lr}
        ldr     r0, =queue
        ldr     r0, [r0]
        ldr     r1, =result
        bl      io_done_queue_wait
        ldr     r1, =wait_code
        str     r0, [r1]
        ldr     r0, =mother
        ldr     r0, [r0]
        ldr     r1, =signal
        ldr     r1, [r1]
        swi     SendSignal
        mov     r0, #0
        ldmfd   sp!, {pc}
        .ltorg

        .data
        .align  2
info:   IOINFO CMD_READ, 0
delay:  IOINFO TIMERCMD_DELAY, TIMER_UNIT_USEC, send=time, sendlen=8
time:   .word   0, 200
wait_code: .word -1
        .bss
        .align  2
device: .space  4
queue:  .space  4
echo_port: .space 4
mother: .space  4
signal: .space  4
result: .space  IO_DONE_RESULT_SIZE
        .align  2
portfolio_1: .space BLOCK
portfolio_2: .space BLOCK
