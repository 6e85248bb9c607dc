@ mach_map - pages of devices.
@
@ device_map gives a memory object, vm_map an address of it; device_map_direct does both.
@ The clock's page shows the time, the screen's page is video memory. Mach sheet 1.2,
@ 4.8, 5.3-5.6.
@ aif: stack=0x4000
        .include "runtime.inc"
        .include "mach.inc"
        .include "mach_device.inc"

        .equ    PAGE, 4096
        .equ    READ, 1
        .equ    WRITE, 2
        .equ    NOTHING_INHERITED, 2
        .equ    NO_NAME, 0x12345678     @ of no port
        TRAP_FUNCTION vm_map, TRAP_vm_map, 11
        TRAP_FUNCTION device_map_direct, -209, 5

main:   stmfd   sp!, {r4-r8, lr}
        bl      device_master_self
        mov     r4, r0
        CALL    device_open, r4, 0, D_READ, 0, 0, timer_name, port
        CHECK   D_SUCCESS, "timer0 opens"
        WORD    r5, port
        CALL    device_open, r4, 0, D_READ + D_WRITE, 0, 0, test_name, port
        CHECK   D_SUCCESS, "test_device0 opens"
        WORD    r6, port
        CALL    device_open, r4, 0, D_READ + D_WRITE, 0, 0, screen_name, port
        CHECK   D_SUCCESS, "screen0 opens"
        WORD    r8, port

        @ ---- the clock
        CALL    device_map, r5, READ, 0, PAGE, port, 0
        CHECK   D_SUCCESS, "a memory object of the timer"
        WORD    r7, port
        cmp     r7, #0
        CHECK_IF ne, "with a name"
        bl      map
        CHECK   KERN_SUCCESS, "vm_map"
        bl      judge_clock
        CHECK   1, "its page shows the time"
        bl      mach_task_self
        WORD    r1, address
        mov     r2, #PAGE
        bl      vm_deallocate
        CHECK   KERN_SUCCESS, "it is given back"
        bl      mach_task_self
        CALL    mach_port_deallocate, r0, r7
        CHECK   KERN_SUCCESS, "and so is the object"
        CALL    device_map_direct, r5, READ, 0, 12, address
        CHECK   D_SUCCESS, "device_map_direct"
        bl      judge_clock
        CHECK   1, "shows the same"
        LITERALS

        @ ---- the screen, with more than there is of it
        CALL    device_map, r8, READ + WRITE, 0, 0x800000, port, 0
        CHECK   D_SUCCESS, "8 MiB of the screen"
        WORD    r7, port
        bl      map
        CHECK   KERN_SUCCESS, "vm_map"
        WORD    r0, address
        cmp     r0, #0
        CHECK_IF ne, "an address"

        @ ---- others
        CALL    device_map, r6, READ + WRITE, 0, PAGE, port, 0
        CHECK   D_SUCCESS, "the test device's page"
        WORD    r7, port
        bl      mach_task_self
        CALL    mach_port_destroy, r0, r7
        CHECK   KERN_SUCCESS, "that nobody looks at"
        CALL    device_map, r5, 8, 0, PAGE, port, 0
        CHECK   KERN_INVALID_ARGUMENT, "an unknown protection"
        CALL    device_map, NO_NAME, READ, 0, PAGE, port, 0
        CHECK   MACH_SEND_INVALID_DEST, "of a name of nothing"
        bl      mach_task_self
        CALL    device_map, r0, READ, 0, PAGE, port, 0
        CHECK   D_NO_SUCH_DEVICE, "a task is no device"
        PASS

@ map(r7 = memory object): the whole of its first page, anywhere, to `address`
map:    stmfd   sp!, {lr}
        bl      mach_task_self
        CALL    vm_map, r0, address, PAGE, 0, 1, r7, 0, 0, READ, READ + WRITE, NOTHING_INHERITED
        ldmfd   sp!, {pc}

@ judge_clock(): r0 := 1 when the page at `address` shows the time: seconds,
@ nanoseconds, seconds again
judge_clock:
        stmfd   sp!, {r4-r6, lr}
        WORD    r0, address
        ldmia   r0, {r4-r6}
        bl      GetUSecs
        cmp     r4, r6
        movne   r0, #0
        ldmnefd sp!, {r4-r6, pc}
        ldr     r1, =1000000
        mul     r6, r4, r1
1:      subs    r5, r5, #1000
        addhs   r6, r6, #1
        bhs     1b
        sub     r0, r0, r6              @ older by so many microseconds
        cmp     r0, #1000
        movls   r0, #1
        movhi   r0, #0
        ldmfd   sp!, {r4-r6, pc}
        .ltorg

        .pushsection .rodata
timer_name:     .asciz  "timer0"
test_name:      .asciz  "test_device0"
screen_name:    .asciz  "screen0"
        .popsection
        .bss
        .align  2
port:   .space  4
address: .space 4
