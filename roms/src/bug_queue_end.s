@ bug_queue_end - a done queue terminated while its last result is awaited.
@
@ The thread that waits gets KERN_TERMINATED instead of the result when that is late.
        .include "bug.inc"
        .include "mach.inc"
        .include "mach_device.inc"

main:   bl      device_master_self
        mov     r1, #D_READ
        TEXT    r2, "timer0"
        ldr     r3, =device
        bl      device_open_direct
        MUST    D_SUCCESS, 1
        bl      mach_host_self
        ldr     r1, =queue
        bl      io_done_queue_create
        MUST    KERN_SUCCESS, 2
        ldr     r3, =1500               @ microseconds
        mov     r4, #TVALSPEC_SIZE
        stmfd   sp!, {r3, r4}
        ldr     r0, =device
        ldr     r0, [r0]
        ldr     r1, =queue
        ldr     r1, [r1]
        mov     r2, #1
        mov     r3, #0
        bl      device_read_async_inband
        add     sp, sp, #8
        MUST    KERN_SUCCESS, 3
        THREAD  r6, "collector", 110, collector
        TIMER   r4
        SLEEP   r4, long                @ "the result has come by then"
        ldr     r0, =queue
        ldr     r0, [r0]
        bl      io_done_queue_terminate
        SLEEP   r4, long
        ldr     r0, =code
        ldr     r0, [r0]
        MUST    KERN_SUCCESS, 4
        DONE

collector:
        stmfd   sp!, {r4, lr}
        ldr     r0, =queue
        ldr     r0, [r0]
        ldr     r1, =result
        bl      io_done_queue_wait
        ldr     r1, =code
        str     r0, [r1]
        mov     r0, #0
        ldmfd   sp!, {r4, pc}
        .ltorg

        .data
        DELAY   long, 3000
code:   .word   -1
        .bss
        .align  2
device: .space  4
queue:  .space  4
result: .space  IO_DONE_RESULT_SIZE
